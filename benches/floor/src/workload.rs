//! The records of `../../workload.h`, and its random numbers.

use std::fmt::Write;

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

pub const SALES: u8 = 2;

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        self.0 >> 33
    }

    pub fn key(&mut self, records: u64) -> u64 {
        1 + self.next() % records
    }
}

/// What a record has in its columns.
#[derive(Clone, Copy)]
pub struct Fields {
    pub age: u8,
    pub dept: u8,
    pub salary: f64,
    pub active: bool,
}

pub fn dept_name(dept: u8) -> &'static str {
    DEPTS[usize::from(dept)]
}

pub fn write_record(out: &mut String, i: u64, random: &mut Random) -> Fields {
    let age = 18 + random.next() % 60;
    let dept = random.next() % 8;
    let cents = 3_000_000 + random.next() % 12_000_001;
    let active = random.next() % 2 == 1;
    let tag1 = TAGS[(random.next() % 16) as usize];
    let tag2 = TAGS[(random.next() % 16) as usize];
    let name = DEPTS[dept as usize];
    let _ = write!(
        out,
        "{{\"id\":{i},\"name\":\"User {i}\",\"age\":{age},\"dept\":\"{name}\",\"email\":\"user{i}@example.com\",\
         \"salary\":{}.{:02},\"active\":{active},\"tags\":[\"{tag1}\",\"{tag2}\"]}}",
        cents / 100,
        cents % 100,
    );
    Fields {
        age: age as u8,
        dept: dept as u8,
        salary: cents as f64 / 100.0,
        active,
    }
}
