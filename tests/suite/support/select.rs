//! What `select` does with the records that match: order, project, make distinct, leave out, limit.

use super::fault::Fault;
use super::parse::parse;
use super::path::{look_up, parse_path, Step};
use super::value::{order, same, Value};
use std::cmp::Ordering;

#[derive(Default)]
pub struct Select {
    columns: Option<Vec<(String, Vec<Step>)>>,
    order_by: Vec<(Vec<Step>, bool)>,
    distinct: bool,
    offset: usize,
    limit: Option<usize>,
}

impl Select {
    pub fn read(text: &str) -> Result<Select, Fault> {
        let Value::Dict(options) = parse(text).map_err(|bad| Fault::bad(bad, None))? else {
            return Err(Fault::Json { index: None });
        };
        let mut select = Select::default();
        for (name, value) in &options {
            let refused = || Fault::Option { name: name.clone() };
            match name.as_str() {
                "columns" => select.columns = Some(read_columns(value, &refused)?),
                "order_by" => select.order_by = read_order(value, &refused)?,
                "distinct" => match value {
                    Value::Bool(distinct) => select.distinct = *distinct,
                    _ => return Err(refused()),
                },
                "offset" => select.offset = read_count(value).ok_or_else(refused)?.unwrap_or(0),
                "limit" if value.is_null() => {}
                "limit" => select.limit = read_count(value).ok_or_else(refused)?,
                _ => return Err(refused()),
            }
        }
        Ok(select)
    }

    pub fn rows<'a>(&self, matches: impl Iterator<Item = &'a Value>) -> Vec<Value> {
        let mut found: Vec<&Value> = matches.collect();
        found.sort_by(|a, b| self.order(a, b));
        let mut rows: Vec<Value> = found
            .into_iter()
            .map(|record| self.project(record))
            .collect();
        if self.distinct {
            let mut kept: Vec<Value> = Vec::new();
            for row in rows {
                if !kept.iter().any(|other| same(other, &row)) {
                    kept.push(row);
                }
            }
            rows = kept;
        }
        let rows = rows.into_iter().skip(self.offset);
        rows.take(self.limit.unwrap_or(usize::MAX)).collect()
    }

    fn order(&self, a: &Value, b: &Value) -> Ordering {
        for (path, descending) in &self.order_by {
            let found = order(&look_up(a, path), &look_up(b, path));
            if found != Ordering::Equal {
                return if *descending { found.reverse() } else { found };
            }
        }
        Ordering::Equal
    }

    fn project(&self, record: &Value) -> Value {
        match &self.columns {
            None => record.clone(),
            Some(columns) => {
                let cell =
                    |(name, path): &(String, Vec<Step>)| (name.clone(), look_up(record, path));
                Value::Dict(columns.iter().map(cell).collect())
            }
        }
    }
}

fn read_columns(
    value: &Value,
    refused: &dyn Fn() -> Fault,
) -> Result<Vec<(String, Vec<Step>)>, Fault> {
    let mut columns: Vec<(String, Vec<Step>)> = Vec::new();
    match value {
        Value::List(fields) => {
            for field in fields {
                let field = field.as_str().ok_or_else(refused)?;
                let path = parse_path(field)?;
                // A plain field gives its name, anything else its text.
                let name = match &path[..] {
                    [Step::Name(name)] => name.clone(),
                    _ => field.to_owned(),
                };
                match columns.iter_mut().find(|(n, _)| *n == name) {
                    Some(column) => column.1 = path,
                    None => columns.push((name, path)),
                }
            }
        }
        Value::Dict(aliases) => {
            for (alias, field) in aliases {
                columns.push((
                    alias.clone(),
                    parse_path(field.as_str().ok_or_else(refused)?)?,
                ));
            }
        }
        _ => return Err(refused()),
    }
    Ok(columns)
}

fn read_order(value: &Value, refused: &dyn Fn() -> Fault) -> Result<Vec<(Vec<Step>, bool)>, Fault> {
    let one = std::slice::from_ref(value);
    let fields = match value {
        Value::Str(_) => one,
        Value::List(fields) => fields,
        _ => return Err(refused()),
    };
    let mut order_by = Vec::new();
    for field in fields {
        let field = field.as_str().ok_or_else(refused)?;
        order_by.push(match field.strip_prefix('-') {
            Some(field) => (parse_path(field)?, true),
            None => (parse_path(field)?, false),
        });
    }
    Ok(order_by)
}

/// Not an integer: refused (None). Negative: Some(None).
fn read_count(value: &Value) -> Option<Option<usize>> {
    match value {
        Value::Number(text) => Some(usize::try_from(text.parse::<i128>().ok()?).ok()),
        _ => None,
    }
}
