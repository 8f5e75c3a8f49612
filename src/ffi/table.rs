//! Tables: records under a primary key.

use crate::engine::{Conflict, Key, Outcome, Predicate, SelectOptions, Table};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::log;
use crate::ffi::output::{Scalar, Text};
use crate::ffi::predicate::{dictdb_predicate, lend_optional, LentPredicate};
use crate::ffi::status::dictdb_status;
use crate::ffi::text;
use serde_json::json;
use std::ffi::c_char;
use std::sync::Arc;

/// A handle to a table, or to a snapshot of one. Made by `dictdb_db_create_table`, `dictdb_db_get_table`,
/// `dictdb_table_snapshot` and `dictdb_table_limited`, freed by `dictdb_table_free`.
///
/// Every function may be called from any thread at any time. Each is atomic: it takes effect at one
/// instant between call and return, wholly or not at all, and holds no lock when it returns.
#[allow(non_camel_case_types)]
pub struct dictdb_table {
    _opaque: [u8; 0],
}

/// For `dictdb_table_upsert`: merge the given fields into the record that has the key.
pub const DICTDB_CONFLICT_UPDATE: i32 = 0;
/// For `dictdb_table_upsert`: leave the record that has the key as it is.
pub const DICTDB_CONFLICT_IGNORE: i32 = 1;
/// For `dictdb_table_upsert`: fail with `DUPLICATE_KEY`.
pub const DICTDB_CONFLICT_ERROR: i32 = 2;

/// What `dictdb_table_upsert` did: the key was free, the record was inserted.
pub const DICTDB_UPSERT_INSERTED: i32 = 0;
/// What `dictdb_table_upsert` did: the record that had the key was changed.
pub const DICTDB_UPSERT_UPDATED: i32 = 1;
/// What `dictdb_table_upsert` did: nothing, the key was taken.
pub const DICTDB_UPSERT_IGNORED: i32 = 2;

/// Frees a table handle. NULL and a handle that was freed before are ignored.
///
/// The table itself stays in its database; a call that is running in another thread ends as usual.
/// Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_table_free(table: *mut dictdb_table) {
    handle::free::<Table, _>(table);
}

/// Inserts one record.
///
/// `record`: a JSON object. Without the key field, or with it null, the record gets the next integer key,
/// as its last field.
/// `key`: may be NULL; gets the record's key as JSON text: `42` or `"abc"`.
///
/// Status: `DUPLICATE_KEY` (the detail has `key`; if it is a unique index that refuses, `fields` and
/// `value`), `INVALID_KEY`, `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`,
/// `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_insert(
    table: *mut dictdb_table,
    record: *const c_char,
    record_len: usize,
    key: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut key = unsafe { Text::new(key) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let record = unsafe { text::required(record, record_len, "record") }?;
        table.insert(record, key.optional())?;
        write_event(&table, "insert", 1);
        key.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Inserts many records: all, or none.
///
/// `records`: a JSON array of objects, each as for `dictdb_table_insert`.
/// `keys`: may be NULL; gets a JSON array of the keys, in the order of the records.
///
/// Status: as for `dictdb_table_insert`; the error's message and detail name the failing record by its
/// `index`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_insert_many(
    table: *mut dictdb_table,
    records: *const c_char,
    records_len: usize,
    keys: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut keys = unsafe { Text::new(keys) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let records = unsafe { text::required(records, records_len, "records") }?;
        let count = table.insert_many(records, keys.optional())?;
        write_event(&table, "insert", count);
        keys.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Inserts a record, or deals with the record that has its key.
///
/// `record`: as for `dictdb_table_insert`.
/// `on_conflict`: one of `DICTDB_CONFLICT_…`. `UPDATE` merges as `dictdb_table_update` does.
/// `outcome`: may be NULL; gets one of `DICTDB_UPSERT_…`; untouched on failure.
/// `key`: may be NULL; gets the record's key as JSON text.
///
/// Status: as for `dictdb_table_insert`. With `UPDATE`, the schema is checked on the merged record, so a
/// conflict may give fields only in part. A value that a unique index holds of another record is always
/// `DUPLICATE_KEY`: the conflict that `on_conflict` is about is that of the primary key. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_upsert(
    table: *mut dictdb_table,
    record: *const c_char,
    record_len: usize,
    on_conflict: i32,
    outcome: *mut i32,
    key: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut key = unsafe { Text::new(key) };
    // SAFETY: rule Output.
    let outcome = unsafe { Scalar::new(outcome) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let record = unsafe { text::required(record, record_len, "record") }?;
        let done = table.upsert(record, conflict(on_conflict)?, key.optional())?;
        write_event(&table, "upsert", 1);
        key.finish()?;
        outcome.finish(match done {
            Outcome::Inserted => DICTDB_UPSERT_INSERTED,
            Outcome::Updated => DICTDB_UPSERT_UPDATED,
            Outcome::Ignored => DICTDB_UPSERT_IGNORED,
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Reads one record by its key.
///
/// `key`: JSON text: `42` or `"abc"`.
/// `record`: gets the record as JSON text.
///
/// Status: `RECORD_NOT_FOUND`, `INVALID_KEY`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_get(
    table: *const dictdb_table,
    key: *const c_char,
    key_len: usize,
    record: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut record = unsafe { Text::new(record) };
    let body = || {
        let text = record.required("record")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let key = unsafe { text::required(key, key_len, "key") }?;
        table.get(&Key::from_json(key)?, text)?;
        record.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Reads one record by an integer key: `dictdb_table_get` without the text.
///
/// `record`: gets the record as JSON text.
///
/// Status: `RECORD_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_get_int(
    table: *const dictdb_table,
    key: i64,
    record: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut record = unsafe { Text::new(record) };
    let body = || {
        let text = record.required("record")?;
        let table = lend::<Table, _>(table, "table")?;
        table.get(&Key::Int(key), text)?;
        record.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Reads many records by their keys, as of one instant.
///
/// `keys`: a JSON array of keys, in which a key may stand more than once.
/// `records`: gets a JSON array as long as `keys`: each record in its key's place, `null` where there is
/// none.
///
/// Status: as for `dictdb_table_get`, without `RECORD_NOT_FOUND`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_get_many(
    table: *const dictdb_table,
    keys: *const c_char,
    keys_len: usize,
    records: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut records = unsafe { Text::new(records) };
    let body = || {
        let text = records.required("records")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let keys = unsafe { text::required(keys, keys_len, "keys") }?;
        table.get_many(keys, text)?;
        records.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Reads the records that match, as of one instant. Writers do not wait for it.
///
/// `predicate`: which records; NULL for all. It may have no parameters (see `dictdb_predicate_bind`).
/// `options`: NULL, or a JSON object with these members, all optional:
/// `"columns"`: an array of fields, or an object from alias to field; each row then has these, in this
/// order, null where absent;
/// `"order_by"`: a field, or an array of fields; `-` before a field reverses its order. Ties, and rows
/// without it, keep the natural order;
/// `"distinct"`: true to keep the first of equal rows;
/// `"offset"`: rows to leave out at the start (negative: none); `"limit"`: rows at most (negative or null:
/// all). They apply in the order of a SQL query: match, order, project, make distinct, leave out, limit.
/// `rows`: gets a JSON array of objects.
/// `count`: may be NULL; gets the number of rows; untouched on failure.
///
/// Status: `INVALID_ARGUMENT` (an unknown option or one of a wrong type), `PARSE` (a field), `LIMIT` (4,096
/// columns or sort keys), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_select(
    table: *const dictdb_table,
    predicate: *const dictdb_predicate,
    options: *const c_char,
    options_len: usize,
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
        let predicate = lend_optional(predicate)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = SelectOptions::from_json(options.unwrap_or("{}"))?;
        let found = table.select(where_of(&predicate), &options, text)?;
        rows.finish()?;
        count.finish(found)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Counts the records that match. Builds no rows; writers do not wait for it.
///
/// `predicate`: which records; NULL for all.
/// `count`: gets their number, 0 included; untouched on failure.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_count(
    table: *const dictdb_table,
    predicate: *const dictdb_predicate,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let count = count.required("count")?;
        let table = lend::<Table, _>(table, "table")?;
        let predicate = lend_optional(predicate)?;
        count.finish(table.count(where_of(&predicate))?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Changes the records that match: all, or none.
///
/// `predicate`: which records; never NULL, so that a predicate that failed to build changes nothing
/// (`dictdb_predicate_all` matches all).
/// `changes`: a JSON object; each of its fields replaces the record's field of that name as a whole, or is
/// added at the end. Changing the key field gives the record another key; its place in the natural order
/// stays.
/// `count`: may be NULL; gets the number of records changed; untouched on failure.
///
/// Status: `RECORD_NOT_FOUND` (none matches), `DUPLICATE_KEY` (of unique indexes, too), `INVALID_KEY` (the
/// key field null included), `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT`, `INVALID_UTF8`,
/// `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`. The
/// changes themselves are checked first, so `SCHEMA` comes before `RECORD_NOT_FOUND`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_update(
    table: *mut dictdb_table,
    predicate: *const dictdb_predicate,
    changes: *const c_char,
    changes_len: usize,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        let predicate = lend::<Arc<Predicate>, _>(predicate, "predicate")?;
        // SAFETY: rule Text.
        let changes = unsafe { text::required(changes, changes_len, "changes") }?;
        let changed = table.update(&predicate, changes)?;
        write_event(&table, "update", changed);
        count.finish(changed)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Changes the record that has a key. As `dictdb_table_update`, without a predicate to build.
///
/// `key`: JSON text: `42` or `"abc"`.
/// `changes`: as for `dictdb_table_update`.
///
/// Status: as for `dictdb_table_update`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_update_by_key(
    table: *mut dictdb_table,
    key: *const c_char,
    key_len: usize,
    changes: *const c_char,
    changes_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let key = unsafe { text::required(key, key_len, "key") }?;
        // SAFETY: rule Text.
        let changes = unsafe { text::required(changes, changes_len, "changes") }?;
        table.update_by_key(&Key::from_json(key)?, changes)?;
        write_event(&table, "update", 1);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Deletes the records that match: all, or none.
///
/// `predicate`: which records; never NULL, so that a predicate that failed to build deletes nothing
/// (`dictdb_predicate_all` matches all).
/// `count`: may be NULL; gets the number of records deleted; untouched on failure.
///
/// Status: `RECORD_NOT_FOUND` (none matches), `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped),
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_delete(
    table: *mut dictdb_table,
    predicate: *const dictdb_predicate,
    count: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let count = unsafe { Scalar::new(count) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        let predicate = lend::<Arc<Predicate>, _>(predicate, "predicate")?;
        let deleted = table.delete(&predicate)?;
        write_event(&table, "delete", deleted);
        count.finish(deleted)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Deletes the record that has a key.
///
/// `key`: JSON text: `42` or `"abc"`.
///
/// Status: `RECORD_NOT_FOUND`, `INVALID_KEY`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_delete_by_key(
    table: *mut dictdb_table,
    key: *const c_char,
    key_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let key = unsafe { text::required(key, key_len, "key") }?;
        table.delete_by_key(&Key::from_json(key)?)?;
        write_event(&table, "delete", 1);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Describes the table.
///
/// `description`: gets a JSON object: `"name"`, `"primary_key"`, `"count"` (records), `"columns"` (the
/// schema's fields in its order; without a schema the fields of all records, sorted), `"schema"` (as it
/// was given, with the key field; null without), `"indexes"` (an array, in the order in which they were
/// made, of `{"fields": ["dept", "salary"], "kind": "sorted", "unique": false}`).
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_describe(
    table: *const dictdb_table,
    description: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut description = unsafe { Text::new(description) };
    let body = || {
        let text = description.required("description")?;
        let table = lend::<Table, _>(table, "table")?;
        table.describe(text)?;
        description.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Tells what the table costs and what it did.
///
/// `statistics`: gets a JSON object of integers: `"records"`; `"live_bytes"`, `"dead_bytes"` (stored
/// records, and remains of old ones not yet reclaimed), `"segments"`, `"segment_bytes"` (memory that holds
/// them), `"directory_bytes"`, `"key_map_bytes"`, `"indexes"` (how many), `"index_bytes"`, `"shapes"`
/// (distinct lists of fields); `"bytes"` (these four memories together); `"inserted"`, `"updated"`,
/// `"deleted"` (records, since the table was created), `"segments_reclaimed"`. Snapshots have none of
/// these: `"columns"` (how many fields scans asked for), `"column_bytes"` (memory, beside the others, that
/// keeps the values of these fields as scans read them: half of `"segment_bytes"` or 1 MiB at most),
/// `"lock_waits"` (calls that had to wait for the table's lock),
/// `"snapshots"` (how many snapshots and cursors of the table there are), `"snapshot_bytes"` (memory that
/// is there only for them, which the table itself does not need any more).
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_statistics(
    table: *const dictdb_table,
    statistics: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut statistics = unsafe { Text::new(statistics) };
    let body = || {
        let text = statistics.required("statistics")?;
        let table = lend::<Table, _>(table, "table")?;
        table.statistics(text)?;
        statistics.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// What an argument `on_conflict` says.
pub(super) fn conflict(on_conflict: i32) -> Result<Conflict, Failure> {
    match on_conflict {
        DICTDB_CONFLICT_UPDATE => Ok(Conflict::Update),
        DICTDB_CONFLICT_IGNORE => Ok(Conflict::Ignore),
        DICTDB_CONFLICT_ERROR => Ok(Conflict::Error),
        other => Err(Failure::argument(
            "on_conflict",
            format!("{other} is not one of DICTDB_CONFLICT_UPDATE (0), _IGNORE (1), _ERROR (2)"),
        )),
    }
}

fn where_of(predicate: &LentPredicate) -> Option<&Predicate> {
    predicate.as_ref().map(|predicate| predicate.as_ref())
}

/// Logs a write.
#[inline]
pub(super) fn write_event(table: &Table, what: &str, count: u64) {
    log::emit(log::DICTDB_LOG_DEBUG, || {
        (
            what.to_owned(),
            json!({ "table": table.name(), "records": count }),
        )
    });
}
