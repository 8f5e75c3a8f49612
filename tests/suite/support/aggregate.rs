//! Groups and aggregates, in the most obvious way.

use super::path::{look_up, parse_path};
use super::value::{is_integer, number, order, same, Number, Value};
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

/// A function of a field; without one, of the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    pub function: Function,
    pub field: Option<String>,
    /// How it is written, when it has no field.
    pub star: bool,
}

/// Why something cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    Type,
    Overflow,
}

/// A value; for one that rounding may change, how large the numbers were that it came from.
#[derive(Debug, Clone)]
pub struct Cell {
    pub value: Value,
    pub rounded: Option<f64>,
}

impl Aggregate {
    pub fn new(function: Function, field: &str) -> Aggregate {
        Aggregate {
            function,
            field: Some(field.to_owned()),
            star: false,
        }
    }

    pub fn text(&self) -> String {
        let name = match self.function {
            Function::Count => "count",
            Function::CountDistinct => "count_distinct",
            Function::Sum => "sum",
            Function::Avg => "avg",
            Function::Min => "min",
            Function::Max => "max",
        };
        let none = if self.star { "*" } else { "" };
        format!("{name}({})", self.field.as_deref().unwrap_or(none))
    }

    pub fn of(&self, records: &[&Value]) -> Result<Cell, Why> {
        let Some(field) = &self.field else {
            return Ok(exact(integer(records.len() as i128)));
        };
        let path = parse_path(field).unwrap();
        let values = records.iter().map(|record| look_up(record, &path));
        let values: Vec<Value> = values.filter(|value| !value.is_null()).collect();
        match self.function {
            Function::Count => Ok(exact(integer(values.len() as i128))),
            Function::CountDistinct => {
                let mut different: Vec<&Value> = Vec::new();
                for value in &values {
                    if !different.iter().any(|other| same(other, value)) {
                        different.push(value);
                    }
                }
                Ok(exact(integer(different.len() as i128)))
            }
            Function::Sum => sum(&values),
            Function::Avg => avg(&values),
            Function::Min => Ok(exact(extreme(&values, Ordering::Less))),
            Function::Max => Ok(exact(extreme(&values, Ordering::Greater))),
        }
    }
}

pub fn integer(value: i128) -> Value {
    Value::Number(value.to_string())
}

/// As it is printed.
pub fn float(value: f64) -> Result<Value, Why> {
    match value.is_finite() {
        true => Ok(Value::Number(serde_json::to_string(&value).unwrap())),
        false => Err(Why::Overflow),
    }
}

pub fn in_range(value: i128) -> Result<Value, Why> {
    match (-(1_i128 << 63)..1_i128 << 64).contains(&value) {
        true => Ok(integer(value)),
        false => Err(Why::Overflow),
    }
}

fn exact(value: Value) -> Cell {
    Cell {
        value,
        rounded: None,
    }
}

/// The first one that no other goes beyond; nulls are gone already.
pub fn extreme(values: &[Value], beyond: Ordering) -> Value {
    let mut best: Option<&Value> = None;
    for value in values {
        if best.is_none_or(|best| order(value, best) == beyond) {
            best = Some(value);
        }
    }
    best.cloned().unwrap_or(Value::Null)
}

/// Integers exactly; floats with Neumaier's compensation, one after the other.
struct Total {
    integers: i128,
    sum: f64,
    compensation: f64,
    has_float: bool,
    magnitude: f64,
}

impl Total {
    fn of(values: &[Value]) -> Result<Total, Why> {
        let mut total = Total {
            integers: 0,
            sum: 0.0,
            compensation: 0.0,
            has_float: false,
            magnitude: 0.0,
        };
        for value in values {
            let Value::Number(text) = value else {
                return Err(Why::Type);
            };
            match number(text) {
                Number::Int(value) => {
                    total.integers += value;
                    total.magnitude += (value as f64).abs();
                }
                Number::Float(value) => total.add(value),
            }
        }
        Ok(total)
    }

    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.compensation += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
        self.has_float = true;
        self.magnitude += value.abs();
    }

    fn as_float(&self) -> f64 {
        match self.has_float {
            true => self.integers as f64 + (self.sum + self.compensation),
            false => self.integers as f64,
        }
    }
}

fn sum(values: &[Value]) -> Result<Cell, Why> {
    if values.is_empty() {
        return Ok(exact(Value::Null));
    }
    let total = Total::of(values)?;
    if !total.has_float {
        return in_range(total.integers).map(exact);
    }
    Ok(Cell {
        value: float(total.as_float())?,
        rounded: Some(total.magnitude),
    })
}

fn avg(values: &[Value]) -> Result<Cell, Why> {
    if values.is_empty() {
        return Ok(exact(Value::Null));
    }
    let total = Total::of(values)?;
    Ok(Cell {
        value: float(total.as_float() / values.len() as f64)?,
        rounded: Some(total.magnitude / values.len() as f64),
    })
}

/// Whether a value is the cell's, but for rounding. A double stays one.
pub fn is_near(cell: &Cell, found: &Value) -> bool {
    match (cell.rounded, &cell.value, found) {
        (Some(magnitude), Value::Number(wanted), Value::Number(told)) if !is_integer(told) => {
            let (Ok(wanted), Ok(told)) = (wanted.parse::<f64>(), told.parse::<f64>()) else {
                return false;
            };
            (wanted - told).abs() <= 1e-12 * magnitude
        }
        (_, wanted, found) => wanted.text() == found.text(),
    }
}

/// The records in groups of equal values, in the order in which the first of each comes.
pub fn groups<'a>(records: &[&'a Value], fields: &[String]) -> Vec<(Vec<Value>, Vec<&'a Value>)> {
    let paths: Vec<_> = fields
        .iter()
        .map(|field| parse_path(field).unwrap())
        .collect();
    let mut groups: Vec<(Vec<Value>, Vec<&Value>)> = Vec::new();
    for record in records {
        let values: Vec<Value> = paths.iter().map(|path| look_up(record, path)).collect();
        let equal = |group: &&mut (Vec<Value>, Vec<&Value>)| {
            group.0.iter().zip(&values).all(|(a, b)| same(a, b))
        };
        match groups.iter_mut().find(equal) {
            Some(group) => group.1.push(record),
            None => groups.push((values, vec![record])),
        }
    }
    groups
}
