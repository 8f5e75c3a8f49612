//! What a caller chooses of a CSV file.

use crate::engine::{members, object, string_of, unknown, Error, Result, TableOptions};

/// How a file is read.
#[derive(Debug, Clone)]
pub(crate) struct CsvImport {
    /// The table that is made of it.
    pub(super) table: TableOptions,
    pub(super) delimiter: u8,
    /// Whether the first line has the names of the columns; otherwise they are `col_0` and so on.
    pub(super) has_header: bool,
    /// Whether the kinds of columns are found from their cells; otherwise they are strings. A schema goes before.
    pub(super) infers: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CsvExport {
    pub(super) delimiter: u8,
    /// Whether the first line has the names of the columns.
    pub(super) has_header: bool,
}

impl CsvImport {
    /// Reads `{"delimiter": …, "header": …, "infer_types": …, "primary_key": …, "schema": …}`.
    pub(crate) fn from_json(text: &str) -> Result<CsvImport> {
        let text = object(text)?;
        let (mut delimiter, mut has_header, mut infers) = (b',', true, true);
        let mut of_table = Vec::new();
        for (name, value) in members(&text) {
            match name {
                b"delimiter" => delimiter = delimiter_of(value)?,
                b"header" => has_header = flag("header", value)?,
                b"infer_types" => infers = flag("infer_types", value)?,
                b"primary_key" | b"schema" => {
                    of_table.push([b"\"", name, b"\":", value].concat());
                }
                other => {
                    let known =
                        "\"delimiter\", \"header\", \"infer_types\", \"primary_key\", \"schema\"";
                    return Err(unknown(other, known));
                }
            }
        }
        let of_table = [b"{".as_slice(), &of_table.join(&b","[..]), b"}"].concat();
        Ok(CsvImport {
            table: TableOptions::from_json(&String::from_utf8_lossy(&of_table))?,
            delimiter,
            has_header,
            infers,
        })
    }
}

impl CsvExport {
    /// Reads `{"delimiter": …, "header": …}`.
    pub(crate) fn from_json(text: &str) -> Result<CsvExport> {
        let mut options = CsvExport {
            delimiter: b',',
            has_header: true,
        };
        for (name, value) in members(&object(text)?) {
            match name {
                b"delimiter" => options.delimiter = delimiter_of(value)?,
                b"header" => options.has_header = flag("header", value)?,
                other => return Err(unknown(other, "\"delimiter\", \"header\"")),
            }
        }
        Ok(options)
    }
}

fn delimiter_of(value: &[u8]) -> Result<u8> {
    if value == b"null" {
        return Ok(b',');
    }
    match string_of(value).as_deref().map(str::as_bytes) {
        Some([byte]) if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => {
            let reason = "must be one ASCII character, and neither a quote nor a line break";
            Err(Error::option("delimiter", reason))
        }
    }
}

/// A flag that is true where nothing is said.
fn flag(option: &str, value: &[u8]) -> Result<bool> {
    match value {
        b"true" | b"null" => Ok(true),
        b"false" => Ok(false),
        _ => Err(Error::option(option, "must be true or false")),
    }
}
