#include "check.h"

#include "analysis.h"
#include "json.h"
#include "report.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* A query that is run once needs no handle: it is compiled and run in one call. */
static json_rows ask(const dictdb_table *table, const char *spec, dictdb_buffer *buffer) {
    dictdb_error *error = NULL;
    must("query a table", dictdb_table_query(table, spec, DICTDB_NTS, NULL, 0, buffer, NULL, &error), &error);
    return json_read(buffer->data);
}

static void print_total(const char *what, long total) {
    char number[32];
    grouped(number, sizeof number, total);
    printf("  %-28s %14s\n", what, number);
}

void report_totals(const database *db) {
    heading("What the database holds in the end");
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    census now = take_census(db, &buffer, NULL);
    print_total("flights", now.all);
    for (int i = 0; i < STATUSES; i++)
        print_total(status_names[i], now.of[i]);

    json_rows sums = ask(db->flights, JSON({"aggregates": ["sum(dep_delay)", "sum(arr_delay)", "sum(air_time)", "sum(distance)"]}),
                         &buffer);
    json_next(&sums);
    for (size_t i = 0; i < sums.count; i++) {
        char name[32];
        long sum = 0;
        snprintf(name, sizeof name, "%.*s", (int)sums.fields[i].name_length, sums.fields[i].name);
        if (!json_integer(&sums, name, &sum))
            fail("%s is null", name);
        print_total(name, sum);
    }

    uint64_t not_departed = 0;
    dictdb_error *error = NULL;
    must("count flights", dictdb_table_count_where(db->flights, "dep_time IS NULL", DICTDB_NTS, NULL, 0, &not_departed, &error), &error);
    if ((long)not_departed != now.of[CANCELLED])
        fail("%ld flights are cancelled, but %ld have not departed", now.of[CANCELLED], (long)not_departed);
    dictdb_buffer_free(&buffer);
}

void report_counters(const database *db) {
    dictdb_buffer counted = DICTDB_BUFFER_INIT, flights = DICTDB_BUFFER_INIT;
    heading("What four threads have counted together");
    printf("  %-8s %10s %10s %10s %16s %16s\n", "", "flights", "departed", "arrived", "minutes late", "worst");
    for (json_rows row = ask(db->counters, JSON({"order_by": "origin"}), &counted); json_next(&row);) {
        static const char *const names[5] = {"flights", "departed", "arrived", "minutes", "worst"};
        char origin[8] = "", numbers[5][32];
        json_string(&row, "origin", origin, sizeof origin);
        for (size_t i = 0; i < 5; i++) {
            long number = 0;
            if (!json_integer(&row, names[i], &number))
                fail("nothing was counted: %s", counted.data);
            grouped(numbers[i], sizeof numbers[i], number);
        }
        printf("  %-8s %10s %10s %10s %12s min %12s min\n", origin, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    /* The same from the flights. Same rows, same columns, same order: then it must be the same text. */
    ask(db->flights, JSON({
        "group_by": "origin",
        "aggregates": {
            "flights": "count()",
            "departed": "count(dep_time)",
            "arrived": "count(dep_time)",
            "minutes": "sum(dep_delay)",
            "worst": "max(dep_delay)"
        },
        "order_by": "origin"
    }), &flights);
    if (strcmp(counted.data, flights.data) != 0)
        fail("counted: %s, but the flights say: %s", counted.data, flights.data);
    puts("  The flights say the same.");
    dictdb_buffer_free(&counted);
    dictdb_buffer_free(&flights);
}
