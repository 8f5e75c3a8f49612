/* include/dictdb.h without its comments, as it was kept by scripts/abi --keep. Do not edit. */
#ifndef DICTDB_H
#define DICTDB_H 
#include <stddef.h>
#include <stdint.h>
#define DICTDB_VERSION "0.1.0"
#define DICTDB_VERSION_MAJOR 0
#define DICTDB_VERSION_MINOR 1
#define DICTDB_VERSION_PATCH 0
#define DICTDB_VERSION_MAKE(major,minor,patch) ((major) * 1000000 + (minor) * 1000 + (patch))
#define DICTDB_VERSION_NUMBER DICTDB_VERSION_MAKE(DICTDB_VERSION_MAJOR, DICTDB_VERSION_MINOR, DICTDB_VERSION_PATCH)
#define DICTDB_NTS SIZE_MAX
#define DICTDB_BUFFER_INIT { NULL, 0, 0 }
#define DICTDB_ABI_VERSION 0
#define DICTDB_STATUS_OK 0
#define DICTDB_STATUS_RECORD_NOT_FOUND 1
#define DICTDB_STATUS_TABLE_NOT_FOUND 2
#define DICTDB_STATUS_DUPLICATE_KEY 3
#define DICTDB_STATUS_DUPLICATE_TABLE 4
#define DICTDB_STATUS_SCHEMA 5
#define DICTDB_STATUS_INVALID_JSON 6
#define DICTDB_STATUS_INVALID_UTF8 7
#define DICTDB_STATUS_INVALID_KEY 8
#define DICTDB_STATUS_INVALID_ARGUMENT 9
#define DICTDB_STATUS_INVALID_HANDLE 10
#define DICTDB_STATUS_NUMBER_RANGE 11
#define DICTDB_STATUS_TYPE_MISMATCH 12
#define DICTDB_STATUS_PARSE 13
#define DICTDB_STATUS_LIMIT 14
#define DICTDB_STATUS_INDEX_EXISTS 15
#define DICTDB_STATUS_IO 16
#define DICTDB_STATUS_CORRUPT 17
#define DICTDB_STATUS_UNSUPPORTED 18
#define DICTDB_STATUS_CANCELLED 19
#define DICTDB_STATUS_TIMEOUT 20
#define DICTDB_STATUS_CONFLICT 21
#define DICTDB_STATUS_UNAVAILABLE 22
#define DICTDB_STATUS_OUT_OF_MEMORY 23
#define DICTDB_STATUS_FORKED 24
#define DICTDB_STATUS_INTERNAL 25
#define DICTDB_CONFLICT_UPDATE 0
#define DICTDB_CONFLICT_IGNORE 1
#define DICTDB_CONFLICT_ERROR 2
#define DICTDB_UPSERT_INSERTED 0
#define DICTDB_UPSERT_UPDATED 1
#define DICTDB_UPSERT_IGNORED 2
#define DICTDB_ROWS_ARRAY 0
#define DICTDB_ROWS_LINES 1
#define DICTDB_NO_TIMEOUT -1
#define DICTDB_LOG_ERROR 1
#define DICTDB_LOG_WARN 2
#define DICTDB_LOG_INFO 3
#define DICTDB_LOG_DEBUG 4
typedef struct dictdb_backup dictdb_backup;
typedef struct dictdb_batch dictdb_batch;
typedef struct dictdb_cancel dictdb_cancel;
typedef struct dictdb_cursor dictdb_cursor;
typedef struct dictdb_db dictdb_db;
typedef struct dictdb_error dictdb_error;
typedef struct dictdb_job dictdb_job;
typedef struct dictdb_predicate dictdb_predicate;
typedef struct dictdb_query dictdb_query;
typedef struct dictdb_table dictdb_table;
typedef struct dictdb_update dictdb_update;
typedef struct dictdb_watch dictdb_watch;
typedef int32_t dictdb_status;
typedef struct {
    char *data;
    size_t len;
    size_t capacity;
} dictdb_buffer;
typedef void (*dictdb_backup_failure_callback)(void *context,
                                               dictdb_status status,
                                               const char *message,
                                               const char *detail,
                                               uint64_t failures);
typedef void (*dictdb_destructor)(void *context);
typedef void (*dictdb_log_callback)(void *context,
                                    int32_t level,
                                    const char *message,
                                    const char *fields);
#ifdef __cplusplus
extern "C" {
#endif
const char *dictdb_version(void);
uint32_t dictdb_abi_version(void);
int32_t dictdb_has_feature(const char *name,
                           size_t name_len);
const char *dictdb_status_name(dictdb_status status);
const char *dictdb_status_message(dictdb_status status);
dictdb_status dictdb_error_status(const dictdb_error *error);
const char *dictdb_error_message(const dictdb_error *error);
const char *dictdb_error_detail(const dictdb_error *error);
void dictdb_error_free(dictdb_error *error);
void dictdb_buffer_free(dictdb_buffer *buffer);
uint64_t dictdb_memory_used(void);
uint64_t dictdb_memory_limit(uint64_t bytes);
dictdb_status dictdb_db_new(const char *options,
                            size_t options_len,
                            dictdb_db **db,
                            dictdb_error **error);
void dictdb_db_free(dictdb_db *db);
dictdb_status dictdb_db_create_table(dictdb_db *db,
                                     const char *name,
                                     size_t name_len,
                                     const char *options,
                                     size_t options_len,
                                     dictdb_table **table,
                                     dictdb_error **error);
dictdb_status dictdb_db_get_table(const dictdb_db *db,
                                  const char *name,
                                  size_t name_len,
                                  dictdb_table **table,
                                  dictdb_error **error);
dictdb_status dictdb_db_drop_table(dictdb_db *db,
                                   const char *name,
                                   size_t name_len,
                                   dictdb_error **error);
dictdb_status dictdb_db_list_tables(const dictdb_db *db,
                                    dictdb_buffer *names,
                                    dictdb_error **error);
void dictdb_table_free(dictdb_table *table);
dictdb_status dictdb_table_insert(dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  dictdb_buffer *key,
                                  dictdb_error **error);
dictdb_status dictdb_table_insert_many(dictdb_table *table,
                                       const char *records,
                                       size_t records_len,
                                       dictdb_buffer *keys,
                                       dictdb_error **error);
dictdb_status dictdb_table_upsert(dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  int32_t on_conflict,
                                  int32_t *outcome,
                                  dictdb_buffer *key,
                                  dictdb_error **error);
dictdb_status dictdb_table_get(const dictdb_table *table,
                               const char *key,
                               size_t key_len,
                               dictdb_buffer *record,
                               dictdb_error **error);
dictdb_status dictdb_table_get_int(const dictdb_table *table,
                                   int64_t key,
                                   dictdb_buffer *record,
                                   dictdb_error **error);
dictdb_status dictdb_table_get_many(const dictdb_table *table,
                                    const char *keys,
                                    size_t keys_len,
                                    dictdb_buffer *records,
                                    dictdb_error **error);
dictdb_status dictdb_table_select(const dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  const char *options,
                                  size_t options_len,
                                  dictdb_buffer *rows,
                                  uint64_t *count,
                                  dictdb_error **error);
dictdb_status dictdb_table_count(const dictdb_table *table,
                                 const dictdb_predicate *predicate,
                                 uint64_t *count,
                                 dictdb_error **error);
dictdb_status dictdb_table_update(dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  const char *changes,
                                  size_t changes_len,
                                  uint64_t *count,
                                  dictdb_error **error);
dictdb_status dictdb_table_update_by_key(dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         const char *changes,
                                         size_t changes_len,
                                         dictdb_error **error);
dictdb_status dictdb_table_delete(dictdb_table *table,
                                  const dictdb_predicate *predicate,
                                  uint64_t *count,
                                  dictdb_error **error);
dictdb_status dictdb_table_delete_by_key(dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         dictdb_error **error);
dictdb_status dictdb_table_describe(const dictdb_table *table,
                                    dictdb_buffer *description,
                                    dictdb_error **error);
dictdb_status dictdb_table_statistics(const dictdb_table *table,
                                      dictdb_buffer *statistics,
                                      dictdb_error **error);
dictdb_status dictdb_table_create_index(dictdb_table *table,
                                        const char *options,
                                        size_t options_len,
                                        dictdb_error **error);
dictdb_status dictdb_table_drop_index(dictdb_table *table,
                                      const char *fields,
                                      size_t fields_len,
                                      dictdb_error **error);
void dictdb_predicate_free(dictdb_predicate *predicate);
dictdb_status dictdb_predicate_all(dictdb_predicate **predicate,
                                   dictdb_error **error);
dictdb_status dictdb_predicate_eq(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_ne(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_lt(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_le(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_gt(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_ge(const char *field,
                                  size_t field_len,
                                  const char *value,
                                  size_t value_len,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_is_in(const char *field,
                                     size_t field_len,
                                     const char *values,
                                     size_t values_len,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);
dictdb_status dictdb_predicate_between(const char *field,
                                       size_t field_len,
                                       const char *low,
                                       size_t low_len,
                                       const char *high,
                                       size_t high_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);
dictdb_status dictdb_predicate_like(const char *field,
                                    size_t field_len,
                                    const char *pattern,
                                    size_t pattern_len,
                                    uint32_t escape,
                                    dictdb_predicate **predicate,
                                    dictdb_error **error);
dictdb_status dictdb_predicate_ilike(const char *field,
                                     size_t field_len,
                                     const char *pattern,
                                     size_t pattern_len,
                                     uint32_t escape,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);
dictdb_status dictdb_predicate_contains(const char *field,
                                        size_t field_len,
                                        const char *value,
                                        size_t value_len,
                                        dictdb_predicate **predicate,
                                        dictdb_error **error);
dictdb_status dictdb_predicate_startswith(const char *field,
                                          size_t field_len,
                                          const char *value,
                                          size_t value_len,
                                          dictdb_predicate **predicate,
                                          dictdb_error **error);
dictdb_status dictdb_predicate_endswith(const char *field,
                                        size_t field_len,
                                        const char *value,
                                        size_t value_len,
                                        dictdb_predicate **predicate,
                                        dictdb_error **error);
dictdb_status dictdb_predicate_iequals(const char *field,
                                       size_t field_len,
                                       const char *value,
                                       size_t value_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);
dictdb_status dictdb_predicate_icontains(const char *field,
                                         size_t field_len,
                                         const char *value,
                                         size_t value_len,
                                         dictdb_predicate **predicate,
                                         dictdb_error **error);
dictdb_status dictdb_predicate_istartswith(const char *field,
                                           size_t field_len,
                                           const char *value,
                                           size_t value_len,
                                           dictdb_predicate **predicate,
                                           dictdb_error **error);
dictdb_status dictdb_predicate_iendswith(const char *field,
                                         size_t field_len,
                                         const char *value,
                                         size_t value_len,
                                         dictdb_predicate **predicate,
                                         dictdb_error **error);
dictdb_status dictdb_predicate_is_null(const char *field,
                                       size_t field_len,
                                       dictdb_predicate **predicate,
                                       dictdb_error **error);
dictdb_status dictdb_predicate_is_not_null(const char *field,
                                           size_t field_len,
                                           dictdb_predicate **predicate,
                                           dictdb_error **error);
dictdb_status dictdb_predicate_and(const dictdb_predicate *const *operands,
                                   size_t count,
                                   dictdb_predicate **predicate,
                                   dictdb_error **error);
dictdb_status dictdb_predicate_or(const dictdb_predicate *const *operands,
                                  size_t count,
                                  dictdb_predicate **predicate,
                                  dictdb_error **error);
dictdb_status dictdb_predicate_not(const dictdb_predicate *operand,
                                   dictdb_predicate **predicate,
                                   dictdb_error **error);
dictdb_status dictdb_predicate_parse(const char *text,
                                     size_t text_len,
                                     dictdb_predicate **predicate,
                                     dictdb_error **error);
dictdb_status dictdb_predicate_print(const dictdb_predicate *predicate,
                                     dictdb_buffer *text,
                                     dictdb_error **error);
dictdb_status dictdb_predicate_bind(const dictdb_predicate *predicate,
                                    const char *params,
                                    size_t params_len,
                                    dictdb_predicate **bound,
                                    dictdb_error **error);
dictdb_status dictdb_query_new(const dictdb_predicate *predicate,
                               const char *spec,
                               size_t spec_len,
                               dictdb_query **query,
                               dictdb_error **error);
void dictdb_query_free(dictdb_query *query);
dictdb_status dictdb_query_run(const dictdb_query *query,
                               const dictdb_table *table,
                               const char *params,
                               size_t params_len,
                               dictdb_buffer *rows,
                               uint64_t *count,
                               dictdb_error **error);
dictdb_status dictdb_query_count(const dictdb_query *query,
                                 const dictdb_table *table,
                                 const char *params,
                                 size_t params_len,
                                 uint64_t *count,
                                 dictdb_error **error);
dictdb_status dictdb_query_delete(const dictdb_query *query,
                                  dictdb_table *table,
                                  const char *params,
                                  size_t params_len,
                                  uint64_t *count,
                                  dictdb_error **error);
dictdb_status dictdb_query_explain(const dictdb_query *query,
                                   const dictdb_table *table,
                                   const char *params,
                                   size_t params_len,
                                   dictdb_buffer *plan,
                                   dictdb_error **error);
dictdb_status dictdb_update_new(const dictdb_predicate *predicate,
                                const char *where,
                                size_t where_len,
                                const char *set,
                                size_t set_len,
                                dictdb_update **update,
                                dictdb_error **error);
void dictdb_update_free(dictdb_update *update);
dictdb_status dictdb_update_run(const dictdb_update *update,
                                dictdb_table *table,
                                const char *params,
                                size_t params_len,
                                uint64_t *count,
                                dictdb_error **error);
dictdb_status dictdb_update_explain(const dictdb_update *update,
                                    const dictdb_table *table,
                                    const char *params,
                                    size_t params_len,
                                    dictdb_buffer *plan,
                                    dictdb_error **error);
dictdb_status dictdb_table_query(const dictdb_table *table,
                                 const char *spec,
                                 size_t spec_len,
                                 const char *params,
                                 size_t params_len,
                                 dictdb_buffer *rows,
                                 uint64_t *count,
                                 dictdb_error **error);
dictdb_status dictdb_table_explain(const dictdb_table *table,
                                   const char *spec,
                                   size_t spec_len,
                                   const char *params,
                                   size_t params_len,
                                   dictdb_buffer *plan,
                                   dictdb_error **error);
dictdb_status dictdb_table_count_where(const dictdb_table *table,
                                       const char *where,
                                       size_t where_len,
                                       const char *params,
                                       size_t params_len,
                                       uint64_t *count,
                                       dictdb_error **error);
dictdb_status dictdb_table_update_where(dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *set,
                                        size_t set_len,
                                        const char *params,
                                        size_t params_len,
                                        uint64_t *count,
                                        dictdb_error **error);
dictdb_status dictdb_table_delete_where(dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *params,
                                        size_t params_len,
                                        uint64_t *count,
                                        dictdb_error **error);
dictdb_status dictdb_table_snapshot(const dictdb_table *table,
                                    dictdb_table **snapshot,
                                    dictdb_error **error);
dictdb_status dictdb_db_snapshot(const dictdb_db *db,
                                 dictdb_db **snapshot,
                                 dictdb_error **error);
dictdb_status dictdb_table_copy(const dictdb_table *table,
                                dictdb_buffer *records,
                                dictdb_error **error);
dictdb_status dictdb_db_copy(const dictdb_db *db,
                             dictdb_buffer *tables,
                             dictdb_error **error);
dictdb_status dictdb_query_cursor(const dictdb_query *query,
                                  const dictdb_table *table,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_cursor **cursor,
                                  dictdb_error **error);
dictdb_status dictdb_table_cursor(const dictdb_table *table,
                                  const char *spec,
                                  size_t spec_len,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_cursor **cursor,
                                  dictdb_error **error);
void dictdb_cursor_free(dictdb_cursor *cursor);
dictdb_status dictdb_cursor_next(dictdb_cursor *cursor,
                                 const char **row,
                                 size_t *row_len,
                                 dictdb_error **error);
dictdb_status dictdb_cursor_next_batch(dictdb_cursor *cursor,
                                       uint64_t max_rows,
                                       size_t max_bytes,
                                       int32_t form,
                                       dictdb_buffer *rows,
                                       uint64_t *count,
                                       dictdb_error **error);
dictdb_status dictdb_batch_new(dictdb_batch **batch,
                               dictdb_error **error);
void dictdb_batch_free(dictdb_batch *batch);
dictdb_status dictdb_batch_insert(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  dictdb_error **error);
dictdb_status dictdb_batch_insert_many(dictdb_batch *batch,
                                       dictdb_table *table,
                                       const char *records,
                                       size_t records_len,
                                       dictdb_error **error);
dictdb_status dictdb_batch_upsert(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const char *record,
                                  size_t record_len,
                                  int32_t on_conflict,
                                  dictdb_error **error);
dictdb_status dictdb_batch_update_by_key(dictdb_batch *batch,
                                         dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         const char *changes,
                                         size_t changes_len,
                                         dictdb_error **error);
dictdb_status dictdb_batch_update(dictdb_batch *batch,
                                  dictdb_table *table,
                                  const dictdb_update *update,
                                  const char *params,
                                  size_t params_len,
                                  dictdb_error **error);
dictdb_status dictdb_batch_update_where(dictdb_batch *batch,
                                        dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *set,
                                        size_t set_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_error **error);
dictdb_status dictdb_batch_delete_by_key(dictdb_batch *batch,
                                         dictdb_table *table,
                                         const char *key,
                                         size_t key_len,
                                         dictdb_error **error);
dictdb_status dictdb_batch_delete_where(dictdb_batch *batch,
                                        dictdb_table *table,
                                        const char *where,
                                        size_t where_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_error **error);
dictdb_status dictdb_batch_commit(dictdb_batch *batch,
                                  dictdb_buffer *results,
                                  dictdb_error **error);
dictdb_status dictdb_batch_clear(dictdb_batch *batch,
                                 dictdb_error **error);
dictdb_status dictdb_db_batch(dictdb_db *db,
                              const char *operations,
                              size_t operations_len,
                              dictdb_buffer *results,
                              dictdb_error **error);
dictdb_status dictdb_cancel_new(dictdb_cancel **cancel,
                                dictdb_error **error);
void dictdb_cancel_free(dictdb_cancel *cancel);
dictdb_status dictdb_cancel_set(dictdb_cancel *cancel,
                                dictdb_error **error);
dictdb_status dictdb_cancel_reset(dictdb_cancel *cancel,
                                  dictdb_error **error);
int32_t *dictdb_cancel_flag(const dictdb_cancel *cancel);
dictdb_status dictdb_table_limited(const dictdb_table *table,
                                   const dictdb_cancel *cancel,
                                   int64_t timeout_ms,
                                   dictdb_table **limited,
                                   dictdb_error **error);
dictdb_status dictdb_db_limited(const dictdb_db *db,
                                const dictdb_cancel *cancel,
                                int64_t timeout_ms,
                                dictdb_db **limited,
                                dictdb_error **error);
dictdb_status dictdb_table_watch(const dictdb_table *table,
                                 const char *options,
                                 size_t options_len,
                                 dictdb_watch **watch,
                                 dictdb_error **error);
dictdb_status dictdb_db_watch(const dictdb_db *db,
                              const char *options,
                              size_t options_len,
                              dictdb_watch **watch,
                              dictdb_error **error);
void dictdb_watch_free(dictdb_watch *watch);
dictdb_status dictdb_watch_poll(const dictdb_watch *watch,
                                uint64_t since,
                                uint64_t max,
                                int64_t timeout_ms,
                                dictdb_buffer *changes,
                                uint64_t *last,
                                dictdb_error **error);
dictdb_status dictdb_watch_last(const dictdb_watch *watch,
                                uint64_t *last,
                                dictdb_error **error);
dictdb_status dictdb_watch_fd(const dictdb_watch *watch,
                              int32_t *fd,
                              dictdb_error **error);
dictdb_status dictdb_job_wait(const dictdb_job *job,
                              int64_t timeout_ms,
                              int32_t *is_done,
                              dictdb_error **error);
dictdb_status dictdb_job_progress(const dictdb_job *job,
                                  uint64_t *done,
                                  uint64_t *total,
                                  dictdb_error **error);
dictdb_status dictdb_job_cancel(dictdb_job *job,
                                dictdb_error **error);
dictdb_status dictdb_job_result(const dictdb_job *job,
                                dictdb_buffer *facts,
                                dictdb_error **error);
dictdb_status dictdb_job_database(const dictdb_job *job,
                                  dictdb_db **db,
                                  dictdb_error **error);
void dictdb_job_free(dictdb_job *job);
dictdb_status dictdb_db_save(const dictdb_db *db,
                             const char *path,
                             size_t path_len,
                             const char *options,
                             size_t options_len,
                             dictdb_job **job,
                             dictdb_error **error);
dictdb_status dictdb_db_load(const char *path,
                             size_t path_len,
                             dictdb_db **db,
                             dictdb_job **job,
                             dictdb_error **error);
dictdb_status dictdb_backup_new(const dictdb_db *db,
                                const char *directory,
                                size_t directory_len,
                                const char *options,
                                size_t options_len,
                                dictdb_backup_failure_callback on_failure,
                                void *context,
                                dictdb_destructor destructor,
                                dictdb_backup **backup,
                                dictdb_error **error);
dictdb_status dictdb_backup_start(dictdb_backup *backup,
                                  dictdb_error **error);
dictdb_status dictdb_backup_stop(dictdb_backup *backup,
                                 dictdb_error **error);
dictdb_status dictdb_backup_notify_change(dictdb_backup *backup,
                                          dictdb_error **error);
dictdb_status dictdb_backup_now(dictdb_backup *backup,
                                dictdb_buffer *facts,
                                dictdb_job **job,
                                dictdb_error **error);
dictdb_status dictdb_backup_full(dictdb_backup *backup,
                                 dictdb_buffer *facts,
                                 dictdb_job **job,
                                 dictdb_error **error);
dictdb_status dictdb_backup_delta(dictdb_backup *backup,
                                  dictdb_buffer *facts,
                                  dictdb_job **job,
                                  dictdb_error **error);
dictdb_status dictdb_backup_statistics(const dictdb_backup *backup,
                                       dictdb_buffer *statistics,
                                       dictdb_error **error);
void dictdb_backup_free(dictdb_backup *backup);
dictdb_status dictdb_backup_restore(const char *directory,
                                    size_t directory_len,
                                    const char *options,
                                    size_t options_len,
                                    dictdb_db **db,
                                    dictdb_buffer *facts,
                                    dictdb_job **job,
                                    dictdb_error **error);
dictdb_status dictdb_backup_verify(const char *directory,
                                   size_t directory_len,
                                   dictdb_buffer *facts,
                                   dictdb_job **job,
                                   dictdb_error **error);
dictdb_status dictdb_db_import_csv(dictdb_db *db,
                                   const char *name,
                                   size_t name_len,
                                   const char *path,
                                   size_t path_len,
                                   const char *options,
                                   size_t options_len,
                                   dictdb_table **table,
                                   dictdb_job **job,
                                   dictdb_error **error);
dictdb_status dictdb_db_import_jsonl(dictdb_db *db,
                                     const char *name,
                                     size_t name_len,
                                     const char *path,
                                     size_t path_len,
                                     const char *options,
                                     size_t options_len,
                                     dictdb_table **table,
                                     dictdb_job **job,
                                     dictdb_error **error);
dictdb_status dictdb_table_export_csv(const dictdb_table *table,
                                      const char *path,
                                      size_t path_len,
                                      const char *spec,
                                      size_t spec_len,
                                      const char *params,
                                      size_t params_len,
                                      const char *options,
                                      size_t options_len,
                                      dictdb_job **job,
                                      dictdb_error **error);
dictdb_status dictdb_table_export_jsonl(const dictdb_table *table,
                                        const char *path,
                                        size_t path_len,
                                        const char *spec,
                                        size_t spec_len,
                                        const char *params,
                                        size_t params_len,
                                        dictdb_job **job,
                                        dictdb_error **error);
dictdb_status dictdb_log_set(int32_t level,
                             uint32_t debug_sample,
                             dictdb_log_callback callback,
                             void *context,
                             dictdb_destructor destructor,
                             dictdb_error **error);
#ifdef __cplusplus
}
#endif
#endif
