#include "check.h"

#include "board.h"
#include "json.h"
#include "report.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    long flights, cancelled, dep_delay, arr_delay, air_time, distance, from[3];
} totals;

/* ---- Of the file. Nothing in it is quoted, so to split lines at commas is enough. */

static totals totals_of_file(const char *directory) {
    /* The columns in the order of the file. */
    enum { DEP_TIME = 3, DEP_DELAY = 4, ARR_DELAY = 7, ORIGIN = 11, AIR_TIME = 13, DISTANCE = 14, COLUMNS };
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/flights.csv", directory);
    FILE *in = fopen(path, "r");
    if (in == NULL || fgets(line, sizeof line, in) == NULL)
        fail("%s: cannot be read", path);
    if (strcmp(line, "month,day,sched_dep_time,dep_time,dep_delay,sched_arr_time,arr_time,arr_delay,carrier,flight,tailnum,origin,dest,"
                     "air_time,distance\n") != 0)
        fail("%s: the columns are not those that were expected", path);

    totals t = {0};
    while (fgets(line, sizeof line, in) != NULL) {
        char *cells[COLUMNS];
        size_t count = 0;
        for (char *at = line; at != NULL && count < COLUMNS; count++) {
            cells[count] = at;
            at += strcspn(at, ",\n");
            bool more = *at == ',';
            *at = '\0';
            at = more ? at + 1 : NULL;
        }
        if (count != COLUMNS)
            fail("%s: a line has too few cells", path);
        t.flights++;
        t.cancelled += *cells[DEP_TIME] == '\0';
        t.dep_delay += atol(cells[DEP_DELAY]); /* of an empty cell, 0 */
        t.arr_delay += atol(cells[ARR_DELAY]);
        t.air_time += atol(cells[AIR_TIME]);
        t.distance += atol(cells[DISTANCE]);
        for (size_t i = 0; i < 3; i++)
            t.from[i] += strcmp(cells[ORIGIN], board_airports[i]) == 0;
    }
    fclose(in);
    return t;
}

/* ---- Of the database */

/* The flights whose field has a value, given as JSON; all if `field` is NULL. */
static long count_where(const dictdb_table *table, const char *field, const char *value) {
    dictdb_predicate *equal = NULL;
    dictdb_error *error = NULL;
    if (field != NULL)
        must("make a predicate", dictdb_predicate_eq(field, DICTDB_NTS, value, DICTDB_NTS, &equal, &error), &error);
    uint64_t count = 0;
    must("count flights", dictdb_table_count(table, equal, &count, &error), &error);
    dictdb_predicate_free(equal);
    return (long)count;
}

static long sum_of(const dictdb_table *table, const char *field) {
    dictdb_predicate *known = NULL;
    dictdb_error *error = NULL;
    must("make a predicate", dictdb_predicate_is_not_null(field, DICTDB_NTS, &known, &error), &error);
    text options = {0};
    text_add_format(&options, "{\"columns\": {\"value\": \"%s\"}}", field); /* alias and field */
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    must("read a column", dictdb_table_select(table, known, options.data, options.length, &rows, NULL, &error), &error);

    long sum = 0, value;
    for (json_rows row = json_read(rows.data); json_next(&row);) {
        if (!json_integer(&row, "value", &value))
            fail("a flight without \"%s\" matched \"is not null\"", field);
        sum += value;
    }
    dictdb_buffer_free(&rows);
    text_free(&options);
    dictdb_predicate_free(known);
    return sum;
}

static totals totals_of_database(const database *db) {
    totals t = {
        .flights = count_where(db->flights, NULL, NULL),
        .cancelled = count_where(db->flights, "status", "\"cancelled\""),
        .dep_delay = sum_of(db->flights, "dep_delay"),
        .arr_delay = sum_of(db->flights, "arr_delay"),
        .air_time = sum_of(db->flights, "air_time"),
        .distance = sum_of(db->flights, "distance"),
    };
    for (size_t i = 0; i < 3; i++) {
        char origin[16];
        snprintf(origin, sizeof origin, "\"%s\"", board_airports[i]);
        t.from[i] = count_where(db->flights, "origin", origin);
    }
    return t;
}

/* ---- */

static bool same(const char *what, long is, long should) {
    char a[32], b[32];
    grouped(a, sizeof a, is);
    grouped(b, sizeof b, should);
    bool ok = is == should;
    printf("  %-28s %14s %14s   %s%s%s\n", what, a, b, styled(ok ? GREEN : RED), ok ? "OK" : "MISMATCH", styled(PLAIN));
    return ok;
}

bool check_totals(const database *db, const char *directory) {
    totals is = totals_of_database(db), should = totals_of_file(directory);
    heading("Does the database hold what the file says?");
    printf("  %-28s %14s %14s\n", "", "database", "file");
    bool ok = same("flights", is.flights, should.flights);
    ok &= same("cancelled", is.cancelled, should.cancelled);
    ok &= same("flights without a departure", count_where(db->flights, "dep_time", "null"), should.cancelled);
    ok &= same("sum of dep_delay, minutes", is.dep_delay, should.dep_delay);
    ok &= same("sum of arr_delay, minutes", is.arr_delay, should.arr_delay);
    ok &= same("sum of air_time, minutes", is.air_time, should.air_time);
    ok &= same("sum of distance, miles", is.distance, should.distance);
    for (size_t i = 0; i < 3; i++) {
        char what[32];
        snprintf(what, sizeof what, "flights from %s", board_airports[i]);
        ok &= same(what, is.from[i], should.from[i]);
    }
    puts(ok ? "  Every total agrees." : "  Not every total agrees.");
    return ok;
}
