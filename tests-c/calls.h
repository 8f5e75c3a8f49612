/*
 * calls.h: all calls that can take long, for the tests of what stops them. Include it after check.h.
 */
#ifndef CALLS_H
#define CALLS_H

#include <signal.h>
#include <time.h>

/* -------------------------------------------------------------------------------------------------------------------- scene */

/** Enough for a call over all of them to be more than "no time to speak of". */
enum { RECORDS = 5000 };

/** A table with records, and all that the calls need. */
typedef struct {
    world w;
    dictdb_cancel *cancel;
    dictdb_predicate *scan;
    dictdb_query *query;
    dictdb_query *matching;
    dictdb_update *update;
    /** Records to be inserted, and keys to be got, as many as the table has. */
    char *more;
    char *keys;
    dictdb_buffer out;
    uint64_t count;
} scene;

/** Records `{"n":0,...}` without keys, and with `extra` in each. */
static inline char *records(long count, const char *extra) {
    size_t size = (size_t)count * (strlen(extra) + 60) + 16;
    char *text = check_memory(size);
    size_t used = (size_t)snprintf(text, size, "[");
    for (long i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s{\"n\":0,\"name\":\"%ld name\"%s}", i == 0 ? "" : ",", i * 7919 % 100003, extra);
    }
    snprintf(text + used, size - used, "]");
    return text;
}

static inline char *keys_to(long count) {
    size_t size = (size_t)count * 12 + 16;
    char *text = check_memory(size);
    size_t used = (size_t)snprintf(text, size, "[");
    for (long i = 1; i <= count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%ld", i == 1 ? "" : ",", i);
    }
    snprintf(text + used, size - used, "]");
    return text;
}

static inline void open_scene(scene *s, long count) {
    memset(s, 0, sizeof *s);
    s->w = world_open(NULL);
    s->count = 77;
    CHECK_OK(dictdb_cancel_new(&s->cancel, &s->w.err), &s->w.err);
    s->more = records(count, ",\"more\":true");
    s->keys = keys_to(count);
    char *first = records(count, "");
    INSERT(s->w, first);
    free(first);
    s->scan = parsed("name LIKE '%9%7%' OR n = 0");
    CHECK_OK(dictdb_query_new(NULL, NTS("{\"where\":\"name LIKE '%1%'\",\"order_by\":[\"-name\"]}"), &s->query, &s->w.err), &s->w.err);
    CHECK_OK(dictdb_query_new(s->scan, NULL, 0, &s->matching, &s->w.err), &s->w.err);
    CHECK_OK(dictdb_update_new(s->scan, NULL, 0, NTS("n = n + 1"), &s->update, &s->w.err), &s->w.err);
}

static inline void close_scene(scene *s) {
    free(s->more);
    free(s->keys);
    dictdb_buffer_free(&s->out);
    dictdb_update_free(s->update);
    dictdb_query_free(s->matching);
    dictdb_query_free(s->query);
    dictdb_predicate_free(s->scan);
    dictdb_cancel_free(s->cancel);
    world_close(&s->w);
}

static inline dictdb_table *limited(const dictdb_table *table, const dictdb_cancel *cancel, int64_t timeout_ms) {
    dictdb_table *made = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_table_limited(table, cancel, timeout_ms, &made, &error), &error);
    CHECK(made != NULL);
    return made;
}

static inline dictdb_db *limited_db(const dictdb_db *db, const dictdb_cancel *cancel, int64_t timeout_ms) {
    dictdb_db *made = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_limited(db, cancel, timeout_ms, &made, &error), &error);
    CHECK(made != NULL);
    return made;
}

static inline int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** The flag of a token as what it is written with. */
static _Atomic int32_t *flag_of(const dictdb_cancel *cancel) {
    return (_Atomic int32_t *)dictdb_cancel_flag(cancel);
}

/** All records, indexes and counts of changes. */
typedef struct {
    dictdb_buffer records;
    dictdb_buffer description;
    int64_t inserted;
    int64_t updated;
    int64_t deleted;
    int64_t snapshots;
} state;

static inline state state_of(world *w) {
    state of = {DICTDB_BUFFER_INIT, DICTDB_BUFFER_INIT, 0, 0, 0, 0};
    CHECK_OK(dictdb_table_copy(w->table, &of.records, &w->err), &w->err);
    CHECK_OK(dictdb_table_describe(w->table, &of.description, &w->err), &w->err);
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    of.inserted = json_integer(w->out.data, "inserted");
    of.updated = json_integer(w->out.data, "updated");
    of.deleted = json_integer(w->out.data, "deleted");
    of.snapshots = json_integer(w->out.data, "snapshots");
    return of;
}

static inline void free_state(state *of) {
    dictdb_buffer_free(&of->records);
    dictdb_buffer_free(&of->description);
}

static inline void check_unchanged(int line, const char *what, world *w, const state *before) {
    state now = state_of(w);
    check_string(__FILE__, line, what, now.records.data, before->records.data);
    check_string(__FILE__, line, what, now.description.data, before->description.data);
    check_integer(__FILE__, line, what, now.inserted, before->inserted);
    check_integer(__FILE__, line, what, now.updated, before->updated);
    check_integer(__FILE__, line, what, now.deleted, before->deleted);
    check_integer(__FILE__, line, what, now.snapshots, before->snapshots);
    free_state(&now);
}

/* ------------------------------------------------------------------------------------------------ the calls that can take long */

typedef dictdb_status (*caller)(scene *s, dictdb_table *table, dictdb_error **error);

#define CALL(name) static inline dictdb_status name(scene *s, dictdb_table *table, dictdb_error **error)

CALL(select_sorted) { return dictdb_table_select(table, s->scan, NTS("{\"order_by\":\"-name\"}"), &s->out, &s->count, error); }
CALL(select_all) { return dictdb_table_select(table, NULL, NULL, 0, &s->out, &s->count, error); }
CALL(select_columns) { return dictdb_table_select(table, NULL, NTS("{\"columns\":[\"name\"],\"distinct\":true}"), &s->out, &s->count, error); }
CALL(count_matching) { return dictdb_table_count(table, s->scan, &s->count, error); }
CALL(count_where) { return dictdb_table_count_where(table, NTS("name LIKE '%3%' OR n > 5"), NULL, 0, &s->count, error); }
CALL(query_run) { return dictdb_query_run(s->query, table, NULL, 0, &s->out, &s->count, error); }
CALL(query_count) { return dictdb_query_count(s->query, table, NULL, 0, &s->count, error); }
CALL(table_query) {
    return dictdb_table_query(table, NTS("{\"group_by\":\"name\",\"aggregates\":[\"count()\",\"sum(n)\"],\"order_by\":\"-name\"}"), NULL, 0, &s->out,
                              &s->count, error);
}
CALL(query_aggregates) {
    return dictdb_table_query(table, NTS("{\"aggregates\":[\"count_distinct(name)\",\"sum(n)\",\"max(name)\"]}"), NULL, 0, &s->out, &s->count, error);
}
CALL(copy) { return dictdb_table_copy(table, &s->out, error); }
CALL(get_many) { return dictdb_table_get_many(table, NTS(s->keys), &s->out, error); }
CALL(insert_many) { return dictdb_table_insert_many(table, NTS(s->more), &s->out, error); }
CALL(update) { return dictdb_table_update(table, s->scan, NTS("{\"n\":1}"), &s->count, error); }
CALL(update_where) { return dictdb_table_update_where(table, NTS("name LIKE '%1%'"), NTS("n = n + 1"), NULL, 0, &s->count, error); }
CALL(update_run) { return dictdb_update_run(s->update, table, NULL, 0, &s->count, error); }
CALL(delete_matching) { return dictdb_table_delete(table, s->scan, &s->count, error); }
CALL(delete_where) { return dictdb_table_delete_where(table, NTS("name LIKE '%1%'"), NULL, 0, &s->count, error); }
CALL(query_delete) { return dictdb_query_delete(s->matching, table, NULL, 0, &s->count, error); }
CALL(create_hash_index) { (void)s; return dictdb_table_create_index(table, NTS("{\"fields\":\"name\",\"kind\":\"hash\"}"), error); }
CALL(create_sorted_index) { (void)s; return dictdb_table_create_index(table, NTS("{\"fields\":[\"n\",\"name\"],\"kind\":\"sorted\"}"), error); }

/** A cursor that computes or sorts when it is made. */
static inline dictdb_status make_cursor(dictdb_table *table, const char *spec, dictdb_error **error) {
    dictdb_cursor *cursor = (dictdb_cursor *)(uintptr_t)77;
    dictdb_status status = dictdb_table_cursor(table, NTS(spec), NULL, 0, &cursor, error);
    CHECK((cursor != NULL) == (status == DICTDB_STATUS_OK));
    dictdb_cursor_free(cursor);
    return status;
}

CALL(cursor_sorted) { (void)s; return make_cursor(table, "{\"order_by\":\"-name\"}", error); }
CALL(cursor_grouped) { (void)s; return make_cursor(table, "{\"group_by\":\"name\",\"aggregates\":[\"count()\"]}", error); }
CALL(cursor_distinct) { (void)s; return make_cursor(table, "{\"columns\":[\"name\"],\"distinct\":true}", error); }

/** A step that looks at all records. */
CALL(cursor_next) {
    (void)s;
    const char *row = NULL;
    size_t len = 0;
    dictdb_cursor *cursor = NULL;
    dictdb_status status = dictdb_table_cursor(table, NTS("{\"where\":\"name LIKE '%x%'\"}"), NULL, 0, &cursor, error);
    if (status != DICTDB_STATUS_OK) {
        return status;
    }
    status = dictdb_cursor_next(cursor, &row, &len, error);
    CHECK(row == NULL && len == 0);
    dictdb_cursor_free(cursor);
    return status == DICTDB_STATUS_RECORD_NOT_FOUND ? DICTDB_STATUS_OK : status;
}

CALL(cursor_next_batch) {
    dictdb_cursor *cursor = NULL;
    dictdb_status status = dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, error);
    if (status != DICTDB_STATUS_OK) {
        return status;
    }
    status = dictdb_cursor_next_batch(cursor, 0, SIZE_MAX, DICTDB_ROWS_LINES, &s->out, &s->count, error);
    dictdb_cursor_free(cursor);
    return status;
}

/** A batch that is stopped in its midst may come with the rows that it has; then the next one is stopped. */
CALL(cursor_to_its_end) {
    dictdb_cursor *cursor = NULL;
    dictdb_status status = dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, error);
    while (status == DICTDB_STATUS_OK) {
        status = dictdb_cursor_next_batch(cursor, 100000, SIZE_MAX, DICTDB_ROWS_LINES, &s->out, &s->count, error);
    }
    dictdb_cursor_free(cursor);
    return status == DICTDB_STATUS_RECORD_NOT_FOUND ? DICTDB_STATUS_OK : status;
}

/** A batch, in which the handle that is limited is used for one of several operations. */
static inline dictdb_status commit(scene *s, dictdb_table *table, bool is_insert, dictdb_error **error) {
    dictdb_batch *batch = NULL;
    dictdb_status status = DICTDB_STATUS_OK;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_insert(batch, s->w.table, NTS("{\"n\":0,\"name\":\"unlimited\"}"), NULL), DICTDB_STATUS_OK);
    if (is_insert) {
        status = dictdb_batch_insert_many(batch, table, NTS(s->more), error);
    } else {
        status = dictdb_batch_update_where(batch, table, NTS("name LIKE '%1%'"), NTS("n = n + 1"), NULL, 0, error);
    }
    if (status == DICTDB_STATUS_OK) {
        status = dictdb_batch_commit(batch, &s->out, error);
    }
    dictdb_batch_free(batch);
    return status;
}

CALL(batch_of_inserts) { return commit(s, table, true, error); }
CALL(batch_of_updates) { return commit(s, table, false, error); }

typedef struct {
    const char *name;
    caller call;
    bool writes;
} function;

/** Those that read, then those that write: each succeeds on the table as those before it leave it. */
static const function FUNCTIONS[] = {
    {"select with order", select_sorted, false},
    {"select of all", select_all, false},
    {"select of distinct columns", select_columns, false},
    {"count", count_matching, false},
    {"count_where", count_where, false},
    {"query_run", query_run, false},
    {"query_count", query_count, false},
    {"table_query of groups", table_query, false},
    {"table_query of aggregates", query_aggregates, false},
    {"table_copy", copy, false},
    {"get_many", get_many, false},
    {"cursor that is sorted", cursor_sorted, false},
    {"cursor of groups", cursor_grouped, false},
    {"cursor of distinct rows", cursor_distinct, false},
    {"cursor_next", cursor_next, false},
    {"cursor_next_batch", cursor_next_batch, false},
    {"insert_many", insert_many, true},
    {"update", update, true},
    {"update_where", update_where, true},
    {"update_run", update_run, true},
    {"create_index, hash", create_hash_index, true},
    {"create_index, sorted", create_sorted_index, true},
    {"batch of inserts", batch_of_inserts, true},
    {"batch of updates", batch_of_updates, true},
    {"delete_where", delete_where, true},
    {"delete", delete_matching, true},
    {"query_delete", query_delete, true},
};

enum { FUNCTIONS_COUNT = sizeof FUNCTIONS / sizeof FUNCTIONS[0] };

/** Each call through a handle is stopped so and has changed nothing. */
static inline void check_all_stopped(int line, scene *s, dictdb_table *table, dictdb_status expected) {
    state before = state_of(&s->w);
    for (int i = 0; i < FUNCTIONS_COUNT; i++) {
        /* Something is in the buffer, to see that the call empties it. */
        CHECK_OK(dictdb_table_get_int(s->w.table, 1, &s->out, &s->w.err), &s->w.err);
        bool gives_text = FUNCTIONS[i].call == select_all || FUNCTIONS[i].call == get_many || FUNCTIONS[i].call == copy ||
                          FUNCTIONS[i].call == insert_many || FUNCTIONS[i].call == table_query;
        check_expect(&s->w.err);
        dictdb_status status = FUNCTIONS[i].call(s, table, &s->w.err);
        check_status(__FILE__, line, FUNCTIONS[i].name, status, expected, &s->w.err);
        CHECK_INT(s->count, 77);
        if (gives_text) {
            CHECK_EMPTY(s->out);
        }
        check_unchanged(line, FUNCTIONS[i].name, &s->w, &before);
        s->count = 77;
    }
    free_state(&before);
}

/** Each call through a handle goes through. */
static inline void check_none_stopped(int line, scene *s, dictdb_table *table, bool writes) {
    for (int i = 0; i < FUNCTIONS_COUNT; i++) {
        if (FUNCTIONS[i].writes && !writes) {
            continue;
        }
        if (FUNCTIONS[i].call == query_delete) {
            CHECK_OK(insert_many(s, s->w.table, &s->w.err), &s->w.err);
        }
        check_expect(&s->w.err);
        dictdb_status status = FUNCTIONS[i].call(s, table, &s->w.err);
        check_status(__FILE__, line, FUNCTIONS[i].name, status, DICTDB_STATUS_OK, &s->w.err);
        s->count = 77;
    }
}

/* ------------------------------------------------------------------------------------------------------------------ signals */

static _Atomic(_Atomic int32_t *) flag_for_signals;

static inline void set_flag(int signal) {
    (void)signal;
    atomic_store(atomic_load(&flag_for_signals), 1);
}

static inline void open_signals(scene *s, struct sigaction *before) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = set_flag;
    sigemptyset(&action.sa_mask);
    atomic_store(&flag_for_signals, flag_of(s->cancel));
    CHECK_INT(sigaction(SIGUSR1, &action, before), 0);
}

#endif
