//! Batches against the naive model: they give what their operations give one after the other, or change nothing; and
//! what watches tell is what happened.

use crate::support::cases;
use crate::support::fault::Fault;
use crate::support::generate::{case, pred};
use crate::support::ops::{build, Op, Pair};
use crate::support::parse::parse_within;
use crate::support::predicate::Pred;
use crate::support::table::OnTaken;
use crate::support::value::Value;
use dictdb::engine::{
    self, Batch, Conflict, Error, IndexOptions, Key, Params, Watch, WatchOptions,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Adds an operation; false if it is none that changes anything.
fn add(batch: &Batch, op: &Op, table: &engine::Table) -> Result<bool, Error> {
    match op {
        Op::Insert(record) => batch.insert(table, record)?,
        Op::InsertMany(records) => batch.insert_many(table, records)?,
        Op::Upsert(record, on_taken) => {
            let conflict = match on_taken {
                OnTaken::Update => Conflict::Update,
                OnTaken::Ignore => Conflict::Ignore,
                OnTaken::Error => Conflict::Error,
            };
            batch.upsert(table, record, conflict)?;
        }
        Op::Update(pred, changes) => {
            batch.update_matching(table, build(pred)?, Params::none(), changes)?;
        }
        Op::UpdateByKey(key, changes) => {
            batch.update_by_key(table, &Key::from_json(key)?, changes)?;
        }
        Op::Delete(pred) => batch.delete(table, build(pred)?, Params::none())?,
        Op::DeleteByKey(key) => batch.delete_by_key(table, &Key::from_json(key)?)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The result of an operation in a batch, given the model's answer to it.
fn result(op: &Op, answer: &str) -> String {
    match op {
        Op::Insert(_) => format!("{{\"key\":{answer}}}"),
        Op::InsertMany(_) => {
            let (_, keys) = answer.split_once(' ').unwrap();
            format!("{{\"keys\":{keys}}}")
        }
        Op::Upsert(..) => {
            let (outcome, key) = answer.split_once(' ').unwrap();
            let outcome = outcome.to_lowercase();
            format!("{{\"key\":{key},\"outcome\":\"{outcome}\"}}")
        }
        Op::UpdateByKey(..) | Op::DeleteByKey(_) => "{\"count\":1}".to_owned(),
        _ => format!("{{\"count\":{answer}}}"),
    }
}

/// The elements of an array of what may nest as deep as records and a little deeper.
fn items(array: &[u8]) -> Vec<Value> {
    match parse_within(std::str::from_utf8(array).unwrap(), 130) {
        Ok(Value::List(items)) => items,
        other => panic!("no array: {other:?}"),
    }
}

/// Two tables, each of both kinds, and what a watch of each told so far.
struct World {
    indexed: bool,
    pairs: [Pair; 2],
    watches: [Watch; 2],
    /// For each table the position of the change that was told last, and the records by their keys as texts.
    told: [(u64, BTreeMap<String, String>); 2],
}

impl World {
    fn new(options: &str, indexed: bool) -> World {
        let pairs = [Pair::new(options), Pair::new(options)];
        let watches =
            [0, 1].map(|at: usize| pairs[at].engine.watch(&WatchOptions::default()).unwrap());
        if indexed {
            for index in [
                "{\"fields\":\"a\",\"kind\":\"hash\"}",
                "{\"fields\":[\"b\",\"a\"],\"kind\":\"sorted\"}",
            ] {
                let index = IndexOptions::from_json(index).unwrap();
                for pair in &pairs {
                    pair.engine.create_index(&index).unwrap();
                }
            }
        }
        World {
            indexed,
            pairs,
            watches,
            told: Default::default(),
        }
    }

    /// Does a batch to both kinds and compares.
    fn apply(&mut self, ops: &[(bool, Op)]) -> Result<(), String> {
        let batch = Batch::new();
        let mut models = [0, 1].map(|at: usize| self.pairs[at].model.clone());
        let mut results = Vec::new();
        let mut failed: Option<(usize, Fault)> = None;
        let mut refused = None;
        let mut count = 0;
        for (second, op) in ops {
            let at = usize::from(*second);
            match add(&batch, op, &self.pairs[at].engine) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    refused.get_or_insert(error);
                }
            }
            if failed.is_none() {
                match op.on_model(&mut models[at]) {
                    Ok(answer) => results.push(result(op, &answer)),
                    Err(fault) => failed = Some((count, fault)),
                }
            }
            count += 1;
        }
        if let Some(error) = refused {
            // What is wrong with an operation by itself is said at once.
            return match failed {
                Some(_) => Ok(()),
                None => Err(format!("{ops:?} was refused: {error}")),
            };
        }
        let mut out = Vec::new();
        let outcome = batch.commit(Some(&mut out));
        let found = String::from_utf8(out).unwrap();
        match (outcome, failed) {
            (Ok(done), None) => {
                let wanted = format!("[{}]", results.join(","));
                if done != count || found != wanted {
                    return Err(format!("{ops:?}\n  gave {found}\n  not  {wanted}"));
                }
                for (pair, model) in self.pairs.iter_mut().zip(models) {
                    pair.model = model;
                }
                Ok(())
            }
            (Err(Error::InBatch { operation, error }), Some((at, fault)))
                if operation == at && fault.agrees(&error) =>
            {
                // A second time it fails again, and has the same operations.
                let again = batch.commit(None);
                match again {
                    Err(Error::InBatch { operation, .. }) if operation == at => Ok(()),
                    other => Err(format!("{ops:?}\n  the second time: {other:?}")),
                }
            }
            (found, wanted) => Err(format!("{ops:?}\n  gave {found:?}\n  not  {wanted:?}")),
        }
    }

    /// Both tables are as the models are, whatever way they are looked at.
    fn compare(&mut self, preds: &[Pred]) -> Result<(), String> {
        for pair in &mut self.pairs {
            pair.same_state()?;
            if !self.indexed {
                // The model has no indexes to list.
                pair.apply(&Op::Describe)?;
            }
            for pred in preds {
                pair.apply(&Op::Select(Some(pred.clone()), "{}".to_owned()))?;
            }
        }
        for at in [0, 1] {
            self.follow(at)?;
        }
        Ok(())
    }

    /// Applies what the watch of a table tells, and compares.
    fn follow(&mut self, at: usize) -> Result<(), String> {
        let (last, records) = &mut self.told[at];
        let mut out = Vec::new();
        *last = self.watches[at]
            .poll(*last, 0, Some(Duration::ZERO), &mut out)
            .map_err(|error| error.to_string())?;
        for change in items(&out) {
            let text = |name: &str| change.field(name).map(Value::text);
            let key = text("key").unwrap();
            if let Some(old_key) = text("old_key") {
                records.remove(&old_key);
            }
            let is_delete = text("operation").as_deref() == Some("\"delete\"");
            let known = match text("record") {
                Some(record) => {
                    records.insert(key, record);
                    !is_delete
                }
                None => records.remove(&key).is_some() && is_delete,
            };
            if !known {
                return Err(format!("the watch told {}", change.text()));
            }
        }
        let mut all = Vec::new();
        let options = engine::SelectOptions::default();
        let table = &self.pairs[at].engine;
        table.select(None, &options, &mut all).unwrap();
        let mut wanted: Vec<String> = items(&all).iter().map(Value::text).collect();
        let mut found: Vec<String> = records.values().cloned().collect();
        wanted.sort_unstable();
        found.sort_unstable();
        match wanted == found {
            true => Ok(()),
            false => Err(format!("the watch told {found:?}\n  not {wanted:?}")),
        }
    }
}

proptest! {
    #![proptest_config(cases(1_500))]

    /// Random batches over two tables, with indexes and without; after each the tables are as the model says.
    #[test]
    fn batches_do_all_or_nothing(
        (kind, ops) in case(1..60),
        sides in prop::collection::vec(any::<bool>(), 60),
        lengths in prop::collection::vec(1_usize..8, 60),
        preds in prop::collection::vec(pred(), 3),
        indexed in any::<bool>(),
    ) {
        let mut world = World::new(kind.options, indexed);
        let mut ops = sides.into_iter().zip(ops);
        for length in lengths {
            let batch: Vec<(bool, Op)> = ops.by_ref().take(length).collect();
            if batch.is_empty() {
                break;
            }
            world.apply(&batch).map_err(TestCaseError::fail)?;
            world.compare(&preds).map_err(|difference| {
                TestCaseError::fail(format!("after {batch:?}: {difference}"))
            })?;
        }
    }
}

/// What a batch that fails wrote to the segments does not stay alive, however often that happens.
#[test]
fn failed_batches_leave_no_bytes_alive() {
    let mut world = World::new("{}", false);
    let record = |n: usize| format!("{{\"text\":\"{}\"}}", "x".repeat(n % 3_000));
    let insert = Op::Insert("{\"id\":1,\"n\":0}".to_owned());
    world
        .apply(&[(false, insert.clone()), (true, insert.clone())])
        .unwrap();
    for n in 0..2_000 {
        let ops = [
            (false, Op::Insert(record(n))),
            (true, Op::UpdateByKey("1".to_owned(), record(n))),
            (false, Op::DeleteByKey("1".to_owned())),
            (true, insert.clone()),
        ];
        world.apply(&ops).unwrap();
    }
    world.compare(&[]).unwrap();
    for pair in &world.pairs {
        let held = pair.statistic("segment_bytes");
        assert!(held < 4 << 20, "{held} bytes are held for one record");
    }
}
