//! Long work on one table: it grows, churns, is shed and grows again, so that pages, segments and the key map split,
//! thin out and are reclaimed.

use super::ops::Op;
use super::predicate::{Cmp, Part, Pred};
use super::random::{mixed, Random};
use super::table::OnTaken;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Profile {
    /// Automatic keys: 1, 2, 3…
    Dense,
    /// Given keys that go up one by one from somewhere, with a gap now and then.
    Ascending,
    /// Integers anywhere in the range.
    Sparse,
    Strings,
    Mixed,
    /// Dense keys; records with thousands of different lists of fields, and some with hundreds of fields.
    Shapes,
}

struct Load {
    random: Random,
    profile: Profile,
    /// Ascending keys given so far, about.
    given: u64,
    /// One less than the first of them.
    base: i64,
}

/// How many distinct keys there are of each kind.
const POOL: u64 = 12_000;

impl Load {
    /// A key that is likely to be in the table.
    fn key(&mut self) -> String {
        let profile = match self.profile {
            Profile::Mixed => {
                [Profile::Dense, Profile::Sparse, Profile::Strings][self.random.below(3) as usize]
            }
            profile => profile,
        };
        match profile {
            Profile::Sparse => (mixed(self.random.below(POOL)) as i64).to_string(),
            Profile::Strings => format!("\"user {}\"", self.random.below(POOL)),
            _ => (self.base + 1 + self.random.below(self.given + 10) as i64).to_string(),
        }
    }

    /// A record's key, or nothing for an automatic one.
    fn new_key(&mut self) -> String {
        match self.profile {
            Profile::Dense | Profile::Shapes => self.automatic(),
            Profile::Ascending => {
                self.given += if self.random.chance(1_000) { 3 } else { 1 };
                format!("\"id\":{},", self.base + self.given as i64)
            }
            Profile::Mixed if self.random.chance(2) => self.automatic(),
            _ => format!("\"id\":{},", self.key()),
        }
    }

    fn automatic(&mut self) -> String {
        self.given += 1;
        String::new()
    }

    /// Mostly short, sometimes long, now and then longer than a segment.
    fn padding(&mut self) -> String {
        let length = match self.random.below(6_000) {
            0 => 1_200_000,
            1..=5 => 70_000,
            6..=300 => 2_000,
            301..=2_000 => 200,
            _ => self.random.below(60),
        };
        let letter = char::from(b'a' + self.random.below(26) as u8);
        let mut padding = String::new();
        for i in 0..length {
            padding.push(if i % 97 == 96 { 'é' } else { letter });
        }
        padding
    }

    fn fields(&mut self) -> String {
        let n = self.random.below(1_000);
        let mut fields = format!(
            "\"n\":{n},\"g\":\"g{}\",\"pad\":\"{}\"",
            n % 7,
            self.padding()
        );
        if self.random.chance(4) {
            fields += &format!(",\"f{}\":[{n},null]", self.random.below(12));
        }
        if self.profile == Profile::Shapes {
            fields += &format!(",\"name {}\":{n}", self.random.below(6_000));
            if self.random.chance(300) {
                let count = 500 + self.random.below(30);
                for i in 0..count {
                    fields += &format!(",\"w{i}\":{i}");
                }
            }
        }
        fields
    }

    fn record(&mut self) -> String {
        let key = self.new_key();
        format!("{{{key}{}}}", self.fields())
    }

    fn pred(&mut self) -> Pred {
        let n = self.random.below(1_000);
        match self.random.below(5) {
            0 => Pred::Compare(Cmp::Eq, "n".to_owned(), n.to_string()),
            1 => Pred::Between("n".to_owned(), n.to_string(), (n + 5).to_string()),
            2 => Pred::Text(
                Part::Substring,
                false,
                "pad".to_owned(),
                "\"zé\"".to_owned(),
            ),
            3 => Pred::In(
                "id".to_owned(),
                format!("[{},{},{}]", self.key(), self.key(), self.key()),
            ),
            _ => Pred::And(vec![
                Pred::Compare(Cmp::Eq, "id".to_owned(), self.key()),
                Pred::IsNotNull("n".to_owned()),
            ]),
        }
    }

    fn insert(&mut self) -> Op {
        if self.random.chance(200) {
            let count = self.random.below(400);
            let records: Vec<String> = (0..count).map(|_| self.record()).collect();
            return Op::InsertMany(format!("[{}]", records.join(",")));
        }
        match self.random.below(4) {
            0 => {
                let (key, fields) = (self.key(), self.fields());
                Op::Upsert(format!("{{\"id\":{key},{fields}}}"), OnTaken::Update)
            }
            _ => Op::Insert(self.record()),
        }
    }

    fn change(&mut self) -> Op {
        if self.random.chance(100) {
            let padding = self.padding();
            return Op::Update(
                self.pred(),
                format!("{{\"pad\":\"{}\"}}", &padding[..padding.len().min(90)]),
            );
        }
        let changes = match self.random.below(20) {
            0 => format!("{{\"id\":{}}}", self.key()),
            1 => format!("{{\"extra\":{}}}", self.random.below(5)),
            2 => "{\"pad\":null}".to_owned(),
            3..=9 => format!("{{\"n\":{}}}", self.random.below(1_000)),
            _ => format!("{{\"pad\":\"{}\"}}", self.padding()),
        };
        Op::UpdateByKey(self.key(), changes)
    }

    fn remove(&mut self) -> Op {
        if self.random.chance(150) {
            return Op::Delete(self.pred());
        }
        Op::DeleteByKey(self.key())
    }

    fn read(&mut self) -> Op {
        match self.random.below(400) {
            0 => Op::Count(Some(self.pred())),
            1 => Op::Select(
                Some(self.pred()),
                r#"{"columns":["id","n","g","f3[0]"],"order_by":["-n","g"],"limit":20,"offset":3}"#
                    .to_owned(),
            ),
            2 => Op::Select(
                None,
                r#"{"columns":["g"],"distinct":true,"order_by":"g"}"#.to_owned(),
            ),
            3 => Op::Describe,
            4 => Op::Select(
                None,
                r#"{"order_by":["-n"],"limit":20,"offset":5}"#.to_owned(),
            ),
            5 => Op::Select(
                None,
                r#"{"columns":["id"],"order_by":["g","-f3"],"limit":7}"#.to_owned(),
            ),
            6..=20 => Op::GetMany(format!("[{},{},{}]", self.key(), self.key(), self.key())),
            _ => Op::Get(self.key()),
        }
    }

    /// `phase`: what most operations are: 0 growth, 1 change, 2 shedding.
    fn op(&mut self, phase: usize) -> Op {
        let weights = [[70, 80, 85], [15, 75, 85], [8, 18, 80]][phase];
        match self.random.below(100) {
            n if n < weights[0] => self.insert(),
            n if n < weights[1] => self.change(),
            n if n < weights[2] => self.remove(),
            _ => self.read(),
        }
    }
}

/// About so many operations. The same for the same seed.
pub fn operations(profile: Profile, seed: u64, count: usize) -> Vec<Op> {
    let mut load = Load {
        random: Random(seed),
        profile,
        given: 0,
        base: match profile {
            Profile::Ascending => [-3_000, 1_000_000, i64::MAX - 100_000][seed as usize % 3],
            _ => 0,
        },
    };
    let below = |n: u64| Pred::Compare(Cmp::Lt, "n".to_owned(), n.to_string());
    let mut ops = Vec::new();
    for phase in [0, 1, 2, 0, 2, 1] {
        if phase == 2 {
            ops.push(Op::Delete(below(if ops.len() > count / 2 {
                990
            } else {
                500
            })));
        }
        ops.extend((0..count / 6).map(|_| load.op(phase)));
    }
    ops
}

/// A table that is thinned out until pages hold a few records at their edges, then none; and grows again.
pub fn thinning(seed: u64) -> Vec<Op> {
    const COUNT: u64 = 6_000;
    let mut random = Random(seed);
    let all = |from: u64| {
        let records: Vec<String> = (from..from + COUNT)
            .map(|n| format!("{{\"n\":{n}}}"))
            .collect();
        Op::InsertMany(format!("[{}]", records.join(",")))
    };
    let mut ops = vec![all(0)];
    // Key and row number differ by one: the edges of both are kept to the end.
    let is_edge = |key: u64| [0, 1, 2, 63, 64, 65, 511, 512, 1022, 1023].contains(&(key % 1024));
    let (mut edges, mut others): (Vec<u64>, Vec<u64>) = (1..=COUNT).partition(|key| is_edge(*key));
    for list in [&mut others, &mut edges] {
        for i in (1..list.len()).rev() {
            list.swap(i, random.below(i as u64 + 1) as usize);
        }
        ops.extend(list.iter().map(|key| Op::DeleteByKey(key.to_string())));
    }
    // Some come back before all are gone.
    let again = random.below(3_000) as usize + 2_000;
    ops.insert(again, all(COUNT));
    ops
}
