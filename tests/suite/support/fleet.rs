//! Several tables of the engine that differ in nothing but their indexes, and the model: one step, done to all of them.

use super::assign::Set;
use super::fault::Fault;
use super::index::{self, Index};
use super::ops::{build, told, Op};
use super::parse::parse;
use super::predicate::Pred;
use super::query::{simpler_preds, source, Answer, Query, Source, Written};
use super::random::Random;
use super::say::Say;
use super::shrink::{self, Failure};
use super::table::Table;
use super::value::Value;
use dictdb::engine;
use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the tables are for; the first has no index but those that all have.
pub const NAMES: [&str; 4] = ["plain", "single", "compound", "changing"];

/// With each a seed of how it is written.
#[derive(Clone)]
pub enum Step {
    Plain(Op),
    Ask(Query, u64),
    Change(Option<Pred>, Set, u64),
    Remove(Query, u64),
    /// Only on one of the tables, or on all of them, of kinds that differ.
    Create(Index, Option<usize>, u64),
    Drop(Index, Option<usize>, u64),
}

/// A predicate that was said in some way, plainly.
fn meant(pred: &Option<Pred>) -> String {
    match pred {
        Some(pred) => format!(" (that is: {pred:?})"),
        None => String::new(),
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = |table: &Option<usize>| match table {
            Some(table) => format!("table {}", NAMES[*table]),
            None => "all tables".to_owned(),
        };
        match self {
            Step::Plain(op) => write!(f, "{op:?}"),
            Step::Ask(query, seed) => {
                write!(f, "query {:?}{}", query.write(*seed), meant(&query.filter))
            }
            Step::Change(pred, set, seed) => {
                let changed = Changed::new(pred, set, *seed);
                write!(f, "{changed:?}{}", meant(pred))
            }
            Step::Remove(query, seed) => {
                let written = query.write(*seed);
                write!(f, "query_delete {written:?}{}", meant(&query.filter))
            }
            Step::Create(index, on, _) => write!(f, "create {index:?} of {}", table(on)),
            Step::Drop(index, on, _) => write!(f, "drop {index:?} of {}", table(on)),
        }
    }
}

impl Step {
    fn simpler(&self) -> Vec<Step> {
        match self {
            Step::Plain(Op::InsertMany(records)) => {
                let Ok(Value::List(items)) = parse(records) else {
                    return Vec::new();
                };
                let size = |shift: u32| (items.len() >> shift).max(1);
                let mut all = Vec::new();
                for size in [size(1), size(3), 1] {
                    for start in (0..items.len()).step_by(size) {
                        let mut fewer = items.clone();
                        fewer.drain(start..items.len().min(start + size));
                        all.push(Step::Plain(Op::InsertMany(Value::List(fewer).text())));
                    }
                }
                all
            }
            Step::Plain(Op::Insert(record)) => match parse(record) {
                Ok(Value::Dict(fields)) => (0..fields.len())
                    .map(|i| {
                        let mut fewer = fields.clone();
                        fewer.remove(i);
                        Step::Plain(Op::Insert(Value::Dict(fewer).text()))
                    })
                    .collect(),
                _ => Vec::new(),
            },
            Step::Plain(_) | Step::Create(..) | Step::Drop(..) => Vec::new(),
            Step::Ask(query, seed) => {
                let simpler = query.simpler().into_iter();
                simpler.map(|query| Step::Ask(query, *seed)).collect()
            }
            Step::Remove(query, seed) => {
                let simpler = query.simpler().into_iter();
                let simpler = simpler.filter(|query| query.filter.is_some());
                simpler.map(|query| Step::Remove(query, *seed)).collect()
            }
            Step::Change(pred, set, seed) => {
                let sets = set.simpler().into_iter();
                let mut all: Vec<Step> = sets
                    .map(|set| Step::Change(pred.clone(), set, *seed))
                    .collect();
                for simpler in pred.iter().flat_map(simpler_preds) {
                    all.push(Step::Change(Some(simpler), set.clone(), *seed));
                }
                all
            }
        }
    }

    fn is_change(&self) -> bool {
        match self {
            Step::Plain(op) => !matches!(
                op,
                Op::Get(_) | Op::GetMany(_) | Op::Select(..) | Op::Count(_) | Op::Describe
            ),
            Step::Ask(..) => false,
            _ => true,
        }
    }
}

/// An update as it is passed.
struct Changed {
    source: Source,
    set: String,
    params: String,
    wrong_params: bool,
}

impl Changed {
    fn new(pred: &Option<Pred>, set: &Set, seed: u64) -> Changed {
        let mut say = Say::new(seed);
        let source = source(pred.as_ref(), &mut say);
        let set = set.say(&mut say);
        let (params, wrong_params) = say.params();
        Changed {
            source,
            set,
            params,
            wrong_params,
        }
    }

    fn compile(&self) -> Result<engine::Update, engine::Error> {
        let text = match &self.source {
            Source::Where(text) => Some(text.as_str()),
            _ => None,
        };
        engine::Update::new(handle(&self.source)?, text, &self.set)
    }
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changed {
            source,
            set,
            params,
            ..
        } = self;
        write!(f, "run_update {set}, {source:?}, with {params}")
    }
}

/// What the engine prints a predicate as.
fn printed(predicate: &engine::Predicate) -> Result<String, engine::Error> {
    let mut out = Vec::new();
    predicate.print(&mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// The predicate that is passed as a handle, if one is.
fn handle(source: &Source) -> Result<Option<Arc<engine::Predicate>>, engine::Error> {
    let parse = engine::Predicate::parse;
    Ok(match source {
        Source::None | Source::Where(_) => None,
        Source::Built(pred) => Some(build(pred)?),
        Source::Parsed(text) => Some(Arc::new(parse(text)?)),
        Source::Reprinted(text) => {
            let first = parse(text)?;
            let text = printed(&first)?;
            let second = parse(&text)?;
            assert_eq!(printed(&second)?, text, "printing is stable");
            assert_eq!(second.parameters(), first.parameters(), "{text}");
            Some(Arc::new(second))
        }
    })
}

fn compile(written: &Written) -> Result<engine::Query, engine::Error> {
    engine::Query::from_json(handle(&written.source)?, &written.spec)
}

/// What a call answers; a panic is a difference.
fn guarded<T>(
    run: impl FnOnce() -> Result<T, engine::Error>,
) -> Result<Result<T, engine::Error>, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
        format!("panicked: {}", text.unwrap_or_default())
    })
}

struct Member {
    name: &'static str,
    table: engine::Table,
    indexes: Vec<Index>,
}

pub struct Fleet {
    model: Table,
    members: Vec<Member>,
    /// Queries so far.
    pub queries: u64,
}

/// Whether a table says what the model says.
fn compare<T: fmt::Debug>(
    name: &str,
    wanted: &Result<String, Fault>,
    found: &Result<T, engine::Error>,
    is_same: impl Fn(&T) -> bool,
) -> Result<(), String> {
    let agree = match (wanted, found) {
        (Ok(_), Ok(found)) => is_same(found),
        (Err(fault), Err(error)) => fault.agrees(error),
        _ => false,
    };
    if agree {
        return Ok(());
    }
    let found = found.as_ref().map(|found| format!("{found:?}"));
    Err(format!(
        "\n   model: {}\n  table {name}: {}",
        told(wanted),
        told(&found)
    ))
}

impl Fleet {
    pub fn new(options: &str) -> Fleet {
        let read = engine::TableOptions::from_json(options).unwrap();
        let member = |name: &'static str| Member {
            name,
            table: engine::Database::new()
                .create_table("t", read.clone())
                .unwrap(),
            indexes: Vec::new(),
        };
        Fleet {
            model: Table::new("t", options),
            members: NAMES.map(member).into_iter().collect(),
            queries: 0,
        }
    }

    pub fn records(&self) -> usize {
        self.model.rows.len()
    }

    /// What differs, if anything does.
    pub fn apply(&mut self, step: &Step) -> Result<(), String> {
        let done = match step {
            Step::Plain(op) => self.plain(op),
            Step::Ask(query, seed) => {
                self.queries += 1;
                self.ask(query, *seed)
            }
            Step::Change(pred, set, seed) => self.change(pred, set, *seed),
            Step::Remove(query, seed) => self.remove(query, *seed),
            Step::Create(index, on, seed) => self.index(index, *on, *seed, true),
            Step::Drop(index, on, seed) => self.index(index, *on, *seed, false),
        };
        done.map_err(|difference| format!("{step:?}{difference}"))
    }

    fn plain(&mut self, op: &Op) -> Result<(), String> {
        if matches!(op, Op::Describe) {
            return self.describe();
        }
        let wanted = op.on_model(&mut self.model);
        for member in &self.members {
            let found = guarded(|| op.on_engine(&member.table))?;
            let is_same = |found: &String| wanted.as_ref().is_ok_and(|wanted| wanted == found);
            compare(member.name, &wanted, &found, is_same)?;
        }
        Ok(())
    }

    fn describe(&mut self) -> Result<(), String> {
        for member in &self.members {
            let own = std::mem::replace(&mut self.model.indexes, member.indexes.clone());
            let wanted = self.model.describe().text();
            self.model.indexes = own;
            let found = guarded(|| Op::Describe.on_engine(&member.table))?;
            let is_same = |found: &String| *found == wanted;
            compare(member.name, &Ok(wanted.clone()), &found, is_same)?;
        }
        Ok(())
    }

    fn ask(&mut self, query: &Query, seed: u64) -> Result<(), String> {
        let written = query.write(seed);
        let answer = match query.wrong.is_none() && written.wrong_params {
            true => Err(Fault::Parameter),
            false => query.answer(&self.model),
        };
        let compiled = guarded(|| compile(&written))?;
        let params = engine::Params::from_json(&written.params).unwrap();
        let wanted = answer.as_ref().map(|answer| answer.text.clone());
        let wanted = wanted.map_err(Fault::clone);
        // Whether what cannot be computed is noticed if no row is wanted, or only their number, is open.
        let is_computed = !matches!(answer, Err(Fault::AnyOf(_)));
        let agrees = |text: &str| answer.as_ref().is_ok_and(|answer| answer.agrees(text));
        let count = answer.as_ref().map_or(0, |answer| answer.rows.len() as u64);
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(error) => return compare::<String>("(compiling)", &wanted, &Err(error), |_| false),
        };
        for member in &self.members {
            let found = guarded(|| {
                let mut out = Vec::new();
                let count = member.table.query(&compiled, &params, &mut out)?;
                Ok((count, String::from_utf8(out).unwrap()))
            })?;
            let is_open = !is_computed && query.limit == Some(0) && found.is_ok();
            if !is_open {
                compare(member.name, &wanted, &found, |(rows, text)| {
                    *rows == count && agrees(text)
                })?;
            }
            let found = guarded(|| member.table.query_count(&compiled, &params))?;
            if is_computed || found.is_err() {
                let wanted = wanted.as_ref().map(|_| format!("{count} rows"));
                let wanted = wanted.map_err(Fault::clone);
                compare(member.name, &wanted, &found, |found| *found == count)?;
            }
            if seed.is_multiple_of(4) {
                if let Ok(answer) = &answer {
                    self.explain(member, query, answer, &compiled, &params)?;
                }
            }
        }
        Ok(())
    }

    /// What can be said about a plan without knowing it.
    fn explain(
        &self,
        member: &Member,
        query: &Query,
        answer: &Answer,
        compiled: &engine::Query,
        params: &engine::Params,
    ) -> Result<(), String> {
        let told = guarded(|| {
            let mut out = Vec::new();
            member.table.explain(compiled, params, &mut out)?;
            Ok(String::from_utf8(out).unwrap())
        })?;
        let wrong = |told: &dyn fmt::Debug| {
            Err(format!(
                "\n  table {}: a plan that cannot be: {told:?}",
                member.name
            ))
        };
        let Ok(text) = told else {
            return wrong(&told);
        };
        let Ok(plan) = parse(&text) else {
            return wrong(&text);
        };
        let matches = query.matches(&self.model).unwrap().len() as i128;
        let estimated = match plan.field("rows_estimated") {
            Some(Value::Number(text)) => text.parse::<i128>().ok(),
            _ => None,
        };
        let access = plan.field("access").and_then(Value::as_str);
        let has_rest = plan.field("filter").is_some_and(|filter| !filter.is_null());
        let fits = match access {
            Some("nothing") => matches == 0,
            Some("scan" | "primary_key" | "index" | "union" | "intersection" | "all") => true,
            _ => false,
        };
        let fits = fits
            && match (access, estimated) {
                (Some("index" | "primary_key"), Some(estimated)) if !query.is_grouped() => {
                    estimated >= matches && (has_rest || estimated == matches)
                }
                (_, estimated) => estimated.is_some(),
            };
        let orders = ["natural", "index", "top", "sort"];
        let order = plan.field("order").and_then(Value::as_str);
        let fits = fits
            && order.is_some_and(|order| orders.contains(&order))
            && matches!(plan.field("reads_records"), Some(Value::Bool(_)));
        match fits || answer.is_loose {
            true => Ok(()),
            false => wrong(&format!("{text}; {matches} records match")),
        }
    }

    fn change(&mut self, pred: &Option<Pred>, set: &Set, seed: u64) -> Result<(), String> {
        let written = Changed::new(pred, set, seed);
        let wanted = match pred {
            // Of two wrong things either may be told.
            None => Err(match set.check(&self.model.key_field) {
                Ok(()) => Fault::Refused,
                Err(_) => Fault::Any,
            }),
            Some(pred) => set.check(&self.model.key_field).and_then(|()| {
                if written.wrong_params {
                    return Err(Fault::Parameter);
                }
                self.model.run_update(pred, set)
            }),
        };
        let compiled = guarded(|| written.compile())?;
        let params = engine::Params::from_json(&written.params).unwrap();
        self.compare_counts(&wanted, &compiled, |table, update| {
            table.run_update(update, &params)
        })
    }

    fn remove(&mut self, query: &Query, seed: u64) -> Result<(), String> {
        let written = query.write(seed);
        let is_plain = query.columns.is_none()
            && !query.is_grouped()
            && query.order_by.is_empty()
            && query.limit.is_none()
            && query.offset.is_none()
            && !query.distinct;
        let wanted = match &query.filter {
            _ if query.wrong.is_some() || !is_plain && written.wrong_params => Err(Fault::Any),
            Some(_) if is_plain && written.wrong_params => Err(Fault::Parameter),
            Some(pred) if is_plain => self.model.delete(pred),
            _ => Err(Fault::Refused),
        };
        let compiled = guarded(|| compile(&written))?;
        let params = engine::Params::from_json(&written.params).unwrap();
        self.compare_counts(&wanted, &compiled, |table, query| {
            table.query_delete(query, &params)
        })
    }

    fn compare_counts<T>(
        &self,
        wanted: &Result<usize, Fault>,
        compiled: &Result<T, engine::Error>,
        run: impl Fn(&engine::Table, &T) -> Result<u64, engine::Error>,
    ) -> Result<(), String> {
        let text = wanted.as_ref().map(|count| count.to_string());
        let text = text.map_err(Fault::clone);
        for member in &self.members {
            let found = match compiled {
                Ok(compiled) => guarded(|| run(&member.table, compiled))?,
                Err(error) => Err(error.clone()),
            };
            compare(member.name, &text, &found, |found| {
                wanted.as_ref().is_ok_and(|wanted| *wanted as u64 == *found)
            })?;
        }
        Ok(())
    }

    /// Makes an index, or drops it.
    fn index(
        &mut self,
        index: &Index,
        on: Option<usize>,
        seed: u64,
        is_made: bool,
    ) -> Result<(), String> {
        if on.is_none() {
            let mut list = std::mem::take(&mut self.model.indexes);
            let _ = match is_made {
                true => index::create(&mut list, index, &self.model),
                false => index::drop(&mut list, index),
            };
            self.model.indexes = list;
        }
        for (at, member) in self.members.iter_mut().enumerate() {
            if on.is_some_and(|on| on != at) {
                continue;
            }
            let mut random = Random(seed);
            let mut index = index.clone();
            // Of a kind that depends on the table, if all have it.
            index.sorted ^= on.is_none() && at % 2 == 1;
            let (wanted, found) = if is_made {
                let options = index.options(&mut random);
                let found = guarded(|| {
                    let options = engine::IndexOptions::from_json(&options)?;
                    member.table.create_index(&options)
                })?;
                let wanted = index::create(&mut member.indexes, &index, &self.model);
                (wanted, found)
            } else {
                let fields = index.named(&mut random).text();
                let found = guarded(|| member.table.drop_index(&fields))?;
                (index::drop(&mut member.indexes, &index), found)
            };
            let wanted = wanted.map(|()| "done".to_owned());
            compare(member.name, &wanted, &found, |()| true)?;
        }
        Ok(())
    }

    /// All records in their order, and the counters.
    pub fn same_state(&self) -> Result<(), String> {
        let all = Op::Select(None, "{}".to_owned());
        let records = self.model.rows.iter().map(|row| row.record.clone());
        let rows = Value::List(records.collect()).text();
        let wanted = Ok(format!("{} {rows}", self.model.rows.len()));
        for member in &self.members {
            let found = guarded(|| all.on_engine(&member.table))?;
            let same = |found: &String| wanted.as_ref().is_ok_and(|wanted| wanted == found);
            compare(member.name, &wanted, &found, same)?;
            let mut out = Vec::new();
            member.table.statistics(&mut out).unwrap();
            let statistics = parse(std::str::from_utf8(&out).unwrap()).unwrap();
            for (name, wanted) in [
                ("records", self.model.rows.len() as u64),
                ("inserted", self.model.inserted),
                ("updated", self.model.updated),
                ("deleted", self.model.deleted),
            ] {
                let found = statistics.field(name).unwrap().text();
                if found != wanted.to_string() {
                    return Err(format!(
                        "\n  table {}: {name} is {found}, not {wanted}",
                        member.name
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Does all steps; says which failed, and how. The records are compared after so many changes.
pub fn run(options: &str, steps: &[Step], check_every: usize) -> Result<Fleet, Failure> {
    let mut fleet = Fleet::new(options);
    let mut changes = 0;
    for (i, step) in steps.iter().enumerate() {
        fleet.apply(step).map_err(|difference| (i, difference))?;
        if step.is_change() {
            changes += 1;
            if changes % check_every == 0 {
                let same = fleet.same_state();
                same.map_err(|difference| (i, format!("after {step:?}{difference}")))?;
            }
        }
    }
    let last = steps.len().saturating_sub(1);
    let same = fleet.same_state();
    same.map_err(|difference| (last, format!("at the end{difference}")))?;
    Ok(fleet)
}

/// As `run`; a failing list is told in its shortened form, under a name that says how to get it again.
pub fn check(name: &str, options: &str, steps: Vec<Step>, check_every: usize) -> Fleet {
    let failure = match run(options, &steps, check_every) {
        Ok(fleet) => return fleet,
        Err(failure) => failure,
    };
    let end = Instant::now() + Duration::from_secs(60);
    let again = |steps: &[Step]| run(options, steps, check_every).map(|_| ());
    let (steps, difference) = shrink::shorten(steps, failure, end, again);
    let (steps, difference) = shrink::simplify(steps, difference, end, again, Step::simpler);
    panic!(
        "{name}: tables {options}, {}",
        shrink::told(&steps, &difference)
    );
}
