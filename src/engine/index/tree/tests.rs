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
