//! Numbers of rows that a query names: `limit` and `offset`.

use crate::engine::limits::shorten;
use crate::engine::syntax::{Cursor, Kind};
use crate::engine::value::{Number, Value};
use crate::engine::{Error, Params, Result};

/// A number of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Count {
    /// Not limited; as an offset, none.
    #[default]
    All,
    Fixed(u64),
    /// The value of a parameter, by its number.
    Parameter(usize),
}

impl Count {
    /// Reads the canonical text of an option's value. `parameter` gives the text that a string stands for.
    pub(super) fn read(option: &str, text: &[u8], parameter: Option<&str>) -> Result<Count> {
        let wrong = || {
            Error::option(
                option,
                "must be an integer, null, or a parameter such as \"?1\"",
            )
        };
        if let Some(count) = number(text) {
            return Ok(count.map_or(Count::All, Count::Fixed));
        }
        let parameter = parameter.ok_or_else(wrong)?;
        match read_parameter(parameter) {
            Ok(Some(number)) => Ok(Count::Parameter(number)),
            Err(limit @ Error::Limit { .. }) => Err(limit),
            Ok(None) | Err(_) => Err(wrong()),
        }
    }

    /// The highest parameter that is used.
    pub(super) fn parameters(self) -> usize {
        match self {
            Count::Parameter(number) => number,
            Count::All | Count::Fixed(_) => 0,
        }
    }

    /// The number, `None` if there is none.
    #[inline]
    pub(super) fn value(self, option: &str, params: &Params) -> Result<Option<u64>> {
        let position = match self {
            Count::All => return Ok(None),
            Count::Fixed(count) => return Ok(Some(count)),
            Count::Parameter(position) => position,
        };
        let text = params.get(position)?;
        number(text).ok_or_else(|| {
            let found = shorten(&String::from_utf8_lossy(text));
            Error::Parameter {
                reason: format!("{option} wants an integer or null, found {found}"),
                number: Some(position),
            }
        })
    }
}

/// An integer, `Some(None)` if it is negative or null; `None` if the text is neither.
fn number(text: &[u8]) -> Option<Option<u64>> {
    match Value::read(text) {
        Value::Null => Some(None),
        Value::Number(Number::Integer(count)) => Some(u64::try_from(count).ok()),
        _ => None,
    }
}

fn read_parameter(text: &str) -> Result<Option<usize>> {
    let mut cursor = Cursor::new(text)?;
    let Kind::Parameter(number) = cursor.advance()? else {
        return Ok(None);
    };
    cursor.end("")?;
    Ok(Some(number))
}
