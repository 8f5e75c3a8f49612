//! What an index is: its fields, its kind, whether it is unique.

use crate::engine::json::{elements, members, push_quoted};
use crate::engine::limits::MAX_INDEX_FIELDS;
use crate::engine::options::{check_direction, flag, name, object, unknown};
use crate::engine::predicate::Path;
use crate::engine::record::Record;
use crate::engine::shape::{Shapes, GENERIC};
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hasher};

/// How an index finds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By a hash of the values of all fields.
    Hash,
    /// By the total order of the values, field by field.
    Sorted,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Hash => "hash",
            Kind::Sorted => "sorted",
        }
    }
}

/// See the module's comment.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) fields: Vec<Path>,
    /// The fields as text.
    names: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) unique: bool,
    hasher: RandomState,
    /// Tests let different values have the same hash.
    #[cfg(test)]
    mask: u64,
}

impl Definition {
    /// Codes of an entry.
    pub(super) fn width(&self) -> usize {
        match self.kind {
            Kind::Hash => 1,
            Kind::Sorted => self.fields.len(),
        }
    }

    /// The fields as text.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// `"hash"`, `"unique sorted"` and so on.
    pub(crate) fn describe_kind(&self) -> String {
        let unique = if self.unique { "unique " } else { "" };
        format!("{unique}{}", self.kind.name())
    }

    /// Appends the definition as a JSON object.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"fields\":[");
        for (at, name) in self.names.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_quoted(out, name);
        }
        let rest = format!(
            "],\"kind\":\"{}\",\"unique\":{}}}",
            self.kind.name(),
            self.unique
        );
        out.extend_from_slice(rest.as_bytes());
    }

    /// A record's value of one of the fields.
    #[inline]
    pub(crate) fn value<'a>(&self, at: usize, record: &Record<'a>, shapes: &Shapes) -> Value<'a> {
        Value::of_field(self.text(at, record, shapes))
    }

    pub(super) fn text<'a>(
        &self,
        at: usize,
        record: &Record<'a>,
        shapes: &Shapes,
    ) -> Option<&'a [u8]> {
        let path = self.fields.get(at)?;
        let shape = shapes.get(record.shape())?;
        path.follow(record.field(shape, path.field())?)
    }

    /// Whether two records have equal values in all fields.
    pub(crate) fn same(&self, a: &Record<'_>, b: &Record<'_>, shapes: &Shapes) -> bool {
        (0..self.fields.len()).all(|at| {
            let (a, b) = self.texts(at, (a, b), shapes);
            a == b || Value::of_field(a).equals(&Value::of_field(b))
        })
    }

    /// Two records' values of one of the fields; it is looked for once if they have one shape, as most often.
    #[inline]
    pub(super) fn texts<'a>(
        &self,
        at: usize,
        (a, b): (&Record<'a>, &Record<'a>),
        shapes: &Shapes,
    ) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
        if a.shape() != b.shape() || a.shape() == GENERIC {
            return (self.text(at, a, shapes), self.text(at, b, shapes));
        }
        let both = self.fields.get(at).zip(shapes.get(a.shape()));
        let found =
            both.and_then(|(path, shape)| Some((path, shape, shape.position(path.field())?)));
        let Some((path, shape, position)) = found else {
            return (None, None);
        };
        let value = |record: &Record<'a>| path.follow(record.value(shape, position)?);
        (value(a), value(b))
    }

    /// Whether a field of a record is null or missing.
    pub(crate) fn has_null(&self, record: &Record<'_>, shapes: &Shapes) -> bool {
        (0..self.fields.len()).any(|at| matches!(self.value(at, record, shapes), Value::Null))
    }

    /// The hash of values, one for each field; equal ones have equal hashes.
    pub(super) fn hash<'a>(&self, values: impl Iterator<Item = Value<'a>>) -> u64 {
        let mut state = self.hasher.build_hasher();
        values.for_each(|value| value.feed(&mut state));
        #[cfg(test)]
        return state.finish() & self.mask;
        #[cfg(not(test))]
        state.finish()
    }

    /// As `hash`, of a record's values.
    pub(super) fn hash_of(&self, record: &Record<'_>, shapes: &Shapes) -> u64 {
        self.hash((0..self.fields.len()).map(|at| self.value(at, record, shapes)))
    }

    /// The record's values as JSON text: one, or an array of several.
    pub(super) fn write_values(&self, record: &Record<'_>, shapes: &Shapes) -> String {
        let values: Vec<String> = (0..self.fields.len())
            .map(|at| self.text(at, record, shapes).unwrap_or(b"null"))
            .map(|text| crate::engine::limits::shorten(&String::from_utf8_lossy(text)))
            .collect();
        match values.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(",")),
        }
    }
}

/// What `create_index` is asked for.
#[derive(Debug)]
pub struct IndexOptions {
    fields: Vec<Path>,
    kind: Kind,
    unique: bool,
    #[cfg(test)]
    mask: u64,
}

impl IndexOptions {
    /// Leaves only some bits of each hash.
    #[cfg(test)]
    #[cfg(not(loom))]
    pub(crate) fn with_mask(self, mask: u64) -> IndexOptions {
        IndexOptions { mask, ..self }
    }

    /// Reads `{"fields": …, "kind": …, "unique": …}`.
    pub fn from_json(text: &str) -> Result<IndexOptions> {
        let (mut fields, mut kind, mut unique) = (None, None, false);
        let text = object(text)?;
        for (name, value) in members(&text) {
            match name {
                b"fields" => fields = Some(read_fields(value)?),
                b"kind" => kind = Some(read_kind(value)?),
                b"unique" => unique = flag("unique", value)?,
                other => return Err(unknown(other, "\"fields\", \"kind\", \"unique\"")),
            }
        }
        let missing = |option: &str, is: &str| Error::option(option, format!("is missing: {is}"));
        Ok(IndexOptions {
            fields: fields.ok_or_else(|| missing("fields", WANTED_FIELDS))?,
            kind: kind.ok_or_else(|| missing("kind", WANTED_KIND))?,
            unique,
            #[cfg(test)]
            mask: u64::MAX,
        })
    }

    pub(crate) fn definition(&self) -> Definition {
        Definition {
            fields: self.fields.clone(),
            names: self.fields.iter().map(Path::to_text).collect(),
            kind: self.kind,
            unique: self.unique,
            hasher: RandomState::default(),
            #[cfg(test)]
            mask: self.mask,
        }
    }
}

const WANTED_FIELDS: &str = "a field or an array of 1 to 16 different fields";
const WANTED_KIND: &str = "\"hash\" or \"sorted\"";

fn read_kind(text: &[u8]) -> Result<Kind> {
    match text {
        b"\"hash\"" => Ok(Kind::Hash),
        b"\"sorted\"" => Ok(Kind::Sorted),
        _ => Err(Error::option("kind", format!("must be {WANTED_KIND}"))),
    }
}

/// The fields that name an index.
pub(crate) fn fields_of(json: &str) -> Result<Vec<Path>> {
    read_fields(&crate::engine::json::canonical(json)?)
}

fn read_fields(text: &[u8]) -> Result<Vec<Path>> {
    let wrong = || Error::option("fields", format!("must be {WANTED_FIELDS}"));
    let one = |text: &[u8]| {
        let field = name(text)?.ok_or_else(wrong)?;
        check_direction("fields", &field)?;
        Path::parse(&field)
    };
    let fields = match Value::read(text) {
        Value::Array(_) => {
            let count = elements(text).take(MAX_INDEX_FIELDS + 1).count();
            if count > MAX_INDEX_FIELDS {
                return Err(wrong());
            }
            elements(text).map(one).collect::<Result<Vec<_>>>()?
        }
        _ => vec![one(text)?],
    };
    let repeats = fields
        .iter()
        .enumerate()
        .any(|(at, field)| fields.iter().take(at).any(|other| other == field));
    if fields.is_empty() || repeats {
        return Err(wrong());
    }
    Ok(fields)
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    fn fields(count: usize) -> String {
        let fields: Vec<String> = (0..count).map(|n| format!("\"f{n}\"")).collect();
        format!("{{\"fields\":[{}],\"kind\":\"hash\"}}", fields.join(","))
    }

    #[test]
    fn an_index_has_1_to_16_different_fields() {
        for count in 1..=MAX_INDEX_FIELDS {
            let options = IndexOptions::from_json(&fields(count)).unwrap();
            assert_eq!(options.definition().fields.len(), count);
        }
        let one = IndexOptions::from_json(r#"{"fields":"a.b[1]","kind":"sorted"}"#);
        assert_eq!(one.unwrap().definition().names(), ["a.b[1]"]);
        let refused = [
            fields(0),
            fields(MAX_INDEX_FIELDS + 1),
            fields(MAX_INDEX_FIELDS + 2),
            r#"{"fields":["a","b","a"],"kind":"hash"}"#.to_owned(),
            r#"{"fields":["a","`a`"],"kind":"hash"}"#.to_owned(),
            r#"{"fields":7,"kind":"hash"}"#.to_owned(),
            r#"{"fields":["a",7],"kind":"hash"}"#.to_owned(),
            r#"{"kind":"hash"}"#.to_owned(),
        ];
        for options in &refused {
            match IndexOptions::from_json(options) {
                Err(Error::InvalidOption { option, reason, .. }) => {
                    assert_eq!(option, "fields", "{options}");
                    assert!(reason.contains(WANTED_FIELDS), "{options}: {reason}");
                }
                other => panic!("{options}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_definition_is_written_as_it_is_read() {
        let cases = [
            (r#"{"fields":["a"],"kind":"hash","unique":false}"#, "hash"),
            (
                r#"{"fields":["a","b.c"],"kind":"sorted","unique":true}"#,
                "unique sorted",
            ),
            (
                r#"{"fields":["`\"x y\"`[0]"],"kind":"hash","unique":true}"#,
                "unique hash",
            ),
        ];
        for (text, kind) in cases {
            let definition = IndexOptions::from_json(text).unwrap().definition();
            let mut written = Vec::new();
            definition.write(&mut written);
            assert_eq!(String::from_utf8(written).unwrap(), text);
            assert_eq!(definition.describe_kind(), kind);
        }
        for kind in ["\"tree\"", "1", "null", "\"Hash\""] {
            let options = format!("{{\"fields\":\"a\",\"kind\":{kind}}}");
            let refused = IndexOptions::from_json(&options).unwrap_err();
            assert!(
                matches!(&refused, Error::InvalidOption { option, .. } if option == "kind"),
                "{refused:?}"
            );
        }
    }
}
