//! What each aggregate gives, and how groups come out.

use super::Stored;
use crate::engine::Error;

fn one(records: &[&str], aggregates: &str) -> String {
    let rows = Stored::of(records).run(&format!("{{\"aggregates\":{aggregates}}}"));
    rows.unwrap()
}

#[test]
fn of_no_records_counts_are_zero_and_all_else_is_null() {
    let all = r#"["count()","count(a)","count_distinct(a)","sum(a)","avg(a)","min(a)","max(a)"]"#;
    let row = r#"[{"count()":0,"count(a)":0,"count_distinct(a)":0,"sum(a)":null,"avg(a)":null,"min(a)":null,"max(a)":null}]"#;
    assert_eq!(one(&[], all), row);
    let nulls = [r#"{"id":1}"#, r#"{"id":2,"a":null}"#];
    assert_eq!(one(&nulls, all), row.replacen(":0", ":2", 1));
    let rows = Stored::of(&[]).run(r#"{"group_by":"a","aggregates":["count()"]}"#);
    assert_eq!(rows.unwrap(), "[]");
}

#[test]
fn nulls_are_ignored() {
    let records = [
        r#"{"id":1,"a":null}"#,
        r#"{"id":2,"a":5}"#,
        r#"{"id":3}"#,
        r#"{"id":4,"a":2}"#,
        r#"{"id":5,"a":5.0}"#,
    ];
    assert_eq!(
        one(
            &records,
            r#"{"n":"count(*)","a":"count(a)","d":"COUNT_DISTINCT( a )","s":"sum(a)","m":"avg(a)","l":"min(a)","g":"max(a)"}"#
        ),
        r#"[{"n":5,"a":3,"d":2,"s":12.0,"m":4.0,"l":2,"g":5}]"#
    );
}

#[test]
fn sums_are_exact_or_refused() {
    let sum = |numbers: &[&str]| {
        let records: Vec<String> = numbers
            .iter()
            .map(|number| format!("{{\"id\":1,\"x\":{{\"y\":{number}}}}}"))
            .collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        Stored::of(&records).run(r#"{"aggregates":{"s":"sum(x.y)","m":"avg(x.y)"}}"#)
    };
    let overflow = |function: &str| Error::Overflow {
        reason: format!("{function}: the sum is outside [-2^63, 2^64-1] or no finite double"),
        key: None,
        field: "x.y".to_owned(),
    };
    let max = "18446744073709551615";
    let mean = 2_f64.powi(64);
    assert_eq!(
        sum(&[max]),
        Ok(format!(
            "[{{\"s\":{max},\"m\":{}}}]",
            serde_json::json!(mean)
        ))
    );
    assert_eq!(sum(&[max, "1"]), Err(overflow("sum")));
    assert_eq!(sum(&["-9223372036854775808", "-1"]), Err(overflow("sum")));
    assert_eq!(sum(&["1e308", "1e308"]), Err(overflow("sum")));
    assert_eq!(sum(&["1", "2"]), Ok(r#"[{"s":3,"m":1.5}]"#.to_owned()));
    assert_eq!(sum(&["1", "2.0"]), Ok(r#"[{"s":3.0,"m":1.5}]"#.to_owned()));
    let large = serde_json::json!([{ "s": 1e100, "m": 1e100 }]);
    assert_eq!(sum(&["1e100"]), Ok(large.to_string()));
    let records = [r#"{"id":1,"x":1e308}"#, r#"{"id":2,"x":1e308}"#];
    let rows = Stored::of(&records).run(r#"{"aggregates":["avg(x)"],"limit":0}"#);
    assert!(matches!(rows, Err(Error::Overflow { .. })), "{rows:?}");
}

#[test]
fn only_numbers_can_be_summed() {
    let records = [
        r#"{"id":"k\"1","a":1,"b":2,"c":true}"#,
        r#"{"id":"k\"2","a":"abc","b":[]}"#,
        r#"{"id":"k\"3","a":"x"}"#,
    ];
    let error = |spec: &str| Stored::of(&records).run(spec).unwrap_err();
    let expected = |reason: &str, key: &str, field: &str| Error::TypeMismatch {
        reason: reason.to_owned(),
        key: Some(key.to_owned()),
        field: field.to_owned(),
    };
    assert_eq!(
        error(r#"{"aggregates":["max(b)","count(a)","sum( `a` )","avg(b)"]}"#),
        expected(r#"sum wants numbers, found "abc""#, r#""k\"2""#, "`a`")
    );
    assert_eq!(
        error(r#"{"group_by":"a","aggregates":["max(a)","avg(b)","sum(a)"]}"#),
        expected("avg wants numbers, found []", r#""k\"2""#, "b")
    );
    assert_eq!(
        error(r#"{"aggregates":["sum(c)"]}"#),
        expected("sum wants numbers, found true", r#""k\"1""#, "c")
    );
    let long = format!(r#"{{"id":1,"a":"{}"}}"#, "é".repeat(5000));
    let error = Stored::of(&[&long]).run(r#"{"aggregates":["sum(a)"]}"#);
    assert!(matches!(&error, Err(Error::TypeMismatch { reason, .. }) if reason.len() < 1000));
}

#[test]
fn extremes_go_by_the_total_order_and_keep_the_spelling() {
    let records = [
        r#"{"id":1,"a":1.50e0}"#,
        r#"{"id":2,"a":1.5}"#,
        r#"{"id":3,"a":{"z":1.0,"b":[]}}"#,
        r#"{"id":4,"a":{"b":[],"z":1}}"#,
        r#"{"id":5,"a":"text"}"#,
    ];
    assert_eq!(
        one(
            &records,
            r#"{"l":"min(a)","g":"max(a)","d":"count_distinct(a)"}"#
        ),
        r#"[{"l":1.50e0,"g":{"z":1.0,"b":[]},"d":3}]"#
    );
}

#[test]
fn equal_values_are_one_group_shown_as_in_its_first_record() {
    let records = [
        r#"{"id":1,"b":"x"}"#,
        r#"{"id":2,"a":1.0,"b":"x"}"#,
        r#"{"id":3,"a":null,"b":"y"}"#,
        r#"{"id":4,"b":"x","a":1}"#,
        r#"{"id":5,"a":"1","b":"x"}"#,
        r#"{"id":6,"a":true,"b":"x"}"#,
    ];
    let stored = Stored::of(&records);
    assert_eq!(
        stored
            .run(r#"{"group_by":"a","aggregates":{"n":"count()"}}"#)
            .unwrap(),
        r#"[{"a":null,"n":2},{"a":1.0,"n":2},{"a":"1","n":1},{"a":true,"n":1}]"#
    );
    assert_eq!(
        stored.run(r#"{"group_by":["b","a"],"limit":3}"#).unwrap(),
        r#"[{"b":"x","a":null},{"b":"x","a":1.0},{"b":"y","a":null}]"#
    );
}

#[test]
fn groups_are_ordered_by_output_columns_and_paged() {
    let records: Vec<String> = (0..20)
        .map(|n| format!(r#"{{"id":{n},"a":{{"b":"g{}"}},"v":{}}}"#, n % 7, n % 3))
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let stored = Stored::of(&records);
    let groups = |rest: &str, params: &str| {
        let spec =
            format!(r#"{{"group_by":"a.b","aggregates":{{"n":"count()","-s":"sum(v)"}},{rest}}}"#);
        let rows = stored.run_with(&spec, params).unwrap();
        let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).unwrap();
        let names = rows
            .iter()
            .map(|row| row["a.b"].as_str().unwrap()[1..].to_owned());
        names.collect::<Vec<_>>().join("")
    };
    assert_eq!(groups(r#""order_by":null"#, "[]"), "0123456");
    assert_eq!(groups(r#""order_by":"-a.b""#, "[]"), "6543210");
    // Group 6 has two records, all others three; the sums are 3, 3, 3, 3, 3, 3 and 1 in some order.
    assert_eq!(groups(r#""order_by":"n""#, "[]"), "6012345");
    assert_eq!(groups(r#""order_by":["-n"]"#, "[]"), "0123456");
    assert_eq!(groups(r#""order_by":["-n","-a.b"],"limit":2"#, "[]"), "54");
    assert_eq!(
        groups(r#""order_by":"n","limit":"?2","offset":"?1""#, "[1,2]"),
        "01"
    );
    assert_eq!(groups(r#""limit":"?1""#, "[null]"), "0123456");
    assert_eq!(groups(r#""limit":"?1","offset":"?1""#, "[-3]"), "0123456");
    assert_eq!(groups(r#""offset":7"#, "[]"), "");
    assert_eq!(groups(r#""order_by":"n","offset":99"#, "[]"), "");
    assert_eq!(groups(r#""order_by":"n","limit":0"#, "[]"), "");
    assert_eq!(
        groups(
            r#""order_by":["--s","n"],"limit":18446744073709551615"#,
            "[]"
        )
        .len(),
        7
    );
}
