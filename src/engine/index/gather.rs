//! Collects the entries of many records and puts them in an index's order.

use super::code;
use super::definition::{Definition, Kind};
use super::reader::Reader;
use super::sorted::Sorted;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::record::Record;
use crate::engine::shape::Shapes;
use crate::engine::sorting::{sort, sort_by_code};
use crate::engine::value::Value;
use crate::engine::Result;
use std::cmp::Ordering;
use std::sync::Arc;

/// Hashes of which one record is remembered at most.
const MOST_SEEN: usize = 4096;

/// See the module's comment. Rows come in ascending order.
pub(crate) struct Gather<'r, 's> {
    reader: Reader<'s>,
    width: usize,
    /// Of entries with one code: code and row.
    pairs: Vec<(u64, Row)>,
    /// Of entries with several codes.
    codes: Vec<u64>,
    rows: Vec<Row>,
    /// Of a hash index: the first record of some of the hashes, while it is at hand. All later ones that have such a hash
    /// are compared with it, and need not be read again.
    seen: Vec<Option<(u64, Record<'r>)>>,
    collided: Vec<u64>,
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
            seen: Vec::new(),
            collided: Vec::new(),
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
            let places = (count / 8).next_power_of_two().clamp(16, MOST_SEEN);
            reserve(&mut gather.seen, places)?;
            gather.seen.resize(places, None);
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
        let mut own = 0;
        self.reader.codes(record, |code| own = code);
        self.pairs.push((own, row));
        if self.seen.is_empty() {
            return Ok(());
        }
        let at = own as usize & (self.seen.len() - 1);
        match self.seen.get_mut(at) {
            Some(Some((hash, first))) if *hash == own && !self.reader.same(first, record) => {
                add(&mut self.collided, own)?;
            }
            Some(place @ None) => *place = Some((own, *record)),
            _ => {}
        }
        Ok(())
    }

    /// Sorts the entries; `record` gives a row's record.
    pub(crate) fn sort(
        mut self,
        record: impl Fn(Row) -> Option<Record<'r>>,
        interrupt: &Interrupt,
    ) -> Result<Sorted> {
        if self.width > 1 {
            return self.sort_several(record, interrupt);
        }
        sort_by_code(&mut self.pairs, interrupt)?;
        match self.reader.definition.kind {
            Kind::Hash => self.find_collisions(record, interrupt)?,
            Kind::Sorted => self.sort_inexact(record, interrupt)?,
        }
        Ok(Sorted {
            width: 1,
            pairs: self.pairs,
            codes: self.codes,
            rows: self.rows,
            order: Vec::new(),
            collided: self.collided,
        })
    }

    /// Notes the hashes that different values have.
    fn find_collisions(
        &mut self,
        record: impl Fn(Row) -> Option<Record<'r>>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let mut ticker = interrupt.ticker();
        let mut first: Option<(u64, Row, Option<Record<'r>>)> = None;
        for &(hash, row) in &self.pairs {
            match &mut first {
                Some((own, before, kept)) if *own == hash => {
                    let at = hash as usize & (self.seen.len() - 1);
                    let seen = self.seen.get(at).copied().flatten();
                    if seen.is_some_and(|(seen, _)| seen == hash) {
                        continue;
                    }
                    ticker.tick()?;
                    *kept = kept.or_else(|| record(*before));
                    let both = kept.zip(record(row));
                    if both.is_some_and(|(a, b)| !self.reader.same(&a, &b)) {
                        add(&mut self.collided, hash)?;
                    }
                }
                _ => first = Some((hash, row, None)),
            }
        }
        Ok(())
    }

    /// Orders entries that have the same code, which does not tell all, by their values.
    fn sort_inexact(
        &mut self,
        record: impl Fn(Row) -> Option<Record<'r>>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let mut rest = self.pairs.as_mut_slice();
        while let Some((code, _)) = rest.first().copied() {
            let len = rest.iter().take_while(|(other, _)| *other == code).count();
            let (group, after) = std::mem::take(&mut rest).split_at_mut(len);
            if len > 1 && !code::is_exact(code) {
                let mut values: Vec<(Value<'r>, Row)> = Vec::new();
                reserve(&mut values, len)?;
                for (_, row) in &*group {
                    if let Some(record) = record(*row) {
                        let (definition, shapes) = (&self.reader.definition, self.reader.shapes);
                        values.push((definition.value(0, &record, shapes), *row));
                    }
                }
                sort(&mut values, interrupt, |a, b| {
                    a.0.order(&b.0).then(a.1.cmp(&b.1))
                })?;
                for (place, (_, row)) in group.iter_mut().zip(values) {
                    place.1 = row;
                }
            }
            rest = after;
        }
        Ok(())
    }

    fn sort_several(
        self,
        record: impl Fn(Row) -> Option<Record<'r>>,
        interrupt: &Interrupt,
    ) -> Result<Sorted> {
        let mut sorted = Sorted {
            width: self.width,
            pairs: Vec::new(),
            codes: self.codes,
            rows: self.rows,
            order: Vec::new(),
            collided: Vec::new(),
        };
        let mut order: Vec<u32> = Vec::new();
        reserve(&mut order, sorted.rows.len())?;
        order.extend(0..sorted.rows.len() as u32);
        let (definition, shapes) = (&self.reader.definition, self.reader.shapes);
        sort(&mut order, interrupt, |a, b| {
            let (a, b) = (sorted.given(*a as usize), sorted.given(*b as usize));
            let value = |row: Row, at: usize| match record(row) {
                Some(record) => definition.value(at, &record, shapes),
                None => Value::Null,
            };
            let fields = a.0.iter().zip(b.0).enumerate();
            let order = fields.map(|(at, (code, other))| {
                code.cmp(other).then_with(|| match code::is_exact(*code) {
                    true => Ordering::Equal,
                    false => value(a.1, at).order(&value(b.1, at)),
                })
            });
            let mut decided = order.filter(|order| order.is_ne());
            decided.next().unwrap_or_else(|| a.1.cmp(&b.1))
        })?;
        sorted.order = order;
        Ok(sorted)
    }
}
