/*
 * Tests: batches: each operation and its result, that operations see what those before them did, what is refused when it is added,
 * batches that are used again, cleared, and outlive the handles they were made with.
 * Does not test: operations that fail (test_batch_failure), threads (test_batch_shared, test_batch_threads), batches as one text
 * (test_batch_text), changes in a feed (test_watch).
 */
#include "batch.h"

/* ------------------------------------------------------------------------------------------------------------------ results */

static void each_operation_gives_its_result(void) {
    scene s = open_scene();
    dictdb_update *update = NULL;
    CHECK_OK(dictdb_update_new(NULL, NTS("n < ?1"), NTS("n = n + ?2"), &update, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{\"n\":50}"));
    ADDED(s, insert, A, NTS("{\"id\":\"k\\u00e9y\"}"));
    ADDED(s, insert_many, S, NTS("[{\"code\":\"c5\",\"grp\":50},{\"code\":\"c6\",\"grp\":50}]"));
    ADDED(s, insert_many, A, NTS("[]"));
    ADDED(s, upsert, A, NTS("{\"id\":4,\"name\":\"Dee\"}"), DICTDB_CONFLICT_UPDATE);
    ADDED(s, upsert, A, NTS("{\"id\":4,\"name\":\"no\"}"), DICTDB_CONFLICT_IGNORE);
    ADDED(s, upsert, A, NTS("{\"id\":\"new\"}"), DICTDB_CONFLICT_ERROR);
    ADDED(s, update_by_key, S, NTS("2"), NTS("{\"note\":\"two\"}"));
    ADDED(s, update, A, update, NTS("[35, 1]"));
    ADDED(s, update_where, S, NTS("grp = ?1"), NTS("grp = grp + 1"), NTS("[50]"));
    ADDED(s, update_where, S, NTS("grp = 40"), NTS("grp = 41"), NULL, 0);
    ADDED(s, delete_by_key, A, NTS("\"new\""));
    ADDED(s, delete_where, S, NTS("code IN (?1, 'c3')"), NTS("[\"c4\"]"));
    ADDED(s, delete_where, A, NTS("id = 4"), NULL, 0);
    dictdb_update_free(update);
    COMMIT(s, "[{\"key\":5},{\"key\":\"k\u00e9y\"},{\"keys\":[5,6]},{\"keys\":[]},{\"key\":4,\"outcome\":\"updated\"},"
              "{\"key\":4,\"outcome\":\"ignored\"},{\"key\":\"new\",\"outcome\":\"inserted\"},{\"count\":1},{\"count\":3},{\"count\":2},"
              "{\"count\":1},{\"count\":1},{\"count\":2},{\"count\":1}]");
    CHECK_TABLE(s, A, "[{\"id\":1,\"mail\":\"a@x\",\"n\":11,\"name\":\"Ada\",\"big\":18446744073709551615,\"odd\":1.5},"
                      "{\"id\":2,\"mail\":\"b@x\",\"n\":21},{\"id\":3,\"mail\":\"c@x\",\"n\":31},{\"n\":50,\"id\":5},{\"id\":\"k\u00e9y\"}]");
    CHECK_TABLE(s, S, "[{\"code\":\"c1\",\"grp\":10,\"note\":\"x\",\"id\":1},{\"code\":\"c2\",\"grp\":20,\"id\":2,\"note\":\"two\"},"
                      "{\"code\":\"c5\",\"grp\":51,\"id\":5},{\"code\":\"c6\",\"grp\":51,\"id\":6}]");
    close_scene(&s);
}

static void nothing_is_done_before_the_commit(void) {
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    ADDED(s, insert, A, NTS("{\"fresh_1\":1}"));
    ADDED(s, insert_many, S, NTS("[{\"code\":\"c5\",\"grp\":50}]"));
    ADDED(s, delete_where, A, NTS("TRUE"), NULL, 0);
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after operations were added");
    free(before);
    free(after);
    close_scene(&s);
}

static void results_may_be_left_out(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{\"id\":9}"));
    CHECK_OK(dictdb_batch_commit(s.batch, NULL, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{\"id\":9}"));
    CHECK_REFUSED_CALL(dictdb_batch_commit(s.batch, NULL, &s.err), "without results", DICTDB_STATUS_DUPLICATE_KEY, 0, &s.err);
    CHECK_INT(dictdb_batch_commit(s.batch, NULL, NULL), DICTDB_STATUS_DUPLICATE_KEY);
    CHECK_OK(dictdb_table_get_int(s.tables[A], 9, &s.out, &s.err), &s.err);
    close_scene(&s);
}

static void an_empty_batch_may_be_committed(void) {
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    COMMIT(s, "[]");
    COMMIT(s, "[]");
    CHECK_OK(dictdb_batch_commit(s.batch, NULL, &s.err), &s.err);
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after an empty commit");
    free(before);
    free(after);
    close_scene(&s);
}

static void a_batch_is_empty_after_success_and_may_be_used_again(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{}"));
    COMMIT(s, "[{\"key\":5}]");
    COMMIT(s, "[]");
    ADDED(s, insert, A, NTS("{}"));
    ADDED(s, delete_by_key, S, NTS("1"));
    COMMIT(s, "[{\"key\":6},{\"count\":1}]");
    COMMIT(s, "[]");
    close_scene(&s);
}

static void clearing_gives_up_what_was_added(void) {
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{\"id\":1}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 0);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    COMMIT(s, "[]");
    ADDED(s, delete_where, A, NTS("TRUE"), NULL, 0);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    COMMIT(s, "[]");
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after clearing");
    ADDED(s, insert, A, NTS("{}"));
    COMMIT(s, "[{\"key\":5}]");
    free(before);
    free(after);
    close_scene(&s);
}

static void freeing_gives_up_what_was_added(void) {
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    ADDED(s, delete_where, A, NTS("TRUE"), NULL, 0);
    dictdb_batch_free(s.batch);
    CHECK_STATUS(dictdb_batch_commit(s.batch, &s.out, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    CHECK_STATUS(dictdb_batch_clear(s.batch, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    CHECK_STATUS(dictdb_batch_insert(s.batch, s.tables[A], NTS("{}"), &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after freeing the batch");
    free(before);
    free(after);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------- operations see what those before did */

static void a_record_that_was_inserted_can_be_changed_and_deleted(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{\"id\":7,\"n\":1}"));
    ADDED(s, update_by_key, A, NTS("7"), NTS("{\"n\":2,\"fresh_1\":true}"));
    ADDED(s, update_where, A, NTS("fresh_1 = true AND n = 2"), NTS("n = n * 10"), NULL, 0);
    ADDED(s, upsert, A, NTS("{\"id\":7,\"mail\":\"seven\"}"), DICTDB_CONFLICT_UPDATE);
    ADDED(s, insert, A, NTS("{\"id\":8}"));
    ADDED(s, delete_by_key, A, NTS("8"));
    ADDED(s, insert, A, NTS("{\"id\":8,\"again\":1}"));
    ADDED(s, delete_where, A, NTS("id < 5"), NULL, 0);
    COMMIT(s, "[{\"key\":7},{\"count\":1},{\"count\":1},{\"key\":7,\"outcome\":\"updated\"},{\"key\":8},{\"count\":1},{\"key\":8},{\"count\":4}]");
    CHECK_TABLE(s, A, "[{\"id\":7,\"n\":20,\"fresh_1\":true,\"mail\":\"seven\"},{\"id\":8,\"again\":1}]");
    CHECK_INT(statistic(&s, A, "records"), 2);
    close_scene(&s);
}

static void a_record_that_comes_and_goes_within_a_batch_leaves_nothing(void) {
    scene s = open_scene();
    for (int i = 0; i < 3; i++) {
        ADDED(s, insert, A, NTS("{\"id\":\"guest\",\"mail\":\"guest\",\"fresh_1\":1}"));
        ADDED(s, delete_by_key, A, NTS("\"guest\""));
    }
    COMMIT(s, "[{\"key\":\"guest\"},{\"count\":1},{\"key\":\"guest\"},{\"count\":1},{\"key\":\"guest\"},{\"count\":1}]");
    CHECK_TABLE(s, A, RECORDS_OF_A);
    CHECK_OK(dictdb_table_insert(s.tables[A], NTS("{\"mail\":\"guest\"}"), &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "5");
    close_scene(&s);
}

static void a_deleted_record_is_not_found_by_the_operations_after_it(void) {
    scene s = open_scene();
    ADDED(s, delete_by_key, A, NTS("1"));
    ADDED(s, update_where, A, NTS("n > 0"), NTS("n = -n"), NULL, 0);
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"n\":0}"));
    CHECK_REFUSED(s, DICTDB_STATUS_RECORD_NOT_FOUND, 2);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    close_scene(&s);
}

static void automatic_keys_continue_within_a_batch(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{}"));
    ADDED(s, insert_many, A, NTS("[{},{\"id\":20},{}]"));
    ADDED(s, insert, A, NTS("{\"id\":null}"));
    ADDED(s, delete_by_key, A, NTS("22"));
    ADDED(s, upsert, A, NTS("{\"x\":1}"), DICTDB_CONFLICT_UPDATE);
    ADDED(s, update_by_key, A, NTS("23"), NTS("{\"id\":40}"));
    ADDED(s, insert, A, NTS("{}"));
    ADDED(s, insert, S, NTS("{\"code\":\"c5\",\"grp\":0}"));
    COMMIT(s, "[{\"key\":5},{\"keys\":[6,20,21]},{\"key\":22},{\"count\":1},{\"key\":23,\"outcome\":\"inserted\"},{\"count\":1},{\"key\":41},"
              "{\"key\":5}]");
    check_next_keys(&s, "42", "6");
    close_scene(&s);
}

static void a_batch_may_use_keys_up_and_fails_without_having_used_them(void) {
    scene s = open_scene();
    ADDED(s, insert, A, NTS("{\"id\":9223372036854775806}"));
    ADDED(s, insert, A, NTS("{}"));
    ADDED(s, insert, A, NTS("{}"));
    CHECK_REFUSED(s, DICTDB_STATUS_NUMBER_RANGE, 2);
    check_next_keys(&s, "5", "5");
    close_scene(&s);
}

static void unique_values_may_trade_places_in_a_batch(void) {
    scene s = open_scene();
    ADDED(s, update_where, A, NTS("id IN (1, 2)"), NTS("n = n"), NULL, 0);
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"mail\":\"between\"}"));
    ADDED(s, update_by_key, A, NTS("2"), NTS("{\"mail\":\"a@x\"}"));
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"mail\":\"b@x\"}"));
    ADDED(s, delete_by_key, A, NTS("3"));
    ADDED(s, insert, A, NTS("{\"id\":3,\"mail\":\"c@x\"}"));
    CHECK_OK(dictdb_batch_commit(s.batch, NULL, &s.err), &s.err);
    CHECK_OK(dictdb_table_query(s.tables[A], NTS("{\"where\":\"mail IN ('a@x', 'b@x', 'c@x', 'between')\",\"columns\":[\"id\",\"mail\"]}"), NULL, 0,
                                &s.out, NULL, &s.err), &s.err);
    CHECK_TEXT(s.out, "[{\"id\":1,\"mail\":\"b@x\"},{\"id\":2,\"mail\":\"a@x\"},{\"id\":3,\"mail\":\"c@x\"}]");
    CHECK_STATUS(dictdb_table_insert(s.tables[A], NTS("{\"mail\":\"a@x\"}"), NULL, &s.err), DICTDB_STATUS_DUPLICATE_KEY, &s.err);
    CHECK_OK(dictdb_table_insert(s.tables[A], NTS("{\"mail\":\"between\"}"), NULL, &s.err), &s.err);
    close_scene(&s);
}

static void each_operation_must_keep_values_unique_not_the_batch_as_a_whole(void) {
    scene s = open_scene();
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"mail\":\"b@x\"}"));
    ADDED(s, update_by_key, A, NTS("2"), NTS("{\"mail\":\"a@x\"}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 0);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    close_scene(&s);
}

static void a_key_may_be_given_up_and_taken_in_a_batch(void) {
    scene s = open_scene();
    ADDED(s, update_by_key, A, NTS("1"), NTS("{\"id\":\"one\"}"));
    ADDED(s, insert, A, NTS("{\"id\":1,\"second\":true}"));
    ADDED(s, update_where, A, NTS("id = 2"), NTS("id = 100"), NULL, 0);
    ADDED(s, update_where, A, NTS("id = 3"), NTS("id = 2"), NULL, 0);
    ADDED(s, delete_by_key, A, NTS("4"));
    COMMIT(s, "[{\"count\":1},{\"key\":1},{\"count\":1},{\"count\":1},{\"count\":1}]");
    CHECK_OK(dictdb_table_select(s.tables[A], NULL, NTS("{\"columns\":[\"id\"]}"), &s.out, NULL, &s.err), &s.err);
    CHECK_TEXT(s.out, "[{\"id\":\"one\"},{\"id\":100},{\"id\":2},{\"id\":1}]");
    check_next_keys(&s, "101", "5");
    close_scene(&s);
}

static void operations_find_records_of_the_batch_by_indexes(void) {
    scene s = open_scene();
    for (int i = 0; i < 300; i++) {
        char record[100];
        snprintf(record, sizeof record, "{\"mail\":\"m%d\",\"n\":%d}", i, 1000 + i);
        ADDED(s, insert, A, NTS(record));
    }
    ADDED(s, update_where, A, NTS("mail = 'm7'"), NTS("mail = 'seven', n = 5000"), NULL, 0);
    ADDED(s, update_where, A, NTS("n BETWEEN 1100 AND 1199"), NTS("n = n + 2000"), NULL, 0);
    ADDED(s, delete_where, A, NTS("n BETWEEN 1000 AND 2999"), NULL, 0);
    ADDED(s, delete_where, A, NTS("mail = 'm7' OR mail = 'm100'"), NULL, 0);
    CHECK_OK(dictdb_batch_commit(s.batch, &s.out, &s.err), &s.err);
    CHECK_CONTAINS(s.out.data, "{\"key\":304},{\"count\":1},{\"count\":100},{\"count\":199},{\"count\":1}]");
    CHECK_OK(dictdb_table_query(s.tables[A], NTS("{\"where\":\"n > 1000\",\"aggregates\":[\"count()\",\"sum(n)\",\"max(mail)\"]}"), NULL, 0, &s.out,
                                NULL, &s.err), &s.err);
    CHECK_TEXT(s.out, "[{\"count()\":100,\"sum(n)\":316850,\"max(mail)\":\"seven\"}]");
    close_scene(&s);
}

/* ---------------------------------------------------------------------------------------------------------- what is refused */

/** An addition that fails: as the call tells, and the batch has what it had. */
#define CHECK_NOT_ADDED(call, expected) CHECK_STATUS(call, expected, &s.err)

static void an_addition_that_fails_leaves_the_batch_as_it_was(void) {
    scene s = open_scene();
    dictdb_update *update = NULL;
    CHECK_OK(dictdb_update_new(NULL, NTS("n < ?1"), NTS("n = ?2"), &update, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{}"));
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NTS("[]"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NTS("{\"a\":1"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NTS("{\"a\":\"\xff\"}"), &s.err), DICTDB_STATUS_INVALID_UTF8);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NTS("{\"id\":1.5}"), &s.err), DICTDB_STATUS_INVALID_KEY);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NTS("{\"a\":18446744073709551616}"), &s.err), DICTDB_STATUS_NUMBER_RANGE);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[A], NULL, 0, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, s.tables[S], NTS("{\"code\":\"x\"}"), &s.err), DICTDB_STATUS_SCHEMA);
    CHECK_MEMBER(dictdb_error_detail(s.err), "field", "\"grp\"");
    CHECK_NOT_ADDED(dictdb_batch_insert_many(s.batch, s.tables[A], NTS("{}"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_insert_many(s.batch, s.tables[A], NTS("[{},{},{\"id\":[]}]"), &s.err), DICTDB_STATUS_INVALID_KEY);
    CHECK_MEMBER(dictdb_error_detail(s.err), "index", "2");
    CHECK_NOT_ADDED(dictdb_batch_insert_many(s.batch, s.tables[S], NTS("[{\"code\":\"x\",\"grp\":1},{\"code\":1,\"grp\":1}]"), &s.err),
                    DICTDB_STATUS_SCHEMA);
    CHECK_MEMBER(dictdb_error_detail(s.err), "index", "1");
    CHECK_NOT_ADDED(dictdb_batch_upsert(s.batch, s.tables[A], NTS("{}"), 3, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_upsert(s.batch, s.tables[A], NTS("{}"), -1, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_upsert(s.batch, s.tables[A], NTS("7"), DICTDB_CONFLICT_UPDATE, &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_update_by_key(s.batch, s.tables[A], NTS("1.5"), NTS("{}"), &s.err), DICTDB_STATUS_INVALID_KEY);
    CHECK_NOT_ADDED(dictdb_batch_update_by_key(s.batch, s.tables[A], NTS("1"), NTS("[]"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_update_by_key(s.batch, s.tables[A], NTS("1"), NTS("{\"id\":null}"), &s.err), DICTDB_STATUS_INVALID_KEY);
    CHECK_NOT_ADDED(dictdb_batch_update_by_key(s.batch, s.tables[S], NTS("1"), NTS("{\"grp\":\"x\"}"), &s.err), DICTDB_STATUS_SCHEMA);
    CHECK_NOT_ADDED(dictdb_batch_update(s.batch, s.tables[A], update, NTS("[1]"), &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_update(s.batch, s.tables[A], update, NULL, 0, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_update(s.batch, s.tables[A], update, NTS("[1,2,3]"), &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_update(s.batch, s.tables[A], update, NTS("7"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_update(s.batch, s.tables[A], NULL, NULL, 0, &s.err), DICTDB_STATUS_INVALID_HANDLE);
    CHECK_NOT_ADDED(dictdb_batch_update_where(s.batch, s.tables[A], NTS("n ="), NTS("n = 1"), NULL, 0, &s.err), DICTDB_STATUS_PARSE);
    CHECK_MEMBER(dictdb_error_detail(s.err), "parameter", "\"where\"");
    CHECK_MEMBER(dictdb_error_detail(s.err), "position", "3");
    CHECK_NOT_ADDED(dictdb_batch_update_where(s.batch, s.tables[A], NTS("n = 1"), NTS("n == 1"), NULL, 0, &s.err), DICTDB_STATUS_PARSE);
    CHECK_MEMBER(dictdb_error_detail(s.err), "parameter", "\"set\"");
    CHECK_NOT_ADDED(dictdb_batch_update_where(s.batch, s.tables[A], NULL, 0, NTS("n = 1"), NULL, 0, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_update_where(s.batch, s.tables[A], NTS("n = ?1"), NTS("n = 1"), NULL, 0, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_delete_by_key(s.batch, s.tables[A], NTS("true"), &s.err), DICTDB_STATUS_INVALID_KEY);
    CHECK_NOT_ADDED(dictdb_batch_delete_by_key(s.batch, s.tables[A], NTS("x"), &s.err), DICTDB_STATUS_INVALID_JSON);
    CHECK_NOT_ADDED(dictdb_batch_delete_where(s.batch, s.tables[A], NTS(""), NULL, 0, &s.err), DICTDB_STATUS_PARSE);
    CHECK_NOT_ADDED(dictdb_batch_delete_where(s.batch, s.tables[A], NULL, 0, NULL, 0, &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    CHECK_NOT_ADDED(dictdb_batch_delete_where(s.batch, s.tables[A], NTS("n = 1"), NTS("[1]"), &s.err), DICTDB_STATUS_INVALID_ARGUMENT);
    ADDED(s, insert, A, NTS("{}"));
    COMMIT(s, "[{\"key\":5},{\"key\":6}]");
    dictdb_update_free(update);
    close_scene(&s);
}

static void a_batch_does_not_take_snapshots_nor_wrong_handles(void) {
    scene s = open_scene();
    dictdb_table *snapshot = NULL;
    dictdb_db *of_db = NULL;
    dictdb_table *in_db = NULL;
    dictdb_update *update = NULL;
    CHECK_OK(dictdb_table_snapshot(s.tables[A], &snapshot, &s.err), &s.err);
    CHECK_OK(dictdb_db_snapshot(s.db, &of_db, &s.err), &s.err);
    CHECK_OK(dictdb_db_get_table(of_db, NTS("a"), &in_db, &s.err), &s.err);
    CHECK_OK(dictdb_update_new(NULL, NTS("TRUE"), NTS("n = 0"), &update, &s.err), &s.err);
    dictdb_table *const wrong[] = {snapshot, in_db, NULL, (dictdb_table *)(void *)s.db, (dictdb_table *)(void *)s.batch};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        dictdb_status expected = i < 2 ? DICTDB_STATUS_UNSUPPORTED : DICTDB_STATUS_INVALID_HANDLE;
        CHECK_NOT_ADDED(dictdb_batch_insert(s.batch, wrong[i], NTS("{}"), &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_insert_many(s.batch, wrong[i], NTS("[{}]"), &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_upsert(s.batch, wrong[i], NTS("{}"), DICTDB_CONFLICT_IGNORE, &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_update_by_key(s.batch, wrong[i], NTS("1"), NTS("{}"), &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_update(s.batch, wrong[i], update, NULL, 0, &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_update_where(s.batch, wrong[i], NTS("TRUE"), NTS("n = 0"), NULL, 0, &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_delete_by_key(s.batch, wrong[i], NTS("1"), &s.err), expected);
        CHECK_NOT_ADDED(dictdb_batch_delete_where(s.batch, wrong[i], NTS("TRUE"), NULL, 0, &s.err), expected);
    }
    COMMIT(s, "[]");
    CHECK_TABLE(s, A, RECORDS_OF_A);
    dictdb_update_free(update);
    dictdb_table_free(in_db);
    dictdb_db_free(of_db);
    dictdb_table_free(snapshot);
    close_scene(&s);
}

static void a_cancelled_commit_changes_nothing_and_can_be_made_again(void) {
    scene s = open_scene();
    dictdb_cancel *cancel = NULL;
    dictdb_table *limited = NULL;
    CHECK_OK(dictdb_cancel_new(&cancel, &s.err), &s.err);
    CHECK_OK(dictdb_table_limited(s.tables[S], cancel, DICTDB_NO_TIMEOUT, &limited, &s.err), &s.err);
    char *before = all_that_can_be_seen(&s);
    ADDED(s, insert, A, NTS("{\"fresh_1\":1}"));
    CHECK_OK(dictdb_batch_delete_where(s.batch, limited, NTS("grp < 35"), NULL, 0, &s.err), &s.err);
    CHECK_OK(dictdb_cancel_set(cancel, &s.err), &s.err);
    CHECK_STATUS(dictdb_batch_commit(s.batch, &s.out, &s.err), DICTDB_STATUS_CANCELLED, &s.err);
    CHECK_EMPTY(s.out);
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after a cancelled batch");
    CHECK_OK(dictdb_cancel_reset(cancel, &s.err), &s.err);
    dictdb_table_free(limited);
    COMMIT(s, "[{\"key\":5},{\"count\":3}]");
    dictdb_cancel_free(cancel);
    free(before);
    free(after);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------------ handles */

static void a_batch_keeps_what_it_needs(void) {
    scene s = open_scene();
    dictdb_table *other = NULL;
    dictdb_update *update = NULL;
    dictdb_buffer record = DICTDB_BUFFER_INIT;
    CHECK_OK(dictdb_db_get_table(s.db, NTS("a"), &other, &s.err), &s.err);
    CHECK_OK(dictdb_update_new(NULL, NTS("id = ?1"), NTS("n = n + ?2"), &update, &s.err), &s.err);
    CHECK_OK(dictdb_table_get_int(s.tables[A], 2, &record, &s.err), &s.err);
    CHECK_OK(dictdb_batch_delete_by_key(s.batch, other, NTS("2"), &s.err), &s.err);
    CHECK_OK(dictdb_batch_insert(s.batch, other, record.data, record.len, &s.err), &s.err);
    CHECK_OK(dictdb_batch_update(s.batch, other, update, NTS("[2, 1]"), &s.err), &s.err);
    dictdb_table_free(other);
    dictdb_update_free(update);
    memset(record.data, 'x', record.len);
    dictdb_buffer_free(&record);
    dictdb_db_free(s.db);
    s.db = NULL;
    COMMIT(s, "[{\"count\":1},{\"key\":2},{\"count\":1}]");
    CHECK_OK(dictdb_table_get_int(s.tables[A], 2, &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "{\"id\":2,\"mail\":\"b@x\",\"n\":21}");
    close_scene(&s);
}

static void a_batch_may_be_the_last_to_know_its_tables(void) {
    for (int commit = 0; commit < 2; commit++) {
        scene s = open_scene();
        ADDED(s, insert, A, NTS("{}"));
        ADDED(s, insert, S, NTS("{\"code\":\"c5\",\"grp\":5}"));
        ADDED(s, update_where, A, NTS("TRUE"), NTS("n = 0"), NULL, 0);
        dictdb_table_free(s.tables[A]);
        dictdb_table_free(s.tables[S]);
        dictdb_db_free(s.db);
        if (commit == 1) {
            COMMIT(s, "[{\"key\":5},{\"key\":5},{\"count\":5}]");
            COMMIT(s, "[]");
        }
        close_scene(&s);
    }
}

static void tables_of_two_databases_change_in_one_batch(void) {
    scene s = open_scene();
    scene other = open_scene();
    ADDED(s, insert, A, NTS("{\"here\":1}"));
    CHECK_OK(dictdb_batch_insert(s.batch, other.tables[A], NTS("{\"there\":1}"), &s.err), &s.err);
    CHECK_OK(dictdb_batch_delete_by_key(s.batch, other.tables[S], NTS("7"), &s.err), &s.err);
    char *here = all_that_can_be_seen(&s);
    char *there = all_that_can_be_seen(&other);
    CHECK_REFUSED(s, DICTDB_STATUS_RECORD_NOT_FOUND, 2);
    char *here_after = all_that_can_be_seen(&s);
    char *there_after = all_that_can_be_seen(&other);
    CHECK_SAME(here_after, here, "this database after a failed batch");
    CHECK_SAME(there_after, there, "the other database after a failed batch");
    CHECK_OK(dictdb_table_insert(other.tables[S], NTS("{\"id\":7,\"code\":\"c7\",\"grp\":7}"), NULL, &s.err), &s.err);
    COMMIT(s, "[{\"key\":5},{\"key\":5},{\"count\":1}]");
    CHECK_OK(dictdb_table_get_int(s.tables[A], 5, &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "{\"here\":1,\"id\":5}");
    CHECK_OK(dictdb_table_get_int(other.tables[A], 5, &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "{\"there\":1,\"id\":5}");
    CHECK_TABLE(other, S, RECORDS_OF_S);
    free(here);
    free(there);
    free(here_after);
    free(there_after);
    close_scene(&other);
    close_scene(&s);
}

static void two_handles_to_a_table_are_one_table(void) {
    scene s = open_scene();
    dictdb_table *again = NULL;
    CHECK_OK(dictdb_db_get_table(s.db, NTS("a"), &again, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{}"));
    CHECK_OK(dictdb_batch_insert(s.batch, again, NTS("{\"mail\":\"z\"}"), &s.err), &s.err);
    ADDED(s, update_by_key, A, NTS("6"), NTS("{\"n\":6}"));
    CHECK_OK(dictdb_batch_delete_by_key(s.batch, again, NTS("5"), &s.err), &s.err);
    ADDED(s, insert, A, NTS("{\"mail\":\"z\"}"));
    CHECK_REFUSED(s, DICTDB_STATUS_DUPLICATE_KEY, 4);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    CHECK_OK(dictdb_batch_clear(s.batch, &s.err), &s.err);
    ADDED(s, insert, A, NTS("{}"));
    CHECK_OK(dictdb_batch_insert(s.batch, again, NTS("{}"), &s.err), &s.err);
    dictdb_table_free(again);
    COMMIT(s, "[{\"key\":5},{\"key\":6}]");
    close_scene(&s);
}

static void handles_may_be_freed_in_any_order(void) {
    for (int order = 0; order < 6; order++) {
        scene s = open_scene();
        ADDED(s, insert, A, NTS("{}"));
        for (int i = 0; i < 3; i++) {
            /* The six orders of three: which one is freed i-th. */
            static const int ORDERS[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
            switch (ORDERS[order][i]) {
            case 0:
                dictdb_batch_free(s.batch);
                break;
            case 1:
                dictdb_table_free(s.tables[A]);
                break;
            default:
                dictdb_db_free(s.db);
            }
        }
        CHECK_STATUS(dictdb_batch_commit(s.batch, &s.out, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
        close_scene(&s);
    }
}

/* ------------------------------------------------------------------------------------------------------------- much of a thing */

static void a_batch_may_have_many_operations_on_many_tables(void) {
    enum { MANY_TABLES = 40, EACH = 250 };
    dictdb_db *db = NULL;
    dictdb_batch *batch = NULL;
    dictdb_table *tables[MANY_TABLES];
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *err = NULL;
    CHECK_OK(dictdb_db_new(NULL, 0, &db, &err), &err);
    CHECK_OK(dictdb_batch_new(&batch, &err), &err);
    for (int i = 0; i < MANY_TABLES; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        CHECK_OK(dictdb_db_create_table(db, NTS(name), NULL, 0, &tables[i], &err), &err);
    }
    for (int i = 0; i < MANY_TABLES * EACH; i++) {
        char record[32];
        snprintf(record, sizeof record, "{\"i\":%d}", i);
        CHECK_OK(dictdb_batch_insert(batch, tables[i % MANY_TABLES], NTS(record), &err), &err);
    }
    CHECK_OK(dictdb_batch_commit(batch, &out, &err), &err);
    const char *at = out.data == NULL ? "" : out.data + 1;
    for (int i = 0; i < MANY_TABLES * EACH; i++) {
        CHECK_INT(json_integer(at, "key"), 1 + i / MANY_TABLES);
        at = json_end(at);
        at += *at == ',' ? 1 : 0;
    }
    CHECK_STRING(at, "]");
    for (int i = 0; i < MANY_TABLES; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "[{\"count()\":%d,\"sum(i)\":%d}]", EACH, EACH * i + MANY_TABLES * (EACH - 1) * EACH / 2);
        CHECK_OK(dictdb_table_query(tables[i], NTS("{\"aggregates\":[\"count()\",\"sum(i)\"]}"), NULL, 0, &out, NULL, &err), &err);
        CHECK_TEXT(out, expected);
        dictdb_table_free(tables[i]);
    }
    dictdb_error_free(err);
    dictdb_buffer_free(&out);
    dictdb_batch_free(batch);
    dictdb_db_free(db);
}

int main(void) {
    RUN(each_operation_gives_its_result);
    RUN(nothing_is_done_before_the_commit);
    RUN(results_may_be_left_out);
    RUN(an_empty_batch_may_be_committed);
    RUN(a_batch_is_empty_after_success_and_may_be_used_again);
    RUN(clearing_gives_up_what_was_added);
    RUN(freeing_gives_up_what_was_added);
    RUN(a_record_that_was_inserted_can_be_changed_and_deleted);
    RUN(a_record_that_comes_and_goes_within_a_batch_leaves_nothing);
    RUN(a_deleted_record_is_not_found_by_the_operations_after_it);
    RUN(automatic_keys_continue_within_a_batch);
    RUN(a_batch_may_use_keys_up_and_fails_without_having_used_them);
    RUN(unique_values_may_trade_places_in_a_batch);
    RUN(each_operation_must_keep_values_unique_not_the_batch_as_a_whole);
    RUN(a_key_may_be_given_up_and_taken_in_a_batch);
    RUN(operations_find_records_of_the_batch_by_indexes);
    RUN(an_addition_that_fails_leaves_the_batch_as_it_was);
    RUN(a_batch_does_not_take_snapshots_nor_wrong_handles);
    RUN(a_cancelled_commit_changes_nothing_and_can_be_made_again);
    RUN(a_batch_keeps_what_it_needs);
    RUN(a_batch_may_be_the_last_to_know_its_tables);
    RUN(tables_of_two_databases_change_in_one_batch);
    RUN(two_handles_to_a_table_are_one_table);
    RUN(handles_may_be_freed_in_any_order);
    RUN(a_batch_may_have_many_operations_on_many_tables);
    return check_finish();
}
