//! What only the inside of a batch can show.

use super::super::{Batch, Core, Table};
use crate::engine::interrupt::{Cancel, Interrupt};
use crate::engine::{Database, Error, IndexOptions, Params, Predicate, TableOptions, Update};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

fn tables(database: &Database) -> [Table; 2] {
    ["a", "b"].map(|name| {
        database
            .create_table(name, TableOptions::default())
            .unwrap()
    })
}

fn core(table: &Table) -> &Arc<Core> {
    table.core().unwrap()
}

/// Indexes have the entries of their records after a batch that failed, and after one that did not.
#[test]
fn indexes_are_put_back_with_the_records() {
    let [a, b] = tables(&Database::new());
    for options in [
        "{\"fields\":\"n\",\"kind\":\"sorted\"}",
        "{\"fields\":\"s\",\"kind\":\"hash\",\"unique\":true}",
    ] {
        a.create_index(&IndexOptions::from_json(options).unwrap())
            .unwrap();
    }
    b.insert("{\"id\":1}", None).unwrap();
    for round in 0..300 {
        let batch = Batch::new();
        let records: Vec<String> = (0..20)
            .map(|n| format!("{{\"n\":{},\"s\":\"{round} {n}\"}}", n * 7 % 13))
            .collect();
        batch
            .insert_many(&a, &format!("[{}]", records.join(",")))
            .unwrap();
        let update = Update::new(None, Some("n = 5"), "n = n + 100").unwrap();
        batch.update(&a, &update, Params::none()).unwrap();
        let delete = Arc::new(Predicate::parse("n = 6 OR n > 104").unwrap());
        batch.delete(&a, delete, Params::none()).unwrap();
        let fails = round % 3 > 0;
        if fails {
            batch.insert(&b, "{\"id\":1}").unwrap();
        }
        let before = a.count(None).unwrap();
        assert_eq!(batch.commit(None).is_err(), fails);
        assert_eq!(a.count(None).unwrap() == before, fails);
        let pinned = core(&a).pin(&Interrupt::NONE).unwrap();
        pinned.version.check_indexes();
    }
}

/// A commit that panics half way, as by a defect, changes nothing either.
#[test]
fn a_panic_in_a_commit_puts_everything_back() {
    let [a, b] = tables(&Database::new());
    a.insert("{\"n\":1}", None).unwrap();
    let tables = super::commit::Tables::of(&{
        let batch = Batch::new();
        batch.insert(&a, "{}").unwrap();
        batch.insert(&b, "{}").unwrap();
        let operations = std::mem::take(&mut *batch.operations.lock());
        operations
    })
    .unwrap();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut transaction = super::commit::Transaction::begin(&tables, &Interrupt::NONE).unwrap();
        let writer = transaction.writers.first_mut().unwrap();
        let found = writer.version.find(&crate::engine::key::KeyRef::Int(1));
        writer.delete(&[found.unwrap()]);
        assert_eq!(writer.version.count(), 0);
        std::panic::resume_unwind(Box::new("planted"));
    }));
    assert!(outcome.is_err());
    assert_eq!(a.count(None).unwrap(), 1);
    let mut record = Vec::new();
    a.get(&crate::engine::Key::Int(1), &mut record).unwrap();
    assert_eq!(record, b"{\"n\":1,\"id\":1}");
}

/// Limits of every table that a batch is about apply to it; it keeps what it had.
#[test]
fn any_token_of_its_tables_stops_a_commit() {
    let [a, b] = tables(&Database::new());
    let cancel = Cancel::new();
    let batch = Batch::new();
    batch.insert(&a, "{}").unwrap();
    batch
        .insert(&b.limited(Some(cancel.clone()), None), "{}")
        .unwrap();
    cancel.set();
    assert_eq!(batch.commit(None), Err(Error::Cancelled));
    assert_eq!(a.count(None).unwrap(), 0);
    cancel.reset();
    assert_eq!(batch.commit(None), Ok(2));
    assert_eq!(batch.commit(None), Ok(0));
}

/// Searches that turn out to take long under the locks are all done before the next try: so there is one.
#[test]
fn a_batch_whose_searches_grow_meanwhile_ends_soon() {
    let [a, _] = tables(&Database::new());
    let batch = Batch::new();
    let records = vec!["{\"v\":1}"; 300].join(",");
    batch.insert_many(&a, &format!("[{records}]")).unwrap();
    let update = Update::new(None, Some("v >= 0"), "v = v + 1").unwrap();
    for _ in 0..60 {
        batch.update(&a, &update, Params::none()).unwrap();
    }
    assert_eq!(batch.commit(None), Ok(61));
    let all = Predicate::parse("v = 61").unwrap();
    assert_eq!(a.count(Some(&all)), Ok(300));
}
