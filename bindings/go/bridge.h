/*
 * What Go calls: the functions of dictdb.h in a shape that is safe and cheap to call through cgo.
 *
 * - Handles are numbers here. dictdb_table * and its like are no addresses, and Go's garbage collector must never take one for an address.
 * - What would take several calls in a row (a query compiled for one run, an operation of a batch on a limited handle) takes one.
 * - No function calls Go, not even through a callback: logs and failures of backups are queued in a mailbox. That is what makes the
 *   directives `noescape` and `nocallback` in cgo.go true, with which arguments stay on Go's stack.
 *
 * `error` is never NULL: it gets the number of an error object, or 0. `out` gets the number of a handle that the caller owns, or 0.
 */
#ifndef DICTDB_GO_BRIDGE_H
#define DICTDB_GO_BRIDGE_H

#include <dictdb.h>
#include <stdint.h>
#include <stdlib.h>

/* Kinds of handles, for dgo_free. */
enum {
    DGO_DB,
    DGO_TABLE,
    DGO_PREDICATE,
    DGO_QUERY,
    DGO_UPDATE,
    DGO_CURSOR,
    DGO_BATCH,
    DGO_CANCEL,
    DGO_WATCH,
    DGO_JOB,
    DGO_BACKUP
};

/* The tests of dictdb_predicate_… that take a field and one JSON value, for dgo_predicate_test. */
enum {
    DGO_EQ,
    DGO_NE,
    DGO_LT,
    DGO_LE,
    DGO_GT,
    DGO_GE,
    DGO_IN,
    DGO_CONTAINS,
    DGO_STARTS_WITH,
    DGO_ENDS_WITH,
    DGO_IEQUALS,
    DGO_ICONTAINS,
    DGO_ISTARTS_WITH,
    DGO_IENDS_WITH,
    DGO_IS_NULL,
    DGO_IS_NOT_NULL
};

/* What an error object says; valid until it is freed. */
typedef struct {
    dictdb_status status;
    const char *message;
    const char *detail;
} dgo_failure;

/*
 * Which rows: a compiled query, or else a predicate (or 0) and a query's JSON text (or NULL). `is_simple` says that the text has no
 * members but those of dictdb_table_select.
 */
typedef struct {
    uintptr_t query;
    uintptr_t predicate;
    int32_t is_simple;
} dgo_source;

void dgo_error_read(uintptr_t error, dgo_failure *failure);
void dgo_error_free(uintptr_t error);

dictdb_buffer *dgo_buffer_new(void);
void dgo_buffer_delete(dictdb_buffer *buffer);

void dgo_free(int32_t kind, uintptr_t handle);

/* Databases and their tables. */
dictdb_status dgo_db_new(uintptr_t *out, uintptr_t *error);
dictdb_status dgo_db_create_table(uintptr_t db, const char *name, size_t name_len, const char *options, size_t options_len, uintptr_t *out,
                                  uintptr_t *error);
dictdb_status dgo_db_get_table(uintptr_t db, const char *name, size_t name_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_db_drop_table(uintptr_t db, const char *name, size_t name_len, uintptr_t *error);
dictdb_status dgo_db_list_tables(uintptr_t db, dictdb_buffer *names, uintptr_t *error);
dictdb_status dgo_db_snapshot(uintptr_t db, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_db_copy(uintptr_t db, dictdb_buffer *tables, uintptr_t *error);
dictdb_status dgo_db_limited(uintptr_t db, uintptr_t cancel, int64_t timeout_ms, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_db_batch(uintptr_t db, const char *operations, size_t operations_len, dictdb_buffer *results, uintptr_t *error);

/* Records by their keys, and tables as a whole. */
dictdb_status dgo_table_insert(uintptr_t table, const char *record, size_t record_len, dictdb_buffer *key, uintptr_t *error);
dictdb_status dgo_table_insert_many(uintptr_t table, const char *records, size_t records_len, dictdb_buffer *keys, uintptr_t *error);
dictdb_status dgo_table_upsert(uintptr_t table, const char *record, size_t record_len, int32_t on_conflict, int32_t *outcome,
                               dictdb_buffer *key, uintptr_t *error);
dictdb_status dgo_table_get(uintptr_t table, const char *key, size_t key_len, dictdb_buffer *record, uintptr_t *error);
dictdb_status dgo_table_get_int(uintptr_t table, int64_t key, dictdb_buffer *record, uintptr_t *error);
dictdb_status dgo_table_get_many(uintptr_t table, const char *keys, size_t keys_len, dictdb_buffer *records, uintptr_t *error);
dictdb_status dgo_table_update_by_key(uintptr_t table, const char *key, size_t key_len, const char *changes, size_t changes_len,
                                      uintptr_t *error);
dictdb_status dgo_table_delete_by_key(uintptr_t table, const char *key, size_t key_len, uintptr_t *error);
dictdb_status dgo_table_describe(uintptr_t table, dictdb_buffer *description, uintptr_t *error);
dictdb_status dgo_table_statistics(uintptr_t table, dictdb_buffer *statistics, uintptr_t *error);
dictdb_status dgo_table_create_index(uintptr_t table, const char *options, size_t options_len, uintptr_t *error);
dictdb_status dgo_table_drop_index(uintptr_t table, const char *fields, size_t fields_len, uintptr_t *error);
dictdb_status dgo_table_snapshot(uintptr_t table, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_table_copy(uintptr_t table, dictdb_buffer *records, uintptr_t *error);
dictdb_status dgo_table_limited(uintptr_t table, uintptr_t cancel, int64_t timeout_ms, uintptr_t *out, uintptr_t *error);

/* Predicates. */
dictdb_status dgo_predicate_all(uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_test(int32_t test, const char *field, size_t field_len, const char *value, size_t value_len, uintptr_t *out,
                                 uintptr_t *error);
dictdb_status dgo_predicate_between(const char *field, size_t field_len, const char *low, size_t low_len, const char *high,
                                    size_t high_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_like(int32_t ignores_case, const char *field, size_t field_len, const char *pattern, size_t pattern_len,
                                 uint32_t escape, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_join(int32_t is_or, const uintptr_t *operands, size_t count, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_not(uintptr_t operand, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_parse(const char *text, size_t text_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_predicate_print(uintptr_t predicate, dictdb_buffer *text, uintptr_t *error);
dictdb_status dgo_predicate_bind(uintptr_t predicate, const char *params, size_t params_len, uintptr_t *out, uintptr_t *error);

/* Queries. */
dictdb_status dgo_query_new(uintptr_t predicate, const char *spec, size_t spec_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_select(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                         dictdb_buffer *rows, uint64_t *count, uintptr_t *error);
dictdb_status dgo_count(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                        uint64_t *count, uintptr_t *error);
dictdb_status dgo_count_where(uintptr_t table, const char *where, size_t where_len, const char *params, size_t params_len,
                              uint64_t *count, uintptr_t *error);
dictdb_status dgo_explain(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                          dictdb_buffer *plan, uintptr_t *error);
dictdb_status dgo_cursor_open(dgo_source source, uintptr_t table, const char *spec, size_t spec_len, const char *params, size_t params_len,
                              uintptr_t *out, uintptr_t *error);
dictdb_status dgo_cursor_next(uintptr_t cursor, const char **row, size_t *row_len, uintptr_t *error);
dictdb_status dgo_cursor_next_batch(uintptr_t cursor, uint64_t max_rows, size_t max_bytes, int32_t form, dictdb_buffer *rows,
                                    uint64_t *count, uintptr_t *error);

/* Writes on what matches. */
dictdb_status dgo_table_update(uintptr_t table, uintptr_t predicate, const char *changes, size_t changes_len, uint64_t *count,
                               uintptr_t *error);
dictdb_status dgo_table_delete(uintptr_t table, uintptr_t predicate, uint64_t *count, uintptr_t *error);
dictdb_status dgo_query_delete(uintptr_t query, uintptr_t table, const char *params, size_t params_len, uint64_t *count, uintptr_t *error);
dictdb_status dgo_update_new(uintptr_t predicate, const char *where, size_t where_len, const char *set, size_t set_len, uintptr_t *out,
                             uintptr_t *error);
dictdb_status dgo_update_run(uintptr_t update, uintptr_t table, const char *params, size_t params_len, uint64_t *count, uintptr_t *error);
dictdb_status dgo_update_explain(uintptr_t update, uintptr_t table, const char *params, size_t params_len, dictdb_buffer *plan,
                                 uintptr_t *error);
dictdb_status dgo_table_update_where(uintptr_t table, const char *where, size_t where_len, const char *set, size_t set_len,
                                     const char *params, size_t params_len, uint64_t *count, uintptr_t *error);
dictdb_status dgo_table_delete_where(uintptr_t table, const char *where, size_t where_len, const char *params, size_t params_len,
                                     uint64_t *count, uintptr_t *error);

/* Batches. Each addition is made on the table limited by the token `cancel`, which the commit then looks at. */
dictdb_status dgo_batch_new(uintptr_t *out, uintptr_t *error);
dictdb_status dgo_batch_insert(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *record, size_t record_len, uintptr_t *error);
dictdb_status dgo_batch_insert_many(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *records, size_t records_len,
                                    uintptr_t *error);
dictdb_status dgo_batch_upsert(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *record, size_t record_len,
                               int32_t on_conflict, uintptr_t *error);
dictdb_status dgo_batch_update_by_key(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *key, size_t key_len,
                                      const char *changes, size_t changes_len, uintptr_t *error);
dictdb_status dgo_batch_update(uintptr_t batch, uintptr_t cancel, uintptr_t table, uintptr_t update, const char *params, size_t params_len,
                               uintptr_t *error);
dictdb_status dgo_batch_update_where(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *where, size_t where_len,
                                     const char *set, size_t set_len, const char *params, size_t params_len, uintptr_t *error);
dictdb_status dgo_batch_delete_by_key(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *key, size_t key_len,
                                      uintptr_t *error);
dictdb_status dgo_batch_delete_where(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *where, size_t where_len,
                                     const char *params, size_t params_len, uintptr_t *error);
dictdb_status dgo_batch_commit(uintptr_t batch, dictdb_buffer *results, uintptr_t *error);
dictdb_status dgo_batch_clear(uintptr_t batch, uintptr_t *error);

/* Tokens. */
dictdb_status dgo_cancel_new(uintptr_t *out, int32_t **flag, uintptr_t *error);
dictdb_status dgo_cancel_set(uintptr_t cancel, uintptr_t *error);
dictdb_status dgo_cancel_reset(uintptr_t cancel, uintptr_t *error);

/* Watches. */
dictdb_status dgo_table_watch(uintptr_t table, const char *options, size_t options_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_db_watch(uintptr_t db, const char *options, size_t options_len, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_watch_poll(uintptr_t watch, uint64_t since, uint64_t max, dictdb_buffer *changes, uint64_t *last, uintptr_t *error);
dictdb_status dgo_watch_last(uintptr_t watch, uint64_t *last, uintptr_t *error);
/* `fd` is another descriptor of the same event, which its caller closes. */
dictdb_status dgo_watch_fd(uintptr_t watch, int32_t *fd, uintptr_t *error);

/* Jobs. */
dictdb_status dgo_job_wait(uintptr_t job, int64_t timeout_ms, int32_t *is_done, uintptr_t *error);
dictdb_status dgo_job_progress(uintptr_t job, uint64_t *done, uint64_t *total, uintptr_t *error);
dictdb_status dgo_job_cancel(uintptr_t job, uintptr_t *error);
dictdb_status dgo_job_result(uintptr_t job, dictdb_buffer *facts, uintptr_t *error);
dictdb_status dgo_job_database(uintptr_t job, uintptr_t *out, uintptr_t *error);

/* Files. `job` is NULL to do the work within the call, or gets the number of a job's handle. */
dictdb_status dgo_db_save(uintptr_t db, const char *path, size_t path_len, const char *options, size_t options_len, uintptr_t *job,
                          uintptr_t *error);
dictdb_status dgo_db_load(const char *path, size_t path_len, uintptr_t *out, uintptr_t *job, uintptr_t *error);
dictdb_status dgo_db_import_csv(uintptr_t db, const char *name, size_t name_len, const char *path, size_t path_len, const char *options,
                                size_t options_len, uintptr_t *job, uintptr_t *error);
dictdb_status dgo_db_import_jsonl(uintptr_t db, const char *name, size_t name_len, const char *path, size_t path_len, const char *options,
                                  size_t options_len, uintptr_t *job, uintptr_t *error);
dictdb_status dgo_table_export_csv(uintptr_t table, const char *path, size_t path_len, const char *spec, size_t spec_len,
                                   const char *params, size_t params_len, const char *options, size_t options_len, uintptr_t *job,
                                   uintptr_t *error);
dictdb_status dgo_table_export_jsonl(uintptr_t table, const char *path, size_t path_len, const char *spec, size_t spec_len,
                                     const char *params, size_t params_len, uintptr_t *job, uintptr_t *error);

/* Messages that the library has for the program, as a list from the oldest on. */
typedef struct dgo_message {
    struct dgo_message *next;
    int64_t time_ns; /* since 1970 */
    int32_t code;    /* a level of the log, or a status */
    uint64_t number; /* of a failed backup: how many in a row */
    const char *text;
    size_t text_len;
    const char *facts;
    size_t facts_len;
} dgo_message;

/*
 * A queue of messages and a pipe that becomes readable when one comes. The library's callbacks fill it, Go empties it. It belongs to
 * Go after the library has called the destructor: then `dgo_mailbox_take` says that it is closed.
 */
typedef struct dgo_mailbox dgo_mailbox;

/* NULL if the system has no memory, or no descriptors. `max_bytes`: what is kept at most; more is counted and thrown away. */
dgo_mailbox *dgo_mailbox_new(size_t max_bytes);
/* The end of the pipe to read from; its caller closes it. */
int dgo_mailbox_fd(const dgo_mailbox *mailbox);
/* The messages that there are, to be freed with `dgo_messages_free`; how many were thrown away since; 1 if no more will come. */
dgo_message *dgo_mailbox_take(dgo_mailbox *mailbox, uint64_t *lost, int32_t *is_closed);
void dgo_messages_free(dgo_message *messages);
void dgo_mailbox_delete(dgo_mailbox *mailbox);

/* Whether messages of the thread that calls are thrown away: those that come of handling messages. */
void dgo_log_mute_thread(int32_t is_mute);
int32_t dgo_log_is_mute(void);

/* `mailbox` NULL stops the log. On success the mailbox is the library's until it closes it. */
dictdb_status dgo_log_set(int32_t level, uint32_t sample, dgo_mailbox *mailbox, uintptr_t *error);

/* Backups. */
dictdb_status dgo_backup_new(uintptr_t db, const char *directory, size_t directory_len, const char *options, size_t options_len,
                             dgo_mailbox *mailbox, uintptr_t *out, uintptr_t *error);
dictdb_status dgo_backup_start(uintptr_t backup, uintptr_t *error);
dictdb_status dgo_backup_stop(uintptr_t backup, uintptr_t *error);
dictdb_status dgo_backup_notify_change(uintptr_t backup, uintptr_t *error);
/* `type`: 0 for the one whose turn it is, 1 for a full one, 2 for a delta. */
dictdb_status dgo_backup_make(int32_t type, uintptr_t backup, dictdb_buffer *facts, uintptr_t *job, uintptr_t *error);
dictdb_status dgo_backup_statistics(uintptr_t backup, dictdb_buffer *statistics, uintptr_t *error);
dictdb_status dgo_backup_restore(const char *directory, size_t directory_len, const char *options, size_t options_len, uintptr_t *out,
                                 dictdb_buffer *facts, uintptr_t *job, uintptr_t *error);
dictdb_status dgo_backup_verify(const char *directory, size_t directory_len, dictdb_buffer *facts, uintptr_t *job, uintptr_t *error);


#endif
