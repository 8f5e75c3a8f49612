//! The heap: a table's segments, what is alive in them, and where the next record goes.

use super::version::{Place, Segments};
use crate::engine::arena::{Appender, Segment, LARGE_PAGE};
use crate::engine::Result;
use std::sync::Arc;

/// Bytes of a table's first segment; each next one has twice as many, up to the largest.
const FIRST_SEGMENT: usize = 4 << 10;
const LARGEST_SEGMENT: usize = 1 << 20;

/// From so many bytes on segments are large pages: one that is filled in part is then little beside them.
const LARGE_PAGES_FROM: u64 = 16 << 20;

/// Dead bytes are left alone while they are fewer than this plus half of the live ones.
const DEAD_FLOOR: u64 = 256 << 10;

#[derive(Clone, Copy, Default)]
struct Account {
    used: u64,
    live: u64,
}

/// See the module's comment.
pub(super) struct Heap {
    accounts: Vec<Account>,
    current: Option<(u32, Appender)>,
    unused: Vec<u32>,
    next_capacity: usize,
    pub(super) live: u64,
    pub(super) dead: u64,
    pub(super) reclaimed: u64,
    /// The segment being emptied, and how far that has come.
    victim: Option<(u32, usize)>,
}

/// What a heap was at one moment.
pub(super) struct HeapMark {
    accounts: Vec<Account>,
    /// The segment that records went to, and how much of it was written.
    current: Option<(u32, usize)>,
    unused: Vec<u32>,
    live: u64,
    dead: u64,
    reclaimed: u64,
    victim: Option<(u32, usize)>,
}

impl Heap {
    /// What it is now, for `restore`.
    pub(super) fn mark(&self) -> HeapMark {
        HeapMark {
            accounts: self.accounts.clone(),
            current: self
                .current
                .as_ref()
                .map(|(number, appender)| (*number, appender.written())),
            unused: self.unused.clone(),
            live: self.live,
            dead: self.dead,
            reclaimed: self.reclaimed,
            victim: self.victim,
        }
    }

    /// Makes it what it was, but for bytes that were written to the segment of that moment since: they cannot be taken
    /// back, and are dead; returns how many there are. `segments` are those of that moment.
    pub(super) fn restore(&mut self, mark: HeapMark, segments: &mut Segments) -> usize {
        self.accounts = mark.accounts;
        self.unused = mark.unused;
        self.live = mark.live;
        self.dead = mark.dead;
        self.reclaimed = mark.reclaimed;
        self.victim = mark.victim;
        let Some((number, before)) = mark.current else {
            self.current = None;
            return 0;
        };
        let segment = segments.get(number as usize).and_then(Option::as_ref);
        let written = segment.map_or(before, |segment| segment.from(0).len());
        let wasted = (written - before) as u64;
        self.dead += wasted;
        if let Some(account) = self.accounts.get_mut(number as usize) {
            account.used += wasted;
        }
        // Records go on to that segment if they still did, and if not, to a new one: the right to append to it is gone.
        let same = |(_, appender): &(u32, Appender)| {
            segment.is_some_and(|segment| Arc::ptr_eq(segment, appender.segment()))
        };
        if !self.current.as_ref().is_some_and(same) {
            self.current = None;
            self.release_if_dead(segments, number);
        }
        wasted as usize
    }

    pub(super) fn new() -> Heap {
        Heap {
            accounts: Vec::new(),
            current: None,
            unused: Vec::new(),
            next_capacity: FIRST_SEGMENT,
            live: 0,
            dead: 0,
            reclaimed: 0,
            victim: None,
        }
    }

    /// Stores a record's bytes. Nobody sees them until the directory says where they are.
    #[inline]
    pub(super) fn append(&mut self, segments: &mut Segments, bytes: &[u8]) -> Result<Place> {
        if let Some((number, appender)) = &mut self.current {
            if let Some(offset) = appender.append(bytes) {
                let number = *number;
                return Ok(self.account(number, offset, bytes.len()));
            }
        }
        self.append_to_new(segments, bytes)
    }

    /// Stores records that lie one behind the other, as many of them at once as fit into a segment, and adds where they are and their
    /// lengths to a list with room for them.
    pub(super) fn append_run(
        &mut self,
        segments: &mut Segments,
        run: &[u8],
        lens: impl Iterator<Item = usize>,
        written: &mut Vec<(Place, usize)>,
    ) -> Result<()> {
        let (mut lens, mut run) = (lens.peekable(), run);
        while let Some(&first) = lens.peek() {
            let room = self.room().max(first);
            let from = written.len();
            let mut bytes = 0;
            // Where they are in the run; the segment's place is added when it is known.
            while let Some(len) = lens.next_if(|len| bytes + len <= room) {
                written.push((Place::new(0, bytes), len));
                bytes += len;
            }
            let (fitting, rest) = run.split_at_checked(bytes).unwrap_or_default();
            run = rest;
            let start = self
                .append(segments, fitting)
                .inspect_err(|_| written.truncate(from))?;
            for (place, _) in written.get_mut(from..).unwrap_or_default() {
                *place = start.plus(*place);
            }
        }
        Ok(())
    }

    /// Bytes for which there is room where the next record goes.
    fn room(&self) -> usize {
        let current = self.current.as_ref().map(|(_, appender)| appender);
        current.map_or(0, |appender| {
            appender.segment().capacity() - appender.written()
        })
    }

    #[cold]
    fn append_to_new(&mut self, segments: &mut Segments, bytes: &[u8]) -> Result<Place> {
        let has_its_own = bytes.len() > LARGEST_SEGMENT / 4;
        let capacity = if has_its_own {
            bytes.len()
        } else {
            while self.next_capacity / 4 < bytes.len() && self.next_capacity < LARGEST_SEGMENT {
                self.next_capacity *= 2;
            }
            match self.live + self.dead < LARGE_PAGES_FROM {
                true => self.next_capacity,
                false => LARGE_PAGE,
            }
        };
        let mut appender = Appender::new(capacity)?;
        let number = self.number(segments, appender.segment().clone());
        let offset = appender.append(bytes).unwrap_or(0);
        if !has_its_own {
            let before = self.current.replace((number, appender));
            self.next_capacity = (self.next_capacity * 2).min(LARGEST_SEGMENT);
            let place = self.account(number, offset, bytes.len());
            if let Some((sealed, _)) = before {
                self.release_if_dead(segments, sealed);
            }
            return Ok(place);
        }
        Ok(self.account(number, offset, bytes.len()))
    }

    /// Gives a new segment a number.
    fn number(&mut self, segments: &mut Segments, segment: Arc<Segment>) -> u32 {
        let list = Arc::make_mut(segments);
        match self.unused.pop() {
            Some(number) => {
                if let Some(slot) = list.get_mut(number as usize) {
                    *slot = Some(segment);
                }
                number
            }
            None => {
                list.push(Some(segment));
                self.accounts.push(Account::default());
                (list.len() - 1) as u32
            }
        }
    }

    fn account(&mut self, number: u32, offset: usize, len: usize) -> Place {
        if let Some(account) = self.accounts.get_mut(number as usize) {
            account.used += len as u64;
            account.live += len as u64;
        }
        self.live += len as u64;
        Place::new(number, offset)
    }

    /// A record is no longer part of the table.
    #[inline]
    pub(super) fn kill(&mut self, segments: &mut Segments, place: Place, len: usize) {
        self.live -= len as u64;
        self.dead += len as u64;
        if let Some(account) = self.accounts.get_mut(place.segment()) {
            account.live -= len as u64;
            if account.live == 0 {
                self.release_if_dead(segments, place.segment() as u32);
            }
        }
    }

    fn is_current(&self, number: u32) -> bool {
        self.current
            .as_ref()
            .is_some_and(|(current, _)| *current == number)
    }

    /// Lets go of a segment in which nothing is alive, unless records still go there.
    fn release_if_dead(&mut self, segments: &mut Segments, number: u32) {
        let is_current = self.is_current(number);
        let Some(account) = self.accounts.get_mut(number as usize) else {
            return;
        };
        if account.live > 0 || account.used == 0 || is_current {
            return;
        }
        self.dead -= account.used;
        *account = Account::default();
        if let Some(slot) = Arc::make_mut(segments).get_mut(number as usize) {
            *slot = None;
        }
        self.unused.push(number);
        self.reclaimed += 1;
        if self.is_victim(number) {
            self.victim = None;
        }
    }

    /// The segment to empty, and how far that has come; `None` while there is too little to gain.
    pub(super) fn victim(&mut self) -> Option<(u32, usize)> {
        if self.victim.is_none() && self.dead > self.live / 2 + DEAD_FLOOR {
            let candidates = self.accounts.iter().enumerate();
            let worst = candidates
                .filter(|(number, account)| {
                    account.used > account.live && !self.is_current(*number as u32)
                })
                .max_by_key(|(_, account)| (account.used - account.live) * 1000 / account.used);
            self.victim = worst.map(|(number, _)| (number as u32, 0));
        }
        self.victim
    }

    pub(super) fn is_victim(&self, number: u32) -> bool {
        self.victim.is_some_and(|(victim, _)| victim == number)
    }

    /// Remembers how far the emptying of a segment has come.
    pub(super) fn advance(&mut self, number: u32, position: usize) {
        if let Some((victim, reached)) = &mut self.victim {
            if *victim == number {
                *reached = position;
            }
        }
    }

    /// The victim was walked to its end; whatever is still alive in it was not to be moved.
    pub(super) fn finish_victim(&mut self) {
        self.victim = None;
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
