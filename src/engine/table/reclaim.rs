//! Gives back the memory of records that are no longer part of a table, a little with each change.

use super::state::State;
use super::version::{key_of, Place};
use crate::engine::keymap::Row;
use crate::engine::record::Record;

/// Bytes of old records looked at for each byte written, so that reclaiming keeps up with any churn.
const RECLAIM_RATIO: usize = 4;

impl State {
    /// After a change that wrote or removed so many bytes: moves live records out of mostly dead segments, in proportion.
    pub(super) fn reclaim(&mut self, bytes: usize) {
        let mut budget = bytes.saturating_mul(RECLAIM_RATIO).saturating_add(1024);
        while let Some((number, mut position)) = self.heap.victim() {
            let Some(segment) = self
                .version
                .segments
                .get(number as usize)
                .cloned()
                .flatten()
            else {
                return self.heap.finish_victim();
            };
            while self.heap.is_victim(number) {
                if budget == 0 {
                    return self.heap.advance(number, position);
                }
                let bytes = segment.from(position);
                let Some(record) = Record::read(bytes) else {
                    self.heap.finish_victim();
                    break;
                };
                let len = record.stored_len();
                budget = budget.saturating_sub(len);
                let place = Place::new(number, position);
                position += len;
                let Some(row) = self.row_of(&record, place) else {
                    continue;
                };
                let bytes = bytes.get(..len).unwrap_or_default();
                let Ok(moved) = self.heap.append(&mut self.version.segments, bytes) else {
                    // No memory now; the next change tries again from the start.
                    return self.heap.finish_victim();
                };
                self.version.rows.set(row as usize, moved);
                self.heap.kill(&mut self.version.segments, place, len);
            }
        }
    }

    /// The row of a record at a place, if it is alive.
    fn row_of(&self, record: &Record<'_>, place: Place) -> Option<Row> {
        let key = key_of(record, &self.version.shapes)?;
        let (row, current) = self.version.find(&key)?;
        (current == place).then_some(row)
    }
}
