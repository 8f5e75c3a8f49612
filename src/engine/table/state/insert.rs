//! New records.

use super::{probe, State, BYTES_A_ROW};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::shape::Shapes;
use crate::engine::table::entries::{Gathered, MANY};
use crate::engine::table::stage::Stage;
use crate::engine::{Error, Result};

impl State {
    /// Inserts all staged records, or none. Returns the keys that the table gave, in order.
    pub(in crate::engine::table) fn insert(
        &mut self,
        stage: &mut Stage,
        interrupt: &Interrupt,
    ) -> Result<Vec<i64>> {
        let given = self.check_keys(stage)?;
        self.make_rows(stage.len())?;
        stage.settle_shapes(&self.version.shapes);
        let stage = &*stage;
        let entries = self.version.entries_room(stage.len(), u64::MAX);
        let noting = self.noting(stage.bytes(), stage.len());
        probe(stage.len() * BYTES_A_ROW + entries + noting)?;
        let mut keys = given.iter().copied();
        match stage.run() {
            Some(run) => self.write_run(run, (0..stage.len()).map(|at| stage.stored_len(at)))?,
            None => self.write_all(stage.len(), interrupt, |_, index, scratch| {
                stage.write(index, &mut keys, scratch)
            })?,
        }
        // A stage that brings no shapes has not looked at those that came since it was made.
        let brings = stage.shapes.count() > self.version.shapes.count();
        let shapes = brings.then_some(&*stage.shapes);
        self.check_unique(stage.len(), shapes, u64::MAX, &|_| false)
            .map_err(|(at, error)| {
                stage
                    .index(at)
                    .map_or(error.clone(), |at| error.at_index(at))
            })?;
        let entries = self.gather_written(stage.len(), shapes, interrupt)?;
        self.learn(&stage.shapes);
        let first = self.next_row;
        self.next_row += stage.len() as Row;
        let places = self.written.iter().enumerate();
        let rows = places.map(|(at, (place, _))| (first as usize + at, *place));
        self.version.rows.set_all(rows);
        let is_plain = self.recorder.is_none() && self.version.indexes().is_empty();
        match stage.ascending().filter(|_| is_plain) {
            Some(keys) => self.put_ascending(keys, first),
            None => self.put(stage, &given, entries.is_none()),
        }
        self.count_shapes(stage);
        let bytes = self.written.iter().map(|(_, len)| len).sum();
        if let Some(entries) = entries {
            self.version.put_entries(&entries);
        }
        self.inserted += stage.len() as u64;
        self.changed(bytes);
        Ok(given)
    }

    /// Gives keys that ascend to rows from `first` on.
    fn put_ascending(&mut self, keys: impl Iterator<Item = i64>, first: Row) {
        for (key, row) in keys.zip(first..) {
            self.version.keys.insert(&KeyRef::Int(key), row);
            self.largest_key = self.largest_key.max(key);
        }
    }

    /// Gives staged records, which are written, their keys, and puts them into the indexes if that is wanted.
    fn put(&mut self, stage: &Stage, given: &[i64], indexes: bool) {
        let first = self.next_row - stage.len() as Row;
        let mut given = given.iter();
        for index in 0..stage.len() {
            let Some(&(place, _)) = self.written.get(index) else {
                continue;
            };
            let key = stage.key(index);
            let key = key.or_else(|| given.next().map(|key| KeyRef::Int(*key)));
            let Some(key) = key else {
                continue;
            };
            if let KeyRef::Int(key) = key {
                self.largest_key = self.largest_key.max(key);
            }
            let row = first + index as Row;
            self.version.keys.insert(&key, row);
            if indexes {
                self.version.index_row(row, place);
            }
            if let Some(recorder) = &mut self.recorder {
                if let Some(record) = place.read(&self.version.segments) {
                    recorder.insert(&key, record.text());
                }
            }
        }
    }

    fn count_shapes(&mut self, stage: &Stage) {
        let (mut shape, mut count) = (stage.shape(0), 0);
        for index in 0..stage.len() {
            let next = stage.shape(index);
            if next != shape {
                self.count_shape(shape, count);
                (shape, count) = (next, 0);
            }
            count += 1;
        }
        self.count_shape(shape, count);
    }

    /// The entries of the written records, which get the next rows, if they are many; `None` if they are to be put in one
    /// by one. On failure nothing is left of the records.
    fn gather_written(
        &mut self,
        count: usize,
        shapes: Option<&Shapes>,
        interrupt: &Interrupt,
    ) -> Result<Option<Gathered>> {
        if count < MANY || self.version.indexes().is_empty() {
            return Ok(None);
        }
        let (first, written) = (self.next_row, &self.written);
        let shapes = shapes.unwrap_or(&self.version.shapes);
        let places = written.iter().take(count).map(|(place, _)| *place);
        let rows = places.enumerate();
        let rows = rows.map(|(at, place)| (first + at as Row, place));
        let place_of = |row: Row| written.get((row - first) as usize).map(|(place, _)| *place);
        let gathered = self.version.gather(&rows, place_of, shapes, interrupt);
        if gathered.is_err() {
            self.discard_written();
        }
        gathered.map(Some)
    }

    /// Finds out, in record order, which key each record gets and whether it is free.
    fn check_keys(&self, stage: &Stage) -> Result<Vec<i64>> {
        let mut given = Vec::new();
        if stage
            .ascends_from
            .is_some_and(|first| first > self.largest_key)
        {
            return Ok(given);
        }
        // Runs of keys given in this call: ascending.
        let mut runs: Vec<(i64, i64)> = Vec::new();
        let mut largest = self.largest_key;
        for index in 0..stage.len() {
            let Some(key) = stage.key(index) else {
                let next = largest.checked_add(1).ok_or_else(|| Error::NumberRange {
                    reason: "no automatic key is left: the largest integer key is 2^63-1"
                        .to_owned(),
                    position: None,
                    index: stage.index(index),
                })?;
                match runs.last_mut() {
                    Some((_, last)) if *last + 1 == next => *last = next,
                    _ => runs.push((next, next)),
                }
                reserve(&mut given, 1)?;
                given.push(next);
                largest = next;
                continue;
            };
            let mut taken = self.version.find(&key).is_some() || stage.repeat == Some(index);
            if let KeyRef::Int(key) = key {
                let run = runs.partition_point(|(_, last)| *last < key);
                taken |= runs.get(run).is_some_and(|(first, _)| *first <= key);
                largest = largest.max(key);
            }
            if taken {
                let error = key.duplicate();
                return Err(stage
                    .index(index)
                    .map_or(error.clone(), |at| error.at_index(at)));
            }
        }
        Ok(given)
    }
}
