#define _POSIX_C_SOURCE 200809L
#include "report.h"

#include "analysis.h"
#include "board.h"
#include "json.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void heading(const char *title) {
    printf("\n%s%s%s\n", styled(BOLD), title, styled(PLAIN));
}

void grouped(char *out, size_t size, long number) {
    char digits[24];
    snprintf(digits, sizeof digits, "%ld", labs(number));
    size_t length = strlen(digits), used = 0;
    if (number < 0 && used + 1 < size)
        out[used++] = '-';
    for (size_t i = 0; i < length && used + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
}

void report_speed(replay_result *result) {
    static const char *const names[OP_KINDS] = {
        [OP_UPDATE] = "update by key",
        [OP_SET_BACK] = "update all flights at once",
        [OP_BOARD] = "board: filter, sort, 10 rows",
        [OP_NAMES] = "names for it: 2 x get_many",
        [OP_ANALYST] = "analyst: read all flights",
    };
    char number[32], rate[32];
    heading("What the threads did at the same time");
    printf("  12 days of flights, %d times over, in %.2f seconds\n", result->rounds, result->seconds);
    const struct {
        const char *what;
        int threads;
        size_t count;
    } kinds[] = {{"updates", WORKERS, result->updates}, {"boards read", READERS, result->boards}, {"analyst's passes", 1, result->passes}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        grouped(number, sizeof number, (long)kinds[i].count);
        grouped(rate, sizeof rate, (long)((double)kinds[i].count / result->seconds));
        printf("  %-28s %10s %12s/s   %d thread%s\n", kinds[i].what, number, rate, kinds[i].threads, kinds[i].threads == 1 ? "" : "s");
    }

    heading("How long a call took, in microseconds");
    printf("  (%d threads on %ld processors: waiting for one of these is included)\n", WORKERS + READERS + 2, sysconf(_SC_NPROCESSORS_ONLN));
    printf("  %-28s %10s %10s %10s %10s\n", "", "calls", "p50", "p99", "max");
    for (int kind = 0; kind < OP_KINDS; kind++) {
        sample_list *list = &result->timings.of[kind];
        samples_sort(list);
        grouped(number, sizeof number, (long)list->count);
        printf("  %-28s %10s %10.1f %10.1f %10.1f\n", names[kind], number, samples_percentile_us(list, 0.5),
               samples_percentile_us(list, 0.99), samples_percentile_us(list, 1));
    }
}

static void report_table(const char *name, const dictdb_table *table, dictdb_buffer *buffer) {
    dictdb_error *error = NULL;
    must("read statistics", dictdb_table_statistics(table, buffer, &error), &error);
    json_rows statistics = json_read_object(buffer->data);
    static const char *const parts[] = {"segment_bytes", "directory_bytes", "key_map_bytes"};
    long records = 0, live = 0, updated = 0, all = 0;
    if (!json_integer(&statistics, "records", &records) || !json_integer(&statistics, "live_bytes", &live) ||
        !json_integer(&statistics, "updated", &updated))
        fail("the statistics lack a member: %s", buffer->data);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        long bytes = 0;
        if (!json_integer(&statistics, parts[i], &bytes))
            fail("the statistics have no \"%s\"", parts[i]);
        all += bytes;
    }
    char count[32], updates[32], total[32];
    long divisor = records > 0 ? records : 1;
    grouped(count, sizeof count, records);
    grouped(updates, sizeof updates, updated);
    grouped(total, sizeof total, all / 1024);
    printf("  %-12s %10s %10s %12ld %12ld %10s KiB\n", name, count, updates, live / divisor, all / divisor, total);
}

void report_memory(const database *db) {
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    heading("Memory");
    printf("  %-12s %10s %10s %12s %12s %14s\n", "", "records", "changes", "bytes each", "all included", "in all");
    report_table("flights", db->flights, &buffer);
    report_table("planes", db->planes, &buffer);
    report_table("airports", db->airports, &buffer);
    report_table("airlines", db->airlines, &buffer);
    dictdb_buffer_free(&buffer);
}

void report_carriers(const database *db) {
    enum { TOP = 6, BAR = 24, MANY = 100 };
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    carrier_delays delays = mean_delays(db, &buffer, NULL);
    heading("The latest of the large airlines: mean delay at departure");
    double longest = 0;
    for (size_t i = 0, shown = 0; i < delays.count && shown < TOP; i++) {
        const carrier_delay *c = &delays.list[i];
        if (c->flights < MANY)
            continue;
        if (shown++ == 0)
            longest = c->mean;
        char airline[NAME_SIZE], *name = airline, flights[32];
        const char *key = c->carrier;
        look_up_names(db->airlines, 1, &key, &name, &buffer);
        grouped(flights, sizeof flights, (long)c->flights);
        printf("  %s  %-28s %6.1f min  %s", c->carrier, airline, c->mean, styled(YELLOW));
        int bar = c->mean > 0 ? (int)(c->mean / longest * BAR + 0.5) : 0;
        for (int j = 0; j < BAR; j++)
            fputs(j < bar ? "▇" : " ", stdout);
        printf("%s %s flights\n", styled(PLAIN), flights);
    }
    dictdb_buffer_free(&buffer);
}
