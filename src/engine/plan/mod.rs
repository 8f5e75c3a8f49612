//! The planner: which records to look at, and in which order, so that as few as possible are read.

mod access;
mod analysis;
mod condition;
mod cost;
mod explain;
mod order;
mod planner;
mod point;
mod rows;

pub(crate) use access::Access;
pub(crate) use analysis::Analysis;
pub(crate) use explain::Explain;
pub(crate) use order::{effective, ends, Walk};
pub(crate) use planner::{Plan, Taken};
pub(crate) use point::Point;
