//! Tables. The state behind a table's lock changes in this folder only.

mod changes;
mod filter;
mod heap;
mod indexes;
mod read;
mod reclaim;
mod renumber;
mod stage;
mod state;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod update;
mod version;
mod write;

use crate::engine::schema::Schema;
use crate::engine::shape::Shapes;
use crate::engine::{Error, Result, TableOptions};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use state::State;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
pub use update::Update;
pub(crate) use version::{Stored, Version};

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

/// A table: records under a primary key.
pub struct Table {
    name: String,
    schema: Option<Schema>,
    /// Only ever added to, under the leaf of the lock order.
    shapes: RwLock<Arc<Shapes>>,
    state: RwLock<State>,
    lock_waits: AtomicU64,
}

impl Table {
    pub(crate) fn new(name: &str, options: TableOptions) -> Table {
        let shapes = Arc::new(Shapes::new(&options.primary_key));
        Table {
            name: name.to_owned(),
            schema: options.schema,
            shapes: RwLock::new(shapes.clone()),
            state: RwLock::new(State::new(shapes)),
            lock_waits: AtomicU64::new(0),
        }
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn shapes(&self) -> Arc<Shapes> {
        self.shapes.read().clone()
    }

    fn check_dropped(&self, state: &State) -> Result<()> {
        if state.dropped {
            return Err(Error::TableNotFound {
                table: self.name.clone(),
            });
        }
        Ok(())
    }

    #[inline]
    fn read(&self) -> Result<RwLockReadGuard<'_, State>> {
        let state = self.state.try_read().unwrap_or_else(|| {
            self.lock_waits.fetch_add(1, Ordering::Relaxed);
            self.state.read()
        });
        self.check_dropped(&state)?;
        Ok(state)
    }

    #[inline]
    fn write(&self) -> Result<RwLockWriteGuard<'_, State>> {
        let state = self.state.try_write().unwrap_or_else(|| {
            self.lock_waits.fetch_add(1, Ordering::Relaxed);
            self.state.write()
        });
        self.check_dropped(&state)?;
        Ok(state)
    }

    /// Makes every later call fail. Readers that pinned a version go on with it.
    pub(crate) fn mark_dropped(&self) {
        // Large memory is freed when the lock is.
        let old = {
            let mut state = self.state.write();
            state.dropped = true;
            std::mem::replace(&mut *state, State::new_dropped(self.shapes()))
        };
        drop(old);
    }
}
