//! Takes in the records of files, which anybody may have written: nothing of them is trusted.

use super::stage::{FileShape, FileShapes, Stage};
use super::{Core, Table};
use crate::engine::interrupt::Interrupt;
use crate::engine::json::{elements, inside};
use crate::engine::parallel::{map, map_with, threads};
use crate::engine::{Error, Result};
use memchr::memmem;
use std::ops::Range;

/// Takes in the records of a file's table, in blocks. What was checked is inserted while what comes next is being checked.
pub(crate) struct Intake {
    /// By the file's numbers, from 1 on.
    shapes: Vec<FileShape>,
    /// What was checked last.
    checked: Vec<Stage>,
    /// How many records were inserted.
    count: usize,
    /// Memory of blocks whose records were inserted.
    spare: Vec<Vec<u8>>,
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
        Intake {
            shapes: Vec::new(),
            checked: Vec::new(),
            count: 0,
            spare: Vec::new(),
        }
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

    /// Memory for a block: that of one whose records were inserted.
    pub(crate) fn spare(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.spare)
    }

    /// Checks the records that lie one behind the other in blocks, to be inserted by the next call. Does something else meanwhile.
    pub(crate) fn take_in(
        &mut self,
        table: &Table,
        blocks: Vec<Vec<u8>>,
        meanwhile: impl FnOnce() + Send,
    ) -> std::result::Result<(), Refused> {
        let core = table.core()?;
        let interrupt = table.limits.begin();
        let threads = threads(blocks.iter().map(Vec::len).sum(), ENOUGH);
        let checked = std::mem::take(&mut self.checked);
        let steps = [Step::Insert(checked), Step::Other(meanwhile)];
        let steps = steps.into_iter().chain(blocks.into_iter().map(Step::Check));
        let (shapes, first) = (&self.shapes, self.count);
        let done = map_with(threads, steps.collect(), |step| {
            Ok(match step {
                Step::Insert(stages) => Done::Insert(insert(core, stages, first, &interrupt)),
                Step::Other(other) => {
                    other();
                    Done::Other
                }
                Step::Check(block) => {
                    let mut shapes = FileShapes::new(shapes);
                    Done::Check(Stage::block(core, block, &mut shapes, &interrupt))
                }
            })
        })?;
        for done in done {
            match done {
                Done::Insert(inserted) => {
                    let (count, spare) = inserted?;
                    self.count += count;
                    self.spare = spare;
                }
                Done::Other => {}
                Done::Check(stage) => {
                    let at = self.checked.len();
                    let stage = stage.map_err(|(offset, error)| Refused {
                        place: offset.map(|offset| (at, offset)),
                        error: Box::new(error),
                    })?;
                    self.checked.push(stage);
                }
            }
        }
        Ok(())
    }

    /// How many records were inserted.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Inserts what was checked last.
    pub(crate) fn finish(&mut self, table: &Table) -> Result<()> {
        let checked = std::mem::take(&mut self.checked);
        let interrupt = table.limits.begin();
        let (count, spare) = insert(table.core()?, checked, self.count, &interrupt)?;
        self.spare = spare;
        self.count += count;
        Ok(())
    }
}

/// What is done at the same time.
enum Step<F> {
    Insert(Vec<Stage>),
    Other(F),
    Check(Vec<u8>),
}

/// What came of it.
enum Done {
    Insert(Result<(usize, Vec<Vec<u8>>)>),
    Other,
    Check(std::result::Result<Stage, (Option<usize>, Error)>),
}

/// Inserts records; the first one has the number `first`. Returns how many there were, and the memory of their blocks.
fn insert(
    core: &Core,
    stages: Vec<Stage>,
    first: usize,
    interrupt: &Interrupt,
) -> Result<(usize, Vec<Vec<u8>>)> {
    let (mut count, mut spare) = (0, Vec::new());
    for mut stage in stages {
        stage.first = first + count;
        count += stage.len();
        core.insert_stage(&mut stage, None, true, interrupt)?;
        spare.push(stage.into_bytes());
    }
    Ok((count, spare))
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
