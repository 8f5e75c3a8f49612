//! Groups of records, from the records to the rows of the answer.

use super::accumulate::{Accumulators, Cell};
use super::aggregate::Function;
use super::distinct::{Distinct, NULL};
use super::grouping::Grouping;
use super::layout::{Input, Layout, Output};
use crate::engine::interrupt::Interrupt;
use crate::engine::limits::{push, reserve, shorten};
use crate::engine::predicate::Path;
use crate::engine::record::Record;
use crate::engine::resolve::Resolver;
use crate::engine::shape::Shapes;
use crate::engine::sorting::sort;
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use std::cmp::Ordering;

/// See the module's comment. Borrows the values that it keeps from the records.
pub(crate) struct Groups<'a> {
    grouping: &'a Grouping,
    shapes: &'a Shapes,
    resolver: Resolver<'a>,
    /// Of the record at hand, the values of the layout's paths; missing ones are null.
    texts: Vec<&'a [u8]>,
    keys: Distinct<'a>,
    accumulators: Accumulators<'a>,
}

impl<'a> Groups<'a> {
    pub(crate) fn new(grouping: &'a Grouping, shapes: &'a Shapes) -> Result<Self> {
        let layout = &grouping.layout;
        let mut groups = Groups {
            grouping,
            shapes,
            resolver: Resolver::new(layout.paths.iter().map(Path::field), shapes),
            texts: vec![NULL; layout.paths.len()],
            keys: Distinct::new(grouping.by.len()),
            accumulators: Accumulators::new(layout),
        };
        if grouping.by.is_empty() {
            groups.accumulators.add_group()?;
        }
        Ok(groups)
    }

    pub(super) fn layout(&self) -> &'a Layout {
        &self.grouping.layout
    }

    /// How many fields make the groups.
    pub(super) fn width(&self) -> usize {
        self.grouping.by.len()
    }

    /// How many extremes each group has.
    pub(super) fn extremes(&self) -> usize {
        self.grouping.layout.extremes
    }

    pub(super) fn accumulators_mut(&mut self) -> &mut Accumulators<'a> {
        &mut self.accumulators
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self.grouping.by.is_empty() {
            true => 1,
            false => self.keys.len(),
        }
    }

    /// Adds a record. They come in natural order.
    #[inline]
    pub(crate) fn add(&mut self, record: Record<'a>) -> Result<()> {
        let group = self.group_of(record)?;
        match self.accumulators.add(group, &self.texts)? {
            true => Ok(()),
            false => Err(self.mismatch(record)),
        }
    }

    /// The group of a record, made if there is none. The record becomes the one at hand.
    #[inline]
    pub(super) fn group_of(&mut self, record: Record<'a>) -> Result<usize> {
        let paths = &self.grouping.layout.paths;
        let fields = self.resolver.fields(record);
        for (at, (place, path)) in self.texts.iter_mut().zip(paths).enumerate() {
            let text = fields.get(at).and_then(|value| path.follow(value));
            *place = text.unwrap_or(NULL);
        }
        let width = self.width();
        if width == 0 {
            return Ok(0);
        }
        let key = self.texts.get(..width).unwrap_or_default();
        let place = self.keys.place(key)?;
        if place.is_new {
            self.accumulators.add_group()?;
        }
        Ok(place.at)
    }

    /// Lets a record's value be the extreme of its group if it is.
    #[cold]
    pub(super) fn see_extreme(
        &mut self,
        record: Option<Record<'a>>,
        group: usize,
        input: &Input,
        slot: usize,
        wanted: Ordering,
    ) {
        let path = self.grouping.layout.paths.get(input.path);
        let Some(record) = record else {
            return;
        };
        let value = self.resolver.fields(record).get(input.path).zip(path);
        if let Some(text) = value.and_then(|(value, path)| path.follow(value)) {
            self.accumulators.extreme(group, slot, text, wanted);
        }
    }

    /// The error that the record at hand has something else than a number to be summed.
    #[cold]
    fn mismatch(&self, record: Record<'a>) -> Error {
        let shown = |text: &[u8]| shorten(&String::from_utf8_lossy(text));
        let shape = self.shapes.get(record.shape());
        let key = shape.and_then(|shape| record.field(shape, self.shapes.key_field()));
        let paths = &self.grouping.layout.paths;
        for aggregate in &self.grouping.aggregates {
            let (Function::Sum(path) | Function::Avg(path)) = &aggregate.function else {
                continue;
            };
            let at = paths.iter().position(|other| other == path);
            let text = at.and_then(|at| self.texts.get(at)).unwrap_or(&NULL);
            if !matches!(Value::read(text), Value::Null | Value::Number(_)) {
                let function = aggregate.function.name();
                return Error::TypeMismatch {
                    reason: format!("{function} wants numbers, found {}", shown(text)),
                    key: key.map(shown),
                    field: shorten(&aggregate.field),
                };
            }
        }
        Error::TypeMismatch {
            reason: "wants numbers".to_owned(),
            key: key.map(shown),
            field: String::new(),
        }
    }

    /// How many rows `finish` writes.
    pub(crate) fn count(&self, offset: u64, limit: Option<u64>) -> u64 {
        let left = (self.len() as u64).saturating_sub(offset);
        left.min(limit.unwrap_or(u64::MAX))
    }

    /// Orders, pages and writes the rows as a JSON array; returns how many.
    pub(crate) fn finish(
        self,
        offset: u64,
        limit: Option<u64>,
        interrupt: &Interrupt,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        self.check()?;
        let count = self.count(offset, limit);
        // Both are at most the number of groups.
        let start = offset.min(self.len() as u64) as usize;
        let end = start + count as usize;
        let mut ticker = interrupt.ticker();
        push(out, b"[")?;
        if self.grouping.order_by.is_empty() {
            for group in start..end {
                ticker.tick()?;
                self.write(group, group == start, out)?;
            }
        } else if start < end {
            let sorted = self.sorted(end, interrupt)?;
            for (at, group) in sorted.into_iter().enumerate().skip(start) {
                ticker.tick()?;
                self.write(group, at == start, out)?;
            }
        }
        push(out, b"]")?;
        Ok(count)
    }

    /// Sums must be representable in all groups, whether they are shown or not.
    fn check(&self) -> Result<()> {
        let aggregates = &self.grouping.aggregates;
        let outputs = &self.grouping.layout.outputs;
        if self.grouping.layout.sums == 0 {
            return Ok(());
        }
        for group in 0..self.len() {
            for (aggregate, output) in aggregates.iter().zip(outputs) {
                if self.accumulators.value(group, *output).is_none() {
                    let function = aggregate.function.name();
                    return Err(Error::Overflow {
                        reason: format!(
                            "{function}: the sum is outside [-2^63, 2^64-1] or no finite double"
                        ),
                        key: None,
                        field: shorten(&aggregate.field),
                    });
                }
            }
        }
        Ok(())
    }

    /// The value in an output column.
    fn cell(&self, group: usize, column: usize) -> Cell<'a> {
        let width = self.grouping.by.len();
        let cell = match column.checked_sub(width) {
            None => self.keys.row(group).get(column).copied().map(Cell::Text),
            Some(at) => {
                let output: Option<&Output> = self.grouping.layout.outputs.get(at);
                output.and_then(|output| self.accumulators.value(group, *output))
            }
        };
        cell.unwrap_or(Cell::Text(NULL))
    }

    fn write(&self, group: usize, is_first: bool, out: &mut Vec<u8>) -> Result<()> {
        push(out, if is_first { b"{" } else { b",{" })?;
        for (column, label) in self.grouping.labels().enumerate() {
            if column > 0 {
                push(out, b",")?;
            }
            push(out, label)?;
            self.cell(group, column).write(out)?;
        }
        push(out, b"}")
    }

    /// The first `wanted` groups in the order that was asked for; of equal ones the one that came first is less.
    fn sorted(&self, wanted: usize, interrupt: &Interrupt) -> Result<Vec<usize>> {
        let order_by = &self.grouping.order_by;
        let width = order_by.len();
        let mut keys: Vec<Value<'a>> = Vec::new();
        reserve(&mut keys, self.len().saturating_mul(width))?;
        let mut groups: Vec<usize> = Vec::new();
        reserve(&mut groups, self.len())?;
        for group in 0..self.len() {
            let columns = order_by.iter();
            keys.extend(columns.map(|(column, _)| self.cell(group, *column).value()));
            groups.push(group);
        }
        let key = |group: usize| {
            keys.get(group * width..(group + 1) * width)
                .unwrap_or_default()
        };
        let compare = |a: &usize, b: &usize| {
            let pairs = key(*a).iter().zip(key(*b)).zip(order_by);
            let orders = pairs.map(|((a, b), (_, descending))| match descending {
                true => b.order(a),
                false => a.order(b),
            });
            let first = orders.into_iter().find(|order| order.is_ne());
            first.unwrap_or(Ordering::Equal).then(a.cmp(b))
        };
        if wanted < groups.len() {
            groups.select_nth_unstable_by(wanted, compare);
            groups.truncate(wanted);
        }
        sort(&mut groups, interrupt, compare)?;
        Ok(groups)
    }
}
