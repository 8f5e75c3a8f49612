//! Target `file`: bytes that are loaded. The first says as what:
//!
//! | | |
//! |---|---|
//! | `J` | the rest is a file, most often a JSON one (an input that begins with none of these letters is one as a whole) |
//! | `B` | the rest is a binary file, whose checksums are made right before |
//! | `P` | the rest is the parts of a binary file (`blocks.rs`), which is put together of them |
//! | `R` | the rest is texts of records, a line each, that are put into a binary file as they are |
//! | `E`, `F` | the rest is edits of the sample's JSON file, or of its binary one, whose checksums are made right then |
//! | `D` | the rest is a delta, that continues the sample's full backup |
//! | `G` | the rest is edits of the sample's delta |
//! | `L` | the rest is a file of JSON Lines |
//! | `C` | a byte that chooses options; the rest is a CSV file |
//!
//! What is refused leaves nothing. What is loaded is a database in order: it is saved in both forms and loaded again as the same.

use super::api::*;
use super::model::fault::Fault;
use super::model::parse::parse;
use super::model::table;
use super::model::value::Value;
use super::sample::{self, DELTA, FULL};
use super::{agree, binary, blocks, scratch};

const LONGEST: usize = 64 << 10;

/// The sample's files.
struct Files {
    json: Vec<u8>,
    binary: Vec<u8>,
    full: Vec<u8>,
    delta: Vec<u8>,
    /// What the full backup restores.
    portrait: String,
}

impl Files {
    fn new() -> Files {
        let db = sample::database();
        let (full, delta) = sample::backups();
        let restored = restore(&full, None, false).expect("the sample is restored");
        Files {
            json: sample::saved(*db, "json"),
            binary: sample::saved(*db, "dictdb"),
            full,
            delta,
            portrait: portrait(*restored),
        }
    }

    fn with<R>(run: impl FnOnce(&Files) -> R) -> R {
        thread_local! {
            static FILES: Files = Files::new();
        }
        FILES.with(run)
    }
}

pub fn run(input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else {
        return whole(input);
    };
    if input.len() > LONGEST {
        return;
    }
    match kind {
        b'J' => whole(rest),
        b'B' => {
            let mut file = rest.to_vec();
            blocks::seal(&mut file);
            whole(&file);
        }
        b'P' => whole(&blocks::assemble(rest)),
        // A block of records has a length of two bytes here.
        b'R' if rest.len() < 6_000 => whole(&blocks::unshaped(rest)),
        b'E' => Files::with(|files| whole(&edited(&files.json, rest))),
        b'F' => Files::with(|files| {
            let mut file = edited(&files.binary, rest);
            blocks::seal(&mut file);
            whole(&file);
        }),
        b'D' => Files::with(|files| delta(files, rest)),
        b'G' => Files::with(|files| delta(files, &edited(&files.delta, rest))),
        b'L' => lines(rest),
        b'C' => match rest.split_first() {
            Some((options, rest)) => csv(*options, rest),
            None => csv(0, b""),
        },
        _ => whole(input),
    }
}

/// A copy with edits: of each two bytes that say where, one that says what, and one for it.
fn edited(file: &[u8], mut edits: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    while let [low, high, what, byte, rest @ ..] = edits {
        let at = usize::from(u16::from_le_bytes([*low, *high])) % (file.len() + 1);
        let length = usize::from(*byte).min(file.len() - at);
        match what % 8 {
            0 => file.insert(at, *byte),
            1 => {
                file.drain(at..at + length);
            }
            2 => file.truncate(at),
            3 => {
                let part = file[at..at + length].to_vec();
                file.splice(at..at, part);
            }
            4 if at < file.len() => file[at] = file[at].wrapping_add(1),
            5 if at < file.len() => file[at] = file[at].wrapping_sub(1),
            6 if at < file.len() => file[at] ^= 1 << (byte % 8),
            _ if at < file.len() => file[at] = *byte,
            _ => file.push(*byte),
        }
        if file.len() > LONGEST {
            file.truncate(LONGEST);
        }
        edits = rest;
    }
    file
}

/// A refusal that files deserve: that the system or the library failed is none.
fn deserved(failure: &Failure) {
    let is_told = matches!(
        failure.status,
        CORRUPT
            | INVALID_JSON
            | INVALID_UTF8
            | INVALID_KEY
            | INVALID_ARGUMENT
            | NUMBER_RANGE
            | DUPLICATE_KEY
            | DUPLICATE_TABLE
            | INDEX_EXISTS
            | TABLE_NOT_FOUND
            | SCHEMA
            | LIMIT
            | PARSE
    );
    assert!(is_told, "{failure:?}");
}

fn load(bytes: &[u8]) -> Answer<Own<Db>> {
    Db::load(scratch::bytes(&scratch::file("loaded", bytes)))
}

fn whole(bytes: &[u8]) {
    let loaded = load(bytes);
    let is_json = serde_json::from_slice::<serde_json::Value>(bytes);
    match loaded {
        Ok(db) => {
            match bytes.first() {
                Some(0x89) => agree_on_binary(*db, bytes),
                // serde_json stops at 127 levels.
                _ => assert!(
                    is_json.is_ok() || depth(bytes) > 120,
                    "what is no JSON is loaded: {is_json:?}"
                ),
            }
            in_order(*db);
        }
        Err(failure) => deserved(&failure),
    }
}

/// What is loaded is what a naive reader finds in the file.
fn agree_on_binary(db: Db, bytes: &[u8]) {
    let contents =
        binary::read(bytes).unwrap_or_else(|wrong| panic!("a damaged file is loaded: {wrong}"));
    let counted = |name: String| {
        let count = table(db, &name).count(None).expect("records are counted");
        (name, count)
    };
    assert_eq!(
        names(db).into_iter().map(counted).collect::<Vec<_>>(),
        contents
    );
}

/// As deep as the brackets of a text could be, strings or not.
fn depth(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|byte| matches!(byte, b'[' | b'{'))
        .count()
}

fn names(db: Db) -> Vec<String> {
    serde_json::from_str(&db.list_tables().expect("tables are listed")).expect("names are JSON")
}

fn table(db: Db, name: &str) -> Own<Table> {
    db.get_table(name.as_bytes())
        .expect("a table that is listed is there")
}

/// All that a database is made of.
fn portrait(db: Db) -> String {
    let mut portrait = db.copy().expect("a database is copied");
    for name in names(db) {
        portrait += &table(db, &name).describe().expect("a table is described");
    }
    portrait
}

/// The database keeps its promises, and is the same when it was saved and loaded.
fn in_order(db: Db) {
    let wanted = portrait(db);
    let mut copies = Vec::new();
    for format in ["json", "dictdb"] {
        let saved = sample::saved(db, format);
        let copy = load(&saved)
            .unwrap_or_else(|failure| panic!("{format} is not loaded again: {failure:?}"));
        assert_eq!(portrait(*copy), wanted, "{format}");
        copies.push(copy);
    }
    for name in names(db) {
        sound(&table(db, &name));
        // The largest key is kept.
        let next = |db: Db| {
            table(db, &name)
                .insert(b"{}")
                .map_err(|failure| failure.status)
        };
        let wanted = next(db);
        for copy in &copies {
            assert_eq!(next(**copy), wanted, "the next key of {name:?}");
        }
    }
}

/// Every record is found by its key, and indexes change no answer.
fn sound(table: &Table) {
    let description: serde_json::Value =
        serde_json::from_str(&table.describe().expect("a table is described"))
            .expect("a description is JSON");
    let key_field = description["primary_key"].as_str().expect("a name");
    let (rows, count) = table.select(None, b"{}").expect("all is selected");
    assert_eq!(description["count"].as_u64(), Some(count));
    let Ok(Value::List(rows)) = super::model::parse::parse_within(&rows, 256) else {
        panic!("rows are JSON: {rows}");
    };
    assert_eq!(rows.len() as u64, count);
    for row in &rows {
        let key = row.field(key_field).expect("a record has its key").text();
        let found = table
            .get(key.as_bytes())
            .unwrap_or_else(|failure| panic!("{key}: {failure:?}"));
        assert_eq!(found, row.text());
    }
    let mut questions = Vec::new();
    let indexes = description["indexes"].as_array().expect("an array").clone();
    for index in &indexes {
        for field in index["fields"].as_array().expect("an array") {
            let field = field.as_str().expect("a reference");
            questions.push((serde_json::json!({"order_by": field}).to_string(), None));
            let path = super::model::path::parse_path(field).expect("a reference");
            for row in rows.iter().take(6) {
                let value = super::model::path::look_up(row, &path).text();
                questions.push((
                    serde_json::json!({"where": format!("{field} = ?1")}).to_string(),
                    Some(format!("[{value}]")),
                ));
            }
        }
    }
    let ask = |questions: &[(String, Option<String>)]| -> Vec<Result<(String, u64), i32>> {
        let one = |(spec, params): &(String, Option<String>)| {
            let params = params.as_ref().map(|params| params.as_bytes());
            table
                .query(spec.as_bytes(), params)
                .map_err(|failure| failure.status)
        };
        questions.iter().map(one).collect()
    };
    let with = ask(&questions);
    let copy = table.snapshot().expect("a snapshot is taken");
    for index in &indexes {
        table
            .drop_index(index["fields"].to_string().as_bytes())
            .expect("an index is dropped");
    }
    let without = ask(&questions);
    for ((with, without), question) in with.iter().zip(&without).zip(&questions) {
        assert_eq!(with, without, "{question:?}: with indexes and without");
    }
    drop(copy);
    for index in indexes {
        table
            .create_index(index.to_string().as_bytes())
            .expect("an index that was there can be made");
    }
}

fn restore(full: &[u8], delta: Option<&[u8]>, is_partial: bool) -> Answer<Own<Db>> {
    let folder = scratch::path("restored");
    std::fs::create_dir_all(&folder).expect("a folder is made");
    std::fs::write(folder.join(FULL), full).expect("a file is written");
    match delta {
        Some(delta) => std::fs::write(folder.join(DELTA), delta).expect("a file is written"),
        None => drop(std::fs::remove_file(folder.join(DELTA))),
    }
    let options = format!("{{\"partial\":{is_partial}}}");
    Db::restore(scratch::bytes(&folder), options.as_bytes())
}

fn delta(files: &Files, bytes: &[u8]) {
    let whole = restore(&files.full, Some(bytes), false);
    let partial = restore(&files.full, Some(bytes), true)
        .expect("a part can be had: the full backup is sound");
    let facts =
        Db::verify(scratch::bytes(&scratch::path("restored"))).expect("a folder is looked at");
    serde_json::from_str::<serde_json::Value>(&facts).expect("facts are JSON");
    match whole {
        Ok(db) => {
            assert_eq!(portrait(*partial), portrait(*db));
            in_order(*db);
        }
        Err(failure) => {
            // A file that continues another one is missing what it continues.
            deserved(&failure);
            assert_eq!(portrait(*partial), files.portrait, "{failure:?}");
        }
    }
}

/// Lines that are no record by themselves, and how each is refused; then the records that have a key of another.
fn lines(bytes: &[u8]) {
    let db = Db::new();
    let path = scratch::file("lines", bytes);
    let found = db.import_jsonl(b"t", scratch::bytes(&path), b"{}");
    let mut model = table::Table::new("t", "{}");
    let mut faults = Vec::new();
    let mut is_utf8 = Vec::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = match line.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) if number == 0 => rest,
            _ => line,
        };
        let Ok(text) = std::str::from_utf8(line) else {
            is_utf8.push(number as u64 + 1);
            continue;
        };
        if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            continue;
        }
        if let Err(fault) = model.insert(text) {
            faults.push((number as u64 + 1, fault));
        }
    }
    match found {
        Ok(table) => {
            assert!(
                faults.is_empty() && is_utf8.is_empty(),
                "taken in spite of {faults:?}, {is_utf8:?}"
            );
            let rows =
                Value::List(model.rows.iter().map(|row| row.record.clone()).collect()).text();
            assert_eq!(table.select(None, b"{}").expect("all is selected").0, rows);
            exchanged(&db, &table);
            in_order(*db);
        }
        Err(mut failure) => {
            let line = failure.number("line");
            // Records are numbered there, too; the model has them one by one.
            if let Some(detail) = failure.detail.as_object_mut() {
                detail.remove("index");
            }
            // Of a line with a bad key and with something behind its record either may be told.
            let is_told = |fault: &Fault| {
                let is_either =
                    matches!(fault, Fault::Json { .. }) && failure.status == INVALID_KEY;
                is_either || agree::agrees(fault, &failure)
            };
            let by_record = faults
                .iter()
                .any(|(number, fault)| line == Some(*number) && is_told(fault));
            let by_bytes =
                failure.status == INVALID_UTF8 && line.is_some_and(|line| is_utf8.contains(&line));
            assert!(
                by_record || by_bytes,
                "{failure:?} is none of {faults:?}, {is_utf8:?}"
            );
            assert_eq!(
                names(*db),
                Vec::<String>::new(),
                "a part of a table is left"
            );
        }
    }
}

/// Written as JSON Lines and read again.
fn exchanged(db: &Db, table: &Table) {
    let path = scratch::path("exchanged");
    table
        .export_jsonl(scratch::bytes(&path))
        .expect("a table is exported");
    let description: serde_json::Value =
        serde_json::from_str(&table.describe().expect("a table is described"))
            .expect("a description is JSON");
    let options = serde_json::json!({"primary_key": description["primary_key"], "schema": description["schema"]}).to_string();
    let again = db.import_jsonl(b"again", scratch::bytes(&path), options.as_bytes());
    let again =
        again.unwrap_or_else(|failure| panic!("what was exported is not imported: {failure:?}"));
    assert_eq!(
        again.copy().expect("a table is copied"),
        table.copy().expect("a table is copied")
    );
    db.drop_table(b"again").expect("a table is dropped");
}

const CSV: &[&str] = &[
    "{}",
    r#"{"infer_types":false}"#,
    r#"{"header":false}"#,
    r#"{"delimiter":";","primary_key":"a"}"#,
    r#"{"schema":{"a":"int","b":"float","s":"str","f":"bool"}}"#,
    r#"{"schema":{"a":{"type":"int","nullable":true},"l":"list","d":{"type":"dict","nullable":true},"s":{"type":"str","default":"x"}}}"#,
];

fn csv(options: u8, bytes: &[u8]) {
    let db = Db::new();
    let options = CSV[usize::from(options) % CSV.len()];
    let path = scratch::file("cells", bytes);
    match db.import_csv(b"t", scratch::bytes(&path), options.as_bytes()) {
        Ok(table) => {
            exchanged(&db, &table);
            if options.contains("schema") {
                let out = scratch::path("written");
                table
                    .export_csv(scratch::bytes(&out))
                    .expect("a table is exported");
                let again = db.import_csv(b"again", scratch::bytes(&out), options.as_bytes());
                let again = again.unwrap_or_else(|failure| {
                    panic!("what was exported is not imported: {failure:?}")
                });
                assert_eq!(
                    again.copy().expect("a table is copied"),
                    table.copy().expect("a table is copied")
                );
                db.drop_table(b"again").expect("a table is dropped");
            }
            in_order(*db);
        }
        Err(failure) => {
            deserved(&failure);
            assert_eq!(
                names(*db),
                Vec::<String>::new(),
                "a part of a table is left"
            );
        }
    }
}

/// What the helpers of this target promise each other.
pub fn check_sample() {
    Files::with(|files| {
        let parts = blocks::take_apart(&files.binary);
        assert_eq!(blocks::assemble(&parts), files.binary);
        let mut sealed = files.binary.clone();
        blocks::seal(&mut sealed);
        assert_eq!(sealed, files.binary);
        assert!(binary::read(&files.binary).is_ok_and(|tables| tables.len() == 3));
        assert!(parse(std::str::from_utf8(&files.json).expect("UTF-8")).is_ok());
        for bytes in [&files.json, &files.binary] {
            in_order(*load(bytes).expect("the sample is loaded"));
        }
        let db =
            restore(&files.full, Some(&files.delta), false).expect("the sample's delta is applied");
        assert_ne!(portrait(*db), files.portrait);
    });
}
