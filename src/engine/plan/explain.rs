//! Plans as JSON.

use super::access::Access;
use super::analysis::Analysis;
use super::order::Walk;
use super::planner::Plan;
use crate::engine::predicate::{Bindings, Expression, Program};
use crate::engine::table::Version;
use crate::engine::Result;
use serde_json::{json, Map, Value};

/// What is needed to tell of a plan.
pub(crate) struct Explain<'a> {
    pub(crate) version: &'a Version,
    pub(crate) program: Option<&'a Program>,
    pub(crate) bindings: &'a Bindings,
}

impl Explain<'_> {
    /// Some parts of the predicate as text; null if they are none.
    fn text(&self, parts: &[&Expression]) -> Result<Value> {
        let Some(program) = self.program.filter(|_| !parts.is_empty()) else {
            return Ok(Value::Null);
        };
        let mut text = Vec::new();
        program.print_all(parts, Some(self.bindings), &mut text)?;
        Ok(json!(String::from_utf8_lossy(&text)))
    }

    fn index(&self, at: usize, condition: &[&Expression], rows: usize) -> Result<Value> {
        let definition = self
            .version
            .indexes()
            .get(at)
            .map(|index| &index.definition);
        let mut told = Map::new();
        told.insert("access".to_owned(), json!("index"));
        if let Some(definition) = definition {
            told.insert("index".to_owned(), json!(definition.names()));
            told.insert("kind".to_owned(), json!(definition.kind.name()));
        }
        told.insert("condition".to_owned(), self.text(condition)?);
        told.insert("rows_estimated".to_owned(), json!(rows));
        Ok(Value::Object(told))
    }

    fn access(&self, access: &Access<'_>) -> Result<Value> {
        let rows = access.estimate(self.version);
        Ok(match access {
            Access::Scan => json!({"access": "scan", "rows_estimated": rows}),
            Access::Nothing => json!({"access": "nothing", "rows_estimated": 0}),
            Access::Keys { condition, .. } => json!({
                "access": "primary_key",
                "condition": self.text(condition)?,
                "rows_estimated": rows,
            }),
            Access::Index(search) => self.index(search.index, &search.condition, rows)?,
            Access::Union(parts) => self.parts("union", parts, rows)?,
            Access::Intersection(parts) => self.parts("intersection", parts, rows)?,
        })
    }

    fn parts(&self, access: &str, parts: &[Access<'_>], rows: usize) -> Result<Value> {
        let parts = parts.iter().map(|part| self.access(part));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        Ok(json!({"access": access, "parts": parts, "rows_estimated": rows}))
    }

    /// A plan, how its rows are ordered, and whether records are read.
    pub(crate) fn plan(&self, plan: &Plan<'_>, order: &str, reads: bool) -> Result<Value> {
        let told = self.access(&plan.access)?;
        self.finish(told, &plan.filter, order, reads)
    }

    /// A walk along an index.
    pub(crate) fn walk(&self, walk: &Walk<'_>) -> Result<Value> {
        let told = self.index(walk.index, &walk.condition, walk.span.len())?;
        self.finish(told, &walk.filter, "index", true)
    }

    /// An answer that the ends of an index tell; the plan is for the records that match.
    pub(crate) fn ends(
        &self,
        index: usize,
        plan: &Plan<'_>,
        analysis: &Analysis<'_>,
    ) -> Result<Value> {
        let rows = plan.access.estimate(self.version);
        let told = self.index(index, analysis.all(), rows)?;
        self.finish(told, &[], "natural", false)
    }

    /// An answer that the table knows.
    pub(crate) fn known(&self) -> Result<Value> {
        let told = json!({"access": "all", "rows_estimated": self.version.count()});
        self.finish(told, &[], "natural", false)
    }

    fn finish(
        &self,
        mut told: Value,
        filter: &[&Expression],
        order: &str,
        reads: bool,
    ) -> Result<Value> {
        if let Value::Object(members) = &mut told {
            members.insert("filter".to_owned(), self.text(filter)?);
            members.insert("order".to_owned(), json!(order));
            members.insert("reads_records".to_owned(), json!(reads));
        }
        Ok(told)
    }
}
