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
    for n in (0..100_000).filter(|n| n % 50 > 0) {
        step(&mut tree, &mut model, vec![n], 0, false);
    }
    assert!(bytes(&tree) < full / 10, "{} of {full}", bytes(&tree));
    check(&tree, &model);
}

fn bytes(tree: &Tree) -> usize {
    Footprint::of(|footprint| tree.count(footprint))
}
