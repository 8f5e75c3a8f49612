//! Fills a table that nobody can find yet, a piece at a time, from a file whose records come one by one.

use super::place::open_stream;
use super::work::Work;
use super::{Error, Result};
use crate::engine::{self, Cancel, Database, Interrupt, Table, TableOptions};
use std::fs::File;
use std::path::Path;

/// Bytes of records that are inserted at once.
const BLOCK: usize = 1 << 20;

/// Records between two looks at what may stop the work.
const STEPS: u64 = 512;

/// See the module's comment.
pub(super) struct Filling<'w> {
    table: Table,
    work: &'w Work,
    stop: Stop,
    /// The records that are to be inserted next, one a line.
    text: String,
    /// Where in the file each of them is.
    places: Vec<Place>,
    /// How many were inserted.
    count: usize,
}

/// Where a record is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Bytes from the start of the file.
    pub(super) position: u64,
    /// The number of its line, from 1, if that is known.
    pub(super) line: u64,
}

impl Place {
    /// A place whose line is counted when that is wanted.
    pub(super) fn at(position: u64) -> Place {
        Place { position, line: 0 }
    }
}

/// Why records were not inserted.
pub(super) struct Refused {
    /// Where the one at fault is, if it is about one.
    place: Option<Place>,
    error: Box<Error>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused {
            place: None,
            error: Box::new(error),
        }
    }
}

impl Refused {
    /// The error, told of its place by `tell` if it has one.
    pub(super) fn located(self, tell: impl FnOnce(Place, engine::Error) -> Error) -> Error {
        match (self.place, *self.error) {
            (Some(place), Error::Engine(error)) => tell(place, error),
            (_, error) => error,
        }
    }
}

/// What stops long work: looked at now and then.
pub(super) struct Stop {
    interrupt: Interrupt,
    steps: u64,
}

impl Stop {
    pub(super) fn new(interrupt: Interrupt) -> Stop {
        Stop {
            interrupt,
            steps: 0,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        Ok(self.interrupt.check()?)
    }

    /// To be called for each record.
    #[inline]
    pub(super) fn step(&mut self) -> Result<()> {
        self.steps += 1;
        match self.steps % STEPS {
            1 => self.check(),
            _ => Ok(()),
        }
    }
}

/// Makes a table of a database from a file: `fill` inserts its records. The table is there when all are in it, or not at all.
/// Returns it, and how many bytes the file has.
pub(super) fn make_table(
    database: &Database,
    name: &str,
    options: &TableOptions,
    path: &Path,
    (work, cancel): (&Work, Cancel),
    fill: impl FnOnce(File, &mut Filling<'_>) -> Result<()>,
) -> Result<(Table, u64)> {
    let limited = database.limited(Some(cancel), None);
    let table = limited.detached_table(name, options.clone())?;
    let (file, bytes) = open_stream(path)?;
    let mut filling = Filling {
        table,
        work,
        stop: Stop::new(limited.limits().begin()),
        text: String::new(),
        places: Vec::new(),
        count: 0,
    };
    fill(file, &mut filling)?;
    filling.stop.check()?;
    Ok((database.publish(&filling.table)?, bytes))
}

impl Filling<'_> {
    /// What stops the work.
    pub(super) fn stop(&self) -> Stop {
        Stop::new(self.stop.interrupt.clone())
    }

    pub(super) fn work(&self) -> &Work {
        self.work
    }

    /// How many records there are so far.
    pub(super) fn count(&self) -> usize {
        self.count + self.places.len()
    }

    /// Adds a record: a JSON object without line breaks.
    pub(super) fn add(&mut self, record: &str, place: Place) -> std::result::Result<(), Refused> {
        self.stop.step()?;
        super::reserve_text(&mut self.text, record.len() + 1)?;
        super::reserve(&mut self.places, 1)?;
        self.text.push_str(record);
        self.text.push('\n');
        self.places.push(place);
        match self.text.len() >= BLOCK {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Inserts what was added.
    pub(super) fn flush(&mut self) -> std::result::Result<(), Refused> {
        let taken = self.table.take_in_lines(&self.text, self.count);
        let taken = taken.map_err(|error| {
            let index = error
                .index()
                .and_then(|index| index.checked_sub(self.count));
            let place = index.and_then(|index| self.places.get(index)).copied();
            Refused {
                place,
                error: Box::new(Error::Engine(error)),
            }
        })?;
        self.count += taken;
        self.work.add(taken as u64);
        self.text.clear();
        self.places.clear();
        Ok(())
    }
}
