//! Watches: what has changed, in order, for whoever asks.
//!
//! A writer records what it changes while it holds the table, and hands that to the feed of the database before it lets
//! the table go: there each change gets its number, and each watch its copy of a pointer to it. A watch keeps as much as
//! it was told to. Who waits for changes is woken when the table has been let go. While nobody watches, a write
//! looks at one number, and that is all.

mod change;
mod feed;
mod options;
mod ring;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;

pub(crate) use change::Recorder;
pub(crate) use feed::{Feed, Listeners, Wake};
pub use options::WatchOptions;
pub use ring::{Signal, Watch};
