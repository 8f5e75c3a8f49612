//! Text from C: a pointer and a length, one rule for names, paths and JSON alike.

use crate::ffi::error::Failure;
use std::ffi::{c_char, CStr};

/// Pass as a length to say that the text ends at its first NUL.
pub(super) const DICTDB_NTS: usize = usize::MAX;

/// The text of a required argument.
///
/// # Safety `text` is NULL, or points to `len` readable bytes (up to a NUL if `len` is `DICTDB_NTS`) that
/// nobody writes during the call. The result must not outlive the call.
#[inline]
pub(super) unsafe fn required<'a>(
    text: *const c_char,
    len: usize,
    parameter: &'static str,
) -> Result<&'a str, Failure> {
    // SAFETY: the caller's promise.
    match unsafe { optional(text, len, parameter) }? {
        Some(text) => Ok(text),
        None => Err(Failure::argument(parameter, "is NULL")),
    }
}

/// The text of an argument that may be NULL.
///
/// # Safety As for `required`.
#[inline]
pub(super) unsafe fn optional<'a>(
    text: *const c_char,
    len: usize,
    parameter: &'static str,
) -> Result<Option<&'a str>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    let bytes: &[u8] = if len == DICTDB_NTS {
        // SAFETY: the caller promises a NUL.
        unsafe { CStr::from_ptr(text) }.to_bytes()
    } else if len > isize::MAX as usize {
        return Err(Failure::argument(
            parameter,
            format!("its length {len} is more than any object can have"),
        ));
    } else {
        // SAFETY: the caller promises `len` readable bytes.
        unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) }
    };
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8; finding that out takes a fraction of the time.
        return Ok(Some(unsafe { std::str::from_utf8_unchecked(bytes) }));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(Failure::InvalidUtf8 {
            parameter,
            position: error.valid_up_to(),
        }),
    }
}
