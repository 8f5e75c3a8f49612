//! Schemas: which fields a table's records have, and of which types.

use crate::engine::error::NO_SUCH_FIELD;
use crate::engine::json::{inside, members, quoted, string_of, unescaped_bytes};
use crate::engine::limits::{copy, exceeded, shorten, MAX_LISTED, MAX_OPERAND};
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Str,
    Float,
    Bool,
    List,
    Dict,
}

impl Type {
    const ALL: [(Type, &'static str); 6] = [
        (Type::Int, "int"),
        (Type::Str, "str"),
        (Type::Float, "float"),
        (Type::Bool, "bool"),
        (Type::List, "list"),
        (Type::Dict, "dict"),
    ];

    fn named(text: &[u8]) -> Option<Type> {
        let name = inside(text)?;
        let found = Type::ALL.iter().find(|(_, other)| other.as_bytes() == name);
        found.map(|(kind, _)| *kind)
    }

    fn name(self) -> &'static str {
        let found = Type::ALL.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, name)| name)
    }

    fn accepts(self, value: Value<'_>) -> bool {
        match value {
            Value::Null => false,
            Value::Bool(_) => self == Type::Bool,
            Value::Number(Number::Integer(_)) => matches!(self, Type::Int | Type::Float),
            Value::Number(Number::Float(_)) => self == Type::Float,
            Value::String(_) => self == Type::Str,
            Value::Array(_) => self == Type::List,
            Value::Object(_) => self == Type::Dict,
        }
    }
}

/// The schema's name for a value's type.
fn type_name(value: Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(Number::Integer(_)) => "int",
        Value::Number(Number::Float(_)) => "float",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// What the schema says of one field.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    quoted: Box<[u8]>,
    kind: Type,
    nullable: bool,
    default: Option<Box<[u8]>>,
    /// As it was given, as canonical text.
    given: Box<[u8]>,
}

/// What a schema says of a field, for those who have values of other kinds to make fit.
pub(crate) struct Expectation {
    /// The name of its type.
    pub(crate) kind: &'static str,
    /// Whether null is to be said where there is no value; otherwise the field is to be left out, and its default fills it.
    pub(crate) takes_null: bool,
}

/// The rules, in the order in which they were given.
#[derive(Debug, Clone)]
pub struct Schema {
    rules: Vec<Rule>,
    by_name: HashMap<Box<[u8]>, usize, RandomState>,
}

/// The name for messages.
fn display(quoted: &[u8]) -> String {
    // More than is shown, so that a long name is not copied as a whole.
    let inside = inside(quoted).unwrap_or_default();
    let start: Vec<u8> = unescaped_bytes(inside).take(2048).collect();
    shorten(&String::from_utf8_lossy(&start))
}

fn no_such_field(quoted: &[u8], actual: &str) -> Error {
    Error::Schema {
        field: display(quoted),
        expected: NO_SUCH_FIELD.to_owned(),
        actual: actual.to_owned(),
        index: None,
    }
}

fn quote(inside: &[u8]) -> Box<[u8]> {
    [b"\"", inside, b"\""].concat().into_boxed_slice()
}

impl Schema {
    /// Reads a schema from the canonical text of an object; the key field is added if it is absent.
    pub(crate) fn read(text: &[u8], key_quoted: &[u8]) -> Result<Schema> {
        if !text.starts_with(b"{") {
            return Err(Error::option(
                "schema",
                "must be null or an object from field to type",
            ));
        }
        let mut rules = Vec::new();
        for (name, given) in members(text) {
            if rules.len() >= MAX_LISTED {
                return Err(exceeded("fields of a schema", MAX_LISTED));
            }
            if name.len() > MAX_OPERAND {
                return Err(exceeded("bytes of a field's name in a schema", MAX_OPERAND));
            }
            rules.push(Rule::read(quote(name), given)?);
        }
        match rules.iter().find(|rule| &*rule.quoted == key_quoted) {
            None => rules.push(Rule::read(Box::from(key_quoted), b"\"int\"")?),
            Some(rule) => rule.check_key()?,
        }
        let names = rules.iter().enumerate();
        let by_name = names.map(|(at, rule)| (rule.quoted.clone(), at)).collect();
        Ok(Schema { rules, by_name })
    }

    /// Checks one field that a record or a change has; returns its position in the schema.
    pub(crate) fn check(&self, quoted: &[u8], text: &[u8]) -> Result<usize> {
        let value = Value::read(text);
        let at = self.by_name.get(quoted).copied();
        match at.and_then(|at| Some((at, self.rules.get(at)?))) {
            Some((at, rule)) => rule.check(value).map(|()| at),
            None => Err(no_such_field(quoted, type_name(value))),
        }
    }

    /// The error that it knows no field of a name.
    pub(crate) fn unknown(&self, name: &str) -> Error {
        no_such_field(&quoted(name), "a column")
    }

    /// Whether it has nothing but names of types.
    pub(crate) fn is_plain(&self) -> bool {
        self.rules.iter().all(|rule| rule.given.starts_with(b"\""))
    }

    /// How many fields it has.
    pub(crate) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Checks what a record lacks, given which fields it has. Returns the fields that defaults fill, with their values.
    pub(crate) fn fill(&self, has: &[bool], key_quoted: &[u8]) -> Result<Vec<(&[u8], &[u8])>> {
        let mut filled = Vec::new();
        let lacks = |at: usize| has.get(at) != Some(&true);
        let lacking = self.rules.iter().enumerate().filter(|(at, _)| lacks(*at));
        for (_, rule) in lacking {
            let is_automatic = &*rule.quoted == key_quoted && rule.kind == Type::Int;
            match &rule.default {
                Some(default) => filled.push((&*rule.quoted, &**default)),
                None if rule.nullable || is_automatic => {}
                None => return Err(rule.violation("missing")),
            }
        }
        Ok(filled)
    }

    /// What is said of a field.
    pub(crate) fn expectation(&self, name: &str) -> Option<Expectation> {
        let at = self.by_name.get(&*quoted(name))?;
        let rule = self.rules.get(*at)?;
        Some(Expectation {
            kind: rule.kind.name(),
            takes_null: rule.nullable || rule.default.is_none(),
        })
    }

    /// Field names, in order.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.rules
            .iter()
            .filter_map(|rule| string_of(&rule.quoted).map(|name| name.into_owned()))
            .collect()
    }

    /// Appends the schema as it was given, with the key field.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (at, rule) in self.rules.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&rule.quoted);
            out.push(b':');
            out.extend_from_slice(&rule.given);
        }
        out.push(b'}');
    }
}

impl Rule {
    fn read(quoted: Box<[u8]>, given: &[u8]) -> Result<Rule> {
        let field = display(&quoted);
        let wrong = |what: &str| Error::option("schema", format!("field {field:?}: {what}"));
        let unknown = "a type is one of \"int\", \"str\", \"float\", \"bool\", \"list\", \"dict\", or an object with \"type\"";
        let mut rule = Rule {
            quoted,
            kind: Type::Int,
            nullable: false,
            default: None,
            given: copy(given)?.into_boxed_slice(),
        };
        if !given.starts_with(b"{") {
            rule.kind = Type::named(given).ok_or_else(|| wrong(unknown))?;
            return Ok(rule);
        }
        let mut kind = None;
        for (name, value) in members(given) {
            match (name, value) {
                (b"type", value) => kind = Some(Type::named(value).ok_or_else(|| wrong(unknown))?),
                (b"nullable", b"true") => rule.nullable = true,
                (b"nullable", b"false") => {}
                (b"nullable", _) => return Err(wrong("\"nullable\" must be true or false")),
                (b"default", value) => rule.default = Some(copy(value)?.into_boxed_slice()),
                (other, _) => {
                    let other = shorten(&String::from_utf8_lossy(other));
                    return Err(wrong(&format!(
                        "unknown member \"{other}\"; known are \"type\", \"nullable\", \"default\""
                    )));
                }
            }
        }
        rule.kind = kind.ok_or_else(|| wrong("has no \"type\""))?;
        if let Some(default) = &rule.default {
            rule.check(Value::read(default))?;
        }
        Ok(rule)
    }

    fn check_key(&self) -> Result<()> {
        let field = display(&self.quoted);
        if !matches!(self.kind, Type::Int | Type::Str) {
            return Err(Error::option(
                "schema",
                format!("field {field:?} is the key: its type must be \"int\" or \"str\""),
            ));
        }
        if self.nullable || self.default.is_some() {
            return Err(Error::option(
                "schema",
                format!(
                    "field {field:?} is the key: it can be neither nullable nor have a default"
                ),
            ));
        }
        Ok(())
    }

    fn check(&self, value: Value<'_>) -> Result<()> {
        let fits = match value {
            Value::Null => self.nullable,
            value => self.kind.accepts(value),
        };
        if fits {
            Ok(())
        } else {
            Err(self.violation(type_name(value)))
        }
    }

    fn violation(&self, actual: &str) -> Error {
        Error::Schema {
            field: display(&self.quoted),
            expected: self.kind.name().to_owned(),
            actual: actual.to_owned(),
            index: None,
        }
    }
}
