//! How backups are made.

use crate::engine::{self, members, object, unknown, Error};
use crate::store::file::Format;
use std::time::Duration;

/// What a caller chooses of backups.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackupOptions {
    /// Between two backups that the manager makes by itself; none if it makes none.
    pub(super) interval: Option<Duration>,
    /// Before one that it makes because of a change.
    pub(super) min_interval: Duration,
    pub(super) is_incremental: bool,
    /// Deltas before the next full backup.
    pub(super) max_deltas: u64,
    /// Full backups that are kept, with the deltas that continue them; none: all.
    pub(super) keep: Option<u64>,
    pub(super) format: Format,
}

impl Default for BackupOptions {
    fn default() -> Self {
        BackupOptions {
            interval: Some(Duration::from_secs(300)),
            min_interval: Duration::from_secs(5),
            is_incremental: false,
            max_deltas: 10,
            keep: None,
            format: Format::default(),
        }
    }
}

impl BackupOptions {
    /// Reads the options that the header describes.
    pub(crate) fn from_json(text: &str) -> engine::Result<BackupOptions> {
        let mut options = BackupOptions::default();
        for (name, value) in members(&object(text)?) {
            match name {
                b"interval_ms" => {
                    let interval = integer("interval_ms", value, 0)?;
                    options.interval = (interval > 0).then(|| Duration::from_millis(interval));
                }
                b"min_interval_ms" => {
                    let interval = integer("min_interval_ms", value, 0)?;
                    options.min_interval = Duration::from_millis(interval);
                }
                b"incremental" => {
                    options.is_incremental = match value {
                        b"true" => true,
                        b"false" => false,
                        _ => return Err(Error::option("incremental", "must be true or false")),
                    }
                }
                b"max_deltas" => options.max_deltas = integer("max_deltas", value, 1)?,
                b"keep" if value == b"null" => options.keep = None,
                b"keep" => options.keep = Some(integer("keep", value, 1)?),
                b"format" => options.format = Format::read(value)?,
                other => {
                    let known = "\"interval_ms\", \"min_interval_ms\", \"incremental\", \"max_deltas\", \"keep\", \"format\"";
                    return Err(unknown(other, known));
                }
            }
        }
        Ok(options)
    }
}

/// An integer of at least `least`.
fn integer(option: &str, text: &[u8], least: u64) -> engine::Result<u64> {
    /// Milliseconds of more than a million years.
    const MOST: u64 = 1 << 55;
    let value = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    let value = value.filter(|value| (least..=MOST).contains(value));
    value.ok_or_else(|| Error::option(option, format!("must be an integer from {least} to {MOST}")))
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
