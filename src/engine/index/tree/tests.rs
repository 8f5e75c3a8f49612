//! The tree against a sorted set.

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

/// What inner nodes say of their children is true, and no node is empty that is not all of the tree.
fn check_nodes(tree: &Tree) {
    fn check(width: usize, node: &Node) {
        let Node::Inner(inner) = node else { return };
        assert!((1..=FAN).contains(&inner.nodes.len()));
        for (at, child) in inner.nodes.iter().enumerate() {
            assert!(child.len() > 0);
            assert_eq!(inner.lens[at], child.len());
            assert!(child.first(width) == inner.first(width, at));
            check(width, child);
        }
    }
    check(tree.width, &tree.root);
}

fn check(tree: &Tree, model: &Model) {
    check_nodes(tree);
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
                if let Some(rows) = tree.rows_of(code) {
                    let expected: Vec<Row> = run.iter().map(|(_, row)| *row).collect();
                    assert_eq!(rows, expected);
                }
            }
        }
        if let Some((codes, row)) = wanted.get(at) {
            assert_eq!(tree.rank(|a, b| (a, b) < (&codes[..], *row)), at);
            assert_eq!(tree.rank(|a, b| (a, b) <= (&codes[..], *row)), at + 1);
        }
    }
}

/// Entries whose codes tell all, in order, and those of the tree that they met.
struct Plain(Vec<(Vec<u64>, Row)>, BTreeSet<(u64, Row)>);

impl Plain {
    fn new(entries: impl IntoIterator<Item = (Vec<u64>, Row)>) -> Plain {
        Plain(entries.into_iter().collect(), BTreeSet::new())
    }
}

impl Sequence for Plain {
    const BY_HASH: bool = true;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn entry(&self, at: usize) -> Entry<'_> {
        (&self.0[at].0, self.0[at].1)
    }

    fn compare(&self, entry: Entry<'_>, at: usize) -> Ordering {
        entry.cmp(&self.entry(at))
    }

    fn is_by_row(&self, at: usize) -> bool {
        self.0[at].0.len() == 1
    }

    fn meet(&mut self, at: usize, row: Row) {
        self.1.insert((self.0[at].0[0], row));
    }
}

fn step(tree: &mut Tree, model: &mut Model, codes: Vec<u64>, row: Row, insert: bool) {
    let entry = (codes, row);
    if !insert {
        let removed = tree.remove(&Plain::new([entry.clone()]));
        assert_eq!(removed == 1, model.remove(&entry));
    } else if model.insert(entry.clone()) {
        tree.insert(&mut Plain::new([entry]));
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(48))]
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
            let mut anew = Tree::new(width);
            if !model.is_empty() {
                anew.insert(&mut Plain::new(model.clone()));
            }
            check(&anew, &model);
        }
        for (tree, model) in clones {
            check(&tree, &model);
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(64))]
    /// Many entries at once, put in and taken out in any order: a set again. Entries that come to one code are told of one
    /// another.
    #[test]
    fn takes_sequences_like_a_sorted_set(
        width in 1_usize..4,
        runs in prop::collection::vec((0_u64..2000, 0_u32..6, 1_u64..4000, 1_u64..90), 1..12),
    ) {
        let mut tree = Tree::new(width);
        let mut model = Model::new();
        let mut clones = Vec::new();
        for (start, kind, count, spread) in runs {
            clones.push((tree.clone(), model.clone()));
            let some = (0..count).map(|n| {
                let mut codes = vec![start + n * 7919 % count / spread; width];
                codes[width - 1] = codes[width - 1] / 3 + n % 2;
                (codes, (n * 104_729 % 6007) as Row)
            });
            let some: Model = some.collect();
            if kind < 2 {
                let there = model.intersection(&some).count();
                assert_eq!(tree.remove(&Plain::new(some.clone())), there);
                model.retain(|entry| !some.contains(entry));
            } else {
                let mut sequence = Plain::new(some.difference(&model).cloned());
                if sequence.len() > 0 {
                    tree.insert(&mut sequence);
                }
                let codes: BTreeSet<u64> = model.iter().map(|(codes, _)| codes[0]).collect();
                let met: BTreeSet<u64> = sequence.1.iter().map(|(code, _)| *code).collect();
                let own: BTreeSet<u64> = sequence.0.iter().map(|(codes, _)| codes[0]).collect();
                assert_eq!(met, own.intersection(&codes).copied().collect());
                let rows: BTreeSet<(u64, Row)> = model.iter().map(|(codes, row)| (codes[0], *row)).collect();
                assert!(sequence.1.is_subset(&rows));
                model.extend(some);
            }
            check(&tree, &model);
        }
        for (tree, model) in clones {
            check(&tree, &model);
        }
    }
}

/// An entry that comes to the end of a leaf is told of one in the next leaf.
#[test]
fn entries_of_one_code_meet_across_leaves() {
    let entries = |row: Row| (0..3000).map(move |code| (vec![code], row));
    let mut tree = Tree::new(1);
    tree.insert(&mut Plain::new(entries(1)));
    let mut before = Plain::new(entries(0));
    tree.insert(&mut before);
    let mut behind = Plain::new(entries(2));
    tree.insert(&mut behind);
    let met: BTreeSet<u64> = before.1.iter().map(|(code, _)| *code).collect();
    assert_eq!(met.len(), 3000);
    assert_eq!(behind.1, (0..3000).map(|code| (code, 1)).collect());
}

/// The rows of a code are told at once, unless they reach the end of a leaf.
#[test]
fn most_codes_are_told_by_one_leaf() {
    let mut tree = Tree::new(1);
    let entries = (0..2000).flat_map(|code| [(vec![2 * code], 0), (vec![2 * code], 1)]);
    tree.insert(&mut Plain::new(entries));
    let told = |code: &u64| tree.rows_of(*code).is_some();
    let count = (0..4000).filter(told).count();
    assert!((3900..4000).contains(&count), "{count}");
    let both = |code: &u64| tree.rows_of(*code) == Some(&[0, 1]);
    let count = (0..4000).filter(both).count();
    assert!((1900..2000).contains(&count), "{count}");
}

/// Entries that come in order fill the nodes; when most go, so does the memory.
#[test]
fn memory_follows_the_entries() {
    let mut tree = Tree::new(1);
    let mut model = Model::new();
    for n in 0..100_000 {
        step(&mut tree, &mut model, vec![n], 0, true);
    }
    let full = bytes(&tree);
    assert!(full < 100_000 * 13, "{full}");
    let before = nodes(&tree.root);
    for n in (0..100_000).filter(|n| n % 2 > 0) {
        step(&mut tree, &mut model, vec![n], 0, false);
    }
    // Nodes that are half full stay: what comes next has room in them.
    assert_eq!(nodes(&tree.root), before);
    for n in (0..100_000).filter(|n| n % 2 == 0 && n % 50 > 0) {
        step(&mut tree, &mut model, vec![n], 0, false);
    }
    assert!(bytes(&tree) < full / 10, "{} of {full}", bytes(&tree));
    let (leaves, inners) = nodes(&tree.root);
    assert!(leaves < 4 * 2000 / LEAF, "{leaves}");
    assert!(inners <= 1 + 4 * leaves / FAN, "{inners} above {leaves}");
    check(&tree, &model);
}

/// How many leaves there are, and how many inner nodes.
fn nodes(node: &Node) -> (usize, usize) {
    let Node::Inner(inner) = node else {
        return (1, 0);
    };
    let below = inner.nodes.iter().map(nodes);
    below.fold((0, 1), |all, of| (all.0 + of.0, all.1 + of.1))
}

/// Bytes of a tree that another one does not share.
fn own_bytes(tree: &Tree, other: &Tree) -> usize {
    let both = Footprint::of(|footprint| {
        other.count(footprint);
        tree.count(footprint);
    });
    both - bytes(other)
}

/// Where each of the entries put in copies a full leaf and splits it, they take about what there was to be room for; and so do entries
/// that fill a tree.
#[test]
fn room_is_what_entries_take_at_most() {
    for width in [1, 3] {
        let entries = |codes: std::ops::Range<u64>, step| {
            Plain::new(codes.step_by(step).map(|code| (vec![code; width], 0)))
        };
        let mut full = Tree::new(width);
        for code in 0..100_000 {
            full.insert(&mut entries(2 * code..2 * code + 1, 1));
        }
        let leaf = LEAF / width;
        for every in [1, 10, 100] {
            let mut changed = full.clone();
            let mut some = entries(1..200_000, 2 * leaf * every);
            let room = changed.room(some.len());
            changed.insert(&mut some);
            check_nodes(&changed);
            let taken = own_bytes(&changed, &full);
            assert!((taken..5 * taken).contains(&room), "{room} for {taken}");
        }
        let mut filled = Tree::new(width);
        let room = filled.room(100_000);
        filled.insert(&mut entries(0..100_000, 1));
        let taken = bytes(&filled);
        assert!((taken..3 * taken).contains(&room), "{room} for {taken}");
    }
}

/// In a tree of three levels, so that there are first entries of inner nodes among those that go.
#[test]
fn an_entry_is_not_told_of_one_that_has_gone() {
    let all: Vec<u64> = (0..4 * (LEAF * FAN) as u64).collect();
    let mut tree = Tree::new(1);
    tree.insert(&mut Plain::new(all.iter().map(|code| (vec![*code], 1))));
    for code in all.iter().step_by(3) {
        let one = |row| Plain::new([(vec![*code], row)]);
        assert_eq!(tree.remove(&one(1)), 1);
        let mut before = one(0);
        tree.insert(&mut before);
        assert!(before.1.is_empty(), "{code}");
    }
    check_nodes(&tree);
}

/// Entries that fill a tree leave a sixteenth of each node free, and about the same in all.
#[test]
fn filled_nodes_have_some_room_left() {
    let mut tree = Tree::new(1);
    tree.insert(&mut Plain::new((0..100_000).map(|code| (vec![code], 0))));
    fn each_leaf(node: &Node, leaf: &mut impl FnMut(usize)) {
        match node {
            Node::Leaf(one) => leaf(one.len),
            Node::Inner(inner) => inner.nodes.iter().for_each(|node| each_leaf(node, leaf)),
        }
    }
    each_leaf(&tree.root, &mut |len| {
        assert!((LEAF * 14 / 16..=LEAF * 15 / 16).contains(&len), "{len}");
    });
}

/// What lies evenly is found where it is guessed to be; what lies beyond the ends is guessed to be there.
#[test]
fn guesses_are_right_where_codes_lie_evenly() {
    for (first, end, len) in [(0, 100, 100), (1000, 3000, 50), (7, u64::MAX, 192)] {
        for at in 0..len {
            let code = first + (end - first) / len as u64 * at as u64;
            let guess = guessed(code, first, end, len);
            assert!(
                (at.saturating_sub(1)..=at).contains(&guess),
                "{guess} for {at}"
            );
        }
        assert_eq!(guessed(0, first, end, len), 0);
        assert_eq!(guessed(u64::MAX, first, end, len), len);
    }
    assert_eq!(guessed(5, 5, 5, 10), 0);
}

fn bytes(tree: &Tree) -> usize {
    let bytes = Footprint::of(|footprint| tree.count(footprint));
    assert_eq!(bytes, allocated(&tree.root));
    bytes
}

/// Bytes of a list's memory.
fn bytes_of<T>(list: &Vec<T>) -> usize {
    std::alloc::Layout::array::<T>(list.capacity())
        .unwrap()
        .size()
}

/// Each node has two counts before it, and an inner one has four lists.
fn allocated(node: &Node) -> usize {
    let Node::Inner(inner) = node else {
        return 16 + std::mem::size_of::<Leaf>();
    };
    let own = 16 + std::mem::size_of::<Inner>();
    let nodes = bytes_of(&inner.nodes) + inner.nodes.iter().map(allocated).sum::<usize>();
    own + nodes + bytes_of(&inner.lens) + bytes_of(&inner.codes) + bytes_of(&inner.rows)
}
