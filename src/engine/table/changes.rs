//! Changes to records: parsed and checked before the lock, merged under it.

use super::stage::{find_or_add, too_long};
use super::state::{Change, Match};
use super::{Core, Version};
use crate::engine::json::{inside, Scanner, Span};
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, reserve, MAX_RECORD};
use crate::engine::record::{self, Record};
use crate::engine::shape::{Shape, Shapes, GENERIC};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::sync::Arc;

/// The fields of a JSON object, to be merged into records.
pub(super) struct Changes {
    text: Vec<u8>,
    spans: Vec<Span>,
    key: Option<usize>,
}

impl Changes {
    /// Reads changes: `INVALID_JSON` and the like first, then `INVALID_KEY` if they set the key to what is none.
    pub(super) fn parse(core: &Core, text: &str) -> Result<Changes> {
        let changes = Changes::scan(core, text)?;
        if let Some(key) = changes.key_text() {
            KeyRef::read(key)?;
        }
        Ok(changes)
    }

    /// As `parse`, for a record that is to be inserted if its key is free: there a null key is no key.
    pub(super) fn parse_record(core: &Core, text: &str) -> Result<Changes> {
        let mut changes = Changes::scan(core, text)?;
        match changes.key_text() {
            Some(b"null") => changes.key = None,
            Some(key) => {
                KeyRef::read(key)?;
            }
            None => {}
        }
        Ok(changes)
    }

    fn scan(core: &Core, text: &str) -> Result<Changes> {
        let mut scanner = Scanner::new(text);
        let mut canonical = Vec::new();
        scanner.record(&mut canonical, None)?;
        let mut spans = Vec::new();
        reserve(&mut spans, scanner.spans().len())?;
        spans.extend_from_slice(scanner.spans());
        scanner.end()?;
        let mut changes = Changes {
            text: canonical,
            spans,
            key: None,
        };
        let shapes = core.shapes();
        changes.key = (0..changes.spans.len()).find(|&at| changes.name(at) == shapes.key_field());
        Ok(changes)
    }

    /// Checks the fields against the schema.
    pub(super) fn check(&self, core: &Core) -> Result<()> {
        if let Some(schema) = core.schema() {
            for at in 0..self.spans.len() {
                schema.check(self.name(at), self.value(at))?;
            }
        }
        Ok(())
    }

    /// The canonical text of the whole object.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    fn slice(&self, range: (u32, u32)) -> &[u8] {
        self.text
            .get(range.0 as usize..range.1 as usize)
            .unwrap_or_default()
    }

    fn name(&self, at: usize) -> &[u8] {
        self.spans.get(at).map_or(&[], |span| self.slice(span.name))
    }

    fn value(&self, at: usize) -> &[u8] {
        self.spans
            .get(at)
            .map_or(&[], |span| self.slice(span.value))
    }

    fn key_text(&self) -> Option<&[u8]> {
        self.key.map(|at| self.value(at))
    }

    /// The key that the changes set.
    pub(super) fn key(&self) -> Option<KeyRef<'_>> {
        self.key_text().and_then(|text| KeyRef::read(text).ok())
    }
}

/// How changes apply to records of one shape.
struct Plan {
    target: Arc<Shape>,
    /// For each field of the base, the change that replaces it.
    replaced: Vec<Option<usize>>,
    /// The changes that add fields, in order.
    added: Vec<usize>,
}

/// Merges changes into records; remembers what it found out about each shape.
pub(super) struct Merger<'a> {
    changes: &'a Changes,
    /// The table's, and the new ones of this merger.
    shapes: Arc<Shapes>,
    /// The changes by the inside of their quoted names.
    by_name: HashMap<&'a [u8], usize, RandomState>,
    plans: HashMap<u16, Plan, RandomState>,
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl<'a> Merger<'a> {
    pub(super) fn new(core: &Core, changes: &'a Changes) -> Result<Self> {
        let count = changes.spans.len();
        let mut by_name = HashMap::default();
        by_name
            .try_reserve(count)
            .map_err(|_| Error::OutOfMemory { bytes: 32 * count })?;
        by_name.extend((0..count).map(|at| (inside(changes.name(at)).unwrap_or_default(), at)));
        Ok(Merger {
            changes,
            shapes: core.shapes(),
            by_name,
            plans: HashMap::default(),
            text: Vec::new(),
            ends: Vec::new(),
        })
    }
}

impl Change for Merger<'_> {
    fn begin(&mut self, version: &Version, matches: &[Match]) -> Result<()> {
        // The lock is held: the table has no shapes but these.
        self.shapes = version.shapes.clone();
        let Some(key) = self.changes.key() else {
            return Ok(());
        };
        // Found out before anything is written.
        let holder = version.find(&key).map(|(row, _)| row);
        match matches {
            [(row, _)] if holder.is_none_or(|holder| holder == *row) => Ok(()),
            _ => Err(key.duplicate()),
        }
    }

    fn touches(&self, field: &[u8]) -> bool {
        inside(field).is_some_and(|name| self.by_name.contains_key(name))
    }

    fn shapes(&self) -> &Arc<Shapes> {
        &self.shapes
    }

    fn encode(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.text.clear();
        self.ends.clear();
        reserve(
            &mut self.text,
            record.text().len() + self.changes.text.len(),
        )?;
        let base = record.shape();
        if base == GENERIC || !self.plans.contains_key(&base) {
            let plan = self.plan(record)?;
            self.plans.insert(base, plan);
        }
        let Some(plan) = self.plans.get(&base) else {
            return Ok(());
        };
        self.text.push(b'{');
        for ((name, value), replaced) in record.members().zip(&plan.replaced) {
            let value = replaced.map_or(value, |at| self.changes.value(at));
            put(&mut self.text, &mut self.ends, &[b"\"", name, b"\""], value)?;
        }
        for &at in &plan.added {
            put(
                &mut self.text,
                &mut self.ends,
                &[self.changes.name(at)],
                self.changes.value(at),
            )?;
        }
        self.text.push(b'}');
        if self.text.len() > MAX_RECORD {
            return Err(too_long());
        }
        reserve(out, record::stored_len(&plan.target, self.text.len()))?;
        record::write(out, &plan.target, &self.ends, &[&self.text]);
        Ok(())
    }
}

impl Merger<'_> {
    fn plan(&mut self, record: &Record<'_>) -> Result<Plan> {
        let (mut replaced, mut names) = (Vec::new(), Vec::new());
        let mut is_added: Vec<bool> = Vec::new();
        reserve(&mut is_added, self.changes.spans.len())?;
        is_added.resize(self.changes.spans.len(), true);
        let mut bytes = 0;
        for (name, _) in record.members() {
            let at = self.by_name.get(name).copied();
            if let Some(added) = at.and_then(|at| is_added.get_mut(at)) {
                *added = false;
            }
            add(&mut replaced, at)?;
            bytes += name.len() + 2;
            if Shapes::can_have(names.len(), bytes) {
                names.push([b"\"", name, b"\""].concat());
            }
        }
        let mut added = Vec::new();
        for (at, _) in is_added.iter().enumerate().filter(|(_, added)| **added) {
            bytes += self.changes.name(at).len();
            add(&mut added, at)?;
        }
        let target = if Shapes::can_have(replaced.len() + added.len(), bytes) {
            let names = names.iter().map(Vec::as_slice);
            let names: Vec<&[u8]> = names
                .chain(added.iter().map(|&at| self.changes.name(at)))
                .collect();
            find_or_add(&mut self.shapes, &names)
        } else {
            self.shapes.generic().cloned().ok_or_else(too_long)?
        };
        Ok(Plan {
            target,
            replaced,
            added,
        })
    }
}

fn put(text: &mut Vec<u8>, ends: &mut Vec<u32>, name: &[&[u8]], value: &[u8]) -> Result<()> {
    if text.len() > 1 {
        text.push(b',');
    }
    name.iter().for_each(|part| text.extend_from_slice(part));
    text.push(b':');
    text.extend_from_slice(value);
    add(ends, text.len() as u32)
}
