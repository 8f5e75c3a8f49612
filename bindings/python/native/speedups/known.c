#include "known.h"

#include <structmember.h>

struct known known;
PyObject *name_handlers, *name_where, *name_insert_failed, *name_update_failed, *name_delete_failed;

bool known_begin(void) {
    name_handlers = PyUnicode_InternFromString("handlers");
    name_where = PyUnicode_InternFromString("where");
    name_insert_failed = PyUnicode_InternFromString("_dictdb_insert_failed");
    name_update_failed = PyUnicode_InternFromString("_dictdb_update_failed");
    name_delete_failed = PyUnicode_InternFromString("_dictdb_delete_failed");
    if (name_handlers == NULL || name_where == NULL || name_insert_failed == NULL || name_update_failed == NULL ||
        name_delete_failed == NULL)
        return false;
    PyObject *json = PyImport_ImportModule("json");
    if (json == NULL)
        return false;
    Py_XSETREF(known.loads, PyObject_GetAttrString(json, "loads"));
    Py_DECREF(json);
    return known.loads != NULL;
}

static bool slot_of(PyTypeObject *type, const char *name, Py_ssize_t *offset) {
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
    if (descriptor == NULL)
        return false;
    bool is_slot = Py_IS_TYPE(descriptor, &PyMemberDescr_Type);
    if (is_slot) {
        PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
        is_slot = member->type == T_OBJECT_EX;
        *offset = member->offset;
    }
    Py_DECREF(descriptor);
    if (!is_slot)
        PyErr_Format(PyExc_TypeError, "%s.%s is no slot", type->tp_name, name);
    return is_slot;
}

PyObject *known_setup(PyObject *module, PyObject *args, PyObject *names) {
    (void)module;
    static char *parameters[] = {"table", "query", "field", "test", "equal", "queries", "log", "dumps", "orjson", "standard", "failure", NULL};
    PyObject *table, *query, *field, *test, *equal, *queries, *log, *dumps, *orjson, *failure;
    int standard;
    if (!PyArg_ParseTupleAndKeywords(args, names, "$O!O!O!O!OO!O!OOpO:setup", parameters, &PyType_Type, &table, &PyType_Type, &query,
                                     &PyType_Type, &field, &PyType_Type, &test, &equal, &PyDict_Type, &queries, &PyDict_Type, &log,
                                     &dumps, &orjson, &standard, &failure))
        return NULL;
    if (orjson != Py_None && (!PyTuple_CheckExact(orjson) || PyTuple_GET_SIZE(orjson) != 2)) {
        PyErr_SetString(PyExc_TypeError, "orjson is a function and its options, or None");
        return NULL;
    }
    if (known.failure != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "setup was called before");
        return NULL;
    }
    PyTypeObject *table_type = (PyTypeObject *)table, *query_type = (PyTypeObject *)query;
    PyTypeObject *field_type = (PyTypeObject *)field, *test_type = (PyTypeObject *)test;
    if (!slot_of(table_type, "_dictdb_address", &known.table_address) || !slot_of(table_type, "_dictdb_key", &known.table_key) ||
        !slot_of(table_type, "_dictdb_key_reference", &known.table_key_reference) ||
        !slot_of(table_type, "_dictdb_floats", &known.table_floats) || !slot_of(query_type, "_address", &known.query_address) ||
        !slot_of(field_type, "reference", &known.field_reference) || !slot_of(field_type, "texts", &known.field_texts) ||
        !slot_of(test_type, "field", &known.test_field) || !slot_of(test_type, "operator", &known.test_operator) ||
        !slot_of(test_type, "values", &known.test_values))
        return NULL;
    known.equal = Py_NewRef(equal);
    known.queries = Py_NewRef(queries);
    known.log = Py_NewRef(log);
    known.dumps = Py_NewRef(dumps);
    known.standard = standard != 0;
    if (orjson != Py_None) {
        known.encode = Py_NewRef(PyTuple_GET_ITEM(orjson, 0));
        known.options = Py_NewRef(PyTuple_GET_ITEM(orjson, 1));
    }
    known.query_type = (PyTypeObject *)Py_NewRef(query);
    known.field_type = (PyTypeObject *)Py_NewRef(field);
    known.test_type = (PyTypeObject *)Py_NewRef(test);
    known.table_type = (PyTypeObject *)Py_NewRef(table);
    known.failure = Py_NewRef(failure);
    Py_RETURN_NONE;
}
