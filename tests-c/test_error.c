/*
 * Tests: error objects: when there is one, what its message names, what its detail tells programs, how long it lives.
 * Does not test: the wording of messages, which may change, nor which call gives which status.
 */
#include "check.h"
#include <pthread.h>

static const char *const SCHEMA = "{\"schema\":{\"name\":\"str\",\"age\":\"int\"}}";

/* ----------------------------------------------------------------------------------------------- when there is an object */

static void success_sets_the_error_to_null(void) {
    dictdb_db *db = NULL;
    dictdb_error *error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_db_new(NULL, 0, &db, &error), DICTDB_STATUS_OK);
    CHECK(error == NULL);
    dictdb_db_free(db);
}

static void a_missing_record_comes_without_an_object(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    dictdb_error *error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_get(w.table, NTS("1"), &w.out, &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_get_int(w.table, 1, &w.out, &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_update(w.table, all, NTS("{\"a\":1}"), NULL, &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"a\":1}"), &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_delete(w.table, all, NULL, &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_delete_by_key(w.table, NTS("1"), &error), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK(error == NULL);
    dictdb_predicate_free(all);
    world_close(&w);
}

static void a_failure_comes_with_an_object_of_its_status(void) {
    world w = world_open(NULL);
    dictdb_error *error = CHECK_NEVER_SET;
    CHECK_INT(dictdb_table_insert(w.table, NTS("{"), NULL, &error), DICTDB_STATUS_INVALID_JSON);
    CHECK(error != NULL && error != CHECK_NEVER_SET);
    CHECK_INT(dictdb_error_status(error), DICTDB_STATUS_INVALID_JSON);
    dictdb_error_free(error);
    world_close(&w);
}

static void a_caller_need_not_ask_for_errors(void) {
    world w = world_open(NULL);
    CHECK_INT(dictdb_table_insert(w.table, NTS("{"), NULL, NULL), DICTDB_STATUS_INVALID_JSON);
    CHECK_INT(dictdb_table_get_int(w.table, 1, &w.out, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK_INT(dictdb_table_get_int(NULL, 1, &w.out, NULL), DICTDB_STATUS_INVALID_HANDLE);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------- what message and detail say */

static void invalid_argument_names_the_parameter(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "record");
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"record\"");
    CHECK_STATUS(dictdb_table_get_int(w.table, 1, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"record\"");
    CHECK_STATUS(dictdb_table_upsert(w.table, NTS("{}"), 7, NULL, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "7");
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"on_conflict\"");
    world_close(&w);
}

static void invalid_handle_names_the_parameter(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(NULL, NTS("{}"), NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "table");
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"table\"");
    CHECK_STATUS(dictdb_table_delete(w.table, NULL, NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"predicate\"");
    CHECK_STATUS(dictdb_db_list_tables(NULL, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"db\"");
    world_close(&w);
}

static void invalid_utf8_names_parameter_and_position(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\":\"\xff\"}"), NULL, &w.err), DICTDB_STATUS_INVALID_UTF8, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "record");
    CHECK_MEMBER(dictdb_error_detail(w.err), "parameter", "\"record\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "6");
    world_close(&w);
}

static void an_option_is_named(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_select(w.table, NULL, NTS("{\"oder_by\":\"a\"}"), &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                 &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "oder_by");
    CHECK_MEMBER(dictdb_error_detail(w.err), "option", "\"oder_by\"");
    CHECK_STATUS(dictdb_table_select(w.table, NULL, NTS("{\"limit\":\"3\"}"), &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                 &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "option", "\"limit\"");
    CHECK_STATUS(dictdb_db_create_table(w.db, NTS("u"), NTS("{\"primary_kee\":\"a\"}"), NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                 &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "option", "\"primary_kee\"");
    world_close(&w);
}

static void a_table_is_named(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_db_create_table(w.db, NTS("t"), NULL, 0, NULL, &w.err), DICTDB_STATUS_DUPLICATE_TABLE, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "t");
    CHECK_MEMBER(dictdb_error_detail(w.err), "table", "\"t\"");
    CHECK_STATUS(dictdb_db_drop_table(w.db, NTS("other"), &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "other");
    CHECK_MEMBER(dictdb_error_detail(w.err), "table", "\"other\"");
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "table", "\"t\"");
    world_close(&w);
}

static void a_taken_key_is_named(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":12},{\"id\":\"abc\"}]");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":12}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "12");
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "12");
    CHECK(json_member(dictdb_error_detail(w.err), "index") == NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":\"abc\"}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "abc");
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "\"abc\"");
    world_close(&w);
}

static void an_invalid_key_is_shown(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":true}"), NULL, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "true");
    CHECK(json_member(dictdb_error_detail(w.err), "found") != NULL);
    CHECK_STATUS(dictdb_table_get(w.table, NTS("1.5"), &w.out, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "1.5");
    world_close(&w);
}

static void a_schema_violation_names_field_and_types(void) {
    world w = world_open(SCHEMA);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"name\":\"x\",\"age\":\"old\"}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "age");
    CHECK_CONTAINS(dictdb_error_message(w.err), "int");
    CHECK_CONTAINS(dictdb_error_message(w.err), "str");
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"age\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "expected", "\"int\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "actual", "\"str\"");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"name\":\"x\"}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"age\"");
    CHECK_MEMBER(dictdb_error_detail(w.err), "expected", "\"int\"");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"name\":\"x\",\"age\":1,\"shoe\":45}"), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "shoe");
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"shoe\"");
    world_close(&w);
}

static void a_bulk_error_names_the_index_in_message_and_detail(void) {
    world w = world_open(SCHEMA);
    const char *records = "[{\"name\":\"a\",\"age\":1},{\"name\":\"b\",\"age\":2},{\"name\":\"c\",\"age\":null}]";
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS(records), NULL, &w.err), DICTDB_STATUS_SCHEMA, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "2");
    CHECK_MEMBER(dictdb_error_detail(w.err), "index", "2");
    CHECK_MEMBER(dictdb_error_detail(w.err), "field", "\"age\"");
    world_close(&w);
}

static void a_syntax_error_tells_its_position(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\" 1}"), NULL, &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_CONTAINS(dictdb_error_message(w.err), "5");
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "5");
    world_close(&w);
}

static void a_number_out_of_range_tells_its_position(void) {
    world w = world_open(NULL);
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\":18446744073709551616}"), NULL, &w.err), DICTDB_STATUS_NUMBER_RANGE, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "position", "5");
    world_close(&w);
}

static void a_bad_field_reference_tells_its_position(void) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_eq(NTS("abc..d"), NTS("1"), &predicate, &error), DICTDB_STATUS_PARSE, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "position", "4");
    dictdb_error_free(error);
}

static void a_limit_is_told(void) {
    dictdb_predicate *predicate = NULL;
    dictdb_error *error = NULL;
    char value[260];
    memset(value, '[', 129);
    memset(value + 129, ']', 129);
    value[258] = '\0';
    CHECK_STATUS(dictdb_predicate_eq(NTS("a"), NTS(value), &predicate, &error), DICTDB_STATUS_LIMIT, &error);
    CHECK_CONTAINS(dictdb_error_message(error), "128");
    CHECK_MEMBER(dictdb_error_detail(error), "limit", "128");
    CHECK(json_member(dictdb_error_detail(error), "what") != NULL);
    dictdb_error_free(error);
}

static void a_nul_in_what_is_quoted_does_not_end_message_or_detail(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":\"a\\u0000b\"}]");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":\"a\\u0000b\"}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "key", "\"a\\u0000b\"");
    CHECK_STATUS(dictdb_db_drop_table(w.db, "x\0y", 3, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "table", "\"x\\u0000y\"");
    CHECK_CONTAINS(dictdb_error_message(w.err), "y");
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------- life of an object */

static void null_is_no_error(void) {
    CHECK_INT(dictdb_error_status(NULL), DICTDB_STATUS_OK);
    CHECK_STRING(dictdb_error_message(NULL), "");
    CHECK_STRING(dictdb_error_detail(NULL), "{}");
    dictdb_error_free(NULL);
}

static void a_freed_error_says_so(void) {
    dictdb_error *error = NULL;
    CHECK_INT(dictdb_db_new(NULL, 0, NULL, &error), DICTDB_STATUS_INVALID_ARGUMENT);
    dictdb_error_free(error);
    CHECK_INT(dictdb_error_status(error), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_STRING(dictdb_error_message(error), "");
    CHECK_STRING(dictdb_error_detail(error), "{}");
    dictdb_error_free(error);
}

static void an_error_outlives_the_table_it_came_from(void) {
    world w = world_open(NULL);
    dictdb_error *error = NULL;
    CHECK_INT(dictdb_table_insert(w.table, NTS("nonsense"), NULL, &error), DICTDB_STATUS_INVALID_JSON);
    world_close(&w);
    CHECK_INT(dictdb_error_status(error), DICTDB_STATUS_INVALID_JSON);
    CHECK(dictdb_error_message(error)[0] != '\0');
    dictdb_error_free(error);
}

static void an_error_does_not_change_with_later_calls(void) {
    world w = world_open(NULL);
    dictdb_error *first = NULL;
    dictdb_error *second = NULL;
    CHECK_INT(dictdb_table_insert(w.table, NTS("{\"a\":1"), NULL, &first), DICTDB_STATUS_INVALID_JSON);
    const char *message = dictdb_error_message(first);
    char copy[300];
    snprintf(copy, sizeof copy, "%s", message);
    CHECK_INT(dictdb_table_insert(w.table, NTS("{\"id\":true}"), NULL, &second), DICTDB_STATUS_INVALID_KEY);
    CHECK(first != second);
    CHECK_STRING(message, copy);
    CHECK(dictdb_error_message(first) == message);
    CHECK_INT(dictdb_error_status(first), DICTDB_STATUS_INVALID_JSON);
    dictdb_error_free(second);
    CHECK_STRING(message, copy);
    dictdb_error_free(first);
    world_close(&w);
}

static void *read_error(void *error) {
    for (int i = 0; i < 2000; i++) {
        CHECK_INT(dictdb_error_status(error), DICTDB_STATUS_INVALID_JSON);
        CHECK_MEMBER(dictdb_error_detail(error), "position", "5");
        CHECK(dictdb_error_message(error)[0] != '\0');
    }
    return NULL;
}

static void threads_share_an_error(void) {
    world w = world_open(NULL);
    dictdb_error *error = NULL;
    pthread_t threads[4];
    CHECK_INT(dictdb_table_insert(w.table, NTS("{\"a\":}"), NULL, &error), DICTDB_STATUS_INVALID_JSON);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, read_error, error), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    dictdb_error_free(error);
    world_close(&w);
}

int main(void) {
    RUN(success_sets_the_error_to_null);
    RUN(a_missing_record_comes_without_an_object);
    RUN(a_failure_comes_with_an_object_of_its_status);
    RUN(a_caller_need_not_ask_for_errors);
    RUN(invalid_argument_names_the_parameter);
    RUN(invalid_handle_names_the_parameter);
    RUN(invalid_utf8_names_parameter_and_position);
    RUN(an_option_is_named);
    RUN(a_table_is_named);
    RUN(a_taken_key_is_named);
    RUN(an_invalid_key_is_shown);
    RUN(a_schema_violation_names_field_and_types);
    RUN(a_bulk_error_names_the_index_in_message_and_detail);
    RUN(a_syntax_error_tells_its_position);
    RUN(a_number_out_of_range_tells_its_position);
    RUN(a_bad_field_reference_tells_its_position);
    RUN(a_limit_is_told);
    RUN(a_nul_in_what_is_quoted_does_not_end_message_or_detail);
    RUN(null_is_no_error);
    RUN(a_freed_error_says_so);
    RUN(an_error_outlives_the_table_it_came_from);
    RUN(an_error_does_not_change_with_later_calls);
    RUN(threads_share_an_error);
    return check_finish();
}
