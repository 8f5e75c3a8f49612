//! The columns of a scan, and what a page has of them.

use super::encode::{encode, Values};
use super::page::{Encoding, PageColumns, Part, Parts};
use super::registry::Column;
use crate::engine::memory;
use crate::engine::paged::PAGE;
use crate::engine::predicate::Path;
use crate::engine::record::Record;
use crate::engine::resolve::Resolver;
use crate::engine::table::{Place, Version};
use parking_lot::RwLockReadGuard;
use std::sync::Arc;

/// Columns that one scan may ask for.
pub(super) const MOST: usize = 16;

/// The columns that a scan asks for.
pub(super) struct Asked<'s, 'a> {
    version: &'a Version,
    columns: Vec<(&'s Path, Arc<Column>)>,
    resolver: Resolver<'s>,
    record_bytes: usize,
    may_make: bool,
}

/// A full page with all columns that are asked for.
pub(crate) struct View<'a> {
    version: &'a Version,
    pub(super) entries: &'a [Place; PAGE],
    parts: RwLockReadGuard<'a, Parts>,
    positions: [u8; MOST],
}

impl<'a> View<'a> {
    /// A record of the page.
    pub(crate) fn record(&self, offset: usize) -> Option<Record<'a>> {
        self.version.record(*self.entries.get(offset)?)
    }

    /// What the page has of the column with this number among those that were asked for.
    #[inline]
    pub(crate) fn encoding(&self, number: usize) -> &Encoding {
        let position = self.positions.get(number).copied().unwrap_or(u8::MAX);
        let encoding = self.parts.encoding(usize::from(position));
        encoding.unwrap_or(&Encoding::Mixed)
    }
}

impl<'s, 'a: 's> Asked<'s, 'a> {
    /// For paths that each stand here once. `None` if there are more than columns can be had.
    pub(super) fn new(version: &'a Version, paths: &[&'s Path]) -> Option<Asked<'s, 'a>> {
        if paths.is_empty() || paths.len() > MOST {
            return None;
        }
        let registry = version.columns();
        registry.begin_scan();
        let mut columns = Vec::new();
        for path in paths {
            columns.push((*path, registry.of(path)?));
        }
        Some(Asked {
            version,
            columns,
            resolver: Resolver::new(paths.iter().map(|path| path.field()), version.shapes()),
            record_bytes: version.record_bytes(),
            may_make: true,
        })
    }

    pub(super) fn column(&self, number: usize) -> Option<&Arc<Column>> {
        self.columns.get(number).map(|(_, column)| column)
    }

    /// The columns of a page; `None` if it is better asked record by record: because it changes, or because there is no
    /// memory to be spent. A page whose columns a write took away since the last scan gets them at the next one.
    pub(super) fn view(
        &mut self,
        entries: &'a [Place; PAGE],
        kept: &'a PageColumns,
    ) -> Option<View<'a>> {
        if let Some(view) = self.known(entries, kept) {
            return Some(view);
        }
        let is_restless = kept.read().is_restless();
        if is_restless {
            kept.note_scan();
            return None;
        }
        if !self.make_room() {
            return None;
        }
        let made = self.make(entries, kept)?;
        kept.add(made);
        self.known(entries, kept)
    }

    /// The columns of a page that is to be looked at soon, if it has them.
    pub(super) fn ahead(
        &self,
        entries: &'a [Place; PAGE],
        kept: &'a PageColumns,
    ) -> Option<View<'a>> {
        let view = self.known(entries, kept)?;
        (0..self.columns.len()).for_each(|number| view.encoding(number).prefetch());
        Some(view)
    }

    #[inline]
    fn known(&self, entries: &'a [Place; PAGE], kept: &'a PageColumns) -> Option<View<'a>> {
        let parts = kept.read();
        let mut positions = [u8::MAX; MOST];
        for (place, (_, column)) in positions.iter_mut().zip(&self.columns) {
            *place = u8::try_from(parts.position(column)?).ok()?;
        }
        Some(View {
            version: self.version,
            entries,
            parts,
            positions,
        })
    }

    /// Whether more columns may be made. Others that are not used any more go first.
    fn make_room(&mut self) -> bool {
        while self.may_make && !self.version.columns().may_grow(self.record_bytes) {
            match self.version.columns().take_idle() {
                Some(column) => self.version.drop_column(&column),
                None => self.may_make = false,
            }
        }
        self.may_make
    }

    #[cold]
    fn make(&mut self, entries: &'a [Place; PAGE], kept: &PageColumns) -> Option<Vec<Part>> {
        memory::check().ok()?;
        let missing: Vec<usize> = {
            let parts = kept.read();
            let columns = self.columns.iter().enumerate();
            let missing = columns.filter(|(_, (_, column))| parts.position(column).is_none());
            missing.map(|(number, _)| number).collect()
        };
        let mut values: Vec<Values<'a>> = Vec::new();
        values.try_reserve_exact(missing.len()).ok()?;
        values.resize(missing.len(), [None; PAGE]);
        let records = self.records(entries);
        self.gather(&records, &missing, &mut values);
        let mut made = Vec::new();
        made.try_reserve_exact(missing.len()).ok()?;
        for (number, values) in missing.iter().zip(&values) {
            let column = self.column(*number)?;
            made.push(Part::new(column, encode(column, values)?));
        }
        Some(made)
    }

    /// The records of a page; none at its gaps.
    fn records(&self, entries: &'a [Place; PAGE]) -> [Option<Record<'a>>; PAGE] {
        let mut records = [None; PAGE];
        let soon = entries.iter().take(AHEAD);
        soon.for_each(|place| self.version.prefetch(*place));
        for (offset, (place, record)) in entries.iter().zip(&mut records).enumerate() {
            if let Some(ahead) = entries.get(offset + AHEAD) {
                self.version.prefetch(*ahead);
            }
            *record = self.version.record(*place);
        }
        records
    }

    /// The values of some columns, by their numbers, in some records.
    fn gather(
        &mut self,
        records: &[Option<Record<'a>>; PAGE],
        numbers: &[usize],
        values: &mut [Values<'a>],
    ) {
        let mut shapes = records.iter().flatten().map(Record::shape);
        let first = shapes.next();
        let shape = first.filter(|first| shapes.all(|shape| shape == *first));
        let path = |number: &usize| self.columns.get(*number).map(|(path, _)| *path);
        if let Some(places) = shape.and_then(|shape| self.resolver.places(shape)) {
            for (number, cells) in numbers.iter().zip(values) {
                let (Some((len, position)), Some(path)) = (places(*number), path(number)) else {
                    continue;
                };
                for (cell, record) in cells.iter_mut().zip(records) {
                    let value = record.and_then(|record| record.value_of(position, len));
                    *cell = value.and_then(|value| path.follow(value));
                }
            }
            return;
        }
        for (offset, record) in records.iter().enumerate() {
            let Some(record) = record else {
                continue;
            };
            let fields = self.resolver.fields(*record);
            for (number, cells) in numbers.iter().zip(values.iter_mut()) {
                let value = fields.get(*number).zip(path(number));
                if let Some(cell) = cells.get_mut(offset) {
                    *cell = value.and_then(|(value, path)| path.follow(value));
                }
            }
        }
    }
}

/// Records that are asked for ahead of their use.
pub(super) const AHEAD: usize = 8;
