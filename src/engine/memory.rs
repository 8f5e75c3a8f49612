//! The memory that the library uses: counted where it is allocated, and limited where data of callers asks for more.
//!
//! The limit is the process's, as is the count: memory is shared by tables, snapshots, results and what threads have at hand, so
//! that no part of it belongs to one database alone. An allocation itself never fails by the limit, as many small ones have no
//! way to. What is refused, before anything is changed, is an operation that stores something while the limit is exceeded, and
//! a piece of some size that would exceed it. So a call may go beyond the limit by little, and the next one is refused. What
//! frees memory is never refused, however much it needs for that: it runs in `exempt`.

use super::{Error, Result};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Parts of the count, so that threads do not wait for each other's. Enough that few threads share one.
const PARTS: usize = 32;

/// A part of the count, on a cache line of its own.
#[repr(align(64))]
struct Part(AtomicI64);

static COUNT: [Part; PARTS] = [const { Part(AtomicI64::new(0)) }; PARTS];

/// Bytes of a piece that is so small that the limit does not matter for it.
const SMALL: usize = 64 << 10;

thread_local! {
    static IS_EXEMPT: Cell<bool> = const { Cell::new(false) };
}

const UNLIMITED: u64 = u64::MAX;

static LIMIT: AtomicU64 = AtomicU64::new(UNLIMITED);

/// The system's allocator, with a count of the bytes that were asked for and not given back, of small pieces an estimate.
pub struct Counting;

/// Bytes of the smallest piece that is always counted. Of smaller ones, which are nearly all, one in `SAMPLE` is, for so many: to write
/// to the count takes as long as to allocate. Which ones is decided by the page that they are in, so that what was added is what is
/// subtracted, and that it is no matter of a few bytes what a call costs.
const EXACT: usize = 1024;
const SAMPLE: i64 = 16;

impl Counting {
    /// What a piece counts for.
    #[inline]
    fn weight(start: *mut u8, bytes: usize) -> i64 {
        if bytes >= EXACT {
            return bytes as i64;
        }
        // Fibonacci hashing (Knuth, TAOCP 6.4).
        let page = start as usize as u64 >> 12;
        let drawn = page.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60;
        match drawn {
            0 => bytes as i64 * SAMPLE,
            _ => 0,
        }
    }

    #[inline]
    fn add(bytes: i64) {
        if bytes != 0 {
            Counting::write(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn write(bytes: i64) {
        // A thread is known by where its stack is: which part of the count it uses makes no difference but in time.
        let here = 0u8;
        let stack = (&raw const here as usize as u64) >> 20;
        let part = stack.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - PARTS.trailing_zeros());
        if let Some(part) = COUNT.get(part as usize) {
            part.0.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

// SAFETY: all is done by the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let made = unsafe { System.alloc(layout) };
        if !made.is_null() {
            Counting::add(Counting::weight(made, layout.size()));
        }
        made
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let made = unsafe { System.alloc_zeroed(layout) };
        if !made.is_null() {
            Counting::add(Counting::weight(made, layout.size()));
        }
        made
    }

    #[inline]
    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(start, layout) };
        Counting::add(-Counting::weight(start, layout.size()));
    }

    #[inline]
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        let made = unsafe { System.realloc(start, layout, size) };
        if !made.is_null() {
            let before = Counting::weight(start, layout.size());
            Counting::add(Counting::weight(made, size) - before);
        }
        made
    }
}

/// Bytes that are in use now, all threads together. While others allocate, it is about that many.
pub fn used() -> u64 {
    let parts = COUNT.iter().map(|part| part.0.load(Ordering::Relaxed));
    u64::try_from(parts.sum::<i64>()).unwrap_or(0)
}

/// Sets the limit in bytes; 0 is none. Returns the one before.
pub fn set_limit(bytes: u64) -> u64 {
    let limit = match bytes {
        0 => UNLIMITED,
        bytes => bytes,
    };
    match LIMIT.swap(limit, Ordering::Relaxed) {
        UNLIMITED => 0,
        before => before,
    }
}

/// The limit that so many bytes more would exceed, if there is one.
#[cold]
#[inline(never)]
fn exceeded_by(more: usize) -> Option<u64> {
    match LIMIT.load(Ordering::Relaxed) {
        UNLIMITED => None,
        limit => {
            let is_exceeded = used().saturating_add(more as u64) > limit;
            (is_exceeded && !is_exempt()).then_some(limit)
        }
    }
}

#[cold]
#[inline(never)]
fn refused(bytes: usize) -> Result<()> {
    match exceeded_by(bytes) {
        None => Ok(()),
        limit => Err(Error::OutOfMemory { bytes, limit }),
    }
}

/// Whether a piece of so many bytes more may be had; an error if not.
#[inline]
pub(crate) fn allow(bytes: usize) -> Result<()> {
    match bytes < SMALL || LIMIT.load(Ordering::Relaxed) == UNLIMITED {
        true => Ok(()),
        false => refused(bytes),
    }
}

/// Whether something may be stored; an error if the limit is exceeded already.
#[inline]
pub(crate) fn check() -> Result<()> {
    match LIMIT.load(Ordering::Relaxed) {
        UNLIMITED => Ok(()),
        _ => refused(0),
    }
}

/// Does what is not limited, in this thread and those that `parallel` starts for it.
pub(crate) fn exempt<R>(work: impl FnOnce() -> R) -> R {
    exempt_if(true, work)
}

/// The same, or only does it.
pub(super) fn exempt_if<R>(is_so: bool, work: impl FnOnce() -> R) -> R {
    /// Also if the work panics.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            IS_EXEMPT.set(self.0);
        }
    }
    let _before = Before(IS_EXEMPT.replace(is_so || is_exempt()));
    work()
}

pub(super) fn is_exempt() -> bool {
    IS_EXEMPT.get()
}

impl Error {
    /// So many bytes could not be had: by the limit, or because there is no memory.
    #[cold]
    pub(crate) fn out_of_memory(bytes: usize) -> Error {
        Error::OutOfMemory {
            bytes,
            limit: exceeded_by(bytes),
        }
    }
}
