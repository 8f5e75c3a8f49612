//! Watches: what has changed, in order.

use crate::engine::{Database, Table, WatchOptions};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::cancel::time;
use crate::ffi::db::dictdb_db;
use crate::ffi::descriptor::Notified;
use crate::ffi::error::dictdb_error;
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend};
use crate::ffi::output::{Handle, Scalar, Text};
use crate::ffi::status::dictdb_status;
use crate::ffi::table::dictdb_table;
use crate::ffi::text;
use std::ffi::c_char;

/// A feed of the changes of a table, or of all tables of a database: each record that was inserted, changed
/// or deleted, in the order in which that happened, from the moment at which the watch was made.
///
/// Changes are kept in memory, up to a limit, whether they were asked for or not; a writer never waits for
/// a reader. A reader who is too slow is told that changes are gone (`UNAVAILABLE`), and should read the
/// tables anew: ask for `dictdb_watch_last`, then take a snapshot, then go on after that number. The same
/// goes for a copy of a table that is to be kept up to date from the start: first make the watch, then take
/// the snapshot, then apply all changes. Changes carry whole records, so applying one that the snapshot has
/// already does no harm: once all up to the snapshot have been applied, the copy is what the table was.
///
/// Made by `dictdb_table_watch` and `dictdb_db_watch`, freed by `dictdb_watch_free`. Any thread may use it.
/// It does not keep the database alive: when nobody can write any more, no change comes any more.
#[allow(non_camel_case_types)]
pub struct dictdb_watch {
    _opaque: [u8; 0],
}

/// Watches a table from now on: the watch gets the changes of all calls that begin from now on, whole, and
/// nothing of those that are under way. Limits (`dictdb_table_limited`) of the handle apply to its polls.
///
/// `options`: NULL, or a JSON object with these members, all optional:
/// `"max_changes"`: changes that are kept at most, 1 to 16,777,216; 65,536 by default;
/// `"max_bytes"`: bytes of them that are kept at most, at least 1; 67,108,864 (64 MiB) by default;
/// `"records"`: false to leave out the records, so that a change tells only the key; true by default.
/// When there are more, or no memory for them, the oldest ones go.
/// `watch`: gets the new handle, to be freed with `dictdb_watch_free`; NULL on failure.
///
/// Status: `INVALID_ARGUMENT` (an unknown option or one of a wrong type), `INVALID_JSON`, `INVALID_UTF8`,
/// `INVALID_HANDLE`, `UNSUPPORTED` (a snapshot), `TABLE_NOT_FOUND` (dropped), `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_table_watch(
    table: *const dictdb_table,
    options: *const c_char,
    options_len: usize,
    watch: *mut *mut dictdb_watch,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let watch = unsafe { Handle::new(watch) };
    let body = || {
        let watch = watch.required("watch")?;
        let table = lend::<Table, _>(table, "table")?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = WatchOptions::from_json(options.unwrap_or("{}"))?;
        watch.finish(Notified::new(table.watch(&options)?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Watches all tables of a database from now on, those that are yet to be created included. As
/// `dictdb_table_watch`.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_watch(
    db: *const dictdb_db,
    options: *const c_char,
    options_len: usize,
    watch: *mut *mut dictdb_watch,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let watch = unsafe { Handle::new(watch) };
    let body = || {
        let watch = watch.required("watch")?;
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = WatchOptions::from_json(options.unwrap_or("{}"))?;
        watch.finish(Notified::new(db.watch(&options)?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Stops watching and frees the handle. NULL and a handle that was freed before are ignored.
///
/// A `dictdb_watch_poll` that is waiting in another thread ends with `CANCELLED`. The file descriptor of
/// the watch is closed with it, and its number may be another file's soon: take it out of an event loop
/// first. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_watch_free(watch: *mut dictdb_watch) {
    if let Ok(watch) = lend::<Notified, _>(watch, "watch") {
        watch.close();
    }
    handle::free::<Notified, _>(watch);
}

/// Gets changes, in order.
///
/// `since`: gives those with a greater sequence number; 0 gives all since the watch was made. Pass the
/// `last` of the poll before. What was asked for is not taken away: it may be asked for again, as long as
/// it is kept.
/// `max`: changes at most; 0 for all.
/// `timeout_ms`: milliseconds to wait if there is none; 0 not to wait; `DICTDB_NO_TIMEOUT` (or any negative
/// number) to wait for ever. No lock is held meanwhile.
/// `changes`: gets a JSON array of objects, `[]` if there are none:
/// `{"sequence": 8, "commit": 8, "table": "users", "operation": "update", "key": 1, "record": {...}}`.
/// `"sequence"` ascends by one from change to change, for all watches of a database alike (a watch of one
/// table lacks those of others; changes that nobody watches are not counted, so a number means nothing to a
/// watch that is made later); `"commit"` is the sequence number of the first change of the same call or
/// batch; `"operation"` is `"insert"`,
/// `"update"`, `"delete"`, `"create"` or `"drop"` (of the table; these have neither key nor record);
/// `"key"` is the record's key, after the change; `"old_key"` is there if the change gave it another one;
/// `"record"` is the whole record, after the change; a delete has none. Keys that one update passes on from
/// record to record are told to be deleted first, and the records that had them to be inserted, so that each
/// change can be applied by itself.
/// `last`: may be NULL; gets the sequence number of the last change in `changes`, or `since` if there is
/// none; untouched on failure.
///
/// Status: `UNAVAILABLE` (changes after `since` are gone: the detail has `since`, `oldest`, after which
/// they are kept, and `newest`, the last one), `CANCELLED` (the watch was freed meanwhile, or the token of
/// the handle that it was made with was set), `TIMEOUT` (the time of that handle was over sooner than
/// `timeout_ms`), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_watch_poll(
    watch: *const dictdb_watch,
    since: u64,
    max: u64,
    timeout_ms: i64,
    changes: *mut dictdb_buffer,
    last: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut changes = unsafe { Text::new(changes) };
    // SAFETY: rule Output.
    let last = unsafe { Scalar::new(last) };
    let body = || {
        let text = changes.required("changes")?;
        let watch = lend::<Notified, _>(watch, "watch")?;
        let reached = watch.poll(since, max, time(timeout_ms), text)?;
        changes.finish()?;
        last.finish(reached)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Gets the sequence number of the last change of the database that anybody watched: the number after which
/// a reader goes on who is about to read the tables anew.
///
/// `last`: gets the number; untouched on failure.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_watch_last(
    watch: *const dictdb_watch,
    last: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let last = unsafe { Scalar::new(last) };
    let body = || {
        let last = last.required("last")?;
        let watch = lend::<Notified, _>(watch, "watch")?;
        last.finish(watch.last())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Gets a file descriptor that is readable while there are changes which no poll has given yet: for `poll`,
/// `epoll` and the event loops made of them. Do not read it or close it: `dictdb_watch_poll` makes it
/// unreadable when it has given all, and the watch closes it when it is freed. It is closed on exec.
/// It is for one who polls: a poll by another makes it unreadable for both. Whoever watches apart makes a watch of
/// their own.
///
/// `fd`: gets the descriptor, each time the same; untouched on failure.
///
/// Status: `IO` (the system gives none), `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_watch_fd(
    watch: *const dictdb_watch,
    fd: *mut i32,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let fd = unsafe { Scalar::new(fd) };
    let body = || {
        let fd = fd.required("fd")?;
        let watch = lend::<Notified, _>(watch, "watch")?;
        fd.finish(watch.descriptor()?)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
