//! The grammar of predicates as `docs/query-language.md` tells it, read in the most obvious way: a second opinion on every text.

use super::model::parse::{parse, parse_within};
use super::model::predicate::{Cmp, Part, Pred};
use super::model::value::Value;

/// Why there is no second opinion.
#[derive(Debug, Clone, PartialEq)]
pub enum No {
    /// The text is no predicate.
    Predicate,
    /// It is deeper than this reader goes, or has a number that is out of range.
    Opinion,
}

type Read<T> = Result<T, No>;

const KEYWORDS: &[&str] = &[
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

/// Parentheses and `NOT`s; each costs stack here.
const DEEPEST: usize = 60;

/// An operand: JSON text, or the number of a parameter.
#[derive(Debug, Clone)]
enum Operand {
    Literal(String),
    Parameter(usize),
}

/// What a text was read as, with the values of its parameters put in.
#[derive(Debug)]
pub struct Reading {
    pub predicate: Pred,
    /// The highest parameter.
    pub parameters: usize,
    /// A value that its operator does not take.
    pub is_refused: bool,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    params: &'t [String],
    highest: usize,
    is_refused: bool,
    depth: usize,
}

fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c == '_'
        || c == '$'
        || !c.is_ascii() && !c.is_whitespace() && !c.is_control()
}

/// Reads a text. Parameters for which there is no value are null.
pub fn read(text: &str, params: &[String]) -> Read<Reading> {
    let mut reader = Reader {
        text,
        at: 0,
        params,
        highest: 0,
        is_refused: false,
        depth: 0,
    };
    let predicate = reader.disjunction()?;
    reader.space();
    match reader.at == text.len() {
        true => Ok(Reading {
            predicate,
            parameters: reader.highest,
            is_refused: reader.is_refused,
        }),
        false => Err(No::Predicate),
    }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        self.at = self.text.len()
            - self
                .rest()
                .trim_start_matches([' ', '\t', '\n', '\r'])
                .len();
    }

    /// The plain name or keyword that comes next.
    fn word(&mut self) -> Option<String> {
        self.space();
        self.peek().filter(|c| starts_name(*c))?;
        let rest = self.rest();
        let end = rest.find(|c: char| !starts_name(c) && !c.is_ascii_digit());
        Some(rest[..end.unwrap_or(rest.len())].to_owned())
    }

    fn is_word(&mut self, wanted: &str) -> bool {
        self.word()
            .is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let is = self.is_word(wanted);
        if is {
            self.at += wanted.len();
        }
        is
    }

    fn take(&mut self, sign: &str) -> bool {
        self.space();
        let is = self.rest().starts_with(sign);
        if is {
            self.at += sign.len();
        }
        is
    }

    fn disjunction(&mut self) -> Read<Pred> {
        let mut operands = vec![self.conjunction()?];
        while self.take_word("OR") {
            operands.push(self.conjunction()?);
        }
        Ok(if operands.len() == 1 {
            operands.remove(0)
        } else {
            Pred::Or(operands)
        })
    }

    fn conjunction(&mut self) -> Read<Pred> {
        let mut operands = vec![self.negation()?];
        while self.take_word("AND") {
            operands.push(self.negation()?);
        }
        Ok(if operands.len() == 1 {
            operands.remove(0)
        } else {
            Pred::And(operands)
        })
    }

    fn negation(&mut self) -> Read<Pred> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(No::Opinion);
        }
        let read = if self.take_word("NOT") {
            Pred::Not(Box::new(self.negation()?))
        } else if self.take("(") {
            let inside = self.disjunction()?;
            if !self.take(")") {
                return Err(No::Predicate);
            }
            inside
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(read)
    }

    fn is_field(&mut self) -> bool {
        self.space();
        match self.word() {
            Some(word) => !KEYWORDS
                .iter()
                .any(|keyword| word.eq_ignore_ascii_case(keyword)),
            None => self.peek() == Some('`'),
        }
    }

    /// A field reference, every name of it in backquotes.
    fn field(&mut self) -> Read<String> {
        let mut path = self.name()?;
        loop {
            if self.rest().starts_with('.') {
                self.at += 1;
                if self.rest().starts_with([' ', '\t', '\n', '\r']) {
                    return Err(No::Predicate);
                }
                path += ".";
                path += &self.name()?;
            } else if self.rest().starts_with('[') {
                let inside = &self.rest()[1..];
                let end = inside.find(']').ok_or(No::Predicate)?;
                let digits = &inside[..end];
                let is_number =
                    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
                if !is_number || digits.parse::<usize>().is_err() {
                    return Err(No::Predicate);
                }
                path += &format!("[{digits}]");
                self.at += end + 2;
            } else {
                return Ok(path);
            }
        }
    }

    fn name(&mut self) -> Read<String> {
        if !self.is_field() {
            return Err(No::Predicate);
        }
        if let Some(word) = self.word() {
            self.at += word.len();
            return Ok(format!("`{word}`"));
        }
        let start = self.at;
        self.at += 1;
        loop {
            let end = self.rest().find('`').ok_or(No::Predicate)?;
            self.at += end + 1;
            if !self.rest().starts_with('`') {
                return Ok(self.text[start..self.at].to_owned());
            }
            self.at += 1;
        }
    }

    fn test(&mut self) -> Read<Pred> {
        if !self.is_field() {
            let operand = self.operand()?;
            let Some(comparison) = self.comparison() else {
                return match operand {
                    Operand::Literal(text) if text == "true" => Ok(Pred::All),
                    Operand::Literal(text) if text == "false" => Ok(Pred::Or(Vec::new())),
                    _ => Err(No::Predicate),
                };
            };
            let mirrored = match comparison {
                Cmp::Lt => Cmp::Gt,
                Cmp::Le => Cmp::Ge,
                Cmp::Gt => Cmp::Lt,
                Cmp::Ge => Cmp::Le,
                other => other,
            };
            let field = self.field()?;
            return Ok(Pred::Compare(mirrored, field, self.value(operand)));
        }
        let field = self.field()?;
        if let Some(comparison) = self.comparison() {
            let operand = self.operand()?;
            return Ok(Pred::Compare(comparison, field, self.value(operand)));
        }
        if self.take_word("IS") {
            let negated = self.take_word("NOT");
            return match (self.take_word("NULL"), negated) {
                (true, true) => Ok(Pred::IsNotNull(field)),
                (true, false) => Ok(Pred::IsNull(field)),
                _ => Err(No::Predicate),
            };
        }
        let negated = self.take_word("NOT");
        let test = self.word_test(field)?;
        Ok(if negated {
            Pred::Not(Box::new(test))
        } else {
            test
        })
    }

    fn comparison(&mut self) -> Option<Cmp> {
        let signs = [
            ("==", Cmp::Eq),
            ("=", Cmp::Eq),
            ("!=", Cmp::Ne),
            ("<>", Cmp::Ne),
            ("<=", Cmp::Le),
            ("<", Cmp::Lt),
            (">=", Cmp::Ge),
            (">", Cmp::Gt),
        ];
        signs
            .into_iter()
            .find(|(sign, _)| self.take(sign))
            .map(|(_, comparison)| comparison)
    }

    fn word_test(&mut self, field: String) -> Read<Pred> {
        let texts = [
            ("ISTARTS", Part::Prefix, true),
            ("STARTS", Part::Prefix, false),
            ("IENDS", Part::Suffix, true),
            ("ENDS", Part::Suffix, false),
            ("ICONTAINS", Part::Substring, true),
            ("IEQUALS", Part::Whole, true),
        ];
        for (word, part, folded) in texts {
            if self.take_word(word) {
                if matches!(part, Part::Prefix | Part::Suffix) && !self.take_word("WITH") {
                    return Err(No::Predicate);
                }
                return Ok(Pred::Text(part, folded, field, self.text_value()?));
            }
        }
        if self.take_word("IN") {
            return Ok(Pred::In(field, self.list()?));
        }
        if self.take_word("BETWEEN") {
            let low = self.operand()?;
            if !self.take_word("AND") {
                return Err(No::Predicate);
            }
            let high = self.operand()?;
            return Ok(Pred::Between(field, self.value(low), self.value(high)));
        }
        if self.take_word("CONTAINS") {
            let operand = self.operand()?;
            return Ok(Pred::Contains(field, self.value(operand)));
        }
        for (word, folded) in [("LIKE", false), ("ILIKE", true)] {
            if self.take_word(word) {
                return self.like(field, folded);
            }
        }
        Err(No::Predicate)
    }

    fn like(&mut self, field: String, folded: bool) -> Read<Pred> {
        self.space();
        let is_parameter = self.peek() == Some('?');
        let pattern = self.text_value()?;
        let mut escape = None;
        if self.take_word("ESCAPE") {
            self.space();
            let text = self.string()?;
            let mut chars = text.chars();
            escape = Some(chars.next().ok_or(No::Predicate)?);
            if chars.next().is_some() {
                return Err(No::Predicate);
            }
        }
        let test = Pred::Like(folded, field, pattern, escape);
        match test.compile() {
            Ok(_) => Ok(test),
            Err(_) if is_parameter => {
                self.is_refused = true;
                Ok(Pred::All)
            }
            Err(_) => Err(No::Predicate),
        }
    }

    /// What follows `IN`, as an array.
    fn list(&mut self) -> Read<String> {
        self.space();
        match self.peek() {
            Some('[') => match self.operand()? {
                Operand::Literal(text) => Ok(text),
                Operand::Parameter(_) => Err(No::Predicate),
            },
            Some('?') => {
                let operand = self.operand()?;
                let value = self.value(operand);
                if !value.starts_with('[') {
                    self.is_refused = true;
                    return Ok("[]".to_owned());
                }
                Ok(value)
            }
            _ if self.take("(") => {
                let mut items = Vec::new();
                if self.take(")") {
                    return Ok("[]".to_owned());
                }
                loop {
                    let operand = self.operand()?;
                    items.push(self.value(operand));
                    if self.take(")") {
                        return Ok(format!("[{}]", items.join(",")));
                    }
                    if !self.take(",") {
                        return Err(No::Predicate);
                    }
                }
            }
            _ => Err(No::Predicate),
        }
    }

    /// A string, or a parameter that has to be one.
    fn text_value(&mut self) -> Read<String> {
        self.space();
        match self.peek() {
            Some('"' | '\'') => Ok(Value::Str(self.string()?).text()),
            Some('?') => {
                let operand = self.operand()?;
                let value = self.value(operand);
                if value.starts_with('"') {
                    return Ok(value);
                }
                self.is_refused = true;
                Ok("\"\"".to_owned())
            }
            _ => Err(No::Predicate),
        }
    }

    fn value(&mut self, operand: Operand) -> String {
        match operand {
            Operand::Literal(text) => text,
            Operand::Parameter(number) => self
                .params
                .get(number - 1)
                .cloned()
                .unwrap_or_else(|| "null".to_owned()),
        }
    }

    fn operand(&mut self) -> Read<Operand> {
        self.space();
        match self.peek() {
            Some('"' | '\'') => Ok(Operand::Literal(Value::Str(self.string()?).text())),
            Some('?') => self.parameter(),
            Some('[' | '{') => self.json(),
            Some('-') => {
                self.at += 1;
                self.space();
                Ok(Operand::Literal(self.number("-")?))
            }
            Some('0'..='9') => Ok(Operand::Literal(self.number("")?)),
            _ => {
                let word = self.word().ok_or(No::Predicate)?;
                let lower = word.to_ascii_lowercase();
                if !["true", "false", "null"].contains(&lower.as_str()) {
                    return Err(No::Predicate);
                }
                self.at += word.len();
                Ok(Operand::Literal(lower))
            }
        }
    }

    fn parameter(&mut self) -> Read<Operand> {
        let digits = &self.rest()[1..];
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let digits = digits[..end].to_owned();
        self.at += 1 + end;
        match digits.parse::<usize>() {
            Ok(0) => Err(No::Predicate),
            // More than there may be: LIMIT, by whoever comes to it first.
            Ok(number) if number > 65_535 => Err(No::Opinion),
            Ok(number) => {
                self.highest = self.highest.max(number);
                Ok(Operand::Parameter(number))
            }
            Err(_) if digits.is_empty() => Err(No::Predicate),
            Err(_) => Err(No::Opinion),
        }
    }

    /// A number takes all letters and digits behind it: `1and` is none.
    fn number(&mut self, sign: &str) -> Read<String> {
        let rest = self.rest().as_bytes();
        let mut end = 0;
        while end < rest.len() {
            let is_sign =
                matches!(rest[end], b'+' | b'-') && end > 0 && matches!(rest[end - 1], b'e' | b'E');
            if !rest[end].is_ascii_alphanumeric() && rest[end] != b'.' && !is_sign {
                break;
            }
            end += 1;
        }
        let text = format!("{sign}{}", &self.rest()[..end]);
        self.at += end;
        match parse(&text) {
            Ok(Value::Number(text)) => Ok(text),
            Err(super::model::parse::Bad::Range) => Err(No::Opinion),
            _ => Err(No::Predicate),
        }
    }

    /// A string in either quotes.
    fn string(&mut self) -> Read<String> {
        let quote = self
            .peek()
            .filter(|c| matches!(c, '"' | '\''))
            .ok_or(No::Predicate)?;
        self.at += 1;
        let mut json = String::from("\"");
        loop {
            let c = self.peek().ok_or(No::Predicate)?;
            self.at += c.len_utf8();
            match c {
                '\\' => {
                    let escaped = self.peek().ok_or(No::Predicate)?;
                    self.at += escaped.len_utf8();
                    if quote == '"' || escaped != '\'' {
                        json.push('\\');
                    }
                    json.push(escaped);
                }
                '\'' if quote == '\'' && self.rest().starts_with('\'') => {
                    self.at += 1;
                    json.push('\'');
                }
                c if c == quote => break,
                '"' => json.push_str("\\\""),
                c => json.push(c),
            }
        }
        json.push('"');
        match parse(&json) {
            Ok(Value::Str(text)) => Ok(text),
            _ => Err(No::Predicate),
        }
    }

    /// An array or an object: the shortest beginning of the rest that is one.
    fn json(&mut self) -> Read<Operand> {
        let mut depth = 0;
        let mut is_string = false;
        let mut is_escaped = false;
        let mut end = None;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' if is_string => is_escaped = true,
                '"' => is_string = !is_string,
                '[' | '{' if !is_string => depth += 1,
                ']' | '}' if !is_string => {
                    depth -= 1;
                    if depth == 0 {
                        end = Some(at + 1);
                        break;
                    }
                }
                _ => {}
            }
            if depth > DEEPEST {
                return Err(No::Opinion);
            }
        }
        let text = self.rest()[..end.ok_or(No::Predicate)?].to_owned();
        self.at += text.len();
        match parse_within(&text, 2 * DEEPEST) {
            Ok(value) => Ok(Operand::Literal(value.text())),
            Err(super::model::parse::Bad::Syntax) => Err(No::Predicate),
            Err(_) => Err(No::Opinion),
        }
    }
}
