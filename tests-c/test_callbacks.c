/*
 * Tests: callbacks that call the library back: the log callback, from each call that logs, and the destructor of its context do what they
 * like, with the very handles of the call they come from, alone or by another thread that they wait for. Nothing hangs, and both the call
 * and what the callback did have their effect.
 * Does not test: levels, sampling, replacing (test_log). Other callbacks, and all functions called by each (test_callbacks_all).
 */
#include "check.h"
#include <pthread.h>

/** A database of tables `t` and `u`, a handle of each kind to be used by calls, and spare ones to look at what was done. */
typedef struct {
    dictdb_db *db;
    dictdb_table *t;
    dictdb_table *u;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_batch *batch;
    dictdb_watch *watch;
    dictdb_db *spare_db;
    dictdb_table *spare_t;
    dictdb_table *spare_u;
    dictdb_buffer out;
    /** What the callback is to do at its first call. */
    void (*action)(void *scene);
    bool by_another_thread;
    atomic_int calls;
    atomic_int actions;
    atomic_int destroyed;
    atomic_int successor_calls;
} scene;

static void open_scene(scene *s) {
    memset(s, 0, sizeof *s);
    CHECK_INT(dictdb_db_new(NULL, 0, &s->db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s->db, NTS("t"), NULL, 0, &s->t, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s->db, NTS("u"), NULL, 0, &s->u, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert_many(s->t, NTS("[{\"n\":1},{\"n\":2},{\"n\":3}]"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_create_index(s->t, NTS("{\"fields\":\"m\",\"kind\":\"hash\"}"), NULL), DICTDB_STATUS_OK);
    s->predicate = parsed("id = 1");
    CHECK_INT(dictdb_query_new(NULL, NTS("{\"where\":\"id = 1\"}"), &s->query, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_update_new(NULL, NTS("id = 1"), NTS("n = 100"), &s->update, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_new(&s->batch, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_insert(s->batch, s->t, NTS("{\"id\":60}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_insert(s->batch, s->u, NTS("{\"id\":60}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_watch(s->t, NULL, 0, &s->watch, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_limited(s->db, NULL, DICTDB_NO_TIMEOUT, &s->spare_db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_get_table(s->db, NTS("t"), &s->spare_t, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_get_table(s->db, NTS("u"), &s->spare_u, NULL), DICTDB_STATUS_OK);
}

static void free_what_calls_use(scene *s) {
    dictdb_watch_free(s->watch);
    dictdb_batch_free(s->batch);
    dictdb_update_free(s->update);
    dictdb_query_free(s->query);
    dictdb_predicate_free(s->predicate);
    dictdb_table_free(s->u);
    dictdb_table_free(s->t);
    dictdb_db_free(s->db);
}

static void close_scene(scene *s) {
    dictdb_buffer_free(&s->out);
    free_what_calls_use(s);
    dictdb_table_free(s->spare_u);
    dictdb_table_free(s->spare_t);
    dictdb_db_free(s->spare_db);
}

static void *do_action(void *context) {
    scene *s = context;
    s->action(s);
    return NULL;
}

/** Does the action, once; what it logs itself must not come here. */
static void receive(void *context, int32_t level, const char *message, const char *fields) {
    scene *s = context;
    CHECK(level >= DICTDB_LOG_ERROR && level <= DICTDB_LOG_DEBUG && message[0] != '\0' && fields[0] == '{');
    CHECK_INT(atomic_load(&s->destroyed), 0);
    atomic_fetch_add(&s->calls, 1);
    if (s->action == NULL || atomic_fetch_add(&s->actions, 1) > 0) {
        return;
    }
    if (s->by_another_thread) {
        pthread_t thread;
        CHECK_INT(pthread_create(&thread, NULL, do_action, s), 0);
        pthread_join(thread, NULL);
    } else {
        do_action(s);
    }
}

static void count_destroyed(void *context) {
    atomic_fetch_add(&((scene *)context)->destroyed, 1);
}

static void count_call_of_successor(void *context, int32_t level, const char *message, const char *fields) {
    (void)level, (void)message, (void)fields;
    atomic_fetch_add(&((scene *)context)->successor_calls, 1);
}

static void log_to_nobody(void) {
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
}

/* -------------------------------------------------------------------------------------------------------- calls that log */

static uint64_t count(const dictdb_table *table, const char *where_text) {
    uint64_t number = UINT64_MAX;
    CHECK_INT(dictdb_table_count_where(table, NTS(where_text), NULL, 0, &number, NULL), DICTDB_STATUS_OK);
    return number;
}

static bool has_table(scene *s, const char *name) {
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    CHECK_INT(dictdb_db_list_tables(s->spare_db, &s->out, NULL), DICTDB_STATUS_OK);
    return s->out.data != NULL && strstr(s->out.data, quoted) != NULL;
}

static bool has_index(scene *s, const char *field) {
    char member[64];
    snprintf(member, sizeof member, "{\"fields\":[\"%s\"]", field);
    CHECK_INT(dictdb_table_describe(s->spare_t, &s->out, NULL), DICTDB_STATUS_OK);
    return s->out.data != NULL && strstr(s->out.data, member) != NULL;
}

static dictdb_status insert(scene *s) {
    return dictdb_table_insert(s->t, NTS("{\"id\":50}"), &s->out, NULL);
}

static dictdb_status insert_many(scene *s) {
    return dictdb_table_insert_many(s->t, NTS("[{\"id\":50},{\"id\":51}]"), &s->out, NULL);
}

static dictdb_status upsert(scene *s) {
    return dictdb_table_upsert(s->t, NTS("{\"id\":50}"), DICTDB_CONFLICT_ERROR, NULL, &s->out, NULL);
}

static bool fifty_is_there(scene *s) {
    return count(s->spare_t, "id = 50") == 1;
}

static dictdb_status upsert_known(scene *s) {
    return dictdb_table_upsert(s->t, NTS("{\"id\":1,\"n\":100}"), DICTDB_CONFLICT_UPDATE, NULL, &s->out, NULL);
}

static dictdb_status update(scene *s) {
    return dictdb_table_update(s->t, s->predicate, NTS("{\"n\":100}"), NULL, NULL);
}

static dictdb_status update_by_key(scene *s) {
    return dictdb_table_update_by_key(s->t, NTS("1"), NTS("{\"n\":100}"), NULL);
}

static dictdb_status update_run(scene *s) {
    return dictdb_update_run(s->update, s->t, NULL, 0, NULL, NULL);
}

static dictdb_status update_where(scene *s) {
    return dictdb_table_update_where(s->t, NTS("id = 1"), NTS("n = n * 100"), NULL, 0, NULL, NULL);
}

static bool one_is_changed(scene *s) {
    return count(s->spare_t, "n = 100") == 1;
}

static dictdb_status delete_matching(scene *s) {
    return dictdb_table_delete(s->t, s->predicate, NULL, NULL);
}

static dictdb_status delete_by_key(scene *s) {
    return dictdb_table_delete_by_key(s->t, NTS("1"), NULL);
}

static dictdb_status delete_where(scene *s) {
    return dictdb_table_delete_where(s->t, NTS("id = 1"), NULL, 0, NULL, NULL);
}

static dictdb_status query_delete(scene *s) {
    return dictdb_query_delete(s->query, s->t, NULL, 0, NULL, NULL);
}

static bool one_is_gone(scene *s) {
    return count(s->spare_t, "id = 1") == 0 && count(s->spare_t, "id IN (2, 3)") == 2;
}

static dictdb_status create_index(scene *s) {
    return dictdb_table_create_index(s->t, NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), NULL);
}

static bool the_index_is_there(scene *s) {
    return has_index(s, "n");
}

static dictdb_status drop_index(scene *s) {
    return dictdb_table_drop_index(s->t, NTS("\"m\""), NULL);
}

static bool the_index_is_gone(scene *s) {
    return !has_index(s, "m");
}

static dictdb_status create_table(scene *s) {
    dictdb_table *table = NULL;
    dictdb_status status = dictdb_db_create_table(s->db, NTS("new"), NULL, 0, &table, NULL);
    CHECK_INT(dictdb_table_insert(table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    dictdb_table_free(table);
    return status;
}

static bool the_table_is_there(scene *s) {
    return has_table(s, "new");
}

static dictdb_status drop_table(scene *s) {
    return dictdb_db_drop_table(s->db, NTS("u"), NULL);
}

static bool the_table_is_gone(scene *s) {
    return !has_table(s, "u");
}

static dictdb_status batch_commit(scene *s) {
    return dictdb_batch_commit(s->batch, &s->out, NULL);
}

static bool sixty_is_in_both(scene *s) {
    return count(s->spare_t, "id = 60") == 1 && count(s->spare_u, "id = 60") == 1;
}

static dictdb_status db_batch(scene *s) {
    return dictdb_db_batch(s->db, NTS("[{\"insert\":\"u\",\"record\":{\"id\":50}},{\"insert\":\"t\",\"record\":{\"id\":50}}]"), &s->out, NULL);
}

static bool fifty_is_in_both(scene *s) {
    return count(s->spare_t, "id = 50") == 1 && count(s->spare_u, "id = 50") == 1;
}

typedef struct {
    const char *name;
    dictdb_status (*call)(scene *s);
    /** What the call did can be seen. */
    bool (*applied)(scene *s);
    /** What its results are, or NULL if it gives none. */
    const char *results;
} logging_call;

static const logging_call CALLS[] = {
    {"insert", insert, fifty_is_there, "50"},
    {"insert_many", insert_many, fifty_is_there, "[50,51]"},
    {"upsert", upsert, fifty_is_there, "50"},
    {"upsert_known", upsert_known, one_is_changed, "1"},
    {"update", update, one_is_changed, NULL},
    {"update_by_key", update_by_key, one_is_changed, NULL},
    {"update_run", update_run, one_is_changed, NULL},
    {"update_where", update_where, one_is_changed, NULL},
    {"delete", delete_matching, one_is_gone, NULL},
    {"delete_by_key", delete_by_key, one_is_gone, NULL},
    {"delete_where", delete_where, one_is_gone, NULL},
    {"query_delete", query_delete, one_is_gone, NULL},
    {"create_index", create_index, the_index_is_there, NULL},
    {"drop_index", drop_index, the_index_is_gone, NULL},
    {"create_table", create_table, the_table_is_there, NULL},
    {"drop_table", drop_table, the_table_is_gone, NULL},
    {"batch_commit", batch_commit, sixty_is_in_both, "[{\"key\":60},{\"key\":60}]"},
    {"db_batch", db_batch, fifty_is_in_both, "[{\"key\":50},{\"key\":50}]"},
};

enum { CALL_COUNT = sizeof CALLS / sizeof CALLS[0] };

/* ------------------------------------------------------------------------------------------------- what callbacks do */

static void read_all(void *context) {
    scene *s = context;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    uint64_t rows = 0;
    CHECK_INT(dictdb_table_select(s->t, NULL, NTS("{\"order_by\":\"-n\"}"), &out, &rows, NULL), DICTDB_STATUS_OK);
    CHECK(rows >= 2);
    CHECK_INT(dictdb_query_run(s->query, s->t, NULL, 0, &out, &rows, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_query_explain(s->query, s->t, NULL, 0, &out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_get_int(s->t, 2, &out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_describe(s->t, &out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_statistics(s->t, &out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_list_tables(s->db, &out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_copy(s->db, &out, NULL), DICTDB_STATUS_OK);
    dictdb_buffer_free(&out);
}

static void write_own_record(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_table_insert(s->t, NTS("{\"id\":\"own\",\"k\":1}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_update_where(s->t, NTS("id = 'own'"), NTS("k = k + 1"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_upsert(s->t, NTS("{\"id\":\"gone\"}"), DICTDB_CONFLICT_ERROR, NULL, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_delete_by_key(s->t, NTS("\"gone\""), NULL), DICTDB_STATUS_OK);
}

static void own_record_is_there(scene *s) {
    CHECK_INT(count(s->spare_t, "id = 'own' AND k = 2"), 1);
    CHECK_INT(count(s->spare_t, "id = 'gone'"), 0);
}

static void make_and_drop_indexes(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_table_create_index(s->t, NTS("{\"fields\":\"k\",\"kind\":\"sorted\"}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_create_index(s->t, NTS("{\"fields\":\"l\",\"kind\":\"hash\"}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_drop_index(s->t, NTS("\"l\""), NULL), DICTDB_STATUS_OK);
}

static void own_index_is_there(scene *s) {
    CHECK(has_index(s, "k"));
    CHECK(!has_index(s, "l"));
}

static void drop_the_table(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_db_drop_table(s->db, NTS("t"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert(s->t, NTS("{}"), NULL, NULL), DICTDB_STATUS_TABLE_NOT_FOUND);
}

static void t_is_gone(scene *s) {
    CHECK(!has_table(s, "t"));
    CHECK_INT(dictdb_table_insert(s->t, NTS("{}"), NULL, NULL), DICTDB_STATUS_TABLE_NOT_FOUND);
}

static void create_tables(void *context) {
    scene *s = context;
    dictdb_table *table = NULL;
    CHECK_INT(dictdb_db_create_table(s->db, NTS("own"), NULL, 0, &table, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert(table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s->db, NTS("gone"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_drop_table(s->db, NTS("gone"), NULL), DICTDB_STATUS_OK);
    dictdb_table_free(table);
}

static void own_table_is_there(scene *s) {
    CHECK(has_table(s, "own"));
    CHECK(!has_table(s, "gone"));
}

static void take_snapshots(void *context) {
    scene *s = context;
    dictdb_table *of_table = NULL;
    dictdb_db *of_db = NULL;
    dictdb_cursor *cursor = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    const char *row = NULL;
    size_t len = 0;
    CHECK_INT(dictdb_table_snapshot(s->t, &of_table, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_snapshot(s->db, &of_db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_query_cursor(s->query, s->t, NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
    dictdb_cursor_free(cursor);
    CHECK_INT(dictdb_table_cursor(of_table, NULL, 0, NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_cursor_next(cursor, &row, &len, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_LINES, &out, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_copy(of_db, &out, NULL), DICTDB_STATUS_OK);
    dictdb_cursor_free(cursor);
    dictdb_db_free(of_db);
    dictdb_table_free(of_table);
    dictdb_buffer_free(&out);
}

static void commit_another_batch(void *context) {
    scene *s = context;
    dictdb_batch *batch = NULL;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_insert(batch, s->t, NTS("{\"id\":\"own\",\"k\":1}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_update_where(batch, s->t, NTS("id = 'own'"), NTS("k = k + 1"), NULL, 0, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_commit(batch, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_batch(s->db, NTS("[{\"upsert\":\"t\",\"record\":{\"id\":\"own\"}},{\"delete\":\"t\",\"key\":\"nobody\"}]"), NULL, NULL),
              DICTDB_STATUS_RECORD_NOT_FOUND);
    dictdb_batch_free(batch);
}

static void commit_the_batch(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_batch_commit(s->batch, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_batch_insert(s->batch, s->t, NTS("{\"id\":\"later\"}"), NULL), DICTDB_STATUS_OK);
}

/** The batch was committed once, by the callback or by the call itself, and has what the callback added afterwards. */
static void the_batch_was_committed(scene *s) {
    CHECK_INT(count(s->spare_t, "id = 60"), 1);
    CHECK_INT(count(s->spare_t, "id = 'later'"), 0);
    CHECK_INT(dictdb_batch_commit(s->batch, &s->out, NULL), DICTDB_STATUS_OK);
    CHECK_TEXT(s->out, "[{\"key\":\"later\"}]");
}

static void clear_the_batch(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_batch_clear(s->batch, NULL), DICTDB_STATUS_OK);
}

static void the_batch_is_empty(scene *s) {
    CHECK_INT(dictdb_batch_commit(s->batch, &s->out, NULL), DICTDB_STATUS_OK);
    CHECK_TEXT(s->out, "[]");
}

static void poll_watches(void *context) {
    scene *s = context;
    dictdb_watch *watch = NULL;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    uint64_t last = 0;
    int32_t fd = -1;
    CHECK_INT(dictdb_db_watch(s->db, NULL, 0, &watch, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_watch_fd(watch, &fd, NULL), DICTDB_STATUS_OK);
    write_own_record(s);
    CHECK_INT(dictdb_watch_poll(watch, 0, 0, DICTDB_NO_TIMEOUT, &changes, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_MEMBER(changes.data + 1, "key", "\"own\"");
    CHECK_INT(dictdb_watch_poll(s->watch, 0, 0, DICTDB_NO_TIMEOUT, &changes, &last, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_watch_poll(s->watch, last, 0, 0, &changes, &last, NULL), DICTDB_STATUS_OK);
    CHECK_TEXT(changes, "[]");
    dictdb_watch_free(watch);
    dictdb_buffer_free(&changes);
}

static void set_another_callback(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, count_call_of_successor, s, NULL, NULL), DICTDB_STATUS_OK);
}

static void the_other_callback_is_called(scene *s) {
    int before = atomic_load(&s->successor_calls);
    CHECK_INT(atomic_load(&s->calls), 1);
    CHECK_INT(atomic_load(&s->destroyed), 1);
    CHECK_INT(dictdb_table_insert(s->spare_t, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(atomic_load(&s->successor_calls), before + 1);
    CHECK_INT(atomic_load(&s->calls), 1);
}

static void free_the_handles(void *context) {
    scene *s = context;
    free_what_calls_use(s);
    CHECK_INT(dictdb_table_insert(s->t, NTS("{}"), NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_INT(dictdb_batch_commit(s->batch, NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_INT(dictdb_update_run(s->update, s->spare_t, NULL, 0, NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
}

static void the_handles_are_stale(scene *s) {
    CHECK_INT(dictdb_table_insert(s->t, NTS("{}"), NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_INT(dictdb_db_list_tables(s->db, &s->out, NULL), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_INT(dictdb_batch_commit(s->batch, &s->out, NULL), DICTDB_STATUS_INVALID_HANDLE);
}

static void cancel_and_limit(void *context) {
    scene *s = context;
    dictdb_cancel *cancel = NULL;
    dictdb_table *limited = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    CHECK_INT(dictdb_cancel_new(&cancel, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_limited(s->t, cancel, DICTDB_NO_TIMEOUT, &limited, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_cancel_set(cancel, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_copy(limited, &out, NULL), DICTDB_STATUS_CANCELLED);
    CHECK_INT(dictdb_cancel_reset(cancel, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert(limited, NTS("{\"id\":\"own\",\"k\":2}"), NULL, NULL), DICTDB_STATUS_OK);
    dictdb_table_free(limited);
    dictdb_cancel_free(cancel);
    dictdb_buffer_free(&out);
}

typedef struct {
    const char *name;
    void (*act)(void *scene);
    /** Checks what the callback did; may be NULL. */
    void (*after)(scene *s);
    /** `t` is no more. */
    bool drops;
} callback_action;

static const callback_action ACTIONS[] = {
    {"read", read_all, NULL, false},
    {"write", write_own_record, own_record_is_there, false},
    {"make and drop indexes", make_and_drop_indexes, own_index_is_there, false},
    {"drop the table", drop_the_table, t_is_gone, true},
    {"create tables", create_tables, own_table_is_there, false},
    {"take snapshots", take_snapshots, NULL, false},
    {"commit another batch", commit_another_batch, own_record_is_there, false},
    {"commit the batch", commit_the_batch, the_batch_was_committed, false},
    {"clear the batch", clear_the_batch, the_batch_is_empty, false},
    {"poll watches", poll_watches, own_record_is_there, false},
    {"set another callback", set_another_callback, the_other_callback_is_called, false},
    {"free the handles", free_the_handles, the_handles_are_stale, false},
    {"cancel and limit", cancel_and_limit, own_record_is_there, false},
};

enum { ACTION_COUNT = sizeof ACTIONS / sizeof ACTIONS[0] };

/** The batch's tables must be there: a commit of the batch is no action for the call that drops one of them. */
static bool go_together(const logging_call *call, const callback_action *action) {
    return !(call->call == drop_table && action->act == commit_the_batch);
}

/* ------------------------------------------------------------------------------------------------------------------- tests */

static int messages_of(const logging_call *call) {
    scene s;
    open_scene(&s);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive, &s, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(call->call(&s), DICTDB_STATUS_OK);
    log_to_nobody();
    CHECK(call->applied(&s));
    int messages = atomic_load(&s.calls);
    close_scene(&s);
    return messages;
}

/** Makes a call whose log callback acts, and checks what both did. */
static void check_pair(const logging_call *call, const callback_action *action, bool by_another_thread) {
    scene s;
    int failures = atomic_load(&check_failures);
    open_scene(&s);
    s.action = action->act;
    s.by_another_thread = by_another_thread;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive, &s, count_destroyed, NULL), DICTDB_STATUS_OK);
    CHECK_INT(call->call(&s), DICTDB_STATUS_OK);
    CHECK(atomic_load(&s.actions) >= 1);
    if (call->results != NULL) {
        CHECK_TEXT(s.out, call->results);
    }
    if (action->after != NULL) {
        action->after(&s);
    }
    log_to_nobody();
    CHECK(action->drops || call->applied(&s));
    CHECK_INT(atomic_load(&s.destroyed), 1);
    if (atomic_load(&check_failures) != failures) {
        fprintf(stderr, "    when the callback of %s was to %s%s\n", call->name, action->name, by_another_thread ? " by another thread" : "");
    }
    close_scene(&s);
}

static void each_of_the_calls_logs(void) {
    for (size_t i = 0; i < CALL_COUNT; i++) {
        int messages = messages_of(&CALLS[i]);
        /* A table that is created gets a record, too. */
        int least = CALLS[i].call == create_table ? 2 : 1;
        CHECK(messages >= least);
    }
}

static void a_callback_may_do_anything_from_any_call(void) {
    for (size_t i = 0; i < CALL_COUNT; i++) {
        for (size_t j = 0; j < ACTION_COUNT; j++) {
            if (go_together(&CALLS[i], &ACTIONS[j])) {
                check_pair(&CALLS[i], &ACTIONS[j], false);
            }
        }
    }
}

/** If a lock were held during the callback, the other thread would wait for it, and the callback for the thread. */
static void a_callback_may_wait_for_a_thread_that_does_anything(void) {
    for (size_t i = 0; i < CALL_COUNT; i++) {
        for (size_t j = 0; j < ACTION_COUNT; j++) {
            if (go_together(&CALLS[i], &ACTIONS[j]) && ACTIONS[j].act != set_another_callback) {
                check_pair(&CALLS[i], &ACTIONS[j], true);
            }
        }
    }
}

static void what_a_callback_does_is_not_logged(void) {
    for (size_t i = 0; i < CALL_COUNT; i++) {
        scene s;
        int messages = messages_of(&CALLS[i]);
        open_scene(&s);
        s.action = write_own_record;
        CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive, &s, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(CALLS[i].call(&s), DICTDB_STATUS_OK);
        log_to_nobody();
        CHECK_INT(atomic_load(&s.calls), messages);
        close_scene(&s);
    }
}

static void destroy_with_action(void *context) {
    scene *s = context;
    atomic_fetch_add(&s->destroyed, 1);
    s->action(s);
}

static void receive_nothing(void *context, int32_t level, const char *message, const char *fields) {
    (void)context, (void)level, (void)message, (void)fields;
}

/** The callback before is replaced in a call of `dictdb_log_set` that no other call is around. */
static void a_destructor_may_do_anything(void) {
    for (size_t j = 0; j < ACTION_COUNT; j++) {
        scene s;
        int failures = atomic_load(&check_failures);
        if (ACTIONS[j].act == set_another_callback) {
            continue;
        }
        open_scene(&s);
        s.action = ACTIONS[j].act;
        CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive_nothing, &s, destroy_with_action, NULL), DICTDB_STATUS_OK);
        log_to_nobody();
        CHECK_INT(atomic_load(&s.destroyed), 1);
        if (ACTIONS[j].after != NULL) {
            ACTIONS[j].after(&s);
        }
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    when the destructor was to %s\n", ACTIONS[j].name);
        }
        close_scene(&s);
    }
}

static void end_the_log(void *context, int32_t level, const char *message, const char *fields) {
    (void)context, (void)level, (void)message, (void)fields;
    log_to_nobody();
}

/** The callback ends the log from within: its context is destroyed inside the call that logged. */
static void a_destructor_may_do_anything_from_any_call(void) {
    for (size_t i = 0; i < CALL_COUNT; i++) {
        for (size_t j = 0; j < ACTION_COUNT; j++) {
            scene s;
            int failures = atomic_load(&check_failures);
            if (!go_together(&CALLS[i], &ACTIONS[j]) || ACTIONS[j].act == set_another_callback) {
                continue;
            }
            open_scene(&s);
            s.action = ACTIONS[j].act;
            CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, end_the_log, &s, destroy_with_action, NULL), DICTDB_STATUS_OK);
            CHECK_INT(CALLS[i].call(&s), DICTDB_STATUS_OK);
            CHECK_INT(atomic_load(&s.destroyed), 1);
            if (CALLS[i].results != NULL) {
                CHECK_TEXT(s.out, CALLS[i].results);
            }
            if (ACTIONS[j].after != NULL) {
                ACTIONS[j].after(&s);
            }
            CHECK(ACTIONS[j].drops || CALLS[i].applied(&s));
            if (atomic_load(&check_failures) != failures) {
                fprintf(stderr, "    when the destructor was to %s inside %s\n", ACTIONS[j].name, CALLS[i].name);
            }
            close_scene(&s);
        }
    }
}

static void set_a_destroyed_successor(void *context) {
    scene *s = context;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, count_call_of_successor, s, count_destroyed, NULL), DICTDB_STATUS_OK);
}

static void a_destructor_may_set_another_callback(void) {
    scene s;
    open_scene(&s);
    s.action = set_a_destroyed_successor;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive_nothing, &s, destroy_with_action, NULL), DICTDB_STATUS_OK);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 1);
    CHECK_INT(dictdb_table_insert(s.t, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(atomic_load(&s.successor_calls), 1);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 2);
    close_scene(&s);
}

/* ----------------------------------------------------------------------------------------------------------------- threads */

enum { WRITERS = 4 };

typedef struct {
    scene s;
    pthread_barrier_t start;
    long rounds;
} crowd;

#define ADD_ONE(table) "{\"update\":\"" table "\",\"key\":0,\"set\":\"n = n + 1\"}"

static const char *const T_AND_U = "[" ADD_ONE("t") "," ADD_ONE("u") "]";
static const char *const U_AND_T = "[" ADD_ONE("u") "," ADD_ONE("t") "]";

/** Writes over both tables, in the order opposite to the writers' batches, and looks at them. */
static void write_across(void *context, int32_t level, const char *message, const char *fields) {
    crowd *c = context;
    dictdb_db *snapshot = NULL;
    (void)level, (void)message, (void)fields;
    CHECK_INT(dictdb_db_batch(c->s.db, NTS(U_AND_T), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_snapshot(c->s.db, &snapshot, NULL), DICTDB_STATUS_OK);
    dictdb_db_free(snapshot);
    atomic_fetch_add(&c->s.actions, 1);
}

static void *write_batches(void *argument) {
    crowd *c = argument;
    pthread_barrier_wait(&c->start);
    for (long i = 0; i < c->rounds; i++) {
        CHECK_INT(dictdb_db_batch(c->s.db, NTS(T_AND_U), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_update_where(c->s.t, NTS("id = 0"), NTS("n = n + 1"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void callbacks_of_several_threads_write_to_the_tables_of_their_calls(void) {
    crowd c;
    pthread_t threads[WRITERS];
    memset(&c, 0, sizeof c);
    open_scene(&c.s);
    c.rounds = check_rounds(500);
    CHECK_INT(dictdb_table_insert(c.s.t, NTS("{\"id\":0,\"n\":0}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert(c.s.u, NTS("{\"id\":0,\"n\":0}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(pthread_barrier_init(&c.start, NULL, WRITERS), 0);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, write_across, &c, NULL, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < WRITERS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_batches, &c), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    log_to_nobody();
    int64_t actions = atomic_load(&c.s.actions);
    CHECK(actions >= 2 * WRITERS * c.rounds);
    CHECK_INT(dictdb_table_get_int(c.s.t, 0, &c.s.out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(json_integer(c.s.out.data, "n"), 2 * WRITERS * c.rounds + actions);
    CHECK_INT(dictdb_table_get_int(c.s.u, 0, &c.s.out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(json_integer(c.s.out.data, "n"), WRITERS * c.rounds + actions);
    pthread_barrier_destroy(&c.start);
    close_scene(&c.s);
}

int main(void) {
    RUN(each_of_the_calls_logs);
    RUN(a_callback_may_do_anything_from_any_call);
    RUN(a_callback_may_wait_for_a_thread_that_does_anything);
    RUN(what_a_callback_does_is_not_logged);
    RUN(a_destructor_may_do_anything);
    RUN(a_destructor_may_do_anything_from_any_call);
    RUN(a_destructor_may_set_another_callback);
    RUN(callbacks_of_several_threads_write_to_the_tables_of_their_calls);
    return check_finish();
}
