//! Number tokens.

use super::word;

/// A number token's end and what is wrong with it, if anything.
pub(super) struct Token {
    pub(super) end: usize,
    pub(super) fault: Option<Fault>,
}

pub(super) enum Fault {
    Syntax(&'static str),
    IntegerRange,
    FloatRange,
}

/// The end of the digits at `at`.
#[inline]
fn digits(src: &[u8], at: usize) -> usize {
    at + word::digits(src.get(at..).unwrap_or_default())
}

/// Reads the number token that starts at `start` with `-` or a digit.
#[inline]
pub(super) fn token(src: &[u8], start: usize) -> Token {
    let negative = src.get(start) == Some(&b'-');
    let first = start + usize::from(negative);
    let int_end = digits(src, first);
    if int_end == first {
        return fault(first, Fault::Syntax("expected a digit"));
    }
    if src.get(first) == Some(&b'0') && int_end > first + 1 {
        return fault(first, Fault::Syntax("a number must not start with 0"));
    }
    let mut end = int_end;
    let mut has_exponent = false;
    if src.get(end) == Some(&b'.') {
        let fraction = digits(src, end + 1);
        if fraction == end + 1 {
            return fault(
                fraction,
                Fault::Syntax("expected a digit after the decimal point"),
            );
        }
        end = fraction;
    }
    if matches!(src.get(end), Some(b'e' | b'E')) {
        has_exponent = true;
        let sign = usize::from(matches!(src.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(src, end + 1 + sign);
        if exponent == end + 1 + sign {
            return fault(exponent, Fault::Syntax("expected a digit in the exponent"));
        }
        end = exponent;
    }
    let text = src.get(start..end).unwrap_or_default();
    let fault = if end == int_end {
        // 18 digits always fit.
        (int_end - first > 18 && !integer_fits(text, negative)).then_some(Fault::IntegerRange)
    } else {
        // Without an exponent, fewer than 300 digits before the point are finite.
        ((has_exponent || int_end - first > 300) && !is_finite(text)).then_some(Fault::FloatRange)
    };
    Token { end, fault }
}

fn fault(end: usize, fault: Fault) -> Token {
    Token {
        end,
        fault: Some(fault),
    }
}

fn integer_fits(text: &[u8], negative: bool) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        if negative {
            text.parse::<i64>().is_ok()
        } else {
            text.parse::<u64>().is_ok()
        }
    })
}

fn is_finite(text: &[u8]) -> bool {
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<f64>().ok())
        .is_some_and(f64::is_finite)
}
