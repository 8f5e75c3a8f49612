//! Predicates as text: printed and read again, said in many ways, with parameters, and mutilated.

use crate::support::alphabet;
use crate::support::cases;
use crate::support::generate::{case, pred};
use crate::support::ops::{build, Op, Pair};
use crate::support::predicate::Pred;
use crate::support::random::Random;
use crate::support::spoken::{printed, say, Said};
use dictdb::engine::{Error, Params, Predicate, SelectOptions, Table};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn print(predicate: &Predicate) -> String {
    let mut out = Vec::new();
    predicate.print(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What the predicate finds, as text.
fn found(table: &Table, predicate: &Predicate) -> String {
    let mut out = Vec::new();
    let options = SelectOptions::default();
    let rows = table.select(Some(predicate), &options, &mut out).unwrap();
    assert_eq!(table.count(Some(predicate)), Ok(rows));
    String::from_utf8(out).unwrap()
}

fn read(text: &str) -> Result<Predicate, TestCaseError> {
    let wrong = |error| TestCaseError::fail(format!("{text}\n  {error}"));
    Predicate::parse(text).map_err(wrong)
}

/// The engine's form of those that are in order.
fn built(preds: &[Pred]) -> impl Iterator<Item = (&Pred, std::sync::Arc<Predicate>)> {
    preds
        .iter()
        .filter_map(|pred| Some((pred, build(pred).ok()?)))
}

fn filled((kind, ops): (alphabet::Kind, Vec<Op>)) -> Result<Pair, TestCaseError> {
    let mut pair = Pair::new(kind.options);
    for op in &ops {
        pair.apply(op).map_err(TestCaseError::fail)?;
    }
    Ok(pair)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn what_is_printed_is_the_same_predicate(table in case(0..2), preds in vec(pred(), 1..12)) {
        let table = filled(table)?.engine;
        for (pred, predicate) in built(&preds) {
            let text = print(&predicate);
            prop_assert_eq!(&text, &printed(pred));
            let again = read(&text)?;
            prop_assert_eq!(&print(&again), &text);
            prop_assert_eq!(found(&table, &again), found(&table, &predicate), "{}", text);
        }
    }

    /// However a predicate is said, with parameters or without, it is the one that builders make.
    #[test]
    fn what_is_said_is_the_same_predicate(
        table in case(0..2),
        preds in vec(pred(), 1..12),
        seed in any::<u64>(),
        parameters in any::<bool>(),
    ) {
        let table = filled(table)?.engine;
        let mut random = Random(seed);
        for (pred, predicate) in built(&preds) {
            let said = say(pred, parameters, &mut random);
            let open = read(&said.text)?;
            prop_assert_eq!(open.parameters(), said.params.len(), "{}", &said.text);
            let params = said.params();
            let params = Params::from_json(&params).unwrap();
            let closed = open.with(&params).unwrap();
            prop_assert_eq!(print(&closed), print(&predicate), "{} {}", &said.text, said.params());
            prop_assert_eq!(closed.parameters(), 0);
            prop_assert_eq!(found(&table, &closed), found(&table, &predicate), "{}", &said.text);
            read(&print(&open))?;
            refuses_without_values(&table, &open, &said)?;
        }
    }
}

/// A predicate with parameters is of no use to a call that passes no values.
fn refuses_without_values(
    table: &Table,
    open: &Predicate,
    said: &Said,
) -> Result<(), TestCaseError> {
    if said.params.is_empty() {
        return Ok(());
    }
    let refused = |outcome: Result<u64, Error>| match outcome {
        Err(Error::Parameter { number: None, .. }) => Ok(()),
        other => Err(TestCaseError::fail(format!("{}\n  {other:?}", said.text))),
    };
    refused(table.select(Some(open), &SelectOptions::default(), &mut Vec::new()))?;
    refused(table.count(Some(open)))?;
    refused(table.update(open, "{}"))?;
    refused(table.delete(open))?;
    let mut longer = said.params.clone();
    longer.push("1".to_owned());
    let shorter = &said.params[1..];
    for params in [shorter, longer.as_slice()] {
        let params = format!("[{}]", params.join(","));
        let params = Params::from_json(&params).unwrap();
        refused(open.with(&params).map(|_| 0))?;
    }
    Ok(())
}

/// Pieces of the language and of what is mistaken for it.
const PIECES: &[&str] = &[
    "a",
    "b",
    "`a b`",
    "`",
    "``",
    "é",
    "$",
    "_",
    ".",
    "[",
    "]",
    "[0]",
    "[1]",
    "(",
    ")",
    "{",
    "}",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "!",
    "&&",
    "||",
    "|",
    "&",
    "+",
    "-",
    "*",
    "/",
    ";",
    "~",
    "#",
    "?",
    "?1",
    "?2",
    "?0",
    "?65535",
    "?65536",
    "1",
    "0",
    "05",
    "1.5",
    "-2",
    "1e5",
    "1e999",
    "18446744073709551616",
    "'",
    "''",
    "\"",
    "'x'",
    "\"x\"",
    "'x%'",
    "'\\''",
    "\\",
    "\\x",
    "\\u00e9",
    "\\ud800",
    "[1,\"x\"]",
    "{\"b\":[]}",
    "[1,",
    " ",
    "\n",
    "\u{0}",
    "\u{a0}",
    "😀",
    "AND",
    "and",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "ESCAPE",
    "STARTS",
    "ISTARTS",
    "ENDS",
    "WITH",
    "CONTAINS",
    "ICONTAINS",
    "IEQUALS",
    "IS",
    "NULL",
    "TRUE",
    "FALSE",
];

/// Reads a text that may be anything. If it is a predicate, its print is the same one; if not, the error says where and
/// what.
fn reads_or_says_where(text: &str) -> Result<(), TestCaseError> {
    let at = |position: usize| {
        let inside = text.is_char_boundary(position);
        prop_assert!(inside, "{text:?}: no position {position}");
        Ok(())
    };
    match Predicate::parse(text) {
        Ok(predicate) => {
            let printed = print(&predicate);
            let again = read(&printed)?;
            prop_assert_eq!(print(&again), printed);
            prop_assert_eq!(again.parameters(), predicate.parameters());
            Ok(())
        }
        Err(Error::Parse {
            position,
            expected: Some(expected),
            found: Some(found),
            reason,
            member: None,
        }) => {
            prop_assert_eq!(reason, format!("expected {expected}, found {found}"));
            // What is shown stands there, unless it had to be made readable.
            let rest = text.get(position..).unwrap_or_default();
            let end = rest.is_empty() && found == "the end of the text";
            let shown = end
                || rest.starts_with(&found)
                || rest.contains(char::is_control)
                || found.ends_with('…');
            prop_assert!(shown, "{text:?}: {found} is not at {position}");
            at(position)
        }
        Err(Error::NumberRange {
            position: Some(position),
            ..
        }) => at(position),
        Err(Error::Limit { .. }) => Ok(()),
        Err(error) => Err(TestCaseError::fail(format!("{text:?}: {error:?}"))),
    }
}

/// A few random edits.
fn mutilate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let start = random.below(chars.len() as u64 + 1) as usize;
        let end = chars.len().min(start + random.below(5) as usize);
        let piece = PIECES[random.below(PIECES.len() as u64) as usize].chars();
        match random.below(5) {
            0 => chars.truncate(start),
            1 => drop(chars.drain(start..end)),
            2 => drop(chars.splice(start..end, piece)),
            3 => drop(chars.splice(start..start, piece)),
            _ => {
                let copied = chars[start..end].to_vec();
                let to = random.below(chars.len() as u64 + 1) as usize;
                drop(chars.splice(to..to, copied));
            }
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn mutilated_texts_are_read_or_refused(preds in vec(pred(), 1..8), seed in any::<u64>()) {
        let mut random = Random(seed);
        for (pred, predicate) in built(&preds) {
            let said = say(pred, true, &mut random).text;
            for text in [said, print(&predicate)] {
                reads_or_says_where(&mutilate(&text, &mut random))?;
            }
        }
    }

    #[test]
    fn soups_of_tokens_are_read_or_refused(
        pieces in vec(select(PIECES), 0..14),
        glue in select(&["", " "][..]),
    ) {
        reads_or_says_where(&pieces.join(glue))?;
    }

    /// A soup that is more often a predicate.
    #[test]
    fn soups_of_tests_are_read_or_refused(
        pieces in vec(select(&["a = 1", "b IN (?1)", "c IS NULL", "AND", "OR", "NOT", "(", ")", "TRUE"][..]), 0..14),
    ) {
        reads_or_says_where(&pieces.join(" "))?;
    }
}
