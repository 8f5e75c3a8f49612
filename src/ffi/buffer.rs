//! Buffers: where results that are text go.

use std::ffi::c_char;

/// A piece of memory that results are written into. It belongs to the caller and is reused and grown from
/// call to call.
///
/// Start with `DICTDB_BUFFER_INIT` (all zero), pass the same buffer to as many calls as you like, read
/// `data` and `len` after each, and end with `dictdb_buffer_free`. Set no member yourself.
///
/// After success `data` holds `len` bytes of UTF-8 text and a NUL that `len` does not count. After failure
/// `len` is 0 and `data` is NULL or `""`. `data` is valid until the next call that gets the buffer.
///
/// Thread-safety: one thread at a time, like a `char` array. Different buffers are independent.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct dictdb_buffer {
    /// The text, or NULL while nothing was written.
    pub data: *mut c_char,
    /// Length of the text in bytes, without the NUL.
    pub len: usize,
    /// Bytes allocated at `data`.
    pub capacity: usize,
}

/// Frees the memory of a buffer and sets all its members to zero, so it may be used again or freed again.
///
/// `buffer`: may be NULL.
#[no_mangle]
pub unsafe extern "C" fn dictdb_buffer_free(buffer: *mut dictdb_buffer) {
    // SAFETY: rule Output.
    let Some(buffer) = (unsafe { buffer.as_mut() }) else {
        return;
    };
    // SAFETY: rule Output.
    drop(unsafe { take(buffer) });
}

/// Takes the memory out of a buffer, which is left zeroed.
///
/// # Safety The members are zero or as `put` left them.
pub(super) unsafe fn take(buffer: &mut dictdb_buffer) -> Vec<u8> {
    let (data, capacity) = (buffer.data, buffer.capacity);
    buffer.data = std::ptr::null_mut();
    buffer.len = 0;
    buffer.capacity = 0;
    if data.is_null() || capacity == 0 {
        return Vec::new();
    }
    // SAFETY: `put` got pointer and capacity from a `Vec<u8>`, and they were taken back only here.
    unsafe { Vec::from_raw_parts(data.cast::<u8>(), 0, capacity) }
}

/// Gives memory to a buffer that `take` left zeroed. A NUL is written after the text, within its capacity.
pub(super) fn put(buffer: &mut dictdb_buffer, mut text: Vec<u8>) {
    let len = text.len();
    if text.capacity() > len {
        text.push(0);
    }
    let mut text = std::mem::ManuallyDrop::new(text);
    buffer.capacity = text.capacity();
    buffer.len = len;
    buffer.data = if text.capacity() == 0 {
        std::ptr::null_mut()
    } else {
        text.as_mut_ptr().cast::<c_char>()
    };
}
