//! The same workload as `../point_reads.c` on a bare hash map under a read-write lock: nothing is parsed, nothing is checked;
//! a read is a lookup and a copy into a reused buffer. Takes the same arguments and prints the same lines.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::RwLock;
use std::fmt::Write;
use std::sync::Barrier;
use std::time::{Duration, Instant};

type Map = RwLock<HashMap<i64, Box<[u8]>, RandomState>>;

const BATCH: u64 = 1000;
const DEPTS: [&str; 8] = [
    "IT",
    "HR",
    "Sales",
    "Engineering",
    "Marketing",
    "Finance",
    "Legal",
    "Support",
];
const TAGS: [&str; 16] = [
    "alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa", "lam", "mu",
    "nu", "xi", "omi", "pi",
];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        self.0 >> 33
    }
}

fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    pages.unwrap_or(f64::NAN) * 4096.0
}

fn write_record(out: &mut String, i: u64, random: &mut Random) {
    let age = 18 + random.next() % 60;
    let dept = DEPTS[(random.next() % 8) as usize];
    let cents = 3_000_000 + random.next() % 12_000_001;
    let active = random.next() % 2 == 1;
    let tag1 = TAGS[(random.next() % 16) as usize];
    let tag2 = TAGS[(random.next() % 16) as usize];
    let _ = write!(
        out,
        "{{\"id\":{i},\"name\":\"User {i}\",\"age\":{age},\"dept\":\"{dept}\",\"email\":\"user{i}@example.com\",\
         \"salary\":{}.{:02},\"active\":{active},\"tags\":[\"{tag1}\",\"{tag2}\"]}}",
        cents / 100,
        cents % 100,
    );
}

fn load(map: &Map, records: u64) {
    let mut random = Random(42);
    let mut texts: Vec<String> = (0..BATCH).map(|_| String::with_capacity(256)).collect();
    let before = resident();
    let (mut spent, mut text) = (Duration::ZERO, 0);
    let mut first = 1;
    while first <= records {
        let count = BATCH.min(records - first + 1);
        for k in 0..count {
            let out = &mut texts[k as usize];
            out.clear();
            write_record(out, first + k, &mut random);
            text += out.len();
        }
        let start = Instant::now();
        for k in 0..count {
            let record = texts[k as usize].as_bytes().into();
            map.write().insert((first + k) as i64, record);
        }
        spent += start.elapsed();
        first += count;
    }
    println!(
        "insert_ns {:.1}",
        spent.as_secs_f64() * 1e9 / records as f64
    );
    println!(
        "bytes_per_record {:.1}",
        (resident() - before) / records as f64
    );
    println!("text_per_record {:.1}", text as f64 / records as f64);
}

fn read(map: &Map, records: u64, reads: u64, seed: u64) -> u64 {
    let mut random = Random(seed);
    let mut buffer: Vec<u8> = Vec::new();
    let mut checksum = 0;
    for _ in 0..reads {
        let key = (1 + random.next() % records) as i64;
        buffer.clear();
        if let Some(record) = map.read().get(&key) {
            buffer.extend_from_slice(record);
        }
        checksum += buffer.len() as u64 + u64::from(buffer[buffer.len() / 2]);
    }
    checksum
}

fn main() {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let [records, reads] = arguments[..] else {
        eprintln!("usage: floor RECORDS READS");
        std::process::exit(2);
    };
    let map = Map::default();
    load(&map, records);

    read(&map, records, reads, 7); // warms up
    let start = Instant::now();
    let mut checksum = read(&map, records, reads, 7);
    let alone = start.elapsed().as_secs_f64() / reads as f64;
    println!("read_ns {:.1}", alone * 1e9);
    println!("reads_1 {:.3}", 1e-6 / alone);

    let barrier = Barrier::new(3);
    let together = std::thread::scope(|scope| {
        let readers = [7, 8].map(|seed| {
            let (map, barrier) = (&map, &barrier);
            scope.spawn(move || {
                barrier.wait();
                read(map, records, reads, seed)
            })
        });
        barrier.wait();
        let start = Instant::now();
        for reader in readers {
            checksum += reader.join().unwrap_or_default();
        }
        start.elapsed().as_secs_f64()
    });
    println!("reads_2 {:.3}", 2e-6 * reads as f64 / together);
    println!("checksum {checksum}");
}
