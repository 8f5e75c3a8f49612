/*
 * What the calls of crossing.rb cost without Ruby: crossing RECORDS LOW HIGH POINT_READS SELECTS PASSES
 *
 * RECORDS is a file of JSON Lines. Prints a name and nanoseconds for one call on each line: the best of all passes.
 */
#define _POSIX_C_SOURCE 200809L
#include <dictdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PORTION = 1000 };

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(dictdb_status status) {
    if (status != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s\n", dictdb_status_message(status));
        exit(1);
    }
}

typedef struct {
    char *text;
    char **lines;
    size_t *lengths;
    size_t count;
} records;

static records read_records(const char *path) {
    records all = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        exit(1);
    size_t size = (size_t)ftell(file);
    rewind(file);
    all.text = malloc(size + 1);
    all.lines = malloc(size * sizeof *all.lines);
    all.lengths = malloc(size * sizeof *all.lengths);
    if (all.text == NULL || all.lines == NULL || all.lengths == NULL || fread(all.text, 1, size, file) != size)
        exit(1);
    fclose(file);
    for (char *at = all.text, *end; (end = memchr(at, '\n', size - (size_t)(at - all.text))) != NULL; at = end + 1) {
        all.lines[all.count] = at;
        all.lengths[all.count++] = (size_t)(end - at);
    }
    return all;
}

static dictdb_table *new_table(void) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    must(dictdb_db_new(NULL, 0, &db, NULL));
    must(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &table, NULL));
    dictdb_db_free(db);
    return table;
}

static double insert(const records *all, dictdb_buffer *out) {
    dictdb_table *table = new_table();
    double began = now_ns();
    for (size_t i = 0; i < all->count; i++)
        must(dictdb_table_insert(table, all->lines[i], all->lengths[i], out, NULL));
    double passed = now_ns() - began;
    dictdb_table_free(table);
    return passed / (double)all->count;
}

/* The texts of the portions are put together beforehand: what is measured is the call. */
static double insert_many(const records *all, dictdb_buffer *out) {
    dictdb_table *table = new_table();
    double passed = 0;
    size_t calls = 0;
    for (size_t i = 0; i + PORTION <= all->count; i += PORTION, calls++) {
        size_t size = (size_t)(all->lines[i + PORTION - 1] - all->lines[i]) + all->lengths[i + PORTION - 1] + 2, at = 0;
        char *text = malloc(size);
        if (text == NULL)
            exit(1);
        for (size_t j = i; j < i + PORTION; j++) {
            text[at++] = j == i ? '[' : ',';
            memcpy(text + at, all->lines[j], all->lengths[j]);
            at += all->lengths[j];
        }
        text[at++] = ']';
        double began = now_ns();
        must(dictdb_table_insert_many(table, text, at, out, NULL));
        passed += now_ns() - began;
        free(text);
    }
    dictdb_table_free(table);
    return passed / (double)calls;
}

static double point_read(const dictdb_table *table, size_t count, long reads, dictdb_buffer *out) {
    uint64_t x = 7;
    double began = now_ns();
    for (long i = 0; i < reads; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        must(dictdb_table_get_int(table, (int64_t)(1 + (x >> 33) % count), out, NULL));
    }
    return (now_ns() - began) / (double)reads;
}

static double select_rows(const dictdb_table *table, const char *params, long selects, dictdb_buffer *out) {
    double began = now_ns();
    for (long i = 0; i < selects; i++)
        must(dictdb_table_query(table, "{\"where\":\"salary BETWEEN ?1 AND ?2\"}", DICTDB_NTS, params, DICTDB_NTS, out, NULL, NULL));
    return (now_ns() - began) / (double)selects;
}

static void keep_least(double *least, double measured) {
    if (*least == 0 || measured < *least)
        *least = measured;
}

int main(int argc, char **argv) {
    if (argc != 7)
        return 2;
    records all = read_records(argv[1]);
    char params[128];
    snprintf(params, sizeof params, "[%s,%s]", argv[2], argv[3]);
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_table *table = new_table();
    for (size_t i = 0; i < all.count; i++)
        must(dictdb_table_insert(table, all.lines[i], all.lengths[i], NULL, NULL));
    must(dictdb_table_create_index(table, "{\"fields\":\"salary\",\"kind\":\"sorted\"}", DICTDB_NTS, NULL));

    double best[4] = {0};
    for (long pass = 0; pass < atol(argv[6]); pass++) {
        keep_least(&best[0], point_read(table, all.count, atol(argv[4]), &out));
        keep_least(&best[1], insert(&all, &out));
        keep_least(&best[2], insert_many(&all, &out));
        keep_least(&best[3], select_rows(table, params, atol(argv[5]), &out));
    }
    printf("point_read %f\ninsert %f\ninsert_many %f\nselect %f\n", best[0], best[1], best[2], best[3]);
    dictdb_table_free(table);
    dictdb_buffer_free(&out);
    free(all.text);
    free(all.lines);
    free(all.lengths);
    return 0;
}
