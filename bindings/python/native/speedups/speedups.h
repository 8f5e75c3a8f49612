/* dictdb._speedups: the calls that programs make most often, without the interpreter's help. What is odd about a call or a value is left to
 * the package's Python code, which can do all of this as well, and which alone makes the exceptions. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <dictdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
