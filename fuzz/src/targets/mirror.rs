//! A copy of a database that is kept by what a watch tells.

use super::api::*;
use super::model::table;
use serde_json::Value;
use std::collections::BTreeMap;

pub struct Mirror {
    watch: Own<Watch>,
    /// The records of each table, by the text of their keys.
    tables: BTreeMap<String, BTreeMap<String, Value>>,
    last: u64,
}

impl Mirror {
    /// Of a database that has no tables yet.
    pub fn new(db: Db) -> Mirror {
        Mirror {
            watch: db.watch().expect("a watch is made"),
            tables: BTreeMap::new(),
            last: 0,
        }
    }

    fn follow(&mut self) {
        let (changes, last) = self.watch.poll(self.last).expect("changes are kept");
        let changes: Vec<Value> = serde_json::from_str(&changes).expect("changes are JSON");
        for change in changes {
            self.last += 1;
            assert_eq!(
                change["sequence"].as_u64(),
                Some(self.last),
                "no change is left out"
            );
            let name = change["table"].as_str().expect("a name").to_owned();
            let operation = change["operation"].as_str().expect("an operation");
            match operation {
                "create" => assert!(self.tables.insert(name, BTreeMap::new()).is_none()),
                "drop" => assert!(self.tables.remove(&name).is_some()),
                _ => {
                    let records = self
                        .tables
                        .get_mut(&name)
                        .expect("a change of a table that is there");
                    let key = change["key"].to_string();
                    match operation {
                        "insert" => {
                            assert!(records.insert(key, change["record"].clone()).is_none())
                        }
                        "delete" => assert!(records.remove(&key).is_some()),
                        "update" => {
                            let old = change.get("old_key").map_or(key.clone(), Value::to_string);
                            assert!(
                                records.remove(&old).is_some(),
                                "{change} of what is not there"
                            );
                            assert!(records.insert(key, change["record"].clone()).is_none());
                        }
                        other => panic!("an operation {other:?}"),
                    }
                }
            }
        }
        assert_eq!(last, self.last);
    }

    /// Panics unless it has what the model has.
    pub fn compare(&mut self, models: &[&table::Table]) {
        self.follow();
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        let wanted: BTreeMap<String, BTreeMap<String, Value>> = models
            .iter()
            .map(|model| {
                let rows = model.rows.iter();
                let records =
                    rows.map(|row| (read(&row.key.text()).to_string(), read(&row.record.text())));
                (model.name.clone(), records.collect())
            })
            .collect();
        assert_eq!(self.tables, wanted, "what a watch told");
    }
}
