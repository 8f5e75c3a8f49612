//! Batches as one JSON text.

use super::commit::in_batch;
use super::Batch;
use crate::engine::db::Database;
use crate::engine::json::{canonical, elements, inside, members, string_of, unescaped_bytes};
use crate::engine::key::KeyRef;
use crate::engine::limits::{exceeded, reserve, MAX_TEXT};
use crate::engine::options::unknown;
use crate::engine::predicate::Predicate;
use crate::engine::table::{Conflict, Table, Update};
use crate::engine::{Error, Key, Params, Result};
use std::sync::Arc;

const KNOWN: &str = "\"insert\", \"insert_many\", \"upsert\", \"update\", \"delete\" (one of them), \"record\", \"records\", \
                     \"on_conflict\", \"key\", \"where\", \"changes\", \"set\", \"params\"";

/// The members of an operation, as they are written.
#[derive(Default)]
struct Spec<'a> {
    verb: Option<(Verb, &'a [u8])>,
    record: Option<&'a [u8]>,
    records: Option<&'a [u8]>,
    on_conflict: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
    condition: Option<&'a [u8]>,
    changes: Option<&'a [u8]>,
    set: Option<&'a [u8]>,
    params: Option<&'a [u8]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Insert,
    InsertMany,
    Upsert,
    Update,
    Delete,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Verb::Insert => "insert",
            Verb::InsertMany => "insert_many",
            Verb::Upsert => "upsert",
            Verb::Update => "update",
            Verb::Delete => "delete",
        }
    }

    /// The members that it takes, beside itself.
    fn takes(self) -> &'static [&'static str] {
        match self {
            Verb::Insert => &["record"],
            Verb::InsertMany => &["records"],
            Verb::Upsert => &["record", "on_conflict"],
            Verb::Update => &["key", "where", "changes", "set", "params"],
            Verb::Delete => &["key", "where", "params"],
        }
    }
}

impl Database {
    /// Does the operations of a JSON array as one, or nothing. Appends a JSON array with the result of each; returns how
    /// many there are.
    pub fn batch(&self, operations: &str, results: Option<&mut Vec<u8>>) -> Result<usize> {
        let interrupt = self.limits().begin();
        let mut ticker = interrupt.ticker();
        let text = canonical(operations)?;
        if !text.starts_with(b"[") {
            return Err(Error::json(0, "expected an array of operations"));
        }
        let batch = Batch::new();
        for (at, operation) in elements(&text).enumerate() {
            ticker.tick()?;
            add(self, &batch, operation).map_err(in_batch(at))?;
        }
        batch.commit_within(&interrupt, results)
    }
}

fn add(database: &Database, batch: &Batch, operation: &[u8]) -> Result<()> {
    let spec = Spec::read(operation)?;
    let Some((verb, table)) = spec.verb else {
        let right = "is missing: an operation is an \"insert\", \"insert_many\", \"upsert\", \"update\" or \"delete\"";
        return Err(Error::option("operation", right));
    };
    spec.check(verb)?;
    let wrong = || Error::option(verb.name(), "must be the name of a table");
    let name = string_of(table).ok_or_else(wrong)?;
    let table = database.table(&name)?;
    match verb {
        Verb::Insert => batch.insert(&table, an_object("record", spec.record)?),
        Verb::InsertMany => batch.insert_many(&table, an_array("records", spec.records)?),
        Verb::Upsert => {
            let conflict = conflict(spec.on_conflict)?;
            batch.upsert(&table, an_object("record", spec.record)?, conflict)
        }
        Verb::Update => spec.update(batch, &table),
        Verb::Delete => match spec.target()? {
            Target::Key(key) => {
                spec.no_params("\"where\"")?;
                batch.delete_by_key(&table, &key)
            }
            Target::Matching(predicate) => batch.delete(&table, predicate, spec.params()?),
        },
    }
}

enum Target {
    Key(Key<'static>),
    Matching(Arc<Predicate>),
}

impl<'a> Spec<'a> {
    fn read(operation: &'a [u8]) -> Result<Spec<'a>> {
        if !operation.starts_with(b"{") {
            return Err(Error::option("operation", "must be an object"));
        }
        let mut spec = Spec::default();
        for (name, value) in members(operation) {
            let mut is = |verb: Verb| match spec.verb.replace((verb, value)) {
                None => Ok(()),
                Some((other, _)) => {
                    let reason = format!("does not go with {:?}", other.name());
                    Err(Error::option(verb.name(), reason))
                }
            };
            // As elsewhere, a member that is null is one that is not there.
            let given = (value != b"null").then_some(value);
            match name {
                b"insert" => is(Verb::Insert)?,
                b"insert_many" => is(Verb::InsertMany)?,
                b"upsert" => is(Verb::Upsert)?,
                b"update" => is(Verb::Update)?,
                b"delete" => is(Verb::Delete)?,
                b"record" => spec.record = given,
                b"records" => spec.records = given,
                b"on_conflict" => spec.on_conflict = given,
                // A key that came out as null is no key, not a missing one.
                b"key" => spec.key = Some(value),
                b"where" => spec.condition = given,
                b"changes" => spec.changes = given,
                b"set" => spec.set = given,
                b"params" => spec.params = given,
                other => return Err(unknown(other, KNOWN)),
            }
        }
        Ok(spec)
    }

    /// Refuses members that the verb does not take.
    fn check(&self, verb: Verb) -> Result<()> {
        let given = [
            ("record", self.record),
            ("records", self.records),
            ("on_conflict", self.on_conflict),
            ("key", self.key),
            ("where", self.condition),
            ("changes", self.changes),
            ("set", self.set),
            ("params", self.params),
        ];
        for (name, value) in given {
            if value.is_some() && !verb.takes().contains(&name) {
                let takes = verb.takes().join("\", \"");
                let reason = format!(
                    "does not go with {:?}, which takes \"{takes}\"",
                    verb.name()
                );
                return Err(Error::option(name, reason));
            }
        }
        Ok(())
    }

    fn target(&self) -> Result<Target> {
        match (self.key, self.condition) {
            (Some(key), None) => Ok(Target::Key(KeyRef::read(key)?.to_key()?)),
            (None, Some(condition)) => {
                let parsed = Predicate::parse(&text("where", condition)?);
                Ok(Target::Matching(Arc::new(parsed.map_err(of("where"))?)))
            }
            (Some(_), Some(_)) => Err(Error::option("where", "does not go with \"key\"")),
            (None, None) => {
                let right = "is missing, and so is \"key\": which records? (TRUE for all)";
                Err(Error::option("where", right))
            }
        }
    }

    fn params(&self) -> Result<Params<'_>> {
        match self.params {
            Some(params) => Params::from_json(an_array("params", Some(params))?),
            None => Ok(Params::none()),
        }
    }

    fn no_params(&self, who: &str) -> Result<()> {
        match self.params {
            Some(_) => Err(Error::option("params", format!("goes with {who} only"))),
            None => Ok(()),
        }
    }

    fn update(&self, batch: &Batch, table: &Table) -> Result<()> {
        let target = self.target()?;
        match (target, self.changes, self.set) {
            (Target::Key(key), Some(changes), None) => {
                self.no_params("\"where\" or \"set\"")?;
                batch.update_by_key(table, &key, an_object("changes", Some(changes))?)
            }
            (Target::Matching(predicate), Some(changes), None) => {
                let changes = an_object("changes", Some(changes))?;
                batch.update_matching(table, predicate, self.params()?, changes)
            }
            (Target::Key(key), None, Some(set)) => {
                let set = text("set", set)?;
                let added = batch.assign_by_key(table, &key, &set, self.params()?);
                added.map_err(of("set"))
            }
            (Target::Matching(predicate), None, Some(set)) => {
                let update = Update::new(Some(predicate), None, &text("set", set)?);
                batch.update(table, &update.map_err(of("set"))?, self.params()?)
            }
            (_, Some(_), Some(_)) => Err(Error::option("set", "does not go with \"changes\"")),
            (_, None, None) => {
                let right = "is missing, and so is \"set\": what is to be changed?";
                Err(Error::option("changes", right))
            }
        }
    }
}

/// Says of an error in a text which member has it.
fn of(member: &'static str) -> impl FnOnce(Error) -> Error {
    move |mut error| {
        if let Error::Parse { member: place, .. } = &mut error {
            *place = Some(member.to_owned());
        }
        error
    }
}

/// The canonical text of a member that must be there, and must be an object.
fn an_object<'a>(name: &'static str, value: Option<&'a [u8]>) -> Result<&'a str> {
    json(name, value, b'{', "must be an object")
}

/// The canonical text of a member that must be there, and must be an array.
fn an_array<'a>(name: &'static str, value: Option<&'a [u8]>) -> Result<&'a str> {
    json(name, value, b'[', "must be an array")
}

fn json<'a>(name: &str, value: Option<&'a [u8]>, first: u8, wrong: &str) -> Result<&'a str> {
    let value = value.ok_or_else(|| Error::option(name, "is missing"))?;
    match value.first() == Some(&first) {
        true => Ok(std::str::from_utf8(value).unwrap_or_default()),
        false => Err(Error::option(name, wrong)),
    }
}

/// What a string stands for.
fn text(name: &'static str, value: &[u8]) -> Result<String> {
    let inside = inside(value).ok_or_else(|| Error::option(name, "must be a string"))?;
    // Each byte comes of at most six.
    if inside.len() > 6 * MAX_TEXT {
        return Err(exceeded("bytes of a text to compile", MAX_TEXT));
    }
    let mut text = Vec::new();
    reserve(&mut text, inside.len())?;
    text.extend(unescaped_bytes(inside));
    Ok(String::from_utf8(text).unwrap_or_default())
}

fn conflict(value: Option<&[u8]>) -> Result<Conflict> {
    match value {
        None | Some(b"\"update\"") => Ok(Conflict::Update),
        Some(b"\"ignore\"") => Ok(Conflict::Ignore),
        Some(b"\"error\"") => Ok(Conflict::Error),
        Some(_) => {
            let right = "must be \"update\", \"ignore\" or \"error\"";
            Err(Error::option("on_conflict", right))
        }
    }
}
