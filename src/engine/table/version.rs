//! A version of a table: all its records as of one instant.

use crate::engine::arena::Segment;
use crate::engine::column::{Column, Columns, PageColumns};
use crate::engine::footprint::Footprint;
use crate::engine::index::{Index, Indexes, Moving};
use crate::engine::key::KeyRef;
use crate::engine::keymap::{KeyMap, Row};
use crate::engine::paged::{Entry, Page, PagedVec};
use crate::engine::record::Record;
use crate::engine::shape::{Shapes, GENERIC};
use std::ops::Range;
use std::sync::Arc;

/// Where a record is stored: its segment and the offset in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u64);

impl Entry for Place {
    const GAP: Place = Place(u64::MAX);
    type Derived = PageColumns;
}

impl Place {
    #[inline]
    pub(super) fn new(segment: u32, offset: usize) -> Place {
        Place(u64::from(segment) << 32 | offset as u64)
    }

    #[inline]
    pub(super) fn segment(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The place that is as far behind this one as the other one is behind the start of the first segment.
    #[inline]
    pub(super) fn plus(self, behind: Place) -> Place {
        Place(self.0 + behind.0)
    }

    #[inline]
    pub(super) fn offset(self) -> usize {
        (self.0 & 0xffff_ffff) as usize
    }
}

impl Place {
    /// Whether this is no gap.
    #[inline]
    pub(crate) fn is_present(self) -> bool {
        self != Place::GAP
    }

    /// The record at this place.
    #[inline]
    pub(super) fn read(self, segments: &Segments) -> Option<Record<'_>> {
        let segment = segments.get(self.segment())?.as_ref()?;
        self.in_segment(segment)
    }

    /// The record at this place, the segment being the one of its number.
    #[inline]
    pub(super) fn in_segment(self, segment: &Segment) -> Option<Record<'_>> {
        Record::read(segment.from(self.offset()))
    }
}

/// The segments of a table by number.
pub(super) type Segments = Arc<Vec<Option<Arc<Segment>>>>;

/// Where the records of a table are.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'a> {
    rows: &'a PagedVec<Place>,
    segments: &'a Segments,
    pub(crate) shapes: &'a Shapes,
}

impl<'a> Stored<'a> {
    /// The same, with records of which some have shapes that the table is yet to learn of.
    pub(super) fn with_shapes(self, shapes: &'a Shapes) -> Self {
        Stored { shapes, ..self }
    }

    /// The record of a row.
    #[inline]
    pub(crate) fn record(&self, row: Row) -> Option<Record<'a>> {
        let place = self.rows.get(row as usize);
        place.read(self.segments)
    }
}

/// See the module's comment. Cheap to clone; a clone never changes.
#[derive(Clone)]
pub(crate) struct Version {
    pub(super) rows: PagedVec<Place>,
    pub(super) keys: KeyMap,
    pub(super) segments: Segments,
    /// The shapes of all its records, and maybe more.
    pub(super) shapes: Arc<Shapes>,
    pub(super) indexes: Indexes,
    /// Counts how often the rows were numbered anew.
    pub(super) numbering: u64,
    pub(super) columns: Arc<Columns>,
}

impl Version {
    pub(super) fn new(shapes: Arc<Shapes>) -> Version {
        Version {
            rows: PagedVec::new(),
            keys: KeyMap::new(),
            segments: Arc::new(Vec::new()),
            shapes,
            indexes: Indexes::default(),
            numbering: 0,
            columns: Arc::default(),
        }
    }

    /// The records by row.
    #[inline]
    pub(crate) fn stored(&self) -> Stored<'_> {
        Stored {
            rows: &self.rows,
            segments: &self.segments,
            shapes: &self.shapes,
        }
    }

    /// The indexes, to be changed, and the records that they are of.
    pub(super) fn indexes_mut(&mut self) -> (&mut [Index], Stored<'_>) {
        let stored = Stored {
            rows: &self.rows,
            segments: &self.segments,
            shapes: &self.shapes,
        };
        if self.indexes.is_empty() {
            return (&mut [], stored);
        }
        (Arc::make_mut(&mut self.indexes).as_mut_slice(), stored)
    }

    /// What the table's versions know of columns.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Pages of the row directory.
    pub(crate) fn page_count(&self) -> usize {
        self.rows.page_count()
    }

    /// A page of the row directory, which begins with row `position * PAGE`.
    #[inline]
    pub(crate) fn page(&self, position: usize) -> &Page<Place> {
        self.rows.page(position)
    }

    /// Lets all pages go of their parts of a column.
    pub(crate) fn drop_column(&self, column: &Arc<Column>) {
        let pages = (0..self.page_count()).filter_map(|position| self.page(position).full());
        pages.for_each(|page| page.derived.drop_column(column));
    }

    /// Bytes of the segments.
    pub(crate) fn record_bytes(&self) -> usize {
        self.segments().1
    }

    pub(crate) fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    #[inline]
    pub(crate) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Adds a row, whose record is at a place, to the indexes.
    #[inline]
    pub(super) fn index_row(&mut self, row: Row, place: Place) {
        if self.indexes.is_empty() {
            return;
        }
        let (indexes, stored) = self.indexes_mut();
        if let Some(record) = place.read(stored.segments) {
            for index in indexes {
                index.insert(row, &record, stored);
            }
        }
    }

    /// Takes a row, whose record is still at a place, out of the indexes.
    #[inline]
    pub(super) fn unindex_row(&mut self, row: Row, place: Place) {
        if self.indexes.is_empty() {
            return;
        }
        let (indexes, stored) = self.indexes_mut();
        if let Some(record) = place.read(stored.segments) {
            for index in indexes {
                index.remove(row, &record, stored);
            }
        }
    }

    /// Finds the entries that move when the record at one place takes that of another. At most as many as there are
    /// `affected` indexes are added to `moving`.
    pub(super) fn find_moving(
        &self,
        affected: u64,
        (old, new): (Place, Place),
        moving: &mut Vec<Moving>,
    ) {
        let Some((old, new)) = self.record(old).zip(self.record(new)) else {
            return;
        };
        for (at, index) in self.indexes.iter().enumerate() {
            if affected >> at & 1 == 1 {
                index.find_moving(at, (&old, &new), &self.shapes, moving);
            }
        }
    }

    /// Takes a row's entries that move out of their indexes. Its old record is still in the directory.
    #[inline]
    pub(super) fn take_moving(&mut self, row: Row, moving: &[Moving]) {
        self.each_moving(moving, |index, moving, stored| {
            index.take_moving(row, moving, stored)
        });
    }

    /// Puts them in. Its new record is in the directory already.
    #[inline]
    pub(super) fn put_moving(&mut self, row: Row, moving: &[Moving]) {
        self.each_moving(moving, |index, moving, stored| {
            index.put_moving(row, moving, stored)
        });
    }

    #[inline]
    fn each_moving(
        &mut self,
        moving: &[Moving],
        mut change: impl FnMut(&mut Index, &Moving, Stored<'_>),
    ) {
        if moving.is_empty() {
            return;
        }
        let (indexes, stored) = self.indexes_mut();
        for moving in moving {
            if let Some(index) = indexes.get_mut(moving.index) {
                change(index, moving, stored);
            }
        }
    }

    /// The indexes, as bits, of which some field may change.
    #[inline]
    pub(super) fn affected(&self, touches: impl Fn(&[u8]) -> bool) -> u64 {
        let indexes = self.indexes.iter().enumerate();
        let affected = indexes.filter(|(_, index)| {
            let mut fields = index.definition.fields.iter();
            fields.any(|field| touches(field.field()))
        });
        affected.fold(0, |affected, (at, _)| affected | 1 << at)
    }

    /// Takes all rows out of the indexes.
    pub(super) fn empty_indexes(&mut self) {
        for index in self.indexes_mut().0 {
            *index = Index::new(index.definition.clone());
        }
    }

    /// Compares each index with one that is built anew.
    #[cfg(test)]
    #[cfg(not(loom))]
    pub(super) fn check_indexes(&self) {
        for index in self.indexes.iter() {
            let anew = crate::engine::index::Build::of(
                index.definition.clone(),
                self,
                &crate::engine::interrupt::Interrupt::NONE,
            )
            .unwrap();
            assert!(index.has_the_entries_of(&anew), "{:?}", index.definition);
        }
    }

    /// Number of segments, and their bytes of memory.
    pub(super) fn segments(&self) -> (usize, usize) {
        let present = || self.segments.iter().flatten();
        (
            present().count(),
            present().map(|segment| segment.capacity()).sum(),
        )
    }

    /// The segment in which a place is.
    pub(super) fn segment(&self, place: Place) -> Option<Arc<Segment>> {
        self.segments.get(place.segment())?.clone()
    }

    /// Counts the memory, shared or not.
    pub(super) fn count_memory(&self, footprint: &mut Footprint) {
        let list = self.segments.capacity() * std::mem::size_of::<usize>();
        if footprint.add(&self.segments, list) {
            for segment in self.segments.iter().flatten() {
                footprint.add(segment, segment.capacity());
            }
        }
        self.rows.count(footprint);
        self.keys.count(footprint);
        let list = self.indexes.capacity() * std::mem::size_of::<Index>();
        if footprint.add(&self.indexes, list) {
            self.indexes.iter().for_each(|index| index.count(footprint));
        }
    }

    /// Whether a row has the very same record in another version. A place alone does not tell: the number of a segment
    /// that was given up is used again.
    #[inline]
    pub(super) fn same_record(&self, row: Row, other: &Version) -> bool {
        let place = self.place(row);
        place == other.place(row) && self.same_segment(place, other)
    }

    /// Whether a place is in the same segment as in another version.
    #[inline]
    fn same_segment(&self, place: Place, other: &Version) -> bool {
        let of = |version: &Version| {
            let segment = version.segments.get(place.segment());
            segment.and_then(Option::as_ref).map(Arc::as_ptr)
        };
        of(self) == of(other)
    }

    /// How many records there are.
    pub(crate) fn count(&self) -> usize {
        self.keys.len()
    }

    /// The record at a place.
    #[inline]
    pub(crate) fn record(&self, place: Place) -> Option<Record<'_>> {
        place.read(&self.segments)
    }

    /// Whether what is at a place is in the same memory in another version, and so the same.
    pub(crate) fn holds_as(&self, other: &Version, place: Place) -> bool {
        let segment = |version: &'_ Version| {
            let segment = version.segments.get(place.segment());
            segment.and_then(Option::as_ref).map(Arc::as_ptr)
        };
        segment(self).is_some() && segment(self) == segment(other)
    }

    /// Asks for the record at a place, to be read soon.
    #[inline]
    pub(crate) fn prefetch(&self, place: Place) {
        if let Some(Some(segment)) = self.segments.get(place.segment()) {
            segment.prefetch(place.offset());
        }
    }

    /// Asks for what comes some records behind a place, to be read soon: records that came one after the other mostly lie so.
    #[inline]
    pub(crate) fn prefetch_behind(&self, place: Place) {
        const DISTANCE: usize = 1 << 10;
        if let Some(Some(segment)) = self.segments.get(place.segment()) {
            segment.prefetch(place.offset() + DISTANCE);
        }
    }

    /// Asks for the record of a row, to be read soon.
    #[inline]
    pub(crate) fn prefetch_row(&self, row: Row) {
        self.prefetch(self.rows.get(row as usize));
    }

    /// Above all rows.
    pub(crate) fn row_end(&self) -> usize {
        self.rows.page_count() * crate::engine::paged::PAGE
    }

    /// The place of a row's record.
    pub(super) fn place(&self, row: Row) -> Place {
        self.rows.get(row as usize)
    }

    /// Calls `visit` with each record in natural order, until it says false.
    #[inline]
    pub(crate) fn each<'a>(&'a self, mut visit: impl FnMut(Row, Place, Record<'a>) -> bool) {
        self.rows.each(|row, place| match self.record(place) {
            Some(record) => visit(row as Row, place, record),
            None => true,
        });
    }

    /// As `each`, of the records in the pages at some positions.
    #[inline]
    pub(crate) fn each_of<'a>(
        &'a self,
        pages: Range<usize>,
        mut visit: impl FnMut(Row, Place, Record<'a>) -> bool,
    ) {
        self.rows
            .each_of(pages, |row, place| match self.record(place) {
                Some(record) => visit(row as Row, place, record),
                None => true,
            });
    }

    /// Cuts the pages into so many ranges of about as many records, or fewer; with each, how many it has.
    pub(crate) fn page_ranges(&self, count: usize) -> Vec<(Range<usize>, usize)> {
        let mut ranges = Vec::new();
        let (all, mut done, mut from, mut own) = (self.count(), 0, 0, 0);
        for position in 0..self.page_count() {
            own += self.page(position).live();
            if (done + own) * count >= all * (ranges.len() + 1) && own > 0 {
                ranges.push((from..position + 1, own));
                (done, from, own) = (done + own, position + 1, 0);
            }
        }
        if own > 0 || ranges.is_empty() {
            ranges.push((from..self.page_count(), own));
        }
        ranges
    }

    /// Calls `visit` with each record from a row on, in natural order, until it says false.
    #[inline]
    pub(crate) fn each_from<'a>(
        &'a self,
        from: Row,
        mut visit: impl FnMut(Row, Record<'a>) -> bool,
    ) {
        self.rows
            .each_from(from as usize, |row, place| match self.record(place) {
                Some(record) => visit(row as Row, record),
                None => true,
            });
    }

    /// The row and place of a key's record.
    #[inline]
    pub(crate) fn find(&self, key: &KeyRef<'_>) -> Option<(Row, Place)> {
        if let Some((row, must_check)) = self.keys.expected(key) {
            let place = self.rows.get(row as usize);
            if place != Place::GAP {
                self.prefetch(place);
                if !must_check || self.has_key(place, key) {
                    return Some((row, place));
                }
            }
        }
        let has_key = |row: Row| {
            let place = self.rows.get(row as usize);
            place != Place::GAP && self.has_key(place, key)
        };
        let row = self.keys.get(key, has_key)?;
        let place = self.rows.get(row as usize);
        self.prefetch(place);
        (place != Place::GAP).then_some((row, place))
    }

    fn has_key(&self, place: Place, key: &KeyRef<'_>) -> bool {
        let record = self.record(place);
        record.is_some_and(|record| key_of(&record, &self.shapes).as_ref() == Some(key))
    }
}

/// A record's key; each stored record has one.
#[inline]
pub(crate) fn key_of<'a>(record: &Record<'a>, shapes: &Shapes) -> Option<KeyRef<'a>> {
    let shape = shapes.get(record.shape())?;
    let text = if record.shape() == GENERIC {
        record.field(shape, shapes.key_field())?
    } else {
        record.value(shape, shape.key())?
    };
    KeyRef::read(text).ok()
}
