//! A scan: all records of a version in their order, asked page by page of the columns where there are some, else one by
//! one.

use super::filter::{number_of, Filter, Page as FilterPage};
use super::mask::Mask;
use super::registry::Column;
use super::view::{Asked, View, AHEAD};
use crate::engine::interrupt::{Interrupt, Ticker};
use crate::engine::keymap::Row;
use crate::engine::paged::{Page, PAGE};
use crate::engine::predicate::{Bindings, Bound, Expression, Path, Program};
use crate::engine::record::Record;
use crate::engine::table::{Place, Version};
use crate::engine::Result;
use std::sync::Arc;

/// Tables with fewer records are not worth columns.
pub(super) const FEW: usize = 512;

/// What a page counts for when the scan is to be stopped: its columns may have to be made.
const STEPS_A_PAGE: u32 = PAGE as u32 / 8;

/// What happens to the records that a scan finds. They come in natural order.
pub(crate) trait Visit<'a> {
    /// Of a page that has the columns, the rows that match.
    fn page(&mut self, first: Row, view: &View<'a>, matching: &Mask) -> Result<Found>;

    /// One record that matches; false if no more are wanted.
    fn record(&mut self, row: Row, record: Record<'a>) -> Result<bool>;
}

/// What is to be done about a page.
pub(crate) enum Found {
    /// Nothing more, but to stop the scan.
    Enough,
    /// Nothing more.
    Done,
    /// These records are to be visited.
    Records(Mask),
}

/// See the module's comment.
pub(crate) struct Scan<'s, 'a> {
    version: &'a Version,
    ticker: Ticker<'s>,
    parts: &'s [&'s Expression],
    bound: Option<Bound<'s>>,
    /// `None` if no columns are asked for.
    columns: Option<(Asked<'s, 'a>, Filter<'s>)>,
    /// The numbers of the columns that the visitor wants, in its order.
    wanted: Vec<usize>,
}

impl<'s, 'a: 's> Scan<'s, 'a> {
    /// A scan for the records that match all parts of a program. `wanted` are the paths that the visitor asks of pages.
    pub(crate) fn new(
        version: &'a Version,
        program: Option<&'s Program>,
        bindings: &'s Bindings,
        parts: &'s [&'s Expression],
        wanted: &[&'s Path],
        interrupt: &'s Interrupt,
    ) -> Scan<'s, 'a> {
        let mut paths = Vec::new();
        let filter = match version.count() >= FEW {
            true => Filter::new(parts, bindings, &mut paths),
            false => None,
        };
        let numbers = wanted.iter().map(|path| number_of(path, &mut paths));
        let wanted = numbers.collect();
        Scan {
            version,
            ticker: interrupt.ticker(),
            parts,
            bound: program.map(|program| Bound::new(program, bindings, version.shapes())),
            columns: filter.and_then(|filter| Some((Asked::new(version, &paths)?, filter))),
            wanted,
        }
    }

    /// The columns that are wanted, and the numbers by which views know them.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = (usize, Option<Arc<Column>>)> + '_ {
        let column = |number: usize| {
            let (asked, _) = self.columns.as_ref()?;
            asked.column(number).cloned()
        };
        self.wanted
            .iter()
            .map(move |number| (*number, column(*number)))
    }

    pub(crate) fn run(&mut self, visitor: &mut impl Visit<'a>) -> Result<()> {
        let version = self.version;
        let mut next = None;
        for position in 0..version.page_count() {
            let page = version.page(position);
            let first = (position * PAGE) as Row;
            // Whoever makes columns waits for those who look at the page, so nothing else is being looked at then.
            let view = next.take().or_else(|| self.view(page));
            let more = match view {
                Some(view) => {
                    next = self.ahead(position);
                    let matching = self.ask(page, &view);
                    self.ticker.tick_by(STEPS_A_PAGE)?;
                    if matching.count() == 0 {
                        continue;
                    }
                    match visitor.page(first, &view, &matching)? {
                        Found::Enough => false,
                        Found::Done => true,
                        Found::Records(mask) => {
                            let entries = view.entries;
                            drop(view);
                            self.visit(first, entries, &mask, visitor)?
                        }
                    }
                }
                None => self.test(first, page, visitor)?,
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// What the page behind a position has of the columns, and asks for what will be needed after that.
    #[inline]
    fn ahead(&self, position: usize) -> Option<View<'a>> {
        const FAR: usize = 4;
        let (asked, _) = self.columns.as_ref()?;
        self.version.page(position + FAR).prefetch_derived();
        let full = self.version.page(position + 1).full()?;
        asked.ahead(full.entries, full.derived)
    }

    /// What a page has of the columns.
    #[inline]
    fn view(&mut self, page: &'a Page<Place>) -> Option<View<'a>> {
        let (asked, _) = self.columns.as_mut()?;
        let full = page.full()?;
        asked.view(full.entries, full.derived)
    }

    /// The rows that match, as the columns say.
    #[inline]
    fn ask(&mut self, page: &'a Page<Place>, view: &View<'a>) -> Mask {
        let (Some((asked, filter)), Some(full)) = (&mut self.columns, page.full()) else {
            return Mask::NONE;
        };
        let present = match full.live == PAGE {
            true => Mask::ALL,
            false => Mask::of(full.entries, Place::is_present),
        };
        let page = FilterPage { asked, view };
        filter.ask(&page, &present, &mut self.bound)
    }

    /// Visits some records of a page.
    fn visit(
        &mut self,
        first: Row,
        entries: &'a [Place; PAGE],
        mask: &Mask,
        visitor: &mut impl Visit<'a>,
    ) -> Result<bool> {
        let mut offsets = [0_u8; PAGE];
        let mut count = 0;
        mask.each(|offset| {
            if let Some(place) = offsets.get_mut(count) {
                *place = offset as u8;
                count += 1;
            }
            true
        });
        let offsets = offsets.get(..count).unwrap_or_default();
        let place = |at: usize| {
            let offset = offsets.get(at)?;
            Some((*offset, *entries.get(usize::from(*offset))?))
        };
        (0..AHEAD)
            .filter_map(place)
            .for_each(|(_, ahead)| self.version.prefetch(ahead));
        for at in 0..count {
            if let Some((_, ahead)) = place(at + AHEAD) {
                self.version.prefetch(ahead);
            }
            let found = place(at).and_then(|(offset, place)| {
                Some((first + Row::from(offset), self.version.record(place)?))
            });
            if let Some((row, record)) = found {
                self.ticker.tick()?;
                if !visitor.record(row, record)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Tests the records of a page one by one, and visits those that match.
    fn test(
        &mut self,
        first: Row,
        page: &'a Page<Place>,
        visitor: &mut impl Visit<'a>,
    ) -> Result<bool> {
        let Scan {
            version,
            ticker,
            parts,
            bound,
            ..
        } = self;
        let mut outcome = Ok(true);
        let full = page.full();
        if let Some(full) = &full {
            let soon = full.entries.iter().take(AHEAD);
            soon.for_each(|place| version.prefetch(*place));
        }
        page.each(|offset, place| {
            let ahead = full
                .as_ref()
                .and_then(|full| full.entries.get(offset + AHEAD));
            if let Some(ahead) = ahead {
                version.prefetch(*ahead);
            }
            let Some(record) = version.record(place) else {
                return true;
            };
            outcome = ticker.tick().map(|()| true);
            if outcome.is_ok() {
                let bound = bound.as_mut();
                if bound.is_none_or(|bound| bound.matches_all(parts, &record)) {
                    outcome = visitor.record(first + offset as Row, record);
                }
            }
            matches!(outcome, Ok(true))
        });
        outcome
    }
}

/// Visits records one by one, whatever is known of their pages.
pub(crate) struct Each<F>(pub(crate) F);

impl<'a, F: FnMut(Row, Record<'a>) -> Result<bool>> Visit<'a> for Each<F> {
    fn page(&mut self, _: Row, _: &View<'a>, matching: &Mask) -> Result<Found> {
        Ok(Found::Records(*matching))
    }

    #[inline]
    fn record(&mut self, row: Row, record: Record<'a>) -> Result<bool> {
        (self.0)(row, record)
    }
}

/// Counts records, up to as many as are enough.
pub(crate) struct Count {
    pub(crate) count: u64,
    pub(crate) enough: u64,
}

impl<'a> Visit<'a> for Count {
    fn page(&mut self, _: Row, _: &View<'a>, matching: &Mask) -> Result<Found> {
        self.count += matching.count() as u64;
        match self.count < self.enough {
            true => Ok(Found::Done),
            false => Ok(Found::Enough),
        }
    }

    #[inline]
    fn record(&mut self, _: Row, _: Record<'a>) -> Result<bool> {
        self.count += 1;
        Ok(self.count < self.enough)
    }
}
