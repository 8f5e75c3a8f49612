//! Codes: 64 bits that order values as the total order does, as far as they reach.
//!
//! ```text
//! null 0 | false 1 | true 2 | numbers, as order-preserving bits of a double | strings: six bytes and the length up to 7 | arrays | objects
//! ```
//!
//! The bits of the finite doubles, sign bit inverted (all bits of the negative ones), leave room below and above for the
//! other kinds. Values with different codes are ordered as their codes are. Values with the same code are equal if the
//! code is exact; otherwise the values themselves decide.

use crate::engine::json::unescaped_bytes;
use crate::engine::value::{Number, Value};

pub(super) const NULL: u64 = 0;
const FALSE: u64 = 1;
const NUMBERS: u64 = 3;
const STRINGS: u64 = 0xfff0 << 48;
const ARRAYS: u64 = 0xfff8 << 48;
const OBJECTS: u64 = ARRAYS + 1;
/// Above all codes.
pub(super) const END: u64 = u64::MAX;

/// Bytes of a string that its code holds.
const BYTES: usize = 6;

/// From here on not every integer is a double.
const EXACT_UP_TO: f64 = 9_007_199_254_740_992.0;

/// The code of a value.
#[inline]
pub(super) fn of(value: Value<'_>) -> u64 {
    match value {
        Value::Null => NULL,
        Value::Bool(value) => FALSE + u64::from(value),
        Value::Number(number) => of_double(nearest(number)),
        Value::String(inside) => of_text(unescaped_bytes(inside)),
        Value::Array(_) => ARRAYS,
        Value::Object(_) => OBJECTS,
    }
}

/// The code of a string, given by its bytes.
#[inline]
pub(super) fn of_text(bytes: impl Iterator<Item = u8>) -> u64 {
    let (mut code, mut len) = (0_u64, 0);
    for byte in bytes.take(BYTES + 1) {
        if len < BYTES {
            code |= u64::from(byte) << (40 - 8 * len);
        }
        len += 1;
    }
    STRINGS | code << 3 | len as u64
}

/// The double nearest to a number. Rounding keeps the order, though not all differences.
fn nearest(number: Number) -> f64 {
    match number {
        Number::Float(value) => value,
        // Most integers are short, and faster to convert.
        Number::Integer(value) => match i64::try_from(value) {
            Ok(short) => short as f64,
            Err(_) => value as f64,
        },
    }
}

fn of_double(value: f64) -> u64 {
    // Of the two zeros one.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}

/// Whether values with this code are equal.
#[inline]
pub(super) fn is_exact(code: u64) -> bool {
    match code {
        ARRAYS.. => false,
        STRINGS.. => code & 7 <= BYTES as u64,
        NUMBERS.. => code < of_double(EXACT_UP_TO) && code > of_double(-EXACT_UP_TO),
        _ => true,
    }
}

/// The codes from which, and below which, values of the same kind lie; `None` for null.
pub(super) fn of_kind(value: Value<'_>) -> Option<(u64, u64)> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some((FALSE, NUMBERS)),
        Value::Number(_) => Some((NUMBERS, STRINGS)),
        Value::String(_) => Some((STRINGS, ARRAYS)),
        Value::Array(_) => Some((ARRAYS, OBJECTS)),
        Value::Object(_) => Some((OBJECTS, END)),
    }
}

/// The code from which the values that are not null lie.
pub(super) fn not_null() -> u64 {
    FALSE
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    /// Codes order as values do; an exact code is that of equal values only.
    #[test]
    fn codes_agree_with_the_total_order() {
        let texts = [
            "null",
            "false",
            "true",
            "0",
            "-0.0",
            "0.0",
            "1",
            "1.0",
            "-1",
            "1.5",
            "-1.5",
            "1e308",
            "-1e308",
            "5e-324",
            "-5e-324",
            "9007199254740991",
            "9007199254740992",
            "9007199254740993",
            "9007199254740992.0",
            "-9007199254740991",
            "-9007199254740992",
            "-9007199254740993",
            "18446744073709551615",
            "18446744073709551614",
            "18446744073709551616.0",
            "9223372036854775807",
            "9223372036854775808.0",
            "-9223372036854775808",
            "9007199254740994",
            "9007199254740995",
            "1e19",
            "0.1",
            "0.30000000000000004",
            "0.3",
            r#""""#,
            r#""\u0000""#,
            r#""a""#,
            r#""a\u0000""#,
            r#""ab""#,
            r#""abcdef""#,
            r#""abcdefg""#,
            r#""abcdeg""#,
            r#""abcdefgh""#,
            r#""abcde""#,
            r#""abcde\u0000""#,
            r#""abcdef\u0000""#,
            r#""é""#,
            r#""😀😀""#,
            r#""\n""#,
            r#""\"""#,
            "[]",
            "[1]",
            "{}",
            r#"{"a":1}"#,
        ];
        for a in texts {
            for b in texts {
                let (x, y) = (Value::read(a.as_bytes()), Value::read(b.as_bytes()));
                let (code, other) = (of(x), of(y));
                let order = x.order(&y);
                if code != other {
                    assert_eq!(code.cmp(&other), order, "{a} {b}");
                } else if is_exact(code) {
                    assert_eq!(order, Ordering::Equal, "{a} {b}");
                }
                if let Some((low, high)) = of_kind(x) {
                    let same = std::mem::discriminant(&x) == std::mem::discriminant(&y);
                    assert_eq!((low..high).contains(&other), same, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn short_values_are_exact() {
        for text in [
            "5",
            "5.25",
            "-3",
            "true",
            "null",
            r#""""#,
            r#""Sales""#,
            r#""abcdef""#,
        ] {
            assert!(is_exact(of(Value::read(text.as_bytes()))), "{text}");
        }
    }
}
