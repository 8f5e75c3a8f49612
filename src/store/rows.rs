//! The rows of a query, one after the other, for files.

use super::filling::Stop;
use super::Result;
use crate::engine::{self, Params, Query, Table};
use std::sync::Arc;

/// Calls `visit` with each row of a query on a snapshot, until it fails.
pub(super) fn each_row(
    snapshot: &Table,
    query: &Arc<Query>,
    params: &Params,
    stop: &mut Stop,
    mut visit: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let cursor = snapshot.cursor(query, params)?;
    loop {
        stop.step()?;
        let mut outcome = Ok(());
        match cursor.next(|row| outcome = visit(row)) {
            Ok(()) => outcome?,
            Err(engine::Error::RecordNotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
