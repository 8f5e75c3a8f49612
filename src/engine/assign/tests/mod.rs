//! Records to try update expressions on.

mod grammar;
mod meaning;
mod model;
mod random;

use super::{Assignments, Evaluator};
use crate::engine::json::{members, Scanner, Span};
use crate::engine::record::{self, Record};
use crate::engine::shape::{Shapes, GENERIC};
use crate::engine::{Error, Params, Result};

/// A record as stored, of a shape that is added.
fn stored(shapes: &mut Shapes, json: &str) -> Vec<u8> {
    let mut text = Vec::new();
    let mut scanner = Scanner::new(json);
    scanner.record(&mut text, None).unwrap();
    let slice = |(start, end): (u32, u32)| &text[start as usize..end as usize];
    let names: Vec<&[u8]> = scanner
        .spans()
        .iter()
        .map(|span| slice(span.name))
        .collect();
    let shape = shapes.add(&names);
    let ends: Vec<u32> = match shape.id() {
        GENERIC => Vec::new(),
        _ => scanner.spans().iter().map(|span| span.value.1).collect(),
    };
    let mut bytes = Vec::new();
    record::write(&mut bytes, &shape, &ends, &[&text]);
    bytes
}

/// The changed record, once it is checked that the spans are those of its fields.
fn apply(evaluator: &mut Evaluator<'_>, shapes: &Shapes, stored: &[u8]) -> Result<String> {
    // What is left of the record before must not matter.
    let mut text = b"{\"left\":0}".to_vec();
    let mut spans = vec![Span {
        name: (0, 1),
        value: (7, 9),
    }];
    let record = Record::read(stored).unwrap();
    evaluator.apply(&record, shapes, &mut text, &mut spans)?;
    let slice = |(start, end): (u32, u32)| text[start as usize..end as usize].to_vec();
    let told: Vec<_> = spans
        .iter()
        .map(|span| (slice(span.name), slice(span.value)))
        .collect();
    let found: Vec<_> = members(&text)
        .map(|(name, value)| ([b"\"", name, b"\""].concat(), value.to_vec()))
        .collect();
    assert_eq!(told, found);
    let mut again = Vec::new();
    let text = String::from_utf8(text).unwrap();
    Scanner::new(&text).record(&mut again, None).unwrap();
    assert_eq!(text.as_bytes(), again, "canonical");
    Ok(text)
}

fn run_with(update: &str, params: &str, json: &str) -> Result<String> {
    let mut shapes = Shapes::new("id");
    let stored = stored(&mut shapes, json);
    let assignments = Assignments::parse(update)?;
    let params = Params::from_json(params).unwrap();
    params.check(assignments.parameters())?;
    apply(&mut Evaluator::new(&assignments, &params), &shapes, &stored)
}

fn run(update: &str, json: &str) -> Result<String> {
    run_with(update, "[]", json)
}

/// The value that an expression has.
fn value(expression: &str, json: &str) -> Result<String> {
    let text = run(&format!("`the value` = {expression}"), json)?;
    let found = members(text.as_bytes()).find(|(name, _)| *name == b"the value");
    Ok(String::from_utf8(found.unwrap().1.to_vec()).unwrap())
}

/// What a mismatch or an overflow says: reason, key, field.
fn complaint(outcome: Result<String>) -> (String, String, String) {
    match outcome {
        Err(Error::TypeMismatch { reason, key, field }) => (reason, key.unwrap(), field),
        Err(Error::Overflow { reason, key, field }) => {
            (format!("overflow: {reason}"), key.unwrap(), field)
        }
        other => panic!("{other:?}"),
    }
}
