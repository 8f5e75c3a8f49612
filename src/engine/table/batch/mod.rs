//! Batches: several writes on any number of tables as one.
//!
//! An operation is parsed, checked and laid out when it is added. The commit searches what must be searched for without
//! holding a table, takes the locks of all tables in the one order of their numbers, and does the operations in turn, each
//! seeing what those before it did. What a table was before is kept for as long as that takes (a clone of its version,
//! which costs next to nothing, and of its accounts), and put back should an operation fail.

mod commit;
mod operation;
mod savepoint;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod text;

use super::changes::Changes;
use super::stage::Stage;
use super::update::Update;
use super::write::Upsert;
use super::{Conflict, Table};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::{Key, KeyRef};
use crate::engine::limits::{exceeded, reserve};
use crate::engine::memory;
use crate::engine::predicate::Predicate;
use crate::engine::{Params, Result};
use operation::{Operation, Target, Work};
use parking_lot::Mutex;
use std::sync::Arc;

/// Operations of a batch at most.
const MAX_OPERATIONS: usize = 1_000_000;

/// Writes on any number of tables, to be done as one.
#[derive(Default)]
pub struct Batch {
    operations: Mutex<Vec<Operation>>,
    /// Held by a commit, so that operations take effect in the order in which they were added.
    turn: Mutex<()>,
}

impl Batch {
    /// An empty one.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Adds the insertion of a record.
    pub fn insert(&self, table: &Table, record: &str) -> Result<()> {
        let stage = Stage::one(table.core()?, record)?;
        self.add(table, None, Work::Insert(stage, false))
    }

    /// Adds the insertion of a JSON array of records.
    pub fn insert_many(&self, table: &Table, records: &str) -> Result<()> {
        let stage = Stage::many(table.core()?, records, &table.limits.begin())?;
        self.add(table, None, Work::Insert(stage, true))
    }

    /// Adds the insertion of a record, or what is to be done with the one that has its key.
    pub fn upsert(&self, table: &Table, record: &str, conflict: Conflict) -> Result<()> {
        let upsert = Upsert::new(table.core()?, record, conflict)?;
        self.add(table, None, Work::Upsert(Box::new(upsert)))
    }

    /// Adds the merging of a JSON object into the record that has the key.
    pub fn update_by_key(&self, table: &Table, key: &Key<'_>, changes: &str) -> Result<()> {
        let key = KeyRef::from_key(key)?.to_owned_ref()?;
        self.merge(table, Target::Key(key), changes)
    }

    /// Adds the merging of a JSON object into each record that matches.
    pub fn update_matching(
        &self,
        table: &Table,
        predicate: Arc<Predicate>,
        params: Params<'_>,
        changes: &str,
    ) -> Result<()> {
        params.check(predicate.parameters())?;
        let target = Target::Matching(predicate, Arc::new(params.into_owned()?));
        self.merge(table, target, changes)
    }

    fn merge(&self, table: &Table, target: Target, changes: &str) -> Result<()> {
        let core = table.core()?;
        let changes = Changes::parse(core, changes)?;
        changes.check(core)?;
        self.add(table, Some(target), Work::Merge(changes))
    }

    /// Adds a compiled update.
    pub fn update(&self, table: &Table, update: &Update, params: Params<'_>) -> Result<()> {
        params.check(update.parameters())?;
        let params = Arc::new(params.into_owned()?);
        let target = Target::Matching(update.predicate().clone(), params.clone());
        let work = Work::Assign(update.assignments().clone(), params);
        self.add(table, Some(target), work)
    }

    /// Adds assignments to the record that has the key.
    pub fn assign_by_key(
        &self,
        table: &Table,
        key: &Key<'_>,
        set: &str,
        params: Params<'_>,
    ) -> Result<()> {
        let key = KeyRef::from_key(key)?.to_owned_ref()?;
        let assignments = Update::assigning(set)?;
        params.check(assignments.parameters())?;
        let work = Work::Assign(assignments, Arc::new(params.into_owned()?));
        self.add(table, Some(Target::Key(key)), work)
    }

    /// Adds the deletion of the record that has the key.
    pub fn delete_by_key(&self, table: &Table, key: &Key<'_>) -> Result<()> {
        let key = KeyRef::from_key(key)?.to_owned_ref()?;
        self.add(table, Some(Target::Key(key)), Work::Delete)
    }

    /// Adds the deletion of each record that matches.
    pub fn delete(
        &self,
        table: &Table,
        predicate: Arc<Predicate>,
        params: Params<'_>,
    ) -> Result<()> {
        params.check(predicate.parameters())?;
        let target = Target::Matching(predicate, Arc::new(params.into_owned()?));
        self.add(table, Some(target), Work::Delete)
    }

    fn add(&self, table: &Table, target: Option<Target>, work: Work) -> Result<()> {
        if !matches!(work, Work::Delete) {
            memory::check()?;
        }
        let operation = Operation {
            core: table.core()?.clone(),
            limits: table.limits.clone(),
            target,
            work,
        };
        let mut operations = self.operations.lock();
        if operations.len() >= MAX_OPERATIONS {
            return Err(exceeded("operations of a batch", MAX_OPERATIONS));
        }
        reserve(&mut operations, 1)?;
        operations.push(operation);
        Ok(())
    }

    /// Gives up what was added.
    pub fn clear(&self) {
        let operations = std::mem::take(&mut *self.operations.lock());
        drop(operations);
    }

    /// Does all that was added, or nothing of it, which then is still there. Appends a JSON array with the result of each
    /// operation; returns how many there are.
    pub fn commit(&self, results: Option<&mut Vec<u8>>) -> Result<usize> {
        let interrupt = interrupt_of(&self.operations.lock());
        self.commit_within(&interrupt, results)
    }

    fn commit_within(&self, interrupt: &Interrupt, results: Option<&mut Vec<u8>>) -> Result<usize> {
        let _turn = match self.turn.try_lock() {
            Some(turn) => turn,
            None if interrupt.is_possible() => {
                interrupt.acquire(|time| self.turn.try_lock_for(time))?
            }
            None => self.turn.lock(),
        };
        // Nobody waits for a commit who wants to add something.
        let mut operations = std::mem::take(&mut *self.operations.lock());
        // Some may have been added since.
        let mut limits = interrupt.clone();
        limits.and(interrupt_of(&operations));
        let outcome = commit::run(&mut operations, &limits, results);
        if outcome.is_err() {
            let mut left = self.operations.lock();
            let added = std::mem::replace(&mut *left, operations);
            left.extend(added);
        }
        outcome
    }
}

/// The limits of all operations together.
fn interrupt_of(operations: &[Operation]) -> Interrupt {
    let mut interrupt = Interrupt::NONE;
    for operation in operations {
        let own = operation.limits.begin();
        if own.is_possible() {
            interrupt.and(own);
        }
    }
    interrupt
}
