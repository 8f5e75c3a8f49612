//! A predicate taken apart: the parts that must all match, and what they ask of single fields.

use super::condition::{self, Condition};
use crate::engine::index::Edge;
use crate::engine::predicate::{Bindings, Expression, Path, Program};
use crate::engine::value::Value;

/// Parts that ask something of one field, and ranges among them, that are looked at. Further ones are only tested.
const MOST_OF_A_FIELD: usize = 64;
const MOST_RANGES: usize = 8;

/// What a predicate asks of one field.
#[derive(Default)]
pub(super) struct Asked<'a> {
    /// The field equals one of these, if it is some.
    pub(super) points: Option<Vec<Value<'a>>>,
    pub(super) ranges: Vec<(Edge<'a>, Edge<'a>)>,
    /// The parts that ask it, and whether this is all that they ask.
    pub(super) parts: Vec<(usize, bool)>,
}

/// A predicate taken apart.
pub(crate) struct Analysis<'a> {
    pub(super) parts: Vec<&'a Expression>,
    pub(super) asked: Vec<(&'a Path, Asked<'a>)>,
    /// No record can match.
    pub(super) is_never: bool,
    pub(super) bindings: &'a Bindings,
}

impl<'a> Analysis<'a> {
    pub(crate) fn new(program: Option<&'a Program>, bindings: &'a Bindings) -> Self {
        Analysis::of(program.map(Program::root), bindings)
    }

    pub(super) fn of(root: Option<&'a Expression>, bindings: &'a Bindings) -> Self {
        let mut analysis = Analysis {
            parts: Vec::new(),
            asked: Vec::new(),
            is_never: false,
            bindings,
        };
        if let Some(root) = root {
            analysis.take_apart(root);
        }
        let parts = std::mem::take(&mut analysis.parts);
        for (at, part) in parts.iter().enumerate() {
            let Some(on) = condition::of(part, bindings) else {
                continue;
            };
            if let Condition::Never = on.condition {
                analysis.is_never = true;
            }
            let Some(asked) = analysis.asked_mut(on.path) else {
                continue;
            };
            let is_range = matches!(on.condition, Condition::Range(..));
            if asked.parts.len() == MOST_OF_A_FIELD || is_range && asked.ranges.len() == MOST_RANGES
            {
                continue;
            }
            asked.parts.push((at, on.is_all));
            match on.condition {
                Condition::Never => {}
                Condition::Range(low, high) => asked.ranges.push((low, high)),
                Condition::Points(points) => match &mut asked.points {
                    None => asked.points = Some(points),
                    Some(before) => before.retain(|value| {
                        let found = points.binary_search_by(|other| other.order(value));
                        found.is_ok()
                    }),
                },
            }
        }
        analysis.parts = parts;
        for (_, asked) in &mut analysis.asked {
            if let Some(points) = &mut asked.points {
                let ranges = &asked.ranges;
                points.retain(|value| {
                    let is_in = |(low, high): &(Edge<'_>, Edge<'_>)| {
                        !low.is_after(*value) && high.is_after(*value)
                    };
                    ranges.iter().all(is_in)
                });
                analysis.is_never |= points.is_empty();
            }
        }
        analysis
    }

    fn take_apart(&mut self, part: &'a Expression) {
        match part {
            Expression::And(parts) => parts.iter().for_each(|part| self.take_apart(part)),
            Expression::Or(parts) if parts.len() == 1 => {
                parts.iter().for_each(|part| self.take_apart(part));
            }
            part => self.parts.push(part),
        }
    }

    /// What is asked of a field.
    pub(super) fn asked(&self, path: &Path) -> Option<&Asked<'a>> {
        let found = self.asked.iter().find(|(other, _)| *other == path);
        found.map(|(_, asked)| asked)
    }

    /// The place for what is asked of a field. There is one for each of the first fields only, so that the search for
    /// it stays short; parts that ask something of others are tested on the records.
    fn asked_mut(&mut self, path: &'a Path) -> Option<&mut Asked<'a>> {
        const FIELDS: usize = 64;
        let found = self.asked.iter().position(|(other, _)| *other == path);
        let at = found.unwrap_or(self.asked.len());
        if at == self.asked.len() {
            if at == FIELDS {
                return None;
            }
            self.asked.push((path, Asked::default()));
        }
        self.asked.get_mut(at).map(|(_, asked)| asked)
    }

    /// The one value that a field must have.
    pub(super) fn fixed(&self, path: &Path) -> Option<Value<'a>> {
        match self.asked(path)?.points.as_deref() {
            Some([value]) => Some(*value),
            _ => None,
        }
    }

    /// Whether the predicate says which values a field, by its quoted name, has.
    pub(crate) fn names(&self, field: &[u8]) -> bool {
        let found = self
            .asked
            .iter()
            .find(|(path, _)| path.plain() == Some(field));
        found.is_some_and(|(_, asked)| asked.points.is_some())
    }

    /// Whether planning takes next to no time.
    pub(crate) fn is_small(&self) -> bool {
        const PARTS: usize = 256;
        const POINTS: usize = 256;
        let points = self
            .asked
            .iter()
            .filter_map(|(_, asked)| asked.points.as_ref());
        self.parts.len() <= PARTS && points.map(Vec::len).sum::<usize>() <= POINTS
    }

    /// All parts.
    pub(super) fn all(&self) -> &[&'a Expression] {
        &self.parts
    }

    pub(super) fn parts_at(&self, positions: &[usize]) -> Vec<&'a Expression> {
        let parts = positions.iter().filter_map(|at| self.parts.get(*at));
        parts.copied().collect()
    }

    /// The parts that are not among some.
    pub(super) fn others(&self, covered: &[usize]) -> Vec<&'a Expression> {
        let parts = self.parts.iter().enumerate();
        let others = parts.filter(|(at, _)| covered.binary_search(at).is_err());
        others.map(|(_, part)| *part).collect()
    }
}
