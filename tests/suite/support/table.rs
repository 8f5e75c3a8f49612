//! The model of a table: a list of records in the order of insertion, and obvious loops.

use super::fault::Fault;
use super::index::{self, Index};
use super::parse::{first_out_of_range, parse, parse_items, Bad};
use super::predicate::Pred;
use super::schema::{read_options, Schema};
use super::select::Select;
use super::value::Value;
use std::fmt;

#[derive(Clone, PartialEq)]
pub enum Key {
    Int(i64),
    Str(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OnTaken {
    Update,
    Ignore,
    Error,
}

type Fields = Vec<(String, Value)>;

#[derive(Clone)]
pub struct Row {
    pub key: Key,
    pub record: Value,
}

#[derive(Clone)]
pub struct Table {
    pub name: String,
    pub key_field: String,
    pub schema: Option<Schema>,
    pub rows: Vec<Row>,
    /// The largest integer key ever stored.
    largest: Option<i64>,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    /// In the order of their creation.
    pub indexes: Vec<Index>,
}

impl Key {
    pub fn of(value: &Value) -> Result<Key, Fault> {
        let key = match value {
            Value::Number(text) => text.parse().ok().map(Key::Int),
            Value::Str(text) if !text.is_empty() => Some(Key::Str(text.clone())),
            _ => None,
        };
        key.ok_or_else(|| Fault::Key {
            found: value.text(),
            index: None,
        })
    }

    pub fn text(&self) -> String {
        match self {
            Key::Int(key) => key.to_string(),
            Key::Str(key) => Value::Str(key.clone()).text(),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Table {
    pub fn new(name: &str, options: &str) -> Table {
        let (key_field, schema) = read_options(options);
        Table {
            name: name.to_owned(),
            key_field,
            schema,
            rows: Vec::new(),
            largest: None,
            inserted: 0,
            updated: 0,
            deleted: 0,
            indexes: Vec::new(),
        }
    }

    fn find(&self, key: &Key) -> Option<usize> {
        self.rows.iter().position(|row| row.key == *key)
    }

    /// JSON, key, schema: what is wrong with a record whatever the table holds.
    fn read_record(&self, text: &str) -> Result<(Fields, Option<Key>), Fault> {
        match text
            .trim_start_matches([' ', '\t', '\r', '\n'])
            .starts_with('{')
        {
            true => self.check_record(parse(text).map_err(|bad| Fault::bad(bad, None))?),
            // No object: nobody has to look at what else is wrong with it.
            false => Err(Fault::Json { index: None }),
        }
    }

    fn check_record(&self, record: Value) -> Result<(Fields, Option<Key>), Fault> {
        let Value::Dict(mut fields) = record else {
            return Err(Fault::Json { index: None });
        };
        let key = match fields.iter().position(|(name, _)| *name == self.key_field) {
            None => None,
            Some(place) if fields[place].1.is_null() => {
                fields.remove(place);
                None
            }
            Some(place) => Some(Key::of(&fields[place].1)?),
        };
        Ok((fields, key))
    }

    fn complete(&self, fields: &mut Fields) -> Result<(), Fault> {
        match &self.schema {
            None => Ok(()),
            Some(schema) => {
                schema.check_given(fields)?;
                schema.complete(fields, &self.key_field)
            }
        }
    }

    /// Takes a key, or the next integer, and appends the record.
    fn add(&mut self, mut fields: Fields, key: Option<Key>) -> Result<Key, Fault> {
        let key = match key {
            Some(key) if self.find(&key).is_some() => return Err(taken(&key)),
            Some(key) => key,
            // Larger than any, so it is free.
            None => {
                let next = self.largest.map_or(Some(1), |n| n.max(0).checked_add(1));
                let next = next.ok_or(Fault::Range { index: None })?;
                fields.push((self.key_field.clone(), Value::Number(next.to_string())));
                Key::Int(next)
            }
        };
        self.remember(&key);
        self.rows.push(Row {
            key: key.clone(),
            record: Value::Dict(fields),
        });
        self.inserted += 1;
        Ok(key)
    }

    pub fn remember(&mut self, key: &Key) {
        if let Key::Int(key) = key {
            self.largest = self.largest.max(Some(*key));
        }
    }

    pub fn insert(&mut self, text: &str) -> Result<Key, Fault> {
        let (mut fields, key) = self.read_record(text)?;
        self.complete(&mut fields)?;
        let keys = self.insert_read(vec![(fields, key)], false)?;
        Ok(keys[0].clone())
    }

    /// All primary keys first, then the unique indexes. Faults of a bulk call name the record.
    fn insert_read(
        &mut self,
        records: Vec<(Fields, Option<Key>)>,
        bulk: bool,
    ) -> Result<Vec<Key>, Fault> {
        let (rows, largest, inserted) = (self.rows.len(), self.largest, self.inserted);
        let mut keys = Vec::new();
        let mut outcome = Ok(());
        for (index, (fields, key)) in records.into_iter().enumerate() {
            match self.add(fields, key) {
                Ok(key) => keys.push(key),
                Err(fault) => {
                    outcome = Err(if bulk { fault.at(index) } else { fault });
                    break;
                }
            }
        }
        let outcome = outcome.and_then(|()| index::check_inserted(self, rows, bulk));
        if outcome.is_err() {
            self.rows.truncate(rows);
            self.largest = largest;
            self.inserted = inserted;
        }
        outcome.map(|()| keys)
    }

    pub fn insert_many(&mut self, text: &str) -> Result<Vec<Key>, Fault> {
        let mut records = Vec::new();
        let mut failed = None;
        let read = parse_items(text, |index, item| {
            let checked = self.check_record(item).and_then(|(mut fields, key)| {
                self.complete(&mut fields)?;
                Ok((fields, key))
            });
            match checked {
                Ok(record) => records.push(record),
                Err(fault) => failed = Some(fault.at(index)),
            }
            failed.is_none()
        });
        read.map_err(Fault::of_items)?;
        if let Some(fault) = failed {
            return Err(fault);
        }
        self.insert_read(records, true)
    }

    pub fn upsert(&mut self, text: &str, on_taken: OnTaken) -> Result<(&'static str, Key), Fault> {
        let (mut fields, key) = self.read_record(text)?;
        let place = key.as_ref().and_then(|key| self.find(key));
        if let (Some(key), Some(place)) = (&key, place) {
            return match on_taken {
                OnTaken::Error => Err(taken(key)),
                OnTaken::Ignore => Ok(("Ignored", key.clone())),
                OnTaken::Update => {
                    if let Some(schema) = &self.schema {
                        schema.check_given(&fields)?;
                    }
                    let key = key.clone();
                    self.replace(&[place], |row| merge(&mut row.record, &fields))?;
                    Ok(("Updated", key))
                }
            };
        }
        self.complete(&mut fields)?;
        let keys = self.insert_read(vec![(fields, key)], false)?;
        Ok(("Inserted", keys[0].clone()))
    }

    pub fn get(&self, key: &Key) -> Result<&Value, Fault> {
        let place = self.find(key).ok_or(Fault::NotFound)?;
        Ok(&self.rows[place].record)
    }

    pub fn get_many(&self, keys: &str) -> Result<Vec<Value>, Fault> {
        let mut records = Vec::new();
        let mut failed = None;
        let read = parse_items(keys, |index, item| {
            match Key::of(&item) {
                Ok(key) => records.push(self.get(&key).cloned().unwrap_or(Value::Null)),
                Err(fault) => failed = Some(fault.at(index)),
            }
            failed.is_none()
        });
        read.map_err(|failed| match failed {
            // An integer that is out of every range is no key either.
            (index @ Some(_), Bad::Range) => Fault::Key {
                found: first_out_of_range(keys).unwrap_or_default(),
                index,
            },
            failed => Fault::of_items(failed),
        })?;
        failed.map_or(Ok(records), Err)
    }

    pub fn select(&self, pred: Option<&Pred>, options: &str) -> Result<Vec<Value>, Fault> {
        let test = pred.unwrap_or(&Pred::All).compile()?;
        let records = self.rows.iter().map(|row| &row.record);
        Ok(Select::read(options)?.rows(records.filter(|record| test(record))))
    }

    pub fn count(&self, pred: Option<&Pred>) -> Result<usize, Fault> {
        let test = pred.unwrap_or(&Pred::All).compile()?;
        Ok(self.rows.iter().filter(|row| test(&row.record)).count())
    }

    pub fn update(&mut self, pred: &Pred, changes: &str) -> Result<usize, Fault> {
        let test = pred.compile()?;
        let places = (0..self.rows.len()).filter(|&place| test(&self.rows[place].record));
        let places: Vec<usize> = places.collect();
        self.change(&places, changes)
    }

    pub fn update_by_key(&mut self, key: &Key, changes: &str) -> Result<usize, Fault> {
        let place = self.find(key);
        self.change(place.as_slice(), changes)
    }

    fn change(&mut self, places: &[usize], changes: &str) -> Result<usize, Fault> {
        let Value::Dict(changes) = parse(changes).map_err(|bad| Fault::bad(bad, None))? else {
            return Err(Fault::Json { index: None });
        };
        let key = changes.iter().find(|(name, _)| *name == self.key_field);
        let key = key.map(|(_, value)| Key::of(value)).transpose()?;
        if let Some(schema) = &self.schema {
            schema.check_given(&changes)?;
        }
        if places.is_empty() {
            return Err(Fault::NotFound);
        }
        if let Some(key) = &key {
            let own = places.len() == 1 && self.rows[places[0]].key == *key;
            if places.len() > 1 || (!own && self.find(key).is_some()) {
                return Err(taken(key));
            }
        }
        self.replace(places, |row| {
            merge(&mut row.record, &changes);
            if let Some(key) = &key {
                row.key = key.clone();
            }
        })
    }

    /// Changes rows, and takes it back if a unique index does not allow the outcome.
    pub fn replace(
        &mut self,
        places: &[usize],
        mut change: impl FnMut(&mut Row),
    ) -> Result<usize, Fault> {
        let before: Vec<Row> = match self.indexes.iter().any(|index| index.unique) {
            true => places.iter().map(|&at| self.rows[at].clone()).collect(),
            false => Vec::new(),
        };
        for &place in places {
            change(&mut self.rows[place]);
        }
        if let Err(fault) = index::check_changed(self, places) {
            for (&place, row) in places.iter().zip(before) {
                self.rows[place] = row;
            }
            return Err(fault);
        }
        for &place in places {
            let key = self.rows[place].key.clone();
            self.remember(&key);
        }
        self.updated += places.len() as u64;
        Ok(places.len())
    }

    pub fn delete(&mut self, pred: &Pred) -> Result<usize, Fault> {
        let test = pred.compile()?;
        let before = self.rows.len();
        self.rows.retain(|row| !test(&row.record));
        self.deleted += (before - self.rows.len()) as u64;
        match before - self.rows.len() {
            0 => Err(Fault::NotFound),
            count => Ok(count),
        }
    }

    pub fn delete_by_key(&mut self, key: &Key) -> Result<(), Fault> {
        let place = self.find(key).ok_or(Fault::NotFound)?;
        self.rows.remove(place);
        self.deleted += 1;
        Ok(())
    }

    pub fn describe(&self) -> Value {
        let columns: Vec<String> = match &self.schema {
            Some(schema) => schema
                .fields
                .iter()
                .map(|field| field.name.clone())
                .collect(),
            None => {
                let mut names = std::collections::BTreeSet::new();
                for row in &self.rows {
                    if let Value::Dict(fields) = &row.record {
                        names.extend(fields.iter().map(|(name, _)| name.clone()));
                    }
                }
                names.into_iter().collect()
            }
        };
        let entry = |name: &str, value| (name.to_owned(), value);
        Value::Dict(vec![
            entry("name", Value::Str(self.name.clone())),
            entry("primary_key", Value::Str(self.key_field.clone())),
            entry("count", Value::Number(self.rows.len().to_string())),
            entry(
                "columns",
                Value::List(columns.into_iter().map(Value::Str).collect()),
            ),
            entry(
                "schema",
                self.schema.as_ref().map_or(Value::Null, Schema::describe),
            ),
            entry("indexes", index::describe(&self.indexes)),
        ])
    }
}

pub fn taken(key: &Key) -> Fault {
    Fault::Duplicate {
        key: key.text(),
        index: None,
    }
}

/// Each change replaces the field of that name in its place, or is added at the end.
fn merge(record: &mut Value, changes: &[(String, Value)]) {
    let Value::Dict(fields) = record else {
        panic!("a record is an object");
    };
    for (name, value) in changes {
        match fields.iter_mut().find(|(n, _)| n == name) {
            Some(field) => field.1 = value.clone(),
            None => fields.push((name.clone(), value.clone())),
        }
    }
}
