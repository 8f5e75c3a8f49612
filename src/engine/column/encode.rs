//! Making a column's part of a page.

use super::page::{reserve_exact, Cells, Encoding, Numbers, Texts, Written};
use super::registry::Column;
use crate::engine::paged::PAGE;
use crate::engine::value::{Number, Value};

/// Integers up to this are doubles exactly.
const EXACT: i128 = 1 << 53;

/// The values of a page, by row: canonical texts, `None` for those that are missing.
pub(super) type Values<'a> = [Option<&'a [u8]>; PAGE];

/// A number as a double and whether it is written as an integer, if the double is exactly that number.
#[inline]
pub(crate) fn exact(number: Number) -> Option<(f64, bool)> {
    match number {
        Number::Integer(value) => {
            let is_exact = (-EXACT..=EXACT).contains(&value);
            is_exact.then_some((value as i64 as f64, true))
        }
        Number::Float(value) => Some((value, false)),
    }
}

/// Encodes the values of a page as suits them best; `None` if there is no memory.
pub(super) fn encode(column: &Column, values: &Values<'_>) -> Option<Encoding> {
    let codes = column.dictionary_mut().encode(values);
    if let Some(codes) = codes {
        return Cells::new(&codes).map(Encoding::Codes);
    }
    match values.iter().flatten().find(|text| ***text != *b"null") {
        Some([b'"', ..]) => texts(values),
        Some([b'-' | b'0'..=b'9', ..]) | None => numbers(values),
        Some(_) => Some(Encoding::Mixed),
    }
}

fn numbers(values: &Values<'_>) -> Option<Encoding> {
    let (mut doubles, mut integers) = ([f64::NAN; PAGE], [0; PAGE]);
    let (mut count, mut integer_count) = (0, 0);
    for ((double, integer), text) in doubles.iter_mut().zip(&mut integers).zip(values) {
        let number = match Value::of_field(*text) {
            Value::Null => continue,
            Value::Number(number) => exact(number),
            _ => None,
        };
        let Some((value, is_integer)) = number else {
            return Some(Encoding::Mixed);
        };
        *double = value;
        *integer = u8::from(is_integer);
        count += 1;
        integer_count += usize::from(is_integer);
    }
    let written = match integer_count {
        0 => Written::Floats,
        some if some == count => Written::Integers,
        _ => Written::Both(Cells::new(&integers)?),
    };
    let values = Cells::new(&doubles)?;
    Some(Encoding::Numbers(Numbers { values, written }))
}

fn texts(values: &Values<'_>) -> Option<Encoding> {
    let len: usize = values.iter().flatten().map(|text| text.len()).sum();
    if u32::try_from(len).is_err() {
        return Some(Encoding::Mixed);
    }
    let mut bytes = Vec::new();
    reserve_exact(&mut bytes, len)?;
    let mut ends = [0; PAGE];
    for (end, text) in ends.iter_mut().zip(values) {
        match text {
            Some(text) if text.starts_with(b"\"") => bytes.extend_from_slice(text),
            None | Some(b"null") => {}
            Some(_) => return Some(Encoding::Mixed),
        }
        *end = bytes.len() as u32;
    }
    // A null's text was counted, and is left out.
    bytes.shrink_to_fit();
    Some(Encoding::Texts(Texts {
        is_plain: memchr::memchr(b'\\', &bytes).is_none(),
        bytes: bytes.into_boxed_slice(),
        ends: Cells::new(&ends)?,
    }))
}
