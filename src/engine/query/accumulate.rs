//! The accumulators of all groups, side by side: a group costs no allocation of its own.

use super::distinct::{DistinctValues, NULL};
use super::extreme::Extreme;
use super::layout::{Input, Layout, Output};
use super::sum::Sum;
use crate::engine::limits::{push, reserve};
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Result};
use std::cmp::Ordering;

/// See the module's comment.
pub(super) struct Accumulators<'a> {
    layout: &'a Layout,
    counts: Vec<u64>,
    sums: Vec<Sum>,
    extremes: Vec<Extreme<'a>>,
    distinct: Vec<DistinctValues<'a>>,
}

/// One value of a grouped row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Number(Number),
    /// Canonical text.
    Text(&'a [u8]),
}

fn extend<T: Copy>(slots: &mut Vec<T>, more: usize, value: T) -> Result<()> {
    reserve(slots, more)?;
    slots.resize(slots.len() + more, value);
    Ok(())
}

/// The slots of one group.
#[inline]
fn of_group<T>(slots: &mut [T], width: usize, group: usize) -> &mut [T] {
    slots
        .get_mut(group * width..(group + 1) * width)
        .unwrap_or_default()
}

#[inline]
fn increment(counts: &mut [u64], slot: usize) {
    if let Some(count) = counts.get_mut(slot) {
        *count += 1;
    }
}

impl<'a> Accumulators<'a> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        Accumulators {
            layout,
            counts: Vec::new(),
            sums: Vec::new(),
            extremes: Vec::new(),
            distinct: (0..layout.distinct)
                .map(|_| DistinctValues::new())
                .collect(),
        }
    }

    /// Makes room for one more group.
    pub(super) fn add_group(&mut self) -> Result<()> {
        extend(&mut self.counts, self.layout.counts, 0)?;
        extend(&mut self.sums, self.layout.sums, Sum::default())?;
        extend(&mut self.extremes, self.layout.extremes, Extreme::NONE)
    }

    /// Adds a record, given by the texts of the layout's paths, to a group; false if a value that is to be summed is no
    /// number.
    #[inline]
    pub(super) fn add(&mut self, group: usize, texts: &[&'a [u8]]) -> Result<bool> {
        let layout = self.layout;
        if let Some(slot) = layout.records {
            increment(of_group(&mut self.counts, layout.counts, group), slot);
        }
        for input in &layout.inputs {
            let text = texts.get(input.path).copied().unwrap_or(NULL);
            if text != NULL && !self.add_value(group, input, text)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[inline]
    fn add_value(&mut self, group: usize, input: &Input, text: &'a [u8]) -> Result<bool> {
        let layout = self.layout;
        let counts = of_group(&mut self.counts, layout.counts, group);
        if let Some(slot) = input.count {
            increment(counts, slot);
        }
        if let Some((table, slot)) = input.distinct {
            if let Some(values) = self.distinct.get_mut(table) {
                if values.add(group, text)? {
                    increment(counts, slot);
                }
            }
        }
        if input.sum.is_none() && input.least.is_none() && input.greatest.is_none() {
            return Ok(true);
        }
        let value = Value::read(text);
        if let Some(slot) = input.sum {
            let Value::Number(number) = value else {
                return Ok(false);
            };
            let sums = of_group(&mut self.sums, layout.sums, group);
            if let Some(sum) = sums.get_mut(slot) {
                sum.add(number);
            }
        }
        if input.least.is_some() || input.greatest.is_some() {
            let candidate = Extreme::new(&value, text);
            let extremes = of_group(&mut self.extremes, layout.extremes, group);
            let slots = [
                (input.least, Ordering::Less),
                (input.greatest, Ordering::Greater),
            ];
            for (slot, wanted) in slots {
                if let Some(extreme) = slot.and_then(|slot| extremes.get_mut(slot)) {
                    extreme.update(candidate, wanted);
                }
            }
        }
        Ok(true)
    }

    /// Counts one more in each of these groups.
    #[inline]
    pub(super) fn count_all(&mut self, groups: &[u32], slot: usize) {
        for group in groups {
            increment(
                &mut self.counts,
                *group as usize * self.layout.counts + slot,
            );
        }
    }

    #[inline]
    pub(super) fn sum_floats<'n>(
        &mut self,
        numbers: impl Iterator<Item = (&'n u32, &'n f64)>,
        slot: usize,
    ) {
        for (group, value) in numbers {
            let sum = self.sums.get_mut(*group as usize * self.layout.sums + slot);
            if let Some(sum) = sum {
                sum.add(Number::Float(*value));
            }
        }
    }

    /// For integers that are doubles exactly.
    #[inline]
    pub(super) fn sum_integers<'n>(
        &mut self,
        numbers: impl Iterator<Item = (&'n u32, &'n f64)>,
        slot: usize,
    ) {
        for (group, value) in numbers {
            let sum = self.sums.get_mut(*group as usize * self.layout.sums + slot);
            if let Some(sum) = sum {
                sum.add(Number::Integer(i128::from(*value as i64)));
            }
        }
    }

    /// Lets a value be the extreme of a group if it is.
    pub(super) fn extreme(&mut self, group: usize, slot: usize, text: &'a [u8], wanted: Ordering) {
        let extremes = of_group(&mut self.extremes, self.layout.extremes, group);
        if let Some(extreme) = extremes.get_mut(slot) {
            extreme.update(Extreme::new(&Value::read(text), text), wanted);
        }
    }

    /// The value of an aggregate; `None` if it cannot be represented.
    pub(super) fn value(&self, group: usize, output: Output) -> Option<Cell<'a>> {
        let layout = self.layout;
        let count = |slot: usize| {
            let count = self.counts.get(group * layout.counts + slot);
            count.copied().unwrap_or_default()
        };
        let sum = |slot: usize| {
            let sum = self.sums.get(group * layout.sums + slot);
            sum.copied().unwrap_or_default()
        };
        match output {
            Output::Count(slot) => Some(Cell::Number(Number::Integer(count(slot).into()))),
            Output::Sum { count: slot, .. } | Output::Mean { count: slot, .. }
                if count(slot) == 0 =>
            {
                Some(Cell::Text(NULL))
            }
            Output::Sum { sum: slot, .. } => sum(slot).total().map(Cell::Number),
            Output::Mean {
                sum: slot,
                count: of,
            } => {
                let mean = sum(slot).mean(count(of));
                mean.map(|mean| Cell::Number(Number::Float(mean)))
            }
            Output::Extreme(slot) => {
                let extreme = self.extremes.get(group * layout.extremes + slot);
                let text = extreme.and_then(Extreme::text);
                Some(Cell::Text(text.unwrap_or(NULL)))
            }
        }
    }
}

impl<'a> Cell<'a> {
    pub(super) fn value(&self) -> Value<'a> {
        match *self {
            Cell::Number(number) => Value::Number(number),
            Cell::Text(text) => Value::read(text),
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        /// No double is longer.
        const LONGEST: usize = 32;
        match *self {
            Cell::Number(Number::Integer(value)) => {
                push(out, itoa::Buffer::new().format(value).as_bytes())
            }
            Cell::Number(Number::Float(value)) => {
                reserve(out, LONGEST)?;
                serde_json::to_writer(out, &value).map_err(|_| Error::out_of_memory(LONGEST))
            }
            Cell::Text(text) => push(out, text),
        }
    }
}
