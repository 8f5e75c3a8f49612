//! Predicates, evaluated in the most obvious way.

use super::fault::Fault;
use super::parse::parse;
use super::path::{look_up, parse_path};
use super::value::{order, same, Value};
use std::cmp::Ordering;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    Prefix,
    Suffix,
    Substring,
    Whole,
}

/// A predicate as it is written: fields are references, values JSON text.
#[derive(Clone)]
pub enum Pred {
    All,
    Compare(Cmp, String, String),
    In(String, String),
    Between(String, String, String),
    /// Field, pattern, escape; whether case is folded.
    Like(bool, String, String, Option<char>),
    Text(Part, bool, String, String),
    Contains(String, String),
    IsNull(String),
    IsNotNull(String),
    And(Vec<Pred>),
    Or(Vec<Pred>),
    Not(Box<Pred>),
}

/// A predicate that was found to be in order.
pub type Test = Box<dyn Fn(&Value) -> bool>;

impl Pred {
    pub fn compile(&self) -> Result<Test, Fault> {
        Ok(match self {
            Pred::All => Box::new(|_| true),
            Pred::Compare(cmp, field, json) => {
                let (cmp, constant) = (*cmp, read(json)?);
                on(field, move |value| compare(cmp, value, &constant))?
            }
            Pred::In(field, json) => {
                let Value::List(constants) = read(json)? else {
                    return Err(Fault::Json { index: None });
                };
                on(field, move |value| constants.iter().any(|c| same(c, value)))?
            }
            Pred::Between(field, low, high) => {
                let (low, high) = (read(low)?, read(high)?);
                on(field, move |value| {
                    compare(Cmp::Ge, value, &low) && compare(Cmp::Le, value, &high)
                })?
            }
            Pred::Like(fold, field, json, escape) => {
                let (fold, pattern) = (*fold, read_pattern(&read_str(json)?, *fold, *escape)?);
                on_str(field, move |text| {
                    let fold_char = |c| if fold { lower_one(c) } else { c };
                    let text: Vec<char> = text.chars().map(fold_char).collect();
                    like(&pattern, &text)
                })?
            }
            Pred::Text(part, fold, field, json) => {
                let (part, fold) = (*part, *fold);
                let constant = folded(fold, &read_str(json)?);
                on_str(field, move |text| {
                    let text = folded(fold, text);
                    match part {
                        Part::Prefix => text.starts_with(&constant),
                        Part::Suffix => text.ends_with(&constant),
                        Part::Substring => text.contains(&constant),
                        Part::Whole => text == constant,
                    }
                })?
            }
            Pred::Contains(field, json) => {
                let constant = read(json)?;
                on(field, move |value| contains(value, &constant))?
            }
            Pred::IsNull(field) => on(field, Value::is_null)?,
            Pred::IsNotNull(field) => on(field, |value| !value.is_null())?,
            Pred::And(operands) => {
                let tests = compile_all(operands)?;
                Box::new(move |record| tests.iter().all(|test| test(record)))
            }
            Pred::Or(operands) => {
                let tests = compile_all(operands)?;
                Box::new(move |record| tests.iter().any(|test| test(record)))
            }
            Pred::Not(operand) => {
                let test = operand.compile()?;
                Box::new(move |record| !test(record))
            }
        })
    }
}

fn compile_all(operands: &[Pred]) -> Result<Vec<Test>, Fault> {
    operands.iter().map(Pred::compile).collect()
}

fn on(field: &str, test: impl Fn(&Value) -> bool + 'static) -> Result<Test, Fault> {
    let path = parse_path(field)?;
    Ok(Box::new(move |record| test(&look_up(record, &path))))
}

/// String operators never match a non-string.
fn on_str(field: &str, test: impl Fn(&str) -> bool + 'static) -> Result<Test, Fault> {
    on(field, move |value| value.as_str().is_some_and(&test))
}

fn read(json: &str) -> Result<Value, Fault> {
    parse(json).map_err(|bad| Fault::bad(bad, None))
}

fn read_str(json: &str) -> Result<String, Fault> {
    match read(json)? {
        Value::Str(text) => Ok(text),
        _ => Err(Fault::Json { index: None }),
    }
}

fn compare(cmp: Cmp, value: &Value, constant: &Value) -> bool {
    let found = order(value, constant);
    let ordered = value.kind() == constant.kind() && !value.is_null();
    match cmp {
        Cmp::Eq => found == Ordering::Equal,
        Cmp::Ne => found != Ordering::Equal,
        Cmp::Lt => ordered && found == Ordering::Less,
        Cmp::Le => ordered && found != Ordering::Greater,
        Cmp::Gt => ordered && found == Ordering::Greater,
        Cmp::Ge => ordered && found != Ordering::Less,
    }
}

fn contains(value: &Value, constant: &Value) -> bool {
    match (value, constant) {
        (Value::Str(text), Value::Str(part)) => text.contains(part.as_str()),
        (Value::List(items), _) => items.iter().any(|item| same(item, constant)),
        (Value::Dict(_), Value::Str(name)) => value.field(name).is_some(),
        _ => false,
    }
}

fn folded(fold: bool, text: &str) -> String {
    if fold {
        text.chars().flat_map(lower).collect()
    } else {
        text.to_owned()
    }
}

/// Lower case of one character on its own; the two small sigmas are one.
fn lower(c: char) -> Vec<char> {
    let lowered = c.to_lowercase();
    lowered.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// As `lower`, but one code point for one: `_` stands for one of the text as it is.
fn lower_one(c: char) -> char {
    lower(c).first().copied().unwrap_or(c)
}

enum Glob {
    Run,
    One,
    Char(char),
}

fn read_pattern(text: &str, fold: bool, escape: Option<char>) -> Result<Vec<Glob>, Fault> {
    let mut pattern = Vec::new();
    let literal = |c: char, pattern: &mut Vec<Glob>| {
        if fold {
            pattern.push(Glob::Char(lower_one(c)));
        } else {
            pattern.push(Glob::Char(c));
        }
    };
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            c if Some(c) == escape => literal(chars.next().ok_or(Fault::Parse)?, &mut pattern),
            '%' => pattern.push(Glob::Run),
            '_' => pattern.push(Glob::One),
            c => literal(c, &mut pattern),
        }
    }
    Ok(pattern)
}

/// Which prefixes of the text the pattern so far can match, pattern element by pattern element.
fn like(pattern: &[Glob], text: &[char]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for glob in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match glob {
                Glob::Run => reached[..=at].contains(&true),
                Glob::One => at > 0 && reached[at - 1],
                Glob::Char(c) => at > 0 && reached[at - 1] && text[at - 1] == *c,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

impl fmt::Debug for Pred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, word: &str, operands: &[Pred]| {
            write!(f, "{word}(")?;
            for (i, operand) in operands.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{operand:?}")?;
            }
            write!(f, ")")
        };
        match self {
            Pred::All => write!(f, "all"),
            Pred::Compare(cmp, field, json) => write!(f, "<{field}> {cmp:?} {json}"),
            Pred::In(field, json) => write!(f, "<{field}> in {json}"),
            Pred::Between(field, low, high) => write!(f, "<{field}> between {low} and {high}"),
            Pred::Like(fold, field, json, escape) => {
                write!(f, "<{field}> like {json} (fold {fold}, escape {escape:?})")
            }
            Pred::Text(part, fold, field, json) => {
                write!(f, "<{field}> {part:?} {json} (fold {fold})")
            }
            Pred::Contains(field, json) => write!(f, "<{field}> contains {json}"),
            Pred::IsNull(field) => write!(f, "<{field}> is null"),
            Pred::IsNotNull(field) => write!(f, "<{field}> is not null"),
            Pred::And(operands) => list(f, "and", operands),
            Pred::Or(operands) => list(f, "or", operands),
            Pred::Not(operand) => write!(f, "not({operand:?})"),
        }
    }
}
