//! What the errors say.

use super::{parse, print};
use crate::engine::predicate::Predicate;
use crate::engine::Error;

#[test]
fn errors_say_what_would_be_right() {
    const OPERATORS: &str =
        "an operator (=, !=, <, <=, >, >=, IS NULL, IN, BETWEEN, LIKE, CONTAINS, STARTS WITH, \
        ENDS WITH; without regard to case: IEQUALS, ILIKE, ICONTAINS, ISTARTS WITH, IENDS WITH)";
    const TEST: &str = "a test such as age > 5, NOT or '('";
    let value = "a value (a literal, or a parameter such as ?1)";
    let value_no_field =
        "a value (a literal, or a parameter such as ?1; text is in quotes, and a field is not \
        compared with a field)";
    let range = "(comparisons form no chain: a range is age > 1 AND age < 5)";
    let string = "a string in quotes, or a parameter such as ?1";
    let alone = "a field alone is no test, but active = TRUE is";
    let name_in_quotes =
        "a field (one side is a field: its name plain or in backquotes, not in quotes)";
    let end = "the end of the text";
    let owned = |text: &str| text.to_owned();
    for (text, position, expected, found) in [
        // Nothing, or nothing behind a connective.
        ("", 0, owned(TEST), end),
        (" ", 1, owned(TEST), end),
        ("()", 1, owned(TEST), ")"),
        ("a = 1 AND", 9, owned(TEST), end),
        ("a = 1 OR OR b = 2", 9, owned("a test such as age > 5 (a field of this name is written `OR`)"), "OR"),
        ("NOT", 3, owned(TEST), end),
        ("in = 1", 0, owned("a test such as age > 5 (a field of this name is written `in`)"), "in"),
        // Values.
        ("age = dept", 6, owned(value_no_field), "dept"),
        ("name = bob AND", 7, owned(value_no_field), "bob"),
        ("a > `b`", 4, owned(value_no_field), "`b`"),
        ("a =", 3, owned(value), end),
        ("a = = 1", 4, owned(value), "="),
        ("a => 1", 3, owned(value), ">"),
        ("a = AND b = 1", 4, owned(value), "AND"),
        ("a = - b", 6, owned("a number"), "b"),
        ("a = ?", 4, owned("a parameter such as ?1"), "?"),
        ("a = ?0", 4, owned("a parameter such as ?1"), "?0"),
        ("a = 05", 4, owned("a number (a number must not start with 0)"), "05"),
        ("a = 5and b = 1", 4, owned("a number"), "5and"),
        ("a = 1.", 4, owned("a number"), "1."),
        ("a = 1e999", 4, owned("a number (the number is too large for an IEEE double)"), "1e999"),
        ("a = 'x", 6, owned("a closing ' of the string that starts at byte 4"), end),
        ("a = \"x'", 7, owned("a closing \" of the string that starts at byte 4"), end),
        ("a = 'x\\'", 8, owned("a closing ' of the string that starts at byte 4"), end),
        ("a = x'", 4, owned(value_no_field), "x"),
        ("`a = 1", 6, owned("a closing ` of the name that starts at byte 0"), end),
        (r#"a = "é\x""#, 7, owned("valid JSON (no such escape in a string)"), r"\x"),
        (r#"a = 'é''"\x'"#, 10, owned("valid JSON (no such escape in a string)"), r"\x"),
        (r"a = 'é\ud800'", 7, owned("valid JSON (a lone surrogate escape)"), r"\u"),
        ("a = 'x\ny'", 6, owned("valid JSON (a control character must be escaped)"), "\\n"),
        ("a = [1, b]", 8, owned("a JSON value"), "b"),
        ("a = ['b']", 5, owned("a JSON value (in arrays and objects, strings are in double quotes)"), "'b'"),
        ("a IN [?1]", 6, owned("a JSON value (a list with parameters is in parentheses, as in IN (?1, ?2))"), "?1"),
        ("a = [1", 6, owned("',' or ']'"), end),
        ("a = {b: 1}", 5, owned("a field name in quotes"), "b"),
        // Operators.
        ("age 5", 4, owned(OPERATORS), "5"),
        ("age is5", 4, owned(OPERATORS), "is5"),
        ("age", 3, format!("{OPERATORS}; {alone}"), end),
        ("(age) = 5", 4, format!("{OPERATORS}; {alone}"), ")"),
        ("age AND b = 1", 4, format!("{OPERATORS}; {alone}"), "AND"),
        ("name STARTSWITH 'x'", 5, owned("STARTS WITH"), "STARTSWITH"),
        ("name Starts_With 'x'", 5, owned("STARTS WITH"), "Starts_With"),
        ("age gt 5", 4, owned(">"), "gt"),
        ("name STARTS 'x'", 12, owned("WITH"), "'x'"),
        ("a NOT = 5", 6,
            owned("IN, BETWEEN, LIKE or another word after NOT (the opposite of a comparison is NOT a = 5, or a != 5)"), "="),
        ("a NOT NULL", 6, owned(OPERATORS), "NULL"),
        ("a + 1 = 5", 2, owned(OPERATORS), "+"),
        ("a IS 5", 5, owned("NULL or NOT NULL (other values are compared with =)"), "5"),
        ("a IS NOT TRUE", 9, owned("NULL"), "TRUE"),
        ("a && b", 2, owned("a name, a value or an operator (AND, OR and NOT are written as words)"), "&"),
        ("!(a = 1)", 0, owned("a name, a value or an operator (AND, OR and NOT are written as words)"), "!"),
        ("a ~ 'x'", 2, owned("a name, a value or an operator"), "~"),
        ("a = 1 && b = 1", 6, owned("a name, a value or an operator (AND, OR and NOT are written as words)"), "&"),
        ("a = 1 || b = 1", 6, owned("AND, OR or the end of the text (as words)"), "||"),
        // Lists, bounds, strings.
        ("a IN 5", 5, owned("a list such as (1, 2), an array, or a parameter such as ?1"), "5"),
        ("a IN (1 2)", 8, owned("',' or ')' after a value of the list"), "2"),
        ("a IN (1,)", 8, owned(value), ")"),
        ("a IN (x)", 6, owned(value_no_field), "x"),
        ("a IN (1", 7, owned("',' or ')' after a value of the list"), end),
        ("a BETWEEN 1, 2", 11, owned("AND and the upper bound"), ","),
        ("a BETWEEN 1 AND b", 16, owned(value_no_field), "b"),
        ("a LIKE 5", 7, owned(string), "5"),
        ("a LIKE bob", 7, owned(string), "bob"),
        ("a ICONTAINS TRUE", 12, owned(string), "TRUE"),
        ("a STARTS WITH ['x']", 14, owned(string), "["),
        ("a LIKE 'x' ESCAPE 'ab'", 18, owned("a string of one character, such as '!'"), "'ab'"),
        ("a LIKE 'x' ESCAPE ''", 18, owned("a string of one character, such as '!'"), "''"),
        ("a LIKE 'x' ESCAPE ?1", 18, owned("a string of one character, such as '!'"), "?1"),
        ("a LIKE 'é!' ESCAPE '!' OR", 7, owned("a pattern that does not end with its escape character"), "'é!'"),
        // Two values, two tests.
        ("\"name\" = 'bob'", 9, owned(name_in_quotes), "'bob'"),
        ("5 = 5", 4, owned(name_in_quotes), "5"),
        ("5 = in", 4, owned("a field (a keyword that is a name is written `in`)"), "in"),
        ("5 =", 3, owned("a field"), end),
        ("NULL", 4, owned("a comparison (=, !=, <, <=, >, >=) between the value and a field"), end),
        ("'x' IN tags", 4, owned("a comparison (=, !=, <, <=, >, >=) between the value and a field"), "IN"),
        ("1 < a < 5", 6, format!("AND, OR or the end of the text {range}"), "<"),
        ("a = 1 b = 2", 6, owned("AND, OR or the end of the text"), "b"),
        ("a = 1;", 5, owned("a name, a value or an operator"), ";"),
        // Parentheses.
        ("(a = 1", 6, owned("AND, OR or the ')' of the '(' at byte 0"), end),
        ("a = 1 OR ((b = 2) c", 18, owned("AND, OR or the ')' of the '(' at byte 9"), "c"),
        ("a = 1)", 5, owned("AND, OR or the end of the text (no '(' is open)"), ")"),
        // Fields.
        ("a. b = 1", 3, owned("a name right behind the '.' (a field has no space inside)"), "b"),
        ("a .b = 1", 2, format!("{OPERATORS}; a field such as address.city or tags[0] has no space inside"), "."),
        ("a [0] = 1", 2, format!("{OPERATORS}; a field such as address.city or tags[0] has no space inside"), "["),
        ("a[ 0] = 1", 2, owned("an array position such as [0]"), " "),
        ("a[-1] = 1", 2, owned("an array position such as [0]"), "-"),
        ("a[0 = 1", 2, owned("an array position such as [0]"), "0"),
        ("a[99999999999999999999] = 1", 2, owned("an array position such as [0]"), "99999999999999999999"),
        ("a.in = 1", 2, owned("a name after the '.' (a keyword that is a name is written `in`)"), "in"),
        ("a..b = 1", 2, owned("a name after the '.'"), "."),
        ("a.'b' = 1", 2, owned("a name after the '.' (plain or in backquotes; this is a string)"), "'b'"),
        ("a.", 2, owned("a name after the '.'"), end),
    ] {
        let error = Predicate::parse(text).expect_err(text);
        let wanted = Error::Parse {
            reason: format!("expected {expected}, found {found}"),
            position,
            expected: Some(expected),
            found: Some(found.to_owned()),
            member: None,
        };
        assert_eq!(error, wanted, "{text}");
    }
    let error = Predicate::parse("age = dept").unwrap_err();
    assert!(error
        .to_string()
        .starts_with("at byte 6: expected a value (a literal, or"));
}

/// What stands where a string is wrong may be the beginning of another string that is wrong.
#[test]
fn wrong_strings_within_wrong_strings_are_told_once() {
    let text = format!("a = {}", r#""\u'\u"#.repeat(1 << 20));
    match Predicate::parse(&text) {
        Err(Error::Parse {
            position, found, ..
        }) => assert_eq!((position, found.as_deref()), (7, Some(r#"'\u"\u'"#))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn integers_out_of_range_are_told_with_their_position() {
    for (text, position) in [
        ("a = 18446744073709551616", 4),
        ("a = -9223372036854775809", 4),
        ("a IN (1, -9223372036854775809)", 9),
        ("a IN [1, 18446744073709551616]", 9),
    ] {
        match Predicate::parse(text) {
            Err(Error::NumberRange {
                position: found, ..
            }) => assert_eq!(found, Some(position), "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(
        print(&parse("a > -9223372036854775808")),
        "a > -9223372036854775808"
    );
}
