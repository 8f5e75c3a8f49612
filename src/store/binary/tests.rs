//! Files that no library has written: their checksums are right, and what they say is not.

use super::block::sealed;
use crate::engine::{self, Database, Key, TableOptions};
use crate::store::{load, save, Error, FileOptions, Work};
use proptest::prelude::*;
use std::fs;
use std::ops::Range;
use tempfile::TempDir;

/// A file with two tables, several shapes, a schema, an index, keys of both kinds, and a record without a shape.
fn file(directory: &TempDir) -> Vec<u8> {
    let database = Database::new();
    let create = |name: &str, options: &str| {
        let options = TableOptions::from_json(options).unwrap();
        database.create_table(name, options).unwrap()
    };
    let plain = create("plain", "{}");
    let many: Vec<String> = (0..300).map(|at| format!("\"f{at}\":{at}")).collect();
    let records = format!(
        r#"[{{"id":1,"a":"x","b":[1,{{"c":null}}]}},{{"id":"two","a":""}},{{"a":-1.5e300,"id":-7}},{{{},"id":9}},{{"a":"\u0000ü\"","id":8}}]"#,
        many.join(",")
    );
    plain.insert_many(&records, None).unwrap();
    let strict = create(
        "strict",
        r#"{"primary_key":"k","schema":{"n":"int","s":{"type":"str","default":"d"}}}"#,
    );
    let records = r#"[{"k":1,"n":1,"s":"a"},{"k":2,"n":2},{"k":-9,"n":-3}]"#;
    strict.insert_many(records, None).unwrap();
    let path = directory.path().join("good");
    let options = FileOptions::from_json(r#"{"format":"dictdb"}"#).unwrap();
    save(&database, &path, &options, &Work::default()).unwrap();
    fs::read(path).unwrap()
}

const HEADER: usize = 24;

/// Where the blocks are.
fn blocks(file: &[u8]) -> Vec<Range<usize>> {
    let (mut blocks, mut at) = (Vec::new(), HEADER);
    while at < file.len() {
        let length = u64::from_le_bytes(file[at + 8..at + 16].try_into().unwrap()) as usize;
        blocks.push(at..at + HEADER + length);
        at += HEADER + length;
    }
    blocks
}

/// The file with another payload in one of its blocks, whose checksum is right.
fn with_payload(file: &[u8], block: &Range<usize>, payload: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let start = sealed(word(block.start), word(block.start + 4), payload);
    [&file[..block.start], &start, payload, &file[block.end..]].concat()
}

fn loaded(directory: &TempDir, file: &[u8]) -> Result<Database, Error> {
    let path = directory.path().join("file");
    fs::write(&path, file).unwrap();
    let database = Database::new();
    load(&database, &path, &Work::default()).map(|_| database)
}

fn copy(database: &Database) -> Vec<u8> {
    let mut copy = Vec::new();
    database.copy(&mut copy).unwrap();
    copy
}

/// Refused as damaged, or a database as sound as any other.
fn is_refused_or_sound(directory: &TempDir, file: &[u8]) -> bool {
    match loaded(directory, file) {
        Err(Error::Corrupt { .. } | Error::Content { .. }) => true,
        Err(other) => panic!("{other}"),
        Ok(database) => {
            let copied = copy(&database);
            let parsed: serde_json::Value = serde_json::from_slice(&copied).expect("JSON");
            assert!(parsed.is_object());
            let path = directory.path().join("again");
            save(&database, &path, &FileOptions::default(), &Work::default()).unwrap();
            let again = Database::new();
            load(&again, &path, &Work::default()).unwrap();
            copy(&again) == copied
        }
    }
}

#[test]
fn blocks_that_are_missing_doubled_or_moved_are_found() {
    let directory = TempDir::new().unwrap();
    let file = file(&directory);
    let blocks = blocks(&file);
    assert!(blocks.len() > 8 && loaded(&directory, &file).is_ok());
    let is_corrupt = |file: &[u8]| matches!(loaded(&directory, file), Err(Error::Corrupt { .. }));
    for (at, block) in blocks.iter().enumerate() {
        let without = [&file[..block.start], &file[block.end..]].concat();
        assert!(is_corrupt(&without), "block {at} is missing");
        let doubled = [&file[..block.end], &file[block.start..]].concat();
        assert!(is_corrupt(&doubled), "block {at} is there twice");
        if let Some(next) = blocks.get(at + 1) {
            let moved = [
                &file[..block.start],
                &file[next.clone()],
                &file[block.clone()],
                &file[next.end..],
            ];
            assert!(
                is_corrupt(&moved.concat()),
                "block {at} comes behind the next"
            );
        }
    }
}

/// A file whose table `t` has so many records that they are read in several groups of blocks.
fn large_file(directory: &TempDir, record: impl Fn(usize) -> String) -> (Database, Vec<u8>) {
    let database = Database::new();
    let table = database.create_table("t", TableOptions::default()).unwrap();
    let records: Vec<String> = (0..16_000).map(record).collect();
    table
        .insert_many(&format!("[{}]", records.join(",")), None)
        .unwrap();
    let path = directory.path().join("large");
    let options = FileOptions::from_json(r#"{"format":"dictdb"}"#).unwrap();
    save(&database, &path, &options, &Work::default()).unwrap();
    (database, fs::read(path).unwrap())
}

/// Blocks of records, which are the long ones.
fn long_blocks(file: &[u8]) -> Vec<Range<usize>> {
    let mut blocks = blocks(file);
    blocks.retain(|block| block.len() > 200_000);
    blocks
}

#[test]
fn many_blocks_with_records_of_many_shapes_are_loaded_as_they_were() {
    let directory = TempDir::new().unwrap();
    let text = "x".repeat(300);
    let many: Vec<String> = (0..600).map(|at| format!("\"f{at}\":{at}")).collect();
    let key = |at: usize| match at {
        0..5000 => (at * 2).to_string(),
        5000..10_000 => ((at - 5000) * 2 + 1).to_string(),
        10_000..12_000 => format!("\"{at}\""),
        _ => (-(at as i64)).to_string(),
    };
    let (database, file) = large_file(&directory, |at| match (at / 3) % 5 {
        0 => format!("{{\"id\":{},\"a\":\"{text}\"}}", key(at)),
        1 => format!("{{\"a\":\"{text}\",\"id\":{}}}", key(at)),
        2 => format!("{{\"b\":\"{text}é\",\"id\":{},\"a\":{at}}}", key(at)),
        3 if at % 1000 == 0 => format!("{{{},\"id\":{}}}", many.join(","), key(at)),
        _ => format!("{{\"c{}\":[{at},\"{text}\"],\"id\":{}}}", at % 7, key(at)),
    });
    assert!(long_blocks(&file).len() > 16);
    let loaded = loaded(&directory, &file).unwrap();
    assert_eq!(copy(&loaded), copy(&database));
    let (table, mut before, mut after) = (loaded.table("t").unwrap(), Vec::new(), Vec::new());
    for at in 0..16_000 {
        let key = key(at);
        let key = Key::from_json(&key).unwrap();
        let get = |database: &Database, out: &mut Vec<u8>| {
            out.clear();
            database.table("t").unwrap().get(&key, out).unwrap();
        };
        get(&database, &mut before);
        get(&loaded, &mut after);
        assert_eq!(before, after);
        let taken = table.insert(&format!("{{\"id\":{}}}", self::key_text(&key)), None);
        assert!(matches!(taken, Err(engine::Error::DuplicateKey { .. })));
    }
}

fn key_text(key: &Key<'_>) -> String {
    match key {
        Key::Int(key) => key.to_string(),
        Key::Str(key) => format!("{key:?}"),
    }
}

#[test]
fn a_block_of_keys_that_were_there_before_is_refused() {
    let directory = TempDir::new().unwrap();
    let record = |at| {
        format!(
            "{{\"id\":{},\"text\":\"{}\"}}",
            100_000 + at,
            "y".repeat(300)
        )
    };
    let (_, file) = large_file(&directory, record);
    let blocks = long_blocks(&file);
    for (from, to) in [(0, 1), (1, 0), (0, 9), (9, 0), (12, 13)] {
        let payload = &file[blocks[from].start + HEADER..blocks[from].end];
        let changed = with_payload(&file, &blocks[to], payload);
        let error = loaded(&directory, &changed).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("is taken"), "{error}");
    }
}

#[test]
fn what_is_wrong_is_told_by_its_place_in_whatever_block() {
    let directory = TempDir::new().unwrap();
    let record = |at| format!("{{\"id\":{at},\"text\":\"{}\"}}", "z".repeat(300));
    let (_, file) = large_file(&directory, record);
    for block in long_blocks(&file) {
        let mut payload = file[block.start + HEADER..block.end].to_vec();
        let middle = payload.len() / 2;
        let label = payload[middle..]
            .windows(6)
            .position(|bytes| bytes == b"\"text\"");
        let label = middle + label.unwrap();
        payload[label + 1] = b'T';
        match loaded(&directory, &with_payload(&file, &block, &payload)) {
            Err(Error::Corrupt { position, .. }) => {
                let place = (block.start + HEADER + label) as u64;
                assert!(
                    (place - 40..place).contains(&position),
                    "{position} for {place}"
                );
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn a_definition_that_is_wrong_is_told_by_its_place() {
    let directory = TempDir::new().unwrap();
    let file = file(&directory);
    let blocks = blocks(&file);
    let is_definition =
        |block: &&Range<usize>| file[block.start + HEADER..].starts_with(b"{\"name\"");
    let definitions: Vec<_> = blocks.iter().filter(is_definition).collect();
    assert!(definitions.len() > 1);
    for block in definitions {
        for payload in [&b"\xff"[..], b"[", b"{}", b"{\"name\":1}"] {
            let outcome = loaded(&directory, &with_payload(&file, block, payload));
            let Err(Error::Corrupt { position, .. }) = outcome else {
                panic!(
                    "{:?} is taken, or told in another way",
                    String::from_utf8_lossy(payload)
                );
            };
            assert_eq!(position as usize, block.start + HEADER);
        }
    }
}

#[test]
fn a_changed_byte_under_a_right_checksum_is_refused_or_harmless() {
    let directory = TempDir::new().unwrap();
    let file = file(&directory);
    for block in blocks(&file) {
        let payload = &file[block.start + HEADER..block.end];
        // Of the record with many fields some places do for all.
        for at in (0..payload.len()).filter(|at| at % 7 == 0 || payload.len() < 600) {
            for change in [1, 2, 0x20, 0x80, 0xff] {
                let mut payload = payload.to_vec();
                payload[at] ^= change;
                let changed = with_payload(&file, &block, &payload);
                assert!(
                    is_refused_or_sound(&directory, &changed),
                    "{block:?}, {at}, {change}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(600))]

    #[test]
    fn any_payload_under_a_right_checksum_is_refused_or_harmless(
        block in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        len in 0_usize..40,
        new in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let directory = TempDir::new().unwrap();
        let file = file(&directory);
        let blocks = blocks(&file);
        let block = &blocks[block.index(blocks.len())];
        let mut payload = file[block.start + HEADER..block.end].to_vec();
        let from = from.index(payload.len() + 1);
        let to = (from + len).min(payload.len());
        payload.splice(from..to, new);
        prop_assert!(is_refused_or_sound(&directory, &with_payload(&file, block, &payload)));
    }
}
