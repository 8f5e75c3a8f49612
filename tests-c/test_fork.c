/*
 * Tests: forks: in a child every fallible function answers FORKED without an error object, freeing does nothing, nothing hangs; the parent
 * goes on.
 * Does not test: forks while other threads are in calls (test_fork_threads), exec.
 */
#include "fork.h"

/* -------------------------------------------------------------------------------------- before this process used the library */

static void work_as_usual(scene *unused) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    (void)unused;
    CHILD_CHECK(dictdb_db_new(NULL, 0, &db, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(dictdb_db_create_table(db, NTS("t"), NULL, 0, &table, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(dictdb_table_insert(table, NTS("{}"), &out, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(strcmp(out.data, "1") == 0);
    /* Of this process, which has used the library, a child is forked in the sense of the header. */
    scene s = open_scene();
    CHILD_CHECK(fork_child(as_a_child, &s));
    CHILD_CHECK(dictdb_table_insert(table, NTS("{}"), &out, NULL) == DICTDB_STATUS_OK);
    close_scene(&s);
    dictdb_buffer_free(&out);
    dictdb_table_free(table);
    dictdb_db_free(db);
    CHILD_CHECK(atomic_load(&check_failures) == 0);
}

static void a_child_of_a_process_that_did_not_use_the_library_works(void) {
    CHECK(fork_child(work_as_usual, NULL));
}

static void make_a_database(scene *unused) {
    dictdb_db *db = NULL;
    dictdb_error *error = NULL;
    (void)unused;
    CHILD_FORKED(dictdb_db_new(NULL, 0, &db, &error));
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, NULL, NULL, NULL, &error));
}

static void set_the_log_and_fork(scene *unused) {
    (void)unused;
    CHILD_CHECK(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(fork_child(make_a_database, NULL));
}

static void setting_the_log_is_using_the_library(void) {
    CHECK(fork_child(set_the_log_and_fork, NULL));
}

/* --------------------------------------------------------------------------------------------------------------- one thread */

static void in_a_child_every_function_answers_forked(void) {
    scene s = open_scene();
    CHECK(fork_child(as_a_child, &s));
    close_scene(&s);
}

static void fork_again(scene *s) {
    CHILD_CHECK(fork_child(as_a_child, s));
    as_a_child(s);
}

static void a_grandchild_is_forked_too(void) {
    scene s = open_scene();
    CHECK(fork_child(fork_again, &s));
    close_scene(&s);
}

static void the_parent_goes_on(void) {
    scene s = open_scene();
    uint64_t count = 0;
    CHECK(fork_child(as_a_child, &s));
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"a\":3}"), NULL, &s.w.err), &s.w.err);
    CHECK_RECORDS(s.w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2},{\"a\":3,\"id\":3}]");
    CHECK_OK(dictdb_table_count(s.w.table, s.predicate, &count, &s.w.err), &s.w.err);
    CHECK_INT(count, 3);
    CHECK_INT(dictdb_error_status(s.error), DICTDB_STATUS_INVALID_JSON);
    CHECK(dictdb_error_message(s.error)[0] != '\0');
    /* What the child called with these handles has left no trace in them. */
    CHECK_OK(dictdb_cursor_next_batch(s.cursor, 0, 0, DICTDB_ROWS_ARRAY, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    CHECK_OK(dictdb_batch_commit(s.batch, &s.w.out, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[{\"key\":4}]");
    CHECK_OK(dictdb_watch_poll(s.watch, 0, 0, 0, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_INT(count, 2);
    CHECK(dictdb_cancel_flag(s.cancel) != NULL && *dictdb_cancel_flag(s.cancel) == 0);
    CHECK_OK(dictdb_table_count(s.limited, NULL, &count, &s.w.err), &s.w.err);
    CHECK_INT(count, 4);
    CHECK_OK(dictdb_table_count(s.snapshot, NULL, &count, &s.w.err), &s.w.err);
    CHECK_INT(count, 2);
    close_scene(&s);
}

static void call_with_wrong_arguments(scene *s) {
    dictdb_error *error = NULL;
    dictdb_predicate *made = s->predicate;
    CHILD_FORKED(dictdb_table_get_int(NULL, 1, &s->w.out, &error));
    CHILD_FORKED(dictdb_table_get_int(s->w.table, 1, NULL, &error));
    CHILD_FORKED(dictdb_table_insert(s->w.table, NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_table_insert(s->w.table, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_table_count((dictdb_table *)(uintptr_t)0x1234, NULL, NULL, &error));
    CHILD_FORKED(dictdb_db_new(NTS("{\"x\":1}"), &s->w.db, &error));
    CHILD_FORKED(dictdb_db_new(NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_predicate_eq(NTS("a..b"), NTS("1"), &made, &error));
    CHILD_FORKED(dictdb_predicate_eq(NTS("a"), NTS("["), &made, &error));
    CHILD_FORKED(dictdb_predicate_and(NULL, 5, &made, &error));
    CHILD_FORKED(dictdb_predicate_all(NULL, &error));
    CHILD_FORKED(dictdb_predicate_parse(NTS("a ="), &made, &error));
    CHILD_FORKED(dictdb_query_new(NULL, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_query_run(NULL, NULL, NULL, 0, NULL, NULL, &error));
    CHILD_FORKED(dictdb_update_run((dictdb_update *)(uintptr_t)0x1234, NULL, NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_table_snapshot(NULL, NULL, &error));
    CHILD_FORKED(dictdb_db_copy((dictdb_db *)(uintptr_t)0x1234, NULL, &error));
    CHILD_FORKED(dictdb_table_cursor(s->w.table, NTS("{"), NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_cursor_next(NULL, NULL, NULL, &error));
    CHILD_FORKED(dictdb_cursor_next_batch(s->cursor, 0, 0, -1, NULL, NULL, &error));
    CHILD_FORKED(dictdb_batch_insert(s->batch, NULL, NTS("{"), &error));
    CHILD_FORKED(dictdb_batch_commit((dictdb_batch *)(uintptr_t)0x1234, NULL, &error));
    CHILD_FORKED(dictdb_db_batch(s->w.db, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_cancel_set(NULL, &error));
    CHILD_CHECK(dictdb_cancel_flag(NULL) == NULL);
    CHILD_FORKED(dictdb_table_limited(s->w.table, (dictdb_cancel *)(uintptr_t)0x1234, 0, NULL, &error));
    CHILD_FORKED(dictdb_table_watch(s->w.table, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_watch_poll(NULL, 0, 0, DICTDB_NO_TIMEOUT, NULL, NULL, &error));
    CHILD_FORKED(dictdb_log_set(0, 0, NULL, NULL, NULL, &error));
}

static void wrong_arguments_are_forked_too(void) {
    scene s = open_scene();
    CHECK(fork_child(call_with_wrong_arguments, &s));
    close_scene(&s);
}

int main(void) {
    RUN(a_child_of_a_process_that_did_not_use_the_library_works);
    RUN(setting_the_log_is_using_the_library);
    RUN(in_a_child_every_function_answers_forked);
    RUN(a_grandchild_is_forked_too);
    RUN(the_parent_goes_on);
    RUN(wrong_arguments_are_forked_too);
    return check_finish();
}
