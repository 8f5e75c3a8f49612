//! The tree of an expression.

use crate::engine::json::inside;
use crate::engine::limits::{add, copy};
use crate::engine::predicate::Path;
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// What computes a value.
#[derive(Debug)]
pub(super) enum Expression {
    /// Canonical text.
    Literal(Box<[u8]>),
    Parameter(usize),
    /// A field, and the position of its name in `Reads`.
    Field(usize, Path),
    Negate(Box<Expression>),
    /// `a + b - c`, from left to right: however long, it is one level, so that its evaluation needs no deep stack.
    Arithmetic(Box<Expression>, Vec<(Operator, Expression)>),
    /// `a || b || c`.
    Join(Vec<Expression>),
    Call(Function, Vec<Expression>),
}

/// Between numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    pub(super) const ALL: [Operator; 4] = [
        Operator::Add,
        Operator::Subtract,
        Operator::Multiply,
        Operator::Divide,
    ];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Append,
    Coalesce,
    Max,
    Min,
}

impl Function {
    const ALL: [(Function, &'static str); 4] = [
        (Function::Append, "append"),
        (Function::Coalesce, "coalesce"),
        (Function::Max, "max"),
        (Function::Min, "min"),
    ];

    /// By its name, in any case.
    pub(super) fn named(name: &str) -> Option<Function> {
        let found = Function::ALL
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(function, _)| *function)
    }
}

/// The names of the fields that expressions read, each once.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Quoted.
    names: Vec<Box<[u8]>>,
    /// By the inside of the quotes.
    by_name: HashMap<Box<[u8]>, usize, RandomState>,
}

impl Reads {
    /// The position of a quoted name, which is added if it is new.
    pub(super) fn add(&mut self, quoted: &[u8]) -> Result<usize> {
        let inside = inside(quoted).unwrap_or_default();
        if let Some(at) = self.position(inside) {
            return Ok(at);
        }
        let at = self.names.len();
        self.by_name
            .try_reserve(1)
            .map_err(|_| Error::out_of_memory(64))?;
        self.by_name.insert(copy(inside)?.into_boxed_slice(), at);
        add(&mut self.names, copy(quoted)?.into_boxed_slice())?;
        Ok(at)
    }

    /// The position of a name, by the inside of its quotes.
    #[inline]
    pub(super) fn position(&self, inside: &[u8]) -> Option<usize> {
        self.by_name.get(inside).copied()
    }

    /// Quoted names, in order.
    pub(super) fn names(&self) -> &[Box<[u8]>] {
        &self.names
    }
}
