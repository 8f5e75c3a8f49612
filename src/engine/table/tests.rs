//! What only the inside of a table can show.

use super::state::State;
use super::{Conflict, Table};
use crate::engine::{Error, Key, Predicate, SelectOptions, TableOptions};

fn table() -> Table {
    Table::new("t", TableOptions::default())
}

fn all(table: &Table) -> String {
    let mut out = Vec::new();
    table
        .select(None, &SelectOptions::default(), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

/// Row numbers are 32 bits wide; a table that used them up numbers its rows anew and goes on.
#[test]
fn a_table_outlives_its_row_numbers() {
    let table = table();
    table.state.write().limit_rows(100);
    for number in 0..1000 {
        table.insert(&format!("{{\"n\":{number}}}"), None).unwrap();
        if number >= 10 {
            table.delete_by_key(&Key::Int(number - 9)).unwrap();
        }
    }
    let records: Vec<_> = (990..1000)
        .map(|n| format!("{{\"n\":{n},\"id\":{}}}", n + 1))
        .collect();
    assert_eq!(all(&table), format!("[{}]", records.join(",")));
    table.update_by_key(&Key::Int(995), "{\"n\":0}").unwrap();
    assert!(all(&table).contains("{\"n\":0,\"id\":995}"));
}

/// With as many live records as there are row numbers, an insert is refused and changes nothing.
#[test]
fn a_full_table_refuses_inserts() {
    let table = table();
    table.state.write().limit_rows(3);
    table.insert_many("[{},{},{}]", None).unwrap();
    let before = all(&table);
    assert!(matches!(table.insert("{}", None), Err(Error::Limit { .. })));
    assert_eq!(all(&table), before);
    table.delete_by_key(&Key::Int(1)).unwrap();
    let mut key = Vec::new();
    table.insert("{}", Some(&mut key)).unwrap();
    assert_eq!(key, b"4", "the refused insert consumed no key");
}

/// A write that fails half way leaves nothing of what it wrote before.
#[test]
fn a_failed_write_leaves_no_bytes_alive() {
    let table = table();
    table.insert("{\"a\":1}", None).unwrap();
    let mut state = table.state.write();
    let live = state.heap.live;
    let outcome = state.write_all(5, |_: &State, index, out| {
        out.extend_from_slice(b"0123456789");
        if index == 3 {
            return Err(Error::OutOfMemory { bytes: 1 });
        }
        Ok(())
    });
    assert_eq!(outcome, Err(Error::OutOfMemory { bytes: 1 }));
    assert_eq!(state.heap.live, live);
    drop(state);
    assert_eq!(all(&table), "[{\"a\":1,\"id\":1}]");
}

/// Whatever is done to a table, its memory stays in proportion to what is in it.
#[test]
fn dead_space_is_reclaimed() {
    let table = table();
    let record = |n: i64| format!("{{\"id\":{n},\"text\":\"{}\"}}", "x".repeat(200));
    for n in 0..2000 {
        table.insert(&record(n), None).unwrap();
    }
    let check = || {
        let state = table.state.read();
        let (_, bytes) = state.version.segments();
        let bound = state.heap.live * 2 + (3 << 20);
        assert!(
            (bytes as u64) < bound,
            "{bytes} bytes for {} live",
            state.heap.live
        );
    };
    for round in 0..200_000_i64 {
        let key = round * 7919 % 2000;
        let changes = format!("{{\"text\":\"{}\"}}", "y".repeat((round % 400) as usize));
        table.update_by_key(&Key::Int(key), &changes).unwrap();
        if round % 1000 == 0 {
            check();
        }
    }
    assert!(table.state.read().heap.reclaimed > 10);
    for n in 10..2000 {
        table.delete_by_key(&Key::Int(n)).unwrap();
    }
    for n in 0..50_000 {
        table
            .upsert(&record(n % 10), Conflict::Update, None)
            .unwrap();
    }
    check();
    assert_eq!(table.count(None).unwrap(), 10);
    table.delete(&Predicate::all()).unwrap();
    assert_eq!(table.state.read().heap.live, 0);
}
