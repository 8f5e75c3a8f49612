/*
 * What latency.c and sqlite_latency.c have in common. One thread, the writer, changes the age of records by their keys, one after
 * the other; another thread does something else meanwhile, over and over. How long does an update take?
 *
 * `paced`: an update is due each millisecond, and its latency counts from the instant when it was due. So one that has to wait makes
 * those behind it late, as it would in a program whose requests do not ask whether the one before is through. Between updates
 * the writer sleeps until shortly before the next one is due, because it is to leave its processor to others as such a program
 * would, and spins for the rest, because a sleep ends tens of microseconds late.
 * `unpaced`: one update after the other, as fast as they go; the latency is the time that the call takes.
 *
 * The writer is measured alone; beside a control, a thread that reads an array of its own and has nothing to do with the database,
 * so that one sees what a busy processor and a busy memory cost; and beside scans. With paced updates also beside other work.
 *
 * The environment variable ONLY names the measurements that are wanted, as the lines do (`none/paced/scan`); without it all are made.
 *
 * Programs print lines of three parts: what it is, whose it is (`none` or `indexed`, `paced` or `unpaced`, and what runs beside,
 * with slashes between), and the value. All times are in nanoseconds.
 */
#ifndef DICTDB_BENCHES_LATENCY_H
#define DICTDB_BENCHES_LATENCY_H

#include "workload.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* One update is due in so many nanoseconds. */
#define PACE 1000000
/* The writer spins for this long before an update is due. */
#define SPIN 200000
/* Bytes of the array that the control reads: more than any cache holds, and about as much as the records have. */
#define CONTROL_BYTES 150000000

/* What the scan counts. Written so that no index serves it, though there may be one on the salary. */
#define SCAN_DICTDB "NOT salary <= 140000 AND active = true"
#define SCAN_SQLITE "+salary > 140000 AND active"

/* What runs beside the writer. */
enum other { CONTROL, SCAN, ORDER_ALL, ORDER_TOP, GROUPS, UPDATE_FEW, INDEX, OTHERS };
static const char *const others[OTHERS][2] = {
    {"control", "beside the control"},
    {"scan", "beside scans"},
    {"order_all", "beside ORDER BY salary"},
    {"order_top", "beside ORDER BY salary LIMIT 10"},
    {"groups", "beside GROUP BY dept"},
    {"update_few", "beside updates where name ="},
    {"index", "beside making an index"},
};

struct engine {
    void *context;
    /* Of what runs beside the writer, in another thread. */
    void *beside;
    /* Sets the key and the new age of the next update: what is not part of its time. */
    void (*prepare)(void *context, uint64_t key, unsigned age);
    void (*update)(void *context);
    void (*run[OTHERS])(void *beside);
    /* Brings what the updates left behind into order, before the next measurement; may be NULL. */
    void (*settle)(void *context);
    /* How often a call of either thread found the table locked, so far. */
    uint64_t (*lock_waits)(void *context);
    void (*create_indexes)(void *context);
    uint64_t (*sum_of_ages)(void *context);
};

/* The records as they should be. */
struct expected {
    unsigned char *ages;
    uint64_t records, sum_of_ages, matches;
};

static inline struct expected expect_records(uint64_t records) {
    struct expected expected = {allocate(records, 1), records, 0, 0};
    struct sums before = {0, 0, 0}, sums = before;
    uint64_t random = 42;
    char text[LONGEST];
    for (uint64_t i = 0; i < records; i++, before = sums) {
        write_record(text, i + 1, &random, &sums);
        expected.ages[i] = (unsigned char)(sums.age - before.age);
        expected.matches += sums.cents - before.cents > 14000000 && sums.active > before.active;
    }
    expected.sum_of_ages = sums.age;
    return expected;
}

/* Ends the program if an answer is wrong: an engine that skips its work is fast. */
static inline void verify_answer(const char *what, uint64_t found, uint64_t expected) {
    if (found != expected) {
        fprintf(stderr, "%s: %llu, not %llu\n", what, (unsigned long long)found, (unsigned long long)expected);
        exit(1);
    }
}

static inline uint64_t nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline void wait_until(uint64_t instant) {
    uint64_t wake = instant - SPIN;
    if (nanoseconds() < wake) {
        struct timespec t = {(time_t)(wake / 1000000000), (long)(wake % 1000000000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    while (nanoseconds() < instant) {
    }
}

/* ---- durations: how many there are in each 1/128 of a power of two, so that a percentile is within 1 % */

#define FINE 7
struct histogram {
    uint64_t total, max, counts[(65 - FINE) << FINE];
};

static inline void record(struct histogram *histogram, uint64_t duration) {
    size_t place = (size_t)duration;
    if (duration >> FINE != 0) {
        int shift = 63 - FINE - __builtin_clzll(duration);
        place = ((size_t)shift << FINE) + (size_t)(duration >> shift);
    }
    histogram->counts[place]++;
    histogram->total++;
    histogram->max = duration > histogram->max ? duration : histogram->max;
}

/* The least duration that so many of 10,000 do not exceed. */
static inline uint64_t percentile(const struct histogram *histogram, uint64_t rank) {
    uint64_t wanted = (histogram->total * rank + 9999) / 10000, seen = 0;
    for (size_t place = 0; place < sizeof histogram->counts / sizeof *histogram->counts; place++) {
        seen += histogram->counts[place];
        if (seen >= wanted) {
            size_t shift = place >> FINE == 0 ? 0 : (place >> FINE) - 1;
            return (uint64_t)(place - (shift << FINE)) << shift;
        }
    }
    return histogram->max;
}

/* ---- the other thread */

struct other_thread {
    void (*run)(void *beside);
    void *beside;
    pthread_barrier_t start;
    atomic_bool stop;
    uint64_t completed; /* before the writer stopped */
    struct histogram durations;
};

static inline void *run_other(void *argument) {
    struct other_thread *other = argument;
    pthread_barrier_wait(&other->start);
    while (!atomic_load(&other->stop)) {
        uint64_t start = nanoseconds();
        other->run(other->beside);
        record(&other->durations, nanoseconds() - start);
        other->completed += !atomic_load(&other->stop);
    }
    return NULL;
}

struct control {
    uint64_t *array, sum;
};

static inline void run_control(void *context) {
    struct control *control = context;
    for (size_t k = 0; k < CONTROL_BYTES / sizeof *control->array; k++) {
        control->sum += control->array[k];
    }
}

/* ---- the writer */

struct writer {
    const struct engine *engine;
    struct expected *expected;
    struct control control;
    uint64_t random, duration;
    struct histogram latencies, calls;
};

/* The next key of the workload, and another age than its record has, so that an index on it changes. */
static inline void prepare_update(struct writer *writer, uint64_t k) {
    struct expected *expected = writer->expected;
    uint64_t key = 1 + next(&writer->random) % expected->records;
    unsigned char *age = &expected->ages[key - 1];
    expected->sum_of_ages -= *age;
    *age = (unsigned char)(18 + (*age - 18 + 1 + k % 59) % 60);
    expected->sum_of_ages += *age;
    writer->engine->prepare(writer->engine->context, key, *age);
}

static inline uint64_t update_paced(struct writer *writer) {
    uint64_t start = nanoseconds() + PACE, end = start + writer->duration, k = 0;
    for (uint64_t due = start; due < end; due += PACE) {
        uint64_t begin = nanoseconds();
        if (begin >= end) {
            /* No time is left for those that were due: they have waited at least until now. */
            record(&writer->latencies, begin - due);
            continue;
        }
        prepare_update(writer, k++);
        wait_until(due);
        begin = nanoseconds();
        writer->engine->update(writer->engine->context);
        uint64_t done = nanoseconds();
        record(&writer->latencies, done - due);
        record(&writer->calls, done - begin);
    }
    return k;
}

static inline uint64_t update_unpaced(struct writer *writer) {
    uint64_t end = nanoseconds() + writer->duration, k = 0, done = 0;
    while (done < end) {
        prepare_update(writer, k++);
        uint64_t begin = nanoseconds();
        writer->engine->update(writer->engine->context);
        done = nanoseconds();
        record(&writer->latencies, done - begin);
        record(&writer->calls, done - begin);
    }
    return k;
}

static inline void print_line(const char *what, const char *row, uint64_t value) {
    printf("%s %s %llu\n", what, row, (unsigned long long)value);
}

static inline int wanted(const char *row) {
    const char *only = getenv("ONLY");
    return only == NULL || strstr(only, row) != NULL;
}

/* Measures the writer beside one of the others, or alone if `beside` is OTHERS. */
static inline void measure(struct writer *writer, const char *group, int paced, enum other beside) {
    static struct other_thread other;
    pthread_t thread;
    char row[SHORT];
    snprintf(row, sizeof row, "%s/%s/%s", group, paced ? "paced" : "unpaced", beside == OTHERS ? "alone" : others[beside][0]);
    if (!wanted(row)) {
        return;
    }
    memset(&writer->latencies, 0, sizeof writer->latencies);
    memset(&writer->calls, 0, sizeof writer->calls);
    if (writer->engine->settle != NULL) {
        writer->engine->settle(writer->engine->context);
    }
    if (beside != OTHERS) {
        memset(&other, 0, sizeof other);
        other.run = beside == CONTROL ? run_control : writer->engine->run[beside];
        other.beside = beside == CONTROL ? &writer->control : writer->engine->beside;
        pthread_barrier_init(&other.start, NULL, 2);
        if (pthread_create(&thread, NULL, run_other, &other) != 0) {
            fprintf(stderr, "no thread\n");
            exit(1);
        }
        pthread_barrier_wait(&other.start);
    }
    uint64_t waits = writer->engine->lock_waits(writer->engine->context);
    uint64_t updates = paced ? update_paced(writer) : update_unpaced(writer);
    if (beside != OTHERS) {
        atomic_store(&other.stop, true);
        pthread_join(thread, NULL);
        pthread_barrier_destroy(&other.start);
        print_line("runs", row, other.completed);
        print_line("run", row, percentile(&other.durations, 5000));
    }
    print_line("p50", row, percentile(&writer->latencies, 5000));
    print_line("p90", row, percentile(&writer->latencies, 9000));
    print_line("p99", row, percentile(&writer->latencies, 9900));
    print_line("p999", row, percentile(&writer->latencies, 9990));
    print_line("max", row, writer->latencies.max);
    print_line("call99", row, percentile(&writer->calls, 9900));
    print_line("callmax", row, writer->calls.max);
    print_line("updates", row, updates);
    print_line("waits", row, writer->engine->lock_waits(writer->engine->context) - waits);
    fflush(stdout);
}

static inline void measure_group(struct writer *writer, const char *group) {
    for (int paced = 1; paced >= 0; paced--) {
        measure(writer, group, paced, OTHERS);
        measure(writer, group, paced, CONTROL);
        measure(writer, group, paced, SCAN);
    }
}

/* All measurements of an engine whose table has the records and no index; `seconds` each. */
static inline void measure_engine(const struct engine *engine, struct expected *expected, double seconds) {
    struct writer *writer = allocate(1, sizeof *writer);
    writer->engine = engine;
    writer->expected = expected;
    writer->random = 11;
    writer->duration = (uint64_t)(seconds * 1e9);
    writer->control.array = allocate(CONTROL_BYTES, 1);
    /* Memory that was never written is all the same page. */
    memset(writer->control.array, 1, CONTROL_BYTES);

    print_line("check", "ages", expected->sum_of_ages);
    print_line("check", "matches", expected->matches);
    measure_group(writer, "none");
    for (enum other other = ORDER_ALL; other < OTHERS; other++) {
        measure(writer, "none", 1, other);
    }
    if (wanted("indexed/")) {
        engine->create_indexes(engine->context);
        measure_group(writer, "indexed");
    }
    verify_answer("the sum of the ages", engine->sum_of_ages(engine->context), expected->sum_of_ages);
    free(writer->control.array);
    free(writer);
}

#endif
