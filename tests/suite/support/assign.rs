//! Update expressions: what they do to a record, and how they are written.

use super::aggregate::{extreme, float, in_range, Why};
use super::fault::Fault;
use super::parse::parse;
use super::path::{look_up, parse_path, Step};
use super::predicate::Pred;
use super::query::fault;
use super::say::{Say, Want};
use super::table::{taken, Key, Table};
use super::value::{number, Number, Value};
use std::cmp::Ordering;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Join,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Call {
    Append,
    Coalesce,
    Min,
    Max,
}

#[derive(Clone)]
pub enum Expr {
    /// JSON text.
    Literal(String),
    Field(String),
    Minus(Box<Expr>),
    Of(Sign, Box<Expr>, Box<Expr>),
    Call(Call, Vec<Expr>),
}

/// Assignments: a field and what it is set to, or that it is removed.
#[derive(Clone)]
pub struct Set(pub Vec<(String, Option<Expr>)>);

/// Each reason for which the value may be said not to exist.
type Found<T> = Result<T, Vec<Why>>;

fn one<T>(found: Result<T, Why>) -> Found<T> {
    found.map_err(|why| vec![why])
}

impl Expr {
    pub fn value(&self, record: &Value) -> Found<Value> {
        match self {
            Expr::Literal(json) => Ok(parse(json).unwrap()),
            Expr::Field(field) => Ok(look_up(record, &parse_path(field).unwrap())),
            Expr::Minus(operand) => {
                let zero = Value::Number("0".to_owned());
                one(compute(Sign::Subtract, &zero, &operand.value(record)?))
            }
            Expr::Of(sign, left, right) => match (left.value(record), right.value(record)) {
                (Ok(left), Ok(right)) => one(compute(*sign, &left, &right)),
                (Err(left), Err(right)) => Err([left, right].concat()),
                // The other operand may have the wrong type besides.
                (Err(whys), Ok(other)) | (Ok(other), Err(whys)) => {
                    let fits = match sign {
                        Sign::Join => matches!(other, Value::Str(_)),
                        _ => matches!(other, Value::Number(_)),
                    };
                    Err(if fits {
                        whys
                    } else {
                        [whys, vec![Why::Type]].concat()
                    })
                }
            },
            Expr::Call(Call::Coalesce, operands) => {
                // Those behind the first that is not null are not computed.
                for operand in operands {
                    let value = operand.value(record)?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                Ok(Value::Null)
            }
            Expr::Call(call, operands) => {
                let mut values = Vec::new();
                let mut whys = Vec::new();
                for operand in operands {
                    match operand.value(record) {
                        Ok(value) => values.push(value),
                        Err(more) => whys.extend(more),
                    }
                }
                if !whys.is_empty() {
                    return Err(whys);
                }
                one(call.value(values))
            }
        }
    }

    fn say(&self, say: &mut Say, level: u8) {
        if say.random.chance(12) {
            return self.in_parentheses(say);
        }
        match self {
            Expr::Literal(json) => say.operand(json, Want::Anything),
            Expr::Field(field) => say.field(field),
            Expr::Minus(operand) => {
                say.token("-");
                match &**operand {
                    // Next to a minus they would be one literal.
                    Expr::Literal(_) => operand.in_parentheses(say),
                    operand => operand.say(say, 3),
                }
            }
            Expr::Of(sign, left, right) => {
                let (own, text) = match sign {
                    Sign::Join => (0, "||"),
                    Sign::Add => (1, "+"),
                    Sign::Subtract => (1, "-"),
                    Sign::Multiply => (2, "*"),
                    Sign::Divide => (2, "/"),
                };
                if own < level {
                    return self.in_parentheses(say);
                }
                left.say(say, own);
                say.token(text);
                right.say(say, own + 1);
            }
            Expr::Call(call, operands) => {
                say.words(match call {
                    Call::Append => "APPEND",
                    Call::Coalesce => "COALESCE",
                    Call::Min => "MIN",
                    Call::Max => "MAX",
                });
                say.token("(");
                for (i, operand) in operands.iter().enumerate() {
                    if i > 0 {
                        say.token(",");
                    }
                    operand.say(say, 0);
                }
                say.token(")");
            }
        }
    }

    fn in_parentheses(&self, say: &mut Say) {
        say.token("(");
        self.say(say, 0);
        say.token(")");
    }
}

fn compute(sign: Sign, left: &Value, right: &Value) -> Result<Value, Why> {
    let (left, right) = match (left, right) {
        (Value::Str(left), Value::Str(right)) if sign == Sign::Join => {
            return Ok(Value::Str(format!("{left}{right}")));
        }
        (Value::Number(left), Value::Number(right)) if sign != Sign::Join => {
            (number(left), number(right))
        }
        _ => return Err(Why::Type),
    };
    if let (Number::Int(a), Number::Int(b)) = (left, right) {
        match sign {
            Sign::Add => return in_range(a + b),
            Sign::Subtract => return in_range(a - b),
            // The largest products do not fit an i128.
            Sign::Multiply => return a.checked_mul(b).ok_or(Why::Overflow).and_then(in_range),
            _ if b == 0 => return Err(Why::Type),
            _ if a % b == 0 => return in_range(a / b),
            _ => {}
        }
    }
    let double = |number| match number {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
    };
    let (a, b) = (double(left), double(right));
    float(match sign {
        Sign::Add => a + b,
        Sign::Subtract => a - b,
        Sign::Multiply => a * b,
        _ if b == 0.0 => return Err(Why::Type),
        _ => a / b,
    })
}

impl Call {
    /// Of all but `COALESCE`.
    fn value(self, mut values: Vec<Value>) -> Result<Value, Why> {
        if self == Call::Append {
            let list = values.remove(0);
            return match list {
                Value::Null => Ok(Value::List(values)),
                Value::List(items) => Ok(Value::List([items, values].concat())),
                _ => Err(Why::Type),
            };
        }
        values.retain(|value| !value.is_null());
        let wanted = match self {
            Call::Min => Ordering::Less,
            _ => Ordering::Greater,
        };
        Ok(extreme(&values, wanted))
    }
}

/// Sets what is at the path; makes what is missing on the way.
fn put(target: &mut Value, path: &[Step], value: Value) -> Result<(), Why> {
    let Some((step, rest)) = path.split_first() else {
        *target = value;
        return Ok(());
    };
    if target.is_null() {
        *target = match step {
            Step::Name(_) => Value::Dict(Vec::new()),
            Step::Item(_) => Value::List(Vec::new()),
        };
    }
    match (step, target) {
        (Step::Name(name), Value::Dict(fields)) => {
            if !fields.iter().any(|(n, _)| n == name) {
                fields.push((name.clone(), Value::Null));
            }
            let place = fields.iter().position(|(n, _)| n == name).unwrap();
            put(&mut fields[place].1, rest, value)
        }
        (Step::Item(item), Value::List(items)) => {
            if *item == items.len() {
                items.push(Value::Null);
            }
            put(items.get_mut(*item).ok_or(Why::Type)?, rest, value)
        }
        _ => Err(Why::Type),
    }
}

/// Takes a field out of what holds it, if it is there.
fn remove(target: &mut Value, path: &[Step]) {
    match (path, target) {
        ([Step::Name(name)], Value::Dict(fields)) => fields.retain(|(n, _)| n != name),
        ([Step::Name(name), rest @ ..], Value::Dict(fields)) => {
            if let Some(field) = fields.iter_mut().find(|(n, _)| n == name) {
                remove(&mut field.1, rest);
            }
        }
        ([Step::Item(item), rest @ ..], Value::List(items)) => {
            if let Some(item) = items.get_mut(*item) {
                remove(item, rest);
            }
        }
        _ => {}
    }
}

impl Set {
    /// Whether one sets the same field as another, or a part of it.
    fn overlaps(&self) -> bool {
        let paths: Vec<Vec<String>> = self
            .0
            .iter()
            .map(|(field, _)| {
                let path = parse_path(field).unwrap();
                path.iter().map(|step| format!("{step:?}")).collect()
            })
            .collect();
        (0..paths.len())
            .any(|i| (0..paths.len()).any(|j| i != j && paths[j].starts_with(paths[i].as_slice())))
    }

    /// What is wrong with it whatever the records.
    pub fn check(&self, key_field: &str) -> Result<(), Fault> {
        if self.overlaps() {
            return Err(Fault::Parse);
        }
        let is_key = |field: &str| match &parse_path(field).unwrap()[..] {
            [Step::Name(name)] => name == key_field,
            _ => false,
        };
        // It is open which error that is.
        match self
            .0
            .iter()
            .any(|(field, expr)| expr.is_none() && is_key(field))
        {
            true => Err(Fault::Any),
            false => Ok(()),
        }
    }

    /// The record after the assignments, of which each sees it as it was before.
    fn apply(&self, record: &Value, key: &Key) -> Result<Value, Fault> {
        let mut after = record.clone();
        let mut faults = Vec::new();
        for (field, expr) in &self.0 {
            let path = parse_path(field).unwrap();
            let done = match expr {
                None => {
                    remove(&mut after, &path);
                    Ok(())
                }
                Some(expr) => expr
                    .value(record)
                    .and_then(|value| one(put(&mut after, &path, value))),
            };
            for why in done.err().unwrap_or_default() {
                faults.push(fault(why, Some(key.text()), Some(field.clone())));
            }
        }
        match faults.is_empty() {
            true => Ok(after),
            false => Err(Fault::AnyOf(faults)),
        }
    }

    pub fn say(&self, say: &mut Say) -> String {
        for (i, (field, expr)) in self.0.iter().enumerate() {
            if i > 0 {
                say.token(",");
            }
            match expr {
                None => {
                    say.words("REMOVE");
                    say.token("(");
                    say.field(field);
                    say.token(")");
                }
                Some(expr) => {
                    say.field(field);
                    say.token("=");
                    expr.say(say, 0);
                }
            }
        }
        say.take()
    }

    /// Forms with less in them.
    pub fn simpler(&self) -> Vec<Set> {
        let mut all = Vec::new();
        for i in 0..self.0.len() {
            if self.0.len() > 1 {
                let mut fewer = self.0.clone();
                fewer.remove(i);
                all.push(Set(fewer));
            }
            let operands = match &self.0[i].1 {
                Some(Expr::Minus(operand)) => vec![(**operand).clone()],
                Some(Expr::Of(_, left, right)) => vec![(**left).clone(), (**right).clone()],
                Some(Expr::Call(_, operands)) => operands.clone(),
                _ => Vec::new(),
            };
            for operand in operands {
                let mut simpler = self.0.clone();
                simpler[i].1 = Some(operand);
                all.push(Set(simpler));
            }
        }
        all
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (field, expr)) in self.0.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            match expr {
                None => write!(f, "{comma}remove(<{field}>)")?,
                Some(expr) => write!(f, "{comma}<{field}> = {expr:?}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Literal(json) => write!(f, "{json}"),
            Expr::Field(field) => write!(f, "<{field}>"),
            Expr::Minus(operand) => write!(f, "minus({operand:?})"),
            Expr::Of(sign, left, right) => write!(f, "({left:?} {sign:?} {right:?})"),
            Expr::Call(call, operands) => write!(f, "{call:?}{operands:?}"),
        }
    }
}

impl Table {
    /// Changes each record that matches: all of them, or none.
    pub fn run_update(&mut self, pred: &Pred, set: &Set) -> Result<usize, Fault> {
        set.check(&self.key_field)?;
        let test = pred.compile()?;
        let places: Vec<usize> = (0..self.rows.len())
            .filter(|&place| test(&self.rows[place].record))
            .collect();
        if places.is_empty() {
            return Err(Fault::NotFound);
        }
        let mut after = Vec::new();
        for &place in &places {
            let row = &self.rows[place];
            after.push(self.fitting(set.apply(&row.record, &row.key)?)?);
        }
        let mut keys: Vec<Key> = self.rows.iter().map(|row| row.key.clone()).collect();
        for (&place, (key, _)) in places.iter().zip(&after) {
            keys[place] = key.clone();
        }
        let moved = places
            .iter()
            .filter(|&&place| keys[place] != self.rows[place].key);
        let taken: Vec<Fault> = moved
            .filter(|&&place| {
                keys.iter()
                    .enumerate()
                    .any(|(i, key)| i != place && *key == keys[place])
            })
            .map(|&place| taken(&keys[place]))
            .collect();
        if !taken.is_empty() {
            return Err(Fault::AnyOf(taken));
        }
        let mut after = after.into_iter();
        self.replace(&places, |row| (row.key, row.record) = after.next().unwrap())
    }

    /// The key of a changed record, and the record with the defaults of fields that are gone.
    fn fitting(&self, record: Value) -> Result<(Key, Value), Fault> {
        let Value::Dict(mut fields) = record else {
            panic!("a record is an object");
        };
        let mut faults = Vec::new();
        if let Some(schema) = &self.schema {
            let each = fields.chunks(1).map(|field| schema.check_given(field));
            faults.extend(each.filter_map(Result::err));
            faults.extend(schema.complete(&mut fields, &self.key_field).err());
        }
        let key = fields.iter().find(|(name, _)| *name == self.key_field);
        let key = Key::of(&key.unwrap().1);
        faults.extend(key.as_ref().err().cloned());
        match (key, faults.is_empty()) {
            (Ok(key), true) => Ok((key, Value::Dict(fields))),
            _ => Err(Fault::AnyOf(faults)),
        }
    }
}
