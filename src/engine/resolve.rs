//! Finds named fields in records of any shape, looking each name up once per shape.

use crate::engine::json::inside;
use crate::engine::record::Record;
use crate::engine::shape::{Shape, Shapes, GENERIC};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// So many names are each looked for in a generic record on their own.
const FEW_NAMES: usize = 4;

/// Where the names are in records of one shape.
struct Resolved<'a> {
    shape: &'a Shape,
    positions: Vec<Option<u16>>,
}

/// Length of a field's quoted name and its position; `None` if the shape lacks it.
pub(crate) type FieldPlace = Option<(usize, u16)>;

/// See the module's comment.
pub(crate) struct Resolver<'a> {
    names: Vec<&'a [u8]>,
    /// Positions of the names by the inside of their quotes, if they are many: for generic records.
    by_name: HashMap<&'a [u8], Vec<usize>, RandomState>,
    shapes: &'a Shapes,
    resolved: Vec<Option<Resolved<'a>>>,
}

impl<'a> Resolver<'a> {
    /// For fields with these quoted names.
    pub(crate) fn new(names: impl Iterator<Item = &'a [u8]>, shapes: &'a Shapes) -> Self {
        let names: Vec<&'a [u8]> = names.collect();
        let mut by_name: HashMap<&'a [u8], Vec<usize>, RandomState> = HashMap::default();
        if names.len() > FEW_NAMES {
            for (at, name) in names.iter().enumerate() {
                by_name
                    .entry(inside(name).unwrap_or_default())
                    .or_default()
                    .push(at);
            }
        }
        Resolver {
            names,
            by_name,
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
        let walked =
            (record.shape() == GENERIC && !self.by_name.is_empty()).then(|| self.walk(record));
        Fields {
            record,
            walked,
            names: &self.names,
            resolved: self.resolved.get(at).and_then(Option::as_ref),
        }
    }

    /// Where the fields are in records of a shape, by the position of their name; `None` for generic records.
    pub(crate) fn places(&mut self, shape: u16) -> Option<impl Fn(usize) -> FieldPlace + '_> {
        if !matches!(self.resolved.get(usize::from(shape)), Some(Some(_))) {
            self.resolve(shape);
        }
        let resolved = self.resolved.get(usize::from(shape))?.as_ref()?;
        (shape != GENERIC).then_some(|at: usize| {
            let position = resolved.positions.get(at).copied()??;
            let field = resolved.shape.fields().get(usize::from(position))?;
            Some((field.quoted().len(), position))
        })
    }

    /// The values of all names in a generic record, found in one walk.
    fn walk<'r>(&self, record: Record<'r>) -> Vec<Option<&'r [u8]>> {
        let mut values = vec![None; self.names.len()];
        for (name, value) in record.members() {
            for &at in self.by_name.get(name).into_iter().flatten() {
                if let Some(place) = values.get_mut(at) {
                    *place = Some(value);
                }
            }
        }
        values
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
    walked: Option<Vec<Option<&'r [u8]>>>,
    names: &'s [&'a [u8]],
    resolved: Option<&'s Resolved<'a>>,
}

impl<'r> Fields<'_, '_, 'r> {
    /// The value of the field whose name has this position; `None` if the record lacks it.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&'r [u8]> {
        if let Some(walked) = &self.walked {
            return walked.get(at).copied().flatten();
        }
        let resolved = self.resolved?;
        if self.record.shape() == GENERIC {
            return self.record.field(resolved.shape, self.names.get(at)?);
        }
        let position = resolved.positions.get(at).copied()??;
        self.record.value(resolved.shape, position)
    }
}
