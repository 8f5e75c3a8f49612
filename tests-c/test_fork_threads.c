/*
 * Tests: forks while other threads are in calls, those that hold locks, wait or take long among them: in the child nothing hangs and every
 * function answers FORKED, also with the very handles that the threads were using; the parent's threads go on.
 * Does not test: each function's outputs in the parent (the tests of its noun).
 */
#include "fork.h"

enum { WRITERS = 3, IN_BATCH = 300 };

typedef struct {
    scene s;
    pthread_barrier_t start;
    atomic_int ended;
} crowd;

typedef void *(*body)(void *);

/* ----------------------------------------------------------------------------------------------------- what the threads do */

static void *write_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_table *table = NULL;
        dictdb_error *error = NULL;
        CHECK_INT(dictdb_table_insert(c->s.w.table, NTS("{\"a\":3}"), &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_delete_by_key(c->s.w.table, out.data, out.len, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_db_get_table(c->s.w.db, NTS("t"), &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_update(table, c->s.predicate, NTS("{\"b\":1}"), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_update_run(c->s.update, table, NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_query_run(c->s.query, table, NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert(table, NTS("["), NULL, &error), DICTDB_STATUS_INVALID_JSON);
        dictdb_error_free(error);
        dictdb_table_free(table);
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

/** Commits large batches, which leave nothing behind, with the scene's handle. */
static void *commit_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    char records[IN_BATCH * 16 + 8] = "[";
    size_t used = 1;
    for (int i = 0; i < IN_BATCH; i++) {
        used += (size_t)snprintf(records + used, sizeof records - used, "%s{\"gone\":%d}", i == 0 ? "" : ",", i % 10);
    }
    snprintf(records + used, sizeof records - used, "]");
    CHECK_INT(dictdb_batch_clear(c->s.batch, NULL), DICTDB_STATUS_OK);
    pthread_barrier_wait(&c->start);
    do {
        CHECK_INT(dictdb_batch_insert_many(c->s.batch, c->s.w.table, NTS(records), NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_batch_delete_where(c->s.batch, c->s.limited, NTS("gone >= 0"), NULL, 0, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_batch_commit(c->s.batch, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_db_batch(c->s.w.db, NTS("[{\"insert\":\"t\",\"record\":{\"gone\":1}},{\"delete\":\"t\",\"where\":\"gone = 1\"}]"),
                                  &out, NULL), DICTDB_STATUS_OK);
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

/** Takes rows of the scene's cursor, and of others. */
static void *step_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_cursor *cursor = NULL;
        const char *row = NULL;
        size_t row_len = 0;
        dictdb_status status = dictdb_cursor_next(c->s.cursor, &row, &row_len, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND);
        status = dictdb_cursor_next_batch(c->s.cursor, 1, 0, DICTDB_ROWS_LINES, &out, NULL, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND);
        CHECK_INT(dictdb_table_cursor(c->s.limited, NTS("{\"order_by\":\"-a\"}"), NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
        while ((status = dictdb_cursor_next(cursor, &row, &row_len, NULL)) == DICTDB_STATUS_OK) {
            CHECK(row_len > 0 && row[0] == '{');
        }
        CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
        dictdb_cursor_free(cursor);
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

/** Waits in one call until the scene's watch is freed. */
static void *wait_until_freed(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    dictdb_status status = dictdb_watch_poll(c->s.watch, UINT64_MAX, 0, DICTDB_NO_TIMEOUT, &out, NULL, NULL);
    /* The latter if this thread did not come to its call before all forks were done. */
    CHECK(status == DICTDB_STATUS_CANCELLED || status == DICTDB_STATUS_INVALID_HANDLE);
    dictdb_buffer_free(&out);
    return NULL;
}

/** Waits for each change, with the scene's other watch. */
static void *poll_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    uint64_t last = 0;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_status status = dictdb_watch_poll(c->s.watch_with_fd, last, 10, 1000, &out, &last, NULL);
        if (status == DICTDB_STATUS_UNAVAILABLE) {
            CHECK_INT(dictdb_watch_last(c->s.watch_with_fd, &last, NULL), DICTDB_STATUS_OK);
        } else {
            CHECK_INT(status, DICTDB_STATUS_OK);
        }
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

static void *take_snapshots_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_db *db = NULL;
        dictdb_table *table = NULL;
        CHECK_INT(dictdb_db_snapshot(c->s.w.db, &db, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_snapshot(c->s.w.table, &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_db_copy(c->s.w.db, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_copy(c->s.snapshot, &out, NULL), DICTDB_STATUS_OK);
        dictdb_table_free(table);
        dictdb_db_free(db);
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

/** Makes and frees tokens, limited handles and watches. */
static void *make_and_free_until_ended(void *argument) {
    crowd *c = argument;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_cancel *cancel = NULL;
        dictdb_table *limited = NULL;
        dictdb_watch *watch = NULL;
        int32_t fd = -1;
        CHECK_INT(dictdb_cancel_new(&cancel, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_limited(c->s.w.table, cancel, DICTDB_NO_TIMEOUT, &limited, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_watch(limited, NTS("{\"max_changes\":5}"), &watch, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_watch_fd(watch, &fd, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_cancel_set(cancel, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_cancel_reset(cancel, NULL), DICTDB_STATUS_OK);
        dictdb_watch_free(watch);
        dictdb_table_free(limited);
        dictdb_cancel_free(cancel);
    } while (atomic_load(&c->ended) == 0);
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------- forks */

/** Forks again and again while threads run the bodies. */
static void fork_beside(const body *bodies, int count, long forks) {
    enum { MOST = 8 };
    crowd c;
    pthread_t threads[MOST];
    uint64_t records = 0;
    memset(&c, 0, sizeof c);
    c.s = open_scene();
    CHECK(count <= MOST);
    CHECK_INT(pthread_barrier_init(&c.start, NULL, (unsigned)count + 1), 0);
    for (int i = 0; i < count; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, bodies[i], &c), 0);
    }
    pthread_barrier_wait(&c.start);
    long rounds = check_rounds(forks);
    check_figure("fork.forks", rounds);
    for (long i = 0; i < rounds; i++) {
        CHECK(fork_child(as_a_child, &c.s));
        /* Some work between the forks, so that they come at different points of the others' calls. */
        CHECK_OK(dictdb_table_count(c.s.w.table, NULL, &records, &c.s.w.err), &c.s.w.err);
        CHECK(records >= 2 && records <= 2 + WRITERS);
    }
    atomic_store(&c.ended, 1);
    dictdb_watch_free(c.s.watch);
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_OK(dictdb_table_count(c.s.w.table, NULL, &records, &c.s.w.err), &c.s.w.err);
    CHECK_INT(records, 2);
    CHECK_OK(dictdb_table_get_many(c.s.snapshot, NTS("[1,2]"), &c.s.w.out, &c.s.w.err), &c.s.w.err);
    CHECK_TEXT(c.s.w.out, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    pthread_barrier_destroy(&c.start);
    close_scene(&c.s);
}

#define FORK_BESIDE(forks, ...)                                                             \
    do {                                                                                    \
        static const body BODIES[] = {__VA_ARGS__};                                         \
        fork_beside(BODIES, (int)(sizeof BODIES / sizeof BODIES[0]), (forks));              \
    } while (0)

static void nothing_hangs_when_others_write_at_the_fork(void) {
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, NULL), DICTDB_STATUS_OK);
    FORK_BESIDE(100, write_until_ended, write_until_ended, write_until_ended);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
}

static void nothing_hangs_when_others_commit_at_the_fork(void) {
    FORK_BESIDE(100, commit_until_ended);
    FORK_BESIDE(50, commit_until_ended, take_snapshots_until_ended);
}

static void nothing_hangs_when_others_step_a_cursor_at_the_fork(void) {
    FORK_BESIDE(100, step_until_ended, step_until_ended);
}

static void nothing_hangs_when_others_wait_for_changes_at_the_fork(void) {
    FORK_BESIDE(50, wait_until_freed);
    FORK_BESIDE(100, wait_until_freed, poll_until_ended, write_until_ended);
}

static void nothing_hangs_when_others_take_snapshots_at_the_fork(void) {
    FORK_BESIDE(100, take_snapshots_until_ended, write_until_ended);
}

static void nothing_hangs_when_others_make_and_free_handles_at_the_fork(void) {
    FORK_BESIDE(100, make_and_free_until_ended, make_and_free_until_ended);
}

static void nothing_hangs_when_others_do_all_of_it_at_the_fork(void) {
    FORK_BESIDE(50, write_until_ended, commit_until_ended, step_until_ended, wait_until_freed, poll_until_ended, take_snapshots_until_ended,
                make_and_free_until_ended);
}

int main(void) {
    RUN(nothing_hangs_when_others_write_at_the_fork);
    RUN(nothing_hangs_when_others_commit_at_the_fork);
    RUN(nothing_hangs_when_others_step_a_cursor_at_the_fork);
    RUN(nothing_hangs_when_others_wait_for_changes_at_the_fork);
    RUN(nothing_hangs_when_others_take_snapshots_at_the_fork);
    RUN(nothing_hangs_when_others_make_and_free_handles_at_the_fork);
    RUN(nothing_hangs_when_others_do_all_of_it_at_the_fork);
    return check_finish();
}
