//! Operations that change a table.

use super::changes::{Changes, Merger};
use super::filter::Filter;
use super::stage::Stage;
use super::state::{Match, State};
use super::{Conflict, Outcome, Table};
use crate::engine::key::{Key, KeyRef};
use crate::engine::limits::reserve;
use crate::engine::plan::Plan;
use crate::engine::predicate::Predicate;
use crate::engine::query::Query;
use crate::engine::{Error, Params, Result};

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
                    state.update(self, &[found], &mut merger)?;
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
        let filter = Filter::closed(Some(predicate))?;
        let mut merger = Merger::new(self, &changes)?;
        self.change_matches(&filter, |state, matches| {
            state.update(self, matches, &mut merger)
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
        state.update(self, &[found], &mut merger)
    }

    /// Removes each record that matches.
    pub fn delete(&self, predicate: &Predicate) -> Result<u64> {
        self.delete_matches(&Filter::closed(Some(predicate))?)
    }

    /// Removes each record that a query's predicate matches; the query has nothing else.
    pub fn query_delete(&self, query: &Query, params: &Params) -> Result<u64> {
        let predicate = query.only_predicate()?;
        self.delete_matches(&Filter::new(Some(predicate), params)?)
    }

    fn delete_matches(&self, filter: &Filter<'_>) -> Result<u64> {
        self.change_matches(filter, |state, matches| {
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

    /// Applies a change to all records that match at one instant; the lock is held for the matches, not for a search that
    /// takes long.
    pub(super) fn change_matches(
        &self,
        filter: &Filter<'_>,
        apply: impl FnOnce(&mut State, &[Match]) -> Result<()>,
    ) -> Result<u64> {
        let analysis = filter.analysis();
        let is_quick = analysis.names(self.shapes().key_field())
            || filter.quick(&self.pin()?.version, &analysis).is_some();
        if is_quick {
            let mut state = self.write()?;
            // It may have become a longer one since.
            if let Some(plan) = filter.quick(&state.version, &analysis) {
                let matches = filter.matches(&state.version, &plan)?;
                return apply_to(&mut state, &matches, apply);
            }
        }
        let pinned = self.pin()?;
        let plan = Plan::new(&pinned.version, &analysis, true);
        let found = filter.matches(&pinned.version, &plan)?;
        let mut state = self.write()?;
        let matches = if state.changes == pinned.changes {
            found
        } else {
            filter.recheck(&state.version, &pinned.version, &found)?
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
