/*
 * The records of the tests of cursors, and how all of them are changed at once.
 */
#ifndef DICTDB_TESTS_CURSOR_H
#define DICTDB_TESTS_CURSOR_H

#include "check.h"

/** Records `first` to `first + count - 1`: with nesting, kinds mixed, and a field that some lack. */
static void fill(dictdb_table *table, int first, int count) {
    static const char *const MIXED[] = {"1", "\"one\"", "null", "1.0", "[1,2]", "true", "{\"a\":1}", "-1.5e3", "\"\""};
    size_t size = (size_t)count * 200 + 16;
    char *text = check_memory(size);
    dictdb_error *error = NULL;
    size_t used = (size_t)snprintf(text, size, "[");
    for (int i = first; i < first + count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s{\"id\":%d,\"name\":\"name %d\",\"age\":%d,\"at\":{\"city\":\"city %d\"},\"mixed\":%s",
                                 i == first ? "" : ",", i, i * 7919 % 10007, i * 31 % 50, i % 5, MIXED[i % 9]);
        if (i % 3 != 0) {
            used += (size_t)snprintf(text + used, size - used, ",\"dept\":\"%c\"", "ABCD"[i * 11 % 4]);
        }
        used += (size_t)snprintf(text + used, size - used, "}");
    }
    snprintf(text + used, size - used, "]");
    CHECK_OK(dictdb_table_insert_many(table, NTS(text), NULL, &error), &error);
    free(text);
}

static world open_filled(int count) {
    world w = world_open(NULL);
    fill(w.table, 1, count);
    return w;
}

/** Everything changes: each record is written again and again, then all go, and others take their keys and their memory. */
static void churn(dictdb_table *table) {
    for (int i = 0; i < 5; i++) {
        CHECK_INT(dictdb_table_update_where(table, NTS("TRUE"), NTS("name = 'changed', age = 1, dept = 'Z', mixed = 'longer than it was before'"), NULL, 0,
                                            NULL, NULL),
                  DICTDB_STATUS_OK);
    }
    CHECK_INT(dictdb_table_delete_where(table, NTS("TRUE"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert_many(table, NTS("[{\"id\":1,\"name\":\"another\"},{\"id\":2,\"age\":2}]"), NULL, NULL), DICTDB_STATUS_OK);
}

#endif
