//! Queries: plain loops over columns, sorted lists and contiguous text that are there already. What they find is copied out.

use crate::report::{print_sample, time, Report};
use crate::workload::{dept_name, write_record, Fields, Random, SALES};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use memchr::memmem;
use std::hash::BuildHasher;
use std::io::Write;

const FINDS: usize = 20;

pub struct Columns {
    records: u64,
    fields: Vec<Fields>,
    /// Salaries and activity side by side, as scans want them.
    salaries: Vec<f64>,
    active: Vec<bool>,
    depts: Vec<u8>,
    texts: String,
    ends: Vec<usize>,
    emails: String,
    email_ends: Vec<usize>,
}

/// The code of a value in an index, and the row.
type Entry = (u64, u32);

fn slice<'a>(text: &'a str, ends: &[usize], row: usize) -> &'a str {
    &text[if row == 0 { 0 } else { ends[row - 1] }..ends[row]]
}

impl Columns {
    pub fn new(records: u64) -> Columns {
        let mut random = Random(42);
        let (mut texts, mut emails) = (String::new(), String::new());
        let (mut ends, mut email_ends) = (Vec::new(), Vec::new());
        let fields: Vec<Fields> = (1..=records)
            .map(|i| {
                let fields = write_record(&mut texts, i, &mut random);
                ends.push(texts.len());
                emails.push_str("user");
                emails.push_str(&i.to_string());
                emails.push_str("@example.com");
                email_ends.push(emails.len());
                fields
            })
            .collect();
        Columns {
            records,
            salaries: fields.iter().map(|f| f.salary).collect(),
            active: fields.iter().map(|f| f.active).collect(),
            depts: fields.iter().map(|f| f.dept).collect(),
            fields,
            texts,
            ends,
            emails,
            email_ends,
        }
    }

    fn write_rows(&self, out: &mut Vec<u8>, rows: impl Iterator<Item = u32>) {
        out.push(b'[');
        for row in rows {
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(slice(&self.texts, &self.ends, row as usize).as_bytes());
        }
        out.push(b']');
    }

    /// The rows that are active and earn more than 140,000.
    fn scan(&self) -> impl Iterator<Item = u32> + '_ {
        let pairs = self.salaries.iter().zip(&self.active).enumerate();
        pairs.filter_map(|(row, (salary, active))| {
            (*salary > 140_000.0 && *active).then_some(row as u32)
        })
    }

    pub fn measure_scans(&self, report: &Report) {
        report.measure("R4.count", |out| {
            let pairs = self.salaries.iter().zip(&self.active);
            let count: u64 = pairs
                .map(|(salary, active)| u64::from((*salary > 140_000.0) & active))
                .sum();
            let _ = write!(out, "{count}");
        });
        report.measure("R4.rows", |out| self.write_rows(out, self.scan()));
        let finder = memmem::Finder::new("99@example");
        report.measure("R5", |out| {
            let _ = write!(out, "{}", finder.find_iter(self.emails.as_bytes()).count());
        });
        report.measure("R6", |out| {
            let mut best: Vec<(f64, u32)> = Vec::with_capacity(11);
            for (row, salary) in self.salaries.iter().enumerate() {
                if best.len() < 10 || *salary > best[9].0 {
                    let place = best.partition_point(|(other, _)| other >= salary);
                    best.insert(place, (*salary, row as u32));
                    best.truncate(10);
                }
            }
            self.write_rows(out, best.iter().map(|(_, row)| *row));
        });
        report.measure("R7", |out| self.groups(out));
    }

    fn groups(&self, out: &mut Vec<u8>) {
        let mut groups = [(0u64, 0.0f64, f64::INFINITY, f64::NEG_INFINITY); 8];
        for (dept, salary) in self.depts.iter().zip(&self.salaries) {
            let (count, sum, min, max) = &mut groups[usize::from(*dept & 7)];
            *count += 1;
            *sum += salary;
            *min = min.min(*salary);
            *max = max.max(*salary);
        }
        for (dept, (count, sum, min, max)) in groups.iter().enumerate() {
            let (name, avg) = (dept_name(dept as u8), sum / *count as f64);
            let start = if dept == 0 { '[' } else { ',' };
            let _ = write!(
                out,
                "{start}{{\"dept\":\"{name}\",\"count\":{count},\"avg\":{avg},\"min\":{min},\"max\":{max}}}"
            );
        }
        out.push(b']');
    }

    /// The entries of the four indexes, sorted; and what they serve.
    pub fn measure_indexes(&self, reads: u64, high: f64, report: &Report) {
        let hasher = RandomState::default();
        let email = |row: usize| slice(&self.emails, &self.email_ends, row);
        let code = |of: &dyn Fn(usize) -> u64| -> Vec<Entry> {
            (0..self.fields.len())
                .map(|row| (of(row), row as u32))
                .collect()
        };
        let mut indexes = [
            code(&|row| u64::from(self.depts[row])),
            code(&|row| hasher.hash_one(email(row))),
            code(&|row| u64::from(self.fields[row].age)),
            code(&|row| self.salaries[row].to_bits()),
        ];
        let (_, seconds) = time(|| indexes.iter_mut().for_each(|index| index.sort_unstable()));
        print_sample("IX", seconds * 1e9);
        let [depts, _, _, salaries] = &indexes;

        let sales = |at: u8| depts.partition_point(|(dept, _)| *dept < u64::from(at));
        report.measure("R2.dept.rows", |out| {
            let rows = &depts[sales(SALES)..sales(SALES + 1)];
            self.write_rows(out, rows.iter().map(|(_, row)| *row));
        });
        report.measure("R3", |out| {
            let low = salaries.partition_point(|(salary, _)| f64::from_bits(*salary) < 90_000.0);
            let end = salaries.partition_point(|(salary, _)| f64::from_bits(*salary) <= high);
            let mut rows: Vec<u32> = salaries[low..end].iter().map(|(_, row)| *row).collect();
            rows.sort_unstable();
            self.write_rows(out, rows.into_iter());
        });
        self.measure_finds(reads, &hasher, report);
    }

    fn measure_finds(&self, reads: u64, hasher: &RandomState, report: &Report) {
        let email = |row: u32| slice(&self.emails, &self.email_ends, row as usize);
        let mut table: HashTable<u32> = HashTable::with_capacity(self.fields.len());
        for row in 0..self.fields.len() as u32 {
            let hash = hasher.hash_one(email(row));
            table.insert_unique(hash, row, |row| hasher.hash_one(email(*row)));
        }
        let mut random = Random(7);
        let wanted: Vec<String> = (0..reads)
            .map(|_| format!("user{}@example.com", random.key(self.records)))
            .collect();
        let find = |wanted: &str, out: &mut Vec<u8>| {
            let hash = hasher.hash_one(wanted);
            let found = table.find(hash, |row| email(*row) == wanted);
            self.write_rows(out, found.into_iter().copied());
        };
        let mut answer = vec![b'['];
        for (k, wanted) in wanted.iter().take(FINDS).enumerate() {
            answer.extend_from_slice(if k == 0 { b"" } else { b"," });
            let mut rows = Vec::new();
            find(wanted, &mut rows);
            answer.append(&mut rows);
        }
        answer.push(b']');
        report.answer("R2.email", &answer);
        let (mut out, mut seconds) = (Vec::new(), 0.0);
        for _ in 0..2 {
            // the first time warms up
            (_, seconds) = time(|| {
                for wanted in &wanted {
                    out.clear();
                    find(wanted, &mut out);
                    assert!(out.len() > 2);
                }
            });
        }
        print_sample("R2.email", seconds * 1e9 / reads as f64);
    }
}
