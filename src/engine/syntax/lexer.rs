//! Cuts a text into tokens. Grammar: `docs/query-language.md`.

use crate::engine::json::canonical;
use crate::engine::limits::{add, exceeded, shorten, MAX_OPERAND, MAX_PARAMETER};
use crate::engine::{Error, Result};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// A plain name, or a keyword.
    Word(&'a str),
    /// A name in backquotes.
    Quoted(String),
    /// A string, as canonical JSON text.
    String(Vec<u8>),
    /// A number without a sign.
    Number(&'a str),
    /// `?1` and so on, by its number.
    Parameter(usize),
    Punctuation(&'static str),
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Longer ones before their beginnings.
const PUNCTUATION: [(&str, &str); 22] = [
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("||", "||"),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    ("{", "{"),
    ("}", "}"),
    (",", ","),
    (".", "."),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    (":", ":"),
];

fn starts_name(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphabetic() || matches!(c, '_' | '$'),
        // A space that looks like one and is none would else be a part of a name.
        false => !c.is_whitespace() && !c.is_control(),
    }
}

/// Whether a name needs no backquotes, but for keywords.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_name) && chars.all(|c| starts_name(c) || c.is_ascii_digit())
}

/// The error that something else was expected at a position.
pub(super) fn parse_error(position: usize, expected: &str, found: String) -> Error {
    Error::Parse {
        reason: format!("expected {expected}, found {found}"),
        position,
        expected: Some(expected.to_owned()),
        found: Some(found),
        member: None,
    }
}

/// How an error shows what is at a position.
pub(super) fn shown(text: &str, start: usize, end: usize) -> String {
    let found = match text.get(start..end) {
        None | Some("") => return "the end of the text".to_owned(),
        Some(found) => shorten(found),
    };
    if !found.contains(char::is_control) {
        return found;
    }
    let visible = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    found.chars().map(visible).collect()
}

/// How an error shows the token at a position. A string is not looked into: what is wrong in it would have to be shown in
/// turn, and so on.
pub(super) fn found_at(text: &str, position: usize) -> String {
    let rest = text.get(position..).unwrap_or_default();
    let first = rest.chars().next();
    let end = match first {
        Some('"' | '\'') => rest.as_bytes().split_first().and_then(|(quote, inside)| {
            let len = closing_quote(inside, *quote)?;
            Some(position + len + 2)
        }),
        _ => match token(text, position) {
            Ok(token) if token.start == position => Some(token.end),
            _ => None,
        },
    };
    let one_character = position + first.map_or(0, char::len_utf8);
    shown(text, position, end.unwrap_or(one_character))
}

/// What the JSON scanner finds wrong at a position, told as the errors of this module are.
pub(super) fn json_error(text: &str, position: usize, reason: &str) -> Error {
    let reason = reason.split(", found ").next().unwrap_or(reason);
    let rest = text.get(position..).unwrap_or_default();
    let expected = match reason.strip_prefix("expected ") {
        Some("a value") if rest.starts_with('\'') => {
            "a JSON value (in arrays and objects, strings are in double quotes)".to_owned()
        }
        Some("a value") if rest.starts_with('?') => {
            "a JSON value (a list with parameters is in parentheses, as in IN (?1, ?2))".to_owned()
        }
        Some("a value") => "a JSON value".to_owned(),
        Some(expected) => expected.to_owned(),
        None => format!("valid JSON ({reason})"),
    };
    let found = match rest.strip_prefix('\\') {
        Some(escaped) => {
            let len = escaped.chars().next().map_or(0, char::len_utf8);
            shown(text, position, position + 1 + len)
        }
        None => found_at(text, position),
    };
    parse_error(position, &expected, found)
}

/// The token that starts at or after `position`.
pub(super) fn token(text: &str, position: usize) -> Result<Token<'_>> {
    let rest = text.get(position..).unwrap_or_default();
    let white = |c| matches!(c, ' ' | '\t' | '\n' | '\r');
    let trimmed = rest.trim_start_matches(white);
    let start = position + (rest.len() - trimmed.len());
    let Some(first) = trimmed.chars().next() else {
        return Ok(Token {
            kind: Kind::End,
            start,
            end: start,
        });
    };
    let (kind, len) = match first {
        '"' | '\'' => string(text, start, first)?,
        '`' => quoted_name(text, start)?,
        '?' => parameter(text, start)?,
        '0'..='9' => number(text, start)?,
        c if starts_name(c) => {
            let continues = |c: char| starts_name(c) || c.is_ascii_digit();
            let len = trimmed.find(|c| !continues(c)).unwrap_or(trimmed.len());
            (Kind::Word(trimmed.get(..len).unwrap_or_default()), len)
        }
        _ => {
            let known = PUNCTUATION
                .iter()
                .find(|(spelled, _)| trimmed.starts_with(spelled));
            let Some((spelled, meant)) = known else {
                let end = start + first.len_utf8();
                let expected = match first {
                    '&' | '|' | '!' => {
                        "a name, a value or an operator (AND, OR and NOT are written as words)"
                    }
                    _ => "a name, a value or an operator",
                };
                return Err(parse_error(start, expected, shown(text, start, end)));
            };
            (Kind::Punctuation(meant), spelled.len())
        }
    };
    Ok(Token {
        kind,
        start,
        end: start + len,
    })
}

/// A string in either quotes.
fn string(text: &str, start: usize, quote: char) -> Result<(Kind<'_>, usize)> {
    let rest = text.get(start + 1..).unwrap_or_default();
    let Some(len) = closing_quote(rest.as_bytes(), quote as u8) else {
        return Err(unclosed(text, start, "string", quote));
    };
    let inside = rest.get(..len).unwrap_or_default().as_bytes();
    let whole = text.get(start..start + len + 2).unwrap_or_default();
    let json = if quote == '"' {
        canonical(whole).map_err(|error| wrong_string(error, text, |at| start + at))
    } else {
        let json = in_double_quotes(inside)?;
        let json = std::str::from_utf8(&json).unwrap_or_default();
        canonical(json).map_err(|error| {
            wrong_string(error, text, |at| start + 1 + before_rewriting(inside, at))
        })
    };
    Ok((Kind::String(json?), len + 2))
}

/// Where in `rest` the string ends that starts before it.
fn closing_quote(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + memchr::memchr2(quote, b'\\', rest.get(at..)?)?;
        let is_pair = rest.get(found) == Some(&b'\\')
            || quote == b'\'' && rest.get(found + 1) == Some(&quote);
        if !is_pair {
            return Some(found);
        }
        at = found + 2;
    }
}

fn unclosed(text: &str, start: usize, what: &str, quote: char) -> Error {
    let expected = format!("a closing {quote} of the {what} that starts at byte {start}");
    parse_error(text.len(), &expected, shown(text, text.len(), text.len()))
}

fn wrong_string(error: Error, text: &str, position: impl Fn(usize) -> usize) -> Error {
    match error {
        Error::InvalidJson {
            reason,
            position: at,
            ..
        } => json_error(text, position(at), &reason),
        other => other,
    }
}

/// The inside of a single-quoted string in pieces: how many bytes each has, and how it is spelled in double quotes.
fn pieces(inside: &[u8]) -> impl Iterator<Item = (usize, [Option<u8>; 2])> + '_ {
    let mut bytes = inside.iter().copied();
    std::iter::from_fn(move || {
        Some(match bytes.next()? {
            b'\'' => {
                bytes.next();
                (2, [Some(b'\''), None])
            }
            b'\\' => match bytes.next() {
                Some(b'\'') => (2, [Some(b'\''), None]),
                escaped => (2, [Some(b'\\'), escaped]),
            },
            b'"' => (1, [Some(b'\\'), Some(b'"')]),
            byte => (1, [Some(byte), None]),
        })
    })
}

fn in_double_quotes(inside: &[u8]) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    add(&mut json, b'"')?;
    for byte in pieces(inside).flat_map(|(_, spelled)| spelled).flatten() {
        add(&mut json, byte)?;
    }
    add(&mut json, b'"')?;
    Ok(json)
}

/// Where the piece starts that stands at a position of what `in_double_quotes` makes.
fn before_rewriting(inside: &[u8], position: usize) -> usize {
    let (mut start, mut rewritten) = (0, 1);
    for (len, spelled) in pieces(inside) {
        rewritten += spelled.iter().flatten().count();
        if rewritten > position {
            break;
        }
        start += len;
    }
    start
}

fn quoted_name(text: &str, start: usize) -> Result<(Kind<'_>, usize)> {
    let rest = text.get(start + 1..).unwrap_or_default();
    let mut name = String::new();
    let mut at = 0;
    loop {
        let piece = rest.get(at..).unwrap_or_default();
        let Some((before, after)) = piece.split_once('`') else {
            return Err(unclosed(text, start, "name", '`'));
        };
        if name.len() + before.len() > MAX_OPERAND {
            return Err(exceeded("bytes of a field reference", MAX_OPERAND));
        }
        name.push_str(before);
        at += before.len() + 1;
        if !after.starts_with('`') {
            return Ok((Kind::Quoted(name), at + 1));
        }
        name.push('`');
        at += 1;
    }
}

fn parameter(text: &str, start: usize) -> Result<(Kind<'_>, usize)> {
    let rest = text.get(start + 1..).unwrap_or_default();
    let is_digit = |c: char| c.is_ascii_digit();
    let len = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
    let digits = rest.get(..len).unwrap_or_default();
    match digits.trim_start_matches('0').parse::<usize>() {
        Ok(number) if number <= MAX_PARAMETER => Ok((Kind::Parameter(number), 1 + len)),
        Err(_) if digits.bytes().all(|digit| digit == b'0') => {
            let found = shown(text, start, start + 1 + len);
            Err(parse_error(start, "a parameter such as ?1", found))
        }
        _ => Err(exceeded("the number of a parameter", MAX_PARAMETER)),
    }
}

fn number(text: &str, start: usize) -> Result<(Kind<'_>, usize)> {
    let rest = text.get(start..).unwrap_or_default();
    let bytes = rest.as_bytes();
    let mut len = 0;
    while let Some(byte) = bytes.get(len) {
        let after_exponent = len > 0 && matches!(bytes.get(len - 1), Some(b'e' | b'E'));
        let is_part = byte.is_ascii_alphanumeric()
            || *byte == b'.'
            || matches!(byte, b'+' | b'-') && after_exponent;
        if !is_part {
            break;
        }
        len += 1;
    }
    let digits = rest.get(..len).unwrap_or_default();
    match canonical(digits) {
        // Whether an integer is in range is seen together with its sign, by whoever takes it.
        Ok(_) | Err(Error::NumberRange { .. }) => Ok((Kind::Number(digits), len)),
        Err(Error::InvalidJson { reason, .. }) => {
            let reason = reason.split(", found ").next().unwrap_or_default();
            let expected = match reason.starts_with("expected") {
                true => "a number".to_owned(),
                false => format!("a number ({reason})"),
            };
            let found = shown(text, start, start + len);
            Err(parse_error(start, &expected, found))
        }
        Err(other) => Err(other),
    }
}
