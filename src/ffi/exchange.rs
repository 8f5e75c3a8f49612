//! CSV and JSON Lines: tables for other programs, and from them.

use crate::engine::{Cancel, Database, Query, Table, TableOptions};
use crate::ffi::db::{dictdb_db, table_event};
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::file::path_of;
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::job::{self, dictdb_job, Done};
use crate::ffi::output::Handle;
use crate::ffi::params;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use crate::ffi::text;
use crate::store::{self, CsvExport, CsvImport, Work};
use std::ffi::c_char;
use std::sync::Arc;
use std::time::Instant;

/// Makes a table of a CSV file (RFC 4180, in UTF-8; a byte order mark is passed over).
///
/// The table is made as a whole: nobody finds it, nor does its name appear in lists and snapshots, before all rows are in it; on
/// failure there is none. A watch of the database that was there when the table got its name is told then of its creation and of all
/// its records, as one commit; of more than a watch keeps, the last ones. The file is read twice unless there is a schema or
/// `"infer_types"` is false; it must not change meanwhile, nor be a pipe. Never more than a few megabytes of it, or the longest line, are
/// in memory, beside the table.
///
/// Each line is a record: cells may be in quotes, and have delimiters, line breaks and doubled quotes then. Lines end with LF, CR LF or
/// CR; lines without anything are passed over. Rows with too few cells have empty ones, what a row has too many is cut. An
/// empty cell is null, but for a string it is `""`.
///
/// `name`: of the new table; not empty, at most 1,024 bytes.
/// `path`: which file; relative to the working directory of the process.
/// `options`: NULL, or a JSON object with these members, all optional:
/// `"delimiter"`: one ASCII character, neither a quote nor a line break; `","` by default;
/// `"header"`: true (the default) if the first line names the columns, false if they are to be named `col_0`, `col_1` and so on;
/// `"schema"`: that of the table, as for `dictdb_db_create_table`; cells are read as the types of their fields: `int`
/// (decimal digits, maybe with a sign), `float` (maybe with an exponent; it keeps its spelling), `bool` (`true`, `1`, `yes`, `false`,
/// `0`, `no` in any case), `str` (as it is), `list` and `dict` (JSON). A null that the field does not take is left out if the field
/// has a default;
/// `"infer_types"`: without a schema, true (the default) to give each column the first of the types int, float and str that all its
/// cells are, empty ones left aside (integers beyond [-2^63, 2^64-1] are strings); false to take all cells as strings;
/// `"primary_key"`: name of the key field, `"id"` by default. Without such a column, and where its cell is null, records get the
/// next integers.
/// `table`: may be NULL; gets a handle to the table, to be freed with `dictdb_table_free`; NULL on failure, and if there is a `job`.
/// `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
/// that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records`, `bytes` (of the file) and
/// `duration_us`, and it can fail as this function can.
///
/// Status: `DUPLICATE_TABLE` (the name is taken, when the call begins or when the table is complete), `IO` (`operation`, `path`,
/// `errno`). What is wrong with a row is told with `path`, `line` (from 1; of a row of several lines, the first) and `column` (the
/// number of the cell from 1, if it is about one): `SCHEMA` (a cell that is not of its type: `field`, `expected`, `actual`; a
/// column that the schema does not know; a field that is missing), `DUPLICATE_KEY`, `INVALID_KEY`, `INVALID_UTF8`, `CORRUPT` (a
/// quote that is not closed, two columns of one name), `LIMIT`; those of a record with `index`, its number from 0. And
/// `INVALID_ARGUMENT`, `INVALID_JSON` (options), `INVALID_HANDLE`, `UNSUPPORTED` (`db` is a snapshot), `CANCELLED`, `TIMEOUT`,
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_import_csv(
    db: *mut dictdb_db,
    name: *const c_char,
    name_len: usize,
    path: *const c_char,
    path_len: usize,
    options: *const c_char,
    options_len: usize,
    table: *mut *mut dictdb_table,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let table = unsafe { Handle::new(table) };
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let db = lend::<Database, _>(db, "db")?.clone();
        // SAFETY: rule Text.
        let name = unsafe { text::required(name, name_len, "name") }?.to_owned();
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = CsvImport::from_json(options.unwrap_or("{}"))?;
        import(db, (table, job), move |db, work, cancel| {
            store::import_csv(db, &name, &path, &options, work, cancel)
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Makes a table of a file of JSON Lines: a JSON object on each line, in UTF-8. Empty lines and a byte order mark are passed over.
///
/// The table is made as a whole, as by `dictdb_db_import_csv`. Never more than a few megabytes of the file, or the longest line, are in
/// memory, beside the table.
///
/// `name`: of the new table; not empty, at most 1,024 bytes.
/// `path`: which file; relative to the working directory of the process.
/// `options`: NULL, or a JSON object as for `dictdb_db_create_table`.
/// `table`, `job`: as for `dictdb_db_import_csv`.
///
/// Status: `DUPLICATE_TABLE` and `IO` as for `dictdb_db_import_csv`. What is wrong with a record is told with `path`, `line` (from 1)
/// and `index` (the number of the record from 0): `INVALID_JSON` and `NUMBER_RANGE` (`position`, in bytes from the start of the file),
/// `SCHEMA`, `DUPLICATE_KEY`, `INVALID_KEY`, `INVALID_UTF8`, `LIMIT`. And `INVALID_ARGUMENT`, `INVALID_HANDLE`, `UNSUPPORTED` (`db` is a
/// snapshot), `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_import_jsonl(
    db: *mut dictdb_db,
    name: *const c_char,
    name_len: usize,
    path: *const c_char,
    path_len: usize,
    options: *const c_char,
    options_len: usize,
    table: *mut *mut dictdb_table,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let table = unsafe { Handle::new(table) };
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let db = lend::<Database, _>(db, "db")?.clone();
        // SAFETY: rule Text.
        let name = unsafe { text::required(name, name_len, "name") }?.to_owned();
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = TableOptions::from_json(options.unwrap_or("{}"))?;
        import(db, (table, job), move |db, work, cancel| {
            store::import_jsonl(db, &name, &path, &options, work, cancel)
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Writes rows of a table, or of a snapshot of one, to a CSV file (RFC 4180: UTF-8, lines end with CR LF).
///
/// The rows are those of one instant, the one at which the call was made; no write waits for it. The file is replaced as
/// a whole, as by `dictdb_db_save`.
///
/// Null and a missing field are an empty cell; a string is written as it is (`""` is an empty cell, too), a number as it is printed,
/// `true` and `false` so, arrays and objects as JSON. Cells with a delimiter, a quote or a line break are in quotes. With the
/// table's schema, `dictdb_db_import_csv` makes of it a table that has the same records, but for nulls in fields of type `str`.
///
/// `path`: where; relative to the working directory of the process.
/// `spec`: NULL for all records, or a JSON object as for `dictdb_query_new`: which rows, in which order, with which
/// columns. Without `"columns"` the columns are the fields of the table's schema in their order; without a schema, all fields that
/// the rows have, in the order in which they first appear (then the rows are gone through twice).
/// `params`: NULL for none, or a JSON array: the first value is that of `?1`.
/// `options`: NULL, or a JSON object with these members, both optional:
/// `"delimiter"`: one ASCII character, neither a quote nor a line break; `","` by default;
/// `"header"`: false to leave out the line with the columns' names; true by default.
/// `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
/// that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records` (rows), `bytes` (of the file) and
/// `duration_us`, and it can fail as this function can.
///
/// Status: `IO` (as for `dictdb_db_save`), as for `dictdb_query_new` and `dictdb_query_run`, `LIMIT` (4,096 columns),
/// `INVALID_ARGUMENT` (options, too), `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_export_csv(
    table: *const dictdb_table,
    path: *const c_char,
    path_len: usize,
    spec: *const c_char,
    spec_len: usize,
    params: *const c_char,
    params_len: usize,
    options: *const c_char,
    options_len: usize,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        // SAFETY: rule Text.
        let query = unsafe { query_of(spec, spec_len) }?;
        // SAFETY: rule Text. A job goes on when the caller's text may be gone.
        let params = unsafe { params::read(params, params_len) }?.into_owned()?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = CsvExport::from_json(options.unwrap_or("{}"))?;
        export(&table, job, move |snapshot, work| {
            store::export_csv(snapshot, (&query, &params), &path, &options, work)
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Writes rows of a table, or of a snapshot of one, to a file of JSON Lines: each row as a JSON object on a line of its own.
///
/// As `dictdb_table_export_csv`, but that rows are whole: nothing is lost, and `dictdb_db_import_jsonl` makes of it a table that
/// has the same records.
///
/// `path`, `spec`, `params`, `job`: as for `dictdb_table_export_csv`.
///
/// Status: as for `dictdb_table_export_csv`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_export_jsonl(
    table: *const dictdb_table,
    path: *const c_char,
    path_len: usize,
    spec: *const c_char,
    spec_len: usize,
    params: *const c_char,
    params_len: usize,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        // SAFETY: rule Text.
        let query = unsafe { query_of(spec, spec_len) }?;
        // SAFETY: rule Text. A job goes on when the caller's text may be gone.
        let params = unsafe { params::read(params, params_len) }?.into_owned()?;
        export(&table, job, move |snapshot, work| {
            store::export_jsonl(snapshot, (&query, &params), &path, work)
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Makes a table, now or as a job.
fn import(
    db: Database,
    (table, job): (Handle<'_, dictdb_table>, Handle<'_, dictdb_job>),
    make: impl FnOnce(&Database, &Work, Cancel) -> store::Result<(Table, u64)> + Send + 'static,
) -> Result<(), Failure> {
    if job.is_wanted() {
        let work = move |work: &Work, cancel: Cancel| {
            let since = Instant::now();
            let (created, bytes) = make(&db, work, cancel)?;
            table_event(created.name(), "created");
            Ok(Done {
                facts: job::facts(work, bytes, since),
                database: None,
            })
        };
        return job::now_or_later(job, work).map(|_| ());
    }
    let (created, _) = make(&db, &Work::default(), Cancel::new())?;
    if let Err(failure) = table.finish(created.clone()) {
        db.undo_create(created.name(), &created);
        return Err(failure);
    }
    table_event(created.name(), "created");
    Ok(())
}

/// Writes a table as it is now to a file, now or as a job.
fn export(
    table: &Table,
    job: Handle<'_, dictdb_job>,
    write: impl FnOnce(&Table, &Work) -> store::Result<u64> + Send + 'static,
) -> Result<(), Failure> {
    let snapshot = table.snapshot()?;
    job::now_or_later(job, move |work, cancel| {
        let since = Instant::now();
        let bytes = write(&snapshot.limited(Some(cancel), None), work)?;
        Ok(Done {
            facts: job::facts(work, bytes, since),
            database: None,
        })
    })?;
    Ok(())
}

/// The query of an argument `spec`, which may be NULL.
///
/// # Safety
/// Rule Text.
unsafe fn query_of(spec: *const c_char, spec_len: usize) -> Result<Arc<Query>, Failure> {
    // SAFETY: the caller's promise.
    let spec = unsafe { text::optional(spec, spec_len, "spec") }?;
    let query = Query::from_json(None, spec.unwrap_or("{}")).map_err(Failure::in_text("spec"))?;
    Ok(Arc::new(query))
}
