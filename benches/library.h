/*
 * What the benchmarks of the library do alike: load the records, check what is in the table, make the indexes.
 */
#ifndef DICTDB_BENCHES_LIBRARY_H
#define DICTDB_BENCHES_LIBRARY_H

#include "workload.h"

#include <dictdb.h>

#define INDEXES 4

static const char *const indexes[INDEXES][2] = {{"dept", "hash"}, {"email", "hash"}, {"age", "sorted"}, {"salary", "sorted"}};

static inline void check(dictdb_status status, const char *what) {
    if (status != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", what, dictdb_status_name(status));
        exit(1);
    }
}

/* Inserts the records in calls of BATCH; returns the seconds that the calls took. */
static inline double insert_records(dictdb_table *table, uint64_t records, struct sums *sums) {
    char *text = allocate(BATCH, LONGEST);
    uint64_t random = 42;
    double seconds = 0;
    for (uint64_t first = 1; first <= records; first += BATCH) {
        uint64_t count = records - first + 1 < BATCH ? records - first + 1 : BATCH;
        size_t length = 0;
        for (uint64_t k = 0; k < count; k++) {
            text[length++] = k == 0 ? '[' : ',';
            length += write_record(text + length, first + k, &random, sums);
        }
        text[length++] = ']';
        double start = now();
        check(dictdb_table_insert_many(table, text, length, NULL, NULL), "insert_many");
        seconds += now() - start;
    }
    free(text);
    return seconds;
}

/* The number that a JSON object has under a name. */
static inline double member(const char *json, const char *name) {
    char quoted[SHORT];
    snprintf(quoted, sizeof quoted, "\"%s\":", name);
    const char *at = strstr(json, quoted);
    if (at == NULL) {
        fprintf(stderr, "%s is not in %s\n", name, json);
        exit(1);
    }
    return strtod(at + strlen(quoted), NULL);
}

static inline double statistic(const dictdb_table *table, const char *name) {
    dictdb_buffer text = DICTDB_BUFFER_INIT;
    check(dictdb_table_statistics(table, &text, NULL), "statistics");
    double value = member(text.data, name);
    dictdb_buffer_free(&text);
    return value;
}

/* The sums of the records, as the library sees them. */
static inline struct sums table_sums(const dictdb_table *table) {
    static const char *const spec = "{\"aggregates\":[\"sum(age)\",\"sum(salary)\"]}";
    struct sums sums;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    check(dictdb_table_query(table, spec, DICTDB_NTS, NULL, 0, &rows, NULL, NULL), "sums");
    sums.age = (uint64_t)member(rows.data, "sum(age)");
    sums.cents = (uint64_t)(member(rows.data, "sum(salary)") * 100 + 0.5);
    check(dictdb_table_count_where(table, "active = true", DICTDB_NTS, NULL, 0, &sums.active, NULL), "count_where");
    dictdb_buffer_free(&rows);
    return sums;
}

static inline void create_index(dictdb_table *table, int i) {
    char options[SHORT];
    snprintf(options, sizeof options, "{\"fields\":\"%s\",\"kind\":\"%s\"}", indexes[i][0], indexes[i][1]);
    check(dictdb_table_create_index(table, options, DICTDB_NTS, NULL), options);
}

static inline void drop_index(dictdb_table *table, int i) {
    char name[SHORT];
    snprintf(name, sizeof name, "\"%s\"", indexes[i][0]);
    check(dictdb_table_drop_index(table, name, DICTDB_NTS, NULL), "drop_index");
}

#endif
