/* The replay: threads that bring the flights up to date as simulated time goes by, and threads that look on. */
#ifndef REPLAY_H
#define REPLAY_H

#include "database.h"
#include "events.h"
#include "samples.h"

enum { WORKERS = 4, READERS = 2 };

/* When the clock shows this minute, which should be a multiple of the tick, it stops and something is shown. */
typedef struct {
    int minute;
    void (*show)(const database *db, int now);
} moment;

typedef struct {
    int rounds; /* how often all events are replayed */
    int tick;   /* minutes of simulated time that the workers get at once */
    const moment *moments;
    size_t moment_count;
} replay_plan;

typedef struct {
    double seconds;
    int rounds;
    size_t events, boards, passes;
    samples timings;
} replay_result;

/* Replays the events as fast as it can. Ends the program if a thread sees in the database what must never be seen. */
replay_result replay(const database *db, const events *e, const replay_plan *plan);

#endif
