//! How much a test has done.

/// Keeps how much a test has done for docs/testing.md, as scripts/lib/figures.sh does for scripts. Only of a run as scripts/test makes it:
/// optimised, with no other number of cases.
pub fn keep(check: &str, figures: &[(&str, u64)]) {
    if cfg!(debug_assertions) || std::env::var_os("PROPTEST_CASES").is_some() {
        return;
    }
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    // Cargo runs tests in the folder of the manifest.
    let folder = std::path::Path::new(&target).join("figures");
    let lines: String = figures
        .iter()
        .map(|(key, value)| format!("{key}={value}\n"))
        .collect();
    std::fs::create_dir_all(&folder).expect("a folder for figures");
    std::fs::write(folder.join(format!("{check}.txt")), lines).expect("figures are written");
}
