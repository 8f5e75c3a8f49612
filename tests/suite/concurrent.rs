//! Readers beside a writer, and writers beside each other: each operation takes effect at one instant.

use crate::support::long::{operations, Profile};
use crate::support::ops::Op;
use crate::support::random::seeds;
use crate::support::random::Random;
use crate::support::table::Table as Model;
use dictdb::engine::{
    Comparison, Database, Error, Key, Predicate, SelectOptions, Table, TableOptions,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

fn table() -> Table {
    let table = Database::new().create_table("t", TableOptions::default());
    table.unwrap()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn eq(field: &str, json: &str) -> Arc<Predicate> {
    Arc::new(Predicate::compare(Comparison::Eq, field, json).unwrap())
}

/// What the table holds after each number of operations, as the model says.
fn versions(ops: &[Op]) -> Vec<u64> {
    let mut model = Model::new("t", "{}");
    let all = Op::Select(None, "{}".to_owned());
    let mut versions = vec![hash(&all.on_model(&mut model).unwrap())];
    for op in ops {
        let _ = op.on_model(&mut model);
        versions.push(hash(&all.on_model(&mut model).unwrap()));
    }
    versions
}

/// Every full read is the table as it was after some operation that ran during the read, or the last one before.
fn readers_beside_a_writer(profile: Profile, seed: u64) {
    let ops = operations(profile, seed, 1_500);
    let versions = versions(&ops);
    let (table, all) = (table(), Op::Select(None, "{}".to_owned()));
    let (begun, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let read = || {
            while ended.load(Ordering::SeqCst) < ops.len() {
                let from = ended.load(Ordering::SeqCst);
                let found = hash(&all.on_engine(&table).unwrap());
                let to = begun.load(Ordering::SeqCst);
                assert!(
                    versions[from..=to].contains(&found),
                    "{profile:?}, seed {seed}: a read between operations {from} and {to} saw what never was"
                );
            }
        };
        scope.spawn(read);
        scope.spawn(read);
        for (i, op) in ops.iter().enumerate() {
            begun.store(i + 1, Ordering::SeqCst);
            let _ = op.on_engine(&table);
            ended.store(i + 1, Ordering::SeqCst);
        }
    });
    assert_eq!(hash(&all.on_engine(&table).unwrap()), versions[ops.len()]);
}

#[test]
fn reads_see_whole_operations() {
    for seed in 0..seeds(4) {
        for profile in [
            Profile::Dense,
            Profile::Ascending,
            Profile::Sparse,
            Profile::Strings,
            Profile::Mixed,
            Profile::Shapes,
        ] {
            readers_beside_a_writer(profile, seed);
        }
    }
}

const RECORDS: usize = 3_000;

/// Records before and after the others that only one thread ever changes.
const FIXED: u64 = 100;

/// A table whose record `k` one thread changes, key by key, while another one runs `other` until that is over. `change`
/// gets the key, the last value of `n` that it gave to the record, and the next one: 0 or 1.
fn beside(change: impl Fn(&Table, i64, u64, u64), other: impl Fn(&Table) + Sync) {
    let table = table();
    let fixed = |i: u64| format!("{{\"id\":\"fixed {i}\",\"fixed\":true}}");
    for i in 0..FIXED {
        table.insert(&fixed(i), None).unwrap();
    }
    for k in 1..=RECORDS {
        let record = format!("{{\"id\":{k},\"n\":0,\"flag\":false}}");
        table.insert(&record, None).unwrap();
    }
    for i in FIXED..2 * FIXED {
        table.insert(&fixed(i), None).unwrap();
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                other(&table);
            }
        });
        // Also when a check fails, or the other thread would not end.
        let _end = SetWhenDropped(&over);
        let mut random = Random(1);
        let mut last = vec![0; RECORDS + 1];
        for _ in 0..60_000 {
            let (key, n) = (1 + random.below(RECORDS as u64), random.below(2));
            change(&table, key as i64, last[key as usize], n);
            last[key as usize] = n;
        }
    });
}

struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn record(table: &Table, key: i64) -> Option<String> {
    let mut out = Vec::new();
    table.get(&Key::Int(key), &mut out).ok()?;
    Some(String::from_utf8(out).unwrap())
}

#[test]
fn an_update_changes_only_what_matches_at_its_instant() {
    let (matching, fixed) = (eq("n", "1"), eq("fixed", "true"));
    let wrong = Predicate::and(vec![eq("n", "0"), eq("flag", "true")]).unwrap();
    let change = |table: &Table, key: i64, last: u64, n: u64| {
        let before = record(table, key).unwrap();
        let kept = before.contains(&format!("\"n\":{last},"));
        assert!(kept, "{before}: the last change is lost");
        let changes = format!("{{\"n\":{n},\"flag\":false}}");
        table.update_by_key(&Key::Int(key), &changes).unwrap();
    };
    beside(change, |table| {
        match table.update(&matching, "{\"flag\":true}") {
            Ok(_) | Err(Error::RecordNotFound) => {}
            Err(error) => panic!("{error}"),
        }
        assert_eq!(table.count(Some(&wrong)), Ok(0));
        assert_eq!(table.update(&fixed, "{\"seen\":1}"), Ok(2 * FIXED));
    });
}

#[test]
fn a_delete_removes_only_what_matches_at_its_instant() {
    let matching = eq("n", "1");
    let change = |table: &Table, key: i64, last: u64, n: u64| {
        let update = table.update_by_key(&Key::Int(key), &format!("{{\"n\":{n}}}"));
        if update.is_err() {
            assert_eq!(last, 1, "record {key} was deleted, but did not match");
            let record = format!("{{\"id\":{key},\"n\":{n}}}");
            table.insert(&record, None).unwrap();
        }
    };
    beside(change, |table| match table.delete(&matching) {
        Ok(_) | Err(Error::RecordNotFound) => {}
        Err(error) => panic!("{error}"),
    });
}

#[test]
fn automatic_keys_are_given_once() {
    let table = table();
    let keys = thread::scope(|scope| {
        let insert = || {
            let keys = (0..20_000).map(|i| {
                let mut key = Vec::new();
                match i % 10 {
                    0 => table
                        .insert_many("[{},{}]", Some(&mut key))
                        .map(|_| ())
                        .unwrap(),
                    _ => table.insert("{}", Some(&mut key)).unwrap(),
                }
                String::from_utf8(key).unwrap()
            });
            keys.collect::<Vec<_>>().join(",").replace(['[', ']'], "")
        };
        let threads = [
            scope.spawn(insert),
            scope.spawn(insert),
            scope.spawn(insert),
        ];
        threads.map(|thread| thread.join().unwrap()).join(",")
    });
    let mut keys: Vec<u64> = keys.split(',').map(|key| key.parse().unwrap()).collect();
    let mut out = Vec::new();
    table
        .select(
            None,
            &SelectOptions::from_json("{\"columns\":[\"id\"]}").unwrap(),
            &mut out,
        )
        .unwrap();
    let stored: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
    let stored: Vec<u64> = stored
        .iter()
        .map(|row| row["id"].as_u64().unwrap())
        .collect();
    assert!(stored.is_sorted(), "the natural order is that of the keys");
    keys.sort_unstable();
    assert_eq!(keys, stored);
    assert_eq!(keys, (1..=66_000).collect::<Vec<_>>());
}
