//! Entries in an index's order, made ready before they are put in or taken out: neither can fail then.

use super::code;
use super::definition::Definition;
use super::finder::Finder;
use super::tree::{Entry, Sequence};
use crate::engine::keymap::Row;
use crate::engine::table::Stored;
use crate::engine::value::Value;
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::Arc;

/// See the module's comment.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(super) width: usize,
    /// Of entries with one code: code and row.
    pub(super) pairs: Vec<(u64, Row)>,
    /// Of entries with several codes, as they were given, and their order.
    pub(super) codes: Vec<u64>,
    pub(super) rows: Vec<Row>,
    pub(super) order: Vec<u32>,
    /// Hashes that several of the values have.
    pub(super) collided: Vec<u64>,
}

impl Sorted {
    pub(crate) fn len(&self) -> usize {
        self.pairs.len() + self.order.len()
    }

    /// The entry that was given at a position, one of several codes.
    pub(super) fn given(&self, at: usize) -> Entry<'_> {
        let codes = self.codes.get(at * self.width..(at + 1) * self.width);
        let row = self.rows.get(at).copied().unwrap_or(0);
        (codes.unwrap_or_default(), row)
    }

    #[inline]
    pub(super) fn entry(&self, at: usize) -> Entry<'_> {
        match self.pairs.get(at) {
            Some((code, row)) => (std::slice::from_ref(code), *row),
            None => self.given(self.order.get(at).copied().unwrap_or(0) as usize),
        }
    }
}

/// What is put into an index or taken out of it.
pub(super) enum Given<'a> {
    One(Entry<'a>),
    Many(&'a Sorted),
}

/// Entries and what they are of. The records of their rows are as `stored` has them.
pub(super) struct Bulk<'a, const BY_HASH: bool> {
    given: Given<'a>,
    finder: Finder<'a>,
    /// Which of the entries was compared last, which of its fields, and the value.
    own: Cell<(usize, usize, Value<'a>)>,
    collided: &'a mut Arc<HashSet<u64, RandomState>>,
}

impl<'a, const BY_HASH: bool> Bulk<'a, BY_HASH> {
    pub(super) fn new(
        given: Given<'a>,
        definition: &'a Definition,
        stored: Stored<'a>,
        collided: &'a mut Arc<HashSet<u64, RandomState>>,
    ) -> Bulk<'a, BY_HASH> {
        Bulk {
            given,
            finder: Finder::new(definition, stored),
            own: Cell::new((usize::MAX, 0, Value::Null)),
            collided,
        }
    }

    /// The value of a field of the entry at a position, which has this row: it is compared with many, one after the other.
    #[inline]
    fn own(&self, at: usize, field: usize, row: Row) -> Value<'a> {
        let (of, its, value) = self.own.get();
        if of == at && its == field {
            return value;
        }
        let value = self.finder.value(field, row);
        self.own.set((at, field, value));
        value
    }
}

impl<const BY_HASH: bool> Sequence for Bulk<'_, BY_HASH> {
    const BY_HASH: bool = BY_HASH;

    fn len(&self) -> usize {
        match self.given {
            Given::One(_) => 1,
            Given::Many(sorted) => sorted.len(),
        }
    }

    #[inline]
    fn entry(&self, at: usize) -> Entry<'_> {
        match &self.given {
            Given::One(entry) => *entry,
            Given::Many(sorted) => sorted.entry(at),
        }
    }

    #[inline]
    fn compare(&self, entry: Entry<'_>, at: usize) -> Ordering {
        let own = self.entry(at);
        if let ([code], [other]) = (entry.0, own.0) {
            if code != other || BY_HASH || code::is_exact(*code) {
                return code.cmp(other).then(entry.1.cmp(&own.1));
            }
        }
        for (field, (code, other)) in entry.0.iter().zip(own.0).enumerate() {
            let mut order = code.cmp(other);
            let is_open = order.is_eq() && entry.1 != own.1;
            if is_open && !code::is_exact(*code) {
                let value = self.finder.value(field, entry.1);
                order = value.order(&self.own(at, field, own.1));
            }
            if order.is_ne() {
                return order;
            }
        }
        entry.1.cmp(&own.1)
    }

    #[inline]
    fn is_by_row(&self, at: usize) -> bool {
        match self.entry(at).0 {
            [code] => BY_HASH || code::is_exact(*code),
            _ => false,
        }
    }

    fn meet(&mut self, at: usize, row: Row) {
        let (codes, own) = self.entry(at);
        let Some(hash) = codes.first().copied() else {
            return;
        };
        if self.collided.contains(&hash) {
            return;
        }
        let Finder {
            definition, stored, ..
        } = self.finder;
        let records = stored.record(row).zip(stored.record(own));
        let same = |(a, b)| definition.same(&a, &b, stored.shapes);
        if !records.is_some_and(same) {
            Arc::make_mut(self.collided).insert(hash);
        }
    }
}
