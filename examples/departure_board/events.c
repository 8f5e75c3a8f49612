#include "events.h"

#include "csv.h"
#include "json.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files write a time of day as an integer: 517 is 05:17. */
static int minutes_of(long hhmm) {
    return (int)(hhmm / 100 * HOUR + hhmm % 100);
}

int departs_of(int minute) {
    return (minute / DAY + 1) * 10000 + minute / HOUR % 24 * 100 + minute % HOUR;
}

int minute_of_departs(long departs) {
    return ((int)(departs / 10000) - 1) * DAY + minutes_of(departs % 10000);
}

/* The cells of a flight, as they stand in the file. */
typedef struct {
    const char *month, *day, *sched_dep_time, *dep_time, *dep_delay, *sched_arr_time, *arr_time, *arr_delay, *origin, *dest, *air_time;
} cells;

static int number(const char *cell) {
    return (int)strtol(cell, NULL, 10);
}

/* How many minutes the clocks at an airport are ahead of New York's: a negative number, but for islands in the Atlantic. */
static int ahead_of_new_york(const dictdb_table *airports, const char *faa, dictdb_buffer *airport) {
    enum { NEW_YORK = -5 };
    long tz = NEW_YORK;
    text key = {0};
    text_add_string(&key, faa);
    dictdb_error *error = NULL;
    dictdb_status status = dictdb_table_get(airports, key.data, key.length, airport, &error);
    /* Four destinations are not in the file of airports. Take their clocks to be New York's: no more than an hour is lost. */
    if (status != DICTDB_STATUS_RECORD_NOT_FOUND) {
        must("read an airport", status, &error);
        json_rows row = json_read_object(airport->data);
        json_integer(&row, "tz", &tz);
    }
    text_free(&key);
    return (int)(tz - NEW_YORK) * HOUR;
}

/* Arrivals are given in local time of the destination and without a date: find the first such minute after the departure. */
static int arrival_after(int departure, const char *hhmm, int ahead) {
    int time_of_day = minutes_of(number(hhmm)) - ahead;
    int wait = (time_of_day - departure) % DAY;
    return departure + (wait > 0 ? wait : wait + DAY);
}

static void add(events *e, int minute, event_kind kind, long flight, const char *changes, const cells *c) {
    event *new = &e->list[e->count++];
    *new = (event){.minute = minute, .kind = kind, .flight = flight};
    snprintf(new->key, sizeof new->key, "%ld", flight);
    int size = snprintf(new->changes, sizeof new->changes, "%s", changes);
    /* An airport's code has nothing to escape. */
    int params = kind == DEPARTURE ? snprintf(new->params, sizeof new->params, "[\"%s\",%s]", c->origin, c->dep_delay)
                                   : snprintf(new->params, sizeof new->params, "[\"%s\"]", c->origin);
    if ((size_t)size >= sizeof new->changes || (size_t)params >= sizeof new->params)
        fail("an event is larger than expected: %s", changes);
}

static void add_events_of(events *e, long flight, const cells *c, int ahead) {
    int scheduled = (number(c->day) - 1) * DAY + minutes_of(number(c->sched_dep_time));
    text changes = {0};
    if (*c->dep_time == '\0') {
        /* The file does not say when a flight was cancelled. Say an hour ahead, when passengers look at the board. */
        add(e, scheduled - HOUR, CANCELLATION, flight, "{\"status\":\"cancelled\"}", c);
        return;
    }
    int departure = scheduled + number(c->dep_delay);
    text_add_format(&changes, "{\"status\":\"departed\",\"dep_time\":%s,\"dep_delay\":%s}", c->dep_time, c->dep_delay);
    add(e, departure, DEPARTURE, flight, changes.data, c);

    text_clear(&changes);
    if (*c->arr_delay != '\0')
        text_add_format(&changes, "{\"status\":\"landed\",\"arr_time\":%s,\"arr_delay\":%s,\"air_time\":%s}", c->arr_time,
                        c->arr_delay, c->air_time);
    else if (*c->arr_time != '\0') /* it got there, but landed somewhere else first */
        text_add_format(&changes, "{\"status\":\"diverted\",\"arr_time\":%s}", c->arr_time);
    else
        text_add(&changes, "{\"status\":\"diverted\"}");
    const char *arrival = *c->arr_time != '\0' ? c->arr_time : c->sched_arr_time;
    add(e, arrival_after(departure, arrival, ahead), ARRIVAL, flight, changes.data, c);
    text_free(&changes);
}

static int by_time(const void *left, const void *right) {
    const event *a = left, *b = right;
    if (a->minute != b->minute)
        return a->minute < b->minute ? -1 : 1;
    if (a->flight != b->flight)
        return a->flight < b->flight ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

events load_events(const char *directory, const long *keys, const dictdb_table *airports) {
    csv_file file = csv_read(directory, "flights.csv");
    events e = {.list = resized(NULL, file.rows * 2, sizeof *e.list)}; /* at most a departure and an arrival each */
    dictdb_buffer airport = DICTDB_BUFFER_INIT;
    for (size_t row = 0; row < file.rows; row++) {
#define CELL(column) .column = csv_cell(&file, row, csv_column(&file, #column))
        cells c = {CELL(month),    CELL(day),       CELL(sched_dep_time), CELL(dep_time), CELL(dep_delay), CELL(sched_arr_time),
                   CELL(arr_time), CELL(arr_delay), CELL(origin),         CELL(dest),     CELL(air_time)};
#undef CELL
        if (strcmp(c.month, "1") != 0)
            fail("%s, row %zu: the calendar of this example has a January only", file.path, row + 2);
        add_events_of(&e, keys[row], &c, ahead_of_new_york(airports, c.dest, &airport));
    }
    dictdb_buffer_free(&airport);
    if (e.count == 0)
        fail("%s: no flights", file.path);
    csv_free(&file);
    qsort(e.list, e.count, sizeof *e.list, by_time);
    return e;
}

void free_events(events *e) {
    free(e->list);
    *e = (events){0};
}
