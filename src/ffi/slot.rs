//! One slot of the handle table: holds an object, lends it to calls, and drops it when it is freed and
//! the last call has ended. Nobody ever waits.
//!
//! Calls are counted in several cache lines (one per group of threads), so calls of different threads on one
//! handle write different lines. The protocol, each step sequentially consistent:
//!
//! - a call adds one to its counter, *then* looks whether the slot is live with its generation;
//! - freeing marks the slot dying, *then* reads all counters;
//! - a call that ends subtracts one, *then* looks whether the slot is dying, and if so reads all counters.
//!
//! A call that found the slot live added its one before the mark was set, so whoever reads after the mark
//! sees it until it ends. Whoever sees all counters at zero after the mark tries to claim the object by
//! compare-and-swap on the generation; one succeeds. A call that comes too late adds one for an instant and,
//! finding the slot dying, looks again when it takes it back: so somebody always sees zero.

#[cfg(loom)]
use loom::{
    cell::UnsafeCell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};

/// `std`'s cell with loom's interface.
#[cfg(not(loom))]
struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(loom))]
impl<T> UnsafeCell<T> {
    fn new(value: T) -> Self {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    fn with<R>(&self, access: impl FnOnce(*const T) -> R) -> R {
        access(self.0.get())
    }

    fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        access(self.0.get())
    }
}

/// loom gives sequentially consistent operations no more than acquire and release; only its fences order
/// fully. So the model says by a fence what the operations themselves say outside of it.
#[cfg(loom)]
fn settle_order() {
    loom::sync::atomic::fence(SeqCst);
}

#[cfg(not(loom))]
#[inline(always)]
fn settle_order() {}

const FREE: u64 = 0;
const LIVE: u64 = 1;
const DYING: u64 = 2;
const CLAIMED: u64 = 3;
const PHASES: u64 = 4;

/// A count of calls on a cache line of its own.
#[repr(align(64))]
struct Uses(AtomicUsize);

/// What freeing a handle, or ending a call on a freed one, gives back.
pub(super) enum Reaped<T> {
    /// Calls are still running; the last of them will get the object.
    Busy,
    /// The object, to be dropped by the caller; the slot may be filled again.
    Object(T),
}

/// See the module's comment.
pub(super) struct Slot<T> {
    /// Generation times four, plus the phase.
    state: AtomicU64,
    uses: Box<[Uses]>,
    object: UnsafeCell<Option<T>>,
}

// SAFETY: the object is reached by shared reference only from calls counted in `uses`, which needs `T: Sync`,
// and moved in and out by one thread at a time, which needs `T: Send`.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

impl<T> Slot<T> {
    pub(super) fn new(shards: usize) -> Self {
        Slot {
            state: AtomicU64::new(FREE),
            uses: (0..shards.next_power_of_two())
                .map(|_| Uses(AtomicUsize::new(0)))
                .collect(),
            object: UnsafeCell::new(None),
        }
    }

    /// Fills a free slot and returns its generation, or gives the object back if this slot has none left.
    /// The caller must be the only one to hold this slot as free.
    pub(super) fn fill(&self, object: T) -> Result<u32, T> {
        let state = self.state.load(SeqCst);
        debug_assert_eq!(state % PHASES, FREE);
        let Ok(generation) = u32::try_from(state / PHASES) else {
            return Err(object);
        };
        self.object.with_mut(|cell| {
            // SAFETY: the slot is free and the caller holds it alone: no reference to its object exists.
            unsafe { *cell = Some(object) };
        });
        self.state
            .store(u64::from(generation) * PHASES + LIVE, SeqCst);
        Ok(generation)
    }

    fn uses(&self, shard: usize) -> &AtomicUsize {
        // The number of shards is a power of two, so this is in bounds.
        #[allow(clippy::indexing_slicing)]
        &self.uses[shard & (self.uses.len() - 1)].0
    }

    /// Begins a call. On `true` the object stays until the matching `leave`; on `false` nothing is held,
    /// and the outcome in the second place is to be treated as that of `leave`.
    #[inline]
    pub(super) fn enter(&self, generation: u32, shard: usize) -> (bool, Reaped<T>) {
        self.uses(shard).fetch_add(1, SeqCst);
        settle_order();
        if self.state.load(SeqCst) == u64::from(generation) * PHASES + LIVE {
            (true, Reaped::Busy)
        } else {
            (false, self.leave(shard))
        }
    }

    /// The object of a call that has begun.
    ///
    /// # Safety Between an `enter` that returned true and its `leave`; the reference must not outlive the
    /// latter.
    #[inline]
    pub(super) unsafe fn object(&self) -> Option<&T> {
        self.object.with(|cell| {
            // SAFETY: the caller is counted, so the object is neither moved nor dropped until it leaves.
            unsafe { &*cell }.as_ref()
        })
    }

    /// Ends a call.
    #[inline]
    pub(super) fn leave(&self, shard: usize) -> Reaped<T> {
        self.uses(shard).fetch_sub(1, SeqCst);
        settle_order();
        self.reap()
    }

    /// Marks the slot as dying if it is live with this generation. Of several callers one succeeds.
    pub(super) fn free(&self, generation: u32) -> Reaped<T> {
        let base = u64::from(generation) * PHASES;
        let freed = self
            .state
            .compare_exchange(base + LIVE, base + DYING, SeqCst, SeqCst);
        settle_order();
        match freed {
            Ok(_) => self.reap(),
            Err(_) => Reaped::Busy,
        }
    }

    #[inline]
    fn reap(&self) -> Reaped<T> {
        let state = self.state.load(SeqCst);
        if state % PHASES != DYING {
            return Reaped::Busy;
        }
        self.claim(state)
    }

    #[cold]
    fn claim(&self, state: u64) -> Reaped<T> {
        settle_order();
        if self.uses.iter().any(|uses| uses.0.load(SeqCst) != 0) {
            return Reaped::Busy;
        }
        let base = state - DYING;
        let claimed = self
            .state
            .compare_exchange(state, base + CLAIMED, SeqCst, SeqCst);
        if claimed.is_err() {
            return Reaped::Busy;
        }
        let object = self.object.with_mut(|cell| {
            // SAFETY: all counters were zero after the mark, so no call holds a reference; the
            // compare-and-swap succeeds for one thread.
            unsafe { &mut *cell }.take()
        });
        self.state.store(base + PHASES + FREE, SeqCst);
        match object {
            Some(object) => Reaped::Object(object),
            None => Reaped::Busy,
        }
    }
}

#[cfg(test)]
#[cfg(loom)]
mod models {
    use super::*;
    use loom::sync::atomic::{AtomicUsize as Count, Ordering::Relaxed};
    use loom::sync::Arc;

    struct Watched(Arc<Count>);

    impl Drop for Watched {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// Explores all schedules in which threads are preempted at most three times.
    fn check(model: impl Fn() + Sync + Send + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(model);
    }

    fn call(slot: &Slot<Watched>, generation: u32, shard: usize) {
        let (entered, _late) = slot.enter(generation, shard);
        if entered {
            // SAFETY: between `enter` and `leave`.
            let object = unsafe { slot.object() };
            assert_eq!(
                object.expect("a live slot has an object").0.load(Relaxed),
                0
            );
            drop(slot.leave(shard));
        }
    }

    /// Calls of two threads race with a free: each sees the whole object or none, and it is dropped once.
    #[test]
    fn loom_object_is_dropped_once_after_the_last_call() {
        check(|| {
            let drops = Arc::new(Count::new(0));
            let slot = Arc::new(Slot::new(2));
            let generation = slot.fill(Watched(drops.clone())).ok().expect("fresh slot");
            let threads: Vec<_> = (0..2)
                .map(|shard| {
                    let slot = slot.clone();
                    loom::thread::spawn(move || call(&slot, generation, shard))
                })
                .collect();
            drop(slot.free(generation));
            for thread in threads {
                thread.join().expect("no panic");
            }
            assert_eq!(drops.load(Relaxed), 1);
        });
    }

    /// Two threads free the same handle while a third thread's call ends: one gets the object.
    #[test]
    fn loom_double_free_drops_once() {
        check(|| {
            let drops = Arc::new(Count::new(0));
            let slot = Arc::new(Slot::new(1));
            let generation = slot.fill(Watched(drops.clone())).ok().expect("fresh slot");
            let other = {
                let slot = slot.clone();
                loom::thread::spawn(move || drop(slot.free(generation)))
            };
            call(&slot, generation, 0);
            drop(slot.free(generation));
            other.join().expect("no panic");
            assert_eq!(drops.load(Relaxed), 1);
        });
    }
}
