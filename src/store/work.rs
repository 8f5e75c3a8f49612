//! How far long work has come.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counted by who works, read by who waits.
#[derive(Debug, Default)]
pub(crate) struct Work {
    done: AtomicU64,
    total: AtomicU64,
}

impl Work {
    /// So much more is to be done.
    pub(crate) fn expect(&self, more: u64) {
        self.total.fetch_add(more, Relaxed);
    }

    /// So much more is done.
    #[inline]
    pub(crate) fn add(&self, more: u64) {
        self.done.fetch_add(more, Relaxed);
    }

    /// What is done, of how much.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.done.load(Relaxed), self.total.load(Relaxed))
    }
}
