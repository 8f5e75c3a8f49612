/* Generated from include/dictdb.h by `cargo xtask generate`. Do not edit. */

/*
 * exports.h: every function of dictdb.h as data: what it takes, and a way to call it with any values.
 */
#ifndef EXPORTS_H
#define EXPORTS_H

#include <dictdb.h>

/** Kinds of handles. */
#define EACH_HANDLE(DO) \
    DO(BACKUP, backup) \
    DO(BATCH, batch) \
    DO(CANCEL, cancel) \
    DO(CURSOR, cursor) \
    DO(DB, db) \
    DO(ERROR, error) \
    DO(JOB, job) \
    DO(PREDICATE, predicate) \
    DO(QUERY, query) \
    DO(TABLE, table) \
    DO(UPDATE, update) \
    DO(WATCH, watch)

enum {
    BACKUP,
    BATCH,
    CANCEL,
    CURSOR,
    DB,
    ERROR,
    JOB,
    PREDICATE,
    QUERY,
    TABLE,
    UPDATE,
    WATCH,
    HANDLE_KINDS
};

/** Kinds of callbacks. */
typedef enum {
    CALLS_BACKUP_FAILURE_CALLBACK,
    CALLS_DESTRUCTOR,
    CALLS_LOG_CALLBACK,
    CALLBACK_KINDS
} callback_kind;

/** What a parameter takes or gives. A text is followed by its length, handles by their count, a callback by its context. */
typedef enum {
    TAKES_HANDLE,
    TAKES_HANDLES,
    TAKES_TEXT,
    TAKES_SIZE,
    TAKES_I32,
    TAKES_U32,
    TAKES_I64,
    TAKES_U64,
    TAKES_CALLBACK,
    TAKES_CONTEXT,
    TAKES_BUFFER,
    GIVES_BUFFER,
    GIVES_HANDLE,
    GIVES_ERROR,
    GIVES_TEXT,
    GIVES_SIZE,
    GIVES_I32,
    GIVES_U64
} parameter_kind;

typedef struct {
    const char *name;
    parameter_kind kind;
    /** Of a handle or a callback: which. */
    int of;
} parameter;

typedef union {
    void *pointer;
    void (*callback)(void);
    uint64_t number;
} argument;

typedef enum { RETURNS_NOTHING, RETURNS_STATUS, RETURNS_TEXT, RETURNS_NUMBER, RETURNS_FLAG } result_kind;

typedef union {
    dictdb_status status;
    const char *text;
    uint64_t number;
    int32_t *flag;
} result;

enum { PARAMETERS_MAX = 11 };

typedef struct {
    const char *name;
    result_kind returns;
    int count;
    parameter parameters[PARAMETERS_MAX];
    result (*call)(const argument *a);
} export_function;

static result call_dictdb_version(const argument *a) {
    (void)a;
    return (result){.text = dictdb_version()};
}

static result call_dictdb_abi_version(const argument *a) {
    (void)a;
    return (result){.number = (uint64_t)dictdb_abi_version()};
}

static result call_dictdb_has_feature(const argument *a) {
    return (result){.number = (uint64_t)dictdb_has_feature(a[0].pointer, (size_t)a[1].number)};
}

static result call_dictdb_status_name(const argument *a) {
    return (result){.text = dictdb_status_name((dictdb_status)a[0].number)};
}

static result call_dictdb_status_message(const argument *a) {
    return (result){.text = dictdb_status_message((dictdb_status)a[0].number)};
}

static result call_dictdb_error_status(const argument *a) {
    return (result){.status = dictdb_error_status(a[0].pointer)};
}

static result call_dictdb_error_message(const argument *a) {
    return (result){.text = dictdb_error_message(a[0].pointer)};
}

static result call_dictdb_error_detail(const argument *a) {
    return (result){.text = dictdb_error_detail(a[0].pointer)};
}

static result call_dictdb_error_free(const argument *a) {
    dictdb_error_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_buffer_free(const argument *a) {
    dictdb_buffer_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_memory_used(const argument *a) {
    (void)a;
    return (result){.number = (uint64_t)dictdb_memory_used()};
}

static result call_dictdb_memory_limit(const argument *a) {
    return (result){.number = (uint64_t)dictdb_memory_limit((uint64_t)a[0].number)};
}

static result call_dictdb_db_new(const argument *a) {
    return (result){.status = dictdb_db_new(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_db_free(const argument *a) {
    dictdb_db_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_db_create_table(const argument *a) {
    return (result){.status = dictdb_db_create_table(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_db_get_table(const argument *a) {
    return (result){.status = dictdb_db_get_table(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_db_drop_table(const argument *a) {
    return (result){.status = dictdb_db_drop_table(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer)};
}

static result call_dictdb_db_list_tables(const argument *a) {
    return (result){.status = dictdb_db_list_tables(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_table_free(const argument *a) {
    dictdb_table_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_table_insert(const argument *a) {
    return (result){.status = dictdb_table_insert(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_table_insert_many(const argument *a) {
    return (result){.status = dictdb_table_insert_many(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_table_upsert(const argument *a) {
    return (result){.status = dictdb_table_upsert(a[0].pointer, a[1].pointer, (size_t)a[2].number, (int32_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_table_get(const argument *a) {
    return (result){.status = dictdb_table_get(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_table_get_int(const argument *a) {
    return (result){.status = dictdb_table_get_int(a[0].pointer, (int64_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_table_get_many(const argument *a) {
    return (result){.status = dictdb_table_get_many(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_table_select(const argument *a) {
    return (result){.status = dictdb_table_select(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_table_count(const argument *a) {
    return (result){.status = dictdb_table_count(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_table_update(const argument *a) {
    return (result){.status = dictdb_table_update(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_table_update_by_key(const argument *a) {
    return (result){.status = dictdb_table_update_by_key(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer)};
}

static result call_dictdb_table_delete(const argument *a) {
    return (result){.status = dictdb_table_delete(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_table_delete_by_key(const argument *a) {
    return (result){.status = dictdb_table_delete_by_key(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer)};
}

static result call_dictdb_table_describe(const argument *a) {
    return (result){.status = dictdb_table_describe(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_table_statistics(const argument *a) {
    return (result){.status = dictdb_table_statistics(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_table_create_index(const argument *a) {
    return (result){.status = dictdb_table_create_index(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer)};
}

static result call_dictdb_table_drop_index(const argument *a) {
    return (result){.status = dictdb_table_drop_index(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer)};
}

static result call_dictdb_predicate_free(const argument *a) {
    dictdb_predicate_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_predicate_all(const argument *a) {
    return (result){.status = dictdb_predicate_all(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_predicate_eq(const argument *a) {
    return (result){.status = dictdb_predicate_eq(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_ne(const argument *a) {
    return (result){.status = dictdb_predicate_ne(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_lt(const argument *a) {
    return (result){.status = dictdb_predicate_lt(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_le(const argument *a) {
    return (result){.status = dictdb_predicate_le(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_gt(const argument *a) {
    return (result){.status = dictdb_predicate_gt(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_ge(const argument *a) {
    return (result){.status = dictdb_predicate_ge(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_is_in(const argument *a) {
    return (result){.status = dictdb_predicate_is_in(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_between(const argument *a) {
    return (result){.status = dictdb_predicate_between(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, (size_t)a[5].number, a[6].pointer, a[7].pointer)};
}

static result call_dictdb_predicate_like(const argument *a) {
    return (result){.status = dictdb_predicate_like(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, (uint32_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_predicate_ilike(const argument *a) {
    return (result){.status = dictdb_predicate_ilike(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, (uint32_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_predicate_contains(const argument *a) {
    return (result){.status = dictdb_predicate_contains(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_startswith(const argument *a) {
    return (result){.status = dictdb_predicate_startswith(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_endswith(const argument *a) {
    return (result){.status = dictdb_predicate_endswith(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_iequals(const argument *a) {
    return (result){.status = dictdb_predicate_iequals(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_icontains(const argument *a) {
    return (result){.status = dictdb_predicate_icontains(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_istartswith(const argument *a) {
    return (result){.status = dictdb_predicate_istartswith(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_iendswith(const argument *a) {
    return (result){.status = dictdb_predicate_iendswith(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_predicate_is_null(const argument *a) {
    return (result){.status = dictdb_predicate_is_null(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_predicate_is_not_null(const argument *a) {
    return (result){.status = dictdb_predicate_is_not_null(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_predicate_and(const argument *a) {
    return (result){.status = dictdb_predicate_and(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_predicate_or(const argument *a) {
    return (result){.status = dictdb_predicate_or(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_predicate_not(const argument *a) {
    return (result){.status = dictdb_predicate_not(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_predicate_parse(const argument *a) {
    return (result){.status = dictdb_predicate_parse(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_predicate_print(const argument *a) {
    return (result){.status = dictdb_predicate_print(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_predicate_bind(const argument *a) {
    return (result){.status = dictdb_predicate_bind(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_query_new(const argument *a) {
    return (result){.status = dictdb_query_new(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_query_free(const argument *a) {
    dictdb_query_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_query_run(const argument *a) {
    return (result){.status = dictdb_query_run(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_query_count(const argument *a) {
    return (result){.status = dictdb_query_count(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_query_delete(const argument *a) {
    return (result){.status = dictdb_query_delete(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_query_explain(const argument *a) {
    return (result){.status = dictdb_query_explain(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_update_new(const argument *a) {
    return (result){.status = dictdb_update_new(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_update_free(const argument *a) {
    dictdb_update_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_update_run(const argument *a) {
    return (result){.status = dictdb_update_run(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_update_explain(const argument *a) {
    return (result){.status = dictdb_update_explain(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_table_query(const argument *a) {
    return (result){.status = dictdb_table_query(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer, a[7].pointer)};
}

static result call_dictdb_table_explain(const argument *a) {
    return (result){.status = dictdb_table_explain(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_table_count_where(const argument *a) {
    return (result){.status = dictdb_table_count_where(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_table_update_where(const argument *a) {
    return (result){.status = dictdb_table_update_where(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, (size_t)a[6].number, a[7].pointer, a[8].pointer)};
}

static result call_dictdb_table_delete_where(const argument *a) {
    return (result){.status = dictdb_table_delete_where(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_table_snapshot(const argument *a) {
    return (result){.status = dictdb_table_snapshot(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_db_snapshot(const argument *a) {
    return (result){.status = dictdb_db_snapshot(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_table_copy(const argument *a) {
    return (result){.status = dictdb_table_copy(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_db_copy(const argument *a) {
    return (result){.status = dictdb_db_copy(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_query_cursor(const argument *a) {
    return (result){.status = dictdb_query_cursor(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer)};
}

static result call_dictdb_table_cursor(const argument *a) {
    return (result){.status = dictdb_table_cursor(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_cursor_free(const argument *a) {
    dictdb_cursor_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_cursor_next(const argument *a) {
    return (result){.status = dictdb_cursor_next(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_cursor_next_batch(const argument *a) {
    return (result){.status = dictdb_cursor_next_batch(a[0].pointer, (uint64_t)a[1].number, (size_t)a[2].number, (int32_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_batch_new(const argument *a) {
    return (result){.status = dictdb_batch_new(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_batch_free(const argument *a) {
    dictdb_batch_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_batch_insert(const argument *a) {
    return (result){.status = dictdb_batch_insert(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer)};
}

static result call_dictdb_batch_insert_many(const argument *a) {
    return (result){.status = dictdb_batch_insert_many(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer)};
}

static result call_dictdb_batch_upsert(const argument *a) {
    return (result){.status = dictdb_batch_upsert(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, (int32_t)a[4].number, a[5].pointer)};
}

static result call_dictdb_batch_update_by_key(const argument *a) {
    return (result){.status = dictdb_batch_update_by_key(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, (size_t)a[5].number, a[6].pointer)};
}

static result call_dictdb_batch_update(const argument *a) {
    return (result){.status = dictdb_batch_update(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer, (size_t)a[4].number, a[5].pointer)};
}

static result call_dictdb_batch_update_where(const argument *a) {
    return (result){.status = dictdb_batch_update_where(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, (size_t)a[5].number, a[6].pointer, (size_t)a[7].number, a[8].pointer)};
}

static result call_dictdb_batch_delete_by_key(const argument *a) {
    return (result){.status = dictdb_batch_delete_by_key(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer)};
}

static result call_dictdb_batch_delete_where(const argument *a) {
    return (result){.status = dictdb_batch_delete_where(a[0].pointer, a[1].pointer, a[2].pointer, (size_t)a[3].number, a[4].pointer, (size_t)a[5].number, a[6].pointer)};
}

static result call_dictdb_batch_commit(const argument *a) {
    return (result){.status = dictdb_batch_commit(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_batch_clear(const argument *a) {
    return (result){.status = dictdb_batch_clear(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_db_batch(const argument *a) {
    return (result){.status = dictdb_db_batch(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_cancel_new(const argument *a) {
    return (result){.status = dictdb_cancel_new(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_cancel_free(const argument *a) {
    dictdb_cancel_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_cancel_set(const argument *a) {
    return (result){.status = dictdb_cancel_set(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_cancel_reset(const argument *a) {
    return (result){.status = dictdb_cancel_reset(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_cancel_flag(const argument *a) {
    return (result){.flag = dictdb_cancel_flag(a[0].pointer)};
}

static result call_dictdb_table_limited(const argument *a) {
    return (result){.status = dictdb_table_limited(a[0].pointer, a[1].pointer, (int64_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_db_limited(const argument *a) {
    return (result){.status = dictdb_db_limited(a[0].pointer, a[1].pointer, (int64_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_table_watch(const argument *a) {
    return (result){.status = dictdb_table_watch(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_db_watch(const argument *a) {
    return (result){.status = dictdb_db_watch(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_watch_free(const argument *a) {
    dictdb_watch_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_watch_poll(const argument *a) {
    return (result){.status = dictdb_watch_poll(a[0].pointer, (uint64_t)a[1].number, (uint64_t)a[2].number, (int64_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_watch_last(const argument *a) {
    return (result){.status = dictdb_watch_last(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_watch_fd(const argument *a) {
    return (result){.status = dictdb_watch_fd(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_job_wait(const argument *a) {
    return (result){.status = dictdb_job_wait(a[0].pointer, (int64_t)a[1].number, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_job_progress(const argument *a) {
    return (result){.status = dictdb_job_progress(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_job_cancel(const argument *a) {
    return (result){.status = dictdb_job_cancel(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_job_result(const argument *a) {
    return (result){.status = dictdb_job_result(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_job_database(const argument *a) {
    return (result){.status = dictdb_job_database(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_job_free(const argument *a) {
    dictdb_job_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_db_save(const argument *a) {
    return (result){.status = dictdb_db_save(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, a[6].pointer)};
}

static result call_dictdb_db_load(const argument *a) {
    return (result){.status = dictdb_db_load(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_backup_new(const argument *a) {
    return (result){.status = dictdb_backup_new(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, (dictdb_backup_failure_callback)a[5].callback, a[6].pointer, (dictdb_destructor)a[7].callback, a[8].pointer, a[9].pointer)};
}

static result call_dictdb_backup_start(const argument *a) {
    return (result){.status = dictdb_backup_start(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_backup_stop(const argument *a) {
    return (result){.status = dictdb_backup_stop(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_backup_notify_change(const argument *a) {
    return (result){.status = dictdb_backup_notify_change(a[0].pointer, a[1].pointer)};
}

static result call_dictdb_backup_now(const argument *a) {
    return (result){.status = dictdb_backup_now(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_backup_full(const argument *a) {
    return (result){.status = dictdb_backup_full(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_backup_delta(const argument *a) {
    return (result){.status = dictdb_backup_delta(a[0].pointer, a[1].pointer, a[2].pointer, a[3].pointer)};
}

static result call_dictdb_backup_statistics(const argument *a) {
    return (result){.status = dictdb_backup_statistics(a[0].pointer, a[1].pointer, a[2].pointer)};
}

static result call_dictdb_backup_free(const argument *a) {
    dictdb_backup_free(a[0].pointer);
    return (result){.number = 0};
}

static result call_dictdb_backup_restore(const argument *a) {
    return (result){.status = dictdb_backup_restore(a[0].pointer, (size_t)a[1].number, a[2].pointer, (size_t)a[3].number, a[4].pointer, a[5].pointer, a[6].pointer, a[7].pointer)};
}

static result call_dictdb_backup_verify(const argument *a) {
    return (result){.status = dictdb_backup_verify(a[0].pointer, (size_t)a[1].number, a[2].pointer, a[3].pointer, a[4].pointer)};
}

static result call_dictdb_db_import_csv(const argument *a) {
    return (result){.status = dictdb_db_import_csv(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, (size_t)a[6].number, a[7].pointer, a[8].pointer, a[9].pointer)};
}

static result call_dictdb_db_import_jsonl(const argument *a) {
    return (result){.status = dictdb_db_import_jsonl(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, (size_t)a[6].number, a[7].pointer, a[8].pointer, a[9].pointer)};
}

static result call_dictdb_table_export_csv(const argument *a) {
    return (result){.status = dictdb_table_export_csv(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, (size_t)a[6].number, a[7].pointer, (size_t)a[8].number, a[9].pointer, a[10].pointer)};
}

static result call_dictdb_table_export_jsonl(const argument *a) {
    return (result){.status = dictdb_table_export_jsonl(a[0].pointer, a[1].pointer, (size_t)a[2].number, a[3].pointer, (size_t)a[4].number, a[5].pointer, (size_t)a[6].number, a[7].pointer, a[8].pointer)};
}

static result call_dictdb_log_set(const argument *a) {
    return (result){.status = dictdb_log_set((int32_t)a[0].number, (uint32_t)a[1].number, (dictdb_log_callback)a[2].callback, a[3].pointer, (dictdb_destructor)a[4].callback, a[5].pointer)};
}

static const export_function EXPORTS[] = {
    {"dictdb_version",
     RETURNS_TEXT,
     0,
     {
         {NULL, TAKES_SIZE, 0},
     },
     call_dictdb_version},
    {"dictdb_abi_version",
     RETURNS_NUMBER,
     0,
     {
         {NULL, TAKES_SIZE, 0},
     },
     call_dictdb_abi_version},
    {"dictdb_has_feature",
     RETURNS_NUMBER,
     2,
     {
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
     },
     call_dictdb_has_feature},
    {"dictdb_status_name",
     RETURNS_TEXT,
     1,
     {
         {"status", TAKES_I32, 0},
     },
     call_dictdb_status_name},
    {"dictdb_status_message",
     RETURNS_TEXT,
     1,
     {
         {"status", TAKES_I32, 0},
     },
     call_dictdb_status_message},
    {"dictdb_error_status",
     RETURNS_STATUS,
     1,
     {
         {"error", TAKES_HANDLE, ERROR},
     },
     call_dictdb_error_status},
    {"dictdb_error_message",
     RETURNS_TEXT,
     1,
     {
         {"error", TAKES_HANDLE, ERROR},
     },
     call_dictdb_error_message},
    {"dictdb_error_detail",
     RETURNS_TEXT,
     1,
     {
         {"error", TAKES_HANDLE, ERROR},
     },
     call_dictdb_error_detail},
    {"dictdb_error_free",
     RETURNS_NOTHING,
     1,
     {
         {"error", TAKES_HANDLE, ERROR},
     },
     call_dictdb_error_free},
    {"dictdb_buffer_free",
     RETURNS_NOTHING,
     1,
     {
         {"buffer", TAKES_BUFFER, 0},
     },
     call_dictdb_buffer_free},
    {"dictdb_memory_used",
     RETURNS_NUMBER,
     0,
     {
         {NULL, TAKES_SIZE, 0},
     },
     call_dictdb_memory_used},
    {"dictdb_memory_limit",
     RETURNS_NUMBER,
     1,
     {
         {"bytes", TAKES_U64, 0},
     },
     call_dictdb_memory_limit},
    {"dictdb_db_new",
     RETURNS_STATUS,
     4,
     {
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"db", GIVES_HANDLE, DB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_new},
    {"dictdb_db_free",
     RETURNS_NOTHING,
     1,
     {
         {"db", TAKES_HANDLE, DB},
     },
     call_dictdb_db_free},
    {"dictdb_db_create_table",
     RETURNS_STATUS,
     7,
     {
         {"db", TAKES_HANDLE, DB},
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"table", GIVES_HANDLE, TABLE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_create_table},
    {"dictdb_db_get_table",
     RETURNS_STATUS,
     5,
     {
         {"db", TAKES_HANDLE, DB},
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
         {"table", GIVES_HANDLE, TABLE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_get_table},
    {"dictdb_db_drop_table",
     RETURNS_STATUS,
     4,
     {
         {"db", TAKES_HANDLE, DB},
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_drop_table},
    {"dictdb_db_list_tables",
     RETURNS_STATUS,
     3,
     {
         {"db", TAKES_HANDLE, DB},
         {"names", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_list_tables},
    {"dictdb_table_free",
     RETURNS_NOTHING,
     1,
     {
         {"table", TAKES_HANDLE, TABLE},
     },
     call_dictdb_table_free},
    {"dictdb_table_insert",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"record", TAKES_TEXT, 0},
         {"record_len", TAKES_SIZE, 0},
         {"key", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_insert},
    {"dictdb_table_insert_many",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"records", TAKES_TEXT, 0},
         {"records_len", TAKES_SIZE, 0},
         {"keys", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_insert_many},
    {"dictdb_table_upsert",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"record", TAKES_TEXT, 0},
         {"record_len", TAKES_SIZE, 0},
         {"on_conflict", TAKES_I32, 0},
         {"outcome", GIVES_I32, 0},
         {"key", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_upsert},
    {"dictdb_table_get",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_TEXT, 0},
         {"key_len", TAKES_SIZE, 0},
         {"record", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_get},
    {"dictdb_table_get_int",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_I64, 0},
         {"record", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_get_int},
    {"dictdb_table_get_many",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"keys", TAKES_TEXT, 0},
         {"keys_len", TAKES_SIZE, 0},
         {"records", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_get_many},
    {"dictdb_table_select",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"rows", GIVES_BUFFER, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_select},
    {"dictdb_table_count",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_count},
    {"dictdb_table_update",
     RETURNS_STATUS,
     6,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"changes", TAKES_TEXT, 0},
         {"changes_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_update},
    {"dictdb_table_update_by_key",
     RETURNS_STATUS,
     6,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_TEXT, 0},
         {"key_len", TAKES_SIZE, 0},
         {"changes", TAKES_TEXT, 0},
         {"changes_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_update_by_key},
    {"dictdb_table_delete",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_delete},
    {"dictdb_table_delete_by_key",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_TEXT, 0},
         {"key_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_delete_by_key},
    {"dictdb_table_describe",
     RETURNS_STATUS,
     3,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"description", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_describe},
    {"dictdb_table_statistics",
     RETURNS_STATUS,
     3,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"statistics", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_statistics},
    {"dictdb_table_create_index",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_create_index},
    {"dictdb_table_drop_index",
     RETURNS_STATUS,
     4,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"fields", TAKES_TEXT, 0},
         {"fields_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_drop_index},
    {"dictdb_predicate_free",
     RETURNS_NOTHING,
     1,
     {
         {"predicate", TAKES_HANDLE, PREDICATE},
     },
     call_dictdb_predicate_free},
    {"dictdb_predicate_all",
     RETURNS_STATUS,
     2,
     {
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_all},
    {"dictdb_predicate_eq",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_eq},
    {"dictdb_predicate_ne",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_ne},
    {"dictdb_predicate_lt",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_lt},
    {"dictdb_predicate_le",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_le},
    {"dictdb_predicate_gt",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_gt},
    {"dictdb_predicate_ge",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_ge},
    {"dictdb_predicate_is_in",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"values", TAKES_TEXT, 0},
         {"values_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_is_in},
    {"dictdb_predicate_between",
     RETURNS_STATUS,
     8,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"low", TAKES_TEXT, 0},
         {"low_len", TAKES_SIZE, 0},
         {"high", TAKES_TEXT, 0},
         {"high_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_between},
    {"dictdb_predicate_like",
     RETURNS_STATUS,
     7,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"pattern", TAKES_TEXT, 0},
         {"pattern_len", TAKES_SIZE, 0},
         {"escape", TAKES_U32, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_like},
    {"dictdb_predicate_ilike",
     RETURNS_STATUS,
     7,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"pattern", TAKES_TEXT, 0},
         {"pattern_len", TAKES_SIZE, 0},
         {"escape", TAKES_U32, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_ilike},
    {"dictdb_predicate_contains",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_contains},
    {"dictdb_predicate_startswith",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_startswith},
    {"dictdb_predicate_endswith",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_endswith},
    {"dictdb_predicate_iequals",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_iequals},
    {"dictdb_predicate_icontains",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_icontains},
    {"dictdb_predicate_istartswith",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_istartswith},
    {"dictdb_predicate_iendswith",
     RETURNS_STATUS,
     6,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"value", TAKES_TEXT, 0},
         {"value_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_iendswith},
    {"dictdb_predicate_is_null",
     RETURNS_STATUS,
     4,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_is_null},
    {"dictdb_predicate_is_not_null",
     RETURNS_STATUS,
     4,
     {
         {"field", TAKES_TEXT, 0},
         {"field_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_is_not_null},
    {"dictdb_predicate_and",
     RETURNS_STATUS,
     4,
     {
         {"operands", TAKES_HANDLES, PREDICATE},
         {"count", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_and},
    {"dictdb_predicate_or",
     RETURNS_STATUS,
     4,
     {
         {"operands", TAKES_HANDLES, PREDICATE},
         {"count", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_or},
    {"dictdb_predicate_not",
     RETURNS_STATUS,
     3,
     {
         {"operand", TAKES_HANDLE, PREDICATE},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_not},
    {"dictdb_predicate_parse",
     RETURNS_STATUS,
     4,
     {
         {"text", TAKES_TEXT, 0},
         {"text_len", TAKES_SIZE, 0},
         {"predicate", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_parse},
    {"dictdb_predicate_print",
     RETURNS_STATUS,
     3,
     {
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"text", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_print},
    {"dictdb_predicate_bind",
     RETURNS_STATUS,
     5,
     {
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"bound", GIVES_HANDLE, PREDICATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_predicate_bind},
    {"dictdb_query_new",
     RETURNS_STATUS,
     5,
     {
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"query", GIVES_HANDLE, QUERY},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_new},
    {"dictdb_query_free",
     RETURNS_NOTHING,
     1,
     {
         {"query", TAKES_HANDLE, QUERY},
     },
     call_dictdb_query_free},
    {"dictdb_query_run",
     RETURNS_STATUS,
     7,
     {
         {"query", TAKES_HANDLE, QUERY},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"rows", GIVES_BUFFER, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_run},
    {"dictdb_query_count",
     RETURNS_STATUS,
     6,
     {
         {"query", TAKES_HANDLE, QUERY},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_count},
    {"dictdb_query_delete",
     RETURNS_STATUS,
     6,
     {
         {"query", TAKES_HANDLE, QUERY},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_delete},
    {"dictdb_query_explain",
     RETURNS_STATUS,
     6,
     {
         {"query", TAKES_HANDLE, QUERY},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"plan", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_explain},
    {"dictdb_update_new",
     RETURNS_STATUS,
     7,
     {
         {"predicate", TAKES_HANDLE, PREDICATE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"set", TAKES_TEXT, 0},
         {"set_len", TAKES_SIZE, 0},
         {"update", GIVES_HANDLE, UPDATE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_update_new},
    {"dictdb_update_free",
     RETURNS_NOTHING,
     1,
     {
         {"update", TAKES_HANDLE, UPDATE},
     },
     call_dictdb_update_free},
    {"dictdb_update_run",
     RETURNS_STATUS,
     6,
     {
         {"update", TAKES_HANDLE, UPDATE},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_update_run},
    {"dictdb_update_explain",
     RETURNS_STATUS,
     6,
     {
         {"update", TAKES_HANDLE, UPDATE},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"plan", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_update_explain},
    {"dictdb_table_query",
     RETURNS_STATUS,
     8,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"rows", GIVES_BUFFER, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_query},
    {"dictdb_table_explain",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"plan", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_explain},
    {"dictdb_table_count_where",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_count_where},
    {"dictdb_table_update_where",
     RETURNS_STATUS,
     9,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"set", TAKES_TEXT, 0},
         {"set_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_update_where},
    {"dictdb_table_delete_where",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_delete_where},
    {"dictdb_table_snapshot",
     RETURNS_STATUS,
     3,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"snapshot", GIVES_HANDLE, TABLE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_snapshot},
    {"dictdb_db_snapshot",
     RETURNS_STATUS,
     3,
     {
         {"db", TAKES_HANDLE, DB},
         {"snapshot", GIVES_HANDLE, DB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_snapshot},
    {"dictdb_table_copy",
     RETURNS_STATUS,
     3,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"records", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_copy},
    {"dictdb_db_copy",
     RETURNS_STATUS,
     3,
     {
         {"db", TAKES_HANDLE, DB},
         {"tables", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_copy},
    {"dictdb_query_cursor",
     RETURNS_STATUS,
     6,
     {
         {"query", TAKES_HANDLE, QUERY},
         {"table", TAKES_HANDLE, TABLE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"cursor", GIVES_HANDLE, CURSOR},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_query_cursor},
    {"dictdb_table_cursor",
     RETURNS_STATUS,
     7,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"cursor", GIVES_HANDLE, CURSOR},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_cursor},
    {"dictdb_cursor_free",
     RETURNS_NOTHING,
     1,
     {
         {"cursor", TAKES_HANDLE, CURSOR},
     },
     call_dictdb_cursor_free},
    {"dictdb_cursor_next",
     RETURNS_STATUS,
     4,
     {
         {"cursor", TAKES_HANDLE, CURSOR},
         {"row", GIVES_TEXT, 0},
         {"row_len", GIVES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_cursor_next},
    {"dictdb_cursor_next_batch",
     RETURNS_STATUS,
     7,
     {
         {"cursor", TAKES_HANDLE, CURSOR},
         {"max_rows", TAKES_U64, 0},
         {"max_bytes", TAKES_SIZE, 0},
         {"form", TAKES_I32, 0},
         {"rows", GIVES_BUFFER, 0},
         {"count", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_cursor_next_batch},
    {"dictdb_batch_new",
     RETURNS_STATUS,
     2,
     {
         {"batch", GIVES_HANDLE, BATCH},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_new},
    {"dictdb_batch_free",
     RETURNS_NOTHING,
     1,
     {
         {"batch", TAKES_HANDLE, BATCH},
     },
     call_dictdb_batch_free},
    {"dictdb_batch_insert",
     RETURNS_STATUS,
     5,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"record", TAKES_TEXT, 0},
         {"record_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_insert},
    {"dictdb_batch_insert_many",
     RETURNS_STATUS,
     5,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"records", TAKES_TEXT, 0},
         {"records_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_insert_many},
    {"dictdb_batch_upsert",
     RETURNS_STATUS,
     6,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"record", TAKES_TEXT, 0},
         {"record_len", TAKES_SIZE, 0},
         {"on_conflict", TAKES_I32, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_upsert},
    {"dictdb_batch_update_by_key",
     RETURNS_STATUS,
     7,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_TEXT, 0},
         {"key_len", TAKES_SIZE, 0},
         {"changes", TAKES_TEXT, 0},
         {"changes_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_update_by_key},
    {"dictdb_batch_update",
     RETURNS_STATUS,
     6,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"update", TAKES_HANDLE, UPDATE},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_update},
    {"dictdb_batch_update_where",
     RETURNS_STATUS,
     9,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"set", TAKES_TEXT, 0},
         {"set_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_update_where},
    {"dictdb_batch_delete_by_key",
     RETURNS_STATUS,
     5,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"key", TAKES_TEXT, 0},
         {"key_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_delete_by_key},
    {"dictdb_batch_delete_where",
     RETURNS_STATUS,
     7,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"table", TAKES_HANDLE, TABLE},
         {"where", TAKES_TEXT, 0},
         {"where_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_delete_where},
    {"dictdb_batch_commit",
     RETURNS_STATUS,
     3,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"results", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_commit},
    {"dictdb_batch_clear",
     RETURNS_STATUS,
     2,
     {
         {"batch", TAKES_HANDLE, BATCH},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_batch_clear},
    {"dictdb_db_batch",
     RETURNS_STATUS,
     5,
     {
         {"db", TAKES_HANDLE, DB},
         {"operations", TAKES_TEXT, 0},
         {"operations_len", TAKES_SIZE, 0},
         {"results", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_batch},
    {"dictdb_cancel_new",
     RETURNS_STATUS,
     2,
     {
         {"cancel", GIVES_HANDLE, CANCEL},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_cancel_new},
    {"dictdb_cancel_free",
     RETURNS_NOTHING,
     1,
     {
         {"cancel", TAKES_HANDLE, CANCEL},
     },
     call_dictdb_cancel_free},
    {"dictdb_cancel_set",
     RETURNS_STATUS,
     2,
     {
         {"cancel", TAKES_HANDLE, CANCEL},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_cancel_set},
    {"dictdb_cancel_reset",
     RETURNS_STATUS,
     2,
     {
         {"cancel", TAKES_HANDLE, CANCEL},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_cancel_reset},
    {"dictdb_cancel_flag",
     RETURNS_FLAG,
     1,
     {
         {"cancel", TAKES_HANDLE, CANCEL},
     },
     call_dictdb_cancel_flag},
    {"dictdb_table_limited",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"cancel", TAKES_HANDLE, CANCEL},
         {"timeout_ms", TAKES_I64, 0},
         {"limited", GIVES_HANDLE, TABLE},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_limited},
    {"dictdb_db_limited",
     RETURNS_STATUS,
     5,
     {
         {"db", TAKES_HANDLE, DB},
         {"cancel", TAKES_HANDLE, CANCEL},
         {"timeout_ms", TAKES_I64, 0},
         {"limited", GIVES_HANDLE, DB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_limited},
    {"dictdb_table_watch",
     RETURNS_STATUS,
     5,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"watch", GIVES_HANDLE, WATCH},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_watch},
    {"dictdb_db_watch",
     RETURNS_STATUS,
     5,
     {
         {"db", TAKES_HANDLE, DB},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"watch", GIVES_HANDLE, WATCH},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_watch},
    {"dictdb_watch_free",
     RETURNS_NOTHING,
     1,
     {
         {"watch", TAKES_HANDLE, WATCH},
     },
     call_dictdb_watch_free},
    {"dictdb_watch_poll",
     RETURNS_STATUS,
     7,
     {
         {"watch", TAKES_HANDLE, WATCH},
         {"since", TAKES_U64, 0},
         {"max", TAKES_U64, 0},
         {"timeout_ms", TAKES_I64, 0},
         {"changes", GIVES_BUFFER, 0},
         {"last", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_watch_poll},
    {"dictdb_watch_last",
     RETURNS_STATUS,
     3,
     {
         {"watch", TAKES_HANDLE, WATCH},
         {"last", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_watch_last},
    {"dictdb_watch_fd",
     RETURNS_STATUS,
     3,
     {
         {"watch", TAKES_HANDLE, WATCH},
         {"fd", GIVES_I32, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_watch_fd},
    {"dictdb_job_wait",
     RETURNS_STATUS,
     4,
     {
         {"job", TAKES_HANDLE, JOB},
         {"timeout_ms", TAKES_I64, 0},
         {"is_done", GIVES_I32, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_job_wait},
    {"dictdb_job_progress",
     RETURNS_STATUS,
     4,
     {
         {"job", TAKES_HANDLE, JOB},
         {"done", GIVES_U64, 0},
         {"total", GIVES_U64, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_job_progress},
    {"dictdb_job_cancel",
     RETURNS_STATUS,
     2,
     {
         {"job", TAKES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_job_cancel},
    {"dictdb_job_result",
     RETURNS_STATUS,
     3,
     {
         {"job", TAKES_HANDLE, JOB},
         {"facts", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_job_result},
    {"dictdb_job_database",
     RETURNS_STATUS,
     3,
     {
         {"job", TAKES_HANDLE, JOB},
         {"db", GIVES_HANDLE, DB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_job_database},
    {"dictdb_job_free",
     RETURNS_NOTHING,
     1,
     {
         {"job", TAKES_HANDLE, JOB},
     },
     call_dictdb_job_free},
    {"dictdb_db_save",
     RETURNS_STATUS,
     7,
     {
         {"db", TAKES_HANDLE, DB},
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_save},
    {"dictdb_db_load",
     RETURNS_STATUS,
     5,
     {
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"db", GIVES_HANDLE, DB},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_load},
    {"dictdb_backup_new",
     RETURNS_STATUS,
     10,
     {
         {"db", TAKES_HANDLE, DB},
         {"directory", TAKES_TEXT, 0},
         {"directory_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"on_failure", TAKES_CALLBACK, CALLS_BACKUP_FAILURE_CALLBACK},
         {"context", TAKES_CONTEXT, 0},
         {"destructor", TAKES_CALLBACK, CALLS_DESTRUCTOR},
         {"backup", GIVES_HANDLE, BACKUP},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_new},
    {"dictdb_backup_start",
     RETURNS_STATUS,
     2,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_start},
    {"dictdb_backup_stop",
     RETURNS_STATUS,
     2,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_stop},
    {"dictdb_backup_notify_change",
     RETURNS_STATUS,
     2,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_notify_change},
    {"dictdb_backup_now",
     RETURNS_STATUS,
     4,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"facts", GIVES_BUFFER, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_now},
    {"dictdb_backup_full",
     RETURNS_STATUS,
     4,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"facts", GIVES_BUFFER, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_full},
    {"dictdb_backup_delta",
     RETURNS_STATUS,
     4,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"facts", GIVES_BUFFER, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_delta},
    {"dictdb_backup_statistics",
     RETURNS_STATUS,
     3,
     {
         {"backup", TAKES_HANDLE, BACKUP},
         {"statistics", GIVES_BUFFER, 0},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_statistics},
    {"dictdb_backup_free",
     RETURNS_NOTHING,
     1,
     {
         {"backup", TAKES_HANDLE, BACKUP},
     },
     call_dictdb_backup_free},
    {"dictdb_backup_restore",
     RETURNS_STATUS,
     8,
     {
         {"directory", TAKES_TEXT, 0},
         {"directory_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"db", GIVES_HANDLE, DB},
         {"facts", GIVES_BUFFER, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_restore},
    {"dictdb_backup_verify",
     RETURNS_STATUS,
     5,
     {
         {"directory", TAKES_TEXT, 0},
         {"directory_len", TAKES_SIZE, 0},
         {"facts", GIVES_BUFFER, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_backup_verify},
    {"dictdb_db_import_csv",
     RETURNS_STATUS,
     10,
     {
         {"db", TAKES_HANDLE, DB},
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"table", GIVES_HANDLE, TABLE},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_import_csv},
    {"dictdb_db_import_jsonl",
     RETURNS_STATUS,
     10,
     {
         {"db", TAKES_HANDLE, DB},
         {"name", TAKES_TEXT, 0},
         {"name_len", TAKES_SIZE, 0},
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"table", GIVES_HANDLE, TABLE},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_db_import_jsonl},
    {"dictdb_table_export_csv",
     RETURNS_STATUS,
     11,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"options", TAKES_TEXT, 0},
         {"options_len", TAKES_SIZE, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_export_csv},
    {"dictdb_table_export_jsonl",
     RETURNS_STATUS,
     9,
     {
         {"table", TAKES_HANDLE, TABLE},
         {"path", TAKES_TEXT, 0},
         {"path_len", TAKES_SIZE, 0},
         {"spec", TAKES_TEXT, 0},
         {"spec_len", TAKES_SIZE, 0},
         {"params", TAKES_TEXT, 0},
         {"params_len", TAKES_SIZE, 0},
         {"job", GIVES_HANDLE, JOB},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_table_export_jsonl},
    {"dictdb_log_set",
     RETURNS_STATUS,
     6,
     {
         {"level", TAKES_I32, 0},
         {"debug_sample", TAKES_U32, 0},
         {"callback", TAKES_CALLBACK, CALLS_LOG_CALLBACK},
         {"context", TAKES_CONTEXT, 0},
         {"destructor", TAKES_CALLBACK, CALLS_DESTRUCTOR},
         {"error", GIVES_ERROR, 0},
     },
     call_dictdb_log_set},
};

enum { EXPORT_COUNT = sizeof EXPORTS / sizeof EXPORTS[0] };

#endif
