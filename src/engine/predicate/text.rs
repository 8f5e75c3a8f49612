//! Case-insensitive text: both sides are mapped alike, then compared as they are.

use std::borrow::Cow;

/// Unicode lower case, code point by code point (so a part of a text maps as it does within the whole), with the final
/// sigma taken as the ordinary one, as the Unicode case folding does.
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
