//! Sets of rows and of values that differ, told apart by value.

use crate::engine::limits::reserve;
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use foldhash::fast::{FoldHasher, RandomState};
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// What a missing value is taken for.
pub(super) const NULL: &[u8] = b"null";

/// Feeds a hasher with what a canonical text means, equal values alike. Strings go in by their bytes alone: most keys
/// are short strings.
#[inline]
fn feed(text: &[u8], state: &mut FoldHasher<'_>) {
    match text {
        [b'"', inside @ .., b'"'] => state.write(inside),
        _ => Value::read(text).feed(state),
    }
}

/// Whether two canonical texts mean equal values. Most that do are spelled alike.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    // Canonical strings that differ are different.
    a == b || a.first() != Some(&b'"') && Value::read(a).equals(&Value::read(b))
}

fn hash_row(hasher: &RandomState, row: &[&[u8]]) -> u64 {
    let mut state = hasher.build_hasher();
    row.iter().for_each(|text| feed(text, &mut state));
    state.finish()
}

fn make_room<T>(table: &mut HashTable<T>, hash: impl Fn(&T) -> u64) -> Result<()> {
    let bytes = table.len().saturating_mul(2 * size_of::<T>());
    let room = table.try_reserve(1, hash);
    room.map_err(|_| Error::out_of_memory(bytes))
}

/// Rows of the same width, each once, numbered as they come.
pub(super) struct Distinct<'a> {
    width: usize,
    /// `width` for each row.
    values: Vec<&'a [u8]>,
    /// Row numbers; as many as there are records at most, of which a table has no more than 2^32.
    by_hash: HashTable<u32>,
    hasher: RandomState,
}

/// Where a row is among the distinct ones.
pub(super) struct Place {
    pub(super) at: usize,
    /// Whether it was not there before.
    pub(super) is_new: bool,
}

impl<'a> Distinct<'a> {
    pub(super) fn new(width: usize) -> Self {
        Distinct {
            width,
            values: Vec::new(),
            by_hash: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// A row by its number.
    pub(super) fn row(&self, at: usize) -> &[&'a [u8]] {
        row_of(&self.values, self.width, at)
    }

    /// Finds a row, or adds it.
    #[inline]
    pub(super) fn place(&mut self, row: &[&'a [u8]]) -> Result<Place> {
        let hash = hash_row(&self.hasher, row);
        let (values, width) = (&self.values, self.width);
        let found = self.by_hash.find(hash, |at| {
            let other = row_of(values, width, *at as usize);
            other.iter().zip(row).all(|(a, b)| same(a, b))
        });
        if let Some(at) = found {
            return Ok(Place {
                at: *at as usize,
                is_new: false,
            });
        }
        self.insert(hash, row)
    }

    fn insert(&mut self, hash: u64, row: &[&'a [u8]]) -> Result<Place> {
        reserve(&mut self.values, row.len())?;
        let (values, width, hasher) = (&self.values, self.width, &self.hasher);
        let rehash = |at: &u32| hash_row(hasher, row_of(values, width, *at as usize));
        make_room(&mut self.by_hash, rehash)?;
        let at = self.by_hash.len();
        self.by_hash.insert_unique(hash, at as u32, rehash);
        self.values.extend_from_slice(row);
        Ok(Place { at, is_new: true })
    }
}

#[inline]
fn row_of<'s, 'a>(values: &'s [&'a [u8]], width: usize, at: usize) -> &'s [&'a [u8]] {
    values.get(at * width..(at + 1) * width).unwrap_or_default()
}

/// The different values of each group: one table for all groups, as most of many groups are small.
pub(super) struct DistinctValues<'a> {
    /// Group and value.
    by_hash: HashTable<(u32, &'a [u8])>,
    hasher: RandomState,
}

impl<'a> DistinctValues<'a> {
    pub(super) fn new() -> Self {
        DistinctValues {
            by_hash: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    /// Whether the group did not have the value before.
    pub(super) fn add(&mut self, group: usize, text: &'a [u8]) -> Result<bool> {
        let hasher = &self.hasher;
        let hash_entry = |(group, text): &(u32, &[u8])| {
            let mut state = hasher.build_hasher();
            state.write_u32(*group);
            feed(text, &mut state);
            state.finish()
        };
        let entry = (group as u32, text);
        let hash = hash_entry(&entry);
        let equals = |other: &(u32, &[u8])| other.0 == entry.0 && same(other.1, text);
        if self.by_hash.find(hash, equals).is_some() {
            return Ok(false);
        }
        make_room(&mut self.by_hash, hash_entry)?;
        self.by_hash.insert_unique(hash, entry, hash_entry);
        Ok(true)
    }
}
