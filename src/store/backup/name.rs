//! Names of backups: `dictdb_backup_<seconds>_<micros>.json` and `dictdb_delta_<seconds>_<micros>.json`, as DictDB names them. The time is
//! that of the snapshot, in UTC since 1970; a full backup in the binary format ends in `.dictdb`.

use crate::store::{Error, Result};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Full,
    Delta,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Full => "full",
            Kind::Delta => "delta",
        }
    }
}

/// A file of a directory that is a backup by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Microseconds since 1970.
    pub(super) time: u64,
    pub(super) kind: Kind,
    pub(super) text: String,
}

impl Name {
    pub(super) fn new(kind: Kind, time: u64, extension: &str) -> Name {
        let start = match kind {
            Kind::Full => "dictdb_backup",
            Kind::Delta => "dictdb_delta",
        };
        let (seconds, micros) = (time / 1_000_000, time % 1_000_000);
        Name {
            time,
            kind,
            text: format!("{start}_{seconds}_{micros:06}.{extension}"),
        }
    }

    /// Reads a name; `None` if it is that of something else.
    pub(super) fn read(text: &str) -> Option<Name> {
        let (stem, extension) = text.rsplit_once('.')?;
        let (kind, time) = match stem.strip_prefix("dictdb_backup_") {
            Some(time) => (Kind::Full, time),
            None => (Kind::Delta, stem.strip_prefix("dictdb_delta_")?),
        };
        let is_known = extension == "json" || extension == "dictdb" && kind == Kind::Full;
        let (seconds, micros) = time.split_once('_')?;
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_known || micros.len() != 6 || !are_digits(seconds) || !are_digits(micros) {
            return None;
        }
        let seconds: u64 = seconds.parse().ok()?;
        let micros: u64 = micros.parse().ok()?;
        Some(Name {
            time: seconds.checked_mul(1_000_000)?.checked_add(micros)?,
            kind,
            text: text.to_owned(),
        })
    }

    /// Its time in seconds since 1970.
    pub(super) fn seconds(&self) -> f64 {
        // Has 53 bits: enough for microseconds until the year 2255.
        self.time as f64 / 1e6
    }

    pub(super) fn within(&self, directory: &Path) -> PathBuf {
        directory.join(&self.text)
    }
}

/// All backups of a directory, from the oldest on; of the same time, the full one first.
pub(super) fn list(directory: &Path) -> Result<Vec<Name>> {
    let entries = std::fs::read_dir(directory).map_err(Error::io("read", directory))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::io("read", directory))?;
        names.extend(entry.file_name().to_str().and_then(Name::read));
    }
    names.sort_unstable_by(|a, b| {
        let rank = |name: &Name| (name.time, name.kind == Kind::Delta);
        rank(a).cmp(&rank(b)).then_with(|| a.text.cmp(&b.text))
    });
    Ok(names)
}

/// Microseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_made() {
        for (kind, extension) in [
            (Kind::Full, "json"),
            (Kind::Full, "dictdb"),
            (Kind::Delta, "json"),
        ] {
            let name = Name::new(kind, 1_764_400_000_000_042, extension);
            assert_eq!(Name::read(&name.text), Some(name));
        }
        let name = Name::new(Kind::Delta, 1_764_400_000_000_042, "json");
        assert_eq!(name.text, "dictdb_delta_1764400000_000042.json");
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            "dictdb_backup_1_000001.pickle",
            "dictdb_delta_1_000001.dictdb",
            "dictdb_backup_1_1.json",
            "dictdb_backup_+1_000001.json",
            "dictdb_backup_99999999999999999999_000001.json",
            ".dictdb_backup_1_000001.json.x.tmp",
            "dictdb_backup_1_000001",
        ] {
            assert_eq!(Name::read(text), None, "{text}");
        }
    }
}
