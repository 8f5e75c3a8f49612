//! Files: databases on their way to storage and back. Knows the engine, and no C type.

#![deny(clippy::indexing_slicing)]
#![forbid(unsafe_code)]

mod backup;
mod binary;
mod csv;
mod error;
mod file;
mod filling;
mod json;
mod jsonl;
mod pending;
mod place;
mod replace;
mod rows;
mod work;
mod write_behind;

pub(crate) use backup::{restore, verify, BackupOptions, Backups, Event, RestoreOptions, Wanted};
pub(crate) use csv::{export_csv, import_csv, CsvExport, CsvImport};
pub(crate) use error::{Error, Fault, Result};
pub(crate) use file::{load, save, FileOptions};
pub(crate) use jsonl::{export_jsonl, import_jsonl};
pub(crate) use work::Work;

/// Makes room for `more` items, or says that there is no memory.
fn reserve<T>(vec: &mut Vec<T>, more: usize) -> Result<()> {
    let room = vec.try_reserve(more);
    room.map_err(|_| out_of_memory(more.saturating_mul(std::mem::size_of::<T>())))
}

/// The same of a text.
fn reserve_text(text: &mut String, more: usize) -> Result<()> {
    text.try_reserve(more).map_err(|_| out_of_memory(more))
}

fn out_of_memory(bytes: usize) -> Error {
    Error::Engine(crate::engine::Error::out_of_memory(bytes))
}
