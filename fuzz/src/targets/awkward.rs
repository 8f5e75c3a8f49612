//! Records with values of all kinds, many of which are nearly equal: what predicates and queries are asked of.

use super::choices::{Choices, LONG, OTHERS, SMALL};
use super::model::alphabet::{NUMBERS, STRINGS};
use super::model::random::Random;

/// More than a page of the row directory, so that there are columns; the last page is not full.
const COUNT: usize = 150;

/// Names, and what stands under them most often.
const FIELDS: &[(&str, &[&str])] = &[
    ("a", SMALL),
    ("b", NUMBERS),
    ("s", STRINGS),
    ("c", LONG),
    ("u", &["0", "1", "2", "3", "4", "5", "6", "7"]),
    ("x y", OTHERS),
    ("a.b", SMALL),
    ("é", STRINGS),
    ("", SMALL),
    ("in", OTHERS),
    ("we`ird[0]", SMALL),
    ("-x", LONG),
];

/// A record without a key: decisions say which fields it has, and what they are.
pub fn record(choices: &mut Choices) -> String {
    let mut fields = Vec::new();
    for (place, (name, pool)) in FIELDS.iter().enumerate() {
        // The first fields are there most often.
        let is_there = if place < 5 {
            !choices.chance(6)
        } else {
            choices.chance(6)
        };
        if is_there {
            let value = match choices.chance(6) {
                true => choices.value(),
                false => choices.pick(pool).to_owned(),
            };
            fields.push(format!("\"{name}\":{value}"));
        }
    }
    if choices.chance(2) {
        let (b, c) = (choices.value(), choices.list(3, Choices::value));
        fields.push(format!("\"n\":{{\"b\":{b},\"c\":{c}}}"));
    }
    if choices.chance(2) {
        fields.push(format!("\"tags\":{}", choices.list(3, Choices::value)));
    }
    if choices.chance(4) {
        fields.reverse();
    }
    format!("{{{}}}", fields.join(","))
}

/// As `record`, with a key or without.
pub fn keyed(choices: &mut Choices) -> String {
    let record = record(choices);
    match choices.chance(2) {
        true => record,
        false => {
            let comma = if record.len() > 2 { "," } else { "" };
            format!("{{\"id\":{}{comma}{}", choices.key(), &record[1..])
        }
    }
}

/// Always the same ones.
pub fn records() -> Vec<String> {
    let mut random = Random(11);
    let bytes: Vec<u8> = (0..COUNT * 64).map(|_| random.next() as u8).collect();
    let mut records: Vec<String> = bytes
        .chunks(64)
        .map(|bytes| record(&mut Choices::new(bytes)))
        .collect();
    // Keys of other kinds, and what no other record has.
    records[3] = r#"{"id":"a","a":1}"#.to_owned();
    records[9] = r#"{"id":-1,"s":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}"#.to_owned();
    records[40] = r#"{"id":"é\n\"\u0000","n":{"b":{"b":[[],{}]},"c":[1,"a",null]},"tags":[{"b":1},{"b":"x"}]}"#.to_owned();
    records[41] = "{}".to_owned();
    records
}
