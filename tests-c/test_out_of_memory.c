/*
 * Tests: OUT_OF_MEMORY from calls that need more than there is: nothing changed, outputs empty, the table usable afterwards.
 * Does not test: needs of a small fixed size, where the process may abort; cursors, batches, copies, watches (test_out_of_memory_state).
 */
#include "out_of_memory.h"

/* ----------------------------------------------------------------------------------------------------------------- writes */

static void inserting_a_large_record(void) {
    world w = two_records();
    char *record = text_of("{\"s\":\"", LARGE, "\"}");
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_insert(w.table, NTS(record), &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    check_unchanged_and_usable(&w);
    free(record);
    world_close(&w);
}

static void inserting_many_records(void) {
    enum { EACH = 1000 };
    world w = two_records();
    char *one = text_of("{\"s\":\"", EACH, "\"},");
    size_t len = strlen(one);
    size_t count = LARGE / len;
    char *records = check_memory(count * len + 3);
    records[0] = '[';
    for (size_t i = 0; i < count; i++) {
        memcpy(records + 1 + i * len, one, len);
    }
    memcpy(records + count * len, "]", 2);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_insert_many(w.table, NTS(records), &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    check_unchanged_and_usable(&w);
    free(one);
    free(records);
    world_close(&w);
}

static void upserting_a_large_record(void) {
    world w = two_records();
    char *taken = text_of("{\"id\":1,\"s\":\"", LARGE, "\"}");
    char *unused = text_of("{\"id\":9,\"s\":\"", LARGE, "\"}");
    int32_t outcome = 77;
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_upsert(w.table, NTS(taken), DICTDB_CONFLICT_UPDATE, &outcome, &w.out, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_table_upsert(w.table, NTS(unused), DICTDB_CONFLICT_UPDATE, &outcome, &w.out, &w.err), &w.err);
    CHECK_INT(outcome, 77);
    check_unchanged_and_usable(&w);
    free(taken);
    free(unused);
    world_close(&w);
}

static void updating_with_a_large_value(void) {
    world w = two_records();
    dictdb_predicate *all = everything();
    char *changes = text_of("{\"s\":\"", LARGE, "\"}");
    uint64_t count = 77;
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_update(w.table, all, NTS(changes), &count, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_table_update_by_key(w.table, NTS("1"), NTS(changes), &w.err), &w.err);
    CHECK_INT(count, 77);
    check_unchanged_and_usable(&w);
    dictdb_predicate_free(all);
    free(changes);
    world_close(&w);
}

static void updating_many_records(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    char *changes = text_of("{\"s\":\"", 100000, "\"}");
    uint64_t count = 77;
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(dictdb_table_insert(w.table, NTS("{\"s\":\"\"}"), NULL, &w.err), &w.err);
    }
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_update(w.table, all, NTS(changes), &count, &w.err), &w.err);
    CHECK_INT(count, 77);
    lift_limit();
    CHECK_SELECT(w, "{\"columns\":[\"s\"],\"distinct\":true}", "[{\"s\":\"\"}]");
    CHECK_OK(dictdb_table_update(w.table, all, NTS("{\"s\":\"y\"}"), &count, &w.err), &w.err);
    CHECK_INT(count, 1000);
    dictdb_predicate_free(all);
    free(changes);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ reads */

static void selecting_large_rows(void) {
    static const char *const OPTIONS[] = {
        "{}", "{\"order_by\":\"-id\"}", "{\"columns\":[\"s\"]}", "{\"columns\":[\"id\",\"s\"],\"distinct\":true}",
    };
    world w = a_full_table();
    uint64_t count = 77;
    limit_memory();
    for (int i = 0; i < 4; i++) {
        CHECK_NO_MEMORY(dictdb_table_select(w.table, NULL, NTS(OPTIONS[i]), &w.out, &count, &w.err), &w.err);
        CHECK_EMPTY(w.out);
        CHECK_INT(count, 77);
    }
    CHECK_SELECT(w, "{\"columns\":[\"id\"],\"limit\":2}", "[{\"id\":1},{\"id\":2}]");
    lift_limit();
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 64);
    world_close(&w);
}

static void getting_large_records(void) {
    world w = world_open(NULL);
    char *record = text_of("{\"s\":\"", LARGE, "\"}");
    char keys[3 * 64 + 2] = "[";
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    for (int i = 0; i < 64; i++) {
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s2", i == 0 ? "" : ",");
    }
    snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "]");
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_get_int(w.table, 2, &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    CHECK_NO_MEMORY(dictdb_table_get(w.table, NTS("2"), &w.out, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_table_get_many(w.table, NTS(keys), &w.out, &w.err), &w.err);
    CHECK_EMPTY(w.out);
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\":1,\"id\":1}");
    free(record);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------ keys, values, options */

static void looking_for_a_large_key(void) {
    world w = two_records();
    char *key = text_of("\"", LARGE, "\"");
    char *keys = text_of("[\"", LARGE, "\"]");
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_get_many(w.table, NTS(keys), &w.out, &w.err), &w.err);
    /* These look for it where it is. */
    CHECK_INT(dictdb_table_get(w.table, NTS(key), &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK_INT(dictdb_table_update_by_key(w.table, NTS(key), NTS("{}"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK_INT(dictdb_table_delete_by_key(w.table, NTS(key), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND);
    check_unchanged_and_usable(&w);
    free(key);
    free(keys);
    world_close(&w);
}

static void making_a_predicate_of_a_large_value(void) {
    static const predicate_maker MAKERS[] = {
        dictdb_predicate_eq,        dictdb_predicate_ne,         dictdb_predicate_gt,     dictdb_predicate_contains,  dictdb_predicate_startswith,
        dictdb_predicate_endswith,  dictdb_predicate_iequals,    dictdb_predicate_icontains, dictdb_predicate_istartswith, dictdb_predicate_iendswith,
    };
    world w = two_records();
    char *value = text_of("\"", LARGE, "\"");
    limit_memory();
    for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++) {
        dictdb_predicate *predicate = NULL;
        CHECK_NO_MEMORY(MAKERS[i](NTS("a"), NTS(value), &predicate, &w.err), &w.err);
        CHECK(predicate == NULL);
    }
    check_unchanged_and_usable(&w);
    free(value);
    world_close(&w);
}

static void making_a_predicate_of_many_values(void) {
    enum { VALUES = 8000000 };
    world w = two_records();
    dictdb_predicate *predicate = NULL;
    char *values = check_memory(2 * VALUES + 2);
    for (size_t i = 0; i < VALUES; i++) {
        memcpy(values + 2 * i, ",1", 2);
    }
    values[0] = '[';
    memcpy(values + 2 * (size_t)VALUES, "]", 2);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_predicate_is_in(NTS("a"), NTS(values), &predicate, &w.err), &w.err);
    CHECK(predicate == NULL);
    check_unchanged_and_usable(&w);
    free(values);
    world_close(&w);
}

static void selecting_with_large_options(void) {
    world w = two_records();
    uint64_t count = 77;
    char *options = text_of("{\"columns\":[\"", LARGE, "\"]}");
    limit_memory();
    CHECK_NO_MEMORY(dictdb_table_select(w.table, NULL, NTS(options), &w.out, &count, &w.err), &w.err);
    CHECK_INT(count, 77);
    check_unchanged_and_usable(&w);
    free(options);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- cases */

CASE(inserting_a_large_record)
CASE(inserting_many_records)
CASE(upserting_a_large_record)
CASE(updating_with_a_large_value)
CASE(updating_many_records)
CASE(selecting_large_rows)
CASE(getting_large_records)
CASE(looking_for_a_large_key)
CASE(making_a_predicate_of_a_large_value)
CASE(making_a_predicate_of_many_values)
CASE(selecting_with_large_options)

int main(void) {
    if (check_rounds(100) < 100) {
        printf("an instrumented build needs address space of its own\n");
        return check_finish();
    }
    RUN(inserting_a_large_record_may_run_out);
    RUN(inserting_many_records_may_run_out);
    RUN(upserting_a_large_record_may_run_out);
    RUN(updating_with_a_large_value_may_run_out);
    RUN(updating_many_records_may_run_out);
    RUN(selecting_large_rows_may_run_out);
    RUN(getting_large_records_may_run_out);
    RUN(looking_for_a_large_key_may_run_out);
    RUN(making_a_predicate_of_a_large_value_may_run_out);
    RUN(making_a_predicate_of_many_values_may_run_out);
    RUN(selecting_with_large_options_may_run_out);
    return check_finish();
}
