//! A naive reader of binary files, written after `docs/file-format.md`: a second opinion on what the library loads.

use super::model::parse::parse;
use super::model::value::Value;
use xxhash_rust::xxh3::xxh3_64;

/// What the file has: of each table the name, and how many records. Or what is wrong with it.
pub type Contents = Vec<(String, u64)>;

struct Reader<'f> {
    rest: &'f [u8],
    number: u32,
}

fn sum(parts: [&[u8]; 2]) -> [u8; 8] {
    xxh3_64(&parts.concat()).to_le_bytes()
}

fn ensure(is: bool, what: &'static str) -> Result<(), &'static str> {
    if is {
        Ok(())
    } else {
        Err(what)
    }
}

impl<'f> Reader<'f> {
    fn take(&mut self, count: usize) -> Result<&'f [u8], &'static str> {
        ensure(count <= self.rest.len(), "cut")?;
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    fn small(&mut self, bytes: usize) -> Result<u64, &'static str> {
        let taken = self.take(bytes)?;
        Ok(taken
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn block(&mut self) -> Result<(u64, &'f [u8]), &'static str> {
        let before = self.rest;
        let (kind, number, length) = (self.small(4)?, self.small(4)?, self.small(8)?);
        let wanted = self.take(8)?;
        let payload = self.take(usize::try_from(length).map_err(|_| "a length")?)?;
        ensure(number == u64::from(self.number), "a number")?;
        ensure(sum([&before[..16], payload]) == wanted, "a checksum")?;
        self.number += 1;
        Ok((kind, payload))
    }
}

/// Reads a whole file.
pub fn read(file: &[u8]) -> Result<Contents, &'static str> {
    let mut reader = Reader {
        rest: file,
        number: 0,
    };
    let start = reader.take(16)?;
    ensure(start == b"\x89DDB\r\n\x1a\n\x01\0\0\0\0\0\0\0", "the start")?;
    ensure(reader.take(8)? == sum([start, b""]), "the start's checksum")?;
    let mut tables = Contents::new();
    loop {
        let (kind, payload) = reader.block()?;
        match kind {
            1 => tables.push(table(&mut reader, payload)?),
            5 => {
                let count = Reader {
                    rest: payload,
                    number: 0,
                }
                .small(8)?;
                ensure(
                    payload.len() == 8 && count == tables.len() as u64,
                    "the number of tables",
                )?;
                ensure(reader.rest.is_empty(), "something behind the end")?;
                return Ok(tables);
            }
            _ => return Err("a block outside of a table"),
        }
    }
}

fn json(bytes: &[u8]) -> Result<Value, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "no UTF-8")?;
    parse(text).map_err(|_| "no JSON")
}

fn integer(value: Option<&Value>) -> Result<i64, &'static str> {
    match value {
        Some(Value::Number(text)) => text.parse().map_err(|_| "no integer"),
        _ => Err("no number"),
    }
}

fn table(reader: &mut Reader, definition: &[u8]) -> Result<(String, u64), &'static str> {
    let definition = json(definition)?;
    let name = definition
        .field("name")
        .and_then(Value::as_str)
        .ok_or("no name")?;
    for member in ["primary_key", "schema", "indexes"] {
        ensure(
            definition.field(member).is_some(),
            "a member of the definition",
        )?;
    }
    integer(definition.field("largest_key"))?;
    let wanted = integer(definition.field("records"))?;
    let mut shapes: Vec<Vec<String>> = Vec::new();
    let mut count = 0;
    loop {
        let (kind, payload) = reader.block()?;
        match kind {
            2 => {
                let Value::List(names) = json(payload)? else {
                    return Err("a shape is no array");
                };
                let texts: Option<Vec<String>> = names
                    .iter()
                    .map(|name| name.as_str().map(str::to_owned))
                    .collect();
                let texts = texts.ok_or("a name of a shape")?;
                let is_twice = texts
                    .iter()
                    .enumerate()
                    .any(|(at, name)| texts[..at].contains(name));
                ensure(!is_twice, "a name of a shape twice")?;
                shapes.push(texts);
            }
            3 => {
                let mut records = Reader {
                    rest: payload,
                    number: 0,
                };
                while !records.rest.is_empty() {
                    record(&mut records, &shapes)?;
                    count += 1;
                }
            }
            4 => {
                let told = Reader {
                    rest: payload,
                    number: 0,
                }
                .small(8)?;
                ensure(
                    payload.len() == 8 && told == count && wanted == count as i64,
                    "the number of records",
                )?;
                return Ok((name.to_owned(), count));
            }
            _ => return Err("a block inside of a table"),
        }
    }
}

fn record(records: &mut Reader, shapes: &[Vec<String>]) -> Result<(), &'static str> {
    let (shape, fields, length) = (
        records.small(2)? as usize,
        records.small(2)? as usize,
        records.small(4)?,
    );
    let width = *[1, 2, 4].get(length as usize % 4).ok_or("a width")?;
    let mut ends = Vec::new();
    for _ in 1..fields {
        ends.push(records.small(width)? as usize);
    }
    let text = records.take(length as usize / 4)?;
    let value = json(text)?;
    ensure(value.text().as_bytes() == text, "not canonical")?;
    let Value::Dict(members) = value else {
        return Err("no object");
    };
    if shape == 0 {
        return ensure(fields == 0, "fields of the generic shape");
    }
    let names = shapes.get(shape - 1).ok_or("no such shape")?;
    ensure(fields == names.len(), "the number of fields")?;
    ensure(
        members.iter().map(|(name, _)| name).eq(names),
        "the names of fields",
    )?;
    let mut at = 0;
    for (place, (name, value)) in members.iter().enumerate() {
        at += 1 + Value::Str(name.clone()).text().len() + 1 + value.text().len();
        ensure(place + 1 == fields || ends[place] == at, "an end")?;
    }
    Ok(())
}
