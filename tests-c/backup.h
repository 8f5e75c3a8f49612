/*
 * backup.h: what the tests of backups share. Include it after check.h.
 */
#ifndef BACKUP_H
#define BACKUP_H

#include "file.h"
#include "portrait.h"

/** A database, and backups of it in a directory of its own. */
typedef struct {
    folder f;
    dictdb_db *db;
    dictdb_table *table;
    dictdb_backup *backup;
    dictdb_buffer out;
    dictdb_error *err;
} vault;

static inline vault vault_open(const char *options) {
    vault v;
    memset(&v, 0, sizeof v);
    v.f = folder_open();
    CHECK_OK(dictdb_db_new(NULL, 0, &v.db, &v.err), &v.err);
    CHECK_OK(dictdb_db_create_table(v.db, NTS("t"), NULL, 0, &v.table, &v.err), &v.err);
    CHECK_OK(dictdb_backup_new(v.db, NTS(v.f.path), NTS(options), NULL, NULL, NULL, &v.backup, &v.err), &v.err);
    return v;
}

static inline void vault_close(vault *v) {
    dictdb_backup_free(v->backup);
    dictdb_table_free(v->table);
    dictdb_db_free(v->db);
    dictdb_buffer_free(&v->out);
    dictdb_error_free(v->err);
    folder_close(&v->f);
}

/** Path of the file that facts name as `member`; to be freed. */
static inline char *path_in(const vault *v, const char *facts, const char *member) {
    char label[64];
    char *path = check_memory(512);
    snprintf(label, sizeof label, "\"%s\":\"", member);
    const char *start = facts == NULL ? NULL : strstr(facts, label);
    CHECK(start != NULL);
    start = start == NULL ? "\"" : start + strlen(label);
    snprintf(path, 512, "%s/%.*s", v->f.path, (int)strcspn(start, "\""), start);
    return path;
}

/** What is restored; the options may be NULL. */
static inline dictdb_db *restored(vault *v, const char *options) {
    dictdb_db *db = NULL;
    CHECK_OK(dictdb_backup_restore(NTS(v->f.path), options, options == NULL ? 0 : DICTDB_NTS, &db, &v->out, NULL, &v->err), &v->err);
    return db;
}

static inline void check_same(dictdb_db *actual, dictdb_db *expected) {
    char *one = portrait(actual);
    char *other = portrait(expected);
    CHECK_STRING(one, other);
    free(one);
    free(other);
}

#endif
