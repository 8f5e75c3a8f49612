//! Target `calls`: decisions that make a sequence of calls, on several tables, snapshots, cursors and batches, with handles that are live, freed
//! or of another kind.
//!
//! Each call answers what the model answers. At the end tables, snapshots and what a watch told are what the model says.

use super::agree::{agrees, expect};
use super::api::*;
use super::choices::Choices;
use super::mirror::Mirror;
use super::model::alphabet::KINDS;
use super::model::fault::Fault;
use super::model::index;
use super::model::random::Random;
use super::model::table::{self, Key};
use super::model::value::Value;
use super::pending::{self, Pending};
use super::said::{self, Said};
use super::{ask, awkward, model, query};

/// Calls of one input, and records of one table.
const CALLS: usize = 48;
const RECORDS: usize = 48;

const NAMES: [&str; 3] = ["t", "u", "é\"\n"];

const SCHEMA: &str = r#"{"schema":{"a":{"type":"float","nullable":true},"s":{"type":"str","nullable":true,"default":"d"},
    "u":{"type":"int","nullable":true},"n":{"type":"dict","nullable":true},"tags":{"type":"list","nullable":true}}}"#;

/// A table, and the model of it; none when it was dropped.
pub struct Slot {
    pub table: Own<Table>,
    pub model: Option<table::Table>,
}

/// A cursor, and the rows that it has still to give.
struct Reading {
    cursor: Own<Cursor>,
    rows: Vec<String>,
}

struct World {
    db: Own<Db>,
    slots: Vec<Slot>,
    snapshots: Vec<(Own<Table>, table::Table)>,
    whole: Vec<(Own<Db>, Vec<table::Table>)>,
    cursors: Vec<Reading>,
    batch: Own<Batch>,
    pending: Vec<Pending>,
    /// The bits of handles that were freed.
    freed: Vec<usize>,
    mirror: Mirror,
}

pub fn run(input: &[u8]) {
    let mut choices = Choices::new(input);
    let mut world = World::new(&mut choices);
    for _ in 0..CALLS {
        if choices.is_over() {
            break;
        }
        world.call(&mut choices);
    }
    world.finish();
}

fn options(choices: &mut Choices) -> &'static str {
    match choices.below(6) {
        0..=2 => "{}",
        3 => SCHEMA,
        4 => r#"{"primary_key":"a"}"#,
        _ => KINDS[choices.below(KINDS.len())].options,
    }
}

/// All rows, as a selection of everything gives them.
pub fn rows(model: &table::Table) -> String {
    Value::List(model.rows.iter().map(|row| row.record.clone()).collect()).text()
}

/// A table as it is now.
pub fn same_state(table: Table, model: &table::Table) {
    let found = table.select(None, b"{}").expect("all is selected");
    assert_eq!(found, (rows(model), model.rows.len() as u64));
    assert_eq!(
        table.count(None).expect("all is counted"),
        model.rows.len() as u64
    );
    assert_eq!(
        table.describe().expect("a table is described"),
        model.describe().text()
    );
}

impl World {
    fn new(choices: &mut Choices) -> World {
        let db = Db::new();
        let mirror = Mirror::new(*db);
        let mut world = World {
            db,
            slots: Vec::new(),
            snapshots: Vec::new(),
            whole: Vec::new(),
            cursors: Vec::new(),
            batch: Batch::new(),
            pending: Vec::new(),
            freed: Vec::new(),
            mirror,
        };
        for name in &NAMES[..2] {
            world.create(name, options(choices));
        }
        world
    }

    fn create(&mut self, name: &str, options: &'static str) {
        let made = self
            .db
            .create_table(name.as_bytes(), Some(options.as_bytes()));
        let is_taken = self
            .slots
            .iter()
            .any(|slot| slot.model.as_ref().is_some_and(|model| model.name == name));
        match made {
            Ok(table) => {
                assert!(!is_taken, "a name is given twice");
                let model = Some(table::Table::new(name, options));
                self.slots.push(Slot { table, model });
            }
            Err(failure) => assert!(is_taken && failure.status == DUPLICATE_TABLE, "{failure:?}"),
        }
    }

    fn call(&mut self, choices: &mut Choices) {
        let kind = choices.below(36);
        let slot = choices.below(self.slots.len());
        if self.slots[slot].model.is_none() {
            return self.dropped(slot, choices);
        }
        match kind {
            0..=14 => self.write(slot, kind, choices),
            15 | 16 => self.index(slot, choices),
            17 | 18 => self.ask(slot, choices),
            19 => self.look(slot, choices),
            20 => self.snapshot(slot, choices),
            21 => self.open(slot, choices),
            22 | 23 => self.step(choices),
            24..=28 => self.add(slot, choices),
            29 | 30 => self.commit(choices),
            31 => self.misuse(slot, choices),
            32 => self.exchange(slot),
            33 => same_state(
                *self.slots[slot].table,
                self.slots[slot].model.as_ref().expect("it is there"),
            ),
            _ => self.tables(slot, choices),
        }
    }

    /// A write, done to both.
    fn write(&mut self, slot: usize, kind: usize, choices: &mut Choices) {
        let Slot {
            table,
            model: Some(model),
        } = &mut self.slots[slot]
        else {
            return;
        };
        match kind {
            0..=3 if model.rows.len() < RECORDS => {
                let record = awkward::keyed(choices);
                expect(
                    &("insert", &record),
                    &model.insert(&record),
                    &table.insert(record.as_bytes()),
                    |key, found| key.text() == *found,
                );
            }
            4 | 5 if model.rows.len() < RECORDS => {
                let records = choices.list(12, awkward::keyed);
                let found = table.insert_many(records.as_bytes());
                expect(
                    &("insert_many", &records),
                    &model.insert_many(&records),
                    &found,
                    |keys, found| {
                        let keys: Vec<String> = keys.iter().map(Key::text).collect();
                        format!("[{}]", keys.join(",")) == *found
                    },
                );
            }
            6 | 7 if model.rows.len() < RECORDS => {
                let record = awkward::keyed(choices);
                let (on_taken, on_conflict) = choices.pick(pending::CONFLICTS);
                let found = table.upsert(record.as_bytes(), on_conflict);
                let wanted = model.upsert(&record, on_taken);
                expect(
                    &("upsert", &record, on_taken),
                    &wanted,
                    &found,
                    |(outcome, key), (done, found)| {
                        ["Inserted", "Updated", "Ignored"].get(*done as usize) == Some(outcome)
                            && key.text() == *found
                    },
                );
            }
            8 | 9 => {
                let (key, changes) = (choices.key(), awkward::keyed(choices));
                let found = table.update_by_key(key.as_bytes(), changes.as_bytes());
                expect(
                    &("update_by_key", &key, &changes),
                    &model.update_by_key(&said::key(&key), &changes),
                    &found,
                    |_, ()| true,
                );
            }
            10 => {
                let (pred, changes) = (ask::predicate(choices, 1), awkward::record(choices));
                let found = said::handle(&pred, choices)
                    .and_then(|handle| table.update(*handle, changes.as_bytes()));
                expect(
                    &("update", &pred, &changes),
                    &model.update(&pred, &changes),
                    &found,
                    |wanted, found| *wanted as u64 == *found,
                );
            }
            11 | 12 => {
                let (pred, set) = (ask::predicate(choices, 1), ask::set(choices));
                let Said {
                    text,
                    set: expressions,
                    params,
                } = said::update(&pred, &set, choices);
                let found = table.update_where(
                    text.as_bytes(),
                    expressions.as_bytes(),
                    Some(params.as_bytes()),
                );
                let wanted = model.run_update(&pred, &set);
                expect(
                    &("update_where", text, expressions, params),
                    &wanted,
                    &found,
                    |wanted, found| *wanted as u64 == *found,
                );
            }
            13 => {
                let pred = ask::predicate(choices, 1);
                let found = match choices.chance(2) {
                    true => said::handle(&pred, choices).and_then(|handle| table.delete(*handle)),
                    false => {
                        let (text, params) = said::text(&pred, choices);
                        table.delete_where(text.as_bytes(), Some(params.as_bytes()))
                    }
                };
                expect(
                    &("delete", &pred),
                    &model.delete(&pred),
                    &found,
                    |wanted, found| *wanted as u64 == *found,
                );
            }
            _ => {
                let key = choices.key();
                let found = table.delete_by_key(key.as_bytes());
                expect(
                    &("delete_by_key", &key),
                    &model.delete_by_key(&said::key(&key)),
                    &found,
                    |(), ()| true,
                );
            }
        }
    }

    fn index(&mut self, slot: usize, choices: &mut Choices) {
        let Slot {
            table,
            model: Some(model),
        } = &mut self.slots[slot]
        else {
            return;
        };
        let index = ask::index(choices);
        let mut list = std::mem::take(&mut model.indexes);
        let mut random = Random(choices.seed());
        if choices.chance(3) {
            let fields = index.named(&mut random).text();
            expect(
                &("drop_index", &fields),
                &index::drop(&mut list, &index),
                &table.drop_index(fields.as_bytes()),
                |(), ()| true,
            );
        } else {
            let options = index.options(&mut random);
            let wanted = index::create(&mut list, &index, model);
            expect(
                &("create_index", &options),
                &wanted,
                &table.create_index(options.as_bytes()),
                |(), ()| true,
            );
        }
        model.indexes = list;
    }

    /// A query, of the table or of a snapshot.
    fn ask(&mut self, slot: usize, choices: &mut Choices) {
        let (table, model) = match choices.chance(4) {
            true if !self.snapshots.is_empty() => {
                let at = choices.below(self.snapshots.len());
                (*self.snapshots[at].0, &self.snapshots[at].1)
            }
            _ => match &self.slots[slot] {
                Slot {
                    table,
                    model: Some(model),
                } => (**table, model),
                _ => return,
            },
        };
        let asked = ask::query(choices);
        let written = said::query(&asked, choices);
        let params = Some(written.params.as_bytes());
        let wanted = asked.answer(model);
        let compiled =
            query::compile(&written).unwrap_or_else(|failure| panic!("{written:?}: {failure:?}"));
        let found = compiled.run(table, params);
        let told = wanted.as_ref().map(|wanted| wanted.text.as_str());
        assert!(
            query::is_answer(&asked, &wanted, &found),
            "{written:?}\n    model: {told:?}\n  library: {found:?}"
        );
        let count = compiled.count(table, params);
        match (&found, &count) {
            (Ok((_, rows)), Ok(count)) => assert_eq!(rows, count, "{written:?}"),
            (Err(failure), Ok(_)) => assert!(
                matches!(failure.status, TYPE_MISMATCH | NUMBER_RANGE),
                "{written:?}: {failure:?}"
            ),
            (Err(a), Err(b)) => assert_eq!(a.status, b.status, "{written:?}"),
            (Ok(_), Err(failure)) => panic!("{written:?}: not counted: {failure:?}"),
        }
    }

    fn look(&mut self, slot: usize, choices: &mut Choices) {
        let Slot {
            table,
            model: Some(model),
        } = &self.slots[slot]
        else {
            return;
        };
        let key = choices.key();
        let wanted = model.get(&said::key(&key)).map(Value::text);
        expect(
            &("get", &key),
            &wanted,
            &table.get(key.as_bytes()),
            |wanted, found| wanted == found,
        );
        let keys = choices.list(5, Choices::key);
        let wanted = model
            .get_many(&keys)
            .map(|records| Value::List(records).text());
        expect(
            &("get_many", &keys),
            &wanted,
            &table.get_many(keys.as_bytes()),
            |wanted, found| wanted == found,
        );
    }

    fn snapshot(&mut self, slot: usize, choices: &mut Choices) {
        let Slot {
            table,
            model: Some(model),
        } = &self.slots[slot]
        else {
            return;
        };
        if self.snapshots.len() > 3 {
            let (table, model) = self.snapshots.remove(choices.below(self.snapshots.len()));
            same_state(*table, &model);
            self.freed.push(table.bits());
        }
        let snapshot = table.snapshot().expect("a snapshot is taken");
        let refused = snapshot
            .insert(b"{}")
            .expect_err("a snapshot is not changed");
        assert_eq!(refused.status, UNSUPPORTED, "{refused:?}");
        self.snapshots.push((snapshot, model.clone()));
        if choices.chance(3) && self.whole.len() < 2 {
            let models = self.slots.iter().filter_map(|slot| slot.model.clone());
            self.whole.push((
                self.db.snapshot().expect("a snapshot is taken"),
                models.collect(),
            ));
        }
    }

    fn open(&mut self, slot: usize, choices: &mut Choices) {
        let asked = ask::query(choices);
        let written = said::query(&asked, choices);
        let params = Some(written.params.as_bytes());
        let table = *self.slots[slot].table;
        let compiled =
            query::compile(&written).unwrap_or_else(|failure| panic!("{written:?}: {failure:?}"));
        let run = compiled.run(table, params);
        match (compiled.cursor(table, params), run) {
            (Ok(cursor), Ok((rows, _))) => {
                let Ok(Value::List(rows)) = model::parse::parse_within(&rows, 256) else {
                    panic!("rows are JSON: {rows}");
                };
                if self.cursors.len() > 3 {
                    let old = self.cursors.remove(0);
                    self.freed.push(old.cursor.bits());
                }
                self.cursors.push(Reading {
                    cursor,
                    rows: rows.iter().rev().map(Value::text).collect(),
                });
            }
            (Err(a), Err(b)) => assert_eq!(a.status, b.status, "{written:?}"),
            (cursor, run) => panic!("{written:?}: a cursor {:?}, and rows {run:?}", cursor.err()),
        }
    }

    /// One row, or some; whatever has been written since.
    fn step(&mut self, choices: &mut Choices) {
        if self.cursors.is_empty() {
            return;
        }
        let at = choices.below(self.cursors.len());
        let most = choices.below(4);
        let Reading { cursor, rows } = &mut self.cursors[at];
        let found = match most {
            0 => cursor.next().map(|row| vec![row]),
            most => {
                let found =
                    cursor.next_batch(most as u64, 0, dictdb::ffi::cursor::DICTDB_ROWS_LINES);
                found.map(|(lines, _)| lines.lines().map(str::to_owned).collect())
            }
        };
        match found {
            Ok(found) => {
                for row in found {
                    assert_eq!(Some(row), rows.pop(), "the rows of a cursor");
                }
            }
            Err(failure) => {
                assert!(
                    failure.status == RECORD_NOT_FOUND && rows.is_empty(),
                    "{failure:?}, with {} rows left",
                    rows.len()
                );
                self.freed.push(cursor.bits());
                self.cursors.remove(at);
            }
        }
    }

    fn add(&mut self, slot: usize, choices: &mut Choices) {
        if self.pending.len() < 8 {
            let added = Pending::add(*self.batch, slot, &self.slots[slot], choices);
            self.pending.extend(added);
        }
    }

    fn commit(&mut self, choices: &mut Choices) {
        if choices.chance(4) {
            self.batch.clear().expect("a batch is emptied");
            self.pending.clear();
            return;
        }
        let mut models: Vec<Option<table::Table>> =
            self.slots.iter().map(|slot| slot.model.clone()).collect();
        let mut results = Vec::new();
        let mut fault = None;
        for (place, pending) in self.pending.iter().enumerate() {
            // What was dropped meanwhile is told first.
            if models[pending.slot].is_none() {
                fault = Some((None, Fault::Any));
                break;
            }
            if fault.is_none() {
                match pending.on_model(models[pending.slot].as_mut().expect("it is there")) {
                    Ok(result) => results.push(result),
                    Err(wrong) => fault = Some((Some(place), wrong)),
                }
            }
        }
        let found = self.batch.commit();
        match (fault, found) {
            (None, Ok(found)) => {
                assert_eq!(
                    found,
                    format!("[{}]", results.join(",")),
                    "{:?}",
                    self.pending
                );
                for (slot, model) in self.slots.iter_mut().zip(models) {
                    slot.model = model;
                }
            }
            (Some((place, wrong)), Err(failure)) => {
                // An operation that was searched for before the others may be told first.
                let is_told = place.is_none()
                    || agrees(&wrong, &failure)
                    || failure.number("operation") != place.map(|place| place as u64);
                assert!(
                    is_told,
                    "{:?}\n    model: {place:?} {wrong:?}\n  library: {failure:?}",
                    self.pending
                );
                // The batch has what it had.
                self.batch.clear().expect("a batch is emptied");
            }
            (fault, found) => panic!(
                "{:?}\n    model: {fault:?}\n  library: {found:?}",
                self.pending
            ),
        }
        self.pending.clear();
    }

    /// Calls with handles that are none, or of something else.
    fn misuse(&mut self, slot: usize, choices: &mut Choices) {
        let live = [
            self.db.bits(),
            self.slots[slot].table.bits(),
            self.batch.bits(),
        ];
        let others: Vec<usize> = live
            .iter()
            .copied()
            .chain(self.snapshots.iter().map(|(table, _)| table.bits()))
            .collect();
        let kind = choices.below(4);
        let bits = match kind {
            0 if !self.freed.is_empty() => self.freed[choices.below(self.freed.len())],
            1 => choices.pick(&others),
            2 => {
                (1 << 63)
                    | (choices.seed() as usize) << 48
                    | (choices.seed() as usize) << 20
                    | choices.seed() as usize
            }
            _ => choices.below(3),
        };
        let refused =
            |status: Option<i32>| assert_eq!(status, Some(INVALID_HANDLE), "of a handle {bits:#x}");
        fn failed<T>(answer: Answer<T>) -> Option<i32> {
            answer.err().map(|failure| failure.status)
        }
        let is_table = others[3..].contains(&bits) || bits == live[1];
        if !is_table {
            let table = Table::of_bits(bits);
            refused(failed(table.insert(b"{}")));
            refused(failed(table.get(b"1")));
            refused(failed(table.select(None, b"{}")));
            refused(failed(table.snapshot()));
            refused(failed(
                table.create_index(br#"{"fields":"a","kind":"hash"}"#),
            ));
            refused(failed(self.batch.insert(table, b"{}")));
        }
        if bits != live[0] {
            refused(failed(Db::of_bits(bits).list_tables()));
        }
        if bits != live[2] {
            refused(failed(Batch::of_bits(bits).commit()));
        }
        let table = *self.slots[slot].table;
        refused(failed(Query::of_bits(bits).run(table, None)));
        refused(failed(Cursor::of_bits(bits).next()));
        refused(failed(table.delete(Predicate::of_bits(bits))));
        refused(failed(Update::of_bits(bits).run(table, None)));
        if kind == 0 {
            // Freed twice, as what it was and as what it was not.
            Table::of_bits(bits).free();
            Cursor::of_bits(bits).free();
        }
    }

    /// Another handle in place of the table's.
    fn exchange(&mut self, slot: usize) {
        let Slot {
            table,
            model: Some(model),
        } = &mut self.slots[slot]
        else {
            return;
        };
        let other = self
            .db
            .get_table(model.name.as_bytes())
            .expect("the table is there");
        self.freed.push(table.bits());
        *table = other;
    }

    fn tables(&mut self, slot: usize, choices: &mut Choices) {
        if choices.chance(3) {
            if let Some(model) = self.slots[slot].model.take() {
                self.db
                    .drop_table(model.name.as_bytes())
                    .expect("the table is there");
            }
        }
        if self.slots.len() < 6 {
            let name = choices.pick(&NAMES);
            self.create(name, options(choices));
        }
    }

    fn dropped(&mut self, slot: usize, choices: &mut Choices) {
        let table = *self.slots[slot].table;
        let found = match choices.below(4) {
            0 => table.delete_by_key(b"1").err(),
            1 => table.select(None, b"{}").err(),
            2 => table.snapshot().err(),
            _ => table.describe().err(),
        };
        let found = found.expect("the table was dropped");
        assert_eq!(found.status, TABLE_NOT_FOUND, "{found:?}");
    }

    fn finish(mut self) {
        for slot in &mut self.slots {
            if let Some(model) = &mut slot.model {
                // Whatever failed has used up no key.
                let wanted = model.insert("{}");
                let found = slot.table.insert(b"{}");
                expect(&"the next key", &wanted, &found, |key, found| {
                    key.text() == *found
                });
                same_state(*slot.table, model);
                counters(*slot.table, model);
            }
        }
        for (table, model) in &self.snapshots {
            same_state(**table, model);
        }
        let live: Vec<&table::Table> = self
            .slots
            .iter()
            .filter_map(|slot| slot.model.as_ref())
            .collect();
        same_copy(*self.db, &live);
        for (db, models) in &self.whole {
            same_copy(**db, &models.iter().collect::<Vec<_>>());
        }
        self.mirror.compare(&live);
        while !self.cursors.is_empty() {
            self.step(&mut Choices::new(b"\0\x03"));
        }
    }
}

fn counters(table: Table, model: &table::Table) {
    let statistics = table.statistics().expect("statistics are told");
    let statistics: serde_json::Value =
        serde_json::from_str(&statistics).expect("statistics are JSON");
    for (name, wanted) in [
        ("records", model.rows.len() as u64),
        ("inserted", model.inserted),
        ("updated", model.updated),
        ("deleted", model.deleted),
        ("indexes", model.indexes.len() as u64),
    ] {
        assert_eq!(statistics[name].as_u64(), Some(wanted), "{name}");
    }
}

/// All tables, in the order in which they were made.
fn same_copy(db: Db, models: &[&table::Table]) {
    let name = |text: &str| Value::Str(text.to_owned()).text();
    let one = |model: &&table::Table| {
        let record = |row: &table::Row| {
            let key = match &row.key {
                Key::Int(key) => format!("\"{key}\""),
                Key::Str(key) => name(key),
            };
            format!("{key}:{}", row.record.text())
        };
        let records: Vec<String> = model.rows.iter().map(record).collect();
        format!("{}:{{{}}}", name(&model.name), records.join(","))
    };
    let wanted: Vec<String> = models.iter().map(one).collect();
    assert_eq!(
        db.copy().expect("a database is copied"),
        format!("{{{}}}", wanted.join(","))
    );
}
