//! A watch: the changes that it keeps, and who waits for them.

use super::change::{write, Entry, Numbered, Wanted};
use super::feed::Feed;
use super::options::WatchOptions;
use crate::engine::interrupt::Limits;
use crate::engine::limits::push;
use crate::engine::{Error, Result};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Changes that are taken at once while texts are written.
const CHUNK: u64 = 256;

/// Something that can be waited for outside of the library. Called under a lock of the watch alone; must not block or
/// call the library.
pub trait Signal: Send + Sync {
    /// There are changes that nobody has got yet.
    fn raise(&self);
    /// There are none any more.
    fn clear(&self);
}

/// A feed of the changes of a table, or of all tables of a database.
pub struct Watch {
    ring: Arc<Ring>,
    feed: Arc<Feed>,
    limits: Limits,
}

/// What the feed knows of a watch.
pub(super) struct Ring {
    /// The number of the table; `None` for all.
    table: Option<u64>,
    options: WatchOptions,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    kept: Numbered,
    /// The number of the last change before the watch began.
    start: u64,
    /// Changes after this one are kept.
    oldest: u64,
    /// The last change that was given to anybody.
    given: u64,
    /// Whether the signal has been told of changes that are yet to be given.
    is_told: bool,
    is_closed: bool,
    signal: Option<Box<dyn Signal>>,
}

impl State {
    /// Changes up to one have been given, or are not wanted.
    fn give(&mut self, sequence: u64) {
        self.given = self.given.max(sequence.min(self.newest()));
        if self.is_told && !self.has_news() {
            self.is_told = false;
            if let Some(signal) = &self.signal {
                signal.clear();
            }
        }
    }

    /// The number of the last change, kept or not.
    fn newest(&self) -> u64 {
        let last = self.kept.list.back();
        last.map_or(self.oldest, |entry| entry.sequence)
    }

    /// Whether there is a change that nobody got, though it may be gone.
    fn has_news(&self) -> bool {
        self.newest() > self.given
    }
}

impl Ring {
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            most: self.options.most,
            records: self.options.records,
        }
    }

    pub(super) fn is_about(&self, table: u64) -> bool {
        self.table.is_none_or(|own| own == table)
    }

    /// Takes over changes; `lost` is the number of the last one that was not kept in the first place. Returns what is not
    /// kept any more, if it may be much.
    pub(super) fn push(
        &self,
        lost: Option<u64>,
        entries: impl Iterator<Item = Entry>,
    ) -> Option<Numbered> {
        let mut state = self.state.lock();
        let mut gone = None;
        if state.is_closed {
            return gone;
        }
        if let Some(lost) = lost {
            gone = Some(std::mem::take(&mut state.kept));
            state.oldest = lost;
        }
        for entry in entries {
            let sequence = entry.sequence;
            if !state.kept.push(entry, self.options.records) {
                state.kept = Numbered::default();
                state.oldest = sequence;
            }
            if let Some(last) = state.kept.trim(self.options.most, self.options.records) {
                state.oldest = last;
            }
        }
        gone
    }

    /// Tells those who wait, if there is anything new.
    pub(super) fn wake(&self) {
        let mut state = self.state.lock();
        self.changed.notify_all();
        if state.is_told || !state.has_news() {
            return;
        }
        state.is_told = true;
        if let Some(signal) = &state.signal {
            signal.raise();
        }
    }
}

impl Watch {
    pub(crate) fn new(
        feed: Arc<Feed>,
        table: Option<u64>,
        options: &WatchOptions,
        limits: Limits,
    ) -> Watch {
        let make = |sequence| {
            Arc::new(Ring {
                table,
                options: options.clone(),
                state: Mutex::new(State {
                    kept: Numbered::default(),
                    start: sequence,
                    oldest: sequence,
                    given: sequence,
                    is_told: false,
                    is_closed: false,
                    signal: None,
                }),
                changed: Condvar::new(),
            })
        };
        let ring = feed.add(make);
        Watch { ring, feed, limits }
    }

    /// Appends a JSON array of the changes after one, at most `max` of them (0 for all); returns the number of the last,
    /// or `since` if there is none. Waits for the first one for so long; for ever, if no time is given.
    pub fn poll(
        &self,
        since: u64,
        max: u64,
        timeout: Option<Duration>,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        let interrupt = self.limits.begin();
        // A time beyond the clock's range is none.
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.ring.state.lock();
        loop {
            if state.is_closed {
                return Err(Error::Closed);
            }
            let after = since.max(state.start);
            // Who asks for what comes later has no use for what came before.
            state.give(since);
            if after < state.oldest {
                return Err(Error::Lost {
                    since,
                    oldest: state.oldest,
                    newest: state.newest(),
                });
            }
            if state.kept.after(after).next().is_some() {
                break;
            }
            interrupt.check()?;
            if until.is_some_and(|until| Instant::now() >= until) {
                push(out, b"[]")?;
                return Ok(since);
            }
            match interrupt.patience(until) {
                Some(until) => {
                    self.ring.changed.wait_until(&mut state, until);
                }
                None => self.ring.changed.wait(&mut state),
            }
        }
        let mut left = if max == 0 { u64::MAX } else { max };
        let (mut last, mut chunk) = (since.max(state.start), Vec::new());
        push(out, b"[")?;
        let mut is_first = true;
        // Writers are not to wait while texts are written: that is done behind the lock, a few changes at a time.
        while left > 0 && last >= state.oldest {
            let wanted = left.min(CHUNK) as usize;
            chunk.clear();
            chunk.extend(state.kept.after(last).take(wanted).cloned());
            let Some(end) = chunk.last().map(|entry| entry.sequence) else {
                break;
            };
            let written = MutexGuard::unlocked(&mut state, || {
                chunk.iter().try_for_each(|entry| {
                    push(out, if is_first { b"" } else { b"," })?;
                    is_first = false;
                    write(entry, self.ring.options.records, out)
                })
            });
            written?;
            last = end;
            left -= chunk.len() as u64;
        }
        push(out, b"]")?;
        state.give(last);
        Ok(last)
    }

    /// The number of the last change of the database.
    pub fn last(&self) -> u64 {
        self.feed.sequence()
    }

    /// From now on whatever waits for this signal is told of changes that no poll has given.
    pub fn on_change(&self, signal: Box<dyn Signal>) {
        let mut state = self.ring.state.lock();
        if state.has_news() {
            signal.raise();
        }
        state.is_told = state.has_news();
        state.signal = Some(signal);
    }

    /// Ends the watch: all polls fail, also those that wait.
    pub fn close(&self) {
        let kept = {
            let mut state = self.ring.state.lock();
            state.is_closed = true;
            self.ring.changed.notify_all();
            std::mem::take(&mut state.kept)
        };
        drop(kept);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.feed.remove(&self.ring);
    }
}
