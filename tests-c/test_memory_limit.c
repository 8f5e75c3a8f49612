/*
 * Tests: the library counts the memory that it uses, and keeps to a limit: what would store more is OUT_OF_MEMORY and changes nothing,
 * what frees memory works.
 */
#include "check.h"
#include "file.h"

#include <pthread.h>

enum { KIBI = 1024, MEBI = 1024 * KIBI, RECORD = 1000 };

static char *record_of(size_t bytes) {
    char *text = check_memory(bytes + 32);
    char *at = text + sprintf(text, "{\"v\":1,\"s\":\"");
    memset(at, 'x', bytes);
    strcpy(at + bytes, "\"}");
    return text;
}

/* Fills a table until the limit is met. */
static uint64_t fill(world *w, const char *record) {
    uint64_t count = 0;
    dictdb_status status = DICTDB_STATUS_OK;
    while (count < 1000000 && (status = dictdb_table_insert(w->table, NTS(record), NULL, &w->err)) == DICTDB_STATUS_OK)
        count++;
    CHECK_INT(status, DICTDB_STATUS_OUT_OF_MEMORY);
    return count;
}

static int64_t sum_of(world *w) {
    CHECK_OK(dictdb_table_query(w->table, NTS("{\"aggregates\":{\"n\":\"count()\",\"v\":\"sum(v)\"}}"), NULL, 0, &w->out, NULL, &w->err),
             &w->err);
    return json_integer(w->out.data + 1, "n") * 1000000 + json_integer(w->out.data + 1, "v");
}

static void what_is_used_is_counted(void) {
    uint64_t before = dictdb_memory_used();
    world w = world_open(NULL);
    char *record = record_of(RECORD);
    for (int i = 0; i < 10000; i++)
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    uint64_t full = dictdb_memory_used();
    CHECK(full - before >= 10000 * RECORD);
    CHECK(full - before <= 10000 * RECORD * 3 / 2);
    world_close(&w);
    /* What is kept for the next database is less than a hundredth. */
    CHECK(dictdb_memory_used() - before <= 100 * KIBI);
    free(record);
}

static void a_limit_is_kept_and_nothing_is_changed_beyond_it(void) {
    world w = world_open(NULL);
    dictdb_batch *batch = NULL;
    dictdb_table *other = NULL;
    char *record = record_of(RECORD);
    char *large = record_of(MEBI);
    uint64_t limit = dictdb_memory_used() + 20 * MEBI;
    CHECK_INT((int64_t)dictdb_memory_limit(limit), 0);
    uint64_t count = fill(&w, record);
    CHECK(count > 10000 && count < 20 * MEBI / RECORD);
    CHECK_INT(json_integer(dictdb_error_detail(w.err), "limit"), (int64_t)limit);
    CHECK_CONTAINS(dictdb_error_message(w.err), "limit");
    dictdb_error_free(w.err);
    w.err = NULL;
    CHECK(dictdb_memory_used() <= limit + 4 * MEBI);

    /* A large one may be refused where a small one is not yet: go on to the very end. */
    CHECK_INT((int64_t)dictdb_memory_limit(dictdb_memory_used() - 1), (int64_t)limit);
    int64_t sum = sum_of(&w);
    const char *const two = "[{\"v\":5},{\"v\":7}]";
    const dictdb_status REFUSED = DICTDB_STATUS_OUT_OF_MEMORY;
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"v\":5}"), &w.out, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS(large), &w.out, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS(two), &w.out, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"v\":9}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"v\":9}"), &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_update_where(w.table, NTS("v = 1"), NTS("v = 9"), NULL, 0, NULL, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_create_index(w.table, NTS("{\"fields\":[\"v\"],\"kind\":\"hash\"}"), &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_db_create_table(w.db, NTS("other"), NULL, 0, &other, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_db_batch(w.db, NTS("[{\"insert\":\"t\",\"record\":{\"v\":5}}]"), NULL, &w.err), REFUSED, &w.err);
    CHECK_STATUS(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, NULL, &w.err), REFUSED, &w.err);
    CHECK_OK(dictdb_batch_new(&batch, &w.err), &w.err);
    CHECK_STATUS(dictdb_batch_insert(batch, w.table, NTS("{\"v\":5}"), &w.err), REFUSED, &w.err);
    CHECK_INT(sum_of(&w), sum);
    CHECK(other == NULL);

    /* What frees memory, and what takes little. */
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_batch_delete_by_key(batch, w.table, NTS("2"), &w.err), &w.err);
    CHECK_OK(dictdb_batch_commit(batch, NULL, &w.err), &w.err);
    uint64_t deleted = 0;
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("id >= 100"), NULL, 0, &deleted, &w.err), &w.err);
    CHECK_INT((int64_t)deleted, (int64_t)count - 99);

    /* There is room again. */
    uint64_t again = fill(&w, record);
    dictdb_error_free(w.err);
    w.err = NULL;
    CHECK(again > count / 2);
    dictdb_memory_limit(0);
    CHECK_OK(dictdb_table_insert(w.table, NTS(large), NULL, &w.err), &w.err);
    dictdb_batch_free(batch);
    free(record);
    free(large);
    world_close(&w);
}

static void files_are_saved_beyond_the_limit_and_not_loaded(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    char *record = record_of(RECORD);
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_backup *backup = NULL;
    dictdb_memory_limit(dictdb_memory_used() + 8 * MEBI);
    fill(&w, record);
    dictdb_error_free(w.err);
    w.err = NULL;
    dictdb_memory_limit(1);
    CHECK_OK(dictdb_backup_new(w.db, NTS(f.path), NULL, 0, NULL, NULL, NULL, &backup, &w.err), &w.err);
    CHECK_OK(dictdb_backup_now(backup, NULL, NULL, &w.err), &w.err);
    for (size_t format = 0; format < sizeof FORMATS / sizeof *FORMATS; format++) {
        CHECK_OK(dictdb_db_save(w.db, NTS(f.file), NTS(FORMATS[format]), NULL, &w.err), &w.err);
        CHECK_STATUS(dictdb_db_load(NTS(f.file), &db, NULL, &w.err), DICTDB_STATUS_OUT_OF_MEMORY, &w.err);
        CHECK(db == NULL);
    }
    CHECK_OK(dictdb_table_export_jsonl(w.table, NTS(f.file), NULL, 0, NULL, 0, NULL, &w.err), &w.err);
    CHECK_STATUS(dictdb_db_import_jsonl(w.db, NTS("new"), NTS(f.file), NULL, 0, &table, NULL, &w.err), DICTDB_STATUS_OUT_OF_MEMORY,
                 &w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_backup_restore(NTS(f.path), NULL, 0, &db, NULL, NULL, &w.err), DICTDB_STATUS_OUT_OF_MEMORY, &w.err);
    CHECK(db == NULL);
    dictdb_memory_limit(0);
    CHECK_OK(dictdb_backup_restore(NTS(f.path), NULL, 0, &db, NULL, NULL, &w.err), &w.err);
    dictdb_db_free(db);
    dictdb_backup_free(backup);
    free(record);
    world_close(&w);
    folder_close(&f);
}

/* Rows are made ready some at a time: where there is no room for so many, none is lost or given twice, and fewer may fit. */
static void a_cursor_that_met_the_limit_goes_on_where_it_was(void) {
    static const char *const QUERIES[] = {
        "{\"columns\":[\"id\",\"s\"]}",
        "{\"columns\":[\"id\",\"s\"],\"order_by\":[\"v\",\"id\"]}",
        "{\"columns\":[\"id\",\"s\"],\"limit\":18,\"offset\":3}",
    };
    enum { RECORDS = 40 };
    world w = world_open(NULL);
    char *record = record_of(MEBI / 4);
    for (int i = 0; i < RECORDS; i++)
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
        dictdb_cursor *cursor = NULL;
        const char *row = NULL;
        size_t len = 0;
        dictdb_status status = DICTDB_STATUS_OK;
        int64_t first = i == 2 ? 4 : 1, last = i == 2 ? 21 : RECORDS, id = first, refused = 0;
        CHECK_OK(dictdb_table_cursor(w.table, NTS(QUERIES[i]), NULL, 0, &cursor, &w.err), &w.err);
        do {
            dictdb_memory_limit(dictdb_memory_used() + MEBI);
            status = dictdb_cursor_next(cursor, &row, &len, &w.err);
            if (status == DICTDB_STATUS_OUT_OF_MEMORY) {
                CHECK(row == NULL && len == 0);
                dictdb_error_free(w.err);
                w.err = NULL;
                refused++;
                /* What was made ready before is given back only by the next step. */
                dictdb_memory_limit(refused % 2 == 0 ? 0 : dictdb_memory_used() + MEBI);
                status = dictdb_cursor_next(cursor, &row, &len, &w.err);
            }
            if (status == DICTDB_STATUS_OK)
                CHECK_INT(json_integer(row, "id"), id++);
        } while (status == DICTDB_STATUS_OK);
        CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
        CHECK_INT(id, last + 1);
        CHECK(refused > 0);
        dictdb_cursor_free(cursor);
        dictdb_memory_limit(0);
    }
    free(record);
    world_close(&w);
}

/* Of many threads that write at the same time, none goes on beyond the limit by more than a call's worth. */
static void *fill_by_thread(void *argument) {
    world *w = argument;
    char *record = record_of(RECORD);
    while (dictdb_table_insert(w->table, NTS(record), NULL, NULL) == DICTDB_STATUS_OK) {
    }
    free(record);
    return NULL;
}

static void threads_keep_to_the_limit_together(void) {
    enum { THREADS = 4 };
    world w = world_open(NULL);
    pthread_t threads[THREADS];
    uint64_t limit = dictdb_memory_used() + 20 * MEBI;
    dictdb_memory_limit(limit);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, fill_by_thread, &w), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(dictdb_memory_used() > limit - 2 * MEBI);
    CHECK(dictdb_memory_used() <= limit + 4 * MEBI);
    dictdb_memory_limit(0);
    world_close(&w);
}

int main(void) {
    RUN(what_is_used_is_counted);
    RUN(a_limit_is_kept_and_nothing_is_changed_beyond_it);
    RUN(files_are_saved_beyond_the_limit_and_not_loaded);
    RUN(a_cursor_that_met_the_limit_goes_on_where_it_was);
    RUN(threads_keep_to_the_limit_together);
    return check_finish();
}
