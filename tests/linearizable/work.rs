//! Random operations that often meet in the same few records.

use crate::model::{Field, Op, Range, Row, KEYS};
use crate::random::Random;
use dictdb::engine::Conflict;

/// New values are below this; increments lead beyond.
const VALUES: u64 = 8;

fn key(random: &mut Random) -> i64 {
    1 + random.below(KEYS as u64) as i64
}

fn value(random: &mut Random) -> i64 {
    random.below(VALUES) as i64
}

fn row(random: &mut Random) -> Row {
    Row {
        id: key(random),
        v: value(random),
        w: value(random),
    }
}

fn range_of(field: Field, random: &mut Random) -> Range {
    let low = value(random);
    let high = match random.below(3) {
        0 => low,
        1 => low + value(random),
        _ => i64::MAX,
    };
    Range { field, low, high }
}

fn range(random: &mut Random) -> Range {
    let field = [Field::V, Field::W][random.below(2) as usize];
    range_of(field, random)
}

/// The records that a table has before the threads begin.
pub fn first(random: &mut Random) -> Op {
    let mut rows = [row(random), row(random)];
    (rows[0].id, rows[1].id) = (1, 2);
    Op::InsertMany(rows)
}

/// Inserts and deletes of keys are as likely as each other, or the table would be full, or empty, most of the time.
pub fn operation(random: &mut Random) -> Op {
    match random.below(100) {
        0..=9 => Op::Insert(row(random)),
        10..=11 => Op::InsertNew {
            v: value(random),
            w: value(random),
        },
        12..=17 => Op::InsertMany([row(random), row(random)]),
        18..=22 => Op::Upsert(row(random), Conflict::Update),
        23..=25 => Op::Upsert(row(random), Conflict::Ignore),
        26..=33 => Op::Get(key(random)),
        34..=39 => Op::GetMany,
        40..=42 => Op::CountAll,
        43..=46 => Op::Count(range(random)),
        47..=54 => Op::Select(range_of(Field::W, random)),
        55..=62 => Op::Query(range_of(Field::V, random), random.chance(3)),
        63..=67 => Op::UpdateByKey(key(random), value(random)),
        68..=73 => Op::Update(range(random), value(random)),
        74..=81 => Op::Increment(key(random)),
        82..=91 => Op::IncrementWhere(range(random)),
        92..=96 => Op::DeleteByKey(key(random)),
        _ => Op::Delete(range(random)),
    }
}
