/*
 * What files cost, through the C ABI: saving, loading, deltas; and whether an update waits for them.
 *
 *     files RECORDS DIRECTORY
 *
 * Prints `name value` lines: seconds; of updates in nanoseconds the median, the 99.9th percentile, the greatest, and how many there
 * were. Its exit code is 1 if a file does not have what it should have. See run-files.
 */
#define _GNU_SOURCE
#include "library.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { TURNS = 3, MOST_SAMPLES = 20000000, CHANGES = 10000 };

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

typedef struct {
    dictdb_table *table;
    uint64_t records;
    float *samples;
    size_t count;
    atomic_bool is_over;
} updater;

/* Updates random records by their keys until it is over. */
static void *update(void *argument) {
    updater *u = argument;
    uint64_t random = 11;
    for (u->count = 0; !atomic_load(&u->is_over) && u->count < MOST_SAMPLES; u->count++) {
        char key[32], changes[64];
        snprintf(key, sizeof key, "%llu", (unsigned long long)(1 + next(&random) % u->records));
        snprintf(changes, sizeof changes, "{\"age\":%llu}", (unsigned long long)(18 + next(&random) % 60));
        double start = now();
        check(dictdb_table_update_by_key(u->table, key, DICTDB_NTS, changes, DICTDB_NTS, NULL), "update");
        u->samples[u->count] = (float)(now() - start);
    }
    return NULL;
}

static pthread_t begin(updater *u) {
    pthread_t thread;
    atomic_store(&u->is_over, false);
    if (pthread_create(&thread, NULL, update, u) != 0)
        exit(1);
    return thread;
}

static void end(updater *u, pthread_t thread, const char *name) {
    atomic_store(&u->is_over, true);
    pthread_join(thread, NULL);
    qsort(u->samples, u->count, sizeof *u->samples, ascending);
    printf("updates_%s %.0f %.0f %.0f %zu\n", name, u->samples[u->count / 2] * 1e9, u->samples[u->count - 1 - u->count / 1000] * 1e9,
           u->samples[u->count - 1] * 1e9, u->count);
}

static void save(const dictdb_db *db, const char *path, const char *format) {
    char options[64];
    snprintf(options, sizeof options, "{\"format\":\"%s\"}", format);
    check(dictdb_db_save(db, path, DICTDB_NTS, options, DICTDB_NTS, NULL, NULL), "save");
}

static void load(const char *path, uint64_t records, const char *name) {
    double best = 1e9;
    for (int turn = 0; turn < TURNS; turn++) {
        dictdb_db *db = NULL;
        dictdb_table *table = NULL;
        uint64_t count = 0;
        double start = now();
        check(dictdb_db_load(path, DICTDB_NTS, &db, NULL, NULL), "load");
        best = now() - start < best ? now() - start : best;
        check(dictdb_db_get_table(db, "users", DICTDB_NTS, &table, NULL), "get_table");
        check(dictdb_table_count(table, NULL, &count, NULL), "count");
        if (count != records)
            exit(1);
        dictdb_table_free(table);
        dictdb_db_free(db);
    }
    printf("load_%s %.3f\n", name, best);
}

static uint64_t file_bytes(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        exit(1);
    uint64_t bytes = (uint64_t)ftell(file);
    fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    static const char *const formats[] = {"json", "dictdb"};
    if (argc != 3)
        return 2;
    uint64_t records = strtoull(argv[1], NULL, 10);
    dictdb_db *db = NULL;
    dictdb_backup *backup = NULL;
    struct sums sums = {0};
    updater u = {.records = records, .samples = allocate(MOST_SAMPLES, sizeof *u.samples)};
    check(dictdb_db_new(NULL, 0, &db, NULL), "new");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &u.table, NULL), "create_table");
    printf("insert %.3f\n", insert_records(u.table, records, &sums));

    pthread_t thread = begin(&u);
    struct timespec second = {1, 0};
    nanosleep(&second, NULL);
    end(&u, thread, "alone");

    for (int f = 0; f < 2; f++) {
        char path[512];
        snprintf(path, sizeof path, "%s/files.%s", argv[2], formats[f]);
        double best = 1e9;
        for (int turn = 0; turn < TURNS; turn++) {
            double start = now();
            save(db, path, formats[f]);
            best = now() - start < best ? now() - start : best;
        }
        printf("save_%s %.3f\n", formats[f], best);
        printf("bytes_%s %llu\n", formats[f], (unsigned long long)file_bytes(path));
        load(path, records, formats[f]);
        thread = begin(&u);
        double start = now();
        for (int turn = 0; turn < TURNS; turn++)
            save(db, path, formats[f]);
        printf("save_beside_updates_%s %.3f\n", formats[f], (now() - start) / TURNS);
        end(&u, thread, formats[f]);
        remove(path);
    }

    /* A delta behind so many changes, and what is restored. */
    char directory[512];
    snprintf(directory, sizeof directory, "%s/backups", argv[2]);
    check(dictdb_backup_new(db, directory, DICTDB_NTS, "{\"incremental\":true}", DICTDB_NTS, NULL, NULL, NULL, &backup, NULL), "backup_new");
    check(dictdb_backup_now(backup, NULL, NULL, NULL), "full backup");
    uint64_t random = 12;
    for (int i = 0; i < CHANGES; i++) {
        char key[32];
        snprintf(key, sizeof key, "%llu", (unsigned long long)(1 + next(&random) % records));
        check(dictdb_table_update_by_key(u.table, key, DICTDB_NTS, "{\"age\":99}", DICTDB_NTS, NULL), "update");
    }
    double start = now();
    check(dictdb_backup_now(backup, NULL, NULL, NULL), "delta");
    printf("delta %.3f\n", now() - start);
    start = now();
    check(dictdb_backup_now(backup, NULL, NULL, NULL), "nothing");
    printf("delta_of_nothing %.6f\n", now() - start);
    thread = begin(&u);
    start = now();
    for (int turn = 0; turn < 20; turn++)
        check(dictdb_backup_delta(backup, NULL, NULL, NULL), "delta");
    printf("delta_beside_updates %.3f\n", (now() - start) / 20);
    end(&u, thread, "delta");
    dictdb_db *restored = NULL;
    check(dictdb_backup_now(backup, NULL, NULL, NULL), "last delta");
    start = now();
    check(dictdb_backup_restore(directory, DICTDB_NTS, NULL, 0, &restored, NULL, NULL, NULL), "restore");
    printf("restore %.3f\n", now() - start);
    dictdb_buffer one = DICTDB_BUFFER_INIT, other = DICTDB_BUFFER_INIT;
    check(dictdb_db_copy(db, &one, NULL), "copy");
    check(dictdb_db_copy(restored, &other, NULL), "copy");
    if (one.len != other.len || memcmp(one.data, other.data, one.len) != 0) {
        fprintf(stderr, "what was restored is not what there is\n");
        return 1;
    }
    return 0;
}
