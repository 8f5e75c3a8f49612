//! The text of a predicate, said in one of the many ways that the language has for it.

use super::parse::parse;
use super::path::{parse_path, Step};
use super::predicate::{Cmp, Part, Pred};
use super::random::Random;
use super::spell::{spell, string};
use super::value::Value;

const KEYWORDS: &[&str] = &[
    "and",
    "between",
    "contains",
    "ends",
    "escape",
    "false",
    "icontains",
    "iends",
    "iequals",
    "ilike",
    "in",
    "is",
    "istarts",
    "like",
    "not",
    "null",
    "or",
    "starts",
    "true",
    "with",
];

/// What an operator takes, when its operand is a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    Anything,
    Text,
    List,
    Count,
}

fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '$' || !c.is_ascii()
}

fn is_plain(name: &str) -> bool {
    name.starts_with(starts_name)
        && name.chars().all(|c| starts_name(c) || c.is_ascii_digit())
        && !KEYWORDS.contains(&name.to_ascii_lowercase().as_str())
}

/// A path, in backquotes only where it must be.
pub fn print_path(path: &[Step]) -> String {
    print_path_with(path, &mut |name| !is_plain(name))
}

fn print_path_with(path: &[Step], quotes: &mut dyn FnMut(&str) -> bool) -> String {
    let mut text = String::new();
    for (i, step) in path.iter().enumerate() {
        match step {
            Step::Item(item) => text += &format!("[{item}]"),
            Step::Name(name) => {
                if i > 0 {
                    text.push('.');
                }
                match quotes(name) {
                    true => text += &format!("`{}`", name.replace('`', "``")),
                    false => text += name,
                }
            }
        }
    }
    text
}

/// Writes texts that share their parameters.
pub struct Say {
    pub random: Random,
    text: String,
    /// The values of the parameters so far, and what is wanted of each.
    params: Vec<(String, Want)>,
    /// One in how many operands becomes a parameter; 0: none.
    parametric: u64,
}

impl Say {
    pub fn new(seed: u64) -> Say {
        let mut random = Random(seed);
        let parametric = [0, 0, 1, 2, 5][random.below(5) as usize];
        Say {
            random,
            text: String::new(),
            params: Vec::new(),
            parametric,
        }
    }

    /// The text so far; the next one begins.
    pub fn take(&mut self) -> String {
        self.space();
        std::mem::take(&mut self.text)
    }

    /// The array of the parameters; sometimes a wrong one, then the other answer is true.
    pub fn params(&mut self) -> (String, bool) {
        let mut values: Vec<String> = self.params.iter().map(|(value, _)| value.clone()).collect();
        let mut wrong = false;
        if self.random.chance(40) {
            wrong = true;
            let picky: Vec<usize> = (0..values.len())
                .filter(|&i| self.params[i].1 != Want::Anything)
                .collect();
            match self.random.below(3) {
                0 if !values.is_empty() => {
                    values.pop();
                }
                1 if !picky.is_empty() => {
                    let place = picky[self.random.below(picky.len() as u64) as usize];
                    let others: &[&str] = match self.params[place].1 {
                        Want::Text => &["1", "null", "[\"a\"]"],
                        Want::List => &["1", "\"a\"", "null", "{}"],
                        _ => &["\"1\"", "1.5", "[1]", "true"],
                    };
                    values[place] = others[self.random.below(others.len() as u64) as usize].into();
                }
                _ => values.push("0".to_owned()),
            }
        }
        let space = if self.random.chance(3) { " " } else { "" };
        (
            format!("[{space}{}{space}]", values.join(&format!(",{space}"))),
            wrong,
        )
    }

    fn space(&mut self) {
        while self.random.chance(6) {
            let white = [' ', '\t', '\n', '\r'][self.random.below(4) as usize];
            self.text.push(white);
        }
    }

    /// What belongs together, apart from what is before it if it has to be.
    pub fn token(&mut self, token: &str) {
        let is_wordy = |c: char| starts_name(c) || c.is_ascii_digit();
        if self.random.chance(2) {
            self.text.push(' ');
        } else {
            self.space();
        }
        if self.text.ends_with(is_wordy) && token.starts_with(is_wordy) {
            self.text.push(' ');
        }
        self.text.push_str(token);
    }

    /// Words, in any case.
    pub fn words(&mut self, words: &str) {
        for word in words.split(' ') {
            let word: String = match self.random.below(4) {
                0 => word.to_lowercase(),
                1 => {
                    let mixed = word.chars().map(|c| match self.random.chance(2) {
                        true => c.to_ascii_lowercase(),
                        false => c.to_ascii_uppercase(),
                    });
                    mixed.collect()
                }
                _ => word.to_uppercase(),
            };
            self.token(&word);
        }
    }

    pub fn field(&mut self, reference: &str) {
        let path = parse_path(reference).unwrap();
        let text = self.path(&path);
        self.token(&text);
    }

    /// A path, in backquotes more often than it must be.
    pub fn path(&mut self, path: &[Step]) -> String {
        let random = &mut self.random;
        print_path_with(path, &mut |name| !is_plain(name) || random.chance(8))
    }

    /// The reference of a parameter that has the value, if one is to be used here.
    pub fn parameter(&mut self, json: &str, want: Want) -> Option<String> {
        if self.parametric == 0 || !self.random.chance(self.parametric) {
            return None;
        }
        let known = self
            .params
            .iter()
            .position(|(value, w)| value == json && *w == want);
        let place = known.filter(|_| !self.random.chance(3));
        let place = place.unwrap_or_else(|| {
            if self.random.chance(12) {
                // One that is not used.
                self.params.push(("null".to_owned(), Want::Anything));
            }
            self.params.push((json.to_owned(), want));
            self.params.len() - 1
        });
        let zero = if self.random.chance(20) { "0" } else { "" };
        Some(format!("?{zero}{}", place + 1))
    }

    pub fn operand(&mut self, json: &str, want: Want) {
        match self.parameter(json, want) {
            Some(parameter) => self.token(&parameter),
            None => self.literal(&parse(json).unwrap()),
        }
    }

    pub fn literal(&mut self, value: &Value) {
        match value {
            Value::Str(text) => {
                let text = self.string(text);
                self.token(&text);
            }
            Value::Number(text) => match text.strip_prefix('-') {
                Some(digits) if self.random.chance(6) => {
                    self.token("-");
                    self.token(digits);
                }
                _ => self.token(text),
            },
            Value::List(_) | Value::Dict(_) => {
                let text = spell(value, &mut self.random);
                self.token(text.trim_matches([' ', '\t', '\n', '\r']));
            }
            word => self.words(&word.text()),
        }
    }

    /// In either quotes.
    fn string(&mut self, text: &str) -> String {
        let mut json = String::new();
        match self.random.chance(4) {
            true => string(text, &mut self.random, &mut json),
            false => json = Value::Str(text.to_owned()).text(),
        }
        if self.random.chance(3) {
            return json;
        }
        let mut single = String::from("'");
        let mut chars = json[1..json.len() - 1].chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    let escaped = chars.next().unwrap();
                    if escaped != '"' || self.random.chance(2) {
                        single.push('\\');
                    }
                    single.push(escaped);
                }
                '\'' if self.random.chance(2) => single.push_str("''"),
                '\'' => single.push_str("\\'"),
                c => single.push(c),
            }
        }
        single.push('\'');
        single
    }

    /// `level`: 0 where OR may stand, 1 where AND may, 2 where neither may.
    pub fn pred(&mut self, pred: &Pred, level: u8) {
        if self.random.chance(12) {
            return self.in_parentheses(pred);
        }
        match pred {
            Pred::All => self.words("TRUE"),
            Pred::And(operands) if operands.is_empty() => self.words("TRUE"),
            Pred::Or(operands) if operands.is_empty() => self.words("FALSE"),
            Pred::And(operands) | Pred::Or(operands) if operands.len() == 1 => {
                self.pred(&operands[0], level);
            }
            Pred::And(_) if level > 1 => self.in_parentheses(pred),
            Pred::Or(_) if level > 0 => self.in_parentheses(pred),
            Pred::And(operands) => self.joined(operands, "AND", 2),
            Pred::Or(operands) => self.joined(operands, "OR", 1),
            Pred::Not(operand) => {
                if !self.random.chance(2) || !self.negated(operand) {
                    self.words("NOT");
                    self.pred(operand, 2);
                }
            }
            Pred::Compare(Cmp::Ne, field, json) if self.random.chance(4) => {
                self.words("NOT");
                self.test(&Pred::Compare(Cmp::Eq, field.clone(), json.clone()), "");
            }
            test => self.test(test, ""),
        }
    }

    fn in_parentheses(&mut self, pred: &Pred) {
        self.token("(");
        self.pred(pred, 0);
        self.token(")");
    }

    fn joined(&mut self, operands: &[Pred], word: &str, level: u8) {
        for (i, operand) in operands.iter().enumerate() {
            if i > 0 {
                self.words(word);
            }
            self.pred(operand, level);
        }
    }

    /// The negation inside of the test, if there is such a form.
    fn negated(&mut self, pred: &Pred) -> bool {
        match pred {
            Pred::Compare(Cmp::Eq, field, json) => {
                self.compare(Cmp::Ne, field, json);
            }
            Pred::Compare(Cmp::Ne, field, json) => {
                self.compare(Cmp::Eq, field, json);
            }
            Pred::IsNull(field) => self.is_null(field, "NOT NULL"),
            Pred::IsNotNull(field) => self.is_null(field, "NULL"),
            Pred::In(..) | Pred::Between(..) | Pred::Like(..) | Pred::Contains(..) => {
                self.test(pred, "NOT ");
            }
            Pred::Text(part, fold, ..) if *part != Part::Whole || *fold => self.test(pred, "NOT "),
            _ => return false,
        }
        true
    }

    fn is_null(&mut self, field: &str, what: &str) {
        self.field(field);
        self.words(&format!("IS {what}"));
    }

    fn compare(&mut self, cmp: Cmp, field: &str, json: &str) {
        let mirrored = self.random.chance(3);
        let forms: &[&str] = match (cmp, mirrored) {
            (Cmp::Eq, _) => &["=", "=", "=="],
            (Cmp::Ne, _) => &["!=", "<>"],
            (Cmp::Lt, false) | (Cmp::Gt, true) => &["<"],
            (Cmp::Le, false) | (Cmp::Ge, true) => &["<="],
            (Cmp::Gt, false) | (Cmp::Lt, true) => &[">"],
            (Cmp::Ge, false) | (Cmp::Le, true) => &[">="],
        };
        let form = forms[self.random.below(forms.len() as u64) as usize];
        if mirrored {
            self.operand(json, Want::Anything);
            self.token(form);
            self.field(field);
        } else {
            self.field(field);
            self.token(form);
            self.operand(json, Want::Anything);
        }
    }

    /// A test that is none of the connectives; `not` stands before its operator.
    fn test(&mut self, test: &Pred, not: &str) {
        match test {
            Pred::Compare(cmp, field, json) => self.compare(*cmp, field, json),
            Pred::In(field, json) => {
                self.field(field);
                self.words(&format!("{not}IN"));
                self.list(json);
            }
            Pred::Between(field, low, high) => {
                self.field(field);
                self.words(&format!("{not}BETWEEN"));
                self.operand(low, Want::Anything);
                self.words("AND");
                self.operand(high, Want::Anything);
            }
            Pred::Like(fold, field, json, escape) => {
                let word = if *fold { "ILIKE" } else { "LIKE" };
                self.text_test(field, &format!("{not}{word}"), json);
                if let Some(escape) = escape {
                    self.words("ESCAPE");
                    let escape = self.string(&escape.to_string());
                    self.token(&escape);
                }
            }
            // Two that have no operator of their own.
            Pred::Text(Part::Whole, false, field, json) => self.compare(Cmp::Eq, field, json),
            Pred::Text(Part::Substring, false, field, json) => {
                let text = parse(json).unwrap();
                let mut pattern = String::from("%");
                for c in text.as_str().unwrap().chars() {
                    if "!%_".contains(c) {
                        pattern.push('!');
                    }
                    pattern.push(c);
                }
                pattern.push('%');
                self.text_test(field, &format!("{not}LIKE"), &Value::Str(pattern).text());
                self.words("ESCAPE");
                self.token("'!'");
            }
            Pred::Text(part, fold, field, json) => {
                let word = match (part, fold) {
                    (Part::Prefix, false) => "STARTS WITH",
                    (Part::Prefix, true) => "ISTARTS WITH",
                    (Part::Suffix, false) => "ENDS WITH",
                    (Part::Suffix, true) => "IENDS WITH",
                    (Part::Substring, _) => "ICONTAINS",
                    (Part::Whole, _) => "IEQUALS",
                };
                self.text_test(field, &format!("{not}{word}"), json);
            }
            Pred::Contains(field, json) => {
                self.field(field);
                self.words(&format!("{not}CONTAINS"));
                self.operand(json, Want::Anything);
            }
            Pred::IsNull(field) => self.is_null(field, "NULL"),
            Pred::IsNotNull(field) => self.is_null(field, "NOT NULL"),
            other => self.in_parentheses(other),
        }
    }

    fn text_test(&mut self, field: &str, words: &str, json: &str) {
        self.field(field);
        self.words(words);
        self.operand(json, Want::Text);
    }

    /// What follows IN.
    fn list(&mut self, json: &str) {
        let list = parse(json).unwrap();
        let Value::List(items) = &list else {
            panic!("{json} is no list");
        };
        match self.random.below(3) {
            0 => self.operand(json, Want::List),
            _ => {
                self.token("(");
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.token(",");
                    }
                    self.operand(&item.text(), Want::Anything);
                }
                self.token(")");
            }
        }
    }
}
