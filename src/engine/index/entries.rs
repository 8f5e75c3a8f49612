//! An index with its entries: one for each record of the table, null and missing values included.

use super::code;
use super::definition::{Definition, Kind};
use super::sorted::{Bulk, Given, Sorted};
use super::tree::{Sequence, Tree};
use crate::engine::footprint::Footprint;
use crate::engine::keymap::Row;
use crate::engine::limits::MAX_INDEX_FIELDS;
use crate::engine::record::Record;
use crate::engine::shape::Shapes;
use crate::engine::table::Stored;
use crate::engine::value::Value;
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use std::sync::Arc;

/// The indexes of a table, in the order in which they were made.
pub(crate) type Indexes = Arc<Vec<Index>>;

/// See the module's comment. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Index {
    pub(crate) definition: Arc<Definition>,
    pub(super) tree: Tree,
    /// Of a hash index: hashes that different values have. All entries of any other hash have equal values.
    pub(super) collided: Arc<HashSet<u64, RandomState>>,
}

/// The codes of one entry.
#[derive(Clone, Copy)]
pub(crate) struct Codes {
    list: [u64; MAX_INDEX_FIELDS],
    width: usize,
}

impl Codes {
    fn new(definition: &Definition) -> Codes {
        Codes {
            list: [0; MAX_INDEX_FIELDS],
            width: definition.width(),
        }
    }

    /// Becomes those of a record.
    fn read(&mut self, definition: &Definition, record: &Record<'_>, shapes: &Shapes) {
        match definition.kind {
            Kind::Hash => self.list[0] = definition.hash_of(record, shapes),
            Kind::Sorted => {
                for (at, place) in self.list.iter_mut().take(self.width).enumerate() {
                    *place = code::of(definition.value(at, record, shapes));
                }
            }
        }
    }

    fn as_slice(&self) -> &[u64] {
        self.list.get(..self.width).unwrap_or_default()
    }
}

/// That the entry of a row moves in an index when its record is replaced.
pub(crate) struct Moving {
    /// Which of the indexes it is.
    pub(crate) index: usize,
    old: Codes,
    new: Codes,
}

impl Moving {
    /// Becomes that of an old and a new record; false if their values are equal.
    fn read(
        &mut self,
        definition: &Definition,
        (old, new): (&Record<'_>, &Record<'_>),
        shapes: &Shapes,
    ) -> bool {
        if definition.kind == Kind::Hash {
            let moves = !definition.same(old, new, shapes);
            if moves {
                self.old.read(definition, old, shapes);
                self.new.read(definition, new, shapes);
            }
            return moves;
        }
        let mut moves = false;
        let places = self.old.list.iter_mut().zip(&mut self.new.list);
        for (at, (a, b)) in places.take(definition.width()).enumerate() {
            let (old, new) = definition.texts(at, (old, new), shapes);
            let value = Value::of_field(old);
            *a = code::of(value);
            *b = *a;
            if old != new {
                let other = Value::of_field(new);
                *b = code::of(other);
                moves |= *a != *b || !code::is_exact(*a) && !value.equals(&other);
            }
        }
        moves
    }
}

impl Index {
    pub(crate) fn new(definition: Arc<Definition>) -> Index {
        Index {
            tree: Tree::new(definition.width()),
            definition,
            collided: Arc::default(),
        }
    }

    /// Adds the entry of a row, whose record is in `stored` already.
    pub(crate) fn insert(&mut self, row: Row, record: &Record<'_>, stored: Stored<'_>) {
        let mut codes = Codes::new(&self.definition);
        codes.read(&self.definition, record, stored.shapes);
        self.put(Given::One((codes.as_slice(), row)), stored);
    }

    /// Adds to a list, in which there is room, that the entry of a row moves when one record takes the place of another, if
    /// it does; this index has the number `index`.
    #[inline]
    pub(crate) fn find_moving(
        &self,
        index: usize,
        records: (&Record<'_>, &Record<'_>),
        shapes: &Shapes,
        list: &mut Vec<Moving>,
    ) {
        let definition = &*self.definition;
        list.push(Moving {
            index,
            old: Codes::new(definition),
            new: Codes::new(definition),
        });
        // It is made where it stays, for it is large.
        let moving = list.last_mut();
        if !moving.is_some_and(|moving| moving.read(definition, records, shapes)) {
            list.pop();
        }
    }

    /// Removes the entry of a row that moves. The old record is still in `stored`.
    pub(crate) fn take_moving(&mut self, row: Row, moving: &Moving, stored: Stored<'_>) {
        self.take(Given::One((moving.old.as_slice(), row)), stored);
    }

    /// Adds the entry of a row that moves. The new record is in `stored` already.
    pub(crate) fn put_moving(&mut self, row: Row, moving: &Moving, stored: Stored<'_>) {
        self.put(Given::One((moving.new.as_slice(), row)), stored);
    }

    /// Removes the entry of a row, whose record is still in `stored`.
    pub(crate) fn remove(&mut self, row: Row, record: &Record<'_>, stored: Stored<'_>) {
        let mut codes = Codes::new(&self.definition);
        codes.read(&self.definition, record, stored.shapes);
        self.take(Given::One((codes.as_slice(), row)), stored);
    }

    /// Adds entries of rows whose records are in `stored` already.
    pub(crate) fn insert_sorted(&mut self, sorted: &Sorted, stored: Stored<'_>) {
        if sorted.len() == 0 {
            return;
        }
        if !sorted.collided.is_empty() {
            Arc::make_mut(&mut self.collided).extend(sorted.collided.iter().copied());
        }
        self.put(Given::Many(sorted), stored);
    }

    /// Removes entries of rows whose records are still in `stored`.
    pub(crate) fn remove_sorted(&mut self, sorted: &Sorted, stored: Stored<'_>) {
        if sorted.len() > 0 {
            self.take(Given::Many(sorted), stored);
        }
    }

    fn put(&mut self, given: Given<'_>, stored: Stored<'_>) {
        match self.definition.kind {
            Kind::Hash => self.tree.insert(&mut Bulk::<true>::new(
                given,
                &self.definition,
                stored,
                &mut self.collided,
            )),
            Kind::Sorted => self.tree.insert(&mut Bulk::<false>::new(
                given,
                &self.definition,
                stored,
                &mut self.collided,
            )),
        }
    }

    fn take(&mut self, given: Given<'_>, stored: Stored<'_>) {
        let (removed, wanted) = match self.definition.kind {
            Kind::Hash => {
                let bulk = Bulk::<true>::new(given, &self.definition, stored, &mut self.collided);
                (self.tree.remove(&bulk), bulk.len())
            }
            Kind::Sorted => {
                let bulk = Bulk::<false>::new(given, &self.definition, stored, &mut self.collided);
                (self.tree.remove(&bulk), bulk.len())
            }
        };
        debug_assert_eq!(removed, wanted, "each row has an entry");
    }

    /// Whether the index has the entries of another one in the same order, and knows all its collisions.
    #[cfg(test)]
    #[cfg(not(loom))]
    pub(crate) fn has_the_entries_of(&self, other: &Index) -> bool {
        let rows = |index: &Index| {
            let (mut codes, mut rows) = (Vec::new(), Vec::new());
            index.tree.each(0, usize::MAX, |more, run| {
                codes.extend_from_slice(more);
                rows.extend_from_slice(run);
                true
            });
            (codes, rows)
        };
        rows(self) == rows(other) && other.collided.is_subset(&self.collided)
    }

    /// Bytes that putting in so many entries takes, at most; taking out takes no more.
    pub(crate) fn room(&self, count: usize) -> usize {
        self.tree.room(count)
    }

    /// Counts the memory.
    pub(crate) fn count(&self, footprint: &mut Footprint) {
        self.tree.count(footprint);
        if self.collided.capacity() > 0 {
            footprint.add(&self.collided, self.collided.allocation_size());
        }
    }
}
