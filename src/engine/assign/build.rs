//! Puts expressions together from what the parser meets: by operator precedence, on two stacks, so that nesting takes
//! no stack of the thread.

use super::expression::{Expression, Function, Operator};
use crate::engine::limits::{add, exceeded, MAX_PREDICATE_DEPTH};
use crate::engine::Result;

/// What waits for its right operand, or its end.
#[derive(Debug, Clone, Copy)]
enum Pending {
    /// A parenthesis; that of a call with the function and where its arguments begin among the operands.
    Open(Option<(Function, usize)>),
    Negate,
    Binary(Option<Operator>),
}

/// See the module's comment.
#[derive(Default)]
pub(super) struct Builder {
    /// Each with its levels.
    operands: Vec<(Expression, usize)>,
    pending: Vec<Pending>,
    /// Parentheses and signs among what is pending.
    open: usize,
}

/// How tightly an operator binds; none is the joining of strings.
fn rank(operator: Option<Operator>) -> u8 {
    match operator {
        None => 1,
        Some(Operator::Add | Operator::Subtract) => 2,
        Some(Operator::Multiply | Operator::Divide) => 3,
    }
}

fn check(levels: usize) -> Result<usize> {
    match levels > MAX_PREDICATE_DEPTH {
        true => Err(exceeded("levels of an expression", MAX_PREDICATE_DEPTH)),
        false => Ok(levels),
    }
}

impl Builder {
    pub(super) fn operand(&mut self, expression: Expression) -> Result<()> {
        add(&mut self.operands, (expression, 1))
    }

    /// A parenthesis opens: that of a call, if a function is given.
    pub(super) fn open(&mut self, function: Option<Function>) -> Result<()> {
        let first = self.operands.len();
        self.nest(Pending::Open(function.map(|function| (function, first))))
    }

    /// A sign, before its operand.
    pub(super) fn negate(&mut self) -> Result<()> {
        self.nest(Pending::Negate)
    }

    fn nest(&mut self, pending: Pending) -> Result<()> {
        self.open += 1;
        check(self.open + 1)?;
        add(&mut self.pending, pending)
    }

    /// A binary operator; none is `||`.
    pub(super) fn binary(&mut self, operator: Option<Operator>) -> Result<()> {
        self.reduce(rank(operator))?;
        add(&mut self.pending, Pending::Binary(operator))
    }

    /// Whether a parenthesis is open, and whether it is that of a call.
    pub(super) fn within(&self) -> Option<bool> {
        let open = self.pending.iter().rev().find_map(|pending| match pending {
            Pending::Open(call) => Some(call.is_some()),
            _ => None,
        });
        open.filter(|_| self.open > 0)
    }

    /// An argument of a call ends, another one follows.
    pub(super) fn next_argument(&mut self) -> Result<()> {
        self.reduce(0)
    }

    /// The innermost parenthesis is closed.
    pub(super) fn close(&mut self) -> Result<()> {
        self.reduce(0)?;
        self.open = self.open.saturating_sub(1);
        let Some(Pending::Open(Some((function, first)))) = self.pending.pop() else {
            return Ok(());
        };
        let (mut arguments, mut levels) = (Vec::new(), 0);
        for (argument, deep) in self.operands.drain(first..) {
            levels = levels.max(deep);
            add(&mut arguments, argument)?;
        }
        let call = Expression::Call(function, arguments);
        add(&mut self.operands, (call, check(levels + 1)?))
    }

    /// The whole expression.
    pub(super) fn finish(mut self) -> Result<Expression> {
        self.reduce(0)?;
        let whole = self.operands.pop().map(|(whole, _)| whole);
        // The parser ends no expression before its operand.
        Ok(whole.unwrap_or(Expression::Literal(Box::from(*b"null"))))
    }

    /// Applies what is pending since the last parenthesis and binds as tightly as that.
    fn reduce(&mut self, least: u8) -> Result<()> {
        while let Some(pending) = self.pending.last().copied() {
            match pending {
                Pending::Negate => self.open = self.open.saturating_sub(1),
                Pending::Binary(operator) if rank(operator) >= least => {}
                Pending::Binary(_) | Pending::Open(_) => break,
            }
            self.pending.pop();
            let Some((right, levels)) = self.operands.pop() else {
                break;
            };
            let built = match pending {
                Pending::Binary(operator) => match self.operands.pop() {
                    Some(left) => combine(left, operator, (right, levels))?,
                    None => break,
                },
                _ => (Expression::Negate(Box::new(right)), levels + 1),
            };
            check(built.1)?;
            add(&mut self.operands, built)?;
        }
        Ok(())
    }
}

/// `left operator right`. What is left is computed first anyhow, so a chain of operators is one expression, however long.
fn combine(
    (left, left_levels): (Expression, usize),
    operator: Option<Operator>,
    (right, right_levels): (Expression, usize),
) -> Result<(Expression, usize)> {
    let chain_levels = left_levels.max(right_levels + 1);
    let new_levels = left_levels.max(right_levels) + 1;
    Ok(match (left, operator) {
        (Expression::Join(mut parts), None) => {
            add(&mut parts, right)?;
            (Expression::Join(parts), chain_levels)
        }
        (left, None) => {
            let mut parts = Vec::new();
            add(&mut parts, left)?;
            add(&mut parts, right)?;
            (Expression::Join(parts), new_levels)
        }
        (Expression::Arithmetic(first, mut rest), Some(operator)) => {
            add(&mut rest, (operator, right))?;
            (Expression::Arithmetic(first, rest), chain_levels)
        }
        (left, Some(operator)) => {
            let mut rest = Vec::new();
            add(&mut rest, (operator, right))?;
            (Expression::Arithmetic(Box::new(left), rest), new_levels)
        }
    })
}
