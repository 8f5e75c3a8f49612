//! Asking a column's part of a page what a predicate asks of each record.

use super::encode::exact;
use super::mask::Mask;
use super::page::{Encoding, Texts};
use super::registry::Column;
use crate::engine::paged::PAGE;
use crate::engine::predicate::{Comparison, Constant, Test};
use crate::engine::value::Value;
use memchr::memmem::Finder;

/// Values of an `IN` at most that are compared one by one with a page of numbers.
const FEW: usize = 16;

/// A test, and what it says of the entries of a dictionary.
pub(super) struct ColumnTest<'a> {
    test: &'a Test,
    /// By code; as many as were asked so far.
    of_codes: [u8; 256],
    asked: usize,
    passing: Passing,
}

/// Which codes pass.
#[derive(Clone, Copy)]
enum Passing {
    None,
    One(u8),
    Several,
}

impl<'a> ColumnTest<'a> {
    pub(super) fn new(test: &'a Test) -> Self {
        ColumnTest {
            test,
            of_codes: [0; 256],
            asked: 0,
            passing: Passing::None,
        }
    }

    /// The rows that pass; `None` if that is better asked of the records.
    #[inline]
    pub(super) fn ask(&mut self, column: &Column, encoding: &Encoding) -> Option<Mask> {
        match encoding {
            Encoding::Codes(codes) => Some(self.ask_codes(column, codes.get())),
            Encoding::Numbers(numbers) => ask_numbers(self.test, numbers.values.get()),
            Encoding::Texts(texts) => Some(ask_texts(self.test, texts)),
            Encoding::Mixed => None,
        }
    }

    fn ask_codes(&mut self, column: &Column, codes: &[u8; PAGE]) -> Mask {
        let highest = codes.iter().fold(0, |highest, code| highest.max(*code));
        if usize::from(highest) >= self.asked {
            self.learn(column);
        }
        let of_codes = &self.of_codes;
        match self.passing {
            Passing::None => Mask::NONE,
            Passing::One(only) => Mask::of(codes, |code| code == only),
            Passing::Several => Mask::of(codes, |code| {
                let passes = of_codes.get(usize::from(code));
                passes.is_some_and(|passes| *passes == 1)
            }),
        }
    }

    /// Asks the entries of the dictionary that have come since.
    #[cold]
    fn learn(&mut self, column: &Column) {
        let dictionary = column.dictionary();
        let entries = dictionary.texts().iter().zip(&mut self.of_codes);
        for (code, (text, place)) in entries.enumerate().skip(self.asked) {
            if self.test.passes(Some(text)) {
                *place = 1;
                self.passing = match self.passing {
                    Passing::None => Passing::One(code as u8),
                    _ => Passing::Several,
                };
            }
        }
        self.asked = dictionary.texts().len();
    }
}

/// A constant, as a page of numbers sees it.
enum Operand {
    Number(f64),
    Null,
    /// Neither, so that no number or null is equal to it or comparable.
    Other,
}

/// `None` if the constant is no double.
fn operand(constant: &Constant) -> Option<Operand> {
    Some(match constant.value() {
        Value::Number(number) => Operand::Number(exact(number)?.0),
        Value::Null => Operand::Null,
        _ => Operand::Other,
    })
}

fn equal(values: &[f64; PAGE], constant: &Constant) -> Option<Mask> {
    Some(match operand(constant)? {
        Operand::Number(number) => Mask::of(values, |value| value == number),
        Operand::Null => Mask::of(values, f64::is_nan),
        Operand::Other => Mask::NONE,
    })
}

fn ask_numbers(test: &Test, values: &[f64; PAGE]) -> Option<Mask> {
    Some(match test {
        Test::Compare(Comparison::Eq, constant) => equal(values, constant)?,
        Test::Compare(Comparison::Ne, constant) => {
            let mut mask = Mask::ALL;
            mask.and_not(&equal(values, constant)?);
            mask
        }
        Test::Compare(comparison, constant) => match (comparison, operand(constant)?) {
            (Comparison::Lt, Operand::Number(number)) => Mask::of(values, |value| value < number),
            (Comparison::Le, Operand::Number(number)) => Mask::of(values, |value| value <= number),
            (Comparison::Gt, Operand::Number(number)) => Mask::of(values, |value| value > number),
            (Comparison::Ge, Operand::Number(number)) => Mask::of(values, |value| value >= number),
            _ => Mask::NONE,
        },
        Test::Between(low, high) => match (operand(low)?, operand(high)?) {
            (Operand::Number(low), Operand::Number(high)) => {
                Mask::of(values, |value| (value >= low) & (value <= high))
            }
            _ => Mask::NONE,
        },
        Test::In(set) if set.values().len() <= FEW => {
            let mut mask = Mask::NONE;
            for constant in set.values() {
                mask.or(&equal(values, constant)?);
            }
            mask
        }
        Test::In(_) => return None,
        Test::IsNull => Mask::of(values, f64::is_nan),
        // Of strings, arrays and objects.
        Test::Like(..) | Test::Text(..) | Test::Contains(..) => Mask::NONE,
    })
}

fn ask_texts(test: &Test, texts: &Texts) -> Mask {
    let substring = test.substring().filter(|finder| can_search(finder, texts));
    if let Some(finder) = substring {
        return search(finder, texts);
    }
    let mut mask = Mask::NONE;
    let mut start = 0;
    for (place, end) in mask.0.iter_mut().zip(texts.ends.get()) {
        let text = texts.bytes.get(start..*end as usize);
        start = *end as usize;
        *place = u8::from(test.passes(text.filter(|text| !text.is_empty())));
    }
    mask
}

/// Whether what is searched for can be found in the texts as they are, and nowhere but within one of them.
fn can_search(finder: &Finder<'_>, texts: &Texts) -> bool {
    let needle = finder.needle();
    texts.is_plain && !needle.is_empty() && !needle.iter().any(|byte| matches!(byte, b'"' | b'\\'))
}

/// The rows in which a text occurs, found in one pass over all of them.
fn search(finder: &Finder<'_>, texts: &Texts) -> Mask {
    let mut mask = Mask::NONE;
    let mut rows = texts.ends.get().iter().enumerate();
    let mut row = rows.next();
    let mut from = 0;
    while let Some(at) = texts.bytes.get(from..).and_then(|rest| finder.find(rest)) {
        let at = from + at;
        while row.is_some_and(|(_, end)| *end as usize <= at) {
            row = rows.next();
        }
        let Some((offset, end)) = row else {
            break;
        };
        mask.set(offset);
        from = *end as usize;
    }
    mask
}
