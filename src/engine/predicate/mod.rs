//! Predicates: which records an operation is about.

mod constant;
mod form;
mod like;
mod operators;
mod parse;
mod path;
mod print;
mod program;
mod test;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod text;
mod tree;
mod values;

pub(crate) use constant::Constant;
pub(crate) use like::LikeTail;
pub(crate) use path::{Path, Step};
pub(crate) use program::{Bindings, Bound, Expression, Program};
pub(crate) use test::Test;
pub use tree::{Case, Comparison, Predicate, TextMatch};
