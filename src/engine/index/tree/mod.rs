//! `Tree`: entries in order, cheap to clone and to change after a clone.
//!
//! A B+ tree (Comer 1979) whose nodes are behind `Arc`s: a clone shares them, a change copies those on its path that
//! someone else holds. Nodes know how many entries are below them, so the rank of a place, and with it the size of any
//! range, takes one descent. An entry is a row and `width` codes; what they mean, and so the order, is known only to
//! the closures that callers search with.

mod node;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;

use crate::engine::footprint::Footprint;
use crate::engine::keymap::Row;
use node::{each, Inner, Leaf, Node, FAN, LEAF};
use std::sync::Arc;

/// See the module's comment.
#[derive(Clone)]
pub(crate) struct Tree {
    root: Node,
    width: usize,
}

/// An entry's codes and row.
pub(crate) type Entry<'a> = (&'a [u64], Row);

impl Tree {
    /// For entries of so many codes, 1 to 16.
    pub(crate) fn new(width: usize) -> Tree {
        Tree {
            root: Node::Leaf(Arc::new(Leaf::new())),
            width: width.clamp(1, 16),
        }
    }

    /// Of entries in order.
    pub(crate) fn from_sorted<'a>(width: usize, entries: impl Iterator<Item = Entry<'a>>) -> Tree {
        let mut tree = Tree::new(width);
        let width = tree.width;
        // Some room is left for what comes later.
        let fill = LEAF / width - LEAF / width / 16;
        let mut level: Vec<Node> = Vec::new();
        let mut leaf = Leaf::new();
        for entry in entries {
            if leaf.len == fill {
                let full = std::mem::replace(&mut leaf, Leaf::new());
                level.push(Node::Leaf(Arc::new(full)));
            }
            leaf.insert(width, leaf.len, entry);
        }
        level.push(Node::Leaf(Arc::new(leaf)));
        while level.len() > 1 {
            let mut above: Vec<Node> = Vec::new();
            let mut inner = Inner::default();
            for node in level {
                if inner.nodes.len() == FAN - FAN / 16 {
                    above.push(Node::Inner(Arc::new(std::mem::take(&mut inner))));
                }
                inner.insert(width, inner.nodes.len(), node);
            }
            above.push(Node::Inner(Arc::new(inner)));
            level = above;
        }
        if let Some(root) = level.pop() {
            tree.root = root;
        }
        tree
    }

    /// How many entries there are.
    #[cfg(test)]
    #[cfg(not(loom))]
    fn len(&self) -> usize {
        self.root.len()
    }

    /// Adds an entry at the first place that nothing is `before`.
    pub(crate) fn insert(&mut self, entry: Entry<'_>, before: impl Fn(&[u64], Row) -> bool) {
        let width = self.width;
        let Some(split) = self.root.insert(width, entry, &before, true) else {
            return;
        };
        let mut root = Inner::default();
        root.insert(width, 0, self.root.clone());
        root.insert(width, 1, split);
        self.root = Node::Inner(Arc::new(root));
    }

    /// Removes the first entry that is not `before`, if its row is the one given; tells whether it did.
    pub(crate) fn remove(&mut self, row: Row, before: impl Fn(&[u64], Row) -> bool) -> bool {
        let removed = self.root.remove(self.width, row, &before);
        loop {
            let only = match &self.root {
                Node::Inner(inner) if inner.nodes.len() <= 1 => inner.nodes.first().cloned(),
                _ => break,
            };
            self.root = only.unwrap_or_else(|| Node::Leaf(Arc::new(Leaf::new())));
        }
        removed
    }

    /// How many entries are `before`, which must be true of the first ones and false of all others.
    pub(crate) fn rank(&self, before: impl Fn(&[u64], Row) -> bool) -> usize {
        let mut rank = 0;
        let mut node = &self.root;
        loop {
            match node {
                Node::Leaf(leaf) => return rank + leaf.search(self.width, &before),
                Node::Inner(inner) => {
                    let at = inner.child(self.width, &before);
                    rank += inner.lens.iter().take(at).sum::<usize>();
                    match inner.nodes.get(at) {
                        Some(child) => node = child,
                        None => return rank,
                    }
                }
            }
        }
    }

    /// In a tree of one code an entry, the ranks of the entries that have a code, and the row of the first one.
    pub(crate) fn run(&self, code: u64) -> Option<(usize, usize, Row)> {
        let before = |codes: &[u64], _: Row| codes.first().is_some_and(|other| *other < code);
        let mut rank = 0;
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(inner) => {
                    let at = inner.child(1, &before);
                    rank += inner.lens.iter().take(at).sum::<usize>();
                    node = inner.nodes.get(at)?;
                }
                Node::Leaf(leaf) => {
                    let at = leaf.search(1, &before);
                    let same = leaf.codes.get(at..leaf.len).unwrap_or_default();
                    let len = same.iter().take_while(|other| **other == code).count();
                    let from = rank + at;
                    if len > 0 && at + len < leaf.len {
                        return Some((from, from + len, *leaf.rows.get(at)?));
                    }
                    // The run begins or goes on in another leaf.
                    let (found, row) = self.at(from)?;
                    if found != [code] {
                        return None;
                    }
                    let to = self.rank(|codes, _| codes <= &[code][..]);
                    return Some((from, to, row));
                }
            }
        }
    }

    /// The first entry that is not `before`.
    pub(crate) fn find(&self, before: impl Fn(&[u64], Row) -> bool) -> Option<Entry<'_>> {
        let mut node = &self.root;
        let mut next = None;
        loop {
            match node {
                Node::Leaf(leaf) => {
                    let at = leaf.search(self.width, &before);
                    return leaf.entry(self.width, at).or(next);
                }
                Node::Inner(inner) => {
                    let at = inner.child(self.width, &before);
                    next = inner.first(self.width, at + 1).or(next);
                    node = inner.nodes.get(at)?;
                }
            }
        }
    }

    /// The entry at a rank.
    pub(crate) fn at(&self, mut rank: usize) -> Option<Entry<'_>> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Leaf(leaf) => return leaf.entry(self.width, rank),
                Node::Inner(inner) => {
                    let mut child = 0;
                    for len in &inner.lens {
                        if rank < *len {
                            break;
                        }
                        rank -= len;
                        child += 1;
                    }
                    node = inner.nodes.get(child)?;
                }
            }
        }
    }

    /// Calls `visit` with runs of entries that have the ranks from `from` to before `to`, in order, until it says
    /// false: their codes one after the other, and their rows.
    pub(crate) fn each<'a>(
        &'a self,
        from: usize,
        to: usize,
        mut visit: impl FnMut(&'a [u64], &'a [Row]) -> bool,
    ) {
        each(&self.root, self.width, from, to, &mut visit);
    }

    /// Counts the memory.
    pub(crate) fn count(&self, footprint: &mut Footprint) {
        fn of(node: &Node, footprint: &mut Footprint) {
            match node {
                Node::Leaf(leaf) => {
                    footprint.add(leaf, std::mem::size_of::<Leaf>());
                }
                Node::Inner(inner) => {
                    let lists = inner.nodes.capacity() * std::mem::size_of::<Node>()
                        + inner.lens.capacity() * 8
                        + inner.codes.capacity() * 8
                        + inner.rows.capacity() * 4;
                    if footprint.add(inner, std::mem::size_of::<Inner>() + lists) {
                        inner.nodes.iter().for_each(|node| of(node, footprint));
                    }
                }
            }
        }
        of(&self.root, footprint);
    }
}
