//! Makes backups of a database: when it is called, when time is over, when something has changed.

use super::name::{list, now, Kind, Name};
use super::options::BackupOptions;
use crate::engine::{self, Cancel, Database};
use crate::store::file::write_snapshot;
use crate::store::json::delta;
use crate::store::replace::Replacement;
use crate::store::work::Work;
use crate::store::{Error, Result};
use parking_lot::{Condvar, Mutex};
use serde_json::{json, Value};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// What happened, for the log and the caller's function.
pub(crate) enum Event<'e> {
    /// A backup was made, or there was nothing to be backed up.
    Made(&'e Made),
    /// One could not be made; how many in a row could not.
    Failed(&'e Error, u64),
    /// Old files could not be removed; the backup is there.
    Kept(&'e Error),
}

/// Told of what happens, on the thread that does it.
type Tell = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// Which backup is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The one whose turn it is.
    Next,
    Full,
    Delta,
}

/// A backup that was made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    /// Its name; none if nothing had changed.
    file: Option<String>,
    kind: &'static str,
    /// Seconds since 1970.
    time: f64,
    records: u64,
    bytes: u64,
    took: Duration,
}

impl Made {
    /// The facts.
    pub(crate) fn facts(&self) -> Value {
        json!({
            "file": self.file,
            "type": self.file.as_ref().map(|_| self.kind),
            "records": self.records,
            "bytes": self.bytes,
            "duration_us": micros(self.took),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Backups of a database in a directory.
pub(crate) struct Backups(Arc<Shared>);

struct Shared {
    database: Database,
    directory: PathBuf,
    options: BackupOptions,
    tell: Tell,
    /// Held while a backup is made: one after the other.
    chain: Mutex<Chain>,
    control: Mutex<Control>,
    changed: Condvar,
    counters: Mutex<Counters>,
}

/// What the next file continues.
struct Chain {
    base: Option<Base>,
    /// Deltas since the last full backup.
    deltas: u64,
    /// The time of the last file: the next one's is later, whatever the clock says.
    time: u64,
}

/// What the last file was written of.
struct Base {
    snapshot: Database,
    name: String,
}

#[derive(Default)]
struct Control {
    /// The thread that makes backups by itself.
    thread: Option<ThreadId>,
    is_starting: bool,
    is_stopping: bool,
    has_changed: bool,
    /// Whether a backup has failed that is to be tried again.
    has_failed: bool,
    /// When the last backup ended.
    last: Option<Instant>,
}

#[derive(Default)]
struct Counters {
    fulls: u64,
    deltas: u64,
    unchanged: u64,
    failures: u64,
    failures_in_a_row: u64,
    bytes: u64,
    records: u64,
    last: Option<Made>,
    last_error: Option<String>,
}

/// How long a backup that failed waits at least until it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

impl Backups {
    /// For a directory, which is made if it is not there, for its owner alone.
    pub(crate) fn new(
        database: Database,
        directory: &Path,
        options: BackupOptions,
        tell: Tell,
    ) -> Result<Backups> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        made.map_err(Error::io("create", directory))?;
        let directory = fs::canonicalize(directory).map_err(Error::io("resolve", directory))?;
        let last = list(&directory)?.last().map_or(0, |name| name.time);
        Ok(Backups(Arc::new(Shared {
            database,
            directory,
            options,
            tell,
            chain: Mutex::new(Chain {
                base: None,
                deltas: 0,
                time: last,
            }),
            control: Mutex::default(),
            changed: Condvar::new(),
            counters: Mutex::default(),
        })))
    }

    /// The same.
    pub(crate) fn share(&self) -> Backups {
        Backups(self.0.clone())
    }

    /// Makes a backup now.
    pub(crate) fn make(&self, wanted: Wanted, cancel: Option<Cancel>, work: &Work) -> Result<Made> {
        self.0.make(wanted, cancel, work)
    }

    /// Begins to make backups by itself, in a thread that `spawn` starts; nothing if it does so already. A thread that is about to
    /// end is waited for.
    pub(crate) fn start<E>(
        &self,
        spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut control = self.0.control.lock();
        loop {
            let is_own = control.thread == Some(thread::current().id());
            match (
                control.thread.is_some() || control.is_starting,
                control.is_stopping,
            ) {
                (true, true) if !is_own => self.0.changed.wait(&mut control),
                (true, _) => {
                    control.is_stopping = false;
                    self.0.changed.notify_all();
                    return Ok(());
                }
                (false, _) => break,
            }
        }
        (control.is_starting, control.is_stopping) = (true, false);
        drop(control);
        let shared = self.0.clone();
        let started = spawn(Box::new(move || shared.run()));
        if started.is_err() {
            self.0.control.lock().is_starting = false;
            self.0.changed.notify_all();
        }
        started
    }

    /// Ends that without waiting.
    pub(crate) fn stop_soon(&self) {
        self.0.control.lock().is_stopping = true;
        self.0.changed.notify_all();
    }

    /// Ends that, and waits for a backup that is being made by the thread; not if it is called by that thread, and no longer if it is
    /// started again meanwhile.
    pub(crate) fn stop(&self) {
        let mut control = self.0.control.lock();
        if control.thread.is_none() && !control.is_starting {
            return;
        }
        control.is_stopping = true;
        self.0.changed.notify_all();
        if control.thread == Some(thread::current().id()) {
            return;
        }
        while control.is_stopping && (control.thread.is_some() || control.is_starting) {
            self.0.changed.wait(&mut control);
        }
    }

    /// Says that something has changed: the thread makes a backup when the last one is old enough.
    pub(crate) fn notify_change(&self) {
        self.0.control.lock().has_changed = true;
        self.0.changed.notify_all();
    }

    /// Counters.
    pub(crate) fn statistics(&self) -> Value {
        let is_running = {
            let control = self.0.control.lock();
            (control.thread.is_some() || control.is_starting) && !control.is_stopping
        };
        let counters = self.0.counters.lock();
        let last = counters.last.as_ref();
        json!({
            "is_running": is_running,
            "full": counters.fulls,
            "delta": counters.deltas,
            "unchanged": counters.unchanged,
            "failures": counters.failures,
            "consecutive_failures": counters.failures_in_a_row,
            "deltas_since_full": self.0.chain.try_lock().map(|chain| chain.deltas),
            "records": counters.records,
            "bytes": counters.bytes,
            "last_file": last.map(|made| made.file.clone()),
            "last_time": last.map(|made| made.time),
            "last_records": last.map(|made| made.records),
            "last_bytes": last.map(|made| made.bytes),
            "last_duration_us": last.map(|made| micros(made.took)),
            "last_error": counters.last_error,
        })
    }
}

impl Shared {
    fn make(&self, wanted: Wanted, cancel: Option<Cancel>, work: &Work) -> Result<Made> {
        let (outcome, left) = {
            let mut chain = self.chain.lock();
            let outcome = self.make_next(&mut chain, wanted, cancel, work);
            let is_full = |made: &Made| made.file.is_some() && made.kind == Kind::Full.name();
            let keep = self
                .options
                .keep
                .filter(|_| outcome.as_ref().is_ok_and(is_full));
            (outcome, keep.and_then(|keep| self.remove_old(keep).err()))
        };
        let is_cancelled = matches!(outcome, Err(Error::Engine(engine::Error::Cancelled)));
        {
            // Of a cancelled one, too: what is cancelled for good must not be tried again at once, for ever.
            let mut control = self.control.lock();
            control.last = Some(Instant::now());
            control.has_failed = outcome.is_err() && !is_cancelled;
        }
        if is_cancelled {
            // That is no failure.
            return outcome;
        }
        let failures = self.count(&outcome);
        // No lock is held: whoever is told may make backups, too.
        match &outcome {
            Ok(made) => (self.tell)(&Event::Made(made)),
            Err(error) => (self.tell)(&Event::Failed(error, failures)),
        }
        if let Some(error) = &left {
            (self.tell)(&Event::Kept(error));
        }
        outcome
    }

    fn count(&self, outcome: &Result<Made>) -> u64 {
        let mut counters = self.counters.lock();
        match outcome {
            Ok(made) => {
                counters.failures_in_a_row = 0;
                counters.last_error = None;
                match (&made.file, made.kind == Kind::Full.name()) {
                    (None, _) => counters.unchanged += 1,
                    (Some(_), true) => counters.fulls += 1,
                    (Some(_), false) => counters.deltas += 1,
                }
                if made.file.is_some() {
                    counters.bytes += made.bytes;
                    counters.records += made.records;
                    counters.last = Some(made.clone());
                }
            }
            Err(error) => {
                counters.failures += 1;
                counters.failures_in_a_row += 1;
                counters.last_error = Some(error.to_string());
            }
        }
        counters.failures_in_a_row
    }

    fn make_next(
        &self,
        chain: &mut Chain,
        wanted: Wanted,
        cancel: Option<Cancel>,
        work: &Work,
    ) -> Result<Made> {
        let since = Instant::now();
        let is_full = match (wanted, &chain.base) {
            (Wanted::Full, _) | (_, None) => true,
            (Wanted::Delta, Some(_)) => false,
            (Wanted::Next, Some(_)) => {
                !self.options.is_incremental || chain.deltas >= self.options.max_deltas
            }
        };
        let snapshot = self.database.snapshot()?;
        let time = now().max(chain.time + 1);
        let limited = snapshot.limited(cancel, None);
        let (kind, extension) = match is_full {
            true => (Kind::Full, self.options.format.extension()),
            false => (Kind::Delta, "json"),
        };
        let name = Name::new(kind, time, extension);
        let mut made = Made {
            kind: kind.name(),
            time: name.seconds(),
            ..Made::default()
        };
        let path = name.within(&self.directory);
        let before = chain.base.as_ref().filter(|_| !is_full);
        match before {
            Some(base) if delta::is_empty(&base.snapshot, &limited)? => {
                made.took = since.elapsed();
                return Ok(made);
            }
            Some(base) => {
                let mut out = Replacement::begin(&path)?;
                let (old, new) = ((&base.snapshot, &limited), (&*base.name, name.seconds()));
                delta::write(old, new, &mut out, work)?;
                made.bytes = out.commit()?;
            }
            None => made.bytes = write_snapshot(&limited, &path, self.options.format, work)?,
        }
        made.records = work.progress().0;
        made.took = since.elapsed();
        made.file = Some(name.text.clone());
        chain.time = time;
        chain.deltas = if is_full { 0 } else { chain.deltas + 1 };
        // A snapshot costs memory: it is kept if a delta may follow.
        let may_continue =
            self.options.is_incremental || wanted == Wanted::Delta || chain.base.is_some();
        chain.base = may_continue.then_some(Base {
            snapshot,
            name: name.text,
        });
        Ok(made)
    }

    /// Removes what the newest full backups do not need: what is older than the oldest of them. The newest goes first, so that what is
    /// left whenever it stops can be restored.
    fn remove_old(&self, keep: u64) -> Result<()> {
        let names = list(&self.directory)?;
        let fulls = names.iter().filter(|name| name.kind == Kind::Full);
        let Some(oldest) = fulls.rev().nth(keep.saturating_sub(1) as usize) else {
            return Ok(());
        };
        let mut old: Vec<&Name> = names
            .iter()
            .filter(|name| name.time < oldest.time)
            .collect();
        old.reverse();
        for name in old {
            let path = name.within(&self.directory);
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        }
        Ok(())
    }

    /// What the thread does.
    fn run(&self) {
        let _running = Running(self);
        let mut control = self.control.lock();
        (control.thread, control.is_starting) = (Some(thread::current().id()), false);
        let started = Instant::now();
        while !control.is_stopping {
            let due = self.due(&control, started);
            match due {
                Some(due) if due <= Instant::now() => {
                    (control.has_changed, control.has_failed) = (false, false);
                    drop(control);
                    // It is told of what fails.
                    let _ = self.make(Wanted::Next, None, &Work::default());
                    control = self.control.lock();
                }
                Some(due) => {
                    self.changed.wait_until(&mut control, due);
                }
                None => self.changed.wait(&mut control),
            }
        }
    }

    /// When the next backup is to be made.
    fn due(&self, control: &Control, started: Instant) -> Option<Instant> {
        let options = &self.options;
        let last = control.last.map_or(started, |last| last.max(started));
        let regular = options
            .interval
            .and_then(|interval| last.checked_add(interval));
        let changed = match control.last {
            _ if !control.has_changed => None,
            Some(last) => last.checked_add(options.min_interval),
            None => Some(started),
        };
        let again = control
            .has_failed
            .then(|| last + options.min_interval.max(AGAIN));
        // What has failed is not tried more often because of changes.
        let soon = again.or(changed);
        match (regular, soon) {
            (Some(regular), Some(soon)) => Some(regular.min(soon)),
            (regular, soon) => regular.or(soon),
        }
    }
}

/// While the thread runs; says that it has ended also if it panics, for whoever waits for that.
struct Running<'s>(&'s Shared);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.control.lock().thread = None;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use std::panic::{catch_unwind, AssertUnwindSafe};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::OnceLock;

    #[test]
    fn a_stop_is_over_when_the_thread_itself_starts_again() {
        let directory = tempfile::TempDir::new().unwrap();
        let options = BackupOptions::from_json(r#"{"interval_ms":1}"#).unwrap();
        let own: Arc<OnceLock<Backups>> = Arc::default();
        let (has_begun, given) = (Arc::new(AtomicU64::new(0)), own.clone());
        let begun = has_begun.clone();
        let tell = Box::new(move |_: &Event<'_>| {
            let backups = given.get().expect("it is set before the start");
            if begun.fetch_add(1, Ordering::SeqCst) == 0 {
                while !backups.0.control.lock().is_stopping {
                    thread::yield_now();
                }
                backups.start(|_| Err("it runs")).expect("it runs");
            }
        });
        let backups = Backups::new(Database::new(), directory.path(), options, tell).unwrap();
        assert!(own.set(backups.share()).is_ok());
        let spawn = |run| thread::Builder::new().spawn(run).map(|_| ());
        backups.start(spawn).unwrap();
        while has_begun.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        backups.stop();
        assert_eq!(backups.statistics()["is_running"], true);
        backups.stop();
        assert_eq!(backups.statistics()["is_running"], false);
    }

    #[test]
    fn a_database_whose_token_is_set_is_not_tried_again_at_once() {
        let directory = tempfile::TempDir::new().unwrap();
        let options = BackupOptions::from_json(r#"{"interval_ms":1}"#).unwrap();
        let cancel = Cancel::new();
        cancel.set();
        let database = Database::new().limited(Some(cancel), None);
        let tell = Box::new(|_: &Event<'_>| panic!("there is nothing to be told"));
        let backups = Backups::new(database, directory.path(), options, tell).unwrap();
        let made = backups.make(Wanted::Next, None, &Work::default());
        let is_cancelled = matches!(made, Err(Error::Engine(engine::Error::Cancelled)));
        assert!(is_cancelled && backups.0.control.lock().last.is_some());
        assert_eq!(backups.statistics()["failures"], 0);
    }

    #[test]
    fn a_thread_that_panics_is_not_waited_for() {
        let directory = tempfile::TempDir::new().unwrap();
        let options = BackupOptions::from_json(r#"{"interval_ms":1}"#).unwrap();
        let told = Arc::new(AtomicU64::new(0));
        let count = told.clone();
        let tell = Box::new(move |_: &Event<'_>| {
            count.fetch_add(1, Ordering::SeqCst);
            panic!("planted");
        });
        let backups = Backups::new(Database::new(), directory.path(), options, tell).unwrap();
        for round in 1..=2 {
            let started = backups.start(|run| {
                let body = move || catch_unwind(AssertUnwindSafe(run)).is_err();
                thread::Builder::new().spawn(body).map(|_| ())
            });
            started.unwrap();
            while told.load(Ordering::SeqCst) < round {
                thread::yield_now();
            }
            backups.stop();
        }
    }
}
