/*
 * Tests: OUT_OF_MEMORY from snapshots' copies, indexes, cursors, batches and watches: nothing changed, outputs empty, and what has a state is where it
 * was: the same call works when there is memory again, no row and no change is lost or comes twice.
 * Does not test: needs of a small fixed size, where the process may abort.
 */
#include "out_of_memory.h"

enum {
    ROWS = 64,
    /** As long as a text of the query language may nearly be. */
    LARGE_TEXT = 15 * MEBI
};

/* ------------------------------------------------------------------------------------------------------------------- copies */

static void copying(void) {
    world w = a_full_table();
    dictdb_table *snapshot = NULL;
    dictdb_db *of_db = NULL;
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    CHECK_OK(dictdb_db_snapshot(w.db, &of_db, &w.err), &w.err);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_copy(w.table, &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    CHECK_NO_MEMORY(dictdb_table_copy(snapshot, &w.out, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_db_copy(w.db, &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    CHECK_NO_MEMORY(dictdb_db_copy(of_db, &w.out, &w.err), &w.err);
    lift_limit();
    CHECK_OK(dictdb_db_copy(of_db, &w.out, &w.err), &w.err);
    CHECK(w.out.len > LARGE);
    dictdb_table_free(snapshot);
    dictdb_db_free(of_db);
    world_close(&w);
}

/** What a write beside a snapshot must keep of the old records is part of its need. */
static void writing_beside_a_snapshot(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    dictdb_table *snapshot = NULL;
    char *changes = text_of("{\"s\":\"", 100000, "\"}");
    uint64_t count = 77;
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(dictdb_table_insert(w.table, NTS("{\"s\":\"\"}"), NULL, &w.err), &w.err);
    }
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_update(w.table, all, NTS(changes), &count, &w.err), &w.err);
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_table_count_where(snapshot, NTS("s = ''"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 1000);
    lift_limit();
    CHECK_SELECT(w, "{\"columns\":[\"s\"],\"distinct\":true}", "[{\"s\":\"\"}]");
    CHECK_OK(dictdb_table_update(w.table, all, NTS("{\"s\":\"y\"}"), &count, &w.err), &w.err);
    CHECK_INT(count, 1000);
    CHECK_OK(dictdb_table_count_where(snapshot, NTS("s = ''"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 1000);
    dictdb_predicate_free(all);
    dictdb_table_free(snapshot);
    free(changes);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ cursors */

static void opening_a_cursor(void) {
    world w = a_full_table();
    dictdb_query *query = NULL;
    dictdb_cursor *cursor = NULL;
    uint64_t count = 0;
    char *spec = text_of("{\"columns\":[\"", LARGE, "\"]}");
    char *params = text_of("[\"", LARGE, "\"]");
    CHECK_OK(dictdb_query_new(NULL, NTS("{\"where\":\"s != ?1\"}"), &query, &w.err), &w.err);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_query_cursor(query, w.table, NTS(params), &cursor, &w.err), &w.err);
    CHECK(cursor == NULL);
    CHECK_NO_MEMORY(dictdb_table_cursor(w.table, NTS("{\"where\":\"s != ?1\"}"), NTS(params), &cursor, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_table_cursor(w.table, NTS(spec), NULL, 0, &cursor, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_table_cursor(w.table, NTS("{\"columns\":[\"id\",\"s\"],\"distinct\":true}"), NULL, 0, &cursor, &w.err), &w.err);
    CHECK(cursor == NULL);
    /* An order by what is short needs little. */
    CHECK_OK(dictdb_table_cursor(w.table, NTS("{\"order_by\":\"-id\"}"), NULL, 0, &cursor, &w.err), &w.err);
    dictdb_cursor_free(cursor);
    lift_limit();
    CHECK_OK(dictdb_query_cursor(query, w.table, NTS(params), &cursor, &w.err), &w.err);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 0, SIZE_MAX, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, ROWS);
    dictdb_cursor_free(cursor);
    dictdb_query_free(query);
    free(spec);
    free(params);
    world_close(&w);
}

/** The ids of the rows of a batch follow on each other, from `next` on; returns the one after the last. */
static int64_t check_ids(const dictdb_buffer *rows, int64_t next) {
    for (const char *at = rows->data; (at = strstr(at, "\"id\":")) != NULL; next++) {
        at += strlen("\"id\":");
        CHECK_INT(strtoll(at, NULL, 10), next);
    }
    return next;
}

/** Whole records are lent as they are stored, whatever the lack of memory. */
static void lending_large_records(void) {
    world w = a_full_table();
    dictdb_cursor *cursor = NULL;
    const char *row = NULL;
    size_t len = 0;
    int count = 0;
    CHECK_OK(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, &cursor, &w.err), &w.err);
    limit_memory();
    while (dictdb_cursor_next(cursor, &row, &len, &w.err) == DICTDB_STATUS_OK) {
        CHECK(len > MEBI);
        count++;
    }
    CHECK_INT(count, ROWS);
    lift_limit();
    dictdb_cursor_free(cursor);
    world_close(&w);
}

/** A batch of rows that is cut short by lack of memory has some, and the next one goes on behind them. */
static void taking_many_large_rows(void) {
    world w = a_full_table();
    dictdb_cursor *cursor = NULL;
    uint64_t count = 0;
    int64_t next = 1;
    int calls = 0;
    CHECK_OK(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, &cursor, &w.err), &w.err);
    limit_memory();
    while (next <= ROWS && calls < ROWS) {
        CHECK_OK(dictdb_cursor_next_batch(cursor, 0, SIZE_MAX, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
        int64_t before = next;
        next = check_ids(&w.out, next);
        CHECK_INT(next - before, count);
        calls++;
    }
    CHECK(calls > 1);
    CHECK_INT(next, ROWS + 1);
    CHECK_STATUS(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    lift_limit();
    dictdb_cursor_free(cursor);
    world_close(&w);
}

/** The step that failed is done by the next call, once there is memory. */
static void taking_a_large_row(void) {
    world w = world_open(NULL);
    dictdb_cursor *whole = NULL;
    dictdb_cursor *made = NULL;
    const char *row = NULL;
    size_t len = 0;
    uint64_t count = 77;
    char *record = text_of("{\"s\":\"", LARGE, "\"}");
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"s\":\"first\"}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"s\":\"last\"}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, &whole, &w.err), &w.err);
    CHECK_OK(dictdb_table_cursor(w.table, NTS("{\"columns\":[\"s\",\"id\"]}"), NULL, 0, &made, &w.err), &w.err);
    CHECK_OK(dictdb_cursor_next(whole, &row, &len, &w.err), &w.err);
    CHECK_OK(dictdb_cursor_next(made, &row, &len, &w.err), &w.err);
    limit_memory();
    for (int i = 0; i < 3; i++) {
        CHECK_NO_MEMORY(dictdb_cursor_next_batch(whole, 0, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), &w.err);
        CHECK_INT(count, 77);
        CHECK_EMPTY(w.out);
        CHECK_NO_MEMORY(dictdb_cursor_next(made, &row, &len, &w.err), &w.err);
        CHECK(row == NULL && len == 0);
        CHECK_NO_MEMORY(dictdb_cursor_next_batch(made, 0, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
        CHECK_INT(count, 77);
        CHECK_EMPTY(w.out);
    }
    lift_limit();
    CHECK_OK(dictdb_cursor_next_batch(whole, 1, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), &w.err);
    CHECK_INT(check_ids(&w.out, 2), 3);
    CHECK_OK(dictdb_cursor_next_batch(whole, 0, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"s\":\"last\",\"id\":3}]");
    CHECK_OK(dictdb_cursor_next_batch(made, 1, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_INT(check_ids(&w.out, 2), 3);
    CHECK_OK(dictdb_cursor_next_batch(made, 0, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"s\":\"last\",\"id\":3}\n");
    dictdb_cursor_free(whole);
    dictdb_cursor_free(made);
    free(record);
    world_close(&w);
}

/** Rows that are made, not lent: those that came before the lack and those that come after it are all, each once. */
static void taking_rows_that_are_made(void) {
    static const char *const SPECS[] = {
        "{\"columns\":[\"s\",\"id\"]}",
        "{\"columns\":[\"s\",\"id\"],\"where\":\"id > 0 AND s != 'y'\"}",
        "{\"columns\":[\"s\",\"id\"],\"order_by\":\"id\"}",
        "{\"columns\":[\"s\",\"id\"],\"limit\":60}",
    };
    world w = a_full_table();
    for (int i = 0; i < 4; i++) {
        dictdb_cursor *cursor = NULL;
        const char *row = NULL;
        size_t len = 0;
        uint64_t count = 0;
        int64_t next = 1;
        const int64_t last = i == 3 ? 60 : ROWS;
        dictdb_status status;
        CHECK_OK(dictdb_table_cursor(w.table, NTS(SPECS[i]), NULL, 0, &cursor, &w.err), &w.err);
        limit_memory();
        while ((status = dictdb_cursor_next(cursor, &row, &len, NULL)) == DICTDB_STATUS_OK) {
            CHECK(len > MEBI);
            next++;
        }
        CHECK(status == DICTDB_STATUS_OUT_OF_MEMORY || (status == DICTDB_STATUS_RECORD_NOT_FOUND && next == last + 1));
        lift_limit();
        while (dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_LINES, &w.out, &count, NULL) == DICTDB_STATUS_OK) {
            next = check_ids(&w.out, next);
        }
        CHECK_INT(next, last + 1);
        dictdb_cursor_free(cursor);
        dictdb_buffer_free(&w.out);
    }
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ batches */

/** What could not be added is not there; what was added before is. */
static void adding_to_a_batch(void) {
    world w = two_records();
    dictdb_batch *batch = NULL;
    dictdb_update *update = NULL;
    char *record = text_of("{\"s\":\"", LARGE, "\"}");
    char *records = text_of("[{\"s\":\"", LARGE, "\"}]");
    char *params = text_of("[\"", LARGE, "\"]");
    char *key = text_of("\"", LARGE, "\"");
    char *where_text = text_of("s = '", LARGE_TEXT, "'");
    char *set = text_of("s = '", LARGE_TEXT, "'");
    CHECK_OK(dictdb_batch_new(&batch, &w.err), &w.err);
    CHECK_OK(dictdb_update_new(NULL, NTS("TRUE"), NTS("s = ?1"), &update, &w.err), &w.err);
    CHECK_OK(dictdb_batch_insert(batch, w.table, NTS("{\"a\":3}"), &w.err), &w.err);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_batch_insert(batch, w.table, NTS(record), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_insert_many(batch, w.table, NTS(records), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_upsert(batch, w.table, NTS(record), DICTDB_CONFLICT_IGNORE, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update_by_key(batch, w.table, NTS("1"), NTS(record), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update_by_key(batch, w.table, NTS(key), NTS("{}"), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update(batch, w.table, update, NTS(params), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update_where(batch, w.table, NTS(where_text), NTS("a = 1"), NULL, 0, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update_where(batch, w.table, NTS("TRUE"), NTS(set), NULL, 0, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_update_where(batch, w.table, NTS("TRUE"), NTS("a = ?1"), NTS(params), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_delete_by_key(batch, w.table, NTS(key), &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_delete_where(batch, w.table, NTS(where_text), NULL, 0, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_batch_delete_where(batch, w.table, NTS("a = ?1"), NTS(params), &w.err), &w.err);
    lift_limit();
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    CHECK_OK(dictdb_batch_commit(batch, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"key\":3}]");
    dictdb_update_free(update);
    dictdb_batch_free(batch);
    free(record);
    free(records);
    free(params);
    free(key);
    free(where_text);
    free(set);
    world_close(&w);
}

/** The last operation needs too much: the ones before it, on this table and on another, are undone, and can be done later. */
static void committing(void) {
    enum { RECORDS = 1000 };
    world w = world_open(NULL);
    dictdb_table *other = NULL;
    dictdb_batch *batch = NULL;
    dictdb_watch *watch = NULL;
    uint64_t count = 77;
    char *params = text_of("[\"", 100000, "\"]");
    CHECK_OK(dictdb_db_create_table(w.db, NTS("other"), NULL, 0, &other, &w.err), &w.err);
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), &w.err), &w.err);
    for (int i = 0; i < RECORDS; i++) {
        CHECK_OK(dictdb_table_insert(w.table, NTS("{\"n\":1,\"s\":\"\"}"), NULL, &w.err), &w.err);
    }
    CHECK_OK(dictdb_db_watch(w.db, NULL, 0, &watch, &w.err), &w.err);
    CHECK_OK(dictdb_batch_new(&batch, &w.err), &w.err);
    CHECK_OK(dictdb_batch_insert(batch, other, NTS("{\"a\":1}"), &w.err), &w.err);
    CHECK_OK(dictdb_batch_delete_by_key(batch, w.table, NTS("7"), &w.err), &w.err);
    CHECK_OK(dictdb_batch_update_where(batch, w.table, NTS("n = 1"), NTS("n = 2"), NULL, 0, &w.err), &w.err);
    CHECK_OK(dictdb_batch_update_where(batch, w.table, NTS("n = 2"), NTS("s = ?1"), NTS(params), &w.err), &w.err);
    limit_memory();
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(dictdb_batch_commit(batch, &w.out, &w.err), DICTDB_STATUS_OUT_OF_MEMORY, &w.err);
        CHECK_INT(json_integer(dictdb_error_detail(w.err), "operation"), 3);
        CHECK(json_integer(dictdb_error_detail(w.err), "bytes") > 0);
        CHECK_EMPTY(w.out);
        CHECK_OK(dictdb_table_count(other, NULL, &count, &w.err), &w.err);
        CHECK_INT(count, 0);
        CHECK_OK(dictdb_table_count_where(w.table, NTS("n = 1 AND s = ''"), NULL, 0, &count, &w.err), &w.err);
        CHECK_INT(count, RECORDS);
        CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, NULL, &w.err), &w.err);
        CHECK_TEXT(w.out, "[]");
    }
    lift_limit();
    CHECK_OK(dictdb_table_statistics(w.table, &w.out, &w.err), &w.err);
    CHECK_INT(json_integer(w.out.data, "updated"), 0);
    CHECK_INT(json_integer(w.out.data, "deleted"), 0);
    CHECK_OK(dictdb_batch_commit(batch, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"key\":1},{\"count\":1},{\"count\":999},{\"count\":999}]");
    CHECK_OK(dictdb_batch_commit(batch, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    dictdb_batch_free(batch);
    dictdb_watch_free(watch);
    dictdb_table_free(other);
    free(params);
    world_close(&w);
}

/** Records that were added while there was memory need as much again when they are stored. */
static void committing_large_records(void) {
    world w = two_records();
    dictdb_batch *batch = NULL;
    char *record = text_of("{\"s\":\"", LARGE, "\"}");
    CHECK_OK(dictdb_batch_new(&batch, &w.err), &w.err);
    CHECK_OK(dictdb_batch_delete_by_key(batch, w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_batch_insert(batch, w.table, NTS(record), &w.err), &w.err);
    limit_memory();
    CHECK_STATUS(dictdb_batch_commit(batch, &w.out, &w.err), DICTDB_STATUS_OUT_OF_MEMORY, &w.err);
    CHECK_INT(json_integer(dictdb_error_detail(w.err), "operation"), 1);
    CHECK_EMPTY(w.out);
    CHECK_OK(dictdb_batch_clear(batch, &w.err), &w.err);
    check_unchanged_and_usable(&w);
    dictdb_batch_free(batch);
    free(record);
    world_close(&w);
}

/** Texts get longer, so that memory runs out at each of the places where they are copied. The last operation fails in any case. */
static void doing_a_batch_of_text(void) {
    static const char *const BEFORE[] = {
        "[{\"delete\":\"t\",\"key\":1},{\"insert\":\"t\",\"record\":{\"s\":\"",
        "[{\"delete\":\"t\",\"key\":1},{\"insert_many\":\"t\",\"records\":[{},{\"s\":\"",
        "[{\"delete\":\"t\",\"key\":1},{\"upsert\":\"t\",\"record\":{\"id\":2,\"s\":\"",
        "[{\"delete\":\"t\",\"key\":1},{\"update\":\"t\",\"key\":2,\"changes\":{\"s\":\"",
        "[{\"delete\":\"t\",\"key\":1},{\"update\":\"t\",\"where\":\"TRUE\",\"set\":\"s = ?1\",\"params\":[\"",
        "[{\"delete\":\"t\",\"key\":1},{\"update\":\"t\",\"where\":\"TRUE\",\"set\":\"s = '",
        "[{\"delete\":\"t\",\"key\":1},{\"delete\":\"t\",\"where\":\"a != '",
        "[{\"delete\":\"t\",\"key\":1},{\"delete\":\"t\",\"key\":\"",
    };
    static const char *const AFTER[] = {"\"}}", "\"}]}", "\"}}", "\"}}", "\"]}", "'\"}", "'\"}", "\"}"};
    enum { FORMS = sizeof BEFORE / sizeof BEFORE[0] };
    world w = two_records();
    for (int i = 0; i < FORMS; i++) {
        int missed = 0;
        int done = 0;
        for (size_t size = MEBI; size <= LARGE_TEXT; size += 3 * MEBI / 2) {
            char after[80];
            snprintf(after, sizeof after, "%s,{\"delete\":\"t\",\"key\":\"nobody\"}]", AFTER[i]);
            char *text = text_of(BEFORE[i], size, after);
            limit_memory();
            dictdb_status status = dictdb_db_batch(w.db, NTS(text), &w.out, &w.err);
            CHECK(status == DICTDB_STATUS_OUT_OF_MEMORY || status == DICTDB_STATUS_RECORD_NOT_FOUND);
            CHECK_EMPTY(w.out);
            *(status == DICTDB_STATUS_OUT_OF_MEMORY ? &missed : &done) += 1;
            lift_limit();
            CHECK_RECORDS(w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
            free(text);
        }
        CHECK(missed > 0 && done > 0);
    }
    check_unchanged_and_usable(&w);
    world_close(&w);
}

/** As above, of many small operations. */
static void doing_a_batch_of_many_operations(void) {
    enum { OPERATIONS = 400000 };
    static const char ONE[] = ",{\"insert\":\"t\",\"record\":{\"a\":1}}";
    world w = two_records();
    const size_t len = sizeof ONE - 1;
    char *text = check_memory(OPERATIONS * len + 2);
    for (size_t i = 0; i < OPERATIONS; i++) {
        memcpy(text + i * len, ONE, len);
    }
    text[0] = '[';
    memcpy(text + (size_t)OPERATIONS * len, "]", 2);
    limit_memory();
    CHECK_STATUS(dictdb_db_batch(w.db, NTS(text), &w.out, &w.err), DICTDB_STATUS_OUT_OF_MEMORY, &w.err);
    CHECK_EMPTY(w.out);
    check_unchanged_and_usable(&w);
    free(text);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ watches */

static void polling(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    uint64_t last = 77;
    char *record = text_of("{\"s\":\"", MEBI, "\"}");
    CHECK_OK(dictdb_table_watch(w.table, NTS("{\"max_bytes\":1000000000}"), &watch, &w.err), &w.err);
    for (int i = 0; i < ROWS; i++) {
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    limit_memory();
    for (int i = 0; i < 3; i++) {
        CHECK_NO_MEMORY(dictdb_watch_poll(watch, 0, 0, 0, &w.out, &last, &w.err), &w.err);
        CHECK_EMPTY(w.out);
        CHECK_INT(last, 77);
    }
    /* A few at a time they can be had. */
    last = 0;
    for (uint64_t i = 1; i <= 3; i++) {
        CHECK_OK(dictdb_watch_poll(watch, last, 1, 0, &w.out, &last, &w.err), &w.err);
        CHECK_INT(last, i);
    }
    lift_limit();
    CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, &last, &w.err), &w.err);
    CHECK_INT(check_ids(&w.out, 1), ROWS + 1);
    CHECK_INT(last, ROWS);
    dictdb_watch_free(watch);
    free(record);
    world_close(&w);
}

/**
 * A write that could be done is in the watch, or the reader is told that changes are missing; one that could not is not in it. Records get
 * larger, so that memory runs out at each of the places where they are copied.
 */
static void writing_what_is_watched(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    dictdb_batch *batch = NULL;
    dictdb_buffer keys = DICTDB_BUFFER_INIT;
    uint64_t seen = 0;
    uint64_t before = 0;
    uint64_t last = 0;
    int done = 0;
    int refused = 0;
    int lost = 0;
    CHECK_OK(dictdb_db_watch(w.db, NTS("{\"max_bytes\":1000000000}"), &watch, &w.err), &w.err);
    CHECK_OK(dictdb_batch_new(&batch, &w.err), &w.err);
    for (size_t size = 1; size <= 64; size++) {
        /* What comes with its key is stored without a copy on the way: then there may be memory for the record, and none to note it. */
        char start[64] = "{\"s\":\"";
        if (size % 3 == 0) {
            snprintf(start, sizeof start, "{\"id\":%zu,\"s\":\"", 1000 * size);
        }
        char *record = text_of(start, size * MEBI / 4, "\"}");
        uint64_t count = 0;
        uint64_t records = 1;
        CHECK_OK(dictdb_table_count(w.table, NULL, &before, &w.err), &w.err);
        dictdb_status status;
        if (size % 3 == 0) {
            limit_memory();
            status = dictdb_table_insert(w.table, NTS(record), &keys, &w.err);
        } else if (size % 3 == 1) {
            /* Of three there may be memory for the records, and for the copies of some of them only. */
            size_t len = strlen(record);
            char *list = check_memory(3 * len + 5);
            records = 3;
            snprintf(list, 3 * len + 5, "[%s,%s,%s]", record, record, record);
            limit_memory();
            status = dictdb_table_insert_many(w.table, NTS(list), &keys, &w.err);
            free(list);
        } else {
            CHECK_OK(dictdb_batch_insert(batch, w.table, NTS(record), &w.err), &w.err);
            limit_memory();
            status = dictdb_batch_commit(batch, &keys, &w.err);
        }
        lift_limit();
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_OUT_OF_MEMORY);
        CHECK_OK(dictdb_batch_clear(batch, &w.err), &w.err);
        CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
        CHECK_INT(count, before + (status == DICTDB_STATUS_OK ? records : 0));
        dictdb_status polled = dictdb_watch_poll(watch, seen, 0, 0, &w.out, &last, NULL);
        if (status != DICTDB_STATUS_OK) {
            CHECK_INT(polled, DICTDB_STATUS_OK);
            CHECK_TEXT(w.out, "[]");
            refused++;
        } else if (polled == DICTDB_STATUS_UNAVAILABLE) {
            CHECK_OK(dictdb_watch_last(watch, &last, &w.err), &w.err);
            CHECK_INT(last, seen + records);
            lost++;
        } else {
            CHECK_INT(polled, DICTDB_STATUS_OK);
            CHECK_CONTAINS(w.out.data, "\"operation\":\"insert\"");
            CHECK_INT(last, seen + records);
            done++;
        }
        seen = last;
        free(record);
    }
    CHECK(done > 0 && refused > 0 && lost > 0);
    dictdb_buffer_free(&keys);
    dictdb_batch_free(batch);
    dictdb_watch_free(watch);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------------------- cases */

CASE(copying)
/** Of each kind: a tree of so many entries does not fit. The table stays as it was, and gets its index when there is memory again. */
static void creating_an_index(void) {
    enum { CHUNK = 50000, CHUNKS = 24 };
    static const char *const INDEXES[] = {"{\"fields\":\"n\",\"kind\":\"sorted\"}", "{\"fields\":[\"n\",\"id\"],\"kind\":\"hash\"}",
                                          "{\"fields\":\"n\",\"kind\":\"sorted\",\"unique\":true}"};
    world w = world_open(NULL);
    char *records = check_memory(CHUNK * 16 + 8);
    uint64_t count = 0;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        size_t used = 0;
        for (int i = 0; i < CHUNK; i++) {
            used += (size_t)snprintf(records + used, 17, "%s{\"n\":%d}", i == 0 ? "[" : ",", (chunk * CHUNK + i) % 1000000);
        }
        records[used++] = ']';
        CHECK_OK(dictdb_table_insert_many(w.table, records, used, NULL, &w.err), &w.err);
    }
    free(records);
    for (int i = 0; i < 3; i++) {
        limit_memory();
        CHECK_NO_MEMORY(dictdb_table_create_index(w.table, NTS(INDEXES[i]), &w.err), &w.err);
        lift_limit();
        CHECK_OK(dictdb_table_describe(w.table, &w.out, &w.err), &w.err);
        CHECK_MEMBER(w.out.data, "indexes", "[]");
    }
    CHECK_OK(dictdb_table_count_where(w.table, NTS("n < 7"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 14);
    CHECK_OK(dictdb_table_create_index(w.table, NTS(INDEXES[0]), &w.err), &w.err);
    CHECK_OK(dictdb_table_count_where(w.table, NTS("n < 7"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, 14);
    world_close(&w);
}

CASE(creating_an_index)
CASE(writing_beside_a_snapshot)
CASE(opening_a_cursor)
CASE(lending_large_records)
CASE(taking_many_large_rows)
CASE(taking_a_large_row)
CASE(taking_rows_that_are_made)
CASE(adding_to_a_batch)
CASE(committing)
CASE(committing_large_records)
CASE(doing_a_batch_of_text)
CASE(doing_a_batch_of_many_operations)
CASE(polling)
CASE(writing_what_is_watched)

int main(void) {
    if (check_rounds(100) < 100) {
        printf("an instrumented build needs address space of its own\n");
        return check_finish();
    }
    RUN(copying_may_run_out);
    RUN(creating_an_index_may_run_out);
    RUN(writing_beside_a_snapshot_may_run_out);
    RUN(opening_a_cursor_may_run_out);
    RUN(lending_large_records_may_run_out);
    RUN(taking_many_large_rows_may_run_out);
    RUN(taking_a_large_row_may_run_out);
    RUN(taking_rows_that_are_made_may_run_out);
    RUN(adding_to_a_batch_may_run_out);
    RUN(committing_may_run_out);
    RUN(committing_large_records_may_run_out);
    RUN(doing_a_batch_of_text_may_run_out);
    RUN(doing_a_batch_of_many_operations_may_run_out);
    RUN(polling_may_run_out);
    RUN(writing_what_is_watched_may_run_out);
    return check_finish();
}
