//! Schemas and the other options of a table.

use super::fault::Fault;
use super::parse::parse;
use super::value::Value;

#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    /// The type's name.
    pub kind: String,
    pub nullable: bool,
    pub default: Option<Value>,
    /// As it was given.
    pub given: Value,
}

#[derive(Debug, Clone)]
pub struct Schema {
    pub fields: Vec<Field>,
}

impl Schema {
    /// Reads a schema that is known to be in order, and adds the key field.
    pub fn read(given: &Value, key_field: &str) -> Schema {
        let Value::Dict(given) = given else {
            panic!("a schema is an object");
        };
        let mut fields: Vec<Field> = given
            .iter()
            .map(|(name, kind)| read_field(name, kind))
            .collect();
        if !fields.iter().any(|field| field.name == key_field) {
            fields.push(read_field(key_field, &Value::Str("int".to_owned())));
        }
        Schema { fields }
    }

    pub fn describe(&self) -> Value {
        let fields = self.fields.iter();
        Value::Dict(
            fields
                .map(|field| (field.name.clone(), field.given.clone()))
                .collect(),
        )
    }

    /// Each of the given fields is of the schema and has its type.
    pub fn check_given(&self, fields: &[(String, Value)]) -> Result<(), Fault> {
        for (name, value) in fields {
            let Some(field) = self.fields.iter().find(|field| field.name == *name) else {
                return Err(violation(name, "no such field", value.type_name()));
            };
            if !field.takes(value) {
                return Err(violation(name, &field.kind, value.type_name()));
            }
        }
        Ok(())
    }

    /// Fills absent fields with their defaults, and refuses the absence of the others.
    pub fn complete(
        &self,
        fields: &mut Vec<(String, Value)>,
        key_field: &str,
    ) -> Result<(), Fault> {
        for field in &self.fields {
            let automatic = field.name == key_field && field.kind == "int";
            if automatic || fields.iter().any(|(name, _)| *name == field.name) {
                continue;
            }
            match &field.default {
                Some(value) => fields.push((field.name.clone(), value.clone())),
                None if field.nullable => {}
                None => return Err(violation(&field.name, &field.kind, "missing")),
            }
        }
        Ok(())
    }
}

impl Field {
    fn takes(&self, value: &Value) -> bool {
        let found = value.type_name();
        found == self.kind
            || (found == "int" && self.kind == "float")
            || (found == "null" && self.nullable)
    }
}

fn violation(field: &str, expected: &str, actual: &str) -> Fault {
    Fault::Schema {
        field: field.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        index: None,
    }
}

fn read_field(name: &str, given: &Value) -> Field {
    let kind = match given {
        Value::Str(kind) => kind.as_str(),
        _ => given.field("type").and_then(Value::as_str).unwrap(),
    };
    Field {
        name: name.to_owned(),
        kind: kind.to_owned(),
        nullable: matches!(given.field("nullable"), Some(Value::Bool(true))),
        default: given.field("default").cloned(),
        given: given.clone(),
    }
}

/// The options of `create_table`, known to be in order: the key field and the schema.
pub fn read_options(text: &str) -> (String, Option<Schema>) {
    let options = parse(text).unwrap();
    let key_field = options
        .field("primary_key")
        .and_then(Value::as_str)
        .unwrap_or("id");
    let schema = match options.field("schema") {
        None | Some(Value::Null) => None,
        Some(schema) => Some(Schema::read(schema, key_field)),
    };
    (key_field.to_owned(), schema)
}
