//! What a table was before a batch, and how it is put back.

use super::super::heap::HeapMark;
use super::super::state::State;
use super::super::version::Version;
use crate::engine::keymap::Row;
use crate::engine::watch::Recorder;

/// See the module's comment.
pub(super) struct Savepoint {
    version: Version,
    heap: HeapMark,
    next_row: Row,
    largest_key: i64,
    changes: u64,
    has_new_shapes: bool,
    shape_counts: Vec<u64>,
    inserted: u64,
    updated: u64,
    deleted: u64,
}

impl Savepoint {
    pub(super) fn of(state: &State) -> Savepoint {
        Savepoint {
            version: state.version.clone(),
            heap: state.heap.mark(),
            next_row: state.next_row,
            largest_key: state.largest_key,
            changes: state.changes,
            has_new_shapes: state.has_new_shapes,
            shape_counts: state.shape_counts.clone(),
            inserted: state.inserted,
            updated: state.updated,
            deleted: state.deleted,
        }
    }

    /// Makes the table what it was. Cannot fail. Returns what the batch had made of it, to be freed without the lock.
    pub(super) fn restore(self, state: &mut State) -> (Version, Option<Recorder>) {
        let version = std::mem::replace(&mut state.version, self.version);
        let wasted = state.heap.restore(self.heap, &mut state.version.segments);
        state.next_row = self.next_row;
        state.largest_key = self.largest_key;
        state.changes = self.changes;
        state.has_new_shapes = self.has_new_shapes;
        state.shape_counts = self.shape_counts;
        state.inserted = self.inserted;
        state.updated = self.updated;
        state.deleted = self.deleted;
        state.tidy(wasted);
        (version, state.recorder.take())
    }
}
