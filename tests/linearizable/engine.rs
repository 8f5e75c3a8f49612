//! One operation on a table of the engine.

use crate::model::{Answer, Op, Range, Row, KEYS};
use crate::preempt::giving_way;
use crate::random::mixed;
use dictdb::engine::{Error, Key, Params, Predicate, Query, Result, SelectOptions, Table, Update};
use serde::Deserialize;
use std::sync::atomic::{AtomicU64, Ordering};

/// Instants, as the numbers of a counter that all threads share: an operation that returned before another one was
/// called has the lower number, and whoever draws the higher number sees all that was done before the lower one was
/// drawn. So the checker demands no order but those that the threads could know of.
#[derive(Default)]
pub struct Clock(AtomicU64);

/// What a call gave, and when it was running.
pub struct Timed<T> {
    pub value: T,
    pub called: u64,
    pub returned: u64,
}

impl Clock {
    fn now(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn time<T>(&self, call: impl FnOnce() -> T) -> Timed<T> {
        let called = self.now();
        let value = giving_way(mixed(called), call);
        Timed {
            value,
            called,
            returned: self.now(),
        }
    }
}

impl<T> Timed<Result<T>> {
    fn answer(self, read: impl FnOnce(T) -> Answer) -> Timed<Answer> {
        let value = match self.value {
            Ok(value) => read(value),
            Err(Error::RecordNotFound) => Answer::NotFound,
            Err(Error::DuplicateKey { key, index }) => Answer::Taken(key.parse().unwrap(), index),
            Err(error) => panic!("{error}"),
        };
        Timed {
            value,
            called: self.called,
            returned: self.returned,
        }
    }
}

/// Does operations on a table.
pub struct Engine<'a> {
    pub table: &'a Table,
    pub clock: &'a Clock,
    /// How many records there are besides, without `v` and `w`, which no operation finds.
    pub padding: u64,
}

impl Engine<'_> {
    /// Only the call itself is timed: the longer an operation seems to run, the more answers are right.
    pub fn apply(&self, op: &Op) -> Timed<Answer> {
        let (table, clock) = (self.table, self.clock);
        let mut out = Vec::new();
        match op {
            Op::Insert(row) => {
                let record = text(row);
                let done = clock.time(|| table.insert(&record, Some(&mut out)));
                done.answer(|()| Answer::Key(read(&out)))
            }
            Op::InsertNew { v, w } => {
                let record = format!("{{\"v\":{v},\"w\":{w}}}");
                let done = clock.time(|| table.insert(&record, Some(&mut out)));
                done.answer(|()| Answer::Key(read(&out)))
            }
            Op::InsertMany(rows) => {
                let records = format!("[{},{}]", text(&rows[0]), text(&rows[1]));
                let done = clock.time(|| table.insert_many(&records, Some(&mut out)));
                done.answer(|count| {
                    assert_eq!(count, 2);
                    Answer::Keys(read(&out))
                })
            }
            Op::Upsert(row, conflict) => {
                let record = text(row);
                let done = clock.time(|| table.upsert(&record, *conflict, Some(&mut out)));
                done.answer(|outcome| Answer::Upserted(outcome, read(&out)))
            }
            Op::Get(key) => {
                let done = clock.time(|| table.get(&Key::Int(*key), &mut out));
                done.answer(|()| Answer::Row(read(&out)))
            }
            Op::GetMany => {
                let keys = format!("{:?}", (1..=KEYS).collect::<Vec<_>>());
                let done = clock.time(|| table.get_many(&keys, &mut out));
                done.answer(|()| Answer::Found(read(&out)))
            }
            Op::CountAll => {
                let done = clock.time(|| table.count(None));
                done.answer(|count| Answer::Count(count - self.padding))
            }
            Op::Count(range) => {
                let predicate = predicate(range);
                let done = clock.time(|| table.count(Some(&predicate)));
                done.answer(Answer::Count)
            }
            Op::Select(range) => {
                let (predicate, options) = (predicate(range), SelectOptions::default());
                let done = clock.time(|| table.select(Some(&predicate), &options, &mut out));
                done.answer(|count| rows(count, &out))
            }
            Op::Query(range, descending) => {
                let order = if *descending { "\"-v\"" } else { "null" };
                let query = format!("{{\"where\":\"{range}\",\"order_by\":{order}}}");
                let query = Query::from_json(None, &query).unwrap();
                let done = clock.time(|| table.query(&query, &Params::none(), &mut out));
                done.answer(|count| rows(count, &out))
            }
            Op::UpdateByKey(key, v) => {
                let changes = format!("{{\"v\":{v}}}");
                let done = clock.time(|| table.update_by_key(&Key::Int(*key), &changes));
                done.answer(|()| Answer::Done)
            }
            Op::Update(range, v) => {
                let (predicate, changes) = (predicate(range), format!("{{\"v\":{v}}}"));
                let done = clock.time(|| table.update(&predicate, &changes));
                done.answer(Answer::Count)
            }
            Op::Increment(key) => {
                let params = format!("[{key}]");
                let params = Params::from_json(&params).unwrap();
                self.increment("id = ?1", &params)
            }
            Op::IncrementWhere(range) => self.increment(&range.to_string(), &Params::none()),
            Op::DeleteByKey(key) => {
                let done = clock.time(|| table.delete_by_key(&Key::Int(*key)));
                done.answer(|()| Answer::Done)
            }
            Op::Delete(range) => {
                let predicate = predicate(range);
                let done = clock.time(|| table.delete(&predicate));
                done.answer(Answer::Count)
            }
        }
    }

    fn increment(&self, condition: &str, params: &Params) -> Timed<Answer> {
        let update = Update::new(None, Some(condition), "v = v + 1, w = w + 1").unwrap();
        let done = self.clock.time(|| self.table.run_update(&update, params));
        done.answer(Answer::Count)
    }
}

fn predicate(range: &Range) -> Predicate {
    Predicate::parse(&range.to_string()).unwrap()
}

fn text(row: &Row) -> String {
    format!("{{\"id\":{},\"v\":{},\"w\":{}}}", row.id, row.v, row.w)
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> T {
    serde_json::from_slice(json).unwrap()
}

fn rows(count: u64, json: &[u8]) -> Answer {
    let rows: Vec<Row> = read(json);
    assert_eq!(rows.len() as u64, count);
    Answer::Rows(rows)
}
