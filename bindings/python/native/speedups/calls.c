/* The methods that are called most often, and the module. */

#include "speedups.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <structmember.h>

/* ---- Where answers go ---- */

struct answer {
    dictdb_buffer text;
    struct json_memory memory;
};

/* Those that no call uses now: calls in so many threads, or in one another, need not make one. */
enum { SPARE = 8, KEPT_BYTES = 1 << 20 };
static _Atomic(struct answer *) spare[SPARE];

static struct answer *take(void) {
    for (int at = 0; at < SPARE; at++) {
        if (atomic_load_explicit(&spare[at], memory_order_relaxed) == NULL)
            continue;
        struct answer *taken = atomic_exchange(&spare[at], NULL);
        if (taken != NULL)
            return taken;
    }
    struct answer *made = calloc(1, sizeof *made);
    if (made == NULL)
        PyErr_NoMemory();
    return made;
}

static void give(struct answer *answer) {
    /* One that has held a large text gives that memory back. */
    if (answer->text.capacity > KEPT_BYTES)
        dictdb_buffer_free(&answer->text);
    for (int at = 0; at < SPARE; at++) {
        struct answer *none = NULL;
        if (atomic_compare_exchange_strong(&spare[at], &none, answer))
            return;
    }
    dictdb_buffer_free(&answer->text);
    json_forget(&answer->memory);
    free(answer);
}

/* ---- What the package's Python code has told: see dictdb/core/quick.py ---- */

static struct {
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
} known;

static PyObject *name_handlers, *name_where, *name_insert_failed, *name_update_failed, *name_delete_failed;

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

/* The value as JSON: bytes. NULL with an exception. */
static inline PyObject *written(PyObject *value) {
    if (known.encode != NULL) {
        PyObject *args[] = {value, Py_None, known.options};
        PyObject *text = PyObject_Vectorcall(known.encode, args, 3, NULL);
        if (text == NULL)
            PyErr_Clear();
        else if (json_says_all(value, PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text)))
            return text;
        Py_XDECREF(text);
    }
    PyObject *text = PyObject_CallOneArg(known.dumps, value);
    if (text != NULL && !PyBytes_CheckExact(text)) {
        Py_CLEAR(text);
        PyErr_SetString(PyExc_TypeError, "dumps gives bytes");
    }
    return text;
}

/* JSON text: in `place`, or an object's. */
struct text {
    const char *bytes;
    size_t len;
    PyObject *object;
    char place[JSON_SHORT_TEXT];
};

/* Writes a value in place, as above; whether that can be done. */
static inline bool write_short(PyObject *value, PyObject *but, struct text *text) {
    const char *end = json_write_short(text->place, value, but, known.encode != NULL);
    text->object = NULL;
    text->bytes = text->place;
    text->len = end == NULL ? 0 : (size_t)(end - text->place);
    return end != NULL;
}

/* Writes a value as an object; false with an exception. */
static bool write_object(PyObject *value, struct text *text) {
    text->object = written(value);
    if (text->object == NULL)
        return false;
    text->bytes = PyBytes_AS_STRING(text->object);
    text->len = (size_t)PyBytes_GET_SIZE(text->object);
    return true;
}

/* Writes a value, which is dropped afterwards; false with an exception. */
static inline bool write_text(PyObject *value, struct text *text) {
    return write_short(value, NULL, text) || write_object(value, text);
}

static inline void drop(struct text *text) {
    Py_XDECREF(text->object);
}

/* Large answers are read without the garbage collector: it goes through what is made again and again, and finds nothing. */
enum { MANY_BYTES = 1 << 16 };

/* What JSON text with a NUL at its end says. NULL with an exception. `bytes`: the same text as an object, if there is one. */
static PyObject *value_of(const char *text, size_t len, PyObject *bytes, struct json_memory *memory) {
    bool was_collecting = len >= MANY_BYTES && PyGC_Disable();
    PyObject *value = known.standard ? NULL : json_read(text, len, memory);
    if (value == NULL && !PyErr_Occurred()) {
        PyObject *made = bytes != NULL ? Py_NewRef(bytes) : PyBytes_FromStringAndSize(text, (Py_ssize_t)len);
        value = made == NULL ? NULL : PyObject_CallOneArg(known.loads, made);
        Py_XDECREF(made);
    }
    if (was_collecting)
        PyGC_Enable();
    return value;
}

static inline PyObject *answered(struct answer *answer) {
    return value_of(answer->text.data, answer->text.len, NULL, &answer->memory);
}

/* The exception of a call that failed. Takes the error. NULL with another exception. */
static PyObject *exception_of(dictdb_status status, dictdb_error *error) {
    return PyObject_CallFunction(known.failure, "iK", (int)status, (unsigned long long)(uintptr_t)error);
}

/* Raises it. Takes the reference, which may be NULL: then it was raised before. */
static void raise_exception(PyObject *exception) {
    if (exception == NULL)
        return;
    if (PyExceptionInstance_Check(exception))
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    else
        PyErr_SetString(PyExc_TypeError, "an exception was expected");
    Py_DECREF(exception);
}

/* Raises the exception that a method of the table makes of one, a NULL among the arguments standing for None. */
static void raise_from(PyObject *table, PyObject *method, PyObject *exception, PyObject *argument) {
    if (exception == NULL)
        return;
    raise_exception(PyObject_CallMethodObjArgs(table, method, exception, argument == NULL ? Py_None : argument, NULL));
    Py_DECREF(exception);
}

/* ---- Methods ---- */

/* A method of the package that is answered here where its call is a plain one, and by its function else. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *function;
    PyObject *attributes;
} Method;

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
    struct answer *answer = text == NULL || has_key ? NULL : take();
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
        give(answer);
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
    struct answer *answer = text == NULL || complete ? NULL : take();
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
        give(answer);
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
static PyObject *record_of(dictdb_table *handle, PyObject *key, int64_t number) {
    PyObject *record = NULL;
    struct text text;
    text.object = NULL;
    if (key != NULL && !write_text(key, &text))
        return NULL;
    struct answer *answer = take();
    if (answer != NULL) {
        dictdb_error *error = NULL;
        dictdb_status status;
        Py_BEGIN_ALLOW_THREADS
        status = key == NULL ? dictdb_table_get_int(handle, number, &answer->text, &error)
                             : dictdb_table_get(handle, text.bytes, text.len, &answer->text, &error);
        Py_END_ALLOW_THREADS
        if (status == DICTDB_STATUS_OK)
            record = answered(answer);
        else if (status == DICTDB_STATUS_RECORD_NOT_FOUND)
            dictdb_error_free(error);
        else
            raise_exception(exception_of(status, error));
        give(answer);
    }
    drop(&text);
    return record;
}

static PyObject *call_get(PyObject *method, PyObject *const *args, size_t count, PyObject *names) {
    if (!is_plain(args, count, names, 1, 2))
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
    PyObject *record = record_of(handle, is_integer ? NULL : key, number);
    if (record != NULL || PyErr_Occurred())
        return record;
    return Py_NewRef(PyVectorcall_NARGS(count) > 2 ? args[2] : Py_None);
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
    struct answer *answer = take();
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
        give(answer);
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
        PyObject *record = record_of(handle, NULL, key);
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
    {"insert", call_insert}, {"get", call_get},       {"select", call_select},
    {"update", call_update}, {"delete", call_delete}, {"__eq__", call_equal},
};

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *function;
    static char *parameters[] = {"function", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, names, "O:Method", parameters, &function))
        return NULL;
    PyObject *name = PyObject_GetAttrString(function, "__name__");
    const char *wanted = name == NULL ? NULL : PyUnicode_AsUTF8(name);
    vectorcallfunc call = NULL;
    for (size_t at = 0; wanted != NULL && at < sizeof calls / sizeof *calls; at++) {
        if (strcmp(calls[at].name, wanted) == 0)
            call = calls[at].call;
    }
    if (wanted != NULL && call == NULL)
        PyErr_Format(PyExc_ValueError, "there is nothing faster than %s", wanted);
    Py_XDECREF(name);
    Method *method = call == NULL ? NULL : (Method *)type->tp_alloc(type, 0);
    if (method == NULL)
        return NULL;
    method->function = Py_NewRef(function);
    method->call = call;
    return (PyObject *)method;
}

static int method_traverse(Method *method, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(method));
    Py_VISIT(method->function);
    Py_VISIT(method->attributes);
    return 0;
}

static int method_clear(Method *method) {
    Py_CLEAR(method->attributes);
    return 0;
}

static void method_dealloc(Method *method) {
    PyTypeObject *type = Py_TYPE(method);
    PyObject_GC_UnTrack(method);
    Py_CLEAR(method->attributes);
    Py_CLEAR(method->function);
    type->tp_free(method);
    Py_DECREF(type);
}

static PyObject *method_bind(PyObject *method, PyObject *object, PyObject *type) {
    (void)type;
    return object == NULL || object == Py_None ? Py_NewRef(method) : PyMethod_New(method, object);
}

static PyMemberDef method_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Method, call), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Method, attributes), READONLY, NULL},
    {0},
};

static PyGetSetDef method_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {0},
};

static PyType_Slot method_slots[] = {
    {Py_tp_doc, "A method whose plain calls are answered in C, and all others by the function that it is made of."},
    {Py_tp_new, method_new},
    {Py_tp_dealloc, method_dealloc},
    {Py_tp_traverse, method_traverse},
    {Py_tp_clear, method_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, method_bind},
    {Py_tp_members, method_members},
    {Py_tp_getset, method_getset},
    {0},
};

static PyType_Spec method_spec = {
    .name = "dictdb._speedups.Method",
    .basicsize = sizeof(Method),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = method_slots,
};

/* ---- The module ---- */

PyDoc_STRVAR(setup_doc, "setup(*, table, query, field, test, equal, queries, log, dumps, orjson, standard, failure)\n--\n\n"
                        "Tells what the calls have to do with. Once, before the first call.");

static PyObject *setup(PyObject *module, PyObject *args, PyObject *names) {
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

PyDoc_STRVAR(loads_doc, "loads(text, /)\n--\n\nWhat JSON text says that the library has written.");

static PyObject *loads(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyBytes_Check(text))
        return PyErr_Format(PyExc_TypeError, "JSON text is bytes, got %s", Py_TYPE(text)->tp_name);
    struct answer *answer = take();
    if (answer == NULL)
        return NULL;
    PyObject *value = value_of(PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text), text, &answer->memory);
    give(answer);
    return value;
}

static PyMethodDef functions[] = {
    {"loads", loads, METH_O, loads_doc},
    {"setup", (PyCFunction)(void (*)(void))setup, METH_VARARGS | METH_KEYWORDS, setup_doc},
    {0},
};

static int execute(PyObject *module) {
    name_handlers = PyUnicode_InternFromString("handlers");
    name_where = PyUnicode_InternFromString("where");
    name_insert_failed = PyUnicode_InternFromString("_dictdb_insert_failed");
    name_update_failed = PyUnicode_InternFromString("_dictdb_update_failed");
    name_delete_failed = PyUnicode_InternFromString("_dictdb_delete_failed");
    if (name_handlers == NULL || name_where == NULL || name_insert_failed == NULL || name_update_failed == NULL ||
        name_delete_failed == NULL)
        return -1;
    PyObject *json = PyImport_ImportModule("json");
    if (json == NULL)
        return -1;
    Py_XSETREF(known.loads, PyObject_GetAttrString(json, "loads"));
    Py_DECREF(json);
    if (known.loads == NULL)
        return -1;
    PyObject *type = PyType_FromModuleAndSpec(module, &method_spec, NULL);
    if (type == NULL)
        return -1;
    int failed = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return failed;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, execute},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "dictdb._speedups",
    .m_doc = "What the package does most often, in C.",
    .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__speedups(void) {
    return PyModuleDef_Init(&definition);
}
