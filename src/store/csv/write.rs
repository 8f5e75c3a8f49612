//! Writes the rows of a query as a CSV file.

use super::lines::BOM;
use super::options::CsvExport;
use crate::engine::{self, inside, members, unescaped_bytes, Params, Query, Table};
use crate::store::filling::Stop;
use crate::store::replace::Replacement;
use crate::store::rows::each_row;
use crate::store::{Result, Work};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Writes the rows of a query on a snapshot to a file, which is there as a whole or not at all. Returns how many bytes it has.
pub(crate) fn export_csv(
    snapshot: &Table,
    (query, params): (&Arc<Query>, &Params),
    path: &Path,
    options: &CsvExport,
    work: &Work,
) -> Result<u64> {
    let mut stop = Stop::new(snapshot.limits().begin());
    let header = Header::of(snapshot, (query, params), (&mut stop, work))?;
    let mut file = Replacement::begin(path)?;
    let mut line = Line {
        delimiter: options.delimiter,
        text: Vec::new(),
    };
    if options.has_header && !header.names.is_empty() {
        line.write(header.names.iter().map(|name| Cell::Inside(name)))?;
        file.write(&line.text)?;
    }
    let mut cells: Vec<&[u8]> = Vec::new();
    crate::store::reserve(&mut cells, header.names.len())?;
    each_row(snapshot, query, params, &mut stop, |row| {
        // Each row lends its own cells, in memory that is made once.
        let mut own: Vec<&[u8]> = reused(std::mem::take(&mut cells));
        header.cells(row, &mut own);
        line.write(own.iter().map(|value| Cell::of(value)))?;
        cells = reused(own);
        work.expect(u64::from(!header.is_counted));
        work.add(1);
        file.write(&line.text)
    })?;
    file.commit()
}

/// An empty vector with the memory of another one.
fn reused<'a>(mut cells: Vec<&[u8]>) -> Vec<&'a [u8]> {
    cells.clear();
    cells.into_iter().map(|_| &b""[..]).collect()
}

/// The columns of a file.
struct Header {
    /// As between the quotes of canonical JSON.
    names: Vec<Vec<u8>>,
    by_name: HashMap<Vec<u8>, usize>,
    /// Whether it is known already how many rows there are.
    is_counted: bool,
}

impl Header {
    /// The columns that the query names; or the fields of the schema; or all fields of the rows, as they come.
    fn of(
        snapshot: &Table,
        (query, params): (&Arc<Query>, &Params),
        (stop, work): (&mut Stop, &Work),
    ) -> Result<Header> {
        let mut header = Header {
            names: Vec::new(),
            by_name: HashMap::new(),
            is_counted: false,
        };
        if let Some(names) = query.column_names() {
            for name in names {
                header.add(inside(name).unwrap_or_default())?;
            }
        } else if let Some(schema) = snapshot.definition()?.schema {
            for (name, _) in members(&schema) {
                header.add(name)?;
            }
        } else {
            header.is_counted = true;
            each_row(snapshot, query, params, stop, |row| {
                work.expect(1);
                for (at, (name, _)) in members(row).enumerate() {
                    if header.position(at, name).is_none() {
                        header.add(name)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(header)
    }

    fn add(&mut self, name: &[u8]) -> Result<()> {
        if self.names.len() >= engine::MAX_LISTED {
            let (what, limit) = ("columns of a file", engine::MAX_LISTED as u64);
            return Err(engine::Error::Limit {
                what,
                limit,
                index: None,
            }
            .into());
        }
        self.by_name.insert(copied(name)?, self.names.len());
        self.names.push(copied(name)?);
        Ok(())
    }

    /// The column of a name, which is most often the one at `guess`.
    #[inline]
    fn position(&self, guess: usize, name: &[u8]) -> Option<usize> {
        match self.names.get(guess) {
            Some(guessed) if guessed == name => Some(guess),
            _ => self.by_name.get(name).copied(),
        }
    }

    /// The values of a row, column by column; null where it has none. There is room.
    fn cells<'r>(&self, row: &'r [u8], cells: &mut Vec<&'r [u8]>) {
        cells.resize(self.names.len(), b"null");
        for (at, (name, value)) in members(row).enumerate() {
            let place = self.position(at, name).and_then(|at| cells.get_mut(at));
            if let Some(place) = place {
                *place = value;
            }
        }
    }
}

fn copied(name: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    crate::store::reserve(&mut copy, name.len())?;
    copy.extend_from_slice(name);
    Ok(copy)
}

/// What a cell is to say.
enum Cell<'a> {
    /// What the inside of a canonical string stands for.
    Inside(&'a [u8]),
    Plain(&'a [u8]),
}

impl<'a> Cell<'a> {
    fn of(value: &'a [u8]) -> Cell<'a> {
        match inside(value) {
            Some(inside) if inside.contains(&b'\\') => Cell::Inside(inside),
            Some(inside) => Cell::Plain(inside),
            None if value == b"null" => Cell::Plain(b""),
            None => Cell::Plain(value),
        }
    }
}

/// A line that is put together.
struct Line {
    delimiter: u8,
    text: Vec<u8>,
}

impl Line {
    fn write<'c>(&mut self, cells: impl Iterator<Item = Cell<'c>>) -> Result<()> {
        self.text.clear();
        let mut count = 0;
        for cell in cells {
            let (Cell::Inside(bytes) | Cell::Plain(bytes)) = cell;
            // A quote is written twice, and there are two around.
            crate::store::reserve(&mut self.text, 2 * bytes.len() + 6)?;
            if count > 0 {
                self.text.push(self.delimiter);
            }
            match cell {
                Cell::Plain(bytes) if !self.is_special(bytes.iter().copied()) => {
                    self.text.extend_from_slice(bytes);
                }
                Cell::Plain(bytes) => self.quote(bytes.iter().copied()),
                Cell::Inside(inside) if !self.is_special(unescaped_bytes(inside)) => {
                    self.text.extend(unescaped_bytes(inside));
                }
                Cell::Inside(inside) => self.quote(unescaped_bytes(inside)),
            }
            count += 1;
        }
        if self.text.is_empty() && count == 1 {
            // A line without anything is none.
            self.text.extend_from_slice(b"\"\"");
        }
        self.text.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Whether a cell must be in quotes. One that begins as a byte order mark does could be taken for one.
    fn is_special(&self, bytes: impl Iterator<Item = u8> + Clone) -> bool {
        let mut all = bytes.clone();
        all.any(|byte| byte == self.delimiter || b"\"\r\n".contains(&byte))
            || bytes.take(BOM.len()).eq(BOM.iter().copied())
    }

    fn quote(&mut self, bytes: impl Iterator<Item = u8>) {
        self.text.push(b'"');
        for byte in bytes {
            if byte == b'"' {
                self.text.push(b'"');
            }
            self.text.push(byte);
        }
        self.text.push(b'"');
    }
}
