//! The limits that the header names: what is just within them works, what is beyond gives `Limit`.

use dictdb::engine::{
    Batch, Case, Database, Error, IndexOptions, Key, Params, Predicate, Query, SelectOptions,
    Table, TableOptions, TextMatch, Update,
};
use std::sync::Arc;

fn limit<T: std::fmt::Debug>(result: Result<T, Error>) -> Option<u64> {
    match result {
        Err(Error::Limit { limit, .. }) => Some(limit),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    }
}

fn table() -> Table {
    let table = Database::new().create_table("t", TableOptions::default());
    let table = table.unwrap();
    table.insert(r#"{"a":1,"s":"x"}"#, None).unwrap();
    table
}

/// How many records a text matches, without parameters.
fn count(text: &str) -> Result<u64, Error> {
    let query = Query::from_json(Some(Arc::new(Predicate::parse(text)?)), "{}")?;
    table().query_count(&query, &Params::none())
}

/// What a query gives.
fn query(spec: &str, params: &str) -> Result<String, Error> {
    let mut rows = Vec::new();
    table().query(
        &Query::from_json(None, spec)?,
        &Params::from_json(params)?,
        &mut rows,
    )?;
    Ok(String::from_utf8(rows).unwrap())
}

/// The only record after an update.
fn update(set: &str, params: &str) -> Result<String, Error> {
    let table = table();
    table.run_update(
        &Update::new(None, Some("TRUE"), set)?,
        &Params::from_json(params)?,
    )?;
    let mut record = Vec::new();
    table.get(&Key::Int(1), &mut record)?;
    Ok(String::from_utf8(record).unwrap())
}

/// The items that `each` makes, joined.
fn list(count: usize, separator: &str, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(separator)
}

const MIB: usize = 1 << 20;

#[test]
fn patterns_have_8192_bytes() {
    let pattern = |bytes: usize| format!("\"{}\"", "é".repeat(bytes / 2));
    for case in [Case::Sensitive, Case::Insensitive] {
        assert_eq!(
            limit(Predicate::like(case, "a", &pattern(8192), None)),
            None
        );
        assert_eq!(
            limit(Predicate::like(case, "a", &pattern(8194), None)),
            Some(8192)
        );
    }
}

#[test]
fn predicates_nest_128_levels() {
    let mut nested = Arc::new(Predicate::all());
    for _ in 1..128 {
        nested = Arc::new(Predicate::not(nested).unwrap());
    }
    let table = Database::new()
        .create_table("t", TableOptions::default())
        .unwrap();
    table.insert("{}", None).unwrap();
    assert_eq!(table.count(Some(&nested)), Ok(0));
    assert_eq!(limit(Predicate::not(nested.clone())), Some(128));
    assert_eq!(limit(Predicate::and(vec![nested.clone()])), Some(128));
    assert_eq!(limit(Predicate::or(vec![nested])), Some(128));
}

/// A predicate may stand in another one many times over; what that costs is bounded.
#[test]
fn shared_operands_do_not_blow_up() {
    let mut shared = Arc::new(Predicate::is_null("a").unwrap());
    for _ in 0..128 {
        match Predicate::and(vec![shared.clone(), shared.clone()]) {
            Ok(doubled) => shared = Arc::new(doubled),
            Err(error) => {
                assert!(matches!(error, Error::Limit { .. }), "{error}");
                return;
            }
        }
    }
    panic!("2^128 operands were taken");
}

#[test]
fn patterns_that_are_parameters_have_8192_bytes() {
    let run = |bytes: usize| {
        let params = format!("[\"{}%\"]", "x".repeat(bytes - 1));
        query(r#"{"where":"s LIKE ?1","aggregates":["count()"]}"#, &params)
    };
    assert_eq!(run(8192).as_deref(), Ok(r#"[{"count()":0}]"#));
    assert_eq!(limit(run(8193)), Some(8192));
}

/// Spelled in whichever way: what counts is the string, not its text.
#[test]
fn string_operands_have_1_mib() {
    let long = |bytes: usize| format!("\"{}\"", "x".repeat(bytes));
    let spelled = |bytes: usize| format!("\"{}\"", "\\u0078".repeat(bytes));
    for part in [
        TextMatch::Prefix,
        TextMatch::Suffix,
        TextMatch::Substring,
        TextMatch::Whole,
    ] {
        for case in [Case::Sensitive, Case::Insensitive] {
            for text in [long, spelled] {
                assert_eq!(limit(Predicate::text(part, case, "s", &text(MIB))), None);
                assert_eq!(
                    limit(Predicate::text(part, case, "s", &text(MIB + 1))),
                    Some(MIB as u64)
                );
            }
        }
    }
    for text in [long, spelled] {
        assert_eq!(count(&format!("s STARTS WITH {}", text(MIB))), Ok(0));
        assert_eq!(
            limit(count(&format!("s STARTS WITH {}", text(MIB + 1)))),
            Some(MIB as u64)
        );
        let run = |bytes| {
            query(
                r#"{"where":"s ENDS WITH ?1"}"#,
                &format!("[{}]", text(bytes)),
            )
        };
        assert_eq!(run(MIB).as_deref(), Ok("[]"));
        assert_eq!(limit(run(MIB + 1)), Some(MIB as u64));
    }
}

#[test]
fn field_references_have_1_mib() {
    let plain = |bytes: usize| "f".repeat(bytes);
    let path = |bytes: usize| "f.".repeat(bytes / 2 - 1) + &"f".repeat(2 + bytes % 2);
    for name in [plain, path] {
        assert_eq!(limit(Predicate::is_null(&name(MIB))), None);
        assert_eq!(limit(Predicate::is_null(&name(MIB + 1))), Some(MIB as u64));
        for member in ["columns", "order_by", "group_by"] {
            let spec = |bytes: usize| format!("{{\"{member}\":[\"{}\"]}}", name(bytes));
            assert_eq!(limit(query(&spec(MIB), "[]")), None, "{member}");
            assert_eq!(
                limit(query(&spec(MIB + 1), "[]")),
                Some(MIB as u64),
                "{member}"
            );
        }
        let fields = |bytes: usize| format!("{{\"kind\":\"hash\",\"fields\":\"{}\"}}", name(bytes));
        assert_eq!(limit(IndexOptions::from_json(&fields(MIB))), None);
        assert_eq!(
            limit(IndexOptions::from_json(&fields(MIB + 1))),
            Some(MIB as u64)
        );
    }
    for quote in ["", "`"] {
        let text = |bytes: usize| format!("{quote}{}{quote} IS NULL", plain(bytes));
        assert_eq!(count(&text(MIB)), Ok(1), "{quote}");
        assert_eq!(limit(count(&text(MIB + 1))), Some(MIB as u64), "{quote}");
    }
    let text = |bytes: usize| format!("{} IS NULL", path(bytes));
    assert_eq!(count(&text(MIB)), Ok(1));
    assert_eq!(limit(count(&text(MIB + 1))), Some(MIB as u64));
    // In JSON it may be spelled in more bytes than it has.
    let spelled = |bytes: usize| format!("{{\"columns\":[\"{}\"]}}", "\\u0066".repeat(bytes));
    assert_eq!(limit(query(&spelled(MIB), "[]")), None);
    assert_eq!(limit(query(&spelled(MIB + 1), "[]")), Some(MIB as u64));
}

#[test]
fn aliases_have_1_mib() {
    for (member, value) in [("columns", "a"), ("aggregates", "count()")] {
        let spec =
            |bytes: usize| format!("{{\"{member}\":{{\"{}\":\"{value}\"}}}}", "x".repeat(bytes));
        assert_eq!(
            query(&spec(MIB), "[]").map(|rows| rows.len()),
            Ok(MIB + 8),
            "{member}"
        );
        assert_eq!(
            limit(query(&spec(MIB + 1), "[]")),
            Some(MIB as u64),
            "{member}"
        );
    }
}

#[test]
fn texts_to_compile_have_16_mib() {
    let longest = 16 * MIB;
    let padded = |text: &str, bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
    assert_eq!(count(&padded("a = 1", longest)), Ok(1));
    assert_eq!(
        limit(count(&padded("a = 1", longest + 1))),
        Some(longest as u64)
    );
    assert_eq!(
        update(&padded("a = 2", longest), "[]").as_deref(),
        Ok(r#"{"a":2,"s":"x","id":1}"#)
    );
    assert_eq!(
        limit(update(&padded("a = 2", longest + 1), "[]")),
        Some(longest as u64)
    );
}

#[test]
fn texts_of_predicates_nest_128_levels() {
    let deep = |open: &str, levels: usize, close: &str| {
        format!("{}a = 1{}", open.repeat(levels), close.repeat(levels))
    };
    // A test is a level; parentheses around it are looked through.
    for (open, close, most) in [("(", ")", 128), ("NOT ", "", 127), ("NOT (", ")", 64)] {
        assert_eq!(limit(count(&deep(open, most, close))), None, "{open}");
        assert_eq!(
            limit(count(&deep(open, most + 1, close))),
            Some(128),
            "{open}"
        );
    }
    let alternating = |levels: usize| {
        let open = list(levels, "", |level| {
            ["a = 1 AND (", "a = 2 OR ("][level % 2].to_owned()
        });
        format!("{open}a = 1{}", ")".repeat(levels))
    };
    assert_eq!(count(&alternating(127)), Ok(1));
    assert_eq!(limit(count(&alternating(128))), Some(128));
    // However many are opened, it costs no stack.
    assert_eq!(limit(count(&"(".repeat(1_000_000))), Some(128));
    assert_eq!(limit(count(&"NOT ".repeat(1_000_000))), Some(128));
}

#[test]
fn predicates_have_65536_tests_and_connectives() {
    for (word, matches) in [(" OR ", 1), (" AND ", 0)] {
        let text = |tests: usize| list(tests, word, |test| format!("a={test}"));
        assert_eq!(count(&text(65_535)), Ok(matches), "{word}");
        assert_eq!(limit(count(&text(65_536))), Some(65_536), "{word}");
    }
    let test = Arc::new(Predicate::is_null("a").unwrap());
    assert_eq!(limit(Predicate::and(vec![test.clone(); 65_535])), None);
    assert_eq!(
        limit(Predicate::and(vec![test.clone(); 65_536])),
        Some(65_536)
    );
    assert_eq!(limit(Predicate::or(vec![test; 65_536])), Some(65_536));
}

#[test]
fn parameters_have_numbers_up_to_65535() {
    let params = |count: usize| {
        format!(
            "[{}]",
            list(count, ",", |at| if at == 65_534 { "1" } else { "null" }
                .to_owned())
        )
    };
    let rows = r#"[{"a":1,"s":"x","id":1}]"#;
    assert_eq!(
        query(r#"{"where":"a = ?65535"}"#, &params(65_535)).as_deref(),
        Ok(rows)
    );
    assert_eq!(
        query(r#"{"limit":"?65535"}"#, &params(65_535)).as_deref(),
        Ok(rows)
    );
    assert_eq!(
        update("a = ?65535", &params(65_535)).as_deref(),
        Ok(r#"{"a":1,"s":"x","id":1}"#)
    );
    for text in [
        "a = ?65536",
        "a = ?99999999999999999999999",
        "a IN ?65536",
        "s LIKE ?65536",
    ] {
        assert_eq!(limit(count(text)), Some(65_535), "{text}");
    }
    assert_eq!(limit(query(r#"{"limit":"?65536"}"#, "[]")), Some(65_535));
    assert_eq!(limit(update("a = ?65536", "[]")), Some(65_535));
    assert_eq!(limit(Params::from_json(&params(65_536))), Some(65_535));
}

#[test]
fn lists_of_fields_have_4096_items() {
    let fields = |count: usize| format!("[{}]", list(count, ",", |at| format!("\"f{at}\"")));
    let aliases =
        |count: usize| format!("{{{}}}", list(count, ",", |at| format!("\"x{at}\":\"a\"")));
    let functions =
        |count: usize| format!("[{}]", list(count, ",", |at| format!("\"max(f{at})\"")));
    let named = |count: usize| {
        format!(
            "{{{}}}",
            list(count, ",", |at| format!("\"x{at}\":\"count()\""))
        )
    };
    let all: [(&str, &dyn Fn(usize) -> String); 6] = [
        ("columns", &fields),
        ("columns", &aliases),
        ("order_by", &fields),
        ("group_by", &fields),
        ("aggregates", &functions),
        ("aggregates", &named),
    ];
    for (member, items) in all {
        let spec = |count: usize| format!("{{\"{member}\":{}}}", items(count));
        assert_eq!(limit(query(&spec(4096), "[]")), None, "{member}");
        assert_eq!(limit(query(&spec(4097), "[]")), Some(4096), "{member}");
        if member == "columns" || member == "order_by" {
            let select = |count: usize| {
                let mut rows = Vec::new();
                table().select(None, &SelectOptions::from_json(&spec(count))?, &mut rows)
            };
            assert_eq!(select(4096), Ok(1), "{member}");
            assert_eq!(limit(select(4097)), Some(4096), "{member}");
        }
    }
}

#[test]
fn schemas_have_4096_fields() {
    let make = |count: usize| {
        let fields = list(count, ",", |at| {
            format!("\"f{at}\":{{\"type\":\"int\",\"default\":{at}}}")
        });
        let options = TableOptions::from_json(&format!("{{\"schema\":{{{fields}}}}}"))?;
        let table = Database::new().create_table("t", options)?;
        table.insert("{}", None)?;
        let mut record = Vec::new();
        table.get(&Key::Int(1), &mut record)?;
        Ok(String::from_utf8(record).unwrap())
    };
    assert!(make(4096).unwrap().contains(r#""f4095":4095"#));
    assert_eq!(limit(make(4097)), Some(4096));
    let name = |bytes: usize| {
        TableOptions::from_json(&format!(
            "{{\"schema\":{{\"{}\":\"int\"}}}}",
            "x".repeat(bytes)
        ))
    };
    assert_eq!(limit(name(MIB)), None);
    assert_eq!(limit(name(MIB + 1)), Some(MIB as u64));
}

#[test]
fn updates_have_4096_assignments() {
    let set = |count: usize| list(count, ",", |at| format!("f{at} = {at}"));
    assert!(update(&set(4096), "[]")
        .unwrap()
        .contains(r#""f4095":4095"#));
    assert_eq!(limit(update(&set(4097), "[]")), Some(4096));
}

#[test]
fn expressions_nest_128_levels() {
    for (open, close, most) in [
        ("(", ")", 127),
        ("-", "", 127),
        ("coalesce(", ")", 127),
        ("1 + (", ")", 127),
    ] {
        let set = |levels: usize| format!("a = {}a{}", open.repeat(levels), close.repeat(levels));
        assert_eq!(limit(update(&set(most), "[]")), None, "{open}");
        assert_eq!(limit(update(&set(most + 1), "[]")), Some(128), "{open}");
        assert_eq!(
            limit(update(&format!("a = {}", open.repeat(1_000_000)), "[]")),
            Some(128),
            "{open}"
        );
    }
    // A value is a level, and so is what stands around it; but a chain is one.
    let chain = |count: usize| format!("a = {}", list(count, " + ", |_| "1".to_owned()));
    assert_eq!(
        update(&chain(10_000), "[]").as_deref(),
        Ok(r#"{"a":10000,"s":"x","id":1}"#)
    );
}

#[test]
fn updates_have_65536_values_operators_and_calls() {
    let chain = |values: usize| format!("a = {}", list(values, " + ", |_| "1".to_owned()));
    assert_eq!(
        update(&chain(32_768), "[]").as_deref(),
        Ok(r#"{"a":32768,"s":"x","id":1}"#)
    );
    assert_eq!(limit(update(&chain(32_769), "[]")), Some(65_536));
    let call = |values: usize| format!("a = max({})", list(values, ", ", |at| at.to_string()));
    assert_eq!(
        update(&call(65_535), "[]").as_deref(),
        Ok(r#"{"a":65534,"s":"x","id":1}"#)
    );
    assert_eq!(limit(update(&call(65_536), "[]")), Some(65_536));
}

#[test]
fn what_is_set_lies_within_128_levels() {
    let path = |steps: usize| format!("{} = 1", list(steps, ".", |_| "f".to_owned()));
    assert!(update(&path(127), "[]")
        .unwrap()
        .contains(r#"{"f":{"f":1}}"#));
    assert_eq!(limit(update(&path(129), "[]")), Some(128));
}

/// An index of more fields is told as the option that is wrong, as the header says.
#[test]
fn indexes_have_16_fields_and_tables_64_indexes() {
    let options = |count: usize| {
        let fields = list(count, ",", |at| format!("\"f{at}\""));
        IndexOptions::from_json(&format!("{{\"kind\":\"sorted\",\"fields\":[{fields}]}}"))
    };
    let table = table();
    table.create_index(&options(16).unwrap()).unwrap();
    assert!(matches!(options(17), Err(Error::InvalidOption { option, .. }) if option == "fields"));
    for at in 1..64 {
        let options = format!("{{\"kind\":\"hash\",\"fields\":\"f{at}\"}}");
        table
            .create_index(&IndexOptions::from_json(&options).unwrap())
            .unwrap();
    }
    let one_more = IndexOptions::from_json(r#"{"kind":"hash","fields":"x"}"#).unwrap();
    assert_eq!(limit(table.create_index(&one_more)), Some(64));
    // What is there already is no more than there was.
    assert_eq!(table.create_index(&options(16).unwrap()), Ok(()));
}

#[test]
fn batches_have_a_million_operations() {
    let table = table();
    let batch = Batch::new();
    for _ in 0..1_000_000 {
        batch.delete_by_key(&table, &Key::Int(7)).unwrap();
    }
    assert_eq!(
        limit(batch.delete_by_key(&table, &Key::Int(7))),
        Some(1_000_000)
    );
}
