//! Indexes after changes of many rows, against what the records say.

use super::super::{Table, Update, Version};
use crate::engine::index::{Definition, Index, Kind, Span};
use crate::engine::keymap::Row;
use crate::engine::record::Record;
use crate::engine::value::Value;
use crate::engine::{Database, IndexOptions, Params, Predicate, TableOptions};
use proptest::prelude::*;
use std::cmp::Ordering;

const INDEXES: [(&str, u64); 7] = [
    ("{\"fields\":\"a\",\"kind\":\"hash\"}", 7),
    ("{\"fields\":\"b\",\"kind\":\"sorted\"}", 0),
    ("{\"fields\":[\"b\",\"a\"],\"kind\":\"hash\"}", 3),
    ("{\"fields\":[\"a\",\"b\"],\"kind\":\"sorted\"}", 0),
    ("{\"fields\":\"c\",\"kind\":\"sorted\"}", 0),
    ("{\"fields\":\"d\",\"kind\":\"hash\"}", 0),
    ("{\"fields\":\"id\",\"kind\":\"sorted\",\"unique\":true}", 0),
];

/// Values of which many have the same code, or the same hash, as others.
const VALUES: [&str; 22] = [
    "null",
    "true",
    "0",
    "1",
    "1.0",
    "-5.25",
    "9007199254740992",
    "9007199254740993",
    "9007199254740992.0",
    "18446744073709551615",
    "\"\"",
    "\"a\"",
    "\"prefix\"",
    "\"prefix one\"",
    "\"prefix two\"",
    "\"prefix\\n\"",
    "\"prefix three\"",
    "[]",
    "[1,2]",
    "[1]",
    "{\"x\":1}",
    "{\"x\":2}",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn value(&mut self) -> String {
        match self.below(4) {
            0 => self.below(1000).to_string(),
            1 => format!("\"prefix {}\"", self.below(40)),
            _ => VALUES[self.below(VALUES.len())].to_owned(),
        }
    }

    fn record(&mut self) -> String {
        let a = match self.below(9) {
            0 => String::new(),
            _ => format!("\"a\":{},", self.value()),
        };
        let (b, c, d, g) = (self.value(), self.value(), self.value(), self.below(12));
        format!("{{{a}\"b\":{b},\"c\":{c},\"d\":{d},\"g\":{g}}}")
    }
}

fn compare(a: &[Value<'_>], b: &[Value<'_>]) -> Ordering {
    let orders = a.iter().zip(b).map(|(a, b)| a.order(b));
    orders.fold(Ordering::Equal, Ordering::then)
}

fn values<'a>(definition: &Definition, record: &Record<'a>, version: &Version) -> Vec<Value<'a>> {
    let fields = 0..definition.fields.len();
    fields
        .map(|at| definition.value(at, record, version.shapes()))
        .collect()
}

fn rows_of(index: &Index, span: Span) -> Vec<Row> {
    let mut rows = Vec::new();
    index.rows(span, |more| {
        rows.extend_from_slice(more);
        true
    });
    rows
}

fn check_index(version: &Version, index: &Index) {
    let definition = &index.definition;
    let mut wanted: Vec<(Vec<Value<'_>>, Row)> = Vec::new();
    version.each(|row, _, record| {
        wanted.push((values(definition, &record, version), row));
        true
    });
    let mut found = rows_of(
        index,
        Span {
            from: 0,
            to: usize::MAX,
        },
    );
    if definition.kind == Kind::Hash {
        found.sort_unstable();
        let rows: Vec<Row> = wanted.iter().map(|(_, row)| *row).collect();
        assert_eq!(found, rows, "{definition:?}");
    }
    wanted.sort_by(|a, b| compare(&a.0, &b.0).then(a.1.cmp(&b.1)));
    if definition.kind == Kind::Sorted {
        let rows: Vec<Row> = wanted.iter().map(|(_, row)| *row).collect();
        assert_eq!(found, rows, "{definition:?}");
    }
    for group in wanted.chunk_by(|a, b| compare(&a.0, &b.0).is_eq()) {
        let (span, all_equal) = index.span(&group[0].0, None, version.stored());
        let mut found = rows_of(index, span);
        if !all_equal {
            found.retain(|row| group.iter().any(|(_, other)| row == other));
        }
        let rows: Vec<Row> = group.iter().map(|(_, row)| *row).collect();
        assert_eq!(found, rows, "{definition:?} {:?}", group[0].0);
        if let Some(found) = index.rows_of_hash(&group[0].0, version.stored()) {
            assert_eq!(found, rows, "{definition:?} {:?}", group[0].0);
        }
    }
}

fn check(version: &Version) {
    version
        .indexes()
        .iter()
        .for_each(|index| check_index(version, index));
}

fn step(table: &Table, random: &mut Random) {
    let group = format!("g = {}", random.below(12));
    let group = match random.below(4) {
        0 => format!("{group} OR g = {}", random.below(12)),
        1 => format!("{group} AND b < 500"),
        _ => group,
    };
    let predicate = Predicate::parse(&group).unwrap();
    // That nothing matches is no matter here.
    match random.below(9) {
        0 => drop(table.delete(&predicate)),
        1 => {
            let changes = format!("{{\"a\":{}}}", random.value());
            let _ = table.update(&predicate, &changes);
        }
        2 | 3 => {
            let set = [
                "a = b, b = a",
                "b = a, c = g",
                "c = d, d = c, a = id",
                "e = 1",
            ];
            let set = set[random.below(set.len())];
            let update = Update::new(None, Some(&group), set).unwrap();
            let _ = table.run_update(&update, &Params::none());
        }
        4 => {
            let id = random.below(4000);
            let some = format!("id >= {id} AND id < {}", id + random.below(1500));
            drop(table.delete(&Predicate::parse(&some).unwrap()));
        }
        _ => {
            let count = [1, 7, 8, 60, 700][random.below(5)];
            let records: Vec<String> = (0..count).map(|_| random.record()).collect();
            let text = format!("[{}]", records.join(","));
            table.insert_many(&text, None).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(16))]
    /// Whatever is inserted, updated and deleted, indexes are in the order of values and rows and find what is equal, those
    /// of versions held meanwhile, too.
    #[test]
    fn indexes_agree_with_the_records(seed in any::<u64>(), steps in 1_usize..30) {
        let table = Database::new().create_table("t", TableOptions::default()).unwrap();
        for (options, mask) in INDEXES {
            let options = IndexOptions::from_json(options).unwrap();
            let options = if mask > 0 { options.with_mask(mask) } else { options };
            table.create_index(&options).unwrap();
        }
        let core = table.core().unwrap();
        let mut random = Random(seed);
        let mut held = Vec::new();
        for _ in 0..steps {
            step(&table, &mut random);
            let version = core.state.read().version.clone();
            check(&version);
            version.check_indexes();
            if random.below(2) == 0 {
                held.push(version);
            }
        }
        held.iter().for_each(check);
    }
}
