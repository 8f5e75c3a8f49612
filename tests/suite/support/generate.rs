//! Strategies: random operations on small tables.

use super::alphabet::*;
use super::ops::Op;
use super::predicate::{Cmp, Part, Pred};
use super::table::OnTaken;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

type Text = BoxedStrategy<String>;

fn one_of(choices: &'static [&'static str]) -> Text {
    select(choices).prop_map(str::to_owned).boxed()
}

fn quoted(text: &str) -> String {
    super::value::Value::Str(text.to_owned()).text()
}

fn scalar() -> Text {
    prop_oneof![
        6 => one_of(NUMBERS),
        5 => one_of(STRINGS),
        2 => one_of(&["null", "true", "false"]),
    ]
    .boxed()
}

fn list() -> Text {
    vec(scalar(), 0..4)
        .prop_map(|items| format!("[{}]", items.join(" ,")))
        .boxed()
}

fn dict() -> Text {
    let field = (
        select(&["b", "c", "a", "b"][..]),
        prop_oneof![4 => scalar(), 1 => list()],
    );
    let print = |(name, value): (&str, String)| format!("{}: {value}", quoted(name));
    let fields = vec(field.prop_map(print), 0..3);
    fields
        .prop_map(|fields| format!("{{{}}}", fields.join(",")))
        .boxed()
}

fn value() -> Text {
    prop_oneof![
        60 => scalar(),
        8 => list(),
        8 => dict(),
        2 => vec(dict(), 1..3).prop_map(|items| format!("[{}]", items.join(","))),
        1 => select(&[126, 127, 128][..]).prop_map(deep),
    ]
    .boxed()
}

/// A value of a type of a schema, most of the time.
fn typed(kind: &str) -> Text {
    let right = match kind {
        "int" => one_of(INTEGERS),
        "float" => one_of(NUMBERS),
        "str" => one_of(STRINGS),
        "bool" => one_of(&["true", "false"]),
        "list" => list(),
        _ => dict(),
    };
    prop_oneof![60 => right, 1 => Just("null".to_owned()), 1 => value()].boxed()
}

fn good_key() -> Text {
    prop_oneof![150 => one_of(&KEYS[..6]), 60 => one_of(KEYS), 1 => one_of(LAST_KEYS)].boxed()
}

fn key() -> Text {
    prop_oneof![30 => good_key(), 1 => one_of(BAD_KEYS), 1 => Just("null".to_owned())].boxed()
}

/// What `get` and the like may be given for a key.
fn one_key() -> Text {
    prop_oneof![
        100 => key(),
        1 => Just(format!(" {NO_INTEGER}\n")),
        1 => one_of(&["", "x", "1 2", "\"", "01"]),
        1 => good_key().prop_map(|key| format!("\t{key} ")),
    ]
    .boxed()
}

/// An object of fields, spelled closely or widely.
fn object(fields: impl Strategy<Value = Vec<(String, String)>> + 'static) -> Text {
    let print = |(fields, wide): (Vec<(String, String)>, bool)| {
        let (colon, comma, space) = if wide {
            (" :\t", " ,\r\n", " ")
        } else {
            (":", ",", "")
        };
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{}{colon}{value}", quoted(name)));
        format!(
            "{space}{{{space}{}{space}}}{space}",
            fields.collect::<Vec<_>>().join(comma)
        )
    };
    (fields, prop::bool::weighted(0.2)).prop_map(print).boxed()
}

type Field = BoxedStrategy<Option<(String, String)>>;

fn field(name: &'static str, present: f64, value: Text) -> Field {
    let value = proptest::option::weighted(present, value);
    value
        .prop_map(move |value| Some((name.to_owned(), value?)))
        .boxed()
}

fn any_field() -> BoxedStrategy<(String, String)> {
    (prop_oneof![one_of(&FIELDS[..5]), one_of(FIELDS)], value()).boxed()
}

/// Fields of a table's records: of its schema, each present with the given probability, or any.
fn fields(kind: Kind, present: f64, key_present: f64) -> BoxedStrategy<Vec<(String, String)>> {
    let key = field(kind.key_field, key_present, key());
    if kind.typed.is_empty() {
        let others = vec(any_field(), 0..5);
        let place = 0..5_usize;
        return (key, others, place)
            .prop_map(|(key, mut fields, place)| {
                if let Some(key) = key {
                    fields.insert(place.min(fields.len()), key);
                }
                fields
            })
            .boxed();
    }
    let mut all: Vec<Field> = kind
        .typed
        .iter()
        .map(|(name, t)| field(name, present, typed(t)))
        .collect();
    all.push(key);
    let stray = proptest::option::weighted(0.015, any_field());
    let all = all.prop_shuffle();
    (all, stray)
        .prop_map(|(all, stray)| all.into_iter().flatten().chain(stray).collect())
        .boxed()
}

fn record(kind: Kind) -> Text {
    prop_oneof![
        60 => object(fields(kind, 0.97, 0.7)),
        1 => one_of(BAD_OBJECTS),
        1 => one_of(BROKEN),
    ]
    .boxed()
}

fn changes(kind: Kind) -> Text {
    prop_oneof![
        30 => object(fields(kind, 0.3, 0.05)),
        5 => object(fields(kind, 0.3, 0.9)),
        1 => one_of(BAD_OBJECTS),
        1 => one_of(BROKEN),
    ]
    .boxed()
}

fn records(kind: Kind) -> Text {
    let item = prop_oneof![40 => object(fields(kind, 0.98, 0.4)), 1 => one_of(BAD_OBJECTS)];
    prop_oneof![
        30 => vec(item, 0..6).prop_map(|items| format!("[{}]", items.join(" , "))),
        1 => one_of(&["{}", "[", "[{}", "[{}]]", "", "5", "[{}] x"]),
    ]
    .boxed()
}

fn good_reference() -> Text {
    prop_oneof![one_of(&REFERENCES[..11]), one_of(REFERENCES)].boxed()
}

/// A reference, sometimes a bad one.
fn reference() -> Text {
    prop_oneof![100 => good_reference(), 1 => one_of(BAD_REFERENCES)].boxed()
}

fn leaf() -> BoxedStrategy<Pred> {
    let good = good_reference;
    let cmp = select(&[Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge][..]);
    let part = select(&[Part::Prefix, Part::Suffix, Part::Substring, Part::Whole][..]);
    let escape = select(&[None, Some('!'), Some('a'), Some('%')][..]);
    let keys = || select(&["id", "`k.y`", "k"][..]).prop_map(str::to_owned);
    let bad = one_of(&["", "nul", "[1", "18446744073709551616", "1 2"]);
    prop_oneof![
        1 => Just(Pred::All),
        8 => (cmp.clone(), reference(), value()).prop_map(|(c, f, v)| Pred::Compare(c, f, v)),
        4 => (cmp, keys(), good_key()).prop_map(|(c, f, v)| Pred::Compare(c, f, v)),
        4 => (keys(), good_key()).prop_map(|(f, v)| Pred::Compare(Cmp::Eq, f, v)),
        2 => (good(), vec(value(), 0..4)).prop_map(|(f, v)| Pred::In(f, format!("[{}]", v.join(",")))),
        1 => (good(), vec(scalar(), 8..14)).prop_map(|(f, v)| Pred::In(f, format!("[{}]", v.join(",")))),
        2 => (keys(), vec(key(), 0..4)).prop_map(|(f, v)| Pred::In(f, format!("[{}]", v.join(",")))),
        3 => (reference(), value(), value()).prop_map(|(f, l, h)| Pred::Between(f, l, h)),
        3 => (any::<bool>(), good(), one_of(PATTERNS), escape).prop_map(|(c, f, p, e)| Pred::Like(c, f, p, e)),
        3 => (part, any::<bool>(), good(), one_of(STRINGS)).prop_map(|(p, c, f, v)| Pred::Text(p, c, f, v)),
        3 => (good(), value()).prop_map(|(f, v)| Pred::Contains(f, v)),
        1 => reference().prop_map(Pred::IsNull),
        1 => reference().prop_map(Pred::IsNotNull),
        1 => (good(), bad).prop_map(|(f, v)| Pred::Compare(Cmp::Eq, f, v)),
    ]
    .boxed()
}

pub fn pred() -> BoxedStrategy<Pred> {
    let nested = |inner: BoxedStrategy<Pred>| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Pred::And),
            vec(inner.clone(), 0..4).prop_map(Pred::Or),
            inner.prop_map(|operand| Pred::Not(Box::new(operand))),
        ]
        .boxed()
    };
    prop_oneof![3 => leaf(), 2 => leaf().prop_recursive(3, 8, 3, nested)].boxed()
}

fn columns() -> Text {
    let names = proptest::sample::subsequence(REFERENCES, 0..4).prop_shuffle();
    let aliases = proptest::sample::subsequence(&["x", "a", "", "é\n"][..], 0..4);
    prop_oneof![
        3 => names.prop_map(|names| {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            format!(r#""columns":[{}]"#, names.join(","))
        }),
        3 => (aliases, vec(reference(), 4)).prop_map(|(aliases, fields)| {
            let pairs = aliases.iter().zip(&fields);
            let pairs: Vec<String> = pairs.map(|(a, f)| format!("{}:{}", quoted(a), quoted(f))).collect();
            format!(r#""columns": {{{}}}"#, pairs.join(","))
        }),
        1 => Just(r#""columns":["b"]"#.to_owned()),
    ]
    .boxed()
}

fn order_by() -> Text {
    let term = || {
        (any::<bool>(), reference())
            .prop_map(|(down, f)| quoted(&format!("{}{f}", if down { "-" } else { "" })))
    };
    prop_oneof![
        term().prop_map(|term| format!(r#""order_by":{term}"#)),
        vec(term(), 0..3).prop_map(|terms| format!(r#""order_by":[{}]"#, terms.join(","))),
    ]
    .boxed()
}

fn options() -> Text {
    let option =
        |name: &'static str, values| one_of(values).prop_map(move |v| format!("\"{name}\" : {v}"));
    let maybe = |probability, text| proptest::option::weighted(probability, text);
    let all = (
        maybe(0.5, columns()),
        maybe(0.5, order_by()),
        maybe(
            0.4,
            option("limit", &["0", "1", "2", "3", "5", "-1", "null"]).boxed(),
        ),
        maybe(
            0.4,
            option("offset", &["0", "1", "2", "3", "100", "-1"]).boxed(),
        ),
        maybe(0.4, option("distinct", &["true", "false"]).boxed()),
        maybe(
            0.01,
            one_of(&[
                r#""what":1"#,
                r#""limit":"1""#,
                r#""offset":1.5"#,
                r#""distinct":1"#,
                r#""columns":5"#,
                r#""order_by":{}"#,
            ]),
        ),
    );
    all.prop_map(|(c, o, l, s, d, w)| {
        let given: Vec<String> = [c, o, l, s, d, w].into_iter().flatten().collect();
        format!("{{{}}}", given.join(","))
    })
    .boxed()
}

pub fn op(kind: Kind) -> BoxedStrategy<Op> {
    let maybe_pred = || proptest::option::weighted(0.7, pred());
    let on_taken = select(&[OnTaken::Update, OnTaken::Ignore, OnTaken::Error][..]);
    let keys = vec(good_key(), 0..6);
    let many_key = prop_oneof![20 => key(), 1 => Just(NO_INTEGER.to_owned())];
    prop_oneof![
        16 => record(kind).prop_map(Op::Insert),
        5 => records(kind).prop_map(Op::InsertMany),
        8 => (record(kind), on_taken.clone()).prop_map(|(record, on_taken)| Op::Upsert(record, on_taken)),
        4 => (changes(kind), on_taken).prop_map(|(record, on_taken)| Op::Upsert(record, on_taken)),
        5 => one_key().prop_map(Op::Get),
        3 => keys.prop_map(|keys| Op::GetMany(format!("[ {}]", keys.join(",")))),
        1 => vec(many_key, 0..6).prop_map(|keys| Op::GetMany(format!("[{}]", keys.join(",")))),
        14 => (maybe_pred(), options()).prop_map(|(pred, options)| Op::Select(pred, options)),
        6 => maybe_pred().prop_map(Op::Count),
        6 => (pred(), changes(kind)).prop_map(|(pred, changes)| Op::Update(pred, changes)),
        8 => (one_key(), changes(kind)).prop_map(|(key, changes)| Op::UpdateByKey(key, changes)),
        2 => pred().prop_map(Op::Delete),
        5 => one_key().prop_map(Op::DeleteByKey),
        2 => Just(Op::Describe),
    ]
    .boxed()
}

/// A table and what is done to it.
pub fn case(length: std::ops::Range<usize>) -> BoxedStrategy<(Kind, Vec<Op>)> {
    let kind = prop_oneof![3 => Just(KINDS[0]), 2 => select(KINDS)];
    kind.prop_flat_map(move |kind| {
        let first = vec(object(fields(kind, 0.99, 0.8)).prop_map(Op::Insert), 0..12);
        let work = (first, vec(op(kind), length.clone()));
        (
            Just(kind),
            work.prop_map(|(first, then)| [first, then].concat()),
        )
    })
    .boxed()
}
