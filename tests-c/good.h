/*
 * good.h: a scene with a handle of each kind, and arguments with which any function of the header works in it. Tests of misuse replace one of
 * them by a wrong one. What parameters there are, exports.h knows; here stands what is right for them, by name. A parameter that
 * nothing is said of fails the tests.
 * Include it in place of check.h.
 */
#ifndef GOOD_H
#define GOOD_H

#include "check.h"
#include "exports.h"
#include <unistd.h>

#ifndef MISUSE_NAME
#define MISUSE_NAME "misuse"
#endif
/** Are written and read again and again; lie where the test runs. */
#define MISUSE_FILE MISUSE_NAME ".dictdb"
#define MISUSE_DIRECTORY MISUSE_NAME "-backups"
/** A file without anything, which is a table without records. */
#define NOTHING MISUSE_NAME ".empty"

/* Of each list, the first line counts whose names fit; a function NULL is any. */

static const struct {
    const char *function;
    const char *parameter;
    const char *text;
} GOOD_TEXTS[] = {
    {"dictdb_table_create_index", "options", "{\"fields\":\"b\",\"kind\":\"hash\"}"},
    {"dictdb_db_save", "options", "{\"format\":\"dictdb\"}"},
    {NULL, "options", "{}"},
    {"dictdb_db_create_table", "name", "new"},
    {"dictdb_db_import_csv", "name", "new"},
    {"dictdb_db_import_jsonl", "name", "new"},
    {NULL, "name", "t"},
    {"dictdb_table_upsert", "record", "{\"id\":1}"},
    {"dictdb_batch_upsert", "record", "{\"id\":1}"},
    {NULL, "record", "{}"},
    {NULL, "records", "[{}]"},
    {NULL, "key", "1"},
    {NULL, "keys", "[1]"},
    {NULL, "changes", "{\"a\":9}"},
    {NULL, "field", "a"},
    {NULL, "fields", "\"a\""},
    {NULL, "value", "\"x\""},
    {NULL, "values", "[1]"},
    {NULL, "low", "1"},
    {NULL, "high", "2"},
    {NULL, "pattern", "\"x%\""},
    {NULL, "text", "a = 1"},
    {NULL, "where", "a = 1"},
    {NULL, "set", "a = 3"},
    {NULL, "params", "[]"},
    {NULL, "spec", "{}"},
    {NULL, "operations", "[{\"delete\":\"t\",\"key\":1}]"},
    {"dictdb_db_import_csv", "path", NOTHING},
    {"dictdb_db_import_jsonl", "path", NOTHING},
    {"dictdb_table_export_csv", "path", MISUSE_NAME ".csv"},
    {"dictdb_table_export_jsonl", "path", MISUSE_NAME ".jsonl"},
    {NULL, "path", MISUSE_FILE},
    {NULL, "directory", MISUSE_DIRECTORY},
};

enum { WRONG_MAX = 8 };

static const struct {
    const char *function;
    const char *parameter;
    uint64_t good;
    /** Those that are refused. Where there are none, no number is. */
    int wrong_count;
    uint64_t wrong[WRONG_MAX];
} GOOD_NUMBERS[] = {
    {NULL, "on_conflict", DICTDB_CONFLICT_UPDATE, 4, {(uint64_t)-1, 3, 1u << 31, INT32_MAX}},
    {NULL, "form", DICTDB_ROWS_LINES, 4, {(uint64_t)-1, 2, 1u << 31, INT32_MAX}},
    {NULL, "level", DICTDB_LOG_ERROR, 5, {0, (uint64_t)-1, 5, 1u << 31, INT32_MAX}},
    {NULL, "debug_sample", 1, 1, {0}},
    {NULL, "escape", 0, 4, {0xd800, 0xdfff, 0x110000, UINT32_MAX}},
    {NULL, "key", 1, 0, {0}},
    {NULL, "max_rows", 1, 0, {0}},
    {NULL, "max_bytes", 0, 0, {0}},
    {NULL, "since", 0, 0, {0}},
    {NULL, "max", 0, 0, {0}},
    {NULL, "bytes", 0, 0, {0}},
    {NULL, "status", 0, 0, {0}},
    {"dictdb_watch_poll", "timeout_ms", 0, 0, {0}},
    {NULL, "timeout_ms", (uint64_t)DICTDB_NO_TIMEOUT, 0, {0}},
    /* Of the operands of `and` and `or`. */
    {NULL, "count", 1, 0, {0}},
};

/** What may be NULL, beside the handle of a job that a function offers. All other texts, handles and outputs may not. */
static const struct {
    const char *function;
    const char *parameter;
    bool optional;
} OPTIONAL[] = {
    {"dictdb_table_create_index", "options", false},
    {NULL, "options", true},
    {NULL, "params", true},
    {NULL, "spec", true},
    {"dictdb_update_new", "where", true},
    {"dictdb_table_count_where", "where", true},
    {"dictdb_table_select", "predicate", true},
    {"dictdb_table_count", "predicate", true},
    {"dictdb_query_new", "predicate", true},
    {"dictdb_update_new", "predicate", true},
    {"dictdb_table_limited", "cancel", true},
    {"dictdb_db_limited", "cancel", true},
    {"dictdb_db_create_table", "table", true},
    {"dictdb_table_insert", "key", true},
    {"dictdb_table_upsert", "key", true},
    {NULL, "outcome", true},
    {"dictdb_table_count", "count", false},
    {"dictdb_query_count", "count", false},
    {"dictdb_table_count_where", "count", false},
    {NULL, "count", true},
    {"dictdb_table_insert_many", "keys", true},
    {NULL, "results", true},
    {"dictdb_watch_poll", "last", true},
    {NULL, "is_done", true},
    {NULL, "done", true},
    {NULL, "total", true},
    {"dictdb_job_result", "facts", false},
    {"dictdb_backup_verify", "facts", false},
    {NULL, "facts", true},
    {"dictdb_db_import_csv", "table", true},
    {"dictdb_db_import_jsonl", "table", true},
};

/** Those that cannot fail; and each `_free`. */
static const char *const WITHOUT_STATUS[] = {
    "dictdb_version", "dictdb_abi_version", "dictdb_has_feature", "dictdb_memory_used", "dictdb_memory_limit", "dictdb_status_name", "dictdb_status_message",
    "dictdb_error_status", "dictdb_error_message", "dictdb_error_detail", "dictdb_cancel_flag",
};

static inline bool fits(const char *function, const char *parameter, const export_function *f, int i) {
    return strcmp(f->parameters[i].name, parameter) == 0 && (function == NULL || strcmp(f->name, function) == 0);
}

static inline void check_known(const export_function *f, int i, bool is_known) {
    if (!is_known) {
        fprintf(stderr, "tests-c/good.h does not say what is right for %s of %s\n", f->parameters[i].name, f->name);
        CHECK(is_known);
    }
}

static inline const char *good_text(const export_function *f, int i) {
    for (size_t at = 0; at < sizeof GOOD_TEXTS / sizeof GOOD_TEXTS[0]; at++) {
        if (fits(GOOD_TEXTS[at].function, GOOD_TEXTS[at].parameter, f, i)) {
            return GOOD_TEXTS[at].text;
        }
    }
    check_known(f, i, false);
    return "";
}

/** The index of a line of GOOD_NUMBERS; of the last one if there is none. */
static inline size_t number_facts(const export_function *f, int i) {
    enum { COUNT = sizeof GOOD_NUMBERS / sizeof GOOD_NUMBERS[0] };
    for (size_t at = 0; at < COUNT; at++) {
        if (fits(GOOD_NUMBERS[at].function, GOOD_NUMBERS[at].parameter, f, i)) {
            return at;
        }
    }
    check_known(f, i, false);
    return COUNT - 1;
}

static inline bool may_be_null(const export_function *f, int i) {
    if (f->parameters[i].kind == GIVES_HANDLE && f->parameters[i].of == JOB) {
        return true;
    }
    for (size_t at = 0; at < sizeof OPTIONAL / sizeof OPTIONAL[0]; at++) {
        if (fits(OPTIONAL[at].function, OPTIONAL[at].parameter, f, i)) {
            return OPTIONAL[at].optional;
        }
    }
    return false;
}

static inline bool can_fail(const export_function *f) {
    return f->returns == RETURNS_STATUS && f->count > 0 && f->parameters[f->count - 1].kind == GIVES_ERROR;
}

/** The place of a parameter of some kind; -1 if there is none. */
static inline int place_of(const export_function *f, parameter_kind kind, int of) {
    for (int i = 0; i < f->count; i++) {
        if (f->parameters[i].kind == kind && f->parameters[i].of == of) {
            return i;
        }
    }
    return -1;
}

/** Where a `size_t` is the length of the text, or the number of the handles, that it follows. */
static inline bool is_length(const export_function *f, int i) {
    return i > 0 && f->parameters[i].kind == TAKES_SIZE && (f->parameters[i - 1].kind == TAKES_TEXT || f->parameters[i - 1].kind == TAKES_HANDLES);
}

/* ------------------------------------------------------------------------------------------------------------------- scene */

static const char *const RECORDS = "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]";

/** A table of two records, and a handle of each kind. */
typedef struct {
    world w;
    void *handle[HANDLE_KINDS];
} scene;

#define MAKE(call) CHECK_OK(call, &s.w.err)

/** What functions read from files, is written once. */
static inline void write_files(const dictdb_db *db) {
    static bool are_written = false;
    dictdb_backup *backup = NULL;
    if (are_written) {
        return;
    }
    are_written = true;
    FILE *nothing = fopen(NOTHING, "wb");
    CHECK(nothing != NULL && fclose(nothing) == 0);
    CHECK_INT(dictdb_db_save(db, NTS(MISUSE_FILE), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_backup_new(db, NTS(MISUSE_DIRECTORY), NTS("{\"keep\":1}"), NULL, NULL, NULL, &backup, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_backup_full(backup, NULL, NULL, NULL), DICTDB_STATUS_OK);
    dictdb_backup_free(backup);
}

static inline scene open_scene(void) {
    scene s;
    memset(&s, 0, sizeof s);
    s.w = world_open(NULL);
    INSERT(s.w, "[{\"a\":1},{\"a\":2}]");
    MAKE(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), &s.w.err));
    write_files(s.w.db);
    dictdb_predicate *predicate = everything();
    dictdb_query *query = NULL;
    dictdb_update *update = NULL;
    dictdb_cursor *cursor = NULL;
    dictdb_batch *batch = NULL;
    dictdb_cancel *cancel = NULL;
    dictdb_watch *watch = NULL;
    dictdb_job *job = NULL;
    dictdb_backup *backup = NULL;
    dictdb_error *error = NULL;
    MAKE(dictdb_query_new(predicate, NULL, 0, &query, &s.w.err));
    MAKE(dictdb_update_new(predicate, NULL, 0, NTS("a = 9"), &update, &s.w.err));
    MAKE(dictdb_query_cursor(query, s.w.table, NULL, 0, &cursor, &s.w.err));
    MAKE(dictdb_batch_new(&batch, &s.w.err));
    MAKE(dictdb_cancel_new(&cancel, &s.w.err));
    MAKE(dictdb_db_watch(s.w.db, NULL, 0, &watch, &s.w.err));
    MAKE(dictdb_db_load(NTS(MISUSE_FILE), NULL, &job, &s.w.err));
    MAKE(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &s.w.err));
    MAKE(dictdb_backup_new(s.w.db, NTS(MISUSE_DIRECTORY), NTS("{\"incremental\":true,\"keep\":1}"), NULL, NULL, NULL, &backup, &s.w.err));
    dictdb_db_new(NULL, 0, NULL, &error);
    dictdb_db *db = s.w.db;
    dictdb_table *table = s.w.table;
#define KEEP(kind, noun) s.handle[kind] = noun;
    EACH_HANDLE(KEEP)
#undef KEEP
    return s;
}

static inline void free_handle(int kind, void *handle) {
#define FREE_KIND(its_kind, noun)       \
    if (kind == its_kind) {             \
        dictdb_##noun##_free(handle);   \
    }
    EACH_HANDLE(FREE_KIND)
#undef FREE_KIND
}

/** All handles but those of `world`. */
static inline void free_objects(scene *s) {
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        if (kind != DB && kind != TABLE) {
            free_handle(kind, s->handle[kind]);
        }
    }
}

static inline void close_scene(scene *s) {
    free_objects(s);
    world_close(&s->w);
}

/* --------------------------------------------------------------------------------------------------------------- arguments */

/** Where an output goes. */
typedef union {
    void *handle;
    const char *text;
    size_t size;
    int32_t i32;
    uint64_t u64;
    dictdb_buffer buffer;
} place;

/** Is not moved once it is filled: the arguments point into it. */
typedef struct {
    argument a[PARAMETERS_MAX];
    place out[PARAMETERS_MAX];
    const void *operands[1];
    dictdb_error *error;
} arguments;

/** `as_job`: so that the work is done in a thread of the library, where a function offers that. */
static inline void good_arguments(arguments *in, const export_function *f, const scene *s, bool as_job) {
    memset(in, 0, sizeof *in);
    for (int i = 0; i < f->count; i++) {
        const int of = f->parameters[i].of;
        switch (f->parameters[i].kind) {
        case TAKES_HANDLE:
            in->a[i].pointer = s->handle[of];
            break;
        case TAKES_HANDLES:
            in->operands[0] = s->handle[of];
            in->a[i].pointer = in->operands;
            break;
        case TAKES_TEXT:
            in->a[i].pointer = (void *)(uintptr_t)good_text(f, i);
            break;
        case TAKES_SIZE:
            in->a[i].number = is_length(f, i) && f->parameters[i - 1].kind == TAKES_TEXT ? DICTDB_NTS : GOOD_NUMBERS[number_facts(f, i)].good;
            break;
        case TAKES_I32:
        case TAKES_U32:
        case TAKES_I64:
        case TAKES_U64:
            in->a[i].number = GOOD_NUMBERS[number_facts(f, i)].good;
            break;
        case TAKES_CALLBACK:
            in->a[i].callback = NULL;
            break;
        case TAKES_CONTEXT:
            break;
        case GIVES_ERROR:
            in->a[i].pointer = &in->error;
            break;
        case GIVES_HANDLE:
            in->a[i].pointer = of == JOB && !as_job ? NULL : &in->out[i];
            break;
        case TAKES_BUFFER:
        case GIVES_BUFFER:
        case GIVES_TEXT:
        case GIVES_SIZE:
        case GIVES_I32:
        case GIVES_U64:
            in->a[i].pointer = &in->out[i];
            break;
        }
    }
}

static inline bool is_output(const export_function *f, int i) {
    return f->parameters[i].kind >= GIVES_BUFFER && f->parameters[i].kind != GIVES_ERROR;
}

#endif
