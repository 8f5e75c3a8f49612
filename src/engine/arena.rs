//! Segments: the append-only memory that holds stored records. The one file of the engine with `unsafe`.
//!
//! A segment has a published length. Bytes below it never change; bytes above it belong to the one `Appender` of the
//! segment. The appender writes above, then publishes with a release store; a reader loads the length with acquire and
//! looks only below it. So readers need no lock, whatever the writer does.

use crate::engine::memory;
use crate::engine::{Error, Result};
use once_cell::sync::OnceCell;
use std::alloc::{alloc, dealloc, Layout};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::Arc;

#[cfg(loom)]
use loom::sync::atomic::{AtomicUsize, Ordering};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a cache line.
const LINE: usize = 64;

#[inline]
fn prefetch_line(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        // SAFETY: a prefetch reads nothing and takes any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast::<i8>()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Asks the processor for a value that will be read soon: for its first cache lines, if it has many.
#[inline]
pub(crate) fn prefetch<T: ?Sized>(value: &T) {
    const MOST: usize = 16;
    let address = std::ptr::from_ref(value).cast::<u8>();
    let lines = size_of_val(value).div_ceil(LINE).min(MOST);
    (0..lines).for_each(|line| prefetch_line(address.wrapping_add(line * LINE)));
}

/// How far a segment is written: the protocol alone, so that a model can check it.
struct Publication(AtomicUsize);

impl Publication {
    fn new() -> Self {
        Publication(AtomicUsize::new(0))
    }

    /// Everything below `len` is written and will not change.
    #[inline]
    fn publish(&self, len: usize) {
        self.0.store(len, Ordering::Release);
    }

    #[inline]
    fn published(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

type Byte = std::cell::UnsafeCell<MaybeUninit<u8>>;

/// Bytes of the processor's large pages. Reads here and there miss the address translation for each record if pages are
/// small, which costs as much as the record itself.
pub(crate) const LARGE_PAGE: usize = 2 << 20;

/// Asks the system for large pages: start and length of memory that begins on one and ends on one.
type Advice = fn(NonNull<u8>, usize);

static ADVICE: OnceCell<Advice> = OnceCell::new();

/// Says how the system is asked for large pages; without that it is not.
pub(crate) fn set_advice(advice: Advice) {
    ADVICE.get_or_init(|| advice);
}

/// From so many bytes on the C library has a piece of memory from the system, and gives it back when it is freed: advice on
/// smaller pieces would stay with what others get there later (mallopt(3), `M_MMAP_THRESHOLD`).
const OWN_MAPPING: usize = 32 << 20;

/// Asks for large pages under a vector's memory, in which nothing is yet, if it is a large piece.
pub(crate) fn on_large_pages(memory: &mut Vec<u8>) {
    let memory = memory.spare_capacity_mut();
    if memory.len() < OWN_MAPPING {
        return;
    }
    let before = memory.as_ptr().align_offset(LARGE_PAGE);
    let pages = memory.len().saturating_sub(before) / LARGE_PAGE;
    let (Some(whole), Some(advise)) = (memory.get_mut(before..), ADVICE.get()) else {
        return;
    };
    if let (1.., [first, ..]) = (pages, whole) {
        advise(NonNull::from(first).cast(), pages * LARGE_PAGE);
    }
}

/// Memory of a segment: on large pages if it is so long that it fills them.
struct Memory {
    start: NonNull<Byte>,
    len: usize,
}

impl Memory {
    fn layout(len: usize) -> Option<Layout> {
        let align = match len % LARGE_PAGE {
            0 => LARGE_PAGE,
            _ => 1,
        };
        Layout::from_size_align(len, align).ok().filter(|_| len > 0)
    }

    /// `None` if there is no memory.
    fn new(len: usize) -> Option<Memory> {
        let layout = Memory::layout(len)?;
        // SAFETY: the layout has a size.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        if let (LARGE_PAGE, Some(advise)) = (layout.align(), ADVICE.get()) {
            advise(start, len);
        }
        let start = start.cast();
        Some(Memory { start, len })
    }
}

impl Deref for Memory {
    type Target = [Byte];

    #[inline]
    fn deref(&self) -> &[Byte] {
        // SAFETY: `len` bytes were allocated there, and uninitialised bytes are valid elements.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if let Some(layout) = Memory::layout(self.len) {
            // SAFETY: allocated in `new` with this layout, and not used any more.
            unsafe { dealloc(self.start.as_ptr().cast(), layout) };
        }
    }
}

/// A run of memory that is written once.
pub(crate) struct Segment {
    bytes: Memory,
    publication: Publication,
}

// SAFETY: bytes below the published length are immutable, and those above are reached by the one appender alone.
unsafe impl Sync for Segment {}
// SAFETY: a segment owns plain bytes.
unsafe impl Send for Segment {}

impl Segment {
    /// The bytes from `start` to the end of what is published.
    #[inline]
    pub(crate) fn from(&self, start: usize) -> &[u8] {
        let published = self.publication.published();
        match self.bytes.get(start..published) {
            // SAFETY: these bytes are initialised and will never be written again: the acquire load above
            // saw the release store that came after their writing.
            Some(bytes) => unsafe { &*(std::ptr::from_ref(bytes) as *const [u8]) },
            None => &[],
        }
    }

    /// Asks the processor for the bytes behind `start`, which will be read soon: a record is longer than a cache line,
    /// and its length, which is in the first one, would have to come first.
    #[inline]
    pub(crate) fn prefetch(&self, start: usize) {
        let record = self.bytes.as_ptr().wrapping_add(start);
        (0..3).for_each(|line| prefetch_line(record.wrapping_add(line * LINE).cast()));
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Segment({} of {})",
            self.publication.published(),
            self.capacity()
        )
    }
}

/// The one writer of a segment.
#[derive(Debug)]
pub(crate) struct Appender {
    segment: Arc<Segment>,
    len: usize,
}

impl Appender {
    /// Makes a segment, or says that there is no memory.
    pub(crate) fn new(capacity: usize) -> Result<Appender> {
        memory::allow(capacity)?;
        let bytes = Memory::new(capacity).ok_or_else(|| Error::out_of_memory(capacity))?;
        let segment = Segment {
            bytes,
            publication: Publication::new(),
        };
        Ok(Appender {
            segment: Arc::new(segment),
            len: 0,
        })
    }

    pub(crate) fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// Bytes that were appended.
    pub(crate) fn written(&self) -> usize {
        self.len
    }

    /// Appends and publishes; returns where. `None`, and nothing is done, if it does not fit.
    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Option<usize> {
        let start = self.len;
        let place = self.segment.bytes.get(start..start + bytes.len())?;
        let to = std::cell::UnsafeCell::raw_get(place.as_ptr()).cast::<u8>();
        // SAFETY: `place` is above the published length, so no reader looks at it, and `&mut self` makes this the
        // only writer. Source and target do not overlap: the source is a live shared slice.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        self.len += bytes.len();
        self.segment.publication.publish(self.len);
        Some(start)
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn appends_until_full_and_reads_back() {
        let mut appender = Appender::new(8).unwrap();
        assert_eq!(appender.append(b"abc"), Some(0));
        assert_eq!(appender.append(b"defgh"), Some(3));
        assert_eq!(appender.append(b"i"), None);
        assert_eq!(appender.segment().from(3), b"defgh");
        assert_eq!(appender.segment().from(9), b"");
        assert!(Appender::new(isize::MAX as usize + 1).is_err());
    }

    #[test]
    fn a_segment_that_fills_large_pages_begins_on_one() {
        for pages in [1, 2] {
            let mut appender = Appender::new(pages * LARGE_PAGE).unwrap();
            assert_eq!(appender.append(b"abc"), Some(0));
            let start = appender.segment().from(0).as_ptr() as usize;
            assert_eq!(start % LARGE_PAGE, 0);
        }
    }
}

#[cfg(test)]
#[cfg(loom)]
mod models {
    use super::*;
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;

    /// A reader that takes no lock sees written bytes below the published length, and no byte that is still being written.
    #[test]
    fn loom_published_bytes_are_never_written_again() {
        loom::model(|| {
            let publication = Arc::new(Publication::new());
            let cells = Arc::new([const { None::<u8> }; 2].map(UnsafeCell::new));
            let reader = {
                let (publication, cells) = (publication.clone(), cells.clone());
                loom::thread::spawn(move || {
                    let published = publication.published();
                    for cell in &cells[..published] {
                        // SAFETY: below the published length; loom reports a violation.
                        assert!(cell.with(|byte| unsafe { *byte }).is_some());
                    }
                })
            };
            for at in 0..2 {
                // SAFETY: above the published length; loom reports a violation.
                cells[at].with_mut(|byte| unsafe { *byte = Some(1) });
                publication.publish(at + 1);
            }
            reader.join().unwrap();
        });
    }
}
