//! Predicates as text.

use crate::engine::Predicate;
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::dictdb_error;
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::output::{Handle, Text};
use crate::ffi::params;
use crate::ffi::predicate::dictdb_predicate;
use crate::ffi::status::dictdb_status;
use crate::ffi::text;
use std::ffi::c_char;
use std::sync::Arc;

/// Makes a predicate from text: `age >= 18 AND name LIKE 'A%'`. See "The query language" at the top.
///
/// `text`: the predicate. Where a value may stand, so may a parameter (`?1`): it gets its value from
/// `dictdb_predicate_bind`, or with each run of a query or update that is made of the predicate.
/// `predicate`: gets the new handle, to be freed with `dictdb_predicate_free`; NULL on failure.
///
/// Status: `PARSE` (the detail has `position`, `found` and `expected`), `NUMBER_RANGE`, `LIMIT` (16 MiB of
/// text, 128 levels, 65,536 tests and connectives, `?65535`), `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_parse(
    text: *const c_char,
    text_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let place = unsafe { Handle::new(predicate) };
    let body = || {
        let place = place.required("predicate")?;
        // SAFETY: rule Text.
        let text = unsafe { text::required(text, text_len, "text") }?;
        place.finish(Arc::new(Predicate::parse(text)?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Prints a predicate, however it was made, as text that `dictdb_predicate_parse` reads: the predicate
/// made of it matches the same records.
///
/// `text`: gets the text.
///
/// Status: `INVALID_HANDLE`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_print(
    predicate: *const dictdb_predicate,
    text: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut text = unsafe { Text::new(text) };
    let body = || {
        let out = text.required("text")?;
        let predicate = lend::<Arc<Predicate>, _>(predicate, "predicate")?;
        predicate.print(out)?;
        text.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Makes a predicate with values in place of the parameters of another: for functions that take a
/// predicate and no `params`.
///
/// `predicate`: stays the caller's.
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `bound`: gets the new handle, to be freed with `dictdb_predicate_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT` (too few or too many values, or one that its operator does not take),
/// `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_bind(
    predicate: *const dictdb_predicate,
    params: *const c_char,
    params_len: usize,
    bound: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let bound = unsafe { Handle::new(bound) };
    let body = || {
        let bound = bound.required("bound")?;
        let predicate = lend::<Arc<Predicate>, _>(predicate, "predicate")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        bound.finish(Arc::new(predicate.with(&params)?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
