/*
 * Tests: that no text, output or number makes undefined behaviour: every function with every one that is wrong; that a failed call leaves
 * its outputs as documented and the database as it was.
 * Does not test: handles that are wrong (test_misuse), JSON that is wrong (test_values), several wrong arguments at once
 * (test_misuse_random).
 */
#define MISUSE_NAME "misuse_text"
#include "misuse.h"

/** Calls `test` for each parameter of each function that can fail, as a job too where that is offered. */
static void for_each_parameter(void (*test)(const export_function *f, int i, scene *s, bool as_job), scene *s) {
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        const int ways = place_of(f, GIVES_HANDLE, JOB) >= 0 ? 2 : 1;
        for (int i = 0; can_fail(f) && i < f->count; i++) {
            for (int as_job = 0; as_job < ways; as_job++) {
                test(f, i, s, as_job == 1);
            }
        }
    }
}

static void every_function_is_one_that_can_fail_or_is_known_not_to(void) {
    int failing = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const char *name = EXPORTS[at].name;
        const size_t len = strlen(name);
        bool known = can_fail(&EXPORTS[at]) || strcmp(name + len - strlen("_free"), "_free") == 0;
        failing += can_fail(&EXPORTS[at]) ? 1 : 0;
        for (size_t i = 0; i < sizeof WITHOUT_STATUS / sizeof WITHOUT_STATUS[0]; i++) {
            known = known || strcmp(name, WITHOUT_STATUS[i]) == 0;
        }
        if (!known) {
            fprintf(stderr, "tests-c/good.h does not know %s\n", name);
            CHECK(known);
        }
    }
    printf("      %d functions, %d of which can fail\n", EXPORT_COUNT, failing);
}

/** With all outputs, without those that may be NULL, and as a job. */
static void every_function_works_when_nothing_is_wrong(void) {
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        const int ways = place_of(f, GIVES_HANDLE, JOB) >= 0 ? 3 : 2;
        for (int way = 0; can_fail(f) && way < ways; way++) {
            scene s = open_scene();
            arguments in;
            good_arguments(&in, f, &s, way == 2);
            for (int i = 0; way == 1 && i < f->count; i++) {
                if (is_output(f, i) && may_be_null(f, i)) {
                    in.a[i].pointer = NULL;
                }
            }
            check_works(f, &in);
            close_scene(&s);
        }
    }
}

static void a_text_of_a_given_length_needs_no_nul(void) {
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *f = &EXPORTS[at];
        if (!can_fail(f)) {
            continue;
        }
        scene s = open_scene();
        arguments in;
        char *copy[PARAMETERS_MAX] = {NULL};
        good_arguments(&in, f, &s, false);
        for (int i = 0; i < f->count; i++) {
            if (f->parameters[i].kind == TAKES_TEXT) {
                const size_t len = strlen(in.a[i].pointer);
                copy[i] = check_memory(len);
                memcpy(copy[i], in.a[i].pointer, len);
                in.a[i].pointer = copy[i];
                in.a[i + 1].number = len;
            }
        }
        check_works(f, &in);
        for (int i = 0; i < f->count; i++) {
            free(copy[i]);
        }
        close_scene(&s);
    }
}

static long calls;

static void check_wrong_text(const export_function *f, int i, scene *s, bool as_job) {
    static char INVALID[] = "\xff\xfe";
    static const size_t HUGE_LENGTHS[] = {(size_t)-2, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 2};
    static const size_t NULL_LENGTHS[] = {DICTDB_NTS, 0, 5};
    if (f->parameters[i].kind != TAKES_TEXT) {
        return;
    }
    for (int j = 0; j < 3; j++) {
        arguments in;
        good_arguments(&in, f, s, as_job);
        in.a[i + 1].number = HUGE_LENGTHS[j];
        check_fails(f, &in, DICTDB_STATUS_INVALID_ARGUMENT, i);
        in.a[i].pointer = INVALID;
        in.a[i + 1].number = j == 0 ? DICTDB_NTS : (size_t)j;
        check_fails(f, &in, DICTDB_STATUS_INVALID_UTF8, i);
        if (!may_be_null(f, i)) {
            in.a[i].pointer = NULL;
            in.a[i + 1].number = NULL_LENGTHS[j];
            check_fails(f, &in, DICTDB_STATUS_INVALID_ARGUMENT, i);
        }
        calls += 3;
    }
}

static void a_wrong_text_is_refused_by_every_function(void) {
    scene s = open_scene();
    calls = 0;
    for_each_parameter(check_wrong_text, &s);
    printf("      %ld calls with a wrong text\n", calls);
    check_figure("misuse.calls", calls);
    CHECK(calls > 1000);
    check_untouched(&s);
    close_scene(&s);
}

static void check_null_text(const export_function *f, int i, scene *unused, bool as_job) {
    static const size_t NULL_LENGTHS[] = {DICTDB_NTS, 0, 5};
    (void)unused;
    if (f->parameters[i].kind != TAKES_TEXT || !may_be_null(f, i)) {
        return;
    }
    for (int j = 0; j < 3; j++) {
        scene s = open_scene();
        arguments in;
        good_arguments(&in, f, &s, as_job);
        in.a[i].pointer = NULL;
        in.a[i + 1].number = NULL_LENGTHS[j];
        check_works(f, &in);
        close_scene(&s);
    }
}

static void a_text_that_may_be_null_may_be_null_whatever_its_length(void) {
    for_each_parameter(check_null_text, NULL);
}

/** What is no error for all, but for most: any answer but INTERNAL is right, if outputs and database are as it says. */
static void check_odd_text(const export_function *f, int i, scene *s, bool as_job) {
    static const struct {
        const char *text;
        size_t len;
    } ODD[] = {
        {"", 0}, {"", DICTDB_NTS}, {" ", 1}, {"\0", 1}, {"a\0b", 3}, {"\"a\0b\"", 5}, {"{", 1}, {"[", 1}, {"\"", 1}, {"`", 1}, {"null", 4}, {"true", 4},
        {"-", 1}, {"0", 1}, {"1e999", 5}, {"18446744073709551616", 20}, {"\"\\ud800\"", 8}, {"[1,2", 4}, {"{\"a\":}", 6}, {"{\"x\":1}", 7}, {"[[]]", 4},
        {"[null]", 6}, {"?1", 2}, {"?0", 2}, {"?65536", 6}, {"a..b", 4}, {"a[99999999999999999999]", 23}, {"a = ", 4}, {"NOT", 3}, {"((((((((", 8},
        {"\xef\xbb\xbf{}", 5}, {"{\"id\":9223372036854775807}", 26}, {"\"%%%%_%%%%\"", 12}, {"remove(id)", 10},
    };
    static char deep[4096];
    if (f->parameters[i].kind != TAKES_TEXT) {
        return;
    }
    memset(deep, '[', sizeof deep);
    /* Of a path that can be written, files would be made. */
    const bool is_path = strcmp(f->parameters[i].name, "path") == 0 || strcmp(f->parameters[i].name, "directory") == 0;
    const int count = is_path ? 6 : (int)(sizeof ODD / sizeof ODD[0]);
    for (int j = 0; j <= count; j++) {
        if (is_path && j == 2) {
            continue;
        }
        const int failures = atomic_load(&check_failures);
        arguments in;
        good_arguments(&in, f, s, as_job);
        in.a[i].pointer = j < count ? (void *)(uintptr_t)ODD[j].text : deep;
        in.a[i + 1].number = j < count ? ODD[j].len : sizeof deep;
        fill_outputs(f, &in);
        const dictdb_status status = f->call(in.a).status;
        CHECK(status >= DICTDB_STATUS_OK && status < DICTDB_STATUS_INTERNAL && status != DICTDB_STATUS_FORKED);
        CHECK((in.error == NULL) == check_comes_alone(status));
        if (status == DICTDB_STATUS_OK) {
            free_results(f, &in);
            close_scene(s);
            *s = open_scene();
        } else {
            check_outputs_of_failure(f, &in);
            check_unchanged(s);
            free_buffers(f, &in);
        }
        dictdb_error_free(in.error);
        calls++;
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    in %s: %s is %s\n", f->name, f->parameters[i].name, j < count ? ODD[j].text : "deep");
        }
    }
}

static void an_odd_text_is_an_error_or_not_and_nothing_between(void) {
    scene s = open_scene();
    calls = 0;
    for_each_parameter(check_odd_text, &s);
    printf("      %ld calls with an odd text\n", calls);
    check_figure("misuse.calls", calls);
    CHECK(calls > 4000);
    close_scene(&s);
}

static void check_missing_output(const export_function *f, int i, scene *s, bool as_job) {
    /* A job keeps what it makes: no output but its handle must be there. */
    if (is_output(f, i) && !as_job && !may_be_null(f, i)) {
        arguments in;
        good_arguments(&in, f, s, false);
        in.a[i].pointer = NULL;
        check_fails(f, &in, DICTDB_STATUS_INVALID_ARGUMENT, i);
        calls++;
    }
}

static void a_missing_output_is_refused_by_every_function(void) {
    scene s = open_scene();
    calls = 0;
    for_each_parameter(check_missing_output, &s);
    CHECK(calls > 50);
    check_untouched(&s);
    close_scene(&s);
}

static void check_job_without_outputs(const export_function *f, int i, scene *unused, bool as_job) {
    (void)unused;
    if (is_output(f, i) && as_job && f->parameters[i].of != JOB) {
        scene s = open_scene();
        arguments in;
        good_arguments(&in, f, &s, true);
        in.a[i].pointer = NULL;
        check_works(f, &in);
        close_scene(&s);
    }
}

static void a_job_needs_no_output_but_its_handle(void) {
    for_each_parameter(check_job_without_outputs, NULL);
}

static void operands_may_be_null_only_if_there_are_none(void) {
    dictdb_predicate *predicate = OLD_HANDLE;
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
    CHECK_STATUS(dictdb_cursor_next(s.handle[CURSOR], &row, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK(row == NULL);
    CHECK_STATUS(dictdb_cursor_next(s.handle[CURSOR], NULL, &len, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK_INT(len, 0);
    CHECK_STATUS(dictdb_cursor_next(s.handle[CURSOR], NULL, NULL, NULL), DICTDB_STATUS_INVALID_ARGUMENT, NULL);
    check_untouched(&s);
    close_scene(&s);
}

static bool is_number(const export_function *f, int i) {
    const parameter_kind kind = f->parameters[i].kind;
    return kind == TAKES_I32 || kind == TAKES_U32 || kind == TAKES_I64 || kind == TAKES_U64 || (kind == TAKES_SIZE && !is_length(f, i));
}

static void check_wrong_number(const export_function *f, int i, scene *s, bool as_job) {
    if (!is_number(f, i)) {
        return;
    }
    const size_t facts = number_facts(f, i);
    for (int j = 0; j < GOOD_NUMBERS[facts].wrong_count; j++) {
        arguments in;
        good_arguments(&in, f, s, as_job);
        in.a[i].number = GOOD_NUMBERS[facts].wrong[j];
        check_fails(f, &in, DICTDB_STATUS_INVALID_ARGUMENT, i);
        calls++;
    }
}

static void a_wrong_number_is_refused(void) {
    scene s = open_scene();
    calls = 0;
    for_each_parameter(check_wrong_number, &s);
    CHECK(calls >= 4 * 3 + 5 + 1);
    check_untouched(&s);
    close_scene(&s);
}

static void check_any_number(const export_function *f, int i, scene *unused, bool as_job) {
    static const uint64_t ANY[] = {0, 1, 2, INT32_MAX, UINT32_MAX, INT64_MAX, INT64_MAX - 1, 1ull << 63, UINT64_MAX};
    (void)unused;
    if (!is_number(f, i) || GOOD_NUMBERS[number_facts(f, i)].wrong_count > 0) {
        return;
    }
    for (size_t j = 0; j < sizeof ANY / sizeof ANY[0]; j++) {
        /* Without a change to tell, a poll without a limit would wait for ever. */
        if (strcmp(f->name, "dictdb_watch_poll") == 0 && strcmp(f->parameters[i].name, "timeout_ms") == 0 && ANY[j] > 2) {
            continue;
        }
        scene s = open_scene();
        arguments in;
        good_arguments(&in, f, &s, as_job);
        in.a[i].number = ANY[j];
        fill_outputs(f, &in);
        const dictdb_status status = f->call(in.a).status;
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND || status == DICTDB_STATUS_UNAVAILABLE);
        if (status == DICTDB_STATUS_OK) {
            free_results(f, &in);
        } else {
            free_buffers(f, &in);
        }
        dictdb_error_free(in.error);
        check_unchanged(&s);
        close_scene(&s);
        calls++;
    }
}

static void a_number_that_means_anything_is_taken_however_great(void) {
    calls = 0;
    for_each_parameter(check_any_number, NULL);
    CHECK(calls > 50);
}

/** Numbers of which none is wrong. */
static void the_greatest_numbers_are_as_good_as_any(void) {
    static const int64_t TIMES[] = {INT64_MIN, INT64_MAX, INT64_MAX - 1, DICTDB_NO_TIMEOUT};
    scene s = open_scene();
    uint64_t count = 0;
    for (int i = 0; i < 4; i++) {
        dictdb_table *table = NULL;
        dictdb_db *db = NULL;
        CHECK_OK(dictdb_table_limited(s.w.table, s.handle[CANCEL], TIMES[i], &table, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_table_count(table, s.handle[PREDICATE], &count, &s.w.err), &s.w.err);
        CHECK_INT(count, 2);
        CHECK_OK(dictdb_db_limited(s.w.db, s.handle[CANCEL], TIMES[i], &db, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_db_copy(db, &s.w.out, &s.w.err), &s.w.err);
        CHECK_TEXT(s.w.out, "{\"t\":{\"1\":{\"a\":1,\"id\":1},\"2\":{\"a\":2,\"id\":2}}}");
        dictdb_table_free(table);
        dictdb_db_free(db);
    }
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("1"), NTS("{\"a\":5}"), &s.w.err), &s.w.err);
    for (int i = 0; i < 4; i++) {
        uint64_t last = 0;
        CHECK_OK(dictdb_watch_poll(s.handle[WATCH], 0, UINT64_MAX, TIMES[i], &s.w.out, &last, &s.w.err), &s.w.err);
        CHECK_CONTAINS(s.w.out.data, "\"record\":{\"a\":5,\"id\":1}");
        CHECK_INT(last, 1);
    }
    CHECK_OK(dictdb_watch_poll(s.handle[WATCH], UINT64_MAX, 1, 0, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[]");
    CHECK(count == UINT64_MAX);
    CHECK_OK(dictdb_cursor_next_batch(s.handle[CURSOR], UINT64_MAX, SIZE_MAX, DICTDB_ROWS_ARRAY, &s.w.out, &count, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, RECORDS);
    close_scene(&s);
}

int main(void) {
    RUN(every_function_is_one_that_can_fail_or_is_known_not_to);
    RUN(every_function_works_when_nothing_is_wrong);
    RUN(a_text_of_a_given_length_needs_no_nul);
    RUN(a_wrong_text_is_refused_by_every_function);
    RUN(a_text_that_may_be_null_may_be_null_whatever_its_length);
    RUN(an_odd_text_is_an_error_or_not_and_nothing_between);
    RUN(a_missing_output_is_refused_by_every_function);
    RUN(a_job_needs_no_output_but_its_handle);
    RUN(operands_may_be_null_only_if_there_are_none);
    RUN(a_row_without_its_length_is_no_row);
    RUN(a_wrong_number_is_refused);
    RUN(a_number_that_means_anything_is_taken_however_great);
    RUN(the_greatest_numbers_are_as_good_as_any);
    return check_finish();
}
