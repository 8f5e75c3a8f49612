//! The engine's JSON scanner, through insert and get, against serde_json and against a list of texts known to be right or wrong.

use crate::support::alphabet::deep;
use crate::support::cases;
use crate::support::json_invalid::{INVALID, OUT_OF_RANGE};
use crate::support::json_valid::VALID;
use crate::support::parse::{parse, Bad};
use crate::support::random::Random;
use crate::support::spell::spell;
use crate::support::value::Value;
use dictdb::engine::{Database, Error, Key, TableOptions};
use proptest::collection::vec;
use proptest::prelude::*;

/// What is stored of a text. The key goes into a field of its own, which is taken off again.
fn stored(text: &str) -> Result<String, Error> {
    let options = TableOptions::from_json(r#"{"primary_key":"the key"}"#)?;
    let table = Database::new().create_table("t", options)?;
    table.insert(text, None)?;
    let mut out = Vec::new();
    table.get(&Key::Int(1), &mut out)?;
    let out = String::from_utf8(out).unwrap();
    let fields = out.strip_suffix(r#""the key":1}"#).unwrap();
    Ok(format!("{}}}", fields.strip_suffix(',').unwrap_or(fields)))
}

fn number() -> BoxedStrategy<Value> {
    let float = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25}([eE][-+]?[0-9]{1,2})?|[eE][-+]?[0-9]{1,2})";
    prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<i8>().prop_map(|n| n.to_string()),
        float,
    ]
    .prop_map(Value::Number)
    .boxed()
}

fn string() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z]{0,6}",
        2 => vec(any::<char>(), 0..6).prop_map(String::from_iter),
        1 => "[\\x00-\\x7f]{0,80}",
        1 => "[\"\\\\/\\x00-\\x1f\\x7fé\u{2028}😀]{0,6}",
    ]
    .boxed()
}

/// Objects whose names may repeat.
fn document() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        4 => number(),
        4 => string().prop_map(Value::Str),
    ];
    let name = || prop_oneof![3 => string(), 2 => "[ab]"];
    let value = leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::List),
            vec((name(), inner), 0..5).prop_map(Value::Dict),
        ]
    });
    vec((name(), value), 0..6).prop_map(Value::Dict).boxed()
}

/// Of a repeated name the last value, in the first one's place.
fn resolved(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(resolved).collect()),
        Value::Dict(given) => {
            let mut fields: Vec<(String, Value)> = Vec::new();
            for (name, value) in given {
                match fields.iter_mut().find(|(n, _)| n == name) {
                    Some(field) => field.1 = resolved(value),
                    None => fields.push((name.clone(), resolved(value))),
                }
            }
            Value::Dict(fields)
        }
        other => other.clone(),
    }
}

/// One small change of a text: a character replaced, left out, put in, or everything from it on cut off or doubled.
fn mutate(text: &str, random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "0",
        "1",
        "-",
        "+",
        ".",
        "e",
        "E",
        "u",
        "n",
        " ",
        "\n",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "é",
        "\u{feff}",
        "\u{a0}",
        "\\ud800",
        "\\udc00",
        "null",
        "true",
        "1e999",
        "99999999999999999999",
        "/",
        "'",
        "x",
        "\\u00",
        "-0",
        "00",
        "1.",
        ".5",
        "\t",
    ];
    let chars: Vec<char> = text.chars().collect();
    let at = random.below(chars.len() as u64 + 1) as usize;
    let piece = PIECES[random.below(PIECES.len() as u64) as usize];
    let (before, after) = chars.split_at(at);
    let (before, after) = (String::from_iter(before), String::from_iter(after));
    let rest: String = after.chars().skip(1).collect();
    match random.below(6) {
        0 => before,
        1 => before + &rest,
        2 => before + piece + &after,
        3 => before + &after + &after,
        4 => {
            let byte = after.chars().next().unwrap_or(' ') as u32;
            let flipped = char::from_u32(byte ^ (1 << random.below(7))).unwrap_or(' ');
            format!("{before}{flipped}{rest}")
        }
        _ => before + piece + &rest,
    }
}

/// Says how the engine and the two readers judge a text; they must agree.
fn judge(text: &str) -> Result<(), TestCaseError> {
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    let mut ours = parse(text);
    match (&ours, &theirs) {
        (Ok(_), Ok(_)) | (Err(Bad::Syntax), Err(_)) | (Err(Bad::Range), _) => {}
        _ => prop_assert!(
            false,
            "the test's reader says {ours:?}, serde_json {theirs:?}"
        ),
    }
    if !text
        .trim_start_matches([' ', '\t', '\r', '\n'])
        .starts_with('{')
    {
        ours = Err(Bad::Syntax); // whatever else it is, it is no record
    }
    match (&ours, stored(text)) {
        (Ok(value @ Value::Dict(_)), Ok(found)) => prop_assert_eq!(value.text(), found),
        (Ok(Value::Dict(_)), Err(error)) => prop_assert!(false, "{text}: refused: {error}"),
        (Ok(_) | Err(Bad::Syntax), Err(Error::InvalidJson { position, .. })) => {
            prop_assert!(position <= text.len())
        }
        (Err(Bad::Range), Err(Error::NumberRange { position, .. })) => {
            prop_assert!(position.is_some_and(|position| position <= text.len()));
        }
        (_, found) => prop_assert!(false, "{text}: wanted {ours:?}, found {found:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn what_comes_back_is_canonical(value in document(), seed in any::<u64>()) {
        let text = spell(&value, &mut Random(seed));
        let found = stored(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(&found, &resolved(&value).text(), "of {}", text);
        let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
        let back: serde_json::Value = serde_json::from_str(&found).unwrap();
        prop_assert_eq!(theirs, back);
        prop_assert_eq!(stored(&found), Ok(found.clone()));
    }

    #[test]
    fn a_spoilt_text_is_judged_as_by_serde_json(value in document(), seed in any::<u64>(), times in 1..4) {
        let mut random = Random(seed);
        let mut text = spell(&value, &mut random);
        for _ in 0..times {
            text = mutate(&text, &mut random);
        }
        judge(&text)?;
    }

    #[test]
    fn records_in_bulk_are_read_as_alone(values in vec(document(), 0..5), seed in any::<u64>()) {
        let text = spell(&Value::List(values.clone()), &mut Random(seed));
        let options = TableOptions::from_json(r#"{"primary_key":"the key"}"#).unwrap();
        let table = Database::new().create_table("t", options).unwrap();
        prop_assert_eq!(table.insert_many(&text, None), Ok(values.len() as u64));
        for (i, value) in values.iter().enumerate() {
            let Value::Dict(mut fields) = resolved(value) else { unreachable!() };
            fields.push(("the key".to_owned(), Value::Number((i + 1).to_string())));
            let mut out = Vec::new();
            table.get(&Key::Int(i as i64 + 1), &mut out).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), Value::Dict(fields).text());
        }
    }
}

#[test]
fn valid_texts_are_taken() {
    for (name, text, canonical) in VALID {
        let wanted = format!("{{\"v\":{canonical}}}");
        assert_eq!(stored(&format!("{{\"v\":{text}}}")), Ok(wanted), "{name}");
        match parse(text) {
            Ok(Value::Dict(_)) => assert_eq!(stored(text).as_deref(), Ok(*canonical), "{name}"),
            Ok(_) => assert!(
                matches!(stored(text), Err(Error::InvalidJson { .. })),
                "{name}: no object"
            ),
            Err(bad) => panic!("{name}: {bad:?}"),
        }
    }
}

#[test]
fn invalid_texts_are_refused() {
    for (name, text) in INVALID {
        for text in [
            (*text).to_owned(),
            format!("{{\"v\":{text}}}"),
            format!("{{\"a\":[0,{text}"),
        ] {
            match stored(&text) {
                Err(Error::InvalidJson { position, .. }) => {
                    assert!(position <= text.len(), "{name}: {text}")
                }
                found => panic!("{name}: {text}: {found:?}"),
            }
        }
    }
}

#[test]
fn integers_out_of_range_are_refused() {
    for text in OUT_OF_RANGE {
        for text in [format!("{{\"v\":{text}}}"), format!("{{\"v\":[{text},1]}}")] {
            let found = stored(&text);
            assert!(
                matches!(
                    found,
                    Err(Error::NumberRange {
                        position: Some(_),
                        ..
                    })
                ),
                "{text}: {found:?}"
            );
        }
    }
}

#[test]
fn values_nest_128_levels_and_no_deeper() {
    let dicts = |levels: usize| "{\"a\":".repeat(levels - 1) + "{}" + &"}".repeat(levels - 1);
    for (fine, too_deep) in [
        (dicts(128), dicts(129)),
        (
            format!("{{\"a\":{}}}", deep(127)),
            format!("{{\"a\":{}}}", deep(128)),
        ),
    ] {
        assert_eq!(stored(&fine), Ok(fine.clone()));
        let refused = stored(&too_deep);
        assert!(
            matches!(refused, Err(Error::Limit { limit: 128, .. })),
            "{refused:?}"
        );
    }
    let unclosed = "[".repeat(1_000_000);
    let refused = stored(&format!("{{\"a\":{unclosed}"));
    assert!(
        matches!(refused, Err(Error::Limit { limit: 128, .. })),
        "{refused:?}"
    );
}

#[test]
fn long_decimals_are_taken_as_far_as_they_are_finite() {
    let zeros = |count: usize| "0".repeat(count);
    for fine in [
        format!("1{}.0", zeros(308)),
        format!("1{}.5e0", zeros(308)),
        format!("1{}.0e-300", zeros(500)),
        format!("0.{}1e300", zeros(700)),
        format!("-1{}e-1", zeros(309)),
    ] {
        let text = format!("{{\"v\":{fine}}}");
        assert_eq!(stored(&text), Ok(text.clone()));
    }
    for infinite in [
        format!("1{}.0", zeros(309)),
        format!("-1{}.5e0", zeros(309)),
        format!("1{}e0", zeros(309)),
        format!("0.{}1e999", zeros(100)),
    ] {
        let refused = stored(&format!("{{\"v\":{infinite}}}"));
        assert!(
            matches!(refused, Err(Error::InvalidJson { .. })),
            "{refused:?}"
        );
    }
}
