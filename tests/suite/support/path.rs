//! Field references: `age`, `address.city`, `tags[0]`, `` `a.b` ``.

use super::fault::Fault;
use super::value::Value;

#[derive(Debug, Clone)]
pub enum Step {
    Name(String),
    Item(usize),
}

/// A name, then `.name` or `[number]` as often as wanted.
pub fn parse_path(text: &str) -> Result<Vec<Step>, Fault> {
    let chars: Vec<char> = text.chars().collect();
    let mut steps = Vec::new();
    let mut at = read_name(&chars, 0, &mut steps)?;
    while at < chars.len() {
        at = match chars[at] {
            '.' => read_name(&chars, at + 1, &mut steps)?,
            '[' => read_index(&chars, at + 1, &mut steps)?,
            _ => return Err(Fault::Parse),
        };
    }
    Ok(steps)
}

fn read_name(chars: &[char], mut at: usize, steps: &mut Vec<Step>) -> Result<usize, Fault> {
    let mut name = String::new();
    if chars.get(at) == Some(&'`') {
        at += 1;
        loop {
            match (chars.get(at), chars.get(at + 1)) {
                (Some('`'), Some('`')) => {
                    name.push('`');
                    at += 2;
                }
                (Some('`'), _) => break,
                (Some(c), _) => {
                    name.push(*c);
                    at += 1;
                }
                (None, _) => return Err(Fault::Parse),
            }
        }
        steps.push(Step::Name(name));
        return Ok(at + 1);
    }
    while at < chars.len() && !".[]`".contains(chars[at]) {
        name.push(chars[at]);
        at += 1;
    }
    if name.is_empty() {
        return Err(Fault::Parse);
    }
    steps.push(Step::Name(name));
    Ok(at)
}

fn read_index(chars: &[char], mut at: usize, steps: &mut Vec<Step>) -> Result<usize, Fault> {
    let mut digits = String::new();
    while at < chars.len() && chars[at].is_ascii_digit() {
        digits.push(chars[at]);
        at += 1;
    }
    if chars.get(at) != Some(&']') {
        return Err(Fault::Parse);
    }
    steps.push(Step::Item(digits.parse().map_err(|_| Fault::Parse)?));
    Ok(at + 1)
}

/// The value at the path; a missing one is null.
pub fn look_up(record: &Value, path: &[Step]) -> Value {
    let mut value = record;
    for step in path {
        let next = match (step, value) {
            (Step::Name(name), Value::Dict(_)) => value.field(name),
            (Step::Item(index), Value::List(items)) => items.get(*index),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Value::Null,
        }
    }
    value.clone()
}
