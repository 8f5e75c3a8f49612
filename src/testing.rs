//! How many cases the properties of the unit tests are tried with.

use proptest::test_runner::Config;

/// So many cases as are given here; with `PROPTEST_CASES`, as many times more or fewer as that is than proptest's own 256.
pub(crate) fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(256);
    let cases = u64::from(usual) * asked / 256;
    Config {
        cases: u32::try_from(cases.max(1)).unwrap_or(u32::MAX),
        ..Config::default()
    }
}
