/*
 * Tests: batches of rows: their form, and how many rows are in one.
 * Does not test: which rows a cursor gives (test_cursor).
 */
#include "check.h"

static dictdb_cursor *open_cursor(const dictdb_table *table, const char *spec, const char *params) {
    dictdb_cursor *cursor = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_table_cursor(table, NTS(spec), NTS(params), &cursor, &error), &error);
    CHECK(cursor != NULL);
    dictdb_error_free(error);
    return cursor;
}

/* -------------------------------------------------------------------------------------------------------- the sizes of batches */

static void batches_look_as_told(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1},{\"a\":\"x\\ny\"},{\"a\":[]}]");
    uint64_t count = 0;
    dictdb_cursor *cursor = open_cursor(w.table, NULL, NULL);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 2, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"a\":1,\"id\":1},{\"a\":\"x\\ny\",\"id\":2}]");
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 2, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"a\":[],\"id\":3}]");
    CHECK_INT(count, 1);
    dictdb_cursor_free(cursor);
    cursor = open_cursor(w.table, NULL, NULL);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 2, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":1,\"id\":1}\n{\"a\":\"x\\ny\",\"id\":2}\n");
    CHECK_INT(count, 2);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_LINES, &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":[],\"id\":3}\n");
    dictdb_cursor_free(cursor);
    world_close(&w);
}

/** The lengths of a cursor's rows. */
static size_t *lengths_of(const dictdb_table *table, const char *spec, int rows) {
    size_t *lengths = check_memory((size_t)(rows + 1) * sizeof *lengths);
    dictdb_cursor *cursor = open_cursor(table, spec, NULL);
    const char *row = NULL;
    int at = 0;
    while (at < rows && dictdb_cursor_next(cursor, &row, &lengths[at], NULL) == DICTDB_STATUS_OK) {
        at++;
    }
    CHECK_INT(at, rows);
    dictdb_cursor_free(cursor);
    return lengths;
}

/** Each batch has all rows that fit, the text counted as it is: brackets and commas, or newlines, but not the NUL. */
static void check_batches_are_full(const dictdb_table *table, const char *spec, const size_t *lengths, int rows, uint64_t max_rows, size_t max_bytes,
                                   int32_t form) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_cursor *cursor = open_cursor(table, spec, NULL);
    size_t limit = max_bytes == 0 ? 1024 * 1024 : max_bytes;
    for (int at = 0; at < rows;) {
        uint64_t fitting = 1;
        size_t bytes = lengths[at] + (form == DICTDB_ROWS_ARRAY ? 2 : 1);
        while (at + (int)fitting < rows && (max_rows == 0 || fitting < max_rows) && bytes + lengths[at + (int)fitting] + 1 <= limit) {
            bytes += lengths[at + (int)fitting] + 1;
            fitting++;
        }
        uint64_t count = 77;
        dictdb_status status = dictdb_cursor_next_batch(cursor, max_rows, max_bytes, form, &out, &count, NULL);
        if (status != DICTDB_STATUS_OK || count != fitting || out.len != bytes) {
            fprintf(stderr, "at row %d, of %zu bytes at most in form %d: %s, %" PRIu64 " rows of %zu bytes, not %" PRIu64 " of %zu\n", at,
                    max_bytes, form, dictdb_status_name(status), count, out.len, fitting, bytes);
            CHECK(false);
            break;
        }
        at += (int)fitting;
    }
    dictdb_cursor_free(cursor);
    dictdb_buffer_free(&out);
}

static void a_batch_has_all_rows_that_fit_and_one_always(void) {
    enum { ROWS = 60 };
    static const char *const SPECS[] = {NULL, "{\"columns\":[\"id\",\"name\"],\"order_by\":\"-name\"}", "{\"columns\":[\"name\"],\"distinct\":true}"};
    world w = world_open(NULL);
    for (int i = 1; i <= ROWS; i++) {
        char record[300];
        snprintf(record, sizeof record, "{\"name\":\"%0*d\",\"age\":%d}", i % 4 == 1 ? i * 2 : i % 11, i, i);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        size_t *lengths = lengths_of(w.table, SPECS[i], ROWS);
        for (int32_t form = DICTDB_ROWS_ARRAY; form <= DICTDB_ROWS_LINES; form++) {
            for (size_t max_bytes = 1; max_bytes < 700; max_bytes++) {
                check_batches_are_full(w.table, SPECS[i], lengths, ROWS, max_bytes % 3 == 0 ? 4 : 0, max_bytes, form);
            }
        }
        free(lengths);
    }
    world_close(&w);
}

static void without_a_limit_a_batch_has_a_mebibyte(void) {
    enum { ROWS = 1200 };
    world w = world_open(NULL);
    char *record = check_memory(5000);
    for (int i = 0; i < ROWS; i++) {
        snprintf(record, 5000, "{\"s\":\"%0*d\"}", 2000 + i, i);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    size_t *lengths = lengths_of(w.table, NULL, ROWS);
    for (int32_t form = DICTDB_ROWS_ARRAY; form <= DICTDB_ROWS_LINES; form++) {
        check_batches_are_full(w.table, NULL, lengths, ROWS, 0, 0, form);
        check_batches_are_full(w.table, NULL, lengths, ROWS, 0, SIZE_MAX, form);
        check_batches_are_full(w.table, NULL, lengths, ROWS, 1000, 0, form);
    }
    free(lengths);
    free(record);
    world_close(&w);
}

static void a_row_that_is_larger_than_the_limit_comes_alone(void) {
    enum { LARGE = 3 * 1024 * 1024 };
    world w = world_open(NULL);
    char *record = check_memory(LARGE + 100);
    for (int i = 0; i < 4; i++) {
        size_t len = i % 2 == 0 ? 10 : LARGE;
        size_t used = (size_t)snprintf(record, 100, "{\"s\":\"");
        memset(record + used, 'x', len);
        memcpy(record + used + len, "\"}", 3);
        CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    }
    size_t *lengths = lengths_of(w.table, NULL, 4);
    for (int32_t form = DICTDB_ROWS_ARRAY; form <= DICTDB_ROWS_LINES; form++) {
        check_batches_are_full(w.table, NULL, lengths, 4, 0, 0, form);
        check_batches_are_full(w.table, NULL, lengths, 4, 0, 1, form);
        check_batches_are_full(w.table, NULL, lengths, 4, 0, LARGE + 100, form);
    }
    free(lengths);
    free(record);
    world_close(&w);
}

int main(void) {
    RUN(batches_look_as_told);
    RUN(a_batch_has_all_rows_that_fit_and_one_always);
    RUN(without_a_limit_a_batch_has_a_mebibyte);
    RUN(a_row_that_is_larger_than_the_limit_comes_alone);
    return check_finish();
}
