/*
 * check.h: the harness of the C tests. Include it first.
 *
 * One test function proves one promise and is named after it. `RUN(test)` runs it and prints one line; a failed check prints where it
 * stands and what was found, and the test goes on. `return check_finish();` ends `main`.
 *
 * `check_figure` prints a figure for docs/testing.md, which scripts/report-tests finds in what CTest keeps of the output.
 *
 * Checks may be made from any thread. Heavy loops ask `check_rounds`: under an instrumented build the environment variable
 * DICTDB_TEST_DIVISOR makes them shorter.
 */
#ifndef CHECK_H
#define CHECK_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <dictdb.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A text argument and its length. */
#define NTS(text) (text), DICTDB_NTS

static atomic_int check_failures;
static int check_tests_passed;
static int check_tests_failed;

static inline void check_run(const char *name, void (*test)(void)) {
    atomic_store(&check_failures, 0);
    test();
    if (atomic_load(&check_failures) == 0) {
        check_tests_passed++;
        printf("ok    %s\n", name);
    } else {
        check_tests_failed++;
        printf("FAIL  %s\n", name);
    }
    fflush(stdout);
}

#define RUN(test) check_run(#test, test)

static inline int check_finish(void) {
    printf("%d passed, %d failed\n", check_tests_passed, check_tests_failed);
    return check_tests_failed == 0 ? 0 : 1;
}

static inline long check_rounds(long rounds) {
    const char *divisor = getenv("DICTDB_TEST_DIVISOR");
    long by = divisor == NULL ? 1 : strtol(divisor, NULL, 10);
    return by <= 1 ? rounds : rounds / by + 1;
}

/** Whether memory is used as it is in earnest: an instrumented build keeps what was freed, and notes about what was not. */
static inline bool check_can_measure_memory(void) {
    return check_rounds(1000) == 1000;
}

/** Says how much was done: `check_figure("fork.forks", 300)`. Of figures that are said more than once the sum counts. */
static inline void check_figure(const char *name, long value) {
    printf("figure %s=%ld\n", name, value);
}

static inline void *check_memory(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        fprintf(stderr, "the test itself is out of memory\n");
        abort();
    }
    return memory;
}

/* ------------------------------------------------------------------------------------------------------------- checks */

static inline void check_true(const char *file, int line, bool holds, const char *what) {
    if (!holds) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    }
}

#define CHECK(condition) check_true(__FILE__, __LINE__, (condition), #condition)

static inline void check_integer(const char *file, int line, const char *what, int64_t actual, int64_t expected) {
    if (actual != expected) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, actual, expected);
    }
}

#define CHECK_INT(actual, expected) check_integer(__FILE__, __LINE__, #actual, (int64_t)(actual), (int64_t)(expected))

static inline void check_string(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (actual == NULL || strcmp(actual, expected) != 0) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s\n    is  %.500s\n    not %.500s\n", file, line, what, actual == NULL ? "NULL" : actual, expected);
    }
}

/** A NUL-terminated string equals another. */
#define CHECK_STRING(actual, expected) check_string(__FILE__, __LINE__, #actual, (actual), (expected))

static inline void check_contains(const char *file, int line, const char *what, const char *actual, const char *part) {
    if (actual == NULL || strstr(actual, part) == NULL) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s\n    is  %.500s\n    without %.500s\n", file, line, what, actual == NULL ? "NULL" : actual, part);
    }
}

/** A NUL-terminated string has a part. */
#define CHECK_CONTAINS(actual, part) check_contains(__FILE__, __LINE__, #actual, (actual), (part))

static inline void check_text(const char *file, int line, const char *what, const dictdb_buffer *buffer, const char *expected) {
    check_string(file, line, what, buffer->data, expected);
    if (buffer->data != NULL && (buffer->len != strlen(buffer->data) || buffer->len >= buffer->capacity)) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s has length %zu, capacity %zu and a NUL at %zu\n", file, line, what, buffer->len, buffer->capacity,
                strlen(buffer->data));
    }
}

/** A buffer holds this text, and its members agree. */
#define CHECK_TEXT(buffer, expected) check_text(__FILE__, __LINE__, #buffer, &(buffer), (expected))

static inline void check_empty(const char *file, int line, const char *what, const dictdb_buffer *buffer) {
    if (buffer->len != 0 || (buffer->data != NULL && buffer->data[0] != '\0')) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s is not empty: length %zu, %.200s\n", file, line, what, buffer->len,
                buffer->data == NULL ? "NULL" : buffer->data);
    }
}

/** A buffer is as a failed call leaves it. */
#define CHECK_EMPTY(buffer) check_empty(__FILE__, __LINE__, #buffer, &(buffer))

/** What stands in an error variable before a call, to see that the call set it. */
#define CHECK_NEVER_SET ((dictdb_error *)(uintptr_t)0x5a5a5a)

/** Frees the error of the call before. */
static inline void check_expect(dictdb_error **error) {
    if (error != NULL) {
        dictdb_error_free(*error);
        *error = CHECK_NEVER_SET;
    }
}

static inline bool check_comes_alone(dictdb_status status) {
    return status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND || status == DICTDB_STATUS_FORKED;
}

static inline void check_status(const char *file, int line, const char *call, dictdb_status actual, dictdb_status expected,
                                dictdb_error **error) {
    if (error != NULL && *error == CHECK_NEVER_SET) {
        *error = NULL;
        check_true(file, line, false, "the call sets its error argument");
    }
    if (actual != expected) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: %s\n    gives %s, not %s: %s\n", file, line, call, dictdb_status_name(actual),
                dictdb_status_name(expected), dictdb_error_message(error == NULL ? NULL : *error));
    }
    if (error == NULL) {
        return;
    }
    if (check_comes_alone(actual)) {
        check_true(file, line, *error == NULL, "the error object is NULL");
    } else {
        check_true(file, line, *error != NULL, "there is an error object");
        check_true(file, line, dictdb_error_status(*error) == actual, "the error object has the status that the call returned");
        check_true(file, line, dictdb_error_message(*error)[0] != '\0', "the error object has a message");
        check_true(file, line, dictdb_error_detail(*error)[0] == '{', "the error object's detail is a JSON object");
    }
}

/**
 * A call gives a status, and an error object when it should. `error` is the address that the call gets, or NULL; the
 * error of the call before is freed, so one variable serves a whole test and is freed at its end.
 */
#define CHECK_STATUS(call, expected, error)                                         \
    do {                                                                            \
        check_expect(error);                                                        \
        check_status(__FILE__, __LINE__, #call, (call), (expected), (error));       \
    } while (0)

#define CHECK_OK(call, error) CHECK_STATUS(call, DICTDB_STATUS_OK, error)

/* ------------------------------------------------------------------------------------- reading the JSON that comes back */

static inline const char *json_space(const char *at) {
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
        at++;
    }
    return at;
}

static inline const char *json_string_end(const char *at) {
    for (at++; *at != '"' && *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        }
    }
    return *at == '"' ? at + 1 : at;
}

/** The end of the value that starts at `at`. */
static inline const char *json_end(const char *at) {
    int depth = 0;
    do {
        if (*at == '"') {
            at = json_string_end(at);
        } else if (*at == '[' || *at == '{') {
            depth++;
            at++;
        } else if (*at == ']' || *at == '}') {
            depth--;
            at++;
        } else if (depth == 0) {
            at += strcspn(at, ",]}");
        } else {
            at++;
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

/** The value of a member of an object, or NULL. `name` has no character that JSON escapes. */
static inline const char *json_member(const char *object, const char *name) {
    const char *at = object == NULL ? "" : json_space(object);
    if (*at != '{') {
        return NULL;
    }
    at = json_space(at + 1);
    while (*at == '"') {
        const char *start = at + 1;
        at = json_string_end(at);
        bool found = (size_t)(at - start) == strlen(name) + 1 && strncmp(start, name, strlen(name)) == 0;
        at = json_space(at);
        at = json_space(*at == ':' ? at + 1 : at);
        if (found) {
            return at;
        }
        at = json_space(json_end(at));
        at = json_space(*at == ',' ? at + 1 : at);
    }
    return NULL;
}

static inline void check_member(const char *file, int line, const char *object, const char *name, const char *expected) {
    const char *value = json_member(object, name);
    size_t len = value == NULL ? 0 : (size_t)(json_end(value) - value);
    if (value == NULL || len != strlen(expected) || strncmp(value, expected, len) != 0) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: member \"%s\" is not %.300s in %.500s\n", file, line, name, expected, object == NULL ? "NULL" : object);
    }
}

/** A member of a JSON object is exactly this text. */
#define CHECK_MEMBER(object, name, expected) check_member(__FILE__, __LINE__, (object), (name), (expected))

/** An integer member of a JSON object; INT64_MIN if there is none. */
static inline int64_t json_integer(const char *object, const char *name) {
    const char *value = json_member(object, name);
    char *end = NULL;
    long long number = value == NULL ? INT64_MIN : strtoll(value, &end, 10);
    return value == NULL || end != json_end(value) ? INT64_MIN : (int64_t)number;
}

/* ------------------------------------------------------------------------------------------------------------- fixture */

/** A database with one table `t`, a buffer and an error variable. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_buffer out;
    dictdb_error *err;
} world;

/** `options` are those of the table; may be NULL. */
static inline world world_open(const char *options) {
    world w = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_new(NULL, 0, &w.db, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("t"), NTS(options), &w.table, &w.err), &w.err);
    return w;
}

static inline void world_close(world *w) {
    dictdb_error_free(w->err);
    dictdb_buffer_free(&w->out);
    dictdb_table_free(w->table);
    dictdb_db_free(w->db);
}

/** Inserts an array of records. */
#define INSERT(w, records) CHECK_OK(dictdb_table_insert_many((w).table, NTS(records), NULL, &(w).err), &(w).err)

/** The table's records are these, in natural order. */
#define CHECK_RECORDS(w, expected)                                                                                  \
    do {                                                                                                            \
        CHECK_OK(dictdb_table_select((w).table, NULL, NULL, 0, &(w).out, NULL, &(w).err), &(w).err);                \
        CHECK_TEXT((w).out, expected);                                                                              \
    } while (0)

/** A query, run with parameters that may be NULL, gives these rows. */
#define CHECK_QUERY(w, spec, params, expected)                                                                      \
    do {                                                                                                            \
        CHECK_OK(dictdb_table_query((w).table, NTS(spec), NTS(params), &(w).out, NULL, &(w).err), &(w).err);        \
        CHECK_TEXT((w).out, expected);                                                                              \
    } while (0)

/** All records under these select options are these. */
#define CHECK_SELECT(w, options, expected)                                                                          \
    do {                                                                                                            \
        CHECK_OK(dictdb_table_select((w).table, NULL, NTS(options), &(w).out, NULL, &(w).err), &(w).err);           \
        CHECK_TEXT((w).out, expected);                                                                              \
    } while (0)

/** The ids of the records that match, as the text `1,2,3`; frees the predicate. Counting them gives the same number. */
static inline void check_matches(const char *file, int line, world *w, const char *what, dictdb_predicate *predicate,
                                 const char *expected) {
    uint64_t selected = UINT64_MAX;
    uint64_t counted = UINT64_MAX;
    char ids[256] = "";
    check_true(file, line, predicate != NULL, "the predicate was made");
    check_expect(&w->err);
    check_status(file, line, what,
                 dictdb_table_select(w->table, predicate, NTS("{\"columns\":[\"id\"]}"), &w->out, &selected, &w->err), DICTDB_STATUS_OK,
                 &w->err);
    for (const char *at = w->out.data; at != NULL && (at = strstr(at, "\"id\":")) != NULL;) {
        at += strlen("\"id\":");
        size_t used = strlen(ids);
        snprintf(ids + used, sizeof ids - used, "%s%.*s", used == 0 ? "" : ",", (int)(json_end(at) - at), at);
    }
    check_string(file, line, what, ids, expected);
    check_expect(&w->err);
    check_status(file, line, what, dictdb_table_count(w->table, predicate, &counted, &w->err), DICTDB_STATUS_OK, &w->err);
    check_integer(file, line, "the count", (int64_t)counted, (int64_t)selected);
    dictdb_predicate_free(predicate);
}

#define CHECK_MATCHES(w, predicate, expected) check_matches(__FILE__, __LINE__, &(w), #predicate, (predicate), (expected))

typedef dictdb_status (*predicate_maker)(const char *field, size_t field_len, const char *value, size_t value_len,
                                         dictdb_predicate **predicate, dictdb_error **error);

/** A predicate of a field and a value, or NULL. */
static inline dictdb_predicate *where(predicate_maker make, const char *field, const char *value) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    if (make(NTS(field), NTS(value), &predicate, &error) != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s %s: %s\n", field, value, dictdb_error_message(error));
    }
    dictdb_error_free(error);
    return predicate;
}

/** A predicate of text, or NULL. */
static inline dictdb_predicate *parsed(const char *text) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    if (dictdb_predicate_parse(NTS(text), &predicate, &error) != DICTDB_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", text, dictdb_error_message(error));
    }
    dictdb_error_free(error);
    return predicate;
}

static inline dictdb_predicate *everything(void) {
    dictdb_predicate *predicate = NULL;
    dictdb_predicate_all(&predicate, NULL);
    return predicate;
}

#endif
