//! Options that come as JSON objects.

use crate::engine::json::{
    canonical, elements, inside, members, quoted, string_of, unescaped_bytes,
};
use crate::engine::limits::{exceeded, shorten, MAX_LISTED, MAX_OPERAND};
use crate::engine::predicate::Path;
use crate::engine::schema::Schema;
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Result};

/// How a table is made.
#[derive(Debug, Clone)]
pub struct TableOptions {
    pub(crate) primary_key: String,
    pub(crate) schema: Option<Schema>,
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions {
            primary_key: "id".to_owned(),
            schema: None,
        }
    }
}

/// The canonical text of an object.
pub(crate) fn object(text: &str) -> Result<Vec<u8>> {
    let canonical = canonical(text)?;
    if !canonical.starts_with(b"{") {
        return Err(Error::json(0, "expected an object"));
    }
    Ok(canonical)
}

/// The error that an option has no such member.
pub(crate) fn unknown(name: &[u8], known: &str) -> Error {
    let name = shorten(&String::from_utf8_lossy(name));
    Error::option(name, format!("is unknown; known are {known}"))
}

/// A string that names something; `None` if the text is none.
pub(crate) fn name(text: &[u8]) -> Result<Option<String>> {
    // It may be spelled in more bytes than it has, but each comes of at most six.
    if let Some(inside) = inside(text).filter(|inside| inside.len() > MAX_OPERAND) {
        if inside.len() > 6 * MAX_OPERAND || unescaped_bytes(inside).count() > MAX_OPERAND {
            return Err(exceeded("bytes of a name or field reference", MAX_OPERAND));
        }
    }
    Ok(string_of(text).map(|text| text.into_owned()))
}

/// Checks that a list may have one more than so many items.
pub(crate) fn check_count(count: usize) -> Result<()> {
    if count >= MAX_LISTED {
        return Err(exceeded("fields of a list", MAX_LISTED));
    }
    Ok(())
}

/// An object without members.
pub(crate) fn no_options(text: &str) -> Result<()> {
    match members(&object(text)?).next() {
        None => Ok(()),
        Some((name, _)) => Err(unknown(name, "none")),
    }
}

impl TableOptions {
    /// The name of the key field.
    pub(crate) fn primary_key(&self) -> &str {
        &self.primary_key
    }

    /// The schema, if there is one.
    pub(crate) fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }

    /// Reads `{"primary_key": …, "schema": …}`.
    pub fn from_json(text: &str) -> Result<TableOptions> {
        let text = object(text)?;
        let mut options = TableOptions::default();
        let mut schema = None;
        for (name, value) in members(&text) {
            match name {
                b"primary_key" => {
                    let wrong = || Error::option("primary_key", "must be a string");
                    options.primary_key = crate::engine::options::name(value)?.ok_or_else(wrong)?;
                }
                b"schema" if value == b"null" => schema = None,
                b"schema" => schema = Some(value),
                other => return Err(unknown(other, "\"primary_key\", \"schema\"")),
            }
        }
        if options.primary_key.is_empty() {
            return Err(Error::option("primary_key", "must not be empty"));
        }
        if let Some(schema) = schema {
            let key = quoted(&options.primary_key);
            options.schema = Some(Schema::read(schema, &key)?);
        }
        Ok(options)
    }
}

/// One output column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// `"alias":`
    pub(crate) label: Box<[u8]>,
    pub(crate) path: Path,
}

/// One sort key.
#[derive(Debug, Clone)]
pub(crate) struct Ordering {
    pub(crate) path: Path,
    pub(crate) descending: bool,
}

/// How a select orders, projects and pages what matches.
#[derive(Debug, Clone, Default)]
pub struct SelectOptions {
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) order_by: Vec<Ordering>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    pub(crate) distinct: bool,
}

impl SelectOptions {
    /// Reads `{"columns": …, "order_by": …, "limit": …, "offset": …, "distinct": …}`.
    pub fn from_json(text: &str) -> Result<SelectOptions> {
        let mut options = SelectOptions::default();
        for (name, value) in members(&object(text)?) {
            match name {
                b"columns" => options.columns = columns(value)?,
                b"order_by" => options.order_by = order_by(value)?,
                b"limit" => options.limit = count("limit", value)?,
                b"offset" => options.offset = count("offset", value)?.unwrap_or(0),
                b"distinct" => options.distinct = flag("distinct", value)?,
                other => {
                    let known = "\"columns\", \"order_by\", \"limit\", \"offset\", \"distinct\"";
                    return Err(unknown(other, known));
                }
            }
        }
        Ok(options)
    }
}

/// An integer; `None` if it is negative or null.
fn count(option: &str, text: &[u8]) -> Result<Option<u64>> {
    match Value::read(text) {
        Value::Null => Ok(None),
        Value::Number(Number::Integer(count)) => Ok(u64::try_from(count).ok()),
        _ => Err(Error::option(option, "must be an integer or null")),
    }
}

pub(crate) fn flag(option: &str, text: &[u8]) -> Result<bool> {
    match Value::read(text) {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(flag),
        _ => Err(Error::option(option, "must be true or false")),
    }
}

pub(crate) fn columns(text: &[u8]) -> Result<Option<Vec<Column>>> {
    let wrong = || {
        Error::option(
            "columns",
            "must be an array of fields, or an object from alias to field",
        )
    };
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |alias: &[u8], path: Path| {
        check_count(columns.len())?;
        let label: Box<[u8]> = [alias, b":"].concat().into_boxed_slice();
        // As in an object, of a repeated name the last value counts, in the first one's place.
        match columns.iter_mut().find(|column| column.label == label) {
            Some(column) => column.path = path,
            None => columns.push(Column { label, path }),
        }
        Ok(())
    };
    match Value::read(text) {
        Value::Null => return Ok(None),
        Value::Array(_) => {
            for element in elements(text) {
                let field = name(element)?.ok_or_else(wrong)?;
                let path = Path::parse(&field)?;
                let alias = path.plain().unwrap_or(element).to_owned();
                add(&alias, path)?;
            }
        }
        Value::Object(_) => {
            for (alias, element) in members(text) {
                if alias.len() > MAX_OPERAND {
                    return Err(exceeded("bytes of an alias", MAX_OPERAND));
                }
                let field = name(element)?.ok_or_else(wrong)?;
                add(&[b"\"", alias, b"\""].concat(), Path::parse(&field)?)?;
            }
        }
        _ => return Err(wrong()),
    }
    Ok(Some(columns))
}

/// The columns of a list of fields that may also be one alone; none if it is null.
pub(crate) fn fields(option: &str, text: &[u8]) -> Result<Vec<Column>> {
    let wrong = || Error::option(option, "must be a field or an array of fields");
    let column = |element: &[u8]| {
        let path = Path::parse(&name(element)?.ok_or_else(wrong)?)?;
        let label = [path.plain().unwrap_or(element), b":"].concat();
        Ok(Column {
            label: label.into_boxed_slice(),
            path,
        })
    };
    let elements = one_or_more(text)?.ok_or_else(wrong)?;
    elements.into_iter().map(column).collect()
}

pub(crate) fn order_by(text: &[u8]) -> Result<Vec<Ordering>> {
    let keys = sort_keys(text)?.into_iter();
    keys.map(|(field, descending)| {
        check_direction("order_by", &field)?;
        let path = Path::parse(&field)?;
        Ok(Ordering { path, descending })
    })
    .collect()
}

/// Refuses what is meant as a direction in other languages: here it would be a part of the name.
pub(crate) fn check_direction(option: &str, field: &str) -> Result<()> {
    let lower = field
        .get(field.len().saturating_sub(5)..)
        .map(str::to_ascii_lowercase);
    let has_word = lower.is_some_and(|end| end.ends_with(" asc") || end == " desc");
    if has_word || field.starts_with('+') {
        let right = "a direction is a '-' before the field in \"order_by\", and nothing else";
        let field = shorten(field);
        return Err(Error::option(option, format!("{field:?}: {right}")));
    }
    Ok(())
}

/// What is named as a sort key, and whether a `-` before it says that it descends.
pub(crate) fn sort_keys(text: &[u8]) -> Result<Vec<(String, bool)>> {
    let wrong = || Error::option("order_by", "must be a field or an array of fields");
    let key = |element: &[u8]| {
        let mut field = name(element)?.ok_or_else(wrong)?;
        let descending = field.starts_with('-');
        if descending {
            field.remove(0);
        }
        Ok((field, descending))
    };
    let elements = one_or_more(text)?.ok_or_else(wrong)?;
    elements.into_iter().map(key).collect()
}

/// A string alone, or the elements of an array; nothing if the text is null, and `None` if it is anything else.
fn one_or_more(text: &[u8]) -> Result<Option<Vec<&[u8]>>> {
    match Value::read(text) {
        Value::Null => Ok(Some(Vec::new())),
        Value::String(_) => Ok(Some(vec![text])),
        Value::Array(_) => {
            let count = elements(text).take(MAX_LISTED + 1).count();
            check_count(count.saturating_sub(1))?;
            Ok(Some(elements(text).collect()))
        }
        _ => Ok(None),
    }
}
