/* The library's functions called from C, as often as asked: what a call costs without a crossing. */
#include "bare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static dictdb_buffer buffer;

static void must(dictdb_status status) {
    if (status != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s\n", dictdb_status_message(status));
        exit(1);
    }
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

uintptr_t bare_table(void) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    must(dictdb_db_new(NULL, 0, &db, NULL));
    must(dictdb_db_create_table(db, "t", DICTDB_NTS, NULL, 0, &table, NULL));
    dictdb_db_free(db);
    return (uintptr_t)table;
}

void bare_index(uintptr_t table, const char *options) {
    must(dictdb_table_create_index((dictdb_table *)table, options, DICTDB_NTS, NULL));
}

void bare_free(uintptr_t table) { dictdb_table_free((dictdb_table *)table); }

int64_t bare_get(uintptr_t table, const int64_t *keys, size_t count) {
    int64_t begin = now();
    for (size_t i = 0; i < count; i++)
        must(dictdb_table_get_int((dictdb_table *)table, keys[i], &buffer, NULL));
    return now() - begin;
}

int64_t bare_insert(uintptr_t table, const char *lines, size_t len) {
    int64_t begin = now();
    for (const char *line = lines, *end; line < lines + len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(lines + len - line));
        must(dictdb_table_insert((dictdb_table *)table, line, (size_t)(end - line), &buffer, NULL));
    }
    return now() - begin;
}

int64_t bare_insert_many(uintptr_t table, const char *lines, size_t len) {
    int64_t begin = now();
    for (const char *line = lines, *end; line < lines + len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(lines + len - line));
        must(dictdb_table_insert_many((dictdb_table *)table, line, (size_t)(end - line), &buffer, NULL));
    }
    return now() - begin;
}

int64_t bare_select(uintptr_t table, const char *spec, const char *params, size_t count) {
    dictdb_query *query = NULL;
    must(dictdb_query_new(NULL, spec, DICTDB_NTS, &query, NULL));
    int64_t begin = now();
    for (size_t i = 0; i < count; i++)
        must(dictdb_query_run(query, (dictdb_table *)table, params, DICTDB_NTS, &buffer, NULL, NULL));
    int64_t took = now() - begin;
    dictdb_query_free(query);
    return took;
}
