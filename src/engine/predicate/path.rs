//! Field references: a name, and steps into what it holds.

use crate::engine::json::{elements, inside, members, quoted, unescape};
use crate::engine::limits::{exceeded, push, MAX_OPERAND};
use crate::engine::syntax::{is_keyword, is_plain};
use crate::engine::{Error, Result};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The inside of a member's quoted name.
    Member(Box<[u8]>),
    Element(usize),
}

/// `address.city`, `tags[0]`, `` `odd.name` ``.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    /// The field's quoted name.
    field: Box<[u8]>,
    steps: Vec<Step>,
}

fn error(position: usize, reason: &str) -> Error {
    Error::Parse {
        reason: reason.to_owned(),
        position,
        expected: None,
        found: None,
        member: None,
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

/// Appends a name, given as the inside of its quotes.
fn print_name(inside: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let name = unescape(inside);
    if std::str::from_utf8(&name).is_ok_and(|name| is_plain(name) && !is_keyword(name)) {
        return push(out, &name);
    }
    push(out, b"`")?;
    for (at, piece) in name.split(|byte| *byte == b'`').enumerate() {
        if at > 0 {
            push(out, b"``")?;
        }
        push(out, piece)?;
    }
    push(out, b"`")
}

impl Path {
    /// A field as a whole.
    pub(crate) fn of(name: &str) -> Path {
        Path {
            field: quoted(name),
            steps: Vec::new(),
        }
    }

    /// Steps into a member.
    pub(crate) fn push_member(&mut self, name: &str) {
        let quoted = quoted(name);
        let inside = inside(&quoted).unwrap_or_default();
        self.steps.push(Step::Member(Box::from(inside)));
    }

    /// Steps to an element.
    pub(crate) fn push_element(&mut self, position: usize) {
        self.steps.push(Step::Element(position));
    }

    pub(crate) fn parse(text: &str) -> Result<Path> {
        if text.len() > MAX_OPERAND {
            return Err(exceeded("bytes of a field reference", MAX_OPERAND));
        }
        let (field, mut rest) = name(text, 0)?;
        let mut path = Path::of(&field);
        while !rest.is_empty() {
            let position = text.len() - rest.len();
            if let Some(after) = rest.strip_prefix('.') {
                let (member, after) = name(after, position + 1)?;
                path.push_member(&member);
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                let wrong = || error(position + 1, "expected an array position, such as [0]");
                let (digits, after) = after.split_once(']').ok_or_else(wrong)?;
                let is_number =
                    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                let element = digits.parse().ok().filter(|_| is_number);
                path.push_element(element.ok_or_else(wrong)?);
                rest = after;
            } else {
                return Err(error(position, "expected '.', '[' or the end of the field"));
            }
        }
        Ok(path)
    }

    /// The path as it is written.
    pub(crate) fn to_text(&self) -> String {
        let mut text = Vec::new();
        match self.print(&mut text) {
            Ok(()) => String::from_utf8(text).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Appends the path as it is written: parsed again, it is the same path.
    pub(crate) fn print(&self, out: &mut Vec<u8>) -> Result<()> {
        let field = inside(&self.field).unwrap_or_default();
        print_name(field, out)?;
        for step in &self.steps {
            match step {
                Step::Member(name) => {
                    push(out, b".")?;
                    print_name(name, out)?;
                }
                Step::Element(position) => push(out, format!("[{position}]").as_bytes())?,
            }
        }
        Ok(())
    }

    /// The quoted name of the record's field.
    #[inline]
    pub(crate) fn field(&self) -> &[u8] {
        &self.field
    }

    /// The steps from the field's value.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
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
    use crate::engine::syntax::Cursor;

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
    fn a_printed_path_is_the_same_path() {
        for (path, printed) in [
            ("a", "a"),
            ("a.b[1].c", "a.b[1].c"),
            ("`a`.`b c`[007]", "a.`b c`[7]"),
            ("a b", "`a b`"),
            ("``", "``"),
            ("``.x", "``.x"),
            ("`we``ird[0]`", "`we``ird[0]`"),
            ("````", "````"),
            ("in.NOT", "`in`.`NOT`"),
            ("inn", "inn"),
            ("9", "`9`"),
            ("a9.$_é", "a9.$_é"),
            ("`\"\\\n`", "`\"\\\n`"),
        ] {
            let path = Path::parse(path).unwrap();
            let mut out = Vec::new();
            path.print(&mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text, printed);
            assert_eq!(Path::parse(&text).unwrap(), path);
            assert_eq!(Cursor::new(&text).unwrap().field().unwrap(), path);
        }
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
