/*
 * Tests: databases and their tables: creating, getting, dropping, listing; names and options; what lives how long.
 * Does not test: what the options do (test_table_schema, test_table_insert), nor threads (test_threads).
 */
#include "check.h"

static void check_list(const char *file, int line, world *w, const char *expected) {
    check_expect(&w->err);
    check_status(file, line, "list_tables", dictdb_db_list_tables(w->db, &w->out, &w->err), DICTDB_STATUS_OK, &w->err);
    check_text(file, line, "list_tables", &w->out, expected);
}

#define CHECK_LIST(w, expected) check_list(__FILE__, __LINE__, &(w), (expected))

#define CREATE(w, name) CHECK_OK(dictdb_db_create_table((w).db, NTS(name), NULL, 0, NULL, &(w).err), &(w).err)
#define DROP(w, name) CHECK_OK(dictdb_db_drop_table((w).db, NTS(name), &(w).err), &(w).err)

/* ------------------------------------------------------------------------------------------------------------ databases */

static void a_new_database_has_no_tables(void) {
    world w = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_new(NULL, 0, &w.db, &w.err), &w.err);
    CHECK(w.db != NULL);
    CHECK_LIST(w, "[]");
    world_close(&w);
}

static void databases_are_independent(void) {
    world one = world_open(NULL);
    world two = world_open(NULL);
    INSERT(one, "[{\"a\":1}]");
    CHECK_RECORDS(one, "[{\"a\":1,\"id\":1}]");
    CHECK_RECORDS(two, "[]");
    DROP(one, "t");
    CHECK_LIST(two, "[\"t\"]");
    world_close(&one);
    CHECK_RECORDS(two, "[]");
    world_close(&two);
}

static void a_database_takes_no_options_yet(void) {
    dictdb_db *db = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_new(NTS("{}"), &db, &error), &error);
    dictdb_db_free(db);
    CHECK_OK(dictdb_db_new(NTS(" { } "), &db, &error), &error);
    dictdb_db_free(db);
    CHECK_STATUS(dictdb_db_new(NTS("{\"path\":\"x\"}"), &db, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK(db == NULL);
    CHECK_MEMBER(dictdb_error_detail(error), "option", "\"path\"");
    CHECK_STATUS(dictdb_db_new(NTS("{"), &db, &error), DICTDB_STATUS_INVALID_JSON, &error);
    CHECK(db == NULL);
    CHECK_STATUS(dictdb_db_new(NTS("[]"), &db, &error), DICTDB_STATUS_INVALID_JSON, &error);
    CHECK(db == NULL);
    CHECK_STATUS(dictdb_db_new(NTS("\xc3"), &db, &error), DICTDB_STATUS_INVALID_UTF8, &error);
    CHECK(db == NULL);
    dictdb_error_free(error);
}

/* --------------------------------------------------------------------------------------------- create, get, drop, list */

static void tables_are_listed_in_the_order_of_creation(void) {
    world w = world_open(NULL);
    CREATE(w, "zebra");
    CREATE(w, "ant");
    CREATE(w, "mole");
    CHECK_LIST(w, "[\"t\",\"zebra\",\"ant\",\"mole\"]");
    world_close(&w);
}

static void a_table_created_again_is_listed_last(void) {
    world w = world_open(NULL);
    CREATE(w, "a");
    CREATE(w, "b");
    DROP(w, "a");
    CHECK_LIST(w, "[\"t\",\"b\"]");
    CREATE(w, "a");
    CHECK_LIST(w, "[\"t\",\"b\",\"a\"]");
    world_close(&w);
}

static void a_thousand_tables_keep_their_order(void) {
    world w = world_open(NULL);
    char *expected = check_memory(20000);
    size_t used = (size_t)snprintf(expected, 20000, "[\"t\"");
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "table %d", i * 7919 % 1000);
        CREATE(w, name);
        used += (size_t)snprintf(expected + used, 20000 - used, ",\"%s\"", name);
    }
    snprintf(expected + used, 20000 - used, "]");
    CHECK_LIST(w, expected);
    free(expected);
    world_close(&w);
}

static void a_name_is_taken_once(void) {
    world w = world_open(NULL);
    dictdb_table *second = w.table;
    INSERT(w, "[{\"a\":1}]");
    CHECK_STATUS(dictdb_db_create_table(w.db, NTS("t"), NULL, 0, &second, &w.err), DICTDB_STATUS_DUPLICATE_TABLE, &w.err);
    CHECK(second == NULL);
    CHECK_LIST(w, "[\"t\"]");
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    world_close(&w);
}

static void create_needs_no_place_for_a_handle(void) {
    world w = world_open(NULL);
    dictdb_table *table = NULL;
    CREATE(w, "u");
    CHECK_OK(dictdb_db_get_table(w.db, NTS("u"), &table, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(table, NTS("{}"), NULL, &w.err), &w.err);
    dictdb_table_free(table);
    world_close(&w);
}

static void all_handles_to_a_table_see_the_same_records(void) {
    world w = world_open(NULL);
    dictdb_table *other = NULL;
    CHECK_OK(dictdb_db_get_table(w.db, NTS("t"), &other, &w.err), &w.err);
    CHECK(other != w.table);
    CHECK_OK(dictdb_table_insert(other, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    dictdb_table_free(other);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    world_close(&w);
}

static void a_table_that_is_not_there_is_not_found(void) {
    world w = world_open(NULL);
    dictdb_table *table = w.table;
    CHECK_STATUS(dictdb_db_get_table(w.db, NTS("T"), &table, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_db_drop_table(w.db, NTS("T"), &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_LIST(w, "[\"t\"]");
    world_close(&w);
}

static void a_dropped_table_is_not_found(void) {
    world w = world_open(NULL);
    dictdb_table *table = NULL;
    DROP(w, "t");
    CHECK_LIST(w, "[]");
    CHECK_STATUS(dictdb_db_get_table(w.db, NTS("t"), &table, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_db_drop_table(w.db, NTS("t"), &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------ names */

static void a_name_is_any_text(void) {
    world w = world_open(NULL);
    CREATE(w, "T");
    CREATE(w, "two words");
    CREATE(w, "\xc3\xa9t\xc3\xa9");
    CREATE(w, "say \"hi\"\\\n");
    CHECK_OK(dictdb_db_create_table(w.db, "a\0b", 3, NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, "a\0c", 1, NULL, 0, NULL, &w.err), &w.err);
    CHECK_LIST(w, "[\"t\",\"T\",\"two words\",\"\xc3\xa9t\xc3\xa9\",\"say \\\"hi\\\"\\\\\\n\",\"a\\u0000b\",\"a\"]");
    world_close(&w);
}

static void a_name_is_not_empty(void) {
    world w = world_open(NULL);
    dictdb_table *table = w.table;
    CHECK_STATUS(dictdb_db_create_table(w.db, NTS(""), NULL, 0, &table, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_db_create_table(w.db, "t", 0, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_LIST(w, "[\"t\"]");
    world_close(&w);
}

static void a_name_has_at_most_1024_bytes(void) {
    world w = world_open(NULL);
    dictdb_table *table = NULL;
    char name[1026];
    memset(name, 'n', sizeof name);
    CHECK_OK(dictdb_db_create_table(w.db, name, 1024, NULL, 0, NULL, &w.err), &w.err);
    CHECK_STATUS(dictdb_db_create_table(w.db, name, 1025, NULL, 0, &table, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK(table == NULL);
    CHECK_OK(dictdb_db_get_table(w.db, name, 1024, &table, &w.err), &w.err);
    dictdb_table_free(table);
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- options */

static void check_refused(const char *file, int line, const char *options, dictdb_status expected) {
    world w = world_open(NULL);
    dictdb_table *table = w.table;
    check_expect(&w.err);
    check_status(file, line, options, dictdb_db_create_table(w.db, NTS("u"), NTS(options), &table, &w.err), expected, &w.err);
    check_true(file, line, table == NULL, "the handle is NULL");
    check_list(file, line, &w, "[\"t\"]");
    world_close(&w);
}

#define CHECK_REFUSED(options, status) check_refused(__FILE__, __LINE__, (options), DICTDB_STATUS_##status)

static void options_may_be_left_out(void) {
    static const char *const OPTIONS[] = {"{}", "{\"schema\":null}", "{\"primary_key\":\"id\"}", " { } "};
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
        world w = world_open(OPTIONS[i]);
        INSERT(w, "[{\"a\":1}]");
        CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
        world_close(&w);
    }
}

static void an_unknown_option_is_refused(void) {
    CHECK_REFUSED("{\"primary_kee\":\"id\"}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"primary_key\":\"id\",\"\":1}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"Schema\":null}", INVALID_ARGUMENT);
}

static void an_option_of_a_wrong_type_is_refused(void) {
    CHECK_REFUSED("{\"primary_key\":1}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"primary_key\":[\"id\"]}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":[]}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":\"int\"}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":1}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":null}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":\"integer\"}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":\"\"}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":{}}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"nullable\":true}}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"int\",\"nullable\":1}}}", INVALID_ARGUMENT);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"int\",\"nulable\":true}}}", INVALID_ARGUMENT);
}

static void options_that_are_no_object_are_refused(void) {
    CHECK_REFUSED("", INVALID_JSON);
    CHECK_REFUSED("[]", INVALID_JSON);
    CHECK_REFUSED("null", INVALID_JSON);
    CHECK_REFUSED("{\"schema\":", INVALID_JSON);
    CHECK_REFUSED("{} {}", INVALID_JSON);
    CHECK_REFUSED("{\"schema\":\"\xff\"}", INVALID_UTF8);
}

static void a_default_of_another_type_is_refused(void) {
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"int\",\"default\":\"1\"}}}", SCHEMA);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"str\",\"default\":1}}}", SCHEMA);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"bool\",\"default\":0}}}", SCHEMA);
    CHECK_REFUSED("{\"schema\":{\"a\":{\"type\":\"int\",\"default\":1.0}}}", SCHEMA);
}

/* ------------------------------------------------------------------------------------------------------- what lives how long */

/** Every function of a table answers TABLE_NOT_FOUND. */
static void check_dropped(world *w) {
    dictdb_predicate *all = everything();
    uint64_t count = 77;
    int32_t outcome = 77;
    const dictdb_status gone = DICTDB_STATUS_TABLE_NOT_FOUND;
    CHECK_STATUS(dictdb_table_insert(w->table, NTS("{}"), &w->out, &w->err), gone, &w->err);
    CHECK_EMPTY(w->out);
    CHECK_STATUS(dictdb_table_insert_many(w->table, NTS("[{}]"), &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_upsert(w->table, NTS("{}"), DICTDB_CONFLICT_UPDATE, &outcome, &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_get(w->table, NTS("1"), &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_get_int(w->table, 1, &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_get_many(w->table, NTS("[1]"), &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_select(w->table, NULL, NULL, 0, &w->out, &count, &w->err), gone, &w->err);
    CHECK_EMPTY(w->out);
    CHECK_STATUS(dictdb_table_count(w->table, NULL, &count, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_update(w->table, all, NTS("{\"a\":1}"), &count, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_update_by_key(w->table, NTS("1"), NTS("{\"a\":1}"), &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_delete(w->table, all, &count, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_delete_by_key(w->table, NTS("1"), &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_describe(w->table, &w->out, &w->err), gone, &w->err);
    CHECK_STATUS(dictdb_table_statistics(w->table, &w->out, &w->err), gone, &w->err);
    CHECK_INT(count, 77);
    CHECK_INT(outcome, 77);
    dictdb_predicate_free(all);
}

static void a_handle_to_a_dropped_table_finds_no_table(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    DROP(w, "t");
    check_dropped(&w);
    world_close(&w);
}

static void a_new_table_of_the_name_is_another_table(void) {
    world w = world_open(NULL);
    dictdb_table *second = NULL;
    INSERT(w, "[{\"id\":5}]");
    DROP(w, "t");
    CHECK_OK(dictdb_db_create_table(w.db, NTS("t"), NULL, 0, &second, &w.err), &w.err);
    check_dropped(&w);
    CHECK_OK(dictdb_table_insert(second, NTS("{}"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "1");
    check_dropped(&w);
    CHECK_OK(dictdb_table_select(second, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[{\"id\":1}]");
    dictdb_table_free(second);
    world_close(&w);
}

static void all_handles_to_a_dropped_table_find_no_table(void) {
    world w = world_open(NULL);
    world other = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_get_table(w.db, NTS("t"), &other.table, &w.err), &w.err);
    DROP(w, "t");
    check_dropped(&w);
    check_dropped(&other);
    world_close(&other);
    world_close(&w);
}

static void freeing_a_table_handle_leaves_the_table(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1}]");
    dictdb_table_free(w.table);
    CHECK_LIST(w, "[\"t\"]");
    CHECK_OK(dictdb_db_get_table(w.db, NTS("t"), &w.table, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    world_close(&w);
}

static void a_table_lives_on_when_its_database_is_freed(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    uint64_t count = 0;
    INSERT(w, "[{\"a\":1},{\"a\":2}]");
    dictdb_db_free(w.db);
    CHECK_STATUS(dictdb_db_list_tables(w.db, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"a\":3}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_update(w.table, all, NTS("{\"b\":0}"), &count, &w.err), &w.err);
    CHECK_INT(count, 2);
    CHECK_RECORDS(w, "[{\"a\":2,\"id\":2,\"b\":0},{\"a\":3,\"id\":3,\"b\":0}]");
    dictdb_predicate_free(all);
    world_close(&w);
}

static void two_handles_outlive_the_database_together(void) {
    world w = world_open(NULL);
    dictdb_table *other = NULL;
    CHECK_OK(dictdb_db_get_table(w.db, NTS("t"), &other, &w.err), &w.err);
    dictdb_db_free(w.db);
    CHECK_OK(dictdb_table_insert(other, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    dictdb_table_free(other);
    CHECK_RECORDS(w, "[{\"a\":1,\"id\":1}]");
    world_close(&w);
}

static void a_dropped_table_may_be_freed_before_or_after_its_database(void) {
    world w = world_open(NULL);
    DROP(w, "t");
    dictdb_db_free(w.db);
    check_dropped(&w);
    dictdb_table_free(w.table);
    world_close(&w);
    w = world_open(NULL);
    DROP(w, "t");
    dictdb_table_free(w.table);
    CHECK_LIST(w, "[]");
    world_close(&w);
}

int main(void) {
    RUN(a_new_database_has_no_tables);
    RUN(databases_are_independent);
    RUN(a_database_takes_no_options_yet);
    RUN(tables_are_listed_in_the_order_of_creation);
    RUN(a_table_created_again_is_listed_last);
    RUN(a_thousand_tables_keep_their_order);
    RUN(a_name_is_taken_once);
    RUN(create_needs_no_place_for_a_handle);
    RUN(all_handles_to_a_table_see_the_same_records);
    RUN(a_table_that_is_not_there_is_not_found);
    RUN(a_dropped_table_is_not_found);
    RUN(a_name_is_any_text);
    RUN(a_name_is_not_empty);
    RUN(a_name_has_at_most_1024_bytes);
    RUN(options_may_be_left_out);
    RUN(an_unknown_option_is_refused);
    RUN(an_option_of_a_wrong_type_is_refused);
    RUN(options_that_are_no_object_are_refused);
    RUN(a_default_of_another_type_is_refused);
    RUN(a_handle_to_a_dropped_table_finds_no_table);
    RUN(a_new_table_of_the_name_is_another_table);
    RUN(all_handles_to_a_dropped_table_find_no_table);
    RUN(freeing_a_table_handle_leaves_the_table);
    RUN(a_table_lives_on_when_its_database_is_freed);
    RUN(two_handles_outlive_the_database_together);
    RUN(a_dropped_table_may_be_freed_before_or_after_its_database);
    return check_finish();
}
