//! The limits that the header names, and the one fallible way to grow memory by user data.

use crate::engine::memory::allow;
use crate::engine::{Error, Result};
use smallvec::{Array, SmallVec};

/// Levels of nesting in a value; the record itself is the first.
pub(crate) const MAX_DEPTH: usize = 128;

/// Bytes of a record's canonical text.
pub(crate) const MAX_RECORD: usize = 1 << 28;

/// Bytes of a table's name.
pub(crate) const MAX_TABLE_NAME: usize = 1024;

/// Bytes of a `LIKE` pattern.
pub(crate) const MAX_PATTERN: usize = 8192;

/// Fields of an index.
pub(crate) const MAX_INDEX_FIELDS: usize = 16;

/// Indexes of a table.
pub(crate) const MAX_INDEXES: usize = 64;

/// Bytes of a text that is compiled: a predicate, an update.
pub(crate) const MAX_TEXT: usize = 16 << 20;

/// The highest number of a parameter.
pub(crate) const MAX_PARAMETER: usize = 65_535;

/// Levels of `and`, `or`, `not` in a predicate.
pub(crate) const MAX_PREDICATE_DEPTH: usize = 128;

/// Makes room for `more` items, or says that there is no memory.
#[inline]
pub(crate) fn reserve<T>(vec: &mut Vec<T>, more: usize) -> Result<()> {
    match vec.capacity() - vec.len() >= more {
        true => Ok(()),
        false => grow(vec, more),
    }
}

#[cold]
#[inline(never)]
fn grow<T>(vec: &mut Vec<T>, more: usize) -> Result<()> {
    // It grows to twice its size at least.
    let bytes = more
        .max(vec.capacity())
        .saturating_mul(std::mem::size_of::<T>());
    allow(bytes)?;
    vec.try_reserve(more)
        .map_err(|_| Error::out_of_memory(bytes))
}

/// Bytes of a string operand of a predicate, and of a field reference.
pub(crate) const MAX_OPERAND: usize = 1 << 20;

/// Fields of a schema, columns and sort keys of a select.
pub(crate) const MAX_LISTED: usize = 4096;

/// A copy of the bytes, or says that there is no memory.
pub(crate) fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    allow(bytes.len())?;
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())
        .map_err(|_| Error::out_of_memory(bytes.len()))?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// The same of a list whose first items, most often all, need no memory of their own.
#[inline]
pub(crate) fn reserve_small<A: Array>(list: &mut SmallVec<A>, more: usize) -> Result<()> {
    match list.capacity() - list.len() >= more {
        true => Ok(()),
        false => grow_small(list, more),
    }
}

#[cold]
#[inline(never)]
fn grow_small<A: Array>(list: &mut SmallVec<A>, more: usize) -> Result<()> {
    let bytes = more
        .max(list.capacity())
        .saturating_mul(std::mem::size_of::<A::Item>());
    allow(bytes)?;
    list.try_reserve(more)
        .map_err(|_| Error::out_of_memory(bytes))
}

/// Adds an item to such a list, or says that there is no memory.
#[inline]
pub(crate) fn add_small<A: Array>(list: &mut SmallVec<A>, item: A::Item) -> Result<()> {
    reserve_small(list, 1)?;
    list.push(item);
    Ok(())
}

/// Adds an item, or says that there is no memory.
#[inline]
pub(crate) fn add<T>(vec: &mut Vec<T>, item: T) -> Result<()> {
    reserve(vec, 1)?;
    vec.push(item);
    Ok(())
}

/// The error that a limit was exceeded.
pub(crate) fn exceeded(what: &'static str, limit: usize) -> Error {
    Error::Limit {
        what,
        limit: limit as u64,
        index: None,
    }
}

/// The beginning of a text, for messages.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN: usize = 256;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Appends bytes, or says that there is no memory.
#[inline]
pub(crate) fn push(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    reserve(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn the_documents_tell_the_limits() {
        let page = include_str!("../../docs/security.md");
        let told = [
            ("levels of nesting", MAX_DEPTH),
            ("bytes of a record", MAX_RECORD),
            ("bytes of a table's name", MAX_TABLE_NAME),
            ("bytes of a pattern", MAX_PATTERN),
            ("bytes of a text to compile", MAX_TEXT),
            (
                "bytes of a string operand, a field reference, a name, an alias",
                MAX_OPERAND,
            ),
            (
                "levels of a predicate, of an expression",
                MAX_PREDICATE_DEPTH,
            ),
            ("the number of a parameter", MAX_PARAMETER),
            (
                "fields of a schema, columns and sort keys of a query, assignments of an update",
                MAX_LISTED,
            ),
            ("fields of an index", MAX_INDEX_FIELDS),
            ("indexes of a table", MAX_INDEXES),
        ];
        for (what, limit) in told {
            let row = format!("| {what} | {limit} |");
            assert!(page.contains(&row), "docs/security.md has no row {row}");
        }
    }
}
