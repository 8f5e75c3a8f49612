/* What every part of the example needs: failing, memory, the time. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <dictdb.h>
#include <stdint.h>

/* JSON in a program without a backslash before each quote: JSON({"limit": 10}) is the text {"limit": 10}. */
#define JSON(...) #__VA_ARGS__

/* Prints a message like printf and ends the program. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Goes on if a call succeeded; otherwise says what went wrong and ends the program. Every call whose failure nobody expects is
 * written like this:
 *
 *     dictdb_error *error = NULL;
 *     must("count the flights", dictdb_table_count(flights, NULL, &n, &error), &error);
 *
 * It takes the address of `error`: C may evaluate the arguments in any order, so the plain value could be read before the call.
 */
void must(const char *what, dictdb_status status, dictdb_error **error);

/* realloc that ends the program instead of returning NULL. */
void *resized(void *memory, size_t count, size_t size);

/* Nanoseconds on a clock that never jumps. */
uint64_t now_ns(void);

#endif
