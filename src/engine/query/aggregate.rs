//! Aggregates: what is computed of the records of a group.

use super::spec::of;
use crate::engine::json::{elements, members, quoted};
use crate::engine::limits::{exceeded, shorten, MAX_OPERAND};
use crate::engine::options::{check_count, name};
use crate::engine::predicate::Path;
use crate::engine::syntax::Cursor;
use crate::engine::value::Value;
use crate::engine::{Error, Result};

/// What is computed, and of which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Function {
    /// Records.
    Count,
    /// Values that are not null.
    CountOf(Path),
    /// Different values that are not null.
    CountDistinct(Path),
    Sum(Path),
    Avg(Path),
    Min(Path),
    Max(Path),
}

/// One column of a grouped row.
#[derive(Debug, Clone)]
pub(crate) struct Aggregate {
    /// `"alias":`
    pub(crate) label: Box<[u8]>,
    pub(crate) function: Function,
    /// The field as it was written; empty if there is none.
    pub(crate) field: Box<str>,
}

/// Makes a function of a field.
type OfField = fn(Path) -> Function;

/// The functions of a field by their names.
const FUNCTIONS: [(&str, OfField); 6] = [
    ("count", Function::CountOf),
    ("count_distinct", Function::CountDistinct),
    ("sum", Function::Sum),
    ("avg", Function::Avg),
    ("min", Function::Min),
    ("max", Function::Max),
];

impl Function {
    /// The field, if it is not records that are counted.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Function::Count => None,
            Function::CountOf(path)
            | Function::CountDistinct(path)
            | Function::Sum(path)
            | Function::Avg(path)
            | Function::Min(path)
            | Function::Max(path) => Some(path),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Function::Count | Function::CountOf(_) => "count",
            Function::CountDistinct(_) => "count_distinct",
            Function::Sum(_) => "sum",
            Function::Avg(_) => "avg",
            Function::Min(_) => "min",
            Function::Max(_) => "max",
        }
    }
}

/// A label, as columns have it, of a quoted name.
fn label(quoted: &[u8]) -> Box<[u8]> {
    [quoted, b":"].concat().into_boxed_slice()
}

/// Reads the member "aggregates" of a query.
pub(super) fn read(text: &[u8]) -> Result<Vec<Aggregate>> {
    let wrong = || {
        let right = "must be an object from alias to aggregate, or an array of aggregates";
        Error::option("aggregates", right)
    };
    let mut aggregates = Vec::new();
    match Value::read(text) {
        Value::Null => {}
        Value::Array(_) => {
            for element in elements(text) {
                check_count(aggregates.len())?;
                let written = name(element)?.ok_or_else(wrong)?;
                aggregates.push(Aggregate::parse(&written, None)?);
            }
        }
        Value::Object(_) => {
            for (alias, element) in members(text) {
                check_count(aggregates.len())?;
                if alias.len() > MAX_OPERAND {
                    return Err(exceeded("bytes of an alias", MAX_OPERAND));
                }
                let written = name(element)?.ok_or_else(wrong)?;
                aggregates.push(Aggregate::parse(&written, Some(alias))?);
            }
        }
        _ => return Err(wrong()),
    }
    Ok(aggregates)
}

impl Aggregate {
    /// Without an alias (the inside of its quotes) the aggregate is its own.
    fn parse(text: &str, alias: Option<&[u8]>) -> Result<Aggregate> {
        let parsed = of(
            "aggregates",
            parse(text).map_err(|error| quoting(text, error)),
        );
        let (function, field) = parsed?;
        let label = match alias {
            Some(alias) => label(&[b"\"", alias, b"\""].concat()),
            None => label(&quoted(text)),
        };
        Ok(Aggregate {
            label,
            function,
            field: Box::from(field),
        })
    }
}

/// Says which of several texts an error is in.
fn quoting(text: &str, mut error: Error) -> Error {
    if let Error::Parse { reason, .. } = &mut error {
        *reason = format!("of {:?}: {reason}", shorten(text));
    }
    error
}

/// The function, and its field as it is written.
fn parse(text: &str) -> Result<(Function, &str)> {
    let mut cursor = Cursor::new(text)?;
    let known = FUNCTIONS.iter().find(|(name, _)| cursor.is_word(name));
    let Some((name, function)) = known else {
        let names = FUNCTIONS.map(|(name, _)| name).join(", ");
        return Err(cursor.error(&format!("an aggregate ({names})")));
    };
    cursor.advance()?;
    cursor.expect("(")?;
    let (function, field) = if *name == "count" && (cursor.accept("*")? || cursor.is(")")) {
        (Function::Count, "")
    } else {
        let start = cursor.position();
        let path = cursor.field()?;
        let field = text.get(start..cursor.position()).unwrap_or_default();
        let field = field.trim_end_matches([' ', '\t', '\n', '\r']);
        (function(path), field)
    };
    cursor.expect(")")?;
    cursor.end("")?;
    Ok((function, field))
}
