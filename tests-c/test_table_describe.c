/*
 * Tests: what a table tells of itself: describe and statistics.
 * Does not test: that memory stays bounded (test_memory).
 */
#include "check.h"

static void check_describes(const char *file, int line, world *w, const char *member, const char *expected) {
    check_expect(&w->err);
    check_status(file, line, "describe", dictdb_table_describe(w->table, &w->out, &w->err), DICTDB_STATUS_OK, &w->err);
    check_member(file, line, w->out.data, member, expected);
}

#define CHECK_DESCRIBES(w, member, expected) check_describes(__FILE__, __LINE__, &(w), (member), (expected))

static int64_t statistic(world *w, const char *name) {
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    return json_integer(w->out.data, name);
}

/* --------------------------------------------------------------------------------------------------------------- describe */

static void an_empty_table_is_described(void) {
    world w = world_open(NULL);
    CHECK_DESCRIBES(w, "name", "\"t\"");
    CHECK_DESCRIBES(w, "primary_key", "\"id\"");
    CHECK_DESCRIBES(w, "count", "0");
    CHECK_DESCRIBES(w, "columns", "[]");
    CHECK_DESCRIBES(w, "schema", "null");
    CHECK_DESCRIBES(w, "indexes", "[]");
    world_close(&w);
}

static void the_name_is_escaped_as_json(void) {
    world w = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_new(NULL, 0, &w.db, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("a \"b\"\n"), NTS("{\"primary_key\":\"k\\\"\"}"), &w.table, &w.err), &w.err);
    CHECK_DESCRIBES(w, "name", "\"a \\\"b\\\"\\n\"");
    CHECK_DESCRIBES(w, "primary_key", "\"k\\\"\"");
    world_close(&w);
}

static void the_count_is_that_of_the_records(void) {
    world w = world_open(NULL);
    INSERT(w, "[{},{},{}]");
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("2"), &w.err), &w.err);
    CHECK_DESCRIBES(w, "count", "2");
    world_close(&w);
}

static void without_a_schema_columns_are_the_fields_of_all_records_sorted(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"b\":1,\"a\":1},{\"z\":null},{\"a\":2,\"B\":{\"inner\":1}},{\"\xc3\xa9\":1}]");
    CHECK_DESCRIBES(w, "columns", "[\"B\",\"a\",\"b\",\"id\",\"z\",\"\xc3\xa9\"]");
    world_close(&w);
}

static void a_field_that_no_record_has_any_more_is_no_column(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1},{\"b\":1}]");
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("2"), &w.err), &w.err);
    CHECK_DESCRIBES(w, "columns", "[\"a\",\"id\"]");
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_DESCRIBES(w, "columns", "[]");
    world_close(&w);
}

static void a_field_added_by_an_update_is_a_column(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"c\":1}"), &w.err), &w.err);
    CHECK_DESCRIBES(w, "columns", "[\"a\",\"c\",\"id\"]");
    world_close(&w);
}

static void columns_of_very_many_fields_are_all_told(void) {
    world w = world_open(NULL);
    char *record = check_memory(20000);
    char *expected = check_memory(20000);
    size_t record_len = (size_t)snprintf(record, 20000, "{\"id\":1");
    size_t expected_len = 1;
    expected[0] = '[';
    for (int i = 0; i < 1000; i++) {
        record_len += (size_t)snprintf(record + record_len, 20000 - record_len, ",\"f%03d\":%d", (i * 7 + 3) % 1000, i);
        expected_len += (size_t)snprintf(expected + expected_len, 20000 - expected_len, "\"f%03d\",", i);
    }
    snprintf(record + record_len, 20000 - record_len, "}");
    snprintf(expected + expected_len, 20000 - expected_len, "\"id\"]");
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK_DESCRIBES(w, "columns", expected);
    free(record);
    free(expected);
    world_close(&w);
}

static void with_a_schema_columns_are_its_fields_in_its_order(void) {
    world w = world_open("{\"schema\":{\"z\":\"int\",\"id\":\"int\",\"a\":{\"type\":\"str\",\"nullable\":true}}}");
    CHECK_DESCRIBES(w, "columns", "[\"z\",\"id\",\"a\"]");
    INSERT(w, "[{\"a\":\"x\",\"z\":1}]");
    CHECK_DESCRIBES(w, "columns", "[\"z\",\"id\",\"a\"]");
    world_close(&w);
}

static void the_schema_is_told_as_it_was_given(void) {
    const char *schema = "{\"id\":\"int\",\"s\":\"str\",\"f\":\"float\",\"b\":\"bool\",\"l\":\"list\",\"d\":\"dict\"}";
    char options[200];
    snprintf(options, sizeof options, "{\"schema\": %s}", schema);
    world w = world_open(options);
    CHECK_DESCRIBES(w, "schema", schema);
    world_close(&w);
}

static void the_key_field_is_in_schema_and_columns(void) {
    world w = world_open("{\"primary_key\":\"code\",\"schema\":{\"n\":\"int\"}}");
    CHECK_DESCRIBES(w, "primary_key", "\"code\"");
    CHECK_OK(dictdb_table_describe(w.table, &w.out, &w.err), &w.err);
    CHECK_MEMBER(json_member(w.out.data, "schema"), "code", "\"int\"");
    CHECK_CONTAINS(json_member(w.out.data, "columns"), "\"code\"");
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------- statistics */

static void statistics_are_all_there_and_integers(void) {
    static const char *const NAMES[] = {
        "records", "live_bytes", "dead_bytes", "segments", "segment_bytes", "directory_bytes", "key_map_bytes", "bytes",
        "shapes", "inserted", "updated", "deleted", "segments_reclaimed", "lock_waits", "columns", "column_bytes",
    };
    world w = world_open(NULL);
    for (int filled = 0; filled < 2; filled++) {
        for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
            int64_t value = statistic(&w, NAMES[i]);
            if (value < 0) {
                fprintf(stderr, "%s: %s\n", NAMES[i], w.out.data);
            }
            CHECK(value >= 0);
        }
        INSERT(w, "[{\"a\":1},{\"a\":2}]");
    }
    world_close(&w);
}

static void an_empty_table_holds_no_records(void) {
    world w = world_open(NULL);
    CHECK_INT(statistic(&w, "records"), 0);
    CHECK_INT(statistic(&w, "live_bytes"), 0);
    CHECK_INT(statistic(&w, "dead_bytes"), 0);
    CHECK_INT(statistic(&w, "inserted"), 0);
    CHECK_INT(statistic(&w, "shapes"), 0);
    world_close(&w);
}

static void records_follow_every_write(void) {
    world w = world_open(NULL);
    INSERT(w, "[{},{},{}]");
    CHECK_INT(statistic(&w, "records"), 3);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_INT(statistic(&w, "records"), 2);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("2"), NTS("{\"id\":9}"), &w.err), &w.err);
    CHECK_INT(statistic(&w, "records"), 2);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":9,\"a\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "records"), 2);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"a\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "records"), 3);
    world_close(&w);
}

static void what_was_done_is_counted_in_records(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    INSERT(w, "[{},{},{}]");
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "inserted"), 5);
    CHECK_OK(dictdb_table_update(w.table, all, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"a\":2}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"a\":3}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "updated"), 7);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete(w.table, all, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "deleted"), 5);
    CHECK_INT(statistic(&w, "inserted"), 5);
    dictdb_predicate_free(all);
    world_close(&w);
}

static void failed_calls_are_not_counted(void) {
    world w = world_open(NULL);
    dictdb_predicate *none = where(dictdb_predicate_eq, "a", "1");
    INSERT(w, "[{},{}]");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{},{\"id\":1}]"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_STATUS(dictdb_table_update(w.table, none, NTS("{}"), NULL, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"id\":2}"), &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("9"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1,\"a\":1}"), DICTDB_CONFLICT_IGNORE, NULL, NULL, &w.err), &w.err);
    CHECK_INT(statistic(&w, "inserted"), 2);
    CHECK_INT(statistic(&w, "updated"), 0);
    CHECK_INT(statistic(&w, "deleted"), 0);
    dictdb_predicate_free(none);
    world_close(&w);
}

static void bytes_are_those_of_the_records(void) {
    world w = world_open(NULL);
    char record[1100];
    size_t at = (size_t)snprintf(record, sizeof record, "{\"id\":1,\"s\":\"");
    memset(record + at, 'x', 1000);
    memcpy(record + at + 1000, "\"}", 3);
    CHECK_OK(dictdb_table_insert(w.table, NTS(record), NULL, &w.err), &w.err);
    CHECK(statistic(&w, "live_bytes") >= 1000);
    CHECK(statistic(&w, "segments") >= 1);
    CHECK(statistic(&w, "segment_bytes") >= statistic(&w, "live_bytes") + statistic(&w, "dead_bytes"));
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"s\":\"\"}"), &w.err), &w.err);
    CHECK(statistic(&w, "live_bytes") < 1000);
    world_close(&w);
}

static void bytes_are_those_of_segments_directory_and_key_map(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1},{\"id\":\"a\"}]");
    CHECK_INT(statistic(&w, "bytes"), statistic(&w, "segment_bytes") + statistic(&w, "directory_bytes") + statistic(&w, "key_map_bytes"));
    world_close(&w);
}

static void an_emptied_table_has_no_live_bytes(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1},{\"a\":2}]");
    CHECK(statistic(&w, "live_bytes") > 0);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("2"), &w.err), &w.err);
    CHECK_INT(statistic(&w, "live_bytes"), 0);
    world_close(&w);
}

static void shapes_are_distinct_lists_of_fields(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1,\"b\":1},{\"a\":\"x\",\"b\":null},{\"a\":1}]");
    CHECK_INT(statistic(&w, "shapes"), 2);
    INSERT(w, "[{\"b\":1,\"a\":1}]");
    CHECK_INT(statistic(&w, "shapes"), 3);
    INSERT(w, "[{\"b\":2,\"a\":2}]");
    CHECK_INT(statistic(&w, "shapes"), 3);
    world_close(&w);
}

static void failed_calls_add_no_shapes(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    INSERT(w, "[{\"a\":1},{\"a\":2}]");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":1,\"b\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_STATUS(dictdb_table_insert_many(w.table, NTS("[{\"c\":1},{\"d\":1},{\"id\":true}]"), NULL, &w.err), DICTDB_STATUS_INVALID_KEY, &w.err);
    CHECK_STATUS(dictdb_table_update(w.table, all, NTS("{\"id\":5,\"e\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_INT(statistic(&w, "shapes"), 1);
    dictdb_predicate_free(all);
    world_close(&w);
}

int main(void) {
    RUN(an_empty_table_is_described);
    RUN(the_name_is_escaped_as_json);
    RUN(the_count_is_that_of_the_records);
    RUN(without_a_schema_columns_are_the_fields_of_all_records_sorted);
    RUN(a_field_that_no_record_has_any_more_is_no_column);
    RUN(a_field_added_by_an_update_is_a_column);
    RUN(columns_of_very_many_fields_are_all_told);
    RUN(with_a_schema_columns_are_its_fields_in_its_order);
    RUN(the_schema_is_told_as_it_was_given);
    RUN(the_key_field_is_in_schema_and_columns);
    RUN(statistics_are_all_there_and_integers);
    RUN(an_empty_table_holds_no_records);
    RUN(records_follow_every_write);
    RUN(what_was_done_is_counted_in_records);
    RUN(failed_calls_are_not_counted);
    RUN(bytes_are_those_of_the_records);
    RUN(bytes_are_those_of_segments_directory_and_key_map);
    RUN(an_emptied_table_has_no_live_bytes);
    RUN(shapes_are_distinct_lists_of_fields);
    RUN(failed_calls_add_no_shapes);
    return check_finish();
}
