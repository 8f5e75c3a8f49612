//! Makes a long list of operations that fails as short as is cheap.

use super::ops::{Op, Pair};
use std::time::{Duration, Instant};

/// Does all operations; says which failed, and how.
pub fn run(options: &str, ops: &[Op], check_every: usize) -> Result<Pair, (usize, String)> {
    let mut pair = Pair::new(options);
    for (i, op) in ops.iter().enumerate() {
        pair.apply(op).map_err(|difference| (i, difference))?;
        if (i + 1) % check_every == 0 {
            pair.same_state().map_err(|difference| (i, difference))?;
        }
    }
    pair.same_state()
        .map_err(|difference| (ops.len() - 1, difference))?;
    Ok(pair)
}

/// As `run`; a failing list is told in its shortened form.
pub fn check(options: &str, ops: Vec<Op>, check_every: usize) -> Pair {
    let (at, difference) = match run(options, &ops, check_every) {
        Ok(pair) => return pair,
        Err(failed) => failed,
    };
    let (ops, difference) = shorten(options, ops, at, difference, check_every);
    let list: Vec<String> = ops.iter().map(|op| format!("  {op:?}")).collect();
    let shown = list.len().saturating_sub(200);
    panic!(
        "table {options}, after {} operations (the last {}):\n{}\nfailed: {difference}",
        list.len(),
        list.len() - shown,
        list[shown..].join("\n"),
    );
}

/// Leaves out runs of operations, shorter and shorter ones, as long as the rest still fails.
fn shorten(
    options: &str,
    mut ops: Vec<Op>,
    at: usize,
    mut difference: String,
    check_every: usize,
) -> (Vec<Op>, String) {
    let end = Instant::now() + Duration::from_secs(45);
    ops.truncate(at + 1);
    let mut size = ops.len() / 2;
    while size > 0 && Instant::now() < end {
        let mut start = 0;
        while start < ops.len() && Instant::now() < end {
            let mut fewer = ops[..start].to_vec();
            fewer.extend_from_slice(&ops[ops.len().min(start + size)..]);
            match fewer.is_empty() {
                false => match run(options, &fewer, check_every) {
                    Err((at, found)) => {
                        fewer.truncate(at + 1);
                        ops = fewer;
                        difference = found;
                    }
                    Ok(_) => start += size,
                },
                true => start += size,
            }
        }
        size /= 2;
    }
    (ops, difference)
}
