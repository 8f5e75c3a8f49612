//! Handles: what C holds instead of addresses.
//!
//! A handle is 64 bits in the guise of a pointer: the top bit set (no address of a process has it), the kind
//! of object, the slot's generation and the slot's index. A handle that was freed, made up, or is of another
//! type is found out by comparing, so misuse is an error and never undefined behaviour.

use crate::engine::{Batch, Cancel, Cursor, Database, Predicate, Query, Table, Update};
use crate::ffi::backup::Manager;
use crate::ffi::descriptor::Notified;
use crate::ffi::error::{ErrorObject, Failure};
use crate::ffi::job::Job;
use crate::ffi::slot::{Reaped, Slot};
use crate::ffi::{fork, guard};
use once_cell::sync::{Lazy, OnceCell};
use parking_lot::Mutex;
use std::cell::Cell;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

#[cfg(not(target_pointer_width = "64"))]
compile_error!("handles need 64-bit pointers");

const TOP_BIT: u64 = 1 << 63;
const KIND_SHIFT: u32 = 56;
const GENERATION_SHIFT: u32 = 24;
const INDEX_MASK: u64 = (1 << GENERATION_SHIFT) - 1;

/// What a slot can hold.
pub(super) enum Object {
    Database(Database),
    Table(Table),
    Predicate(Arc<Predicate>),
    Error(ErrorObject),
    Query(Arc<Query>),
    Update(Arc<Update>),
    Cursor(Cursor),
    Cancel(Cancel),
    Batch(Batch),
    Watch(Notified),
    Job(Job),
    Backup(Manager),
}

impl Object {
    fn kind(&self) -> u64 {
        match self {
            Object::Database(_) => Database::KIND,
            Object::Table(_) => Table::KIND,
            Object::Predicate(_) => Arc::<Predicate>::KIND,
            Object::Error(_) => ErrorObject::KIND,
            Object::Query(_) => Arc::<Query>::KIND,
            Object::Update(_) => Arc::<Update>::KIND,
            Object::Cursor(_) => Cursor::KIND,
            Object::Cancel(_) => Cancel::KIND,
            Object::Batch(_) => Batch::KIND,
            Object::Watch(_) => Notified::KIND,
            Object::Job(_) => Job::KIND,
            Object::Backup(_) => Manager::KIND,
        }
    }
}

/// Ties a Rust type to its kind of handle.
pub(super) trait Kind: Sized + 'static {
    /// Number of the kind: 1 to 127.
    const KIND: u64;
    fn wrap(self) -> Object;
    fn of(object: &Object) -> Option<&Self>;
}

macro_rules! kind {
    ($type:ty, $variant:ident, $number:literal) => {
        impl Kind for $type {
            const KIND: u64 = $number;
            fn wrap(self) -> Object {
                Object::$variant(self)
            }
            fn of(object: &Object) -> Option<&Self> {
                match object {
                    Object::$variant(inner) => Some(inner),
                    _ => None,
                }
            }
        }
    };
}

kind!(Database, Database, 1);
kind!(Table, Table, 2);
kind!(Arc<Predicate>, Predicate, 3);
kind!(ErrorObject, Error, 4);
kind!(Arc<Query>, Query, 5);
kind!(Arc<Update>, Update, 6);
kind!(Cursor, Cursor, 7);
kind!(Cancel, Cancel, 8);
kind!(Batch, Batch, 9);
kind!(Notified, Watch, 10);
kind!(Job, Job, 11);
kind!(Manager, Backup, 12);

/// Slots live in buckets of doubling size, made on demand and never moved or freed.
const FIRST_BUCKET: usize = 64;
const BUCKETS: usize = 18;

struct Slots {
    buckets: [OnceCell<Box<[Slot<Object>]>>; BUCKETS],
    free: Mutex<FreeList>,
}

#[derive(Default)]
struct FreeList {
    released: Vec<u32>,
    used: u32,
}

static SLOTS: Slots = Slots {
    buckets: [const { OnceCell::new() }; BUCKETS],
    free: Mutex::new(FreeList {
        released: Vec::new(),
        used: 0,
    }),
};

/// Counters per slot: enough that threads running at the same time rarely share one.
static SHARDS: Lazy<usize> = Lazy::new(|| {
    std::thread::available_parallelism()
        .map_or(4, |count| count.get().next_power_of_two())
        .clamp(2, 16)
});

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
}

#[inline]
fn shard() -> usize {
    SHARD.with(|cell| {
        let shard = cell.get();
        if shard != usize::MAX {
            return shard;
        }
        let shard = THREADS.fetch_add(1, Ordering::Relaxed) % *SHARDS;
        cell.set(shard);
        shard
    })
}

impl Slots {
    fn locate(index: u32) -> (usize, usize) {
        let position = index as usize + FIRST_BUCKET;
        let bucket = position.ilog2() - FIRST_BUCKET.ilog2();
        (bucket as usize, position - (FIRST_BUCKET << bucket))
    }

    #[inline]
    fn get(&self, index: u32) -> Option<&Slot<Object>> {
        let (bucket, offset) = Self::locate(index);
        self.buckets.get(bucket)?.get()?.get(offset)
    }

    fn get_or_make(&self, index: u32) -> Option<&Slot<Object>> {
        let (bucket, offset) = Self::locate(index);
        self.buckets
            .get(bucket)?
            .get_or_init(|| {
                (0..FIRST_BUCKET << bucket)
                    .map(|_| Slot::new(*SHARDS))
                    .collect()
            })
            .get(offset)
    }

    fn insert(&self, mut object: Object) -> Option<u64> {
        let kind = object.kind();
        loop {
            let index = {
                let mut free = self.free.lock();
                match free.released.pop() {
                    Some(index) => index,
                    None => {
                        let index = free.used;
                        if Self::locate(index).0 >= BUCKETS {
                            return None;
                        }
                        free.used += 1;
                        index
                    }
                }
            };
            // A slot whose generations are used up is left out of the free list for good.
            match self.get_or_make(index)?.fill(object) {
                Ok(generation) => {
                    return Some(
                        TOP_BIT
                            | kind << KIND_SHIFT
                            | u64::from(generation) << GENERATION_SHIFT
                            | u64::from(index),
                    )
                }
                Err(back) => object = back,
            }
        }
    }

    /// Drops a reaped object, then lets its slot be used again.
    fn settle(&self, index: u32, reaped: Reaped<Object>) {
        if let Reaped::Object(object) = reaped {
            drop(object);
            self.free.lock().released.push(index);
        }
    }
}

struct Parts {
    kind: u64,
    generation: u32,
    index: u32,
}

#[inline]
fn decode(handle: u64) -> Option<Parts> {
    if handle & TOP_BIT == 0 {
        return None;
    }
    Some(Parts {
        kind: (handle & !TOP_BIT) >> KIND_SHIFT,
        generation: (handle >> GENERATION_SHIFT) as u32,
        index: (handle & INDEX_MASK) as u32,
    })
}

/// An object lent to one call. While it lives the object lives, even if the handle is freed meanwhile.
pub(super) struct Lent<T: 'static> {
    slot: &'static Slot<Object>,
    object: &'static T,
    index: u32,
    shard: usize,
}

impl<T> Deref for Lent<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.object
    }
}

impl<T> Drop for Lent<T> {
    #[inline]
    fn drop(&mut self) {
        SLOTS.settle(self.index, self.slot.leave(self.shard));
    }
}

/// Makes a handle for an object.
pub(super) fn create<T: Kind>(object: T) -> Result<u64, Failure> {
    if fork::is_child() {
        // Dropping could need a lock that another thread held at the fork.
        std::mem::forget(object);
        return Err(Failure::Forked);
    }
    fork::watch();
    guard::install_hook();
    SLOTS
        .insert(object.wrap())
        .ok_or(Failure::Engine(crate::engine::Error::Limit {
            what: "live handles",
            limit: (FIRST_BUCKET << BUCKETS) as u64 - FIRST_BUCKET as u64,
            index: None,
        }))
}

/// Lends the object of a handle to a call; `parameter` is the name of the argument, for the message.
#[inline]
pub(super) fn lend<T: Kind, C>(
    handle: *const C,
    parameter: &'static str,
) -> Result<Lent<T>, Failure> {
    if fork::is_child() {
        return Err(Failure::Forked);
    }
    let invalid = || Failure::InvalidHandle {
        parameter,
        is_null: handle.is_null(),
    };
    let parts = decode(handle as u64).ok_or_else(invalid)?;
    if parts.kind != T::KIND {
        return Err(invalid());
    }
    let slot = SLOTS.get(parts.index).ok_or_else(invalid)?;
    let shard = shard();
    let (entered, late) = slot.enter(parts.generation, shard);
    if !entered {
        SLOTS.settle(parts.index, late);
        return Err(invalid());
    }
    // SAFETY: entered above; `Lent` leaves when it is dropped, and lends no longer than it lives.
    let object = unsafe { slot.object() };
    match object.and_then(T::of) {
        Some(object) => Ok(Lent {
            slot,
            object,
            index: parts.index,
            shard,
        }),
        None => {
            // A handle made up with a live generation but another kind.
            SLOTS.settle(parts.index, slot.leave(shard));
            Err(invalid())
        }
    }
}

/// Frees a handle. NULL, a stale handle, one of another type and a made-up one are ignored.
pub(super) fn free<T: Kind, C>(handle: *const C) {
    if fork::is_child() {
        return;
    }
    // The lending proves the kind of a made-up handle before anything is freed.
    let Ok(lent) = lend::<T, C>(handle, "") else {
        return;
    };
    if let Some(parts) = decode(handle as u64) {
        SLOTS.settle(parts.index, lent.slot.free(parts.generation));
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn indexes_fill_buckets_without_gaps() {
        let mut expected = (0, 0);
        for index in 0..10_000 {
            assert_eq!(Slots::locate(index), expected);
            expected.1 += 1;
            if expected.1 == FIRST_BUCKET << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
    }

    #[test]
    fn a_freed_handle_stays_invalid_when_its_slot_is_used_again() {
        let first = create(Database::new()).expect("created") as *const u8;
        free::<Database, u8>(first);
        let second = create(Database::new()).expect("created") as *const u8;
        assert_ne!(first, second);
        assert!(lend::<Database, u8>(first, "db").is_err());
        assert!(lend::<Database, u8>(second, "db").is_ok());
        assert!(lend::<Table, u8>(second, "table").is_err());
        free::<Database, u8>(second);
    }
}
