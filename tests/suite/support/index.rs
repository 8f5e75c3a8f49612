//! Indexes: to the model only their description, and the uniqueness that some of them ask for.

use super::fault::Fault;
use super::path::{look_up, parse_path, Step};
use super::random::Random;
use super::say::print_path;
use super::spell::spell_some;
use super::table::Table;
use super::value::{same, Value};
use std::fmt;

#[derive(Clone)]
pub struct Index {
    /// References.
    pub fields: Vec<String>,
    pub sorted: bool,
    pub unique: bool,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unique = if self.unique { "unique " } else { "" };
        write!(f, "{unique}{} index on {:?}", self.kind(), self.fields)
    }
}

impl Index {
    pub fn new(fields: &[&str], sorted: bool, unique: bool) -> Index {
        Index {
            fields: fields.iter().map(|field| field.to_string()).collect(),
            sorted,
            unique,
        }
    }

    fn kind(&self) -> &'static str {
        if self.sorted {
            "sorted"
        } else {
            "hash"
        }
    }

    fn paths(&self) -> Vec<Vec<Step>> {
        let fields = self.fields.iter();
        fields.map(|field| parse_path(field).unwrap()).collect()
    }

    /// As they are shown, whichever way they were given.
    pub fn printed(&self) -> Vec<String> {
        self.paths().iter().map(|path| print_path(path)).collect()
    }

    pub fn is_same_list(&self, other: &Index) -> bool {
        self.printed() == other.printed()
    }

    /// The options that make it, one way or another.
    pub fn options(&self, random: &mut Random) -> String {
        let mut members = vec![
            ("fields".to_owned(), self.named(random)),
            ("kind".to_owned(), Value::Str(self.kind().to_owned())),
        ];
        if self.unique || random.chance(2) {
            members.push(("unique".to_owned(), Value::Bool(self.unique)));
        }
        let place = random.below(members.len() as u64) as usize;
        members.rotate_left(place);
        spell_some(&Value::Dict(members), random)
    }

    /// Its fields: a string, if it is but one, or an array.
    pub fn named(&self, random: &mut Random) -> Value {
        match &self.fields[..] {
            [field] if random.chance(2) => Value::Str(field.clone()),
            fields => Value::List(fields.iter().cloned().map(Value::Str).collect()),
        }
    }

    /// The record's value in the index: one of the field, an array of several; none if a field is null.
    fn value(&self, paths: &[Vec<Step>], record: &Value) -> Option<Value> {
        let mut values: Vec<Value> = paths.iter().map(|path| look_up(record, path)).collect();
        if values.iter().any(Value::is_null) {
            return None;
        }
        match values.len() {
            1 => values.pop(),
            _ => Some(Value::List(values)),
        }
    }

    fn fault(&self, value: Value, index: Option<usize>) -> Fault {
        Fault::Value {
            fields: self.printed(),
            value,
            index,
        }
    }

    /// Which of the records at these places have a value that another one has too, among the records of which `counts` says so.
    fn taken(
        &self,
        table: &Table,
        places: impl Iterator<Item = usize>,
        counts: impl Fn(usize, usize) -> bool,
    ) -> Vec<(usize, Value)> {
        let paths = self.paths();
        let values: Vec<Option<Value>> = table
            .rows
            .iter()
            .map(|row| self.value(&paths, &row.record))
            .collect();
        let mut taken = Vec::new();
        for place in places {
            let Some(value) = &values[place] else {
                continue;
            };
            let equal = |(other, v): (usize, &Option<Value>)| {
                counts(place, other) && v.as_ref().is_some_and(|v| same(v, value))
            };
            if values.iter().enumerate().any(equal) {
                taken.push((place, value.clone()));
            }
        }
        taken
    }
}

fn unique(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.unique)
}

fn one_of(faults: Vec<Fault>) -> Result<(), Fault> {
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Fault::AnyOf(faults)),
    }
}

/// The records from `first` on are new: each against those before it.
pub fn check_inserted(table: &Table, first: usize, bulk: bool) -> Result<(), Fault> {
    let mut faults = Vec::new();
    for index in unique(table) {
        let taken = index.taken(table, first..table.rows.len(), |place, other| other < place);
        for (place, value) in taken {
            faults.push(index.fault(value, bulk.then_some(place - first)));
        }
    }
    one_of(faults)
}

/// The records at these places were changed: by the outcome, index by index.
pub fn check_changed(table: &Table, places: &[usize]) -> Result<(), Fault> {
    for index in unique(table) {
        let taken = index.taken(table, places.iter().copied(), |place, other| place != other);
        let faults = taken.into_iter().map(|(_, value)| index.fault(value, None));
        one_of(faults.collect())?;
    }
    Ok(())
}

/// Adds an index to a list, or says what is against it: one on the same fields, or the records.
pub fn create(list: &mut Vec<Index>, index: &Index, table: &Table) -> Result<(), Fault> {
    if let Some(other) = list.iter().find(|other| other.is_same_list(index)) {
        return match (other.sorted, other.unique) == (index.sorted, index.unique) {
            true => Ok(()),
            false => Err(Fault::IndexExists),
        };
    }
    if index.unique {
        let taken = index.taken(table, 0..table.rows.len(), |place, other| place != other);
        let faults = taken.into_iter().map(|(_, value)| index.fault(value, None));
        one_of(faults.collect())?;
    }
    list.push(index.clone());
    Ok(())
}

/// Takes an index out of a list.
pub fn drop(list: &mut Vec<Index>, index: &Index) -> Result<(), Fault> {
    let place = list.iter().position(|other| other.is_same_list(index));
    // As which option, is open.
    list.remove(place.ok_or(Fault::Refused)?);
    Ok(())
}

pub fn describe(list: &[Index]) -> Value {
    let entry = |name: &str, value| (name.to_owned(), value);
    let one = |index: &Index| {
        let fields = index.printed().into_iter().map(Value::Str).collect();
        Value::Dict(vec![
            entry("fields", Value::List(fields)),
            entry("kind", Value::Str(index.kind().to_owned())),
            entry("unique", Value::Bool(index.unique)),
        ])
    };
    Value::List(list.iter().map(one).collect())
}
