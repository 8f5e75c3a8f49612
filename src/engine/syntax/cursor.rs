//! Walks over the tokens of a text: what every parser of the engine is made of.

use super::lexer::{found_at, json_error, parse_error, token, Kind, Token};
use crate::engine::json::{canonical, Scanner};
use crate::engine::limits::{copy, exceeded, MAX_OPERAND, MAX_TEXT};
use crate::engine::predicate::Path;
use crate::engine::{Error, Result};

/// Words that are no names unless in backquotes.
const KEYWORDS: [&str; 20] = [
    "AND",
    "BETWEEN",
    "CONTAINS",
    "ENDS",
    "ESCAPE",
    "FALSE",
    "ICONTAINS",
    "IENDS",
    "IEQUALS",
    "ILIKE",
    "IN",
    "IS",
    "ISTARTS",
    "LIKE",
    "NOT",
    "NULL",
    "OR",
    "STARTS",
    "TRUE",
    "WITH",
];

/// Whether a plain name is taken by the language.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// A value in a text: written there, or passed with each run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// Canonical JSON text.
    Literal(Vec<u8>),
    /// The number of a parameter, from 1.
    Parameter(usize),
}

/// See the module's comment.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    /// What comes next.
    token: Token<'a>,
    /// Where the token before it ends.
    previous_end: usize,
    /// What the JSON scanner writes to: it makes room for all of the text that is left, which must not be done anew for
    /// each value.
    scratch: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self> {
        if text.len() > MAX_TEXT {
            return Err(exceeded("bytes of a text to compile", MAX_TEXT));
        }
        let token = token(text, 0)?;
        Ok(Cursor {
            text,
            token,
            previous_end: 0,
            scratch: Vec::new(),
        })
    }

    /// What comes next.
    pub(crate) fn kind(&self) -> &Kind<'a> {
        &self.token.kind
    }

    /// Where it stands.
    pub(crate) fn position(&self) -> usize {
        self.token.start
    }

    /// Goes on; returns what was there.
    pub(crate) fn advance(&mut self) -> Result<Kind<'a>> {
        let end = self.token.end;
        Ok(self.go_on_at(end)?.kind)
    }

    /// Reads the token behind a position that everything before is taken of; returns the one before.
    fn go_on_at(&mut self, end: usize) -> Result<Token<'a>> {
        let next = token(self.text, end)?;
        self.previous_end = end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Whether the keyword comes next.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), Kind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Takes the keyword, if it comes next.
    pub(crate) fn accept_word(&mut self, word: &str) -> Result<bool> {
        let found = self.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes the keyword, or fails.
    pub(crate) fn expect_word(&mut self, word: &str) -> Result<()> {
        match self.accept_word(word)? {
            true => Ok(()),
            false => Err(self.error(word)),
        }
    }

    /// Whether the punctuation comes next.
    pub(crate) fn is(&self, punctuation: &str) -> bool {
        matches!(self.kind(), Kind::Punctuation(found) if *found == punctuation)
    }

    /// Takes the punctuation, if it comes next.
    pub(crate) fn accept(&mut self, punctuation: &str) -> Result<bool> {
        let found = self.is(punctuation);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes the punctuation, or fails.
    pub(crate) fn expect(&mut self, punctuation: &str) -> Result<()> {
        match self.accept(punctuation)? {
            true => Ok(()),
            false => Err(self.error(&format!("'{punctuation}'"))),
        }
    }

    /// Nothing may follow; `or` says what else could have.
    pub(crate) fn end(&self, or: &str) -> Result<()> {
        match self.kind() {
            Kind::End => Ok(()),
            _ if or.is_empty() => Err(self.error("the end of the text")),
            _ => Err(self.error(&format!("{or} or the end of the text"))),
        }
    }

    /// The error that something else was expected here.
    pub(crate) fn error(&self, expected: &str) -> Error {
        self.error_at(self.token.start, expected)
    }

    /// The error that something else was expected where a token stands that may be taken already.
    pub(crate) fn error_at(&self, position: usize, expected: &str) -> Error {
        parse_error(position, expected, found_at(self.text, position))
    }

    /// Whether a field comes next: a name that is no keyword.
    pub(crate) fn is_field(&self) -> bool {
        match self.kind() {
            Kind::Word(word) => !is_keyword(word),
            Kind::Quoted(_) => true,
            _ => false,
        }
    }

    /// Takes a field. The parts of a path follow each other without space.
    pub(crate) fn field(&mut self) -> Result<Path> {
        let mut bytes = 0;
        let mut path = Path::of(&self.name("a field", &mut bytes)?);
        loop {
            let follows = self.token.start == self.previous_end;
            if follows && self.is(".") {
                self.advance()?;
                if self.token.start != self.previous_end {
                    return Err(
                        self.error("a name right behind the '.' (a field has no space inside)")
                    );
                }
                bytes += 1;
                path.push_member(&self.name("a name after the '.'", &mut bytes)?);
            } else if follows && self.is("[") {
                path.push_element(self.element()?);
                bytes += 1;
            } else {
                return Ok(path);
            }
        }
    }

    /// Takes a name; `bytes` are those of the field so far.
    fn name(&mut self, expected: &str, bytes: &mut usize) -> Result<String> {
        let name = match self.kind() {
            Kind::Word(word) if is_keyword(word) => {
                let hint = format!("{expected} (a keyword that is a name is written `{word}`)");
                return Err(self.error(&hint));
            }
            Kind::Word(word) => *word,
            Kind::Quoted(name) => name,
            Kind::String(_) => {
                let hint = format!("{expected} (plain or in backquotes; this is a string)");
                return Err(self.error(&hint));
            }
            _ => return Err(self.error(expected)),
        };
        *bytes += name.len();
        if *bytes > MAX_OPERAND {
            return Err(exceeded("bytes of a field reference", MAX_OPERAND));
        }
        let name = name.to_owned();
        self.advance()?;
        Ok(name)
    }

    /// Takes the position of an element, in brackets.
    fn element(&mut self) -> Result<usize> {
        let start = self.token.end;
        let rest = self.text.get(start..).unwrap_or_default();
        let is_digit = |c: char| c.is_ascii_digit();
        let len = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(len);
        match digits.parse() {
            Ok(position) if after.starts_with(']') => {
                self.go_on_at(start + len + 1)?;
                Ok(position)
            }
            _ => Err(self.error_at(start, "an array position such as [0]")),
        }
    }

    /// Whether an operand comes next.
    pub(crate) fn is_operand(&self) -> bool {
        match self.kind() {
            Kind::String(_) | Kind::Number(_) | Kind::Parameter(_) => true,
            Kind::Punctuation(found) => matches!(*found, "-" | "[" | "{"),
            Kind::Word(_) => ["TRUE", "FALSE", "NULL"]
                .iter()
                .any(|word| self.is_word(word)),
            _ => false,
        }
    }

    /// Takes a value or a parameter; `expected` says which.
    pub(crate) fn operand(&mut self, expected: &str) -> Result<Operand> {
        if !self.is_operand() {
            return Err(self.error(expected));
        }
        if self.is("[") || self.is("{") {
            return self.json().map(Operand::Literal);
        }
        let start = self.token.start;
        Ok(match self.advance()? {
            Kind::String(text) => Operand::Literal(text),
            Kind::Parameter(number) => Operand::Parameter(number),
            Kind::Number(digits) => Operand::Literal(self.number(digits.to_owned(), start)?),
            Kind::Word(word) => Operand::Literal(word.to_ascii_lowercase().into_bytes()),
            _ => match self.kind().clone() {
                Kind::Number(digits) => {
                    self.advance()?;
                    Operand::Literal(self.number(format!("-{digits}"), start)?)
                }
                _ => return Err(self.error("a number")),
            },
        })
    }

    /// The canonical text of a number that stands at `start`.
    pub(crate) fn number(&self, text: String, start: usize) -> Result<Vec<u8>> {
        canonical(&text).map_err(|error| match error {
            Error::NumberRange { reason, .. } => Error::NumberRange {
                reason,
                position: Some(start),
                index: None,
            },
            other => other,
        })
    }

    /// Takes a JSON array or object.
    fn json(&mut self) -> Result<Vec<u8>> {
        let mut scanner = Scanner::new_at(self.text, self.token.start);
        self.scratch.clear();
        let scanned = scanner.value(&mut self.scratch);
        scanned.map_err(|error| match error {
            Error::InvalidJson {
                reason, position, ..
            } => json_error(self.text, position, &reason),
            other => other,
        })?;
        self.go_on_at(scanner.position())?;
        copy(&self.scratch)
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, Kind<'_>)> {
        let mut cursor = Cursor::new(text).unwrap();
        let mut tokens = Vec::new();
        while *cursor.kind() != Kind::End {
            let position = cursor.position();
            tokens.push((position, cursor.advance().unwrap()));
        }
        tokens
    }

    #[test]
    fn texts_are_cut_into_tokens() {
        let p = Kind::Punctuation;
        let wanted = [
            (0, Kind::Word("visits")),
            (7, p("=")),
            (9, Kind::Word("é1")),
            (12, p("+")),
            (13, Kind::Number("1.5e+2")),
            (20, p("||")),
            (23, Kind::String(b"\"x'\"".to_vec())),
            (28, p(",")),
            (29, Kind::Quoted("a`b".to_owned())),
            (35, p("*")),
            (36, Kind::Parameter(12)),
            (40, p("!=")),
            (42, p("<=")),
        ];
        assert_eq!(all("visits = é1+1.5e+2 || 'x''',`a``b`*?12\t<><="), wanted);
        assert_eq!(all(" \r\n"), []);
    }

    #[test]
    fn what_is_expected_is_taken_or_told() {
        let told = |error: Error| error.to_string();
        let mut cursor = Cursor::new("set ( remove").unwrap();
        cursor.expect_word("SET").unwrap();
        assert!(!cursor.accept(")").unwrap());
        let error = cursor.expect("[").unwrap_err();
        assert_eq!(told(error), "at byte 4: expected '[', found (");
        cursor.expect("(").unwrap();
        let error = cursor.expect_word("APPEND").unwrap_err();
        assert_eq!(told(error), "at byte 6: expected APPEND, found remove");
        let wanted = "at byte 6: expected ',' or the end of the text, found remove";
        assert_eq!(told(cursor.end("','").unwrap_err()), wanted);
        let wanted = "at byte 6: expected the end of the text, found remove";
        assert_eq!(told(cursor.end("").unwrap_err()), wanted);
        assert!(cursor.accept_word("Remove").unwrap());
        cursor.end("','").unwrap();
    }

    #[test]
    fn operands_are_canonical() {
        for (text, literal) in [
            ("- 1.50", "-1.50"),
            ("'\\u0061'", "\"a\""),
            ("tRUE", "true"),
            ("Null", "null"),
            ("[ 1 , {\"a\" : 2} ]", "[1,{\"a\":2}]"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
        ] {
            let text = format!("{text} x");
            let mut cursor = Cursor::new(&text).unwrap();
            let operand = cursor.operand("a value").unwrap();
            assert_eq!(operand, Operand::Literal(literal.as_bytes().to_vec()));
            assert!(cursor.is_word("x"), "{text}");
        }
    }

    /// The scanner makes room for all that is left of the text; a value takes only what it needs.
    #[test]
    fn literals_hold_no_more_than_they_need() {
        let text = "[1] ".repeat(20_000);
        let mut cursor = Cursor::new(&text).unwrap();
        while cursor.is_operand() {
            let Operand::Literal(json) = cursor.operand("a value").unwrap() else {
                panic!("a parameter");
            };
            assert_eq!(json.capacity(), 3);
        }
    }

    #[test]
    fn control_characters_are_made_visible() {
        let error = Cursor::new("\u{7}").err().unwrap();
        let wanted = "at byte 0: expected a name, a value or an operator, found \\u{7}";
        assert_eq!(error.to_string(), wanted);
    }
}
