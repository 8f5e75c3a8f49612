//! Backups.

use crate::engine::{reserve, Database};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::db::{dictdb_db, prepare};
use crate::ffi::error::{c_string, dictdb_error, Failure};
use crate::ffi::file::path_of;
use crate::ffi::guard::{attempt, guard};
use crate::ffi::handle::{self, lend};
use crate::ffi::job::{self, dictdb_job, Done};
use crate::ffi::log::{self, dictdb_destructor};
use crate::ffi::output::{Handle, Text};
use crate::ffi::status::{dictdb_status, store_status};
use crate::ffi::{text, threads};
use crate::store::{self, BackupOptions, Backups, Event, RestoreOptions, Wanted};
use serde_json::{json, Value};
use std::ffi::{c_char, c_void};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Backups of a database in a directory.
///
/// The files are `dictdb_backup_<seconds>_<micros>.json`, the whole database, and `dictdb_delta_<seconds>_<micros>.json`, what has changed
/// since the file before; the time is that of the state that they hold, in UTC since 1970. DictDB has the same names and layouts. Each
/// file is of one instant of the whole database, no write waits for it, and it is there as a whole or not at all, as with
/// `dictdb_db_save`. No change can fall between two deltas: each is the difference to what the file before was written of, and if one
/// cannot be written, the next one has its changes, too.
///
/// One handle has the directory for itself; others, of other processes too, need directories of their own. Backups of a handle are made
/// one after the other. Made by `dictdb_backup_new`, freed by `dictdb_backup_free`; keeps its database alive. Thread-safe.
#[allow(non_camel_case_types)]
pub struct dictdb_backup {
    _opaque: [u8; 0],
}

/// Gets told that a backup has failed.
///
/// `context` is the pointer given to `dictdb_backup_new`; `status`, `message` and `detail` (a JSON object) tell what was wrong, as an error
/// object does, and are valid during the call only. `failures`: how many backups in a row have failed.
///
/// It is called on the thread that tried, with no lock held: it may call the library, also for this handle, but for
/// `dictdb_backup_free`. It must not throw or longjmp.
#[allow(non_camel_case_types)]
pub type dictdb_backup_failure_callback = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        status: dictdb_status,
        message: *const c_char,
        detail: *const c_char,
        failures: u64,
    ),
>;

/// The caller's function and what it is given.
struct Listener {
    callback: dictdb_backup_failure_callback,
    context: *mut c_void,
    destructor: dictdb_destructor,
}

// SAFETY: rule Callback.
unsafe impl Send for Listener {}
// SAFETY: as above.
unsafe impl Sync for Listener {}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(destructor) = self.destructor {
            // SAFETY: rule Callback; this is the last use of the context.
            unsafe { destructor(self.context) };
        }
    }
}

impl Listener {
    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Made(made) => {
                log::emit(log::DICTDB_LOG_INFO, || ("backup".to_owned(), made.facts()))
            }
            Event::Kept(error) => log::emit(log::DICTDB_LOG_WARN, || {
                (format!("old backups are left: {error}"), error.detail())
            }),
            Event::Failed(error, failures) => {
                log::emit(log::DICTDB_LOG_WARN, || {
                    let mut fields = error.detail();
                    if let Some(fields) = fields.as_object_mut() {
                        fields.insert("failures".to_owned(), json!(failures));
                    }
                    (format!("backup failed: {error}"), fields)
                });
                if let Some(callback) = self.callback {
                    let message = c_string(error.to_string());
                    let detail = c_string(error.detail().to_string());
                    let (message, detail) = (message.as_ptr(), detail.as_ptr());
                    let status = store_status(error);
                    // SAFETY: rule Callback.
                    unsafe { callback(self.context, status, message, detail, *failures) };
                }
            }
        }
    }
}

/// What a `dictdb_backup` handle stands for.
pub(super) struct Manager(Backups);

impl Drop for Manager {
    fn drop(&mut self) {
        // Whoever drops it may be its own thread.
        self.0.stop_soon();
    }
}

/// Makes a handle for backups of a database. It makes none yet.
///
/// `db`: its limits (`dictdb_db_limited`) stop each backup.
/// `directory`: where; it is made if it is not there, for its owner alone.
/// `options`: NULL, or a JSON object: `"interval_ms"` (between backups that are made after `dictdb_backup_start`; 300,000 by default; 0:
/// only when a change is told), `"min_interval_ms"` (between the last backup and one that is made because of
/// `dictdb_backup_notify_change`; 5,000 by default), `"incremental"` (false by default: backups are full ones; true: deltas, if
/// something has changed), `"max_deltas"` (deltas before the next full backup; 10 by default), `"keep"` (how many full backups are
/// kept, with the deltas that continue them, when a full one was made; null, the default: all; files of earlier runs count),
/// `"format"` (of full backups, as for `dictdb_db_save`; `"json"` by default).
/// `on_failure`: may be NULL.
/// `context`: passed to it; may be NULL.
/// `destructor`: may be NULL; called with `context` when the handle was freed and the last call of the callback has ended. On failure it
/// is not called: the context is still the caller's.
/// `backup`: gets the handle; NULL on failure.
///
/// With deltas the handle keeps a snapshot of what the last file was written of: the old form of what has changed since stays in memory.
///
/// Status: `IO` (the directory cannot be made or read), `UNSUPPORTED` (a snapshot), `INVALID_ARGUMENT`, `INVALID_JSON`,
/// `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_new(
    db: *const dictdb_db,
    directory: *const c_char,
    directory_len: usize,
    options: *const c_char,
    options_len: usize,
    on_failure: dictdb_backup_failure_callback,
    context: *mut c_void,
    destructor: dictdb_destructor,
    backup: *mut *mut dictdb_backup,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let backup = unsafe { Handle::new(backup) };
    let body = || {
        let backup = backup.required("backup")?;
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let directory = unsafe { text::required(directory, directory_len, "directory") }?;
        let directory = path_of(directory)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = BackupOptions::from_json(options.unwrap_or("{}"))?;
        if db.is_snapshot() {
            return Err(Failure::Unsupported("a snapshot does not change: save it"));
        }
        let mut listener = Listener {
            callback: on_failure,
            context,
            destructor: None,
        };
        let place = Arc::new(OnceLock::new());
        let told = place.clone();
        let tell = Box::new(move |event: &Event<'_>| {
            if let Some(listener) = told.get() {
                Listener::tell(listener, event);
            }
        });
        let made = Backups::new(Database::clone(&db), &directory, options, tell)?;
        backup.finish(Manager(made))?;
        // Nothing can fail any more: the context is the library's now.
        listener.destructor = destructor;
        let _ = place.set(listener);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Begins to make backups in a thread of the library's own: when the interval is over, and when a change was told. What could not be made
/// is tried again after a second, or after the minimum interval if that is longer. Does nothing if it was begun before.
///
/// Status: `IO` (no thread could be started), `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_start(
    backup: *mut dictdb_backup,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        let manager = lend::<Manager, _>(backup, "backup")?;
        manager.0.start(|run| {
            threads::start("dictdb backup", move || {
                // A panic ends the thread, and is logged.
                let _ = attempt(|| {
                    run();
                    Ok(())
                });
            })
        })
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Ends that, and waits for a backup that is being made by that thread. Changes that were told and are not backed up yet are not: call
/// `dictdb_backup_now` for them. Can be started again, also while this call waits, which then returns. Called from the failure
/// callback it does not wait.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_stop(
    backup: *mut dictdb_backup,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Manager, _>(backup, "backup")?.0.stop();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Says that something has changed that should be backed up soon. Returns at once: the thread that `dictdb_backup_start` started makes
/// the backup when the last one is as old as the minimum interval. Many calls make one backup. Before the start it is remembered.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_notify_change(
    backup: *mut dictdb_backup,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Manager, _>(backup, "backup")?.0.notify_change();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Makes the backup whose turn it is: if the handle is incremental, a delta, or a full one if there is none yet or there are as many
/// deltas as there may be; else a full one.
///
/// `facts`: gets a JSON object: `"file"` (its name; null if nothing has changed since the last one, then no delta is written),
/// `"type"` (`"full"` or `"delta"`; null if there is no file), `"records"`, `"bytes"`, `"duration_us"`. May be NULL, and stays empty if there is a `job`: that has
/// them as its result.
/// `job`: NULL to do it within this call, else as for `dictdb_db_save`.
///
/// Status: `IO` (the detail has `operation`, `path`, `errno`), `INVALID_HANDLE`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`. A failure
/// is told to the callback, too. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_now(
    backup: *mut dictdb_backup,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rules Output and Error.
    unsafe { make(backup, Wanted::Next, facts, job, error) }
}

/// Makes a full backup. As `dictdb_backup_now`.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_full(
    backup: *mut dictdb_backup,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rules Output and Error.
    unsafe { make(backup, Wanted::Full, facts, job, error) }
}

/// Makes a delta, or nothing if nothing has changed; a full backup if the handle has not made one that it could continue. As
/// `dictdb_backup_now`.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_delta(
    backup: *mut dictdb_backup,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rules Output and Error.
    unsafe { make(backup, Wanted::Delta, facts, job, error) }
}

/// # Safety
///
/// As of the functions that call it.
unsafe fn make(
    backup: *mut dictdb_backup,
    wanted: Wanted,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut facts = unsafe { Text::new(facts) };
    // SAFETY: as above.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let backups = lend::<Manager, _>(backup, "backup")?.0.share();
        let done = job::now_or_later(job, move |work, cancel| {
            let made = backups.make(wanted, Some(cancel), work)?;
            Ok(Done {
                facts: made.facts(),
                database: None,
            })
        })?;
        tell(&mut facts, done.as_ref())?;
        facts.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Writes the facts for a caller who asked for them; then giving them cannot fail.
fn tell(facts: &mut Text<'_>, done: Option<&Done>) -> Result<(), Failure> {
    if let (Some(text), Some(done)) = (facts.optional(), done) {
        let told = done.facts.to_string();
        reserve(text, told.len() + 1)?;
        text.extend_from_slice(told.as_bytes());
    }
    Ok(())
}

/// What a handle has done.
///
/// `statistics`: gets a JSON object: `"is_running"` (whether it makes backups by itself), `"full"`, `"delta"`, `"unchanged"` (how many
/// were made, and how many were not as nothing had changed), `"failures"`, `"consecutive_failures"`, `"deltas_since_full"`
/// (null while a backup is being made), `"records"`, `"bytes"` (of all files); of the last file `"last_file"`, `"last_time"`
/// (seconds since 1970), `"last_records"`, `"last_bytes"`, `"last_duration_us"`, null if there is none; `"last_error"`: what
/// was wrong with the last backup, null if it was made.
///
/// Status: `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_statistics(
    backup: *const dictdb_backup,
    statistics: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut statistics = unsafe { Text::new(statistics) };
    let body = || {
        let text = statistics.required("statistics")?;
        let manager = lend::<Manager, _>(backup, "backup")?;
        text.extend_from_slice(manager.0.statistics().to_string().as_bytes());
        statistics.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees the handle. Backups that it makes by itself end as with `dictdb_backup_stop`; a call that another thread is in, and a job, end as
/// usual. NULL and a handle that was freed before are ignored. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_backup_free(backup: *mut dictdb_backup) {
    if !crate::ffi::fork::is_child() {
        if let Ok(manager) = lend::<Manager, _>(backup, "") {
            manager.0.stop();
        }
    }
    handle::free::<Manager, _>(backup);
}

/// Restores a database from the backups of a directory: from a full one and the deltas that continue it, up to the newest.
///
/// `options`: NULL, or a JSON object: `"until"` (seconds since 1970, with up to six digits behind the point: no later state; null,
/// the default: the newest one), `"partial"` (true: if files are missing or damaged, the newest state that can be had; false, the
/// default: then it fails).
/// `db`: gets a handle to a new database with all that there was, indexes too, to be freed with `dictdb_db_free`; NULL on failure. May be
/// NULL if there is a `job`, and stays NULL then.
/// `facts`: gets a JSON object: `"file"` (the newest file that went in), `"time"` (of its state), `"files"` (all that went in),
/// `"skipped"` (with `"partial"`: an array of objects, `"file"` and `"error"`; empty if nothing was passed over), `"records"` (that were
/// read), `"bytes"`, `"duration_us"`. May be NULL, and stays empty if there is a `job`: that has them as its result.
/// `job`: NULL to do it within this call, else as for `dictdb_db_load`.
///
/// Status: `UNAVAILABLE` (the directory has no backup, or none so old), `CORRUPT` (a file is missing: the detail has `path`, the
/// delta, and `missing`, the file that it continues; or a file is damaged), and all that `dictdb_db_load` tells. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_restore(
    directory: *const c_char,
    directory_len: usize,
    options: *const c_char,
    options_len: usize,
    db: *mut *mut dictdb_db,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let db = unsafe { Handle::new(db) };
    // SAFETY: as above.
    let mut facts = unsafe { Text::new(facts) };
    // SAFETY: as above.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let db = match job.is_wanted() {
            true => db,
            false => db.required("db")?,
        };
        // SAFETY: rule Text.
        let directory = unsafe { text::required(directory, directory_len, "directory") }?;
        let directory = path_of(directory)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = RestoreOptions::from_json(options.unwrap_or("{}"))?;
        prepare();
        let done = job::now_or_later(job, move |work, cancel| {
            job::logged("restored", &directory, || {
                let since = Instant::now();
                let restored = store::restore(&directory, &options, Some(cancel), work)?;
                let mut all = restored.facts;
                if let (Value::Object(all), Value::Object(more)) =
                    (&mut all, job::facts(work, restored.bytes, since))
                {
                    all.extend(more);
                }
                Ok(Done {
                    facts: all,
                    database: Some(restored.database),
                })
            })
        })?;
        tell(&mut facts, done.as_ref())?;
        if let Some(restored) = done.and_then(|done| done.database) {
            db.finish(restored)?;
        }
        facts.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Looks at the backups of a directory without loading them. Each file is read to its end: a JSON file must be JSON with tables, a
/// binary file's checksums must fit, and a delta must continue a file that is there and sound. What records hold is not looked at.
///
/// `facts`: gets a JSON object: `"is_sound"`, `"newest"` (the newest file that could be restored; null if there is none) and
/// `"files"`, from the oldest on: objects with `"file"`, `"type"`, `"time"`, `"bytes"` and `"error"` (null if there is none). May be NULL
/// if there is a `job`, and stays empty then: the job has them as its result.
/// `job`: NULL to do it within this call, else as for `dictdb_db_save`; its progress counts files.
///
/// Status: `IO` (the directory cannot be read), `INVALID_ARGUMENT`, `INVALID_UTF8`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`; damage is
/// told by `facts`, and is no failure. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_backup_verify(
    directory: *const c_char,
    directory_len: usize,
    facts: *mut dictdb_buffer,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut facts = unsafe { Text::new(facts) };
    // SAFETY: as above.
    let job = unsafe { Handle::new(job) };
    let body = || {
        if !job.is_wanted() {
            facts.required("facts")?;
        }
        // SAFETY: rule Text.
        let directory = unsafe { text::required(directory, directory_len, "directory") }?;
        let directory = path_of(directory)?;
        prepare();
        let done = job::now_or_later(job, move |work, cancel| {
            Ok(Done {
                facts: store::verify(&directory, &cancel, work)?,
                database: None,
            })
        })?;
        tell(&mut facts, done.as_ref())?;
        facts.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}
