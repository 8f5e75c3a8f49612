//! libdictdb: an embedded, in-memory database of JSON records.
//!
//! The product is the C library described by `include/dictdb.h`; `docs/design.md` says how it works.
//! The engine below is what the C face calls; Rust programs may use it directly, but only the C ABI is kept stable.

pub mod engine;
pub mod ffi;
mod store;
#[cfg(all(test, not(loom)))]
mod testing;

#[cfg(not(feature = "foreign-allocator"))]
#[global_allocator]
static ALLOCATOR: engine::memory::Counting = engine::memory::Counting;
