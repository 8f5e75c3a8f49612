/*
 * What the peers written in C have in common: what a peer must be able to do, and how it says what it found. What the programs
 * are given and print is told in benches/README.md.
 */
#ifndef DICTDB_BENCHES_PEER_H
#define DICTDB_BENCHES_PEER_H

#include "../workload.h"

/* Runs of a query that are timed one by one, at least; fewer of one that takes longer than PATIENCE seconds. */
#define RUNS 5
#define MOST_RUNS 1000
#define ENOUGH 0.1
#define PATIENCE 0.5

enum query { DEPT_COUNT, DEPT_ROWS, SALARY_ROWS, SCAN_COUNT, SCAN_ROWS, LIKE_COUNT, TOP_ROWS, GROUPS, QUERIES };

/* Lent by the peer, until it is asked for the next one. */
struct text {
    const char *data;
    size_t length;
};

/* A change of one record, in all the forms that a peer may want it in, so that none is made while the clock runs. */
struct change {
    uint64_t key, age;
    char key_text[24], name[32], name_change[SHORT], age_change[SHORT], email[SHORT];
};

struct options {
    char phase[SHORT], answers[1024];
    uint64_t records, reads, writes, threads;
    double seconds;
};

/* `context` is what `open` gave, or what `reader` did for functions that only read. */
struct peer {
    const char *name;
    const char *(*version)(void);
    /* `shared`: other threads are going to read it through contexts of their own. */
    void *(*open)(const struct options *options, int indexed, int shared);
    void (*close)(void *context);
    void *(*reader)(void *context);
    void (*close_reader)(void *reader);
    /* A transaction around many writes, for peers that gain by it; may be NULL. */
    void (*begin)(void *context);
    void (*commit)(void *context);
    void (*insert)(void *context, const char *record, size_t length, uint64_t key);
    void (*insert_many)(void *context, const char *records, size_t length);
    void (*create_indexes)(void *context);
    /* All of these return how many records were found or changed. */
    uint64_t (*get)(void *context, uint64_t key, struct text *record);
    uint64_t (*find)(void *context, const char *email, struct text *rows);
    uint64_t (*query)(void *context, enum query query, struct text *rows);
    uint64_t (*rename)(void *context, const struct change *change);
    uint64_t (*set_age)(void *context, const struct change *change);
    uint64_t (*set_sales)(void *context, int active);
    uint64_t (*remove)(void *context, const struct change *change);
    uint64_t (*remove_young)(void *context);
    uint64_t (*count)(void *context);
    struct sums (*sums)(void *context);
};

struct run {
    const struct peer *peer;
    struct options options;
    void *context;
};

static inline void print_sample(const char *row, double value) {
    printf("sample %s %.6g\n", row, value);
    fflush(stdout);
}

static inline void fail(const char *row, const char *what) {
    fprintf(stderr, "%s: %s\n", row, what);
    exit(1);
}

/* Answers go to a file each, because some are long. */
static inline FILE *open_answer(const struct run *run, const char *row) {
    char path[sizeof run->options.answers + SHORT];
    snprintf(path, sizeof path, "%s/%s", run->options.answers, row);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fail(row, "its answer cannot be written");
    }
    return file;
}

static inline void close_answer(FILE *file, const char *row) {
    if (ferror(file) || fclose(file) != 0) {
        fail(row, "its answer cannot be written");
    }
    printf("answer %s\n", row);
}

static inline int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static inline int wants_rows(enum query query) { return query != DEPT_COUNT && query != SCAN_COUNT && query != LIKE_COUNT; }

/* The first run of a query is the row `cold`, if there is one; `row` is the median of those behind it. Queries that take less
 * than a tenth of a millisecond are timed in groups, so that the clock does not count. */
static inline void measure_query(const struct run *run, enum query query, const char *row, const char *cold) {
    static double values[MOST_RUNS];
    struct text rows = {"", 0};
    double start = now();
    uint64_t count = run->peer->query(run->context, query, &rows);
    double once = now() - start;
    if (cold != NULL) {
        print_sample(cold, once * 1e9);
    }
    FILE *file = open_answer(run, row);
    if (wants_rows(query)) {
        fwrite(rows.data, 1, rows.length, file);
    } else {
        fprintf(file, "%llu", (unsigned long long)count);
    }
    close_answer(file, row);
    start = now();
    run->peer->query(run->context, query, &rows);
    once = now() - start;
    uint64_t group = once < 1e-4 ? (uint64_t)(1e-4 / once) + 1 : 1;
    size_t taken = 0;
    double spent = 0;
    do {
        start = now();
        for (uint64_t k = 0; k < group; k++) {
            if (run->peer->query(run->context, query, &rows) != count) {
                fail(row, "another answer than the first time");
            }
        }
        double seconds = now() - start;
        spent += seconds;
        values[taken++] = seconds / (double)group;
    } while (taken < MOST_RUNS && (taken < RUNS ? spent < PATIENCE : spent < ENOUGH));
    print_sample(row, median(values, taken) * 1e9);
}

/* Random keys of a sequence, or, of seed 0, the distinct ones that are deleted. */
static inline struct change *make_changes(uint64_t records, uint64_t seed, uint64_t count) {
    struct change *changes = allocate(count, sizeof *changes);
    uint64_t random = seed;
    for (uint64_t k = 0; k < count; k++) {
        struct change *change = &changes[k];
        change->key = 1 + (seed == 0 ? k * 7919 : next(&random)) % records;
        change->age = 18 + k % 60;
        unsigned long long key = (unsigned long long)change->key;
        snprintf(change->key_text, sizeof change->key_text, "%llu", key);
        snprintf(change->name, sizeof change->name, "Renamed %llu", (unsigned long long)k);
        snprintf(change->name_change, SHORT, "{\"name\":\"%s\"}", change->name);
        snprintf(change->age_change, SHORT, "{\"age\":%u}", (unsigned)change->age);
        snprintf(change->email, SHORT, "user%llu@example.com", key);
    }
    return changes;
}

#endif
