//! Groups of records, made of the columns of whole pages where those tell all that is asked.

use super::group::Groups;
use super::layout::Input;
use crate::engine::column::{exact, Column, Encoding, Found, Mask, View, Visit, Written};
use crate::engine::keymap::Row;
use crate::engine::limits::reserve;
use crate::engine::paged::PAGE;
use crate::engine::record::Record;
use crate::engine::value::Value;
use crate::engine::Result;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// No group is known.
const NONE: u32 = u32::MAX;

/// See the module's comment.
pub(super) struct ByPage<'a> {
    groups: Groups<'a>,
    /// For each path of the layout, the number by which views know its column, and what is known of the column's codes.
    columns: Vec<(usize, Codes)>,
    /// By code of the field that makes the groups, if there is one.
    group_of_code: [u32; 256],
    /// For each group and extreme, a number that has to be beaten.
    bests: Vec<f64>,
}

/// The numbers that the codes of a column stand for.
struct Codes {
    column: Option<Arc<Column>>,
    numbers: Box<[(f64, Kind); 256]>,
    asked: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Integer,
    Float,
    /// None that a double is.
    Other,
}

impl Codes {
    fn new(column: Option<Arc<Column>>) -> Codes {
        Codes {
            column,
            numbers: Box::new([(f64::NAN, Kind::Other); 256]),
            asked: 0,
        }
    }

    /// Learns what codes up to this one stand for.
    fn learn(&mut self, highest: u8) {
        if usize::from(highest) < self.asked {
            return;
        }
        let Some(column) = &self.column else {
            return;
        };
        let dictionary = column.dictionary();
        let fresh = dictionary.texts().iter().zip(self.numbers.iter_mut());
        for (text, place) in fresh.skip(self.asked) {
            *place = match Value::read(text) {
                Value::Null => (f64::NAN, Kind::Null),
                Value::Number(number) => match exact(number) {
                    Some((value, true)) => (value, Kind::Integer),
                    Some((value, false)) => (value, Kind::Float),
                    None => (f64::NAN, Kind::Other),
                },
                _ => (f64::NAN, Kind::Other),
            };
        }
        self.asked = dictionary.texts().len();
    }
}

/// The rows of a page that match, and their groups.
struct Rows {
    offsets: [u8; PAGE],
    groups: [u32; PAGE],
    count: usize,
}

impl Rows {
    fn of(matching: &Mask) -> Rows {
        let mut rows = Rows {
            offsets: [0; PAGE],
            groups: [0; PAGE],
            count: 0,
        };
        matching.each(|offset| {
            if let Some(place) = rows.offsets.get_mut(rows.count) {
                *place = offset as u8;
                rows.count += 1;
            }
            true
        });
        rows
    }

    fn offsets(&self) -> &[u8] {
        self.offsets.get(..self.count).unwrap_or_default()
    }

    fn groups(&self) -> &[u32] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    /// Those that have numbers.
    fn numbers(&self, values: &[f64; PAGE]) -> Present {
        let mut present = Present {
            offsets: [0; PAGE],
            groups: [0; PAGE],
            values: [0.0; PAGE],
            count: 0,
        };
        for (offset, group) in self.offsets().iter().zip(&self.groups) {
            let Some(value) = values.get(usize::from(*offset)) else {
                continue;
            };
            let at = present.count;
            let places = (
                present.offsets.get_mut(at),
                present.groups.get_mut(at),
                present.values.get_mut(at),
            );
            if let (Some(own_offset), Some(own_group), Some(own)) = places {
                (*own_offset, *own_group, *own) = (*offset, *group, *value);
                present.count += usize::from(!value.is_nan());
            }
        }
        present
    }
}

/// Rows that have numbers.
struct Present {
    offsets: [u8; PAGE],
    groups: [u32; PAGE],
    values: [f64; PAGE],
    count: usize,
}

impl Present {
    fn groups(&self) -> &[u32] {
        self.groups.get(..self.count).unwrap_or_default()
    }
}

/// The numbers of a page.
struct Numbers<'p> {
    /// Null is not a number.
    values: Cow<'p, [f64; PAGE]>,
    written: WrittenAs<'p>,
}

enum WrittenAs<'p> {
    Integers,
    Floats,
    /// Those with a 1 as integers.
    Both(Cow<'p, [u8; PAGE]>),
}

impl<'p> Numbers<'p> {
    /// `None` if there is something else among the rows.
    fn of(encoding: &'p Encoding, codes: &mut Codes, rows: &Rows) -> Option<Numbers<'p>> {
        match encoding {
            Encoding::Numbers(own) => Some(Numbers {
                values: Cow::Borrowed(own.values.get()),
                written: match &own.written {
                    Written::Integers => WrittenAs::Integers,
                    Written::Floats => WrittenAs::Floats,
                    Written::Both(flags) => WrittenAs::Both(Cow::Borrowed(flags.get())),
                },
            }),
            Encoding::Codes(own) => Numbers::of_codes(own.get(), codes, rows),
            _ => None,
        }
    }

    fn of_codes(own: &[u8; PAGE], codes: &mut Codes, rows: &Rows) -> Option<Numbers<'p>> {
        codes.learn(own.iter().copied().max().unwrap_or_default());
        let mut is_integer = [0; PAGE];
        let mut values = [f64::NAN; PAGE];
        for ((value, is_integer), code) in values.iter_mut().zip(&mut is_integer).zip(own) {
            let (number, kind) = codes.numbers.get(usize::from(*code))?;
            *value = *number;
            *is_integer = u8::from(*kind == Kind::Integer);
        }
        let is_other = |offset: &u8| {
            let code = own.get(usize::from(*offset)).copied().unwrap_or_default();
            let known = codes.numbers.get(usize::from(code));
            known.is_none_or(|(_, kind)| *kind == Kind::Other)
        };
        if rows.offsets().iter().any(is_other) {
            return None;
        }
        Some(Numbers {
            values: Cow::Owned(values),
            written: WrittenAs::Both(Cow::Owned(is_integer)),
        })
    }
}

impl<'a> ByPage<'a> {
    /// `columns` are those of the layout's paths.
    pub(super) fn new(
        groups: Groups<'a>,
        columns: impl Iterator<Item = (usize, Option<Arc<Column>>)>,
    ) -> ByPage<'a> {
        let columns = columns.map(|(number, column)| (number, Codes::new(column)));
        ByPage {
            columns: columns.collect(),
            groups,
            group_of_code: [NONE; 256],
            bests: Vec::new(),
        }
    }

    pub(super) fn into_groups(self) -> Groups<'a> {
        self.groups
    }

    /// Finds the groups of the rows; false if the page does not tell.
    fn find_groups(&mut self, view: &View<'a>, rows: &mut Rows) -> Result<bool> {
        let number = match self.groups.width() {
            0 => return Ok(true),
            _ => self.columns.first().map(|(number, _)| *number),
        };
        let Some(Encoding::Codes(codes)) = number.map(|number| view.encoding(number)) else {
            return Ok(false);
        };
        let codes = codes.get();
        for at in 0..rows.count {
            let offset = rows.offsets.get(at).copied().map_or(0, usize::from);
            let code = codes.get(offset).copied().map_or(0, usize::from);
            let mut group = self.group_of_code.get(code).copied().unwrap_or(NONE);
            if group == NONE {
                let Some(record) = view.record(offset) else {
                    return Ok(false);
                };
                group = self.groups.group_of(record)? as u32;
                if let Some(place) = self.group_of_code.get_mut(code) {
                    *place = group;
                }
            }
            if let Some(place) = rows.groups.get_mut(at) {
                *place = group;
            }
        }
        Ok(true)
    }

    /// Adds the numbers of one input: one aggregate after the other, so that each is a short loop.
    fn add(&mut self, input: &Input, numbers: &Numbers<'_>, view: &View<'a>, rows: &Rows) {
        let present = rows.numbers(&numbers.values);
        let accumulators = self.groups.accumulators_mut();
        if let Some(slot) = input.count {
            accumulators.count_all(present.groups(), slot);
        }
        if let Some(slot) = input.sum {
            let all = || present.groups().iter().zip(&present.values);
            match &numbers.written {
                WrittenAs::Floats => accumulators.sum_floats(all(), slot),
                WrittenAs::Integers => accumulators.sum_integers(all(), slot),
                WrittenAs::Both(flags) => {
                    let of = |is_integer: u8| {
                        let flag =
                            move |at: usize| flags.get(usize::from(*present.offsets.get(at)?));
                        let all = all().enumerate();
                        all.filter(move |(at, _)| flag(*at) == Some(&is_integer))
                            .map(|(_, one)| one)
                    };
                    accumulators.sum_floats(of(0), slot);
                    accumulators.sum_integers(of(1), slot);
                }
            }
        }
        if let Some(slot) = input.least {
            // If no best is known, it is not a number.
            self.find_extremes(
                input,
                slot,
                Ordering::Less,
                &present,
                view,
                |value, best| best.is_nan() || value < best,
            );
        }
        if let Some(slot) = input.greatest {
            self.find_extremes(
                input,
                slot,
                Ordering::Greater,
                &present,
                view,
                |value, best| best.is_nan() || value > best,
            );
        }
    }

    #[inline]
    fn find_extremes(
        &mut self,
        input: &Input,
        slot: usize,
        wanted: Ordering,
        present: &Present,
        view: &View<'a>,
        beats: impl Fn(f64, f64) -> bool,
    ) {
        let width = self.groups.extremes();
        for (at, (group, value)) in present.groups().iter().zip(&present.values).enumerate() {
            let best = self.bests.get_mut(*group as usize * width + slot);
            if let Some(best) = best.filter(|best| beats(*value, **best)) {
                *best = *value;
                let offset = present.offsets.get(at).copied().map_or(PAGE, usize::from);
                let record = view.record(offset);
                self.groups
                    .see_extreme(record, *group as usize, input, slot, wanted);
            }
        }
    }
}

impl<'a> Visit<'a> for ByPage<'a> {
    fn page(&mut self, _: Row, view: &View<'a>, matching: &Mask) -> Result<Found> {
        let by_records = Ok(Found::Records(*matching));
        let layout = self.groups.layout();
        let mut rows = Rows::of(matching);
        let mut inputs = Vec::with_capacity(layout.inputs.len());
        for input in &layout.inputs {
            let Some((number, codes)) = self.columns.get_mut(input.path) else {
                return by_records;
            };
            match Numbers::of(view.encoding(*number), codes, &rows) {
                Some(numbers) => inputs.push(numbers),
                None => return by_records,
            }
        }
        if !self.find_groups(view, &mut rows)? {
            return by_records;
        }
        let bests = self.groups.len() * self.groups.extremes();
        if self.bests.len() < bests {
            let more = bests - self.bests.len();
            reserve(&mut self.bests, more)?;
            self.bests.resize(bests, f64::NAN);
        }
        if let Some(slot) = layout.records {
            let accumulators = self.groups.accumulators_mut();
            accumulators.count_all(rows.groups(), slot);
        }
        for (input, numbers) in layout.inputs.iter().zip(&inputs) {
            self.add(input, numbers, view, &rows);
        }
        Ok(Found::Done)
    }

    fn record(&mut self, _: Row, record: Record<'a>) -> Result<bool> {
        self.groups.add(record).map(|()| true)
    }
}
