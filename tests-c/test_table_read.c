/*
 * Tests: reading by key: get, get_int, get_many; counting.
 * Does not test: select (test_table_select), which records a predicate matches (test_predicate).
 */
#include "check.h"

static world three_records(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1,\"a\":\"one\"},{\"id\":\"k\",\"a\":\"kay\"},{\"id\":-7,\"a\":\"minus\"}]");
    return w;
}

static void get_reads_a_record_by_its_key(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get(w.table, NTS("1"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":1,\"a\":\"one\"}");
    CHECK_OK(dictdb_table_get(w.table, NTS("\"k\""), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":\"k\",\"a\":\"kay\"}");
    CHECK_OK(dictdb_table_get(w.table, NTS("-7"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":-7,\"a\":\"minus\"}");
    world_close(&w);
}

static void get_takes_any_spelling_of_the_key(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get(w.table, NTS(" \t\r\n1 "), &w.out, &w.err), &w.err);
    CHECK_OK(dictdb_table_get(w.table, NTS("\"\\u006b\""), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":\"k\",\"a\":\"kay\"}");
    CHECK_OK(dictdb_table_get(w.table, "123", 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":1,\"a\":\"one\"}");
    world_close(&w);
}

static void get_int_reads_a_record_by_an_integer_key(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":1,\"a\":\"one\"}");
    CHECK_OK(dictdb_table_get_int(w.table, -7, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":-7,\"a\":\"minus\"}");
    world_close(&w);
}

static void a_key_that_is_not_there_is_not_found(void) {
    static const char *const KEYS[] = {"2", "0", "7", "\"1\"", "\"K\"", "\"k \"", "-9223372036854775808", "9223372036854775807"};
    world w = three_records();
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        CHECK_STATUS(dictdb_table_get(w.table, NTS(KEYS[i]), &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
        CHECK_EMPTY(w.out);
    }
    CHECK_STATUS(dictdb_table_get_int(w.table, 2, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_EMPTY(w.out);
    CHECK_STATUS(dictdb_table_get_int(w.table, INT64_MIN, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_table_get_int(w.table, INT64_MAX, &w.out, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    world_close(&w);
}

static void get_refuses_what_is_no_key(void) {
    static const char *const NO_KEYS[] = {"1.0", "1.5", "1e0", "true", "false", "null", "\"\"", "[]", "[1]", "{}", "9223372036854775808"};
    world w = three_records();
    for (size_t i = 0; i < sizeof NO_KEYS / sizeof NO_KEYS[0]; i++) {
        CHECK_STATUS(dictdb_table_get(w.table, NTS(NO_KEYS[i]), &w.out, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
        CHECK_EMPTY(w.out);
    }
    world_close(&w);
}

static void get_refuses_what_is_no_json(void) {
    static const char *const TEXTS[] = {"", " ", "k", "\"k", "1 2", "1,", "01", "'k'", "\"\\ud800\""};
    world w = three_records();
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_STATUS(dictdb_table_get(w.table, NTS(TEXTS[i]), &w.out, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
        CHECK_EMPTY(w.out);
    }
    CHECK_STATUS(dictdb_table_get(w.table, NTS("\"\xff\""), &w.out, &w.err), DICTDB_STATUS_INVALID_UTF8, &w.err);
    world_close(&w);
}

static void get_many_puts_each_record_in_its_keys_place(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[\"k\", 1]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":\"k\",\"a\":\"kay\"},{\"id\":1,\"a\":\"one\"}]");
    world_close(&w);
}

static void get_many_puts_null_where_there_is_no_record(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[2,1,\"1\",-7,\"x\"]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[null,{\"id\":1,\"a\":\"one\"},null,{\"id\":-7,\"a\":\"minus\"},null]");
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[5]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[null]");
    world_close(&w);
}

static void get_many_reads_a_key_as_often_as_it_is_named(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[1,1]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":1,\"a\":\"one\"},{\"id\":1,\"a\":\"one\"}]");
    world_close(&w);
}

static void get_many_of_no_keys_is_an_empty_array(void) {
    world w = three_records();
    CHECK_OK(dictdb_table_get_many(w.table, NTS("[]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    world_close(&w);
}

static void get_many_refuses_what_is_no_key(void) {
    world w = three_records();
    CHECK_STATUS(dictdb_table_get_many(w.table, NTS("[1,\"k\",1.5]"), &w.out, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "2");
    CHECK_EMPTY(w.out);
    CHECK_STATUS(dictdb_table_get_many(w.table, NTS("[null]"), &w.out, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "0");
    world_close(&w);
}

static void get_many_refuses_what_is_no_array(void) {
    static const char *const TEXTS[] = {"1", "\"k\"", "{}", "null", "", "[1", "[1,]", "[1] 2"};
    world w = three_records();
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_STATUS(dictdb_table_get_many(w.table, NTS(TEXTS[i]), &w.out, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
        CHECK_EMPTY(w.out);
    }
    world_close(&w);
}

static void ten_thousand_records_are_read_in_one_call(void) {
    world w = world_open(NULL);
    size_t size = 400000;
    char *records = check_memory(size);
    char *keys = check_memory(size);
    size_t records_len = 1;
    size_t keys_len = 1;
    records[0] = keys[0] = '[';
    for (int i = 0; i < 10000; i++) {
        const char *comma = i == 0 ? "" : ",";
        records_len += (size_t)snprintf(records + records_len, size - records_len, "%s{\"id\":%d,\"s\":\"x%d\"}", comma, i, i);
        keys_len += (size_t)snprintf(keys + keys_len, size - keys_len, "%s%d", comma, i);
    }
    snprintf(records + records_len, size - records_len, "]");
    snprintf(keys + keys_len, size - keys_len, "]");
    CHECK_OK(dictdb_table_insert_many(w.table, NTS(records), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, keys);
    CHECK_OK(dictdb_table_get_many(w.table, NTS(keys), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, records);
    free(records);
    free(keys);
    world_close(&w);
}

static void count_tells_how_many_match(void) {
    world w = three_records();
    dictdb_predicate *one = where(dictdb_predicate_eq, "a", "\"one\"");
    dictdb_predicate *none = where(dictdb_predicate_eq, "a", "\"none\"");
    uint64_t count = 77;
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 3);
    CHECK_OK(dictdb_table_count(w.table, one, &count, &w.err), &w.err);
    CHECK_INT(count, 1);
    CHECK_OK(dictdb_table_count(w.table, none, &count, &w.err), &w.err);
    CHECK_INT(count, 0);
    dictdb_predicate_free(one);
    dictdb_predicate_free(none);
    world_close(&w);
}

static void count_follows_every_write(void) {
    world w = three_records();
    uint64_t count = 77;
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    INSERT(w, "[{},{},{}]");
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 5);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("-7"), NTS("{\"id\":70}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_count(w.table, NULL, &count, &w.err), &w.err);
    CHECK_INT(count, 5);
    world_close(&w);
}

int main(void) {
    RUN(get_reads_a_record_by_its_key);
    RUN(get_takes_any_spelling_of_the_key);
    RUN(get_int_reads_a_record_by_an_integer_key);
    RUN(a_key_that_is_not_there_is_not_found);
    RUN(get_refuses_what_is_no_key);
    RUN(get_refuses_what_is_no_json);
    RUN(get_many_puts_each_record_in_its_keys_place);
    RUN(get_many_puts_null_where_there_is_no_record);
    RUN(get_many_reads_a_key_as_often_as_it_is_named);
    RUN(get_many_of_no_keys_is_an_empty_array);
    RUN(get_many_refuses_what_is_no_key);
    RUN(get_many_refuses_what_is_no_array);
    RUN(ten_thousand_records_are_read_in_one_call);
    RUN(count_tells_how_many_match);
    RUN(count_follows_every_write);
    return check_finish();
}
