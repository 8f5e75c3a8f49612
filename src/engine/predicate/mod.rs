//! Predicates: which records an operation is about.

mod constant;
mod like;
mod path;
mod program;
mod text;
mod tree;

pub(crate) use path::Path;
pub(crate) use program::{Bound, Program};
pub use tree::{Case, Comparison, Predicate, TextMatch};
