//! What a scan finds made: how many pages have the columns that a predicate asks for, as far as a sample tells.

use super::filter;
use super::page::Encoding;
use super::registry::Column;
use super::scan::FEW;
use super::view;
use crate::engine::predicate::{Expression, Path};
use crate::engine::table::Version;
use std::sync::Arc;

/// Pages that are looked at.
const SAMPLE: usize = 8;

/// See the module's comment.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// How many columns are asked for.
    pub(crate) columns: usize,
    /// Pages that were looked at, and how many of them have all of the columns.
    pub(crate) sampled: usize,
    pub(crate) pages: usize,
    /// How many of the columns are of texts there, not of numbers or codes.
    pub(crate) texts: usize,
}

impl Ready {
    /// Of the columns that all parts of a predicate ask for; `None` if a scan asks for none.
    pub(crate) fn of(version: &Version, parts: &[&Expression]) -> Option<Ready> {
        if version.count() < FEW {
            return None;
        }
        let (mut paths, mut left) = (Vec::new(), filter::MOST);
        let mut parts = parts.iter();
        parts.try_for_each(|part| add(part, &mut paths, &mut left))?;
        let registry = version.columns();
        let columns: Option<Vec<Arc<Column>>> =
            paths.iter().map(|path| registry.known(path)).collect();
        let mut ready = Ready {
            columns: paths.len(),
            ..Ready::default()
        };
        let Some(columns) = columns else {
            return Some(ready);
        };
        let pages = version.page_count();
        for number in 0..SAMPLE.min(pages) {
            // In the middle of each share: the last page may be one that is being filled.
            let position = (2 * number + 1) * pages / (2 * SAMPLE.min(pages));
            ready.look_at(version, position, &columns);
        }
        Some(ready)
    }

    fn look_at(&mut self, version: &Version, position: usize, columns: &[Arc<Column>]) {
        let page = version.page(position);
        if page.live() == 0 {
            return;
        }
        self.sampled += 1;
        let Some(full) = page.full() else {
            return;
        };
        let parts = full.derived.read();
        let mut texts = 0;
        for column in columns {
            let position = parts.position(column);
            match position.and_then(|position| parts.encoding(position)) {
                Some(Encoding::Codes(_) | Encoding::Numbers(_)) => {}
                Some(Encoding::Texts(_)) => texts += 1,
                Some(Encoding::Mixed) | None => return,
            }
        }
        self.pages += 1;
        self.texts = texts;
    }
}

/// Adds the paths that an expression asks for; `None` if they, or the tests, are more than a scan asks columns for. `left`: tests that there
/// may yet be.
fn add<'a>(expression: &'a Expression, paths: &mut Vec<&'a Path>, left: &mut usize) -> Option<()> {
    match expression {
        Expression::And(operands) | Expression::Or(operands) => {
            let mut operands = operands.iter();
            operands.try_for_each(|operand| add(operand, paths, left))
        }
        Expression::Not(operand) => add(operand, paths, left),
        Expression::Test { path, .. } => {
            *left = left.checked_sub(1)?;
            if !paths.contains(&&**path) {
                paths.push(path);
            }
            (paths.len() <= view::MOST).then_some(())
        }
    }
}
