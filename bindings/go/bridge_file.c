/* Files and backups. */
#include "bridge_internal.h"
#include "mailbox.h"

dictdb_status dgo_db_save(uintptr_t db, const char *path, size_t path_len, const char *options, size_t options_len, uintptr_t *job,
                          uintptr_t *error) {
    WITH_JOB(dictdb_db_save(DB(db), path, path_len, options, options_len, to, &failure));
}

/* A job gives its database itself, so `out` is for calls without one. */
dictdb_status dgo_db_load(const char *path, size_t path_len, uintptr_t *out, uintptr_t *job, uintptr_t *error) {
    *out = 0;
    if (job == NULL) {
        MAKE(db, dictdb_db_load(path, path_len, &made, NULL, &failure));
    }
    WITH_JOB(dictdb_db_load(path, path_len, NULL, to, &failure));
}

dictdb_status dgo_db_import_csv(uintptr_t db, const char *name, size_t name_len, const char *path, size_t path_len, const char *options,
                                size_t options_len, uintptr_t *job, uintptr_t *error) {
    WITH_JOB(dictdb_db_import_csv(DB(db), name, name_len, path, path_len, options, options_len, NULL, to, &failure));
}

dictdb_status dgo_db_import_jsonl(uintptr_t db, const char *name, size_t name_len, const char *path, size_t path_len, const char *options,
                                  size_t options_len, uintptr_t *job, uintptr_t *error) {
    WITH_JOB(dictdb_db_import_jsonl(DB(db), name, name_len, path, path_len, options, options_len, NULL, to, &failure));
}

dictdb_status dgo_table_export_csv(uintptr_t table, const char *path, size_t path_len, const char *spec, size_t spec_len,
                                   const char *params, size_t params_len, const char *options, size_t options_len, uintptr_t *job,
                                   uintptr_t *error) {
    WITH_JOB(dictdb_table_export_csv(TABLE(table), path, path_len, spec, spec_len, params, params_len, options, options_len, to, &failure));
}

dictdb_status dgo_table_export_jsonl(uintptr_t table, const char *path, size_t path_len, const char *spec, size_t spec_len,
                                     const char *params, size_t params_len, uintptr_t *job, uintptr_t *error) {
    WITH_JOB(dictdb_table_export_jsonl(TABLE(table), path, path_len, spec, spec_len, params, params_len, to, &failure));
}

static void backup_failed(void *mailbox, dictdb_status status, const char *message, const char *detail, uint64_t failures) {
    mailbox_put(mailbox, status, message, detail, failures);
}

dictdb_status dgo_backup_new(uintptr_t db, const char *directory, size_t directory_len, const char *options, size_t options_len,
                             dgo_mailbox *mailbox, uintptr_t *out, uintptr_t *error) {
    MAKE(backup, dictdb_backup_new(DB(db), directory, directory_len, options, options_len, mailbox == NULL ? NULL : backup_failed, mailbox,
                                   mailbox == NULL ? NULL : mailbox_close, &made, &failure));
}

dictdb_status dgo_backup_start(uintptr_t backup, uintptr_t *error) { CALL(dictdb_backup_start(BACKUP(backup), &failure)); }

dictdb_status dgo_backup_stop(uintptr_t backup, uintptr_t *error) { CALL(dictdb_backup_stop(BACKUP(backup), &failure)); }

dictdb_status dgo_backup_notify_change(uintptr_t backup, uintptr_t *error) { CALL(dictdb_backup_notify_change(BACKUP(backup), &failure)); }

dictdb_status dgo_backup_make(int32_t type, uintptr_t backup, dictdb_buffer *facts, uintptr_t *job, uintptr_t *error) {
    switch (type) {
    case 1: {
        WITH_JOB(dictdb_backup_full(BACKUP(backup), facts, to, &failure));
    }
    case 2: {
        WITH_JOB(dictdb_backup_delta(BACKUP(backup), facts, to, &failure));
    }
    default: {
        WITH_JOB(dictdb_backup_now(BACKUP(backup), facts, to, &failure));
    }
    }
}

dictdb_status dgo_backup_statistics(uintptr_t backup, dictdb_buffer *statistics, uintptr_t *error) {
    CALL(dictdb_backup_statistics(BACKUP(backup), statistics, &failure));
}

dictdb_status dgo_backup_restore(const char *directory, size_t directory_len, const char *options, size_t options_len, uintptr_t *out,
                                 dictdb_buffer *facts, uintptr_t *job, uintptr_t *error) {
    *out = 0;
    if (job == NULL) {
        MAKE(db, dictdb_backup_restore(directory, directory_len, options, options_len, &made, facts, NULL, &failure));
    }
    WITH_JOB(dictdb_backup_restore(directory, directory_len, options, options_len, NULL, NULL, to, &failure));
}

dictdb_status dgo_backup_verify(const char *directory, size_t directory_len, dictdb_buffer *facts, uintptr_t *job, uintptr_t *error) {
    WITH_JOB(dictdb_backup_verify(directory, directory_len, facts, to, &failure));
}
