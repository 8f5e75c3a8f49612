//! The values that a run passes for the parameters of what was compiled.

use crate::engine::json::{is_plain, Scanner};
use crate::engine::limits::{add_small, copy, exceeded, MAX_PARAMETER};
use crate::engine::{Error, Result};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The text of the one value of an array, if it is such that it can be no other than canonical, as most often.
#[inline]
fn single(json: &str) -> Option<&[u8]> {
    let value = json.as_bytes().strip_prefix(b"[")?.strip_suffix(b"]")?;
    let is_canonical = match value {
        [b'"', inside @ .., b'"'] => is_plain(inside),
        [b'1'..=b'9', rest @ ..] => rest.len() < 18 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_canonical.then_some(value)
}

/// Values for `?1`, `?2` and so on.
#[derive(Debug)]
pub struct Params<'a> {
    /// Their canonical texts, one behind the other.
    text: Cow<'a, [u8]>,
    /// Where each ends.
    ends: SmallVec<[usize; 4]>,
}

impl<'a> Params<'a> {
    /// No values.
    pub const fn none() -> Params<'static> {
        Params {
            text: Cow::Borrowed(b""),
            ends: SmallVec::new_const(),
        }
    }

    /// Reads a JSON array of values.
    #[inline]
    pub fn from_json(json: &'a str) -> Result<Params<'a>> {
        match single(json) {
            Some(value) => {
                let mut ends = SmallVec::new();
                add_small(&mut ends, value.len())?;
                let text = Cow::Borrowed(value);
                Ok(Params { text, ends })
            }
            None => Params::scan(json),
        }
    }

    fn scan(json: &str) -> Result<Params<'static>> {
        let (mut text, mut ends) = (Vec::new(), SmallVec::new());
        let mut scanner = Scanner::new(json);
        let mut more = scanner.enter_array()?;
        while more {
            if ends.len() == MAX_PARAMETER {
                return Err(exceeded("parameters", MAX_PARAMETER));
            }
            scanner.value(&mut text)?;
            add_small(&mut ends, text.len())?;
            more = scanner.next_element()?;
        }
        scanner.end()?;
        let text = Cow::Owned(text);
        Ok(Params { text, ends })
    }

    /// The same, owning their text.
    pub fn into_owned(self) -> Result<Params<'static>> {
        let text = match self.text {
            Cow::Borrowed(text) => copy(text)?,
            Cow::Owned(text) => text,
        };
        Ok(Params {
            text: Cow::Owned(text),
            ends: self.ends,
        })
    }

    /// The canonical text of the value of a parameter, from 1.
    pub(crate) fn get(&self, number: usize) -> Result<&[u8]> {
        let span = number.checked_sub(1).and_then(|at| {
            let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
            Some(start.copied().unwrap_or(0)..*self.ends.get(at)?)
        });
        let value = span.and_then(|span| self.text.get(span));
        value.ok_or_else(|| Error::Parameter {
            reason: format!("is used, but {} passed", self.ends.len()),
            number: Some(number),
        })
    }

    /// Checks that there are as many values as the highest parameter that is used.
    pub(crate) fn check(&self, used: usize) -> Result<()> {
        let passed = self.ends.len();
        if passed == used {
            return Ok(());
        }
        let reason = match used {
            0 => format!("{passed} passed, but none is used"),
            1 => format!("{passed} passed, but ?1 is used"),
            _ => format!("{passed} passed, but ?1 to ?{used} are used"),
        };
        Err(Error::Parameter {
            reason,
            number: None,
        })
    }
}
