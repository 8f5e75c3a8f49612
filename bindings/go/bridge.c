/* Databases, tables, tokens, watches, jobs. */
#define _GNU_SOURCE
#include "bridge_internal.h"
#include <fcntl.h>

void dgo_error_read(uintptr_t error, dgo_failure *failure) {
    const dictdb_error *object = (const dictdb_error *)error;
    failure->status = dictdb_error_status(object);
    failure->message = dictdb_error_message(object);
    failure->detail = dictdb_error_detail(object);
}

void dgo_error_free(uintptr_t error) { dictdb_error_free((dictdb_error *)error); }

dictdb_buffer *dgo_buffer_new(void) { return calloc(1, sizeof(dictdb_buffer)); }

void dgo_buffer_delete(dictdb_buffer *buffer) {
    dictdb_buffer_free(buffer);
    free(buffer);
}

void dgo_free(int32_t kind, uintptr_t handle) {
    switch (kind) {
    case DGO_DB: dictdb_db_free(DB(handle)); break;
    case DGO_TABLE: dictdb_table_free(TABLE(handle)); break;
    case DGO_PREDICATE: dictdb_predicate_free(PREDICATE(handle)); break;
    case DGO_QUERY: dictdb_query_free(QUERY(handle)); break;
    case DGO_UPDATE: dictdb_update_free(UPDATE(handle)); break;
    case DGO_CURSOR: dictdb_cursor_free(CURSOR(handle)); break;
    case DGO_BATCH: dictdb_batch_free(BATCH(handle)); break;
    case DGO_CANCEL: dictdb_cancel_free(CANCEL(handle)); break;
    case DGO_WATCH: dictdb_watch_free(WATCH(handle)); break;
    case DGO_JOB: dictdb_job_free(JOB(handle)); break;
    case DGO_BACKUP: dictdb_backup_free(BACKUP(handle)); break;
    }
}

dictdb_status dgo_db_new(uintptr_t *out, uintptr_t *error) { MAKE(db, dictdb_db_new(NULL, 0, &made, &failure)); }

dictdb_status dgo_db_create_table(uintptr_t db, const char *name, size_t name_len, const char *options, size_t options_len, uintptr_t *out,
                                  uintptr_t *error) {
    MAKE(table, dictdb_db_create_table(DB(db), name, name_len, options, options_len, &made, &failure));
}

dictdb_status dgo_db_get_table(uintptr_t db, const char *name, size_t name_len, uintptr_t *out, uintptr_t *error) {
    MAKE(table, dictdb_db_get_table(DB(db), name, name_len, &made, &failure));
}

dictdb_status dgo_db_drop_table(uintptr_t db, const char *name, size_t name_len, uintptr_t *error) {
    CALL(dictdb_db_drop_table(DB(db), name, name_len, &failure));
}

dictdb_status dgo_db_list_tables(uintptr_t db, dictdb_buffer *names, uintptr_t *error) {
    CALL(dictdb_db_list_tables(DB(db), names, &failure));
}

dictdb_status dgo_db_snapshot(uintptr_t db, uintptr_t *out, uintptr_t *error) { MAKE(db, dictdb_db_snapshot(DB(db), &made, &failure)); }

dictdb_status dgo_db_copy(uintptr_t db, dictdb_buffer *tables, uintptr_t *error) { CALL(dictdb_db_copy(DB(db), tables, &failure)); }

dictdb_status dgo_db_limited(uintptr_t db, uintptr_t cancel, int64_t timeout_ms, uintptr_t *out, uintptr_t *error) {
    MAKE(db, dictdb_db_limited(DB(db), CANCEL(cancel), timeout_ms, &made, &failure));
}

dictdb_status dgo_db_batch(uintptr_t db, const char *operations, size_t operations_len, dictdb_buffer *results, uintptr_t *error) {
    CALL(dictdb_db_batch(DB(db), operations, operations_len, results, &failure));
}

dictdb_status dgo_table_insert(uintptr_t table, const char *record, size_t record_len, dictdb_buffer *key, uintptr_t *error) {
    CALL(dictdb_table_insert(TABLE(table), record, record_len, key, &failure));
}

dictdb_status dgo_table_insert_many(uintptr_t table, const char *records, size_t records_len, dictdb_buffer *keys, uintptr_t *error) {
    CALL(dictdb_table_insert_many(TABLE(table), records, records_len, keys, &failure));
}

dictdb_status dgo_table_upsert(uintptr_t table, const char *record, size_t record_len, int32_t on_conflict, int32_t *outcome,
                               dictdb_buffer *key, uintptr_t *error) {
    CALL(dictdb_table_upsert(TABLE(table), record, record_len, on_conflict, outcome, key, &failure));
}

dictdb_status dgo_table_get(uintptr_t table, const char *key, size_t key_len, dictdb_buffer *record, uintptr_t *error) {
    CALL(dictdb_table_get(TABLE(table), key, key_len, record, &failure));
}

dictdb_status dgo_table_get_int(uintptr_t table, int64_t key, dictdb_buffer *record, uintptr_t *error) {
    CALL(dictdb_table_get_int(TABLE(table), key, record, &failure));
}

dictdb_status dgo_table_get_many(uintptr_t table, const char *keys, size_t keys_len, dictdb_buffer *records, uintptr_t *error) {
    CALL(dictdb_table_get_many(TABLE(table), keys, keys_len, records, &failure));
}

dictdb_status dgo_table_update_by_key(uintptr_t table, const char *key, size_t key_len, const char *changes, size_t changes_len,
                                      uintptr_t *error) {
    CALL(dictdb_table_update_by_key(TABLE(table), key, key_len, changes, changes_len, &failure));
}

dictdb_status dgo_table_delete_by_key(uintptr_t table, const char *key, size_t key_len, uintptr_t *error) {
    CALL(dictdb_table_delete_by_key(TABLE(table), key, key_len, &failure));
}

dictdb_status dgo_table_describe(uintptr_t table, dictdb_buffer *description, uintptr_t *error) {
    CALL(dictdb_table_describe(TABLE(table), description, &failure));
}

dictdb_status dgo_table_statistics(uintptr_t table, dictdb_buffer *statistics, uintptr_t *error) {
    CALL(dictdb_table_statistics(TABLE(table), statistics, &failure));
}

dictdb_status dgo_table_create_index(uintptr_t table, const char *options, size_t options_len, uintptr_t *error) {
    CALL(dictdb_table_create_index(TABLE(table), options, options_len, &failure));
}

dictdb_status dgo_table_drop_index(uintptr_t table, const char *fields, size_t fields_len, uintptr_t *error) {
    CALL(dictdb_table_drop_index(TABLE(table), fields, fields_len, &failure));
}

dictdb_status dgo_table_snapshot(uintptr_t table, uintptr_t *out, uintptr_t *error) {
    MAKE(table, dictdb_table_snapshot(TABLE(table), &made, &failure));
}

dictdb_status dgo_table_copy(uintptr_t table, dictdb_buffer *records, uintptr_t *error) {
    CALL(dictdb_table_copy(TABLE(table), records, &failure));
}

dictdb_status dgo_table_limited(uintptr_t table, uintptr_t cancel, int64_t timeout_ms, uintptr_t *out, uintptr_t *error) {
    MAKE(table, dictdb_table_limited(TABLE(table), CANCEL(cancel), timeout_ms, &made, &failure));
}

dictdb_status dgo_cancel_new(uintptr_t *out, int32_t **flag, uintptr_t *error) {
    dictdb_cancel *made = NULL;
    dictdb_error *failure = NULL;
    dictdb_status status = dictdb_cancel_new(&made, &failure);
    *out = (uintptr_t)made;
    *flag = made == NULL ? NULL : dictdb_cancel_flag(made);
    *error = (uintptr_t)failure;
    return status;
}

dictdb_status dgo_cancel_set(uintptr_t cancel, uintptr_t *error) { CALL(dictdb_cancel_set(CANCEL(cancel), &failure)); }

dictdb_status dgo_cancel_reset(uintptr_t cancel, uintptr_t *error) { CALL(dictdb_cancel_reset(CANCEL(cancel), &failure)); }

dictdb_status dgo_table_watch(uintptr_t table, const char *options, size_t options_len, uintptr_t *out, uintptr_t *error) {
    MAKE(watch, dictdb_table_watch(TABLE(table), options, options_len, &made, &failure));
}

dictdb_status dgo_db_watch(uintptr_t db, const char *options, size_t options_len, uintptr_t *out, uintptr_t *error) {
    MAKE(watch, dictdb_db_watch(DB(db), options, options_len, &made, &failure));
}

dictdb_status dgo_watch_poll(uintptr_t watch, uint64_t since, uint64_t max, dictdb_buffer *changes, uint64_t *last, uintptr_t *error) {
    CALL(dictdb_watch_poll(WATCH(watch), since, max, 0, changes, last, &failure));
}

dictdb_status dgo_watch_last(uintptr_t watch, uint64_t *last, uintptr_t *error) { CALL(dictdb_watch_last(WATCH(watch), last, &failure)); }

dictdb_status dgo_watch_fd(uintptr_t watch, int32_t *fd, uintptr_t *error) {
    int32_t own = -1;
    dictdb_error *failure = NULL;
    dictdb_status status = dictdb_watch_fd(WATCH(watch), &own, &failure);
    if (status == DICTDB_STATUS_OK) {
        *fd = fcntl(own, F_DUPFD_CLOEXEC, 0);
        if (*fd < 0)
            status = DICTDB_STATUS_IO;
    }
    *error = (uintptr_t)failure;
    return status;
}

dictdb_status dgo_job_wait(uintptr_t job, int64_t timeout_ms, int32_t *is_done, uintptr_t *error) {
    CALL(dictdb_job_wait(JOB(job), timeout_ms, is_done, &failure));
}

dictdb_status dgo_job_progress(uintptr_t job, uint64_t *done, uint64_t *total, uintptr_t *error) {
    CALL(dictdb_job_progress(JOB(job), done, total, &failure));
}

dictdb_status dgo_job_cancel(uintptr_t job, uintptr_t *error) { CALL(dictdb_job_cancel(JOB(job), &failure)); }

dictdb_status dgo_job_result(uintptr_t job, dictdb_buffer *facts, uintptr_t *error) { CALL(dictdb_job_result(JOB(job), facts, &failure)); }

dictdb_status dgo_job_database(uintptr_t job, uintptr_t *out, uintptr_t *error) {
    MAKE(db, dictdb_job_database(JOB(job), &made, &failure));
}
