//! Saving and loading a database.

use super::pending::{complete, Pending};
use super::place::open;
use super::replace::Replacement;
use super::work::Work;
use super::{binary, json};
use super::{Error, Result};
use crate::engine::{self, Database};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

/// How a database is written to a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// DictDB's interchange form.
    #[default]
    Json,
    /// Records as they lie in memory.
    Binary,
}

impl Format {
    /// Reads the option `format`.
    pub(super) fn read(value: &[u8]) -> engine::Result<Format> {
        match value {
            b"\"json\"" => Ok(Format::Json),
            b"\"dictdb\"" => Ok(Format::Binary),
            _ => Err(engine::Error::option(
                "format",
                "must be \"json\" or \"dictdb\"",
            )),
        }
    }

    /// What names of such files end in.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Binary => "dictdb",
        }
    }
}

/// What a caller chooses of a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FileOptions {
    format: Format,
}

impl FileOptions {
    /// Reads `{"format": …}`.
    pub(crate) fn from_json(text: &str) -> engine::Result<FileOptions> {
        let mut options = FileOptions::default();
        for (name, value) in engine::members(&engine::object(text)?) {
            options.format = match name {
                b"format" => Format::read(value)?,
                other => return Err(engine::unknown(other, "\"format\"")),
            };
        }
        Ok(options)
    }
}

/// Writes a database, as it is at one instant (a snapshot: as it was), to a file, which is there as a whole or not at all.
/// Returns how many bytes it has.
pub(crate) fn save(
    database: &Database,
    path: &Path,
    options: &FileOptions,
    work: &Work,
) -> Result<u64> {
    write_snapshot(&database.snapshot()?, path, options.format, work)
}

/// The same of a snapshot.
pub(super) fn write_snapshot(
    snapshot: &Database,
    path: &Path,
    format: Format,
    work: &Work,
) -> Result<u64> {
    let mut out = Replacement::begin(path)?;
    for table in snapshot.tables() {
        work.expect(table.definition()?.count as u64);
    }
    match format {
        Format::Json => json::write(snapshot, &mut out, work)?,
        Format::Binary => binary::write(snapshot, &mut out, work)?,
    }
    out.commit()
}

/// Reads a database from a file, of whichever format. `new` is an empty one, which nobody else has. Returns how many bytes the
/// file has.
pub(crate) fn load(new: &Database, path: &Path, work: &Work) -> Result<u64> {
    let mut pending = Pending::new();
    let bytes = load_records(new, path, &mut pending, work)?;
    complete(&pending, path, new)?;
    Ok(bytes)
}

/// The same without what comes at the end.
pub(super) fn load_records(
    new: &Database,
    path: &Path,
    pending: &mut Pending,
    work: &Work,
) -> Result<u64> {
    let (mut file, len) = open(path)?;
    match is_binary(&mut file, path)? {
        true => binary::read(file, path, new, pending, work)?,
        false => json::read(file, path, new, pending, work)?,
    }
    Ok(len)
}

fn is_binary(file: &mut File, path: &Path) -> Result<bool> {
    let mut first = Vec::new();
    let mut start = file.take(1);
    start
        .read_to_end(&mut first)
        .map_err(Error::io("read", path))?;
    file.rewind().map_err(Error::io("read", path))?;
    Ok(binary::is_start(&first))
}

/// Reads a file to its end, and looks only whether it is one: a JSON text with tables, or blocks whose checksums fit.
pub(super) fn check(mut file: File, path: &Path, is_delta: bool) -> Result<()> {
    match !is_delta && is_binary(&mut file, path)? {
        true => binary::check(file, path),
        false => json::check(file, path, is_delta),
    }
}
