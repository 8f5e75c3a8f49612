//! The records that a change is about. Most often it is one, and no memory is needed for it.

use super::state::Match;
use super::version::Place;
use crate::engine::paged::Entry;
use crate::engine::short::Short;

/// Rows, which ascend, and where their records are.
pub(super) type Matches = Short<Match, 4>;

const FILLER: Match = (0, Place::GAP);

/// No records.
pub(super) const NONE: Matches = Short::new(FILLER);

/// Records that were found by a search.
pub(super) fn found(matches: Vec<Match>) -> Matches {
    Short::of_many(matches, FILLER)
}
