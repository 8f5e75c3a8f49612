//! Reads the binary file into a new database.

use super::block::{Kind, Reader};
use crate::engine::{members, string_of, Database, Intake, Table, TableOptions};
use crate::store::pending::{Pending, Rest};
use crate::store::work::Work;
use crate::store::{Error, Result};
use std::io::Read;
use std::path::Path;

/// Reads all tables. The database is nobody else's until all are read. What is to be done then is added to `pending`.
pub(in crate::store) fn read(
    source: impl Read + Send,
    path: &Path,
    database: &Database,
    pending: &mut Pending,
    work: &Work,
) -> Result<()> {
    let mut reader = Reader::begin(source, path)?;
    let mut tables = 0_u64;
    loop {
        let (kind, payload) = reader.next()?;
        match kind {
            Kind::Table => {
                let text = std::str::from_utf8(payload).map(str::to_owned);
                let Ok(text) = text else {
                    return Err(reader.wrong(0, "the definition of a table is not UTF-8"));
                };
                let (name, rest) = read_table(&mut reader, &text, database, work)?;
                pending.insert(name, rest);
                tables += 1;
            }
            Kind::End if number(payload) == Some(tables) => return reader.end(),
            Kind::End => return Err(reader.wrong(0, "there are fewer tables than there should be")),
            _ => {
                return Err(reader.wrong(0, "a block that belongs to a table stands outside of one"))
            }
        }
    }
}

/// Reads all blocks, and no records.
pub(in crate::store) fn check(source: impl Read, path: &Path) -> Result<()> {
    let mut reader = Reader::begin(source, path)?;
    while reader.next()?.0 != Kind::End {}
    reader.end()
}

fn number(payload: &[u8]) -> Option<u64> {
    payload.try_into().ok().map(u64::from_le_bytes)
}

/// What the first block of a table says.
struct Definition {
    table: Table,
    rest: Rest,
    count: u64,
}

fn define<R: Read>(reader: &Reader<R>, text: &str, database: &Database) -> Result<Definition> {
    let wrong = |reason: &str| reader.wrong(0, reason);
    let text = crate::engine::canonical(text)
        .map_err(|error| wrong(&format!("the definition of a table: {error}")))?;
    let find = |name: &str| {
        let mut all = members(&text);
        let found = all.find(|(other, _)| *other == name.as_bytes());
        found
            .map(|(_, value)| value)
            .ok_or_else(|| wrong(&format!("a table without {name:?}")))
    };
    let name = string_of(find("name")?).ok_or_else(|| wrong("a table's name is no string"))?;
    let options = [
        b"{\"primary_key\":",
        find("primary_key")?,
        b",\"schema\":",
        find("schema")?,
        b"}",
    ]
    .concat();
    let options = String::from_utf8(options).unwrap_or_default();
    let table = TableOptions::from_json(&options)
        .and_then(|options| database.create_table(&name, options))
        .map_err(|error| reader.refused(reader.place(0), error))?;
    let integer = |name: &str| {
        let text = std::str::from_utf8(find(name)?)
            .unwrap_or_default()
            .to_owned();
        text.parse::<i64>()
            .map_err(|_| wrong(&format!("{name:?} is no integer")))
    };
    Ok(Definition {
        table,
        rest: Rest {
            indexes: find("indexes")?.to_vec(),
            largest_key: integer("largest_key")?,
        },
        count: u64::try_from(integer("records")?).unwrap_or_default(),
    })
}

/// Blocks that are looked at together, by several threads.
const GROUP: usize = 8;

struct Group {
    blocks: Vec<Vec<u8>>,
    /// Where in the file each begins.
    places: Vec<u64>,
    /// What the block behind them is, which is the reader's; `None` if they are as many as a group has.
    end: Option<Kind>,
}

impl Group {
    /// Reads the next blocks of records into memory of others.
    fn read<R: Read>(reader: &mut Reader<R>, mut spare: Vec<Vec<u8>>) -> Result<Group> {
        let mut group = Group {
            blocks: Vec::new(),
            places: Vec::new(),
            end: None,
        };
        while group.blocks.len() < GROUP {
            let (kind, _) = reader.next()?;
            if kind != Kind::Records {
                group.end = Some(kind);
                break;
            }
            group.places.push(reader.payload_at());
            let room = spare.pop().unwrap_or_default();
            group.blocks.push(reader.take_payload(room));
        }
        Ok(group)
    }
}

/// Has the records of blocks checked, and those that were checked before inserted; reads on meanwhile, if the blocks are followed by
/// others.
fn take_in<R: Read + Send>(
    reader: &mut Reader<R>,
    (intake, table): (&mut Intake, &Table),
    group: Group,
) -> Result<Option<Group>> {
    if group.blocks.is_empty() {
        return Ok(None);
    }
    let spare = intake.spare();
    let mut next = Ok(None);
    let read_on = || {
        if group.end.is_none() {
            next = Group::read(reader, spare).map(Some);
        }
    };
    let taken = intake.take_in(table, group.blocks, read_on);
    taken.map_err(|refused| {
        let place = refused.place.and_then(|(block, offset)| {
            let place = group.places.get(block);
            place.map(|place| place + offset as u64)
        });
        match place {
            Some(place) => reader.refused(place, *refused.error),
            None => Error::from(*refused.error),
        }
    })?;
    next
}

fn read_table<R: Read + Send>(
    reader: &mut Reader<R>,
    text: &str,
    database: &Database,
    work: &Work,
) -> Result<(String, Rest)> {
    let definition = define(reader, text, database)?;
    let table = &definition.table;
    let mut intake = Intake::new();
    work.expect(definition.count);
    let mut group = Group::read(reader, Vec::new())?;
    loop {
        let (end, before) = (group.end, intake.count());
        if let Some(next) = take_in(reader, (&mut intake, table), group)? {
            work.add((intake.count() - before) as u64);
            group = next;
            continue;
        }
        intake.finish(table)?;
        work.add((intake.count() - before) as u64);
        match end {
            Some(Kind::Shape) => {
                let added = intake.add_shape(reader.payload());
                added.map_err(|reason| reader.wrong(0, &reason))?;
            }
            Some(Kind::TableEnd) => {
                let count = Some(intake.count() as u64);
                return match number(reader.payload()) == count && count == Some(definition.count) {
                    true => Ok((table.name().to_owned(), definition.rest)),
                    false => {
                        Err(reader.wrong(0, "a table has not as many records as it should have"))
                    }
                };
            }
            _ => return Err(reader.wrong(0, "a table has no end")),
        }
        group = Group::read(reader, intake.spare())?;
    }
}
