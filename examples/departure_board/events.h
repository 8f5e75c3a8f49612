/* What happens to the flights, as updates to come. */
#ifndef EVENTS_H
#define EVENTS_H

#include <dictdb.h>
#include <stddef.h>

/* Simulated time is in minutes since midnight, 1 January 2013, in New York. */
enum { HOUR = 60, DAY = 24 * HOUR };

/* The field "departs" of flights, day and time in one number: 31140 is 3 January, 11:40. */
int departs_of(int minute);
int minute_of_departs(long departs);

typedef enum { DEPARTURE, CANCELLATION, ARRIVAL, EVENT_KINDS } event_kind; /* in the order in which they happen to a flight */

/*
 * Key and changes are the JSON text that the update of the flight takes, params that of the counters. It is made before the replay
 * starts, whose figures shall show what the library takes, not what printf does.
 */
typedef struct {
    int minute;
    event_kind kind;
    long flight;
    char key[24];
    char changes[96];
    char params[24]; /* [origin], and of a departure also its delay */
} event;

typedef struct {
    event *list; /* in order of time */
    size_t count;
} events;

/* Makes the events of all flights, as the table has them from the file. */
events load_events(const dictdb_table *flights, const dictdb_table *airports);

void free_events(events *e);

#endif
