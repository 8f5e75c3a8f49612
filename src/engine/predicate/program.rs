//! A predicate as it runs: the tree flattened, its fields numbered, and bound to the shapes of a table.

use super::path::Path;
use super::tree::{Comparison, Node, Predicate, Test};
use crate::engine::key::KeyRef;
use crate::engine::record::Record;
use crate::engine::resolve::{Fields, Resolver};
use crate::engine::shape::Shapes;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::sync::Arc;

/// See the module's comment.
#[derive(Debug)]
pub(crate) struct Program {
    /// Quoted names of the record fields that the tests look at, each once.
    fields: Vec<Box<[u8]>>,
    root: Expression,
}

#[derive(Debug)]
enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Test {
        field: usize,
        path: Arc<Path>,
        test: Arc<Test>,
    },
}

impl Program {
    pub(super) fn new(predicate: &Predicate) -> Program {
        let mut numbers = HashMap::default();
        let root = flatten(predicate, &mut numbers);
        let mut fields: Vec<(Box<[u8]>, usize)> = numbers.into_iter().collect();
        fields.sort_unstable_by_key(|(_, number)| *number);
        let fields = fields.into_iter().map(|(field, _)| field).collect();
        Program { fields, root }
    }

    /// Whether every record matches.
    pub(crate) fn is_trivial(&self) -> bool {
        matches!(&self.root, Expression::And(operands) if operands.is_empty())
    }

    /// The keys that records must have to match, if the predicate says so; a record that has one may still not match.
    pub(crate) fn keys(&self, key_field: &[u8]) -> Option<Vec<KeyRef<'_>>> {
        self.root.keys(key_field)
    }
}

/// The number of each field.
type Numbers = HashMap<Box<[u8]>, usize, RandomState>;

fn flatten(predicate: &Predicate, fields: &mut Numbers) -> Expression {
    let mut all = |operands: &[Arc<Predicate>]| {
        operands
            .iter()
            .map(|operand| flatten(operand, fields))
            .collect()
    };
    match predicate.node() {
        Node::And(operands) => Expression::And(all(operands)),
        Node::Or(operands) => Expression::Or(all(operands)),
        Node::Not(operand) => Expression::Not(Box::new(flatten(operand, fields))),
        Node::Test(path, test) => {
            let next = fields.len();
            let field = *fields.entry(Box::from(path.field())).or_insert(next);
            Expression::Test {
                field,
                path: path.clone(),
                test: test.clone(),
            }
        }
    }
}

impl Expression {
    fn keys(&self, key_field: &[u8]) -> Option<Vec<KeyRef<'_>>> {
        match self {
            Expression::And(operands) => {
                operands.iter().find_map(|operand| operand.keys(key_field))
            }
            Expression::Test { path, test, .. } if path.plain() == Some(key_field) => match &**test
            {
                Test::Compare(Comparison::Eq, constant) => {
                    Some(KeyRef::equal_to(constant.text()).into_iter().collect())
                }
                Test::In(values) => {
                    let keys = values.values().iter();
                    Some(
                        keys.filter_map(|value| KeyRef::equal_to(value.text()))
                            .collect(),
                    )
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn matches(&self, fields: &Fields<'_, '_, '_>) -> bool {
        match self {
            Expression::And(operands) => operands.iter().all(|operand| operand.matches(fields)),
            Expression::Or(operands) => operands.iter().any(|operand| operand.matches(fields)),
            Expression::Not(operand) => !operand.matches(fields),
            Expression::Test { field, path, test } => {
                let value = fields.get(*field);
                test.passes(value.and_then(|value| path.follow(value)))
            }
        }
    }
}

/// A program bound to the shapes of a table.
pub(crate) struct Bound<'a> {
    program: &'a Program,
    resolver: Resolver<'a>,
}

impl<'a> Bound<'a> {
    pub(crate) fn new(program: &'a Program, shapes: &'a Shapes) -> Self {
        let names = program.fields.iter().map(|name| &**name);
        Bound {
            program,
            resolver: Resolver::new(names, shapes),
        }
    }

    /// Whether a record matches.
    #[inline]
    pub(crate) fn matches(&mut self, record: &Record<'_>) -> bool {
        self.program.is_trivial() || self.program.root.matches(&self.resolver.fields(*record))
    }
}
