//! Records that are written, and not yet part of the table.

use super::State;
use crate::engine::index::Unique;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::shape::Shapes;
use crate::engine::{Error, Result};

/// The buffer in which records are put together is kept, if it has no more bytes than this.
const LARGEST_SCRATCH: usize = 64 << 10;

impl State {
    /// Writes `count` records to the heap and notes them in `written`; on failure nothing is left of them. `encode` gives
    /// a record, or puts it together in the buffer.
    pub(in crate::engine::table) fn write_all<'r>(
        &mut self,
        count: usize,
        interrupt: &Interrupt,
        mut encode: impl FnMut(&State, usize, &mut Vec<u8>) -> Result<Option<&'r [u8]>>,
    ) -> Result<()> {
        let mut written = std::mem::take(&mut self.written);
        let mut scratch = std::mem::take(&mut self.scratch);
        written.clear();
        let mut ticker = interrupt.ticker();
        let mut outcome = reserve(&mut written, count);
        for index in 0..count {
            if outcome.is_err() {
                break;
            }
            scratch.clear();
            outcome = ticker
                .tick()
                .and_then(|()| encode(self, index, &mut scratch))
                .and_then(|record| {
                    let record = record.unwrap_or(&scratch);
                    let place = self.heap.append(&mut self.version.segments, record)?;
                    written.push((place, record.len()));
                    Ok(())
                });
        }
        if scratch.capacity() <= LARGEST_SCRATCH {
            self.scratch = scratch;
        }
        written.shrink_to(4096.max(count));
        self.written = written;
        if outcome.is_err() {
            self.discard_written();
        }
        outcome
    }

    /// The same for records that lie one behind the other, by their lengths.
    pub(in crate::engine::table) fn write_run(
        &mut self,
        run: &[u8],
        lens: impl ExactSizeIterator<Item = usize>,
    ) -> Result<()> {
        self.written.clear();
        reserve(&mut self.written, lens.len())?;
        let written =
            self.heap
                .append_run(&mut self.version.segments, run, lens, &mut self.written);
        if written.is_err() {
            self.discard_written();
        }
        written
    }

    /// Gives up what was written.
    pub(super) fn discard_written(&mut self) {
        let mut written = std::mem::take(&mut self.written);
        let mut bytes = 0;
        for (place, len) in written.drain(..) {
            self.heap.kill(&mut self.version.segments, place, len);
            bytes += len;
        }
        self.written = written;
        self.tidy(bytes);
    }

    /// Checks the written records against those unique indexes of which `chosen` has a bit; `replaced` tells the rows that
    /// they are put in place of. On failure nothing is left of them, and the error comes with the position of the one at
    /// fault.
    #[inline]
    pub(super) fn check_unique(
        &mut self,
        count: usize,
        shapes: Option<&Shapes>,
        chosen: u64,
        replaced: &dyn Fn(Row) -> bool,
    ) -> std::result::Result<(), (usize, Error)> {
        let indexes = self.version.indexes.iter().enumerate();
        let mut unique = indexes.filter(|(_, index)| index.definition.unique);
        if !unique.any(|(at, _)| chosen >> at & 1 == 1) {
            return Ok(());
        }
        let outcome = self.find_repeat(count, shapes, chosen, replaced);
        if outcome.is_err() {
            self.discard_written();
        }
        outcome
    }

    fn find_repeat(
        &self,
        count: usize,
        shapes: Option<&Shapes>,
        chosen: u64,
        replaced: &dyn Fn(Row) -> bool,
    ) -> std::result::Result<(), (usize, Error)> {
        let stored = match shapes {
            Some(shapes) => self.version.stored().with_shapes(shapes),
            None => self.version.stored(),
        };
        for (at, index) in self.version.indexes.iter().enumerate() {
            if !index.definition.unique || chosen >> at & 1 == 0 {
                continue;
            }
            let mut unique =
                Unique::new(index, stored, count, replaced).map_err(|error| (0, error))?;
            for (at, (place, _)) in self.written.iter().take(count).enumerate() {
                if let Some(record) = place.read(&self.version.segments) {
                    unique.check(record).map_err(|error| (at, error))?;
                }
            }
        }
        Ok(())
    }
}
