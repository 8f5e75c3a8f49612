//! A predicate as it runs: the tree flattened, its fields numbered, its parameters filled in, and bound to the shapes of
//! a table.

use super::form::Form;
use super::path::Path;
use super::test::Test;
use super::tree::{Comparison, Node, Predicate};
use crate::engine::limits::{add, reserve};
use crate::engine::params::Params;
use crate::engine::record::Record;
use crate::engine::resolve::{Fields, Resolver};
use crate::engine::shape::Shapes;
use crate::engine::syntax::Operand;
use crate::engine::Result;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::sync::Arc;

/// A predicate as it runs, but for the values of its parameters.
#[derive(Debug)]
pub(crate) struct Program {
    /// Quoted names of the record fields that the tests look at, each once.
    fields: Vec<Box<[u8]>>,
    root: Expression,
    /// The tests with parameters, in the order of their `Source::Bound`.
    templates: Vec<Arc<Form<Operand>>>,
}

/// A node of a program.
#[derive(Debug)]
pub(crate) enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Test {
        /// Position of the path's field in the program.
        field: usize,
        path: Arc<Path>,
        test: Source,
    },
}

/// Where a test comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// It is the same in each run.
    Fixed(Arc<Test>),
    /// It has parameters: its position in the run's bindings.
    Bound(usize),
}

/// The tests with parameters, filled in for one run.
#[derive(Debug, Default)]
pub(crate) struct Bindings(Vec<Test>);

impl Source {
    /// The test of a run; `None` only if the bindings are of another program.
    #[inline]
    pub(crate) fn test<'a>(&'a self, bindings: &'a Bindings) -> Option<&'a Test> {
        match self {
            Source::Fixed(test) => Some(test),
            Source::Bound(position) => bindings.0.get(*position),
        }
    }
}

impl Program {
    pub(super) fn new(predicate: &Predicate) -> Program {
        let mut flattener = Flattener::default();
        let root = flattener.flatten(predicate);
        let mut fields: Vec<(Box<[u8]>, usize)> = flattener.fields.into_iter().collect();
        fields.sort_unstable_by_key(|(_, number)| *number);
        Program {
            fields: fields.into_iter().map(|(field, _)| field).collect(),
            root,
            templates: flattener.templates,
        }
    }

    /// The whole program.
    pub(crate) fn root(&self) -> &Expression {
        &self.root
    }

    /// Whether every record matches.
    pub(crate) fn is_trivial(&self) -> bool {
        matches!(&self.root, Expression::And(operands) if operands.is_empty())
    }

    /// Fills in the parameters. Values beyond the program's parameters may be another's, so they are not counted here.
    pub(crate) fn bind(&self, params: &Params) -> Result<Bindings> {
        let mut tests = Vec::new();
        reserve(&mut tests, self.templates.len())?;
        for template in &self.templates {
            add(&mut tests, template.bind(params)?)?;
        }
        Ok(Bindings(tests))
    }

    /// If all that is asked is whether one field equals one value: the field, and the value's canonical text.
    pub(crate) fn equality<'a>(&'a self, params: &'a Params<'a>) -> Option<(&'a Path, &'a [u8])> {
        let Expression::Test { path, test, .. } = &self.root else {
            return None;
        };
        let text = match test {
            Source::Fixed(test) => match &**test {
                Test::Compare(Comparison::Eq, constant) => constant.text(),
                _ => return None,
            },
            Source::Bound(position) => match self.template(*position)? {
                Form::Compare(Comparison::Eq, Operand::Parameter(number)) => {
                    params.get(*number).ok()?
                }
                _ => return None,
            },
        };
        Some((path, text))
    }

    /// A test with parameters, as it is written.
    pub(super) fn template(&self, position: usize) -> Option<&Form<Operand>> {
        self.templates.get(position).map(|form| &**form)
    }
}

#[derive(Default)]
struct Flattener {
    /// The number of each field.
    fields: HashMap<Box<[u8]>, usize, RandomState>,
    templates: Vec<Arc<Form<Operand>>>,
}

impl Flattener {
    fn flatten(&mut self, predicate: &Predicate) -> Expression {
        let mut all = |operands: &[Arc<Predicate>]| {
            let flatten = |operand: &Arc<Predicate>| self.flatten(operand);
            operands.iter().map(flatten).collect()
        };
        match predicate.node() {
            Node::And(operands) => Expression::And(all(operands)),
            Node::Or(operands) => Expression::Or(all(operands)),
            Node::Not(operand) => Expression::Not(Box::new(self.flatten(operand))),
            Node::Test(path, test) => self.test(path, Source::Fixed(test.clone())),
            Node::Template(path, form) => {
                let position = self.templates.len();
                self.templates.push(form.clone());
                self.test(path, Source::Bound(position))
            }
        }
    }

    fn test(&mut self, path: &Arc<Path>, test: Source) -> Expression {
        let next = self.fields.len();
        let field = *self.fields.entry(Box::from(path.field())).or_insert(next);
        Expression::Test {
            field,
            path: path.clone(),
            test,
        }
    }
}

impl Expression {
    fn matches(&self, bindings: &Bindings, fields: &Fields<'_, '_, '_>) -> bool {
        match self {
            Expression::And(operands) => operands
                .iter()
                .all(|operand| operand.matches(bindings, fields)),
            Expression::Or(operands) => operands
                .iter()
                .any(|operand| operand.matches(bindings, fields)),
            Expression::Not(operand) => !operand.matches(bindings, fields),
            Expression::Test { field, path, test } => {
                let value = fields.get(*field);
                let value = value.and_then(|value| path.follow(value));
                test.test(bindings).is_some_and(|test| test.passes(value))
            }
        }
    }
}

/// A program bound to its parameters' values and the shapes of a table.
pub(crate) struct Bound<'a> {
    program: &'a Program,
    bindings: &'a Bindings,
    resolver: Resolver<'a>,
}

impl<'a> Bound<'a> {
    pub(crate) fn new(program: &'a Program, bindings: &'a Bindings, shapes: &'a Shapes) -> Self {
        let names = program.fields.iter().map(|name| &**name);
        Bound {
            program,
            bindings,
            resolver: Resolver::new(names, shapes),
        }
    }

    /// Whether a record matches.
    #[inline]
    pub(crate) fn matches(&mut self, record: &Record<'_>) -> bool {
        let Bound {
            program, bindings, ..
        } = *self;
        program.is_trivial() || {
            let fields = self.resolver.fields(*record);
            program.root.matches(bindings, &fields)
        }
    }

    /// Whether a record matches all of some parts of the program.
    #[inline]
    pub(crate) fn matches_all(&mut self, parts: &[&Expression], record: &Record<'_>) -> bool {
        parts.is_empty() || {
            let fields = self.resolver.fields(*record);
            parts
                .iter()
                .all(|part| part.matches(self.bindings, &fields))
        }
    }
}
