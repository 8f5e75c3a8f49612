//! The limits that the header names: what is just within them works, what is beyond gives `Limit`.

use dictdb::engine::{Case, Database, Error, Predicate, TableOptions};
use std::sync::Arc;

fn limit<T: std::fmt::Debug>(result: Result<T, Error>) -> Option<u64> {
    match result {
        Err(Error::Limit { limit, .. }) => Some(limit),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    }
}

#[test]
fn patterns_have_8192_bytes() {
    let pattern = |bytes: usize| format!("\"{}\"", "é".repeat(bytes / 2));
    for case in [Case::Sensitive, Case::Insensitive] {
        assert_eq!(
            limit(Predicate::like(case, "a", &pattern(8192), None)),
            None
        );
        assert_eq!(
            limit(Predicate::like(case, "a", &pattern(8194), None)),
            Some(8192)
        );
    }
}

#[test]
fn predicates_nest_128_levels() {
    let mut nested = Arc::new(Predicate::all());
    for _ in 1..128 {
        nested = Arc::new(Predicate::not(nested).unwrap());
    }
    let table = Database::new()
        .create_table("t", TableOptions::default())
        .unwrap();
    table.insert("{}", None).unwrap();
    assert_eq!(table.count(Some(&nested)), Ok(0));
    assert_eq!(limit(Predicate::not(nested.clone())), Some(128));
    assert_eq!(limit(Predicate::and(vec![nested.clone()])), Some(128));
    assert_eq!(limit(Predicate::or(vec![nested])), Some(128));
}

/// A predicate may stand in another one many times over; what that costs is bounded.
#[test]
fn shared_operands_do_not_blow_up() {
    let mut shared = Arc::new(Predicate::is_null("a").unwrap());
    for _ in 0..128 {
        match Predicate::and(vec![shared.clone(), shared.clone()]) {
            Ok(doubled) => shared = Arc::new(doubled),
            Err(error) => {
                assert!(matches!(error, Error::Limit { .. }), "{error}");
                return;
            }
        }
    }
    panic!("2^128 operands were taken");
}
