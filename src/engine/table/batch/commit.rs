//! Doing a batch: all or nothing, at one instant.

use super::super::core::{Core, Writer};
use super::super::filter::Filter;
use super::super::search::Search;
use super::super::state::{Matches, State};
use super::super::version::Version;
use super::operation::{matches_of_key, Operation, Target, Work};
use super::savepoint::Savepoint;
use crate::engine::instant::Clock;
use crate::engine::interrupt::Interrupt;
use crate::engine::limits::{add, push, reserve};
use crate::engine::memory;
use crate::engine::watch::{Feed, Listeners, Recorder, Wake};
use crate::engine::{Error, Result};
use std::sync::Arc;

/// Does the operations, or nothing; appends their results.
pub(super) fn run(
    operations: &mut [Operation],
    interrupt: &Interrupt,
    out: Option<&mut Vec<u8>>,
) -> Result<usize> {
    let is_delete = |operation: &Operation| matches!(operation.work, Work::Delete);
    if operations.iter().all(is_delete) {
        return memory::exempt(|| run_all(operations, interrupt, out));
    }
    memory::check()?;
    run_all(operations, interrupt, out)
}

fn run_all(
    operations: &mut [Operation],
    interrupt: &Interrupt,
    out: Option<&mut Vec<u8>>,
) -> Result<usize> {
    let count = operations.len();
    interrupt.check()?;
    let tables = Tables::of(operations)?;
    // The targets are looked at all the time, while the work changes as it is done.
    let (mut targets, mut works) = (Vec::new(), Vec::new());
    reserve(&mut targets, count)?;
    reserve(&mut works, count)?;
    for operation in operations.iter_mut() {
        targets.push((&operation.core, operation.target.as_ref()));
        works.push(&mut operation.work);
    }
    let mut filters: Vec<Option<Filter<'_>>> = Vec::new();
    reserve(&mut filters, count)?;
    for (at, (_, target)) in targets.iter().enumerate() {
        let filter = target.map(Target::filter).transpose();
        filters.push(filter.map_err(in_batch(at))?.flatten());
    }
    let mut searches: Vec<Option<Search<'_>>> = Vec::new();
    reserve(&mut searches, count)?;
    for (at, (filter, (core, _))) in filters.iter().zip(&targets).enumerate() {
        let search = filter
            .as_ref()
            .map(|filter| Search::new(core, filter, interrupt));
        searches.push(search.transpose().map_err(in_batch(at))?);
    }
    let mut results = Vec::new();
    'again: loop {
        let mut transaction = Transaction::begin(&tables, interrupt)?;
        results.clear();
        push(&mut results, b"[")?;
        for (at, work) in works.iter_mut().enumerate() {
            interrupt.check()?;
            let Some(&(core, target)) = targets.get(at) else {
                continue;
            };
            let table = tables.position(core);
            let Some(writer) = transaction.writers.get_mut(table) else {
                continue;
            };
            let matches: Matches = match (target, searches.get(at)) {
                (Some(Target::Key(key)), _) => matches_of_key(writer, key).map_err(in_batch(at))?,
                (Some(Target::Matching(..)), Some(Some(search))) => {
                    match search.finish(writer, interrupt).map_err(in_batch(at))? {
                        Some(matches) if matches.is_empty() => {
                            return Err(in_batch(at)(Error::RecordNotFound));
                        }
                        Some(matches) => matches,
                        None => {
                            // It would take long, and is better done without the locks; all are, so that this happens once.
                            drop(transaction);
                            for (at, search) in searches.iter_mut().enumerate() {
                                if let (Some(search), Some((core, _))) = (search, targets.get(at)) {
                                    search.prepare(core, interrupt).map_err(in_batch(at))?;
                                }
                            }
                            continue 'again;
                        }
                    }
                }
                _ => Matches::new(),
            };
            push(&mut results, if at > 0 { b"," } else { b"" })?;
            transaction
                .record(table, |core, state| {
                    work.apply(core, state, &matches, interrupt, &mut results)
                })
                .map_err(in_batch(at))?;
        }
        push(&mut results, b"]")?;
        if let Some(out) = out {
            // And the NUL that a C buffer ends with: nothing may fail behind this.
            reserve(out, results.len() + 1)?;
            out.extend_from_slice(&results);
        }
        transaction.commit();
        return Ok(count);
    }
}

/// Names the operation that failed. That a call was stopped is nobody's fault.
pub(super) fn in_batch(operation: usize) -> impl FnOnce(Error) -> Error {
    move |error| match error {
        Error::Cancelled | Error::Timeout { .. } => error,
        error => Error::InBatch {
            operation,
            error: Box::new(error),
        },
    }
}

/// The tables of a batch, each once, in the order in which they are locked; and the first operation of each.
pub(super) struct Tables(Vec<(Arc<Core>, usize)>);

impl Tables {
    pub(super) fn of(operations: &[Operation]) -> Result<Tables> {
        let mut tables = Vec::new();
        for (at, operation) in operations.iter().enumerate() {
            add(&mut tables, (operation.core.clone(), at))?;
        }
        tables.sort_unstable_by_key(|(core, first)| (core.number(), *first));
        tables.dedup_by_key(|(core, _)| core.number());
        Ok(Tables(tables))
    }

    fn position(&self, core: &Core) -> usize {
        let number = core.number();
        self.0.partition_point(|(core, _)| core.number() < number)
    }
}

/// All tables locked, and what they were. Unless it is committed, they are that again when it ends.
pub(super) struct Transaction<'a> {
    pub(super) writers: Vec<Writer<'a>>,
    saved: Vec<Savepoint>,
    /// How many changes were made so far, for each feed.
    counts: Vec<(&'a Arc<Feed>, u64)>,
    /// What is not needed any more. Behind the writers, so that it is freed when the locks are let go.
    rubbish: Vec<(Version, Option<Recorder>)>,
}

impl<'a> Transaction<'a> {
    pub(super) fn begin(tables: &'a Tables, interrupt: &Interrupt) -> Result<Transaction<'a>> {
        let mut writers = Vec::new();
        reserve(&mut writers, tables.0.len())?;
        for (core, first) in &tables.0 {
            writers.push(core.lock(interrupt).map_err(in_batch(*first))?);
        }
        let mut saved = Vec::new();
        reserve(&mut saved, writers.len())?;
        // Each database is looked at once, now that all locks are held.
        let mut seen: Vec<(&Arc<Clock>, u64, Option<Listeners>)> = Vec::new();
        for writer in &mut writers {
            let core = writer.core();
            let clock = core.clock();
            let known = seen.iter().find(|(other, ..)| Arc::ptr_eq(other, clock));
            let (now, listeners) = match known {
                Some((_, now, listeners)) => (*now, listeners.clone()),
                None => {
                    let (now, listeners) = (clock.wanted(), core.feed().listeners());
                    seen.push((clock, now, listeners.clone()));
                    (now, listeners)
                }
            };
            writer.begin(now, listeners);
            saved.push(Savepoint::of(writer));
        }
        Ok(Transaction {
            writers,
            saved,
            counts: Vec::new(),
            rubbish: Vec::new(),
        })
    }

    /// Does something to a table, whose changes come behind all those before, of whatever table.
    fn record(
        &mut self,
        table: usize,
        work: impl FnOnce(&Core, &mut State) -> Result<()>,
    ) -> Result<()> {
        let Some(writer) = self.writers.get_mut(table) else {
            return Ok(());
        };
        let core = writer.core();
        let feed = core.feed();
        let known = self
            .counts
            .iter()
            .position(|(own, _)| Arc::ptr_eq(own, feed));
        let at = known.unwrap_or_else(|| {
            self.counts.push((feed, 0));
            self.counts.len() - 1
        });
        let Some((_, count)) = self.counts.get_mut(at) else {
            return Ok(());
        };
        if let Some(recorder) = &mut writer.recorder {
            recorder.next = *count;
        }
        work(core, writer)?;
        if let Some(recorder) = &writer.recorder {
            *count = recorder.next;
        }
        Ok(())
    }

    fn commit(mut self) {
        let saved = std::mem::take(&mut self.saved);
        for (feed, count) in std::mem::take(&mut self.counts) {
            let mut recorders = Vec::new();
            let mut publisher = None;
            for (at, writer) in self.writers.iter_mut().enumerate() {
                if Arc::ptr_eq(writer.core().feed(), feed) {
                    let own = writer.recorder.take();
                    recorders.extend(own.filter(|own| !own.is_empty()));
                    publisher = Some(at);
                }
            }
            if let Some(writer) = publisher.and_then(|at| self.writers.get_mut(at)) {
                writer.publish(&recorders, count);
            }
        }
        let wakes: Vec<Wake> = self.writers.iter_mut().map(Writer::take_wake).collect();
        // The locks are let go before anybody is woken, and before what is not needed any more.
        drop(self);
        drop(wakes);
        drop(saved);
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        for (writer, saved) in self.writers.iter_mut().zip(self.saved.drain(..)) {
            self.rubbish.push(saved.restore(writer));
        }
    }
}
