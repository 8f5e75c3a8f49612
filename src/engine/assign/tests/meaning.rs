use super::super::{Assignments, Evaluator};
use super::{apply, complaint, run, run_with, stored, value};
use crate::engine::shape::Shapes;
use crate::engine::{Error, Params};

const RECORD: &str = r#"{"id":7,"n":1.50,"s":"a\"b","l":[1,2],"o":{"p":1,"q":null},"z":null,"t":true,"big":18446744073709551615}"#;

#[test]
fn expressions_have_these_values() {
    for (expression, expected) in [
        // What is not computed keeps its spelling.
        ("n", "1.50"),
        ("1.50E+3", "1.50E+3"),
        ("-0", "-0"),
        ("- 0.00", "-0.00"),
        ("coalesce(z, missing, n, s + 1)", "1.50"),
        ("min(n, 1.500)", "1.50"),
        ("max(n, 1.500)", "1.50"),
        ("missing", "null"),
        ("o.p", "1"),
        ("o.p.x", "null"),
        ("l[1]", "2"),
        ("l[2]", "null"),
        // Integers are exact.
        ("9007199254740993 + 0", "9007199254740993"),
        ("big - 1 + 1", "18446744073709551615"),
        ("big - big", "0"),
        ("-9223372036854775807 - 1", "-9223372036854775808"),
        ("-9223372036854775808 / -1", "9223372036854775808"),
        ("-(9223372036854775808)", "-9223372036854775808"),
        ("4294967295 * 4294967297", "18446744073709551615"),
        ("-0 + 0", "0"),
        // Division is, if it comes out even.
        ("7 / 2", "3.5"),
        ("6 / 2", "3"),
        ("-6 / 4", "-1.5"),
        ("0 / 5", "0"),
        ("6 / 2.0", "3.0"),
        ("1 / 3", "0.3333333333333333"),
        ("big / 3", "6148914691236517205"),
        ("big / 2", "9.223372036854776e+18"),
        // Doubles stay doubles.
        ("n * 2", "3.0"),
        ("n + 1", "2.5"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e15 * 1", "1000000000000000.0"),
        ("0.0 * -1", "-0.0"),
        ("-(0.0)", "0.0"),
        ("0.0 / -1", "-0.0"),
        ("9007199254740993 + 0.0", "9007199254740992.0"),
        ("1e-200 * 1e-200", "0.0"),
        // Strings and arrays.
        ("s || '\\n\"' || `s`", r#""a\"b\n\"a\"b""#),
        ("'' || ''", r#""""#),
        ("'é' || \"\\u00e9\"", r#""éé""#),
        (
            "append(l, 3, s, l, null, 1 + 1)",
            r#"[1,2,3,"a\"b",[1,2],null,2]"#,
        ),
        ("append(z, 1)", "[1]"),
        ("append(missing, [])", "[[]]"),
        ("append(null)", "[]"),
        ("append(l)", "[1,2]"),
        (
            "append([], append([], s || s), append(append([], 1), 2))",
            r#"[["a\"ba\"b"],[1,2]]"#,
        ),
        // Nulls.
        ("coalesce(z, missing)", "null"),
        ("coalesce(z, 's' || 't', 1)", r#""st""#),
        ("coalesce(1, 1 / 0)", "1"),
        ("min(z, missing)", "null"),
        ("min(z, 2, 1, null, 3)", "1"),
        ("max(z, 2, 3, null, 1)", "3"),
        ("max(t, 5, 'x' || 'y', 'x')", r#""xy""#),
        ("max('x' || 'z', 'x' || 'y')", r#""xz""#),
        ("min('x' || 'z', 'x' || 'y') || 'w'", r#""xyw""#),
        ("min('b' || '', l, 'a')", r#""a""#),
        (
            "min(9007199254740993, 9007199254740992.0)",
            "9007199254740992.0",
        ),
        ("max(1, 1.0)", "1"),
        ("min(1.0, 1)", "1.0"),
    ] {
        assert_eq!(
            value(expression, RECORD).as_deref(),
            Ok(expected),
            "{expression}"
        );
    }
}

#[test]
fn what_has_no_value_is_told_to_people() {
    let long = "x".repeat(3000);
    for (expression, reason) in [
        ("s + 1", r#""+" is not defined for "a\"b" (a string)"#),
        ("1 - t", r#""-" is not defined for true (a boolean)"#),
        ("z * 1", r#""*" is not defined for null"#),
        ("missing / 1", r#""/" is not defined for null"#),
        ("-l", r#""-" is not defined for [1,2] (an array)"#),
        ("1 + ('a' || 'b')", r#""+" is not defined for "ab" (a string)"#),
        ("s || 5", r#""||" is not defined for 5 (a number)"#),
        ("s || 1 + 0.5", r#""||" is not defined for 1.5 (a number)"#),
        ("z || s", r#""||" is not defined for null"#),
        ("s || append(l, 3)", r#""||" is not defined for [1,2,3] (an array)"#),
        ("append(5, 1)", "append wants an array, found 5 (a number)"),
        ("append('a' || s, 1)", r#"append wants an array, found "aa\"b" (a string)"#),
        ("append(o, 1)", r#"append wants an array, found {"p":1,"q":null} (an object)"#),
        ("1 / 0", "division by zero"),
        ("1 / 0.0", "division by zero"),
        ("1.5 / (1 - 1)", "division by zero"),
        (&format!("-'{long}'"), &format!("\"-\" is not defined for \"{}… (a string)", &long[1..256])),
        ("big + 1", "overflow: 18446744073709551615 + 1 is out of the range -2^63 to 2^64-1"),
        ("big * big", "overflow: 18446744073709551615 * 18446744073709551615 is out of the range -2^63 to 2^64-1"),
        ("-9223372036854775808 - 1", "overflow: -9223372036854775808 - 1 is out of the range -2^63 to 2^64-1"),
        ("-big", "overflow: 0 - 18446744073709551615 is out of the range -2^63 to 2^64-1"),
        (
            "-big * 0",
            "overflow: 0 - 18446744073709551615 is out of the range -2^63 to 2^64-1",
        ),
        ("big + 1 - 1", "overflow: 18446744073709551615 + 1 is out of the range -2^63 to 2^64-1"),
        ("1e308 * 10", "overflow: 1e+308 * 10 is too large for an IEEE double"),
    ] {
        let (found, key, field) = complaint(value(expression, RECORD));
        assert_eq!((found.as_str(), key.as_str()), (reason, "7"), "{expression}");
        assert_eq!(field, "`the value`");
    }
}

#[test]
fn expressions_see_the_record_as_it_was() {
    let record = r#"{"id":1,"a":1,"b":2}"#;
    for (update, expected) in [
        ("a = b, b = a", r#"{"id":1,"a":2,"b":1}"#),
        (
            "a = a + 1, c = a, d = c",
            r#"{"id":1,"a":2,"b":2,"c":1,"d":null}"#,
        ),
        ("remove(a), c = a + b", r#"{"id":1,"b":2,"c":3}"#),
        (
            "o.x = a, a = 5, o.y = o.x",
            r#"{"id":1,"a":5,"b":2,"o":{"x":1,"y":null}}"#,
        ),
    ] {
        assert_eq!(run(update, record).as_deref(), Ok(expected), "{update}");
    }
}

#[test]
fn values_go_where_they_belong() {
    for (update, expected) in [
        ("o.p = 2", r#"{"id":"k","o":{"p":2,"q":null},"l":[1,[2]],"z":null}"#),
        ("o.r = 2, o.q.x = 3", r#"{"id":"k","o":{"p":1,"q":{"x":3},"r":2},"l":[1,[2]],"z":null}"#),
        ("remove(o.p)", r#"{"id":"k","o":{"q":null},"l":[1,[2]],"z":null}"#),
        ("remove(o.p), remove(o.q)", r#"{"id":"k","o":{},"l":[1,[2]],"z":null}"#),
        ("remove(o.q), o.s = 1", r#"{"id":"k","o":{"p":1,"s":1},"l":[1,[2]],"z":null}"#),
        ("remove(x.a), y = 1, x.b = 2, remove(x.c)",
         r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":null,"y":1,"x":{"b":2}}"#),
        ("remove(o.x.y), o.y = 1, o.x.z = 2", r#"{"id":"k","o":{"p":1,"q":null,"y":1,"x":{"z":2}},"l":[1,[2]],"z":null}"#),
        ("remove(o)", r#"{"id":"k","l":[1,[2]],"z":null}"#),
        ("remove(z)", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]]}"#),
        ("remove(id)", r#"{"o":{"p":1,"q":null},"l":[1,[2]],"z":null}"#),
        ("remove(id), remove(o), remove(l), remove(z)", "{}"),
        ("l[0] = 9", r#"{"id":"k","o":{"p":1,"q":null},"l":[9,[2]],"z":null}"#),
        ("l[2] = 9", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2],9],"z":null}"#),
        ("l[3] = 9, l[2] = 8", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2],8,9],"z":null}"#),
        ("l[1][0] = 9", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[9]],"z":null}"#),
        ("remove(l[0]), l[2] = 3", r#"{"id":"k","o":{"p":1,"q":null},"l":[[2],3],"z":null}"#),
        ("remove(l[0]), remove(l[1])", r#"{"id":"k","o":{"p":1,"q":null},"l":[],"z":null}"#),
        ("z.a.b[0].c = 1", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":{"a":{"b":[{"c":1}]}}}"#),
        ("n[0] = 1", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":null,"n":[1]}"#),
        ("z[1] = 2, z[0] = 1", r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":[1,2]}"#),
        // Removing what is not there does nothing, whatever is there instead.
        ("remove(x), remove(y.a), remove(z.a), remove(id.a), remove(o[0]), remove(l.a), remove(l[2]), remove(l[7]), remove(l[1][9])",
         r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":null}"#),
        ("o.p = o, l[0] = l", r#"{"id":"k","o":{"p":{"p":1,"q":null},"q":null},"l":[[1,[2]],[2]],"z":null}"#),
    ] {
        let record = r#"{"id":"k","o":{"p":1,"q":null},"l":[1,[2]],"z":null}"#;
        assert_eq!(run(update, record).as_deref(), Ok(expected), "{update}");
    }
}

#[test]
fn steps_into_other_kinds_are_told_with_key_and_field() {
    for (update, reason, field) in [
        ("n.a = 1", "a step leads into 1.50 (a number)", "n.a"),
        (
            "z = 1, s[0] = 1",
            r#"a step leads into "a\"b" (a string)"#,
            "s[0]",
        ),
        (
            "o.p.`x y` = 1",
            "a step leads into 1 (a number)",
            "o.p.`x y`",
        ),
        ("l.a = 1", "a step leads into [1,2] (an array)", "l.a"),
        (
            "o[0] = 1",
            r#"a step leads into {"p":1,"q":null} (an object)"#,
            "o[0]",
        ),
        (
            "x.a = 1, x[0] = 1",
            "a step leads into {} (an object)",
            "x[0]",
        ),
        (
            "x[0] = 1, x.a = 1",
            "a step leads into [] (an array)",
            "x.a",
        ),
        (
            "remove(l.a), l.b.c = 1",
            "a step leads into [1,2] (an array)",
            "l.b.c",
        ),
        ("l[3] = 1", "there is no element 3: the array has 2", "l[3]"),
        ("x[1] = 1", "there is no element 1: the array has 0", "x[1]"),
        (
            "l[4] = 1, l[2] = 1",
            "there is no element 4: the array has 3",
            "l[4]",
        ),
    ] {
        let found = complaint(run(update, RECORD));
        assert_eq!(
            found,
            (reason.to_owned(), "7".to_owned(), field.to_owned()),
            "{update}"
        );
    }
    let key = complaint(run("a = -s", r#"{"s":"","id":"a\nb"}"#)).1;
    assert_eq!(key, r#""a\nb""#);
}

#[test]
fn parameters_are_values_as_literals_are() {
    let run = |update, params| run_with(update, params, r#"{"id":1,"n":5}"#);
    assert_eq!(
        run("n = n + ?1", "[ 2 ]").as_deref(),
        Ok(r#"{"id":1,"n":7}"#)
    );
    assert_eq!(
        run("n = ?1", r#"[{"a": [1.0]}]"#).as_deref(),
        Ok(r#"{"id":1,"n":{"a":[1.0]}}"#)
    );
    assert_eq!(
        run("n = ?2 || ?1 || ?2", r#"["x","y"]"#).as_deref(),
        Ok(r#"{"id":1,"n":"yxy"}"#)
    );
    assert_eq!(
        complaint(run("n = n * ?1", r#"["x"]"#)).0,
        r#""*" is not defined for "x" (a string)"#
    );
}

#[test]
fn results_have_at_most_128_levels() {
    let array = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for (update, levels, fits) in [
        ("a = ?1", 127, true),
        ("a = ?1", 128, false),
        ("a.b = ?1", 126, true),
        ("a.b = ?1", 127, false),
        ("a[0].b = ?1", 125, true),
        ("a[0].b = ?1", 126, false),
        ("a = append([], ?1)", 126, true),
        ("a = append([], ?1)", 127, false),
    ] {
        let outcome = run_with(update, &format!("[{}]", array(levels)), r#"{"id":1}"#);
        match outcome {
            Ok(_) => assert!(fits, "{update} {levels}"),
            Err(Error::Limit { limit: 128, .. }) => assert!(!fits, "{update} {levels}"),
            Err(other) => panic!("{other:?}"),
        }
    }
    // Many brackets are no levels.
    run_with(
        "a = ?1",
        &format!("[[{}]]", vec!["[]"; 1000].join(",")),
        r#"{"id":1}"#,
    )
    .unwrap();
}

#[test]
fn results_have_at_most_256_mib() {
    let large = format!("\"{}\"", "x".repeat((4 << 20) - 2));
    let record = format!("{{\"id\":1,\"s\":{large}}}");
    let fields = |value: &str| {
        let one = |at| format!("f{at} = {value}");
        (0..63).map(one).collect::<Vec<_>>().join(",")
    };
    for update in [
        format!("s = append([]{})", ", s".repeat(64)),
        format!("s = s{}", " || s".repeat(64)),
        fields("s"),
        fields("?1"),
    ] {
        let params = if update.contains('?') {
            &*format!("[{large}]")
        } else {
            "[]"
        };
        match run_with(&update, params, &record) {
            Err(Error::Limit { what, .. }) => assert_eq!(what, "bytes of a record"),
            other => panic!("{:?}", other.map(|text| text.len())),
        }
    }
}

#[test]
fn one_evaluator_goes_over_records_of_many_shapes() {
    let assignments = Assignments::parse("n = coalesce(n, 0) + 1, remove(x), o.a = n").unwrap();
    let params = Params::none();
    let mut evaluator = Evaluator::new(&assignments, &params);
    let mut shapes = Shapes::new("id");
    for (record, expected) in [
        (r#"{"id":1}"#, r#"{"id":1,"n":1,"o":{"a":null}}"#),
        (r#"{"n":4,"id":2,"x":[]}"#, r#"{"n":5,"id":2,"o":{"a":4}}"#),
        (
            r#"{"x":0,"o":{"a":0,"b":0},"id":3,"n":-1}"#,
            r#"{"o":{"a":-1,"b":0},"id":3,"n":0}"#,
        ),
        (r#"{"id":5}"#, r#"{"id":5,"n":1,"o":{"a":null}}"#),
    ] {
        let stored = stored(&mut shapes, record);
        assert_eq!(
            apply(&mut evaluator, &shapes, &stored).as_deref(),
            Ok(expected)
        );
        // An error leaves nothing behind.
        let wrong = super::stored(&mut shapes, r#"{"id":0,"o":5,"n":1}"#);
        assert!(apply(&mut evaluator, &shapes, &wrong).is_err());
    }
}
