//! The engine's tests that are no tests of one part: one program, as building many of them takes longer than running them.

#![cfg(not(loom))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod batches;
mod columns;
mod concurrent;
mod counters;
mod database;
mod fuzzed;
mod json;
mod json_ways;
mod like;
mod limits;
mod model;
mod plans;
mod support;
mod text;
