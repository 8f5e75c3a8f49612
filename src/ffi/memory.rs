//! What the operating system is asked about memory: the engine does not know it.

use crate::engine::set_advice;
use std::ptr::NonNull;

/// Lets the engine ask for large pages; called before there is a table.
pub(super) fn install() {
    set_advice(ask_for_large_pages);
}

fn ask_for_large_pages(start: NonNull<u8>, len: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: the range was allocated by the engine and is its own; the advice changes no byte of it. The system may
    // refuse, then the pages are small.
    unsafe {
        libc::madvise(start.as_ptr().cast(), len, libc::MADV_HUGEPAGE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, len);
}
