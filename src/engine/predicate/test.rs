//! What is asked of one field, ready to be asked of many records.

use super::constant::Constant;
use super::form::Form;
use super::like::Like;
use super::text::{lower, lower_each};
use super::tree::{Case, Comparison, TextMatch};
use super::values::ValueSet;
use crate::engine::json::{elements, inside, members, unescape, unescaped_bytes};
use crate::engine::limits::{add, copy, exceeded, MAX_OPERAND};
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::cmp::Ordering;

/// See the module's comment.
#[derive(Debug)]
pub(crate) enum Test {
    Compare(Comparison, Constant),
    In(ValueSet),
    Between(Constant, Constant),
    Like(Case, Box<Like>),
    Text(TextMatch, Case, Box<Needle>),
    /// With the searcher for strings, if the value is one.
    Contains(Constant, Option<Box<Finder<'static>>>),
    IsNull,
}

/// A string that is searched for.
#[derive(Debug)]
pub(crate) struct Needle {
    finder: Finder<'static>,
    /// As it was given: a canonical JSON string.
    literal: Box<[u8]>,
}

impl Needle {
    fn new(literal: &[u8], case: Case) -> Result<Needle> {
        let mut text = string(literal)?;
        if case == Case::Insensitive {
            text = lower(&text).into_owned();
        }
        Ok(Needle {
            finder: Finder::new(text.as_bytes()).into_owned(),
            literal: copy(literal)?.into_boxed_slice(),
        })
    }

    /// What is searched for, as UTF-8; in lower case if case does not matter.
    pub(crate) fn text(&self) -> &[u8] {
        self.finder.needle()
    }
}

/// The string that a canonical text stands for, if it is one.
fn string(text: &[u8]) -> Result<String> {
    let inside = inside(text).ok_or_else(|| Error::json(0, "expected a string"))?;
    // Each byte comes of at most six.
    if inside.len() > 6 * MAX_OPERAND || unescaped_bytes(inside).count() > MAX_OPERAND {
        return Err(exceeded("bytes of a string operand", MAX_OPERAND));
    }
    Ok(String::from_utf8_lossy(&unescape(inside)).into_owned())
}

impl Test {
    /// Makes the test of operands in canonical text.
    pub(super) fn new(form: Form<&[u8]>) -> Result<Test> {
        Ok(match form {
            Form::Compare(comparison, value) => Test::Compare(comparison, Constant::of(value)?),
            Form::In(values) => Test::In(ValueSet::of(values.into_iter())?),
            Form::InArray(array) if array.starts_with(b"[") => {
                Test::In(ValueSet::of(elements(array))?)
            }
            Form::InArray(_) => return Err(Error::json(0, "expected an array")),
            Form::Between(low, high) => Test::Between(Constant::of(low)?, Constant::of(high)?),
            Form::Like(case, pattern, escape) => {
                let like = Like::compile(&string(pattern)?, escape, case)?;
                Test::Like(case, Box::new(like.written_as(pattern)?))
            }
            Form::Text(part, case, text) => {
                Test::Text(part, case, Box::new(Needle::new(text, case)?))
            }
            Form::Contains(value) => {
                let value = Constant::of(value)?;
                let finder = match value.value() {
                    Value::String(_) => {
                        let text = string(value.text())?;
                        Some(Box::new(Finder::new(text.as_bytes()).into_owned()))
                    }
                    _ => None,
                };
                Test::Contains(value, finder)
            }
            Form::IsNull => Test::IsNull,
        })
    }

    /// How the test is written.
    pub(super) fn form(&self) -> Result<Form<&[u8]>> {
        Ok(match self {
            Test::Compare(comparison, value) => Form::Compare(*comparison, value.text()),
            Test::In(set) => {
                let mut values = Vec::new();
                for value in set.values() {
                    add(&mut values, value.text())?;
                }
                Form::In(values)
            }
            Test::Between(low, high) => Form::Between(low.text(), high.text()),
            Test::Like(case, like) => Form::Like(*case, like.pattern(), like.escape()),
            // Of two strings, this is the same test.
            Test::Text(TextMatch::Whole, Case::Sensitive, needle) => {
                Form::Compare(Comparison::Eq, &needle.literal)
            }
            Test::Text(part, case, needle) => Form::Text(*part, *case, &needle.literal),
            Test::Contains(value, _) => Form::Contains(value.text()),
            Test::IsNull => Form::IsNull,
        })
    }

    /// What is searched for, if the strings that pass are those of which a text is some part.
    pub(crate) fn substring(&self) -> Option<&Finder<'static>> {
        match self {
            Test::Like(Case::Sensitive, like) => like.substring(),
            Test::Text(TextMatch::Substring, Case::Sensitive, needle) => Some(&needle.finder),
            Test::Contains(_, finder) => finder.as_deref(),
            _ => None,
        }
    }

    /// Whether a field (`None` if it is missing) passes.
    #[inline]
    pub(crate) fn passes(&self, field: Option<&[u8]>) -> bool {
        match self {
            Test::Compare(Comparison::Eq, constant) => constant.equals(field),
            Test::Compare(Comparison::Ne, constant) => !constant.equals(field),
            Test::Compare(comparison, constant) => {
                constant.order(field).is_some_and(|order| match comparison {
                    Comparison::Lt => order.is_lt(),
                    Comparison::Le => order.is_le(),
                    Comparison::Gt => order.is_gt(),
                    Comparison::Ge => order.is_ge(),
                    Comparison::Eq | Comparison::Ne => false,
                })
            }
            Test::In(values) => values.has(field),
            Test::Between(low, high) => {
                low.order(field).is_some_and(Ordering::is_ge)
                    && high.order(field).is_some_and(Ordering::is_le)
            }
            Test::Like(case, like) => match Value::of_field(field) {
                Value::String(inside) => {
                    with_case(*case, inside, lower_each, |text| like.matches(text))
                }
                _ => false,
            },
            Test::Text(part, case, needle) => match Value::of_field(field) {
                Value::String(inside) => with_case(*case, inside, lower, |text| {
                    part.holds(text, &needle.finder)
                }),
                _ => false,
            },
            Test::Contains(constant, finder) => contains(field, constant, finder.as_deref()),
            Test::IsNull => field.is_none_or(|text| text == b"null"),
        }
    }
}

/// Calls `check` with the text that a canonical string stands for, lowered if case does not matter.
fn with_case(
    case: Case,
    inside: &[u8],
    lowered: fn(&str) -> Cow<'_, str>,
    check: impl FnOnce(&[u8]) -> bool,
) -> bool {
    let text = unescape(inside);
    match case {
        Case::Sensitive => check(&text),
        Case::Insensitive => {
            let text = std::str::from_utf8(&text).unwrap_or_default();
            check(lowered(text).as_bytes())
        }
    }
}

impl TextMatch {
    fn holds(self, text: &[u8], finder: &Finder<'_>) -> bool {
        match self {
            TextMatch::Prefix => text.starts_with(finder.needle()),
            TextMatch::Suffix => text.ends_with(finder.needle()),
            TextMatch::Whole => text == finder.needle(),
            TextMatch::Substring => finder.find(text).is_some(),
        }
    }
}

fn contains(field: Option<&[u8]>, constant: &Constant, finder: Option<&Finder<'_>>) -> bool {
    match (Value::of_field(field), constant.value()) {
        (Value::Array(array), _) => elements(array).any(|element| constant.equals(Some(element))),
        (Value::Object(object), Value::String(key)) => members(object).any(|(name, _)| name == key),
        // A text is never longer than the inside of its quotes.
        (Value::String(text), _) => finder.is_some_and(|finder| {
            finder.needle().len() <= text.len() && finder.find(&unescape(text)).is_some()
        }),
        _ => false,
    }
}
