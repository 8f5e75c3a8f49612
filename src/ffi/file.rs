//! Files.

use crate::engine::Database;
use crate::ffi::db::{dictdb_db, prepare};
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::lend;
use crate::ffi::job::{self, dictdb_job, Done};
use crate::ffi::output::Handle;
use crate::ffi::status::dictdb_status;
use crate::ffi::text;
use crate::store::{self, FileOptions};
use std::ffi::c_char;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Saves a database, or a snapshot of one, to a file.
///
/// What is saved is the whole database at one instant, the one at which the call was made; no write waits for it. The file is
/// replaced as a whole: whenever the machine stops, and whatever fails, there is the old file or the new one. It is
/// readable for its owner alone, or for whom the file was that it replaces. If `path` is a symbolic link, the file that it
/// leads to is replaced. It costs the memory that a snapshot costs, and no copy of the records.
///
/// `db`: its limits (`dictdb_db_limited`) stop the work.
/// `path`: where; relative to the working directory of the process.
/// `options`: NULL, or a JSON object: `"format"`: `"json"` (the default; DictDB reads it, too) or `"dictdb"`, which has
/// checksums, and is faster to load.
/// `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
/// that, to be freed with `dictdb_job_free`; NULL on failure. Its result has `records`, `bytes` (of the file) and
/// `duration_us`, and it can fail as this function can.
///
/// Status: `IO` (the detail has `operation`, `path`, `errno`; the old file is there, unless the operation is to bring the
/// directory to the disk: then either may be), `INVALID_ARGUMENT`, `INVALID_JSON`, `INVALID_UTF8`, `INVALID_HANDLE`, `LIMIT`,
/// `CANCELLED`, `TIMEOUT`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_save(
    db: *const dictdb_db,
    path: *const c_char,
    path_len: usize,
    options: *const c_char,
    options_len: usize,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let db = lend::<Database, _>(db, "db")?;
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        // SAFETY: rule Text.
        let options = unsafe { text::optional(options, options_len, "options") }?;
        let options = FileOptions::from_json(options.unwrap_or("{}"))?;
        let snapshot = db.snapshot()?;
        job::now_or_later(job, move |work, cancel| {
            job::logged("saved", &path, || {
                let since = Instant::now();
                let snapshot = snapshot.limited(Some(cancel), None);
                let bytes = store::save(&snapshot, &path, &options, work)?;
                Ok(Done {
                    facts: job::facts(work, bytes, since),
                    database: None,
                })
            })
        })?;
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Loads a database from a file that `dictdb_db_save` or DictDB has written; which format it has is seen from the file.
///
/// `path`: which file.
/// `db`: gets a handle to a new database with all that is in the file, to be freed with `dictdb_db_free`; NULL on failure:
/// there is never a part of one. May be NULL if there is a `job`, and stays NULL then.
/// `job`: NULL to do it within this call. Otherwise it is done in a thread of the library's own, and `job` gets a handle to
/// that, to be freed with `dictdb_job_free`; NULL on failure. `dictdb_job_database` gives the database; the result has
/// `records`, `bytes` (of the file) and `duration_us`, and it can fail as this function can.
///
/// Status: `IO` (the detail has `operation`, `path`, `errno`), `CORRUPT` (`path`, `position`), `INVALID_JSON` and what else can
/// be wrong with tables, records and indexes (`path`, `table`, and `index`, the number of the record from 0): `DUPLICATE_KEY`,
/// `SCHEMA`, `INVALID_KEY` and so on; `INVALID_ARGUMENT`, `INVALID_UTF8`, `LIMIT`, `CANCELLED`, `OUT_OF_MEMORY`, `FORKED`.
/// Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_db_load(
    path: *const c_char,
    path_len: usize,
    db: *mut *mut dictdb_db,
    job: *mut *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let db = unsafe { Handle::new(db) };
    // SAFETY: rule Output.
    let job = unsafe { Handle::new(job) };
    let body = || {
        let db = match job.is_wanted() {
            true => db,
            false => db.required("db")?,
        };
        // SAFETY: rule Text.
        let path = path_of(unsafe { text::required(path, path_len, "path") }?)?;
        prepare();
        let new = Database::new();
        let done = job::now_or_later(job, move |work, cancel| {
            job::logged("loaded", &path, || {
                let since = Instant::now();
                let bytes = store::load(&new.limited(Some(cancel), None), &path, work)?;
                Ok(Done {
                    facts: job::facts(work, bytes, since),
                    database: Some(new),
                })
            })
        })?;
        match done.and_then(|done| done.database) {
            Some(new) => db.finish(new),
            None => Ok(()),
        }
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// A path is what the text says, byte by byte.
pub(super) fn path_of(path: &str) -> Result<PathBuf, Failure> {
    match path {
        "" => Err(Failure::argument("path", "is empty")),
        path if path.contains('\0') => Err(Failure::argument("path", "has a NUL")),
        path => Ok(Path::new(path).to_owned()),
    }
}
