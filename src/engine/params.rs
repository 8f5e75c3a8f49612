//! The values that a run passes for the parameters of what was compiled.

use crate::engine::json::Scanner;
use crate::engine::limits::{add, exceeded, MAX_PARAMETER};
use crate::engine::{Error, Result};

/// Values for `?1`, `?2` and so on.
#[derive(Debug, Default)]
pub struct Params {
    text: Vec<u8>,
    spans: Vec<(usize, usize)>,
}

impl Params {
    /// No values.
    pub fn none() -> Params {
        Params::default()
    }

    /// Reads a JSON array of values.
    pub fn from_json(json: &str) -> Result<Params> {
        let mut params = Params::default();
        let mut scanner = Scanner::new(json);
        let mut more = scanner.enter_array()?;
        while more {
            if params.spans.len() == MAX_PARAMETER {
                return Err(exceeded("parameters", MAX_PARAMETER));
            }
            let start = params.text.len();
            scanner.value(&mut params.text)?;
            add(&mut params.spans, (start, params.text.len()))?;
            more = scanner.next_element()?;
        }
        scanner.end()?;
        Ok(params)
    }

    /// The canonical text of the value of a parameter, from 1.
    pub(crate) fn get(&self, number: usize) -> Result<&[u8]> {
        let span = number.checked_sub(1).and_then(|at| self.spans.get(at));
        let value = span.and_then(|(start, end)| self.text.get(*start..*end));
        value.ok_or_else(|| Error::Parameter {
            reason: format!("is used, but {} passed", self.spans.len()),
            number: Some(number),
        })
    }

    /// Checks that there are as many values as the highest parameter that is used.
    pub(crate) fn check(&self, used: usize) -> Result<()> {
        let passed = self.spans.len();
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
