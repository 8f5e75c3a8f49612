use super::super::Assignments;
use super::{run, run_with, value};
use crate::engine::Error;

fn parse_error(text: &str) -> (usize, String, String) {
    match Assignments::parse(text) {
        Err(Error::Parse {
            position,
            expected,
            found,
            ..
        }) => (position, expected.unwrap(), found.unwrap()),
        other => panic!("{text}: {other:?}"),
    }
}

fn limit(text: &str) -> &'static str {
    match Assignments::parse(text) {
        Err(Error::Limit { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_the_grammar_says() {
    for (expression, expected) in [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("10 - (4 - 3)", "9"),
        ("16 / 4 / 2", "2"),
        ("16 / (4 / 2)", "8"),
        ("2 * 3 - 4 * 5", "-14"),
        ("12 / 2 * 3", "18"),
        ("-2 * 3", "-6"),
        ("2 - -3", "5"),
        ("2--3", "5"),
        ("- - -3", "-3"),
        ("-(2 + 3)", "-5"),
        ("-n", "-7"),
        ("-n*2", "-14"),
        ("2-n", "-5"),
        ("n -1", "6"),
        ("'a' || 'b' || 'c'", r#""abc""#),
        ("'a' || ('b' || 'c')", r#""abc""#),
        ("coalesce(null, 'x') || min('b', 'a')", r#""xa""#),
        ("MAX(1, 2) + Min(3, 4)", "5"),
        ("max (1, 2)", "2"),
        ("min + max", "3"),
        ("`min` * 5", "5"),
        ("((((n))))", "7"),
    ] {
        let found = value(expression, r#"{"id":1,"n":7,"min":1,"max":2}"#);
        assert_eq!(found.as_deref(), Ok(expected), "{expression}");
    }
}

#[test]
fn assignments_are_of_fields_of_any_name() {
    for (update, expected) in [
        ("remove = 5", r#"{"id":1,"remove":5}"#),
        ("REMOVE(remove)", r#"{"id":1}"#),
        ("remove = null, remove (id)", r#"{"remove":null}"#),
        ("remove.a = 5", ""),
        ("`remove` = 5", r#"{"id":1,"remove":5}"#),
        (
            "`or` = 1, `a.b` = 2",
            r#"{"id":1,"remove":0,"or":1,"a.b":2}"#,
        ),
        ("`a``b` = 1,`` = 2", r#"{"id":1,"remove":0,"a`b":1,"":2}"#),
        ("`\"\n\u{1}` = 1", r#"{"id":1,"remove":0,"\"\n\u0001":1}"#),
        ("é=[1, {\"a\": 'b'}]", ""),
        (
            "é=[1, {\"a\": null}]\n",
            r#"{"id":1,"remove":0,"é":[1,{"a":null}]}"#,
        ),
    ] {
        match run(update, r#"{"id":1,"remove":0}"#) {
            Ok(found) => assert_eq!(found, expected, "{update}"),
            Err(error) => assert!(expected.is_empty(), "{update}: {error}"),
        }
    }
}

#[test]
fn errors_tell_position_found_and_expected() {
    const VALUE: &str = "a value, a parameter, a field, a function or '('";
    const OTHER: &str = "a field that no other assignment changes, in whole or in part";
    for (text, position, expected, found) in [
        ("", 0, "a field", "the end of the text"),
        ("  ", 2, "a field", "the end of the text"),
        ("5 = 1", 0, "a field", "5"),
        (
            "or = 1",
            0,
            "a field (a keyword that is a name is written `or`)",
            "or",
        ),
        ("a", 1, "'='", "the end of the text"),
        ("a == 1", 2, "'='", "=="),
        ("a + 1", 2, "'='", "+"),
        ("a = ", 4, VALUE, "the end of the text"),
        ("a = and", 4, VALUE, "and"),
        ("a = 1,", 6, "a field", "the end of the text"),
        ("a = 1 2", 6, "an operator, ',' or the end of the text", "2"),
        ("a = 1)", 5, "an operator, ',' or the end of the text", ")"),
        ("a = (1", 6, "an operator or ')'", "the end of the text"),
        ("a = (1, 2)", 6, "an operator or ')'", ","),
        ("a = min()", 8, VALUE, ")"),
        (
            "a = min(1",
            9,
            "an operator, ',' or ')'",
            "the end of the text",
        ),
        (
            "a = sum(1)",
            4,
            "a function (append, coalesce, max or min) or a field",
            "sum",
        ),
        (
            "a = `min`(1)",
            9,
            "an operator, ',' or the end of the text",
            "(",
        ),
        ("a = 1 +", 7, VALUE, "the end of the text"),
        ("a = +1", 4, VALUE, "+"),
        (
            "a = b < 1",
            6,
            "an operator, ',' or the end of the text",
            "<",
        ),
        ("remove(a", 8, "')'", "the end of the text"),
        ("remove(5)", 7, "a field", "5"),
        ("a = 1, a = 2", 7, OTHER, "a"),
        ("a = 1, b = 2, a.b = 2", 14, OTHER, "a.b"),
        ("a.b = 2, a = 1", 9, OTHER, "a"),
        ("a = 1, remove(a.b)", 14, OTHER, "a.b"),
        ("remove(a.b), remove( a.b )", 21, OTHER, "a.b"),
        ("a.b[1].c = 2, a.b[1] = 1", 14, OTHER, "a.b[1]"),
        ("a.b = 2, c.`b` [0] = 1", 15, "'='", "["),
        ("a.b = 2, a.`b`[0] = 1", 9, OTHER, "a.`b`[0]"),
    ] {
        let expected = (position, expected.to_owned(), found.to_owned());
        assert_eq!(parse_error(text), expected, "{text}");
    }
}

#[test]
fn siblings_do_not_conflict() {
    let update = "a.b = 1, a.c = 2, a.bb[0] = 3, ab = 4, a.d[1] = 5, a.d[0] = 6, remove(a.e)";
    let expected = r#"{"id":1,"a":{"b":1,"c":2,"bb":[3],"d":[6,5]},"ab":4}"#;
    assert_eq!(run(update, r#"{"id":1}"#).as_deref(), Ok(expected));
}

#[test]
fn numbers_out_of_range_are_told_where_they_stand() {
    for (text, at) in [
        ("a = 18446744073709551616", 4),
        ("a = 1 - -9223372036854775809", 8),
    ] {
        match Assignments::parse(text) {
            Err(Error::NumberRange { position, .. }) => assert_eq!(position, Some(at)),
            other => panic!("{other:?}"),
        }
    }
    let least = value("-9223372036854775808", r#"{"id":1}"#);
    assert_eq!(least.as_deref(), Ok("-9223372036854775808"));
}

#[test]
fn depth_is_limited_in_every_way_to_nest() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!("a = {}1{}", open.repeat(levels), close.repeat(levels))
    };
    for (open, close, kept) in [
        ("(", ")", 127),
        ("- ", "", 128),
        ("min(", ")", 127),
        ("(1+2*", ")", 63),
        ("('a'||", ")", 127),
    ] {
        Assignments::parse(&nested(open, close, kept)).unwrap();
        assert_eq!(
            limit(&nested(open, close, kept + 1)),
            "levels of an expression"
        );
        assert_eq!(
            limit(&nested(open, close, 100_000)),
            "levels of an expression"
        );
    }
    let deep = run(&nested("(1+1*coalesce(-", "))", 31), r#"{"id":1}"#);
    assert_eq!(deep.as_deref(), Ok(r#"{"id":1,"a":0}"#));
    let path = |steps: usize| format!("a{} = 1", ".b".repeat(steps));
    run(&path(127), r#"{"id":1}"#).unwrap();
    assert_eq!(limit(&path(128)), "levels of nesting");
}

#[test]
fn long_chains_are_no_depth() {
    let sum = vec!["n"; 32_000].join(" + ");
    assert_eq!(value(&sum, r#"{"id":1,"n":2}"#).as_deref(), Ok("64000"));
    let join = vec!["('x' || '')"; 10_000].join(" || ");
    assert_eq!(value(&join, r#"{"id":1}"#).unwrap().len(), 10_002);
    let too_many = vec!["n"; 32_769].join(" - ");
    assert_eq!(
        limit(&format!("a = {too_many}")),
        "values and operators of an update"
    );
}

#[test]
fn so_many_assignments_and_no_more() {
    let list = |count: usize| {
        let one = |at: usize| format!("a.f{at} = {at}");
        (0..count).map(one).collect::<Vec<_>>().join(",")
    };
    assert_eq!(limit(&list(4097)), "assignments of an update");
    assert!(run(&list(4096), r#"{"id":1}"#)
        .unwrap()
        .ends_with(r#""f4095":4095}}"#));
}

#[test]
fn a_list_tells_its_parameters_and_targets() {
    let list = Assignments::parse("a.b = ?3, c = ?1 + ?3, remove(`a b`), a.c = d").unwrap();
    assert_eq!(list.parameters(), 3);
    for (field, is_target) in [
        ("a", true),
        ("c", true),
        ("a b", true),
        ("b", false),
        ("d", false),
    ] {
        assert_eq!(list.touches(format!("\"{field}\"").as_bytes()), is_target);
    }
    assert_eq!(Assignments::parse("a = 1").unwrap().parameters(), 0);
    assert!(matches!(
        run_with("a = ?2", "[1]", r#"{"id":1}"#),
        Err(Error::Parameter { .. })
    ));
}
