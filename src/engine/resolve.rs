//! Finds named fields in records of any shape, looking each name up once per shape.

use crate::engine::record::Record;
use crate::engine::shape::{Shape, Shapes, GENERIC};

/// Where the names are in records of one shape.
struct Resolved<'a> {
    shape: &'a Shape,
    positions: Vec<Option<u16>>,
}

/// See the module's comment.
pub(crate) struct Resolver<'a> {
    names: Vec<&'a [u8]>,
    shapes: &'a Shapes,
    resolved: Vec<Option<Resolved<'a>>>,
}

impl<'a> Resolver<'a> {
    /// For fields with these quoted names.
    pub(crate) fn new(names: impl Iterator<Item = &'a [u8]>, shapes: &'a Shapes) -> Self {
        Resolver {
            names: names.collect(),
            shapes,
            resolved: Vec::new(),
        }
    }

    /// The fields of a record, to be asked for by the position of their name.
    #[inline]
    pub(crate) fn fields<'r>(&mut self, record: Record<'r>) -> Fields<'_, 'a, 'r> {
        let at = usize::from(record.shape());
        if !matches!(self.resolved.get(at), Some(Some(_))) {
            self.resolve(record.shape());
        }
        Fields {
            record,
            names: &self.names,
            resolved: self.resolved.get(at).and_then(Option::as_ref),
        }
    }

    #[cold]
    fn resolve(&mut self, id: u16) {
        let at = usize::from(id);
        if self.resolved.len() <= at {
            self.resolved.resize_with(at + 1, || None);
        }
        let names = &self.names;
        let resolved = self.shapes.get(id).map(|shape| Resolved {
            shape,
            positions: names.iter().map(|name| shape.position(name)).collect(),
        });
        if let Some(place) = self.resolved.get_mut(at) {
            *place = resolved;
        }
    }
}

/// The fields of one record.
pub(crate) struct Fields<'s, 'a, 'r> {
    record: Record<'r>,
    names: &'s [&'a [u8]],
    resolved: Option<&'s Resolved<'a>>,
}

impl<'r> Fields<'_, '_, 'r> {
    /// The value of the field whose name has this position; `None` if the record lacks it.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&'r [u8]> {
        let resolved = self.resolved?;
        if self.record.shape() == GENERIC {
            return self.record.field(resolved.shape, self.names.get(at)?);
        }
        let position = resolved.positions.get(at).copied()??;
        self.record.value(resolved.shape, position)
    }
}
