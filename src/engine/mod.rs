//! The database. It knows no C type, no path and no file format.

#![deny(clippy::indexing_slicing)]

mod arena;
mod assign;
mod column;
mod db;
mod error;
mod footprint;
mod index;
mod instant;
mod interrupt;
mod json;
mod key;
mod keymap;
mod limits;
pub mod memory;
mod options;
mod paged;
mod parallel;
mod params;
mod plan;
mod predicate;
mod query;
mod radix;
mod record;
mod resolve;
mod schema;
mod shape;
mod sorting;
mod syntax;
mod table;
mod value;
mod watch;

pub(crate) use arena::set_advice;
pub use db::Database;
pub use error::{Error, Result};
pub use index::IndexOptions;
pub(crate) use interrupt::Interrupt;
pub use interrupt::{Cancel, Limits};
pub(crate) use json::{
    canonical, elements, inside, members, push_quoted, string_of, unescaped_bytes, Scanner,
};
pub use key::Key;
pub(crate) use limits::reserve;
pub(crate) use limits::{shorten, MAX_LISTED, MAX_OPERAND, MAX_RECORD};
pub(crate) use options::{object, unknown};
pub use options::{SelectOptions, TableOptions};
pub(crate) use parallel::{set_surroundings, threads_are_of_use, Beside, Surroundings};
pub use params::Params;
pub use predicate::{Case, Comparison, Predicate, TextMatch};
pub use query::{Cursor, Form, Query};
pub(crate) use table::{is_blank, Difference, Intake};
pub use table::{Batch, Conflict, Outcome, Table, Update};
pub use watch::{Signal, Watch, WatchOptions};
