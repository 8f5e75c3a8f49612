//! Predicates, queries, updates and indexes, made of decisions.

use super::choices::Choices;
use super::model::aggregate::{Aggregate, Function};
use super::model::alphabet::{PATTERNS, REFERENCES};
use super::model::assign::{Call, Expr, Set, Sign};
use super::model::index::Index;
use super::model::path::parse_path;
use super::model::predicate::{Cmp, Part, Pred};
use super::model::query::Query;
use super::model::say::print_path;
use super::model::value::Value;

/// Fields that records of `awkward` have, the usual ones first.
const USUAL: &[&str] = &["a", "s", "b", "n.b", "u", "tags[0]", "c", "n", "tags", "id"];

const PIECES: &[&str] = &[
    "%", "a", "_", "b", "ab", "é", "É", "!", "\\", "Σ", "ς", "abcdefgh", "\u{0}", "İ", "i",
];

const COMPOUND: &[&[&str]] = &[
    &["a", "b"],
    &["b", "a"],
    &["s", "a"],
    &["n.b", "a"],
    &["a", "s", "b"],
    &["id", "a"],
    &["tags[0]", "b"],
];

const ORDERS: &[Cmp] = &[Cmp::Eq, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge, Cmp::Ne];

pub fn field(choices: &mut Choices) -> String {
    match choices.chance(4) {
        true => choices.pick(REFERENCES),
        false => choices.pick(USUAL),
    }
    .to_owned()
}

fn pattern(choices: &mut Choices) -> String {
    if choices.chance(3) {
        return choices.pick(PATTERNS).to_owned();
    }
    let count = choices.below(7);
    let pieces: Vec<&str> = (0..count).map(|_| choices.pick(PIECES)).collect();
    Value::Str(pieces.concat()).text()
}

fn leaf(choices: &mut Choices) -> Pred {
    let field = field(choices);
    match choices.below(12) {
        0 | 1 => Pred::Compare(choices.pick(ORDERS), field, choices.value()),
        2 => Pred::In(field, choices.list(4, Choices::value)),
        3 => Pred::Between(field, choices.value(), choices.value()),
        4 | 5 => {
            let escape = choices.pick(&[None, Some('!'), Some('\\'), Some('a'), Some('%')]);
            let test = Pred::Like(choices.chance(3), field, pattern(choices), escape);
            // Whether a pattern that ends with its escape is refused by the text or by the run depends on how it is said.
            if test.compile().is_ok() {
                test
            } else {
                Pred::All
            }
        }
        6 => {
            let part = choices.pick(&[Part::Prefix, Part::Suffix, Part::Substring, Part::Whole]);
            Pred::Text(part, choices.chance(3), field, choices.string())
        }
        7 => Pred::Contains(field, choices.value()),
        8 => Pred::IsNull(field),
        9 => Pred::IsNotNull(field),
        10 => Pred::Compare(choices.pick(ORDERS), "id".to_owned(), choices.key()),
        _ => Pred::In("id".to_owned(), choices.list(4, Choices::key)),
    }
}

/// A predicate of some levels.
pub fn predicate(choices: &mut Choices, levels: usize) -> Pred {
    let kind = if levels == 0 { 0 } else { choices.below(7) };
    match kind {
        0..=2 => leaf(choices),
        3 => Pred::Not(Box::new(predicate(choices, levels - 1))),
        _ => {
            let operands = (0..choices.below(4))
                .map(|_| predicate(choices, levels - 1))
                .collect();
            if kind < 6 {
                Pred::And(operands)
            } else {
                Pred::Or(operands)
            }
        }
    }
}

fn aggregate(choices: &mut Choices) -> Aggregate {
    let function = choices.pick(&[
        Function::Count,
        Function::Sum,
        Function::Min,
        Function::Max,
        Function::Avg,
        Function::CountDistinct,
    ]);
    if function == Function::Count && choices.chance(2) {
        let star = choices.chance(2);
        return Aggregate {
            function,
            field: None,
            star,
        };
    }
    let field = match function {
        // Fields that are numbers most of the time.
        Function::Sum | Function::Avg => choices.pick(&["u", "n.b", "missing", "b"]).to_owned(),
        _ => field(choices),
    };
    // Inside an aggregate a field is written as in predicates.
    let path = parse_path(&field).expect("a reference");
    Aggregate::new(function, &print_path(&path))
}

fn group(choices: &mut Choices, query: &mut Query) {
    for _ in 0..choices.below(3) {
        let field = field(choices);
        if !query.group_by.contains(&field) {
            query.group_by.push(field);
        }
    }
    let has_aliases = choices.chance(2);
    for i in 0..choices.below(4) + usize::from(query.group_by.is_empty()) {
        let aggregate = aggregate(choices);
        if !query
            .aggregates
            .iter()
            .any(|(_, other)| other.text() == aggregate.text())
        {
            query
                .aggregates
                .push((has_aliases.then(|| format!("x{i}")), aggregate));
        }
    }
    // Other names would be paths.
    let columns = query.group_columns().into_iter();
    let columns: Vec<String> = columns
        .filter(|name| !name.is_empty() && !name.contains(['.', '[', '(', ' ', '`', '-']))
        .collect();
    if !columns.is_empty() {
        for _ in 0..choices.below(3) {
            let column = columns[choices.below(columns.len())].clone();
            query.order_by.push((column, choices.chance(2)));
        }
    }
}

/// A query that is in order.
pub fn query(choices: &mut Choices) -> Query {
    let mut query = Query::default();
    if !choices.chance(5) {
        query.filter = Some(predicate(choices, 2));
    }
    if choices.chance(3) {
        group(choices, &mut query);
        query.distinct = choices.chance(6);
    } else {
        for _ in 0..choices.below(4) {
            query.order_by.push((field(choices), choices.chance(2)));
        }
        if choices.chance(3) {
            let has_aliases = choices.chance(3);
            let mut columns: Vec<(Option<String>, String)> = Vec::new();
            for i in 0..choices.below(4) {
                let field = field(choices);
                if !columns.iter().any(|(_, other)| *other == field) {
                    columns.push((has_aliases.then(|| format!("column {i}")), field));
                }
            }
            query.columns = Some(columns);
            query.distinct = choices.chance(2);
        }
    }
    if choices.chance(2) {
        query.limit = Some(choices.pick(&[1, 0, 2, 3, 5, 10, 100, -1, i64::MIN]));
    }
    if choices.chance(4) {
        query.offset = Some(choices.pick(&[1, 0, 2, 5, 100, -1]));
    }
    query
}

fn expression(choices: &mut Choices, levels: usize) -> Expr {
    let kind = if levels == 0 {
        choices.below(2)
    } else {
        choices.below(8)
    };
    let part = |choices: &mut Choices| expression(choices, levels - 1);
    match kind {
        0 => Expr::Literal(choices.value()),
        1 => Expr::Field(field(choices)),
        2 => Expr::Minus(Box::new(part(choices))),
        3..=5 => {
            let sign = choices.pick(&[
                Sign::Add,
                Sign::Subtract,
                Sign::Multiply,
                Sign::Divide,
                Sign::Join,
            ]);
            Expr::Of(sign, Box::new(part(choices)), Box::new(part(choices)))
        }
        _ => {
            let call = choices.pick(&[Call::Coalesce, Call::Append, Call::Min, Call::Max]);
            let operands = (0..1 + choices.below(3)).map(|_| part(choices)).collect();
            Expr::Call(call, operands)
        }
    }
}

/// Assignments to fields that do not overlap, most often.
pub fn set(choices: &mut Choices) -> Set {
    const TARGETS: &[&str] = &[
        "a", "b", "s", "n.b", "u", "tags", "c", "z", "n.c", "`x y`", "id",
    ];
    let mut set: Vec<(String, Option<Expr>)> = Vec::new();
    for _ in 0..1 + choices.below(3) {
        let field = choices.pick(TARGETS).to_owned();
        let expression = (!choices.chance(6)).then(|| expression(choices, 2));
        if !set.iter().any(|(other, _)| *other == field) {
            set.push((field, expression));
        }
    }
    Set(set)
}

/// An index; a unique one now and then.
pub fn index(choices: &mut Choices) -> Index {
    let sorted = choices.chance(2);
    if choices.chance(4) {
        let fields: &[&str] = if choices.chance(2) {
            &["u", "a"]
        } else {
            &["u"]
        };
        return Index::new(fields, sorted, true);
    }
    match choices.chance(3) {
        true => Index::new(choices.pick(COMPOUND), sorted, false),
        false => Index::new(&[choices.pick(USUAL)], sorted, false),
    }
}
