/*
 * What the crash tests run: saves a database of which every record tells the version, or tells the version of a file.
 *
 *     file_tool save FILE FORMAT VERSION    FORMAT: json or dictdb
 *     file_tool loop FILE FORMAT            saves version 1, 2, 3 and so on until it is killed
 *     file_tool check FILE                  prints the version; fails if the file is of none, or of two
 *     file_tool backup DIRECTORY            a full backup of version 1, then a delta to version 2
 *     file_tool deltas DIRECTORY            a full backup of version 1, then deltas to version 2, 3 and so on until it is killed
 *     file_tool restore DIRECTORY           prints the version that is restored, 0 if there is no backup yet
 *
 * Code 0: done; 3: the library has refused, and the message is printed; 4: the file is not what any save has written.
 */
#include <dictdb.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 1500, REFUSED = 3, WRONG = 4 };

static int refused(dictdb_error *error) {
    fprintf(stderr, "%s: %s\n", dictdb_status_name(dictdb_error_status(error)), dictdb_error_message(error));
    dictdb_error_free(error);
    return REFUSED;
}

static int fill(dictdb_db **out, long version) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    char text[200];
    if (dictdb_db_new(NULL, 0, &db, &error) != DICTDB_STATUS_OK) {
        return refused(error);
    }
    for (int t = 0; t < 2; t++) {
        snprintf(text, sizeof text, "t%d", t);
        if (dictdb_db_create_table(db, text, DICTDB_NTS, NULL, 0, &table, &error) != DICTDB_STATUS_OK) {
            return refused(error);
        }
        for (int i = 0; i < RECORDS; i++) {
            snprintf(text, sizeof text, "{\"version\":%ld,\"filler\":\"what makes a file of more than one write, of record %d\"}", version, i);
            if (dictdb_table_insert(table, text, DICTDB_NTS, NULL, &error) != DICTDB_STATUS_OK) {
                return refused(error);
            }
        }
        dictdb_table_free(table);
    }
    *out = db;
    return 0;
}

static int save(const char *path, const char *format, long version) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    char text[200];
    int filled = fill(&db, version);
    if (filled != 0) {
        return filled;
    }
    snprintf(text, sizeof text, "{\"format\":\"%s\"}", format);
    dictdb_status status = dictdb_db_save(db, path, DICTDB_NTS, text, DICTDB_NTS, NULL, &error);
    if (status == DICTDB_STATUS_OK) {
        dictdb_db_free(db);
        return 0;
    }
    int code = refused(error);
    /* After a failure the database is as usable as before. */
    uint64_t count = 0;
    if (dictdb_db_get_table(db, "t1", DICTDB_NTS, &table, NULL) != DICTDB_STATUS_OK ||
        dictdb_table_insert(table, "{}", DICTDB_NTS, NULL, NULL) != DICTDB_STATUS_OK ||
        dictdb_table_count(table, NULL, &count, NULL) != DICTDB_STATUS_OK || count != RECORDS + 1) {
        fprintf(stderr, "the database is not usable any more\n");
        return WRONG;
    }
    dictdb_table_free(table);
    dictdb_db_free(db);
    return code;
}

/** Deltas up to a version; each changes all records of both tables at one instant. */
static int back_up(const char *path, long last) {
    dictdb_db *db = NULL;
    dictdb_backup *backup = NULL;
    dictdb_error *error = NULL;
    int code = fill(&db, 1);
    if (code != 0) {
        return code;
    }
    if (dictdb_backup_new(db, path, DICTDB_NTS, "{\"incremental\":true,\"max_deltas\":5,\"keep\":2}", DICTDB_NTS, NULL, NULL, NULL, &backup, &error) !=
            DICTDB_STATUS_OK ||
        dictdb_backup_now(backup, NULL, NULL, &error) != DICTDB_STATUS_OK) {
        return refused(error);
    }
    for (long version = 2; version <= last; version++) {
        char text[256];
        snprintf(text, sizeof text, "[{\"update\":\"t0\",\"where\":\"TRUE\",\"set\":\"version = %ld\"},{\"update\":\"t1\",\"where\":\"TRUE\",\"set\":\"version = %ld\"}]",
                 version, version);
        if (dictdb_db_batch(db, text, DICTDB_NTS, NULL, &error) != DICTDB_STATUS_OK || dictdb_backup_now(backup, NULL, NULL, &error) != DICTDB_STATUS_OK) {
            return refused(error);
        }
    }
    dictdb_backup_free(backup);
    dictdb_db_free(db);
    return 0;
}

static int check_db(const char *path, dictdb_db *db) {
    dictdb_error *error = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    char first[64] = "";
    for (int t = 0; t < 2; t++) {
        dictdb_table *table = NULL;
        uint64_t count = 0;
        if (dictdb_db_get_table(db, t == 0 ? "t0" : "t1", DICTDB_NTS, &table, &error) != DICTDB_STATUS_OK ||
            dictdb_table_count(table, NULL, &count, &error) != DICTDB_STATUS_OK ||
            dictdb_table_query(table, "{\"columns\":[\"version\"],\"distinct\":true}", DICTDB_NTS, NULL, 0, &out, NULL, &error) != DICTDB_STATUS_OK) {
            return refused(error);
        }
        dictdb_table_free(table);
        if (t == 0) {
            snprintf(first, sizeof first, "%s", out.data);
        }
        if (count != RECORDS || strcmp(first, out.data) != 0 || strchr(out.data, ',') != NULL) {
            fprintf(stderr, "%s has %" PRIu64 " records in t%d, of versions %s\n", path, count, t, out.data);
            return WRONG;
        }
    }
    printf("%ld\n", strtol(first + strlen("[{\"version\":"), NULL, 10));
    dictdb_buffer_free(&out);
    dictdb_db_free(db);
    return 0;
}

static int check(const char *path) {
    dictdb_db *db = NULL;
    dictdb_error *error = NULL;
    if (dictdb_db_load(path, DICTDB_NTS, &db, NULL, &error) != DICTDB_STATUS_OK) {
        return refused(error);
    }
    return check_db(path, db);
}

static int restore(const char *path) {
    dictdb_db *db = NULL;
    dictdb_error *error = NULL;
    dictdb_status status = dictdb_backup_restore(path, DICTDB_NTS, NULL, 0, &db, NULL, NULL, &error);
    if (status == DICTDB_STATUS_UNAVAILABLE) {
        printf("0\n");
        return 0;
    }
    return status == DICTDB_STATUS_OK ? check_db(path, db) : refused(error);
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "save") == 0) {
        return save(argv[2], argv[3], strtol(argv[4], NULL, 10));
    }
    if (argc == 4 && strcmp(argv[1], "loop") == 0) {
        for (long version = 1;; version++) {
            int code = save(argv[2], argv[3], version);
            if (code != 0) {
                return code;
            }
        }
    }
    if (argc == 3 && strcmp(argv[1], "check") == 0) {
        return check(argv[2]);
    }
    if (argc == 3 && strcmp(argv[1], "backup") == 0) {
        return back_up(argv[2], 2);
    }
    if (argc == 3 && strcmp(argv[1], "deltas") == 0) {
        return back_up(argv[2], LONG_MAX);
    }
    if (argc == 3 && strcmp(argv[1], "restore") == 0) {
        return restore(argv[2]);
    }
    fprintf(stderr, "usage: file_tool save FILE FORMAT VERSION | loop FILE FORMAT | check FILE | backup DIRECTORY | deltas DIRECTORY | restore DIRECTORY\n");
    return 2;
}
