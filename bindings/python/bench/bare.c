/* What the calls cost in C: bare RECORDS < records as JSON Lines. Prints seconds of one call as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <dictdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void must(dictdb_status status) {
    if (status != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s\n", dictdb_status_name(status));
        exit(1);
    }
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static dictdb_table *make_table(dictdb_db *db, const char *name) {
    dictdb_table *table = NULL;
    must(dictdb_db_create_table(db, name, DICTDB_NTS, NULL, 0, &table, NULL));
    return table;
}

enum { RUNS = 10, BULK = 1000 };

int main(int argc, char **argv) {
    size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, capacity = 0, length = 1;
    char **lines = calloc(count + 1, sizeof *lines);
    char *bulk = malloc(BULK * 512 + 2);
    size_t bulk_count = count < BULK ? count : BULK;
    if (lines == NULL || bulk == NULL || count == 0)
        return 2;
    for (size_t i = 0; i < count; i++) {
        capacity = 0;
        ssize_t read = getline(&lines[i], &capacity, stdin);
        if (read <= 0)
            return 2;
        lines[i][read - 1] = '\0';
        if (i < bulk_count) {
            bulk[length - 1] = i == 0 ? '[' : ',';
            memcpy(bulk + length, lines[i], (size_t)read - 1);
            length += (size_t)read;
        }
    }
    bulk[length - 1] = ']';

    dictdb_db *db = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    must(dictdb_db_new(NULL, 0, &db, NULL));
    double inserts[RUNS], reads[RUNS], bulks[RUNS], selects[RUNS];
    dictdb_table *table = make_table(db, "t");
    size_t part = count / RUNS;
    for (size_t run = 0; run < RUNS; run++) {
        double begun = now();
        for (size_t i = run * part; i < (run + 1) * part; i++)
            must(dictdb_table_insert(table, lines[i], strlen(lines[i]), NULL, NULL));
        inserts[run] = (now() - begun) / (double)part;
    }
    dictdb_query *query = NULL;
    must(dictdb_query_new(NULL, "{\"limit\": 1000}", DICTDB_NTS, &query, NULL));
    for (size_t run = 0; run < RUNS; run++) {
        double begun = now();
        for (size_t i = 0; i < part; i++)
            must(dictdb_table_get_int(table, (int64_t)(1 + i * 7919 % (part * RUNS)), &out, NULL));
        reads[run] = (now() - begun) / (double)part;
        char name[16];
        snprintf(name, sizeof name, "b%zu", run);
        dictdb_table *other = make_table(db, name);
        begun = now();
        must(dictdb_table_insert_many(other, bulk, length, NULL, NULL));
        bulks[run] = now() - begun;
        begun = now();
        must(dictdb_query_run(query, table, NULL, 0, &out, NULL, NULL));
        selects[run] = now() - begun;
    }
    double *const rows[] = {reads, inserts, bulks, selects};
    static const char *const names[] = {"point read", "insert", "insert of 1,000", "select of 1,000 rows"};
    for (size_t i = 0; i < 4; i++) {
        qsort(rows[i], RUNS, sizeof(double), ascending);
        printf("%s\"%s\": %.3e", i == 0 ? "{" : ", ", names[i], rows[i][0]);
    }
    puts("}");
    return 0;
}
