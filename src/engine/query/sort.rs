//! Sorting of whole records.

use crate::engine::column::{exact, Encoding, Found, Mask, View, Visit};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::options::{Ordering as SortKey, SelectOptions};
use crate::engine::record::Record;
use crate::engine::resolve::Resolver;
use crate::engine::shape::Shapes;
use crate::engine::sorting::sort;
use crate::engine::value::Value;
use crate::engine::Result;
use std::cmp::Ordering;

/// Rows with their sort keys. When the answer is limited, only about twice as many are kept as it can have. What stands for
/// a row is up to the caller.
pub(super) struct Sorter<'a, R> {
    order_by: &'a [SortKey],
    resolver: Resolver<'a>,
    /// `order_by.len()` for each row.
    keys: Vec<Value<'a>>,
    rows: Vec<R>,
    wanted: usize,
    /// The first sort key of a row such that rows with a worse one are not wanted any more.
    bound: Option<Value<'a>>,
}

impl<'a, R: Copy> Sorter<'a, R> {
    pub(super) fn new(
        options: &'a SelectOptions,
        offset: u64,
        limit: Option<u64>,
        shapes: &'a Shapes,
    ) -> Self {
        let wanted = match limit {
            Some(limit) if !options.distinct => limit.saturating_add(offset),
            _ => u64::MAX,
        };
        let order_by = options.order_by.as_slice();
        Sorter {
            order_by,
            resolver: Resolver::new(order_by.iter().map(|key| key.path.field()), shapes),
            keys: Vec::new(),
            rows: Vec::new(),
            wanted: usize::try_from(wanted).unwrap_or(usize::MAX),
            bound: None,
        }
    }

    pub(super) fn add(&mut self, record: Record<'a>, row: R) -> Result<()> {
        reserve(&mut self.rows, 1)?;
        reserve(&mut self.keys, self.order_by.len())?;
        let fields = self.resolver.fields(record);
        for (at, key) in self.order_by.iter().enumerate() {
            let text = fields.get(at).and_then(|value| key.path.follow(value));
            self.keys.push(Value::of_field(text));
        }
        self.rows.push(row);
        if self.rows.len() >= self.wanted.saturating_mul(2).saturating_add(1024) {
            return self.prune();
        }
        Ok(())
    }

    /// Of two rows, the one that came first counts as less when their keys are equal.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        let width = self.order_by.len();
        let keys = |row: usize| {
            self.keys
                .get(row * width..(row + 1) * width)
                .unwrap_or_default()
        };
        for ((a, b), key) in keys(a).iter().zip(keys(b)).zip(self.order_by) {
            let order = a.order(b);
            if order.is_ne() {
                return if key.descending {
                    order.reverse()
                } else {
                    order
                };
            }
        }
        a.cmp(&b)
    }

    /// Keeps the rows that can still be wanted, in the order in which they came.
    fn prune(&mut self) -> Result<()> {
        let mut order = self.positions()?;
        if let Some(last) = self.wanted.checked_sub(1) {
            let (_, last, _) = order.select_nth_unstable_by(last, |a, b| self.compare(*a, *b));
            self.bound = self.keys.get(*last * self.order_by.len()).copied();
        }
        order.truncate(self.wanted);
        order.sort_unstable();
        let width = self.order_by.len();
        let keys = order
            .iter()
            .flat_map(|row| self.keys.get(row * width..(row + 1) * width));
        self.keys = keys.flatten().copied().collect();
        self.rows = order
            .iter()
            .filter_map(|row| self.rows.get(*row).copied())
            .collect();
        Ok(())
    }

    /// Of the rows of a page, those that can still be wanted, as far as the column of the first sort key tells.
    fn wanted_of(&self, encoding: &Encoding, matching: &Mask) -> Mask {
        let mut wanted = *matching;
        let (Some(Value::Number(bound)), Some(key)) = (self.bound, self.order_by.first()) else {
            return wanted;
        };
        if let (Some((bound, _)), Encoding::Numbers(numbers)) = (exact(bound), encoding) {
            let values = numbers.values.get();
            // Nulls come before all numbers.
            wanted.and(&match key.descending {
                true => Mask::of(values, |value| value >= bound),
                false => Mask::of(values, |value| value.is_nan() | (value <= bound)),
            });
        }
        wanted
    }

    fn positions(&self) -> Result<Vec<usize>> {
        let mut positions = Vec::new();
        reserve(&mut positions, self.rows.len())?;
        positions.extend(0..self.rows.len());
        Ok(positions)
    }

    /// The rows in their order.
    pub(super) fn finish(
        &self,
        interrupt: &Interrupt,
    ) -> Result<impl Iterator<Item = R> + use<'_, 'a, R>> {
        let mut order = self.positions()?;
        sort(&mut order, interrupt, |a, b| self.compare(*a, *b))?;
        let rows = order.into_iter();
        Ok(rows.filter_map(|row| self.rows.get(row).copied()))
    }
}

/// Sorts the records of a scan, whose visitor wants the column of the first sort key.
pub(super) struct ByPage<'s, 'a> {
    pub(super) sorter: &'s mut Sorter<'a, Record<'a>>,
    /// The number by which views know the column.
    pub(super) column: usize,
}

impl<'a> Visit<'a> for ByPage<'_, 'a> {
    fn page(&mut self, _: Row, view: &View<'a>, matching: &Mask) -> Result<Found> {
        let wanted = self.sorter.wanted_of(view.encoding(self.column), matching);
        Ok(Found::Records(wanted))
    }

    fn record(&mut self, _: Row, record: Record<'a>) -> Result<bool> {
        self.sorter.add(record, record).map(|()| true)
    }
}
