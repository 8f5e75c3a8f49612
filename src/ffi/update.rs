//! Updates: expressions that change records, compiled once, run many times.

use crate::engine::{Predicate, Table, Update};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::output::{Handle, Scalar, Text};
use crate::ffi::params;
use crate::ffi::predicate::{dictdb_predicate, lend_optional};
use crate::ffi::status::dictdb_status;
use crate::ffi::table::{dictdb_table, write_event};
use crate::ffi::text;
use std::ffi::c_char;
use std::sync::Arc;

/// A compiled update: which records, and what is set in them. Immutable: any number of threads may use it
/// at the same time, with any number of tables; the values of its parameters come with each run.
///
/// Made by `dictdb_update_new`, freed by `dictdb_update_free`.
#[allow(non_camel_case_types)]
pub struct dictdb_update {
    _opaque: [u8; 0],
}

/// Compiles an update.
///
/// `predicate`, `where`: which records: a handle, which stays the caller's and may be freed at once, or a
/// predicate as text. One of them may be NULL; of both, both must match. An update without either is
/// refused (the predicate `TRUE` matches all).
/// `set`: assignments as text: `visits = coalesce(visits, 0) + 1, address.city = ?1, remove(draft)`. See
/// "The query language" at the top.
/// `update`: gets the new handle, to be freed with `dictdb_update_free`; NULL on failure.
///
/// Status: `PARSE` (the detail has `parameter`, `position`, `found` and `expected`), `NUMBER_RANGE`,
/// `LIMIT` (as for `dictdb_predicate_parse`; 4,096 assignments), `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_update_new(
    predicate: *const dictdb_predicate,
    r#where: *const c_char,
    where_len: usize,
    set: *const c_char,
    set_len: usize,
    update: *mut *mut dictdb_update,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let update = unsafe { Handle::new(update) };
    let body = || {
        let update = update.required("update")?;
        let predicate = lend_optional(predicate)?;
        // SAFETY: rule Text.
        let condition = unsafe { text::optional(r#where, where_len, "where") }?;
        // SAFETY: rule Text.
        let set = unsafe { text::required(set, set_len, "set") }?;
        let predicate = predicate.as_deref().cloned();
        update.finish(Arc::new(compile(predicate, condition, set)?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees an update. NULL and a handle that was freed before are ignored.
///
/// A call that is using it in another thread ends as usual. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_update_free(update: *mut dictdb_update) {
    handle::free::<Arc<Update>, _>(update);
}

/// Runs an update on a table: changes the records that match, all or none. The expressions are evaluated
/// inside the atomic operation, so that no other write comes between reading a value and setting it.
///
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `count`: may be NULL; gets the number of records changed; untouched on failure.
///
/// Status: `RECORD_NOT_FOUND` (none matches), `TYPE_MISMATCH` and `NUMBER_RANGE` (the detail has the
/// record's `key` and the `field` that was being set), `DUPLICATE_KEY` (the primary key's, or a unique
/// index's), `INVALID_KEY`, `SCHEMA`, `INVALID_ARGUMENT` (too few or too many values, or one that does not
/// go where its parameter stands), `LIMIT`, `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`,
/// `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_update_run(
    update: *const dictdb_update,
    table: *mut dictdb_table,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let update = lend::<Arc<Update>, _>(update, "update")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let changed = table.run_update(&update, &params)?;
        write_event(&table, "update", changed);
        count.finish(changed)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Tells how an update would find its records on a table now. Changes nothing.
///
/// `params`: as for `dictdb_update_run`.
/// `plan`: gets a JSON object as from `dictdb_query_explain`.
///
/// Status: `INVALID_ARGUMENT`, `LIMIT`, `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`,
/// `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_update_explain(
    update: *const dictdb_update,
    table: *const dictdb_table,
    params: *const c_char,
    params_len: usize,
    plan: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut plan = unsafe { Text::new(plan) };
    let body = || {
        let text = plan.required("plan")?;
        let update = lend::<Arc<Update>, _>(update, "update")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        table.explain_update(&update, &params, text)?;
        plan.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Compiles an update of two texts, so that an error says in which of them it is.
pub(super) fn compile(
    predicate: Option<Arc<Predicate>>,
    condition: Option<&str>,
    set: &str,
) -> Result<Update, Failure> {
    let parsed = condition.map(Predicate::parse).transpose();
    let parsed = parsed.map_err(Failure::in_text("where"))?.map(Arc::new);
    let predicate = match (predicate, parsed) {
        (Some(given), Some(parsed)) => Some(Arc::new(Predicate::and(vec![given, parsed])?)),
        (given, parsed) => given.or(parsed),
    };
    match predicate {
        Some(_) => Update::new(predicate, None, set).map_err(Failure::in_text("set")),
        // The engine says what is missing.
        None => Ok(Update::new(None, None, set)?),
    }
}
