//! The nodes of a tree, and how they change.

use super::Entry;
use crate::engine::keymap::Row;
use std::sync::Arc;

/// Codes of a leaf.
pub(super) const LEAF: usize = 192;
/// Children of an inner node.
pub(super) const FAN: usize = 64;

/// Shared between clones.
#[derive(Clone)]
pub(super) enum Node {
    Leaf(Arc<Leaf>),
    Inner(Arc<Inner>),
}

#[derive(Clone)]
pub(super) struct Leaf {
    pub(super) len: usize,
    pub(super) codes: [u64; LEAF],
    pub(super) rows: [Row; LEAF],
}

/// For each child its node, the number of entries below it, and its first entry.
#[derive(Clone, Default)]
pub(super) struct Inner {
    pub(super) nodes: Vec<Node>,
    pub(super) lens: Vec<usize>,
    pub(super) codes: Vec<u64>,
    pub(super) rows: Vec<Row>,
}

/// The first position of `0..len` at which `before` is false.
#[inline]
fn search(len: usize, mut before: impl FnMut(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = (low + high) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn codes_at(codes: &[u64], width: usize, at: usize) -> &[u64] {
    codes.get(at * width..(at + 1) * width).unwrap_or_default()
}

impl Leaf {
    pub(super) fn new() -> Leaf {
        Leaf {
            len: 0,
            codes: [0; LEAF],
            rows: [0; LEAF],
        }
    }

    #[inline]
    pub(super) fn entry(&self, width: usize, at: usize) -> Option<Entry<'_>> {
        let row = self.rows.get(at).filter(|_| at < self.len)?;
        Some((codes_at(&self.codes, width, at), *row))
    }

    /// The first position that nothing is `before`.
    #[inline]
    pub(super) fn search(&self, width: usize, before: &impl Fn(&[u64], Row) -> bool) -> usize {
        search(self.len, |at| {
            self.entry(width, at)
                .is_some_and(|(codes, row)| before(codes, row))
        })
    }

    /// A part of the entries.
    pub(super) fn slice(&self, width: usize, from: usize, to: usize) -> (&[u64], &[Row]) {
        let codes = self.codes.get(from * width..to * width);
        (
            codes.unwrap_or_default(),
            self.rows.get(from..to).unwrap_or_default(),
        )
    }

    /// Makes room for an entry, which there is, and puts it there.
    pub(super) fn insert(&mut self, width: usize, at: usize, entry: Entry<'_>) {
        let (from, to) = (at * width, self.len * width);
        self.codes.copy_within(from..to, from + width);
        if let Some(place) = self.codes.get_mut(from..from + width) {
            place.copy_from_slice(entry.0);
        }
        self.rows.copy_within(at..self.len, at + 1);
        if let Some(place) = self.rows.get_mut(at) {
            *place = entry.1;
        }
        self.len += 1;
    }

    pub(super) fn remove(&mut self, width: usize, at: usize) {
        self.codes
            .copy_within((at + 1) * width..self.len * width, at * width);
        self.rows.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    /// Adds entries, for which there is room, at the end.
    pub(super) fn extend(&mut self, codes: &[u64], rows: &[Row]) {
        let width = codes.len() / rows.len().max(1);
        let from = self.len * width;
        if let Some(place) = self.codes.get_mut(from..from + codes.len()) {
            place.copy_from_slice(codes);
        }
        if let Some(place) = self.rows.get_mut(self.len..self.len + rows.len()) {
            place.copy_from_slice(rows);
        }
        self.len += rows.len();
    }

    /// Cuts off the entries from a position on.
    pub(super) fn split(&mut self, width: usize, at: usize) -> Leaf {
        let mut right = Leaf::new();
        let (codes, rows) = self.slice(width, at, self.len);
        right.extend(codes, rows);
        self.len = at;
        right
    }
}

impl Inner {
    #[inline]
    pub(super) fn first(&self, width: usize, at: usize) -> Option<Entry<'_>> {
        Some((codes_at(&self.codes, width, at), *self.rows.get(at)?))
    }

    /// The child that an entry belongs to.
    #[inline]
    pub(super) fn child(&self, width: usize, before: &impl Fn(&[u64], Row) -> bool) -> usize {
        let place = search(self.rows.len(), |at| {
            self.first(width, at)
                .is_some_and(|(codes, row)| before(codes, row))
        });
        place.saturating_sub(1)
    }

    pub(super) fn insert(&mut self, width: usize, at: usize, node: Node) {
        let Some((codes, row)) = node.first(width) else {
            return;
        };
        let from = (at * width).min(self.codes.len());
        self.codes.splice(from..from, codes.iter().copied());
        self.rows.insert(at.min(self.rows.len()), row);
        self.lens.insert(at.min(self.lens.len()), node.len());
        self.nodes.insert(at.min(self.nodes.len()), node);
    }

    pub(super) fn remove(&mut self, width: usize, at: usize) -> Option<Node> {
        if at >= self.nodes.len() {
            return None;
        }
        self.codes.drain(at * width..(at + 1) * width);
        self.rows.remove(at);
        self.lens.remove(at);
        Some(self.nodes.remove(at))
    }

    /// Notes anew what is known about a child.
    pub(super) fn refresh(&mut self, width: usize, at: usize) {
        let Some((node, len)) = self.nodes.get(at).zip(self.lens.get_mut(at)) else {
            return;
        };
        *len = node.len();
        if let Some((codes, row)) = node.first(width) {
            if let Some(place) = self.codes.get_mut(at * width..(at + 1) * width) {
                place.copy_from_slice(codes);
            }
            if let Some(place) = self.rows.get_mut(at) {
                *place = row;
            }
        }
    }

    pub(super) fn split(&mut self, width: usize, at: usize) -> Inner {
        Inner {
            nodes: self.nodes.split_off(at),
            lens: self.lens.split_off(at),
            codes: self.codes.split_off(at * width),
            rows: self.rows.split_off(at),
        }
    }
}

impl Node {
    pub(super) fn len(&self) -> usize {
        match self {
            Node::Leaf(leaf) => leaf.len,
            Node::Inner(inner) => inner.lens.iter().sum(),
        }
    }

    pub(super) fn first(&self, width: usize) -> Option<Entry<'_>> {
        match self {
            Node::Leaf(leaf) => leaf.entry(width, 0),
            Node::Inner(inner) => inner.first(width, 0),
        }
    }

    /// How full it is, in parts of four.
    pub(super) fn quarters(&self, width: usize) -> usize {
        match self {
            Node::Leaf(leaf) => 4 * leaf.len / (LEAF / width),
            Node::Inner(inner) => 4 * inner.nodes.len() / FAN,
        }
    }

    /// Takes over what is in the next node of the same level, if there is room.
    pub(super) fn absorb(&mut self, width: usize, next: &Node) -> bool {
        let fits = match (&*self, next) {
            (Node::Leaf(leaf), Node::Leaf(next)) => leaf.len + next.len <= LEAF / width,
            (Node::Inner(inner), Node::Inner(next)) => inner.nodes.len() + next.nodes.len() <= FAN,
            _ => false,
        };
        if !fits {
            return false;
        }
        match (self, next) {
            (Node::Leaf(leaf), Node::Leaf(next)) => {
                let leaf = Arc::make_mut(leaf);
                let (codes, rows) = next.slice(width, 0, next.len);
                leaf.extend(codes, rows);
            }
            (Node::Inner(inner), Node::Inner(next)) => {
                let inner = Arc::make_mut(inner);
                inner.nodes.extend(next.nodes.iter().cloned());
                inner.lens.extend_from_slice(&next.lens);
                inner.codes.extend_from_slice(&next.codes);
                inner.rows.extend_from_slice(&next.rows);
            }
            _ => {}
        }
        true
    }

    /// Adds an entry. Returns a new node that goes behind this one, if it had to be split; `last` says that none
    /// comes behind it, so that entries that come in order fill the nodes.
    pub(super) fn insert(
        &mut self,
        width: usize,
        entry: Entry<'_>,
        before: &impl Fn(&[u64], Row) -> bool,
        last: bool,
    ) -> Option<Node> {
        match self {
            Node::Leaf(leaf) => {
                let leaf = Arc::make_mut(leaf);
                let at = leaf.search(width, before);
                if leaf.len < LEAF / width {
                    leaf.insert(width, at, entry);
                    return None;
                }
                let cut = if last && at == leaf.len {
                    leaf.len
                } else {
                    leaf.len / 2
                };
                let mut right = leaf.split(width, cut);
                if at > cut || at == cut && cut == leaf.len && right.len == 0 {
                    right.insert(width, at - cut, entry);
                } else {
                    leaf.insert(width, at, entry);
                }
                Some(Node::Leaf(Arc::new(right)))
            }
            Node::Inner(inner) => {
                let inner = Arc::make_mut(inner);
                let at = inner.child(width, before);
                let last = last && at + 1 == inner.nodes.len();
                let node = inner.nodes.get_mut(at)?;
                let split = node.insert(width, entry, before, last);
                inner.refresh(width, at);
                inner.insert(width, at + 1, split?);
                if inner.nodes.len() <= FAN {
                    return None;
                }
                let cut = if last && at + 2 == inner.nodes.len() {
                    inner.nodes.len() - 1
                } else {
                    inner.nodes.len() / 2
                };
                Some(Node::Inner(Arc::new(inner.split(width, cut))))
            }
        }
    }

    /// Removes the first entry that is not before, if its row is the one given.
    pub(super) fn remove(
        &mut self,
        width: usize,
        row: Row,
        before: &impl Fn(&[u64], Row) -> bool,
    ) -> bool {
        match self {
            Node::Leaf(leaf) => {
                let leaf = Arc::make_mut(leaf);
                let at = leaf.search(width, before);
                let found = leaf.entry(width, at).is_some_and(|(_, other)| other == row);
                if found {
                    leaf.remove(width, at);
                }
                found
            }
            Node::Inner(inner) => {
                let inner = Arc::make_mut(inner);
                let mut at = inner.child(width, before);
                let mut remove = |at: usize| {
                    let node = inner.nodes.get_mut(at);
                    node.is_some_and(|node| node.remove(width, row, before))
                };
                if !remove(at) {
                    // All of that child's entries are before: the next one's first is meant.
                    at += 1;
                    if !remove(at) {
                        return false;
                    }
                }
                inner.refresh(width, at);
                inner.rebalance(width, at);
                true
            }
        }
    }
}

impl Inner {
    /// Joins a child that has become small with a neighbour.
    pub(super) fn rebalance(&mut self, width: usize, at: usize) {
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        if node.len() == 0 {
            self.remove(width, at);
            return;
        }
        if node.quarters(width) > 0 {
            return;
        }
        if at == 0 || !self.join(width, at - 1) {
            self.join(width, at);
        }
    }

    /// Moves all of the next child into a child, if there is room.
    pub(super) fn join(&mut self, width: usize, at: usize) -> bool {
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

pub(super) fn each<'a>(
    node: &'a Node,
    width: usize,
    from: usize,
    to: usize,
    visit: &mut impl FnMut(&'a [u64], &'a [Row]) -> bool,
) -> bool {
    if from >= to {
        return true;
    }
    match node {
        Node::Leaf(leaf) => {
            let (codes, rows) = leaf.slice(width, from, to.min(leaf.len));
            rows.is_empty() || visit(codes, rows)
        }
        Node::Inner(inner) => {
            let mut start = 0;
            for (child, len) in inner.nodes.iter().zip(&inner.lens) {
                let end = start + len;
                if end > from && start < to {
                    let (from, to) = (from.saturating_sub(start), to.min(end) - start);
                    if !each(child, width, from, to, visit) {
                        return false;
                    }
                }
                start = end;
            }
            true
        }
    }
}
