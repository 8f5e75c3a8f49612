//! Sorting that can be stopped.

use crate::engine::interrupt::Interrupt;
use crate::engine::limits::reserve;
use crate::engine::parallel::map;
use crate::engine::Result;
use std::cmp::Ordering;

/// Items that are sorted without a look at the interrupt: about a millisecond.
pub(crate) const RUN: usize = 4 << 10;

/// Sorts items of which no two are equal. A sort that nothing can stop is the standard library's; otherwise runs are
/// sorted so, and merged.
pub(crate) fn sort<T: Copy>(
    items: &mut [T],
    interrupt: &Interrupt,
    compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<()> {
    let mut merged = Vec::new();
    if is_merged(items.len(), interrupt) {
        reserve(&mut merged, items.len())?;
    }
    sort_in(items, &mut merged, interrupt, compare)
}

/// As `sort`, on so many threads, of which each sorts a part.
pub(crate) fn sort_on<T: Copy + Send>(
    threads: usize,
    items: &mut [T],
    interrupt: &Interrupt,
    compare: impl Fn(&T, &T) -> Ordering + Sync,
) -> Result<()> {
    if threads == 1 || items.len() <= RUN {
        return sort(items, interrupt, compare);
    }
    let mut merged = Vec::new();
    reserve(&mut merged, items.len())?;
    let width = items.len().div_ceil(threads);
    let mut parts = Vec::new();
    for part in items.chunks_mut(width) {
        let mut merged = Vec::new();
        if is_merged(part.len(), interrupt) {
            reserve(&mut merged, part.len())?;
        }
        parts.push((part, merged));
    }
    map(parts, |(part, mut merged)| {
        sort_in(part, &mut merged, interrupt, &compare)
    })?;
    merge(items, width, &mut merged, interrupt, compare)
}

/// Whether so many items are sorted as runs that are merged.
fn is_merged(len: usize, interrupt: &Interrupt) -> bool {
    interrupt.is_possible() && len > RUN
}

/// Sorts; `merged` has room for the items if they are merged.
fn sort_in<T: Copy>(
    items: &mut [T],
    merged: &mut Vec<T>,
    interrupt: &Interrupt,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<()> {
    if !is_merged(items.len(), interrupt) {
        items.sort_unstable_by(compare);
        return Ok(());
    }
    for run in items.chunks_mut(RUN) {
        interrupt.check()?;
        run.sort_unstable_by(&mut compare);
    }
    merge(items, RUN, merged, interrupt, compare)
}

/// Merges sorted runs of so many items.
fn merge<T: Copy>(
    items: &mut [T],
    mut width: usize,
    merged: &mut Vec<T>,
    interrupt: &Interrupt,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<()> {
    let mut ticker = interrupt.ticker();
    while width < items.len() {
        merged.clear();
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some(a), Some(b)) = (left.first(), right.first()) {
                ticker.tick()?;
                let (item, list) = match compare(b, a).is_lt() {
                    true => (b, &mut right),
                    false => (a, &mut left),
                };
                merged.push(*item);
                *list = list.get(1..).unwrap_or_default();
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        items.copy_from_slice(merged);
        width *= 2;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::interrupt::{Cancel, Limits};
    use crate::engine::Error;

    #[test]
    fn a_sort_that_can_be_stopped_and_one_on_several_threads_sort_the_same() {
        for len in [0, 1, RUN, RUN + 1, 3 * RUN - 5, 5 * RUN + 7] {
            let items: Vec<u64> = (0..len as u64)
                .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                .collect();
            let mut sorted = items.clone();
            sorted.sort_unstable();
            for cancel in [None, Some(Cancel::new())] {
                let mut own = items.clone();
                let interrupt = Limits::default().and(cancel, None).begin();
                sort(&mut own, &interrupt, |a, b| a.cmp(b)).unwrap();
                assert!(own == sorted, "{len}");
                for threads in [1, 2, 3, 7] {
                    let mut own = items.clone();
                    sort_on(threads, &mut own, &interrupt, |a, b| a.cmp(b)).unwrap();
                    assert!(own == sorted, "{len} {threads}");
                }
            }
        }
    }

    #[test]
    fn only_long_sorts_that_can_be_stopped_are_merged() {
        let stoppable = Limits::default().and(Some(Cancel::new()), None).begin();
        let endless = Limits::default().begin();
        assert!(is_merged(RUN + 1, &stoppable));
        assert!(!is_merged(RUN, &stoppable));
        assert!(!is_merged(RUN + 1, &endless));
    }

    #[test]
    fn what_stops_one_thread_stops_the_sort() {
        let mut items: Vec<u32> = (0..4 * RUN as u32).rev().collect();
        let cancel = Cancel::new();
        let interrupt = Limits::default().and(Some(cancel.clone()), None).begin();
        let outcome = sort_on(2, &mut items, &interrupt, |a, b| {
            // Only the second thread compares such.
            if *a < RUN as u32 {
                cancel.set();
            }
            a.cmp(b)
        });
        assert_eq!(outcome, Err(Error::Cancelled));
    }

    #[test]
    fn a_sort_is_stopped_wherever_it_is() {
        let items: Vec<u32> = (0..4 * RUN as u32).rev().collect();
        let sort_until = |stop_at: usize| {
            let (cancel, mut compared) = (Cancel::new(), 0);
            let interrupt = Limits::default().and(Some(cancel.clone()), None).begin();
            let outcome = sort(&mut items.clone(), &interrupt, |a, b| {
                compared += 1;
                if compared == stop_at {
                    cancel.set();
                }
                a.cmp(b)
            });
            (outcome, compared)
        };
        let (outcome, all) = sort_until(usize::MAX);
        assert_eq!(outcome, Ok(()));
        for stop_at in [1, all / 3, all - RUN] {
            let (outcome, compared) = sort_until(stop_at);
            assert_eq!(outcome, Err(Error::Cancelled), "{stop_at} of {all}");
            assert!(compared < all);
        }
    }
}
