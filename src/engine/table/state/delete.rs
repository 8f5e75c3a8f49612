//! Records that go.

use super::{Match, State};
use crate::engine::interrupt::Interrupt;
use crate::engine::paged::Entry;
use crate::engine::table::entries::{AHEAD, MANY};
use crate::engine::table::version::{key_of, Place};

impl State {
    /// Removes the matches.
    pub(in crate::engine::table) fn delete(&mut self, matches: &[Match]) {
        let mut is_indexed = true;
        if matches.len() == self.version.count() {
            self.version.empty_indexes();
            is_indexed = false;
        } else if matches.len() >= MANY {
            let rows = matches.iter().copied();
            let place = |row| Some(self.version.place(row));
            let gathered =
                self.version
                    .gather(&rows, place, &self.version.shapes, &Interrupt::NONE);
            // Without the memory for that, it is done row by row.
            if let Ok(gathered) = gathered {
                self.version.take_entries(&gathered);
                is_indexed = false;
            }
        }
        let mut bytes = 0;
        for (at, &(row, place)) in matches.iter().enumerate() {
            if let Some((_, place)) = matches.get(at + AHEAD) {
                self.version.prefetch(*place);
            }
            let Some(record) = place.read(&self.version.segments) else {
                continue;
            };
            let (shape, len) = (record.shape(), record.stored_len());
            if let Some(key) = key_of(&record, &self.version.shapes) {
                self.version.keys.remove(&key, row);
                if let Some(recorder) = &mut self.recorder {
                    recorder.delete(&key);
                }
            }
            if is_indexed {
                self.version.unindex_row(row, place);
            }
            self.version.rows.set(row as usize, Place::GAP);
            self.heap.kill(&mut self.version.segments, place, len);
            self.count_shape(shape, -1);
            bytes += len;
        }
        self.deleted += matches.len() as u64;
        self.changed(bytes);
    }
}
