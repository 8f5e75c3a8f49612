//! JSON files are printed piece by piece.

use crate::engine::{push_quoted, Table};
use crate::store::replace::Replacement;
use crate::store::Result;

/// An object that is being written, a member on each line.
pub(super) struct Object<'o> {
    out: &'o mut Replacement,
    /// The line break before each member.
    line: Vec<u8>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    /// Begins an object whose closing bracket is indented by so many spaces.
    pub(super) fn begin(out: &'o mut Replacement, indent: usize) -> Result<Object<'o>> {
        out.write(b"{")?;
        Ok(Object {
            out,
            line: line(indent + INDENT),
            is_empty: true,
        })
    }

    /// Begins a member; what is written next is its value.
    pub(super) fn name(&mut self, name: &str) -> Result<&mut Replacement> {
        let mut quoted = Vec::new();
        push_quoted(&mut quoted, name);
        quoted.extend_from_slice(b": ");
        if !std::mem::take(&mut self.is_empty) {
            self.out.write(b",")?;
        }
        self.out.write(&self.line)?;
        self.out.write(&quoted)?;
        Ok(self.out)
    }

    /// A member whose value is there.
    pub(super) fn member(&mut self, name: &str, value: &[u8]) -> Result<()> {
        self.name(name)?.write(value)
    }

    /// What a table is without its records.
    pub(super) fn definition(&mut self, table: &Table) -> Result<()> {
        let definition = table.definition()?;
        self.member("primary_key", &definition.primary_key)?;
        // DictDB knows names of types alone. What says more it would refuse, so it gets none.
        match &definition.schema {
            Some(schema) if definition.is_plain => self.member("schema", schema)?,
            Some(schema) => {
                self.member("schema", b"null")?;
                self.member("full_schema", schema)?;
            }
            None => self.member("schema", b"null")?,
        }
        self.member("indexes", &definition.indexes)?;
        self.member("largest_key", definition.largest_key.to_string().as_bytes())
    }

    /// Ends it.
    pub(super) fn end(mut self) -> Result<()> {
        self.line.truncate(self.line.len().saturating_sub(INDENT));
        self.out.write(&self.line)?;
        self.out.write(b"}")
    }
}

/// An array that is being written, an item on each line.
pub(super) struct Array<'o> {
    out: &'o mut Replacement,
    line: Vec<u8>,
    is_empty: bool,
}

impl<'o> Array<'o> {
    /// Begins an array whose closing bracket is indented by so many spaces.
    pub(super) fn begin(out: &'o mut Replacement, indent: usize) -> Result<Array<'o>> {
        out.write(b"[")?;
        Ok(Array {
            out,
            line: line(indent + INDENT),
            is_empty: true,
        })
    }

    #[inline]
    pub(super) fn item(&mut self, value: &[u8]) -> Result<()> {
        if !std::mem::take(&mut self.is_empty) {
            self.out.write(b",")?;
        }
        self.out.write(&self.line)?;
        self.out.write(value)
    }

    pub(super) fn end(mut self) -> Result<()> {
        if !self.is_empty {
            self.line.truncate(self.line.len().saturating_sub(INDENT));
            self.out.write(&self.line)?;
        }
        self.out.write(b"]")
    }
}

/// Spaces of a level.
pub(super) const INDENT: usize = 4;

fn line(indent: usize) -> Vec<u8> {
    [b"\n".as_slice(), &b" ".repeat(indent)].concat()
}
