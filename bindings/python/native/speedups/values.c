#include "values.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Those that no call uses now: calls in so many threads, or in one another, need not make one. */
enum { SPARE = 8, KEPT_BYTES = 1 << 20 };
static _Atomic(struct answer *) spare[SPARE];

struct answer *answer_take(void) {
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

void answer_give(struct answer *answer) {
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

PyObject *written(PyObject *value) {
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

bool write_object(PyObject *value, struct text *text) {
    text->object = written(value);
    if (text->object == NULL)
        return false;
    text->bytes = PyBytes_AS_STRING(text->object);
    text->len = (size_t)PyBytes_GET_SIZE(text->object);
    return true;
}

/* Large answers are read without the garbage collector: it goes through what is made again and again, and finds nothing. */
enum { MANY_BYTES = 1 << 16 };

PyObject *value_of(const char *text, size_t len, PyObject *bytes, struct json_memory *memory) {
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

PyObject *exception_of(dictdb_status status, dictdb_error *error) {
    return PyObject_CallFunction(known.failure, "iK", (int)status, (unsigned long long)(uintptr_t)error);
}

void raise_exception(PyObject *exception) {
    if (exception == NULL)
        return;
    if (PyExceptionInstance_Check(exception))
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    else
        PyErr_SetString(PyExc_TypeError, "an exception was expected");
    Py_DECREF(exception);
}

void raise_from(PyObject *table, PyObject *method, PyObject *exception, PyObject *argument) {
    if (exception == NULL)
        return;
    raise_exception(PyObject_CallMethodObjArgs(table, method, exception, argument == NULL ? Py_None : argument, NULL));
    Py_DECREF(exception);
}
