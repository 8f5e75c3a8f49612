//! What the model says went wrong, as far as it can be foretold.

use super::parse::{parse, Bad};
use super::path::parse_path;
use super::value::{same, Value};
use dictdb::engine::Error;

#[derive(Debug, Clone)]
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
    /// A unique index has the value already; the value of each of its fields, in an array if they are several.
    Value {
        fields: Vec<String>,
        value: Value,
        index: Option<usize>,
    },
    IndexExists,
    /// What is not given is not foretold.
    Type {
        key: Option<String>,
        field: Option<String>,
    },
    Overflow {
        key: Option<String>,
        field: Option<String>,
    },
    Parameter,
    /// An option or a text is refused; it is open as which of the two.
    Refused,
    /// One of these; it is open which.
    AnyOf(Vec<Fault>),
    /// Some error.
    Any,
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
            Fault::Value { fields, value, .. } => Fault::Value {
                fields,
                value,
                index,
            },
            other => other,
        }
    }

    /// Whether the engine's error says the same.
    pub fn agrees(&self, error: &Error) -> bool {
        match (self, error) {
            (Fault::NotFound, Error::RecordNotFound) => true,
            (Fault::Duplicate { key, index }, Error::DuplicateKey { key: k, index: i }) => {
                is_key_told_as(key, k) && index == i
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
            (
                Fault::Value {
                    fields,
                    value,
                    index,
                },
                Error::DuplicateValue {
                    fields: f,
                    value: v,
                    index: i,
                },
            ) => fields == f && is_told_as(value, v) && index == i,
            (Fault::IndexExists, Error::IndexExists { .. }) => true,
            (
                Fault::Type { key, field },
                Error::TypeMismatch {
                    key: k, field: f, ..
                },
            )
            | (
                Fault::Overflow { key, field },
                Error::Overflow {
                    key: k, field: f, ..
                },
            ) => {
                let key = key.as_ref().is_none_or(|key| {
                    let shown = k.as_ref();
                    shown.is_some_and(|shown| is_shown_as(key, shown))
                });
                key && field.as_ref().is_none_or(|field| is_field(field, f))
            }
            (Fault::Parameter, Error::Parameter { .. }) => true,
            (Fault::Refused, Error::InvalidOption { .. } | Error::Parse { .. }) => true,
            (Fault::AnyOf(faults), error) => faults.iter().any(|fault| fault.agrees(error)),
            (Fault::Any, _) => true,
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

/// A key of more than 256 characters is told by these, with `…` behind them.
pub fn is_key_told_as(key: &str, told: &str) -> bool {
    let key = match parse(key) {
        Ok(Value::Str(text)) if text.chars().nth(256).is_some() => {
            Value::Str(text.chars().take(256).chain(['…']).collect())
        }
        Ok(key) => key,
        Err(_) => return false,
    };
    parse(told).is_ok_and(|told| same(&key, &told))
}

/// In the spelling of whichever record; a long one by its beginning.
fn is_told_as(value: &Value, told: &str) -> bool {
    told.ends_with('…') || parse(told).is_ok_and(|told| same(value, &told))
}

/// The same path, or the field's bare name.
fn is_field(reference: &str, told: &str) -> bool {
    let steps = |text| parse_path(text).map(|steps| format!("{steps:?}"));
    reference == told
        || matches!((steps(reference), steps(told)), (Ok(a), Ok(b)) if a == b)
        || steps(reference).is_ok_and(|steps| steps == format!("[Name({told:?})]"))
}
