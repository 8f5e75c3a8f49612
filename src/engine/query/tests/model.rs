//! Groups against a naive implementation on trees of values.

use super::reference::{aggregate, look_up, order, FIELDS};
use super::Stored;
use proptest::prelude::*;
use serde_json::{json, Map, Value};
use std::cmp::Ordering;

const FUNCTIONS: [&str; 6] = ["count", "count_distinct", "sum", "avg", "min", "max"];

#[derive(Debug, Clone)]
struct Case {
    /// With whether they are stored without field positions.
    records: Vec<(Value, bool)>,
    by: Vec<&'static str>,
    /// No field: records are counted.
    aggregates: Vec<(&'static str, Option<&'static str>)>,
    order_by: Vec<(usize, bool)>,
    offset: Option<u64>,
    limit: Option<u64>,
}

impl Case {
    fn alias(at: usize) -> String {
        format!("out {at}")
    }

    fn spec(&self) -> String {
        let mut aggregates = Map::new();
        for (at, (function, field)) in self.aggregates.iter().enumerate() {
            let text = format!("{function}({})", field.unwrap_or_default());
            aggregates.insert(Case::alias(at), json!(text));
        }
        let names = self.names();
        let order_by = self.order_by.iter().map(|(at, descending)| {
            let sign = if *descending { "-" } else { "" };
            format!("{sign}{}", names[at % names.len()])
        });
        json!({
            "group_by": self.by,
            "aggregates": aggregates,
            "order_by": order_by.collect::<Vec<_>>(),
            "offset": self.offset,
            "limit": self.limit,
        })
        .to_string()
    }

    fn names(&self) -> Vec<String> {
        let by = self.by.iter().map(|name| (*name).to_owned());
        by.chain((0..self.aggregates.len()).map(Case::alias))
            .collect()
    }

    /// The answer, or the kind of error and what it is about.
    fn expected(&self) -> Result<Vec<Value>, String> {
        let mut groups: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
        if self.by.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for (record, _) in &self.records {
            for (function, field) in &self.aggregates {
                let value = field.map_or(Value::Null, |field| look_up(record, field));
                let is_summed = matches!(*function, "sum" | "avg");
                if is_summed && !value.is_null() && !value.is_number() {
                    return Err(format!("type {} {}", record["id"], field.unwrap()));
                }
            }
            let key: Vec<Value> = self.by.iter().map(|field| look_up(record, field)).collect();
            let same =
                |other: &Vec<Value>| other.iter().zip(&key).all(|(a, b)| order(a, b).is_eq());
            match groups.iter_mut().find(|(other, _)| same(other)) {
                Some((_, records)) => records.push(record.clone()),
                None => groups.push((key, vec![record.clone()])),
            }
        }
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for (mut row, records) in groups {
            for (function, field) in &self.aggregates {
                let value = aggregate(function, *field, &records);
                row.push(value.ok_or_else(|| format!("overflow {}", field.unwrap()))?);
            }
            rows.push(row);
        }
        let names = self.names();
        // Stable.
        rows.sort_by(|a, b| {
            let columns = self.order_by.iter().map(|(at, descending)| {
                let at = at % names.len();
                let order = order(&a[at], &b[at]);
                if *descending {
                    order.reverse()
                } else {
                    order
                }
            });
            columns
                .into_iter()
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let rows = rows.into_iter().map(|row| {
            let members = names.iter().cloned().zip(row);
            Value::Object(members.collect())
        });
        let rows = rows.skip(self.offset.unwrap_or(0) as usize);
        Ok(rows
            .take(self.limit.map_or(usize::MAX, |limit| limit as usize))
            .collect())
    }

    fn found(&self) -> Result<String, String> {
        use crate::engine::Error;
        let mut stored = Stored::new();
        for (record, is_generic) in &self.records {
            stored.add(&record.to_string(), *is_generic);
        }
        stored.run(&self.spec()).map_err(|error| match error {
            Error::TypeMismatch { key, field, .. } => format!("type {} {field}", key.unwrap()),
            Error::Overflow { field, .. } => format!("overflow {field}"),
            other => other.to_string(),
        })
    }
}

fn numbers() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (-3..4_i64).prop_map(|n| json!(n)),
        4 => prop::sample::select(vec![0.0, -0.0, 1.0, 2.0, -1.0, 0.1, 0.2, 1e-9, 0.5]).prop_map(|n| json!(n)),
        2 => prop::sample::select(vec![json!(u64::MAX), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX - 1), json!(1_u64 << 53 | 1)]),
        1 => prop::sample::select(vec![1e300, -1e300, 1e25, 1.7e308]).prop_map(|n| json!(n)),
        2 => Just(Value::Null),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let texts = ["", "1", "a", "b", "eight by", "eight bytes", "a\"\\\n", "é"];
    prop_oneof![
        3 => numbers(),
        1 => any::<bool>().prop_map(Value::Bool),
        3 => prop::sample::select(texts.to_vec()).prop_map(|text| json!(text)),
        1 => prop::sample::select(vec![json!([]), json!([1]), json!([1.0]), json!([1, [null]])]),
        1 => prop::sample::select(vec![json!({}), json!({"p": 1, "q": 2}), json!({"q": 2.0, "p": 1}), json!({"p": null})]),
    ]
}

/// Fields "a" and "o.x" hold numbers mostly, the others anything.
fn records() -> impl Strategy<Value = Vec<(Value, bool)>> {
    let a = prop_oneof![60 => numbers(), 1 => values()];
    let o = (prop::option::of(numbers()), prop::option::of(values()));
    let record = (
        prop::option::of(a),
        prop::option::of(values()),
        prop::option::of(values()),
        prop::option::of(o),
        any::<bool>(),
        prop::bool::weighted(0.1),
    );
    prop::collection::vec(record, 0..60).prop_map(|records| {
        let mut built = Vec::new();
        for (id, (a, b, c, o, is_reversed, is_generic)) in records.into_iter().enumerate() {
            let o = o.map(|(x, y): (Option<Value>, Option<Value>)| {
                let x = x.map(|x| ("x".to_owned(), x));
                let y = y.map(|y| ("y".to_owned(), json!([y])));
                Value::Object(x.into_iter().chain(y).collect())
            });
            let fields = [
                ("id", Some(json!(id))),
                ("a", a),
                ("b", b),
                ("c", c),
                ("o", o),
            ];
            let mut fields: Vec<_> = fields
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect();
            if is_reversed {
                fields.reverse();
            }
            built.push((Value::Object(fields.into_iter().collect()), is_generic));
        }
        built
    })
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(FIELDS.map(|(name, _)| name).to_vec())
}

fn aggregates() -> impl Strategy<Value = (&'static str, Option<&'static str>)> {
    let summed = prop::sample::select(vec!["a", "a", "a", "o.x", "none", "b"]);
    let sums = (
        prop::sample::select(vec!["sum", "avg"]),
        summed.prop_map(Some),
    );
    let others = prop::sample::select(FUNCTIONS.to_vec());
    let others = others.prop_filter("sums have their own", |name| {
        !matches!(*name, "sum" | "avg")
    });
    prop_oneof![
        1 => Just(("count", None)),
        3 => sums,
        5 => (others, field().prop_map(Some)),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let by = prop::sample::subsequence(FIELDS.map(|(name, _)| name).to_vec(), 0..3);
    let order_by = prop::collection::vec((0_usize..8, any::<bool>()), 0..3);
    let page = (
        prop::option::weighted(0.3, 0_u64..5),
        prop::option::of(0_u64..8),
    );
    let aggregates = prop::collection::vec(aggregates(), 0..6);
    (records(), by.prop_shuffle(), aggregates, order_by, page).prop_map(
        |(records, by, mut aggregates, order_by, (offset, limit))| {
            if by.is_empty() && aggregates.is_empty() {
                aggregates.push(("count", None));
            }
            Case {
                records,
                by,
                aggregates,
                order_by,
                offset,
                limit,
            }
        },
    )
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..crate::testing::cases(2_000)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn groups_are_as_in_the_model(case in case()) {
        let expected = case.expected().map(|rows| Value::Array(rows).to_string());
        prop_assert_eq!(case.found(), expected, "{}", case.spec());
    }
}

/// So many groups that tables grow, and that some share a hash's low bits.
#[test]
fn many_groups_are_told_apart() {
    let mut stored = Stored::new();
    let key = |n: i64| match n % 3 {
        0 => json!(n),
        1 => json!(n as f64 + 0.5),
        _ => json!(format!("key {n}")),
    };
    for n in 0..60_000_i64 {
        let record = json!({"id": n, "k": key(n % 20_000), "v": n});
        stored.add(&record.to_string(), false);
    }
    let spec =
        r#"{"group_by":"k","aggregates":{"n":"count()","v":"min(v)","d":"count_distinct(v)"}}"#;
    let rows = (0..20_000).map(|n| json!({"k": key(n), "n": 3, "v": n, "d": 3}));
    let expected = Value::Array(rows.collect()).to_string();
    assert!(stored.run(spec).unwrap() == expected);
}
