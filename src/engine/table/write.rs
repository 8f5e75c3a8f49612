//! Operations that change a table.

use super::changes::{Changes, Merger};
use super::stage::Stage;
use super::state::{Match, State};
use super::{Conflict, Outcome, Table, Version};
use crate::engine::key::{Key, KeyRef};
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::paged::PAGE;
use crate::engine::predicate::{Bound, Predicate, Program};
use crate::engine::{Error, Result};

/// Bytes of the longest integer key, a separator, and the NUL that a C buffer ends with.
const KEY_ROOM: usize = 24;

impl Table {
    /// Inserts one record; its key is appended to `key_out` as JSON text.
    pub fn insert(&self, record: &str, key_out: Option<&mut Vec<u8>>) -> Result<()> {
        let mut stage = Stage::one(self, record)?;
        self.insert_stage(&mut stage, key_out, false)?;
        Ok(())
    }

    /// Inserts a JSON array of records: all, or none. The keys are appended to `keys_out` as a JSON array.
    pub fn insert_many(&self, records: &str, keys_out: Option<&mut Vec<u8>>) -> Result<u64> {
        let mut stage = Stage::many(self, records)?;
        self.insert_stage(&mut stage, keys_out, true)?;
        Ok(stage.len() as u64)
    }

    fn insert_stage(
        &self,
        stage: &mut Stage,
        mut out: Option<&mut Vec<u8>>,
        as_array: bool,
    ) -> Result<()> {
        // Room for the keys is made first, so that nothing can fail once the records are in.
        if let Some(out) = &mut out {
            let text: usize = (0..stage.len()).map(|index| stage.key_len(index)).sum();
            reserve(out, text + stage.len() * KEY_ROOM + KEY_ROOM)?;
        }
        let given = self.write()?.insert(self, stage)?;
        if let Some(out) = out {
            write_keys(stage, &given, as_array, out);
        }
        Ok(())
    }

    /// Inserts a record, or deals with the one that has its key; its key is appended to `key_out`.
    pub fn upsert(
        &self,
        record: &str,
        conflict: Conflict,
        mut key_out: Option<&mut Vec<u8>>,
    ) -> Result<Outcome> {
        let changes = Changes::parse_record(self, record)?;
        // What is wrong with it as a new record matters only if its key is free.
        let staged = Stage::one(self, changes.text());
        let Some(key) = changes.key() else {
            self.insert_stage(&mut staged?, key_out, false)?;
            return Ok(Outcome::Inserted);
        };
        let checked = changes.check(self);
        let mut merger = Merger::new(self, &changes)?;
        if let Some(out) = &mut key_out {
            reserve(out, key.json_len() + KEY_ROOM)?;
        }
        let mut state = self.write()?;
        let outcome = match state.version.find(&key) {
            None => {
                state.insert(self, &mut staged?)?;
                Outcome::Inserted
            }
            Some(found) => match conflict {
                Conflict::Error => return Err(key.duplicate()),
                Conflict::Ignore => Outcome::Ignored,
                Conflict::Update => {
                    checked?;
                    state.update(self, &[found], &changes, &mut merger)?;
                    Outcome::Updated
                }
            },
        };
        drop(state);
        if let Some(out) = key_out {
            key.write(out);
        }
        Ok(outcome)
    }

    /// Merges a JSON object into each record that matches: all, or none.
    pub fn update(&self, predicate: &Predicate, changes: &str) -> Result<u64> {
        let changes = Changes::parse(self, changes)?;
        changes.check(self)?;
        let mut merger = Merger::new(self, &changes)?;
        self.change_matches(predicate, |state, matches| {
            state.update(self, matches, &changes, &mut merger)
        })
    }

    /// Merges a JSON object into the record that has the key.
    pub fn update_by_key(&self, key: &Key<'_>, changes: &str) -> Result<()> {
        let changes = Changes::parse(self, changes)?;
        changes.check(self)?;
        let key = KeyRef::from_key(key)?;
        let mut merger = Merger::new(self, &changes)?;
        let mut state = self.write()?;
        let found = state.version.find(&key);
        let found = found.ok_or(Error::RecordNotFound)?;
        state.update(self, &[found], &changes, &mut merger)
    }

    /// Removes each record that matches.
    pub fn delete(&self, predicate: &Predicate) -> Result<u64> {
        self.change_matches(predicate, |state, matches| {
            state.delete(matches);
            Ok(())
        })
    }

    /// Removes the record that has the key.
    pub fn delete_by_key(&self, key: &Key<'_>) -> Result<()> {
        let key = KeyRef::from_key(key)?;
        let mut state = self.write()?;
        let found = state.version.find(&key);
        state.delete(&[found.ok_or(Error::RecordNotFound)?]);
        Ok(())
    }

    /// Applies a change to all records that match at one instant; the lock is held for the matches, not for the search.
    fn change_matches(
        &self,
        predicate: &Predicate,
        apply: impl FnOnce(&mut State, &[Match]) -> Result<()>,
    ) -> Result<u64> {
        let program = predicate.program();
        if let Some(keys) = program.keys(self.shapes().key_field()) {
            let mut state = self.write()?;
            let matches = matches_of_keys(&state.version, &keys, program)?;
            return apply_to(&mut state, &matches, apply);
        }
        let pinned = self.pin()?;
        let found = matches_of_scan(&pinned.version, program)?;
        let mut state = self.write()?;
        let matches = if state.changes == pinned.changes {
            found
        } else {
            recheck(&state.version, &pinned.version, &found, program)?
        };
        // Otherwise each page that changes would have to be copied.
        drop(pinned);
        apply_to(&mut state, &matches, apply)
    }
}

fn apply_to(
    state: &mut State,
    matches: &[Match],
    apply: impl FnOnce(&mut State, &[Match]) -> Result<()>,
) -> Result<u64> {
    if matches.is_empty() {
        return Err(Error::RecordNotFound);
    }
    apply(state, matches)?;
    Ok(matches.len() as u64)
}

fn matches_of_keys(
    version: &Version,
    keys: &[KeyRef<'_>],
    program: &Program,
) -> Result<Vec<Match>> {
    let mut bound = Bound::new(program, version.shapes());
    let mut matches: Vec<Match> = Vec::new();
    reserve(&mut matches, keys.len())?;
    let found = keys.iter().filter_map(|key| version.find(key));
    matches.extend(found.filter(|(_, place)| {
        version
            .record(*place)
            .is_some_and(|record| bound.matches(&record))
    }));
    matches.sort_unstable_by_key(|(row, _)| *row);
    matches.dedup();
    Ok(matches)
}

fn matches_of_scan(version: &Version, program: &Program) -> Result<Vec<Match>> {
    let mut bound = Bound::new(program, version.shapes());
    let mut matches = Vec::new();
    let mut outcome = Ok(());
    version.each(|row, place, record| {
        if bound.matches(&record) {
            outcome = add(&mut matches, (row, place));
        }
        outcome.is_ok()
    });
    outcome.map(|()| matches)
}

/// The matches of now, given those of an earlier version: only pages that have changed since are looked at again.
fn recheck(
    now: &Version,
    then: &Version,
    found: &[Match],
    program: &Program,
) -> Result<Vec<Match>> {
    let mut bound = Bound::new(program, now.shapes());
    let mut matches = Vec::new();
    let mut outcome = reserve(&mut matches, found.len());
    let mut rest = found;
    for position in 0..now.rows.page_count().max(then.rows.page_count()) {
        let end = ((position + 1) * PAGE) as u64;
        let split = rest.partition_point(|(row, _)| u64::from(*row) < end);
        let (old, after) = rest.split_at(split);
        rest = after;
        let page = now.rows.page(position);
        if page.same(then.rows.page(position)) {
            reserve(&mut matches, old.len())?;
            matches.extend_from_slice(old);
            continue;
        }
        page.each(|offset, place| {
            let record = now.record(place);
            if record.is_some_and(|record| bound.matches(&record)) {
                let row = (position * PAGE + offset) as Row;
                outcome = add(&mut matches, (row, place));
            }
            outcome.is_ok()
        });
        outcome.clone()?;
    }
    Ok(matches)
}

/// Appends the keys of inserted records; there is room.
fn write_keys(stage: &Stage, given: &[i64], as_array: bool, out: &mut Vec<u8>) {
    if as_array {
        out.push(b'[');
    }
    let mut given = given.iter();
    for index in 0..stage.len() {
        if index > 0 {
            out.push(b',');
        }
        let key = stage
            .key(index)
            .or_else(|| given.next().map(|key| KeyRef::Int(*key)));
        if let Some(key) = key {
            key.write(out);
        }
    }
    if as_array {
        out.push(b']');
    }
}
