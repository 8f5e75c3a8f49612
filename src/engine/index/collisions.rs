//! Finds the hashes that different values have.

use super::order::{shares, Order};
use super::reader::Reader;
use crate::engine::interrupt::Ticker;
use crate::engine::keymap::Row;
use crate::engine::limits::{add, reserve};
use crate::engine::parallel::map;
use crate::engine::radix::Pair;
use crate::engine::record::Record;
use crate::engine::Result;

/// Hashes of which one record is remembered at most.
const MOST_SEEN: usize = 4096;

#[derive(Clone, Copy)]
struct First<'r> {
    hash: u64,
    /// If there is one field alone, the text of the record's value.
    text: Option<&'r [u8]>,
    record: Record<'r>,
}

/// The first record of some of the hashes, while it is at hand: all later ones that have such a hash are compared with it,
/// and need not be read again.
pub(super) struct Seen<'r> {
    places: Vec<Option<First<'r>>>,
    collided: Vec<u64>,
}

impl<'r> Seen<'r> {
    /// For so many records.
    pub(super) fn new(count: usize) -> Result<Seen<'r>> {
        let mut places = Vec::new();
        let len = (count / 8).next_power_of_two().clamp(16, MOST_SEEN);
        reserve(&mut places, len)?;
        places.resize(len, None);
        Ok(Seen {
            places,
            collided: Vec::new(),
        })
    }

    /// Compares a record with the first one that had its hash; `text` is as `First` has it.
    #[inline]
    pub(super) fn meet(
        &mut self,
        hash: u64,
        text: Option<&'r [u8]>,
        record: &Record<'r>,
        reader: &mut Reader<'_>,
    ) -> Result<()> {
        let at = hash as usize & (self.places.len() - 1);
        match self.places.get_mut(at) {
            Some(Some(first)) if first.hash == hash => {
                let is_same = text.is_some() && text == first.text;
                match is_same || reader.same(&first.record, record) {
                    true => Ok(()),
                    false => add(&mut self.collided, hash),
                }
            }
            Some(place @ None) => {
                let record = *record;
                *place = Some(First { hash, text, record });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The record that all were compared with that have a hash.
    fn get(&self, hash: u64) -> Option<Record<'r>> {
        let at = hash as usize & (self.places.len() - 1);
        let first = self.places.get(at).copied().flatten()?;
        (first.hash == hash).then_some(first.record)
    }
}

impl<'r, F: Fn(Row) -> Option<Record<'r>> + Sync> Order<'_, F> {
    /// The hashes that different values have. The entries are in the order of their hashes, those with the same one in the
    /// order of their rows; they were gathered in parts, of which there is what was seen and the last row.
    pub(super) fn find_collisions(
        &self,
        pairs: &mut [Pair],
        parts: Vec<(Seen<'r>, Option<Row>)>,
    ) -> Result<Vec<u64>> {
        let found = map(shares(pairs, self.threads), |pairs| {
            let mut reader = Reader::new(self.definition.clone(), self.shapes);
            let (mut ticker, mut collided) = (self.interrupt.ticker(), Vec::new());
            for group in pairs.chunk_by(|(a, _), (b, _)| a == b) {
                if let [(hash, _), _, ..] = group {
                    if self.differ(*hash, group, &parts, (&mut reader, &mut ticker))? {
                        add(&mut collided, *hash)?;
                    }
                }
            }
            Ok(collided)
        });
        let seen = parts.into_iter().map(|(seen, _)| seen.collided);
        Ok(found?.into_iter().chain(seen).flatten().collect())
    }

    /// Whether the entries with a hash have different values.
    fn differ(
        &self,
        hash: u64,
        mut group: &[Pair],
        parts: &[(Seen<'r>, Option<Row>)],
        (reader, ticker): (&mut Reader<'_>, &mut Ticker<'_>),
    ) -> Result<bool> {
        let mut first: Option<Record<'r>> = None;
        for (seen, last) in parts {
            let len = group.partition_point(|(_, row)| Some(*row) <= *last);
            let (mut own, later) = group.split_at(len);
            group = later;
            let mut seen = seen.get(hash);
            if seen.is_some() {
                // All others of the part are like it.
                own = own.get(..1).unwrap_or_default();
            }
            for (_, row) in own {
                let record = match seen.take() {
                    None => {
                        ticker.tick()?;
                        (self.record)(*row)
                    }
                    seen => seen,
                };
                let both = first.zip(record);
                if both.is_some_and(|(a, b)| !reader.same(&a, &b)) {
                    return Ok(true);
                }
                first = first.or(record);
            }
        }
        Ok(false)
    }
}
