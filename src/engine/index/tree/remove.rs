//! How entries are taken out of a tree: a whole sequence at once, so that each leaf is come to once.

use super::node::{Inner, Leaf, Node, FAN};
use super::shares::AHEAD;
use super::Sequence;
use std::sync::Arc;

impl Node {
    /// Takes out a part of a sequence; returns how many of its entries there were, and whether the first entry was one.
    pub(super) fn remove<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &S,
        part: (usize, usize),
    ) -> (usize, bool) {
        match self {
            Node::Leaf(leaf) => Arc::make_mut(leaf).remove(width, sequence, part),
            Node::Inner(inner) => Arc::make_mut(inner).remove_part(width, sequence, part),
        }
    }
}

impl Leaf {
    fn remove<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &S,
        (from, to): (usize, usize),
    ) -> (usize, bool) {
        // Entries up to `read` have been looked at, and as many as `kept` stay.
        let (mut read, mut kept, mut is_first) = (0, 0, false);
        for at in from..to {
            let place = self.place(width, (read, self.len), sequence, at);
            let (codes, row) = sequence.entry(at);
            let is_here = self
                .entry(width, place)
                .is_some_and(|found| found.1 == row && found.0.iter().eq(codes));
            if is_here {
                is_first |= place == 0;
                if read > kept {
                    self.shift(width, (read, place), kept);
                }
                kept += place - read;
                read = place + 1;
            }
        }
        if read > kept {
            self.shift(width, (read, self.len), kept);
        }
        self.len -= read - kept;
        (read - kept, is_first)
    }
}

impl Inner {
    fn remove_part<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &S,
        (from, to): (usize, usize),
    ) -> (usize, bool) {
        let (mut removed, mut is_first, mut is_thin) = (0, false, false);
        let mut remove = |inner: &mut Inner, child: usize, part| {
            let both = inner.nodes.get_mut(child).zip(inner.lens.get_mut(child));
            let Some((node, len)) = both else {
                return;
            };
            let (gone, first) = node.remove(width, sequence, part);
            *len -= gone;
            removed += gone;
            is_thin |= node.is_thin(width);
            if first {
                is_first |= child == 0;
                inner.note_first(width, child);
            }
        };
        if to - from == 1 {
            let child = self.owner(width, 0, sequence, from);
            remove(self, child, (from, to));
        } else {
            let shares = self.shares(width, sequence, (from, to));
            (1..AHEAD).for_each(|at| self.prefetch(&shares, at));
            let mut from = from;
            for at in 0..FAN {
                let Some((child, end)) = shares.get(at) else {
                    break;
                };
                self.prefetch(&shares, at + AHEAD);
                remove(self, child, (from, end));
                from = end;
            }
        }
        if is_thin {
            for at in (0..self.nodes.len()).rev() {
                self.rebalance(width, at);
            }
        }
        (removed, is_first)
    }

    /// Joins a child that has become small with a neighbour.
    fn rebalance(&mut self, width: usize, at: usize) {
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        if node.len() == 0 {
            self.remove(width, at);
            return;
        }
        if node.is_thin(width) && (at == 0 || !self.join(width, at - 1)) {
            self.join(width, at);
        }
    }

    /// Moves all of the next child into a child, if there is room.
    fn join(&mut self, width: usize, at: usize) -> bool {
        let Some(next) = self.nodes.get(at + 1).cloned() else {
            return false;
        };
        let node = self.nodes.get_mut(at);
        let joined = node.is_some_and(|node| node.absorb(width, &next));
        if joined {
            self.remove(width, at + 1);
            self.refresh(width, at);
        }
        joined
    }
}
