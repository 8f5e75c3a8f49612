//! A predicate that asks for one value of one field, and for nothing else. If the field is the key or has an index of its
//! own, what is found is known without a plan; the planner would come to the same, but after several times as long.

use crate::engine::index::{Index, Span};
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::params::Params;
use crate::engine::predicate::{Path, Program};
use crate::engine::table::Version;
use crate::engine::value::Value;

/// See the module's comment.
pub(crate) struct Point<'a> {
    path: &'a Path,
    value: Value<'a>,
}

/// So few rows cost less by an index than any scan, whatever the table's size.
const FEW: usize = 4;

/// A few rows, in natural order.
#[derive(Default)]
pub(crate) struct Few {
    rows: [Row; FEW],
    len: usize,
}

impl Few {
    fn extend(&mut self, rows: &[Row]) {
        for (place, row) in self.rows.iter_mut().skip(self.len).zip(rows) {
            *place = *row;
            self.len += 1;
        }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        self.rows.get(..self.len).unwrap_or_default()
    }
}

/// What tells where the records are.
enum Found<'v> {
    Row(Option<Row>),
    Index(&'v Index),
}

impl<'a> Point<'a> {
    /// What a predicate asks for, if it asks for that alone. Then there is nothing in which its values could be wrong.
    pub(crate) fn of(program: Option<&'a Program>, params: &'a Params<'a>) -> Option<Point<'a>> {
        let (path, text) = program?.equality(params)?;
        Some(Point {
            path,
            value: Value::read(text),
        })
    }

    /// The rows of a version, if they are few.
    pub(crate) fn rows(&self, version: &Version) -> Option<Few> {
        let mut few = Few::default();
        let index = match self.find(version)? {
            Found::Row(row) => {
                few.extend(row.as_slice());
                return Some(few);
            }
            Found::Index(index) => index,
        };
        if let Some(rows) = index.rows_of_hash(&[self.value], version.stored()) {
            few.extend(rows);
            return (rows.len() <= FEW).then_some(few);
        }
        let span = self.span(index, version)?;
        if span.len() > FEW {
            return None;
        }
        index.rows(span, |rows| {
            few.extend(rows);
            true
        });
        Some(few)
    }

    /// How many records a version has of it.
    pub(crate) fn count(&self, version: &Version) -> Option<usize> {
        Some(match self.find(version)? {
            Found::Row(row) => row.iter().len(),
            Found::Index(index) => self.span(index, version)?.len(),
        })
    }

    fn find<'v>(&self, version: &'v Version) -> Option<Found<'v>> {
        if self.path.plain() == Some(version.shapes().key_field()) {
            let found = KeyRef::of(self.value).and_then(|key| version.find(&key));
            return Some(Found::Row(found.map(|(row, _)| row)));
        }
        let mut indexes = version.indexes().iter();
        let index = indexes.find(|index| index.definition.fields.first() == Some(self.path))?;
        let is_alone = index.definition.fields.len() == 1;
        is_alone.then_some(Found::Index(index))
    }

    /// Where in its index the records are, if the index alone tells.
    fn span(&self, index: &Index, version: &Version) -> Option<Span> {
        match index.span(&[self.value], None, version.stored()) {
            (span, true) => Some(span),
            (_, false) => None,
        }
    }
}
