//! Predicates as text.

mod errors;
mod grammar;
mod parameters;

use super::Predicate;
use crate::engine::params::Params;

fn parse(text: &str) -> Predicate {
    Predicate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn print(predicate: &Predicate) -> String {
    let mut out = Vec::new();
    predicate.print(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn params(json: &str) -> Params<'_> {
    Params::from_json(json).unwrap()
}
