//! Grouped queries, from their text to their rows.

mod functions;
mod model;
mod reference;
mod spec;

use super::group::Groups;
use super::Query;
use crate::engine::interrupt::Interrupt;
use crate::engine::json::Scanner;
use crate::engine::record::{self, Record};
use crate::engine::shape::Shapes;
use crate::engine::{Params, Result};

/// Records as a table stores them.
pub(super) struct Stored {
    shapes: Shapes,
    records: Vec<Vec<u8>>,
}

impl Stored {
    fn new() -> Stored {
        Stored {
            shapes: Shapes::new("id"),
            records: Vec::new(),
        }
    }

    fn of(records: &[&str]) -> Stored {
        let mut stored = Stored::new();
        records.iter().for_each(|json| stored.add(json, false));
        stored
    }

    /// A generic record has no field positions.
    fn add(&mut self, json: &str, is_generic: bool) {
        let mut text = Vec::new();
        let mut scanner = Scanner::new(json);
        scanner.record(&mut text, None).unwrap();
        let names: Vec<&[u8]> = scanner
            .spans()
            .iter()
            .map(|span| &text[span.name.0 as usize..span.name.1 as usize])
            .collect();
        let ends: Vec<u32> = scanner.spans().iter().map(|span| span.value.1).collect();
        let mut bytes = Vec::new();
        if is_generic {
            let shape = self.shapes.generic().unwrap();
            record::write(&mut bytes, shape, &[], &[&text]);
        } else {
            let shape = self.shapes.add(&names);
            record::write(&mut bytes, &shape, &ends, &[&text]);
        }
        self.records.push(bytes);
    }

    /// The answer to a grouped query.
    fn run(&self, spec: &str) -> Result<String> {
        self.run_with(spec, "[]")
    }

    fn run_with(&self, spec: &str, params: &str) -> Result<String> {
        let query = Query::from_json(None, spec)?;
        let params = Params::from_json(params)?;
        params.check(query.parameters())?;
        let (offset, limit) = (query.offset(&params)?, query.limit(&params)?);
        let grouping = query.grouping.as_ref().expect("a grouped query");
        let mut groups = Groups::new(grouping, &self.shapes)?;
        for bytes in &self.records {
            groups.add(Record::read(bytes).unwrap())?;
        }
        let count = groups.count(offset, limit);
        let mut out = b"before ".to_vec();
        assert_eq!(
            groups.finish(offset, limit, &Interrupt::NONE, &mut out)?,
            count
        );
        let out = String::from_utf8(out).unwrap();
        let rows = out.strip_prefix("before ").unwrap();
        let parsed: Vec<serde_json::Value> = serde_json::from_str(rows).unwrap();
        assert_eq!(parsed.len() as u64, count);
        Ok(rows.to_owned())
    }
}
