//! What the fuzz targets do with an input: a function `run` for each, which panics if the library breaks a promise.
//!
//! They call the library as C programs do (`api`), with texts that end where their memory ends, and hold it against the
//! naive model of `tests/suite/support`. The targets are `record`, `predicate`, `query`, `file` and `calls`; `README.md` tells
//! what each does, and how an input is read.

#[allow(dead_code)]
#[path = "../../tests/suite/support/face.rs"]
pub mod api;

/// The naive model, which calls nothing of the library.
#[allow(dead_code, missing_docs, clippy::all)]
pub mod model;

pub mod targets;

/// The program of a target: libFuzzer's, or one that runs the files named by its arguments.
#[macro_export]
macro_rules! target {
    ($run:path) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $run(input));

        #[cfg(not(fuzzing))]
        fn main() {
            for path in std::env::args().skip(1) {
                let input = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
                println!("{path}: {} bytes", input.len());
                $run(&input);
            }
        }
    };
}
