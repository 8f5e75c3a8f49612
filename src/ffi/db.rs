//! Databases: sets of named tables.

use crate::engine::{Database, TableOptions};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::error::dictdb_error;
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::output::{Handle, Text};
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use crate::ffi::text;
use crate::ffi::{log, memory, threads};
use serde_json::json;
use std::ffi::c_char;

/// A database: a set of named tables in memory.
///
/// Made by `dictdb_db_new` (by `dictdb_db_snapshot` and `dictdb_db_limited`, too), freed by
/// `dictdb_db_free`. Every function may be called from any thread at any time.
#[allow(non_camel_case_types)]
pub struct dictdb_db {
    _opaque: [u8; 0],
}

/// Makes an empty database.
///
/// `options`: reserved; pass NULL, or an empty JSON object `{}`.
/// `db`: gets the new handle, to be freed with `dictdb_db_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT` (an unknown option), `INVALID_JSON`, `INVALID_UTF8`, `LIMIT` (16,777,152
/// live handles in the process), `FORKED`.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_new(
    options: *const c_char,
    options_len: usize,
    db: *mut *mut dictdb_db,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let db = unsafe { Handle::new(db) };
    let body = || {
        let db = db.required("db")?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        prepare();
        db.finish(Database::with_options(options.unwrap_or("{}"))?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// What is to be done before there is a database.
pub(super) fn prepare() {
    memory::install();
    threads::install();
}

/// Frees a database handle. NULL and a handle that was freed before are ignored.
///
/// Table handles stay valid and keep their tables; a call that is running in another thread ends as usual.
/// The memory of the tables is given back when the last handle to them is freed and the last call has
/// ended. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_db_free(db: *mut dictdb_db) {
    handle::free::<Database, _>(db);
}

/// Creates a table.
///
/// `name`: not empty, at most 1,024 bytes.
/// `options`: NULL, or a JSON object with these members, all optional:
/// `"primary_key"`: name of the key field, `"id"` by default;
/// `"schema"`: null, or an object from field to type: `"int"`, `"str"`, `"float"`, `"bool"`, `"list"`,
/// `"dict"`, or `{"type": "str", "nullable": true, "default": "x"}`. See "Schema" at the top.
/// `table`: may be NULL; gets a handle to the table, to be freed with `dictdb_table_free`; NULL on
/// failure.
///
/// Status: `DUPLICATE_TABLE`, `INVALID_ARGUMENT` (name, an unknown option or one of a wrong type),
/// `SCHEMA` (a default that is not of its field's type), `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_create_table(
    db: *mut dictdb_db,
    name: *const c_char,
    name_len: usize,
    options: *const c_char,
    options_len: usize,
    table: *mut *mut dictdb_table,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let table = unsafe { Handle::new(table) };
    let body = || {
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let name = unsafe { text::required(name, name_len, "name") }?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let created = db.create_table(name, TableOptions::from_json(options.unwrap_or("{}"))?)?;
        if let Err(failure) = table.finish(created.clone()) {
            db.undo_create(name, &created);
            return Err(failure);
        }
        table_event(name, "created");
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Gets a handle to a table. Each call makes another handle.
///
/// `table`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
///
/// Status: `TABLE_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_get_table(
    db: *const dictdb_db,
    name: *const c_char,
    name_len: usize,
    table: *mut *mut dictdb_table,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let table = unsafe { Handle::new(table) };
    let body = || {
        let table = table.required("table")?;
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let name = unsafe { text::required(name, name_len, "name") }?;
        table.finish(db.table(name)?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Drops a table and its records.
///
/// Handles to it stay valid handles: each call on one answers `TABLE_NOT_FOUND` from then on, also if a
/// new table takes the name. A read that is running in another thread ends as usual.
///
/// Status: `TABLE_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_UTF8`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_drop_table(
    db: *mut dictdb_db,
    name: *const c_char,
    name_len: usize,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let name = unsafe { text::required(name, name_len, "name") }?;
        db.drop_table(name)?;
        table_event(name, "dropped");
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Lists the tables.
///
/// `names`: gets a JSON array of table names, in the order in which the tables were created.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_list_tables(
    db: *const dictdb_db,
    names: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut names = unsafe { Text::new(names) };
    let body = || {
        let text = names.required("names")?;
        let db = lend::<Database, _>(db, "db")?;
        db.list_tables(text)?;
        names.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

pub(super) fn table_event(name: &str, what: &str) {
    log::emit(log::DICTDB_LOG_INFO, || {
        (format!("table {what}"), json!({ "table": name }))
    });
}
