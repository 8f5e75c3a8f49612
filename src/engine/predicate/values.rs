//! The values of an `IN`: looked up by hash when they are many.

use super::constant::Constant;
use crate::engine::limits::add;
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use foldhash::fast::{FoldHasher, RandomState};
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// From this many values on, they are looked up by hash.
const HASHED_FROM: usize = 9;

/// See the module's comment.
#[derive(Debug)]
pub(crate) struct ValueSet {
    values: Vec<Constant>,
    by_hash: HashTable<u32>,
    hasher: RandomState,
}

impl ValueSet {
    /// Of canonical texts.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Result<ValueSet> {
        let mut values = Vec::new();
        for text in texts {
            add(&mut values, Constant::of(text)?)?;
        }
        let mut set = ValueSet {
            values,
            by_hash: HashTable::new(),
            hasher: RandomState::default(),
        };
        if set.values.len() >= HASHED_FROM {
            let (values, hasher) = (&set.values, &set.hasher);
            let hash = |at: &u32| {
                let value = values.get(*at as usize).map(Constant::value);
                hash_value(hasher, value.unwrap_or(Value::Null))
            };
            let room = set.by_hash.try_reserve(values.len(), hash);
            room.map_err(|_| Error::out_of_memory(values.len() * 8))?;
            for at in 0..values.len() as u32 {
                set.by_hash.insert_unique(hash(&at), at, hash);
            }
        }
        Ok(set)
    }

    /// The values as they were given: in their order, equal ones as often as they came.
    pub(crate) fn values(&self) -> &[Constant] {
        &self.values
    }

    pub(super) fn has(&self, field: Option<&[u8]>) -> bool {
        if self.by_hash.is_empty() {
            return self.values.iter().any(|value| value.equals(field));
        }
        let equals = |at: &u32| {
            let value = self.values.get(*at as usize);
            value.is_some_and(|value| value.equals(field))
        };
        let hash = hash_value(&self.hasher, Value::of_field(field));
        self.by_hash.find(hash, equals).is_some()
    }
}

fn hash_value(hasher: &RandomState, value: Value<'_>) -> u64 {
    let mut state: FoldHasher<'_> = hasher.build_hasher();
    value.feed(&mut state);
    state.finish()
}
