//! The rows of an answer that is not grouped.

use super::distinct::{Distinct, NULL};
use crate::engine::limits::push;
use crate::engine::options::{Column, SelectOptions};
use crate::engine::record::Record;
use crate::engine::resolve::Resolver;
use crate::engine::shape::Shapes;
use crate::engine::Result;

/// The rows of the answer: projected, made distinct, paged, and written.
pub(super) struct Rows<'a, 'o> {
    projection: Option<Projection<'a>>,
    seen: Option<Distinct<'a>>,
    skip: u64,
    left: u64,
    count: u64,
    /// `None` if rows are only counted.
    out: Option<&'o mut Vec<u8>>,
}

struct Projection<'a> {
    columns: &'a [Column],
    resolver: Resolver<'a>,
    /// Of the row at hand; missing ones are null.
    values: Vec<&'a [u8]>,
}

impl<'a, 'o> Rows<'a, 'o> {
    pub(super) fn new(
        options: &'a SelectOptions,
        offset: u64,
        limit: Option<u64>,
        shapes: &'a Shapes,
        out: Option<&'o mut Vec<u8>>,
    ) -> Self {
        let projection = options.columns.as_ref().map(|columns| Projection {
            columns,
            resolver: Resolver::new(columns.iter().map(|column| column.path.field()), shapes),
            values: Vec::new(),
        });
        // Whole records differ at least by their key.
        let columns = options.columns.as_ref().filter(|_| options.distinct);
        let seen = columns.map(|columns| Distinct::new(columns.len()));
        Rows {
            projection,
            seen,
            skip: offset,
            left: limit.unwrap_or(u64::MAX),
            count: 0,
            out,
        }
    }

    /// Takes a row; false if no more are wanted.
    pub(super) fn add(&mut self, record: Record<'a>) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        if let Some(projection) = &mut self.projection {
            projection.read(record);
            if let Some(seen) = &mut self.seen {
                if !seen.place(&projection.values)?.is_new {
                    return Ok(true);
                }
            }
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(true);
        }
        if let Some(out) = &mut self.out {
            if self.count > 0 {
                push(out, b",")?;
            }
            match &self.projection {
                None => push(out, record.text())?,
                Some(projection) => projection.write(out)?,
            }
        }
        self.count += 1;
        self.left -= 1;
        Ok(self.left > 0)
    }
}

impl Rows<'_, '_> {
    /// Bytes of the text.
    pub(super) fn written(&self) -> usize {
        self.out.as_ref().map_or(0, |out| out.len())
    }

    /// How many were written.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

impl<'a> Projection<'a> {
    fn read(&mut self, record: Record<'a>) {
        self.values.clear();
        let fields = self.resolver.fields(record);
        for (at, column) in self.columns.iter().enumerate() {
            let value = fields.get(at).and_then(|value| column.path.follow(value));
            self.values.push(value.unwrap_or(NULL));
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        push(out, b"{")?;
        for (at, (column, value)) in self.columns.iter().zip(&self.values).enumerate() {
            if at > 0 {
                push(out, b",")?;
            }
            push(out, &column.label)?;
            push(out, value)?;
        }
        push(out, b"}")
    }
}
