//! The part of parking_lot that the library uses, over the locks of POSIX: tools that look for deadlocks know these.
//!
//! Two things are stricter here than there. A thread that takes a lock that it holds is told of at once, whether or not that would
//! hang this time. And to try to take a lock fails three times in four without a reason: the library tries before it waits,
//! and a tool that sees only tries that succeed learns nothing of the order in which locks are waited for.

use lock_api::{GuardNoSend, RawMutexTimed, RawRwLockTimed};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub type Mutex<T> = lock_api::Mutex<RawMutex, T>;
pub type MutexGuard<'a, T> = lock_api::MutexGuard<'a, RawMutex, T>;
pub type RwLock<T> = lock_api::RwLock<RawRwLock, T>;
pub type RwLockReadGuard<'a, T> = lock_api::RwLockReadGuard<'a, RawRwLock, T>;
pub type RwLockWriteGuard<'a, T> = lock_api::RwLockWriteGuard<'a, RawRwLock, T>;

// Not in the crate libc for Linux.
extern "C" {
    fn pthread_rwlock_timedrdlock(
        lock: *mut libc::pthread_rwlock_t,
        at: *const libc::timespec,
    ) -> libc::c_int;
    fn pthread_rwlock_timedwrlock(
        lock: *mut libc::pthread_rwlock_t,
        at: *const libc::timespec,
    ) -> libc::c_int;
}

thread_local! {
    static HELD: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
}

fn check_not_held(lock: usize) {
    if HELD.with_borrow(|held| held.contains(&lock)) {
        eprintln!("lock order: a thread takes a lock that it holds");
        eprintln!("{}", std::backtrace::Backtrace::force_capture());
        unsafe { libc::_exit(67) };
    }
}

fn note_taken(lock: usize) {
    HELD.with_borrow_mut(|held| held.push(lock));
}

fn note_released(lock: usize) {
    HELD.with_borrow_mut(|held| {
        if let Some(at) = held.iter().rposition(|known| *known == lock) {
            held.swap_remove(at);
        }
    });
}

fn fails_for_no_reason() -> bool {
    TRIES.with(|tries| {
        tries.set(tries.get().wrapping_add(1));
        tries.get() % 4 != 0
    })
}

fn succeeded(code: libc::c_int) -> bool {
    match code {
        0 => true,
        libc::EBUSY | libc::ETIMEDOUT => false,
        _ => {
            eprintln!("lock order: the system answers {code}");
            unsafe { libc::_exit(67) }
        }
    }
}

/// What the system's clock says when a time is over.
fn deadline(timeout: Duration) -> libc::timespec {
    let at = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        + timeout;
    libc::timespec {
        tv_sec: at.as_secs() as libc::time_t,
        tv_nsec: at.subsec_nanos() as libc::c_long,
    }
}

pub struct RawMutex(UnsafeCell<libc::pthread_mutex_t>);

// SAFETY: the system's mutex is for all threads.
unsafe impl Send for RawMutex {}
// SAFETY: as above.
unsafe impl Sync for RawMutex {}

impl RawMutex {
    fn address(&self) -> usize {
        self.0.get() as usize
    }
}

// SAFETY: pthread_mutex_t excludes. It is never moved while it is used, as guards borrow it.
unsafe impl lock_api::RawMutex for RawMutex {
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawMutex = RawMutex(UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER));
    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        check_not_held(self.address());
        succeeded(unsafe { libc::pthread_mutex_lock(self.0.get()) });
        note_taken(self.address());
    }

    fn try_lock(&self) -> bool {
        let taken = !fails_for_no_reason()
            && succeeded(unsafe { libc::pthread_mutex_trylock(self.0.get()) });
        if taken {
            note_taken(self.address());
        }
        taken
    }

    unsafe fn unlock(&self) {
        note_released(self.address());
        succeeded(unsafe { libc::pthread_mutex_unlock(self.0.get()) });
    }
}

// SAFETY: as above.
unsafe impl RawMutexTimed for RawMutex {
    type Duration = Duration;
    type Instant = Instant;

    fn try_lock_for(&self, timeout: Duration) -> bool {
        check_not_held(self.address());
        let taken =
            succeeded(unsafe { libc::pthread_mutex_timedlock(self.0.get(), &deadline(timeout)) });
        if taken {
            note_taken(self.address());
        }
        taken
    }

    fn try_lock_until(&self, until: Instant) -> bool {
        self.try_lock_for(until.saturating_duration_since(Instant::now()))
    }
}

impl Drop for RawMutex {
    fn drop(&mut self) {
        unsafe { libc::pthread_mutex_destroy(self.0.get()) };
    }
}

pub struct RawRwLock(UnsafeCell<libc::pthread_rwlock_t>);

// SAFETY: the system's lock is for all threads.
unsafe impl Send for RawRwLock {}
// SAFETY: as above.
unsafe impl Sync for RawRwLock {}

impl RawRwLock {
    fn address(&self) -> usize {
        self.0.get() as usize
    }

    fn taken(&self, code: libc::c_int) -> bool {
        let taken = succeeded(code);
        if taken {
            note_taken(self.address());
        }
        taken
    }
}

// SAFETY: pthread_rwlock_t excludes. It is never moved while it is used, as guards borrow it.
unsafe impl lock_api::RawRwLock for RawRwLock {
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawRwLock = RawRwLock(UnsafeCell::new(libc::PTHREAD_RWLOCK_INITIALIZER));
    type GuardMarker = GuardNoSend;

    fn lock_shared(&self) {
        check_not_held(self.address());
        self.taken(unsafe { libc::pthread_rwlock_rdlock(self.0.get()) });
    }

    fn try_lock_shared(&self) -> bool {
        !fails_for_no_reason()
            && self.taken(unsafe { libc::pthread_rwlock_tryrdlock(self.0.get()) })
    }

    unsafe fn unlock_shared(&self) {
        note_released(self.address());
        succeeded(unsafe { libc::pthread_rwlock_unlock(self.0.get()) });
    }

    fn lock_exclusive(&self) {
        check_not_held(self.address());
        self.taken(unsafe { libc::pthread_rwlock_wrlock(self.0.get()) });
    }

    fn try_lock_exclusive(&self) -> bool {
        !fails_for_no_reason()
            && self.taken(unsafe { libc::pthread_rwlock_trywrlock(self.0.get()) })
    }

    unsafe fn unlock_exclusive(&self) {
        note_released(self.address());
        succeeded(unsafe { libc::pthread_rwlock_unlock(self.0.get()) });
    }
}

// SAFETY: as above.
unsafe impl RawRwLockTimed for RawRwLock {
    type Duration = Duration;
    type Instant = Instant;

    fn try_lock_shared_for(&self, timeout: Duration) -> bool {
        check_not_held(self.address());
        self.taken(unsafe { pthread_rwlock_timedrdlock(self.0.get(), &deadline(timeout)) })
    }

    fn try_lock_shared_until(&self, until: Instant) -> bool {
        self.try_lock_shared_for(until.saturating_duration_since(Instant::now()))
    }

    fn try_lock_exclusive_for(&self, timeout: Duration) -> bool {
        check_not_held(self.address());
        self.taken(unsafe { pthread_rwlock_timedwrlock(self.0.get(), &deadline(timeout)) })
    }

    fn try_lock_exclusive_until(&self, until: Instant) -> bool {
        self.try_lock_exclusive_for(until.saturating_duration_since(Instant::now()))
    }
}

impl Drop for RawRwLock {
    fn drop(&mut self) {
        unsafe { libc::pthread_rwlock_destroy(self.0.get()) };
    }
}

pub struct Condvar(UnsafeCell<libc::pthread_cond_t>);

// SAFETY: the system's condition is for all threads.
unsafe impl Send for Condvar {}
// SAFETY: as above.
unsafe impl Sync for Condvar {}

pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Condvar {
        Condvar(UnsafeCell::new(libc::PTHREAD_COND_INITIALIZER))
    }

    /// Lets go of the mutex meanwhile.
    fn wait_with<T: ?Sized>(
        guard: &mut MutexGuard<'_, T>,
        wait: impl FnOnce(*mut libc::pthread_mutex_t) -> libc::c_int,
    ) -> bool {
        let mutex = unsafe { MutexGuard::mutex(guard).raw() };
        note_released(mutex.address());
        let woken = succeeded(wait(mutex.0.get()));
        note_taken(mutex.address());
        woken
    }

    pub fn wait<T: ?Sized>(&self, guard: &mut MutexGuard<'_, T>) {
        Self::wait_with(guard, |mutex| unsafe {
            libc::pthread_cond_wait(self.0.get(), mutex)
        });
    }

    pub fn wait_until<T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        until: Instant,
    ) -> WaitTimeoutResult {
        let at = deadline(until.saturating_duration_since(Instant::now()));
        WaitTimeoutResult(!Self::wait_with(guard, |mutex| unsafe {
            libc::pthread_cond_timedwait(self.0.get(), mutex, &at)
        }))
    }

    pub fn notify_one(&self) {
        unsafe { libc::pthread_cond_signal(self.0.get()) };
    }

    pub fn notify_all(&self) {
        unsafe { libc::pthread_cond_broadcast(self.0.get()) };
    }
}

impl Drop for Condvar {
    fn drop(&mut self) {
        unsafe { libc::pthread_cond_destroy(self.0.get()) };
    }
}

/// Takes two locks one way, then the other way: no deadlock, as one thread does it, but an order that is none. To show that it is seen.
#[no_mangle]
pub extern "C" fn lock_order_planted() {
    let (first, second) = (RwLock::new(()), Mutex::new(()));
    {
        let _held = first.read();
        drop(second.lock());
    }
    let _held = second.lock();
    drop(first.write());
}

/// Takes a lock twice to read, which hangs if a writer comes between. To show that it is seen.
#[no_mangle]
pub extern "C" fn lock_order_planted_twice() {
    let lock = RwLock::new(());
    let _held = lock.read();
    drop(lock.read());
}
