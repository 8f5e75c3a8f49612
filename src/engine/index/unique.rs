//! Whether a change keeps unique indexes unique, asked before it is made and judged by its outcome.

use super::entries::Index;
use crate::engine::keymap::Row;
use crate::engine::limits::MAX_INDEX_FIELDS;
use crate::engine::record::Record;
use crate::engine::table::Stored;
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use hashbrown::HashTable;

/// Checks the records of one change against one index, one after the other.
pub(crate) struct Unique<'a, 'r> {
    index: &'a Index,
    stored: Stored<'a>,
    /// Whether the change replaces a row's record.
    replaced: &'a dyn Fn(Row) -> bool,
    /// The records checked so far, if there are several.
    seen: Option<(HashTable<usize>, Vec<Record<'r>>)>,
}

impl<'a, 'r> Unique<'a, 'r> {
    /// `count` records will be checked; the rows that `replaced` names lose what they have now.
    pub(crate) fn new(
        index: &'a Index,
        stored: Stored<'a>,
        count: usize,
        replaced: &'a dyn Fn(Row) -> bool,
    ) -> Result<Self> {
        let mut seen = None;
        if count > 1 {
            let (mut table, mut records) = (HashTable::new(), Vec::new());
            let bytes = count * (std::mem::size_of::<Record<'_>>() + 16);
            let room = table.try_reserve(count, |_| 0).is_ok();
            if !room || records.try_reserve(count).is_err() {
                return Err(Error::out_of_memory(bytes));
            }
            seen = Some((table, records));
        }
        Ok(Unique {
            index,
            stored,
            replaced,
            seen,
        })
    }

    /// Takes the next record; fails if its values are taken.
    pub(crate) fn check(&mut self, record: Record<'r>) -> Result<()> {
        let definition = &self.index.definition;
        let shapes = self.stored.shapes;
        if definition.has_null(&record, shapes) {
            return Ok(());
        }
        let mut values = [Value::Null; MAX_INDEX_FIELDS];
        let width = definition.fields.len();
        for (at, value) in values.iter_mut().take(width).enumerate() {
            *value = definition.value(at, &record, shapes);
        }
        let values = values.get(..width).unwrap_or_default();
        let (span, all_equal) = self.index.span(values, None, self.stored);
        let mut taken = false;
        self.index.rows(span, |rows| {
            taken = rows.iter().any(|row| {
                let same = |other| definition.same(&other, &record, shapes);
                !(self.replaced)(*row) && (all_equal || self.stored.record(*row).is_some_and(same))
            });
            !taken
        });
        if let Some((table, records)) = &mut self.seen {
            let hash = definition.hash(values.iter().copied());
            let same = |at: &usize| {
                let other = records.get(*at);
                other.is_some_and(|other| definition.same(other, &record, shapes))
            };
            taken = taken || table.find(hash, same).is_some();
            // There is room, so nothing is hashed anew.
            table.insert_unique(hash, records.len(), |_| 0);
            records.push(record);
        }
        if taken {
            return Err(definition.duplicate(&record, self.stored));
        }
        Ok(())
    }
}
