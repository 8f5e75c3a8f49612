/* Tables come from files of JSON Lines, and go to them. */
#include "check.h"
#include "file.h"
#include "exchange.h"

#include <limits.h>

#define IMPORTED_LEN(d, text, len, options, expected) \
    check_imported(__FILE__, __LINE__, &(d), dictdb_db_import_jsonl, (text), (len), (options), (expected))
#define IMPORTED(d, text, options, expected) IMPORTED_LEN(d, text, strlen(text), options, expected)

static void each_line_is_a_record(void) {
    desk d = desk_open(NULL);
    IMPORTED(d, "{\"id\":1,\"a\":\"x\"}\n{\"id\":2}\n", NULL, "[{\"id\":1,\"a\":\"x\"},{\"id\":2}]");
    IMPORTED(d, "{\"a\":1}\n{\"a\":2}", NULL, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2}]");
    IMPORTED(d, "\xEF\xBB\xBF{ \"a\" : 1.50 }\r\n\r\n \t\n{\"a\":[1, {\"b\":null}]}\r\n\n", NULL,
             "[{\"a\":1.50,\"id\":1},{\"a\":[1,{\"b\":null}],\"id\":2}]");
    IMPORTED(d, "{\"k\":\"\\u0041\\n\xE2\x82\xAC\"}\n", "{\"primary_key\":\"k\"}", "[{\"k\":\"A\\n\xE2\x82\xAC\"}]");
    IMPORTED(d, "{\"a\":null}\n{}\n", "{\"schema\":{\"a\":{\"type\":\"int\",\"nullable\":true}}}", "[{\"a\":null,\"id\":1},{\"id\":2}]");
    IMPORTED(d, "", NULL, "[]");
    IMPORTED(d, "\xEF\xBB\xBF", NULL, "[]");
    IMPORTED(d, "\n \r\n", NULL, "[]");
    desk_close(&d);
}

static void what_is_wrong_is_told_with_its_line(void) {
    static const refusal REFUSALS[] = {
        {"{\"id\":1}\n\n{\"id\":2,}\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "3"}, {"index", "1"}, {"position", "18"}}},
        {"\xEF\xBB\xBF{\"id\":1,}\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "1"}, {"index", "0"}, {"position", "11"}}},
        {"\xEF\xBB\xBF{\"id\":1}\r\n{\"id\"", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "2"}, {"index", "1"}, {"position", "18"}}},
        /* A line is one record, and a record one line. */
        {"{\"id\":1} {\"id\":2}\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "1"}, {"position", "9"}}},
        {"{\"id\":1},\n{\"id\":2}\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "1"}, {"position", "8"}}},
        {"{\"id\":1,\n\"a\":2}\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "1"}}},
        {"{\"id\":1}\n[{\"id\":2}]\n", NULL, DICTDB_STATUS_INVALID_JSON, {{"line", "2"}, {"position", "9"}}},
        {"{\"id\":1}\n{\"id\":99999999999999999999}\n", NULL, DICTDB_STATUS_NUMBER_RANGE, {{"line", "2"}, {"index", "1"}}},
        {"{\"id\":1}\n{\"id\":2}\n \n{\"id\":1}\n", NULL, DICTDB_STATUS_DUPLICATE_KEY, {{"line", "4"}, {"index", "2"}, {"key", "1"}}},
        {"{\"id\":1}\n{\"id\":true}\n", NULL, DICTDB_STATUS_INVALID_KEY, {{"line", "2"}, {"index", "1"}}},
        {"{\"id\":1}\n{\"id\":2}\n", "{\"schema\":{\"id\":\"int\",\"n\":\"int\"}}", DICTDB_STATUS_SCHEMA, {{"line", "1"}, {"field", "\"n\""}}},
        {"{\"id\":1}\n{\"a\":\"\xff\"}\n", NULL, DICTDB_STATUS_INVALID_UTF8, {{"line", "2"}}},
        {"{\"id\":1}\n", "{\"delimiter\":\",\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
    };
    desk d = desk_open(NULL);
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        check_refused(__FILE__, __LINE__, &d, dictdb_db_import_jsonl, &REFUSALS[i]);
    }
    desk_close(&d);
}

static void lines_longer_than_what_is_read_at_once_are_read(void) {
    enum { LONG = 3 << 20 };
    desk d = desk_open(NULL);
    dictdb_table *table = NULL;
    char *text = check_memory(2 * LONG + 64);
    int head = sprintf(text, "{\"id\":1,\"a\":\"");
    memset(text + head, 'x', LONG);
    int next = sprintf(text + head + LONG, "\"}\n{\"id\":2,\"a\":\"");
    memset(text + head + LONG + next, 'y', LONG);
    int tail = sprintf(text + head + 2 * LONG + next, "\"}");
    write_file(d.f.file, text, (size_t)(head + 2 * LONG + next + tail));
    CHECK_OK(dictdb_db_import_jsonl(d.w.db, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_get_int(table, 2, &d.w.out, &d.w.err), &d.w.err);
    CHECK_INT(d.w.out.len, LONG + strlen("{\"id\":2,\"a\":\"\"}"));
    CHECK(d.w.out.len > LONG && strspn(strchr(d.w.out.data, 'y'), "y") == LONG);
    dictdb_table_free(table);
    free(text);
    desk_close(&d);
}

static void rows_are_written_one_a_line(void) {
    desk d = desk_open(NULL);
    INSERT(d.w, "[{\"s\":\"a\\nb\",\"n\":1.50},{\"n\":null,\"o\":{\"x\":[]}}]");
    CHECK_OK(dictdb_table_export_jsonl(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "{\"s\":\"a\\nb\",\"n\":1.50,\"id\":1}\n{\"n\":null,\"o\":{\"x\":[]},\"id\":2}\n");
    CHECK_OK(dictdb_table_export_jsonl(d.w.table, NTS(d.f.file), NTS("{\"where\":\"id = ?1\",\"columns\":[\"n\",\"s\"]}"), NTS("[1]"), NULL,
                                       &d.w.err),
             &d.w.err);
    CHECK_FILE(d, "{\"n\":1.50,\"s\":\"a\\nb\"}\n");
    CHECK_OK(dictdb_table_export_jsonl(d.w.table, NTS(d.f.file), NTS("{\"where\":\"FALSE\"}"), NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "");
    CHECK_STATUS(dictdb_table_export_jsonl(d.w.table, NTS(d.f.file), NTS("{\"group\":1}"), NULL, 0, NULL, &d.w.err),
                 DICTDB_STATUS_INVALID_ARGUMENT, &d.w.err);
    CHECK_MEMBER(dictdb_error_detail(d.w.err), "parameter", "\"spec\"");
    desk_close(&d);
}

static void jobs_need_the_callers_text_no_longer(void) {
    desk d = desk_open(NULL);
    INSERT(d.w, "[{\"a\":\"x\"},{\"a\":\"y\"}]");
    for (int round = 0; round < 50; round++) {
        dictdb_job *job = NULL;
        char spec[] = "{\"where\":\"a = ?1\",\"columns\":[\"a\"]}", params[] = "[\"y\"]", path[PATH_MAX], options[] = "{\"header\":false}";
        bool is_csv = round % 2 != 0;
        snprintf(path, sizeof path, "%s", d.f.file);
        CHECK_OK(is_csv ? dictdb_table_export_csv(d.w.table, NTS(path), NTS(spec), NTS(params), NTS(options), &job, &d.w.err)
                        : dictdb_table_export_jsonl(d.w.table, NTS(path), NTS(spec), NTS(params), &job, &d.w.err),
                 &d.w.err);
        memset(path, '!', sizeof path);
        memset(spec, '!', sizeof spec);
        memset(params, '!', sizeof params);
        memset(options, '!', sizeof options);
        CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &d.w.err), &d.w.err);
        dictdb_job_free(job);
        CHECK_FILE(d, is_csv ? "y\r\n" : "{\"a\":\"y\"}\n");
    }
    desk_close(&d);
}

static void what_was_written_is_read_as_it_was(void) {
    desk d = desk_open("{\"primary_key\":\"k\"}");
    dictdb_table *table = NULL;
    dictdb_buffer before = DICTDB_BUFFER_INIT;
    INSERT(d.w, "[{\"k\":\"\\u0000\\u001f\\\"\\\\/\\ud83d\\ude00\\u2028\\r\\n\",\"n\":18446744073709551615},{\"k\":-7,\"a\":0.1,\"b\":1e300,\"c\":-0.0},"
                "{\"z\":[[],{},[{\"x\":[null,true,false]}]],\"\":\"\"}]");
    CHECK_OK(dictdb_table_select(d.w.table, NULL, NULL, 0, &before, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_export_jsonl(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_db_import_jsonl(d.w.db, NTS("new"), NTS(d.f.file), NTS("{\"primary_key\":\"k\"}"), &table, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_select(table, NULL, NULL, 0, &d.w.out, NULL, &d.w.err), &d.w.err);
    CHECK_TEXT(d.w.out, before.data);
    dictdb_table_free(table);
    dictdb_buffer_free(&before);
    desk_close(&d);
}

int main(void) {
    RUN(each_line_is_a_record);
    RUN(what_is_wrong_is_told_with_its_line);
    RUN(lines_longer_than_what_is_read_at_once_are_read);
    RUN(rows_are_written_one_a_line);
    RUN(jobs_need_the_callers_text_no_longer);
    RUN(what_was_written_is_read_as_it_was);
    return check_finish();
}
