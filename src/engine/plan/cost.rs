//! What things cost, in about nanoseconds on a table that is larger than the caches. Only their ratios matter.

/// A record read where it lies, after the one before it.
pub(super) const SCAN: usize = 20;
/// Added to the cost of a scan, so that small tables are planned like large ones.
pub(super) const SCAN_START: usize = 1_000;
/// A record read somewhere.
pub(super) const READ: usize = 60;
/// A search in an index.
pub(super) const SEARCH: usize = 300;
/// A key looked up.
pub(super) const KEY: usize = 100;
/// A row taken from an index.
pub(super) const ROW: usize = 6;
/// A record sorted among others.
pub(super) const SORT: usize = 150;
