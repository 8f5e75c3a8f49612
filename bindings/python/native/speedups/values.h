/* Values and JSON text, as the calls take and give them, and the exceptions of those that failed. */
#pragma once

#include "known.h"

/* Where an answer goes, and what was read lately. */
struct answer {
    dictdb_buffer text;
    struct json_memory memory;
};

/* One that no other call uses; NULL with an exception. */
struct answer *answer_take(void);
void answer_give(struct answer *answer);

/* What JSON text with a NUL at its end says. NULL with an exception. `bytes`: the same text as an object, if there is one. */
PyObject *value_of(const char *text, size_t len, PyObject *bytes, struct json_memory *memory);

static inline PyObject *answered(struct answer *answer) {
    return value_of(answer->text.data, answer->text.len, NULL, &answer->memory);
}

/* The value as JSON: bytes. NULL with an exception. */
PyObject *written(PyObject *value);

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
bool write_object(PyObject *value, struct text *text);

/* Writes a value, which is dropped afterwards; false with an exception. */
static inline bool write_text(PyObject *value, struct text *text) {
    return write_short(value, NULL, text) || write_object(value, text);
}

static inline void drop(struct text *text) {
    Py_XDECREF(text->object);
}

/* The exception of a call that failed. Takes the error. NULL with another exception. */
PyObject *exception_of(dictdb_status status, dictdb_error *error);

/* Raises it. Takes the reference, which may be NULL: then it was raised before. */
void raise_exception(PyObject *exception);

/* Raises the exception that a method of the table makes of one, a NULL among the arguments standing for None. */
void raise_from(PyObject *table, PyObject *method, PyObject *exception, PyObject *argument);
