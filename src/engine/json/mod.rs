//! JSON text: checked and made canonical on the way in, walked on the way out.

mod compact;
mod escape;
mod number;
mod scan;
#[cfg(all(test, not(loom)))]
mod tests;
mod walk;
mod word;

pub(crate) use escape::{inside, push_quoted, quoted, string_of, unescape, unescaped_bytes};
pub(crate) use scan::{canonical, is_plain, Scanner, Span};
pub(crate) use walk::{elements, levels, members};
