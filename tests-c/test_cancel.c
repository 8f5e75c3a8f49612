/*
 * Tests: cancel tokens: that a token which is set, however it is set, stops every call that can take long, and that a stopped call has changed
 * nothing; cursors and batches that are stopped and go on; databases and snapshots with a token; tokens that are freed.
 * Does not test: tokens that are set while a call runs (test_cancel_running), time limits (test_timeout).
 */
#include "check.h"
#include "calls.h"
#include <pthread.h>

/* ----------------------------------------------------------------------------------------------------------- set before a call */

static void a_token_that_is_set_stops_every_call_that_can_take_long(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_CANCELLED);
    /* Setting it again changes nothing. */
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_CANCELLED);
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_token_that_is_not_set_stops_nothing(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    check_none_stopped(__LINE__, &s, table, true);
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_token_that_is_reset_stops_nothing_any_more(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
        CHECK_STATUS(select_all(&s, table, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
        CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
        check_none_stopped(__LINE__, &s, table, i == 2);
    }
    CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_token_stops_only_calls_through_handles_made_with_it(void) {
    scene s;
    dictdb_cancel *other = NULL;
    open_scene(&s, RECORDS);
    CHECK_OK(dictdb_cancel_new(&other, &s.w.err), &s.w.err);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_table *of_other = limited(s.w.table, other, DICTDB_NO_TIMEOUT);
    dictdb_table *of_none = limited(s.w.table, NULL, DICTDB_NO_TIMEOUT);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    check_none_stopped(__LINE__, &s, s.w.table, false);
    check_none_stopped(__LINE__, &s, of_other, false);
    check_none_stopped(__LINE__, &s, of_none, true);
    CHECK_STATUS(select_all(&s, table, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    dictdb_table_free(of_none);
    dictdb_table_free(of_other);
    dictdb_table_free(table);
    dictdb_cancel_free(other);
    close_scene(&s);
}

static void the_flag_is_the_token(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    CHECK(flag_of(s.cancel) != NULL && flag_of(s.cancel) == flag_of(s.cancel));
    CHECK_INT(atomic_load(flag_of(s.cancel)), 0);
    static const int32_t VALUES[] = {1, -1, 2, INT32_MAX, INT32_MIN, 256};
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        atomic_store_explicit(flag_of(s.cancel), VALUES[i], memory_order_relaxed);
        check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_CANCELLED);
        atomic_store_explicit(flag_of(s.cancel), 0, memory_order_relaxed);
        check_none_stopped(__LINE__, &s, table, false);
    }
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    CHECK(atomic_load(flag_of(s.cancel)) != 0);
    CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
    CHECK_INT(atomic_load(flag_of(s.cancel)), 0);
    atomic_store(flag_of(s.cancel), 5);
    CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(select_all(&s, table, &s.w.err), &s.w.err);
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_signal_handler_may_set_the_flag(void) {
    scene s;
    struct sigaction before;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    open_signals(&s, &before);
    CHECK_OK(select_all(&s, table, &s.w.err), &s.w.err);
    s.count = 77;
    CHECK_INT(raise(SIGUSR1), 0);
    check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_CANCELLED);
    CHECK_INT(sigaction(SIGUSR1, &before, NULL), 0);
    dictdb_table_free(table);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------- cursors and batches */

static void a_cursor_that_was_cancelled_goes_on_where_it_was(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    static const char *const SPECS[] = {
        NULL, "{\"where\":\"name LIKE '%1%'\"}", "{\"order_by\":\"-name\"}", "{\"columns\":[\"id\",\"name\"]}", "{\"group_by\":\"name\"}",
    };
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        dictdb_cursor *cursor = NULL;
        uint64_t expected = 0;
        uint64_t taken = 0;
        long cancelled = 0;
        dictdb_buffer all = DICTDB_BUFFER_INIT;
        CHECK_OK(dictdb_table_query(s.w.table, NTS(SPECS[i]), NULL, 0, &all, &expected, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_table_cursor(table, NTS(SPECS[i]), NULL, 0, &cursor, &s.w.err), &s.w.err);
        const char *at = all.data + 1;
        dictdb_status status = DICTDB_STATUS_OK;
        for (int step = 0; status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED; step++) {
            bool is_set = step % 2 == 1;
            CHECK_OK(is_set ? dictdb_cancel_set(s.cancel, &s.w.err) : dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
            const char *row = NULL;
            size_t len = 0;
            uint64_t count = 1;
            if (step % 3 == 0) {
                check_expect(&s.w.err);
                status = dictdb_cursor_next(cursor, &row, &len, &s.w.err);
                CHECK((row != NULL) == (status == DICTDB_STATUS_OK));
            } else {
                check_expect(&s.w.err);
                status = dictdb_cursor_next_batch(cursor, 100, 0, DICTDB_ROWS_ARRAY, &s.out, &count, &s.w.err);
                row = s.out.data == NULL ? NULL : s.out.data + 1;
                len = s.out.len < 2 ? 0 : s.out.len - 2;
                CHECK(status == DICTDB_STATUS_OK || s.out.len == 0);
            }
            /* A step of a few rows takes no time to speak of: it may go through. Whatever it does, no row is lost, and none comes twice. */
            CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND || (is_set && status == DICTDB_STATUS_CANCELLED));
            cancelled += status == DICTDB_STATUS_CANCELLED ? 1 : 0;
            if (status == DICTDB_STATUS_OK) {
                CHECK(strncmp(at, row, len) == 0);
                at += len + 1;
                taken += count;
            }
        }
        CHECK_INT(taken, expected);
        CHECK(SPECS[i] != SPECS[1] || cancelled > 0);
        dictdb_cursor_free(cursor);
        dictdb_buffer_free(&all);
    }
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_batch_that_was_cancelled_keeps_what_it_has(void) {
    scene s;
    dictdb_batch *batch = NULL;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    state before = state_of(&s.w);
    CHECK_OK(dictdb_batch_new(&batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_update_where(batch, s.w.table, NTS("TRUE"), NTS("n = n + 1"), NULL, 0, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_insert_many(batch, table, NTS(s.more), &s.w.err), &s.w.err);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_table_get_int(s.w.table, 1, &s.out, &s.w.err), &s.w.err);
        CHECK_STATUS(dictdb_batch_commit(batch, &s.out, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
        CHECK_EMPTY(s.out);
        check_unchanged(__LINE__, "batch_commit", &s.w, &before);
    }
    /* The token counts for as long as the batch has the operation, also when the handle is freed. */
    dictdb_table_free(table);
    CHECK_STATUS(dictdb_batch_commit(batch, &s.out, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_commit(batch, &s.out, &s.w.err), &s.w.err);
    CHECK_INT(strncmp(s.out.data, "[{\"count\":5000},{\"keys\":[5001,", 30), 0);
    CHECK_OK(dictdb_table_count_where(s.w.table, NTS("n = 1"), NULL, 0, &s.count, &s.w.err), &s.w.err);
    CHECK_INT(s.count, RECORDS);
    CHECK_OK(dictdb_table_count(s.w.table, NULL, &s.count, &s.w.err), &s.w.err);
    CHECK_INT(s.count, 2 * RECORDS);
    dictdb_batch_free(batch);
    free_state(&before);
    close_scene(&s);
}

static void a_batch_as_text_is_stopped_by_the_limits_of_its_database(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_db *db = limited_db(s.w.db, s.cancel, DICTDB_NO_TIMEOUT);
    state before = state_of(&s.w);
    static const char TEXT[] = "[{\"insert\":\"t\",\"record\":{\"n\":0,\"name\":\"x\"}},"
                               "{\"update\":\"t\",\"where\":\"name LIKE '%1%'\",\"set\":\"n = n + 1\"}]";
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_db_batch(db, NTS(TEXT), &s.out, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    CHECK_EMPTY(s.out);
    check_unchanged(__LINE__, "db_batch", &s.w, &before);
    CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_batch(db, NTS(TEXT), &s.out, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_count(s.w.table, NULL, &s.count, &s.w.err), &s.w.err);
    CHECK_INT(s.count, RECORDS + 1);
    free_state(&before);
    dictdb_db_free(db);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------- databases, snapshots */

static void the_limits_of_a_database_are_those_of_its_tables(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_db *db = limited_db(s.w.db, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_table *table = NULL;
    dictdb_table *made = NULL;
    CHECK_OK(dictdb_db_get_table(db, NTS("t"), &table, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_create_table(db, NTS("made"), NULL, 0, &made, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert_many(made, NTS(s.more), NULL, &s.w.err), &s.w.err);
    check_none_stopped(__LINE__, &s, table, false);
    CHECK_OK(dictdb_db_copy(db, &s.out, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_CANCELLED);
    CHECK_STATUS(dictdb_table_update_where(made, NTS("name LIKE '%1%'"), NTS("n = 1"), NULL, 0, NULL, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    CHECK_OK(dictdb_table_get_int(s.w.table, 1, &s.out, &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_db_copy(db, &s.out, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    CHECK_EMPTY(s.out);
    check_none_stopped(__LINE__, &s, s.w.table, false);
    dictdb_table_free(made);
    dictdb_table_free(table);
    dictdb_db_free(db);
    close_scene(&s);
}

static void a_snapshot_may_be_limited(void) {
    scene s;
    dictdb_table *snapshot = NULL;
    dictdb_table *of_db = NULL;
    dictdb_db *db = NULL;
    open_scene(&s, RECORDS);
    CHECK_OK(dictdb_table_snapshot(s.w.table, &snapshot, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_snapshot(s.w.db, &db, &s.w.err), &s.w.err);
    dictdb_table *table = limited(snapshot, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_db *limited_snapshot = limited_db(db, s.cancel, DICTDB_NO_TIMEOUT);
    CHECK_OK(dictdb_db_get_table(limited_snapshot, NTS("t"), &of_db, &s.w.err), &s.w.err);
    for (int is_set = 0; is_set < 2; is_set++) {
        dictdb_status expected = is_set == 1 ? DICTDB_STATUS_CANCELLED : DICTDB_STATUS_OK;
        CHECK_OK(is_set == 1 ? dictdb_cancel_set(s.cancel, &s.w.err) : dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
        for (int i = 0; i < FUNCTIONS_COUNT; i++) {
            if (!FUNCTIONS[i].writes) {
                check_expect(&s.w.err);
                check_status(__FILE__, __LINE__, FUNCTIONS[i].name, FUNCTIONS[i].call(&s, table, &s.w.err), expected, &s.w.err);
                check_expect(&s.w.err);
                check_status(__FILE__, __LINE__, FUNCTIONS[i].name, FUNCTIONS[i].call(&s, of_db, &s.w.err), expected, &s.w.err);
            }
        }
        CHECK_STATUS(dictdb_db_copy(limited_snapshot, &s.out, &s.w.err), expected, &s.w.err);
        CHECK_STATUS(dictdb_table_insert(table, NTS("{}"), NULL, &s.w.err), DICTDB_STATUS_UNSUPPORTED, &s.w.err);
    }
    dictdb_table_free(of_db);
    dictdb_db_free(limited_snapshot);
    dictdb_table_free(table);
    dictdb_db_free(db);
    dictdb_table_free(snapshot);
    close_scene(&s);
}

static void a_snapshot_of_a_limited_handle_has_its_limits(void) {
    scene s;
    dictdb_table *snapshot = NULL;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    CHECK_OK(dictdb_table_snapshot(table, &snapshot, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_delete_where(s.w.table, NTS("TRUE"), NULL, 0, NULL, &s.w.err), &s.w.err);
    dictdb_table_free(table);
    check_none_stopped(__LINE__, &s, snapshot, false);
    CHECK_OK(dictdb_table_count(snapshot, NULL, &s.count, &s.w.err), &s.w.err);
    CHECK_INT(s.count, RECORDS);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    CHECK_STATUS(select_sorted(&s, snapshot, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    CHECK_STATUS(copy(&s, snapshot, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
    dictdb_table_free(snapshot);
    close_scene(&s);
}

static void a_limited_handle_is_a_handle_to_the_same_table(void) {
    world w = world_open(NULL);
    dictdb_table *table = limited(w.table, NULL, 60000);
    dictdb_db *db = limited_db(w.db, NULL, 60000);
    CHECK_OK(dictdb_table_insert(table, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    CHECK_OK(dictdb_db_list_tables(db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[\"t\"]");
    dictdb_table_free(w.table);
    dictdb_db_free(w.db);
    CHECK_OK(dictdb_table_get_int(table, 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":1,\"id\":1}");
    CHECK_OK(dictdb_db_drop_table(db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_get_int(table, 1, &w.out, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    dictdb_table_free(table);
    CHECK_STATUS(dictdb_table_get_int(table, 1, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    dictdb_db_free(db);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------------------- handles */

static void a_token_may_be_freed_while_handles_use_it(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_db *db = limited_db(s.w.db, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_cursor *cursor = NULL;
    CHECK_OK(dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, &s.w.err), &s.w.err);
    dictdb_cancel_free(s.cancel);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 0, SIZE_MAX, DICTDB_ROWS_ARRAY, &s.out, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_copy(db, &s.out, &s.w.err), &s.w.err);
    check_none_stopped(__LINE__, &s, table, true);
    dictdb_cursor_free(cursor);
    dictdb_db_free(db);
    dictdb_table_free(table);
    close_scene(&s);
}

static void for_handles_a_freed_token_stays_as_it_is(void) {
    for (int is_set = 0; is_set < 2; is_set++) {
        scene s;
        open_scene(&s, RECORDS);
        dictdb_table *table = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
        _Atomic int32_t *flag = flag_of(s.cancel);
        CHECK_OK(is_set == 1 ? dictdb_cancel_set(s.cancel, &s.w.err) : dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
        dictdb_cancel_free(s.cancel);
        CHECK_STATUS(select_all(&s, table, &s.w.err), is_set == 1 ? DICTDB_STATUS_CANCELLED : DICTDB_STATUS_OK, &s.w.err);
        /* The flag is there for as long as a handle is. */
        atomic_store(flag, 1 - is_set);
        CHECK_STATUS(select_all(&s, table, &s.w.err), is_set == 1 ? DICTDB_STATUS_OK : DICTDB_STATUS_CANCELLED, &s.w.err);
        dictdb_table_free(table);
        close_scene(&s);
    }
}

static void a_freed_token_is_no_token(void) {
    scene s;
    dictdb_table *table = NULL;
    dictdb_db *db = NULL;
    open_scene(&s, 1);
    dictdb_cancel *freed = NULL;
    CHECK_OK(dictdb_cancel_new(&freed, &s.w.err), &s.w.err);
    CHECK(dictdb_cancel_flag(freed) != NULL);
    dictdb_cancel_free(freed);
    dictdb_cancel_free(freed);
    dictdb_cancel_free(NULL);
    dictdb_cancel_free((dictdb_cancel *)(uintptr_t)0x1234);
    dictdb_cancel *const wrong[] = {freed, (dictdb_cancel *)s.w.table, (dictdb_cancel *)s.w.db, (dictdb_cancel *)(uintptr_t)0x1234};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(dictdb_cancel_flag(wrong[i]) == NULL);
        CHECK_STATUS(dictdb_cancel_set(wrong[i], &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        CHECK_STATUS(dictdb_cancel_reset(wrong[i], &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        table = s.w.table;
        CHECK_STATUS(dictdb_table_limited(s.w.table, wrong[i], 5, &table, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        CHECK(table == NULL);
        db = s.w.db;
        CHECK_STATUS(dictdb_db_limited(s.w.db, wrong[i], 5, &db, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        CHECK(db == NULL);
    }
    CHECK(dictdb_cancel_flag(NULL) == NULL);
    CHECK_STATUS(dictdb_cancel_set(NULL, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK_STATUS(dictdb_cancel_reset(NULL, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    /* A token that is freed as something else is still there. */
    dictdb_table_free((dictdb_table *)s.cancel);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    close_scene(&s);
}

static void wrong_arguments_are_refused(void) {
    world w = world_open(NULL);
    dictdb_table *table = w.table;
    dictdb_db *db = w.db;
    CHECK_STATUS(dictdb_cancel_new(NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_limited(w.table, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_db_limited(w.db, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_limited(NULL, NULL, 0, &table, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(table == NULL);
    table = w.table;
    CHECK_STATUS(dictdb_table_limited((dictdb_table *)w.db, NULL, 0, &table, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_db_limited(NULL, NULL, 0, &db, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(db == NULL);
    db = w.db;
    CHECK_STATUS(dictdb_db_limited((dictdb_db *)w.table, NULL, 0, &db, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(db == NULL);
    world_close(&w);
}

/** Threads set, reset and use a token that one of them frees. */
typedef struct {
    scene s;
    dictdb_cancel *cancel;
    pthread_barrier_t barrier;
    long rounds;
} freeing;

typedef struct {
    freeing *shared;
    int number;
} freer;

static void *use_and_free(void *argument) {
    const freer *self = argument;
    freeing *f = self->shared;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    for (long round = 0; round < f->rounds; round++) {
        if (self->number == 0) {
            CHECK_INT(dictdb_cancel_new(&f->cancel, NULL), DICTDB_STATUS_OK);
        }
        pthread_barrier_wait(&f->barrier);
        for (int i = 0; i < 6; i++) {
            if (self->number == 0 && i == round % 6) {
                dictdb_cancel_free(f->cancel);
            }
            dictdb_table *table = NULL;
            dictdb_status made = dictdb_table_limited(f->s.w.table, f->cancel, DICTDB_NO_TIMEOUT, &table, NULL);
            CHECK(made == DICTDB_STATUS_OK || made == DICTDB_STATUS_INVALID_HANDLE);
            CHECK((table != NULL) == (made == DICTDB_STATUS_OK));
            dictdb_status set = self->number == 1 ? dictdb_cancel_set(f->cancel, NULL) : dictdb_cancel_reset(f->cancel, NULL);
            CHECK(set == DICTDB_STATUS_OK || set == DICTDB_STATUS_INVALID_HANDLE);
            if (table != NULL) {
                dictdb_status status = dictdb_table_select(table, f->s.scan, NULL, 0, &out, NULL, NULL);
                CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
                CHECK((out.len > 0) == (status == DICTDB_STATUS_OK));
            }
            dictdb_table_free(table);
        }
        pthread_barrier_wait(&f->barrier);
        CHECK_INT(dictdb_cancel_set(f->cancel, NULL), DICTDB_STATUS_INVALID_HANDLE);
        CHECK(dictdb_cancel_flag(f->cancel) == NULL);
        pthread_barrier_wait(&f->barrier);
    }
    dictdb_buffer_free(&out);
    return NULL;
}

static void a_token_may_be_freed_in_mid_call(void) {
    enum { THREADS = 3 };
    freeing f;
    pthread_t threads[THREADS];
    freer freers[THREADS];
    memset(&f, 0, sizeof f);
    open_scene(&f.s, 300);
    f.rounds = check_rounds(500);
    CHECK_INT(pthread_barrier_init(&f.barrier, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        freers[i] = (freer){&f, i};
        CHECK_INT(pthread_create(&threads[i], NULL, use_and_free, &freers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&f.barrier);
    close_scene(&f.s);
}

int main(void) {
    RUN(a_token_that_is_set_stops_every_call_that_can_take_long);
    RUN(a_token_that_is_not_set_stops_nothing);
    RUN(a_token_that_is_reset_stops_nothing_any_more);
    RUN(a_token_stops_only_calls_through_handles_made_with_it);
    RUN(the_flag_is_the_token);
    RUN(a_signal_handler_may_set_the_flag);
    RUN(a_cursor_that_was_cancelled_goes_on_where_it_was);
    RUN(a_batch_that_was_cancelled_keeps_what_it_has);
    RUN(a_batch_as_text_is_stopped_by_the_limits_of_its_database);
    RUN(the_limits_of_a_database_are_those_of_its_tables);
    RUN(a_snapshot_may_be_limited);
    RUN(a_snapshot_of_a_limited_handle_has_its_limits);
    RUN(a_limited_handle_is_a_handle_to_the_same_table);
    RUN(a_token_may_be_freed_while_handles_use_it);
    RUN(for_handles_a_freed_token_stays_as_it_is);
    RUN(a_freed_token_is_no_token);
    RUN(wrong_arguments_are_refused);
    RUN(a_token_may_be_freed_in_mid_call);
    return check_finish();
}
