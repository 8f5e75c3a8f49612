/* A program of an earlier day: scripts/abi compiles it against the header as it was kept, and runs it with the library as it is.
 * Beside what it does with some of them it holds the address of every function: functions.inc is made of that header. */

#include <dictdb.h>
#include <stdio.h>
#include <string.h>

typedef void (*function)(void);
static const function functions[] = {
#include "functions.inc"
};

static int told;

static void note(void *context, int32_t level, const char *message, const char *fields) {
    (void)level, (void)message, (void)fields;
    ++*(int *)context;
}

static int failed;

static void expect(int right, const char *what) {
    if (!right) {
        printf("not as the kept header says: %s\n", what);
        failed = 1;
    }
}

int main(void) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL, *snapshot = NULL;
    dictdb_predicate *old = NULL;
    dictdb_query *query = NULL;
    dictdb_cursor *cursor = NULL;
    dictdb_error *error = NULL;
    dictdb_buffer text = DICTDB_BUFFER_INIT;
    int32_t outcome = -1;
    uint64_t rows = 0, count = 0;

    expect(dictdb_abi_version() == DICTDB_ABI_VERSION, "the version of the ABI");
    expect(dictdb_log_set(DICTDB_LOG_DEBUG, 1, note, &told, NULL, NULL) == DICTDB_STATUS_OK, "log_set");
    expect(dictdb_db_new(NULL, 0, &db, &error) == DICTDB_STATUS_OK && db != NULL && error == NULL, "db_new");
    expect(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &table, &error) == DICTDB_STATUS_OK, "create_table");
    expect(dictdb_table_insert(table, "{\"id\": 7, \"age\": 36}", DICTDB_NTS, &text, NULL) == DICTDB_STATUS_OK, "insert");
    expect(text.len == 1 && text.capacity > 1 && strcmp(text.data, "7") == 0, "the members of a buffer");
    expect(dictdb_table_insert(table, "{\"id\": 7}", DICTDB_NTS, NULL, &error) == DICTDB_STATUS_DUPLICATE_KEY &&
               dictdb_error_status(error) == DICTDB_STATUS_DUPLICATE_KEY && strlen(dictdb_error_message(error)) > 0,
           "an error");
    dictdb_error_free(error);
    error = NULL;
    expect(dictdb_table_upsert(table, "{\"id\": 7, \"age\": 37}", DICTDB_NTS, DICTDB_CONFLICT_UPDATE, &outcome, NULL, NULL) ==
                   DICTDB_STATUS_OK && outcome == DICTDB_UPSERT_UPDATED,
           "upsert");
    expect(dictdb_table_get_int(table, 8, &text, NULL) == DICTDB_STATUS_RECORD_NOT_FOUND, "a miss");
    expect(dictdb_table_snapshot(table, &snapshot, NULL) == DICTDB_STATUS_OK, "snapshot");
    expect(dictdb_predicate_parse("age > 36", DICTDB_NTS, &old, NULL) == DICTDB_STATUS_OK, "predicate_parse");
    expect(dictdb_table_delete(table, old, &count, NULL) == DICTDB_STATUS_OK && count == 1, "delete");
    expect(dictdb_query_new(old, NULL, 0, &query, NULL) == DICTDB_STATUS_OK, "query_new");
    expect(dictdb_query_run(query, snapshot, NULL, 0, &text, &rows, NULL) == DICTDB_STATUS_OK && rows == 1 &&
               strcmp(text.data, "[{\"id\":7,\"age\":37}]") == 0,
           "query_run");
    expect(dictdb_query_cursor(query, snapshot, NULL, 0, &cursor, NULL) == DICTDB_STATUS_OK, "query_cursor");
    expect(dictdb_db_drop_table(db, "nobody", DICTDB_NTS, NULL) == DICTDB_STATUS_TABLE_NOT_FOUND, "drop_table");
    expect(told > 0, "the log callback");

    dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL);
    dictdb_cursor_free(cursor);
    dictdb_query_free(query);
    dictdb_predicate_free(old);
    dictdb_table_free(snapshot);
    dictdb_table_free(table);
    dictdb_db_free(db);
    dictdb_buffer_free(&text);
    printf("%zu\n", sizeof functions / sizeof *functions);
    return failed;
}
