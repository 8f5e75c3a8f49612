//! Operations that read a table.

use super::{Table, Version};
use crate::engine::json::{canonical, elements, push_quoted};
use crate::engine::key::{Key, KeyRef};
use crate::engine::limits::{add, push, reserve};
use crate::engine::options::SelectOptions;
use crate::engine::predicate::{Bound, Predicate};
use crate::engine::query;
use crate::engine::shape::GENERIC;
use crate::engine::{Error, Result};
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
        let text = canonical(keys)?;
        if !text.starts_with(b"[") {
            return Err(Error::json(0, "expected an array of keys"));
        }
        let mut keys = Vec::new();
        for (index, key) in elements(&text).enumerate() {
            let key = KeyRef::read(key).map_err(|error| error.at_index(index))?;
            add(&mut keys, key)?;
        }
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
        query::select(&self.pin()?.version, predicate, options, out)
    }

    /// How many records match.
    pub fn count(&self, predicate: Option<&Predicate>) -> Result<u64> {
        let program = predicate
            .map(Predicate::program)
            .filter(|program| !program.is_trivial());
        let Some(program) = program else {
            return Ok(self.read()?.version.count() as u64);
        };
        let version = self.pin()?.version;
        let mut bound = Bound::new(program, version.shapes());
        let mut count = 0;
        query::candidates(&version, Some(program), |record| {
            count += u64::from(bound.matches(&record));
            true
        });
        Ok(count)
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
        text.extend_from_slice(b",\"indexes\":[]}");
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
        let [inserted, updated, deleted] = counts;
        let text = serde_json::json!({
            "records": version.count(),
            "live_bytes": live,
            "dead_bytes": dead,
            "segments": segments,
            "segment_bytes": segment_bytes,
            "directory_bytes": directory_bytes,
            "key_map_bytes": key_map_bytes,
            "bytes": segment_bytes + directory_bytes + key_map_bytes,
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
