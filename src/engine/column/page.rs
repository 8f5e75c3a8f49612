//! What a page of the row directory keeps of the columns.

use super::registry::Column;
use crate::engine::arena::prefetch;
use crate::engine::paged::{Derived, PAGE};
use parking_lot::{RwLock, RwLockReadGuard};
use std::sync::Arc;

/// The values of one column in a page, by row. A missing value is null; what stands at a gap means nothing.
pub(crate) enum Encoding {
    /// Positions in the column's dictionary.
    Codes(Cells<u8>),
    Numbers(Numbers),
    Texts(Texts),
    /// Something of which no column is made.
    Mixed,
}

/// One thing for each row of a page.
pub(crate) struct Cells<T>(Box<[T; PAGE]>);

impl<T: Copy> Cells<T> {
    /// `None` if there is no memory.
    pub(super) fn new(cells: &[T; PAGE]) -> Option<Cells<T>> {
        let mut own = Vec::new();
        reserve_exact(&mut own, PAGE)?;
        own.extend_from_slice(cells);
        own.into_boxed_slice().try_into().ok().map(Cells)
    }

    #[inline]
    pub(crate) fn get(&self) -> &[T; PAGE] {
        &self.0
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }
}

pub(super) fn reserve_exact<T>(vec: &mut Vec<T>, count: usize) -> Option<()> {
    vec.try_reserve_exact(count).ok()
}

/// Numbers and nulls, if all numbers are doubles exactly.
pub(crate) struct Numbers {
    /// Null is not a number.
    pub(crate) values: Cells<f64>,
    pub(crate) written: Written,
}

/// How numbers are written.
pub(crate) enum Written {
    /// All without fraction and exponent.
    Integers,
    /// None so.
    Floats,
    /// Those with a 1 so.
    Both(Cells<u8>),
}

/// Strings and nulls.
pub(crate) struct Texts {
    /// Canonical texts, quotes included, one behind the other.
    pub(super) bytes: Box<[u8]>,
    /// Where each ends; a null has no bytes.
    pub(super) ends: Cells<u32>,
    /// Whether nothing is escaped: each text stands for what is between its quotes.
    pub(super) is_plain: bool,
}

impl Encoding {
    /// Asks for the values, to be read soon.
    pub(super) fn prefetch(&self) {
        match self {
            Encoding::Codes(codes) => prefetch(codes.get()),
            Encoding::Numbers(numbers) => prefetch(numbers.values.get()),
            Encoding::Texts(texts) => {
                prefetch(texts.ends.get());
                prefetch(&*texts.bytes);
            }
            Encoding::Mixed => {}
        }
    }

    /// Bytes of memory beside its own.
    fn bytes(&self) -> usize {
        match self {
            Encoding::Codes(codes) => codes.bytes(),
            Encoding::Numbers(numbers) => {
                numbers.values.bytes()
                    + match &numbers.written {
                        Written::Both(flags) => flags.bytes(),
                        _ => 0,
                    }
            }
            Encoding::Texts(texts) => texts.bytes.len() + texts.ends.bytes(),
            Encoding::Mixed => 0,
        }
    }
}

/// One column's part of a page. While it is there, the column counts its bytes.
pub(super) struct Part {
    column: Arc<Column>,
    pub(super) encoding: Encoding,
}

impl Part {
    pub(super) fn new(column: &Arc<Column>, encoding: Encoding) -> Part {
        column.grow(Part::bytes_of(&encoding));
        Part {
            column: column.clone(),
            encoding,
        }
    }

    fn bytes_of(encoding: &Encoding) -> usize {
        encoding.bytes() + size_of::<Part>()
    }

    fn is_of(&self, column: &Arc<Column>) -> bool {
        Arc::ptr_eq(&self.column, column)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.column.shrink(Part::bytes_of(&self.encoding));
    }
}

/// The parts that a page has. Whoever changes an entry of the page forgets them.
#[derive(Default)]
pub(crate) struct PageColumns(RwLock<Parts>);

#[derive(Default)]
pub(super) struct Parts {
    /// Whether a write took the page's columns away and no scan came by since: then they are not made at once again.
    is_restless: bool,
    /// Whether there may be any.
    is_filled: bool,
    /// The first ones, without another step to them.
    first: [Option<Part>; FIRST],
    more: Vec<Part>,
}

/// Columns of which a page keeps the parts close.
const FIRST: usize = 4;

impl Derived for PageColumns {
    #[inline]
    fn forget(&mut self) {
        let parts = self.0.get_mut();
        if parts.is_filled {
            *parts = Parts {
                is_restless: true,
                ..Parts::default()
            };
        }
    }
}

impl Parts {
    /// Position of a column's part.
    #[inline]
    pub(super) fn position(&self, column: &Arc<Column>) -> Option<usize> {
        let is_its = |part: &Option<Part>| part.as_ref().is_some_and(|part| part.is_of(column));
        let first = self.first.iter().position(is_its);
        first.or_else(|| {
            let more = self.more.iter().position(|part| part.is_of(column))?;
            Some(FIRST + more)
        })
    }

    #[inline]
    pub(super) fn encoding(&self, position: usize) -> Option<&Encoding> {
        let part = match self.first.get(position) {
            Some(part) => part.as_ref(),
            None => self.more.get(position.checked_sub(FIRST)?),
        };
        Some(&part?.encoding)
    }

    pub(super) fn is_restless(&self) -> bool {
        self.is_restless
    }

    /// If there is no memory, the part is let go.
    fn add(&mut self, part: Part) {
        if self.position(&part.column).is_some() {
            return;
        }
        self.is_filled = true;
        match self.first.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(part),
            None if self.more.try_reserve(1).is_ok() => self.more.push(part),
            None => {}
        }
    }

    fn drop_column(&mut self, column: &Arc<Column>) {
        for place in &mut self.first {
            if place.as_ref().is_some_and(|part| part.is_of(column)) {
                *place = None;
            }
        }
        self.more.retain(|part| !part.is_of(column));
    }
}

impl PageColumns {
    #[inline]
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Parts> {
        self.0.read()
    }

    /// Notes that a scan came by.
    pub(super) fn note_scan(&self) {
        self.0.write().is_restless = false;
    }

    /// Adds parts that others have not added meanwhile.
    pub(super) fn add(&self, made: Vec<Part>) {
        let mut parts = self.0.write();
        made.into_iter().for_each(|part| parts.add(part));
    }

    /// Lets go of a column.
    pub(crate) fn drop_column(&self, column: &Arc<Column>) {
        self.0.write().drop_column(column);
    }
}
