//! Makes a long list of operations that fails as short as is cheap.

use super::ops::{Op, Pair};
use std::time::{Duration, Instant};

/// Which operation failed, and how.
pub type Failure = (usize, String);

/// Does all operations; says which failed, and how.
pub fn run(options: &str, ops: &[Op], check_every: usize) -> Result<Pair, Failure> {
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
    let failure = match run(options, &ops, check_every) {
        Ok(pair) => return pair,
        Err(failure) => failure,
    };
    let end = Instant::now() + Duration::from_secs(45);
    let again = |ops: &[Op]| run(options, ops, check_every).map(|_| ());
    let (ops, difference) = shorten(ops, failure, end, again);
    panic!("table {options}, {}", told(&ops, &difference));
}

/// The operations, or the last of them, and how they failed.
pub fn told(ops: &[impl std::fmt::Debug], difference: &str) -> String {
    let list: Vec<String> = ops.iter().map(|op| format!("  {op:?}")).collect();
    let shown = list.len().saturating_sub(200);
    format!(
        "after {} operations (the last {}):\n{}\nfailed: {difference}",
        list.len(),
        list.len() - shown,
        list[shown..].join("\n"),
    )
}

/// Leaves out runs of operations, shorter and shorter ones, as long as the rest still fails.
pub fn shorten<T: Clone>(
    mut ops: Vec<T>,
    (at, mut difference): Failure,
    end: Instant,
    run: impl Fn(&[T]) -> Result<(), Failure>,
) -> (Vec<T>, String) {
    ops.truncate(at + 1);
    let mut size = ops.len() / 2;
    while size > 0 && Instant::now() < end {
        let mut start = 0;
        while start < ops.len() && Instant::now() < end {
            let mut fewer = ops[..start].to_vec();
            fewer.extend_from_slice(&ops[ops.len().min(start + size)..]);
            match fewer.is_empty() {
                false => match run(&fewer) {
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

/// Puts simpler operations in the places of others, as long as that still fails.
pub fn simplify<T: Clone>(
    mut ops: Vec<T>,
    mut difference: String,
    end: Instant,
    run: impl Fn(&[T]) -> Result<(), Failure>,
    simpler: impl Fn(&T) -> Vec<T>,
) -> (Vec<T>, String) {
    let mut place = 0;
    while place < ops.len() && Instant::now() < end {
        let mut tries = simpler(&ops[place]).into_iter();
        let better = tries.find_map(|op| {
            let mut ops = ops.clone();
            ops[place] = op;
            let failed = Instant::now() < end && run(&ops).map_err(|f| difference = f.1).is_err();
            failed.then_some(ops)
        });
        match better {
            Some(better) => ops = better,
            None => place += 1,
        }
    }
    (ops, difference)
}
