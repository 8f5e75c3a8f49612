//! Threads that give way in the middle of a call.
//!
//! A call takes a microsecond: where there are not many processors, two of them hardly ever meet. What all calls do on
//! the way, with locks held or between two of them, is to ask for memory and to give it back; so that is where a thread
//! is made to let others run.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::thread;

/// The system's allocator, for a test program to declare as its own.
pub struct Yielding;

thread_local! {
    /// How many uses of the allocator there are until the thread gives way; zero if it does not.
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

/// Makes a call, which gives way when it has used the allocator some number of times: most calls use it that often.
pub fn giving_way<T>(random: u64, call: impl FnOnce() -> T) -> T {
    const USES: u64 = 24;
    LEFT.set(random % USES);
    let value = call();
    LEFT.set(0);
    value
}

fn count() {
    let left = LEFT.get();
    if left > 0 {
        LEFT.set(left - 1);
        if left == 1 {
            thread::yield_now();
        }
    }
}

// SAFETY: Memory comes from the system's allocator, which keeps the contract; counting and yielding do not allocate.
unsafe impl GlobalAlloc for Yielding {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: The caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count();
        // SAFETY: The caller keeps the contract; the memory came from the same allocator.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: The caller keeps the contract; the memory came from the same allocator.
        unsafe { System.realloc(at, layout, size) }
    }
}
