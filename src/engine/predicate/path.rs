//! Field references: a name, and steps into what it holds.

use crate::engine::json::{elements, inside, members, quoted};
use crate::engine::limits::{exceeded, MAX_OPERAND};
use crate::engine::{Error, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The inside of a member's quoted name.
    Member(Box<[u8]>),
    Element(usize),
}

/// `address.city`, `tags[0]`, `` `odd.name` ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// The field's quoted name.
    field: Box<[u8]>,
    steps: Vec<Step>,
}

fn error(position: usize, reason: &str) -> Error {
    Error::Parse {
        reason: reason.to_owned(),
        position,
    }
}

/// Reads a name, in backquotes or plain, at the start of `text`; returns it and what follows.
fn name(text: &str, position: usize) -> Result<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('`') else {
        let end = text.find(['.', '[', ']', '`']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return Err(error(position, "expected a field name (an empty one, or one with a dot or bracket, is written in backquotes)"));
        }
        return Ok((name.to_owned(), rest));
    };
    let mut name = String::new();
    while let Some((before, after)) = rest.split_once('`') {
        name.push_str(before);
        match after.strip_prefix('`') {
            Some(after) => {
                name.push('`');
                rest = after;
            }
            None => return Ok((name, after)),
        }
    }
    Err(error(position, "the backquote has no partner"))
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Path> {
        if text.len() > MAX_OPERAND {
            return Err(exceeded("bytes of a field reference", MAX_OPERAND));
        }
        let (field, mut rest) = name(text, 0)?;
        let mut path = Path {
            field: quoted(&field),
            steps: Vec::new(),
        };
        while !rest.is_empty() {
            let position = text.len() - rest.len();
            if let Some(after) = rest.strip_prefix('.') {
                let (member, after) = name(after, position + 1)?;
                let quoted = quoted(&member);
                let member = inside(&quoted).unwrap_or_default();
                path.steps.push(Step::Member(Box::from(member)));
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                let wrong = || error(position + 1, "expected an array position, such as [0]");
                let (digits, after) = after.split_once(']').ok_or_else(wrong)?;
                let is_number =
                    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                let element = digits.parse().ok().filter(|_| is_number);
                path.steps.push(Step::Element(element.ok_or_else(wrong)?));
                rest = after;
            } else {
                return Err(error(position, "expected '.', '[' or the end of the field"));
            }
        }
        Ok(path)
    }

    /// The quoted name of the record's field.
    #[inline]
    pub(crate) fn field(&self) -> &[u8] {
        &self.field
    }

    /// The quoted name, if the path is nothing but a field.
    pub(crate) fn plain(&self) -> Option<&[u8]> {
        self.steps.is_empty().then_some(&*self.field)
    }

    /// Follows the steps from the field's value.
    #[inline]
    pub(crate) fn follow<'a>(&self, value: &'a [u8]) -> Option<&'a [u8]> {
        let mut value = value;
        for step in &self.steps {
            value = match step {
                Step::Member(name) => members(value).find(|(other, _)| *other == &**name)?.1,
                Step::Element(position) => elements(value).nth(*position)?,
            };
        }
        Some(value)
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    fn lookup(path: &str, value: &str) -> Option<String> {
        let path = Path::parse(path).unwrap();
        let found = path.follow(value.as_bytes());
        found.map(|text| String::from_utf8(text.to_vec()).unwrap())
    }

    #[test]
    fn paths_reach_into_nested_values() {
        assert_eq!(lookup("a", "5").as_deref(), Some("5"));
        assert_eq!(
            lookup("a.b[1].c", r#"{"b":[0,{"c":7}]}"#).as_deref(),
            Some("7")
        );
        assert_eq!(lookup("a[2]", "[1,2]"), None);
        assert_eq!(lookup("a.b", "[1]"), None);
        assert_eq!(lookup("a.`b.c`", r#"{"b.c":1}"#).as_deref(), Some("1"));
        assert_eq!(lookup("a.`\"`", r#"{"\"":1}"#).as_deref(), Some("1"));
    }

    #[test]
    fn names_in_backquotes_are_plain() {
        let plain = |path: &str| Path::parse(path).unwrap().plain().map(<[u8]>::to_vec);
        assert_eq!(plain("`a.b`"), Some(br#""a.b""#.to_vec()));
        assert_eq!(plain("`a``b`"), Some(br#""a`b""#.to_vec()));
        assert_eq!(plain("``"), Some(br#""""#.to_vec()));
        assert_eq!(plain("a.b"), None);
    }

    #[test]
    fn errors_name_the_position() {
        for (path, position) in [
            ("", 0),
            (".a", 0),
            ("a.", 2),
            ("a..b", 2),
            ("a[x]", 2),
            ("a[1", 2),
            ("a]", 1),
            ("`a", 0),
            ("`a`b", 3),
            ("a[-1]", 2),
            ("a[+1]", 2),
        ] {
            match Path::parse(path) {
                Err(Error::Parse {
                    position: found, ..
                }) => assert_eq!(found, position, "{path}"),
                other => panic!("{path}: {other:?}"),
            }
        }
    }
}
