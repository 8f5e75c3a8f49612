//! The one instant of a snapshot of several tables, without holding several tables.
//!
//! Whoever takes such a snapshot moves the database's clock on: that is the instant. Then it comes to the tables one by
//! one. A writer who holds the lock of a table, and finds that the clock has moved on since the table was last come to,
//! keeps the table as it is before changing it, so that whoever comes later still gets that. A writer of several tables
//! looks at the clock once, when it holds the locks of all: either it keeps them all, or its change is in the snapshot as
//! a whole, since nobody can come to any of the tables before it is done. Nobody waits for more than one table.

#[cfg(loom)]
mod model;

#[cfg(loom)]
use loom::sync::{
    atomic::{AtomicU64, Ordering::SeqCst},
    Mutex, MutexGuard,
};
#[cfg(loom)]
use model::{lock, lock_within};
#[cfg(not(loom))]
use parking_lot::{Mutex, MutexGuard};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use std::time::Duration;

#[cfg(not(loom))]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock()
}

#[cfg(not(loom))]
fn lock_within<T>(mutex: &Mutex<T>, time: Duration) -> Option<MutexGuard<'_, T>> {
    mutex.try_lock_for(time)
}

/// Counts the instants of a database.
pub(crate) struct Clock {
    now: AtomicU64,
    /// The last instant whose snapshot has all that it wants, or was given up.
    done: AtomicU64,
    taking: Mutex<()>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            now: AtomicU64::new(0),
            done: AtomicU64::new(0),
            taking: Mutex::new(()),
        }
    }

    /// The instant that came last.
    pub(crate) fn now(&self) -> u64 {
        self.now.load(SeqCst)
    }

    /// The instant for which a snapshot is being taken; 0 if none is. For writers, who hold their locks.
    #[inline]
    pub(crate) fn wanted(&self) -> u64 {
        let now = self.now.load(SeqCst);
        match self.done.load(SeqCst) < now {
            true => now,
            false => 0,
        }
    }

    /// Makes instants one at a time: the next one may come when this is dropped.
    pub(crate) fn take(&self) -> Taking<'_> {
        self.taking(lock(&self.taking))
    }

    /// As `take`, or gives up after a time.
    pub(crate) fn take_within(&self, time: Duration) -> Option<Taking<'_>> {
        Some(self.taking(lock_within(&self.taking, time)?))
    }

    fn taking<'a>(&'a self, alone: MutexGuard<'a, ()>) -> Taking<'a> {
        Taking {
            clock: self,
            _alone: alone,
        }
    }
}

/// The right to make the next instant.
pub(crate) struct Taking<'a> {
    clock: &'a Clock,
    _alone: MutexGuard<'a, ()>,
}

impl Taking<'_> {
    /// Makes the instant. The set of tables must not change meanwhile.
    pub(crate) fn advance(&self) -> u64 {
        self.clock.now.fetch_add(1, SeqCst) + 1
    }
}

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        self.clock.done.store(self.clock.now(), SeqCst);
    }
}

/// A table's part: what it was at an instant, if it has changed since.
pub(crate) struct Kept<V> {
    /// The instant for which the table was last come to or kept. Changed only with the table's lock held, by a writer
    /// alone, or by the one who takes a snapshot, as a reader.
    reached: AtomicU64,
    kept: Mutex<Option<(u64, V)>>,
}

impl<V> Kept<V> {
    /// For a table that is made at an instant.
    pub(crate) fn new(now: u64) -> Kept<V> {
        Kept {
            reached: AtomicU64::new(now),
            kept: Mutex::new(None),
        }
    }

    /// For a table that nobody could come to before an instant: what was kept for earlier ones is wanted by nobody. With its
    /// lock held, as a writer.
    pub(crate) fn begin_at(&self, now: u64) {
        self.reached.store(now, SeqCst);
        let kept = lock(&self.kept).take();
        drop(kept);
    }

    /// To be called by a writer, with the lock of the table held and those of all others that it is to change, before it
    /// changes anything. `now` is what `Clock::wanted` said then.
    #[inline]
    pub(crate) fn before_change(&self, now: u64, capture: impl FnOnce() -> V) {
        if self.reached.load(SeqCst) < now {
            self.keep(now, capture());
        }
    }

    #[cold]
    fn keep(&self, now: u64, captured: V) {
        let before = lock(&self.kept).replace((now, captured));
        self.reached.store(now, SeqCst);
        drop(before);
    }

    /// What a writer kept of the table for this instant. Needs no lock. What was kept for a later one stays: whoever gave
    /// up an instant may ask when others already take the next.
    pub(crate) fn kept(&self, now: u64) -> Option<V> {
        let (instant, captured) = lock(&self.kept).take_if(|(instant, _)| *instant <= now)?;
        (instant == now).then_some(captured)
    }

    /// Lets go of what was kept for an instant whose snapshot was given up.
    pub(crate) fn forget(&self, now: u64) {
        drop(self.kept(now));
    }

    /// The table as it was at the instant; with its lock held, as a reader.
    pub(crate) fn come_to(&self, now: u64, capture: impl FnOnce() -> V) -> V {
        if let Some(captured) = self.kept(now) {
            return captured;
        }
        self.reached.store(now, SeqCst);
        capture()
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_wanted_while_its_snapshot_is_taken() {
        let clock = Clock::new();
        assert_eq!((clock.now(), clock.wanted()), (0, 0));
        for number in 1..4 {
            let taking = clock.take();
            assert_eq!(clock.wanted(), 0);
            assert_eq!(taking.advance(), number);
            assert_eq!(clock.wanted(), number);
            assert!(clock.take_within(Duration::ZERO).is_none());
            drop(taking);
            assert_eq!((clock.now(), clock.wanted()), (number, 0));
        }
        assert!(clock.take_within(Duration::ZERO).is_some());
    }
}

#[cfg(test)]
#[cfg(loom)]
mod models {
    use super::*;
    use loom::sync::{Arc, RwLock};

    struct Table {
        state: RwLock<u32>,
        kept: Kept<u32>,
    }

    struct World {
        clock: Clock,
        tables: [Table; 2],
    }

    impl World {
        fn new() -> Arc<World> {
            let table = || Table {
                state: RwLock::new(0),
                kept: Kept::new(0),
            };
            Arc::new(World {
                clock: Clock::new(),
                tables: [table(), table()],
            })
        }

        /// Comes to the tables in this order, which need not be the one in which writers lock them.
        fn snapshot(&self, order: [usize; 2]) -> [u32; 2] {
            let taking = self.clock.take();
            let now = taking.advance();
            let mut found = [0; 2];
            for at in order {
                let table = &self.tables[at];
                found[at] = table.kept.kept(now).unwrap_or_else(|| {
                    let state = table.state.read().unwrap();
                    table.kept.come_to(now, || *state)
                });
            }
            found
        }

        /// Begins a snapshot, and is stopped before it comes to a table.
        fn give_up(&self) {
            let taking = self.clock.take();
            let now = taking.advance();
            drop(taking);
            for table in &self.tables {
                table.kept.forget(now);
            }
        }

        /// Adds to both tables at once.
        fn batch(&self, by: u32) {
            let mut first = self.tables[0].state.write().unwrap();
            let mut second = self.tables[1].state.write().unwrap();
            let now = self.clock.wanted();
            self.tables[0].kept.before_change(now, || *first);
            self.tables[1].kept.before_change(now, || *second);
            *first += by;
            *second += by;
        }

        fn write(&self, at: usize, by: u32) {
            let table = &self.tables[at];
            let mut state = table.state.write().unwrap();
            table.kept.before_change(self.clock.wanted(), || *state);
            *state += by;
        }
    }

    /// Whoever gives up a snapshot takes nothing from the one that comes next.
    #[test]
    fn loom_snapshot_that_is_given_up_does_no_harm_to_the_next() {
        check(|| {
            let world = World::new();
            let other = {
                let world = world.clone();
                loom::thread::spawn(move || {
                    let [a, b] = world.snapshot([1, 0]);
                    assert_eq!(a, b);
                })
            };
            let writer = {
                let world = world.clone();
                loom::thread::spawn(move || world.batch(1))
            };
            world.give_up();
            other.join().unwrap();
            writer.join().unwrap();
        });
    }

    fn check(model: impl Fn() + Sync + Send + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(model);
    }

    /// A snapshot has both halves of a batch or none, and what was over before it began.
    #[test]
    fn loom_snapshot_never_has_half_of_a_batch() {
        snapshot_beside_a_batch([0, 1]);
        snapshot_beside_a_batch([1, 0]);
    }

    fn snapshot_beside_a_batch(order: [usize; 2]) {
        check(move || {
            let world = World::new();
            world.batch(1);
            let writer = {
                let world = world.clone();
                loom::thread::spawn(move || world.batch(2))
            };
            let [a, b] = world.snapshot(order);
            assert_eq!(a, b);
            assert!(a == 1 || a == 3, "{a}");
            writer.join().unwrap();
            assert_eq!(world.snapshot(order), [3, 3]);
        });
    }

    /// A change that began when another one, which the snapshot lacks, was over, is not in the snapshot either.
    #[test]
    fn loom_snapshot_keeps_the_order_of_changes_in_different_tables() {
        check(|| {
            let world = World::new();
            let writer = {
                let world = world.clone();
                loom::thread::spawn(move || {
                    world.write(0, 1);
                    world.write(1, 1);
                    world.write(0, 1);
                })
            };
            let [a, b] = world.snapshot([1, 0]);
            assert!(
                [[0, 0], [1, 0], [1, 1], [2, 1]].contains(&[a, b]),
                "{a} {b}"
            );
            writer.join().unwrap();
        });
    }

    /// Two snapshots at once, beside a writer of both tables: each is whole.
    #[test]
    fn loom_snapshots_beside_each_other_are_whole() {
        check(|| {
            let world = World::new();
            let other = {
                let world = world.clone();
                loom::thread::spawn(move || {
                    let [a, b] = world.snapshot([1, 0]);
                    assert_eq!(a, b);
                })
            };
            let writer = {
                let world = world.clone();
                loom::thread::spawn(move || world.batch(1))
            };
            let [a, b] = world.snapshot([0, 1]);
            assert_eq!(a, b);
            other.join().unwrap();
            writer.join().unwrap();
        });
    }
}
