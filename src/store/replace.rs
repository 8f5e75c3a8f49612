//! Replaces a file as a whole: whoever looks, whenever the machine stops, finds the old file or the new one.
//!
//! The new file is written beside the old one under a name of its own, brought to the disk, and takes the old one's name;
//! then the directory is brought to the disk. A file that was not finished is removed; what a process that was killed leaves
//! behind is a file named `.NAME.XXXXXX.tmp`, which nobody reads.

use super::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Bytes that are written at once.
const BLOCK: usize = 256 << 10;

/// A file that is being written, and takes its name when it is complete.
pub(super) struct Replacement {
    file: NamedTempFile,
    target: PathBuf,
    /// Where the file is.
    directory: PathBuf,
    buffer: Vec<u8>,
    written: u64,
}

impl Replacement {
    /// Begins a file that will be at `path`. If that is a symbolic link, the file that it leads to is replaced.
    pub(super) fn begin(path: &Path) -> Result<Replacement> {
        let target = match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => {
                fs::canonicalize(path).map_err(Error::io("resolve", path))?
            }
            Ok(found) if found.is_dir() => {
                let error = io::Error::from(io::ErrorKind::IsADirectory);
                return Err(Error::io("replace", path)(error));
            }
            _ => path.to_owned(),
        };
        let directory = match target.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let name = target.file_name().unwrap_or_default().to_owned();
        let mut prefix = PathBuf::from(".").into_os_string();
        prefix.push(&name);
        prefix.push(".");
        // For its owner alone, until it takes the place of a file that others may read.
        let file = Builder::new()
            .prefix(&prefix)
            .suffix(".tmp")
            .make_in(&directory, |path| {
                let mut options = File::options();
                options.write(true).create_new(true).mode(0o600).open(path)
            })
            .map_err(Error::io("create a file in", &directory))?;
        let mut buffer = Vec::new();
        crate::store::reserve(&mut buffer, BLOCK)?;
        Ok(Replacement {
            file,
            target,
            directory,
            buffer,
            written: 0,
        })
    }

    /// Appends bytes.
    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.buffer.len() + bytes.len() > BLOCK {
            self.flush()?;
            if bytes.len() > BLOCK {
                self.written += bytes.len() as u64;
                let written = self.file.as_file_mut().write_all(bytes);
                return written.map_err(Error::io("write", &self.target));
            }
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.file.as_file_mut().write_all(&self.buffer);
        written.map_err(Error::io("write", &self.target))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Completes the file: it has its name and is on the disk. Returns how many bytes it has.
    pub(super) fn commit(mut self) -> Result<u64> {
        self.flush()?;
        let Replacement {
            file,
            target,
            directory,
            written,
            ..
        } = self;
        // Who may read the old file may read the new one.
        if let Ok(old) = fs::metadata(&target) {
            let kept = file.as_file().set_permissions(old.permissions());
            kept.map_err(Error::io("set the permissions of", &target))?;
        }
        file.as_file()
            .sync_all()
            .map_err(Error::io("sync", &target))?;
        file.persist(&target)
            .map_err(|error| Error::io("rename to", &target)(error.error))?;
        // After that either file may be there if the machine stops: the caller is told.
        File::open(&directory)
            .and_then(|directory| directory.sync_all())
            .map_err(Error::io("sync", &directory))?;
        Ok(written)
    }
}
