//! A CSV file's lines, cell by cell; in memory is one of them.

use crate::engine;
use crate::store::filling::Stop;
use crate::store::{Error, Fault, Result};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that are read at once; few in unit tests, so that they end anywhere.
const BLOCK: usize = if cfg!(test) { 5 } else { 256 << 10 };

/// Bytes of the cells of one line at most.
const LONGEST: usize = engine::MAX_RECORD;

/// Cells of one line at most.
const MOST: usize = 1 << 20;

/// What some programs write at the start of a file to say that it is UTF-8.
pub(in crate::store) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// See the module's comment. A line here is what the file's format calls a record: it may have line breaks in quotes. Lines without
/// anything are passed over.
pub(super) struct Lines<'s> {
    source: &'s File,
    path: &'s Path,
    parser: Reader,
    /// What was read of the file, and how much of that was parsed.
    block: Vec<u8>,
    parsed: usize,
    /// Where in the file that is.
    position: u64,
    is_end: bool,
    /// The cells of the line, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// Where the line begins, or a line break before it.
    pub(super) start: u64,
    stop: Stop,
}

impl<'s> Lines<'s> {
    /// The lines from the start of the file on.
    pub(super) fn new(
        mut source: &'s File,
        path: &'s Path,
        delimiter: u8,
        stop: Stop,
    ) -> Result<Lines<'s>> {
        let start = source.seek(SeekFrom::Start(0));
        start.map_err(Error::io("read", path))?;
        let mut lines = Lines {
            source,
            path,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            block: Vec::new(),
            parsed: 0,
            position: 0,
            is_end: false,
            text: Vec::new(),
            ends: Vec::new(),
            count: 0,
            start: 0,
            stop,
        };
        lines.refill()?;
        if lines.block.starts_with(BOM) {
            lines.parsed = BOM.len();
            lines.position = BOM.len() as u64;
        }
        Ok(lines)
    }

    /// Reads the next line; false at the end.
    pub(super) fn next(&mut self) -> Result<bool> {
        self.stop.step()?;
        (self.start, self.count) = (self.position, 0);
        let mut len = 0;
        // Where the file ends, a line break ends the last line, unless that is in quotes.
        let mut was_ended = false;
        loop {
            if self.parsed == self.block.len() && !self.is_end {
                self.stop.check()?;
                self.refill()?;
            }
            let rest = self.block.get(self.parsed..).unwrap_or_default();
            let input = match (rest.is_empty(), was_ended) {
                (false, _) => rest,
                (true, false) => b"\n",
                (true, true) => b"",
            };
            let text = self.text.get_mut(len..).unwrap_or_default();
            let ends = self.ends.get_mut(self.count..).unwrap_or_default();
            let (outcome, read, written, ended) = self.parser.read_record(input, text, ends);
            if rest.is_empty() {
                was_ended |= read > 0;
            } else {
                self.parsed += read;
                self.position += read as u64;
            }
            len += written;
            self.count += ended;
            match outcome {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => lengthen(&mut self.text)?,
                ReadRecordResult::OutputEndsFull => lengthen(&mut self.ends)?,
                ReadRecordResult::Record if was_ended && input.is_empty() => {
                    return Err(self.wrong(Fault::Format("a quote is not closed".to_owned())));
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
            self.check("bytes of a line", len, LONGEST)?;
            self.check("cells of a line", self.count, MOST)?;
        }
    }

    /// How many cells the line has.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// A cell of the line; an empty one where there is none.
    pub(super) fn cell(&self, at: usize) -> Result<&str> {
        if at >= self.count {
            return Ok("");
        }
        let end_of = |at: usize| self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).map_or(0, end_of);
        let cell = self.text.get(start..end_of(at)).unwrap_or_default();
        std::str::from_utf8(cell).map_err(|_| self.wrong_at(at, Fault::NotUtf8))
    }

    fn refill(&mut self) -> Result<()> {
        self.block.clear();
        self.parsed = 0;
        crate::store::reserve(&mut self.block, BLOCK)?;
        let mut block = self.source.take(BLOCK as u64);
        let read = block.read_to_end(&mut self.block);
        self.is_end = read.map_err(Error::io("read", self.path))? == 0;
        Ok(())
    }

    fn check(&self, what: &'static str, count: usize, limit: usize) -> Result<()> {
        if count <= limit {
            return Ok(());
        }
        let (limit, index) = (limit as u64, None);
        Err(self.wrong(engine::Error::Limit { what, limit, index }.into()))
    }

    /// An error of the line.
    pub(super) fn wrong(&self, fault: Fault) -> Error {
        let line = line_at(self.source, self.start);
        Error::line(self.path, line, None, fault)
    }

    /// An error of a cell of it.
    pub(super) fn wrong_at(&self, column: usize, fault: Fault) -> Error {
        let line = line_at(self.source, self.start);
        Error::line(self.path, line, Some(column as u64 + 1), fault)
    }
}

/// The number of the line, as an editor counts them, that begins somewhere in a file, or behind line breaks there. Nothing is read
/// of the file after that.
pub(super) fn line_at(mut file: &File, position: u64) -> u64 {
    let (mut line, mut at, mut after_cr) = (1, 0, false);
    let mut block = vec![0; 64 << 10];
    if file.seek(SeekFrom::Start(0)).is_err() {
        return line;
    }
    while let Ok(count @ 1..) = file.read(&mut block) {
        for byte in block.iter().take(count) {
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => line += 1,
                _ if at >= position => return line,
                _ => {}
            }
            after_cr = *byte == b'\r';
            at += 1;
        }
    }
    line
}

/// Makes a buffer for cells twice as long.
fn lengthen<T: Clone + Default>(buffer: &mut Vec<T>) -> Result<()> {
    let len = (2 * buffer.len()).max(64);
    crate::store::reserve(buffer, len - buffer.len())?;
    buffer.resize(len, T::default());
    Ok(())
}
