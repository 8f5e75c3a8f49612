/*
 * batch.h: what the tests of batches share: two tables with indexes, operations that can be added to a batch or done alone, and a
 * picture of all that can be seen of the tables, to be compared before and after.
 */
#ifndef BATCH_H
#define BATCH_H

#include "check.h"

/* --------------------------------------------------------------------------------------------------------------- operations */

typedef enum { INSERT_ONE, INSERT_MANY, UPSERT, UPDATE_BY_KEY, UPDATE_COMPILED, UPDATE_WHERE, DELETE_BY_KEY, DELETE_WHERE } operation_kind;

enum { A, S, TABLES };

/** One write, which can be added to a batch or done at once. */
typedef struct {
    operation_kind kind;
    /** `A` or `S`. */
    int table;
    /** Record, records, key or where. */
    char first[200];
    /** Changes or set. */
    char second[100];
    /** "" for none. */
    char params[100];
    int32_t on_conflict;
} operation;

/** A database of two tables with indexes: `a`, and `s`, which has a schema. Each has four records and gives 5 as its next key. */
typedef struct {
    dictdb_db *db;
    dictdb_table *tables[TABLES];
    dictdb_batch *batch;
    dictdb_buffer out;
    dictdb_error *err;
} scene;

static const char *const RECORDS_OF_A =
    "[{\"id\":1,\"mail\":\"a@x\",\"n\":10,\"name\":\"Ada\",\"big\":18446744073709551615,\"odd\":1.5},{\"id\":2,\"mail\":\"b@x\",\"n\":20},"
    "{\"id\":3,\"mail\":\"c@x\",\"n\":30},{\"id\":4,\"mail\":\"d@x\",\"n\":40}]";
static const char *const RECORDS_OF_S =
    "[{\"code\":\"c1\",\"grp\":10,\"note\":\"x\",\"id\":1},{\"code\":\"c2\",\"grp\":20,\"id\":2},{\"code\":\"c3\",\"grp\":30,\"id\":3},"
    "{\"code\":\"c4\",\"grp\":40,\"id\":4}]";

static inline scene open_scene(void) {
    scene s = {NULL, {NULL, NULL}, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_new(NULL, 0, &s.db, &s.err), &s.err);
    CHECK_OK(dictdb_db_create_table(s.db, NTS("a"), NULL, 0, &s.tables[A], &s.err), &s.err);
    CHECK_OK(dictdb_db_create_table(s.db, NTS("s"),
                                    NTS("{\"schema\":{\"code\":\"str\",\"grp\":\"int\",\"note\":{\"type\":\"str\",\"nullable\":true}}}"),
                                    &s.tables[S], &s.err), &s.err);
    CHECK_OK(dictdb_table_create_index(s.tables[A], NTS("{\"fields\":\"mail\",\"kind\":\"hash\",\"unique\":true}"), &s.err), &s.err);
    CHECK_OK(dictdb_table_create_index(s.tables[A], NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), &s.err), &s.err);
    CHECK_OK(dictdb_table_create_index(s.tables[S], NTS("{\"fields\":\"code\",\"kind\":\"sorted\",\"unique\":true}"), &s.err), &s.err);
    CHECK_OK(dictdb_table_create_index(s.tables[S], NTS("{\"fields\":\"grp\",\"kind\":\"hash\"}"), &s.err), &s.err);
    CHECK_OK(dictdb_table_insert_many(s.tables[A], NTS(RECORDS_OF_A), NULL, &s.err), &s.err);
    CHECK_OK(dictdb_table_insert_many(s.tables[S], NTS(RECORDS_OF_S), NULL, &s.err), &s.err);
    CHECK_OK(dictdb_batch_new(&s.batch, &s.err), &s.err);
    return s;
}

static inline void close_scene(scene *s) {
    dictdb_error_free(s->err);
    dictdb_buffer_free(&s->out);
    dictdb_batch_free(s->batch);
    dictdb_table_free(s->tables[A]);
    dictdb_table_free(s->tables[S]);
    dictdb_db_free(s->db);
}

static const char *params_of(const operation *op) {
    return op->params[0] == '\0' ? NULL : op->params;
}

static inline dictdb_status add(dictdb_batch *batch, dictdb_table *table, const operation *op, dictdb_error **error) {
    switch (op->kind) {
    case INSERT_ONE:
        return dictdb_batch_insert(batch, table, NTS(op->first), error);
    case INSERT_MANY:
        return dictdb_batch_insert_many(batch, table, NTS(op->first), error);
    case UPSERT:
        return dictdb_batch_upsert(batch, table, NTS(op->first), op->on_conflict, error);
    case UPDATE_BY_KEY:
        return dictdb_batch_update_by_key(batch, table, NTS(op->first), NTS(op->second), error);
    case UPDATE_COMPILED: {
        dictdb_update *update = NULL;
        CHECK_INT(dictdb_update_new(NULL, NTS(op->first), NTS(op->second), &update, NULL), DICTDB_STATUS_OK);
        dictdb_status status = dictdb_batch_update(batch, table, update, NTS(params_of(op)), error);
        dictdb_update_free(update);
        return status;
    }
    case UPDATE_WHERE:
        return dictdb_batch_update_where(batch, table, NTS(op->first), NTS(op->second), NTS(params_of(op)), error);
    case DELETE_BY_KEY:
        return dictdb_batch_delete_by_key(batch, table, NTS(op->first), error);
    case DELETE_WHERE:
        break;
    }
    return dictdb_batch_delete_where(batch, table, NTS(op->first), NTS(params_of(op)), error);
}

/** Does an operation at once, and prints `before` and what would be its result in a batch, if it succeeds and `results` is not NULL. */
static inline dictdb_status do_alone(dictdb_table *table, const operation *op, FILE *results, const char *before, dictdb_error **error) {
    static const char *const OUTCOMES[] = {"inserted", "updated", "ignored"};
    dictdb_buffer keys = DICTDB_BUFFER_INIT;
    uint64_t count = 1;
    int32_t outcome = 0;
    dictdb_status status = DICTDB_STATUS_OK;
    switch (op->kind) {
    case INSERT_ONE:
        status = dictdb_table_insert(table, NTS(op->first), &keys, error);
        break;
    case INSERT_MANY:
        status = dictdb_table_insert_many(table, NTS(op->first), &keys, error);
        break;
    case UPSERT:
        status = dictdb_table_upsert(table, NTS(op->first), op->on_conflict, &outcome, &keys, error);
        break;
    case UPDATE_BY_KEY:
        status = dictdb_table_update_by_key(table, NTS(op->first), NTS(op->second), error);
        break;
    case UPDATE_COMPILED:
    case UPDATE_WHERE:
        status = dictdb_table_update_where(table, NTS(op->first), NTS(op->second), NTS(params_of(op)), &count, error);
        break;
    case DELETE_BY_KEY:
        status = dictdb_table_delete_by_key(table, NTS(op->first), error);
        break;
    case DELETE_WHERE:
        status = dictdb_table_delete_where(table, NTS(op->first), NTS(params_of(op)), &count, error);
        break;
    }
    if (status == DICTDB_STATUS_OK && results != NULL) {
        fputs(before, results);
        switch (op->kind) {
        case INSERT_ONE:
            fprintf(results, "{\"key\":%s}", keys.data);
            break;
        case INSERT_MANY:
            fprintf(results, "{\"keys\":%s}", keys.data);
            break;
        case UPSERT:
            fprintf(results, "{\"key\":%s,\"outcome\":\"%s\"}", keys.data, OUTCOMES[outcome]);
            break;
        default:
            fprintf(results, "{\"count\":%" PRIu64 "}", count);
        }
    }
    dictdb_buffer_free(&keys);
    return status;
}

/** Does an operation at once, and it succeeds. */
static inline void do_now(scene *s, const operation *op) {
    CHECK_OK(do_alone(s->tables[op->table], op, NULL, "", &s->err), &s->err);
}

#define ADD(s, op) CHECK_OK(add((s).batch, (s).tables[(op).table], &(op), &(s).err), &(s).err)

/** Adds to the scene's batch by a function of the library: `ADDED(s, insert, A, "{}")`. */
#define ADDED(s, function, table, ...) CHECK_OK(dictdb_batch_##function((s).batch, (s).tables[table], __VA_ARGS__, &(s).err), &(s).err)

#define COMMIT(s, expected)                                                                                         \
    do {                                                                                                            \
        CHECK_OK(dictdb_batch_commit((s).batch, &(s).out, &(s).err), &(s).err);                                     \
        CHECK_TEXT((s).out, expected);                                                                              \
    } while (0)

#define CHECK_TABLE(s, table, expected)                                                                             \
    do {                                                                                                            \
        CHECK_OK(dictdb_table_select((s).tables[table], NULL, NULL, 0, &(s).out, NULL, &(s).err), &(s).err);        \
        CHECK_TEXT((s).out, expected);                                                                              \
    } while (0)

static inline void check_refused(const char *file, int line, const char *call, dictdb_status actual, dictdb_status expected,
                                 int64_t operation_number, const dictdb_error *error) {
    int64_t number = json_integer(dictdb_error_detail(error), "operation");
    if (error == NULL || error == CHECK_NEVER_SET || actual != expected || dictdb_error_status(error) != actual ||
        dictdb_error_message(error)[0] == '\0' || number != operation_number) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %.500s\n    gives %s, not %s of operation %" PRId64 ": %s %s\n", file, line, call, dictdb_status_name(actual),
                dictdb_status_name(expected), operation_number, dictdb_error_message(error), dictdb_error_detail(error));
    }
}

/** One of the operations of a batch fails. Unlike other calls, a commit gives an error object also with RECORD_NOT_FOUND. */
#define CHECK_REFUSED_CALL(call, text, expected, operation_number, error)                                           \
    do {                                                                                                            \
        check_expect(error);                                                                                        \
        dictdb_status refused_with = (call);                                                                        \
        check_refused(__FILE__, __LINE__, (text), refused_with, (expected), (operation_number), *(error));          \
    } while (0)

#define CHECK_REFUSED(s, expected, operation_number)                                                                \
    do {                                                                                                            \
        CHECK_REFUSED_CALL(dictdb_batch_commit((s).batch, &(s).out, &(s).err), "commit", expected, operation_number, &(s).err); \
        CHECK_EMPTY((s).out);                                                                                       \
    } while (0)

/* ------------------------------------------------------------------------------------------------------- all that can be seen */

static const char *const SPECS_OF_A[] = {
    "{\"where\":\"mail = 'a@x'\"}", "{\"where\":\"n >= 20\"}", "{\"order_by\":\"-n\",\"limit\":3}", "{\"where\":\"id IN (1, 5, 'nobody')\"}",
    "{\"group_by\":\"fresh_1\",\"aggregates\":[\"count()\",\"sum(n)\"]}",
};
static const char *const SPECS_OF_S[] = {
    "{\"where\":\"code >= 'c2'\"}", "{\"where\":\"grp = 1\"}", "{\"order_by\":\"code\",\"limit\":3}", "{\"where\":\"id IN (1, 5)\"}",
    "{\"group_by\":\"grp\",\"aggregates\":[\"count()\",\"max(code)\"]}",
};

static inline void print_query(FILE *stream, dictdb_table *table, const char *spec) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    CHECK_INT(dictdb_table_query(table, NTS(spec), NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
    fprintf(stream, "%s %s\n", spec, out.data);
    CHECK_INT(dictdb_table_explain(table, NTS(spec), NULL, 0, &out, NULL), DICTDB_STATUS_OK);
    fprintf(stream, "%s\n", out.data);
    dictdb_buffer_free(&out);
}

/** Records and their order, columns, indexes, what indexes answer, and the accounts of both tables; to be freed. */
static inline char *all_that_can_be_seen(scene *s) {
    static const char *const ACCOUNTS[] = {"records", "inserted", "updated", "deleted", "live_bytes", "indexes"};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    for (int table = 0; table < TABLES; table++) {
        CHECK_INT(dictdb_table_select(s->tables[table], NULL, NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        fprintf(stream, "%s\n", out.data);
        CHECK_INT(dictdb_table_describe(s->tables[table], &out, NULL), DICTDB_STATUS_OK);
        fprintf(stream, "%s\n", out.data);
        CHECK_INT(dictdb_table_statistics(s->tables[table], &out, NULL), DICTDB_STATUS_OK);
        for (size_t i = 0; i < sizeof ACCOUNTS / sizeof ACCOUNTS[0]; i++) {
            fprintf(stream, "%s %" PRId64 "\n", ACCOUNTS[i], json_integer(out.data, ACCOUNTS[i]));
        }
        for (size_t i = 0; i < sizeof SPECS_OF_A / sizeof SPECS_OF_A[0]; i++) {
            print_query(stream, s->tables[table], (table == A ? SPECS_OF_A : SPECS_OF_S)[i]);
        }
    }
    dictdb_buffer_free(&out);
    fclose(stream);
    return text;
}

static inline int64_t statistic(scene *s, int table, const char *name) {
    CHECK_OK(dictdb_table_statistics(s->tables[table], &s->out, &s->err), &s->err);
    return json_integer(s->out.data, name);
}

/** Prints where two texts part: they are long. */
static inline void check_same(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (strcmp(actual, expected) == 0) {
        return;
    }
    size_t at = 0;
    while (actual[at] == expected[at]) {
        at++;
    }
    at -= at < 60 ? at : 60;
    atomic_fetch_add(&check_failures, 1);
    fprintf(stderr, "%s:%d: %s\n    is  ...%.200s\n    not ...%.200s\n", file, line, what, actual + at, expected + at);
}

#define CHECK_SAME(actual, expected, what) check_same(__FILE__, __LINE__, (what), (actual), (expected))

/** The tables' next automatic keys are these. Takes them. */
static inline void check_next_keys(scene *s, const char *of_a, const char *of_s) {
    CHECK_OK(dictdb_table_insert(s->tables[A], NTS("{}"), &s->out, &s->err), &s->err);
    CHECK_TEXT(s->out, of_a);
    CHECK_OK(dictdb_table_insert(s->tables[S], NTS("{\"code\":\"next\",\"grp\":0}"), &s->out, &s->err), &s->err);
    CHECK_TEXT(s->out, of_s);
}

#endif
