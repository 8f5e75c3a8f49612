//! What only the inside of a table can show.

use super::filter::Filter;
use super::stage::Stage;
use super::state::State;
use super::write::Upsert;
use super::{Conflict, Core, Outcome, Table, Update, Version};
use crate::engine::interrupt::Interrupt;
use crate::engine::plan::{Plan, Taken};
use crate::engine::{
    Database, Error, IndexOptions, Key, Params, Predicate, Query, SelectOptions, TableOptions,
};
use std::sync::Arc;

pub(super) fn table() -> Table {
    let table = Database::new().create_table("t", TableOptions::default());
    table.unwrap()
}

pub(super) fn core(table: &Table) -> &Arc<Core> {
    table.core().unwrap()
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
    core(&table).state.write().limit_rows(100);
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
    core(&table).state.write().limit_rows(3);
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
    let mut state = core(&table).state.write();
    let live = state.heap.live;
    let outcome = state.write_all(5, &Interrupt::NONE, |_: &State, index, out| {
        out.extend_from_slice(b"0123456789");
        if index == 3 {
            return Err(Error::out_of_memory(1));
        }
        Ok(None)
    });
    assert_eq!(outcome, Err(Error::out_of_memory(1)));
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
        let state = core(&table).state.read();
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
    assert!(core(&table).state.read().heap.reclaimed > 10);
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
    assert_eq!(core(&table).state.read().heap.live, 0);
}

/// Whatever the lengths of old and new values, a changed record is as if it had been inserted: its text, and its fields.
#[test]
fn changed_records_are_as_if_inserted() {
    let record = |a: usize, b: usize, rest: &str| {
        let (a, b) = ("a".repeat(a), "b".repeat(b));
        format!("{{\"a\":\"{a}\",\"id\":1,\"b\":\"{b}\"{rest}}}")
    };
    let seen = |table: &Table| {
        let fields = rows(table, "{\"columns\":[\"a\",\"b\",\"c\"]}");
        (all(table), fields)
    };
    let lengths = [0, 1, 100, 200, 215, 230, 250, 300, 70_000];
    for (from, to) in lengths.iter().flat_map(|a| lengths.map(|b| (*a, b))) {
        let (a, b) = ("a".repeat(to), "b".repeat(to));
        for (changes, after) in [
            (format!("{{\"a\":\"{a}\"}}"), record(to, from, "")),
            (format!("{{\"b\":\"{b}\"}}"), record(from, to, "")),
            (
                format!("{{\"b\":\"{b}\",\"a\":\"{a}\"}}"),
                record(to, to, ""),
            ),
            (
                format!("{{\"c\":7,\"a\":\"{a}\"}}"),
                record(to, from, ",\"c\":7"),
            ),
        ] {
            let [merged, assigned, inserted] = [table(), table(), table()];
            inserted.insert(&after, None).unwrap();
            merged.insert(&record(from, from, ""), None).unwrap();
            merged.update_by_key(&Key::Int(1), &changes).unwrap();
            assert_eq!(seen(&merged), seen(&inserted));
            let set = changes.replace("\":", " = ").replace(['{', '}'], "");
            let set = set.replace("\"a =", "a =").replace("\"b =", "b =");
            let set = set.replace("\"c =", "c =");
            let update = Update::new(None, Some("id = 1"), &set).unwrap();
            assigned.insert(&record(from, from, ""), None).unwrap();
            assert_eq!(assigned.run_update(&update, &Params::none()), Ok(1));
            assert_eq!(seen(&assigned), seen(&inserted));
        }
    }
}

fn index(options: &str) -> IndexOptions {
    IndexOptions::from_json(options).unwrap()
}

fn rows(table: &Table, spec: &str) -> String {
    let mut out = Vec::new();
    let query = Query::from_json(None, spec).unwrap();
    let count = table.query(&query, &Params::none(), &mut out).unwrap();
    assert_eq!(table.query_count(&query, &Params::none()).unwrap(), count);
    String::from_utf8(out).unwrap()
}

/// However many records have a value, and however long they are, asking for it alone gives what asking in another way gives.
#[test]
fn a_query_for_one_value_gives_what_another_way_gives() {
    let table = table();
    for (value, count) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 700)] {
        for _ in 0..count {
            let record = format!("{{\"h\":{value},\"s\":{value},\"n\":{value}}}");
            table.insert(&record, None).unwrap();
        }
    }
    for text in ["y".repeat(9_000), "x".repeat(20_000)] {
        for _ in 0..2 {
            let record = format!("{{\"h\":6,\"s\":\"{text}\"}}");
            table.insert(&record, None).unwrap();
        }
    }
    for options in [
        "{\"fields\":\"h\",\"kind\":\"hash\"}",
        "{\"fields\":\"s\",\"kind\":\"sorted\"}",
    ] {
        table.create_index(&index(options)).unwrap();
    }
    let run = |condition: &str, values: &str| {
        let query = Query::from_json(None, &format!("{{\"where\":\"{condition}\"}}"));
        let (query, mut out) = (query.unwrap(), b"rows: ".to_vec());
        let params = Params::from_json(values).unwrap();
        let count = table.query(&query, &params, &mut out).unwrap();
        assert_eq!(table.query_count(&query, &params), Ok(count));
        (count, out)
    };
    let long = format!("[\"{}\"]", "y".repeat(9_000));
    for values in [
        "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[1.0]", "[\"1\"]", "[null]", "[[]]",
        &long,
    ] {
        for field in ["h", "s", "n", "id"] {
            let (asked, other) = (format!("{field} = ?1"), format!("NOT {field} != ?1"));
            assert_eq!(run(&asked, values), run(&other, values), "{asked} {values}");
        }
    }
}

/// Values that have the same hash are told apart, whether they came before the index or after it.
#[test]
fn hash_collisions_are_found_out() {
    let (plain, early, late, unique) = (table(), table(), table(), table());
    let weak = |options: &str| index(options).with_mask(1);
    early
        .create_index(&weak("{\"fields\":\"a\",\"kind\":\"hash\"}"))
        .unwrap();
    unique
        .create_index(&weak(
            "{\"fields\":\"a\",\"kind\":\"hash\",\"unique\":true}",
        ))
        .unwrap();
    let all = [&plain, &early, &late];
    for n in 0..300 {
        let record = format!("{{\"a\":{}}}", n * 7919 % 20);
        all.iter()
            .for_each(|table| table.insert(&record, None).unwrap());
        assert_eq!(unique.insert(&record, None).is_ok(), n < 20, "{n}");
    }
    late.create_index(&weak("{\"fields\":\"a\",\"kind\":\"hash\"}"))
        .unwrap();
    let repeats = weak("{\"fields\":[\"a\",\"b\"],\"kind\":\"hash\",\"unique\":true}");
    late.create_index(&repeats).unwrap();
    let repeats = late.drop_index("\"a\"").and_then(|()| {
        let unique = weak("{\"fields\":\"a\",\"kind\":\"hash\",\"unique\":true}");
        late.create_index(&unique)
    });
    assert!(
        matches!(repeats, Err(Error::DuplicateValue { .. })),
        "{repeats:?}"
    );
    late.create_index(&weak("{\"fields\":\"a\",\"kind\":\"hash\"}"))
        .unwrap();
    let ask = || {
        for a in -1..21 {
            for predicate in [
                format!("a = {a}"),
                format!("a IN ({a}, {}, 3)", a + 1),
                format!("a = {a} OR a = 5"),
            ] {
                let spec = format!("{{\"where\":\"{predicate}\"}}");
                assert_eq!(rows(&early, &spec), rows(&plain, &spec), "{spec}");
                assert_eq!(rows(&late, &spec), rows(&plain, &spec), "{spec}");
            }
        }
    };
    ask();
    for table in all {
        let delete = Predicate::parse("a IN (4, 5, 6) OR id < 50").unwrap();
        table.delete(&delete).unwrap();
        let update = Update::new(None, Some("a = 7"), "a = id").unwrap();
        table.run_update(&update, &Params::none()).unwrap();
    }
    ask();
}

/// When the rows are numbered anew, indexes find them by their new numbers.
#[test]
fn indexes_survive_renumbering() {
    let table = table();
    for options in [
        "{\"fields\":\"a\",\"kind\":\"hash\"}",
        "{\"fields\":\"b\",\"kind\":\"sorted\",\"unique\":true}",
    ] {
        table.create_index(&index(options)).unwrap();
    }
    core(&table).state.write().limit_rows(100);
    for n in 0..2000 {
        let record = format!("{{\"id\":{n},\"a\":{},\"b\":{}}}", n % 7, n * 7919 % 2003);
        table.insert(&record, None).unwrap();
        if n >= 60 {
            table.delete_by_key(&Key::Int(n - 60)).unwrap();
        }
        if n % 97 == 0 {
            let found = rows(&table, "{\"where\":\"a = 3\",\"columns\":[\"id\"]}");
            let first = (n - 59).max(0);
            let wanted: Vec<String> = (first..=n)
                .filter(|n| n % 7 == 3)
                .map(|n| format!("{{\"id\":{n}}}"))
                .collect();
            assert_eq!(found, format!("[{}]", wanted.join(",")));
            let found = rows(
                &table,
                "{\"order_by\":\"-b\",\"limit\":1,\"columns\":[\"b\"]}",
            );
            let greatest = (first..=n).map(|n| n * 7919 % 2003).max().unwrap();
            assert_eq!(found, format!("[{{\"b\":{greatest}}}]"));
        }
    }
}

/// An index that is built while others write has what they wrote.
#[test]
fn an_index_is_complete_when_others_write_while_it_is_built() {
    let table = Arc::new(table());
    let record = |n: i64| {
        format!(
            "{{\"id\":{n},\"a\":{},\"s\":\"a long prefix {}\"}}",
            n % 100,
            n % 1000
        )
    };
    for n in 0..4_000 {
        table.insert(&record(n), None).unwrap();
    }
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = {
        let (table, stop) = (table.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut n = 4_000;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                table.insert(&record(n), None).unwrap();
                table.delete_by_key(&Key::Int(n - 4_000)).unwrap();
                let key = Key::Int(n - 2_000);
                let changes = format!("{{\"a\":{},\"s\":\"a long prefix {}\"}}", n % 50, n % 333);
                table.update_by_key(&key, &changes).unwrap();
                n += 1;
            }
        })
    };
    for _ in 0..5 {
        for (fields, kind) in [("a", "hash"), ("s", "sorted")] {
            let options = format!("{{\"fields\":\"{fields}\",\"kind\":\"{kind}\"}}");
            table.create_index(&index(&options)).unwrap();
        }
        let version = core(&table).pin(&Interrupt::NONE).unwrap().version;
        version.check_indexes();
        table.drop_index("\"a\"").unwrap();
        table.drop_index("[\"s\"]").unwrap();
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
}

/// A record that was staged before another brought a new shape is checked against that one, too.
#[test]
fn a_unique_index_sees_records_of_shapes_that_came_later() {
    let table = table();
    table.insert("{\"u\":0}", None).unwrap();
    table
        .create_index(&index(
            "{\"fields\":\"u\",\"kind\":\"sorted\",\"unique\":true}",
        ))
        .unwrap();
    let mut stage = Stage::one(core(&table), "{\"u\":1}").unwrap();
    table.insert("{\"x\":1,\"u\":1}", None).unwrap();
    let state = core(&table).write(&Interrupt::NONE);
    let outcome = state.unwrap().insert(&mut stage, &Interrupt::NONE);
    assert!(
        matches!(outcome, Err(Error::DuplicateValue { .. })),
        "{outcome:?}"
    );
    assert_eq!(table.count(None).unwrap(), 2);
}

/// A record whose key was taken when its upsert began is inserted if the key is free when that comes to be done.
#[test]
fn an_upsert_inserts_if_its_record_has_gone_meanwhile() {
    for (record, after) in [
        ("{ \"id\": 1, \"b\": 2 }", "[{\"id\":1,\"b\":2}]"),
        ("{\"b\":2}", "[{\"id\":1,\"a\":1},{\"b\":2,\"id\":2}]"),
    ] {
        let table = table();
        table.insert("{\"id\":1,\"a\":1}", None).unwrap();
        let mut upsert = Upsert::new(core(&table), record, Conflict::Error).unwrap();
        if record.contains("id") {
            table.delete_by_key(&Key::Int(1)).unwrap();
        }
        let mut state = core(&table).write(&Interrupt::NONE).unwrap();
        let done = upsert.apply(core(&table), &mut state, &Interrupt::NONE);
        assert_eq!(done.unwrap().0, Outcome::Inserted);
        drop(state);
        assert_eq!(all(&table), after);
    }
}

/// Numbers of segments are used again, so a row may come to the very place that it had in another version, with another
/// record. Who looks only at what has changed must not be taken in.
#[test]
fn a_record_that_comes_to_the_place_of_an_old_one_is_seen_as_changed() {
    let table = table();
    let long = "x".repeat(600_000);
    table
        .insert(&format!("{{\"a\":1,\"text\":\"{long}\"}}"), None)
        .unwrap();
    let then = core(&table).pin(&Interrupt::NONE).unwrap().version;
    for a in [3, 2] {
        let changes = format!("{{\"a\":{a}}}");
        table.update_by_key(&Key::Int(1), &changes).unwrap();
    }
    let now = core(&table).pin(&Interrupt::NONE).unwrap().version;
    assert_eq!(then.place(0), now.place(0), "the case is the one meant");
    assert!(!now.same_record(0, &then));
    let predicate = Predicate::parse("a = 1").unwrap();
    let filter = Filter::closed(Some(&predicate)).unwrap();
    let found = filter
        .recheck(&now, &then, &[(0, then.place(0))], &Interrupt::NONE)
        .unwrap();
    assert_eq!(found, []);
}

/// What was found on a version, brought up to date, is what matches now, whatever was written meanwhile.
#[test]
fn a_search_off_the_lock_finds_what_matches_at_its_end() {
    let table = table();
    for n in 0..3_000 {
        table
            .insert(&format!("{{\"n\":{},\"m\":0}}", n % 10), None)
            .unwrap();
    }
    let predicate = Predicate::parse("n = 3").unwrap();
    let filter = Filter::closed(Some(&predicate)).unwrap();
    let all = |version: &Version| {
        let plan = Plan::new(version, &filter.analysis().unwrap(), Taken::Read);
        filter.matches(version, &plan, &Interrupt::NONE).unwrap()
    };
    let mut random = 7_u64;
    for round in 0..200 {
        let then = core(&table).pin(&Interrupt::NONE).unwrap().version;
        let found = all(&then);
        for _ in 0..round % 40 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let key = Key::Int((random >> 33) as i64 % 3_500 + 1);
            let changes = format!("{{\"n\":{}}}", (random >> 20) % 10);
            let _ = match random >> 60 {
                0..=2 => table.delete_by_key(&key),
                3..=5 => table.insert(&format!("{{\"n\":{}}}", random % 10), None),
                6..=8 => table.update_by_key(&key, "{\"m\":1}"),
                _ => table.update_by_key(&key, &changes),
            };
        }
        let now = core(&table).pin(&Interrupt::NONE).unwrap().version;
        let rechecked = filter.recheck(&now, &then, &found, &Interrupt::NONE);
        assert_eq!(rechecked.unwrap(), all(&now));
    }
}

/// For work on several threads: consecutive ranges of all pages, with about as many records each, also where most are gone.
#[test]
fn pages_are_cut_into_about_equal_parts() {
    let table = table();
    let check = |records: usize, most: usize| {
        let pinned = core(&table).pin(&Interrupt::NONE).unwrap();
        let version = &pinned.version;
        for count in 1..=4 {
            let ranges = version.page_ranges(count);
            assert!((1..=count).contains(&ranges.len()), "{count}");
            let mut from = 0;
            for (range, own) in &ranges {
                assert_eq!(range.start, from);
                let live = range.clone().map(|at| version.page(at).live());
                assert_eq!(*own, live.sum::<usize>());
                assert!(own.abs_diff(records / count) <= most, "{own} of {records}");
                from = range.end;
            }
            // Behind them there is nothing.
            assert!((from..version.page_count()).all(|at| version.page(at).live() == 0));
            assert_eq!(ranges.iter().map(|(_, own)| own).sum::<usize>(), records);
        }
    };
    check(0, 0);
    let records = vec!["{}"; 20_000].join(",");
    table.insert_many(&format!("[{records}]"), None).unwrap();
    check(20_000, 128);
    let most = Predicate::parse("id > 1000 AND id <= 19000").unwrap();
    table.delete(&most).unwrap();
    check(2000, 128);
}

/// A table whose creation is taken back was never there for whoever comes later.
#[test]
fn a_creation_can_be_taken_back() {
    let db = Database::new();
    let other = db.create_table("other", TableOptions::default()).unwrap();
    let table = db.create_table("t", TableOptions::default()).unwrap();
    db.undo_create("t", &table);
    assert!(matches!(db.table("t"), Err(Error::TableNotFound { .. })));
    assert!(matches!(
        table.insert("{}", None),
        Err(Error::TableNotFound { .. })
    ));
    let again = db.create_table("t", TableOptions::default()).unwrap();
    // Not that of another table of the name.
    db.undo_create("t", &table);
    again.insert("{}", None).unwrap();
    assert_eq!(db.table("t").unwrap().count(None).unwrap(), 1);
    other.insert("{}", None).unwrap();
}
