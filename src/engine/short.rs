//! A list that is short most of the time: its first items need no memory of their own.

use crate::engine::limits::{add, reserve};
use crate::engine::Result;
use std::ops::{Deref, DerefMut};

/// See the module's comment. Up to `N` items are in the list itself.
#[derive(Debug)]
pub(crate) struct Short<T, const N: usize> {
    few: [T; N],
    /// How many of the few there are; all, if there are more.
    len: usize,
    /// All items, if they are more than a few.
    many: Vec<T>,
}

impl<T: Copy, const N: usize> Short<T, N> {
    /// An empty list. `filler` stands where there are no items yet.
    #[inline]
    pub(crate) const fn new(filler: T) -> Self {
        Short {
            few: [filler; N],
            len: 0,
            many: Vec::new(),
        }
    }

    /// A list of many items.
    pub(crate) fn of_many(many: Vec<T>, filler: T) -> Self {
        Short {
            many,
            ..Short::new(filler)
        }
    }

    /// Adds an item, or says that there is no memory.
    #[inline]
    pub(crate) fn add(&mut self, item: T) -> Result<()> {
        match self.few.get_mut(self.len) {
            Some(place) if self.many.is_empty() => {
                *place = item;
                self.len += 1;
                Ok(())
            }
            _ => self.add_to_many(item),
        }
    }

    #[cold]
    fn add_to_many(&mut self, item: T) -> Result<()> {
        if self.many.is_empty() {
            reserve(&mut self.many, 2 * N)?;
            self.many.extend_from_slice(&self.few);
        }
        add(&mut self.many, item)
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.many.clear();
    }
}

impl<T, const N: usize> Deref for Short<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self.many.is_empty() {
            true => self.few.get(..self.len).unwrap_or_default(),
            false => &self.many,
        }
    }
}

impl<T, const N: usize> DerefMut for Short<T, N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match self.many.is_empty() {
            true => self.few.get_mut(..self.len).unwrap_or_default(),
            false => &mut self.many,
        }
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn items_stay_in_order_however_many_they_are() {
        let mut list = Short::<u32, 3>::new(0);
        for round in 0..3 {
            for len in 0..10 {
                assert!(list.iter().copied().eq(0..len), "{round}: {list:?}");
                list.add(len).unwrap();
            }
            list.reverse();
            assert!(list.iter().copied().eq((0..10).rev()));
            list.clear();
        }
        let mut list = Short::<u32, 3>::of_many(vec![7], 0);
        list.add(8).unwrap();
        assert_eq!(*list, [7, 8]);
        let mut list = Short::<u32, 3>::of_many(Vec::new(), 0);
        list.add(8).unwrap();
        assert_eq!(*list, [8]);
    }
}
