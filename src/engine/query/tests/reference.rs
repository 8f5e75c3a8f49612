//! Aggregates as they are defined, on trees of values.

use serde_json::{json, Map, Value};
use std::cmp::Ordering;

/// A field as it is written, and where to find it.
pub(super) const FIELDS: [(&str, &str); 6] = [
    ("a", "/a"),
    ("b", "/b"),
    ("c", "/c"),
    ("o.x", "/o/x"),
    ("o.y[0]", "/o/y/0"),
    ("none", "/none"),
];

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// An integer, or a double.
fn number(value: &Value) -> Result<i128, f64> {
    let integer = value.as_i64().map(i128::from);
    let integer = integer.or(value.as_u64().map(i128::from));
    integer.ok_or(value.as_f64().unwrap())
}

/// Far from all integers a double decides by its sign; else its whole part and what is left do.
fn mixed(integer: i128, double: f64) -> Ordering {
    if double.abs() > 1e30 {
        return 0.0.partial_cmp(&double).unwrap();
    }
    let rest = double - double.floor();
    integer
        .cmp(&(double.floor() as i128))
        .then(0.0.partial_cmp(&rest).unwrap())
}

pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(_), Value::Number(_)) => match (number(a), number(b)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Err(a), Err(b)) => a.partial_cmp(&b).unwrap(),
            (Ok(a), Err(b)) => mixed(a, b),
            (Err(a), Ok(b)) => mixed(b, a).reverse(),
        },
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let orders = a.iter().zip(b).map(|(a, b)| order(a, b));
            let first = orders.into_iter().find(|order| order.is_ne());
            first.unwrap_or(a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            let sorted = |map: &Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                let pairs = keys.iter().map(|key| json!([key, map[key]]));
                Value::Array(pairs.collect())
            };
            order(&sorted(a), &sorted(b))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

pub(super) fn look_up(record: &Value, field: &str) -> Value {
    let pointer = FIELDS.iter().find(|(name, _)| *name == field).unwrap().1;
    record.pointer(pointer).cloned().unwrap_or(Value::Null)
}

/// Neumaier's sum of the doubles, and then of the integers' exact sum in two parts.
fn sum(numbers: &[Value]) -> f64 {
    let mut doubles: Vec<f64> = numbers
        .iter()
        .filter_map(|value| number(value).err())
        .collect();
    let integers: i128 = numbers.iter().filter_map(|value| number(value).ok()).sum();
    doubles.push(integers as f64);
    doubles.push((integers - integers as f64 as i128) as f64);
    let (mut sum, mut compensation) = (0.0_f64, 0.0_f64);
    for double in doubles {
        let next = sum + double;
        if sum.abs() >= double.abs() {
            compensation += (sum - next) + double;
        } else {
            compensation += (double - next) + sum;
        }
        sum = next;
    }
    sum + compensation
}

/// `None` if the value cannot be represented; a value of another kind is found before.
pub(super) fn aggregate(function: &str, field: Option<&str>, records: &[Value]) -> Option<Value> {
    let Some(field) = field else {
        return Some(json!(records.len()));
    };
    let values = records.iter().map(|record| look_up(record, field));
    let values: Vec<Value> = values.filter(|value| !value.is_null()).collect();
    let best = |wanted: Ordering| {
        let mut best = values.first()?;
        for value in &values {
            if order(value, best) == wanted {
                best = value;
            }
        }
        Some(best.clone())
    };
    Some(match function {
        "count" => json!(values.len()),
        "count_distinct" => {
            let mut different: Vec<&Value> = Vec::new();
            for value in &values {
                if different.iter().all(|other| order(other, value).is_ne()) {
                    different.push(value);
                }
            }
            json!(different.len())
        }
        "sum" | "avg" if values.is_empty() => Value::Null,
        "sum" if values.iter().all(|value| number(value).is_ok()) => {
            let sum: i128 = values.iter().map(|value| number(value).unwrap()).sum();
            match (i64::try_from(sum), u64::try_from(sum)) {
                (Ok(sum), _) => json!(sum),
                (_, Ok(sum)) => json!(sum),
                _ => return None,
            }
        }
        "sum" => Some(sum(&values))
            .filter(|sum| sum.is_finite())
            .map(|sum| json!(sum))?,
        "avg" => {
            let sum = Some(sum(&values)).filter(|sum| sum.is_finite())?;
            json!(sum / values.len() as f64)
        }
        "min" => best(Ordering::Less).unwrap_or(Value::Null),
        "max" => best(Ordering::Greater).unwrap_or(Value::Null),
        _ => unreachable!(),
    })
}
