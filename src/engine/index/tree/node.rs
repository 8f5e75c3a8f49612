//! The nodes of a tree, and how they are searched.

use super::{Entry, Sequence};
use crate::engine::arena::prefetch;
use crate::engine::keymap::Row;
use std::cmp::Ordering;
use std::sync::Arc;

/// Codes of a leaf.
pub(super) const LEAF: usize = 192;
/// Codes of a cache line.
const LINE: usize = 8;
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

/// The first position from `low` to before `high` at which `before` is false, or `high`.
#[inline]
pub(super) fn search(low: usize, high: usize, mut before: impl FnMut(usize) -> bool) -> usize {
    let (mut low, mut high) = (low, high);
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

/// How many of some ascending codes are less than one.
#[inline]
pub(super) fn before(codes: &[u64], code: u64) -> usize {
    search(0, codes.len(), |at| {
        codes.get(at).is_some_and(|other| *other < code)
    })
}

/// Where among so many codes, which lie evenly from one to another, a code is to be expected.
#[inline]
pub(super) fn guessed(code: u64, first: u64, end: u64, len: usize) -> usize {
    let share = code.saturating_sub(first) as f64 / end.saturating_sub(first).max(1) as f64;
    // What is no share of the codes becomes one by the limits.
    ((share * len as f64) as usize).min(len)
}

/// As `before`, but reads little more than the codes from a guess to the place.
#[inline]
fn before_near(codes: &[u64], code: u64, guess: usize) -> usize {
    let is_before = |at: usize| codes.get(at).is_some_and(|other| *other < code);
    let (mut low, mut high, mut step) = (guess, guess, LINE);
    if is_before(guess) {
        while is_before(high) {
            (low, high, step) = (high + 1, high + step, step * 2);
        }
    } else {
        low = guess.saturating_sub(step);
        while low > 0 && !is_before(low) {
            (low, high, step) = (low.saturating_sub(step * 2), low, step * 2);
        }
    }
    search(low, high.min(codes.len()), is_before)
}

/// Finds a place among entries in order, `from` on: behind those that compare to the one at a position of a sequence
/// as `is_before` says. First codes most often decide, and are compared alone.
#[inline]
pub(super) fn place<S: Sequence>(
    width: usize,
    codes: &[u64],
    rows: &[Row],
    from: usize,
    (sequence, at): (&S, usize),
    is_before: impl Fn(Ordering) -> bool,
) -> usize {
    let len = rows.len();
    let own = first_code(sequence, at);
    let first = |at: usize| codes.get(at * width).copied().unwrap_or(0);
    // Nodes of a long sequence were asked for ahead: then a search without branches is faster. In a node that is yet to come
    // from memory, the processor runs ahead along the branches that it expects.
    let is_near = sequence.len() > 1;
    let single = codes.get(from..len).filter(|_| width == 1);
    let low = match single {
        Some(codes) if is_near => from + codes.partition_point(|code| *code < own),
        Some(codes) => from + before(codes, own),
        None => search(from, len, |at| first(at) < own),
    };
    if low >= len || first(low) != own {
        return low;
    }
    let high = match first(len - 1) == own {
        true => len,
        false => search(low + 1, len, |at| first(at) == own),
    };
    if sequence.is_by_row(at) {
        let own = sequence.entry(at).1;
        let rows = rows.get(low..high).unwrap_or_default();
        let is_before = |row: &Row| is_before(row.cmp(&own));
        return low + search(0, rows.len(), |at| rows.get(at).is_some_and(is_before));
    }
    search(low, high, |other| {
        let row = rows.get(other).copied().unwrap_or(0);
        is_before(sequence.compare((codes_at(codes, width, other), row), at))
    })
}

#[inline]
pub(super) fn first_code<S: Sequence>(sequence: &S, at: usize) -> u64 {
    sequence.entry(at).0.first().copied().unwrap_or(0)
}

pub(super) fn codes_at(codes: &[u64], width: usize, at: usize) -> &[u64] {
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
        search(0, self.len, |at| {
            self.entry(width, at)
                .is_some_and(|(codes, row)| before(codes, row))
        })
    }

    /// Asks the processor for what `run` will read with that guess.
    #[inline]
    pub(super) fn prefetch(&self, guess: usize) {
        prefetch(&self.len);
        if let (Some(code), Some(row)) = (self.codes.get(guess), self.rows.get(guess)) {
            prefetch(code);
            prefetch(row);
        }
    }

    /// In a leaf of one code an entry, where those that have a code begin, or would, and how many there are. Quick if it is
    /// near the guess.
    #[inline]
    pub(super) fn run(&self, code: u64, guess: usize) -> (usize, usize) {
        let codes = self.codes.get(..self.len).unwrap_or_default();
        let at = before_near(codes, code, guess);
        let rest = codes.iter().skip(at);
        (at, rest.take_while(|other| **other == code).count())
    }

    /// A part of the entries.
    pub(super) fn slice(&self, width: usize, from: usize, to: usize) -> (&[u64], &[Row]) {
        let codes = self.codes.get(from * width..to * width);
        (
            codes.unwrap_or_default(),
            self.rows.get(from..to).unwrap_or_default(),
        )
    }

    /// Adds entries, for which there is room, at the end.
    #[inline]
    pub(super) fn extend(&mut self, width: usize, codes: &[u64], rows: &[Row]) {
        let from = self.len * width;
        if let ([code], [row]) = (codes, rows) {
            self.put(width, self.len, (std::slice::from_ref(code), *row));
            self.len += 1;
            return;
        }
        if let Some(place) = self.codes.get_mut(from..from + codes.len()) {
            place.copy_from_slice(codes);
        }
        if let Some(place) = self.rows.get_mut(self.len..self.len + rows.len()) {
            place.copy_from_slice(rows);
        }
        self.len += rows.len();
    }

    /// The first position of a part that does not come before an entry of a sequence.
    #[inline]
    pub(super) fn place<S: Sequence>(
        &self,
        width: usize,
        (from, to): (usize, usize),
        sequence: &S,
        at: usize,
    ) -> usize {
        let (codes, rows) = (&self.codes, self.rows.get(..to).unwrap_or_default());
        place(width, codes, rows, from, (sequence, at), Ordering::is_lt)
    }

    /// Moves entries to another place.
    pub(super) fn shift(&mut self, width: usize, (from, to): (usize, usize), target: usize) {
        self.codes
            .copy_within(from * width..to * width, target * width);
        self.rows.copy_within(from..to, target);
    }

    #[inline]
    pub(super) fn put(&mut self, width: usize, at: usize, entry: Entry<'_>) {
        if let [code] = entry.0 {
            if let Some(place) = self.codes.get_mut(at) {
                *place = *code;
            }
        } else if let Some(place) = self.codes.get_mut(at * width..(at + 1) * width) {
            place.copy_from_slice(entry.0);
        }
        if let Some(place) = self.rows.get_mut(at) {
            *place = entry.1;
        }
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
        let place = search(0, self.rows.len(), |at| {
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
        if let Some((node, len)) = self.nodes.get(at).zip(self.lens.get_mut(at)) {
            *len = node.len();
        }
        self.note_first(width, at);
    }

    /// Notes anew which entry of a child is its first.
    pub(super) fn note_first(&mut self, width: usize, at: usize) {
        let Some((codes, row)) = self.nodes.get(at).and_then(|node| node.first(width)) else {
            return;
        };
        if let Some(place) = self.codes.get_mut(at * width..(at + 1) * width) {
            place.copy_from_slice(codes);
        }
        if let Some(place) = self.rows.get_mut(at) {
            *place = row;
        }
    }

    /// The child that an entry of a sequence belongs to, of those from a position on.
    #[inline]
    pub(super) fn owner<S: Sequence>(
        &self,
        width: usize,
        from: usize,
        sequence: &S,
        at: usize,
    ) -> usize {
        let sought = (sequence, at);
        let place = place(
            width,
            &self.codes,
            &self.rows,
            from,
            sought,
            Ordering::is_le,
        );
        place.saturating_sub(1)
    }
}

impl Node {
    /// Asks the processor for a node, which will be looked at soon.
    #[inline]
    pub(super) fn prefetch(&self) {
        match self {
            Node::Leaf(leaf) => {
                // As many codes at a time as are asked for.
                leaf.codes.chunks(128).for_each(prefetch);
                prefetch(&leaf.rows);
            }
            Node::Inner(inner) => prefetch(&**inner),
        }
    }

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

    /// Whether it is so empty that it should be joined with another one.
    pub(super) fn is_thin(&self, width: usize) -> bool {
        match self {
            Node::Leaf(leaf) => 4 * leaf.len < LEAF / width || leaf.len == 0,
            Node::Inner(inner) => 4 * inner.nodes.len() < FAN,
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
                leaf.extend(width, codes, rows);
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
            let (mut start, mut at) = (0, 0);
            for len in &inner.lens {
                if start + len > from {
                    break;
                }
                start += len;
                at += 1;
            }
            let children = inner.nodes.iter().zip(&inner.lens).skip(at);
            for (child, len) in children {
                if start >= to {
                    break;
                }
                let (from, to) = (from.saturating_sub(start), (to - start).min(*len));
                if !each(child, width, from, to, visit) {
                    return false;
                }
                start += len;
            }
            true
        }
    }
}
