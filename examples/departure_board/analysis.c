#include "analysis.h"

#include "json.h"
#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const status_names[STATUSES] = {"scheduled", "departed", "landed", "diverted", "cancelled"};

static void select_flights(const database *db, const dictdb_predicate *which, const char *options, dictdb_buffer *buffer,
                           samples *timings) {
    dictdb_error *error = NULL;
    uint64_t started = now_ns();
    must("read the flights", dictdb_table_select(db->flights, which, options, DICTDB_NTS, buffer, NULL, &error), &error);
    if (timings != NULL)
        samples_add(timings, OP_ANALYST, started);
}

static flight_status status_of(const json_rows *row) {
    char name[16] = "";
    json_string(row, "status", name, sizeof name);
    for (int i = 0; i < STATUSES; i++)
        if (strcmp(name, status_names[i]) == 0)
            return (flight_status)i;
    fail("a flight has the status \"%s\"", name);
}

/*
 * One select, and not five calls of dictdb_table_count: each call sees the table at an instant of its own, and a flight that
 * departs between two of them would be counted twice, or never.
 */
census take_census(const database *db, dictdb_buffer *buffer, samples *timings) {
    select_flights(db, NULL, "{\"columns\": [\"status\", \"dep_time\", \"dep_delay\", \"arr_delay\", \"air_time\"]}", buffer, timings);
    census c = {0};
    for (json_rows row = json_read(buffer->data); json_next(&row); c.all++) {
        flight_status status = status_of(&row);
        c.of[status]++;

        long ignored;
        bool left = json_integer(&row, "dep_time", &ignored), left_delay = json_integer(&row, "dep_delay", &ignored);
        bool came = json_integer(&row, "arr_delay", &ignored), came_time = json_integer(&row, "air_time", &ignored);
        bool should_have_left = status != SCHEDULED && status != CANCELLED, should_have_come = status == LANDED;
        if (left != should_have_left || left_delay != should_have_left || came != should_have_come || came_time != should_have_come)
            c.torn++;
    }
    return c;
}

static int by_mean(const void *left, const void *right) {
    const carrier_delay *a = left, *b = right;
    if (a->mean != b->mean)
        return a->mean > b->mean ? -1 : 1;
    return strcmp(a->carrier, b->carrier);
}

carrier_delays mean_delays(const database *db, dictdb_buffer *buffer, samples *timings) {
    dictdb_predicate *has_left = NULL;
    dictdb_error *error = NULL;
    must("make a predicate", dictdb_predicate_is_not_null("dep_delay", DICTDB_NTS, &has_left, &error), &error);
    select_flights(db, has_left, "{\"columns\": [\"carrier\", \"dep_delay\"]}", buffer, timings);
    dictdb_predicate_free(has_left);

    carrier_delays delays = {0};
    for (json_rows row = json_read(buffer->data); json_next(&row); delays.flights++) {
        char carrier[8] = "";
        long delay;
        if (!json_string(&row, "carrier", carrier, sizeof carrier) || !json_integer(&row, "dep_delay", &delay))
            fail("a flight without a delay matched \"dep_delay is not null\"");
        size_t i = 0;
        while (i < delays.count && strcmp(delays.list[i].carrier, carrier) != 0)
            i++;
        if (i == CARRIERS_MAX)
            fail("more than %d airlines", CARRIERS_MAX);
        carrier_delay *of = &delays.list[i];
        if (i == delays.count) {
            memcpy(of->carrier, carrier, sizeof of->carrier);
            delays.count++;
        }
        of->flights++;
        of->mean += ((double)delay - of->mean) / (double)of->flights;
    }
    qsort(delays.list, delays.count, sizeof *delays.list, by_mean);
    return delays;
}
