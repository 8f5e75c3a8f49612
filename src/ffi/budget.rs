//! What memory the library uses, and how much it may.

use crate::engine::memory;

/// Bytes of memory that the library uses in this process, all databases together: records, indexes, snapshots, results in buffers, what
/// threads have at hand. It is what was asked of the allocator, of pieces below 1 KiB an estimate; what the allocator keeps beside that
/// is not counted. While other threads work it is about that many. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_memory_used() -> u64 {
    memory::used()
}

/// Limits the memory that the library uses in this process: from then on, calls that would store something while more is in use
/// give `OUT_OF_MEMORY` with the `limit` in the detail, and have changed nothing; so do calls that need a piece of 64 KiB
/// or more that would exceed it, for a large result, say. What frees memory still works: deleting records, dropping tables, freeing
/// handles; so do reading a little, saving, and backups.
///
/// The limit is looked at before work is done, not at each allocation: a call may go beyond it by the small pieces that it
/// needs. It is no protection from a machine that itself has less memory.
///
/// `bytes`: of `dictdb_memory_used` at most; 0 for no limit, which is the default. May be less than what is in use.
/// Returns the limit that was there before, or 0. Thread-safe.
#[no_mangle]
pub extern "C" fn dictdb_memory_limit(bytes: u64) -> u64 {
    memory::set_limit(bytes)
}
