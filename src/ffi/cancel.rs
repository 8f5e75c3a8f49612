//! Cancel tokens and time limits.

use crate::engine::{Cancel, Database, Table};
use crate::ffi::db::dictdb_db;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::output::Handle;
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use std::time::Duration;

/// A token that cancels calls. Any number of threads may use it, for any number of calls.
///
/// It is given to calls through handles: `dictdb_table_limited` and `dictdb_db_limited` make a handle whose
/// calls look at the token while they run. Made by `dictdb_cancel_new`, freed by `dictdb_cancel_free`.
#[allow(non_camel_case_types)]
pub struct dictdb_cancel {
    _opaque: [u8; 0],
}

/// Makes a token that is not set.
///
/// `cancel`: gets the new handle, to be freed with `dictdb_cancel_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_cancel_new(
    cancel: *mut *mut dictdb_cancel,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let cancel = unsafe { Handle::new(cancel) };
    let body = || cancel.required("cancel")?.finish(Cancel::new());
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees a token. NULL and a handle that was freed before are ignored.
///
/// Handles made with it, and calls that are running, keep what they need of it: for them it stays as it is,
/// set or not. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_cancel_free(cancel: *mut dictdb_cancel) {
    handle::free::<Cancel, _>(cancel);
}

/// Sets a token: calls that are running with it end with `CANCELLED` soon, usually within milliseconds, and
/// so do those that begin later and can take long, until the token is reset. Calls that take no time may
/// ignore it.
///
/// A cancelled call has changed nothing. A write that has come to applying its changes completes.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe; may also be called from a signal handler's thread, but not
/// from the handler itself: that may write the flag.
#[no_mangle]
pub unsafe extern "C" fn dictdb_cancel_set(
    cancel: *mut dictdb_cancel,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Cancel, _>(cancel, "cancel")?.set();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Takes the setting of a token back, so that it can be used again.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_cancel_reset(
    cancel: *mut dictdb_cancel,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Cancel, _>(cancel, "cancel")?.reset();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// The memory of a token: 0 while it is not set, anything else when it is. For programs to which a call is dear
/// or not possible: writing 1 there, atomically (relaxed order will do), is what `dictdb_cancel_set` does, and
/// writing 0 is what `dictdb_cancel_reset` does. May be done by a signal handler.
///
/// Returns an address that is valid until the token is freed (and as long as a handle made with it lives); NULL
/// if `cancel` is not a live token, and in a forked child. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_cancel_flag(cancel: *const dictdb_cancel) -> *mut i32 {
    match lend::<Cancel, _>(cancel, "cancel") {
        Ok(cancel) => cancel.flag().as_ptr(),
        Err(_) => std::ptr::null_mut(),
    }
}

/// No time limit, for `dictdb_table_limited` and `dictdb_db_limited`.
pub const DICTDB_NO_TIMEOUT: i64 = -1;

/// Makes another handle to a table or snapshot, whose calls can be stopped.
///
/// Each call through the new handle looks at the token while it runs, and at the clock, and ends with
/// `CANCELLED` or `TIMEOUT` when it should; then it has changed nothing. That holds for all that can take
/// long: queries, counts, copies, cursors' steps, bulk inserts, updates and deletes, making an index,
/// waiting for the table's lock, and batches in which the handle is used. Limits add up: a handle made of a
/// limited one is stopped by either token, and has the shorter of both times. What is made through the handle
/// (snapshots, cursors, watches, the tables of a database) has its limits, too. Calls that take no time to
/// speak of may ignore them.
///
/// `cancel`: a token, which stays the caller's; may be NULL.
/// `timeout_ms`: milliseconds that each call may take, from its beginning; 0 lets only calls pass that take
/// no time; `DICTDB_NO_TIMEOUT` (or any negative number) sets no limit.
/// `limited`: gets the handle, to be freed with `dictdb_table_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_limited(
    table: *const dictdb_table,
    cancel: *const dictdb_cancel,
    timeout_ms: i64,
    limited: *mut *mut dictdb_table,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let limited = unsafe { Handle::new(limited) };
    let body = || {
        let limited = limited.required("limited")?;
        let table = lend::<Table, _>(table, "table")?;
        let cancel = lend_token(cancel)?;
        limited.finish(table.limited(cancel, time(timeout_ms)))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Makes another handle to a database or snapshot, whose calls can be stopped, and those of all tables got
/// from it. As `dictdb_table_limited`.
///
/// `limited`: gets the handle, to be freed with `dictdb_db_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_limited(
    db: *const dictdb_db,
    cancel: *const dictdb_cancel,
    timeout_ms: i64,
    limited: *mut *mut dictdb_db,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let limited = unsafe { Handle::new(limited) };
    let body = || {
        let limited = limited.required("limited")?;
        let db = lend::<Database, _>(db, "db")?;
        let cancel = lend_token(cancel)?;
        limited.finish(db.limited(cancel, time(timeout_ms)))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

fn lend_token(cancel: *const dictdb_cancel) -> Result<Option<Cancel>, Failure> {
    match cancel.is_null() {
        true => Ok(None),
        false => Ok(Some(lend::<Cancel, _>(cancel, "cancel")?.clone())),
    }
}

/// Milliseconds; none if negative.
pub(super) fn time(timeout_ms: i64) -> Option<Duration> {
    u64::try_from(timeout_ms).ok().map(Duration::from_millis)
}
