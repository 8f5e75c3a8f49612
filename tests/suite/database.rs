//! Tables of a database: made, found, listed, dropped; their options.

use crate::support::cases;
use dictdb::engine::{
    Conflict, Database, Error, Key, Predicate, SelectOptions, Table, TableOptions,
};
use proptest::prelude::*;
use proptest::sample::select;

#[derive(Debug, Clone)]
enum Op {
    Create(&'static str),
    Drop(&'static str),
    Get(&'static str),
}

fn op() -> BoxedStrategy<Op> {
    let name = || select(&["a", "b", "é\"\n", "t", "a.b"][..]);
    prop_oneof![
        name().prop_map(Op::Create),
        name().prop_map(Op::Drop),
        name().prop_map(Op::Get),
    ]
    .boxed()
}

fn not_found(name: &str) -> Error {
    Error::TableNotFound {
        table: name.to_owned(),
    }
}

fn listed(database: &Database) -> Vec<String> {
    let mut out = Vec::new();
    database.list_tables(&mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn tables_come_and_go(ops in proptest::collection::vec(op(), 1..30)) {
        let database = Database::new();
        let mut tables: Vec<(&str, Table)> = Vec::new();
        for op in ops {
            match op {
                Op::Create(name) => {
                    let made = database.create_table(name, TableOptions::default());
                    if tables.iter().any(|(other, _)| *other == name) {
                        prop_assert_eq!(made.err(), Some(Error::DuplicateTable { table: name.to_owned() }));
                    } else {
                        tables.push((name, made.unwrap()));
                    }
                }
                Op::Drop(name) => {
                    let dropped = database.drop_table(name);
                    match tables.iter().position(|(other, _)| *other == name) {
                        None => prop_assert_eq!(dropped, Err(not_found(name))),
                        Some(place) => {
                            prop_assert_eq!(dropped, Ok(()));
                            let (_, table) = tables.remove(place);
                            prop_assert_eq!(table.insert("{}", None), Err(not_found(name)));
                        }
                    }
                }
                Op::Get(name) => {
                    let got = database.table(name);
                    match tables.iter().find(|(other, _)| *other == name) {
                        None => prop_assert_eq!(got.err(), Some(not_found(name))),
                        Some((_, table)) => {
                            prop_assert!(table.is_same(&got.unwrap()));
                            prop_assert_eq!(table.name(), name);
                        }
                    }
                }
            }
            let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
            prop_assert_eq!(listed(&database), names);
        }
    }
}

#[test]
fn every_call_on_a_dropped_table_says_so() {
    let database = Database::new();
    let table = database.create_table("t", TableOptions::default()).unwrap();
    table.insert("{}", None).unwrap();
    database.drop_table("t").unwrap();
    let again = database.create_table("t", TableOptions::default()).unwrap();
    let (key, all, mut out) = (Key::Int(1), Predicate::all(), Vec::new());
    let gone = || Some(not_found("t"));
    assert_eq!(table.insert("{}", None).err(), gone());
    assert_eq!(table.insert_many("[]", None).err(), gone());
    assert_eq!(
        table.upsert("{\"id\":1}", Conflict::Update, None).err(),
        gone()
    );
    assert_eq!(
        table.upsert("{\"id\":1}", Conflict::Ignore, None).err(),
        gone()
    );
    assert_eq!(table.get(&key, &mut out).err(), gone());
    assert_eq!(table.get_many("[1]", &mut out).err(), gone());
    assert_eq!(
        table
            .select(None, &SelectOptions::default(), &mut out)
            .err(),
        gone()
    );
    assert_eq!(table.count(None).err(), gone());
    assert_eq!(table.update(&all, "{}").err(), gone());
    assert_eq!(table.update_by_key(&key, "{}").err(), gone());
    assert_eq!(table.delete(&all).err(), gone());
    assert_eq!(table.delete_by_key(&key).err(), gone());
    assert_eq!(table.describe(&mut out).err(), gone());
    assert_eq!(table.statistics(&mut out).err(), gone());
    assert_eq!(again.count(None), Ok(0));
}

#[test]
fn options_of_a_table_are_checked() {
    let option = |text: &str| match TableOptions::from_json(text) {
        Err(Error::InvalidOption { option, .. }) => option,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(option(r#"{"primary key":"a"}"#), "primary key");
    assert_eq!(option(r#"{"primary_key":""}"#), "primary_key");
    assert_eq!(option(r#"{"primary_key":1}"#), "primary_key");
    for schema in [
        "5",
        "[]",
        r#"{"a":"integer"}"#,
        r#"{"a":null}"#,
        r#"{"a":{}}"#,
        r#"{"a":{"type":"int","what":1}}"#,
        r#"{"a":{"type":"int","nullable":1}}"#,
        r#"{"id":"float"}"#,
        r#"{"id":{"type":"int","nullable":true}}"#,
    ] {
        assert_eq!(
            option(&format!("{{\"schema\":{schema}}}")),
            "schema",
            "{schema}"
        );
    }
    for text in ["", "[]", "{", "{\"schema\":}"] {
        let read = TableOptions::from_json(text);
        assert!(
            matches!(read, Err(Error::InvalidJson { .. })),
            "{text}: {read:?}"
        );
    }
    for (kind, default, actual) in [
        ("int", "1.0", "float"),
        ("str", "null", "null"),
        ("list", "{}", "dict"),
    ] {
        let text = format!(r#"{{"schema":{{"a":{{"type":"{kind}","default":{default}}}}}}}"#);
        let wanted = Error::Schema {
            field: "a".to_owned(),
            expected: kind.to_owned(),
            actual: actual.to_owned(),
            index: None,
        };
        assert_eq!(TableOptions::from_json(&text).err(), Some(wanted));
    }
}

#[test]
fn options_of_a_database_are_checked() {
    assert!(Database::with_options("{}").is_ok());
    let refused = Database::with_options(r#"{"a":1}"#).err();
    assert!(
        matches!(refused, Some(Error::InvalidOption { .. })),
        "{refused:?}"
    );
    let refused = Database::with_options("[]").err();
    assert!(
        matches!(refused, Some(Error::InvalidJson { .. })),
        "{refused:?}"
    );
}

#[test]
fn names_of_tables_are_checked() {
    let database = Database::new();
    let long = "n".repeat(1025);
    for name in ["", long.as_str()] {
        assert!(
            database
                .create_table(name, TableOptions::default())
                .is_err(),
            "{name}"
        );
    }
    assert!(database
        .create_table(&long[1..], TableOptions::default())
        .is_ok());
}
