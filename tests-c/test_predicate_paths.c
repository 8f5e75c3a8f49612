/*
 * Tests: field references: what a path finds, names in backquotes, what is no path.
 * Does not test: paths in columns and order_by beyond the plain cases (test_table_select, test_table_order).
 */
#include "check.h"

static dictdb_predicate *is(const char *field, const char *value) {
    return where(dictdb_predicate_eq, field, value);
}

/* ------------------------------------------------------------------------------------------------------- what a path finds */

static void a_dot_goes_into_an_object(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":{\"b\":1}},{\"a\":{\"b\":{\"c\":2}}},{\"a\":{\"c\":1}},{\"a\":1},{\"b\":1},{\"a\":null},{\"a\":[{\"b\":1}]}]");
    CHECK_MATCHES(w, is("a.b", "1"), "1");
    CHECK_MATCHES(w, is("a.b.c", "2"), "2");
    CHECK_MATCHES(w, is("a.b", "{\"c\":2}"), "2");
    CHECK_MATCHES(w, is("a.b", "null"), "3,4,5,6,7");
    world_close(&w);
}

static void a_bracket_goes_into_an_array(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"t\":[\"x\",\"y\"]},{\"t\":[\"y\"]},{\"t\":[]},{\"t\":\"x\"},{\"t\":{\"0\":\"x\"}},{\"t\":[null,\"x\"]},{}]");
    CHECK_MATCHES(w, is("t[0]", "\"x\""), "1");
    CHECK_MATCHES(w, is("t[1]", "\"y\""), "1");
    CHECK_MATCHES(w, is("t[1]", "\"x\""), "6");
    CHECK_MATCHES(w, is("t[2]", "null"), "1,2,3,4,5,6,7");
    CHECK_MATCHES(w, is("t[1000000]", "null"), "1,2,3,4,5,6,7");
    CHECK_MATCHES(w, is("t.0", "\"x\""), "5");
    world_close(&w);
}

static void dots_and_brackets_mix(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"m\":[[1,2],[3,[4,5]]]},{\"m\":[{\"x\":[{\"y\":7}]}]},{\"o\":{\"l\":[0,{\"k\":\"v\"}]}}]");
    CHECK_MATCHES(w, is("m[0][1]", "2"), "1");
    CHECK_MATCHES(w, is("m[1][1][0]", "4"), "1");
    CHECK_MATCHES(w, is("m[0].x[0].y", "7"), "2");
    CHECK_MATCHES(w, is("o.l[1].k", "\"v\""), "3");
    CHECK_MATCHES(w, is("o.l[0].k", "\"v\""), "");
    world_close(&w);
}

static void a_path_skips_what_stands_before(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"o\":{\"x\":\"b}]\\\"\",\"y\":[{\"b\":9},\"]\"],\"b\":1}},{\"l\":[{\"a\":[1,2,3]},\"],[\",[[]],5]}]");
    CHECK_MATCHES(w, is("o.b", "1"), "1");
    CHECK_MATCHES(w, is("l[3]", "5"), "2");
    CHECK_MATCHES(w, is("l[0].a[2]", "3"), "2");
    CHECK_MATCHES(w, is("l[1]", "\"],[\""), "2");
    world_close(&w);
}

static void every_predicate_takes_a_path(void) {
    world w = world_open(NULL);
    dictdb_predicate *predicate = NULL;
    INSERT(w, "[{\"o\":{\"s\":\"Rome\",\"n\":5}},{\"o\":{\"s\":\"Oslo\",\"n\":7}},{\"o\":{}},{}]");
    CHECK_MATCHES(w, where(dictdb_predicate_ne, "o.n", "5"), "2,3,4");
    CHECK_MATCHES(w, where(dictdb_predicate_gt, "o.n", "5"), "2");
    CHECK_MATCHES(w, where(dictdb_predicate_is_in, "o.n", "[5,6]"), "1");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "o.s", "\"o\""), "1,2");
    CHECK_MATCHES(w, where(dictdb_predicate_istartswith, "o.s", "\"o\""), "2");
    CHECK_MATCHES(w, where(dictdb_predicate_contains, "o", "\"n\""), "1,2");
    CHECK_OK(dictdb_predicate_like(NTS("o.s"), NTS("\"R%\""), 0, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1");
    CHECK_OK(dictdb_predicate_between(NTS("o.n"), NTS("5"), NTS("6"), &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1");
    CHECK_OK(dictdb_predicate_is_null(NTS("o.s"), &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "3,4");
    CHECK_OK(dictdb_predicate_is_not_null(NTS("o.s"), &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1,2");
    world_close(&w);
}

static void a_path_goes_127_levels_down(void) {
    world w = world_open(NULL);
    char record[1100];
    char path[1100];
    size_t record_len = 0;
    size_t path_len = 0;
    for (int i = 0; i < 127; i++) {
        record_len += (size_t)snprintf(record + record_len, sizeof record - record_len, "{\"a\":");
        path_len += (size_t)snprintf(path + path_len, sizeof path - path_len, "%sa", i == 0 ? "" : ".");
    }
    record[record_len++] = '1';
    memset(record + record_len, '}', 127);
    record[record_len + 127] = '\0';
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_MATCHES(w, is(path, "1"), "1");
    CHECK_MATCHES(w, is(path + 2, "1"), "");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- names */

static void backquotes_make_one_name(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a.b\":1},{\"a\":{\"b\":1}},{\"t[0]\":1},{\"t\":[1]},{\"q`q\":1},{\"a\":{\"x.y\":1}},{\"`\":1}]");
    CHECK_MATCHES(w, is("`a.b`", "1"), "1");
    CHECK_MATCHES(w, is("a.b", "1"), "2");
    CHECK_MATCHES(w, is("`a`.`b`", "1"), "2");
    CHECK_MATCHES(w, is("`a`.b", "1"), "2");
    CHECK_MATCHES(w, is("`t[0]`", "1"), "3");
    CHECK_MATCHES(w, is("t[0]", "1"), "4");
    CHECK_MATCHES(w, is("`t`[0]", "1"), "4");
    CHECK_MATCHES(w, is("`q``q`", "1"), "5");
    CHECK_MATCHES(w, is("a.`x.y`", "1"), "6");
    CHECK_MATCHES(w, is("````", "1"), "7");
    world_close(&w);
}

static void other_characters_need_no_backquotes(void) {
    static const char *const NAMES[] = {
        "first name", "-v", "\xc3\xa9", "0", "AND", "a-b", "$", "a:b", "(x)", "'x'", "\xf0\x9f\x98\x80", "%", "_",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        world w = world_open(NULL);
        char record[50];
        snprintf(record, sizeof record, "{\"%s\":1}", NAMES[i]);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
        CHECK_MATCHES(w, is(NAMES[i], "1"), "1");
        snprintf(record, sizeof record, "`%s`", NAMES[i]);
        CHECK_MATCHES(w, is(record, "1"), "1");
        world_close(&w);
    }
}

static void names_that_json_escapes_are_found(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\\nb\":1},{\"o\":{\"q\\\"\":1}},{\"\\u0041\":1},{\"o\":{\"\\u00e9\\\\\":1}}]");
    CHECK_MATCHES(w, is("a\nb", "1"), "1");
    CHECK_MATCHES(w, is("o.q\"", "1"), "2");
    CHECK_MATCHES(w, is("A", "1"), "3");
    CHECK_MATCHES(w, is("o.\xc3\xa9\\", "1"), "4");
    CHECK_MATCHES(w, is("a\\nb", "1"), "");
    world_close(&w);
}

static void names_are_told_apart_by_case_and_length(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"ab\":1},{\"Ab\":1},{\"a\":1},{\"abc\":1}]");
    CHECK_MATCHES(w, is("ab", "1"), "1");
    CHECK_MATCHES(w, is("a", "1"), "3");
    CHECK_MATCHES(w, is("ab ", "1"), "");
    CHECK_MATCHES(w, is(" ab", "1"), "");
    world_close(&w);
}

static void a_field_is_read_up_to_its_length(void) {
    world w = world_open(NULL);
    dictdb_predicate *predicate = NULL;
    INSERT(w, "[{\"ab\":1},{\"abc\":1},{\"a\\u0000b\":1}]");
    CHECK_OK(dictdb_predicate_eq("abc", 2, "123", 1, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "1");
    CHECK_OK(dictdb_predicate_eq("a\0b", 3, "1", 1, &predicate, &w.err), &w.err);
    CHECK_MATCHES(w, predicate, "3");
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------- what is no path */

static const char *const NO_PATHS[] = {
    "",     ".",    "a.",    ".a",   "a..b",  "a.b.",  "a[",      "a[]",  "a[x]", "a[0",  "a]",        "a[-1]",  "a[0]b",
    "a[1.5]", "a[0].", "a.[0]", "[0]", "`a", "a`", "a`b", "`a`b", "`a``", "a[\"b\"]", "a[ 0]", "a[+1]", "a[[0]]", "a[0]]",
};

enum { NO_PATH_COUNT = sizeof NO_PATHS / sizeof NO_PATHS[0] };

static void what_is_no_path_is_refused_with_its_position(void) {
    dictdb_error *error = NULL;
    for (int i = 0; i < NO_PATH_COUNT; i++) {
        dictdb_predicate *predicate = NULL;
        dictdb_status status = dictdb_predicate_eq(NTS(NO_PATHS[i]), NTS("1"), &predicate, NULL);
        if (status != DICTDB_STATUS_PARSE) {
            fprintf(stderr, "the path %s:\n", NO_PATHS[i]);
        }
        dictdb_predicate_free(predicate);
        CHECK_STATUS(dictdb_predicate_eq(NTS(NO_PATHS[i]), NTS("1"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
        CHECK(predicate == NULL);
        int64_t position = json_integer(dictdb_error_detail(error), "position");
        CHECK(position >= 0 && position <= (int64_t)strlen(NO_PATHS[i]));
    }
    dictdb_error_free(error);
}

static void every_predicate_refuses_what_is_no_path(void) {
    static const predicate_maker MAKERS[] = {
        dictdb_predicate_eq,       dictdb_predicate_ne,         dictdb_predicate_lt,        dictdb_predicate_le,      dictdb_predicate_gt,
        dictdb_predicate_ge,       dictdb_predicate_contains,   dictdb_predicate_startswith, dictdb_predicate_endswith, dictdb_predicate_iequals,
        dictdb_predicate_icontains, dictdb_predicate_istartswith, dictdb_predicate_iendswith,
    };
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++) {
        CHECK_STATUS(MAKERS[i](NTS("a..b"), NTS("\"x\""), &predicate, &error), DICTDB_STATUS_PARSE, &error);
        CHECK(predicate == NULL);
    }
    CHECK_STATUS(dictdb_predicate_is_in(NTS("a..b"), NTS("[]"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_STATUS(dictdb_predicate_between(NTS("a..b"), NTS("1"), NTS("2"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_STATUS(dictdb_predicate_like(NTS("a..b"), NTS("\"x\""), 0, &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_STATUS(dictdb_predicate_ilike(NTS("a..b"), NTS("\"x\""), 0, &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_STATUS(dictdb_predicate_is_null(NTS("a..b"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_STATUS(dictdb_predicate_is_not_null(NTS("a..b"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK(predicate == NULL);
    dictdb_error_free(error);
}

int main(void) {
    RUN(a_dot_goes_into_an_object);
    RUN(a_bracket_goes_into_an_array);
    RUN(dots_and_brackets_mix);
    RUN(a_path_skips_what_stands_before);
    RUN(every_predicate_takes_a_path);
    RUN(a_path_goes_127_levels_down);
    RUN(backquotes_make_one_name);
    RUN(other_characters_need_no_backquotes);
    RUN(names_that_json_escapes_are_found);
    RUN(names_are_told_apart_by_case_and_length);
    RUN(a_field_is_read_up_to_its_length);
    RUN(what_is_no_path_is_refused_with_its_position);
    RUN(every_predicate_refuses_what_is_no_path);
    return check_finish();
}
