//! `Tree`: entries in order, cheap to clone and to change after a clone.
//!
//! A B+ tree (Comer 1979) whose nodes are behind `Arc`s: a clone shares them, a change copies those on its path that
//! someone else holds. Nodes know how many entries are below them, so the rank of a place, and with it the size of any
//! range, takes one descent. An entry is a row and `width` codes; what they mean, and so the order, is known only to
//! the closures that callers search with.

mod insert;
mod node;
mod remove;
mod shares;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;

use crate::engine::footprint::Footprint;
use crate::engine::keymap::Row;
use insert::{root_of, Position};
use node::{before, each, guessed, Inner, Leaf, Node, FAN, LEAF};
use std::cmp::Ordering;
use std::sync::Arc;

/// See the module's comment.
#[derive(Clone)]
pub(crate) struct Tree {
    root: Node,
    width: usize,
}

/// An entry's codes and row.
pub(crate) type Entry<'a> = (&'a [u64], Row);

/// Entries in a tree's order, which are put into it or taken out together. There is one at least.
pub(crate) trait Sequence {
    /// Whether `meet` wants to be called.
    const BY_HASH: bool;

    fn len(&self) -> usize;

    fn entry(&self, at: usize) -> Entry<'_>;

    /// How an entry of the tree compares with the one at a position.
    fn compare(&self, entry: Entry<'_>, at: usize) -> Ordering;

    /// Whether entries that have the first code of the one at a position are in the order of their rows alone.
    fn is_by_row(&self, at: usize) -> bool;

    /// Called when entries are put in: the one at a position has the code that an entry of the tree has, the one of a
    /// row. Of several with one code, which follow each other, it is called for one at least.
    fn meet(&mut self, at: usize, row: Row);
}

impl Tree {
    /// For entries of so many codes, 1 to 16.
    pub(crate) fn new(width: usize) -> Tree {
        Tree {
            root: Node::Leaf(Arc::new(Leaf::new())),
            width: width.clamp(1, 16),
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.root.len()
    }

    /// Bytes that putting in so many entries takes, at most: each may lie in a leaf of its own, which is copied because a
    /// clone has it, and split because it is full; and so may the nodes above.
    pub(crate) fn room(&self, count: usize) -> usize {
        let entries = LEAF / self.width;
        let leaf = std::mem::size_of::<Leaf>() + 16;
        let inner = std::mem::size_of::<Inner>() + 16 + FAN * (28 + 8 * self.width);
        // Leaves are a quarter full at least, but for the few that fit with no neighbour.
        let leaves = (1 + 4 * self.len() / entries).min(count);
        let inners = (1 + 4 * self.len() / entries / FAN).min(count);
        let made = count / (entries / 2) * (leaf + inner / FAN);
        2 * (leaves * leaf + inners * inner) + made
    }

    /// Puts in the entries of a sequence, none of which it has.
    pub(crate) fn insert<S: Sequence>(&mut self, sequence: &mut S) {
        let part = (0, sequence.len());
        let position = Position {
            is_last: true,
            next: None,
        };
        let mut made = Vec::new();
        self.root
            .insert(self.width, sequence, part, position, &mut made);
        if !made.is_empty() {
            made.insert(0, self.root.clone());
            if let Some(root) = root_of(self.width, made) {
                self.root = root;
            }
        }
    }

    /// Takes out the entries of a sequence; returns how many of them there were.
    pub(crate) fn remove<S: Sequence>(&mut self, sequence: &S) -> usize {
        let part = (0, sequence.len());
        let (removed, _) = self.root.remove(self.width, sequence, part);
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
        let mut rank = 0;
        let (leaf, guess) = self.leaf_of(code, |lens| rank += lens.iter().sum::<usize>())?;
        let (at, len) = leaf.run(code, guess);
        let from = rank + at;
        if at + len < leaf.len {
            let row = leaf.rows.get(at).filter(|_| len > 0)?;
            return Some((from, from + len, *row));
        }
        // The run begins or goes on in another leaf.
        let (found, row) = self.at(from)?;
        if found != [code] {
            return None;
        }
        let to = self.rank(|codes, _| codes <= &[code][..]);
        Some((from, to, row))
    }

    /// In a tree of one code an entry, the rows of the entries that have a code; `None` if they may not be all in one
    /// leaf. Ranks are not counted, so this reads less than `run`.
    #[inline]
    pub(crate) fn rows_of(&self, code: u64) -> Option<&[Row]> {
        let (leaf, guess) = self.leaf_of(code, |_| {})?;
        let (at, len) = leaf.run(code, guess);
        match at + len < leaf.len {
            true => leaf.rows.get(at..at + len),
            false => None,
        }
    }

    /// In a tree of one code an entry, the leaf in which the entries that have a code begin, or at whose end they would;
    /// and a guess where in it, good if the codes are hashes, so that few of its cache lines are read, and those ahead.
    /// Calls `passed` with the numbers of entries in the nodes before those that it comes through.
    #[inline]
    fn leaf_of(&self, code: u64, mut passed: impl FnMut(&[usize])) -> Option<(&Leaf, usize)> {
        let mut node = &self.root;
        let (mut end, mut guess) = (u64::MAX, 0);
        loop {
            match node {
                Node::Leaf(leaf) => return Some((leaf, guess)),
                Node::Inner(inner) => {
                    let at = before(&inner.codes, code).saturating_sub(1);
                    passed(inner.lens.get(..at)?);
                    node = inner.nodes.get(at)?;
                    end = inner.codes.get(at + 1).copied().unwrap_or(end);
                    if let Node::Leaf(leaf) = node {
                        guess = guessed(code, *inner.codes.get(at)?, end, *inner.lens.get(at)?);
                        leaf.prefetch(guess);
                    }
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
