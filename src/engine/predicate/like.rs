//! `LIKE` patterns, matched in time linear in the string.
//!
//! A pattern is cut at its `%` into pieces. The first and the last are anchored; each one between is searched for
//! leftmost after the one before, which is enough. A piece without `_` is searched for by memchr's two-way search,
//! one with `_` by a bit-parallel automaton (Shift-And: Baeza-Yates and Gonnet 1992).

use super::text::lower_char;
use super::tree::Case;
use crate::engine::limits::{copy, exceeded, MAX_PATTERN};
use crate::engine::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use memchr::memmem::Finder;
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Char(char),
    /// `_`
    One,
    /// `%`
    Any,
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Like {
    /// Pieces between the `%`; one piece alone must match the whole string.
    first: Piece,
    middle: Vec<Piece>,
    last: Option<Piece>,
    /// The pattern as it was written: a canonical JSON string.
    written: Box<[u8]>,
    escape: Option<char>,
}

/// What a pattern asks of a string behind the literal text at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LikeTail {
    /// That nothing follows.
    Nothing,
    /// Nothing: anything may follow.
    Anything,
    /// More than a prefix can tell.
    More,
}

#[derive(Debug)]
enum Piece {
    Literal(Box<Finder<'static>>),
    Wild(Wild),
}

/// A piece with `_`: an automaton of one bit per token.
#[derive(Debug)]
struct Wild {
    tokens: Vec<Token>,
    /// For a character of the piece, the places where it may stand; for others, those of `_`.
    places: HashMap<char, Box<[u64]>, RandomState>,
    other: Box<[u64]>,
}

fn tokens(pattern: &str, escape: Option<char>) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            c if Some(c) == escape => match chars.next() {
                Some(literal) => Token::Char(literal),
                None => {
                    return Err(Error::Parse {
                        reason: "the pattern ends with its escape character".to_owned(),
                        position: pattern.len() - c.len_utf8(),
                        expected: None,
                        found: None,
                        member: None,
                    })
                }
            },
            '%' => Token::Any,
            '_' => Token::One,
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

fn lowered(tokens: Vec<Token>) -> Vec<Token> {
    let map = |token| match token {
        Token::Char(c) => Token::Char(lower_char(c)),
        other => other,
    };
    tokens.into_iter().map(map).collect()
}

impl Like {
    pub(super) fn compile(pattern: &str, escape: Option<char>, case: Case) -> Result<Like> {
        if pattern.len() > MAX_PATTERN {
            return Err(exceeded("bytes of a pattern", MAX_PATTERN));
        }
        let mut tokens = tokens(pattern, escape)?;
        if case == Case::Insensitive {
            tokens = lowered(tokens);
        }
        let mut pieces = tokens.split(|token| *token == Token::Any).map(Piece::new);
        let first = pieces.next().unwrap_or_else(|| Piece::new(&[]));
        let mut middle: Vec<Piece> = pieces.collect();
        let last = middle.pop();
        middle.retain(|piece| !piece.is_empty());
        Ok(Like {
            first,
            middle,
            last,
            written: Box::default(),
            escape,
        })
    }

    /// Remembers how the pattern is written, as canonical JSON.
    pub(super) fn written_as(mut self, pattern: &[u8]) -> Result<Like> {
        self.written = copy(pattern)?.into_boxed_slice();
        Ok(self)
    }

    /// The pattern as it is written, as canonical JSON.
    pub(super) fn pattern(&self) -> &[u8] {
        &self.written
    }

    /// The character that makes the one after it stand for itself.
    pub(super) fn escape(&self) -> Option<char> {
        self.escape
    }

    /// The text, as UTF-8, that every match begins with, and what else is asked; of a pattern for which case does not
    /// matter, both sides are in lower case.
    pub(crate) fn prefix(&self) -> (Cow<'_, [u8]>, LikeTail) {
        match (&self.first, &self.last) {
            (Piece::Literal(finder), None) => (finder.needle().into(), LikeTail::Nothing),
            (Piece::Literal(finder), Some(last)) => {
                let is_open = self.middle.is_empty() && last.is_empty();
                let tail = match is_open {
                    true => LikeTail::Anything,
                    false => LikeTail::More,
                };
                (finder.needle().into(), tail)
            }
            (Piece::Wild(wild), _) => (wild.prefix().into_bytes().into(), LikeTail::More),
        }
    }

    /// What is searched for, if the pattern is nothing but a text between two `%`.
    pub(crate) fn substring(&self) -> Option<&Finder<'static>> {
        let is_open = self.first.is_empty() && self.last.as_ref().is_some_and(Piece::is_empty);
        match self.middle.as_slice() {
            [Piece::Literal(finder)] if is_open => Some(finder),
            _ => None,
        }
    }

    /// Whether the whole string matches; lowered by the caller if case does not matter.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let Some(rest) = self.first.strip_start(text) else {
            return false;
        };
        let Some(last) = &self.last else {
            return rest.is_empty();
        };
        let Some(mut rest) = last.strip_end(rest) else {
            return false;
        };
        for piece in &self.middle {
            match piece.find_end(rest).and_then(|end| rest.get(end..)) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        true
    }
}

impl Piece {
    fn new(tokens: &[Token]) -> Piece {
        if tokens.contains(&Token::One) {
            return Piece::Wild(Wild::new(tokens));
        }
        let literal: String = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Char(c) => Some(*c),
                _ => None,
            })
            .collect();
        Piece::Literal(Box::new(Finder::new(literal.as_bytes()).into_owned()))
    }

    fn is_empty(&self) -> bool {
        match self {
            Piece::Literal(finder) => finder.needle().is_empty(),
            Piece::Wild(_) => false,
        }
    }

    fn strip_start<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Piece::Literal(finder) => text.strip_prefix(finder.needle()),
            Piece::Wild(wild) => {
                let end = wild.len_at_start(text)?;
                wild.matches(text.get(..end)?).then(|| text.get(end..))?
            }
        }
    }

    fn strip_end<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Piece::Literal(finder) => text.strip_suffix(finder.needle()),
            Piece::Wild(wild) => {
                let start = wild.start_at_end(text)?;
                wild.matches(text.get(start..)?)
                    .then(|| text.get(..start))?
            }
        }
    }

    /// The end of the leftmost match.
    fn find_end(&self, text: &[u8]) -> Option<usize> {
        match self {
            Piece::Literal(finder) => finder.find(text).map(|at| at + finder.needle().len()),
            Piece::Wild(wild) => wild.find_end(text),
        }
    }
}

/// The code points of text that is known to be UTF-8, and their lengths; checking it again for each piece would take
/// time quadratic in the string.
fn chars(text: &[u8]) -> impl Iterator<Item = (char, usize)> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (len, bits) = match rest.first()? {
            byte @ 0..=0x7f => (1, u32::from(*byte)),
            byte @ 0x80..=0xdf => (2, u32::from(byte & 0x1f)),
            byte @ 0xe0..=0xef => (3, u32::from(byte & 0x0f)),
            byte => (4, u32::from(byte & 0x07)),
        };
        let tail = rest.get(1..len)?;
        let code = tail
            .iter()
            .fold(bits, |code, byte| code << 6 | u32::from(byte & 0x3f));
        rest = rest.get(len..)?;
        Some((char::from_u32(code)?, len))
    })
}

fn is_boundary(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

impl Wild {
    fn new(tokens: &[Token]) -> Wild {
        let words = tokens.len().div_ceil(64);
        let mut other = vec![0; words].into_boxed_slice();
        let mut places: HashMap<char, Box<[u64]>, RandomState> = HashMap::default();
        let mark = |bits: &mut [u64], at: usize| {
            if let Some(word) = bits.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        };
        for (at, token) in tokens.iter().enumerate() {
            if *token == Token::One {
                mark(&mut other, at);
            }
        }
        for (at, token) in tokens.iter().enumerate() {
            if let Token::Char(c) = token {
                mark(places.entry(*c).or_insert_with(|| other.clone()), at);
            }
        }
        Wild {
            tokens: tokens.to_vec(),
            places,
            other,
        }
    }

    /// The characters before the first `_`.
    fn prefix(&self) -> String {
        let literal = |token: &Token| match token {
            Token::Char(c) => Some(*c),
            _ => None,
        };
        self.tokens.iter().map_while(literal).collect()
    }

    /// Length in bytes of as many code points as the piece has.
    fn len_at_start(&self, text: &[u8]) -> Option<usize> {
        let mut starts = text
            .iter()
            .enumerate()
            .filter(|(_, byte)| is_boundary(**byte));
        match starts.nth(self.tokens.len()) {
            Some((end, _)) => Some(end),
            None => (chars(text).count() == self.tokens.len()).then_some(text.len()),
        }
    }

    fn start_at_end(&self, text: &[u8]) -> Option<usize> {
        let mut starts = text
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, byte)| is_boundary(**byte));
        starts.nth(self.tokens.len() - 1).map(|(start, _)| start)
    }

    /// Whether a text of as many code points as the piece has matches it.
    fn matches(&self, text: &[u8]) -> bool {
        chars(text)
            .zip(&self.tokens)
            .all(|((c, _), token)| match token {
                Token::Char(expected) => c == *expected,
                _ => true,
            })
    }

    fn find_end(&self, text: &[u8]) -> Option<usize> {
        let last = self.tokens.len() - 1;
        let mut state = vec![0_u64; self.other.len()];
        let mut end = 0;
        for (c, len) in chars(text) {
            end += len;
            let places = self.places.get(&c).unwrap_or(&self.other);
            let mut carry = 1;
            for (word, places) in state.iter_mut().zip(places) {
                let out = *word >> 63;
                *word = (*word << 1 | carry) & places;
                carry = out;
            }
            if state
                .get(last / 64)
                .is_some_and(|word| word >> (last % 64) & 1 == 1)
            {
                return Some(end);
            }
        }
        None
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, exponential but plain.
    fn naive(tokens: &[Token], text: &[char]) -> bool {
        match tokens {
            [] => text.is_empty(),
            [Token::Any, rest @ ..] => {
                (0..=text.len()).any(|skip| naive(rest, text.get(skip..).unwrap_or_default()))
            }
            [token, rest @ ..] => match text {
                [c, after @ ..] => {
                    (*token == Token::One || *token == Token::Char(*c)) && naive(rest, after)
                }
                [] => false,
            },
        }
    }

    proptest! {
        #![proptest_config(crate::testing::cases(4000))]
        #[test]
        fn matches_as_defined(pattern in "[ab%_é]{0,7}", text in "[abé]{0,9}") {
            let like = Like::compile(&pattern, None, Case::Sensitive).unwrap();
            let expected = naive(&tokens(&pattern, None).unwrap(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(like.matches(text.as_bytes()), expected);
        }
    }

    /// Many pieces with `_` on a long string: linear in the string, or this would take minutes.
    #[test]
    fn many_pieces_stay_linear() {
        let text = "ab".repeat(1 << 20);
        let like = Like::compile(&"%a_".repeat(2700), None, Case::Sensitive).unwrap();
        assert!(like.matches(text.as_bytes()));
        let like =
            Like::compile(&format!("{}c%", "%a_".repeat(2700)), None, Case::Sensitive).unwrap();
        assert!(!like.matches(text.as_bytes()));
    }

    #[test]
    fn a_wildcard_is_one_code_point_of_the_text_as_it_is() {
        let like = Like::compile("_", None, Case::Insensitive).unwrap();
        let lowered = super::super::text::lower_each("İ");
        assert!(like.matches(lowered.as_bytes()));
    }

    #[test]
    fn a_prefix_is_what_every_match_begins_with() {
        let prefix = |pattern: &str, case| {
            let like = Like::compile(pattern, Some('!'), case).unwrap();
            let (prefix, tail) = like.prefix();
            (String::from_utf8(prefix.into_owned()).unwrap(), tail)
        };
        for (pattern, text, tail) in [
            ("", "", LikeTail::Nothing),
            ("aé", "aé", LikeTail::Nothing),
            ("a!%b", "a%b", LikeTail::Nothing),
            ("aé%", "aé", LikeTail::Anything),
            ("a%%", "a", LikeTail::Anything),
            ("%", "", LikeTail::Anything),
            ("a%b", "a", LikeTail::More),
            ("a%b%", "a", LikeTail::More),
            ("aé_", "aé", LikeTail::More),
            ("a_%", "a", LikeTail::More),
            ("_a", "", LikeTail::More),
            ("%a", "", LikeTail::More),
        ] {
            let found = prefix(pattern, Case::Sensitive);
            assert_eq!(found, (text.to_owned(), tail), "{pattern}");
        }
        let found = prefix("ÀB%", Case::Insensitive);
        assert_eq!(found, ("àb".to_owned(), LikeTail::Anything));
    }

    #[test]
    fn long_pieces_cross_words() {
        let piece = format!("%{}_{}%", "x".repeat(100), "y".repeat(60));
        let like = Like::compile(&piece, None, Case::Sensitive).unwrap();
        let hit = format!("ab{}é{}cd", "x".repeat(103), "y".repeat(60));
        assert!(like.matches(hit.as_bytes()));
        assert!(!like.matches(hit.replace("xé", "éé").as_bytes()));
    }
}
