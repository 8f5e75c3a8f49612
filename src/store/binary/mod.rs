//! The binary file: `docs/file-format.md` describes it.

mod block;
mod read;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod write;

pub(super) use block::is_start;
pub(super) use read::{check, read};
pub(super) use write::write;
