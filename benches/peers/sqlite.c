/*
 * SQLite, in memory: prepared statements, transactions around many writes, one connection without mutexes. With the argument `typed` records are rows of typed columns, and rows that come out are JSON text made by
 * json_object; with `json` each record is its text in one column, stored unparsed when records come one by one, and indexes are
 * on expressions. Bulk inserts get one JSON array and take it apart by json_each.
 */
#define _GNU_SOURCE
#include "phases.h"

#include "../sqlite.h"

#define GROUPED(dept, salary)                                                                                             \
    "SELECT json_object('dept', " dept ", 'count', count(*), 'avg', avg(" salary "), 'min', min(" salary "), 'max', max(" \
    salary ")) FROM users GROUP BY " dept

struct dialect {
    const char *name, *create, *insert, *insert_many, *get, *find, *queries[QUERIES], *rename, *set_age, *set_sales, *remove_young, *sums;
    const char *indexed[INDEXES];
};

static const struct dialect typed = {
    .name = "sqlite-typed",
    .create = CREATE_TABLE,
    .insert = INSERT,
    .insert_many = "INSERT INTO users SELECT json_extract(value, '$.id'), json_extract(value, '$.name'), json_extract(value, '$.age'), "
                   "json_extract(value, '$.dept'), json_extract(value, '$.email'), json_extract(value, '$.salary'), "
                   "json_extract(value, '$.active'), json_extract(value, '$.tags') FROM json_each(?1)",
    .get = "SELECT " ROW "FROM users WHERE id = ?1",
    .find = "SELECT " ROW "FROM users WHERE email = ?1",
    .queries = {[DEPT_COUNT] = "SELECT count(*) FROM users WHERE dept = 'Sales'",
                [DEPT_ROWS] = "SELECT " ROW "FROM users WHERE dept = 'Sales'",
                [SALARY_ROWS] = "SELECT " ROW "FROM users WHERE salary BETWEEN 90000 AND ?1",
                [SCAN_COUNT] = "SELECT count(*) FROM users WHERE salary > 140000 AND active",
                [SCAN_ROWS] = "SELECT " ROW "FROM users WHERE salary > 140000 AND active",
                [LIKE_COUNT] = "SELECT count(*) FROM users WHERE email LIKE '%99@example%'",
                [TOP_ROWS] = "SELECT " ROW "FROM users ORDER BY salary DESC LIMIT 10",
                [GROUPS] = GROUPED("dept", "salary")},
    .rename = "UPDATE users SET name = ?2 WHERE id = ?1",
    .set_age = "UPDATE users SET age = ?2 WHERE id = ?1",
    .set_sales = "UPDATE users SET active = ?1 WHERE dept = 'Sales'",
    .remove_young = "DELETE FROM users WHERE age < 20",
    .sums = "SELECT sum(age), sum(salary), sum(active) FROM users",
    .indexed = {"dept", "email", "age", "salary"},
};

#define DEPT "json_extract(record, '$.dept')"
#define EMAIL "json_extract(record, '$.email')"
#define AGE "json_extract(record, '$.age')"
#define SALARY "json_extract(record, '$.salary')"
#define ACTIVE "json_extract(record, '$.active')"

static const struct dialect json = {
    .name = "sqlite-json",
    .create = "CREATE TABLE users (id INTEGER PRIMARY KEY, record TEXT)",
    .insert = "INSERT INTO users VALUES (?2, ?1)",
    .insert_many = "INSERT INTO users SELECT json_extract(value, '$.id'), value FROM json_each(?1)",
    .get = "SELECT record FROM users WHERE id = ?1",
    .find = "SELECT record FROM users WHERE " EMAIL " = ?1",
    .queries = {[DEPT_COUNT] = "SELECT count(*) FROM users WHERE " DEPT " = 'Sales'",
                [DEPT_ROWS] = "SELECT record FROM users WHERE " DEPT " = 'Sales'",
                [SALARY_ROWS] = "SELECT record FROM users WHERE " SALARY " BETWEEN 90000 AND ?1",
                [SCAN_COUNT] = "SELECT count(*) FROM users WHERE " SALARY " > 140000 AND " ACTIVE,
                [SCAN_ROWS] = "SELECT record FROM users WHERE " SALARY " > 140000 AND " ACTIVE,
                [LIKE_COUNT] = "SELECT count(*) FROM users WHERE " EMAIL " LIKE '%99@example%'",
                [TOP_ROWS] = "SELECT record FROM users ORDER BY " SALARY " DESC LIMIT 10",
                [GROUPS] = GROUPED(DEPT, SALARY)},
    .rename = "UPDATE users SET record = json_set(record, '$.name', ?2) WHERE id = ?1",
    .set_age = "UPDATE users SET record = json_set(record, '$.age', ?2) WHERE id = ?1",
    .set_sales = "UPDATE users SET record = json_set(record, '$.active', json(iif(?1, 'true', 'false'))) WHERE " DEPT " = 'Sales'",
    .remove_young = "DELETE FROM users WHERE " AGE " < 20",
    .sums = "SELECT sum(" AGE "), sum(" SALARY "), sum(" ACTIVE ") FROM users",
    .indexed = {DEPT, EMAIL, AGE, SALARY},
};

static const struct dialect *dialect;

struct context {
    sqlite3 *db;
    char path[SHORT];
    double high;
    sqlite3_stmt *insert, *insert_many, *get, *find, *rename, *set_age, *remove, *queries[QUERIES];
    char *rows;
    size_t length, capacity;
};

static sqlite3 *open_database(const char *path) {
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    check(db, sqlite3_open_v2(path, &db, flags, NULL));
    return db;
}

static void index_table(void *context) {
    struct context *c = context;
    for (int i = 0; i < INDEXES; i++) {
        char sql[2 * SHORT];
        snprintf(sql, sizeof sql, "CREATE INDEX users_%d ON users (%s)", i, dialect->indexed[i]);
        execute(c->db, sql);
    }
}

static void *open_table(const struct options *options, int indexed, int shared) {
    struct context *c = allocate(1, sizeof *c);
    snprintf(c->path, sizeof c->path, "%s", shared ? "file:/benchmark?vfs=memdb" : ":memory:");
    c->db = open_database(c->path);
    char text[SHORT]; /* the same double as others read */
    snprintf(text, sizeof text, "%.2f", high(options->records));
    c->high = strtod(text, NULL);
    execute(c->db, dialect->create);
    if (indexed) {
        index_table(c);
    }
    return c;
}

static void finish(struct context *c) {
    sqlite3_stmt *statements[] = {c->insert, c->insert_many, c->get, c->find, c->rename, c->set_age, c->remove};
    for (size_t k = 0; k < sizeof statements / sizeof *statements; k++) {
        sqlite3_finalize(statements[k]);
    }
    for (enum query q = 0; q < QUERIES; q++) {
        sqlite3_finalize(c->queries[q]);
    }
    check(c->db, sqlite3_close(c->db));
    free(c->rows);
    free(c);
}

static void close_table(void *context) { finish(context); }

/* Each thread has a connection of its own to the database, as SQLite wants it. */
static void *make_reader(void *context) {
    const struct context *c = context;
    struct context *reader = allocate(1, sizeof *reader);
    reader->db = open_database(c->path);
    return reader;
}

static void close_reader(void *reader) { finish(reader); }

static void begin_transaction(void *context) { execute(((struct context *)context)->db, "BEGIN"); }

static void commit_transaction(void *context) { execute(((struct context *)context)->db, "COMMIT"); }

/* Prepared when it is first used. */
static sqlite3_stmt *statement(struct context *c, sqlite3_stmt **place, const char *sql) {
    if (*place == NULL) {
        *place = prepare(c->db, sql);
    }
    return *place;
}

static void append(struct context *c, const char *text, size_t length) {
    if (c->length + length > c->capacity) {
        c->capacity = 2 * (c->length + length) + 4096;
        c->rows = realloc(c->rows, c->capacity);
        if (c->rows == NULL) {
            fail("rows", "no memory");
        }
    }
    memcpy(c->rows + c->length, text, length);
    c->length += length;
}

/* Appends the rows of a statement, each the JSON text of a record, with commas between them; returns their number. */
static uint64_t append_rows(struct context *c, sqlite3_stmt *statement) {
    uint64_t rows = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (rows++ > 0) {
            append(c, ",", 1);
        }
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        append(c, text, (size_t)sqlite3_column_bytes(statement, 0));
    }
    check(c->db, code);
    check(c->db, sqlite3_reset(statement));
    return rows;
}

static uint64_t array_of_rows(struct context *c, sqlite3_stmt *statement, struct text *text) {
    c->length = 0;
    append(c, "[", 1);
    uint64_t rows = append_rows(c, statement);
    append(c, "]", 1);
    *text = (struct text){c->rows, c->length};
    return rows;
}

static uint64_t change_rows(struct context *c, sqlite3_stmt *statement) {
    check(c->db, sqlite3_step(statement));
    check(c->db, sqlite3_reset(statement));
    return (uint64_t)sqlite3_changes(c->db);
}

static void insert(void *context, const char *record, size_t length, uint64_t key) {
    struct context *c = context;
    sqlite3_stmt *insert = statement(c, &c->insert, dialect->insert);
    check(c->db, sqlite3_bind_text(insert, 1, record, (int)length, SQLITE_STATIC));
    if (dialect == &json) {
        check(c->db, sqlite3_bind_int64(insert, 2, (sqlite3_int64)key));
    }
    change_rows(c, insert);
}

static void insert_many(void *context, const char *records, size_t length) {
    struct context *c = context;
    sqlite3_stmt *insert = statement(c, &c->insert_many, dialect->insert_many);
    check(c->db, sqlite3_bind_text64(insert, 1, records, length, SQLITE_STATIC, SQLITE_UTF8));
    change_rows(c, insert);
    check(c->db, sqlite3_clear_bindings(insert));
}

static uint64_t get(void *context, uint64_t key, struct text *record) {
    struct context *c = context;
    sqlite3_stmt *get = statement(c, &c->get, dialect->get);
    check(c->db, sqlite3_bind_int64(get, 1, (sqlite3_int64)key));
    c->length = 0;
    uint64_t rows = append_rows(c, get);
    *record = (struct text){c->rows, c->length};
    return rows;
}

static uint64_t find(void *context, const char *email, struct text *rows) {
    struct context *c = context;
    sqlite3_stmt *find = statement(c, &c->find, dialect->find);
    check(c->db, sqlite3_bind_text(find, 1, email, -1, SQLITE_STATIC));
    return array_of_rows(c, find, rows);
}

static uint64_t count_rows(struct context *c, sqlite3_stmt *statement) {
    uint64_t count = sqlite3_step(statement) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    check(c->db, sqlite3_reset(statement));
    return count;
}

static uint64_t run_query(void *context, enum query query, struct text *rows) {
    struct context *c = context;
    sqlite3_stmt *prepared = statement(c, &c->queries[query], dialect->queries[query]);
    if (query == SALARY_ROWS) {
        check(c->db, sqlite3_bind_double(prepared, 1, c->high));
    }
    return wants_rows(query) ? array_of_rows(c, prepared, rows) : count_rows(c, prepared);
}

static uint64_t rename_record(void *context, const struct change *change) {
    struct context *c = context;
    sqlite3_stmt *rename = statement(c, &c->rename, dialect->rename);
    check(c->db, sqlite3_bind_int64(rename, 1, (sqlite3_int64)change->key));
    check(c->db, sqlite3_bind_text(rename, 2, change->name, -1, SQLITE_STATIC));
    return change_rows(c, rename);
}

static uint64_t set_age(void *context, const struct change *change) {
    struct context *c = context;
    sqlite3_stmt *set = statement(c, &c->set_age, dialect->set_age);
    check(c->db, sqlite3_bind_int64(set, 1, (sqlite3_int64)change->key));
    check(c->db, sqlite3_bind_int64(set, 2, (sqlite3_int64)change->age));
    return change_rows(c, set);
}

static uint64_t set_sales(void *context, int active) {
    struct context *c = context;
    sqlite3_stmt *set = prepare(c->db, dialect->set_sales);
    check(c->db, sqlite3_bind_int(set, 1, active));
    uint64_t rows = change_rows(c, set);
    check(c->db, sqlite3_finalize(set));
    return rows;
}

static uint64_t remove_record(void *context, const struct change *change) {
    struct context *c = context;
    sqlite3_stmt *remove = statement(c, &c->remove, "DELETE FROM users WHERE id = ?1");
    check(c->db, sqlite3_bind_int64(remove, 1, (sqlite3_int64)change->key));
    return change_rows(c, remove);
}

static uint64_t remove_young(void *context) {
    struct context *c = context;
    execute(c->db, dialect->remove_young);
    return (uint64_t)sqlite3_changes(c->db);
}

static uint64_t count(void *context) {
    struct context *c = context;
    sqlite3_stmt *statement = prepare(c->db, "SELECT count(*) FROM users");
    uint64_t count = count_rows(c, statement);
    check(c->db, sqlite3_finalize(statement));
    return count;
}

static struct sums sums(void *context) {
    struct context *c = context;
    sqlite3_stmt *statement = prepare(c->db, dialect->sums);
    struct sums sums = {0, 0, 0};
    if (sqlite3_step(statement) == SQLITE_ROW) {
        sums.age = (uint64_t)sqlite3_column_int64(statement, 0);
        sums.cents = (uint64_t)(sqlite3_column_double(statement, 1) * 100 + 0.5);
        sums.active = (uint64_t)sqlite3_column_int64(statement, 2);
    }
    check(c->db, sqlite3_finalize(statement));
    return sums;
}

int main(int argc, char **argv) {
    dialect = argc > 1 && strcmp(argv[1], "json") == 0 ? &json : &typed;
    const struct peer peer = {
        .name = dialect->name,
        .version = sqlite3_libversion,
        .open = open_table,
        .close = close_table,
        .reader = make_reader,
        .close_reader = close_reader,
        .begin = begin_transaction,
        .commit = commit_transaction,
        .insert = insert,
        .insert_many = insert_many,
        .create_indexes = index_table,
        .get = get,
        .find = find,
        .query = run_query,
        .rename = rename_record,
        .set_age = set_age,
        .set_sales = set_sales,
        .remove = remove_record,
        .remove_young = remove_young,
        .count = count,
        .sums = sums,
    };
    return run_peer(&peer, argc, argv);
}
