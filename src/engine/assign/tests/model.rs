//! The language over trees of values, as its description reads.

use serde_json::{json, Map, Number, Value};
use std::cmp::Ordering;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Name(String),
    Position(usize),
}

pub(super) type Path = Vec<Step>;

#[derive(Debug, Clone)]
pub(super) enum Tree {
    Literal(Value),
    Parameter(usize),
    Field(Path),
    Negate(Box<Tree>),
    Binary(&'static str, Box<Tree>, Box<Tree>),
    Call(&'static str, Vec<Tree>),
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(Path, Tree),
    Remove(Path),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Wrong {
    Kind,
    Range,
}

impl Change {
    pub(super) fn path(&self) -> &Path {
        match self {
            Change::Set(path, _) | Change::Remove(path) => path,
        }
    }

    pub(super) fn render(&self) -> String {
        match self {
            Change::Set(path, tree) => format!("{}={}", spelled(path), tree.render(0)),
            Change::Remove(path) => format!("remove({})", spelled(path)),
        }
    }
}

pub(super) fn spelled(path: &Path) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) => {
                text.push_str(if text.is_empty() { "" } else { "." });
                let is_plain = !name.is_empty() && name.chars().all(char::is_alphabetic);
                match is_plain && name != "or" {
                    true => text.push_str(name),
                    false => text.push_str(&format!("`{}`", name.replace('`', "``"))),
                }
            }
            Step::Position(position) => text.push_str(&format!("[{position}]")),
        }
    }
    text
}

impl Tree {
    /// With no more parentheses than needed where operands bind at least as tightly as `outer` says.
    fn render(&self, outer: u8) -> String {
        let (rank, text) = match self {
            Tree::Literal(value) => (4, value.to_string()),
            Tree::Parameter(number) => (5, format!("?{number}")),
            Tree::Field(path) => (5, spelled(path)),
            Tree::Negate(operand) => match &**operand {
                Tree::Literal(value) if value.is_number() => (4, format!("-({value})")),
                operand => (4, format!("-{}", operand.render(4))),
            },
            Tree::Binary(operator, left, right) => {
                let rank = match *operator {
                    "||" => 1,
                    "+" | "-" => 2,
                    _ => 3,
                };
                let (left, right) = (left.render(rank), right.render(rank + 1));
                (rank, format!("{left}{operator}{right}"))
            }
            Tree::Call(name, arguments) => {
                let list: Vec<String> = arguments.iter().map(|tree| tree.render(0)).collect();
                (5, format!("{name}({})", list.join(" , ")))
            }
        };
        if rank < outer {
            format!("({text})")
        } else {
            text
        }
    }

    fn value(&self, record: &Value, params: &[Value]) -> Result<Value, Wrong> {
        Ok(match self {
            Tree::Literal(value) => value.clone(),
            Tree::Parameter(number) => params[number - 1].clone(),
            Tree::Field(path) => lookup(record, path).cloned().unwrap_or(Value::Null),
            Tree::Negate(operand) => {
                arithmetic("-", &json!(0), &number(operand.value(record, params)?)?)?
            }
            Tree::Binary("||", left, right) => {
                let left = string(left.value(record, params)?)?;
                let right = string(right.value(record, params)?)?;
                json!(left + &right)
            }
            Tree::Binary(operator, left, right) => {
                let left = number(left.value(record, params)?)?;
                let right = number(right.value(record, params)?)?;
                arithmetic(operator, &left, &right)?
            }
            Tree::Call("append", arguments) => {
                let mut list = match arguments[0].value(record, params)? {
                    Value::Null => Vec::new(),
                    Value::Array(list) => list,
                    _ => return Err(Wrong::Kind),
                };
                for argument in &arguments[1..] {
                    list.push(argument.value(record, params)?);
                }
                Value::Array(list)
            }
            Tree::Call("coalesce", arguments) => {
                for argument in arguments {
                    let value = argument.value(record, params)?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                Value::Null
            }
            Tree::Call(name, arguments) => {
                let values: Result<Vec<Value>, Wrong> = arguments
                    .iter()
                    .map(|tree| tree.value(record, params))
                    .collect();
                let values = values?.into_iter().filter(|value| !value.is_null());
                let best = values.reduce(|best, value| {
                    let wanted = if *name == "min" {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    };
                    if order(&value, &best) == wanted {
                        value
                    } else {
                        best
                    }
                });
                best.unwrap_or(Value::Null)
            }
        })
    }
}

fn number(value: Value) -> Result<Value, Wrong> {
    if value.is_number() {
        Ok(value)
    } else {
        Err(Wrong::Kind)
    }
}

fn string(value: Value) -> Result<String, Wrong> {
    value.as_str().map(str::to_owned).ok_or(Wrong::Kind)
}

fn integer(value: &Value) -> Option<i128> {
    value
        .as_i64()
        .map(i128::from)
        .or(value.as_u64().map(i128::from))
}

fn arithmetic(operator: &str, a: &Value, b: &Value) -> Result<Value, Wrong> {
    if let (Some(a), Some(b)) = (integer(a), integer(b)) {
        let result = match operator {
            "+" => Some(a + b),
            "-" => Some(a - b),
            // Within 2^128 if both are; with a sign it is out of range anyhow.
            "*" => Some(a.checked_mul(b).ok_or(Wrong::Range)?),
            _ if b == 0 => return Err(Wrong::Kind),
            _ => (a % b == 0).then(|| a / b),
        };
        if let Some(result) = result {
            let value = i64::try_from(result).map(Value::from);
            return value
                .or(u64::try_from(result).map(Value::from))
                .map_err(|_| Wrong::Range);
        }
    }
    let float = |value: &Value| integer(value).map_or(value.as_f64().unwrap(), |int| int as f64);
    let (a, b) = (float(a), float(b));
    let result = match operator {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        _ if b == 0.0 => return Err(Wrong::Kind),
        _ => a / b,
    };
    Number::from_f64(result)
        .map(Value::Number)
        .ok_or(Wrong::Range)
}

fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    let mixed = |int: i128, float: f64| {
        let by_whole = int.cmp(&(float.floor() as i128));
        by_whole.then(if float > float.floor() {
            Ordering::Less
        } else {
            Ordering::Equal
        })
    };
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(x), Value::Number(y)) => match (integer(a), integer(b)) {
            (Some(x), Some(y)) => x.cmp(&y),
            (Some(x), None) => mixed(x, y.as_f64().unwrap()),
            (None, Some(y)) => mixed(y, x.as_f64().unwrap()).reverse(),
            (None, None) => x.as_f64().partial_cmp(&y.as_f64()).unwrap(),
        },
        (Value::Array(a), Value::Array(b)) => {
            let pairs = a.iter().zip(b).map(|(a, b)| order(a, b));
            pairs
                .fold(Ordering::Equal, Ordering::then)
                .then(a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            let sorted = |map: &Map<String, Value>| {
                let mut list: Vec<_> = map.clone().into_iter().collect();
                list.sort_by(|a, b| a.0.cmp(&b.0));
                list
            };
            let (a, b) = (sorted(a), sorted(b));
            let pairs = a
                .iter()
                .zip(&b)
                .map(|(a, b)| a.0.cmp(&b.0).then(order(&a.1, &b.1)));
            pairs
                .fold(Ordering::Equal, Ordering::then)
                .then(a.len().cmp(&b.len()))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn lookup<'v>(value: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.as_object()?.get(name),
        Step::Position(position) => value.as_array()?.get(*position),
    })
}

/// Whether one of the two is the other, or a part of it.
pub(super) fn conflict(a: &[Step], b: &[Step]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Stands where something was removed, until all is done.
const HOLE: &str = "\u{0}hole";

fn set(value: &mut Value, path: &[Step], new: &Value) -> Result<bool, Wrong> {
    let Some((step, rest)) = path.split_first() else {
        *value = new.clone();
        return Ok(true);
    };
    match step {
        Step::Name(name) => {
            if value.is_null() {
                *value = json!({});
            }
            let map = value.as_object_mut().ok_or(Wrong::Kind)?;
            set(map.entry(name.clone()).or_insert(Value::Null), rest, new)
        }
        Step::Position(position) => {
            if value.is_null() {
                *value = json!([]);
            }
            let list = value.as_array_mut().ok_or(Wrong::Kind)?;
            if *position > list.len() {
                return Ok(false);
            }
            if *position == list.len() {
                list.push(Value::Null);
            }
            set(&mut list[*position], rest, new)
        }
    }
}

fn punch(value: &mut Value, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else {
        *value = json!(HOLE);
        return;
    };
    let inner = match step {
        Step::Name(name) => value.as_object_mut().and_then(|map| map.get_mut(name)),
        Step::Position(position) => value
            .as_array_mut()
            .and_then(|list| list.get_mut(*position)),
    };
    if let Some(inner) = inner {
        punch(inner, rest);
    }
}

fn close_holes(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|value| *value != HOLE);
            list.iter_mut().for_each(close_holes);
        }
        Value::Object(map) => {
            map.retain(|_, value| *value != HOLE);
            map.values_mut().for_each(close_holes);
        }
        _ => {}
    }
}

/// The changed record; or what is wrong, and in which assignment if that is certain.
pub(super) fn apply(
    changes: &[Change],
    record: &Value,
    params: &[Value],
) -> Result<Value, (Wrong, Option<usize>)> {
    let mut pending = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        if let Change::Set(path, tree) = change {
            let value = tree
                .value(record, params)
                .map_err(|wrong| (wrong, Some(at)))?;
            pending.push((path, value));
        }
    }
    let mut result = record.clone();
    changes.iter().for_each(|change| {
        if let Change::Remove(path) = change {
            punch(&mut result, path);
        }
    });
    // An element may wait for the one before it.
    while !pending.is_empty() {
        let count = pending.len();
        let mut waiting = Vec::new();
        for (path, value) in pending {
            if !set(&mut result, path, &value).map_err(|wrong| (wrong, None))? {
                waiting.push((path, value));
            }
        }
        if waiting.len() == count {
            return Err((Wrong::Kind, None));
        }
        pending = waiting;
    }
    close_holes(&mut result);
    Ok(result)
}
