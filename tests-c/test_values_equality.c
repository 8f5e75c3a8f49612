/*
 * Tests: which values are equal, asked through predicates, both ways round.
 * Does not test: the order of values (test_table_order), distinct (test_table_select).
 */
#include "check.h"

/** Whether `field = value` holds for a record whose field is `stored`; the mirrored question must have the same answer. */
static bool equal_one_way(const char *stored, const char *value) {
    world w = world_open(NULL);
    char record[300];
    uint64_t same = 77;
    uint64_t other = 77;
    dictdb_predicate *eq = where(dictdb_predicate_eq, "v", value);
    dictdb_predicate *ne = where(dictdb_predicate_ne, "v", value);
    snprintf(record, sizeof record, "{\"v\":%s}", stored);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_count(w.table, eq, &same, &w.err), &w.err);
    CHECK_OK(dictdb_table_count(w.table, ne, &other, &w.err), &w.err);
    CHECK_INT(same + other, 1);
    dictdb_predicate_free(eq);
    dictdb_predicate_free(ne);
    world_close(&w);
    return same == 1;
}

static void check_equality(const char *file, int line, const char *a, const char *b, bool expected) {
    if (equal_one_way(a, b) != expected || equal_one_way(b, a) != expected) {
        fprintf(stderr, "%s and %s:\n", a, b);
        check_true(file, line, false, expected ? "the values are equal" : "the values differ");
    }
}

#define CHECK_EQUAL(a, b) check_equality(__FILE__, __LINE__, (a), (b), true)
#define CHECK_DIFFERENT(a, b) check_equality(__FILE__, __LINE__, (a), (b), false)

static void numbers_are_equal_by_value(void) {
    CHECK_EQUAL("1", "1.0");
    CHECK_EQUAL("1", "1.00e0");
    CHECK_EQUAL("100", "1e2");
    CHECK_EQUAL("0.5", "5e-1");
    CHECK_EQUAL("0.1", "0.1000000000000000055511151231257827");
    CHECK_EQUAL("0", "-0");
    CHECK_EQUAL("0", "-0.0");
    CHECK_EQUAL("0.0", "-0.0");
    CHECK_EQUAL("9007199254740992", "9007199254740992.0");
    CHECK_EQUAL("-9223372036854775808", "-9223372036854775808.0");
    CHECK_EQUAL("9223372036854775808", "9223372036854775808.0");
    CHECK_EQUAL("10000000000000000000", "1e19");
    CHECK_DIFFERENT("1", "2");
    CHECK_DIFFERENT("1", "-1");
    CHECK_DIFFERENT("1", "1.0000000000000002");
}

static void large_numbers_are_not_rounded(void) {
    CHECK_DIFFERENT("9007199254740993", "9007199254740992");
    CHECK_DIFFERENT("9007199254740993", "9007199254740992.0");
    CHECK_DIFFERENT("18446744073709551615", "18446744073709551616.0");
    CHECK_DIFFERENT("18446744073709551615", "18446744073709551614");
    CHECK_DIFFERENT("9223372036854775807", "9223372036854775808.0");
    CHECK_DIFFERENT("9223372036854775807", "9223372036854775808");
    CHECK_DIFFERENT("-9223372036854775807", "-9223372036854775808.0");
}

static void kinds_are_never_equal(void) {
    static const char *const VALUES[] = {
        "null", "true", "false", "1", "0", "\"1\"", "\"\"", "\"true\"", "\"null\"", "[]", "[1]", "[null]", "{}",
        "{\"1\":1}",
    };
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        for (size_t j = 0; j < sizeof VALUES / sizeof VALUES[0]; j++) {
            check_equality(__FILE__, __LINE__, VALUES[i], VALUES[j], i == j);
        }
    }
}

static void strings_are_equal_by_character(void) {
    CHECK_EQUAL("\"A\\u00e9\"", "\"\\u0041\xc3\xa9\"");
    CHECK_EQUAL("\"\\/\\n\"", "\"/\\u000a\"");
    CHECK_EQUAL("\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"");
    CHECK_DIFFERENT("\"a\"", "\"A\"");
    CHECK_DIFFERENT("\"a\"", "\"a \"");
    CHECK_DIFFERENT("\"a\"", "\"a\\u0000\"");
    CHECK_DIFFERENT("\"\\n\"", "\"\\\\n\"");
    CHECK_DIFFERENT("\"\xc3\xa9\"", "\"e\xcc\x81\"");
}

static void arrays_are_equal_by_element(void) {
    CHECK_EQUAL("[]", "[ ]");
    CHECK_EQUAL("[1,\"a\",[true]]", "[1.0, \"\\u0061\", [ true ]]");
    CHECK_DIFFERENT("[1,2]", "[2,1]");
    CHECK_DIFFERENT("[1]", "[1,1]");
    CHECK_DIFFERENT("[1]", "[true]");
    CHECK_DIFFERENT("[[1],2]", "[1,[2]]");
}

static void objects_are_equal_by_key(void) {
    CHECK_EQUAL("{}", "{ }");
    CHECK_EQUAL("{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}");
    CHECK_EQUAL("{\"a\":{\"x\":[1],\"y\":null}}", "{\"\\u0061\":{\"y\":null,\"x\":[1e0]}}");
    CHECK_EQUAL("{\"a\":1,\"a\":2}", "{\"a\":2}");
    CHECK_DIFFERENT("{\"a\":1}", "{\"a\":2}");
    CHECK_DIFFERENT("{\"a\":1}", "{\"b\":1}");
    CHECK_DIFFERENT("{\"a\":1}", "{\"a\":1,\"b\":1}");
    CHECK_DIFFERENT("{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}");
    CHECK_DIFFERENT("{\"a\":\"1\"}", "{\"a\":1}");
}

int main(void) {
    RUN(numbers_are_equal_by_value);
    RUN(large_numbers_are_not_rounded);
    RUN(kinds_are_never_equal);
    RUN(strings_are_equal_by_character);
    RUN(arrays_are_equal_by_element);
    RUN(objects_are_equal_by_key);
    return check_finish();
}
