#define _POSIX_C_SOURCE 200809L
#include "replay.h"

#include "analysis.h"
#include "board.h"
#include "support.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Simulated time goes in ticks. The main thread is the clock: it sets the time, lets the workers apply what has happened until then,
 * and waits for them. So no worker runs ahead of another by more than a tick, whatever the scheduler does.
 * Readers and the analyst know nothing of ticks: they look at the table at any instant, in the middle of all updates.
 *
 * None of these threads has a lock for the database. It needs none: handles are shared, and each call takes effect at one instant.
 */
typedef struct {
    const database *db;
    const events *events;
    atomic_int now; /* all that was to happen until then has been handed to the workers */
    atomic_bool done;
    atomic_int era; /* one more before the flights are set back, and again after: odd while that is going on */
    pthread_barrier_t tick_begins, tick_ends; /* of the workers and the clock */
} simulation;

typedef struct {
    simulation *sim;
    int number; /* of this thread among its kind */
    pthread_t thread;
    samples timings;
    size_t count; /* what it did: events, boards, or passes */
} actor;

/* ---- Workers */

/*
 * The flights are divided among the workers by their keys. A flight has one worker all its life, so its arrival cannot overtake its
 * departure. The counters belong to all of them.
 */
static bool is_mine(const actor *self, const event *e) {
    return e->flight % WORKERS == self->number;
}

static void *work(void *argument) {
    actor *self = argument;
    simulation *sim = self->sim;
    dictdb_error *error = NULL;
    const event *next = sim->events->list, *end = next + sim->events->count;
    for (;;) {
        pthread_barrier_wait(&sim->tick_begins);
        if (atomic_load(&sim->done))
            return NULL;
        int now = atomic_load(&sim->now);
        if (now == 0)
            next = sim->events->list; /* the days begin, or begin anew */
        for (; next < end && next->minute <= now; next++) {
            if (!is_mine(self, next))
                continue;
            uint64_t started = now_ns();
            must("update a flight",
                 dictdb_table_update_by_key(sim->db->flights, next->key, DICTDB_NTS, next->changes, DICTDB_NTS, &error), &error);
            samples_add(&self->timings, OP_UPDATE, started);

            /* All workers add to the same three records. None reads a number and writes another: the update adds, at one instant. */
            started = now_ns();
            must("count an event",
                 dictdb_update_run(sim->db->queries.count[next->kind], sim->db->counters, next->params, DICTDB_NTS, NULL, &error), &error);
            samples_add(&self->timings, OP_COUNT, started);
            self->count++;
        }
        pthread_barrier_wait(&sim->tick_ends);
    }
}

/* ---- Readers: passengers who look at the board */

static void *watch_boards(void *argument) {
    actor *self = argument;
    simulation *sim = self->sim;
    board b = {0};
    while (!atomic_load(&sim->done)) {
        const char *origin = board_airports[(self->count + (size_t)self->number) % 3];
        int now = atomic_load(&sim->now);
        board_read(&b, sim->db, sim->db->queries.upcoming, origin, now, &self->timings);
        self->count++;

        /* However busy the workers are: only flights that are to come, and in order. */
        for (size_t i = 0; i < b.count; i++) {
            const departure *d = &b.rows[i];
            if (strcmp(d->status, "scheduled") != 0 || d->scheduled < now || (i > 0 && d->scheduled < d[-1].scheduled))
                fail("the board of %s shows %s %ld, %s, at the wrong place", origin, d->carrier, d->number, d->status);
        }
    }
    board_free(&b);
    return NULL;
}

/* ---- The analyst: adds up the whole table, again and again */

static void *analyse(void *argument) {
    actor *self = argument;
    simulation *sim = self->sim;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    census before = take_census(sim->db, &rows, NULL);
    int era_before = -1;
    for (; !atomic_load(&sim->done); self->count++) {
        int era = atomic_load(&sim->era);
        census now = take_census(sim->db, &rows, &self->timings);
        carrier_delays delays = mean_delays(sim->db, &rows, &self->timings);
        uint64_t torn = count_torn(sim->db);
        if (now.all != before.all)
            fail("%ld flights by status, but there are %ld", now.all, before.all);
        if (torn != 0)
            fail("half of an update was seen, of %" PRIu64 " flights", torn);

        /* If the days did not begin anew meanwhile, a later look at the table must show a later state of it. */
        bool same_era = era % 2 == 0 && era == atomic_load(&sim->era);
        if (same_era && era == era_before && (now.of[SCHEDULED] > before.of[SCHEDULED] || now.of[LANDED] < before.of[LANDED]))
            fail("time went backwards between two looks at the table");
        if (same_era && delays.flights < now.all - now.of[SCHEDULED] - now.of[CANCELLED])
            fail("the delay of a flight that had departed is gone");
        before = now;
        era_before = same_era ? era : -1;
    }
    dictdb_buffer_free(&rows);
    return NULL;
}

/* ---- The clock */

static void start(actor *a, simulation *sim, int number, void *(*role)(void *)) {
    *a = (actor){.sim = sim, .number = number};
    if (pthread_create(&a->thread, NULL, role, a) != 0)
        fail("a thread cannot be started");
}

static size_t finish(actor *a, samples *timings) {
    pthread_join(a->thread, NULL);
    samples_move(timings, &a->timings);
    return a->count;
}

/* Makes all flights scheduled again, for the days to begin: one call, and nobody sees some of them set back and others not. */
static void set_back(simulation *sim, samples *timings) {
    const database *db = sim->db;
    dictdb_error *error = NULL;
    atomic_fetch_add(&sim->era, 1);
    uint64_t started = now_ns();
    must("set the flights back", dictdb_update_run(db->queries.set_back, db->flights, NULL, 0, NULL, &error), &error);
    samples_add(timings, OP_SET_BACK, started);
    atomic_fetch_add(&sim->era, 1);
    must("set the counters back", dictdb_update_run(db->queries.zero, db->counters, NULL, 0, NULL, &error), &error);
}

static void run_clock(simulation *sim, const replay_plan *plan) {
    int last = sim->events->list[sim->events->count - 1].minute;
    for (int now = 0; now < last + plan->tick; now += plan->tick) {
        atomic_store(&sim->now, now);
        pthread_barrier_wait(&sim->tick_begins);
        pthread_barrier_wait(&sim->tick_ends);
        for (size_t i = 0; i < plan->moment_count; i++)
            if (plan->moments[i].minute == now)
                plan->moments[i].show(sim->db, now);
    }
}

replay_result replay(const database *db, const events *e, const replay_plan *plan) {
    simulation sim = {.db = db, .events = e};
    atomic_init(&sim.now, 0);
    atomic_init(&sim.done, false);
    atomic_init(&sim.era, 0);
    if (pthread_barrier_init(&sim.tick_begins, NULL, WORKERS + 1) != 0 ||
        pthread_barrier_init(&sim.tick_ends, NULL, WORKERS + 1) != 0)
        fail("a barrier cannot be made");

    actor workers[WORKERS], readers[READERS], analyst;
    for (int i = 0; i < WORKERS; i++)
        start(&workers[i], &sim, i, work);
    for (int i = 0; i < READERS; i++)
        start(&readers[i], &sim, i, watch_boards);
    start(&analyst, &sim, 0, analyse);

    replay_result result = {.rounds = plan->rounds};
    uint64_t started = now_ns();
    for (int round = 0; round < plan->rounds; round++) {
        set_back(&sim, &result.timings);
        run_clock(&sim, plan);
    }
    result.seconds = (double)(now_ns() - started) / 1e9;

    atomic_store(&sim.done, true);
    pthread_barrier_wait(&sim.tick_begins); /* the workers see that it is over */
    for (int i = 0; i < WORKERS; i++)
        result.events += finish(&workers[i], &result.timings);
    for (int i = 0; i < READERS; i++)
        result.boards += finish(&readers[i], &result.timings);
    result.passes = finish(&analyst, &result.timings);
    pthread_barrier_destroy(&sim.tick_begins);
    pthread_barrier_destroy(&sim.tick_ends);
    return result;
}
