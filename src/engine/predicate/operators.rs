//! Predicates from text: the tests, each an operator with its operands. Grammar: `docs/query-language.md`.

use super::form::Form;
use super::parse::Parser;
use super::path::Path;
use super::tree::{Case, Comparison, Predicate, TextMatch};
use crate::engine::json::string_of;
use crate::engine::limits::add;
use crate::engine::syntax::{Kind, Operand};
use crate::engine::{Error, Result};

const VALUE: &str = "a value (a literal, or a parameter such as ?1)";

const OPERATORS: &str = "an operator (=, !=, <, <=, >, >=, IS NULL, IN, BETWEEN, LIKE, CONTAINS, STARTS WITH, ENDS WITH; \
    without regard to case: IEQUALS, ILIKE, ICONTAINS, ISTARTS WITH, IENDS WITH)";

/// What operators are called elsewhere, and what they are called here.
const MISNOMERS: [(&str, &str); 19] = [
    ("BEGINS", "STARTS WITH"),
    ("BEGINSWITH", "STARTS WITH"),
    ("STARTSWITH", "STARTS WITH"),
    ("ENDSWITH", "ENDS WITH"),
    ("ISTARTSWITH", "ISTARTS WITH"),
    ("IENDSWITH", "IENDS WITH"),
    ("HAS", "CONTAINS"),
    ("INCLUDES", "CONTAINS"),
    ("ISNULL", "IS NULL"),
    ("NOTNULL", "IS NOT NULL"),
    ("NOTIN", "NOT IN"),
    ("EQ", "="),
    ("EQUALS", "="),
    ("NE", "!="),
    ("LT", "<"),
    ("LE", "<="),
    ("LTE", "<="),
    ("GT", ">"),
    ("GTE", ">="),
];

impl Parser<'_> {
    /// Takes a test, `TRUE` or `FALSE`.
    pub(super) fn test(&mut self) -> Result<Predicate> {
        if self.cursor.is_field() {
            let field = self.cursor.field()?;
            return self.field_test(field);
        }
        if self.cursor.is_operand() {
            return self.operand_test();
        }
        let expected = match self.cursor.kind() {
            Kind::Word(word) => {
                format!("a test such as age > 5 (a field of this name is written `{word}`)")
            }
            _ => "a test such as age > 5, NOT or '('".to_owned(),
        };
        Err(self.cursor.error(&expected))
    }

    fn made(&mut self, field: Path, form: Form<Operand>) -> Result<Predicate> {
        self.node(Predicate::of_form(field, form))
    }

    fn comparison(&mut self) -> Result<Option<Comparison>> {
        let comparison = match self.cursor.kind() {
            Kind::Punctuation("=") => Comparison::Eq,
            Kind::Punctuation("!=") => Comparison::Ne,
            Kind::Punctuation("<") => Comparison::Lt,
            Kind::Punctuation("<=") => Comparison::Le,
            Kind::Punctuation(">") => Comparison::Gt,
            Kind::Punctuation(">=") => Comparison::Ge,
            _ => return Ok(None),
        };
        self.cursor.advance()?;
        Ok(Some(comparison))
    }

    /// What starts with an operand: a comparison, or `TRUE` or `FALSE` alone.
    fn operand_test(&mut self) -> Result<Predicate> {
        let operand = self.cursor.operand(VALUE)?;
        let Some(comparison) = self.comparison()? else {
            return match &operand {
                Operand::Literal(text) if text == b"true" => self.node(Ok(Predicate::all())),
                Operand::Literal(text) if text == b"false" => self.node(Predicate::or(Vec::new())),
                _ => Err(self
                    .cursor
                    .error("a comparison (=, !=, <, <=, >, >=) between the value and a field")),
            };
        };
        if !self.cursor.is_field() && self.cursor.is_operand() {
            let expected =
                "a field (one side is a field: its name plain or in backquotes, not in quotes)";
            return Err(self.cursor.error(expected));
        }
        let field = self.cursor.field()?;
        self.made(field, Form::Compare(comparison.mirrored(), operand))
    }

    /// What follows a field.
    fn field_test(&mut self, field: Path) -> Result<Predicate> {
        if let Some(comparison) = self.comparison()? {
            let value = self.value()?;
            return self.made(field, Form::Compare(comparison, value));
        }
        if self.cursor.accept_word("IS")? {
            let negated = self.cursor.accept_word("NOT")?;
            if !self.cursor.accept_word("NULL")? {
                let expected = match negated {
                    true => "NULL",
                    false => "NULL or NOT NULL (other values are compared with =)",
                };
                return Err(self.cursor.error(expected));
            }
            let test = self.made(field, Form::IsNull)?;
            return if negated { self.not(test) } else { Ok(test) };
        }
        let negated = self.cursor.accept_word("NOT")?;
        let test = self.word_test(field, negated)?;
        if negated {
            self.not(test)
        } else {
            Ok(test)
        }
    }

    /// What follows a field, if the operator is a word.
    fn word_test(&mut self, field: Path, negated: bool) -> Result<Predicate> {
        let Kind::Word(word) = self.cursor.kind() else {
            return Err(self.no_operator(negated));
        };
        let word = upper_case(word);
        let (sensitive, insensitive) = (Case::Sensitive, Case::Insensitive);
        let form = match word.as_str() {
            "IN" => {
                self.cursor.advance()?;
                self.list()?
            }
            "BETWEEN" => {
                self.cursor.advance()?;
                let low = self.value()?;
                if !self.cursor.accept_word("AND")? {
                    return Err(self.cursor.error("AND and the upper bound"));
                }
                Form::Between(low, self.value()?)
            }
            "LIKE" => return self.like(field, sensitive),
            "ILIKE" => return self.like(field, insensitive),
            "CONTAINS" => {
                self.cursor.advance()?;
                Form::Contains(self.value()?)
            }
            "STARTS" => self.text_test(TextMatch::Prefix, sensitive)?,
            "ISTARTS" => self.text_test(TextMatch::Prefix, insensitive)?,
            "ENDS" => self.text_test(TextMatch::Suffix, sensitive)?,
            "IENDS" => self.text_test(TextMatch::Suffix, insensitive)?,
            "ICONTAINS" => self.text_test(TextMatch::Substring, insensitive)?,
            "IEQUALS" => self.text_test(TextMatch::Whole, insensitive)?,
            _ => return Err(self.no_operator(negated)),
        };
        self.made(field, form)
    }

    /// The error that a field is not followed by an operator.
    fn no_operator(&self, negated: bool) -> Error {
        let expected = match self.cursor.kind() {
            Kind::Word(word) => {
                let joined = upper_case(word).replace('_', "");
                let known = MISNOMERS.iter().find(|(misnomer, _)| *misnomer == joined);
                match known {
                    Some((_, operator)) => (*operator).to_owned(),
                    None if word.eq_ignore_ascii_case("AND") || word.eq_ignore_ascii_case("OR") => {
                        format!("{OPERATORS}; a field alone is no test, but active = TRUE is")
                    }
                    None => OPERATORS.to_owned(),
                }
            }
            Kind::End | Kind::Punctuation(")") => {
                format!("{OPERATORS}; a field alone is no test, but active = TRUE is")
            }
            Kind::Punctuation("." | "[") => {
                format!("{OPERATORS}; a field such as address.city or tags[0] has no space inside")
            }
            Kind::Punctuation("=" | "!=" | "<" | "<=" | ">" | ">=") if negated => {
                "IN, BETWEEN, LIKE or another word after NOT (the opposite of a comparison is NOT a = 5, or a != 5)".to_owned()
            }
            _ => OPERATORS.to_owned(),
        };
        self.cursor.error(&expected)
    }

    fn value(&mut self) -> Result<Operand> {
        if self.cursor.is_field() {
            let hint = "a value (a literal, or a parameter such as ?1; text is in quotes, and a field is not compared with a field)";
            return Err(self.cursor.error(hint));
        }
        self.cursor.operand(VALUE)
    }

    /// What follows `IN`.
    fn list(&mut self) -> Result<Form<Operand>> {
        if self.cursor.is("[") || matches!(self.cursor.kind(), Kind::Parameter(_)) {
            return Ok(Form::InArray(self.cursor.operand(VALUE)?));
        }
        if !self.cursor.accept("(")? {
            let expected = "a list such as (1, 2), an array, or a parameter such as ?1";
            return Err(self.cursor.error(expected));
        }
        let mut values = Vec::new();
        if self.cursor.accept(")")? {
            return Ok(Form::In(values));
        }
        loop {
            add(&mut values, self.value()?)?;
            if self.cursor.accept(")")? {
                return Ok(Form::In(values));
            }
            if !self.cursor.accept(",")? {
                return Err(self.cursor.error("',' or ')' after a value of the list"));
            }
        }
    }

    /// A test of a string, from its operator on.
    fn text_test(&mut self, part: TextMatch, case: Case) -> Result<Form<Operand>> {
        self.cursor.advance()?;
        if matches!(part, TextMatch::Prefix | TextMatch::Suffix) {
            self.cursor.expect_word("WITH")?;
        }
        Ok(Form::Text(part, case, self.string()?))
    }

    fn string(&mut self) -> Result<Operand> {
        match self.cursor.kind() {
            Kind::String(_) | Kind::Parameter(_) => self.cursor.operand(VALUE),
            _ => Err(self
                .cursor
                .error("a string in quotes, or a parameter such as ?1")),
        }
    }

    /// `LIKE` with what follows it.
    fn like(&mut self, field: Path, case: Case) -> Result<Predicate> {
        self.cursor.advance()?;
        let position = self.cursor.position();
        let pattern = self.string()?;
        let mut escape = None;
        if self.cursor.accept_word("ESCAPE")? {
            escape = match self.cursor.kind() {
                Kind::String(text) => one_character(text),
                _ => None,
            };
            if escape.is_none() {
                return Err(self.cursor.error("a string of one character, such as '!'"));
            }
            self.cursor.advance()?;
        }
        let test = self.made(field, Form::Like(case, pattern, escape));
        test.map_err(|error| match error {
            Error::Parse { .. } => {
                let expected = "a pattern that does not end with its escape character";
                self.cursor.error_at(position, expected)
            }
            other => other,
        })
    }
}

/// A word to be looked for among known ones, all of which are short.
fn upper_case(word: &str) -> String {
    word.chars()
        .take(32)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn one_character(text: &[u8]) -> Option<char> {
    let text = string_of(text)?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}
