//! Changes, and how a writer notes them.

use super::feed::Listeners;
use crate::engine::json::push_quoted;
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, push};
use crate::engine::Result;
use std::collections::VecDeque;
use std::sync::Arc;

/// One change, but for its number.
pub(crate) struct Change {
    /// The number of the table.
    pub(super) table: u64,
    /// `"table":"t","operation":"update","key":1`
    pub(super) head: Vec<u8>,
    /// The record's text; `None` where there is no record.
    pub(super) record: Option<Vec<u8>>,
}

impl Change {
    fn new(table: u64, name: &str, operation: &str) -> Result<Change> {
        let mut head = Vec::new();
        push(&mut head, b"\"table\":")?;
        push_quoted(&mut head, name);
        push(&mut head, b",\"operation\":\"")?;
        push(&mut head, operation.as_bytes())?;
        push(&mut head, b"\"")?;
        Ok(Change {
            table,
            head,
            record: None,
        })
    }

    /// Bytes of memory, about, with the record or without it.
    pub(super) fn bytes(&self, with_record: bool) -> usize {
        let record = self.record.as_ref().filter(|_| with_record);
        let record = record.map_or(0, Vec::capacity);
        std::mem::size_of::<Change>()
            + 2 * std::mem::size_of::<usize>()
            + self.head.capacity()
            + record
    }
}

/// What a writer changes in a table, in order, until it is known to be done. Of very many changes only so many of the last
/// are kept as any watch keeps.
pub(crate) struct Recorder {
    pub(super) table: u64,
    name: Arc<str>,
    /// Each with its position among all changes of the call or batch.
    pub(super) changes: VecDeque<(u64, Arc<Change>)>,
    bytes: usize,
    /// The position of the next change.
    pub(crate) next: u64,
    is_empty: bool,
    /// The position of the last change that is not kept.
    pub(super) lost: Option<u64>,
    wanted: Wanted,
    pub(super) listeners: Listeners,
}

/// What the watches of a table want to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) most: Most,
    pub(super) records: bool,
}

/// How much a watch keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Most {
    pub(super) changes: usize,
    pub(super) bytes: usize,
}

impl Recorder {
    pub(super) fn new(table: u64, name: Arc<str>, wanted: Wanted, listeners: Listeners) -> Self {
        Recorder {
            table,
            name,
            changes: VecDeque::new(),
            bytes: 0,
            next: 0,
            is_empty: true,
            lost: None,
            wanted,
            listeners,
        }
    }

    /// Bytes that it takes to note so many changes of records with so many bytes of text, at most.
    pub(crate) fn room(&self, bytes: usize, changes: usize) -> usize {
        const OWN: usize = 256;
        let all = bytes.saturating_add(changes.saturating_mul(OWN));
        all.min(self.wanted.most.bytes)
    }

    /// A record was inserted.
    pub(crate) fn insert(&mut self, key: &KeyRef<'_>, record: &[u8]) {
        self.note("insert", Some(key), None, Some(record));
    }

    /// A record was changed, and maybe its key; `old_key` is the one that it had.
    pub(crate) fn update(&mut self, old_key: &KeyRef<'_>, key: &KeyRef<'_>, record: &[u8]) {
        let old_key = Some(old_key).filter(|old_key| *old_key != key);
        self.note("update", Some(key), old_key, Some(record));
    }

    /// A record was deleted.
    pub(crate) fn delete(&mut self, key: &KeyRef<'_>) {
        self.note("delete", Some(key), None, None);
    }

    /// The table was created.
    pub(crate) fn create(&mut self) {
        self.note("create", None, None, None);
    }

    /// The table was dropped.
    pub(crate) fn drop_table(&mut self) {
        self.note("drop", None, None, None);
    }

    /// Of so many changes that are to be noted next, passes those that could not be kept; returns how many.
    pub(crate) fn pass(&mut self, count: usize) -> usize {
        let passed = count.saturating_sub(self.wanted.most.changes);
        if passed > 0 {
            self.is_empty = false;
            self.changes.clear();
            self.bytes = 0;
            self.next += passed as u64;
            self.lost = Some(self.next - 1);
        }
        passed
    }

    fn note(
        &mut self,
        operation: &str,
        key: Option<&KeyRef<'_>>,
        old_key: Option<&KeyRef<'_>>,
        record: Option<&[u8]>,
    ) {
        self.is_empty = false;
        let position = self.next;
        self.next += 1;
        let record = record.filter(|_| self.wanted.records);
        let change = self.make(operation, key, old_key, record);
        match (change, self.changes.try_reserve(1)) {
            (Ok(change), Ok(())) => self.keep(position, Arc::new(change)),
            // A change that there is no memory for is one that is not kept any more, and all before it neither.
            _ => {
                self.changes.clear();
                self.bytes = 0;
                self.lost = Some(position);
            }
        }
    }

    fn make(
        &self,
        operation: &str,
        key: Option<&KeyRef<'_>>,
        old_key: Option<&KeyRef<'_>>,
        record: Option<&[u8]>,
    ) -> Result<Change> {
        let mut change = Change::new(self.table, &self.name, operation)?;
        let mut put = |label: &[u8], key: Option<&KeyRef<'_>>| {
            let Some(key) = key else {
                return Ok(());
            };
            push(&mut change.head, label)?;
            crate::engine::limits::reserve(&mut change.head, key.json_len() + 24)?;
            key.write(&mut change.head);
            Ok(())
        };
        put(b",\"key\":", key)?;
        put(b",\"old_key\":", old_key)?;
        if let Some(text) = record {
            let mut record = Vec::new();
            push(&mut record, text)?;
            change.record = Some(record);
        }
        Ok(change)
    }

    fn keep(&mut self, position: u64, change: Arc<Change>) {
        self.bytes += change.bytes(true);
        self.changes.push_back((position, change));
        let most = self.wanted.most;
        while self.changes.len() > most.changes || self.bytes > most.bytes {
            let Some((position, oldest)) = self.changes.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes(true);
            self.lost = Some(position);
        }
    }

    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }
}

/// Numbered changes, oldest first.
#[derive(Default)]
pub(super) struct Numbered {
    pub(super) list: VecDeque<Entry>,
    bytes: usize,
}

/// A change and its numbers.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) sequence: u64,
    pub(super) commit: u64,
    pub(super) change: Arc<Change>,
}

impl Numbered {
    /// Adds one; false if there is no memory. `records` says that the records are wanted.
    pub(super) fn push(&mut self, entry: Entry, records: bool) -> bool {
        if self.list.try_reserve(1).is_err() {
            return false;
        }
        self.bytes += entry.change.bytes(records);
        self.list.push_back(entry);
        true
    }

    /// Takes away the oldest ones beyond what is to be kept; the number of the last one that went.
    pub(super) fn trim(&mut self, most: Most, records: bool) -> Option<u64> {
        let mut last = None;
        while self.list.len() > most.changes || self.bytes > most.bytes {
            let oldest = self.list.pop_front()?;
            self.bytes -= oldest.change.bytes(records);
            last = Some(oldest.sequence);
        }
        last
    }

    /// Those with greater numbers.
    pub(super) fn after(&self, sequence: u64) -> impl Iterator<Item = &Entry> {
        let first = self
            .list
            .partition_point(|entry| entry.sequence <= sequence);
        self.list.range(first..)
    }
}

/// Writes a change as JSON.
pub(super) fn write(entry: &Entry, records: bool, out: &mut Vec<u8>) -> Result<()> {
    let mut digits = itoa::Buffer::new();
    push(out, b"{\"sequence\":")?;
    push(out, digits.format(entry.sequence).as_bytes())?;
    push(out, b",\"commit\":")?;
    push(out, digits.format(entry.commit).as_bytes())?;
    push(out, b",")?;
    push(out, &entry.change.head)?;
    if let (true, Some(record)) = (records, &entry.change.record) {
        push(out, b",\"record\":")?;
        push(out, record)?;
    }
    add(out, b'}')
}
