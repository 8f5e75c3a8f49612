//! The naive model that the engine is held against, and what generates work for both.
//!
//! `value`, `parse`, `path`, `predicate`, `schema`, `select`, `aggregate`, `query`, `assign`, `index`, `table`, `fault`: the model; it calls nothing of
//! the engine.
//! `ops`: one operation, done to the model and to the engine, and the answers compared. `fleet`: the same with the query language, on
//! several tables of the engine that differ in their indexes only.
//! `alphabet`, `generate`, `long`, `world`, `random`: random work. `spell`, `say`: the many ways to write one value, one predicate.
//! `shrink`: a failing list of operations made short.

pub mod aggregate;
pub mod alphabet;
pub mod assign;
pub mod fault;
pub mod fleet;
pub mod generate;
pub mod index;
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

/// Keeps how much a test has done for docs/testing.md, as scripts/lib/figures.sh does for scripts. Only of a run as scripts/test makes it:
/// optimised, with no other number of cases.
pub fn figures(check: &str, figures: &[(&str, u64)]) {
    if cfg!(debug_assertions) || std::env::var_os("PROPTEST_CASES").is_some() {
        return;
    }
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    // Cargo runs tests in the folder of the manifest.
    let folder = std::path::Path::new(&target).join("figures");
    let lines: String = figures
        .iter()
        .map(|(key, value)| format!("{key}={value}\n"))
        .collect();
    std::fs::create_dir_all(&folder).expect("a folder for figures");
    std::fs::write(folder.join(format!("{check}.txt")), lines).expect("figures are written");
}

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
