//! One operation of a batch.

use super::super::changes::{Changes, Merger};
use super::super::core::Core;
use super::super::filter::Filter;
use super::super::stage::Stage;
use super::super::state::{Match, Matches, State};
use super::super::update::Assigning;
use super::super::write::{keys_room, write_keys, Upsert};
use super::super::Outcome;
use crate::engine::assign::Assignments;
use crate::engine::interrupt::{Interrupt, Limits};
use crate::engine::key::KeyRef;
use crate::engine::limits::{push, reserve};
use crate::engine::predicate::Predicate;
use crate::engine::{Error, Params, Result};
use std::sync::Arc;

/// See the module's comment.
pub(super) struct Operation {
    pub(super) core: Arc<Core>,
    /// Of the value through which the table was given.
    pub(super) limits: Limits,
    /// Which records an update or a delete is about.
    pub(super) target: Option<Target>,
    pub(super) work: Work,
}

pub(super) enum Target {
    Key(KeyRef<'static>),
    Matching(Arc<Predicate>, Arc<Params<'static>>),
}

pub(super) enum Work {
    /// The flag says that it was a list of records.
    Insert(Stage, bool),
    Upsert(Box<Upsert>),
    Merge(Changes),
    Assign(Arc<Assignments>, Arc<Params<'static>>),
    Delete,
}

impl Target {
    /// The filter of records that match; `None` if the target is a key.
    pub(super) fn filter(&self) -> Result<Option<Filter<'_>>> {
        match self {
            Target::Key(_) => Ok(None),
            Target::Matching(predicate, params) => {
                Filter::bind(Some(&**predicate), params).map(Some)
            }
        }
    }
}

impl Work {
    /// Does it, and appends the result. `matches` are the records that it is about.
    pub(super) fn apply(
        &mut self,
        core: &Core,
        state: &mut State,
        matches: &[Match],
        interrupt: &Interrupt,
        results: &mut Vec<u8>,
    ) -> Result<()> {
        match self {
            Work::Insert(stage, is_list) => {
                let given = state.insert(stage, interrupt)?;
                push(
                    results,
                    if *is_list {
                        b"{\"keys\":"
                    } else {
                        b"{\"key\":"
                    },
                )?;
                reserve(results, keys_room(stage))?;
                write_keys(stage, &given, *is_list, results);
                return push(results, b"}");
            }
            Work::Upsert(upsert) => {
                let (outcome, key) = upsert.apply(core, state, interrupt)?;
                push(results, b"{\"key\":")?;
                reserve(results, key.json_len() + 24)?;
                key.write(results);
                return push(
                    results,
                    match outcome {
                        Outcome::Inserted => b",\"outcome\":\"inserted\"}",
                        Outcome::Updated => b",\"outcome\":\"updated\"}",
                        Outcome::Ignored => b",\"outcome\":\"ignored\"}",
                    },
                );
            }
            Work::Merge(changes) => {
                let mut merger = Merger::new(changes)?;
                state.update(matches, &mut merger, interrupt)?;
            }
            Work::Assign(assignments, params) => {
                let mut change = Assigning::new(core, state, assignments, params);
                state.update(matches, &mut change, interrupt)?;
            }
            Work::Delete => state.delete(matches),
        }
        push(results, b"{\"count\":")?;
        push(
            results,
            itoa::Buffer::new().format(matches.len()).as_bytes(),
        )?;
        push(results, b"}")
    }
}

/// The record of a key, which must be there.
pub(super) fn matches_of_key(state: &State, key: &KeyRef<'_>) -> Result<Matches> {
    let mut matches = Matches::new();
    let found = state.version.find(key).ok_or(Error::RecordNotFound)?;
    matches.push(found);
    Ok(matches)
}
