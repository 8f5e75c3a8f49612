//! Reads the values of an index's fields out of one record after the other.

use super::code;
use super::definition::{Definition, Kind};
use crate::engine::limits::MAX_INDEX_FIELDS;
use crate::engine::record::Record;
use crate::engine::shape::{Shape, Shapes, GENERIC};
use crate::engine::value::Value;
use std::sync::Arc;

/// Remembers where the fields are in records of the shape that it saw last.
pub(super) struct Reader<'s> {
    pub(super) definition: Arc<Definition>,
    pub(super) shapes: &'s Shapes,
    /// `None` if the fields are to be looked for in each record.
    shape: Option<&'s Shape>,
    positions: [Option<u16>; MAX_INDEX_FIELDS],
}

impl<'s> Reader<'s> {
    pub(super) fn new(definition: Arc<Definition>, shapes: &'s Shapes) -> Reader<'s> {
        Reader {
            definition,
            shapes,
            shape: None,
            positions: [None; MAX_INDEX_FIELDS],
        }
    }

    #[inline]
    fn turn_to(&mut self, id: u16) {
        if self.shape.map_or(GENERIC, Shape::id) != id {
            self.look_up(id);
        }
    }

    #[cold]
    fn look_up(&mut self, id: u16) {
        let shape = self.shapes.get(id).filter(|_| id != GENERIC);
        self.shape = shape.map(|shape| &**shape);
        for (position, path) in self.positions.iter_mut().zip(&self.definition.fields) {
            *position = shape.and_then(|shape| shape.position(path.field()));
        }
    }

    /// The text of a record's value; the record has the shape that was turned to.
    #[inline]
    fn text<'a>(&self, at: usize, record: &Record<'a>) -> Option<&'a [u8]> {
        let Some(shape) = self.shape else {
            return self.definition.text(at, record, self.shapes);
        };
        let position = (*self.positions.get(at)?)?;
        let path = self.definition.fields.get(at)?;
        path.follow(record.value(shape, position)?)
    }

    #[inline]
    fn value<'a>(&self, at: usize, record: &Record<'a>) -> Value<'a> {
        Value::of_field(self.text(at, record))
    }

    /// Hands out the codes of a record's entry, one after the other.
    #[inline]
    pub(super) fn codes(&mut self, record: &Record<'_>, mut code: impl FnMut(u64)) {
        self.turn_to(record.shape());
        let fields = 0..self.definition.fields.len();
        match self.definition.kind {
            Kind::Hash => code(
                self.definition
                    .hash(fields.map(|at| self.value(at, record))),
            ),
            Kind::Sorted => fields.for_each(|at| code(code::of(self.value(at, record)))),
        }
    }

    /// Whether two records have equal values in all fields.
    #[inline]
    pub(super) fn same(&mut self, a: &Record<'_>, b: &Record<'_>) -> bool {
        if a.shape() == b.shape() {
            self.turn_to(a.shape());
            let fields = self.definition.fields.len();
            if (0..fields).all(|at| self.text(at, a) == self.text(at, b)) {
                return true;
            }
        }
        self.definition.same(a, b, self.shapes)
    }
}
