//! A watch together with the file descriptor that tells of its changes.

use crate::engine::{Signal, Watch};
use crate::ffi::error::Failure;
use once_cell::sync::OnceCell;
use std::fs::File;
use std::io::{Read, Write};
use std::ops::Deref;
use std::os::fd::{AsRawFd, FromRawFd};

/// What a `dictdb_watch` handle stands for.
pub(super) struct Notified {
    watch: Watch,
    descriptor: OnceCell<i32>,
}

impl Notified {
    pub(super) fn new(watch: Watch) -> Notified {
        Notified {
            watch,
            descriptor: OnceCell::new(),
        }
    }

    /// The descriptor, made when it is first asked for. The watch closes it.
    pub(super) fn descriptor(&self) -> Result<i32, Failure> {
        let made = self.descriptor.get_or_try_init(|| {
            let event = Event::new()?;
            let number = event.0.as_raw_fd();
            self.watch.on_change(Box::new(event));
            Ok::<i32, Failure>(number)
        });
        made.copied()
    }
}

impl Deref for Notified {
    type Target = Watch;

    fn deref(&self) -> &Watch {
        &self.watch
    }
}

/// A Linux event counter (`eventfd`): readable while it is not 0. It does not block.
struct Event(File);

impl Event {
    fn new() -> Result<Event, Failure> {
        // SAFETY: takes no pointer.
        let number = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if number < 0 {
            let error = std::io::Error::last_os_error();
            return Err(Failure::System {
                what: "eventfd",
                reason: error.to_string(),
            });
        }
        // SAFETY: the descriptor was made here and is nobody else's.
        Ok(Event(unsafe { File::from_raw_fd(number) }))
    }
}

impl Signal for Event {
    fn raise(&self) {
        // Fails only if it is raised 2^64 times.
        let _ = (&self.0).write(&1_u64.to_ne_bytes());
    }

    fn clear(&self) {
        // Fails only if it is clear.
        let _ = (&self.0).read(&mut [0; 8]);
    }
}
