/* Backups: what is written when, restored, missed, kept. Not here: threads and time (test_backup_threads). */
#include "check.h"
#include "backup.h"

static void a_full_backup_is_restored(void) {
    vault v = vault_open("{}");
    CHECK_OK(dictdb_table_insert_many(v.table, NTS("[{\"a\":1},{\"a\":2}]"), NULL, &v.err), &v.err);
    CHECK_OK(dictdb_table_create_index(v.table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\",\"unique\":true}"), &v.err), &v.err);
    CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "type", "\"full\"");
    CHECK_MEMBER(v.out.data, "records", "2");
    CHECK_CONTAINS(v.out.data, "\"file\":\"dictdb_backup_");
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    CHECK_CONTAINS(v.out.data, "\"skipped\":[]");
    dictdb_db_free(db);
    vault_close(&v);
}

static void without_deltas_each_backup_is_full(void) {
    vault v = vault_open("{}");
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
        CHECK_MEMBER(v.out.data, "type", "\"full\"");
    }
    CHECK_INT(folder_each(&v.f, NULL), 3);
    vault_close(&v);
}

static void deltas_come_before_the_next_full_one(void) {
    static const char *const TYPES[] = {"\"full\"", "\"delta\"", "\"delta\"", "\"full\"", "\"delta\""};
    vault v = vault_open("{\"incremental\":true,\"max_deltas\":2}");
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":1}"), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
        CHECK_MEMBER(v.out.data, "type", TYPES[i]);
        CHECK_MEMBER(v.out.data, "records", i % 3 == 0 ? (i == 0 ? "1" : "4") : "1");
    }
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "full", "2");
    CHECK_MEMBER(v.out.data, "delta", "3");
    CHECK_MEMBER(v.out.data, "deltas_since_full", "1");
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    vault_close(&v);
}

static void what_has_not_changed_is_no_delta(void) {
    vault v = vault_open("{\"incremental\":true}");
    CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
    CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "file", "null");
    CHECK_INT(folder_each(&v.f, NULL), 1);
    CHECK_OK(dictdb_backup_full(v.backup, &v.out, NULL, &v.err), &v.err);
    CHECK_INT(folder_each(&v.f, NULL), 2);
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "unchanged", "1");
    vault_close(&v);
}

/* --------------------------------------------------------------------------------------------------------- random histories */

static uint64_t seed;

static unsigned below(unsigned limit) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % limit;
}

/** One change of many kinds; those that are refused change nothing. */
static void change(dictdb_db *db) {
    static const char *const NAMES[] = {"t", "u", "v"};
    const char *name = NAMES[below(3)];
    dictdb_table *table = NULL;
    char text[200];
    char key[20];
    if (below(40) == 0) {
        dictdb_db_drop_table(db, NTS(name), NULL);
        return;
    }
    if (dictdb_db_get_table(db, NTS(name), &table, NULL) != DICTDB_STATUS_OK) {
        const char *options = below(2) == 0 ? NULL : "{\"schema\":{\"a\":\"int\",\"b\":{\"type\":\"int\",\"nullable\":true}}}";
        CHECK_INT(dictdb_db_create_table(db, NTS(name), options, options == NULL ? 0 : DICTDB_NTS, &table, NULL), DICTDB_STATUS_OK);
    }
    snprintf(key, sizeof key, "%u", 1 + below(300));
    switch (below(14)) {
    case 0:
    case 1:
        strcpy(text, "[");
        for (unsigned i = 0; i < 5; i++) {
            snprintf(text + strlen(text), 40, "%s{\"a\":%u,\"b\":%u}", i == 0 ? "" : ",", below(100), below(5));
        }
        strcat(text, "]");
        dictdb_table_insert_many(table, NTS(text), NULL, NULL);
        break;
    case 2:
        snprintf(text, sizeof text, "{\"id\":%s,\"a\":%u}", key, below(100));
        dictdb_table_insert(table, NTS(text), NULL, NULL);
        break;
    case 3:
        snprintf(text, sizeof text, "{\"b\":%u,\"id\":%s,\"a\":%u}", below(5), key, below(100));
        dictdb_table_upsert(table, NTS(text), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL);
        break;
    case 4:
        snprintf(text, sizeof text, "{\"c\":[%u,\"\xC3\xBC\"]}", below(100));
        dictdb_table_update_by_key(table, NTS(key), NTS(text), NULL);
        break;
    case 5:
    case 6:
        dictdb_table_delete_by_key(table, NTS(key), NULL);
        break;
    case 7: /* Gone and come again at once, often with fewer fields. */
        if (dictdb_table_delete_by_key(table, NTS(key), NULL) == DICTDB_STATUS_OK) {
            snprintf(text, sizeof text, below(2) == 0 ? "{\"id\":%s,\"a\":1,\"b\":2}" : "{\"id\":%s,\"a\":1}", key);
            dictdb_table_insert(table, NTS(text), NULL, NULL);
        }
        break;
    case 8: /* Another key, of one record or of many. */
        snprintf(text, sizeof text, "{\"id\":%u}", 1 + below(400));
        dictdb_table_update_by_key(table, NTS(key), NTS(text), NULL);
        break;
    case 9:
        if (below(8) == 0) {
            dictdb_table_update_where(table, NTS("a > 0"), NTS("id = id + 1"), NULL, 0, NULL, NULL);
        }
        break;
    case 10:
        snprintf(text, sizeof text, "a = %u", below(100));
        dictdb_table_delete_where(table, NTS(text), NULL, 0, NULL, NULL);
        break;
    case 11:
        snprintf(text, sizeof text, "a < %u", below(100));
        dictdb_table_update_where(table, NTS(text), NTS("b = b + 1"), NULL, 0, NULL, NULL);
        break;
    case 12:
        if (below(2) == 0) {
            dictdb_table_create_index(table, NTS(below(2) == 0 ? "{\"fields\":\"a\",\"kind\":\"hash\"}" : "{\"fields\":[\"b\",\"a\"],\"kind\":\"sorted\"}"), NULL);
        } else {
            dictdb_table_drop_index(table, NTS("\"a\""), NULL);
        }
        break;
    default:
        if (below(20) == 0) {
            dictdb_table_delete_where(table, NULL, 0, NULL, 0, NULL, NULL);
        }
    }
    dictdb_table_free(table);
}

/** Every state that was backed up can be had again, by the time of its file. */
static void every_state_is_restored(void) {
    enum { STATES = 40 };
    for (uint64_t round = 1; round <= 12; round++) {
        seed = round * UINT64_C(0x9E3779B97F4A7C15);
        vault v = vault_open(round % 3 == 0 ? "{\"incremental\":true,\"max_deltas\":7,\"format\":\"dictdb\"}" : "{\"incremental\":true,\"max_deltas\":1000}");
        char *states[STATES];
        char *until[STATES];
        for (int i = 0; i < STATES; i++) {
            /* Now and then so many that pages and segments are many, too. */
            for (unsigned changes = below(10) == 0 ? 400 : below(12); changes > 0; changes--) {
                change(v.db);
            }
            CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
            CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
            states[i] = portrait(v.db);
            until[i] = check_memory(64);
            const char *time = strstr(v.out.data, "\"last_time\":");
            CHECK(time != NULL);
            time = time == NULL ? "" : strchr(time, ':') + 1;
            snprintf(until[i], 64, "{\"until\":%.*s}", (int)strcspn(time, ",}"), time);
        }
        for (int i = 0; i < STATES; i++) {
            dictdb_db *db = restored(&v, until[i]);
            char *state = db == NULL ? NULL : portrait(db);
            if (state == NULL || strcmp(state, states[i]) != 0) {
                fprintf(stderr, "round %d, state %d, %s\n", (int)round, i, v.out.data);
                CHECK_STRING(state, states[i]);
                i = STATES;
            }
            free(state);
            dictdb_db_free(db);
        }
        for (int i = 0; i < STATES; i++) {
            free(states[i]);
            free(until[i]);
        }
        CHECK_OK(dictdb_backup_verify(NTS(v.f.path), &v.out, NULL, &v.err), &v.err);
        CHECK_MEMBER(v.out.data, "is_sound", "true");
        vault_close(&v);
    }
}

/** Keys go round among records of a large table: the delta says so in one way or the other. */
static void keys_that_were_passed_on_are_restored(void) {
    vault v = vault_open("{\"incremental\":true}");
    char *text = check_memory(200000);
    strcpy(text, "[");
    for (int i = 1; i <= 5000; i++) {
        sprintf(text + strlen(text), "%s{\"id\":%d,\"a\":%d}", i == 1 ? "" : ",", i, i);
    }
    strcat(text, "]");
    CHECK_OK(dictdb_table_insert_many(v.table, NTS(text), NULL, &v.err), &v.err);
    CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
    CHECK_OK(dictdb_table_update_by_key(v.table, NTS("7"), NTS("{\"id\":100007}"), &v.err), &v.err);
    CHECK_OK(dictdb_table_update_by_key(v.table, NTS("8"), NTS("{\"id\":7}"), &v.err), &v.err);
    CHECK_OK(dictdb_table_update_by_key(v.table, NTS("100007"), NTS("{\"id\":8}"), &v.err), &v.err);
    CHECK_OK(dictdb_backup_delta(v.backup, NULL, NULL, &v.err), &v.err);
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    /* The first record goes to the end, far from its place, unchanged. */
    CHECK_OK(dictdb_table_delete_by_key(v.table, NTS("1"), &v.err), &v.err);
    CHECK_OK(dictdb_table_insert(v.table, NTS("{\"id\":1,\"a\":1}"), NULL, &v.err), &v.err);
    CHECK_OK(dictdb_backup_delta(v.backup, &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "records", "1");
    db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    free(text);
    vault_close(&v);
}

/** A record that is alone in its page of the directory comes to be alone in another one, unchanged: wherever pages begin. */
static void a_record_that_moves_to_the_end_alone_is_restored_there(void) {
    enum { FEWEST = 700, PAGE = 256 };
    char *text = check_memory((size_t)(FEWEST + PAGE) * 24);
    for (int count = FEWEST; count < FEWEST + PAGE; count++) {
        vault v = vault_open("{\"incremental\":true}");
        size_t used = (size_t)sprintf(text, "[{\"id\":1}");
        for (int i = 2; i <= count; i++) {
            used += (size_t)sprintf(text + used, ",{\"id\":%d}", i);
        }
        strcpy(text + used, "]");
        CHECK_OK(dictdb_table_insert_many(v.table, NTS(text), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_table_delete_where(v.table, NTS("id BETWEEN 2 AND 600"), NULL, 0, NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
        CHECK_OK(dictdb_table_delete_by_key(v.table, NTS("1"), &v.err), &v.err);
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"id\":1}"), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
        dictdb_db *db = restored(&v, NULL);
        check_same(db, v.db);
        dictdb_db_free(db);
        vault_close(&v);
    }
    free(text);
}

/* ------------------------------------------------------------------------------------------------------------------ damage */

/** A full backup and three deltas; each adds a record. */
static vault chain_of_four(char *paths[4]) {
    vault v = vault_open("{\"incremental\":true}");
    for (int i = 0; i < 4; i++) {
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":1}"), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
        paths[i] = path_in(&v, v.out.data, "file");
    }
    return v;
}

static void check_count(dictdb_db *db, int expected) {
    dictdb_table *table = NULL;
    uint64_t count = 0;
    CHECK_INT(dictdb_db_get_table(db, NTS("t"), &table, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_count(table, NULL, &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, expected);
    dictdb_table_free(table);
}

static const char *name_of(const char *path) {
    return strrchr(path, '/') + 1;
}

static void a_missing_delta_is_named(void) {
    char *paths[4];
    vault v = chain_of_four(paths);
    dictdb_db *db = NULL;
    CHECK_INT(remove(paths[2]), 0);
    CHECK_STATUS(dictdb_backup_restore(NTS(v.f.path), NULL, 0, &db, &v.out, NULL, &v.err), DICTDB_STATUS_CORRUPT, &v.err);
    CHECK(db == NULL);
    CHECK_CONTAINS(dictdb_error_message(v.err), name_of(paths[3]));
    CHECK_CONTAINS(dictdb_error_message(v.err), name_of(paths[2]));
    CHECK_CONTAINS(dictdb_error_detail(v.err), "\"missing\":\"dictdb_delta_");
    CHECK_OK(dictdb_backup_verify(NTS(v.f.path), &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "is_sound", "false");
    CHECK_CONTAINS(v.out.data, "which is not the file before it");
    db = restored(&v, "{\"partial\":true}");
    check_count(db, 2);
    CHECK_CONTAINS(v.out.data, "\"skipped\":[{\"file\":\"dictdb_delta_");
    CHECK_CONTAINS(v.out.data, name_of(paths[1]));
    dictdb_db_free(db);
    for (int i = 0; i < 4; i++) {
        free(paths[i]);
    }
    vault_close(&v);
}

static void a_broken_delta_is_named(void) {
    char *paths[4];
    vault v = chain_of_four(paths);
    dictdb_db *db = NULL;
    size_t len = 0;
    char *bytes = read_file(paths[2], &len);
    write_file(paths[2], bytes, len / 2);
    CHECK_STATUS(dictdb_backup_restore(NTS(v.f.path), NULL, 0, &db, &v.out, NULL, &v.err), DICTDB_STATUS_INVALID_JSON, &v.err);
    CHECK(db == NULL);
    CHECK_CONTAINS(dictdb_error_message(v.err), paths[2]);
    CHECK_OK(dictdb_backup_verify(NTS(v.f.path), &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "is_sound", "false");
    CHECK_CONTAINS(v.out.data, "which is damaged");
    db = restored(&v, "{\"partial\":true}");
    check_count(db, 2);
    dictdb_db_free(db);
    /* Without a sound full backup there is nothing. */
    write_file(paths[0], "{}", 2);
    CHECK_STATUS(dictdb_backup_restore(NTS(v.f.path), NTS("{\"partial\":true}"), &db, NULL, NULL, &v.err), DICTDB_STATUS_UNAVAILABLE, &v.err);
    CHECK(db == NULL);
    CHECK_CONTAINS(dictdb_error_message(v.err), "no backup in it could be restored");
    for (int i = 0; i < 4; i++) {
        free(paths[i]);
    }
    free(bytes);
    vault_close(&v);
}

/** Every cut and every changed byte of a delta: refused, or another delta, and never half of one. */
static void a_damaged_delta_is_refused_or_another_one(void) {
    char *paths[4];
    vault v = chain_of_four(paths);
    size_t len = 0;
    char *bytes = read_file(paths[3], &len);
    CHECK_INT(strlen(bytes), len);
    for (size_t cut = 0; cut < len - 1; cut++) {
        dictdb_db *db = NULL;
        write_file(paths[3], bytes, cut);
        CHECK(dictdb_backup_restore(NTS(v.f.path), NULL, 0, &db, NULL, NULL, &v.err) != DICTDB_STATUS_OK);
        CHECK(db == NULL);
        dictdb_error_free(v.err);
        v.err = NULL;
    }
    for (size_t at = 0; at < len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            dictdb_db *db = NULL;
            bytes[at] = (char)(bytes[at] ^ 1 << bit);
            write_file(paths[3], bytes, len);
            bytes[at] = (char)(bytes[at] ^ 1 << bit);
            dictdb_status status = dictdb_backup_restore(NTS(v.f.path), NULL, 0, &db, NULL, NULL, &v.err);
            CHECK((db != NULL) == (status == DICTDB_STATUS_OK));
            dictdb_db_free(db);
            dictdb_error_free(v.err);
            v.err = NULL;
        }
    }
    for (int i = 0; i < 4; i++) {
        free(paths[i]);
    }
    free(bytes);
    vault_close(&v);
}

static void a_directory_without_backups_has_none(void) {
    vault v = vault_open("{}");
    dictdb_db *db = NULL;
    CHECK_STATUS(dictdb_backup_restore(NTS(v.f.path), NULL, 0, &db, NULL, NULL, &v.err), DICTDB_STATUS_UNAVAILABLE, &v.err);
    CHECK_CONTAINS(dictdb_error_message(v.err), v.f.path);
    CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
    CHECK_STATUS(dictdb_backup_restore(NTS(v.f.path), NTS("{\"until\":12.5}"), &db, NULL, NULL, &v.err), DICTDB_STATUS_UNAVAILABLE, &v.err);
    CHECK_CONTAINS(dictdb_error_message(v.err), "so old");
    vault_close(&v);
}

/* --------------------------------------------------------------------------------------------------------------------- more */

static void files_of_dictdb_are_restored(void) {
    vault v = vault_open("{}");
    static const char *const FILES[][2] = {
        {"dictdb_backup_1700000000_000001.json",
         "{\"tables\":{\"t\":{\"primary_key\":\"id\",\"schema\":null,\"records\":[{\"id\":1,\"a\":1},{\"id\":2,\"a\":2}]}}}"},
        {"dictdb_delta_1700000001_000001.json",
         "{\"type\":\"delta\",\"timestamp\":1700000001.5,\"tables\":{\"t\":{\"upserts\":[{\"id\":2,\"a\":3},{\"id\":3,\"a\":4}],\"deletes\":[1,9]}}}"},
        {"dictdb_delta_1700000002_000001.json", "{\"type\": \"delta\", \"tables\": {\"t\": {\"upserts\": [{\"a\": 5, \"id\": \"x\"}], \"deletes\": []}}}"},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", v.f.path, FILES[i][0]);
        write_file(path, FILES[i][1], strlen(FILES[i][1]));
    }
    dictdb_db *db = restored(&v, NULL);
    CHECK_OK(dictdb_db_copy(db, &v.out, &v.err), &v.err);
    CHECK_TEXT(v.out, "{\"t\":{\"2\":{\"id\":2,\"a\":3},\"3\":{\"id\":3,\"a\":4},\"x\":{\"a\":5,\"id\":\"x\"}}}");
    dictdb_db_free(db);
    vault_close(&v);
}

static void the_newest_are_kept(void) {
    vault v = vault_open("{\"incremental\":true,\"max_deltas\":2,\"keep\":2}");
    for (int i = 0; i < 12; i++) {
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":1}"), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
        /* Two full ones with two deltas each at most. */
        CHECK(folder_each(&v.f, NULL) <= 6);
        CHECK_OK(dictdb_backup_verify(NTS(v.f.path), &v.out, NULL, &v.err), &v.err);
        CHECK_MEMBER(v.out.data, "is_sound", "true");
    }
    CHECK_INT(folder_each(&v.f, NULL), 6);
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    vault_close(&v);
}

static void what_failed_is_in_the_next_one(void) {
    vault v = vault_open("{\"incremental\":true}");
    char away[160];
    snprintf(away, sizeof away, "%s-away", v.f.path);
    CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
    CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":1}"), NULL, &v.err), &v.err);
    CHECK_INT(rename(v.f.path, away), 0);
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(dictdb_backup_now(v.backup, NULL, NULL, &v.err), DICTDB_STATUS_IO, &v.err);
        CHECK_MEMBER(dictdb_error_detail(v.err), "errno", "2");
    }
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "consecutive_failures", "2");
    CHECK_INT(rename(away, v.f.path), 0);
    CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":2}"), NULL, &v.err), &v.err);
    CHECK_OK(dictdb_backup_now(v.backup, &v.out, NULL, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "type", "\"delta\"");
    CHECK_MEMBER(v.out.data, "records", "2");
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "failures", "2");
    CHECK_MEMBER(v.out.data, "consecutive_failures", "0");
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    vault_close(&v);
}

static void wrong_options_are_refused(void) {
    static const char *const OPTIONS[] = {
        "{\"interval_ms\":-1}", "{\"interval_ms\":1.5}", "{\"min_interval_ms\":\"1\"}", "{\"incremental\":1}", "{\"max_deltas\":0}",
        "{\"keep\":0}",         "{\"format\":\"csv\"}",  "{\"every\":1}",
    };
    vault v = vault_open("{\"keep\":null,\"interval_ms\":0}");
    dictdb_backup *backup = NULL;
    dictdb_db *snapshot = NULL;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        CHECK_STATUS(dictdb_backup_new(v.db, NTS(v.f.path), NTS(OPTIONS[i]), NULL, NULL, NULL, &backup, &v.err), DICTDB_STATUS_INVALID_ARGUMENT, &v.err);
        CHECK(backup == NULL);
    }
    CHECK_OK(dictdb_db_snapshot(v.db, &snapshot, &v.err), &v.err);
    CHECK_STATUS(dictdb_backup_new(snapshot, NTS(v.f.path), NULL, 0, NULL, NULL, NULL, &backup, &v.err), DICTDB_STATUS_UNSUPPORTED, &v.err);
    CHECK(backup == NULL);
    dictdb_db_free(snapshot);
    vault_close(&v);
}

int main(void) {
    RUN(a_full_backup_is_restored);
    RUN(without_deltas_each_backup_is_full);
    RUN(deltas_come_before_the_next_full_one);
    RUN(what_has_not_changed_is_no_delta);
    RUN(every_state_is_restored);
    RUN(keys_that_were_passed_on_are_restored);
    RUN(a_record_that_moves_to_the_end_alone_is_restored_there);
    RUN(a_missing_delta_is_named);
    RUN(a_broken_delta_is_named);
    RUN(a_damaged_delta_is_refused_or_another_one);
    RUN(a_directory_without_backups_has_none);
    RUN(files_of_dictdb_are_restored);
    RUN(the_newest_are_kept);
    RUN(what_failed_is_in_the_next_one);
    RUN(wrong_options_are_refused);
    return check_finish();
}
