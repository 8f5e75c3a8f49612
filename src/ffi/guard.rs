//! What stands around each export: no panic leaves it, and a failure becomes a status and an error object.

use crate::ffi::error::{dictdb_error, ErrorObject, Failure};
use crate::ffi::status::{dictdb_status, DICTDB_STATUS_FORKED, DICTDB_STATUS_OK};
use crate::ffi::{fork, handle, log};
use once_cell::sync::OnceCell;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the text of panics inside the library for the log, instead of printing it to the host's stderr.
/// Other panics (of a Rust program that links the library statically) go to the hook that was there
/// before.
pub(super) fn install_hook() {
    static INSTALLED: OnceCell<()> = OnceCell::new();
    INSTALLED.get_or_init(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if DEPTH.with(Cell::get) == 0 {
                return before(info);
            }
            let text = info.to_string();
            PANIC.with(|cell| {
                if let Ok(mut cell) = cell.try_borrow_mut() {
                    *cell = Some(text);
                }
            });
        }));
    });
}

/// Runs the body of an export.
///
/// # Safety `error` must be NULL or point to a writable `dictdb_error *`.
#[inline]
pub(super) unsafe fn guard(
    error: *mut *mut dictdb_error,
    body: impl FnOnce() -> Result<(), Failure>,
) -> dictdb_status {
    if !error.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *error = std::ptr::null_mut() };
    }
    if fork::is_child() {
        return DICTDB_STATUS_FORKED;
    }
    match attempt(body) {
        Ok(()) => DICTDB_STATUS_OK,
        // SAFETY: the caller's promise.
        Err(failure) => unsafe { report(failure, error) },
    }
}

/// Runs what a thread of our own does: a panic is a failure.
pub(super) fn attempt<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    run(body).unwrap_or_else(|text| Err(Failure::Panic(text)))
}

/// Runs what a thread of the engine does: the text of a panic goes on with it, to the thread that started this one.
pub(super) fn hand_on(body: &mut dyn FnMut()) {
    run(body).unwrap_or_else(|text| panic::resume_unwind(Box::new(text)));
}

/// The result, or the text of a panic.
fn run<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    let result = DEPTH.with(|depth| {
        depth.set(depth.get() + 1);
        let result = panic::catch_unwind(AssertUnwindSafe(body));
        depth.set(depth.get() - 1);
        result
    });
    result.map_err(|payload| {
        let kept = PANIC.with(|cell| cell.take());
        let handed_on = payload.downcast_ref::<String>().cloned();
        // Dropping a payload may itself panic; these are strings, but a leak is safer than a doubt.
        std::mem::forget(payload);
        kept.or(handed_on)
            .unwrap_or_else(|| "panic without a message".to_owned())
    })
}

/// # Safety As for `guard`.
#[cold]
unsafe fn report(failure: Failure, error: *mut *mut dictdb_error) -> dictdb_status {
    let status = failure.status();
    if let Failure::Panic(text) = &failure {
        log::emit(log::DICTDB_LOG_ERROR, || {
            (
                "a defect of the library was caught".to_owned(),
                serde_json::json!({ "panic": text }),
            )
        });
    }
    if !error.is_null() && failure.has_object() {
        let made = catch_create(&failure);
        // SAFETY: the caller's promise.
        unsafe { *error = made };
    }
    status
}

fn catch_create(failure: &Failure) -> *mut dictdb_error {
    panic::catch_unwind(AssertUnwindSafe(|| {
        handle::create(ErrorObject::new(failure))
            .map_or(std::ptr::null_mut(), |handle| handle as *mut dictdb_error)
    }))
    .unwrap_or(std::ptr::null_mut())
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::ffi::error::{dictdb_error_free, dictdb_error_message};
    use crate::ffi::status::DICTDB_STATUS_INTERNAL;
    use std::ffi::CStr;

    #[test]
    fn a_panic_becomes_an_error_object_with_its_text() {
        install_hook();
        let mut error = std::ptr::null_mut();
        // SAFETY: `error` is a local variable.
        let status = unsafe { guard(&mut error, || panic!("planted {}", 42)) };
        assert_eq!(status, DICTDB_STATUS_INTERNAL);
        // SAFETY: the message lives until the error is freed.
        let message = unsafe { CStr::from_ptr(dictdb_error_message(error)) };
        assert!(
            message.to_string_lossy().contains("planted 42"),
            "{message:?}"
        );
        dictdb_error_free(error);
    }

    #[test]
    fn a_panic_of_another_thread_comes_with_its_text() {
        install_hook();
        let body = || {
            let thread = std::thread::spawn(|| hand_on(&mut || panic!("planted {}", 43)));
            thread
                .join()
                .unwrap_or_else(|payload| panic::resume_unwind(payload));
            Ok(())
        };
        match attempt(body) {
            Err(Failure::Panic(text)) => assert!(text.contains("planted 43"), "{text}"),
            _ => panic!("there is none"),
        }
    }
}
