/*
 * Tests: copies of tables and databases: their form, keys and order.
 * Does not test: copies of snapshots (test_snapshot), copies that are cancelled (test_cancel).
 */
#include "check.h"

static void a_copy_has_each_record_under_its_key_in_natural_order(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":7,\"a\":1},{\"id\":\"x\",\"a\":2},{\"id\":-3,\"a\":3},{\"a\":4}]");
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("7"), NTS("{\"id\":\"seven\"}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_copy(w.table, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"seven\":{\"id\":\"seven\",\"a\":1},\"x\":{\"id\":\"x\",\"a\":2},\"-3\":{\"id\":-3,\"a\":3},\"8\":{\"a\":4,\"id\":8}}");
    world_close(&w);
}

static void a_copy_escapes_string_keys_as_json(void) {
    world w = world_open("{\"primary_key\":\"k\"}");
    INSERT(w, "[{\"k\":\"a\\\"b\\\\c\"},{\"k\":\"\\n\\u0001\\u00e9\\/\"},{\"k\":\"\\ud83d\\ude00\"},{\"k\":\" \"}]");
    CHECK_OK(dictdb_table_copy(w.table, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"a\\\"b\\\\c\":{\"k\":\"a\\\"b\\\\c\"},\"\\n\\u0001\xc3\xa9/\":{\"k\":\"\\n\\u0001\xc3\xa9/\"},"
                      "\"\xf0\x9f\x98\x80\":{\"k\":\"\xf0\x9f\x98\x80\"},\" \":{\"k\":\" \"}}");
    world_close(&w);
}

static void in_a_copy_the_keys_1_and_string_1_stand_both(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":1,\"a\":\"int\"},{\"id\":\"1\",\"a\":\"str\"}]");
    CHECK_OK(dictdb_table_copy(w.table, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"1\":{\"id\":1,\"a\":\"int\"},\"1\":{\"id\":\"1\",\"a\":\"str\"}}");
    world_close(&w);
}

static void a_copy_has_the_extreme_keys(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"id\":9223372036854775807},{\"id\":-9223372036854775808},{\"id\":0}]");
    CHECK_OK(dictdb_table_copy(w.table, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"9223372036854775807\":{\"id\":9223372036854775807},\"-9223372036854775808\":{\"id\":-9223372036854775808},"
                      "\"0\":{\"id\":0}}");
    world_close(&w);
}

static void a_copy_of_a_database_has_all_tables_in_the_order_of_their_creation(void) {
    world w = world_open(NULL);
    dictdb_table *second = NULL;
    CHECK_OK(dictdb_db_create_table(w.db, NTS("a \"b\"\n"), NULL, 0, &second, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("0"), NULL, 0, NULL, &w.err), &w.err);
    INSERT(w, "[{\"a\":1},{\"id\":\"k\"}]");
    CHECK_OK(dictdb_table_insert(second, NTS("{}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_copy(w.db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"t\":{\"1\":{\"a\":1,\"id\":1},\"k\":{\"id\":\"k\"}},\"a \\\"b\\\"\\n\":{\"1\":{\"id\":1}},\"0\":{}}");
    dictdb_table_free(second);
    world_close(&w);
}

int main(void) {
    RUN(a_copy_has_each_record_under_its_key_in_natural_order);
    RUN(a_copy_escapes_string_keys_as_json);
    RUN(in_a_copy_the_keys_1_and_string_1_stand_both);
    RUN(a_copy_has_the_extreme_keys);
    RUN(a_copy_of_a_database_has_all_tables_in_the_order_of_their_creation);
    return check_finish();
}
