//! Access paths, and how they are followed.

use super::rows::RowSet;
use crate::engine::index::Span;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::predicate::Expression;
use crate::engine::record::Record;
use crate::engine::table::Version;
use crate::engine::Result;

/// How the records that may match are found.
pub(crate) enum Access<'a> {
    /// All are looked at.
    Scan,
    /// There are none.
    Nothing,
    /// By their keys, which have been looked up.
    Keys {
        /// Ascending.
        rows: Vec<Row>,
        /// The part of the predicate that this answers.
        condition: Vec<&'a Expression>,
    },
    Index(Search<'a>),
    /// Those of any of these.
    Union(Vec<Access<'a>>),
    /// Those of all of these.
    Intersection(Vec<Access<'a>>),
}

/// Ranges of an index, which do not overlap.
pub(crate) struct Search<'a> {
    /// Position of the index in the table.
    pub(crate) index: usize,
    pub(crate) spans: Vec<Span>,
    /// Whether the rows of each span ascend.
    pub(crate) ascends: bool,
    pub(crate) condition: Vec<&'a Expression>,
}

impl Search<'_> {
    pub(crate) fn len(&self) -> usize {
        self.spans.iter().map(Span::len).sum()
    }
}

/// Rows that are asked for ahead of their use.
const AHEAD: usize = 16;

impl Access<'_> {
    /// How many records this finds; of several parts no fewer than it does.
    pub(crate) fn estimate(&self, version: &Version) -> usize {
        match self {
            Access::Scan => version.count(),
            Access::Nothing => 0,
            Access::Keys { rows, .. } => rows.len(),
            Access::Index(search) => search.len(),
            Access::Union(parts) => {
                let sum = parts.iter().map(|part| part.estimate(version)).sum();
                version.count().min(sum)
            }
            Access::Intersection(parts) => {
                let sizes = parts.iter().map(|part| part.estimate(version));
                sizes.min().unwrap_or(0)
            }
        }
    }

    /// The rows that it finds; `None` means all.
    pub(crate) fn rows(&self, version: &Version) -> Result<Option<RowSet>> {
        let end = version.row_end();
        Ok(Some(match self {
            Access::Scan => return Ok(None),
            Access::Nothing => RowSet::List(Vec::new()),
            Access::Keys { rows, .. } => {
                let mut copy = Vec::new();
                reserve(&mut copy, rows.len())?;
                copy.extend_from_slice(rows);
                RowSet::List(copy)
            }
            Access::Index(search) => {
                let mut rows: Vec<Row> = Vec::new();
                reserve(&mut rows, search.len())?;
                if let Some(index) = version.indexes().get(search.index) {
                    for span in &search.spans {
                        index.rows(*span, |run| {
                            rows.extend_from_slice(run);
                            true
                        });
                    }
                }
                RowSet::of(rows, search.ascends && search.spans.len() < 2, end)?
            }
            Access::Union(parts) => {
                let mut all: Vec<Row> = Vec::new();
                let mut outcome = Ok(());
                for part in parts {
                    let Some(rows) = part.rows(version)? else {
                        return Ok(None);
                    };
                    rows.each(|run| {
                        outcome = reserve(&mut all, run.len());
                        let has_room = outcome.is_ok();
                        all.extend_from_slice(if has_room { run } else { &[] });
                        has_room
                    });
                    outcome.clone()?;
                }
                RowSet::of(all, false, end)?
            }
            Access::Intersection(parts) => {
                let mut common: Option<RowSet> = None;
                for part in parts {
                    let Some(rows) = part.rows(version)? else {
                        continue;
                    };
                    common = Some(match common {
                        Some(common) => common.intersection(rows)?,
                        None => rows,
                    });
                }
                return Ok(common);
            }
        }))
    }

    /// How many records it finds, exactly, without reading any.
    pub(crate) fn count(&self, version: &Version) -> Result<usize> {
        Ok(match self {
            Access::Scan => version.count(),
            Access::Nothing => 0,
            Access::Index(search) => search.len(),
            Access::Keys { rows, .. } => rows.len(),
            _ => self
                .rows(version)?
                .map_or_else(|| version.count(), |rows| rows.len()),
        })
    }

    /// Calls `visit` with each record that it finds, in natural order, until it says false.
    pub(crate) fn each<'v>(
        &self,
        version: &'v Version,
        mut visit: impl FnMut(Row, Record<'v>) -> bool,
    ) -> Result<()> {
        match self.rows(version)? {
            None => version.each(|row, _, record| visit(row, record)),
            Some(rows) => rows.each(|run| version.visit(run, &mut visit)),
        }
        Ok(())
    }
}

impl Version {
    /// Calls `visit` with the records of rows, until it says false; tells whether it did not. Records are asked for some
    /// time before they are read.
    pub(crate) fn visit<'v>(
        &'v self,
        rows: &[Row],
        visit: &mut impl FnMut(Row, Record<'v>) -> bool,
    ) -> bool {
        rows.chunks(AHEAD).all(|chunk| {
            chunk.iter().for_each(|row| self.prefetch_row(*row));
            chunk.iter().all(|row| match self.stored().record(*row) {
                Some(record) => visit(*row, record),
                None => true,
            })
        })
    }
}
