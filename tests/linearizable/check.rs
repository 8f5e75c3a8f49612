//! Whether a history is linearizable: whether each operation can be given an instant between its call and its return, so
//! that the model, doing the operations in the order of their instants, answers as the table did.
//!
//! The search is that of Wing and Gong ("Testing and verifying concurrent objects", 1993): from what has been done, go on
//! with any operation that was called before all others that are left had returned. As Lowe found ("Testing for
//! linearizability", 2017), it need not come twice to the same operations done and the same state; then a history of few
//! threads takes hardly more steps than it has operations. Operations on several keys forbid checking key by key.
//!
//! The crate `todc-utils` has the same search. It keeps the set of what has been done as a byte for each operation; here,
//! as threads do one operation after the other, it is a number for each thread, and a step takes a tenth of the time.

use crate::model::Model;
use crate::record::Event;
use std::collections::HashSet;

pub struct Verdict {
    pub is_linearizable: bool,
    /// How many states the search came to.
    pub states: usize,
}

pub fn check(events: &[Event]) -> Verdict {
    check_until(events, u64::MAX)
}

/// Whether all that is known at an instant is linearizable. What has not returned by then may have been done or not, with
/// any answer: the search may leave it to the end, when it does no harm.
fn check_until(events: &[Event], end: u64) -> Verdict {
    let count = events.iter().map(|event| event.thread + 1).max();
    let mut threads: Vec<Vec<&Event>> = vec![Vec::new(); count.unwrap_or(0)];
    for event in events.iter().filter(|event| event.called <= end) {
        threads[event.thread].push(event);
    }
    let is_known = |event: &Event| event.returned <= end;
    // How many operations of each thread have been done.
    let start = (vec![0; threads.len()], Model::default());
    let mut seen = HashSet::from([start.clone()]);
    let mut open = vec![start];
    while let Some((done, model)) = open.pop() {
        let left = || {
            let left = threads.iter().zip(&done).enumerate();
            left.filter_map(|(at, (thread, done))| Some((at, *thread.get(*done)?)))
        };
        if left().next().is_none() {
            return Verdict {
                is_linearizable: true,
                states: seen.len(),
            };
        }
        let known = left().filter(|(_, event)| is_known(event));
        let first_return = known.map(|(_, event)| event.returned).min();
        for (at, event) in left() {
            if first_return.is_some_and(|first| first < event.called) {
                continue;
            }
            let mut next = model.clone();
            let answer = next.apply(&event.op);
            if is_known(event) && answer != event.answer {
                continue;
            }
            let mut done = done.clone();
            done[at] += 1;
            if seen.insert((done.clone(), next.clone())) {
                open.push((done, next));
            }
        }
    }
    Verdict {
        is_linearizable: false,
        states: seen.len(),
    }
}

/// Of a history that is not linearizable: the first answer that could not be, and what came before it.
pub fn told(events: &[Event]) -> String {
    const SHOWN: usize = 40;
    let mut returns: Vec<u64> = events.iter().map(|event| event.returned).collect();
    returns.sort_unstable();
    let fine = returns.partition_point(|end| check_until(events, *end).is_linearizable);
    let end = returns[fine];
    let known: Vec<&Event> = events.iter().filter(|event| event.called < end).collect();
    let line = |event: &&Event| {
        let mark = if event.returned == end { '>' } else { ' ' };
        let answer = match event.returned <= end {
            true => format!("{:?}", event.answer),
            false => "not returned yet".to_owned(),
        };
        format!(
            "{mark} {}..{} thread {}: {:?}: {answer}",
            event.called, event.returned, event.thread, event.op
        )
    };
    let from = known.len().saturating_sub(SHOWN);
    let lines: Vec<String> = known[from..].iter().map(line).collect();
    format!(
        "the answer at {end} fits no order; the last of {} operations:\n{}",
        known.len(),
        lines.join("\n")
    )
}
