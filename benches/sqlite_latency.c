/*
 * The updates and the scans of latency.c on SQLite: typed columns, prepared statements, a connection without mutexes for each of
 * the two threads, caches that hold the whole table, no waiting for disks.
 *
 *     sqlite_latency RECORDS SECONDS [PATH]
 *
 * Without PATH the database is in memory: the VFS memdb, which several connections of a process can share. With PATH it is a file
 * there with a write-ahead log, so that readers do not keep the writer from writing; on a file system in memory that is SQLite's
 * best. See run-latency.
 */
#define _GNU_SOURCE
#include "latency.h"
#include "sqlite.h"

struct connection {
    sqlite3 *db;
    sqlite3_stmt *update, *scan, *order_all, *order_top, *groups, *update_few;
    uint64_t records, matches;
    /* How often it found the database locked. */
    uint64_t waits;
};

struct connections {
    struct connection writer, beside;
};

/* A connection that finds the database locked tries again soon: SQLite's own handler sleeps for milliseconds. */
static int try_again(void *context, int tries) {
    struct connection *c = context;
    struct timespec pause = {0, 20000};
    c->waits += tries == 0;
    nanosleep(&pause, NULL);
    return 1;
}

static void open_database(struct connection *c, const char *path) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    check(c->db, sqlite3_open_v2(path == NULL ? "file:/latency?vfs=memdb" : path, &c->db, flags, NULL));
    check(c->db, sqlite3_busy_handler(c->db, try_again, c));
    execute(c->db, "PRAGMA synchronous = OFF");
    execute(c->db, "PRAGMA cache_size = -1000000");
    if (path != NULL) {
        execute(c->db, "PRAGMA journal_mode = WAL");
        /* After each change that it sees a connection reads everything again: better from the file's own memory. */
        execute(c->db, "PRAGMA mmap_size = 2000000000");
    }
}

static void step(sqlite3 *db, sqlite3_stmt *statement) {
    int code;
    /* A schema that changes again and again makes SQLite give up after some tries of its own. */
    while ((code = sqlite3_step(statement)) == SQLITE_SCHEMA) {
        sqlite3_reset(statement);
    }
    check(db, code);
    check(db, sqlite3_reset(statement));
}

/* ---- the writer */

static void set_update(void *context, uint64_t key, unsigned age) {
    struct connections *c = context;
    check(c->writer.db, sqlite3_bind_int64(c->writer.update, 1, (sqlite3_int64)key));
    check(c->writer.db, sqlite3_bind_int(c->writer.update, 2, (int)age));
}

static void run_update(void *context) {
    struct connections *c = context;
    step(c->writer.db, c->writer.update);
}

/* Moves the log into the database and empties it. Does nothing to a database that has no log. */
static void checkpoint(void *context) {
    struct connections *c = context;
    check(c->writer.db, sqlite3_wal_checkpoint_v2(c->writer.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

static void create_indexes(void *context) {
    struct connections *c = context;
    for (int i = 0; i < INDEXES; i++) {
        create_index(c->writer.db, i);
    }
}

static uint64_t sum_of_ages(void *context) {
    struct connections *c = context;
    sqlite3_stmt *statement = prepare(c->writer.db, "SELECT sum(age) FROM users");
    uint64_t sum = sqlite3_step(statement) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    check(c->writer.db, sqlite3_finalize(statement));
    return sum;
}

static uint64_t lock_waits(void *context) {
    struct connections *c = context;
    return c->writer.waits + c->beside.waits;
}

/* ---- beside the writer */

static void run_scan(void *beside) {
    struct connection *c = beside;
    uint64_t count = sqlite3_step(c->scan) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(c->scan, 0) : 0;
    check(c->db, sqlite3_reset(c->scan));
    verify_answer("records that a scan counted", count, c->matches);
}

/* Reads each row, which is one text. */
static void run_query(const struct connection *c, sqlite3_stmt *statement, uint64_t rows) {
    uint64_t count = 0, bytes = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        bytes += sqlite3_column_text(statement, 0)[0] == '{';
        count++;
    }
    check(c->db, code);
    check(c->db, sqlite3_reset(statement));
    verify_answer("rows of a query", count, rows);
    verify_answer("rows of a query that are objects", bytes, rows);
}

static void run_order_all(void *beside) {
    struct connection *c = beside;
    run_query(c, c->order_all, c->records);
}

static void run_order_top(void *beside) {
    struct connection *c = beside;
    run_query(c, c->order_top, 10);
}

static void run_groups(void *beside) {
    struct connection *c = beside;
    run_query(c, c->groups, 8);
}

static void run_update_few(void *beside) {
    struct connection *c = beside;
    step(c->db, c->update_few);
    verify_answer("records that an update changed", (uint64_t)sqlite3_changes(c->db), 1);
}

static void run_index(void *beside) {
    struct connection *c = beside;
    create_index(c->db, INDEXES - 1);
    execute(c->db, "DROP INDEX users_salary");
}

static void close_database(struct connection *c) {
    sqlite3_stmt *const statements[] = {c->update, c->scan, c->order_all, c->order_top, c->groups, c->update_few};
    for (size_t k = 0; k < sizeof statements / sizeof *statements; k++) {
        sqlite3_finalize(statements[k]);
    }
    check(c->db, sqlite3_close(c->db));
}

int main(int argc, char **argv) {
    uint64_t records = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 0;
    const char *path = argc > 3 ? argv[3] : NULL;
    if (records < 1000 || seconds <= 0) {
        fprintf(stderr, "usage: sqlite_latency RECORDS SECONDS [PATH]   (at least 1000 records)\n");
        return 2;
    }
    struct expected expected = expect_records(records);
    struct connections connections = {.beside = {.records = records, .matches = expected.matches}};
    struct connection *writer = &connections.writer, *beside = &connections.beside;
    struct sums sums = {0, 0, 0};
    const struct engine engine = {
        .context = &connections,
        .beside = beside,
        .prepare = set_update,
        .update = run_update,
        .run = {[SCAN] = run_scan,
                [ORDER_ALL] = run_order_all,
                [ORDER_TOP] = run_order_top,
                [GROUPS] = run_groups,
                [UPDATE_FEW] = run_update_few,
                [INDEX] = run_index},
        .settle = path == NULL ? NULL : checkpoint,
        .lock_waits = lock_waits,
        .create_indexes = create_indexes,
        .sum_of_ages = sum_of_ages,
    };
    printf("version sqlite %s\n", sqlite3_libversion());

    open_database(writer, path);
    execute(writer->db, CREATE_TABLE);
    insert_records(writer->db, records, &sums);
    verify(records, &sums);
    verify_table(writer->db, &sums);
    open_database(beside, path);
    writer->update = prepare(writer->db, "UPDATE users SET age = ?2 WHERE id = ?1");
    beside->scan = prepare(beside->db, "SELECT count(*) FROM users WHERE " SCAN_SQLITE);
    beside->order_all = prepare(beside->db, "SELECT " ROW "FROM users ORDER BY salary");
    beside->order_top = prepare(beside->db, "SELECT " ROW "FROM users ORDER BY salary LIMIT 10");
    beside->groups = prepare(beside->db, "SELECT json_object('dept', dept, 'count', count(*), 'avg', avg(salary), 'min', min(salary), "
                                         "'max', max(salary)) FROM users GROUP BY dept");
    beside->update_few = prepare(beside->db, "UPDATE users SET dept = 'Sales' WHERE name = 'User 77'");

    measure_engine(&engine, &expected, seconds);

    close_database(beside);
    close_database(writer);
    free(expected.ages);
    return 0;
}
