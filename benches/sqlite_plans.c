/*
 * The queries of plans.c on SQLite, in memory: typed columns, prepared statements, one connection without mutexes, whose plans may
 * use statistics (ANALYZE). Records come in as the same JSON text; a row that comes out is JSON text where plans.c gets JSON text.
 *
 *     sqlite_plans RECORDS
 */
#define _GNU_SOURCE
#include "plans.h"
#include "sqlite.h"

struct bench {
    sqlite3 *db;
    sqlite3_stmt *statement;
    uint64_t records, rows, bytes;
    enum form form;
};

static void finish(struct bench *b) {
    check(b->db, sqlite3_finalize(b->statement));
    b->statement = NULL;
}

/* Runs the prepared statement; reads all that it gives. */
static void step(struct bench *b) {
    int code;
    b->rows = 0;
    while ((code = sqlite3_step(b->statement)) == SQLITE_ROW) {
        if (b->form == COUNT) {
            b->rows = (uint64_t)sqlite3_column_int64(b->statement, 0);
        } else {
            b->bytes += (unsigned char)sqlite3_column_text(b->statement, 0)[0];
            b->bytes += (uint64_t)sqlite3_column_bytes(b->statement, 0);
            b->rows++;
        }
    }
    check(b->db, code);
    check(b->db, sqlite3_reset(b->statement));
}

static void run_list(void *context) { step(context); }

static void list(struct bench *b, const char *state) {
    for (size_t q = 0; q < QUERIES; q++) {
        const struct query *query = &queries[q];
        b->statement = prepare(b->db, query->sql);
        b->form = query->form;
        if (query->high) {
            char text[SHORT];
            snprintf(text, sizeof text, "%.2f", high(b->records));
            check(b->db, sqlite3_bind_double(b->statement, 1, strtod(text, NULL)));
        }
        repeat(query->name, state, run_list, b);
        printf("rows %s/%s %llu\n", query->name, state, (unsigned long long)b->rows);
        finish(b);
    }
}

int main(int argc, char **argv) {
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    if (records < 1000) {
        fprintf(stderr, "usage: sqlite_plans RECORDS   (at least 1000)\n");
        return 2;
    }
    struct bench bench = {.records = records, .form = ROWS}, *b = &bench;
    struct sums sums = {0, 0, 0};
    printf("version sqlite %s\n", sqlite3_libversion());
    check(b->db, sqlite3_open_v2(":memory:", &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    execute(b->db, CREATE_TABLE);
    insert_records(b->db, records, &sums);
    verify(records, &sums);
    verify_table(b->db, &sums);
    list(b, "none");
    for (int i = 0; i < INDEXES; i++) {
        create_index(b->db, i);
    }
    execute(b->db, "ANALYZE");
    list(b, "indexed");
    sqlite3_close(b->db);
    return 0;
}
