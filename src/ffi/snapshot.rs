//! Snapshots: a table, or a database, as of one instant.

use crate::engine::{Database, Table};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::db::dictdb_db;
use crate::ffi::error::dictdb_error;
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::output::{Handle, Text};
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;

/// Takes a snapshot of a table: a handle to the table as it is at this instant.
///
/// It takes microseconds, whatever the size of the table: nothing is copied. Every function that only reads a
/// table takes the snapshot as its table, and gives what it would have given at that instant, whatever
/// happens to the table and its database afterwards: writes, indexes made or dropped, the table dropped, all
/// their handles freed. Functions that change a table answer `UNSUPPORTED`. Any number of threads may read a
/// snapshot, without a lock.
///
/// What a snapshot costs is the memory of what the table would have let go since. The table's statistics tell
/// it: `snapshots` and `snapshot_bytes`.
///
/// `table`: a table; a snapshot gives another handle to itself. Limits (`dictdb_table_limited`) of the
/// handle are those of the new one, too.
/// `snapshot`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_snapshot(
    table: *const dictdb_table,
    snapshot: *mut *mut dictdb_table,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let snapshot = unsafe { Handle::new(snapshot) };
    let body = || {
        let snapshot = snapshot.required("snapshot")?;
        let table = lend::<Table, _>(table, "table")?;
        snapshot.finish(table.snapshot()?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Takes a snapshot of a whole database: a handle to all its tables as they are at one and the same instant.
///
/// No write is in it in part, not even a batch over several tables. It takes some microseconds for each table,
/// whatever their sizes. It waits for a write that is being applied to one of the tables at the instant; no
/// write waits for it. Afterwards all is as for `dictdb_table_snapshot`: `dictdb_db_get_table` gives snapshots
/// of the tables, `dictdb_db_list_tables` lists those that there were, and creating or dropping tables is
/// `UNSUPPORTED`.
///
/// `snapshot`: gets the handle, to be freed with `dictdb_db_free`; NULL on failure. It has the limits of `db`.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `CANCELLED`, `TIMEOUT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_snapshot(
    db: *const dictdb_db,
    snapshot: *mut *mut dictdb_db,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let snapshot = unsafe { Handle::new(snapshot) };
    let body = || {
        let snapshot = snapshot.required("snapshot")?;
        let db = lend::<Database, _>(db, "db")?;
        snapshot.finish(db.snapshot()?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Copies all records of a table, or of a snapshot of one, as of one instant.
///
/// `records`: gets a JSON object with each record under its key, in natural order: `{"1": {...}, "ab": {...}}`.
/// An integer key becomes its digits; if a table has the integer `1` and the string `"1"`, the name stands
/// twice, and the records' own key fields tell which is which.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `TABLE_NOT_FOUND` (dropped), `CANCELLED`, `TIMEOUT`,
/// `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_copy(
    table: *const dictdb_table,
    records: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut records = unsafe { Text::new(records) };
    let body = || {
        let text = records.required("records")?;
        let table = lend::<Table, _>(table, "table")?;
        table.copy(text)?;
        records.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Copies all records of a database, or of a snapshot of one, as of one and the same instant.
///
/// `tables`: gets a JSON object: for each table's name, in the order in which they were created, an object
/// as from `dictdb_table_copy`.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_copy(
    db: *const dictdb_db,
    tables: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut tables = unsafe { Text::new(tables) };
    let body = || {
        let text = tables.required("tables")?;
        let db = lend::<Database, _>(db, "db")?;
        db.copy(text)?;
        tables.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
