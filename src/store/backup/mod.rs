//! Backups in a directory: full ones, and deltas that continue them.

mod check;
mod manager;
mod name;
mod options;
mod restore;

pub(crate) use check::verify;
pub(crate) use manager::{Backups, Event, Wanted};
pub(crate) use options::BackupOptions;
pub(crate) use restore::{restore, RestoreOptions};
