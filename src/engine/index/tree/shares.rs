//! How a part of a sequence is shared out among the children of a node.

use super::node::{search, Inner, FAN};
use super::Sequence;

/// Children that are asked for ahead of their use.
pub(super) const AHEAD: usize = 3;

impl Inner {
    /// The children that a part of a sequence goes to, and for each the position at which its share ends.
    pub(super) fn shares<S: Sequence>(
        &self,
        width: usize,
        sequence: &S,
        (mut from, to): (usize, usize),
    ) -> Shares {
        let mut shares = Shares::default();
        let mut child = 0;
        while from < to && shares.len < FAN {
            child = self.owner(width, child, sequence, from);
            let end = match self.first(width, child + 1) {
                Some(first) => search(from + 1, to, |at| sequence.compare(first, at).is_gt()),
                None => to,
            };
            if let Some(place) = shares.list.get_mut(shares.len) {
                *place = (child as u32, end as u32);
            }
            shares.len += 1;
            from = end;
        }
        shares
    }

    /// Asks for the child that a later share goes to.
    #[inline]
    pub(super) fn prefetch(&self, shares: &Shares, at: usize) {
        let child = shares.get(at).and_then(|(child, _)| self.nodes.get(child));
        if let Some(child) = child {
            child.prefetch();
        }
    }
}

/// See the module's comment.
pub(super) struct Shares {
    list: [(u32, u32); FAN],
    len: usize,
}

impl Default for Shares {
    fn default() -> Shares {
        Shares {
            list: [(0, 0); FAN],
            len: 0,
        }
    }
}

impl Shares {
    /// The child that a share goes to, and where it ends.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<(usize, usize)> {
        let (child, end) = self.list.get(at).filter(|_| at < self.len)?;
        Some((*child as usize, *end as usize))
    }
}
