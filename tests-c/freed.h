/*
 * freed.h: handles that one thread frees while others are in calls with them: rounds, of which each makes a handle. Include it in place of
 * check.h.
 */
#ifndef FREED_H
#define FREED_H

#include "check.h"
#include <pthread.h>

enum { THREADS = 4, CALLS = 12 };

/** Each round a handle is made, all threads use it, and one or two of them free it meanwhile. */
typedef struct round {
    world w;
    dictdb_predicate *match;
    void *shared;
    void *(*make)(struct round *round);
    void (*use)(struct round *round, int thread, int call);
    void (*release)(void *handle);
    /** The status of a call with the shared handle after it was freed. */
    dictdb_status (*probe)(struct round *round, void *handle);
    long rounds;
    pthread_barrier_t barrier;
    /** Records that the table should have at the end. */
    atomic_llong inserted;
} round_state;

typedef struct {
    round_state *round;
    int number;
} worker;

static inline void check_allowed(dictdb_status status, dictdb_status also, const char *what) {
    if (status != DICTDB_STATUS_OK && status != DICTDB_STATUS_INVALID_HANDLE && status != also) {
        fprintf(stderr, "%s gives %s\n", what, dictdb_status_name(status));
        CHECK(false);
    }
}

static inline void *work(void *argument) {
    const worker *self = argument;
    round_state *round = self->round;
    for (long i = 0; i < round->rounds; i++) {
        if (self->number == 0) {
            round->shared = round->make(round);
            CHECK(round->shared != NULL);
        }
        pthread_barrier_wait(&round->barrier);
        /* The first thread frees at another point of each round, every third time together with the second. */
        long when = self->number == 0 ? i % CALLS : self->number == 1 && i % 3 == 0 ? i % CALLS : -1;
        for (int call = 0; call < CALLS; call++) {
            if (call == when) {
                round->release(round->shared);
            }
            round->use(round, self->number, call);
        }
        pthread_barrier_wait(&round->barrier);
        CHECK_INT(round->probe(round, round->shared), DICTDB_STATUS_INVALID_HANDLE);
        pthread_barrier_wait(&round->barrier);
    }
    return NULL;
}

static inline void run_rounds(round_state *round) {
    pthread_t threads[THREADS];
    worker workers[THREADS];
    CHECK_INT(pthread_barrier_init(&round->barrier, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){round, i};
        CHECK_INT(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&round->barrier);
}

static inline void open_round(round_state *round) {
    memset(round, 0, sizeof *round);
    round->w = world_open(NULL);
    round->match = where(dictdb_predicate_eq, "a", "1");
    round->rounds = check_rounds(4000);
    INSERT(round->w, "[{\"a\":1},{\"a\":2}]");
    atomic_store(&round->inserted, 2);
}

/** Runs the rounds of one kind of handle. */
static inline void run_kind(round_state *round, void *(*make)(round_state *), void (*use)(round_state *, int, int), void (*release)(void *),
                            dictdb_status (*probe)(round_state *, void *)) {
    round->make = make;
    round->use = use;
    round->release = release;
    round->probe = probe;
    run_rounds(round);
}

static inline void close_round(round_state *round) {
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count(round->w.table, NULL, &count, &round->w.err), &round->w.err);
    CHECK_INT(count, atomic_load(&round->inserted));
    dictdb_predicate_free(round->match);
    world_close(&round->w);
}

#endif
