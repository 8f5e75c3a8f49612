#include <dictdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "shim.h"

/* Written in Python: see build_native.py. */
void dictdb_py_log(void *context, int32_t level, const char *message, const char *fields);
void dictdb_py_backup_failed(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures);

dictdb_py_slot *dictdb_py_slot_new(void) {
    return calloc(1, sizeof(dictdb_py_slot));
}

void dictdb_py_slot_free(dictdb_py_slot *slot) {
    dictdb_error_free(slot->error);
    dictdb_buffer_free(&slot->text);
    free(slot);
}

/* A slot that has held a large text gives that memory back before its next call. */
enum { KEPT_BYTES = 1 << 20 };

static dictdb_buffer *text_in(dictdb_py_slot *slot) {
    if (slot->text.capacity > KEPT_BYTES)
        dictdb_buffer_free(&slot->text);
    return &slot->text;
}

/* A function of the library sets the error that it is given without a look at what was there. */
static dictdb_error **error_in(dictdb_py_slot *slot) {
    if (slot->error != NULL) {
        dictdb_error_free(slot->error);
        slot->error = NULL;
    }
    return &slot->error;
}

static const char *text_of(dictdb_py_slot *slot, dictdb_status status) {
    slot->status = status;
    return status == DICTDB_STATUS_OK ? slot->text.data : NULL;
}

const char *dictdb_py_get(const dictdb_table *table, const char *key, size_t key_len, dictdb_py_slot *slot) {
    return text_of(slot, dictdb_table_get(table, key, key_len, text_in(slot), error_in(slot)));
}

const char *dictdb_py_run(const dictdb_query *query, const dictdb_table *table, const char *params, size_t params_len,
                          dictdb_py_slot *slot) {
    return text_of(slot, dictdb_query_run(query, table, params, params_len, text_in(slot), &slot->count, error_in(slot)));
}

int64_t dictdb_py_count(const dictdb_query *query, const dictdb_table *table, const char *params, size_t params_len,
                        dictdb_py_slot *slot) {
    slot->status = dictdb_query_count(query, table, params, params_len, &slot->count, error_in(slot));
    return slot->status == DICTDB_STATUS_OK ? (int64_t)slot->count : -1;
}

int64_t dictdb_py_update(const dictdb_update *update, dictdb_table *table, const char *params, size_t params_len, dictdb_py_slot *slot) {
    slot->status = dictdb_update_run(update, table, params, params_len, &slot->count, error_in(slot));
    return slot->status == DICTDB_STATUS_OK ? (int64_t)slot->count : -1;
}

int64_t dictdb_py_delete(const dictdb_query *query, dictdb_table *table, const char *params, size_t params_len, dictdb_py_slot *slot) {
    slot->status = dictdb_query_delete(query, table, params, params_len, &slot->count, error_in(slot));
    return slot->status == DICTDB_STATUS_OK ? (int64_t)slot->count : -1;
}

/* A thread that asks for an interpreter which is being taken down is ended by Python, and must not be in the library then. */
static atomic_int threads_in_python;
static atomic_bool gate_is_closed;

static bool enter_python(void) {
    atomic_fetch_add(&threads_in_python, 1);
    if (!atomic_load(&gate_is_closed))
        return true;
    atomic_fetch_sub(&threads_in_python, 1);
    return false;
}

static void leave_python(void) {
    atomic_fetch_sub(&threads_in_python, 1);
}

void dictdb_py_on_log(void *context, int32_t level, const char *message, const char *fields) {
    if (enter_python()) {
        dictdb_py_log(context, level, message, fields);
        leave_python();
    }
}

void dictdb_py_on_backup_failure(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures) {
    if (enter_python()) {
        dictdb_py_backup_failed(context, status, message, detail, failures);
        leave_python();
    }
}

void dictdb_py_close_gate(void) {
    const struct timespec millisecond = {0, 1000000};
    atomic_store(&gate_is_closed, true);
    /* A callback of the program's own that never ends shall not keep the program from ending. */
    for (int waited = 0; atomic_load(&threads_in_python) > 0 && waited < 5000; waited++)
        nanosleep(&millisecond, NULL);
}
