/*
 * As much JSON as the example needs, so that it depends on nothing: text to hand in, and the rows that come back. A program of your
 * own will rather use the JSON library that it has.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

/* ---- Writing: a text that grows. Start with {0}, end with text_free. */

typedef struct {
    char *data; /* ends with a NUL; NULL while nothing was written */
    size_t length;
    size_t capacity;
} text;

void text_clear(text *t); /* empties it and keeps the memory */
void text_free(text *t);
void text_add(text *t, const char *s);
void text_add_format(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_string(text *t, const char *s); /* as a JSON string: quoted, and escaped where JSON asks for it */

/* ---- Reading: the elements of an array, one after the other.
 *
 *     for (json_rows row = json_read(buffer.data); json_next(&row);)
 *         if (json_integer(&row, "dep_delay", &delay)) ...
 */

enum { JSON_FIELDS_MAX = 24 };

typedef struct {
    const char *name; /* as it stands in the text, without the quotes */
    size_t name_length;
    const char *value;
} json_field;

typedef struct {
    const char *at; /* where the text goes on */
    size_t count;   /* fields of the row; 0 if it is null */
    json_field fields[JSON_FIELDS_MAX];
} json_rows;

json_rows json_read(const char *array);
bool json_next(json_rows *rows);

/* One object that stands alone. */
json_rows json_read_object(const char *object);

/* The value of a field of the row. False, and the result is left alone, if the field is null or not there. */
bool json_integer(const json_rows *row, const char *name, long *out);
bool json_number(const json_rows *row, const char *name, double *out);
bool json_string(const json_rows *row, const char *name, char *out, size_t size); /* cut off if it is too long */

/* Whether a field is true. */
bool json_true(const json_rows *row, const char *name);

/* The strings of a field that is an array of them, with commas between: origin, departs. False if it is null or not there. */
bool json_list(const json_rows *row, const char *name, text *out);

#endif
