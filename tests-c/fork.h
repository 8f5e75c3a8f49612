/*
 * fork.h: what the tests of forks share: a child in which every function is called. Include it in place of check.h.
 */
#ifndef FORK_H
#define FORK_H

#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/** A child that hangs is killed by SIGALRM after so many seconds. */
enum { CHILD_SECONDS = 120 };

/* In a child of a process with threads only what is async-signal-safe may be used, beside the library: no checks, no stdio. */

static inline void child_fails(int line) {
    char text[] = "a child found something wrong in line 00000\n";
    for (size_t at = sizeof text - 3; line > 0; line /= 10, at--) {
        text[at] = (char)('0' + line % 10);
    }
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) {
        _exit(2);
    }
    _exit(1);
}

#define CHILD_CHECK(condition)         \
    do {                               \
        if (!(condition)) {            \
            child_fails(__LINE__);     \
        }                              \
    } while (0)

/** A call answers FORKED and sets its error to NULL. */
#define CHILD_FORKED(call)                                  \
    do {                                                    \
        error = CHECK_NEVER_SET;                            \
        CHILD_CHECK((call) == DICTDB_STATUS_FORKED);        \
        CHILD_CHECK(error == NULL);                         \
    } while (0)

typedef struct {
    world w;
    dictdb_predicate *predicate;
    dictdb_error *error;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
    dictdb_cancel *cancel;
    dictdb_watch *watch;
    /** One whose descriptor was asked for. */
    dictdb_watch *watch_with_fd;
    dictdb_job *job;
    dictdb_backup *backup;
    dictdb_db *db_snapshot;
    dictdb_table *snapshot;
    dictdb_table *limited;
} scene;

static inline scene open_scene(void) {
    int32_t fd = -1;
    scene s;
    memset(&s, 0, sizeof s);
    s.w = world_open(NULL);
    s.predicate = everything();
    INSERT(s.w, "[{\"a\":1},{\"a\":2}]");
    dictdb_table_insert(s.w.table, NTS("{"), NULL, &s.error);
    CHECK_OK(dictdb_query_new(s.predicate, NULL, 0, &s.query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_update_new(s.predicate, NULL, 0, NTS("a = a"), &s.update, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_query_cursor(s.query, s.w.table, NULL, 0, &s.cursor, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_new(&s.batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_insert(s.batch, s.w.table, NTS("{\"a\":7}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_cancel_new(&s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.watch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_watch(s.w.db, NULL, 0, &s.watch_with_fd, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_fd(s.watch_with_fd, &fd, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_save(s.w.db, NTS("fork.dictdb"), NULL, 0, &s.job, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_backup_new(s.w.db, NTS("fork-backups"), NTS("{\"interval_ms\":5,\"keep\":1}"), NULL, NULL, NULL, &s.backup, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_backup_start(s.backup, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_snapshot(s.w.db, &s.db_snapshot, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_snapshot(s.w.table, &s.snapshot, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_limited(s.w.table, s.cancel, 60000, &s.limited, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_get_int(s.w.table, 1, &s.w.out, &s.w.err), &s.w.err);
    return s;
}

static inline void close_scene(scene *s) {
    dictdb_error_free(s->error);
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    dictdb_cursor_free(s->cursor);
    dictdb_batch_free(s->batch);
    dictdb_cancel_free(s->cancel);
    dictdb_watch_free(s->watch);
    dictdb_watch_free(s->watch_with_fd);
    dictdb_job_free(s->job);
    dictdb_backup_free(s->backup);
    dictdb_db_free(s->db_snapshot);
    dictdb_table_free(s->snapshot);
    dictdb_table_free(s->limited);
    world_close(&s->w);
}

static inline void log_nothing(void *context, int32_t level, const char *message, const char *fields) {
    (void)context;
    (void)level;
    (void)message;
    (void)fields;
}

static inline void every_predicate_maker_is_forked(void) {
    static const predicate_maker MAKERS[] = {
        dictdb_predicate_eq,        dictdb_predicate_ne,          dictdb_predicate_lt,         dictdb_predicate_le,       dictdb_predicate_gt,
        dictdb_predicate_ge,        dictdb_predicate_contains,    dictdb_predicate_startswith, dictdb_predicate_endswith, dictdb_predicate_iequals,
        dictdb_predicate_icontains, dictdb_predicate_istartswith, dictdb_predicate_iendswith,
    };
    dictdb_error *error = NULL;
    dictdb_predicate *made = NULL;
    for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++) {
        CHILD_FORKED(MAKERS[i](NTS("a"), NTS("\"x\""), &made, &error));
    }
    CHILD_FORKED(dictdb_predicate_all(&made, &error));
    CHILD_FORKED(dictdb_predicate_is_in(NTS("a"), NTS("[1]"), &made, &error));
    CHILD_FORKED(dictdb_predicate_between(NTS("a"), NTS("1"), NTS("2"), &made, &error));
    CHILD_FORKED(dictdb_predicate_like(NTS("a"), NTS("\"%\""), 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_ilike(NTS("a"), NTS("\"%\""), 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_is_null(NTS("a"), &made, &error));
    CHILD_FORKED(dictdb_predicate_is_not_null(NTS("a"), &made, &error));
    CHILD_FORKED(dictdb_predicate_and(NULL, 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_or(NULL, 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_parse(NTS("a = 1"), &made, &error));
    CHILD_CHECK(made == NULL);
}

static inline void every_function_of_the_query_language_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_table *table = s->w.table;
    dictdb_buffer *out = &s->w.out;
    dictdb_query *query = s->query;
    dictdb_update *update = s->update;
    dictdb_predicate *made = s->predicate;
    uint64_t count = 77;

    CHILD_FORKED(dictdb_predicate_print(s->predicate, out, &error));
    CHILD_FORKED(dictdb_predicate_bind(s->predicate, NULL, 0, &made, &error));
    CHILD_CHECK(made == NULL);
    CHILD_FORKED(dictdb_query_new(s->predicate, NULL, 0, &query, &error));
    CHILD_CHECK(query == NULL);
    CHILD_FORKED(dictdb_query_run(s->query, table, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_query_count(s->query, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_query_delete(s->query, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_query_explain(s->query, table, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_update_new(s->predicate, NULL, 0, NTS("a = 1"), &update, &error));
    CHILD_CHECK(update == NULL);
    CHILD_FORKED(dictdb_update_run(s->update, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_update_explain(s->update, table, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_table_query(table, NULL, 0, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_explain(table, NULL, 0, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_table_count_where(table, NTS("TRUE"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_update_where(table, NTS("TRUE"), NTS("a = 1"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_delete_where(table, NTS("TRUE"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_create_index(table, NTS("{\"fields\":\"a\",\"kind\":\"hash\"}"), &error));
    CHILD_FORKED(dictdb_table_drop_index(table, NTS("\"a\""), &error));
    CHILD_CHECK(count == 77);
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static inline void every_function_of_snapshots_and_cursors_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_buffer *out = &s->w.out;
    dictdb_table *table = s->w.table;
    dictdb_db *db = s->w.db;
    dictdb_cursor *cursor = s->cursor;
    const char *row = "old";
    size_t row_len = 77;
    uint64_t count = 77;

    CHILD_FORKED(dictdb_table_snapshot(s->w.table, &table, &error));
    CHILD_CHECK(table == NULL);
    CHILD_FORKED(dictdb_db_snapshot(s->w.db, &db, &error));
    CHILD_CHECK(db == NULL);
    CHILD_FORKED(dictdb_db_get_table(s->db_snapshot, NTS("t"), &table, &error));
    CHILD_FORKED(dictdb_table_get_int(s->snapshot, 1, out, &error));
    CHILD_FORKED(dictdb_table_copy(s->w.table, out, &error));
    CHILD_FORKED(dictdb_table_copy(s->snapshot, out, &error));
    CHILD_FORKED(dictdb_db_copy(s->w.db, out, &error));
    CHILD_FORKED(dictdb_db_copy(s->db_snapshot, out, &error));

    CHILD_FORKED(dictdb_query_cursor(s->query, s->w.table, NULL, 0, &cursor, &error));
    CHILD_CHECK(cursor == NULL);
    cursor = s->cursor;
    CHILD_FORKED(dictdb_table_cursor(s->w.table, NULL, 0, NULL, 0, &cursor, &error));
    CHILD_CHECK(cursor == NULL);
    CHILD_FORKED(dictdb_cursor_next(s->cursor, &row, &row_len, &error));
    CHILD_CHECK(row == NULL && row_len == 0);
    CHILD_FORKED(dictdb_cursor_next_batch(s->cursor, 1, 0, DICTDB_ROWS_ARRAY, out, &count, &error));
    CHILD_CHECK(count == 77);
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static inline void every_function_of_batches_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_buffer *out = &s->w.out;
    dictdb_table *table = s->w.table;
    dictdb_batch *batch = s->batch;

    CHILD_FORKED(dictdb_batch_new(&batch, &error));
    CHILD_CHECK(batch == NULL);
    CHILD_FORKED(dictdb_batch_insert(s->batch, table, NTS("{}"), &error));
    CHILD_FORKED(dictdb_batch_insert_many(s->batch, table, NTS("[{}]"), &error));
    CHILD_FORKED(dictdb_batch_upsert(s->batch, table, NTS("{}"), DICTDB_CONFLICT_UPDATE, &error));
    CHILD_FORKED(dictdb_batch_update_by_key(s->batch, table, NTS("1"), NTS("{}"), &error));
    CHILD_FORKED(dictdb_batch_update(s->batch, table, s->update, NULL, 0, &error));
    CHILD_FORKED(dictdb_batch_update_where(s->batch, table, NTS("TRUE"), NTS("a = 1"), NULL, 0, &error));
    CHILD_FORKED(dictdb_batch_delete_by_key(s->batch, table, NTS("1"), &error));
    CHILD_FORKED(dictdb_batch_delete_where(s->batch, table, NTS("TRUE"), NULL, 0, &error));
    CHILD_FORKED(dictdb_batch_commit(s->batch, out, &error));
    CHILD_FORKED(dictdb_batch_clear(s->batch, &error));
    CHILD_FORKED(dictdb_db_batch(s->w.db, NTS("[]"), out, &error));
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static inline void every_function_of_limits_and_watches_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_buffer *out = &s->w.out;
    dictdb_table *table = s->w.table;
    dictdb_db *db = s->w.db;
    dictdb_cancel *cancel = s->cancel;
    dictdb_watch *watch = s->watch;
    uint64_t count = 77;
    int32_t fd = 77;

    CHILD_FORKED(dictdb_cancel_new(&cancel, &error));
    CHILD_CHECK(cancel == NULL);
    CHILD_FORKED(dictdb_cancel_set(s->cancel, &error));
    CHILD_FORKED(dictdb_cancel_reset(s->cancel, &error));
    CHILD_CHECK(dictdb_cancel_flag(s->cancel) == NULL);
    CHILD_FORKED(dictdb_table_limited(s->w.table, s->cancel, 0, &table, &error));
    CHILD_CHECK(table == NULL);
    CHILD_FORKED(dictdb_db_limited(s->w.db, s->cancel, 0, &db, &error));
    CHILD_CHECK(db == NULL);
    CHILD_FORKED(dictdb_table_count(s->limited, NULL, &count, &error));

    CHILD_FORKED(dictdb_table_watch(s->w.table, NULL, 0, &watch, &error));
    CHILD_CHECK(watch == NULL);
    watch = s->watch;
    CHILD_FORKED(dictdb_db_watch(s->w.db, NULL, 0, &watch, &error));
    CHILD_CHECK(watch == NULL);
    CHILD_FORKED(dictdb_watch_poll(s->watch, 0, 0, 0, out, &count, &error));
    /* One that would wait, as nothing changes in a child. */
    CHILD_FORKED(dictdb_watch_poll(s->watch, UINT64_MAX, 0, DICTDB_NO_TIMEOUT, out, &count, &error));
    CHILD_FORKED(dictdb_watch_last(s->watch, &count, &error));
    CHILD_FORKED(dictdb_watch_fd(s->watch, &fd, &error));
    CHILD_FORKED(dictdb_watch_fd(s->watch_with_fd, &fd, &error));
    CHILD_CHECK(count == 77 && fd == 77);
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static inline void every_function_of_files_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_buffer *out = &s->w.out;
    dictdb_db *db = s->w.db;
    dictdb_table *table = s->w.table;
    dictdb_job *job = s->job;
    uint64_t count = 77;
    int32_t is_done = 77;

    CHILD_FORKED(dictdb_db_save(s->w.db, NTS("fork.dictdb"), NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_db_save(s->w.db, NTS("fork.dictdb"), NULL, 0, &job, &error));
    CHILD_CHECK(job == NULL);
    CHILD_FORKED(dictdb_db_load(NTS("fork.dictdb"), &db, NULL, &error));
    CHILD_CHECK(db == NULL);
    job = s->job;
    CHILD_FORKED(dictdb_db_import_csv(s->w.db, NTS("new"), NTS("fork.csv"), NULL, 0, &table, &job, &error));
    CHILD_CHECK(table == NULL && job == NULL);
    CHILD_FORKED(dictdb_db_import_jsonl(s->w.db, NTS("new"), NTS("fork.csv"), NULL, 0, &table, &job, &error));
    CHILD_FORKED(dictdb_table_export_csv(s->w.table, NTS("fork.csv"), NULL, 0, NULL, 0, NULL, 0, &job, &error));
    CHILD_FORKED(dictdb_table_export_jsonl(s->w.table, NTS("fork.csv"), NULL, 0, NULL, 0, &job, &error));
    CHILD_FORKED(dictdb_job_wait(s->job, DICTDB_NO_TIMEOUT, &is_done, &error));
    CHILD_FORKED(dictdb_job_progress(s->job, &count, NULL, &error));
    CHILD_FORKED(dictdb_job_cancel(s->job, &error));
    CHILD_FORKED(dictdb_job_result(s->job, out, &error));
    CHILD_FORKED(dictdb_job_database(s->job, &db, &error));
    CHILD_CHECK(db == NULL && count == 77 && is_done == 77);

    dictdb_backup *backup = s->backup;
    CHILD_FORKED(dictdb_backup_new(s->w.db, NTS("fork-backups"), NULL, 0, NULL, NULL, NULL, &backup, &error));
    CHILD_CHECK(backup == NULL);
    CHILD_FORKED(dictdb_backup_start(s->backup, &error));
    CHILD_FORKED(dictdb_backup_stop(s->backup, &error));
    CHILD_FORKED(dictdb_backup_notify_change(s->backup, &error));
    CHILD_FORKED(dictdb_backup_now(s->backup, out, NULL, &error));
    CHILD_FORKED(dictdb_backup_full(s->backup, out, NULL, &error));
    CHILD_FORKED(dictdb_backup_delta(s->backup, out, &job, &error));
    CHILD_FORKED(dictdb_backup_statistics(s->backup, out, &error));
    CHILD_FORKED(dictdb_backup_restore(NTS("fork-backups"), NULL, 0, &db, out, NULL, &error));
    CHILD_FORKED(dictdb_backup_verify(NTS("fork-backups"), out, NULL, &error));
    CHILD_CHECK(db == NULL && job == NULL);
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static inline void every_function_is_forked(scene *s) {
    const dictdb_predicate *operands[] = {s->predicate};
    dictdb_error *error = NULL;
    dictdb_db *db = s->w.db;
    dictdb_table *table = s->w.table;
    dictdb_predicate *made = s->predicate;
    dictdb_buffer *out = &s->w.out;
    uint64_t count = 77;
    int32_t outcome = 77;

    CHILD_FORKED(dictdb_db_new(NULL, 0, &db, &error));
    CHILD_CHECK(db == NULL);
    CHILD_FORKED(dictdb_db_create_table(s->w.db, NTS("u"), NULL, 0, &table, &error));
    CHILD_CHECK(table == NULL);
    CHILD_FORKED(dictdb_db_get_table(s->w.db, NTS("t"), &table, &error));
    CHILD_FORKED(dictdb_db_drop_table(s->w.db, NTS("t"), &error));
    CHILD_FORKED(dictdb_db_list_tables(s->w.db, out, &error));
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));

    table = s->w.table;
    CHILD_FORKED(dictdb_table_insert(table, NTS("{}"), out, &error));
    CHILD_FORKED(dictdb_table_insert_many(table, NTS("[{}]"), out, &error));
    CHILD_FORKED(dictdb_table_upsert(table, NTS("{}"), DICTDB_CONFLICT_UPDATE, &outcome, out, &error));
    CHILD_FORKED(dictdb_table_get(table, NTS("1"), out, &error));
    CHILD_FORKED(dictdb_table_get_int(table, 1, out, &error));
    CHILD_FORKED(dictdb_table_get_many(table, NTS("[1]"), out, &error));
    CHILD_FORKED(dictdb_table_select(table, NULL, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_select(table, s->predicate, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_count(table, NULL, &count, &error));
    CHILD_FORKED(dictdb_table_update(table, s->predicate, NTS("{\"a\":1}"), &count, &error));
    CHILD_FORKED(dictdb_table_update_by_key(table, NTS("1"), NTS("{\"a\":1}"), &error));
    CHILD_FORKED(dictdb_table_delete(table, s->predicate, &count, &error));
    CHILD_FORKED(dictdb_table_delete_by_key(table, NTS("1"), &error));
    CHILD_FORKED(dictdb_table_describe(table, out, &error));
    CHILD_FORKED(dictdb_table_statistics(table, out, &error));
    CHILD_CHECK(count == 77 && outcome == 77);

    CHILD_FORKED(dictdb_predicate_not(s->predicate, &made, &error));
    CHILD_CHECK(made == NULL);
    CHILD_FORKED(dictdb_predicate_and(operands, 1, &made, &error));
    CHILD_FORKED(dictdb_predicate_or(operands, 1, &made, &error));
    every_predicate_maker_is_forked();
    every_function_of_the_query_language_is_forked(s);
    every_function_of_snapshots_and_cursors_is_forked(s);
    every_function_of_batches_is_forked(s);
    every_function_of_limits_and_watches_is_forked(s);
    every_function_of_files_is_forked(s);
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, &error));
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, NULL, NULL, NULL, &error));
    CHILD_CHECK(dictdb_table_count(s->w.table, NULL, &count, NULL) == DICTDB_STATUS_FORKED);
}

static inline void freeing_does_nothing(scene *s) {
    dictdb_error_free(s->error);
    dictdb_error_free(s->error);
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    dictdb_update_free(s->update);
    dictdb_cursor_free(s->cursor);
    dictdb_cursor_free(s->cursor);
    dictdb_batch_free(s->batch);
    dictdb_batch_free(s->batch);
    dictdb_cancel_free(s->cancel);
    dictdb_cancel_free(s->cancel);
    dictdb_watch_free(s->watch);
    dictdb_watch_free(s->watch);
    dictdb_watch_free(s->watch_with_fd);
    dictdb_watch_free((dictdb_watch *)(uintptr_t)0x1234);
    dictdb_job_free(s->job);
    dictdb_job_free(s->job);
    dictdb_backup_free(s->backup);
    dictdb_backup_free(s->backup);
    dictdb_db_free(s->db_snapshot);
    dictdb_table_free(s->snapshot);
    dictdb_table_free(s->limited);
    dictdb_table_free(s->w.table);
    dictdb_table_free(s->w.table);
    dictdb_db_free(s->w.db);
    dictdb_db_free((dictdb_db *)(uintptr_t)0x1234);
    dictdb_buffer_free(&s->w.out);
    CHILD_CHECK(s->w.out.data == NULL);
}

static inline void what_cannot_fail_works(scene *s) {
    CHILD_CHECK(strcmp(dictdb_version(), DICTDB_VERSION) == 0);
    CHILD_CHECK(dictdb_abi_version() == DICTDB_ABI_VERSION);
    CHILD_CHECK(dictdb_memory_limit(0) == 0);
    CHILD_CHECK(dictdb_memory_used() > 0);
    CHILD_CHECK(dictdb_has_feature(NTS("log")) == 1);
    CHILD_CHECK(strcmp(dictdb_status_name(DICTDB_STATUS_FORKED), "FORKED") == 0);
    CHILD_CHECK(dictdb_status_message(DICTDB_STATUS_FORKED)[0] != '\0');
    CHILD_CHECK(dictdb_error_message(s->error) != NULL);
    CHILD_CHECK(dictdb_error_status(s->error) != DICTDB_STATUS_OK);
    CHILD_CHECK(dictdb_error_detail(s->error) != NULL);
}

static inline void as_a_child(scene *s) {
    every_function_is_forked(s);
    what_cannot_fail_works(s);
    freeing_does_nothing(s);
    every_function_is_forked(s);
}

/** Forks; the child runs `body` and ends; returns whether it came to the end of it. */
static inline bool fork_child(void (*body)(scene *), scene *s) {
    /* By a pipe, not by the exit status: a leak checker counts against a child what it cannot free. */
    int ends[2] = {-1, -1};
    CHECK_INT(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(CHILD_SECONDS);
        body(s);
        CHILD_CHECK(write(ends[1], "y", 1) == 1);
        _exit(0);
    }
    char answer = 'n';
    int status = -1;
    close(ends[1]);
    CHECK(child > 0);
    bool ended_well = read(ends[0], &answer, 1) == 1 && answer == 'y';
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "a child was killed by signal %d\n", WTERMSIG(status));
    }
    return ended_well && WIFEXITED(status);
}

#endif
