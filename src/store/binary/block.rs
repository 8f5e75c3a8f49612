//! The blocks of a binary file: numbered, and each with its checksum.

use crate::engine;
use crate::store::replace::Replacement;
use crate::store::{Error, Result};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

/// Shows transfers that change line ends or cut off the eighth bit.
const MAGIC: [u8; 8] = *b"\x89DDB\r\n\x1a\n";
const VERSION: u32 = 1;

/// Bytes before the payload's checksum, and with it.
const HEAD: usize = 16;
const HEADER: usize = HEAD + 8;

/// Bytes of a payload for which there is room made at first.
const STEP: usize = 1 << 20;

/// Bytes of a payload at most: a record, and what comes before it.
const LONGEST: u64 = (1 << 28) + (1 << 20);

/// Whether a file that begins so can be of this format. No JSON text begins with its first byte, so damage further on is told
/// as such.
pub(in crate::store) fn is_start(first: &[u8]) -> bool {
    first.first() == MAGIC.first()
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    Table = 1,
    Shape = 2,
    Records = 3,
    TableEnd = 4,
    End = 5,
}

impl Kind {
    fn of(number: u32) -> Option<Kind> {
        let all = [
            Kind::Table,
            Kind::Shape,
            Kind::Records,
            Kind::TableEnd,
            Kind::End,
        ];
        all.into_iter().find(|kind| *kind as u32 == number)
    }
}

fn checksum(parts: [&[u8]; 2]) -> [u8; 8] {
    let mut state = Xxh3::new();
    parts.iter().for_each(|part| state.update(part));
    state.digest().to_le_bytes()
}

fn head(first: u32, second: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (first.to_le_bytes(), second.to_le_bytes());
    [a, b, c, d, e, f, g, h]
}

/// What stands before the payload of a block.
pub(super) fn sealed(kind: u32, number: u32, payload: &[u8]) -> [u8; HEADER] {
    let mut start = [0; HEADER];
    let (first, sum) = start.split_at_mut(HEAD);
    let parts = [head(kind, number), (payload.len() as u64).to_le_bytes()];
    first.copy_from_slice(&parts.concat());
    sum.copy_from_slice(&checksum([first, payload]));
    start
}

/// Writes blocks, one after the other.
pub(super) struct Writer<'o> {
    out: &'o mut Replacement,
    number: u32,
}

impl<'o> Writer<'o> {
    pub(super) fn begin(out: &'o mut Replacement) -> Result<Writer<'o>> {
        let start = [MAGIC, head(VERSION, 0)].concat();
        out.write(&start)?;
        out.write(&checksum([&start, b""]))?;
        Ok(Writer { out, number: 0 })
    }

    pub(super) fn block(&mut self, kind: Kind, payload: &[u8]) -> Result<()> {
        self.out.write(&sealed(kind as u32, self.number, payload))?;
        self.out.write(payload)?;
        self.number += 1;
        Ok(())
    }
}

/// Reads blocks, one after the other.
pub(super) struct Reader<R> {
    source: R,
    path: PathBuf,
    number: u32,
    /// Where in the file the next byte is, and where the payload at hand begins.
    position: u64,
    payload_at: u64,
    payload: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(super) fn begin(source: R, path: &Path) -> Result<Reader<R>> {
        let mut reader = Reader {
            source,
            path: path.to_owned(),
            number: 0,
            position: 0,
            payload_at: 0,
            payload: Vec::new(),
        };
        let mut start = [0; HEADER];
        reader.fill(&mut start)?;
        let (head, sum) = start.split_at(HEAD);
        let (magic, rest) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(reader.corrupt(
                0,
                "this is no file of this format: its first eight bytes are others",
            ));
        }
        if checksum([head, b""]) != sum {
            return Err(reader.corrupt(8, "the checksum of the header is another"));
        }
        match rest.first_chunk().copied().map(u32::from_le_bytes) {
            Some(VERSION) => Ok(reader),
            Some(other) => {
                let reason =
                    format!("the file has version {other}, and this library reads {VERSION}");
                Err(reader.corrupt(8, &reason))
            }
            None => Err(reader.corrupt(8, "the header is cut")),
        }
    }

    /// The next block and its payload.
    pub(super) fn next(&mut self) -> Result<(Kind, &[u8])> {
        let at = self.position;
        let mut start = [0; HEADER];
        self.fill(&mut start)?;
        let (head, sum) = start.split_at(HEAD);
        let (kind, number, length) = fields(head);
        if number != self.number {
            return Err(self.corrupt(at, "a block is missing, doubled or moved"));
        }
        if length > LONGEST {
            return Err(self.corrupt(at, "a block is longer than any can be"));
        }
        self.payload_at = self.position;
        self.position += self.read_payload(length as usize)? as u64;
        if self.payload.len() as u64 != length {
            return Err(self.corrupt(self.position, "the file ends within a block"));
        }
        if checksum([head, &self.payload]) != sum {
            return Err(self.corrupt(at, "the checksum of a block is another"));
        }
        let Some(kind) = Kind::of(kind) else {
            return Err(self.corrupt(at, "a block is of a type that is not known"));
        };
        self.number += 1;
        Ok((kind, &self.payload))
    }

    /// Reads a payload, or what there is of it.
    fn read_payload(&mut self, length: usize) -> Result<usize> {
        // What memory holds from before is written over. What is not there is not made room for: the length may be wrong.
        self.payload.truncate(length);
        let mut read = 0;
        while read < length {
            if read == self.payload.len() {
                let more = (length - read).min(STEP.max(read));
                crate::store::reserve(&mut self.payload, more)?;
                self.payload.resize(read + more, 0);
            }
            match self
                .source
                .read(self.payload.get_mut(read..).unwrap_or_default())
            {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io("read", &self.path)(error)),
            }
        }
        self.payload.truncate(read);
        Ok(read)
    }

    /// The payload at hand, and where in the file it begins.
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Hands out the payload at hand, in exchange for room for the next one.
    pub(super) fn take_payload(&mut self, room: Vec<u8>) -> Vec<u8> {
        std::mem::replace(&mut self.payload, room)
    }

    pub(super) fn payload_at(&self) -> u64 {
        self.payload_at
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<()> {
        let mut byte = [0];
        match self.source.read(&mut byte) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.corrupt(self.position, "the file goes on behind its end")),
            Err(error) => Err(Error::io("read", &self.path)(error)),
        }
    }

    /// An error within the payload at hand.
    pub(super) fn wrong(&self, offset: usize, reason: &str) -> Error {
        self.corrupt(self.place(offset), reason)
    }

    /// Where in the file that is.
    pub(super) fn place(&self, offset: usize) -> u64 {
        self.payload_at + offset as u64
    }

    /// An error somewhere in the file.
    pub(super) fn corrupt(&self, position: u64, reason: &str) -> Error {
        Error::Corrupt {
            path: self.path.clone(),
            position,
            reason: reason.to_owned(),
        }
    }

    /// What the engine refused that the file has at a position: the file is damaged, or it is not about the file.
    pub(super) fn refused(&self, position: u64, error: engine::Error) -> Error {
        match error {
            engine::Error::OutOfMemory { .. }
            | engine::Error::Cancelled
            | engine::Error::Timeout { .. } => Error::Engine(error),
            error => self.corrupt(position, &error.to_string()),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        match self.source.read_exact(bytes) {
            Ok(()) => {
                self.position += bytes.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.corrupt(
                self.position,
                "the file is cut: it ends before its end block",
            )),
            Err(error) => Err(Error::io("read", &self.path)(error)),
        }
    }
}

fn fields(head: &[u8]) -> (u32, u32, u64) {
    let word = |at: usize| {
        let bytes = head.get(at..).and_then(|rest| rest.first_chunk().copied());
        bytes.map_or(0, u32::from_le_bytes)
    };
    let length = head.get(8..).and_then(|rest| rest.first_chunk().copied());
    (word(0), word(4), length.map_or(0, u64::from_le_bytes))
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use std::io;

    /// Gives some bytes, and then whatever ends it.
    struct Source<'a>(&'a [u8], Option<ErrorKind>);

    impl Read for Source<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match (self.0.read(out)?, self.1) {
                (0, Some(kind)) => Err(kind.into()),
                (len, _) => Ok(len),
            }
        }
    }

    #[test]
    fn a_file_that_ends_is_damaged_and_one_that_cannot_be_read_is_not() {
        let path = Path::new("a file");
        let start = [&MAGIC[..], &VERSION.to_le_bytes(), &[0; HEADER - 12]].concat();
        for len in 0..HEADER {
            let bytes = &start[..len];
            match Reader::begin(Source(bytes, None), path).err() {
                Some(Error::Corrupt { position, .. }) => assert_eq!(position, 0),
                other => panic!("{other:?}"),
            }
            for kind in [ErrorKind::Other, ErrorKind::PermissionDenied] {
                match Reader::begin(Source(bytes, Some(kind)), path).err() {
                    Some(Error::Io {
                        operation,
                        path: at,
                        error,
                    }) => assert_eq!((operation, &*at, error.kind()), ("read", path, kind)),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}
