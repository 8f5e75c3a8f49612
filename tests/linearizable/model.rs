//! Operations on a table of few keys, what they answer, and the table that does them one at a time.
//!
//! Small, unlike the model of `table`: a checker copies, compares and hashes it at every step.

use dictdb::engine::{Conflict, Outcome};
use serde::Deserialize;
use std::cmp::Reverse;
use std::fmt;

/// Keys that operations name. Automatic ones are among them at first, then above.
pub const KEYS: i64 = 4;

/// A record: `v` is the field of the index, if there is one; `w` is in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: i64,
    pub v: i64,
    pub w: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    V,
    W,
}

/// The records of which a field lies between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub field: Field,
    pub low: i64,
    pub high: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    Insert(Row),
    /// With a key that the table gives.
    InsertNew {
        v: i64,
        w: i64,
    },
    InsertMany([Row; 2]),
    Upsert(Row, Conflict),
    Get(i64),
    /// Of all `KEYS`.
    GetMany,
    CountAll,
    Count(Range),
    Select(Range),
    /// The flag asks for descending `v`.
    Query(Range, bool),
    /// Sets `v`.
    UpdateByKey(i64, i64),
    /// Sets `v` in all that match.
    Update(Range, i64),
    /// Adds one to `v` and `w`.
    Increment(i64),
    IncrementWhere(Range),
    DeleteByKey(i64),
    Delete(Range),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    Key(i64),
    Keys(Vec<i64>),
    Upserted(Outcome, i64),
    Row(Row),
    /// With a gap for each key that is not there.
    Found(Vec<Option<Row>>),
    Rows(Vec<Row>),
    Count(u64),
    NotFound,
    /// A key, and the position in the call of the record that has it.
    Taken(i64, Option<usize>),
}

/// A table, in the order of insertion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Model {
    rows: Vec<Row>,
    /// The largest key ever stored.
    largest: i64,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.field {
            Field::V => "v",
            Field::W => "w",
        };
        write!(f, "{name} BETWEEN {} AND {}", self.low, self.high)
    }
}

impl Range {
    /// All records that have the field.
    pub const fn all(field: Field) -> Range {
        Range {
            field,
            low: i64::MIN,
            high: i64::MAX,
        }
    }

    fn has(&self, row: &Row) -> bool {
        let value = match self.field {
            Field::V => row.v,
            Field::W => row.w,
        };
        (self.low..=self.high).contains(&value)
    }
}

impl Op {
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Op::Get(_) | Op::GetMany | Op::CountAll | Op::Count(_) | Op::Select(_) | Op::Query(..)
        )
    }
}

impl Model {
    /// Does an operation. The answer is the only one that it may have.
    pub fn apply(&mut self, op: &Op) -> Answer {
        match op {
            Op::Insert(row) => match self.insert(&[*row]) {
                Ok(()) => Answer::Key(row.id),
                Err(_) => Answer::Taken(row.id, None),
            },
            Op::InsertNew { v, w } => {
                let (id, v, w) = (self.largest + 1, *v, *w);
                self.push(Row { id, v, w });
                Answer::Key(id)
            }
            Op::InsertMany(rows) => match self.insert(rows) {
                Ok(()) => Answer::Keys(rows.iter().map(|row| row.id).collect()),
                Err(at) => Answer::Taken(rows[at].id, Some(at)),
            },
            Op::Upsert(row, conflict) => self.upsert(row, *conflict),
            Op::Get(key) => self.find(*key).map_or(Answer::NotFound, Answer::Row),
            Op::GetMany => Answer::Found((1..=KEYS).map(|key| self.find(key)).collect()),
            Op::CountAll => Answer::Count(self.rows.len() as u64),
            Op::Count(range) => Answer::Count(self.select(range).len() as u64),
            Op::Select(range) => Answer::Rows(self.select(range)),
            Op::Query(range, descending) => {
                let mut rows = self.select(range);
                if *descending {
                    rows.sort_by_key(|row| Reverse(row.v));
                }
                Answer::Rows(rows)
            }
            Op::UpdateByKey(key, v) => match self.change(|row| row.id == *key, |row| row.v = *v) {
                0 => Answer::NotFound,
                _ => Answer::Done,
            },
            Op::Update(range, v) => counted(self.change(|row| range.has(row), |row| row.v = *v)),
            Op::Increment(key) => counted(self.change(|row| row.id == *key, increment)),
            Op::IncrementWhere(range) => counted(self.change(|row| range.has(row), increment)),
            Op::DeleteByKey(key) => match self.delete(|row| row.id == *key) {
                0 => Answer::NotFound,
                _ => Answer::Done,
            },
            Op::Delete(range) => counted(self.delete(|row| range.has(row))),
        }
    }

    /// All, or none; then the position of the first whose key is taken.
    fn insert(&mut self, rows: &[Row]) -> Result<(), usize> {
        let is_taken = |at: &usize| {
            let (before, id) = (&rows[..*at], rows[*at].id);
            self.find(id).is_some() || before.iter().any(|row| row.id == id)
        };
        if let Some(at) = (0..rows.len()).find(is_taken) {
            return Err(at);
        }
        rows.iter().for_each(|row| self.push(*row));
        Ok(())
    }

    fn upsert(&mut self, row: &Row, conflict: Conflict) -> Answer {
        if self.insert(&[*row]).is_ok() {
            return Answer::Upserted(Outcome::Inserted, row.id);
        }
        match conflict {
            Conflict::Update => {
                self.change(|other| other.id == row.id, |other| *other = *row);
                Answer::Upserted(Outcome::Updated, row.id)
            }
            Conflict::Ignore => Answer::Upserted(Outcome::Ignored, row.id),
            Conflict::Error => Answer::Taken(row.id, None),
        }
    }

    fn push(&mut self, row: Row) {
        self.rows.push(row);
        self.largest = self.largest.max(row.id);
    }

    fn find(&self, key: i64) -> Option<Row> {
        self.rows.iter().find(|row| row.id == key).copied()
    }

    fn select(&self, range: &Range) -> Vec<Row> {
        let rows = self.rows.iter().copied();
        rows.filter(|row| range.has(row)).collect()
    }

    fn change(&mut self, is_match: impl Fn(&Row) -> bool, change: impl Fn(&mut Row)) -> usize {
        let matches = self.rows.iter_mut().filter(|row| is_match(row));
        matches.map(change).count()
    }

    fn delete(&mut self, is_match: impl Fn(&Row) -> bool) -> usize {
        let before = self.rows.len();
        self.rows.retain(|row| !is_match(row));
        before - self.rows.len()
    }
}

fn increment(row: &mut Row) {
    row.v += 1;
    row.w += 1;
}

fn counted(matches: usize) -> Answer {
    match matches {
        0 => Answer::NotFound,
        _ => Answer::Count(matches as u64),
    }
}
