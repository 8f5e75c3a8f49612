//! Cursors: the rows of a query a few at a time, all of one version of the table.
//!
//! A query that neither sorts, groups nor makes distinct is run as its rows are asked for: a cursor remembers the row
//! that it has come to. Of one that an index finds or orders, or that is sorted, it has the row numbers; of groups and
//! distinct rows, their texts. Rows are looked for in runs that grow, so that the first one comes quickly and many
//! cost little each.

use super::rows::Rows;
use super::run::{Run, Way};
use super::sort::Sorter;
use super::spec::Query;
use crate::engine::interrupt::{Interrupt, Limits};
use crate::engine::json::elements;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::params::Params;
use crate::engine::plan::{Access, Taken};
use crate::engine::predicate::{Bindings, Bound};
use crate::engine::record::Record;
use crate::engine::table::Snapshot;
use crate::engine::{Error, Result};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// Rows that are looked for at once, at first and at most.
const FIRST_RUN: usize = 1;
const LONGEST_RUN: usize = 256;

/// Bytes of a batch, if nobody says how many.
const BATCH_BYTES: usize = 1 << 20;

/// How a batch of rows is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As a JSON array.
    Array,
    /// Each with a newline behind it.
    Lines,
}

/// See the module's comment.
pub struct Cursor {
    snapshot: Arc<Snapshot>,
    query: Arc<Query>,
    bindings: Bindings,
    limits: Limits,
    reading: Mutex<Reading>,
}

/// How far a cursor has come.
struct Reading {
    source: Source,
    /// Whether the rows of the source must be tested.
    tests: bool,
    skip: u64,
    left: u64,
    run: usize,
    ready: Ready,
    /// The position of the next row among those that are ready.
    next: usize,
}

/// Where rows come from.
enum Source {
    /// From this row of the table on.
    Scan(Row),
    /// These, from a position on.
    Rows(Vec<Row>, usize),
    /// No more.
    End,
}

/// Rows that were found.
enum Ready {
    /// Whole records.
    Records(Vec<Row>),
    /// Texts, and where each begins and ends.
    Texts(Vec<u8>, Vec<(usize, usize)>),
}

impl Cursor {
    /// Opens a cursor on a version; as many values are passed as the query has parameters.
    pub(crate) fn open(
        snapshot: Arc<Snapshot>,
        query: Arc<Query>,
        params: &Params,
        limits: Limits,
    ) -> Result<Cursor> {
        params.check(query.parameters())?;
        let bindings = match query.program() {
            Some(program) => program.bind(params)?,
            None => Bindings::default(),
        };
        let (offset, limit) = (query.offset(params)?, query.limit(params)?);
        let mut reading = Reading {
            source: Source::End,
            tests: false,
            skip: offset,
            left: limit.unwrap_or(u64::MAX),
            run: FIRST_RUN,
            ready: Ready::Records(Vec::new()),
            next: 0,
        };
        let interrupt = limits.begin();
        let run = Run {
            version: snapshot.version(),
            interrupt: &interrupt,
            program: query.program(),
            bindings: &bindings,
            options: &query.options,
            grouping: query.grouping.as_ref(),
            offset,
            limit,
        };
        let is_distinct = query.options.distinct && query.options.columns.is_some();
        if query.grouping.is_some() || is_distinct {
            reading.ready = run.texts()?;
            reading.skip = 0;
        } else if limit != Some(0) {
            (reading.source, reading.tests) = run.source()?;
        }
        reading.jump();
        Ok(Cursor {
            snapshot,
            query,
            bindings,
            limits,
            reading: Mutex::new(reading),
        })
    }

    /// Shows the next row; `RecordNotFound` if there are no more. What is shown stays where it is until the next step, or
    /// the end of the cursor.
    pub fn next(&self, show: impl FnOnce(&[u8])) -> Result<()> {
        let interrupt = self.limits.begin();
        let mut reading = self.lock(&interrupt)?;
        self.prepare(&mut reading, &interrupt)?;
        let text = self.text(&reading).ok_or(Error::RecordNotFound)?;
        show(text);
        reading.next += 1;
        Ok(())
    }

    /// Appends the next rows: at least one, and then as long as they are not too many and their text, with all that is
    /// around them, is not too long; 0 stands for no limit of rows, and for 1 MiB. `RecordNotFound` if there are no more. Fails only if no row was taken.
    pub fn next_batch(
        &self,
        max_rows: u64,
        max_bytes: usize,
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        let max_rows = if max_rows == 0 { u64::MAX } else { max_rows };
        let max_bytes = if max_bytes == 0 {
            BATCH_BYTES
        } else {
            max_bytes
        };
        let interrupt = self.limits.begin();
        let mut reading = self.lock(&interrupt)?;
        let start = out.len();
        let mut count = 0;
        while count < max_rows {
            match self.take(&mut reading, &interrupt, start, max_bytes, form, out) {
                Ok(true) => count += 1,
                // What was taken is handed out; should something have failed, the next call says so.
                Ok(false) | Err(_) if count > 0 => break,
                Ok(false) => return Err(Error::RecordNotFound),
                Err(error) => return Err(error),
            }
        }
        if form == Form::Array {
            // There is room: see `take`.
            out.push(b']');
        }
        Ok(count)
    }

    /// Appends the next row, if the text does not become too long; the first one is never too long.
    fn take(
        &self,
        reading: &mut Reading,
        interrupt: &Interrupt,
        start: usize,
        max_bytes: usize,
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        self.prepare(reading, interrupt)?;
        let text = self.text(reading).ok_or(Error::RecordNotFound)?;
        let is_first = out.len() == start;
        let (before, after, end): (&[u8], &[u8], usize) = match (form, is_first) {
            (Form::Array, true) => (b"[", b"", 1),
            (Form::Array, false) => (b",", b"", 1),
            (Form::Lines, _) => (b"", b"\n", 0),
        };
        let added = before.len() + text.len() + after.len();
        if !is_first && out.len() - start + added + end > max_bytes {
            return Ok(false);
        }
        // And for the end of the array, and the NUL that a C buffer ends with.
        reserve(out, added + end + 1)?;
        out.extend_from_slice(before);
        out.extend_from_slice(text);
        out.extend_from_slice(after);
        reading.next += 1;
        Ok(true)
    }

    fn lock(&self, interrupt: &Interrupt) -> Result<MutexGuard<'_, Reading>> {
        match self.reading.try_lock() {
            Some(reading) => Ok(reading),
            None if interrupt.is_possible() => {
                interrupt.acquire(|time| self.reading.try_lock_for(time))
            }
            None => Ok(self.reading.lock()),
        }
    }

    /// The row that is next and ready.
    fn text<'r>(&'r self, reading: &'r Reading) -> Option<&'r [u8]> {
        match &reading.ready {
            Ready::Records(rows) => {
                let row = rows.get(reading.next)?;
                let record = self.snapshot.version().stored().record(*row)?;
                Some(record.text())
            }
            Ready::Texts(texts, ends) => {
                let (from, to) = ends.get(reading.next)?;
                texts.get(*from..*to)
            }
        }
    }

    /// Makes sure that a row is ready, if there is one.
    fn prepare(&self, reading: &mut Reading, interrupt: &Interrupt) -> Result<()> {
        if reading.next < reading.ready.len() || matches!(reading.source, Source::End) {
            return Ok(());
        }
        let mut rows = match std::mem::replace(&mut reading.ready, Ready::Records(Vec::new())) {
            Ready::Records(rows) => rows,
            Ready::Texts(..) => Vec::new(),
        };
        rows.clear();
        reading.next = 0;
        let left = reading.left;
        let outcome = self.find(reading, &mut rows, interrupt);
        reading.run = (reading.run * 4).min(LONGEST_RUN);
        if rows.is_empty() {
            // Nothing was lost: the source knows how far it was looked through.
            return outcome;
        }
        if self.query.options.columns.is_none() {
            reading.ready = Ready::Records(rows);
            return Ok(());
        }
        match self.project(&rows) {
            Ok(ready) => reading.ready = ready,
            Err(error) => {
                // Fewer of them may fit into the memory that there is.
                reading.source.again(&rows);
                reading.left = left;
                reading.run = FIRST_RUN;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Looks for the next rows. On failure those that were found are there, and the rest can be looked for again.
    fn find(
        &self,
        reading: &mut Reading,
        rows: &mut Vec<Row>,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let version = self.snapshot.version();
        let program = self.query.program().filter(|_| reading.tests);
        let bound = program.map(|program| Bound::new(program, &self.bindings, version.shapes()));
        reserve(rows, reading.run)?;
        let Reading {
            source, skip, left, ..
        } = reading;
        let mut finder = Finder {
            bound,
            skip,
            left,
            rows,
            wanted: reading.run,
        };
        let mut ticker = interrupt.ticker();
        let mut outcome = Ok(());
        let ended = match source {
            Source::End => true,
            Source::Scan(from) => {
                let mut ended = true;
                version.each_from(*from, |row, record| {
                    outcome = ticker.tick();
                    let goes_on = outcome.is_ok() && {
                        *from = row + 1;
                        finder.add(row, &record)
                    };
                    ended &= goes_on;
                    goes_on
                });
                ended
            }
            Source::Rows(all, at) => loop {
                let Some(row) = all.get(*at) else {
                    break true;
                };
                outcome = ticker.tick();
                if outcome.is_err() {
                    break false;
                }
                *at += 1;
                if let Some(record) = version.stored().record(*row) {
                    if !finder.add(*row, &record) {
                        break false;
                    }
                }
            },
        };
        if ended || *finder.left == 0 {
            *source = Source::End;
        }
        outcome
    }

    /// The rows as they are asked for.
    fn project(&self, rows: &[Row]) -> Result<Ready> {
        let version = self.snapshot.version();
        let (mut texts, mut ends) = (Vec::new(), Vec::new());
        reserve(&mut ends, rows.len())?;
        let mut writer = Rows::new(
            &self.query.options,
            0,
            None,
            version.shapes(),
            Some(&mut texts),
        );
        for row in rows {
            if let Some(record) = version.stored().record(*row) {
                let from = writer.written() + usize::from(!ends.is_empty());
                writer.add(record)?;
                ends.push((from, writer.written()));
            }
        }
        Ok(Ready::Texts(texts, ends))
    }
}

/// Takes rows that match, but for those that are left out at the start.
struct Finder<'r, 'v> {
    bound: Option<Bound<'v>>,
    skip: &'r mut u64,
    left: &'r mut u64,
    rows: &'r mut Vec<Row>,
    wanted: usize,
}

impl Finder<'_, '_> {
    /// Looks at a row; false if no more are wanted.
    fn add(&mut self, row: Row, record: &Record<'_>) -> bool {
        if self
            .bound
            .as_mut()
            .is_some_and(|bound| !bound.matches(record))
        {
            return true;
        }
        if *self.skip > 0 {
            *self.skip -= 1;
            return true;
        }
        // There is room: it was made for all that are wanted.
        self.rows.push(row);
        *self.left -= 1;
        *self.left > 0 && self.rows.len() < self.wanted
    }
}

impl Source {
    /// Goes back to rows that could not be made ready.
    fn again(&mut self, rows: &[Row]) {
        match self {
            Source::Scan(from) => *from = rows.first().copied().unwrap_or(*from),
            Source::Rows(all, at) => {
                let before = all.get(..*at).unwrap_or_default();
                let first = before.iter().rposition(|row| Some(row) == rows.first());
                *at = first.unwrap_or(*at);
            }
            Source::End => *self = Source::Rows(rows.to_vec(), 0),
        }
    }
}

impl Reading {
    /// Passes over the rows to be left out, where that can be done at once.
    fn jump(&mut self) {
        if let (Source::Rows(rows, at), false) = (&self.source, self.tests) {
            let skipped = self.skip.min(rows.len() as u64);
            let at = *at + skipped as usize;
            self.skip -= skipped;
            if let Source::Rows(_, place) = &mut self.source {
                *place = at;
            }
        }
    }
}

impl Ready {
    fn len(&self) -> usize {
        match self {
            Ready::Records(rows) => rows.len(),
            Ready::Texts(_, ends) => ends.len(),
        }
    }
}

impl<'a> Run<'a> {
    /// All rows as texts, paged.
    fn texts(&self) -> Result<Ready> {
        let mut texts = Vec::new();
        self.rows(&mut texts)?;
        let mut ends = Vec::new();
        let start = texts.as_ptr() as usize;
        for element in elements(&texts) {
            let from = element.as_ptr() as usize - start;
            add(&mut ends, (from, from + element.len()))?;
        }
        Ok(Ready::Texts(texts, ends))
    }

    /// Where the rows come from, and whether they must be tested.
    fn source(&self) -> Result<(Source, bool)> {
        let analysis = self.analysis();
        // The first rows are wanted soon, and maybe no others.
        let taken = match self.options.order_by.is_empty() {
            true => Taken::Slowly,
            false => Taken::Read,
        };
        let way = self.way(&analysis, FIRST_RUN, taken);
        let tests = match &way {
            Way::Natural(plan) => !plan.filter.is_empty(),
            Way::Walk(walk) => !walk.filter.is_empty(),
            Way::Sorted(_) => false,
        };
        let rows = match &way {
            Way::Natural(plan) => match &plan.access {
                Access::Nothing => return Ok((Source::End, false)),
                access => match access.rows(self.version)? {
                    None => return Ok((Source::Scan(0), tests)),
                    Some(set) => set.into_list()?,
                },
            },
            Way::Walk(walk) => walk.rows(self.version, self.interrupt)?,
            Way::Sorted(_) => {
                let mut sorter =
                    Sorter::new(self.options, self.offset, self.limit, self.version.shapes());
                self.each(&way, 0, |row, record| {
                    sorter.add(record, row).map(|()| true)
                })?;
                let mut rows = Vec::new();
                for row in sorter.finish(self.interrupt)? {
                    add(&mut rows, row)?;
                }
                rows
            }
        };
        Ok((Source::Rows(rows, 0), tests))
    }
}
