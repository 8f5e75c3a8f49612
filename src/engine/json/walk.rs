//! Walks canonical text, which was checked when it came in: nothing here reports errors.

/// The end of the value that starts at `start`.
pub(super) fn skip(text: &[u8], start: usize) -> usize {
    match text.get(start) {
        Some(b'"') => skip_string(text, start),
        Some(b'{' | b'[') => skip_container(text, start),
        _ => {
            let rest = text.get(start..).unwrap_or_default();
            let len = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']'))
                .unwrap_or(rest.len());
            start + len
        }
    }
}

fn skip_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(rest) = text.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'"') => return at + found + 1,
            Some(found) => at += found + 2,
            None => break,
        }
    }
    text.len()
}

fn skip_container(text: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Levels of arrays and objects in a value; 0 for a scalar.
pub(crate) fn levels(text: &[u8]) -> usize {
    let (mut deepest, mut open, mut at) = (0_usize, 0_usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at);
                continue;
            }
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The elements of an array's text; nothing for any other text.
pub(crate) fn elements(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = if text.first() == Some(&b'[') {
        1
    } else {
        text.len()
    };
    std::iter::from_fn(move || {
        if matches!(text.get(at), None | Some(b']')) {
            return None;
        }
        let end = skip(text, at);
        let element = text.get(at..end);
        // Past the comma, or the closing bracket at the very end.
        at = if text.get(end) == Some(&b',') {
            end + 1
        } else {
            text.len()
        };
        element
    })
}

/// The members of an object's text: the inside of the name's quotes, and the value; nothing for any other text.
pub(crate) fn members(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = if text.first() == Some(&b'{') {
        1
    } else {
        text.len()
    };
    std::iter::from_fn(move || {
        if text.get(at) != Some(&b'"') {
            return None;
        }
        let name_end = skip_string(text, at);
        let name = text.get(at + 1..name_end - 1)?;
        let end = skip(text, name_end + 1);
        let value = text.get(name_end + 1..end)?;
        at = if text.get(end) == Some(&b',') {
            end + 1
        } else {
            text.len()
        };
        Some((name, value))
    })
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn levels_count_what_is_open_at_once() {
        for (text, expected) in [
            ("1", 0),
            (r#""[[""#, 0),
            ("[]", 1),
            (r#"[{"a\"[":[]},[]]"#, 3),
            ("[[],[],[[]]]", 3),
        ] {
            assert_eq!(levels(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn walks_elements_and_members() {
        let array: Vec<_> = elements(br#"[1,"a,]\"b",[2,{"x":"]"}],null]"#).collect();
        assert_eq!(
            array,
            [
                b"1".as_slice(),
                br#""a,]\"b""#,
                br#"[2,{"x":"]"}]"#,
                b"null"
            ]
        );
        let object: Vec<_> = members(br#"{"a":1,"b\"":{"c":[]},"":"x"}"#).collect();
        assert_eq!(
            object,
            [
                (b"a".as_slice(), b"1".as_slice()),
                (br#"b\""#, br#"{"c":[]}"#),
                (b"", br#""x""#)
            ]
        );
        assert_eq!(
            elements(b"[]").count() + members(b"{}").count() + elements(b"5").count(),
            0
        );
    }
}
