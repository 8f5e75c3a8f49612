/* What happens to the flights, as updates of the database to come. */
#ifndef EVENTS_H
#define EVENTS_H

#include "database.h"

#include <stddef.h>

/* Simulated time is in minutes since midnight, 1 January 2013, in New York. */
enum { HOUR = 60, DAY = 24 * HOUR };

/* The files write a time of day as an integer: 517 is 05:17. */
int minutes_of(long hhmm);
int hhmm_of(int minute);

typedef enum { DEPARTURE, ARRIVAL } event_kind; /* in the order in which they happen */

/*
 * Key and changes are the JSON text that the update takes. It is made before the replay starts, whose figures shall show what the
 * library takes, not what printf does.
 */
typedef struct {
    int minute;
    event_kind kind;
    long flight;
    char key[24];
    char changes[96];
} event;

typedef struct {
    event *list; /* in order of time */
    size_t count;
} events;

/* Makes the events of all flights of the file. `keys` are the flights' keys in the database, in the order of the file. */
events load_events(const char *directory, const long *keys, const database *db);

void free_events(events *e);

#endif
