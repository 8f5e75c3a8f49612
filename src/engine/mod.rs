//! The database. It knows no C type, no path and no file format.

#![deny(clippy::indexing_slicing)]

mod arena;
mod db;
mod error;
mod json;
mod key;
mod keymap;
mod limits;
mod options;
mod paged;
mod predicate;
mod query;
mod record;
mod resolve;
mod schema;
mod shape;
mod table;
mod value;

pub use db::Database;
pub use error::{Error, Result};
pub use key::Key;
pub use options::{SelectOptions, TableOptions};
pub use predicate::{Case, Comparison, Predicate, TextMatch};
pub use table::{Conflict, Outcome, Table};
