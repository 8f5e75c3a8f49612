//! Puts entries in order whose codes do not tell it.

use super::code;
use super::definition::Definition;
use super::sorted::Sorted;
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::parallel::map;
use crate::engine::radix::Pair;
use crate::engine::record::Record;
use crate::engine::shape::Shapes;
use crate::engine::sorting::sort_on;
use crate::engine::value::Value;
use crate::engine::Result;
use std::cmp::Ordering;
use std::mem::take;
use std::sync::Arc;

/// Values that one of several threads sorts together at most: the memory for them comes from the calling thread, for
/// what threads allocate themselves the C library keeps for threads. More are left to all threads together.
const TOGETHER: usize = if cfg!(test) { 64 } else { 64 << 10 };

/// What the entries are of, and how they are sorted.
pub(super) struct Order<'a, F> {
    pub(super) definition: &'a Arc<Definition>,
    pub(super) shapes: &'a Shapes,
    /// Gives a row's record.
    pub(super) record: F,
    pub(super) threads: usize,
    pub(super) interrupt: &'a Interrupt,
}

impl<'r, F: Fn(Row) -> Option<Record<'r>> + Sync> Order<'_, F> {
    /// Orders entries that have the same code, which does not tell all, by their values.
    pub(super) fn sort_inexact(&self, pairs: &mut [Pair]) -> Result<()> {
        if self.threads > 1 {
            let mut parts = Vec::new();
            for share in shares(pairs, self.threads) {
                let mut values = Vec::new();
                reserve(&mut values, TOGETHER.min(share.len()))?;
                parts.push((share, values));
            }
            let are_all = map(parts, |(share, mut values)| {
                let mut groups = groups(share);
                groups.try_fold(true, |are_all, group| match group.len() <= TOGETHER {
                    true => self.sort_values(1, group, &mut values).map(|()| are_all),
                    false => Ok(false),
                })
            })?;
            if are_all.into_iter().all(|all| all) {
                return Ok(());
            }
        }
        let is_left = |group: &&mut [Pair]| self.threads == 1 || group.len() > TOGETHER;
        let mut groups = groups(pairs).filter(is_left);
        groups.try_for_each(|group| self.sort_values(self.threads, group, &mut Vec::new()))
    }

    /// Orders entries by their values alone.
    fn sort_values(
        &self,
        threads: usize,
        group: &mut [Pair],
        values: &mut Vec<(Value<'r>, Row)>,
    ) -> Result<()> {
        values.clear();
        reserve(values, group.len())?;
        for (_, row) in &*group {
            if let Some(record) = (self.record)(*row) {
                values.push((self.definition.value(0, &record, self.shapes), *row));
            }
        }
        sort_on(threads, values, self.interrupt, |a, b| {
            a.0.order(&b.0).then(a.1.cmp(&b.1))
        })?;
        for (place, (_, row)) in group.iter_mut().zip(values) {
            place.1 = *row;
        }
        Ok(())
    }

    /// Finds the order of entries that have several codes.
    pub(super) fn sort_several(&self, sorted: &mut Sorted) -> Result<()> {
        let mut order: Vec<u32> = Vec::new();
        reserve(&mut order, sorted.rows.len())?;
        order.extend(0..sorted.rows.len() as u32);
        sort_on(self.threads, &mut order, self.interrupt, |a, b| {
            let (a, b) = (sorted.given(*a as usize), sorted.given(*b as usize));
            let value = |row: Row, at: usize| match (self.record)(row) {
                Some(record) => self.definition.value(at, &record, self.shapes),
                None => Value::Null,
            };
            let fields = a.0.iter().zip(b.0).enumerate();
            let order = fields.map(|(at, (code, other))| {
                code.cmp(other).then_with(|| match code::is_exact(*code) {
                    true => Ordering::Equal,
                    false => value(a.1, at).order(&value(b.1, at)),
                })
            });
            let mut decided = order.filter(|order| order.is_ne());
            decided.next().unwrap_or_else(|| a.1.cmp(&b.1))
        })?;
        sorted.order = order;
        Ok(())
    }
}

/// The entries that have the same code, which does not tell all.
fn groups(pairs: &mut [Pair]) -> impl Iterator<Item = &mut [Pair]> {
    let groups = pairs.chunk_by_mut(|(a, _), (b, _)| a == b);
    groups.filter(|group| matches!(group, [(code, _), _, ..] if !code::is_exact(*code)))
}

/// Cuts entries in the order of their codes into so many shares of about the same length, or fewer, that have no code in
/// common.
pub(super) fn shares(pairs: &mut [Pair], count: usize) -> Vec<&mut [Pair]> {
    let len = pairs.len().div_ceil(count).max(1);
    let (mut shares, mut rest) = (Vec::new(), pairs);
    while !rest.is_empty() {
        let end = len.min(rest.len());
        let last = rest.get(end - 1).map_or(0, |(code, _)| *code);
        let more = rest.get(end..).unwrap_or_default();
        let end = end + more.partition_point(|(code, _)| *code == last);
        let (share, later) = take(&mut rest).split_at_mut(end);
        shares.push(share);
        rest = later;
    }
    shares
}
