#include "plans.h"

#include "events.h"
#include "json.h"
#include "report.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *what;
    const dictdb_query *query;
    const char *params; /* NULL for none */
    const char *index;  /* the fields of the index that the query must use; "" if it has to read all flights */
} expectation;

static void report_plan(const database *db, const expectation *expected, dictdb_buffer *buffer, text *index) {
    dictdb_error *error = NULL;
    uint64_t all = 0;
    must("count the flights", dictdb_table_count(db->flights, NULL, &all, &error), &error);
    must("explain a query", dictdb_query_explain(expected->query, db->flights, expected->params, DICTDB_NTS, buffer, &error), &error);

    json_rows plan = json_read_object(buffer->data);
    char access[16] = "", order[16] = "", path[64], found[32], of[32];
    long records = 0;
    if (!json_string(&plan, "access", access, sizeof access) || !json_string(&plan, "order", order, sizeof order) ||
        !json_integer(&plan, "rows_estimated", &records))
        fail("a plan lacks a member: %s", buffer->data);
    bool by_index = json_list(&plan, "index", index);
    if (strcmp(index->data, expected->index) != 0)
        fail("%s: the index of (%s) should be used, but the plan is %s", expected->what, expected->index, buffer->data);

    if (by_index)
        snprintf(path, sizeof path, "index (%s)", index->data);
    grouped(found, sizeof found, records);
    grouped(of, sizeof of, (long)all);
    printf("  %-28s %-24s %6s of %s records", expected->what, by_index ? path : access, found, of);
    if (strcmp(order, "index") == 0)
        printf(", in order");
    puts(json_true(&plan, "reads_records") ? "" : ", reading none");
}

void report_plans(const database *db, int now) {
    char airport[32], title[80];
    snprintf(airport, sizeof airport, "[\"JFK\",%d]", departs_of(now));
    const queries *q = &db->queries;
    const expectation expectations[] = {
        {"next departures from JFK", q->upcoming, airport, "origin, departs"},
        {"display at JFK", q->on_display, airport, "origin, departs"},
        {"flights in the air", q->in_the_air, NULL, "status"},
        {"flights by status", q->census, NULL, ""},
        {"mean delay by airline", q->delays, NULL, ""},
    };
    snprintf(title, sizeof title, "How queries find their flights on %d January, %02d:%02d", now / DAY + 1, now / HOUR % 24, now % HOUR);
    heading(title);
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    text index = {0};
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        report_plan(db, &expectations[i], &buffer, &index);
    text_free(&index);
    dictdb_buffer_free(&buffer);
}
