/*
 * Tests: that no increment is lost when threads update one record by an expression, compiled or as text, beside readers.
 * Does not test: what expressions compute (test_update_expression).
 */
#include "check.h"
#include <pthread.h>

enum { THREADS = 4 };

typedef struct {
    world w;
    dictdb_update *update;
    long rounds;
    atomic_int writers;
} scene;

static void *increment(void *argument) {
    scene *s = argument;
    for (long i = 0; i < s->rounds; i++) {
        CHECK_INT(dictdb_update_run(s->update, s->w.table, NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    }
    atomic_fetch_sub(&s->writers, 1);
    return NULL;
}

static void *increment_by_text(void *argument) {
    scene *s = argument;
    for (long i = 0; i < s->rounds; i++) {
        CHECK_INT(dictdb_table_update_where(s->w.table, NTS("id = ?1"), NTS("n = n + ?2, twice = twice + 2"), NTS("[1, 1]"), NULL, NULL),
                  DICTDB_STATUS_OK);
    }
    atomic_fetch_sub(&s->writers, 1);
    return NULL;
}

/** The count never falls, and both fields always come of the same update. */
static void *watch(void *argument) {
    scene *s = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    int64_t last = 0;
    do {
        CHECK_INT(dictdb_table_get_int(s->w.table, 1, &out, NULL), DICTDB_STATUS_OK);
        int64_t n = json_integer(out.data, "n");
        CHECK(n >= last);
        CHECK_INT(json_integer(out.data, "twice"), 2 * n);
        last = n;
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&out);
    return NULL;
}

static void count_with(void *(*body)(void *), const char *where_text, long rounds, int others) {
    scene s;
    pthread_t threads[THREADS + 1];
    memset(&s, 0, sizeof s);
    s.w = world_open(NULL);
    s.rounds = check_rounds(rounds);
    atomic_store(&s.writers, THREADS);
    for (int i = 0; i <= others; i++) {
        CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"n\":0,\"twice\":0}"), NULL, &s.w.err), &s.w.err);
    }
    CHECK_OK(dictdb_update_new(NULL, NTS(where_text), NTS("n = n + 1, twice = twice + 2"), &s.update, &s.w.err), &s.w.err);
    for (int i = 0; i <= THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, i < THREADS ? body : watch, &s), 0);
    }
    for (int i = 0; i <= THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_OK(dictdb_table_get_int(s.w.table, 1, &s.w.out, &s.w.err), &s.w.err);
    CHECK_INT(json_integer(s.w.out.data, "n"), THREADS * s.rounds);
    CHECK_QUERY(s.w, "{\"where\":\"id > 1\",\"aggregates\":[\"max(n)\"]}", NULL, "[{\"max(n)\":0}]");
    dictdb_update_free(s.update);
    world_close(&s.w);
}

static void no_increment_of_a_compiled_update_is_lost(void) {
    count_with(increment, "id = 1", 100000, 1);
}

/** In a table of some size the matches are searched for without the lock, and looked at again under it. */
static void no_increment_of_a_record_that_is_searched_for_is_lost(void) {
    count_with(increment, "id < 2", 5000, 400);
}

static void no_increment_of_an_update_as_text_is_lost(void) {
    count_with(increment_by_text, "id = 1", 20000, 1);
}

int main(void) {
    RUN(no_increment_of_a_compiled_update_is_lost);
    RUN(no_increment_of_a_record_that_is_searched_for_is_lost);
    RUN(no_increment_of_an_update_as_text_is_lost);
    return check_finish();
}
