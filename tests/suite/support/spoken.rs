//! Says a predicate in text: as the engine prints it, or with random choices of all that the grammar leaves open.

use super::parse::parse;
use super::path::{parse_path, Step};
use super::predicate::{Cmp, Part, Pred};
use super::random::Random;
use super::spell::spell;
use super::value::Value;

/// A predicate in text, and the values of its parameters.
pub struct Said {
    pub text: String,
    pub params: Vec<String>,
}

impl Said {
    /// The values as a JSON array.
    pub fn params(&self) -> String {
        format!("[{}]", self.params.join(","))
    }
}

/// Says a predicate that is in order; `parameters` says whether some values become parameters.
pub fn say(pred: &Pred, parameters: bool, random: &mut Random) -> Said {
    let mut sayer = Sayer {
        parameters,
        random: Some(random),
        tokens: Vec::new(),
        params: Vec::new(),
    };
    sayer.node(pred, 0);
    Said {
        text: sayer.joined(),
        params: sayer.params,
    }
}

/// Says a predicate that is in order in the one way in which the engine prints it.
pub fn printed(pred: &Pred) -> String {
    let mut sayer = Sayer {
        parameters: false,
        random: None,
        tokens: Vec::new(),
        params: Vec::new(),
    };
    sayer.node(pred, 0);
    let mut text = String::new();
    for token in &sayer.tokens {
        let touches = text.ends_with('(') || [")", ","].contains(&token.as_str());
        if !touches && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

struct Sayer<'a> {
    parameters: bool,
    /// None to choose nothing.
    random: Option<&'a mut Random>,
    tokens: Vec<String>,
    params: Vec<String>,
}

const KEYWORDS: &str = "AND BETWEEN CONTAINS ENDS ESCAPE FALSE ICONTAINS IENDS IEQUALS ILIKE IN IS ISTARTS LIKE NOT NULL OR STARTS \
    TRUE WITH";

/// How tightly a predicate holds together: what may stand in it without parentheses holds at least as tightly.
fn strength(pred: &Pred) -> u8 {
    match pred {
        Pred::And(operands) | Pred::Or(operands) if operands.is_empty() => 4,
        Pred::And(operands) | Pred::Or(operands) if operands.len() == 1 => strength(&operands[0]),
        Pred::Or(_) => 1,
        Pred::And(_) | Pred::Text(Part::Substring, false, ..) => 2,
        Pred::Not(_) => 3,
        _ => 4,
    }
}

impl Sayer<'_> {
    fn chance(&mut self, one_in: u64) -> bool {
        self.random
            .as_mut()
            .is_some_and(|random| random.chance(one_in))
    }

    fn below(&mut self, end: u64) -> usize {
        self.random
            .as_mut()
            .map_or(0, |random| random.below(end) as usize)
    }

    fn push(&mut self, token: impl Into<String>) {
        self.tokens.push(token.into());
    }

    /// Keywords, in any case.
    fn words(&mut self, words: &str) {
        for word in words.split(' ') {
            let any_case = |c: char| match self.chance(3) {
                true => c.to_ascii_lowercase(),
                false => c,
            };
            let word: String = word.chars().map(any_case).collect();
            self.push(word);
        }
    }

    fn node(&mut self, pred: &Pred, least: u8) {
        if strength(pred) < least || self.chance(6) {
            self.push("(");
            self.node(pred, 0);
            self.push(")");
            return;
        }
        match pred {
            Pred::All => self.words("TRUE"),
            Pred::And(operands) => self.list(operands, "AND", "TRUE", least, 3),
            Pred::Or(operands) => self.list(operands, "OR", "FALSE", least, 2),
            Pred::Not(operand) => {
                let mut operand = &**operand;
                while let Pred::And(operands) | Pred::Or(operands) = operand {
                    match operands.as_slice() {
                        [one] => operand = one,
                        _ => break,
                    }
                }
                let is_worded = !matches!(
                    operand,
                    Pred::All
                        | Pred::And(_)
                        | Pred::Or(_)
                        | Pred::Not(_)
                        | Pred::IsNotNull(_)
                        | Pred::Compare(..)
                        | Pred::Text(Part::Whole | Part::Substring, false, ..)
                );
                if is_worded && !self.chance(2) {
                    return self.test(operand, true);
                }
                self.words("NOT");
                self.node(operand, 3);
            }
            test => self.test(test, false),
        }
    }

    fn list(&mut self, operands: &[Pred], word: &str, empty: &str, least: u8, inner: u8) {
        match operands {
            [] => self.words(empty),
            [operand] => self.node(operand, least),
            operands => {
                for (i, operand) in operands.iter().enumerate() {
                    if i > 0 {
                        self.words(word);
                    }
                    self.node(operand, inner);
                }
            }
        }
    }

    fn test(&mut self, pred: &Pred, negated: bool) {
        let not = if negated { "NOT " } else { "" };
        match pred {
            Pred::Compare(cmp, field, json) => self.comparison(*cmp, field, json),
            Pred::In(field, json) => {
                self.field(field);
                self.words(&format!("{not}IN"));
                self.values(json);
            }
            Pred::Between(field, low, high) => {
                self.field(field);
                self.words(&format!("{not}BETWEEN"));
                self.operand(low);
                self.words("AND");
                self.operand(high);
            }
            Pred::Like(fold, field, json, escape) => {
                self.field(field);
                self.words(&format!("{not}{}LIKE", if *fold { "I" } else { "" }));
                self.operand(json);
                if let Some(escape) = escape {
                    self.words("ESCAPE");
                    self.literal(&Value::Str(escape.to_string()));
                }
            }
            Pred::Text(Part::Whole, false, field, json) => self.comparison(Cmp::Eq, field, json),
            Pred::Text(Part::Substring, false, field, json) => {
                self.field(field);
                self.words("CONTAINS");
                self.operand(json);
                self.words("AND");
                self.field(field);
                self.push(">=");
                self.push("\"\"");
            }
            Pred::Text(part, fold, field, json) => {
                let word = match part {
                    Part::Prefix => "STARTS WITH",
                    Part::Suffix => "ENDS WITH",
                    Part::Substring => "CONTAINS",
                    Part::Whole => "EQUALS",
                };
                self.field(field);
                self.words(&format!("{not}{}{word}", if *fold { "I" } else { "" }));
                self.operand(json);
            }
            Pred::Contains(field, json) => {
                self.field(field);
                self.words(&format!("{not}CONTAINS"));
                self.operand(json);
            }
            Pred::IsNull(field) => {
                self.field(field);
                self.words(&format!("IS {not}NULL"));
            }
            Pred::IsNotNull(field) => {
                self.field(field);
                self.words("IS NOT NULL");
            }
            Pred::All | Pred::And(_) | Pred::Or(_) | Pred::Not(_) => self.node(pred, 0),
        }
    }

    fn comparison(&mut self, cmp: Cmp, field: &str, json: &str) {
        let (straight, mirrored) = match cmp {
            Cmp::Eq => (["=", "=="], ["==", "="]),
            Cmp::Ne => (["!=", "<>"], ["<>", "!="]),
            Cmp::Lt => (["<", "<"], [">", ">"]),
            Cmp::Le => (["<=", "<="], [">=", ">="]),
            Cmp::Gt => ([">", ">"], ["<", "<"]),
            Cmp::Ge => ([">=", ">="], ["<=", "<="]),
        };
        let spelled = self.below(2);
        if self.chance(3) {
            self.operand(json);
            self.push(mirrored[spelled]);
            self.field(field);
        } else {
            self.field(field);
            self.push(straight[spelled]);
            self.operand(json);
        }
    }

    /// The values of an `IN`, given as an array.
    fn values(&mut self, json: &str) {
        if self.parameters && self.chance(3) {
            return self.parameter(json);
        }
        let Ok(Value::List(items)) = parse(json) else {
            panic!("{json} is no array");
        };
        if self.chance(3) {
            return self.literal(&Value::List(items));
        }
        self.push("(");
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.push(",");
            }
            self.operand(&item.text());
        }
        self.push(")");
    }

    fn operand(&mut self, json: &str) {
        if self.parameters && self.chance(2) {
            return self.parameter(json);
        }
        self.literal(&parse(json).unwrap());
    }

    /// A new parameter, or an earlier one of the same value.
    fn parameter(&mut self, json: &str) {
        let earlier = self.params.iter().position(|param| param == json);
        let at = earlier.unwrap_or(self.params.len());
        if at == self.params.len() {
            self.params.push(json.to_owned());
        }
        let zeros = if self.chance(9) { "00" } else { "" };
        self.push(format!("?{zeros}{}", at + 1));
    }

    fn literal(&mut self, value: &Value) {
        let Some(random) = &mut self.random else {
            return self.push(value.text());
        };
        let json = spell(value, random);
        match value {
            Value::Null => self.words("NULL"),
            Value::Bool(true) => self.words("TRUE"),
            Value::Bool(false) => self.words("FALSE"),
            Value::Number(text) => match text.strip_prefix('-') {
                Some(digits) => {
                    self.push("-");
                    self.push(digits);
                }
                None => self.push(text.as_str()),
            },
            Value::Str(_) if self.chance(2) => self.single_quoted(json.trim()),
            _ => self.push(json.trim()),
        }
    }

    /// A JSON string in single quotes.
    fn single_quoted(&mut self, json: &str) {
        let mut text = String::from("'");
        let mut chars = json[1..json.len() - 1].chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next().unwrap() {
                    '"' if self.chance(2) => text.push('"'),
                    escaped => text.extend(['\\', escaped]),
                },
                '\'' if self.chance(2) => text.push_str("\\'"),
                '\'' => text.push_str("''"),
                c => text.push(c),
            }
        }
        text.push('\'');
        self.push(text);
    }

    fn field(&mut self, reference: &str) {
        let mut text = String::new();
        for (i, step) in parse_path(reference).unwrap().iter().enumerate() {
            match step {
                Step::Item(index) => text.push_str(&format!("[{index}]")),
                Step::Name(name) => {
                    if i > 0 {
                        text.push('.');
                    }
                    let letter = |c: char| c.is_ascii_alphabetic() || "_$".contains(c) || c > '~';
                    let is_plain = name.chars().next().is_some_and(letter)
                        && name.chars().all(|c| letter(c) || c.is_ascii_digit())
                        && !KEYWORDS
                            .split(' ')
                            .any(|word| word.eq_ignore_ascii_case(name));
                    match is_plain && !self.chance(4) {
                        true => text.push_str(name),
                        false => text.push_str(&format!("`{}`", name.replace('`', "``"))),
                    }
                }
            }
        }
        self.push(text);
    }

    /// The tokens with white space where it is needed, and at times elsewhere.
    fn joined(&mut self) -> String {
        let mut text = String::new();
        let tokens = std::mem::take(&mut self.tokens);
        for token in &tokens {
            let parts = |c: char| "()=<>!,-".contains(c);
            let may_touch = text.ends_with(parts) || token.starts_with(parts) || text.is_empty();
            if !may_touch || self.chance(2) {
                text.push([' ', ' ', ' ', '\n', '\t'][self.below(5)]);
            }
            text.push_str(token);
        }
        text
    }
}
