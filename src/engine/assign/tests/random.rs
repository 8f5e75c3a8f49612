//! Random lists on random records, against the model.

use super::super::{Assignments, Evaluator};
use super::model::{self, conflict, spelled, Change, Path, Step, Tree, Wrong};
use super::{apply, stored};
use crate::engine::shape::Shapes;
use crate::engine::{Error, Params};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{json, Map, Value};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "or", "a \"b.c\"", "é`"];

fn scalar() -> impl Strategy<Value = Value> {
    let numbers = vec![
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(3),
        json!(6),
        json!(-7),
        json!(0.0),
        json!(-0.0),
        json!(0.5),
        json!(1.0),
        json!(-2.5),
        json!(1e300),
        json!(9007199254740993_u64),
        json!(1e16),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(u64::MAX / 3),
        json!(1_u64 << 32),
    ];
    let others = vec![
        Value::Null,
        json!(true),
        json!(false),
        json!(""),
        json!("x"),
        json!("yz"),
        json!("\"\\\n\u{1}"),
        json!("é'😀"),
        json!([]),
        json!({}),
    ];
    prop_oneof![5 => select(numbers), 1 => any::<i64>().prop_map(Value::from), 3 => select(others)]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((select(&["p", "q", "é`"][..]), inner), 0..4).prop_map(object),
        ]
    })
}

/// Values of fields: more often than not of the kinds that paths lead into.
fn field() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => value(),
        1 => Just(Value::Null),
        1 => vec(value(), 0..4).prop_map(Value::Array),
        1 => vec((select(&["p", "q", "é`"][..]), value()), 0..4).prop_map(object),
    ]
}

fn object(fields: Vec<(&'static str, Value)>) -> Value {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Value::Object(fields.collect())
}

fn path() -> impl Strategy<Value = Path> {
    let step = prop_oneof![
        2 => select(&["p", "q", "é`"][..]).prop_map(|name| Step::Name(name.to_owned())),
        1 => (0_usize..4).prop_map(Step::Position),
    ];
    let steps = prop_oneof![3 => Just(Vec::new()), 2 => vec(step, 1..3)];
    (select(&NAMES[..]), steps).prop_map(|(name, mut steps)| {
        steps.insert(0, Step::Name(name.to_owned()));
        steps
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        3 => value().prop_map(Tree::Literal),
        1 => (1_usize..3).prop_map(Tree::Parameter),
        4 => path().prop_map(Tree::Field),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let operator = select(&["+", "-", "*", "/", "+", "-", "||"][..]);
        let function = select(&["append", "coalesce", "min", "max"][..]);
        prop_oneof![
            1 => inner.clone().prop_map(|tree| Tree::Negate(Box::new(tree))),
            4 => (operator, inner.clone(), inner.clone()).prop_map(|(operator, left, right)| {
                Tree::Binary(operator, Box::new(left), Box::new(right))
            }),
            3 => (function, vec(inner, 1..4)).prop_map(|(name, list)| Tree::Call(name, list)),
        ]
    })
}

/// Trees that fail less often: numbers and strings apart.
fn sound_tree() -> impl Strategy<Value = Tree> {
    let or = |default: Value| {
        path().prop_map(move |path| {
            let number = Tree::Call(
                "coalesce",
                vec![Tree::Field(path), Tree::Literal(default.clone())],
            );
            Tree::Call("min", vec![number, Tree::Literal(default.clone())])
        })
    };
    let number = prop_oneof![
        (-5_i64..100).prop_map(|n| Tree::Literal(json!(n))),
        select(&[0.5, -1.5, 1e9][..]).prop_map(|n| Tree::Literal(json!(n))),
        or(json!(3)),
    ]
    .prop_recursive(3, 12, 2, |inner| {
        (select(&["+", "-", "*", "/"][..]), inner.clone(), inner).prop_map(
            |(operator, left, right)| Tree::Binary(operator, Box::new(left), Box::new(right)),
        )
    });
    let string = vec(select(&["", "x", "\"é"][..]), 1..5).prop_map(|parts| {
        let parts = parts.into_iter().map(|part| Tree::Literal(json!(part)));
        let join = |left, right| Tree::Binary("||", Box::new(left), Box::new(right));
        parts.reduce(join).unwrap()
    });
    let simple = prop_oneof![3 => number, 2 => string, 1 => path().prop_map(Tree::Field)];
    let list = vec(simple, 1..4);
    (select(&["append", "coalesce", "min", "max", ""][..]), list).prop_map(|(name, mut list)| {
        match name {
            "" => list.swap_remove(0),
            "append" => {
                list.insert(0, Tree::Literal(json!([0])));
                Tree::Call(name, list)
            }
            _ => Tree::Call(name, list),
        }
    })
}

/// Lists, most of them without conflicts.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    (vec(change(), 1..7), 0..8).prop_map(|(mut changes, keeps_conflicts)| {
        if keeps_conflicts != 0 {
            let mut kept: Vec<Change> = Vec::new();
            for change in changes {
                if !kept
                    .iter()
                    .any(|other| conflict(other.path(), change.path()))
                {
                    kept.push(change);
                }
            }
            changes = kept;
        }
        changes
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => (path(), tree()).prop_map(|(path, tree)| Change::Set(path, tree)),
        6 => (path(), sound_tree()).prop_map(|(path, tree)| Change::Set(path, tree)),
        3 => path().prop_map(Change::Remove),
    ]
}

/// Records, some with more fields than a shape takes.
fn record() -> impl Strategy<Value = Value> {
    let fields = vec((select(&NAMES[..]), field()), 0..7);
    (fields, 0_usize..8, any::<u8>(), any::<bool>()).prop_map(|(fields, at, kind, text)| {
        let mut map = Map::new();
        let wide = |map: &mut Map<String, Value>, salt: &str| {
            (0..260).for_each(|at| {
                map.insert(format!("{salt}{at}"), json!(at));
            });
        };
        let key = if text { json!("k\"") } else { json!(7) };
        for (position, (name, value)) in fields.into_iter().enumerate() {
            if position == at {
                map.insert("id".to_owned(), key.clone());
            }
            if position == 2 && kind < 40 {
                wide(&mut map, "wide");
            }
            map.insert(name.to_owned(), value);
        }
        if kind < 40 {
            wide(&mut map, "wider");
            wide(&mut map, "wide");
        }
        map.entry("id").or_insert(key);
        Value::Object(map)
    })
}

/// Without the fields that only make it wide: for messages.
fn shown(record: &str) -> String {
    let Ok(Value::Object(mut map)) = serde_json::from_str(record) else {
        return record.to_owned();
    };
    map.retain(|name, _| !name.starts_with("wide"));
    Value::Object(map).to_string()
}

fn conflicts(changes: &[Change]) -> bool {
    let pair = |(at, change): (usize, &Change)| {
        changes[..at]
            .iter()
            .any(|other| conflict(other.path(), change.path()))
    };
    changes.iter().enumerate().any(pair)
}

fn check(changes: &[Change], records: &[Value], params: &[Value]) -> Result<(), TestCaseError> {
    let text: Vec<String> = changes.iter().map(Change::render).collect();
    let text = text.join(", ");
    let assignments = match Assignments::parse(&text) {
        Ok(assignments) => assignments,
        Err(Error::Parse { .. }) if conflicts(changes) => return Ok(()),
        Err(other) => return Err(TestCaseError::fail(format!("{text}: {other}"))),
    };
    prop_assert!(!conflicts(changes), "{}", text);
    let values = json!(params).to_string();
    let values = Params::from_json(&values).unwrap();
    let mut evaluator = Evaluator::new(&assignments, &values);
    let mut shapes = Shapes::new("id");
    for record in records {
        let stored = stored(&mut shapes, &record.to_string());
        let found = apply(&mut evaluator, &shapes, &stored);
        let told = format!("{text} of {}", shown(&record.to_string()));
        let (wrong, reason, key, field) = match (model::apply(changes, record, params), found) {
            (Ok(expected), Ok(found)) => {
                let expected = expected.to_string();
                prop_assert!(
                    found == expected,
                    "{}: {}, not {}",
                    told,
                    shown(&found),
                    shown(&expected)
                );
                continue;
            }
            (Err(wrong), Err(Error::TypeMismatch { key, field, reason })) => {
                prop_assert_eq!(wrong.0, Wrong::Kind, "{}: {}", told, reason);
                (wrong, reason, key, field)
            }
            (Err(wrong), Err(Error::Overflow { key, field, reason })) => {
                prop_assert_eq!(wrong.0, Wrong::Range, "{}: {}", told, reason);
                (wrong, reason, key, field)
            }
            (expected, found) => {
                return Err(TestCaseError::fail(format!(
                    "{told}: not {found:?}, {}",
                    expected.is_ok()
                )));
            }
        };
        prop_assert!(!reason.is_empty());
        prop_assert_eq!(key, Some(record["id"].to_string()));
        let mut fields = changes.iter().map(|change| spelled(change.path()));
        match wrong.1 {
            Some(at) => prop_assert_eq!(Some(field), fields.nth(at)),
            None => prop_assert!(fields.any(|other| other == field)),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::testing::cases(3000) })]

    #[test]
    fn lists_do_what_the_model_does(
        changes in changes(),
        records in vec(record(), 1..4),
        params in vec(value(), 2),
    ) {
        check(&changes, &records, &params)?;
    }

    #[test]
    fn expressions_have_the_values_of_the_model(
        tree in tree(), record in record(), params in vec(value(), 2),
    ) {
        let path = vec![Step::Name("a".to_owned())];
        check(&[Change::Set(path, tree)], &[record], &params)?;
    }
}
