//! Cursors: the rows of a query, a few at a time.

use crate::engine::{Cursor, Form, Query, Table};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::output::{Handle, Lending, Scalar, Text};
use crate::ffi::params;
use crate::ffi::query::dictdb_query;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use crate::ffi::text;
use std::ffi::c_char;
use std::sync::Arc;

/// The rows of a query on the table as it was when the cursor was made, a few at a time.
///
/// No lock is held between calls, so a cursor may be kept for as long as one likes: writers do not notice.
/// It keeps a snapshot of the table (or the snapshot that it was made on), whose memory the table's
/// statistics tell (`snapshot_bytes`). It has the limits of the handle that it was made with. Rows without
/// `order_by`, `distinct`, `group_by` and aggregates are found as they are asked for. Of an ordered query
/// the row numbers are found and sorted when the cursor is made, four bytes each; distinct and grouped rows
/// are computed then.
///
/// Made by `dictdb_query_cursor` and `dictdb_table_cursor`, freed by `dictdb_cursor_free`. Any thread may
/// use it, also several: each row is handed out once. But a row that `dictdb_cursor_next` lends is valid
/// only until the next step.
#[allow(non_camel_case_types)]
pub struct dictdb_cursor {
    _opaque: [u8; 0],
}

/// For `dictdb_cursor_next_batch`: a JSON array, `[{...},{...}]`.
pub const DICTDB_ROWS_ARRAY: i32 = 0;
/// For `dictdb_cursor_next_batch`: JSON lines: each row followed by a newline.
pub const DICTDB_ROWS_LINES: i32 = 1;

/// Opens a cursor over the rows of a query on a table or snapshot, as it is at this instant.
///
/// `query`: stays the caller's, and may be freed at once.
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `cursor`: gets the new handle, to be freed with `dictdb_cursor_free`; NULL on failure.
///
/// Status: as for `dictdb_query_run`, and `LIMIT` (handles). Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_query_cursor(
    query: *const dictdb_query,
    table: *const dictdb_table,
    params: *const c_char,
    params_len: usize,
    cursor: *mut *mut dictdb_cursor,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let cursor = unsafe { Handle::new(cursor) };
    let body = || {
        let cursor = cursor.required("cursor")?;
        let query = lend::<Arc<Query>, _>(query, "query")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        cursor.finish(table.cursor(&query, &params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Opens a cursor, everything as text: `dictdb_query_new` and `dictdb_query_cursor` in one.
///
/// `spec`: a query, as for `dictdb_query_new`; NULL for all records.
///
/// Status: as for `dictdb_query_new` and `dictdb_query_cursor`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_cursor(
    table: *const dictdb_table,
    spec: *const c_char,
    spec_len: usize,
    params: *const c_char,
    params_len: usize,
    cursor: *mut *mut dictdb_cursor,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let cursor = unsafe { Handle::new(cursor) };
    let body = || {
        let cursor = cursor.required("cursor")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let spec = unsafe { text::optional(spec, spec_len, "spec") }?;
        let query =
            Query::from_json(None, spec.unwrap_or("{}")).map_err(Failure::in_text("spec"))?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        cursor.finish(table.cursor(&Arc::new(query), &params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees a cursor, at any moment and from any thread. NULL and a handle that was freed before are ignored.
///
/// A call that is using it in another thread ends as usual. Rows that it lent are not valid any more.
/// Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_cursor_free(cursor: *mut dictdb_cursor) {
    handle::free::<Cursor, _>(cursor);
}

/// Lends the next row.
///
/// `row`: gets the address of the row's JSON text, which is not NUL-terminated and must not be written to;
/// NULL on failure and at the end. It is valid until the next step of the cursor (`dictdb_cursor_next` or
/// `dictdb_cursor_next_batch`) or its freeing, whatever writers do meanwhile. Whole records are not copied:
/// the text is the stored record itself. A step by another thread takes the row back, so a cursor that is shared
/// is better read in batches.
/// `row_len`: gets the length in bytes; 0 on failure and at the end.
///
/// Status: `RECORD_NOT_FOUND` (no more rows: the loop `while (dictdb_cursor_next(...) == DICTDB_STATUS_OK)`
/// ends), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT` (then the next call goes on where
/// this one stopped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_cursor_next(
    cursor: *mut dictdb_cursor,
    row: *mut *const c_char,
    row_len: *mut usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut row = unsafe { Lending::new(row) };
    // SAFETY: rule Output.
    let mut row_len = unsafe { Lending::new(row_len) };
    let body = || {
        let (row, row_len) = (row.required("row")?, row_len.required("row_len")?);
        let cursor = lend::<Cursor, _>(cursor, "cursor")?;
        cursor.next(|text| {
            *row = text.as_ptr().cast::<c_char>();
            *row_len = text.len();
        })?;
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Takes the next rows, as many as fit, in one call. They may be fewer than fit, if the call is stopped
/// when it has some: only `RECORD_NOT_FOUND` says that there are no more.
///
/// `max_rows`: rows at most; 0 for as many as `max_bytes` lets through.
/// `max_bytes`: bytes of text at most, but one row is always taken; 0 for 1 MiB.
/// `form`: `DICTDB_ROWS_ARRAY` or `DICTDB_ROWS_LINES`. No row has a line break in it.
/// `rows`: gets the text.
/// `count`: may be NULL; gets the number of rows; untouched on failure and at the end.
///
/// Status: `RECORD_NOT_FOUND` (no more rows), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT`
/// (no row was taken), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_cursor_next_batch(
    cursor: *mut dictdb_cursor,
    max_rows: u64,
    max_bytes: usize,
    form: i32,
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
        let form = match form {
            DICTDB_ROWS_ARRAY => Form::Array,
            DICTDB_ROWS_LINES => Form::Lines,
            other => {
                let known = "is not one of DICTDB_ROWS_ARRAY (0), DICTDB_ROWS_LINES (1)";
                return Err(Failure::argument("form", format!("{other} {known}")));
            }
        };
        let cursor = lend::<Cursor, _>(cursor, "cursor")?;
        let taken = cursor.next_batch(max_rows, max_bytes, form, text)?;
        rows.finish()?;
        count.finish(taken)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
