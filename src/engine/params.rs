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
        // Of no more than 19 digits it is in range.
        [b'1'..=b'9', rest @ ..] => rest.len() < 19 && rest.iter().all(u8::is_ascii_digit),
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

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_is_taken_as_it_stands_where_it_is_what_scanning_gives() {
        let texts = [
            (r#"["plain"]"#, true),
            (r#"[""]"#, true),
            (r#"["é"]"#, true),
            (r#"["a\n"]"#, false),
            (r#"["a","b"]"#, false),
            (r#"["a" ]"#, false),
            ("[7]", true),
            ("[9999999999999999999]", true),
            ("[99999999999999999999]", false),
            ("[01]", false),
            ("[0]", false),
            ("[-7]", false),
            ("[7.0]", false),
            ("[7e1]", false),
            ("[1,2]", false),
            ("[]", false),
            ("[true]", false),
            ("7", false),
        ];
        for (json, is_single) in texts {
            assert_eq!(single(json).is_some(), is_single, "{json}");
            match (Params::from_json(json), Params::scan(json)) {
                (Ok(found), Ok(wanted)) => {
                    assert_eq!(found.text, wanted.text, "{json}");
                    assert_eq!(found.ends, wanted.ends, "{json}");
                }
                (found, wanted) => assert_eq!(found.err(), wanted.err(), "{json}"),
            }
        }
    }

    #[test]
    fn each_value_is_got_by_its_number_and_no_other() {
        let params = Params::from_json(r#"[1,"two",[3, null]]"#).unwrap();
        for params in [&params, &params_owned(r#"[1,"two",[3, null]]"#)] {
            assert_eq!(params.get(1), Ok(&b"1"[..]));
            assert_eq!(params.get(2), Ok(&b"\"two\""[..]));
            assert_eq!(params.get(3), Ok(&b"[3,null]"[..]));
            for number in [0, 4] {
                let refused = params.get(number).unwrap_err();
                let told = matches!(&refused, Error::Parameter { number: Some(n), reason } if *n == number
                    && reason == "is used, but 3 passed");
                assert!(told, "{refused:?}");
            }
        }
        assert_eq!(params_owned(r#"["one"]"#).get(1), Ok(&b"\"one\""[..]));
    }

    fn params_owned(json: &str) -> Params<'static> {
        Params::from_json(json).unwrap().into_owned().unwrap()
    }

    #[test]
    fn as_many_values_are_passed_as_are_used() {
        let passed = [
            (Params::none(), 0),
            (params_owned("[1]"), 1),
            (params_owned("[1,2]"), 2),
        ];
        for (params, count) in &passed {
            for used in 0..4 {
                let reason = match (params.check(used), used) {
                    (Ok(()), _) => {
                        assert_eq!(used, *count);
                        continue;
                    }
                    (
                        Err(Error::Parameter {
                            reason,
                            number: None,
                        }),
                        _,
                    ) => reason,
                    (Err(other), _) => panic!("{other:?}"),
                };
                let wanted = match used {
                    0 => format!("{count} passed, but none is used"),
                    1 => format!("{count} passed, but ?1 is used"),
                    _ => format!("{count} passed, but ?1 to ?{used} are used"),
                };
                assert_eq!(reason, wanted);
                assert_ne!(used, *count);
            }
        }
    }
}
