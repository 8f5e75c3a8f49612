//! Snapshots: a table as it was at one instant, kept for as long as somebody holds it.

use super::core::Identity;
use super::statistics::Figures;
use super::version::Version;
use crate::engine::footprint::Footprint;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// What is taken of a table under its lock.
pub(super) struct Captured {
    pub(super) is_of_dropped: bool,
    pub(super) version: Version,
    pub(super) figures: Figures,
}

/// See the module's comment.
pub(crate) struct Snapshot {
    identity: Arc<Identity>,
    captured: Captured,
    number: u64,
    pins: Arc<Pins>,
}

impl Snapshot {
    pub(super) fn new(
        identity: Arc<Identity>,
        captured: Captured,
        pins: &Arc<Pins>,
    ) -> Arc<Snapshot> {
        let mut held = pins.held.lock();
        held.made += 1;
        let snapshot = Arc::new(Snapshot {
            identity,
            captured,
            number: held.made,
            pins: pins.clone(),
        });
        held.live.insert(snapshot.number, Arc::downgrade(&snapshot));
        snapshot
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn version(&self) -> &Version {
        &self.captured.version
    }

    pub(super) fn figures(&self) -> &Figures {
        &self.captured.figures
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.pins.held.lock().live.remove(&self.number);
    }
}

/// The snapshots of a table that are alive.
#[derive(Default)]
pub(super) struct Pins {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    made: u64,
    live: HashMap<u64, Weak<Snapshot>>,
}

impl Pins {
    /// How many there are, and the bytes that are there only for them: those which `version` has not.
    pub(super) fn measure(&self, version: &Version) -> (usize, usize) {
        // Let go of outside of the lock, which their end takes.
        let live: Vec<Arc<Snapshot>> = {
            let held = self.held.lock();
            held.live.values().filter_map(Weak::upgrade).collect()
        };
        if live.is_empty() {
            return (0, 0);
        }
        let mut footprint = Footprint::default();
        version.count_memory(&mut footprint);
        let own = footprint.bytes();
        for snapshot in &live {
            snapshot.version().count_memory(&mut footprint);
        }
        (live.len(), footprint.bytes() - own)
    }
}
