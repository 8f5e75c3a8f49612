//! A small generator of random numbers: the same numbers for the same seed.

/// How many seeds long tests are run with: so many as are given here; more with a `PROPTEST_CASES` of thousands, and one with fewer than
/// proptest's own 256.
pub fn seeds(usual: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    match asked.and_then(|text| text.parse::<u64>().ok()) {
        None => usual,
        Some(..256) => 1,
        Some(cases) => usual * (cases / 5_000).max(1),
    }
}

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end
    }

    pub fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }
}

/// SplitMix64's finisher.
pub fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
