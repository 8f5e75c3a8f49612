//! Arithmetic: exact on integers, that of IEEE doubles on all else.

use super::expression::Operator;
use crate::engine::limits::reserve;
use crate::engine::value::Number;
use crate::engine::{Error, Result};

/// What is wrong with a result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    OutOfRange,
    NotFinite,
    DivisionByZero,
}

const LEAST: i128 = i64::MIN as i128;
const GREATEST: i128 = u64::MAX as i128;

/// `a operator b`.
#[inline]
pub(super) fn compute(
    operator: Operator,
    a: Number,
    b: Number,
) -> std::result::Result<Number, Fault> {
    let (Number::Integer(x), Number::Integer(y)) = (a, b) else {
        return on_floats(operator, float(a), float(b));
    };
    let exact = match operator {
        Operator::Add => x.checked_add(y),
        Operator::Subtract => x.checked_sub(y),
        // The product of two values beyond 2^63 needs more than the 127 bits that there are.
        Operator::Multiply => x.checked_mul(y),
        Operator::Divide if y == 0 => return Err(Fault::DivisionByZero),
        Operator::Divide if x % y == 0 => x.checked_div(y),
        Operator::Divide => return on_floats(operator, float(a), float(b)),
    };
    match exact {
        Some(value @ LEAST..=GREATEST) => Ok(Number::Integer(value)),
        _ => Err(Fault::OutOfRange),
    }
}

fn float(number: Number) -> f64 {
    match number {
        Number::Integer(value) => value as f64,
        Number::Float(value) => value,
    }
}

fn on_floats(operator: Operator, a: f64, b: f64) -> std::result::Result<Number, Fault> {
    let value = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide if b == 0.0 => return Err(Fault::DivisionByZero),
        Operator::Divide => a / b,
    };
    match value.is_finite() {
        true => Ok(Number::Float(value)),
        false => Err(Fault::NotFinite),
    }
}

/// Appends a number; a double as the shortest text that reads back, so spelled that it stays a double.
#[inline]
pub(super) fn print(number: Number, out: &mut Vec<u8>) -> Result<()> {
    // No number is longer.
    reserve(out, 48)?;
    match number {
        Number::Integer(value) => match i64::try_from(value) {
            Ok(small) => out.extend_from_slice(itoa::Buffer::new().format(small).as_bytes()),
            Err(_) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        },
        Number::Float(value) => {
            // Writing to memory fails only where there is none, and that is reserved.
            serde_json::to_writer(out, &value).map_err(|_| Error::out_of_memory(48))?;
        }
    }
    Ok(())
}
