//! The database. It knows no C type, no path and no file format.

#![deny(clippy::indexing_slicing)]

mod arena;
mod assign;
mod db;
mod error;
mod index;
mod json;
mod key;
mod keymap;
mod limits;
mod options;
mod paged;
mod params;
mod plan;
mod predicate;
mod query;
mod record;
mod resolve;
mod schema;
mod shape;
mod syntax;
mod table;
mod value;

pub use db::Database;
pub use error::{Error, Result};
pub use index::IndexOptions;
pub use key::Key;
pub use options::{SelectOptions, TableOptions};
pub use params::Params;
pub use predicate::{Case, Comparison, Predicate, TextMatch};
pub use query::Query;
pub use table::{Conflict, Outcome, Table, Update};
