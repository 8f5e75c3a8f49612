//! What is written of a table to a file.

use super::{Source, Table};
use crate::engine::record::Record;
use crate::engine::shape::Field;
use crate::engine::{Error, Result};

/// A table without its records; texts are canonical JSON.
pub(crate) struct Definition {
    pub(crate) primary_key: Vec<u8>,
    /// `None` without a schema.
    pub(crate) schema: Option<Vec<u8>>,
    /// Whether the schema has names of types alone.
    pub(crate) is_plain: bool,
    /// A JSON array of the options that make them.
    pub(crate) indexes: Vec<u8>,
    /// The largest integer key ever stored; 0 if there was none above.
    pub(crate) largest_key: i64,
    pub(crate) count: usize,
}

impl Table {
    /// What a snapshot is of.
    pub(crate) fn definition(&self) -> Result<Definition> {
        let Source::Snapshot(snapshot) = &self.source else {
            return self.snapshot()?.definition();
        };
        let (version, schema) = (snapshot.version(), snapshot.identity().schema());
        let mut indexes = b"[".to_vec();
        for (at, index) in version.indexes().iter().enumerate() {
            indexes.extend_from_slice(if at > 0 { b"," } else { b"" });
            index.definition.write(&mut indexes);
        }
        indexes.push(b']');
        Ok(Definition {
            primary_key: version.shapes().key_field().to_vec(),
            is_plain: schema.is_none_or(|schema| schema.is_plain()),
            schema: schema.map(|schema| {
                let mut text = Vec::new();
                schema.write(&mut text);
                text
            }),
            indexes,
            largest_key: snapshot.figures().largest_key,
            count: version.count(),
        })
    }

    /// The shapes of a snapshot in the order of their numbers, from 1 on: JSON arrays of names.
    pub(crate) fn shapes(&self) -> Result<Vec<Vec<u8>>> {
        let Source::Snapshot(snapshot) = &self.source else {
            return self.snapshot()?.shapes();
        };
        let shapes = snapshot.version().shapes();
        let all = (1..=shapes.count()).filter_map(|id| shapes.get(id as u16));
        let texts = all.map(|shape| {
            let names: Vec<&[u8]> = shape.fields().iter().map(Field::quoted).collect();
            [b"[".as_slice(), &names.join(&b","[..]), b"]"].concat()
        });
        Ok(texts.collect())
    }

    /// Calls `visit` with each record of a snapshot, in natural order, until it fails.
    pub(crate) fn each<E: From<Error>>(
        &self,
        mut visit: impl FnMut(&Record<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let Source::Snapshot(snapshot) = &self.source else {
            return self.snapshot()?.each(visit);
        };
        let version = snapshot.version();
        let interrupt = self.limits.begin();
        let (mut ticker, mut outcome) = (interrupt.ticker(), Ok(()));
        version.each(|_, place, record| {
            version.prefetch_behind(place);
            let ticked = ticker.tick().map_err(E::from);
            outcome = ticked.and_then(|()| visit(&record));
            outcome.is_ok()
        });
        outcome
    }
}
