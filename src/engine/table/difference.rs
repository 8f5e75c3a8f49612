//! What has changed from one snapshot of a table to a later one.
//!
//! Pages of the directory that both share are passed over. Of the others, each record is looked up by its key in the other
//! snapshot: nothing is recorded while the table changes, and it does not matter that rows are numbered anew now and then.
//!
//! A key that was deleted and came again stands at the end of the natural order. Such keys are found by their rows, which are others
//! then; if all rows were numbered anew, by the order itself: what was kept stands in the order of the old rows, before anything that
//! came since. And by what an update cannot do, which is to take a field away.

use super::snapshot::Snapshot;
use super::state::Match;
use super::version::{key_of, Version};
use super::{Source, Table};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::record::Record;
use crate::engine::Error;
use std::sync::Arc;

/// Two snapshots of one table.
pub(crate) struct Difference {
    older: Arc<Snapshot>,
    newer: Arc<Snapshot>,
    /// Whether a row has the same number in both, so that what has not changed is found where it was.
    are_numbered_alike: bool,
    interrupt: Interrupt,
}

/// A record that is new or another one, and how it came to be.
pub(crate) struct Upsert<'a> {
    pub(crate) record: Record<'a>,
    pub(crate) key: KeyRef<'a>,
    /// Whether its key was there before, and has moved to the end of the natural order since.
    pub(crate) is_reinserted: bool,
}

impl Table {
    /// What has changed from an older snapshot to this one; `None` if they are not of the same table.
    pub(crate) fn since(&self, older: &Table) -> Option<Difference> {
        let (Source::Snapshot(newer), Source::Snapshot(older)) = (&self.source, &older.source)
        else {
            return None;
        };
        std::ptr::eq(newer.identity(), older.identity()).then(|| Difference {
            older: older.clone(),
            newer: newer.clone(),
            are_numbered_alike: have_a_page_in_common(older.version(), newer.version()),
            interrupt: self.limits.begin(),
        })
    }
}

impl Difference {
    /// Whether there is none; takes no longer than to look at the pages.
    pub(crate) fn is_empty(&self) -> bool {
        let (older, newer) = self.versions();
        newer.rows.differing(&older.rows).next().is_none()
    }

    fn versions(&self) -> (&Version, &Version) {
        (self.older.version(), self.newer.version())
    }

    /// Calls `visit` with each record that is new or another one, in natural order, until it fails.
    pub(crate) fn upserts<E: From<Error>>(
        &self,
        mut visit: impl FnMut(&Upsert<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (older, newer) = self.versions();
        let mut kept_up_to: Option<Row> = None;
        let mut has_come_to_the_end = false;
        self.walk(newer, older, |row, record, key, found| {
            let before = found.and_then(|(row, place)| Some((row, older.record(place)?)));
            let is_kept = !has_come_to_the_end
                && before.as_ref().is_some_and(|(old_row, before)| {
                    let is_in_order = match self.are_numbered_alike {
                        true => row == *old_row,
                        false => kept_up_to.is_none_or(|last| last < *old_row),
                    };
                    is_in_order && is_continued(before, record)
                });
            has_come_to_the_end = !is_kept;
            if let Some((old_row, _)) = &before {
                kept_up_to = kept_up_to.max(Some(*old_row));
            }
            let before = before.map(|(_, before)| before);
            if is_kept && before.is_some_and(|before| before.text() == record.text()) {
                return Ok(());
            }
            visit(&Upsert {
                record: *record,
                key: key.clone(),
                is_reinserted: !is_kept && before.is_some(),
            })
        })
    }

    /// Whether a record has another key, at the place where it was. That is no matter of keys alone: all that stands behind it would
    /// have to be told anew.
    pub(crate) fn has_rekeyed(&self) -> bool {
        let (older, newer) = self.versions();
        if !self.are_numbered_alike {
            // Then all is looked at, and told in its order.
            return false;
        }
        let mut has_rekeyed = false;
        let walked = self.walk::<Error>(newer, older, |row, _, key, _| {
            let before = older.record(older.place(row));
            let before = before.and_then(|before| key_of(&before, older.shapes()));
            has_rekeyed |= before.is_some_and(|before| before != *key);
            Ok(())
        });
        has_rekeyed || walked.is_err()
    }

    /// Calls `visit` with each key that is not there any more, until it fails.
    pub(crate) fn deletes<E: From<Error>>(
        &self,
        mut visit: impl FnMut(&KeyRef<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (older, newer) = self.versions();
        self.walk(older, newer, |_, _, key, found| match found {
            Some(_) => Ok(()),
            None => visit(key),
        })
    }

    /// Visits the records of pages that differ, each with its key and where the other version has that; not those that are the very
    /// same in both, at the same place.
    fn walk<E: From<Error>>(
        &self,
        version: &Version,
        other: &Version,
        mut visit: impl FnMut(Row, &Record<'_>, &KeyRef<'_>, Option<Match>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut ticker = self.interrupt.ticker();
        for position in version.rows.differing(&other.rows) {
            let mut outcome = Ok(());
            version
                .rows
                .each_of(position..position + 1, |index, place| {
                    let row = index as Row;
                    let is_same = place == other.place(row) && version.holds_as(other, place);
                    if let Err(error) = ticker.tick() {
                        outcome = Err(E::from(error));
                    } else if !is_same || !self.are_numbered_alike {
                        outcome = self.look_at(version, other, (row, place), &mut visit);
                    }
                    outcome.is_ok()
                });
            outcome?;
        }
        Ok(())
    }

    fn look_at<E: From<Error>>(
        &self,
        version: &Version,
        other: &Version,
        (row, place): Match,
        visit: &mut impl FnMut(Row, &Record<'_>, &KeyRef<'_>, Option<Match>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(record) = version.record(place) else {
            return Ok(());
        };
        match key_of(&record, version.shapes()) {
            Some(key) => visit(row, &record, &key, other.find(&key)),
            None => Ok(()),
        }
    }
}

/// Whether a page with records is shared: then no row was given another number.
fn have_a_page_in_common(older: &Version, newer: &Version) -> bool {
    let mut differing = newer.rows.differing(&older.rows).peekable();
    (0..newer.rows.page_count()).any(|position| {
        let differs = differing.next_if_eq(&position).is_some();
        !differs && newer.rows.page(position).live() > 0
    })
}

/// Whether a record can have come from another one by updates alone: they add fields at the end, and take none away.
fn is_continued(before: &Record<'_>, after: &Record<'_>) -> bool {
    let mut names = after.members().map(|(name, _)| name);
    before.members().all(|(name, _)| names.next() == Some(name))
}
