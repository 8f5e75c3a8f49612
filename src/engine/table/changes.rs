//! Changes to records: parsed and checked before the lock, merged under it.

use super::stage::{find_or_add, too_long};
use super::state::{Change, Match};
use super::{Core, Version};
use crate::engine::json::{inside, members, Scanner, Span};
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, add_small, reserve, MAX_RECORD};
use crate::engine::record::{self, Record};
use crate::engine::shape::{Field, Shape, Shapes, GENERIC};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;
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
        scanner.end()?;
        let mut changes = Changes {
            text: canonical,
            spans: scanner.into_spans(),
            key: None,
        };
        changes.key = (0..changes.spans.len()).find(|&at| changes.name(at) == core.key_field());
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

/// From so many changes on they are found by hash.
const MANY: usize = 16;

/// How changes apply to records of one shape, which is not the generic one.
struct Plan {
    /// Number of the shape.
    base: u16,
    /// The fields of the base that are replaced, ascending, and the changes that replace them.
    replaced: SmallVec<[(u16, u32); 4]>,
    /// The changes that add fields, in order, and the shape that comes of it.
    added: Vec<usize>,
    target: Option<Arc<Shape>>,
}

/// Merges changes into records; remembers what it found out about each shape.
pub(super) struct Merger<'a> {
    changes: &'a Changes,
    /// The table's, and the new ones of this merger, if it has looked for any.
    shapes: Option<Arc<Shapes>>,
    /// The changes by the inside of their quoted names, if they are many.
    by_name: Option<HashMap<&'a [u8], usize, RandomState>>,
    /// The plan of the last record, and those of other shapes.
    latest: Option<Plan>,
    others: Option<HashMap<u16, Plan, RandomState>>,
    /// Of a record that has no shape of its own.
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl<'a> Merger<'a> {
    pub(super) fn new(changes: &'a Changes) -> Result<Self> {
        let count = changes.spans.len();
        let mut by_name = None;
        if count >= MANY {
            let mut map = HashMap::default();
            map.try_reserve(count)
                .map_err(|_| Error::out_of_memory(32 * count))?;
            map.extend((0..count).map(|at| (inside(changes.name(at)).unwrap_or_default(), at)));
            by_name = Some(map);
        }
        Ok(Merger {
            changes,
            shapes: None,
            by_name,
            latest: None,
            others: None,
            text: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// The change of a field, by the inside of its quoted name.
    fn change_of(&self, name: &[u8]) -> Option<usize> {
        let is_named = |at: &usize| inside(self.changes.name(*at)) == Some(name);
        match &self.by_name {
            None => (0..self.changes.spans.len()).find(is_named),
            Some(by_name) => by_name.get(name).copied(),
        }
    }
}

impl Change for Merger<'_> {
    fn begin(&mut self, version: &Version, matches: &[Match]) -> Result<()> {
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

    #[inline]
    fn touches(&self, field: &[u8]) -> bool {
        let changes = self.changes;
        match &self.by_name {
            None => (0..changes.spans.len()).any(|at| changes.name(at) == field),
            Some(by_name) => inside(field).is_some_and(|name| by_name.contains_key(name)),
        }
    }

    fn new_shapes(&self) -> Option<&Arc<Shapes>> {
        self.shapes.as_ref()
    }

    fn encode(
        &mut self,
        record: &Record<'_>,
        shapes: &Arc<Shapes>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let base = shapes.get(record.shape());
        let Some(base) = base.filter(|shape| shape.id() != GENERIC) else {
            return self.encode_generic(record, shapes, out);
        };
        self.turn_to(base, shapes)?;
        match &self.latest {
            Some(plan) => plan.encode(self.changes, base, record, out),
            None => Ok(()),
        }
    }
}

impl Plan {
    fn encode(
        &self,
        changes: &Changes,
        base: &Shape,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let replaced = self.replaced.iter();
        let values = replaced.map(|&(position, at)| (position, changes.value(at as usize)));
        let len = record::spliced_len(record, base, values.clone());
        // A comma and a colon.
        let room = |at: &usize| changes.name(*at).len() + changes.value(*at).len() + 2;
        let text_len = len + self.added.iter().map(room).sum::<usize>();
        if text_len > MAX_RECORD {
            return Err(too_long());
        }
        let Some(target) = &self.target else {
            reserve(out, record::stored_len(base, len))?;
            record::splice(out, record, base, values, len);
            return Ok(());
        };
        let (mut values, mut ends) = (values.peekable(), Vec::new());
        let mut text = Vec::new();
        reserve(&mut text, text_len)?;
        for (position, field) in (0..).zip(base.fields()) {
            let changed = values.next_if(|(next, _)| *next == position);
            let value = changed.map(|(_, value)| value);
            let value = value.or_else(|| record.value(base, position));
            put(
                &mut text,
                &mut ends,
                &[field.quoted()],
                value.unwrap_or_default(),
            )?;
        }
        for &at in &self.added {
            put(&mut text, &mut ends, &[changes.name(at)], changes.value(at))?;
        }
        text.push(b'}');
        reserve(out, record::stored_len(target, text_len))?;
        record::write(out, target, &ends, &[&text]);
        Ok(())
    }
}

impl Merger<'_> {
    /// Makes the plan of a shape the latest one.
    #[inline]
    fn turn_to(&mut self, base: &Shape, shapes: &Arc<Shapes>) -> Result<()> {
        match &self.latest {
            Some(plan) if plan.base == base.id() => Ok(()),
            Some(_) => self.turn(base, shapes),
            None => {
                self.latest = Some(self.plan(base, shapes)?);
                Ok(())
            }
        }
    }

    /// The same, if there was a plan before.
    #[cold]
    fn turn(&mut self, base: &Shape, shapes: &Arc<Shapes>) -> Result<()> {
        let known = self.others.as_mut();
        let plan = match known.and_then(|others| others.remove(&base.id())) {
            Some(plan) => plan,
            None => self.plan(base, shapes)?,
        };
        if let Some(before) = self.latest.replace(plan) {
            let others = self.others.get_or_insert_default();
            others.insert(before.base, before);
        }
        Ok(())
    }

    fn plan(&mut self, base: &Shape, shapes: &Arc<Shapes>) -> Result<Plan> {
        let changes = self.changes;
        let (mut replaced, mut added) = (SmallVec::new(), Vec::new());
        for at in 0..changes.spans.len() {
            match base.position(changes.name(at)) {
                Some(position) => add_small(&mut replaced, (position, at as u32))?,
                None => add(&mut added, at)?,
            }
        }
        replaced.sort_unstable();
        let target = match added.is_empty() {
            true => None,
            false => {
                let names = base.fields().iter().map(Field::quoted);
                let added = added.iter().map(|&at| changes.name(at));
                let names: Vec<&[u8]> = names.chain(added).collect();
                Some(self.shape_of(&names, shapes)?)
            }
        };
        Ok(Plan {
            base: base.id(),
            replaced,
            added,
            target,
        })
    }

    /// The shape of records with these quoted names.
    fn shape_of(&mut self, names: &[&[u8]], shapes: &Arc<Shapes>) -> Result<Arc<Shape>> {
        let bytes = names.iter().map(|name| name.len()).sum();
        if !Shapes::can_have(names.len(), bytes) {
            return shapes.generic().cloned().ok_or_else(too_long);
        }
        let own = self.shapes.get_or_insert_with(|| shapes.clone());
        Ok(find_or_add(own, names))
    }

    /// Of a record that carries no field positions.
    #[cold]
    fn encode_generic(
        &mut self,
        record: &Record<'_>,
        shapes: &Arc<Shapes>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut text = std::mem::take(&mut self.text);
        let mut ends = std::mem::take(&mut self.ends);
        let merged = self.merge_members(record, &mut text, &mut ends);
        let target = merged.and_then(|bytes| match Shapes::can_have(ends.len(), bytes) {
            true => {
                let names = members(&text).map(|(name, _)| [b"\"", name, b"\""].concat());
                let names: Vec<Vec<u8>> = names.collect();
                let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
                self.shape_of(&names, shapes)
            }
            false => shapes.generic().cloned().ok_or_else(too_long),
        });
        let written = target.and_then(|target| {
            reserve(out, record::stored_len(&target, text.len()))?;
            record::write(out, &target, &ends, &[&text]);
            Ok(())
        });
        (self.text, self.ends) = (text, ends);
        written
    }

    /// Writes the text of the changed record and notes where its values end; returns how many bytes its names have.
    fn merge_members(
        &mut self,
        record: &Record<'_>,
        text: &mut Vec<u8>,
        ends: &mut Vec<u32>,
    ) -> Result<usize> {
        text.clear();
        ends.clear();
        reserve(text, record.text().len() + self.changes.text.len())?;
        let mut is_added: Vec<bool> = Vec::new();
        reserve(&mut is_added, self.changes.spans.len())?;
        is_added.resize(self.changes.spans.len(), true);
        for (name, value) in record.members() {
            let at = self.change_of(name);
            if let Some(added) = at.and_then(|at| is_added.get_mut(at)) {
                *added = false;
            }
            let value = at.map_or(value, |at| self.changes.value(at));
            put(text, ends, &[b"\"", name, b"\""], value)?;
        }
        for (at, _) in is_added.iter().enumerate().filter(|(_, added)| **added) {
            put(text, ends, &[self.changes.name(at)], self.changes.value(at))?;
        }
        text.push(b'}');
        if text.len() > MAX_RECORD {
            return Err(too_long());
        }
        Ok(members(text).map(|(name, _)| name.len() + 2).sum())
    }
}

/// Appends a field to the text of a record, which begins with it if there is none yet.
fn put(text: &mut Vec<u8>, ends: &mut Vec<u32>, name: &[&[u8]], value: &[u8]) -> Result<()> {
    text.push(if text.is_empty() { b'{' } else { b',' });
    name.iter().for_each(|part| text.extend_from_slice(part));
    text.push(b':');
    text.extend_from_slice(value);
    add(ends, text.len() as u32)
}
