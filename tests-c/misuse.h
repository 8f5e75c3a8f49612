/*
 * misuse.h: what the tests of misuse share: a scene with a handle of each kind, and calls with arguments of which some are wrong. Include it
 * in place of check.h.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "check.h"
#include "misuse_functions.h"

static const char *const RECORDS = "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]";

/** A table of two records, and a handle of each kind. */
typedef struct {
    world w;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
    dictdb_cancel *cancel;
    dictdb_watch *watch;
    dictdb_job *job;
    dictdb_backup *backup;
    dictdb_error *error;
} scene;

static inline scene open_scene(void) {
    scene s = {world_open(NULL), everything(), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    INSERT(s.w, "[{\"a\":1},{\"a\":2}]");
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_query_new(s.predicate, NULL, 0, &s.query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_update_new(s.predicate, NULL, 0, NTS("a = 9"), &s.update, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_query_cursor(s.query, s.w.table, NULL, 0, &s.cursor, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_new(&s.batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_cancel_new(&s.cancel, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_watch(s.w.db, NULL, 0, &s.watch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_save(s.w.db, NTS(MISUSE_FILE), NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_load(NTS(MISUSE_FILE), NULL, &s.job, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_job_wait(s.job, DICTDB_NO_TIMEOUT, NULL, &s.w.err), &s.w.err);
    const char *options = "{\"incremental\":true,\"keep\":1}";
    CHECK_OK(dictdb_backup_new(s.w.db, NTS(MISUSE_DIRECTORY), NTS(options), NULL, NULL, NULL, &s.backup, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_backup_now(s.backup, NULL, NULL, &s.w.err), &s.w.err);
    dictdb_db_new(NULL, 0, NULL, &s.error);
    return s;
}

static inline void free_objects(scene *s) {
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    dictdb_cursor_free(s->cursor);
    dictdb_batch_free(s->batch);
    dictdb_cancel_free(s->cancel);
    dictdb_watch_free(s->watch);
    dictdb_job_free(s->job);
    dictdb_backup_free(s->backup);
    dictdb_error_free(s->error);
}

static inline void close_scene(scene *s) {
    free_objects(s);
    world_close(&s->w);
}

static inline inputs good_inputs(const function *f, const scene *s) {
    inputs in = {s->w.db,  s->w.table, s->predicate,       s->query, s->update, s->cursor,
                 s->batch, s->cancel,  s->watch, s->job, s->backup, {NULL, NULL, NULL}, {0, 0, 0}};
    for (int i = 0; i < 3; i++) {
        in.text[i] = f->good[i];
        in.len[i] = DICTDB_NTS;
    }
    return in;
}

/* What stands in the outputs before a call, to see what the call wrote. */
#define OLD_HANDLE(type) ((type *)(uintptr_t)0x7e57)

static inline outputs old_outputs(unsigned without) {
    outputs o = {OLD_HANDLE(dictdb_db),     OLD_HANDLE(dictdb_table),  OLD_HANDLE(dictdb_predicate), OLD_HANDLE(dictdb_query),
                 OLD_HANDLE(dictdb_update), OLD_HANDLE(dictdb_cursor), OLD_HANDLE(dictdb_batch),     OLD_HANDLE(dictdb_cancel),
                 OLD_HANDLE(dictdb_watch),  OLD_HANDLE(dictdb_job),    OLD_HANDLE(dictdb_backup),    DICTDB_BUFFER_INIT, 77, 77, OLD_HANDLE(const char), 77, without};
    world filler = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    dictdb_db_new(NULL, 0, &filler.db, NULL);
    dictdb_db_list_tables(filler.db, &o.buffer, NULL);
    world_close(&filler);
    return o;
}

/** All outputs that are handles. */
#define EACH_HANDLE(DO)              \
    DO(DB, db)                       \
    DO(TABLE, table)                 \
    DO(PREDICATE, predicate)         \
    DO(QUERY, query)                 \
    DO(UPDATE, update)               \
    DO(CURSOR, cursor)               \
    DO(BATCH, batch)                 \
    DO(CANCEL, cancel)               \
    DO(WATCH, watch)                 \
    DO(JOB, job)                     \
    DO(BACKUP, backup)

/** Calls a function that must fail; checks status, error object and outputs. */
static inline void check_fails(const function *f, const inputs *in, unsigned without, dictdb_status expected, const char *parameter) {
    for (int with_error = 0; with_error < 2; with_error++) {
        outputs o = old_outputs(without);
        dictdb_error *error = NULL;
        dictdb_error **place = with_error == 1 ? &error : NULL;
        unsigned has = (f->required | f->optional) & ~without;
        int failures = atomic_load(&check_failures);
        check_expect(place);
        check_status(__FILE__, __LINE__, f->name, f->call(f, in, &o, place), expected, place);
#define CHECK_NULL(kind, member) CHECK(o.member == ((has & kind) != 0 ? NULL : OLD_HANDLE(dictdb_##member)));
        EACH_HANDLE(CHECK_NULL)
#undef CHECK_NULL
        CHECK(o.row == ((has & ROW) != 0 ? NULL : OLD_HANDLE(const char)));
        CHECK_INT(o.row_len, (has & ROW_LEN) != 0 ? 0 : 77);
        CHECK_INT(o.count, 77);
        CHECK_INT(o.outcome, 77);
        if ((has & BUFFER) != 0) {
            CHECK_EMPTY(o.buffer);
        } else {
            CHECK_TEXT(o.buffer, "[]");
        }
        if (with_error == 1 && parameter != NULL) {
            CHECK_CONTAINS(dictdb_error_detail(error), parameter);
        }
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s, parameter %s\n", f->name, parameter == NULL ? "?" : parameter);
        }
        dictdb_buffer_free(&o.buffer);
        dictdb_error_free(error);
    }
}

/** Calls a function that must succeed, and frees what it made. */
static inline void check_works(const function *f, const inputs *in, unsigned without) {
    outputs o = old_outputs(without);
    dictdb_error *error = NULL;
    unsigned has = (f->required | f->optional) & ~without;
    check_expect(&error);
    check_status(__FILE__, __LINE__, f->name, f->call(f, in, &o, &error), DICTDB_STATUS_OK, &error);
#define CHECK_MADE(kind, member)                                                 \
    if ((has & kind) != 0) {                                                     \
        CHECK(o.member != NULL && o.member != OLD_HANDLE(dictdb_##member));      \
        dictdb_##member##_free(o.member);                                        \
    }
    EACH_HANDLE(CHECK_MADE)
#undef CHECK_MADE
    if ((has & ROW) != 0) {
        CHECK_INT(o.row_len, strlen("{\"a\":1,\"id\":1}"));
        CHECK(memcmp(o.row, "{\"a\":1,\"id\":1}", o.row_len) == 0);
    }
    dictdb_buffer_free(&o.buffer);
    dictdb_error_free(error);
}

/** Nothing was written to the database. */
static inline void check_unchanged(scene *s) {
    world *w = &s->w;
    CHECK_RECORDS(*w, RECORDS);
    CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[\"t\"]");
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    CHECK_INT(json_integer(w->out.data, "inserted"), 2);
    CHECK_INT(json_integer(w->out.data, "updated"), 0);
    CHECK_INT(json_integer(w->out.data, "deleted"), 0);
    CHECK_INT(json_integer(w->out.data, "indexes"), 1);
    CHECK_OK(dictdb_watch_poll(s->watch, 0, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_TEXT(w->out, "[]");
}

/** As above, and nothing was taken from the cursor, added to the batch or done to the token. Takes all rows: comes last. */
static inline void check_untouched(scene *s) {
    world *w = &s->w;
    uint64_t count = 0;
    check_unchanged(s);
    CHECK_OK(dictdb_cursor_next_batch(s->cursor, 0, 0, DICTDB_ROWS_ARRAY, &w->out, &count, &w->err), &w->err);
    CHECK_TEXT(w->out, RECORDS);
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_batch_commit(s->batch, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[]");
    const int32_t *flag = dictdb_cancel_flag(s->cancel);
    CHECK(flag != NULL && *flag == 0);
    CHECK_OK(dictdb_query_count(s->query, w->table, NULL, 0, &count, &w->err), &w->err);
    CHECK_INT(count, 2);
    CHECK_INT(dictdb_error_status(s->error), DICTDB_STATUS_INVALID_ARGUMENT);
}

#endif
