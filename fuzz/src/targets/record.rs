//! Target `record`: the whole input as the text of a record.
//!
//! Taken if and only if serde_json and the model's reader take it, the contract's differences aside; and whatever function it is
//! given to, the table is afterwards what the model says.

use super::agree::expect;
use super::api::*;
use super::model::fault::Fault;
use super::model::parse::{parse, Bad};
use super::model::table::{self, Key, OnTaken};
use super::model::value::Value;

/// Names are compared one by one in the model: so texts are short.
const LONGEST: usize = 16 << 10;

/// What a table has before.
const BEFORE: &str = r#"[{"id":1,"a":1,"b":"x"},{"id":2,"c":[]},{"id":"a"}]"#;

pub fn run(input: &[u8]) {
    if input.len() > LONGEST {
        return;
    }
    let theirs = serde_json::from_slice::<serde_json::Value>(input);
    match std::str::from_utf8(input) {
        Ok(text) => {
            judge(text, &theirs);
            match text
                .trim_start_matches([' ', '\t', '\r', '\n'])
                .starts_with('{')
            {
                true => {
                    alone(text, theirs);
                    among_others(text);
                }
                false => no_object(text),
            }
        }
        Err(error) => {
            assert!(theirs.is_err(), "serde_json takes what is not UTF-8");
            refuse_utf8(input, error.valid_up_to());
        }
    }
}

/// The two readers that the library is held against have to agree with each other.
fn judge(text: &str, theirs: &serde_json::Result<serde_json::Value>) {
    let ours = parse(text);
    let agree = match (&ours, theirs) {
        // serde_json stops at 127 levels, takes some of the greatest doubles to be greater still, and has doubles for integers that are out
        // of range.
        (Ok(value), Err(error)) => {
            let is_range = error.to_string().starts_with("number out of range");
            levels(value) > 127 || is_range && greatest(value) > 1.797e308
        }
        (Err(Bad::Range | Bad::Depth), _) | (Ok(_), Ok(_)) | (Err(_), Err(_)) => true,
        (Err(Bad::Syntax), Ok(_)) => false,
    };
    assert!(agree, "the model says {ours:?}, serde_json {theirs:?}");
}

/// How far the number is from zero that is farthest.
fn greatest(value: &Value) -> f64 {
    let of_all = |all: &mut dyn Iterator<Item = f64>| all.fold(0.0, f64::max);
    match value {
        Value::Number(text) => text.parse().map_or(0.0, f64::abs),
        Value::List(items) => of_all(&mut items.iter().map(greatest)),
        Value::Dict(fields) => of_all(&mut fields.iter().map(|(_, value)| greatest(value))),
        _ => 0.0,
    }
}

fn levels(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        Value::Dict(fields) => {
            1 + fields
                .iter()
                .map(|(_, value)| levels(value))
                .max()
                .unwrap_or(0)
        }
        _ => 0,
    }
}

/// Inserted into an empty table: by itself, by a batch, by a batch that is a text.
fn alone(text: &str, theirs: serde_json::Result<serde_json::Value>) {
    let db = Db::new();
    let make = |name: &str| {
        db.create_table(name.as_bytes(), None)
            .expect("a table is made")
    };
    let (by_itself, by_batch, by_text) = (make("a"), make("b"), make("c"));
    let mut model = table::Table::new("t", "{}");
    let wanted = model.insert(text);
    let found = by_itself
        .insert(text.as_bytes())
        .map_err(|failure| failure.within(text.as_bytes()));
    expect(&("insert", text), &wanted, &found, |key, found| {
        key.text() == *found
    });

    let batch = Batch::new();
    let added = batch.insert(*by_batch, text.as_bytes());
    expect(&("batch", text), &wanted, &added, |_, ()| true);
    if let Ok(key) = &wanted {
        let results = format!("[{{\"key\":{}}}]", key.text());
        assert_eq!(batch.commit().expect("a batch is committed"), results);
        let stored = by_itself
            .get(key.text().as_bytes())
            .expect("what was inserted is there");
        assert_eq!(stored, model.rows[0].record.text());
        if let Ok(theirs) = theirs {
            same_value(theirs, &stored);
        }
        let is_deep = levels(&parse(&stored).expect("a record is JSON")) > 126;
        let operations = format!("[{{\"insert\":\"c\",\"record\":{text}}}]");
        match db.batch(operations.as_bytes()) {
            Ok(found) => assert_eq!(found, results),
            Err(failure) => assert!(is_deep && failure.status == LIMIT, "{failure:?}"),
        }
        if !is_deep {
            same_rows(*by_text, &model);
        }
    }
    same_rows(*by_itself, &model);
    same_rows(*by_batch, &model);
}

/// What is read back is what serde_json read, and the key.
fn same_value(theirs: serde_json::Value, stored: &str) {
    let serde_json::Value::Object(mut theirs) = theirs else {
        panic!("a record is an object");
    };
    let found: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(stored) {
        Ok(found) => found,
        // Too deep for serde_json.
        Err(_) => return,
    };
    if theirs.get("id").is_none_or(serde_json::Value::is_null) {
        theirs.shift_remove("id");
        theirs.insert("id".to_owned(), 1.into());
    }
    assert_eq!(theirs, found);
    assert!(
        theirs.keys().eq(found.keys()),
        "the order of fields: {stored}"
    );
}

fn same_rows(table: Table, model: &table::Table) {
    let rows = Value::List(model.rows.iter().map(|row| row.record.clone()).collect()).text();
    let found = table.select(None, b"{}").expect("all is selected");
    assert_eq!(found, (rows, model.rows.len() as u64));
    for row in &model.rows {
        let found = table
            .get(row.key.text().as_bytes())
            .expect("a record is found by its key");
        assert_eq!(found, row.record.text());
    }
}

/// A table with records and indexes, and the model of it.
struct Pair {
    db: Own<Db>,
    table: Own<Table>,
    model: table::Table,
}

impl Pair {
    fn new() -> Pair {
        let db = Db::new();
        let table = db.create_table(b"t", None).expect("a table is made");
        table
            .insert_many(BEFORE.as_bytes())
            .expect("records are inserted");
        for options in [
            r#"{"fields":"a","kind":"sorted"}"#,
            r#"{"fields":["b","a"],"kind":"hash"}"#,
        ] {
            table
                .create_index(options.as_bytes())
                .expect("an index is made");
        }
        let mut model = table::Table::new("t", "{}");
        model
            .insert_many(BEFORE)
            .expect("the model takes what the library took");
        Pair { db, table, model }
    }
}

/// Given to all other functions that take one.
fn among_others(text: &str) {
    let bytes = text.as_bytes();
    let mut pair = Pair::new();

    let many = format!("[{text},{text}]");
    let wanted = pair.model.insert_many(&many);
    let found = pair
        .table
        .insert_many(many.as_bytes())
        .map_err(|failure| failure.within(many.as_bytes()));
    expect(&("insert_many", text), &wanted, &found, |keys, found| {
        let keys: Vec<String> = keys.iter().map(Key::text).collect();
        format!("[{}]", keys.join(",")) == *found
    });

    let kinds = [
        (OnTaken::Update, CONFLICT_UPDATE),
        (OnTaken::Ignore, CONFLICT_IGNORE),
        (OnTaken::Error, CONFLICT_ERROR),
    ];
    for (on_taken, on_conflict) in kinds {
        let wanted = pair.model.upsert(text, on_taken);
        let found = pair
            .table
            .upsert(bytes, on_conflict)
            .map_err(|failure| failure.within(bytes));
        expect(
            &("upsert", text, on_taken),
            &wanted,
            &found,
            |(outcome, key), (done, found)| {
                let outcomes = ["Inserted", "Updated", "Ignored"];
                outcomes.get(*done as usize) == Some(outcome) && key.text() == *found
            },
        );
    }

    let wanted = pair.model.update_by_key(&Key::Int(2), text);
    let found = pair
        .table
        .update_by_key(b"2", bytes)
        .map_err(|failure| failure.within(bytes));
    expect(&("update_by_key", text), &wanted, &found, |_, ()| true);
    let batch = Batch::new();
    let wanted = pair.model.update_by_key(&Key::Str("a".to_owned()), text);
    let found = batch.update_by_key(*pair.table, br#""a""#, bytes);
    let found = found.and_then(|()| batch.commit());
    // Whether the key is there is asked last of all.
    let is_gone = matches!((&wanted, &found), (Err(Fault::NotFound), Err(failure)) if failure.status == RECORD_NOT_FOUND);
    if !is_gone {
        // A batch names the operation, the record of it has no index.
        expect(
            &("batch update_by_key", text),
            &wanted,
            &found,
            |_, results| results == r#"[{"count":1}]"#,
        );
    }

    same_rows(*pair.table, &pair.model);
    let copy = pair.db.copy().expect("all is copied");
    assert!(
        parse(&copy).is_ok() || text.len() > 120,
        "a copy is JSON: {copy}"
    );
}

/// Whatever else it is, it is no record, and that is what is said of it.
fn no_object(text: &str) {
    let pair = Pair::new();
    let (bytes, many) = (text.as_bytes(), format!("[{text}]"));
    let refused = |failure: Failure, text: &[u8]| {
        assert_eq!(failure.status, INVALID_JSON, "{failure:?}");
        failure.within(text);
    };
    refused(pair.table.insert(bytes).expect_err("no object"), bytes);
    refused(
        pair.table
            .upsert(bytes, CONFLICT_UPDATE)
            .expect_err("no object"),
        bytes,
    );
    refused(
        pair.table
            .update_by_key(b"1", bytes)
            .expect_err("no object"),
        bytes,
    );
    // An array may be of nothing.
    if !text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        refused(
            pair.table
                .insert_many(many.as_bytes())
                .expect_err("no object"),
            many.as_bytes(),
        );
    }
    same_rows(*pair.table, &pair.model);
}

/// Refused by all, with the place.
fn refuse_utf8(input: &[u8], valid: usize) {
    let pair = Pair::new();
    let refused = |found: Failure, shift: usize| {
        let place = found.number("position");
        assert!(
            found.status == INVALID_UTF8 && place == Some((valid + shift) as u64),
            "{found:?}"
        );
    };
    let many = [b"[", input, b"]"].concat();
    refused(pair.table.insert(input).expect_err("not UTF-8"), 0);
    refused(pair.table.insert_many(&many).expect_err("not UTF-8"), 1);
    refused(
        pair.table
            .upsert(input, CONFLICT_UPDATE)
            .expect_err("not UTF-8"),
        0,
    );
    refused(
        pair.table
            .update_by_key(b"1", input)
            .expect_err("not UTF-8"),
        0,
    );
    same_rows(*pair.table, &pair.model);
}
