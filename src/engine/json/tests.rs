//! The scanner's guess saves work and changes nothing else.

#![allow(clippy::indexing_slicing)]

use super::scan::{canonical, Scanner, Span};
use super::{has_fields, members};
use crate::engine::shape::{Field, Shapes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, Index};

fn value() -> impl Strategy<Value = String> {
    let number = "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?";
    let scalar = prop_oneof![
        3 => number,
        1 => select(vec!["true", "false", "null"]).prop_map(str::to_owned),
        3 => "\"[a-zé]{0,30}\"",
        1 => "\"([a-z]|\\\\[nt/\"\\\\]|\\\\u00[0-7][0-9a-fA-F]){0,12}\"",
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(("[ab]", inner), 0..3).prop_map(|fields| object(&fields)),
        ]
    })
}

fn object(fields: &[(String, String)]) -> String {
    let fields = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// A text with one character, most often of those that JSON is made of, put in, taken out, or in another's place.
fn edited(text: &str, at: Index, edit: usize, character: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = at.index(characters.len());
    match edit {
        0 => return text.to_owned(),
        1 => characters.insert(at, character),
        2 => drop(characters.remove(at)),
        _ => characters[at] = character,
    }
    String::from_iter(characters)
}

fn names<'t>(text: &'t [u8], spans: &[Span]) -> Vec<&'t [u8]> {
    let name = |span: &Span| &text[span.name.0 as usize..span.name.1 as usize];
    spans.iter().map(name).collect()
}

proptest! {
    #![proptest_config(crate::testing::cases(4096))]

    #[test]
    fn a_record_is_the_same_whatever_was_guessed(
        fields in vec(("[a-z]{0,3}|[a-zé]{4,20}", value()), 0..6),
        (at, edit, character) in (any::<Index>(), 0_usize..4, select("{}[]\":,\\ \n0129-.eEtfnaé\x01".chars().collect::<Vec<_>>())),
        guessed in 0_usize..8,
        other in "[a-z]{1,3}",
    ) {
        let text = edited(&object(&fields), at, edit, character);
        let mut shapes = Shapes::new("id");
        let quoted = fields.iter().map(|(name, _)| format!("\"{name}\"")).chain([format!("\"{other}\"")]);
        let mut list: Vec<String> = Vec::new();
        quoted.take(guessed).for_each(|name| if !list.contains(&name) { list.push(name) });
        let list: Vec<&[u8]> = list.iter().map(String::as_bytes).collect();
        let shape = shapes.add(&list);

        let (mut plain, mut out) = (Scanner::new(&text), b"before".to_vec());
        let expected = plain.record(&mut out, None);
        let (mut guessing, mut again) = (Scanner::new(&text), b"before".to_vec());
        let found = guessing.record(&mut again, Some(&shape));
        match (expected, found) {
            (Ok(_), Ok(missing)) => {
                prop_assert_eq!(&out, &again);
                prop_assert_eq!(plain.spans(), guessing.spans());
                prop_assert_eq!(plain.position(), guessing.position());
                let guessed: Vec<&[u8]> = shape.fields().iter().map(Field::quoted).collect();
                let names = names(&out[6..], plain.spans());
                let expected = guessed.starts_with(&names).then(|| guessed.len() - names.len());
                // A repeated name is not looked for among guessed ones.
                if missing.is_some() || names.len() == fields.len() {
                    prop_assert_eq!(missing, expected);
                }
            }
            (expected, found) => {
                prop_assert_eq!(format!("{:?}", expected.err()), format!("{:?}", found.err()));
            }
        }
    }
}

/// What is a number, or almost one; and arrays of few values that are right or almost so.
fn nearly_a_value() -> impl Strategy<Value = String> {
    let number = "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][-+]?[0-9]?)?";
    let item = prop_oneof![4 => "[0-9]", 2 => number, 1 => select(vec!["true", "nul", "\"a\"", "\"", ""]).prop_map(str::to_owned)];
    let items = vec(
        (item, select(vec![",", ",", ",", ";", ":", " ", "", "]"])),
        0..4,
    );
    let array = (items, select(vec!["]", "]", "]", "", "}"])).prop_map(|(items, end)| {
        let items: String = items
            .into_iter()
            .map(|(item, separator)| item + separator)
            .collect();
        format!("[{}{end}", items.strip_suffix(',').unwrap_or(&items))
    });
    prop_oneof![number, array]
}

proptest! {
    #![proptest_config(crate::testing::cases(4096))]

    #[test]
    fn a_value_is_as_right_or_wrong_whatever_was_guessed(value in nearly_a_value(), after in select(vec!["", ",\"b\":1", " "])) {
        let text = format!("{{\"a\":{value}{after}}}");
        let mut shapes = Shapes::new("a");
        let shape = shapes.add(&[b"\"a\""]);
        let (mut plain, mut guessing) = (Vec::new(), Vec::new());
        let expected = Scanner::new(&text).record(&mut plain, None);
        let found = Scanner::new(&text).record(&mut guessing, Some(&shape));
        prop_assert_eq!(format!("{:?}", expected.err()), format!("{:?}", found.err()));
        prop_assert_eq!(plain, guessing);
    }
}

/// Texts that are strings, or would be if quotes and backslashes were nothing special.
fn nearly_a_string() -> impl Strategy<Value = String> {
    let inside = vec(select("ab\"\",:\\é\x01 ".chars().collect::<Vec<_>>()), 0..5);
    prop_oneof![3 => "\"[a-z]{0,40}\"", 2 => inside.prop_map(|inside| format!("\"{}\"", String::from_iter(inside)))]
}

proptest! {
    #![proptest_config(crate::testing::cases(8192))]

    /// Fields that are where they should be are what the scanner finds; and plain ones are seen to be there.
    #[test]
    fn fields_that_are_found_in_their_places_are_there(
        values in vec(prop_oneof![2 => value(), 1 => nearly_a_value(), 3 => nearly_a_string()], 1..5),
        (at, edit, character) in (any::<Index>(), 0_usize..8, select("{}[]\":,\\ \n019-.etfnaé\x01".chars().collect::<Vec<_>>())),
        (moved, by) in (any::<Index>(), select(vec![0, 0, 0, 1, -1])),
    ) {
        let (mut text, mut ends, mut labels) = (String::new(), Vec::new(), Vec::new());
        for (at, value) in values.iter().enumerate() {
            let label = format!("{}\"n{at}\":", if at == 0 { '{' } else { ',' });
            text.push_str(&label);
            text.push_str(value);
            ends.push(text.len());
            labels.push(label.into_bytes().into_boxed_slice());
        }
        text.push('}');
        let whole = text.clone();
        let text = edited(&text, at, edit.saturating_sub(4), character);
        let end = moved.index(ends.len());
        ends[end] = ends[end].wrapping_add_signed(by);
        let found = has_fields(text.as_bytes(), &labels, ends.iter().copied());
        if found {
            prop_assert_eq!(canonical(&text).unwrap(), text.as_bytes());
            let spans = members(text.as_bytes());
            let values: Vec<&[u8]> = spans.map(|(_, value)| value).collect();
            let starts = [0].into_iter().chain(ends.iter().copied());
            let places = starts.zip(&labels).map(|(start, label)| start + label.len()).zip(&ends);
            let expected: Vec<&[u8]> = places.map(|(start, end)| &text.as_bytes()[start..*end]).collect();
            prop_assert_eq!(values, expected);
        }
        let is_simple = |value: &String| value.starts_with('"') && value.chars().filter(|c| !c.is_ascii_lowercase()).count() == 2;
        if text == whole && by == 0 && values.iter().all(is_simple) {
            prop_assert!(found);
        }
    }
}
