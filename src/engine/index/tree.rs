//! `Tree`: entries in order, cheap to clone and to change after a clone.
//!
//! A B+ tree (Comer 1979) whose nodes are behind `Arc`s: a clone shares them, a change copies those on its path that
//! someone else holds. Nodes know how many entries are below them, so the rank of a place, and with it the size of any
//! range, takes one descent. An entry is a row and `width` codes; what they mean, and so the order, is known only to
//! the closures that callers search with.

use crate::engine::keymap::Row;
use std::sync::Arc;

/// Codes of a leaf.
const LEAF: usize = 192;
/// Children of an inner node.
const FAN: usize = 64;

/// Shared between clones.
#[derive(Clone)]
enum Node {
    Leaf(Arc<Leaf>),
    Inner(Arc<Inner>),
}

#[derive(Clone)]
struct Leaf {
    len: usize,
    codes: [u64; LEAF],
    rows: [Row; LEAF],
}

/// For each child its node, the number of entries below it, and its first entry.
#[derive(Clone, Default)]
struct Inner {
    nodes: Vec<Node>,
    lens: Vec<usize>,
    codes: Vec<u64>,
    rows: Vec<Row>,
}

/// See the module's comment.
#[derive(Clone)]
pub(crate) struct Tree {
    root: Node,
    width: usize,
}

/// An entry's codes and row.
pub(crate) type Entry<'a> = (&'a [u64], Row);

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
    fn new() -> Leaf {
        Leaf {
            len: 0,
            codes: [0; LEAF],
            rows: [0; LEAF],
        }
    }

    #[inline]
    fn entry(&self, width: usize, at: usize) -> Option<Entry<'_>> {
        let row = self.rows.get(at).filter(|_| at < self.len)?;
        Some((codes_at(&self.codes, width, at), *row))
    }

    /// The first position that nothing is `before`.
    #[inline]
    fn search(&self, width: usize, before: &impl Fn(&[u64], Row) -> bool) -> usize {
        search(self.len, |at| {
            self.entry(width, at)
                .is_some_and(|(codes, row)| before(codes, row))
        })
    }

    /// A part of the entries.
    fn slice(&self, width: usize, from: usize, to: usize) -> (&[u64], &[Row]) {
        let codes = self.codes.get(from * width..to * width);
        (
            codes.unwrap_or_default(),
            self.rows.get(from..to).unwrap_or_default(),
        )
    }

    /// Makes room for an entry, which there is, and puts it there.
    fn insert(&mut self, width: usize, at: usize, entry: Entry<'_>) {
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

    fn remove(&mut self, width: usize, at: usize) {
        self.codes
            .copy_within((at + 1) * width..self.len * width, at * width);
        self.rows.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    /// Adds entries, for which there is room, at the end.
    fn extend(&mut self, codes: &[u64], rows: &[Row]) {
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
    fn split(&mut self, width: usize, at: usize) -> Leaf {
        let mut right = Leaf::new();
        let (codes, rows) = self.slice(width, at, self.len);
        right.extend(codes, rows);
        self.len = at;
        right
    }
}

impl Inner {
    #[inline]
    fn first(&self, width: usize, at: usize) -> Option<Entry<'_>> {
        Some((codes_at(&self.codes, width, at), *self.rows.get(at)?))
    }

    /// The child that an entry belongs to.
    #[inline]
    fn child(&self, width: usize, before: &impl Fn(&[u64], Row) -> bool) -> usize {
        let place = search(self.rows.len(), |at| {
            self.first(width, at)
                .is_some_and(|(codes, row)| before(codes, row))
        });
        place.saturating_sub(1)
    }

    fn insert(&mut self, width: usize, at: usize, node: Node) {
        let Some((codes, row)) = node.first(width) else {
            return;
        };
        let from = (at * width).min(self.codes.len());
        self.codes.splice(from..from, codes.iter().copied());
        self.rows.insert(at.min(self.rows.len()), row);
        self.lens.insert(at.min(self.lens.len()), node.len());
        self.nodes.insert(at.min(self.nodes.len()), node);
    }

    fn remove(&mut self, width: usize, at: usize) -> Option<Node> {
        if at >= self.nodes.len() {
            return None;
        }
        self.codes.drain(at * width..(at + 1) * width);
        self.rows.remove(at);
        self.lens.remove(at);
        Some(self.nodes.remove(at))
    }

    /// Notes anew what is known about a child.
    fn refresh(&mut self, width: usize, at: usize) {
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

    fn split(&mut self, width: usize, at: usize) -> Inner {
        Inner {
            nodes: self.nodes.split_off(at),
            lens: self.lens.split_off(at),
            codes: self.codes.split_off(at * width),
            rows: self.rows.split_off(at),
        }
    }
}

impl Node {
    fn len(&self) -> usize {
        match self {
            Node::Leaf(leaf) => leaf.len,
            Node::Inner(inner) => inner.lens.iter().sum(),
        }
    }

    fn first(&self, width: usize) -> Option<Entry<'_>> {
        match self {
            Node::Leaf(leaf) => leaf.entry(width, 0),
            Node::Inner(inner) => inner.first(width, 0),
        }
    }

    /// How full it is, in parts of four.
    fn quarters(&self, width: usize) -> usize {
        match self {
            Node::Leaf(leaf) => 4 * leaf.len / (LEAF / width),
            Node::Inner(inner) => 4 * inner.nodes.len() / FAN,
        }
    }

    /// Takes over what is in the next node of the same level, if there is room.
    fn absorb(&mut self, width: usize, next: &Node) -> bool {
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
    fn insert(
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
    fn remove(&mut self, width: usize, row: Row, before: &impl Fn(&[u64], Row) -> bool) -> bool {
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
    fn rebalance(&mut self, width: usize, at: usize) {
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

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        fn of(node: &Node) -> usize {
            match node {
                Node::Leaf(_) => std::mem::size_of::<Leaf>() + 16,
                Node::Inner(inner) => {
                    let lists = inner.nodes.capacity() * std::mem::size_of::<Node>()
                        + inner.lens.capacity() * 8
                        + inner.codes.capacity() * 8
                        + inner.rows.capacity() * 4;
                    let own = std::mem::size_of::<Inner>() + 16 + lists;
                    own + inner.nodes.iter().map(of).sum::<usize>()
                }
            }
        }
        of(&self.root)
    }
}

fn each<'a>(
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

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    type Model = BTreeSet<(Vec<u64>, Row)>;

    fn entries(tree: &Tree, from: usize, to: usize) -> Vec<(Vec<u64>, Row)> {
        let mut all = Vec::new();
        tree.each(from, to, |codes, rows| {
            let codes = codes.chunks(tree.width).map(<[u64]>::to_vec);
            all.extend(codes.zip(rows.iter().copied()));
            true
        });
        all
    }

    fn check(tree: &Tree, model: &Model) {
        let wanted: Vec<_> = model.iter().cloned().collect();
        assert_eq!(tree.len(), wanted.len());
        assert_eq!(entries(tree, 0, usize::MAX), wanted);
        for at in (0..wanted.len() + 2).step_by(1 + wanted.len() / 17) {
            let found = tree.at(at).map(|(codes, row)| (codes.to_vec(), row));
            assert_eq!(found, wanted.get(at).cloned());
            let to = (at + 500).min(wanted.len());
            assert_eq!(
                entries(tree, at, to),
                wanted.get(at..to).unwrap_or_default()
            );
            if let (1, Some(([code], _))) = (tree.width, wanted.get(at).map(|(c, r)| (&c[..], r))) {
                for code in [*code, code + 1_000_000] {
                    let run: Vec<_> = wanted
                        .iter()
                        .filter(|(codes, _)| codes[0] == code)
                        .collect();
                    let from = wanted.partition_point(|(codes, _)| codes[0] < code);
                    let expected = run.first().map(|(_, row)| (from, from + run.len(), *row));
                    assert_eq!(tree.run(code), expected);
                }
            }
            if let Some((codes, row)) = wanted.get(at) {
                assert_eq!(tree.rank(|a, b| (a, b) < (&codes[..], *row)), at);
                assert_eq!(tree.rank(|a, b| (a, b) <= (&codes[..], *row)), at + 1);
                let after = tree.find(|a, b| (a, b) <= (&codes[..], *row));
                let after = after.map(|(codes, row)| (codes.to_vec(), row));
                assert_eq!(after, wanted.get(at + 1).cloned());
            }
        }
    }

    fn step(tree: &mut Tree, model: &mut Model, codes: Vec<u64>, row: Row, insert: bool) {
        let entry = (&codes[..], row);
        let before = |a: &[u64], b: Row| (a, b) < entry;
        if !insert {
            assert_eq!(
                tree.remove(row, before),
                model.remove(&(codes.clone(), row))
            );
        } else if model.insert((codes.clone(), row)) {
            tree.insert(entry, before);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Behaves like a set through growth and shrinking, in any order, and a clone never sees a later change.
        #[test]
        fn behaves_like_a_sorted_set(
            width in 1_usize..4,
            runs in prop::collection::vec((0_u64..6, any::<bool>(), 1_u64..6000, 0_u8..3), 1..10),
        ) {
            let mut tree = Tree::new(width);
            let mut model = Model::new();
            let mut clones = Vec::new();
            for (start, insert, count, pattern) in runs {
                clones.push((tree.clone(), model.clone()));
                for n in 0..count {
                    let n = match pattern {
                        0 => start * 1000 + n,
                        1 => start * 1000 + count - n,
                        _ => start * 1000 + n * 7919 % count,
                    };
                    let mut codes = vec![n / 5; width];
                    codes[width - 1] = n % 3;
                    step(&mut tree, &mut model, codes, n as Row, insert);
                }
                check(&tree, &model);
                let sorted = model.iter().map(|(codes, row)| (&codes[..], *row));
                check(&Tree::from_sorted(width, sorted), &model);
            }
            for (tree, model) in clones {
                check(&tree, &model);
            }
        }
    }

    /// Entries that come in order fill the nodes; when most go, so does the memory.
    #[test]
    fn memory_follows_the_entries() {
        let mut tree = Tree::new(1);
        let mut model = Model::new();
        for n in 0..100_000 {
            step(&mut tree, &mut model, vec![n], 0, true);
        }
        let full = tree.bytes();
        assert!(full < 100_000 * 13, "{full}");
        for n in (0..100_000).filter(|n| n % 50 > 0) {
            step(&mut tree, &mut model, vec![n], 0, false);
        }
        assert!(tree.bytes() < full / 10, "{} of {full}", tree.bytes());
        check(&tree, &model);
    }
}
