/*
 * Tests: updates by expressions: every operation and function, what they refuse, that a refused update changes nothing and names key and
 * field, parameters, schemas, keys, compiled updates.
 * Does not test: threads (test_counter), unique indexes (test_index), `dictdb_table_update` (test_table_update).
 */
#include "check.h"

/** One record, an update of it, and what it is then. */
typedef struct {
    const char *record;
    const char *set;
    const char *after;
} change;

static void check_changes(const change *changes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        world w = world_open(NULL);
        uint64_t changed = 77;
        char after[400];
        int failures = atomic_load(&check_failures);
        CHECK_OK(dictdb_table_insert(w.table, NTS(changes[i].record), NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS(changes[i].set), NULL, 0, &changed, &w.err), &w.err);
        CHECK_INT(changed, 1);
        snprintf(after, sizeof after, "[%s]", changes[i].after);
        CHECK_RECORDS(w, after);
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s\n", changes[i].set);
        }
        world_close(&w);
    }
}

#define CHECK_CHANGES(changes) check_changes(changes, sizeof changes / sizeof changes[0])

static void arithmetic(void) {
    static const change CHANGES[] = {
        {"{\"id\":1,\"a\":7,\"b\":2}", "a = a + b", "{\"id\":1,\"a\":9,\"b\":2}"},
        {"{\"id\":1,\"a\":7,\"b\":2}", "a = a - b", "{\"id\":1,\"a\":5,\"b\":2}"},
        {"{\"id\":1,\"a\":7,\"b\":2}", "a = a * b", "{\"id\":1,\"a\":14,\"b\":2}"},
        {"{\"id\":1,\"a\":7,\"b\":2}", "a = a / b", "{\"id\":1,\"a\":3.5,\"b\":2}"},
        {"{\"id\":1,\"a\":8,\"b\":2}", "a = a / b", "{\"id\":1,\"a\":4,\"b\":2}"},
        {"{\"id\":1,\"a\":7}", "a = -a", "{\"id\":1,\"a\":-7}"},
        {"{\"id\":1,\"a\":7}", "a = - -a - -1", "{\"id\":1,\"a\":8}"},
        {"{\"id\":1,\"a\":7}", "a = 1 + a * 2 - 10 / 5", "{\"id\":1,\"a\":13}"},
        {"{\"id\":1,\"a\":7}", "a = (1 + a) * 2", "{\"id\":1,\"a\":16}"},
        {"{\"id\":1,\"a\":1}", "a = a + 0.5", "{\"id\":1,\"a\":1.5}"},
        {"{\"id\":1,\"a\":9007199254740993}", "a = a + 2", "{\"id\":1,\"a\":9007199254740995}"},
        {"{\"id\":1,\"a\":18446744073709551614}", "a = a + 1", "{\"id\":1,\"a\":18446744073709551615}"},
        {"{\"id\":1,\"a\":-9223372036854775807}", "a = a - 1", "{\"id\":1,\"a\":-9223372036854775808}"},
        {"{\"id\":1,\"a\":18446744073709551615}", "a = a - 18446744073709551615", "{\"id\":1,\"a\":0}"},
        {"{\"id\":1,\"o\":{\"n\":[1,2]}}", "a = o.n[1] * 10", "{\"id\":1,\"o\":{\"n\":[1,2]},\"a\":20}"},
    };
    CHECK_CHANGES(CHANGES);
}

static void text_and_lists(void) {
    static const change CHANGES[] = {
        {"{\"id\":1,\"s\":\"a\"}", "s = s || '-' || s", "{\"id\":1,\"s\":\"a-a\"}"},
        {"{\"id\":1,\"s\":\"\\\"\\u00e9\"}", "s = s || \"\\n\"", "{\"id\":1,\"s\":\"\\\"\u00e9\\n\"}"},
        {"{\"id\":1,\"l\":[1]}", "l = append(l, 2, 'x')", "{\"id\":1,\"l\":[1,2,\"x\"]}"},
        {"{\"id\":1,\"l\":[]}", "l = append(l, [2])", "{\"id\":1,\"l\":[[2]]}"},
        {"{\"id\":1}", "l = append(l, 1, 2)", "{\"id\":1,\"l\":[1,2]}"},
        {"{\"id\":1,\"l\":null}", "l = APPEND(l, {\"a\":1})", "{\"id\":1,\"l\":[{\"a\":1}]}"},
    };
    CHECK_CHANGES(CHANGES);
}

static void functions(void) {
    static const change CHANGES[] = {
        {"{\"id\":1}", "visits = coalesce(visits, 0) + 1", "{\"id\":1,\"visits\":1}"},
        {"{\"id\":1,\"visits\":4}", "visits = coalesce(visits, 0) + 1", "{\"id\":1,\"visits\":5}"},
        {"{\"id\":1,\"a\":null}", "a = coalesce(a, b, 'c', 'd')", "{\"id\":1,\"a\":\"c\"}"},
        {"{\"id\":1,\"a\":1}", "a = coalesce(b, null)", "{\"id\":1,\"a\":null}"},
        {"{\"id\":1,\"a\":3,\"b\":2.0}", "c = min(a, b), d = max(a, b)", "{\"id\":1,\"a\":3,\"b\":2.0,\"c\":2.0,\"d\":3}"},
        {"{\"id\":1,\"a\":3}", "c = min(a, none, 'x'), d = max(a, none, 'x')", "{\"id\":1,\"a\":3,\"c\":3,\"d\":\"x\"}"},
        {"{\"id\":1}", "c = max(a, b)", "{\"id\":1,\"c\":null}"},
        {"{\"id\":1,\"min\":5}", "min = min(min, 4)", "{\"id\":1,\"min\":4}"},
    };
    CHECK_CHANGES(CHANGES);
}

static void setting_and_removing(void) {
    static const change CHANGES[] = {
        {"{\"id\":1,\"a\":1,\"b\":2}", "a = b, b = a", "{\"id\":1,\"a\":2,\"b\":1}"},
        {"{\"id\":1,\"a\":1}", "b = a, a = 1.50", "{\"id\":1,\"a\":1.50,\"b\":1}"},
        {"{\"id\":1,\"a\":1}", "a = null", "{\"id\":1,\"a\":null}"},
        {"{\"id\":1,\"a\":1}", "a = {\"x\": [true]}", "{\"id\":1,\"a\":{\"x\":[true]}}"},
        {"{\"id\":1,\"a\":1,\"b\":2}", "remove(a)", "{\"id\":1,\"b\":2}"},
        {"{\"id\":1,\"b\":2}", "REMOVE(a), b = 3", "{\"id\":1,\"b\":3}"},
        {"{\"id\":1,\"o\":{\"x\":1,\"y\":2}}", "o.x = o.x + 1, remove(o.y), o.z = 'new'", "{\"id\":1,\"o\":{\"x\":2,\"z\":\"new\"}}"},
        {"{\"id\":1}", "o.x.y = 1", "{\"id\":1,\"o\":{\"x\":{\"y\":1}}}"},
        {"{\"id\":1,\"l\":[1,2]}", "l[0] = l[1], l[2] = 3", "{\"id\":1,\"l\":[2,2,3]}"},
        {"{\"id\":1}", "`a.b` = 1, `in` = 2", "{\"id\":1,\"a.b\":1,\"in\":2}"},
        {"{\"id\":1,\"a\":1}", "id = 5", "{\"id\":5,\"a\":1}"},
    };
    CHECK_CHANGES(CHANGES);
}

/* ------------------------------------------------------------------------------------------------------------------ refusals */

static const char *const THREE = "[{\"id\":1,\"a\":1},{\"id\":\"two\",\"a\":18446744073709551615,\"s\":\"x\"},{\"id\":3,\"a\":3}]";

/** An update of three records, of which the second cannot be changed, changes none of them. */
static void check_refused(const char *set, const char *params, dictdb_status status, const char *key, const char *field) {
    world w = world_open(NULL);
    dictdb_update *update = NULL;
    uint64_t changed = 77;
    int failures = atomic_load(&check_failures);
    INSERT(w, THREE);
    for (int compiled = 0; compiled < 2; compiled++) {
        if (compiled == 1) {
            CHECK_OK(dictdb_update_new(NULL, NTS("TRUE"), NTS(set), &update, &w.err), &w.err);
            CHECK_STATUS(dictdb_update_run(update, w.table, NTS(params), &changed, &w.err), status, &w.err);
        } else {
            CHECK_STATUS(dictdb_table_update_where(w.table, NTS("TRUE"), NTS(set), NTS(params), &changed, &w.err), status, &w.err);
        }
        if (key != NULL) {
            CHECK_MEMBER(dictdb_error_detail(w.err), "key", key);
            CHECK_MEMBER(dictdb_error_detail(w.err), "field", field);
            CHECK_CONTAINS(dictdb_error_message(w.err), key);
            CHECK_CONTAINS(dictdb_error_message(w.err), field);
        }
    }
    CHECK_INT(changed, 77);
    CHECK_RECORDS(w, THREE);
    CHECK_OK(dictdb_table_statistics(w.table, &w.out, &w.err), &w.err);
    CHECK_INT(json_integer(w.out.data, "updated"), 0);
    if (atomic_load(&check_failures) != failures) {
        fprintf(stderr, "    in %s\n", set);
    }
    dictdb_update_free(update);
    world_close(&w);
}

static void a_number_out_of_range_changes_nothing(void) {
    check_refused("a = a + 1", NULL, DICTDB_STATUS_NUMBER_RANGE, "\"two\"", "\"a\"");
    check_refused("a = a * 2", NULL, DICTDB_STATUS_NUMBER_RANGE, "\"two\"", "\"a\"");
    check_refused("b = 0 - a", NULL, DICTDB_STATUS_NUMBER_RANGE, "\"two\"", "\"b\"");
    check_refused("o.n = -a", NULL, DICTDB_STATUS_NUMBER_RANGE, "\"two\"", "\"o.n\"");
    check_refused("a = 1e308 * 10.0", NULL, DICTDB_STATUS_NUMBER_RANGE, "1", "\"a\"");
    check_refused("a = a + ?1", "[1]", DICTDB_STATUS_NUMBER_RANGE, "\"two\"", "\"a\"");
}

static void a_wrong_kind_changes_nothing(void) {
    check_refused("a = a + s", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
    check_refused("a = coalesce(s, 1) + 1", NULL, DICTDB_STATUS_TYPE_MISMATCH, "\"two\"", "\"a\"");
    check_refused("b = coalesce(s, 'y') || a", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"b\"");
    check_refused("s = append(s, 1)", NULL, DICTDB_STATUS_TYPE_MISMATCH, "\"two\"", "\"s\"");
    check_refused("s.x = 1", NULL, DICTDB_STATUS_TYPE_MISMATCH, "\"two\"", "\"s.x\"");
    check_refused("l[1] = 1", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"l[1]\"");
    check_refused("a = a + ?1", "[true]", DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
    check_refused("a = -null", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
}

static void a_division_by_zero_changes_nothing(void) {
    check_refused("a = a / 0", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
    check_refused("a = a / 0.0", NULL, DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
    check_refused("a = 1 / (a - 3)", NULL, DICTDB_STATUS_TYPE_MISMATCH, "3", "\"a\"");
    check_refused("a = a / ?1", "[-0.0]", DICTDB_STATUS_TYPE_MISMATCH, "1", "\"a\"");
}

static void a_taken_or_invalid_key_changes_nothing(void) {
    check_refused("id = 3", NULL, DICTDB_STATUS_DUPLICATE_KEY, NULL, NULL);
    check_refused("id = a", NULL, DICTDB_STATUS_INVALID_KEY, NULL, NULL);
    check_refused("id = null", NULL, DICTDB_STATUS_INVALID_KEY, NULL, NULL);
}

static void keys_may_trade_places(void) {
    world w = world_open(NULL);
    uint64_t changed = 0;
    INSERT(w, "[{\"id\":1},{\"id\":2},{\"id\":3}]");
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("was = id, id = 4 - id"), NULL, 0, &changed, &w.err), &w.err);
    CHECK_INT(changed, 3);
    CHECK_RECORDS(w, "[{\"id\":3,\"was\":1},{\"id\":2,\"was\":2},{\"id\":1,\"was\":3}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":1,\"was\":3}");
    world_close(&w);
}

static void the_schema_holds(void) {
    world w = world_open("{\"schema\":{\"name\":\"str\",\"n\":{\"type\":\"int\",\"default\":7},\"x\":{\"type\":\"float\",\"nullable\":true}}}");
    INSERT(w, "[{\"name\":\"a\",\"n\":1,\"x\":1.5}]");
    const char *before = "[{\"name\":\"a\",\"n\":1,\"x\":1.5,\"id\":1}]";
    uint64_t changed = 77;
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("n = n / 2"), NULL, 0, &changed, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"n\"");
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("y = 1"), NULL, 0, &changed, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"y\"");
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("remove(name)"), NULL, 0, &changed, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"name\"");
    CHECK_INT(changed, 77);
    CHECK_RECORDS(w, before);
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("remove(n), remove(x), name = name || '!'"), NULL, 0, &changed, &w.err), &w.err);
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "name", "\"a!\"");
    CHECK_MEMBER(w.out.data, "n", "7");
    CHECK(json_member(w.out.data, "x") == NULL);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ compiling */

static void check_set_fails(const char *set, dictdb_status status, const char *position) {
    dictdb_update *update = (dictdb_update *)(uintptr_t)0x7e57;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_update_new(NULL, NTS("TRUE"), NTS(set), &update, &error), status, &error);
    CHECK(update == NULL);
    CHECK_MEMBER(dictdb_error_detail(error), "parameter", "\"set\"");
    if (position != NULL) {
        CHECK_MEMBER(dictdb_error_detail(error), "position", position);
    }
    if (status == DICTDB_STATUS_PARSE) {
        CHECK(json_member(dictdb_error_detail(error), "found") != NULL);
        CHECK(json_member(dictdb_error_detail(error), "expected") != NULL);
    }
    dictdb_error_free(error);
}

static void a_wrong_set_is_refused(void) {
    check_set_fails("", DICTDB_STATUS_PARSE, "0");
    check_set_fails("a", DICTDB_STATUS_PARSE, "1");
    check_set_fails("a = ", DICTDB_STATUS_PARSE, "4");
    check_set_fails("a = 1,", DICTDB_STATUS_PARSE, "6");
    check_set_fails("a = 1 b = 2", DICTDB_STATUS_PARSE, "6");
    check_set_fails("a == 1", DICTDB_STATUS_PARSE, "2");
    check_set_fails("a = (1", DICTDB_STATUS_PARSE, "6");
    check_set_fails("a = sqrt(1)", DICTDB_STATUS_PARSE, "4");
    check_set_fails("a = 1, a = 2", DICTDB_STATUS_PARSE, "7");
    check_set_fails("a.b = 1, a = 2", DICTDB_STATUS_PARSE, "9");
    check_set_fails("a = 1, remove(a)", DICTDB_STATUS_PARSE, "14");
    check_set_fails("a = 18446744073709551616", DICTDB_STATUS_NUMBER_RANGE, "4");
    check_set_fails("a = ?65536", DICTDB_STATUS_LIMIT, NULL);
}

static void an_update_says_which_records_it_is_about(void) {
    world w = world_open(NULL);
    dictdb_update *update = NULL;
    dictdb_predicate *predicate = parsed("a > ?1");
    uint64_t changed = 77;
    INSERT(w, "[{\"a\":1,\"b\":1},{\"a\":2,\"b\":1},{\"a\":3,\"b\":2}]");
    CHECK_STATUS(dictdb_update_new(NULL, NULL, 0, NTS("a = 1"), &update, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK(update == NULL);

    CHECK_OK(dictdb_update_new(predicate, NULL, 0, NTS("a = a + 10"), &update, &w.err), &w.err);
    CHECK_OK(dictdb_update_run(update, w.table, NTS("[2]"), &changed, &w.err), &w.err);
    CHECK_INT(changed, 1);
    dictdb_update_free(update);

    CHECK_OK(dictdb_update_new(predicate, NTS("b = ?2"), NTS("a = a + ?3"), &update, &w.err), &w.err);
    dictdb_predicate_free(predicate);
    CHECK_OK(dictdb_update_run(update, w.table, NTS("[1, 1, 100]"), &changed, &w.err), &w.err);
    CHECK_INT(changed, 1);
    CHECK_OK(dictdb_update_run(update, w.table, NTS("[0, 2, 0.5]"), NULL, &w.err), &w.err);
    changed = 77;
    CHECK_STATUS(dictdb_update_run(update, w.table, NTS("[0, 3, 0]"), &changed, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_INT(changed, 77);
    CHECK_RECORDS(w, "[{\"a\":1,\"b\":1,\"id\":1},{\"a\":102,\"b\":1,\"id\":2},{\"a\":13.5,\"b\":2,\"id\":3}]");
    dictdb_update_free(update);
    world_close(&w);
}

static void an_update_serves_many_tables(void) {
    world w = world_open(NULL);
    world other = world_open("{\"primary_key\":\"k\"}");
    dictdb_update *update = NULL;
    INSERT(w, "[{\"n\":1}]");
    INSERT(other, "[{\"n\":10,\"k\":\"x\"}]");
    CHECK_OK(dictdb_update_new(NULL, NTS("n > 0"), NTS("n = n + ?1"), &update, &w.err), &w.err);
    CHECK_OK(dictdb_update_run(update, w.table, NTS("[1]"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_update_run(update, other.table, NTS("[2]"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"n\":2,\"id\":1}]");
    CHECK_RECORDS(other, "[{\"n\":12,\"k\":\"x\"}]");
    CHECK_OK(dictdb_db_drop_table(other.db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_update_run(update, other.table, NTS("[2]"), NULL, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    dictdb_update_free(update);
    world_close(&other);
    world_close(&w);
}

int main(void) {
    RUN(arithmetic);
    RUN(text_and_lists);
    RUN(functions);
    RUN(setting_and_removing);
    RUN(a_number_out_of_range_changes_nothing);
    RUN(a_wrong_kind_changes_nothing);
    RUN(a_division_by_zero_changes_nothing);
    RUN(a_taken_or_invalid_key_changes_nothing);
    RUN(keys_may_trade_places);
    RUN(the_schema_holds);
    RUN(a_wrong_set_is_refused);
    RUN(an_update_says_which_records_it_is_about);
    RUN(an_update_serves_many_tables);
    return check_finish();
}
