//! The tree that builders make: immutable, shared by the predicates that are made of it.

use super::form::Form;
use super::path::Path;
use super::program::Program;
use super::test::Test;
use crate::engine::json::canonical;
use crate::engine::limits::{exceeded, MAX_PREDICATE_DEPTH};
use crate::engine::params::Params;
use crate::engine::syntax::Operand;
use crate::engine::Result;
use once_cell::sync::OnceCell;
use std::sync::Arc;

/// Nodes of a predicate at most, shared ones counted as often as they stand in it.
pub(super) const MAX_NODES: usize = 65_536;

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Eq,
    /// `!=`, the exact opposite of `=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Comparison {
    /// The comparison that says the same of its operands exchanged.
    pub(super) fn mirrored(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            symmetric => symmetric,
        }
    }
}

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// They differ.
    Sensitive,
    /// Both sides are taken in lower case.
    Insensitive,
}

/// Which part of a string a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextMatch {
    /// Its beginning.
    Prefix,
    /// Its end.
    Suffix,
    /// Any part.
    Substring,
    /// All of it.
    Whole,
}

/// Says of each record whether it matches.
#[derive(Debug)]
pub struct Predicate {
    node: Node,
    depth: usize,
    nodes: usize,
    /// The highest number of a parameter, 0 if there is none.
    parameters: usize,
    program: OnceCell<Program>,
}

#[derive(Debug)]
pub(super) enum Node {
    And(Vec<Arc<Predicate>>),
    Or(Vec<Arc<Predicate>>),
    Not(Arc<Predicate>),
    Test(Arc<Path>, Arc<Test>),
    /// A test with parameters.
    Template(Arc<Path>, Arc<Form<Operand>>),
}

impl Predicate {
    fn new(node: Node) -> Result<Predicate> {
        let operands: &[Arc<Predicate>] = match &node {
            Node::And(operands) | Node::Or(operands) => operands,
            Node::Not(operand) => std::slice::from_ref(operand),
            Node::Test(..) | Node::Template(..) => &[],
        };
        let depth = 1 + operands
            .iter()
            .map(|operand| operand.depth)
            .max()
            .unwrap_or(0);
        let nodes = operands
            .iter()
            .fold(1_usize, |sum, operand| sum.saturating_add(operand.nodes));
        let parameters = match &node {
            Node::Template(_, form) => form.parameters(),
            _ => operands
                .iter()
                .map(|operand| operand.parameters)
                .max()
                .unwrap_or(0),
        };
        if depth > MAX_PREDICATE_DEPTH {
            return Err(exceeded("levels of a predicate", MAX_PREDICATE_DEPTH));
        }
        if nodes > MAX_NODES {
            return Err(exceeded("nodes of a predicate", MAX_NODES));
        }
        Ok(Predicate {
            node,
            depth,
            nodes,
            parameters,
            program: OnceCell::new(),
        })
    }

    /// Of operands in canonical text.
    fn test(field: &str, form: Form<&[u8]>) -> Result<Predicate> {
        let test = Test::new(form)?;
        let path = Path::parse(field)?;
        Predicate::new(Node::Test(Arc::new(path), Arc::new(test)))
    }

    /// A test that may have parameters.
    pub(super) fn of_form(path: Path, form: Form<Operand>) -> Result<Predicate> {
        let path = Arc::new(path);
        Predicate::new(match form.parameters() {
            0 => Node::Test(path, Arc::new(form.bind(&Params::none())?)),
            _ => Node::Template(path, Arc::new(form)),
        })
    }

    /// Matches every record.
    pub fn all() -> Predicate {
        Predicate {
            node: Node::And(Vec::new()),
            depth: 1,
            nodes: 1,
            parameters: 0,
            program: OnceCell::new(),
        }
    }

    /// Compares a field with a JSON value.
    pub fn compare(comparison: Comparison, field: &str, value: &str) -> Result<Predicate> {
        Predicate::test(field, Form::Compare(comparison, &canonical(value)?))
    }

    /// The field equals one of a JSON array's values.
    pub fn is_in(field: &str, values: &str) -> Result<Predicate> {
        Predicate::test(field, Form::InArray(&canonical(values)?))
    }

    /// `low <= field <= high`.
    pub fn between(field: &str, low: &str, high: &str) -> Result<Predicate> {
        Predicate::test(field, Form::Between(&canonical(low)?, &canonical(high)?))
    }

    /// The field is a string that matches a pattern, given as a JSON string.
    pub fn like(case: Case, field: &str, pattern: &str, escape: Option<char>) -> Result<Predicate> {
        Predicate::test(field, Form::Like(case, &canonical(pattern)?, escape))
    }

    /// The field is a string of which a JSON string is some part.
    pub fn text(part: TextMatch, case: Case, field: &str, value: &str) -> Result<Predicate> {
        Predicate::test(field, Form::Text(part, case, &canonical(value)?))
    }

    /// A string contains a substring, an array an element, an object a key.
    pub fn contains(field: &str, value: &str) -> Result<Predicate> {
        Predicate::test(field, Form::Contains(&canonical(value)?))
    }

    /// The field is null or missing.
    pub fn is_null(field: &str) -> Result<Predicate> {
        Predicate::test(field, Form::IsNull)
    }

    /// The field is there and not null.
    pub fn is_not_null(field: &str) -> Result<Predicate> {
        Predicate::not(Arc::new(Predicate::is_null(field)?))
    }

    /// All operands match.
    pub fn and(operands: Vec<Arc<Predicate>>) -> Result<Predicate> {
        Predicate::new(Node::And(operands))
    }

    /// At least one operand matches.
    pub fn or(operands: Vec<Arc<Predicate>>) -> Result<Predicate> {
        Predicate::new(Node::Or(operands))
    }

    /// The operand does not match.
    // With `and` and `or`; `!` could not tell of a failure.
    #[allow(clippy::should_implement_trait)]
    pub fn not(operand: Arc<Predicate>) -> Result<Predicate> {
        Predicate::new(Node::Not(operand))
    }

    /// The highest number of a parameter, 0 if there is none.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// The predicate with a value in place of each parameter.
    pub fn with(&self, params: &Params) -> Result<Predicate> {
        params.check(self.parameters)?;
        self.filled(params)
    }

    fn filled(&self, params: &Params) -> Result<Predicate> {
        let one = |operand: &Arc<Predicate>| match operand.parameters {
            0 => Ok(operand.clone()),
            _ => operand.filled(params).map(Arc::new),
        };
        let all = |operands: &[Arc<Predicate>]| operands.iter().map(one).collect::<Result<_>>();
        Predicate::new(match &self.node {
            Node::And(operands) => Node::And(all(operands)?),
            Node::Or(operands) => Node::Or(all(operands)?),
            Node::Not(operand) => Node::Not(one(operand)?),
            Node::Test(path, test) => Node::Test(path.clone(), test.clone()),
            Node::Template(path, form) => Node::Test(path.clone(), Arc::new(form.bind(params)?)),
        })
    }

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// The form in which the predicate runs, made at its first run.
    pub(crate) fn program(&self) -> &Program {
        self.program.get_or_init(|| Program::new(self))
    }
}
