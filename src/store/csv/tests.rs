//! Lines against a naive reading of them, and tables that go to a file and come back.

use super::lines::{line_at, Lines};
use super::{export_csv, import_csv, CsvExport, CsvImport};
use crate::engine::{push_quoted, Cancel, Database, Interrupt, Params, Query, TableOptions};
use crate::store::filling::Stop;
use crate::store::{Error, Fault, Work};
use proptest::collection::vec;
use proptest::prelude::*;
use std::io::Write;
use std::sync::Arc;

/// Rows and the number of the line in which each begins; `Err` has that of the row whose quote is not closed.
type Read = Result<Vec<(u64, Vec<String>)>, u64>;

/// What the lines of a text are, character by character.
fn naive(text: &str, delimiter: char) -> Read {
    #[derive(PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        Quote,
    }
    let (mut rows, mut row, mut cell, mut at) = (Vec::new(), Vec::new(), String::new(), At::Start);
    let (mut line, mut first) = (1, 1);
    let mut chars = text.chars().chain(Some('\n')).peekable();
    while let Some(c) = chars.next() {
        let is_break = c == '\n' || c == '\r' && chars.peek() != Some(&'\n');
        if row.is_empty() && at == At::Start {
            first = line;
        }
        line += u64::from(is_break);
        at = match (at, c) {
            (At::Quoted, '"') => At::Quote,
            (At::Quoted, _) => {
                cell.push(c);
                At::Quoted
            }
            (At::Quote, '"') => {
                cell.push('"');
                At::Quoted
            }
            (At::Start, '"') => At::Quoted,
            (_, c) if c == delimiter => {
                row.push(std::mem::take(&mut cell));
                At::Start
            }
            (At::Start, '\n' | '\r') if row.is_empty() => At::Start,
            (_, '\n' | '\r') => {
                row.push(std::mem::take(&mut cell));
                rows.push((first, std::mem::take(&mut row)));
                At::Start
            }
            _ => {
                cell.push(c);
                At::Plain
            }
        };
    }
    match at {
        At::Quoted => Err(first),
        _ => Ok(rows),
    }
}

fn file_of(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn read(text: &str, delimiter: char) -> Read {
    let file = file_of(text);
    let stop = Stop::new(Interrupt::NONE);
    let mut lines = Lines::new(file.as_file(), file.path(), delimiter as u8, stop).unwrap();
    let mut rows = Vec::new();
    loop {
        match lines.next() {
            Ok(true) => {
                let cells = (0..lines.count()).map(|at| lines.cell(at).unwrap().to_owned());
                rows.push((lines.start, cells.collect()));
            }
            Ok(false) => break,
            Err(Error::Line {
                line,
                column: None,
                fault,
                ..
            }) if matches!(*fault, Fault::Format(_)) => return Err(line),
            Err(error) => panic!("{error}"),
        }
    }
    let numbered = rows.into_iter();
    Ok(numbered
        .map(|(start, cells)| (line_at(file.as_file(), start), cells))
        .collect())
}

fn text() -> impl Strategy<Value = String> {
    "([a,;]|\"|\"\"|\n|\r\n|\r|é|,\"|\",){0,40}"
}

/// A record's fields as canonical JSON, in the order of `SCHEMA`.
fn record() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        "[a-z,;\t1]{0,4}",
        "(a|\"|\n|\r|,|;|é|\u{FEFF}){0,6}",
        any::<String>()
    ];
    let float = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let int = proptest::option::of(any::<i64>());
    let list = vec("[\"\n,x]{0,3}", 0..3);
    (string, float, int, any::<bool>(), list).prop_map(|(string, float, int, flag, list)| {
        let mut text = b"{\"s\":".to_vec();
        push_quoted(&mut text, &string);
        let int = int.map_or("null".to_owned(), |int| int.to_string());
        text.extend_from_slice(
            format!(",\"f\":{float:?},\"i\":{int},\"b\":{flag},\"l\":[").as_bytes(),
        );
        for (at, item) in list.iter().enumerate() {
            text.extend_from_slice(if at > 0 { b"," } else { b"" });
            push_quoted(&mut text, item);
        }
        text.extend_from_slice(b"]}");
        String::from_utf8(text).unwrap()
    })
}

const SCHEMA: &str =
    r#""s":"str","f":"float","i":{"type":"int","nullable":true},"b":"bool","l":"list""#;

proptest! {
    #![proptest_config(crate::testing::cases(2000))]

    #[test]
    fn lines_are_what_a_naive_reading_says(text in text(), delimiter in prop_oneof![Just(','), Just(';'), Just('a')]) {
        prop_assert_eq!(read(&text, delimiter), naive(&text, delimiter));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over(text in text()) {
        prop_assert_eq!(read(&format!("\u{FEFF}{text}"), ','), naive(&text, ','));
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(300))]

    #[test]
    fn what_is_written_is_read_as_it_was(
        records in vec(record(), 0..12),
        delimiter in "[ !#-~\t\x00]",
    ) {
        let database = Database::new();
        let options = TableOptions::from_json(&format!("{{\"schema\":{{{SCHEMA}}}}}")).unwrap();
        let table = database.create_table("t", options).unwrap();
        table.insert_many(&format!("[{}]", records.join(",")), None).unwrap();
        let query = Arc::new(Query::from_json(None, "{}").unwrap());
        let params = Params::from_json("[]").unwrap();
        let mut shown = Vec::new();
        push_quoted(&mut shown, &delimiter);
        let delimiter = format!("\"delimiter\":{}", String::from_utf8(shown).unwrap());
        let written = CsvExport::from_json(&format!("{{{delimiter}}}")).unwrap();
        let read = CsvImport::from_json(&format!("{{{delimiter},\"schema\":{{{SCHEMA}}}}}")).unwrap();
        let file = file_of("");
        let (path, work) = (file.path(), Work::default());
        export_csv(&table.snapshot().unwrap(), (&query, &params), path, &written, &work).unwrap();
        let (again, bytes) = import_csv(&database, "again", path, &read, &work, Cancel::new()).unwrap();
        prop_assert_eq!(bytes, std::fs::metadata(path).unwrap().len());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        table.query(&query, &params, &mut before).unwrap();
        again.query(&query, &params, &mut after).unwrap();
        prop_assert_eq!(String::from_utf8(after).unwrap(), String::from_utf8(before).unwrap());
    }
}
