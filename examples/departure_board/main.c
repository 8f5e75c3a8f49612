/*
 * A departure board: what libdictdb looks like in a program with many threads.
 *
 *     departure_board [DIRECTORY]        the directory of the CSV files; examples/data by default
 *
 * Loads all flights that left New York in the first twelve days of 2013, as they were scheduled, and replays what happened to them:
 * four threads write departures and arrivals into the database and count them, while two more read the boards of the airports and
 * one adds up the whole table, over and over. At the end, the figures must be those of the files: scripts/check-demo sees to that.
 *
 * Where to look:
 *     queries.c    queries and updates as text, compiled once and shared by all threads
 *     database.c   tables from CSV files, with a schema; computing a field; indexes
 *     replay.c     tables shared by many threads: updates by key, and updates that add to what is there
 *     board.c      running a query with parameters; get_many
 *     analysis.c   grouping a whole table as of one instant
 *     plans.c      explain: which index a query uses
 *     backups.c    backing up while all that goes on, restoring
 *     check.c      queries in one call, for what is asked only once
 *     support.c    what to do with a status and an error
 * json, events, samples and report have less to do with the library.
 */
#include "backups.h"
#include "board.h"
#include "check.h"
#include "database.h"
#include "events.h"
#include "plans.h"
#include "replay.h"
#include "report.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

static void report_load(const database *db, double seconds) {
    dictdb_error *error = NULL;
    const dictdb_table *const tables[] = {db->flights, db->planes, db->airports, db->airlines};
    uint64_t all = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        uint64_t records = 0;
        must("count records", dictdb_table_count(tables[i], NULL, &records, &error), &error);
        all += records;
    }
    char number[32];
    grouped(number, sizeof number, (long)all);
    printf("libdictdb %s: %s records of four tables imported from CSV in %.0f milliseconds\n", dictdb_version(), number, seconds * 1000);
}

static void show_departures(const database *db, int now) {
    enum { STAYS_ON_BOARD = 20 }; /* minutes that a flight is still shown after its time */
    draw_boards(db, "departures", now - STAYS_ON_BOARD, now);
}

int main(int argc, char **argv) {
    if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
        fail("usage: departure_board [DIRECTORY]");
    const char *directory = argc == 2 ? argv[1] : "examples/data";
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* line by line, into a pipe as well */
    if (dictdb_abi_version() != DICTDB_ABI_VERSION)
        fail("compiled for another version of libdictdb than %s", dictdb_version());

    uint64_t started = now_ns();
    database db = load_database(directory);
    report_load(&db, (double)(now_ns() - started) / 1e9);
    events e = load_events(db.flights, db.airports);
    begin_as_scheduled(&db);

    const int last_evening = 11 * DAY + 20 * HOUR;
    const moment moments[] = {
        {2 * DAY + 11 * HOUR + 40, show_departures}, /* a bit of everything */
        {9 * DAY + 6 * HOUR + 30, show_departures},  /* at JFK, a plane is due since the morning before */
        {last_evening, report_plans},
    };
    replay_plan to_see = {.rounds = 1, .tick = 10, .moments = moments, .moment_count = sizeof moments / sizeof *moments};
    replay_result result = replay(&db, &e, &to_see);
    samples_free(&result.timings);
    draw_boards(&db, "what became of the last evening", last_evening, e.list[e.count - 1].minute);

    /* Once more, for figures: in ticks so long that the workers hardly ever wait for the clock. */
    replay_plan to_measure = {.rounds = 8, .tick = DAY};
    backups b = begin_backups(&db);
    result = replay(&db, &e, &to_measure);
    report_speed(&result);
    end_backups(&b, &db);
    report_memory(&db);
    report_carriers(&db);
    report_counters(&db);
    report_totals(&db);

    samples_free(&result.timings);
    free_events(&e);
    free_database(&db);
    return EXIT_SUCCESS;
}
