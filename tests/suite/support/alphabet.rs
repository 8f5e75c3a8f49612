//! The small alphabet that random operations are made of: few keys, so that they collide; values at the edges.

/// A kind of table, and what its records are made of.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The options that the table is created with.
    pub options: &'static str,
    pub key_field: &'static str,
    /// Fields with the type that the schema wants; empty without a schema.
    pub typed: &'static [(&'static str, &'static str)],
}

pub const KINDS: &[Kind] = &[
    Kind {
        options: "{}",
        key_field: "id",
        typed: &[],
    },
    Kind {
        options: r#"{"primary_key": "k.y", "schema": null}"#,
        key_field: "k.y",
        typed: &[],
    },
    Kind {
        options: r#"{"schema": {"a": "int", "b": "str"}}"#,
        key_field: "id",
        typed: &[("a", "int"), ("b", "str")],
    },
    Kind {
        options: r#"{"schema":{"a":{"type":"int","nullable":true},"b":{"type":"str","default":"d\n\u00e9"},
            "c":{"type":"float","nullable":true,"default":1.50},"id":"int","tags":"list",
            "n":{"type":"dict","default":{"b":1,"c":[ 1 , 2 ]}},"f":{"nullable":false,"type":"bool"}}}"#,
        key_field: "id",
        typed: &[
            ("a", "int"),
            ("b", "str"),
            ("c", "float"),
            ("tags", "list"),
            ("n", "dict"),
            ("f", "bool"),
        ],
    },
    Kind {
        options: r#"{"primary_key":"k","schema":{"k":"str","a":"float"}}"#,
        key_field: "k",
        typed: &[("a", "float")],
    },
];

pub const KEYS: &[&str] = &[
    "1",
    "2",
    "3",
    "4",
    "5",
    r#""a""#,
    r#""b""#,
    r#""1""#,
    "0",
    "-1",
    "70",
    "4096",
    "5000",
    "1000000000000",
    "-9223372036854775808",
    r#""\u0061""#,
    r#""é\n\"\u0000""#,
    r#""ключ 😀 with a name that is rather long, longer than any short string""#,
];

/// The keys after which no integer is left, or one: seldom used, since little can be inserted afterwards.
pub const LAST_KEYS: &[&str] = &["9223372036854775806", "9223372036854775807"];

pub const BAD_KEYS: &[&str] = &[
    "true",
    "1.0",
    "1e2",
    r#""""#,
    "[]",
    "[1]",
    "{}",
    "9223372036854775808",
    "18446744073709551615",
];

/// An integer that no value can be.
pub const NO_INTEGER: &str = "99999999999999999999";

pub const FIELDS: &[&str] = &[
    "a",
    "b",
    "c",
    "n",
    "tags",
    "a.b",
    "é",
    "",
    "-x",
    "we`ird[0]",
    "id",
];

pub const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "10",
    "1.0",
    "1.50",
    "1.5",
    "1e0",
    "10E-1",
    "0.5",
    "-0",
    "-0.0",
    "1e-400",
    "9007199254740992",
    "9007199254740993",
    "9007199254740992.0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616.0",
    "1.7976931348623157e308",
    "-1.7976931348623157e308",
];

pub const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "10",
    "9007199254740993",
    "18446744073709551615",
];

/// As JSON, some of them with more escapes than are needed.
pub const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""b""#,
    r#""ab""#,
    r#""A""#,
    r#""aB%""#,
    r#""a_b""#,
    r#""\u0061b""#,
    r#""a\nb""#,
    r#""\/\\\"\t\u001f\u007f""#,
    r#""é""#,
    r#""É""#,
    r#""😀""#,
    r#""\ud83d\ude00a""#,
    r#""ß""#,
    r#""İ""#,
    r#""aΣ""#,
    r#""Aς""#,
    r#""1""#,
    r#""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab""#,
];

pub const PATTERNS: &[&str] = &[
    r#""%""#,
    r#""a%""#,
    r#""%b""#,
    r#""a%b""#,
    r#""%a%""#,
    r#""_""#,
    r#""__""#,
    r#""a_b""#,
    r#""%_b""#,
    r#""_%_""#,
    r#""a!%""#,
    r#""%!%""#,
    r#""!_%""#,
    r#""""#,
    r#""A%""#,
    r#""%É%""#,
    r#""%\n%""#,
    r#""%%""#,
    r#""a%a%b""#,
    r#""%a_%a%""#,
    r#""%σ""#,
    r#""i_%""#,
    // Longer than a machine word has bits.
    r#""%a____________________________________________________________________%b""#,
    r#""_________________________________________________________________________________b""#,
];

/// Field references, as predicates, columns and `order_by` take them.
pub const REFERENCES: &[&str] = &[
    "a",
    "b",
    "c",
    "id",
    "k",
    "n",
    "tags",
    "n.b",
    "n.c",
    "n.c[0]",
    "tags[0]",
    "tags[1].b",
    "tags[12]",
    "`a.b`",
    "`k.y`",
    "a.b",
    "é",
    "``",
    "`-x`",
    "`we``ird[0]`",
    "`n`.b",
    "missing",
    "a[0]",
    "in",
    "n.Not",
];

pub const BAD_REFERENCES: &[&str] = &[
    "", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a[0", "`a", "`a`b", "a`b`", "a]",
    "a[0]b",
];

/// Texts that are no record and no change.
pub const BAD_OBJECTS: &[&str] = &[
    "5",
    "[1]",
    "null",
    r#""a""#,
    r#"{"a":}"#,
    r#"{"a":01}"#,
    r#"{"a":1e999}"#,
    r#"{"a":18446744073709551616}"#,
    r#"{"a":-9223372036854775809,"b":}"#,
    r#"{"a":"\ud800"}"#,
    r#"{"a":"\x"}"#,
    r#"{"a":1,}"#,
    r#"{"a" 1}"#,
    r#"{"a":+1}"#,
    r#"{"a":NaN}"#,
    r#"{a:1}"#,
];

/// Texts that are no JSON at all, and would spoil an array around them too.
pub const BROKEN: &[&str] = &[
    "",
    " ",
    "{",
    r#"{"a":1"#,
    r#"{"a":1}}"#,
    r#"{"a":"x}"#,
    "{} {}",
    "{}\u{0}",
];

/// A value that no schema and no predicate is likely to meet.
pub fn deep(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}
