#include "json.h"

#include "support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Writing */

static void reserve(text *t, size_t more) {
    if (t->capacity - t->length > more)
        return;
    size_t capacity = t->capacity * 2 > t->length + more + 1 ? t->capacity * 2 : t->length + more + 1;
    t->data = resized(t->data, capacity, 1);
    t->capacity = capacity;
}

void text_clear(text *t) {
    reserve(t, 0);
    t->length = 0;
    t->data[0] = '\0';
}

void text_free(text *t) {
    free(t->data);
    *t = (text){0};
}

void text_add(text *t, const char *s) {
    size_t length = strlen(s);
    reserve(t, length);
    memcpy(t->data + t->length, s, length + 1);
    t->length += length;
}

void text_add_format(text *t, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        fail("a text cannot be formatted");
    reserve(t, (size_t)length);
    vsnprintf(t->data + t->length, (size_t)length + 1, format, again);
    t->length += (size_t)length;
    va_end(again);
    va_end(arguments);
}

void text_add_string(text *t, const char *s) {
    text_add(t, "\"");
    for (; *s != '\0'; s++) {
        /* Quotes, backslashes and control characters must be escaped; all other UTF-8 may stand as it is. */
        if (*s == '"' || *s == '\\')
            text_add_format(t, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            text_add_format(t, "\\u%04x", (unsigned)*s);
        else
            text_add(t, (char[]){*s, '\0'});
    }
    text_add(t, "\"");
}

/* ---- Reading */

static const char *skip_space(const char *at) {
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at) {
    for (at++; *at != '"'; at++)
        if (*at == '\0' || (*at == '\\' && *++at == '\0'))
            fail("a JSON string does not end");
    return at + 1;
}

static const char *skip_value(const char *at) {
    if (*at == '"')
        return skip_string(at);
    if (*at != '{' && *at != '[')
        return at + strcspn(at, ",}] \t\r\n");
    size_t depth = 0;
    do {
        if (*at == '\0')
            fail("a JSON value does not end");
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at = *at == '"' ? skip_string(at) : at + 1;
    } while (depth > 0);
    return at;
}

/* Goes over one character that must be there. */
static const char *expect(const char *at, char c) {
    at = skip_space(at);
    if (*at != c)
        fail("'%c' expected in JSON at: %.20s", c, at);
    return skip_space(at + 1);
}

static const char *read_object(json_rows *row, const char *at) {
    row->count = 0;
    for (at = expect(at, '{'); *at != '}';) {
        if (row->count == JSON_FIELDS_MAX)
            fail("a row has more than %d fields", JSON_FIELDS_MAX);
        json_field *field = &row->fields[row->count++];
        if (*at != '"')
            fail("a field name expected in JSON at: %.20s", at);
        const char *end = skip_string(at);
        field->name = at + 1;
        field->name_length = (size_t)(end - at) - 2;
        field->value = expect(end, ':');
        at = skip_space(skip_value(field->value));
        if (*at != '}')
            at = expect(at, ',');
    }
    return at + 1;
}

json_rows json_read(const char *array) {
    return (json_rows){.at = expect(array, '[')};
}

bool json_next(json_rows *rows) {
    if (*rows->at == ']')
        return false;
    if (strncmp(rows->at, "null", 4) == 0) {
        rows->count = 0;
        rows->at = skip_space(rows->at + 4);
    } else {
        rows->at = skip_space(read_object(rows, rows->at));
    }
    if (*rows->at != ']')
        rows->at = expect(rows->at, ',');
    return true;
}

json_rows json_read_object(const char *object) {
    json_rows row = {0};
    row.at = read_object(&row, object);
    return row;
}

static const char *find(const json_rows *row, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].name_length == length && memcmp(row->fields[i].name, name, length) == 0)
            return *row->fields[i].value == 'n' ? NULL : row->fields[i].value; /* n as in null */
    return NULL;
}

bool json_integer(const json_rows *row, const char *name, long *out) {
    const char *value = find(row, name);
    if (value == NULL)
        return false;
    char *end;
    *out = strtol(value, &end, 10);
    if (end == value || end != skip_value(value))
        fail("the field \"%s\" is no integer: %.20s", name, value);
    return true;
}

bool json_number(const json_rows *row, const char *name, double *out) {
    const char *value = find(row, name);
    if (value == NULL)
        return false;
    char *end;
    *out = strtod(value, &end);
    if (end == value || end != skip_value(value))
        fail("the field \"%s\" is no number: %.20s", name, value);
    return true;
}

bool json_true(const json_rows *row, const char *name) {
    const char *value = find(row, name);
    return value != NULL && *value == 't';
}

static unsigned long hex4(const char *at) {
    char digits[5] = {0};
    memcpy(digits, at, 4); /* the library sends whole escapes only */
    return strtoul(digits, NULL, 16);
}

/* Writes a code point as UTF-8 and returns its length. */
static size_t put_utf8(char out[4], unsigned long c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((length == 2 ? 0xc0u : length == 3 ? 0xe0u : 0xf0u) | c);
    return length;
}

/* Takes one character of a string, escaped or not: puts its bytes into `out`, their number into `length`. */
static const char *take_character(const char *at, char out[4], size_t *length) {
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (*at != '\\') {
        *length = 1;
        out[0] = *at;
        return at + 1;
    }
    if (at[1] != 'u') {
        const char *escape = strchr(escapes, at[1]);
        if (escape == NULL)
            fail("a JSON string has an unknown escape: %.2s", at);
        *length = 1;
        out[0] = meanings[escape - escapes];
        return at + 2;
    }
    unsigned long c = hex4(at + 2);
    at += 6;
    if (c >= 0xd800 && c < 0xdc00 && at[0] == '\\' && at[1] == 'u') { /* the first half of a surrogate pair */
        c = 0x10000 + ((c - 0xd800) << 10) + (hex4(at + 2) - 0xdc00);
        at += 6;
    }
    *length = put_utf8(out, c);
    return at;
}

/* Puts as much of a string into `out` as it holds. */
static void take_string(const char *at, char *out, size_t size) {
    if (*at != '"')
        fail("a string expected in JSON at: %.20s", at);
    size_t used = 0;
    for (at++; *at != '"';) {
        char bytes[4];
        size_t length;
        at = take_character(at, bytes, &length);
        if (used + length >= size)
            break;
        memcpy(out + used, bytes, length);
        used += length;
    }
    out[used] = '\0';
}

bool json_string(const json_rows *row, const char *name, char *out, size_t size) {
    const char *value = find(row, name);
    if (value == NULL)
        return false;
    take_string(value, out, size);
    return true;
}

bool json_list(const json_rows *row, const char *name, text *out) {
    const char *at = find(row, name);
    text_clear(out);
    if (at == NULL)
        return false;
    for (at = expect(at, '['); *at != ']';) {
        char item[64];
        take_string(at, item, sizeof item);
        text_add(out, out->length == 0 ? "" : ", ");
        text_add(out, item);
        at = skip_space(skip_string(at));
        if (*at != ']')
            at = expect(at, ',');
    }
    return true;
}
