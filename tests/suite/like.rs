//! `LIKE` against its definition: short and long patterns, runs, wildcards, escapes, letters that change in lower case.

use crate::support::cases;
use crate::support::ops::{Op, Pair};
use crate::support::predicate::Pred;
use crate::support::value::Value;
use dictdb::engine::{Database, Predicate, Query, TableOptions};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use std::time::Duration;

/// Pieces of strings and of patterns, so that they often fit.
fn text(pieces: &'static [&'static str]) -> BoxedStrategy<String> {
    let piece = prop_oneof![
        8 => select(pieces).prop_map(str::to_owned),
        1 => (select(pieces), 30..90_usize).prop_map(|(piece, times)| piece.repeat(times)),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat()).boxed()
}

fn pattern() -> BoxedStrategy<String> {
    let plain = || {
        text(&[
            "a", "b", "ab", "_", "_", "%", "%", "é", "Σ", "ς", "\\%", "\\_", "!",
        ])
    };
    let wild = (plain(), 1..150_usize).prop_map(|(text, times)| text + &"_".repeat(times));
    prop_oneof![
        3 => plain(),
        1 => wild.prop_map(|wild| format!("%{wild}%")),
        1 => (plain(), plain()).prop_map(|(a, b)| format!("{a}%{b}")),
    ]
    .boxed()
}

fn json(text: &str) -> String {
    Value::Str(text.to_owned()).text()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn like_matches_as_defined(
        strings in vec(text(&["a", "b", "ab", "é", "É", "İ", "Σ", "%", "\\", "\n"]), 1..8),
        patterns in vec(pattern(), 1..8),
        escape in select(&[None, Some('\\'), Some('!'), Some('b')][..]),
    ) {
        let mut pair = Pair::new("{}");
        for string in &strings {
            let insert = Op::Insert(format!("{{\"s\":{}}}", json(string)));
            pair.apply(&insert).map_err(TestCaseError::fail)?;
        }
        for pattern in &patterns {
            for fold in [false, true] {
                let pred = Pred::Like(fold, "s".to_owned(), json(pattern), escape);
                let select = Op::Select(Some(pred), "{}".to_owned());
                pair.apply(&select).map_err(TestCaseError::fail)?;
            }
        }
    }
}

/// Texts that a matcher which goes back takes long for, and patterns that make it.
fn hostile() -> Vec<(&'static str, String)> {
    let run = "a".repeat(4000);
    [
        ("a", "%a%a%a%b".to_owned()),
        ("a", "a%a%a%a%a%a%a%a%b".to_owned()),
        ("a", "%a_%a_%a_%b".to_owned()),
        ("a", "%_a_%b_%".to_owned()),
        ("a", format!("%{run}b%")),
        ("a", format!("%b{run}%")),
        ("a", format!("%{}b%", "a_".repeat(2000))),
        ("a", format!("%{}", "%a".repeat(2000)) + "%b"),
        ("ab", format!("%{}b%", "ab".repeat(2000))),
        ("aab", "%aa%ba%aaa%".to_owned()),
        ("é", "%é%é%_é%ê".to_owned()),
        ("%", "%!%%!%%b".to_owned()),
    ]
    .into()
}

/// The time that this thread has had a processor: what others do on the machine does not count.
fn worked() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock is one that there is, and the time is written to.
    let code = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(code, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The shortest time of a few in which a record is asked whether it matches.
fn time(database: &Database, text: &str, size: usize, query: &Query) -> Duration {
    let name = format!("{text} {size}");
    let table = database.table(&name).unwrap_or_else(|_| {
        let table = database
            .create_table(&name, TableOptions::default())
            .unwrap();
        let record = format!("{{\"s\":{}}}", json(&text.repeat(size / text.len())));
        table.insert(&record, None).unwrap();
        table
    });
    let run = |_| {
        let started = worked();
        assert_eq!(
            table.query_count(query, &dictdb::engine::Params::none()),
            Ok(0)
        );
        worked() - started
    };
    (0..5).map(run).min().unwrap()
}

/// A megabyte takes sixteen times as long as a sixteenth of it, and what the machine does besides; a matcher that goes back for each
/// character would take 256 times as long.
#[test]
fn time_is_linear_in_the_text() {
    const SMALL: usize = 1 << 16;
    const LARGE: usize = 1 << 20;
    let database = Database::new();
    for (text, pattern) in hostile() {
        for operator in ["LIKE", "ILIKE"] {
            let escape = if text == "%" { " ESCAPE '!'" } else { "" };
            let predicate = Predicate::parse(&format!("s {operator} '{pattern}'{escape}")).unwrap();
            let query = Query::from_json(Some(Arc::new(predicate)), "{}").unwrap();
            let (small, large) = (
                time(&database, text, SMALL, &query),
                time(&database, text, LARGE, &query),
            );
            let pattern = pattern.get(..20).unwrap_or(&pattern);
            assert!(
                large < small * 64 + Duration::from_millis(2),
                "{operator} {pattern} of a 16 times longer text: {large:?} in place of {small:?}"
            );
        }
    }
}
