//! A test as it is written: an operator and its operands, each a value or a parameter.

use super::test::Test;
use super::tree::{Case, Comparison, TextMatch};
use crate::engine::limits::{add, shorten};
use crate::engine::params::Params;
use crate::engine::syntax::Operand;
use crate::engine::{Error, Result};

/// See the module's comment.
#[derive(Debug)]
pub(crate) enum Form<T> {
    Compare(Comparison, T),
    In(Vec<T>),
    /// The values are those of an array.
    InArray(T),
    Between(T, T),
    /// With the pattern's escape character.
    Like(Case, T, Option<char>),
    Text(TextMatch, Case, T),
    Contains(T),
    IsNull,
}

/// What an operator takes.
enum Wanted {
    Any,
    String,
    Array,
}

impl<T> Form<T> {
    /// The operator.
    pub(super) fn operator(&self) -> &'static str {
        match self {
            Form::Compare(comparison, _) => match comparison {
                Comparison::Eq => "=",
                Comparison::Ne => "!=",
                Comparison::Lt => "<",
                Comparison::Le => "<=",
                Comparison::Gt => ">",
                Comparison::Ge => ">=",
            },
            Form::In(_) | Form::InArray(_) => "IN",
            Form::Between(..) => "BETWEEN",
            Form::Like(Case::Sensitive, ..) => "LIKE",
            Form::Like(Case::Insensitive, ..) => "ILIKE",
            Form::Text(part, case, _) => match (part, case) {
                (TextMatch::Prefix, Case::Sensitive) => "STARTS WITH",
                (TextMatch::Prefix, Case::Insensitive) => "ISTARTS WITH",
                (TextMatch::Suffix, Case::Sensitive) => "ENDS WITH",
                (TextMatch::Suffix, Case::Insensitive) => "IENDS WITH",
                (TextMatch::Substring, Case::Sensitive) => "CONTAINS",
                (TextMatch::Substring, Case::Insensitive) => "ICONTAINS",
                (TextMatch::Whole, Case::Sensitive) => "=",
                (TextMatch::Whole, Case::Insensitive) => "IEQUALS",
            },
            Form::Contains(_) => "CONTAINS",
            Form::IsNull => "IS NULL",
        }
    }

    fn wanted(&self) -> Wanted {
        match self {
            Form::Like(..) | Form::Text(..) => Wanted::String,
            Form::InArray(_) => Wanted::Array,
            _ => Wanted::Any,
        }
    }

    /// The same form of other operands.
    fn try_map<'a, U>(&'a self, mut map: impl FnMut(&'a T) -> Result<U>) -> Result<Form<U>> {
        Ok(match self {
            Form::Compare(comparison, value) => Form::Compare(*comparison, map(value)?),
            Form::In(values) => {
                let mut mapped = Vec::new();
                for value in values {
                    add(&mut mapped, map(value)?)?;
                }
                Form::In(mapped)
            }
            Form::InArray(array) => Form::InArray(map(array)?),
            Form::Between(low, high) => Form::Between(map(low)?, map(high)?),
            Form::Like(case, pattern, escape) => Form::Like(*case, map(pattern)?, *escape),
            Form::Text(part, case, text) => Form::Text(*part, *case, map(text)?),
            Form::Contains(value) => Form::Contains(map(value)?),
            Form::IsNull => Form::IsNull,
        })
    }

    fn operands(&self) -> impl Iterator<Item = &T> {
        let (listed, first, second) = match self {
            Form::In(values) => (values.as_slice(), None, None),
            Form::Between(low, high) => (Default::default(), Some(low), Some(high)),
            Form::Compare(_, operand)
            | Form::InArray(operand)
            | Form::Like(_, operand, _)
            | Form::Text(_, _, operand)
            | Form::Contains(operand) => (Default::default(), Some(operand), None),
            Form::IsNull => (Default::default(), None, None),
        };
        listed.iter().chain(first).chain(second)
    }
}

impl Form<Operand> {
    /// The highest number of a parameter, 0 if there is none.
    pub(super) fn parameters(&self) -> usize {
        let number = |operand: &Operand| match operand {
            Operand::Parameter(number) => *number,
            Operand::Literal(_) => 0,
        };
        self.operands().map(number).max().unwrap_or(0)
    }

    /// The test with the values of its parameters.
    pub(super) fn bind(&self, params: &Params) -> Result<Test> {
        let form = self.try_map(|operand| match operand {
            Operand::Literal(text) => Ok(text.as_slice()),
            Operand::Parameter(number) => self.checked(*number, params.get(*number)?),
        })?;
        Test::new(form).map_err(|error| match (error, self) {
            // A pattern is the one operand whose text can be wrong.
            (Error::Parse { reason, .. }, Form::Like(_, Operand::Parameter(number), _)) => {
                Error::Parameter {
                    reason,
                    number: Some(*number),
                }
            }
            (error, _) => error,
        })
    }

    /// The value of a parameter, if the operator takes it.
    fn checked<'v>(&self, number: usize, value: &'v [u8]) -> Result<&'v [u8]> {
        let (fits, name) = match self.wanted() {
            Wanted::Any => (true, ""),
            Wanted::String => (value.starts_with(b"\""), "a string"),
            Wanted::Array => (value.starts_with(b"["), "an array"),
        };
        if fits {
            return Ok(value);
        }
        // A value may be long; what is shown of it is not.
        let shown = value.get(..value.len().min(1024)).unwrap_or_default();
        let got = shorten(&String::from_utf8_lossy(shown));
        Err(Error::Parameter {
            reason: format!("{} wants {name}, got {got}", self.operator()),
            number: Some(number),
        })
    }
}
