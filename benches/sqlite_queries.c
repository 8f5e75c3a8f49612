/*
 * The queries and writes of queries.c on SQLite, in memory: typed columns, prepared statements, one connection without mutexes,
 * whose plans may use statistics (ANALYZE). Records come in as the same JSON text; a row that comes out is JSON text where
 * queries.c gets JSON text.
 *
 *     sqlite_queries RECORDS READS
 */
#define _GNU_SOURCE
#include "queries.h"
#include "sqlite.h"

struct bench {
    sqlite3 *db;
    sqlite3_stmt *statement;
    char (*texts)[LONGEST];
    uint64_t *keys;
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

static void run_list(void *context, uint64_t k) {
    (void)k;
    step(context);
}

static void run_key(void *context, uint64_t k) {
    struct bench *b = context;
    check(b->db, sqlite3_bind_int64(b->statement, 1, (sqlite3_int64)b->keys[k]));
    step(b);
}

static void run_text(void *context, uint64_t k) {
    struct bench *b = context;
    check(b->db, sqlite3_bind_text(b->statement, 1, b->texts[k], -1, SQLITE_STATIC));
    step(b);
}

static void run_key_text(void *context, uint64_t k) {
    struct bench *b = context;
    check(b->db, sqlite3_bind_text(b->statement, 2, b->texts[k], -1, SQLITE_STATIC));
    run_key(context, k);
}

static void run_key_age(void *context, uint64_t k) {
    struct bench *b = context;
    check(b->db, sqlite3_bind_int64(b->statement, 2, (sqlite3_int64)(18 + k % 60)));
    run_key(context, k);
}

static void run_flag(void *context, uint64_t k) {
    struct bench *b = context;
    check(b->db, sqlite3_bind_int(b->statement, 1, k % 2 == 0));
    step(b);
}

static void create(struct bench *b) {
    check(b->db, sqlite3_open_v2(":memory:", &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    execute(b->db, CREATE_TABLE);
}

static void load(struct bench *b, const char *name, const char *state, struct sums *sums) {
    double seconds = insert_records(b->db, b->records, sums);
    printf("ns %s/%s %.1f\n", name, state, seconds * 1e9 / (double)b->records);
}

static void create_indexes(struct bench *b, double before) {
    double all = 0, grown = 0, records = (double)b->records;
    for (int i = 0; i < INDEXES; i++) {
        double memory = resident(), start = now();
        create_index(b->db, i);
        double seconds = now() - start;
        memory = resident() - memory;
        all += seconds;
        grown += memory;
        printf("ns ix_%s/indexed %.1f\nbytes ix_%s/indexed %.1f\n", indexes[i], seconds * 1e9, indexes[i], memory / records);
    }
    printf("ns ix/indexed %.1f\nbytes ix/indexed %.1f\n", all * 1e9, grown / records);
    printf("bytes m1i/indexed %.1f\n", (resident() - before) / records);
    execute(b->db, "ANALYZE");
}

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
    b->form = ROWS;
}

/* Random keys, and a text for each. */
static void keys(struct bench *b, uint64_t seed, uint64_t count, const char *before, const char *after) {
    uint64_t random = seed;
    for (uint64_t k = 0; k < count; k++) {
        b->keys[k] = 1 + next(&random) % b->records;
        snprintf(b->texts[k], LONGEST, "%s%llu%s", before, (unsigned long long)b->keys[k], after);
    }
}

static void statement_series(struct bench *b, const char *name, const char *state, const char *sql, void (*run)(void *, uint64_t),
                             uint64_t count) {
    b->statement = prepare(b->db, sql);
    series(name, state, run, b, count);
    finish(b);
}

static void point_reads(struct bench *b, const char *state, int indexed, uint64_t reads) {
    keys(b, 7, SAMPLES * reads, "user", "@example.com");
    statement_series(b, "r1", state, "SELECT " ROW "FROM users WHERE id = ?1", run_key, reads);
    statement_series(b, "r1_query", state, "SELECT " ROW "FROM users WHERE id = ?1", run_key, reads);
    statement_series(b, "r2_email", state, "SELECT " ROW "FROM users WHERE email = ?1", run_text, indexed ? reads : 2);
}

static void changed(const struct bench *b, const char *name) {
    printf("rows %s/indexed %d\n", name, sqlite3_changes(b->db));
}

static void writes(struct bench *b, uint64_t count) {
    keys(b, 11, SAMPLES * count, "Renamed ", "");
    statement_series(b, "u1", "indexed", "UPDATE users SET name = ?2 WHERE id = ?1", run_key_text, count);
    statement_series(b, "u1i", "indexed", "UPDATE users SET age = ?2 WHERE id = ?1", run_key_age, count);
    statement_series(b, "u1_set", "indexed", "UPDATE users SET name = name || '!' WHERE id = ?1", run_key, count);
    statement_series(b, "u1i_set", "indexed", "UPDATE users SET age = age + 1 WHERE id = ?1", run_key, count);
    b->statement = prepare(b->db, "UPDATE users SET active = ?1 WHERE dept = 'Sales'");
    run_flag(b, 0);
    for (uint64_t k = 1; k <= SAMPLES; k++) {
        sample("u2", "indexed", run_flag, b, k, 1);
    }
    finish(b);
    changed(b, "u2");
}

static void inserts(struct bench *b, uint64_t count) {
    uint64_t random = 12;
    struct sums sums = {0, 0, 0};
    for (uint64_t k = 0; k < SAMPLES * count; k++) {
        write_record(b->texts[k], b->records + k + 1, &random, &sums);
    }
    statement_series(b, "w1i", "indexed", INSERT, run_text, count);
}

static void deletes(struct bench *b, uint64_t count) {
    for (uint64_t k = 0; k < SAMPLES * count; k++) {
        b->keys[k] = 1 + k * 7919 % b->records;
    }
    statement_series(b, "d1", "indexed", "DELETE FROM users WHERE id = ?1", run_key, count);
    b->statement = prepare(b->db, "DELETE FROM users WHERE age < 20");
    sample("d2", "indexed", run_list, b, 0, 1);
    finish(b);
    changed(b, "d2");
}

int main(int argc, char **argv) {
    uint64_t records = argc > 2 ? strtoull(argv[1], NULL, 10) : 0, reads = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (records < 1000 || reads < 100) {
        fprintf(stderr, "usage: sqlite_queries RECORDS READS   (at least 1000 and 100)\n");
        return 2;
    }
    struct bench bench = {.records = records, .form = ROWS}, *b = &bench;
    struct sums sums = {0, 0, 0};
    uint64_t count = reads / 10 < records / 8 ? reads / 10 : records / 8;
    b->keys = allocate(SAMPLES * reads, sizeof *b->keys);
    b->texts = allocate(SAMPLES * reads, LONGEST);
    memset(b->keys, 1, SAMPLES * reads * sizeof *b->keys);
    memset(b->texts, 1, SAMPLES * reads * LONGEST);
    printf("version sqlite %s\n", sqlite3_libversion());

    double before = resident();
    create(b);
    load(b, "w2j", "none", &sums);
    printf("bytes m1/none %.1f\n", (resident() - before) / (double)records);
    verify(records, &sums);
    verify_table(b->db, &sums);
    point_reads(b, "none", 0, reads);
    list(b, "none");
    create_indexes(b, before);
    point_reads(b, "indexed", 1, reads);
    list(b, "indexed");
    writes(b, count);
    inserts(b, count);
    deletes(b, count);
    sqlite3_close(b->db);

    create(b);
    for (int i = 0; i < INDEXES; i++) {
        create_index(b->db, i);
    }
    load(b, "w2i", "indexed", &sums);
    sqlite3_close(b->db);
    free(b->keys);
    free(b->texts);
    return 0;
}
