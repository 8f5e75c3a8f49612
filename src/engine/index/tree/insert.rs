//! How entries are put into a tree: a whole sequence at once, so that each leaf is come to once.

use super::node::{first_code, Inner, Leaf, Node, FAN, LEAF};
use super::shares::AHEAD;
use super::{Entry, Sequence};
use crate::engine::keymap::Row;
use std::sync::Arc;

/// Where in a tree a node is.
#[derive(Clone, Copy)]
pub(super) struct Position {
    /// Whether no node comes behind it: entries that come in order fill the nodes there.
    pub(super) is_last: bool,
    /// The first code and the row of the entry behind it.
    pub(super) next: Option<(u64, Row)>,
}

impl Node {
    /// Puts in a part of a sequence. New nodes that come behind this one are added to `made`.
    pub(super) fn insert<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &mut S,
        part: (usize, usize),
        position: Position,
        made: &mut Vec<Node>,
    ) {
        match self {
            Node::Leaf(leaf) => {
                let leaf = Arc::make_mut(leaf);
                if leaf.len + part.1 - part.0 <= LEAF / width {
                    leaf.insert(width, sequence, part, position);
                } else {
                    leaf.overflow(width, sequence, part, position, made);
                }
            }
            Node::Inner(inner) => {
                let inner = Arc::make_mut(inner);
                inner.insert_part(width, sequence, part, position, made);
            }
        }
    }
}

impl Leaf {
    /// Puts in entries for which there is room, the last one first: so each old entry is moved once.
    fn insert<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &mut S,
        (from, to): (usize, usize),
        position: Position,
    ) {
        let mut end = self.len;
        for at in (from..to).rev() {
            let place = self.place(width, (0, end), sequence, at);
            self.meet(width, sequence, at, at == from, (place, end), position);
            self.shift(width, (place, end), place + at + 1 - from);
            self.put(width, place + at - from, sequence.entry(at));
            end = place;
        }
        self.len += to - from;
    }

    /// Tells the sequence of entries here that have the hash of one of its own, which goes to `place`; the entries from
    /// `end` on were looked at for those behind it. Of a run of its own entries that have one hash it is told at least once
    /// if others have it, too.
    #[inline]
    fn meet<S: Sequence>(
        &self,
        width: usize,
        sequence: &mut S,
        at: usize,
        is_first: bool,
        (place, end): (usize, usize),
        position: Position,
    ) {
        if !S::BY_HASH {
            return;
        }
        let own = first_code(sequence, at);
        let entry = |at: usize| Some((*self.codes.get(at * width)?, *self.rows.get(at)?));
        let starts_run = is_first || first_code(sequence, at - 1) != own;
        let before = match place.checked_sub(1) {
            Some(before) if starts_run => entry(before),
            _ => None,
        };
        let behind = match place {
            place if place < end => entry(place),
            place if place == self.len => position.next,
            _ => None,
        };
        for (code, row) in before.into_iter().chain(behind) {
            if code == own {
                sequence.meet(at, row);
            }
        }
    }

    /// Spreads the old entries and those of a part over this leaf and new ones.
    fn overflow<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &mut S,
        (from, to): (usize, usize),
        position: Position,
        made: &mut Vec<Node>,
    ) {
        if self.len == 0 {
            return self.fill(width, sequence, (from, to), made);
        }
        let room = LEAF / width;
        let old = std::mem::replace(self, Leaf::new());
        let mut end = old.len;
        for at in (from..to).rev().take_while(|_| S::BY_HASH) {
            let place = old.place(width, (0, end), sequence, at);
            old.meet(width, sequence, at, at == from, (place, end), position);
            end = place;
        }
        let total = old.len + to - from;
        let mut place = old.place(width, (0, old.len), sequence, from);
        let mut sizes = match position.is_last && place == old.len && place > 0 {
            true => Sizes::full(total, room),
            false => Sizes::even(total, room),
        };
        let (mut leaf, mut size) = (Leaf::new(), sizes.next());
        let mut first = None;
        let mut add = |(codes, rows): (&[u64], &[Row])| {
            let (mut codes, mut rows) = (codes, rows);
            while !rows.is_empty() {
                if leaf.len == size {
                    let full = std::mem::replace(&mut leaf, Leaf::new());
                    size = sizes.next();
                    match first {
                        None => first = Some(full),
                        Some(_) => made.push(Node::Leaf(Arc::new(full))),
                    }
                }
                let fit = rows.len().min(size - leaf.len);
                let (now, later) = (codes.split_at(fit * width), rows.split_at(fit));
                leaf.extend(width, now.0, later.0);
                (codes, rows) = (now.1, later.1);
            }
        };
        let mut done = 0;
        for at in from..to {
            if done < old.len {
                place = old.place(width, (done, old.len), sequence, at);
                add(old.slice(width, done, place));
                done = place;
            }
            let (codes, row) = sequence.entry(at);
            add((codes, std::slice::from_ref(&row)));
        }
        add(old.slice(width, done, old.len));
        match first {
            None => *self = leaf,
            Some(first) => {
                *self = first;
                made.push(Node::Leaf(Arc::new(leaf)));
            }
        }
    }

    /// Spreads a part of a sequence over this leaf, which is empty, and new ones.
    fn fill<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &S,
        (mut from, to): (usize, usize),
        made: &mut Vec<Node>,
    ) {
        let mut sizes = Sizes::even(to - from, LEAF / width);
        let mut take = |leaf: &mut Leaf| {
            leaf.len = sizes.next();
            (0..leaf.len).for_each(|at| leaf.put(width, at, sequence.entry(from + at)));
            from += leaf.len;
            from < to
        };
        let mut more = take(self);
        while more {
            let mut leaf = Arc::new(Leaf::new());
            more = Arc::get_mut(&mut leaf).is_some_and(&mut take);
            made.push(Node::Leaf(leaf));
        }
    }
}

/// How many entries or children each of several nodes gets.
struct Sizes {
    left: usize,
    nodes: usize,
    most: usize,
}

impl Sizes {
    /// As many as there is room for.
    fn full(total: usize, room: usize) -> Sizes {
        Sizes {
            left: total,
            nodes: 0,
            most: room,
        }
    }

    /// About the same for each; some room is left for what comes later.
    fn even(total: usize, room: usize) -> Sizes {
        let fill = room - room / 16;
        Sizes {
            left: total,
            nodes: total.div_ceil(fill),
            most: room,
        }
    }

    fn next(&mut self) -> usize {
        let size = match self.nodes {
            0 => self.most.min(self.left),
            nodes => self.left.div_ceil(nodes),
        };
        self.left -= size;
        self.nodes = self.nodes.saturating_sub(1);
        size
    }
}

impl Inner {
    fn insert_part<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &mut S,
        (from, to): (usize, usize),
        position: Position,
        made: &mut Vec<Node>,
    ) {
        // New nodes, and behind which child they go.
        let mut new: Vec<(usize, Vec<Node>)> = Vec::new();
        if to - from == 1 {
            let child = self.owner(width, 0, sequence, from);
            self.insert_share(width, sequence, (from, to), (child, position), &mut new);
        } else {
            let shares = self.shares(width, sequence, (from, to));
            (1..AHEAD).for_each(|at| self.prefetch(&shares, at));
            let mut from = from;
            for at in 0..FAN {
                let Some((child, end)) = shares.get(at) else {
                    break;
                };
                self.prefetch(&shares, at + AHEAD);
                self.insert_share(width, sequence, (from, end), (child, position), &mut new);
                from = end;
            }
        }
        if !new.is_empty() {
            self.take(width, new, position, made);
        }
    }

    fn insert_share<S: Sequence>(
        &mut self,
        width: usize,
        sequence: &mut S,
        part: (usize, usize),
        (child, position): (usize, Position),
        new: &mut Vec<(usize, Vec<Node>)>,
    ) {
        let behind = match S::BY_HASH {
            true => self.first(width, child + 1).map(first_of),
            false => None,
        };
        let position = Position {
            is_last: position.is_last && child + 1 == self.nodes.len(),
            next: behind.or(position.next),
        };
        let mut more = Vec::new();
        if let Some(node) = self.nodes.get_mut(child) {
            node.insert(width, sequence, part, position, &mut more);
        }
        if let Some(len) = self.lens.get_mut(child) {
            *len += part.1 - part.0;
            *len -= more.iter().map(Node::len).sum::<usize>();
        }
        if child == 0 {
            self.note_first(width, 0);
        }
        if !more.is_empty() {
            new.push((child, more));
        }
    }

    /// Takes new nodes; gives those that there is no room for to new inner nodes, with some of the others.
    fn take(
        &mut self,
        width: usize,
        new: Vec<(usize, Vec<Node>)>,
        position: Position,
        made: &mut Vec<Node>,
    ) {
        let count: usize = new.iter().map(|(_, nodes)| nodes.len()).sum();
        let total = self.nodes.len() + count;
        if total <= FAN && count <= 4 {
            for (child, nodes) in new.into_iter().rev() {
                for node in nodes.into_iter().rev() {
                    self.insert(width, child + 1, node);
                }
            }
            return;
        }
        let is_appended = position.is_last && new.iter().all(|(at, _)| at + 1 == self.nodes.len());
        let mut sizes = match is_appended {
            true => Sizes::full(total, FAN),
            false if total <= FAN => Sizes::full(total, total),
            false => Sizes::even(total, FAN),
        };
        let mut all = Vec::with_capacity(total);
        let mut new = new.into_iter().peekable();
        for (at, node) in std::mem::take(&mut self.nodes).into_iter().enumerate() {
            all.push(node);
            if let Some((_, nodes)) = new.next_if(|(child, _)| *child == at) {
                all.extend(nodes);
            }
        }
        let mut all = all.into_iter();
        *self = Inner::of(width, all.by_ref().take(sizes.next()));
        while all.len() > 0 {
            let inner = Inner::of(width, all.by_ref().take(sizes.next()));
            made.push(Node::Inner(Arc::new(inner)));
        }
    }

    fn of(width: usize, nodes: impl Iterator<Item = Node>) -> Inner {
        let mut inner = Inner::default();
        nodes.for_each(|node| inner.insert(width, inner.nodes.len(), node));
        inner
    }
}

/// One level above nodes, or more, until there is one node alone.
pub(super) fn root_of(width: usize, mut level: Vec<Node>) -> Option<Node> {
    while level.len() > 1 {
        let mut sizes = Sizes::even(level.len(), FAN);
        let mut nodes = level.into_iter();
        level = Vec::new();
        while nodes.len() > 0 {
            let inner = Inner::of(width, nodes.by_ref().take(sizes.next()));
            level.push(Node::Inner(Arc::new(inner)));
        }
    }
    level.pop()
}

fn first_of(entry: Entry<'_>) -> (u64, Row) {
    (entry.0.first().copied().unwrap_or(0), entry.1)
}
