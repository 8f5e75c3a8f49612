/*
 * Tests: handles that one thread frees while others are in calls with them: each call ends as usual or answers INVALID_HANDLE, nothing is
 * freed twice, and a handle that was freed stays wrong while its slot is used again.
 * Does not test: snapshots, cursors, batches, tokens and watches (test_misuse_freed_state), handles that are wrong from the start (test_misuse).
 */
#include "freed.h"

/* ------------------------------------------------------------------------------------------------------------------ tables */

static void *make_table(round_state *round) {
    dictdb_table *table = NULL;
    dictdb_db_get_table(round->w.db, NTS("t"), &table, NULL);
    return table;
}

static void use_table(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    dictdb_table *made = NULL;
    dictdb_cursor *cursor = NULL;
    dictdb_watch *watch = NULL;
    dictdb_batch *batch = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 11) {
    case 0:
        status = dictdb_table_get_int(round->shared, 1, &out, &error);
        check_allowed(status, DICTDB_STATUS_OK, "get_int");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "{\"a\":1,\"id\":1}");
        } else {
            CHECK_EMPTY(out);
        }
        break;
    case 1:
        check_allowed(dictdb_table_get(round->shared, NTS("\"nobody\""), &out, &error), DICTDB_STATUS_RECORD_NOT_FOUND, "get");
        break;
    case 2:
        status = dictdb_table_select(round->shared, round->match, NTS("{\"limit\":1}"), &out, &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "select");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 3:
        if (call == 3) {
            status = dictdb_table_insert(round->shared, NTS("{\"a\":3}"), &out, &error);
            check_allowed(status, DICTDB_STATUS_OK, "insert");
            atomic_fetch_add(&round->inserted, status == DICTDB_STATUS_OK ? 1 : 0);
        }
        break;
    case 4:
        check_allowed(dictdb_table_update_by_key(round->shared, NTS("2"), NTS("{\"b\":1}"), &error), DICTDB_STATUS_OK, "update");
        break;
    case 5:
        check_allowed(dictdb_table_snapshot(round->shared, &made, &error), DICTDB_STATUS_OK, "snapshot");
        break;
    case 6:
        check_allowed(dictdb_table_limited(round->shared, NULL, 60000, &made, &error), DICTDB_STATUS_OK, "limited");
        break;
    case 7:
        check_allowed(dictdb_table_cursor(round->shared, NULL, 0, NULL, 0, &cursor, &error), DICTDB_STATUS_OK, "cursor");
        break;
    case 8:
        check_allowed(dictdb_table_watch(round->shared, NULL, 0, &watch, &error), DICTDB_STATUS_OK, "watch");
        break;
    case 9:
        CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
        status = dictdb_batch_update_by_key(batch, round->shared, NTS("2"), NTS("{\"b\":1}"), &error);
        check_allowed(status, DICTDB_STATUS_OK, "batch_update_by_key");
        CHECK_INT(dictdb_batch_commit(batch, &out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, status == DICTDB_STATUS_OK ? "[{\"count\":1}]" : "[]");
        break;
    default:
        check_allowed(dictdb_table_delete_by_key(round->shared, NTS("\"nobody\""), &error), DICTDB_STATUS_RECORD_NOT_FOUND, "delete");
    }
    /* What was made of the handle is as good as ever, whether that is freed or not. */
    if (made != NULL) {
        CHECK_INT(dictdb_table_get_int(made, 1, &out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, "{\"a\":1,\"id\":1}");
    }
    if (cursor != NULL) {
        CHECK_INT(dictdb_cursor_next_batch(cursor, 1, 0, DICTDB_ROWS_LINES, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, "{\"a\":1,\"id\":1}\n");
    }
    if (watch != NULL) {
        CHECK_INT(dictdb_watch_poll(watch, 0, 0, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
    }
    dictdb_batch_free(batch);
    dictdb_watch_free(watch);
    dictdb_cursor_free(cursor);
    dictdb_table_free(made);
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_table(void *handle) {
    dictdb_table_free(handle);
}

static dictdb_status probe_table(round_state *round, void *handle) {
    uint64_t count = 0;
    (void)round;
    return dictdb_table_count(handle, NULL, &count, NULL);
}

static void a_table_handle_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_table, use_table, release_table, probe_table);
    close_round(&round);
}

/** As above, with a table that was dropped from its database: its last handle frees its memory. */
static void *make_orphan(round_state *round) {
    dictdb_table *table = NULL;
    dictdb_db *db = NULL;
    (void)round;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_create_table(db, NTS("orphan"), NULL, 0, &table, NULL);
    dictdb_table_insert_many(table, NTS("[{\"a\":1},{\"a\":2}]"), NULL, NULL);
    dictdb_db_free(db);
    return table;
}

static void use_orphan(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    if ((thread + call) % 2 == 0) {
        dictdb_status status = dictdb_table_select(round->shared, round->match, NULL, 0, &out, NULL, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "select");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "[{\"a\":1,\"id\":1}]");
        }
    } else {
        check_allowed(dictdb_table_insert(round->shared, NTS("{\"a\":3}"), &out, NULL), DICTDB_STATUS_OK, "insert");
    }
    dictdb_buffer_free(&out);
}

static void the_last_handle_to_a_table_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_orphan, use_orphan, release_table, probe_table);
    close_round(&round);
}

/* -------------------------------------------------------------------------------------------------------------- predicates */

static void *make_predicate(round_state *round) {
    (void)round;
    return where(dictdb_predicate_eq, "a", "1");
}

static void use_predicate(round_state *round, int thread, int call) {
    dictdb_predicate *made = NULL;
    dictdb_error *error = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        status = dictdb_predicate_not(round->shared, &made, &error);
        check_allowed(status, DICTDB_STATUS_OK, "not");
        CHECK((made != NULL) == (status == DICTDB_STATUS_OK));
        break;
    case 1:
        status = dictdb_predicate_and((const dictdb_predicate *const[]){round->match, round->shared}, 2, &made, &error);
        check_allowed(status, DICTDB_STATUS_OK, "and");
        CHECK((made != NULL) == (status == DICTDB_STATUS_OK));
        break;
    case 2:
        status = dictdb_table_update(round->w.table, round->shared, NTS("{\"b\":1}"), &count, &error);
        check_allowed(status, DICTDB_STATUS_OK, "update");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    default:
        status = dictdb_table_count(round->w.table, round->shared, &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "count");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
    }
    if (made != NULL) {
        CHECK_INT(dictdb_table_count(round->w.table, made, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 1);
    }
    dictdb_predicate_free(made);
    dictdb_error_free(error);
}

static void release_predicate(void *handle) {
    dictdb_predicate_free(handle);
}

static dictdb_status probe_predicate(round_state *round, void *handle) {
    uint64_t count = 0;
    return dictdb_table_count(round->w.table, handle, &count, NULL);
}

static void a_predicate_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_predicate, use_predicate, release_predicate, probe_predicate);
    close_round(&round);
}

/* ------------------------------------------------------------------------------------------------------- queries and updates */

static void *make_query(round_state *round) {
    dictdb_query *query = NULL;
    dictdb_query_new(round->match, NTS("{\"where\":\"id < ?1\",\"columns\":[\"a\"]}"), &query, NULL);
    return query;
}

static void use_query(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    dictdb_cursor *cursor = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 5) {
    case 0:
        status = dictdb_query_run(round->shared, round->w.table, NTS("[100]"), &out, &count, &error);
        check_allowed(status, DICTDB_STATUS_OK, "run");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "[{\"a\":1}]");
        } else {
            CHECK_EMPTY(out);
        }
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 1:
        status = dictdb_query_count(round->shared, round->w.table, NTS("[100]"), &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "count");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 2:
        check_allowed(dictdb_query_explain(round->shared, round->w.table, NTS("[100]"), &out, &error), DICTDB_STATUS_OK, "explain");
        break;
    case 3:
        status = dictdb_query_cursor(round->shared, round->w.table, NTS("[100]"), &cursor, &error);
        check_allowed(status, DICTDB_STATUS_OK, "cursor");
        if (status == DICTDB_STATUS_OK) {
            CHECK_INT(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_ARRAY, &out, &count, NULL), DICTDB_STATUS_OK);
            CHECK_TEXT(out, "[{\"a\":1}]");
        }
        dictdb_cursor_free(cursor);
        break;
    default:
        check_allowed(dictdb_query_run(round->shared, round->w.table, NULL, 0, &out, &count, &error), DICTDB_STATUS_INVALID_ARGUMENT, "run");
        CHECK_EMPTY(out);
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_query(void *handle) {
    dictdb_query_free(handle);
}

static dictdb_status probe_query(round_state *round, void *handle) {
    uint64_t count = 0;
    return dictdb_query_count(handle, round->w.table, NTS("[1]"), &count, NULL);
}

static void a_query_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_query, use_query, release_query, probe_query);
    close_round(&round);
}

static void *make_update(round_state *round) {
    dictdb_update *update = NULL;
    dictdb_update_new(round->match, NULL, 0, NTS("n = coalesce(n, 0) + ?1"), &update, NULL);
    return update;
}

static void use_update(round_state *round, int thread, int call) {
    dictdb_error *error = NULL;
    uint64_t count = 77;
    bool is_wrong = (thread + call) % 3 == 0;
    dictdb_status status = dictdb_update_run(round->shared, round->w.table, NTS(is_wrong ? "[\"x\"]" : "[1]"), &count, &error);
    check_allowed(status, is_wrong ? DICTDB_STATUS_TYPE_MISMATCH : DICTDB_STATUS_OK, "run");
    CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
    dictdb_error_free(error);
    if ((thread + call) % 3 == 1) {
        dictdb_batch *batch = NULL;
        dictdb_buffer out = DICTDB_BUFFER_INIT;
        CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
        status = dictdb_batch_update(batch, round->w.table, round->shared, NTS("[1]"), NULL);
        check_allowed(status, DICTDB_STATUS_OK, "batch_update");
        CHECK_INT(dictdb_batch_commit(batch, &out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, status == DICTDB_STATUS_OK ? "[{\"count\":1}]" : "[]");
        dictdb_buffer_free(&out);
        dictdb_batch_free(batch);
    }
}

static void release_update(void *handle) {
    dictdb_update_free(handle);
}

static dictdb_status probe_update(round_state *round, void *handle) {
    return dictdb_update_run(handle, round->w.table, NTS("[1]"), NULL, NULL);
}

static void an_update_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_update, use_update, release_update, probe_update);
    close_round(&round);
}

/* --------------------------------------------------------------------------------------------------------------- databases */

static void *make_db(round_state *round) {
    dictdb_db *db = NULL;
    (void)round;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_create_table(db, NTS("t"), NULL, 0, NULL, NULL);
    return db;
}

static void use_db(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_table *table = NULL;
    dictdb_db *made = NULL;
    dictdb_watch *watch = NULL;
    dictdb_error *error = NULL;
    char name[32];
    snprintf(name, sizeof name, "table %d of %d", call, thread);
    switch ((thread + call) % 9) {
    case 0:
        check_allowed(dictdb_db_get_table(round->shared, NTS("t"), &table, &error), DICTDB_STATUS_OK, "get_table");
        break;
    case 1:
        check_allowed(dictdb_db_create_table(round->shared, NTS(name), NULL, 0, &table, &error), DICTDB_STATUS_OK, "create_table");
        break;
    case 2:
        check_allowed(dictdb_db_drop_table(round->shared, NTS("nothing"), &error), DICTDB_STATUS_TABLE_NOT_FOUND, "drop_table");
        break;
    case 3:
        check_allowed(dictdb_db_snapshot(round->shared, &made, &error), DICTDB_STATUS_OK, "snapshot");
        break;
    case 4:
        check_allowed(dictdb_db_limited(round->shared, NULL, 60000, &made, &error), DICTDB_STATUS_OK, "limited");
        break;
    case 5:
        check_allowed(dictdb_db_copy(round->shared, &out, &error), DICTDB_STATUS_OK, "copy");
        break;
    case 6:
        check_allowed(dictdb_db_watch(round->shared, NULL, 0, &watch, &error), DICTDB_STATUS_OK, "watch");
        break;
    case 7:
        check_allowed(dictdb_db_batch(round->shared, NTS("[{\"insert\":\"t\",\"record\":{}}]"), NULL, &error), DICTDB_STATUS_OK, "batch");
        break;
    default:
        check_allowed(dictdb_db_list_tables(round->shared, &out, &error), DICTDB_STATUS_OK, "list_tables");
    }
    if (table != NULL) {
        CHECK_INT(dictdb_table_insert(table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    }
    if (made != NULL) {
        CHECK_INT(dictdb_db_copy(made, &out, NULL), DICTDB_STATUS_OK);
        CHECK_CONTAINS(out.data, "{\"t\":{");
    }
    if (watch != NULL) {
        CHECK_INT(dictdb_watch_poll(watch, 0, 0, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
    }
    dictdb_watch_free(watch);
    dictdb_db_free(made);
    dictdb_table_free(table);
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_db(void *handle) {
    dictdb_db_free(handle);
}

static dictdb_status probe_db(round_state *round, void *handle) {
    dictdb_table *table = NULL;
    (void)round;
    return dictdb_db_get_table(handle, NTS("t"), &table, NULL);
}

static void a_database_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_db, use_db, release_db, probe_db);
    close_round(&round);
}

/* ------------------------------------------------------------------------------------------------------------------ errors */

static void *make_error(round_state *round) {
    dictdb_error *error = NULL;
    dictdb_table_insert(round->w.table, NTS("{"), NULL, &error);
    return error;
}

static void use_error(round_state *round, int thread, int call) {
    (void)thread;
    (void)call;
    dictdb_status status = dictdb_error_status(round->shared);
    CHECK(status == DICTDB_STATUS_INVALID_JSON || status == DICTDB_STATUS_INVALID_HANDLE);
    CHECK(dictdb_error_message(round->shared) != NULL);
    CHECK(dictdb_error_detail(round->shared) != NULL);
}

static void release_error(void *handle) {
    dictdb_error_free(handle);
}

static dictdb_status probe_error(round_state *round, void *handle) {
    (void)round;
    return dictdb_error_status(handle);
}

static void an_error_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_error, use_error, release_error, probe_error);
    close_round(&round);
}

int main(void) {
    RUN(a_table_handle_may_be_freed_in_mid_call);
    RUN(the_last_handle_to_a_table_may_be_freed_in_mid_call);
    RUN(a_predicate_may_be_freed_in_mid_call);
    RUN(a_query_may_be_freed_in_mid_call);
    RUN(an_update_may_be_freed_in_mid_call);
    RUN(a_database_may_be_freed_in_mid_call);
    RUN(an_error_may_be_freed_in_mid_call);
    return check_finish();
}
