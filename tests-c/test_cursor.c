/*
 * Tests: cursors: that they give the rows of the query, in its order, however they are taken; that lent rows stay as they are; the sizes of
 * batches; the end; writers, drops and frees between and during steps; several threads on one cursor.
 * Does not test: cursors that are cancelled (test_cancel), which rows a query has (test_query), the memory of cursors (test_snapshot_memory).
 */
#include "cursor.h"
#include <pthread.h>
#include <sched.h>

/* ---------------------------------------------------------------------------------------------------------------- taking rows */

/** Rows as one JSON array. */
typedef struct {
    char *data;
    size_t len;
    size_t capacity;
    uint64_t rows;
} list;

static void add(list *l, const char *bytes, size_t len) {
    if (l->len + len + 1 > l->capacity) {
        l->capacity = 2 * (l->len + len + 1);
        l->data = realloc(l->data, l->capacity);
        if (l->data == NULL) {
            abort();
        }
    }
    memcpy(l->data + l->len, bytes, len);
    l->len += len;
    l->data[l->len] = '\0';
}

/** Adds some rows, as they stand between the brackets of an array. */
static void add_rows(list *l, const char *bytes, size_t len, uint64_t rows) {
    add(l, l->rows == 0 ? "[" : ",", 1);
    add(l, bytes, len);
    l->rows += rows;
}

static void finish(list *l) {
    add(l, l->rows == 0 ? "[]" : "]", l->rows == 0 ? 2 : 1);
}

static void add_batch(list *l, const dictdb_buffer *batch, uint64_t count, int32_t form) {
    CHECK(count > 0 && batch->data != NULL && batch->len >= 2 && batch->data[batch->len] == '\0');
    if (form == DICTDB_ROWS_ARRAY) {
        CHECK(batch->data[0] == '[' && batch->data[batch->len - 1] == ']');
        add_rows(l, batch->data + 1, batch->len - 2, count);
        return;
    }
    uint64_t lines = 0;
    for (const char *at = batch->data; at < batch->data + batch->len; lines++) {
        const char *end = strchr(at, '\n');
        CHECK(end != NULL);
        end = end == NULL ? batch->data + batch->len : end;
        add_rows(l, at, (size_t)(end - at), 1);
        at = end + 1;
    }
    CHECK_INT(lines, count);
}

/** A way of taking rows: `max_rows` of 0 and `max_bytes` of 0 mean `dictdb_cursor_next`; in a mixed way every other step is one. */
typedef struct {
    const char *name;
    uint64_t max_rows;
    size_t max_bytes;
    int32_t form;
    bool is_mixed;
} way;

static const way WAYS[] = {
    {"one at a time", 0, 0, 0, false},
    {"arrays of one", 1, 0, DICTDB_ROWS_ARRAY, false},
    {"arrays of 7", 7, 0, DICTDB_ROWS_ARRAY, false},
    {"arrays of 64", 64, 0, DICTDB_ROWS_ARRAY, false},
    {"arrays of 1,000", 1000, 0, DICTDB_ROWS_ARRAY, false},
    {"one array", UINT64_MAX, SIZE_MAX, DICTDB_ROWS_ARRAY, false},
    {"lines, 3 at a time", 3, 0, DICTDB_ROWS_LINES, false},
    {"lines of 500 bytes", 0, 500, DICTDB_ROWS_LINES, false},
    {"in turn one and an array of 10", 10, 0, DICTDB_ROWS_ARRAY, true},
    {"in turn one and lines of 300 bytes", 0, 300, DICTDB_ROWS_LINES, true},
};

enum { WAYS_COUNT = sizeof WAYS / sizeof WAYS[0] };

/** Takes rows in a way, `steps` times at most; the status of the last step. */
static dictdb_status take(dictdb_cursor *cursor, const way *by, uint64_t steps, list *l, dictdb_buffer *out) {
    dictdb_status status = DICTDB_STATUS_OK;
    for (uint64_t step = 0; step < steps && status == DICTDB_STATUS_OK; step++) {
        if ((by->max_rows == 0 && by->max_bytes == 0) || (by->is_mixed && step % 2 == 0)) {
            const char *row = NULL;
            size_t len = 0;
            status = dictdb_cursor_next(cursor, &row, &len, NULL);
            if (status == DICTDB_STATUS_OK) {
                add_rows(l, row, len, 1);
            }
        } else {
            uint64_t count = 77;
            status = dictdb_cursor_next_batch(cursor, by->max_rows, by->max_bytes, by->form, out, &count, NULL);
            if (status == DICTDB_STATUS_OK) {
                CHECK(by->max_rows == 0 || count <= by->max_rows);
                add_batch(l, out, count, by->form);
            }
        }
    }
    return status;
}

static dictdb_cursor *open_cursor(const dictdb_table *table, const char *spec, const char *params) {
    dictdb_cursor *cursor = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_table_cursor(table, NTS(spec), NTS(params), &cursor, &error), &error);
    CHECK(cursor != NULL);
    dictdb_error_free(error);
    return cursor;
}

static dictdb_cursor *open_cursor_of_query(const dictdb_table *table, const char *spec, const char *params) {
    dictdb_cursor *cursor = NULL;
    dictdb_query *query = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_query_new(NULL, NTS(spec), &query, &error), &error);
    CHECK_OK(dictdb_query_cursor(query, table, NTS(params), &cursor, &error), &error);
    dictdb_query_free(query);
    dictdb_error_free(error);
    return cursor;
}

/** A cursor gives these rows and ends, and frees it. */
static void check_rows(int line, const char *what, dictdb_cursor *cursor, const way *by, const dictdb_buffer *expected, uint64_t count) {
    list taken = {NULL, 0, 0, 0};
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    char label[500];
    snprintf(label, sizeof label, "%s, %s", what == NULL ? "all" : what, by->name);
    check_integer(__FILE__, line, label, take(cursor, by, UINT64_MAX, &taken, &out), DICTDB_STATUS_RECORD_NOT_FOUND);
    finish(&taken);
    check_string(__FILE__, line, label, taken.data, expected->data);
    check_integer(__FILE__, line, label, (int64_t)taken.rows, (int64_t)count);
    free(taken.data);
    dictdb_buffer_free(&out);
    dictdb_cursor_free(cursor);
}

/** In each way a cursor gives what the query gives. */
static void check_gives(int line, const dictdb_table *table, const char *spec, const char *params) {
    dictdb_buffer expected = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t count = 0;
    CHECK_OK(dictdb_table_query(table, NTS(spec), NTS(params), &expected, &count, &error), &error);
    for (int i = 0; i < WAYS_COUNT; i++) {
        dictdb_cursor *cursor = i % 2 == 0 ? open_cursor(table, spec, params) : open_cursor_of_query(table, spec, params);
        check_rows(line, spec, cursor, &WAYS[i], &expected, count);
    }
    dictdb_buffer_free(&expected);
}

#define CHECK_GIVES(table, spec, params) check_gives(__LINE__, table, spec, params)

/* ----------------------------------------------------------------------------------------------------- the rows of the query */

typedef struct {
    const char *spec;
    const char *params;
} query_case;

static const query_case CASES[] = {
    {NULL, NULL},
    {"{}", NULL},
    {"{\"where\":\"age >= 10 AND age < ?1\"}", "[20]"},
    {"{\"where\":\"dept = 'B'\"}", NULL},
    {"{\"where\":\"dept IS NULL\"}", NULL},
    {"{\"where\":\"dept = 'A' AND age > 25\"}", NULL},
    {"{\"where\":\"dept = ?1 OR age = ?2\"}", "[\"C\",7]"},
    {"{\"where\":\"dept IN ('A','C') AND at.city = 'city 2'\"}", NULL},
    {"{\"where\":\"name LIKE 'name 1%' AND mixed != 1\"}", NULL},
    {"{\"where\":\"id = 77\"}", NULL},
    {"{\"where\":\"id IN (500,3,77,12345,3)\"}", NULL},
    {"{\"where\":\"FALSE\"}", NULL},
    {"{\"where\":\"age = 1000\"}", NULL},
    {"{\"order_by\":\"age\"}", NULL},
    {"{\"order_by\":\"-age\"}", NULL},
    {"{\"order_by\":[\"dept\",\"age\"]}", NULL},
    {"{\"order_by\":[\"-dept\",\"-age\"]}", NULL},
    {"{\"order_by\":[\"-dept\",\"age\"]}", NULL},
    {"{\"order_by\":\"mixed\"}", NULL},
    {"{\"order_by\":\"-mixed\"}", NULL},
    {"{\"order_by\":\"name\"}", NULL},
    {"{\"order_by\":\"-at.city\",\"where\":\"age < 30\"}", NULL},
    {"{\"order_by\":\"age\",\"where\":\"dept = 'A'\"}", NULL},
    {"{\"order_by\":\"-age\",\"where\":\"age BETWEEN 5 AND 15\"}", NULL},
    {"{\"limit\":0}", NULL},
    {"{\"limit\":1}", NULL},
    {"{\"limit\":65,\"offset\":63}", NULL},
    {"{\"offset\":690}", NULL},
    {"{\"offset\":10000}", NULL},
    {"{\"limit\":-1,\"offset\":-5}", NULL},
    {"{\"where\":\"age > 5\",\"limit\":100,\"offset\":50}", NULL},
    {"{\"where\":\"dept = 'D'\",\"limit\":\"?1\",\"offset\":\"?2\"}", "[20,7]"},
    {"{\"order_by\":\"age\",\"limit\":30}", NULL},
    {"{\"order_by\":\"-age\",\"limit\":30,\"offset\":333}", NULL},
    {"{\"order_by\":[\"dept\",\"-name\"],\"limit\":300,\"offset\":100}", NULL},
    {"{\"columns\":[\"name\",\"at.city\",\"nothing\",\"mixed\"]}", NULL},
    {"{\"columns\":{\"a\":\"age\",\"n\":\"name\"},\"order_by\":\"-age\",\"where\":\"dept != 'A'\"}", NULL},
    {"{\"columns\":[\"id\"],\"offset\":1,\"limit\":500}", NULL},
    {"{\"columns\":[\"dept\"],\"distinct\":true}", NULL},
    {"{\"columns\":[\"age\",\"dept\"],\"distinct\":true,\"offset\":3,\"limit\":40}", NULL},
    {"{\"columns\":[\"mixed\"],\"distinct\":true,\"order_by\":\"-mixed\"}", NULL},
    {"{\"distinct\":true,\"where\":\"age < 25\"}", NULL},
    {"{\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"sum(age)\",\"min(name)\",\"max(mixed)\"]}", NULL},
    {"{\"group_by\":[\"age\",\"dept\"],\"aggregates\":{\"n\":\"count()\"},\"order_by\":[\"-n\",\"age\"],\"limit\":50}", NULL},
    {"{\"group_by\":\"at.city\"}", NULL},
    {"{\"aggregates\":[\"count()\",\"avg(age)\",\"count_distinct(dept)\"]}", NULL},
    {"{\"aggregates\":[\"count()\"],\"where\":\"FALSE\"}", NULL},
    {"{\"aggregates\":[\"min(age)\",\"max(age)\"]}", NULL},
};

enum { CASES_COUNT = sizeof CASES / sizeof CASES[0] };

static void check_all_cases(const dictdb_table *table) {
    for (int i = 0; i < CASES_COUNT; i++) {
        CHECK_GIVES(table, CASES[i].spec, CASES[i].params);
    }
}

static void a_cursor_gives_the_rows_of_its_query(void) {
    world w = open_filled(700);
    check_all_cases(w.table);
    world_close(&w);
}

static void a_cursor_gives_the_same_rows_with_any_index(void) {
    static const char *const INDEXES[] = {
        "{\"fields\":\"age\",\"kind\":\"sorted\"}",
        "{\"fields\":\"dept\",\"kind\":\"hash\"}",
        "{\"fields\":[\"dept\",\"age\"],\"kind\":\"sorted\"}",
        "{\"fields\":\"name\",\"kind\":\"sorted\",\"unique\":true}",
        "{\"fields\":\"mixed\",\"kind\":\"sorted\"}",
        "{\"fields\":\"at.city\",\"kind\":\"sorted\"}",
    };
    world all = open_filled(700);
    for (size_t i = 0; i < sizeof INDEXES / sizeof INDEXES[0]; i++) {
        world w = open_filled(700);
        CHECK_OK(dictdb_table_create_index(w.table, NTS(INDEXES[i]), &w.err), &w.err);
        check_all_cases(w.table);
        world_close(&w);
        CHECK_OK(dictdb_table_create_index(all.table, NTS(INDEXES[i]), &all.err), &all.err);
    }
    check_all_cases(all.table);
    world_close(&all);
}

static void a_cursor_gives_all_rows_of_tables_of_any_size(void) {
    static const int SIZES[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 5000};
    static const char *const SPECS[] = {
        NULL, "{\"where\":\"age >= 0\"}", "{\"order_by\":\"-age\"}", "{\"order_by\":\"name\",\"columns\":[\"id\"]}",
        "{\"columns\":[\"name\"],\"distinct\":true}", "{\"group_by\":\"name\",\"aggregates\":[\"count()\"]}",
    };
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        world w = open_filled(SIZES[i]);
        for (size_t j = 0; j < sizeof SPECS / sizeof SPECS[0]; j++) {
            CHECK_GIVES(w.table, SPECS[j], NULL);
        }
        CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), &w.err), &w.err);
        CHECK_GIVES(w.table, SPECS[1], NULL);
        CHECK_GIVES(w.table, SPECS[2], NULL);
        world_close(&w);
    }
}

static void a_cursor_leaps_over_what_was_deleted(void) {
    world w = open_filled(3000);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("id BETWEEN 100 AND 2900 AND id != 1500"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_GIVES(w.table, NULL, NULL);
    CHECK_GIVES(w.table, "{\"where\":\"age > 3\"}", NULL);
    CHECK_GIVES(w.table, "{\"where\":\"age > 3\",\"offset\":90,\"limit\":20}", NULL);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("id > 50"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_GIVES(w.table, NULL, NULL);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_GIVES(w.table, NULL, NULL);
    world_close(&w);
}

static void a_cursor_goes_over_a_snapshot(void) {
    world w = open_filled(700);
    dictdb_table *snapshot = NULL;
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    churn(w.table);
    check_all_cases(snapshot);
    dictdb_cursor *cursor = open_cursor(snapshot, NULL, NULL);
    dictdb_table_free(snapshot);
    check_rows(__LINE__, "the snapshot is freed", cursor, &WAYS[2], &w.out, 700);
    world_close(&w);
}

/* --------------------------------------------------------------------------------------------------------------------- the end */

static void check_ended(dictdb_cursor *cursor, world *w) {
    for (int i = 0; i < 3; i++) {
        const char *row = "not touched";
        size_t len = 77;
        uint64_t count = 77;
        CHECK_STATUS(dictdb_cursor_next(cursor, &row, &len, &w->err), DICTDB_STATUS_RECORD_NOT_FOUND, &w->err);
        CHECK(row == NULL);
        CHECK_INT(len, 0);
        for (int32_t form = DICTDB_ROWS_ARRAY; form <= DICTDB_ROWS_LINES; form++) {
            CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
            CHECK_STATUS(dictdb_cursor_next_batch(cursor, (uint64_t)i, 0, form, &w->out, &count, &w->err), DICTDB_STATUS_RECORD_NOT_FOUND, &w->err);
            CHECK_EMPTY(w->out);
            CHECK_INT(count, 77);
        }
    }
}

static void at_the_end_it_is_told_again_and_again(void) {
    world w = open_filled(10);
    for (int i = 0; i < CASES_COUNT; i++) {
        dictdb_cursor *cursor = open_cursor(w.table, CASES[i].spec, CASES[i].params);
        list taken = {NULL, 0, 0, 0};
        CHECK_INT(take(cursor, &WAYS[i % WAYS_COUNT], UINT64_MAX, &taken, &w.out), DICTDB_STATUS_RECORD_NOT_FOUND);
        check_ended(cursor, &w);
        free(taken.data);
        dictdb_cursor_free(cursor);
    }
    /* Rows that come later do not wake it. */
    dictdb_cursor *cursor = open_cursor(w.table, "{\"where\":\"age < 0\"}", NULL);
    check_ended(cursor, &w);
    INSERT(w, "[{\"age\":-1}]");
    check_ended(cursor, &w);
    dictdb_cursor_free(cursor);
    world_close(&w);
}

static void a_batch_that_takes_the_last_rows_is_no_end(void) {
    world w = open_filled(10);
    uint64_t count = 0;
    dictdb_cursor *cursor = open_cursor(w.table, NULL, NULL);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 7, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 7);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 7, 0, DICTDB_ROWS_LINES, &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 3);
    check_ended(cursor, &w);
    dictdb_cursor_free(cursor);
    cursor = open_cursor(w.table, NULL, NULL);
    CHECK_OK(dictdb_cursor_next_batch(cursor, 10, 0, DICTDB_ROWS_ARRAY, &w.out, NULL, &w.err), &w.err);
    check_ended(cursor, &w);
    dictdb_cursor_free(cursor);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ lent rows */

static void a_lent_row_stays_as_it_is_until_the_next_step(void) {
    world w = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    for (int i = 0; i < CASES_COUNT; i++) {
        w = open_filled(150);
        dictdb_cursor *cursor = open_cursor(w.table, CASES[i].spec, CASES[i].params);
        const char *row = NULL;
        size_t len = 0;
        for (int step = 0; step < 30 && dictdb_cursor_next(cursor, &row, &len, NULL) == DICTDB_STATUS_OK; step++) {
            char *copy = check_memory(len + 1);
            memcpy(copy, row, len);
            if (step % 3 == 0) {
                churn(w.table);
                fill(w.table, 1000, 200);
            }
            if (step == 20) {
                CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
                dictdb_table_free(w.table);
                CHECK_OK(dictdb_db_create_table(w.db, NTS("t"), NULL, 0, &w.table, &w.err), &w.err);
                fill(w.table, 1, 300);
            }
            CHECK(memcmp(copy, row, len) == 0);
            free(copy);
        }
        dictdb_cursor_free(cursor);
        world_close(&w);
    }
}

static void whole_records_are_lent_and_not_copied(void) {
    static const char *const SPECS[] = {
        NULL, "{\"where\":\"age > 10\"}", "{\"order_by\":\"-age\"}", "{\"order_by\":\"name\",\"limit\":100}",
        "{\"where\":\"id IN (5,7,9)\"}", "{\"distinct\":true}",
    };
    world w = open_filled(500);
    dictdb_table *snapshot = NULL;
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        dictdb_cursor *first = open_cursor(snapshot, SPECS[i], NULL);
        dictdb_cursor *second = open_cursor_of_query(snapshot, SPECS[i], NULL);
        const char *row = NULL;
        const char *same = NULL;
        size_t len = 0;
        size_t same_len = 0;
        while (dictdb_cursor_next(first, &row, &len, NULL) == DICTDB_STATUS_OK) {
            CHECK_INT(dictdb_cursor_next(second, &same, &same_len, NULL), DICTDB_STATUS_OK);
            CHECK(row == same && len == same_len);
        }
        CHECK_INT(dictdb_cursor_next(second, &same, &same_len, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
        dictdb_cursor_free(first);
        dictdb_cursor_free(second);
    }
    dictdb_table_free(snapshot);
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------- what happens between steps */

/** Another change each time. */
static void change_in_turn(world *w, int number) {
    switch (number) {
    case 0:
        fill(w->table, 5000, 50);
        break;
    case 2:
        CHECK_OK(dictdb_table_update_where(w->table, NTS("age < 40"), NTS("age = 49 - age, dept = 'A'"), NULL, 0, NULL, &w->err), &w->err);
        break;
    case 3:
        CHECK_OK(dictdb_table_update_where(w->table, NTS("id < 200"), NTS("id = id + 9000"), NULL, 0, NULL, &w->err), &w->err);
        break;
    case 4:
        churn(w->table);
        break;
    case 5:
        CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"name\",\"kind\":\"hash\"}"), &w->err), &w->err);
        break;
    case 6:
        CHECK_OK(dictdb_table_drop_index(w->table, NTS("\"name\""), &w->err), &w->err);
        break;
    default:
        break;
    }
}

static void a_cursor_is_of_its_instant(void) {
    for (int i = 0; i < CASES_COUNT; i++) {
        for (int indexed = 0; indexed < 2; indexed++) {
            world w = open_filled(300);
            uint64_t count = 0;
            if (indexed == 1) {
                CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), &w.err), &w.err);
                CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"dept\",\"kind\":\"hash\"}"), &w.err), &w.err);
            }
            dictdb_buffer expected = DICTDB_BUFFER_INIT;
            CHECK_OK(dictdb_table_query(w.table, NTS(CASES[i].spec), NTS(CASES[i].params), &expected, &count, &w.err), &w.err);
            dictdb_cursor *cursor = open_cursor(w.table, CASES[i].spec, CASES[i].params);
            list taken = {NULL, 0, 0, 0};
            dictdb_status status = DICTDB_STATUS_OK;
            for (int change = 0; status == DICTDB_STATUS_OK; change++) {
                change_in_turn(&w, change);
                status = take(cursor, &WAYS[(i + change) % WAYS_COUNT], 1, &taken, &w.out);
            }
            CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
            finish(&taken);
            check_string(__FILE__, __LINE__, CASES[i].spec, taken.data, expected.data);
            CHECK_INT(taken.rows, count);
            free(taken.data);
            dictdb_cursor_free(cursor);
            dictdb_buffer_free(&expected);
            world_close(&w);
        }
    }
}

static void a_cursor_outlives_query_table_and_database(void) {
    for (int i = 0; i < CASES_COUNT; i++) {
        world w = open_filled(300);
        uint64_t count = 0;
        dictdb_query *query = NULL;
        dictdb_cursor *cursor = NULL;
        dictdb_buffer expected = DICTDB_BUFFER_INIT;
        list taken = {NULL, 0, 0, 0};
        CHECK_OK(dictdb_query_new(NULL, NTS(CASES[i].spec), &query, &w.err), &w.err);
        CHECK_OK(dictdb_query_run(query, w.table, NTS(CASES[i].params), &expected, &count, &w.err), &w.err);
        CHECK_OK(dictdb_query_cursor(query, w.table, NTS(CASES[i].params), &cursor, &w.err), &w.err);
        dictdb_status status = take(cursor, &WAYS[0], 3, &taken, &w.out);
        CHECK(status == DICTDB_STATUS_OK || count < 3);
        dictdb_query_free(query);
        if (i % 2 == 0) {
            CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
        }
        dictdb_table_free(w.table);
        status = take(cursor, &WAYS[2], 3, &taken, &w.out);
        dictdb_db_free(w.db);
        status = take(cursor, &WAYS[8], UINT64_MAX, &taken, &w.out);
        CHECK_INT(status, DICTDB_STATUS_RECORD_NOT_FOUND);
        finish(&taken);
        CHECK_STRING(taken.data, expected.data);
        CHECK_INT(taken.rows, count);
        free(taken.data);
        dictdb_cursor_free(cursor);
        dictdb_buffer_free(&expected);
        world_close(&w);
    }
}

/* ------------------------------------------------------------------------------------------------------------ wrong arguments */

static void a_cursor_that_cannot_be_made_is_null(void) {
    static const struct {
        const char *spec;
        const char *params;
        dictdb_status status;
    } WRONG[] = {
        {"[]", NULL, DICTDB_STATUS_INVALID_JSON},
        {"{\"where\":", NULL, DICTDB_STATUS_INVALID_JSON},
        {"{\"nothing\":1}", NULL, DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"where\":\"a =\"}", NULL, DICTDB_STATUS_PARSE},
        {"{\"order_by\":\"a..b\"}", NULL, DICTDB_STATUS_PARSE},
        {"{\"where\":\"age = ?1\"}", NULL, DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"where\":\"age = ?1\"}", "[]", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"where\":\"age = ?1\"}", "[1,2]", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"where\":\"age IN ?1\"}", "[1]", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"where\":\"age = ?1\"}", "[1", DICTDB_STATUS_INVALID_JSON},
        {"{\"limit\":\"?1\"}", "[\"x\"]", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"aggregates\":[\"sum(name)\"]}", NULL, DICTDB_STATUS_TYPE_MISMATCH},
        {"{\"group_by\":\"dept\",\"columns\":[\"dept\"]}", NULL, DICTDB_STATUS_INVALID_ARGUMENT},
    };
    world w = open_filled(10);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        dictdb_cursor *cursor = (dictdb_cursor *)(uintptr_t)77;
        CHECK_STATUS(dictdb_table_cursor(w.table, NTS(WRONG[i].spec), NTS(WRONG[i].params), &cursor, &w.err), WRONG[i].status, &w.err);
        CHECK(cursor == NULL);
    }
    CHECK_OK(dictdb_table_statistics(w.table, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "snapshots", "0");
    world_close(&w);
}

static void wrong_handles_and_pointers_are_refused(void) {
    world w = open_filled(10);
    dictdb_cursor *cursor = (dictdb_cursor *)(uintptr_t)77;
    dictdb_query *query = NULL;
    CHECK_OK(dictdb_query_new(NULL, NULL, 0, &query, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_query_cursor(query, w.table, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_cursor(NULL, NULL, 0, NULL, 0, &cursor, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(cursor == NULL);
    cursor = (dictdb_cursor *)(uintptr_t)77;
    CHECK_STATUS(dictdb_query_cursor(NULL, w.table, NULL, 0, &cursor, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(cursor == NULL);
    CHECK_STATUS(dictdb_query_cursor(query, NULL, NULL, 0, &cursor, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_STATUS(dictdb_query_cursor((dictdb_query *)w.table, w.table, NULL, 0, &cursor, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_STATUS(dictdb_query_cursor(query, (dictdb_table *)query, NULL, 0, &cursor, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_STATUS(dictdb_query_cursor(query, w.table, NTS("[1]"), &cursor, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK(cursor == NULL);

    dictdb_cursor *freed = open_cursor(w.table, NULL, NULL);
    dictdb_cursor_free(freed);
    dictdb_cursor_free(freed);
    dictdb_cursor_free(NULL);
    dictdb_cursor_free((dictdb_cursor *)(uintptr_t)0x1234);
    dictdb_cursor *const wrong[] = {NULL, freed, (dictdb_cursor *)w.table, (dictdb_cursor *)query, (dictdb_cursor *)(uintptr_t)0x1234};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *row = "not touched";
        size_t len = 77;
        uint64_t count = 77;
        CHECK_STATUS(dictdb_cursor_next(wrong[i], &row, &len, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
        CHECK(row == NULL);
        CHECK_INT(len, 0);
        CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
        CHECK_STATUS(dictdb_cursor_next_batch(wrong[i], 0, 0, DICTDB_ROWS_ARRAY, &w.out, &count, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
        CHECK_EMPTY(w.out);
        CHECK_INT(count, 77);
    }
    /* A cursor's handle is no other one. */
    cursor = open_cursor(w.table, NULL, NULL);
    dictdb_table_free((dictdb_table *)cursor);
    CHECK_STATUS(dictdb_table_select((dictdb_table *)cursor, NULL, NULL, 0, &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    check_rows(__LINE__, "all", cursor, &WAYS[3], &w.out, 10);

    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, &cursor, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK(cursor == NULL);
    CHECK_STATUS(dictdb_query_cursor(query, w.table, NULL, 0, &cursor, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    dictdb_query_free(query);
    world_close(&w);
}

static void a_step_that_is_refused_takes_no_row(void) {
    world w = open_filled(10);
    dictdb_buffer expected = DICTDB_BUFFER_INIT;
    dictdb_cursor *cursor = open_cursor(w.table, NULL, NULL);
    const char *row = "not touched";
    size_t len = 77;
    uint64_t count = 77;
    CHECK_STATUS(dictdb_cursor_next(cursor, NULL, &len, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_INT(len, 0);
    CHECK_STATUS(dictdb_cursor_next(cursor, &row, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK(row == NULL);
    CHECK_STATUS(dictdb_cursor_next(cursor, NULL, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_cursor_next_batch(cursor, 0, 0, DICTDB_ROWS_ARRAY, NULL, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    static const int32_t FORMS[] = {-1, 2, 77, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
        CHECK_STATUS(dictdb_cursor_next_batch(cursor, 0, 0, FORMS[i], &w.out, &count, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
        CHECK_EMPTY(w.out);
    }
    CHECK_INT(count, 77);
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &expected, NULL, &w.err), &w.err);
    check_rows(__LINE__, "all after refusals", cursor, &WAYS[8], &expected, 10);
    dictdb_buffer_free(&expected);
    world_close(&w);
}

int main(void) {
    RUN(a_cursor_gives_the_rows_of_its_query);
    RUN(a_cursor_gives_the_same_rows_with_any_index);
    RUN(a_cursor_gives_all_rows_of_tables_of_any_size);
    RUN(a_cursor_leaps_over_what_was_deleted);
    RUN(a_cursor_goes_over_a_snapshot);
    RUN(at_the_end_it_is_told_again_and_again);
    RUN(a_batch_that_takes_the_last_rows_is_no_end);
    RUN(a_lent_row_stays_as_it_is_until_the_next_step);
    RUN(whole_records_are_lent_and_not_copied);
    RUN(a_cursor_is_of_its_instant);
    RUN(a_cursor_outlives_query_table_and_database);
    RUN(a_cursor_that_cannot_be_made_is_null);
    RUN(wrong_handles_and_pointers_are_refused);
    RUN(a_step_that_is_refused_takes_no_row);
    return check_finish();
}
