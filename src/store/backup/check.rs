//! Looks whether the backups of a directory can be read, without loading them.

use super::name::{list, Kind, Name};
use super::restore::chain;
use crate::engine::{self, Cancel};
use crate::store::file;
use crate::store::place::open;
use crate::store::work::Work;
use crate::store::Result;
use serde_json::{json, Value};
use std::path::Path;

/// Looks at all files from the oldest on. Each is read to its end: a JSON file must be one, a binary file's checksums must fit, and a
/// delta must continue a file that is there and is sound.
pub(crate) fn verify(directory: &Path, cancel: &Cancel, work: &Work) -> Result<Value> {
    let names = list(directory)?;
    work.expect(names.len() as u64);
    let (mut files, mut sound): (Vec<Value>, Vec<&Name>) = (Vec::new(), Vec::new());
    let mut newest = None;
    for (at, name) in names.iter().enumerate() {
        if cancel.is_set() {
            return Err(engine::Error::Cancelled.into());
        }
        let path = name.within(directory);
        let mut bytes = 0;
        let checked = open(&path).and_then(|(file, len)| {
            bytes = len;
            file::check(file, &path, name.kind == Kind::Delta)
        });
        let checked = checked.map_err(|error| error.to_string()).and_then(|()| {
            let needed = chain(names.get(..=at).unwrap_or_default(), directory);
            let needed = needed.map_err(|fault| fault.error.to_string())?;
            let is_unsound = |needed: &&&Name| **needed != name && !sound.contains(*needed);
            match needed.iter().find(is_unsound) {
                None => Ok(()),
                Some(other) => Err(format!("it continues {}, which is damaged", other.text)),
            }
        });
        if checked.is_ok() {
            sound.push(name);
            newest = Some(name);
        }
        files.push(json!({
            "file": name.text,
            "type": name.kind.name(),
            "time": name.seconds(),
            "bytes": bytes,
            "error": checked.err(),
        }));
        work.add(1);
    }
    Ok(json!({
        "is_sound": sound.len() == names.len(),
        "newest": newest.map(|name| name.text.clone()),
        "files": files,
    }))
}
