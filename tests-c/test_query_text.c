/*
 * Tests: predicates as text: every operator, parameters, printing, and what an error tells.
 * Does not test: what the operators mean in all cases (test_predicate, test_predicate_like, test_predicate_logic); queries (test_query).
 */
#include "check.h"

static world birds(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"name\":\"Wren\",\"g\":9,\"tags\":[\"small\",\"brown\"],\"at\":{\"city\":\"Bern\"},\"a.b\":1},"
              " {\"name\":\"Swan\",\"g\":11000,\"tags\":[\"white\"],\"at\":{\"city\":\"Basel\"},\"in\":1},"
              " {\"name\":\"wren's kin\",\"g\":10.0,\"tags\":[]},"
              " {\"name\":null,\"g\":true}]");
    return w;
}

/* ---------------------------------------------------------------------------------------------------------------- operators */

typedef struct {
    const char *text;
    const char *ids;
} sample;

/** Each text matches these ids, as it is and when it was printed and parsed again. */
static void check_samples(const sample *samples, size_t count) {
    world w = birds();
    for (size_t i = 0; i < count; i++) {
        dictdb_predicate *predicate = parsed(samples[i].text);
        int failures = atomic_load(&check_failures);
        CHECK_OK(dictdb_predicate_print(predicate, &w.out, &w.err), &w.err);
        char *printed = check_memory(w.out.len + 1);
        memcpy(printed, w.out.data, w.out.len + 1);
        CHECK_MATCHES(w, predicate, samples[i].ids);
        CHECK_MATCHES(w, parsed(printed), samples[i].ids);
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s, printed %s\n", samples[i].text, printed);
        }
        free(printed);
    }
    world_close(&w);
}

#define CHECK_SAMPLES(samples) check_samples(samples, sizeof samples / sizeof samples[0])

static void comparisons(void) {
    static const sample SAMPLES[] = {
        {"g = 10", "3"},        {"g == 10", "3"},      {"g != 10", "1,2,4"}, {"g <> 10", "1,2,4"},  {"g < 10", "1"},
        {"g <= 10", "1,3"},     {"g > 10", "2"},       {"g >= 10", "2,3"},   {"10 < g", "2"},       {"10 = g", "3"},
        {"name = null", "4"},   {"g = true", "4"},     {"name = 'Swan'", "2"}, {"name = \"Sw\\u0061n\"", "2"},
        {"name = 'wren''s kin'", "3"}, {"name = 'wren\\'s kin'", "3"}, {"tags = []", "3"}, {"at = {\"city\": \"Bern\"}", "1"},
        {"g > -1", "1,2,3"},    {"g > -1e3", "1,2,3"},
    };
    CHECK_SAMPLES(SAMPLES);
}

static void lists_ranges_and_nulls(void) {
    static const sample SAMPLES[] = {
        {"g IN (9, 10, 'x')", "1,3"}, {"g NOT IN (9, 10)", "2,4"}, {"g IN ()", ""},           {"g IN [9, true]", "1,4"},
        {"g BETWEEN 9 AND 10", "1,3"}, {"g NOT BETWEEN 9 AND 10", "2,4"}, {"name IS NULL", "4"}, {"name IS NOT NULL", "1,2,3"},
        {"nothing IS NULL", "1,2,3,4"},
    };
    CHECK_SAMPLES(SAMPLES);
}

static void operators_on_strings(void) {
    static const sample SAMPLES[] = {
        {"name LIKE '_r%'", "1,3"},       {"name NOT LIKE 'W%'", "2,3,4"}, {"name LIKE 'W!_%' ESCAPE '!'", ""}, {"name ILIKE 'w%'", "1,3"},
        {"name STARTS WITH 'W'", "1"},    {"name ISTARTS WITH 'W'", "1,3"}, {"name ENDS WITH 'n'", "1,2,3"},     {"name IENDS WITH 'REN'", "1"},
        {"name CONTAINS 'a'", "2"},       {"name ICONTAINS 'WR'", "1,3"},  {"name IEQUALS 'swan'", "2"},         {"tags CONTAINS 'white'", "2"},
        {"at CONTAINS 'city'", "1,2"},    {"name NOT STARTS WITH 'W'", "2,3,4"}, {"name NOT ICONTAINS 'wr'", "2,4"},
        {"name NOT CONTAINS 'a'", "1,3,4"},
    };
    CHECK_SAMPLES(SAMPLES);
}

static void connectives(void) {
    static const sample SAMPLES[] = {
        {"TRUE", "1,2,3,4"},
        {"FALSE", ""},
        {"NOT FALSE", "1,2,3,4"},
        {"g = 9 OR g = 10 AND name = 'Swan'", "1"},
        {"(g = 9 OR g = 10) AND name != 'Wren'", "3"},
        {"NOT g = 9 AND NOT g = 10", "2,4"},
        {"NOT (g = 9 OR g = 10)", "2,4"},
        {"not NOT g = 9", "1"},
        {"g = 9 and name like 'W%' Or FALSE", "1"},
    };
    CHECK_SAMPLES(SAMPLES);
}

static void fields(void) {
    static const sample SAMPLES[] = {
        {"at.city = 'Bern'", "1"}, {"tags[1] = 'brown'", "1"}, {"`at`.`city` = 'Basel'", "2"}, {"`a.b` = 1", "1"}, {"`in` = 1", "2"},
        {"\tat.city\n=\r'Bern' ", "1"},
    };
    CHECK_SAMPLES(SAMPLES);
}

static void a_predicate_of_the_functions_can_be_printed(void) {
    dictdb_predicate *of[3] = {where(dictdb_predicate_ge, "age", "18"), where(dictdb_predicate_eq, "a.b[0]", "\"x'y\""), NULL};
    dictdb_predicate *both = NULL;
    dictdb_buffer text = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_predicate_not(of[1], &of[2], &error), &error);
    CHECK_OK(dictdb_predicate_and((const dictdb_predicate *const[]){of[0], of[2]}, 2, &both, &error), &error);
    CHECK_OK(dictdb_predicate_print(both, &text, &error), &error);
    CHECK_TEXT(text, "age >= 18 AND NOT a.b[0] = \"x'y\"");
    dictdb_predicate *again = parsed(text.data);
    CHECK_OK(dictdb_predicate_print(again, &text, &error), &error);
    CHECK_TEXT(text, "age >= 18 AND NOT a.b[0] = \"x'y\"");
    dictdb_predicate_free(again);
    dictdb_predicate_free(both);
    for (int i = 0; i < 3; i++) {
        dictdb_predicate_free(of[i]);
    }
    dictdb_buffer_free(&text);
    dictdb_error_free(error);
}

static void text_and_functions_go_together(void) {
    world w = birds();
    dictdb_predicate *text = parsed("name STARTS WITH 'W' OR g > 100");
    dictdb_predicate *made = where(dictdb_predicate_lt, "g", "100");
    dictdb_predicate *both = NULL;
    CHECK_OK(dictdb_predicate_and((const dictdb_predicate *const[]){text, made}, 2, &both, &w.err), &w.err);
    dictdb_predicate_free(text);
    dictdb_predicate_free(made);
    CHECK_MATCHES(w, both, "1");
    world_close(&w);
}

/* --------------------------------------------------------------------------------------------------------------- parameters */

/** A text with its parameters filled in. */
static dictdb_predicate *bound(const char *text, const char *params) {
    dictdb_predicate *predicate = parsed(text);
    dictdb_predicate *filled = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_predicate_bind(predicate, NTS(params), &filled, &error), &error);
    dictdb_predicate_free(predicate);
    dictdb_error_free(error);
    return filled;
}

static void parameters_stand_where_values_do(void) {
    world w = birds();
    CHECK_MATCHES(w, bound("g = ?1", "[10]"), "3");
    CHECK_MATCHES(w, bound("?1 > g", "[10]"), "1");
    CHECK_MATCHES(w, bound("g IN (?2, ?1, 9)", "[10, true]"), "1,3,4");
    CHECK_MATCHES(w, bound("g IN ?1", "[[9, 10]]"), "1,3");
    CHECK_MATCHES(w, bound("g NOT BETWEEN ?1 AND ?2", "[9, 10]"), "2,4");
    CHECK_MATCHES(w, bound("name LIKE ?1 ESCAPE '!'", "[\"W%\"]"), "1");
    CHECK_MATCHES(w, bound("name ISTARTS WITH ?1 AND name IENDS WITH ?2", "[\"W\", \"N\"]"), "1,3");
    CHECK_MATCHES(w, bound("tags CONTAINS ?1 OR name CONTAINS ?1", "[\"white\"]"), "2");
    CHECK_MATCHES(w, bound("name = ?1 OR NOT name = ?1", "[\"' OR TRUE OR '\"]"), "1,2,3,4");
    CHECK_MATCHES(w, bound("name = ?1", "[\"' OR TRUE OR '\"]"), "");
    CHECK_MATCHES(w, bound("g = 9", NULL), "1");
    CHECK_MATCHES(w, bound("g = 9", "[]"), "1");
    world_close(&w);
}

static void printing_shows_parameters_and_values(void) {
    dictdb_predicate *text = parsed("a = ?2 and b LIKE ?1");
    dictdb_predicate *filled = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_predicate_print(text, &out, &error), &error);
    CHECK_TEXT(out, "a = ?2 AND b LIKE ?1");
    CHECK_OK(dictdb_predicate_bind(text, NTS("[\"x%\", {\"y\" : 1.50}]"), &filled, &error), &error);
    CHECK_OK(dictdb_predicate_print(filled, &out, &error), &error);
    CHECK_TEXT(out, "a = {\"y\":1.50} AND b LIKE \"x%\"");
    CHECK_OK(dictdb_predicate_print(text, &out, &error), &error);
    CHECK_TEXT(out, "a = ?2 AND b LIKE ?1");
    dictdb_predicate_free(text);
    dictdb_predicate_free(filled);
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void check_bind_fails(const char *text, const char *params, dictdb_status status, const char *placeholder) {
    dictdb_predicate *predicate = parsed(text);
    dictdb_predicate *filled = predicate;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_bind(predicate, NTS(params), &filled, &error), status, &error);
    CHECK(filled == NULL);
    if (placeholder != NULL) {
        CHECK_MEMBER(dictdb_error_detail(error), "placeholder", placeholder);
    } else if (status != DICTDB_STATUS_INVALID_ARGUMENT) {
        CHECK_MEMBER(dictdb_error_detail(error), "parameter", "\"params\"");
    }
    dictdb_predicate_free(predicate);
    dictdb_error_free(error);
}

static void values_must_fit_the_parameters(void) {
    check_bind_fails("a = ?1", "[]", DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_bind_fails("a = ?1", NULL, DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_bind_fails("a = ?1", "[1, 2]", DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_bind_fails("a = 1", "[1]", DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_bind_fails("a = ?1 OR b LIKE ?2", "[1, 2]", DICTDB_STATUS_INVALID_ARGUMENT, "2");
    check_bind_fails("b ICONTAINS ?1", "[null]", DICTDB_STATUS_INVALID_ARGUMENT, "1");
    check_bind_fails("b IN ?1", "[1]", DICTDB_STATUS_INVALID_ARGUMENT, "1");
    check_bind_fails("b LIKE ?1 ESCAPE '!'", "[\"a!\"]", DICTDB_STATUS_INVALID_ARGUMENT, "1");
    check_bind_fails("a = ?1", "{}", DICTDB_STATUS_INVALID_JSON, NULL);
    check_bind_fails("a = ?1", "[1", DICTDB_STATUS_INVALID_JSON, NULL);
    check_bind_fails("a = ?1", "[18446744073709551616]", DICTDB_STATUS_NUMBER_RANGE, NULL);
}

static void a_predicate_with_parameters_is_refused_where_none_can_be_passed(void) {
    world w = birds();
    dictdb_predicate *predicate = parsed("g = ?1");
    uint64_t count = 77;
    CHECK_STATUS(dictdb_table_select(w.table, predicate, NULL, 0, &w.out, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_count(w.table, predicate, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_update(w.table, predicate, NTS("{\"x\":1}"), &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_delete(w.table, predicate, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 4);
    dictdb_predicate_free(predicate);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- errors */

static void check_parse_error(const char *text, const char *position, const char *found, const char *expected) {
    dictdb_predicate *predicate = (dictdb_predicate *)(uintptr_t)0x7e57;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_parse(NTS(text), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK(predicate == NULL);
    CHECK_MEMBER(dictdb_error_detail(error), "position", position);
    CHECK_MEMBER(dictdb_error_detail(error), "found", found);
    CHECK_CONTAINS(json_member(dictdb_error_detail(error), "expected"), expected);
    CHECK_CONTAINS(dictdb_error_message(error), expected);
    CHECK_CONTAINS(dictdb_error_message(error), position);
    dictdb_error_free(error);
}

static void an_error_tells_position_found_and_expected(void) {
    check_parse_error("age > 18 AND", "12", "\"the end of the text\"", "a test");
    check_parse_error("age >", "5", "\"the end of the text\"", "a value");
    check_parse_error("age > x", "6", "\"x\"", "a value");
    check_parse_error("age ~ 5", "4", "\"~\"", "operator");
    check_parse_error("(age = 5", "8", "\"the end of the text\"", "')'");
    check_parse_error("age = 5)", "7", "\")\"", "the end of the text");
    check_parse_error("age = 5 age = 6", "8", "\"age\"", "AND, OR");
    check_parse_error("5 = 6", "4", "\"6\"", "a field");
    check_parse_error("name LIKE 5", "10", "\"5\"", "a string");
    check_parse_error("name LIKE 'a!' ESCAPE '!'", "10", "\"'a!'\"", "escape");
    check_parse_error("age IN 5", "7", "\"5\"", "a list");
    check_parse_error("", "0", "\"the end of the text\"", "a test");
}

static void what_is_no_parse_error(void) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_parse(NTS("a = 18446744073709551616"), &predicate, &error), DICTDB_STATUS_NUMBER_RANGE, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "position", "4");
    CHECK_STATUS(dictdb_predicate_parse(NTS("a = '\xff'"), &predicate, &error), DICTDB_STATUS_INVALID_UTF8, &error);
    CHECK_STATUS(dictdb_predicate_parse(NTS("a = ?65536"), &predicate, &error), DICTDB_STATUS_LIMIT, &error);
    char deep[300];
    memset(deep, '(', 129);
    snprintf(deep + 129, sizeof deep - 129, "TRUE");
    CHECK_STATUS(dictdb_predicate_parse(NTS(deep), &predicate, &error), DICTDB_STATUS_LIMIT, &error);
    dictdb_error_free(error);
}

static void a_nul_in_a_text_of_a_given_length_is_no_end(void) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_predicate_parse("a = 1\0 garbage", 5, &predicate, &error), &error);
    dictdb_predicate_free(predicate);
    CHECK_STATUS(dictdb_predicate_parse("a = 1\0 garbage", 14, &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "position", "5");
    dictdb_error_free(error);
}

int main(void) {
    RUN(comparisons);
    RUN(lists_ranges_and_nulls);
    RUN(operators_on_strings);
    RUN(connectives);
    RUN(fields);
    RUN(a_predicate_of_the_functions_can_be_printed);
    RUN(text_and_functions_go_together);
    RUN(parameters_stand_where_values_do);
    RUN(printing_shows_parameters_and_values);
    RUN(values_must_fit_the_parameters);
    RUN(a_predicate_with_parameters_is_refused_where_none_can_be_passed);
    RUN(an_error_tells_position_found_and_expected);
    RUN(what_is_no_parse_error);
    RUN(a_nul_in_a_text_of_a_given_length_is_no_end);
    return check_finish();
}
