//! Does the parts of a whole on several threads.
//!
//! The threads are started for one call and have ended when it returns: a pool would be dead in a forked child, and
//! outlive the use of the library. The calling thread does parts, too, and all of those for which no thread could be
//! started.

use crate::engine::limits::reserve;
use crate::engine::memory;
use crate::engine::Result;
use once_cell::sync::OnceCell;
use parking_lot::Mutex;
use std::panic::resume_unwind;
use std::thread::{available_parallelism, scope, Builder, JoinHandle};

/// Threads of a call at most: more would take what the program has for others.
const MOST: usize = 4;

/// Bytes of a thread's stack, whatever the environment says.
const STACK: usize = 1 << 20;

/// What is done around the threads' work; each runs the function that it is given once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings {
    /// Around that which starts threads, in the calling one.
    pub(crate) starting: fn(&mut dyn FnMut()),
    /// Around what a thread does.
    pub(crate) working: fn(&mut dyn FnMut()),
}

static SURROUNDINGS: OnceCell<Surroundings> = OnceCell::new();

/// Says what is done around the threads' work; without that it is nothing.
pub(crate) fn set_surroundings(surroundings: Surroundings) {
    SURROUNDINGS.get_or_init(|| surroundings);
}

fn within(around: Option<fn(&mut dyn FnMut())>, body: &mut dyn FnMut()) {
    match around {
        Some(around) => around(body),
        None => body(),
    }
}

/// On how many threads work of so many steps is best done, if one is to have `enough` of them at least.
pub(crate) fn threads(steps: usize, enough: usize) -> usize {
    if steps < 2 * enough {
        return 1;
    }
    (steps / enough).min(processors()).min(MOST)
}

fn processors() -> usize {
    static PROCESSORS: OnceCell<usize> = OnceCell::new();
    *PROCESSORS.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

/// Whether there is more than one processor, so that two threads are of use.
pub(crate) fn threads_are_of_use() -> bool {
    processors() > 1
}

/// Work that is done beside the caller's, who is to join it.
#[derive(Debug)]
pub(crate) struct Beside<O>(JoinHandle<Option<O>>);

impl<O: Send + 'static> Beside<O> {
    /// Starts a thread for it; `None` if none can be had.
    pub(crate) fn start(work: impl FnOnce() -> O + Send + 'static) -> Option<Beside<O>> {
        let surroundings = SURROUNDINGS.get();
        let is_exempt = memory::is_exempt();
        let thread = move || {
            let (mut work, mut outcome) = (Some(work), None);
            let mut body = || outcome = work.take().map(|work| memory::exempt_if(is_exempt, work));
            within(surroundings.map(|own| own.working), &mut body);
            outcome
        };
        let (mut thread, mut started) = (Some(thread), None);
        let mut start = || {
            let spawn = |thread| Builder::new().stack_size(STACK).spawn(thread).ok();
            started = thread.take().and_then(spawn);
        };
        within(surroundings.map(|own| own.starting), &mut start);
        started.map(Beside)
    }

    /// Waits for what comes of it: of a panic, what the panic carries.
    pub(crate) fn join(self) -> std::thread::Result<Option<O>> {
        self.0.join()
    }
}

/// Does each part on a thread of its own. The results are in the order of the parts; of several errors the first one
/// counts. A panic goes on in the calling thread.
pub(crate) fn map<I: Send, O: Send>(
    parts: Vec<I>,
    work: impl Fn(I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    let count = parts.len();
    map_on((count, STACK), parts, work)
}

/// The same on so many threads, which begin the parts in their order.
pub(crate) fn map_with<I: Send, O: Send>(
    threads: usize,
    parts: Vec<I>,
    work: impl Fn(I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    map_on((threads, STACK), parts, work)
}

fn map_on<I: Send, O: Send>(
    (threads, stack): (usize, usize),
    parts: Vec<I>,
    work: impl Fn(I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    let count = parts.len();
    let threads = threads.min(count);
    if threads < 2 {
        return parts.into_iter().map(work).collect();
    }
    let mut done = Vec::new();
    reserve(&mut done, count)?;
    let (left, done) = (Mutex::new(parts.into_iter().enumerate()), Mutex::new(done));
    let work = || loop {
        let next = left.lock().next();
        let Some((at, part)) = next else { break };
        let outcome = work(part);
        done.lock().push((at, outcome));
    };
    let surroundings = SURROUNDINGS.get();
    let is_exempt = memory::is_exempt();
    let work_as_here = || memory::exempt_if(is_exempt, work);
    let thread = || within(surroundings.map(|own| own.working), &mut || work_as_here());
    scope(|scope| {
        let mut started = Vec::with_capacity(threads);
        let mut start = || {
            let start = |_| Builder::new().stack_size(stack).spawn_scoped(scope, thread);
            started.extend((1..threads).map(start).map_while(std::io::Result::ok));
        };
        within(surroundings.map(|own| own.starting), &mut start);
        work();
        for thread in started {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    let mut done = done.into_inner();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::Error;
    use std::collections::HashSet;
    use std::panic::{catch_unwind, AssertUnwindSafe};
    use std::sync::{Arc, Barrier};
    use std::thread::{current, ThreadId};

    #[test]
    fn results_are_in_the_order_of_the_parts() {
        for count in 0..9 {
            let squares = map((0..count).collect(), |part| Ok(part * part)).unwrap();
            let wanted: Vec<u64> = (0..count).map(|part| part * part).collect();
            assert_eq!(squares, wanted);
        }
    }

    #[test]
    fn fewer_threads_than_parts_do_all_of_them() {
        for threads in 0..4 {
            let done = map_with(threads, (0..9).collect(), |part| Ok((part, current().id())));
            let (parts, on): (Vec<_>, HashSet<_>) = done.unwrap().into_iter().unzip();
            assert_eq!(parts, (0..9).collect::<Vec<i32>>());
            assert!(on.len() <= threads.max(1));
        }
    }

    #[test]
    fn parts_are_done_at_the_same_time() {
        let barrier = Barrier::new(4);
        let threads = map(vec![(); 4], |()| {
            barrier.wait();
            Ok(current().id())
        });
        let threads: HashSet<ThreadId> = threads.unwrap().into_iter().collect();
        assert_eq!(threads.len(), 4);
        assert!(threads.contains(&current().id()));
    }

    #[test]
    fn the_caller_does_what_no_thread_could_be_started_for() {
        const MORE_THAN_THERE_IS: usize = 1 << 60;
        let threads = map_on(
            (5, MORE_THAN_THERE_IS),
            vec![(); 5],
            |()| Ok(current().id()),
        );
        assert_eq!(threads.unwrap(), [current().id(); 5]);
    }

    #[test]
    fn the_first_error_counts() {
        let barrier = Barrier::new(3);
        let outcome = map(vec![0, 1, 2], |part| {
            barrier.wait();
            match part {
                0 => Ok(()),
                bytes => Err(Error::out_of_memory(bytes)),
            }
        });
        assert_eq!(outcome, Err(Error::out_of_memory(1)));
    }

    #[test]
    fn a_panic_goes_on_in_the_calling_thread_when_all_have_ended() {
        for panicking in 0..3 {
            let (barrier, ended) = (Barrier::new(3), Mutex::new(0));
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                map(vec![0, 1, 2], |part| {
                    barrier.wait();
                    if part == panicking {
                        resume_unwind(Box::new("planted"));
                    }
                    *ended.lock() += 1;
                    Ok(())
                })
            }));
            assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"planted"));
            assert_eq!(*ended.lock(), 2);
        }
    }

    #[test]
    fn work_goes_on_beside_its_caller() {
        let barrier = Arc::new(Barrier::new(2));
        let met = barrier.clone();
        let beside = Beside::start(move || {
            met.wait();
            current().id()
        });
        let beside = beside.unwrap();
        barrier.wait();
        let on = beside.join().unwrap().unwrap();
        assert_ne!(on, current().id());
        let panicking = Beside::start(|| resume_unwind(Box::new("planted"))).unwrap();
        let panic: std::thread::Result<Option<()>> = panicking.join();
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"planted"));
    }

    #[test]
    fn little_work_is_done_by_the_caller_alone() {
        assert_eq!(threads(0, 10), 1);
        assert_eq!(threads(19, 10), 1);
        assert!((1..=MOST).contains(&threads(1000, 10)));
    }
}
