#include "calls.h"

#include "values.h"

static PyObject *by_function(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    return PyObject_Vectorcall(((Method *)method)->function, args, count, names);
}

/* Whether the arguments are a table and so many more, all by place. */
static inline bool is_plain(PyObject *const *args, size_t count, PyObject *names, Py_ssize_t least, Py_ssize_t most) {
    Py_ssize_t given = PyVectorcall_NARGS(count);
    return given > least && given <= most + 1 && (names == NULL || PyTuple_GET_SIZE(names) == 0) &&
           is_table(args[0]);
}

/* The argument `where` that follows a table and so many more arguments, by place or by name. Borrowed; NULL if the call is not as plain. */
static inline PyObject *where_of(PyObject *const *args, size_t count, PyObject *names, Py_ssize_t before) {
    Py_ssize_t given = PyVectorcall_NARGS(count);
    Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    if (given + named != before + 2 || named > 1 || !is_table(args[0]))
        return NULL;
    if (named == 1 && PyTuple_GET_ITEM(names, 0) != name_where && !same_text(PyTuple_GET_ITEM(names, 0), name_where))
        return NULL;
    PyObject *where = args[before + 1];
    return Py_IS_TYPE(where, known.test_type) ? where : NULL;
}

/* A test of one field, taken apart. */
struct test {
    PyObject *field;
    PyObject *operator;
    PyObject *values;
};

static void release(struct test *test) {
    Py_XDECREF(test->field);
    Py_XDECREF(test->operator);
    Py_XDECREF(test->values);
}

static inline bool take_apart(PyObject *where, struct test *test) {
    test->field = in_slot(where, known.test_field);
    test->operator = in_slot(where, known.test_operator);
    test->values = in_slot(where, known.test_values);
    if (test->field != NULL && test->operator != NULL && test->values != NULL && is_field(test->field))
        return true;
    release(test);
    return false;
}

/* Whether a test says no more than which integer key a record has. */
static inline bool is_key(PyObject *table, const struct test *test, int64_t *key) {
    if (test->operator != known.equal || !PyTuple_CheckExact(test->values) || PyTuple_GET_SIZE(test->values) != 1)
        return false;
    PyObject *value = PyTuple_GET_ITEM(test->values, 0);
    if (!PyLong_CheckExact(value))
        return false;
    int overflow = 0;
    *key = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0)
        return false;
    PyObject *reference = in_slot(test->field, known.field_reference);
    PyObject *wanted = in_slot(table, known.table_key_reference);
    bool same = reference != NULL && wanted != NULL && same_text(reference, wanted);
    Py_XDECREF(reference);
    Py_XDECREF(wanted);
    return same;
}

/* The key that is in the test of an argument `where`, which is all it says. */
static inline bool key_of(PyObject *table, PyObject *where, int64_t *key) {
    struct test test;
    if (!take_apart(where, &test))
        return false;
    bool found = is_key(table, &test, key);
    release(&test);
    return found;
}

/* Whether the schema has floats, for which records are to be looked through. */
static bool has_floats(PyObject *table) {
    PyObject *floats = in_slot(table, known.table_floats);
    bool has = floats == NULL || !PyTuple_CheckExact(floats) || PyTuple_GET_SIZE(floats) != 0;
    Py_XDECREF(floats);
    return has;
}

/* Whether a record has an integer where its schema has a float, which Python makes an exception of. */
static bool is_misfit(PyObject *table, PyObject *record) {
    PyObject *floats = in_slot(table, known.table_floats);
    if (floats == NULL)
        return true;
    bool misfit = !PyTuple_CheckExact(floats);
    for (Py_ssize_t at = 0; !misfit && at < PyTuple_GET_SIZE(floats); at++) {
        PyObject *value = in_dict(record, PyTuple_GET_ITEM(floats, at));
        misfit = value != NULL && PyLong_CheckExact(value);
        Py_XDECREF(value);
    }
    Py_DECREF(floats);
    return misfit;
}

/* Writes changes; false with an exception, or, without one, if they are to the key, too: what is told of those depends on more than they
 * say. */
static bool write_changes(PyObject *table, PyObject *changes, struct text *text) {
    PyObject *name = in_slot(table, known.table_key);
    if (name == NULL)
        return false;
    bool done = write_short(changes, name, text);
    if (!done) {
        PyObject *key = in_dict(changes, name);
        done = key == NULL && write_object(changes, text);
        Py_XDECREF(key);
    }
    Py_DECREF(name);
    return done;
}

static PyObject *insert_one(dictdb_table *handle, PyObject *table, PyObject *name, PyObject *record) {
    PyObject *given = in_dict(record, name);
    bool has_key = given != NULL && given != Py_None;
    PyObject *key = NULL;
    PyObject *text = written(record);
    struct answer *answer = text == NULL || has_key ? NULL : answer_take();
    if (text != NULL && (has_key || answer != NULL)) {
        dictdb_error *error = NULL;
        dictdb_buffer *made = answer == NULL ? NULL : &answer->text;
        dictdb_status status;
        Py_BEGIN_ALLOW_THREADS
        status = dictdb_table_insert(handle, PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text), made, &error);
        Py_END_ALLOW_THREADS
        if (status != DICTDB_STATUS_OK)
            raise_from(table, name_insert_failed, exception_of(status, error), given);
        else if (has_key)
            key = Py_NewRef(given);
        else if ((key = answered(answer)) != NULL && PyDict_SetItem(record, name, key) < 0)
            Py_CLEAR(key);
    }
    if (answer != NULL)
        answer_give(answer);
    Py_XDECREF(text);
    Py_XDECREF(given);
    return key;
}

/* The keys that the records of a list of our own have; NULL, with no exception, if one is no dict, or does not fit its schema. */
static PyObject *keys_of(PyObject *table, PyObject *name, PyObject *records, bool *complete) {
    *complete = true;
    Py_ssize_t count = PyList_GET_SIZE(records);
    PyObject *keys = PyList_New(count);
    if (keys == NULL) {
        PyErr_Clear();
        return NULL;
    }
    bool may_misfit = has_floats(table);
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *record = PyList_GET_ITEM(records, at);
        if (!PyDict_CheckExact(record) || (may_misfit && is_misfit(table, record))) {
            Py_DECREF(keys);
            return NULL;
        }
        PyObject *key = in_dict(record, name);
        if (key == NULL)
            key = Py_NewRef(Py_None);
        *complete = *complete && key != Py_None;
        PyList_SET_ITEM(keys, at, key);
    }
    return keys;
}

/* Gives each record its key. */
static bool set_keys(PyObject *name, PyObject *records, PyObject *keys) {
    bool set = true;
    for (Py_ssize_t at = 0; set && at < PyList_GET_SIZE(records) && at < PyList_GET_SIZE(keys); at++)
        set = PyDict_SetItem(PyList_GET_ITEM(records, at), name, PyList_GET_ITEM(keys, at)) == 0;
    return set;
}

static PyObject *insert_many(dictdb_table *handle, PyObject *table, PyObject *name, PyObject *records, PyObject *keys, bool complete) {
    PyObject *result = NULL;
    PyObject *text = written(records);
    struct answer *answer = text == NULL || complete ? NULL : answer_take();
    if (text != NULL && (complete || answer != NULL)) {
        dictdb_error *error = NULL;
        dictdb_buffer *made = answer == NULL ? NULL : &answer->text;
        dictdb_status status;
        Py_BEGIN_ALLOW_THREADS
        status = dictdb_table_insert_many(handle, PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text), made, &error);
        Py_END_ALLOW_THREADS
        if (status != DICTDB_STATUS_OK)
            raise_from(table, name_insert_failed, exception_of(status, error), NULL);
        else if (complete)
            result = Py_NewRef(keys);
        else if ((result = answered(answer)) != NULL && !set_keys(name, records, result))
            Py_CLEAR(result);
    }
    if (answer != NULL)
        answer_give(answer);
    Py_XDECREF(text);
    return result;
}

static PyObject *call_insert(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    if (!is_plain(args, count, names, 1, 1) || is_logged())
        return by_function(method, args, count, names);
    PyObject *table = args[0], *given = args[1];
    dictdb_table *handle = handle_in(table, known.table_address);
    PyObject *name = in_slot(table, known.table_key);
    PyObject *result = NULL;
    bool done = false;
    if (handle != NULL && name != NULL && PyDict_CheckExact(given) && !is_misfit(table, given)) {
        result = insert_one(handle, table, name, given);
        done = true;
    } else if (handle != NULL && name != NULL && PyList_CheckExact(given)) {
        /* The caller's list may change meanwhile. */
        bool complete;
        PyObject *records = PyList_GetSlice(given, 0, PY_SSIZE_T_MAX);
        PyObject *keys = records == NULL ? NULL : keys_of(table, name, records, &complete);
        if (keys != NULL) {
            result = insert_many(handle, table, name, records, keys, complete);
            Py_DECREF(keys);
            done = true;
        } else if (records == NULL) {
            PyErr_Clear();
        }
        Py_XDECREF(records);
    }
    Py_XDECREF(name);
    return done ? result : by_function(method, args, count, names);
}

/* The record that has the key; NULL with an exception, or if there is none, without. */
static PyObject *record_of(dictdb_table *handle, PyObject *key, int64_t number, bool as_text) {
    PyObject *record = NULL;
    struct text text;
    text.object = NULL;
    if (key != NULL && !write_text(key, &text))
        return NULL;
    struct answer *answer = answer_take();
    if (answer != NULL) {
        dictdb_error *error = NULL;
        dictdb_status status;
        Py_BEGIN_ALLOW_THREADS
        status = key == NULL ? dictdb_table_get_int(handle, number, &answer->text, &error)
                             : dictdb_table_get(handle, text.bytes, text.len, &answer->text, &error);
        Py_END_ALLOW_THREADS
        if (status == DICTDB_STATUS_OK)
            record = as_text ? PyBytes_FromStringAndSize(answer->text.data, (Py_ssize_t)answer->text.len) : answered(answer);
        else if (status == DICTDB_STATUS_RECORD_NOT_FOUND)
            dictdb_error_free(error);
        else
            raise_exception(exception_of(status, error));
        answer_give(answer);
    }
    drop(&text);
    return record;
}

/* `get` and `get_json`: with a key, and maybe what is given where there is no record. */
static inline PyObject *get(PyObject *method, PyObject *const *args, size_t count, PyObject *names, Py_ssize_t most, bool as_text) {
    if (!is_plain(args, count, names, 1, most))
        return by_function(method, args, count, names);
    PyObject *key = args[1];
    dictdb_table *handle = handle_in(args[0], known.table_address);
    int overflow = 0;
    int64_t number = 0;
    bool is_integer = PyLong_CheckExact(key);
    if (is_integer)
        number = PyLong_AsLongLongAndOverflow(key, &overflow);
    if (handle == NULL || overflow != 0 || !(is_integer || PyUnicode_CheckExact(key)))
        return by_function(method, args, count, names);
    PyObject *record = record_of(handle, is_integer ? NULL : key, number, as_text);
    if (record != NULL || PyErr_Occurred())
        return record;
    return Py_NewRef(PyVectorcall_NARGS(count) > 2 ? args[2] : Py_None);
}

static PyObject *call_get(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    return get(method, args, count, names, 2, false);
}

static PyObject *call_get_json(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    return get(method, args, count, names, 1, true);
}

/* The compiled query for the records that a test finds; NULL, with no exception, if none was run before. */
static PyObject *query_of(const struct test *test) {
    PyObject *query = NULL;
    PyObject *texts = in_slot(test->field, known.field_texts);
    PyObject *text = texts != NULL && PyDict_CheckExact(texts) ? in_dict(texts, test->operator) : NULL;
    if (text != NULL)
        query = in_dict(known.queries, text);
    if (query != NULL && !Py_IS_TYPE(query, known.query_type))
        Py_CLEAR(query);
    Py_XDECREF(text);
    Py_XDECREF(texts);
    return query;
}

static PyObject *rows_of(dictdb_table *handle, dictdb_query *query, PyObject *values) {
    struct text text;
    if (!write_text(values, &text))
        return NULL;
    PyObject *rows = NULL;
    struct answer *answer = answer_take();
    if (answer != NULL) {
        dictdb_error *error = NULL;
        dictdb_status status;
        Py_BEGIN_ALLOW_THREADS
        status = dictdb_query_run(query, handle, text.bytes, text.len, &answer->text, NULL, &error);
        Py_END_ALLOW_THREADS
        if (status == DICTDB_STATUS_OK)
            rows = answered(answer);
        else
            raise_exception(exception_of(status, error));
        answer_give(answer);
    }
    drop(&text);
    return rows;
}

/* Only the argument `where` may be given, or None for the columns before it. */
static PyObject *call_select(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    Py_ssize_t given = PyVectorcall_NARGS(count);
    bool by_place = given == 3 && args[1] == Py_None;
    PyObject *where = by_place || given == 1 ? where_of(args, count, names, by_place ? 1 : 0) : NULL;
    struct test test;
    if (where == NULL || is_logged() || !take_apart(where, &test))
        return by_function(method, args, count, names);
    PyObject *table = args[0], *rows = NULL, *query = NULL;
    dictdb_table *handle = handle_in(table, known.table_address);
    dictdb_query *compiled;
    int64_t key;
    bool done = true;
    if (handle != NULL && is_key(table, &test, &key)) {
        PyObject *record = record_of(handle, NULL, key, false);
        if (record != NULL || !PyErr_Occurred())
            rows = PyList_New(record == NULL ? 0 : 1);
        if (rows != NULL && record != NULL)
            PyList_SET_ITEM(rows, 0, record);
        else
            Py_XDECREF(record);
    } else if (handle != NULL && (query = query_of(&test)) != NULL && (compiled = handle_in(query, known.query_address)) != NULL) {
        rows = rows_of(handle, compiled, test.values);
    } else {
        done = false;
    }
    Py_XDECREF(query);
    release(&test);
    return done ? rows : by_function(method, args, count, names);
}

static PyObject *call_update(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    PyObject *where = PyVectorcall_NARGS(count) >= 2 ? where_of(args, count, names, 1) : NULL;
    int64_t key;
    if (where == NULL || !PyDict_CheckExact(args[1]) || is_logged() || !key_of(args[0], where, &key) || is_misfit(args[0], args[1]))
        return by_function(method, args, count, names);
    PyObject *table = args[0];
    dictdb_table *handle = handle_in(table, known.table_address);
    if (handle == NULL)
        return by_function(method, args, count, names);
    struct text changes;
    if (!write_changes(table, args[1], &changes))
        return PyErr_Occurred() ? NULL : by_function(method, args, count, names);
    PyObject *changed = NULL;
    char text[JSON_INTEGER];
    size_t len = json_integer(key, text);
    dictdb_error *error = NULL;
    dictdb_status status;
    Py_BEGIN_ALLOW_THREADS
    status = dictdb_table_update_by_key(handle, text, len, changes.bytes, changes.len, &error);
    Py_END_ALLOW_THREADS
    if (status == DICTDB_STATUS_OK)
        changed = PyLong_FromLong(1);
    else
        raise_from(table, name_update_failed, exception_of(status, error), where);
    drop(&changes);
    return changed;
}

static PyObject *call_delete(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    PyObject *where = PyVectorcall_NARGS(count) >= 1 ? where_of(args, count, names, 0) : NULL;
    int64_t key;
    if (where == NULL || is_logged() || !key_of(args[0], where, &key))
        return by_function(method, args, count, names);
    PyObject *table = args[0];
    dictdb_table *handle = handle_in(table, known.table_address);
    if (handle == NULL)
        return by_function(method, args, count, names);
    char text[JSON_INTEGER];
    size_t len = json_integer(key, text);
    dictdb_error *error = NULL;
    dictdb_status status;
    Py_BEGIN_ALLOW_THREADS
    status = dictdb_table_delete_by_key(handle, text, len, &error);
    Py_END_ALLOW_THREADS
    if (status == DICTDB_STATUS_OK)
        return PyLong_FromLong(1);
    raise_from(table, name_delete_failed, exception_of(status, error), NULL);
    return NULL;
}

static PyObject *call_equal(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    if (PyVectorcall_NARGS(count) != 2 || names != NULL || !is_field(args[0]))
        return by_function(method, args, count, names);
    PyObject *field = args[0], *value = args[1];
    /* What Python holds equal to something else, and what JSON cannot say, is a longer story. */
    bool is_simple = PyUnicode_CheckExact(value);
    if (PyLong_CheckExact(value)) {
        int overflow = 0;
        is_simple = PyLong_AsLongLongAndOverflow(value, &overflow) > 1;
    }
    if (!is_simple)
        return by_function(method, args, count, names);
    PyObject *values = PyTuple_Pack(1, value);
    PyObject *test = values == NULL ? NULL : known.test_type->tp_alloc(known.test_type, 0);
    if (test == NULL) {
        Py_XDECREF(values);
        return NULL;
    }
    *(PyObject **)((char *)test + known.test_field) = Py_NewRef(field);
    *(PyObject **)((char *)test + known.test_operator) = Py_NewRef(known.equal);
    *(PyObject **)((char *)test + known.test_values) = values;
    return test;
}

static const struct {
    const char *name;
    vectorcallfunc call;
} calls[] = {
    {"insert", call_insert}, {"get", call_get},       {"get_json", call_get_json}, {"select", call_select},
    {"update", call_update}, {"delete", call_delete}, {"__eq__", call_equal},
};

vectorcallfunc call_named(const char *name) {
    for (size_t at = 0; at < sizeof calls / sizeof *calls; at++) {
        if (strcmp(calls[at].name, name) == 0)
            return calls[at].call;
    }
    return NULL;
}
