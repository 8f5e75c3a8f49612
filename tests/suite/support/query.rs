//! Queries: what they answer, and how they are written down.

use super::aggregate::{groups, is_near, Aggregate, Cell, Why};
use super::fault::Fault;
use super::parse::parse;
use super::path::{parse_path, Step};
use super::predicate::Pred;
use super::random::Random;
use super::say::{Say, Want};
use super::select::Select;
use super::spell::spell_some;
use super::table::Table;
use super::value::{order, same, Value};
use std::cmp::Ordering;
use std::fmt;

#[derive(Clone, Default)]
pub struct Query {
    pub filter: Option<Pred>,
    /// Alias, if it has one, and field: all of them have one, or none.
    pub columns: Option<Vec<(Option<String>, String)>>,
    pub group_by: Vec<String>,
    /// As the columns.
    pub aggregates: Vec<(Option<String>, Aggregate)>,
    /// Fields, or output columns of groups; whether descending.
    pub order_by: Vec<(String, bool)>,
    pub limit: Option<i64>,
    pub offset: Option<i64>,
    pub distinct: bool,
    /// A member that makes it no query.
    pub wrong: Option<(&'static str, &'static str)>,
}

/// Where a predicate comes from: the query's own text, or a handle.
#[derive(Clone)]
pub enum Source {
    None,
    Where(String),
    Parsed(String),
    /// Parsed, printed and parsed again.
    Reprinted(String),
    Built(Pred),
}

/// A query as it is passed.
pub struct Written {
    pub source: Source,
    /// With the `where`, if that is the predicate's source.
    pub spec: String,
    pub params: String,
    /// The parameters are not what is asked for.
    pub wrong_params: bool,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::None => write!(f, "all"),
            Source::Where(text) => write!(f, "where {text}"),
            Source::Parsed(text) => write!(f, "predicate {text}"),
            Source::Reprinted(text) => write!(f, "predicate, printed again, {text}"),
            Source::Built(pred) => write!(f, "built predicate {pred:?}"),
        }
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written {
            source,
            spec,
            params,
            ..
        } = self;
        match source {
            Source::Where(_) => write!(f, "{spec} with {params}"),
            source => write!(f, "{spec}, {source:?}, with {params}"),
        }
    }
}

/// How a predicate is passed.
pub fn source(pred: Option<&Pred>, say: &mut Say) -> Source {
    let Some(pred) = pred else {
        return Source::None;
    };
    if say.random.chance(5) {
        return Source::Built(pred.clone());
    }
    say.pred(pred, 0);
    let text = say.take();
    match say.random.below(8) {
        0 => Source::Reprinted(text),
        1 | 2 => Source::Parsed(text),
        _ => Source::Where(text),
    }
}

/// A row of an answer: names, and what stands under them.
type Row = Vec<(String, Cell)>;

/// The answer: rows, and for each cell of a group how exact it is.
pub struct Answer {
    pub rows: Vec<Row>,
    /// The rows' text, if all is exact.
    pub text: String,
    /// Rounding may change which rows there are, or their order.
    pub is_loose: bool,
}

impl Answer {
    /// What a table answered is this, but for rounding.
    pub fn agrees(&self, text: &str) -> bool {
        if self.text == text {
            return true;
        }
        let Ok(Value::List(found)) = parse(text) else {
            return false;
        };
        self.rows.len() == found.len() && (self.is_loose || self.is_near(&found))
    }

    fn is_near(&self, found: &[Value]) -> bool {
        self.rows.iter().zip(found).all(|(row, found)| match found {
            Value::Dict(found) => {
                row.len() == found.len()
                    && row
                        .iter()
                        .zip(found)
                        .all(|((name, cell), (n, value))| name == n && is_near(cell, value))
            }
            _ => false,
        })
    }
}

fn string(text: &str) -> Value {
    Value::Str(text.to_owned())
}

fn one_or_many(mut items: Vec<Value>, random: &mut Random) -> Value {
    match items.len() {
        1 if random.chance(2) => items.remove(0),
        _ => Value::List(items),
    }
}

/// An object, or an array of what has no alias.
fn named<T>(items: &[(Option<String>, T)], text: impl Fn(&T) -> String) -> Value {
    if items.iter().any(|(alias, _)| alias.is_some()) {
        let pair = |(alias, item): &(Option<String>, T)| {
            (
                alias.clone().unwrap_or_else(|| text(item)),
                string(&text(item)),
            )
        };
        return Value::Dict(items.iter().map(pair).collect());
    }
    Value::List(items.iter().map(|(_, item)| string(&text(item))).collect())
}

/// A plain field gives its name, anything else its text.
fn column_name(reference: &str) -> String {
    match &parse_path(reference).unwrap()[..] {
        [Step::Name(name)] => name.clone(),
        _ => reference.to_owned(),
    }
}

impl Query {
    pub fn is_grouped(&self) -> bool {
        !self.group_by.is_empty() || !self.aggregates.is_empty()
    }

    /// The names of the columns of groups.
    pub fn group_columns(&self) -> Vec<String> {
        let fields = self.group_by.iter().map(|field| column_name(field));
        let aggregates = self.aggregates.iter();
        let aggregates =
            aggregates.map(|(alias, aggregate)| alias.clone().unwrap_or_else(|| aggregate.text()));
        fields.chain(aggregates).collect()
    }

    /// One way to pass it.
    pub fn write(&self, seed: u64) -> Written {
        let mut say = Say::new(seed);
        let source = source(self.filter.as_ref(), &mut say);
        let mut members: Vec<(String, Value)> = Vec::new();
        let mut member = |name: &str, value| members.push((name.to_owned(), value));
        if let Source::Where(text) = &source {
            member("where", string(text));
        }
        if let Some(columns) = &self.columns {
            member("columns", named(columns, String::clone));
        }
        if !self.group_by.is_empty() {
            let fields = self.group_by.iter().map(|field| string(field)).collect();
            member("group_by", one_or_many(fields, &mut say.random));
        }
        if !self.aggregates.is_empty() {
            member("aggregates", named(&self.aggregates, Aggregate::text));
        }
        if !self.order_by.is_empty() {
            let mut terms = Vec::new();
            for (field, descending) in &self.order_by {
                let minus = if *descending { "-" } else { "" };
                let field = match self.is_grouped() {
                    true => field.clone(),
                    false => say.path(&parse_path(field).unwrap()),
                };
                terms.push(string(&format!("{minus}{field}")));
            }
            member("order_by", one_or_many(terms, &mut say.random));
        }
        for (name, count) in [("limit", self.limit), ("offset", self.offset)] {
            if let Some(count) = count {
                let json = match count {
                    i64::MIN => "null".to_owned(),
                    count => count.to_string(),
                };
                let parameter = say.parameter(&json, Want::Count);
                let plain = || parse(&json).unwrap();
                member(name, parameter.map_or_else(plain, |text| string(&text)));
            }
        }
        let is_more = self.columns.is_some() || self.is_grouped();
        if self.distinct || is_more && say.random.chance(10) {
            member("distinct", Value::Bool(self.distinct));
        }
        if let Some((name, json)) = self.wrong {
            member(name, parse(json).unwrap());
        }
        let places = members.len() as u64;
        for i in 0..members.len() {
            members.swap(i, say.random.below(places) as usize);
        }
        let (params, wrong_params) = say.params();
        Written {
            source,
            spec: spell_some(&Value::Dict(members), &mut say.random),
            params,
            wrong_params,
        }
    }

    /// Without its predicate and its grouping, as `select` takes it.
    fn as_select(&self) -> Result<Select, Fault> {
        let mut members: Vec<(String, Value)> = Vec::new();
        if let Some(columns) = &self.columns {
            members.push(("columns".to_owned(), named(columns, String::clone)));
        }
        let term = |(field, descending): &(String, bool)| {
            string(&format!("{}{field}", if *descending { "-" } else { "" }))
        };
        let terms = self.order_by.iter().map(term).collect();
        members.push(("order_by".to_owned(), Value::List(terms)));
        for (name, count) in [("limit", self.limit), ("offset", self.offset)] {
            if let Some(count) = count {
                members.push((name.to_owned(), Value::Number(count.to_string())));
            }
        }
        members.push(("distinct".to_owned(), Value::Bool(self.distinct)));
        Select::read(&Value::Dict(members).text())
    }

    pub fn matches<'a>(&self, table: &'a Table) -> Result<Vec<&'a Value>, Fault> {
        let test = self.filter.as_ref().unwrap_or(&Pred::All).compile()?;
        let records = table.rows.iter().map(|row| &row.record);
        Ok(records.filter(|record| test(record)).collect())
    }

    pub fn answer(&self, table: &Table) -> Result<Answer, Fault> {
        if self.wrong.is_some() {
            return Err(Fault::Refused);
        }
        let matches = self.matches(table)?;
        if self.is_grouped() {
            let (rows, is_loose) = self.grouped(&matches)?;
            let row = |row: &Row| {
                let cells = row
                    .iter()
                    .map(|(name, cell)| (name.clone(), cell.value.clone()));
                Value::Dict(cells.collect())
            };
            let text = Value::List(rows.iter().map(row).collect()).text();
            return Ok(Answer {
                rows,
                text,
                is_loose,
            });
        }
        let rows = self.as_select()?.rows(matches.into_iter());
        let text = Value::List(rows.clone()).text();
        let row = |row: Value| match row {
            Value::Dict(fields) => {
                let exact = |value| Cell {
                    value,
                    rounded: None,
                };
                let cells = fields.into_iter().map(|(name, value)| (name, exact(value)));
                cells.collect()
            }
            _ => panic!("a row is an object"),
        };
        let rows = rows.into_iter().map(row).collect();
        Ok(Answer {
            rows,
            text,
            is_loose: false,
        })
    }

    fn grouped(&self, matches: &[&Value]) -> Result<(Vec<Row>, bool), Fault> {
        let groups = match self.group_by.is_empty() {
            true => vec![(Vec::new(), matches.to_vec())],
            false => groups(matches, &self.group_by),
        };
        let names = self.group_columns();
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        for (values, records) in groups {
            let exact = |value| Cell {
                value,
                rounded: None,
            };
            let mut cells: Vec<Cell> = values.into_iter().map(exact).collect();
            for (_, aggregate) in &self.aggregates {
                match aggregate.of(&records) {
                    Ok(cell) => cells.push(cell),
                    Err(why) => faults.push(fault(why, None, None)),
                }
            }
            rows.push(names.iter().cloned().zip(cells).collect::<Vec<_>>());
        }
        if !faults.is_empty() {
            return Err(Fault::AnyOf(faults));
        }
        let is_loose = rows.iter().flatten().any(|(name, cell)| {
            let counts = self.distinct || self.order_by.iter().any(|(column, _)| column == name);
            counts && cell.rounded.is_some()
        });
        rows.sort_by(|a, b| self.order_groups(a, b));
        if self.distinct {
            let mut kept: Vec<Row> = Vec::new();
            for row in rows {
                let equal = |other: &Row| {
                    let mut pairs = other.iter().zip(&row);
                    pairs.all(|(a, b)| same(&a.1.value, &b.1.value))
                };
                if !kept.iter().any(equal) {
                    kept.push(row);
                }
            }
            rows = kept;
        }
        let offset = usize::try_from(self.offset.unwrap_or(0)).unwrap_or(0);
        let limit = usize::try_from(self.limit.unwrap_or(-1)).unwrap_or(usize::MAX);
        let rows = rows.into_iter().skip(offset).take(limit).collect();
        Ok((rows, is_loose))
    }

    fn order_groups(&self, a: &[(String, Cell)], b: &[(String, Cell)]) -> Ordering {
        for (column, descending) in &self.order_by {
            let place = a.iter().position(|(name, _)| name == column).unwrap();
            let found = order(&a[place].1.value, &b[place].1.value);
            if found != Ordering::Equal {
                return if *descending { found.reverse() } else { found };
            }
        }
        Ordering::Equal
    }

    /// Forms with less in them, for a failure to be told shortly.
    pub fn simpler(&self) -> Vec<Query> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut Query)| {
            let mut query = self.clone();
            change(&mut query);
            all.push(query);
        };
        if self.columns.is_some() {
            with(&|query| query.columns = None);
        }
        if self.distinct {
            with(&|query| query.distinct = false);
        }
        if self.limit.is_some() {
            with(&|query| query.limit = None);
        }
        if self.offset.is_some() {
            with(&|query| query.offset = None);
        }
        for i in 0..self.order_by.len() {
            with(&|query| {
                query.order_by.remove(i);
            });
        }
        if self.aggregates.len() > 1 && self.order_by.is_empty() {
            for i in 0..self.aggregates.len() {
                with(&|query| {
                    query.aggregates.remove(i);
                });
            }
        }
        if let Some(filter) = &self.filter {
            with(&|query| query.filter = None);
            for simpler in simpler_preds(filter) {
                with(&|query| query.filter = Some(simpler.clone()));
            }
        }
        all
    }
}

pub fn fault(why: Why, key: Option<String>, field: Option<String>) -> Fault {
    match why {
        Why::Type => Fault::Type { key, field },
        Why::Overflow => Fault::Overflow { key, field },
    }
}

/// A predicate's operands, and the predicate without one of them.
pub fn simpler_preds(pred: &Pred) -> Vec<Pred> {
    match pred {
        Pred::Not(operand) => vec![(**operand).clone()],
        Pred::And(operands) | Pred::Or(operands) => {
            let mut all = operands.clone();
            for i in 0..operands.len() {
                let mut fewer = operands.clone();
                fewer.remove(i);
                all.push(match pred {
                    Pred::And(_) => Pred::And(fewer),
                    _ => Pred::Or(fewer),
                });
            }
            all
        }
        _ => Vec::new(),
    }
}
