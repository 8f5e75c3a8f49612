//! Parameters, and what a program tells of itself.

use super::{params, parse, print};
use crate::engine::params::Params;
use crate::engine::predicate::{Bindings, Bound, Case, Constant, Expression, Predicate, Test};
use crate::engine::record::{self, Record};
use crate::engine::shape::Shapes;

fn stored(shapes: &Shapes, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    record::write(
        &mut bytes,
        shapes.generic().unwrap(),
        &[],
        &[text.as_bytes()],
    );
    bytes
}

fn matches(predicate: &Predicate, params: &Params, text: &str) -> bool {
    let shapes = Shapes::new("id");
    let bytes = stored(&shapes, text);
    let bindings = predicate.program().bind(params).unwrap();
    let mut bound = Bound::new(predicate.program(), &bindings, &shapes);
    bound.matches(&Record::read(&bytes).unwrap())
}

#[test]
fn parameters_get_their_values() {
    let text = "a = ?2 AND (b IN (1, ?1) OR NOT c LIKE ?3 ESCAPE '!' OR d = 1) AND ?1 < e";
    let predicate = parse(text);
    assert_eq!(predicate.parameters(), 3);
    assert_eq!(parse("a = 1").parameters(), 0);
    assert_eq!(parse("a IN (?7, ?2) OR TRUE").parameters(), 7);
    let values = params(r#"[ 5, {"x": [1 ]}, "A%" ]"#);
    let filled = predicate.with(&values).unwrap();
    let printed =
        r#"a = {"x":[1]} AND (b IN (1, 5) OR c NOT LIKE "A%" ESCAPE "!" OR d = 1) AND e > 5"#;
    assert_eq!(print(&filled), printed);
    assert_eq!(filled.parameters(), 0);
    // The handle itself stays as it is.
    let own = "a = ?2 AND (b IN (1, ?1) OR c NOT LIKE ?3 ESCAPE \"!\" OR d = 1) AND e > ?1";
    assert_eq!(print(&predicate), own);

    let program = predicate.program();
    let bindings = program.bind(&values).unwrap();
    let shown = |part: &Expression, bindings: Option<&Bindings>| {
        let mut out = Vec::new();
        program.print(part, bindings, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(shown(program.root(), Some(&bindings)), printed);
    assert_eq!(shown(program.root(), None), own);
    let Expression::And(parts) = program.root() else {
        panic!("{program:?}");
    };
    assert_eq!(shown(&parts[2], Some(&bindings)), "e > 5");
    let mut out = Vec::new();
    program.print_all(&[], None, &mut out).unwrap();
    out.push(b'|');
    program.print_all(&[&parts[1]], None, &mut out).unwrap();
    out.push(b'|');
    program
        .print_all(&[&parts[2], &parts[1]], Some(&bindings), &mut out)
        .unwrap();
    let wanted = "TRUE|b IN (1, ?1) OR c NOT LIKE ?3 ESCAPE \"!\" OR d = 1|\
        e > 5 AND (b IN (1, 5) OR c NOT LIKE \"A%\" ESCAPE \"!\" OR d = 1)";
    assert_eq!(String::from_utf8(out).unwrap(), wanted);
}

#[test]
fn bound_parameters_match_as_values_do() {
    let records = [
        r#"{"id":1,"a":5,"b":"xyz","c":[5,"xyz"]}"#,
        r#"{"id":2,"a":5.0,"b":"XYZ","c":{"xyz":1}}"#,
        r#"{"id":3,"a":-1,"b":null}"#,
        r#"{"id":4,"b":"a%z"}"#,
    ];
    for (text, values) in [
        ("a = ?1", "[5]"),
        ("a != ?1 AND b IS NOT NULL", "[5]"),
        ("?1 > a", "[0]"),
        ("a IN ?1", "[[1,5]]"),
        ("a IN (?2, ?1, 3)", "[null,5]"),
        ("a NOT BETWEEN ?1 AND 10", "[0]"),
        ("b LIKE ?1 ESCAPE '!'", "[\"a!%_\"]"),
        ("b ILIKE ?1", "[\"X%\"]"),
        ("b STARTS WITH ?1", "[\"x\"]"),
        ("b IEQUALS ?1 OR id = ?2", "[\"Xyz\",3]"),
        ("c CONTAINS ?1", "[\"xyz\"]"),
        ("c CONTAINS ?1", "[5]"),
        ("NOT (b ICONTAINS ?1)", "[\"Y\"]"),
    ] {
        let (predicate, values) = (parse(text), params(values));
        let filled = predicate.with(&values).unwrap();
        let run = |predicate: &Predicate, values: &Params| {
            let one = |record: &&str| matches(predicate, values, record);
            records.iter().map(one).collect::<Vec<_>>()
        };
        let found = run(&predicate, &values);
        assert_eq!(found, run(&filled, &Params::none()), "{text}");
        assert!(found.contains(&true) && found.contains(&false), "{text}");
    }
}

/// However an array of values is spelled, each value is known by its canonical text.
#[test]
fn values_are_canonical() {
    let texts = |json: &str| -> Vec<String> {
        let values = Params::from_json(json).unwrap();
        let owned = Params::from_json(json).unwrap().into_owned().unwrap();
        let get = |number| values.get(number).map(String::from_utf8_lossy);
        (1..)
            .map_while(|number| {
                assert_eq!(values.get(number), owned.get(number), "{json}");
                get(number).ok().map(|text| text.into_owned())
            })
            .collect()
    };
    for (json, expected) in [
        ("[]", &[] as &[&str]),
        ("[7]", &["7"]),
        ("[123456789012345678]", &["123456789012345678"]),
        ("[18446744073709551615]", &["18446744073709551615"]),
        ("[\"\"]", &["\"\""]),
        ("[\"é\"]", &["\"é\""]),
        ("[\"a,b\"]", &["\"a,b\""]),
        ("[\"a\",\"b\"]", &["\"a\"", "\"b\""]),
        (" [ \"\\u0061\" ] ", &["\"a\""]),
        (
            "[1, 2,\"3\",[4 ],5,null,7]",
            &["1", "2", "\"3\"", "[4]", "5", "null", "7"],
        ),
    ] {
        assert_eq!(texts(json), expected, "{json}");
    }
    for json in [
        "[01]",
        "[1",
        "1]",
        "[\"]",
        "[\"a\"b\"]",
        "[1 2]",
        "[1]]",
        "[18446744073709551616]",
    ] {
        assert!(Params::from_json(json).is_err(), "{json}");
    }
}

#[test]
fn parts_are_tested_together() {
    let (predicate, values) = (parse("a = ?1 AND b = 2 AND c = ?2"), params("[1,3]"));
    let program = predicate.program();
    let bindings = program.bind(&values).unwrap();
    let shapes = Shapes::new("id");
    let bytes = stored(&shapes, r#"{"a":1,"b":9,"c":3}"#);
    let record = Record::read(&bytes).unwrap();
    let mut bound = Bound::new(program, &bindings, &shapes);
    let Expression::And(parts) = program.root() else {
        panic!("{program:?}");
    };
    assert!(bound.matches_all(&[], &record));
    assert!(bound.matches_all(&[&parts[0], &parts[2]], &record));
    assert!(!bound.matches_all(&[&parts[0], &parts[1]], &record));
    assert!(!bound.matches(&record));
}

#[test]
fn values_must_fit_the_parameters() {
    let fails = |text: &str, values: &str| {
        let predicate = parse(text);
        let bound = predicate.program().bind(&params(values)).map(|_| ());
        let filled = predicate.with(&params(values)).map(|_| ());
        assert_eq!(bound, filled, "{text}");
        filled.unwrap_err().to_string()
    };
    assert_eq!(
        fails("a LIKE ?1", "[5]"),
        "parameter ?1: LIKE wants a string, got 5"
    );
    assert_eq!(
        fails("a NOT IN ?2 OR b = ?1", "[5, \"x\"]"),
        "parameter ?2: IN wants an array, got \"x\""
    );
    assert_eq!(
        fails("a STARTS WITH ?1", "[null]"),
        "parameter ?1: STARTS WITH wants a string, got null"
    );
    assert_eq!(
        fails("a IEQUALS ?1", "[[]]"),
        "parameter ?1: IEQUALS wants a string, got []"
    );
    let error = fails("a LIKE ?1 ESCAPE '!'", "[\"x!\"]");
    assert_eq!(
        error,
        "parameter ?1: the pattern ends with its escape character"
    );
    let long = fails("a LIKE ?1", &format!("[[{}1]]", "1,".repeat(5000)));
    assert!(long.len() < 400, "{long}");

    let with =
        |text: &str, values: &str| parse(text).with(&params(values)).unwrap_err().to_string();
    assert_eq!(
        with("a = ?2", "[1]"),
        "parameters: 1 passed, but ?1 to ?2 are used"
    );
    assert_eq!(
        with("a = ?2", "[1,2,3]"),
        "parameters: 3 passed, but ?1 to ?2 are used"
    );
    assert_eq!(
        with("a = 1", "[1]"),
        "parameters: 1 passed, but none is used"
    );
}

#[test]
fn tests_tell_a_planner_what_they_ask() {
    let predicate = parse("a LIKE 'ab%' AND b ISTARTS WITH 'XY' AND c IN (1, 'x')");
    let bindings = Bindings::default();
    let Expression::And(parts) = predicate.program().root() else {
        panic!("{predicate:?}");
    };
    let test = |part: &Expression| match part {
        Expression::Test { test, .. } => match test.test(&bindings).unwrap() {
            Test::Like(Case::Sensitive, like) => {
                let (prefix, tail) = like.prefix();
                format!("{} {tail:?}", String::from_utf8_lossy(&prefix))
            }
            Test::Text(part, case, needle) => {
                format!(
                    "{part:?} {case:?} {}",
                    String::from_utf8_lossy(needle.text())
                )
            }
            Test::In(set) => {
                let texts = set.values().iter().map(Constant::text);
                texts
                    .map(String::from_utf8_lossy)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let found: Vec<String> = parts.iter().map(test).collect();
    assert_eq!(found, ["ab Anything", "Prefix Insensitive xy", "1 \"x\""]);
}
