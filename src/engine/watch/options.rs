//! How a watch is made.

use super::change::Most;
use crate::engine::json::members;
use crate::engine::options::{flag, object, unknown};
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Result};

/// Changes that a watch can keep at most.
const MAX_CHANGES: usize = 1 << 24;

/// How much a watch keeps, and of what.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    pub(super) most: Most,
    pub(super) records: bool,
}

impl Default for WatchOptions {
    fn default() -> Self {
        WatchOptions {
            most: Most {
                changes: 1 << 16,
                bytes: 64 << 20,
            },
            records: true,
        }
    }
}

impl WatchOptions {
    /// Reads `{"max_changes": …, "max_bytes": …, "records": …}`.
    pub fn from_json(text: &str) -> Result<WatchOptions> {
        let mut options = WatchOptions::default();
        for (name, value) in members(&object(text)?) {
            match name {
                b"max_changes" => {
                    let usual = options.most.changes;
                    options.most.changes = count("max_changes", value, usual, MAX_CHANGES)?;
                }
                b"max_bytes" => {
                    let (usual, most) = (options.most.bytes, isize::MAX as usize);
                    options.most.bytes = count("max_bytes", value, usual, most)?;
                }
                b"records" if value == b"null" => {}
                b"records" => options.records = flag("records", value)?,
                other => {
                    let known = "\"max_changes\", \"max_bytes\", \"records\"";
                    return Err(unknown(other, known));
                }
            }
        }
        Ok(options)
    }
}

/// `usual` if the text is null.
fn count(option: &str, text: &[u8], usual: usize, most: usize) -> Result<usize> {
    let value = match Value::read(text) {
        Value::Null => return Ok(usual),
        Value::Number(Number::Integer(count)) => usize::try_from(count).ok(),
        _ => None,
    };
    let value = value.filter(|count| (1..=most).contains(count));
    value.ok_or_else(|| Error::option(option, format!("must be an integer from 1 to {most}")))
}
