//! A record as stored: one run of bytes.
//!
//! `u16 shape | u16 fields | u32 text length and width code | end of each value but the last | text`, little-endian.
//! The ends are offsets into the text, of the width that the code in the two low bits tells. A generic record has no
//! fields and no ends. The last value ends one byte before the text does.

use crate::engine::json::{field, has_fields, is_canonical, members, unescape};
use crate::engine::limits::MAX_RECORD;
use crate::engine::shape::{Shape, GENERIC};
use std::ops::Range;

/// Bytes before the ends.
const HEADER: usize = 8;

/// A stored record. The bytes may go on behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    shape: u16,
    width: usize,
    ends: &'a [u8],
    text: &'a [u8],
}

fn width_code(text_len: usize) -> u32 {
    match text_len {
        0..=0xff => 0,
        0x100..=0xffff => 1,
        _ => 2,
    }
}

fn ends_len(fields: usize, text_len: usize) -> usize {
    fields.saturating_sub(1) << width_code(text_len)
}

/// Bytes that a record takes when stored.
pub(crate) fn stored_len(shape: &Shape, text_len: usize) -> usize {
    HEADER + ends_len(shape.fields().len(), text_len) + text_len
}

/// Appends a record, whose text is the parts joined. `ends` holds the end of each value, in which the last may be left
/// out; none for a generic shape.
pub(crate) fn write(out: &mut Vec<u8>, shape: &Shape, ends: &[u32], parts: &[&[u8]]) {
    let text_len: usize = parts.iter().map(|part| part.len()).sum();
    begin(out, shape, ends.iter().copied(), text_len);
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

#[inline]
fn header(shape: &Shape, text_len: usize, code: u32) -> [u8; HEADER] {
    let [s0, s1] = shape.id().to_le_bytes();
    let [f0, f1] = (shape.fields().len() as u16).to_le_bytes();
    let [l0, l1, l2, l3] = ((text_len as u32) << 2 | code).to_le_bytes();
    [s0, s1, f0, f1, l0, l1, l2, l3]
}

/// Bytes before the text of a record, if it is no longer than this.
#[inline]
pub(crate) fn room(shape: Option<&Shape>, longest: usize) -> usize {
    HEADER + ends_len(shape.map_or(0, |shape| shape.fields().len()), longest)
}

/// Writes what stands before the text of a record into the room that was made for it; `ends` as for `write`.
#[inline]
pub(crate) fn fill(
    room: &mut [u8],
    shape: &Shape,
    ends: impl Iterator<Item = u32>,
    text_len: usize,
) {
    let Some((start, places)) = room.split_first_chunk_mut::<HEADER>() else {
        return;
    };
    let count = shape.fields().len().saturating_sub(1);
    let code = match places.len() {
        len if len == count => 0,
        len if len == count * 2 => 1,
        _ => 2,
    };
    *start = header(shape, text_len, code);
    match code {
        0 => places
            .iter_mut()
            .zip(ends)
            .for_each(|(place, end)| *place = end as u8),
        1 => fill_wide(places, ends.map(|end| (end as u16).to_le_bytes())),
        _ => fill_wide(places, ends.map(u32::to_le_bytes)),
    }
}

fn fill_wide<const N: usize>(places: &mut [u8], ends: impl Iterator<Item = [u8; N]>) {
    let (places, _) = places.as_chunks_mut::<N>();
    places
        .iter_mut()
        .zip(ends)
        .for_each(|(place, end)| *place = end);
}

/// Appends what stands before the text of a record; `ends` as for `write`. The text is to be appended then.
#[inline]
pub(crate) fn begin(
    out: &mut Vec<u8>,
    shape: &Shape,
    ends: impl Iterator<Item = u32>,
    text_len: usize,
) {
    let start = out.len();
    out.resize(start + room(Some(shape), text_len), 0);
    fill(
        out.get_mut(start..).unwrap_or_default(),
        shape,
        ends,
        text_len,
    );
}

/// Notes that the text of the record, which is all that there is, has become longer.
pub(crate) fn lengthen(record: &mut [u8], more: usize) {
    if let Some([_, _, _, _, length @ .., _]) = record.first_chunk_mut::<9>() {
        *length = (u32::from_le_bytes(*length) + ((more as u32) << 2)).to_le_bytes();
    }
}

/// The shape of a record as stored.
pub(crate) fn shape_of(record: &[u8]) -> u16 {
    record
        .first_chunk()
        .copied()
        .map_or(GENERIC, u16::from_le_bytes)
}

/// Gives a record as stored another number for its shape.
pub(crate) fn set_shape(record: &mut [u8], shape: u16) {
    if let Some(place) = record.first_chunk_mut() {
        *place = shape.to_le_bytes();
    }
}

/// Bytes of the text of a record that has other values at some positions, which ascend.
#[inline]
pub(crate) fn spliced_len<'v>(
    old: &Record<'_>,
    shape: &Shape,
    values: impl Iterator<Item = (u16, &'v [u8])>,
) -> usize {
    values.fold(old.text.len(), |len, (position, value)| {
        let range = old.range(shape, position).unwrap_or_default();
        len - range.len() + value.len()
    })
}

/// Appends a record of the same shape as `old`, which is not the generic one, with other values at some positions, which
/// ascend. Its text has `text_len` bytes.
#[inline]
pub(crate) fn splice<'v>(
    out: &mut Vec<u8>,
    old: &Record<'_>,
    shape: &Shape,
    values: impl Iterator<Item = (u16, &'v [u8])> + Clone,
    text_len: usize,
) {
    let range = |position| old.range(shape, position).unwrap_or_default();
    let (start, is_narrow) = (
        out.len() + HEADER,
        old.width == 1 && width_code(text_len) == 0,
    );
    if is_narrow {
        out.extend_from_slice(&header(shape, text_len, 0));
        out.extend_from_slice(old.ends);
    } else {
        let (mut rest, mut shift) = (values.clone().peekable(), 0);
        let ends = (0..shape.fields().len()).map(|at| {
            if let Some((position, value)) = rest.next_if(|(next, _)| usize::from(*next) == at) {
                shift += value.len() as isize - range(position).len() as isize;
            }
            old.end(at).wrapping_add_signed(shift) as u32
        });
        begin(out, shape, ends, text_len);
    }
    let mut copied = 0;
    for (position, value) in values {
        let range = range(position);
        if is_narrow {
            let grown = (value.len() as u8).wrapping_sub(range.len() as u8);
            let later = out.get_mut(start + usize::from(position)..start + old.ends.len());
            let later = later.unwrap_or_default().iter_mut();
            later.for_each(|end| *end = end.wrapping_add(grown));
        }
        out.extend_from_slice(old.text.get(copied..range.start).unwrap_or_default());
        out.extend_from_slice(value);
        copied = range.end;
    }
    out.extend_from_slice(old.text.get(copied..).unwrap_or_default());
}

/// What is wrong with bytes that should begin with a record, if anything. `labels`: what stands before each value, as in `{"a":` and
/// `,"b":`; none for the generic shape.
pub(crate) fn fault(bytes: &[u8], labels: &[Box<[u8]>]) -> Option<&'static str> {
    let count = bytes.get(2..).and_then(|rest| rest.first_chunk().copied());
    let code = bytes.get(4).map_or(3, |code| code & 3);
    let Some(record) = Record::read(bytes).filter(|_| code < 3) else {
        return Some("a record is cut");
    };
    if count.map(u16::from_le_bytes).map(usize::from) != Some(labels.len()) {
        return Some("a record has not as many fields as its shape");
    }
    if !(1..=MAX_RECORD).contains(&record.text.len()) {
        return Some("a record is empty, or too long");
    }
    if !labels.is_empty() && record.has_fields(labels) {
        return None;
    }
    let Ok(text) = std::str::from_utf8(record.text) else {
        return Some("a record is not UTF-8");
    };
    if !text.starts_with('{') {
        return Some("a record is no object");
    }
    if labels.is_empty() {
        return match is_canonical(text) {
            true => None,
            false => Some("a record is not canonical JSON"),
        };
    }
    let mut before = 0;
    for (at, label) in labels.iter().enumerate() {
        let (value, end) = (before + label.len(), record.end(at));
        if field(record.text, before, label) == Some(end) {
            before = end;
            continue;
        }
        let is_labelled = record.text.get(before..value) == Some(label);
        if !is_labelled || !text.get(value..end).is_some_and(is_canonical) {
            return Some("a record is not canonical JSON, or its fields are not where it says");
        }
        before = end;
    }
    match text.get(before..) == Some("}") {
        true => None,
        false => Some("a record goes on behind its last field"),
    }
}

impl<'a> Record<'a> {
    /// Reads the record at the start of `bytes`; `None` only if `bytes` is no record.
    #[inline]
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Record<'a>> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let [s0, s1, f0, f1, l0, l1, l2, l3] = *header;
        let fields = u16::from_le_bytes([f0, f1]);
        let len_and_code = u32::from_le_bytes([l0, l1, l2, l3]);
        let code = len_and_code & 3;
        let ends_len = usize::from(fields).saturating_sub(1) << code;
        let (ends, rest) = rest.split_at_checked(ends_len)?;
        Some(Record {
            shape: u16::from_le_bytes([s0, s1]),
            width: 1 << code,
            ends,
            text: rest.get(..(len_and_code >> 2) as usize)?,
        })
    }

    /// The record as canonical JSON text.
    #[inline]
    pub(crate) fn text(&self) -> &'a [u8] {
        self.text
    }

    #[inline]
    pub(crate) fn shape(&self) -> u16 {
        self.shape
    }

    /// Bytes that the record takes.
    #[inline]
    pub(crate) fn stored_len(&self) -> usize {
        HEADER + self.ends.len() + self.text.len()
    }

    /// Where in the record as it is stored that value lies.
    pub(crate) fn place_of(&self, position: u16, name_len: usize) -> Range<usize> {
        let (before, range) = (HEADER + self.ends.len(), self.range_of(position, name_len));
        before + range.start..before + range.end
    }

    /// Appends the record as it is stored.
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        let [s0, s1] = self.shape.to_le_bytes();
        let code = self.width.trailing_zeros();
        let fields = match self.shape {
            GENERIC => 0,
            _ => self.ends.len() / self.width + 1,
        };
        let [f0, f1] = (fields as u16).to_le_bytes();
        let [l0, l1, l2, l3] = ((self.text.len() as u32) << 2 | code).to_le_bytes();
        out.extend_from_slice(&[s0, s1, f0, f1, l0, l1, l2, l3]);
        out.extend_from_slice(self.ends);
        out.extend_from_slice(self.text);
    }

    /// Whether it is canonical as it stands, and has fields with these labels; no may mean that it was not looked at closely.
    #[inline(always)]
    fn has_fields(&self, labels: &[Box<[u8]>]) -> bool {
        let last = self.text.len() - 1;
        match self.width {
            1 => {
                let ends = self.ends.iter().map(|end| usize::from(*end));
                has_fields(self.text, labels, ends.chain([last]))
            }
            _ => {
                let ends = (0..labels.len()).map(|at| self.end(at));
                has_fields(self.text, labels, ends)
            }
        }
    }

    /// Where the value at a position ends.
    #[inline]
    fn end(&self, position: usize) -> usize {
        let end = match self.width {
            1 => self.ends.get(position).map(|end| usize::from(*end)),
            2 => self.wide_end(position, |end| usize::from(u16::from_le_bytes(end))),
            _ => self.wide_end(position, |end| u32::from_le_bytes(end) as usize),
        };
        end.unwrap_or(self.text.len() - 1)
    }

    fn wide_end<const N: usize>(
        &self,
        position: usize,
        read: impl Fn([u8; N]) -> usize,
    ) -> Option<usize> {
        let (ends, _) = self.ends.as_chunks::<N>();
        ends.get(position).copied().map(read)
    }

    /// Where in the text the value at a position of the record's shape lies.
    #[inline]
    pub(crate) fn range(&self, shape: &Shape, position: u16) -> Option<Range<usize>> {
        let name = shape.fields().get(usize::from(position))?.quoted();
        Some(self.range_of(position, name.len()))
    }

    /// The same, by the length of the field's quoted name.
    #[inline]
    fn range_of(&self, position: u16, name_len: usize) -> Range<usize> {
        // `{` or `,` before the name, `:` behind it.
        let before = match usize::from(position).checked_sub(1) {
            None => 0,
            Some(previous) => self.end(previous),
        };
        before + 1 + name_len + 1..self.end(usize::from(position))
    }

    /// The value at a position of the record's shape, whose field has a quoted name of this length.
    #[inline]
    pub(crate) fn value_of(&self, position: u16, name_len: usize) -> Option<&'a [u8]> {
        self.text.get(self.range_of(position, name_len))
    }

    /// The value at a position of the record's shape.
    #[inline]
    pub(crate) fn value(&self, shape: &Shape, position: u16) -> Option<&'a [u8]> {
        self.text.get(self.range(shape, position)?)
    }

    /// The value of a field by its quoted name, whatever the shape.
    pub(crate) fn field(&self, shape: &Shape, quoted: &[u8]) -> Option<&'a [u8]> {
        if self.shape == GENERIC {
            let inside = crate::engine::json::inside(quoted)?;
            return members(self.text)
                .find(|(name, _)| *name == inside)
                .map(|(_, value)| value);
        }
        self.value(shape, shape.position(quoted)?)
    }

    /// The names of the fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + 'a {
        members(self.text).map(|(name, _)| String::from_utf8_lossy(&unescape(name)).into_owned())
    }

    /// The inside of the quoted names, and the values, in order.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        members(self.text)
    }
}
