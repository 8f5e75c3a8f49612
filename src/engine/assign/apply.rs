//! Computes the changed text of records, one after the other.

use super::evaluate::{beginning, Fields, Source, MISSING};
use super::expression::Expression;
use super::place::{check_depth, Values, Writer};
use super::{Action, Assignments};
use crate::engine::json::Span;
use crate::engine::limits::{add, add_small, reserve};
use crate::engine::record::Record;
use crate::engine::shape::{Shape, Shapes, GENERIC};
use crate::engine::{Error, Params, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// Where the fields are in records of one shape.
struct Plan {
    shape: u16,
    /// Those that expressions read, by the position of their names.
    reads: SmallVec<[u16; 4]>,
    /// Those that are changed, in the order of the record, each with its position among the targets; then those that
    /// are added.
    changes: SmallVec<[(u16, u16); 4]>,
    /// Whether all changes set fields as a whole that are there.
    only_replaces: bool,
}

/// Positions kept in plans at most, so that a long list on a table of many shapes takes no memory without bounds.
const MAX_PLANNED: usize = 1 << 20;

/// For one run: parameters bound, fields looked up once per shape.
pub(crate) struct Evaluator<'a> {
    assignments: &'a Assignments,
    params: &'a Params<'a>,
    /// The plan of the last record, and those of other shapes.
    latest: Option<Plan>,
    others: Option<HashMap<u16, Plan, RandomState>>,
    /// The values that were computed, and where each assignment's lies.
    scratch: Vec<u8>,
    computed: SmallVec<[(usize, usize); 4]>,
    seen: Vec<bool>,
}

impl<'a> Evaluator<'a> {
    /// The caller has checked that there are as many parameters as are used.
    pub(crate) fn new(assignments: &'a Assignments, params: &'a Params<'a>) -> Self {
        Evaluator {
            assignments,
            params,
            latest: None,
            others: None,
            scratch: Vec::new(),
            computed: SmallVec::new(),
            seen: Vec::new(),
        }
    }

    /// Computes the changed record: its canonical text, and where its fields lie in it. `shapes` may have grown since
    /// the last call.
    pub(crate) fn apply(
        &mut self,
        record: &Record<'_>,
        shapes: &Shapes,
        text: &mut Vec<u8>,
        spans: &mut Vec<Span>,
    ) -> Result<()> {
        text.clear();
        spans.clear();
        self.write(record, shapes, text, spans)
            .map_err(|error| of_record(error, record, shapes))
    }

    /// Computes the new values of a record's fields, for `values`, if fields are set as a whole that it has, and nothing else
    /// is done. `shapes` may have grown since the last call.
    pub(crate) fn replace(&mut self, record: &Record<'_>, shapes: &Shapes) -> Result<bool> {
        let Some(shape) = shapes.get(record.shape()) else {
            return Ok(false);
        };
        if record.shape() == GENERIC {
            return Ok(false);
        }
        self.turn_to(shape)?;
        if !self.latest.as_ref().is_some_and(|plan| plan.only_replaces) {
            return Ok(false);
        }
        self.compute(record, Some(shape))
            .and_then(|()| self.check_values())
            .map_err(|error| of_record(error, record, shapes))?;
        Ok(true)
    }

    /// What `replace` has computed: positions of fields, ascending, and values.
    pub(crate) fn values(&self) -> impl Iterator<Item = (u16, &[u8])> + Clone {
        let changes = self.latest.as_ref().map(|plan| &*plan.changes);
        let values = self.given();
        let changes = changes.unwrap_or_default().iter();
        changes.map(move |&(position, target)| {
            let at = self.assignments.targets.leaf(target);
            let value = at.and_then(|at| values.get(at).ok().flatten());
            (position, value.unwrap_or_default())
        })
    }

    fn check_values(&self) -> Result<()> {
        let values = self.given();
        for at in 0..self.assignments.list.len() {
            if let Some(value) = values.get(at)? {
                check_depth(value, 1)?;
            }
        }
        Ok(())
    }

    fn given(&self) -> Values<'_> {
        Values {
            assignments: self.assignments,
            params: self.params,
            computed: &self.computed,
            scratch: &self.scratch,
        }
    }

    /// Evaluates the expressions; the plan of the record's shape, if it has one, is the latest.
    fn compute(&mut self, record: &Record<'_>, shape: Option<&Shape>) -> Result<()> {
        let fields = match (shape, &self.latest) {
            (Some(shape), Some(plan)) => Fields::Shaped(shape, &plan.reads),
            _ => Fields::Found(self.find(record)?),
        };
        let source = Source {
            record: *record,
            fields,
            params: self.params,
        };
        self.scratch.clear();
        self.computed.clear();
        for assignment in &self.assignments.list {
            let start = self.scratch.len();
            match &assignment.action {
                Action::Remove | Action::Set(Expression::Literal(_) | Expression::Parameter(_)) => {
                }
                Action::Set(expression) => source
                    .evaluate(expression, &mut self.scratch)
                    .and_then(|value| value.write(&mut self.scratch))
                    .map_err(|error| in_field(error, &assignment.field))?,
            }
            add_small(&mut self.computed, (start, self.scratch.len()))?;
        }
        Ok(())
    }

    fn write(
        &mut self,
        record: &Record<'_>,
        shapes: &Shapes,
        text: &mut Vec<u8>,
        spans: &mut Vec<Span>,
    ) -> Result<()> {
        let shape = shapes.get(record.shape());
        let shape = shape.filter(|shape| shape.id() != GENERIC);
        if let Some(shape) = shape {
            self.turn_to(shape)?;
        }
        self.compute(record, shape.map(|shape| &**shape))?;
        self.seen.clear();
        let mut writer = Writer {
            assignments: self.assignments,
            params: self.params,
            computed: &self.computed,
            scratch: &self.scratch,
            text,
            spans,
            seen: &mut self.seen,
        };
        writer.begin(record.text().len())?;
        match (shape, &self.latest) {
            (Some(shape), Some(plan)) => plan.write(&mut writer, record, shape)?,
            _ => writer.generic(record)?,
        }
        writer.end()
    }

    /// The fields of a generic record that expressions read.
    fn find<'r>(&self, record: &Record<'r>) -> Result<Vec<Option<&'r [u8]>>> {
        let reads = &self.assignments.reads;
        let mut values = Vec::new();
        reserve(&mut values, reads.names().len())?;
        values.resize(reads.names().len(), None);
        if values.is_empty() {
            return Ok(values);
        }
        for (name, value) in record.members() {
            let at = reads.position(name);
            if let Some(place) = at.and_then(|at| values.get_mut(at)) {
                *place = Some(value);
            }
        }
        Ok(values)
    }

    /// Makes the plan of a shape the latest one.
    #[inline]
    fn turn_to(&mut self, shape: &Shape) -> Result<()> {
        match &self.latest {
            Some(plan) if plan.shape == shape.id() => Ok(()),
            Some(_) => self.turn(shape),
            None => {
                self.latest = Some(self.plan(shape)?);
                Ok(())
            }
        }
    }

    /// The same, if there was a plan before.
    #[cold]
    fn turn(&mut self, shape: &Shape) -> Result<()> {
        let known = self.others.as_mut();
        let plan = match known.and_then(|others| others.remove(&shape.id())) {
            Some(plan) => plan,
            None => self.plan(shape)?,
        };
        let Some(before) = self.latest.replace(plan) else {
            return Ok(());
        };
        let others = self.others.get_or_insert_default();
        let positions = self.assignments.reads.names().len() + before.changes.len();
        if others.len() * positions > MAX_PLANNED {
            others.clear();
        }
        others
            .try_reserve(1)
            .map_err(|_| Error::out_of_memory(64))?;
        others.insert(before.shape, before);
        Ok(())
    }

    fn plan(&self, shape: &Shape) -> Result<Plan> {
        let names = self.assignments.reads.names();
        let targets = &self.assignments.targets;
        let (mut reads, mut changes) = (SmallVec::new(), SmallVec::new());
        for name in names {
            add_small(&mut reads, shape.position(name).unwrap_or(MISSING))?;
        }
        let mut missing = Vec::new();
        // The limit of a list is far below that of the type.
        for (at, member) in (0_u16..).zip(targets.members()) {
            match shape.position(member.quoted()) {
                Some(position) => add_small(&mut changes, (position, at))?,
                None => add(&mut missing, at)?,
            }
        }
        changes.sort_unstable();
        let is_missing = |at: &u16| missing.binary_search(at).is_ok();
        let added = targets.added().iter().map(|at| *at as u16);
        for at in added.filter(is_missing) {
            add_small(&mut changes, (MISSING, at))?;
        }
        let only_replaces = changes.iter().all(|&(position, target)| {
            let at = targets.leaf(target).filter(|_| position != MISSING);
            let assignment = at.and_then(|at| self.assignments.list.get(at));
            assignment.is_some_and(|found| matches!(found.action, Action::Set(_)))
        });
        Ok(Plan {
            shape: shape.id(),
            reads,
            // A removal of what is not there leaves no change behind.
            only_replaces: only_replaces && missing.is_empty(),
            changes,
        })
    }
}

impl Plan {
    /// The fields of a record of the plan's shape.
    fn write<'a>(
        &self,
        writer: &mut Writer<'a, '_>,
        record: &Record<'_>,
        shape: &Shape,
    ) -> Result<()> {
        let assignments: &'a Assignments = writer.assignments;
        let member = |target: u16| assignments.targets.members().get(usize::from(target));
        let mut changes = self.changes.iter().copied().peekable();
        let mut end = 0;
        for (position, field) in (0_u16..).zip(shape.fields()) {
            let value = record.value(shape, position).unwrap_or_default();
            let name_len = field.quoted().len();
            // A bracket or comma before the name, a colon behind it.
            let start = end + 1;
            end = start + name_len + 1 + value.len();
            let change = changes.next_if(|(at, _)| *at == position);
            match change.and_then(|(_, target)| member(target)) {
                Some(member) => writer.change(member, Some(value))?,
                None => {
                    let kept = record.text().get(start..end);
                    writer.keep(kept.unwrap_or_default(), name_len)?;
                }
            }
        }
        for member in changes.filter_map(|(_, target)| member(target)) {
            writer.change(member, None)?;
        }
        Ok(())
    }
}

/// Names the field that was being set.
pub(super) fn in_field(mut error: Error, name: &str) -> Error {
    if let Error::TypeMismatch { field, .. } | Error::Overflow { field, .. } = &mut error {
        *field = name.to_owned();
    }
    error
}

/// Names the record.
#[cold]
fn of_record(mut error: Error, record: &Record<'_>, shapes: &Shapes) -> Error {
    if let Error::TypeMismatch { key, .. } | Error::Overflow { key, .. } = &mut error {
        let shape = shapes.get(record.shape());
        let text = shape.and_then(|shape| record.field(shape, shapes.key_field()));
        *key = text.map(beginning);
    }
    error
}
