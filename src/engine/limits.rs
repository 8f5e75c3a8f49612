//! The limits that the header names, and the one fallible way to grow memory by user data.

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
    vec.try_reserve(more).map_err(|_| Error::OutOfMemory {
        bytes: more.saturating_mul(std::mem::size_of::<T>()),
    })
}

/// Bytes of a string operand of a predicate, and of a field reference.
pub(crate) const MAX_OPERAND: usize = 1 << 20;

/// Fields of a schema, columns and sort keys of a select.
pub(crate) const MAX_LISTED: usize = 4096;

/// A copy of the bytes, or says that there is no memory.
pub(crate) fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())
        .map_err(|_| Error::OutOfMemory { bytes: bytes.len() })?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// The same of a list whose first items, most often all, need no memory of their own.
#[inline]
pub(crate) fn reserve_small<A: Array>(list: &mut SmallVec<A>, more: usize) -> Result<()> {
    list.try_reserve(more).map_err(|_| Error::OutOfMemory {
        bytes: more.saturating_mul(std::mem::size_of::<A::Item>()),
    })
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
