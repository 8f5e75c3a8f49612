//! How a query makes groups of records, and rows of groups.

use super::aggregate::Aggregate;
use super::layout::Layout;
use crate::engine::json::quoted;
use crate::engine::limits::shorten;
use crate::engine::options::{check_count, sort_keys, Column};
use crate::engine::predicate::Path;
use crate::engine::{Error, Result};

/// See the module's comment. The output columns are the fields of `by`, then the aggregates.
#[derive(Debug, Clone)]
pub(crate) struct Grouping {
    pub(crate) by: Vec<Column>,
    pub(crate) aggregates: Vec<Aggregate>,
    /// Positions of output columns, and whether they descend.
    pub(crate) order_by: Vec<(usize, bool)>,
    pub(super) layout: Layout,
}

impl Grouping {
    /// `order_by` is the canonical text of the member of that name.
    pub(super) fn new(
        by: Vec<Column>,
        aggregates: Vec<Aggregate>,
        order_by: &[u8],
    ) -> Result<Grouping> {
        check_count((by.len() + aggregates.len()).saturating_sub(1))?;
        let layout = Layout::new(&by, &aggregates);
        let mut grouping = Grouping {
            by,
            aggregates,
            order_by: Vec::new(),
            layout,
        };
        grouping.check_names()?;
        grouping.order_by = grouping.read_order(order_by)?;
        Ok(grouping)
    }

    /// The labels of the output columns.
    pub(super) fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let by = self.by.iter().map(|column| &*column.label);
        by.chain(self.aggregates.iter().map(|aggregate| &*aggregate.label))
    }

    fn check_names(&self) -> Result<()> {
        let mut labels: Vec<(&[u8], usize)> = self.labels().zip(0..).collect();
        labels.sort_unstable();
        for (a, b) in labels.iter().zip(labels.iter().skip(1)) {
            if a.0 == b.0 {
                let option = match b.1 < self.by.len() {
                    true => "group_by",
                    false => "aggregates",
                };
                let reason = format!("must not give two columns the name {}", shown(a.0));
                return Err(Error::option(option, reason));
            }
        }
        Ok(())
    }

    /// The position of the column that a sort key names, and whether it descends: by the name as it is printed, else by a
    /// name that begins with `-`, else as a field is written, in backquotes.
    fn column(&self, name: &str, descending: bool) -> Option<(usize, bool)> {
        let named = |name: &[u8]| {
            self.labels()
                .position(|label| label.strip_suffix(b":") == Some(name))
        };
        if let Some(at) = named(&quoted(name)) {
            return Some((at, descending));
        }
        if let Some(at) = named(&quoted(&format!("-{name}"))).filter(|_| descending) {
            return Some((at, false));
        }
        let at = named(Path::parse(name).ok()?.plain()?)?;
        Some((at, descending))
    }

    fn read_order(&self, text: &[u8]) -> Result<Vec<(usize, bool)>> {
        let mut order_by = Vec::new();
        for (name, descending) in sort_keys(text)? {
            let quoted = quoted(&name);
            let Some((at, descending)) = self.column(&name, descending) else {
                let known: Vec<String> = self.labels().take(16).map(shown).collect();
                let more = match self.labels().nth(16) {
                    Some(_) => ", …",
                    None => "",
                };
                let reason = format!(
                    "{} is no column of the groups; they have {}{more}",
                    shown(&quoted),
                    known.join(", ")
                );
                return Err(Error::option("order_by", reason));
            };
            order_by.push((at, descending));
        }
        Ok(order_by)
    }
}

/// How an error shows a label or quoted name.
fn shown(label: &[u8]) -> String {
    let name = label.strip_suffix(b":").unwrap_or(label);
    shorten(&String::from_utf8_lossy(name))
}
