//! Predicates: which records an operation is about.

use crate::engine::{Case, Comparison, Error, Predicate, TextMatch};
use crate::ffi::error::{dictdb_error, Failure};
use crate::ffi::guard::guard;
use crate::ffi::handle::{self, lend, Lent};
use crate::ffi::output::Handle;
use crate::ffi::status::dictdb_status;
use crate::ffi::text;
use std::ffi::c_char;
use std::sync::Arc;

/// A predicate: says of each record whether it matches. Immutable: any number of threads may use it at the
/// same time, with any number of tables.
///
/// Made by the functions below, freed by `dictdb_predicate_free`. Predicates made from others (`and`,
/// `or`, `not`) keep what they need: the operands may be freed in any order. However they are made, of text
/// (`dictdb_predicate_parse`) or by the functions named after the operators, they are the same.
///
/// A predicate with parameters (`?1`) is for queries and updates, whose runs take `params`. Functions of
/// tables that have no such argument answer `INVALID_ARGUMENT`: see `dictdb_predicate_bind`.
#[allow(non_camel_case_types)]
pub struct dictdb_predicate {
    _opaque: [u8; 0],
}

/// Frees a predicate. NULL and a handle that was freed before are ignored.
///
/// A call that is using it in another thread ends as usual. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_predicate_free(predicate: *mut dictdb_predicate) {
    handle::free::<Arc<Predicate>, _>(predicate);
}

/// Matches every record.
///
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `INVALID_ARGUMENT`, `LIMIT` (live handles), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_all(
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || Ok(Predicate::all());
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field equals the value: `field = value`. Null equals null and a missing field; `1` equals `1.0`;
/// `true` is not `1`.
///
/// `field`: a field reference. `value`: any JSON value.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_eq(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Eq, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field does not equal the value: the exact opposite of `dictdb_predicate_eq`, so a missing field is
/// `ne` 5.
///
/// `field`: a field reference. `value`: any JSON value.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_ne(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Ne, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is less than the value: `field < value`.
///
/// `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
/// match, nor does null.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_lt(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Lt, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is less than or equal to the value: `field <= value`.
///
/// `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
/// match, nor does null.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_le(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Le, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is greater than the value: `field > value`.
///
/// `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
/// match, nor does null.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_gt(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Gt, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is greater than or equal to the value: `field >= value`.
///
/// `field`: a field reference. `value`: any JSON value. Values of another kind than the field's never
/// match, nor does null.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_ge(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::compare(Comparison::Ge, field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field equals one of the values.
///
/// `field`: a field reference. `values`: a JSON array; of an empty one nothing matches.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_is_in(
    field: *const c_char,
    field_len: usize,
    values: *const c_char,
    values_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        // SAFETY: rule Text.
        let values = unsafe { text::required(values, values_len, "values") }?;
        Ok(Predicate::is_in(field, values)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field lies between two values, both included: `low <= field AND field <= high`.
///
/// `field`: a field reference. `low`, `high`: any JSON values; kinds other than the field's, and null,
/// never match.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_between(
    field: *const c_char,
    field_len: usize,
    low: *const c_char,
    low_len: usize,
    high: *const c_char,
    high_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        // SAFETY: rule Text.
        let low = unsafe { text::required(low, low_len, "low") }?;
        // SAFETY: rule Text.
        let high = unsafe { text::required(high, high_len, "high") }?;
        Ok(Predicate::between(field, low, high)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that matches a pattern.
///
/// `field`: a field reference. `pattern`: a JSON string of at most 8,192 bytes: `%` stands for any run of
/// characters, `_` for one code point; the whole string must match, line ends included.
/// `escape`: a code point that makes the character after it stand for itself, such as `'\\'`; 0 for none.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field, or a pattern that ends with its escape), `LIMIT`, `INVALID_JSON`,
/// `INVALID_UTF8`, `INVALID_ARGUMENT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_like(
    field: *const c_char,
    field_len: usize,
    pattern: *const c_char,
    pattern_len: usize,
    escape: u32,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        // SAFETY: rule Text.
        let pattern = unsafe { text::required(pattern, pattern_len, "pattern") }?;
        let escape = escape_of(escape)?;
        Ok(Predicate::like(Case::Sensitive, field, pattern, escape)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// As `dictdb_predicate_like`, with both sides in Unicode lower case.
///
/// `field`: a field reference. `pattern`: a JSON string of at most 8,192 bytes: `%` stands for any run of
/// characters, `_` for one code point; the whole string must match, line ends included.
/// `escape`: a code point that makes the character after it stand for itself, such as `'\\'`; 0 for none.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field, or a pattern that ends with its escape), `LIMIT`, `INVALID_JSON`,
/// `INVALID_UTF8`, `INVALID_ARGUMENT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_ilike(
    field: *const c_char,
    field_len: usize,
    pattern: *const c_char,
    pattern_len: usize,
    escape: u32,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        // SAFETY: rule Text.
        let pattern = unsafe { text::required(pattern, pattern_len, "pattern") }?;
        let escape = escape_of(escape)?;
        Ok(Predicate::like(Case::Insensitive, field, pattern, escape)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field contains the value: a string a substring, an array an element, an object a key.
///
/// `field`: a field reference. `value`: any JSON value; only arrays can contain one that is no string.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_contains(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| Predicate::contains(field, value);
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that starts with the value.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_startswith(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Prefix, Case::Sensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that ends with the value.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_endswith(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Suffix, Case::Sensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that equals the value, both in Unicode lower case.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_iequals(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Whole, Case::Insensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that contains the value, both in Unicode lower case.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_icontains(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Substring, Case::Insensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that starts with the value, both in Unicode lower case.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_istartswith(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Prefix, Case::Insensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is a string that ends with the value, both in Unicode lower case.
///
/// `field`: a field reference. `value`: a JSON string of at most 1 MiB.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_JSON`, `NUMBER_RANGE`, `INVALID_UTF8`, `INVALID_ARGUMENT`,
/// `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_iendswith(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = |field: &str, value: &str| {
        Predicate::text(TextMatch::Suffix, Case::Insensitive, field, value)
    };
    // SAFETY: rule Text.
    let make = || unsafe { with_value(field, field_len, value, value_len, make) };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is null or missing.
///
/// `field`: a field reference.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_UTF8`, `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_is_null(
    field: *const c_char,
    field_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        Ok(Predicate::is_null(field)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The field is there and not null.
///
/// `field`: a field reference.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `PARSE` (the field), `INVALID_UTF8`, `INVALID_ARGUMENT`, `LIMIT`, `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_is_not_null(
    field: *const c_char,
    field_len: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Text.
        let field = unsafe { text::required(field, field_len, "field") }?;
        Ok(Predicate::is_not_null(field)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// All operands match.
///
/// `operands`: an array of `count` predicates, which stay the caller's, at most 65,535; may be NULL if
/// `count` is 0. Of no operands every record matches.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `INVALID_HANDLE` (one of the operands), `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128
/// levels, or more than 65,536 nodes, shared ones counted each time), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_and(
    operands: *const *const dictdb_predicate,
    count: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Array.
        let operands = unsafe { operands_of(operands, count) }?;
        Ok(Predicate::and(operands)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// At least one operand matches.
///
/// `operands`: an array of `count` predicates, which stay the caller's, at most 65,535; may be NULL if
/// `count` is 0. Of no operands no record matches.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `INVALID_HANDLE` (one of the operands), `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128
/// levels, or more than 65,536 nodes, shared ones counted each time), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_or(
    operands: *const *const dictdb_predicate,
    count: usize,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        // SAFETY: rule Array.
        let operands = unsafe { operands_of(operands, count) }?;
        Ok(Predicate::or(operands)?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// The operand does not match. Logic is two-valued: every record matches either a predicate or its `not`.
///
/// `operand`: stays the caller's.
/// `predicate`: gets the new handle; NULL on failure.
///
/// Status: `INVALID_HANDLE`, `INVALID_ARGUMENT`, `LIMIT` (nested deeper than 128 levels, or more than
/// 65,536 nodes), `FORKED`. Thread-safe.
#[no_mangle]
pub unsafe extern "C" fn dictdb_predicate_not(
    operand: *const dictdb_predicate,
    predicate: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    let make = || {
        let operand = lend::<Arc<Predicate>, _>(operand, "operand")?;
        Ok(Predicate::not(operand.clone())?)
    };
    // SAFETY: rules Output and Error.
    unsafe { finish(make, predicate, error) }
}

/// A predicate that may be NULL.
pub(super) type LentPredicate = Option<Lent<Arc<Predicate>>>;

/// Lends the predicate of an argument that may be NULL.
pub(super) fn lend_optional(predicate: *const dictdb_predicate) -> Result<LentPredicate, Failure> {
    if predicate.is_null() {
        return Ok(None);
    }
    lend::<Arc<Predicate>, _>(predicate, "predicate").map(Some)
}

/// Reads field and value and makes a predicate of them.
///
/// # Safety Rule Text, for both.
unsafe fn with_value(
    field: *const c_char,
    field_len: usize,
    value: *const c_char,
    value_len: usize,
    make: impl FnOnce(&str, &str) -> crate::engine::Result<Predicate>,
) -> Result<Predicate, Failure> {
    // SAFETY: rule Text.
    let field = unsafe { text::required(field, field_len, "field") }?;
    // SAFETY: rule Text.
    let value = unsafe { text::required(value, value_len, "value") }?;
    Ok(make(field, value)?)
}

/// Runs a constructor and hands out its predicate.
///
/// # Safety Rules Output (`place`) and Error.
unsafe fn finish(
    make: impl FnOnce() -> Result<Predicate, Failure>,
    place: *mut *mut dictdb_predicate,
    error: *mut *mut dictdb_error,
) -> dictdb_status {
    // SAFETY: rule Output.
    let place = unsafe { Handle::new(place) };
    let body = || {
        let place = place.required("predicate")?;
        place.finish(Arc::new(make()?))
    };
    // SAFETY: rule Error.
    unsafe { guard(error, body) }
}

fn escape_of(escape: u32) -> Result<Option<char>, Failure> {
    if escape == 0 {
        return Ok(None);
    }
    char::from_u32(escape)
        .map(Some)
        .ok_or_else(|| Failure::argument("escape", format!("{escape} is not a Unicode code point")))
}

/// # Safety Rule Array.
unsafe fn operands_of(
    operands: *const *const dictdb_predicate,
    count: usize,
) -> Result<Vec<Arc<Predicate>>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if operands.is_null() {
        return Err(Failure::argument(
            "operands",
            "is NULL, but `count` is not 0",
        ));
    }
    if count > MAX_OPERANDS {
        return Err(Failure::Engine(Error::Limit {
            what: "operands of a predicate",
            limit: MAX_OPERANDS as u64,
            index: None,
        }));
    }
    // SAFETY: rule Array; the count is bounded above.
    let operands = unsafe { std::slice::from_raw_parts(operands, count) };
    operands
        .iter()
        .map(|&operand| Ok(lend::<Arc<Predicate>, _>(operand, "operands")?.clone()))
        .collect()
}

/// Operands of one `and` or `or` at most.
const MAX_OPERANDS: usize = 65_535;
