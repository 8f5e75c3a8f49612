//! Every operation on a table is linearizable: it takes effect at one instant between its call and its return.

#![cfg(not(loom))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod check;
mod engine;
#[path = "../suite/support/figures.rs"]
mod figures;
mod model;
mod preempt;
#[path = "../suite/support/random.rs"]
mod random;
mod record;
mod work;

use check::{check, told};
use dictdb::engine::{Conflict, Outcome};
use model::{Answer, Field, Op, Range, Row};
use preempt::Yielding;
use random::{seeds, Random};
use record::{overlapping_pairs, Event, Recording};
use std::ops::RangeInclusive;
use std::sync::Mutex;

#[global_allocator]
static ALLOCATOR: Yielding = Yielding;

const HISTORIES: u64 = if cfg!(debug_assertions) { 100 } else { 1_000 };

/// So many histories must have, on the mean, to be worth checking. They have several times as many.
const OVERLAPPING_PAIRS: u64 = 100;

fn recording(seed: u64) -> Recording {
    Recording {
        seed,
        threads: 4,
        each: 100,
    }
}

#[test]
fn every_operation_takes_effect_at_one_instant() {
    let histories = seeds(HISTORIES);
    let (mut operations, mut pairs, mut states) = (0, 0, 0);
    for seed in 0..histories {
        let events = recording(seed).record(|_, answer| answer);
        let verdict = check(&events);
        if !verdict.is_linearizable {
            panic!("seed {seed}: {}", told(&events));
        }
        operations += events.len();
        pairs += overlapping_pairs(&events);
        states += verdict.states as u64;
    }
    println!("{histories} histories, {operations} operations, {pairs} pairs of them overlapping; {states} states visited");
    assert!(
        pairs >= OVERLAPPING_PAIRS * histories,
        "only {pairs} pairs of operations overlapped in {histories} histories"
    );
    let told = [
        ("histories", histories),
        ("operations", operations as u64),
        ("overlapping_pairs", pairs),
    ];
    figures::keep("linearizable", &told);
}

/// Answers one question of each history as it was answered before.
struct Stale(Mutex<Memory>);

struct Memory {
    random: Random,
    answers: Vec<(Op, Answer)>,
    is_planted: bool,
}

impl Stale {
    fn new(seed: u64) -> Stale {
        Stale(Mutex::new(Memory {
            random: Random(seed),
            answers: Vec::new(),
            is_planted: false,
        }))
    }

    fn answer(&self, op: &Op, answer: Answer) -> Answer {
        if !op.is_read() {
            return answer;
        }
        let memory = &mut *self.0.lock().unwrap();
        let others = memory.answers.iter();
        let others = others.filter(|(asked, before)| asked == op && *before != answer);
        let others: Vec<&Answer> = others.map(|(_, before)| before).collect();
        if !memory.is_planted && !others.is_empty() && memory.random.chance(20) {
            memory.is_planted = true;
            return others[memory.random.below(others.len() as u64) as usize].clone();
        }
        memory.answers.push((op.clone(), answer.clone()));
        answer
    }
}

/// How many histories have a stale read, and how many of these are found not to be linearizable.
fn stale_reads(recording: impl Fn(u64) -> Recording) -> (u64, u64) {
    let (mut planted, mut rejected) = (0, 0);
    for seed in 0..HISTORIES / 10 {
        let stale = Stale::new(seed);
        let events = recording(seed).record(|op, answer| stale.answer(op, answer));
        if stale.0.into_inner().unwrap().is_planted {
            planted += 1;
            rejected += u64::from(!check(&events).is_linearizable);
        }
    }
    (planted, rejected)
}

/// When an operation ran, what it was, and what it answered.
type Line = (RangeInclusive<u64>, Op, Answer);

/// What happens to a table that has the records 1 and 2, with zeros, since the instant 1.
fn events(lines: &[Line]) -> Vec<Event> {
    let first = Op::InsertMany([row(1, 0), row(2, 0)]);
    let first = (0..=1, first, Answer::Keys(vec![1, 2]));
    let lines = [&first].into_iter().chain(lines).enumerate();
    let event = |(thread, (time, op, answer)): (usize, &Line)| Event {
        thread,
        op: op.clone(),
        answer: answer.clone(),
        called: *time.start(),
        returned: *time.end(),
    };
    lines.map(event).collect()
}

fn is_linearizable(lines: &[Line]) -> bool {
    check(&events(lines)).is_linearizable
}

/// All records.
const EVERY: Range = Range::all(Field::W);

fn row(id: i64, n: i64) -> Row {
    Row { id, v: n, w: n }
}

fn increment(time: RangeInclusive<u64>) -> Line {
    (time, Op::Increment(1), Answer::Count(1))
}

fn get(time: RangeInclusive<u64>, n: i64) -> Line {
    (time, Op::Get(1), Answer::Row(row(1, n)))
}

#[test]
fn a_stale_read_is_caught() {
    let is_right = |read: Line| is_linearizable(&[increment(2..=9), read]);
    // Before the update has returned both values are right, after that the new one.
    assert!(is_right(get(8..=11, 0)) && is_right(get(8..=11, 1)));
    assert!(!is_right(get(10..=11, 0)) && is_right(get(10..=11, 1)));
    let told = told(&events(&[
        increment(2..=9),
        get(10..=11, 0),
        get(12..=13, 1),
    ]));
    assert!(told.contains("> 10..11 thread 2: Get(1)"), "{told}");
    // One thread leaves no doubt about what is right.
    let alone = |seed| Recording {
        seed,
        threads: 1,
        each: 400,
    };
    let (planted, rejected) = stale_reads(alone);
    assert!(planted >= HISTORIES / 20, "{planted} stale reads");
    assert_eq!(rejected, planted);
    // Among several, an old answer may be right: if the change was not over, or was undone.
    let (planted, rejected) = stale_reads(recording);
    println!("{rejected} of {planted} stale reads beside other operations were caught");
    assert!(planted >= HISTORIES / 20, "{planted} stale reads");
    assert!(rejected * 2 > planted, "{rejected} of {planted}");
}

#[test]
fn a_lost_update_is_caught() {
    let ends_with = |n| is_linearizable(&[increment(2..=5), increment(3..=4), get(6..=7, n)]);
    assert!(ends_with(2));
    assert!(!ends_with(1) && !ends_with(3));
    // Nor may one that found no record have changed it, or one that was refused.
    let refused = (3..=4, Op::Increment(1), Answer::NotFound);
    assert!(!is_linearizable(&[increment(2..=5), refused]));
    let taken = (3..=4, Op::Insert(row(1, 7)), Answer::Taken(1, None));
    assert!(is_linearizable(&[taken.clone(), get(5..=6, 0)]));
    assert!(!is_linearizable(&[taken, get(5..=6, 7)]));
}

#[test]
fn half_of_a_change_is_caught() {
    let both = || (2..=9, Op::IncrementWhere(EVERY), Answer::Count(2));
    let rows = |time, rows: [Row; 2]| (time, Op::Select(EVERY), Answer::Rows(rows.to_vec()));
    let old = |time| rows(time, [row(1, 0), row(2, 0)]);
    let new = |time| rows(time, [row(1, 1), row(2, 1)]);
    let half = |time| rows(time, [row(1, 1), row(2, 0)]);
    assert!(is_linearizable(&[both(), old(3..=4), new(5..=6)]));
    assert!(!is_linearizable(&[both(), new(3..=4), old(5..=6)]));
    assert!(is_linearizable(&[both(), new(3..=5), old(4..=6)]));
    assert!(!is_linearizable(&[both(), half(3..=4)]));
    // Two reads of one record each may see the change between them, but not undone.
    let other = (5..=6, Op::Get(2), Answer::Row(row(2, 0)));
    assert!(is_linearizable(&[both(), get(3..=4, 0), other.clone()]));
    assert!(!is_linearizable(&[both(), get(3..=4, 1), other]));
    // Half of a record, and half of a call that was refused.
    let torn = Answer::Row(Row { id: 1, v: 1, w: 0 });
    assert!(!is_linearizable(&[both(), (3..=4, Op::Get(1), torn)]));
    let insert = Op::InsertMany([row(3, 0), row(1, 0)]);
    let insert = (2..=3, insert, Answer::Taken(1, Some(1)));
    let count = |n| (4..=5, Op::CountAll, Answer::Count(n));
    assert!(is_linearizable(&[insert.clone(), count(2)]));
    assert!(!is_linearizable(&[insert, count(3)]));
}

#[test]
fn a_key_that_is_given_twice_is_caught() {
    let insert = |time, answer| (time, Op::Insert(row(3, 0)), answer);
    let (key, taken) = (Answer::Key(3), Answer::Taken(3, None));
    let both = |first, second| is_linearizable(&[insert(2..=4, first), insert(3..=5, second)]);
    assert!(both(key.clone(), taken.clone()) && both(taken.clone(), key.clone()));
    assert!(!both(key.clone(), key) && !both(taken.clone(), taken));

    let upsert = |time, outcome| {
        let op = Op::Upsert(row(3, 1), Conflict::Update);
        (time, op, Answer::Upserted(outcome, 3))
    };
    let both = |first, second| is_linearizable(&[upsert(2..=4, first), upsert(3..=5, second)]);
    assert!(both(Outcome::Inserted, Outcome::Updated) && both(Outcome::Updated, Outcome::Inserted));
    assert!(!both(Outcome::Inserted, Outcome::Inserted));

    let new = |time, key| (time, Op::InsertNew { v: 0, w: 0 }, Answer::Key(key));
    assert!(is_linearizable(&[new(2..=4, 4), new(3..=5, 3)]));
    assert!(!is_linearizable(&[new(2..=4, 3), new(3..=5, 3)]));
    assert!(!is_linearizable(&[new(2..=3, 4), new(4..=5, 3)]));
}

#[test]
fn an_order_of_records_that_never_was_is_caught() {
    let insert = |time, key| (time, Op::Insert(row(key, 0)), Answer::Key(key));
    let rows = |keys: [i64; 4]| {
        let rows = keys.map(|key| row(key, 0)).to_vec();
        (6..=7, Op::Query(EVERY, false), Answer::Rows(rows))
    };
    let beside = |keys| is_linearizable(&[insert(2..=4, 3), insert(3..=5, 4), rows(keys)]);
    assert!(beside([1, 2, 3, 4]) && beside([1, 2, 4, 3]));
    assert!(!beside([2, 1, 3, 4]));
    let after = |keys| is_linearizable(&[insert(2..=3, 3), insert(4..=5, 4), rows(keys)]);
    assert!(after([1, 2, 3, 4]) && !after([1, 2, 4, 3]));
}
