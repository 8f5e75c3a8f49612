//! Reads the JSON file into a new database.

use super::window::Window;
use crate::engine::{Database, Table, TableOptions};
use crate::store::pending::{Pending, Rest};
use crate::store::work::Work;
use crate::store::Result;
use std::io::{Read, Seek};
use std::path::Path;

/// What a file says of a table before or behind its records.
#[derive(Default)]
pub(super) struct Found {
    primary_key: Option<Vec<u8>>,
    schema: Option<Vec<u8>>,
    full_schema: Option<Vec<u8>>,
    indexes: Option<Vec<u8>>,
    largest_key: Option<i64>,
}

/// Reads all tables. The database is nobody else's until all are read. What is to be done then is
/// added to `pending`.
pub(in crate::store) fn read(
    source: impl Read + Seek,
    path: &Path,
    database: &Database,
    pending: &mut Pending,
    work: &Work,
) -> Result<()> {
    read_through(Window::new(source, path), database, pending, work)
}

/// The same through any window.
pub(super) fn read_through<R: Read + Seek>(
    mut window: Window<'_, R>,
    database: &Database,
    pending: &mut Pending,
    work: &Work,
) -> Result<()> {
    let mut has_tables = false;
    window.members(|window, name| match name.as_str() {
        "tables" if has_tables => Err(window.wrong("a second member \"tables\"")),
        "tables" => {
            has_tables = true;
            window.members(|window, name| {
                let found = read_table(window, &name, database, work)?;
                pending.insert(name, found.rest());
                Ok(())
            })
        }
        _ => window.value().map(|_| ()),
    })?;
    window.end()?;
    match has_tables {
        true => Ok(()),
        false => Err(window.wrong("this object has no member \"tables\"")),
    }
}

fn read_table<R: Read + Seek>(
    window: &mut Window<'_, R>,
    name: &str,
    database: &Database,
    work: &Work,
) -> Result<Found> {
    window.table = Some(name.to_owned());
    let (mut found, mut is_read, mut place) = (Found::default(), false, None);
    window.members(|window, member| {
        if found.takes(&member, window)? {
            return Ok(());
        }
        match member.as_str() {
            "records" if is_read || place.is_some() => {
                Err(window.wrong("a second member \"records\""))
            }
            "records" if found.is_told() && found.schema.is_some() => {
                is_read = true;
                read_records(window, &found.create(window, name, database)?, work)
            }
            "records" => {
                window.peek()?;
                place = Some(window.position());
                window.elements(|window| window.value().map(|_| ()))
            }
            _ => window.value().map(|_| ()),
        }
    })?;
    match place {
        Some(place) => {
            let behind = window.position();
            window.seek(place)?;
            read_records(window, &found.create(window, name, database)?, work)?;
            window.seek(behind)?;
        }
        None if !is_read => return Err(window.wrong("this table has no member \"records\"")),
        None => {}
    }
    window.table = None;
    Ok(found)
}

impl Found {
    /// Whether it says what a table is.
    pub(super) fn is_told(&self) -> bool {
        self.primary_key.is_some()
    }

    /// What is yet to be done to the table.
    pub(super) fn rest(self) -> Rest {
        Rest {
            indexes: self.indexes.unwrap_or_default(),
            largest_key: self.largest_key.unwrap_or_default(),
        }
    }

    /// Reads a member, if it is one of these.
    pub(super) fn takes<R: Read + Seek>(
        &mut self,
        member: &str,
        window: &mut Window<'_, R>,
    ) -> Result<bool> {
        let place = match member {
            "primary_key" => &mut self.primary_key,
            "schema" => &mut self.schema,
            "full_schema" => &mut self.full_schema,
            "indexes" => &mut self.indexes,
            "largest_key" if self.largest_key.is_none() => {
                let key = window.value()?;
                let key = std::str::from_utf8(&key)
                    .ok()
                    .and_then(|key| key.parse().ok());
                self.largest_key =
                    Some(key.ok_or_else(|| window.wrong("\"largest_key\" is no key"))?);
                return Ok(true);
            }
            "largest_key" => return Err(window.wrong("a second member \"largest_key\"")),
            _ => return Ok(false),
        };
        if place.is_some() {
            return Err(window.wrong(&format!("a second member {member:?}")));
        }
        *place = Some(window.value()?);
        Ok(true)
    }

    /// Makes the table, without indexes.
    pub(super) fn create<R: Read + Seek>(
        &self,
        window: &Window<'_, R>,
        name: &str,
        database: &Database,
    ) -> Result<Table> {
        let Some(key) = &self.primary_key else {
            return Err(window.wrong("this table has no member \"primary_key\""));
        };
        let schema = self.full_schema.as_ref().or(self.schema.as_ref());
        let schema = schema.map_or(b"null".as_slice(), Vec::as_slice);
        let options = [
            b"{\"primary_key\":",
            key.as_slice(),
            b",\"schema\":",
            schema,
            b"}",
        ]
        .concat();
        let options = String::from_utf8(options).unwrap_or_default();
        TableOptions::from_json(&options)
            .and_then(|options| database.create_table(name, options))
            .map_err(|error| window.content(error))
    }
}

/// Inserts the records of an array.
pub(super) fn read_records<R: Read + Seek>(
    window: &mut Window<'_, R>,
    table: &Table,
    work: &Work,
) -> Result<()> {
    window.expect(b'[')?;
    if window.takes(b']')? {
        return Ok(());
    }
    let mut count = 0;
    loop {
        let (text, at) = window.text();
        let taken = table.take_in((text, at), count, window.is_last());
        let taken = taken.map_err(|error| window.located(error))?;
        work.add(taken.count as u64);
        count += taken.count;
        window.turn_to(taken.position);
        if taken.is_end {
            return Ok(());
        }
        window.refill()?;
    }
}
