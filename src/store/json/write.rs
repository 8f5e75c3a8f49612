//! Writes the JSON file: DictDB's, with what that does not know under names that it passes over.

use super::print::{Array, Object, INDENT};
use crate::engine::Database;
use crate::store::replace::Replacement;
use crate::store::work::Work;
use crate::store::Result;

/// Writes all tables of a snapshot.
pub(in crate::store) fn write(
    snapshot: &Database,
    out: &mut Replacement,
    work: &Work,
) -> Result<()> {
    let mut file = Object::begin(out, 0)?;
    let mut tables = Object::begin(file.name("tables")?, INDENT)?;
    for table in snapshot.tables() {
        let mut members = Object::begin(tables.name(table.name())?, 2 * INDENT)?;
        members.definition(&table)?;
        let mut records = Array::begin(members.name("records")?, 3 * INDENT)?;
        table.each(|record| {
            work.add(1);
            records.item(record.text())
        })?;
        records.end()?;
        members.end()?;
    }
    tables.end()?;
    file.end()?;
    out.write(b"\n")
}
