//! Locks as loom has them, for the models.

use loom::sync::{Mutex, MutexGuard};
use std::time::Duration;

#[allow(clippy::unwrap_used)]
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// loom knows no time.
pub(super) fn lock_within<T>(mutex: &Mutex<T>, _time: Duration) -> Option<MutexGuard<'_, T>> {
    Some(lock(mutex))
}
