//! The naive model that the engine is held against, and what generates work for both.
//!
//! `value`, `parse`, `path`, `predicate`, `schema`, `select`, `table`, `fault`: the model; it calls nothing of the engine.
//! `ops`: one operation, done to the model and to the engine, and the answers compared.
//! `alphabet`, `generate`, `long`, `random`: random work. `spell`: the many ways to write one value. `shrink`: a failing list of operations made short.

// Each test program uses a part of this.
#![allow(dead_code)]

pub mod alphabet;
pub mod fault;
pub mod generate;
pub mod json_invalid;
pub mod json_valid;
pub mod long;
pub mod ops;
pub mod parse;
pub mod path;
pub mod predicate;
pub mod random;
pub mod schema;
pub mod select;
pub mod shrink;
pub mod spell;
pub mod table;
pub mod value;

/// How many cases a property is tried with: the default given here, or what `PROPTEST_CASES` says.
pub fn cases(default: u32) -> proptest::test_runner::Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    proptest::test_runner::Config {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(default),
        max_shrink_iters: 50_000,
        max_shrink_time: 60_000,
        failure_persistence: None,
        ..Default::default()
    }
}
