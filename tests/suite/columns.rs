//! Columns never change an answer: a table whose pages are left alone between scans, and so get columns, answers as one
//! whose pages are all changed before each scan, and so has none.

use crate::support::random::Random;
use dictdb::engine::{Database, Error, Key, Params, Query, Table, TableOptions, Update};
use std::sync::Arc;
use std::thread;

const RECORDS: u64 = 3_000;

/// Queries asked of each pair of tables.
const QUERIES: u64 = if cfg!(debug_assertions) { 60 } else { 400 };

/// Pairs of tables.
const CASES: u64 = 8;

/// Fields, by the kinds of values that they have in a case.
const FIELDS: [&str; 8] = [
    "few",
    "many",
    "cents",
    "mixed",
    "text",
    "odd",
    "any",
    "deep.x[1]",
];

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len() as u64) as usize]
}

/// A value of a field, as JSON.
fn value(random: &mut Random, field: &str) -> String {
    if random.chance(12) {
        return "null".to_owned();
    }
    match field {
        "few" => pick(
            random,
            &[
                "\"a\"",
                "\"b\"",
                "\"Sales\"",
                "1",
                "1.0",
                "true",
                "false",
                "[1]",
                "2",
            ],
        )
        .to_owned(),
        "many" => (random.below(2_000) as i64 - 1_000).to_string(),
        "cents" => format!("{}.{:02}", random.below(1_000), random.below(100)),
        "mixed" => match random.below(4) {
            0 => format!("{}", random.below(500)),
            1 => format!("{}.0", random.below(500)),
            2 => format!("-{}.5", random.below(500)),
            _ => pick(random, &["0", "-0.0", "1e3", "9007199254740992", "1e300"]).to_owned(),
        },
        "text" => format!("\"user{}@example.com\"", random.below(5_000)),
        "odd" => match random.below(3) {
            0 => format!("\"line {}\\n\\\"quoted\\\" é\"", random.below(1_000)),
            1 => "\"\"".to_owned(),
            _ => format!("\"Straße {}\"", random.below(1_000)),
        },
        "any" => match random.below(6) {
            0 => "18446744073709551615".to_owned(),
            1 => "9007199254740993".to_owned(),
            2 => format!("[{},\"x\"]", random.below(300)),
            3 => format!("{{\"a\":{}}}", random.below(300)),
            4 => format!("\"s{}\"", random.below(300)),
            _ => random.below(900).to_string(),
        },
        _ => random.below(700).to_string(),
    }
}

fn record(random: &mut Random, key: u64) -> String {
    let sign = if key.is_multiple_of(2) { 1 } else { -1 };
    let mut text = format!("{{\"id\":{key},\"touched\":0,\"same\":0,\"sign\":{sign}");
    for field in FIELDS {
        let value = value(random, field);
        match field {
            "deep.x[1]" if random.chance(9) => text.push_str(",\"deep\":{\"x\":7}"),
            "deep.x[1]" => text.push_str(&format!(",\"deep\":{{\"x\":[0,{value}]}}")),
            _ if random.chance(15) => {}
            _ => text.push_str(&format!(",\"{field}\":{value}")),
        }
    }
    text.push('}');
    text
}

/// A test of one field, in the query language.
fn test(random: &mut Random) -> String {
    let field = pick(random, &FIELDS);
    let other = pick(random, &FIELDS);
    // Mostly values of the field's own kind.
    let from = if random.chance(6) { other } else { field };
    let literal = |random: &mut Random| loop {
        let value = value(random, from);
        if !value.starts_with(['[', '{', '"']) {
            return value;
        }
        if value.starts_with('"') && !value.contains('\\') {
            return format!("'{}'", value.trim_matches('"'));
        }
    };
    match random.below(9) {
        0..=3 => format!(
            "{field} {} {}",
            pick(random, &["=", "!=", "<", "<=", ">", ">="]),
            literal(random)
        ),
        4 => format!(
            "{field} BETWEEN {} AND {}",
            literal(random),
            literal(random)
        ),
        5 => {
            let count = 1 + random.below(20);
            let values: Vec<String> = (0..count).map(|_| literal(random)).collect();
            format!("{field} IN ({})", values.join(", "))
        }
        6 => format!("{field} IS {}NULL", pick(random, &["", "NOT "])),
        7 => {
            let pattern = pick(
                random,
                &[
                    "%9%",
                    "%99@example%",
                    "user1%",
                    "%",
                    "s_1%",
                    "%\"%",
                    "%é",
                    "Stra%e",
                    "",
                ],
            );
            format!("{field} {} '{pattern}'", pick(random, &["LIKE", "ILIKE"]))
        }
        _ => format!(
            "{field} CONTAINS {}",
            pick(random, &["'9@'", "'a'", "'x'", "7", "''"])
        ),
    }
}

fn predicate(random: &mut Random, depth: u64) -> String {
    match random.below(4) {
        0 if depth > 0 => format!("NOT ({})", predicate(random, depth - 1)),
        1 | 2 if depth > 0 => {
            let operands: Vec<String> = (0..2 + random.below(2))
                .map(|_| format!("({})", predicate(random, depth - 1)))
                .collect();
            operands.join(pick(random, &[" AND ", " OR "]))
        }
        _ => test(random),
    }
}

fn spec(random: &mut Random) -> String {
    let mut members = Vec::new();
    if !random.chance(4) {
        members.push(format!(
            "\"where\":{}",
            serde_json::to_string(&predicate(random, 3)).unwrap()
        ));
    }
    match random.below(4) {
        0 => {
            let order: Vec<String> = (0..1 + random.below(2))
                .map(|_| format!("\"{}{}\"", pick(random, &["", "-"]), pick(random, &FIELDS)))
                .collect();
            members.push(format!("\"order_by\":[{}]", order.join(",")));
            members.push(format!("\"limit\":{}", random.below(40)));
            members.push(format!("\"offset\":{}", random.below(10)));
        }
        1 | 2 => {
            let by = random.below(3);
            let fields: Vec<String> = (0..by)
                .map(|_| pick(random, &["few", "few", "many", "text", "mixed"]))
                .map(|field| format!("\"{field}\""))
                .collect();
            let mut fields = fields;
            fields.dedup();
            if !fields.is_empty() {
                members.push(format!("\"group_by\":[{}]", fields.join(",")));
            }
            let aggregates: Vec<String> = (0..1 + random.below(4))
                .map(|at| {
                    let function = pick(
                        random,
                        &["count", "sum", "avg", "min", "max", "count_distinct"],
                    );
                    let field = pick(
                        random,
                        &[
                            "many",
                            "cents",
                            "mixed",
                            "cents",
                            "few",
                            "text",
                            "any",
                            "deep.x[1]",
                        ],
                    );
                    format!("\"a{at}\":\"{function}({field})\"")
                })
                .collect();
            members.push(format!(
                "\"aggregates\":{{\"n\":\"count()\",{}}}",
                aggregates.join(",")
            ));
        }
        _ => {
            if random.chance(2) {
                members.push(format!("\"limit\":{}", random.below(200)));
            }
        }
    }
    format!("{{{}}}", members.join(","))
}

fn table(records: &str) -> Table {
    let table = Database::new()
        .create_table("t", TableOptions::default())
        .unwrap();
    table.insert_many(records, None).unwrap();
    table
}

/// Changes every page, and nothing in it that a query asks for.
fn disturb(table: &Table) {
    for key in (1..=2 * RECORDS).step_by(12) {
        let _ = table.update_by_key(&Key::Int(key as i64), "{\"same\":0}");
    }
}

/// The number of rows and their text. `before` is done before each scan.
fn ask(table: &Table, query: &Query, before: fn(&Table)) -> Result<(u64, String), Error> {
    let mut out = Vec::new();
    before(table);
    let count = table.query(query, &Params::none(), &mut out)?;
    before(table);
    assert_eq!(table.query_count(query, &Params::none()), Ok(count));
    Ok((count, String::from_utf8(out).unwrap()))
}

/// Lets a table be as it is.
fn leave(_: &Table) {}

fn statistic(table: &Table, name: &str) -> u64 {
    let mut out = Vec::new();
    table.statistics(&mut out).unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&out).unwrap();
    figures[name].as_u64().unwrap()
}

fn write(random: &mut Random, tables: [&Table; 2], keys: &mut u64) {
    let both = |change: &dyn Fn(&Table) -> Result<u64, Error>| {
        assert_eq!(change(tables[0]), change(tables[1]));
    };
    match random.below(4) {
        0 => {
            *keys += 1;
            let record = record(random, *keys);
            both(&|table| table.insert(&record, None).map(|()| 1));
        }
        1 => {
            let key = Key::Int(random.below(*keys) as i64);
            both(&|table| table.delete_by_key(&key).map(|()| 1));
        }
        2 => {
            let field = pick(random, &["few", "many", "cents", "mixed", "text", "any"]);
            let set = serde_json::from_str::<serde_json::Value>(&value(random, field)).unwrap();
            let changes = format!("{{\"{field}\":{set}}}");
            let key = Key::Int(random.below(*keys) as i64);
            both(&|table| table.update_by_key(&key, &changes).map(|()| 1));
        }
        _ => {
            let text = format!("({}) AND id < 40", predicate(random, 2));
            let update = Update::new(None, Some(&text), "touched = touched + 1").unwrap();
            both(&|table| table.run_update(&update, &Params::none()));
        }
    }
}

fn case(seed: u64) {
    let mut random = Random(seed);
    let records: Vec<String> = (1..=RECORDS).map(|key| record(&mut random, key)).collect();
    let records = format!("[{}]", records.join(","));
    let (quiet, restless) = (table(&records), table(&records));
    let mut keys = RECORDS;
    for number in 0..QUERIES {
        let spec = spec(&mut random);
        let query = Query::from_json(None, &spec).unwrap_or_else(|error| panic!("{spec}: {error}"));
        let expected = ask(&restless, &query, disturb);
        // Pages are looked at, get their columns, and have them.
        for round in 0..3 {
            assert_eq!(
                ask(&quiet, &query, leave),
                expected,
                "seed {seed}, query {number}, round {round}: {spec}"
            );
        }
        for _ in 0..random.below(4) {
            write(&mut random, [&quiet, &restless], &mut keys);
        }
    }
    assert!(statistic(&quiet, "column_bytes") > 8 * RECORDS);
    disturb(&restless);
    assert_eq!(statistic(&restless, "column_bytes"), 0);
}

#[test]
fn answers_do_not_depend_on_columns() {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|first| scope.spawn(move || (first..CASES).step_by(2).for_each(case)))
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Snapshots that are scanned while the table is written to share columns with it, and see none of what comes.
#[test]
fn scans_beside_writers_see_their_own_version() {
    let mut random = Random(7);
    let records: Vec<String> = (1..=RECORDS).map(|key| record(&mut random, key)).collect();
    let table = Arc::new(table(&format!("[{}]", records.join(","))));
    let query = |spec: &str| Query::from_json(None, spec).unwrap();
    let expected = format!("[{{\"sum(touched)\":0,\"count()\":{RECORDS}}}]");
    let total = query("{\"aggregates\":[\"sum(touched)\",\"count()\"]}");
    let writer = {
        let table = table.clone();
        thread::spawn(move || {
            let text = Some("id IN (?1, ?2)");
            let update = Update::new(None, text, "touched = touched + sign").unwrap();
            for key in 1..=RECORDS / 2 {
                let params = format!("[{key},{}]", RECORDS + 1 - key);
                let params = Params::from_json(&params).unwrap();
                table.run_update(&update, &params).unwrap();
            }
        })
    };
    while !writer.is_finished() {
        let snapshot = table.snapshot().unwrap();
        for _ in 0..3 {
            // Each update adds one to one record and takes one from another.
            assert_eq!(ask(&snapshot, &total, leave).unwrap().1, expected);
        }
    }
    writer.join().unwrap();
}

/// What columns take is bounded, counted, and given back when pages change.
#[test]
fn columns_take_bounded_memory() {
    let mut random = Random(11);
    let records: Vec<String> = (1..=20_000)
        .map(|key| {
            let mut text = format!("{{\"id\":{key}");
            for field in 0..40 {
                text.push_str(&format!(",\"f{field}\":{}.5", random.below(1_000_000)));
            }
            text + "}"
        })
        .collect();
    let table = table(&format!("[{}]", records.join(",")));
    let segments = statistic(&table, "segment_bytes");
    for round in 0..3 {
        for field in 0..40 {
            let query =
                Query::from_json(None, &format!("{{\"where\":\"f{field} > 500000\"}}")).unwrap();
            let count = table.query_count(&query, &Params::none()).unwrap();
            assert!((8_000..12_000).contains(&count), "{count}");
            let bytes = statistic(&table, "column_bytes");
            assert!(
                bytes <= segments / 2 + (1 << 16),
                "round {round}: {bytes} of {segments}"
            );
        }
    }
    assert!(statistic(&table, "column_bytes") > segments / 4);
    let all = Update::new(None, Some("TRUE"), "f0 = 1").unwrap();
    table.run_update(&all, &Params::none()).unwrap();
    assert_eq!(statistic(&table, "column_bytes"), 0);
}
