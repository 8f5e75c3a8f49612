//! The ways on which JSON records come in: an insert, a bulk insert, a JSON file, a file of JSON Lines. All judge a text alike: each case of
//! the tables of texts is taken by all and kept as the same, or refused by all with the same status at the same byte.

use crate::support::face::{
    Answer, Db, Failure, Own, INVALID_JSON, INVALID_UTF8, LIMIT, NUMBER_RANGE,
};
use crate::support::json_bytes::{Done, DEFINED, NOT_UTF8, NOT_UTF8_TEXTS};
use crate::support::json_invalid::{INVALID, OUT_OF_RANGE};
use crate::support::json_valid::VALID;

/// Where all that says what the table is stands before its records they are read once, else twice.
const FILE: &[u8] = br#"{"tables":{"t":{"primary_key":"the key","schema":null,"records":["#;
const TWICE: &[u8] = br#"{"tables":{"t":{"primary_key":"the key","records":["#;

/// What became of a text: how the record is kept, or the status and the byte of the text.
type Outcome = Result<String, (i32, Option<u64>)>;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    Insert,
    InsertMany,
    File,
    FileTwice,
    Lines,
}

const WAYS: [Way; 5] = [
    Way::Insert,
    Way::InsertMany,
    Way::File,
    Way::FileTwice,
    Way::Lines,
];

/// A place for files, which goes with it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> Vec<u8> {
        let path = self.0.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        path.into_os_string().into_encoded_bytes()
    }

    /// A record's text, given on one of the ways.
    fn take(&self, way: Way, text: &[u8]) -> Outcome {
        let options: &[u8] = br#"{"primary_key":"the key"}"#;
        let empty = || {
            let db = Db::new();
            let table = db.create_table(b"t", Some(options)).unwrap();
            (db, table)
        };
        match way {
            Way::Insert => {
                let (db, table) = empty();
                outcome(table.insert(text).map(|_| db), 0)
            }
            Way::InsertMany => {
                let (db, table) = empty();
                // Something stands behind the record, so that the end of the text is not what ends it.
                let many = [b"[", text, b",{}]"].concat();
                outcome(table.insert_many(&many).map(|_| db), 1)
            }
            Way::File | Way::FileTwice => {
                let before = if way == Way::File { FILE } else { TWICE };
                let file = self.file(&[before, text, b"]}}}"].concat());
                outcome(Db::load(&file), before.len() as u64)
            }
            Way::Lines => {
                let db = Db::new();
                let file = self.file(&[b"\n", text, b"\n{}\n"].concat());
                let table = db.import_jsonl(b"t", &file, options);
                let line = table
                    .as_ref()
                    .err()
                    .and_then(|failure| failure.number("line"));
                assert!(
                    line.is_none_or(|line| line == 2),
                    "{table:?}",
                    table = table.err()
                );
                outcome(table.map(|_| db), 1)
            }
        }
    }
}

/// `before`: the bytes that stand before the text.
fn outcome(answer: Answer<Own<Db>>, before: u64) -> Outcome {
    match answer {
        Ok(db) => {
            let table = db.get_table(b"t").unwrap();
            let record = table.get(b"1").unwrap();
            let fields = record.strip_suffix(r#""the key":1}"#).unwrap();
            Ok(format!("{}}}", fields.strip_suffix(',').unwrap_or(fields)))
        }
        Err(failure) => Err((failure.status, position(&failure, before))),
    }
}

fn position(failure: &Failure, before: u64) -> Option<u64> {
    let position = failure.number("position")?;
    assert!(position >= before, "{failure:?}");
    Some(position - before)
}

/// What all ways say of a text; a line break ends a line of JSON Lines, so such a text is not given there.
fn agreed(folder: &Folder, name: &str, text: &[u8]) -> Outcome {
    let wanted = folder.take(Way::Insert, text);
    for way in WAYS {
        if way == Way::Lines && text.contains(&b'\n') {
            continue;
        }
        let found = folder.take(way, text);
        // That a text is no object is wrong with it from its beginning, other faults come behind that.
        let is_object = text.trim_ascii_start().starts_with(b"{");
        // Where a text ends before it is complete, the others read on.
        let is_cut = matches!(wanted, Err((INVALID_JSON, Some(at))) if at as usize >= text.trim_ascii_end().len());
        match (&wanted, &found) {
            (Err((status, _)), Err((other, Some(_)))) if !is_object => {
                assert_eq!(status, other, "{name} by {way:?}")
            }
            (Err((status, _)), Err((other, at))) if is_cut => {
                assert_eq!(status, other, "{name} by {way:?}");
                assert!(
                    at.is_some_and(|at| at as usize >= text.trim_ascii_end().len()),
                    "{name} by {way:?}: {found:?}"
                );
            }
            _ => assert_eq!(wanted, found, "{name} by {way:?}"),
        }
    }
    wanted
}

fn status(outcome: &Outcome) -> Option<i32> {
    outcome.as_ref().err().map(|(status, _)| *status)
}

/// A value as the field of a record.
fn field(value: &[u8]) -> Vec<u8> {
    [b"{\"v\":", value, b"}"].concat()
}

#[test]
fn what_is_valid_is_taken_on_all_ways() {
    let folder = Folder::new();
    for (name, text, canonical) in VALID {
        let wanted = format!("{{\"v\":{canonical}}}");
        assert_eq!(
            agreed(&folder, name, &field(text.as_bytes())),
            Ok(wanted),
            "{name}"
        );
        match canonical.starts_with('{') {
            true => assert_eq!(
                agreed(&folder, name, text.as_bytes()).as_deref(),
                Ok(*canonical),
                "{name}"
            ),
            false => assert_eq!(
                status(&agreed(&folder, name, text.as_bytes())),
                Some(INVALID_JSON),
                "{name}"
            ),
        }
    }
}

#[test]
fn what_is_invalid_is_refused_on_all_ways_at_the_same_byte() {
    let folder = Folder::new();
    for (name, text) in INVALID {
        for text in [
            text.as_bytes().to_vec(),
            field(text.as_bytes()),
            format!("{{\"a\":[0,{text}").into_bytes(),
        ] {
            // Nothing at all is no record; a line and an array may be without one.
            if text.trim_ascii().is_empty() {
                assert_eq!(
                    status(&folder.take(Way::Insert, &text)),
                    Some(INVALID_JSON),
                    "{name}"
                );
                continue;
            }
            // A byte order mark is passed over at the beginning of a file, and nowhere else.
            let found = agreed(&folder, name, &text);
            assert!(
                matches!(found, Err((INVALID_JSON, Some(_)))),
                "{name}: {found:?}"
            );
        }
    }
    for text in OUT_OF_RANGE {
        for text in [
            field(text.as_bytes()),
            field(format!("[[{text}],1]").as_bytes()),
        ] {
            let found = agreed(&folder, "out of range", &text);
            assert!(matches!(found, Err((NUMBER_RANGE, Some(_)))), "{found:?}");
        }
    }
}

#[test]
fn what_the_standard_leaves_open_is_done_alike_on_all_ways() {
    let folder = Folder::new();
    for (name, text, done) in DEFINED {
        let found = agreed(&folder, name, &field(text.as_bytes()));
        match done {
            Done::Taken(kept) => assert_eq!(found, Ok(format!("{{\"v\":{kept}}}")), "{name}"),
            Done::InvalidJson => assert!(
                matches!(found, Err((INVALID_JSON, Some(_)))),
                "{name}: {found:?}"
            ),
            Done::NumberRange => assert!(
                matches!(found, Err((NUMBER_RANGE, Some(_)))),
                "{name}: {found:?}"
            ),
        }
    }
}

#[test]
fn what_is_not_utf8_is_refused_on_all_ways() {
    let folder = Folder::new();
    let in_string = NOT_UTF8.iter().map(|(name, inside, valid)| {
        let text = [b"{\"v\":\"", *inside, b"\"}"].concat();
        (name, text, valid + 6)
    });
    let in_name = NOT_UTF8.iter().map(|(name, inside, valid)| {
        let text = [b"{\"", *inside, b"\":1}"].concat();
        (name, text, valid + 2)
    });
    let texts = NOT_UTF8_TEXTS
        .iter()
        .map(|(name, text, valid)| (name, text.to_vec(), *valid));
    for (name, text, valid) in in_string.chain(in_name).chain(texts) {
        let place = Some(valid as u64);
        for way in WAYS {
            // A JSON file that is not UTF-8 is no JSON; of JSON Lines the line is told.
            let wanted = match way {
                Way::Insert | Way::InsertMany => (INVALID_UTF8, place),
                Way::File | Way::FileTwice => (INVALID_JSON, place),
                Way::Lines => (INVALID_UTF8, None),
            };
            assert_eq!(folder.take(way, &text), Err(wanted), "{name} by {way:?}");
        }
    }
}

#[test]
fn values_nest_128_levels_on_all_ways() {
    let folder = Folder::new();
    let arrays = |levels: usize| {
        field(format!("{}{}", "[".repeat(levels - 1), "]".repeat(levels - 1)).as_bytes())
    };
    let objects = |levels: usize| {
        [
            "{\"a\":".repeat(levels - 1),
            "{}".to_owned(),
            "}".repeat(levels - 1),
        ]
        .concat()
        .into_bytes()
    };
    let both = |levels: usize| {
        let pairs = (levels - 1) / 2;
        let (open, close) = ("[{\"a\":".repeat(pairs), "}]".repeat(pairs));
        let last = if levels.is_multiple_of(2) { "[]" } else { "0" };
        field(format!("{open}{last}{close}").as_bytes())
    };
    let kinds: [&dyn Fn(usize) -> Vec<u8>; 3] = [&arrays, &objects, &both];
    for nested in kinds {
        assert_eq!(
            agreed(&folder, "128 levels", &nested(128)),
            Ok(String::from_utf8(nested(128)).unwrap())
        );
        for levels in [129, 130, 500, 100_000] {
            assert_eq!(
                agreed(&folder, "more", &nested(levels)),
                Err((LIMIT, None)),
                "{levels} levels"
            );
        }
    }
    // Whether it is closed is not asked any more.
    for open in ["[", "{\"a\":"] {
        assert_eq!(
            agreed(&folder, "open", &field(open.repeat(100_000).as_bytes())),
            Err((LIMIT, None))
        );
    }
}

/// A byte order mark is no part of a record. Before a file of lines it is passed over.
#[test]
fn a_byte_order_mark_is_passed_over_before_lines_alone() {
    let folder = Folder::new();
    let marked = "\u{feff}{}".as_bytes();
    assert_eq!(
        agreed(&folder, "a mark", marked),
        Err((INVALID_JSON, Some(0)))
    );
    let db = Db::new();
    assert!(db.import_jsonl(b"t", &folder.file(marked), b"{}").is_ok());
    let file = ["\u{feff}".as_bytes(), FILE, b"]}}}"].concat();
    let refused = Db::load(&folder.file(&file))
        .err()
        .map(|failure| failure.status);
    assert_eq!(refused, Some(INVALID_JSON));
}
