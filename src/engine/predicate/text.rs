//! Case-insensitive text: both sides are mapped alike, then compared as they are.

use std::borrow::Cow;

/// Unicode lower case, code point by code point, so that a part of a text maps as it does within the whole. The final
/// sigma is taken as the ordinary one, as the Unicode case folding does.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    let mapped = text.chars().flat_map(char::to_lowercase);
    Cow::Owned(mapped.map(|c| if c == 'ς' { 'σ' } else { c }).collect())
}

/// As `lower`, but one code point for one, so that `_` stands for one of the text as it is: of `İ`, the only one that
/// becomes two, the first is taken.
pub(super) fn lower_each(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return lower(text);
    }
    Cow::Owned(text.chars().map(lower_char).collect())
}

/// As `lower_each`, for one code point.
pub(super) fn lower_char(c: char) -> char {
    match c.to_lowercase().next() {
        None => c,
        Some('ς') => 'σ',
        Some(lower) => lower,
    }
}
