//! Builds an index over the records that are there, without the table's lock.

use super::definition::{Definition, Kind};
use super::entries::Index;
use super::gather::Gather;
use super::sorted::Sorted;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve, shorten};
use crate::engine::record::Record;
use crate::engine::table::{Stored, Version};
use crate::engine::{Error, Result};
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
        let mut gather = Gather::new(definition.clone(), stored.shapes, version.count())?;
        let (mut ticker, mut outcome) = (interrupt.ticker(), Ok(()));
        version.each(|row, place, record| {
            version.prefetch_behind(place);
            outcome = ticker.tick().and_then(|()| gather.push(row, &record));
            outcome.is_ok()
        });
        outcome?;
        let sorted = gather.sort(|row| stored.record(row), interrupt)?;
        interrupt.check()?;
        if definition.unique {
            definition.check_neighbours(&sorted, stored, interrupt)?;
        }
        // Nodes are small and made one by one; whether there is memory for all of them is found out first.
        let mut index = Index::new(definition);
        reserve(&mut Vec::<u8>::new(), index.room(sorted.len()))?;
        index.insert_sorted(&sorted, stored);
        Ok(index)
    }
}

impl Definition {
    /// Looks at each entry and the one before it: equal ones break a unique index.
    fn check_neighbours(
        &self,
        sorted: &Sorted,
        stored: Stored<'_>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        // One record for each of the values that the entries with the codes at hand have: most often it is one.
        let mut different: Vec<Record<'_>> = Vec::new();
        let mut first_repeat: Option<(Row, Record<'_>)> = None;
        let mut ticker = interrupt.ticker();
        for at in 1..sorted.len() {
            let ((codes_before, before), (codes, row)) = (sorted.entry(at - 1), sorted.entry(at));
            if codes_before != codes {
                different.clear();
                continue;
            }
            ticker.tick()?;
            if different.is_empty() {
                if let Some(first) = stored.record(before) {
                    add(&mut different, first)?;
                }
            }
            let Some(found) = stored.record(row) else {
                continue;
            };
            let same = |other: &Record<'_>| self.same(other, &found, stored.shapes);
            let repeats = match different.last() {
                // In order, equal values follow each other.
                Some(last) if self.kind == Kind::Sorted => same(last),
                _ => different.iter().any(same),
            };
            if !repeats {
                if self.kind == Kind::Sorted {
                    different.clear();
                }
                add(&mut different, found)?;
            }
            let is_first = first_repeat.as_ref().is_none_or(|(first, _)| row < *first);
            if repeats && is_first && !self.has_null(&found, stored.shapes) {
                first_repeat = Some((row, found));
            }
        }
        match first_repeat {
            Some((_, record)) => Err(self.duplicate(&record, stored)),
            None => Ok(()),
        }
    }

    /// The error that a record's values are taken.
    pub(super) fn duplicate(&self, record: &Record<'_>, stored: Stored<'_>) -> Error {
        Error::DuplicateValue {
            fields: self.names().iter().map(|name| shorten(name)).collect(),
            value: self.write_values(record, stored.shapes),
            index: None,
        }
    }
}
