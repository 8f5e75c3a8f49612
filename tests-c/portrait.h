/*
 * portrait.h: all that can be asked of a database, as one text. Include it after check.h.
 */
#ifndef PORTRAIT_H
#define PORTRAIT_H

#include "check.h"

/** Names, records in their order, definitions, indexes of all tables; to be freed. */
static inline char *portrait(dictdb_db *db) {
    dictdb_buffer names = DICTDB_BUFFER_INIT;
    dictdb_buffer copy = DICTDB_BUFFER_INIT;
    CHECK_INT(dictdb_db_list_tables(db, &names, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_copy(db, &copy, NULL), DICTDB_STATUS_OK);
    size_t used = names.len + copy.len + 2;
    char *text = check_memory(used + 1);
    snprintf(text, used + 1, "%s\n%s\n", names.data, copy.data);
    /* Names of tests' tables have no escapes but those that C undoes here. */
    const char *at = names.data;
    while (at != NULL && (at = strchr(at, '"')) != NULL) {
        char name[128];
        size_t len = 0;
        for (at++; *at != '"' && len < sizeof name - 1; at++) {
            bool is_escaped = *at == '\\';
            at += is_escaped ? 1 : 0;
            name[len++] = is_escaped && *at == 'n' ? '\n' : *at;
        }
        at++;
        dictdb_table *table = NULL;
        CHECK_INT(dictdb_db_get_table(db, name, len, &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_describe(table, &copy, NULL), DICTDB_STATUS_OK);
        char *longer = check_memory(used + copy.len + 2);
        memcpy(longer, text, used);
        snprintf(longer + used, copy.len + 2, "%s\n", copy.data);
        free(text);
        text = longer;
        used += copy.len + 1;
        dictdb_table_free(table);
    }
    dictdb_buffer_free(&names);
    dictdb_buffer_free(&copy);
    return text;
}

#endif
