//! Where in an index the entries are that a condition asks for, as ranges of ranks: so their number is known at once.

use super::code;
use super::definition::Kind;
use super::entries::Index;
use super::finder::Finder;
use crate::engine::json::unescaped_bytes;
use crate::engine::keymap::Row;
use crate::engine::limits::MAX_INDEX_FIELDS;
use crate::engine::record::Record;
use crate::engine::table::Stored;
use crate::engine::value::Value;
use std::cmp::Ordering;

/// An end of a range of one field's values.
#[derive(Debug, Clone)]
pub(crate) enum Edge<'a> {
    /// Before all that equal the value.
    Before(Value<'a>),
    /// Behind all that equal the value.
    Behind(Value<'a>),
    /// Before all strings that are not less than these bytes, which need not be UTF-8.
    BeforeText(Vec<u8>),
    /// Before all values that have no smaller code.
    BeforeCode(u64),
}

impl<'a> Edge<'a> {
    /// The ends of the range of all values of a value's kind; `None` for null.
    pub(crate) fn of_kind(value: Value<'_>) -> Option<(Edge<'a>, Edge<'a>)> {
        let (low, high) = code::of_kind(value)?;
        Some((Edge::BeforeCode(low), Edge::BeforeCode(high)))
    }

    /// The ends of the range of all values but null.
    pub(crate) fn not_null() -> (Edge<'a>, Edge<'a>) {
        (
            Edge::BeforeCode(code::not_null()),
            Edge::BeforeCode(code::END),
        )
    }

    /// The end of the range of strings that start with `prefix`.
    pub(crate) fn behind_prefix(prefix: &[u8]) -> Edge<'a> {
        // No byte of UTF-8 is the greatest one.
        let mut next = prefix.to_vec();
        match next.last_mut() {
            Some(last) => {
                *last += 1;
                Edge::BeforeText(next)
            }
            None => Edge::BeforeCode(code::of_kind(Value::String(b"")).map_or(0, |kind| kind.1)),
        }
    }

    fn code(&self) -> u64 {
        match self {
            Edge::Before(value) | Edge::Behind(value) => code::of(*value),
            Edge::BeforeText(bytes) => code::of_text(bytes.iter().copied()),
            Edge::BeforeCode(code) => *code,
        }
    }

    /// Whether a value lies before this end.
    pub(crate) fn is_after(&self, value: Value<'_>) -> bool {
        self.is_after_code(code::of(value), self.code(), || value)
    }

    #[inline]
    fn is_after_code<'v>(&self, entry: u64, own: u64, value: impl FnOnce() -> Value<'v>) -> bool {
        if entry != own {
            return entry < own;
        }
        let order = || match code::is_exact(entry) {
            true => Ordering::Equal,
            false => match self {
                Edge::Before(own) | Edge::Behind(own) => value().order(own),
                Edge::BeforeText(bytes) => match value() {
                    Value::String(inside) => unescaped_bytes(inside).cmp(bytes.iter().copied()),
                    _ => Ordering::Equal,
                },
                Edge::BeforeCode(_) => Ordering::Equal,
            },
        };
        match self {
            Edge::Before(_) | Edge::BeforeText(_) => order().is_lt(),
            Edge::Behind(_) => order().is_le(),
            Edge::BeforeCode(_) => false,
        }
    }
}

/// A range of ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Span {
    pub(crate) fn len(&self) -> usize {
        self.to.saturating_sub(self.from)
    }
}

impl Index {
    /// The entries whose first fields equal `values` and whose next field lies in a range. In a hash index there is a
    /// value for each field and no range. The flag tells whether all of them do; otherwise the records must be asked.
    pub(crate) fn span(
        &self,
        values: &[Value<'_>],
        range: Option<&(Edge<'_>, Edge<'_>)>,
        stored: Stored<'_>,
    ) -> (Span, bool) {
        match self.definition.kind {
            Kind::Hash => self.span_of_hash(values, stored),
            Kind::Sorted => {
                let from = self.rank(values, range.map(|range| &range.0), false, stored);
                let to = self.rank(values, range.map(|range| &range.1), true, stored);
                let to = to.max(from);
                (Span { from, to }, true)
            }
        }
    }

    fn span_of_hash(&self, values: &[Value<'_>], stored: Stored<'_>) -> (Span, bool) {
        let hash = self.definition.hash(values.iter().copied());
        let nothing = Span { from: 0, to: 0 };
        let Some((from, to, row)) = self.tree.run(hash) else {
            return (nothing, true);
        };
        if self.collided.contains(&hash) {
            return (Span { from, to }, false);
        }
        match self.has_values(row, values, stored) {
            true => (Span { from, to }, true),
            false => (nothing, true),
        }
    }

    /// The rows that a hash index has of values, one for each field, if one look tells: then there is no need for a span.
    pub(crate) fn rows_of_hash(&self, values: &[Value<'_>], stored: Stored<'_>) -> Option<&[Row]> {
        if self.definition.kind != Kind::Hash {
            return None;
        }
        let hash = self.definition.hash(values.iter().copied());
        let rows = self.tree.rows_of(hash)?;
        if self.collided.contains(&hash) {
            return None;
        }
        let first = rows.first();
        let equal = first.is_some_and(|row| self.has_values(*row, values, stored));
        Some(if equal { rows } else { &[] })
    }

    fn has_values(&self, row: Row, values: &[Value<'_>], stored: Stored<'_>) -> bool {
        stored.record(row).is_some_and(|record| {
            values.iter().enumerate().all(|(at, value)| {
                let found = self.definition.value(at, &record, stored.shapes);
                found.equals(value)
            })
        })
    }

    /// How many entries come before those whose first fields equal `values` and whose next field lies at an end of a
    /// range; without one, before all of those, or including them.
    fn rank(
        &self,
        values: &[Value<'_>],
        edge: Option<&Edge<'_>>,
        including: bool,
        stored: Stored<'_>,
    ) -> usize {
        let mut own = [0; MAX_INDEX_FIELDS];
        for (code, value) in own.iter_mut().zip(values) {
            *code = code::of(*value);
        }
        let edge = edge.map(|edge| (edge, edge.code()));
        let finder = Finder::new(&self.definition, stored);
        self.tree.rank(|codes, row| {
            let value = |at: usize| finder.value(at, row);
            for (at, (wanted, (code, own))) in values.iter().zip(codes.iter().zip(&own)).enumerate()
            {
                let order = code.cmp(own).then_with(|| match code::is_exact(*code) {
                    true => Ordering::Equal,
                    false => value(at).order(wanted),
                });
                if order.is_ne() {
                    return order.is_lt();
                }
            }
            match (edge, codes.get(values.len())) {
                (Some((edge, own)), Some(code)) => {
                    edge.is_after_code(*code, own, || value(values.len()))
                }
                _ => including,
            }
        })
    }

    /// Calls `visit` with the rows of a span, in the index's order, until it says false.
    pub(crate) fn rows(&self, span: Span, mut visit: impl FnMut(&[Row]) -> bool) {
        self.tree.each(span.from, span.to, |_, rows| visit(rows));
    }

    /// Calls `visit` with the rows of a span, greatest values first, until it says false. Rows with equal values come in
    /// natural order.
    pub(crate) fn rows_descending(
        &self,
        span: Span,
        stored: Stored<'_>,
        mut visit: impl FnMut(&[Row]) -> bool,
    ) {
        let mut to = span.to;
        let mut more = true;
        while more && to > span.from {
            let from = self.group_start(to - 1, stored).max(span.from);
            self.tree.each(from, to, |_, rows| {
                more = visit(rows);
                more
            });
            to = from;
        }
    }

    /// The rank of the first entry that has the values of the one at a rank, in a sorted index.
    fn group_start(&self, rank: usize, stored: Stored<'_>) -> usize {
        debug_assert_eq!(self.definition.kind, Kind::Sorted, "there is no order");
        let Some((codes, row)) = self.tree.at(rank) else {
            return rank;
        };
        let finder = Finder::new(&self.definition, stored);
        self.tree.rank(|entry, other| {
            for (at, (a, b)) in entry.iter().zip(codes).enumerate() {
                let order = a.cmp(b).then_with(|| match code::is_exact(*a) {
                    true => Ordering::Equal,
                    false => finder.value(at, other).order(&finder.value(at, row)),
                });
                if order.is_ne() {
                    return order.is_lt();
                }
            }
            false
        })
    }

    /// The first record of a span, and the first of those that have the greatest values in it.
    pub(crate) fn ends<'a>(
        &self,
        span: Span,
        stored: Stored<'a>,
    ) -> Option<(Record<'a>, Record<'a>)> {
        if span.len() == 0 {
            return None;
        }
        let record = |rank| stored.record(self.tree.at(rank)?.1);
        let last = self.group_start(span.to - 1, stored).max(span.from);
        Some((record(span.from)?, record(last)?))
    }
}
