//! Primary keys.

use crate::engine::json::{canonical, is_plain, push_quoted, unescaped_bytes};
use crate::engine::limits::{copy, reserve, shorten};
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

impl<'a> Key<'a> {
    /// Reads a key from JSON text.
    pub fn from_json(text: &'a str) -> Result<Key<'a>> {
        // The usual string, which stands for itself.
        let inside = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        match inside.filter(|inside| !inside.is_empty() && is_plain(inside.as_bytes())) {
            Some(inside) => Ok(Key::Str(Cow::Borrowed(inside))),
            None => KeyRef::read_json(text)?.to_key(),
        }
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
        if let [b'1'..=b'9', ..] = text.as_bytes() {
            if let Some(key) = few_digits(text.as_bytes()) {
                return Ok(KeyRef::Int(key));
            }
        }
        let text = canonical(text).map_err(|error| match error {
            Error::NumberRange { .. } => invalid(text.trim().as_bytes()),
            other => other,
        })?;
        KeyRef::read(&text)?.to_owned_ref()
    }

    /// Reads a key from canonical text.
    #[inline]
    pub(crate) fn read(text: &'a [u8]) -> Result<KeyRef<'a>> {
        if let Some(key) = few_digits(text).filter(|_| !text.is_empty()) {
            return Ok(KeyRef::Int(key));
        }
        KeyRef::strictly(Value::read(text)).ok_or_else(|| invalid(text))
    }

    #[inline]
    fn strictly(value: Value<'a>) -> Option<KeyRef<'a>> {
        match value {
            Value::Number(Number::Integer(key)) => i64::try_from(key).ok().map(KeyRef::Int),
            Value::String(inside) if !inside.is_empty() => {
                Some(KeyRef::Text(Cow::Borrowed(inside)))
            }
            _ => None,
        }
    }

    /// The key that equals a value, if any key does.
    pub(crate) fn of(value: Value<'a>) -> Option<KeyRef<'a>> {
        match value {
            Value::Number(number) => number.as_key().map(KeyRef::Int),
            other => KeyRef::strictly(other),
        }
    }

    /// The integer, if it is one.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            KeyRef::Int(key) => Some(*key),
            KeyRef::Text(_) => None,
        }
    }

    /// The key, owned.
    pub(crate) fn to_key(&self) -> Result<Key<'static>> {
        Ok(match self {
            KeyRef::Int(key) => Key::Int(*key),
            KeyRef::Text(inside) => {
                let mut text = Vec::new();
                reserve(&mut text, inside.len())?;
                text.extend(unescaped_bytes(inside));
                Key::Str(Cow::Owned(String::from_utf8(text).unwrap_or_default()))
            }
        })
    }

    /// The same, owning its text.
    pub(crate) fn to_owned_ref(&self) -> Result<KeyRef<'static>> {
        Ok(match self {
            KeyRef::Int(key) => KeyRef::Int(*key),
            KeyRef::Text(inside) => KeyRef::Text(Cow::Owned(copy(inside)?)),
        })
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

    /// The key as canonical text.
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.write(&mut text);
        text
    }

    /// Bytes of the key as canonical text, at most.
    pub(crate) fn json_len(&self) -> usize {
        match self {
            KeyRef::Int(_) => 20,
            KeyRef::Text(inside) => inside.len() + 2,
        }
    }

    /// The error that this key is taken; a long key is shown by its beginning.
    pub(crate) fn duplicate(&self) -> Error {
        let key = match self {
            KeyRef::Int(key) => key.to_string(),
            KeyRef::Text(inside) => {
                let shown: Vec<u8> = unescaped_bytes(inside).take(4 * SHOWN_KEY).collect();
                let mut quoted = Vec::new();
                push_quoted(&mut quoted, &shorten(&String::from_utf8_lossy(&shown)));
                String::from_utf8(quoted).unwrap_or_default()
            }
        };
        Error::DuplicateKey { key, index: None }
    }

    /// The key as tables compare it.
    #[inline]
    pub(crate) fn from_key(key: &'a Key<'_>) -> Result<KeyRef<'a>> {
        Ok(match key {
            Key::Int(key) => KeyRef::Int(*key),
            Key::Str(text) if !text.is_empty() && is_plain(text.as_bytes()) => {
                KeyRef::Text(Cow::Borrowed(text.as_bytes()))
            }
            Key::Str(text) => {
                let is_special = |byte| byte < 0x20 || byte == b'"' || byte == b'\\';
                let escapes = text.bytes().filter(|byte| is_special(*byte)).count();
                if escapes == 0 {
                    return Ok(KeyRef::Text(Cow::Borrowed(text.as_bytes())));
                }
                let mut quoted = Vec::new();
                // The longest escape has six bytes.
                reserve(&mut quoted, text.len() + 5 * escapes + 2)?;
                push_quoted(&mut quoted, text);
                quoted.pop();
                quoted.remove(0);
                KeyRef::Text(Cow::Owned(quoted))
            }
        })
    }
}

/// The number that digits stand for, if they are nothing but digits and so few that it always fits.
fn few_digits(text: &[u8]) -> Option<i64> {
    if text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

/// Characters of a key that a message shows.
const SHOWN_KEY: usize = 257;

/// The error that a text is no key; a long text is shown by its beginning.
pub(crate) fn invalid(text: &[u8]) -> Error {
    let found = shorten(&String::from_utf8_lossy(text));
    Error::InvalidKey { found, index: None }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
