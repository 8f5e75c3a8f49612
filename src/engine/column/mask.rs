//! Which rows of a page are meant.

use crate::engine::paged::PAGE;

/// A byte for each row of a page, 0 or 1: loops over it are turned into vector instructions.
#[derive(Clone, Copy)]
pub(crate) struct Mask(pub(super) [u8; PAGE]);

impl Mask {
    pub(crate) const NONE: Mask = Mask([0; PAGE]);
    pub(crate) const ALL: Mask = Mask([1; PAGE]);

    /// The rows for which something holds.
    #[inline]
    pub(crate) fn of<T: Copy>(values: &[T; PAGE], holds: impl Fn(T) -> bool) -> Mask {
        let mut mask = Mask::NONE;
        for (place, value) in mask.0.iter_mut().zip(values) {
            *place = u8::from(holds(*value));
        }
        mask
    }

    #[inline]
    pub(crate) fn and(&mut self, other: &Mask) {
        for (place, other) in self.0.iter_mut().zip(&other.0) {
            *place &= other;
        }
    }

    #[inline]
    pub(crate) fn or(&mut self, other: &Mask) {
        for (place, other) in self.0.iter_mut().zip(&other.0) {
            *place |= other;
        }
    }

    /// Takes out the rows of another one.
    #[inline]
    pub(crate) fn and_not(&mut self, other: &Mask) {
        for (place, other) in self.0.iter_mut().zip(&other.0) {
            *place &= other ^ 1;
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, offset: usize) {
        if let Some(place) = self.0.get_mut(offset) {
            *place = 1;
        }
    }

    #[inline]
    pub(crate) fn count(&self) -> usize {
        // A page has fewer than 256 rows.
        const { assert!(PAGE < 256) };
        usize::from(self.0.iter().sum::<u8>())
    }

    /// The same as a bit for each row, lowest first.
    #[inline]
    pub(crate) fn bits(&self) -> [u64; PAGE / 64] {
        let mut bits = [0; PAGE / 64];
        for (word, rows) in bits.iter_mut().zip(self.0.chunks_exact(64)) {
            for (at, eight) in rows.chunks_exact(8).enumerate() {
                let eight: [u8; 8] = eight.try_into().unwrap_or_default();
                // Multiplying gathers the lowest bits of the eight bytes in the topmost byte.
                let packed = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
                *word |= packed << (8 * at);
            }
        }
        bits
    }

    /// Calls `visit` with the offset of each row, ascending, until it says false; tells whether it did not.
    #[inline]
    pub(crate) fn each(&self, mut visit: impl FnMut(usize) -> bool) -> bool {
        for (at, word) in self.bits().into_iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                if !visit(at * 64 + rest.trailing_zeros() as usize) {
                    return false;
                }
                rest &= rest - 1;
            }
        }
        true
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A mask is a set of offsets.
        #[test]
        fn behaves_as_a_set(
            a in prop::collection::btree_set(0..PAGE, 0..PAGE),
            b in prop::collection::btree_set(0..PAGE, 0..PAGE),
        ) {
            let mask = |rows: &std::collections::BTreeSet<usize>| {
                let mut mask = Mask::NONE;
                rows.iter().for_each(|row| mask.set(*row));
                mask
            };
            let rows = |mask: &Mask| {
                let mut rows = Vec::new();
                assert!(mask.each(|row| {
                    rows.push(row);
                    true
                }));
                assert_eq!(rows.len(), mask.count());
                rows
            };
            let with = |change: fn(&mut Mask, &Mask)| {
                let mut changed = mask(&a);
                change(&mut changed, &mask(&b));
                rows(&changed)
            };
            prop_assert_eq!(rows(&mask(&a)), a.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(with(Mask::and), a.intersection(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(with(Mask::or), a.union(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(with(Mask::and_not), a.difference(&b).copied().collect::<Vec<_>>());
        }
    }
}
