/*
 * Tests: upsert in its three modes: what it does, what it tells, what a failed call leaves behind.
 * Does not test: schemas (test_table_schema), what insert and update have in common with it (test_table_insert, test_table_update).
 */
#include "check.h"

#define CHECK_UPSERT(w, record, mode, expected_outcome, expected_key)                                                            \
    do {                                                                                                                         \
        int32_t outcome = 77;                                                                                                    \
        CHECK_OK(dictdb_table_upsert((w).table, NTS(record), DICTDB_CONFLICT_##mode, &outcome, &(w).out, &(w).err), &(w).err);   \
        CHECK_INT(outcome, DICTDB_UPSERT_##expected_outcome);                                                                    \
        CHECK_TEXT((w).out, expected_key);                                                                                       \
    } while (0)

static void upsert_inserts_where_the_key_is_free(void) {
    world w = world_open(NULL);
    CHECK_UPSERT(w, "{\"id\":3,\"a\":1}", UPDATE, INSERTED, "3");
    CHECK_UPSERT(w, "{\"id\":\"x\"}", IGNORE, INSERTED, "\"x\"");
    CHECK_UPSERT(w, "{\"id\":1}", ERROR, INSERTED, "1");
    CHECK_UPSERT(w, "{\"a\":2}", UPDATE, INSERTED, "4");
    CHECK_RECORDS(w, "[{\"id\":3,\"a\":1},{\"id\":\"x\"},{\"id\":1},{\"a\":2,\"id\":4}]");
    world_close(&w);
}

static void upsert_merges_into_the_record_that_has_the_key(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1,\"a\":1,\"b\":{\"x\":1}},{\"id\":2}]");
    CHECK_UPSERT(w, "{\"c\":3,\"b\":{\"y\":2},\"id\":1}", UPDATE, UPDATED, "1");
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1,\"b\":{\"y\":2},\"c\":3},{\"id\":2}]");
    world_close(&w);
}

static void upsert_may_leave_the_record_as_it_is(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":\"k\",\"a\":1}]");
    CHECK_UPSERT(w, "{\"id\":\"k\",\"a\":2}", IGNORE, IGNORED, "\"k\"");
    CHECK_RECORDS(w, "[{\"id\":\"k\",\"a\":1}]");
    world_close(&w);
}

static void upsert_may_fail_where_the_key_is_taken(void) {
    world w = world_open(NULL);
    int32_t outcome = 77;
    INSERT(w, "[{\"id\":1,\"a\":1}]");
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"a\":2}"), DICTDB_CONFLICT_ERROR, &outcome, &w.out, &w.err),
                 DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_INT(outcome, 77);
    CHECK_EMPTY(w.out);
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "1");
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1}]");
    world_close(&w);
}

static void upsert_knows_three_ways(void) {
    static const int32_t MODES[] = {-1, 3, INT32_MAX, INT32_MIN};
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++) {
        int32_t outcome = 77;
        CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{}"), MODES[i], &outcome, &w.out, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_INT(outcome, 77);
    }
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

static void upsert_takes_only_what_insert_takes(void) {
    world w = world_open(NULL);
    int32_t outcome = 77;
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("[]"), DICTDB_CONFLICT_UPDATE, &outcome, &w.out, &w.err), DICTDB_STATUS_INVALID_JSON,
                 &w.err);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":{}}"), DICTDB_CONFLICT_IGNORE, &outcome, &w.out, &w.err),
                 DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_INT(outcome, 77);
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

int main(void) {
    RUN(upsert_inserts_where_the_key_is_free);
    RUN(upsert_merges_into_the_record_that_has_the_key);
    RUN(upsert_may_leave_the_record_as_it_is);
    RUN(upsert_may_fail_where_the_key_is_taken);
    RUN(upsert_knows_three_ways);
    RUN(upsert_takes_only_what_insert_takes);
    return check_finish();
}
