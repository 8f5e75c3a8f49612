//! The stage: records parsed, checked and laid out before the table's lock is taken.

use super::Core;
use crate::engine::interrupt::Interrupt;
use crate::engine::json::{Scanner, Span};
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, exceeded, reserve, MAX_RECORD};
use crate::engine::record;
use crate::engine::shape::{Field, Shape, Shapes, GENERIC};
use crate::engine::{Error, Result};
use hashbrown::HashSet;
use std::sync::Arc;

/// Records ready to be stored.
pub(super) struct Stage {
    text: Vec<u8>,
    /// Ends of values, all records' one after the other.
    ends: Vec<u32>,
    records: Vec<Staged>,
    /// The table's shapes when staging began, and those with the new ones of this stage, which the table learns of
    /// only when nothing can fail any more.
    base: Arc<Shapes>,
    pub(super) shapes: Arc<Shapes>,
    /// The first record whose key an earlier one has.
    pub(super) repeat: Option<usize>,
    is_bulk: bool,
}

struct Staged {
    shape: Arc<Shape>,
    text: (usize, usize),
    ends: (usize, usize),
    /// Where the key is in `text`; `None` if the table is to give one, which then goes at the end.
    key: Option<(usize, usize)>,
    /// The key, if it is an integer.
    int: Option<i64>,
}

/// Names and values of a record that is put together anew.
type Members<'a> = Vec<(&'a [u8], &'a [u8])>;

impl Stage {
    /// Stages one record.
    pub(super) fn one(core: &Core, text: &str) -> Result<Stage> {
        let mut stage = Stage::new(core);
        let mut scanner = Scanner::new(text);
        stage.push(core, &mut scanner)?;
        Ok(stage)
    }

    /// Stages a JSON array of records; errors name the record.
    pub(super) fn many(core: &Core, text: &str, interrupt: &Interrupt) -> Result<Stage> {
        let mut stage = Stage::new(core);
        stage.is_bulk = true;
        let mut scanner = Scanner::new(text);
        let mut ticker = interrupt.ticker();
        let mut more = scanner.enter_array()?;
        while more {
            ticker.tick()?;
            let index = stage.records.len();
            reserve(&mut stage.records, 1)?;
            stage
                .push(core, &mut scanner)
                .map_err(|error| error.at_index(index))?;
            more = scanner
                .next_element()
                .map_err(|error| error.at_index(index))?;
        }
        scanner.end()?;
        stage.repeat = stage.first_repeat()?;
        Ok(stage)
    }

    fn new(core: &Core) -> Stage {
        let base = core.shapes();
        Stage {
            text: Vec::new(),
            ends: Vec::new(),
            records: Vec::new(),
            shapes: base.clone(),
            base,
            repeat: None,
            is_bulk: false,
        }
    }

    /// How an error names a record: by its position, in a bulk call.
    pub(super) fn index(&self, index: usize) -> Option<usize> {
        self.is_bulk.then_some(index)
    }

    pub(super) fn shape(&self, index: usize) -> u16 {
        self.records
            .get(index)
            .map_or(GENERIC, |staged| staged.shape.id())
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes of all texts.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The key that a record came with.
    pub(super) fn key(&self, index: usize) -> Option<KeyRef<'_>> {
        let staged = self.records.get(index)?;
        let (start, end) = staged.key?;
        match staged.int {
            Some(key) => Some(KeyRef::Int(key)),
            None => KeyRef::read(self.text.get(start..end)?).ok(),
        }
    }

    /// Whether a record came without a key.
    pub(super) fn lacks_key(&self, index: usize) -> bool {
        let staged = self.records.get(index);
        staged.is_some_and(|staged| staged.key.is_none())
    }

    /// Bytes of the key that a record came with.
    pub(super) fn key_len(&self, index: usize) -> usize {
        let key = self.records.get(index).and_then(|staged| staged.key);
        key.map_or(0, |(start, end)| end - start)
    }

    fn first_repeat(&self) -> Result<Option<usize>> {
        let mut last = None;
        let ascending = (0..self.len()).all(|index| match self.key(index) {
            None => true,
            Some(KeyRef::Int(key)) => last.replace(key).is_none_or(|before| before < key),
            Some(KeyRef::Text(_)) => false,
        });
        if ascending {
            return Ok(None);
        }
        let mut seen = HashSet::with_hasher(foldhash::fast::RandomState::default());
        seen.try_reserve(self.len())
            .map_err(|_| Error::OutOfMemory {
                bytes: self.len() * std::mem::size_of::<KeyRef<'_>>(),
            })?;
        let repeat =
            (0..self.len()).find(|&index| self.key(index).is_some_and(|key| !seen.insert(key)));
        Ok(repeat)
    }

    /// Writes a record as stored; `given` is the key that the table gives it.
    pub(super) fn write(&self, index: usize, given: Option<i64>, out: &mut Vec<u8>) -> Result<()> {
        let Some(staged) = self.records.get(index) else {
            return Ok(());
        };
        let text = self
            .text
            .get(staged.text.0..staged.text.1)
            .unwrap_or_default();
        let ends = self
            .ends
            .get(staged.ends.0..staged.ends.1)
            .unwrap_or_default();
        let mut digits = itoa::Buffer::new();
        let tail: [&[u8]; 2] = match given {
            Some(key) => [digits.format(key).as_bytes(), b"}"],
            None => [b"", b""],
        };
        let text_len = text.len() + tail.iter().map(|part| part.len()).sum::<usize>();
        reserve(out, record::stored_len(&staged.shape, text_len))?;
        record::write(out, &staged.shape, ends, &[text, tail[0], tail[1]]);
        Ok(())
    }

    fn push(&mut self, core: &Core, scanner: &mut Scanner<'_>) -> Result<()> {
        let start = self.text.len();
        let guess = self.records.last().map(|staged| staged.shape.clone());
        let guess = guess.or_else(|| self.shapes.latest().cloned());
        let missing = scanner.record(&mut self.text, guess.as_deref())?;
        if !self.is_bulk {
            // What is wrong with the text comes before what is wrong with the record.
            scanner.end()?;
        }
        let key_field = self.shapes.key_field();
        let spans = scanner.spans();
        let shape = guess.filter(|shape| fits(shape, missing));
        let key_at = match (&shape, missing) {
            (Some(shape), Some(0)) => Some(usize::from(shape.key())),
            (Some(_), _) => None,
            (None, _) => spans
                .iter()
                .position(|span| self.slice(start, span.name) == key_field),
        };
        let key_span = key_at.and_then(|at| spans.get(at)).copied();
        let key_text = key_span.map(|span| self.slice(start, span.value));
        let has_key = key_text.is_some_and(|text| text != b"null");
        let mut int = None;
        if let (Some(text), true) = (key_text, has_key) {
            int = KeyRef::read(text)?.as_int();
        }
        let filled = match core.schema() {
            Some(schema) => {
                let mut has = vec![false; schema.len()];
                for span in spans
                    .iter()
                    .filter(|span| has_key || Some(**span) != key_span)
                {
                    let (name, value) =
                        (self.slice(start, span.name), self.slice(start, span.value));
                    let at = schema.check(name, value)?;
                    if let Some(has) = has.get_mut(at) {
                        *has = true;
                    }
                }
                schema.fill(&has, key_field)?
            }
            None => Vec::new(),
        };
        if !filled.is_empty() || key_span.is_some() && !has_key {
            // Rare: fields are added, or a null key is taken out; the text is put together anew.
            let spans = spans
                .iter()
                .filter(|span| has_key || Some(**span) != key_span);
            let fields =
                spans.map(|span| (self.slice(start, span.name), self.slice(start, span.value)));
            let mut members: Members<'_> = Vec::new();
            for member in fields.chain(filled) {
                add(&mut members, member)?;
            }
            let text = object(&members)?;
            if text.len() > MAX_RECORD {
                return Err(too_long());
            }
            let text = String::from_utf8(text).unwrap_or_default();
            self.text.truncate(start);
            let mut again = Scanner::new(&text);
            again.record(&mut self.text, None)?;
            let key = again
                .spans()
                .iter()
                .find(|span| self.slice(start, span.name) == key_field)
                .map(|span| span.value);
            return self.lay_out(start, again.spans(), None, (key, int));
        }
        let key = key_span.map(|span| span.value);
        self.lay_out(start, scanner.spans(), shape, (key, int))
    }

    fn slice(&self, start: usize, range: (u32, u32)) -> &[u8] {
        self.text
            .get(start + range.0 as usize..start + range.1 as usize)
            .unwrap_or_default()
    }

    /// The shape of a record that was not guessed; the key is added at its end if it is yet to be given.
    fn find_shape(&mut self, start: usize, spans: &[Span], adds_key: bool) -> Result<Arc<Shape>> {
        let key = adds_key.then(|| self.shapes.key_field());
        let bytes = spans
            .iter()
            .map(|span| (span.name.1 - span.name.0) as usize)
            .sum::<usize>();
        if !Shapes::can_have(spans.len() + usize::from(adds_key), bytes) {
            return self.shapes.generic().cloned().ok_or_else(too_long);
        }
        let key = key.map(<[u8]>::to_vec);
        let text = &self.text;
        let names = spans.iter().map(|span| {
            let (from, to) = (start + span.name.0 as usize, start + span.name.1 as usize);
            text.get(from..to).unwrap_or_default()
        });
        let names: Vec<&[u8]> = names.chain(key.as_deref()).collect();
        Ok(find_or_add(&mut self.shapes, &names))
    }

    /// Brings the stage's new shapes, if it has any, in line with those that the table has by now. The table's lock is
    /// held, so it learns of no others until it is told of these.
    pub(super) fn settle_shapes(&mut self, current: &Arc<Shapes>) {
        if self.shapes.count() == self.base.count() || Arc::ptr_eq(current, &self.base) {
            return;
        }
        let mut merged = current.clone();
        let known = self.base.count();
        for staged in &mut self.records {
            if usize::from(staged.shape.id()) > known {
                let names: Vec<&[u8]> = staged.shape.fields().iter().map(Field::quoted).collect();
                staged.shape = find_or_add(&mut merged, &names);
            }
        }
        self.shapes = merged;
    }

    /// Notes a record whose canonical text is complete, from `start` on.
    fn lay_out(
        &mut self,
        start: usize,
        spans: &[Span],
        shape: Option<Arc<Shape>>,
        (key, int): (Option<(u32, u32)>, Option<i64>),
    ) -> Result<()> {
        let shape = match shape {
            Some(shape) => shape,
            None => self.find_shape(start, spans, key.is_none())?,
        };
        if key.is_none() {
            // The key goes where the closing brace was; brace and digits follow when it is known.
            self.text.pop();
            let comma: &[u8] = if spans.is_empty() { b"" } else { b"," };
            let key_field = self.shapes.key_field();
            reserve(&mut self.text, key_field.len() + 2)?;
            self.text.extend_from_slice(comma);
            self.text.extend_from_slice(key_field);
            self.text.push(b':');
            // The longest key has 19 digits.
            if self.text.len() - start + 20 > MAX_RECORD {
                return Err(too_long());
            }
        }
        let ends_start = self.ends.len();
        if shape.id() != GENERIC {
            reserve(&mut self.ends, spans.len())?;
            self.ends.extend(spans.iter().map(|span| span.value.1));
        }
        reserve(&mut self.records, 1)?;
        self.records.push(Staged {
            shape,
            text: (start, self.text.len()),
            ends: (ends_start, self.ends.len()),
            key: key.map(|(from, to)| (start + from as usize, start + to as usize)),
            int,
        });
        Ok(())
    }
}

/// Whether a shape is that of a record which had all its fields but the last `missing` ones: then the key, to be added.
fn fits(shape: &Shape, missing: Option<usize>) -> bool {
    match missing {
        Some(0) => true,
        Some(1) => usize::from(shape.key()) + 1 == shape.fields().len(),
        _ => false,
    }
}

pub(super) fn too_long() -> Error {
    exceeded("bytes of a record", MAX_RECORD)
}

fn object(members: &[(&[u8], &[u8])]) -> Result<Vec<u8>> {
    let len: usize = members
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    let mut text = Vec::new();
    reserve(&mut text, len + 2)?;
    text.push(b'{');
    for (name, value) in members {
        if text.len() > 1 {
            text.push(b',');
        }
        text.extend_from_slice(name);
        text.push(b':');
        text.extend_from_slice(value);
    }
    text.push(b'}');
    Ok(text)
}

/// The shape with these quoted names, added if it is new.
pub(super) fn find_or_add(shapes: &mut Arc<Shapes>, names: &[&[u8]]) -> Arc<Shape> {
    if let Some(shape) = shapes.find(names) {
        return shape.clone();
    }
    match shapes.generic() {
        // A list that is full is not copied only to find that out.
        Some(generic) if shapes.is_full() => generic.clone(),
        _ => Arc::make_mut(shapes).add(names),
    }
}
