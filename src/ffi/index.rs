//! Indexes of tables.

use crate::engine::{IndexOptions, Table};
use crate::ffi::error::dictdb_error;
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::log;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use crate::ffi::text;
use serde_json::{json, Value};
use std::ffi::c_char;

/// Makes an index. It never changes an answer, nor its order: only its speed. Readers and writers of the
/// table go on meanwhile. The same index again does nothing. On a large table up to four threads work on it; those that
/// the library starts for that have ended when this returns, and handle no signals.
///
/// `options`: a JSON object:
/// `"fields"`: a field, or an array of 1 to 16 different fields. An index is named by this list: a table
/// has at most one for each list;
/// `"kind"`: `"hash"` serves `=`, `IN` and `IS NULL` on all of its fields; `"sorted"` also `<`, `<=`, `>`,
/// `>=`, `BETWEEN`, `STARTS WITH`, `LIKE` with a literal beginning, `order_by`, `min` and `max`, each on
/// its first field or on the one after any number of fields that are held equal;
/// `"unique"`: true if no two records may have equal values; false by default. Records in which one of the
/// fields is null or missing are exempt.
///
/// Status: `INDEX_EXISTS` (on the same fields, of another kind or uniqueness; the detail has `fields` and
/// `existing`), `DUPLICATE_KEY` (values that are not unique; the detail has `fields` and `value`),
/// `INVALID_ARGUMENT` (a member that is missing, unknown or of a wrong type), `PARSE` (a field), `LIMIT`
/// (64 indexes), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_create_index(
    table: *mut dictdb_table,
    options: *const c_char,
    options_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let options = unsafe { text::required(options, options_len, "options") }?;
        table.create_index(&IndexOptions::from_json(options)?)?;
        index_event(&table, "create index", options);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Drops an index.
///
/// `fields`: those that the index was made with, in the same order: JSON text, a string or an array of
/// strings. One field alone is the same as an array of it.
///
/// Status: `INVALID_ARGUMENT` (no index is on these fields), `PARSE` (a field), `INVALID_JSON`, `LIMIT`,
/// `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_drop_index(
    table: *mut dictdb_table,
    fields: *const c_char,
    fields_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let fields = unsafe { text::required(fields, fields_len, "fields") }?;
        table.drop_index(fields)?;
        index_event(&table, "drop index", fields);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// `index` is the JSON text that the caller passed.
fn index_event(table: &Table, what: &str, index: &str) {
    log::emit(log::DICTDB_LOG_INFO, || {
        let index: Value = serde_json::from_str(index).unwrap_or_default();
        (
            what.to_owned(),
            json!({ "table": table.name(), "index": index }),
        )
    });
}
