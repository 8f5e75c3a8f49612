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

/// Bits of a digit: so many places can be written to in turn without a miss.
const DIGIT: u32 = 8;

/// Fewer items than this are sorted by comparing.
const FEW: usize = 64;

/// Sorts pairs of a code and a number that ascends with the position. It is a radix sort on the high bits of the codes,
/// of those bits that differ at all; what they leave undecided, which is little, is compared.
pub(crate) fn sort_by_code(items: &mut Vec<(u64, u32)>, interrupt: &Interrupt) -> Result<()> {
    if items.len() < FEW {
        items.sort_unstable();
        return Ok(());
    }
    let first = items.first().map_or(0, |(code, _)| *code);
    let differ = items.iter().fold(0, |bits, (code, _)| bits | code ^ first);
    let high = u64::BITS - differ.leading_zeros();
    // Enough for items that lie evenly to come to places of their own.
    let enough = (items.len().ilog2() + 4).next_multiple_of(DIGIT);
    let bits = high - differ.trailing_zeros().min(high);
    let passes = bits.min(enough).div_ceil(DIGIT);
    let low = high.saturating_sub(passes * DIGIT);
    let mut other: Vec<(u64, u32)> = Vec::new();
    reserve(&mut other, items.len())?;
    other.resize(items.len(), (0, 0));
    for pass in 0..passes {
        scatter(items, &mut other, low + pass * DIGIT, interrupt)?;
        std::mem::swap(items, &mut other);
    }
    if differ & ((1 << low) - 1) != 0 {
        for group in items.chunk_by_mut(|(a, _), (b, _)| a >> low == b >> low) {
            if group.len() > 1 {
                sort(group, interrupt, |a, b| a.cmp(b))?;
            }
        }
    }
    Ok(())
}

/// Orders items by the digit at a bit; those with the same digit keep their order.
fn scatter(
    items: &[(u64, u32)],
    into: &mut [(u64, u32)],
    bit: u32,
    interrupt: &Interrupt,
) -> Result<()> {
    const DIGITS: usize = 1 << DIGIT;
    let digit = |code: u64| (code >> bit) as usize & (DIGITS - 1);
    let mut places = [0_usize; DIGITS];
    for (code, _) in items {
        if let Some(count) = places.get_mut(digit(*code)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    for run in items.chunks(RUN) {
        interrupt.check()?;
        for item in run {
            if let Some(place) = places.get_mut(digit(item.0)) {
                if let Some(target) = into.get_mut(*place) {
                    *target = *item;
                }
                *place += 1;
            }
        }
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
    fn codes_are_sorted_whichever_of_their_bits_differ() {
        for len in [0, 1, FEW, 1000, 3 * RUN] {
            for (mask, shift) in [
                (u64::MAX, 0),
                (0, 0),
                (0xff, 0),
                (0xffff, 31),
                (0x8000_0000_0000_0001, 0),
                (0xfff0_0000_0000_000f, 0),
                (0x3, 62),
                (0x1_0f0f_0f0f, 11),
            ] {
                let code = |n: u64| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7 & mask) << shift;
                let mut items: Vec<(u64, u32)> =
                    (0..len as u32).map(|n| (code(u64::from(n)), n)).collect();
                let mut sorted = items.clone();
                sorted.sort_unstable();
                let interrupt = Limits::default().begin();
                sort_by_code(&mut items, &interrupt).unwrap();
                assert!(items == sorted, "{len} {mask:x} {shift}");
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
