//! Bytes looked at eight at a time, as one word: what is asked of each byte is asked of all of them at once.
//!
//! A byte is below a constant, or equal to one, where subtracting borrows from its top bit: the well-known zero-byte test
//! (Hacker's Delight, 6-1). A false alarm above a true hit does no harm: the lowest one is taken.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// How many bytes at the start of `text` stand for themselves in a string.
#[inline(always)]
pub(super) fn plain_prefix(text: &[u8]) -> usize {
    let mut len = 0;
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let below_space = word.wrapping_sub(ONES * 0x20);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let hits = (below_space & !word
            | quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash)
            & TOPS;
        if hits != 0 {
            return len + hits.trailing_zeros() as usize / 8;
        }
        len += 8;
        rest = after;
    }
    let special = rest
        .iter()
        .position(|&byte| super::escape::is_special(byte));
    len + special.unwrap_or(rest.len())
}

/// How many bytes at the start of `text` are digits.
#[inline(always)]
pub(super) fn digits(text: &[u8]) -> usize {
    let mut len = 0;
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        // Digits become 0 to 9; what is above 9 reaches the top bit when 0x76 is added, or has it already.
        let word = u64::from_le_bytes(*word) ^ (ONES * b'0' as u64);
        let others = (((word & !TOPS) + ONES * 0x76) | word) & TOPS;
        if others != 0 {
            return len + others.trailing_zeros() as usize / 8;
        }
        len += 8;
        rest = after;
    }
    let other = rest.iter().position(|byte| !byte.is_ascii_digit());
    len + other.unwrap_or(rest.len())
}

/// Bytes that are looked at together where all are looked at; the compiler makes vector instructions of it.
const LANES: usize = 32;

/// Chunks whose quotes are counted at a time: so many that four lanes are added in a byte.
const COUNTED: usize = 63;

/// How many quotes a text has in which all other bytes stand for themselves in a string, and are ASCII; `None` of other texts.
#[inline(always)]
pub(super) fn quotes_among_plain(text: &[u8]) -> Option<usize> {
    let (mut count, mut others) = (0, [0; LANES]);
    let (chunks, rest) = text.as_chunks();
    let mut last = [b' '; LANES];
    if let Some(start) = last.get_mut(..rest.len()) {
        start.copy_from_slice(rest);
    }
    let mut quotes = [0; LANES];
    look_at(&last, &mut quotes, &mut others);
    for chunks in chunks.chunks(COUNTED - 1) {
        chunks
            .iter()
            .for_each(|chunk| look_at(chunk, &mut quotes, &mut others));
        count += sum(std::mem::replace(&mut quotes, [0; LANES]));
    }
    (others == [0; LANES]).then_some(count + sum(quotes))
}

#[inline(always)]
fn look_at(chunk: &[u8; LANES], quotes: &mut [u8; LANES], others: &mut [u8; LANES]) {
    for ((byte, quotes), other) in chunk.iter().zip(quotes).zip(others) {
        *quotes = quotes.wrapping_add(u8::from(*byte == b'"'));
        // As a signed number, a byte above ASCII is below a space, too.
        let is_low = byte.cast_signed() < b' '.cast_signed();
        *other |= u8::from(is_low) | u8::from(*byte == b'\\');
    }
}

/// The sum of numbers up to `COUNTED`.
#[inline(always)]
fn sum(lanes: [u8; LANES]) -> usize {
    let (words, _) = lanes.as_chunks::<8>();
    let bytes = words.iter().fold(0, |sum: u64, word| {
        sum.wrapping_add(u64::from_le_bytes(*word))
    });
    let even = ONES & 0x00ff_00ff_00ff_00ff;
    let pairs = (bytes & (even * 0xff)) + (bytes >> 8 & (even * 0xff));
    (pairs.wrapping_mul(even) >> 48) as usize
}

/// Whether `text` starts with `start`, which is short as a rule.
#[inline(always)]
pub(super) fn starts_with(text: &[u8], start: &[u8]) -> bool {
    let Some(text) = text.get(..start.len()) else {
        return false;
    };
    if let (Some(a), Some(b)) = (words(text), words(start)) {
        return match start.len() {
            8..=16 => a == b,
            _ => text == start,
        };
    }
    if let (Some(a), Some(b)) = (halves(text), halves(start)) {
        return a == b;
    }
    text.iter().zip(start).all(|(a, b)| a == b)
}

/// The first and the last eight bytes; they overlap if there are not twice as many.
#[inline(always)]
fn words(text: &[u8]) -> Option<[u64; 2]> {
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    Some([word(text.first_chunk()?), word(text.last_chunk()?)])
}

/// The same with four bytes.
#[inline(always)]
fn halves(text: &[u8]) -> Option<[u32; 2]> {
    let half = |bytes: &[u8; 4]| u32::from_ne_bytes(*bytes);
    Some([half(text.first_chunk()?), half(text.last_chunk()?)])
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::super::escape::is_special;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Bytes that differ little from those that are looked for.
    fn near() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            4 => b'0'..=b'9',
            4 => b'a'..=b'z',
            1 => proptest::sample::select(&b"/:\"\\!#[]\x00\x1f\x20\x7f\x80\xb0\xa2\xff"[..]),
        ];
        vec(byte, 0..40)
    }

    proptest! {
        #[test]
        fn prefixes_end_at_the_first_byte_of_another_kind(text in near()) {
            let plain = text.iter().position(|byte| is_special(*byte)).unwrap_or(text.len());
            prop_assert_eq!(plain_prefix(&text), plain);
            let number = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
            prop_assert_eq!(digits(&text), number);
        }

        #[test]
        fn quotes_are_counted_if_all_else_is_plain(text in near(), times in 1_usize..900) {
            let text = text.repeat(times);
            let is_quote = |byte: &&u8| **byte == b'"';
            let others = text.iter().filter(|byte| !is_quote(byte));
            let is_plain = others.clone().all(|byte| byte.is_ascii() && !is_special(*byte));
            let count = is_plain.then(|| text.iter().filter(is_quote).count());
            prop_assert_eq!(quotes_among_plain(&text), count);
        }

        #[test]
        fn a_start_is_compared_whole(text in near(), len in 0_usize..40, at in 0_usize..40, bit in 0_u32..8) {
            let mut start = text.get(..len).unwrap_or(&text).to_vec();
            prop_assert!(starts_with(&text, &start));
            if let Some(byte) = start.get_mut(at) {
                *byte ^= 1_u8 << bit;
                prop_assert!(!starts_with(&text, &start));
            }
            start.extend(text.iter().chain(b"x"));
            prop_assert!(!starts_with(&text, &start));
        }
    }
}
