/*
 * Mistakes with memory, to show that they are seen. Memory of the library's own is read after it was freed, read past what it was told, and lost.
 *
 *     planted use-after-free | too-long | leak | undefined | none
 */
#include "check.h"

static const char *mistake;

static void the_mistake_is_made(void) {
    dictdb_db *db = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    CHECK_INT(dictdb_db_new(NULL, 0, &db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_list_tables(db, &out, NULL), DICTDB_STATUS_OK);
    if (strcmp(mistake, "use-after-free") == 0) {
        const char *text = out.data;
        dictdb_buffer_free(&out);
        CHECK_STRING(text, "[]");
    } else if (strcmp(mistake, "too-long") == 0) {
        char *text = check_memory(5);
        dictdb_predicate *predicate = NULL;
        memcpy(text, "a = 1", 5);
        CHECK_INT(dictdb_predicate_parse(text, 6, &predicate, NULL), DICTDB_STATUS_OK);
        dictdb_predicate_free(predicate);
        free(text);
    } else if (strcmp(mistake, "leak") == 0) {
        memset(&out, 0, sizeof out);
    } else if (strcmp(mistake, "undefined") == 0) {
        volatile int32_t most = INT32_MAX;
        most = most + 1;
    }
    dictdb_buffer_free(&out);
    dictdb_db_free(db);
}

int main(int argc, char **argv) {
    mistake = argc == 2 ? argv[1] : "none";
    RUN(the_mistake_is_made);
    return check_finish();
}
