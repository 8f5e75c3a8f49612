/*
 * Tests: batches as one JSON text: each form of an operation and its result, forms that are wrong, where an error is, all or none.
 * Does not test: what operations do (test_batch), what happens to a batch that fails (test_batch_failure).
 */
#include "batch.h"

#define DONE(s, operations, expected)                                                                               \
    do {                                                                                                            \
        CHECK_OK(dictdb_db_batch((s).db, NTS(operations), &(s).out, &(s).err), &(s).err);                           \
        CHECK_TEXT((s).out, expected);                                                                              \
    } while (0)

/** An operation of a text is at fault. */
#define CHECK_FAULT(s, operations, expected, operation_number)                                                      \
    do {                                                                                                            \
        CHECK_REFUSED_CALL(dictdb_db_batch((s).db, NTS(operations), &(s).out, &(s).err), operations, expected, operation_number, &(s).err); \
        CHECK_EMPTY((s).out);                                                                                       \
    } while (0)

/* -------------------------------------------------------------------------------------------------------------------- forms */

static void each_form_gives_its_result(void) {
    scene s = open_scene();
    DONE(s, "[{\"insert\":\"a\",\"record\":{\"n\":50}},"
            " {\"insert\":\"a\",\"record\":{\"id\":\"key\"}},"
            " {\"insert_many\":\"s\",\"records\":[{\"code\":\"c5\",\"grp\":50},{\"code\":\"c6\",\"grp\":50}]},"
            " {\"insert_many\":\"s\",\"records\":[]},"
            " {\"upsert\":\"a\",\"record\":{\"id\":4,\"name\":\"Dee\"}},"
            " {\"upsert\":\"a\",\"record\":{\"id\":4,\"name\":\"Dea\"},\"on_conflict\":\"update\"},"
            " {\"upsert\":\"a\",\"record\":{\"id\":4,\"name\":\"no\"},\"on_conflict\":\"ignore\"},"
            " {\"upsert\":\"a\",\"record\":{\"id\":\"new\"},\"on_conflict\":\"error\"},"
            " {\"update\":\"s\",\"key\":2,\"changes\":{\"note\":\"two\"}},"
            " {\"update\":\"a\",\"key\":\"key\",\"set\":\"visits = coalesce(visits, 0) + 1\"},"
            " {\"update\":\"a\",\"key\":\"key\",\"set\":\"visits = visits + ?1\",\"params\":[10]},"
            " {\"update\":\"a\",\"where\":\"n < ?1\",\"set\":\"n = n + ?2\",\"params\":[35,1]},"
            " {\"update\":\"s\",\"where\":\"grp = 50\",\"changes\":{\"grp\":51}},"
            " {\"update\":\"s\",\"where\":\"grp = ?1\",\"changes\":{\"note\":\"many\"},\"params\":[51]},"
            " {\"delete\":\"a\",\"key\":\"new\"},"
            " {\"delete\":\"s\",\"where\":\"code IN (?1, 'c3')\",\"params\":[\"c4\"]},"
            " {\"delete\":\"a\",\"where\":\"id = 4\",\"params\":[]}]",
         "[{\"key\":5},{\"key\":\"key\"},{\"keys\":[5,6]},{\"keys\":[]},{\"key\":4,\"outcome\":\"updated\"},{\"key\":4,\"outcome\":\"updated\"},"
         "{\"key\":4,\"outcome\":\"ignored\"},{\"key\":\"new\",\"outcome\":\"inserted\"},{\"count\":1},{\"count\":1},{\"count\":1},{\"count\":3},"
         "{\"count\":2},{\"count\":2},{\"count\":1},{\"count\":2},{\"count\":1}]");
    CHECK_TABLE(s, A, "[{\"id\":1,\"mail\":\"a@x\",\"n\":11,\"name\":\"Ada\",\"big\":18446744073709551615,\"odd\":1.5},"
                      "{\"id\":2,\"mail\":\"b@x\",\"n\":21},{\"id\":3,\"mail\":\"c@x\",\"n\":31},{\"n\":50,\"id\":5},{\"id\":\"key\",\"visits\":11}]");
    CHECK_TABLE(s, S, "[{\"code\":\"c1\",\"grp\":10,\"note\":\"x\",\"id\":1},{\"code\":\"c2\",\"grp\":20,\"id\":2,\"note\":\"two\"},"
                      "{\"code\":\"c5\",\"grp\":51,\"id\":5,\"note\":\"many\"},{\"code\":\"c6\",\"grp\":51,\"id\":6,\"note\":\"many\"}]");
    close_scene(&s);
}

static void no_operations_are_ok(void) {
    scene s = open_scene();
    DONE(s, "[]", "[]");
    DONE(s, " [ ] ", "[]");
    CHECK_OK(dictdb_db_batch(s.db, "[]garbage", 2, NULL, &s.err), &s.err);
    close_scene(&s);
}

static void results_may_be_left_out(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"id\":9}}]"), NULL, &s.err), &s.err);
    CHECK_STATUS(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"id\":9}}]"), NULL, &s.err), DICTDB_STATUS_DUPLICATE_KEY, &s.err);
    CHECK_INT(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"id\":9}}]"), NULL, NULL), DICTDB_STATUS_DUPLICATE_KEY);
    close_scene(&s);
}

static void members_may_stand_in_any_order(void) {
    scene s = open_scene();
    DONE(s, "[ { \"record\" : {\"n\":5} , \"insert\" : \"a\" },\n{\"params\":[1],\"set\":\"n = n + ?1\",\"key\":5,\"update\":\"a\"},"
            "{\"on_conflict\":\"ignore\",\"record\":{\"id\":5},\"upsert\":\"a\"},{\"where\":\"n = 6\",\"delete\":\"a\"}]",
         "[{\"key\":5},{\"count\":1},{\"key\":5,\"outcome\":\"ignored\"},{\"count\":1}]");
    close_scene(&s);
}

static void texts_inside_are_json_strings(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_db_create_table(s.db, NTS("caf\xc3\xa9 \"x\"\n"), NULL, 0, NULL, &s.err), &s.err);
    CHECK_OK(dictdb_db_create_table(s.db, NTS("insert"), NULL, 0, NULL, &s.err), &s.err);
    DONE(s, "[{\"insert\":\"caf\\u00e9 \\\"x\\\"\\n\",\"record\":{\"id\":\"\\u0041\\n\"}},"
            "{\"insert\":\"caf\xc3\xa9 \\\"x\\\"\\u000a\",\"record\":{\"id\":\"B\"}},"
            "{\"update\":\"caf\\u00e9 \\\"x\\\"\\n\",\"where\":\"id = \\\"A\\\\n\\\" OR id = 'B'\",\"set\":\"quote = '\\\"'\"},"
            "{\"insert\":\"insert\",\"record\":{\"insert\":\"a\",\"record\":{}}},"
            "{\"\\u0064elete\":\"insert\",\"k\\u0065y\":1}]",
         "[{\"key\":\"A\\n\"},{\"key\":\"B\"},{\"count\":2},{\"key\":1},{\"count\":1}]");
    close_scene(&s);
}

static void records_come_as_they_were_given(void) {
    scene s = open_scene();
    DONE(s, "[{\"insert\":\"a\",\"record\": { \"f\" : 1.50 , \"g\":[ 1 , {\"x\":\"\\u00e9\\/\"} ], \"f\":2e0, \"z\":null }}]", "[{\"key\":5}]");
    CHECK_OK(dictdb_table_get_int(s.tables[A], 5, &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "{\"f\":2e0,\"g\":[1,{\"x\":\"\xc3\xa9/\"}],\"z\":null,\"id\":5}");
    close_scene(&s);
}

static void operations_see_what_those_before_did(void) {
    scene s = open_scene();
    DONE(s, "[{\"insert\":\"a\",\"record\":{\"id\":7,\"n\":1}},{\"update\":\"a\",\"key\":7,\"changes\":{\"n\":2}},"
            "{\"delete\":\"a\",\"where\":\"n = 2\"},{\"insert\":\"a\",\"record\":{\"id\":7}},{\"insert\":\"a\",\"record\":{}}]",
         "[{\"key\":7},{\"count\":1},{\"count\":1},{\"key\":7},{\"key\":8}]");
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------------- faults */

/** Puts an operation behind a good one and before another. */
static const char *among_good_ones(const char *operation_text) {
    static char text[2000];
    snprintf(text, sizeof text, "[{\"insert\":\"a\",\"record\":{\"fresh_1\":1}},%s,{\"delete\":\"s\",\"key\":1}]", operation_text);
    return text;
}

static void wrong_members_are_refused(void) {
    static const char *const WRONG[] = {
        "{}",
        "{\"record\":{}}",
        "{\"key\":1}",
        "{\"Insert\":\"a\",\"record\":{}}",
        "{\"drop\":\"a\"}",
        "{\"insert\":\"a\"}",
        "{\"insert\":\"a\",\"record\":{},\"x\":1}",
        "{\"insert\":\"a\",\"record\":{},\"key\":1}",
        "{\"insert\":\"a\",\"record\":{},\"records\":[]}",
        "{\"insert\":\"a\",\"record\":{},\"params\":[]}",
        "{\"insert\":\"a\",\"record\":{},\"on_conflict\":\"error\"}",
        "{\"insert\":\"a\",\"record\":[]}",
        "{\"insert\":\"a\",\"record\":7}",
        "{\"insert\":\"a\",\"record\":null}",
        "{\"insert\":\"a\",\"records\":[{}]}",
        "{\"insert\":7,\"record\":{}}",
        "{\"insert\":null,\"record\":{}}",
        "{\"insert\":[\"a\"],\"record\":{}}",
        "{\"insert\":\"a\",\"delete\":\"a\",\"record\":{},\"key\":1}",
        "{\"insert_many\":\"a\"}",
        "{\"insert_many\":\"a\",\"record\":{}}",
        "{\"insert_many\":\"a\",\"records\":{}}",
        "{\"insert_many\":\"a\",\"records\":[],\"x\":1}",
        "{\"upsert\":\"a\"}",
        "{\"upsert\":\"a\",\"record\":{},\"on_conflict\":\"replace\"}",
        "{\"upsert\":\"a\",\"record\":{},\"on_conflict\":\"UPDATE\"}",
        "{\"upsert\":\"a\",\"record\":{},\"on_conflict\":0}",
        "{\"upsert\":\"a\",\"record\":{},\"where\":\"TRUE\"}",
        "{\"update\":\"a\"}",
        "{\"update\":\"a\",\"key\":1}",
        "{\"update\":\"a\",\"where\":\"TRUE\"}",
        "{\"update\":\"a\",\"changes\":{\"n\":1}}",
        "{\"update\":\"a\",\"set\":\"n = 1\"}",
        "{\"update\":\"a\",\"key\":1,\"changes\":{\"n\":1},\"set\":\"n = 1\"}",
        "{\"update\":\"a\",\"where\":\"TRUE\",\"changes\":{\"n\":1},\"set\":\"n = 1\"}",
        "{\"update\":\"a\",\"key\":1,\"where\":\"TRUE\",\"changes\":{\"n\":1}}",
        "{\"update\":\"a\",\"key\":1,\"where\":\"TRUE\",\"set\":\"n = 1\"}",
        "{\"update\":\"a\",\"key\":1,\"set\":7}",
        "{\"update\":\"a\",\"where\":7,\"set\":\"n = 1\"}",
        "{\"update\":\"a\",\"where\":[],\"changes\":{}}",
        "{\"update\":\"a\",\"key\":1,\"changes\":[]}",
        "{\"update\":\"a\",\"key\":1,\"changes\":\"n = 1\"}",
        "{\"update\":\"a\",\"key\":1,\"record\":{}}",
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = 1\",\"params\":{}}",
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = 1\",\"params\":7}",
        "{\"delete\":\"a\"}",
        "{\"delete\":\"a\",\"key\":1,\"where\":\"TRUE\"}",
        "{\"delete\":\"a\",\"where\":true}",
        "{\"delete\":\"a\",\"key\":1,\"set\":\"n = 1\"}",
        "{\"delete\":\"a\",\"key\":1,\"changes\":{}}",
    };
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CHECK_FAULT(s, among_good_ones(WRONG[i]), DICTDB_STATUS_INVALID_ARGUMENT, 1);
    }
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after wrong texts");
    check_next_keys(&s, "5", "5");
    free(before);
    free(after);
    close_scene(&s);
}

static void values_that_do_not_go_with_the_parameters_are_refused(void) {
    static const char *const WRONG[] = {
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = ?1\"}",
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = ?1\",\"params\":[]}",
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = ?1\",\"params\":[1,2]}",
        "{\"update\":\"a\",\"key\":1,\"set\":\"n = 1\",\"params\":[1]}",
        "{\"update\":\"a\",\"key\":1,\"changes\":{\"n\":1},\"params\":[1]}",
        "{\"update\":\"a\",\"where\":\"n = ?2\",\"set\":\"n = 1\",\"params\":[1]}",
        "{\"update\":\"a\",\"where\":\"n = ?1\",\"changes\":{\"n\":1}}",
        "{\"delete\":\"a\",\"where\":\"n = ?1\"}",
        "{\"delete\":\"a\",\"where\":\"n = ?1\",\"params\":[1,2]}",
        "{\"delete\":\"a\",\"key\":1,\"params\":[1]}",
        "{\"delete\":\"a\",\"where\":\"name LIKE ?1\",\"params\":[1]}",
    };
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CHECK_FAULT(s, among_good_ones(WRONG[i]), DICTDB_STATUS_INVALID_ARGUMENT, 1);
    }
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after wrong texts");
    free(before);
    free(after);
    close_scene(&s);
}

static void what_is_wrong_inside_an_operation_has_its_status(void) {
    static const struct {
        const char *text;
        dictdb_status status;
    } WRONG[] = {
        {"{\"insert\":\"none\",\"record\":{}}", DICTDB_STATUS_TABLE_NOT_FOUND},
        {"{\"insert_many\":\"none\",\"records\":[]}", DICTDB_STATUS_TABLE_NOT_FOUND},
        {"{\"upsert\":\"A\",\"record\":{}}", DICTDB_STATUS_TABLE_NOT_FOUND},
        {"{\"update\":\"none\",\"key\":1,\"changes\":{}}", DICTDB_STATUS_TABLE_NOT_FOUND},
        {"{\"delete\":\"none\",\"where\":\"TRUE\"}", DICTDB_STATUS_TABLE_NOT_FOUND},
        {"{\"insert\":\"a\",\"record\":{\"id\":1.5}}", DICTDB_STATUS_INVALID_KEY},
        {"{\"insert\":\"a\",\"record\":{\"id\":\"\"}}", DICTDB_STATUS_INVALID_KEY},
        {"{\"insert_many\":\"a\",\"records\":[{},{\"id\":true}]}", DICTDB_STATUS_INVALID_KEY},
        {"{\"update\":\"a\",\"key\":1.5,\"changes\":{}}", DICTDB_STATUS_INVALID_KEY},
        {"{\"update\":\"a\",\"key\":null,\"set\":\"n = 1\"}", DICTDB_STATUS_INVALID_KEY},
        {"{\"update\":\"a\",\"key\":1,\"changes\":{\"id\":null}}", DICTDB_STATUS_INVALID_KEY},
        {"{\"update\":\"a\",\"key\":1,\"set\":\"id = 1.5\"}", DICTDB_STATUS_INVALID_KEY},
        {"{\"delete\":\"a\",\"key\":[1]}", DICTDB_STATUS_INVALID_KEY},
        {"{\"insert\":\"s\",\"record\":{\"code\":\"x\"}}", DICTDB_STATUS_SCHEMA},
        {"{\"update\":\"s\",\"key\":1,\"changes\":{\"grp\":\"x\"}}", DICTDB_STATUS_SCHEMA},
        {"{\"update\":\"s\",\"where\":\"id = 2\",\"changes\":{\"grp\":null}}", DICTDB_STATUS_SCHEMA},
        {"{\"update\":\"a\",\"where\":\"n =\",\"set\":\"n = 1\"}", DICTDB_STATUS_PARSE},
        {"{\"update\":\"a\",\"key\":1,\"set\":\"n == 1\"}", DICTDB_STATUS_PARSE},
        {"{\"delete\":\"a\",\"where\":\"\"}", DICTDB_STATUS_PARSE},
        {"{\"update\":\"a\",\"key\":1,\"set\":\"big = big + 1\"}", DICTDB_STATUS_NUMBER_RANGE},
        {"{\"update\":\"a\",\"key\":1,\"set\":\"n = name + 1\"}", DICTDB_STATUS_TYPE_MISMATCH},
        {"{\"insert\":\"a\",\"record\":{\"id\":1}}", DICTDB_STATUS_DUPLICATE_KEY},
        {"{\"insert\":\"a\",\"record\":{\"mail\":\"a@x\"}}", DICTDB_STATUS_DUPLICATE_KEY},
        {"{\"upsert\":\"a\",\"record\":{\"id\":1},\"on_conflict\":\"error\"}", DICTDB_STATUS_DUPLICATE_KEY},
        {"{\"update\":\"a\",\"key\":2,\"changes\":{\"id\":1}}", DICTDB_STATUS_DUPLICATE_KEY},
        {"{\"update\":\"a\",\"key\":99,\"changes\":{\"n\":1}}", DICTDB_STATUS_RECORD_NOT_FOUND},
        {"{\"update\":\"a\",\"key\":99,\"set\":\"n = 1\"}", DICTDB_STATUS_RECORD_NOT_FOUND},
        {"{\"update\":\"a\",\"where\":\"n = 99\",\"set\":\"n = 1\"}", DICTDB_STATUS_RECORD_NOT_FOUND},
        {"{\"update\":\"a\",\"where\":\"n = 99\",\"changes\":{\"n\":1}}", DICTDB_STATUS_RECORD_NOT_FOUND},
        {"{\"delete\":\"a\",\"key\":\"1\"}", DICTDB_STATUS_RECORD_NOT_FOUND},
        {"{\"delete\":\"a\",\"where\":\"FALSE\"}", DICTDB_STATUS_RECORD_NOT_FOUND},
    };
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CHECK_FAULT(s, among_good_ones(WRONG[i].text), WRONG[i].status, 1);
    }
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after wrong texts");
    check_next_keys(&s, "5", "5");
    free(before);
    free(after);
    close_scene(&s);
}

static void what_is_no_array_of_objects_is_refused(void) {
    static const char *const WRONG[] = {"", " ", "{}", "7", "null", "\"x\"", "{\"insert\":\"a\",\"record\":{}}"};
    static const char *const CUT[] = {
        "[",
        "[{\"insert\":\"a\",\"record\":{}}",
        "[{\"insert\":\"a\",\"record\":{}},]",
        "[{\"insert\":\"a\",\"record\":{}}] 1",
        "[{\"insert\":\"a\",\"record\":{}} {}]",
        "[{\"insert\":\"a\",\"record\":{},}]",
        "[{\"insert\":\"a\",\"record\":{'n':1}}]",
    };
    static const char *const ELEMENTS[] = {"7", "null", "[]", "\"insert\"", "true"};
    scene s = open_scene();
    char *before = all_that_can_be_seen(&s);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CHECK_STATUS(dictdb_db_batch(s.db, NTS(WRONG[i]), &s.out, &s.err), DICTDB_STATUS_INVALID_JSON, &s.err);
        CHECK_EMPTY(s.out);
    }
    for (size_t i = 0; i < sizeof CUT / sizeof CUT[0]; i++) {
        CHECK_STATUS(dictdb_db_batch(s.db, NTS(CUT[i]), &s.out, &s.err), DICTDB_STATUS_INVALID_JSON, &s.err);
        CHECK_EMPTY(s.out);
    }
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof ELEMENTS[0]; i++) {
        CHECK_FAULT(s, among_good_ones(ELEMENTS[i]), DICTDB_STATUS_INVALID_ARGUMENT, 1);
    }
    CHECK_STATUS(dictdb_db_batch(s.db, NULL, 0, &s.out, &s.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.err);
    CHECK_MEMBER(dictdb_error_detail(s.err), "parameter", "\"operations\"");
    CHECK_STATUS(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"x\":\"\xff\"}}]"), &s.out, &s.err), DICTDB_STATUS_INVALID_UTF8,
                 &s.err);
    char *after = all_that_can_be_seen(&s);
    CHECK_SAME(after, before, "what can be seen after wrong texts");
    free(before);
    free(after);
    close_scene(&s);
}

static void positions_count_from_the_beginning_of_the_text_at_fault(void) {
    scene s = open_scene();
    CHECK_STATUS(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"n\":01}}]"), &s.out, &s.err), DICTDB_STATUS_INVALID_JSON, &s.err);
    int64_t position = json_integer(dictdb_error_detail(s.err), "position");
    CHECK(position == 29 || position == 30);
    CHECK_STATUS(dictdb_db_batch(s.db, NTS("[{\"insert\":\"a\",\"record\":{\"n\":18446744073709551616}}]"), &s.out, &s.err),
                 DICTDB_STATUS_NUMBER_RANGE, &s.err);
    CHECK_MEMBER(dictdb_error_detail(s.err), "position", "29");
    CHECK_FAULT(s, "[{\"delete\":\"a\",\"where\":\"n = 1 AND ?\"}]", DICTDB_STATUS_PARSE, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "position", "10");
    CHECK_FAULT(s, "[{\"delete\":\"a\",\"key\":1},{\"delete\":\"a\",\"where\":\"n = \\u0031 AND )\"}]", DICTDB_STATUS_PARSE, 1);
    CHECK_MEMBER(dictdb_error_detail(s.err), "position", "10");
    CHECK_MEMBER(dictdb_error_detail(s.err), "option", "\"where\"");
    CHECK_FAULT(s, "[{\"update\":\"a\",\"where\":\"n = 1\",\"set\":\"n = 1, m\"}]", DICTDB_STATUS_PARSE, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "position", "8");
    CHECK_MEMBER(dictdb_error_detail(s.err), "option", "\"set\"");
    CHECK(json_member(dictdb_error_detail(s.err), "found") != NULL);
    CHECK(json_member(dictdb_error_detail(s.err), "expected") != NULL);
    close_scene(&s);
}

static void records_nest_two_levels_less_than_others(void) {
    enum { MOST = 128 };
    scene s = open_scene();
    char record[2 * MOST + 20];
    char text[2 * MOST + 100];
    for (int levels = MOST - 3; levels <= MOST; levels++) {
        /* The record is the first level. */
        char deep[2 * MOST + 1];
        memset(deep, '[', (size_t)levels - 1);
        memset(deep + levels - 1, ']', (size_t)levels - 1);
        deep[2 * levels - 2] = '\0';
        snprintf(record, sizeof record, "{\"deep\":%s}", deep);
        CHECK_OK(dictdb_table_insert(s.tables[A], NTS(record), NULL, &s.err), &s.err);
        snprintf(text, sizeof text, "[{\"insert\":\"a\",\"record\":%s}]", record);
        dictdb_status status = dictdb_db_batch(s.db, NTS(text), &s.out, NULL);
        CHECK_INT(status, levels <= MOST - 2 ? DICTDB_STATUS_OK : DICTDB_STATUS_LIMIT);
    }
    close_scene(&s);
}

static void errors_tell_what_the_operation_met(void) {
    scene s = open_scene();
    CHECK_FAULT(s, "[{\"delete\":\"a\",\"key\":1},{\"insert_many\":\"a\",\"records\":[{},{\"mail\":\"b@x\"}]}]", DICTDB_STATUS_DUPLICATE_KEY, 1);
    CHECK_MEMBER(dictdb_error_detail(s.err), "index", "1");
    CHECK_MEMBER(dictdb_error_detail(s.err), "fields", "[\"mail\"]");
    CHECK_MEMBER(dictdb_error_detail(s.err), "value", "\"b@x\"");
    CHECK_FAULT(s, "[{\"insert_many\":\"s\",\"records\":[{\"code\":\"x\",\"grp\":1},{\"code\":\"x\",\"grp\":\"y\"}]}]", DICTDB_STATUS_SCHEMA, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "index", "1");
    CHECK_MEMBER(dictdb_error_detail(s.err), "field", "\"grp\"");
    CHECK_FAULT(s, "[{\"insert\":\"none\",\"record\":{}}]", DICTDB_STATUS_TABLE_NOT_FOUND, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "table", "\"none\"");
    CHECK_FAULT(s, "[{\"update\":\"a\",\"key\":1,\"set\":\"n = name * 2\"}]", DICTDB_STATUS_TYPE_MISMATCH, 0);
    CHECK_MEMBER(dictdb_error_detail(s.err), "key", "1");
    CHECK_MEMBER(dictdb_error_detail(s.err), "field", "\"n\"");
    close_scene(&s);
}

static void what_a_user_types_is_no_part_of_a_text(void) {
    scene s = open_scene();
    DONE(s, "[{\"insert\":\"a\",\"record\":{\"mail\":\"' OR TRUE\"}},{\"delete\":\"a\",\"where\":\"mail = ?1\",\"params\":[\"' OR TRUE\"]}]",
         "[{\"key\":5},{\"count\":1}]");
    CHECK_TABLE(s, A, RECORDS_OF_A);
    close_scene(&s);
}

static void wrong_databases_are_refused(void) {
    scene s = open_scene();
    dictdb_db *snapshot = NULL;
    const char *good = "[{\"insert\":\"a\",\"record\":{}}]";
    CHECK_OK(dictdb_db_snapshot(s.db, &snapshot, &s.err), &s.err);
    CHECK_STATUS(dictdb_db_batch(snapshot, NTS(good), &s.out, &s.err), DICTDB_STATUS_UNSUPPORTED, &s.err);
    CHECK_STATUS(dictdb_db_batch(NULL, NTS(good), &s.out, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    CHECK_STATUS(dictdb_db_batch((dictdb_db *)(void *)s.tables[A], NTS(good), &s.out, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    dictdb_db_free(snapshot);
    CHECK_STATUS(dictdb_db_batch(snapshot, NTS(good), &s.out, &s.err), DICTDB_STATUS_INVALID_HANDLE, &s.err);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    close_scene(&s);
}

static void a_cancelled_database_changes_nothing(void) {
    scene s = open_scene();
    dictdb_cancel *cancel = NULL;
    dictdb_db *limited = NULL;
    const char *good = "[{\"insert\":\"a\",\"record\":{}},{\"delete\":\"s\",\"where\":\"TRUE\"}]";
    CHECK_OK(dictdb_cancel_new(&cancel, &s.err), &s.err);
    CHECK_OK(dictdb_db_limited(s.db, cancel, DICTDB_NO_TIMEOUT, &limited, &s.err), &s.err);
    CHECK_OK(dictdb_cancel_set(cancel, &s.err), &s.err);
    CHECK_STATUS(dictdb_db_batch(limited, NTS(good), &s.out, &s.err), DICTDB_STATUS_CANCELLED, &s.err);
    CHECK_EMPTY(s.out);
    CHECK_TABLE(s, A, RECORDS_OF_A);
    CHECK_OK(dictdb_cancel_reset(cancel, &s.err), &s.err);
    CHECK_OK(dictdb_db_batch(limited, NTS(good), &s.out, &s.err), &s.err);
    CHECK_TEXT(s.out, "[{\"key\":5},{\"count\":4}]");
    dictdb_db_free(limited);
    dictdb_cancel_free(cancel);
    close_scene(&s);
}

static void a_batch_has_a_million_operations_at_most(void) {
    static const char OPERATION[] = "{\"delete\":\"a\",\"key\":9},";
    enum { MOST = 1000000, LENGTH = sizeof OPERATION - 1 };
    scene s = open_scene();
    size_t size = (size_t)(MOST + 1) * LENGTH + 1;
    char *text = check_memory(size + 1);
    text[0] = '[';
    for (int i = 0; i <= MOST; i++) {
        memcpy(text + 1 + (size_t)i * LENGTH, OPERATION, LENGTH);
    }
    text[size - 1] = ']';
    CHECK_STATUS(dictdb_db_batch(s.db, text, size, &s.out, &s.err), DICTDB_STATUS_LIMIT, &s.err);
    CHECK_MEMBER(dictdb_error_detail(s.err), "limit", "1000000");
    /* One less is within the limit: it fails for another reason. */
    text[size - 1 - LENGTH] = ']';
    CHECK_REFUSED_CALL(dictdb_db_batch(s.db, text, size - LENGTH, &s.out, &s.err), "a million", DICTDB_STATUS_RECORD_NOT_FOUND, 0, &s.err);
    free(text);
    close_scene(&s);
}

int main(void) {
    RUN(each_form_gives_its_result);
    RUN(no_operations_are_ok);
    RUN(results_may_be_left_out);
    RUN(members_may_stand_in_any_order);
    RUN(texts_inside_are_json_strings);
    RUN(records_come_as_they_were_given);
    RUN(operations_see_what_those_before_did);
    RUN(wrong_members_are_refused);
    RUN(values_that_do_not_go_with_the_parameters_are_refused);
    RUN(what_is_wrong_inside_an_operation_has_its_status);
    RUN(what_is_no_array_of_objects_is_refused);
    RUN(positions_count_from_the_beginning_of_the_text_at_fault);
    RUN(records_nest_two_levels_less_than_others);
    RUN(errors_tell_what_the_operation_met);
    RUN(what_a_user_types_is_no_part_of_a_text);
    RUN(wrong_databases_are_refused);
    RUN(a_cancelled_database_changes_nothing);
    RUN(a_batch_has_a_million_operations_at_most);
    return check_finish();
}
