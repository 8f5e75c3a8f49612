//! Puts computed values where they belong in a record's text.

use super::evaluate::{mismatch, shown};
use super::expression::Expression;
use super::target::{Branch, Member, Node};
use super::{Action, Assignments};
use crate::engine::json::{elements, levels, members, Span};
use crate::engine::limits::{self, add, exceeded, reserve, MAX_DEPTH, MAX_RECORD};
use crate::engine::record::Record;
use crate::engine::value::Value;
use crate::engine::{Error, Params, Result};

/// Writes the changed record.
pub(super) struct Writer<'a, 'o> {
    pub(super) assignments: &'a Assignments,
    pub(super) params: &'a Params<'a>,
    /// The values that were computed, by assignment: where they stand in `scratch`.
    pub(super) computed: &'o [(usize, usize)],
    pub(super) scratch: &'o [u8],
    pub(super) text: &'o mut Vec<u8>,
    pub(super) spans: &'o mut Vec<Span>,
    /// A stack: for each branch that is being written, which of its members were there.
    pub(super) seen: &'o mut Vec<bool>,
}

/// The values that assignments set.
#[derive(Clone, Copy)]
pub(super) struct Values<'v> {
    pub(super) assignments: &'v Assignments,
    pub(super) params: &'v Params<'v>,
    /// Those that were computed, by assignment: where they stand in `scratch`.
    pub(super) computed: &'v [(usize, usize)],
    pub(super) scratch: &'v [u8],
}

impl<'v> Values<'v> {
    /// The value of an assignment; `None` if it removes what is there.
    pub(super) fn get(&self, at: usize) -> Result<Option<&'v [u8]>> {
        let assignment = self.assignments.list.get(at);
        Ok(match assignment.map(|found| &found.action) {
            None | Some(Action::Remove) => None,
            // What is given is not copied to the scratch text first.
            Some(Action::Set(Expression::Literal(text))) => Some(text),
            Some(Action::Set(Expression::Parameter(number))) => Some(self.params.get(*number)?),
            Some(Action::Set(_)) => {
                let (start, end) = self.computed.get(at).copied().unwrap_or_default();
                Some(self.scratch.get(start..end).unwrap_or_default())
            }
        })
    }
}

/// Checks that a value may stand in so many objects and arrays.
pub(super) fn check_depth(value: &[u8], depth: usize) -> Result<()> {
    // Each level takes two brackets.
    if depth + value.len() / 2 > MAX_DEPTH && depth + levels(value) > MAX_DEPTH {
        return Err(exceeded("levels of nesting", MAX_DEPTH));
    }
    Ok(())
}

fn too_long() -> Error {
    exceeded("bytes of a record", MAX_RECORD)
}

impl<'a> Writer<'a, '_> {
    #[inline]
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if self.text.len() + bytes.len() > MAX_RECORD {
            return Err(too_long());
        }
        limits::push(self.text, bytes)
    }

    /// Begins a member or an element of what began at `start` with a bracket.
    #[inline]
    fn separate(&mut self, start: usize) -> Result<()> {
        match self.text.len() > start + 1 {
            true => self.push(b","),
            false => Ok(()),
        }
    }

    /// Begins the record, whose text was so long before.
    pub(super) fn begin(&mut self, len: usize) -> Result<()> {
        // Some room for numbers that grow.
        reserve(self.text, len + 32)?;
        self.push(b"{")
    }

    pub(super) fn end(&mut self) -> Result<()> {
        self.push(b"}")
    }

    fn span(&mut self, start: usize, name_len: usize) -> Result<()> {
        // Below the limit of a record, which fits.
        let at = |offset: usize| offset as u32;
        let span = Span {
            name: (at(start), at(start + name_len)),
            value: (at(start + name_len + 1), at(self.text.len())),
        };
        add(self.spans, span)
    }

    /// A field of the record that stays as it is: quoted name, colon and value.
    #[inline]
    pub(super) fn keep(&mut self, field: &[u8], name_len: usize) -> Result<()> {
        self.separate(0)?;
        let start = self.text.len();
        self.push(field)?;
        self.span(start, name_len)
    }

    /// A field of the record that is changed, made or removed.
    #[inline]
    pub(super) fn change(&mut self, member: &'a Member, old: Option<&[u8]>) -> Result<()> {
        let before = self.text.len();
        self.separate(0)?;
        let start = self.text.len();
        self.push(member.quoted())?;
        self.push(b":")?;
        if self.node(&member.node, old, 1)? {
            return self.span(start, member.quoted().len());
        }
        self.text.truncate(before);
        Ok(())
    }

    /// The fields of a generic record.
    pub(super) fn generic(&mut self, record: &Record<'_>) -> Result<()> {
        let branch = &self.assignments.targets;
        let base = self.enter(branch)?;
        let text = record.text();
        let mut end = 0;
        for (name, value) in record.members() {
            // A bracket or comma, two quotes, a colon.
            let start = end + 1;
            end += 1 + name.len() + 2 + 1 + value.len();
            match self.find(branch, base, name) {
                Some(member) => self.change(member, Some(value))?,
                None => self.keep(text.get(start..end).unwrap_or_default(), name.len() + 2)?,
            }
        }
        for at in branch.added() {
            if let (Some(member), Some(false)) =
                (branch.members().get(*at), self.seen.get(base + at))
            {
                self.change(member, None)?;
            }
        }
        self.seen.truncate(base);
        Ok(())
    }

    /// Notes that none of the members was seen yet; returns where that is noted.
    fn enter(&mut self, branch: &Branch) -> Result<usize> {
        let base = self.seen.len();
        let count = branch.members().len();
        reserve(self.seen, count)?;
        self.seen.resize(base + count, false);
        Ok(base)
    }

    /// The member of a branch with this name, noted as seen.
    fn find(&mut self, branch: &'a Branch, base: usize, name: &[u8]) -> Option<&'a Member> {
        let at = branch.position(name)?;
        if let Some(seen) = self.seen.get_mut(base + at) {
            *seen = true;
        }
        branch.members().get(at)
    }

    /// Writes a value that is changed; false if nothing is to be there. `depth` counts the objects and arrays that it is in.
    fn node(&mut self, node: &'a Node, old: Option<&[u8]>, depth: usize) -> Result<bool> {
        let branch = match node {
            Node::Leaf(at) => return self.leaf(*at, depth),
            Node::Branch(branch) => branch,
        };
        let Some(setter) = branch.sets() else {
            // Of what is not there, nothing can be removed.
            return match old.map(|old| (old, Value::read(old))) {
                None => Ok(false),
                Some((old, Value::Object(_))) => self.object(branch, old, depth + 1),
                Some((old, Value::Array(_))) => self.array(branch, old, depth + 1),
                Some((old, _)) => self.push(old).map(|()| true),
            };
        };
        match Value::of_field(old) {
            Value::Object(old) => self.object(branch, old, depth + 1),
            Value::Array(old) => self.array(branch, old, depth + 1),
            Value::Null if branch.sets_member() == Some(setter) => {
                self.object(branch, b"{}", depth + 1)
            }
            Value::Null => self.array(branch, b"[]", depth + 1),
            _ => Err(self.no_step(setter, old.unwrap_or_default())),
        }
    }

    fn leaf(&mut self, at: usize, depth: usize) -> Result<bool> {
        let values = Values {
            assignments: self.assignments,
            params: self.params,
            computed: self.computed,
            scratch: self.scratch,
        };
        let Some(value) = values.get(at)? else {
            return Ok(false);
        };
        check_depth(value, depth)?;
        self.push(value)?;
        Ok(true)
    }

    fn object(&mut self, branch: &'a Branch, old: &[u8], depth: usize) -> Result<bool> {
        if let Some(setter) = branch.sets_element() {
            return Err(self.no_step(setter, old));
        }
        let base = self.enter(branch)?;
        let start = self.text.len();
        self.push(b"{")?;
        for (name, value) in members(old) {
            match self.find(branch, base, name) {
                Some(member) => self.member(start, member, Some(value), depth)?,
                None => {
                    self.separate(start)?;
                    self.push(b"\"")?;
                    self.push(name)?;
                    self.push(b"\":")?;
                    self.push(value)?;
                }
            }
        }
        for at in branch.added() {
            if let (Some(member), Some(false)) =
                (branch.members().get(*at), self.seen.get(base + at))
            {
                self.member(start, member, None, depth)?;
            }
        }
        self.seen.truncate(base);
        self.push(b"}")?;
        Ok(true)
    }

    fn member(
        &mut self,
        start: usize,
        member: &'a Member,
        old: Option<&[u8]>,
        depth: usize,
    ) -> Result<()> {
        let before = self.text.len();
        self.separate(start)?;
        self.push(member.quoted())?;
        self.push(b":")?;
        if !self.node(&member.node, old, depth)? {
            self.text.truncate(before);
        }
        Ok(())
    }

    fn array(&mut self, branch: &'a Branch, old: &[u8], depth: usize) -> Result<bool> {
        if let Some(setter) = branch.sets_member() {
            return Err(self.no_step(setter, old));
        }
        let start = self.text.len();
        self.push(b"[")?;
        let mut changed = branch.elements().iter().peekable();
        let mut len = 0;
        for value in elements(old) {
            match changed.next_if(|(position, _)| **position == len) {
                Some((_, node)) => self.element(start, node, Some(value), depth)?,
                None => {
                    self.separate(start)?;
                    self.push(value)?;
                }
            }
            len += 1;
        }
        for (position, node) in changed {
            let setter = match node {
                Node::Leaf(at) => self.is_set(*at).then_some(*at),
                Node::Branch(branch) => branch.sets(),
            };
            match setter {
                None => continue,
                Some(setter) if *position != len => {
                    return Err(self.no_element(setter, *position, len))
                }
                Some(_) => self.element(start, node, None, depth)?,
            }
            len += 1;
        }
        self.push(b"]")?;
        Ok(true)
    }

    fn element(
        &mut self,
        start: usize,
        node: &'a Node,
        old: Option<&[u8]>,
        depth: usize,
    ) -> Result<()> {
        let before = self.text.len();
        self.separate(start)?;
        if !self.node(node, old, depth)? {
            self.text.truncate(before);
        }
        Ok(())
    }

    fn is_set(&self, at: usize) -> bool {
        let found = self.assignments.list.get(at);
        found.is_some_and(|found| matches!(found.action, Action::Set(_)))
    }

    /// The error that an assignment steps into a value of the wrong kind.
    #[cold]
    fn no_step(&self, assignment: usize, found: &[u8]) -> Error {
        let reason = format!("a step leads into {}", shown(found));
        self.at(mismatch(reason), assignment)
    }

    #[cold]
    fn no_element(&self, assignment: usize, position: usize, len: usize) -> Error {
        let reason = format!("there is no element {position}: the array has {len}");
        self.at(mismatch(reason), assignment)
    }

    fn at(&self, error: Error, assignment: usize) -> Error {
        super::apply::in_field(error, self.assignments.field(assignment))
    }
}
