//! Stages, looked at before they become part of a table.

use super::super::tests::{core, table};
use super::*;
use proptest::prelude::*;

fn keys(stage: &Stage) -> Vec<Option<String>> {
    let key = |index| stage.key(index).map(|key| format!("{key:?}"));
    (0..stage.len()).map(key).collect()
}

/// An array of records, and where each begins: behind a comma, with the white space before it.
fn array(lens: &[usize]) -> (String, Vec<usize>) {
    let (mut text, mut starts) = (String::from("["), Vec::new());
    for (number, len) in lens.iter().enumerate() {
        text.push_str(if number == 0 { "" } else { "," });
        starts.push(text.len());
        text.push_str(&" ".repeat(len % 4));
        text.push_str(&format!(
            "{{\"id\":{number},\"t\":\"{}\"}}",
            "x".repeat(*len)
        ));
    }
    text.push(']');
    (text, starts)
}

proptest! {
    #![proptest_config(crate::testing::cases(128))]
    /// However an array is cut, each record is staged by the piece in which it begins, if it is whole in the text that is there.
    #[test]
    fn pieces_stage_each_record_once(
        lens in prop::collection::vec(0_usize..300, 1..40),
        cuts in prop::collection::vec(0.0..1.0, 0..6),
        there in 0.0..1.0,
    ) {
        let table = table();
        let (text, starts) = array(&lens);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| 1 + (cut * text.len() as f64) as usize).collect();
        // Also exactly where a record begins.
        cuts.extend(starts.iter().skip(1).step_by(7));
        cuts.push(text.len());
        cuts.sort_unstable();
        for limit in [text.len(), (there * text.len() as f64) as usize] {
            let is_last = limit == text.len();
            let text = text.get(..limit).unwrap();
            let (mut position, mut count, mut is_end) = (1, 0, false);
            for cut in cuts.iter().map(|cut| (*cut).min(limit)) {
                if is_end || position >= limit {
                    break;
                }
                let piece = Stage::piece(core(&table), (text, position..cut), count, is_last, &Interrupt::NONE);
                let (stage, next, end) = piece.unwrap();
                for index in 0..stage.len() {
                    prop_assert_eq!(stage.key(index).unwrap().as_int(), Some((count + index) as i64));
                    prop_assert_eq!(stage.index(index), Some(count + index));
                    prop_assert!(starts[count + index] < cut || stage.len() == 1);
                }
                count += stage.len();
                // Those that begin in the range are staged, but for the last ones of a text that goes on.
                let wanted = starts.iter().filter(|start| **start < cut).count();
                prop_assert!(count >= wanted || !is_last && limit - starts[count] < 1000, "{} of {}", count, wanted);
                (position, is_end) = (next, end);
            }
            prop_assert_eq!(is_end, is_last && count == lens.len());
            if is_last {
                prop_assert_eq!(count, lens.len());
            }
        }
    }

    /// What is known of the keys of a stage is what a look at each of them tells.
    #[test]
    fn a_stage_knows_its_keys(
        keys in prop::collection::vec(prop_oneof![
            4 => (0_i64..20).prop_map(|key| key.to_string()),
            2 => (-3_i64..1000).prop_map(|key| key.to_string()),
            1 => (0_u8..5).prop_map(|key| format!("\"{key}\"")),
            1 => Just("null".to_owned()),
        ], 0..12),
        is_sorted in any::<bool>(),
    ) {
        let table = table();
        let mut keys = keys;
        if is_sorted {
            keys.retain(|key| key.parse::<i64>().is_ok());
            keys.sort_by_key(|key| key.parse::<i64>().unwrap());
        }
        let records: Vec<String> = keys.iter().map(|key| format!("{{\"id\":{key}}}")).collect();
        let many = Stage::many(core(&table), &format!("[{}]", records.join(",")), &Interrupt::NONE).unwrap();
        let lines = Stage::lines(core(&table), &records.join("\n\n"), 5, &Interrupt::NONE).unwrap();
        let is_given = |key: &String| key == "null";
        let repeat = (0..keys.len()).find(|at| !is_given(&keys[*at]) && keys[..*at].contains(&keys[*at]));
        let integers: Vec<i64> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        let ascend = integers.len() == keys.len() && integers.windows(2).all(|pair| pair[0] < pair[1]);
        for (stage, first) in [(many, 0), (lines, 5)] {
            prop_assert_eq!(stage.repeat, repeat);
            prop_assert_eq!(stage.ascends_from, integers.first().copied().filter(|_| ascend));
            let ascending = stage.ascending().map(|keys| keys.collect::<Vec<_>>());
            prop_assert_eq!(ascending, (ascend && !keys.is_empty()).then(|| integers.clone()));
            for (at, key) in keys.iter().enumerate() {
                prop_assert_eq!(stage.key(at).is_none(), is_given(key));
                prop_assert_eq!(stage.key_len(at), if is_given(key) { 0 } else { key.len() });
                prop_assert_eq!(stage.index(at), Some(first + at));
            }
        }
    }
}

/// A record that is wrong is named by its position in the call; one record alone by none.
#[test]
fn errors_name_the_record() {
    let table = table();
    let of = |error: Error| error.detail().to_string();
    for wrong in ["{\"id\":[]}", "{\"a\":}", "{\"a\"}"] {
        let one = Stage::one(core(&table), wrong).err().unwrap();
        assert!(!of(one).contains("index"), "{wrong}");
        let array = format!("[{{}},{{}},{wrong}]");
        let many = Stage::many(core(&table), &array, &Interrupt::NONE);
        assert!(of(many.err().unwrap()).contains("\"index\":2"), "{wrong}");
        let lines = Stage::lines(
            core(&table),
            &format!("{{}}\n\n{wrong}\n"),
            10,
            &Interrupt::NONE,
        );
        assert!(of(lines.err().unwrap()).contains("\"index\":11"), "{wrong}");
        let piece = (array.as_str(), 1..array.len());
        let piece = Stage::piece(core(&table), piece, 20, true, &Interrupt::NONE);
        assert!(of(piece.err().unwrap()).contains("\"index\":22"), "{wrong}");
    }
}

/// A record without its key is of the shape of the one before, to which the key was added, without a search for it.
#[test]
fn records_fit_the_shape_of_those_before() {
    let mut shapes = Shapes::new("id");
    let last = shapes.add(&[b"\"a\"", b"\"b\"", b"\"id\""]);
    let first = shapes.add(&[b"\"id\"", b"\"a\"", b"\"b\""]);
    for shape in [&last, &first] {
        assert!(fits(shape, Some(0)));
        assert!(!fits(shape, Some(2)));
        assert!(!fits(shape, None));
    }
    assert!(fits(&last, Some(1)));
    assert!(!fits(&first, Some(1)));
    let table = table();
    let many = Stage::many(
        core(&table),
        "[{\"a\":1},{\"a\":2,\"b\":3},{\"a\":4}]",
        &Interrupt::NONE,
    )
    .unwrap();
    assert_eq!(keys(&many), [None, None, None]);
    assert_eq!(many.shapes.count(), 2);
    assert_eq!([0, 1, 2].map(|at| many.shape(at)), [1, 2, 1]);
}
