//! Updates by expressions, evaluated inside the atomic operation.

use super::filter::Filter;
use super::stage::{find_or_add, too_long};
use super::state::{Change, Match, State};
use super::{Core, Table, Version};
use crate::engine::assign::{Assignments, Evaluator};
use crate::engine::json::Span;
use crate::engine::key::KeyRef;
use crate::engine::limits::{add, push, reserve, MAX_RECORD};
use crate::engine::memory;
use crate::engine::options::SelectOptions;
use crate::engine::predicate::Predicate;
use crate::engine::record::{self, Record};
use crate::engine::schema::Schema;
use crate::engine::shape::{Shapes, GENERIC};
use crate::engine::{Error, Params, Result};
use std::sync::Arc;

/// A compiled update: which records, and what is set in them. Immutable, for any table and any number of runs.
pub struct Update {
    predicate: Arc<Predicate>,
    assignments: Arc<Assignments>,
}

impl Update {
    /// Of a predicate, one as text, or both (then both must match), and of assignments as text.
    pub fn new(
        predicate: Option<Arc<Predicate>>,
        condition: Option<&str>,
        set: &str,
    ) -> Result<Update> {
        let parsed = condition.map(Predicate::parse).transpose()?.map(Arc::new);
        let predicate = match (predicate, parsed) {
            (Some(given), Some(parsed)) => Arc::new(Predicate::and(vec![given, parsed])?),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => {
                let right = "is missing: an update says which records it is about (TRUE for all)";
                return Err(Error::option("where", right));
            }
        };
        let assignments = Update::assigning(set)?;
        Ok(Update {
            predicate,
            assignments,
        })
    }

    /// Compiles assignments alone.
    pub(super) fn assigning(set: &str) -> Result<Arc<Assignments>> {
        Assignments::parse(set).map(Arc::new)
    }

    pub(super) fn predicate(&self) -> &Arc<Predicate> {
        &self.predicate
    }

    pub(super) fn assignments(&self) -> &Arc<Assignments> {
        &self.assignments
    }

    /// The highest number of a parameter.
    pub fn parameters(&self) -> usize {
        self.predicate
            .parameters()
            .max(self.assignments.parameters())
    }
}

impl Table {
    /// Changes each record that matches: all, or none. Returns how many there are.
    pub fn run_update(&self, update: &Update, params: &Params) -> Result<u64> {
        params.check(update.parameters())?;
        let core = self.core()?;
        memory::check()?;
        let filter = Filter::bind(Some(&update.predicate), params)?;
        let interrupt = self.limits.begin();
        core.change_matches(&filter, &interrupt, |state, matches| {
            let mut change = Assigning::new(core, state, &update.assignments, params);
            state.update(matches, &mut change, &interrupt)
        })
    }
}

impl Table {
    /// Appends a JSON object that tells how an update would find its records.
    pub fn explain_update(
        &self,
        update: &Update,
        params: &Params,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        params.check(update.parameters())?;
        let filter = Filter::bind(Some(&update.predicate), params)?;
        let (options, interrupt) = (SelectOptions::default(), self.limits.begin());
        self.reading(&interrupt, |version| {
            filter.run(version, &options, &interrupt)?.explain(out)
        })
    }
}

/// Makes changed records of old ones.
pub(super) struct Assigning<'a> {
    evaluator: Evaluator<'a>,
    assignments: &'a Assignments,
    schema: Option<&'a Schema>,
    /// Whether neither key nor schema is to be looked at.
    is_unchecked: bool,
    shapes: Arc<Shapes>,
    text: Vec<u8>,
    spans: Vec<Span>,
}

impl<'a> Assigning<'a> {
    /// Of the table's state, whose lock is held: it has no shapes but these.
    pub(super) fn new(
        core: &'a Core,
        state: &State,
        assignments: &'a Assignments,
        params: &'a Params<'a>,
    ) -> Self {
        let schema = core.schema();
        Assigning {
            evaluator: Evaluator::new(assignments, params),
            assignments,
            is_unchecked: schema.is_none() && !assignments.touches(core.key_field()),
            schema,
            shapes: state.version.shapes.clone(),
            text: Vec::new(),
            spans: Vec::new(),
        }
    }

    fn slice(&self, range: (u32, u32)) -> &[u8] {
        let text = self.text.get(range.0 as usize..range.1 as usize);
        text.unwrap_or_default()
    }

    /// Checks the record against the schema, and adds what its defaults fill.
    fn check_schema(&mut self, schema: &Schema) -> Result<()> {
        let mut has = vec![false; schema.len()];
        for span in &self.spans {
            let at = schema.check(self.slice(span.name), self.slice(span.value))?;
            if let Some(has) = has.get_mut(at) {
                *has = true;
            }
        }
        for (name, value) in schema.fill(&has, self.shapes.key_field())? {
            self.text.pop();
            push(
                &mut self.text,
                if self.spans.is_empty() { b"" } else { b"," },
            )?;
            let start = self.text.len();
            push(&mut self.text, name)?;
            push(&mut self.text, b":")?;
            let value_start = self.text.len();
            push(&mut self.text, value)?;
            let span = Span {
                name: (start as u32, (start + name.len()) as u32),
                value: (value_start as u32, self.text.len() as u32),
            };
            add(&mut self.spans, span)?;
            push(&mut self.text, b"}")?;
        }
        Ok(())
    }

    fn check_key(&self) -> Result<()> {
        let key_field = self.shapes.key_field();
        let key = self
            .spans
            .iter()
            .find(|span| self.slice(span.name) == key_field);
        match key {
            Some(span) => KeyRef::read(self.slice(span.value)).map(|_| ()),
            None => Err(Error::InvalidKey {
                found: "nothing (the key field was removed)".to_owned(),
                index: None,
            }),
        }
    }
}

impl Change for Assigning<'_> {
    fn begin(&mut self, _: &Version, _: &[Match]) -> Result<()> {
        Ok(())
    }

    fn touches(&self, field: &[u8]) -> bool {
        // A default may come in place of what is removed.
        self.assignments.touches(field)
    }

    fn new_shapes(&self) -> Option<&Arc<Shapes>> {
        Some(&self.shapes)
    }

    fn encode(&mut self, record: &Record<'_>, _: &Arc<Shapes>, out: &mut Vec<u8>) -> Result<()> {
        if self.is_unchecked && self.evaluator.replace(record, &self.shapes)? {
            return self.splice(record, out);
        }
        self.evaluator
            .apply(record, &self.shapes, &mut self.text, &mut self.spans)?;
        if let Some(schema) = self.schema {
            self.check_schema(schema)?;
        }
        if self.assignments.touches(self.shapes.key_field()) {
            self.check_key()?;
        }
        if self.text.len() > MAX_RECORD {
            return Err(too_long());
        }
        let shape = self.shape_of(record)?;
        reserve(out, record::stored_len(&shape, self.text.len()))?;
        // A generic shape has no fields, so that none of the ends is taken.
        let ends = self.spans.iter().map(|span| span.value.1);
        record::begin(out, &shape, ends, self.text.len());
        out.extend_from_slice(&self.text);
        Ok(())
    }
}

impl Assigning<'_> {
    /// Writes the record with the values that the evaluator has.
    fn splice(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<()> {
        let shape = self.shapes.get(record.shape()).ok_or_else(too_long)?;
        let len = record::spliced_len(record, shape, self.evaluator.values());
        if len > MAX_RECORD {
            return Err(too_long());
        }
        reserve(out, record::stored_len(shape, len))?;
        record::splice(out, record, shape, self.evaluator.values(), len);
        Ok(())
    }

    /// The shape of the changed record: most often that of the old one.
    fn shape_of(&mut self, old: &Record<'_>) -> Result<Arc<crate::engine::shape::Shape>> {
        if let Some(shape) = self.shapes.get(old.shape()) {
            let fields = shape.fields();
            let mut spans = self.spans.iter();
            let same = old.shape() != GENERIC
                && fields.len() == spans.len()
                && fields.iter().all(|field| {
                    spans
                        .next()
                        .is_some_and(|span| self.slice(span.name) == field.quoted())
                });
            if same {
                return Ok(shape.clone());
            }
        }
        let bytes = self.spans.iter().map(|span| span.name.1 - span.name.0);
        if !Shapes::can_have(self.spans.len(), bytes.sum::<u32>() as usize) {
            return self.shapes.generic().cloned().ok_or_else(too_long);
        }
        let Assigning {
            text,
            spans,
            shapes,
            ..
        } = self;
        let name = |span: &Span| text.get(span.name.0 as usize..span.name.1 as usize);
        let names: Vec<&[u8]> = spans.iter().filter_map(name).collect();
        Ok(find_or_add(shapes, &names))
    }
}
