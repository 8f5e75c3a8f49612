/*
 * Tests: the buffers that text comes back in: their members, reuse, growth, emptying on failure, freeing.
 * Does not test: that each function empties its buffer when it fails (test_misuse does), nor what text comes.
 */
#include "check.h"

static void an_initialised_buffer_is_all_zero(void) {
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    CHECK(buffer.data == NULL);
    CHECK_INT(buffer.len, 0);
    CHECK_INT(buffer.capacity, 0);
}

static void text_ends_with_a_nul_that_the_length_does_not_count(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_INT(w.out.len, strlen("{\"a\":1,\"id\":1}"));
    CHECK_INT(w.out.data[w.out.len], '\0');
    CHECK(w.out.capacity > w.out.len);
    world_close(&w);
}

static void every_length_of_text_has_room_for_its_nul(void) {
    world w = world_open(NULL);
    char record[400];
    char filler[301];
    for (int len = 0; len <= 300; len++) {
        dictdb_buffer fresh = DICTDB_BUFFER_INIT;
        memset(filler, 'x', sizeof filler);
        filler[len] = '\0';
        snprintf(record, sizeof record, "{\"id\":%d,\"s\":\"%s\"}", len, filler);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_get_int(w.table, len, &fresh, &w.err), &w.err);
        CHECK_TEXT(fresh, record);
        dictdb_buffer_free(&fresh);
    }
    world_close(&w);
}

static void a_buffer_is_reused_while_it_is_large_enough(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"s\":\"a string that is longer than the next one is\"},{\"s\":\"\"}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    char *data = w.out.data;
    size_t capacity = w.out.capacity;
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(dictdb_table_get_int(w.table, 2, &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, "{\"s\":\"\",\"id\":2}");
        CHECK(w.out.data == data);
        CHECK(w.out.capacity == capacity);
    }
    world_close(&w);
}

static void a_buffer_grows_when_the_text_is_longer(void) {
    world w = world_open(NULL);
    char *record = check_memory(200000);
    INSERT(w, "[{\"id\":0}]");
    for (size_t len = 1; len < 150000; len *= 3) {
        size_t at = (size_t)snprintf(record, 64, "{\"id\":%zu,\"s\":\"", len);
        memset(record + at, 'y', len);
        memcpy(record + at + len, "\"}", 3);
        CHECK_OK(dictdb_table_get_int(w.table, 0, &w.out, &w.err), &w.err);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_get_int(w.table, (int64_t)len, &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, record);
    }
    free(record);
    world_close(&w);
}

static void one_buffer_serves_all_functions(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"a\":1}"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "1");
    CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[\"t\"]");
    CHECK_OK(dictdb_table_insert_many(w.table, NTS("[{},{}]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[2,3]");
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[1,9]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"a\":1,\"id\":1},null]");
    CHECK_OK(dictdb_table_statistics(w.table, &w.out, &w.err), &w.err);
    CHECK_INT(json_integer(w.out.data, "records"), 3);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":\"k\"}"), DICTDB_CONFLICT_UPDATE, NULL, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "\"k\"");
    world_close(&w);
}

static void a_failed_call_empties_the_buffer(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_get_int(w.table, 2, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_EMPTY(w.out);
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":1}"), &w.out, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_EMPTY(w.out);
    world_close(&w);
}

static void a_failed_call_leaves_a_fresh_buffer_empty(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_get_int(w.table, 2, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_EMPTY(w.out);
    world_close(&w);
}

static void a_buffer_is_usable_after_a_failed_call(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_STATUS(dictdb_table_get_int(w.table, 2, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":1,\"id\":1}");
    world_close(&w);
}

static void freeing_zeroes_a_buffer(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
    CHECK(w.out.data != NULL);
    dictdb_buffer_free(&w.out);
    CHECK(w.out.data == NULL);
    CHECK_INT(w.out.len, 0);
    CHECK_INT(w.out.capacity, 0);
    world_close(&w);
}

static void a_freed_buffer_may_be_freed_and_used_again(void) {
    world w = world_open(NULL);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, "[\"t\"]");
        dictdb_buffer_free(&w.out);
        dictdb_buffer_free(&w.out);
    }
    world_close(&w);
}

static void freeing_null_or_an_unused_buffer_does_nothing(void) {
    dictdb_buffer unused = DICTDB_BUFFER_INIT;
    dictdb_buffer_free(NULL);
    dictdb_buffer_free(&unused);
    CHECK(unused.data == NULL);
}

static void a_buffer_outlives_the_database_that_wrote_it(void) {
    world w = world_open(NULL);
    dictdb_buffer kept = DICTDB_BUFFER_INIT;
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &kept, &w.err), &w.err);
    world_close(&w);
    CHECK_TEXT(kept, "{\"a\":1,\"id\":1}");
    dictdb_buffer_free(&kept);
}

static void a_record_in_a_buffer_does_not_change_with_the_table(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"a\":2}"), &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":1,\"id\":1}");
    world_close(&w);
}

int main(void) {
    RUN(an_initialised_buffer_is_all_zero);
    RUN(text_ends_with_a_nul_that_the_length_does_not_count);
    RUN(every_length_of_text_has_room_for_its_nul);
    RUN(a_buffer_is_reused_while_it_is_large_enough);
    RUN(a_buffer_grows_when_the_text_is_longer);
    RUN(one_buffer_serves_all_functions);
    RUN(a_failed_call_empties_the_buffer);
    RUN(a_failed_call_leaves_a_fresh_buffer_empty);
    RUN(a_buffer_is_usable_after_a_failed_call);
    RUN(freeing_zeroes_a_buffer);
    RUN(a_freed_buffer_may_be_freed_and_used_again);
    RUN(freeing_null_or_an_unused_buffer_does_nothing);
    RUN(a_buffer_outlives_the_database_that_wrote_it);
    RUN(a_record_in_a_buffer_does_not_change_with_the_table);
    return check_finish();
}
