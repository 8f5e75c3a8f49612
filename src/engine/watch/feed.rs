//! The feed of a database: numbers changes and hands them to watches.

use super::change::{Change, Entry, Most, Numbered, Recorder, Wanted};
use super::ring::Ring;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

/// See the module's comment.
#[derive(Default)]
pub(crate) struct Feed {
    /// How many watches there are; a writer that began when there were none owes them nothing.
    watches: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the last change while anybody watched.
    sequence: u64,
    listeners: Listeners,
}

/// The watches that there were when a writer began: they get all that it changes, others get nothing of it.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Arc<Vec<Arc<Ring>>>);

/// Who is to be told that there are changes; they are when this is dropped, which must not be while a table is held.
#[derive(Default)]
pub(crate) struct Wake {
    listeners: Option<Listeners>,
    /// What watches do not keep any more, to be freed then, too.
    gone: Vec<Numbered>,
}

impl Drop for Wake {
    fn drop(&mut self) {
        if let Some(Listeners(rings)) = &self.listeners {
            rings.iter().for_each(|ring| ring.wake());
        }
    }
}

impl Listeners {
    /// For a writer of a table, if it is watched.
    pub(crate) fn recorder(&self, table: u64, name: &Arc<str>) -> Option<Recorder> {
        let rings = self.0.iter().filter(|ring| ring.is_about(table));
        let wanted = rings.map(|ring| ring.wanted()).reduce(|a, b| Wanted {
            most: Most {
                changes: a.most.changes.max(b.most.changes),
                bytes: a.most.bytes.max(b.most.bytes),
            },
            records: a.records || b.records,
        })?;
        Some(Recorder::new(table, name.clone(), wanted, self.clone()))
    }
}

impl Feed {
    /// Who watches; `None` if nobody does.
    #[inline]
    pub(crate) fn listeners(&self) -> Option<Listeners> {
        match self.watches.load(Ordering::SeqCst) {
            0 => None,
            _ => Some(self.state.lock().listeners.clone()),
        }
    }

    /// Gives the changes of one call, or of one batch on several tables, their numbers. The tables are still held, so that
    /// changes of a table have the order in which they were made. `count` is how many changes there are.
    #[cold]
    pub(crate) fn publish(&self, recorders: &[Recorder], count: u64, wake: &mut Wake) {
        let Some(listeners) = recorders.first().map(|recorder| &recorder.listeners) else {
            return;
        };
        let mut all: Vec<&(u64, Arc<Change>)> = Vec::new();
        if recorders.len() > 1 {
            all.extend(recorders.iter().flat_map(|recorder| &recorder.changes));
            all.sort_unstable_by_key(|(position, _)| *position);
        }
        let mut state = self.state.lock();
        let commit = state.sequence + 1;
        state.sequence += count;
        let entry = |(position, change): &(u64, Arc<Change>)| Entry {
            sequence: commit + position,
            commit,
            change: change.clone(),
        };
        for ring in listeners.0.iter() {
            let about = recorders.iter().filter(|own| ring.is_about(own.table));
            let lost = about.filter_map(|own| own.lost).max();
            let is_kept = |(position, change): &(u64, Arc<Change>)| {
                ring.is_about(change.table) && lost.is_none_or(|lost| *position > lost)
            };
            let gone = lost.map(|lost| commit + lost);
            let gone = match recorders {
                [one] => {
                    let kept = one.changes.iter().filter(|change| is_kept(change));
                    ring.push(gone, kept.map(entry))
                }
                _ => {
                    let kept = all.iter().filter(|change| is_kept(change));
                    ring.push(gone, kept.map(|change| entry(change)))
                }
            };
            wake.gone.extend(gone);
        }
        drop(state);
        wake.listeners = Some(listeners.clone());
    }

    /// The number of the last change.
    pub(super) fn sequence(&self) -> u64 {
        self.state.lock().sequence
    }

    /// Adds a watch, which is made when the number of the last change is known; it gets all changes of writes that begin
    /// from now on.
    pub(super) fn add(&self, make: impl FnOnce(u64) -> Arc<Ring>) -> Arc<Ring> {
        let mut state = self.state.lock();
        let ring = make(state.sequence);
        Arc::make_mut(&mut state.listeners.0).push(ring.clone());
        self.watches.fetch_add(1, Ordering::SeqCst);
        ring
    }

    /// A watch has ended.
    pub(super) fn remove(&self, ring: &Arc<Ring>) {
        let mut state = self.state.lock();
        Arc::make_mut(&mut state.listeners.0).retain(|other| !Arc::ptr_eq(other, ring));
        self.watches.fetch_sub(1, Ordering::SeqCst);
    }
}
