//! Reads the values of an index's fields out of one record after the other.

use super::code;
use super::definition::Definition;
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
    places: [Option<Place>; MAX_INDEX_FIELDS],
}

/// Where in a shape a field is.
#[derive(Clone, Copy)]
struct Place {
    position: u16,
    /// Bytes of its quoted name.
    name: usize,
}

impl<'s> Reader<'s> {
    pub(super) fn new(definition: Arc<Definition>, shapes: &'s Shapes) -> Reader<'s> {
        Reader {
            definition,
            shapes,
            shape: None,
            places: [None; MAX_INDEX_FIELDS],
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
        for (place, path) in self.places.iter_mut().zip(&self.definition.fields) {
            let position = shape.and_then(|shape| shape.position(path.field()));
            let name = path.field().len();
            *place = position.map(|position| Place { position, name });
        }
    }

    /// The text of a record's value; the record has the shape that was turned to.
    #[inline]
    fn text<'a>(&self, at: usize, record: &Record<'a>) -> Option<&'a [u8]> {
        if self.shape.is_none() {
            return self.definition.text(at, record, self.shapes);
        }
        let place = (*self.places.get(at)?)?;
        let path = self.definition.fields.get(at)?;
        path.follow(record.value_of(place.position, place.name)?)
    }

    #[inline]
    fn value<'a>(&self, at: usize, record: &Record<'a>) -> Value<'a> {
        Value::of_field(self.text(at, record))
    }

    /// Hands out the codes of a record's entry in a sorted index, one after the other.
    #[inline]
    pub(super) fn codes(&mut self, record: &Record<'_>, mut code: impl FnMut(u64)) {
        self.turn_to(record.shape());
        let fields = 0..self.definition.fields.len();
        fields.for_each(|at| code(code::of(self.value(at, record))));
    }

    /// The code of a record's entry in a hash index, and the text of its value if there is one field alone.
    #[inline]
    pub(super) fn hash<'a>(&mut self, record: &Record<'a>) -> (u64, Option<&'a [u8]>) {
        self.turn_to(record.shape());
        let fields = 0..self.definition.fields.len();
        if fields.len() == 1 {
            let text = self.text(0, record);
            let value = Value::of_field(text);
            return (self.definition.hash(std::iter::once(value)), text);
        }
        let values = fields.map(|at| self.value(at, record));
        (self.definition.hash(values), None)
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
