//! Primary keys.

use crate::engine::json::{canonical, inside, quoted, unescape};
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Result};
use std::borrow::Cow;

/// A primary key: a signed 64-bit integer or a non-empty string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key<'a> {
    /// An integer key.
    Int(i64),
    /// A string key.
    Str(Cow<'a, str>),
}

impl Key<'static> {
    /// Reads a key from JSON text.
    pub fn from_json(text: &str) -> Result<Key<'static>> {
        Ok(match KeyRef::read_json(text)? {
            KeyRef::Int(key) => Key::Int(key),
            KeyRef::Text(inside) => {
                let text = String::from_utf8(unescape(&inside).into_owned());
                Key::Str(Cow::Owned(text.unwrap_or_default()))
            }
        })
    }
}

/// A key as tables compare it: strings by the inside of their canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum KeyRef<'a> {
    Int(i64),
    Text(Cow<'a, [u8]>),
}

impl<'a> KeyRef<'a> {
    /// Reads a key from any JSON text.
    pub(crate) fn read_json(text: &str) -> Result<KeyRef<'static>> {
        // The usual case, without a scan.
        if let [b'1'..=b'9', rest @ ..] = text.as_bytes() {
            if rest.len() < 18 && rest.iter().all(u8::is_ascii_digit) {
                if let Ok(key) = text.parse() {
                    return Ok(KeyRef::Int(key));
                }
            }
        }
        let text = canonical(text).map_err(|error| match error {
            Error::NumberRange { .. } => invalid(text.trim().as_bytes()),
            other => other,
        })?;
        Ok(match KeyRef::read(&text)? {
            KeyRef::Int(key) => KeyRef::Int(key),
            KeyRef::Text(inside) => KeyRef::Text(Cow::Owned(inside.into_owned())),
        })
    }

    /// Reads a key from canonical text.
    #[inline]
    pub(crate) fn read(text: &'a [u8]) -> Result<KeyRef<'a>> {
        KeyRef::of(Value::read(text)).ok_or_else(|| invalid(text))
    }

    #[inline]
    fn of(value: Value<'a>) -> Option<KeyRef<'a>> {
        match value {
            Value::Number(Number::Integer(key)) => i64::try_from(key).ok().map(KeyRef::Int),
            Value::String(inside) if !inside.is_empty() => {
                Some(KeyRef::Text(Cow::Borrowed(inside)))
            }
            _ => None,
        }
    }

    /// The key that a predicate's constant equals, if any key does.
    pub(crate) fn equal_to(text: &'a [u8]) -> Option<KeyRef<'a>> {
        match Value::read(text) {
            Value::Number(number) => number.as_key().map(KeyRef::Int),
            other => KeyRef::of(other),
        }
    }

    /// Appends the key as canonical text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            KeyRef::Int(key) => out.extend_from_slice(itoa::Buffer::new().format(*key).as_bytes()),
            KeyRef::Text(inside) => {
                out.push(b'"');
                out.extend_from_slice(inside);
                out.push(b'"');
            }
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The error that this key is taken.
    pub(crate) fn duplicate(&self) -> Error {
        Error::DuplicateKey {
            key: self.to_json(),
            index: None,
        }
    }
}

impl<'a> From<&'a Key<'_>> for KeyRef<'a> {
    #[inline]
    fn from(key: &'a Key<'_>) -> Self {
        match key {
            Key::Int(key) => KeyRef::Int(*key),
            Key::Str(text) => {
                let needs_escape = text
                    .bytes()
                    .any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
                if needs_escape {
                    let quoted = quoted(text);
                    KeyRef::Text(Cow::Owned(inside(&quoted).unwrap_or_default().to_vec()))
                } else {
                    KeyRef::Text(Cow::Borrowed(text.as_bytes()))
                }
            }
        }
    }
}

/// The error that a text is no key; a long text is shown by its beginning.
pub(crate) fn invalid(text: &[u8]) -> Error {
    let text = String::from_utf8_lossy(text);
    let mut found: String = text.chars().take(64).collect();
    if found.len() < text.len() {
        found.push('…');
    }
    Error::InvalidKey { found, index: None }
}
