/* Batches: each operation is added through a handle of its table that is limited by the batch's token, so that the commit looks at it. */
#include "bridge_internal.h"

#define ADD(call)                                                                                                                         \
    dictdb_table *limited = NULL;                                                                                                         \
    dictdb_error *failure = NULL;                                                                                                         \
    dictdb_status status = dictdb_table_limited(TABLE(table), CANCEL(cancel), DICTDB_NO_TIMEOUT, &limited, &failure);                     \
    if (status == DICTDB_STATUS_OK)                                                                                                       \
        status = (call);                                                                                                                  \
    dictdb_table_free(limited);                                                                                                           \
    *error = (uintptr_t)failure;                                                                                                          \
    return status

dictdb_status dgo_batch_new(uintptr_t *out, uintptr_t *error) { MAKE(batch, dictdb_batch_new(&made, &failure)); }

dictdb_status dgo_batch_insert(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *record, size_t record_len,
                               uintptr_t *error) {
    ADD(dictdb_batch_insert(BATCH(batch), limited, record, record_len, &failure));
}

dictdb_status dgo_batch_insert_many(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *records, size_t records_len,
                                    uintptr_t *error) {
    ADD(dictdb_batch_insert_many(BATCH(batch), limited, records, records_len, &failure));
}

dictdb_status dgo_batch_upsert(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *record, size_t record_len,
                               int32_t on_conflict, uintptr_t *error) {
    ADD(dictdb_batch_upsert(BATCH(batch), limited, record, record_len, on_conflict, &failure));
}

dictdb_status dgo_batch_update_by_key(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *key, size_t key_len,
                                      const char *changes, size_t changes_len, uintptr_t *error) {
    ADD(dictdb_batch_update_by_key(BATCH(batch), limited, key, key_len, changes, changes_len, &failure));
}

dictdb_status dgo_batch_update(uintptr_t batch, uintptr_t cancel, uintptr_t table, uintptr_t update, const char *params, size_t params_len,
                               uintptr_t *error) {
    ADD(dictdb_batch_update(BATCH(batch), limited, UPDATE(update), params, params_len, &failure));
}

dictdb_status dgo_batch_update_where(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *where, size_t where_len,
                                     const char *set, size_t set_len, const char *params, size_t params_len, uintptr_t *error) {
    ADD(dictdb_batch_update_where(BATCH(batch), limited, where, where_len, set, set_len, params, params_len, &failure));
}

dictdb_status dgo_batch_delete_by_key(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *key, size_t key_len,
                                      uintptr_t *error) {
    ADD(dictdb_batch_delete_by_key(BATCH(batch), limited, key, key_len, &failure));
}

dictdb_status dgo_batch_delete_where(uintptr_t batch, uintptr_t cancel, uintptr_t table, const char *where, size_t where_len,
                                     const char *params, size_t params_len, uintptr_t *error) {
    ADD(dictdb_batch_delete_where(BATCH(batch), limited, where, where_len, params, params_len, &failure));
}

dictdb_status dgo_batch_commit(uintptr_t batch, dictdb_buffer *results, uintptr_t *error) {
    CALL(dictdb_batch_commit(BATCH(batch), results, &failure));
}

dictdb_status dgo_batch_clear(uintptr_t batch, uintptr_t *error) { CALL(dictdb_batch_clear(BATCH(batch), &failure)); }
