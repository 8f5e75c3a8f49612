//! The columns of a table: which there are, what they have in common, and how much memory they take.

use super::codes::Dictionary;
use crate::engine::predicate::Path;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

/// Columns of a table at most.
const MOST: usize = 64;

/// A column that was not asked for in so many scans may be dropped for another.
pub(super) const IDLE: u64 = 32;

/// A table's columns may always take so many bytes.
const FREE_BYTES: usize = 1 << 20;

/// One column, whose parts are with the pages.
pub(crate) struct Column {
    path: Path,
    dictionary: RwLock<Dictionary>,
    bytes: AtomicUsize,
    /// The number of the last scan that asked for it.
    used: AtomicU64,
    total: Arc<AtomicUsize>,
}

impl Column {
    pub(crate) fn dictionary(&self) -> RwLockReadGuard<'_, Dictionary> {
        self.dictionary.read()
    }

    pub(super) fn dictionary_mut(&self) -> RwLockWriteGuard<'_, Dictionary> {
        self.dictionary.write()
    }

    pub(super) fn grow(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Relaxed);
        self.total.fetch_add(bytes, Relaxed);
    }

    pub(super) fn shrink(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Relaxed);
        self.total.fetch_sub(bytes, Relaxed);
    }
}

/// See the module's comment. All versions of a table share one.
#[derive(Default)]
pub(crate) struct Columns {
    list: RwLock<Vec<Arc<Column>>>,
    scans: AtomicU64,
    bytes: Arc<AtomicUsize>,
    /// By how much searches have cost more than scans of columns would have, were there any.
    missed: AtomicUsize,
}

impl Columns {
    /// Counts a scan.
    pub(super) fn begin_scan(&self) {
        self.scans.fetch_add(1, Relaxed);
    }

    /// Counts what a search costs more than a scan of columns would.
    pub(crate) fn miss(&self, cost: usize) {
        self.missed.fetch_add(cost, Relaxed);
    }

    /// What was counted since a scan was made for it.
    pub(crate) fn missed(&self) -> usize {
        self.missed.load(Relaxed)
    }

    /// A scan is made for what was missed.
    pub(crate) fn make_up(&self) {
        self.missed.store(0, Relaxed);
    }

    /// The column of a path, if there is one.
    pub(super) fn known(&self, path: &Path) -> Option<Arc<Column>> {
        let list = self.list.read();
        list.iter().find(|column| column.path == *path).cloned()
    }

    /// The column of a path, made if there is none; `None` if there are too many.
    pub(super) fn of(&self, path: &Path) -> Option<Arc<Column>> {
        let now = self.scans.load(Relaxed);
        let known = |list: &[Arc<Column>]| {
            let column = list.iter().find(|column| column.path == *path)?;
            column.used.store(now, Relaxed);
            Some(column.clone())
        };
        let found = known(&self.list.read());
        if found.is_some() {
            return found;
        }
        let mut list = self.list.write();
        if let Some(found) = known(&list) {
            return Some(found);
        }
        if list.len() >= MOST {
            // Its parts go with the next eviction, or with their pages.
            let idle = self.idle(&list)?;
            list.swap_remove(idle);
        }
        let column = Arc::new(Column {
            path: path.clone(),
            dictionary: RwLock::default(),
            bytes: AtomicUsize::new(0),
            used: AtomicU64::new(now),
            total: self.bytes.clone(),
        });
        list.try_reserve(1).ok()?;
        list.push(column.clone());
        Some(column)
    }

    /// Position of the column that was not asked for for the longest time, if that is long.
    fn idle(&self, list: &[Arc<Column>]) -> Option<usize> {
        let now = self.scans.load(Relaxed);
        let used = |column: &Arc<Column>| column.used.load(Relaxed);
        let (at, oldest) = list.iter().enumerate().min_by_key(|(_, c)| used(c))?;
        (now.saturating_sub(used(oldest)) > IDLE).then_some(at)
    }

    /// Takes the column out that was not asked for for the longest time, if that is long.
    pub(super) fn take_idle(&self) -> Option<Arc<Column>> {
        let mut list = self.list.write();
        let at = self.idle(&list)?;
        Some(list.swap_remove(at))
    }

    /// Bytes that all columns take, those of old versions included.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.list.read().len()
    }

    /// Whether they take no more than half of what the records do.
    pub(super) fn may_grow(&self, record_bytes: usize) -> bool {
        self.bytes() < (record_bytes / 2).max(FREE_BYTES)
    }
}
