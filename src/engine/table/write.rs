//! Operations that change a table.

use super::changes::{Changes, Merger};
use super::filter::Filter;
use super::search::Search;
use super::stage::Stage;
use super::state::{Match, State};
use super::{Conflict, Core, Outcome, Table};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::{Key, KeyRef};
use crate::engine::limits::reserve;
use crate::engine::memory;
use crate::engine::predicate::Predicate;
use crate::engine::query::Query;
use crate::engine::{Error, Params, Result};

/// Bytes of the longest integer key, a separator, and the NUL that a C buffer ends with.
const KEY_ROOM: usize = 24;

impl Table {
    /// Inserts one record; its key is appended to `key_out` as JSON text.
    pub fn insert(&self, record: &str, key_out: Option<&mut Vec<u8>>) -> Result<()> {
        let core = self.core()?;
        memory::check()?;
        let mut stage = Stage::one(core, record)?;
        core.insert_stage(&mut stage, key_out, false, &self.limits.begin())
    }

    /// Inserts a JSON array of records: all, or none. The keys are appended to `keys_out` as a JSON array.
    pub fn insert_many(&self, records: &str, keys_out: Option<&mut Vec<u8>>) -> Result<u64> {
        let core = self.core()?;
        memory::check()?;
        let interrupt = self.limits.begin();
        let mut stage = Stage::many(core, records, &interrupt)?;
        core.insert_stage(&mut stage, keys_out, true, &interrupt)?;
        Ok(stage.len() as u64)
    }

    /// Inserts the records of a text, one a line: all, or none. The first one has the number `first`. Returns how many there
    /// were; an error names the record, and its position is that in the line.
    pub(crate) fn take_in_lines(&self, text: &str, first: usize) -> Result<usize> {
        let core = self.core()?;
        memory::check()?;
        let interrupt = self.limits.begin();
        let mut stage = Stage::lines(core, text, first, &interrupt)?;
        core.insert_stage(&mut stage, None, true, &interrupt)?;
        Ok(stage.len())
    }

    /// Notes that there was a key: keys that the table gives are larger.
    pub(crate) fn note_key(&self, key: i64) -> Result<()> {
        let mut state = self.core()?.write(&self.limits.begin())?;
        state.largest_key = state.largest_key.max(key);
        Ok(())
    }

    /// Inserts a record, or deals with the one that has its key; its key is appended to `key_out`.
    pub fn upsert(
        &self,
        record: &str,
        conflict: Conflict,
        mut key_out: Option<&mut Vec<u8>>,
    ) -> Result<Outcome> {
        let core = self.core()?;
        memory::check()?;
        let mut upsert = Upsert::new(core, record, conflict)?;
        if let Some(out) = &mut key_out {
            reserve(out, upsert.key_len() + KEY_ROOM)?;
        }
        let interrupt = self.limits.begin();
        let mut state = core.write(&interrupt)?;
        let (outcome, key) = upsert.apply(core, &mut state, &interrupt)?;
        drop(state);
        if let Some(out) = key_out {
            key.write(out);
        }
        Ok(outcome)
    }

    /// Merges a JSON object into each record that matches: all, or none.
    pub fn update(&self, predicate: &Predicate, changes: &str) -> Result<u64> {
        let core = self.core()?;
        memory::check()?;
        let changes = Changes::parse(core, changes)?;
        changes.check(core)?;
        let filter = Filter::closed(Some(predicate))?;
        let mut merger = Merger::new(&changes)?;
        let interrupt = self.limits.begin();
        core.change_matches(&filter, &interrupt, |state, matches| {
            state.update(matches, &mut merger, &interrupt)
        })
    }

    /// Merges a JSON object into the record that has the key.
    pub fn update_by_key(&self, key: &Key<'_>, changes: &str) -> Result<()> {
        let core = self.core()?;
        memory::check()?;
        let changes = Changes::parse(core, changes)?;
        changes.check(core)?;
        let key = KeyRef::from_key(key)?;
        let mut merger = Merger::new(&changes)?;
        let interrupt = self.limits.begin();
        let mut state = core.write(&interrupt)?;
        let found = state.version.find(&key);
        let found = found.ok_or(Error::RecordNotFound)?;
        state.update(&[found], &mut merger, &interrupt)
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
        let (core, interrupt) = (self.core()?, self.limits.begin());
        memory::exempt(|| {
            core.change_matches(filter, &interrupt, |state, matches| {
                interrupt.check()?;
                state.delete(matches);
                Ok(())
            })
        })
    }

    /// Removes the record that has the key.
    pub fn delete_by_key(&self, key: &Key<'_>) -> Result<()> {
        let core = self.core()?;
        let key = KeyRef::from_key(key)?;
        let mut state = core.write(&self.limits.begin())?;
        let found = state.version.find(&key);
        state.delete(&[found.ok_or(Error::RecordNotFound)?]);
        Ok(())
    }
}

impl Core {
    pub(super) fn insert_stage(
        &self,
        stage: &mut Stage,
        mut out: Option<&mut Vec<u8>>,
        as_array: bool,
        interrupt: &Interrupt,
    ) -> Result<()> {
        // Room for the keys is made first, so that nothing can fail once the records are in.
        if let Some(out) = &mut out {
            reserve(out, keys_room(stage))?;
        }
        let given = self.write(interrupt)?.insert(stage, interrupt)?;
        if let Some(out) = out {
            write_keys(stage, &given, as_array, out);
        }
        Ok(())
    }

    /// Applies a change to all records that match at one instant; the lock is held for the matches, not for a search that
    /// takes long.
    pub(super) fn change_matches(
        &self,
        filter: &Filter<'_>,
        interrupt: &Interrupt,
        apply: impl FnOnce(&mut State, &[Match]) -> Result<()>,
    ) -> Result<u64> {
        let mut search = Search::new(self, filter, interrupt)?;
        loop {
            let mut state = self.write(interrupt)?;
            let Some(matches) = search.finish(&state, interrupt)? else {
                drop(state);
                search.prepare(self, interrupt)?;
                continue;
            };
            // The version that was searched goes, or each page that changes would have to be copied.
            drop(search);
            if matches.is_empty() {
                return Err(Error::RecordNotFound);
            }
            apply(&mut state, &matches)?;
            return Ok(matches.len() as u64);
        }
    }
}

/// A record to be inserted, or to be merged with the one that has its key.
pub(super) struct Upsert {
    changes: Changes,
    /// What is wrong with it as a new record matters only if its key is free, and as a change only if it is not. It is
    /// made a new record at once unless its key is taken; should the key be free again later, then.
    staged: Option<Result<Stage>>,
    checked: Result<()>,
    conflict: Conflict,
}

impl Upsert {
    pub(super) fn new(core: &Core, record: &str, conflict: Conflict) -> Result<Upsert> {
        let changes = Changes::parse_record(core, record)?;
        let checked = changes.check(core);
        let staged = match changes.key() {
            None => Some(Ok(Stage::one(core, changes.text())?)),
            Some(key) if core.has_now(&key) => None,
            Some(_) => Some(Stage::one(core, changes.text())),
        };
        Ok(Upsert {
            changes,
            staged,
            checked,
            conflict,
        })
    }

    /// Bytes of the key that the record came with.
    pub(super) fn key_len(&self) -> usize {
        self.changes.key().map_or(0, |key| key.json_len())
    }

    /// Does it; tells what was done, and the record's key.
    pub(super) fn apply(
        &mut self,
        core: &Core,
        state: &mut State,
        interrupt: &Interrupt,
    ) -> Result<(Outcome, KeyRef<'static>)> {
        let (changes, staged) = (&self.changes, &mut self.staged);
        let make = || Stage::one(core, changes.text());
        let Some(key) = changes.key() else {
            let given = state.insert(ready(staged, make)?, interrupt)?;
            let given = given.first().copied().unwrap_or_default();
            return Ok((Outcome::Inserted, KeyRef::Int(given)));
        };
        let owned = key.to_owned_ref()?;
        let outcome = match state.version.find(&key) {
            None => {
                state.insert(ready(staged, make)?, interrupt)?;
                Outcome::Inserted
            }
            Some(found) => match self.conflict {
                Conflict::Error => return Err(key.duplicate()),
                Conflict::Ignore => Outcome::Ignored,
                Conflict::Update => {
                    self.checked.clone()?;
                    let mut merger = Merger::new(changes)?;
                    state.update(&[found], &mut merger, interrupt)?;
                    Outcome::Updated
                }
            },
        };
        Ok((outcome, owned))
    }
}

/// A new record, made now if it was not before.
fn ready(
    staged: &mut Option<Result<Stage>>,
    make: impl FnOnce() -> Result<Stage>,
) -> Result<&mut Stage> {
    let staged = staged.get_or_insert_with(make);
    staged.as_mut().map_err(|error| error.clone())
}

/// Bytes that the keys of inserted records take at most, as text.
pub(super) fn keys_room(stage: &Stage) -> usize {
    let text: usize = (0..stage.len()).map(|index| stage.key_len(index)).sum();
    text + stage.len() * KEY_ROOM + KEY_ROOM
}

/// Appends the keys of inserted records; there is room.
pub(super) fn write_keys(stage: &Stage, given: &[i64], as_array: bool, out: &mut Vec<u8>) {
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
