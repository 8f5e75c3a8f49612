/*
 * Loads records one by one, then reads them by key, through the C ABI.
 *
 *     point_reads RECORDS READS
 *
 * Prints one `name value` a line: insert_ns, bytes_per_record (growth of the resident set), text_per_record, read_ns (one
 * thread), reads_1 and reads_2 (millions a second on one thread, and in total on two), checksum (of all that was read).
 * The workload is deterministic, and its checksums are verified. See run-point-reads.
 */
#define _GNU_SOURCE
#include "library.h"

#include <pthread.h>

static void load(dictdb_table *table, uint64_t records) {
    static char texts[BATCH][LONGEST];
    static size_t lengths[BATCH];
    uint64_t random = 42;
    struct sums sums = {0, 0, 0};
    double seconds = 0, text = 0, before = resident();
    for (uint64_t first = 1; first <= records; first += BATCH) {
        size_t count = records - first + 1 < BATCH ? (size_t)(records - first + 1) : BATCH;
        for (size_t k = 0; k < count; k++) {
            lengths[k] = write_record(texts[k], first + k, &random, &sums);
            text += (double)lengths[k];
        }
        double start = now();
        for (size_t k = 0; k < count; k++) {
            check(dictdb_table_insert(table, texts[k], lengths[k], NULL, NULL), "insert");
        }
        seconds += now() - start;
    }
    verify(records, &sums);
    printf("insert_ns %.1f\n", seconds * 1e9 / (double)records);
    printf("bytes_per_record %.1f\n", (resident() - before) / (double)records);
    printf("text_per_record %.1f\n", text / (double)records);
}

struct reader {
    const dictdb_table *table;
    pthread_barrier_t *start;
    uint64_t records, reads, seed, checksum;
};

static void *read_records(void *argument) {
    struct reader *reader = argument;
    dictdb_buffer record = DICTDB_BUFFER_INIT;
    uint64_t random = reader->seed, checksum = 0;
    if (reader->start != NULL) {
        pthread_barrier_wait(reader->start);
    }
    for (uint64_t k = 0; k < reader->reads; k++) {
        int64_t key = (int64_t)(1 + next(&random) % reader->records);
        check(dictdb_table_get_int(reader->table, key, &record, NULL), "get");
        checksum += record.len + (unsigned char)record.data[record.len / 2];
    }
    reader->checksum = checksum;
    dictdb_buffer_free(&record);
    return NULL;
}

int main(int argc, char **argv) {
    uint64_t records = argc > 2 ? strtoull(argv[1], NULL, 10) : 0, reads = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (records == 0 || reads == 0) {
        fprintf(stderr, "usage: point_reads RECORDS READS\n");
        return 2;
    }
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    check(dictdb_db_new(NULL, 0, &db, NULL), "new");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &table, NULL), "create_table");
    load(table, records);

    struct reader one = {table, NULL, records, reads, 7, 0};
    read_records(&one); /* warms up */
    double start = now();
    read_records(&one);
    double alone = (now() - start) / (double)reads;
    printf("read_ns %.1f\n", alone * 1e9);
    printf("reads_1 %.3f\n", 1e-6 / alone);

    pthread_barrier_t barrier;
    pthread_t threads[2];
    struct reader two[2] = {{table, &barrier, records, reads, 7, 0}, {table, &barrier, records, reads, 8, 0}};
    pthread_barrier_init(&barrier, NULL, 3);
    for (int t = 0; t < 2; t++) {
        if (pthread_create(&threads[t], NULL, read_records, &two[t]) != 0) {
            fprintf(stderr, "no thread\n");
            return 1;
        }
    }
    pthread_barrier_wait(&barrier);
    start = now();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("reads_2 %.3f\n", 2e-6 * (double)reads / (now() - start));
    printf("checksum %llu\n", (unsigned long long)(one.checksum + two[0].checksum + two[1].checksum));
    pthread_barrier_destroy(&barrier);
    dictdb_table_free(table);
    dictdb_db_free(db);
    return 0;
}
