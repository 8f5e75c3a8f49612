//! Indexes: from the values of fields to rows. They change only inside `table/`.

mod build;
mod code;
mod collisions;
mod definition;
mod entries;
mod finder;
mod gather;
mod order;
mod reader;
mod search;
mod sorted;
mod tree;
mod unique;

pub(crate) use build::Build;
pub use definition::IndexOptions;
pub(crate) use definition::{fields_of, Definition, Kind};
pub(crate) use entries::{Index, Indexes, Moving};
pub(crate) use gather::Gather;
pub(crate) use search::{Edge, Span};
pub(crate) use sorted::Sorted;
pub(crate) use unique::Unique;
