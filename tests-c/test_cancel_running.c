/*
 * Tests: calls that are stopped while they run: a token stops them in the midst of their work, and nothing is changed; waiting for a table's
 * lock ends when a token is set or the time is over.
 * Does not test: tokens that were set before (test_cancel), how soon a call stops.
 */
#include "check.h"
#include "calls.h"
#include <pthread.h>
#include <sched.h>

/* ----------------------------------------------------------------------------------------------------------- while a call runs */

enum { MANY = 100000 };

/** Of a call that is to be stopped. It may be over before the other thread has seen it running. */
enum { NOT_BEGUN, RUNNING, ENDED };

/** What one thread, that calls, and another one, that stops it, share. */
typedef struct {
    scene s;
    dictdb_table *table;
    const function *function;
    pthread_t caller;
    pthread_barrier_t barrier;
    atomic_int phase;
    atomic_bool is_over;
    /** How the token is set: by the function, by the flag, or by a signal to the thread that is in the call. */
    int way;
    int64_t pause_ns;
} race;

/** For each round: waits until the call is running and has run for a while, then sets the token. */
static void *stop_calls(void *argument) {
    race *r = argument;
    for (;;) {
        pthread_barrier_wait(&r->barrier);
        if (atomic_load(&r->is_over)) {
            return NULL;
        }
        while (atomic_load(&r->phase) == NOT_BEGUN) {
            sched_yield();
        }
        int64_t until = now_ns() + r->pause_ns;
        while (now_ns() < until && atomic_load(&r->phase) == RUNNING) {
        }
        switch (r->way) {
        case 0: CHECK_INT(dictdb_cancel_set(r->s.cancel, NULL), DICTDB_STATUS_OK); break;
        case 1: atomic_store(flag_of(r->s.cancel), 1); break;
        default: CHECK_INT(pthread_kill(r->caller, SIGUSR1), 0);
        }
        pthread_barrier_wait(&r->barrier);
    }
}

/** Number of records, and sum of `n`: what a write of half of its records would change. */
static void sums_of(scene *s, int64_t *count, int64_t *sum) {
    CHECK_OK(dictdb_table_query(s->w.table, NTS("{\"aggregates\":{\"count\":\"count()\",\"n\":\"sum(n)\"}}"), NULL, 0, &s->w.out, NULL, &s->w.err),
             &s->w.err);
    *count = json_integer(s->w.out.data + 1, "count");
    *sum = json_integer(s->w.out.data + 1, "n");
}

/** What a write did is taken back, so that it can be done again. */
static void take_back(scene *s, const function *function) {
    if (function->call == insert_many || function->call == batch_of_inserts) {
        CHECK_OK(dictdb_table_delete_where(s->w.table, NTS("more = true OR name = 'unlimited'"), NULL, 0, NULL, &s->w.err), &s->w.err);
    } else if (function->call == create_sorted_index) {
        CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("[\"n\",\"name\"]"), &s->w.err), &s->w.err);
    } else if (function->call == delete_where) {
        char *again = records(check_rounds(MANY), "");
        CHECK_OK(dictdb_table_delete_where(s->w.table, NTS("TRUE"), NULL, 0, NULL, &s->w.err), &s->w.err);
        INSERT(s->w, again);
        free(again);
    } else if (function->call == batch_of_updates) {
        CHECK_OK(dictdb_table_delete_where(s->w.table, NTS("name = 'unlimited'"), NULL, 0, NULL, &s->w.err), &s->w.err);
    }
}

/** The call is run and stopped again and again, until it was stopped in the midst of its work. */
static void check_stops_midway(race *r, const function *function) {
    enum { ATTEMPTS = 100 };
    scene *s = &r->s;
    int64_t usual = 0;
    bool was_stopped = false;
    for (int attempt = 0; attempt < ATTEMPTS && !was_stopped; attempt++) {
        int64_t count = 0;
        int64_t sum = 0;
        int64_t count_after = 0;
        int64_t sum_after = 0;
        sums_of(s, &count, &sum);
        CHECK_OK(dictdb_cancel_reset(s->cancel, &s->w.err), &s->w.err);
        bool is_free = attempt == 0;
        /* The first time it is let run, to know how long it takes; then it is stopped earlier or later in that time. */
        if (!is_free) {
            r->pause_ns = usual * (1 + attempt * 3 % 7) / 8;
            atomic_store(&r->phase, NOT_BEGUN);
            pthread_barrier_wait(&r->barrier);
        }
        int64_t start = now_ns();
        atomic_store(&r->phase, RUNNING);
        dictdb_status status = function->call(s, r->table, NULL);
        int64_t took = now_ns() - start;
        atomic_store(&r->phase, ENDED);
        if (!is_free) {
            pthread_barrier_wait(&r->barrier);
        }
        CHECK(status == DICTDB_STATUS_OK || (!is_free && status == DICTDB_STATUS_CANCELLED));
        /* The first run may take longer than the next ones, for instance until a buffer has grown. */
        usual = status == DICTDB_STATUS_OK ? took : usual;
        /* It was at work when the token was set: that was not before `pause_ns`. */
        was_stopped = status == DICTDB_STATUS_CANCELLED;
        sums_of(s, &count_after, &sum_after);
        if (status == DICTDB_STATUS_CANCELLED || !function->writes) {
            CHECK_INT(count_after, count);
            CHECK_INT(sum_after, sum);
        }
        if (status == DICTDB_STATUS_CANCELLED && function->writes) {
            CHECK_OK(dictdb_table_describe(s->w.table, &s->w.out, &s->w.err), &s->w.err);
            CHECK_MEMBER(s->w.out.data, "indexes", "[]");
        }
        if (status == DICTDB_STATUS_OK && function->writes) {
            take_back(s, function);
        }
    }
    /* Under an instrumented build the table is small, and a call may be over before it has looked at the token again. */
    check_true(__FILE__, __LINE__, was_stopped || getenv("DICTDB_TEST_DIVISOR") != NULL, function->name);
}

static void a_token_stops_a_call_that_is_running(void) {
    static const function STOPPED[] = {
        {"select with order", select_sorted, false},
        {"select of all", select_all, false},
        {"count", count_matching, false},
        {"query_run", query_run, false},
        {"table_query of groups", table_query, false},
        {"table_copy", copy, false},
        {"get_many", get_many, false},
        {"cursor that is sorted", cursor_sorted, false},
        {"cursor_next", cursor_next, false},
        {"cursor_next_batch to the end", cursor_to_its_end, false},
        {"insert_many", insert_many, true},
        {"update_where", update_where, true},
        {"create_index, sorted", create_sorted_index, true},
        {"batch of inserts", batch_of_inserts, true},
        {"batch of updates", batch_of_updates, true},
        {"delete_where", delete_where, true},
    };
    race r;
    pthread_t stopper;
    struct sigaction before;
    memset(&r, 0, sizeof r);
    open_scene(&r.s, check_rounds(MANY));
    open_signals(&r.s, &before);
    r.caller = pthread_self();
    r.table = limited(r.s.w.table, r.s.cancel, DICTDB_NO_TIMEOUT);
    CHECK_INT(pthread_barrier_init(&r.barrier, NULL, 2), 0);
    CHECK_INT(pthread_create(&stopper, NULL, stop_calls, &r), 0);
    for (size_t i = 0; i < sizeof STOPPED / sizeof STOPPED[0]; i++) {
        r.way = (int)(i % 3);
        check_stops_midway(&r, &STOPPED[i]);
    }
    atomic_store(&r.is_over, true);
    pthread_barrier_wait(&r.barrier);
    pthread_join(stopper, NULL);
    pthread_barrier_destroy(&r.barrier);
    CHECK_INT(sigaction(SIGUSR1, &before, NULL), 0);
    dictdb_table_free(r.table);
    close_scene(&r.s);
}

/* ----------------------------------------------------------------------------------------------------------- waiting for a lock */

/** One thread holds the table's lock for long again and again, others insert through limited handles. */
typedef struct {
    scene s;
    pthread_barrier_t start;
    atomic_int inserters;
    atomic_llong inserted;
    atomic_llong stopped;
    long rounds;
} waiting;

static void *hold_the_lock(void *argument) {
    waiting *shared = argument;
    pthread_barrier_wait(&shared->start);
    while (atomic_load(&shared->inserters) > 0) {
        CHECK_INT(dictdb_table_insert_many(shared->s.w.table, NTS(shared->s.more), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_delete_where(shared->s.w.table, NTS("more = true"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void insert_limited(waiting *shared, dictdb_table *table, dictdb_status stopped) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&shared->start);
    for (long i = 0; i < shared->rounds; i++) {
        dictdb_status status = dictdb_table_get_int(table, 1, &out, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == stopped);
        CHECK((out.len > 0) == (status == DICTDB_STATUS_OK));
        status = dictdb_table_insert(table, NTS("{\"n\":1}"), NULL, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == stopped);
        atomic_fetch_add(status == DICTDB_STATUS_OK ? &shared->inserted : &shared->stopped, 1);
    }
    atomic_fetch_sub(&shared->inserters, 1);
    dictdb_buffer_free(&out);
    dictdb_table_free(table);
}

static void *insert_with_a_timeout(void *argument) {
    waiting *shared = argument;
    insert_limited(shared, limited(shared->s.w.table, NULL, 1), DICTDB_STATUS_TIMEOUT);
    return NULL;
}

static void *insert_with_a_token(void *argument) {
    waiting *shared = argument;
    insert_limited(shared, limited(shared->s.w.table, shared->s.cancel, DICTDB_NO_TIMEOUT), DICTDB_STATUS_CANCELLED);
    return NULL;
}

static void *set_and_reset(void *argument) {
    waiting *shared = argument;
    pthread_barrier_wait(&shared->start);
    while (atomic_load(&shared->inserters) > 0) {
        CHECK_INT(dictdb_cancel_set(shared->s.cancel, NULL), DICTDB_STATUS_OK);
        sched_yield();
        CHECK_INT(dictdb_cancel_reset(shared->s.cancel, NULL), DICTDB_STATUS_OK);
        sched_yield();
    }
    return NULL;
}

static void waiting_for_a_lock_ends_in_time(void) {
    waiting shared;
    pthread_t threads[4];
    void *(*const bodies[])(void *) = {hold_the_lock, insert_with_a_timeout, insert_with_a_token, set_and_reset};
    memset(&shared, 0, sizeof shared);
    open_scene(&shared.s, 20000);
    shared.rounds = check_rounds(300);
    atomic_store(&shared.inserters, 2);
    CHECK_INT(pthread_barrier_init(&shared.start, NULL, 4), 0);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, bodies[i], &shared), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&shared.start);
    CHECK_INT(atomic_load(&shared.inserted) + atomic_load(&shared.stopped), 2 * shared.rounds);
    CHECK_OK(dictdb_table_count_where(shared.s.w.table, NTS("n = 1"), NULL, 0, &shared.s.count, &shared.s.w.err), &shared.s.w.err);
    CHECK_INT(shared.s.count, atomic_load(&shared.inserted));
    CHECK_OK(dictdb_table_count(shared.s.w.table, NULL, &shared.s.count, &shared.s.w.err), &shared.s.w.err);
    CHECK_INT(shared.s.count, 20000 + atomic_load(&shared.inserted));
    close_scene(&shared.s);
}

int main(void) {
    RUN(a_token_stops_a_call_that_is_running);
    RUN(waiting_for_a_lock_ends_in_time);
    return check_finish();
}
