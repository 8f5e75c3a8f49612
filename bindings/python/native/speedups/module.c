/* The module: the type of the methods, and two functions. */

#include "calls.h"
#include "values.h"

#include <structmember.h>

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *function;
    static char *parameters[] = {"function", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, names, "O:Method", parameters, &function))
        return NULL;
    PyObject *name = PyObject_GetAttrString(function, "__name__");
    const char *wanted = name == NULL ? NULL : PyUnicode_AsUTF8(name);
    vectorcallfunc call = wanted == NULL ? NULL : call_named(wanted);
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

PyDoc_STRVAR(setup_doc, "setup(*, table, query, field, test, equal, queries, log, dumps, orjson, standard, failure)\n--\n\n"
                        "Tells what the calls have to do with. Once, before the first call.");

PyDoc_STRVAR(loads_doc, "loads(text, /)\n--\n\nWhat JSON text says that the library has written.");

static PyObject *loads(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyBytes_Check(text))
        return PyErr_Format(PyExc_TypeError, "JSON text is bytes, got %s", Py_TYPE(text)->tp_name);
    struct answer *answer = answer_take();
    if (answer == NULL)
        return NULL;
    PyObject *value = value_of(PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text), text, &answer->memory);
    answer_give(answer);
    return value;
}

static PyMethodDef functions[] = {
    {"loads", loads, METH_O, loads_doc},
    {"setup", (PyCFunction)(void (*)(void))known_setup, METH_VARARGS | METH_KEYWORDS, setup_doc},
    {0},
};

static int execute(PyObject *module) {
    if (!known_begin())
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
