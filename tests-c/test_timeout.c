/*
 * Tests: time limits: that they stop every call that can take long, and that a stopped call has changed nothing; limits of limited handles, of
 * databases and of batches.
 * Does not test: waiting for a lock (test_cancel_running), how exact the limits are.
 */
#include "check.h"
#include "calls.h"

static void no_time_at_all_stops_every_call_that_can_take_long(void) {
    scene s;
    open_scene(&s, RECORDS);
    dictdb_table *table = limited(s.w.table, NULL, 0);
    check_all_stopped(__LINE__, &s, table, DICTDB_STATUS_TIMEOUT);
    dictdb_table_free(table);
    dictdb_db *db = limited_db(s.w.db, NULL, 0);
    CHECK_STATUS(dictdb_db_copy(db, &s.out, &s.w.err), DICTDB_STATUS_TIMEOUT, &s.w.err);
    CHECK_EMPTY(s.out);
    CHECK_MEMBER(dictdb_error_detail(s.w.err), "timeout_ms", "0");
    dictdb_db_free(db);
    close_scene(&s);
}

static void time_enough_stops_nothing(void) {
    static const int64_t TIMES[] = {DICTDB_NO_TIMEOUT, -2, INT64_MIN, INT64_MAX, INT64_MAX / 1000, 3600000};
    enum { TIMES_COUNT = sizeof TIMES / sizeof TIMES[0] };
    scene s;
    open_scene(&s, RECORDS);
    for (int i = 0; i < TIMES_COUNT; i++) {
        dictdb_table *table = limited(s.w.table, s.cancel, TIMES[i]);
        check_none_stopped(__LINE__, &s, table, i == TIMES_COUNT - 1);
        dictdb_table_free(table);
    }
    close_scene(&s);
}

static void limits_add_up(void) {
    scene s;
    dictdb_cancel *other = NULL;
    open_scene(&s, RECORDS);
    CHECK_OK(dictdb_cancel_new(&other, &s.w.err), &s.w.err);
    dictdb_table *first = limited(s.w.table, s.cancel, 3600000);
    dictdb_table *both = limited(first, other, DICTDB_NO_TIMEOUT);
    dictdb_table *again = limited(both, NULL, DICTDB_NO_TIMEOUT);
    check_none_stopped(__LINE__, &s, again, false);
    dictdb_cancel *const tokens[] = {s.cancel, other};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(dictdb_cancel_set(tokens[i], &s.w.err), &s.w.err);
        CHECK_STATUS(select_all(&s, both, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
        CHECK_STATUS(select_all(&s, again, &s.w.err), DICTDB_STATUS_CANCELLED, &s.w.err);
        CHECK_STATUS(select_all(&s, first, &s.w.err), i == 0 ? DICTDB_STATUS_CANCELLED : DICTDB_STATUS_OK, &s.w.err);
        CHECK_OK(dictdb_cancel_reset(tokens[i], &s.w.err), &s.w.err);
        check_none_stopped(__LINE__, &s, again, false);
    }
    /* Freeing a handle on the way takes nothing away. */
    dictdb_table_free(first);
    dictdb_table_free(both);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    s.count = 77;
    check_all_stopped(__LINE__, &s, again, DICTDB_STATUS_CANCELLED);
    dictdb_table_free(again);

    /* The shorter time counts, whichever came first. */
    static const int64_t TIMES[][2] = {{0, 3600000}, {3600000, 0}, {0, DICTDB_NO_TIMEOUT}, {DICTDB_NO_TIMEOUT, 0}, {0, INT64_MAX}, {0, 0}};
    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
        first = limited(s.w.table, NULL, TIMES[i][0]);
        both = limited(first, NULL, TIMES[i][1]);
        CHECK_STATUS(select_all(&s, both, &s.w.err), DICTDB_STATUS_TIMEOUT, &s.w.err);
        dictdb_table_free(both);
        dictdb_table_free(first);
        dictdb_db *first_db = limited_db(s.w.db, NULL, TIMES[i][0]);
        dictdb_db *both_db = limited_db(first_db, NULL, TIMES[i][1]);
        dictdb_table *table = NULL;
        CHECK_STATUS(dictdb_db_copy(both_db, &s.out, &s.w.err), DICTDB_STATUS_TIMEOUT, &s.w.err);
        CHECK_OK(dictdb_db_get_table(both_db, NTS("t"), &table, &s.w.err), &s.w.err);
        CHECK_STATUS(select_all(&s, table, &s.w.err), DICTDB_STATUS_TIMEOUT, &s.w.err);
        dictdb_table_free(table);
        dictdb_db_free(both_db);
        dictdb_db_free(first_db);
    }
    dictdb_cancel_free(other);
    close_scene(&s);
}

static void a_batch_has_the_limits_of_all_its_handles(void) {
    scene s;
    dictdb_cancel *other = NULL;
    open_scene(&s, RECORDS);
    CHECK_OK(dictdb_cancel_new(&other, &s.w.err), &s.w.err);
    dictdb_table *first = limited(s.w.table, s.cancel, DICTDB_NO_TIMEOUT);
    dictdb_table *second = limited(s.w.table, other, DICTDB_NO_TIMEOUT);
    dictdb_table *third = limited(s.w.table, NULL, 0);
    state before = state_of(&s.w);
    for (int i = 0; i < 3; i++) {
        dictdb_batch *batch = NULL;
        CHECK_OK(dictdb_batch_new(&batch, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_batch_update_where(batch, first, NTS("name LIKE '%1%'"), NTS("n = n + 1"), NULL, 0, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_batch_insert(batch, second, NTS("{}"), &s.w.err), &s.w.err);
        if (i == 2) {
            CHECK_OK(dictdb_batch_insert(batch, third, NTS("{}"), &s.w.err), &s.w.err);
        } else {
            CHECK_OK(dictdb_cancel_set(i == 0 ? s.cancel : other, &s.w.err), &s.w.err);
        }
        CHECK_STATUS(dictdb_batch_commit(batch, NULL, &s.w.err), i == 2 ? DICTDB_STATUS_TIMEOUT : DICTDB_STATUS_CANCELLED, &s.w.err);
        check_unchanged(__LINE__, "batch_commit", &s.w, &before);
        CHECK_OK(dictdb_cancel_reset(s.cancel, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_cancel_reset(other, &s.w.err), &s.w.err);
        dictdb_batch_free(batch);
    }
    free_state(&before);
    dictdb_table_free(third);
    dictdb_table_free(second);
    dictdb_table_free(first);
    dictdb_cancel_free(other);
    close_scene(&s);
}

/** Calls that take no time may ignore the limits, but whatever they answer is true. */
static void a_short_call_is_done_or_stopped_but_never_half_done(void) {
    scene s;
    open_scene(&s, 10);
    CHECK_OK(dictdb_cancel_set(s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), &s.w.err), &s.w.err);
    for (int by_token = 0; by_token < 2; by_token++) {
        dictdb_table *table = limited(s.w.table, by_token == 1 ? s.cancel : NULL, by_token == 1 ? DICTDB_NO_TIMEOUT : 0);
        dictdb_status stopped = by_token == 1 ? DICTDB_STATUS_CANCELLED : DICTDB_STATUS_TIMEOUT;
        uint64_t expected = 0;
        CHECK_OK(dictdb_table_count(s.w.table, NULL, &expected, &s.w.err), &s.w.err);
        for (int i = 0; i < 50; i++) {
            dictdb_status status = dictdb_table_get_int(table, 1, &s.out, NULL);
            CHECK(status == DICTDB_STATUS_OK || status == stopped);
            if (status == DICTDB_STATUS_OK) {
                CHECK_TEXT(s.out, "{\"n\":0,\"name\":\"0 name\",\"id\":1}");
            } else {
                CHECK_EMPTY(s.out);
            }
            status = dictdb_table_insert(table, NTS("{\"n\":7}"), &s.out, NULL);
            CHECK(status == DICTDB_STATUS_OK || status == stopped);
            expected += status == DICTDB_STATUS_OK ? 1 : 0;
            CHECK_OK(dictdb_table_count(s.w.table, NULL, &s.count, &s.w.err), &s.w.err);
            CHECK_INT(s.count, expected);
            CHECK_OK(dictdb_table_count_where(s.w.table, NTS("n = 7"), NULL, 0, &s.count, &s.w.err), &s.w.err);
            CHECK_INT(s.count, expected - 10);
            status = dictdb_table_update_by_key(table, NTS("2"), NTS("{\"n\":1}"), NULL);
            CHECK(status == DICTDB_STATUS_OK || status == stopped);
            CHECK_OK(dictdb_table_get_int(s.w.table, 2, &s.out, &s.w.err), &s.w.err);
            CHECK_TEXT(s.out, status == DICTDB_STATUS_OK ? "{\"n\":1,\"name\":\"7919 name\",\"id\":2}" : "{\"n\":0,\"name\":\"7919 name\",\"id\":2}");
            CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("2"), NTS("{\"n\":0}"), &s.w.err), &s.w.err);
        }
        dictdb_table_free(table);
    }
    close_scene(&s);
}

/** The table is so large that none of the calls can be over in time. */
static void a_call_that_takes_too_long_is_stopped(void) {
    enum { MANY = 100000 };
    scene s;
    open_scene(&s, MANY);
    dictdb_table *table = limited(s.w.table, NULL, 1);
    static const caller CALLS[] = {
        select_sorted, select_all, table_query, copy, cursor_sorted, insert_many, update, delete_matching, create_sorted_index,
    };
    state before = state_of(&s.w);
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        CHECK_STATUS(CALLS[i](&s, table, &s.w.err), DICTDB_STATUS_TIMEOUT, &s.w.err);
        CHECK_MEMBER(dictdb_error_detail(s.w.err), "timeout_ms", "1");
        CHECK_INT(s.count, 77);
        check_unchanged(__LINE__, "a call that took too long", &s.w, &before);
    }
    free_state(&before);
    dictdb_table_free(table);
    close_scene(&s);
}

int main(void) {
    RUN(no_time_at_all_stops_every_call_that_can_take_long);
    RUN(time_enough_stops_nothing);
    RUN(limits_add_up);
    RUN(a_batch_has_the_limits_of_all_its_handles);
    RUN(a_short_call_is_done_or_stopped_but_never_half_done);
    RUN(a_call_that_takes_too_long_is_stopped);
    return check_finish();
}
