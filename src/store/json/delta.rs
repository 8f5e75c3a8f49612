//! Deltas: what has changed from one snapshot of a database to a later one, in DictDB's form.
//!
//! What that does not know stands under names that it passes over: `follows` (the file that this one continues) and `dropped`; and of each
//! table its definition, `is_new` or `is_rewritten` (its records are all there), and `reinserted`: keys that are to be deleted before
//! anything else, because they came again and stand at the end of the natural order.

use super::print::{Array, Object, INDENT};
use super::read::{read_records, Found};
use super::window::Window;
use crate::engine::{push_quoted, Conflict, Database, Difference, Key, Predicate, Table};
use crate::store::pending::Pending;
use crate::store::replace::Replacement;
use crate::store::work::Work;
use crate::store::{Error, Result};
use std::io::{Read, Seek};
use std::path::Path;

/// Whether anything has changed.
pub(in crate::store) fn is_empty(older: &Database, newer: &Database) -> Result<bool> {
    let (before, after) = (older.tables(), newer.tables());
    if !before
        .iter()
        .map(Table::name)
        .eq(after.iter().map(Table::name))
    {
        return Ok(false);
    }
    for (before, after) in before.iter().zip(&after) {
        let is_same = after
            .since(before)
            .is_some_and(|changes| changes.is_empty());
        if !is_same || !is_defined_alike(before, after)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_defined_alike(before: &Table, after: &Table) -> Result<bool> {
    let (before, after) = (before.definition()?, after.definition()?);
    Ok(before.indexes == after.indexes && before.largest_key == after.largest_key)
}

/// Writes the changes. `follows` is the name of the file that has the older snapshot's state; `timestamp` is that of the newer one,
/// in seconds since 1970.
pub(in crate::store) fn write(
    (older, newer): (&Database, &Database),
    (follows, timestamp): (&str, f64),
    out: &mut Replacement,
    work: &Work,
) -> Result<()> {
    let (before, after) = (older.tables(), newer.tables());
    let named = |tables: &[Table], name: &str| tables.iter().any(|table| table.name() == name);
    let mut file = Object::begin(out, 0)?;
    file.member("type", b"\"delta\"")?;
    file.member("timestamp", format!("{timestamp:.6}").as_bytes())?;
    let mut name = Vec::new();
    push_quoted(&mut name, follows);
    file.member("follows", &name)?;
    let dropped = before
        .iter()
        .map(Table::name)
        .filter(|name| !named(&after, name));
    file.member("dropped", &list(dropped))?;
    let mut tables = Object::begin(file.name("tables")?, INDENT)?;
    for table in &after {
        let old = before.iter().find(|old| old.name() == table.name());
        let changes = old.and_then(|old| table.since(old));
        let is_same = changes.as_ref().is_some_and(Difference::is_empty);
        if let (true, Some(old)) = (is_same, old) {
            if is_defined_alike(old, table)? {
                continue;
            }
        }
        let mut members = Object::begin(tables.name(table.name())?, 2 * INDENT)?;
        members.definition(table)?;
        match changes {
            Some(changes) if !changes.has_rekeyed() => write_changes(&changes, &mut members, work)?,
            changes => write_whole(table, changes.as_ref(), &mut members, work)?,
        }
        members.end()?;
    }
    tables.end()?;
    file.end()?;
    out.write(b"\n")
}

fn write_changes(changes: &Difference, members: &mut Object<'_>, work: &Work) -> Result<()> {
    let mut keys = Array::begin(members.name("reinserted")?, 3 * INDENT)?;
    changes.upserts(|upsert| match upsert.is_reinserted {
        true => keys.item(&upsert.key.to_text()),
        false => Ok(()),
    })?;
    keys.end()?;
    let mut records = Array::begin(members.name("upserts")?, 3 * INDENT)?;
    changes.upserts(|upsert| {
        work.add(1);
        records.item(upsert.record.text())
    })?;
    records.end()?;
    write_deletes(Some(changes), members, work)
}

/// All records of a table that is new, or whose records cannot be told one by one.
fn write_whole(
    table: &Table,
    changes: Option<&Difference>,
    members: &mut Object<'_>,
    work: &Work,
) -> Result<()> {
    // What was there before keeps its place among the tables.
    let name = match changes {
        Some(_) => "is_rewritten",
        None => "is_new",
    };
    members.member(name, b"true")?;
    let mut records = Array::begin(members.name("upserts")?, 3 * INDENT)?;
    table.each(|record| {
        work.add(1);
        records.item(record.text())
    })?;
    records.end()?;
    write_deletes(changes, members, work)
}

fn write_deletes(
    changes: Option<&Difference>,
    members: &mut Object<'_>,
    work: &Work,
) -> Result<()> {
    let mut keys = Array::begin(members.name("deletes")?, 3 * INDENT)?;
    if let Some(changes) = changes {
        changes.deletes(|key| {
            work.add(1);
            keys.item(&key.to_text())
        })?;
    }
    keys.end()
}

fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<u8> {
    let mut text = b"[".to_vec();
    for name in names {
        if text.len() > 1 {
            text.push(b',');
        }
        push_quoted(&mut text, name);
    }
    text.push(b']');
    text
}

/// Which file a delta continues, if it says so. Of the file no more is read than what comes before the tables.
pub(in crate::store) fn follows(source: impl Read + Seek, path: &Path) -> Result<Option<String>> {
    let mut window = Window::new(source, path);
    window.expect(b'{')?;
    loop {
        match window.name()?.as_str() {
            "follows" => return window.text_value().map(Some),
            "tables" => return Ok(None),
            _ => window.value()?,
        };
        if !window.takes(b',')? {
            return Ok(None);
        }
    }
}

/// Does to a database, which is nobody else's, what a delta tells. `follows`: the name of the file that it must continue, if it says
/// which it does.
pub(in crate::store) fn apply(
    source: impl Read + Seek,
    path: &Path,
    follows: &str,
    database: &Database,
    pending: &mut Pending,
    work: &Work,
) -> Result<()> {
    let mut window = Window::new(source, path);
    let (mut is_delta, mut has_tables) = (false, false);
    window.members(|window, name| match name.as_str() {
        "tables" if has_tables => Err(window.wrong("a second member \"tables\"")),
        "type" => {
            is_delta = window.text_value()? == "delta";
            Ok(())
        }
        "follows" => {
            let other = window.text_value()?;
            match other == follows && !has_tables {
                true => Ok(()),
                false => Err(Error::Gap {
                    path: path.to_owned(),
                    missing: other,
                }),
            }
        }
        "dropped" => window.elements(|window| {
            let name = window.text_value()?;
            pending.remove(&name);
            database
                .drop_table(&name)
                .map_err(|error| window.content(error))
        }),
        "tables" => {
            has_tables = true;
            window.members(|window, name| apply_to_table(window, name, database, pending, work))
        }
        _ => window.value().map(|_| ()),
    })?;
    window.end()?;
    match is_delta && has_tables {
        true => Ok(()),
        false => Err(window.wrong("this is no delta: it lacks \"type\": \"delta\", or \"tables\"")),
    }
}

fn apply_to_table<R: Read + Seek>(
    window: &mut Window<'_, R>,
    name: String,
    database: &Database,
    pending: &mut Pending,
    work: &Work,
) -> Result<()> {
    window.table = Some(name.clone());
    let (mut found, mut table, mut is_whole) =
        (Found::default(), database.table(&name).ok(), false);
    let lacking = |window: &Window<'_, R>| {
        window.wrong("this table was not there before, and the delta does not say that it is new")
    };
    window.members(|window, member| {
        if found.takes(&member, window)? {
            return Ok(());
        }
        match member.as_str() {
            "is_new" => {
                is_whole = window.value()? == b"true";
                if is_whole && table.take().is_some() {
                    let dropped = database.drop_table(&name);
                    dropped.map_err(|error| window.content(error))?;
                }
                if is_whole {
                    table = Some(found.create(window, &name, database)?);
                }
                Ok(())
            }
            "is_rewritten" => {
                is_whole = window.value()? == b"true";
                let table = table.as_ref().ok_or_else(|| lacking(window))?;
                let deleted = if is_whole {
                    table.delete(&Predicate::all()).map(|_| ())
                } else {
                    Ok(())
                };
                match deleted {
                    Err(crate::engine::Error::RecordNotFound) | Ok(()) => Ok(()),
                    Err(error) => Err(window.content(error)),
                }
            }
            "upserts" if is_whole => match &table {
                Some(table) => read_records(window, table, work),
                None => Err(lacking(window)),
            },
            "reinserted" | "upserts" | "deletes" => {
                let table = table.as_ref().ok_or_else(|| lacking(window))?;
                window.elements(|window| {
                    let text = window.value()?;
                    let text = String::from_utf8(text).unwrap_or_default();
                    work.add(1);
                    let done = match member.as_str() {
                        "upserts" => table.upsert(&text, Conflict::Update, None).map(|_| ()),
                        _ => delete(table, &text),
                    };
                    done.map_err(|error| window.content(error))
                })
            }
            _ => window.value().map(|_| ()),
        }
    })?;
    // A delta of DictDB's tells no definitions: they stay.
    if found.is_told() {
        pending.insert(name, found.rest());
    }
    window.table = None;
    Ok(())
}

/// Deletes a record, if it is there.
fn delete(table: &Table, key: &str) -> crate::engine::Result<()> {
    match table.delete_by_key(&Key::from_json(key)?) {
        Err(crate::engine::Error::RecordNotFound) => Ok(()),
        other => other,
    }
}
