//! JSON values as a tree, with the spelling of numbers kept; equality, the total order, and canonical text.

use std::cmp::Ordering;
use std::fmt::Write;

#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    /// As it was spelled.
    Number(String),
    Str(String),
    List(Vec<Value>),
    Dict(Vec<(String, Value)>),
}

/// A number as mathematics sees it.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    Int(i128),
    Float(f64),
}

impl Value {
    /// The names that schema errors use.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(text) if is_integer(text) => "int",
            Value::Number(_) => "float",
            Value::Str(_) => "str",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
        }
    }

    /// The place of the value's kind in the total order.
    pub fn kind(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::Str(_) => 3,
            Value::List(_) => 4,
            Value::Dict(_) => 5,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The field of an object.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Dict(fields) => fields.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Canonical text: no white space, minimal escapes, numbers as spelled.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.print(&mut out);
        out
    }

    fn print(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            Value::Number(text) => out.push_str(text),
            Value::Str(text) => print_string(text, out),
            Value::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.print(out);
                }
                out.push(']');
            }
            Value::Dict(fields) => {
                out.push('{');
                for (i, (name, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    print_string(name, out);
                    out.push(':');
                    value.print(out);
                }
                out.push('}');
            }
        }
    }
}

fn print_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a number is spelled as an integer.
pub fn is_integer(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

pub fn number(text: &str) -> Number {
    if is_integer(text) {
        Number::Int(text.parse().unwrap())
    } else {
        Number::Float(text.parse().unwrap())
    }
}

/// Equality by value. An object's field order does not count.
pub fn same(a: &Value, b: &Value) -> bool {
    order(a, b) == Ordering::Equal
}

/// The total order: null < false < true < numbers < strings < arrays < objects.
pub fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => order_numbers(number(a), number(b)),
        (Value::Str(a), Value::Str(b)) => a.chars().cmp(b.chars()),
        (Value::List(a), Value::List(b)) => order_lists(a, b),
        (Value::Dict(a), Value::Dict(b)) => order_dicts(a, b),
        _ => a.kind().cmp(&b.kind()),
    }
}

fn order_lists(a: &[Value], b: &[Value]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        let found = order(x, y);
        if found != Ordering::Equal {
            return found;
        }
    }
    a.len().cmp(&b.len())
}

fn order_dicts(a: &[(String, Value)], b: &[(String, Value)]) -> Ordering {
    let sorted = |fields: &[(String, Value)]| {
        let mut fields = fields.to_vec();
        fields.sort_by(|x, y| x.0.cmp(&y.0));
        fields
    };
    let (a, b) = (sorted(a), sorted(b));
    for (x, y) in a.iter().zip(&b) {
        let found = x.0.cmp(&y.0).then_with(|| order(&x.1, &y.1));
        if found != Ordering::Equal {
            return found;
        }
    }
    a.len().cmp(&b.len())
}

fn order_numbers(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a.cmp(&b),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b).unwrap(),
        (Number::Int(a), Number::Float(b)) => order_mixed(a, b),
        (Number::Float(a), Number::Int(b)) => order_mixed(b, a).reverse(),
    }
}

/// Exactly, without rounding the integer.
fn order_mixed(a: i128, b: f64) -> Ordering {
    if b >= 1e30 {
        return Ordering::Less;
    }
    if b <= -1e30 {
        return Ordering::Greater;
    }
    let whole = b.trunc();
    let fraction = b - whole;
    a.cmp(&(whole as i128))
        .then_with(|| 0.0.partial_cmp(&fraction).unwrap())
}
