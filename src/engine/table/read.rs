//! Operations that read a table.

use super::filter::Filter;
use super::version::{key_of, Place};
use super::{Source, Table, Version};
use crate::engine::arena::Segment;
use crate::engine::interrupt::Interrupt;
use crate::engine::json::{push_quoted, Scanner};
use crate::engine::key::{invalid, Key, KeyRef};
use crate::engine::limits::{add, push, reserve};
use crate::engine::options::SelectOptions;
use crate::engine::plan::Point;
use crate::engine::predicate::Predicate;
use crate::engine::query::{Cursor, Query, Run};
use crate::engine::record::Record;
use crate::engine::shape::GENERIC;
use crate::engine::{Error, Params, Result};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records longer than this are copied without the lock.
const LONG: usize = 16 << 10;

impl Table {
    /// Reads the table as of this instant. It is not held meanwhile.
    pub(super) fn reading<T>(
        &self,
        interrupt: &Interrupt,
        read: impl FnOnce(&Version) -> Result<T>,
    ) -> Result<T> {
        match &self.source {
            Source::Live(core) => read(&core.pin(interrupt)?.version),
            Source::Snapshot(snapshot) => read(snapshot.version()),
        }
    }

    /// Appends the record that has the key.
    #[inline]
    pub fn get(&self, key: &Key<'_>, out: &mut Vec<u8>) -> Result<()> {
        let key = KeyRef::from_key(key)?;
        match &self.source {
            Source::Live(core) => {
                let state = match core.try_read() {
                    Some(state) => state,
                    None => core.read(&self.limits.begin())?,
                };
                let Some((record, place)) = record_of(&state.version, &key) else {
                    return Err(Error::RecordNotFound);
                };
                if record.text().len() <= LONG {
                    return push(out, record.text());
                }
                let segment = state.version.segment(place);
                drop(state);
                push_long(segment.as_deref(), place, out)
            }
            Source::Snapshot(snapshot) => match record_of(snapshot.version(), &key) {
                Some((record, _)) => push(out, record.text()),
                None => Err(Error::RecordNotFound),
            },
        }
    }

    /// Appends a JSON object with all records as of one instant, each under its key; an integer key as its digits. Where a
    /// table has an integer and a string that are spelled the same, the name stands twice.
    pub fn copy(&self, out: &mut Vec<u8>) -> Result<()> {
        self.copy_within(&self.limits.begin(), out)
    }

    pub(crate) fn copy_within(&self, interrupt: &Interrupt, out: &mut Vec<u8>) -> Result<()> {
        let mut ticker = interrupt.ticker();
        self.reading(interrupt, |version| {
            push(out, b"{")?;
            let (mut is_first, mut outcome) = (true, Ok(()));
            let mut write = |record: Record<'_>, out: &mut Vec<u8>| {
                ticker.tick()?;
                push(out, if is_first { b"\"" } else { b",\"" })?;
                is_first = false;
                match key_of(&record, version.shapes()) {
                    Some(KeyRef::Int(key)) => {
                        push(out, itoa::Buffer::new().format(key).as_bytes())?
                    }
                    Some(KeyRef::Text(inside)) => push(out, &inside)?,
                    None => {}
                }
                push(out, b"\":")?;
                push(out, record.text())
            };
            version.each(|_, _, record| {
                outcome = write(record, out);
                outcome.is_ok()
            });
            outcome?;
            push(out, b"}")
        })
    }

    /// Appends a JSON array with the record of each key of a JSON array, null where there is none.
    pub fn get_many(&self, keys: &str, out: &mut Vec<u8>) -> Result<()> {
        let interrupt = self.limits.begin();
        let mut ticker = interrupt.ticker();
        let mut read: Vec<KeyRef<'static>> = Vec::new();
        let mut scanner = Scanner::new(keys);
        let mut more = scanner.enter_array()?;
        let mut text = Vec::new();
        while more {
            ticker.tick()?;
            let index = read.len();
            text.clear();
            scanner
                .value(&mut text)
                .map_err(|error| not_a_key(keys, error).at_index(index))?;
            let key = KeyRef::read(&text).and_then(|key| key.to_owned_ref());
            add(&mut read, key.map_err(|error| error.at_index(index))?)?;
            more = scanner.next_element()?;
        }
        scanner.end()?;
        let keys = read;
        self.reading(&interrupt, |version| {
            push(out, b"[")?;
            for (index, key) in keys.iter().enumerate() {
                ticker.tick()?;
                if index > 0 {
                    push(out, b",")?;
                }
                let record = record_of(version, key);
                push(out, record.map_or(b"null", |(record, _)| record.text()))?;
            }
            push(out, b"]")
        })
    }

    /// Appends a JSON array of the rows that match; returns how many there are.
    pub fn select(
        &self,
        predicate: Option<&Predicate>,
        options: &SelectOptions,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        let (filter, interrupt) = (Filter::closed(predicate)?, self.limits.begin());
        self.reading(&interrupt, |version| {
            filter.run(version, options, &interrupt)?.rows(out)
        })
    }

    /// How many records match.
    pub fn count(&self, predicate: Option<&Predicate>) -> Result<u64> {
        let (filter, interrupt) = (Filter::closed(predicate)?, self.limits.begin());
        if filter.program.is_none() {
            return match &self.source {
                Source::Live(core) => Ok(core.read(&interrupt)?.version.count() as u64),
                Source::Snapshot(snapshot) => Ok(snapshot.version().count() as u64),
            };
        }
        let options = SelectOptions::default();
        self.reading(&interrupt, |version| {
            filter.run(version, &options, &interrupt)?.count()
        })
    }

    /// Runs a query: appends a JSON array of its rows, and returns how many there are.
    pub fn query(&self, query: &Query, params: &Params, out: &mut Vec<u8>) -> Result<u64> {
        let asked = Asked::new(query, params)?;
        if let Some(point) = asked.point() {
            if let Some(count) = self.at_once(|version| push_few(version, point, out)) {
                return count;
            }
        }
        self.run_query(&asked, |run| run.rows(out))
    }

    /// How many rows a query gives. None are built.
    pub fn query_count(&self, query: &Query, params: &Params) -> Result<u64> {
        let asked = Asked::new(query, params)?;
        if let Some(point) = asked.point() {
            if let Some(count) = self.at_once(|version| point.count(version)) {
                return Ok(count as u64);
            }
        }
        self.run_query(&asked, |run| run.count())
    }

    /// Opens a cursor over a query's rows as of this instant.
    pub fn cursor(&self, query: &Arc<Query>, params: &Params) -> Result<Cursor> {
        Cursor::open(self.freeze()?, query.clone(), params, self.limits.clone())
    }

    /// Appends a JSON object that tells how a query would run.
    pub fn explain(&self, query: &Query, params: &Params, out: &mut Vec<u8>) -> Result<()> {
        self.run_query(&Asked::new(query, params)?, |run| run.explain(out))
    }

    fn run_query<T>(
        &self,
        asked: &Asked<'_>,
        run: impl FnOnce(&Run<'_>) -> Result<T>,
    ) -> Result<T> {
        let interrupt = self.limits.begin();
        self.reading(&interrupt, |version| {
            run(&Run {
                grouping: asked.query.grouping.as_ref(),
                offset: asked.offset,
                limit: asked.limit,
                ..asked
                    .filter
                    .run(version, &asked.query.options, &interrupt)?
            })
        })
    }

    /// Reads the table while holding it, if nobody has to be waited for: what takes no longer than making a version.
    #[inline]
    fn at_once<T>(&self, read: impl FnOnce(&Version) -> Option<T>) -> Option<T> {
        match &self.source {
            Source::Live(core) => read(&core.try_read()?.version),
            Source::Snapshot(snapshot) => read(snapshot.version()),
        }
    }

    /// Appends a JSON object that describes the table.
    pub fn describe(&self, out: &mut Vec<u8>) -> Result<()> {
        let captured;
        let (version, figures, schema) = match &self.source {
            Source::Live(core) => {
                captured = core.read(&self.limits.begin())?.capture();
                (&captured.version, &captured.figures, core.schema())
            }
            Source::Snapshot(snapshot) => {
                let schema = snapshot.identity().schema();
                (snapshot.version(), snapshot.figures(), schema)
            }
        };
        let columns = match schema {
            Some(schema) => schema.columns(),
            None => columns(version, &figures.shape_counts),
        };
        let mut text = Vec::new();
        text.extend_from_slice(b"{\"name\":");
        push_quoted(&mut text, self.name());
        text.extend_from_slice(b",\"primary_key\":");
        text.extend_from_slice(version.shapes().key_field());
        text.extend_from_slice(format!(",\"count\":{},\"columns\":[", version.count()).as_bytes());
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            push_quoted(&mut text, column);
        }
        text.extend_from_slice(b"],\"schema\":");
        match schema {
            Some(schema) => schema.write(&mut text),
            None => text.extend_from_slice(b"null"),
        }
        text.extend_from_slice(b",\"indexes\":[");
        for (at, index) in version.indexes().iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            index.definition.write(&mut text);
        }
        text.extend_from_slice(b"]}");
        reserve(out, text.len())?;
        push(out, &text)
    }
}

/// A query with its values.
struct Asked<'a> {
    query: &'a Query,
    filter: Filter<'a>,
    offset: u64,
    limit: Option<u64>,
}

impl<'a> Asked<'a> {
    fn new(query: &'a Query, params: &'a Params<'a>) -> Result<Asked<'a>> {
        params.check(query.parameters())?;
        Ok(Asked {
            query,
            filter: Filter::bind(query.predicate.as_deref(), params)?,
            offset: query.offset(params)?,
            limit: query.limit(params)?,
        })
    }

    /// The one value that is asked for, if that is all that is, and of it whole records.
    fn point(&self) -> Option<&Point<'_>> {
        let options = &self.query.options;
        let is_plain = options.columns.is_none()
            && options.order_by.is_empty()
            && self.query.grouping.is_none()
            && (self.offset, self.limit) == (0, None);
        self.filter.point.as_ref().filter(|_| is_plain)
    }
}

/// Appends a JSON array of the records that have a value, if they are few and short; returns how many there are.
fn push_few(version: &Version, point: &Point<'_>, out: &mut Vec<u8>) -> Option<Result<u64>> {
    let few = point.rows(version)?;
    let stored = version.stored();
    let (start, mut count) = (out.len(), 0);
    for row in few.rows() {
        let Some(record) = stored.record(*row) else {
            continue;
        };
        let text = record.text();
        if out.len() - start + text.len() >= LONG {
            out.truncate(start);
            return None;
        }
        // Room for the bracket at the end, too.
        if let Err(error) = reserve(out, text.len() + 2) {
            return Some(Err(error));
        }
        out.push(if count > 0 { b',' } else { b'[' });
        out.extend_from_slice(text);
        count += 1;
    }
    let end: &[u8] = if count > 0 { b"]" } else { b"[]" };
    Some(push(out, end).map(|()| count))
}

/// The record that has a key, and its place.
#[inline]
fn record_of<'v>(version: &'v Version, key: &KeyRef<'_>) -> Option<(Record<'v>, Place)> {
    let (_, place) = version.find(key)?;
    Some((version.record(place)?, place))
}

/// Appends a record from its segment, the table not being held.
#[cold]
fn push_long(segment: Option<&Segment>, place: Place, out: &mut Vec<u8>) -> Result<()> {
    match segment.and_then(|segment| place.in_segment(segment)) {
        Some(record) => push(out, record.text()),
        None => Err(Error::RecordNotFound),
    }
}

/// An integer that is out of every range is no key either.
fn not_a_key(text: &str, error: Error) -> Error {
    let position = match &error {
        Error::NumberRange { position, .. } => *position,
        _ => None,
    };
    let Some(rest) = position.and_then(|position| text.get(position..)) else {
        return error;
    };
    let is_digit = |c: char| c.is_ascii_digit() || c == '-';
    let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
    invalid(rest.get(..end).unwrap_or_default().as_bytes())
}

/// The names of all fields that records have, sorted.
fn columns(version: &Version, shape_counts: &[u64]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (id, _) in shape_counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
    {
        if let Some(shape) = version.shapes().get(id as u16) {
            names.extend(shape.names());
        }
    }
    if shape_counts
        .get(usize::from(GENERIC))
        .is_some_and(|count| *count > 0)
    {
        version.each(|_, _, record| {
            if record.shape() == GENERIC {
                names.extend(record.names());
            }
            true
        });
    }
    names.into_iter().collect()
}
