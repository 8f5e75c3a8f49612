//! Readers beside a writer, and writers beside each other: each operation takes effect at one instant.

#![cfg(not(loom))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use dictdb::engine::{
    Comparison, Database, Error, Key, Predicate, SelectOptions, Table, TableOptions,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use support::long::{operations, seeds, Profile};
use support::ops::Op;
use support::random::Random;
use support::table::Table as Model;

fn table() -> Arc<Table> {
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
    for seed in 0..4 * seeds() {
        for profile in [
            Profile::Dense,
            Profile::Sparse,
            Profile::Strings,
            Profile::Mixed,
            Profile::Shapes,
        ] {
            readers_beside_a_writer(profile, seed);
        }
    }
}

const RECORDS: u64 = 3_000;

/// A table whose record `k` was changed by one thread, key by key, while another one ran `other` until that was over.
/// `n` is 0 or 1; whoever sets it also clears `flag`.
fn beside(change: impl Fn(&Table, i64, u64) + Sync, other: impl Fn(&Table) + Sync) {
    let table = table();
    for k in 1..=RECORDS {
        table
            .insert(&format!("{{\"id\":{k},\"n\":0,\"flag\":false}}"), None)
            .unwrap();
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                other(&table);
            }
        });
        let mut random = Random(1);
        for _ in 0..60_000 {
            change(&table, 1 + random.below(RECORDS) as i64, random.below(2));
        }
        over.store(true, Ordering::SeqCst);
    });
}

#[test]
fn an_update_changes_only_what_matches_at_its_instant() {
    let matching = eq("n", "1");
    let wrong = Predicate::and(vec![eq("n", "0"), eq("flag", "true")]).unwrap();
    let change = |table: &Table, key: i64, n: u64| {
        table
            .update_by_key(&Key::Int(key), &format!("{{\"n\":{n},\"flag\":false}}"))
            .unwrap();
    };
    beside(change, |table| {
        match table.update(&matching, "{\"flag\":true}") {
            Ok(_) | Err(Error::RecordNotFound) => {}
            Err(error) => panic!("{error}"),
        }
        assert_eq!(table.count(Some(&wrong)), Ok(0));
    });
}

#[test]
fn a_delete_removes_only_what_matches_at_its_instant() {
    let matching = eq("n", "1");
    let change = |table: &Table, key: i64, n: u64| {
        let key = Key::Int(key);
        let mut out = Vec::new();
        // No 1 here: the other thread may not take it.
        if table.update_by_key(&key, "{\"n\":0}").is_ok() {
            table.get(&key, &mut out).unwrap();
            table
                .update_by_key(&key, &format!("{{\"n\":{n}}}"))
                .unwrap();
        } else {
            table
                .insert(&format!("{{\"id\":{},\"n\":{n}}}", number(&key)), None)
                .unwrap();
        }
    };
    beside(change, |table| match table.delete(&matching) {
        Ok(_) | Err(Error::RecordNotFound) => {}
        Err(error) => panic!("{error}"),
    });
}

fn number(key: &Key) -> i64 {
    match key {
        Key::Int(key) => *key,
        Key::Str(_) => unreachable!("keys are integers here"),
    }
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
