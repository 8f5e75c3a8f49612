//! What a canonical text means: kinds, equality by value, the one total order, and a hash that agrees with the equality.

use crate::engine::json::{elements, members, unescaped_bytes};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// A value, read from canonical text. The order of the kinds is that of the variants.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Number),
    /// The inside of the quotes.
    String(&'a [u8]),
    /// The whole text.
    Array(&'a [u8]),
    /// The whole text.
    Object(&'a [u8]),
}

/// A number, exactly.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    /// From -2^63 to 2^64-1.
    Integer(i128),
    /// Written with a fraction or an exponent; finite.
    Float(f64),
}

impl<'a> Value<'a> {
    /// Reads a canonical text.
    #[inline]
    pub(crate) fn read(text: &'a [u8]) -> Value<'a> {
        match text {
            [b'"', inside @ .., b'"'] => Value::String(inside),
            [b't', ..] => Value::Bool(true),
            [b'f', ..] => Value::Bool(false),
            [b'{', ..] => Value::Object(text),
            [b'[', ..] => Value::Array(text),
            [b'-' | b'0'..=b'9', ..] => Value::Number(Number::read(text)),
            _ => Value::Null,
        }
    }

    /// A field that is missing is read as null.
    #[inline]
    pub(crate) fn of_field(text: Option<&'a [u8]>) -> Value<'a> {
        text.map_or(Value::Null, Value::read)
    }

    fn rank(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::String(_) => 3,
            Value::Array(_) => 4,
            Value::Object(_) => 5,
        }
    }

    /// Whether `lt`, `le`, `gt`, `ge` are defined between the two: one kind, and not null.
    #[inline]
    pub(crate) fn is_comparable(&self, other: &Value<'_>) -> bool {
        let rank = self.rank();
        rank != 0 && rank == other.rank()
    }

    /// The one total order.
    pub(crate) fn order(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.order(b),
            (Value::String(a), Value::String(b)) => order_strings(a, b),
            (Value::Array(a), Value::Array(b)) => order_arrays(a, b),
            (Value::Object(a), Value::Object(b)) => order_objects(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// Equality by value.
    #[inline]
    pub(crate) fn equals(&self, other: &Value<'_>) -> bool {
        match (self, other) {
            // Canonical escapes are unique.
            (Value::String(a), Value::String(b)) => a == b,
            _ => self.order(other).is_eq(),
        }
    }

    /// Feeds a hasher, equal values alike.
    pub(crate) fn feed<H: Hasher + Clone>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Value::Null => {}
            Value::Bool(value) => value.hash(state),
            Value::Number(number) => number.feed(state),
            Value::String(inside) => inside.hash(state),
            Value::Array(text) => {
                elements(text).for_each(|element| Value::read(element).feed(state));
                // An end, so that nesting counts; it is no rank.
                u8::MAX.hash(state);
            }
            Value::Object(text) => {
                // A sum does not depend on the order of the members.
                let sum = members(text).fold(0_u64, |sum, (name, value)| {
                    let mut member = state.clone();
                    name.hash(&mut member);
                    Value::read(value).feed(&mut member);
                    sum.wrapping_add(member.finish())
                });
                sum.hash(state);
            }
        }
    }
}

impl Number {
    #[inline]
    pub(crate) fn read(text: &[u8]) -> Number {
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() <= 18 {
            return Number::read_short(text, negative, digits);
        }
        // Integers have at most 20 digits, so this cannot overflow before a float is found out.
        let mut value: i128 = 0;
        for digit in digits.iter().take(40) {
            if !digit.is_ascii_digit() {
                return Number::read_float(text);
            }
            value = value
                .wrapping_mul(10)
                .wrapping_add(i128::from(digit - b'0'));
        }
        if digits.len() > 20 {
            return Number::read_float(text);
        }
        Number::Integer(if negative { -value } else { value })
    }

    /// Few digits fit into 64 bits, in which arithmetic is faster.
    #[inline]
    fn read_short(text: &[u8], negative: bool, digits: &[u8]) -> Number {
        let mut value: i64 = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return Number::read_float(text);
            }
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
        }
        Number::Integer(i128::from(if negative { -value } else { value }))
    }

    fn read_float(text: &[u8]) -> Number {
        if let Some(value) = read_decimal(text) {
            return Number::Float(value);
        }
        let value = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0.0);
        Number::Float(value)
    }

    #[inline]
    fn order(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Integer(a), Number::Integer(b)) => a.cmp(b),
            (Number::Float(a), Number::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Number::Integer(a), Number::Float(b)) => order_mixed(*a, *b),
            (Number::Float(a), Number::Integer(b)) => order_mixed(*b, *a).reverse(),
        }
    }

    /// The integer that equals this number, if there is one in the range of `i64`.
    pub(crate) fn as_key(&self) -> Option<i64> {
        match *self {
            Number::Integer(value) => i64::try_from(value).ok(),
            Number::Float(value) => {
                let integer = value as i64;
                (order_mixed(i128::from(integer), value).is_eq()).then_some(integer)
            }
        }
    }

    fn feed<H: Hasher>(&self, state: &mut H) {
        match *self {
            Number::Integer(value) => value.hash(state),
            Number::Float(value) => {
                let integer = value as i128;
                // Only these can equal an integer of the contract's range; casts of larger ones saturate.
                if value.abs() < 4e19 && order_mixed(integer, value).is_eq() {
                    integer.hash(state);
                } else {
                    value.to_bits().hash(state);
                }
            }
        }
    }
}

/// The powers of ten that are doubles, as far as `read_decimal` needs them.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// A number of at most 15 digits with a point and no exponent: digits and power of ten are exact doubles, so their
/// quotient is rounded once and right (Clinger 1990, the fast path).
#[inline]
fn read_decimal(text: &[u8]) -> Option<f64> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if rest.len() > 16 {
        return None;
    }
    let (mut digits, mut decimals, mut is_behind) = (0_u64, 0, 0);
    for byte in rest {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                decimals += is_behind;
            }
            b'.' => is_behind = 1,
            _ => return None,
        }
    }
    let value = digits as f64 / POWERS.get(decimals)?;
    Some(if negative { -value } else { value })
}

/// Compares exactly: no rounding of the integer to a double.
fn order_mixed(integer: i128, float: f64) -> Ordering {
    // These integers are doubles themselves.
    if integer.unsigned_abs() <= 1 << 53 {
        return (integer as f64)
            .partial_cmp(&float)
            .unwrap_or(Ordering::Equal);
    }
    // The cast saturates, and integers of the contract are far inside the range of i128.
    let whole = float.trunc() as i128;
    integer.cmp(&whole).then_with(|| {
        let fraction = float - float.trunc();
        0.0_f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal)
    })
}

/// By code point, which in UTF-8 is by byte.
fn order_strings(a: &[u8], b: &[u8]) -> Ordering {
    let common = common_len(a, b);
    let next = |text: &[u8]| text.get(common).copied();
    match (next(a), next(b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        // The byte before may be an escape's backslash, so the exact way is taken whenever one could be near.
        (Some(x), Some(y)) if x != b'\\' && y != b'\\' && !ends_in_escape(a, common) => x.cmp(&y),
        _ => unescaped_bytes(a).cmp(unescaped_bytes(b)),
    }
}

/// How many bytes two texts begin with that are the same; eight are looked at together.
#[inline]
fn common_len(a: &[u8], b: &[u8]) -> usize {
    let (left, right) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let mut common = 0;
    for (x, y) in left.iter().zip(right) {
        let differing = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if differing != 0 {
            return common + differing.trailing_zeros() as usize / 8;
        }
        common += 8;
    }
    let rest = a.iter().zip(b).skip(common);
    common + rest.take_while(|(a, b)| a == b).count()
}

/// Whether position `at` may lie inside an escape (the longest has six bytes).
fn ends_in_escape(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(6)..at).unwrap_or_default();
    before.contains(&b'\\')
}

fn order_arrays(a: &[u8], b: &[u8]) -> Ordering {
    let mut right = elements(b);
    for left in elements(a) {
        let Some(right) = right.next() else {
            return Ordering::Greater;
        };
        let order = Value::read(left).order(&Value::read(right));
        if order.is_ne() {
            return order;
        }
    }
    match right.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

/// As lists of (name, value) sorted by name.
fn order_objects(a: &[u8], b: &[u8]) -> Ordering {
    let sorted = |text| {
        let mut list: Vec<_> = members(text).collect();
        list.sort_unstable_by(|a, b| order_strings(a.0, b.0));
        list
    };
    let (a, b) = (sorted(a), sorted(b));
    for ((left_name, left), (right_name, right)) in a.iter().zip(&b) {
        let order = order_strings(left_name, right_name)
            .then_with(|| Value::read(left).order(&Value::read(right)));
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order(a: &str, b: &str) -> Ordering {
        let (a, b) = (Value::read(a.as_bytes()), Value::read(b.as_bytes()));
        assert_eq!(a.order(&b), b.order(&a).reverse());
        assert_eq!(a.equals(&b), a.order(&b).is_eq());
        if a.equals(&b) {
            let hash = |value: &Value<'_>| {
                let mut state = std::collections::hash_map::DefaultHasher::new();
                value.feed(&mut state);
                state.finish()
            };
            assert_eq!(hash(&a), hash(&b));
        }
        a.order(&b)
    }

    #[test]
    fn numbers_compare_by_exact_value() {
        assert_eq!(order("1", "1.0"), Ordering::Equal);
        assert_eq!(order("100", "1e2"), Ordering::Equal);
        assert_eq!(order("-0", "0.0"), Ordering::Equal);
        assert_eq!(
            order("9007199254740993", "9007199254740992.0"),
            Ordering::Greater
        );
        assert_eq!(
            order("18446744073709551615", "18446744073709551616.0"),
            Ordering::Less
        );
        assert_eq!(
            order("-9223372036854775808", "-9.223372036854775808e18"),
            Ordering::Equal
        );
        assert_eq!(order("1", "1e300"), Ordering::Less);
        assert_eq!(order("-1.5", "-1"), Ordering::Less);
        assert_eq!(order("2", "1.5"), Ordering::Greater);
    }

    /// The short way to read a double gives what the long one does.
    #[test]
    fn decimals_are_read_exactly() {
        let mut number = 1_u64;
        for _ in 0..200_000 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let digits = (number >> 33) % 10_u64.pow((number >> 20) as u32 % 15 + 1);
            let digits = digits.to_string();
            let point = (number >> 10) as usize % digits.len();
            let (whole, rest) = digits.split_at(point);
            let sign = if number & 1 == 0 { "-" } else { "" };
            let text = format!(
                "{sign}{}.{rest}",
                if whole.is_empty() { "0" } else { whole }
            );
            let read = read_decimal(text.as_bytes()).map(f64::to_bits);
            assert_eq!(read, Some(text.parse::<f64>().unwrap().to_bits()), "{text}");
        }
    }

    /// Values that differ must mostly hash apart, or looking them up takes quadratic time.
    #[test]
    fn hashes_tell_values_apart() {
        use std::hash::BuildHasher;
        let hasher = foldhash::fast::FixedState::default();
        let hash = |text: &str| {
            let mut state = hasher.build_hasher();
            Value::read(text.as_bytes()).feed(&mut state);
            state.finish()
        };
        let mut texts: Vec<String> = (0..100).map(|n| format!("1.{n:03}e50")).collect();
        texts.extend(["[[],[]]", "[[[]]]", "[[]]", "[]", "{}", "[{}]"].map(str::to_owned));
        texts.extend(
            [
                "18446744073709551615",
                "18446744073709551616.0",
                "-0",
                "null",
            ]
            .map(str::to_owned),
        );
        let mut hashes: Vec<u64> = texts.iter().map(|text| hash(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
    }

    #[test]
    fn kinds_are_ordered() {
        let texts = [
            "null", "false", "true", "-1", "2", r#""""#, r#""a""#, "[]", "[1]", "{}",
        ];
        for (at, a) in texts.iter().enumerate() {
            for (other, b) in texts.iter().enumerate() {
                assert_eq!(order(a, b), at.cmp(&other), "{a} {b}");
            }
        }
    }

    #[test]
    fn strings_compare_by_code_point_also_around_escapes() {
        let texts = [
            "", "\u{0}", "\n", "\u{1f}", " ", "\"", "#", "\\", "]", "a", "é", "\u{ffff}", "😀",
        ];
        let mut all = Vec::new();
        for a in texts {
            for b in texts {
                all.push(format!("{a}{b}"));
            }
        }
        for a in &all {
            for b in &all {
                let json = |text: &String| {
                    String::from_utf8(crate::engine::json::quoted(text).into_vec()).unwrap()
                };
                assert_eq!(order(&json(a), &json(b)), a.cmp(b), "{a:?} {b:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(crate::testing::cases(1000))]

        #[test]
        fn strings_that_begin_alike_compare_by_what_follows(
            beginning in "[a\u{0}\"é]{0,40}",
            a in "[a\u{0}\u{1f}\\\\éb]{0,12}",
            b in "[a\u{0}\u{1f}\\\\éb]{0,12}",
        ) {
            let (a, b) = (format!("{beginning}{a}"), format!("{beginning}{b}"));
            let json = |text| String::from_utf8(crate::engine::json::quoted(text).into_vec()).unwrap();
            prop_assert_eq!(order(&json(&a), &json(&b)), a.cmp(&b));
            let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            prop_assert_eq!(common_len(a.as_bytes(), b.as_bytes()), same);
        }
    }

    #[test]
    fn objects_equal_by_key() {
        assert_eq!(
            order(r#"{"a":1,"b":2}"#, r#"{"b":2.0,"a":1}"#),
            Ordering::Equal
        );
        assert_eq!(order(r#"{"a":1}"#, r#"{"a":1,"b":2}"#), Ordering::Less);
        assert_eq!(order(r#"{"a":null}"#, "{}"), Ordering::Greater);
        assert_eq!(order("[1,[2]]", "[1,[2,0]]"), Ordering::Less);
    }
}
