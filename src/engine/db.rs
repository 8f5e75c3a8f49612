//! Databases: sets of named tables.

use crate::engine::instant::Clock;
use crate::engine::interrupt::{Cancel, Interrupt, Limits};
use crate::engine::json::push_quoted;
use crate::engine::limits::{push, shorten, MAX_TABLE_NAME};
use crate::engine::memory;
use crate::engine::options::{no_options, TableOptions};
use crate::engine::table::{Core, Snapshot, Table};
use crate::engine::watch::{Feed, Wake, Watch, WatchOptions};
use crate::engine::{Error, Result};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A set of named tables, as a program holds it: the database itself or a snapshot of it, and what limits the calls that
/// are made through this value and through the tables got from it. Clones are the same database.
#[derive(Clone)]
pub struct Database {
    source: Source,
    limits: Limits,
}

#[derive(Clone)]
enum Source {
    Live(Arc<Catalog>),
    Snapshot(Arc<Names<Snapshot>>),
}

/// The tables that there are.
struct Catalog {
    names: RwLock<Names<Core>>,
    clock: Arc<Clock>,
    feed: Arc<Feed>,
}

struct Names<T> {
    /// The number tells in which order tables were created.
    by_name: BTreeMap<String, (u64, Arc<T>)>,
    created: u64,
}

impl Default for Database {
    fn default() -> Self {
        let names = Names {
            by_name: BTreeMap::new(),
            created: 0,
        };
        let catalog = Catalog {
            names: RwLock::new(names),
            clock: Arc::new(Clock::new()),
            feed: Arc::default(),
        };
        Database {
            source: Source::Live(Arc::new(catalog)),
            limits: Limits::default(),
        }
    }
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

    /// The same database; calls through the result, and through tables that come from it, are also stopped by `cancel`,
    /// and when they take longer than `timeout`.
    pub fn limited(&self, cancel: Option<Cancel>, timeout: Option<Duration>) -> Database {
        Database {
            source: self.source.clone(),
            limits: self.limits.and(cancel, timeout),
        }
    }

    fn catalog(&self) -> Result<&Catalog> {
        match &self.source {
            Source::Live(catalog) => Ok(catalog),
            Source::Snapshot(_) => Err(Error::ReadOnly),
        }
    }

    /// Creates a table.
    pub fn create_table(&self, name: &str, options: TableOptions) -> Result<Table> {
        self.publish(&self.detached_table(name, options)?)
    }

    /// Makes a table that nobody can find before it is published; whose name must be free.
    pub(crate) fn detached_table(&self, name: &str, options: TableOptions) -> Result<Table> {
        let catalog = self.catalog()?;
        memory::check()?;
        if name.is_empty() || name.len() > MAX_TABLE_NAME {
            let reason = format!("must have 1 to {MAX_TABLE_NAME} bytes, has {}", name.len());
            return Err(Error::option("name", reason));
        }
        catalog.names.read().check_free(name)?;
        let (clock, feed) = (catalog.clock.clone(), catalog.feed.clone());
        let table = Arc::new(Core::new(name, options, clock, feed));
        Ok(Table::live(table, self.limits.clone()))
    }

    /// Gives a table its name, if that is still free: from then on it is one of the database's, with all its records.
    pub(crate) fn publish(&self, table: &Table) -> Result<Table> {
        let catalog = self.catalog()?;
        let (core, name) = (table.core()?, table.name());
        let mut wake = Wake::default();
        let mut names = catalog.names.write();
        names.check_free(name)?;
        let publication = core.publish();
        names.created += 1;
        let number = names.created;
        names
            .by_name
            .insert(name.to_owned(), (number, core.clone()));
        // Whoever finds the table waits until this is told, so it comes before the table's changes.
        drop(names);
        publication.tell(&mut wake);
        Ok(Table::live(core.clone(), self.limits.clone()))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> Result<Table> {
        let limits = self.limits.clone();
        match &self.source {
            Source::Live(catalog) => Ok(Table::live(catalog.table(name)?, limits)),
            Source::Snapshot(names) => Ok(Table::frozen(names.get(name)?, limits)),
        }
    }

    /// Drops a table: every later call on it fails.
    pub fn drop_table(&self, name: &str) -> Result<()> {
        let catalog = self.catalog()?;
        let table = catalog.table(name)?;
        match catalog.end(name, &table, &self.limits.begin())? {
            true => Ok(()),
            false => Err(not_found(name)),
        }
    }

    /// Takes back the creation of a table.
    pub(crate) fn undo_create(&self, name: &str, created: &Table) {
        if let (Ok(catalog), Ok(table)) = (self.catalog(), created.core()) {
            // Fails only if it is stopped, which nothing can do.
            let _ = catalog.end(name, table, &Interrupt::NONE);
        }
    }

    /// Watches all tables from now on, those that are yet to be created included.
    pub fn watch(&self, options: &WatchOptions) -> Result<Watch> {
        let feed = self.catalog()?.feed.clone();
        Ok(Watch::new(feed, None, options, self.limits.clone()))
    }

    /// All tables as they are at one and the same instant.
    pub fn snapshot(&self) -> Result<Database> {
        self.snapshot_within(&self.limits.begin())
    }

    fn snapshot_within(&self, interrupt: &Interrupt) -> Result<Database> {
        let Source::Live(catalog) = &self.source else {
            return Ok(self.clone());
        };
        Ok(Database {
            source: Source::Snapshot(Arc::new(catalog.freeze(interrupt)?)),
            limits: self.limits.clone(),
        })
    }

    /// Whether it is a snapshot.
    pub(crate) fn is_snapshot(&self) -> bool {
        matches!(self.source, Source::Snapshot(_))
    }

    /// The tables of a snapshot, in the order in which they were created.
    pub(crate) fn tables(&self) -> Vec<Table> {
        let Source::Snapshot(names) = &self.source else {
            return Vec::new();
        };
        let order = names.in_order(|_| true);
        let tables = order.iter().filter_map(|name| self.table(name).ok());
        tables.collect()
    }

    /// Appends a JSON array of the tables' names, in the order in which they were created.
    pub fn list_tables(&self, out: &mut Vec<u8>) -> Result<()> {
        let names = match &self.source {
            Source::Live(catalog) => catalog.names.read().in_order(|table| !table.is_dropped()),
            Source::Snapshot(names) => names.in_order(|_| true),
        };
        let mut text = vec![b'['];
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            push_quoted(&mut text, name);
        }
        text.push(b']');
        push(out, &text)
    }

    /// Appends a JSON object with the records of all tables as of one instant: for each table's name an object as
    /// `Table::copy` makes it.
    pub fn copy(&self, out: &mut Vec<u8>) -> Result<()> {
        let interrupt = self.limits.begin();
        let snapshot = self.snapshot_within(&interrupt)?;
        let Source::Snapshot(names) = &snapshot.source else {
            return Err(Error::ReadOnly);
        };
        push(out, b"{")?;
        for (at, name) in names.in_order(|_| true).iter().enumerate() {
            let mut label = Vec::new();
            push_quoted(&mut label, name);
            push(out, if at > 0 { b"," } else { b"" })?;
            push(out, &label)?;
            push(out, b":")?;
            snapshot.table(name)?.copy_within(&interrupt, out)?;
        }
        push(out, b"}")
    }
}

impl Catalog {
    fn table(&self, name: &str) -> Result<Arc<Core>> {
        let table = self.names.read().get(name)?;
        match table.is_dropped() {
            true => Err(not_found(name)),
            false => Ok(table),
        }
    }

    /// Ends a table; false if somebody else did.
    fn end(&self, name: &str, table: &Arc<Core>, interrupt: &Interrupt) -> Result<bool> {
        // First the table, then its name: so that who watches is told of this before of a table that takes the name. Others
        // take a dropped table for none.
        if !table.mark_dropped(interrupt)? {
            return Ok(false);
        }
        let mut names = self.names.write();
        let named = names.get(name);
        if named.is_ok_and(|named| Arc::ptr_eq(&named, table)) {
            names.by_name.remove(name);
        }
        Ok(true)
    }

    fn freeze(&self, interrupt: &Interrupt) -> Result<Names<Snapshot>> {
        let taking = match interrupt.is_possible() {
            true => interrupt.acquire(|time| self.clock.take_within(time))?,
            false => self.clock.take(),
        };
        // No table is created or loses its name at the instant itself.
        let (now, tables, created) = {
            let names = self.names.read();
            let tables = names.by_name.iter();
            let tables = tables.filter(|(_, (_, table))| !table.is_dropped());
            let tables: Vec<(String, (u64, Arc<Core>))> = tables
                .map(|(name, (number, table))| (name.clone(), (*number, table.clone())))
                .collect();
            (taking.advance(), tables, names.created)
        };
        let mut by_name = BTreeMap::new();
        for (name, (number, table)) in &tables {
            match table.snapshot_at(now, interrupt) {
                Ok(Some(snapshot)) => {
                    by_name.insert(name.clone(), (*number, snapshot));
                }
                Ok(None) => {}
                Err(stopped) => {
                    drop(taking);
                    tables.iter().for_each(|(_, (_, table))| table.forget(now));
                    return Err(stopped);
                }
            }
        }
        Ok(Names { by_name, created })
    }
}

impl Names<Core> {
    /// A dropped table's name is free.
    fn check_free(&self, name: &str) -> Result<()> {
        match self.get(name) {
            Ok(table) if !table.is_dropped() => Err(Error::DuplicateTable {
                table: name.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

impl<T> Names<T> {
    fn get(&self, name: &str) -> Result<Arc<T>> {
        match self.by_name.get(name) {
            Some((_, table)) => Ok(table.clone()),
            None => Err(not_found(name)),
        }
    }

    /// In the order in which the tables were created.
    fn in_order(&self, wanted: impl Fn(&T) -> bool) -> Vec<String> {
        let tables = self.by_name.iter();
        let mut names: Vec<(u64, &String)> = tables
            .filter(|(_, (_, table))| wanted(table))
            .map(|(name, (number, _))| (*number, name))
            .collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name.clone()).collect()
    }
}

fn not_found(name: &str) -> Error {
    Error::TableNotFound {
        table: shorten(name),
    }
}
