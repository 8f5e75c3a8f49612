//! Update expressions beside each other: no increment is lost, and nobody sees a half of one.

use dictdb::engine::{
    Database, IndexOptions, Key, Params, Predicate, Query, SelectOptions, Table, TableOptions,
    Update,
};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;

const THREADS: u64 = 4;

/// Increments of each thread.
const EACH: u64 = if cfg!(debug_assertions) {
    5_000
} else {
    100_000
};

const TOTAL: u64 = THREADS * EACH;

/// Of so many records, or groups of records.
const RECORDS: u64 = 8;

/// A table with these records, indexed by `slot` in one way or another.
fn table(records: &[String], index: &str) -> Table {
    let options = TableOptions::default();
    let table = Database::new().create_table("t", options).unwrap();
    if !index.is_empty() {
        let options = IndexOptions::from_json(index).unwrap();
        table.create_index(&options).unwrap();
    }
    let records = format!("[{}]", records.join(","));
    table.insert_many(&records, None).unwrap();
    table
}

fn update(where_text: &str, set: &str) -> Update {
    Update::new(None, Some(where_text), set).unwrap()
}

fn params(values: &[u64]) -> Params<'static> {
    let text = format!("{values:?}");
    Params::from_json(&text).unwrap().into_owned().unwrap()
}

fn rows(json: &[u8]) -> Vec<Value> {
    serde_json::from_slice(json).unwrap()
}

fn select(table: &Table, options: &str) -> Vec<Value> {
    let mut out = Vec::new();
    let options = SelectOptions::from_json(options).unwrap();
    table.select(None, &options, &mut out).unwrap();
    rows(&out)
}

fn query(table: &Table, query: &Query) -> Vec<Value> {
    let mut out = Vec::new();
    table.query(query, &Params::none(), &mut out).unwrap();
    rows(&out)
}

fn number(row: &Value, field: &str) -> u64 {
    let value = row[field].as_u64();
    value.unwrap_or_else(|| panic!("{field} of {row}"))
}

/// What the readers look at is over; also if a thread fails, or they would not end.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Runs `write` in four threads, which get their number, and the readers until all of those are done.
fn beside(write: impl Fn(u64) + Sync, readers: &[&(dyn Fn(&AtomicBool) + Sync)]) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for reader in readers {
            scope.spawn(|| {
                let _end = Over(&over);
                reader(&over);
            });
        }
        let _end = Over(&over);
        thread::scope(|scope| {
            for at in 0..THREADS {
                let write = &write;
                scope.spawn(move || write(at));
            }
        });
    });
}

/// Looks again and again, once more when it is over.
fn until_over(over: &AtomicBool, mut look: impl FnMut()) {
    while !over.load(Ordering::SeqCst) {
        look();
    }
    look();
}

#[test]
fn no_increment_of_one_record_is_lost() {
    let others = (2..100).map(|id| format!("{{\"id\":{id},\"n\":0,\"m\":0}}"));
    let first = "{\"id\":1,\"n\":0,\"m\":0}".to_owned();
    let table = table(&[first].into_iter().chain(others).collect::<Vec<_>>(), "");
    let increment = update("id = ?1", "n = n + ?2, m = coalesce(m, 0) + 1");
    let write = |_| {
        let params = params(&[1, 1]);
        for _ in 0..EACH {
            assert_eq!(table.run_update(&increment, &params), Ok(1));
        }
    };
    let read = |over: &AtomicBool| {
        let mut last = 0;
        until_over(over, || {
            let mut out = Vec::new();
            table.get(&Key::Int(1), &mut out).unwrap();
            let record: Value = serde_json::from_slice(&out).unwrap();
            let n = number(&record, "n");
            assert_eq!(n, number(&record, "m"), "half an update");
            assert!(n >= last, "{n} after {last}");
            last = n;
        });
    };
    beside(write, &[&read, &read]);
    let row = &select(&table, "{\"limit\":1}")[0];
    assert_eq!((number(row, "n"), number(row, "m")), (TOTAL, TOTAL));
    let rest = Query::from_json(None, r#"{"where":"id > 1 AND (n != 0 OR m != 0)"}"#).unwrap();
    assert_eq!(table.query_count(&rest, &Params::none()), Ok(0));
}

/// Each increment is of one of eight records, found by an index; each record has another value of `slot`.
fn increments_through(index: &str) {
    let record = |slot: u64| format!("{{\"slot\":{},\"n\":0}}", slot % 100);
    let records: Vec<String> = (0..100).map(record).collect();
    let table = table(&records, index);
    let increment = update("slot = ?1", "n = n + 1");
    let write = |at: u64| {
        for i in 0..EACH {
            let slot = params(&[(at + i) % RECORDS]);
            assert_eq!(table.run_update(&increment, &slot), Ok(1));
        }
    };
    let total = r#"{"where":"slot < 8","aggregates":{"total":"sum(n)","least":"min(n)"}}"#;
    let total = Query::from_json(None, total).unwrap();
    let read = |over: &AtomicBool| {
        let mut last = (0, 0);
        until_over(over, || {
            let row = &query(&table, &total)[0];
            let found = (number(row, "total"), number(row, "least"));
            let grown = found.0 >= last.0 && found.1 >= last.1;
            assert!(grown, "{found:?} after {last:?}");
            last = found;
        });
    };
    beside(write, &[&read]);
    let rows = select(&table, "{}");
    let all: Vec<u64> = rows.iter().map(|row| number(row, "n")).collect();
    assert_eq!(all.iter().sum::<u64>(), TOTAL);
    assert_eq!(
        &all[..RECORDS as usize],
        [TOTAL / RECORDS; RECORDS as usize]
    );
}

#[test]
fn no_increment_through_a_hash_index_is_lost() {
    increments_through(r#"{"fields":"slot","kind":"hash"}"#);
}

#[test]
fn no_increment_through_a_sorted_index_is_lost() {
    increments_through(r#"{"fields":["slot"],"kind":"sorted","unique":true}"#);
}

/// Each update is of eight records at once, and changes the value of another index, too.
#[test]
fn records_that_are_changed_together_are_seen_together() {
    const UPDATES: u64 = EACH / 5;
    let record = |i: u64| format!("{{\"slot\":{},\"n\":0,\"m\":0}}", i % 5);
    let records: Vec<String> = (0..5 * RECORDS).map(record).collect();
    let table = table(&records, r#"{"fields":"slot","kind":"hash"}"#);
    let options = IndexOptions::from_json(r#"{"fields":["slot","n"],"kind":"sorted"}"#);
    table.create_index(&options.unwrap()).unwrap();
    let pred = Arc::new(Predicate::parse("slot = ?1").unwrap());
    let increment = Update::new(Some(pred), None, "n = n + 1, m = n + 1").unwrap();
    let write = |_| {
        let slot = params(&[3]);
        for _ in 0..UPDATES {
            assert_eq!(table.run_update(&increment, &slot), Ok(RECORDS));
        }
    };
    let of_slot = Query::from_json(None, r#"{"where":"slot = 3"}"#).unwrap();
    let highest = r#"{"where":"slot = 3","order_by":"-n","columns":["n","m"]}"#;
    let highest = Query::from_json(None, highest).unwrap();
    let read = |over: &AtomicBool| {
        let mut last = 0;
        until_over(over, || {
            for asked in [&of_slot, &highest] {
                let rows = query(&table, asked);
                assert_eq!(rows.len() as u64, RECORDS);
                let n = number(&rows[0], "n");
                assert!(n >= last, "{n} after {last}");
                for row in &rows {
                    let found = (number(row, "n"), number(row, "m"));
                    assert_eq!(found, (n, n), "half an update");
                }
                last = n;
            }
        });
    };
    let scan = |over: &AtomicBool| {
        until_over(over, || {
            let rows = select(&table, r#"{"columns":["n"],"distinct":true}"#);
            assert!(rows.len() <= 2, "half an update: {rows:?}");
        });
    };
    beside(write, &[&read, &scan]);
    let done = THREADS * UPDATES;
    for row in select(&table, "{}") {
        let wanted = if number(&row, "slot") == 3 { done } else { 0 };
        assert_eq!((number(&row, "n"), number(&row, "m")), (wanted, wanted));
    }
}

#[test]
fn what_two_records_trade_is_never_lost() {
    const SUM: u64 = 1_000_000;
    let records = [
        format!("{{\"id\":1,\"sign\":1,\"n\":{}}}", SUM / 2),
        format!("{{\"id\":2,\"sign\":-1,\"n\":{}}}", SUM / 2),
        "{\"id\":3,\"sign\":0,\"n\":0}".to_owned(),
    ];
    let table = table(&records, r#"{"fields":"n","kind":"sorted"}"#);
    let trade = update("id IN (1, 2)", "n = n + sign * ?1");
    let back = update("sign != 0", "n = n - sign * ?1");
    let swap = update("id = 1 OR id = 2", &format!("n = {SUM} - n"));
    let write = |at: u64| {
        for i in 0..EACH / 4 {
            let (amount, half) = (params(&[(at * 31 + i) % 7]), i % 8 < 4);
            let done = table.run_update(if half { &trade } else { &back }, &amount);
            assert_eq!(done, Ok(2));
            if i % 3 == 0 {
                assert_eq!(table.run_update(&swap, &Params::none()), Ok(2));
            }
        }
    };
    let read = |over: &AtomicBool| {
        until_over(over, || {
            let rows = select(&table, r#"{"columns":["n"]}"#);
            let sum: u64 = rows.iter().map(|row| number(row, "n")).sum();
            assert_eq!(sum, SUM, "{rows:?}");
        });
    };
    let total = r#"{"aggregates":{"total":"sum(n)","least":"min(n)","most":"max(n)"}}"#;
    let total = Query::from_json(None, total).unwrap();
    let add = |over: &AtomicBool| {
        until_over(over, || {
            let row = &query(&table, &total)[0];
            assert_eq!(number(row, "total"), SUM, "{row}");
            assert_eq!(number(row, "least"), 0);
            assert!(number(row, "most") >= SUM / 2, "{row}");
        });
    };
    beside(write, &[&read, &add]);
    assert_eq!(query(&table, &total)[0]["total"], SUM);
}
