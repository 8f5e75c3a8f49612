//! Making and dropping indexes.
//!
//! An index is built over a version of the table, without the lock. Then it catches up with what was written meanwhile:
//! rows in pages of the directory that are no longer the same are looked at again. That is done without the lock, too,
//! until little is left to do; so neither readers nor writers wait for the building.

use super::core::Pinned;
use super::state::State;
use super::version::{Place, Version};
use super::Table;
use crate::engine::index::{fields_of, Build, Definition, Index, IndexOptions, Unique};
use crate::engine::keymap::Row;
use crate::engine::limits::{add, exceeded, shorten, MAX_INDEXES};
use crate::engine::memory;
use crate::engine::paged::{Entry, PAGE};
use crate::engine::predicate::Path;
use crate::engine::{Error, Result};
use std::sync::Arc;

/// When so few pages have changed, the rest is done under the lock; or somewhat more, if few rows in them had other values in
/// the round before. A page takes about a microsecond, a row may take as long.
const FEW_PAGES: usize = 64;
const SOME_PAGES: usize = 512;
const FEW_ROWS: usize = 512;

/// After so many rounds of catching up the rest is done under the lock, however much it is.
const ROUNDS: usize = 16;

impl Table {
    /// Makes an index. The same again does nothing.
    pub fn create_index(&self, options: &IndexOptions) -> Result<()> {
        let (core, interrupt) = (self.core()?, self.limits.begin());
        memory::check()?;
        let definition = Arc::new(options.definition());
        let mut base = core.pin(&interrupt)?;
        if exists(&base.version, &definition)? {
            return Ok(());
        }
        let mut index = Build::of(definition.clone(), &base.version, &interrupt)?;
        // Rows that had other values in the round before.
        let mut rows = usize::MAX;
        for round in 0.. {
            let mut state = core.write(&interrupt)?;
            if exists(&state.version, &definition)? {
                return Ok(());
            }
            if state.version.numbering != base.version.numbering {
                index = Build::of(definition.clone(), &state.version, &interrupt)?;
                install(&mut state, index);
                return Ok(());
            }
            let changed = if state.changes == base.changes {
                0
            } else {
                state.version.rows.differing(&base.version.rows).count()
            };
            if is_last(round, changed, rows) {
                catch_up(&mut index, &base.version, &state.version)?;
                install(&mut state, index);
                return Ok(());
            }
            let now = Pinned {
                version: state.version.clone(),
                changes: state.changes,
            };
            drop(state);
            rows = catch_up(&mut index, &base.version, &now.version)?;
            base = now;
        }
        Ok(())
    }

    /// Drops the index on these fields, given as a JSON string or array.
    pub fn drop_index(&self, fields: &str) -> Result<()> {
        let fields = fields_of(fields)?;
        let dropped = {
            let mut state = self.core()?.write(&self.limits.begin())?;
            let Some(at) = position(&state.version, &fields) else {
                let names: Vec<String> = fields.iter().map(Path::to_text).collect();
                let names = shorten(&names.join(", "));
                let indexes = state.version.indexes.iter();
                let known =
                    indexes.map(|index| format!("({})", index.definition.names().join(", ")));
                let known: Vec<String> = known.collect();
                let known = match known.is_empty() {
                    true => "the table has none".to_owned(),
                    false => shorten(&format!("there are {}", known.join(", "))),
                };
                let reason = format!("no index is on ({names}); {known}");
                return Err(Error::option("fields", reason));
            };
            Arc::make_mut(&mut state.version.indexes).remove(at)
        };
        // Its memory is freed without the lock.
        drop(dropped);
        Ok(())
    }
}

fn position(version: &Version, fields: &[Path]) -> Option<usize> {
    let same = |index: &Index| index.definition.fields == fields;
    version.indexes.iter().position(same)
}

/// Whether the same index is there; an error if another one is on its fields, or there are too many.
fn exists(version: &Version, wanted: &Definition) -> Result<bool> {
    let found = position(version, &wanted.fields).and_then(|at| version.indexes.get(at));
    let Some(index) = found else {
        if version.indexes.len() >= MAX_INDEXES {
            return Err(exceeded("indexes of a table", MAX_INDEXES));
        }
        return Ok(false);
    };
    let found = &index.definition;
    if found.kind == wanted.kind && found.unique == wanted.unique {
        return Ok(true);
    }
    Err(Error::IndexExists {
        fields: found.names().iter().map(|name| shorten(name)).collect(),
        existing: found.describe_kind(),
    })
}

/// Whether the rest is done under the lock, where so many pages have changed, and so many rows had other values in the round before.
fn is_last(round: usize, pages: usize, rows: usize) -> bool {
    let is_little = pages <= FEW_PAGES || pages <= SOME_PAGES && rows <= FEW_ROWS;
    is_little || round >= ROUNDS
}

fn install(state: &mut State, index: Index) {
    Arc::make_mut(&mut state.version.indexes).push(index);
}

/// Brings an index of one version's records to those of a later one; returns how many rows had other values.
fn catch_up(index: &mut Index, then: &Version, now: &Version) -> Result<usize> {
    let rows = changed_rows(&index.definition, then, now)?;
    // First all old entries go, so that those in the index are always such as one version has them.
    for row in &rows {
        if let Some(record) = then.stored().record(*row) {
            index.remove(*row, &record, then.stored());
        }
    }
    for row in &rows {
        let Some(record) = now.stored().record(*row) else {
            continue;
        };
        if index.definition.unique {
            Unique::new(index, now.stored(), 1, &|_| false)?.check(record)?;
        }
        index.insert(*row, &record, now.stored());
    }
    Ok(rows.len())
}

/// The rows that have come, gone, or got other values in an index's fields. Reclaiming moves records that stay the same.
fn changed_rows(definition: &Definition, then: &Version, now: &Version) -> Result<Vec<Row>> {
    let mut changed = Vec::new();
    for position in now.rows.differing(&then.rows) {
        let mut outcome = Ok(());
        let mut look = |row: Row| {
            let records = (then.stored().record(row), now.stored().record(row));
            let same = match records {
                _ if now.same_record(row, then) => true,
                (Some(old), Some(new)) => definition.same(&old, &new, now.shapes()),
                _ => false,
            };
            if !same {
                outcome = add(&mut changed, row);
            }
            outcome.is_ok()
        };
        let row = |offset: usize| (position * PAGE + offset) as Row;
        let (old, new) = (then.rows.page(position), now.rows.page(position));
        if old.each(|offset, _| look(row(offset))) {
            // Those that were there have been looked at.
            new.each(|offset, _| then.place(row(offset)) != Place::GAP || look(row(offset)));
        }
        outcome?;
    }
    Ok(changed)
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_held_for_little_or_when_there_is_no_end_of_it() {
        for (round, pages, rows, is_wanted) in [
            (0, 0, usize::MAX, true),
            (0, FEW_PAGES, usize::MAX, true),
            (0, FEW_PAGES + 1, usize::MAX, false),
            (1, SOME_PAGES, FEW_ROWS, true),
            (1, SOME_PAGES + 1, FEW_ROWS, false),
            (1, SOME_PAGES, FEW_ROWS + 1, false),
            (ROUNDS - 1, usize::MAX, usize::MAX, false),
            (ROUNDS, usize::MAX, usize::MAX, true),
        ] {
            let told = format!("{round} {pages} {rows}");
            assert_eq!(is_last(round, pages, rows), is_wanted, "{told}");
        }
    }
}
