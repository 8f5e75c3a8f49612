//! What the text forms have in common: predicates, update expressions, aggregates.

mod cursor;
mod lexer;

pub(crate) use cursor::{is_keyword, Cursor, Operand};
pub(crate) use lexer::{is_plain, Kind};
