//! What a cell says, as JSON.

use crate::engine::{canonical, push_quoted};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Int,
    Float,
    Str,
    Bool,
    List,
    Dict,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::Int,
        Kind::Float,
        Kind::Str,
        Kind::Bool,
        Kind::List,
        Kind::Dict,
    ];

    /// The kind that a schema's type is.
    pub(super) fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Str => "str",
            Kind::Bool => "bool",
            Kind::List => "list",
            Kind::Dict => "dict",
        }
    }

    /// The first kind of int, float and str that this cell is, and no earlier one than this. An empty cell says nothing. Digits
    /// of an integer that is out of range are a string: as a float they would be another number.
    pub(super) fn with(self, cell: &str) -> Kind {
        let is_int = || integer(cell).is_some();
        let is_float = || number(cell).is_some() && !(is_digits(cell) && integer(cell).is_none());
        match self {
            kind if cell.is_empty() => kind,
            Kind::Int if is_int() => Kind::Int,
            Kind::Int | Kind::Float if is_float() => Kind::Float,
            _ => Kind::Str,
        }
    }

    /// Appends a cell's value as JSON, or says that it is none of this kind. An empty cell is null, unless it is a string.
    pub(super) fn write(self, cell: &str, out: &mut Vec<u8>) -> bool {
        match self {
            Kind::Str => push_quoted(out, cell),
            _ if cell.is_empty() => out.extend_from_slice(b"null"),
            Kind::Int => match integer(cell) {
                Some(value) => out.extend_from_slice(value.to_string().as_bytes()),
                None => return false,
            },
            Kind::Float => match number(cell) {
                Some(value) => write_float(cell, value, out),
                None => return false,
            },
            Kind::Bool => match truth(cell) {
                Some(true) => out.extend_from_slice(b"true"),
                Some(false) => out.extend_from_slice(b"false"),
                None => return false,
            },
            Kind::List => return write_json(cell, b'[', out),
            Kind::Dict => return write_json(cell, b'{', out),
        }
        true
    }
}

/// The integer that a cell is, if JSON can have it: decimal digits, maybe with a sign before them.
fn integer(cell: &str) -> Option<i128> {
    let value: i128 = cell.parse().ok()?;
    let range = i128::from(i64::MIN)..=i128::from(u64::MAX);
    range.contains(&value).then_some(value)
}

fn is_digits(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn truth(cell: &str) -> Option<bool> {
    let is_one = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match is_one(&["true", "1", "yes"]) {
        true => Some(true),
        false => is_one(&["false", "0", "no"]).then_some(false),
    }
}

/// The number that a cell is: finite, in decimal notation, maybe with an exponent.
fn number(cell: &str) -> Option<f64> {
    let is_decimal = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let value: f64 = cell.parse().ok()?;
    (cell.bytes().all(is_decimal) && value.is_finite()).then_some(value)
}

/// A float keeps its spelling, if JSON knows it and it tells that this is one.
fn write_float(cell: &str, value: f64, out: &mut Vec<u8>) {
    let is_json = || canonical(cell).is_ok_and(|text| text == cell.as_bytes());
    match !is_digits(cell) && is_json() {
        true => out.extend_from_slice(cell.as_bytes()),
        false => out.extend_from_slice(format!("{value:?}").as_bytes()),
    }
}

fn write_json(cell: &str, opening: u8, out: &mut Vec<u8>) -> bool {
    match canonical(cell) {
        Ok(text) if text.first() == Some(&opening) => out.extend_from_slice(&text),
        _ => return false,
    }
    true
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_first_kind_that_all_its_cells_are() {
        let kind = |cells: &[&str]| cells.iter().fold(Kind::Int, |kind, cell| kind.with(cell));
        assert_eq!(kind(&["1", "-7", "+0", "007", ""]), Kind::Int);
        assert_eq!(
            kind(&["18446744073709551615", "-9223372036854775808"]),
            Kind::Int
        );
        assert_eq!(kind(&["1", "18446744073709551616"]), Kind::Str);
        assert_eq!(kind(&["0.5", "-9223372036854775809"]), Kind::Str);
        assert_eq!(kind(&["1.5", "2", "-1e-7", ".5", "5."]), Kind::Float);
        for no_number in [
            "inf", "nan", "1e999", " 2", "2 ", "0x1", "1_0", "--1", "+", "-", ".",
        ] {
            assert_eq!(kind(&["1", no_number]), Kind::Str, "{no_number}");
        }
        assert_eq!(kind(&["x", "1"]), Kind::Str);
        assert_eq!(kind(&["", ""]), Kind::Int);
    }

    #[test]
    fn a_cell_is_written_as_its_kind() {
        let write = |kind: Kind, cell: &str| {
            let mut out = Vec::new();
            let is_one = kind.write(cell, &mut out);
            is_one.then(|| String::from_utf8(out).unwrap())
        };
        let cases = [
            (Kind::Int, "+007", Some("7")),
            (Kind::Int, "-0", Some("0")),
            (
                Kind::Int,
                "18446744073709551615",
                Some("18446744073709551615"),
            ),
            (Kind::Int, "18446744073709551616", None),
            (Kind::Int, "1.0", None),
            (Kind::Float, "1", Some("1.0")),
            (Kind::Float, "1.50", Some("1.50")),
            (Kind::Float, "1E5", Some("1E5")),
            (Kind::Float, "+.5", Some("0.5")),
            (Kind::Float, "01.5", Some("1.5")),
            (
                Kind::Float,
                "123456789012345678901234567890",
                Some("1.2345678901234568e29"),
            ),
            (Kind::Float, "1e999", None),
            (Kind::Float, "nan", None),
            (Kind::Bool, "YES", Some("true")),
            (Kind::Bool, "0", Some("false")),
            (Kind::Bool, "2", None),
            (Kind::Str, "a\"\n", Some("\"a\\\"\\n\"")),
            (Kind::Str, "", Some("\"\"")),
            (Kind::List, "[1, 2]", Some("[1,2]")),
            (Kind::List, "{}", None),
            (Kind::List, "[1", None),
            (Kind::Dict, "{\"a\": []}", Some("{\"a\":[]}")),
            (Kind::Dict, "[]", None),
        ];
        for (kind, cell, written) in cases {
            assert_eq!(write(kind, cell).as_deref(), written, "{kind:?} {cell}");
        }
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Str) {
            assert_eq!(write(kind, "").as_deref(), Some("null"));
        }
    }
}
