//! Wherever a window of the text ends, the same is read.

use super::read::read_through;
use super::window::{Window, BLOCK};
use crate::engine::{Database, IndexOptions, TableOptions};
use crate::store::file::{save, FileOptions};
use crate::store::pending::{complete, Pending};
use crate::store::{Result, Work};
use std::io::Cursor;
use std::path::Path;

/// All that a piece may end within: names, escapes, two of them that are one character, characters of several bytes, numbers, words,
/// white space, records on lines and not, members behind the records that need them.
const TEXT: &str = "{\n \"other\" : [ 1.5e+10, {\"tables\":\"x\"} ] ,\n \"tables\": {\n  \"a\\u00e9\\n\": {\"primary_key\": \"id\", \"schema\": null, \"indexes\": [{\"fields\":[\"n\"],\"kind\":\"sorted\",\"unique\":false}], \
\"records\": [\n {\"id\":1,\"n\":-12.5e-3,\"s\":\"\\ud83d\\ude00\\u0000\\\"\\\\ ü€\u{1f600}\"},\n {\"n\" : [ true , false, null ] , \"id\" : 2 },{\"id\":12345678901234567,\"d\":{\"x\":{\"y\":[[],[{}]]}}},\n {\"id\":\"k\"},\n{\"n\":1}\n ] },\n \
\"b\": {\"records\":[{\"k\":3,\"v\":1.5},\n{\"k\":-4,\"v\":-0.0}],\"more\":[{}, \"]\"],\"schema\":{\"v\":\"float\"},\"primary_key\":\"k\",\"largest_key\":77},\n \
\"c\":{\"primary_key\":\"id\",\"schema\":null,\"records\":[]}}}  \n";

fn read(text: &str, block: usize) -> Result<Vec<u8>> {
    let path = Path::new("file");
    let (database, mut pending) = (Database::new(), Pending::new());
    let window = Window::of_blocks(Cursor::new(text.as_bytes()), path, block);
    read_through(window, &database, &mut pending, &Work::default())?;
    complete(&pending, path, &database)?;
    let mut copy = Vec::new();
    database.copy(&mut copy)?;
    Ok(copy)
}

#[test]
fn a_window_of_any_size_gives_the_same() {
    let whole = read(TEXT, BLOCK).map(|copy| String::from_utf8(copy).unwrap());
    let whole = whole.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        whole.contains("\"y\":[[],[{}]]") && whole.contains("-0.0"),
        "{whole}"
    );
    for block in 1..TEXT.len() + 1 {
        let read = read(TEXT, block).unwrap_or_else(|error| panic!("{block}: {error}"));
        assert_eq!(String::from_utf8(read).unwrap(), whole, "{block}");
    }
}

#[test]
fn what_is_wrong_is_told_alike_in_windows_of_any_size() {
    let error = |text: &str, block| match read(text, block) {
        Ok(_) => None,
        Err(error) => Some((error.to_string(), error.detail())),
    };
    for cut in (0..TEXT.len()).filter(|cut| TEXT.is_char_boundary(*cut)) {
        for text in [
            TEXT[..cut].to_owned(),
            format!("{}#{}", &TEXT[..cut], &TEXT[cut..]),
        ] {
            let whole = error(&text, BLOCK);
            for block in [1, 2, 3, 5, 7, 13, 40] {
                assert_eq!(error(&text, block), whole, "{block}: {text}");
            }
        }
    }
}

/// A file of some megabytes, whose records go over many lines: ends of lines within them are no places where records begin.
#[test]
fn large_files_are_read_as_small_ones_however_their_lines_end() {
    const COUNT: usize = 30_000;
    let record = |id: usize| {
        serde_json::json!({
            "id": id,
            "list": [{"id": id, "inner": [id, id]}, {"id": "x"}],
            "text": "a comma at the end of a line,\n{\"id\": 1},\n",
        })
    };
    let file = |records: &[serde_json::Value], is_pretty: bool| {
        let file = serde_json::json!({"tables": {"t": {"primary_key": "id", "schema": null, "records": records}}});
        match is_pretty {
            true => serde_json::to_string_pretty(&file),
            false => serde_json::to_string(&file),
        }
        .unwrap()
    };
    let mut records: Vec<_> = (1..=COUNT).map(record).collect();
    let pretty = file(&records, true);
    assert!(pretty.len() > 5 << 20);
    let read_pretty = read(&pretty, BLOCK).unwrap_or_else(|error| panic!("{error}"));
    let read_compact =
        read(&file(&records, false), BLOCK).unwrap_or_else(|error| panic!("{error}"));
    assert!(read_pretty == read_compact);
    // What is wrong is told of the record at fault, whichever thread comes upon it.
    for at in [1, COUNT / 3, COUNT / 2, COUNT - 2] {
        let good = std::mem::replace(&mut records[at], serde_json::json!({"id": 1.5}));
        for is_pretty in [true, false] {
            let error = read(&file(&records, is_pretty), BLOCK).expect_err("a wrong key");
            assert_eq!(error.detail()["index"], at, "{error}");
        }
        records[at] = good;
        let good = std::mem::replace(&mut records[at], record(at));
        let error = read(&file(&records, true), BLOCK).expect_err("a key that is taken");
        assert_eq!(error.detail()["index"], at, "{error}");
        records[at] = good;
    }
}

/// The file as people read it; the programs that read it do not care.
#[test]
fn a_file_has_a_record_on_each_line() {
    let database = Database::new();
    let options =
        TableOptions::from_json("{\"primary_key\":\"k\",\"schema\":{\"k\":\"int\",\"s\":\"str\"}}");
    let table = database.create_table("a \"b\"", options.unwrap()).unwrap();
    table
        .insert_many("[{\"k\":1,\"s\":\"x\"},{\"k\":7,\"s\":\"\\u00e9\"}]", None)
        .unwrap();
    let index = IndexOptions::from_json("{\"fields\":\"s\",\"kind\":\"hash\"}").unwrap();
    table.create_index(&index).unwrap();
    database.create_table("c", TableOptions::default()).unwrap();
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("file");
    save(&database, &path, &FileOptions::default(), &Work::default()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let expected = r#"{
    "tables": {
        "a \"b\"": {
            "primary_key": "k",
            "schema": {"k":"int","s":"str"},
            "indexes": [{"fields":["s"],"kind":"hash","unique":false}],
            "largest_key": 7,
            "records": [
                {"k":1,"s":"x"},
                {"k":7,"s":"é"}
            ]
        },
        "c": {
            "primary_key": "id",
            "schema": null,
            "indexes": [],
            "largest_key": 0,
            "records": []
        }
    }
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    for (member, value) in [
        ("primary_key", "\"id\""),
        ("schema", "null"),
        ("full_schema", "{\"id\":\"int\"}"),
        ("indexes", "[]"),
        ("largest_key", "5"),
    ] {
        let table = |times: usize| {
            let more = format!(",\"{member}\":{value}").repeat(times);
            let key = if member == "primary_key" {
                ""
            } else {
                ",\"primary_key\":\"id\""
            };
            format!("{{\"tables\":{{\"t\":{{\"x\":1{key}{more},\"records\":[]}}}}}}")
        };
        assert!(read(&table(1), BLOCK).is_ok(), "{member}");
        let told = read(&table(2), BLOCK).unwrap_err().to_string();
        assert!(
            told.contains(&format!("a second member \"{member}\"")),
            "{told}"
        );
    }
}
