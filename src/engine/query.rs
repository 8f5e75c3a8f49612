//! Select: which rows, in which order, of what columns.

use crate::engine::limits::{add, push, reserve};
use crate::engine::options::{Column, Ordering as SortKey, SelectOptions};
use crate::engine::predicate::{Bound, Predicate, Program};
use crate::engine::record::Record;
use crate::engine::resolve::Resolver;
use crate::engine::shape::Shapes;
use crate::engine::table::Version;
use crate::engine::value::Value;
use crate::engine::{Error, Result};
use foldhash::fast::{FoldHasher, RandomState};
use hashbrown::HashTable;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

/// Appends a JSON array of the rows that match; returns how many there are.
pub(crate) fn select(
    version: &Version,
    predicate: Option<&Predicate>,
    options: &SelectOptions,
    out: &mut Vec<u8>,
) -> Result<u64> {
    let program = predicate
        .map(Predicate::program)
        .filter(|program| !program.is_trivial());
    let mut bound = program.map(|program| Bound::new(program, version.shapes()));
    let mut matches =
        |record: &Record<'_>| bound.as_mut().is_none_or(|bound| bound.matches(record));
    let mut rows = Rows::new(options, version.shapes(), out);
    push(rows.out, b"[")?;
    let mut outcome = Ok(());
    if options.order_by.is_empty() {
        candidates(version, program, |record| {
            if !matches(&record) {
                return true;
            }
            let more = rows.add(record);
            *more.as_ref().unwrap_or(&false) || {
                outcome = more.map(|_| ());
                false
            }
        });
        outcome?;
    } else {
        let mut sorter = Sorter::new(options, version.shapes());
        candidates(version, program, |record| {
            if matches(&record) {
                outcome = sorter.add(record);
            }
            outcome.is_ok()
        });
        outcome?;
        for row in sorter.finish()? {
            let Some(record) = sorter.rows.get(row) else {
                break;
            };
            if !rows.add(*record)? {
                break;
            }
        }
    }
    let count = rows.count;
    push(out, b"]")?;
    Ok(count)
}

/// Calls `visit` with each record that may match, in natural order, until it says false.
pub(crate) fn candidates<'a>(
    version: &'a Version,
    program: Option<&Program>,
    mut visit: impl FnMut(Record<'a>) -> bool,
) {
    let keys = program.and_then(|program| program.keys(version.shapes().key_field()));
    let Some(keys) = keys else {
        return version.each(|_, _, record| visit(record));
    };
    let mut found: Vec<_> = keys.iter().filter_map(|key| version.find(key)).collect();
    found.sort_unstable_by_key(|(row, _)| *row);
    found.dedup();
    for record in found
        .into_iter()
        .filter_map(|(_, place)| version.record(place))
    {
        if !visit(record) {
            return;
        }
    }
}

/// The rows of the answer: projected, made distinct, paged, and written.
struct Rows<'a, 'o> {
    projection: Option<Projection<'a>>,
    seen: Option<Seen<'a>>,
    skip: u64,
    left: u64,
    count: u64,
    out: &'o mut Vec<u8>,
}

struct Projection<'a> {
    columns: &'a [Column],
    resolver: Resolver<'a>,
    values: Vec<Option<&'a [u8]>>,
}

impl<'a, 'o> Rows<'a, 'o> {
    fn new(options: &'a SelectOptions, shapes: &'a Shapes, out: &'o mut Vec<u8>) -> Self {
        let projection = options.columns.as_ref().map(|columns| Projection {
            columns,
            resolver: Resolver::new(columns.iter().map(|column| column.path.field()), shapes),
            values: Vec::new(),
        });
        // Whole records differ at least by their key.
        let seen = (options.distinct && projection.is_some()).then(Seen::new);
        Rows {
            projection,
            seen,
            skip: options.offset,
            left: options.limit.unwrap_or(u64::MAX),
            count: 0,
            out,
        }
    }

    /// Takes a row; false if no more are wanted.
    fn add(&mut self, record: Record<'a>) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        if let Some(projection) = &mut self.projection {
            projection.read(record);
            if let Some(seen) = &mut self.seen {
                if !seen.is_new(&projection.values)? {
                    return Ok(true);
                }
            }
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(true);
        }
        if self.count > 0 {
            push(self.out, b",")?;
        }
        match &self.projection {
            None => push(self.out, record.text())?,
            Some(projection) => projection.write(self.out)?,
        }
        self.count += 1;
        self.left -= 1;
        Ok(self.left > 0)
    }
}

impl<'a> Projection<'a> {
    fn read(&mut self, record: Record<'a>) {
        self.values.clear();
        let fields = self.resolver.fields(record);
        for (at, column) in self.columns.iter().enumerate() {
            self.values
                .push(fields.get(at).and_then(|value| column.path.follow(value)));
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        push(out, b"{")?;
        for (at, (column, value)) in self.columns.iter().zip(&self.values).enumerate() {
            if at > 0 {
                push(out, b",")?;
            }
            push(out, &column.label)?;
            push(out, value.unwrap_or(b"null"))?;
        }
        push(out, b"}")
    }
}

/// The projected rows so far, for `distinct`.
struct Seen<'a> {
    rows: Vec<Vec<Value<'a>>>,
    by_hash: HashTable<usize>,
    hasher: RandomState,
}

impl<'a> Seen<'a> {
    fn new() -> Self {
        Seen {
            rows: Vec::new(),
            by_hash: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    /// Whether no equal row came before.
    fn is_new(&mut self, values: &[Option<&'a [u8]>]) -> Result<bool> {
        let row: Vec<Value<'a>> = values.iter().map(|value| Value::of_field(*value)).collect();
        let (rows, hasher) = (&self.rows, &self.hasher);
        let hash = hash_row(hasher, &row);
        let equals = |at: &usize| {
            rows.get(*at)
                .is_some_and(|other| other.iter().zip(&row).all(|(a, b)| a.equals(b)))
        };
        if self.by_hash.find(hash, equals).is_some() {
            return Ok(false);
        }
        let rehash = |at: &usize| rows.get(*at).map_or(0, |row| hash_row(hasher, row));
        let room = self.by_hash.try_reserve(1, rehash);
        room.map_err(|_| Error::OutOfMemory {
            bytes: 16 * rows.len(),
        })?;
        self.by_hash.insert_unique(hash, rows.len(), rehash);
        add(&mut self.rows, row)?;
        Ok(true)
    }
}

fn hash_row(hasher: &RandomState, row: &[Value<'_>]) -> u64 {
    let mut state: FoldHasher<'_> = hasher.build_hasher();
    row.iter().for_each(|value| value.feed(&mut state));
    state.finish()
}

/// Rows with their sort keys. When the answer is limited, only about twice as many are kept as it can have.
struct Sorter<'a> {
    order_by: &'a [SortKey],
    resolver: Resolver<'a>,
    /// `order_by.len()` for each row.
    keys: Vec<Value<'a>>,
    rows: Vec<Record<'a>>,
    wanted: usize,
}

impl<'a> Sorter<'a> {
    fn new(options: &'a SelectOptions, shapes: &'a Shapes) -> Self {
        let wanted = match options.limit {
            Some(limit) if !options.distinct => limit.saturating_add(options.offset),
            _ => u64::MAX,
        };
        let order_by = options.order_by.as_slice();
        Sorter {
            order_by,
            resolver: Resolver::new(order_by.iter().map(|key| key.path.field()), shapes),
            keys: Vec::new(),
            rows: Vec::new(),
            wanted: usize::try_from(wanted).unwrap_or(usize::MAX),
        }
    }

    fn add(&mut self, record: Record<'a>) -> Result<()> {
        reserve(&mut self.rows, 1)?;
        reserve(&mut self.keys, self.order_by.len())?;
        let fields = self.resolver.fields(record);
        for (at, key) in self.order_by.iter().enumerate() {
            let text = fields.get(at).and_then(|value| key.path.follow(value));
            self.keys.push(Value::of_field(text));
        }
        self.rows.push(record);
        if self.rows.len() >= self.wanted.saturating_mul(2).saturating_add(1024) {
            return self.prune();
        }
        Ok(())
    }

    /// Of two rows, the one that came first counts as less when their keys are equal.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        let width = self.order_by.len();
        let keys = |row: usize| {
            self.keys
                .get(row * width..(row + 1) * width)
                .unwrap_or_default()
        };
        for ((a, b), key) in keys(a).iter().zip(keys(b)).zip(self.order_by) {
            let order = a.order(b);
            if order.is_ne() {
                return if key.descending {
                    order.reverse()
                } else {
                    order
                };
            }
        }
        a.cmp(&b)
    }

    /// Keeps the rows that can still be wanted, in the order in which they came.
    fn prune(&mut self) -> Result<()> {
        let mut order = self.positions()?;
        if let Some(last) = self.wanted.checked_sub(1) {
            order.select_nth_unstable_by(last, |a, b| self.compare(*a, *b));
        }
        order.truncate(self.wanted);
        order.sort_unstable();
        let width = self.order_by.len();
        let keys = order
            .iter()
            .flat_map(|row| self.keys.get(row * width..(row + 1) * width));
        self.keys = keys.flatten().copied().collect();
        self.rows = order
            .iter()
            .filter_map(|row| self.rows.get(*row).copied())
            .collect();
        Ok(())
    }

    fn positions(&self) -> Result<Vec<usize>> {
        let mut positions = Vec::new();
        reserve(&mut positions, self.rows.len())?;
        positions.extend(0..self.rows.len());
        Ok(positions)
    }

    /// Positions of the rows in their order.
    fn finish(&self) -> Result<Vec<usize>> {
        let mut order = self.positions()?;
        order.sort_unstable_by(|a, b| self.compare(*a, *b));
        Ok(order)
    }
}
