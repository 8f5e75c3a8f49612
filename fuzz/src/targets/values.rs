//! Values of parameters: those that an input gives, or a standard list as long as it is asked for.

use super::model::parse::parse;
use super::model::value::Value;

const STANDARD: &[&str] = &[
    "1",
    r#""a""#,
    "[1,\"a\",null]",
    "null",
    "2",
    r#""ab%""#,
    "-1.5",
    "true",
    r#""abcdefgh""#,
    "[]",
    "{\"b\":1}",
    "18446744073709551615",
];

/// What stands between the texts of an input; no UTF-8 text has it.
pub const BORDER: u8 = 0xff;

/// An input that is cut in two: a text, and the array of the parameters if there is one.
pub fn split(input: &[u8]) -> (&[u8], Option<&[u8]>) {
    match input.iter().position(|byte| *byte == BORDER) {
        Some(at) => (&input[..at], Some(&input[at + 1..])),
        None => (input, None),
    }
}

/// The texts of the elements of an array; `None` if it is none.
pub fn read(array: &[u8]) -> Option<Vec<String>> {
    match parse(std::str::from_utf8(array).ok()?) {
        Ok(Value::List(items)) => Some(items.iter().map(Value::text).collect()),
        _ => None,
    }
}

/// So many values.
pub fn standard(count: usize) -> Vec<String> {
    (0..count)
        .map(|place| STANDARD[place % STANDARD.len()].to_owned())
        .collect()
}

/// The array of them.
pub fn array(values: &[String]) -> String {
    format!("[{}]", values.join(","))
}
