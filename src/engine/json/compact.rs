//! Text that is canonical as it stands, as most is: found with as few steps as can be.
//!
//! What is found here needs no copy that differs and has no error. Whatever is not that plain (white space, escapes,
//! objects, arrays in arrays, long numbers, mistakes) is left to the scanner.

use super::word::{digits, plain_prefix, quotes_among_plain, starts_with};

/// The end of the field that starts at `at`, if its name is `named` (in quotes and with the colon) and its value is canonical as it
/// stands.
#[inline(always)]
pub(crate) fn field(text: &[u8], at: usize, named: &[u8]) -> Option<usize> {
    let value = text.get(at..)?;
    starts_with(value, named).then_some(())?;
    let at = at + named.len();
    match text.get(at)? {
        b'[' => array(text, at),
        _ => scalar(text, at),
    }
}

/// Whether a text is an object with fields of these names (each with what stands before it, in quotes and with the colon) whose values
/// end there, and canonical as it stands; no may mean that it was not looked at closely.
///
/// Strings are not searched for their ends: a string that begins and ends with a quote has no more of them if the whole text has no more
/// than the names and the strings need.
#[inline(always)]
pub(crate) fn has_fields(
    text: &[u8],
    named: &[Box<[u8]>],
    ends: impl Iterator<Item = usize>,
) -> bool {
    let Some(quotes) = quotes_among_plain(text) else {
        return false;
    };
    let (mut at, mut needed) = (0, 0);
    for (named, end) in named.iter().zip(ends) {
        let Some(field) = text.get(at..end) else {
            return false;
        };
        let value = field.get(named.len()..).unwrap_or_default();
        let Some(own) = quotes_of(value).filter(|_| starts_with(field, named)) else {
            return false;
        };
        needed += 2 + own;
        at = end;
    }
    needed == quotes && text.len() == at + 1 && text.last() == Some(&b'}')
}

/// How many quotes a value has if it is canonical, and if it is a string, has none inside.
#[inline(always)]
fn quotes_of(value: &[u8]) -> Option<usize> {
    match value {
        [b'"', .., b'"'] => Some(2),
        [b'[', ..] => (array(value, 0) == Some(value.len()))
            .then(|| value.iter().filter(|byte| **byte == b'"').count()),
        _ => (scalar(value, 0) == Some(value.len())).then_some(0),
    }
}

/// Whether a text is one value, canonical as it stands; no may mean that it was not looked at closely.
pub(super) fn is_value(text: &[u8]) -> bool {
    let end = match text.first() {
        Some(b'[') => array(text, 0),
        _ => scalar(text, 0),
    };
    end == Some(text.len())
}

/// The end of the value, which is no array and no object, at `at`.
#[inline(always)]
fn scalar(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => {
            let inside = text.get(at + 1..)?;
            let len = plain_prefix(inside);
            (inside.get(len) == Some(&b'"')).then_some(at + 1 + len + 1)
        }
        b'-' | b'0'..=b'9' => number(text, at),
        b't' => word(text, at, b"true"),
        b'f' => word(text, at, b"false"),
        b'n' => word(text, at, b"null"),
        _ => None,
    }
}

#[inline(always)]
fn word(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    starts_with(text.get(at..)?, word).then_some(at + word.len())
}

/// Digits before the point: so many fit into 64 bits, and are finite.
const MOST_DIGITS: usize = 18;

#[inline(always)]
fn number(text: &[u8], at: usize) -> Option<usize> {
    let first = at + usize::from(text.get(at) == Some(&b'-'));
    let whole = text.get(first..)?;
    let len = digits(whole);
    let is_right = match whole.first() {
        Some(b'0') => len == 1,
        _ => (1..=MOST_DIGITS).contains(&len),
    };
    is_right.then_some(())?;
    let end = match whole.get(len) {
        Some(b'.') => {
            let fraction = digits(whole.get(len + 1..)?);
            (fraction > 0).then_some(len + 1 + fraction)?
        }
        _ => len,
    };
    (!matches!(whole.get(end), Some(b'e' | b'E'))).then_some(first + end)
}

#[inline(always)]
fn array(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    if text.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        at = scalar(text, at)? + 1;
        match text.get(at - 1)? {
            b',' => {}
            b']' => return Some(at),
            _ => return None,
        }
    }
}
