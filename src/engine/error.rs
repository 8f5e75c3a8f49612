//! What can go wrong in the engine, told to the person who gets it.

use serde_json::{json, Map, Value};
use std::fmt;
use std::time::Duration;

/// Result of an engine operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed. Nothing was changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// No record has the key, or none matches.
    RecordNotFound,
    /// No table has the name, or it was dropped.
    TableNotFound {
        /// The table's name.
        table: String,
    },
    /// The key is taken, in the table or earlier in the same call.
    DuplicateKey {
        /// The key as JSON text.
        key: String,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// A table of that name exists.
    DuplicateTable {
        /// The table's name.
        table: String,
    },
    /// A record violates the schema.
    Schema {
        /// The field at fault.
        field: String,
        /// The type the schema asks for, or `"no such field"`.
        expected: String,
        /// The type that was found, or `"missing"`.
        actual: String,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// The text is not JSON, or not the JSON that was asked for.
    InvalidJson {
        /// What is wrong.
        reason: String,
        /// Byte offset into the text that was passed.
        position: usize,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// A key is neither a signed 64-bit integer nor a non-empty string.
    InvalidKey {
        /// What was found, as JSON text (shortened).
        found: String,
        /// The failing record's or key's position in a bulk call.
        index: Option<usize>,
    },
    /// An option is unknown, or has a wrong value.
    InvalidOption {
        /// The option's name.
        option: String,
        /// What would be right.
        reason: String,
    },
    /// An integer cannot be represented.
    NumberRange {
        /// What is out of range.
        reason: String,
        /// Byte offset into the text that was passed, if a text was.
        position: Option<usize>,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// A field reference, a predicate or another text of the query language cannot be parsed.
    Parse {
        /// What is wrong.
        reason: String,
        /// Byte offset into the text that was passed.
        position: usize,
        /// What would have been right, if the text was compiled.
        expected: Option<String>,
        /// What stands there instead, shortened.
        found: Option<String>,
        /// The member of a query that has the text, if there are several.
        member: Option<String>,
    },
    /// Two records would have equal values in a unique index, one of them maybe of the same call.
    DuplicateValue {
        /// The index's fields.
        fields: Vec<String>,
        /// The value as JSON text, shortened; an array if the index has several fields.
        value: String,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// An index on these fields exists, and is of another kind.
    IndexExists {
        /// The index's fields.
        fields: Vec<String>,
        /// What the existing one is: `"hash"`, `"unique sorted"` and so on.
        existing: String,
    },
    /// An operation met a value of a kind that it is not defined for.
    TypeMismatch {
        /// What was wrong.
        reason: String,
        /// The key of the record, as JSON text, shortened.
        key: Option<String>,
        /// The field that was being computed or read.
        field: String,
    },
    /// A computed number cannot be represented.
    Overflow {
        /// What was wrong.
        reason: String,
        /// The key of the record, as JSON text, shortened; `None` for an aggregate.
        key: Option<String>,
        /// The field that was being computed or read.
        field: String,
    },
    /// A run got too few or too many values for the parameters of what it runs, or one of the wrong kind.
    Parameter {
        /// What is wrong.
        reason: String,
        /// The parameter's number, if it is about one.
        number: Option<usize>,
    },
    /// A documented limit was exceeded.
    Limit {
        /// What is limited.
        what: &'static str,
        /// The limit's value.
        limit: u64,
        /// The failing record's position in a bulk call.
        index: Option<usize>,
    },
    /// Memory could not be had.
    OutOfMemory {
        /// The bytes that were asked for.
        bytes: usize,
        /// The limit on the library's memory, if it is that what they would exceed.
        limit: Option<u64>,
    },
    /// The call's token was set.
    Cancelled,
    /// The call's time was over.
    Timeout {
        /// How long it was.
        timeout: Duration,
    },
    /// What was to be changed is a snapshot.
    ReadOnly,
    /// Changes that a reader asked for are not kept any more.
    Lost {
        /// The number after which it asked.
        since: u64,
        /// The number after which changes are kept.
        oldest: u64,
        /// The number of the last change.
        newest: u64,
    },
    /// The watch was closed.
    Closed,
    /// An operation of a batch failed.
    InBatch {
        /// Its position in the batch.
        operation: usize,
        /// Why.
        error: Box<Error>,
    },
}

/// What a schema expects of a field that it does not know.
pub(crate) const NO_SUCH_FIELD: &str = "no such field";

impl Error {
    /// Names the record of a bulk call at which the error arose.
    pub(crate) fn at_index(mut self, position: usize) -> Error {
        match &mut self {
            Error::DuplicateKey { index, .. }
            | Error::Schema { index, .. }
            | Error::InvalidJson { index, .. }
            | Error::InvalidKey { index, .. }
            | Error::NumberRange { index, .. }
            | Error::DuplicateValue { index, .. }
            | Error::Limit { index, .. } => *index = Some(position),
            Error::RecordNotFound
            | Error::TableNotFound { .. }
            | Error::DuplicateTable { .. }
            | Error::InvalidOption { .. }
            | Error::Parse { .. }
            | Error::IndexExists { .. }
            | Error::TypeMismatch { .. }
            | Error::Overflow { .. }
            | Error::Parameter { .. }
            | Error::OutOfMemory { .. }
            | Error::Cancelled
            | Error::Timeout { .. }
            | Error::ReadOnly
            | Error::Lost { .. }
            | Error::Closed
            | Error::InBatch { .. } => {}
        }
        self
    }

    pub(crate) fn json(position: usize, reason: impl Into<String>) -> Error {
        Error::InvalidJson {
            reason: reason.into(),
            position,
            index: None,
        }
    }

    pub(crate) fn option(option: impl Into<String>, reason: impl Into<String>) -> Error {
        Error::InvalidOption {
            option: option.into(),
            reason: reason.into(),
        }
    }

    /// The facts of the error, for programs.
    pub fn detail(&self) -> Value {
        let mut detail = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                detail.insert(name.to_owned(), value);
            }
        };
        match self {
            Error::RecordNotFound => {}
            Error::TableNotFound { table } | Error::DuplicateTable { table } => {
                put("table", json!(table));
            }
            Error::DuplicateKey { key, index } => {
                put("key", embedded(key));
                put("index", json!(index));
            }
            Error::Schema {
                field,
                expected,
                actual,
                index,
            } => {
                put("field", json!(field));
                put("expected", json!(expected));
                put("actual", json!(actual));
                put("index", json!(index));
            }
            Error::InvalidJson {
                position, index, ..
            } => {
                put("position", json!(position));
                put("index", json!(index));
            }
            Error::InvalidKey { found, index } => {
                put("found", json!(found));
                put("index", json!(index));
            }
            Error::InvalidOption { option, .. } => put("option", json!(option)),
            Error::NumberRange {
                position, index, ..
            } => {
                put("position", json!(position));
                put("index", json!(index));
            }
            Error::Parse {
                position,
                expected,
                found,
                member,
                ..
            } => {
                put("option", json!(member));
                put("position", json!(position));
                put("found", json!(found));
                put("expected", json!(expected));
            }
            Error::DuplicateValue {
                fields,
                value,
                index,
            } => {
                put("fields", json!(fields));
                put("value", embedded(value));
                put("index", json!(index));
            }
            Error::IndexExists { fields, existing } => {
                put("fields", json!(fields));
                put("existing", json!(existing));
            }
            Error::TypeMismatch { key, field, .. } | Error::Overflow { key, field, .. } => {
                put("key", key.as_deref().map_or(Value::Null, embedded));
                put("field", json!(field));
            }
            Error::Parameter { number, .. } => put("placeholder", json!(number)),
            Error::Limit { what, limit, index } => {
                put("what", json!(what));
                put("limit", json!(limit));
                put("index", json!(index));
            }
            Error::OutOfMemory { bytes, limit } => {
                put("bytes", json!(bytes));
                if let Some(limit) = limit {
                    put("limit", json!(limit));
                }
            }
            Error::Cancelled | Error::ReadOnly | Error::Closed => {}
            Error::Timeout { timeout } => put("timeout_ms", json!(timeout.as_millis() as u64)),
            Error::Lost {
                since,
                oldest,
                newest,
            } => {
                put("since", json!(since));
                put("oldest", json!(oldest));
                put("newest", json!(newest));
            }
            Error::InBatch { operation, error } => {
                put("operation", json!(operation));
                if let Value::Object(members) = error.detail() {
                    detail.extend(members);
                }
            }
        }
        Value::Object(detail)
    }

    /// The failing record's position in a bulk call.
    pub(crate) fn index(&self) -> Option<usize> {
        match self {
            Error::DuplicateKey { index, .. }
            | Error::Schema { index, .. }
            | Error::InvalidJson { index, .. }
            | Error::InvalidKey { index, .. }
            | Error::NumberRange { index, .. }
            | Error::DuplicateValue { index, .. }
            | Error::Limit { index, .. } => *index,
            _ => None,
        }
    }
}

/// JSON text as a value; text that was shortened stays text.
fn embedded(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(json!(text))
}

fn list(fields: &[String]) -> String {
    format!("({})", fields.join(", "))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index() {
            write!(f, "item {index}: ")?;
        }
        match self {
            Error::RecordNotFound => write!(f, "no such record"),
            Error::TableNotFound { table } => write!(f, "no table named {table:?}"),
            Error::DuplicateKey { key, .. } => write!(f, "key {key} is taken"),
            Error::DuplicateTable { table } => write!(f, "a table named {table:?} exists already"),
            Error::Schema {
                field,
                expected,
                actual,
                ..
            } => match (expected.as_str(), actual.as_str()) {
                (NO_SUCH_FIELD, _) => write!(f, "field {field:?} is not in the schema"),
                (_, "missing") => write!(f, "field {field:?} is missing: expected {expected}"),
                _ => write!(f, "field {field:?}: expected {expected}, found {actual}"),
            },
            Error::InvalidJson {
                reason, position, ..
            } => write!(f, "invalid JSON at byte {position}: {reason}"),
            Error::InvalidKey { found, .. } => write!(
                f,
                "invalid key {found}: a key is a signed 64-bit integer or a non-empty string"
            ),
            Error::InvalidOption { option, reason } => write!(f, "option {option:?}: {reason}"),
            Error::NumberRange {
                reason, position, ..
            } => match position {
                Some(position) => write!(f, "{reason} (at byte {position})"),
                None => write!(f, "{reason}"),
            },
            Error::Parse {
                reason,
                position,
                member: Some(member),
                ..
            } => write!(f, "in {member:?} at byte {position}: {reason}"),
            Error::Parse {
                reason, position, ..
            } => write!(f, "at byte {position}: {reason}"),
            Error::DuplicateValue { fields, value, .. } => {
                write!(
                    f,
                    "value {value} is taken in the unique index on {}",
                    list(fields)
                )
            }
            Error::IndexExists { fields, existing } => {
                write!(f, "an index on {} exists already: {existing}", list(fields))
            }
            Error::TypeMismatch { reason, key, field } | Error::Overflow { reason, key, field } => {
                match key {
                    Some(key) => write!(f, "record {key}, field {field:?}: {reason}"),
                    None => write!(f, "field {field:?}: {reason}"),
                }
            }
            Error::Parameter {
                reason,
                number: Some(number),
            } => write!(f, "parameter ?{number}: {reason}"),
            Error::Parameter { reason, .. } => write!(f, "parameters: {reason}"),
            Error::Limit { what, limit, .. } => write!(f, "{what}: the limit is {limit}"),
            Error::OutOfMemory {
                bytes: 0,
                limit: Some(limit),
            } => write!(f, "the limit of {limit} bytes of memory is exceeded"),
            Error::OutOfMemory {
                bytes,
                limit: Some(limit),
            } => write!(
                f,
                "{bytes} bytes of memory more would exceed the limit of {limit}"
            ),
            Error::OutOfMemory { bytes, .. } => {
                write!(f, "{bytes} bytes of memory could not be had")
            }
            Error::Cancelled => write!(f, "the call was cancelled; nothing was changed"),
            Error::Timeout { timeout } => write!(
                f,
                "the call took longer than its {} ms; nothing was changed",
                timeout.as_millis()
            ),
            Error::ReadOnly => write!(f, "a snapshot cannot be changed"),
            Error::Lost { since, oldest, .. } => write!(
                f,
                "changes after {since} are gone: those after {oldest} are kept"
            ),
            Error::Closed => write!(f, "the watch was freed"),
            Error::InBatch { operation, error } => write!(f, "operation {operation}: {error}"),
        }
    }
}

impl std::error::Error for Error {}
