//! Histories of operations that several threads do on one table of few keys, and whether they are linearizable.
//!
//! `model`: the operations, their answers, and what they do one at a time. `work`: random operations. `engine`: one
//! operation on a table, with the instants of its call and its return. `preempt`: threads that give way in the middle of a call. `record`: a
//! history. `check`: the checker.

pub mod check;
pub mod engine;
pub mod model;
pub mod preempt;
pub mod record;
pub mod work;
