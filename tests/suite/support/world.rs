//! Random tables, steps and queries, in which values collide and come close to each other.

use super::aggregate::{Aggregate, Function};
use super::assign::{Call, Expr, Set, Sign};
use super::fleet::Step;
use super::index::Index;
use super::ops::Op;
use super::parse::parse;
use super::path::{look_up, parse_path};
use super::predicate::{Cmp, Part, Pred};
use super::query::Query;
use super::random::Random;
use super::table::OnTaken;
use super::value::{order, Value};

const INTEGERS: &[&str] = &["0", "1", "2", "3", "4", "5", "7", "-1", "10"];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "1.0",
    "1e0",
    "-0.0",
    "-0",
    "2",
    "1.5",
    "15e-1",
    "-1",
    "-1.5",
    "0.1",
    "0.3",
    "0.30000000000000004",
    "0.30000000000000010",
    "9007199254740991",
    "9007199254740992",
    "9007199254740992.0",
    "9007199254740993",
    "9007199254740993.0",
    "9007199254740994",
    "-9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775808.0",
    "18446744073709551614",
    "18446744073709551615",
    "18446744073709551616.0",
    "1e19",
    "5e-324",
    "123456789012345678",
];

const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""ab""#,
    r#""abc""#,
    r#""abcdef""#,
    r#""abcdefg""#,
    r#""abcdefh""#,
    r#""abcdefgh""#,
    r#""abcdefghi""#,
    r#""abcdefgh\u0000""#,
    r#""abcdefgh\u007f""#,
    r#""abcdefgh\u0080""#,
    r#""abcdefghijklmnop""#,
    r#""abcdefghijklmnopq""#,
    r#""abcdefghijklmnopr""#,
    r#""abcdefghijklmnopé""#,
    r#""abcdefZ""#,
    r#""Abc""#,
    r#""ABCDEFGH""#,
    r#""abcdef\u0000""#,
    r#""abcdef\u0001""#,
    r#""\u0000""#,
    r#""a\u0000""#,
    r#""a\u0000b""#,
    r#""ab\"c""#,
    r#""ab'c""#,
    r#""ab\\c""#,
    r#""ab\nc""#,
    r#""a%b""#,
    r#""a_b""#,
    r#""é""#,
    r#""éa""#,
    r#""É""#,
    r#""abcé""#,
    r#""\uffff""#,
    r#""😀""#,
    r#""ab😀""#,
    r#""1""#,
];

const OTHERS: &[&str] = &[
    "null",
    "true",
    "false",
    "[]",
    "[1]",
    "[1.0]",
    "[1,2]",
    "[null]",
    r#"["a"]"#,
    r#"["ab\u0000"]"#,
    "{}",
    r#"{"b":1}"#,
    r#"{"b":1e0}"#,
    r#"{"b":2,"c":[1]}"#,
    r#"{"c":[1.0],"b":2}"#,
];

/// What queries ask of, and what is indexed.
const FIELDS: &[&str] = &[
    "a", "b", "c", "s", "n.b", "n.s", "u", "tags[0]", "tags", "n", "id", "`x y`", "min", "`in`",
    "missing",
];

/// Fields that are indexed on their own.
const SINGLE: &[&str] = &[
    "a", "b", "c", "s", "n.b", "n.s", "tags[0]", "tags", "n", "id", "`x y`", "min", "missing",
];

const COMPOUND: &[&[&str]] = &[
    &["a", "b"],
    &["b", "a"],
    &["n.b", "a"],
    &["a", "n.b", "b"],
    &["s", "a"],
    &["a", "s"],
    &["a", "b", "c"],
    &["b", "n.s"],
    &["id", "a"],
    &["tags[0]", "b"],
    &["c"],
    &["n.s"],
];

const UNIQUE: &[&[&str]] = &[&["u"], &["u", "a"], &["n.u"], &["u", "n.b"]];

const KEYS: &[&str] = &[
    "\"k1\"",
    "\"k2\"",
    "\"k3\"",
    "\"é'\\u0000\"",
    "70",
    "-3",
    "0",
];

const SCHEMA: &str = r#"{"schema":{"a":{"type":"float","nullable":true},"b":{"type":"int","default":7},
    "c":{"type":"bool","nullable":true},"s":{"type":"str","nullable":true,"default":"abc"},"n":{"type":"dict","nullable":true},
    "tags":{"type":"list","nullable":true},"u":{"type":"int","nullable":true}}}"#;

/// A table in the making, and what is done to it.
pub struct World {
    random: Random,
    /// Each field's values: few.
    pools: Vec<(&'static str, Vec<String>)>,
    has_schema: bool,
    unique: Option<Index>,
    /// Records that were made, and the one that constants are taken from now.
    made: Vec<Value>,
    focus: Option<Value>,
}

fn quoted(text: &str) -> String {
    Value::Str(text.to_owned()).text()
}

impl World {
    fn new(seed: u64) -> World {
        let mut world = World {
            random: Random(seed),
            pools: Vec::new(),
            has_schema: false,
            unique: None,
            made: Vec::new(),
            focus: None,
        };
        world.has_schema = world.random.chance(7);
        for field in ["a", "b", "c", "s", "u", "x y", "min", "in"] {
            let pool = world.make_pool(field);
            world.pools.push((field, pool));
        }
        if world.random.chance(3) {
            let fields = UNIQUE[world.below(UNIQUE.len())];
            world.unique = Some(Index::new(fields, world.random.chance(2), true));
        }
        world
    }

    fn below(&mut self, end: usize) -> usize {
        self.random.below(end as u64) as usize
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn make_pool(&mut self, field: &str) -> Vec<String> {
        if field == "u" {
            // Many of them, so that few collide.
            let mut pool: Vec<String> = (0..14).map(|n| n.to_string()).collect();
            if !self.has_schema {
                let more: &[&str] = match self.random.chance(2) {
                    true => &["3.0", "4e0", "null"],
                    false => &["3.0", "\"3\"", "\"\"", "null", "null", "[3]", "[3.0]"],
                };
                pool.extend(more.iter().map(|json| json.to_string()));
            }
            return pool;
        }
        let style = match (field, self.has_schema) {
            ("a", true) => 1,
            ("b", true) => 0,
            ("s", _) => 2,
            ("c", true) => 4,
            _ => self.below(4),
        };
        let size = 1 + self.below(7);
        let pool = (0..size).map(|_| {
            let choices = match style {
                0 => INTEGERS,
                1 => NUMBERS,
                2 => STRINGS,
                4 => &["true", "false"],
                _ => self.pick(&[INTEGERS, NUMBERS, STRINGS, OTHERS]),
            };
            self.pick(choices).to_owned()
        });
        let mut pool: Vec<String> = pool.collect();
        if !self.has_schema && self.random.chance(2) {
            pool.push("null".to_owned());
        }
        pool
    }

    fn value(&mut self, field: &str) -> String {
        let place = self.pools.iter().position(|(name, _)| *name == field);
        let pool = &self.pools[place.unwrap()].1;
        pool[self.random.below(pool.len() as u64) as usize].clone()
    }

    /// A value of a reference, most often one that records have.
    fn constant(&mut self, reference: &str) -> String {
        if self.random.chance(9) {
            let choices = self.pick(&[INTEGERS, NUMBERS, STRINGS, OTHERS]);
            return self.pick(choices).to_owned();
        }
        if let Some(record) = &self.focus {
            let value = look_up(record, &parse_path(reference).unwrap());
            let is_there = !value.is_null() || reference != "id";
            if is_there && !self.random.chance(4) {
                return value.text();
            }
        }
        match reference {
            "n.b" | "tags[0]" => self.value("b"),
            "n.s" => self.value("s"),
            "n" => self.dict(),
            "tags" => self.list(),
            "id" => self.key(),
            "missing" => "null".to_owned(),
            field => self.value(field.trim_matches('`')),
        }
    }

    fn key(&mut self) -> String {
        match self.below(5) {
            0 => self.pick(KEYS).to_owned(),
            1 if self.random.chance(4) => "1.0".to_owned(),
            _ => (1 + self.below(40)).to_string(),
        }
    }

    fn dict(&mut self) -> String {
        let mut fields = Vec::new();
        for (name, from) in [("b", "b"), ("s", "s"), ("u", "u")] {
            if !self.random.chance(4) {
                fields.push(format!("\"{name}\":{}", self.value(from)));
            }
        }
        if self.random.chance(2) {
            fields.reverse();
        }
        format!("{{{}}}", fields.join(","))
    }

    fn list(&mut self) -> String {
        let count = self.below(4);
        let items: Vec<String> = (0..count).map(|_| self.value("b")).collect();
        format!("[{}]", items.join(","))
    }

    /// Fields as the text inside of an object's braces; each is there with a chance of one to `rare`.
    fn fields(&mut self, rare: u64, with_key: bool) -> String {
        let mut fields = Vec::new();
        let names: &[&str] = match self.has_schema {
            true => &["a", "b", "c", "s", "u", "n", "tags"],
            false => &["a", "b", "c", "s", "u", "n", "tags", "x y", "min", "in"],
        };
        for &name in names {
            let is_there = match rare {
                1 => !self.random.chance(7),
                rare => self.random.chance(rare),
            };
            if !is_there {
                continue;
            }
            let value = match name {
                "n" if self.has_schema || !self.random.chance(6) => self.dict(),
                "tags" if self.has_schema || !self.random.chance(6) => self.list(),
                "n" | "tags" => self.pick(&["null", "1", "\"a\"", "[{}]", "{}"]).to_owned(),
                name => self.value(name),
            };
            fields.push(format!("{}:{value}", quoted(name)));
        }
        if with_key {
            let key = match self.random.chance(60) {
                true => self.pick(&["true", "1.5", "\"\"", "null"]).to_owned(),
                false => self.key(),
            };
            fields.push(format!("\"id\":{key}"));
        }
        if self.random.chance(400) {
            fields.push(
                self.pick(&["\"z\":1", "\"b\":\"x\"", "\"s\":[]"])
                    .to_owned(),
            );
        }
        if self.random.chance(4) {
            let middle = self.below(fields.len() + 1);
            fields.rotate_left(middle);
        }
        fields.join(",")
    }

    fn record(&mut self, keyed: u64) -> String {
        let with_key = self.random.chance(keyed);
        let record = format!("{{{}}}", self.fields(1, with_key));
        self.made.extend(parse(&record).ok());
        record
    }

    /// Takes most of the constants from one record, so that what is asked for is there, or near it.
    fn focus(&mut self) {
        self.focus = match self.made.len() {
            0 => None,
            made => {
                let back = self.below(made.min(40));
                Some(self.made[made - 1 - back].clone())
            }
        };
    }

    fn records(&mut self, most: usize) -> String {
        let count = self.below(most + 1);
        let records: Vec<String> = (0..count).map(|_| self.record(60)).collect();
        format!("[{}]", records.join(","))
    }

    fn field(&mut self) -> &'static str {
        match self.below(3) {
            0 => self.pick(FIELDS),
            _ => self.pick(&["a", "b", "s", "n.b", "a"]),
        }
    }

    /// A beginning of a string that is somewhere in the table.
    fn prefix(&mut self, field: &str) -> String {
        let text = self.constant(field);
        let Ok(Value::Str(text)) = parse(&text) else {
            return self.pick(&["", "a", "ab", "abcdefgh"]).to_owned();
        };
        let length = self.below(text.chars().count() + 1);
        text.chars().take(length).collect()
    }

    fn text_test(&mut self) -> Pred {
        let field = self.pick(&["s", "s", "s", "n.s", "a", "c"]);
        let prefix = self.prefix(field);
        let fold = self.random.chance(4);
        let field = field.to_owned();
        if self.random.chance(2) {
            let part = self.pick(&[
                Part::Prefix,
                Part::Prefix,
                Part::Prefix,
                Part::Suffix,
                Part::Substring,
                Part::Whole,
            ]);
            return Pred::Text(part, fold, field, quoted(&prefix));
        }
        let escaped: String = prefix
            .chars()
            .flat_map(|c| {
                if "%_!".contains(c) {
                    vec!['!', c]
                } else {
                    vec![c]
                }
            })
            .collect();
        let (text, escape) = match self.random.chance(2) {
            true => (escaped, Some('!')),
            false => (prefix, None),
        };
        let pattern = match self.below(7) {
            0 => text,
            1 => format!("{text}_"),
            2 => format!("%{text}"),
            3 => format!("{text}%_"),
            4 => format!("{text}_%"),
            _ => format!("{text}%"),
        };
        Pred::Like(fold, field, quoted(&pattern), escape)
    }

    fn compare(&mut self, cmp: Cmp, field: &str) -> Pred {
        let constant = self.constant(field);
        Pred::Compare(cmp, field.to_owned(), constant)
    }

    /// A constant for a comparison that null never passes; null all the same, now and then.
    fn bound(&mut self, field: &str) -> String {
        let focus = self.focus.clone();
        let mut bound = self.constant(field);
        for _ in 0..3 {
            if bound == "null" && !self.random.chance(10) {
                self.focus = None;
                bound = self.constant(field);
            }
        }
        self.focus = focus;
        bound
    }

    /// Two of them, most often the lower first.
    fn bounds(&mut self, field: &str) -> (String, String) {
        let low = self.bound(field);
        let focus = self.focus.take();
        let high = self.bound(field);
        self.focus = focus;
        let is_less = order(&parse(&low).unwrap(), &parse(&high).unwrap()).is_le();
        match is_less || self.random.chance(6) {
            true => (low, high),
            false => (high, low),
        }
    }

    fn range(&mut self, field: &str) -> Pred {
        match self.below(5) {
            0 => {
                let (low, high) = self.bounds(field);
                Pred::Between(field.to_owned(), low, high)
            }
            1 if field == "s" || field == "n.s" => self.text_test(),
            _ => {
                let cmp = self.pick(&[Cmp::Lt, Cmp::Le, Cmp::Le, Cmp::Gt, Cmp::Ge, Cmp::Ge]);
                let bound = self.bound(field);
                Pred::Compare(cmp, field.to_owned(), bound)
            }
        }
    }

    fn is_in(&mut self, field: &str) -> Pred {
        let count = 1 + self.below(5) - usize::from(self.random.chance(5));
        let mut list: Vec<String> = (0..count).map(|_| self.constant(field)).collect();
        if count > 1 && self.random.chance(2) {
            list.push(list[0].clone());
        }
        Pred::In(field.to_owned(), format!("[{}]", list.join(",")))
    }

    fn leaf(&mut self) -> Pred {
        let field = self.field();
        match self.below(24) {
            0..=6 => self.compare(Cmp::Eq, field),
            7..=11 => self.range(field),
            12 => self.compare(Cmp::Ne, field),
            13 | 14 => self.is_in(field),
            15..=18 => self.text_test(),
            19 => {
                let field = self.pick(&["tags", "tags", "n", "s", "a"]).to_owned();
                let constant = match field.as_str() {
                    "tags" => self.value("b"),
                    "n" => "\"b\"".to_owned(),
                    _ => self.constant("s"),
                };
                Pred::Contains(field, constant)
            }
            20 => Pred::IsNull(field.to_owned()),
            21 => Pred::IsNotNull(field.to_owned()),
            22 if self.random.chance(4) => Pred::All,
            22 => self.is_in("id"),
            _ => self.compare(Cmp::Eq, "id"),
        }
    }

    fn pred(&mut self, depth: usize) -> Pred {
        if depth == 0 {
            return self.leaf();
        }
        match self.below(10) {
            0..=2 => self.leaf(),
            // What an index on several fields may serve.
            3..=5 => {
                let first = self.pick(&["a", "b", "n.b", "s", "a"]);
                let second = self.pick(&["b", "a", "s", "n.b", "n.s"]);
                let mut all = vec![match self.below(4) {
                    0 => self.is_in(first),
                    _ => self.compare(Cmp::Eq, first),
                }];
                all.push(match self.below(3) {
                    0 => self.compare(Cmp::Eq, second),
                    _ => self.range(second),
                });
                if self.random.chance(6) {
                    all.push(self.pred(depth - 1));
                }
                if self.random.chance(6) {
                    let field = self.pick(&["a", "b"]);
                    all.push(self.range(field));
                }
                let middle = self.below(all.len());
                all.rotate_left(middle);
                Pred::And(all)
            }
            6 => {
                let field = self.pick(&["a", "b", "s", "n.b"]);
                let count = 2 + self.below(2);
                let any = (0..count).map(|_| match self.random.chance(2) {
                    true => self.compare(Cmp::Eq, field),
                    false => self.pred(depth - 1),
                });
                Pred::Or(any.collect())
            }
            7 => Pred::Not(Box::new(self.pred(depth - 1))),
            8 => {
                // Both ends of a range.
                let field = self.pick(&["a", "b", "s", "n.b", "id"]);
                let from = self.pick(&[Cmp::Gt, Cmp::Ge, Cmp::Ge]);
                let to = self.pick(&[Cmp::Lt, Cmp::Le, Cmp::Le]);
                let (low, high) = self.bounds(field);
                let mut all = vec![
                    Pred::Compare(from, field.to_owned(), low),
                    Pred::Compare(to, field.to_owned(), high),
                ];
                if self.random.chance(2) {
                    all.push(self.compare(Cmp::Eq, "a"));
                }
                Pred::And(all)
            }
            _ => {
                let count = 1 + self.below(3) - usize::from(self.random.chance(3));
                let all = (0..count).map(|_| self.pred(depth - 1)).collect();
                match self.random.chance(2) {
                    true => Pred::And(all),
                    false => Pred::Or(all),
                }
            }
        }
    }

    fn order_by(&mut self) -> Vec<(String, bool)> {
        let terms: &[(&str, bool)] = match self.below(14) {
            0 => &[("a", false), ("b", false)],
            1 => &[("a", true)],
            2 => &[("a", true), ("b", true)],
            3 => &[("a", false), ("b", true)],
            4 => &[("a", false)],
            5 => &[("b", false), ("a", false)],
            6 => &[("b", true), ("a", true)],
            7 => &[("s", false)],
            8 => &[("s", true), ("a", true)],
            9 => &[("n.b", false), ("a", false)],
            10 => &[("a", false), ("id", false)],
            _ => {
                let count = 1 + self.below(3);
                let terms = (0..count).map(|_| (self.field().to_owned(), self.random.chance(2)));
                return terms.collect();
            }
        };
        let terms = terms.iter();
        terms
            .map(|(field, down)| (field.to_string(), *down))
            .collect()
    }

    fn columns(&mut self) -> Vec<(Option<String>, String)> {
        let has_aliases = self.random.chance(3);
        let mut columns: Vec<(Option<String>, String)> = Vec::new();
        for i in 0..self.below(4) {
            let field = self.field();
            if columns.iter().any(|(_, other)| other == field) {
                continue;
            }
            let alias = has_aliases.then(|| format!("column {i}"));
            columns.push((alias, field.to_owned()));
        }
        columns
    }

    fn aggregate(&mut self) -> Aggregate {
        let function = self.pick(&[
            Function::Count,
            Function::CountDistinct,
            Function::Sum,
            Function::Sum,
            Function::Avg,
            Function::Min,
            Function::Max,
            Function::Min,
            Function::Max,
        ]);
        if function == Function::Count && self.random.chance(2) {
            return Aggregate {
                function,
                field: None,
                star: self.random.chance(2),
            };
        }
        let field = match function {
            // Fields that are numbers, most of the time.
            Function::Sum | Function::Avg => self.pick(&["a", "b", "b", "u", "n.u", "missing"]),
            _ => self.field(),
        };
        Aggregate::new(function, field)
    }

    fn group(&mut self, query: &mut Query) {
        if !self.random.chance(3) {
            query.group_by = match self.below(6) {
                0 => vec!["a".to_owned(), "b".to_owned()],
                1 => vec!["n.b".to_owned()],
                _ => vec![self.field().to_owned()],
            };
        }
        let has_aliases = self.random.chance(2);
        let count = self.below(4) + usize::from(query.group_by.is_empty());
        for i in 0..count {
            let aggregate = self.aggregate();
            let known = |(_, other): &(Option<String>, Aggregate)| other.text() == aggregate.text();
            if !query.aggregates.iter().any(known) {
                let alias = has_aliases.then(|| format!("x{i}"));
                query.aggregates.push((alias, aggregate));
            }
        }
        // Other names would be paths.
        let columns = query.group_columns().into_iter();
        let columns: Vec<String> = columns
            .filter(|name| !name.contains(['.', '[', '(', ' ']))
            .collect();
        if !columns.is_empty() && self.random.chance(2) {
            for _ in 0..1 + self.below(2) {
                let column = columns[self.below(columns.len())].clone();
                query.order_by.push((column, self.random.chance(2)));
            }
        }
    }

    fn query(&mut self) -> Query {
        let mut query = Query::default();
        self.focus();
        if !self.random.chance(7) {
            query.filter = Some(self.pred(2));
        }
        if self.random.chance(4) {
            self.group(&mut query);
            query.distinct = self.random.chance(6);
        } else {
            if self.random.chance(2) {
                query.order_by = self.order_by();
            }
            if self.random.chance(3) {
                query.columns = Some(self.columns());
                query.distinct = self.random.chance(2);
            }
        }
        if self.random.chance(2) {
            query.limit = Some(self.pick(&[0, 1, 1, 2, 2, 3, 3, 5, 7, 10, 10, 100, -1, i64::MIN]));
        }
        if self.random.chance(6) {
            query.offset = Some(self.pick(&[0, 1, 1, 1, 2, 2, 5, 100, -1]));
        }
        if self.random.chance(150) {
            query.wrong = Some(self.pick(&[
                ("what", "1"),
                ("limit", "\"x\""),
                ("offset", "1.5"),
                ("distinct", "1"),
                ("columns", "5"),
                ("order_by", "{}"),
                ("where", "5"),
                ("where", "\"a =\""),
                ("where", "\"a = 1 b\""),
                ("aggregates", "[\"median(a)\"]"),
                ("aggregates", "5"),
                ("group_by", "5"),
            ]));
            // A member given twice is given once.
            query.filter = None;
            query.columns = None;
            query.order_by = Vec::new();
            query.group_by = Vec::new();
            query.aggregates = Vec::new();
            query.limit = None;
            query.offset = None;
            query.distinct = false;
        } else if query.is_grouped() && self.random.chance(60) {
            query.wrong = Some(("columns", "[\"a\"]"));
        }
        query
    }

    /// A field that is a number, or null, most of the time.
    fn numeric(&mut self) -> &'static str {
        let any = self.pick(&["a", "b", "u", "n.b"]);
        let mut known = vec!["u"];
        for (name, pool) in &self.pools {
            let all = pool.iter().all(|json| {
                let value = parse(json).unwrap();
                value.is_null() || matches!(value, Value::Number(_))
            });
            match *name {
                "a" if all => known.push("a"),
                "b" if all => known.extend(["b", "n.b"]),
                _ => {}
            }
        }
        match self.random.chance(10) {
            true => any,
            false => self.pick(&known),
        }
    }

    fn number(&mut self, depth: usize) -> Expr {
        let literal = |text: &str| Expr::Literal(text.to_owned());
        if depth == 0 || self.random.chance(3) {
            let field = self.numeric();
            return match self.below(4) {
                0 => {
                    let choices = self.pick(&[INTEGERS, INTEGERS, NUMBERS]);
                    literal(self.pick(choices))
                }
                1 => Expr::Field(field.to_owned()),
                _ => {
                    let field = Expr::Field(field.to_owned());
                    Expr::Call(Call::Coalesce, vec![field, literal("0")])
                }
            };
        }
        match self.below(9) {
            0 => Expr::Minus(Box::new(self.number(depth - 1))),
            1 => {
                let call = self.pick(&[Call::Min, Call::Max]);
                let count = 1 + self.below(3);
                let operands = (0..count).map(|_| self.number(depth - 1)).collect();
                Expr::Call(call, operands)
            }
            2 if self.random.chance(4) => {
                // Zero, or out of every range.
                let large = || Box::new(literal("1e308"));
                let factor = Box::new(self.number(0));
                let once = Expr::Of(Sign::Multiply, factor, large());
                Expr::Of(Sign::Multiply, Box::new(once), large())
            }
            _ => {
                let sign = self.pick(&[
                    Sign::Add,
                    Sign::Add,
                    Sign::Subtract,
                    Sign::Multiply,
                    Sign::Divide,
                ]);
                let left = Box::new(self.number(depth - 1));
                Expr::Of(sign, left, Box::new(self.number(depth - 1)))
            }
        }
    }

    fn text(&mut self) -> Expr {
        let text = self.pick(STRINGS).to_owned();
        let field = Expr::Field(self.pick(&["s", "n.s", "s", "a"]).to_owned());
        let empty = Expr::Literal("\"\"".to_owned());
        match self.below(4) {
            0 => Expr::Literal(text),
            1 => field,
            _ => {
                let field = Expr::Call(Call::Coalesce, vec![field, empty]);
                // Only a short text is joined, so that none grows without end.
                let text = Expr::Literal(
                    self.pick(&["\"x\"", "\"é\"", "\"\"", "'"])
                        .replace('\'', "\"'\""),
                );
                match self.random.chance(2) {
                    true => Expr::Of(Sign::Join, Box::new(field), Box::new(text)),
                    false => Expr::Of(Sign::Join, Box::new(text), Box::new(field)),
                }
            }
        }
    }

    fn any(&mut self) -> Expr {
        match self.below(4) {
            0 => Expr::Literal(self.constant("c")),
            1 => Expr::Field(
                self.pick(&["a", "b", "c", "s", "missing", "n.b"])
                    .to_owned(),
            ),
            2 => self.number(1),
            _ => {
                let call = self.pick(&[Call::Min, Call::Max, Call::Coalesce]);
                let fields = ["a", "b", "c", "n.b", "missing"];
                let count = 1 + self.below(3);
                let operands = (0..count).map(|_| Expr::Field(self.pick(&fields).to_owned()));
                Expr::Call(call, operands.collect())
            }
        }
    }

    fn assignment(&mut self) -> (&'static str, Option<Expr>) {
        let field = |name: &str| Expr::Field(name.to_owned());
        let literal = |text: &str| Expr::Literal(text.to_owned());
        match self.below(20) {
            0..=2 => ("a", Some(self.number(2))),
            3..=5 => ("b", Some(self.number(2))),
            6 => ("a", Some(field("b"))),
            7 => ("b", Some(field("a"))),
            8 | 9 => ("s", Some(self.text())),
            10 => {
                // Values of the unique index trade places.
                let top = literal(self.pick(&["13", "7", "20"]));
                (
                    "u",
                    Some(Expr::Of(
                        Sign::Subtract,
                        Box::new(top),
                        Box::new(field("u")),
                    )),
                )
            }
            11 => ("u", Some(self.number(1))),
            12 => ("n.b", Some(self.any())),
            13 => ("n.u", Some(self.number(1))),
            14 => ("c", Some(self.any())),
            15 => {
                let operands = vec![field("tags"), self.any(), literal("1.50")];
                ("tags", Some(Expr::Call(Call::Append, operands)))
            }
            16 => (
                self.pick(&["tags[0]", "tags[1]", "tags[0].b"]),
                Some(self.any()),
            ),
            17 => (self.pick(&["z", "`x y`", "min"]), Some(self.any())),
            18 => (
                self.pick(&["c", "n.b", "s", "n", "tags[0].b", "missing", "b"]),
                None,
            ),
            _ if self.random.chance(3) => {
                let key = match self.below(5) {
                    // Keys trade places, or move away together.
                    0 => Expr::Of(
                        Sign::Subtract,
                        Box::new(literal("31")),
                        Box::new(field("id")),
                    ),
                    1 | 2 => Expr::Of(Sign::Add, Box::new(field("id")), Box::new(literal("1"))),
                    3 => literal(&self.key()),
                    _ => field(self.pick(&["b", "u", "s", "missing"])),
                };
                ("id", Some(key))
            }
            _ if self.random.chance(8) => ("id", None),
            _ => ("n.s", Some(self.text())),
        }
    }

    fn set(&mut self) -> Set {
        let mut set: Vec<(String, Option<Expr>)> = Vec::new();
        let count = 1 + self.below(3);
        let root = |field: &str| {
            field
                .split(['.', '['])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        for _ in 0..count {
            let (field, expr) = self.assignment();
            let clash = |(other, e): &(String, Option<Expr>)| {
                let is_item = field.contains('[') || other.contains('[');
                let is_part = field == "n" || other == "n" || other == field;
                // Of what is set twice, not of what is removed, a mistake is made now and then.
                root(other) == root(field) && (is_item || e.is_none() || expr.is_none() || is_part)
            };
            if !set.iter().any(clash) {
                set.push((field.to_owned(), expr));
            }
        }
        if self.random.chance(60) {
            let first = set[0].clone();
            if first.1.is_some() {
                let twice = self.random.chance(2);
                let part = if twice {
                    first.0.clone()
                } else {
                    format!("{}.q", first.0)
                };
                set.push((part, Some(Expr::Literal("1".to_owned()))));
            }
        }
        Set(set)
    }

    /// Which records to change: some that can be, most of the time.
    fn changed(&mut self, set: &Set) -> Pred {
        let sets = |field: &str| set.0.iter().any(|(name, _)| name == field);
        let (low, high) = (self.below(16), self.below(31));
        let between = |field: &str, low: usize, high: usize| {
            Pred::Between(field.to_owned(), low.to_string(), high.to_string())
        };
        let pred = match self.below(8) {
            _ if sets("id") && !self.random.chance(3) => match self.random.chance(2) {
                true => between("id", low, 31 - low),
                false => between("id", high, 100),
            },
            _ if sets("u") && !self.random.chance(3) => match self.random.chance(2) {
                true => between("u", 0, 13),
                false => between("u", low, low + 3),
            },
            0 => Pred::All,
            1 => between("id", low, high),
            2 | 3 => {
                let field = self.pick(&["a", "b", "s", "id", "u"]);
                self.compare(Cmp::Eq, field)
            }
            4 => Pred::IsNotNull(self.field().to_owned()),
            _ => self.pred(1),
        };
        match self.random.chance(4) {
            true => Pred::And(vec![pred, self.leaf()]),
            false => pred,
        }
    }

    fn index(&mut self) -> Index {
        let sorted = !self.random.chance(3);
        match self.random.chance(2) {
            true => Index::new(&[self.pick(SINGLE)], sorted, false),
            false => Index::new(self.pick(COMPOUND), sorted, false),
        }
    }

    fn seed(&mut self) -> u64 {
        self.random.next()
    }

    fn ask(&mut self) -> Step {
        Step::Ask(self.query(), self.seed())
    }

    fn change(&mut self) -> Step {
        self.focus();
        let on_taken = self.pick(&[
            OnTaken::Update,
            OnTaken::Update,
            OnTaken::Ignore,
            OnTaken::Error,
        ]);
        match self.below(100) {
            0..=13 => Step::Plain(Op::Insert(self.record(4))),
            14..=19 => Step::Plain(Op::InsertMany(self.records(6))),
            20..=26 => Step::Plain(Op::Upsert(
                format!("{{{}}}", self.fields(1, true)),
                on_taken,
            )),
            27..=30 => Step::Plain(Op::Upsert(
                format!("{{{}}}", self.fields(3, true)),
                on_taken,
            )),
            31..=38 => {
                let with_key = self.random.chance(10);
                let changes = format!("{{{}}}", self.fields(4, with_key));
                Step::Plain(Op::Update(self.pred(1), changes))
            }
            39..=48 => {
                let with_key = self.random.chance(3);
                let changes = format!("{{{}}}", self.fields(4, with_key));
                Step::Plain(Op::UpdateByKey(self.key(), changes))
            }
            49..=74 => {
                let set = self.set();
                let pred = match self.random.chance(40) {
                    true => None,
                    false => Some(self.changed(&set)),
                };
                Step::Change(pred, set, self.seed())
            }
            75..=77 => {
                let field = self.field();
                Step::Plain(Op::Delete(self.compare(Cmp::Eq, field)))
            }
            78..=82 => Step::Plain(Op::DeleteByKey(self.key())),
            83..=86 => {
                let few = match self.random.chance(2) {
                    true => self.compare(Cmp::Eq, "u"),
                    false => Pred::And(vec![self.pred(1), self.leaf()]),
                };
                let mut query = Query {
                    filter: Some(few),
                    ..Query::default()
                };
                match self.below(30) {
                    0 => query.filter = None,
                    1 => query.limit = Some(1),
                    2 => query.order_by = self.order_by(),
                    _ => {}
                }
                Step::Remove(query, self.seed())
            }
            87..=90 => Step::Create(self.index(), Some(3), self.seed()),
            91..=94 => Step::Drop(self.index(), Some(3), self.seed()),
            95 => Step::Create(self.index(), Some(2), self.seed()),
            96 | 97 => match self.unique.clone() {
                Some(unique) if self.random.chance(2) => Step::Create(unique, None, self.seed()),
                Some(unique) => Step::Drop(unique, None, self.seed()),
                None => Step::Plain(Op::Insert(self.record(4))),
            },
            _ => Step::Plain(Op::Describe),
        }
    }
}

/// The options of the tables, and what is done to them: so many changes, each with queries after it.
pub fn case(seed: u64) -> (&'static str, Vec<Step>) {
    let mut world = World::new(seed);
    let mut steps = Vec::new();
    let fill = |world: &mut World, steps: &mut Vec<Step>| {
        for _ in 0..4 {
            steps.push(Step::Plain(Op::InsertMany(world.records(12))));
            steps.push(Step::Plain(Op::Insert(world.record(2))));
        }
    };
    // Some indexes are there from the beginning, others are made of records.
    let is_late = world.random.chance(2);
    if is_late {
        fill(&mut world, &mut steps);
    }
    for (i, field) in SINGLE.iter().enumerate() {
        let sorted = (i as u64 + seed).is_multiple_of(2);
        steps.push(Step::Create(
            Index::new(&[field], sorted, false),
            Some(1),
            world.seed(),
        ));
    }
    for fields in COMPOUND {
        if world.random.chance(2) {
            let sorted = !world.random.chance(4);
            steps.push(Step::Create(
                Index::new(fields, sorted, false),
                Some(2),
                world.seed(),
            ));
        }
    }
    match world.unique.clone() {
        Some(unique) => steps.push(Step::Create(unique, None, world.seed())),
        None => {
            let index = Index::new(&["u"], world.random.chance(2), false);
            steps.push(Step::Create(index, Some(1), world.seed()));
        }
    }
    if !is_late {
        fill(&mut world, &mut steps);
    }
    for _ in 0..40 {
        let change = world.change();
        steps.push(change);
        for _ in 0..5 {
            let ask = world.ask();
            steps.push(ask);
        }
    }
    let options = if world.has_schema { SCHEMA } else { "{}" };
    (options, steps)
}

/// Many records with few different values: they are added, shed and added again, so that indexes grow, shrink and are emptied.
pub fn long_case(seed: u64, count: usize) -> Vec<Step> {
    let mut random = Random(seed);
    let mut steps = Vec::new();
    let mut index = |fields: &[&str], sorted, table| {
        steps.push(Step::Create(
            Index::new(fields, sorted, false),
            Some(table),
            seed,
        ));
    };
    for (i, fields) in ["a", "b", "s", "f"].iter().enumerate() {
        index(&[fields], i != 3, 1);
    }
    index(&["a", "b"], true, 2);
    index(&["b", "s"], true, 2);
    index(&["s", "a", "f"], true, 2);
    index(&["a"], false, 2);
    let record = |random: &mut Random| {
        let (a, b) = (random.below(5), random.below(700));
        let s = format!("abcdefgh{}", b % 90);
        let f = ["0.5", "1", "1.0", "null", "2e0"][random.below(5) as usize];
        format!("{{\"a\":{a},\"b\":{b},\"s\":\"{s}\",\"f\":{f}}}")
    };
    let compare =
        |cmp, field: &str, value: u64| Pred::Compare(cmp, field.to_owned(), value.to_string());
    let asks = |random: &mut Random, steps: &mut Vec<Step>, asked: usize| {
        for _ in 0..asked {
            let (a, b) = (random.below(6), random.below(720));
            let text = quoted(&format!("abcdefgh{}", random.below(99)));
            let filter = match random.below(7) {
                0 => compare(Cmp::Eq, "b", b),
                1 => Pred::And(vec![compare(Cmp::Eq, "a", a), compare(Cmp::Ge, "b", b)]),
                2 => Pred::Between("b".to_owned(), b.to_string(), (b + 9).to_string()),
                3 => Pred::Text(Part::Prefix, false, "s".to_owned(), text),
                4 => Pred::And(vec![
                    Pred::Compare(Cmp::Eq, "s".to_owned(), text),
                    compare(Cmp::Eq, "a", a),
                ]),
                5 => Pred::In("b".to_owned(), format!("[{b},{a},{b}.0,null]")),
                _ => Pred::Or(vec![compare(Cmp::Eq, "b", b), compare(Cmp::Lt, "b", 3)]),
            };
            let mut query = Query {
                filter: (!random.chance(5)).then_some(filter),
                ..Query::default()
            };
            let order: &[(&str, bool)] = match random.below(6) {
                0 => &[("a", false), ("b", false)],
                1 => &[("b", true)],
                2 => &[("a", true), ("b", true)],
                3 => &[("s", false), ("a", true)],
                _ => &[],
            };
            query.order_by = order.iter().map(|(f, d)| (f.to_string(), *d)).collect();
            match random.below(5) {
                0 => {
                    query.order_by = Vec::new();
                    query.group_by = vec!["a".to_owned()];
                    for function in [Function::Count, Function::Sum, Function::Min, Function::Max] {
                        query.aggregates.push((None, Aggregate::new(function, "b")));
                    }
                }
                1 => {
                    query.order_by = Vec::new();
                    for function in [Function::Min, Function::Max, Function::Avg] {
                        query.aggregates.push((None, Aggregate::new(function, "b")));
                    }
                }
                2 => {
                    query.columns = Some(vec![(None, "s".to_owned()), (None, "a".to_owned())]);
                    query.distinct = random.chance(2);
                    query.limit = Some(200);
                }
                _ => query.limit = Some(random.below(40) as i64),
            }
            if random.chance(4) {
                query.offset = Some(random.below(3_000) as i64);
            }
            steps.push(Step::Ask(query, random.next()));
        }
    };
    let remove = |filter: Pred, random: &mut Random| {
        let filter = Some(filter);
        Step::Remove(
            Query {
                filter,
                ..Query::default()
            },
            random.next(),
        )
    };
    for round in 0..3_u64 {
        for _ in 0..10 {
            let records: Vec<String> = (0..count / 10).map(|_| record(&mut random)).collect();
            steps.push(Step::Plain(Op::InsertMany(format!(
                "[{}]",
                records.join(",")
            ))));
        }
        // In the middle of it all: made of many records.
        steps.push(Step::Create(
            Index::new(&["b", "a"], true, false),
            Some(3),
            round,
        ));
        steps.push(Step::Create(
            Index::new(&["s"], round != 1, false),
            Some(3),
            round,
        ));
        asks(&mut random, &mut steps, 20);
        let set = Set(vec![
            (
                "b".to_owned(),
                Some(Expr::Of(
                    Sign::Add,
                    Box::new(Expr::Field("b".to_owned())),
                    Box::new(Expr::Literal("1".to_owned())),
                )),
            ),
            ("f".to_owned(), Some(Expr::Field("a".to_owned()))),
        ]);
        let filter = compare(Cmp::Eq, "a", round);
        steps.push(Step::Change(Some(filter), set, random.next()));
        asks(&mut random, &mut steps, 10);
        for _ in 0..200 {
            let key = random.below(count as u64 * (round + 1)) + 1;
            steps.push(Step::Plain(match random.below(3) {
                0 => Op::DeleteByKey(key.to_string()),
                1 => Op::UpdateByKey(key.to_string(), format!("{{\"b\":{}}}", random.below(700))),
                _ => Op::Insert(record(&mut random)),
            }));
        }
        asks(&mut random, &mut steps, 10);
        // Most of them: from one end, from the other, or all but a few values.
        let most = match round {
            0 => compare(Cmp::Lt, "b", 660),
            1 => compare(Cmp::Ge, "b", 20),
            _ => compare(Cmp::Ne, "b", 300),
        };
        steps.push(remove(most, &mut random));
        asks(&mut random, &mut steps, 20);
        if round == 1 {
            steps.push(remove(Pred::IsNotNull("a".to_owned()), &mut random));
            asks(&mut random, &mut steps, 5);
        }
        steps.push(Step::Drop(
            Index::new(&["b", "a"], true, false),
            Some(3),
            round,
        ));
        steps.push(Step::Plain(Op::Describe));
    }
    steps
}
