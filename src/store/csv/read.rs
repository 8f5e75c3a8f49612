//! Makes a table of a CSV file.
//!
//! The file is read twice unless the kinds of all columns are known: they come from all cells of a column.

use super::lines::{line_at, Lines};
use super::options::CsvImport;
use super::record::Columns;
use crate::engine::{Cancel, Database, Table};
use crate::store::filling::{self, Filling, Place};
use crate::store::{Error, Result, Work};
use std::fs::File;
use std::path::Path;

/// Makes a table of a file, which is there as a whole or not at all. Returns it, and how many bytes the file has.
pub(crate) fn import_csv(
    database: &Database,
    name: &str,
    path: &Path,
    options: &CsvImport,
    work: &Work,
    cancel: Cancel,
) -> Result<(Table, u64)> {
    filling::make_table(
        database,
        name,
        &options.table,
        path,
        (work, cancel),
        |file, filling| fill(&file, path, options, filling),
    )
}

fn fill(file: &File, path: &Path, options: &CsvImport, filling: &mut Filling<'_>) -> Result<()> {
    let lines = |filling: &Filling<'_>| Lines::new(file, path, options.delimiter, filling.stop());
    let mut line = lines(filling)?;
    line.next()?;
    let mut columns = Columns::new(&line, options)?;
    let mut is_counted = false;
    if columns.are_open() {
        let mut count = 0;
        let mut more = !options.has_header && line.count() > 0;
        while std::mem::take(&mut more) || line.next()? {
            columns.look_at(&line)?;
            count += 1;
        }
        filling.work().expect(count);
        is_counted = true;
    }
    let mut line = lines(filling)?;
    if options.has_header {
        line.next()?;
    }
    let mut record = Vec::new();
    let located = |columns: &Columns, refused: filling::Refused| {
        refused.located(|place, error| {
            let (number, column) = (line_at(file, place.position), columns.column_of(&error));
            Error::line(path, number, column, error.into())
        })
    };
    while line.next()? {
        columns.write(&line, filling.count(), &mut record)?;
        let text = std::str::from_utf8(&record).unwrap_or_default();
        let added = filling.add(text, Place::at(line.start));
        added.map_err(|refused| located(&columns, refused))?;
        if !is_counted {
            filling.work().expect(1);
        }
    }
    let flushed = filling.flush();
    flushed.map_err(|refused| located(&columns, refused))
}
