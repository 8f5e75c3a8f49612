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
        [OP_COUNT] = "update that adds",
        [OP_SET_BACK] = "update all flights at once",
        [OP_BOARD] = "board: 10 rows in order",
        [OP_NAMES] = "names for it: 2 x get_many",
        [OP_CENSUS] = "flights grouped by status",
        [OP_DELAYS] = "flights grouped by airline",
    };
    char number[32], rate[32];
    heading("What the threads did at the same time");
    printf("  12 days of flights, %d times over, in %.2f seconds\n", result->rounds, result->seconds);
    const struct {
        const char *what;
        int threads;
        size_t count;
    } kinds[] = {
        {"events, two updates each", WORKERS, result->events},
        {"boards read", READERS, result->boards},
        {"analyst's passes", 1, result->passes},
    };
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
    long records = 0, live = 0, updated = 0, indexes = 0, all = 0;
    if (!json_integer(&statistics, "records", &records) || !json_integer(&statistics, "live_bytes", &live) ||
        !json_integer(&statistics, "updated", &updated) || !json_integer(&statistics, "index_bytes", &indexes) ||
        !json_integer(&statistics, "bytes", &all))
        fail("the statistics lack a member: %s", buffer->data);
    char count[32], updates[32], index[32], total[32];
    grouped(count, sizeof count, records);
    grouped(updates, sizeof updates, updated);
    grouped(index, sizeof index, indexes / 1024);
    grouped(total, sizeof total, all / 1024);
    printf("  %-12s %10s %10s %12ld %8s KiB %8s KiB\n", name, count, updates, records > 0 ? live / records : 0, index, total);
}

void report_memory(const database *db) {
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    heading("Memory");
    printf("  %-12s %10s %10s %12s %12s %12s\n", "", "records", "changes", "bytes each", "indexes", "in all");
    report_table("flights", db->flights, &buffer);
    report_table("planes", db->planes, &buffer);
    report_table("airports", db->airports, &buffer);
    report_table("airlines", db->airlines, &buffer);
    report_table("counters", db->counters, &buffer);
    dictdb_buffer_free(&buffer);
}

void report_carriers(const database *db) {
    enum { BAR = 24 };
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    carrier_delays delays = mean_delays(db, &buffer, NULL);
    heading("Mean delay at departure, by airline");
    for (size_t i = 0; i < delays.count; i++) {
        const carrier_delay *c = &delays.list[i];
        char airline[NAME_SIZE], *name = airline, flights[32];
        const char *key = c->carrier;
        look_up_names(db->airlines, 1, &key, &name, &buffer);
        grouped(flights, sizeof flights, c->flights);
        printf("  %s  %-28s %7.2f min %6s flights  %s", c->carrier, airline, c->mean, flights, styled(YELLOW));
        for (int j = 0; j < BAR && j < c->mean; j++) /* a block for each minute that has begun */
            fputs("▇", stdout);
        printf("%s%s\n", c->mean > BAR ? "…" : "", styled(PLAIN));
    }
    dictdb_buffer_free(&buffer);
}
