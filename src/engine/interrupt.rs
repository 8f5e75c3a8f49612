//! Stopping what takes long: cancel tokens, time limits, and where running work looks at them.

use crate::engine::{Error, Result};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Steps of a loop between two looks at the clock: some 20 microseconds of a scan.
const STEPS: u32 = 512;

/// How often somebody who waits for a lock looks whether it was cancelled.
const PATIENCE: Duration = Duration::from_millis(2);

/// A token that cancels the calls it was given to. Clones are the same token.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicI32>);

impl Cancel {
    /// Makes a token that is not set.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Cancels the calls that are running with this token, and all that begin before it is reset.
    pub fn set(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    /// Calls with this token run again.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// The flag itself: set if it is not 0.
    pub fn flag(&self) -> &AtomicI32 {
        &self.0
    }
}

/// What limits the calls made through a value: any of some tokens, and a time for each call.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    cancels: Vec<Cancel>,
    timeout: Option<Duration>,
}

impl Limits {
    /// These limits and others: any token cancels, the shorter time counts.
    pub fn and(&self, cancel: Option<Cancel>, timeout: Option<Duration>) -> Limits {
        let mut limits = self.clone();
        limits.cancels.extend(cancel);
        limits.timeout = match (limits.timeout, timeout) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        limits
    }

    /// What a call that begins now is to look at.
    #[inline]
    pub(crate) fn begin(&self) -> Interrupt {
        if self.cancels.is_empty() && self.timeout.is_none() {
            return Interrupt::NONE;
        }
        // A time beyond the clock's range is none.
        let until = self
            .timeout
            .and_then(|timeout| Some((Instant::now().checked_add(timeout)?, timeout)));
        Interrupt {
            cancels: self.cancels.clone(),
            until,
        }
    }
}

/// The limits of a call that has begun.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    cancels: Vec<Cancel>,
    until: Option<(Instant, Duration)>,
}

impl Interrupt {
    /// Of a call that nothing stops.
    pub(crate) const NONE: Interrupt = Interrupt {
        cancels: Vec::new(),
        until: None,
    };

    /// Whether there is anything to look at.
    #[inline]
    pub(crate) fn is_possible(&self) -> bool {
        self.until.is_some() || !self.cancels.is_empty()
    }

    /// Both limits: the call of a batch has those of all its tables.
    pub(crate) fn and(&mut self, other: Interrupt) {
        for cancel in other.cancels {
            // Most often they are all the same.
            if !self
                .cancels
                .iter()
                .any(|own| Arc::ptr_eq(&own.0, &cancel.0))
            {
                self.cancels.push(cancel);
            }
        }
        self.until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(if a.0 <= b.0 { a } else { b }),
            (a, b) => a.or(b),
        };
    }

    /// An error if the call was cancelled or its time is over.
    #[inline]
    pub(crate) fn check(&self) -> Result<()> {
        match self.is_possible() {
            true => self.look(),
            false => Ok(()),
        }
    }

    #[cold]
    fn look(&self) -> Result<()> {
        if self.cancels.iter().any(Cancel::is_set) {
            return Err(Error::Cancelled);
        }
        match self.until {
            Some((until, timeout)) if Instant::now() >= until => Err(Error::Timeout { timeout }),
            _ => Ok(()),
        }
    }

    /// Takes a lock, or gives up when the call is stopped. `wait` tries for a time.
    pub(crate) fn acquire<G>(&self, mut wait: impl FnMut(Duration) -> Option<G>) -> Result<G> {
        loop {
            self.look()?;
            let left = self.until.map_or(PATIENCE, |(until, _)| {
                until.saturating_duration_since(Instant::now())
            });
            let time = match self.cancels.is_empty() {
                true => left,
                false => left.min(PATIENCE),
            };
            if let Some(guard) = wait(time) {
                return Ok(guard);
            }
        }
    }

    /// Until when somebody may wait who waits until some instant at most, before it looks again.
    pub(crate) fn patience(&self, until: Option<Instant>) -> Option<Instant> {
        let own = self.until.map(|(until, _)| until);
        let soon = (!self.cancels.is_empty()).then(|| Instant::now() + PATIENCE);
        [until, own, soon].into_iter().flatten().min()
    }

    /// To be asked at each step of a loop.
    pub(crate) fn ticker(&self) -> Ticker<'_> {
        Ticker {
            interrupt: self,
            left: 1,
        }
    }
}

/// Looks at an interrupt once in a while.
pub(crate) struct Ticker<'a> {
    interrupt: &'a Interrupt,
    left: u32,
}

impl Ticker<'_> {
    /// One step more.
    #[inline]
    pub(crate) fn tick(&mut self) -> Result<()> {
        self.tick_by(1)
    }

    /// So many steps more.
    #[inline]
    pub(crate) fn tick_by(&mut self, steps: u32) -> Result<()> {
        self.left = self.left.saturating_sub(steps);
        if self.left > 0 {
            return Ok(());
        }
        self.left = STEPS;
        self.interrupt.check()
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn any_token_cancels_and_the_shorter_time_counts() {
        let (a, b) = (Cancel::new(), Cancel::new());
        let limits = Limits::default().and(Some(a.clone()), None);
        let limits = limits.and(Some(b.clone()), Some(Duration::from_secs(3600)));
        let limits = limits.and(None, Some(Duration::from_secs(7200)));
        assert_eq!(limits.timeout, Some(Duration::from_secs(3600)));
        let interrupt = limits.begin();
        assert_eq!(interrupt.check(), Ok(()));
        a.set();
        assert_eq!(interrupt.check(), Err(Error::Cancelled));
        a.reset();
        b.flag().store(-1, Ordering::Relaxed);
        assert_eq!(interrupt.check(), Err(Error::Cancelled));
        b.reset();
        let timeout = Duration::ZERO;
        let over = limits.and(None, Some(timeout)).begin();
        assert_eq!(over.check(), Err(Error::Timeout { timeout }));
        assert!(!Limits::default().begin().is_possible());
    }

    #[test]
    fn a_ticker_looks_at_once_and_then_in_time() {
        let cancel = Cancel::new();
        let interrupt = Limits::default().and(Some(cancel.clone()), None).begin();
        let mut ticker = interrupt.ticker();
        assert_eq!(ticker.tick(), Ok(()));
        cancel.set();
        let steps = (0..).take_while(|_| ticker.tick().is_ok()).count();
        assert!(steps < STEPS as usize, "{steps}");
    }
}
