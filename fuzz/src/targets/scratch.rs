//! Files for functions that want files: in memory, if the system has a folder there.

use std::path::{Path, PathBuf};
use tempfile::TempDir;

thread_local! {
    static FOLDER: TempDir = {
        let asked = std::env::var_os("TMPDIR").map(PathBuf::from);
        let memory = Some(PathBuf::from("/dev/shm")).filter(|folder| folder.is_dir());
        match asked.or(memory) {
            Some(folder) => TempDir::with_prefix_in("dictdb-fuzz-", folder),
            None => TempDir::with_prefix("dictdb-fuzz-"),
        }
        .expect("a temporary folder is made")
    };
}

/// A path of this thread's own.
pub fn path(name: &str) -> PathBuf {
    FOLDER.with(|folder| folder.path().join(name))
}

/// A file with these bytes.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = path(name);
    std::fs::write(&path, bytes).expect("a file is written");
    path
}

/// The bytes of a path, as the library takes it.
pub fn bytes(path: &Path) -> &[u8] {
    path.to_str().expect("a path is UTF-8").as_bytes()
}
