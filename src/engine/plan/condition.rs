//! What a part of a predicate asks of one field, in terms that an index answers.

use crate::engine::index::Edge;
use crate::engine::limits::reserve;
use crate::engine::predicate::{
    Bindings, Case, Comparison, Constant, Expression, LikeTail, Path, Test, TextMatch,
};
use crate::engine::value::Value;

/// See the module's comment.
pub(super) enum Condition<'a> {
    /// The field equals one of these values, which differ from each other.
    Points(Vec<Value<'a>>),
    /// The field lies between two ends.
    Range(Edge<'a>, Edge<'a>),
    /// Nothing is asked that any value fulfils.
    Never,
}

/// A condition on a field, and whether it says all that the part of the predicate says.
pub(super) struct On<'a> {
    pub(super) path: &'a Path,
    pub(super) condition: Condition<'a>,
    pub(super) is_all: bool,
}

/// The condition that a part of a predicate is, if it is one.
pub(super) fn of<'a>(part: &'a Expression, bindings: &'a Bindings) -> Option<On<'a>> {
    match part {
        Expression::Test { path, test, .. } => {
            let (condition, is_all) = of_test(test.test(bindings)?)?;
            Some(On {
                path,
                condition,
                is_all,
            })
        }
        Expression::Not(operand) => match &**operand {
            Expression::Test { path, test, .. } => match test.test(bindings)? {
                Test::IsNull => {
                    let (low, high) = Edge::not_null();
                    Some(On {
                        path,
                        condition: Condition::Range(low, high),
                        is_all: true,
                    })
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn of_test(test: &Test) -> Option<(Condition<'_>, bool)> {
    let condition = match test {
        Test::Compare(Comparison::Eq, constant) => Condition::Points(vec![constant.value()]),
        Test::Compare(Comparison::Ne, _) => return None,
        Test::Compare(comparison, constant) => compare(*comparison, constant.value()),
        Test::In(values) => Condition::Points(distinct(values.values())?),
        Test::Between(low, high) => between(low.value(), high.value()),
        Test::IsNull => Condition::Points(vec![Value::Null]),
        Test::Like(Case::Sensitive, like) => {
            let (prefix, tail) = like.prefix();
            if prefix.is_empty() && tail == LikeTail::More {
                return None;
            }
            return Some((prefixed(&prefix), tail == LikeTail::Anything));
        }
        Test::Text(TextMatch::Prefix, Case::Sensitive, needle) => prefixed(needle.text()),
        Test::Like(..) | Test::Text(..) | Test::Contains(..) => return None,
    };
    Some((condition, true))
}

fn compare(comparison: Comparison, value: Value<'_>) -> Condition<'_> {
    let Some((low, high)) = Edge::of_kind(value) else {
        return Condition::Never;
    };
    match comparison {
        Comparison::Lt => Condition::Range(low, Edge::Before(value)),
        Comparison::Le => Condition::Range(low, Edge::Behind(value)),
        Comparison::Gt => Condition::Range(Edge::Behind(value), high),
        Comparison::Ge => Condition::Range(Edge::Before(value), high),
        Comparison::Eq | Comparison::Ne => Condition::Never,
    }
}

fn between<'a>(low: Value<'a>, high: Value<'a>) -> Condition<'a> {
    if !low.is_comparable(&high) || low.order(&high).is_gt() {
        return Condition::Never;
    }
    Condition::Range(Edge::Before(low), Edge::Behind(high))
}

fn prefixed<'a>(prefix: &[u8]) -> Condition<'a> {
    Condition::Range(
        Edge::BeforeText(prefix.to_vec()),
        Edge::behind_prefix(prefix),
    )
}

/// `None` if there is no memory for them; then records are tested one by one.
fn distinct(constants: &[Constant]) -> Option<Vec<Value<'_>>> {
    let mut values = Vec::new();
    reserve(&mut values, constants.len()).ok()?;
    values.extend(constants.iter().map(Constant::value));
    values.sort_unstable_by(Value::order);
    values.dedup_by(|a, b| a.equals(b));
    Some(values)
}
