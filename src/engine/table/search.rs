//! Searching for the records that a write is about, without holding the table for the time that takes.
//!
//! What a key or an index finds quickly is left to be found under the lock. Anything else is found on a version of the
//! table. What others change meanwhile is looked at again, also without the lock, until little of it is left; the rest is
//! looked at under the lock. So the table is held for what is to be changed, not for the search.

use super::core::Pinned;
use super::filter::Filter;
use super::state::{Match, Matches, State};
use super::{Core, Version};
use crate::engine::interrupt::Interrupt;
use crate::engine::limits::{add_small, reserve};
use crate::engine::plan::{Analysis, Plan, Taken};
use crate::engine::Result;

/// When so few pages have changed, the rest is left to be done under the lock.
const FEW_PAGES: usize = 16;

/// Rounds of looking again at most, should others write faster than that.
const ROUNDS: usize = 16;

/// See the module's comment.
pub(super) struct Search<'a> {
    filter: &'a Filter<'a>,
    analysis: Option<Analysis<'a>>,
    /// What matched a version; `None` if it is all to be found under the lock.
    found: Option<(Pinned, Vec<Match>)>,
}

impl<'a> Search<'a> {
    /// Begins a search. The table is not held.
    pub(super) fn new(
        core: &Core,
        filter: &'a Filter<'a>,
        interrupt: &Interrupt,
    ) -> Result<Search<'a>> {
        let mut search = Search {
            filter,
            analysis: None,
            found: None,
        };
        // It is looked for under the lock before anything else is done.
        if filter.point.is_some() {
            return Ok(search);
        }
        let analysis = search.analysis.insert(filter.analysis()?);
        let names_keys = analysis.names(core.key_field());
        let is_quick = names_keys && analysis.is_small()
            || filter
                .quick(&core.pin(interrupt)?.version, analysis)
                .is_some();
        if !is_quick {
            search.prepare(core, interrupt)?;
        }
        Ok(search)
    }

    /// Finds the matches of a version as late as can be had.
    pub(super) fn prepare(&mut self, core: &Core, interrupt: &Interrupt) -> Result<()> {
        if self.found.is_some() {
            return Ok(());
        }
        let mut pinned = core.pin(interrupt)?;
        let filter = self.filter;
        let analysis = match &mut self.analysis {
            Some(analysis) => analysis,
            none => none.insert(filter.analysis()?),
        };
        let plan = Plan::new(&pinned.version, analysis, Taken::Read);
        let mut found = self.filter.matches(&pinned.version, &plan, interrupt)?;
        for _ in 0..ROUNDS {
            interrupt.check()?;
            let now = core.pin(interrupt)?;
            let mut changed = now.version.rows.differing(&pinned.version.rows);
            if now.changes == pinned.changes || changed.nth(FEW_PAGES).is_none() {
                break;
            }
            drop(changed);
            found = self
                .filter
                .recheck(&now.version, &pinned.version, &found, interrupt)?;
            pinned = now;
        }
        self.found = Some((pinned, found));
        Ok(())
    }

    /// The matches of now, the lock being held; `None` if finding them turns out to take long: then it is to be let go,
    /// and the search to be prepared. What was prepared stays, should this be asked again.
    pub(super) fn finish(&self, state: &State, interrupt: &Interrupt) -> Result<Option<Matches>> {
        let version = &state.version;
        let Some((pinned, found)) = &self.found else {
            return self.find_now(version, interrupt);
        };
        let matches = match state.changes == pinned.changes {
            true => copy_of(found)?,
            false => self
                .filter
                .recheck(version, &pinned.version, found, interrupt)?,
        };
        Ok(Some(Matches::from_vec(matches)))
    }
}

impl Search<'_> {
    /// What matches, if that is found quickly.
    fn find_now(&self, version: &Version, interrupt: &Interrupt) -> Result<Option<Matches>> {
        if let Some(few) = self
            .filter
            .point
            .as_ref()
            .and_then(|point| point.rows(version))
        {
            let mut matches = Matches::new();
            for row in few.rows() {
                add_small(&mut matches, (*row, version.place(*row)))?;
            }
            return Ok(Some(matches));
        }
        let own;
        let analysis = match &self.analysis {
            Some(analysis) => analysis,
            None => {
                own = self.filter.analysis()?;
                &own
            }
        };
        match self.filter.quick(version, analysis) {
            Some(plan) => {
                let matches = self.filter.matches(version, &plan, interrupt)?;
                Ok(Some(Matches::from_vec(matches)))
            }
            None => Ok(None),
        }
    }
}

fn copy_of(matches: &[Match]) -> Result<Vec<Match>> {
    let mut copy = Vec::new();
    reserve(&mut copy, matches.len())?;
    copy.extend_from_slice(matches);
    Ok(copy)
}
