/* What the package's Python code has told, and how its objects are looked into: see dictdb/core/quick.py. */
#pragma once

#include "speedups.h"

struct known {
    PyTypeObject *table_type;
    Py_ssize_t table_address;
    Py_ssize_t table_key;
    Py_ssize_t table_key_reference;
    Py_ssize_t table_floats;
    PyTypeObject *query_type;
    Py_ssize_t query_address;
    PyTypeObject *field_type;
    Py_ssize_t field_reference;
    Py_ssize_t field_texts;
    PyTypeObject *test_type;
    Py_ssize_t test_field;
    Py_ssize_t test_operator;
    Py_ssize_t test_values;
    PyObject *equal;   /* the operator = */
    PyObject *queries; /* compiled queries by their text */
    PyObject *log;     /* the attributes of the logger: calls are logged while it has handlers */
    PyObject *dumps;   /* a value to JSON as bytes, or the exception that tells what JSON cannot say */
    PyObject *encode;  /* orjson's function for that, which makes a null of what is no number; or NULL */
    PyObject *options; /* of `encode` */
    PyObject *loads;   /* the standard library's function from JSON to a value */
    bool standard;     /* whether that is always called */
    PyObject *failure; /* makes the exception of a call that failed */
};
extern struct known known;

/* Names that are looked up. */
extern PyObject *name_handlers, *name_where, *name_insert_failed, *name_update_failed, *name_delete_failed;

/* Makes the names, and has the standard library's function; false with an exception. */
bool known_begin(void);

/* The module's function of that name. */
PyObject *known_setup(PyObject *module, PyObject *args, PyObject *names);

/* What is in a slot, or NULL, with no exception. */
static inline PyObject *in_slot(PyObject *object, Py_ssize_t offset) {
    PyObject *found;
    Py_BEGIN_CRITICAL_SECTION(object);
    found = Py_XNewRef(*(PyObject **)((char *)object + offset));
    Py_END_CRITICAL_SECTION();
    return found;
}

/* The member of a dict, or NULL, with no exception. */
static inline PyObject *in_dict(PyObject *dict, PyObject *name) {
    PyObject *found;
#if PY_VERSION_HEX >= 0x030D0000
    if (PyDict_GetItemRef(dict, name, &found) < 0)
        PyErr_Clear();
#else
    found = PyDict_GetItemWithError(dict, name);
    if (found == NULL && PyErr_Occurred())
        PyErr_Clear();
    Py_XINCREF(found);
#endif
    return found;
}

/* The handle whose address is in a slot; NULL, with no exception, if there is none. */
static inline void *handle_in(PyObject *object, Py_ssize_t offset) {
    PyObject *address = in_slot(object, offset);
    if (address == NULL)
        return NULL;
    void *handle = NULL;
    if (PyBytes_CheckExact(address) && PyBytes_GET_SIZE(address) == sizeof handle)
        memcpy(&handle, PyBytes_AS_STRING(address), sizeof handle);
    Py_DECREF(address);
    return handle;
}

static inline bool is_table(PyObject *object) {
    return known.table_type != NULL && PyObject_TypeCheck(object, known.table_type);
}

static inline bool is_field(PyObject *object) {
    return known.field_type != NULL && PyObject_TypeCheck(object, known.field_type);
}

/* Whether calls are logged now, which Python does. */
static inline bool is_logged(void) {
    PyObject *handlers = in_dict(known.log, name_handlers);
    bool logged = handlers == NULL || !PyList_CheckExact(handlers) || PyList_GET_SIZE(handlers) != 0;
    Py_XDECREF(handlers);
    return logged;
}
