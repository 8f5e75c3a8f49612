//! Status codes, and the one place where an engine error becomes one.

use crate::engine::Error;
use crate::ffi::error::Failure;
use crate::store;
use std::ffi::c_char;

/// What a fallible function returns: `DICTDB_STATUS_OK`, or one of the codes below.
///
/// Values are fixed and never reused. A program must accept codes that it does not know.
#[allow(non_camel_case_types)]
pub type dictdb_status = i32;

/// Success.
pub const DICTDB_STATUS_OK: i32 = 0;
/// No record has that key, or none matches. Comes without an error object, so that a miss costs nothing; but
/// of a batch, it names the operation.
pub const DICTDB_STATUS_RECORD_NOT_FOUND: i32 = 1;
/// The database has no table of that name, or the table was dropped.
pub const DICTDB_STATUS_TABLE_NOT_FOUND: i32 = 2;
/// The key is taken, or a value of a unique index is.
pub const DICTDB_STATUS_DUPLICATE_KEY: i32 = 3;
/// The database has a table of that name already.
pub const DICTDB_STATUS_DUPLICATE_TABLE: i32 = 4;
/// A record violates the table's schema.
pub const DICTDB_STATUS_SCHEMA: i32 = 5;
/// A text is not JSON, or not the JSON value that was asked for.
pub const DICTDB_STATUS_INVALID_JSON: i32 = 6;
/// A text is not UTF-8.
pub const DICTDB_STATUS_INVALID_UTF8: i32 = 7;
/// A key is neither a signed 64-bit integer nor a non-empty string.
pub const DICTDB_STATUS_INVALID_KEY: i32 = 8;
/// A required pointer is NULL, an enum has no such value, an option is unknown or of the wrong type.
pub const DICTDB_STATUS_INVALID_ARGUMENT: i32 = 9;
/// A handle is NULL, freed, of another type, or not from this library.
pub const DICTDB_STATUS_INVALID_HANDLE: i32 = 10;
/// An integer lies outside [-2^63, 2^64-1], or an automatic key would, or a number that was computed; a
/// double that was computed is not finite.
pub const DICTDB_STATUS_NUMBER_RANGE: i32 = 11;
/// An operation met a value that it is not defined for: arithmetic on what is no number, a division by
/// zero.
pub const DICTDB_STATUS_TYPE_MISMATCH: i32 = 12;
/// A field reference, a pattern, or a text of the query language cannot be parsed. The detail says where
/// (`position`), and of the query language what stands there (`found`) and what would be right
/// (`expected`).
pub const DICTDB_STATUS_PARSE: i32 = 13;
/// A documented limit was exceeded.
pub const DICTDB_STATUS_LIMIT: i32 = 14;
/// An index of another kind, or of other uniqueness, exists on the same fields.
pub const DICTDB_STATUS_INDEX_EXISTS: i32 = 15;
/// The operating system refused something: to open, write or rename a file, a file descriptor.
pub const DICTDB_STATUS_IO: i32 = 16;
/// A file is damaged. The detail says where (`path`, `position`).
pub const DICTDB_STATUS_CORRUPT: i32 = 17;
/// This build or this kind of object does not support the operation: a snapshot cannot be changed.
pub const DICTDB_STATUS_UNSUPPORTED: i32 = 18;
/// The call's cancel token was set, or the watch that it waited for was freed; nothing changed.
pub const DICTDB_STATUS_CANCELLED: i32 = 19;
/// The call took longer than its handle allows; nothing changed.
pub const DICTDB_STATUS_TIMEOUT: i32 = 20;
/// The operation conflicts with another one. Not used by this version.
pub const DICTDB_STATUS_CONFLICT: i32 = 21;
/// The object is not in a state to do that now: a watch no longer has the changes that were asked for.
pub const DICTDB_STATUS_UNAVAILABLE: i32 = 22;
/// Memory could not be had; nothing changed.
pub const DICTDB_STATUS_OUT_OF_MEMORY: i32 = 23;
/// The process was forked, and this is the child. Never comes with an error object.
pub const DICTDB_STATUS_FORKED: i32 = 24;
/// A defect of the library was caught. The table stays usable. Please report it.
pub const DICTDB_STATUS_INTERNAL: i32 = 25;

/// Name and one-line meaning of each status, in the order of their values.
const STATUSES: [(&std::ffi::CStr, &std::ffi::CStr); 26] = [
    (c"OK", c"success"),
    (c"RECORD_NOT_FOUND", c"no such record"),
    (c"TABLE_NOT_FOUND", c"no such table"),
    (c"DUPLICATE_KEY", c"the key or a unique value is taken"),
    (c"DUPLICATE_TABLE", c"the table exists already"),
    (c"SCHEMA", c"the record violates the schema"),
    (
        c"INVALID_JSON",
        c"the text is not the JSON that was asked for",
    ),
    (c"INVALID_UTF8", c"the text is not UTF-8"),
    (
        c"INVALID_KEY",
        c"a key must be a signed 64-bit integer or a non-empty string",
    ),
    (c"INVALID_ARGUMENT", c"an argument is invalid"),
    (
        c"INVALID_HANDLE",
        c"the handle is NULL, freed, or of another type",
    ),
    (c"NUMBER_RANGE", c"a number is out of range"),
    (c"TYPE_MISMATCH", c"a value has the wrong kind"),
    (c"PARSE", c"the text cannot be parsed"),
    (c"LIMIT", c"a limit was exceeded"),
    (c"INDEX_EXISTS", c"an index of another kind exists"),
    (c"IO", c"input or output failed"),
    (c"CORRUPT", c"the file is damaged"),
    (c"UNSUPPORTED", c"not supported"),
    (c"CANCELLED", c"cancelled; nothing changed"),
    (c"TIMEOUT", c"out of time; nothing changed"),
    (c"CONFLICT", c"conflicts with another operation"),
    (c"UNAVAILABLE", c"not available now"),
    (c"OUT_OF_MEMORY", c"out of memory; nothing changed"),
    (
        c"FORKED",
        c"the library cannot be used in a forked child process",
    ),
    (c"INTERNAL", c"a defect of the library was caught"),
];

fn describe(status: dictdb_status) -> Option<(&'static std::ffi::CStr, &'static std::ffi::CStr)> {
    usize::try_from(status)
        .ok()
        .and_then(|index| STATUSES.get(index).copied())
}

/// The name of a status, for logs: `"RECORD_NOT_FOUND"`; `"UNKNOWN"` for a value that is none.
///
/// Returns a NUL-terminated string that lives as long as the process. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_status_name(status: dictdb_status) -> *const c_char {
    describe(status)
        .map_or(c"UNKNOWN", |(name, _)| name)
        .as_ptr()
}

/// What a status means, in one line of English, for people.
///
/// Returns a NUL-terminated string that lives as long as the process. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_status_message(status: dictdb_status) -> *const c_char {
    describe(status)
        .map_or(c"unknown status", |(_, message)| message)
        .as_ptr()
}

impl Failure {
    /// The status code of a failure.
    pub(super) fn status(&self) -> dictdb_status {
        match self {
            Failure::Engine(error) | Failure::InText { error, .. } => engine_status(error),
            Failure::Store(error) => store_status(error),
            Failure::InvalidArgument { .. } => DICTDB_STATUS_INVALID_ARGUMENT,
            Failure::InvalidUtf8 { .. } => DICTDB_STATUS_INVALID_UTF8,
            Failure::InvalidHandle { .. } => DICTDB_STATUS_INVALID_HANDLE,
            Failure::System { .. } => DICTDB_STATUS_IO,
            Failure::OfJob(failure) => failure.status(),
            Failure::Running => DICTDB_STATUS_UNAVAILABLE,
            Failure::Unsupported(_) => DICTDB_STATUS_UNSUPPORTED,
            Failure::Forked => DICTDB_STATUS_FORKED,
            Failure::Panic(_) => DICTDB_STATUS_INTERNAL,
        }
    }
}

pub(super) fn store_status(error: &store::Error) -> dictdb_status {
    match error {
        store::Error::Io { .. } | store::Error::Place { .. } => DICTDB_STATUS_IO,
        store::Error::Corrupt { .. } | store::Error::Gap { .. } => DICTDB_STATUS_CORRUPT,
        store::Error::Nothing { .. } => DICTDB_STATUS_UNAVAILABLE,
        store::Error::Line { fault, .. } => match &**fault {
            store::Fault::Record(error) => engine_status(error),
            store::Fault::NotUtf8 => DICTDB_STATUS_INVALID_UTF8,
            store::Fault::Format(_) => DICTDB_STATUS_CORRUPT,
        },
        store::Error::Content { error, .. } => engine_status(error),
        store::Error::Engine(error) => engine_status(error),
    }
}

fn engine_status(error: &Error) -> dictdb_status {
    match error {
        Error::RecordNotFound => DICTDB_STATUS_RECORD_NOT_FOUND,
        Error::TableNotFound { .. } => DICTDB_STATUS_TABLE_NOT_FOUND,
        Error::DuplicateKey { .. } | Error::DuplicateValue { .. } => DICTDB_STATUS_DUPLICATE_KEY,
        Error::DuplicateTable { .. } => DICTDB_STATUS_DUPLICATE_TABLE,
        Error::Schema { .. } => DICTDB_STATUS_SCHEMA,
        Error::InvalidJson { .. } => DICTDB_STATUS_INVALID_JSON,
        Error::InvalidKey { .. } => DICTDB_STATUS_INVALID_KEY,
        Error::InvalidOption { .. } | Error::Parameter { .. } => DICTDB_STATUS_INVALID_ARGUMENT,
        Error::IndexExists { .. } => DICTDB_STATUS_INDEX_EXISTS,
        Error::TypeMismatch { .. } => DICTDB_STATUS_TYPE_MISMATCH,
        Error::NumberRange { .. } | Error::Overflow { .. } => DICTDB_STATUS_NUMBER_RANGE,
        Error::Parse { .. } => DICTDB_STATUS_PARSE,
        Error::Limit { .. } => DICTDB_STATUS_LIMIT,
        Error::OutOfMemory { .. } => DICTDB_STATUS_OUT_OF_MEMORY,
        Error::Cancelled | Error::Closed => DICTDB_STATUS_CANCELLED,
        Error::Timeout { .. } => DICTDB_STATUS_TIMEOUT,
        Error::ReadOnly => DICTDB_STATUS_UNSUPPORTED,
        Error::Lost { .. } => DICTDB_STATUS_UNAVAILABLE,
        Error::InBatch { error, .. } => engine_status(error),
    }
}
