//! A database with a bit of everything, and the files that are made of it.

use super::api::*;
use super::awkward;
use super::scratch;
use std::path::PathBuf;

/// The names of its backups, whenever they are made.
pub const FULL: &str = "dictdb_backup_1700000000_000000.json";
pub const DELTA: &str = "dictdb_delta_1700000001_000000.json";

const SCHEMA: &str = r#"{"primary_key":"k","schema":{"k":"str","a":{"type":"float","nullable":true},
    "s":{"type":"str","default":"é\n"},"tags":"list","f":{"type":"bool","default":false}}}"#;

/// Tables without a schema and with one, indexes of all kinds, keys of both kinds, records of many shapes and of none.
pub fn database() -> Own<Db> {
    let db = Db::new();
    let some = db.create_table(b"some", None).expect("a table is made");
    let records: Vec<String> = awkward::records().into_iter().skip(38).take(12).collect();
    some.insert_many(format!("[{}]", records.join(",")).as_bytes())
        .expect("records are inserted");
    for options in [
        r#"{"fields":"a","kind":"sorted"}"#,
        r#"{"fields":["n.b","s"],"kind":"hash"}"#,
        r#"{"fields":"key","kind":"sorted","unique":true}"#,
    ] {
        some.create_index(options.as_bytes())
            .expect("an index is made");
    }
    some.insert(br#"{"id":70,"key":"only"}"#)
        .expect("a record is inserted");
    some.delete_by_key(b"70").expect("a record is deleted");
    let typed = db
        .create_table("t\u{e9}".as_bytes(), Some(SCHEMA.as_bytes()))
        .expect("a table is made");
    let records = br#"[{"k":"x","a":1,"tags":[]},{"k":"1","tags":[1,{"b":[2.50]}],"s":""},{"k":"\u0000","a":null,"tags":[null],"f":true}]"#;
    typed.insert_many(records).expect("records are inserted");
    db.create_table(b"empty", None).expect("a table is made");
    db
}

/// What `save` writes.
pub fn saved(db: Db, format: &str) -> Vec<u8> {
    let path = scratch::path("saved");
    db.save(
        scratch::bytes(&path),
        format!(r#"{{"format":"{format}"}}"#).as_bytes(),
    )
    .expect("a database is saved");
    std::fs::read(path).expect("a file is read")
}

/// The bytes of a full backup and of a delta that continues it.
pub fn backups() -> (Vec<u8>, Vec<u8>) {
    let db = database();
    let folder = scratch::path("made");
    let _ = std::fs::remove_dir_all(&folder);
    let backup = db
        .backup(scratch::bytes(&folder), br#"{"incremental":true}"#)
        .expect("backups are made");
    backup.full().expect("a backup is made");
    let some = db.get_table(b"some").expect("the table is there");
    some.delete_by_key(br#""a""#).err();
    some.update_where(b"id < 5", b"a = 77, z = TRUE", None)
        .expect("records are changed");
    some.insert(br#"{"id":"new","s":"abcdefgh"}"#)
        .expect("a record is inserted");
    some.delete_by_key(b"4").expect("a record is deleted");
    some.insert(br#"{"id":4,"a":[]}"#)
        .expect("a record is inserted");
    db.drop_table(b"empty").expect("a table is dropped");
    db.create_table(b"later", None)
        .expect("a table is made")
        .insert(b"{}")
        .expect("a record is inserted");
    backup.delta().expect("a delta is made");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a folder is read")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    // Backups stand before deltas.
    paths.sort();
    let name = |path: &PathBuf| {
        path.file_name()
            .expect("a name")
            .to_str()
            .expect("UTF-8")
            .to_owned()
    };
    assert_eq!(paths.len(), 2);
    let (full, delta) = (
        std::fs::read(&paths[0]).expect("a file is read"),
        std::fs::read_to_string(&paths[1]).expect("a file is read"),
    );
    let delta = delta.replace(&name(&paths[0]), FULL);
    let delta: Vec<&str> = delta
        .lines()
        .filter(|line| !line.contains("\"timestamp\""))
        .collect();
    (full, delta.join("\n").into_bytes())
}
