//! Tables. The state behind a table's lock changes in this folder only.

mod batch;
mod changes;
mod core;
mod difference;
mod entries;
mod export;
mod filter;
mod heap;
mod indexes;
mod intake;
mod read;
mod reclaim;
mod renumber;
mod search;
mod snapshot;
mod stage;
mod state;
mod statistics;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod update;
mod version;
mod write;

pub(crate) use self::core::Core;
use crate::engine::interrupt::{Cancel, Limits};
use crate::engine::watch::{Watch, WatchOptions};
use crate::engine::{Error, Result};
pub use batch::Batch;
pub(crate) use difference::Difference;
pub(crate) use intake::Intake;
pub(crate) use snapshot::Snapshot;
pub(crate) use stage::is_blank;
use std::sync::Arc;
use std::time::Duration;
pub use update::Update;
pub(crate) use version::{Place, Stored, Version};

/// What `upsert` does with a record whose key is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Merge the given fields into the record that has the key.
    Update,
    /// Leave that record as it is.
    Ignore,
    /// Fail with `DuplicateKey`.
    Error,
}

/// What `upsert` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The key was free.
    Inserted,
    /// The record that had the key was changed.
    Updated,
    /// Nothing.
    Ignored,
}

/// A table, records under a primary key, as a program holds it: the table itself or a snapshot of it, and what limits the
/// calls that are made through this value. Clones are the same table.
#[derive(Clone)]
pub struct Table {
    source: Source,
    limits: Limits,
}

#[derive(Clone)]
enum Source {
    Live(Arc<Core>),
    Snapshot(Arc<Snapshot>),
}

impl Table {
    pub(crate) fn live(core: Arc<Core>, limits: Limits) -> Table {
        let source = Source::Live(core);
        Table { source, limits }
    }

    pub(crate) fn frozen(snapshot: Arc<Snapshot>, limits: Limits) -> Table {
        let source = Source::Snapshot(snapshot);
        Table { source, limits }
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        match &self.source {
            Source::Live(core) => core.identity.name(),
            Source::Snapshot(snapshot) => snapshot.identity().name(),
        }
    }

    /// The same table or snapshot; calls through the result are also stopped by `cancel`, and when they take longer than
    /// `timeout`.
    pub fn limited(&self, cancel: Option<Cancel>, timeout: Option<Duration>) -> Table {
        Table {
            source: self.source.clone(),
            limits: self.limits.and(cancel, timeout),
        }
    }

    /// The table as it is at this instant: it can be read as the table can, and never changes.
    pub fn snapshot(&self) -> Result<Table> {
        let snapshot = self.freeze()?;
        Ok(Table::frozen(snapshot, self.limits.clone()))
    }

    /// Watches the table from now on.
    pub fn watch(&self, options: &WatchOptions) -> Result<Watch> {
        self.core()?.watch(options, self.limits.clone())
    }

    fn freeze(&self) -> Result<Arc<Snapshot>> {
        match &self.source {
            Source::Live(core) => core.snapshot(&self.limits.begin()),
            Source::Snapshot(snapshot) => Ok(snapshot.clone()),
        }
    }

    /// Whether two values stand for the same table, or for the same snapshot.
    pub fn is_same(&self, other: &Table) -> bool {
        match (&self.source, &other.source) {
            (Source::Live(a), Source::Live(b)) => Arc::ptr_eq(a, b),
            (Source::Snapshot(a), Source::Snapshot(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What is to be changed.
    pub(crate) fn core(&self) -> Result<&Arc<Core>> {
        match &self.source {
            Source::Live(core) => Ok(core),
            Source::Snapshot(_) => Err(Error::ReadOnly),
        }
    }

    /// The records as they are now.
    #[cfg(test)]
    #[cfg(not(loom))]
    pub(crate) fn version(&self) -> Version {
        let pinned = self.core().and_then(|core| core.pin(&self.limits.begin()));
        pinned.unwrap().version
    }
}
