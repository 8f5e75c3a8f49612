/*
 * Tests: OUT_OF_MEMORY from loads, restores, imports and exports of what does not fit: no database, no table, the old file, and the database
 * usable afterwards.
 * Does not test: needs of a small fixed size, where the process may abort.
 */
#include "out_of_memory.h"
#include "file.h"

static void importing_a_long_cell(void) {
    world w = two_records();
    folder f = folder_open();
    dictdb_table *table = w.table;
    char *text = text_of("id,s\n1,a\n2,\"", LARGE, "\"\n");
    write_file(f.file, text, strlen(text));
    free(text);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_db_import_csv(w.db, NTS("new"), NTS(f.file), NULL, 0, &table, NULL, &w.err), &w.err);
    CHECK_NO_MEMORY(dictdb_db_import_csv(w.db, NTS("new"), NTS(f.file), NTS("{\"infer_types\":false}"), &table, NULL, &w.err), &w.err);
    CHECK(table == NULL);
    CHECK_STATUS(dictdb_db_get_table(w.db, NTS("new"), &table, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

static void importing_very_many_columns(void) {
    world w = two_records();
    folder f = folder_open();
    char *text = text_of("id,s\n1,", LARGE, "\n");
    for (char *at = strchr(text, 'x'); *at == 'x'; at++) {
        *at = ',';
    }
    write_file(f.file, text, strlen(text));
    free(text);
    CHECK_STATUS(dictdb_db_import_csv(w.db, NTS("new"), NTS(f.file), NULL, 0, NULL, NULL, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "line", "2");
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

static void importing_more_than_fits(void) {
    world w = two_records();
    folder f = folder_open();
    FILE *file = fopen(f.file, "wb");
    CHECK(file != NULL);
    for (int i = 0; i < 400000; i++) {
        fprintf(file, "{\"id\":%d,\"s\":\"%0100d\"}\n", i, 0);
    }
    CHECK_INT(fclose(file), 0);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_db_import_jsonl(w.db, NTS("new"), NTS(f.file), NULL, 0, NULL, NULL, &w.err), &w.err);
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

static void importing_a_long_line(void) {
    world w = two_records();
    folder f = folder_open();
    char *text = text_of("{\"s\":\"", LARGE, "\"}\n");
    write_file(f.file, text, strlen(text));
    free(text);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_db_import_jsonl(w.db, NTS("new"), NTS(f.file), NULL, 0, NULL, NULL, &w.err), &w.err);
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

static void exporting_a_long_cell(void) {
    world w = two_records();
    folder f = folder_open();
    /* With what must be in quotes, and with what JSON escapes. */
    static const char *const BEFORE[] = {"{\"s\":\"a,", "{\"s\":\"\\n", "{\"s\":\"a"};
    for (int i = 0; i < 3; i++) {
        char *record = text_of(BEFORE[i], LARGE, "\"}");
        dictdb_table *table = NULL;
        CHECK_OK(dictdb_db_create_table(w.db, NTS("long"), NULL, 0, &table, &w.err), &w.err);
        CHECK_OK(dictdb_table_insert(table, NTS(record), NULL, &w.err), &w.err);
        free(record);
        write_file(f.file, "old", 3);
        limit_memory();
        CHECK_NO_MEMORY(dictdb_table_export_csv(table, NTS(f.file), NULL, 0, NULL, 0, NULL, 0, NULL, &w.err), &w.err);
        lift_limit();
        size_t len = 0;
        char *text = read_file(f.file, &len);
        CHECK_STRING(text, "old");
        free(text);
        CHECK_INT(folder_each(&f, NULL), 1);
        dictdb_table_free(table);
        CHECK_OK(dictdb_db_drop_table(w.db, NTS("long"), &w.err), &w.err);
    }
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

/** A file of each format, and a backup, of more than may be had. */
static void loading_more_than_fits(void) {
    world w = two_records();
    folder f = folder_open();
    world full = a_full_table();
    for (int format = 0; format < FORMAT_COUNT; format++) {
        char path[sizeof f.path + 8];
        snprintf(path, sizeof path, "%s/%d", f.path, format);
        CHECK_OK(dictdb_db_save(full.db, NTS(path), NTS(FORMATS[format]), NULL, &full.err), &full.err);
    }
    world_close(&full);
    limit_memory();
    for (int format = 0; format < FORMAT_COUNT; format++) {
        char path[sizeof f.path + 8];
        dictdb_db *db = w.db;
        dictdb_job *job = NULL;
        snprintf(path, sizeof path, "%s/%d", f.path, format);
        CHECK_NO_MEMORY(dictdb_db_load(NTS(path), &db, NULL, &w.err), &w.err);
        CHECK(db == NULL);
        CHECK_OK(dictdb_db_load(NTS(path), NULL, &job, &w.err), &w.err);
        CHECK_NO_MEMORY(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &w.err), &w.err);
        CHECK_NO_MEMORY(dictdb_job_database(job, &db, &w.err), &w.err);
        CHECK(db == NULL);
        dictdb_job_free(job);
    }
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

static void restoring_more_than_fits(void) {
    world w = two_records();
    folder f = folder_open();
    world full = a_full_table();
    dictdb_backup *backup = NULL;
    dictdb_db *db = w.db;
    CHECK_OK(dictdb_backup_new(full.db, NTS(f.path), NULL, 0, NULL, NULL, NULL, &backup, &full.err), &full.err);
    CHECK_OK(dictdb_backup_full(backup, NULL, NULL, &full.err), &full.err);
    dictdb_backup_free(backup);
    world_close(&full);
    limit_memory();
    CHECK_NO_MEMORY(dictdb_backup_restore(NTS(f.path), NULL, 0, &db, &w.out, NULL, &w.err), &w.err);
    CHECK(db == NULL);
    CHECK_EMPTY(w.out);
    check_unchanged_and_usable(&w);
    folder_close(&f);
    world_close(&w);
}

CASE(importing_a_long_cell)
CASE(importing_very_many_columns)
CASE(importing_more_than_fits)
CASE(importing_a_long_line)
CASE(exporting_a_long_cell)
CASE(loading_more_than_fits)
CASE(restoring_more_than_fits)

int main(void) {
    RUN(importing_a_long_cell_may_run_out);
    RUN(importing_very_many_columns_may_run_out);
    RUN(importing_more_than_fits_may_run_out);
    RUN(importing_a_long_line_may_run_out);
    RUN(exporting_a_long_cell_may_run_out);
    RUN(loading_more_than_fits_may_run_out);
    RUN(restoring_more_than_fits_may_run_out);
    return check_finish();
}
