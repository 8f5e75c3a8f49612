#include "analysis.h"

#include "json.h"
#include "support.h"

#include <string.h>

const char *const status_names[STATUSES] = {"scheduled", "departed", "landed", "diverted", "cancelled"};

static json_rows run(const database *db, const dictdb_query *query, dictdb_buffer *buffer, op_kind kind, samples *timings) {
    dictdb_error *error = NULL;
    uint64_t started = now_ns();
    must("query the flights", dictdb_query_run(query, db->flights, NULL, 0, buffer, NULL, &error), &error);
    if (timings != NULL)
        samples_add(timings, kind, started);
    return json_read(buffer->data);
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
 * One query, and not a count of each status: each call sees the table at an instant of its own, and a flight that departs between
 * two of them would be counted twice, or never.
 */
census take_census(const database *db, dictdb_buffer *buffer, samples *timings) {
    census c = {0};
    for (json_rows row = run(db, db->queries.census, buffer, OP_CENSUS, timings); json_next(&row);) {
        long flights = 0;
        json_integer(&row, "flights", &flights);
        c.of[status_of(&row)] = flights; /* no row for a status that no flight has */
        c.all += flights;
    }
    return c;
}

carrier_delays mean_delays(const database *db, dictdb_buffer *buffer, samples *timings) {
    carrier_delays delays = {0};
    for (json_rows row = run(db, db->queries.delays, buffer, OP_DELAYS, timings); json_next(&row);) {
        if (delays.count == CARRIERS_MAX)
            fail("more than %d airlines", CARRIERS_MAX);
        carrier_delay *of = &delays.list[delays.count++];
        if (!json_string(&row, "carrier", of->carrier, sizeof of->carrier) || !json_integer(&row, "flights", &of->flights) ||
            !json_number(&row, "mean", &of->mean))
            fail("a group of flights lacks its carrier, its number or its mean");
        delays.flights += of->flights;
    }
    return delays;
}

uint64_t count_torn(const database *db) {
    uint64_t count = 0;
    dictdb_error *error = NULL;
    must("count flights", dictdb_query_count(db->queries.torn, db->flights, NULL, 0, &count, &error), &error);
    return count;
}
