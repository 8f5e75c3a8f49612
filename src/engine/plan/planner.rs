//! Chooses an access path by what it would cost.
//!
//! A predicate is taken as a list of parts that must all match. Those that ask something of one field which an index (or
//! the key map) answers are candidates; indexes tell exactly how many records each would find. The rest is tested on the
//! records that are read.

use super::access::{Access, Search};
use super::analysis::{Analysis, Asked};
use super::cost::{COLUMN, FOUND, KEY, MAKE, READ, ROW, SCAN, SCAN_START, SEARCH, TEXT_COLUMN};
use crate::engine::column::Ready;
use crate::engine::index::{Edge, Index, Kind, Span};
use crate::engine::key::KeyRef;
use crate::engine::keymap::Row;
use crate::engine::predicate::{Expression, Path};
use crate::engine::table::Version;
use crate::engine::value::Value;

/// Parts of an intersection.
const MOST_PARTS: usize = 3;

/// How the records that match a predicate are found.
pub(crate) struct Plan<'a> {
    pub(crate) access: Access<'a>,
    /// What must still be tested on each record.
    pub(crate) filter: Vec<&'a Expression>,
    missed: Missed,
}

/// What is missed because there are no columns to be scanned.
#[derive(Clone, Copy)]
enum Missed {
    Nothing,
    /// So much more does it cost than a scan of columns would.
    Cost(usize),
    /// So much, with what was missed before, that this is a scan, which makes them.
    Enough,
}

/// How the records are taken that a plan finds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// All are read, at once.
    Read,
    /// All are read, one now and then: a scan goes from record to record, and asks no columns.
    Slowly,
    /// It is enough to know how many they are.
    Counted,
}

/// A path to some of the records.
struct Candidate<'a> {
    access: Access<'a>,
    rows: usize,
    cost: usize,
    /// The parts that need not be tested any more.
    covers: Vec<usize>,
}

impl<'a> Plan<'a> {
    /// The cheapest path to the records that match.
    pub(crate) fn new(version: &Version, analysis: &Analysis<'a>, taken: Taken) -> Plan<'a> {
        if analysis.is_never {
            return Plan {
                access: Access::Nothing,
                filter: Vec::new(),
                missed: Missed::Nothing,
            };
        }
        let scan = Plan {
            access: Access::Scan,
            filter: analysis.parts.clone(),
            missed: Missed::Nothing,
        };
        if analysis.parts.is_empty() {
            return scan;
        }
        let mut candidates = candidates(version, analysis, taken);
        candidates
            .sort_by_key(|candidate| (candidate.cost, std::cmp::Reverse(candidate.covers.len())));
        let mut candidates = candidates.into_iter();
        let Some(best) = candidates.next() else {
            return scan;
        };
        let (scan_cost, missed) = scan_cost(version, analysis, &best, taken);
        if best.rows > 0 && best.cost >= scan_cost {
            return match missed {
                Missed::Enough => Plan { missed, ..scan },
                _ => scan,
            };
        }
        let (mut parts, mut rows, mut covers) = (vec![best.access], best.rows, best.covers);
        for other in candidates {
            let adds = other.covers.iter().any(|part| !covers.contains(part));
            let kept = rows.saturating_mul(other.rows) / version.count().max(1);
            let gain = (rows - kept.min(rows)) * READ;
            let is_worth = gain
                > 2 * (other.cost - other.rows.min(other.cost / READ) * READ)
                    + other.rows * ROW
                    + rows * ROW;
            if adds && is_worth && parts.len() < MOST_PARTS {
                parts.push(other.access);
                covers.extend(other.covers);
                rows = kept;
            }
        }
        covers.sort_unstable();
        let filter = analysis.others(&covers);
        let access = match parts.len() {
            1 => parts.remove(0),
            _ => Access::Intersection(parts),
        };
        Plan {
            access,
            filter,
            missed,
        }
    }

    /// To be called when the plan is carried out.
    pub(crate) fn begin(&self, version: &Version) {
        match self.missed {
            Missed::Nothing => {}
            Missed::Cost(cost) => version.columns().miss(cost),
            Missed::Enough => version.columns().make_up(),
        }
    }

    /// Whether the number of records is known without reading any.
    pub(crate) fn is_exact(&self) -> bool {
        self.filter.is_empty()
    }
}

fn candidates<'a>(version: &Version, analysis: &Analysis<'a>, taken: Taken) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::new();
    candidates.extend(of_keys(version, analysis));
    for (at, index) in version.indexes().iter().enumerate() {
        candidates.extend(of_index(version, at, index, analysis, taken));
    }
    for (at, part) in analysis.parts.iter().enumerate() {
        if let Expression::Or(parts) = part {
            candidates.extend(of_union(version, at, parts, analysis, taken));
        }
    }
    candidates
}

/// What a scan costs in place of the best other path, and what is missed if it is not taken.
///
/// Where the columns are there that the predicate asks for, a scan costs much less than to read all records. Where there are none, to
/// make them is an investment: it is made when searches have cost as much more than scans of columns as it takes, so all together cost
/// no more than about twice what they would had it been known how many there are. (That is the ski rental problem: A. R. Karlin,
/// M. S. Manasse, L. Rudolph, D. D. Sleator, "Competitive snoopy caching", Algorithmica 3, 1988.)
fn scan_cost(
    version: &Version,
    analysis: &Analysis<'_>,
    best: &Candidate<'_>,
    taken: Taken,
) -> (usize, Missed) {
    let count = version.count();
    let by_records = count * SCAN + SCAN_START;
    if taken == Taken::Slowly || best.cost < count * COLUMN + SCAN_START {
        return (by_records, Missed::Nothing);
    }
    let Some(ready) = Ready::of(version, &analysis.parts) else {
        return (by_records, Missed::Nothing);
    };
    let found = match taken {
        Taken::Counted => 0,
        _ if best.covers.len() == analysis.parts.len() => best.rows,
        // What is tested besides leaves some of them.
        _ => best.rows / 2,
    };
    let besides = found * FOUND + SCAN_START;
    let a_record = (ready.columns - ready.texts) * COLUMN + ready.texts * TEXT_COLUMN;
    if ready.pages > 0 {
        let pages = ready.pages * a_record + (ready.sampled - ready.pages) * SCAN;
        let by_columns = count * pages / ready.sampled + besides;
        return (by_records.min(by_columns), Missed::Nothing);
    }
    let by_columns = count * a_record + besides;
    let missed = best.cost.saturating_sub(by_columns);
    if missed == 0 {
        return (by_records, Missed::Nothing);
    }
    match version.columns().missed() + missed >= count * ready.columns * MAKE {
        true => (by_columns, Missed::Enough),
        false => (by_records, Missed::Cost(missed)),
    }
}

/// More searches than this cost more than to read all records.
fn most_searches(version: &Version) -> usize {
    version.count() * SCAN / SEARCH + 64
}

fn of_keys<'a>(version: &Version, analysis: &Analysis<'a>) -> Option<Candidate<'a>> {
    let is_key = |path: &Path| path.plain() == Some(version.shapes().key_field());
    let (_, asked) = analysis.asked.iter().find(|(path, _)| is_key(path))?;
    let points = asked.points.as_ref()?;
    if points.len() * KEY > version.count() * SCAN + SCAN_START {
        return None;
    }
    let keys = points.iter().filter_map(|value| KeyRef::of(*value));
    let found = keys.filter_map(|key| version.find(&key));
    let mut rows: Vec<Row> = found.map(|(row, _)| row).collect();
    rows.sort_unstable();
    rows.dedup();
    Some(Candidate {
        rows: rows.len(),
        cost: points.len() * KEY,
        access: Access::Keys {
            rows,
            condition: analysis.parts_at(&used(asked)),
        },
        covers: covered(asked),
    })
}

fn used(asked: &Asked<'_>) -> Vec<usize> {
    asked.parts.iter().map(|(at, _)| *at).collect()
}

fn covered(asked: &Asked<'_>) -> Vec<usize> {
    let parts = asked.parts.iter().filter(|(_, is_all)| *is_all);
    parts.map(|(at, _)| *at).collect()
}

fn of_index<'a>(
    version: &Version,
    at: usize,
    index: &Index,
    analysis: &Analysis<'a>,
    taken: Taken,
) -> Option<Candidate<'a>> {
    let definition = &index.definition;
    analysis.asked(definition.fields.first()?)?;
    let has_points = |path| {
        analysis
            .asked(path)
            .is_some_and(|asked| asked.points.is_some())
    };
    if definition.kind == Kind::Hash && !definition.fields.iter().all(has_points) {
        return None;
    }
    let mut values: Vec<Vec<Value<'a>>> = vec![Vec::new()];
    let mut ranges: &[(Edge<'a>, Edge<'a>)] = &[];
    let (mut uses, mut covers) = (Vec::new(), Vec::new());
    let mut fields = 0;
    for path in &definition.fields {
        let Some(asked) = analysis.asked(path) else {
            break;
        };
        if let Some(points) = &asked.points {
            if values.len() * points.len() > most_searches(version) {
                break;
            }
            match points.as_slice() {
                [point] => values.iter_mut().for_each(|list| list.push(*point)),
                several => values = product(&values, several),
            }
        } else if definition.kind == Kind::Sorted && !asked.ranges.is_empty() {
            ranges = &asked.ranges;
        } else {
            break;
        }
        fields += 1;
        uses.extend(used(asked));
        covers.extend(covered(asked));
        if !ranges.is_empty() {
            break;
        }
    }
    let is_whole = fields == definition.fields.len();
    if fields == 0 || definition.kind == Kind::Hash && !is_whole {
        return None;
    }
    let (mut spans, mut is_exact) = (Vec::new(), true);
    for values in &values {
        let (span, exact) = span_of(index, values, ranges, version);
        is_exact &= exact;
        if span.len() > 0 {
            spans.push(span);
        }
    }
    if !is_exact {
        // Different values may have led to the same entries.
        spans.sort_unstable_by_key(|span| span.from);
        spans.dedup();
        covers.clear();
    }
    let search = Search {
        index: at,
        ascends: is_whole && ranges.is_empty(),
        condition: analysis.parts_at(&uses),
        spans,
    };
    let rows = search.len();
    let is_count = taken == Taken::Counted && covers.len() == analysis.parts.len();
    let reading = if is_count { 0 } else { rows * READ };
    Some(Candidate {
        access: Access::Index(search),
        rows,
        cost: values.len() * SEARCH + reading,
        covers,
    })
}

/// The entries whose first fields equal `values` and whose next field lies in all of some ranges.
pub(super) fn span_of(
    index: &Index,
    values: &[Value<'_>],
    ranges: &[(Edge<'_>, Edge<'_>)],
    version: &Version,
) -> (Span, bool) {
    let stored = version.stored();
    let Some((first, rest)) = ranges.split_first() else {
        return index.span(values, None, stored);
    };
    let (mut all, exact) = index.span(values, Some(first), stored);
    for range in rest {
        let (span, _) = index.span(values, Some(range), stored);
        all.from = all.from.max(span.from);
        all.to = all.to.min(span.to);
    }
    (all, exact)
}

fn product<'a>(lists: &[Vec<Value<'a>>], points: &[Value<'a>]) -> Vec<Vec<Value<'a>>> {
    let longer = |list: &Vec<Value<'a>>, point: &Value<'a>| {
        let mut list = list.clone();
        list.push(*point);
        list
    };
    let pairs = lists
        .iter()
        .flat_map(|list| points.iter().map(move |point| longer(list, point)));
    pairs.collect()
}

fn of_union<'a>(
    version: &Version,
    at: usize,
    parts: &'a [Expression],
    analysis: &Analysis<'a>,
    taken: Taken,
) -> Option<Candidate<'a>> {
    if parts.len() > most_searches(version) {
        return None;
    }
    let (mut accesses, mut rows, mut cost, mut is_exact) = (Vec::new(), 0, 0, true);
    for part in parts {
        let analysis = Analysis::of(Some(part), analysis.bindings);
        let plan = Plan::new(version, &analysis, taken);
        match plan.access {
            Access::Scan => return None,
            Access::Nothing => continue,
            _ => {}
        }
        let found = plan.access.estimate(version);
        rows += found;
        let is_count = taken == Taken::Counted && plan.is_exact();
        cost += SEARCH + found * (ROW + if is_count { 0 } else { READ });
        is_exact &= plan.is_exact();
        accesses.push(plan.access);
    }
    let access = match accesses.len() {
        0 => Access::Nothing,
        1 => accesses.pop()?,
        _ => Access::Union(accesses),
    };
    Some(Candidate {
        access,
        rows,
        cost,
        covers: if is_exact { vec![at] } else { Vec::new() },
    })
}
