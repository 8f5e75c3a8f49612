/* Writing JSON in place, where that costs less than to have orjson make an object of it, and telling whether orjson may. */

#include "speedups.h"

#include <math.h>
#include <string.h>

/* Deeper values are left to Python. */
enum { MAX_DEPTH = 128 };

/* Whether all is known to be what JSON has, but for the range of integers: no float that is not finite, no object of another type. */
static bool is_finite(PyObject *value, int depth) {
    if (PyFloat_CheckExact(value))
        return isfinite(PyFloat_AS_DOUBLE(value));
    if (value == Py_None || PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || PyBool_Check(value))
        return true;
    if (depth >= MAX_DEPTH)
        return false;
    bool finite = true;
    if (PyDict_CheckExact(value)) {
        Py_BEGIN_CRITICAL_SECTION(value);
        Py_ssize_t at = 0;
        PyObject *inner;
        while (finite && PyDict_Next(value, &at, NULL, &inner)) {
            Py_INCREF(inner);
            finite = is_finite(inner, depth + 1);
            Py_DECREF(inner);
        }
        Py_END_CRITICAL_SECTION();
    } else if (PyList_CheckExact(value)) {
        Py_BEGIN_CRITICAL_SECTION(value);
        for (Py_ssize_t at = 0; finite && at < PyList_GET_SIZE(value); at++) {
            PyObject *inner = Py_NewRef(PyList_GET_ITEM(value, at));
            finite = is_finite(inner, depth + 1);
            Py_DECREF(inner);
        }
        Py_END_CRITICAL_SECTION();
    } else if (PyTuple_CheckExact(value)) {
        for (Py_ssize_t at = 0; finite && at < PyTuple_GET_SIZE(value); at++)
            finite = is_finite(PyTuple_GET_ITEM(value, at), depth + 1);
    } else {
        finite = false;
    }
    return finite;
}

/* As many bytes as one comparison takes, and as many of those as are looked at together. */
typedef uint8_t block __attribute__((vector_size(16)));
enum { BLOCKS = 4, BLOCK_BYTES = BLOCKS * sizeof(block) };

static inline block same_bytes(const char *text, char byte) {
    block found;
    memcpy(&found, text, sizeof found);
    return (block)(found == (uint8_t)byte);
}

/* Whether "nul" begins at one of BLOCK_BYTES places. */
static inline bool may_have_null(const char *text) {
    block found = {0};
    uint64_t half[2];
    for (size_t at = 0; at < BLOCK_BYTES; at += sizeof(block))
        found |= same_bytes(text + at, 'n') & same_bytes(text + at + 1, 'u') & same_bytes(text + at + 2, 'l');
    memcpy(half, &found, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* Whether "null" is in a text. What looks like its beginning is hardly in any other word. */
static bool has_null(const char *text, size_t len) {
    size_t at = 0;
    while (len - at >= 4) {
        size_t end = len - 3;
        if (len - at >= BLOCK_BYTES + 3) {
            end = at + BLOCK_BYTES;
            if (!may_have_null(text + at)) {
                at = end;
                continue;
            }
        }
        for (; at < end; at++) {
            if (memcmp(text + at, "null", 4) == 0)
                return true;
        }
    }
    return false;
}

/* Writes an integer as text; gives its length. */
size_t json_integer(int64_t number, char *text) {
    char digits[JSON_INTEGER];
    size_t at = JSON_INTEGER;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--at] = '-';
    memcpy(text, digits + at, JSON_INTEGER - at);
    return JSON_INTEGER - at;
}

/* What does not fit; and so many members a dict has at most for which orjson would do more for the making of an object than for the text. */
enum { NO_ROOM = JSON_SHORT_TEXT + 1, FEW_MEMBERS = 3 };

/* The bytes that a value takes at most; NO_ROOM if it is not plain: a text of ASCII, an integer, a bool or None. */
static inline Py_ssize_t room_of(PyObject *value) {
    if (PyUnicode_CheckExact(value)) {
        bool is_short = PyUnicode_IS_COMPACT_ASCII(value) && PyUnicode_GET_LENGTH(value) < JSON_SHORT_TEXT;
        return is_short ? PyUnicode_GET_LENGTH(value) + 2 : NO_ROOM;
    }
    if (PyLong_CheckExact(value))
        return JSON_INTEGER;
    return value == Py_None || PyBool_Check(value) ? 5 : NO_ROOM;
}

/* Whether one of eight bytes of ASCII is to be escaped in JSON: what is below a space, the quote, the backslash. */
static inline bool has_escape(uint64_t bytes) {
    const uint64_t each = 0x0101010101010101u;
    uint64_t quote = bytes ^ each * '"', backslash = bytes ^ each * '\\';
    return (((bytes - each * ' ') | (quote - each) | (backslash - each)) & each * 0x80) != 0;
}

/* Writes a plain value, for which there is room, as orjson does; gives the end, or NULL, with no exception, if it has to be written in
 * another way: a byte is to be escaped, or the integer is large. */
static char *put_plain(char *at, PyObject *value) {
    if (PyUnicode_CheckExact(value)) {
        const char *bytes = PyUnicode_DATA(value);
        Py_ssize_t rest = PyUnicode_GET_LENGTH(value);
        *at++ = '"';
        for (; rest >= 8; rest -= 8, bytes += 8, at += 8) {
            uint64_t eight;
            memcpy(&eight, bytes, 8);
            if (has_escape(eight))
                return NULL;
            memcpy(at, &eight, 8);
        }
        for (; rest > 0; rest--, bytes++) {
            if (*bytes < ' ' || *bytes == '"' || *bytes == '\\')
                return NULL;
            *at++ = *bytes;
        }
        *at++ = '"';
        return at;
    }
    if (PyLong_CheckExact(value)) {
        int overflow = 0;
        int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
        return overflow != 0 ? NULL : at + json_integer(number, at);
    }
    const char *word = value == Py_None ? "null" : value == Py_True ? "true" : "false";
    size_t len = strlen(word);
    memcpy(at, word, len);
    return at + len;
}

/* A member takes as many bytes at least: two empty texts, a colon and a comma. */
enum { MEMBER_BYTES = 6 };

/* The same of a dict, in JSON_SHORT_TEXT; NULL also if that is no room for it, or `but` is one of its names. Nothing changes it meanwhile. */
static char *put_dict(char *at, PyObject *dict, PyObject *but, bool is_few) {
    if (is_few && PyDict_GET_SIZE(dict) > FEW_MEMBERS)
        return NULL;
    PyObject *part[2 * (JSON_SHORT_TEXT / MEMBER_BYTES + 1)];
    size_t count = 0;
    Py_ssize_t next = 0, room = 2;
    for (; room <= JSON_SHORT_TEXT && PyDict_Next(dict, &next, &part[count], &part[count + 1]); count += 2) {
        bool is_wanted = PyUnicode_CheckExact(part[count]) && (but == NULL || !same_text(part[count], but));
        room += is_wanted ? room_of(part[count]) + room_of(part[count + 1]) + 2 : NO_ROOM;
    }
    if (room > JSON_SHORT_TEXT)
        return NULL;
    *at++ = '{';
    for (size_t which = 0; which < count; which++) {
        if (which > 0)
            *at++ = which % 2 == 0 ? ',' : ':';
        if ((at = put_plain(at, part[which])) == NULL)
            return NULL;
    }
    *at++ = '}';
    return at;
}

/* The same of a tuple. */
static char *put_tuple(char *at, PyObject *tuple) {
    Py_ssize_t count = PyTuple_GET_SIZE(tuple), room = 2;
    for (Py_ssize_t next = 0; next < count; next++) {
        room += room_of(PyTuple_GET_ITEM(tuple, next)) + 1;
        if (room > JSON_SHORT_TEXT)
            return NULL;
    }
    *at++ = '[';
    for (Py_ssize_t next = 0; next < count; next++) {
        if (next > 0)
            *at++ = ',';
        if ((at = put_plain(at, PyTuple_GET_ITEM(tuple, next))) == NULL)
            return NULL;
    }
    *at++ = ']';
    return at;
}

char *json_write_short(char *place, PyObject *value, PyObject *but, bool is_few) {
    char *end;
    if (PyDict_CheckExact(value)) {
        Py_BEGIN_CRITICAL_SECTION(value);
        end = put_dict(place, value, but, is_few);
        Py_END_CRITICAL_SECTION();
    } else if (PyTuple_CheckExact(value)) {
        end = put_tuple(place, value);
    } else {
        end = room_of(value) <= JSON_SHORT_TEXT ? put_plain(place, value) : NULL;
    }
    return end;
}

bool json_says_all(PyObject *value, const char *text, size_t len) {
    return !has_null(text, len) || is_finite(value, 0);
}
