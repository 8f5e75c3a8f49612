/*
 * Tests: handles with a state of their own that one thread frees while others are in calls with them, also waiting ones: snapshots, limited
 * handles, cursors, batches, tokens, watches, jobs, backups.
 * Does not test: other kinds of handles (test_misuse_freed).
 */
#include "freed.h"

/* --------------------------------------------------------------------------------------------------------------- snapshots */

static void use_reading(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    dictdb_cursor *cursor = NULL;
    dictdb_table *made = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 5) {
    case 0:
        status = dictdb_table_copy(round->shared, &out, &error);
        check_allowed(status, DICTDB_STATUS_OK, "copy");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "{\"1\":{\"a\":1,\"id\":1},\"2\":{\"a\":2,\"id\":2}}");
        } else {
            CHECK_EMPTY(out);
        }
        break;
    case 1:
        status = dictdb_table_count(round->shared, round->match, &count, &error);
        check_allowed(status, DICTDB_STATUS_OK, "count");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 2:
        check_allowed(dictdb_table_cursor(round->shared, NTS("{\"order_by\":\"-id\"}"), NULL, 0, &cursor, &error), DICTDB_STATUS_OK, "cursor");
        break;
    case 3:
        check_allowed(dictdb_table_snapshot(round->shared, &made, &error), DICTDB_STATUS_OK, "snapshot");
        break;
    default:
        check_allowed(dictdb_table_limited(round->shared, NULL, 60000, &made, &error), DICTDB_STATUS_OK, "limited");
    }
    if (cursor != NULL) {
        CHECK_INT(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_LINES, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, "{\"a\":2,\"id\":2}\n{\"a\":1,\"id\":1}\n");
    }
    if (made != NULL) {
        CHECK_INT(dictdb_table_count(made, NULL, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 2);
    }
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

/** A snapshot that alone keeps what it shows: its table is gone. */
static void *make_snapshot(round_state *round) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_table *snapshot = NULL;
    (void)round;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_create_table(db, NTS("gone"), NULL, 0, &table, NULL);
    dictdb_table_insert_many(table, NTS("[{\"a\":1},{\"a\":2}]"), NULL, NULL);
    dictdb_table_snapshot(table, &snapshot, NULL);
    dictdb_table_delete_by_key(table, NTS("1"), NULL);
    dictdb_table_free(table);
    dictdb_db_free(db);
    return snapshot;
}

static void a_snapshot_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_snapshot, use_reading, release_table, probe_table);
    close_round(&round);
}

/** A handle with a token and a time, of which the token's handle is gone. */
static void *make_limited(round_state *round) {
    dictdb_cancel *cancel = NULL;
    dictdb_table *limited = NULL;
    dictdb_cancel_new(&cancel, NULL);
    dictdb_table_limited(round->w.table, cancel, 60000, &limited, NULL);
    dictdb_cancel_free(cancel);
    return limited;
}

static void a_limited_handle_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_limited, use_reading, release_table, probe_table);
    close_round(&round);
}

static void *make_db_snapshot(round_state *round) {
    dictdb_db *snapshot = NULL;
    dictdb_db_snapshot(round->w.db, &snapshot, NULL);
    return snapshot;
}

static void use_db_snapshot(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_table *table = NULL;
    dictdb_db *made = NULL;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        status = dictdb_db_copy(round->shared, &out, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "copy");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "{\"t\":{\"1\":{\"a\":1,\"id\":1},\"2\":{\"a\":2,\"id\":2}}}");
        }
        break;
    case 1:
        check_allowed(dictdb_db_get_table(round->shared, NTS("t"), &table, NULL), DICTDB_STATUS_OK, "get_table");
        break;
    case 2:
        check_allowed(dictdb_db_list_tables(round->shared, &out, NULL), DICTDB_STATUS_OK, "list_tables");
        break;
    default:
        check_allowed(dictdb_db_snapshot(round->shared, &made, NULL), DICTDB_STATUS_OK, "snapshot");
        if (made != NULL) {
            CHECK_INT(dictdb_db_get_table(made, NTS("t"), &table, NULL), DICTDB_STATUS_OK);
        }
    }
    dictdb_db_free(made);
    if (table != NULL) {
        CHECK_INT(dictdb_table_get_int(table, 2, &out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, "{\"a\":2,\"id\":2}");
    }
    dictdb_table_free(table);
    dictdb_buffer_free(&out);
}

static void release_db(void *handle) {
    dictdb_db_free(handle);
}

static dictdb_status probe_db(round_state *round, void *handle) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    (void)round;
    dictdb_status status = dictdb_db_copy(handle, &out, NULL);
    dictdb_buffer_free(&out);
    return status;
}

static void a_snapshot_of_a_database_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_db_snapshot, use_db_snapshot, release_db, probe_db);
    close_round(&round);
}

/* ----------------------------------------------------------------------------------------------------------------- cursors */

static void *make_cursor(round_state *round) {
    dictdb_cursor *cursor = NULL;
    dictdb_table_cursor(round->w.table, NTS("{\"columns\":[\"a\"]}"), NULL, 0, &cursor, NULL);
    return cursor;
}

/** Rows that are lent are not read here: another thread's step ends their lives. */
static void use_cursor(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    const char *row = "old";
    size_t len = 77;
    uint64_t count = 77;
    dictdb_status status;
    if ((thread + call) % 2 == 0) {
        status = dictdb_cursor_next(round->shared, &row, &len, &error);
        check_allowed(status, DICTDB_STATUS_RECORD_NOT_FOUND, "next");
        CHECK_INT(len, status == DICTDB_STATUS_OK ? strlen("{\"a\":1}") : 0);
        CHECK((row != NULL) == (status == DICTDB_STATUS_OK));
    } else {
        status = dictdb_cursor_next_batch(round->shared, 3, 0, DICTDB_ROWS_LINES, &out, &count, &error);
        check_allowed(status, DICTDB_STATUS_RECORD_NOT_FOUND, "next_batch");
        if (status == DICTDB_STATUS_OK) {
            CHECK(count >= 1 && count <= 3);
            CHECK_INT(out.len, count * strlen("{\"a\":1}\n"));
        } else {
            CHECK_INT(count, 77);
            CHECK_EMPTY(out);
        }
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_cursor(void *handle) {
    dictdb_cursor_free(handle);
}

static dictdb_status probe_cursor(round_state *round, void *handle) {
    const char *row = NULL;
    size_t len = 0;
    (void)round;
    return dictdb_cursor_next(handle, &row, &len, NULL);
}

static void a_cursor_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    for (int i = 0; i < THREADS * CALLS; i++) {
        INSERT(round.w, "[{\"a\":3},{\"a\":4}]");
        atomic_fetch_add(&round.inserted, 2);
    }
    run_kind(&round, make_cursor, use_cursor, release_cursor, probe_cursor);
    close_round(&round);
}

/* ----------------------------------------------------------------------------------------------------------------- batches */

static void *make_batch(round_state *round) {
    dictdb_batch *batch = NULL;
    (void)round;
    dictdb_batch_new(&batch, NULL);
    return batch;
}

/** How often the results of a commit tell of an insertion. */
static long long insertions(const dictdb_buffer *results) {
    long long count = 0;
    for (const char *at = results->data; (at = strstr(at, "\"key\":")) != NULL; at++) {
        count++;
    }
    return count;
}

static void use_batch(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    dictdb_status status;
    switch ((thread + call) % 5) {
    case 0:
        if (call < 5) {
            check_allowed(dictdb_batch_insert(round->shared, round->w.table, NTS("{\"a\":3}"), &error), DICTDB_STATUS_OK, "insert");
        }
        break;
    case 1:
        status = dictdb_batch_update_where(round->shared, round->w.table, NTS("id = ?1"), NTS("b = 1"), NTS("[2]"), &error);
        check_allowed(status, DICTDB_STATUS_OK, "update_where");
        break;
    case 2:
        /* An insertion is done if and only if a commit tells of it, whether the handle was freed meanwhile or not. */
        status = dictdb_batch_commit(round->shared, &out, &error);
        check_allowed(status, DICTDB_STATUS_OK, "commit");
        if (status == DICTDB_STATUS_OK) {
            atomic_fetch_add(&round->inserted, insertions(&out));
        } else {
            CHECK_EMPTY(out);
        }
        break;
    case 3:
        check_allowed(dictdb_batch_upsert(round->shared, round->w.table, NTS("{"), DICTDB_CONFLICT_UPDATE, &error), DICTDB_STATUS_INVALID_JSON,
                      "upsert");
        break;
    default:
        if (call == 7) {
            check_allowed(dictdb_batch_clear(round->shared, &error), DICTDB_STATUS_OK, "clear");
        }
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_batch(void *handle) {
    dictdb_batch_free(handle);
}

static dictdb_status probe_batch(round_state *round, void *handle) {
    (void)round;
    return dictdb_batch_commit(handle, NULL, NULL);
}

static void a_batch_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_batch, use_batch, release_batch, probe_batch);
    CHECK(atomic_load(&round.inserted) > 2);
    close_round(&round);
}

/* ------------------------------------------------------------------------------------------------------------------ tokens */

static void *make_cancel(round_state *round) {
    dictdb_cancel *cancel = NULL;
    (void)round;
    dictdb_cancel_new(&cancel, NULL);
    return cancel;
}

static void use_cancel(round_state *round, int thread, int call) {
    dictdb_table *limited = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        check_allowed(dictdb_cancel_set(round->shared, NULL), DICTDB_STATUS_OK, "set");
        break;
    case 1:
        check_allowed(dictdb_cancel_reset(round->shared, NULL), DICTDB_STATUS_OK, "reset");
        break;
    default:
        status = dictdb_table_limited(round->w.table, round->shared, DICTDB_NO_TIMEOUT, &limited, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "limited");
        if (status == DICTDB_STATUS_OK) {
            /* The address is good as long as the limited handle lives. */
            _Atomic int32_t *flag = (_Atomic int32_t *)dictdb_cancel_flag(round->shared);
            if (flag != NULL) {
                atomic_store(flag, call % 2);
            }
            status = dictdb_table_count(limited, round->match, &count, NULL);
            CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
            CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
            status = dictdb_table_copy(limited, &out, NULL);
            CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
        }
    }
    dictdb_buffer_free(&out);
    dictdb_table_free(limited);
}

static void release_cancel(void *handle) {
    dictdb_cancel_free(handle);
}

static dictdb_status probe_cancel(round_state *round, void *handle) {
    (void)round;
    CHECK(dictdb_cancel_flag(handle) == NULL);
    return dictdb_cancel_set(handle, NULL);
}

static void a_token_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_cancel, use_cancel, release_cancel, probe_cancel);
    close_round(&round);
}

/* ----------------------------------------------------------------------------------------------------------------- watches */

static void *make_watch(round_state *round) {
    dictdb_watch *watch = NULL;
    dictdb_table_watch(round->w.table, NTS("{\"max_changes\":20}"), &watch, NULL);
    return watch;
}

/** The first two threads free the watch, and never wait; the others wait for what never comes, until it is freed. */
static void use_watch(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t last = 77;
    int32_t fd = -77;
    dictdb_status status;
    if (thread >= 2 && call == 4 * (thread - 2)) {
        status = dictdb_watch_poll(round->shared, UINT64_MAX, 0, DICTDB_NO_TIMEOUT, &out, &last, &error);
        CHECK(status == DICTDB_STATUS_CANCELLED || status == DICTDB_STATUS_INVALID_HANDLE);
        CHECK_INT(last, 77);
        CHECK_EMPTY(out);
    } else {
        switch ((thread + call) % 4) {
        case 0:
            status = dictdb_watch_poll(round->shared, 0, 1, 0, &out, &last, &error);
            /* A watch that is freed is emptied at once, also for the calls that came in before. */
            if (status != DICTDB_STATUS_CANCELLED) {
                check_allowed(status, DICTDB_STATUS_UNAVAILABLE, "poll");
            }
            if (status != DICTDB_STATUS_OK) {
                CHECK_INT(last, 77);
                CHECK_EMPTY(out);
            }
            break;
        case 1:
            status = dictdb_watch_fd(round->shared, &fd, &error);
            check_allowed(status, DICTDB_STATUS_OK, "fd");
            CHECK(status == DICTDB_STATUS_OK ? fd >= 0 : fd == -77);
            break;
        case 2:
            status = dictdb_watch_last(round->shared, &last, &error);
            check_allowed(status, DICTDB_STATUS_OK, "last");
            break;
        default:
            CHECK_INT(dictdb_table_update_by_key(round->w.table, NTS("1"), NTS("{\"b\":1}"), NULL), DICTDB_STATUS_OK);
        }
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_watch(void *handle) {
    dictdb_watch_free(handle);
}

static dictdb_status probe_watch(round_state *round, void *handle) {
    uint64_t last = 0;
    (void)round;
    return dictdb_watch_last(handle, &last, NULL);
}

static void a_watch_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    run_kind(&round, make_watch, use_watch, release_watch, probe_watch);
    close_round(&round);
}

/* -------------------------------------------------------------------------------------------------------------------- jobs */

static void *make_job(round_state *round) {
    dictdb_job *job = NULL;
    dictdb_db_save(round->w.db, NTS("freed.dictdb"), NTS("{\"format\":\"dictdb\"}"), &job, NULL);
    return job;
}

static void use_job(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t done = 77;
    int32_t has_ended = 77;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        status = dictdb_job_wait(round->shared, DICTDB_NO_TIMEOUT, &has_ended, &error);
        check_allowed(status, DICTDB_STATUS_OK, "wait");
        CHECK_INT(has_ended, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 1:
        status = dictdb_job_wait(round->shared, 0, &has_ended, &error);
        check_allowed(status, DICTDB_STATUS_OK, "look");
        break;
    case 2:
        status = dictdb_job_progress(round->shared, &done, NULL, &error);
        check_allowed(status, DICTDB_STATUS_OK, "progress");
        CHECK(status == DICTDB_STATUS_OK ? done <= 2 : done == 77);
        break;
    default:
        status = dictdb_job_result(round->shared, &out, &error);
        check_allowed(status, DICTDB_STATUS_UNAVAILABLE, "result");
        if (status == DICTDB_STATUS_OK) {
            CHECK_CONTAINS(out.data, "\"records\":2,");
        } else {
            CHECK_EMPTY(out);
        }
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_job(void *handle) {
    dictdb_job_free(handle);
}

static dictdb_status probe_job(round_state *round, void *handle) {
    (void)round;
    return dictdb_job_wait(handle, 0, NULL, NULL);
}

static void a_job_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    /* Each brings a file to the disk. */
    round.rounds /= 10;
    run_kind(&round, make_job, use_job, release_job, probe_job);
    close_round(&round);
}

/* ----------------------------------------------------------------------------------------------------------------- backups */

static void *make_backup(round_state *round) {
    dictdb_backup *backup = NULL;
    dictdb_backup_new(round->w.db, NTS("freed-backups"), NTS("{\"interval_ms\":1,\"keep\":1}"), NULL, NULL, NULL, &backup, NULL);
    return backup;
}

static void use_backup(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    switch ((thread + call) % 8) {
    case 0:
        check_allowed(dictdb_backup_start(round->shared, &error), DICTDB_STATUS_OK, "start");
        break;
    case 1:
        check_allowed(dictdb_backup_stop(round->shared, &error), DICTDB_STATUS_OK, "stop");
        break;
    case 2:
        check_allowed(dictdb_backup_now(round->shared, &out, NULL, &error), DICTDB_STATUS_OK, "now");
        break;
    case 3:
        check_allowed(dictdb_backup_delta(round->shared, &out, NULL, &error), DICTDB_STATUS_OK, "delta");
        break;
    case 4:
        check_allowed(dictdb_backup_statistics(round->shared, &out, &error), DICTDB_STATUS_OK, "statistics");
        break;
    default:
        check_allowed(dictdb_backup_notify_change(round->shared, &error), DICTDB_STATUS_OK, "notify_change");
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_backup(void *handle) {
    dictdb_backup_free(handle);
}

static dictdb_status probe_backup(round_state *round, void *handle) {
    (void)round;
    return dictdb_backup_notify_change(handle, NULL);
}

static void a_backup_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    /* Each call may bring a file to the disk. */
    round.rounds /= 100;
    run_kind(&round, make_backup, use_backup, release_backup, probe_backup);
    close_round(&round);
}

int main(void) {
    RUN(a_snapshot_may_be_freed_in_mid_call);
    RUN(a_limited_handle_may_be_freed_in_mid_call);
    RUN(a_snapshot_of_a_database_may_be_freed_in_mid_call);
    RUN(a_cursor_may_be_freed_in_mid_call);
    RUN(a_batch_may_be_freed_in_mid_call);
    RUN(a_token_may_be_freed_in_mid_call);
    RUN(a_watch_may_be_freed_in_mid_call);
    RUN(a_job_may_be_freed_in_mid_call);
    RUN(a_backup_may_be_freed_in_mid_call);
    return check_finish();
}
