//! Runs a query: from the plan to records, and from there to rows, groups or a count.

use super::aggregate::Function;
use super::by_page::ByPage;
use super::group::Groups;
use super::grouping::Grouping;
use super::rows::Rows;
use super::sort::{self, Sorter};
use crate::engine::column::{Count, Each, Scan, Visit};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::push;
use crate::engine::options::{Ordering, SelectOptions};
use crate::engine::plan::{effective, ends, Access, Analysis, Explain, Plan, Taken, Walk};
use crate::engine::predicate::{Bindings, Bound, Expression, Path, Program};
use crate::engine::record::Record;
use crate::engine::table::Version;
use crate::engine::Result;

/// A query with all values filled in, to be run on one version of a table.
pub(crate) struct Run<'a> {
    pub(crate) version: &'a Version,
    pub(crate) interrupt: &'a Interrupt,
    /// What records must match; all do if there is none.
    pub(crate) program: Option<&'a Program>,
    pub(crate) bindings: &'a Bindings,
    pub(crate) options: &'a SelectOptions,
    pub(crate) grouping: Option<&'a Grouping>,
    pub(crate) offset: u64,
    pub(crate) limit: Option<u64>,
}

/// How the records come, and in which order.
pub(super) enum Way<'a> {
    /// In natural order, in which they are wanted.
    Natural(Plan<'a>),
    /// In natural order; they are sorted.
    Sorted(Plan<'a>),
    /// In the order in which they are wanted.
    Walk(Walk<'a>),
}

impl<'a> Way<'a> {
    /// What is to be tested of each record.
    fn filter(&self) -> &[&'a Expression] {
        match self {
            Way::Natural(plan) | Way::Sorted(plan) => &plan.filter,
            Way::Walk(walk) => &walk.filter,
        }
    }
}

impl<'a> Run<'a> {
    /// `wanted` is how many rows will be taken at most, those left out at the start included.
    pub(super) fn way(&self, analysis: &Analysis<'a>, wanted: usize, taken: Taken) -> Way<'a> {
        let plan = Plan::new(self.version, analysis, taken);
        if self.grouping.is_some() {
            return Way::Natural(plan);
        }
        let order_by: Vec<&Ordering> = effective(&self.options.order_by, analysis);
        if order_by.is_empty() || matches!(plan.access, Access::Nothing) {
            return Way::Natural(plan);
        }
        match Walk::find(self.version, analysis, &order_by, wanted, &plan) {
            Some(walk) => Way::Walk(walk),
            None => Way::Sorted(plan),
        }
    }

    /// How many rows will be taken at most.
    fn wanted(&self) -> usize {
        let limit = self.limit.map(|limit| limit.saturating_add(self.offset));
        limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(usize::MAX)
    }

    pub(super) fn analysis(&self) -> Analysis<'a> {
        Analysis::new(self.program, self.bindings)
    }

    /// Calls `visit` with each record that matches but the first `skip` ones, as a way goes, until it says false or
    /// fails. Records are skipped only along a walk on which none is tested.
    pub(super) fn each<'s>(
        &'s self,
        way: &'s Way<'a>,
        skip: usize,
        mut visit: impl FnMut(Row, Record<'a>) -> Result<bool>,
    ) -> Result<()> {
        if let Some(mut scan) = self.scan(way, &[]) {
            return scan.run(&mut Each(visit));
        }
        if let Way::Natural(plan) | Way::Sorted(plan) = way {
            plan.begin(self.version);
        }
        let (version, mut outcome) = (self.version, Ok(()));
        let mut ticker = self.interrupt.ticker();
        let filter = way.filter();
        let mut bound = self
            .program
            .map(|program| Bound::new(program, self.bindings, version.shapes()));
        let visit = |row: Row, record: Record<'a>| {
            if let Err(stopped) = ticker.tick() {
                outcome = Err(stopped);
                return false;
            }
            let passes = bound
                .as_mut()
                .is_none_or(|bound| bound.matches_all(filter, &record));
            !passes || {
                let more = visit(row, record);
                *more.as_ref().unwrap_or(&false) || {
                    outcome = more.map(|_| ());
                    false
                }
            }
        };
        match way {
            Way::Natural(plan) | Way::Sorted(plan) => {
                plan.access.each(version, visit)?;
            }
            Way::Walk(walk) => walk.each(version, skip, visit),
        }
        outcome
    }

    /// The scan that a way is, if it is one. `wanted` are the paths that its visitor asks of pages.
    fn scan<'s>(&'s self, way: &'s Way<'a>, wanted: &[&'s Path]) -> Option<Scan<'s, 'a>> {
        match way {
            Way::Natural(plan) | Way::Sorted(plan) if matches!(plan.access, Access::Scan) => {
                plan.begin(self.version);
                Some(Scan::new(
                    self.version,
                    self.program,
                    self.bindings,
                    &plan.filter,
                    wanted,
                    self.interrupt,
                ))
            }
            _ => None,
        }
    }

    /// Appends a JSON array of the rows; returns how many there are.
    pub(crate) fn rows(&self, out: &mut Vec<u8>) -> Result<u64> {
        if let Some(grouping) = self.grouping {
            return self.groups(grouping, out);
        }
        push(out, b"[")?;
        let count = self.fill(Some(out))?;
        push(out, b"]")?;
        Ok(count)
    }

    /// Writes the rows, if they are to be written; returns how many there are.
    fn fill(&self, out: Option<&mut Vec<u8>>) -> Result<u64> {
        if self.limit == Some(0) {
            return Ok(0);
        }
        let shapes = self.version.shapes();
        let way = self.way(&self.analysis(), self.wanted(), Taken::Read);
        let skip = match &way {
            Way::Walk(walk) if walk.filter.is_empty() && !self.options.distinct => self.offset,
            _ => 0,
        };
        let mut rows = Rows::new(self.options, self.offset - skip, self.limit, shapes, out);
        let Way::Sorted(_) = way else {
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            self.each(&way, skip, |_, record| rows.add(record))?;
            return Ok(rows.count());
        };
        let mut sorter = Sorter::new(self.options, self.offset, self.limit, shapes);
        let by = self.options.order_by.first().map(|key| &key.path);
        let wanted: Vec<&Path> = match self.limit {
            Some(_) => by.into_iter().collect(),
            None => Vec::new(),
        };
        match self.scan(&way, &wanted) {
            Some(mut scan) => {
                let column = scan
                    .wanted()
                    .next()
                    .map_or(usize::MAX, |(number, _)| number);
                let sorter = &mut sorter;
                scan.run(&mut sort::ByPage { sorter, column })?;
            }
            None => self.each(&way, 0, |_, record| {
                sorter.add(record, record).map(|()| true)
            })?,
        }
        let mut ticker = self.interrupt.ticker();
        for row in sorter.finish(self.interrupt)? {
            ticker.tick()?;
            if !rows.add(row)? {
                break;
            }
        }
        Ok(rows.count())
    }

    fn groups(&self, grouping: &'a Grouping, out: &mut Vec<u8>) -> Result<u64> {
        let analysis = self.analysis();
        if let Some(row) = self.known_row(grouping, &analysis)? {
            let is_wanted = self.offset == 0 && self.limit != Some(0);
            push(out, b"[")?;
            push(out, if is_wanted { &row } else { b"" })?;
            push(out, b"]")?;
            return Ok(u64::from(is_wanted));
        }
        let groups = self.make_groups(grouping, &analysis)?;
        groups.finish(self.offset, self.limit, self.interrupt, out)
    }

    fn make_groups(&self, grouping: &'a Grouping, analysis: &Analysis<'a>) -> Result<Groups<'a>> {
        let mut groups = Groups::new(grouping, self.version.shapes())?;
        let way = self.way(analysis, self.wanted(), Taken::Read);
        let layout = &grouping.layout;
        if layout.distinct == 0 && grouping.by.len() < 2 {
            let wanted: Vec<&Path> = layout.paths.iter().collect();
            if let Some(mut scan) = self.scan(&way, &wanted) {
                let mut pages = ByPage::new(groups, scan.wanted());
                scan.run(&mut pages)?;
                return Ok(pages.into_groups());
            }
        }
        self.each(&way, 0, |_, record| groups.add(record).map(|()| true))?;
        Ok(groups)
    }

    /// The one row of a query without groups that asks only for what indexes and the table know.
    fn known_row(&self, grouping: &Grouping, analysis: &Analysis<'a>) -> Result<Option<Vec<u8>>> {
        let can_know =
            |f: &Function| matches!(f, Function::Count | Function::Min(_) | Function::Max(_));
        let mut functions = grouping.aggregates.iter().map(|a| &a.function);
        if !grouping.by.is_empty() || !functions.all(can_know) {
            return Ok(None);
        }
        let mut row = vec![b'{'];
        let mut count: Option<Vec<u8>> = None;
        for (at, aggregate) in grouping.aggregates.iter().enumerate() {
            if at > 0 {
                row.push(b',');
            }
            push(&mut row, &aggregate.label)?;
            let value = match &aggregate.function {
                Function::Count => {
                    if count.is_none() {
                        count = self.known_count(analysis)?.map(String::into_bytes);
                    }
                    count.clone()
                }
                Function::Min(path) => self.end(analysis, path, true),
                Function::Max(path) => self.end(analysis, path, false),
                _ => None,
            };
            let Some(value) = value else {
                return Ok(None);
            };
            push(&mut row, &value)?;
        }
        row.push(b'}');
        Ok(Some(row))
    }

    fn known_count(&self, analysis: &Analysis<'a>) -> Result<Option<String>> {
        let plan = Plan::new(self.version, analysis, Taken::Counted);
        match plan.is_exact() {
            true => Ok(Some(plan.access.count(self.version)?.to_string())),
            false => Ok(None),
        }
    }

    /// The least or the greatest value of a field, if an index tells.
    fn end(&self, analysis: &Analysis<'a>, path: &Path, least: bool) -> Option<Vec<u8>> {
        let version = self.version;
        let Some((first, last)) = ends(version, analysis, path)?.records else {
            return Some(b"null".to_vec());
        };
        let record = if least { first } else { last };
        let shape = version.shapes().get(record.shape())?;
        let value = path.follow(record.field(shape, path.field())?)?;
        Some(value.to_vec())
    }

    /// The index that tells the least or greatest value of the first field of which it is asked.
    fn end_index(&self, grouping: &Grouping, analysis: &Analysis<'a>) -> Option<usize> {
        let mut paths = grouping.aggregates.iter().filter_map(|a| a.function.path());
        ends(self.version, analysis, paths.next()?)?.index
    }

    /// How many rows there are. None are built.
    pub(crate) fn count(&self) -> Result<u64> {
        if let Some(grouping) = self.grouping {
            if grouping.by.is_empty() {
                return Ok(u64::from(self.offset == 0 && self.limit != Some(0)));
            }
            let groups = self.make_groups(grouping, &self.analysis())?;
            return Ok(groups.count(self.offset, self.limit));
        }
        if self.options.distinct && self.options.columns.is_some() {
            return self.fill(None);
        }
        let matching = self.matching()?.saturating_sub(self.offset);
        Ok(self.limit.map_or(matching, |limit| limit.min(matching)))
    }

    fn matching(&self) -> Result<u64> {
        let plan = Plan::new(self.version, &self.analysis(), Taken::Counted);
        if plan.is_exact() {
            return Ok(plan.access.count(self.version)? as u64);
        }
        let enough = self
            .limit
            .map_or(u64::MAX, |limit| limit.saturating_add(self.offset));
        let (way, mut count) = (Way::Natural(plan), Count { count: 0, enough });
        match self.scan(&way, &[]) {
            Some(mut scan) => scan.run(&mut count)?,
            None => self.each(&way, 0, |row, record| count.record(row, record))?,
        }
        Ok(count.count)
    }

    /// Appends a JSON object that tells how `rows` goes about it.
    pub(crate) fn explain(&self, out: &mut Vec<u8>) -> Result<()> {
        let analysis = self.analysis();
        let explain = Explain {
            version: self.version,
            program: self.program,
            bindings: self.bindings,
        };
        let known = match self.grouping {
            Some(grouping) => self.known_row(grouping, &analysis)?,
            None => None,
        };
        let told = match self.way(&analysis, self.wanted(), Taken::Read) {
            _ if known.is_some() => {
                let plan = Plan::new(self.version, &analysis, Taken::Counted);
                let index = self
                    .grouping
                    .and_then(|grouping| self.end_index(grouping, &analysis));
                match (index, self.program) {
                    (Some(index), _) => explain.ends(index, &plan, &analysis)?,
                    (None, None) => explain.known()?,
                    (None, Some(_)) => explain.plan(&plan, "natural", false)?,
                }
            }
            Way::Natural(plan) => {
                let sorts = |grouping: &Grouping| !grouping.order_by.is_empty();
                let is_sorted = self.grouping.is_some_and(sorts);
                explain.plan(&plan, if is_sorted { "sort" } else { "natural" }, true)?
            }
            Way::Sorted(plan) => {
                let is_top = self.limit.is_some() && !self.options.distinct;
                explain.plan(&plan, if is_top { "top" } else { "sort" }, true)?
            }
            Way::Walk(walk) => explain.walk(&walk)?,
        };
        push(out, told.to_string().as_bytes())
    }
}
