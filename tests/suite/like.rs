//! `LIKE` against its definition: short and long patterns, runs, wildcards, escapes, letters that change in lower case.

use crate::support::cases;
use crate::support::ops::{Op, Pair};
use crate::support::predicate::Pred;
use crate::support::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

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
