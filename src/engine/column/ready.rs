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

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use crate::engine::paged::PAGE;
    use crate::engine::{Database, Predicate, Table, TableOptions};

    fn table(records: usize) -> Table {
        let table = Database::new().create_table("t", TableOptions::default());
        let table = table.unwrap();
        let records: Vec<String> = (0..records)
            .map(|n| {
                format!(
                    "{{\"code\":{},\"text\":\"text {n}\",\"other\":\"o {n}\"}}",
                    n % 3
                )
            })
            .collect();
        let records = format!("[{}]", records.join(","));
        table.insert_many(&records, None).unwrap();
        table
    }

    fn predicate(text: &str) -> Predicate {
        Predicate::parse(text).unwrap()
    }

    /// Columns, pages looked at, pages with all columns, columns of texts.
    fn ready(table: &Table, text: &str) -> Option<(usize, usize, usize, usize)> {
        let predicate = predicate(text);
        let ready = Ready::of(&table.version(), &[predicate.program().root()])?;
        Some((ready.columns, ready.sampled, ready.pages, ready.texts))
    }

    #[test]
    fn a_sample_tells_which_pages_have_the_columns_that_are_asked_for() {
        let table = table(64 * PAGE);
        let (code, both) = ("code = 1", "code = 1 AND text LIKE '%x'");
        let all = "code = 1 AND text LIKE '%x' AND NOT (other = 'a' OR text = 'b')";
        assert_eq!(ready(&table, both), Some((2, 0, 0, 0)), "nobody has asked");
        // Columns are made of what is asked for again and again.
        for text in [code, both, all] {
            for _ in 0..20 {
                table.count(Some(&predicate(text))).unwrap();
            }
        }
        assert_eq!(ready(&table, code), Some((1, SAMPLE, SAMPLE, 0)));
        assert_eq!(ready(&table, both), Some((2, SAMPLE, SAMPLE, 1)));
        assert_eq!(ready(&table, all), Some((3, SAMPLE, SAMPLE, 2)));
        let unknown = "code = 1 AND more = 2";
        assert_eq!(ready(&table, unknown), Some((2, 0, 0, 0)));
        // A page that was written to has none for a while; the fifth is looked at.
        let key = crate::engine::Key::Int(4 * PAGE as i64 + 1);
        table.update_by_key(&key, r#"{"code":7}"#).unwrap();
        assert_eq!(ready(&table, both), Some((2, SAMPLE, SAMPLE - 1, 1)));
        // Nor does an empty one count.
        let gone = format!("id > {} AND id <= {}", 12 * PAGE, 13 * PAGE);
        table.delete(&predicate(&gone)).unwrap();
        assert_eq!(ready(&table, both), Some((2, SAMPLE - 1, SAMPLE - 2, 1)));
    }

    #[test]
    fn a_small_table_and_a_long_predicate_are_scanned_without() {
        assert_eq!(ready(&table(FEW - 1), "code = 1"), None);
        assert_eq!(ready(&table(FEW), "code = 1"), Some((1, 0, 0, 0)));
        let tests = |count| vec!["code = 1"; count].join(" OR ");
        let table = table(FEW);
        assert_eq!(ready(&table, &tests(filter::MOST)), Some((1, 0, 0, 0)));
        assert_eq!(ready(&table, &tests(filter::MOST + 1)), None);
        let fields = |count| {
            let tests: Vec<String> = (0..count).map(|n| format!("f{n} = 1")).collect();
            tests.join(" OR ")
        };
        assert_eq!(
            ready(&table, &fields(view::MOST)),
            Some((view::MOST, 0, 0, 0))
        );
        assert_eq!(ready(&table, &fields(view::MOST + 1)), None);
    }
}
