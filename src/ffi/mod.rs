//! The C face: `include/dictdb.h` is generated from this folder, one file per noun.

//!
//! Every export leans on what the header demands of the caller. The SAFETY comments name these rules:
//!
//! - **Text**: a text argument is NULL, or readable for its length (or up to a NUL), and nobody writes it during the call.
//! - **Output**: an output argument is NULL, or writable and used by no other thread during the call; a buffer has
//!   been written by this library alone.
//! - **Error**: the `error` argument is NULL or a writable pointer.
//! - **Array**: an array argument is NULL with a count of 0, or readable for its count.
//! - **Callback**: a callback and its destructor may be called from any thread with their context.

#![deny(clippy::indexing_slicing)]
// The header tells C programmers what they must promise; a "Safety" section would tell it twice.
#![allow(clippy::missing_safety_doc)]

pub mod backup;
pub mod batch;
pub mod budget;
pub mod buffer;
pub mod cancel;
pub mod cursor;
pub mod db;
mod descriptor;
pub mod error;
pub mod exchange;
pub mod file;
mod fork;
mod guard;
mod handle;
pub mod index;
pub mod job;
pub mod log;
mod memory;
mod output;
mod params;
pub mod predicate;
pub mod predicate_text;
pub mod query;
mod slot;
pub mod snapshot;
pub mod status;
pub mod table;
pub mod table_text;
mod text;
mod threads;
pub mod update;
pub mod version;
pub mod watch;
