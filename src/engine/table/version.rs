//! A version of a table: all its records as of one instant.

use crate::engine::arena::Segment;
use crate::engine::key::KeyRef;
use crate::engine::keymap::{KeyMap, Row};
use crate::engine::paged::{Entry, PagedVec};
use crate::engine::record::Record;
use crate::engine::shape::{Shapes, GENERIC};
use std::sync::Arc;

/// Where a record is stored: its segment and the offset in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u64);

impl Entry for Place {
    const GAP: Place = Place(u64::MAX);
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

    #[inline]
    fn offset(self) -> usize {
        (self.0 & 0xffff_ffff) as usize
    }
}

impl Place {
    /// The record at this place.
    #[inline]
    pub(super) fn read(self, segments: &Segments) -> Option<Record<'_>> {
        let segment = segments.get(self.segment())?.as_ref()?;
        Record::read(segment.from(self.offset()))
    }
}

/// The segments of a table by number.
pub(super) type Segments = Arc<Vec<Option<Arc<Segment>>>>;

/// See the module's comment. Cheap to clone; a clone never changes.
#[derive(Clone)]
pub(crate) struct Version {
    pub(super) rows: PagedVec<Place>,
    pub(super) keys: KeyMap,
    pub(super) segments: Segments,
    /// The shapes of all its records, and maybe more.
    pub(super) shapes: Arc<Shapes>,
}

impl Version {
    pub(super) fn new(shapes: Arc<Shapes>) -> Version {
        Version {
            rows: PagedVec::new(),
            keys: KeyMap::new(),
            segments: Arc::new(Vec::new()),
            shapes,
        }
    }

    #[inline]
    pub(crate) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Number of segments, and their bytes of memory.
    pub(super) fn segments(&self) -> (usize, usize) {
        let present = || self.segments.iter().flatten();
        (
            present().count(),
            present().map(|segment| segment.capacity()).sum(),
        )
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

    /// Asks for the record at a place, to be read soon.
    #[inline]
    fn prefetch(&self, place: Place) {
        if let Some(Some(segment)) = self.segments.get(place.segment()) {
            segment.prefetch(place.offset());
        }
    }

    /// Calls `visit` with each record in natural order, until it says false.
    #[inline]
    pub(crate) fn each<'a>(&'a self, mut visit: impl FnMut(Row, Place, Record<'a>) -> bool) {
        self.rows.each(|row, place| match self.record(place) {
            Some(record) => visit(row as Row, place, record),
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
