//! Knows whether this process is a forked child.
//!
//! In a child only the forking thread goes on, so any lock that another thread held is held for ever.
//! Nothing here may be used there: each lookup and creation of a handle asks first.

use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicBool, Ordering};

static FORKED: AtomicBool = AtomicBool::new(false);
static WATCHED: OnceCell<()> = OnceCell::new();

extern "C" fn in_child() {
    FORKED.store(true, Ordering::Relaxed);
}

/// Asks the C library to tell us of forks; called before the first handle is created.
pub(super) fn watch() {
    WATCHED.get_or_init(|| {
        // SAFETY: `in_child` is a static function that does one atomic store, which is async-signal-safe.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// Whether this process was forked after the library was first used.
#[inline]
pub(super) fn is_child() -> bool {
    FORKED.load(Ordering::Relaxed)
}
