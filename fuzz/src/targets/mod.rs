//! The targets, and what they are made of. They see two modules of whoever takes them in: the C face, and the naive model.

use super::{api, model};

pub mod agree;
pub mod ask;
pub mod awkward;
pub mod binary;
pub mod blocks;
pub mod calls;
pub mod choices;
pub mod file;
pub mod grammar;
pub mod mirror;
pub mod pending;
pub mod predicate;
pub mod query;
pub mod record;
pub mod said;
pub mod sample;
pub mod scratch;
pub mod tables;
pub mod values;
