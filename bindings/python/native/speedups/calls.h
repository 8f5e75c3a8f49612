/* The methods that are called most often. */
#pragma once

#include "speedups.h"

/* A method of the package that is answered here where its call is a plain one, and by its function else. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *function;
    PyObject *attributes;
} Method;

/* The call that answers the plain ones of a method; NULL if there is none of that name. */
vectorcallfunc call_named(const char *name);
