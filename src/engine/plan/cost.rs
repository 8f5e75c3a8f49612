//! What things cost, in about nanoseconds on a table that is larger than the caches. Only their ratios matter.

/// A record read where it lies, after the one before it.
pub(super) const SCAN: usize = 20;
/// A value of a column, of numbers or codes: a page of them is asked at once; and of texts.
pub(super) const COLUMN: usize = 1;
pub(super) const TEXT_COLUMN: usize = 4;
/// A value of a column, made of a record.
pub(super) const MAKE: usize = 100;
/// A record that a scan of columns finds, read.
pub(super) const FOUND: usize = 50;
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
