//! Target `predicate`: a predicate as text; behind a byte 0xff the array of its parameters, if it is not to be the standard one. Or, behind a
//! byte 1, decisions that make a predicate, and one of the ways to write it.
//!
//! Taken if and only if a naive reader of the documented grammar takes it. One that is taken matches the same records with every set of
//! indexes, in a snapshot, by queries, counts, cursors and handles, and as the model says; so do its printed form and its opposite.

use super::api::*;
use super::ask;
use super::choices::Choices;
use super::grammar::{self, No, Reading};
use super::model::table;
use super::model::value::Value;
use super::said;
use super::tables::Tables;
use super::values;

const LONGEST: usize = 4 << 10;

pub fn run(input: &[u8]) {
    match input {
        _ if input.len() > LONGEST => {}
        [1, decisions @ ..] => {
            let mut choices = Choices::new(decisions);
            let pred = ask::predicate(&mut choices, 3);
            let (text, params) = said::text(&pred, &mut choices);
            check(text.as_bytes(), Some(params.as_bytes()));
        }
        _ => {
            let (text, given) = values::split(input);
            check(text, given);
        }
    }
}

fn check(bytes: &[u8], given: Option<&[u8]>) {
    let parsed = Predicate::parse(bytes).map_err(|failure| failure.within(bytes));
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let failure = parsed.err().expect("not UTF-8");
            let place = failure.number("position");
            assert!(
                failure.status == INVALID_UTF8 && place == Some(error.valid_up_to() as u64),
                "{failure:?}"
            );
            return;
        }
    };
    let highest = grammar::read(text, &[]).map(|reading| reading.parameters);
    let values = match given.map(values::read) {
        None => Some(values::standard(highest.clone().unwrap_or(0).min(64))),
        Some(values) => values,
    };
    let reading = grammar::read(text, values.as_deref().unwrap_or_default());
    match (&reading, &parsed) {
        (Ok(_), Ok(_)) | (Err(No::Opinion), Ok(_)) => {}
        (Err(_), Err(failure)) => {
            let is_told = matches!(failure.status, PARSE | LIMIT | NUMBER_RANGE);
            assert!(is_told, "{text}: {failure:?}");
            return;
        }
        (reading, parsed) => {
            let parsed = parsed.as_ref().map(|_| "parsed");
            panic!("{text}: by the grammar {reading:?}, by the library {parsed:?}");
        }
    }
    let params = given.map_or_else(
        || values::array(&values::standard(highest.unwrap_or(0).min(64))).into_bytes(),
        <[u8]>::to_vec,
    );
    Tables::with(|tables| {
        let found = everywhere(tables, text, &parsed.expect("it was parsed"), &params);
        if let (Ok(reading), Some(values)) = (reading, values) {
            let wanted = by_the_model(&tables.model, &reading, values.len());
            assert_eq!(
                found, wanted,
                "{text} with {values:?}: the library left, the model right"
            );
        }
    });
}

/// The keys of the records that match, as rows; or the status.
type Matches = Result<(String, u64), i32>;

fn by_the_model(model: &table::Table, reading: &Reading, given: usize) -> Matches {
    if given != reading.parameters || reading.is_refused {
        return Err(INVALID_ARGUMENT);
    }
    let test = reading.predicate.compile().expect("it was read");
    let matches = model.rows.iter().filter(|row| test(&row.record));
    let row = |row: &table::Row| format!("{{\"id\":{}}}", row.key.text());
    let rows: Vec<String> = matches.map(row).collect();
    let count = rows.len() as u64;
    Ok((format!("[{}]", rows.join(",")), count))
}

fn status<T>(answer: Answer<T>) -> Result<T, i32> {
    answer.map_err(|failure| failure.status)
}

/// Panics unless all ways of asking say the same.
fn everywhere(tables: &Tables, text: &str, predicate: &Predicate, params: &[u8]) -> Matches {
    let params = Some(params);
    let spec = Value::Dict(vec![
        ("where".to_owned(), Value::Str(text.to_owned())),
        (
            "columns".to_owned(),
            Value::List(vec![Value::Str("id".to_owned())]),
        ),
    ]);
    let spec = spec.text();
    let by_text = Query::new(None, Some(spec.as_bytes()))
        .expect("what can be parsed can be a part of a query");
    let ids = br#"{"columns":["id"]}"#;
    let by_handle =
        Query::new(Some(*predicate), Some(ids)).expect("a handle can be a part of a query");
    let first = status(by_text.run(*tables.plain, params));
    let count = first
        .as_ref()
        .map(|(_, count)| *count)
        .map_err(|status| *status);
    for (name, table) in tables.all() {
        assert_eq!(status(by_text.run(table, params)), first, "query of {name}");
        assert_eq!(
            status(table.count_where(text.as_bytes(), params)),
            count,
            "count of {name}"
        );
        assert_eq!(
            status(by_text.explain(table, params)).err(),
            first.as_ref().err().copied(),
            "explain of {name}"
        );
    }
    assert_eq!(
        status(by_handle.run(*tables.compound, params)),
        first,
        "query by a handle"
    );
    assert_eq!(
        status(by_cursor(&by_text, *tables.plain, params)),
        first,
        "cursor"
    );
    assert_eq!(
        status(by_cursor(&by_handle, *tables.single, params)),
        first,
        "cursor by a handle"
    );

    let bound = status(predicate.bind(params));
    assert_eq!(bound.as_ref().err(), first.as_ref().err(), "bind");
    if let Ok(bound) = bound {
        let records = tables.model.rows.len() as u64;
        let opposite = bound.negated().expect("a predicate has an opposite");
        let again = reprinted(&bound);
        assert_eq!(
            status(tables.plain.select(Some(*bound), ids)),
            first,
            "select"
        );
        assert_eq!(
            status(tables.single.select(Some(*again), ids)),
            first,
            "select by the printed form"
        );
        for (name, table) in [("plain", *tables.plain), ("single", *tables.single)] {
            assert_eq!(
                status(table.count(Some(*opposite))),
                count.map(|count| records - count),
                "the opposite of {name}"
            );
        }
    }
    let again = Query::new(Some(*reprinted(predicate)), Some(ids))
        .expect("a handle can be a part of a query");
    assert_eq!(
        status(again.run(*tables.single, params)),
        first,
        "the printed form"
    );
    first
}

/// Printed and parsed again; printed once more it is the same.
fn reprinted(predicate: &Predicate) -> Own<Predicate> {
    let text = predicate.print().expect("a predicate is printed");
    let again = Predicate::parse(text.as_bytes());
    let again =
        again.unwrap_or_else(|failure| panic!("{text} is printed and not parsed: {failure:?}"));
    assert_eq!(
        again.print().expect("a predicate is printed"),
        text,
        "printing is stable"
    );
    again
}

/// The rows of a query, one by one and some at a time.
pub fn by_cursor(query: &Query, table: Table, params: Option<&[u8]>) -> Answer<(String, u64)> {
    let cursor = query.cursor(table, params)?;
    let mut rows = Vec::new();
    loop {
        let lent = cursor.next();
        match lent {
            Ok(row) => rows.push(row),
            Err(failure) if failure.status == RECORD_NOT_FOUND => break,
            Err(failure) => return Err(failure),
        }
        match cursor.next_batch(7, 300, dictdb::ffi::cursor::DICTDB_ROWS_LINES) {
            Ok((lines, count)) => {
                let before = rows.len();
                rows.extend(lines.lines().map(str::to_owned));
                assert_eq!(
                    (rows.len() - before) as u64,
                    count,
                    "rows of a batch are counted"
                );
            }
            Err(failure) if failure.status == RECORD_NOT_FOUND => break,
            Err(failure) => return Err(failure),
        }
    }
    let count = rows.len() as u64;
    Ok((format!("[{}]", rows.join(",")), count))
}
