//! Where results go: each output is cleared when the call begins and written only on success.

use crate::engine::Error;
use crate::ffi::buffer::{self, dictdb_buffer};
use crate::ffi::error::Failure;
use crate::ffi::handle::{self, Kind};

/// A buffer argument, emptied. Its memory is held here until `finish`, or goes back empty.
pub(super) struct Text<'a> {
    buffer: Option<&'a mut dictdb_buffer>,
    text: Vec<u8>,
}

impl<'a> Text<'a> {
    /// # Safety `buffer` is NULL or points to a `dictdb_buffer` that only this library has written and no
    /// other thread uses.
    #[inline]
    pub(super) unsafe fn new(buffer: *mut dictdb_buffer) -> Self {
        // SAFETY: the caller's promise.
        let mut buffer = unsafe { buffer.as_mut() };
        let text = match &mut buffer {
            // SAFETY: the caller's promise.
            Some(buffer) => unsafe { buffer::take(buffer) },
            None => Vec::new(),
        };
        Text { buffer, text }
    }

    /// The memory to write to, of an argument that may be NULL.
    pub(super) fn optional(&mut self) -> Option<&mut Vec<u8>> {
        match self.buffer {
            Some(_) => Some(&mut self.text),
            None => None,
        }
    }

    /// The memory to write to, of an argument that must not be NULL.
    #[inline]
    pub(super) fn required(&mut self, parameter: &'static str) -> Result<&mut Vec<u8>, Failure> {
        match self.buffer {
            Some(_) => Ok(&mut self.text),
            None => Err(Failure::argument(parameter, "is NULL")),
        }
    }

    /// Hands the text to the caller.
    #[inline]
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        if self.buffer.is_some() {
            self.text
                .try_reserve(1)
                .map_err(|_| Error::out_of_memory(self.text.len() + 1))?;
            self.give_back();
        }
        Ok(())
    }

    fn give_back(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            buffer::put(buffer, std::mem::take(&mut self.text));
        }
    }
}

impl Drop for Text<'_> {
    /// On failure the buffer keeps its memory and is empty.
    fn drop(&mut self) {
        self.text.clear();
        self.give_back();
    }
}

/// An argument through which a new handle leaves, set to NULL.
pub(super) struct Handle<'a, C> {
    place: Option<&'a mut *mut C>,
}

impl<C> Handle<'_, C> {
    /// # Safety `place` is NULL or points to a writable pointer.
    pub(super) unsafe fn new(place: *mut *mut C) -> Self {
        // SAFETY: the caller's promise.
        let mut place = unsafe { place.as_mut() };
        if let Some(place) = &mut place {
            **place = std::ptr::null_mut();
        }
        Handle { place }
    }

    /// Refuses NULL before any work is done.
    pub(super) fn required(self, parameter: &'static str) -> Result<Self, Failure> {
        match self.place {
            Some(_) => Ok(self),
            None => Err(Failure::argument(parameter, "is NULL")),
        }
    }

    /// Whether the caller asked for one.
    pub(super) fn is_wanted(&self) -> bool {
        self.place.is_some()
    }

    /// Makes the handle, if the caller asked for one.
    pub(super) fn finish<T: Kind>(self, object: T) -> Result<(), Failure> {
        if let Some(place) = self.place {
            *place = handle::create(object)? as *mut C;
        }
        Ok(())
    }
}

/// An argument through which a number leaves; untouched on failure.
pub(super) struct Scalar<'a, T> {
    place: Option<&'a mut T>,
}

impl<T> Scalar<'_, T> {
    /// # Safety `place` is NULL or points to a writable `T`.
    pub(super) unsafe fn new(place: *mut T) -> Self {
        Scalar {
            // SAFETY: the caller's promise.
            place: unsafe { place.as_mut() },
        }
    }

    pub(super) fn required(self, parameter: &'static str) -> Result<Self, Failure> {
        match self.place {
            Some(_) => Ok(self),
            None => Err(Failure::argument(parameter, "is NULL")),
        }
    }

    pub(super) fn finish(self, value: T) -> Result<(), Failure> {
        if let Some(place) = self.place {
            *place = value;
        }
        Ok(())
    }
}

/// An argument through which a part of something lent leaves: an address or a length. Cleared when the call begins.
pub(super) struct Lending<'a, T> {
    place: Option<&'a mut T>,
}

/// What an argument is when nothing is lent.
pub(super) trait Nothing {
    const NOTHING: Self;
}

impl<C> Nothing for *const C {
    const NOTHING: Self = std::ptr::null();
}

impl Nothing for usize {
    const NOTHING: Self = 0;
}

impl<'a, T: Nothing> Lending<'a, T> {
    /// # Safety `place` is NULL or points to a writable `T`.
    pub(super) unsafe fn new(place: *mut T) -> Self {
        // SAFETY: the caller's promise.
        let mut place = unsafe { place.as_mut() };
        if let Some(place) = &mut place {
            **place = T::NOTHING;
        }
        Lending { place }
    }

    /// Where to write, of an argument that must not be NULL.
    pub(super) fn required(&mut self, parameter: &'static str) -> Result<&mut T, Failure> {
        match &mut self.place {
            Some(place) => Ok(place),
            None => Err(Failure::argument(parameter, "is NULL")),
        }
    }
}
