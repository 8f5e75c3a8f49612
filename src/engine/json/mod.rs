//! JSON text: checked and made canonical on the way in, walked on the way out.

mod compact;
mod escape;
mod number;
mod scan;
#[cfg(all(test, not(loom)))]
mod tests;
mod walk;
mod word;

pub(crate) use compact::{field, has_fields};
pub(crate) use escape::{inside, push_quoted, quoted, string_of, unescape, unescaped_bytes};
pub(crate) use scan::{canonical, is_plain, Scanner, Span};

/// Whether a text is one value, and canonical.
pub(crate) fn is_canonical(text: &str) -> bool {
    compact::is_value(text.as_bytes())
        || canonical(text).is_ok_and(|canonical| canonical == text.as_bytes())
}

pub(crate) use walk::{elements, levels, members};
