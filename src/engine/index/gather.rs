//! Collects the entries of many records and puts them in an index's order.

use super::collisions::Seen;
use super::definition::{Definition, Kind};
use super::order::Order;
use super::reader::Reader;
use super::sorted::Sorted;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::radix::{sort_by_code, Pair};
use crate::engine::record::Record;
use crate::engine::shape::Shapes;
use crate::engine::Result;
use std::sync::Arc;

/// See the module's comment. Rows come in ascending order.
pub(crate) struct Gather<'r, 's> {
    reader: Reader<'s>,
    width: usize,
    /// Of entries with one code: code and row.
    pairs: Vec<Pair>,
    /// Of entries with several codes.
    codes: Vec<u64>,
    rows: Vec<Row>,
    /// Of a hash index.
    seen: Option<Seen<'r>>,
}

impl<'r, 's> Gather<'r, 's> {
    /// For so many records, all of which have one of these shapes.
    pub(crate) fn new(
        definition: Arc<Definition>,
        shapes: &'s Shapes,
        count: usize,
    ) -> Result<Gather<'r, 's>> {
        let mut gather = Gather {
            width: definition.width(),
            pairs: Vec::new(),
            codes: Vec::new(),
            rows: Vec::new(),
            seen: None,
            reader: Reader::new(definition, shapes),
        };
        match gather.width {
            1 => reserve(&mut gather.pairs, count)?,
            width => {
                reserve(&mut gather.codes, count.saturating_mul(width))?;
                reserve(&mut gather.rows, count)?;
            }
        }
        if gather.reader.definition.kind == Kind::Hash {
            gather.seen = Some(Seen::new(count)?);
        }
        Ok(gather)
    }

    /// Adds the entry of a row.
    #[inline]
    pub(crate) fn push(&mut self, row: Row, record: &Record<'r>) -> Result<()> {
        if self.width > 1 {
            let codes = &mut self.codes;
            self.reader.codes(record, |code| codes.push(code));
            self.rows.push(row);
            return Ok(());
        }
        let Some(seen) = &mut self.seen else {
            self.reader
                .codes(record, |code| self.pairs.push((code, row)));
            return Ok(());
        };
        let (hash, text) = self.reader.hash(record);
        self.pairs.push((hash, row));
        seen.meet(hash, text, record, &mut self.reader)
    }

    /// Sorts the entries; `record` gives a row's record.
    pub(crate) fn sort(
        self,
        record: impl Fn(Row) -> Option<Record<'r>> + Sync,
        interrupt: &Interrupt,
    ) -> Result<Sorted> {
        let mut parts = Vec::new();
        add(&mut parts, self)?;
        Gather::sort_parts(parts, record, interrupt)
    }

    /// Sorts the entries of all parts, on as many threads as there are parts. Rows ascend from each part to the next.
    pub(crate) fn sort_parts(
        parts: Vec<Gather<'r, 's>>,
        record: impl Fn(Row) -> Option<Record<'r>> + Sync,
        interrupt: &Interrupt,
    ) -> Result<Sorted> {
        let Some(Reader {
            definition, shapes, ..
        }) = parts.first().map(|part| &part.reader)
        else {
            return Ok(Sorted::default());
        };
        let (definition, shapes) = (definition.clone(), *shapes);
        let order = Order {
            definition: &definition,
            shapes,
            record,
            threads: parts.len(),
            interrupt,
        };
        if definition.width() > 1 {
            let mut sorted = joined(parts)?;
            order.sort_several(&mut sorted)?;
            return Ok(sorted);
        }
        let (mut pairs, mut all_seen) = (Vec::new(), Vec::new());
        for part in parts {
            if let Some(seen) = part.seen {
                add(
                    &mut all_seen,
                    (seen, part.pairs.last().map(|(_, row)| *row)),
                )?;
            }
            add(&mut pairs, part.pairs)?;
        }
        let mut sorted = Sorted {
            width: 1,
            pairs: sort_by_code(pairs, interrupt)?,
            ..Sorted::default()
        };
        match definition.kind {
            Kind::Hash => sorted.collided = order.find_collisions(&mut sorted.pairs, all_seen)?,
            Kind::Sorted => order.sort_inexact(&mut sorted.pairs)?,
        }
        Ok(sorted)
    }
}

/// The entries of all parts, which have several codes, as they were given.
fn joined(parts: Vec<Gather<'_, '_>>) -> Result<Sorted> {
    let mut joined = Sorted::default();
    for part in parts {
        if joined.rows.is_empty() {
            joined.width = part.width;
            (joined.codes, joined.rows) = (part.codes, part.rows);
        } else {
            reserve(&mut joined.codes, part.codes.len())?;
            joined.codes.extend_from_slice(&part.codes);
            reserve(&mut joined.rows, part.rows.len())?;
            joined.rows.extend_from_slice(&part.rows);
        }
    }
    Ok(joined)
}
