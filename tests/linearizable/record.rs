//! Records what several threads do on one table.

use crate::engine::{Clock, Engine};
use crate::model::{Answer, Field, Op, Range};
use crate::random::{mixed, Random};
use crate::work::{first, operation};
use dictdb::engine::{Database, IndexOptions, Table, TableOptions};
use std::sync::Barrier;
use std::thread;

/// An operation that was called and has returned.
#[derive(Debug)]
pub struct Event {
    pub thread: usize,
    pub op: Op,
    pub answer: Answer,
    pub called: u64,
    pub returned: u64,
}

/// What is to be recorded.
pub struct Recording {
    pub seed: u64,
    pub threads: usize,
    /// Operations of each thread.
    pub each: usize,
}

impl Recording {
    /// Every second table has an index.
    fn index(&self) -> Option<IndexOptions> {
        let kind = match self.seed % 4 {
            1 => "hash",
            3 => "sorted",
            _ => return None,
        };
        let options = format!("{{\"fields\":\"v\",\"kind\":\"{kind}\"}}");
        Some(IndexOptions::from_json(&options).unwrap())
    }

    /// Records that make a search longer: so few that an update still searches under the lock; more; or more than the
    /// page of the directory has room for in which the first records lie.
    fn padding(&self) -> usize {
        [20, 300, 1_100][mixed(self.seed) as usize % 3]
    }

    /// The history, in the order of the calls. `front` stands between the table and those who ask it.
    pub fn record(&self, front: impl Fn(&Op, Answer) -> Answer + Sync) -> Vec<Event> {
        let mut random = Random(self.seed);
        let table = Database::new().create_table("t", TableOptions::default());
        let (table, clock, padding) = (table.unwrap(), Clock::default(), self.padding());
        if let Some(options) = self.index() {
            table.create_index(&options).unwrap();
        }
        let engine = Engine {
            table: &table,
            clock: &clock,
            padding: padding as u64,
        };
        let apply = |thread: usize, op: Op| {
            let done = engine.apply(&op);
            Event {
                thread,
                answer: front(&op, done.value),
                op,
                called: done.called,
                returned: done.returned,
            }
        };
        pad(&table, 0..padding / 2);
        let mut events = vec![apply(self.threads, first(&mut random))];
        pad(&table, padding / 2..padding);
        let barrier = Barrier::new(self.threads);
        let run = |thread: usize, mut random: Random| -> Vec<Event> {
            barrier.wait();
            let event = |_| apply(thread, operation(&mut random));
            (0..self.each).map(event).collect()
        };
        let run = &run;
        thread::scope(|scope| {
            let spawn = |thread| {
                let random = Random(random.next());
                scope.spawn(move || run(thread, random))
            };
            let threads: Vec<_> = (0..self.threads).map(spawn).collect();
            for thread in threads {
                let recorded = thread.join();
                events.extend(recorded.unwrap_or_else(|_| panic!("seed {}", self.seed)));
            }
        });
        // If something was lost that nobody has looked at since, it is missed now.
        let last = [
            Op::Select(Range::all(Field::W)),
            Op::Query(Range::all(Field::V), true),
            Op::GetMany,
            Op::CountAll,
        ];
        events.extend(last.map(|op| apply(self.threads, op)));
        events.sort_by_key(|event| event.called);
        events
    }
}

fn pad(table: &Table, numbers: std::ops::Range<usize>) {
    let record = |n| format!("{{\"id\":\"padding {n}\",\"n\":{n}}}");
    let records: Vec<String> = numbers.map(record).collect();
    let records = format!("[{}]", records.join(","));
    table.insert_many(&records, None).unwrap();
}

/// How many pairs of operations ran at the same time.
pub fn overlapping_pairs(events: &[Event]) -> u64 {
    let mut pairs = 0;
    for (at, event) in events.iter().enumerate() {
        let later = events[at + 1..].iter();
        let during = later.take_while(|other| other.called < event.returned);
        pairs += during.count() as u64;
    }
    pairs
}
