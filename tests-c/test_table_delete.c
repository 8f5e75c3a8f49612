/*
 * Tests: deleting by predicate and by key.
 * Does not test: that memory is given back (test_memory), concurrent deletes (test_threads).
 */
#include "check.h"

static world four_records(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1,\"a\":1},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2},{\"id\":3,\"a\":3}]");
    return w;
}

static const char *const UNCHANGED = "[{\"id\":1,\"a\":1},{\"id\":2,\"a\":2},{\"id\":\"x\",\"a\":2},{\"id\":3,\"a\":3}]";

static void check_delete(const char *file, int line, world *w, dictdb_predicate *predicate, dictdb_status expected, uint64_t expected_count) {
    uint64_t count = 77;
    check_expect(&w->err);
    check_status(file, line, "delete", dictdb_table_delete(w->table, predicate, &count, &w->err), expected, &w->err);
    check_integer(file, line, "the count", (int64_t)count, (int64_t)expected_count);
    dictdb_predicate_free(predicate);
}

#define CHECK_DELETE(w, predicate, count) check_delete(__FILE__, __LINE__, &(w), (predicate), DICTDB_STATUS_OK, (count))
#define CHECK_DELETE_FAILS(w, predicate, status) check_delete(__FILE__, __LINE__, &(w), (predicate), DICTDB_STATUS_##status, 77)

static void all_that_match_are_deleted(void) {
    world w = four_records();
    CHECK_DELETE(w, where(dictdb_predicate_eq, "a", "2"), 2);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1},{\"id\":3,\"a\":3}]");
    world_close(&w);
}

static void a_table_is_emptied_and_filled_again(void) {
    world w = four_records();
    CHECK_DELETE(w, everything(), 4);
    CHECK_RECORDS(w, "[]");
    CHECK_DELETE_FAILS(w, everything(), RECORD_NOT_FOUND);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":2}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":2},{\"id\":4}]");
    world_close(&w);
}

static void no_match_is_not_found(void) {
    world w = four_records();
    CHECK_DELETE_FAILS(w, where(dictdb_predicate_eq, "a", "9"), RECORD_NOT_FOUND);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void without_a_predicate_nothing_is_deleted(void) {
    world w = four_records();
    CHECK_DELETE_FAILS(w, NULL, INVALID_HANDLE);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void a_predicate_that_failed_to_build_deletes_nothing(void) {
    world w = four_records();
    dictdb_predicate *predicate = NULL;
    CHECK_STATUS(dictdb_predicate_eq(NTS("a..b"), NTS("1"), &predicate, &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_DELETE_FAILS(w, predicate, INVALID_HANDLE);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void the_count_need_not_be_asked_for(void) {
    world w = four_records();
    dictdb_predicate *all = everything();
    CHECK_OK(dictdb_table_delete(w.table, all, NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[]");
    dictdb_predicate_free(all);
    world_close(&w);
}

static void a_record_is_deleted_by_its_key(void) {
    world w = four_records();
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("\"x\""), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":2,\"a\":2},{\"id\":3,\"a\":3}]");
    world_close(&w);
}

static void a_record_is_deleted_once(void) {
    world w = four_records();
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_table_get_int(w.table, 1, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    world_close(&w);
}

static void delete_by_key_tells_an_integer_from_its_spelling(void) {
    world w = four_records();
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("\"1\""), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void delete_by_key_refuses_what_is_no_key(void) {
    world w = four_records();
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("1.0"), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("null"), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("\"\""), &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("["), &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("\"\xc0\""), &w.err), DICTDB_STATUS_INVALID_UTF8, &w.err);
    CHECK_RECORDS(w, UNCHANGED);
    world_close(&w);
}

static void those_that_stay_keep_their_order(void) {
    world w = world_open(NULL);
    uint64_t count = 0;
    dictdb_predicate *odd = where(dictdb_predicate_eq, "odd", "true");
    for (int i = 0; i < 5000; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"id\":%d,\"odd\":%s}", i, i % 2 == 1 ? "true" : "false");
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    CHECK_OK(dictdb_table_delete(w.table, odd, &count, &w.err), &w.err);
    CHECK_INT(count, 2500);
    CHECK_SELECT(w, "{\"columns\":[\"id\"],\"limit\":3,\"offset\":1200}", "[{\"id\":2400},{\"id\":2402},{\"id\":2404}]");
    for (int i = 0; i < 5000; i++) {
        CHECK_STATUS(dictdb_table_get_int(w.table, i, &w.out, &w.err), i % 2 == 1 ? DICTDB_STATUS_RECORD_NOT_FOUND : DICTDB_STATUS_OK, &w.err);
    }
    dictdb_predicate_free(odd);
    world_close(&w);
}

int main(void) {
    RUN(all_that_match_are_deleted);
    RUN(a_table_is_emptied_and_filled_again);
    RUN(no_match_is_not_found);
    RUN(without_a_predicate_nothing_is_deleted);
    RUN(a_predicate_that_failed_to_build_deletes_nothing);
    RUN(the_count_need_not_be_asked_for);
    RUN(a_record_is_deleted_by_its_key);
    RUN(a_record_is_deleted_once);
    RUN(delete_by_key_tells_an_integer_from_its_spelling);
    RUN(delete_by_key_refuses_what_is_no_key);
    RUN(those_that_stay_keep_their_order);
    return check_finish();
}
