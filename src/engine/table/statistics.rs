//! Figures about a table.

use super::{Source, Table};
use crate::engine::footprint::Footprint;
use crate::engine::index::Index;
use crate::engine::limits::push;
use crate::engine::Result;
use serde_json::json;

/// What a table counts, under its lock.
#[derive(Clone)]
pub(super) struct Figures {
    pub(super) live: u64,
    pub(super) dead: u64,
    pub(super) reclaimed: u64,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    pub(super) largest_key: i64,
    /// Live records by shape.
    pub(super) shape_counts: Vec<u64>,
}

impl Table {
    /// Appends a JSON object of figures.
    pub fn statistics(&self, out: &mut Vec<u8>) -> Result<()> {
        // Counted under the lock; measured outside of it.
        let captured;
        let (version, figures) = match &self.source {
            Source::Live(core) => {
                captured = core.read(&self.limits.begin())?.capture();
                (&captured.version, &captured.figures)
            }
            Source::Snapshot(snapshot) => (snapshot.version(), snapshot.figures()),
        };
        let (segments, segment_bytes) = version.segments();
        let (directory_bytes, key_map_bytes) = (version.rows.bytes(), version.keys.bytes());
        let index_bytes = Footprint::of(|footprint| {
            let indexes = version.indexes().iter();
            indexes.for_each(|index: &Index| index.count(footprint));
        });
        // They change while a snapshot is read, as if it changed itself.
        let (columns, column_bytes) = match &self.source {
            Source::Live(_) => (version.columns().count(), version.columns().bytes()),
            Source::Snapshot(_) => (0, 0),
        };
        let mut text = json!({
            "records": version.count(),
            "live_bytes": figures.live,
            "dead_bytes": figures.dead,
            "segments": segments,
            "segment_bytes": segment_bytes,
            "directory_bytes": directory_bytes,
            "key_map_bytes": key_map_bytes,
            "indexes": version.indexes().len(),
            "index_bytes": index_bytes,
            "bytes": segment_bytes + directory_bytes + key_map_bytes + index_bytes,
            "shapes": version.shapes().count(),
            "inserted": figures.inserted,
            "updated": figures.updated,
            "deleted": figures.deleted,
            "segments_reclaimed": figures.reclaimed,
        });
        if let (Source::Live(core), Some(members)) = (&self.source, text.as_object_mut()) {
            let (snapshots, bytes) = core.pins.measure(version);
            members.insert("columns".to_owned(), json!(columns));
            members.insert("column_bytes".to_owned(), json!(column_bytes));
            members.insert("lock_waits".to_owned(), json!(core.lock_waits()));
            members.insert("snapshots".to_owned(), json!(snapshots));
            members.insert("snapshot_bytes".to_owned(), json!(bytes));
        }
        push(out, text.to_string().as_bytes())
    }
}
