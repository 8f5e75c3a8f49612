/*
 * misuse.h: what the tests of misuse share: calls with arguments of which some are wrong. Include it in place of check.h.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "good.h"

/* What stands in the outputs before a call, to see what the call wrote. */
#define OLD_HANDLE ((void *)(uintptr_t)0x7e57)
enum { OLD_NUMBER = 77 };

static inline void fill_outputs(const export_function *f, arguments *in) {
    static dictdb_db *filler = NULL;
    if (filler == NULL) {
        dictdb_db_new(NULL, 0, &filler, NULL);
    }
    for (int i = 0; i < f->count; i++) {
        place *out = &in->out[i];
        switch ((int)f->parameters[i].kind) {
        case GIVES_HANDLE: out->handle = OLD_HANDLE; break;
        case GIVES_TEXT: out->text = OLD_HANDLE; break;
        case GIVES_SIZE: out->size = OLD_NUMBER; break;
        case GIVES_I32: out->i32 = OLD_NUMBER; break;
        case GIVES_U64: out->u64 = OLD_NUMBER; break;
        case GIVES_BUFFER: dictdb_db_list_tables(filler, &out->buffer, NULL); break;
        default: break;
        }
    }
}

static inline void free_buffers(const export_function *f, arguments *in) {
    for (int i = 0; i < f->count; i++) {
        if (f->parameters[i].kind == GIVES_BUFFER) {
            dictdb_buffer_free(&in->out[i].buffer);
        }
    }
}

/** The outputs of a call that failed are as documented; those that it was not given are as they were. */
static inline void check_outputs_of_failure(const export_function *f, arguments *in) {
    /* The row of a cursor is a pointer and a length: it is emptied, as a buffer is. */
    const bool gives_row = place_of(f, GIVES_TEXT, 0) >= 0;
    for (int i = 0; i < f->count; i++) {
        place *out = &in->out[i];
        const bool given = in->a[i].pointer != NULL;
        switch ((int)f->parameters[i].kind) {
        case GIVES_HANDLE: CHECK(out->handle == (given ? NULL : OLD_HANDLE)); break;
        case GIVES_TEXT: CHECK(out->text == (given ? NULL : OLD_HANDLE)); break;
        case GIVES_SIZE: CHECK_INT(out->size, gives_row && given ? 0 : OLD_NUMBER); break;
        case GIVES_I32: CHECK_INT(out->i32, OLD_NUMBER); break;
        case GIVES_U64: CHECK_INT(out->u64, OLD_NUMBER); break;
        case GIVES_BUFFER:
            if (given) {
                CHECK_EMPTY(out->buffer);
            } else {
                CHECK_TEXT(out->buffer, "[]");
            }
            break;
        default: break;
        }
    }
}

/** Calls a function that must fail for its parameter `i`, with and without an error object; checks status, error object and outputs. */
static inline void check_fails(const export_function *f, arguments *in, dictdb_status expected, int i) {
    for (int with_error = 0; with_error < 2; with_error++) {
        const int failures = atomic_load(&check_failures);
        dictdb_error **error = with_error == 1 ? &in->error : NULL;
        char parameter[64];
        snprintf(parameter, sizeof parameter, "\"parameter\":\"%s", f->parameters[i].name);
        in->a[f->count - 1].pointer = error;
        fill_outputs(f, in);
        check_expect(error);
        check_status(__FILE__, __LINE__, f->name, f->call(in->a).status, expected, error);
        check_outputs_of_failure(f, in);
        free_buffers(f, in);
        if (error != NULL) {
            CHECK_CONTAINS(dictdb_error_detail(*error), parameter);
            dictdb_error_free(*error);
            *error = NULL;
        }
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s, parameter %s\n", f->name, f->parameters[i].name);
        }
    }
}

/** Frees what a call that succeeded gave. A job is waited for, so that it does not come in the way of others. */
static inline void free_results(const export_function *f, arguments *in) {
    for (int i = 0; i < f->count; i++) {
        if (f->parameters[i].kind == GIVES_HANDLE && in->a[i].pointer != NULL && in->out[i].handle != OLD_HANDLE) {
            if (f->parameters[i].of == JOB && in->out[i].handle != NULL) {
                dictdb_job_wait(in->out[i].handle, DICTDB_NO_TIMEOUT, NULL, NULL);
            }
            free_handle(f->parameters[i].of, in->out[i].handle);
        }
    }
    free_buffers(f, in);
}

/** Calls a function that must succeed, and frees what it made. */
static inline void check_works(const export_function *f, arguments *in) {
    const int failures = atomic_load(&check_failures);
    const int job = place_of(f, GIVES_HANDLE, JOB);
    const bool is_job = job >= 0 && in->a[job].pointer != NULL;
    fill_outputs(f, in);
    check_expect(&in->error);
    check_status(__FILE__, __LINE__, f->name, f->call(in->a).status, DICTDB_STATUS_OK, &in->error);
    for (int i = 0; i < f->count; i++) {
        const place *out = &in->out[i];
        if (in->a[i].pointer == NULL) {
            continue;
        }
        switch ((int)f->parameters[i].kind) {
        case GIVES_HANDLE:
            if (is_job && i != job) {
                CHECK(out->handle == NULL);
            } else {
                CHECK(out->handle != NULL && out->handle != OLD_HANDLE);
            }
            break;
        case GIVES_TEXT: CHECK(strncmp(out->text, "{\"a\":1,\"id\":1}", strlen("{\"a\":1,\"id\":1}")) == 0); break;
        case GIVES_SIZE: CHECK_INT(out->size, strlen("{\"a\":1,\"id\":1}")); break;
        case GIVES_U64: CHECK(out->u64 != OLD_NUMBER); break;
        case GIVES_I32: CHECK(out->i32 != OLD_NUMBER); break;
        case GIVES_BUFFER: CHECK(is_job || (out->buffer.len > 0 && out->buffer.data[out->buffer.len] == '\0')); break;
        default: break;
        }
    }
    free_results(f, in);
    if (atomic_load(&check_failures) != failures) {
        fprintf(stderr, "    in %s\n", f->name);
    }
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
    CHECK_OK(dictdb_watch_poll(s->handle[WATCH], 0, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_TEXT(w->out, "[]");
}

/** As above, and nothing was taken from the cursor, added to the batch or done to the token. Takes all rows: comes last. */
static inline void check_untouched(scene *s) {
    world *w = &s->w;
    uint64_t count = 0;
    check_unchanged(s);
    CHECK_OK(dictdb_cursor_next_batch(s->handle[CURSOR], 0, 0, DICTDB_ROWS_ARRAY, &w->out, &count, &w->err), &w->err);
    CHECK_TEXT(w->out, RECORDS);
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_batch_commit(s->handle[BATCH], &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[]");
    const int32_t *flag = dictdb_cancel_flag(s->handle[CANCEL]);
    CHECK(flag != NULL && *flag == 0);
    CHECK_OK(dictdb_query_count(s->handle[QUERY], w->table, NULL, 0, &count, &w->err), &w->err);
    CHECK_INT(count, 2);
    CHECK_INT(dictdb_error_status(s->handle[ERROR]), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_OK(dictdb_backup_statistics(s->handle[BACKUP], &w->out, &w->err), &w->err);
    CHECK_MEMBER(w->out.data, "full", "0");
    CHECK_MEMBER(w->out.data, "is_running", "false");
}

#endif
