//! What a change of many rows takes out of the indexes and puts in: gathered and sorted before the change is made, so that
//! each node of an index is come to once, and nothing can fail then.

#[cfg(test)]
#[cfg(not(loom))]
mod tests;

use super::version::{Place, Version};
use crate::engine::index::{Gather, Sorted};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::record::Record;
use crate::engine::shape::Shapes;
use crate::engine::Result;

/// From so many rows on, changes are gathered.
pub(super) const MANY: usize = 8;

/// Records that are asked for ahead of their use.
pub(super) const AHEAD: usize = 12;

/// For some of a table's indexes, by position, the entries of many rows.
pub(super) type Gathered = Vec<(usize, Sorted)>;

/// What an update of many rows takes out, and what it puts in.
#[derive(Default)]
pub(super) struct Moved {
    pub(super) old: Gathered,
    pub(super) new: Gathered,
}

impl Version {
    /// The entries of rows, which ascend, whose records are at places: for all indexes.
    pub(super) fn gather(
        &self,
        rows: &(impl ExactSizeIterator<Item = (Row, Place)> + Clone),
        place_of: impl Fn(Row) -> Option<Place> + Sync,
        shapes: &Shapes,
        interrupt: &Interrupt,
    ) -> Result<Gathered> {
        let mut gathers = self.gathers(u64::MAX, rows.len(), shapes)?;
        let mut ticker = interrupt.ticker();
        let mut ahead = rows.clone().skip(AHEAD);
        for (row, place) in rows.clone() {
            ticker.tick()?;
            if let Some((_, place)) = ahead.next() {
                self.prefetch(place);
            }
            if let Some(record) = self.record(place) {
                for (_, gather) in &mut gathers {
                    gather.push(row, &record)?;
                }
            }
        }
        let record = |row| place_of(row).and_then(|place| self.record(place));
        sort(gathers, record, interrupt)
    }

    /// The entries that move in the `affected` indexes when rows, which ascend, get new records in place of old ones.
    pub(super) fn gather_moved(
        &self,
        rows: &(impl ExactSizeIterator<Item = (Row, Place, Place)> + Clone),
        new_place: impl Fn(Row) -> Option<Place> + Sync,
        affected: u64,
        shapes: &Shapes,
        interrupt: &Interrupt,
    ) -> Result<Moved> {
        if affected == 0 {
            return Ok(Moved::default());
        }
        let mut old_gathers = self.gathers(affected, rows.len(), shapes)?;
        let mut new_gathers = self.gathers(affected, rows.len(), shapes)?;
        let mut ticker = interrupt.ticker();
        let mut ahead = rows.clone().skip(AHEAD);
        for (row, old, new) in rows.clone() {
            ticker.tick()?;
            if let Some((_, old, new)) = ahead.next() {
                self.prefetch(old);
                self.prefetch(new);
            }
            let Some((old, new)) = self.record(old).zip(self.record(new)) else {
                continue;
            };
            for ((at, old_gather), (_, new_gather)) in old_gathers.iter_mut().zip(&mut new_gathers)
            {
                let index = self.indexes.get(*at);
                if !index.is_some_and(|index| index.definition.same(&old, &new, shapes)) {
                    old_gather.push(row, &old)?;
                    new_gather.push(row, &new)?;
                }
            }
        }
        let new_record = |row| new_place(row).and_then(|place| self.record(place));
        Ok(Moved {
            old: sort(old_gathers, |row| self.stored().record(row), interrupt)?,
            new: sort(new_gathers, new_record, interrupt)?,
        })
    }

    fn gathers<'r, 's>(
        &self,
        chosen: u64,
        count: usize,
        shapes: &'s Shapes,
    ) -> Result<Vec<(usize, Gather<'r, 's>)>> {
        let mut gathers = Vec::new();
        for (at, index) in self.indexes.iter().enumerate() {
            if chosen >> at & 1 == 1 {
                let gather = Gather::new(index.definition.clone(), shapes, count)?;
                add(&mut gathers, (at, gather))?;
            }
        }
        Ok(gathers)
    }

    /// Adds entries of rows whose records are in the directory already.
    pub(super) fn put_entries(&mut self, gathered: &Gathered) {
        let (indexes, stored) = self.indexes_mut();
        for (at, sorted) in gathered {
            if let Some(index) = indexes.get_mut(*at) {
                index.insert_sorted(sorted, stored);
            }
        }
    }

    /// Takes out entries of rows whose records are still in the directory.
    pub(super) fn take_entries(&mut self, gathered: &Gathered) {
        let (indexes, stored) = self.indexes_mut();
        for (at, sorted) in gathered {
            if let Some(index) = indexes.get_mut(*at) {
                index.remove_sorted(sorted, stored);
            }
        }
    }

    /// Bytes that so many entries take in the `chosen` indexes when they are put in or taken out, at most; what few take is
    /// not counted.
    #[inline]
    pub(super) fn entries_room(&self, count: usize, chosen: u64) -> usize {
        if count < MANY {
            return 0;
        }
        let indexes = self.indexes.iter().enumerate();
        let chosen = indexes.filter(|(at, _)| chosen >> at & 1 == 1);
        chosen.map(|(_, index)| index.room(count)).sum()
    }
}

fn sort<'r>(
    gathers: Vec<(usize, Gather<'r, '_>)>,
    record: impl Fn(Row) -> Option<Record<'r>> + Sync,
    interrupt: &Interrupt,
) -> Result<Gathered> {
    let mut gathered = Gathered::new();
    reserve(&mut gathered, gathers.len())?;
    for (at, gather) in gathers {
        gathered.push((at, gather.sort(&record, interrupt)?));
    }
    Ok(gathered)
}
