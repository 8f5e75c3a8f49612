//! What a list of assignments sets and removes, as a tree: a branch for each object or array that is changed in part.

use crate::engine::json::inside;
use crate::engine::limits::{add, copy, push};
use crate::engine::predicate::{Path, Step};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// A value that is changed.
#[derive(Debug)]
pub(super) enum Node {
    /// As a whole, by the assignment at this position.
    Leaf(usize),
    /// In part.
    Branch(Branch),
}

/// A member of an object that is changed.
#[derive(Debug)]
pub(super) struct Member {
    quoted: Box<[u8]>,
    pub(super) node: Node,
}

/// An object or array that is changed in part. Of which kind it is, the record decides.
#[derive(Debug, Default)]
pub(super) struct Branch {
    members: Vec<Member>,
    /// The members that are set, in whole or in part, in the order of the first assignments that do so: that in which
    /// they are added.
    added: Vec<usize>,
    /// By the inside of the quoted names.
    by_name: HashMap<Box<[u8]>, usize, RandomState>,
    /// By position.
    elements: BTreeMap<usize, Node>,
    /// The first assignment that sets a member or a part of one. Removing alone neither makes an object nor asks for one.
    sets_member: Option<usize>,
    /// The first assignment that sets an element or a part of one.
    sets_element: Option<usize>,
}

/// A node is taken, in whole or in part.
pub(super) struct Conflict;

impl Member {
    pub(super) fn quoted(&self) -> &[u8] {
        &self.quoted
    }

    #[inline]
    fn inside(&self) -> &[u8] {
        inside(&self.quoted).unwrap_or_default()
    }
}

impl Node {
    fn branch(&mut self) -> Option<&mut Branch> {
        match self {
            Node::Leaf(_) => None,
            Node::Branch(branch) => Some(branch),
        }
    }
}

impl Branch {
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The assignment that sets or removes a member as a whole.
    #[inline]
    pub(super) fn leaf(&self, member: u16) -> Option<usize> {
        match self.members.get(usize::from(member))?.node {
            Node::Leaf(assignment) => Some(assignment),
            Node::Branch(_) => None,
        }
    }

    /// The positions of the members that are made if they are missing, in order.
    pub(super) fn added(&self) -> &[usize] {
        &self.added
    }

    pub(super) fn elements(&self) -> &BTreeMap<usize, Node> {
        &self.elements
    }

    /// The position of a member by the inside of its quoted name.
    #[inline]
    pub(super) fn position(&self, inside: &[u8]) -> Option<usize> {
        match &*self.members {
            // One, the usual number, is not worth hashing every name that is asked for.
            [only] => (only.inside() == inside).then_some(0),
            _ => self.by_name.get(inside).copied(),
        }
    }

    pub(super) fn sets_member(&self) -> Option<usize> {
        self.sets_member
    }

    pub(super) fn sets_element(&self) -> Option<usize> {
        self.sets_element
    }

    /// The first assignment that sets anything in it.
    pub(super) fn sets(&self) -> Option<usize> {
        match (self.sets_member, self.sets_element) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Adds the target of an assignment, of which none that is there may be a part, nor the other way round.
    pub(super) fn insert(
        &mut self,
        path: &Path,
        assignment: usize,
        sets: bool,
    ) -> Result<std::result::Result<(), Conflict>> {
        let first = Step::Member(Box::from(inside(path.field()).unwrap_or_default()));
        let mut steps = std::iter::once(&first).chain(path.steps()).peekable();
        let mut branch = self;
        while let Some(step) = steps.next() {
            if sets {
                let setter = match step {
                    Step::Member(_) => &mut branch.sets_member,
                    Step::Element(_) => &mut branch.sets_element,
                };
                setter.get_or_insert(assignment);
            }
            let is_last = steps.peek().is_none();
            let new = match is_last {
                true => Node::Leaf(assignment),
                false => Node::Branch(Branch::default()),
            };
            let (node, is_new) = branch.entry(step, sets, new)?;
            if is_last {
                return Ok(if is_new { Ok(()) } else { Err(Conflict) });
            }
            match node.and_then(Node::branch) {
                Some(next) => branch = next,
                None => return Ok(Err(Conflict)),
            }
        }
        Ok(Ok(()))
    }

    /// The node at a step, which is added if there is none; whether it was added.
    fn entry(&mut self, step: &Step, sets: bool, new: Node) -> Result<(Option<&mut Node>, bool)> {
        match step {
            Step::Element(position) => {
                let is_new = !self.elements.contains_key(position);
                Ok((Some(self.elements.entry(*position).or_insert(new)), is_new))
            }
            Step::Member(name) => {
                let known = self.by_name.get(name).copied();
                let at = known.unwrap_or(self.members.len());
                if known.is_none() {
                    self.by_name
                        .try_reserve(1)
                        .map_err(|_| Error::out_of_memory(64))?;
                    self.by_name.insert(copy(name)?.into_boxed_slice(), at);
                    let mut quoted = copy(b"\"")?;
                    push(&mut quoted, name)?;
                    push(&mut quoted, b"\"")?;
                    let member = Member {
                        quoted: quoted.into_boxed_slice(),
                        node: new,
                    };
                    add(&mut self.members, member)?;
                }
                let node = self.members.get_mut(at).map(|member| &mut member.node);
                let was_set = match &node {
                    Some(Node::Branch(branch)) => branch.sets().is_some(),
                    _ => false,
                };
                if sets && !was_set {
                    add(&mut self.added, at)?;
                }
                Ok((node, known.is_none()))
            }
        }
    }
}
