//! Parameters: the values that a run passes for `?1`, `?2` and so on.

use crate::engine::Params;
use crate::ffi::error::Failure;
use crate::ffi::text;
use std::ffi::c_char;

/// The values of an argument `params`, which may be NULL.
///
/// # Safety Rule Text.
#[inline]
pub(super) unsafe fn read<'a>(
    params: *const c_char,
    params_len: usize,
) -> Result<Params<'a>, Failure> {
    // SAFETY: the caller's promise.
    match unsafe { text::optional(params, params_len, "params") }? {
        Some(text) => Params::from_json(text).map_err(Failure::in_text("params")),
        None => Ok(Params::none()),
    }
}
