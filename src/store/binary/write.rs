//! Writes the binary file.

use super::block::{Kind, Writer};
use crate::engine::{push_quoted, Database, Table};
use crate::store::replace::Replacement;
use crate::store::work::Work;
use crate::store::{Error, Result};

/// Bytes of records that make a block.
const BLOCK: usize = 256 << 10;

/// Writes all tables of a snapshot.
pub(in crate::store) fn write(
    snapshot: &Database,
    out: &mut Replacement,
    work: &Work,
) -> Result<()> {
    let mut writer = Writer::begin(out)?;
    let tables = snapshot.tables();
    for table in &tables {
        write_table(table, &mut writer, work)?;
    }
    writer.block(Kind::End, &(tables.len() as u64).to_le_bytes())
}

fn write_table(table: &Table, writer: &mut Writer<'_>, work: &Work) -> Result<()> {
    let definition = table.definition()?;
    let mut text = b"{\"name\":".to_vec();
    push_quoted(&mut text, table.name());
    for (name, value) in [
        ("primary_key", definition.primary_key.as_slice()),
        ("schema", definition.schema.as_deref().unwrap_or(b"null")),
        ("indexes", &definition.indexes),
        ("largest_key", definition.largest_key.to_string().as_bytes()),
        ("records", definition.count.to_string().as_bytes()),
    ] {
        text.extend_from_slice(b",\"");
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b"\":");
        text.extend_from_slice(value);
    }
    text.push(b'}');
    writer.block(Kind::Table, &text)?;
    for names in table.shapes()? {
        writer.block(Kind::Shape, &names)?;
    }
    let (mut payload, mut count) = (Vec::new(), 0);
    crate::store::reserve(&mut payload, BLOCK)?;
    table.each(|record| {
        if payload.len() + record.stored_len() > BLOCK && !payload.is_empty() {
            writer.block(Kind::Records, &payload)?;
            payload.clear();
            work.add(std::mem::take(&mut count));
        }
        crate::store::reserve(&mut payload, record.stored_len())?;
        record.append_to(&mut payload);
        count += 1;
        Ok::<(), Error>(())
    })?;
    if !payload.is_empty() {
        writer.block(Kind::Records, &payload)?;
        work.add(count);
    }
    writer.block(Kind::TableEnd, &(definition.count as u64).to_le_bytes())
}
