//! The columns of a file, and the records that its lines are.

use super::cell::Kind;
use super::lines::Lines;
use super::options::CsvImport;
use crate::engine::{self, push_quoted, shorten, string_of, MAX_OPERAND};
use crate::store::{Fault, Result};
use std::borrow::Cow;
use std::collections::HashMap;

/// See the module's comment.
pub(super) struct Columns {
    list: Vec<Column>,
    by_name: HashMap<String, usize>,
    /// The position of the column that has the keys.
    key: Option<usize>,
}

struct Column {
    /// `"name":`
    label: Vec<u8>,
    kind: Kind,
    /// Whether the kind is yet to be found from the cells.
    is_open: bool,
    /// Whether the field is left out where the cell is empty.
    is_left_out: bool,
}

impl Columns {
    /// The columns as the first line names them, or as it numbers them. The line must be there unless it has no names.
    pub(super) fn new(lines: &Lines<'_>, options: &CsvImport) -> Result<Columns> {
        let mut columns = Columns {
            list: Vec::new(),
            by_name: HashMap::new(),
            key: None,
        };
        for at in 0..lines.count() {
            let name = match options.has_header {
                true => lines.cell(at)?.into(),
                false => Cow::from(format!("col_{at}")),
            };
            if name.len() > MAX_OPERAND {
                let (what, limit) = ("bytes of a column's name", MAX_OPERAND as u64);
                let error = engine::Error::Limit {
                    what,
                    limit,
                    index: None,
                };
                return Err(lines.wrong_at(at, error.into()));
            }
            let column =
                Column::new(&name, options).map_err(|error| lines.wrong_at(at, error.into()))?;
            crate::store::reserve(&mut columns.list, 1)?;
            columns.list.push(column);
            if name == options.table.primary_key() {
                columns.key = Some(at);
            }
            let shown = shorten(&name);
            if columns.by_name.insert(name.into_owned(), at).is_some() {
                let fault = Fault::Format(format!("a second column named {shown:?}"));
                return Err(lines.wrong_at(at, fault));
            }
        }
        Ok(columns)
    }

    /// Whether the kinds of some are yet to be found.
    pub(super) fn are_open(&self) -> bool {
        self.list.iter().any(|column| column.is_open)
    }

    /// Looks at the cells of a line to find the kinds.
    pub(super) fn look_at(&mut self, line: &Lines<'_>) -> Result<()> {
        for (at, column) in self.list.iter_mut().enumerate() {
            if column.is_open {
                column.kind = column.kind.with(line.cell(at)?);
            }
        }
        Ok(())
    }

    /// Puts a line together as a record, the one with a number. A line that is too short has empty cells, one that is too long is
    /// cut.
    pub(super) fn write(&self, line: &Lines<'_>, index: usize, out: &mut Vec<u8>) -> Result<()> {
        out.clear();
        out.push(b'{');
        for (at, column) in self.list.iter().enumerate() {
            let cell = line.cell(at)?;
            if cell.is_empty() && column.is_left_out {
                continue;
            }
            // An escaped byte takes six.
            crate::store::reserve(out, column.label.len() + 6 * cell.len() + 32)?;
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(&column.label);
            if !column.kind.write(cell, out) {
                let error = engine::Error::Schema {
                    field: shorten(&column.name()),
                    expected: column.kind.name().to_owned(),
                    actual: format!("{:?}", shorten(cell)),
                    index: Some(index),
                };
                return Err(line.wrong_at(at, error.into()));
            }
        }
        out.push(b'}');
        Ok(())
    }

    /// The number of the column that an error of a record is about, from 1.
    pub(super) fn column_of(&self, error: &engine::Error) -> Option<u64> {
        let at = match error {
            engine::Error::Schema { field, .. } => self.by_name.get(field).copied(),
            engine::Error::DuplicateKey { .. } | engine::Error::InvalidKey { .. } => self.key,
            _ => None,
        };
        at.map(|at| at as u64 + 1)
    }
}

impl Column {
    fn new(name: &str, options: &CsvImport) -> engine::Result<Column> {
        let mut label = Vec::new();
        push_quoted(&mut label, name);
        label.push(b':');
        let Some(schema) = options.table.schema() else {
            return Ok(Column {
                label,
                kind: if options.infers { Kind::Int } else { Kind::Str },
                is_open: options.infers,
                is_left_out: false,
            });
        };
        let Some(expected) = schema.expectation(name) else {
            return Err(schema.unknown(name));
        };
        Ok(Column {
            label,
            kind: Kind::named(expected.kind).unwrap_or(Kind::Str),
            is_open: false,
            is_left_out: !expected.takes_null && expected.kind != Kind::Str.name(),
        })
    }

    fn name(&self) -> String {
        let quoted = self.label.strip_suffix(b":").unwrap_or_default();
        string_of(quoted).unwrap_or_default().into_owned()
    }
}
