//! The log: what the library has to say that no return value tells.

use crate::ffi::error::{c_string, dictdb_error, Failure};
use crate::ffi::fork;
use crate::ffi::guard::guard;
use crate::ffi::status::dictdb_status;
use parking_lot::RwLock;
use serde_json::Value;
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::Arc;

/// A defect of the library was caught.
pub const DICTDB_LOG_ERROR: i32 = 1;
/// Something that a person should look at.
pub const DICTDB_LOG_WARN: i32 = 2;
/// Rare events: a table or an index was created or dropped, a file was written or read, a backup made.
pub const DICTDB_LOG_INFO: i32 = 3;
/// Frequent events: each write, a segment reclaimed.
pub const DICTDB_LOG_DEBUG: i32 = 4;

/// Gets the library's log messages.
///
/// `context` is the pointer given to `dictdb_log_set`; `level` one of `DICTDB_LOG_…`; `message` and
/// `fields` (a JSON object) are NUL-terminated and valid during the call only.
///
/// It is called from any thread that is inside a call into the library, from several at once, and never
/// while the library holds a lock: it may call the library. What happens inside such calls is not logged.
/// It must not throw or longjmp.
#[allow(non_camel_case_types)]
pub type dictdb_log_callback = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        level: i32,
        message: *const c_char,
        fields: *const c_char,
    ),
>;

/// Releases the `context` of a callback: called once, after the last call of the callback has ended.
#[allow(non_camel_case_types)]
pub type dictdb_destructor = Option<unsafe extern "C" fn(context: *mut c_void)>;

struct Sink {
    level: i32,
    callback: unsafe extern "C" fn(*mut c_void, i32, *const c_char, *const c_char),
    context: *mut c_void,
    destructor: dictdb_destructor,
    debug_sample: u32,
    debug_seen: AtomicU32,
}

// SAFETY: rule Callback.
unsafe impl Send for Sink {}
// SAFETY: as above.
unsafe impl Sync for Sink {}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(destructor) = self.destructor {
            // SAFETY: rule Callback; this is the last use of the context.
            unsafe { destructor(self.context) };
        }
    }
}

static SINK: RwLock<Option<Arc<Sink>>> = RwLock::new(None);
static LEVEL: AtomicI32 = AtomicI32::new(0);

thread_local! {
    static LOGGING: Cell<bool> = const { Cell::new(false) };
}

/// Sends one message, if its level is asked for. Never call it under a lock.
pub(super) fn emit(level: i32, make: impl FnOnce() -> (String, Value)) {
    if level > LEVEL.load(Ordering::Relaxed) || fork::is_child() || LOGGING.with(Cell::get) {
        return;
    }
    // Cloned, so that the lock is free while the callback runs.
    let Some(sink) = SINK.read().clone() else {
        return;
    };
    // The sink may have been replaced since the level was read.
    if level > sink.level {
        return;
    }
    if level == DICTDB_LOG_DEBUG {
        let seen = sink.debug_seen.fetch_add(1, Ordering::Relaxed);
        if seen % sink.debug_sample != 0 {
            return;
        }
    }
    let (message, fields) = make();
    let (message, fields) = (c_string(message), c_string(fields.to_string()));
    LOGGING.with(|logging| logging.set(true));
    // SAFETY: rule Callback.
    unsafe { (sink.callback)(sink.context, level, message.as_ptr(), fields.as_ptr()) };
    LOGGING.with(|logging| logging.set(false));
}

/// Sends log messages to a callback from now on, in place of the one before. One for the whole process.
///
/// `level`: messages up to this level are sent; one of `DICTDB_LOG_…`.
/// `debug_sample`: of debug messages, one in so many is sent; 1 sends all.
/// `callback`: may be NULL, then nothing is sent any more and `context` and `destructor` are not used.
/// `context`: passed to the callback; may be NULL. The library never looks into it.
/// `destructor`: may be NULL; called with `context` when the callback was replaced and its last call has
/// ended. On failure it is not called: the context is still the caller's.
///
/// Threads of the library (of jobs and backups) call it, too. A language whose runtime ends before the process does sets
/// NULL first and waits for the destructor.
///
/// Status: `INVALID_ARGUMENT` (no such level, or a sample of 0), `FORKED`. Thread-safe; may be called from
/// the callback.
#[no_mangle]
pub unsafe extern "C" fn dictdb_log_set(
    level: i32,
    debug_sample: u32,
    callback: dictdb_log_callback,
    context: *mut c_void,
    destructor: dictdb_destructor,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let body = || {
        if !(DICTDB_LOG_ERROR..=DICTDB_LOG_DEBUG).contains(&level) {
            return Err(Failure::argument(
                "level",
                format!("{level} is not one of DICTDB_LOG_ERROR (1) to DICTDB_LOG_DEBUG (4)"),
            ));
        }
        if debug_sample == 0 {
            return Err(Failure::argument("debug_sample", "must be at least 1"));
        }
        fork::watch();
        let sink = callback.map(|callback| Sink {
            level,
            callback,
            context,
            destructor,
            debug_sample,
            debug_seen: AtomicU32::new(0),
        });
        replace(level, sink);
        Ok(())
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

fn replace(level: i32, sink: Option<Sink>) {
    let sink = sink.map(Arc::new);
    let before = {
        let mut current = SINK.write();
        LEVEL.store(if sink.is_some() { level } else { 0 }, Ordering::Relaxed);
        std::mem::replace(&mut *current, sink)
    };
    // The destructor may run here, or at the end of a call that is under way: in both places without the lock.
    drop(before);
}
