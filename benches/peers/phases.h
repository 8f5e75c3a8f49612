/*
 * The phases of a peer in C: each is a process of its own, so that what is resident grew by what was loaded, and so that the first
 * run of a scan finds nothing that another one left behind. See benches/README.md.
 */
#ifndef DICTDB_BENCHES_PHASES_H
#define DICTDB_BENCHES_PHASES_H

#include "peer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Writes before the first look at the state. Slow peers do few more. */
#define FIRST_WRITES 20
#define SAMPLE_KEYS 100
#define SALES_UPDATES 3

/* ---- what is in the table */

static inline void write_record_or_null(const struct run *run, FILE *file, uint64_t key) {
    struct text record;
    if (run->peer->get(run->context, key, &record) == 0) {
        fprintf(file, "null");
    } else {
        fwrite(record.data, 1, record.length, file);
    }
}

/* The sums of all records, and the records that updates come to first. */
static inline void answer_state(const struct run *run, const char *row) {
    struct sums sums = run->peer->sums(run->context);
    FILE *file = open_answer(run, row);
    fprintf(file, "{\"count\":%llu,\"age\":%llu,\"cents\":%llu,\"active\":%llu,\"records\":[",
            (unsigned long long)run->peer->count(run->context), (unsigned long long)sums.age, (unsigned long long)sums.cents,
            (unsigned long long)sums.active);
    uint64_t random = 11;
    for (int k = 0; k < SAMPLE_KEYS; k++) {
        fprintf(file, k == 0 ? "" : ",");
        write_record_or_null(run, file, 1 + next(&random) % run->options.records);
    }
    fprintf(file, "]}");
    close_answer(file, row);
}

/* After deletes by key: which of the records that were to go, and of those behind them, are there. */
static inline void answer_deletes(const struct run *run, const char *row, uint64_t deleted) {
    FILE *file = open_answer(run, row);
    struct text text;
    fprintf(file, "{\"count\":%llu,\"sales\":%llu,\"cents\":%llu,\"there\":[", (unsigned long long)run->peer->count(run->context),
            (unsigned long long)run->peer->query(run->context, DEPT_COUNT, &text),
            (unsigned long long)run->peer->sums(run->context).cents);
    for (uint64_t k = 0; k < 2 * FIRST_WRITES; k++) {
        uint64_t at = k < FIRST_WRITES ? k : deleted + k - FIRST_WRITES;
        uint64_t found = run->peer->get(run->context, 1 + at * 7919 % run->options.records, &text);
        fprintf(file, "%s%d", k == 0 ? "" : ",", (int)found);
    }
    fprintf(file, "]}");
    close_answer(file, row);
}

/* ---- loading */

static inline void begin(const struct run *run) {
    if (run->peer->begin != NULL) {
        run->peer->begin(run->context);
    }
}

static inline void commit(const struct run *run) {
    if (run->peer->commit != NULL) {
        run->peer->commit(run->context);
    }
}

static inline void load_single(const struct run *run, const char *row) {
    static char texts[BATCH][LONGEST];
    static size_t lengths[BATCH];
    uint64_t random = 42, records = run->options.records;
    struct sums sums = {0, 0, 0};
    double seconds = 0;
    for (uint64_t first = 1; first <= records; first += BATCH) {
        uint64_t count = records - first + 1 < BATCH ? records - first + 1 : BATCH;
        for (uint64_t k = 0; k < count; k++) {
            lengths[k] = write_record(texts[k], first + k, &random, &sums);
        }
        double start = now();
        begin(run);
        for (uint64_t k = 0; k < count; k++) {
            run->peer->insert(run->context, texts[k], lengths[k], first + k);
        }
        commit(run);
        seconds += now() - start;
    }
    verify(records, &sums);
    print_sample(row, seconds * 1e9 / (double)records);
}

/* In calls of `batch` records; returns nanoseconds a record. */
static inline double load_many(const struct run *run, uint64_t batch) {
    uint64_t random = 42, records = run->options.records;
    struct sums sums = {0, 0, 0};
    char *text = malloc(batch * LONGEST);
    double seconds = 0;
    if (text == NULL) {
        fail("load", "no memory");
    }
    for (uint64_t first = 1; first <= records; first += batch) {
        uint64_t count = records - first + 1 < batch ? records - first + 1 : batch;
        size_t length = 0;
        for (uint64_t k = 0; k < count; k++) {
            text[length++] = k == 0 ? '[' : ',';
            length += write_record(text + length, first + k, &random, &sums);
        }
        text[length++] = ']';
        double start = now();
        run->peer->insert_many(run->context, text, length);
        seconds += now() - start;
    }
    free(text);
    verify(records, &sums);
    return seconds * 1e9 / (double)records;
}

/* In calls of BATCH; measures memory, too. `before`: what was resident before the table was made. */
static inline void load_bulk(const struct run *run, const char *row, const char *memory, double before) {
    double nanoseconds = load_many(run, BATCH);
    print_sample(memory, (resident() - before) / (double)run->options.records);
    print_sample(row, nanoseconds);
}

static inline void load_whole(const struct run *run, const char *row) { print_sample(row, load_many(run, run->options.records)); }

/* ---- reads and writes of single records */

static inline void measure_gets(const struct run *run) {
    struct change *keys = make_changes(run->options.records, 7, run->options.reads);
    struct text record;
    FILE *file = open_answer(run, "R1");
    for (uint64_t k = 0; k < SAMPLE_KEYS; k++) {
        fprintf(file, k == 0 ? "[" : ",");
        write_record_or_null(run, file, keys[k].key);
    }
    fprintf(file, "]");
    close_answer(file, "R1");
    uint64_t found = 0;
    double seconds = 0;
    for (int turn = 0; turn < 2; turn++) { /* the first one warms up */
        double start = now();
        for (uint64_t k = 0; k < run->options.reads; k++) {
            found += run->peer->get(run->context, keys[k].key, &record);
        }
        seconds = now() - start;
    }
    if (found != 2 * run->options.reads) {
        fail("R1", "a record was not found");
    }
    print_sample("R1", seconds * 1e9 / (double)run->options.reads);
    free(keys);
}

static inline void measure_finds(const struct run *run) {
    struct change *keys = make_changes(run->options.records, 7, run->options.reads);
    struct text rows;
    FILE *file = open_answer(run, "R2.email");
    for (uint64_t k = 0; k < FIRST_WRITES; k++) {
        fprintf(file, k == 0 ? "[" : ",");
        run->peer->find(run->context, keys[k].email, &rows);
        fwrite(rows.data, 1, rows.length, file);
    }
    fprintf(file, "]");
    close_answer(file, "R2.email");
    uint64_t found = 0;
    double seconds = 0;
    for (int turn = 0; turn < 2; turn++) {
        double start = now();
        for (uint64_t k = 0; k < run->options.reads; k++) {
            found += run->peer->find(run->context, keys[k].email, &rows);
        }
        seconds = now() - start;
    }
    if (found != 2 * run->options.reads) {
        fail("R2.email", "a record was not found");
    }
    print_sample("R2.email", seconds * 1e9 / (double)run->options.reads);
    free(keys);
}

/* Changes records by key; looks at the state after the first few, and after all. */
static inline void measure_writes(const struct run *run, const char *row, uint64_t seed,
                                  uint64_t (*write)(void *context, const struct change *change)) {
    uint64_t count = run->options.writes, done = 0;
    struct change *changes = make_changes(run->options.records, seed, count);
    char answer[SHORT];
    double seconds = 0;
    for (int part = 0; part < 2; part++) {
        uint64_t first = part == 0 ? 0 : FIRST_WRITES, end = part == 0 ? FIRST_WRITES : count;
        double start = now();
        begin(run);
        for (uint64_t k = first; k < end; k++) {
            done += write(run->context, &changes[k]);
        }
        commit(run);
        seconds = now() - start;
        if (done != end) {
            fail(row, "a record was not found");
        }
        snprintf(answer, sizeof answer, "%s@%llu", row, (unsigned long long)end);
        if (seed == 0) {
            answer_deletes(run, answer, end);
        } else {
            answer_state(run, answer);
        }
    }
    print_sample(row, seconds * 1e9 / (double)(count - FIRST_WRITES));
    free(changes);
}

static inline void measure_sales(const struct run *run) {
    double values[SALES_UPDATES];
    for (int k = 0; k < SALES_UPDATES; k++) {
        double start = now();
        run->peer->set_sales(run->context, k % 2 == 0);
        values[k] = now() - start;
    }
    print_sample("U2", median(values + 1, SALES_UPDATES - 1) * 1e9);
    answer_state(run, "U2");
}

static inline void measure_young(const struct run *run) {
    double start = now();
    run->peer->remove_young(run->context);
    print_sample("D2", (now() - start) * 1e9);
    answer_state(run, "D2");
}

/* ---- threads */

struct reader {
    const struct run *run;
    void *context;
    pthread_barrier_t *start;
    atomic_bool *stop;
    uint64_t seed, reads;
    double seconds;
};

static inline void *read_records(void *argument) {
    struct reader *reader = argument;
    uint64_t random = reader->seed, records = reader->run->options.records;
    struct text record;
    pthread_barrier_wait(reader->start);
    double start = now();
    while (!atomic_load_explicit(reader->stop, memory_order_relaxed)) {
        for (int k = 0; k < 64; k++) {
            if (reader->run->peer->get(reader->context, 1 + next(&random) % records, &record) != 1) {
                fail("C1", "a record was not found");
            }
        }
        reader->reads += 64;
    }
    reader->seconds = now() - start;
    return NULL;
}

static inline void measure_threads(const struct run *run, uint64_t count) {
    pthread_t *threads = allocate(count, sizeof *threads);
    struct reader *readers = allocate(count, sizeof *readers);
    pthread_barrier_t barrier;
    atomic_bool stop = false;
    char row[SHORT];
    pthread_barrier_init(&barrier, NULL, (unsigned)count + 1);
    for (uint64_t t = 0; t < count; t++) {
        readers[t] = (struct reader){run, run->peer->reader(run->context), &barrier, &stop, 7 + t, 0, 0};
        if (pthread_create(&threads[t], NULL, read_records, &readers[t]) != 0) {
            fail("C1", "no thread");
        }
    }
    pthread_barrier_wait(&barrier);
    struct timespec time = {(time_t)run->options.seconds, (long)(1e9 * (run->options.seconds - (double)(time_t)run->options.seconds))};
    nanosleep(&time, NULL);
    atomic_store(&stop, true);
    double rate = 0;
    for (uint64_t t = 0; t < count; t++) {
        pthread_join(threads[t], NULL);
        rate += (double)readers[t].reads / readers[t].seconds;
        run->peer->close_reader(readers[t].context);
    }
    snprintf(row, sizeof row, "C1.%llu", (unsigned long long)count);
    print_sample(row, rate);
    pthread_barrier_destroy(&barrier);
    free(readers);
    free(threads);
}

/* ---- phases: what asks for sums comes behind what is measured cold */

static inline void run_phase(struct run *run) {
    const char *phase = run->options.phase;
    int indexed = strstr(phase, "-indexed") != NULL;
    double before = resident();
    run->context = run->peer->open(&run->options, indexed, strcmp(phase, "threads") == 0);
    if (strcmp(phase, "single") == 0) {
        load_single(run, "W1");
        measure_query(run, SCAN_COUNT, "R4.count", "R4.count.cold");
        measure_query(run, SCAN_ROWS, "R4.rows", NULL);
        measure_query(run, LIKE_COUNT, "R5", "R5.cold");
        answer_state(run, "W1");
        measure_gets(run);
        measure_writes(run, "U1", 11, run->peer->rename);
    } else if (strcmp(phase, "bulk") == 0) {
        load_bulk(run, "W2j.1000", "M1", before);
        measure_query(run, TOP_ROWS, "R6", "R6.cold");
        answer_state(run, "W2j.1000");
        double start = now();
        run->peer->create_indexes(run->context);
        print_sample("IX", (now() - start) * 1e9);
        measure_query(run, DEPT_COUNT, "R2.dept.count", NULL);
        measure_query(run, DEPT_ROWS, "R2.dept.rows", NULL);
        measure_query(run, SALARY_ROWS, "R3", NULL);
        measure_finds(run);
        measure_sales(run);
        measure_young(run);
    } else if (strcmp(phase, "whole") == 0) {
        load_whole(run, "W2j.one");
        measure_query(run, GROUPS, "R7", "R7.cold");
        answer_state(run, "W2j.one");
    } else if (strcmp(phase, "single-indexed") == 0) {
        load_single(run, "W1i");
        answer_state(run, "W1i");
        measure_writes(run, "U1i", 11, run->peer->set_age);
        measure_writes(run, "D1", 0, run->peer->remove);
    } else if (strcmp(phase, "bulk-indexed") == 0) {
        load_bulk(run, "W2i.1000", "M1i", before);
        answer_state(run, "W2i.1000");
    } else if (strcmp(phase, "whole-indexed") == 0) {
        load_whole(run, "W2i.one");
        answer_state(run, "W2i.one");
    } else if (strcmp(phase, "threads") == 0) {
        load_many(run, BATCH);
        for (uint64_t threads = 1; threads <= run->options.threads; threads++) {
            measure_threads(run, threads);
        }
    } else {
        fail(phase, "no such phase");
    }
    run->peer->close(run->context);
}

static inline int run_peer(const struct peer *peer, int argc, char **argv) {
    struct run run = {peer, {.records = 0, .reads = 1000, .writes = 1000, .threads = 1, .seconds = 1}, NULL};
    struct options *options = &run.options;
    for (int k = 1; k < argc; k++) {
        const char *value = strchr(argv[k], '=');
        if (value == NULL) {
            continue; /* the peer's own */
        }
        value++;
        if (strncmp(argv[k], "phase=", 6) == 0) {
            snprintf(options->phase, sizeof options->phase, "%s", value);
        } else if (strncmp(argv[k], "answers=", 8) == 0) {
            snprintf(options->answers, sizeof options->answers, "%s", value);
        } else if (strncmp(argv[k], "records=", 8) == 0) {
            options->records = strtoull(value, NULL, 10);
        } else if (strncmp(argv[k], "reads=", 6) == 0) {
            options->reads = strtoull(value, NULL, 10);
        } else if (strncmp(argv[k], "writes=", 7) == 0) {
            options->writes = strtoull(value, NULL, 10);
        } else if (strncmp(argv[k], "threads=", 8) == 0) {
            options->threads = strtoull(value, NULL, 10);
        } else if (strncmp(argv[k], "seconds=", 8) == 0) {
            options->seconds = strtod(value, NULL);
        }
    }
    if (options->records < 1000 || options->reads < SAMPLE_KEYS || options->writes <= FIRST_WRITES) {
        fprintf(stderr, "usage: %s phase=PHASE records=N answers=DIRECTORY [reads=N] [writes=N] [threads=N] [seconds=S]\n", argv[0]);
        return 2;
    }
    printf("version %s %s\n", peer->name, peer->version());
    run_phase(&run);
    return 0;
}

#endif
