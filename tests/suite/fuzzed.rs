//! Replays the inputs that fuzzing has kept (`fuzz/`): those that it begins with, those that it found, and those that once failed. Without
//! instrumentation, so in a second; `scripts/fuzz` goes on from them.

// What the targets see.
use crate::support as model;
use crate::support::face as api;

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use targets::{calls, file, predicate, query, record};

/// The kept inputs of a target.
fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let folders = ["corpus", "regressions"].map(|kind| folder.join(kind).join(target));
    let files = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok());
    files.flatten().map(|entry| entry.unwrap().path()).collect()
}

fn replay(target: &str, run: fn(&[u8])) {
    let paths = inputs(target);
    assert!(
        paths.len() > 30,
        "of {target} only {} inputs are kept",
        paths.len()
    );
    let fails = |path: &&PathBuf| {
        let input = std::fs::read(path).unwrap();
        catch_unwind(|| run(&input)).is_err()
    };
    let failed: Vec<&PathBuf> = paths.iter().filter(fails).collect();
    assert!(
        failed.is_empty(),
        "of {} inputs these fail: {failed:#?}",
        paths.len()
    );
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

/// The files that inputs of `file` are edits of.
#[test]
fn the_sample_is_in_order() {
    file::check_sample();
}
