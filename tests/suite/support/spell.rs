//! Writes a value with random white space and random escapes, as JSON allows.

use super::random::Random;
use super::value::Value;
use std::fmt::Write;

/// As `spell`, but most often in the usual way.
pub fn spell_some(value: &Value, random: &mut Random) -> String {
    match random.chance(5) {
        true => spell(value, random),
        false => value.text(),
    }
}

pub fn spell(value: &Value, random: &mut Random) -> String {
    let mut out = String::new();
    any(value, random, &mut out);
    out
}

fn any(value: &Value, random: &mut Random, out: &mut String) {
    space(random, out);
    match value {
        Value::Str(text) => string(text, random, out),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                any(item, random, out);
            }
            space(random, out);
            out.push(']');
        }
        Value::Dict(fields) => {
            out.push('{');
            for (i, (name, value)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                space(random, out);
                string(name, random, out);
                space(random, out);
                out.push(':');
                any(value, random, out);
            }
            space(random, out);
            out.push('}');
        }
        scalar => out.push_str(&scalar.text()),
    }
    space(random, out);
}

fn space(random: &mut Random, out: &mut String) {
    while random.chance(4) {
        out.push([' ', '\t', '\n', '\r'][random.below(4) as usize]);
    }
}

/// A JSON string.
pub fn string(text: &str, random: &mut Random, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' | '\\' | '/' => Some(c),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            _ => None,
        };
        let must = c < ' ' || c == '"' || c == '\\';
        match short {
            _ if !must && !random.chance(4) => out.push(c),
            Some(letter) if random.chance(2) => {
                out.push('\\');
                out.push(letter);
            }
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = match random.chance(2) {
                        true => write!(out, "\\u{unit:04x}"),
                        false => write!(out, "\\u{unit:04X}"),
                    };
                }
            }
        }
    }
    out.push('"');
}
