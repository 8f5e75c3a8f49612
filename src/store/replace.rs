//! Replaces a file as a whole: whoever looks, whenever the machine stops, finds the old file or the new one.
//!
//! The new file is written beside the old one under a name of its own, brought to the disk, and takes the old one's name;
//! then the directory is brought to the disk. A file that was not finished is removed; what a process that was killed leaves
//! behind is a file named `.NAME.XXXXXX.tmp`, which nobody reads.
//!
//! Nobody may read the new file who could not read the old one; if there is none, its owner alone. No link is followed on the
//! way but the one that the path itself may be: a temporary file is created or nothing is opened.

use super::place::check_regular;
use super::write_behind::WriteBehind;
use super::{Error, Result};
use crate::engine::threads_are_of_use;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{fchown, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Bytes that are written at once.
const BLOCK: usize = 256 << 10;

/// Bytes of its name that a temporary file has of the file's: a name has 255 at most, and what is added must fit.
const KEPT_OF_NAME: usize = 240;

/// A file that is being written, and takes its name when it is complete.
pub(super) struct Replacement {
    file: NamedTempFile,
    target: PathBuf,
    /// Where the file is.
    directory: PathBuf,
    buffer: Vec<u8>,
    /// From the first buffer on that was full, if a thread could be had.
    behind: Option<WriteBehind>,
    written: u64,
}

impl Replacement {
    /// Begins a file that will be at `path`. If that is a symbolic link, the file that it leads to is replaced.
    pub(super) fn begin(path: &Path) -> Result<Replacement> {
        let target = match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => {
                fs::canonicalize(path).map_err(Error::io("resolve", path))?
            }
            _ => path.to_owned(),
        };
        if let Ok(found) = fs::symlink_metadata(&target) {
            check_regular("replace", path, &found)?;
        }
        let directory = match target.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let fits = |(at, letter): &(usize, char)| at + letter.len_utf8() <= KEPT_OF_NAME;
        let kept: String = name
            .char_indices()
            .take_while(fits)
            .map(|(_, letter)| letter)
            .collect();
        let prefix = format!(".{kept}.");
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
            behind: None,
            written: 0,
        })
    }

    /// Appends bytes. An error may be that of bytes before.
    #[inline]
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while let Some((now, later)) = bytes.split_at_checked(BLOCK - self.buffer.len()) {
            self.buffer.extend_from_slice(now);
            self.write_full()?;
            bytes = later;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn write_full(&mut self) -> Result<()> {
        if self.behind.is_none() && self.written == 0 && threads_are_of_use() {
            self.behind = WriteBehind::start(self.file.as_file(), BLOCK);
        }
        self.write_buffer()
    }

    fn write_buffer(&mut self) -> Result<()> {
        self.written += self.buffer.len() as u64;
        let written = match &mut self.behind {
            Some(behind) => behind.write(std::mem::take(&mut self.buffer)),
            None => {
                let mut buffer = std::mem::take(&mut self.buffer);
                let written = self.file.as_file_mut().write_all(&buffer);
                buffer.clear();
                written.map(|()| buffer)
            }
        };
        self.buffer = written.map_err(Error::io("write", &self.target))?;
        Ok(())
    }

    /// Completes the file: it has its name and is on the disk. Returns how many bytes it has.
    pub(super) fn commit(mut self) -> Result<u64> {
        self.write_buffer()?;
        let Replacement {
            file,
            target,
            directory,
            behind,
            written,
            ..
        } = self;
        let finished = behind.map_or(Ok(()), WriteBehind::finish);
        finished.map_err(Error::io("write", &target))?;
        if let Ok(old) = fs::symlink_metadata(&target) {
            check_regular("replace", &target, &old)?;
            let kept = keep_permissions(file.as_file(), &target, &old);
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

/// Who may read the old file may read the new one, and nobody else. Where its group cannot be kept, the group's permissions are
/// not, for they would be another group's. Access lists are not kept; where a file has one, what looks like the group's
/// permissions is the most that the list may give to anybody.
fn keep_permissions(file: &File, target: &Path, old: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if new.uid() != old.uid() {
        // Only the superuser may, and whoever else wrote the file is its owner now.
        let _ = fchown(file, Some(old.uid()), None);
    }
    let is_group_kept = new.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
    let mut mode = old.mode() & 0o777;
    if !is_group_kept || has_access_list(target) {
        mode &= !0o070;
    }
    file.set_permissions(Permissions::from_mode(mode))
}

fn has_access_list(path: &Path) -> bool {
    // Its contents are of no interest, nor is it whether they fit.
    let mut start = [0u8; 8];
    match rustix::fs::getxattr(path, "system.posix_acl_access", &mut start) {
        Ok(_) | Err(rustix::io::Errno::RANGE) => true,
        Err(_) => false,
    }
}
