//! Computes the value of an expression for a record.
//!
//! A value that stands somewhere already is referred to. One that has to be put together stands at the end of the scratch
//! text, from where that ended when its evaluation began: so it is in place when it becomes part of another value.

use super::expression::{Expression, Function, Operator};
use super::number::{self, Fault};
use crate::engine::json::inside;
use crate::engine::limits::{self, exceeded, shorten, MAX_RECORD};
use crate::engine::record::Record;
use crate::engine::shape::Shape;
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Params, Result};
use std::cmp::Ordering;

/// Where the fields of a record are that expressions read, by the position of their names.
pub(super) enum Fields<'v> {
    /// Of a record of this shape: positions in it, `MISSING` if it has no such field.
    Shaped(&'v Shape, &'v [u16]),
    /// Of a generic record: the values.
    Found(Vec<Option<&'v [u8]>>),
}

pub(super) const MISSING: u16 = u16::MAX;

/// What expressions see.
pub(super) struct Source<'v> {
    pub(super) record: Record<'v>,
    pub(super) fields: Fields<'v>,
    pub(super) params: &'v Params<'v>,
}

/// A value.
pub(super) enum Computed<'v> {
    Text(&'v [u8]),
    Number(Number),
    /// At the end of the scratch text, from where that ended before.
    Scratch,
}

const NULL: Computed<'static> = Computed::Text(b"null");

/// Appends to the scratch text. All of it becomes part of one record, so that is its limit.
pub(super) fn push(scratch: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    if scratch.len() + bytes.len() > MAX_RECORD {
        return Err(exceeded("bytes of a record", MAX_RECORD));
    }
    limits::push(scratch, bytes)
}

impl<'v> Source<'v> {
    /// The value of a field of the record.
    #[inline]
    fn field(&self, read: usize) -> Option<&'v [u8]> {
        match &self.fields {
            Fields::Shaped(shape, positions) => match positions.get(read) {
                None | Some(&MISSING) => None,
                Some(position) => self.record.value(shape, *position),
            },
            Fields::Found(values) => values.get(read).copied().flatten(),
        }
    }

    /// The value of an expression.
    pub(super) fn evaluate(
        &self,
        expression: &'v Expression,
        scratch: &mut Vec<u8>,
    ) -> Result<Computed<'v>> {
        match expression {
            Expression::Literal(text) => Ok(Computed::Text(text)),
            Expression::Parameter(number) => self.params.get(*number).map(Computed::Text),
            Expression::Field(read, path) => {
                let value = self.field(*read).and_then(|value| path.follow(value));
                Ok(value.map_or(NULL, Computed::Text))
            }
            Expression::Negate(operand) => {
                let value = self.number(operand, Operator::Subtract, scratch)?;
                apply(Operator::Subtract, Number::Integer(0), value).map(Computed::Number)
            }
            Expression::Arithmetic(first, rest) => {
                let operator = rest
                    .first()
                    .map_or(Operator::Add, |(operator, _)| *operator);
                let mut value = self.number(first, operator, scratch)?;
                for (operator, operand) in rest {
                    let operand = self.number(operand, *operator, scratch)?;
                    value = apply(*operator, value, operand)?;
                }
                Ok(Computed::Number(value))
            }
            Expression::Join(parts) => self.join(parts, scratch),
            Expression::Call(Function::Append, arguments) => self.append(arguments, scratch),
            Expression::Call(Function::Coalesce, arguments) => self.coalesce(arguments, scratch),
            Expression::Call(Function::Min, arguments) => {
                self.extreme(arguments, Ordering::Less, scratch)
            }
            Expression::Call(Function::Max, arguments) => {
                self.extreme(arguments, Ordering::Greater, scratch)
            }
        }
    }

    /// The value of an operand of arithmetic.
    #[inline]
    fn number(
        &self,
        operand: &'v Expression,
        operator: Operator,
        scratch: &mut Vec<u8>,
    ) -> Result<Number> {
        let start = scratch.len();
        let computed = self.evaluate(operand, scratch)?;
        match computed.value(scratch, start) {
            Value::Number(number) => Ok(number),
            _ => Err(undefined(operator.symbol(), computed, scratch, start)),
        }
    }

    fn join(&self, parts: &'v [Expression], scratch: &mut Vec<u8>) -> Result<Computed<'v>> {
        push(scratch, b"\"")?;
        for part in parts {
            let end = scratch.len();
            let computed = self.evaluate(part, scratch)?;
            let Value::String(found) = computed.value(scratch, end) else {
                return Err(undefined("||", computed, scratch, end));
            };
            let len = found.len();
            match computed {
                Computed::Text(text) => push(scratch, inside(text).unwrap_or_default())?,
                // Out of its quotes.
                _ => {
                    scratch.copy_within(end + 1..end + 1 + len, end);
                    scratch.truncate(end + len);
                }
            }
        }
        push(scratch, b"\"")?;
        Ok(Computed::Scratch)
    }

    fn append(&self, arguments: &'v [Expression], scratch: &mut Vec<u8>) -> Result<Computed<'v>> {
        let start = scratch.len();
        let Some((list, elements)) = arguments.split_first() else {
            return Ok(NULL);
        };
        let computed = self.evaluate(list, scratch)?;
        match computed.value(scratch, start) {
            Value::Null => push(scratch, b"[]")?,
            Value::Array(_) => computed.write(scratch)?,
            _ => {
                let found = computed.shown(scratch, start);
                return Err(mismatch(format!("append wants an array, found {found}")));
            }
        }
        // The bracket is closed again behind the new elements.
        scratch.pop();
        for element in elements {
            if scratch.len() > start + 1 {
                push(scratch, b",")?;
            }
            self.evaluate(element, scratch)?.write(scratch)?;
        }
        push(scratch, b"]")?;
        Ok(Computed::Scratch)
    }

    fn coalesce(&self, arguments: &'v [Expression], scratch: &mut Vec<u8>) -> Result<Computed<'v>> {
        for argument in arguments {
            let start = scratch.len();
            let computed = self.evaluate(argument, scratch)?;
            if !matches!(computed.value(scratch, start), Value::Null) {
                return Ok(computed);
            }
        }
        Ok(NULL)
    }

    /// The first of the arguments that come before all others, or behind, as `wanted` says.
    fn extreme(
        &self,
        arguments: &'v [Expression],
        wanted: Ordering,
        scratch: &mut Vec<u8>,
    ) -> Result<Computed<'v>> {
        let start = scratch.len();
        let mut best = NULL;
        for argument in arguments {
            let end = scratch.len();
            let computed = self.evaluate(argument, scratch)?;
            let is_better = {
                let (value, best) = (computed.value(scratch, end), best.value(scratch, start));
                match (value, best) {
                    (Value::Null, _) => false,
                    (_, Value::Null) => true,
                    (value, best) => value.order(&best) == wanted,
                }
            };
            // Of the two, the one that is kept stands in the scratch text, if it stands there at all.
            match (is_better, &computed) {
                (false, _) => scratch.truncate(end),
                (true, Computed::Scratch) => {
                    scratch.copy_within(end.., start);
                    scratch.truncate(start + scratch.len() - end);
                }
                (true, _) => scratch.truncate(start),
            }
            if is_better {
                best = computed;
            }
        }
        Ok(best)
    }
}

impl<'v> Computed<'v> {
    /// What it means; `start` is where the scratch text ended before.
    #[inline]
    fn value<'s>(&self, scratch: &'s [u8], start: usize) -> Value<'s>
    where
        'v: 's,
    {
        match self {
            Computed::Text(text) => Value::read(text),
            Computed::Number(number) => Value::Number(*number),
            Computed::Scratch => Value::read(scratch.get(start..).unwrap_or_default()),
        }
    }

    /// Makes sure that it stands at the end of the scratch text.
    #[inline]
    pub(super) fn write(&self, scratch: &mut Vec<u8>) -> Result<()> {
        match self {
            Computed::Text(text) => push(scratch, text),
            Computed::Number(number) => number::print(*number, scratch),
            Computed::Scratch => Ok(()),
        }
    }

    /// How an error shows it.
    fn shown(&self, scratch: &[u8], start: usize) -> String {
        let mut printed = Vec::new();
        match self {
            Computed::Text(text) => shown(text),
            Computed::Scratch => shown(scratch.get(start..).unwrap_or_default()),
            Computed::Number(number) => match number::print(*number, &mut printed) {
                Ok(()) => shown(&printed),
                Err(_) => "a number".to_owned(),
            },
        }
    }
}

/// How an error shows a value.
pub(super) fn shown(text: &[u8]) -> String {
    let kind = match Value::read(text) {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    format!("{} ({kind})", beginning(text))
}

/// The beginning of a text, for messages.
pub(super) fn beginning(text: &[u8]) -> String {
    // More than is shown, so that neither a long text is copied nor a character cut.
    let start = text.get(..text.len().min(2048)).unwrap_or_default();
    shorten(&String::from_utf8_lossy(start))
}

/// The error that a value is of the wrong kind. Whoever knows the record and the field names them.
pub(super) fn mismatch(reason: String) -> Error {
    Error::TypeMismatch {
        reason,
        key: None,
        field: String::new(),
    }
}

#[cold]
fn undefined(symbol: &str, found: Computed<'_>, scratch: &[u8], start: usize) -> Error {
    let found = found.shown(scratch, start);
    mismatch(format!("\"{symbol}\" is not defined for {found}"))
}

#[inline]
fn apply(operator: Operator, a: Number, b: Number) -> Result<Number> {
    number::compute(operator, a, b).map_err(|fault| failed(operator, a, b, fault))
}

#[cold]
fn failed(operator: Operator, a: Number, b: Number, fault: Fault) -> Error {
    let what = match fault {
        Fault::DivisionByZero => return mismatch("division by zero".to_owned()),
        Fault::OutOfRange => "out of the range -2^63 to 2^64-1",
        Fault::NotFinite => "too large for an IEEE double",
    };
    let mut reason = Vec::new();
    let printed = number::print(a, &mut reason)
        .and_then(|()| limits::push(&mut reason, format!(" {} ", operator.symbol()).as_bytes()))
        .and_then(|()| number::print(b, &mut reason));
    if let Err(error) = printed {
        return error;
    }
    Error::Overflow {
        reason: format!("{} is {what}", String::from_utf8_lossy(&reason)),
        key: None,
        field: String::new(),
    }
}
