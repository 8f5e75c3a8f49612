//! The grammar, its limits, and printing.

use super::{parse, print};
use crate::engine::params::Params;
use crate::engine::predicate::{Case, Expression, Predicate, TextMatch};
use crate::engine::Error;
use std::sync::Arc;

/// Texts, and how they are printed; what is printed is printed like that again.
#[test]
fn texts_are_read_as_the_grammar_says() {
    for (text, printed) in [
        // Operators.
        ("a = 1", "a = 1"),
        ("a==1", "a = 1"),
        ("a != 1", "a != 1"),
        ("a<>1", "a != 1"),
        ("a<1", "a < 1"),
        ("a <= -1", "a <= -1"),
        ("a >- 1.50e+2", "a > -1.50e+2"),
        ("a >= 'x'", "a >= \"x\""),
        ("5 < a", "a > 5"),
        ("5 <= a", "a >= 5"),
        ("5 > a", "a < 5"),
        ("5 >= a", "a <= 5"),
        ("5 = a", "a = 5"),
        ("5 <> a", "a != 5"),
        ("?3 < a", "a > ?3"),
        ("TRUE = a", "a = true"),
        ("null != a", "a != null"),
        ("[1, 2] = a", "a = [1,2]"),
        ("a = { \"b\" : [null , true] }", "a = {\"b\":[null,true]}"),
        ("a IN (1, 'x' ,?2)", "a IN (1, \"x\", ?2)"),
        ("a in ()", "a IN ()"),
        ("a IN [1, [2 ]]", "a IN (1, [2])"),
        ("a IN []", "a IN ()"),
        ("a IN ?01", "a IN ?1"),
        ("a IN (?1)", "a IN (?1)"),
        (
            "a BETWEEN 1 AND ?2 AND b = 3",
            "a BETWEEN 1 AND ?2 AND b = 3",
        ),
        ("a LIKE 'x%'", "a LIKE \"x%\""),
        ("a ILIKE 'X!%' ESCAPE '!'", "a ILIKE \"X!%\" ESCAPE \"!\""),
        ("a LIKE ?1 ESCAPE \"\\\\\"", "a LIKE ?1 ESCAPE \"\\\\\""),
        ("a STARTS WITH 'X'", "a STARTS WITH \"X\""),
        ("a istarts\nwith 'X'", "a ISTARTS WITH \"X\""),
        ("a ENDS WITH ?1", "a ENDS WITH ?1"),
        ("a IENDS WITH 'X'", "a IENDS WITH \"X\""),
        ("a CONTAINS 5", "a CONTAINS 5"),
        ("a ICONTAINS 'X'", "a ICONTAINS \"X\""),
        ("a IEQUALS 'X'", "a IEQUALS \"X\""),
        ("a IS NULL", "a IS NULL"),
        // Negation.
        ("a IS NOT NULL", "a IS NOT NULL"),
        ("NOT a IS NULL", "a IS NOT NULL"),
        ("NOT a IS NOT NULL", "NOT a IS NOT NULL"),
        ("a NOT IN (1)", "a NOT IN (1)"),
        ("a NOT BETWEEN 1 AND 2", "a NOT BETWEEN 1 AND 2"),
        ("a NOT LIKE 'x' ESCAPE 'é'", "a NOT LIKE \"x\" ESCAPE \"é\""),
        ("a NOT ILIKE 'x'", "a NOT ILIKE \"x\""),
        ("a NOT STARTS WITH 'x'", "a NOT STARTS WITH \"x\""),
        ("a NOT CONTAINS 'x'", "a NOT CONTAINS \"x\""),
        ("a NOT IEQUALS 'x'", "a NOT IEQUALS \"x\""),
        ("NOT a = 1", "NOT a = 1"),
        ("NOT(NOT a NOT IN ())", "NOT NOT a NOT IN ()"),
        // Connectives.
        ("TRUE", "TRUE"),
        ("false", "FALSE"),
        ("NOT TRUE", "NOT TRUE"),
        ("a=1 AND b=2 and c=3", "a = 1 AND b = 2 AND c = 3"),
        ("a=1 OR b=2 AND c=3", "a = 1 OR b = 2 AND c = 3"),
        ("(a=1 OR b=2) AND c=3", "(a = 1 OR b = 2) AND c = 3"),
        ("a=1 OR (b=2 AND c=3)", "a = 1 OR b = 2 AND c = 3"),
        ("(a=1 AND b=2) AND c=3", "(a = 1 AND b = 2) AND c = 3"),
        ("a=1 OR (b=2 OR c=3)", "a = 1 OR (b = 2 OR c = 3)"),
        ("NOT a=1 AND b=2", "NOT a = 1 AND b = 2"),
        ("NOT (a=1 AND b=2)", "NOT (a = 1 AND b = 2)"),
        ("NOT (a=1 OR b=2) OR c=3", "NOT (a = 1 OR b = 2) OR c = 3"),
        ("((((a=1))))", "a = 1"),
        // Fields.
        ("a.b[10].`c d`[0] = 1", "a.b[10].`c d`[0] = 1"),
        ("`in`.`and` = 1 AND inn = 2", "`in`.`and` = 1 AND inn = 2"),
        ("`a``b` = 1", "`a``b` = 1"),
        ("`a` = 1", "a = 1"),
        ("`` = 1", "`` = 1"),
        ("_é$9 = 1", "_é$9 = 1"),
        ("min = 1", "min = 1"),
        ("a[007] = 1", "a[7] = 1"),
        // Strings.
        ("a = 'it''s'", "a = \"it's\""),
        (r"a = 'it\'s'", "a = \"it's\""),
        (r#"a = 'say "x"'"#, r#"a = "say \"x\"""#),
        (r#"a = 'say \"x\"'"#, r#"a = "say \"x\"""#),
        (r#"a = "it\u0027s""#, "a = \"it's\""),
        (r"a = '\\'", r#"a = "\\""#),
        (r"a = '\u00e9\n'", r#"a = "é\n""#),
        ("a = ''", "a = \"\""),
        ("a = ''''", "a = \"'\""),
        ("a = \"\"", "a = \"\""),
    ] {
        let predicate = parse(text);
        assert_eq!(print(&predicate), printed, "{text}");
        assert_eq!(print(&parse(printed)), printed);
    }
}

/// A chain is one node, a pair of parentheses another.
#[test]
fn chains_are_flat() {
    let operands = |text: &str| match parse(text).program().root() {
        Expression::And(operands) | Expression::Or(operands) => operands.len(),
        _ => 1,
    };
    assert_eq!(operands("a=1 AND b=2 AND c=3"), 3);
    assert_eq!(operands("a=1 OR b=2 OR c=3 AND d=4"), 3);
    assert_eq!(operands("a=1 AND (b=2 AND c=3)"), 2);
}

fn limit(text: &str) -> Option<u64> {
    match Predicate::parse(text) {
        Ok(_) => None,
        Err(Error::Limit { limit, .. }) => Some(limit),
        Err(error) => panic!("{error}"),
    }
}

/// On a small stack.
#[test]
fn texts_nest_128_levels() {
    let check = || {
        let nested = |open: &str, times: usize, close: &str| {
            let (open, close) = (open.repeat(times), close.repeat(times));
            format!("{open}a = 1{close}")
        };
        for (open, close, most) in [
            ("(", ")", 128),
            ("NOT ", "", 127),
            ("NOT (", ")", 64),
            ("(b = 1 OR ", ")", 127),
            ("b = 1 OR c = 1 AND (", ")", 63),
        ] {
            assert_eq!(limit(&nested(open, most, close)), None, "{open}");
            assert_eq!(limit(&nested(open, most + 1, close)), Some(128), "{open}");
            assert_eq!(limit(&nested(open, 100_000, close)), Some(128), "{open}");
            assert_eq!(limit(&open.repeat(100_000)), Some(128), "{open}");
            let text = nested(open, most, close);
            let printed = print(&parse(&text));
            assert_eq!(print(&parse(&printed)), printed);
            parse(&text).with(&Params::none()).unwrap();
        }
        assert_eq!(
            limit(&format!("a = {}{}", "[".repeat(129), "]".repeat(129))),
            Some(128)
        );
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10);
    thread.spawn(check).unwrap().join().unwrap();
}

#[test]
fn sizes_are_limited() {
    let tests = |count: usize| vec!["a IS NULL"; count].join(" OR ");
    assert_eq!(limit(&tests(65_535)), None);
    assert_eq!(limit(&tests(65_536)), Some(65_536));
    assert_eq!(limit(&tests(500_000)), Some(65_536));
    assert_eq!(limit("a = ?65535"), None);
    for number in ["65536", "99999999999999999999999"] {
        assert_eq!(limit(&format!("a = ?{number}")), Some(65_535));
    }
    assert_eq!(limit(&format!("a = 1{}", " ".repeat((16 << 20) - 5))), None);
    assert_eq!(
        limit(&format!("a = 1{}", " ".repeat((16 << 20) - 4))),
        Some(16 << 20)
    );
    let (name, most) = ("n".repeat(1 << 20), Some(1 << 20));
    assert_eq!(limit(&format!("{name} = 1")), None);
    assert_eq!(limit(&format!("`{name}` = 1")), None);
    for text in [
        format!("n{name} = 1"),
        format!("{name}.x = 1"),
        format!("`n{name}` = 1"),
    ] {
        assert_eq!(limit(&text), most);
    }
    let text = "x".repeat(1 << 20);
    for operator in ["STARTS WITH", "IEQUALS", "CONTAINS"] {
        assert_eq!(limit(&format!("a {operator} '{text}'")), None);
        assert_eq!(limit(&format!("a {operator} 'x{text}'")), Some(1 << 20));
    }
    let pattern = "%".repeat(8192);
    assert_eq!(limit(&format!("a LIKE '{pattern}'")), None);
    assert_eq!(limit(&format!("a LIKE '%{pattern}'")), Some(8192));
}

/// Predicates that no text says directly.
#[test]
fn built_predicates_are_printed() {
    let all = Arc::new(Predicate::all());
    let null = Arc::new(Predicate::is_null("a").unwrap());
    let and = |operands: &[&Arc<Predicate>]| {
        let operands = operands.iter().map(|operand| Arc::clone(operand)).collect();
        Arc::new(Predicate::and(operands).unwrap())
    };
    let or = |operands: &[&Arc<Predicate>]| {
        let operands = operands.iter().map(|operand| Arc::clone(operand)).collect();
        Arc::new(Predicate::or(operands).unwrap())
    };
    let not = |operand: &Arc<Predicate>| Arc::new(Predicate::not(operand.clone()).unwrap());
    let text = |part, case| Arc::new(Predicate::text(part, case, "a b", "\"X\"").unwrap());
    let substring = text(TextMatch::Substring, Case::Sensitive);
    let fold = Predicate::like(Case::Insensitive, "a", "\"ÀB!%%\"", Some('!'));
    for (predicate, printed) in [
        (or(&[]), "FALSE"),
        (or(&[&all, &or(&[])]), "TRUE OR FALSE"),
        (and(&[&null]), "a IS NULL"),
        (not(&or(&[&and(&[&null])])), "a IS NOT NULL"),
        (
            and(&[&or(&[&and(&[&null, &all])]), &all]),
            "(a IS NULL AND TRUE) AND TRUE",
        ),
        (
            or(&[&and(&[&or(&[&null, &all])]), &all]),
            "(a IS NULL OR TRUE) OR TRUE",
        ),
        (
            not(&and(&[&or(&[&null, &null])])),
            "NOT (a IS NULL OR a IS NULL)",
        ),
        (text(TextMatch::Whole, Case::Sensitive), "`a b` = \"X\""),
        (
            text(TextMatch::Whole, Case::Insensitive),
            "`a b` IEQUALS \"X\"",
        ),
        (
            text(TextMatch::Suffix, Case::Insensitive),
            "`a b` IENDS WITH \"X\"",
        ),
        (substring.clone(), "`a b` CONTAINS \"X\" AND `a b` >= \"\""),
        (
            not(&substring),
            "NOT (`a b` CONTAINS \"X\" AND `a b` >= \"\")",
        ),
        (
            or(&[&substring, &all]),
            "`a b` CONTAINS \"X\" AND `a b` >= \"\" OR TRUE",
        ),
        (
            and(&[&substring, &all]),
            "(`a b` CONTAINS \"X\" AND `a b` >= \"\") AND TRUE",
        ),
        (Arc::new(fold.unwrap()), "a ILIKE \"ÀB!%%\" ESCAPE \"!\""),
    ] {
        assert_eq!(print(&predicate), printed);
        assert_eq!(print(&parse(printed)), printed);
    }
}
