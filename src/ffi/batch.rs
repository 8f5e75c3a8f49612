//! Batches: several writes on several tables as one.

use crate::engine::{Batch, Database, Key, Predicate, Table, Update};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::db::dictdb_db;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::log;
use crate::ffi::output::{Handle, Text};
use crate::ffi::params;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::{conflict, dictdb_table};
use crate::ffi::text;
use crate::ffi::update::{compile, dictdb_update};
use serde_json::json;
use std::ffi::c_char;
use std::sync::Arc;

/// A list of writes on any number of tables, to be done as one: all or none.
///
/// Functions that add to the list check what they are given, and change nothing else; `dictdb_batch_commit`
/// does it all at one instant. Operations take effect in the order in which they were added, and each sees
/// what those before it did.
///
/// Made by `dictdb_batch_new`, freed by `dictdb_batch_free`. Any thread may use it.
#[allow(non_camel_case_types)]
pub struct dictdb_batch {
    _opaque: [u8; 0],
}

/// Makes an empty batch.
///
/// `batch`: gets the new handle, to be freed with `dictdb_batch_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_new(
    batch: *mut *mut dictdb_batch,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let batch = unsafe { Handle::new(batch) };
    let body = || batch.required("batch")?.finish(Batch::new());
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees a batch; operations that were not committed are given up. NULL and a handle that was freed before
/// are ignored.
///
/// A call that is using it in another thread ends as usual. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_batch_free(batch: *mut dictdb_batch) {
    handle::free::<Batch, _>(batch);
}

/// Adds: insert one record. As `dictdb_table_insert`.
///
/// Result: `{"key": 7}`.
///
/// Status: `INVALID_KEY`, `SCHEMA`, `INVALID_JSON`, `NUMBER_RANGE`, `LIMIT` (1,000,000 operations),
/// `INVALID_UTF8`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `UNSUPPORTED` (a snapshot), `OUT_OF_MEMORY`,
/// `FORKED`. That a table was dropped is found out by the commit. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_insert(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    record: *const c_char,
    record_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let record = unsafe { text::required(record, record_len, "record") }?;
        Ok(batch.insert(&table, record)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: insert many records. As `dictdb_table_insert_many`.
///
/// Result: `{"keys": [7, 8]}`.
///
/// Status: as for `dictdb_batch_insert`; the error names the record by its `index`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_insert_many(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    records: *const c_char,
    records_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let records = unsafe { text::required(records, records_len, "records") }?;
        Ok(batch.insert_many(&table, records)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: insert a record, or deal with the record that has its key. As `dictdb_table_upsert`.
///
/// `on_conflict`: one of `DICTDB_CONFLICT_…`.
///
/// Result: `{"key": 7, "outcome": "updated"}`; the outcome is `"inserted"`, `"updated"` or `"ignored"`.
///
/// Status: as for `dictdb_batch_insert`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_upsert(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    record: *const c_char,
    record_len: usize,
    on_conflict: i32,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let record = unsafe { text::required(record, record_len, "record") }?;
        Ok(batch.upsert(&table, record, conflict(on_conflict)?)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: change the record that has a key. As `dictdb_table_update_by_key`.
///
/// `key`: JSON text: `42` or `"abc"`.
/// `changes`: a JSON object, as for `dictdb_table_update`.
///
/// Result: `{"count": 1}`.
///
/// Status: as for `dictdb_batch_insert`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_update_by_key(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    key: *const c_char,
    key_len: usize,
    changes: *const c_char,
    changes_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let key = unsafe { text::required(key, key_len, "key") }?;
        // SAFETY: rule Text.
        let changes = unsafe { text::required(changes, changes_len, "changes") }?;
        Ok(batch.update_by_key(&table, &Key::from_json(key)?, changes)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: run a compiled update. As `dictdb_update_run`.
///
/// `update`: stays the caller's, and may be freed at once.
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
///
/// Result: `{"count": 3}`.
///
/// Status: `INVALID_JSON`, `INVALID_UTF8`, `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `UNSUPPORTED` (a
/// snapshot), `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_update(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    update: *const dictdb_update,
    params: *const c_char,
    params_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        let update = lend::<Arc<Update>, _>(update, "update")?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        Ok(batch.update(&table, &update, params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: change the records that match by expressions, everything as text. As `dictdb_table_update_where`.
///
/// Result: `{"count": 3}`.
///
/// Status: as for `dictdb_batch_update`, and `PARSE`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_update_where(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    r#where: *const c_char,
    where_len: usize,
    set: *const c_char,
    set_len: usize,
    params: *const c_char,
    params_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let condition = unsafe { text::required(r#where, where_len, "where") }?;
        // SAFETY: rule Text.
        let set = unsafe { text::required(set, set_len, "set") }?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let update = compile(None, Some(condition), set)?;
        Ok(batch.update(&table, &update, params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: delete the record that has a key. As `dictdb_table_delete_by_key`.
///
/// Result: `{"count": 1}`.
///
/// Status: as for `dictdb_batch_insert`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_delete_by_key(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    key: *const c_char,
    key_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let key = unsafe { text::required(key, key_len, "key") }?;
        Ok(batch.delete_by_key(&table, &Key::from_json(key)?)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Adds: delete the records that match. As `dictdb_table_delete_where`.
///
/// Result: `{"count": 3}`.
///
/// Status: as for `dictdb_batch_update_where`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_delete_where(
    batch: *mut dictdb_batch,
    table: *mut dictdb_table,
    r#where: *const c_char,
    where_len: usize,
    params: *const c_char,
    params_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let condition = unsafe { text::required(r#where, where_len, "where") }?;
        // SAFETY: rule Text.
        let params = unsafe { params::read(params, params_len) }?;
        let predicate = Predicate::parse(condition).map_err(Failure::in_text("where"))?;
        Ok(batch.delete(&table, Arc::new(predicate), params)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Does all that was added, as one: at one instant, in order, all or none.
///
/// Of several commits of the same batch at the same time, one comes after the other.
///
/// The locks of the tables are taken in one order that is the same for all batches, so that batches never
/// wait for each other in a circle. What takes long, searching and parsing, was or is done before.
///
/// An update or delete that finds no record fails the batch with `RECORD_NOT_FOUND`: so a predicate can be
/// a condition on which all depends (`id = 1 AND balance >= 100`). An operation that fails is named by its
/// `operation` in the detail, counted from 0, and the error comes with an object also if it is
/// RECORD_NOT_FOUND. Then nothing was changed, and the batch has what it had. After success it is empty,
/// and may be used again.
///
/// Limits (`dictdb_table_limited`) of all handles that were used to add operations apply to the commit.
///
/// `results`: may be NULL; gets a JSON array with the result of each operation, in order.
///
/// Status: those of the operations, `TABLE_NOT_FOUND` (dropped), `CANCELLED`, `TIMEOUT`, `INVALID_HANDLE`,
/// `OUT_OF_MEMORY`, `FORKED`. An empty batch is OK. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_commit(
    batch: *mut dictdb_batch,
    results: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut results = unsafe { Text::new(results) };
    let body = || {
        let batch = lend::<Batch, _>(batch, "batch")?;
        let done = batch.commit(results.optional())?;
        batch_event(done);
        results.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Gives up all that was added.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_batch_clear(
    batch: *mut dictdb_batch,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Batch, _>(batch, "batch")?.clear();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Does a batch that is given as one JSON text: `dictdb_batch_new`, an addition for each element and
/// `dictdb_batch_commit` in one call.
///
/// `operations`: a JSON array of objects, at most 1,000,000. Each has one member that says what is done and
/// to which table, and others:
/// `{"insert": "t", "record": {...}}`;
/// `{"insert_many": "t", "records": [{...}, {...}]}`;
/// `{"upsert": "t", "record": {...}, "on_conflict": "update"}`, or `"ignore"`, or `"error"`; `"update"` by
/// default;
/// `{"update": "t", "key": 7, "changes": {...}}`;
/// `{"update": "t", "key": 7, "set": "visits = visits + ?1", "params": [1]}`;
/// `{"update": "t", "where": "age < ?1", "set": "minor = true", "params": [18]}`, or with `"changes"` in
/// place of `"set"`;
/// `{"delete": "t", "key": 7}`; `{"delete": "t", "where": "age < ?1", "params": [18]}`.
/// `"params"` may be left out if there are none.
/// `results`: may be NULL; gets a JSON array with the result of each operation, in order, as told for the
/// functions that add them.
///
/// Status: as for `dictdb_batch_commit`, and `UNSUPPORTED` (a snapshot), `INVALID_ARGUMENT` (a member that
/// is missing, unknown or of a wrong type), `TABLE_NOT_FOUND`, `PARSE`, `INVALID_JSON`, `NUMBER_RANGE`,
/// `INVALID_UTF8`, `LIMIT`. A text that is not JSON, or has a number out of range, has the `position` in
/// its detail; any other error has the `operation`, and the `option` (the member at fault) or what the
/// function that adds such an operation tells; a `position` then counts from the beginning of the string
/// that is at fault. Records in the text may nest two levels less than others. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_batch(
    db: *mut dictdb_db,
    operations: *const c_char,
    operations_len: usize,
    results: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut results = unsafe { Text::new(results) };
    let body = || {
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let operations = unsafe { text::required(operations, operations_len, "operations") }?;
        let done = db.batch(operations, results.optional())?;
        batch_event(done);
        results.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

fn batch_event(operations: usize) {
    log::emit(log::DICTDB_LOG_DEBUG, || {
        ("batch".to_owned(), json!({ "operations": operations }))
    });
}
