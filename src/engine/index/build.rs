//! Builds an index over the records that are there, without the table's lock.

use super::definition::{Definition, Kind};
use super::entries::Index;
use super::gather::Gather;
use super::sorted::Sorted;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve, shorten};
use crate::engine::parallel::{map, threads};
use crate::engine::record::Record;
use crate::engine::table::{Stored, Version};
use crate::engine::{Error, Result};
use std::sync::Arc;

/// Records that are worth a thread: it takes milliseconds to gather and sort them, and a fraction of one to start it.
const ENOUGH: usize = 16 << 10;

/// See the module's comment.
pub(crate) struct Build;

impl Build {
    /// The index of a version's records; `DUPLICATE_KEY` if it is to be unique and they are not.
    pub(crate) fn of(
        definition: Arc<Definition>,
        version: &Version,
        interrupt: &Interrupt,
    ) -> Result<Index> {
        Build::on(
            threads(version.count(), ENOUGH),
            definition,
            version,
            interrupt,
        )
    }

    /// As `of`, on so many threads.
    fn on(
        threads: usize,
        definition: Arc<Definition>,
        version: &Version,
        interrupt: &Interrupt,
    ) -> Result<Index> {
        let stored = version.stored();
        let mut parts = Vec::new();
        for (pages, count) in version.page_ranges(threads) {
            let gather = Gather::new(definition.clone(), stored.shapes, count)?;
            add(&mut parts, (pages, gather))?;
        }
        let parts = map(parts, |(pages, mut gather)| {
            let (mut ticker, mut outcome) = (interrupt.ticker(), Ok(()));
            version.each_of(pages, |row, place, record| {
                version.prefetch_behind(place);
                outcome = ticker.tick().and_then(|()| gather.push(row, &record));
                outcome.is_ok()
            });
            outcome.map(|()| gather)
        })?;
        let sorted = Gather::sort_parts(parts, |row| stored.record(row), interrupt)?;
        interrupt.check()?;
        if definition.unique {
            definition.check_neighbours(&sorted, stored, interrupt)?;
        }
        // Nodes are small and made one by one; whether there is memory for all of them is found out first.
        let mut index = Index::new(definition);
        reserve(&mut Vec::<u8>::new(), index.room(sorted.len()))?;
        index.insert_sorted(&sorted, stored);
        Ok(index)
    }
}

impl Definition {
    /// Looks at each entry and the one before it: equal ones break a unique index.
    fn check_neighbours(
        &self,
        sorted: &Sorted,
        stored: Stored<'_>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        // One record for each of the values that the entries with the codes at hand have: most often it is one.
        let mut different: Vec<Record<'_>> = Vec::new();
        let mut first_repeat: Option<(Row, Record<'_>)> = None;
        let mut ticker = interrupt.ticker();
        for at in 1..sorted.len() {
            let ((codes_before, before), (codes, row)) = (sorted.entry(at - 1), sorted.entry(at));
            if codes_before != codes {
                different.clear();
                continue;
            }
            ticker.tick()?;
            if different.is_empty() {
                if let Some(first) = stored.record(before) {
                    add(&mut different, first)?;
                }
            }
            let Some(found) = stored.record(row) else {
                continue;
            };
            let same = |other: &Record<'_>| self.same(other, &found, stored.shapes);
            let repeats = match different.last() {
                // In order, equal values follow each other.
                Some(last) if self.kind == Kind::Sorted => same(last),
                _ => different.iter().any(same),
            };
            if !repeats {
                if self.kind == Kind::Sorted {
                    different.clear();
                }
                add(&mut different, found)?;
            }
            let is_first = first_repeat.as_ref().is_none_or(|(first, _)| row < *first);
            if repeats && is_first && !self.has_null(&found, stored.shapes) {
                first_repeat = Some((row, found));
            }
        }
        match first_repeat {
            Some((_, record)) => Err(self.duplicate(&record, stored)),
            None => Ok(()),
        }
    }

    /// The error that a record's values are taken.
    pub(super) fn duplicate(&self, record: &Record<'_>, stored: Stored<'_>) -> Error {
        Error::DuplicateValue {
            fields: self.names().iter().map(|name| shorten(name)).collect(),
            value: self.write_values(record, stored.shapes),
            index: None,
        }
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::interrupt::{Cancel, Limits};
    use crate::engine::{Database, IndexOptions, Key, Table, TableOptions};
    use std::collections::{BTreeMap, BTreeSet};

    fn table(records: impl Iterator<Item = String>) -> Table {
        let table = Database::new().create_table("t", TableOptions::default());
        let table = table.unwrap();
        let records: Vec<String> = records.collect();
        let text = format!("[{}]", records.join(","));
        table.insert_many(&text, None).unwrap();
        table
    }

    /// An index of which only some bits of the hashes count.
    fn definition(options: &str, mask: u64) -> Arc<Definition> {
        let options = IndexOptions::from_json(options).unwrap();
        Arc::new(options.with_mask(mask).definition())
    }

    const INDEXES: [(&str, u64); 10] = [
        ("{\"fields\":\"few\",\"kind\":\"hash\"}", u64::MAX),
        ("{\"fields\":\"few\",\"kind\":\"hash\"}", 1),
        ("{\"fields\":\"some\",\"kind\":\"hash\"}", 0xff),
        ("{\"fields\":\"all\",\"kind\":\"hash\"}", u64::MAX),
        ("{\"fields\":[\"all\",\"few\"],\"kind\":\"hash\"}", 0xffff),
        ("{\"fields\":\"few\",\"kind\":\"sorted\"}", 0),
        ("{\"fields\":\"some\",\"kind\":\"sorted\"}", 0),
        ("{\"fields\":\"all\",\"kind\":\"sorted\"}", 0),
        ("{\"fields\":\"id\",\"kind\":\"sorted\",\"unique\":true}", 0),
        ("{\"fields\":[\"few\",\"all\"],\"kind\":\"sorted\"}", 0),
    ];

    /// Records of which each field has more different values than the one before; strings that begin alike, and numbers
    /// beyond those that are doubles.
    fn many(count: u64) -> Table {
        let records = (0..count).map(|n| {
            let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            let some = match n % 3 {
                0 => format!("{}", 9_007_199_254_740_990 + mixed % 99),
                1 => format!("\"a long prefix {}\"", mixed % 333),
                _ => "null".to_owned(),
            };
            let few = mixed % 8;
            format!("{{\"few\":\"{few}\",\"some\":{some},\"all\":\"user {mixed} {n}\"}}")
        });
        let table = table(records);
        // Pages without records, and such with few.
        for id in 1_000..1_900 {
            if id < 1_500 || id % 7 > 0 {
                table.delete_by_key(&Key::Int(id)).unwrap();
            }
        }
        table
    }

    #[test]
    fn an_index_is_the_same_on_however_many_threads_it_is_built() {
        for count in [2_000, 40_000] {
            let version = many(count).version();
            for (options, mask) in INDEXES {
                let definition = definition(options, mask);
                let build = |threads| {
                    Build::on(threads, definition.clone(), &version, &Interrupt::NONE).unwrap()
                };
                let alone = build(1);
                assert_eq!(alone.tree.len(), version.count());
                for threads in [2, 3, 4, 7] {
                    let index = build(threads);
                    assert!(index.has_the_entries_of(&alone), "{options} {threads}");
                    assert_eq!(index.collided, alone.collided, "{options} {threads}");
                }
            }
        }
    }

    #[test]
    fn hashes_of_different_values_are_found_in_whichever_parts_the_values_are() {
        let records = [
            // One value in each of two parts, then both in the second one, then one in all.
            (|n| n / 256) as fn(usize) -> usize,
            |n| n / 300,
            |_| 7,
            // Many, so that not all of their hashes are remembered.
            |n| n % 97,
            |n| n % 200,
            |n| n * 31 % 211,
        ];
        for value in records {
            for mask in [0, 1, 0x1f, 0xff, 0xfff] {
                let version = table((0..400).map(|n| format!("{{\"v\":{}}}", value(n)))).version();
                let definition = definition("{\"fields\":\"v\",\"kind\":\"hash\"}", mask);
                let mut values: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
                version.each(|_, _, record| {
                    let hash = definition.hash_of(&record, version.shapes());
                    let value = definition.write_values(&record, version.shapes());
                    values.entry(hash).or_default().insert(value);
                    true
                });
                let collided = values.iter().filter(|(_, values)| values.len() > 1);
                let collided: BTreeSet<u64> = collided.map(|(hash, _)| *hash).collect();
                for threads in [1, 2, 3] {
                    let index = Build::on(threads, definition.clone(), &version, &Interrupt::NONE);
                    let found: BTreeSet<u64> = index.unwrap().collided.iter().copied().collect();
                    assert_eq!(found, collided, "{mask:x} {threads}");
                }
            }
        }
    }

    #[test]
    fn the_first_value_that_repeats_is_told_on_however_many_threads() {
        let version = table((0..2_000).map(|n| format!("{{\"v\":{}}}", n % 1_500))).version();
        for kind in ["hash", "sorted"] {
            let options = format!("{{\"fields\":\"v\",\"kind\":\"{kind}\",\"unique\":true}}");
            for threads in [1, 2, 5] {
                let definition = definition(&options, u64::MAX);
                let outcome = Build::on(threads, definition, &version, &Interrupt::NONE);
                match outcome.map(|_| ()) {
                    Err(Error::DuplicateValue { value, .. }) => assert_eq!(value, "0"),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    #[test]
    fn building_is_stopped_on_however_many_threads() {
        let version = many(2_000).version();
        let cancel = Cancel::new();
        cancel.set();
        let interrupt = Limits::default().and(Some(cancel), None).begin();
        for threads in [1, 2, 5] {
            let definition = definition("{\"fields\":\"all\",\"kind\":\"sorted\"}", 0);
            let outcome = Build::on(threads, definition, &version, &interrupt);
            assert_eq!(outcome.map(|_| ()), Err(Error::Cancelled));
        }
    }

    #[test]
    fn a_version_without_records_has_an_index_without_entries() {
        let version = table(std::iter::empty()).version();
        for (options, mask) in INDEXES {
            let definition = definition(options, mask);
            let index = Build::on(3, definition, &version, &Interrupt::NONE).unwrap();
            assert_eq!(index.tree.len(), 0);
        }
    }
}
