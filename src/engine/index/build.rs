//! Builds an index over the records that are there, without the table's lock.

use super::code;
use super::definition::{Definition, Kind};
use super::entries::{Codes, Index};
use super::tree::Tree;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve, shorten};
use crate::engine::record::Record;
use crate::engine::sorting::sort;
use crate::engine::table::{Stored, Version};
use crate::engine::{Error, Result};
use std::cmp::Ordering;
use std::sync::Arc;

/// See the module's comment.
pub(crate) struct Build;

impl Build {
    /// The index of a version's records; `DUPLICATE_KEY` if it is to be unique and they are not.
    pub(crate) fn of(
        definition: Arc<Definition>,
        version: &Version,
        interrupt: &Interrupt,
    ) -> Result<Index> {
        let stored = version.stored();
        let width = definition.width();
        let mut codes: Vec<u64> = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        reserve(&mut codes, version.count() * width)?;
        reserve(&mut rows, version.count())?;
        let (mut ticker, mut outcome) = (interrupt.ticker(), Ok(()));
        version.each(|row, _, record| {
            let entry = Codes::of(&definition, &record, stored.shapes);
            codes.extend_from_slice(entry.as_slice());
            rows.push(row);
            outcome = ticker.tick();
            outcome.is_ok()
        });
        outcome?;
        let mut index = Index::new(definition);
        let order = sorted(&index.definition, &codes, &rows, stored, interrupt)?;
        interrupt.check()?;
        index.check_neighbours(&codes, &rows, &order, stored)?;
        let entry = |at: &u32| {
            let at = *at as usize;
            let codes = codes.get(at * width..(at + 1) * width);
            (
                codes.unwrap_or_default(),
                rows.get(at).copied().unwrap_or(0),
            )
        };
        // Nodes are small and made one by one; whether there is memory for all of them is found out first.
        reserve(
            &mut Vec::<u8>::new(),
            rows.len() * index.definition.entry_bytes(),
        )?;
        index.tree = Tree::from_sorted(width, order.iter().map(entry));
        Ok(index)
    }
}

/// The positions of the entries in their order.
fn sorted(
    definition: &Definition,
    codes: &[u64],
    rows: &[Row],
    stored: Stored<'_>,
    interrupt: &Interrupt,
) -> Result<Vec<u32>> {
    let width = definition.width();
    let mut order: Vec<u32> = Vec::new();
    reserve(&mut order, rows.len())?;
    if width == 1 {
        // The usual case: codes lie beside their positions, which are in row order.
        let mut entries: Vec<(u64, u32)> = Vec::new();
        reserve(&mut entries, rows.len())?;
        entries.extend(codes.iter().copied().zip(0..));
        sort(&mut entries, interrupt, |a, b| a.cmp(b))?;
        let is_exact = |code| definition.kind == Kind::Hash || code::is_exact(code);
        let mut rest = entries.as_mut_slice();
        while let Some((code, _)) = rest.first().copied() {
            let len = rest.iter().take_while(|(other, _)| *other == code).count();
            let (group, after) = std::mem::take(&mut rest).split_at_mut(len);
            if !is_exact(code) && len > 1 {
                sort_by_value(definition, group, rows, stored, interrupt)?;
            }
            rest = after;
        }
        order.extend(entries.iter().map(|(_, at)| *at));
        return Ok(order);
    }
    order.extend(0..rows.len() as u32);
    let entry = |at: u32| {
        let at = at as usize;
        let codes = codes.get(at * width..(at + 1) * width);
        (
            codes.unwrap_or_default(),
            rows.get(at).copied().unwrap_or(0),
        )
    };
    sort(&mut order, interrupt, |a, b| {
        let (a, b) = (entry(*a), entry(*b));
        match stored.record(b.1) {
            Some(record) => definition.compare(a, b.0, &record, stored),
            None => Ordering::Equal,
        }
        .then(a.1.cmp(&b.1))
    })?;
    Ok(order)
}

/// Orders entries that have the same code, which does not tell all.
fn sort_by_value(
    definition: &Definition,
    group: &mut [(u64, u32)],
    rows: &[Row],
    stored: Stored<'_>,
    interrupt: &Interrupt,
) -> Result<()> {
    let mut values = Vec::new();
    reserve(&mut values, group.len())?;
    for entry in &*group {
        let record = rows
            .get(entry.1 as usize)
            .and_then(|row| stored.record(*row));
        if let Some(record) = record {
            values.push((definition.value(0, &record, stored.shapes), *entry));
        }
    }
    sort(&mut values, interrupt, |a, b| {
        a.0.order(&b.0).then(a.1.cmp(&b.1))
    })?;
    for (place, (_, entry)) in group.iter_mut().zip(values) {
        *place = entry;
    }
    Ok(())
}

impl Index {
    /// Looks at each entry and the one before it: equal ones break a unique index; different ones of one hash are noted.
    fn check_neighbours(
        &mut self,
        codes: &[u64],
        rows: &[Row],
        order: &[u32],
        stored: Stored<'_>,
    ) -> Result<()> {
        let definition = self.definition.clone();
        let width = definition.width();
        let by_hash = definition.kind == Kind::Hash;
        if !by_hash && !definition.unique {
            return Ok(());
        }
        let codes_of = |at: u32| codes.get(at as usize * width..(at as usize + 1) * width);
        let record = |at: u32| rows.get(at as usize).and_then(|row| stored.record(*row));
        // One record for each of the values that the entries with the codes at hand have: most often it is one.
        let mut different: Vec<Record<'_>> = Vec::new();
        let mut first_repeat: Option<(u32, Record<'_>)> = None;
        for pair in order.windows(2) {
            let &[before, at] = pair else {
                continue;
            };
            if codes_of(before) != codes_of(at) {
                different.clear();
                continue;
            }
            if different.is_empty() {
                if let Some(first) = record(before) {
                    add(&mut different, first)?;
                }
            }
            let Some(found) = record(at) else {
                continue;
            };
            let same = |other: &Record<'_>| definition.same(other, &found, stored.shapes);
            let repeats = match different.last() {
                // In order, equal values follow each other.
                Some(last) if !by_hash => same(last),
                _ => different.iter().any(same),
            };
            if !repeats {
                if let (true, Some([hash])) = (by_hash, codes_of(at)) {
                    Arc::make_mut(&mut self.collided).insert(*hash);
                }
                if !by_hash {
                    different.clear();
                }
                add(&mut different, found)?;
            }
            let is_first = first_repeat.as_ref().is_none_or(|(first, _)| at < *first);
            let is_new = repeats && definition.unique && is_first;
            if is_new && !definition.has_null(&found, stored.shapes) {
                first_repeat = Some((at, found));
            }
        }
        match first_repeat {
            Some((_, record)) => Err(definition.duplicate(&record, stored)),
            None => Ok(()),
        }
    }
}

impl Definition {
    /// The error that a record's values are taken.
    pub(super) fn duplicate(&self, record: &Record<'_>, stored: Stored<'_>) -> Error {
        Error::DuplicateValue {
            fields: self.names().iter().map(|name| shorten(name)).collect(),
            value: self.write_values(record, stored.shapes),
            index: None,
        }
    }
}
