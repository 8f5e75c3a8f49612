//! Puts a database together from a full backup and the deltas that continue it.

use super::name::{list, Kind, Name};
use crate::engine::{self, members, object, unknown, Cancel, Database};
use crate::store::file::load_records;
use crate::store::json::delta;
use crate::store::pending::{complete, Pending};
use crate::store::place::open;
use crate::store::work::Work;
use crate::store::{Error, Result};
use serde_json::{json, Value};
use std::path::Path;

/// What a caller chooses of a restoration.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RestoreOptions {
    /// No file later than this, in microseconds since 1970.
    until: Option<u64>,
    /// Whether to be content with less than the newest state.
    is_partial: bool,
}

impl RestoreOptions {
    /// Reads `{"until": …, "partial": …}`.
    pub(crate) fn from_json(text: &str) -> engine::Result<RestoreOptions> {
        let mut options = RestoreOptions::default();
        for (name, value) in members(&object(text)?) {
            match (name, value) {
                (b"until", b"null") => {}
                (b"until", value) => options.until = Some(time(value)?),
                (b"partial", b"true") => options.is_partial = true,
                (b"partial", b"false") => options.is_partial = false,
                (b"partial", _) => {
                    return Err(engine::Error::option("partial", "must be true or false"));
                }
                (other, _) => return Err(unknown(other, "\"until\", \"partial\"")),
            }
        }
        Ok(options)
    }
}

/// Seconds since 1970, with up to six digits behind the point, without the rounding of a floating-point number.
fn time(text: &[u8]) -> engine::Result<u64> {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let micros = format!("{fraction:0<6}");
    let micros = micros
        .get(..6)
        .and_then(|micros| micros.parse::<u64>().ok());
    let whole = whole
        .parse::<u64>()
        .ok()
        .and_then(|whole| whole.checked_mul(1_000_000));
    let time = whole
        .zip(micros)
        .and_then(|(whole, micros)| whole.checked_add(micros));
    let reason = "must be seconds since 1970, as in 1764400000.123456";
    time.ok_or_else(|| engine::Error::option("until", reason))
}

/// A database that was restored.
pub(crate) struct Restored {
    pub(crate) database: Database,
    /// What it was restored from, and what was passed over.
    pub(crate) facts: Value,
    /// Of all files that were read.
    pub(crate) bytes: u64,
}

/// Restores the newest state that the options allow.
pub(crate) fn restore(
    directory: &Path,
    options: &RestoreOptions,
    cancel: Option<Cancel>,
    work: &Work,
) -> Result<Restored> {
    let mut names = list(directory)?;
    names.retain(|name| options.until.is_none_or(|until| name.time <= until));
    let mut skipped = Vec::new();
    loop {
        let Some(newest) = names.last() else {
            let reason = match (skipped.is_empty(), options.until) {
                (false, _) => "no backup in it could be restored",
                (true, None) => "there is no backup in it",
                (true, Some(_)) => "there is no backup in it that is so old",
            };
            return Err(Error::Nothing {
                path: directory.to_owned(),
                reason,
            });
        };
        let newest = newest.clone();
        let database = Database::new();
        match restore_to(
            &names,
            &database.limited(cancel.clone(), None),
            directory,
            work,
        ) {
            Ok((chain, bytes)) => {
                let files: Vec<&str> = chain.iter().map(|name| &*name.text).collect();
                let facts = json!({
                    "file": newest.text,
                    "time": newest.seconds(),
                    "files": files,
                    "skipped": skipped,
                });
                return Ok(Restored {
                    database,
                    facts,
                    bytes,
                });
            }
            Err(fault) => {
                let Fault { at, error } = *fault;
                if !options.is_partial || matches!(error, Error::Engine(_)) {
                    return Err(error);
                }
                // What continues the file at fault cannot be had either.
                skipped.push(json!({ "file": at.text, "error": error.to_string() }));
                names.retain(|name| name.time < at.time);
            }
        }
    }
}

type Chain<'n> = Vec<&'n Name>;

/// What is wrong, and with which file.
pub(super) struct Fault {
    pub(super) at: Name,
    pub(super) error: Error,
}

impl Fault {
    fn of(at: &Name) -> impl FnOnce(Error) -> Box<Fault> + '_ {
        |error| {
            let at = at.clone();
            Box::new(Fault { at, error })
        }
    }
}

/// Restores the state of the last file; an error comes with the file at fault.
fn restore_to<'n>(
    names: &'n [Name],
    database: &Database,
    directory: &Path,
    work: &Work,
) -> std::result::Result<(Chain<'n>, u64), Box<Fault>> {
    let chain = chain(names, directory)?;
    let (mut pending, mut bytes) = (Pending::new(), 0);
    let mut before = "";
    for name in &chain {
        let path = name.within(directory);
        let outcome = match name.kind {
            Kind::Full => load_records(database, &path, &mut pending, work),
            Kind::Delta => open(&path).and_then(|(file, len)| {
                delta::apply(file, &path, before, database, &mut pending, work)?;
                Ok(len)
            }),
        };
        bytes += outcome.map_err(Fault::of(name))?;
        before = &name.text;
    }
    if let Some(last) = chain.last() {
        let path = last.within(directory);
        complete(&pending, &path, database).map_err(Fault::of(last))?;
    }
    Ok((chain, bytes))
}

/// The files that the last one needs, from the full backup on. A delta says which file it continues; one that does not (DictDB's)
/// continues the one before it.
pub(super) fn chain<'n>(
    names: &'n [Name],
    directory: &Path,
) -> std::result::Result<Chain<'n>, Box<Fault>> {
    let mut chain = Vec::new();
    let mut left = names;
    while let Some((name, before)) = left.split_last() {
        chain.push(name);
        left = before;
        if name.kind == Kind::Full {
            chain.reverse();
            return Ok(chain);
        }
        let path = name.within(directory);
        let follows = open(&path).and_then(|(file, _)| delta::follows(file, &path));
        if let Some(follows) = follows.map_err(Fault::of(name))? {
            let at = before.iter().rposition(|name| name.text == follows);
            let Some(at) = at else {
                let missing = follows;
                return Err(Fault::of(name)(Error::Gap { path, missing }));
            };
            left = before.get(..=at).unwrap_or_default();
        }
    }
    let first = chain.pop().cloned();
    let first = first.unwrap_or_else(|| Name::new(Kind::Full, 0, "json"));
    let path = first.within(directory);
    let missing = "a full backup".to_owned();
    Err(Fault::of(&first)(Error::Gap { path, missing }))
}
