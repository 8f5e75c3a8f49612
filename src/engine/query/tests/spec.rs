//! Queries as they are written: what is understood, and what is refused.

use crate::engine::query::Query;
use crate::engine::{Error, Params};

fn refused(spec: &str) -> String {
    Query::from_json(None, spec).unwrap_err().to_string()
}

fn option(spec: &str) -> String {
    match Query::from_json(None, spec) {
        Err(Error::InvalidOption { option, .. }) => option,
        other => panic!("{spec}: {other:?}"),
    }
}

#[test]
fn wrong_members_are_named() {
    for (spec, expected) in [
        (r#"{"group":"a"}"#, "group"),
        (r#"{"where":5}"#, "where"),
        (r#"{"columns":"a"}"#, "columns"),
        (r#"{"group_by":{"a":"b"}}"#, "group_by"),
        (r#"{"group_by":[5]}"#, "group_by"),
        (r#"{"group_by":["a","`a`"]}"#, "group_by"),
        (r#"{"aggregates":"count()"}"#, "aggregates"),
        (r#"{"aggregates":[7]}"#, "aggregates"),
        (r#"{"aggregates":{"n":null}}"#, "aggregates"),
        (r#"{"aggregates":["count()","count()"]}"#, "aggregates"),
        (r#"{"aggregates":["sum(a)","sum(a)"]}"#, "aggregates"),
        (
            r#"{"group_by":"a","aggregates":{"a":"count()"}}"#,
            "aggregates",
        ),
        (r#"{"columns":["a"],"group_by":"a"}"#, "columns"),
        (r#"{"columns":{},"aggregates":["count()"]}"#, "columns"),
        (r#"{"order_by":7}"#, "order_by"),
        (r#"{"order_by":[7],"group_by":"a"}"#, "order_by"),
        (r#"{"order_by":"b","group_by":"a"}"#, "order_by"),
        (r#"{"order_by":"+a","group_by":"a"}"#, "order_by"),
        (r#"{"limit":1.0}"#, "limit"),
        (r#"{"limit":"1"}"#, "limit"),
        (r#"{"limit":"?"}"#, "limit"),
        (r#"{"limit":"?0"}"#, "limit"),
        (r#"{"limit":"?1 ?2"}"#, "limit"),
        (r#"{"offset":true}"#, "offset"),
        (r#"{"offset":[]}"#, "offset"),
        (r#"{"distinct":1}"#, "distinct"),
    ] {
        assert_eq!(option(spec), expected, "{spec}");
    }
    assert!(matches!(
        Query::from_json(None, "[]"),
        Err(Error::InvalidJson { .. })
    ));
    for spec in [
        r#"{"limit":"?65536"}"#,
        r#"{"offset":"?99999999999999999999999"}"#,
    ] {
        let error = Query::from_json(None, spec);
        assert!(
            matches!(error, Err(Error::Limit { .. })),
            "{spec}: {error:?}"
        );
    }
}

#[test]
fn errors_tell_what_is_known() {
    assert_eq!(
        refused(r#"{"group_by":["a","b"],"aggregates":{"n":"count()"},"order_by":["-a","c"]}"#),
        r#"option "order_by": "c" is no column of the groups; they have "a", "b", "n""#
    );
    let many: Vec<String> = (0..20).map(|n| format!("\"f{n}\"")).collect();
    let many = refused(&format!(
        r#"{{"group_by":[{}],"order_by":"x"}}"#,
        many.join(",")
    ));
    assert!(many.ends_with("\"f15\", …"), "{many}");
}

#[test]
fn parse_errors_tell_of_which_text_they_are() {
    for (text, position, found) in [
        ("", 0, "the end of the text"),
        ("total(a)", 0, "total"),
        ("`sum`(a)", 0, "`sum`"),
        ("sum", 3, "the end of the text"),
        ("sum()", 4, ")"),
        ("sum(*)", 4, "*"),
        ("avg(a", 5, "the end of the text"),
        ("avg(a,b)", 5, ","),
        ("avg(a) b", 7, "b"),
        ("count(*", 7, "the end of the text"),
        ("count(a.)", 8, ")"),
        ("max(in)", 4, "in"),
        ("max(a-b)", 5, "-"),
        ("max(1)", 4, "1"),
    ] {
        let spec = serde_json::json!({ "aggregates": [text] }).to_string();
        let error = Query::from_json(None, &spec).unwrap_err();
        let Error::Parse {
            reason,
            position: at,
            found: what,
            member,
            ..
        } = error
        else {
            panic!("{text}: {error:?}");
        };
        assert_eq!((at, what.as_deref()), (position, Some(found)), "{text}");
        assert_eq!(member.as_deref(), Some("aggregates"));
        let place = format!("of {text:?}: expected ");
        assert!(reason.starts_with(&place), "{reason}");
    }
    for member in ["columns", "group_by", "order_by"] {
        let error = refused(&format!(r#"{{"{member}":["x","a["]}}"#));
        let place = format!("in \"{member}\" at byte 2: ");
        assert!(error.starts_with(&place), "{error}");
    }
}

#[test]
fn defaults_and_empty_lists_are_no_grouping() {
    for spec in [
        "{}",
        r#"{"where":null,"columns":null,"group_by":null,"aggregates":null,"order_by":null,"limit":null,"offset":null,"distinct":null}"#,
        r#"{"group_by":[],"aggregates":{},"columns":["a"],"order_by":"-a"}"#,
    ] {
        let query = Query::from_json(None, spec).unwrap();
        assert!(query.grouping.is_none(), "{spec}");
        assert_eq!(query.parameters(), 0);
        let params = Params::none();
        assert_eq!(query.limit(&params), Ok(None));
        assert_eq!(query.offset(&params), Ok(0));
    }
}

#[test]
fn limits_may_be_parameters() {
    let query = Query::from_json(None, r#"{"limit":"?7","offset":" ?2 "}"#).unwrap();
    assert_eq!(query.parameters(), 7);
    let params = |json: &'static str| Params::from_json(json).unwrap();
    let values = params("[0,3,0,0,0,0,18446744073709551615]");
    assert_eq!(query.offset(&values), Ok(3));
    assert_eq!(query.limit(&values), Ok(Some(u64::MAX)));
    let values = params("[0,null,0,0,0,0,-1]");
    assert_eq!(query.offset(&values), Ok(0));
    assert_eq!(query.limit(&values), Ok(None));
    let values = params(r#"[0,"3",0,0,0,0,1.0]"#);
    for (read, number) in [
        (query.offset(&values).err(), 2),
        (query.limit(&values).err(), 7),
    ] {
        assert!(
            matches!(&read, Some(Error::Parameter { number: Some(at), .. }) if *at == number),
            "{read:?}"
        );
    }
    assert!(query.limit(&Params::none()).is_err());
    let fixed = Query::from_json(None, r#"{"limit":-5,"offset":-5}"#).unwrap();
    assert_eq!(fixed.limit(&Params::none()), Ok(None));
    assert_eq!(fixed.offset(&Params::none()), Ok(0));
}

#[test]
fn labels_are_names_and_aggregates_as_written() {
    let spec =
        r#"{"group_by":["`odd.name`","a.b"],"aggregates":["AVG ( a . `c d` )","Count ( * )"]}"#;
    let spec = spec.replace(" . ", ".");
    let query = Query::from_json(None, &spec).unwrap();
    let grouping = query.grouping.unwrap();
    let labels: Vec<&str> = grouping
        .labels()
        .map(|label| std::str::from_utf8(label).unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            r#""odd.name":"#,
            r#""a.b":"#,
            r#""AVG ( a.`c d` )":"#,
            r#""Count ( * )":"#
        ]
    );
}
