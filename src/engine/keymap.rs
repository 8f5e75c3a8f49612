//! The key map: key -> row.
//!
//! Keys that ascend with the rows, as automatic ones do, need no entry at all: a *run* maps them by a difference. Other
//! integer keys that are nearly dense index a paged vector. All others are hashed: 32 bits of the hash and the row are
//! kept, in small open-addressing tables (buckets) under linear hashing (Litwin 1980): when they are full on
//! average, one bucket is split in two, so no insert pays for the whole map. Keys themselves are not kept: the caller
//! says whether a row's record has the key.

use crate::engine::footprint::Footprint;
use crate::engine::key::KeyRef;
use crate::engine::paged::{Entry, PagedVec};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::sync::Arc;

/// A row's number.
pub(crate) type Row = u32;

impl Entry for Row {
    const GAP: Row = Row::MAX;
    type Derived = ();
}

/// Keys below this are dense however few there are.
const DENSE_FLOOR: usize = 4096;
/// Entries of a bucket on average, before one is split.
const BUCKET_LOAD: usize = 448;
/// Buckets of a group, the unit that is copied when a clone exists.
const GROUP: usize = 64;

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    row: Row,
}

type Bucket = HashTable<Slot>;

/// See the module's comment. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KeyMap {
    run: Run,
    rekeyed: bool,
    dense: PagedVec<Row>,
    hashed: Hashed,
    len: usize,
    hasher: RandomState,
}

/// Consecutive keys in consecutive rows. A row may since have lost its record or got another key: then the key, if it
/// is in the map, has an entry elsewhere.
#[derive(Clone, Copy, Default)]
struct Run {
    key: i64,
    row: Row,
    len: u32,
}

impl Run {
    #[inline]
    fn row(&self, key: &KeyRef<'_>) -> Option<Row> {
        let KeyRef::Int(key) = key else {
            return None;
        };
        let offset = key.wrapping_sub(self.key);
        ((0..i64::from(self.len)).contains(&offset)).then(|| self.row + offset as Row)
    }

    /// Whether key and row are the next ones of the run, which then has them.
    #[inline]
    fn extend(&mut self, key: &KeyRef<'_>, row: Row) -> bool {
        let KeyRef::Int(key) = *key else {
            return false;
        };
        if self.len == 0 {
            *self = Run { key, row, len: 1 };
            return true;
        }
        let is_next = key.checked_sub(self.key) == Some(i64::from(self.len))
            && row.checked_sub(self.row) == Some(self.len)
            && self.len < u32::MAX;
        self.len += u32::from(is_next);
        is_next
    }
}

/// Spreads the 32 bits that are kept over the 64 that a bucket wants.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl KeyMap {
    pub(crate) fn new() -> Self {
        KeyMap {
            run: Run::default(),
            rekeyed: false,
            dense: PagedVec::new(),
            hashed: Hashed::new(),
            len: 0,
            hasher: RandomState::default(),
        }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    fn hash(&self, key: &KeyRef<'_>) -> u32 {
        let hash = match key {
            KeyRef::Int(key) => self.hasher.hash_one(key),
            KeyRef::Text(text) => self.hasher.hash_one(text.as_ref()),
        };
        (hash >> 32) as u32
    }

    #[inline]
    fn dense_index(key: &KeyRef<'_>) -> Option<usize> {
        match key {
            KeyRef::Int(key) => usize::try_from(*key).ok(),
            KeyRef::Text(_) => None,
        }
    }

    /// The row that a key has if it is where the run says, and whether that must be checked on the record: it must once
    /// a row has got another key. A row without a record has no key.
    #[inline]
    pub(crate) fn expected(&self, key: &KeyRef<'_>) -> Option<(Row, bool)> {
        self.run.row(key).map(|row| (row, self.rekeyed))
    }

    /// Takes a key off its row, which is to get another one.
    pub(crate) fn unbind(&mut self, key: &KeyRef<'_>, row: Row) {
        self.rekeyed = true;
        self.remove(key, row);
    }

    /// The row of a key that is not where the run says. `has_key` says whether a row's record has it.
    #[inline]
    pub(crate) fn get(&self, key: &KeyRef<'_>, has_key: impl Fn(Row) -> bool) -> Option<Row> {
        if let Some(index) = Self::dense_index(key) {
            let row = self.dense.get(index);
            if row != Row::GAP {
                return Some(row);
            }
        }
        if self.hashed.len == 0 {
            return None;
        }
        self.hashed.get(self.hash(key), has_key)
    }

    /// Adds a key that is not in the map.
    #[inline]
    pub(crate) fn insert(&mut self, key: &KeyRef<'_>, row: Row) {
        self.len += 1;
        // A key has an entry only if it is not where the run says.
        if self.run.row(key) == Some(row) || self.run.extend(key, row) {
            return;
        }
        let dense = Self::dense_index(key).filter(|&index| index < 2 * self.len + DENSE_FLOOR);
        match dense {
            Some(index) => self.dense.set(index, row),
            None => self.hashed.insert(self.hash(key), row),
        }
    }

    /// Removes a key that is in the map with this row.
    pub(crate) fn remove(&mut self, key: &KeyRef<'_>, row: Row) {
        self.len -= 1;
        if self.run.row(key) == Some(row) {
            return;
        }
        if let Some(index) = Self::dense_index(key) {
            if self.dense.get(index) == row {
                return self.dense.set(index, Row::GAP);
            }
        }
        self.hashed.remove(self.hash(key), row);
    }

    /// Counts the memory.
    pub(crate) fn count(&self, footprint: &mut Footprint) {
        self.dense.count(footprint);
        self.hashed.count(footprint);
    }

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        Footprint::of(|footprint| self.count(footprint))
    }
}

#[derive(Clone)]
struct Hashed {
    groups: Arc<Vec<Arc<Vec<Arc<Bucket>>>>>,
    buckets: usize,
    len: usize,
}

impl Hashed {
    fn new() -> Self {
        Hashed {
            groups: Arc::new(Vec::new()),
            buckets: 0,
            len: 0,
        }
    }

    /// Linear hashing's address: the low bits, one bit fewer for buckets that are not yet split.
    fn address(&self, hash: u32) -> usize {
        let round = self.buckets.next_power_of_two();
        let at = hash as usize & (round - 1);
        if at < self.buckets {
            at
        } else {
            at & (round / 2 - 1)
        }
    }

    fn bucket(&self, at: usize) -> Option<&Bucket> {
        Some(self.groups.get(at / GROUP)?.get(at % GROUP)?)
    }

    fn bucket_mut(&mut self, at: usize) -> Option<&mut Bucket> {
        let group = Arc::make_mut(&mut self.groups).get_mut(at / GROUP)?;
        Some(Arc::make_mut(Arc::make_mut(group).get_mut(at % GROUP)?))
    }

    fn get(&self, hash: u32, has_key: impl Fn(Row) -> bool) -> Option<Row> {
        let bucket = self.bucket(self.address(hash))?;
        let found = bucket.find(spread(hash), |slot| slot.hash == hash && has_key(slot.row));
        found.map(|slot| slot.row)
    }

    fn insert(&mut self, hash: u32, row: Row) {
        if self.len >= self.buckets * BUCKET_LOAD {
            self.split();
        }
        let at = self.address(hash);
        if let Some(bucket) = self.bucket_mut(at) {
            bucket.insert_unique(spread(hash), Slot { hash, row }, |slot| spread(slot.hash));
            self.len += 1;
        }
    }

    fn remove(&mut self, hash: u32, row: Row) {
        let at = self.address(hash);
        let Some(bucket) = self.bucket_mut(at) else {
            return;
        };
        let found = bucket.find_entry(spread(hash), |slot| slot.hash == hash && slot.row == row);
        if let Ok(entry) = found {
            entry.remove();
            self.len -= 1;
        }
        if self.buckets > 1 && self.len < self.buckets * BUCKET_LOAD / 8 {
            self.shrink();
        }
    }

    /// Adds a bucket, and moves to it what now belongs there.
    fn split(&mut self) {
        let new = self.buckets;
        let groups = Arc::make_mut(&mut self.groups);
        if new.is_multiple_of(GROUP) {
            groups.push(Arc::new(Vec::with_capacity(if new == 0 {
                1
            } else {
                GROUP
            })));
        }
        if let Some(group) = groups.last_mut() {
            Arc::make_mut(group).push(Arc::new(Bucket::new()));
        }
        self.buckets += 1;
        if new == 0 {
            return;
        }
        let round = self.buckets.next_power_of_two();
        let source = new & (round / 2 - 1);
        let Some(bucket) = self.bucket_mut(source) else {
            return;
        };
        let belongs = |slot: &mut Slot| slot.hash as usize & (round - 1) == new;
        let moved: Vec<Slot> = bucket.extract_if(belongs).collect();
        bucket.shrink_to(0, |slot| spread(slot.hash));
        if let Some(bucket) = self.bucket_mut(new) {
            for slot in moved {
                bucket.insert_unique(spread(slot.hash), slot, |slot| spread(slot.hash));
            }
        }
    }

    /// Rebuilds with as many buckets as what is left needs.
    fn shrink(&mut self) {
        let mut smaller = Hashed::new();
        for bucket in self.groups.iter().flat_map(|group| group.iter()) {
            for slot in bucket.iter() {
                smaller.insert(slot.hash, slot.row);
            }
        }
        *self = smaller;
    }

    fn count(&self, footprint: &mut Footprint) {
        let list = |count: usize| count * std::mem::size_of::<usize>();
        if self.groups.is_empty() || !footprint.add(&self.groups, list(self.groups.capacity())) {
            return;
        }
        for group in self.groups.iter() {
            if footprint.add(group, list(group.capacity())) {
                for bucket in group.iter() {
                    let own = std::mem::size_of::<Bucket>();
                    footprint.add(bucket, bucket.allocation_size() + own);
                }
            }
        }
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn key(number: u32) -> KeyRef<'static> {
        match number % 3 {
            0 => KeyRef::Int(i64::from(number)),
            1 => KeyRef::Int(-i64::from(number) * 1_000_003),
            _ => KeyRef::Text(std::borrow::Cow::Owned(number.to_string().into_bytes())),
        }
    }

    /// As a table looks a key up.
    fn find(map: &KeyMap, key: &KeyRef<'_>, has_key: impl Fn(Row) -> bool) -> Option<Row> {
        match map.expected(key) {
            Some((row, _)) if has_key(row) => Some(row),
            _ => map.get(key, has_key),
        }
    }

    proptest! {
        #![proptest_config(crate::testing::cases(32))]
        /// Behaves like a map through growth and shrinking, and a clone never sees a later change.
        #[test]
        fn behaves_like_a_map(ops in prop::collection::vec((0_u32..60_000, any::<bool>(), 1_u32..8000), 1..12)) {
            let mut map = KeyMap::new();
            let mut model = BTreeMap::new();
            let mut clones = Vec::new();
            for (start, insert, count) in ops {
                clones.push((map.clone(), model.clone()));
                for number in start..start + count {
                    let has_key = |row: Row| row == number && model.contains_key(&row);
                    prop_assert_eq!(find(&map, &key(number), has_key), model.get(&number).copied());
                    if insert && !model.contains_key(&number) {
                        map.insert(&key(number), number);
                        model.insert(number, number);
                    } else if !insert && model.remove(&number).is_some() {
                        map.remove(&key(number), number);
                    }
                }
            }
            clones.push((map, model));
            for (map, model) in clones {
                prop_assert_eq!(map.len(), model.len());
                for number in 0..68_000 {
                    prop_assert_eq!(find(&map, &key(number), |row| row == number && model.contains_key(&row)), model.get(&number).copied());
                }
            }
        }
    }

    /// Automatic keys cost no memory, and a key that comes back in another row is found there.
    #[test]
    fn a_run_needs_no_entries() {
        let mut map = KeyMap::new();
        for row in 0..100_000 {
            map.insert(&KeyRef::Int(i64::from(row) + 1), row);
        }
        assert_eq!(map.bytes(), 0);
        map.remove(&KeyRef::Int(7), 6);
        map.insert(&KeyRef::Int(7), 100_000);
        let has_key = |row: Row| row != 6;
        assert_eq!(find(&map, &KeyRef::Int(7), has_key), Some(100_000));
        assert_eq!(find(&map, &KeyRef::Int(8), has_key), Some(7));
        map.remove(&KeyRef::Int(7), 100_000);
        assert_eq!(find(&map, &KeyRef::Int(7), has_key), None);
    }

    /// A key that leaves its row, comes back to it and leaves again is not found there.
    #[test]
    fn keys_may_leave_the_run_and_come_back() {
        let mut map = KeyMap::new();
        for row in 0..10 {
            map.insert(&KeyRef::Int(i64::from(row) + 1), row);
        }
        let (five, fifty) = (KeyRef::Int(5), KeyRef::Int(50));
        for _ in 0..3 {
            map.unbind(&five, 4);
            map.insert(&fifty, 4);
            assert_eq!(find(&map, &fifty, |row| row == 4), Some(4));
            assert_eq!(find(&map, &five, |_| false), None);
            map.unbind(&fifty, 4);
            map.insert(&five, 4);
            assert_eq!(find(&map, &five, |row| row == 4), Some(4));
            assert_eq!(find(&map, &fifty, |_| false), None);
        }
        assert_eq!(map.len(), 10);
    }

    /// Integers that are less than twice as many as there are keys take a row's bytes each, in whatever order they come; what does
    /// not lie so is hashed.
    #[test]
    fn memory_follows_the_kind_of_the_keys() {
        const KEYS: u32 = 50_000;
        let bytes = |key: fn(u32) -> KeyRef<'static>| {
            let mut map = KeyMap::new();
            (0..KEYS).for_each(|row| map.insert(&key(row), row));
            map.bytes() / KEYS as usize
        };
        let shuffled = |row: u32| KeyRef::Int(i64::from(row * 7919 % KEYS));
        let spread = |row: u32| KeyRef::Int(i64::from(row) * 3 / 2 + 7);
        let sparse = |row: u32| KeyRef::Int(i64::from(row) * 1_000_003);
        let text = |row: u32| KeyRef::Text(std::borrow::Cow::Owned(row.to_string().into_bytes()));
        for dense in [bytes(shuffled), bytes(spread)] {
            assert!((4..9).contains(&dense), "{dense}");
        }
        for hashed in [bytes(sparse), bytes(text)] {
            assert!((10..20).contains(&hashed), "{hashed}");
        }
    }

    #[test]
    fn gives_memory_back_when_keys_go() {
        let mut map = KeyMap::new();
        for number in 0..200_000 {
            map.insert(&key(number), number);
        }
        let full = map.bytes();
        for number in 0..199_000 {
            map.remove(&key(number), number);
        }
        assert!(map.bytes() < full / 20, "{} of {full}", map.bytes());
    }
}
