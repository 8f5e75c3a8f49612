//! The naive model that the engine is held against, and what generates work for both.
//!
//! `value`, `parse`, `path`, `predicate`, `schema`, `select`, `aggregate`, `query`, `assign`, `index`, `table`, `fault`: the model; it calls nothing of
//! the engine.
//! `ops`: one operation, done to the model and to the engine, and the answers compared. `fleet`: the same with the query language, on
//! several tables of the engine that differ in their indexes only.
//! `face`: the C face as its callers see it. `json_valid`, `json_invalid`, `json_bytes`: texts and what they are.
//! `alphabet`, `generate`, `long`, `world`, `random`: random work. `spell`, `say`: the many ways to write one value, one predicate.
//! `shrink`: a failing list of operations made short. `figures`: how much was done, for docs/testing.md.

pub mod aggregate;
pub mod alphabet;
pub mod assign;
// What fuzzing needs of it, too.
#[allow(
    dead_code,
    unused_imports,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block
)]
pub mod face;
pub mod fault;
pub mod figures;
pub mod fleet;
pub mod generate;
pub mod index;
pub mod json_bytes;
pub mod json_invalid;
pub mod json_valid;
pub mod long;
pub mod ops;
pub mod parse;
pub mod path;
pub mod predicate;
pub mod query;
pub mod random;
pub mod say;
pub mod schema;
pub mod select;
pub mod shrink;
pub mod spell;
pub mod spoken;
pub mod table;
pub mod value;
pub mod world;

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
