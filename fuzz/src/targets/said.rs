//! Predicates, updates and queries in one of the ways to write them, with the parameters that they want.

use super::api::{Answer, Own, Predicate};
use super::choices::Choices;
use super::model::assign::Set;
use super::model::parse::parse;
use super::model::predicate::Pred;
use super::model::query::{Query, Source, Written};
use super::model::say::Say;
use super::model::table::Key;

/// An update as text.
pub struct Said {
    pub text: String,
    pub set: String,
    pub params: String,
}

/// What is said with a seed, or with another one if that gives wrong parameters on purpose.
fn said<T>(choices: &mut Choices, say: impl Fn(&mut Say) -> T) -> (T, String) {
    let mut seed = choices.seed();
    loop {
        let mut words = Say::new(seed);
        let said = say(&mut words);
        if let (params, false) = words.params() {
            return (said, params);
        }
        seed += 1 << 16;
    }
}

/// A predicate, and the array of its parameters.
pub fn text(pred: &Pred, choices: &mut Choices) -> (String, String) {
    said(choices, |say| {
        say.pred(pred, 0);
        say.take()
    })
}

/// A predicate with its values in it.
pub fn handle(pred: &Pred, choices: &mut Choices) -> Answer<Own<Predicate>> {
    let (text, params) = text(pred, choices);
    Predicate::parse(text.as_bytes())?.bind(Some(params.as_bytes()))
}

pub fn update(pred: &Pred, set: &Set, choices: &mut Choices) -> Said {
    let ((text, set), params) = said(choices, |say| {
        say.pred(pred, 0);
        (say.take(), set.say(say))
    });
    Said { text, set, params }
}

/// A query whose predicate, if it has one, is text.
pub fn query(query: &Query, choices: &mut Choices) -> Written {
    let mut seed = choices.seed();
    loop {
        let written = query.write(seed);
        if !matches!(written.source, Source::Built(_)) && !written.wrong_params {
            return written;
        }
        seed += 1 << 16;
    }
}

pub fn key(json: &str) -> Key {
    parse(json)
        .ok()
        .and_then(|value| Key::of(&value).ok())
        .expect("a key")
}
