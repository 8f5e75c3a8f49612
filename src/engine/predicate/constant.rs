//! Constants of predicates: read once, compared with stored text many times.

use crate::engine::json::members;
use crate::engine::limits::copy;
use crate::engine::value::{Number, Value};
use crate::engine::Result;
use std::cmp::Ordering;

/// A constant, as canonical text and as far decided as a comparison can use.
#[derive(Debug)]
pub(crate) struct Constant {
    text: Box<[u8]>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Null,
    /// Equal values have equal texts.
    SameText,
    Number(Number),
    Array,
    /// With so many members.
    Object(usize),
}

impl Constant {
    /// Of a canonical text.
    pub(super) fn of(text: &[u8]) -> Result<Constant> {
        let kind = match Value::read(text) {
            Value::Null => Kind::Null,
            Value::Bool(_) | Value::String(_) => Kind::SameText,
            Value::Number(number) => Kind::Number(number),
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object(members(text).count()),
        };
        Ok(Constant {
            text: copy(text)?.into_boxed_slice(),
            kind,
        })
    }

    /// The constant's canonical text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// What it is.
    pub(crate) fn value(&self) -> Value<'_> {
        Value::read(&self.text)
    }

    /// Whether a field equals the constant; a missing field is null.
    #[inline]
    pub(super) fn equals(&self, field: Option<&[u8]>) -> bool {
        match &self.kind {
            Kind::SameText => field == Some(&*self.text),
            Kind::Null => field.is_none_or(|text| text == b"null"),
            Kind::Number(number) => match Value::of_field(field) {
                found @ Value::Number(_) => found.equals(&Value::Number(*number)),
                _ => false,
            },
            Kind::Array => Value::of_field(field).equals(&self.value()),
            Kind::Object(count) => match Value::of_field(field) {
                // Sorting members is left to those that can be equal.
                Value::Object(text) if members(text).take(count + 1).count() == *count => {
                    Value::Object(text).equals(&self.value())
                }
                _ => false,
            },
        }
    }

    /// How a field compares with the constant, if the two are of one kind and not null.
    #[inline]
    pub(super) fn order(&self, field: Option<&[u8]>) -> Option<Ordering> {
        let found = Value::of_field(field);
        let own = match &self.kind {
            Kind::Number(number) => Value::Number(*number),
            _ => self.value(),
        };
        found.is_comparable(&own).then(|| found.order(&own))
    }
}
