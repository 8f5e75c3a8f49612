//! Queries: compiled once, run many times.

use crate::engine::{Query, Table};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::dictdb_error;
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

/// A compiled query: which records, and which rows are made of them. Immutable: any number of threads may
/// use it at the same time, with any number of tables; the values of its parameters come with each run.
///
/// Made by `dictdb_query_new`, freed by `dictdb_query_free`.
#[allow(non_camel_case_types)]
pub struct dictdb_query {
    _opaque: [u8; 0],
}

/// Compiles a query.
///
/// `predicate`: which records, besides those that the member `"where"` says; NULL for all. It stays the
/// caller's, and may be freed at once.
/// `spec`: NULL, or a JSON object with these members, all optional:
/// `"where"`: a predicate as text;
/// `"columns"`: an array of fields, or an object from alias to field; each row then has these, in this
/// order, null where absent;
/// `"group_by"`: a field, or an array of fields: one row for each list of equal values, with these fields
/// first. Does not go with `"columns"`;
/// `"aggregates"`: an object from alias to aggregate, or an array of aggregates: `count()`,
/// `count(field)`, `count_distinct(field)`, `sum(field)`, `avg(field)`, `min(field)`, `max(field)`, all of
/// which leave out nulls. Without `"group_by"` of all records together: one row. Does not go with
/// `"columns"`;
/// `"order_by"`: a field, or an array of fields (of groups: columns of the result); `-` before one
/// reverses its order. Ties keep the natural order, groups that of their first records;
/// `"distinct"`: true to keep the first of equal rows;
/// `"offset"`: rows to leave out at the start; `"limit"`: rows at most (negative or null: all). Both may be
/// parameters: `"?1"`. All apply in the order of a SQL query: where, group, order, project, make distinct,
/// leave out, limit.
/// `query`: gets the new handle, to be freed with `dictdb_query_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT` (an unknown member or one of a wrong type), `PARSE` (a predicate, field or
/// aggregate: the message says which; `position` is that in its text), `NUMBER_RANGE`, `LIMIT` (4,096
/// columns, aggregates or sort keys; as for `dictdb_predicate_parse`), `INVALID_JSON`, `INVALID_UTF8`,
/// `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_new(
    predicate: *const dictdb_predicate,
    spec: *const c_char,
    spec_len: usize,
    query: *mut *mut dictdb_query,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let query = unsafe { Handle::new(query) };
    let body = || {
        let query = query.required("query")?;
        let predicate = lend_optional(predicate)?;
        // SAFETY: rule Text.
        let spec = unsafe { text::optional(spec, spec_len, "spec") }?;
        let predicate = predicate.as_deref().cloned();
        query.finish(Arc::new(Query::from_json(predicate, spec.unwrap_or("{}"))?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees a query. NULL and a handle that was freed before are ignored.
///
/// A call that is using it in another thread ends as usual. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_query_free(query: *mut dictdb_query) {
    handle::free::<Arc<Query>, _>(query);
}

/// Runs a query on a table, as of one instant. Writers do not wait for it.
///
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `rows`: gets a JSON array of objects.
/// `count`: may be NULL; gets the number of rows; untouched on failure.
///
/// Status: `INVALID_ARGUMENT` (too few or too many values, or one that does not go where its parameter
/// stands), `TYPE_MISMATCH` (a sum or average of what is no number), `NUMBER_RANGE` (a sum), `LIMIT`,
/// `INVALID_JSON` (`params`), `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_run(
    query: *const dictdb_query,
    table: *const dictdb_table,
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
        let query = lend::<Arc<Query>, _>(query, "query")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let found = table.query(&query, &params, text)?;
        rows.finish()?;
        count.finish(found)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Counts the rows that a query gives, offset and limit included, without building them.
///
/// `params`: as for `dictdb_query_run`.
/// `count`: gets the number of rows, 0 included; untouched on failure.
///
/// Status: as for `dictdb_query_run`, but values that are not looked at, such as those of a sum, are not
/// checked. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_count(
    query: *const dictdb_query,
    table: *const dictdb_table,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let count = count.required("count")?;
        let query = lend::<Arc<Query>, _>(query, "query")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        count.finish(table.query_count(&query, &params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Deletes the records that a query matches: all, or none.
///
/// `query`: has a predicate, from either argument of `dictdb_query_new`, and no other member: one without
/// a predicate deletes nothing (the predicate `TRUE` matches all).
/// `params`: as for `dictdb_query_run`.
/// `count`: may be NULL; gets the number of records deleted; untouched on failure.
///
/// Status: `RECORD_NOT_FOUND` (none matches), `INVALID_ARGUMENT` (the query has no predicate, or has
/// another member; too few or too many values, or one that its operator does not take), `LIMIT`,
/// `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_delete(
    query: *const dictdb_query,
    table: *mut dictdb_table,
    params: *const c_char,
    params_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let query = lend::<Arc<Query>, _>(query, "query")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let deleted = table.query_delete(&query, &params)?;
        write_event(&table, "delete", deleted);
        count.finish(deleted)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Tells how a query would run on a table now. Runs nothing.
///
/// `params`: as for `dictdb_query_run`.
/// `plan`: gets a JSON object: `"access"`: `"scan"`, `"primary_key"`, `"index"`, `"union"` or
/// `"intersection"` (of its `"parts"`), `"nothing"` (no record can match), `"all"` (the answer is a
/// count that the table knows); `"index"` and `"kind"` (the index: its fields and its kind);
/// `"condition"` (the part of the predicate that the access answers, or null); `"rows_estimated"`
/// (records it finds); `"filter"` (the part of the predicate that is then tested on each record, or
/// null); `"order"`: `"natural"`, `"index"` (walked in order), `"top"` (only the best are kept),
/// `"sort"`; `"reads_records"` (false if the answer comes from the index or the table's count alone).
/// More members may be added.
///
/// Status: as for `dictdb_query_run`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_explain(
    query: *const dictdb_query,
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
        let query = lend::<Arc<Query>, _>(query, "query")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        table.explain(&query, &params, text)?;
        plan.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
