//! Update expressions: the text is compiled once, then computes changed records. Grammar and meaning:
//! `docs/query-language.md`.

mod apply;
mod build;
mod evaluate;
mod expression;
mod number;
mod parse;
mod place;
mod target;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;

pub(crate) use apply::Evaluator;

use crate::engine::json::inside;
use crate::engine::Result;
use expression::{Expression, Reads};
use target::Branch;

/// A compiled list of assignments; immutable, shared by threads.
#[derive(Debug)]
pub(crate) struct Assignments {
    list: Vec<Assignment>,
    /// What the list sets and removes, as a tree that starts at the record.
    targets: Branch,
    /// The fields of the record that expressions read.
    reads: Reads,
    parameters: usize,
}

/// One of the list.
#[derive(Debug)]
struct Assignment {
    /// The field as the text spells it, shortened: for errors.
    field: String,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Set(Expression),
    Remove,
}

impl Assignments {
    pub(crate) fn parse(text: &str) -> Result<Assignments> {
        parse::parse(text)
    }

    /// The highest number of a parameter, 0 if there is none.
    pub(crate) fn parameters(&self) -> usize {
        self.parameters
    }

    /// Whether a field of the record, by its quoted name, is set, in whole or in part, or removed.
    pub(crate) fn touches(&self, quoted: &[u8]) -> bool {
        inside(quoted).is_some_and(|name| self.targets.position(name).is_some())
    }

    /// How an error names the field of an assignment.
    fn field(&self, assignment: usize) -> &str {
        let found = self.list.get(assignment);
        found.map_or("", |assignment| &assignment.field)
    }
}
