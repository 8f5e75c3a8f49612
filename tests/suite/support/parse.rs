//! A strict JSON reader (RFC 8259 and the contract's limits), as simple as it can be.

use super::value::{is_integer, Value};

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// Not JSON, or a float that is not finite.
    Syntax,
    /// An integer outside [-2^63, 2^64-1].
    Range,
    /// Nested too deeply.
    Depth,
}

const DEPTH: usize = 128;

/// One value and nothing else.
pub fn parse(text: &str) -> Result<Value, Bad> {
    parse_within(text, DEPTH)
}

/// As `parse`, for a text that may nest deeper or not as deep as a record.
pub fn parse_within(text: &str, deepest: usize) -> Result<Value, Bad> {
    let mut reader = Reader::new(text);
    reader.deepest = deepest;
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(Bad::Syntax),
    }
}

/// The elements of an array, each read on its own so that the first bad one is known: its place, and what is wrong.
/// A fault of the array itself has no place. The array does not count as a level of nesting.
pub fn parse_items(
    text: &str,
    mut each: impl FnMut(usize, Value) -> bool,
) -> Result<usize, (Option<usize>, Bad)> {
    let whole = |bad| (None, bad);
    let mut reader = Reader::new(text);
    reader.space();
    reader.expect('[').map_err(whole)?;
    reader.space();
    let mut count = 0;
    if reader.peek() == Some(']') {
        reader.at += 1;
    } else {
        loop {
            let item = reader.value(0).map_err(|bad| (Some(count), bad))?;
            if !each(count, item) {
                return Ok(count);
            }
            count += 1;
            reader.space();
            match reader.next() {
                Some(',') => {}
                Some(']') => break,
                _ => return Err(whole(Bad::Syntax)),
            }
        }
    }
    reader.space();
    match reader.peek() {
        None => Ok(count),
        Some(_) => Err(whole(Bad::Syntax)),
    }
}

/// The first number of a text that is out of range, as it is spelled.
pub fn first_out_of_range(text: &str) -> Option<String> {
    let mut reader = Reader::new(text);
    match reader.value(0) {
        Err(Bad::Range) => Some(reader.text[reader.number..reader.at].iter().collect()),
        _ => None,
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    /// Where the last number begins.
    number: usize,
    deepest: usize,
}

impl Reader {
    fn new(text: &str) -> Reader {
        Reader {
            text: text.chars().collect(),
            at: 0,
            number: 0,
            deepest: DEPTH,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn expect(&mut self, wanted: char) -> Result<(), Bad> {
        match self.next() {
            Some(c) if c == wanted => Ok(()),
            _ => Err(Bad::Syntax),
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Bad> {
        for c in word.chars() {
            self.expect(c)?;
        }
        Ok(value)
    }

    /// `depth`: how many arrays and objects are open around the value.
    fn value(&mut self, depth: usize) -> Result<Value, Bad> {
        self.space();
        match self.peek() {
            Some('n') => self.word("null", Value::Null),
            Some('t') => self.word("true", Value::Bool(true)),
            Some('f') => self.word("false", Value::Bool(false)),
            Some('"') => Ok(Value::Str(self.string()?)),
            Some('-' | '0'..='9') => self.number(),
            Some('[' | '{') if depth == self.deepest => Err(Bad::Depth),
            Some('[') => self.list(depth + 1),
            Some('{') => self.dict(depth + 1),
            _ => Err(Bad::Syntax),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Bad> {
        self.expect('[')?;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.space();
            match self.next() {
                Some(',') => {}
                Some(']') => return Ok(Value::List(items)),
                _ => return Err(Bad::Syntax),
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, Bad> {
        self.expect('{')?;
        let mut fields: Vec<(String, Value)> = Vec::new();
        self.space();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(Value::Dict(fields));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            self.expect(':')?;
            let value = self.value(depth)?;
            match fields.iter_mut().find(|(n, _)| *n == name) {
                Some(field) => field.1 = value,
                None => fields.push((name, value)),
            }
            self.space();
            match self.next() {
                Some(',') => {}
                Some('}') => return Ok(Value::Dict(fields)),
                _ => return Err(Bad::Syntax),
            }
        }
    }

    fn digits(&mut self) -> Result<(), Bad> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return Err(Bad::Syntax);
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Bad> {
        let start = self.at;
        self.number = start;
        if self.peek() == Some('-') {
            self.at += 1;
        }
        if self.peek() == Some('0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text: String = self.text[start..self.at].iter().collect();
        if is_integer(&text) {
            match text.parse::<i128>() {
                Ok(n) if (-(1 << 63)..1 << 64).contains(&n) => Ok(Value::Number(text)),
                _ => Err(Bad::Range),
            }
        } else {
            match text.parse::<f64>() {
                Ok(n) if n.is_finite() => Ok(Value::Number(text)),
                _ => Err(Bad::Syntax),
            }
        }
    }

    fn unit(&mut self) -> Result<u32, Bad> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|c| c.to_digit(16));
            unit = unit * 16 + digit.ok_or(Bad::Syntax)?;
        }
        Ok(unit)
    }

    fn string(&mut self) -> Result<String, Bad> {
        self.expect('"')?;
        let mut out = String::new();
        loop {
            match self.next() {
                None => return Err(Bad::Syntax),
                Some('"') => return Ok(out),
                Some('\\') => out.push(self.escape()?),
                Some(c) if c < ' ' => return Err(Bad::Syntax),
                Some(c) => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Bad> {
        Ok(match self.next() {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let mut code = self.unit()?;
                if (0xd800..0xdc00).contains(&code) {
                    self.expect('\\')?;
                    self.expect('u')?;
                    let low = self.unit()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(Bad::Syntax);
                    }
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                }
                char::from_u32(code).ok_or(Bad::Syntax)?
            }
            _ => return Err(Bad::Syntax),
        })
    }
}
