//! Inserts and reads by key: a hash map under a lock, whose values are the texts.

use crate::report::{print_sample, time, Report};
use crate::workload::{write_record, Random};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::RwLock;
use serde::Deserialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Barrier;
use std::time::{Duration, Instant};

pub type Map = RwLock<HashMap<i64, Box<[u8]>, RandomState>>;

const BATCH: u64 = 1000;
const SAMPLE_KEYS: u64 = 100;

/// Where the fields of a record are: the least that a database must know of it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Record<'a> {
    id: i64,
    name: &'a str,
    age: i64,
    dept: &'a str,
    email: &'a str,
    salary: f64,
    active: bool,
    #[serde(borrow)]
    tags: [&'a str; 2],
}

/// Parses each record and puts its text into the map.
pub fn load(map: &Map, records: u64) {
    let mut random = Random(42);
    let mut texts: Vec<String> = (0..BATCH).map(|_| String::with_capacity(256)).collect();
    let (mut spent, mut bytes) = (Duration::ZERO, 0);
    let mut first = 1;
    while first <= records {
        let count = BATCH.min(records - first + 1);
        for k in 0..count {
            let out = &mut texts[k as usize];
            out.clear();
            write_record(out, first + k, &mut random);
            bytes += out.len();
        }
        let start = Instant::now();
        for text in &texts[..count as usize] {
            let record: Record = serde_json::from_str(text).expect("a record");
            map.write().insert(record.id, text.as_bytes().into());
        }
        spent += start.elapsed();
        first += count;
    }
    let each = spent.as_secs_f64() * 1e9 / records as f64;
    for row in ["W1", "W2j.1000", "W2j.one"] {
        print_sample(row, each);
    }
    // The text, and where it is.
    print_sample("M1", bytes as f64 / records as f64 + 4.0);
}

fn get(map: &Map, key: u64, out: &mut Vec<u8>) -> bool {
    out.clear();
    match map.read().get(&(key as i64)) {
        Some(record) => {
            out.extend_from_slice(record);
            true
        }
        None => false,
    }
}

pub fn measure_gets(map: &Map, records: u64, reads: u64, report: &Report) {
    let mut out = Vec::new();
    let mut answer = vec![b'['];
    let mut random = Random(7);
    for k in 0..SAMPLE_KEYS {
        get(map, random.key(records), &mut out);
        answer.extend_from_slice(if k == 0 { b"" } else { b"," });
        answer.extend_from_slice(&out);
    }
    answer.push(b']');
    report.answer("R1", &answer);
    let mut random = Random(7);
    let keys: Vec<u64> = (0..reads).map(|_| random.key(records)).collect();
    let mut seconds = 0.0;
    for _ in 0..2 {
        // the first time warms up
        let (found, spent) = time(|| keys.iter().filter(|key| get(map, **key, &mut out)).count());
        assert_eq!(found, keys.len());
        seconds = spent;
    }
    print_sample("R1", seconds * 1e9 / reads as f64);
}

pub fn measure_threads(map: &Map, records: u64, threads: u64, seconds: f64) {
    let (stop, barrier) = (AtomicBool::new(false), Barrier::new(threads as usize + 1));
    let rate: f64 = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..threads)
            .map(|t| {
                let (stop, barrier) = (&stop, &barrier);
                scope.spawn(move || {
                    let (mut random, mut out, mut reads) = (Random(7 + t), Vec::new(), 0u64);
                    barrier.wait();
                    let start = Instant::now();
                    while !stop.load(Ordering::Relaxed) {
                        for _ in 0..64 {
                            reads += u64::from(get(map, random.key(records), &mut out));
                        }
                    }
                    reads as f64 / start.elapsed().as_secs_f64()
                })
            })
            .collect();
        barrier.wait();
        std::thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap_or(f64::NAN))
            .sum()
    });
    print_sample(&format!("C1.{threads}"), rate);
}
