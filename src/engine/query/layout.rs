//! What is kept of each group, so that each field is read once per record however many aggregates it has.

use super::aggregate::{Aggregate, Function};
use crate::engine::options::Column;
use crate::engine::predicate::Path;

/// See the module's comment. Slots are positions among a group's accumulators of one sort.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// The fields that are read: those that make the groups, then others.
    pub(super) paths: Vec<Path>,
    /// Where records are counted.
    pub(super) records: Option<usize>,
    pub(super) inputs: Vec<Input>,
    /// One for each aggregate.
    pub(super) outputs: Vec<Output>,
    /// How many slots of each sort a group has.
    pub(super) counts: usize,
    pub(super) sums: usize,
    pub(super) extremes: usize,
    /// Sets of different values, which have no slots but tables of their own.
    pub(super) distinct: usize,
}

/// What is kept of one field's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    /// Position of its path.
    pub(super) path: usize,
    pub(super) count: Option<usize>,
    pub(super) sum: Option<usize>,
    pub(super) least: Option<usize>,
    pub(super) greatest: Option<usize>,
    /// The table, and the slot of its count.
    pub(super) distinct: Option<(usize, usize)>,
}

/// Where an aggregate's value comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Output {
    Count(usize),
    Sum { sum: usize, count: usize },
    Mean { sum: usize, count: usize },
    Extreme(usize),
}

/// The slot, taken now if it was not before.
fn slot(slot: &mut Option<usize>, taken: &mut usize) -> usize {
    *slot.get_or_insert_with(|| {
        *taken += 1;
        *taken - 1
    })
}

impl Layout {
    pub(super) fn new(by: &[Column], aggregates: &[Aggregate]) -> Layout {
        let mut layout = Layout {
            paths: by.iter().map(|column| column.path.clone()).collect(),
            ..Layout::default()
        };
        for aggregate in aggregates {
            let output = layout.output(&aggregate.function);
            layout.outputs.push(output);
        }
        layout
    }

    fn output(&mut self, function: &Function) -> Output {
        let Some(path) = function.path() else {
            return Output::Count(slot(&mut self.records, &mut self.counts));
        };
        let at = self.input(path);
        let mut unused = Input::default();
        let input = self.inputs.get_mut(at).unwrap_or(&mut unused);
        match function {
            Function::Count | Function::CountOf(_) => {
                Output::Count(slot(&mut input.count, &mut self.counts))
            }
            Function::CountDistinct(_) => {
                let (_, count) = *input.distinct.get_or_insert_with(|| {
                    self.distinct += 1;
                    self.counts += 1;
                    (self.distinct - 1, self.counts - 1)
                });
                Output::Count(count)
            }
            Function::Sum(_) | Function::Avg(_) => {
                let sum = slot(&mut input.sum, &mut self.sums);
                let count = slot(&mut input.count, &mut self.counts);
                match function {
                    Function::Sum(_) => Output::Sum { sum, count },
                    _ => Output::Mean { sum, count },
                }
            }
            Function::Min(_) => Output::Extreme(slot(&mut input.least, &mut self.extremes)),
            Function::Max(_) => Output::Extreme(slot(&mut input.greatest, &mut self.extremes)),
        }
    }

    /// Position of the input of a path.
    fn input(&mut self, path: &Path) -> usize {
        let path = match self.paths.iter().position(|other| other == path) {
            Some(at) => at,
            None => {
                self.paths.push(path.clone());
                self.paths.len() - 1
            }
        };
        if let Some(at) = self.inputs.iter().position(|input| input.path == path) {
            return at;
        }
        self.inputs.push(Input {
            path,
            ..Input::default()
        });
        self.inputs.len() - 1
    }
}
