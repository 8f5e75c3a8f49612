//! Jobs: long work that goes on in a thread of its own.

use crate::engine::{Cancel, Database};
use crate::ffi::buffer::dictdb_buffer;
use crate::ffi::db::dictdb_db;
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::{self, guard};
use crate::ffi::handle::{self, lend};
use crate::ffi::output::{Handle, Scalar, Text};
use crate::ffi::status::dictdb_status;
use crate::ffi::{cancel, log, threads};
use crate::store::Work;
use parking_lot::{Condvar, Mutex};
use serde_json::{json, Value};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Long work that goes on in a thread of the library's own, while the caller does something else.
///
/// Made by those functions that have an argument `job`; freed by `dictdb_job_free`. Thread-safe: any number of threads
/// may wait for one. Its thread handles no signals, and calls nothing of the caller's but the log and, of a backup, the failure
/// callback.
#[allow(non_camel_case_types)]
pub struct dictdb_job {
    _opaque: [u8; 0],
}

/// What work gives.
#[derive(Default)]
pub(super) struct Done {
    /// The facts, for `dictdb_job_result`.
    pub(super) facts: Value,
    /// A database that was made.
    pub(super) database: Option<Database>,
}

/// What the job's thread and those who ask for it share.
struct Shared {
    work: Work,
    cancel: Cancel,
    /// `None` while it runs.
    outcome: Mutex<Option<Result<Done, Arc<Failure>>>>,
    ended: Condvar,
}

/// What a `dictdb_job` handle stands for.
pub(super) struct Job(Arc<Shared>);

impl Job {
    /// Starts work in a thread of its own.
    pub(super) fn start(
        work: impl FnOnce(&Work, Cancel) -> Result<Done, Failure> + Send + 'static,
    ) -> Result<Job, Failure> {
        let shared = Arc::new(Shared {
            work: Work::default(),
            cancel: Cancel::new(),
            outcome: Mutex::new(None),
            ended: Condvar::new(),
        });
        let own = shared.clone();
        threads::start("dictdb job", move || {
            let outcome = guard::attempt(|| work(&own.work, own.cancel.clone()));
            *own.outcome.lock() = Some(outcome.map_err(Arc::new));
            own.ended.notify_all();
        })?;
        Ok(Job(shared))
    }

    /// What became of it; none if that is not known when the time is over.
    fn wait<R>(
        &self,
        timeout_ms: i64,
        read: impl FnOnce(&Result<Done, Arc<Failure>>) -> R,
    ) -> Option<R> {
        let time = cancel::time(timeout_ms);
        // A time beyond the clock's range is none.
        let until = time.and_then(|time| Instant::now().checked_add(time));
        let mut outcome = self.0.outcome.lock();
        while outcome.is_none() {
            match until {
                None => self.0.ended.wait(&mut outcome),
                Some(until) if self.0.ended.wait_until(&mut outcome, until).timed_out() => break,
                Some(_) => {}
            }
        }
        outcome.as_ref().map(read)
    }
}

/// Waits until a job has ended, or a time is over.
///
/// `timeout_ms`: milliseconds; 0 only looks; `DICTDB_NO_TIMEOUT` (or any negative number) waits as long as it takes.
/// `is_done`: gets 1 if the job has ended, 0 if the time was over before; untouched on failure of the wait, 1 on failure of
/// the job.
///
/// Status: that of the job's work, once it has ended, as the function that made it tells; before, `OK`. The error object
/// is that of the work, too. And `INVALID_ARGUMENT`, `INVALID_HANDLE`, `FORKED` of the wait itself. May be called again.
#[no_mangle]
pub unsafe extern "C" fn dictdb_job_wait(
    job: *const dictdb_job,
    timeout_ms: i64,
    is_done: *mut i32,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let is_done = unsafe { Scalar::new(is_done) };
    let body = || {
        let job = lend::<Job, _>(job, "job")?;
        let failure = job.wait(timeout_ms, |outcome| outcome.as_ref().err().cloned());
        is_done.finish(i32::from(failure.is_some()))?;
        match failure.flatten() {
            None => Ok(()),
            Some(failure) => Err(Failure::OfJob(failure)),
        }
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// How far a job has come.
///
/// `done`, `total`: get counts of records; `total` grows while more becomes known, and is 0 as long as nothing is. Each may be
/// NULL.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_job_progress(
    job: *const dictdb_job,
    done: *mut u64,
    total: *mut u64,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let done = unsafe { Scalar::new(done) };
    // SAFETY: rule Output.
    let total = unsafe { Scalar::new(total) };
    let body = || {
        let job = lend::<Job, _>(job, "job")?;
        let (so_far, in_all) = job.0.work.progress();
        done.finish(so_far)?;
        total.finish(in_all)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Stops a job: its work ends with `CANCELLED` soon, and leaves all as it was before, with no file half written. Work that
/// is being completed completes. Does not wait: `dictdb_job_wait` does.
///
/// Status: `INVALID_HANDLE`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_job_cancel(
    job: *mut dictdb_job,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        lend::<Job, _>(job, "job")?.0.cancel.set();
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// The facts of what a job has done.
///
/// `facts`: gets a JSON object; the function that made the job tells its members. Its status is `UNAVAILABLE` while the
/// job runs, and that of the job's work if it has failed.
///
/// Status: as said, and `INVALID_ARGUMENT`, `INVALID_HANDLE`, `OUT_OF_MEMORY`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_job_result(
    job: *const dictdb_job,
    facts: *mut dictdb_buffer,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let mut facts = unsafe { Text::new(facts) };
    let body = || {
        let text = facts.required("facts")?;
        let job = lend::<Job, _>(job, "job")?;
        let done = finished(&job, |done| done.facts.to_string())?;
        text.extend_from_slice(done.as_bytes());
        facts.finish()
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// The database that a job has loaded.
///
/// `db`: gets a handle to it, to be freed with `dictdb_db_free`; NULL on failure. Each call gives a handle of its own to the
/// same database.
///
/// Status: `UNAVAILABLE` while the job runs, the status of the job's work if it has failed, `UNSUPPORTED` if it makes no
/// database; `INVALID_ARGUMENT`, `INVALID_HANDLE`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_job_database(
    job: *const dictdb_job,
    db: *mut *mut dictdb_db,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let db = unsafe { Handle::new(db) };
    let body = || {
        let db = db.required("db")?;
        let job = lend::<Job, _>(job, "job")?;
        let made = finished(&job, |done| done.database.clone())?;
        let Some(made) = made else {
            return Err(Failure::Unsupported("this job makes no database"));
        };
        db.finish(made)
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

/// Frees a job's handle. A job that runs is not stopped by that: it goes on without it; a database that it makes is freed.
/// NULL and a handle that was freed before are ignored. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_job_free(job: *mut dictdb_job) {
    handle::free::<Job, _>(job);
}

fn finished<R>(job: &Job, read: impl FnOnce(&Done) -> R) -> Result<R, Failure> {
    let outcome = job.wait(0, |outcome| match outcome {
        Ok(done) => Ok(read(done)),
        Err(failure) => Err(Failure::OfJob(failure.clone())),
    });
    outcome.unwrap_or(Err(Failure::Running))
}

/// Runs work now, or starts it as a job if the caller asked for one.
pub(super) fn now_or_later(
    job: Handle<'_, dictdb_job>,
    work: impl FnOnce(&Work, Cancel) -> Result<Done, Failure> + Send + 'static,
) -> Result<Option<Done>, Failure> {
    match job.is_wanted() {
        true => job.finish(Job::start(work)?).map(|()| None),
        false => work(&Work::default(), Cancel::new()).map(Some),
    }
}

/// Does work with a file or directory, and tells the log what became of it: `saved`, `loaded` and so on.
pub(super) fn logged(
    what: &'static str,
    path: &Path,
    work: impl FnOnce() -> Result<Done, Failure>,
) -> Result<Done, Failure> {
    let done = work();
    let with_path = |mut fields: Value| {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("path".to_owned(), json!(path.to_string_lossy()));
        }
        fields
    };
    match &done {
        Ok(done) => log::emit(log::DICTDB_LOG_INFO, || {
            (what.to_owned(), with_path(done.facts.clone()))
        }),
        Err(failure) => log::emit(log::DICTDB_LOG_WARN, || {
            let message = format!("not {what}: {}", failure.message());
            (message, with_path(failure.detail()))
        }),
    }
    done
}

/// The facts of work that has been done since an instant.
pub(super) fn facts(work: &Work, bytes: u64, since: Instant) -> Value {
    let (records, _) = work.progress();
    json!({
        "records": records,
        "bytes": bytes,
        "duration_us": u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_has_failed() {
        let job = Job::start(|_, _| panic!("planted {}", 44)).expect("a thread");
        let failure = job.wait(-1, |outcome| outcome.as_ref().err().cloned());
        match failure.flatten().as_deref() {
            Some(Failure::Panic(text)) => assert!(text.contains("planted 44"), "{text}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_job_goes_on_until_it_is_cancelled() {
        let job = Job::start(|work, cancel| {
            work.expect(7);
            while !cancel.is_set() {
                std::thread::yield_now();
            }
            Err(Failure::Engine(crate::engine::Error::Cancelled))
        });
        let job = job.expect("a thread");
        assert!(job.wait(5, |_| ()).is_none());
        job.0.cancel.set();
        let is_cancelled = job.wait(-1, |outcome| {
            let failure = outcome.as_ref().err().cloned();
            let failure = failure.as_deref();
            matches!(
                failure,
                Some(Failure::Engine(crate::engine::Error::Cancelled))
            )
        });
        assert_eq!(is_cancelled, Some(true));
        assert_eq!(job.0.work.progress(), (0, 7));
    }
}
