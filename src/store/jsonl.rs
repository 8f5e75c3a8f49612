//! JSON Lines: an object a line.

use super::csv::BOM;
use super::filling::{self, Filling, Place, Stop};
use super::replace::Replacement;
use super::rows::each_row;
use super::{Error, Fault, Result, Work};
use crate::engine::{self, is_blank, Cancel, Database, Params, Query, Table, TableOptions};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::sync::Arc;

/// Bytes that are read at once.
const BLOCK: usize = 256 << 10;

/// Bytes of a line at most.
const LONGEST: usize = engine::MAX_RECORD;

/// Makes a table of a file, which is there as a whole or not at all. Returns it, and how many bytes the file has.
pub(crate) fn import_jsonl(
    database: &Database,
    name: &str,
    path: &Path,
    options: &TableOptions,
    work: &Work,
    cancel: Cancel,
) -> Result<(Table, u64)> {
    filling::make_table(
        database,
        name,
        options,
        path,
        (work, cancel),
        |file, filling| fill(file, path, filling),
    )
}

fn fill(file: File, path: &Path, filling: &mut Filling<'_>) -> Result<()> {
    let located = |refused: filling::Refused| {
        refused.located(|place, mut error| {
            if let engine::Error::InvalidJson { position, .. }
            | engine::Error::NumberRange {
                position: Some(position),
                ..
            } = &mut error
            {
                *position += place.position as usize;
            }
            Error::line(path, place.line, None, error.into())
        })
    };
    let mut lines = Lines {
        source: BufReader::with_capacity(BLOCK, file),
        path,
        text: Vec::new(),
        next: Place {
            position: 0,
            line: 1,
        },
    };
    loop {
        let place = lines.next;
        if !lines.read()? {
            return filling.flush().map_err(located);
        }
        let (skipped, text) = match lines.text.strip_prefix(BOM) {
            Some(text) if place.line == 1 => (BOM.len(), text),
            _ => (0, lines.text.as_slice()),
        };
        let text = std::str::from_utf8(text);
        let text = text.map_err(|_| Error::line(path, place.line, None, Fault::NotUtf8))?;
        if !is_blank(text) {
            let place = Place {
                position: place.position + skipped as u64,
                ..place
            };
            filling.work().expect(1);
            filling.add(text, place).map_err(located)?;
        }
    }
}

/// The lines of a file; in memory is one of them.
struct Lines<'p> {
    source: BufReader<File>,
    path: &'p Path,
    text: Vec<u8>,
    /// Where the next one is.
    next: Place,
}

impl Lines<'_> {
    /// Reads the next line, without the line break; false at the end.
    fn read(&mut self) -> Result<bool> {
        self.text.clear();
        let mut is_any = false;
        loop {
            let block = match self.source.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                block => block.map_err(Error::io("read", self.path))?,
            };
            if block.is_empty() {
                return Ok(is_any);
            }
            is_any = true;
            let end = memchr::memchr(b'\n', block);
            let piece = block.get(..end.unwrap_or(block.len())).unwrap_or_default();
            if self.text.len() + piece.len() > LONGEST {
                let error = engine::Error::Limit {
                    what: "bytes of a line",
                    limit: LONGEST as u64,
                    index: None,
                };
                return Err(Error::line(self.path, self.next.line, None, error.into()));
            }
            super::reserve(&mut self.text, piece.len())?;
            self.text.extend_from_slice(piece);
            let passed = piece.len() + usize::from(end.is_some());
            self.source.consume(passed);
            self.next.position += passed as u64;
            if end.is_some() {
                self.next.line += 1;
                return Ok(true);
            }
        }
    }
}

/// Writes the rows of a query on a snapshot to a file, which is there as a whole or not at all. Returns how many bytes it has.
pub(crate) fn export_jsonl(
    snapshot: &Table,
    (query, params): (&Arc<Query>, &Params),
    path: &Path,
    work: &Work,
) -> Result<u64> {
    let mut stop = Stop::new(snapshot.limits().begin());
    let mut file = Replacement::begin(path)?;
    each_row(snapshot, query, params, &mut stop, |row| {
        work.expect(1);
        work.add(1);
        file.write(row)?;
        file.write(b"\n")
    })?;
    file.commit()
}
