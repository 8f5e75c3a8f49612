//! The stage: records parsed, checked and laid out before the table's lock is taken.

use super::Core;
use crate::engine::arena;
use crate::engine::interrupt::Interrupt;
use crate::engine::json::{Scanner, Span};
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, add_small, copy, exceeded, reserve, MAX_RECORD};
use crate::engine::record::{self, Record};
use crate::engine::shape::{Field, Shape, Shapes, GENERIC};
use crate::engine::{Error, Result};
use hashbrown::HashSet;
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Arc;

/// Records ready to be stored.
pub(super) struct Stage {
    /// The records as they will be stored, one behind the other.
    stored: Vec<u8>,
    records: SmallVec<[Staged; 1]>,
    /// The shape of the record before, which the next one most often has, too.
    guess: Option<u16>,
    /// Bytes of its text.
    usual_len: usize,
    /// The table's shapes when staging began, and those with the new ones of this stage, which the table learns of
    /// only when nothing can fail any more.
    base: Arc<Shapes>,
    pub(super) shapes: Arc<Shapes>,
    /// The first record whose key an earlier one has.
    pub(super) repeat: Option<usize>,
    /// The first key, if all records come with integer keys that ascend.
    pub(super) ascends_from: Option<i64>,
    is_bulk: bool,
    /// Whether the records fill `stored`, one behind the other, and all have their keys.
    is_run: bool,
    /// The number of the first record, of a bulk call whose text comes in pieces.
    pub(super) first: usize,
}

struct Staged {
    start: usize,
    len: u32,
    /// Where the text of the key is, from `start` on; nowhere if the table is to give one. Then the text ends where
    /// that goes, and the closing brace behind it.
    key: (u32, u32),
    /// The key, if it is an integer.
    int: Option<i64>,
}

impl Staged {
    fn lacks_key(&self) -> bool {
        self.key.1 == 0
    }
}

/// A shape as a file tells it: quoted names, and what stands before each value.
pub(super) struct FileShape {
    pub(super) names: Vec<Box<[u8]>>,
    pub(super) labels: Vec<Box<[u8]>>,
}

/// What a stage knows of such a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its number among the stage's.
    id: u16,
    /// The position of the key.
    key: Option<u16>,
}

/// The shapes of a file, and what a stage knows of them.
pub(super) struct FileShapes<'a> {
    shapes: &'a [FileShape],
    known: Vec<Option<Known>>,
}

impl<'a> FileShapes<'a> {
    pub(super) fn new(shapes: &'a [FileShape]) -> FileShapes<'a> {
        let known = vec![None; shapes.len()];
        FileShapes { shapes, known }
    }

    /// The shape with a number, which counts from 1; none is the generic one.
    fn get(&self, number: u16) -> Result<Option<&'a FileShape>> {
        if number == GENERIC {
            return Ok(None);
        }
        match self.shapes.get(usize::from(number) - 1) {
            None => Err(Error::json(0, "a record of a shape that is not there")),
            shape => Ok(shape),
        }
    }

    fn known(&mut self, number: u16, learn: impl FnOnce() -> Known) -> Option<Known> {
        let known = self.known.get_mut(usize::from(number).checked_sub(1)?)?;
        Some(*known.get_or_insert_with(learn))
    }
}

/// Bytes of the longest key that a table gives, and of the closing brace.
const GIVEN: usize = 20;

/// Bytes that a record may need beside its text and the name of its key, unless it has very many fields.
const SPARE: usize = 64;

/// Whether a line has nothing but JSON's white space.
pub(crate) fn is_blank(line: &str) -> bool {
    line.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
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
        // What records have before their texts is about that much. Without the memory for it there is a smaller start.
        if stage
            .stored
            .try_reserve(text.len() + text.len() / 8)
            .is_ok()
        {
            arena::on_large_pages(&mut stage.stored);
        }
        let mut scanner = Scanner::new(text);
        let mut ticker = interrupt.ticker();
        let mut more = scanner.enter_array()?;
        while more {
            ticker.tick()?;
            let index = stage.records.len();
            stage
                .push(core, &mut scanner)
                .map_err(|error| error.at_index(index))?;
            more = scanner
                .next_element()
                .map_err(|error| error.at_index(index))?;
        }
        scanner.end()?;
        stage.look_at_keys()?;
        Ok(stage)
    }

    /// Stages the records of a JSON array of whose text there is a piece: those that are whole in it and begin in this range.
    /// Returns where the next one begins, or where the array has ended, and whether it has. Errors name a record by its number
    /// from `first` on.
    pub(super) fn piece(
        core: &Core,
        (text, range): (&str, Range<usize>),
        first: usize,
        is_last: bool,
        interrupt: &Interrupt,
    ) -> Result<(Stage, usize, bool)> {
        let mut stage = Stage::of_file(core, first);
        let mut ticker = interrupt.ticker();
        let (mut position, mut is_end) = (range.start, false);
        while !is_end && position < range.end {
            ticker.tick()?;
            let (bytes, count) = (stage.stored.len(), stage.len());
            let mut scanner = Scanner::new_at(text, position);
            let outcome = stage.push(core, &mut scanner);
            let outcome = outcome.and_then(|()| scanner.next_element());
            if scanner.is_near_end() && !is_last {
                stage.stored.truncate(bytes);
                stage.records.truncate(count);
                break;
            }
            is_end = !outcome.map_err(|error| error.at_index(first + count))?;
            position = scanner.position();
        }
        stage.look_at_keys()?;
        Ok((stage, position, is_end))
    }

    /// Stages the lines of a text, each of which is a record; empty ones are passed over. The first record has the number
    /// `first`. Positions of errors are those in the line.
    pub(super) fn lines(
        core: &Core,
        text: &str,
        first: usize,
        interrupt: &Interrupt,
    ) -> Result<Stage> {
        let mut stage = Stage::of_file(core, first);
        let mut ticker = interrupt.ticker();
        for line in text.split('\n').filter(|line| !is_blank(line)) {
            ticker.tick()?;
            let index = first + stage.len();
            let mut scanner = Scanner::new(line);
            let outcome = stage.push(core, &mut scanner);
            outcome
                .and_then(|()| scanner.end())
                .map_err(|error| error.at_index(index))?;
        }
        stage.look_at_keys()?;
        Ok(stage)
    }

    /// For records that come from a file; the first one has the number `first`.
    pub(super) fn of_file(core: &Core, first: usize) -> Stage {
        Stage {
            is_bulk: true,
            first,
            ..Stage::new(core)
        }
    }

    /// Stages the records of a block of a file, which lie one behind the other. They stay where they are, so that they can be stored
    /// as a run. Errors come with where in the block the record at fault begins, if it is about one.
    pub(super) fn block(
        core: &Core,
        block: Vec<u8>,
        shapes: &mut FileShapes<'_>,
        interrupt: &Interrupt,
    ) -> std::result::Result<Stage, (Option<usize>, Error)> {
        let len = block.len();
        let mut stage = Stage::of_file(core, 0);
        (stage.stored, stage.is_run) = (block, true);
        let mut ticker = interrupt.ticker();
        let mut start = 0;
        while start < len {
            ticker.tick().map_err(|error| (None, error))?;
            let pushed = stage.push_stored(core, start..len, shapes);
            start += pushed.map_err(|error| match error {
                Error::OutOfMemory { .. } => (None, error),
                _ => (Some(start), error),
            })?;
        }
        stage.look_at_keys().map_err(|error| (None, error))?;
        Ok(stage)
    }

    /// The memory of a block whose records are stored by now.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.stored
    }

    /// Stages the record at the start of a range of `stored`. Returns its length.
    fn push_stored(
        &mut self,
        core: &Core,
        range: Range<usize>,
        shapes: &mut FileShapes<'_>,
    ) -> Result<usize> {
        let wrong = |reason: &str| Error::json(0, reason);
        let start = range.start;
        let bytes = self.stored.get(range).unwrap_or_default();
        let number = record::shape_of(bytes);
        let shape = shapes.get(number)?;
        if let Some(fault) = record::fault(bytes, shape.map_or(&[], |shape| &shape.labels)) {
            return Err(wrong(fault));
        }
        let record = Record::read(bytes).ok_or_else(|| wrong("a record is cut"))?;
        let len = record.stored_len();
        let known = shape.and_then(|shape| shapes.known(number, || know(&mut self.shapes, shape)));
        let Some((shape, known)) = shape.zip(known).filter(|(_, known)| known.id != GENERIC) else {
            // The places of its fields are not told, or the table has as many shapes as it can have.
            let text = copy(record.text())?;
            let text = std::str::from_utf8(&text).unwrap_or_default();
            self.is_run = false;
            let before = self.stored.len();
            self.push(core, &mut Scanner::new(text))?;
            // A record that came with all that it needs is stored as it was.
            let stored = self.stored.get(before..).and_then(Record::read);
            return match stored.is_some_and(|record| record.text() == text.as_bytes()) {
                true => Ok(len),
                false => Err(wrong(
                    "a record lacks its key, or a field that has a default",
                )),
            };
        };
        let name_len = |at: u16| {
            let name = shape.names.get(usize::from(at));
            name.map_or(0, |name| name.len())
        };
        if let Some(schema) = core.schema() {
            let mut has = vec![false; schema.len()];
            for (at, name) in shape.names.iter().enumerate() {
                let value = record.value_of(at as u16, name.len()).unwrap_or_default();
                let position = schema.check(name, value)?;
                if let Some(has) = has.get_mut(position) {
                    *has = true;
                }
            }
            if !schema.fill(&has, self.shapes.key_field())?.is_empty() {
                return Err(wrong("a record lacks a field that has a default"));
            }
        }
        let Some(key_at) = known.key else {
            return Err(wrong("a record has no key"));
        };
        let key = record.place_of(key_at, name_len(key_at));
        let int = KeyRef::read(bytes.get(key.clone()).unwrap_or_default())?.as_int();
        if known.id != number {
            record::set_shape(self.stored.get_mut(start..).unwrap_or_default(), known.id);
        }
        let staged = Staged {
            start,
            len: len as u32,
            key: (key.start as u32, key.end as u32),
            int,
        };
        add_small(&mut self.records, staged)?;
        Ok(len)
    }

    fn new(core: &Core) -> Stage {
        let base = core.shapes();
        Stage {
            stored: Vec::new(),
            records: SmallVec::new(),
            guess: base.latest().map(|shape| shape.id()),
            usual_len: usize::MAX,
            shapes: base.clone(),
            base,
            repeat: None,
            ascends_from: None,
            is_bulk: false,
            is_run: false,
            first: 0,
        }
    }

    /// How an error names a record: by its position, in a bulk call.
    pub(super) fn index(&self, index: usize) -> Option<usize> {
        self.is_bulk.then_some(self.first + index)
    }

    pub(super) fn shape(&self, index: usize) -> u16 {
        let record = self.stored(index);
        record.map_or(GENERIC, |(_, record)| record::shape_of(record))
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes of all records.
    pub(super) fn bytes(&self) -> usize {
        self.stored.len()
    }

    fn stored(&self, index: usize) -> Option<(&Staged, &[u8])> {
        let staged = self.records.get(index)?;
        let record = self.stored.get(staged.start..)?;
        Some((staged, record.get(..staged.len as usize)?))
    }

    /// The key that a record came with.
    pub(super) fn key(&self, index: usize) -> Option<KeyRef<'_>> {
        if let Some(key) = self.records.get(index)?.int {
            return Some(KeyRef::Int(key));
        }
        let (staged, record) = self.stored(index)?;
        let (start, end) = staged.key;
        KeyRef::read(record.get(start as usize..end as usize)?).ok()
    }

    /// Bytes of the key that a record came with.
    pub(super) fn key_len(&self, index: usize) -> usize {
        let key = self.records.get(index).map(|staged| staged.key);
        key.map_or(0, |(start, end)| (end - start) as usize)
    }

    /// Finds out what there is to know of the keys of all records.
    fn look_at_keys(&mut self) -> Result<()> {
        let mut last = None;
        let mut follows = |key: i64| last.replace(key).is_none_or(|before| before < key);
        let is_given = |staged: &Staged| staged.int.is_none() && staged.lacks_key();
        let ascend = |staged: &Staged| staged.int.map_or(is_given(staged), &mut follows);
        if !self.records.iter().all(ascend) {
            self.repeat = self.first_repeat()?;
        } else if !self.records.iter().any(is_given) {
            self.ascends_from = self.records.first().and_then(|record| record.int);
        }
        Ok(())
    }

    /// The keys, if all records come with integer keys that ascend.
    pub(super) fn ascending(&self) -> Option<impl Iterator<Item = i64> + '_> {
        self.ascends_from?;
        Some(self.records.iter().filter_map(|record| record.int))
    }

    fn first_repeat(&self) -> Result<Option<usize>> {
        let mut seen = HashSet::with_hasher(foldhash::fast::RandomState::default());
        seen.try_reserve(self.len())
            .map_err(|_| Error::out_of_memory(self.len() * std::mem::size_of::<KeyRef<'_>>()))?;
        let repeat =
            (0..self.len()).find(|&index| self.key(index).is_some_and(|key| !seen.insert(key)));
        Ok(repeat)
    }

    /// All records as a run, if they are one.
    pub(super) fn run(&self) -> Option<&[u8]> {
        self.is_run.then_some(&self.stored)
    }

    /// Bytes that a record takes.
    pub(super) fn stored_len(&self, index: usize) -> usize {
        self.records
            .get(index)
            .map_or(0, |staged| staged.len as usize)
    }

    /// A record as it is to be stored, if it came with its key; the others take the next one of `given`, and are put
    /// together in `out`.
    #[inline]
    pub(super) fn write(
        &self,
        index: usize,
        given: &mut impl Iterator<Item = i64>,
        out: &mut Vec<u8>,
    ) -> Result<Option<&[u8]>> {
        let Some((staged, record)) = self.stored(index) else {
            return Ok(None);
        };
        if !staged.lacks_key() {
            return Ok(Some(record));
        }
        reserve(out, record.len() + GIVEN)?;
        out.extend_from_slice(record);
        if let Some(key) = given.next() {
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(key).as_bytes();
            out.extend_from_slice(digits);
            out.push(b'}');
            record::lengthen(out, digits.len() + 1);
        }
        Ok(None)
    }

    fn push(&mut self, core: &Core, scanner: &mut Scanner<'_>) -> Result<()> {
        // Before its text a record has what depends on its shape and length: room for what is expected.
        let start = self.stored.len();
        let guess = self.guess.and_then(|id| self.shapes.get(id));
        let guess = guess.map(|shape| &**shape);
        let room = record::room(guess, scanner.left().min(self.usual_len));
        let key_len = self.shapes.key_field().len();
        reserve(&mut self.stored, room + scanner.left() + key_len + SPARE)?;
        self.stored.resize(start + room, 0);
        let (start, record) = (start + room, start);
        let missing = scanner.record(&mut self.stored, guess)?;
        if !self.is_bulk {
            // What is wrong with the text comes before what is wrong with the record.
            scanner.end()?;
        }
        let key_field = self.shapes.key_field();
        let spans = scanner.spans();
        let shape = guess.filter(|shape| fits(shape, missing));
        let key_at = match (shape, missing) {
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
            self.stored.truncate(start);
            let mut again = Scanner::new(&text);
            again.record(&mut self.stored, None)?;
            let key = again
                .spans()
                .iter()
                .find(|span| self.slice(start, span.name) == key_field)
                .map(|span| span.value);
            return self.lay_out((record, start), again.spans(), None, (key, int));
        }
        let key = key_span.map(|span| span.value);
        let shape = shape.map(Shape::id);
        self.lay_out((record, start), scanner.spans(), shape, (key, int))
    }

    fn slice(&self, start: usize, range: (u32, u32)) -> &[u8] {
        self.stored
            .get(start + range.0 as usize..start + range.1 as usize)
            .unwrap_or_default()
    }

    /// The shape of a record that was not guessed; the key is added at its end if it is yet to be given.
    fn find_shape(&mut self, start: usize, spans: &[Span], adds_key: bool) -> Result<u16> {
        let key = adds_key.then(|| self.shapes.key_field());
        let bytes = spans
            .iter()
            .map(|span| (span.name.1 - span.name.0) as usize)
            .sum::<usize>();
        if !Shapes::can_have(spans.len() + usize::from(adds_key), bytes) {
            return Ok(GENERIC);
        }
        let key = key.map(<[u8]>::to_vec);
        let text = &self.stored;
        let names = spans.iter().map(|span| {
            let (from, to) = (start + span.name.0 as usize, start + span.name.1 as usize);
            text.get(from..to).unwrap_or_default()
        });
        let names: Vec<&[u8]> = names.chain(key.as_deref()).collect();
        Ok(find_or_add(&mut self.shapes, &names).id())
    }

    /// Brings the stage's new shapes, if it has any, in line with those that the table has by now. The table's lock is
    /// held, so it learns of no others until it is told of these.
    pub(super) fn settle_shapes(&mut self, current: &Arc<Shapes>) {
        if self.shapes.count() == self.base.count() || Arc::ptr_eq(current, &self.base) {
            return;
        }
        let mut merged = current.clone();
        let known = self.base.count();
        // A record's shape is most often that of the record before.
        let mut latest = (GENERIC, GENERIC);
        for staged in &self.records {
            let Some(record) = self.stored.get_mut(staged.start..) else {
                continue;
            };
            let own = record::shape_of(record);
            if usize::from(own) <= known {
                continue;
            }
            if latest.0 != own {
                let Some(shape) = self.shapes.get(own) else {
                    continue;
                };
                let names: Vec<&[u8]> = shape.fields().iter().map(Field::quoted).collect();
                latest = (own, find_or_add(&mut merged, &names).id());
            }
            record::set_shape(record, latest.1);
        }
        self.shapes = merged;
    }

    /// Notes a record whose canonical text is complete: it goes from `start` to the end, and the record begins at
    /// `record`.
    fn lay_out(
        &mut self,
        (record, start): (usize, usize),
        spans: &[Span],
        shape: Option<u16>,
        (key, int): (Option<(u32, u32)>, Option<i64>),
    ) -> Result<()> {
        let shape = match shape {
            Some(shape) => shape,
            None => self.find_shape(start, spans, key.is_none())?,
        };
        let mut given = 0;
        if key.is_none() {
            // The key goes where the closing brace was; digits and brace follow when it is known.
            self.stored.pop();
            let comma: &[u8] = if spans.is_empty() { b"" } else { b"," };
            let key_field = self.shapes.key_field();
            reserve(&mut self.stored, key_field.len() + 2)?;
            self.stored.extend_from_slice(comma);
            self.stored.extend_from_slice(key_field);
            self.stored.push(b':');
            given = GIVEN;
        }
        let text_len = self.stored.len() - start;
        let longest = text_len + given;
        if longest > MAX_RECORD {
            return Err(too_long());
        }
        let found = self.shapes.get(shape).map(|shape| &**shape);
        let room = record::room(found, longest);
        if start != record + room {
            reserve(&mut self.stored, room)?;
            let end = record + room + text_len;
            self.stored.resize(end.max(self.stored.len()), 0);
            self.stored
                .copy_within(start..start + text_len, record + room);
            self.stored.truncate(end);
        }
        let ends = spans.iter().map(|span| span.value.1);
        let before = self.stored.get_mut(record..record + room);
        if let (Some(before), Some(shape)) = (before, found) {
            record::fill(before, shape, ends, text_len);
        }
        let at = |offset: u32| room as u32 + offset;
        let staged = Staged {
            start: record,
            len: (room + text_len) as u32,
            key: key.map_or((0, 0), |(from, to)| (at(from), at(to))),
            int,
        };
        add_small(&mut self.records, staged)?;
        self.guess = Some(shape);
        self.usual_len = longest;
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

fn know(shapes: &mut Arc<Shapes>, shape: &FileShape) -> Known {
    let names: Vec<&[u8]> = shape.names.iter().map(|name| &**name).collect();
    let key = names.iter().position(|name| *name == shapes.key_field());
    Known {
        id: find_or_add(shapes, &names).id(),
        key: key.map(|at| at as u16),
    }
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

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
