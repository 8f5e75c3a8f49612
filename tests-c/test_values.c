/*
 * Tests: what values are: which JSON is taken and which refused, and the canonical text that comes back.
 * Does not test: equality (test_values_equality), the order of values (test_table_order), records near the size limit (test_memory).
 */
#include "check.h"

/** A value goes in as a record's field and comes back as this text. */
static void check_stored(const char *file, int line, const char *value, const char *expected) {
    world w = world_open(NULL);
    size_t size = strlen(value) + strlen(expected) + 100;
    char *text = check_memory(size);
    snprintf(text, size, "{\"id\":1,\"v\":%s}", value);
    check_expect(&w.err);
    check_status(file, line, value, dictdb_table_insert(w.table, NTS(text), NULL, &w.err), DICTDB_STATUS_OK, &w.err);
    check_expect(&w.err);
    check_status(file, line, value, dictdb_table_get_int(w.table, 1, &w.out, &w.err), DICTDB_STATUS_OK, &w.err);
    snprintf(text, size, "{\"id\":1,\"v\":%s}", expected);
    check_text(file, line, value, &w.out, text);
    free(text);
    world_close(&w);
}

/** A value is refused, as a record's field and as a predicate's value. */
static void check_refused(const char *file, int line, const char *value, dictdb_status expected) {
    world w = world_open(NULL);
    size_t size = strlen(value) + 100;
    char *text = check_memory(size);
    dictdb_predicate *predicate = NULL;
    snprintf(text, size, "{\"id\":1,\"v\":%s}", value);
    check_expect(&w.err);
    check_status(file, line, value, dictdb_table_insert(w.table, NTS(text), NULL, &w.err), expected, &w.err);
    check_expect(&w.err);
    check_status(file, line, value, dictdb_predicate_eq(NTS("v"), NTS(value), &predicate, &w.err), expected, &w.err);
    check_true(file, line, predicate == NULL, "no predicate was made");
    CHECK_RECORDS(w, "[]");
    dictdb_predicate_free(predicate);
    free(text);
    world_close(&w);
}

#define CHECK_STORED(value, expected) check_stored(__FILE__, __LINE__, (value), (expected))
#define CHECK_KEPT(value) check_stored(__FILE__, __LINE__, (value), (value))
#define CHECK_REFUSED(value, status) check_refused(__FILE__, __LINE__, (value), DICTDB_STATUS_##status)

/* ---------------------------------------------------------------------------------------------------------------- numbers */

static void integers_are_exact_to_both_edges(void) {
    CHECK_KEPT("0");
    CHECK_KEPT("-1");
    CHECK_KEPT("9223372036854775807");
    CHECK_KEPT("9223372036854775808");
    CHECK_KEPT("-9223372036854775808");
    CHECK_KEPT("18446744073709551615");
    CHECK_KEPT("9007199254740993");
}

static void integers_beyond_the_edges_are_out_of_range(void) {
    CHECK_REFUSED("18446744073709551616", NUMBER_RANGE);
    CHECK_REFUSED("-9223372036854775809", NUMBER_RANGE);
    CHECK_REFUSED("18446744073709551620", NUMBER_RANGE);
    CHECK_REFUSED("99999999999999999999", NUMBER_RANGE);
    CHECK_REFUSED("-18446744073709551615", NUMBER_RANGE);
    CHECK_REFUSED("[1,[18446744073709551616]]", NUMBER_RANGE);
    CHECK_REFUSED("{\"a\":-9223372036854775809}", NUMBER_RANGE);
    char digits[1001];
    memset(digits, '9', 1000);
    digits[1000] = '\0';
    CHECK_REFUSED(digits, NUMBER_RANGE);
}

static void large_numbers_that_are_no_integers_are_doubles(void) {
    CHECK_KEPT("18446744073709551616.0");
    CHECK_KEPT("1e19");
    CHECK_KEPT("-1e300");
    CHECK_KEPT("1.7976931348623157e308");
    CHECK_KEPT("5e-324");
    CHECK_KEPT("1e-400");
}

static void a_number_that_is_not_finite_is_no_json(void) {
    CHECK_REFUSED("1e999", INVALID_JSON);
    CHECK_REFUSED("-1e999", INVALID_JSON);
    CHECK_REFUSED("1.8e308", INVALID_JSON);
    CHECK_REFUSED("[1e999]", INVALID_JSON);
    CHECK_REFUSED("NaN", INVALID_JSON);
    CHECK_REFUSED("nan", INVALID_JSON);
    CHECK_REFUSED("Infinity", INVALID_JSON);
    CHECK_REFUSED("-Infinity", INVALID_JSON);
}

static void a_number_keeps_its_spelling(void) {
    static const char *const NUMBERS[] = {
        "1.0", "1.50", "1e5", "1E5", "1e+5", "1E-05", "0.0", "-0", "-0.0", "100e-2",
        "0.1000000000000000055511151231257827",
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        CHECK_KEPT(NUMBERS[i]);
    }
    CHECK_STORED("[1.50, {\"x\": 1e5}]", "[1.50,{\"x\":1e5}]");
}

static void what_only_looks_like_a_number_is_no_json(void) {
    static const char *const TEXTS[] = {
        "01", "-01", "00", "+1", ".5", "1.", "-", "-.5", "1e", "1e+", "1.e5", "0x10", "1_000", "1,5", "--1", "1.2.3",
        "\xd9\xa1",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_REFUSED(TEXTS[i], INVALID_JSON);
    }
}

/* ---------------------------------------------------------------------------------------------------------------- strings */

static void strings_come_back_with_the_fewest_escapes(void) {
    CHECK_STORED("\"\\u0041\\u00e9\\u20ac\"", "\"A\xc3\xa9\xe2\x82\xac\"");
    CHECK_STORED("\"a\\/b\"", "\"a/b\"");
    CHECK_STORED("\"\\u0022\\u005c\"", "\"\\\"\\\\\"");
    CHECK_STORED("\"\\u000a\\u0009\\u000d\\u0008\\u000c\"", "\"\\n\\t\\r\\b\\f\"");
    CHECK_STORED("\"\\u007f\"", "\"\x7f\"");
    CHECK_KEPT("\"\\u0000\\u0001\"");
    CHECK_KEPT("\"\"");
    CHECK_KEPT("\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    CHECK_KEPT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

static void a_surrogate_pair_is_one_character(void) {
    CHECK_STORED("\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"");
    CHECK_STORED("\"\\uD83D\\uDE00\"", "\"\xf0\x9f\x98\x80\"");
    CHECK_STORED("\"\\ud800\\udc00\\udbff\\udfff\"", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"");
}

static void a_lone_surrogate_is_no_json(void) {
    CHECK_REFUSED("\"\\ud800\"", INVALID_JSON);
    CHECK_REFUSED("\"\\udc00\"", INVALID_JSON);
    CHECK_REFUSED("\"\\ud800x\"", INVALID_JSON);
    CHECK_REFUSED("\"\\ud800\\u0041\"", INVALID_JSON);
    CHECK_REFUSED("\"\\ud800\\ud800\"", INVALID_JSON);
    CHECK_REFUSED("\"\\udc00\\ud800\"", INVALID_JSON);
    CHECK_REFUSED("\"\\ud800\\n\"", INVALID_JSON);
    CHECK_REFUSED("{\"\\udfff\":1}", INVALID_JSON);
}

static void what_only_looks_like_a_string_is_no_json(void) {
    static const char *const TEXTS[] = {
        "\"", "\"a", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ \"", "\"\\'\"", "'a'", "\"a\nb\"",
        "\"a\tb\"", "\"\x01\"", "a", "\"\\",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_REFUSED(TEXTS[i], INVALID_JSON);
    }
}

static void long_strings_come_back_whole(void) {
    static const size_t LENGTHS[] = {100, 255, 256, 65535, 65536, 100000, 1000000, 3000000};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
        char *value = check_memory(LENGTHS[i] + 3);
        memset(value, 'a', LENGTHS[i] + 1);
        for (size_t at = 1; at < LENGTHS[i]; at += 1000) {
            value[at] = (char)('b' + at / 1000 % 20);
        }
        value[0] = value[LENGTHS[i] + 1] = '"';
        value[LENGTHS[i] + 2] = '\0';
        CHECK_KEPT(value);
        free(value);
    }
}

static void a_hundred_thousand_escapes_come_back(void) {
    size_t size = 100000 * 6 + 3;
    char *value = check_memory(size);
    char *expected = check_memory(size);
    size_t value_len = 1;
    size_t expected_len = 1;
    value[0] = expected[0] = '"';
    for (int i = 0; i < 100000; i++) {
        value_len += (size_t)snprintf(value + value_len, size - value_len, "\\u00e9");
        expected_len += (size_t)snprintf(expected + expected_len, size - expected_len, "\xc3\xa9");
    }
    snprintf(value + value_len, size - value_len, "\"");
    snprintf(expected + expected_len, size - expected_len, "\"");
    CHECK_STORED(value, expected);
    free(value);
    free(expected);
}

static void text_that_is_not_utf8_is_refused(void) {
    static const char *const TEXTS[] = {
        "\"\xff\"", "\"\x80\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xc1\xbf\"", "\"\xe0\x80\xaf\"", "\"\xed\xa0\x80\"",
        "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", "\xff",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_REFUSED(TEXTS[i], INVALID_UTF8);
    }
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, "{\"a\":\"\xc3\xa9\"}", 7, NULL, &w.err), DICTDB_STATUS_INVALID_UTF8, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "6");
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------- objects and arrays */

static void white_space_is_left_out(void) {
    CHECK_STORED(" [ 1 , 2 ,\t[ ] ,\r\n{ } , { \"a\" : 1 , \"b\" : [ null ] } ] ", "[1,2,[],{},{\"a\":1,\"b\":[null]}]");
    CHECK_KEPT("\"  kept  \"");
    world w = world_open(NULL);
    INSERT(w, " [ \n { \"a\" : true } ] \t");
    CHECK_RECORDS(w, "[{\"a\":true,\"id\":1}]");
    world_close(&w);
}

static void field_order_is_kept(void) {
    CHECK_KEPT("{\"z\":1,\"a\":2,\"m\":{\"y\":1,\"b\":2}}");
}

static void of_a_repeated_name_the_last_value_stands_in_the_first_place(void) {
    CHECK_STORED("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}");
    CHECK_STORED("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}");
    CHECK_STORED("[{\"x\":{\"a\":[1,2,3],\"a\":null}}]", "[{\"x\":{\"a\":null}}]");
    CHECK_STORED("{\"a\":1,\"b\":1,\"a\":2,\"b\":2,\"a\":3,\"c\":0}", "{\"a\":3,\"b\":2,\"c\":0}");
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1,\"b\":2,\"a\":{\"long\":\"enough to be moved\"}},{\"id\":4,\"c\":1,\"id\":5}]");
    CHECK_RECORDS(w, "[{\"a\":{\"long\":\"enough to be moved\"},\"b\":2,\"id\":1},{\"id\":5,\"c\":1}]");
    world_close(&w);
}

static void names_are_any_strings(void) {
    CHECK_KEPT("{\"\":1,\" \":2,\"a.b\":3,\"\xc3\xa9\":4,\"\\n\\u0000\":5,\"`\":6,\"-x\":7,\"a[0]\":8}");
    CHECK_STORED("{\"\\u0041\\/\":1}", "{\"A/\":1}");
    world w = world_open(NULL);
    INSERT(w, "[{\"\":1,\"\\n\":2}]");
    CHECK_RECORDS(w, "[{\"\":1,\"\\n\":2,\"id\":1}]");
    world_close(&w);
}

static void an_object_of_a_thousand_names_comes_back(void) {
    char *value = check_memory(20000);
    size_t used = 1;
    value[0] = '{';
    for (int i = 0; i < 1000; i++) {
        used += (size_t)snprintf(value + used, 20000 - used, "%s\"name%d\":%d", i == 0 ? "" : ",", i * 7919 % 1000, i);
    }
    snprintf(value + used, 20000 - used, "}");
    CHECK_KEPT(value);
    free(value);
}

static void what_only_looks_like_an_array_or_object_is_no_json(void) {
    static const char *const TEXTS[] = {
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1}}", "{\"a\":1]", "[1}",
        "{\"a\"}", "{null:1}", "[//c\n1]", "[/*c*/1]", "[1,\xc2\xa0 2]", "[1,\f2]",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_REFUSED(TEXTS[i], INVALID_JSON);
    }
}

static void what_only_looks_like_a_word_is_no_json(void) {
    static const char *const TEXTS[] = {"", " ", "nul", "nulll", "True", "TRUE", "fals", "undefined", "None", "true false"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_REFUSED(TEXTS[i], INVALID_JSON);
    }
}

static void a_byte_order_mark_or_a_nul_is_no_json(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("\xef\xbb\xbf{}"), NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, "{}\0", 3, NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, "{\"a\":\"\0\"}", 9, NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- nesting */

/** `levels` opening brackets, `inner`, and the closing ones. */
static char *nested(size_t levels, const char *open, const char *inner, char close) {
    size_t open_len = strlen(open);
    char *text = check_memory(levels * (open_len + 1) + strlen(inner) + 1);
    for (size_t i = 0; i < levels; i++) {
        memcpy(text + i * open_len, open, open_len);
    }
    memcpy(text + levels * open_len, inner, strlen(inner));
    memset(text + levels * open_len + strlen(inner), close, levels);
    text[levels * (open_len + 1) + strlen(inner)] = '\0';
    return text;
}

static void records_nest_128_levels_deep(void) {
    char *arrays = nested(127, "[", "1", ']');
    char *objects = nested(127, "{\"a\":", "1", '}');
    CHECK_KEPT(arrays);
    CHECK_KEPT(objects);
    free(arrays);
    free(objects);
}

static void records_do_not_nest_129_levels_deep(void) {
    static const size_t LEVELS[] = {128, 129, 1000, 1000000};
    for (size_t i = 0; i < sizeof LEVELS / sizeof LEVELS[0]; i++) {
        char *arrays = nested(LEVELS[i], "[", "", ']');
        char *record = check_memory(2 * LEVELS[i] + 10);
        world w = world_open(NULL);
        snprintf(record, 2 * LEVELS[i] + 10, "{\"a\":%s}", arrays);
        CHECK_STATUS(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), DICTDB_STATUS_LIMIT, &w.err);
        CHECK_RECORDS(w, "[]");
        free(arrays);
        free(record);
        world_close(&w);
    }
}

static void predicate_values_nest_128_levels_deep(void) {
    world w = world_open(NULL);
    char *ok = nested(128, "[", "", ']');
    char *too_deep = nested(129, "[", "", ']');
    char *far_too_deep = nested(1000000, "{\"a\":", "1", '}');
    dictdb_predicate *predicate = NULL;
    CHECK_OK(dictdb_predicate_eq(NTS("v"), NTS(ok), &predicate, &w.err), &w.err);
    dictdb_predicate_free(predicate);
    CHECK_STATUS(dictdb_predicate_eq(NTS("v"), NTS(too_deep), &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_STATUS(dictdb_predicate_eq(NTS("v"), NTS(far_too_deep), &predicate, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK(predicate == NULL);
    free(ok);
    free(too_deep);
    free(far_too_deep);
    world_close(&w);
}

static void deep_values_are_compared(void) {
    world w = world_open(NULL);
    char *one = nested(127, "[", "1", ']');
    char *same = nested(127, "[", "1.0", ']');
    char *two = nested(127, "[", "2", ']');
    char *record = check_memory(1000);
    snprintf(record, 1000, "{\"v\":%s}", one);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", same), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_eq, "v", two), "");
    CHECK_MATCHES(w, where(dictdb_predicate_lt, "v", two), "1");
    free(one);
    free(same);
    free(two);
    free(record);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------- where it went wrong */

static void a_syntax_error_tells_the_byte_where_it_is(void) {
    static const struct {
        const char *text;
        const char *position;
    } CASES[] = {
        {"{\"a\":}", "5"},       {"{\"a\":1,}", "7"},       {"{\"a\" 1}", "5"},         {"{} x", "3"},
        {"{a:1}", "1"},          {"{\"\xc3\xa9\":?}", "6"}, {"  ?", "2"},               {"{\"a\":1", "6"},
        {"{\"a\":[1,?]}", "8"},  {"{\"a\":1}}", "7"},       {"{\"a\":1 \"b\":2}", "7"}, {"", "0"},
    };
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CHECK_STATUS(dictdb_table_insert(w.table, NTS(CASES[i].text), NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "position", CASES[i].position);
    }
    world_close(&w);
}

static void a_position_in_many_records_counts_from_the_start_of_the_text(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{\"a\":1}, {\"a\":?}]"), NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "15");
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{}, {\"a\":18446744073709551616}]"), NULL, &w.err), DICTDB_STATUS_NUMBER_RANGE,
                 &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "10");
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "1");
    world_close(&w);
}

int main(void) {
    RUN(integers_are_exact_to_both_edges);
    RUN(integers_beyond_the_edges_are_out_of_range);
    RUN(large_numbers_that_are_no_integers_are_doubles);
    RUN(a_number_that_is_not_finite_is_no_json);
    RUN(a_number_keeps_its_spelling);
    RUN(what_only_looks_like_a_number_is_no_json);
    RUN(strings_come_back_with_the_fewest_escapes);
    RUN(a_surrogate_pair_is_one_character);
    RUN(a_lone_surrogate_is_no_json);
    RUN(what_only_looks_like_a_string_is_no_json);
    RUN(long_strings_come_back_whole);
    RUN(a_hundred_thousand_escapes_come_back);
    RUN(text_that_is_not_utf8_is_refused);
    RUN(white_space_is_left_out);
    RUN(field_order_is_kept);
    RUN(of_a_repeated_name_the_last_value_stands_in_the_first_place);
    RUN(names_are_any_strings);
    RUN(an_object_of_a_thousand_names_comes_back);
    RUN(what_only_looks_like_an_array_or_object_is_no_json);
    RUN(what_only_looks_like_a_word_is_no_json);
    RUN(a_byte_order_mark_or_a_nul_is_no_json);
    RUN(records_nest_128_levels_deep);
    RUN(records_do_not_nest_129_levels_deep);
    RUN(predicate_values_nest_128_levels_deep);
    RUN(deep_values_are_compared);
    RUN(a_syntax_error_tells_the_byte_where_it_is);
    RUN(a_position_in_many_records_counts_from_the_start_of_the_text);
    return check_finish();
}
