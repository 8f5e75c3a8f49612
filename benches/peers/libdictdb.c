/*
 * libdictdb, through its C ABI, as any program uses it: handles, buffers that are reused, compiled queries.
 *
 * Ends with an error if a query that an index serves does not use one.
 */
#define _GNU_SOURCE
#include "phases.h"

#include "../library.h"

struct context {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_query *queries[QUERIES], *by_email;
    dictdb_update *sales;
    dictdb_buffer buffer;
    char params[SHORT], high[SHORT];
    int verified[QUERIES];
};

static const struct {
    const char *spec, *explained;
    int indexed;
} specs[QUERIES] = {
    [DEPT_COUNT] = {"{\"where\":\"dept = 'Sales'\"}", "{\"where\":\"dept = 'Sales'\",\"aggregates\":[\"count()\"]}", 1},
    [DEPT_ROWS] = {"{\"where\":\"dept = 'Sales'\"}", NULL, 1},
    [SALARY_ROWS] = {"{\"where\":\"salary BETWEEN 90000 AND ?1\"}", NULL, 1},
    [SCAN_COUNT] = {"{\"where\":\"salary > 140000 AND active = true\"}", NULL, 0},
    [SCAN_ROWS] = {"{\"where\":\"salary > 140000 AND active = true\"}", NULL, 0},
    [LIKE_COUNT] = {"{\"where\":\"email LIKE '%99@example%'\"}", NULL, 0},
    [TOP_ROWS] = {"{\"order_by\":\"-salary\",\"limit\":10}", NULL, 0},
    [GROUPS] = {"{\"group_by\":\"dept\",\"aggregates\":{\"count\":\"count()\",\"avg\":\"avg(salary)\",\"min\":\"min(salary)\","
                "\"max\":\"max(salary)\"}}",
                NULL, 0},
};

static dictdb_query *compile(const char *spec) {
    dictdb_query *query = NULL;
    check(dictdb_query_new(NULL, spec, DICTDB_NTS, &query, NULL), spec);
    return query;
}

/* Of a table that has its records: of an empty one every plan is good. */
static void verify_plan(struct context *c, enum query query) {
    const char *spec = specs[query].explained != NULL ? specs[query].explained : specs[query].spec;
    const char *params = query == SALARY_ROWS ? c->high : NULL;
    check(dictdb_table_explain(c->table, spec, DICTDB_NTS, params, DICTDB_NTS, &c->buffer, NULL), spec);
    if (strstr(c->buffer.data, "\"access\":\"scan\"") != NULL) {
        fail(spec, c->buffer.data);
    }
    c->verified[query] = 1;
}

static void create_indexes(void *context) {
    struct context *c = context;
    for (int i = 0; i < INDEXES; i++) {
        create_index(c->table, i);
    }
}

static void *open_table(const struct options *options, int indexed, int shared) {
    struct context *c = allocate(1, sizeof *c);
    (void)shared;
    snprintf(c->high, sizeof c->high, "[%.2f]", high(options->records));
    check(dictdb_db_new(NULL, 0, &c->db, NULL), "new");
    check(dictdb_db_create_table(c->db, "users", DICTDB_NTS, NULL, 0, &c->table, NULL), "create_table");
    for (enum query q = 0; q < QUERIES; q++) {
        c->queries[q] = compile(specs[q].spec);
    }
    c->by_email = compile("{\"where\":\"email = ?1\"}");
    check(dictdb_update_new(NULL, "dept = 'Sales'", DICTDB_NTS, "active = ?1", DICTDB_NTS, &c->sales, NULL), "update");
    if (indexed) {
        create_indexes(c);
    }
    return c;
}

static void close_table(void *context) {
    struct context *c = context;
    for (enum query q = 0; q < QUERIES; q++) {
        dictdb_query_free(c->queries[q]);
    }
    dictdb_query_free(c->by_email);
    dictdb_update_free(c->sales);
    dictdb_table_free(c->table);
    dictdb_db_free(c->db);
    dictdb_buffer_free(&c->buffer);
    free(c);
}

/* Threads share the handle; a buffer is for one of them. */
static void *make_reader(void *context) {
    struct context *c = context, *reader = allocate(1, sizeof *reader);
    reader->table = c->table;
    return reader;
}

static void close_reader(void *reader) {
    struct context *c = reader;
    dictdb_buffer_free(&c->buffer);
    free(c);
}

static void insert(void *context, const char *record, size_t length, uint64_t key) {
    struct context *c = context;
    (void)key;
    check(dictdb_table_insert(c->table, record, length, NULL, NULL), "insert");
}

static void insert_many(void *context, const char *records, size_t length) {
    struct context *c = context;
    check(dictdb_table_insert_many(c->table, records, length, NULL, NULL), "insert_many");
}

static uint64_t found(dictdb_status status, const char *what) {
    if (status == DICTDB_STATUS_RECORD_NOT_FOUND) {
        return 0;
    }
    check(status, what);
    return 1;
}

static void lend(const struct context *c, struct text *text) {
    text->data = c->buffer.data;
    text->length = c->buffer.len;
}

static uint64_t get(void *context, uint64_t key, struct text *record) {
    struct context *c = context;
    uint64_t count = found(dictdb_table_get_int(c->table, (int64_t)key, &c->buffer, NULL), "get");
    lend(c, record);
    return count;
}

static uint64_t find(void *context, const char *email, struct text *rows) {
    struct context *c = context;
    uint64_t count = 0;
    size_t length = strlen(email);
    c->params[0] = '[';
    c->params[1] = '"';
    memcpy(c->params + 2, email, length);
    memcpy(c->params + 2 + length, "\"]", 3);
    check(dictdb_query_run(c->by_email, c->table, c->params, length + 4, &c->buffer, &count, NULL), "find");
    lend(c, rows);
    return count;
}

static uint64_t run_query(void *context, enum query query, struct text *rows) {
    struct context *c = context;
    uint64_t count = 0;
    if (specs[query].indexed && !c->verified[query]) {
        verify_plan(c, query);
    }
    if (!wants_rows(query)) {
        check(dictdb_query_count(c->queries[query], c->table, NULL, 0, &count, NULL), "count");
        return count;
    }
    check(dictdb_query_run(c->queries[query], c->table, query == SALARY_ROWS ? c->high : NULL, DICTDB_NTS, &c->buffer, &count, NULL),
          specs[query].spec);
    lend(c, rows);
    return count;
}

static uint64_t change_record(void *context, const struct change *change, const char *changes) {
    struct context *c = context;
    return found(dictdb_table_update_by_key(c->table, change->key_text, DICTDB_NTS, changes, DICTDB_NTS, NULL), "update");
}

static uint64_t rename_record(void *context, const struct change *change) { return change_record(context, change, change->name_change); }

static uint64_t set_age(void *context, const struct change *change) { return change_record(context, change, change->age_change); }

static uint64_t set_sales(void *context, int active) {
    struct context *c = context;
    uint64_t count = 0;
    check(dictdb_update_run(c->sales, c->table, active ? "[true]" : "[false]", DICTDB_NTS, &count, NULL), "set_sales");
    return count;
}

static uint64_t remove_record(void *context, const struct change *change) {
    struct context *c = context;
    return found(dictdb_table_delete_by_key(c->table, change->key_text, DICTDB_NTS, NULL), "delete");
}

static uint64_t remove_young(void *context) {
    struct context *c = context;
    uint64_t count = 0;
    check(dictdb_table_delete_where(c->table, "age < 20", DICTDB_NTS, NULL, 0, &count, NULL), "delete_where");
    return count;
}

static uint64_t count(void *context) {
    struct context *c = context;
    uint64_t records = 0;
    check(dictdb_table_count(c->table, NULL, &records, NULL), "count");
    return records;
}

static struct sums sums(void *context) {
    struct context *c = context;
    return table_sums(c->table);
}

int main(int argc, char **argv) {
    static const struct peer peer = {
        .name = "libdictdb",
        .version = dictdb_version,
        .open = open_table,
        .close = close_table,
        .reader = make_reader,
        .close_reader = close_reader,
        .insert = insert,
        .insert_many = insert_many,
        .create_indexes = create_indexes,
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
