//! Row numbers are 32 bits wide; a table that used them up numbers its rows anew.

use super::state::State;
use super::version::{key_of, Version};
use crate::engine::index::{Build, Indexes};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::{KeyMap, Row};
use crate::engine::paged::PagedVec;
use crate::engine::{Error, Result};
use std::sync::Arc;

impl State {
    /// Makes sure that so many more rows can be numbered.
    pub(super) fn make_rows(&mut self, count: usize) -> Result<()> {
        let fits = |next: Row| u64::from(next) + count as u64 <= u64::from(self.row_limit);
        if fits(self.next_row) {
            return Ok(());
        }
        let live = self.version.count() as Row;
        if !fits(live) {
            return Err(Error::Limit {
                what: "records of a table",
                limit: u64::from(self.row_limit),
                index: None,
            });
        }
        self.renumber()
    }

    /// Numbers the rows anew, without gaps.
    fn renumber(&mut self) -> Result<()> {
        let mut rows = PagedVec::new();
        let mut keys = KeyMap::new();
        let mut next: Row = 0;
        self.version.each(|_, place, record| {
            if let Some(key) = key_of(&record, &self.version.shapes) {
                rows.set(next as usize, place);
                keys.insert(&key, next);
                next += 1;
            }
            true
        });
        let mut version = Version {
            rows,
            keys,
            numbering: self.version.numbering + 1,
            indexes: Indexes::default(),
            ..self.version.clone()
        };
        let indexes = self.version.indexes.iter();
        let indexes =
            indexes.map(|index| Build::of(index.definition.clone(), &version, &Interrupt::NONE));
        let indexes = indexes.collect::<Result<Vec<_>>>()?;
        version.indexes = Arc::new(indexes);
        self.version = version;
        self.next_row = next;
        self.changes += 1;
        Ok(())
    }

    /// Lets tests reach the end of the row numbers.
    #[cfg(test)]
    #[cfg(not(loom))]
    pub(super) fn limit_rows(&mut self, limit: Row) {
        self.row_limit = limit;
    }
}
