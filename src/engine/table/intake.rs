//! Takes in the records of files, which anybody may have written: nothing of them is trusted.

use super::stage::{FileShape, Known, Stage};
use super::{Core, Table};
use crate::engine::interrupt::Interrupt;
use crate::engine::json::{elements, inside};
use crate::engine::parallel::{map, threads};
use crate::engine::record;
use crate::engine::shape::GENERIC;
use crate::engine::{Error, Result};
use memchr::memmem;
use std::ops::Range;

/// The shapes of a file's table.
pub(crate) struct Intake {
    /// By the file's numbers, from 1 on.
    shapes: Vec<FileShape>,
}

/// Why records were not taken in.
pub(crate) struct Refused {
    /// In which block, and where in it, the record at fault begins, if it is about one.
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) error: Box<Error>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused {
            place: None,
            error: Box::new(error),
        }
    }
}

/// Bytes for which one thread is enough.
const ENOUGH: usize = 512 << 10;

impl Intake {
    pub(crate) fn new() -> Intake {
        Intake { shapes: Vec::new() }
    }

    /// Adds the shape with the next number: a JSON array of its names. Says what is wrong with it.
    pub(crate) fn add_shape(&mut self, names: &[u8]) -> std::result::Result<(), String> {
        let text = std::str::from_utf8(names).map_err(|_| "a shape is not UTF-8".to_owned())?;
        let text =
            crate::engine::json::canonical(text).map_err(|error| format!("a shape: {error}"))?;
        let names: Vec<Box<[u8]>> = elements(&text).map(Box::from).collect();
        let mut sorted: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
        sorted.sort_unstable();
        let are_names = text.starts_with(b"[") && names.iter().all(|name| inside(name).is_some());
        match are_names && sorted.is_sorted_by(|a, b| a < b) {
            true => {
                let label = |(at, name): (usize, &[u8])| {
                    let start: &[u8] = if at == 0 { b"{" } else { b"," };
                    [start, name, b":"].concat().into_boxed_slice()
                };
                let quoted = names.iter().map(|name| &**name);
                let labels = quoted.enumerate().map(label).collect();
                self.shapes.push(FileShape { names, labels });
                Ok(())
            }
            false => Err("a shape is no list of different names".to_owned()),
        }
    }

    /// Inserts records that lie one behind the other in blocks; the first one has the number `first`. Returns how many there
    /// were.
    pub(crate) fn take_in(
        &self,
        table: &Table,
        blocks: &[Vec<u8>],
        first: usize,
    ) -> std::result::Result<usize, Refused> {
        let core = table.core()?;
        let interrupt = table.limits.begin();
        let threads = threads(blocks.iter().map(Vec::len).sum(), ENOUGH);
        let each = blocks.len().div_ceil(threads).max(1);
        let parts = blocks.chunks(each).enumerate();
        let stages = map(parts.collect(), |(part, blocks)| {
            Ok(self.stage(core, blocks, part * each, &interrupt))
        })?;
        let mut count = 0;
        for stage in stages {
            let mut stage = stage?;
            stage.first = first + count;
            count += stage.len();
            core.insert_stage(&mut stage, None, true, &interrupt)?;
        }
        Ok(count)
    }

    /// Checks records; the first block has the number `number`.
    fn stage(
        &self,
        core: &Core,
        blocks: &[Vec<u8>],
        number: usize,
        interrupt: &Interrupt,
    ) -> std::result::Result<Stage, Refused> {
        let mut stage = Stage::of_file(core, 0);
        stage.make_room(blocks.iter().map(Vec::len).sum())?;
        let mut known = vec![None; self.shapes.len()];
        let mut ticker = interrupt.ticker();
        for (at, block) in blocks.iter().enumerate() {
            let mut offset = 0;
            while offset < block.len() {
                ticker.tick()?;
                let refused = |error| Refused {
                    place: Some((number + at, offset)),
                    error: Box::new(error),
                };
                let rest = block.get(offset..).unwrap_or_default();
                let shape = self
                    .shape(record::shape_of(rest), &mut known)
                    .map_err(refused)?;
                offset += stage.push_stored(core, rest, shape).map_err(refused)?;
            }
        }
        stage.complete()?;
        Ok(stage)
    }

    fn shape<'s, 'k>(
        &'s self,
        number: u16,
        known: &'k mut [Option<Known>],
    ) -> Result<Option<(&'s FileShape, &'k mut Option<Known>)>> {
        if number == GENERIC {
            return Ok(None);
        }
        let at = usize::from(number) - 1;
        match (self.shapes.get(at), known.get_mut(at)) {
            (Some(shape), Some(known)) => Ok(Some((shape, known))),
            _ => Err(Error::json(0, "a record of a shape that is not there")),
        }
    }
}

/// What was inserted of a piece of a text.
pub(crate) struct Taken {
    /// How many records.
    pub(crate) count: usize,
    /// Where in the piece the next record begins; behind the array, if that has ended.
    pub(crate) position: usize,
    pub(crate) is_end: bool,
}

impl Table {
    /// Inserts those records of a JSON array that are whole in a piece of its text, from `at` on; the first one has the number
    /// `first`.
    ///
    /// Several threads look at parts of it. Where a part may begin is a guess (behind a comma at the end of a line, as files have it
    /// between records, though not there alone), and it holds if the part before ends there.
    pub(crate) fn take_in(
        &self,
        (text, at): (&str, usize),
        first: usize,
        is_last: bool,
    ) -> Result<Taken> {
        let core = self.core()?;
        let interrupt = self.limits.begin();
        let stage = |range, first| Stage::piece(core, (text, range), first, is_last, &interrupt);
        let parts = parts(text.as_bytes(), at);
        let guesses = map(parts, |range| Ok((range.start, stage(range, first))))?;
        let mut taken = Taken {
            count: 0,
            position: at,
            is_end: false,
        };
        for (start, guess) in guesses {
            let (mut stage, position, is_end) = match guess {
                Ok(staged) if start == taken.position => staged,
                // What is wrong is told by who knows which record it is.
                _ => stage(taken.position..usize::MAX, first + taken.count)?,
            };
            let is_done = start != taken.position || is_end;
            stage.first = first + taken.count;
            core.insert_stage(&mut stage, None, true, &interrupt)?;
            taken.count += stage.len();
            (taken.position, taken.is_end) = (position, is_end);
            if is_done {
                break;
            }
        }
        Ok(taken)
    }
}

/// Cuts what comes from `at` on at ends of lines.
fn parts(text: &[u8], at: usize) -> Vec<Range<usize>> {
    let len = text.len().saturating_sub(at);
    let count = threads(len, ENOUGH);
    let mut starts = vec![at];
    for part in 1..count {
        let from = at + len / count * part;
        let rest = text.get(from..).unwrap_or_default();
        starts.extend(memmem::find(rest, b",\n").map(|comma| from + comma + 1));
    }
    starts.dedup();
    // The last part has no end: what is missing there is looked for, and told.
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}
