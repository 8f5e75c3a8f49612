//! Error objects.

use crate::engine::Error;
use crate::ffi::handle;
use crate::ffi::status::{dictdb_status, DICTDB_STATUS_OK};
use crate::store;
use serde_json::json;
use std::ffi::{c_char, CString};
use std::sync::Arc;

/// What went wrong in a call: status, message, and the facts as JSON.
///
/// Made by a failing call whose `error` argument is not NULL; owned by the caller, who frees it with
/// `dictdb_error_free`. Immutable and thread-safe.
#[allow(non_camel_case_types)]
pub struct dictdb_error {
    _opaque: [u8; 0],
}

/// Why a call failed, seen from the C face.
#[derive(Debug)]
pub(super) enum Failure {
    Engine(Error),
    /// A file is at fault, or what holds it.
    Store(store::Error),
    /// One of several texts that were passed is at fault.
    InText {
        parameter: &'static str,
        error: Error,
    },
    InvalidArgument {
        parameter: &'static str,
        reason: String,
    },
    InvalidUtf8 {
        parameter: &'static str,
        position: usize,
    },
    InvalidHandle {
        parameter: &'static str,
        is_null: bool,
    },
    /// The operating system refused something.
    System {
        what: &'static str,
        reason: String,
    },
    /// A job has failed: what was wrong with its work.
    OfJob(Arc<Failure>),
    /// A job is asked for what it has done, before it has.
    Running,
    /// This kind of object has no such thing.
    Unsupported(&'static str),
    Forked,
    Panic(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Engine(error)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Engine(error) => Failure::Engine(error),
            error => Failure::Store(error),
        }
    }
}

impl Failure {
    pub(super) fn argument(parameter: &'static str, reason: impl Into<String>) -> Failure {
        Failure::InvalidArgument {
            parameter,
            reason: reason.into(),
        }
    }

    /// Says of an error in which argument it is.
    pub(super) fn in_text(parameter: &'static str) -> impl FnOnce(Error) -> Failure {
        move |error| Failure::InText { parameter, error }
    }

    /// Whether the failure comes with an error object.
    pub(super) fn has_object(&self) -> bool {
        match self {
            Failure::OfJob(failure) => failure.has_object(),
            Failure::Engine(Error::RecordNotFound) | Failure::Forked => false,
            _ => true,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Failure::Engine(error) => error.to_string(),
            Failure::Store(error) => error.to_string(),
            Failure::InText { parameter, error } => format!("argument `{parameter}`: {error}"),
            Failure::InvalidArgument { parameter, reason } => {
                format!("argument `{parameter}`: {reason}")
            }
            Failure::InvalidUtf8 {
                parameter,
                position,
            } => format!("argument `{parameter}` is not UTF-8 at byte {position}"),
            Failure::InvalidHandle {
                parameter,
                is_null: true,
            } => format!("argument `{parameter}` is NULL"),
            Failure::InvalidHandle {
                parameter,
                is_null: false,
            } => format!("argument `{parameter}` is not a live handle of its type: freed, of another type, or not from this library"),
            Failure::System { what, reason } => format!("{what}: {reason}"),
            Failure::OfJob(failure) => failure.message(),
            Failure::Running => "the job has not ended yet".to_owned(),
            Failure::Unsupported(reason) => (*reason).to_owned(),
            Failure::Forked => "this process was forked".to_owned(),
            Failure::Panic(text) => format!("a defect of the library was caught: {text}"),
        }
    }

    pub(super) fn detail(&self) -> serde_json::Value {
        match self {
            Failure::Engine(error) => error.detail(),
            Failure::Store(error) => error.detail(),
            Failure::InText { parameter, error } => {
                let mut detail = error.detail();
                if let Some(members) = detail.as_object_mut() {
                    members.insert("parameter".to_owned(), json!(parameter));
                }
                detail
            }
            Failure::InvalidArgument { parameter, .. }
            | Failure::InvalidHandle { parameter, .. } => json!({ "parameter": parameter }),
            Failure::InvalidUtf8 {
                parameter,
                position,
            } => json!({ "parameter": parameter, "position": position }),
            Failure::System { what, .. } => json!({ "what": what }),
            Failure::OfJob(failure) => failure.detail(),
            Failure::Running | Failure::Unsupported(_) | Failure::Forked | Failure::Panic(_) => {
                json!({})
            }
        }
    }
}

/// What a `dictdb_error` handle stands for.
pub(super) struct ErrorObject {
    status: dictdb_status,
    message: CString,
    detail: CString,
}

impl ErrorObject {
    pub(super) fn new(failure: &Failure) -> Self {
        ErrorObject {
            status: failure.status(),
            message: c_string(failure.message()),
            detail: c_string(failure.detail().to_string()),
        }
    }
}

/// A C string; a NUL inside (a field's name may have one) is shown as its escape.
pub(super) fn c_string(text: String) -> CString {
    CString::new(text)
        .or_else(|error| {
            let text = String::from_utf8_lossy(&error.into_vec()).replace('\0', "\\u0000");
            CString::new(text)
        })
        .unwrap_or_default()
}

/// The status that the failing call returned.
///
/// `error`: may be NULL, then the result is `DICTDB_STATUS_OK`; `DICTDB_STATUS_INVALID_HANDLE` if it was
/// freed. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_error_status(error: *const dictdb_error) -> dictdb_status {
    if error.is_null() {
        return DICTDB_STATUS_OK;
    }
    match handle::lend::<ErrorObject, _>(error, "error") {
        Ok(object) => object.status,
        Err(failure) => failure.status(),
    }
}

/// What was wrong, where, and what would be right: English, for people. Not for programs: wording changes.
///
/// `error`: may be NULL or freed, then the result is `""`.
/// Returns a NUL-terminated string, valid until `error` is freed. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_error_message(error: *const dictdb_error) -> *const c_char {
    handle::lend::<ErrorObject, _>(error, "error")
        .map_or(c"".as_ptr(), |object| object.message.as_ptr())
}

/// The facts, for programs: a JSON object. Its members, each only where it applies: `parameter` (the
/// argument at fault), `table`, `key` (of the record at fault), `field` (at fault, or being computed),
/// `expected` and `actual` (a schema violation), `expected` and `found` (a text that cannot be parsed),
/// `found` (in place of a key), `fields` and `value` (a unique index, and the value that is taken: an array
/// if the index has several fields), `fields` and `existing` (an index), `index` (position of the failing
/// record in a bulk call, from 0), `position` (byte offset into the text that was passed; inside a JSON
/// text, into the string that is at fault), `placeholder` (the number of a `?1`), `option`, `what` and
/// `limit`, `bytes`, `path` (a file), `line` and `column` (in a text file: the line, and the cell of it, from 1),
/// `operation` (position in a batch, from 0), `timeout_ms`, `since`, `oldest` and
/// `newest` (changes that a watch no longer has). A long value, key or name is told by its beginning: at
/// most 256 characters, and `…` (U+2026) behind them.
///
/// `error`: may be NULL or freed, then the result is `"{}"`.
/// Returns a NUL-terminated string, valid until `error` is freed. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_error_detail(error: *const dictdb_error) -> *const c_char {
    handle::lend::<ErrorObject, _>(error, "error")
        .map_or(c"{}".as_ptr(), |object| object.detail.as_ptr())
}

/// Frees an error object. NULL and an error that was freed before are ignored. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_error_free(error: *mut dictdb_error) {
    handle::free::<ErrorObject, _>(error);
}
