//! The least and the greatest of values.

use crate::engine::json::unescaped_bytes;
use crate::engine::value::{Number, Value};
use std::cmp::Ordering;

/// A value that is compared often: with an abbreviated key, which mostly decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extreme<'a> {
    /// Ordered as the values are, but that different ones may have the same.
    key: u64,
    /// As stored; empty if there is none yet.
    text: &'a [u8],
}

impl<'a> Extreme<'a> {
    pub(super) const NONE: Extreme<'a> = Extreme { key: 0, text: b"" };

    #[inline]
    pub(super) fn new(value: &Value<'_>, text: &'a [u8]) -> Self {
        Extreme {
            key: abbreviate(value),
            text,
        }
    }

    /// The value, as it is stored.
    pub(super) fn text(&self) -> Option<&'a [u8]> {
        (!self.text.is_empty()).then_some(self.text)
    }

    /// Gives way to a value that is less, or greater. Of equal ones the first stays.
    #[inline]
    pub(super) fn update(&mut self, candidate: Extreme<'a>, wanted: Ordering) {
        if self.text.is_empty() || candidate.order(self) == wanted {
            *self = candidate;
        }
    }

    #[inline]
    fn order(&self, other: &Extreme<'_>) -> Ordering {
        self.key
            .cmp(&other.key)
            .then_with(|| match self.text == other.text {
                true => Ordering::Equal,
                false => Value::read(self.text).order(&Value::read(other.text)),
            })
    }
}

/// The kind in three bits, the value's leading part in the others.
#[inline]
fn abbreviate(value: &Value<'_>) -> u64 {
    let (kind, leading) = match value {
        Value::Null => (0, 0),
        Value::Bool(value) => (1, u64::from(*value) << 63),
        Value::Number(number) => (2, leading_bits(number)),
        Value::String(inside) => (3, leading_bytes(inside)),
        Value::Array(_) => (4, 0),
        Value::Object(_) => (5, 0),
    };
    kind << 61 | leading >> 3
}

/// The bits of the nearest double, such that they order as unsigned integers do.
#[inline]
fn leading_bits(number: &Number) -> u64 {
    let double = match *number {
        // Conversion from 64 bits is one instruction.
        Number::Integer(value) => i64::try_from(value).map_or(value as f64, |value| value as f64),
        // Adding makes the negative zero positive.
        Number::Float(value) => value + 0.0,
    };
    let bits = double.to_bits();
    match double.is_sign_negative() {
        true => !bits,
        false => bits | 1 << 63,
    }
}

/// The first bytes that the inside of a canonical string stands for.
fn leading_bytes(inside: &[u8]) -> u64 {
    let mut leading = [0; 8];
    for (place, byte) in leading.iter_mut().zip(unescaped_bytes(inside)) {
        *place = byte;
    }
    u64::from_be_bytes(leading)
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn strings_that_differ_early_have_keys_that_differ() {
        for (less, more) in [
            ("", "\\u0001"),
            ("a", "b"),
            ("aaaaaaa", "aaaaaab"),
            (r"a\\", r"a\u00e9"),
        ] {
            assert!(
                leading_bytes(less.as_bytes()) < leading_bytes(more.as_bytes()),
                "{less} {more}"
            );
        }
        assert_eq!(
            leading_bytes(br"\u0041bcdefghij"),
            u64::from_be_bytes(*b"Abcdefgh")
        );
    }

    #[test]
    fn abbreviated_keys_never_contradict_the_order() {
        let texts = [
            "null",
            "false",
            "true",
            "-1e300",
            "-9223372036854775808",
            "-2",
            "-1.5",
            "-1",
            "-0.0",
            "0",
            "0.0",
            "-0",
            "1e-300",
            "0.5",
            "1",
            "1.0",
            "9007199254740992",
            "9007199254740993",
            "9007199254740993.0",
            "18446744073709551615",
            "18446744073709551616.0",
            "1e300",
            r#""""#,
            r#""\u0000""#,
            r#""\n""#,
            r#"" ""#,
            r#""\"""#,
            r#""a""#,
            r#""aaaaaaa""#,
            r#""aaaaaaab""#,
            r#""aaaaaaaab""#,
            r#""aaaaaa\\""#,
            r#""aaaaaaa\u0001""#,
            r#""aaaaaaaz""#,
            r#""é""#,
            r#""😀""#,
            "[]",
            "[1]",
            "{}",
            r#"{"a":1}"#,
        ];
        let of = |text: &'static str| Extreme::new(&Value::read(text.as_bytes()), text.as_bytes());
        for a in texts {
            for b in texts {
                let exact = Value::read(a.as_bytes()).order(&Value::read(b.as_bytes()));
                assert_eq!(of(a).order(&of(b)), exact, "{a} {b}");
            }
        }
    }

    #[test]
    fn of_equal_values_the_first_stays() {
        for wanted in [Ordering::Less, Ordering::Greater] {
            let mut extreme = Extreme::NONE;
            assert_eq!(extreme.text(), None);
            for text in [b"1".as_slice(), b"1.0", b"1e0"] {
                extreme.update(Extreme::new(&Value::read(text), text), wanted);
            }
            assert_eq!(extreme.text(), Some(b"1".as_slice()));
        }
    }
}
