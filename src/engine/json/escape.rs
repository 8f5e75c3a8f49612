//! Canonical strings: `"`, `\` and control characters are escaped, as shortly as JSON allows, and nothing else is.
//!
//! So two strings are equal if and only if their canonical texts are, and each escape stands for one byte.

use std::borrow::Cow;

/// The escape of a byte that cannot stand for itself.
pub(super) fn short_escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' => Some(b'"'),
        b'\\' => Some(b'\\'),
        0x08 => Some(b'b'),
        0x0c => Some(b'f'),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        b'\t' => Some(b't'),
        _ => None,
    }
}

/// Whether a byte of a string must be escaped.
#[inline]
pub(super) fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends one byte of a string, escaped if need be.
pub(super) fn push_byte(out: &mut Vec<u8>, byte: u8) {
    if !is_special(byte) {
        out.push(byte);
        return;
    }
    match short_escape(byte) {
        Some(letter) => out.extend_from_slice(&[b'\\', letter]),
        None => {
            const HEX: [u8; 16] = *b"0123456789abcdef";
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// Appends a string in quotes.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    text.bytes().for_each(|byte| push_byte(out, byte));
    out.push(b'"');
}

/// A string in quotes.
pub(crate) fn quoted(text: &str) -> Box<[u8]> {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_quoted(&mut out, text);
    out.into_boxed_slice()
}

/// The bytes that the inside of a canonical string stands for.
pub(crate) fn unescaped_bytes(inside: &[u8]) -> impl Iterator<Item = u8> + Clone + '_ {
    let mut bytes = inside.iter().copied();
    std::iter::from_fn(move || {
        let byte = bytes.next()?;
        if byte != b'\\' {
            return Some(byte);
        }
        Some(match bytes.next()? {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut value = 0;
                for digit in bytes.by_ref().take(4) {
                    value = value << 4 | (digit as char).to_digit(16).unwrap_or(0);
                }
                // Canonical `\u` escapes stand for control characters.
                value as u8
            }
            itself => itself,
        })
    })
}

/// The text that the inside of a canonical string stands for, as UTF-8 bytes.
#[inline]
pub(crate) fn unescape(inside: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', inside).is_none() {
        Cow::Borrowed(inside)
    } else {
        Cow::Owned(unescaped_bytes(inside).collect())
    }
}

/// The inside of a canonical string's quotes; `None` for any other value.
#[inline]
pub(crate) fn inside(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'"', inside @ .., b'"'] => Some(inside),
        _ => None,
    }
}

/// The text that a canonical string stands for; `None` for any other value.
pub(crate) fn string_of(text: &[u8]) -> Option<Cow<'_, str>> {
    match unescape(inside(text)?) {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn unescape_undoes_quote() {
        let text: String = (0..0x250).filter_map(char::from_u32).collect();
        let quoted = quoted(&text);
        let inside = &quoted[1..quoted.len() - 1];
        assert_eq!(&*unescape(inside), text.as_bytes());
    }
}
