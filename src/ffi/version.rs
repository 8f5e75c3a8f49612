//! Versions and features.

use crate::ffi::text;
use std::ffi::{c_char, CStr};

/// Version of the binary interface. It changes when a program compiled against an older header would not
/// run.
pub const DICTDB_ABI_VERSION: u32 = 0;

/// What this build can do beyond the base, for `dictdb_has_feature`.
const FEATURES: [&str; 15] = [
    "paths", "log", "query", "index", "snapshot", "cursor", "batch", "cancel", "watch", "file",
    "job", "backup", "csv", "jsonl", "memory",
];

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// Version of the library that is loaded: `"0.1.0"`. Compare with `DICTDB_VERSION`, the header's.
///
/// Returns a NUL-terminated string that lives as long as the process. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Version of the binary interface of the library that is loaded. A program works with it if this equals
/// the `DICTDB_ABI_VERSION` that the program was compiled with. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_abi_version() -> u32 {
    DICTDB_ABI_VERSION
}

/// Whether the library that is loaded has a feature: 1 or 0.
///
/// `name`, `name_len`: one of `"paths"` (fields inside nested values: `address.city`, `tags[0]`), `"log"`,
/// `"query"` (the query language: predicates, queries and updates as text), `"index"`, `"snapshot"`, `"cursor"`,
/// `"batch"`, `"cancel"` (tokens and time limits), `"watch"`, `"file"` (save and load), `"job"`, `"backup"`, `"csv"`, `"jsonl"`, `"memory"`
/// (a limit on it). Any other name, and NULL, gives 0. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_has_feature(name: *const c_char, name_len: usize) -> i32 {
    // SAFETY: rule Text.
    let name = unsafe { text::optional(name, name_len, "name") };
    match name {
        Ok(Some(name)) => i32::from(FEATURES.contains(&name)),
        _ => 0,
    }
}
