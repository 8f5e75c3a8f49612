/*
 * What snapshots, cursors and batches cost, through the C ABI.
 *
 *     snapshots RECORDS
 *
 * Prints `name value` lines; times in nanoseconds: of each of many runs the median, the 99th percentile and the greatest. Its
 * exit code is 1 if a snapshot shows another sum than its table did. See run-snapshots.
 */
#define _GNU_SOURCE
#include "library.h"

#include <malloc.h>

#define SNAPSHOTS 1000
#define UPDATES 1000000
#define TABLES 100

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, double *samples, size_t count) {
    qsort(samples, count, sizeof *samples, ascending);
    printf("%s %.0f %.0f %.0f\n", name, samples[count / 2] * 1e9, samples[count - 1 - count / 100] * 1e9, samples[count - 1] * 1e9);
    fflush(stdout);
}

/* The sum of all ages. */
static long long ages(const dictdb_table *table) {
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    check(dictdb_table_query(table, "{\"aggregates\":{\"s\":\"sum(age)\"}}", DICTDB_NTS, NULL, 0, &rows, NULL, NULL), "sum");
    long long sum = strtoll(strchr(rows.data, ':') + 1, NULL, 10);
    dictdb_buffer_free(&rows);
    return sum;
}

static void update(dictdb_table *table, uint64_t records, uint64_t *random) {
    char key[32], changes[64];
    snprintf(key, sizeof key, "%llu", (unsigned long long)(1 + next(random) % records));
    snprintf(changes, sizeof changes, "{\"age\":%llu}", (unsigned long long)(18 + next(random) % 60));
    check(dictdb_table_update_by_key(table, key, DICTDB_NTS, changes, DICTDB_NTS, NULL), "update");
}

/* Snapshots that are taken and freed, and the first update behind each. */
static void measure_taking(dictdb_table *table, uint64_t records) {
    static double taking[10000], writing[10000], alone[10000];
    uint64_t random = 11;
    for (size_t k = 0; k < 10000; k++) {
        double start = now();
        update(table, records, &random);
        alone[k] = now() - start;
    }
    for (size_t k = 0; k < 10000; k++) {
        dictdb_table *snapshot = NULL;
        double start = now();
        check(dictdb_table_snapshot(table, &snapshot, NULL), "snapshot");
        taking[k] = now() - start;
        start = now();
        update(table, records, &random);
        writing[k] = now() - start;
        dictdb_table_free(snapshot);
    }
    report("snapshot_ns", taking, 10000);
    report("update_ns", alone, 10000);
    report("update_after_snapshot_ns", writing, 10000);
}

static void measure_database(dictdb_db *db) {
    static double taking[1000];
    for (size_t k = 0; k < TABLES; k++) {
        char name[32];
        dictdb_table *table = NULL;
        snprintf(name, sizeof name, "t%zu", k);
        check(dictdb_db_create_table(db, name, DICTDB_NTS, NULL, 0, &table, NULL), "create");
        check(dictdb_table_insert(table, "{}", DICTDB_NTS, NULL, NULL), "insert");
        dictdb_table_free(table);
    }
    for (size_t k = 0; k < 1000; k++) {
        dictdb_db *snapshot = NULL;
        double start = now();
        check(dictdb_db_snapshot(db, &snapshot, NULL), "snapshot");
        taking[k] = now() - start;
        dictdb_db_free(snapshot);
    }
    report("db_snapshot_ns", taking, 1000);
}

/* Many snapshots held while all is updated. */
static void measure_holding(dictdb_table *table, uint64_t records) {
    static dictdb_table *snapshots[SNAPSHOTS];
    static long long sums[SNAPSHOTS];
    uint64_t random = 11;
    malloc_trim(0);
    double before = resident(), own = statistic(table, "bytes");
    double start = now();
    for (uint64_t k = 0; k < UPDATES; k++) {
        if (k % (UPDATES / SNAPSHOTS) == 0) {
            uint64_t at = k / (UPDATES / SNAPSHOTS);
            check(dictdb_table_snapshot(table, &snapshots[at], NULL), "snapshot");
            sums[at] = at % 100 == 0 ? ages(snapshots[at]) : -1;
        }
        update(table, records, &random);
    }
    printf("updates_s %.2f\n", now() - start);
    printf("held_rss %.0f\nheld_snapshot_bytes %.0f\nheld_growth_own %.0f\n", resident() - before, statistic(table, "snapshot_bytes"),
           statistic(table, "bytes") - own);
    for (size_t k = 0; k < SNAPSHOTS; k += 100) {
        if (ages(snapshots[k]) != sums[k]) {
            fprintf(stderr, "snapshot %zu has changed\n", k);
            exit(1);
        }
    }
    start = now();
    for (size_t k = 0; k < SNAPSHOTS; k++) {
        dictdb_table_free(snapshots[k]);
    }
    printf("freeing_s %.2f\nfreed_rss %.0f\n", now() - start, resident() - before);
    malloc_trim(0);
    printf("trimmed_rss %.0f\nfreed_snapshot_bytes %.0f\n", resident() - before, statistic(table, "snapshot_bytes"));
}

static void measure_cursors(const dictdb_table *table, uint64_t records) {
    dictdb_cursor *cursor = NULL;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    const char *row;
    size_t len;
    uint64_t count = 0, taken = 0;
    double start = now();
    check(dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, NULL), "cursor");
    check(dictdb_cursor_next(cursor, &row, &len, NULL), "next");
    printf("first_row_ns %.0f\n", (now() - start) * 1e9);
    start = now();
    while (dictdb_cursor_next(cursor, &row, &len, NULL) == DICTDB_STATUS_OK) {
        count++;
    }
    printf("next_ns %.1f\n", (now() - start) * 1e9 / (double)count);
    dictdb_cursor_free(cursor);
    check(dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, NULL), "cursor");
    start = now();
    for (count = 0; dictdb_cursor_next_batch(cursor, 1000, 0, DICTDB_ROWS_ARRAY, &rows, &taken, NULL) == DICTDB_STATUS_OK;) {
        count += taken;
    }
    printf("next_batch_ns %.1f\n", (now() - start) * 1e9 / (double)count);
    dictdb_cursor_free(cursor);
    if (count != records) {
        fprintf(stderr, "a cursor gave %llu rows\n", (unsigned long long)count);
        exit(1);
    }
    start = now();
    check(dictdb_table_select(table, NULL, NULL, 0, &rows, NULL, NULL), "select");
    printf("select_ns %.1f\n", (now() - start) * 1e9 / (double)records);
    dictdb_buffer_free(&rows);
}

/* A transfer between two records of two tables: as two calls, and as one batch. */
static void measure_batches(dictdb_db *db) {
    static double two[20000], one[20000], text[20000];
    dictdb_table *tables[2] = {NULL, NULL};
    dictdb_update *take = NULL, *give = NULL;
    dictdb_batch *batch = NULL;
    for (int k = 0; k < 2; k++) {
        char name[8];
        snprintf(name, sizeof name, "b%d", k);
        check(dictdb_db_create_table(db, name, DICTDB_NTS, NULL, 0, &tables[k], NULL), "create");
        for (int i = 0; i < 10000; i++) {
            check(dictdb_table_insert(tables[k], "{\"balance\":1000000}", DICTDB_NTS, NULL, NULL), "insert");
        }
    }
    check(dictdb_update_new(NULL, "id = ?1 AND balance >= 1", DICTDB_NTS, "balance = balance - 1", DICTDB_NTS, &take, NULL), "compile");
    check(dictdb_update_new(NULL, "id = ?1", DICTDB_NTS, "balance = balance + 1", DICTDB_NTS, &give, NULL), "compile");
    check(dictdb_batch_new(&batch, NULL), "batch");
    uint64_t random = 7;
    for (size_t k = 0; k < 20000; k++) {
        char from[16], to[16], operations[256];
        snprintf(from, sizeof from, "[%d]", (int)(1 + next(&random) % 10000));
        snprintf(to, sizeof to, "[%d]", (int)(1 + next(&random) % 10000));
        snprintf(operations, sizeof operations,
                 "[{\"update\":\"b0\",\"where\":\"id = ?1 AND balance >= 1\",\"set\":\"balance = balance - 1\",\"params\":%s},"
                 "{\"update\":\"b1\",\"where\":\"id = ?1\",\"set\":\"balance = balance + 1\",\"params\":%s}]",
                 from, to);
        double start = now();
        check(dictdb_update_run(take, tables[0], from, DICTDB_NTS, NULL, NULL), "update");
        check(dictdb_update_run(give, tables[1], to, DICTDB_NTS, NULL, NULL), "update");
        two[k] = now() - start;
        start = now();
        check(dictdb_batch_update(batch, tables[0], take, from, DICTDB_NTS, NULL), "add");
        check(dictdb_batch_update(batch, tables[1], give, to, DICTDB_NTS, NULL), "add");
        check(dictdb_batch_commit(batch, NULL, NULL), "commit");
        one[k] = now() - start;
        start = now();
        check(dictdb_db_batch(db, operations, DICTDB_NTS, NULL, NULL), "batch");
        text[k] = now() - start;
    }
    report("two_updates_ns", two, 20000);
    report("batch_ns", one, 20000);
    report("batch_text_ns", text, 20000);
    dictdb_batch_free(batch);
    dictdb_update_free(take);
    dictdb_update_free(give);
    dictdb_table_free(tables[0]);
    dictdb_table_free(tables[1]);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: snapshots RECORDS\n");
        return 2;
    }
    uint64_t records = strtoull(argv[1], NULL, 10);
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    check(dictdb_db_new(NULL, 0, &db, NULL), "db");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &table, NULL), "create");
    struct sums sums = {0, 0, 0};
    insert_records(table, records, &sums);
    verify(records, &sums);
    measure_taking(table, records);
    measure_cursors(table, records);
    measure_holding(table, records);
    measure_batches(db);
    measure_database(db);
    dictdb_table_free(table);
    dictdb_db_free(db);
    return 0;
}
