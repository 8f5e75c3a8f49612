//! Predicates from text: the connectives. Grammar: `docs/query-language.md`.
//!
//! What is open around the next operand is kept on a stack of its own: the depth of a text costs no stack of the thread.

use super::tree::{Predicate, MAX_NODES};
use crate::engine::limits::{add, exceeded, MAX_PREDICATE_DEPTH};
use crate::engine::syntax::{Cursor, Kind};
use crate::engine::{Error, Result};
use std::sync::Arc;

impl Predicate {
    /// Reads a predicate from text.
    pub fn parse(text: &str) -> Result<Predicate> {
        let parser = Parser {
            cursor: Cursor::new(text)?,
            group: Group::default(),
            outer: Vec::new(),
            depth: 0,
            nodes: 0,
        };
        parser.predicate()
    }
}

/// What was read of the text, or of a pair of parentheses.
#[derive(Default)]
struct Group {
    /// Where the `(` is; not used for the text as a whole.
    open: usize,
    /// The operands of `OR` that are complete.
    disjuncts: Vec<Arc<Predicate>>,
    /// The operands of `AND` that are complete, behind the last `OR`.
    conjuncts: Vec<Arc<Predicate>>,
    /// The `NOT`s before the next operand.
    negations: usize,
}

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    group: Group,
    /// The groups around it.
    outer: Vec<Group>,
    /// Parentheses and `NOT`s around what comes next.
    depth: usize,
    /// Nodes that were made.
    nodes: usize,
}

impl Parser<'_> {
    fn predicate(mut self) -> Result<Predicate> {
        loop {
            if self.cursor.accept_word("NOT")? {
                self.descend()?;
                self.group.negations += 1;
                continue;
            }
            let open = self.cursor.position();
            if self.cursor.accept("(")? {
                self.descend()?;
                let group = Group {
                    open,
                    ..Group::default()
                };
                add(&mut self.outer, std::mem::replace(&mut self.group, group))?;
                continue;
            }
            let test = self.test()?;
            if let Some(whole) = self.complete(test)? {
                return Ok(whole);
            }
        }
    }

    /// Takes what follows an operand; returns the whole predicate if that is the end of the text.
    fn complete(&mut self, mut operand: Predicate) -> Result<Option<Predicate>> {
        loop {
            for _ in 0..std::mem::take(&mut self.group.negations) {
                self.depth -= 1;
                operand = self.not(operand)?;
            }
            if self.cursor.accept_word("AND")? {
                add(&mut self.group.conjuncts, Arc::new(operand))?;
                return Ok(None);
            }
            if !self.group.conjuncts.is_empty() {
                let mut operands = std::mem::take(&mut self.group.conjuncts);
                add(&mut operands, Arc::new(operand))?;
                operand = self.node(Predicate::and(operands))?;
            }
            if self.cursor.accept_word("OR")? {
                add(&mut self.group.disjuncts, Arc::new(operand))?;
                return Ok(None);
            }
            if !self.group.disjuncts.is_empty() {
                let mut operands = std::mem::take(&mut self.group.disjuncts);
                add(&mut operands, Arc::new(operand))?;
                operand = self.node(Predicate::or(operands))?;
            }
            match self.outer.pop() {
                Some(outer) if self.cursor.accept(")")? => {
                    self.depth -= 1;
                    self.group = outer;
                }
                Some(_) => {
                    let closing = format!("the ')' of the '(' at byte {}", self.group.open);
                    return Err(self.stray(&closing));
                }
                None if *self.cursor.kind() == Kind::End => return Ok(Some(operand)),
                None => return Err(self.stray("the end of the text")),
            }
        }
    }

    fn descend(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_PREDICATE_DEPTH {
            return Err(exceeded("levels of a predicate", MAX_PREDICATE_DEPTH));
        }
        Ok(())
    }

    pub(super) fn not(&mut self, operand: Predicate) -> Result<Predicate> {
        self.node(Predicate::not(Arc::new(operand)))
    }

    /// Counts a node: a text of very many fails before it has cost much.
    pub(super) fn node(&mut self, made: Result<Predicate>) -> Result<Predicate> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(exceeded("nodes of a predicate", MAX_NODES));
        }
        made
    }

    /// The error that a predicate is complete, and yet something follows.
    fn stray(&self, closing: &str) -> Error {
        let hint = match self.cursor.kind() {
            Kind::Punctuation("||") => " (as words)",
            Kind::Punctuation(")") => " (no '(' is open)",
            Kind::Punctuation("=" | "!=" | "<" | "<=" | ">" | ">=") => {
                " (comparisons form no chain: a range is age > 1 AND age < 5)"
            }
            _ => "",
        };
        self.cursor.error(&format!("AND, OR or {closing}{hint}"))
    }
}
