//! JSON texts that are not UTF-8, and those of which the standard leaves open what a reader does. Named in the manner of JSONTestSuite.

/// The inside of a string that is not UTF-8, and how many bytes of it are.
pub const NOT_UTF8: &[(&str, &[u8], usize)] = &[
    ("continuation_alone", b"\x80", 0),
    ("continuation_alone_last", b"\xbf", 0),
    ("continuation_after_ascii", b"abc\x80", 3),
    ("continuation_too_many", b"\xc3\xa9\xa9", 2),
    (
        "continuations_long_run",
        b"\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90",
        0,
    ),
    ("start_of_2_alone", b"\xc3", 0),
    ("start_of_2_then_ascii", b"\xc3a", 0),
    ("start_of_2_twice", b"\xc3\xc3\xa9", 0),
    ("start_of_3_cut", b"\xe2\x82", 0),
    ("start_of_3_then_ascii", b"\xe2\x82a", 0),
    ("start_of_4_cut_after_1", b"\xf0", 0),
    ("start_of_4_cut_after_2", b"\xf0\x9f", 0),
    ("start_of_4_cut_after_3", b"\xf0\x9f\x98", 0),
    (
        "cut_after_what_is_right",
        b"\xf0\x9f\x98\x80\xf0\x9f\x98",
        4,
    ),
    ("overlong_2_nul", b"\xc0\x80", 0),
    ("overlong_2_slash", b"\xc0\xaf", 0),
    ("overlong_2_last", b"\xc1\xbf", 0),
    ("overlong_3_nul", b"\xe0\x80\x80", 0),
    ("overlong_3_last", b"\xe0\x9f\xbf", 0),
    ("overlong_4_nul", b"\xf0\x80\x80\x80", 0),
    ("overlong_4_last", b"\xf0\x8f\xbf\xbf", 0),
    ("overlong_quote", b"a\xc0\xa2", 1),
    ("surrogate_high_first", b"\xed\xa0\x80", 0),
    ("surrogate_high_last", b"\xed\xaf\xbf", 0),
    ("surrogate_low_first", b"\xed\xb0\x80", 0),
    ("surrogate_low_last", b"\xed\xbf\xbf", 0),
    ("surrogates_in_pair", b"\xed\xa0\xbd\xed\xb8\x80", 0),
    ("above_10ffff", b"\xf4\x90\x80\x80", 0),
    ("above_10ffff_far", b"\xf7\xbf\xbf\xbf", 0),
    ("start_of_5", b"\xf8\x88\x80\x80\x80", 0),
    ("start_of_6", b"\xfc\x84\x80\x80\x80\x80", 0),
    ("byte_fe", b"\xfe", 0),
    ("byte_ff", b"\xff", 0),
    ("latin1", b"caf\xe9", 3),
    ("windows_1252_quotes", b"\x93a\x94", 0),
    ("utf16_le_inside", b"\xff\xfea\x00", 0),
    (
        "after_a_long_ascii_run",
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x80",
        68,
    ),
    ("after_an_escape", b"\\u00e9\xe9", 6),
    ("inside_an_escape", b"\\u00\xe9", 4),
    ("escaped", b"\\\xe9", 1),
];

/// Whole texts that are not UTF-8 outside of their strings, and how many bytes of them are.
pub const NOT_UTF8_TEXTS: &[(&str, &[u8], usize)] = &[
    ("utf16_le_with_mark", b"\xff\xfe{\x00}\x00", 0),
    ("utf16_be_with_mark", b"\xfe\xff\x00{\x00}", 0),
    ("mark_cut", b"\xef\xbb{}", 0),
    ("lone_byte", b"\xe5", 0),
    ("before", b"\x80{}", 0),
    ("behind", b"{}\x80", 2),
    ("in_place_of_a_value", b"{\"a\":\xe5}", 5),
    ("in_place_of_white_space", b"{\"a\":\xa01}", 5),
    ("behind_a_number", b"{\"a\":0\xe5}", 6),
    ("in_a_word", b"{\"a\":tr\xffue}", 7),
    ("in_a_name", b"{\"\xe9\":1}", 2),
    ("cut_at_the_end", b"{\"a\":\"\xf0\x9f\x98", 6),
];

/// What is done with a value of which the standard says nothing, or no more than that it may be limited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Done {
    /// It is taken, and kept as this.
    Taken(&'static str),
    InvalidJson,
    NumberRange,
}

/// Values that readers may take or refuse.
pub const DEFINED: &[(&str, &str, Done)] = &[
    (
        "number_double_huge_neg_exp",
        "123.456e-789",
        Done::Taken("123.456e-789"),
    ),
    (
        "number_huge_exp",
        "0.4e00669999999999999999999999999999999999",
        Done::InvalidJson,
    ),
    ("number_neg_int_huge_exp", "-1e+9999", Done::InvalidJson),
    ("number_pos_double_huge_exp", "1.5e+9999", Done::InvalidJson),
    (
        "number_real_neg_overflow",
        "-123123e100000",
        Done::InvalidJson,
    ),
    (
        "number_real_pos_overflow",
        "123123e100000",
        Done::InvalidJson,
    ),
    (
        "number_real_underflow",
        "123e-10000000",
        Done::Taken("123e-10000000"),
    ),
    (
        "number_just_infinite",
        "1.7976931348623159e308",
        Done::InvalidJson,
    ),
    ("number_denormal", "4.9e-324", Done::Taken("4.9e-324")),
    (
        "number_zero_by_rounding",
        "2.4e-324",
        Done::Taken("2.4e-324"),
    ),
    (
        "number_too_big_pos_int",
        "100000000000000000000",
        Done::NumberRange,
    ),
    (
        "number_too_big_neg_int",
        "-123123123123123123123123123123",
        Done::NumberRange,
    ),
    (
        "number_very_big_negative_int",
        "-237462374673276894279832749832423479823246327846",
        Done::NumberRange,
    ),
    (
        "number_beyond_doubles_exactly",
        "9007199254740993",
        Done::Taken("9007199254740993"),
    ),
    (
        "number_more_digits_than_a_double",
        "3.14159265358979323846264338327950288",
        Done::Taken("3.14159265358979323846264338327950288"),
    ),
    ("number_minus_zero", "-0", Done::Taken("-0")),
    (
        "object_key_twice",
        r#"{"a":1,"b":2,"a":3}"#,
        Done::Taken(r#"{"a":3,"b":2}"#),
    ),
    (
        "object_key_twice_by_escapes",
        r#"{"é":1,"\u00e9":2}"#,
        Done::Taken(r#"{"é":2}"#),
    ),
    (
        "object_key_lone_2nd_surrogate",
        r#"{"\uDFAA":0}"#,
        Done::InvalidJson,
    ),
    (
        "string_1st_surrogate_but_2nd_missing",
        r#""\uDADA""#,
        Done::InvalidJson,
    ),
    (
        "string_1st_valid_surrogate_2nd_invalid",
        r#""\uD888\u1234""#,
        Done::InvalidJson,
    ),
    (
        "string_incomplete_surrogate_and_escape_valid",
        r#""\uD800\n""#,
        Done::InvalidJson,
    ),
    (
        "string_incomplete_surrogate_pair",
        r#""\uDd1ea""#,
        Done::InvalidJson,
    ),
    (
        "string_incomplete_surrogates_escape_valid",
        r#""\uD800\uD800\n""#,
        Done::InvalidJson,
    ),
    (
        "string_invalid_lonely_surrogate",
        r#""\ud800""#,
        Done::InvalidJson,
    ),
    (
        "string_invalid_surrogate",
        r#""\ud800abc""#,
        Done::InvalidJson,
    ),
    (
        "string_inverted_surrogates",
        r#""\uDd1e\uD834""#,
        Done::InvalidJson,
    ),
    (
        "string_lone_second_surrogate",
        r#""\uDFAA""#,
        Done::InvalidJson,
    ),
    ("string_nul", r#""\u0000a""#, Done::Taken(r#""\u0000a""#)),
    (
        "string_noncharacters",
        "\"\u{ffff}\u{1fffe}\u{10ffff}\"",
        Done::Taken("\"\u{ffff}\u{1fffe}\u{10ffff}\""),
    ),
    (
        "string_not_normalized",
        "\"e\u{301}\"",
        Done::Taken("\"e\u{301}\""),
    ),
    (
        "string_with_a_byte_order_mark",
        "\"\u{feff}\"",
        Done::Taken("\"\u{feff}\""),
    ),
];
