//! The dictionary of a column with few different values.

use crate::engine::limits::copy;
use crate::engine::paged::PAGE;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Different texts at most.
const MOST: usize = 255;

/// Bytes of a text at most.
const LONGEST: usize = 64;

/// What a missing value is taken for.
const NULL: &[u8] = b"null";

/// Canonical texts by their codes. Texts are added, never removed.
#[derive(Default)]
pub(crate) struct Dictionary {
    texts: Vec<Box<[u8]>>,
    by_hash: HashTable<u8>,
    hasher: RandomState,
    /// Whether a value came for which there was no room: no page is encoded by it any more.
    is_full: bool,
}

impl Dictionary {
    pub(crate) fn texts(&self) -> &[Box<[u8]>] {
        &self.texts
    }

    /// The codes of a page; `None` if there is no room for some value.
    pub(super) fn encode(&mut self, values: &[Option<&[u8]>; PAGE]) -> Option<[u8; PAGE]> {
        if self.is_full {
            return None;
        }
        let mut codes = [0; PAGE];
        let mut last = (NULL, self.code(NULL)?);
        for (place, value) in codes.iter_mut().zip(values) {
            let text = value.unwrap_or(NULL);
            if text != last.0 {
                last = (text, self.code(text)?);
            }
            *place = last.1;
        }
        Some(codes)
    }

    fn code(&mut self, text: &[u8]) -> Option<u8> {
        let hash = self.hasher.hash_one(text);
        let has = |code: &u8| {
            let own = self.texts.get(usize::from(*code));
            own.is_some_and(|own| **own == *text)
        };
        match self.by_hash.find(hash, has) {
            Some(code) => Some(*code),
            None => self.add(text, hash),
        }
    }

    #[cold]
    fn add(&mut self, text: &[u8], hash: u64) -> Option<u8> {
        if self.texts.len() >= MOST || text.len() > LONGEST {
            self.is_full = true;
            return None;
        }
        let code = self.texts.len() as u8;
        let own = copy(text).ok()?.into_boxed_slice();
        self.texts.try_reserve(1).ok()?;
        let (texts, hasher) = (&self.texts, &self.hasher);
        let hash_of = |code: &u8| {
            let text = texts.get(usize::from(*code));
            hasher.hash_one(text.map_or(NULL, |text| &**text))
        };
        self.by_hash.try_reserve(1, hash_of).ok()?;
        self.by_hash.insert_unique(hash, code, hash_of);
        self.texts.push(own);
        Some(code)
    }
}
