//! CSV files: RFC 4180, which the crate `csv-core` reads.

mod cell;
mod lines;
mod options;
mod read;
mod record;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod write;

pub(super) use lines::BOM;
pub(crate) use options::{CsvExport, CsvImport};
pub(crate) use read::import_csv;
pub(crate) use write::export_csv;
