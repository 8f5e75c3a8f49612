/*
 * Tests: one batch used by several threads: added to, committed and freed at the same time.
 * Does not test: several batches on the same tables (test_batch_threads).
 */
#include "batch.h"
#include <pthread.h>

enum { ADDERS = 4, COMMITTERS = 2 };

typedef struct {
    scene s;
    pthread_barrier_t start;
    /** Adders that have not ended; committers go on while there are some. */
    atomic_int adders;
    /** Results that commits gave. */
    atomic_long results;
    long rounds;
} crowd;

typedef struct {
    crowd *c;
    int number;
} member;

static void open_crowd(crowd *c, unsigned threads, long rounds) {
    memset(c, 0, sizeof *c);
    c->s = open_scene();
    c->rounds = check_rounds(rounds);
    CHECK_INT(pthread_barrier_init(&c->start, NULL, threads), 0);
}

static void close_crowd(crowd *c) {
    pthread_barrier_destroy(&c->start);
    close_scene(&c->s);
}

static void *add_inserts(void *argument) {
    member *m = argument;
    pthread_barrier_wait(&m->c->start);
    for (long i = 0; i < m->c->rounds; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"thread\":%d,\"i\":%ld}", m->number, i);
        CHECK_INT(dictdb_batch_insert(m->c->s.batch, m->c->s.tables[A], NTS(record), NULL), DICTDB_STATUS_OK);
    }
    atomic_fetch_sub(&m->c->adders, 1);
    return NULL;
}

/** Every insert of every adder is there once, each adder's in its order. */
static void check_inserts(crowd *c) {
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count_where(c->s.tables[A], NTS("thread IS NOT NULL"), NULL, 0, &count, &c->s.err), &c->s.err);
    CHECK_INT(count, ADDERS * c->rounds);
    for (int number = 0; number < ADDERS; number++) {
        char spec[100];
        snprintf(spec, sizeof spec, "{\"where\":\"thread = %d\",\"columns\":[\"i\"]}", number);
        CHECK_OK(dictdb_table_query(c->s.tables[A], NTS(spec), NULL, 0, &c->s.out, &count, &c->s.err), &c->s.err);
        CHECK_INT(count, c->rounds);
        const char *at = c->s.out.data == NULL ? "" : c->s.out.data + 1;
        for (long i = 0; i < c->rounds; i++) {
            int64_t found = json_integer(at, "i");
            if (found != i) {
                CHECK_INT(found, i);
                break;
            }
            at = json_end(at);
            at += *at == ',' ? 1 : 0;
        }
    }
}

static long count_results(const dictdb_buffer *results) {
    long count = 0;
    for (const char *at = results->data; at != NULL && (at = strchr(at, '{')) != NULL; at++) {
        count++;
    }
    return count;
}

static void threads_may_add_to_one_batch(void) {
    crowd c;
    pthread_t threads[ADDERS];
    member members[ADDERS];
    open_crowd(&c, ADDERS, 500);
    for (int i = 0; i < ADDERS; i++) {
        members[i] = (member){&c, i};
        CHECK_INT(pthread_create(&threads[i], NULL, add_inserts, &members[i]), 0);
    }
    for (int i = 0; i < ADDERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_OK(dictdb_batch_commit(c.s.batch, &c.s.out, &c.s.err), &c.s.err);
    CHECK_INT(count_results(&c.s.out), ADDERS * c.rounds);
    check_inserts(&c);
    close_crowd(&c);
}

static void *commit_while_others_add(void *argument) {
    member *m = argument;
    dictdb_buffer results = DICTDB_BUFFER_INIT;
    bool adding = true;
    pthread_barrier_wait(&m->c->start);
    while (adding) {
        /* Looked at before the commit: so the last one comes after the last addition. */
        adding = atomic_load(&m->c->adders) > 0;
        CHECK_INT(dictdb_batch_commit(m->c->s.batch, &results, NULL), DICTDB_STATUS_OK);
        atomic_fetch_add(&m->c->results, count_results(&results));
    }
    dictdb_buffer_free(&results);
    return NULL;
}

static void what_threads_add_while_others_commit_is_done_once(void) {
    crowd c;
    pthread_t threads[ADDERS + COMMITTERS];
    member members[ADDERS + COMMITTERS];
    open_crowd(&c, ADDERS + COMMITTERS, 2000);
    atomic_store(&c.adders, ADDERS);
    for (int i = 0; i < ADDERS + COMMITTERS; i++) {
        members[i] = (member){&c, i};
        CHECK_INT(pthread_create(&threads[i], NULL, i < ADDERS ? add_inserts : commit_while_others_add, &members[i]), 0);
    }
    for (int i = 0; i < ADDERS + COMMITTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(atomic_load(&c.results), ADDERS * c.rounds);
    check_inserts(&c);
    close_crowd(&c);
}

/** The first operation of the batch cannot be done: so nothing of what is added behind it may be, either. */
static void *commit_in_vain(void *argument) {
    member *m = argument;
    pthread_barrier_wait(&m->c->start);
    while (atomic_load(&m->c->adders) > 0 && atomic_load(&check_failures) == 0) {
        dictdb_error *error = NULL;
        CHECK_INT(dictdb_batch_commit(m->c->s.batch, NULL, &error), DICTDB_STATUS_RECORD_NOT_FOUND);
        CHECK_INT(json_integer(dictdb_error_detail(error), "operation"), 0);
        dictdb_error_free(error);
    }
    return NULL;
}

static void what_threads_add_while_commits_fail_is_kept_in_order(void) {
    crowd c;
    pthread_t threads[ADDERS + COMMITTERS];
    member members[ADDERS + COMMITTERS];
    open_crowd(&c, ADDERS + COMMITTERS, 500);
    atomic_store(&c.adders, ADDERS);
    ADDED(c.s, delete_by_key, A, NTS("\"nobody\""));
    for (int i = 0; i < ADDERS + COMMITTERS; i++) {
        members[i] = (member){&c, i};
        CHECK_INT(pthread_create(&threads[i], NULL, i < ADDERS ? add_inserts : commit_in_vain, &members[i]), 0);
    }
    for (int i = 0; i < ADDERS + COMMITTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_TABLE(c.s, A, RECORDS_OF_A);
    CHECK_OK(dictdb_table_insert(c.s.tables[A], NTS("{\"id\":\"nobody\"}"), NULL, &c.s.err), &c.s.err);
    CHECK_OK(dictdb_batch_commit(c.s.batch, &c.s.out, &c.s.err), &c.s.err);
    CHECK_INT(count_results(&c.s.out), ADDERS * c.rounds + 1);
    check_inserts(&c);
    close_crowd(&c);
}

static void *commit_each_round(void *argument) {
    member *m = argument;
    dictdb_buffer results = DICTDB_BUFFER_INIT;
    for (long i = 0; i < m->c->rounds; i++) {
        if (m->number == 0) {
            for (int j = 0; j < 10; j++) {
                CHECK_INT(dictdb_batch_insert(m->c->s.batch, m->c->s.tables[A], NTS("{\"mark\":1}"), NULL), DICTDB_STATUS_OK);
                CHECK_INT(dictdb_batch_update_by_key(m->c->s.batch, m->c->s.tables[S], NTS("1"), NTS("{\"grp\":7}"), NULL), DICTDB_STATUS_OK);
            }
        }
        pthread_barrier_wait(&m->c->start);
        CHECK_INT(dictdb_batch_commit(m->c->s.batch, &results, NULL), DICTDB_STATUS_OK);
        long count = count_results(&results);
        CHECK(count == 0 || count == 20);
        atomic_fetch_add(&m->c->results, count);
        pthread_barrier_wait(&m->c->start);
        CHECK_INT(atomic_load(&m->c->results), 20 * (i + 1));
        pthread_barrier_wait(&m->c->start);
    }
    dictdb_buffer_free(&results);
    return NULL;
}

static void a_batch_that_two_threads_commit_is_done_once(void) {
    crowd c;
    pthread_t threads[COMMITTERS];
    member members[COMMITTERS];
    open_crowd(&c, COMMITTERS, 500);
    for (int i = 0; i < COMMITTERS; i++) {
        members[i] = (member){&c, i};
        CHECK_INT(pthread_create(&threads[i], NULL, commit_each_round, &members[i]), 0);
    }
    for (int i = 0; i < COMMITTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count_where(c.s.tables[A], NTS("mark = 1"), NULL, 0, &count, &c.s.err), &c.s.err);
    CHECK_INT(count, 10 * c.rounds);
    CHECK_INT(statistic(&c.s, S, "updated"), 10 * c.rounds);
    close_crowd(&c);
}

static void *free_the_batch(void *argument) {
    member *m = argument;
    pthread_barrier_wait(&m->c->start);
    dictdb_batch_free(m->c->s.batch);
    return NULL;
}

static void a_batch_that_is_freed_during_its_commit_is_done_wholly_or_not_at_all(void) {
    for (long i = 0; i < check_rounds(200); i++) {
        crowd c;
        pthread_t thread;
        open_crowd(&c, 2, 0);
        member m = {&c, 0};
        for (int j = 0; j < 20; j++) {
            ADDED(c.s, insert, A, NTS("{\"mark\":1}"));
        }
        CHECK_INT(pthread_create(&thread, NULL, free_the_batch, &m), 0);
        pthread_barrier_wait(&c.start);
        dictdb_status status = dictdb_batch_commit(c.s.batch, &c.s.out, NULL);
        pthread_join(thread, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_INVALID_HANDLE);
        uint64_t count = 0;
        CHECK_OK(dictdb_table_count_where(c.s.tables[A], NTS("mark = 1"), NULL, 0, &count, &c.s.err), &c.s.err);
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 20 : 0);
        close_crowd(&c);
    }
}

int main(void) {
    RUN(threads_may_add_to_one_batch);
    RUN(what_threads_add_while_others_commit_is_done_once);
    RUN(what_threads_add_while_commits_fail_is_kept_in_order);
    RUN(a_batch_that_two_threads_commit_is_done_once);
    RUN(a_batch_that_is_freed_during_its_commit_is_done_wholly_or_not_at_all);
    return check_finish();
}
