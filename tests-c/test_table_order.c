/*
 * Tests: order_by: fields, directions, ties; the one total order of values.
 * Does not test: the order's part in paging and distinct (test_table_select).
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

/** The ids of the rows, ordered by `v`, as text. */
static void check_order(const char *file, int line, world *w, const char *order_by, const char *expected) {
    char ids[256] = "";
    char options[100];
    snprintf(options, sizeof options, "{\"columns\":[\"id\"],\"order_by\":\"%s\"}", order_by);
    check_expect(&w->err);
    check_status(file, line, options, dictdb_table_select(w->table, NULL, NTS(options), &w->out, NULL, &w->err), DICTDB_STATUS_OK, &w->err);
    for (const char *at = w->out.data; at != NULL && (at = strstr(at, "\"id\":")) != NULL;) {
        at += strlen("\"id\":");
        size_t used = strlen(ids);
        snprintf(ids + used, sizeof ids - used, "%s%.*s", used == 0 ? "" : " ", (int)(json_end(at) - at), at);
    }
    check_string(file, line, options, ids, expected);
}

#define CHECK_ORDER(w, order_by, expected) check_order(__FILE__, __LINE__, &(w), (order_by), (expected))

static void order_by_takes_a_field_or_a_list(void) {
    world w = people();
    CHECK_NAMES(w, "\"order_by\":\"n\"", "abcd");
    CHECK_NAMES(w, "\"order_by\":[\"n\"]", "abcd");
    CHECK_NAMES(w, "\"order_by\":[]", "dbca");
    world_close(&w);
}

static void a_minus_reverses(void) {
    world w = people();
    CHECK_NAMES(w, "\"order_by\":\"-n\"", "dcba");
    CHECK_NAMES(w, "\"order_by\":[\"-n\"]", "dcba");
    world_close(&w);
}

static void the_second_field_orders_what_the_first_leaves_equal(void) {
    world w = people();
    CHECK_NAMES(w, "\"order_by\":[\"a\",\"n\"]", "bacd");
    CHECK_NAMES(w, "\"order_by\":[\"a\",\"-n\"]", "badc");
    CHECK_NAMES(w, "\"order_by\":[\"-a\",\"n\"]", "cdab");
    CHECK_NAMES(w, "\"order_by\":[\"-a\",\"-n\"]", "dcab");
    world_close(&w);
}

static void ties_keep_natural_order_both_ways(void) {
    world w = people();
    CHECK_NAMES(w, "\"order_by\":\"a\"", "badc");
    CHECK_NAMES(w, "\"order_by\":\"-a\"", "dcab");
    CHECK_NAMES(w, "\"order_by\":\"zzz\"", "dbca");
    CHECK_NAMES(w, "\"order_by\":\"-zzz\"", "dbca");
    world_close(&w);
}

static void order_by_takes_paths(void) {
    world w = people();
    CHECK_NAMES(w, "\"order_by\":\"c.city\"", "bcad");
    CHECK_NAMES(w, "\"order_by\":\"-c.city\"", "dabc");
    CHECK_NAMES(w, "\"order_by\":\"-c.tags[1]\"", "dbca");
    world_close(&w);
}

static void a_name_that_starts_with_a_minus_is_backquoted(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"-v\":1,\"v\":2},{\"-v\":2,\"v\":1}]");
    CHECK_ORDER(w, "v", "2 1");
    CHECK_ORDER(w, "-v", "1 2");
    CHECK_ORDER(w, "`-v`", "1 2");
    CHECK_ORDER(w, "-`-v`", "2 1");
    world_close(&w);
}

static void kinds_have_one_total_order(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":{\"a\":2}},{\"v\":{\"b\":0}},{\"v\":{\"a\":1}},{\"v\":{}},{\"v\":[2]},{\"v\":[1,0]},{\"v\":[1]},{\"v\":[]},"
              "{\"v\":\"b\"},{\"v\":\"a\"},{\"v\":\"\"},{\"v\":2},{\"v\":0.5},{\"v\":-3},{\"v\":true},{\"v\":false},{\"v\":null},{}]");
    CHECK_ORDER(w, "v", "17 18 16 15 14 13 12 11 10 9 8 7 6 5 4 3 1 2");
    CHECK_ORDER(w, "-v", "2 1 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18");
    world_close(&w);
}

static void numbers_are_ordered_by_value(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":10},{\"v\":9},{\"v\":9.5},{\"v\":1e1},{\"v\":-1},{\"v\":-1.5},{\"v\":9007199254740993},{\"v\":9007199254740992.0},"
              "{\"v\":18446744073709551615},{\"v\":1.9e19},{\"v\":-9223372036854775808},{\"v\":-1e300},{\"v\":1e-300},{\"v\":0}]");
    CHECK_ORDER(w, "v", "12 11 6 5 14 13 2 3 1 4 8 7 9 10");
    world_close(&w);
}

static void strings_are_ordered_by_code_point(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":\"\\ud83d\\ude00\"},{\"v\":\"\\uffff\"},{\"v\":\"\xc3\xa9\"},{\"v\":\"z\"},{\"v\":\"a\"},{\"v\":\"ab\"},{\"v\":\"Z\"},"
              "{\"v\":\"10\"},{\"v\":\"9\"}]");
    CHECK_ORDER(w, "v", "8 9 7 5 6 4 3 2 1");
    world_close(&w);
}

static void escaped_characters_have_their_own_place_in_the_order(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":\"a\"},{\"v\":\"]\"},{\"v\":\"\\\\\"},{\"v\":\"[\"},{\"v\":\"A\"},{\"v\":\"#\"},{\"v\":\"\\\"\"},{\"v\":\"!\"},"
              "{\"v\":\"\\u001f\"},{\"v\":\"\\n\"},{\"v\":\"\\t\"},{\"v\":\"\\b\"},{\"v\":\"\\u0001\"},{\"v\":\"\\u0000\"},{\"v\":\"\"}]");
    CHECK_ORDER(w, "v", "15 14 13 12 11 10 9 8 7 6 5 4 3 2 1");
    world_close(&w);
}

static void arrays_are_ordered_by_element(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"v\":[\"a\"]},{\"v\":[2]},{\"v\":[1,\"a\"]},{\"v\":[1,1]},{\"v\":[1]},{\"v\":[null,5]},{\"v\":[]},{\"v\":[1.0,0]}]");
    CHECK_ORDER(w, "v", "7 6 5 8 4 3 2 1");
    world_close(&w);
}

int main(void) {
    RUN(order_by_takes_a_field_or_a_list);
    RUN(a_minus_reverses);
    RUN(the_second_field_orders_what_the_first_leaves_equal);
    RUN(ties_keep_natural_order_both_ways);
    RUN(order_by_takes_paths);
    RUN(a_name_that_starts_with_a_minus_is_backquoted);
    RUN(kinds_have_one_total_order);
    RUN(numbers_are_ordered_by_value);
    RUN(strings_are_ordered_by_code_point);
    RUN(escaped_characters_have_their_own_place_in_the_order);
    RUN(arrays_are_ordered_by_element);
    return check_finish();
}
