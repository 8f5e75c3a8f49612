//! Sorts pairs of a code and a number: a radix sort, from the highest digit on, that can be stopped, and that several
//! threads do together.

use crate::engine::interrupt::Interrupt;
use crate::engine::limits::reserve;
use crate::engine::parallel::map;
use crate::engine::sorting::{sort, RUN};
use crate::engine::Result;
use std::mem::take;

/// A code and a number.
pub(crate) type Pair = (u64, u32);

/// Fewer pairs than this are sorted by comparing.
const FEW: usize = 64;

/// More pairs than this are shared out by their highest digit first: what is left to do for each share stays within the
/// processor's nearer caches.
const MANY: usize = 16 << 10;

/// Bits of that digit: so many places can be written to in turn without a miss.
const DIGIT: u32 = 8;
const DIGITS: usize = 1 << DIGIT;

/// Bits of the digits of no more than `MANY` pairs.
const WIDE_DIGIT: u32 = 9;

/// Sorts the pairs of all parts, on as many threads as there are parts. The numbers ascend with the position.
pub(crate) fn sort_by_code(parts: Vec<Vec<Pair>>, interrupt: &Interrupt) -> Result<Vec<Pair>> {
    let len = parts.iter().map(Vec::len).sum();
    if len <= MANY {
        let mut pairs = joined(parts)?;
        sort_within(&mut pairs, &mut zeros(len)?, interrupt)?;
        return Ok(pairs);
    }
    let surveys = map(parts.iter().collect(), |part| Ok(Survey::of(part)))?;
    let survey = surveys.into_iter().fold(Survey::default(), Survey::and);
    if survey.is_sorted {
        return joined(parts);
    }
    let digit = survey.highest_digit();
    let counts = map(
        parts.iter().collect(),
        |part: &Vec<_>| Ok(digit.count(part)),
    )?;
    let mut pairs = zeros(len)?;
    let targets = targets(&mut pairs, &counts);
    map(
        parts.into_iter().zip(targets).collect(),
        |(part, targets)| digit.share_out(&part, targets, interrupt),
    )?;
    let size = |at| counts.iter().filter_map(|counts| counts.get(at)).sum();
    let sizes = (0..DIGITS).map(size).collect();
    map(
        shares(&mut pairs, sizes, counts.len())?,
        |(groups, mut spare)| {
            let mut groups = groups.into_iter();
            groups.try_for_each(|group| sort_within(group, &mut spare, interrupt))
        },
    )?;
    Ok(pairs)
}

/// The pairs of all parts in one list: that of the first part, which grows.
fn joined(parts: Vec<Vec<Pair>>) -> Result<Vec<Pair>> {
    let len: usize = parts.iter().map(Vec::len).sum();
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    let more = len - all.len();
    reserve(&mut all, more)?;
    parts.for_each(|part| all.extend_from_slice(&part));
    Ok(all)
}

fn zeros(len: usize) -> Result<Vec<Pair>> {
    let mut zeros = Vec::new();
    reserve(&mut zeros, len)?;
    zeros.resize(len, (0, 0));
    Ok(zeros)
}

/// For each part, where the pairs go that have each of the digits: those of the parts before it come first.
fn targets<'p>(pairs: &'p mut [Pair], counts: &[[usize; DIGITS]]) -> Vec<Vec<&'p mut [Pair]>> {
    let mut targets: Vec<Vec<_>> = counts.iter().map(|_| Vec::with_capacity(DIGITS)).collect();
    let mut rest = pairs;
    for at in 0..DIGITS {
        for (targets, counts) in targets.iter_mut().zip(counts) {
            let len = counts.get(at).copied().unwrap_or(0);
            let (own, later) = take(&mut rest).split_at_mut(len);
            targets.push(own);
            rest = later;
        }
    }
    targets
}

/// Groups of pairs that one thread sorts, and the memory for that.
type Share<'p> = (Vec<&'p mut [Pair]>, Vec<Pair>);

/// Shares out groups of these sizes among so many threads.
fn shares(pairs: &mut [Pair], sizes: Vec<usize>, count: usize) -> Result<Vec<Share<'_>>> {
    let mut shares: Vec<Share<'_>> = Vec::new();
    let (len, mut done, mut largest) = (pairs.len(), 0, 0);
    let (mut rest, mut groups) = (pairs, Vec::new());
    for size in sizes {
        let (group, later) = take(&mut rest).split_at_mut(size);
        groups.push(group);
        rest = later;
        done += size;
        largest = size.max(largest);
        if done * count >= len * (shares.len() + 1) {
            shares.push((take(&mut groups), zeros(take(&mut largest))?));
        }
    }
    Ok(shares)
}

/// What there is to sort by.
#[derive(Default)]
struct Survey {
    /// The first and the last code.
    ends: Option<(u64, u64)>,
    /// The bits that are not the same in all codes.
    differ: u64,
    is_sorted: bool,
}

impl Survey {
    fn of(pairs: &[Pair]) -> Survey {
        let first = pairs.first().map_or(0, |(code, _)| *code);
        let last = pairs.last().map_or(0, |(code, _)| *code);
        let (mut differ, mut is_sorted, mut before) = (0, true, first);
        for (code, _) in pairs {
            differ |= code ^ first;
            is_sorted &= *code >= before;
            before = *code;
        }
        Survey {
            ends: (!pairs.is_empty()).then_some((first, last)),
            differ,
            is_sorted,
        }
    }

    /// Of what one is of, and the other behind it.
    fn and(self, next: Survey) -> Survey {
        let (Some((first, last)), Some((next_first, next_last))) = (self.ends, next.ends) else {
            return match self.ends {
                Some(_) => self,
                None => next,
            };
        };
        Survey {
            ends: Some((first, next_last)),
            differ: self.differ | next.differ | first ^ next_first,
            is_sorted: self.is_sorted && next.is_sorted && last <= next_first,
        }
    }

    /// One more than the highest bit that differs.
    fn high(&self) -> u32 {
        u64::BITS - self.differ.leading_zeros()
    }

    /// From the highest bit that differs to the lowest one.
    fn bits(&self) -> u32 {
        self.high() - self.differ.trailing_zeros().min(self.high())
    }

    fn highest_digit(&self) -> Digit {
        Digit {
            bit: self.high().saturating_sub(DIGIT),
            width: DIGIT,
        }
    }
}

/// Some of the bits of a code.
#[derive(Clone, Copy)]
struct Digit {
    bit: u32,
    width: u32,
}

impl Digit {
    #[inline]
    fn of(self, code: u64) -> usize {
        (code >> self.bit) as usize & ((1 << self.width) - 1)
    }

    /// How many of the pairs have each value of the digit.
    fn count<const VALUES: usize>(self, pairs: &[Pair]) -> [usize; VALUES] {
        let mut counts = [0; VALUES];
        for (code, _) in pairs {
            if let Some(count) = counts.get_mut(self.of(*code)) {
                *count += 1;
            }
        }
        counts
    }

    /// Writes each pair to the next place among those for its digit.
    fn share_out(
        self,
        pairs: &[Pair],
        targets: Vec<&mut [Pair]>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let mut places: Vec<_> = targets.into_iter().map(|own| own.iter_mut()).collect();
        for run in pairs.chunks(RUN) {
            interrupt.check()?;
            for pair in run {
                let place = places.get_mut(self.of(pair.0)).and_then(Iterator::next);
                if let Some(place) = place {
                    *place = *pair;
                }
            }
        }
        Ok(())
    }

    /// Orders pairs by the digit; those with the same one keep their order.
    fn scatter(self, pairs: &[Pair], into: &mut [Pair], interrupt: &Interrupt) -> Result<()> {
        let mut places: [usize; 1 << WIDE_DIGIT] = self.count(pairs);
        let mut sum = 0;
        for place in places.iter_mut().take(1 << self.width) {
            sum += std::mem::replace(place, sum);
        }
        for run in pairs.chunks(RUN) {
            interrupt.check()?;
            for pair in run {
                if let Some(place) = places.get_mut(self.of(pair.0)) {
                    if let Some(target) = into.get_mut(*place) {
                        *target = *pair;
                    }
                    *place += 1;
                }
            }
        }
        Ok(())
    }
}

/// Sorts pairs on the calling thread; `spare` is no shorter than they are.
fn sort_within(pairs: &mut [Pair], spare: &mut [Pair], interrupt: &Interrupt) -> Result<()> {
    if pairs.len() < FEW {
        pairs.sort_unstable();
        return Ok(());
    }
    let survey = Survey::of(pairs);
    if survey.is_sorted {
        return Ok(());
    }
    let own = spare.get_mut(..pairs.len()).unwrap_or_default();
    if pairs.len() <= MANY || survey.bits() <= DIGIT {
        return sort_by_digits(pairs, own, &survey, interrupt);
    }
    let digit = survey.highest_digit();
    digit.scatter(pairs, own, interrupt)?;
    pairs.copy_from_slice(own);
    let mut groups = pairs.chunk_by_mut(|a, b| digit.of(a.0) == digit.of(b.0));
    groups.try_for_each(|group| sort_within(group, spare, interrupt))
}

/// Sorts by the high bits, of those that differ at all: by as many as tell so many pairs apart if they lie evenly. What
/// that leaves undecided, which is little, is compared.
fn sort_by_digits(
    pairs: &mut [Pair],
    spare: &mut [Pair],
    survey: &Survey,
    interrupt: &Interrupt,
) -> Result<()> {
    let bits = survey.bits().min(pairs.len().ilog2() + 3);
    let passes = bits.div_ceil(WIDE_DIGIT);
    let width = bits.div_ceil(passes);
    let low = survey.high().saturating_sub(passes * width);
    for pass in 0..passes {
        let bit = low + pass * width;
        let digit = Digit { bit, width };
        match pass % 2 {
            0 => digit.scatter(pairs, spare, interrupt)?,
            _ => digit.scatter(spare, pairs, interrupt)?,
        }
    }
    if passes % 2 == 1 {
        pairs.copy_from_slice(spare);
    }
    if survey.differ & ((1 << low) - 1) == 0 {
        return Ok(());
    }
    let mut groups = pairs.chunk_by_mut(|(a, _), (b, _)| a >> low == b >> low);
    groups.try_for_each(|group| match group {
        [_] => Ok(()),
        [a, b] => {
            if *b < *a {
                std::mem::swap(a, b);
            }
            Ok(())
        }
        group => sort(group, interrupt, |a, b| a.cmp(b)),
    })
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::interrupt::{Cancel, Limits};
    use crate::engine::Error;

    /// Codes of which only some bits differ.
    fn code(n: u64, (mask, shift): (u64, u32)) -> u64 {
        (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7 & mask) << shift
    }

    const SORTS: [(u64, u32); 9] = [
        (u64::MAX, 0),
        (0, 0),
        (0xff, 0),
        (0xffff, 31),
        (0x8000_0000_0000_0001, 0),
        (0xfff0_0000_0000_000f, 0),
        (0x3, 62),
        (0x1_0f0f_0f0f, 11),
        (0xf_ffff, 0),
    ];

    /// Cuts a list into parts of about the same length.
    fn cut(pairs: &[Pair], parts: usize) -> Vec<Vec<Pair>> {
        let len = pairs.len().div_ceil(parts).max(1);
        pairs.chunks(len).map(<[_]>::to_vec).collect()
    }

    #[test]
    fn codes_are_sorted_whichever_of_their_bits_differ_and_however_many_threads_there_are() {
        for len in [0, 1, FEW, 1000, MANY, MANY + 1, 5 * MANY] {
            for bits in SORTS {
                let pair = |n| (code(u64::from(n), bits), n);
                let pairs: Vec<Pair> = (0..len as u32).map(pair).collect();
                let mut sorted = pairs.clone();
                sorted.sort_unstable();
                for parts in [1, 2, 3, 7] {
                    let own = sort_by_code(cut(&pairs, parts), &Interrupt::NONE).unwrap();
                    assert!(own == sorted, "{len} {bits:?} {parts}");
                }
            }
        }
    }

    #[test]
    fn codes_that_lie_unevenly_are_sorted() {
        let far = |n: u32| u64::from(n) << (n % 7 * 9);
        let one_is_far =
            |n: u32| u64::MAX >> (if n == 77 { 0 } else { 30 + n % 3 }) ^ far(n % 4096);
        let ascending = |n: u32| u64::from(n / 3);
        let nearly = |n: u32| u64::from(n) ^ u64::from(n % 100 < 1) << 8;
        let codes: [&dyn Fn(u32) -> u64; 4] = [&far, &one_is_far, &ascending, &nearly];
        for code in codes {
            let pairs: Vec<Pair> = (0..6 * MANY as u32).map(|n| (code(n), n)).collect();
            let mut sorted = pairs.clone();
            sorted.sort_unstable();
            for parts in [1, 4] {
                let own = sort_by_code(cut(&pairs, parts), &Interrupt::NONE).unwrap();
                assert!(own == sorted, "{parts}");
            }
        }
    }

    #[test]
    fn parts_may_be_empty_or_in_order_each_for_itself() {
        let run = |from: u64, first: u32| -> Vec<Pair> {
            let len = MANY as u32;
            (0..len).map(|n| (from + u64::from(n), first + n)).collect()
        };
        let len = MANY as u32;
        for (parts, wanted) in [
            (vec![run(0, 0), vec![], run(1 << 20, len)], 0),
            (vec![vec![], run(1 << 20, 0), run(0, len), vec![]], len),
        ] {
            let sorted = sort_by_code(parts, &Interrupt::NONE).unwrap();
            assert!(sorted.is_sorted());
            assert_eq!(sorted.len(), 2 * MANY);
            assert_eq!(sorted.first(), Some(&(0, wanted)));
        }
    }

    #[test]
    fn a_sort_is_stopped_on_each_of_the_threads() {
        let cancel = Cancel::new();
        let interrupt = Limits::default().and(Some(cancel.clone()), None).begin();
        cancel.set();
        for bits in SORTS {
            let pairs = (0..3 * MANY as u32).map(|n| (code(u64::from(n), bits), n));
            let pairs: Vec<Pair> = pairs.collect();
            if pairs.is_sorted() {
                continue;
            }
            for parts in [1, 3] {
                let outcome = sort_by_code(cut(&pairs, parts), &interrupt);
                assert_eq!(outcome, Err(Error::Cancelled));
            }
        }
    }
}
