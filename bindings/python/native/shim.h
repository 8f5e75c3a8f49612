/* What the Python package calls beside the functions of dictdb.h: the same calls with fewer values to convert. */

/* The memory that the results of one call go to. One call at a time uses it. */
typedef struct {
    dictdb_buffer text;   /* JSON text that the call gave, ends with a NUL */
    dictdb_error *error;  /* owned: freed when it was read, or by the next call */
    uint64_t count;       /* records or rows of the last call */
    uint64_t last;        /* sequence number of a watch */
    int32_t outcome;      /* of an upsert */
    int32_t status;       /* of the last call */
} dictdb_py_slot;

dictdb_py_slot *dictdb_py_slot_new(void);
void dictdb_py_slot_free(dictdb_py_slot *slot);

/* Give the text, which ends with a NUL, or NULL: then the status is in the slot. */
const char *dictdb_py_get(const dictdb_table *table, const char *key, size_t key_len, dictdb_py_slot *slot);
const char *dictdb_py_run(const dictdb_query *query, const dictdb_table *table, const char *params, size_t params_len,
                          dictdb_py_slot *slot);

/* Callbacks for the library. They call into Python, until the gate is closed; closing it waits for those that are in it. */
void dictdb_py_on_log(void *context, int32_t level, const char *message, const char *fields);
void dictdb_py_on_backup_failure(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures);
void dictdb_py_close_gate(void);

/* Give the number, or -1: then the status is in the slot. */
int64_t dictdb_py_count(const dictdb_query *query, const dictdb_table *table, const char *params, size_t params_len,
                        dictdb_py_slot *slot);
int64_t dictdb_py_update(const dictdb_update *update, dictdb_table *table, const char *params, size_t params_len, dictdb_py_slot *slot);
int64_t dictdb_py_delete(const dictdb_query *query, dictdb_table *table, const char *params, size_t params_len, dictdb_py_slot *slot);
