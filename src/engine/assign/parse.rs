//! From text to assignments.

use super::build::Builder;
use super::expression::{Expression, Function, Operator, Reads};
use super::target::Branch;
use super::{Action, Assignment, Assignments};
use crate::engine::limits::{add, exceeded, shorten, MAX_DEPTH, MAX_LISTED};
use crate::engine::predicate::Path;
use crate::engine::syntax::{Cursor, Kind, Operand};
use crate::engine::{Error, Result};

/// Values, operators and calls of all expressions together.
const MAX_NODES: usize = 65_536;

struct Parser<'a> {
    text: &'a str,
    cursor: Cursor<'a>,
    reads: Reads,
    parameters: usize,
    nodes: usize,
}

pub(super) fn parse(text: &str) -> Result<Assignments> {
    let mut parser = Parser {
        text,
        cursor: Cursor::new(text)?,
        reads: Reads::default(),
        parameters: 0,
        nodes: 0,
    };
    let mut list = Vec::new();
    let mut targets = Branch::default();
    loop {
        if list.len() == MAX_LISTED {
            return Err(exceeded("assignments of an update", MAX_LISTED));
        }
        let assignment = parser.assignment(&mut targets, list.len())?;
        add(&mut list, assignment)?;
        if !parser.cursor.accept(",")? {
            break;
        }
    }
    parser.cursor.end("an operator, ','")?;
    list.shrink_to_fit();
    Ok(Assignments {
        list,
        targets,
        reads: parser.reads,
        parameters: parser.parameters,
    })
}

fn error(position: usize, expected: &str, found: &str) -> Error {
    let found = shorten(found);
    Error::Parse {
        reason: format!("expected {expected}, found {found}"),
        position,
        expected: Some(expected.to_owned()),
        found: Some(found),
        member: None,
    }
}

/// A field that is to be set or removed.
struct Target<'a> {
    path: Path,
    position: usize,
    spelled: &'a str,
}

impl<'a> Parser<'a> {
    fn assignment(&mut self, targets: &mut Branch, at: usize) -> Result<Assignment> {
        let is_remove = self.cursor.is_word("REMOVE");
        let mut target = self.target()?;
        // A field may be called `remove`.
        let is_removal = is_remove && target.path.plain().is_some() && self.cursor.is("(");
        if is_removal {
            self.cursor.advance()?;
            target = self.target()?;
            self.cursor.expect(")")?;
        }
        // Before what it is set to, so that of two mistakes the first is told.
        self.claim(targets, &target, at, !is_removal)?;
        let action = match is_removal {
            true => Action::Remove,
            false => {
                self.equals_sign()?;
                Action::Set(self.expression()?)
            }
        };
        Ok(Assignment {
            field: shorten(target.spelled),
            action,
        })
    }

    fn target(&mut self) -> Result<Target<'a>> {
        let position = self.cursor.position();
        let path = self.cursor.field()?;
        // The record is a level, too.
        if path.steps().len() >= MAX_DEPTH {
            return Err(exceeded("levels of nesting", MAX_DEPTH));
        }
        let spelled = self.text.get(position..self.cursor.position());
        Ok(Target {
            path,
            position,
            spelled: spelled.unwrap_or_default().trim_end(),
        })
    }

    fn claim(
        &self,
        targets: &mut Branch,
        target: &Target<'_>,
        at: usize,
        sets: bool,
    ) -> Result<()> {
        let outcome = targets.insert(&target.path, at, sets)?;
        outcome.map_err(|_| {
            error(
                target.position,
                "a field that no other assignment changes, in whole or in part",
                target.spelled,
            )
        })
    }

    fn equals_sign(&mut self) -> Result<()> {
        // Elsewhere in the language "==" is another spelling, and the cursor does not tell them apart.
        let rest = self.text.get(self.cursor.position()..);
        if rest.is_some_and(|rest| rest.starts_with("==")) {
            return Err(self.cursor.error("'='"));
        }
        self.cursor.expect("=")
    }

    /// Counts a node of a tree.
    fn count(&mut self) -> Result<()> {
        self.nodes += 1;
        match self.nodes > MAX_NODES {
            true => Err(exceeded("values and operators of an update", MAX_NODES)),
            false => Ok(()),
        }
    }

    fn expression(&mut self) -> Result<Expression> {
        let mut builder = Builder::default();
        loop {
            // What stands before an operand, and the operand.
            while !self.operand(&mut builder)? {}
            // What stands behind one.
            loop {
                if let Some(operator) = self.operator() {
                    self.count()?;
                    builder.binary(operator)?;
                    break;
                }
                let is_call = match builder.within() {
                    None => return builder.finish(),
                    Some(is_call) => is_call,
                };
                if is_call && self.cursor.is(",") {
                    builder.next_argument()?;
                    break;
                }
                if !self.cursor.is(")") {
                    return Err(self.cursor.error(match is_call {
                        true => "an operator, ',' or ')'",
                        false => "an operator or ')'",
                    }));
                }
                self.cursor.advance()?;
                builder.close()?;
            }
            self.cursor.advance()?;
        }
    }

    /// The operator that comes next; of those, none is `||`.
    fn operator(&self) -> Option<Option<Operator>> {
        if self.cursor.is("||") {
            return Some(None);
        }
        let is_next = |operator: &Operator| self.cursor.is(operator.symbol());
        Operator::ALL.into_iter().find(is_next).map(Some)
    }

    /// Takes an operand, or a part of what stands before one: then false.
    fn operand(&mut self, builder: &mut Builder) -> Result<bool> {
        if self.cursor.accept("(")? {
            builder.open(None)?;
            return Ok(false);
        }
        self.count()?;
        let position = self.cursor.position();
        if self.cursor.accept("-")? {
            let Kind::Number(digits) = self.cursor.kind() else {
                builder.negate()?;
                return Ok(false);
            };
            // A literal, which keeps its spelling.
            let number = self.cursor.number(format!("-{digits}"), position)?;
            self.cursor.advance()?;
            builder.operand(Expression::Literal(number.into_boxed_slice()))?;
            return Ok(true);
        }
        if self.cursor.is_operand() {
            builder.operand(match self.cursor.operand("a value")? {
                Operand::Literal(text) => Expression::Literal(text.into_boxed_slice()),
                Operand::Parameter(number) => {
                    self.parameters = self.parameters.max(number);
                    Expression::Parameter(number)
                }
            })?;
            return Ok(true);
        }
        if !self.cursor.is_field() {
            let expected = "a value, a parameter, a field, a function or '('";
            return Err(self.cursor.error(expected));
        }
        let word = match self.cursor.kind() {
            Kind::Word(word) => Some(*word),
            _ => None,
        };
        let path = self.cursor.field()?;
        if let (Some(word), Some(_), true) = (word, path.plain(), self.cursor.is("(")) {
            let Some(function) = Function::named(word) else {
                let expected = "a function (append, coalesce, max or min) or a field";
                return Err(error(position, expected, word));
            };
            self.cursor.advance()?;
            builder.open(Some(function))?;
            return Ok(false);
        }
        let read = self.reads.add(path.field())?;
        builder.operand(Expression::Field(read, path))?;
        Ok(true)
    }
}
