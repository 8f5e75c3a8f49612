/* Tables come from CSV files, and go to them. */
#include "check.h"
#include "file.h"
#include "exchange.h"

#define IMPORTED_LEN(d, text, len, options, expected) \
    check_imported(__FILE__, __LINE__, &(d), dictdb_db_import_csv, (text), (len), (options), (expected))
#define IMPORTED(d, text, options, expected) IMPORTED_LEN(d, text, strlen(text), options, expected)

static void cells_are_as_rfc_4180_says(void) {
    desk d = desk_open(NULL);
    IMPORTED(d, "id,n\r\n1,a\r\n2,b\r\n", NULL, "[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"}]");
    IMPORTED(d, "id,n\n1,a\n2,b", NULL, "[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"}]");
    IMPORTED(d, "id,n\r1,a\r2,b", NULL, "[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"}]");
    IMPORTED(d, "\"id\",\"n\"\n\"1\",\"a, \"\"b\"\"\r\n c\"\n", NULL, "[{\"id\":1,\"n\":\"a, \\\"b\\\"\\r\\n c\"}]");
    IMPORTED(d, "id,n\n1,\"\"\"\"\n2,\"\"\n3, x \n4,a\"b\n", NULL,
             "[{\"id\":1,\"n\":\"\\\"\"},{\"id\":2,\"n\":\"\"},{\"id\":3,\"n\":\" x \"},{\"id\":4,\"n\":\"a\\\"b\"}]");
    IMPORTED(d, "\xEF\xBB\xBFid,n\n1,\xE2\x82\xAC\n", NULL, "[{\"id\":1,\"n\":\"\xE2\x82\xAC\"}]");
    IMPORTED_LEN(d, "id,n\n1,a\0b\n", 11, NULL, "[{\"id\":1,\"n\":\"a\\u0000b\"}]");
    /* Lines without anything are none. */
    IMPORTED(d, "\n\r\nid,n\n\n1,a\n\r\n\n2,b\n\n\n", NULL, "[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"}]");
    desk_close(&d);
}

static void a_file_may_have_no_rows(void) {
    desk d = desk_open(NULL);
    static const char *const EMPTY[] = {"", "\n", "\xEF\xBB\xBF", "id,n", "id,n\r\n", "\n\nid\n\n"};
    for (size_t i = 0; i < sizeof EMPTY / sizeof *EMPTY; i++) {
        IMPORTED(d, EMPTY[i], NULL, "[]");
        IMPORTED(d, EMPTY[i], "{\"schema\":{\"id\":\"int\",\"n\":\"str\"}}", "[]");
    }
    IMPORTED(d, "", "{\"header\":false}", "[]");
    desk_close(&d);
}

static void columns_have_names_or_numbers(void) {
    desk d = desk_open(NULL);
    IMPORTED(d, "1,a\n2,b\n", "{\"header\":false}",
             "[{\"col_0\":1,\"col_1\":\"a\",\"id\":1},{\"col_0\":2,\"col_1\":\"b\",\"id\":2}]");
    IMPORTED(d, "7;a\n9;b\n", "{\"header\":false,\"delimiter\":\";\",\"primary_key\":\"col_0\"}",
             "[{\"col_0\":7,\"col_1\":\"a\"},{\"col_0\":9,\"col_1\":\"b\"}]");
    IMPORTED(d, "a\tb,c\n1\t\"2\t3\"\n", "{\"delimiter\":\"\\t\"}", "[{\"a\":1,\"b,c\":\"2\\t3\",\"id\":1}]");
    IMPORTED(d, "a|b\n1|2,3\n", "{\"delimiter\":\"|\",\"header\":null}", "[{\"a\":1,\"b\":\"2,3\",\"id\":1}]");
    /* Names that JSON escapes, and none at all. */
    IMPORTED(d, "\"a\"\"\n\",\n1,2\n", NULL, "[{\"a\\\"\\n\":1,\"\":2,\"id\":1}]");
    desk_close(&d);
}

static void short_rows_are_filled_and_long_ones_cut(void) {
    desk d = desk_open(NULL);
    IMPORTED(d, "id,s,n\n1\n2,x\n3,y,5,more,\"and\nmore\"\n", NULL,
             "[{\"id\":1,\"s\":\"\",\"n\":null},{\"id\":2,\"s\":\"x\",\"n\":null},{\"id\":3,\"s\":\"y\",\"n\":5}]");
    desk_close(&d);
}

static void types_are_those_of_all_cells_of_a_column(void) {
    desk d = desk_open(NULL);
    IMPORTED(d, "i,f,s,big,none\n1,1,1,18446744073709551615,\n-2,2.50,x,1,\n,,,,\n", NULL,
             "[{\"i\":1,\"f\":1.0,\"s\":\"1\",\"big\":18446744073709551615,\"none\":null,\"id\":1},"
             "{\"i\":-2,\"f\":2.50,\"s\":\"x\",\"big\":1,\"none\":null,\"id\":2},{\"i\":null,\"f\":null,\"s\":\"\",\"big\":null,\"none\":null,\"id\":3}]");
    IMPORTED(d, "x,1\n2,2\n", "{\"header\":false}", "[{\"col_0\":\"x\",\"col_1\":1,\"id\":1},{\"col_0\":\"2\",\"col_1\":2,\"id\":2}]");
    /* What JSON has no number for, or would round, is a string. */
    IMPORTED(d, "a,b,c,d\nnan,1e999,18446744073709551616,true\n", NULL,
             "[{\"a\":\"nan\",\"b\":\"1e999\",\"c\":\"18446744073709551616\",\"d\":\"true\",\"id\":1}]");
    IMPORTED(d, "id,n\nx,1\n", "{\"infer_types\":false}", "[{\"id\":\"x\",\"n\":\"1\"}]");
    desk_close(&d);
}

static void a_schema_says_what_cells_are(void) {
    desk d = desk_open(NULL);
    static const char SCHEMA[] =
        "{\"schema\":{\"id\":\"int\",\"s\":\"str\",\"f\":\"float\",\"b\":\"bool\",\"l\":\"list\",\"d\":\"dict\"}}";
    IMPORTED(d, "id,s,f,b,l,d\n1,007,1,YES,[1],\"{\"\"a\"\": null}\"\n2,,-1e-7,0,\"[1, []]\",{}\n,x,.5,False,[],{}\n", SCHEMA,
             "[{\"id\":1,\"s\":\"007\",\"f\":1.0,\"b\":true,\"l\":[1],\"d\":{\"a\":null}},"
             "{\"id\":2,\"s\":\"\",\"f\":-1e-7,\"b\":false,\"l\":[1,[]],\"d\":{}},{\"s\":\"x\",\"f\":0.5,\"b\":false,\"l\":[],\"d\":{},\"id\":3}]");
    /* An empty cell is null; where that is not taken, the default; where there is none, an error. */
    IMPORTED(d, "a,b,c\n,,\n1,2,3\n",
             "{\"schema\":{\"a\":{\"type\":\"int\",\"nullable\":true},\"b\":{\"type\":\"int\",\"default\":7},"
             "\"c\":{\"type\":\"int\",\"nullable\":true,\"default\":8}}}",
             "[{\"a\":null,\"c\":null,\"b\":7,\"id\":1},{\"a\":1,\"b\":2,\"c\":3,\"id\":2}]");
    dictdb_table *table = NULL;
    CHECK_OK(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NTS("{\"schema\":{\"a\":{\"type\":\"int\",\"nullable\":true},\"b\":{\"type\":"
                                                                      "\"int\",\"default\":7},\"c\":{\"type\":\"int\",\"nullable\":true}}}"),
                                  &table, NULL, &d.w.err),
             &d.w.err);
    CHECK_STATUS(dictdb_table_insert(table, NTS("{\"a\":\"x\"}"), NULL, &d.w.err), DICTDB_STATUS_SCHEMA, &d.w.err);
    dictdb_table_free(table);
    desk_close(&d);
}

static void what_is_wrong_is_told_with_line_and_column(void) {
    static const char IN[] = "{\"schema\":{\"id\":\"int\",\"n\":\"int\"}}";
    static const refusal REFUSALS[] = {
        {"id,n\n1,2\n2,x\n", IN, DICTDB_STATUS_SCHEMA, {{"line", "3"}, {"column", "2"}, {"field", "\"n\""}, {"expected", "\"int\""}, {"index", "1"}}},
        {"id,n\r\n1,2\r\n2,x\r\n", IN, DICTDB_STATUS_SCHEMA, {{"line", "3"}, {"column", "2"}}},
        {"id,n\r1,2\r2,x\r", IN, DICTDB_STATUS_SCHEMA, {{"line", "3"}, {"column", "2"}}},
        {"\n\r\nid,n\n\n1,2\n\n\n2,x", IN, DICTDB_STATUS_SCHEMA, {{"line", "8"}, {"column", "2"}}},
        {"id,s,n\n1,\"a\nb\r\nc\",1\n2,\"\n\",\"x\"\n", "{\"schema\":{\"id\":\"int\",\"s\":\"str\",\"n\":\"int\"}}", DICTDB_STATUS_SCHEMA,
         {{"line", "5"}, {"column", "3"}}},
        /* Nulls and fields that the schema does not take. */
        {"id,n\n1,2\n2,\n", IN, DICTDB_STATUS_SCHEMA, {{"line", "3"}, {"column", "2"}, {"actual", "\"null\""}}},
        {"id\n1\n", IN, DICTDB_STATUS_SCHEMA, {{"line", "2"}, {"field", "\"n\""}, {"actual", "\"missing\""}}},
        {"id,n,m\n1,2,3\n", IN, DICTDB_STATUS_SCHEMA, {{"line", "1"}, {"column", "3"}, {"field", "\"m\""}}},
        /* Keys. */
        {"id,s\n1,\"\n\"\n2,b\n1,c\n", NULL, DICTDB_STATUS_DUPLICATE_KEY, {{"line", "5"}, {"column", "1"}, {"key", "1"}, {"index", "2"}}},
        {"s,id\na,1.5\n", NULL, DICTDB_STATUS_INVALID_KEY, {{"line", "2"}, {"column", "2"}}},
        {"id,s\nx,1\n,2\n", NULL, DICTDB_STATUS_INVALID_KEY, {{"line", "3"}, {"column", "1"}}},
        /* What is no CSV, and no text. */
        {"id,n\n1,2\n2,\"x\n3,4\n", NULL, DICTDB_STATUS_CORRUPT, {{"line", "3"}}},
        {"id,n\n1,2\n2,\"", NULL, DICTDB_STATUS_CORRUPT, {{"line", "3"}}},
        {"id,n,id\n", NULL, DICTDB_STATUS_CORRUPT, {{"line", "1"}, {"column", "3"}}},
        {"\xEF\xBB\xBF\n\nid,n,id\n", NULL, DICTDB_STATUS_CORRUPT, {{"line", "3"}, {"column", "3"}}},
        {"id,n\n1,a\n2,\xff\n", NULL, DICTDB_STATUS_INVALID_UTF8, {{"line", "3"}, {"column", "2"}}},
        {"id,n,m\n1,\xC3,\xA9\n", NULL, DICTDB_STATUS_INVALID_UTF8, {{"line", "2"}, {"column", "2"}}},
        {"\xff\xfei\n", NULL, DICTDB_STATUS_INVALID_UTF8, {{"line", "1"}, {"column", "1"}}},
        /* Options. */
        {"id\n1\n", "{\"delimiter\":\"\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
        {"id\n1\n", "{\"delimiter\":\";;\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
        {"id\n1\n", "{\"delimiter\":\"\\\"\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
        {"id\n1\n", "{\"delimiter\":\"\\n\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
        {"id\n1\n", "{\"delimiter\":\"\xE2\x82\xAC\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"delimiter\""}}},
        {"id\n1\n", "{\"header\":1}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"header\""}}},
        {"id\n1\n", "{\"encoding\":\"x\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"encoding\""}}},
        {"id\n1\n", "{\"primary_key\":\"\"}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"primary_key\""}}},
        {"id\n1\n", "{\"schema\":{\"id\":\"integer\"}}", DICTDB_STATUS_INVALID_ARGUMENT, {{"option", "\"schema\""}}},
    };
    desk d = desk_open(NULL);
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        check_refused(__FILE__, __LINE__, &d, dictdb_db_import_csv, &REFUSALS[i]);
    }
    desk_close(&d);
}

static void the_path_is_told(void) {
    desk d = desk_open(NULL);
    char nowhere[256];
    write_file(d.f.file, "id\nx\nx\n", 7);
    CHECK_STATUS(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NULL, 0, NULL, NULL, &d.w.err), DICTDB_STATUS_DUPLICATE_KEY, &d.w.err);
    CHECK_CONTAINS(dictdb_error_message(d.w.err), d.f.file);
    CHECK_CONTAINS(dictdb_error_message(d.w.err), "line 3, column 1");
    CHECK_CONTAINS(dictdb_error_detail(d.w.err), d.f.file);
    snprintf(nowhere, sizeof nowhere, "%s/missing", d.f.path);
    CHECK_STATUS(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(nowhere), NULL, 0, NULL, NULL, &d.w.err), DICTDB_STATUS_IO, &d.w.err);
    CHECK_MEMBER(dictdb_error_detail(d.w.err), "errno", "2");
    CHECK_STATUS(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.path), NULL, 0, NULL, NULL, &d.w.err), DICTDB_STATUS_IO, &d.w.err);
    snprintf(nowhere, sizeof nowhere, "%s/missing/out.csv", d.f.path);
    CHECK_STATUS(dictdb_table_export_csv(d.w.table, NTS(nowhere), NULL, 0, NULL, 0, NULL, 0, NULL, &d.w.err), DICTDB_STATUS_IO, &d.w.err);
    desk_close(&d);
}

static void a_taken_name_is_refused(void) {
    desk d = desk_open(NULL);
    dictdb_table *table = d.w.table;
    dictdb_db *snapshot = NULL;
    write_file(d.f.file, "id\n1\n", 5);
    CHECK_STATUS(dictdb_db_import_csv(d.w.db, NTS("t"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), DICTDB_STATUS_DUPLICATE_TABLE,
                 &d.w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_db_import_csv(d.w.db, NTS(""), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), DICTDB_STATUS_INVALID_ARGUMENT,
                 &d.w.err);
    CHECK_OK(dictdb_db_snapshot(d.w.db, &snapshot, &d.w.err), &d.w.err);
    CHECK_STATUS(dictdb_db_import_csv(snapshot, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), DICTDB_STATUS_UNSUPPORTED,
                 &d.w.err);
    dictdb_db_free(snapshot);
    CHECK_RECORDS(d.w, "[]");
    desk_close(&d);
}

static void rows_are_written_as_rfc_4180_says(void) {
    desk d = desk_open(NULL);
    INSERT(d.w, "[{\"s\":\"plain\",\"n\":1.50},{\"s\":\"a,b\",\"n\":null},{\"s\":\"say \\\"x\\\"\",\"b\":true},{\"s\":\"\\r\\n\",\"l\":[1,\"a\"]},"
                "{\"s\":\"\",\"o\":{\"k\":\"v\"}},{\"s\":\"\\r\"}]");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "s,n,id,b,l,o\r\nplain,1.50,1,,,\r\n\"a,b\",,2,,,\r\n\"say \"\"x\"\"\",,3,true,,\r\n\"\r\n\",,4,,\"[1,\"\"a\"\"]\",\r\n"
                  ",,5,,,\"{\"\"k\"\":\"\"v\"\"}\"\r\n\"\r\",,6,,,\r\n");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"where\":\"id < ?1\",\"columns\":[\"s\"],\"order_by\":\"-id\"}"), NTS("[3]"),
                                     NTS("{\"header\":false,\"delimiter\":\";\"}"), NULL, &d.w.err),
             &d.w.err);
    CHECK_FILE(d, "a,b\r\nplain\r\n");
    /* A row of one empty cell is a row all the same. */
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"columns\":{\"a;b\":\"b\"},\"limit\":2}"), NULL, 0,
                                     NTS("{\"delimiter\":\";\"}"), NULL, &d.w.err),
             &d.w.err);
    CHECK_FILE(d, "\"a;b\"\r\n\"\"\r\n\"\"\r\n");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"aggregates\":{\"n\":\"count()\",\"max\":\"max(id)\"}}"), NULL, 0, NULL, 0,
                                     NULL, &d.w.err),
             &d.w.err);
    CHECK_FILE(d, "n,max\r\n6,6\r\n");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"where\":\"FALSE\",\"columns\":[\"s\",\"n\"]}"), NULL, 0, NULL, 0, NULL,
                                     &d.w.err),
             &d.w.err);
    CHECK_FILE(d, "s,n\r\n");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"where\":\"FALSE\"}"), NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "");
    CHECK_STATUS(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"where\":\"id = ?1\"}"), NULL, 0, NULL, 0, NULL, &d.w.err),
                 DICTDB_STATUS_INVALID_ARGUMENT, &d.w.err);
    CHECK_STATUS(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NTS("{\"where\":\"id =\"}"), NULL, 0, NULL, 0, NULL, &d.w.err),
                 DICTDB_STATUS_PARSE, &d.w.err);
    CHECK_STATUS(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NTS("{\"columns\":[]}"), NULL, &d.w.err),
                 DICTDB_STATUS_INVALID_ARGUMENT, &d.w.err);
    CHECK_FILE(d, "");
    desk_close(&d);
}

static void columns_are_those_of_the_schema_in_its_order(void) {
    desk d = desk_open("{\"schema\":{\"b\":\"int\",\"a\":{\"type\":\"str\",\"nullable\":true}}}");
    INSERT(d.w, "[{\"a\":\"x\",\"b\":1},{\"b\":2}]");
    CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "b,a,id\r\n1,x,1\r\n2,,2\r\n");
    desk_close(&d);
}

static void the_file_of_a_snapshot_is_of_its_instant(void) {
    desk d = desk_open(NULL);
    dictdb_table *snapshot = NULL;
    INSERT(d.w, "[{\"v\":1}]");
    CHECK_OK(dictdb_table_snapshot(d.w.table, &snapshot, &d.w.err), &d.w.err);
    INSERT(d.w, "[{\"v\":2}]");
    CHECK_OK(dictdb_table_export_csv(snapshot, NTS(d.f.file), NULL, 0, NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_FILE(d, "v,id\r\n1,1\r\n");
    dictdb_table_free(snapshot);
    desk_close(&d);
}

static void what_was_written_is_read_as_it_was(void) {
    static const char SCHEMA[] = "{\"schema\":{\"id\":\"str\",\"i\":{\"type\":\"int\",\"nullable\":true},\"f\":\"float\",\"b\":\"bool\","
                                 "\"l\":\"list\",\"d\":{\"type\":\"dict\",\"nullable\":true}}}";
    desk d = desk_open(SCHEMA);
    dictdb_table *table = NULL;
    dictdb_buffer before = DICTDB_BUFFER_INIT;
    INSERT(d.w, "[{\"id\":\"\xEF\xBB\xBF\\\"a\\\",\\r\\n\\u0000\",\"i\":18446744073709551615,\"f\":0.1,\"b\":true,\"l\":[\"a\\\"\\n\",[]],\"d\":{\"x\":[null]}},"
                "{\"id\":\" \",\"i\":null,\"f\":1e300,\"b\":false,\"l\":[],\"d\":null},"
                "{\"id\":\"7\",\"i\":-9223372036854775808,\"f\":-0.0,\"b\":false,\"l\":[1],\"d\":{}}]");
    CHECK_OK(dictdb_table_select(d.w.table, NULL, NULL, 0, &before, NULL, &d.w.err), &d.w.err);
    for (int i = 0; i < 2; i++) {
        const char *delimiter = i == 0 ? "," : "\\t";
        char options[512];
        snprintf(options, sizeof options, "{\"delimiter\":\"%s\",\"header\":true}", delimiter);
        CHECK_OK(dictdb_table_export_csv(d.w.table, NTS(d.f.file), NULL, 0, NULL, 0, NTS(options), NULL, &d.w.err), &d.w.err);
        snprintf(options, sizeof options, "{\"delimiter\":\"%s\",%s", delimiter, SCHEMA + 1);
        CHECK_OK(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NTS(options), &table, NULL, &d.w.err), &d.w.err);
        CHECK_OK(dictdb_table_select(table, NULL, NULL, 0, &d.w.out, NULL, &d.w.err), &d.w.err);
        CHECK_TEXT(d.w.out, before.data);
        dictdb_table_free(table);
        CHECK_OK(dictdb_db_drop_table(d.w.db, NTS("new"), &d.w.err), &d.w.err);
    }
    dictdb_buffer_free(&before);
    desk_close(&d);
}

int main(void) {
    RUN(cells_are_as_rfc_4180_says);
    RUN(a_file_may_have_no_rows);
    RUN(columns_have_names_or_numbers);
    RUN(short_rows_are_filled_and_long_ones_cut);
    RUN(types_are_those_of_all_cells_of_a_column);
    RUN(a_schema_says_what_cells_are);
    RUN(what_is_wrong_is_told_with_line_and_column);
    RUN(the_path_is_told);
    RUN(a_taken_name_is_refused);
    RUN(rows_are_written_as_rfc_4180_says);
    RUN(columns_are_those_of_the_schema_in_its_order);
    RUN(the_file_of_a_snapshot_is_of_its_instant);
    RUN(what_was_written_is_read_as_it_was);
    return check_finish();
}
