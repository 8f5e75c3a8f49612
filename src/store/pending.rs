//! What is done when all records of all tables are there: it holds of them all, not of those that have come so far.

use super::{Error, Result};
use crate::engine::{elements, Database, IndexOptions};
use std::collections::BTreeMap;
use std::path::Path;

/// What is yet to be done to a table.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// A JSON array of the options that make its indexes.
    pub(super) indexes: Vec<u8>,
    /// The largest key that it ever had: keys that it gives are larger.
    pub(super) largest_key: i64,
}

/// What is yet to be done, by the tables' names.
pub(super) type Pending = BTreeMap<String, Rest>;

/// Does it. `path`: the file that told it last.
pub(super) fn complete(pending: &Pending, path: &Path, database: &Database) -> Result<()> {
    for (name, rest) in pending {
        let wrong = |error| Error::content(path, Some(name), error);
        let table = database.table(name).map_err(wrong)?;
        for index in elements(&rest.indexes) {
            let index = String::from_utf8_lossy(index);
            IndexOptions::from_json(&index)
                .and_then(|options| table.create_index(&options))
                .map_err(wrong)?;
        }
        table.note_key(rest.largest_key).map_err(wrong)?;
    }
    Ok(())
}
