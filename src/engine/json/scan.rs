//! The scanner: checks a JSON text, copies it in canonical form, and notes the fields of a record, in one pass.
//!
//! Text that is canonical already, as most is, is copied in one piece: the scanner only remembers from where, and
//! copies when it meets something that must change (white space, an escape that is not minimal).

use super::compact;
use super::escape::{push_byte, short_escape};
use super::number::{self, Fault};
use super::word::{self, plain_prefix};
use crate::engine::limits::{add_small, exceeded, reserve, reserve_small, MAX_DEPTH, MAX_RECORD};
use crate::engine::shape::{Field, Shape};
use crate::engine::{Error, Result};
use smallvec::SmallVec;

/// Where a field of a record lies in its canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The name, quotes included.
    pub(crate) name: (u32, u32),
    /// The value.
    pub(crate) value: (u32, u32),
}

/// The fields of a record; as many as most records have need no memory of their own.
type Spans = SmallVec<[Span; 16]>;

/// See the module's comment.
pub(crate) struct Scanner<'a> {
    src: &'a [u8],
    pos: usize,
    /// Everything before this is copied or dropped.
    flushed: usize,
    /// Where in the output the record, or other outermost value, starts.
    base: usize,
    /// A stack: the fields of the objects that are open. After a record, the record's own.
    spans: Spans,
}

/// The canonical text of a JSON value that stands alone.
pub(crate) fn canonical(text: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut scanner = Scanner::new(text);
    scanner.value(&mut out)?;
    scanner.end()?;
    Ok(out)
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner::new_at(text, 0)
    }

    /// Starts somewhere in a text.
    pub(crate) fn new_at(text: &'a str, position: usize) -> Self {
        Scanner {
            src: text.as_bytes(),
            pos: position,
            flushed: position,
            base: 0,
            spans: Spans::new(),
        }
    }

    /// Where the scanner stands in the text.
    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    /// Whether the text ends so soon that what was made of it may be wrong, if it is a piece of a longer one.
    pub(crate) fn is_near_end(&self) -> bool {
        /// Bytes of the longest token but strings and numbers: two escapes that are one character.
        const LONGEST: usize = 12;
        self.left() <= LONGEST
    }

    /// Bytes of the text from there on.
    pub(crate) fn left(&self) -> usize {
        self.src.len() - self.pos
    }

    /// The fields of the record that was scanned last.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The same, taken out of the scanner.
    pub(crate) fn into_spans(self) -> Vec<Span> {
        self.spans.into_vec()
    }

    /// Scans a record and appends its canonical text. Returns, if its fields are the first ones of `guess` in their
    /// order, how many of those it lacks at the end.
    pub(crate) fn record(
        &mut self,
        out: &mut Vec<u8>,
        guess: Option<&Shape>,
    ) -> Result<Option<usize>> {
        self.begin(out)?;
        if self.peek() != Some(b'{') {
            return Err(self.error("expected an object"));
        }
        let missing = self.object(out, 1, guess)?;
        self.offset(out)?;
        self.flush(out);
        Ok(missing)
    }

    /// Scans any value and appends its canonical text.
    pub(crate) fn value(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.begin(out)?;
        self.any(out, 1)?;
        self.flush(out);
        Ok(())
    }

    /// Steps into an array; false if it is empty.
    pub(crate) fn enter_array(&mut self) -> Result<bool> {
        self.drop_white_space();
        if self.peek() != Some(b'[') {
            return Err(self.error("expected an array"));
        }
        self.pos += 1;
        self.drop_white_space();
        let filled = self.peek() != Some(b']');
        self.pos += usize::from(!filled);
        Ok(filled)
    }

    /// After an element of an array: true if another follows.
    pub(crate) fn next_element(&mut self) -> Result<bool> {
        self.drop_white_space();
        match self.peek() {
            Some(b',') => {
                self.pos += 1;
                Ok(true)
            }
            Some(b']') => {
                self.pos += 1;
                Ok(false)
            }
            _ => Err(self.error("expected ',' or ']'")),
        }
    }

    /// Nothing but white space may follow.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.drop_white_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("expected the end of the text")),
        }
    }

    /// Makes room for the canonical text of all that is left, which is never longer than the input itself.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.drop_white_space();
        self.flushed = self.pos;
        self.base = out.len();
        self.spans.clear();
        reserve(out, self.src.len() - self.pos)
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.src.get(self.pos).copied()
    }

    #[cold]
    fn error(&self, reason: &str) -> Error {
        let found = match self.src.get(self.pos..) {
            None | Some([]) => "the end of the text".to_owned(),
            Some(rest) => {
                let shown = rest.get(..rest.len().min(8)).unwrap_or_default();
                let text = String::from_utf8_lossy(shown);
                format!("{:?}", text.chars().next().unwrap_or(' '))
            }
        };
        Error::json(self.pos, format!("{reason}, found {found}"))
    }

    /// Copies what is canonical up to here.
    #[inline]
    fn flush(&mut self, out: &mut Vec<u8>) {
        if let Some(text) = self.src.get(self.flushed..self.pos) {
            out.extend_from_slice(text);
        }
        self.flushed = self.pos;
    }

    /// Where in the record's text the scanner stands, once all is copied.
    #[inline]
    fn offset(&self, out: &[u8]) -> Result<u32> {
        let offset = out.len() - self.base + self.pos - self.flushed;
        if offset > MAX_RECORD {
            return Err(exceeded("bytes of a record", MAX_RECORD));
        }
        Ok(offset as u32)
    }

    fn drop_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.pos += 1;
        }
    }

    /// Leaves white space out of the copy.
    #[inline]
    fn white_space(&mut self, out: &mut Vec<u8>) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.flush(out);
            self.drop_white_space();
            self.flushed = self.pos;
        }
    }

    fn any(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        match self.peek() {
            Some(b'"') => self.string(out),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{') => self.object(out, depth, None).map(|_| ()),
            Some(b'[') => self.array(out, depth),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(self.error("expected a value")),
        }
    }

    fn literal(&mut self, word: &[u8]) -> Result<()> {
        if !self.starts_with(word) {
            return Err(self.error("expected a value"));
        }
        self.pos += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<()> {
        let start = self.pos;
        let token = number::token(self.src, start);
        match token.fault {
            None => {
                self.pos = token.end;
                Ok(())
            }
            Some(Fault::Syntax(reason)) => {
                self.pos = token.end;
                Err(self.error(reason))
            }
            Some(Fault::FloatRange) => Err(Error::json(
                start,
                "the number is too large for an IEEE double",
            )),
            Some(Fault::IntegerRange) => Err(Error::NumberRange {
                reason: "the integer is out of the range -2^63 to 2^64-1".to_owned(),
                position: Some(start),
                index: None,
            }),
        }
    }

    fn check_depth(&self, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(exceeded("levels of nesting", MAX_DEPTH));
        }
        Ok(())
    }

    fn array(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        self.check_depth(depth)?;
        self.pos += 1;
        self.white_space(out);
        if self.peek() == Some(b']') {
            self.pos += 1;
            return Ok(());
        }
        loop {
            self.any(out, depth + 1)?;
            self.white_space(out);
            match self.peek() {
                Some(b',') => self.pos += 1,
                Some(b']') => {
                    self.pos += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected ',' or ']'")),
            }
            self.white_space(out);
        }
    }

    /// Scans an object. Its spans stay on the stack if it is the record itself (depth 1).
    fn object(
        &mut self,
        out: &mut Vec<u8>,
        depth: usize,
        guess: Option<&Shape>,
    ) -> Result<Option<usize>> {
        self.check_depth(depth)?;
        let start = self.offset(out)?;
        let first = self.spans.len();
        let mut expected = guess.map(|shape| shape.fields());
        self.pos += 1;
        loop {
            if let Some(fields) = &mut expected {
                let is_end;
                (*fields, is_end) = self.compact_fields(out, fields)?;
                if is_end {
                    break;
                }
            }
            self.white_space(out);
            match self.peek() {
                Some(b'}') if self.spans.len() == first => {
                    self.pos += 1;
                    break;
                }
                Some(b'"') => {}
                _ => return Err(self.error("expected a field name in quotes")),
            }
            let name_start = self.offset(out)?;
            expected = match expected.and_then(<[Field]>::split_first) {
                Some((field, rest)) if self.starts_with(field.quoted()) => {
                    self.pos += field.quoted().len();
                    Some(rest)
                }
                _ => {
                    self.string(out)?;
                    None
                }
            };
            let name_end = self.offset(out)?;
            self.white_space(out);
            if self.peek() != Some(b':') {
                return Err(self.error("expected ':'"));
            }
            self.pos += 1;
            self.white_space(out);
            let value_start = self.offset(out)?;
            let at = self.spans.len();
            let span = Span {
                name: (name_start, name_end),
                value: (value_start, value_start),
            };
            add_small(&mut self.spans, span)?;
            self.any(out, depth + 1)?;
            let value_end = self.offset(out)?;
            if let Some(span) = self.spans.get_mut(at) {
                span.value.1 = value_end;
            }
            self.white_space(out);
            match self.peek() {
                Some(b',') => self.pos += 1,
                Some(b'}') => {
                    self.pos += 1;
                    break;
                }
                _ => return Err(self.error("expected ',' or '}'")),
            }
        }
        // The names of a shape are unique.
        let missing = expected.map(|fields| fields.len());
        if missing.is_none() {
            self.resolve_repeats(out, start, first)?;
        }
        if depth > 1 {
            self.spans.truncate(first);
        }
        Ok(missing)
    }

    /// Scans fields with the names that are expected as long as they are canonical as they stand. Returns those that are
    /// left, and whether the object has ended.
    #[inline]
    fn compact_fields<'f>(
        &mut self,
        out: &[u8],
        mut fields: &'f [Field],
    ) -> Result<(&'f [Field], bool)> {
        reserve_small(&mut self.spans, fields.len())?;
        // Nothing is copied meanwhile, so offsets are as far from positions as they are now.
        let moved = (out.len() - self.base).wrapping_sub(self.flushed);
        while let Some((field, rest)) = fields.split_first() {
            let Some(end) = compact::field(self.src, self.pos, field.named()) else {
                break;
            };
            let after = self.src.get(end);
            let (from, to) = (self.pos.wrapping_add(moved), end.wrapping_add(moved));
            if !matches!(after, Some(b',' | b'}')) || to > MAX_RECORD {
                break;
            }
            let name_len = field.named().len() - 1;
            self.spans.push(Span {
                name: (from as u32, (from + name_len) as u32),
                value: ((from + name_len + 1) as u32, to as u32),
            });
            self.pos = end + 1;
            fields = rest;
            if after == Some(&b'}') {
                return Ok((fields, true));
            }
        }
        Ok((fields, false))
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.src
            .get(self.pos..)
            .is_some_and(|rest| word::starts_with(rest, text))
    }

    fn string(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let start = self.pos;
        self.pos += 1;
        loop {
            self.pos += plain_prefix(self.src.get(self.pos..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.pos += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(out)?,
                Some(_) => return Err(self.error("a control character must be escaped")),
                None => return Err(Error::json(start, "the string has no end")),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let letter = self.src.get(self.pos + 1).copied();
        match letter {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.pos += 2;
                Ok(())
            }
            Some(b'/') => {
                self.flush(out);
                self.pos += 2;
                self.flushed = self.pos;
                out.push(b'/');
                Ok(())
            }
            Some(b'u') => self.unicode_escape(out),
            _ => Err(self.error("no such escape in a string")),
        }
    }

    fn unicode_escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let start = self.pos;
        let first = self.hex4(start + 2)?;
        let (code, len) = match first {
            0xd800..=0xdbff => {
                let is_pair = self.src.get(start + 6..start + 8) == Some(b"\\u".as_slice());
                let second = if is_pair { self.hex4(start + 8)? } else { 0 };
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(Error::json(start, "a lone surrogate escape"));
                }
                (0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12)
            }
            _ => (first, 6),
        };
        let Some(character) = char::from_u32(code) else {
            return Err(Error::json(start, "a lone surrogate escape"));
        };
        let is_canonical = code < 0x20
            && short_escape(code as u8).is_none()
            && self
                .src
                .get(start + 2..start + 6)
                .is_some_and(|hex| hex.iter().all(|digit| !digit.is_ascii_uppercase()));
        if is_canonical {
            self.pos += len;
            return Ok(());
        }
        self.flush(out);
        self.pos += len;
        self.flushed = self.pos;
        match u8::try_from(code) {
            Ok(byte) if byte < 0x80 => push_byte(out, byte),
            _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        Ok(())
    }

    fn hex4(&self, at: usize) -> Result<u32> {
        let digits = self.src.get(at..at + 4).unwrap_or_default();
        let mut value = 0;
        for digit in digits {
            let Some(digit) = (*digit as char).to_digit(16) else {
                return Err(Error::json(at, "expected four hexadecimal digits"));
            };
            value = value << 4 | digit;
        }
        if digits.len() < 4 {
            return Err(Error::json(at, "expected four hexadecimal digits"));
        }
        Ok(value)
    }

    /// Of a repeated name the last value counts, in the first one's place.
    fn resolve_repeats(&mut self, out: &mut Vec<u8>, start: u32, first: usize) -> Result<()> {
        if self.spans.len() - first < 2 {
            return Ok(());
        }
        self.flush(out);
        let base = self.base;
        let text = out.get(base..).unwrap_or_default();
        let spans = self.spans.get(first..).unwrap_or_default();
        if !has_repeats(text, spans)? {
            return Ok(());
        }
        let (object, kept) = without_repeats(text, spans, start)?;
        out.truncate(base + start as usize);
        out.extend_from_slice(&object);
        self.spans.truncate(first);
        self.spans.extend_from_slice(&kept);
        Ok(())
    }
}

fn slice(text: &[u8], range: (u32, u32)) -> &[u8] {
    text.get(range.0 as usize..range.1 as usize)
        .unwrap_or_default()
}

fn has_repeats(text: &[u8], spans: &[Span]) -> Result<bool> {
    let name = |span: &Span| slice(text, span.name);
    if spans.len() <= 16 {
        return Ok(spans.iter().enumerate().any(|(at, span)| {
            let later = spans.get(at + 1..).unwrap_or_default();
            later.iter().any(|other| name(other) == name(span))
        }));
    }
    let mut names: Vec<&[u8]> = Vec::new();
    reserve(&mut names, spans.len())?;
    names.extend(spans.iter().map(name));
    names.sort_unstable();
    Ok(!names.is_sorted_by(|a, b| a < b))
}

/// The object with each name once, and where its fields then lie.
fn without_repeats(text: &[u8], spans: &[Span], start: u32) -> Result<(Vec<u8>, Vec<Span>)> {
    let mut places = hashbrown::HashMap::with_hasher(foldhash::fast::RandomState::default());
    let mut unique: Vec<Span> = Vec::new();
    let (mut object, mut kept) = (Vec::new(), Vec::new());
    let room = places
        .try_reserve(spans.len())
        .map_err(|_| Error::out_of_memory(spans.len() * 32));
    room.and_then(|()| reserve(&mut unique, spans.len()))
        .and_then(|()| reserve(&mut kept, spans.len()))
        .and_then(|()| reserve(&mut object, text.len()))?;
    for span in spans {
        let at = *places.entry(slice(text, span.name)).or_insert(unique.len());
        match unique.get_mut(at) {
            Some(first) => first.value = span.value,
            None => unique.push(*span),
        }
    }
    object.push(b'{');
    for span in &unique {
        if object.len() > 1 {
            object.push(b',');
        }
        let name = append(&mut object, start, slice(text, span.name));
        object.push(b':');
        let value = append(&mut object, start, slice(text, span.value));
        kept.push(Span { name, value });
    }
    object.push(b'}');
    Ok((object, kept))
}

fn append(object: &mut Vec<u8>, start: u32, piece: &[u8]) -> (u32, u32) {
    let from = start + object.len() as u32;
    object.extend_from_slice(piece);
    (from, start + object.len() as u32)
}

/// Whether a text stands for itself between quotes.
#[inline]
pub(crate) fn is_plain(text: &[u8]) -> bool {
    plain_prefix(text) == text.len()
}
