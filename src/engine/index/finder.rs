//! Finds the values of an index's fields by rows, to compare them while the index is searched.

use super::definition::Definition;
use crate::engine::keymap::Row;
use crate::engine::record::Record;
use crate::engine::shape::GENERIC;
use crate::engine::table::Stored;
use crate::engine::value::Value;
use std::cell::Cell;

/// Remembers where the field is that was asked for last: a search asks for one, of records that most often have one shape.
pub(super) struct Finder<'a> {
    pub(super) definition: &'a Definition,
    pub(super) stored: Stored<'a>,
    last: Cell<Option<Place>>,
}

/// Where in records of a shape a field of the index is.
#[derive(Clone, Copy)]
struct Place {
    shape: u16,
    at: usize,
    position: u16,
    /// Bytes of its quoted name.
    name: usize,
}

impl<'a> Finder<'a> {
    #[inline]
    pub(super) fn new(definition: &'a Definition, stored: Stored<'a>) -> Finder<'a> {
        Finder {
            definition,
            stored,
            last: Cell::new(None),
        }
    }

    /// A row's value of one of the fields.
    #[inline]
    pub(super) fn value(&self, at: usize, row: Row) -> Value<'a> {
        match self.stored.record(row) {
            Some(record) => self.value_of(at, &record),
            None => Value::Null,
        }
    }

    /// A record's.
    #[inline]
    fn value_of(&self, at: usize, record: &Record<'a>) -> Value<'a> {
        let is_there = |place: &Place| place.shape == record.shape() && place.at == at;
        let place = self.last.get().filter(is_there);
        let Some(place) = place.or_else(|| self.look_up(at, record.shape())) else {
            return self.definition.value(at, record, self.stored.shapes);
        };
        let text = record.value_of(place.position, place.name);
        let path = self.definition.fields.get(at);
        Value::of_field(text.zip(path).and_then(|(text, path)| path.follow(text)))
    }

    /// `None` if the shape does not have the field, or does not tell.
    #[cold]
    fn look_up(&self, at: usize, id: u16) -> Option<Place> {
        let shape = self.stored.shapes.get(id).filter(|_| id != GENERIC)?;
        let field = self.definition.fields.get(at)?.field();
        let place = Place {
            shape: id,
            at,
            position: shape.position(field)?,
            name: field.len(),
        };
        self.last.set(Some(place));
        Some(place)
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::{Database, IndexOptions, TableOptions};
    use proptest::prelude::*;

    #[test]
    fn whichever_field_of_whichever_record_is_asked_for_its_value_is_found() {
        let table = Database::new().create_table("t", TableOptions::default());
        let table = table.unwrap();
        // More fields than a shape has.
        let many: Vec<String> = (0..600).map(|n| format!("\"f{n}\":{n}")).collect();
        let many = format!("{{{},\"a\":\"at the end\"}}", many.join(","));
        let records = [
            r#"{"a":1,"b":"x","c":{"d":[1,2]}}"#,
            r#"{"b":"y","a":2,"c":{"d":[3]}}"#,
            r#"{"a":"third"}"#,
            r#"{"c":{"d":7}}"#,
            r#"{"a":4,"b":"z","c":{"d":[5,6]}}"#,
            &many,
        ];
        for record in records {
            table.insert(record, None).unwrap();
        }
        let options = r#"{"fields":["a","c.d[1]","b"],"kind":"sorted"}"#;
        let definition = IndexOptions::from_json(options).unwrap().definition();
        let version = table.version();
        let stored = version.stored();
        let asked = prop::collection::vec((0..3_usize, 0..records.len() as Row + 1), 0..40);
        proptest!(crate::testing::cases(500), |(asked in asked)| {
            let finder = Finder::new(&definition, stored);
            for (at, row) in asked {
                let record = stored.record(row);
                let wanted = record.map(|record| definition.value(at, &record, stored.shapes));
                let found = finder.value(at, row);
                prop_assert!(found.equals(&wanted.unwrap_or(Value::Null)), "{at} {row}");
            }
        });
    }
}
