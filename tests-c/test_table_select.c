/*
 * Tests: select: rows, columns and aliases, limit and offset, distinct, and the options' rules.
 * Does not test: order_by (test_table_order), which records a predicate matches (test_predicate), what a path finds beyond the plain
 * cases (test_predicate_paths).
 */
#include "check.h"

static world people(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"n\":\"d\",\"a\":3,\"c\":{\"city\":\"Rome\",\"tags\":[\"x\",\"y\"]}},{\"n\":\"b\",\"a\":1},"
              "{\"n\":\"c\",\"a\":3},{\"n\":\"a\",\"a\":2,\"c\":{\"city\":\"Oslo\"}}]");
    return w;
}

/** The field `n` of the rows under some options, as one word. */
static void check_names(const char *file, int line, world *w, const char *options, const char *expected) {
    char names[64] = "";
    char all[200];
    snprintf(all, sizeof all, "{\"columns\":[\"n\"],%s}", options);
    check_expect(&w->err);
    check_status(file, line, options, dictdb_table_select(w->table, NULL, NTS(all), &w->out, NULL, &w->err), DICTDB_STATUS_OK, &w->err);
    for (const char *at = w->out.data; at != NULL && (at = strstr(at, "\"n\":\"")) != NULL; at++) {
        strncat(names, at + strlen("\"n\":\""), 1);
    }
    check_string(file, line, options, names, expected);
}

#define CHECK_NAMES(w, options, expected) check_names(__FILE__, __LINE__, &(w), (options), (expected))

#define CHECK_SELECT_FAILS(w, options, status)                                                                                         \
    do {                                                                                                                               \
        uint64_t count = 77;                                                                                                           \
        CHECK_STATUS(dictdb_table_select((w).table, NULL, NTS(options), &(w).out, &count, &(w).err), DICTDB_STATUS_##status, &(w).err); \
        CHECK_EMPTY((w).out);                                                                                                          \
        CHECK_INT(count, 77);                                                                                                          \
    } while (0)

/* ------------------------------------------------------------------------------------------------------------------- rows */

static void without_options_all_records_come_in_natural_order(void) {
    static const char *const OPTIONS[] = {NULL, "{}", " { } "};
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":5},{\"id\":\"x\"},{\"id\":1}]");
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
        uint64_t count = 77;
        CHECK_OK(dictdb_table_select(w.table, NULL, NTS(OPTIONS[i]), &w.out, &count, &w.err), &w.err);
        CHECK_TEXT(w.out, "[{\"id\":5},{\"id\":\"x\"},{\"id\":1}]");
        CHECK_INT(count, 3);
    }
    world_close(&w);
}

static void an_empty_table_has_no_rows(void) {
    world w = world_open(NULL);
    uint64_t count = 77;
    CHECK_OK(dictdb_table_select(w.table, NULL, NTS("{\"order_by\":\"a\",\"distinct\":true}"), &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    CHECK_INT(count, 0);
    world_close(&w);
}

static void only_records_that_match_are_rows(void) {
    world w = people();
    dictdb_predicate *three = where(dictdb_predicate_eq, "a", "3");
    uint64_t count = 77;
    CHECK_OK(dictdb_table_select(w.table, three, NTS("{\"columns\":[\"n\"]}"), &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"n\":\"d\"},{\"n\":\"c\"}]");
    CHECK_INT(count, 2);
    dictdb_predicate_free(three);
    world_close(&w);
}

static void the_count_is_that_of_the_rows(void) {
    world w = people();
    uint64_t count = 77;
    CHECK_OK(dictdb_table_select(w.table, NULL, NTS("{\"limit\":3,\"offset\":2}"), &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_table_select(w.table, NULL, NTS("{\"columns\":[\"a\"],\"distinct\":true}"), &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 3);
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- columns */

static void columns_come_in_the_order_asked_for(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":[\"a\",\"n\"],\"limit\":2}", "[{\"a\":3,\"n\":\"d\"},{\"a\":1,\"n\":\"b\"}]");
    world_close(&w);
}

static void an_absent_column_is_null(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":[\"n\",\"zzz\"],\"limit\":1}", "[{\"n\":\"d\",\"zzz\":null}]");
    CHECK_SELECT(w, "{\"columns\":{\"city\":\"c.city\"}}", "[{\"city\":\"Rome\"},{\"city\":null},{\"city\":null},{\"city\":\"Oslo\"}]");
    world_close(&w);
}

static void an_alias_names_a_column(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":{\"who\":\"n\",\"id\":\"a\",\"x y\":\"id\"},\"limit\":1}", "[{\"who\":\"d\",\"id\":3,\"x y\":1}]");
    world_close(&w);
}

static void a_column_may_be_a_path(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":{\"city\":\"c.city\",\"first\":\"c.tags[0]\",\"c\":\"c\"},\"limit\":1}",
                 "[{\"city\":\"Rome\",\"first\":\"x\",\"c\":{\"city\":\"Rome\",\"tags\":[\"x\",\"y\"]}}]");
    CHECK_SELECT(w, "{\"columns\":[\"c.city\"],\"limit\":1}", "[{\"c.city\":\"Rome\"}]");
    world_close(&w);
}

static void a_backquoted_column_is_one_name(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a.b\":1,\"a\":{\"b\":2},\"t[0]\":3,\"q`\":4}]");
    CHECK_SELECT(w, "{\"columns\":{\"x\":\"`a.b`\",\"y\":\"a.b\",\"z\":\"`t[0]`\",\"q\":\"`q```\"}}", "[{\"x\":1,\"y\":2,\"z\":3,\"q\":4}]");
    world_close(&w);
}

static void a_columns_text_is_as_it_was_stored(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"f\":1.50,\"s\":\"a\\u00e9\\n\",\"l\":[ 1 , 2 ]}]");
    CHECK_SELECT(w, "{\"columns\":[\"l\",\"s\",\"f\"]}", "[{\"l\":[1,2],\"s\":\"a\xc3\xa9\\n\",\"f\":1.50}]");
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------- limit and offset */

static void limit_and_offset_cut_out_a_page(void) {
    world w = people();
    CHECK_NAMES(w, "\"limit\":2", "db");
    CHECK_NAMES(w, "\"offset\":1", "bca");
    CHECK_NAMES(w, "\"limit\":2,\"offset\":1", "bc");
    CHECK_NAMES(w, "\"order_by\":\"n\",\"limit\":2,\"offset\":1", "bc");
    CHECK_NAMES(w, "\"order_by\":\"-n\",\"limit\":1,\"offset\":3", "a");
    world_close(&w);
}

static void a_limit_of_0_leaves_no_rows(void) {
    world w = people();
    CHECK_NAMES(w, "\"limit\":0", "");
    CHECK_SELECT(w, "{\"limit\":0,\"order_by\":\"n\"}", "[]");
    world_close(&w);
}

static void a_negative_or_null_limit_is_none(void) {
    world w = people();
    CHECK_NAMES(w, "\"limit\":-1", "dbca");
    CHECK_NAMES(w, "\"limit\":-9223372036854775808", "dbca");
    CHECK_NAMES(w, "\"limit\":null", "dbca");
    CHECK_NAMES(w, "\"limit\":-1,\"offset\":3", "a");
    world_close(&w);
}

static void a_negative_offset_is_none(void) {
    world w = people();
    CHECK_NAMES(w, "\"offset\":-1", "dbca");
    CHECK_NAMES(w, "\"offset\":-5,\"limit\":1", "d");
    world_close(&w);
}

static void a_page_beyond_the_end_is_empty_or_short(void) {
    world w = people();
    CHECK_NAMES(w, "\"offset\":4", "");
    CHECK_NAMES(w, "\"offset\":9223372036854775807", "");
    CHECK_NAMES(w, "\"limit\":9223372036854775807", "dbca");
    CHECK_NAMES(w, "\"limit\":9223372036854775807,\"offset\":9223372036854775807", "");
    CHECK_NAMES(w, "\"limit\":10,\"offset\":2", "ca");
    CHECK_NAMES(w, "\"order_by\":\"n\",\"limit\":10,\"offset\":2", "cd");
    world_close(&w);
}

static void every_page_of_a_sorted_table_fits_the_others(void) {
    world w = world_open(NULL);
    dictdb_buffer whole = DICTDB_BUFFER_INIT;
    char options[100];
    for (int i = 0; i < 500; i++) {
        char record[32];
        snprintf(record, sizeof record, "{\"v\":%d}", i * 37 % 101);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    CHECK_OK(dictdb_table_select(w.table, NULL, NTS("{\"order_by\":\"-v\"}"), &whole, NULL, &w.err), &w.err);
    const char *at = whole.data + 1;
    for (int offset = 0; offset < 500; offset += 7) {
        snprintf(options, sizeof options, "{\"order_by\":\"-v\",\"limit\":7,\"offset\":%d}", offset);
        CHECK_OK(dictdb_table_select(w.table, NULL, NTS(options), &w.out, NULL, &w.err), &w.err);
        CHECK(strncmp(at, w.out.data + 1, w.out.len - 2) == 0);
        at += w.out.len - 1;
    }
    dictdb_buffer_free(&whole);
    world_close(&w);
}

/* --------------------------------------------------------------------------------------------------------------- distinct */

static void distinct_keeps_the_first_of_equal_rows(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":[\"a\"],\"distinct\":true}", "[{\"a\":3},{\"a\":1},{\"a\":2}]");
    CHECK_SELECT(w, "{\"columns\":[\"a\"],\"distinct\":false}", "[{\"a\":3},{\"a\":1},{\"a\":3},{\"a\":2}]");
    world_close(&w);
}

static void distinct_compares_rows_by_value(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":1},{\"v\":1.0},{\"v\":true},{\"v\":\"1\"},{\"v\":{\"a\":1,\"b\":[2]}},{\"v\":{\"b\":[2e0],\"a\":1.00}},{\"v\":null},{}]");
    CHECK_SELECT(w, "{\"columns\":[\"v\"],\"distinct\":true}", "[{\"v\":1},{\"v\":true},{\"v\":\"1\"},{\"v\":{\"a\":1,\"b\":[2]}},{\"v\":null}]");
    world_close(&w);
}

static void distinct_without_columns_keeps_all_records(void) {
    world w = people();
    CHECK_SELECT(w, "{\"distinct\":true,\"limit\":2,\"offset\":1}", "[{\"n\":\"b\",\"a\":1,\"id\":2},{\"n\":\"c\",\"a\":3,\"id\":3}]");
    world_close(&w);
}

static void distinct_comes_after_the_order_and_before_the_limit(void) {
    world w = people();
    CHECK_SELECT(w, "{\"columns\":[\"a\"],\"distinct\":true,\"order_by\":\"-n\",\"limit\":2,\"offset\":1}", "[{\"a\":1},{\"a\":2}]");
    CHECK_SELECT(w, "{\"columns\":[\"a\"],\"distinct\":true,\"order_by\":\"n\",\"limit\":2}", "[{\"a\":2},{\"a\":1}]");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------- the options' rules */

static void unknown_options_are_refused(void) {
    world w = people();
    CHECK_SELECT_FAILS(w, "{\"oder_by\":\"n\"}", INVALID_ARGUMENT);
    CHECK_SELECT_FAILS(w, "{\"limit\":1,\"Limit\":1}", INVALID_ARGUMENT);
    CHECK_SELECT_FAILS(w, "{\"where\":{}}", INVALID_ARGUMENT);
    world_close(&w);
}

static void options_of_a_wrong_type_are_refused(void) {
    static const char *const OPTIONS[] = {
        "{\"columns\":\"n\"}",        "{\"columns\":[1]}",    "{\"columns\":{\"a\":1}}", "{\"columns\":true}",   "{\"order_by\":1}",
        "{\"order_by\":[1]}",         "{\"order_by\":{}}",    "{\"order_by\":[[\"n\"]]}", "{\"limit\":\"3\"}",   "{\"limit\":1.5}",
        "{\"limit\":true}",           "{\"limit\":[]}",       "{\"offset\":\"3\"}",      "{\"offset\":0.5}",     "{\"offset\":{}}",
        "{\"distinct\":1}",           "{\"distinct\":\"yes\"}",
    };
    world w = people();
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
        CHECK_SELECT_FAILS(w, OPTIONS[i], INVALID_ARGUMENT);
        CHECK(json_member(dictdb_error_detail(w.err), "option") != NULL);
    }
    world_close(&w);
}

static void bad_fields_are_refused(void) {
    world w = people();
    CHECK_SELECT_FAILS(w, "{\"columns\":[\"n\",\"a..b\"]}", PARSE);
    CHECK_SELECT_FAILS(w, "{\"columns\":{\"x\":\"a[\"}}", PARSE);
    CHECK_SELECT_FAILS(w, "{\"order_by\":\"`n\"}", PARSE);
    CHECK_SELECT_FAILS(w, "{\"order_by\":[\"n\",\"-\"]}", PARSE);
    CHECK_SELECT_FAILS(w, "{\"order_by\":\"\"}", PARSE);
    world_close(&w);
}

static void options_are_an_object(void) {
    static const char *const TEXTS[] = {"", "[]", "null", "{\"limit\":}", "{\"limit\":1", "{} 1"};
    world w = people();
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_SELECT_FAILS(w, TEXTS[i], INVALID_JSON);
    }
    CHECK_SELECT_FAILS(w, "{\"order_by\":\"\xff\"}", INVALID_UTF8);
    world_close(&w);
}

int main(void) {
    RUN(without_options_all_records_come_in_natural_order);
    RUN(an_empty_table_has_no_rows);
    RUN(only_records_that_match_are_rows);
    RUN(the_count_is_that_of_the_rows);
    RUN(columns_come_in_the_order_asked_for);
    RUN(an_absent_column_is_null);
    RUN(an_alias_names_a_column);
    RUN(a_column_may_be_a_path);
    RUN(a_backquoted_column_is_one_name);
    RUN(a_columns_text_is_as_it_was_stored);
    RUN(limit_and_offset_cut_out_a_page);
    RUN(a_limit_of_0_leaves_no_rows);
    RUN(a_negative_or_null_limit_is_none);
    RUN(a_negative_offset_is_none);
    RUN(a_page_beyond_the_end_is_empty_or_short);
    RUN(every_page_of_a_sorted_table_fits_the_others);
    RUN(distinct_keeps_the_first_of_equal_rows);
    RUN(distinct_compares_rows_by_value);
    RUN(distinct_without_columns_keeps_all_records);
    RUN(distinct_comes_after_the_order_and_before_the_limit);
    RUN(unknown_options_are_refused);
    RUN(options_of_a_wrong_type_are_refused);
    RUN(bad_fields_are_refused);
    RUN(options_are_an_object);
    return check_finish();
}
