//! The least that the rows of the benchmarks can cost: the bare work, without a database around it. Takes the arguments of the
//! peers and prints what they print: see `../../README.md`.

mod columns;
mod map;
mod report;
mod workload;

use columns::Columns;
use map::Map;
use report::Report;
use std::collections::HashMap;

fn main() {
    let given: HashMap<String, String> = std::env::args()
        .filter_map(|argument| {
            let (name, value) = argument.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect();
    let text = |name: &str| given.get(name).cloned().unwrap_or_default();
    let number = |name: &str, otherwise: u64| text(name).parse().unwrap_or(otherwise);
    let (records, reads) = (number("records", 0), number("reads", 1000));
    if records < 1000 || reads < 100 {
        eprintln!("usage: floor phase=PHASE records=N answers=DIRECTORY [reads=N] [threads=N] [seconds=S]");
        std::process::exit(2);
    }
    println!("version floor {}", env!("CARGO_PKG_VERSION"));
    let report = Report {
        answers: text("answers").into(),
    };
    let map = Map::default();
    match text("phase").as_str() {
        "map" => {
            map::load(&map, records);
            map::measure_gets(&map, records, reads, &report);
            for threads in 1..=number("threads", 1) {
                map::measure_threads(
                    &map,
                    records,
                    threads,
                    text("seconds").parse().unwrap_or(1.0),
                );
            }
        }
        "columns" => {
            let columns = Columns::new(records);
            columns.measure_scans(&report);
            let high = (9_000_000.0 + 12e9 / records as f64).round() / 100.0;
            columns.measure_indexes(reads, high, &report);
        }
        phase => {
            eprintln!("{phase}: no such phase");
            std::process::exit(2);
        }
    }
}
