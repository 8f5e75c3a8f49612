//! Operations that read a table.

use super::filter::Filter;
use super::{Table, Version};
use crate::engine::index::Index;
use crate::engine::json::{push_quoted, Scanner};
use crate::engine::key::{invalid, Key, KeyRef};
use crate::engine::limits::{add, push, reserve};
use crate::engine::options::SelectOptions;
use crate::engine::predicate::Predicate;
use crate::engine::query::{Query, Run};
use crate::engine::shape::GENERIC;
use crate::engine::{Error, Params, Result};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// A version taken out of the lock.
pub(super) struct Pinned {
    pub(super) version: Version,
    /// The table's count of changes at that instant.
    pub(super) changes: u64,
}

impl Table {
    /// Takes the table's version of this instant.
    pub(super) fn pin(&self) -> Result<Pinned> {
        let state = self.read()?;
        Ok(Pinned {
            version: state.version.clone(),
            changes: state.changes,
        })
    }

    /// Appends the record that has the key.
    #[inline]
    pub fn get(&self, key: &Key<'_>, out: &mut Vec<u8>) -> Result<()> {
        let key = KeyRef::from_key(key)?;
        let state = self.read()?;
        let found = state.version.find(&key);
        let record = found.and_then(|(_, place)| state.version.record(place));
        push(out, record.ok_or(Error::RecordNotFound)?.text())
    }

    /// Appends a JSON array with the record of each key of a JSON array, null where there is none.
    pub fn get_many(&self, keys: &str, out: &mut Vec<u8>) -> Result<()> {
        let mut read: Vec<KeyRef<'static>> = Vec::new();
        let mut scanner = Scanner::new(keys);
        let mut more = scanner.enter_array()?;
        let mut text = Vec::new();
        while more {
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
        let version = self.pin()?.version;
        push(out, b"[")?;
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                push(out, b",")?;
            }
            let found = version.find(key);
            let record = found.and_then(|(_, place)| version.record(place));
            push(out, record.map_or(b"null", |record| record.text()))?;
        }
        push(out, b"]")
    }

    /// Appends a JSON array of the rows that match; returns how many there are.
    pub fn select(
        &self,
        predicate: Option<&Predicate>,
        options: &SelectOptions,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        let filter = Filter::closed(predicate)?;
        let version = self.pin()?.version;
        filter.run(&version, options).rows(out)
    }

    /// How many records match.
    pub fn count(&self, predicate: Option<&Predicate>) -> Result<u64> {
        let filter = Filter::closed(predicate)?;
        if filter.program.is_none() {
            return Ok(self.read()?.version.count() as u64);
        }
        let version = self.pin()?.version;
        filter.run(&version, &SelectOptions::default()).count()
    }

    /// Runs a query: appends a JSON array of its rows, and returns how many there are.
    pub fn query(&self, query: &Query, params: &Params, out: &mut Vec<u8>) -> Result<u64> {
        self.run_query(query, params, |run| run.rows(out))
    }

    /// How many rows a query gives. None are built.
    pub fn query_count(&self, query: &Query, params: &Params) -> Result<u64> {
        self.run_query(query, params, |run| run.count())
    }

    /// Appends a JSON object that tells how a query would run.
    pub fn explain(&self, query: &Query, params: &Params, out: &mut Vec<u8>) -> Result<()> {
        self.run_query(query, params, |run| run.explain(out))
    }

    fn run_query<T>(
        &self,
        query: &Query,
        params: &Params,
        run: impl FnOnce(&Run<'_>) -> Result<T>,
    ) -> Result<T> {
        params.check(query.parameters())?;
        let filter = Filter::bind(query.predicate.as_deref(), params)?;
        let (offset, limit) = (query.offset(params)?, query.limit(params)?);
        let version = self.pin()?.version;
        run(&Run {
            grouping: query.grouping.as_ref(),
            offset,
            limit,
            ..filter.run(&version, &query.options)
        })
    }

    /// Appends a JSON object that describes the table.
    pub fn describe(&self, out: &mut Vec<u8>) -> Result<()> {
        let (version, shape_counts) = {
            let state = self.read()?;
            (state.version.clone(), state.shape_counts.clone())
        };
        let columns = match &self.schema {
            Some(schema) => schema.columns(),
            None => columns(&version, &shape_counts),
        };
        let mut text = Vec::new();
        text.extend_from_slice(b"{\"name\":");
        push_quoted(&mut text, &self.name);
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
        match &self.schema {
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

    /// Appends a JSON object of figures.
    pub fn statistics(&self, out: &mut Vec<u8>) -> Result<()> {
        // Counted under the lock; measured on a version, outside of it.
        let (version, live, dead, reclaimed, counts) = {
            let state = self.read()?;
            let heap = &state.heap;
            let counts = [state.inserted, state.updated, state.deleted];
            let version = state.version.clone();
            (version, heap.live, heap.dead, heap.reclaimed, counts)
        };
        let (segments, segment_bytes) = version.segments();
        let (directory_bytes, key_map_bytes) = (version.rows.bytes(), version.keys.bytes());
        let index_bytes: usize = version.indexes().iter().map(Index::bytes).sum();
        let [inserted, updated, deleted] = counts;
        let text = serde_json::json!({
            "records": version.count(),
            "live_bytes": live,
            "dead_bytes": dead,
            "segments": segments,
            "segment_bytes": segment_bytes,
            "directory_bytes": directory_bytes,
            "key_map_bytes": key_map_bytes,
            "indexes": version.indexes().len(),
            "index_bytes": index_bytes,
            "bytes": segment_bytes + directory_bytes + key_map_bytes + index_bytes,
            "shapes": version.shapes().count(),
            "inserted": inserted,
            "updated": updated,
            "deleted": deleted,
            "segments_reclaimed": reclaimed,
            "lock_waits": self.lock_waits.load(Ordering::Relaxed),
        });
        push(out, text.to_string().as_bytes())
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
