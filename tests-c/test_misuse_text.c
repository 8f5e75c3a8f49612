/*
 * Tests: that no text, output or number makes undefined behaviour: every fallible function with every one that is wrong; that a failed call
 * leaves its outputs as documented and the database as it was.
 * Does not test: handles that are wrong (test_misuse), JSON that is wrong (test_values).
 */
#define MISUSE_NAME "misuse_text"
#include "misuse.h"

static bool may_be_null(const char *parameter) {
    return parameter[0] == '?';
}

static void every_function_works_when_nothing_is_wrong(void) {
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (int with_optional = 0; with_optional < 2; with_optional++) {
            scene s = open_scene();
            inputs in = good_inputs(&FUNCTIONS[f], &s);
            check_works(&FUNCTIONS[f], &in, with_optional == 1 ? 0 : FUNCTIONS[f].optional);
            close_scene(&s);
        }
    }
}

static void a_text_of_a_given_length_needs_no_nul(void) {
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        scene s = open_scene();
        inputs in = good_inputs(&FUNCTIONS[f], &s);
        char *copy[3] = {NULL, NULL, NULL};
        for (int i = 0; i < 3; i++) {
            if (in.text[i] != NULL) {
                in.len[i] = strlen(in.text[i]);
                copy[i] = check_memory(in.len[i]);
                memcpy(copy[i], in.text[i], in.len[i]);
                in.text[i] = copy[i];
            }
        }
        check_works(&FUNCTIONS[f], &in, 0);
        for (int i = 0; i < 3; i++) {
            free(copy[i]);
        }
        close_scene(&s);
    }
}

static void a_wrong_text_is_refused_by_every_function(void) {
    static const char INVALID[] = "\xff\xfe";
    static const size_t HUGE_LENGTHS[] = {(size_t)-2, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 2};
    static const size_t NULL_LENGTHS[] = {DICTDB_NTS, 0, 5};
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (int i = 0; i < 3 && FUNCTIONS[f].parameter[i] != NULL; i++) {
            const bool optional = may_be_null(FUNCTIONS[f].parameter[i]);
            const inputs good = good_inputs(&FUNCTIONS[f], &s);
            char parameter[40];
            snprintf(parameter, sizeof parameter, "\"parameter\":\"%s\"", FUNCTIONS[f].parameter[i] + (optional ? 1 : 0));
            for (int j = 0; j < 3; j++) {
                inputs in = good;
                in.len[i] = HUGE_LENGTHS[j];
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_ARGUMENT, parameter);
                in.text[i] = NULL;
                in.len[i] = NULL_LENGTHS[j];
                if (!optional) {
                    check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_ARGUMENT, parameter);
                }
                in.text[i] = INVALID;
                in.len[i] = j == 0 ? DICTDB_NTS : (size_t)j;
                check_fails(&FUNCTIONS[f], &in, 0, DICTDB_STATUS_INVALID_UTF8, parameter);
            }
        }
    }
    check_untouched(&s);
    close_scene(&s);
}

static void a_missing_output_is_refused_by_every_function(void) {
    scene s = open_scene();
    for (int f = 0; f < FUNCTION_COUNT; f++) {
        for (unsigned output = DB; output <= ROW_LEN; output *= 2) {
            if ((FUNCTIONS[f].required & output) != 0) {
                inputs in = good_inputs(&FUNCTIONS[f], &s);
                check_fails(&FUNCTIONS[f], &in, output, DICTDB_STATUS_INVALID_ARGUMENT, "\"parameter\"");
            }
        }
    }
    check_untouched(&s);
    close_scene(&s);
}

static void operands_may_be_null_only_if_there_are_none(void) {
    dictdb_predicate *predicate = OLD_HANDLE(dictdb_predicate);
    dictdb_error *error = NULL;
    CHECK_STATUS(dictdb_predicate_and(NULL, 1, &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK(predicate == NULL);
    CHECK_STATUS(dictdb_predicate_or(NULL, SIZE_MAX, &predicate, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK(predicate == NULL);
    dictdb_error_free(error);
}

/** An output that is missing does not keep the other one from being emptied. */
static void a_row_without_its_length_is_no_row(void) {
    scene s = open_scene();
    const char *row = "old";
    size_t len = 77;
    CHECK_STATUS(dictdb_cursor_next(s.cursor, &row, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK(row == NULL);
    CHECK_STATUS(dictdb_cursor_next(s.cursor, NULL, &len, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK_INT(len, 0);
    CHECK_STATUS(dictdb_cursor_next(s.cursor, NULL, NULL, NULL), DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_untouched(&s);
    close_scene(&s);
}

static void a_wrong_number_is_refused(void) {
    static const int32_t MODES[] = {-1, 3, INT32_MIN, INT32_MAX};
    static const int32_t FORMS[] = {-1, 2, INT32_MIN, INT32_MAX};
    static const int32_t LEVELS[] = {0, -1, 5, INT32_MIN, INT32_MAX};
    scene s = open_scene();
    for (int i = 0; i < 4; i++) {
        int32_t outcome = 77;
        CHECK_STATUS(dictdb_table_upsert(s.w.table, NTS("{\"id\":1}"), MODES[i], &outcome, &s.w.out, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                     &s.w.err);
        CHECK_INT(outcome, 77);
        CHECK_EMPTY(s.w.out);
        CHECK_STATUS(dictdb_batch_upsert(s.batch, s.w.table, NTS("{\"id\":1}"), MODES[i], &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    }
    for (int i = 0; i < 4; i++) {
        uint64_t count = 77;
        CHECK_STATUS(dictdb_cursor_next_batch(s.cursor, 0, 0, FORMS[i], &s.w.out, &count, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
        CHECK_INT(count, 77);
        CHECK_EMPTY(s.w.out);
    }
    for (int i = 0; i < 5; i++) {
        CHECK_STATUS(dictdb_log_set(LEVELS[i], 1, NULL, NULL, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    }
    CHECK_STATUS(dictdb_log_set(DICTDB_LOG_INFO, 0, NULL, NULL, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    check_untouched(&s);
    close_scene(&s);
}

/** Numbers of which none is wrong. */
static void the_greatest_numbers_are_as_good_as_any(void) {
    static const int64_t TIMES[] = {INT64_MIN, INT64_MAX, INT64_MAX - 1, DICTDB_NO_TIMEOUT};
    scene s = open_scene();
    uint64_t count = 0;
    for (int i = 0; i < 4; i++) {
        dictdb_table *table = NULL;
        dictdb_db *db = NULL;
        CHECK_OK(dictdb_table_limited(s.w.table, s.cancel, TIMES[i], &table, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_table_count(table, s.predicate, &count, &s.w.err), &s.w.err);
        CHECK_INT(count, 2);
        CHECK_OK(dictdb_db_limited(s.w.db, s.cancel, TIMES[i], &db, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_db_copy(db, &s.w.out, &s.w.err), &s.w.err);
        CHECK_TEXT(s.w.out, "{\"t\":{\"1\":{\"a\":1,\"id\":1},\"2\":{\"a\":2,\"id\":2}}}");
        dictdb_table_free(table);
        dictdb_db_free(db);
    }
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("1"), NTS("{\"a\":5}"), &s.w.err), &s.w.err);
    for (int i = 0; i < 4; i++) {
        uint64_t last = 0;
        CHECK_OK(dictdb_watch_poll(s.watch, 0, UINT64_MAX, TIMES[i], &s.w.out, &last, &s.w.err), &s.w.err);
        CHECK_CONTAINS(s.w.out.data, "\"record\":{\"a\":5,\"id\":1}");
        CHECK_INT(last, 1);
    }
    CHECK_OK(dictdb_watch_poll(s.watch, UINT64_MAX, 1, 0, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[]");
    CHECK(count == UINT64_MAX);
    CHECK_OK(dictdb_cursor_next_batch(s.cursor, UINT64_MAX, SIZE_MAX, DICTDB_ROWS_ARRAY, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, RECORDS);
    close_scene(&s);
}

int main(void) {
    RUN(every_function_works_when_nothing_is_wrong);
    RUN(a_text_of_a_given_length_needs_no_nul);
    RUN(a_wrong_text_is_refused_by_every_function);
    RUN(a_missing_output_is_refused_by_every_function);
    RUN(operands_may_be_null_only_if_there_are_none);
    RUN(a_row_without_its_length_is_no_row);
    RUN(a_wrong_number_is_refused);
    RUN(the_greatest_numbers_are_as_good_as_any);
    return check_finish();
}
