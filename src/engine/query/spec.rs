//! Queries as they are written, compiled.

use super::aggregate;
use super::count::Count;
use super::grouping::Grouping;
use crate::engine::json::{inside, members, unescaped_bytes};
use crate::engine::limits::{exceeded, reserve, MAX_TEXT};
use crate::engine::options::{
    columns, fields, flag, name, object, order_by, unknown, SelectOptions,
};
use crate::engine::predicate::{Predicate, Program};
use crate::engine::{Error, Params, Result};
use std::sync::Arc;

const KNOWN: &str =
    "\"where\", \"columns\", \"group_by\", \"aggregates\", \"order_by\", \"limit\", \"offset\", \
                     \"distinct\"";

/// A compiled query: immutable, for any table and any number of runs.
#[derive(Debug, Clone)]
pub struct Query {
    /// What records must match; all do if there is none.
    pub(crate) predicate: Option<Arc<Predicate>>,
    /// Columns and order of a query that is not grouped. What limits it stands in `limit` and `offset` alone.
    pub(crate) options: SelectOptions,
    pub(crate) limit: Count,
    pub(crate) offset: Count,
    pub(crate) grouping: Option<Grouping>,
}

impl Query {
    /// Reads an object of the members that `docs/query-language.md` tells. Records must match `predicate` besides.
    pub fn from_json(predicate: Option<Arc<Predicate>>, spec: &str) -> Result<Query> {
        let mut query = Query {
            predicate,
            options: SelectOptions::default(),
            limit: Count::All,
            offset: Count::All,
            grouping: None,
        };
        let (mut by, mut aggregates, mut order) = (Vec::new(), Vec::new(), b"null".as_slice());
        let spec = object(spec)?;
        for (member, value) in members(&spec) {
            match member {
                b"where" => query.restrict(value)?,
                b"columns" => query.options.columns = of("columns", columns(value))?,
                b"group_by" => by = of("group_by", fields("group_by", value))?,
                b"aggregates" => aggregates = aggregate::read(value)?,
                b"order_by" => order = value,
                b"limit" => query.limit = count("limit", value)?,
                b"offset" => query.offset = count("offset", value)?,
                b"distinct" => query.options.distinct = flag("distinct", value)?,
                other => return Err(unknown(other, KNOWN)),
            }
        }
        if by.is_empty() && aggregates.is_empty() {
            query.options.order_by = of("order_by", order_by(order))?;
            return Ok(query);
        }
        if query.options.columns.is_some() {
            let reason = "does not go with \"group_by\" or \"aggregates\", which name the columns";
            return Err(Error::option("columns", reason));
        }
        query.grouping = Some(Grouping::new(by, aggregates, order)?);
        Ok(query)
    }

    /// Adds the predicate of the member "where" to what records must match.
    fn restrict(&mut self, value: &[u8]) -> Result<()> {
        if value == b"null" {
            return Ok(());
        }
        let wrong = || Error::option("where", "must be a predicate as text");
        let text = text(value)?.ok_or_else(wrong)?;
        let parsed = Arc::new(of("where", Predicate::parse(&text))?);
        self.predicate = Some(match self.predicate.take() {
            None => parsed,
            Some(given) => Arc::new(Predicate::and(vec![given, parsed])?),
        });
        Ok(())
    }

    /// The quoted names of the columns that all rows have, in order; `None` if rows are whole records.
    pub(crate) fn column_names(&self) -> Option<Vec<&[u8]>> {
        let name = |label| <[u8]>::strip_suffix(label, b":").unwrap_or(label);
        match (&self.grouping, &self.options.columns) {
            (Some(grouping), _) => Some(grouping.labels().map(name).collect()),
            (None, Some(columns)) => {
                let labels = columns.iter().map(|column| &*column.label);
                Some(labels.map(name).collect())
            }
            (None, None) => None,
        }
    }

    /// The predicate of a query that has nothing else.
    pub(crate) fn only_predicate(&self) -> Result<&Predicate> {
        let options = &self.options;
        let is_plain =
            options.columns.is_none() && options.order_by.is_empty() && !options.distinct;
        let is_whole = self.limit == Count::All && self.offset == Count::All;
        if !is_plain || !is_whole || self.grouping.is_some() {
            let reason = "must be the only member of a query that deletes";
            return Err(Error::option("where", reason));
        }
        let missing = || {
            let right = "is missing: a delete says which records it is about (TRUE for all)";
            Error::option("where", right)
        };
        self.predicate.as_deref().ok_or_else(missing)
    }

    /// The predicate as it runs; none if every record matches.
    pub(crate) fn program(&self) -> Option<&Program> {
        let program = self.predicate.as_deref().map(Predicate::program);
        program.filter(|program| !program.is_trivial())
    }

    /// The highest number of a parameter.
    pub fn parameters(&self) -> usize {
        let predicate = self.predicate.as_ref();
        let predicate = predicate.map_or(0, |predicate| predicate.parameters());
        let paging = self.limit.parameters().max(self.offset.parameters());
        predicate.max(paging)
    }

    /// Rows at most; `None` if there is no limit.
    pub(crate) fn limit(&self, params: &Params) -> Result<Option<u64>> {
        self.limit.value("limit", params)
    }

    /// Rows to leave out at the start.
    pub(crate) fn offset(&self, params: &Params) -> Result<u64> {
        let offset = self.offset.value("offset", params)?;
        Ok(offset.unwrap_or(0))
    }
}

/// Says of an error in a text, whose position is relative to that text, which member has it.
pub(super) fn of<T>(name: &str, read: Result<T>) -> Result<T> {
    read.map_err(|mut error| {
        match &mut error {
            Error::Parse { member, .. } => *member = Some(name.to_owned()),
            Error::NumberRange { reason, .. } => *reason = format!("in {name:?}: {reason}"),
            _ => {}
        }
        error
    })
}

fn count(option: &str, value: &[u8]) -> Result<Count> {
    Count::read(option, value, name(value)?.as_deref())
}

/// The text that a canonical string stands for; `None` for any other value.
fn text(value: &[u8]) -> Result<Option<String>> {
    let Some(inside) = inside(value) else {
        return Ok(None);
    };
    // Each byte comes of at most six.
    if inside.len() > 6 * MAX_TEXT {
        return Err(exceeded("bytes of a text to compile", MAX_TEXT));
    }
    let mut text = Vec::new();
    reserve(&mut text, inside.len())?;
    text.extend(unescaped_bytes(inside));
    Ok(Some(String::from_utf8(text).unwrap_or_default()))
}
