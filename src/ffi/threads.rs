//! What the operating system is told about the engine's threads: the engine does not know it.

use crate::engine::{set_surroundings, Surroundings};
use crate::ffi::error::Failure;
use crate::ffi::guard;
use std::mem::MaybeUninit;
use std::thread::Builder;

/// Bytes of a thread's stack, whatever the environment says.
const STACK: usize = 2 << 20;

/// Lets the engine's threads be none of the host's business; called before there is a table.
pub(super) fn install() {
    set_surroundings(Surroundings {
        starting: without_signals,
        working: guard::hand_on,
    });
}

/// Signals that a thread's own fault raises: blocked, they would end the process without a word.
const FAULTS: [libc::c_int; 5] = [
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSEGV,
    libc::SIGTRAP,
];

/// The signals that the calling thread had blocked before.
struct Kept(libc::sigset_t);

impl Kept {
    fn block_all() -> Option<Kept> {
        let mut all = MaybeUninit::uninit();
        // SAFETY: fills the set.
        if unsafe { libc::sigfillset(all.as_mut_ptr()) } != 0 {
            return None;
        }
        for fault in FAULTS {
            // SAFETY: the set was filled.
            unsafe { libc::sigdelset(all.as_mut_ptr(), fault) };
        }
        let mut kept = MaybeUninit::uninit();
        // SAFETY: reads the set that was filled, and writes the other one.
        let failed =
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), kept.as_mut_ptr()) };
        // SAFETY: written, as the call has not failed.
        (failed == 0).then(|| Kept(unsafe { kept.assume_init() }))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: reads a set that the system has written.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

/// Threads that are started here handle no signals: the host's handlers expect to run in the host's threads.
fn without_signals(start: &mut dyn FnMut()) {
    let _kept = Kept::block_all();
    start();
}

/// Starts a thread that ends by itself.
pub(super) fn start(
    name: &'static str,
    body: impl FnOnce() + Send + 'static,
) -> Result<(), Failure> {
    let mut body = Some(body);
    let mut outcome = Ok(());
    without_signals(&mut || {
        if let Some(body) = body.take() {
            let started = Builder::new()
                .name(name.to_owned())
                .stack_size(STACK)
                .spawn(body);
            outcome = started.map(|_| ()).map_err(|error| Failure::System {
                what: "a thread",
                reason: error.to_string(),
            });
        }
    });
    outcome
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    /// Whether the calling thread blocks each of some signals.
    fn blocked(signals: [libc::c_int; 3]) -> [bool; 3] {
        let mut mask = MaybeUninit::uninit();
        // SAFETY: only writes the set.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), mask.as_mut_ptr()) };
        // SAFETY: the set was written.
        signals.map(|signal| unsafe { libc::sigismember(mask.as_ptr(), signal) } == 1)
    }

    #[test]
    fn threads_that_are_started_handle_no_signals_but_their_own_faults() {
        let signals = [libc::SIGUSR1, libc::SIGALRM, libc::SIGSEGV];
        let before = blocked(signals);
        let mut within = None;
        without_signals(&mut || {
            within = std::thread::spawn(move || blocked(signals)).join().ok();
        });
        assert_eq!(within, Some([true, true, false]));
        assert_eq!(blocked(signals), before);
    }
}
