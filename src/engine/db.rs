//! Databases: sets of named tables.

use crate::engine::json::push_quoted;
use crate::engine::limits::{push, shorten, MAX_TABLE_NAME};
use crate::engine::options::{no_options, TableOptions};
use crate::engine::table::Table;
use crate::engine::{Error, Result};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A set of named tables.
#[derive(Default)]
pub struct Database {
    tables: RwLock<Tables>,
}

#[derive(Default)]
struct Tables {
    /// The number tells in which order tables were created.
    by_name: BTreeMap<String, (u64, Arc<Table>)>,
    created: u64,
}

impl Database {
    /// Makes an empty database.
    pub fn new() -> Database {
        Database::default()
    }

    /// Makes an empty database; `options` is a JSON object, for which no member is known yet.
    pub fn with_options(options: &str) -> Result<Database> {
        no_options(options)?;
        Ok(Database::new())
    }

    /// Creates a table.
    pub fn create_table(&self, name: &str, options: TableOptions) -> Result<Arc<Table>> {
        if name.is_empty() || name.len() > MAX_TABLE_NAME {
            let reason = format!("must have 1 to {MAX_TABLE_NAME} bytes, has {}", name.len());
            return Err(Error::option("name", reason));
        }
        let mut tables = self.tables.write();
        if tables.by_name.contains_key(name) {
            return Err(Error::DuplicateTable {
                table: name.to_owned(),
            });
        }
        let table = Arc::new(Table::new(name, options));
        tables.created += 1;
        let number = tables.created;
        tables
            .by_name
            .insert(name.to_owned(), (number, table.clone()));
        Ok(table)
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> Result<Arc<Table>> {
        let tables = self.tables.read();
        match tables.by_name.get(name) {
            Some((_, table)) => Ok(table.clone()),
            None => Err(not_found(name)),
        }
    }

    /// Drops a table: every later call on it fails.
    pub fn drop_table(&self, name: &str) -> Result<()> {
        let removed = self.tables.write().by_name.remove(name);
        let (_, table) = removed.ok_or_else(|| not_found(name))?;
        table.mark_dropped();
        Ok(())
    }

    /// Takes back the creation of a table of which nobody knows yet, unless the name is another table's by now.
    pub(crate) fn undo_create(&self, name: &str, created: &Arc<Table>) {
        let mut tables = self.tables.write();
        if tables
            .by_name
            .get(name)
            .is_some_and(|(_, table)| Arc::ptr_eq(table, created))
        {
            tables.by_name.remove(name);
        }
    }

    /// Appends a JSON array of the tables' names, in the order in which they were created.
    pub fn list_tables(&self, out: &mut Vec<u8>) -> Result<()> {
        let mut names: Vec<(u64, String)> = {
            let tables = self.tables.read();
            let all = tables.by_name.iter();
            all.map(|(name, (number, _))| (*number, name.clone()))
                .collect()
        };
        names.sort_unstable();
        let mut text = vec![b'['];
        for (at, (_, name)) in names.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            push_quoted(&mut text, name);
        }
        text.push(b']');
        push(out, &text)
    }
}

fn not_found(name: &str) -> Error {
    Error::TableNotFound {
        table: shorten(name),
    }
}
