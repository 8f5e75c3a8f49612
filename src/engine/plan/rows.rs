//! Sets of rows, handed out in natural order.

use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::{Error, Result};

/// A list is kept as bits if it has more than one row in so many.
const DENSE: usize = 48;

/// Rows, each once.
pub(crate) enum RowSet {
    /// Ascending.
    List(Vec<Row>),
    Bits(Bits),
}

/// A bit for each row of the table.
pub(crate) struct Bits {
    words: Vec<u64>,
    count: usize,
}

impl Bits {
    /// For rows below `end`.
    fn new(end: usize) -> Result<Bits> {
        let mut words = Vec::new();
        reserve(&mut words, end / 64 + 1)?;
        words.resize(end / 64 + 1, 0);
        Ok(Bits { words, count: 0 })
    }

    fn insert(&mut self, rows: &[Row]) {
        for row in rows {
            if let Some(word) = self.words.get_mut(*row as usize / 64) {
                let bit = 1 << (row % 64);
                self.count += usize::from(*word & bit == 0);
                *word |= bit;
            }
        }
    }

    fn has(&self, row: Row) -> bool {
        let word = self.words.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

impl RowSet {
    /// Of rows below `end`: ascending and each once, if it is said so, else in any order.
    pub(crate) fn of(mut rows: Vec<Row>, is_sorted: bool, end: usize) -> Result<RowSet> {
        if is_sorted {
            return Ok(RowSet::List(rows));
        }
        if rows.len() < 256 || rows.len() * DENSE < end {
            rows.sort_unstable();
            rows.dedup();
            return Ok(RowSet::List(rows));
        }
        let mut bits = Bits::new(end)?;
        bits.insert(&rows);
        Ok(RowSet::Bits(bits))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            RowSet::List(rows) => rows.len(),
            RowSet::Bits(bits) => bits.count,
        }
    }

    /// The rows, ascending.
    pub(crate) fn into_list(self) -> Result<Vec<Row>> {
        if let RowSet::List(rows) = self {
            return Ok(rows);
        }
        let mut list = Vec::new();
        reserve(&mut list, self.len())?;
        self.each(|run| {
            list.extend_from_slice(run);
            true
        });
        Ok(list)
    }

    fn has(&self, row: Row) -> bool {
        match self {
            RowSet::List(rows) => rows.binary_search(&row).is_ok(),
            RowSet::Bits(bits) => bits.has(row),
        }
    }

    /// Calls `visit` with runs of rows, ascending, until it says false.
    pub(crate) fn each(&self, mut visit: impl FnMut(&[Row]) -> bool) {
        match self {
            RowSet::List(rows) => {
                rows.chunks(RUN).all(visit);
            }
            RowSet::Bits(bits) => {
                let mut run: Vec<Row> = Vec::with_capacity(RUN + 64);
                for (at, word) in bits.words.iter().enumerate() {
                    let mut rest = *word;
                    while rest != 0 {
                        run.push((at * 64) as Row + rest.trailing_zeros());
                        rest &= rest - 1;
                    }
                    if run.len() >= RUN {
                        if !visit(&run) {
                            return;
                        }
                        run.clear();
                    }
                }
                if !run.is_empty() {
                    visit(&run);
                }
            }
        }
    }

    /// The rows of both sets.
    pub(crate) fn intersection(self, other: RowSet) -> Result<RowSet> {
        let (large, small) = if self.len() >= other.len() {
            (self, other)
        } else {
            (other, self)
        };
        let mut rows = Vec::new();
        rows.try_reserve(small.len())
            .map_err(|_| Error::out_of_memory(4 * small.len()))?;
        small.each(|run| {
            rows.extend(run.iter().copied().filter(|row| large.has(*row)));
            true
        });
        Ok(RowSet::List(rows))
    }
}

/// Rows of a run, about.
const RUN: usize = 256;

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn rows(set: &RowSet) -> Vec<Row> {
        let mut all = Vec::new();
        set.each(|rows| {
            all.extend_from_slice(rows);
            true
        });
        assert_eq!(set.len(), all.len());
        all
    }

    proptest! {
        #![proptest_config(crate::testing::cases(200))]
        /// Lists and bits behave as sets do.
        #[test]
        fn behave_as_sets(
            a in prop::collection::btree_set(0_u32..3000, 0..900),
            b in prop::collection::btree_set(0_u32..3000, 0..900),
            end in prop::sample::select(vec![3000_usize, 100_000]),
            sorted in any::<(bool, bool)>(),
        ) {
            // Rows that are sorted already stay a list however many they are.
            let set = |rows: &BTreeSet<Row>, sorted| match sorted {
                true => RowSet::of(rows.iter().copied().collect(), true, end).unwrap(),
                false => RowSet::of(rows.iter().rev().copied().collect(), false, end).unwrap(),
            };
            let (a_set, b_set) = (|| set(&a, sorted.0), || set(&b, sorted.1));
            prop_assert_eq!(rows(&a_set()), a.iter().copied().collect::<Vec<_>>());
            let both = a.iter().chain(&b).copied().collect();
            let both = RowSet::of(both, false, end).unwrap();
            prop_assert_eq!(rows(&both), a.union(&b).copied().collect::<Vec<_>>());
            let common = a_set().intersection(b_set()).unwrap();
            prop_assert_eq!(rows(&common), a.intersection(&b).copied().collect::<Vec<_>>());
        }
    }
}
