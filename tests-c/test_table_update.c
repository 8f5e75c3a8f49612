/*
 * Tests: updating by predicate and by key: merging, all or none, changing keys, natural order.
 * Does not test: schemas (test_table_schema), upsert (test_table_insert), concurrent updates (test_threads).
 */
#include "check.h"

static world three_records(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1,\"a\":1,\"b\":1},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    return w;
}

static const char *const UNCHANGED = "[{\"id\":1,\"a\":1,\"b\":1},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3}]";

/** Updates the records that match; frees the predicate; checks status and count (77 where it must be untouched). */
static void check_update(const char *file, int line, world *w, dictdb_predicate *predicate, const char *changes, dictdb_status expected,
                         uint64_t expected_count) {
    uint64_t count = 77;
    check_expect(&w->err);
    check_status(file, line, changes, dictdb_table_update(w->table, predicate, NTS(changes), &count, &w->err), expected, &w->err);
    check_integer(file, line, "the count", (int64_t)count, (int64_t)expected_count);
    dictdb_predicate_free(predicate);
}

#define CHECK_UPDATE(w, predicate, changes, count) \
    check_update(__FILE__, __LINE__, &(w), (predicate), (changes), DICTDB_STATUS_OK, (count))
#define CHECK_UPDATE_FAILS(w, predicate, changes, status) \
    check_update(__FILE__, __LINE__, &(w), (predicate), (changes), DICTDB_STATUS_##status, 77)

/* --------------------------------------------------------------------------------------------------------------- merging */

static void fields_are_replaced_in_their_place(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "a", "1"), "{\"a\":9}", 1);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":9,\"b\":1},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    world_close(&w);
}

static void new_fields_go_to_the_end_in_the_order_of_the_changes(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "id", "1"), "{\"z\":1,\"a\":9,\"c\":2}", 1);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":9,\"b\":1,\"z\":1,\"c\":2},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    world_close(&w);
}

static void a_field_is_replaced_as_a_whole(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":{\"x\":1,\"y\":2},\"l\":[1,2,3]}]");
    CHECK_UPDATE(w, everything(), "{\"a\":{\"y\":3},\"l\":[]}", 1);
    CHECK_RECORDS(w, "[{\"a\":{\"y\":3},\"l\":[],\"id\":1}]");
    world_close(&w);
}

static void changes_use_plain_names(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":{\"b\":1}}]");
    CHECK_UPDATE(w, everything(), "{\"a.b\":2,\"`q`\":3}", 1);
    CHECK_RECORDS(w, "[{\"a\":{\"b\":1},\"id\":1,\"a.b\":2,\"`q`\":3}]");
    world_close(&w);
}

static void of_a_repeated_name_the_last_value_counts(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "id", "2"), "{\"n\":1,\"m\":5,\"n\":2}", 1);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1,\"b\":1},{\"id\":2,\"a\":2,\"n\":2,\"m\":5},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    world_close(&w);
}

static void a_field_may_become_null_or_another_kind(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "id", "1"), "{\"a\":null,\"b\":[\"x\"]}", 1);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":null,\"b\":[\"x\"]},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    world_close(&w);
}

static void records_of_several_shapes_are_updated_together(void) {
    world w = three_records();
    CHECK_UPDATE(w, everything(), "{\"b\":0}", 3);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1,\"b\":0},{\"id\":2,\"a\":2,\"b\":0},{\"id\":\"x\",\"a\":2,\"b\":0}]");
    world_close(&w);
}

static void no_changes_change_nothing(void) {
    world w = three_records();
    CHECK_UPDATE(w, everything(), "{}", 3);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void a_record_that_no_longer_matches_is_updated_once(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"n\":1},{\"n\":2},{\"n\":3}]");
    CHECK_UPDATE(w, where(dictdb_predicate_ge, "n", "2"), "{\"n\":0}", 2);
    CHECK_UPDATE(w, where(dictdb_predicate_ge, "n", "0"), "{\"n\":5}", 3);
    CHECK_RECORDS(w, "[{\"n\":5,\"id\":1},{\"n\":5,\"id\":2},{\"n\":5,\"id\":3}]");
    world_close(&w);
}

static void a_record_is_updated_many_times(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"n\":0},{\"n\":-1}]");
    for (int i = 1; i <= 2000; i++) {
        char changes[32];
        snprintf(changes, sizeof changes, "{\"n\":%d}", i);
        CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS(changes), &w.err), &w.err);
    }
    CHECK_RECORDS(w, "[{\"n\":2000,\"id\":1},{\"n\":-1,\"id\":2}]");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------ failing */

static void no_match_is_not_found(void) {
    world w = three_records();
    CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "a", "5"), "{\"a\":9}", RECORD_NOT_FOUND);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("3"), NTS("{\"a\":9}"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("\"1\""), NTS("{\"a\":9}"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void without_a_predicate_nothing_is_updated(void) {
    world w = three_records();
    CHECK_UPDATE_FAILS(w, NULL, "{\"a\":9}", INVALID_HANDLE);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void changes_are_an_object(void) {
    static const char *const TEXTS[] = {"[]", "1", "null", "\"a\"", "", "{\"a\":}", "{\"a\":1}}"};
    world w = three_records();
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_UPDATE_FAILS(w, everything(), TEXTS[i], INVALID_JSON);
        CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS(TEXTS[i]), &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    }
    CHECK_UPDATE_FAILS(w, everything(), "{\"a\":1e999}", INVALID_JSON);
    CHECK_UPDATE_FAILS(w, everything(), "{\"a\":18446744073709551616}", NUMBER_RANGE);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void bad_changes_are_told_before_a_missing_record(void) {
    world w = three_records();
    CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "a", "5"), "[]", INVALID_JSON);
    CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "a", "5"), "{\"id\":true}", INVALID_KEY);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("99"), NTS("{\"id\":null}"), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------- changing keys */

static void a_record_gets_another_key(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "b", "1"), "{\"id\":\"new\"}", 1);
    CHECK_STATUS(dictdb_table_get(w.table, NTS("1"), &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_OK(dictdb_table_get(w.table, NTS("\"new\""), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":\"new\",\"a\":1,\"b\":1}");
    world_close(&w);
}

static void an_old_key_is_free_again(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":10}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("2"), NTS("{\"id\":1}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":2}"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":10,\"a\":1,\"b\":1},{\"id\":1,\"a\":2},{\"id\":\"x\",\"a\":2,\"b\":3},{\"id\":2}]");
    world_close(&w);
}

static void a_record_may_be_given_its_own_key(void) {
    world w = three_records();
    CHECK_UPDATE(w, where(dictdb_predicate_eq, "id", "2"), "{\"id\":2,\"a\":7}", 1);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("\"x\""), NTS("{\"id\":\"x\"}"), &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1,\"b\":1},{\"id\":2,\"a\":7},{\"id\":\"x\",\"a\":2,\"b\":3}]");
    world_close(&w);
}

static void a_key_that_is_taken_is_refused(void) {
    world w = three_records();
    CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "id", "1"), "{\"id\":\"x\",\"a\":5}", DUPLICATE_KEY);
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "\"x\"");
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":2}"), &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void several_records_do_not_get_one_key(void) {
    world w = three_records();
    CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "a", "2"), "{\"id\":50,\"a\":5}", DUPLICATE_KEY);
    CHECK_UPDATE_FAILS(w, everything(), "{\"id\":1}", DUPLICATE_KEY);
    CHECK_RECORDS(w, UNCHANGED);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "3");
    world_close(&w);
}

static void a_record_never_loses_its_key(void) {
    static const char *const CHANGES[] = {"{\"id\":null}", "{\"id\":true}", "{\"id\":1.5}", "{\"id\":\"\"}", "{\"id\":[]}",
                                          "{\"id\":9223372036854775808}"};
    world w = three_records();
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        CHECK_UPDATE_FAILS(w, where(dictdb_predicate_eq, "id", "1"), CHANGES[i], INVALID_KEY);
        CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS(CHANGES[i]), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    }
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void update_by_key_refuses_what_is_no_key(void) {
    world w = three_records();
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1.0"), NTS("{\"a\":5}"), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("null"), NTS("{\"a\":5}"), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("x"), NTS("{\"a\":5}"), &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------- natural order */

static void an_update_keeps_a_records_place(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("2"), NTS("{\"s\":\"a text much longer than all there was before\"}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"a\":0}"), &w.err), &w.err);
    CHECK_SELECT(w, "{\"columns\":[\"id\"]}", "[{\"id\":1},{\"id\":2},{\"id\":\"x\"}]");
    world_close(&w);
}

static void another_key_keeps_a_records_place(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":100}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("\"x\""), NTS("{\"id\":1}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("2"), NTS("{\"id\":\"two\"}"), &w.err), &w.err);
    CHECK_SELECT(w, "{\"columns\":[\"id\"]}", "[{\"id\":100},{\"id\":\"two\"},{\"id\":1}]");
    world_close(&w);
}

static void a_record_inserted_again_goes_to_the_end(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":1}"), NULL, &w.err), &w.err);
    CHECK_SELECT(w, "{\"columns\":[\"id\"]}", "[{\"id\":2},{\"id\":\"x\"},{\"id\":1}]");
    world_close(&w);
}

static void upsert_keeps_a_records_place(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"a\":7}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_SELECT(w, "{\"columns\":[\"id\",\"a\"]}", "[{\"id\":1,\"a\":7},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2}]");
    world_close(&w);
}

int main(void) {
    RUN(fields_are_replaced_in_their_place);
    RUN(new_fields_go_to_the_end_in_the_order_of_the_changes);
    RUN(a_field_is_replaced_as_a_whole);
    RUN(changes_use_plain_names);
    RUN(of_a_repeated_name_the_last_value_counts);
    RUN(a_field_may_become_null_or_another_kind);
    RUN(records_of_several_shapes_are_updated_together);
    RUN(no_changes_change_nothing);
    RUN(a_record_that_no_longer_matches_is_updated_once);
    RUN(a_record_is_updated_many_times);
    RUN(no_match_is_not_found);
    RUN(without_a_predicate_nothing_is_updated);
    RUN(changes_are_an_object);
    RUN(bad_changes_are_told_before_a_missing_record);
    RUN(a_record_gets_another_key);
    RUN(an_old_key_is_free_again);
    RUN(a_record_may_be_given_its_own_key);
    RUN(a_key_that_is_taken_is_refused);
    RUN(several_records_do_not_get_one_key);
    RUN(a_record_never_loses_its_key);
    RUN(update_by_key_refuses_what_is_no_key);
    RUN(an_update_keeps_a_records_place);
    RUN(another_key_keeps_a_records_place);
    RUN(a_record_inserted_again_goes_to_the_end);
    RUN(upsert_keeps_a_records_place);
    return check_finish();
}
