/*
 * Tests: inserting: one record, many; keys given and keys made; what a failed call leaves behind.
 * Does not test: upsert (test_table_upsert), schemas (test_table_schema), what values are (test_values), concurrent inserts (test_threads).
 */
#include "check.h"

/** Inserts a record and checks the key that comes back. */
#define CHECK_KEY(w, record, expected)                                                              \
    do {                                                                                            \
        CHECK_OK(dictdb_table_insert((w).table, NTS(record), &(w).out, &(w).err), &(w).err);        \
        CHECK_TEXT((w).out, expected);                                                              \
    } while (0)

#define CHECK_INSERT_FAILS(w, record, status) \
    CHECK_STATUS(dictdb_table_insert((w).table, NTS(record), &(w).out, &(w).err), DICTDB_STATUS_##status, &(w).err)

/* ----------------------------------------------------------------------------------------------------------- automatic keys */

static void automatic_keys_count_from_1(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{}", "1");
    CHECK_KEY(w, "{}", "2");
    CHECK_KEY(w, "{}", "3");
    world_close(&w);
}

static void an_automatic_key_is_the_last_field(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"b\":1,\"a\":2}", "1");
    CHECK_RECORDS(w, "[{\"b\":1,\"a\":2,\"id\":1}]");
    world_close(&w);
}

static void a_null_key_gets_the_next_integer_as_the_last_field(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":null,\"a\":1}", "1");
    CHECK_KEY(w, "{\"a\":1,\"id\":null,\"b\":2}", "2");
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1},{\"a\":1,\"b\":2,\"id\":2}]");
    world_close(&w);
}

static void a_given_key_keeps_its_place_in_the_record(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"a\":1,\"id\":7,\"b\":2}", "7");
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":7,\"b\":2}]");
    world_close(&w);
}

static void the_next_key_is_one_more_than_the_largest_ever_stored(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":10}", "10");
    CHECK_KEY(w, "{}", "11");
    CHECK_KEY(w, "{\"id\":5}", "5");
    CHECK_KEY(w, "{}", "12");
    world_close(&w);
}

static void a_deleted_key_is_not_made_again(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{}", "1");
    CHECK_KEY(w, "{}", "2");
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("2"), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_KEY(w, "{}", "3");
    world_close(&w);
}

static void a_key_given_by_an_update_counts_as_stored(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{}", "1");
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":100}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("100"), NTS("{\"id\":3}"), &w.err), &w.err);
    CHECK_KEY(w, "{}", "101");
    world_close(&w);
}

static void negative_and_string_keys_do_not_move_the_next_key(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":-5}", "-5");
    CHECK_KEY(w, "{\"id\":\"99\"}", "\"99\"");
    CHECK_KEY(w, "{}", "1");
    world_close(&w);
}

static void after_the_largest_key_no_automatic_one_is_left(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":9223372036854775806}", "9223372036854775806");
    CHECK_KEY(w, "{}", "9223372036854775807");
    CHECK_INSERT_FAILS(w, "{}", NUMBER_RANGE);
    CHECK_EMPTY(w.out);
    CHECK_KEY(w, "{\"id\":1}", "1");
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{\"id\":2},{}]"), NULL, &w.err), DICTDB_STATUS_NUMBER_RANGE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "1");
    CHECK_SELECT(w, "{\"columns\":[\"id\"]}", "[{\"id\":9223372036854775806},{\"id\":9223372036854775807},{\"id\":1}]");
    world_close(&w);
}

static void a_failed_call_consumes_no_key(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{}", "1");
    CHECK_INSERT_FAILS(w, "{", INVALID_JSON);
    CHECK_INSERT_FAILS(w, "{\"id\":1}", DUPLICATE_KEY);
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{},{},{\"id\":50},{\"id\":1}]"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY,
                 &w.err);
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{\"id\":1}"), DICTDB_CONFLICT_ERROR, NULL, NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY,
                 &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("77"), NTS("{\"id\":80}"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_KEY(w, "{}", "2");
    world_close(&w);
}

static void the_key_field_has_the_name_that_was_asked_for(void) {
    world w = world_open("{\"primary_key\":\"code\"}");
    CHECK_KEY(w, "{\"id\":9}", "1");
    CHECK_KEY(w, "{\"code\":\"x\",\"id\":9}", "\"x\"");
    CHECK_RECORDS(w, "[{\"id\":9,\"code\":1},{\"code\":\"x\",\"id\":9}]");
    world_close(&w);
}

static void a_key_field_with_a_dot_is_a_plain_name(void) {
    world w = world_open("{\"primary_key\":\"a.b\"}");
    CHECK_KEY(w, "{\"a\":{\"b\":9}}", "1");
    CHECK_KEY(w, "{\"a.b\":5}", "5");
    CHECK_RECORDS(w, "[{\"a\":{\"b\":9},\"a.b\":1},{\"a.b\":5}]");
    world_close(&w);
}

/* -------------------------------------------------------------------------------------------------------------- given keys */

static void keys_are_64_bit_integers_or_strings(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":0}", "0");
    CHECK_KEY(w, "{\"id\":-1}", "-1");
    CHECK_KEY(w, "{\"id\":-9223372036854775808}", "-9223372036854775808");
    CHECK_KEY(w, "{\"id\":9223372036854775807}", "9223372036854775807");
    CHECK_KEY(w, "{\"id\":\"abc\"}", "\"abc\"");
    CHECK_KEY(w, "{\"id\":\" \"}", "\" \"");
    CHECK_KEY(w, "{\"id\":\"\\u00e9\\n\\\"\"}", "\"\xc3\xa9\\n\\\"\"");
    CHECK_OK(dictdb_table_get_int(w.table, INT64_MIN, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":-9223372036854775808}");
    CHECK_OK(dictdb_table_get_int(w.table, INT64_MAX, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":9223372036854775807}");
    world_close(&w);
}

static void nothing_else_is_a_key(void) {
    static const char *const RECORDS[] = {"{\"id\":true}", "{\"id\":false}", "{\"id\":1.0}",  "{\"id\":1.5}",
                                          "{\"id\":1e2}",  "{\"id\":\"\"}",  "{\"id\":[]}",   "{\"id\":[1]}",
                                          "{\"id\":{}}",   "{\"id\":{\"a\":1}}", "{\"id\":9223372036854775808}", "{\"id\":18446744073709551615}"};
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof RECORDS / sizeof RECORDS[0]; i++) {
        CHECK_INSERT_FAILS(w, RECORDS[i], INVALID_KEY);
        CHECK_EMPTY(w.out);
    }
    CHECK_RECORDS(w, "[]");
    CHECK_KEY(w, "{}", "1");
    world_close(&w);
}

static void an_integer_and_its_spelling_are_two_keys(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":1,\"a\":\"int\"}", "1");
    CHECK_KEY(w, "{\"id\":\"1\",\"a\":\"str\"}", "\"1\"");
    CHECK_OK(dictdb_table_get(w.table, NTS("1"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":1,\"a\":\"int\"}");
    CHECK_OK(dictdb_table_get(w.table, NTS("\"1\""), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"id\":\"1\",\"a\":\"str\"}");
    CHECK_INSERT_FAILS(w, "{\"id\":\"1\"}", DUPLICATE_KEY);
    world_close(&w);
}

static void one_key_has_several_spellings(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":\"Ab\"}", "\"Ab\"");
    CHECK_INSERT_FAILS(w, "{\"id\":\"\\u0041b\"}", DUPLICATE_KEY);
    CHECK_KEY(w, "{\"id\":0}", "0");
    CHECK_INSERT_FAILS(w, "{\"id\":-0}", DUPLICATE_KEY);
    CHECK_KEY(w, "{\"\\u0069d\":7}", "7");
    CHECK_INSERT_FAILS(w, "{\"id\":7}", DUPLICATE_KEY);
    world_close(&w);
}

static void a_key_is_taken_once(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":1,\"a\":1}", "1");
    CHECK_INSERT_FAILS(w, "{\"id\":1,\"a\":2}", DUPLICATE_KEY);
    CHECK_EMPTY(w.out);
    CHECK_RECORDS(w, "[{\"id\":1,\"a\":1}]");
    world_close(&w);
}

static void a_freed_key_may_be_given_again(void) {
    world w = world_open(NULL);
    CHECK_KEY(w, "{\"id\":\"a\",\"n\":1}", "\"a\"");
    CHECK_KEY(w, "{\"id\":\"b\",\"n\":2}", "\"b\"");
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("\"a\""), &w.err), &w.err);
    CHECK_KEY(w, "{\"id\":\"a\",\"n\":3}", "\"a\"");
    CHECK_RECORDS(w, "[{\"id\":\"b\",\"n\":2},{\"id\":\"a\",\"n\":3}]");
    world_close(&w);
}

static void a_record_is_an_object(void) {
    static const char *const TEXTS[] = {"[]", "[{}]", "1", "\"x\"", "null", "true", "", " "};
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_INSERT_FAILS(w, TEXTS[i], INVALID_JSON);
    }
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

static void the_key_need_not_be_asked_for(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert_many(w.table, NTS("[{}]"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":1},{\"id\":2},{\"id\":3}]");
    world_close(&w);
}

static void a_record_is_read_up_to_its_length(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_insert(w.table, "{\"a\":1}, and more", 7, NULL, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, "{\"a\":1}", 6, NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- many */

static void many_records_get_their_keys_in_order(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_insert_many(w.table, NTS("[{\"a\":1},{\"id\":\"x\"},{\"id\":5},{\"id\":null}, {}]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[1,\"x\",5,6,7]");
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1},{\"id\":\"x\"},{\"id\":5},{\"id\":6},{\"id\":7}]");
    world_close(&w);
}

static void no_records_are_many_too(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_insert_many(w.table, NTS("[]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

/** insert_many fails at an index and leaves one record and the next key as they were. */
static void check_none_inserted(const char *file, int line, const char *records, dictdb_status expected, const char *index) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":0}]");
    check_expect(&w.err);
    check_status(file, line, records, dictdb_table_insert_many(w.table, NTS(records), &w.out, &w.err), expected, &w.err);
    check_member(file, line, dictdb_error_detail(w.err), "index", index);
    check_empty(file, line, "keys", &w.out);
    CHECK_RECORDS(w, "[{\"a\":0,\"id\":1}]");
    CHECK_KEY(w, "{}", "2");
    world_close(&w);
}

#define CHECK_NONE_INSERTED(records, status, index) check_none_inserted(__FILE__, __LINE__, (records), DICTDB_STATUS_##status, (index))

static void many_are_inserted_all_or_none(void) {
    CHECK_NONE_INSERTED("[{},{},{\"id\":1}]", DUPLICATE_KEY, "2");
    CHECK_NONE_INSERTED("[{\"id\":\"x\"},{\"id\":\"y\"},{},{\"id\":\"x\"}]", DUPLICATE_KEY, "3");
    CHECK_NONE_INSERTED("[{},{\"id\":2}]", DUPLICATE_KEY, "1");
    CHECK_NONE_INSERTED("[{},{\"id\":[]},{\"id\":1}]", INVALID_KEY, "1");
    CHECK_NONE_INSERTED("[{\"id\":false}]", INVALID_KEY, "0");
    CHECK_NONE_INSERTED("[{},3]", INVALID_JSON, "1");
    CHECK_NONE_INSERTED("[{},{},[]]", INVALID_JSON, "2");
    CHECK_NONE_INSERTED("[{},{\"a\":99999999999999999999}]", NUMBER_RANGE, "1");
}

static void a_failing_record_among_thousands_is_found(void) {
    world w = world_open(NULL);
    char *records = check_memory(100000);
    size_t used = 1;
    records[0] = '[';
    for (int i = 0; i < 5000; i++) {
        used += (size_t)snprintf(records + used, 32, "%s{\"id\":%d}", i == 0 ? "" : ",", i == 4321 ? 17 : i);
    }
    snprintf(records + used, 8, "]");
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS(records), &w.out, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "4321");
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "17");
    CHECK_RECORDS(w, "[]");
    free(records);
    world_close(&w);
}

static void many_records_are_an_array(void) {
    static const char *const TEXTS[] = {"{}", "1", "null", "", "[{}", "[{},]", "[{}] []"};
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        CHECK_STATUS(dictdb_table_insert_many(w.table, NTS(TEXTS[i]), &w.out, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
        CHECK_EMPTY(w.out);
    }
    CHECK_RECORDS(w, "[]");
    world_close(&w);
}

int main(void) {
    RUN(automatic_keys_count_from_1);
    RUN(an_automatic_key_is_the_last_field);
    RUN(a_null_key_gets_the_next_integer_as_the_last_field);
    RUN(a_given_key_keeps_its_place_in_the_record);
    RUN(the_next_key_is_one_more_than_the_largest_ever_stored);
    RUN(a_deleted_key_is_not_made_again);
    RUN(a_key_given_by_an_update_counts_as_stored);
    RUN(negative_and_string_keys_do_not_move_the_next_key);
    RUN(after_the_largest_key_no_automatic_one_is_left);
    RUN(a_failed_call_consumes_no_key);
    RUN(the_key_field_has_the_name_that_was_asked_for);
    RUN(a_key_field_with_a_dot_is_a_plain_name);
    RUN(keys_are_64_bit_integers_or_strings);
    RUN(nothing_else_is_a_key);
    RUN(an_integer_and_its_spelling_are_two_keys);
    RUN(one_key_has_several_spellings);
    RUN(a_key_is_taken_once);
    RUN(a_freed_key_may_be_given_again);
    RUN(a_record_is_an_object);
    RUN(the_key_need_not_be_asked_for);
    RUN(a_record_is_read_up_to_its_length);
    RUN(many_records_get_their_keys_in_order);
    RUN(no_records_are_many_too);
    RUN(many_are_inserted_all_or_none);
    RUN(a_failing_record_among_thousands_is_found);
    RUN(many_records_are_an_array);
    return check_finish();
}
