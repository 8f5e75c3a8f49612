//! `cargo xtask generate` writes `include/dictdb.h`, `abi/symbols.txt` and `tests-c/exports.h`;
//! `cargo xtask check` fails if the committed ones differ from what would be written.

mod exports;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// In the order in which the header presents them.
const SOURCES: [&str; 23] = [
    "version",
    "status",
    "error",
    "buffer",
    "budget",
    "db",
    "table",
    "index",
    "predicate",
    "predicate_text",
    "query",
    "update",
    "table_text",
    "snapshot",
    "cursor",
    "batch",
    "cancel",
    "watch",
    "job",
    "file",
    "backup",
    "exchange",
    "log",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let header = header(&root)?;
    let symbols = symbols(&header);
    let exports = exports::exports(&header)?;
    let files = [
        ("include/dictdb.h", header.as_str()),
        ("abi/symbols.txt", symbols.as_str()),
        ("tests-c/exports.h", exports.as_str()),
    ];
    match std::env::args().nth(1).as_deref() {
        Some("generate") => generate(&root, &files),
        Some("check") => check(&root, &files),
        _ => Err("usage: cargo xtask generate | check".into()),
    }
}

fn generate(root: &Path, files: &[(&str, &str)]) -> Result<(), Box<dyn Error>> {
    for (path, text) in files {
        fs::create_dir_all(root.join(path).parent().unwrap_or(root))?;
        fs::write(root.join(path), text)?;
    }
    Ok(())
}

fn check(root: &Path, files: &[(&str, &str)]) -> Result<(), Box<dyn Error>> {
    let stale: Vec<&str> = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_deref() != Some(text))
        .map(|(path, _)| *path)
        .collect();
    if stale.is_empty() {
        println!("generated files are fresh");
        return Ok(());
    }
    Err(format!(
        "not fresh: {}; run `cargo xtask generate`",
        stale.join(", ")
    )
    .into())
}

fn header(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml"))?;
    let version = package_version(root)?;
    let preamble = fs::read_to_string(root.join("src/ffi/preamble.h"))?;
    config.header = Some(preamble.trim_end().to_owned());
    config.after_includes = Some(version_macros(&version)?);
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join(format!("src/ffi/{source}.rs")));
    }
    let mut bytes = Vec::new();
    builder.generate()?.write(&mut bytes);
    Ok(fold_short_comments(&String::from_utf8(bytes)?))
}

/// Puts a comment of one line on one line, and constants of one group together.
fn fold_short_comments(header: &str) -> String {
    let mut folded: Vec<String> = Vec::new();
    let mut lines = header.lines().peekable();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() != "/**" {
            folded.push(line.to_owned());
            continue;
        }
        let first = lines.next().unwrap_or_default();
        if lines.peek().is_some_and(|next| next.trim() == "*/") {
            lines.next();
            let text = first.trim().trim_start_matches('*').trim();
            folded.push(format!("{:indent$}/** {text} */", ""));
        } else {
            folded.push(line.to_owned());
            folded.push(first.to_owned());
        }
    }
    let mut out = String::new();
    for (position, line) in folded.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|at| folded.get(at));
        let after = folded.get(position + 1);
        let between_constants = line.is_empty()
            && before.is_some_and(|line| group(line).is_some())
            && after.is_some_and(|line| line.starts_with("/** "))
            && folded.get(position + 2).and_then(|line| group(line))
                == before.and_then(|line| group(line));
        if !between_constants {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// `DICTDB_STATUS` of `#define DICTDB_STATUS_OK 0`.
fn group(line: &str) -> Option<&str> {
    let name = line.strip_prefix("#define ")?.split(' ').next()?;
    let mut parts = name.match_indices('_').map(|(at, _)| at);
    parts.next()?;
    name.get(..parts.next()?)
}

/// The version stands in `Cargo.toml` only.
fn package_version(root: &Path) -> Result<String, Box<dyn Error>> {
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    Ok(line
        .ok_or("Cargo.toml has no version")?
        .trim_matches('"')
        .to_owned())
}

fn version_macros(version: &str) -> Result<String, Box<dyn Error>> {
    let mut parts = version.split('.');
    let mut part = || parts.next().ok_or("a version has three parts");
    Ok(format!(
        r#"
/** Version of this header, as text and in parts. */
#define DICTDB_VERSION "{version}"
#define DICTDB_VERSION_MAJOR {}
#define DICTDB_VERSION_MINOR {}
#define DICTDB_VERSION_PATCH {}

/** Version of this header as one number, to compare: `#if DICTDB_VERSION_NUMBER >= DICTDB_VERSION_MAKE(0, 1, 0)`. */
#define DICTDB_VERSION_MAKE(major, minor, patch) ((major) * 1000000 + (minor) * 1000 + (patch))
#define DICTDB_VERSION_NUMBER DICTDB_VERSION_MAKE(DICTDB_VERSION_MAJOR, DICTDB_VERSION_MINOR, DICTDB_VERSION_PATCH)

/** Pass as a length to say that the text ends at its first NUL. */
#define DICTDB_NTS SIZE_MAX

/** An empty `dictdb_buffer`: `dictdb_buffer rows = DICTDB_BUFFER_INIT;` */
#define DICTDB_BUFFER_INIT {{ NULL, 0, 0 }}"#,
        part()?,
        part()?,
        part()?
    ))
}

/// The functions that the header declares, one a line: what the shared library may export, and must.
fn symbols(header: &str) -> String {
    let mut names: Vec<&str> = header
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#', '*']))
        .filter_map(|line| line.split('(').next())
        .filter_map(|line| line.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("dictdb_") && !name.ends_with(';'))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join("\n") + "\n"
}
