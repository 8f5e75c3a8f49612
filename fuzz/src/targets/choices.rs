//! Decisions taken from the bytes of an input. When they are used up, each decision is the first of its kind.

use super::model::alphabet::{KEYS, NUMBERS, STRINGS};
use arbitrary::Unstructured;

/// Small numbers, so that computing with them stays exact.
pub const SMALL: &[&str] = &["1", "0", "2", "3", "-1", "1.0", "1.5", "10", "7", "-0.0"];

/// Values of the other kinds.
pub const OTHERS: &[&str] = &[
    "null",
    "true",
    "false",
    "[]",
    "[1]",
    "[1.0]",
    "[1,2]",
    "[null]",
    r#"["a"]"#,
    r#"["abcdefgh","a"]"#,
    "{}",
    r#"{"b":1}"#,
    r#"{"b":1e0}"#,
    r#"{"c":[1.0],"b":2}"#,
    r#"{"a":{"b":[{"c":null}]}}"#,
];

/// Strings that are alike as far as an index looks at them first.
pub const LONG: &[&str] = &[
    r#""abcdef""#,
    r#""abcdefg""#,
    r#""abcdefgh""#,
    r#""abcdefgh\u0000""#,
    r#""abcdefghi""#,
    r#""abcdef\u0000""#,
    r#""abcdefZ""#,
    r#""ABCDEFGH""#,
    r#""a\u0000""#,
];

/// What decisions are taken from.
pub struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Choices<'a> {
        Choices(Unstructured::new(bytes))
    }

    /// Whether no byte is left.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.int_in_range(0..=end - 1).unwrap_or(0)
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// What a generator of random numbers begins with.
    pub fn seed(&mut self) -> u64 {
        self.below(1 << 16) as u64
    }

    /// JSON text of a value: small numbers and strings most often.
    pub fn value(&mut self) -> String {
        let pool = match self.below(8) {
            0 | 1 => SMALL,
            2 | 3 => STRINGS,
            4 => NUMBERS,
            5 => LONG,
            _ => OTHERS,
        };
        self.pick(pool).to_owned()
    }

    /// JSON text of a string.
    pub fn string(&mut self) -> String {
        let pool = if self.chance(3) { LONG } else { STRINGS };
        self.pick(pool).to_owned()
    }

    /// JSON text of a key, few of which are there.
    pub fn key(&mut self) -> String {
        match self.chance(4) {
            true => self.pick(KEYS).to_owned(),
            false => (1 + self.below(16)).to_string(),
        }
    }

    /// JSON text of an array of such.
    pub fn list(&mut self, most: usize, mut item: impl FnMut(&mut Self) -> String) -> String {
        let items: Vec<String> = (0..self.below(most + 1)).map(|_| item(self)).collect();
        format!("[{}]", items.join(","))
    }
}
