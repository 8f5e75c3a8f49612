//! Columns, asked without a table.

use super::encode::{encode, Values};
use super::page::{Encoding, PageColumns, Part, Written};
use super::registry::{Column, Columns, IDLE};
use super::test::ColumnTest;
use crate::engine::paged::{Derived, PAGE};
use crate::engine::predicate::{Bindings, Expression, Path, Predicate, Test};
use proptest::prelude::*;
use std::sync::Arc;

fn column(columns: &Columns, name: &str) -> Arc<Column> {
    columns.of(&Path::parse(name).unwrap()).unwrap()
}

fn encoding(column: &Column, texts: &[Option<String>]) -> Encoding {
    let mut values: Values<'_> = [None; PAGE];
    for (value, text) in values.iter_mut().zip(texts) {
        *value = text.as_ref().map(String::as_bytes);
    }
    encode(column, &values).unwrap()
}

/// A page of texts made from a number each.
fn page(text: impl Fn(usize) -> String) -> Vec<Option<String>> {
    (0..PAGE).map(|n| Some(text(n))).collect()
}

fn with_test<T>(predicate: &str, act: impl FnOnce(&Test) -> T) -> T {
    let predicate = Predicate::parse(predicate).unwrap();
    let Expression::Test { test, .. } = predicate.program().root() else {
        panic!("{predicate:?} is more than a test");
    };
    act(test.test(&Bindings::default()).unwrap())
}

const OPERATORS: [&str; 11] = [
    "= {}",
    "<> {}",
    "< {}",
    "<= {}",
    "> {}",
    ">= {}",
    "BETWEEN {} AND {}",
    "IN ({}, {}, NULL)",
    "IN ({}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, {})",
    "CONTAINS {}",
    "IS NULL",
];

const CONSTANTS: [&str; 12] = [
    "0",
    "-7",
    "2.5",
    "40",
    "9007199254740992",
    "9007199254740993",
    "NULL",
    "TRUE",
    "'name 12'",
    "'a'",
    "''",
    "'b\\n'",
];

const TEXT_TESTS: [&str; 6] = [
    "LIKE '%e 1%'",
    "LIKE 'name _'",
    "ILIKE 'NAME 3%'",
    "STARTS WITH 'name 1'",
    "ENDS WITH '7'",
    "CONTAINS 'me'",
];

/// Pages of each encoding: few values, numbers in each way of writing, texts plain and escaped, and something of all.
fn pages() -> Vec<(&'static str, Vec<Option<String>>)> {
    let name = |n: usize| format!("\"name {n}\"");
    let escaped = |n: usize| format!("\"name\\n{n}\\\\\"");
    let long = "x".repeat(65);
    let is_some = |n: usize| !n.is_multiple_of(7);
    vec![
        ("codes", page(|n| (n % 5).to_string())),
        ("integers", page(|n| format!("{}", n as i64 * 3 - 60))),
        ("floats", page(|n| format!("{n}.5"))),
        (
            "both",
            page(|n| format!("{}{}", n, if n % 3 == 0 { ".5" } else { "" })),
        ),
        ("texts", page(name)),
        ("escaped", page(escaped)),
        (
            "gaps",
            (0..PAGE).map(|n| is_some(n).then(|| name(n))).collect(),
        ),
        (
            "nulls",
            page(|n| {
                if is_some(n) {
                    n.to_string()
                } else {
                    "null".into()
                }
            }),
        ),
        ("inexact", page(|n| format!("{}", (1_u64 << 53) + n as u64))),
        (
            "mixed",
            page(|n| if is_some(n) { name(n) } else { n.to_string() }),
        ),
        (
            "truths",
            page(|n| {
                if n % 2 == 0 {
                    "true".into()
                } else {
                    format!("\"{long}\"")
                }
            }),
        ),
    ]
}

/// Fills a dictionary, so that the pages that come are encoded in other ways.
fn fill_dictionary(column: &Column) {
    for from in [0, PAGE, 2 * PAGE] {
        encoding(column, &page(|n| format!("\"other {}\"", from + n)));
    }
}

/// What a page is asked, it answers as its records do; and it does answer, unless values are mixed, a number is no double, or the list
/// is long.
#[test]
fn pages_answer_as_their_records_do() {
    for (name, texts) in pages() {
        let column = column(&Columns::default(), "f");
        if name != "codes" {
            fill_dictionary(&column);
        }
        let encoding = encoding(&column, &texts);
        let ask = |operator: &str, constant: &str| {
            let predicate = format!("f {}", operator.replace("{}", constant));
            with_test(&predicate, |test| {
                let mut asking = ColumnTest::new(test);
                let Some(mask) = asking.ask(&column, &encoding) else {
                    let is_long = operator.matches(',').count() > 9;
                    let is_inexact = constant == "9007199254740993" && operator.contains("{}");
                    let is_numbers =
                        matches!(encoding, Encoding::Numbers(_)) && (is_long || is_inexact);
                    let may = matches!(encoding, Encoding::Mixed) || is_numbers;
                    assert!(may, "{name} does not answer {predicate}");
                    return;
                };
                assert!(!matches!(encoding, Encoding::Mixed), "{name}");
                let mut rows = [false; PAGE];
                mask.each(|row| {
                    rows[row] = true;
                    true
                });
                for (passes, text) in rows.iter().zip(&texts) {
                    let field = text.as_ref().map(String::as_bytes);
                    assert_eq!(*passes, test.passes(field), "{predicate} of {text:?}");
                }
            });
        };
        for operator in OPERATORS {
            CONSTANTS
                .iter()
                .for_each(|constant| ask(operator, constant));
        }
        TEXT_TESTS.iter().for_each(|test| ask(test, ""));
    }
}

/// Each of the pages above is encoded in the way that it is there for.
#[test]
fn pages_are_encoded_as_suits_their_values() {
    for (name, texts) in pages() {
        let column = column(&Columns::default(), "f");
        fill_dictionary(&column);
        let encoding = encoding(&column, &texts);
        let is_right = match (name, &encoding) {
            ("integers" | "codes" | "nulls", Encoding::Numbers(numbers)) => {
                matches!(numbers.written, Written::Integers)
            }
            ("floats", Encoding::Numbers(numbers)) => matches!(numbers.written, Written::Floats),
            ("both", Encoding::Numbers(numbers)) => match &numbers.written {
                Written::Both(flags) => (0..PAGE).all(|n| (flags.get()[n] == 1) == (n % 3 > 0)),
                _ => false,
            },
            ("texts" | "gaps", Encoding::Texts(texts)) => texts.is_plain,
            ("escaped", Encoding::Texts(texts)) => !texts.is_plain,
            ("inexact" | "mixed" | "truths", Encoding::Mixed) => true,
            _ => false,
        };
        assert!(is_right, "{name}");
    }
    let few = column(&Columns::default(), "f");
    assert!(matches!(encoding(&few, &pages()[0].1), Encoding::Codes(_)));
    // Values that are long are not for a dictionary; nor is any other once one was.
    let long = page(|n| format!("\"{}\"", "y".repeat(n)));
    assert!(matches!(encoding(&few, &long), Encoding::Texts(_)));
    assert!(matches!(
        encoding(&few, &pages()[0].1),
        Encoding::Numbers(_)
    ));
}

/// As many different values as there are codes for, null among them, are known by their codes; with one more no page is.
#[test]
fn a_dictionary_has_255_values() {
    let column = column(&Columns::default(), "f");
    let number = |n: usize| n.to_string();
    let is_codes =
        |texts: &[Option<String>]| matches!(encoding(&column, texts), Encoding::Codes(_));
    assert!(is_codes(&page(number)));
    assert!(is_codes(&page(|n| number(PAGE + n.min(PAGE - 3)))));
    assert!(is_codes(&page(number)));
    assert_eq!(column.dictionary().texts().len(), 255);
    assert!(!is_codes(&page(|n| number(PAGE + n))));
    assert!(!is_codes(&page(number)));
}

proptest! {
    #![proptest_config(crate::testing::cases(64))]
    /// A table's columns take as many bytes as the parts that pages have of them; none when all are gone.
    #[test]
    fn columns_count_the_bytes_of_their_parts(
        steps in prop::collection::vec((0_usize..4, 0_usize..7, 0_usize..11), 1..60),
    ) {
        let columns = Columns::default();
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let mut pages: Vec<PageColumns> = (0..4).map(|_| PageColumns::default()).collect();
        let values = self::pages();
        let bytes_of = |encoding: &Encoding| match encoding {
            Encoding::Codes(_) => PAGE,
            Encoding::Numbers(numbers) => match numbers.written {
                Written::Both(_) => 9 * PAGE,
                _ => 8 * PAGE,
            },
            Encoding::Texts(texts) => texts.bytes.len() + 4 * PAGE,
            Encoding::Mixed => 0,
        };
        for (at, name, kind) in steps {
            let column = column(&columns, names[name]);
            match kind {
                10 => pages[at].forget(),
                9 => pages.iter().for_each(|page| page.drop_column(&column)),
                _ => {
                    let part = Part::new(&column, encoding(&column, &values[kind].1));
                    pages[at].add(vec![part]);
                }
            }
            let mut bytes = 0;
            for page in &pages {
                let parts = page.read();
                let positions = names.iter().filter_map(|name| parts.position(&self::column(&columns, name)));
                bytes += positions
                    .map(|position| size_of::<Part>() + bytes_of(parts.encoding(position).unwrap()))
                    .sum::<usize>();
            }
            prop_assert_eq!(columns.bytes(), bytes);
        }
        drop(pages);
        prop_assert_eq!(columns.bytes(), 0);
    }
}

/// A page whose columns a write took away is left alone until a scan has come by; one that had none is not.
#[test]
fn a_page_is_restless_from_a_write_to_a_scan() {
    let columns = Columns::default();
    let column = column(&columns, "f");
    let mut page = PageColumns::default();
    page.forget();
    assert!(!page.read().is_restless());
    page.add(vec![Part::new(&column, Encoding::Mixed)]);
    assert!(!page.read().is_restless());
    assert!(page.read().position(&column).is_some());
    page.forget();
    assert!(page.read().is_restless());
    assert!(page.read().position(&column).is_none());
    page.note_scan();
    assert!(!page.read().is_restless());
}

/// Columns may take a mebibyte, or half of what the records do.
#[test]
fn columns_grow_to_half_of_the_records() {
    let columns = Columns::default();
    let column = column(&columns, "f");
    column.grow((1 << 20) - 1);
    assert!(columns.may_grow(0));
    column.grow(1);
    assert!(!columns.may_grow(0));
    assert!(!columns.may_grow(2 << 20));
    assert!(columns.may_grow((2 << 20) + 2));
    column.shrink(1 << 20);
    assert_eq!(columns.bytes(), 0);
}

/// The column that was not asked for for the longest time goes first, and none that was asked for of late.
#[test]
fn idle_columns_go_first() {
    let columns = Columns::default();
    let scan = |name: &str| {
        columns.begin_scan();
        column(&columns, name)
    };
    let [first, second] = ["a", "b"].map(scan);
    assert!(columns.take_idle().is_none());
    let mut scans = 0;
    while columns.known(&Path::parse("b").unwrap()).is_some() {
        scan("a");
        scans += 1;
        assert!(scans < 10_000, "no column is ever idle");
        if let Some(idle) = columns.take_idle() {
            assert!(Arc::ptr_eq(&idle, &second));
        }
    }
    assert_eq!(scans, IDLE + 1);
    assert!(Arc::ptr_eq(&column(&columns, "a"), &first));
    assert_eq!(columns.count(), 1);
}
