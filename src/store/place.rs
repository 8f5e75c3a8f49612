//! What stands at a path: only regular files are loaded and replaced. A pipe or a device could keep a reader waiting for ever or
//! feed it without end, and to put a file in its place would take it from all who use it. Rows to import may come from a pipe.

use super::{Error, Result};
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::fs::{File, Metadata};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Opens a file to be read; tells its length, too. Waits for nothing, whatever stands there.
pub(super) fn open(path: &Path) -> Result<(File, u64)> {
    let mut options = File::options();
    let file = options
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32)
        .open(path)
        .map_err(Error::io("open", path))?;
    let about = file.metadata().map_err(Error::io("open", path))?;
    check_regular("read", path, &about)?;
    Ok((file, about.len()))
}

/// Opens what rows come from, which may be a pipe, too: then it is waited for until somebody writes. Tells the length of a file.
pub(super) fn open_stream(path: &Path) -> Result<(File, u64)> {
    let file = File::open(path).map_err(Error::io("open", path))?;
    let about = file.metadata().map_err(Error::io("open", path))?;
    if about.is_dir() {
        check_regular("read", path, &about)?;
    }
    Ok((file, about.len()))
}

/// An error for what is not a regular file.
pub(super) fn check_regular(operation: &'static str, path: &Path, about: &Metadata) -> Result<()> {
    let (errno, reason) = match about {
        about if about.is_file() => return Ok(()),
        about if about.is_dir() => (Errno::ISDIR, "it is a directory"),
        _ => (Errno::INVAL, "it is not a regular file"),
    };
    Err(Error::Place {
        operation,
        path: path.to_owned(),
        errno: errno.raw_os_error(),
        reason,
    })
}
