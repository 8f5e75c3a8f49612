//! Tables, with everything as text: one call each, nothing to compile before and to free after.

use crate::engine::{Predicate, Query, Table};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::output::{Scalar, Text};
use crate::ffi::params;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::{dictdb_table, write_event};
use crate::ffi::text;
use crate::ffi::update::compile;
use std::ffi::c_char;
use std::sync::Arc;

/// Runs a query once: `dictdb_query_new` and `dictdb_query_run` in one call.
///
/// `spec`: NULL for all records, or a JSON object as for `dictdb_query_new`.
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `rows`: gets a JSON array of objects.
/// `count`: may be NULL; gets the number of rows; untouched on failure.
///
/// Status: as for `dictdb_query_new` and `dictdb_query_run`; the detail has `parameter` if the fault is in
/// one of the texts. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_query(
    table: *const dictdb_table,
    spec: *const c_char,
    spec_len: usize,
    params: *const c_char,
    params_len: usize,
    rows: *mut dictdb_buffer,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut rows = unsafe { Text::new(rows) };
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let text = rows.required("rows")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let query = unsafe { query_of(spec, spec_len) }?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let found = table.query(&query, &params, text)?;
        rows.finish()?;
        count.finish(found)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Tells how a query would run now: `dictdb_query_new` and `dictdb_query_explain` in one call.
///
/// `spec`, `params`: as for `dictdb_table_query`.
/// `plan`: gets a JSON object: see `dictdb_query_explain`.
///
/// Status: as for `dictdb_table_query`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_explain(
    table: *const dictdb_table,
    spec: *const c_char,
    spec_len: usize,
    params: *const c_char,
    params_len: usize,
    plan: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut plan = unsafe { Text::new(plan) };
    let body = || {
        let text = plan.required("plan")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let query = unsafe { query_of(spec, spec_len) }?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        table.explain(&query, &params, text)?;
        plan.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Counts the records that match a predicate given as text.
///
/// `where`: a predicate as for `dictdb_predicate_parse`; NULL for all records.
/// `params`: as for `dictdb_table_query`.
/// `count`: gets their number, 0 included; untouched on failure.
///
/// Status: as for `dictdb_predicate_parse` and `dictdb_query_run`; the detail has `parameter` if the fault
/// is in one of the texts. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_count_where(
    table: *const dictdb_table,
    r#where: *const c_char,
    where_len: usize,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let count = count.required("count")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let condition = unsafe { text::optional(r#where, where_len, "where") }?;
        let query = matching(condition)?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        count.finish(table.query_count(&query, &params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Changes the records that match a predicate given as text, by assignments given as text: all, or none.
/// `dictdb_update_new` and `dictdb_update_run` in one call.
///
/// `where`: a predicate as for `dictdb_predicate_parse`; never NULL (`TRUE` matches all).
/// `set`: assignments as for `dictdb_update_new`.
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`, in either text.
/// `count`: may be NULL; gets the number of records changed; untouched on failure.
///
/// Status: as for `dictdb_update_new` and `dictdb_update_run`; the detail has `parameter` if the fault is
/// in one of the texts. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_update_where(
    table: *mut dictdb_table,
    r#where: *const c_char,
    where_len: usize,
    set: *const c_char,
    set_len: usize,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let condition = unsafe { text::required(r#where, where_len, "where") }?;
        // SAFETY: rule Text.
        let set = unsafe { text::required(set, set_len, "set") }?;
        let update = compile(None, Some(condition), set)?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let changed = table.run_update(&update, &params)?;
        write_event(&table, "update", changed);
        count.finish(changed)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Deletes the records that match a predicate given as text: all, or none.
///
/// `where`: a predicate as for `dictdb_predicate_parse`; never NULL (`TRUE` matches all).
/// `params`: as for `dictdb_table_query`.
/// `count`: may be NULL; gets the number of records deleted; untouched on failure.
///
/// Status: as for `dictdb_predicate_parse` and `dictdb_query_delete`; the detail has `parameter` if the
/// fault is in one of the texts. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_delete_where(
    table: *mut dictdb_table,
    r#where: *const c_char,
    where_len: usize,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let condition = unsafe { text::required(r#where, where_len, "where") }?;
        let query = matching(Some(condition))?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let deleted = table.query_delete(&query, &params)?;
        write_event(&table, "delete", deleted);
        count.finish(deleted)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// The query of an argument `spec`, which may be NULL.
///
/// # Safety Rule Text.
unsafe fn query_of(spec: *const c_char, spec_len: usize) -> Result<Query, Failure> {
    // SAFETY: the caller's promise.
    let spec = unsafe { text::optional(spec, spec_len, "spec") }?;
    Query::from_json(None, spec.unwrap_or("{}")).map_err(Failure::in_text("spec"))
}

/// The query for the records that match a predicate, or for all.
fn matching(condition: Option<&str>) -> Result<Query, Failure> {
    let predicate = condition.map(Predicate::parse).transpose();
    let predicate = predicate.map_err(Failure::in_text("where"))?.map(Arc::new);
    Ok(Query::from_json(predicate, "{}")?)
}
