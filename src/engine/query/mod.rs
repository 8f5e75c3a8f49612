//! Queries: which rows or groups, in which order, of what columns.

mod accumulate;
mod aggregate;
mod by_page;
mod count;
mod cursor;
mod distinct;
mod extreme;
mod group;
mod grouping;
mod layout;
mod rows;
mod run;
mod sort;
mod spec;
mod sum;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;

pub use cursor::{Cursor, Form};
pub(crate) use run::Run;
pub use spec::Query;
