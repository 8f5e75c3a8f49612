/*
 * misuse_functions.h: a list of all functions that can fail, each with what it takes and gives. A new function belongs into FUNCTIONS;
 * tests-c/functions/run finds those that are missing.
 * Not here, because they take what no other function takes: dictdb_log_set. Include it by misuse.h.
 */
#ifndef MISUSE_FUNCTIONS_H
#define MISUSE_FUNCTIONS_H

#include "check.h"

/** Kinds of handles, which functions take and give; arguments that may be NULL instead; and other outputs. */
enum {
    DB = 1 << 0,
    TABLE = 1 << 1,
    PREDICATE = 1 << 2,
    QUERY = 1 << 3,
    UPDATE = 1 << 4,
    CURSOR = 1 << 5,
    BATCH = 1 << 6,
    CANCEL = 1 << 7,
    WATCH = 1 << 8,
    JOB = 1 << 9,
    BACKUP = 1 << 10,
    PREDICATE_OR_ALL = 1 << 11,
    CANCEL_OR_NONE = 1 << 12,
    BUFFER = 1 << 13,
    COUNT = 1 << 14,
    OUTCOME = 1 << 15,
    ROW = 1 << 16,
    ROW_LEN = 1 << 17
};

/** What a function is called with. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
    dictdb_cancel *cancel;
    dictdb_watch *watch;
    dictdb_job *job;
    dictdb_backup *backup;
    const char *text[3];
    size_t len[3];
} inputs;

/** Where its results go; the outputs in `without` are passed as NULL. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_predicate *predicate;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
    dictdb_cancel *cancel;
    dictdb_watch *watch;
    dictdb_job *job;
    dictdb_backup *backup;
    dictdb_buffer buffer;
    uint64_t count;
    int32_t outcome;
    const char *row;
    size_t row_len;
    unsigned without;
} outputs;

#define OUT(bit, member) ((o->without & (unsigned)(bit)) != 0 ? NULL : &o->member)
#define TEXT(i) in->text[i], in->len[i]

typedef struct function {
    const char *name;
    dictdb_status (*call)(const struct function *self, const inputs *in, outputs *o, dictdb_error **error);
    /** Handles that it takes. */
    unsigned takes;
    /** Outputs that must be there, and that may be. */
    unsigned required;
    unsigned optional;
    /** Its texts: parameter (with `?` before it: may be NULL) and a good value. */
    const char *parameter[3];
    const char *good[3];
    predicate_maker maker;
} function;

#define CALL(name) static inline dictdb_status name(const function *self, const inputs *in, outputs *o, dictdb_error **error)
#define UNUSED (void)self, (void)in, (void)o

CALL(db_new) { UNUSED; return dictdb_db_new(TEXT(0), OUT(DB, db), error); }
CALL(create_table) { UNUSED; return dictdb_db_create_table(in->db, TEXT(0), TEXT(1), OUT(TABLE, table), error); }
CALL(get_table) { UNUSED; return dictdb_db_get_table(in->db, TEXT(0), OUT(TABLE, table), error); }
CALL(drop_table) { UNUSED; return dictdb_db_drop_table(in->db, TEXT(0), error); }
CALL(list_tables) { UNUSED; return dictdb_db_list_tables(in->db, OUT(BUFFER, buffer), error); }
CALL(insert) { UNUSED; return dictdb_table_insert(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(insert_many) { UNUSED; return dictdb_table_insert_many(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(upsert) {
    UNUSED;
    return dictdb_table_upsert(in->table, TEXT(0), DICTDB_CONFLICT_UPDATE, OUT(OUTCOME, outcome), OUT(BUFFER, buffer), error);
}
CALL(get) { UNUSED; return dictdb_table_get(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(get_int) { UNUSED; return dictdb_table_get_int(in->table, 1, OUT(BUFFER, buffer), error); }
CALL(get_many) { UNUSED; return dictdb_table_get_many(in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(select_rows) {
    UNUSED;
    return dictdb_table_select(in->table, in->predicate, TEXT(0), OUT(BUFFER, buffer), OUT(COUNT, count), error);
}
CALL(count_rows) { UNUSED; return dictdb_table_count(in->table, in->predicate, OUT(COUNT, count), error); }
CALL(update) { UNUSED; return dictdb_table_update(in->table, in->predicate, TEXT(0), OUT(COUNT, count), error); }
CALL(update_by_key) { UNUSED; return dictdb_table_update_by_key(in->table, TEXT(0), TEXT(1), error); }
CALL(delete_rows) { UNUSED; return dictdb_table_delete(in->table, in->predicate, OUT(COUNT, count), error); }
CALL(delete_by_key) { UNUSED; return dictdb_table_delete_by_key(in->table, TEXT(0), error); }
CALL(describe) { UNUSED; return dictdb_table_describe(in->table, OUT(BUFFER, buffer), error); }
CALL(statistics) { UNUSED; return dictdb_table_statistics(in->table, OUT(BUFFER, buffer), error); }
CALL(all) { UNUSED; return dictdb_predicate_all(OUT(PREDICATE, predicate), error); }
CALL(make) { return self->maker(TEXT(0), TEXT(1), OUT(PREDICATE, predicate), error); }
CALL(between) { UNUSED; return dictdb_predicate_between(TEXT(0), TEXT(1), TEXT(2), OUT(PREDICATE, predicate), error); }
CALL(like) { UNUSED; return dictdb_predicate_like(TEXT(0), TEXT(1), 0, OUT(PREDICATE, predicate), error); }
CALL(ilike) { UNUSED; return dictdb_predicate_ilike(TEXT(0), TEXT(1), 0, OUT(PREDICATE, predicate), error); }
CALL(is_null) { UNUSED; return dictdb_predicate_is_null(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(is_not_null) { UNUSED; return dictdb_predicate_is_not_null(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(and_one) { UNUSED; return dictdb_predicate_and((const dictdb_predicate *const[]){in->predicate}, 1, OUT(PREDICATE, predicate), error); }
CALL(or_one) { UNUSED; return dictdb_predicate_or((const dictdb_predicate *const[]){in->predicate}, 1, OUT(PREDICATE, predicate), error); }
CALL(not) { UNUSED; return dictdb_predicate_not(in->predicate, OUT(PREDICATE, predicate), error); }

CALL(create_index) { UNUSED; return dictdb_table_create_index(in->table, TEXT(0), error); }
CALL(drop_index) { UNUSED; return dictdb_table_drop_index(in->table, TEXT(0), error); }
CALL(parse) { UNUSED; return dictdb_predicate_parse(TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(print) { UNUSED; return dictdb_predicate_print(in->predicate, OUT(BUFFER, buffer), error); }
CALL(bind_params) { UNUSED; return dictdb_predicate_bind(in->predicate, TEXT(0), OUT(PREDICATE, predicate), error); }
CALL(query_new) { UNUSED; return dictdb_query_new(in->predicate, TEXT(0), OUT(QUERY, query), error); }
CALL(query_run) {
    UNUSED;
    return dictdb_query_run(in->query, in->table, TEXT(0), OUT(BUFFER, buffer), OUT(COUNT, count), error);
}
CALL(query_count) { UNUSED; return dictdb_query_count(in->query, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(query_delete) { UNUSED; return dictdb_query_delete(in->query, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(query_explain) { UNUSED; return dictdb_query_explain(in->query, in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(update_new) { UNUSED; return dictdb_update_new(in->predicate, TEXT(0), TEXT(1), OUT(UPDATE, update), error); }
CALL(update_run) { UNUSED; return dictdb_update_run(in->update, in->table, TEXT(0), OUT(COUNT, count), error); }
CALL(update_explain) { UNUSED; return dictdb_update_explain(in->update, in->table, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(table_query) { UNUSED; return dictdb_table_query(in->table, TEXT(0), TEXT(1), OUT(BUFFER, buffer), OUT(COUNT, count), error); }
CALL(table_explain) { UNUSED; return dictdb_table_explain(in->table, TEXT(0), TEXT(1), OUT(BUFFER, buffer), error); }
CALL(count_where) { UNUSED; return dictdb_table_count_where(in->table, TEXT(0), TEXT(1), OUT(COUNT, count), error); }
CALL(update_where) { UNUSED; return dictdb_table_update_where(in->table, TEXT(0), TEXT(1), TEXT(2), OUT(COUNT, count), error); }
CALL(delete_where) { UNUSED; return dictdb_table_delete_where(in->table, TEXT(0), TEXT(1), OUT(COUNT, count), error); }

CALL(table_snapshot) { UNUSED; return dictdb_table_snapshot(in->table, OUT(TABLE, table), error); }
CALL(db_snapshot) { UNUSED; return dictdb_db_snapshot(in->db, OUT(DB, db), error); }
CALL(table_copy) { UNUSED; return dictdb_table_copy(in->table, OUT(BUFFER, buffer), error); }
CALL(db_copy) { UNUSED; return dictdb_db_copy(in->db, OUT(BUFFER, buffer), error); }
CALL(query_cursor) { UNUSED; return dictdb_query_cursor(in->query, in->table, TEXT(0), OUT(CURSOR, cursor), error); }
CALL(table_cursor) { UNUSED; return dictdb_table_cursor(in->table, TEXT(0), TEXT(1), OUT(CURSOR, cursor), error); }
CALL(cursor_next) { UNUSED; return dictdb_cursor_next(in->cursor, OUT(ROW, row), OUT(ROW_LEN, row_len), error); }
CALL(cursor_next_batch) {
    UNUSED;
    return dictdb_cursor_next_batch(in->cursor, 1, 0, DICTDB_ROWS_LINES, OUT(BUFFER, buffer), OUT(COUNT, count), error);
}
CALL(batch_new) { UNUSED; return dictdb_batch_new(OUT(BATCH, batch), error); }
CALL(batch_insert) { UNUSED; return dictdb_batch_insert(in->batch, in->table, TEXT(0), error); }
CALL(batch_insert_many) { UNUSED; return dictdb_batch_insert_many(in->batch, in->table, TEXT(0), error); }
CALL(batch_upsert) { UNUSED; return dictdb_batch_upsert(in->batch, in->table, TEXT(0), DICTDB_CONFLICT_UPDATE, error); }
CALL(batch_update_by_key) { UNUSED; return dictdb_batch_update_by_key(in->batch, in->table, TEXT(0), TEXT(1), error); }
CALL(batch_update) { UNUSED; return dictdb_batch_update(in->batch, in->table, in->update, TEXT(0), error); }
CALL(batch_update_where) { UNUSED; return dictdb_batch_update_where(in->batch, in->table, TEXT(0), TEXT(1), TEXT(2), error); }
CALL(batch_delete_by_key) { UNUSED; return dictdb_batch_delete_by_key(in->batch, in->table, TEXT(0), error); }
CALL(batch_delete_where) { UNUSED; return dictdb_batch_delete_where(in->batch, in->table, TEXT(0), TEXT(1), error); }
CALL(batch_commit) { UNUSED; return dictdb_batch_commit(in->batch, OUT(BUFFER, buffer), error); }
CALL(batch_clear) { UNUSED; return dictdb_batch_clear(in->batch, error); }
CALL(db_batch) { UNUSED; return dictdb_db_batch(in->db, TEXT(0), OUT(BUFFER, buffer), error); }
CALL(cancel_new) { UNUSED; return dictdb_cancel_new(OUT(CANCEL, cancel), error); }
CALL(cancel_set) { UNUSED; return dictdb_cancel_set(in->cancel, error); }
CALL(cancel_reset) { UNUSED; return dictdb_cancel_reset(in->cancel, error); }
CALL(table_limited) { UNUSED; return dictdb_table_limited(in->table, in->cancel, DICTDB_NO_TIMEOUT, OUT(TABLE, table), error); }
CALL(db_limited) { UNUSED; return dictdb_db_limited(in->db, in->cancel, DICTDB_NO_TIMEOUT, OUT(DB, db), error); }
CALL(table_watch) { UNUSED; return dictdb_table_watch(in->table, TEXT(0), OUT(WATCH, watch), error); }
CALL(db_watch) { UNUSED; return dictdb_db_watch(in->db, TEXT(0), OUT(WATCH, watch), error); }
CALL(watch_poll) { UNUSED; return dictdb_watch_poll(in->watch, 0, 0, 0, OUT(BUFFER, buffer), OUT(COUNT, count), error); }
CALL(watch_last) { UNUSED; return dictdb_watch_last(in->watch, OUT(COUNT, count), error); }
CALL(watch_fd) { UNUSED; return dictdb_watch_fd(in->watch, OUT(OUTCOME, outcome), error); }

CALL(save) { UNUSED; return dictdb_db_save(in->db, TEXT(0), TEXT(1), OUT(JOB, job), error); }
CALL(load) { UNUSED; return dictdb_db_load(TEXT(0), OUT(DB, db), NULL, error); }
/* Nothing can be read from there, which is a table without records. */
#define NOTHING "/dev/null"
CALL(import_csv) { UNUSED; return dictdb_db_import_csv(in->db, TEXT(0), TEXT(1), TEXT(2), OUT(TABLE, table), NULL, error); }
CALL(import_csv_job) { UNUSED; return dictdb_db_import_csv(in->db, TEXT(0), TEXT(1), TEXT(2), NULL, OUT(JOB, job), error); }
CALL(import_jsonl) { UNUSED; return dictdb_db_import_jsonl(in->db, TEXT(0), TEXT(1), TEXT(2), OUT(TABLE, table), NULL, error); }
CALL(import_jsonl_job) { UNUSED; return dictdb_db_import_jsonl(in->db, TEXT(0), TEXT(1), TEXT(2), NULL, OUT(JOB, job), error); }
CALL(export_csv) { UNUSED; return dictdb_table_export_csv(in->table, TEXT(0), TEXT(1), NULL, 0, TEXT(2), OUT(JOB, job), error); }
CALL(export_csv_params) { UNUSED; return dictdb_table_export_csv(in->table, TEXT(0), NULL, 0, TEXT(1), NULL, 0, OUT(JOB, job), error); }
CALL(export_jsonl) { UNUSED; return dictdb_table_export_jsonl(in->table, TEXT(0), TEXT(1), TEXT(2), OUT(JOB, job), error); }
CALL(load_job) {
    UNUSED;
    dictdb_db *loaded = NULL;
    dictdb_status status = dictdb_db_load(TEXT(0), &loaded, OUT(JOB, job), error);
    dictdb_db_free(loaded);
    return status;
}
CALL(job_wait) { UNUSED; return dictdb_job_wait(in->job, DICTDB_NO_TIMEOUT, OUT(OUTCOME, outcome), error); }
CALL(job_progress) { UNUSED; return dictdb_job_progress(in->job, OUT(COUNT, count), NULL, error); }
CALL(job_cancel) { UNUSED; return dictdb_job_cancel(in->job, error); }
CALL(job_result) { UNUSED; return dictdb_job_result(in->job, OUT(BUFFER, buffer), error); }
CALL(job_database) { UNUSED; return dictdb_job_database(in->job, OUT(DB, db), error); }

CALL(backup_new) { UNUSED; return dictdb_backup_new(in->db, TEXT(0), TEXT(1), NULL, NULL, NULL, OUT(BACKUP, backup), error); }
CALL(backup_start) { UNUSED; return dictdb_backup_start(in->backup, error); }
CALL(backup_stop) { UNUSED; return dictdb_backup_stop(in->backup, error); }
CALL(backup_notify_change) { UNUSED; return dictdb_backup_notify_change(in->backup, error); }
CALL(backup_now) { UNUSED; return dictdb_backup_now(in->backup, OUT(BUFFER, buffer), OUT(JOB, job), error); }
CALL(backup_full) { UNUSED; return dictdb_backup_full(in->backup, OUT(BUFFER, buffer), OUT(JOB, job), error); }
CALL(backup_delta) { UNUSED; return dictdb_backup_delta(in->backup, OUT(BUFFER, buffer), OUT(JOB, job), error); }
CALL(backup_statistics) { UNUSED; return dictdb_backup_statistics(in->backup, OUT(BUFFER, buffer), error); }
CALL(backup_restore) { UNUSED; return dictdb_backup_restore(TEXT(0), TEXT(1), OUT(DB, db), OUT(BUFFER, buffer), NULL, error); }
CALL(backup_verify) { UNUSED; return dictdb_backup_verify(TEXT(0), OUT(BUFFER, buffer), NULL, error); }

#ifndef MISUSE_NAME
#define MISUSE_NAME "misuse"
#endif
/** Are written and read again and again; lie where the test runs. */
#define MISUSE_FILE MISUSE_NAME ".dictdb"
#define MISUSE_DIRECTORY MISUSE_NAME "-backups"

#define MAKER(name, value) \
    { "predicate_" #name, make, 0, PREDICATE, 0, {"field", "value", NULL}, {"a", value, NULL}, dictdb_predicate_##name }

static const function FUNCTIONS[] = {
    {"db_new", db_new, 0, DB, 0, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"db_create_table", create_table, DB, 0, TABLE, {"name", "?options", NULL}, {"new", "{}", NULL}, NULL},
    {"db_get_table", get_table, DB, TABLE, 0, {"name", NULL, NULL}, {"t", NULL, NULL}, NULL},
    {"db_drop_table", drop_table, DB, 0, 0, {"name", NULL, NULL}, {"t", NULL, NULL}, NULL},
    {"db_list_tables", list_tables, DB, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_insert", insert, TABLE, 0, BUFFER, {"record", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"table_insert_many", insert_many, TABLE, 0, BUFFER, {"records", NULL, NULL}, {"[{}]", NULL, NULL}, NULL},
    {"table_upsert", upsert, TABLE, 0, BUFFER | OUTCOME, {"record", NULL, NULL}, {"{\"id\":1}", NULL, NULL}, NULL},
    {"table_get", get, TABLE, BUFFER, 0, {"key", NULL, NULL}, {"1", NULL, NULL}, NULL},
    {"table_get_int", get_int, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_get_many", get_many, TABLE, BUFFER, 0, {"keys", NULL, NULL}, {"[1]", NULL, NULL}, NULL},
    {"table_select", select_rows, TABLE | PREDICATE_OR_ALL, BUFFER, COUNT, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"table_count", count_rows, TABLE | PREDICATE_OR_ALL, COUNT, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_update", update, TABLE | PREDICATE, 0, COUNT, {"changes", NULL, NULL}, {"{\"a\":9}", NULL, NULL}, NULL},
    {"table_update_by_key", update_by_key, TABLE, 0, 0, {"key", "changes", NULL}, {"1", "{\"a\":9}", NULL}, NULL},
    {"table_delete", delete_rows, TABLE | PREDICATE, 0, COUNT, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_delete_by_key", delete_by_key, TABLE, 0, 0, {"key", NULL, NULL}, {"1", NULL, NULL}, NULL},
    {"table_describe", describe, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_statistics", statistics, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_all", all, 0, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    MAKER(eq, "1"),
    MAKER(ne, "1"),
    MAKER(lt, "1"),
    MAKER(le, "1"),
    MAKER(gt, "1"),
    MAKER(ge, "1"),
    MAKER(contains, "1"),
    MAKER(startswith, "\"x\""),
    MAKER(endswith, "\"x\""),
    MAKER(iequals, "\"x\""),
    MAKER(icontains, "\"x\""),
    MAKER(istartswith, "\"x\""),
    MAKER(iendswith, "\"x\""),
    {"predicate_is_in", make, 0, PREDICATE, 0, {"field", "values", NULL}, {"a", "[1]", NULL}, dictdb_predicate_is_in},
    {"predicate_between", between, 0, PREDICATE, 0, {"field", "low", "high"}, {"a", "1", "2"}, NULL},
    {"predicate_like", like, 0, PREDICATE, 0, {"field", "pattern", NULL}, {"a", "\"x%\"", NULL}, NULL},
    {"predicate_ilike", ilike, 0, PREDICATE, 0, {"field", "pattern", NULL}, {"a", "\"x%\"", NULL}, NULL},
    {"predicate_is_null", is_null, 0, PREDICATE, 0, {"field", NULL, NULL}, {"a", NULL, NULL}, NULL},
    {"predicate_is_not_null", is_not_null, 0, PREDICATE, 0, {"field", NULL, NULL}, {"a", NULL, NULL}, NULL},
    {"predicate_and", and_one, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_or", or_one, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_not", not, PREDICATE, PREDICATE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_create_index", create_index, TABLE, 0, 0, {"options", NULL, NULL}, {"{\"fields\":\"b\",\"kind\":\"hash\"}", NULL, NULL}, NULL},
    {"table_drop_index", drop_index, TABLE, 0, 0, {"fields", NULL, NULL}, {"\"a\"", NULL, NULL}, NULL},
    {"predicate_parse", parse, 0, PREDICATE, 0, {"text", NULL, NULL}, {"a = 1", NULL, NULL}, NULL},
    {"predicate_print", print, PREDICATE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"predicate_bind", bind_params, PREDICATE, PREDICATE, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_new", query_new, PREDICATE_OR_ALL, QUERY, 0, {"?spec", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"query_run", query_run, QUERY | TABLE, BUFFER, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_count", query_count, QUERY | TABLE, COUNT, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_delete", query_delete, QUERY | TABLE, 0, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"query_explain", query_explain, QUERY | TABLE, BUFFER, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"update_new", update_new, PREDICATE_OR_ALL, UPDATE, 0, {"?where", "set", NULL}, {"a = 1", "a = 2", NULL}, NULL},
    {"update_run", update_run, UPDATE | TABLE, 0, COUNT, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"update_explain", update_explain, UPDATE | TABLE, BUFFER, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"table_query", table_query, TABLE, BUFFER, COUNT, {"?spec", "?params", NULL}, {"{}", "[]", NULL}, NULL},
    {"table_explain", table_explain, TABLE, BUFFER, 0, {"?spec", "?params", NULL}, {"{}", "[]", NULL}, NULL},
    {"table_count_where", count_where, TABLE, COUNT, 0, {"?where", "?params", NULL}, {"a = 1", "[]", NULL}, NULL},
    {"table_update_where", update_where, TABLE, 0, COUNT, {"where", "set", "?params"}, {"a = 1", "a = 3", "[]"}, NULL},
    {"table_delete_where", delete_where, TABLE, 0, COUNT, {"where", "?params", NULL}, {"a = 1", "[]", NULL}, NULL},
    {"table_snapshot", table_snapshot, TABLE, TABLE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"db_snapshot", db_snapshot, DB, DB, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_copy", table_copy, TABLE, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"db_copy", db_copy, DB, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"query_cursor", query_cursor, QUERY | TABLE, CURSOR, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"table_cursor", table_cursor, TABLE, CURSOR, 0, {"?spec", "?params", NULL}, {"{}", "[]", NULL}, NULL},
    {"cursor_next", cursor_next, CURSOR, ROW | ROW_LEN, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"cursor_next_batch", cursor_next_batch, CURSOR, BUFFER, COUNT, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"batch_new", batch_new, 0, BATCH, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"batch_insert", batch_insert, BATCH | TABLE, 0, 0, {"record", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"batch_insert_many", batch_insert_many, BATCH | TABLE, 0, 0, {"records", NULL, NULL}, {"[{}]", NULL, NULL}, NULL},
    {"batch_upsert", batch_upsert, BATCH | TABLE, 0, 0, {"record", NULL, NULL}, {"{\"id\":1}", NULL, NULL}, NULL},
    {"batch_update_by_key", batch_update_by_key, BATCH | TABLE, 0, 0, {"key", "changes", NULL}, {"1", "{\"a\":9}", NULL}, NULL},
    {"batch_update", batch_update, BATCH | TABLE | UPDATE, 0, 0, {"?params", NULL, NULL}, {"[]", NULL, NULL}, NULL},
    {"batch_update_where", batch_update_where, BATCH | TABLE, 0, 0, {"where", "set", "?params"}, {"a = 1", "a = 3", "[]"}, NULL},
    {"batch_delete_by_key", batch_delete_by_key, BATCH | TABLE, 0, 0, {"key", NULL, NULL}, {"1", NULL, NULL}, NULL},
    {"batch_delete_where", batch_delete_where, BATCH | TABLE, 0, 0, {"where", "?params", NULL}, {"a = 1", "[]", NULL}, NULL},
    {"batch_commit", batch_commit, BATCH, 0, BUFFER, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"batch_clear", batch_clear, BATCH, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"db_batch", db_batch, DB, 0, BUFFER, {"operations", NULL, NULL}, {"[{\"delete\":\"t\",\"key\":1}]", NULL, NULL}, NULL},
    {"cancel_new", cancel_new, 0, CANCEL, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"cancel_set", cancel_set, CANCEL, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"cancel_reset", cancel_reset, CANCEL, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_limited", table_limited, TABLE | CANCEL_OR_NONE, TABLE, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"db_limited", db_limited, DB | CANCEL_OR_NONE, DB, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"table_watch", table_watch, TABLE, WATCH, 0, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"db_watch", db_watch, DB, WATCH, 0, {"?options", NULL, NULL}, {"{}", NULL, NULL}, NULL},
    {"watch_poll", watch_poll, WATCH, BUFFER, COUNT, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"watch_last", watch_last, WATCH, COUNT, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"watch_fd", watch_fd, WATCH, OUTCOME, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"db_save", save, DB, 0, JOB, {"path", "?options", NULL}, {MISUSE_FILE, "{\"format\":\"dictdb\"}", NULL}, NULL},
    {"db_load", load, 0, DB, 0, {"path", NULL, NULL}, {MISUSE_FILE, NULL, NULL}, NULL},
    {"db_load", load_job, 0, 0, JOB, {"path", NULL, NULL}, {MISUSE_FILE, NULL, NULL}, NULL},
    {"db_import_csv", import_csv, DB, 0, TABLE, {"name", "path", "?options"}, {"new", NOTHING, "{}"}, NULL},
    {"db_import_csv", import_csv_job, DB, 0, JOB, {"name", "path", "?options"}, {"new", NOTHING, "{}"}, NULL},
    {"db_import_jsonl", import_jsonl, DB, 0, TABLE, {"name", "path", "?options"}, {"new", NOTHING, "{}"}, NULL},
    {"db_import_jsonl", import_jsonl_job, DB, 0, JOB, {"name", "path", "?options"}, {"new", NOTHING, "{}"}, NULL},
    {"table_export_csv", export_csv, TABLE, 0, JOB, {"path", "?spec", "?options"}, {"misuse.csv", "{}", "{}"}, NULL},
    {"table_export_csv", export_csv_params, TABLE, 0, JOB, {"path", "?params", NULL}, {"misuse.csv", "[]", NULL}, NULL},
    {"table_export_jsonl", export_jsonl, TABLE, 0, JOB, {"path", "?spec", "?params"}, {"misuse.jsonl", "{}", "[]"}, NULL},
    {"job_wait", job_wait, JOB, 0, OUTCOME, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"job_progress", job_progress, JOB, 0, COUNT, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"job_cancel", job_cancel, JOB, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"job_result", job_result, JOB, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"job_database", job_database, JOB, DB, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_new", backup_new, DB, BACKUP, 0, {"directory", "?options", NULL}, {MISUSE_DIRECTORY, "{}", NULL}, NULL},
    {"backup_start", backup_start, BACKUP, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_stop", backup_stop, BACKUP, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_notify_change", backup_notify_change, BACKUP, 0, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_now", backup_now, BACKUP, 0, BUFFER | JOB, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_full", backup_full, BACKUP, 0, BUFFER | JOB, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_delta", backup_delta, BACKUP, 0, BUFFER | JOB, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_statistics", backup_statistics, BACKUP, BUFFER, 0, {NULL, NULL, NULL}, {NULL, NULL, NULL}, NULL},
    {"backup_restore", backup_restore, 0, DB, BUFFER, {"directory", "?options", NULL}, {MISUSE_DIRECTORY, "{}", NULL}, NULL},
    {"backup_verify", backup_verify, 0, BUFFER, 0, {"directory", NULL, NULL}, {MISUSE_DIRECTORY, NULL, NULL}, NULL},
};

enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof FUNCTIONS[0] };

#endif
