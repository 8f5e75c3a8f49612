//! What a table is, behind all the values that stand for it: its lock, and what the lock guards.

use super::snapshot::{Captured, Pins, Snapshot};
use super::state::State;
use super::version::key_of;
use super::Version;
use crate::engine::instant::{Clock, Kept};
use crate::engine::interrupt::{Interrupt, Limits};
use crate::engine::key::KeyRef;
use crate::engine::schema::Schema;
use crate::engine::shape::Shapes;
use crate::engine::watch::{Feed, Listeners, Recorder, Wake, Watch, WatchOptions};
use crate::engine::{Error, Result, TableOptions};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;

/// What never changes about a table. Snapshots keep it; they do not keep the table.
pub(crate) struct Identity {
    /// The place in the one order in which locks of several tables are taken.
    number: u64,
    name: Arc<str>,
    /// Quoted.
    key_field: Box<[u8]>,
    schema: Option<Schema>,
}

impl Identity {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }
}

static TABLES: AtomicU64 = AtomicU64::new(0);

/// See the module's comment.
pub(crate) struct Core {
    pub(super) identity: Arc<Identity>,
    /// Only ever added to, under the leaf of the lock order.
    shapes: RwLock<Arc<Shapes>>,
    pub(super) state: RwLock<State>,
    lock_waits: AtomicU64,
    is_dropped: AtomicBool,
    /// Whether nobody can find the table yet but who makes it: then nobody is told of its changes.
    is_detached: AtomicBool,
    /// The database's clock, and what was kept of this table for its latest instant.
    clock: Arc<Clock>,
    kept: Kept<Captured>,
    /// The database's feed of changes.
    feed: Arc<Feed>,
    pub(super) pins: Arc<Pins>,
}

/// A version taken out of the lock.
pub(super) struct Pinned {
    pub(super) version: Version,
    /// The table's count of changes at that instant.
    pub(super) changes: u64,
}

impl Core {
    /// Makes a table that nobody can find before it is published.
    pub(crate) fn new(
        name: &str,
        options: TableOptions,
        clock: Arc<Clock>,
        feed: Arc<Feed>,
    ) -> Core {
        let shapes = Arc::new(Shapes::new(&options.primary_key));
        Core {
            identity: Arc::new(Identity {
                number: TABLES.fetch_add(1, Ordering::Relaxed),
                name: Arc::from(name),
                key_field: Box::from(shapes.key_field()),
                schema: options.schema,
            }),
            shapes: RwLock::new(shapes.clone()),
            state: RwLock::new(State::new(shapes)),
            lock_waits: AtomicU64::new(0),
            is_dropped: AtomicBool::new(false),
            is_detached: AtomicBool::new(true),
            kept: Kept::new(clock.now()),
            clock,
            feed,
            pins: Arc::default(),
        }
    }

    pub(super) fn schema(&self) -> Option<&Schema> {
        self.identity.schema()
    }

    /// The quoted name of the key field.
    pub(super) fn key_field(&self) -> &[u8] {
        &self.identity.key_field
    }

    pub(crate) fn number(&self) -> u64 {
        self.identity.number
    }

    pub(super) fn shapes(&self) -> Arc<Shapes> {
        self.shapes.read().clone()
    }

    /// Tells the table of shapes that its records have. Its lock is held.
    pub(super) fn publish_shapes(&self, shapes: &Arc<Shapes>) {
        *self.shapes.write() = shapes.clone();
    }

    pub(super) fn lock_waits(&self) -> u64 {
        self.lock_waits.load(Ordering::Relaxed)
    }

    fn check_dropped(&self, state: &State) -> Result<()> {
        if state.dropped {
            return Err(Error::TableNotFound {
                table: self.identity.name.to_string(),
            });
        }
        Ok(())
    }

    /// Takes the lock to read, if nobody has to be waited for.
    #[inline(always)]
    pub(super) fn try_read(&self) -> Option<RwLockReadGuard<'_, State>> {
        let state = self.state.try_read();
        state.filter(|state| !state.dropped)
    }

    /// Whether a key is there, as far as is known without waiting for anybody.
    pub(super) fn has_now(&self, key: &KeyRef<'_>) -> bool {
        let state = self.try_read();
        state.is_some_and(|state| state.version.find(key).is_some())
    }

    #[inline]
    pub(super) fn read(&self, interrupt: &Interrupt) -> Result<RwLockReadGuard<'_, State>> {
        let state = match self.state.try_read() {
            Some(state) => state,
            None => self.wait_to_read(interrupt)?,
        };
        self.check_dropped(&state)?;
        Ok(state)
    }

    #[cold]
    fn wait_to_read(&self, interrupt: &Interrupt) -> Result<RwLockReadGuard<'_, State>> {
        self.lock_waits.fetch_add(1, Ordering::Relaxed);
        match interrupt.is_possible() {
            true => interrupt.acquire(|time| self.state.try_read_for(time)),
            false => Ok(self.state.read()),
        }
    }

    /// Takes the table's version of this instant.
    pub(super) fn pin(&self, interrupt: &Interrupt) -> Result<Pinned> {
        let state = self.read(interrupt)?;
        Ok(Pinned {
            version: state.version.clone(),
            changes: state.changes,
        })
    }

    /// Takes the lock to change the table.
    #[inline]
    pub(super) fn write(&self, interrupt: &Interrupt) -> Result<Writer<'_>> {
        let mut writer = self.lock(interrupt)?;
        writer.begin(self.clock.wanted(), self.feed.listeners());
        Ok(writer)
    }

    /// Takes the lock, together with those of other tables. `begin` must be called before anything is changed, when all
    /// are held.
    #[inline]
    pub(super) fn lock(&self, interrupt: &Interrupt) -> Result<Writer<'_>> {
        let state = match self.state.try_write() {
            Some(state) => state,
            None => self.wait_to_write(interrupt)?,
        };
        self.check_dropped(&state)?;
        Ok(Writer {
            core: self,
            state,
            wake: Wake::default(),
        })
    }

    #[cold]
    fn wait_to_write(&self, interrupt: &Interrupt) -> Result<RwLockWriteGuard<'_, State>> {
        self.lock_waits.fetch_add(1, Ordering::Relaxed);
        match interrupt.is_possible() {
            true => interrupt.acquire(|time| self.state.try_write_for(time)),
            false => Ok(self.state.write()),
        }
    }

    pub(super) fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    pub(super) fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// Makes every later call fail, and tells whether no other call did before. Readers that pinned a version go on with it.
    pub(crate) fn mark_dropped(&self, interrupt: &Interrupt) -> Result<bool> {
        // Large memory is freed when the lock is.
        let mut wake = Wake::default();
        let old = {
            let mut state = match self.state.try_write() {
                Some(state) => state,
                None => self.wait_to_write(interrupt)?,
            };
            if state.dropped {
                return Ok(false);
            }
            let now = self.clock.wanted();
            self.kept.before_change(now, || state.capture());
            self.tell(&mut wake, Recorder::drop_table);
            self.is_dropped.store(true, Ordering::SeqCst);
            std::mem::replace(&mut *state, State::new_dropped(self.shapes()))
        };
        drop(old);
        Ok(true)
    }

    /// Whether the table was dropped. What was done before is to be seen by whoever sees that.
    pub(crate) fn is_dropped(&self) -> bool {
        self.is_dropped.load(Ordering::SeqCst)
    }

    /// Tells those who watch of something that happens to the table as a whole.
    fn tell(&self, wake: &mut Wake, note: impl FnOnce(&mut Recorder)) {
        if let Some(mut recorder) = self.recorder(self.feed.listeners()) {
            note(&mut recorder);
            self.feed.publish(&[recorder], 1, wake);
        }
    }

    /// For changes of the table, if anybody watches.
    #[inline]
    fn recorder(&self, listeners: Option<Listeners>) -> Option<Recorder> {
        let listeners = listeners?;
        match self.is_detached.load(Ordering::Relaxed) {
            true => None,
            false => listeners.recorder(self.number(), &self.identity.name),
        }
    }

    /// To be called by who has made the table, when no other table can take its name, or be found, before it can: until the
    /// result is let go, whoever finds the table waits. None of its records are in snapshots up to now.
    pub(crate) fn publish(&self) -> Publication<'_> {
        let state = self.state.write();
        self.kept.begin_at(self.clock.now());
        self.is_detached.store(false, Ordering::Relaxed);
        Publication {
            core: self,
            state,
            listeners: self.feed.listeners(),
        }
    }

    /// Watches the table from now on.
    pub(super) fn watch(&self, options: &WatchOptions, limits: Limits) -> Result<Watch> {
        // Held until the watch is made, or the table could be dropped before without a word.
        let held = self.read(&limits.begin())?;
        let feed = self.feed.clone();
        let watch = Watch::new(feed, Some(self.number()), options, limits);
        drop(held);
        Ok(watch)
    }

    /// The table as it is now.
    pub(super) fn snapshot(&self, interrupt: &Interrupt) -> Result<Arc<Snapshot>> {
        let captured = self.read(interrupt)?.capture();
        Ok(self.frozen(captured))
    }

    /// The table as it was at the latest instant of its database's clock; `None` if it had been dropped.
    pub(crate) fn snapshot_at(
        &self,
        now: u64,
        interrupt: &Interrupt,
    ) -> Result<Option<Arc<Snapshot>>> {
        if let Some(captured) = self.kept.kept(now) {
            return Ok(Some(self.frozen(captured)));
        }
        let state = match self.state.try_read() {
            Some(state) => state,
            None => self.wait_to_read(interrupt)?,
        };
        let captured = self.kept.come_to(now, || state.capture());
        drop(state);
        Ok((!captured.is_of_dropped).then(|| self.frozen(captured)))
    }

    /// Lets go of what was kept for an instant whose snapshot was given up.
    pub(crate) fn forget(&self, now: u64) {
        self.kept.forget(now);
    }

    fn frozen(&self, captured: Captured) -> Arc<Snapshot> {
        Snapshot::new(self.identity.clone(), captured, &self.pins)
    }
}

/// A table that has just got its name, held until those who watch are told of it.
pub(crate) struct Publication<'a> {
    core: &'a Core,
    state: RwLockWriteGuard<'a, State>,
    listeners: Option<Listeners>,
}

impl Publication<'_> {
    /// Tells those who watched when the table got its name that it was created and its records inserted, as one commit.
    pub(crate) fn tell(self, wake: &mut Wake) {
        let Some(mut recorder) = self.core.recorder(self.listeners) else {
            return;
        };
        recorder.create();
        let version = &self.state.version;
        let mut passed = recorder.pass(version.count());
        version.each(|_, _, record| {
            if passed > 0 {
                passed -= 1;
            } else if let Some(key) = key_of(&record, version.shapes()) {
                recorder.insert(&key, record.text());
            }
            true
        });
        let count = recorder.next;
        self.core.feed.publish(&[recorder], count, wake);
    }
}

/// The right to change a table. When it is let go, the table learns what shapes its records have got, and the feed what
/// was changed.
pub(super) struct Writer<'a> {
    core: &'a Core,
    state: RwLockWriteGuard<'a, State>,
    /// Dropped after the lock was let go.
    wake: Wake,
}

impl<'a> Writer<'a> {
    /// To be called when all locks are held that the change needs. `now` is the instant that was wanted of the table's
    /// database after that, and `listeners` are those who watched then.
    #[inline]
    pub(super) fn begin(&mut self, now: u64, listeners: Option<Listeners>) {
        self.core.kept.before_change(now, || self.state.capture());
        self.state.recorder = self.core.recorder(listeners);
    }

    pub(super) fn core(&self) -> &'a Core {
        self.core
    }

    /// Who is to be woken, when all locks are let go.
    pub(super) fn take_wake(&mut self) -> Wake {
        std::mem::take(&mut self.wake)
    }

    /// Tells of the changes of several tables, all of which are held.
    pub(super) fn publish(&mut self, recorders: &[Recorder], count: u64) {
        self.core.feed.publish(recorders, count, &mut self.wake);
    }
}

impl Drop for Writer<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.state.has_new_shapes {
            self.state.has_new_shapes = false;
            self.core.publish_shapes(&self.state.version.shapes);
        }
        if let Some(recorder) = self.state.recorder.take() {
            if !recorder.is_empty() {
                let count = recorder.next;
                self.core.feed.publish(&[recorder], count, &mut self.wake);
            }
        }
    }
}

impl Deref for Writer<'_> {
    type Target = State;

    #[inline]
    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Writer<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}
