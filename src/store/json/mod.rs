//! The JSON files, which DictDB reads and writes, too.

mod check;
pub(super) mod delta;
mod print;
mod read;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod window;
mod write;

pub(super) use check::check;
pub(super) use read::read;
pub(super) use write::write;
