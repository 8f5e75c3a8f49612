//! One operation, done to the model and to the engine; the answers must be the same text, or the same fault.

use super::fault::Fault;
use super::parse::{parse, Bad};
use super::predicate::{Cmp, Part, Pred};
use super::table::{Key, OnTaken, Table};
use super::value::Value;
use dictdb::engine;
use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

#[derive(Clone)]
pub enum Op {
    Insert(String),
    InsertMany(String),
    Upsert(String, OnTaken),
    Get(String),
    GetMany(String),
    Select(Option<Pred>, String),
    Count(Option<Pred>),
    Update(Pred, String),
    UpdateByKey(String, String),
    Delete(Pred),
    DeleteByKey(String),
    Describe,
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Insert(record) => write!(f, "insert {record}"),
            Op::InsertMany(records) => write!(f, "insert_many {records}"),
            Op::Upsert(record, on_taken) => write!(f, "upsert {record} on conflict {on_taken:?}"),
            Op::Get(key) => write!(f, "get {key}"),
            Op::GetMany(keys) => write!(f, "get_many {keys}"),
            Op::Select(Some(pred), options) => write!(f, "select {options} where {pred:?}"),
            Op::Select(None, options) => write!(f, "select {options}"),
            Op::Count(Some(pred)) => write!(f, "count where {pred:?}"),
            Op::Count(None) => write!(f, "count"),
            Op::Update(pred, changes) => write!(f, "update {changes} where {pred:?}"),
            Op::UpdateByKey(key, changes) => write!(f, "update key {key} {changes}"),
            Op::Delete(pred) => write!(f, "delete where {pred:?}"),
            Op::DeleteByKey(key) => write!(f, "delete key {key}"),
            Op::Describe => write!(f, "describe"),
        }
    }
}

pub fn list(items: impl IntoIterator<Item = Value>) -> String {
    Value::List(items.into_iter().collect()).text()
}

/// An integer that is out of every range is no key either.
fn model_key(json: &str) -> Result<Key, Fault> {
    match parse(json) {
        Ok(value) => Key::of(&value),
        Err(Bad::Range) => Err(Fault::Key {
            found: json.trim().to_owned(),
            index: None,
        }),
        Err(bad) => Err(Fault::bad(bad, None)),
    }
}

impl Op {
    /// The model's answer, as text.
    pub fn on_model(&self, table: &mut Table) -> Result<String, Fault> {
        Ok(match self {
            Op::Insert(record) => table.insert(record)?.text(),
            Op::InsertMany(records) => {
                let keys = table.insert_many(records)?;
                let texts: Vec<String> = keys.iter().map(Key::text).collect();
                format!("{} [{}]", keys.len(), texts.join(","))
            }
            Op::Upsert(record, on_taken) => {
                let (outcome, key) = table.upsert(record, *on_taken)?;
                format!("{outcome} {}", key.text())
            }
            Op::Get(key) => table.get(&model_key(key)?)?.text(),
            Op::GetMany(keys) => list(table.get_many(keys)?),
            Op::Select(pred, options) => {
                let rows = table.select(pred.as_ref(), options)?;
                format!("{} {}", rows.len(), list(rows))
            }
            Op::Count(pred) => table.count(pred.as_ref())?.to_string(),
            Op::Update(pred, changes) => table.update(pred, changes)?.to_string(),
            Op::UpdateByKey(key, changes) => {
                table.update_by_key(&model_key(key)?, changes)?;
                String::new()
            }
            Op::Delete(pred) => table.delete(pred)?.to_string(),
            Op::DeleteByKey(key) => {
                table.delete_by_key(&model_key(key)?)?;
                String::new()
            }
            Op::Describe => table.describe().text(),
        })
    }

    /// The engine's answer, as text.
    pub fn on_engine(&self, table: &engine::Table) -> Result<String, engine::Error> {
        let mut out = Vec::new();
        let mut prefix = String::new();
        match self {
            Op::Insert(record) => table.insert(record, Some(&mut out))?,
            Op::InsertMany(records) => {
                prefix = format!("{} ", table.insert_many(records, Some(&mut out))?)
            }
            Op::Upsert(record, on_taken) => {
                let conflict = match on_taken {
                    OnTaken::Update => engine::Conflict::Update,
                    OnTaken::Ignore => engine::Conflict::Ignore,
                    OnTaken::Error => engine::Conflict::Error,
                };
                prefix = match table.upsert(record, conflict, Some(&mut out))? {
                    engine::Outcome::Inserted => "Inserted ".to_owned(),
                    engine::Outcome::Updated => "Updated ".to_owned(),
                    engine::Outcome::Ignored => "Ignored ".to_owned(),
                };
            }
            Op::Get(key) => table.get(&engine::Key::from_json(key)?, &mut out)?,
            Op::GetMany(keys) => table.get_many(keys, &mut out)?,
            Op::Select(pred, options) => {
                let pred = pred.as_ref().map(build).transpose()?;
                let options = engine::SelectOptions::from_json(options)?;
                prefix = format!("{} ", table.select(pred.as_deref(), &options, &mut out)?);
            }
            Op::Count(pred) => {
                let pred = pred.as_ref().map(build).transpose()?;
                prefix = table.count(pred.as_deref())?.to_string();
            }
            Op::Update(pred, changes) => {
                prefix = table.update(&*build(pred)?, changes)?.to_string()
            }
            Op::UpdateByKey(key, changes) => {
                table.update_by_key(&engine::Key::from_json(key)?, changes)?
            }
            Op::Delete(pred) => prefix = table.delete(&*build(pred)?)?.to_string(),
            Op::DeleteByKey(key) => table.delete_by_key(&engine::Key::from_json(key)?)?,
            Op::Describe => table.describe(&mut out)?,
        }
        Ok(prefix + std::str::from_utf8(&out).unwrap())
    }

    /// Does it to both. What differs, if anything does.
    pub fn compare(&self, model: &mut Table, table: &engine::Table) -> Result<(), String> {
        let wanted = self.on_model(model);
        let run = AssertUnwindSafe(|| self.on_engine(table));
        let found = catch_unwind(run).map_err(|_| format!("{self:?}\n  engine: panicked"))?;
        let agree = match (&wanted, &found) {
            (Ok(wanted), Ok(found)) => wanted == found,
            (Err(fault), Err(error)) => fault.agrees(error),
            _ => false,
        };
        if agree {
            return Ok(());
        }
        Err(format!(
            "{self:?}\n   model: {}\n  engine: {}",
            told(&wanted),
            told(&found)
        ))
    }
}

pub fn told<E: fmt::Debug>(answer: &Result<String, E>) -> String {
    match answer {
        Ok(text) => text.clone(),
        Err(error) => format!("error {error:?}"),
    }
}

/// The engine's form of a predicate.
pub fn build(pred: &Pred) -> Result<Arc<engine::Predicate>, engine::Error> {
    use engine::{Case, Comparison, Predicate, TextMatch};
    let case = |fold: bool| {
        if fold {
            Case::Insensitive
        } else {
            Case::Sensitive
        }
    };
    let all = |operands: &[Pred]| operands.iter().map(build).collect::<Result<Vec<_>, _>>();
    Ok(Arc::new(match pred {
        Pred::All => Predicate::all(),
        Pred::Compare(cmp, field, json) => {
            let comparison = match cmp {
                Cmp::Eq => Comparison::Eq,
                Cmp::Ne => Comparison::Ne,
                Cmp::Lt => Comparison::Lt,
                Cmp::Le => Comparison::Le,
                Cmp::Gt => Comparison::Gt,
                Cmp::Ge => Comparison::Ge,
            };
            Predicate::compare(comparison, field, json)?
        }
        Pred::In(field, json) => Predicate::is_in(field, json)?,
        Pred::Between(field, low, high) => Predicate::between(field, low, high)?,
        Pred::Like(fold, field, json, escape) => {
            Predicate::like(case(*fold), field, json, *escape)?
        }
        Pred::Text(part, fold, field, json) => {
            let part = match part {
                Part::Prefix => TextMatch::Prefix,
                Part::Suffix => TextMatch::Suffix,
                Part::Substring => TextMatch::Substring,
                Part::Whole => TextMatch::Whole,
            };
            Predicate::text(part, case(*fold), field, json)?
        }
        Pred::Contains(field, json) => Predicate::contains(field, json)?,
        Pred::IsNull(field) => Predicate::is_null(field)?,
        Pred::IsNotNull(field) => Predicate::is_not_null(field)?,
        Pred::And(operands) => Predicate::and(all(operands)?)?,
        Pred::Or(operands) => Predicate::or(all(operands)?)?,
        Pred::Not(operand) => Predicate::not(build(operand)?)?,
    }))
}

/// A table of both kinds, made with the same options.
pub struct Pair {
    pub model: Table,
    pub engine: engine::Table,
}

impl Pair {
    pub fn new(options: &str) -> Pair {
        let database = engine::Database::new();
        let read = engine::TableOptions::from_json(options).unwrap();
        Pair {
            model: Table::new("t", options),
            engine: database.create_table("t", read).unwrap(),
        }
    }

    pub fn apply(&mut self, op: &Op) -> Result<(), String> {
        op.compare(&mut self.model, &self.engine)
    }

    /// One of the engine's figures.
    pub fn statistic(&self, name: &str) -> u64 {
        let mut out = Vec::new();
        self.engine.statistics(&mut out).unwrap();
        let all = parse(std::str::from_utf8(&out).unwrap()).unwrap();
        all.field(name).unwrap().text().parse().unwrap()
    }

    /// All records in their order, and the counters.
    pub fn same_state(&mut self) -> Result<(), String> {
        self.apply(&Op::Select(None, "{}".to_owned()))?;
        self.apply(&Op::Count(None))?;
        let model = &self.model;
        for (name, wanted) in [
            ("records", model.rows.len() as u64),
            ("inserted", model.inserted),
            ("updated", model.updated),
            ("deleted", model.deleted),
        ] {
            let found = self.statistic(name);
            if found != wanted {
                return Err(format!("statistics: {name} is {found}, not {wanted}"));
            }
        }
        Ok(())
    }
}
