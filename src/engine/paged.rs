//! `PagedVec`: a vector with gaps, cheap to clone and to change after a clone.
//!
//! A two-level tree of pages behind `Arc`s. A clone shares everything; a change then copies the page it touches and the
//! node above it, and nothing else. Pages with few entries are kept packed, empty ones not at all.

use crate::engine::arena::prefetch;
use crate::engine::footprint::Footprint;
use std::ops::Range;
use std::sync::Arc;

/// Entries of a page. A change after a clone copies a page of them: a kilobyte of places, and as much of a node. So a write
/// beside a reader stays quick, and what a snapshot keeps stays in proportion to what was changed since.
pub(crate) const PAGE: usize = 1 << PAGE_BITS;
const PAGE_BITS: u32 = 7;
/// Pages of a node.
const NODE: usize = 1 << NODE_BITS;
const NODE_BITS: u32 = 6;
/// A full page with fewer entries than this becomes sparse.
const SPARSE_BELOW: u32 = PAGE as u32 / 4;
/// A sparse page with more entries than this becomes full.
const FULL_ABOVE: usize = PAGE / 2;

/// What a `PagedVec` can hold.
pub(crate) trait Entry: Copy + PartialEq {
    /// Stands for a gap.
    const GAP: Self;

    /// What a full page keeps beside its entries.
    type Derived: Derived;
}

/// Something that is known of the entries of a page, and void when one changes. A page that is copied to be changed begins
/// without.
pub(crate) trait Derived: Default {
    /// An entry changes.
    fn forget(&mut self);
}

impl Derived for () {
    #[inline]
    fn forget(&mut self) {}
}

#[derive(Clone)]
struct Full<T> {
    entries: [T; PAGE],
    live: u32,
}

#[derive(Clone)]
struct Sparse<T> {
    present: [u64; PAGE / 64],
    entries: Vec<T>,
}

/// A page, shared between clones. Two are the same if `same` says so; then their entries are too.
#[derive(Clone)]
pub(crate) enum Page<T: Entry> {
    Empty,
    Full(Arc<FullPage<T>>),
    Sparse(Arc<SparsePage<T>>),
}

/// Hides the fields of a full page.
pub(crate) struct FullPage<T: Entry>(Full<T>, T::Derived);

impl<T: Entry> FullPage<T> {
    fn new(full: Full<T>) -> FullPage<T> {
        FullPage(full, T::Derived::default())
    }
}

impl<T: Entry> Clone for FullPage<T> {
    fn clone(&self) -> FullPage<T> {
        FullPage::new(self.0.clone())
    }
}

/// A full page, as it is.
pub(crate) struct Filled<'a, T: Entry> {
    pub(crate) entries: &'a [T; PAGE],
    /// How many are no gaps.
    pub(crate) live: usize,
    pub(crate) derived: &'a T::Derived,
}

/// Hides the fields of a sparse page.
#[derive(Clone)]
pub(crate) struct SparsePage<T>(Sparse<T>);

#[derive(Clone)]
struct Node<T: Entry> {
    pages: [Page<T>; NODE],
    used: usize,
}

/// See the module's comment.
#[derive(Clone)]
pub(crate) struct PagedVec<T: Entry> {
    root: Arc<Vec<Option<Arc<Node<T>>>>>,
    /// One more than an index of the last page in which one was ever set: the page is what counts.
    len: usize,
}

fn split(index: usize) -> (usize, usize, usize) {
    (
        index >> (PAGE_BITS + NODE_BITS),
        index >> PAGE_BITS & (NODE - 1),
        index & (PAGE - 1),
    )
}

impl<T: Entry> Sparse<T> {
    fn rank(&self, offset: usize) -> (bool, usize) {
        let (word, bit) = (offset / 64, offset % 64);
        let before = self
            .present
            .iter()
            .take(word)
            .map(|word| word.count_ones())
            .sum::<u32>();
        let bits = self.present.get(word).copied().unwrap_or(0);
        let below = (bits & ((1 << bit) - 1)).count_ones();
        (bits >> bit & 1 == 1, (before + below) as usize)
    }

    fn get(&self, offset: usize) -> T {
        match self.rank(offset) {
            (true, rank) => self.entries.get(rank).copied().unwrap_or(T::GAP),
            (false, _) => T::GAP,
        }
    }

    fn set(&mut self, offset: usize, entry: T) {
        let (present, rank) = self.rank(offset);
        let Some(word) = self.present.get_mut(offset / 64) else {
            return;
        };
        match (present, entry == T::GAP) {
            (true, true) => {
                *word &= !(1 << (offset % 64));
                self.entries.remove(rank);
                if self.entries.capacity() > 4 * self.entries.len() + 16 {
                    self.entries.shrink_to(2 * self.entries.len());
                }
            }
            (true, false) => {
                if let Some(place) = self.entries.get_mut(rank) {
                    *place = entry;
                }
            }
            (false, true) => {}
            (false, false) => {
                *word |= 1 << (offset % 64);
                self.entries.insert(rank, entry);
            }
        }
    }

    fn offsets(&self) -> impl Iterator<Item = usize> + '_ {
        self.present.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }

    fn to_full(&self) -> Full<T> {
        let mut full = Full {
            entries: [T::GAP; PAGE],
            live: self.entries.len() as u32,
        };
        for (offset, entry) in self.offsets().zip(&self.entries) {
            if let Some(place) = full.entries.get_mut(offset) {
                *place = *entry;
            }
        }
        full
    }
}

impl<T: Entry> Full<T> {
    fn to_sparse(&self) -> Sparse<T> {
        let mut sparse = Sparse {
            present: [0; PAGE / 64],
            entries: Vec::with_capacity(self.live as usize),
        };
        for (offset, entry) in self.entries.iter().enumerate() {
            if *entry != T::GAP {
                if let Some(word) = sparse.present.get_mut(offset / 64) {
                    *word |= 1 << (offset % 64);
                }
                sparse.entries.push(*entry);
            }
        }
        sparse
    }
}

impl<T: Entry> Page<T> {
    #[inline]
    fn get(&self, offset: usize) -> T {
        match self {
            Page::Empty => T::GAP,
            Page::Full(page) => page.0.entries.get(offset).copied().unwrap_or(T::GAP),
            Page::Sparse(page) => page.0.get(offset),
        }
    }

    /// Asks for what is kept beside the entries of a full page, to be read soon.
    #[inline]
    pub(crate) fn prefetch_derived(&self) {
        if let Page::Full(page) = self {
            prefetch(&page.1);
        }
    }

    /// The page, if it is a full one.
    #[inline]
    pub(crate) fn full(&self) -> Option<Filled<'_, T>> {
        match self {
            Page::Full(page) => Some(Filled {
                entries: &page.0.entries,
                live: page.0.live as usize,
                derived: &page.1,
            }),
            _ => None,
        }
    }

    /// How many entries are no gaps.
    pub(crate) fn live(&self) -> usize {
        match self {
            Page::Empty => 0,
            Page::Full(page) => page.0.live as usize,
            Page::Sparse(page) => page.0.entries.len(),
        }
    }

    /// Whether two pages are one and the same, so that their entries are equal.
    pub(crate) fn same(&self, other: &Page<T>) -> bool {
        match (self, other) {
            (Page::Empty, Page::Empty) => true,
            (Page::Full(a), Page::Full(b)) => Arc::ptr_eq(a, b),
            (Page::Sparse(a), Page::Sparse(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Calls `visit` with offset and entry of each entry that is no gap, until it says false.
    #[inline]
    pub(crate) fn each(&self, mut visit: impl FnMut(usize, T) -> bool) -> bool {
        match self {
            Page::Empty => true,
            Page::Full(page) => page
                .0
                .entries
                .iter()
                .enumerate()
                .all(|(offset, &entry)| entry == T::GAP || visit(offset, entry)),
            Page::Sparse(page) => page
                .0
                .offsets()
                .zip(&page.0.entries)
                .all(|(offset, &entry)| visit(offset, entry)),
        }
    }

    /// Sets an entry; `last` says that entries are still being added to this page.
    #[inline]
    fn set(&mut self, offset: usize, entry: T, last: bool) {
        match self {
            Page::Full(page) => {
                let FullPage(page, derived) = Arc::make_mut(page);
                derived.forget();
                let Some(place) = page.entries.get_mut(offset) else {
                    return;
                };
                page.live += u32::from(*place == T::GAP && entry != T::GAP);
                page.live -= u32::from(*place != T::GAP && entry == T::GAP);
                *place = entry;
                let is_thin = page.live < SPARSE_BELOW && !last || page.live == 0;
                if entry == T::GAP && is_thin {
                    let sparse = page.to_sparse();
                    *self = Page::of_sparse(sparse);
                }
            }
            Page::Sparse(page) => {
                let page = &mut Arc::make_mut(page).0;
                page.set(offset, entry);
                if page.entries.len() > FULL_ABOVE {
                    let full = page.to_full();
                    *self = Page::Full(Arc::new(FullPage::new(full)));
                } else if page.entries.is_empty() {
                    *self = Page::Empty;
                }
            }
            Page::Empty => {
                if entry == T::GAP {
                    return;
                }
                let mut full = Full {
                    entries: [T::GAP; PAGE],
                    live: 1,
                };
                if let Some(place) = full.entries.get_mut(offset) {
                    *place = entry;
                }
                *self = Page::Full(Arc::new(FullPage::new(full)));
            }
        }
    }

    fn of_sparse(sparse: Sparse<T>) -> Page<T> {
        if sparse.entries.is_empty() {
            Page::Empty
        } else {
            Page::Sparse(Arc::new(SparsePage(sparse)))
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Page::Empty)
    }

    fn count(&self, footprint: &mut Footprint) {
        match self {
            Page::Empty => {}
            Page::Full(page) => {
                footprint.add(page, std::mem::size_of::<FullPage<T>>());
            }
            Page::Sparse(page) => {
                let entries = page.0.entries.capacity() * std::mem::size_of::<T>();
                footprint.add(page, std::mem::size_of::<Sparse<T>>() + entries);
            }
        }
    }
}

impl<T: Entry> PagedVec<T> {
    pub(crate) fn new() -> Self {
        PagedVec {
            root: Arc::new(Vec::new()),
            len: 0,
        }
    }

    /// The entry at an index; a gap where none was set.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> T {
        let (node, page, offset) = split(index);
        match self.root.get(node) {
            Some(Some(node)) => node.pages.get(page).map_or(T::GAP, |page| page.get(offset)),
            _ => T::GAP,
        }
    }

    /// Sets an entry, or makes a gap.
    #[inline]
    pub(crate) fn set(&mut self, index: usize, entry: T) {
        let last_page = self.len.saturating_sub(1) >> PAGE_BITS;
        self.len = self.len.max(index + 1);
        let last = index >> PAGE_BITS == (self.len - 1) >> PAGE_BITS;
        if last && index >> PAGE_BITS > last_page {
            self.pack(last_page);
        }
        let (node_at, page_at, offset) = split(index);
        let root = Arc::make_mut(&mut self.root);
        if root.len() <= node_at {
            root.resize(node_at + 1, None);
        }
        let Some(slot) = root.get_mut(node_at) else {
            return;
        };
        let node = Arc::make_mut(slot.get_or_insert_with(|| {
            Arc::new(Node {
                pages: [const { Page::Empty }; NODE],
                used: 0,
            })
        }));
        let Some(page) = node.pages.get_mut(page_at) else {
            return;
        };
        node.used -= usize::from(!page.is_empty());
        page.set(offset, entry, last);
        node.used += usize::from(!page.is_empty());
        if node.used == 0 {
            *slot = None;
        }
    }

    /// Sets entries, none of which is a gap. Those of one page that come one after the other are set together.
    pub(crate) fn set_all(&mut self, mut entries: impl Iterator<Item = (usize, T)>) {
        let mut next = entries.next();
        while let Some((first, entry)) = next {
            self.set(first, entry);
            next = entries.next();
            let is_near = |(index, _): &(usize, T)| index >> PAGE_BITS == first >> PAGE_BITS;
            if !next.as_ref().is_some_and(is_near) {
                continue;
            }
            let Some(page) = self.full_page(first) else {
                continue;
            };
            while let Some((index, entry)) = next.filter(is_near) {
                if let Some(place) = page.entries.get_mut(index & (PAGE - 1)) {
                    page.live += u32::from(*place == T::GAP);
                    *place = entry;
                }
                next = entries.next();
            }
        }
    }

    /// The page of an index, if it is a full one, to set its entries; what is known of it was forgotten.
    fn full_page(&mut self, index: usize) -> Option<&mut Full<T>> {
        let (node, page, _) = split(index);
        let node = Arc::make_mut(&mut self.root).get_mut(node)?.as_mut()?;
        match Arc::make_mut(node).pages.get_mut(page)? {
            Page::Full(page) => Some(&mut Arc::make_mut(page).0),
            _ => None,
        }
    }

    /// Packs a page to which no more entries are being added, if few are left in it.
    #[cold]
    fn pack(&mut self, position: usize) {
        let Page::Full(page) = self.page(position) else {
            return;
        };
        if page.0.live >= SPARSE_BELOW {
            return;
        }
        let packed = Page::of_sparse(page.0.to_sparse());
        let node = Arc::make_mut(&mut self.root).get_mut(position >> NODE_BITS);
        if let Some(Some(node)) = node {
            if let Some(page) = Arc::make_mut(node).pages.get_mut(position & (NODE - 1)) {
                *page = packed;
            }
        }
    }

    /// Pages as a list of positions; those beyond the end are empty.
    pub(crate) fn page_count(&self) -> usize {
        self.root.len() * NODE
    }

    /// The positions of the pages that are not the same as in another one, ascending. Takes as long as they are many: what
    /// is shared is passed over a node at a time.
    pub(crate) fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        let nodes = self.root.len().max(other.root.len());
        let differ = move |node: &usize| {
            let of = |paged: &'a Self| paged.root.get(*node).and_then(Option::as_ref);
            of(self).map(Arc::as_ptr) != of(other).map(Arc::as_ptr)
        };
        let pages = |node: usize| node << NODE_BITS..(node + 1) << NODE_BITS;
        let positions = (0..nodes).filter(differ).flat_map(pages);
        positions.filter(|&position| !self.page(position).same(other.page(position)))
    }

    /// The page at a position, which holds the indexes from `position * PAGE` on.
    #[inline]
    pub(crate) fn page(&self, position: usize) -> &Page<T> {
        let node = self.root.get(position >> NODE_BITS);
        match node {
            Some(Some(node)) => node
                .pages
                .get(position & (NODE - 1))
                .unwrap_or(&Page::Empty),
            _ => &Page::Empty,
        }
    }

    /// Calls `visit` with index and entry of each entry that is no gap, in order, until it says false.
    #[inline]
    pub(crate) fn each(&self, visit: impl FnMut(usize, T) -> bool) {
        self.each_from(0, visit);
    }

    /// As `each`, of the pages at some positions.
    #[inline]
    pub(crate) fn each_of(
        &self,
        positions: Range<usize>,
        mut visit: impl FnMut(usize, T) -> bool,
    ) -> bool {
        positions.into_iter().all(|position| {
            let base = position * PAGE;
            self.page(position)
                .each(|offset, entry| visit(base + offset, entry))
        })
    }

    /// As `each`, from an index on.
    #[inline]
    pub(crate) fn each_from(&self, from: usize, mut visit: impl FnMut(usize, T) -> bool) {
        for position in from / PAGE..self.page_count() {
            let base = position * PAGE;
            let mut visit =
                |offset: usize, entry| base + offset < from || visit(base + offset, entry);
            if !self.page(position).each(&mut visit) {
                return;
            }
        }
    }

    /// Counts the memory.
    pub(crate) fn count(&self, footprint: &mut Footprint) {
        let root = self.root.capacity() * std::mem::size_of::<usize>();
        if self.root.is_empty() || !footprint.add(&self.root, root) {
            return;
        }
        for node in self.root.iter().flatten() {
            if footprint.add(node, std::mem::size_of::<Node<T>>()) {
                node.pages.iter().for_each(|page| page.count(footprint));
            }
        }
    }

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        Footprint::of(|footprint| self.count(footprint))
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Entry for u16 {
        const GAP: u16 = u16::MAX;
        type Derived = ();
    }

    /// As large as a place.
    impl Entry for u64 {
        const GAP: u64 = u64::MAX;
        type Derived = ();
    }

    fn contents(paged: &PagedVec<u16>) -> Vec<(usize, u16)> {
        let mut all = Vec::new();
        paged.each(|index, entry| {
            all.push((index, entry));
            true
        });
        all
    }

    proptest! {
        /// Behaves like a map, and a clone never sees a later change.
        #[test]
        fn behaves_like_a_map(ops in prop::collection::vec((0_usize..200_000, 0_u16..5, 1_usize..1500, 1_usize..90), 1..40)) {
            let mut paged = PagedVec::new();
            let mut model = std::collections::BTreeMap::new();
            let mut clones = Vec::new();
            for (start, value, count, step) in ops {
                clones.push((paged.clone(), model.clone()));
                if value == 4 {
                    let entries = (start..start + count).step_by(step).map(|index| (index, value));
                    paged.set_all(entries.clone());
                    model.extend(entries);
                    continue;
                }
                for index in start..start + count {
                    if value == 0 {
                        paged.set(index, u16::MAX);
                        model.remove(&index);
                    } else {
                        paged.set(index, value);
                        model.insert(index, value);
                    }
                }
                prop_assert_eq!(paged.get(start), model.get(&start).copied().unwrap_or(u16::MAX));
            }
            clones.push((paged, model));
            for (paged, model) in clones {
                let live: usize = (0..paged.page_count()).map(|at| paged.page(at).live()).sum();
                prop_assert_eq!(live, model.len());
                prop_assert_eq!(contents(&paged), model.into_iter().collect::<Vec<_>>());
            }
        }
    }

    /// Pages that differ are all that have other entries.
    #[test]
    fn differing_pages_are_those_that_changed() {
        let mut paged: PagedVec<u16> = PagedVec::new();
        for index in 0..300_000 {
            paged.set(index, 1);
        }
        let before = paged.clone();
        assert_eq!(paged.differing(&before).count(), 0);
        let changed = [5, 130, 70_000, 299_999, 300_000, 900_000];
        for index in changed {
            paged.set(index, 2);
        }
        let mut pages: Vec<usize> = changed.iter().map(|index| index / PAGE).collect();
        pages.dedup();
        assert_eq!(paged.differing(&before).collect::<Vec<_>>(), pages);
        assert_eq!(before.differing(&paged).collect::<Vec<_>>(), pages);
    }

    /// The page to which entries are being added stays full, however many of them go again; when the next one is begun it is packed, if
    /// few are left.
    #[test]
    fn the_last_page_is_packed_when_the_next_one_is_begun() {
        let is_full = |paged: &PagedVec<u64>, at: usize| matches!(paged.page(at), Page::Full(_));
        for left in [1, PAGE / 4 - 1, PAGE / 4, PAGE] {
            let mut paged = PagedVec::new();
            for page in 0..3 {
                let first = page * PAGE;
                (first..first + PAGE).for_each(|index| paged.set(index, 1));
                (first + left..first + PAGE).for_each(|index| paged.set(index, u64::MAX));
                assert!(is_full(&paged, page), "{left}");
                for before in 0..page {
                    assert_eq!(is_full(&paged, before), left >= PAGE / 4, "{before} {left}");
                    assert_eq!(paged.page(before).live(), left);
                }
            }
        }
    }

    #[test]
    fn gives_memory_back_when_entries_go() {
        let mut paged: PagedVec<u64> = PagedVec::new();
        for index in 0..300_000 {
            paged.set(index, 1);
        }
        let full = paged.bytes();
        for index in (0..300_000).filter(|index| index % 100 != 0) {
            paged.set(index, u64::MAX);
        }
        assert!(paged.bytes() < full / 5, "{} of {full}", paged.bytes());
        for index in 0..299_000 {
            paged.set(index, u64::MAX);
        }
        assert!(paged.bytes() < 16_384, "{}", paged.bytes());
    }
}
