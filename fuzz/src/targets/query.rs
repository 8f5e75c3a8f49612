//! Target `query`: the JSON of a query, and behind a byte 0xff the array of its parameters; or, behind a byte 1, decisions that make a
//! query which is in order.
//!
//! Running, counting, stepping through a cursor and explaining agree, with every set of indexes, with none and in a snapshot. A query made
//! of decisions answers what the model answers.

use super::agree::agrees;
use super::api::*;
use super::ask;
use super::choices::Choices;
use super::model::fault::Fault;
use super::model::query::{Answer as Wanted, Query as Model, Source, Written};
use super::predicate::by_cursor;
use super::tables::Tables;
use super::values;

const LONGEST: usize = 4 << 10;

pub fn run(input: &[u8]) {
    match input {
        _ if input.len() > LONGEST => {}
        [1, decisions @ ..] => structured(decisions),
        _ => {
            let (spec, params) = values::split(input);
            raw(spec, params);
        }
    }
}

fn status<T>(answer: &Answer<T>) -> Option<i32> {
    answer.as_ref().err().map(|failure| failure.status)
}

fn raw(spec: &[u8], given: Option<&[u8]>) {
    let compiled = Query::new(None, Some(spec));
    Tables::with(|tables| {
        let query = match compiled {
            Ok(query) => query,
            Err(failure) => {
                if failure.status == INVALID_JSON || failure.status == INVALID_UTF8 {
                    let _ = failure.clone().within(spec);
                }
                let is_told = matches!(
                    failure.status,
                    INVALID_ARGUMENT | INVALID_JSON | INVALID_UTF8 | PARSE | NUMBER_RANGE | LIMIT
                );
                assert!(is_told, "{failure:?}");
                let once = tables.single.query(spec, given);
                assert_eq!(
                    status(&once),
                    Some(failure.status),
                    "compiled and run at once"
                );
                return;
            }
        };
        match given {
            Some(params) => {
                agree(tables, &query, Some(params));
            }
            // As many as it wants: of another number nothing is run.
            None => {
                for count in 0..=4 {
                    let params = values::array(&values::standard(count));
                    if agree(tables, &query, Some(params.as_bytes())) != Some(INVALID_ARGUMENT) {
                        break;
                    }
                }
            }
        }
        assert_eq!(
            status(&tables.plain.query(spec, given)),
            status(&query.run(*tables.plain, given)),
            "compiled and run at once"
        );
    });
}

/// Panics unless all ways of asking say the same. The status, if it is a failure.
fn agree(tables: &Tables, query: &Query, params: Option<&[u8]>) -> Option<i32> {
    let first = query.run(*tables.plain, params);
    for (name, table) in tables.all() {
        let found = query.run(table, params);
        let count = query.count(table, params);
        match (&first, &found) {
            (Ok(first), Ok(found)) => {
                assert_eq!(first, found, "{name}");
                assert_eq!(
                    count.as_ref().ok(),
                    Some(&found.1),
                    "the count of {name}: {count:?}"
                );
            }
            (Err(first), Err(found)) => {
                assert_eq!(first.status, found.status, "{name}");
                // Values that are not looked at are not checked.
                let is_computed = matches!(found.status, TYPE_MISMATCH | NUMBER_RANGE);
                assert!(
                    is_computed || status(&count) == Some(found.status),
                    "the count of {name}: {count:?}"
                );
            }
            (first, found) => panic!("of plain: {first:?}\nof {name}: {found:?}"),
        }
        let is_run = first.is_ok() || matches!(status(&first), Some(TYPE_MISMATCH | NUMBER_RANGE));
        let plan = query.explain(table, params);
        assert_eq!(plan.is_ok(), is_run, "the plan of {name}: {plan:?}");
        if let Ok(plan) = plan {
            serde_json::from_str::<serde_json::Value>(&plan).expect("a plan is JSON");
        }
        let stepped = by_cursor(query, table, params);
        match (&first, &stepped) {
            (Ok(first), Ok(stepped)) => assert_eq!(first, stepped, "the cursor of {name}"),
            (first, stepped) => assert_eq!(status(first), status(stepped), "the cursor of {name}"),
        }
    }
    status(&first)
}

/// A query as the library takes it, and what keeps its predicate.
pub fn compile(written: &Written) -> Answer<Own<Query>> {
    let handle = match &written.source {
        Source::None | Source::Where(_) | Source::Built(_) => None,
        Source::Parsed(text) => Some(Predicate::parse(text.as_bytes())?),
        Source::Reprinted(text) => {
            let text = Predicate::parse(text.as_bytes())?.print()?;
            Some(Predicate::parse(text.as_bytes())?)
        }
    };
    Query::new(handle.as_deref().copied(), Some(written.spec.as_bytes()))
}

/// One way to write a query in which its predicate is text.
pub fn write(query: &Model, choices: &mut Choices) -> Written {
    let mut seed = choices.seed();
    loop {
        let written = query.write(seed);
        if !matches!(written.source, Source::Built(_)) {
            return written;
        }
        seed += 1 << 16;
    }
}

fn structured(decisions: &[u8]) {
    let mut choices = Choices::new(decisions);
    let query = ask::query(&mut choices);
    let written = write(&query, &mut choices);
    Tables::with(|tables| {
        let compiled =
            compile(&written).unwrap_or_else(|failure| panic!("{written:?}: {failure:?}"));
        let wanted = match written.wrong_params {
            true => Err(Fault::Parameter),
            false => query.answer(&tables.model),
        };
        let params = Some(written.params.as_bytes());
        agree(tables, &compiled, params);
        let found = compiled.run(*tables.plain, params);
        assert!(
            is_answer(&query, &wanted, &found),
            "{written:?}\n    model: {:?}\n  library: {found:?}",
            text(&wanted)
        );
    });
}

fn text(wanted: &Result<Wanted, Fault>) -> Result<&str, &Fault> {
    wanted.as_ref().map(|wanted| wanted.text.as_str())
}

/// Whether the library answers what the model does, rounding aside.
pub fn is_answer(
    query: &Model,
    wanted: &Result<Wanted, Fault>,
    found: &Answer<(String, u64)>,
) -> bool {
    match (wanted, found) {
        (Ok(wanted), Ok((rows, count))) => {
            wanted.agrees(rows) && wanted.rows.len() as u64 == *count
        }
        (Err(fault), Err(failure)) => agrees(fault, failure),
        // Whether what cannot be computed is noticed if no row is wanted is open.
        (Err(Fault::AnyOf(_)), Ok(_)) => query.limit == Some(0),
        _ => false,
    }
}
