//! Sorting that can be stopped.

use crate::engine::interrupt::Interrupt;
use crate::engine::limits::reserve;
use crate::engine::Result;
use std::cmp::Ordering;

/// Items that are sorted without a look at the interrupt: about a millisecond.
const RUN: usize = 4 << 10;

/// Sorts items of which no two are equal. A sort that nothing can stop is the standard library's; otherwise runs are
/// sorted so, and merged.
pub(crate) fn sort<T: Copy>(
    items: &mut [T],
    interrupt: &Interrupt,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<()> {
    if !interrupt.is_possible() || items.len() <= RUN {
        items.sort_unstable_by(compare);
        return Ok(());
    }
    for run in items.chunks_mut(RUN) {
        interrupt.check()?;
        run.sort_unstable_by(&mut compare);
    }
    let mut merged: Vec<T> = Vec::new();
    reserve(&mut merged, items.len())?;
    let mut ticker = interrupt.ticker();
    let mut width = RUN;
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
        items.copy_from_slice(&merged);
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
    fn a_sort_that_can_be_stopped_sorts_the_same() {
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
            }
        }
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
