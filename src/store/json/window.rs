//! A JSON text that is read piece by piece: in memory is what is being looked at.

use crate::engine::{self, Scanner};
use crate::store::{Error, Result};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that are read at once, as a rule.
pub(super) const BLOCK: usize = 4 << 20;

/// Bytes of one value at most: of a record, and of what is not kept.
const LONGEST: usize = 1 << 28;

/// See the module's comment.
pub(super) struct Window<'p, R> {
    source: R,
    /// Bytes that are read at once.
    block: usize,
    path: &'p Path,
    /// The table that is being read, for errors.
    pub(super) table: Option<String>,
    text: String,
    /// The beginning of a character whose rest is yet to be read.
    tail: Vec<u8>,
    /// Where in the text the next character is.
    at: usize,
    /// Where in the file the text begins.
    start: u64,
    is_last: bool,
}

impl<'p, R: Read + Seek> Window<'p, R> {
    pub(super) fn new(source: R, path: &'p Path) -> Window<'p, R> {
        Window::of_blocks(source, path, BLOCK)
    }

    pub(super) fn of_blocks(source: R, path: &'p Path, block: usize) -> Window<'p, R> {
        Window {
            source,
            block,
            path,
            table: None,
            text: String::new(),
            tail: Vec::new(),
            at: 0,
            start: 0,
            is_last: false,
        }
    }

    /// What is in memory, and where in it the next character is.
    pub(super) fn text(&self) -> (&str, usize) {
        (&self.text, self.at)
    }

    /// Whether the text in memory goes to the end of the file.
    pub(super) fn is_last(&self) -> bool {
        self.is_last
    }

    /// Goes on at another character of the text in memory.
    pub(super) fn turn_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Where in the file the next character is.
    pub(super) fn position(&self) -> u64 {
        self.start + self.at as u64
    }

    /// Goes on somewhere in the file.
    pub(super) fn seek(&mut self, position: u64) -> Result<()> {
        self.text.clear();
        self.tail.clear();
        (self.at, self.start, self.is_last) = (0, position, false);
        let moved = self.source.seek(SeekFrom::Start(position));
        moved.map(|_| ()).map_err(Error::io("read", self.path))
    }

    /// Reads more. What was passed is let go.
    pub(super) fn refill(&mut self) -> Result<()> {
        self.text.drain(..self.at);
        self.start += self.at as u64;
        self.at = 0;
        if self.text.len() > LONGEST {
            return Err(self.content(engine::Error::Limit {
                what: "bytes of a value",
                limit: LONGEST as u64,
                index: None,
            }));
        }
        let known = self.tail.len();
        crate::store::reserve(&mut self.tail, self.block)?;
        crate::store::reserve_text(&mut self.text, known + self.block)?;
        let mut block = (&mut self.source).take(self.block as u64);
        let read = block.read_to_end(&mut self.tail);
        self.is_last = read.map_err(Error::io("read", self.path))? == 0;
        let valid = match std::str::from_utf8(&self.tail) {
            Ok(_) => self.tail.len(),
            Err(error) if error.error_len().is_none() && !self.is_last => error.valid_up_to(),
            Err(error) => {
                self.at = self.text.len() + error.valid_up_to();
                return Err(self.wrong("this is not UTF-8"));
            }
        };
        let rest = self.tail.split_off(valid);
        let text = std::mem::replace(&mut self.tail, rest);
        self.text
            .push_str(&String::from_utf8(text).unwrap_or_default());
        Ok(())
    }

    /// The next character that is no white space; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let space = rest
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
                .count();
            self.at += space;
            match rest.get(space) {
                Some(byte) => return Ok(Some(*byte)),
                None if self.is_last => return Ok(None),
                None => self.refill()?,
            }
        }
    }

    /// Passes a character that must come next.
    pub(super) fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek()? != Some(byte) {
            return Err(self.wrong(&format!("expected '{}'", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    /// Passes a character if it comes next.
    pub(super) fn takes(&mut self, byte: u8) -> Result<bool> {
        let is_next = self.peek()? == Some(byte);
        self.at += usize::from(is_next);
        Ok(is_next)
    }

    /// Passes a value; returns its canonical text.
    pub(super) fn value(&mut self) -> Result<Vec<u8>> {
        self.peek()?;
        loop {
            let mut out = Vec::new();
            let mut scanner = Scanner::new_at(&self.text, self.at);
            let outcome = scanner.value(&mut out);
            let is_cut = scanner.is_near_end() && !self.is_last;
            let end = scanner.position();
            match outcome {
                _ if is_cut => self.refill()?,
                Ok(()) => {
                    self.at = end;
                    return Ok(out);
                }
                Err(error) => return Err(self.located(error)),
            }
        }
    }

    /// Passes a name and the colon behind it.
    pub(super) fn name(&mut self) -> Result<String> {
        if self.peek()? != Some(b'"') {
            return Err(self.wrong("expected a name in quotes"));
        }
        let text = self.value()?;
        self.expect(b':')?;
        let name = engine::string_of(&text).map(|name| name.into_owned());
        name.ok_or_else(|| self.wrong("expected a name in quotes"))
    }

    /// The members of an object, one after the other: what is done with each passes its value.
    pub(super) fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<()>,
    ) -> Result<()> {
        self.expect(b'{')?;
        if self.takes(b'}')? {
            return Ok(());
        }
        loop {
            let name = self.name()?;
            member(self, name)?;
            if self.takes(b'}')? {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// The elements of an array, one after the other: what is done with each passes it.
    pub(super) fn elements(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.expect(b'[')?;
        if self.takes(b']')? {
            return Ok(());
        }
        loop {
            element(self)?;
            if self.takes(b']')? {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Passes a string.
    pub(super) fn text_value(&mut self) -> Result<String> {
        let text = self.value()?;
        let text = engine::string_of(&text).map(|text| text.into_owned());
        text.ok_or_else(|| self.wrong("expected a string"))
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(self.wrong("expected the end of the file")),
        }
    }

    /// An error at the next character.
    pub(super) fn wrong(&self, reason: &str) -> Error {
        self.content(engine::Error::InvalidJson {
            reason: reason.to_owned(),
            position: self.position() as usize,
            index: None,
        })
    }

    /// An error whose position is one of the text in memory.
    pub(super) fn located(&self, mut error: engine::Error) -> Error {
        if let engine::Error::InvalidJson { position, .. }
        | engine::Error::NumberRange {
            position: Some(position),
            ..
        } = &mut error
        {
            *position += self.start as usize;
        }
        self.content(error)
    }

    /// An error of the file's content.
    pub(super) fn content(&self, error: engine::Error) -> Error {
        Error::content(self.path, self.table.as_deref(), error)
    }
}
