//! What a table's lock guards, and how it changes.
//!
//! Each change has a *check* part, which may fail and changes nothing that a reader could see, and an *apply* part, which
//! cannot fail. New record bytes are written in the check part: they are unreachable until the directory is turned to them.

use super::entries::{Gathered, Moved, AHEAD, MANY};
use super::heap::Heap;
use super::snapshot::Captured;
use super::stage::Stage;
use super::statistics::Figures;
use super::version::{key_of, Place, Version};
use crate::engine::index::{Moving, Unique};
use crate::engine::interrupt::Interrupt;
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::paged::Entry;
use crate::engine::record::Record;
use crate::engine::shape::{Shapes, GENERIC};
use crate::engine::watch::Recorder;
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use smallvec::SmallVec;
use std::sync::Arc;

/// Less memory than this is not asked for before it is needed.
const LITTLE: usize = 128 << 10;

/// Finds out, before anything is done, whether there is memory for what is added to things that grow by small pages, whose
/// making cannot fail half way.
fn probe(bytes: usize) -> Result<()> {
    match bytes {
        0..LITTLE => Ok(()),
        _ => reserve(&mut Vec::<u8>::new(), bytes),
    }
}

/// The buffer in which records are put together is kept, if it has no more bytes than this.
const LARGEST_SCRATCH: usize = 64 << 10;

/// Bytes of a row in the directory and the key map.
const BYTES_A_ROW: usize = 40;

/// A row and where its record is.
pub(super) type Match = (Row, Place);

/// The records that a change is about, in the order of their rows. Most often it is one, and no memory is needed for it.
pub(super) type Matches = SmallVec<[Match; 4]>;

/// A row, the key that it loses, and the one that it gets.
type Rekeyed = (Row, KeyRef<'static>, KeyRef<'static>);

/// Keys that records pass on to other records.
type Passed = HashSet<KeyRef<'static>, RandomState>;

/// The keys that records pass on to other records: who watches is told first that they are gone, so that each change told
/// afterwards can be applied by itself.
fn passed_on(rekeyed: &[Rekeyed]) -> Result<Passed> {
    let mut passed = Passed::default();
    let bytes = rekeyed.len() * std::mem::size_of::<KeyRef<'_>>();
    let out_of_memory = |_| Error::OutOfMemory { bytes };
    let mut taken: HashSet<&KeyRef<'static>, RandomState> = HashSet::default();
    taken.try_reserve(rekeyed.len()).map_err(out_of_memory)?;
    taken.extend(rekeyed.iter().map(|(_, _, new)| new));
    for (_, old, _) in rekeyed.iter().filter(|(_, old, _)| taken.contains(old)) {
        passed.try_reserve(1).map_err(out_of_memory)?;
        passed.insert(old.clone());
    }
    Ok(passed)
}

/// What is to be known of a record that is replaced: it is not read again when that is done.
#[derive(Clone, Copy, Default)]
struct Replaced {
    shape: u16,
    new_shape: u16,
    /// Bytes that it takes, fewer than 2^30.
    len: u32,
}

/// How an update makes new records of old ones.
pub(super) trait Change {
    /// Called first, with the lock held.
    fn begin(&mut self, version: &Version, matches: &[Match]) -> Result<()>;

    /// Appends the new record, as stored; `shapes` are the table's.
    fn encode(
        &mut self,
        record: &Record<'_>,
        shapes: &Arc<Shapes>,
        out: &mut Vec<u8>,
    ) -> Result<()>;

    /// Whether a field, by its quoted name, can change.
    fn touches(&self, field: &[u8]) -> bool;

    /// The table's shapes, and those that the new records brought; `None` if they are the table's alone.
    fn new_shapes(&self) -> Option<&Arc<Shapes>>;
}

/// See the module's comment.
pub(super) struct State {
    pub(super) version: Version,
    pub(super) heap: Heap,
    pub(super) next_row: Row,
    /// Rows above this are not used; then the table is renumbered.
    pub(super) row_limit: Row,
    pub(super) largest_key: i64,
    pub(super) dropped: bool,
    /// Counts the calls that changed anything.
    pub(super) changes: u64,
    /// Whether the version has shapes that the table is yet to be told of.
    pub(super) has_new_shapes: bool,
    /// Live records by shape.
    pub(super) shape_counts: Vec<u64>,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    /// What is changed, if anybody watches.
    pub(super) recorder: Option<Recorder>,
    scratch: Vec<u8>,
    written: Vec<(Place, usize)>,
    replaced: Vec<Replaced>,
    moving: Vec<Moving>,
}

impl State {
    pub(super) fn new(shapes: Arc<Shapes>) -> State {
        State {
            version: Version::new(shapes),
            heap: Heap::new(),
            next_row: 0,
            row_limit: Row::MAX - 1,
            largest_key: 0,
            dropped: false,
            changes: 0,
            has_new_shapes: false,
            shape_counts: Vec::new(),
            inserted: 0,
            updated: 0,
            deleted: 0,
            recorder: None,
            scratch: Vec::new(),
            written: Vec::new(),
            replaced: Vec::new(),
            moving: Vec::new(),
        }
    }

    pub(super) fn new_dropped(shapes: Arc<Shapes>) -> State {
        State {
            dropped: true,
            ..State::new(shapes)
        }
    }

    /// The table as it is.
    pub(super) fn capture(&self) -> Captured {
        Captured {
            is_of_dropped: self.dropped,
            version: self.version.clone(),
            figures: Figures {
                live: self.heap.live,
                dead: self.heap.dead,
                reclaimed: self.heap.reclaimed,
                inserted: self.inserted,
                updated: self.updated,
                deleted: self.deleted,
                shape_counts: self.shape_counts.clone(),
            },
        }
    }

    /// Inserts all staged records, or none. Returns the keys that the table gave, in order.
    pub(super) fn insert(&mut self, stage: &mut Stage, interrupt: &Interrupt) -> Result<Vec<i64>> {
        let given = self.check_keys(stage)?;
        self.make_rows(stage.len())?;
        stage.settle_shapes(&self.version.shapes);
        let stage = &*stage;
        let entries = self.version.entries_room(stage.len(), u64::MAX);
        let noting = self.noting(stage.bytes(), stage.len());
        probe(stage.len() * BYTES_A_ROW + entries + noting)?;
        let mut keys = given.iter().copied();
        self.write_all(stage.len(), interrupt, |_, index, scratch| {
            stage.write(index, &mut keys, scratch)
        })?;
        // A stage that brings no shapes has not looked at those that came since it was made.
        let brings = stage.shapes.count() > self.version.shapes.count();
        let shapes = brings.then_some(&*stage.shapes);
        self.check_unique(stage.len(), shapes, u64::MAX, &|_| false)
            .map_err(|(at, error)| {
                stage
                    .index(at)
                    .map_or(error.clone(), |at| error.at_index(at))
            })?;
        let entries = self.gather_written(stage.len(), shapes, interrupt)?;
        self.learn(&stage.shapes);
        let first = self.next_row;
        self.next_row += stage.len() as Row;
        let places = self.written.iter().enumerate();
        let rows = places.map(|(at, (place, _))| (first as usize + at, *place));
        self.version.rows.set_all(rows);
        let mut keys = given.iter();
        let mut bytes = 0;
        for index in 0..stage.len() {
            let Some(&(place, len)) = self.written.get(index) else {
                continue;
            };
            let key = stage.key(index);
            let key = key.or_else(|| keys.next().map(|key| KeyRef::Int(*key)));
            let Some(key) = key else {
                continue;
            };
            if let KeyRef::Int(key) = key {
                self.largest_key = self.largest_key.max(key);
            }
            let row = first + index as Row;
            self.version.keys.insert(&key, row);
            if entries.is_none() {
                self.version.index_row(row, place);
            }
            if let Some(recorder) = &mut self.recorder {
                if let Some(record) = place.read(&self.version.segments) {
                    recorder.insert(&key, record.text());
                }
            }
            self.count_shape(stage.shape(index), 1);
            bytes += len;
        }
        if let Some(entries) = entries {
            self.version.put_entries(&entries);
        }
        self.inserted += stage.len() as u64;
        self.changed(bytes);
        Ok(given)
    }

    /// The entries of the written records, which get the next rows, if they are many; `None` if they are to be put in one
    /// by one. On failure nothing is left of the records.
    fn gather_written(
        &mut self,
        count: usize,
        shapes: Option<&Shapes>,
        interrupt: &Interrupt,
    ) -> Result<Option<Gathered>> {
        if count < MANY || self.version.indexes().is_empty() {
            return Ok(None);
        }
        let (first, written) = (self.next_row, &self.written);
        let shapes = shapes.unwrap_or(&self.version.shapes);
        let places = written.iter().take(count).map(|(place, _)| *place);
        let rows = places.enumerate();
        let rows = rows.map(|(at, place)| (first + at as Row, place));
        let place_of = |row: Row| written.get((row - first) as usize).map(|(place, _)| *place);
        let gathered = self.version.gather(&rows, place_of, shapes, interrupt);
        if gathered.is_err() {
            self.discard_written();
        }
        gathered.map(Some)
    }

    /// Finds out, in record order, which key each record gets and whether it is free.
    fn check_keys(&self, stage: &Stage) -> Result<Vec<i64>> {
        let mut given = Vec::new();
        // Runs of keys given in this call: ascending.
        let mut runs: Vec<(i64, i64)> = Vec::new();
        let mut largest = self.largest_key;
        for index in 0..stage.len() {
            let Some(key) = stage.key(index) else {
                let next = largest.checked_add(1).ok_or_else(|| Error::NumberRange {
                    reason: "no automatic key is left: the largest integer key is 2^63-1"
                        .to_owned(),
                    position: None,
                    index: stage.index(index),
                })?;
                match runs.last_mut() {
                    Some((_, last)) if *last + 1 == next => *last = next,
                    _ => runs.push((next, next)),
                }
                reserve(&mut given, 1)?;
                given.push(next);
                largest = next;
                continue;
            };
            let mut taken = self.version.find(&key).is_some() || stage.repeat == Some(index);
            if let KeyRef::Int(key) = key {
                let run = runs.partition_point(|(_, last)| *last < key);
                taken |= runs.get(run).is_some_and(|(first, _)| *first <= key);
                largest = largest.max(key);
            }
            if taken {
                let error = key.duplicate();
                return Err(stage
                    .index(index)
                    .map_or(error.clone(), |at| error.at_index(at)));
            }
        }
        Ok(given)
    }

    /// Replaces the matches, which ascend: all, or none.
    pub(super) fn update(
        &mut self,
        matches: &[Match],
        change: &mut impl Change,
        interrupt: &Interrupt,
    ) -> Result<()> {
        change.begin(&self.version, matches)?;
        let mut replaced = std::mem::take(&mut self.replaced);
        replaced.clear();
        reserve(&mut replaced, matches.len())?;
        self.write_all(matches.len(), interrupt, |state, index, scratch| {
            if let Some((_, place)) = matches.get(index + AHEAD) {
                state.version.prefetch(*place);
            }
            let place = matches.get(index).map(|(_, place)| *place);
            let Some(old) = place.and_then(|place| state.version.record(place)) else {
                replaced.push(Replaced::default());
                return Ok(None);
            };
            change.encode(&old, &state.version.shapes, scratch)?;
            replaced.push(Replaced {
                shape: old.shape(),
                len: old.stored_len() as u32,
                new_shape: Record::read(scratch).map_or(GENERIC, |new| new.shape()),
            });
            Ok(None)
        })?;
        let mut rekeyed = Vec::new();
        if change.touches(self.version.shapes.key_field()) {
            let shapes = change.new_shapes().unwrap_or(&self.version.shapes);
            match self.rekeyed(matches, shapes) {
                Ok(found) => rekeyed = found,
                Err(error) => {
                    self.discard_written();
                    return Err(error);
                }
            }
        }
        let affected = self.version.affected(|field| change.touches(field));
        let is_match = |row: Row| matches.binary_search_by_key(&row, |(row, _)| *row).is_ok();
        let shapes = change.new_shapes().map(|shapes| &**shapes);
        self.check_unique(matches.len(), shapes, affected, &is_match)
            .map_err(|(_, error)| error)?;
        let mut moving = std::mem::take(&mut self.moving);
        let (mut passed, mut entries) = (None, None);
        let mut check = || {
            let written: usize = self.written.iter().map(|(_, len)| len).sum();
            let noting = self.noting(written, matches.len());
            let entries_room = self.version.entries_room(matches.len(), affected);
            probe(entries_room + rekeyed.len() * BYTES_A_ROW + noting)?;
            if self.recorder.is_some() && rekeyed.len() > 1 {
                passed = Some(passed_on(&rekeyed)?);
            }
            match matches.len() < MANY {
                true => reserve(&mut moving, affected.count_ones() as usize),
                false => {
                    entries = Some(self.gather_moved(matches, affected, shapes, interrupt)?);
                    Ok(())
                }
            }
        };
        if let Err(error) = check() {
            self.discard_written();
            return Err(error);
        }
        // What is left to be done row by row.
        let affected = if entries.is_none() { affected } else { 0 };
        let is_passed = |key: &KeyRef<'_>| {
            let passed = passed.as_ref();
            passed.is_some_and(|passed| passed.contains(key))
        };
        if let Some(shapes) = change.new_shapes() {
            self.learn(shapes);
        }
        if let Some(recorder) = &mut self.recorder {
            let gone = rekeyed.iter().filter(|(_, old, _)| is_passed(old));
            gone.for_each(|(_, old, _)| recorder.delete(old));
        }
        for (row, old, _) in &rekeyed {
            self.version.keys.unbind(old, *row);
        }
        if let Some(entries) = &entries {
            self.version.take_entries(&entries.old);
        }
        let mut bytes = 0;
        let written = std::mem::take(&mut self.written);
        if affected == 0 {
            let places = matches.iter().zip(&written);
            let rows = places.map(|((row, _), (place, _))| (*row as usize, *place));
            self.version.rows.set_all(rows);
        }
        for ((&(row, old_place), &(place, len)), replaced) in
            matches.iter().zip(&written).zip(&replaced)
        {
            if affected != 0 {
                moving.clear();
                let places = (old_place, place);
                self.version.find_moving(affected, places, &mut moving);
                self.version.take_moving(row, &moving);
                self.version.rows.set(row as usize, place);
                self.version.put_moving(row, &moving);
            }
            if let Some(recorder) = &mut self.recorder {
                let old = self.version.record(old_place);
                if let Some((old, new)) = old.zip(self.version.record(place)) {
                    let key = |record| key_of(record, &self.version.shapes);
                    if let Some((old_key, new_key)) = key(&old).zip(key(&new)) {
                        let old_key = Some(&old_key).filter(|key| !is_passed(key));
                        recorder.update(old_key, &new_key, new.text());
                    }
                }
            }
            let old_len = replaced.len as usize;
            self.heap
                .kill(&mut self.version.segments, old_place, old_len);
            if replaced.shape != replaced.new_shape {
                self.count_shape(replaced.shape, -1);
                self.count_shape(replaced.new_shape, 1);
            }
            bytes += len;
        }
        self.written = written;
        moving.clear();
        self.moving = moving;
        if replaced.capacity() <= 4096 {
            self.replaced = replaced;
        }
        if let Some(entries) = entries {
            self.version.put_entries(&entries.new);
        }
        for (row, _, new) in rekeyed {
            if let KeyRef::Int(key) = new {
                self.largest_key = self.largest_key.max(key);
            }
            self.version.keys.insert(&new, row);
        }
        self.updated += matches.len() as u64;
        self.changed(bytes);
        Ok(())
    }

    /// The entries that move in the affected indexes when the written records take the matches' places.
    fn gather_moved(
        &self,
        matches: &[Match],
        affected: u64,
        shapes: Option<&Shapes>,
        interrupt: &Interrupt,
    ) -> Result<Moved> {
        let shapes = shapes.unwrap_or(&self.version.shapes);
        let both = matches.iter().zip(&self.written);
        let rows = both.map(|((row, old), (new, _))| (*row, *old, *new));
        let new_place = |row: Row| {
            let at = matches.binary_search_by_key(&row, |(row, _)| *row).ok()?;
            self.written.get(at).map(|(place, _)| *place)
        };
        let version = &self.version;
        version.gather_moved(&rows, new_place, affected, shapes, interrupt)
    }

    /// The written records that have another key than those they replace: row, old key and new one. The keys must be
    /// free in the end; they may change hands among the matches.
    fn rekeyed(&self, matches: &[Match], shapes: &Shapes) -> Result<Vec<Rekeyed>> {
        let mut changed = Vec::new();
        let mut seen = HashSet::with_hasher(RandomState::default());
        let bytes = matches.len() * std::mem::size_of::<Rekeyed>();
        seen.try_reserve(matches.len())
            .map_err(|_| Error::OutOfMemory { bytes })?;
        for (&(row, old), &(new, _)) in matches.iter().zip(&self.written) {
            let records = self.version.record(old).zip(self.version.record(new));
            let Some((old, new)) = records else {
                continue;
            };
            let keys = key_of(&old, shapes).zip(key_of(&new, shapes));
            let Some((old, new)) = keys else {
                continue;
            };
            if !seen.insert(new.clone()) {
                return Err(new.duplicate());
            }
            if old == new {
                continue;
            }
            let holder = self.version.find(&new).map(|(row, _)| row);
            let is_match = |row| matches.binary_search_by_key(&row, |(row, _)| *row).is_ok();
            if holder.is_some_and(|row| !is_match(row)) {
                return Err(new.duplicate());
            }
            add(
                &mut changed,
                (row, old.to_owned_ref()?, new.to_owned_ref()?),
            )?;
        }
        Ok(changed)
    }

    /// Bytes that are needed to note changes for watches, at most.
    fn noting(&self, bytes: usize, rows: usize) -> usize {
        let recorder = self.recorder.as_ref();
        recorder.map_or(0, |recorder| recorder.room(bytes, rows))
    }

    /// Checks the written records against those unique indexes of which `chosen` has a bit; `replaced` tells the rows that
    /// they are put in place of. On failure nothing is left of them, and the error comes with the position of the one at
    /// fault.
    #[inline]
    fn check_unique(
        &mut self,
        count: usize,
        shapes: Option<&Shapes>,
        chosen: u64,
        replaced: &dyn Fn(Row) -> bool,
    ) -> std::result::Result<(), (usize, Error)> {
        let indexes = self.version.indexes.iter().enumerate();
        let mut unique = indexes.filter(|(_, index)| index.definition.unique);
        if !unique.any(|(at, _)| chosen >> at & 1 == 1) {
            return Ok(());
        }
        let outcome = self.find_repeat(count, shapes, chosen, replaced);
        if outcome.is_err() {
            self.discard_written();
        }
        outcome
    }

    fn find_repeat(
        &self,
        count: usize,
        shapes: Option<&Shapes>,
        chosen: u64,
        replaced: &dyn Fn(Row) -> bool,
    ) -> std::result::Result<(), (usize, Error)> {
        let stored = match shapes {
            Some(shapes) => self.version.stored().with_shapes(shapes),
            None => self.version.stored(),
        };
        for (at, index) in self.version.indexes.iter().enumerate() {
            if !index.definition.unique || chosen >> at & 1 == 0 {
                continue;
            }
            let mut unique =
                Unique::new(index, stored, count, replaced).map_err(|error| (0, error))?;
            for (at, (place, _)) in self.written.iter().take(count).enumerate() {
                if let Some(record) = place.read(&self.version.segments) {
                    unique.check(record).map_err(|error| (at, error))?;
                }
            }
        }
        Ok(())
    }

    /// Removes the matches.
    pub(super) fn delete(&mut self, matches: &[Match]) {
        let mut is_indexed = true;
        if matches.len() == self.version.count() {
            self.version.empty_indexes();
            is_indexed = false;
        } else if matches.len() >= MANY {
            let rows = matches.iter().copied();
            let place = |row| Some(self.version.place(row));
            let gathered =
                self.version
                    .gather(&rows, place, &self.version.shapes, &Interrupt::NONE);
            // Without the memory for that, it is done row by row.
            if let Ok(gathered) = gathered {
                self.version.take_entries(&gathered);
                is_indexed = false;
            }
        }
        let mut bytes = 0;
        for (at, &(row, place)) in matches.iter().enumerate() {
            if let Some((_, place)) = matches.get(at + AHEAD) {
                self.version.prefetch(*place);
            }
            let Some(record) = place.read(&self.version.segments) else {
                continue;
            };
            let (shape, len) = (record.shape(), record.stored_len());
            if let Some(key) = key_of(&record, &self.version.shapes) {
                self.version.keys.remove(&key, row);
                if let Some(recorder) = &mut self.recorder {
                    recorder.delete(&key);
                }
            }
            if is_indexed {
                self.version.unindex_row(row, place);
            }
            self.version.rows.set(row as usize, Place::GAP);
            self.heap.kill(&mut self.version.segments, place, len);
            self.count_shape(shape, -1);
            bytes += len;
        }
        self.deleted += matches.len() as u64;
        self.changed(bytes);
    }

    /// Writes `count` records to the heap and notes them in `written`; on failure nothing is left of them. `encode` gives
    /// a record, or puts it together in the buffer.
    pub(super) fn write_all<'r>(
        &mut self,
        count: usize,
        interrupt: &Interrupt,
        mut encode: impl FnMut(&State, usize, &mut Vec<u8>) -> Result<Option<&'r [u8]>>,
    ) -> Result<()> {
        let mut written = std::mem::take(&mut self.written);
        let mut scratch = std::mem::take(&mut self.scratch);
        written.clear();
        let mut ticker = interrupt.ticker();
        let mut outcome = reserve(&mut written, count);
        for index in 0..count {
            if outcome.is_err() {
                break;
            }
            scratch.clear();
            outcome = ticker
                .tick()
                .and_then(|()| encode(self, index, &mut scratch))
                .and_then(|record| {
                    let record = record.unwrap_or(&scratch);
                    let place = self.heap.append(&mut self.version.segments, record)?;
                    written.push((place, record.len()));
                    Ok(())
                });
        }
        if scratch.capacity() <= LARGEST_SCRATCH {
            self.scratch = scratch;
        }
        written.shrink_to(4096.max(count));
        self.written = written;
        if outcome.is_err() {
            self.discard_written();
        }
        outcome
    }

    /// Gives up what was written.
    fn discard_written(&mut self) {
        let mut written = std::mem::take(&mut self.written);
        let mut bytes = 0;
        for (place, len) in written.drain(..) {
            self.heap.kill(&mut self.version.segments, place, len);
            bytes += len;
        }
        self.written = written;
        self.tidy(bytes);
    }

    /// Reclaims after bytes were written in vain: those who fail again and again must not fill the memory. Records may come
    /// to other places by that.
    pub(super) fn tidy(&mut self, bytes: usize) {
        if bytes > 0 {
            self.changes += 1;
            self.reclaim(bytes);
        }
    }

    /// Takes over new shapes. They come to the version only here, and only ever more, so the longer list has all. The
    /// table is told of them when its lock is let go.
    fn learn(&mut self, shapes: &Arc<Shapes>) {
        if shapes.count() > self.version.shapes.count() {
            self.version.shapes = shapes.clone();
            self.has_new_shapes = true;
        }
    }

    fn count_shape(&mut self, shape: u16, by: i64) {
        let at = usize::from(shape);
        if self.shape_counts.len() <= at {
            self.shape_counts.resize(at + 1, 0);
        }
        if let Some(count) = self.shape_counts.get_mut(at) {
            *count = count.wrapping_add_signed(by);
        }
    }

    /// Closes a change that wrote or removed so many bytes: reclaims in proportion.
    fn changed(&mut self, bytes: usize) {
        self.changes += 1;
        if self.written.capacity() > 4096 {
            self.written = Vec::new();
        }
        self.reclaim(bytes);
    }
}
