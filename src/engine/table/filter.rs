//! Which records an operation is about: a predicate with its parameters filled in.

use super::state::Match;
use super::Version;
use crate::engine::column::{Each, Scan};
use crate::engine::interrupt::Interrupt;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::options::SelectOptions;
use crate::engine::paged::PAGE;
use crate::engine::plan::{Access, Analysis, Plan, Point, Taken};
use crate::engine::predicate::{Bindings, Bound, Predicate, Program};
use crate::engine::query::Run;
use crate::engine::{Error, Params, Result};
use once_cell::unsync::OnceCell;

/// See the module's comment.
pub(super) struct Filter<'a> {
    /// `None` matches every record.
    pub(super) program: Option<&'a Program>,
    params: &'a Params<'a>,
    /// The one value that is asked for, if that is all.
    pub(super) point: Option<Point<'a>>,
    /// Made at once if a value can be wrong, and else when they are needed.
    bindings: OnceCell<Bindings>,
}

static NO_PARAMS: Params<'static> = Params::none();

impl<'a> Filter<'a> {
    /// As many values as the predicate has parameters must have been passed.
    pub(super) fn new(predicate: Option<&'a Predicate>, params: &'a Params<'a>) -> Result<Self> {
        params.check(predicate.map_or(0, Predicate::parameters))?;
        Filter::bind(predicate, params)
    }

    /// For a call that passes no values.
    pub(super) fn closed(predicate: Option<&'a Predicate>) -> Result<Self> {
        match predicate.map_or(0, Predicate::parameters) {
            0 => Filter::bind(predicate, &NO_PARAMS),
            used => Err(Error::Parameter {
                reason: format!(
                    "the predicate uses ?{used}, and this call passes no values: bind them first"
                ),
                number: None,
            }),
        }
    }

    /// The number of values was checked.
    #[inline]
    pub(super) fn bind(predicate: Option<&'a Predicate>, params: &'a Params<'a>) -> Result<Self> {
        let program = predicate.map(Predicate::program);
        let filter = Filter {
            program: program.filter(|program| !program.is_trivial()),
            params,
            point: Point::of(program, params),
            bindings: OnceCell::new(),
        };
        if filter.point.is_none() {
            filter.bindings()?;
        }
        Ok(filter)
    }

    fn bindings(&self) -> Result<&Bindings> {
        self.bindings.get_or_try_init(|| match self.program {
            Some(program) => program.bind(self.params),
            None => Ok(Bindings::default()),
        })
    }

    pub(super) fn analysis(&self) -> Result<Analysis<'_>> {
        Ok(Analysis::new(self.program, self.bindings()?))
    }

    /// A select of what matches.
    pub(super) fn run<'r>(
        &'r self,
        version: &'r Version,
        options: &'r SelectOptions,
        interrupt: &'r Interrupt,
    ) -> Result<Run<'r>> {
        Ok(Run {
            version,
            interrupt,
            program: self.program,
            bindings: self.bindings()?,
            options,
            grouping: None,
            offset: options.offset,
            limit: options.limit,
        })
    }

    fn bound(&'a self, version: &'a Version) -> Result<Option<Bound<'a>>> {
        let bindings = self.bindings()?;
        let bound = |program| Bound::new(program, bindings, version.shapes());
        Ok(self.program.map(bound))
    }

    /// The plan of a search that takes so little time that it is best done under the lock.
    pub(super) fn quick<'p>(&self, version: &Version, analysis: &Analysis<'p>) -> Option<Plan<'p>> {
        const FEW: usize = 256;
        if !analysis.is_small() {
            return None;
        }
        let plan = Plan::new(version, analysis, Taken::Read);
        let found = plan.access.estimate(version);
        let is_quick = !matches!(plan.access, Access::Scan) || version.count() <= FEW;
        (is_quick && found <= FEW).then_some(plan)
    }

    /// The rows that match, ascending.
    pub(super) fn matches(
        &self,
        version: &Version,
        plan: &Plan<'_>,
        interrupt: &Interrupt,
    ) -> Result<Vec<Match>> {
        let mut matches: Vec<Match> = Vec::new();
        let mut found = |row: Row| add(&mut matches, (row, version.place(row)));
        plan.begin(version);
        if matches!(plan.access, Access::Scan) {
            let (program, parts) = (self.program, plan.filter.as_slice());
            let bindings = self.bindings()?;
            let mut scan = Scan::new(version, program, bindings, parts, &[], interrupt);
            scan.run(&mut Each(|row, _| found(row).map(|()| true)))?;
            return Ok(matches);
        }
        // Records that need not be tested are not read here.
        let rows = match plan.filter.is_empty() {
            true => plan.access.rows(version)?,
            false => None,
        };
        if let Some(rows) = rows {
            let mut outcome = Ok(());
            rows.each(|run| {
                let mut all = || run.iter().try_for_each(|row| found(*row));
                outcome = interrupt.check().and_then(|()| all());
                outcome.is_ok()
            });
            return outcome.map(|()| matches);
        }
        let mut ticker = interrupt.ticker();
        let mut outcome = Ok(());
        let mut bound = self.bound(version)?;
        plan.access.each(version, |row, record| {
            outcome = ticker.tick();
            let passes = outcome.is_ok()
                && bound
                    .as_mut()
                    .is_none_or(|bound| bound.matches_all(&plan.filter, &record));
            if passes {
                outcome = found(row);
            }
            outcome.is_ok()
        })?;
        outcome.map(|()| matches)
    }

    /// The matches of now, given those of an earlier version: only records that have come or changed since are looked at.
    pub(super) fn recheck(
        &self,
        now: &Version,
        then: &Version,
        found: &[Match],
        interrupt: &Interrupt,
    ) -> Result<Vec<Match>> {
        let mut bound = self.bound(now)?;
        let mut matches = Vec::new();
        reserve(&mut matches, found.len())?;
        let mut rest = found;
        let mut ticker = interrupt.ticker();
        let below = |list: &[Match], end: usize| {
            list.partition_point(|(row, _)| u64::from(*row) < end as u64)
        };
        for position in now.rows.differing(&then.rows) {
            let (kept, after) = rest.split_at(below(rest, position * PAGE));
            let (mut old, after) = after.split_at(below(after, (position + 1) * PAGE));
            rest = after;
            reserve(&mut matches, kept.len())?;
            matches.extend_from_slice(kept);
            let mut outcome = Ok(());
            now.rows.page(position).each(|offset, place| {
                let row = (position * PAGE + offset) as Row;
                while let Some(((first, _), others)) = old.split_first() {
                    if *first >= row {
                        break;
                    }
                    old = others;
                }
                outcome = ticker.tick();
                if outcome.is_err() {
                    return false;
                }
                let passes = match now.same_record(row, then) {
                    true => old.first().is_some_and(|(first, _)| *first == row),
                    false => now.record(place).is_some_and(|record| {
                        bound.as_mut().is_none_or(|bound| bound.matches(&record))
                    }),
                };
                if passes {
                    outcome = add(&mut matches, (row, place));
                }
                outcome.is_ok()
            });
            outcome?;
        }
        reserve(&mut matches, rest.len())?;
        matches.extend_from_slice(rest);
        Ok(matches)
    }
}
