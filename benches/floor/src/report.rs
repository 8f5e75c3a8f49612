//! What is printed, as told in `../../README.md`, and the clock.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Runs of a query at least, and seconds of them.
const RUNS: usize = 5;
const ENOUGH: f64 = 0.1;

pub struct Report {
    pub answers: PathBuf,
}

pub fn print_sample(row: &str, value: f64) {
    println!("sample {row} {value:.1}");
}

/// Seconds that it takes.
pub fn time<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = run();
    (result, start.elapsed().as_secs_f64())
}

impl Report {
    pub fn answer(&self, row: &str, text: &[u8]) {
        if fs::write(self.answers.join(row), text).is_ok() {
            println!("answer {row}");
        }
    }

    /// The median of the runs of a query; short ones are timed in groups.
    pub fn measure(&self, row: &str, mut query: impl FnMut(&mut Vec<u8>)) {
        let mut out = Vec::new();
        let (_, _) = time(|| query(&mut out));
        self.answer(row, &out);
        out.clear();
        let (_, once) = time(|| query(&mut out));
        let group = (1e-4 / once.max(1e-9)) as usize + 1;
        let mut times = Vec::new();
        let mut spent = 0.0;
        while times.len() < RUNS || spent < ENOUGH {
            let (_, seconds) = time(|| {
                for _ in 0..group {
                    out.clear();
                    query(&mut out);
                    std::hint::black_box(&out);
                }
            });
            spent += seconds;
            times.push(seconds / group as f64);
        }
        times.sort_by(f64::total_cmp);
        print_sample(row, times[times.len() / 2] * 1e9);
    }
}
