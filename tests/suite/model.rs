//! The engine against a naive model: the same answers, errors and order as a list of JSON objects.

use crate::support::generate::case;
use crate::support::ops::{Op, Pair};
use crate::support::random::{mixed, seeds};
use crate::support::{cases, long, shrink};
use dictdb::engine::Error;
use proptest::prelude::*;

fn run(options: &str, ops: &[Op]) -> Result<(), TestCaseError> {
    let mut pair = Pair::new(options);
    for op in ops {
        pair.apply(op).map_err(TestCaseError::fail)?;
        pair.same_state()
            .map_err(|difference| TestCaseError::fail(format!("after {op:?}: {difference}")))?;
    }
    pair.apply(&Op::Describe).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(cases(5_000))]

    /// Few operations on few records, looked at after each.
    #[test]
    fn short_sequences((kind, ops) in case(1..40)) {
        run(kind.options, &ops)?;
    }
}

proptest! {
    #![proptest_config(cases(250))]

    /// The same for longer.
    #[test]
    fn longer_sequences((kind, ops) in case(1..500)) {
        run(kind.options, &ops)?;
    }
}

fn long_run(profile: long::Profile) {
    for seed in 0..seeds(1) {
        let ops = long::operations(profile, seed, 60_000);
        let pair = shrink::check("{}", ops, 4_000);
        let reclaimed = pair.statistic("segments_reclaimed");
        assert!(reclaimed > 2, "the run reclaimed {reclaimed} segments");
        let (live, held) = (
            pair.statistic("live_bytes"),
            pair.statistic("segment_bytes"),
        );
        assert!(
            held < 2 * live + (3 << 20),
            "{held} bytes are held for {live}"
        );
    }
}

#[test]
fn long_run_on_dense_integer_keys() {
    long_run(long::Profile::Dense);
}

#[test]
fn long_run_on_ascending_keys() {
    for seed in 0..seeds(3) {
        let ops = long::operations(long::Profile::Ascending, seed, 20_000);
        shrink::check("{}", ops, 4_000);
    }
}

#[test]
fn long_run_on_pages_that_thin_out() {
    for seed in 0..seeds(8) {
        shrink::check("{}", long::thinning(seed), 200);
    }
}

#[test]
fn long_run_on_sparse_integer_keys() {
    long_run(long::Profile::Sparse);
}

#[test]
fn long_run_on_string_keys() {
    long_run(long::Profile::Strings);
}

#[test]
fn long_run_on_mixed_keys() {
    long_run(long::Profile::Mixed);
}

#[test]
fn long_run_on_many_shapes() {
    long_run(long::Profile::Shapes);
}

/// So many keys that some have the same hash.
#[test]
fn many_keys_are_told_apart() {
    const COUNT: u64 = 200_000;
    let key = |i: u64| match i % 2 {
        0 => format!("\"key {i}\""),
        _ => (mixed(i) as i64).to_string(),
    };
    let record = |i: u64| format!("{{\"id\":{},\"i\":{i}}}", key(i));
    let pair = Pair::new("{}");
    let records: Vec<String> = (0..COUNT).map(record).collect();
    let records = format!("[{}]", records.join(","));
    assert_eq!(pair.engine.insert_many(&records, None), Ok(COUNT));
    for i in 0..COUNT {
        let found = Op::Get(key(i)).on_engine(&pair.engine);
        assert_eq!(found, Ok(record(i)));
        let missed = Op::Get(key(i + COUNT)).on_engine(&pair.engine);
        assert_eq!(missed, Err(Error::RecordNotFound));
    }
    let again = format!("[{},{}]", record(COUNT), record(COUNT / 2));
    let taken = Error::DuplicateKey {
        key: key(COUNT / 2),
        index: Some(1),
    };
    assert_eq!(pair.engine.insert_many(&again, None), Err(taken));
}
