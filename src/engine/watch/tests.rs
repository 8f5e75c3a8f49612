//! What watches get.

use super::*;
use crate::engine::{Batch, Database, Error, Key, Table, TableOptions};
use serde_json::Value;
use std::time::Duration;

fn watched(options: &str) -> (Table, Watch) {
    let database = Database::new();
    let table = database.create_table("t", TableOptions::default()).unwrap();
    let watch = table
        .watch(&WatchOptions::from_json(options).unwrap())
        .unwrap();
    (table, watch)
}

fn poll(watch: &Watch, since: u64, max: u64) -> Result<Vec<Value>, Error> {
    let mut out = Vec::new();
    let last = watch.poll(since, max, Some(Duration::ZERO), &mut out)?;
    let changes: Vec<Value> = serde_json::from_slice(&out).unwrap();
    let reached = changes
        .last()
        .map_or(since, |change| change["sequence"].as_u64().unwrap());
    assert_eq!(last, reached);
    Ok(changes)
}

/// Of a bulk write of more records than a watch keeps the last ones are there, and the reader is told of the others.
#[test]
fn a_bulk_write_beyond_what_is_kept_is_told() {
    let (table, watch) = watched("{\"max_changes\":10}");
    table.insert("{\"n\":0}", None).unwrap();
    let records: Vec<String> = (1..=25).map(|n| format!("{{\"n\":{n}}}")).collect();
    table
        .insert_many(&format!("[{}]", records.join(",")), None)
        .unwrap();
    let lost = Err(Error::Lost {
        since: 1,
        oldest: 16,
        newest: 26,
    });
    assert_eq!(poll(&watch, 1, 0), lost);
    let changes = poll(&watch, 16, 0).unwrap();
    let numbers: Vec<u64> = changes
        .iter()
        .map(|c| c["record"]["n"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (16..=25).collect::<Vec<_>>());
    assert!(changes.iter().all(|change| change["commit"] == 2));
}

/// Changes are bounded by their bytes, too.
#[test]
fn what_is_kept_is_bounded_by_bytes() {
    let (table, watch) = watched("{\"max_bytes\":100000}");
    let record = format!("{{\"id\":1,\"text\":\"{}\"}}", "x".repeat(9_000));
    table.insert(&record, None).unwrap();
    for _ in 0..30 {
        table.update_by_key(&Key::Int(1), "{\"a\":1}").unwrap();
    }
    let Err(Error::Lost { oldest, .. }) = poll(&watch, 1, 0) else {
        panic!("nothing was lost");
    };
    let kept = poll(&watch, oldest, 0).unwrap();
    assert!((9..=11).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept.last().unwrap()["sequence"], 31);
}

/// A change that is noted costs as much as is said, and one that is not watched costs nothing.
#[test]
fn nobody_records_while_nobody_watches() {
    let (table, watch) = watched("{}");
    table.insert("{}", None).unwrap();
    assert_eq!(poll(&watch, 0, 0).unwrap().len(), 1);
    drop(watch);
    table.insert("{}", None).unwrap();
    let watch = table.watch(&WatchOptions::default()).unwrap();
    table.insert("{}", None).unwrap();
    let changes = poll(&watch, 0, 0).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0]["key"], 3);
    assert_eq!(
        changes[0]["sequence"], 2,
        "what nobody watched was not counted"
    );
}

/// What one table changes too fast for its watch is no loss to the watch of another, and a batch over both keeps of each what
/// its watch keeps.
#[test]
fn a_table_that_is_changed_much_takes_nothing_from_the_watch_of_another() {
    let database = Database::new();
    let watched = |name: &str, options: &str| {
        let table = database
            .create_table(name, TableOptions::default())
            .unwrap();
        let watch = table.watch(&WatchOptions::from_json(options).unwrap());
        (table, watch.unwrap())
    };
    let (a, of_a) = watched("a", "{\"max_changes\":2}");
    let (b, of_b) = watched("b", "{}");
    b.insert("{}", None).unwrap();
    a.insert_many("[{},{},{},{}]", None).unwrap();
    assert_eq!(poll(&of_b, 0, 0).unwrap().len(), 1);
    let batch = Batch::new();
    for _ in 0..3 {
        batch.insert(&a, "{}").unwrap();
        batch.insert(&b, "{}").unwrap();
    }
    batch.commit(None).unwrap();
    let sequences = |changes: Vec<Value>| -> Vec<u64> {
        let numbers = changes.iter().map(|change| change["sequence"].as_u64());
        numbers.map(Option::unwrap).collect()
    };
    assert_eq!(sequences(poll(&of_b, 1, 0).unwrap()), [7, 9, 11]);
    assert_eq!(sequences(poll(&of_a, 7, 0).unwrap()), [8, 10]);
    assert!(matches!(
        poll(&of_a, 5, 0),
        Err(Error::Lost { oldest: 6, .. })
    ));
}
