//! The tables that predicates and queries are asked of: the same records, with indexes, with others, and without any.

use super::api::{Db, Own, Table};
use super::awkward;
use super::model;

/// The tables, and the model of them all.
pub struct Tables {
    pub model: model::table::Table,
    pub plain: Own<Table>,
    /// A snapshot of `plain` from before all its records were changed and changed back.
    pub snapshot: Own<Table>,
    pub single: Own<Table>,
    pub compound: Own<Table>,
}

const SINGLE: &[(&str, &str)] = &[
    ("a", "sorted"),
    ("b", "sorted"),
    ("s", "sorted"),
    ("c", "hash"),
    ("u", "hash"),
    ("id", "sorted"),
    ("n.b", "sorted"),
    ("tags[0]", "sorted"),
    ("tags", "sorted"),
    ("n", "hash"),
    ("`x y`", "sorted"),
    ("missing", "sorted"),
    ("`in`", "hash"),
];

const COMPOUND: &[(&[&str], &str)] = &[
    (&["a", "b"], "sorted"),
    (&["b", "a"], "sorted"),
    (&["s", "a"], "sorted"),
    (&["a", "s", "b"], "sorted"),
    (&["u", "a"], "hash"),
    (&["n.b", "a"], "sorted"),
    (&["id", "a"], "sorted"),
    (&["c", "u"], "sorted"),
    (&["s"], "hash"),
    (&["a"], "hash"),
    (&["u"], "sorted"),
];

impl Tables {
    fn new() -> Tables {
        let db = Db::new();
        let records = format!("[{}]", awkward::records().join(","));
        let make = |name: &str| {
            let table = db
                .create_table(name.as_bytes(), None)
                .expect("a table is made");
            table
                .insert_many(records.as_bytes())
                .expect("records are inserted");
            table
        };
        let (plain, single, compound) = (make("plain"), make("single"), make("compound"));
        for (field, kind) in SINGLE {
            let options = format!(r#"{{"fields":["{field}"],"kind":"{kind}"}}"#);
            single
                .create_index(options.as_bytes())
                .expect("an index is made");
        }
        for (fields, kind) in COMPOUND {
            let options = format!(
                r#"{{"fields":{},"kind":"{kind}"}}"#,
                serde_json::json!(fields)
            );
            compound
                .create_index(options.as_bytes())
                .expect("an index is made");
        }
        let snapshot = plain.snapshot().expect("a snapshot is taken");
        for set in ["marked = TRUE", "remove(marked)"] {
            plain
                .update_where(b"TRUE", set.as_bytes(), None)
                .expect("records are changed");
        }
        let mut model = model::table::Table::new("t", "{}");
        model
            .insert_many(&records)
            .expect("the model takes what the library took");
        Tables {
            model,
            plain,
            snapshot,
            single,
            compound,
        }
    }

    /// The tables of this thread, made when they are first asked for. Nobody changes them.
    pub fn with<R>(run: impl FnOnce(&Tables) -> R) -> R {
        thread_local! {
            static TABLES: Tables = Tables::new();
        }
        TABLES.with(run)
    }

    /// All of them, by name.
    pub fn all(&self) -> [(&'static str, Table); 4] {
        [
            ("plain", *self.plain),
            ("snapshot", *self.snapshot),
            ("single", *self.single),
            ("compound", *self.compound),
        ]
    }
}
