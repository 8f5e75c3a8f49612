//! Replays all inputs that are kept: those that fuzzing began with and found, and those that once failed. Without instrumentation, so in
//! seconds; `scripts/fuzz` goes on from them.

use dictdb_fuzz::{calls, file, kept, predicate, query, record};
use std::panic::catch_unwind;

fn replay(target: &str, run: fn(&[u8])) {
    let mut failed = Vec::new();
    let mut count = 0;
    for folder in ["corpus", "regressions"] {
        for path in kept::inputs(folder, target) {
            let input = std::fs::read(&path).expect("an input is read");
            count += 1;
            if catch_unwind(|| run(&input)).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(
        failed.is_empty(),
        "of {count} inputs these fail: {failed:#?}"
    );
    assert!(count > 10, "only {count} inputs of {target} are there");
}

#[test]
fn record_replays() {
    replay("record", record::run);
}

#[test]
fn predicate_replays() {
    replay("predicate", predicate::run);
}

#[test]
fn query_replays() {
    replay("query", query::run);
}

#[test]
fn file_replays() {
    replay("file", file::run);
}

#[test]
fn calls_replays() {
    replay("calls", calls::run);
}

#[test]
fn the_sample_is_in_order() {
    file::check_sample();
}
