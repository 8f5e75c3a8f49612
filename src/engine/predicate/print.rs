//! Predicates as text. Parsed again, the text is the same predicate.
//!
//! An `And` or `Or` of one operand is that operand; an empty one is `TRUE`, or `FALSE`.

use super::form::Form;
use super::path::Path;
use super::program::{Bindings, Expression, Program, Source};
use super::tree::{Case, Predicate, TextMatch};
use crate::engine::json::push_quoted;
use crate::engine::limits::push;
use crate::engine::syntax::Operand;
use crate::engine::Result;

/// What a node stands in; each variant takes what the ones before it take in parentheses, and more.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Within {
    Nothing,
    Or,
    And,
    Not,
}

impl Predicate {
    /// Appends the predicate as text that `Predicate::parse` reads.
    pub fn print(&self, out: &mut Vec<u8>) -> Result<()> {
        let program = self.program();
        program.print(program.root(), None, out)
    }
}

impl Program {
    /// Appends a part of the program as text; with bindings, values stand in place of parameters.
    pub(crate) fn print(
        &self,
        part: &Expression,
        bindings: Option<&Bindings>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let program = self;
        Printer { program, bindings }.node(part, Within::Nothing, out)
    }

    /// Appends the conjunction of some parts of the program: what `Bound::matches_all` tests.
    pub(crate) fn print_all(
        &self,
        parts: &[&Expression],
        bindings: Option<&Bindings>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let program = self;
        let printer = Printer { program, bindings };
        match parts {
            [] => push(out, b"TRUE"),
            [part] => printer.node(part, Within::Nothing, out),
            parts => printer.joined(parts.iter().copied(), b" AND ", Within::And, false, out),
        }
    }
}

struct Printer<'a> {
    program: &'a Program,
    bindings: Option<&'a Bindings>,
}

/// The node without the connectives around it that have one operand.
fn simplest(mut node: &Expression) -> &Expression {
    while let Expression::And(operands) | Expression::Or(operands) = node {
        match operands.as_slice() {
            [operand] => node = operand,
            _ => break,
        }
    }
    node
}

impl Printer<'_> {
    fn node(&self, node: &Expression, within: Within, out: &mut Vec<u8>) -> Result<()> {
        match simplest(node) {
            Expression::And(operands) if operands.is_empty() => push(out, b"TRUE"),
            Expression::Or(operands) if operands.is_empty() => push(out, b"FALSE"),
            Expression::And(operands) => {
                let in_parentheses = within >= Within::And;
                self.joined(operands.iter(), b" AND ", Within::And, in_parentheses, out)
            }
            Expression::Or(operands) => {
                let in_parentheses = within >= Within::Or;
                self.joined(operands.iter(), b" OR ", Within::Or, in_parentheses, out)
            }
            Expression::Not(operand) => match simplest(operand) {
                Expression::Test { path, test, .. } => self.test(path, test, true, within, out),
                operand => {
                    push(out, b"NOT ")?;
                    self.node(operand, Within::Not, out)
                }
            },
            Expression::Test { path, test, .. } => self.test(path, test, false, within, out),
        }
    }

    fn joined<'e>(
        &self,
        operands: impl Iterator<Item = &'e Expression>,
        word: &[u8],
        within: Within,
        in_parentheses: bool,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        push(out, if in_parentheses { b"(" } else { b"" })?;
        for (at, operand) in operands.enumerate() {
            push(out, if at > 0 { word } else { b"" })?;
            self.node(operand, within, out)?;
        }
        push(out, if in_parentheses { b")" } else { b"" })
    }

    fn test(
        &self,
        path: &Path,
        source: &Source,
        negated: bool,
        within: Within,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let test = match (source, self.bindings) {
            (Source::Fixed(test), _) => Some(&**test),
            (Source::Bound(_), bindings) => bindings.and_then(|bindings| source.test(bindings)),
        };
        if let Some(test) = test {
            let show = |text: &&[u8], out: &mut Vec<u8>| push(out, text);
            return print(path, &test.form()?, negated, within, show, out);
        }
        let template = match source {
            Source::Bound(position) => self.program.template(*position),
            Source::Fixed(_) => None,
        };
        let show = |operand: &Operand, out: &mut Vec<u8>| match operand {
            Operand::Literal(text) => push(out, text),
            Operand::Parameter(number) => push(out, format!("?{number}").as_bytes()),
        };
        template.map_or(Ok(()), |form| print(path, form, negated, within, show, out))
    }
}

/// Appends a test.
fn print<T>(
    path: &Path,
    form: &Form<T>,
    negated: bool,
    within: Within,
    show: impl Fn(&T, &mut Vec<u8>) -> Result<()>,
    out: &mut Vec<u8>,
) -> Result<()> {
    // `NOT` stands before an operator that is a word, otherwise before the field.
    let (before_field, before_operator) = match (negated, form) {
        (false, _) => ("", ""),
        (true, Form::Compare(..)) => ("NOT ", ""),
        (true, _) => ("", "NOT "),
    };
    if let Form::Text(TextMatch::Substring, Case::Sensitive, text) = form {
        return print_substring(path, text, negated, within, show, out);
    }
    push(out, before_field.as_bytes())?;
    path.print(out)?;
    push(out, b" ")?;
    if let Form::IsNull = form {
        return push(out, if negated { b"IS NOT NULL" } else { b"IS NULL" });
    }
    push(out, before_operator.as_bytes())?;
    push(out, form.operator().as_bytes())?;
    push(out, b" ")?;
    match form {
        Form::In(values) => {
            push(out, b"(")?;
            for (at, value) in values.iter().enumerate() {
                push(out, if at > 0 { b", " } else { b"" })?;
                show(value, out)?;
            }
            push(out, b")")
        }
        Form::Between(low, high) => {
            show(low, out)?;
            push(out, b" AND ")?;
            show(high, out)
        }
        Form::Like(_, pattern, escape) => {
            show(pattern, out)?;
            if let Some(escape) = escape {
                push(out, b" ESCAPE ")?;
                let mut quoted = Vec::new();
                push_quoted(&mut quoted, escape.encode_utf8(&mut [0; 4]));
                push(out, &quoted)?;
            }
            Ok(())
        }
        Form::Compare(_, operand)
        | Form::InArray(operand)
        | Form::Text(_, _, operand)
        | Form::Contains(operand) => show(operand, out),
        Form::IsNull => Ok(()),
    }
}

/// Appends the test whether a string contains a text. The language has no word for it, as `CONTAINS` is about arrays and
/// objects too; but only strings are at least `""`.
fn print_substring<T>(
    path: &Path,
    text: &T,
    negated: bool,
    within: Within,
    show: impl Fn(&T, &mut Vec<u8>) -> Result<()>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let in_parentheses = negated || within >= Within::And;
    push(out, if negated { b"NOT " } else { b"" })?;
    push(out, if in_parentheses { b"(" } else { b"" })?;
    path.print(out)?;
    push(out, b" CONTAINS ")?;
    show(text, out)?;
    push(out, b" AND ")?;
    path.print(out)?;
    push(out, b" >= \"\"")?;
    push(out, if in_parentheses { b")" } else { b"" })
}
