/*
 * Tests: cursors and threads: several threads on one cursor, a busy writer beside lent rows, cursors that are freed while others step on them.
 * Does not test: which rows a cursor gives (test_cursor).
 */
#include "cursor.h"
#include <pthread.h>
#include <sched.h>

static dictdb_cursor *open_cursor(const dictdb_table *table, const char *spec, const char *params) {
    dictdb_cursor *cursor = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_table_cursor(table, NTS(spec), NTS(params), &cursor, &error), &error);
    CHECK(cursor != NULL);
    dictdb_error_free(error);
    return cursor;
}

/* -------------------------------------------------------------------------------------------------------------------- threads */

enum { THREADS = 4 };

/** What the threads of a test share. */
typedef struct {
    world w;
    dictdb_cursor *cursor;
    pthread_barrier_t barrier;
    atomic_int readers;
    atomic_llong taken;
    atomic_uchar *seen;
    int rows;
    long rounds;
    bool is_descending;
} scene;

typedef struct {
    scene *scene;
    int number;
} actor;

static void play(scene *s, int count, void *(*body)(void *)) {
    pthread_t threads[THREADS];
    actor actors[THREADS];
    CHECK_INT(pthread_barrier_init(&s->barrier, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        actors[i] = (actor){s, i};
        CHECK_INT(pthread_create(&threads[i], NULL, body, &actors[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s->barrier);
}

/** Notes the ids of a batch; they stand in the order of the query, without a gap. */
static void note_ids(scene *s, const dictdb_buffer *batch, uint64_t count) {
    long before = 0;
    uint64_t found = 0;
    for (const char *at = batch->data; (at = strstr(at, "\"id\":")) != NULL; found++) {
        long id = strtol(at + 5, NULL, 10);
        at += 5;
        CHECK(found == 0 || id == (s->is_descending ? before - 1 : before + 1));
        before = id;
        if (id >= 1 && id <= s->rows) {
            CHECK_INT(atomic_fetch_add(&s->seen[id], 1), 0);
        } else {
            CHECK(false);
        }
    }
    CHECK_INT(found, count);
    atomic_fetch_add(&s->taken, (long long)count);
}

static void *take_some(void *argument) {
    const actor *self = argument;
    scene *s = self->scene;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_status status = DICTDB_STATUS_OK;
    pthread_barrier_wait(&s->barrier);
    for (uint64_t step = 0; status == DICTDB_STATUS_OK; step++) {
        uint64_t count = 0;
        bool by_rows = (step + (uint64_t)self->number) % 2 == 0;
        uint64_t max_rows = by_rows ? 1 + step % 9 : 0;
        size_t max_bytes = by_rows ? 0 : 100 + step % 700;
        status = dictdb_cursor_next_batch(s->cursor, max_rows, max_bytes, (int32_t)(step % 2), &out, &count, NULL);
        if (status == DICTDB_STATUS_OK) {
            note_ids(s, &out, count);
        }
    }
    CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
    dictdb_buffer_free(&out);
    return NULL;
}

static void threads_that_share_a_cursor_get_each_row_once(void) {
    enum { ROWS = 20000 };
    static const char *const SPECS[] = {
        NULL, "{\"where\":\"age >= 0\"}", "{\"order_by\":\"-id\",\"columns\":[\"age\",\"id\"]}", "{\"columns\":[\"id\"],\"distinct\":true}",
    };
    scene s;
    memset(&s, 0, sizeof s);
    s.rows = (int)check_rounds(ROWS);
    s.w = open_filled(s.rows);
    s.seen = check_memory((size_t)s.rows + 1);
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        memset(s.seen, 0, (size_t)s.rows + 1);
        atomic_store(&s.taken, 0);
        s.is_descending = i == 2;
        s.cursor = open_cursor(s.w.table, SPECS[i], NULL);
        play(&s, THREADS, take_some);
        CHECK_INT(atomic_load(&s.taken), s.rows);
        for (int id = 1; id <= s.rows; id++) {
            CHECK_INT(atomic_load(&s.seen[id]), 1);
        }
        dictdb_cursor_free(s.cursor);
    }
    free(s.seen);
    world_close(&s.w);
}

/** A row that is lent may be gone at once when others step on: it is counted, and not looked at. */
static void *step_only(void *argument) {
    const actor *self = argument;
    scene *s = self->scene;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_status status = DICTDB_STATUS_OK;
    pthread_barrier_wait(&s->barrier);
    while (status == DICTDB_STATUS_OK) {
        const char *row = NULL;
        size_t len = 0;
        uint64_t count = 1;
        if (self->number % 2 == 0) {
            status = dictdb_cursor_next(s->cursor, &row, &len, NULL);
            CHECK((row != NULL) == (status == DICTDB_STATUS_OK) && (len > 0) == (status == DICTDB_STATUS_OK));
        } else {
            status = dictdb_cursor_next_batch(s->cursor, 3, 0, DICTDB_ROWS_ARRAY, &out, &count, NULL);
        }
        atomic_fetch_add(&s->taken, status == DICTDB_STATUS_OK ? (long long)count : 0);
    }
    CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
    dictdb_buffer_free(&out);
    return NULL;
}

static void threads_that_step_in_any_way_take_as_many_rows_as_there_are(void) {
    static const char *const SPECS[] = {NULL, "{\"order_by\":\"-id\"}", "{\"columns\":[\"id\"]}", "{\"group_by\":\"id\"}"};
    scene s;
    memset(&s, 0, sizeof s);
    s.rows = (int)check_rounds(20000);
    s.w = open_filled(s.rows);
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        atomic_store(&s.taken, 0);
        s.cursor = open_cursor(s.w.table, SPECS[i], NULL);
        play(&s, THREADS, step_only);
        CHECK_INT(atomic_load(&s.taken), s.rows);
        dictdb_cursor_free(s.cursor);
    }
    world_close(&s.w);
}

/** The first thread writes for as long as the others read; each reader has a cursor of its own. */
static void *read_beside_a_writer(void *argument) {
    static const char *const SPECS[] = {NULL, "{\"order_by\":\"age\"}", "{\"columns\":[\"name\",\"age\"],\"where\":\"age >= 0\"}"};
    const actor *self = argument;
    scene *s = self->scene;
    pthread_barrier_wait(&s->barrier);
    if (self->number == 0) {
        while (atomic_load(&s->readers) > 0) {
            churn(s->w.table);
            fill(s->w.table, 10, 300);
        }
        return NULL;
    }
    for (long i = 0; i < s->rounds; i++) {
        dictdb_cursor *cursor = open_cursor(s->w.table, SPECS[i % 3], NULL);
        const char *row = NULL;
        size_t len = 0;
        while (dictdb_cursor_next(cursor, &row, &len, NULL) == DICTDB_STATUS_OK) {
            char copy[400];
            CHECK(len < sizeof copy && row[0] == '{' && row[len - 1] == '}');
            memcpy(copy, row, len < sizeof copy ? len : sizeof copy);
            sched_yield();
            CHECK(memcmp(copy, row, len < sizeof copy ? len : sizeof copy) == 0);
        }
        dictdb_cursor_free(cursor);
    }
    atomic_fetch_sub(&s->readers, 1);
    return NULL;
}

static void lent_rows_stay_beside_a_busy_writer(void) {
    scene s;
    memset(&s, 0, sizeof s);
    s.w = open_filled(300);
    s.rounds = check_rounds(25);
    atomic_store(&s.readers, 2);
    play(&s, 3, read_beside_a_writer);
    world_close(&s.w);
}

/** Each round the first thread makes a cursor, which the others step on, and frees it at another point of their steps. */
static void *free_in_mid_step(void *argument) {
    const actor *self = argument;
    scene *s = self->scene;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    static const char *const SPECS[] = {"{\"order_by\":\"name\"}", "{\"columns\":[\"name\"]}", NULL};
    for (long round = 0; round < s->rounds; round++) {
        if (self->number == 0) {
            s->cursor = open_cursor(s->w.table, SPECS[round % 3], NULL);
            atomic_store(&s->taken, 0);
        }
        pthread_barrier_wait(&s->barrier);
        dictdb_status status = DICTDB_STATUS_OK;
        if (self->number == 0) {
            while (atomic_load(&s->taken) < round % 200) {
                sched_yield();
            }
            dictdb_cursor_free(s->cursor);
        } else {
            while (status == DICTDB_STATUS_OK) {
                const char *row = "";
                size_t len = 77;
                uint64_t count = 1;
                if (self->number == 1 && round % 2 == 0) {
                    status = dictdb_cursor_next(s->cursor, &row, &len, NULL);
                    CHECK((row != NULL) == (status == DICTDB_STATUS_OK));
                } else {
                    status = dictdb_cursor_next_batch(s->cursor, 3, 0, (int32_t)(round % 2), &out, &count, NULL);
                    CHECK((out.len > 0) == (status == DICTDB_STATUS_OK));
                }
                atomic_fetch_add(&s->taken, (long long)count);
            }
            /* Who comes to the end before the cursor is freed must let the first thread go on. */
            atomic_fetch_add(&s->taken, 1000);
            CHECK(status == DICTDB_STATUS_INVALID_HANDLE || status == DICTDB_STATUS_RECORD_NOT_FOUND);
        }
        pthread_barrier_wait(&s->barrier);
        CHECK_INT(dictdb_cursor_next_batch(s->cursor, 1, 0, DICTDB_ROWS_ARRAY, &out, NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
        CHECK_EMPTY(out);
        pthread_barrier_wait(&s->barrier);
    }
    dictdb_buffer_free(&out);
    return NULL;
}

static void a_cursor_may_be_freed_in_mid_step(void) {
    scene s;
    memset(&s, 0, sizeof s);
    s.w = open_filled(500);
    s.rounds = check_rounds(2000);
    play(&s, 3, free_in_mid_step);
    CHECK_OK(dictdb_table_statistics(s.w.table, &s.w.out, &s.w.err), &s.w.err);
    CHECK_MEMBER(s.w.out.data, "snapshots", "0");
    world_close(&s.w);
}

int main(void) {
    RUN(threads_that_share_a_cursor_get_each_row_once);
    RUN(threads_that_step_in_any_way_take_as_many_rows_as_there_are);
    RUN(lent_rows_stay_beside_a_busy_writer);
    RUN(a_cursor_may_be_freed_in_mid_step);
    return check_finish();
}
