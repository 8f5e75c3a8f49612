//! The tree that builders make: immutable, shared by the predicates that are made of it.

use super::constant::Constant;
use super::like::Like;
use super::path::Path;
use super::program::Program;
use super::text::{lower, lower_each};
use crate::engine::json::{canonical, elements, inside, members, unescape, unescaped_bytes};
use crate::engine::limits::{add, exceeded, MAX_OPERAND, MAX_PREDICATE_DEPTH};
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use foldhash::fast::{FoldHasher, RandomState};
use hashbrown::HashTable;
use memchr::memmem::Finder;
use once_cell::sync::OnceCell;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// Nodes of a predicate at most, shared ones counted as often as they stand in it.
const MAX_NODES: usize = 65_536;

/// From this many values on, `is_in` looks them up by hash.
const HASHED_FROM: usize = 9;

/// How a field is compared with a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Eq,
    /// `!=`, the exact opposite of `=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// They differ.
    Sensitive,
    /// Both sides are taken in lower case.
    Insensitive,
}

/// Which part of a string a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextMatch {
    /// Its beginning.
    Prefix,
    /// Its end.
    Suffix,
    /// Any part.
    Substring,
    /// All of it.
    Whole,
}

/// Says of each record whether it matches.
#[derive(Debug)]
pub struct Predicate {
    node: Node,
    depth: usize,
    nodes: usize,
    program: OnceCell<Program>,
}

#[derive(Debug)]
pub(super) enum Node {
    And(Vec<Arc<Predicate>>),
    Or(Vec<Arc<Predicate>>),
    Not(Arc<Predicate>),
    Test(Arc<Path>, Arc<Test>),
}

/// What is asked of one field.
#[derive(Debug)]
pub(super) enum Test {
    Compare(Comparison, Constant),
    In(ValueSet),
    Between(Constant, Constant),
    Like(Case, Box<Like>),
    Text(TextMatch, Case, Box<Finder<'static>>),
    /// With the searcher for strings, if the value is one.
    Contains(Constant, Option<Box<Finder<'static>>>),
    IsNull,
}

/// The values of an `is_in`.
#[derive(Debug)]
pub(super) struct ValueSet {
    values: Vec<Constant>,
    by_hash: HashTable<u32>,
    hasher: RandomState,
}

impl Predicate {
    fn new(node: Node) -> Result<Predicate> {
        let operands: &[Arc<Predicate>] = match &node {
            Node::And(operands) | Node::Or(operands) => operands,
            Node::Not(operand) => std::slice::from_ref(operand),
            Node::Test(..) => &[],
        };
        let depth = 1 + operands
            .iter()
            .map(|operand| operand.depth)
            .max()
            .unwrap_or(0);
        let nodes = operands
            .iter()
            .fold(1_usize, |sum, operand| sum.saturating_add(operand.nodes));
        if depth > MAX_PREDICATE_DEPTH {
            return Err(exceeded("levels of a predicate", MAX_PREDICATE_DEPTH));
        }
        if nodes > MAX_NODES {
            return Err(exceeded("nodes of a predicate", MAX_NODES));
        }
        Ok(Predicate {
            node,
            depth,
            nodes,
            program: OnceCell::new(),
        })
    }

    fn test(field: &str, test: Test) -> Result<Predicate> {
        let path = Path::parse(field)?;
        Predicate::new(Node::Test(Arc::new(path), Arc::new(test)))
    }

    /// Matches every record.
    pub fn all() -> Predicate {
        Predicate {
            node: Node::And(Vec::new()),
            depth: 1,
            nodes: 1,
            program: OnceCell::new(),
        }
    }

    /// Compares a field with a JSON value.
    pub fn compare(comparison: Comparison, field: &str, value: &str) -> Result<Predicate> {
        Predicate::test(
            field,
            Test::Compare(comparison, Constant::from_json(value)?),
        )
    }

    /// The field equals one of a JSON array's values.
    pub fn is_in(field: &str, values: &str) -> Result<Predicate> {
        Predicate::test(field, Test::In(ValueSet::from_json(values)?))
    }

    /// `low <= field <= high`.
    pub fn between(field: &str, low: &str, high: &str) -> Result<Predicate> {
        let (low, high) = (Constant::from_json(low)?, Constant::from_json(high)?);
        Predicate::test(field, Test::Between(low, high))
    }

    /// The field is a string that matches a pattern, given as a JSON string.
    pub fn like(case: Case, field: &str, pattern: &str, escape: Option<char>) -> Result<Predicate> {
        let like = Like::compile(&string(pattern)?, escape, case)?;
        Predicate::test(field, Test::Like(case, Box::new(like)))
    }

    /// The field is a string of which a JSON string is some part.
    pub fn text(part: TextMatch, case: Case, field: &str, value: &str) -> Result<Predicate> {
        let mut value = string(value)?;
        if case == Case::Insensitive {
            value = lower(&value).into_owned();
        }
        let finder = Finder::new(value.as_bytes()).into_owned();
        Predicate::test(field, Test::Text(part, case, Box::new(finder)))
    }

    /// A string contains a substring, an array an element, an object a key.
    pub fn contains(field: &str, value: &str) -> Result<Predicate> {
        let value = Constant::from_json(value)?;
        let finder = match value.value() {
            Value::String(_) => {
                let text = operand(value.text())?;
                Some(Box::new(Finder::new(text.as_bytes()).into_owned()))
            }
            _ => None,
        };
        Predicate::test(field, Test::Contains(value, finder))
    }

    /// The field is null or missing.
    pub fn is_null(field: &str) -> Result<Predicate> {
        Predicate::test(field, Test::IsNull)
    }

    /// The field is there and not null.
    pub fn is_not_null(field: &str) -> Result<Predicate> {
        Predicate::not(Arc::new(Predicate::is_null(field)?))
    }

    /// All operands match.
    pub fn and(operands: Vec<Arc<Predicate>>) -> Result<Predicate> {
        Predicate::new(Node::And(operands))
    }

    /// At least one operand matches.
    pub fn or(operands: Vec<Arc<Predicate>>) -> Result<Predicate> {
        Predicate::new(Node::Or(operands))
    }

    /// The operand does not match.
    // With `and` and `or`; `!` could not tell of a failure.
    #[allow(clippy::should_implement_trait)]
    pub fn not(operand: Arc<Predicate>) -> Result<Predicate> {
        Predicate::new(Node::Not(operand))
    }

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// The form in which the predicate runs, made at its first run.
    pub(crate) fn program(&self) -> &Program {
        self.program.get_or_init(|| Program::new(self))
    }
}

fn string(json: &str) -> Result<String> {
    operand(&canonical(json)?)
}

/// The string that a canonical text stands for.
fn operand(text: &[u8]) -> Result<String> {
    let inside = inside(text).ok_or_else(|| Error::json(0, "expected a string"))?;
    // Each byte comes of at most six.
    if inside.len() > 6 * MAX_OPERAND || unescaped_bytes(inside).count() > MAX_OPERAND {
        return Err(exceeded("bytes of a string operand", MAX_OPERAND));
    }
    Ok(String::from_utf8_lossy(&unescape(inside)).into_owned())
}

impl ValueSet {
    fn from_json(values: &str) -> Result<ValueSet> {
        let text = canonical(values)?;
        if !text.starts_with(b"[") {
            return Err(Error::json(0, "expected an array"));
        }
        let mut values = Vec::new();
        for value in elements(&text) {
            add(&mut values, Constant::of(value)?)?;
        }
        let mut set = ValueSet {
            values,
            by_hash: HashTable::new(),
            hasher: RandomState::default(),
        };
        if set.values.len() >= HASHED_FROM {
            let (values, hasher) = (&set.values, &set.hasher);
            let hash = |at: &u32| {
                let value = values.get(*at as usize).map(Constant::value);
                hash_value(hasher, value.unwrap_or(Value::Null))
            };
            let room = set.by_hash.try_reserve(values.len(), hash);
            room.map_err(|_| Error::OutOfMemory {
                bytes: values.len() * 8,
            })?;
            for at in 0..values.len() as u32 {
                set.by_hash.insert_unique(hash(&at), at, hash);
            }
        }
        Ok(set)
    }

    pub(super) fn values(&self) -> &[Constant] {
        &self.values
    }

    fn has(&self, field: Option<&[u8]>) -> bool {
        if self.by_hash.is_empty() {
            return self.values.iter().any(|value| value.equals(field));
        }
        let equals = |at: &u32| {
            let value = self.values.get(*at as usize);
            value.is_some_and(|value| value.equals(field))
        };
        let hash = hash_value(&self.hasher, Value::of_field(field));
        self.by_hash.find(hash, equals).is_some()
    }
}

fn hash_value(hasher: &RandomState, value: Value<'_>) -> u64 {
    let mut state: FoldHasher<'_> = hasher.build_hasher();
    value.feed(&mut state);
    state.finish()
}

impl Test {
    /// Whether a field (`None` if it is missing) passes.
    #[inline]
    pub(super) fn passes(&self, field: Option<&[u8]>) -> bool {
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
            Test::Text(part, case, finder) => match Value::of_field(field) {
                Value::String(inside) => {
                    with_case(*case, inside, lower, |text| part.holds(text, finder))
                }
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
