//! Operations of a batch that was not committed yet, and what they will do to the model.

use super::agree::agrees;
use super::api::*;
use super::calls::Slot;
use super::choices::Choices;
use super::model::assign::Set;
use super::model::fault::Fault;
use super::model::predicate::Pred;
use super::model::table::{Key, OnTaken, Table as Model};
use super::said::{self, Said};
use super::{ask, awkward};

pub const CONFLICTS: &[(OnTaken, i32)] = &[
    (OnTaken::Update, CONFLICT_UPDATE),
    (OnTaken::Ignore, CONFLICT_IGNORE),
    (OnTaken::Error, CONFLICT_ERROR),
];

#[derive(Debug, Clone)]
enum What {
    Insert(String),
    InsertMany(String),
    Upsert(String, OnTaken),
    UpdateByKey(String, String),
    UpdateWhere(Pred, Set),
    DeleteByKey(String),
    DeleteWhere(Pred),
}

#[derive(Debug, Clone)]
pub struct Pending {
    /// Which table.
    pub slot: usize,
    what: What,
}

impl Pending {
    /// Adds an operation to a batch. Nothing, if it was refused, as it has to be.
    pub fn add(batch: Batch, slot: usize, target: &Slot, choices: &mut Choices) -> Option<Pending> {
        let table = *target.table;
        let (what, added) = match choices.below(9) {
            0 | 1 => {
                let record = awkward::keyed(choices);
                let added = batch.insert(table, record.as_bytes());
                (What::Insert(record), added)
            }
            2 => {
                let records = choices.list(4, awkward::keyed);
                let added = batch.insert_many(table, records.as_bytes());
                (What::InsertMany(records), added)
            }
            3 => {
                let record = awkward::keyed(choices);
                let (on_taken, on_conflict) = choices.pick(CONFLICTS);
                let added = batch.upsert(table, record.as_bytes(), on_conflict);
                (What::Upsert(record, on_taken), added)
            }
            4 => {
                let (key, changes) = (choices.key(), awkward::keyed(choices));
                let added = batch.update_by_key(table, key.as_bytes(), changes.as_bytes());
                (What::UpdateByKey(key, changes), added)
            }
            5 | 6 => {
                let (pred, set) = (ask::predicate(choices, 1), ask::set(choices));
                let Said {
                    text,
                    set: expressions,
                    params,
                } = said::update(&pred, &set, choices);
                let added = batch.update_where(
                    table,
                    text.as_bytes(),
                    expressions.as_bytes(),
                    Some(params.as_bytes()),
                );
                (What::UpdateWhere(pred, set), added)
            }
            7 => {
                let key = choices.key();
                let added = batch.delete_by_key(table, key.as_bytes());
                (What::DeleteByKey(key), added)
            }
            _ => {
                let pred = ask::predicate(choices, 1);
                let (text, params) = said::text(&pred, choices);
                let added = batch.delete_where(table, text.as_bytes(), Some(params.as_bytes()));
                (What::DeleteWhere(pred), added)
            }
        };
        let pending = Pending { slot, what };
        match added {
            Ok(()) => Some(pending),
            Err(failure) => {
                pending.is_refused(target.model.as_ref().expect("it is there"), &failure);
                None
            }
        }
    }

    /// What is wrong whatever the table holds is told when the operation is added.
    fn is_refused(&self, model: &Model, failure: &Failure) {
        let mut empty = model.clone();
        empty.rows.clear();
        empty.indexes.clear();
        match self.on_model(&mut empty) {
            Err(fault) if agrees(&fault, failure) => {}
            // Of several faults another may be told.
            Err(Fault::AnyOf(_) | Fault::Any) => {}
            found => panic!("{self:?} is refused: {failure:?}; by the model {found:?}"),
        }
    }

    /// The result, as the commit tells it.
    pub fn on_model(&self, model: &mut Model) -> Result<String, Fault> {
        let counted = |count: usize| format!("{{\"count\":{count}}}");
        Ok(match &self.what {
            What::Insert(record) => format!("{{\"key\":{}}}", model.insert(record)?.text()),
            What::InsertMany(records) => {
                let keys: Vec<String> = model.insert_many(records)?.iter().map(Key::text).collect();
                format!("{{\"keys\":[{}]}}", keys.join(","))
            }
            What::Upsert(record, on_taken) => {
                let (outcome, key) = model.upsert(record, *on_taken)?;
                format!(
                    "{{\"key\":{},\"outcome\":\"{}\"}}",
                    key.text(),
                    outcome.to_lowercase()
                )
            }
            What::UpdateByKey(key, changes) => {
                counted(model.update_by_key(&said::key(key), changes)?)
            }
            What::UpdateWhere(pred, set) => counted(model.run_update(pred, set)?),
            What::DeleteByKey(key) => {
                model.delete_by_key(&said::key(key))?;
                counted(1)
            }
            What::DeleteWhere(pred) => counted(model.delete(pred)?),
        })
    }
}
