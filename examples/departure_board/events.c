#include "events.h"

#include "json.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

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

/* A flight as it was flown. A time or delay that there is not is UNKNOWN. */
enum { UNKNOWN = INT32_MIN, CODE_SIZE = 8 };

typedef struct {
    long id, month, day, sched_dep_time, dep_time, dep_delay, sched_arr_time, arr_time, arr_delay, air_time;
    char origin[CODE_SIZE], dest[CODE_SIZE];
} flown;

static flown read_flight(const json_rows *row) {
    flown f;
#define READ(field)                                    \
    f.field = UNKNOWN;                                 \
    json_integer(row, #field, &f.field);
    READ(id) READ(month) READ(day) READ(sched_dep_time) READ(dep_time)
    READ(dep_delay) READ(sched_arr_time) READ(arr_time) READ(arr_delay) READ(air_time)
#undef READ
    if (!json_string(row, "origin", f.origin, sizeof f.origin) || !json_string(row, "dest", f.dest, sizeof f.dest))
        fail("flight %ld goes from nowhere, or to nowhere", f.id);
    return f;
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
static int arrival_after(int departure, long hhmm, int ahead) {
    int time_of_day = minutes_of(hhmm) - ahead;
    int wait = (time_of_day - departure) % DAY;
    return departure + (wait > 0 ? wait : wait + DAY);
}

static void add(events *e, int minute, event_kind kind, const flown *f, const char *changes) {
    event *new = &e->list[e->count++];
    *new = (event){.minute = minute, .kind = kind, .flight = f->id};
    snprintf(new->key, sizeof new->key, "%ld", f->id);
    int size = snprintf(new->changes, sizeof new->changes, "%s", changes);
    /* An airport's code has nothing to escape. */
    int params = kind == DEPARTURE ? snprintf(new->params, sizeof new->params, "[\"%s\",%ld]", f->origin, f->dep_delay)
                                   : snprintf(new->params, sizeof new->params, "[\"%s\"]", f->origin);
    if ((size_t)size >= sizeof new->changes || (size_t)params >= sizeof new->params)
        fail("an event is larger than expected: %s", changes);
}

static void add_events_of(events *e, const flown *f, int ahead) {
    int scheduled = ((int)f->day - 1) * DAY + minutes_of(f->sched_dep_time);
    text changes = {0};
    if (f->dep_time == UNKNOWN) {
        /* The file does not say when a flight was cancelled. Say an hour ahead, when passengers look at the board. */
        add(e, scheduled - HOUR, CANCELLATION, f, "{\"status\":\"cancelled\"}");
        return;
    }
    int departure = scheduled + (int)f->dep_delay;
    text_add_format(&changes, "{\"status\":\"departed\",\"dep_time\":%ld,\"dep_delay\":%ld}", f->dep_time, f->dep_delay);
    add(e, departure, DEPARTURE, f, changes.data);

    text_clear(&changes);
    if (f->arr_delay != UNKNOWN)
        text_add_format(&changes, "{\"status\":\"landed\",\"arr_time\":%ld,\"arr_delay\":%ld,\"air_time\":%ld}", f->arr_time, f->arr_delay,
                        f->air_time);
    else if (f->arr_time != UNKNOWN) /* it got there, but landed somewhere else first */
        text_add_format(&changes, "{\"status\":\"diverted\",\"arr_time\":%ld}", f->arr_time);
    else
        text_add(&changes, "{\"status\":\"diverted\"}");
    add(e, arrival_after(departure, f->arr_time != UNKNOWN ? f->arr_time : f->sched_arr_time, ahead), ARRIVAL, f, changes.data);
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

events load_events(const dictdb_table *flights, const dictdb_table *airports) {
    dictdb_buffer rows = DICTDB_BUFFER_INIT, airport = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t count = 0;
    must("read the flights", dictdb_table_query(flights, NULL, 0, NULL, 0, &rows, &count, &error), &error);
    events e = {.list = resized(NULL, (size_t)count * 2, sizeof *e.list)}; /* at most a departure and an arrival each */
    for (json_rows row = json_read(rows.data); json_next(&row);) {
        flown f = read_flight(&row);
        if (f.month != 1)
            fail("flight %ld: the calendar of this example has a January only", f.id);
        add_events_of(&e, &f, ahead_of_new_york(airports, f.dest, &airport));
    }
    dictdb_buffer_free(&rows);
    dictdb_buffer_free(&airport);
    if (e.count == 0)
        fail("there are no flights");
    qsort(e.list, e.count, sizeof *e.list, by_time);
    return e;
}

void free_events(events *e) {
    free(e->list);
    *e = (events){0};
}
