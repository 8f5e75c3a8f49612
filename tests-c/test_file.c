/* A database goes to a file and comes back as it was. */
#include "check.h"
#include "file.h"
#include "portrait.h"

/** Tables with all that can be different of one: names, keys, schema, indexes, values that are awkward in JSON. */
static dictdb_db *awkward(dictdb_error **err) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    CHECK_OK(dictdb_db_new(NULL, 0, &db, err), err);
    CHECK_OK(dictdb_db_create_table(db, NTS("people"),
                                    NTS("{\"schema\":{\"id\":\"int\",\"name\":\"str\",\"age\":{\"type\":\"int\",\"nullable\":true,\"default\":null}}}"),
                                    &table, err),
             err);
    CHECK_OK(dictdb_table_insert_many(table,
                                      NTS("[{\"name\":\"Ada\",\"age\":36},{\"name\":\"\\u0000\\u001f\\\"\\\\/\\ud83d\\ude00\\u2028\"},"
                                          "{\"id\":9007199254740993,\"name\":\"\"},{\"name\":\"gone\"}]"),
                                      NULL, err),
             err);
    CHECK_OK(dictdb_table_delete_by_key(table, NTS("9007199254740994"), err), err);
    CHECK_OK(dictdb_table_create_index(table, NTS("{\"fields\":\"name\",\"kind\":\"hash\",\"unique\":true}"), err), err);
    CHECK_OK(dictdb_table_create_index(table, NTS("{\"fields\":[\"age\",\"name\"],\"kind\":\"sorted\"}"), err), err);
    dictdb_table_free(table);
    CHECK_OK(dictdb_db_create_table(db, NTS("\"the\\n\xE2\x82\xAC table\""), NTS("{\"primary_key\":\"a \\\"key\\\"\"}"), &table, err), err);
    CHECK_OK(dictdb_table_insert_many(
                 table,
                 NTS("[{\"a \\\"key\\\"\":\"one\",\"n\":{\"deep\":[[],{},[{\"x\":[null,true,false]}]]}},"
                     "{\"a \\\"key\\\"\":-7,\"n\":18446744073709551615,\"f\":0.1,\"g\":1e300,\"h\":-0.0,\"i\":5e-324,\"j\":1.7976931348623157e308},"
                     "{\"a \\\"key\\\"\":\"7\",\"n\":-9223372036854775808,\"f\":2.0}]"),
                 NULL, err),
             err);
    dictdb_table_free(table);
    CHECK_OK(dictdb_db_create_table(db, NTS("empty"), NTS("{\"primary_key\":\"k\",\"schema\":{\"k\":\"str\"}}"), &table, err), err);
    dictdb_table_free(table);
    return db;
}

static void what_was_saved_is_loaded_as_it_was(void) {
    dictdb_error *err = NULL;
    folder f = folder_open();
    dictdb_db *db = awkward(&err);
    char *before = portrait(db);
    for (int format = 0; format < FORMAT_COUNT; format++) {
        dictdb_db *loaded = NULL;
        dictdb_table *table = NULL;
        dictdb_buffer key = DICTDB_BUFFER_INIT;
        CHECK_OK(dictdb_db_save(db, NTS(f.file), NTS(FORMATS[format]), NULL, &err), &err);
        CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), &err);
        char *after = portrait(loaded);
        CHECK_STRING(after, before);
        free(after);
        /* A key that was once given is not given again, although its record was not in the file. */
        CHECK_OK(dictdb_db_get_table(loaded, NTS("people"), &table, &err), &err);
        CHECK_OK(dictdb_table_insert(table, NTS("{\"name\":\"new\"}"), &key, &err), &err);
        CHECK_TEXT(key, "9007199254740995");
        CHECK_STATUS(dictdb_table_insert(table, NTS("{\"name\":\"Ada\"}"), NULL, &err), DICTDB_STATUS_DUPLICATE_KEY, &err);
        CHECK_STATUS(dictdb_table_insert(table, NTS("{\"name\":7}"), NULL, &err), DICTDB_STATUS_SCHEMA, &err);
        dictdb_buffer_free(&key);
        dictdb_table_free(table);
        dictdb_db_free(loaded);
    }
    free(before);
    dictdb_db_free(db);
    dictdb_error_free(err);
    folder_close(&f);
}

static void the_file_of_a_snapshot_is_of_its_instant(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    dictdb_db *snapshot = NULL;
    dictdb_db *loaded = NULL;
    INSERT(w, "[{\"v\":1}]");
    CHECK_OK(dictdb_db_snapshot(w.db, &snapshot, &w.err), &w.err);
    INSERT(w, "[{\"v\":2}]");
    CHECK_OK(dictdb_db_save(snapshot, NTS(f.file), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_copy(loaded, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"t\":{\"1\":{\"v\":1,\"id\":1}}}");
    dictdb_db_free(loaded);
    dictdb_db_free(snapshot);
    world_close(&w);
    folder_close(&f);
}

static void a_file_of_dictdb_is_loaded(void) {
    static const char TEXT[] = "{\n    \"tables\": {\n        \"users\": {\n            \"primary_key\": \"id\",\n"
                               "            \"schema\": {\"id\": \"int\", \"name\": \"str\", \"score\": \"float\", \"ok\": \"bool\"},\n"
                               "            \"records\": [\n"
                               "                {\"id\": 1, \"name\": \"Z\\u00fcrich\", \"score\": 1.5, \"ok\": true},\n"
                               "                {\"id\": 2, \"name\": \"\", \"score\": -1e-07, \"ok\": false}\n            ]\n        },\n"
                               "        \"none\": {\"primary_key\": \"k\", \"schema\": null, \"records\": []}\n    }\n}";
    folder f = folder_open();
    dictdb_db *loaded = NULL;
    dictdb_error *err = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    write_file(f.file, TEXT, strlen(TEXT));
    CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), &err);
    CHECK_OK(dictdb_db_copy(loaded, &out, &err), &err);
    CHECK_TEXT(out, "{\"users\":{\"1\":{\"id\":1,\"name\":\"Z\xC3\xBCrich\",\"score\":1.5,\"ok\":true},"
                    "\"2\":{\"id\":2,\"name\":\"\",\"score\":-1e-07,\"ok\":false}},\"none\":{}}");
    dictdb_buffer_free(&out);
    dictdb_db_free(loaded);
    dictdb_error_free(err);
    folder_close(&f);
}

static void members_may_come_in_any_order(void) {
    static const char TEXT[] = "{\"other\":[{\"tables\":1}],\"tables\":{\"t\":{\"records\":[{\"k\":\"x\"},{\"k\":\"y\"}],\"more\":{},\"schema\":null,"
                               "\"primary_key\":\"k\"}}}";
    folder f = folder_open();
    dictdb_db *loaded = NULL;
    dictdb_error *err = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    write_file(f.file, TEXT, strlen(TEXT));
    CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), &err);
    CHECK_OK(dictdb_db_copy(loaded, &out, &err), &err);
    CHECK_TEXT(out, "{\"t\":{\"x\":{\"k\":\"x\"},\"y\":{\"k\":\"y\"}}}");
    dictdb_buffer_free(&out);
    dictdb_db_free(loaded);
    dictdb_error_free(err);
    folder_close(&f);
}

static void what_is_wrong_with_a_file_is_told_with_its_place(void) {
    static const struct {
        const char *text;
        dictdb_status status;
        const char *detail[3][2];
    } FILES[] = {
        {"{\"tables\":{\"t\":{\"primary_key\":\"id\",\"schema\":null,\"records\":[{\"id\":1},{\"id\":1}]}}}", DICTDB_STATUS_DUPLICATE_KEY,
         {{"table", "\"t\""}, {"index", "1"}, {"key", "1"}}},
        {"{\"tables\":{\"t\":{\"primary_key\":\"id\",\"schema\":{\"id\":\"int\",\"n\":\"str\"},\"records\":[{\"id\":1,\"n\":2}]}}}", DICTDB_STATUS_SCHEMA,
         {{"table", "\"t\""}, {"index", "0"}, {"field", "\"n\""}}},
        {"{\"tables\":{\"t\":{\"primary_key\":\"id\",\"schema\":null,\"records\":[{\"id\":1},{\"id\":2,}]}}}", DICTDB_STATUS_INVALID_JSON,
         {{"table", "\"t\""}, {"index", "1"}, {"position", "77"}}},
        {"{\"tables\":{}} x", DICTDB_STATUS_INVALID_JSON, {{"position", "14"}}},
        {"{\"tables\":{\"t\":{\"schema\":null,\"records\":[]}}}", DICTDB_STATUS_INVALID_JSON, {{"table", "\"t\""}}},
        {"{\"table\":{}}", DICTDB_STATUS_INVALID_JSON, {{"position", "12"}}},
        {"", DICTDB_STATUS_INVALID_JSON, {{"position", "0"}}},
        {"{\"tables\":{\"t\":{\"primary_key\":\"\xff\"}}}", DICTDB_STATUS_INVALID_JSON, {{"position", "31"}}},
    };
    folder f = folder_open();
    dictdb_db *loaded = NULL;
    dictdb_error *err = NULL;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        write_file(f.file, FILES[i].text, strlen(FILES[i].text));
        CHECK_STATUS(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), FILES[i].status, &err);
        CHECK(loaded == NULL);
        CHECK_CONTAINS(dictdb_error_message(err), f.file);
        for (size_t j = 0; j < 3 && FILES[i].detail[j][0] != NULL; j++) {
            CHECK_MEMBER(dictdb_error_detail(err), FILES[i].detail[j][0], FILES[i].detail[j][1]);
        }
    }
    dictdb_error_free(err);
    folder_close(&f);
}

static void what_the_system_refuses_is_told(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    dictdb_db *loaded = NULL;
    char nowhere[256];
    snprintf(nowhere, sizeof nowhere, "%s/missing/data.json", f.path);
    CHECK_STATUS(dictdb_db_load(NTS(nowhere), &loaded, NULL, &w.err), DICTDB_STATUS_IO, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "2");
    CHECK_CONTAINS(dictdb_error_detail(w.err), nowhere);
    CHECK_STATUS(dictdb_db_save(w.db, NTS(nowhere), NULL, 0, NULL, &w.err), DICTDB_STATUS_IO, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "errno", "2");
    CHECK_STATUS(dictdb_db_load(NTS(f.path), &loaded, NULL, &w.err), DICTDB_STATUS_IO, &w.err);
    CHECK_STATUS(dictdb_db_save(w.db, NTS(f.path), NULL, 0, NULL, &w.err), DICTDB_STATUS_IO, &w.err);
    CHECK_STATUS(dictdb_db_save(w.db, "a\0b", 3, NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_db_save(w.db, NTS(""), NULL, 0, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_db_save(w.db, NTS(f.file), NTS("{\"format\":\"xml\"}"), NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_INT(folder_each(&f, NULL), 0);
    world_close(&w);
    folder_close(&f);
}

static void a_file_is_its_owners_and_keeps_the_rights_that_it_had(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    struct stat about;
    char link[256];
    snprintf(link, sizeof link, "%s/link", f.path);
    CHECK_OK(dictdb_db_save(w.db, NTS(f.file), NULL, 0, NULL, &w.err), &w.err);
    CHECK_INT(stat(f.file, &about), 0);
    CHECK_INT(about.st_mode & 0777, 0600);
    CHECK_INT(chmod(f.file, 0640), 0);
    CHECK_INT(symlink("data.json", link), 0);
    INSERT(w, "[{\"v\":1}]");
    CHECK_OK(dictdb_db_save(w.db, NTS(link), NULL, 0, NULL, &w.err), &w.err);
    CHECK_INT(lstat(link, &about), 0);
    CHECK(S_ISLNK(about.st_mode));
    CHECK_INT(stat(f.file, &about), 0);
    CHECK_INT(about.st_mode & 0777, 0640);
    size_t len = 0;
    char *text = read_file(f.file, &len);
    CHECK_CONTAINS(text, "{\"v\":1,\"id\":1}");
    free(text);
    CHECK_INT(folder_each(&f, NULL), 2);
    world_close(&w);
    folder_close(&f);
}

static void a_job_saves_and_loads(void) {
    folder f = folder_open();
    world w = world_open(NULL);
    dictdb_job *job = NULL;
    dictdb_db *loaded = NULL;
    uint64_t done = 0;
    uint64_t total = 0;
    int32_t is_done = 0;
    INSERT(w, "[{\"v\":1},{\"v\":2}]");
    CHECK_OK(dictdb_db_save(w.db, NTS(f.file), NULL, 0, &job, &w.err), &w.err);
    CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, &is_done, &w.err), &w.err);
    CHECK_INT(is_done, 1);
    CHECK_OK(dictdb_job_progress(job, &done, &total, &w.err), &w.err);
    CHECK_INT(done, 2);
    CHECK_INT(total, 2);
    CHECK_OK(dictdb_job_result(job, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "records", "2");
    size_t len = 0;
    free(read_file(f.file, &len));
    CHECK_INT(json_integer(w.out.data, "bytes"), len);
    CHECK_STATUS(dictdb_job_database(job, &loaded, &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    dictdb_job_free(job);
    CHECK_OK(dictdb_db_load(NTS(f.file), NULL, &job, &w.err), &w.err);
    CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_job_database(job, &loaded, &w.err), &w.err);
    dictdb_job_free(job);
    CHECK_OK(dictdb_db_copy(loaded, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{\"t\":{\"1\":{\"v\":1,\"id\":1},\"2\":{\"v\":2,\"id\":2}}}");
    dictdb_db_free(loaded);
    char nowhere[256];
    snprintf(nowhere, sizeof nowhere, "%s/missing", f.path);
    CHECK_OK(dictdb_db_load(NTS(nowhere), NULL, &job, &w.err), &w.err);
    for (int i = 0; i < 2; i++) {
        is_done = 0;
        CHECK_STATUS(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, &is_done, &w.err), DICTDB_STATUS_IO, &w.err);
        CHECK_INT(is_done, 1);
    }
    CHECK_STATUS(dictdb_job_result(job, &w.out, &w.err), DICTDB_STATUS_IO, &w.err);
    CHECK_STATUS(dictdb_job_database(job, &loaded, &w.err), DICTDB_STATUS_IO, &w.err);
    dictdb_job_free(job);
    world_close(&w);
    folder_close(&f);
}

/** Files that the first version of the formats has written, of this very database: never to be written anew. */
static void what_an_earlier_version_wrote_is_loaded(void) {
    static const char *const FILES[] = {DICTDB_TEST_DATA "/version-1.json", DICTDB_TEST_DATA "/version-1.dictdb"};
    dictdb_error *err = NULL;
    dictdb_db *db = awkward(&err);
    char *expected = portrait(db);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        dictdb_db *loaded = NULL;
        CHECK_OK(dictdb_db_load(NTS(FILES[i]), &loaded, NULL, &err), &err);
        char *actual = portrait(loaded);
        CHECK_STRING(actual, expected);
        free(actual);
        dictdb_db_free(loaded);
    }
    free(expected);
    dictdb_db_free(db);
    dictdb_error_free(err);
}

int main(void) {
    RUN(what_was_saved_is_loaded_as_it_was);
    RUN(the_file_of_a_snapshot_is_of_its_instant);
    RUN(a_file_of_dictdb_is_loaded);
    RUN(members_may_come_in_any_order);
    RUN(what_is_wrong_with_a_file_is_told_with_its_place);
    RUN(what_the_system_refuses_is_told);
    RUN(a_file_is_its_owners_and_keeps_the_rights_that_it_had);
    RUN(a_job_saves_and_loads);
    RUN(what_an_earlier_version_wrote_is_loaded);
    return check_finish();
}
