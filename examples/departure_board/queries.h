/* What the program asks of its tables again and again: written as text, compiled once, shared by all threads. */
#ifndef QUERIES_H
#define QUERIES_H

#include "events.h"

#include <dictdb.h>

typedef struct {
    /* Of the flights. The two for boards take [airport, departs]: see `departs_of`. */
    dictdb_query *upcoming;   /* the next departures: those still to come... */
    dictdb_query *on_display; /* ... or all from then on, whatever became of them, and those that should have left before */
    dictdb_query *in_the_air; /* how many flights are */
    dictdb_query *census;     /* how many flights have each status */
    dictdb_query *delays;     /* mean delay at departure of each airline, the latest first */
    dictdb_query *torn;       /* flights whose fields contradict each other, as half of an update would look: never any */
    dictdb_update *set_back;  /* makes all of them scheduled again */

    /* Of the counters, one record for each airport. Those for events take what `event.params` holds. */
    dictdb_update *count[EVENT_KINDS];
    dictdb_update *zero;
} queries;

queries compile_queries(void);
void free_queries(queries *q);

#endif
