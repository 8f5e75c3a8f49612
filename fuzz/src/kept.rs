//! The inputs that are kept in the repository.

use std::path::{Path, PathBuf};

/// The files below `corpus` or `regressions` of a target, in the order of their names.
pub fn inputs(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(target);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder is read").path())
        .collect();
    paths.sort();
    paths
}
