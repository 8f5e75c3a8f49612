/* dictdb._speedups: the calls that programs make most often, without the interpreter's help. What is odd about a call or a value is left to
 * the package's Python code, which can do all of this as well, and which alone makes the exceptions. */
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <dictdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Without the interpreter's lock, what is looked at is locked meanwhile; elsewhere that lock does it, and these are nothing. */
#ifndef Py_BEGIN_CRITICAL_SECTION
#define Py_BEGIN_CRITICAL_SECTION(object) {
#define Py_END_CRITICAL_SECTION() }
#endif

static inline bool same_text(PyObject *left, PyObject *right) {
    if (left == right)
        return true;
    if (!PyUnicode_CheckExact(left) || !PyUnicode_CheckExact(right) || PyUnicode_GET_LENGTH(left) != PyUnicode_GET_LENGTH(right))
        return false;
    if (PyUnicode_IS_COMPACT_ASCII(left) && PyUnicode_IS_COMPACT_ASCII(right))
        return memcmp(PyUnicode_DATA(left), PyUnicode_DATA(right), (size_t)PyUnicode_GET_LENGTH(left)) == 0;
    return PyUnicode_Compare(left, right) == 0;
}

/* What was read lately, and is likely to be read again: short strings, and the names of the last dict at each depth. */
enum { JSON_STRINGS = 1024, JSON_SHORT = 16, JSON_SHAPES = 4, JSON_FIELDS = 32, JSON_LABEL = 32 };

struct json_field {
    PyObject *name;
    size_t len;
    char label[JSON_LABEL]; /* the name with its quotes and the colon */
};

struct json_shape {
    PyObject *blank; /* a dict with the names */
    int count;       /* of the names */
    int hits;        /* dicts that had these names */
    int misses;      /* dicts with other names since the last hit */
    int patience;    /* misses until other names are learnt: more and more, if those that were learnt are of no use */
    struct json_field field[JSON_FIELDS];
};

struct json_memory {
    PyObject *string[JSON_STRINGS];
    struct json_shape shape[JSON_SHAPES];
};

/* Reads JSON text with a NUL at its end, which the library has written. NULL, maybe with no exception: then that is left to Python. */
PyObject *json_read(const char *text, size_t len, struct json_memory *memory);

/* Lets go of the objects that are remembered. */
void json_forget(struct json_memory *memory);

/* Enough for any int64_t as text, and for what is short. */
enum { JSON_INTEGER = 24, JSON_SHORT_TEXT = 128 };

/* Writes an integer as text, with room for JSON_INTEGER bytes; gives its length. */
size_t json_integer(int64_t number, char *text);

/* Writes a value as orjson does, with room for JSON_SHORT_TEXT bytes; gives the end, or NULL, with no exception, if it has to be written in
 * another way: it is not plain (texts of ASCII without escapes, integers of 64 bits, bools, None, and dicts and tuples of them), not short,
 * or `but` is one of a dict's names. `is_few`: dicts with more than a few members are left to orjson. */
char *json_write_short(char *place, PyObject *value, PyObject *but, bool is_few);

/* Whether a value's JSON, written by orjson, says all of it: what JSON does not have, orjson writes as null or takes for something else. */
bool json_says_all(PyObject *value, const char *text, size_t len);
