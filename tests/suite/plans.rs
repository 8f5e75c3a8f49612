//! An index never changes an answer: tables with different indexes, and the naive model, do the same and answer the same.

use crate::support::{fleet, world};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many queries are compared: more than this.
fn wanted() -> u64 {
    let full = if cfg!(debug_assertions) {
        5_000
    } else {
        100_000
    };
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|text| text.parse::<u64>().ok());
    asked.map_or(full, |cases| (cases * 20).max(1))
}

/// One seed only, if one is asked for.
fn seed() -> Option<u64> {
    std::env::var("PLANS_SEED").ok()?.parse().ok()
}

fn check(seed: u64) -> u64 {
    let (options, steps) = world::case(seed);
    fleet::check(&format!("PLANS_SEED={seed}"), options, steps, 3).queries
}

#[test]
fn answers_do_not_depend_on_indexes() {
    if let Some(seed) = seed() {
        check(seed);
        return;
    }
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        while done.load(Ordering::Relaxed) < wanted() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            done.fetch_add(check(seed), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        // The test program runs the long runs beside this.
        let threads = [scope.spawn(work), scope.spawn(work)];
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let done = done.load(Ordering::Relaxed);
    assert!(done >= wanted(), "{done} queries were compared");
    crate::support::figures::keep(
        "plans",
        &[("queries", done), ("databases", next.into_inner())],
    );
}

fn long_run(seed: u64) {
    let count = if cfg!(debug_assertions) {
        3_000
    } else {
        20_000
    };
    let steps = world::long_case(seed, count);
    let fleet = fleet::check(&format!("long run {seed}"), "{}", steps, 100);
    assert!(fleet.records() > 0 && fleet.records() < count);
}

#[test]
fn indexes_that_grow_and_shrink() {
    long_run(1);
}

#[test]
fn indexes_that_grow_and_shrink_again() {
    long_run(2);
}

/// The model against answers that are written by hand.
mod model_itself {
    use crate::support::aggregate::{Aggregate, Function};
    use crate::support::assign::{Call, Expr, Set, Sign};
    use crate::support::fault::Fault;
    use crate::support::fleet::Step;
    use crate::support::index::{self, Index};
    use crate::support::ops::Op;
    use crate::support::predicate::{Cmp, Part, Pred};
    use crate::support::query::Query;
    use crate::support::say::{print_path, Say};
    use crate::support::table::Table;
    use crate::support::world;
    use std::collections::BTreeMap;

    fn table(records: &str) -> Table {
        let mut table = Table::new("t", "{}");
        table.insert_many(records).unwrap();
        table
    }

    fn all(table: &Table) -> String {
        Op::Select(None, "{}".to_owned())
            .on_model(&mut table.clone())
            .unwrap()
    }

    fn field(name: &str) -> Expr {
        Expr::Field(name.to_owned())
    }

    fn literal(json: &str) -> Expr {
        Expr::Literal(json.to_owned())
    }

    fn of(left: Expr, sign: Sign, right: Expr) -> Expr {
        Expr::Of(sign, Box::new(left), Box::new(right))
    }

    fn set(field: &str, expr: Expr) -> Set {
        Set(vec![(field.to_owned(), Some(expr))])
    }

    /// The value of an expression, seen from one record.
    fn value(expr: Expr) -> String {
        let record = r#"{"id":1,"a":3,"f":1.50,"s":"x","l":[1],"n":null}"#;
        let mut table = table(&format!("[{record}]"));
        match table.run_update(&Pred::All, &set("out", expr)) {
            Ok(1) => table.rows[0].record.field("out").unwrap().text(),
            Err(Fault::AnyOf(faults)) => match &faults[0] {
                Fault::Type { key, field } => {
                    assert_eq!((key.as_deref(), field.as_deref()), (Some("1"), Some("out")));
                    "type".to_owned()
                }
                Fault::Overflow { .. } => "overflow".to_owned(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn arithmetic() {
        use Sign::{Add, Divide, Join, Multiply, Subtract};
        let cases = [
            (of(field("a"), Add, literal("4")), "7"),
            (of(field("a"), Add, field("f")), "4.5"),
            (of(field("f"), Add, field("f")), "3.0"),
            (of(field("a"), Divide, literal("2")), "1.5"),
            (of(literal("6"), Divide, field("a")), "2"),
            (of(literal("6.0"), Divide, field("a")), "2.0"),
            (of(field("a"), Divide, literal("0")), "type"),
            (of(field("a"), Divide, literal("-0.0")), "type"),
            (of(field("a"), Add, field("n")), "type"),
            (of(field("a"), Add, field("missing")), "type"),
            (of(field("s"), Multiply, literal("2")), "type"),
            (
                of(literal("18446744073709551615"), Add, literal("1")),
                "overflow",
            ),
            (
                of(literal("18446744073709551615"), Subtract, literal("1")),
                "18446744073709551614",
            ),
            (
                of(literal("-9223372036854775808"), Subtract, literal("1")),
                "overflow",
            ),
            (
                of(
                    literal("18446744073709551615"),
                    Multiply,
                    literal("18446744073709551615"),
                ),
                "overflow",
            ),
            (
                of(literal("18446744073709551615"), Add, literal("1.0")),
                "1.8446744073709552e+19",
            ),
            (of(literal("1e308"), Multiply, literal("10")), "overflow"),
            (
                of(literal("9007199254740993"), Add, literal("0.0")),
                "9007199254740992.0",
            ),
            (Expr::Minus(Box::new(field("f"))), "-1.5"),
            (
                Expr::Minus(Box::new(literal("9223372036854775808"))),
                "-9223372036854775808",
            ),
            (
                Expr::Minus(Box::new(literal("9223372036854775809"))),
                "overflow",
            ),
            (of(field("s"), Join, literal("\"y\"")), "\"xy\""),
            (of(field("s"), Join, literal("1")), "type"),
            (field("f"), "1.50"),
            (literal("10E-1"), "10E-1"),
        ];
        for (expr, wanted) in cases {
            let told = format!("{expr:?}");
            assert_eq!(value(expr), wanted, "{told}");
        }
    }

    #[test]
    fn functions() {
        let call = |call, operands: &[Expr]| Expr::Call(call, operands.to_vec());
        let cases = [
            (
                call(Call::Append, &[field("l"), literal("2.0"), field("n")]),
                "[1,2.0,null]",
            ),
            (call(Call::Append, &[field("n"), field("l")]), "[[1]]"),
            (call(Call::Append, &[field("missing"), literal("1")]), "[1]"),
            (call(Call::Append, &[field("a"), literal("1")]), "type"),
            (
                call(Call::Coalesce, &[field("missing"), field("n"), field("f")]),
                "1.50",
            ),
            (call(Call::Coalesce, &[field("n")]), "null"),
            (
                call(Call::Min, &[field("a"), field("f"), field("n")]),
                "1.50",
            ),
            (call(Call::Min, &[literal("3.0"), field("a")]), "3.0"),
            (call(Call::Max, &[field("a"), literal("3.0")]), "3"),
            (
                call(Call::Max, &[field("a"), field("s"), literal("true")]),
                "\"x\"",
            ),
            (call(Call::Max, &[field("n"), field("missing")]), "null"),
        ];
        for (expr, wanted) in cases {
            let told = format!("{expr:?}");
            assert_eq!(value(expr), wanted, "{told}");
        }
    }

    #[test]
    fn paths_that_are_set() {
        let change = |record: &str, set: Set| {
            let mut table = table(&format!("[{record}]"));
            let done = table.run_update(&Pred::All, &set);
            done.map(|_| table.rows[0].record.text())
        };
        let one = |path: &str| set(path, literal("1"));
        let cases = [
            (r#"{"id":1}"#, "n.x.y", r#"{"id":1,"n":{"x":{"y":1}}}"#),
            (r#"{"n":null,"id":1}"#, "n.x", r#"{"n":{"x":1},"id":1}"#),
            (r#"{"id":1,"l":[5]}"#, "l[1]", r#"{"id":1,"l":[5,1]}"#),
            (r#"{"id":1,"l":[5]}"#, "l[0]", r#"{"id":1,"l":[1]}"#),
            (
                r#"{"id":1,"l":[null]}"#,
                "l[0].x",
                r#"{"id":1,"l":[{"x":1}]}"#,
            ),
        ];
        for (record, path, wanted) in cases {
            assert_eq!(change(record, one(path)).unwrap(), wanted, "{path}");
        }
        for (record, path) in [
            (r#"{"id":1,"l":[5]}"#, "l[2]"),
            (r#"{"id":1,"l":[5]}"#, "l.x"),
            (r#"{"id":1,"l":[5]}"#, "l[0].x"),
            (r#"{"id":1,"l":{}}"#, "l[0]"),
            (r#"{"id":1}"#, "id.x"),
        ] {
            let found = change(record, one(path));
            assert!(matches!(found, Err(Fault::AnyOf(_))), "{path}: {found:?}");
        }
        let swap = Set(vec![
            ("a".to_owned(), Some(field("b"))),
            ("b".to_owned(), Some(field("a"))),
            ("n.x".to_owned(), None),
            ("gone.x".to_owned(), None),
        ]);
        assert_eq!(
            change(r#"{"id":1,"b":2,"n":{"x":1,"y":2}}"#, swap).unwrap(),
            r#"{"id":1,"b":null,"n":{"y":2},"a":2}"#
        );
        let twice = Set([one("n").0, one("n.x").0].concat());
        assert!(matches!(change(r#"{"id":1}"#, twice), Err(Fault::Parse)));
    }

    #[test]
    fn updates_are_judged_by_their_outcome() {
        let mut table =
            table(r#"[{"id":1,"u":1},{"id":2,"u":2},{"id":3},{"id":4,"u":null},{"id":5,"u":7}]"#);
        let unique = Index::new(&["u"], true, true);
        let mut list = Vec::new();
        index::create(&mut list, &unique, &table).unwrap();
        table.indexes = list;
        let small = Pred::Compare(Cmp::Le, "id".to_owned(), "2".to_owned());
        let three = |name: &str| of(literal("3"), Sign::Subtract, field(name));
        let trade = Set(vec![
            ("u".to_owned(), Some(three("u"))),
            ("id".to_owned(), Some(three("id"))),
        ]);
        assert_eq!(table.run_update(&small, &trade).unwrap(), 2);
        assert!(all(&table).starts_with(r#"5 [{"id":2,"u":2},{"id":1,"u":1},{"id":3}"#));
        let before = all(&table);
        let onto = of(field("id"), Sign::Add, literal("3"));
        assert!(matches!(
            table.run_update(&small, &set("id", onto)),
            Err(Fault::AnyOf(faults)) if matches!(&faults[..], [Fault::Duplicate { .. }, ..])
        ));
        assert!(matches!(
            table.run_update(&small, &set("u", literal("7.0"))),
            Err(Fault::AnyOf(faults)) if matches!(&faults[..], [Fault::Value { .. }, ..])
        ));
        assert!(matches!(
            table.insert(r#"{"u":1e0}"#),
            Err(Fault::AnyOf(faults)) if matches!(&faults[..], [Fault::Value { index: None, .. }])
        ));
        assert!(matches!(
            table.insert_many(r#"[{"u":null},{"u":50},{"u":50.0}]"#),
            Err(Fault::AnyOf(faults)) if matches!(&faults[..], [Fault::Value { index: Some(2), .. }])
        ));
        assert!(matches!(
            table.insert_many(r#"[{"u":1},{"id":1}]"#),
            Err(Fault::Duplicate { index: Some(1), .. })
        ));
        assert_eq!(all(&table), before);
        assert_eq!(table.insert("{}").unwrap().text(), "6");
        let mut list = Vec::new();
        let pair = Index::new(&["`u`", "missing"], false, true);
        index::create(&mut list, &pair, &table).unwrap();
        index::create(&mut list, &pair, &table).unwrap();
        let other = Index::new(&["u", "missing"], true, true);
        let refused = index::create(&mut list, &other, &table);
        assert!(matches!(refused, Err(Fault::IndexExists)));
        assert_eq!(
            index::describe(&list).text(),
            r#"[{"fields":["u","missing"],"kind":"hash","unique":true}]"#
        );
        table
            .run_update(&Pred::All, &set("u", literal("null")))
            .unwrap();
        assert!(matches!(
            table.run_update(&Pred::All, &set("id", literal("9"))),
            Err(Fault::AnyOf(_))
        ));
        assert!(matches!(
            table.run_update(&Pred::IsNotNull("u".to_owned()), &trade),
            Err(Fault::NotFound)
        ));
    }

    #[test]
    fn defaults_come_back() {
        let options = r#"{"schema":{"a":{"type":"int","default":7},"b":"str","c":{"type":"int","nullable":true}}}"#;
        let mut table = Table::new("t", options);
        table.insert(r#"{"a":1,"b":"x","c":2}"#).unwrap();
        let gone = |name: &str| Set(vec![(name.to_owned(), None)]);
        table.run_update(&Pred::All, &gone("a")).unwrap();
        table.run_update(&Pred::All, &gone("c")).unwrap();
        assert_eq!(table.rows[0].record.text(), r#"{"b":"x","id":1,"a":7}"#);
        for wrong in [
            gone("b"),
            set("a", literal("1.0")),
            set("z", literal("1")),
            set("id", literal("\"k\"")),
        ] {
            let found = table.run_update(&Pred::All, &wrong);
            assert!(matches!(
                found,
                Err(Fault::AnyOf(faults)) if matches!(&faults[..], [Fault::Schema { .. }, ..])
            ));
        }
    }

    fn answer(records: &str, query: &Query) -> String {
        match query.answer(&table(records)) {
            Ok(answer) => answer.text,
            Err(fault) => format!("{fault:?}"),
        }
    }

    const RECORDS: &str = r#"[{"id":1,"a":1,"b":3},{"id":2,"a":2.0,"b":0.5},{"id":3,"a":1.0,"b":"x"},{"id":4,"b":4},{"id":5,"a":null,"b":null}]"#;

    fn aggregates(list: &[(Function, &str)]) -> Query {
        let one = |(function, field): &(Function, &str)| (None, Aggregate::new(*function, field));
        Query {
            aggregates: list.iter().map(one).collect(),
            ..Query::default()
        }
    }

    #[test]
    fn groups() {
        let mut query = aggregates(&[(Function::Count, "b"), (Function::Max, "b")]);
        query.group_by = vec!["a".to_owned()];
        assert_eq!(
            answer(RECORDS, &query),
            r#"[{"a":1,"count(b)":2,"max(b)":"x"},{"a":2.0,"count(b)":1,"max(b)":0.5},{"a":null,"count(b)":1,"max(b)":4}]"#
        );
        query.order_by = vec![("a".to_owned(), true)];
        query.limit = Some(1);
        query.offset = Some(1);
        assert_eq!(
            answer(RECORDS, &query),
            r#"[{"a":1,"count(b)":2,"max(b)":"x"}]"#
        );
        query = aggregates(&[
            (Function::CountDistinct, "a"),
            (Function::Sum, "a"),
            (Function::Avg, "a"),
        ]);
        query.aggregates.push((
            Some("n".to_owned()),
            Aggregate {
                function: Function::Count,
                field: None,
                star: true,
            },
        ));
        let wanted = r#"[{"count_distinct(a)":2,"sum(a)":4.0,"avg(a)":1.3333333333333333,"n":5}]"#;
        assert_eq!(answer(RECORDS, &query), wanted);
        query.filter = Some(Pred::Or(Vec::new()));
        let wanted = r#"[{"count_distinct(a)":0,"sum(a)":null,"avg(a)":null,"n":0}]"#;
        assert_eq!(answer(RECORDS, &query), wanted);
        query.group_by = vec!["a".to_owned()];
        assert_eq!(answer(RECORDS, &query), "[]");
    }

    #[test]
    fn sums() {
        let sum = |values: &[&str]| {
            let records: Vec<String> = values.iter().map(|v| format!("{{\"a\":{v}}}")).collect();
            let records = format!("[{}]", records.join(","));
            answer(&records, &aggregates(&[(Function::Sum, "a")]))
        };
        assert_eq!(
            sum(&["18446744073709551615", "-1"]),
            r#"[{"sum(a)":18446744073709551614}]"#
        );
        assert!(sum(&["18446744073709551615", "1"]).contains("Overflow"));
        assert_eq!(
            sum(&["18446744073709551615", "1", "-1"]),
            r#"[{"sum(a)":18446744073709551615}]"#
        );
        assert_eq!(sum(&["1e100", "1.0", "-1e100"]), r#"[{"sum(a)":1.0}]"#);
        assert_eq!(sum(&["0.1", "0.2", "1"]), r#"[{"sum(a)":1.3}]"#);
        assert!(sum(&["1", "\"x\""]).contains("Type"));
        assert!(sum(&["1.7e308", "1.7e308"]).contains("Overflow"));
        let query = aggregates(&[(Function::Sum, "a"), (Function::Count, "a")]);
        let found = query.answer(&table(r#"[{"a":0.1},{"a":0.2}]"#)).unwrap();
        assert!(found.agrees(r#"[{"sum(a)":0.3,"count(a)":2}]"#));
        assert!(found.agrees(r#"[{"sum(a)":0.30000000000000004,"count(a)":2}]"#));
        assert!(!found.agrees(r#"[{"sum(a)":0.3001,"count(a)":2}]"#));
        assert!(!found.agrees(r#"[{"sum(a)":0.3,"count(a)":2.0}]"#));
        assert!(!found.agrees(r#"[{"sum(a)":0.3}]"#));
    }

    #[test]
    fn rows() {
        let mut query = Query {
            columns: Some(vec![(None, "a".to_owned())]),
            distinct: true,
            ..Query::default()
        };
        assert_eq!(answer(RECORDS, &query), r#"[{"a":1},{"a":2.0},{"a":null}]"#);
        query.order_by = vec![("a".to_owned(), true)];
        query.offset = Some(1);
        query.limit = Some(-1);
        assert_eq!(answer(RECORDS, &query), r#"[{"a":1},{"a":null}]"#);
    }

    /// What the printers make of one predicate: all of it is what the grammar allows.
    #[test]
    fn predicates_are_said_in_many_ways() {
        let pred = Pred::Not(Box::new(Pred::And(vec![
            Pred::Compare(Cmp::Lt, "in".to_owned(), "-5".to_owned()),
            Pred::Or(vec![
                Pred::In("n.x y".to_owned(), r#"["it's",null]"#.to_owned()),
                Pred::Text(
                    Part::Substring,
                    false,
                    "s".to_owned(),
                    r#""50%""#.to_owned(),
                ),
            ]),
        ])));
        let mut texts = std::collections::BTreeSet::new();
        for seed in 0..1_000 {
            let mut say = Say::new(seed);
            say.pred(&pred, 0);
            texts.insert(say.take().split_whitespace().collect::<Vec<_>>().join(" "));
        }
        assert!(texts.len() > 900);
        let plain = |wanted: &str| {
            let found = texts.iter().any(|text| {
                let text = text.replace(' ', "");
                text.eq_ignore_ascii_case(&wanted.replace(' ', ""))
            });
            assert!(found, "{wanted}: {:?}", texts.first());
        };
        plain(r#"NOT (`in` < -5 AND (n.`x y` IN ("it's", NULL) OR s LIKE "%50!%%" ESCAPE '!'))"#);
        plain(r#"NOT (?1 > `in` AND (n.`x y` IN ?2 OR s LIKE ?3 ESCAPE '!'))"#);
        plain(r#"NOT (`in` < -5 AND (n.`x y` IN ('it''s', NULL) OR s LIKE '%50!%%' ESCAPE '!'))"#);
    }

    #[test]
    fn expressions_are_said_with_the_parentheses_they_need() {
        use Sign::{Add, Join, Multiply, Subtract};
        let expr = of(
            of(field("a"), Subtract, of(field("b"), Add, literal("1"))),
            Multiply,
            Expr::Minus(Box::new(literal("2"))),
        );
        let expr = of(expr, Join, of(field("s"), Join, field("t")));
        let mut told = std::collections::BTreeSet::new();
        for seed in 0..500 {
            let text = set("n.x", expr.clone()).say(&mut Say::new(seed));
            told.insert(text.split_whitespace().collect::<String>());
        }
        assert!(told.contains("n.x=(a-(b+1))*-(2)||(s||t)"), "{told:?}");
    }

    #[test]
    fn paths_are_printed_plainly() {
        use crate::support::path::parse_path;
        for (reference, wanted) in [
            ("`a`", "a"),
            ("n.`b`[0]", "n.b[0]"),
            ("`a.b`", "`a.b`"),
            ("in", "`in`"),
            ("a b", "`a b`"),
            ("é", "é"),
            ("1a", "`1a`"),
            ("`a``b`", "`a``b`"),
        ] {
            assert_eq!(print_path(&parse_path(reference).unwrap()), wanted);
        }
    }

    /// Most of the random work does something: it neither fails nor finds nothing.
    #[test]
    fn random_work_is_worth_while() {
        let mut tally: BTreeMap<&str, u64> = BTreeMap::new();
        let mut count = |name| *tally.entry(name).or_default() += 1;
        for seed in 0..60 {
            let (options, steps) = world::case(seed);
            let mut model = Table::new("t", options);
            for step in &steps {
                match step {
                    Step::Plain(op) => match op.on_model(&mut model) {
                        Ok(_) => count("plain done"),
                        Err(Fault::AnyOf(_)) => count("plain not unique"),
                        Err(_) => count("plain failed"),
                    },
                    Step::Ask(query, _) => match query.answer(&model) {
                        Ok(answer) if answer.rows.is_empty() => count("query empty"),
                        Ok(answer) if answer.rows.len() == 1 => count("query one"),
                        Ok(_) => count("query many"),
                        Err(_) => count("query failed"),
                    },
                    Step::Change(Some(pred), set, _) => match model.run_update(pred, set) {
                        Ok(1) => count("update one"),
                        Ok(_) => count("update many"),
                        Err(Fault::NotFound) => count("update none"),
                        Err(Fault::AnyOf(faults)) => match faults[0] {
                            Fault::Type { .. } => count("update mistyped"),
                            Fault::Overflow { .. } => count("update overflown"),
                            Fault::Duplicate { .. } => count("update duplicate key"),
                            Fault::Value { .. } => count("update not unique"),
                            _ => count("update does not fit"),
                        },
                        Err(_) => count("update refused"),
                    },
                    Step::Change(None, ..) => count("update refused"),
                    Step::Remove(query, _) => match &query.filter {
                        Some(pred) => match model.delete(pred) {
                            Ok(_) => count("removed"),
                            Err(_) => count("not removed"),
                        },
                        None => count("not removed"),
                    },
                    Step::Create(index, None, _) => {
                        let mut list = std::mem::take(&mut model.indexes);
                        match index::create(&mut list, index, &model) {
                            Ok(()) => count("unique index"),
                            Err(_) => count("no unique index"),
                        }
                        model.indexes = list;
                    }
                    Step::Drop(_, None, _) => model.indexes.clear(),
                    Step::Create(..) | Step::Drop(..) => count("index"),
                }
            }
            match model.rows.len() {
                0..=4 => count("few left"),
                5..=100 => count("some left"),
                _ => count("many left"),
            }
        }
        if std::env::var("PLANS_SHOW").is_ok() {
            eprintln!("{tally:#?}");
        }
        for (name, least) in [
            ("query many", 4_000),
            ("query one", 1_500),
            ("query empty", 2_000),
            ("query failed", 100),
            ("update one", 10),
            ("update many", 100),
            ("update mistyped", 50),
            ("update overflown", 5),
            ("update duplicate key", 2),
            ("update not unique", 1),
            ("update does not fit", 5),
            ("plain not unique", 10),
            ("removed", 20),
            ("unique index", 5),
            ("no unique index", 1),
            ("some left", 50),
        ] {
            let found = tally.get(name).copied().unwrap_or(0);
            assert!(found >= least, "{name}: {found}, wanted {least}");
        }
    }
}
