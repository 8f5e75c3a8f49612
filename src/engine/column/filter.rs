//! A predicate, asked of the columns of a page.

use super::mask::Mask;
use super::page::Encoding;
use super::test::ColumnTest;
use super::view::{Asked, View};
use crate::engine::predicate::{Bindings, Bound, Expression, Path};

/// Tests of a predicate at most.
pub(super) const MOST: usize = 32;

/// See the module's comment.
pub(super) enum Filter<'s> {
    And(Vec<Filter<'s>>),
    Or(Vec<Filter<'s>>),
    Not(Box<Filter<'s>>),
    Test {
        /// Number of the column.
        column: usize,
        test: Box<ColumnTest<'s>>,
        /// The same, to be asked of records.
        expression: &'s Expression,
    },
}

/// What a filter looks at.
pub(super) struct Page<'p, 's, 'a> {
    pub(super) asked: &'p Asked<'s, 'a>,
    pub(super) view: &'p View<'a>,
}

impl<'s> Filter<'s> {
    /// A filter that asks for all of some parts of a predicate; adds the paths that it looks at. `None` if it has too many
    /// tests.
    pub(super) fn new(
        parts: &[&'s Expression],
        bindings: &'s Bindings,
        paths: &mut Vec<&'s Path>,
    ) -> Option<Filter<'s>> {
        let mut left = MOST;
        let parts = parts.iter().copied();
        let parts = parts.map(|part| Filter::of(part, bindings, paths, &mut left));
        Some(Filter::And(parts.collect::<Option<_>>()?))
    }

    fn of(
        expression: &'s Expression,
        bindings: &'s Bindings,
        paths: &mut Vec<&'s Path>,
        left: &mut usize,
    ) -> Option<Filter<'s>> {
        let mut all = |operands: &'s [Expression]| {
            let operands = operands.iter();
            let of = |operand| Filter::of(operand, bindings, paths, left);
            operands.map(of).collect::<Option<Vec<_>>>()
        };
        Some(match expression {
            Expression::And(operands) => Filter::And(all(operands)?),
            Expression::Or(operands) => Filter::Or(all(operands)?),
            Expression::Not(operand) => {
                Filter::Not(Box::new(Filter::of(operand, bindings, paths, left)?))
            }
            Expression::Test { path, test, .. } => {
                *left = left.checked_sub(1)?;
                Filter::Test {
                    column: number_of(path, paths),
                    test: Box::new(ColumnTest::new(test.test(bindings)?)),
                    expression,
                }
            }
        })
    }

    /// Whether it can be asked of the columns alone.
    fn is_of_columns(&self, view: &View<'_>) -> bool {
        match self {
            Filter::Test { column, .. } => !matches!(view.encoding(*column), Encoding::Mixed),
            Filter::Not(operand) => operand.is_of_columns(view),
            Filter::And(operands) | Filter::Or(operands) => {
                operands.iter().all(|operand| operand.is_of_columns(view))
            }
        }
    }

    /// Those of the candidates that match.
    pub(super) fn ask<'a: 's>(
        &mut self,
        page: &Page<'_, 's, 'a>,
        candidates: &Mask,
        bound: &mut Option<Bound<'s>>,
    ) -> Mask {
        match self {
            Filter::And(operands) => {
                let mut left = *candidates;
                for is_of_columns in [true, false] {
                    for operand in operands.iter_mut() {
                        if operand.is_of_columns(page.view) == is_of_columns && left.count() > 0 {
                            left = operand.ask(page, &left, bound);
                        }
                    }
                }
                left
            }
            Filter::Or(operands) => {
                let (mut found, mut left) = (Mask::NONE, *candidates);
                for operand in operands {
                    let more = operand.ask(page, &left, bound);
                    found.or(&more);
                    left.and_not(&more);
                }
                found
            }
            Filter::Not(operand) => {
                let mut left = *candidates;
                left.and_not(&operand.ask(page, candidates, bound));
                left
            }
            Filter::Test {
                column,
                test,
                expression,
            } => {
                let (number, encoding) = (*column, page.view.encoding(*column));
                let column = page.asked.column(number);
                match column.and_then(|column| test.ask(column, encoding)) {
                    Some(mut passing) => {
                        passing.and(candidates);
                        passing
                    }
                    None => page.ask_records(expression, candidates, bound),
                }
            }
        }
    }
}

impl<'s, 'a: 's> Page<'_, 's, 'a> {
    fn ask_records(
        &self,
        expression: &'s Expression,
        candidates: &Mask,
        bound: &mut Option<Bound<'s>>,
    ) -> Mask {
        let mut passing = Mask::NONE;
        let Some(bound) = bound else {
            return passing;
        };
        candidates.each(|offset| {
            let record = self.view.record(offset);
            if record.is_some_and(|record| bound.matches_all(&[expression], &record)) {
                passing.set(offset);
            }
            true
        });
        passing
    }
}

/// The number of a path in a list, to which it is added if it is not there.
pub(super) fn number_of<'s>(path: &'s Path, paths: &mut Vec<&'s Path>) -> usize {
    match paths.iter().position(|known| *known == path) {
        Some(number) => number,
        None => {
            paths.push(path);
            paths.len() - 1
        }
    }
}
