//! The limits that the header names, and the one fallible way to grow memory by user data.

use crate::engine::{Error, Result};

/// Levels of nesting in a value; the record itself is the first.
pub(crate) const MAX_DEPTH: usize = 128;

/// Bytes of a record's canonical text.
pub(crate) const MAX_RECORD: usize = 1 << 28;

/// Bytes of a table's name.
pub(crate) const MAX_TABLE_NAME: usize = 1024;

/// Bytes of a `LIKE` pattern.
pub(crate) const MAX_PATTERN: usize = 8192;

/// Levels of `and`, `or`, `not` in a predicate.
pub(crate) const MAX_PREDICATE_DEPTH: usize = 128;

/// Makes room for `more` items, or says that there is no memory.
#[inline]
pub(crate) fn reserve<T>(vec: &mut Vec<T>, more: usize) -> Result<()> {
    vec.try_reserve(more).map_err(|_| Error::OutOfMemory {
        bytes: more.saturating_mul(std::mem::size_of::<T>()),
    })
}

/// Appends bytes, or says that there is no memory.
#[inline]
pub(crate) fn push(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    reserve(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}
