/*
 * What the benchmarks of SQLite do alike. The table has typed columns; records come in as JSON text, as they do in the library.
 */
#ifndef DICTDB_BENCHES_SQLITE_H
#define DICTDB_BENCHES_SQLITE_H

#include "workload.h"

#include <sqlite3.h>

#define INDEXES 4

#define CREATE_TABLE                                                                                                      \
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, dept TEXT, email TEXT, salary REAL, "            \
    "active INTEGER, tags TEXT)"

#define INSERT                                                                                                            \
    "INSERT INTO users SELECT json_extract(?1, '$.id'), json_extract(?1, '$.name'), json_extract(?1, '$.age'), "          \
    "json_extract(?1, '$.dept'), json_extract(?1, '$.email'), json_extract(?1, '$.salary'), json_extract(?1, '$.active'), " \
    "json_extract(?1, '$.tags')"

static const char *const indexes[INDEXES] = {"dept", "email", "age", "salary"};

static inline void check(sqlite3 *db, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static inline void execute(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static inline sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

/* Inserts the records in transactions of BATCH, a record a step; returns the seconds that these took. */
static inline double insert_records(sqlite3 *db, uint64_t records, struct sums *sums) {
    char(*texts)[LONGEST] = allocate(BATCH, LONGEST);
    sqlite3_stmt *insert = prepare(db, INSERT);
    uint64_t random = 42;
    double seconds = 0;
    for (uint64_t first = 1; first <= records; first += BATCH) {
        uint64_t count = records - first + 1 < BATCH ? records - first + 1 : BATCH;
        for (uint64_t k = 0; k < count; k++) {
            write_record(texts[k], first + k, &random, sums);
        }
        double start = now();
        execute(db, "BEGIN");
        for (uint64_t k = 0; k < count; k++) {
            check(db, sqlite3_bind_text(insert, 1, texts[k], -1, SQLITE_STATIC));
            check(db, sqlite3_step(insert));
            check(db, sqlite3_reset(insert));
        }
        execute(db, "COMMIT");
        seconds += now() - start;
    }
    check(db, sqlite3_finalize(insert));
    free(texts);
    return seconds;
}

/* Ends the program if the table does not have the sums; those of the salaries are of doubles, which SQLite adds as they are. */
static inline void verify_table(sqlite3 *db, const struct sums *sums) {
    sqlite3_stmt *statement = prepare(db, "SELECT sum(age), sum(salary), sum(active) FROM users");
    if (sqlite3_step(statement) != SQLITE_ROW || (uint64_t)sqlite3_column_int64(statement, 0) != sums->age ||
        (uint64_t)(sqlite3_column_double(statement, 1) * 100 + 0.5) / 1000 != sums->cents / 1000 ||
        (uint64_t)sqlite3_column_int64(statement, 2) != sums->active) {
        fprintf(stderr, "SQLite: the sums of the table are not those of the records\n");
        exit(1);
    }
    check(db, sqlite3_finalize(statement));
}

static inline void create_index(sqlite3 *db, int i) {
    char sql[SHORT];
    snprintf(sql, sizeof sql, "CREATE INDEX users_%s ON users (%s)", indexes[i], indexes[i]);
    execute(db, sql);
}

#endif
