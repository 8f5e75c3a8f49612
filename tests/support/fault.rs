//! What the model says went wrong, as far as it can be foretold.

use super::parse::Bad;
use dictdb::engine::Error;

#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    NotFound,
    Duplicate {
        key: String,
        index: Option<usize>,
    },
    Schema {
        field: String,
        expected: String,
        actual: String,
        index: Option<usize>,
    },
    Json {
        index: Option<usize>,
    },
    /// The array around the records of a bulk call is broken: it is open which record that is laid to.
    Array,
    Key {
        found: String,
        index: Option<usize>,
    },
    Range {
        index: Option<usize>,
    },
    Depth {
        index: Option<usize>,
    },
    Parse,
    Option {
        name: String,
    },
}

impl Fault {
    /// What is wrong with an array of records: with one of them, or with the array.
    pub fn of_items((index, bad): (Option<usize>, Bad)) -> Fault {
        match index {
            None => Fault::Array,
            index => Fault::bad(bad, index),
        }
    }

    pub fn bad(bad: Bad, index: Option<usize>) -> Fault {
        match bad {
            Bad::Syntax => Fault::Json { index },
            Bad::Range => Fault::Range { index },
            Bad::Depth => Fault::Depth { index },
        }
    }

    /// The same fault, of one record of a bulk call.
    pub fn at(self, position: usize) -> Fault {
        let index = Some(position);
        match self {
            Fault::Duplicate { key, .. } => Fault::Duplicate { key, index },
            Fault::Schema {
                field,
                expected,
                actual,
                ..
            } => Fault::Schema {
                field,
                expected,
                actual,
                index,
            },
            Fault::Json { .. } => Fault::Json { index },
            Fault::Key { found, .. } => Fault::Key { found, index },
            Fault::Range { .. } => Fault::Range { index },
            Fault::Depth { .. } => Fault::Depth { index },
            other => other,
        }
    }

    /// Whether the engine's error says the same.
    pub fn agrees(&self, error: &Error) -> bool {
        match (self, error) {
            (Fault::NotFound, Error::RecordNotFound) => true,
            (Fault::Duplicate { key, index }, Error::DuplicateKey { key: k, index: i }) => {
                key == k && index == i
            }
            (
                Fault::Schema {
                    field,
                    expected,
                    actual,
                    index,
                },
                Error::Schema {
                    field: f,
                    expected: e,
                    actual: a,
                    index: i,
                },
            ) => field == f && expected == e && actual == a && index == i,
            (Fault::Json { index }, Error::InvalidJson { index: i, .. }) => index == i,
            (Fault::Array, Error::InvalidJson { .. }) => true,
            (Fault::Key { found, index }, Error::InvalidKey { found: f, index: i }) => {
                is_shown_as(found, f) && index == i
            }
            (Fault::Range { index }, Error::NumberRange { index: i, .. }) => index == i,
            (
                Fault::Depth { index },
                Error::Limit {
                    limit: 128,
                    index: i,
                    ..
                },
            ) => index == i,
            (Fault::Parse, Error::Parse { .. }) => true,
            (Fault::Option { name }, Error::InvalidOption { option, .. }) => name == option,
            _ => false,
        }
    }
}

/// A long text may be shown by its beginning.
fn is_shown_as(found: &str, shown: &str) -> bool {
    match shown.strip_suffix('…') {
        Some(beginning) => beginning.len() > 30 && found.starts_with(beginning),
        None => found == shown,
    }
}
