//! Keys against what serde_json reads.

use super::*;
use proptest::prelude::*;

/// Texts of JSON values that are keys, look like some, or are none.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|key| key.to_string()),
        (-2_i64..100).prop_map(|key| key.to_string()),
        any::<u64>().prop_map(|key| key.to_string()),
        (-5_i32..5).prop_map(|key| format!("{key}.0")),
        any::<f64>()
            .prop_filter("JSON has it", |key| key.is_finite())
            .prop_map(|key| format!("{key:?}")),
        ".{0,12}".prop_map(|key| serde_json::to_string(&key).unwrap()),
        "[a-z]{0,300}".prop_map(|key| format!("\"{key}\"")),
        Just("9223372036854775807".to_owned()),
        Just("9223372036854775808".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("-9223372036854775809".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[1]".to_owned()),
        Just("\"\\u0000\\n\\\"\\\\/\\u00e9\"".to_owned()),
    ]
}

proptest! {
    #![proptest_config(crate::testing::cases(1024))]
    /// Integers of 64 bits and strings that are not empty are keys, and nothing else is; a key is told as it was given.
    #[test]
    fn keys_are_integers_of_64_bits_and_strings(text in texts()) {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = match &value {
            serde_json::Value::Number(number) => number.as_i64().map(Key::Int),
            serde_json::Value::String(text) if !text.is_empty() => Some(Key::Str(text.clone().into())),
            _ => None,
        };
        prop_assert_eq!(Key::from_json(&text).ok(), expected.clone());
        let key = KeyRef::read_json(&text).ok();
        prop_assert_eq!(key.as_ref().map(|key| key.to_key().unwrap()), expected.clone());
        let (Some(key), Some(expected)) = (key, expected) else {
            return Ok(());
        };
        prop_assert_eq!(KeyRef::from_key(&expected).unwrap(), key.clone());
        prop_assert_eq!(key.as_int(), value.as_i64());
        let written = key.to_text();
        prop_assert_eq!(KeyRef::read(&written).unwrap(), key.clone());
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).unwrap(), value);
        match key.as_int() {
            Some(_) => prop_assert!((written.len()..=20).contains(&key.json_len())),
            None => prop_assert_eq!(key.json_len(), written.len()),
        }
        prop_assert_eq!(KeyRef::of(Value::read(&written)), Some(key));
    }
}

/// A field of 7.0 has the key 7, though 7.0 is no key; one of 7.5 has none.
#[test]
fn values_have_the_keys_that_equal_them() {
    let of = |text: &str| KeyRef::of(Value::read(text.as_bytes())).and_then(|key| key.as_int());
    assert_eq!(of("7.0"), Some(7));
    assert_eq!(of("7e2"), Some(700));
    assert_eq!(of("7.5"), None);
    assert_eq!(of("9223372036854775808.0"), None);
    assert_eq!(of("-9223372036854775808.0"), Some(i64::MIN));
    assert!(matches!(
        Key::from_json("7.0"),
        Err(Error::InvalidKey { .. })
    ));
}

/// A message shows of a long key no more than a part.
#[test]
fn a_duplicate_is_told_by_its_beginning() {
    let told = |key: KeyRef<'_>| match key.duplicate() {
        Error::DuplicateKey { key, index: None } => key,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(KeyRef::Int(-5)), "-5");
    assert_eq!(told(KeyRef::Text(b"a\\nb".into())), "\"a\\nb\"");
    let long = told(KeyRef::Text(vec![b'x'; 100_000].into()));
    assert!((200..400).contains(&long.len()), "{}", long.len());
    assert!(long.starts_with("\"xxx"));
}
