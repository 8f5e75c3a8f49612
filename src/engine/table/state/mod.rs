//! What a table's lock guards, and how it changes.
//!
//! Each change has a *check* part, which may fail and changes nothing that a reader could see, and an *apply* part, which
//! cannot fail. New record bytes are written in the check part: they are unreachable until the directory is turned to them.

mod delete;
mod insert;
mod replace;
mod written;

use super::heap::Heap;
use super::snapshot::Captured;
use super::statistics::Figures;
use super::version::{Place, Version};
use crate::engine::index::Moving;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::shape::Shapes;
use crate::engine::watch::Recorder;
use crate::engine::Result;
pub(super) use replace::Change;
use replace::Replaced;
use smallvec::SmallVec;
use std::sync::Arc;

/// Less memory than this is not asked for before it is needed.
const LITTLE: usize = 128 << 10;

/// Finds out, before anything is done, whether there is memory for what is added to things that grow by small pages, whose
/// making cannot fail half way.
fn probe(bytes: usize) -> Result<()> {
    match bytes {
        0..LITTLE => Ok(()),
        _ => reserve(&mut Vec::<u8>::new(), bytes),
    }
}

/// Bytes of a row in the directory and the key map.
const BYTES_A_ROW: usize = 40;

/// A row and where its record is.
pub(super) type Match = (Row, Place);

/// The records that a change is about, in the order of their rows. Most often it is one, and no memory is needed for it.
pub(super) type Matches = SmallVec<[Match; 4]>;

/// See the module's comment.
pub(super) struct State {
    pub(super) version: Version,
    pub(super) heap: Heap,
    pub(super) next_row: Row,
    /// Rows above this are not used; then the table is renumbered.
    pub(super) row_limit: Row,
    pub(super) largest_key: i64,
    pub(super) dropped: bool,
    /// Counts the calls that changed records, or where they are. Indexes are no part of that: with others the same rows are found.
    pub(super) changes: u64,
    /// Whether the version has shapes that the table is yet to be told of.
    pub(super) has_new_shapes: bool,
    /// Live records by shape.
    pub(super) shape_counts: Vec<u64>,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    /// What is changed, if anybody watches.
    pub(super) recorder: Option<Recorder>,
    scratch: Vec<u8>,
    written: Vec<(Place, usize)>,
    replaced: Vec<Replaced>,
    moving: Vec<Moving>,
}

impl State {
    pub(super) fn new(shapes: Arc<Shapes>) -> State {
        State {
            version: Version::new(shapes),
            heap: Heap::new(),
            next_row: 0,
            row_limit: Row::MAX - 1,
            largest_key: 0,
            dropped: false,
            changes: 0,
            has_new_shapes: false,
            shape_counts: Vec::new(),
            inserted: 0,
            updated: 0,
            deleted: 0,
            recorder: None,
            scratch: Vec::new(),
            written: Vec::new(),
            replaced: Vec::new(),
            moving: Vec::new(),
        }
    }

    pub(super) fn new_dropped(shapes: Arc<Shapes>) -> State {
        State {
            dropped: true,
            ..State::new(shapes)
        }
    }

    /// The table as it is.
    pub(super) fn capture(&self) -> Captured {
        Captured {
            is_of_dropped: self.dropped,
            version: self.version.clone(),
            figures: Figures {
                live: self.heap.live,
                dead: self.heap.dead,
                reclaimed: self.heap.reclaimed,
                inserted: self.inserted,
                updated: self.updated,
                deleted: self.deleted,
                largest_key: self.largest_key,
                shape_counts: self.shape_counts.clone(),
            },
        }
    }

    /// Bytes that are needed to note changes for watches, at most.
    fn noting(&self, bytes: usize, rows: usize) -> usize {
        let recorder = self.recorder.as_ref();
        recorder.map_or(0, |recorder| recorder.room(bytes, rows))
    }

    /// Reclaims after bytes were written in vain: those who fail again and again must not fill the memory. Records may come
    /// to other places by that.
    pub(super) fn tidy(&mut self, bytes: usize) {
        if bytes > 0 {
            self.changes += 1;
            self.reclaim(bytes);
        }
    }

    /// Takes over new shapes. They come to the version only here, and only ever more, so the longer list has all. The
    /// table is told of them when its lock is let go.
    fn learn(&mut self, shapes: &Arc<Shapes>) {
        if shapes.count() > self.version.shapes.count() {
            self.version.shapes = shapes.clone();
            self.has_new_shapes = true;
        }
    }

    fn count_shape(&mut self, shape: u16, by: i64) {
        let at = usize::from(shape);
        if self.shape_counts.len() <= at {
            self.shape_counts.resize(at + 1, 0);
        }
        if let Some(count) = self.shape_counts.get_mut(at) {
            *count = count.wrapping_add_signed(by);
        }
    }

    /// Closes a change that wrote or removed so many bytes: reclaims in proportion.
    fn changed(&mut self, bytes: usize) {
        self.changes += 1;
        if self.written.capacity() > 4096 {
            self.written = Vec::new();
        }
        self.reclaim(bytes);
    }
}
