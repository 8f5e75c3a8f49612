#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("departure_board: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

void must(const char *what, dictdb_status status, dictdb_error **error) {
    if (status == DICTDB_STATUS_OK)
        return;
    /* A few statuses come without an object; what they mean in general is then all there is to say. */
    if (*error == NULL)
        fail("cannot %s: %s: %s", what, dictdb_status_name(status), dictdb_status_message(status));
    fail("cannot %s: %s: %s %s", what, dictdb_status_name(status), dictdb_error_message(*error), dictdb_error_detail(*error));
}

void *resized(void *memory, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size)
        fail("out of memory");
    void *grown = realloc(memory, count * size);
    if (grown == NULL && count * size != 0)
        fail("out of memory");
    return grown;
}

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
