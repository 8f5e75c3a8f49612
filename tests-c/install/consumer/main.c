/* A user's program: stores two records and prints what it reads back. */

#include <dictdb.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    dictdb_db *db = NULL;
    dictdb_table *users = NULL;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    size_t count = 0;

    if (strcmp(dictdb_version(), DICTDB_VERSION) != 0) {
        fprintf(stderr, "header %s, library %s\n", DICTDB_VERSION, dictdb_version());
        return 1;
    }
    if (dictdb_db_new(NULL, 0, &db, NULL) != DICTDB_STATUS_OK ||
        dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &users, NULL) != DICTDB_STATUS_OK ||
        dictdb_table_insert(users, "{\"name\": \"Ada\"}", DICTDB_NTS, NULL, NULL) != DICTDB_STATUS_OK ||
        dictdb_table_insert(users, "{\"name\": \"Grace\"}", DICTDB_NTS, NULL, NULL) != DICTDB_STATUS_OK ||
        dictdb_table_select(users, NULL, NULL, 0, &rows, &count, NULL) != DICTDB_STATUS_OK) {
        fprintf(stderr, "a call failed\n");
        return 1;
    }
    printf("%zu %s\n", count, rows.data);
    dictdb_buffer_free(&rows);
    dictdb_table_free(users);
    dictdb_db_free(db);
    return 0;
}
