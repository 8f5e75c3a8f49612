//! The C programs of `tests-c`, and the one that counts instructions, with the library that Cargo has built for its tests. CTest and
//! `scripts/instructions` run them as they are meant to be run; this is for who knows only `cargo test`, as cargo-mutants does
//! (`scripts/mutants`): so it is left out unless it is asked for.
//!
//! `DICTDB_C_PROGRAMS`: only programs whose names contain one of these words.

#![cfg(not(loom))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;
use std::{env, fs, os::unix, thread};

/// Loops are so many times shorter than under CTest.
const DIVISOR: &str = "50";

fn changed(path: &Path) -> SystemTime {
    fs::metadata(path)
        .and_then(|file| file.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The sources, and when one of the headers was changed last.
fn sources(folder: &Path) -> (Vec<PathBuf>, SystemTime) {
    let words = env::var("DICTDB_C_PROGRAMS").unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    let files = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let named = |path: &Path, end: &str| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.ends_with(end))
    };
    let headers = paths
        .iter()
        .filter(|path| named(path, ".h"))
        .map(|path| changed(path))
        .max();
    let header = folder.join("../include/dictdb.h");
    let headers = headers.into_iter().chain([changed(&header)]).max().unwrap();
    paths.retain(|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let wanted = words.is_empty() || words.iter().any(|word| name.contains(word));
        name.starts_with("test_") && named(path, ".c") && wanted
    });
    (paths, headers)
}

/// Compiles a program, unless that was done since its source was changed: it finds the library when it starts.
fn compile(source: &Path, program: &Path, headers: SystemTime, library: &Path) {
    if changed(program) > changed(source).max(headers) {
        return;
    }
    let folder = source.parent().unwrap();
    let data = format!("-DDICTDB_TEST_DATA=\"{}\"", folder.join("data").display());
    let done = Command::new("cc")
        .args(["-std=c11", "-O1", "-UNDEBUG", "-pthread", &data, "-I"])
        .arg(folder)
        .arg("-I")
        .arg(folder.join("../include"))
        .arg(source)
        .arg("-o")
        .arg(program)
        .arg(library)
        .status();
    assert!(
        done.unwrap().success(),
        "{} does not compile",
        source.display()
    );
}

/// A folder with the library in it, by the names under which programs are linked with it and find it; the last is returned, too.
fn installed() -> (PathBuf, PathBuf) {
    let tests = env::current_exe().unwrap();
    let built = tests.parent().unwrap().join("libdictdb.so");
    assert!(built.exists(), "{} is not built", built.display());
    let out = tests.parent().unwrap().join("../c_programs");
    fs::create_dir_all(&out).unwrap();
    let names = [
        "libdictdb.so",
        concat!("libdictdb.so.", env!("CARGO_PKG_VERSION_MAJOR")),
    ];
    let [_, library] = names.map(|name| {
        let link = out.join(name);
        let _ = fs::remove_file(&link);
        unix::fs::symlink(&built, &link).unwrap();
        link
    });
    (out, library)
}

/// `DICTDB_INSTRUCTIONS`: the file with the figures of the library as it was; made if it is not there.
#[test]
#[ignore = "scripts/mutants runs it; scripts/instructions does this for the library as it is shipped"]
fn hot_paths_cost_what_they_did() {
    let (library, _) = installed();
    let kept = env::var_os("DICTDB_INSTRUCTIONS").expect("DICTDB_INSTRUCTIONS is to name a file");
    let instructions = |arguments: &[&str]| {
        let done = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/instructions"))
            .arg("--of")
            .arg(&library)
            .arg("--kept")
            .arg(&kept)
            .args(arguments)
            .status();
        assert!(
            done.unwrap().success(),
            "the hot paths do not cost what they did"
        );
    };
    if !Path::new(&kept).exists() {
        instructions(&["--keep"]);
    }
    instructions(&[]);
}

#[test]
#[ignore = "scripts/mutants runs it; CTest has these programs, too"]
fn c_programs_pass() {
    let (out, library) = installed();
    let (sources, headers) = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests-c"));
    assert!(!sources.is_empty(), "there is no such program");
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            let program = out.join(source.file_stem().unwrap());
            compile(source, &program, headers, &library);
            let done = Command::new(&program)
                .env("LD_LIBRARY_PATH", &out)
                .env("DICTDB_TEST_DIVISOR", DIVISOR)
                .current_dir(&out)
                .stdin(Stdio::null())
                .output();
            let done = done.unwrap();
            if !done.status.success() {
                // No other one needs to be run.
                next.store(sources.len(), Ordering::Relaxed);
                let said = String::from_utf8_lossy(&done.stderr);
                panic!("{}: {}\n{said}", source.display(), done.status);
            }
        }
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let failed = threads.map(|thread| thread.join().is_err());
        assert!(!failed.contains(&true), "a C program failed (above)");
    });
}
