//! Memory that several versions share, counted once.

use hashbrown::HashSet;
use std::sync::Arc;

/// Counts the bytes of shared parts, each part once.
#[derive(Default)]
pub(crate) struct Footprint {
    seen: HashSet<usize, foldhash::fast::RandomState>,
    bytes: usize,
}

impl Footprint {
    /// Counts a part. False if it was counted before: then so was everything that it holds.
    pub(crate) fn add<T: ?Sized>(&mut self, part: &Arc<T>, bytes: usize) -> bool {
        let is_new = self.seen.insert(Arc::as_ptr(part).cast::<()>() as usize);
        if is_new {
            // The counts before the value.
            self.bytes += bytes + 2 * std::mem::size_of::<usize>();
        }
        is_new
    }

    /// What was counted so far.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What `count` counts.
    pub(crate) fn of(count: impl FnOnce(&mut Footprint)) -> usize {
        let mut footprint = Footprint::default();
        count(&mut footprint);
        footprint.bytes
    }
}
