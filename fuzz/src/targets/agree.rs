//! Whether a failing call says what the model says.

use super::api::*;
use super::model::fault::{is_key_told_as, Fault};
use std::fmt::Debug;

/// Whether the failure is the fault.
pub fn agrees(fault: &Fault, failure: &Failure) -> bool {
    let is = |status| failure.status == status;
    let at = |index: &Option<usize>| failure.number("index") == index.map(|index| index as u64);
    let says = |member: &str, text: &str| failure.text(member) == Some(text);
    match fault {
        Fault::NotFound => is(RECORD_NOT_FOUND),
        Fault::Duplicate { key, index } => {
            let told = failure.detail.get("key").map(ToString::to_string);
            is(DUPLICATE_KEY) && at(index) && told.is_some_and(|told| is_key_told_as(key, &told))
        }
        Fault::Schema {
            field,
            expected,
            actual,
            index,
        } => {
            is(SCHEMA)
                && at(index)
                && says("field", field)
                && says("expected", expected)
                && says("actual", actual)
        }
        Fault::Json { index } => is(INVALID_JSON) && at(index),
        Fault::Array => is(INVALID_JSON),
        Fault::Key { index, .. } => is(INVALID_KEY) && at(index),
        Fault::Range { index } => is(NUMBER_RANGE) && at(index),
        Fault::Depth { index } => is(LIMIT) && at(index) && failure.number("limit") == Some(128),
        Fault::Parse => is(PARSE),
        Fault::Option { name } => is(INVALID_ARGUMENT) && says("option", name),
        Fault::Value { fields, index, .. } => {
            is(DUPLICATE_KEY)
                && at(index)
                && failure.detail.get("fields") == Some(&serde_json::json!(fields))
        }
        Fault::IndexExists => is(INDEX_EXISTS),
        Fault::Type { .. } => is(TYPE_MISMATCH),
        Fault::Overflow { .. } => is(NUMBER_RANGE),
        Fault::Parameter => is(INVALID_ARGUMENT),
        Fault::Refused => is(INVALID_ARGUMENT) || is(PARSE),
        Fault::AnyOf(faults) => faults.iter().any(|fault| agrees(fault, failure)),
        Fault::Any => true,
    }
}

/// Panics unless both are the same success, or the same failure.
pub fn expect<T: Debug, U: Debug>(
    what: &dyn Debug,
    wanted: &Result<T, Fault>,
    found: &Answer<U>,
    is_same: impl FnOnce(&T, &U) -> bool,
) {
    let agree = match (wanted, found) {
        (Ok(wanted), Ok(found)) => is_same(wanted, found),
        (Err(fault), Err(failure)) => agrees(fault, failure),
        _ => false,
    };
    assert!(
        agree,
        "{what:?}\n    model: {wanted:?}\n  library: {found:?}"
    );
}
