#include "queries.h"

#include "support.h"

static dictdb_query *query(const char *where, const char *spec) {
    dictdb_predicate *which = NULL;
    dictdb_query *made = NULL;
    dictdb_error *error = NULL;
    if (where != NULL)
        must("parse a predicate", dictdb_predicate_parse(where, DICTDB_NTS, &which, &error), &error);
    must("compile a query", dictdb_query_new(which, spec, DICTDB_NTS, &made, &error), &error);
    dictdb_predicate_free(which); /* the query keeps what it needs of it */
    return made;
}

static dictdb_update *update(const char *where, const char *set) {
    dictdb_update *made = NULL;
    dictdb_error *error = NULL;
    must("compile an update", dictdb_update_new(NULL, where, DICTDB_NTS, set, DICTDB_NTS, &made, &error), &error);
    return made;
}

queries compile_queries(void) {
    static const char rows_of_board[] = JSON({
        "columns": ["departs", "carrier", "flight", "dest", "status", "dep_delay", "arr_delay"],
        "order_by": "departs",
        "limit": 10
    }); /* BOARD_ROWS_MAX */

    return (queries){
        .upcoming = query("origin = ?1 AND departs >= ?2 AND status = 'scheduled'", rows_of_board),

        .on_display = query("origin = ?1 AND (departs >= ?2 OR status = 'scheduled')", rows_of_board),

        .in_the_air = query("status = 'departed'", JSON({"aggregates": {"flights": "count()"}})),

        .census = query(NULL, JSON({"group_by": "status", "aggregates": {"flights": "count()"}})),

        .delays = query("dep_delay IS NOT NULL", JSON({
            "group_by": "carrier",
            "aggregates": {"flights": "count()", "mean": "avg(dep_delay)"},
            "order_by": ["-mean", "carrier"]
        })),

        /* A flight that has left knows when; one that has landed knows how long it flew; and no other does. */
        .torn = query("NOT (status IN ('scheduled', 'cancelled')"
                      "     AND dep_time IS NULL AND dep_delay IS NULL AND arr_delay IS NULL AND air_time IS NULL"
                      "  OR status IN ('departed', 'diverted')"
                      "     AND dep_time IS NOT NULL AND dep_delay IS NOT NULL AND arr_delay IS NULL AND air_time IS NULL"
                      "  OR status = 'landed'"
                      "     AND dep_time IS NOT NULL AND dep_delay IS NOT NULL AND arr_delay IS NOT NULL AND air_time IS NOT NULL)",
                      NULL),

        .set_back = update("TRUE", "status = 'scheduled', dep_time = null, dep_delay = null,"
                                   " arr_time = null, arr_delay = null, air_time = null"),

        .count = {
            [DEPARTURE] = update("origin = ?1", "flights = flights + 1, departed = departed + 1,"
                                                " minutes = minutes + ?2, worst = max(worst, ?2)"),
            [CANCELLATION] = update("origin = ?1", "flights = flights + 1"),
            [ARRIVAL] = update("origin = ?1", "arrived = arrived + 1"),
        },

        .zero = update("TRUE", "flights = 0, departed = 0, arrived = 0, minutes = 0, worst = null"),
    };
}

void free_queries(queries *q) {
    dictdb_query *const all[] = {q->upcoming, q->on_display, q->in_the_air, q->census, q->delays, q->torn};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dictdb_query_free(all[i]);
    for (size_t kind = 0; kind < EVENT_KINDS; kind++)
        dictdb_update_free(q->count[kind]);
    dictdb_update_free(q->set_back);
    dictdb_update_free(q->zero);
    *q = (queries){0};
}
