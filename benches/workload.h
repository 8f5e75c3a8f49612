/*
 * The records that the benchmarks in C use, and their clock. Deterministic: the same records, keys and changes everywhere.
 */
#ifndef DICTDB_BENCHES_WORKLOAD_H
#define DICTDB_BENCHES_WORKLOAD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH 1000
#define LONGEST 256
#define SHORT 64

/* A record as JSON text, where it is a row of typed columns in SQLite. */
#define ROW                                                                                                               \
    "json_object('id', id, 'name', name, 'age', age, 'dept', dept, 'email', email, 'salary', salary, 'active', "          \
    "json(iif(active, 'true', 'false')), 'tags', json(tags)) "

struct sums {
    uint64_t age, cents, active;
};

static inline uint64_t next(uint64_t *x) {
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return *x >> 33;
}

static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    return memory;
}

/* Bytes of the process that are in memory. */
static inline double resident(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) {
        fprintf(stderr, "/proc/self/statm cannot be read\n");
        exit(1);
    }
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* The upper end of a range of about 1,000 salaries, from 90000. */
static inline double high(uint64_t records) { return 90000 + 120e6 / (double)records; }

/* Writes record number `i`; returns its length. */
static inline size_t write_record(char *out, uint64_t i, uint64_t *random, struct sums *sums) {
    static const char *const depts[] = {"IT", "HR", "Sales", "Engineering", "Marketing", "Finance", "Legal", "Support"};
    static const char *const tags[] = {"alpha", "beta", "gamma", "delta", "eps", "zeta", "eta",  "theta",
                                       "iota",  "kappa", "lam", "mu",   "nu",  "xi",   "omi", "pi"};
    uint64_t age = 18 + next(random) % 60;
    const char *dept = depts[next(random) % 8];
    uint64_t cents = 3000000 + next(random) % 12000001;
    uint64_t active = next(random) % 2;
    const char *tag1 = tags[next(random) % 16];
    const char *tag2 = tags[next(random) % 16];
    sums->age += age;
    sums->cents += cents;
    sums->active += active;
    return (size_t)snprintf(out, LONGEST,
                            "{\"id\":%llu,\"name\":\"User %llu\",\"age\":%llu,\"dept\":\"%s\",\"email\":\"user%llu@example.com\","
                            "\"salary\":%llu.%02llu,\"active\":%s,\"tags\":[\"%s\",\"%s\"]}",
                            (unsigned long long)i, (unsigned long long)i, (unsigned long long)age, dept, (unsigned long long)i,
                            (unsigned long long)(cents / 100), (unsigned long long)(cents % 100), active ? "true" : "false", tag1,
                            tag2);
}

/* Ends the program if the sums are not those that this many records have. */
static inline void verify(uint64_t records, const struct sums *sums) {
    static const struct {
        uint64_t records;
        struct sums sums;
    } known[] = {{10000, {476503, 89989843880, 4975}},
                 {100000, {4759145, 900018163367, 49850}},
                 {1000000, {47492004, 9004196451366, 500040}}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (known[k].records == records && memcmp(&known[k].sums, sums, sizeof *sums) != 0) {
            fprintf(stderr, "the workload is not what it should be\n");
            exit(1);
        }
    }
}

#endif
