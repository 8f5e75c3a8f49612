//! Walks an index in the order that is asked for, so that nothing needs to be sorted.

use super::access::Access;
use super::analysis::Analysis;
use super::cost::{READ, SCAN, SORT};
use super::planner::{span_of, Plan};
use crate::engine::index::{Edge, Index, Kind, Span};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::options::Ordering;
use crate::engine::predicate::{Expression, Path};
use crate::engine::record::Record;
use crate::engine::table::Version;
use crate::engine::value::Value;
use crate::engine::Result;

/// See the module's comment.
pub(crate) struct Walk<'a> {
    pub(crate) index: usize,
    pub(crate) span: Span,
    descending: bool,
    /// What must be tested on each record.
    pub(crate) filter: Vec<&'a Expression>,
    pub(crate) condition: Vec<&'a Expression>,
}

/// The sort keys that make a difference: not those of which all matches have the same value, nor repeated ones.
pub(crate) fn effective<'o>(
    order_by: &'o [Ordering],
    analysis: &Analysis<'_>,
) -> Vec<&'o Ordering> {
    let mut keys: Vec<&Ordering> = Vec::new();
    for key in order_by {
        let repeats = keys.iter().any(|other| other.path == key.path);
        if !repeats && analysis.fixed(&key.path).is_none() {
            keys.push(key);
        }
    }
    keys
}

impl<'a> Walk<'a> {
    /// The walk that costs less than to follow a plan and sort what it finds. `wanted` is how many rows will be taken at
    /// most.
    pub(crate) fn find(
        version: &Version,
        analysis: &Analysis<'a>,
        order_by: &[&Ordering],
        wanted: usize,
        plan: &Plan<'a>,
    ) -> Option<Walk<'a>> {
        let descending = order_by.first()?.descending;
        if order_by.iter().any(|key| key.descending != descending) {
            return None;
        }
        let found = plan.access.estimate(version);
        let reading = match plan.access {
            Access::Scan => found * SCAN,
            _ => found * READ,
        };
        let mut best = reading + found * SORT / 2 + SORT;
        let mut walk = None;
        for (at, index) in version.indexes().iter().enumerate() {
            let Some((values, covers, ranges)) = fits(index, order_by, analysis) else {
                continue;
            };
            let (span, _) = span_of(index, &values, ranges, version);
            let filter = analysis.others(&covers);
            // Unknown tests are taken to let a third through.
            let matching = match filter.is_empty() {
                true => span.len(),
                false => found.min(span.len()).div_ceil(3),
            };
            let read = wanted.saturating_mul(span.len()) / matching.max(1);
            let cost = read.min(span.len()) * READ;
            if cost < best {
                best = cost;
                walk = Some(Walk {
                    index: at,
                    span,
                    descending,
                    filter,
                    condition: analysis.parts_at(&covers),
                });
            }
        }
        walk
    }

    /// Calls `visit` with each record but the first `skip` ones, which are not read, in order, until it says false.
    pub(crate) fn each<'v>(
        &self,
        version: &'v Version,
        mut skip: usize,
        mut visit: impl FnMut(Row, Record<'v>) -> bool,
    ) {
        let Some(index) = version.indexes().get(self.index) else {
            return;
        };
        let visit = |rows: &[_]| {
            let skipped = skip.min(rows.len());
            skip -= skipped;
            version.visit(rows.get(skipped..).unwrap_or_default(), &mut visit)
        };
        match self.descending {
            true => index.rows_descending(self.span, version.stored(), visit),
            false => index.rows(self.span, visit),
        }
    }
}

impl Walk<'_> {
    /// The rows in order. No record is read.
    pub(crate) fn rows(&self, version: &Version, interrupt: &Interrupt) -> Result<Vec<Row>> {
        let (mut all, mut outcome): (Vec<Row>, _) = (Vec::new(), Ok(()));
        let Some(index) = version.indexes().get(self.index) else {
            return Ok(all);
        };
        reserve(&mut all, self.span.len())?;
        let collect = |rows: &[Row]| {
            all.extend_from_slice(rows);
            outcome = interrupt.check();
            outcome.is_ok()
        };
        match self.descending {
            true => index.rows_descending(self.span, version.stored(), collect),
            false => index.rows(self.span, collect),
        }
        outcome.map(|()| all)
    }
}

type Fit<'x, 'a> = (
    Vec<Value<'a>>,
    Vec<usize>,
    &'x [(
        crate::engine::index::Edge<'a>,
        crate::engine::index::Edge<'a>,
    )],
);

/// Whether an index is in the order asked for: then the values of the fields that come before, the parts of the predicate
/// that it answers, and the ranges of the first field to order by.
fn fits<'x, 'a>(
    index: &Index,
    order_by: &[&Ordering],
    analysis: &'x Analysis<'a>,
) -> Option<Fit<'x, 'a>> {
    let definition = &index.definition;
    if definition.kind != Kind::Sorted {
        return None;
    }
    let (mut values, mut covers) = (Vec::new(), Vec::new());
    let mut cover = |path: &Path| {
        if let Some(asked) = analysis.asked(path) {
            let all = asked.parts.iter().filter(|(_, is_all)| *is_all);
            covers.extend(all.map(|(at, _)| *at));
        }
    };
    let mut rest = definition.fields.as_slice();
    while let Some((path, after)) = rest.split_first() {
        let Some(value) = analysis.fixed(path) else {
            break;
        };
        values.push(value);
        cover(path);
        rest = after;
    }
    let same = rest
        .iter()
        .zip(order_by)
        .all(|(path, key)| *path == key.path);
    if rest.len() != order_by.len() || !same {
        return None;
    }
    let mut ranges: &[_] = &[];
    if let Some((path, asked)) = rest
        .first()
        .and_then(|path| Some((path, analysis.asked(path)?)))
    {
        // Several values of the field are left to the filter.
        if asked.points.is_none() && !asked.ranges.is_empty() {
            ranges = &asked.ranges;
            cover(path);
        }
    }
    covers.sort_unstable();
    Some((values, covers, ranges))
}

/// The records with the least and with the greatest value of a field that is not null, if there are any.
pub(crate) struct Ends<'v> {
    pub(crate) records: Option<(Record<'v>, Record<'v>)>,
    /// The index that tells; `None` if none is needed, because nothing can match.
    pub(crate) index: Option<usize>,
}

/// The ends of a field's values, if an index alone tells them and answers all of the predicate.
pub(crate) fn ends<'v>(
    version: &'v Version,
    analysis: &Analysis<'_>,
    path: &Path,
) -> Option<Ends<'v>> {
    if analysis.is_never {
        return Some(Ends {
            records: None,
            index: None,
        });
    }
    let key = Ordering {
        path: path.clone(),
        descending: false,
    };
    for (at, index) in version.indexes().iter().enumerate() {
        let Some((values, covers, ranges)) = fits(index, &[&key], analysis) else {
            continue;
        };
        if covers.len() != analysis.parts.len() {
            continue;
        }
        let mut ranges = ranges.to_vec();
        ranges.push(Edge::not_null());
        let (span, _) = span_of(index, &values, &ranges, version);
        return Some(Ends {
            records: index.ends(span, version.stored()),
            index: Some(at),
        });
    }
    None
}
