//! Write-behind: a file is written by a thread of its own, while the bytes that come next are made.

use crate::engine::Beside;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::Arc;

/// Pieces that wait for the thread, or are with it, at most; as many buffers go round besides the caller's own.
const WAITING: usize = 2;

/// A thread that writes pieces, one behind the other, and hands their buffers back.
pub(super) struct WriteBehind {
    shared: Arc<Shared>,
    thread: Option<Beside<io::Result<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    pieces: VecDeque<Vec<u8>>,
    buffers: Vec<Vec<u8>>,
    /// No more pieces come, or none is taken any more.
    is_closed: bool,
}

impl Shared {
    fn close(&self) {
        self.queue.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// The next piece; `None` if no more come.
    fn next(&self) -> Option<Vec<u8>> {
        let mut queue = self.queue.lock();
        loop {
            match queue.pieces.pop_front() {
                None if !queue.is_closed => self.changed.wait(&mut queue),
                next => return next,
            }
        }
    }

    fn give_back(&self, buffer: Vec<u8>) {
        self.queue.lock().buffers.push(buffer);
        self.changed.notify_all();
    }

    /// Takes a piece, and gives a buffer for it; `None` if none is taken any more.
    fn exchange(&self, piece: Vec<u8>) -> Option<Vec<u8>> {
        let mut queue = self.queue.lock();
        queue.pieces.push_back(piece);
        self.changed.notify_all();
        loop {
            match queue.buffers.pop() {
                _ if queue.is_closed => return None,
                None => self.changed.wait(&mut queue),
                buffer => return buffer,
            }
        }
    }
}

/// Closes the queue however the thread ends.
struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl WriteBehind {
    /// Starts the thread, which writes where the file's position is; `None` if it cannot be had, or no buffers of so many bytes.
    pub(super) fn start(file: &File, capacity: usize) -> Option<WriteBehind> {
        let mut file = file.try_clone().ok()?;
        let mut buffers = Vec::with_capacity(WAITING + 1);
        for _ in 0..WAITING {
            let mut buffer = Vec::new();
            crate::store::reserve(&mut buffer, capacity).ok()?;
            buffers.push(buffer);
        }
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue {
                pieces: VecDeque::with_capacity(WAITING + 1),
                buffers,
                is_closed: false,
            }),
            changed: Condvar::new(),
        });
        let own = Closing(shared.clone());
        let thread = Beside::start(move || {
            let Closing(shared) = &own;
            while let Some(mut piece) = shared.next() {
                file.write_all(&piece)?;
                piece.clear();
                shared.give_back(piece);
            }
            Ok(())
        })?;
        Some(WriteBehind {
            shared,
            thread: Some(thread),
        })
    }

    /// Has a piece written, now or later, and gives an empty buffer for the next one. An error may be that of a piece before.
    pub(super) fn write(&mut self, piece: Vec<u8>) -> io::Result<Vec<u8>> {
        match self.shared.exchange(piece) {
            Some(buffer) => Ok(buffer),
            None => Err(self.join().err().unwrap_or_else(ended)),
        }
    }

    /// Waits until all has been written.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.join()
    }

    fn join(&mut self) -> io::Result<()> {
        self.shared.close();
        match self.thread.take().map(Beside::join) {
            Some(Ok(Some(outcome))) => outcome,
            Some(Err(panic)) => resume_unwind(panic),
            _ => Err(ended()),
        }
    }
}

/// If the file is not wanted after all. When this is done, nobody writes to it any more.
impl Drop for WriteBehind {
    fn drop(&mut self) {
        self.shared.close();
        let _ = self.thread.take().map(Beside::join);
    }
}

fn ended() -> io::Error {
    io::Error::other("the thread that writes has ended")
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;
    use std::io::Read;

    fn started(file: &File) -> WriteBehind {
        WriteBehind::start(file, 100).unwrap()
    }

    #[test]
    fn what_is_written_is_there_in_its_order() {
        let mut file = tempfile::tempfile().unwrap();
        let mut behind = started(&file);
        let mut buffer = b"begun, ".to_vec();
        for number in 0..1000 {
            buffer.extend_from_slice(format!("{number} ").as_bytes());
            buffer = behind.write(buffer).unwrap();
            assert!(buffer.is_empty());
        }
        behind.finish().unwrap();
        let mut found = String::new();
        std::io::Seek::rewind(&mut file).unwrap();
        file.read_to_string(&mut found).unwrap();
        let numbers: String = (0..1000).map(|number| format!("{number} ")).collect();
        assert_eq!(found, format!("begun, {numbers}"));
    }

    #[test]
    fn an_error_comes_with_one_of_the_next_pieces_or_at_the_end() {
        let only_read = File::open("/dev/null").unwrap();
        let mut behind = started(&only_read);
        let failed = (0..WAITING + 2).any(|_| behind.write(b"piece".to_vec()).is_err());
        assert!(failed);
        let mut behind = started(&only_read);
        let sent = behind.write(b"piece".to_vec());
        let error = sent.map(drop).and_then(|()| behind.finish()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(9), "{error}");
    }

    #[test]
    fn nobody_writes_when_it_has_been_dropped() {
        let file = tempfile::tempfile().unwrap();
        let mut behind = started(&file);
        let buffers = [(); WAITING].map(|()| behind.write(vec![b'x'; 100_000]).unwrap());
        assert!(buffers.iter().all(Vec::is_empty));
        drop(behind);
        assert_eq!(file.metadata().unwrap().len(), 100_000 * WAITING as u64);
    }
}
