/* The library's functions called from C, as often as asked. Times are in nanoseconds. A failure ends the program. */
#ifndef DICTDB_GO_BENCH_BARE_H
#define DICTDB_GO_BENCH_BARE_H

#include <dictdb.h>

uintptr_t bare_table(void);
void bare_index(uintptr_t table, const char *options);
void bare_free(uintptr_t table);

int64_t bare_get(uintptr_t table, const int64_t *keys, size_t count);
/* Each line is a record, or an array of records. */
int64_t bare_insert(uintptr_t table, const char *lines, size_t len);
int64_t bare_insert_many(uintptr_t table, const char *lines, size_t len);
int64_t bare_select(uintptr_t table, const char *spec, const char *params, size_t count);

#endif
