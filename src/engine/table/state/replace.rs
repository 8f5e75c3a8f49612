//! Records in the place of others.

use super::{probe, Match, State, BYTES_A_ROW};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::record::{self, Record};
use crate::engine::shape::Shapes;
use crate::engine::table::entries::{Moved, AHEAD, MANY};
use crate::engine::table::version::{key_of, Version};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use std::sync::Arc;

/// A row, the key that it loses, and the one that it gets.
type Rekeyed = (Row, KeyRef<'static>, KeyRef<'static>);

/// Keys that records pass on to other records.
type Passed = HashSet<KeyRef<'static>, RandomState>;

/// The keys that records pass on to other records: who watches is told first that they are gone, so that each change told
/// afterwards can be applied by itself.
fn passed_on(rekeyed: &[Rekeyed]) -> Result<Passed> {
    let mut passed = Passed::default();
    let bytes = rekeyed.len() * std::mem::size_of::<KeyRef<'_>>();
    let out_of_memory = |_| Error::out_of_memory(bytes);
    let mut taken: HashSet<&KeyRef<'static>, RandomState> = HashSet::default();
    taken.try_reserve(rekeyed.len()).map_err(out_of_memory)?;
    taken.extend(rekeyed.iter().map(|(_, _, new)| new));
    for (_, old, _) in rekeyed.iter().filter(|(_, old, _)| taken.contains(old)) {
        passed.try_reserve(1).map_err(out_of_memory)?;
        passed.insert(old.clone());
    }
    Ok(passed)
}

/// What is to be known of a record that is replaced: it is not read again when that is done.
#[derive(Clone, Copy, Default)]
pub(super) struct Replaced {
    shape: u16,
    new_shape: u16,
    /// Bytes that it takes, fewer than 2^30.
    len: u32,
}

/// How an update makes new records of old ones.
pub(in crate::engine::table) trait Change {
    /// Called first, with the lock held.
    fn begin(&mut self, version: &Version, matches: &[Match]) -> Result<()>;

    /// Appends the new record, as stored; `shapes` are the table's.
    fn encode(
        &mut self,
        record: &Record<'_>,
        shapes: &Arc<Shapes>,
        out: &mut Vec<u8>,
    ) -> Result<()>;

    /// Whether a field, by its quoted name, can change.
    fn touches(&self, field: &[u8]) -> bool;

    /// The table's shapes, and those that the new records brought; `None` if they are the table's alone.
    fn new_shapes(&self) -> Option<&Arc<Shapes>>;
}

impl State {
    /// Replaces the matches, which ascend: all, or none.
    pub(in crate::engine::table) fn update(
        &mut self,
        matches: &[Match],
        change: &mut impl Change,
        interrupt: &Interrupt,
    ) -> Result<()> {
        change.begin(&self.version, matches)?;
        let mut replaced = std::mem::take(&mut self.replaced);
        replaced.clear();
        reserve(&mut replaced, matches.len())?;
        self.write_all(matches.len(), interrupt, |state, index, scratch| {
            if let Some((_, place)) = matches.get(index + AHEAD) {
                state.version.prefetch(*place);
            }
            let place = matches.get(index).map(|(_, place)| *place);
            let Some(old) = place.and_then(|place| state.version.record(place)) else {
                replaced.push(Replaced::default());
                return Ok(None);
            };
            change.encode(&old, &state.version.shapes, scratch)?;
            replaced.push(Replaced {
                shape: old.shape(),
                len: old.stored_len() as u32,
                new_shape: record::shape_of(scratch),
            });
            Ok(None)
        })?;
        let mut rekeyed = Vec::new();
        if change.touches(self.version.shapes.key_field()) {
            let shapes = change.new_shapes().unwrap_or(&self.version.shapes);
            match self.rekeyed(matches, shapes) {
                Ok(found) => rekeyed = found,
                Err(error) => {
                    self.discard_written();
                    return Err(error);
                }
            }
        }
        let affected = self.version.affected(|field| change.touches(field));
        let is_match = |row: Row| matches.binary_search_by_key(&row, |(row, _)| *row).is_ok();
        let shapes = change.new_shapes().map(|shapes| &**shapes);
        self.check_unique(matches.len(), shapes, affected, &is_match)
            .map_err(|(_, error)| error)?;
        let mut moving = std::mem::take(&mut self.moving);
        let (mut passed, mut entries) = (None, None);
        let mut check = || {
            let written: usize = self.written.iter().map(|(_, len)| len).sum();
            let noting = self.noting(written, matches.len());
            let entries_room = self.version.entries_room(matches.len(), affected);
            probe(entries_room + rekeyed.len() * BYTES_A_ROW + noting)?;
            if self.recorder.is_some() && rekeyed.len() > 1 {
                passed = Some(passed_on(&rekeyed)?);
            }
            match matches.len() < MANY {
                true => reserve(&mut moving, affected.count_ones() as usize),
                false => {
                    entries = Some(self.gather_moved(matches, affected, shapes, interrupt)?);
                    Ok(())
                }
            }
        };
        if let Err(error) = check() {
            self.discard_written();
            return Err(error);
        }
        // What is left to be done row by row.
        let affected = if entries.is_none() { affected } else { 0 };
        let is_passed = |key: &KeyRef<'_>| {
            let passed = passed.as_ref();
            passed.is_some_and(|passed| passed.contains(key))
        };
        if let Some(shapes) = change.new_shapes() {
            self.learn(shapes);
        }
        if let Some(recorder) = &mut self.recorder {
            let gone = rekeyed.iter().filter(|(_, old, _)| is_passed(old));
            gone.for_each(|(_, old, _)| recorder.delete(old));
        }
        for (row, old, _) in &rekeyed {
            self.version.keys.unbind(old, *row);
        }
        if let Some(entries) = &entries {
            self.version.take_entries(&entries.old);
        }
        let mut bytes = 0;
        let written = std::mem::take(&mut self.written);
        if affected == 0 {
            let places = matches.iter().zip(&written);
            let rows = places.map(|((row, _), (place, _))| (*row as usize, *place));
            self.version.rows.set_all(rows);
        }
        for ((&(row, old_place), &(place, len)), replaced) in
            matches.iter().zip(&written).zip(&replaced)
        {
            if affected != 0 {
                moving.clear();
                let places = (old_place, place);
                self.version.find_moving(affected, places, &mut moving);
                self.version.take_moving(row, &moving);
                self.version.rows.set(row as usize, place);
                self.version.put_moving(row, &moving);
            }
            if let Some(recorder) = &mut self.recorder {
                let old = self.version.record(old_place);
                if let Some((old, new)) = old.zip(self.version.record(place)) {
                    let key = |record| key_of(record, &self.version.shapes);
                    if let Some((old_key, new_key)) = key(&old).zip(key(&new)) {
                        match is_passed(&old_key) {
                            true => recorder.insert(&new_key, new.text()),
                            false => recorder.update(&old_key, &new_key, new.text()),
                        }
                    }
                }
            }
            let old_len = replaced.len as usize;
            self.heap
                .kill(&mut self.version.segments, old_place, old_len);
            if replaced.shape != replaced.new_shape {
                self.count_shape(replaced.shape, -1);
                self.count_shape(replaced.new_shape, 1);
            }
            bytes += len;
        }
        self.written = written;
        moving.clear();
        self.moving = moving;
        if replaced.capacity() <= 4096 {
            self.replaced = replaced;
        }
        if let Some(entries) = entries {
            self.version.put_entries(&entries.new);
        }
        for (row, _, new) in rekeyed {
            if let KeyRef::Int(key) = new {
                self.largest_key = self.largest_key.max(key);
            }
            self.version.keys.insert(&new, row);
        }
        self.updated += matches.len() as u64;
        self.changed(bytes);
        Ok(())
    }

    /// The entries that move in the affected indexes when the written records take the matches' places.
    fn gather_moved(
        &self,
        matches: &[Match],
        affected: u64,
        shapes: Option<&Shapes>,
        interrupt: &Interrupt,
    ) -> Result<Moved> {
        let shapes = shapes.unwrap_or(&self.version.shapes);
        let both = matches.iter().zip(&self.written);
        let rows = both.map(|((row, old), (new, _))| (*row, *old, *new));
        let new_place = |row: Row| {
            let at = matches.binary_search_by_key(&row, |(row, _)| *row).ok()?;
            self.written.get(at).map(|(place, _)| *place)
        };
        let version = &self.version;
        version.gather_moved(&rows, new_place, affected, shapes, interrupt)
    }

    /// The written records that have another key than those they replace: row, old key and new one. The keys must be
    /// free in the end; they may change hands among the matches.
    fn rekeyed(&self, matches: &[Match], shapes: &Shapes) -> Result<Vec<Rekeyed>> {
        let mut changed = Vec::new();
        let mut seen = HashSet::with_hasher(RandomState::default());
        let bytes = matches.len() * std::mem::size_of::<Rekeyed>();
        seen.try_reserve(matches.len())
            .map_err(|_| Error::out_of_memory(bytes))?;
        for (&(row, old), &(new, _)) in matches.iter().zip(&self.written) {
            let records = self.version.record(old).zip(self.version.record(new));
            let Some((old, new)) = records else {
                continue;
            };
            let keys = key_of(&old, shapes).zip(key_of(&new, shapes));
            let Some((old, new)) = keys else {
                continue;
            };
            if !seen.insert(new.clone()) {
                return Err(new.duplicate());
            }
            if old == new {
                continue;
            }
            let holder = self.version.find(&new).map(|(row, _)| row);
            let is_match = |row| matches.binary_search_by_key(&row, |(row, _)| *row).is_ok();
            if holder.is_some_and(|row| !is_match(row)) {
                return Err(new.duplicate());
            }
            add(
                &mut changed,
                (row, old.to_owned_ref()?, new.to_owned_ref()?),
            )?;
        }
        Ok(changed)
    }
}
