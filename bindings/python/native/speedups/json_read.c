/* JSON text to Python values. The text is the library's own, so what is not as expected is not explained, but left to Python. */

#include "speedups.h"

#include <float.h>
#include <string.h>

/* Deeper values are left to Python. The library takes 128 levels. */
enum { MAX_DEPTH = 200 };

/* The longest string that is put together on the stack. */
enum { STACK_BYTES = 512 };

/* So many elements of a list are read before it is made, and then its size is known. */
enum { FEW = 16 };

struct reader {
    const char *at;
    const char *end;
    struct json_memory *memory;
};

static PyObject *read_value(struct reader *reader, int depth);

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static inline uint64_t eight(const char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Whether a byte of eight ends a string, is a backslash or a control character, or is not ASCII. */
static inline bool has_special(uint64_t bytes) {
    uint64_t quote = bytes ^ EACH_BYTE('"');
    uint64_t backslash = bytes ^ EACH_BYTE('\\');
    return (((quote - EACH_BYTE(1)) | (backslash - EACH_BYTE(1)) | (bytes - EACH_BYTE(0x20)) | bytes) & EACH_BYTE(0x80)) != 0;
}

/* Whether a byte stands for itself in a string, be it ASCII or not. */
static inline bool is_itself(char byte) {
    return byte != '"' && byte != '\\' && (unsigned char)byte >= 0x20;
}

/* From behind a string's first quote to the first byte that does not stand for itself, or is not ASCII. */
static inline const char *plain_end(const char *at, const char *end) {
    while (end - at >= 8 && !has_special(eight(at)))
        at += 8;
    while (at < end && is_itself(*at) && (unsigned char)*at < 0x80)
        at++;
    return at;
}

static inline uint32_t four(const char *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline PyObject *ascii(const char *bytes, size_t len) {
    PyObject *string = PyUnicode_New((Py_ssize_t)len, 127);
    if (string != NULL)
        memcpy(PyUnicode_DATA(string), bytes, len);
    return string;
}

static int hexadecimal(const char *at) {
    int value = 0;
    for (int place = 0; place < 4; place++) {
        char digit = at[place];
        int worth = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (worth < 0)
            return -1;
        value = value << 4 | worth;
    }
    return value;
}

/* Puts what an escape stands for, which begins behind the backslash. False if it is not left to us. */
static bool unescape(struct reader *reader, char **to) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *reader->at++;
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found != NULL) {
        *(*to)++ = meanings[found - letters];
        return true;
    }
    if (letter != 'u' || reader->end - reader->at < 4)
        return false;
    int unit = hexadecimal(reader->at);
    /* A pair of surrogates is left to Python; the library writes such characters as they are. */
    if (unit < 0 || (unit >= 0xd800 && unit <= 0xdfff))
        return false;
    reader->at += 4;
    if (unit < 0x80) {
        *(*to)++ = (char)unit;
    } else if (unit < 0x800) {
        *(*to)++ = (char)(0xc0 | unit >> 6);
        *(*to)++ = (char)(0x80 | (unit & 0x3f));
    } else {
        *(*to)++ = (char)(0xe0 | unit >> 12);
        *(*to)++ = (char)(0x80 | (unit >> 6 & 0x3f));
        *(*to)++ = (char)(0x80 | (unit & 0x3f));
    }
    return true;
}

/* A string that has escapes: its text, which is never longer than its JSON, is put together first. */
static PyObject *read_escaped(struct reader *reader, const char *start) {
    const char *close = reader->at;
    while (*close != '"') {
        close += *close == '\\' ? 2 : 1;
        if (close >= reader->end)
            return NULL;
    }
    char stack[STACK_BYTES];
    size_t room = (size_t)(close - start);
    char *text = room <= sizeof stack ? stack : PyMem_Malloc(room);
    if (text == NULL)
        return PyErr_NoMemory();
    reader->at = start;
    char *to = text;
    bool understood = true;
    while (understood && reader->at < close) {
        if (*reader->at == '\\') {
            reader->at++;
            understood = unescape(reader, &to);
        } else {
            understood = is_itself(*reader->at);
            *to++ = *reader->at++;
        }
    }
    reader->at = close + 1;
    PyObject *string = understood ? PyUnicode_DecodeUTF8(text, to - text, "strict") : NULL;
    if (text != stack)
        PyMem_Free(text);
    return string;
}

static inline size_t place_of(const char *bytes, size_t len) {
    uint64_t word = 0;
    if (len >= 8) {
        word = eight(bytes) ^ (eight(bytes + len - 8) << 1);
    } else if (len >= 4) {
        word = (uint64_t)four(bytes) << 32 | four(bytes + len - 4);
    } else {
        for (size_t at = 0; at < len; at++)
            word = word << 8 | (unsigned char)bytes[at];
    }
    word = (word ^ len) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(word >> 32) % JSON_STRINGS;
}

/* A short string of ASCII, which may have been read before. */
static inline PyObject *remembered(struct json_memory *memory, const char *bytes, size_t len) {
    PyObject **kept = &memory->string[place_of(bytes, len)];
    if (*kept != NULL && (size_t)PyUnicode_GET_LENGTH(*kept) == len && memcmp(PyUnicode_DATA(*kept), bytes, len) == 0)
        return Py_NewRef(*kept);
    PyObject *string = ascii(bytes, len);
    if (string != NULL)
        Py_XSETREF(*kept, Py_NewRef(string));
    return string;
}

/* A string whose first quote was read. */
static inline PyObject *read_string(struct reader *reader) {
    const char *start = reader->at;
    const char *at = plain_end(start, reader->end);
    size_t len = (size_t)(at - start);
    if (*at == '"') {
        reader->at = at + 1;
        return len <= JSON_SHORT ? remembered(reader->memory, start, len) : ascii(start, len);
    }
    while (at < reader->end && is_itself(*at))
        at++;
    reader->at = at;
    if (*at == '"') {
        reader->at = at + 1;
        return PyUnicode_DecodeUTF8(start, at - start, "strict");
    }
    return read_escaped(reader, start);
}

static inline bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/* The most digits that always fit into 64 bits, and the longest integer that the library takes. */
enum { SAFE_DIGITS = 19, INTEGER_BYTES = 24 };

static PyObject *read_large(struct reader *reader, const char *start) {
    char text[INTEGER_BYTES];
    size_t len = (size_t)(reader->at - start);
    if (len >= sizeof text)
        return NULL;
    memcpy(text, start, len);
    text[len] = '\0';
    return PyLong_FromString(text, NULL, 10);
}

/* The powers of ten that are floats without an error. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { LARGEST_POWER = sizeof powers / sizeof *powers - 1 };

static PyObject *read_number(struct reader *reader) {
    const char *start = reader->at;
    const char *at = start;
    bool negative = *at == '-';
    if (negative)
        at++;
    if (!is_digit(*at) || (*at == '0' && is_digit(at[1])))
        return NULL;
    uint64_t digits = 0;
    int count = 0;
    for (; is_digit(*at); at++, count++)
        digits = digits * 10 + (uint64_t)(*at - '0');
    if (*at != '.' && *at != 'e' && *at != 'E') {
        reader->at = at;
        /* 19 digits fit, but the sign may not: the least integer has 19. */
        if (count < SAFE_DIGITS)
            return PyLong_FromLongLong(negative ? -(long long)digits : (long long)digits);
        return read_large(reader, start);
    }
    long exponent = 0;
    if (*at == '.') {
        const char *point = ++at;
        for (; is_digit(*at); at++, count++)
            digits = digits * 10 + (uint64_t)(*at - '0');
        exponent = (long)(point - at);
        if (exponent == 0)
            return NULL;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        bool down = *at == '-';
        if (*at == '-' || *at == '+')
            at++;
        if (!is_digit(*at))
            return NULL;
        long more = 0;
        for (; is_digit(*at); at++)
            more = more < 100000 ? more * 10 + (*at - '0') : more;
        exponent += down ? -more : more;
    }
    reader->at = at;
#if FLT_EVAL_METHOD == 0
    /* Both are floats without an error, so the one operation on them gives the float that is nearest. */
    if (count <= SAFE_DIGITS && digits <= UINT64_C(1) << 53 && exponent >= -LARGEST_POWER && exponent <= LARGEST_POWER) {
        double value = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
        return PyFloat_FromDouble(negative ? -value : value);
    }
#else
    (void)powers;
#endif
    char *behind = NULL;
    double value = PyOS_string_to_double(start, &behind, NULL);
    if (behind != at)
        return NULL;
    return PyFloat_FromDouble(value);
}

static PyObject *read_list(struct reader *reader, int depth) {
    if (*reader->at == ']') {
        reader->at++;
        return PyList_New(0);
    }
    PyObject *first[FEW];
    PyObject *list = NULL;
    Py_ssize_t count = 0;
    bool ended = false;
    while (!ended) {
        PyObject *value = read_value(reader, depth + 1);
        if (value == NULL)
            goto failed;
        if (list == NULL && count < FEW) {
            first[count++] = value;
        } else {
            int failed = PyList_Append(list, value);
            Py_DECREF(value);
            if (failed)
                goto failed;
        }
        char next = *reader->at++;
        ended = next == ']';
        if (!ended && next != ',')
            goto failed;
        if (list == NULL && (ended || count == FEW)) {
            list = PyList_New(count);
            if (list == NULL)
                goto failed;
            for (; count > 0; count--)
                PyList_SET_ITEM(list, count - 1, first[count - 1]);
        }
    }
    return list;
failed:
    while (count > 0)
        Py_DECREF(first[--count]);
    Py_XDECREF(list);
    return NULL;
}

enum { MOST_PATIENCE = 1 << 10 };

/* Remembers the names of a dict that was read, if there are few and they are short. */
static void learn(struct json_shape *shape, PyObject *dict) {
    if (++shape->misses <= shape->patience)
        return;
    if (shape->hits > 0)
        shape->patience = 1;
    else if (shape->patience < MOST_PATIENCE)
        shape->patience = 2 * shape->patience + 1;
    shape->hits = shape->misses = 0;
    shape->count = 0;
    Py_CLEAR(shape->blank);
    if (PyDict_GET_SIZE(dict) > JSON_FIELDS)
        return;
    PyObject *blank = PyDict_New();
    Py_ssize_t at = 0;
    int count = 0;
    PyObject *name, *value;
    while (blank != NULL && PyDict_Next(dict, &at, &name, &value)) {
        size_t len = (size_t)PyUnicode_GET_LENGTH(name);
        bool is_known = PyUnicode_IS_ASCII(name) && len + 3 <= JSON_LABEL;
        const char *bytes = PyUnicode_DATA(name);
        for (size_t place = 0; is_known && place < len; place++)
            is_known = is_itself(bytes[place]);
        if (!is_known || PyDict_SetItem(blank, name, Py_None) < 0) {
            Py_CLEAR(blank);
            break;
        }
        struct json_field *field = &shape->field[count++];
        field->label[0] = '"';
        memcpy(field->label + 1, bytes, len);
        memcpy(field->label + 1 + len, "\":", 2);
        field->len = len + 3;
        Py_XSETREF(field->name, Py_NewRef(name));
    }
    PyErr_Clear();
    shape->blank = blank;
    shape->count = blank == NULL ? 0 : count;
}

/* Reads the rest of a dict, at whose next name, or before whose end, the reader is. Takes the dict. */
static PyObject *read_fields(struct reader *reader, int depth, PyObject *dict) {
    for (;;) {
        if (*reader->at++ != '"')
            break;
        PyObject *name = read_string(reader);
        if (name == NULL)
            break;
        PyObject *value = NULL;
        int failed = -1;
        if (*reader->at++ == ':' && (value = read_value(reader, depth + 1)) != NULL)
            failed = PyDict_SetItem(dict, name, value);
        Py_DECREF(name);
        Py_XDECREF(value);
        if (failed)
            break;
        char next = *reader->at++;
        if (next == '}')
            return dict;
        if (next != ',')
            break;
    }
    Py_DECREF(dict);
    return NULL;
}

/* Reads a dict whose names are expected to be those of the last one at its depth, in the same order. Then they are not read, but compared,
 * and the dict is a copy of one that has the room for them. */
static PyObject *read_expected(struct reader *reader, int depth, struct json_shape *shape) {
    PyObject *value[JSON_FIELDS];
    int count = 0;
    bool ended = false;
    while (count < shape->count && !ended) {
        const struct json_field *field = &shape->field[count];
        if ((size_t)(reader->end - reader->at) < field->len || memcmp(reader->at, field->label, field->len) != 0)
            break;
        reader->at += field->len;
        value[count] = read_value(reader, depth + 1);
        if (value[count] == NULL)
            goto failed;
        count++;
        char next = *reader->at++;
        ended = next == '}';
        if (!ended && next != ',')
            goto failed;
    }
    bool is_same = ended && count == shape->count;
    PyObject *dict = is_same ? PyDict_Copy(shape->blank) : PyDict_New();
    if (dict == NULL)
        goto failed;
    for (int place = 0; place < count; place++) {
        if (PyDict_SetItem(dict, shape->field[place].name, value[place]) < 0) {
            Py_DECREF(dict);
            goto failed;
        }
    }
    while (count > 0)
        Py_DECREF(value[--count]);
    if (is_same) {
        shape->hits++;
        shape->misses = 0;
        return dict;
    }
    if (!ended)
        dict = read_fields(reader, depth, dict);
    if (dict != NULL)
        learn(shape, dict);
    return dict;
failed:
    while (count > 0)
        Py_DECREF(value[--count]);
    return NULL;
}

static PyObject *read_dict(struct reader *reader, int depth) {
    if (*reader->at == '}') {
        reader->at++;
        return PyDict_New();
    }
    if (depth < JSON_SHAPES)
        return read_expected(reader, depth, &reader->memory->shape[depth]);
    PyObject *dict = PyDict_New();
    return dict == NULL ? NULL : read_fields(reader, depth, dict);
}

static inline PyObject *read_word(struct reader *reader, const char *word, size_t len, PyObject *value) {
    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
        return NULL;
    reader->at += len;
    return Py_NewRef(value);
}

static PyObject *read_value(struct reader *reader, int depth) {
    switch (*reader->at) {
    case '"':
        reader->at++;
        return read_string(reader);
    case '{':
        reader->at++;
        return depth < MAX_DEPTH ? read_dict(reader, depth) : NULL;
    case '[':
        reader->at++;
        return depth < MAX_DEPTH ? read_list(reader, depth) : NULL;
    case 't':
        return read_word(reader, "true", 4, Py_True);
    case 'f':
        return read_word(reader, "false", 5, Py_False);
    case 'n':
        return read_word(reader, "null", 4, Py_None);
    default:
        return read_number(reader);
    }
}

PyObject *json_read(const char *text, size_t len, struct json_memory *memory) {
    struct reader reader = {text, text + len, memory};
    PyObject *value = read_value(&reader, 0);
    if (value != NULL && reader.at != reader.end)
        Py_CLEAR(value);
    return value;
}

void json_forget(struct json_memory *memory) {
    for (int at = 0; at < JSON_STRINGS; at++)
        Py_CLEAR(memory->string[at]);
    for (int at = 0; at < JSON_SHAPES; at++) {
        Py_CLEAR(memory->shape[at].blank);
        for (int field = 0; field < JSON_FIELDS; field++)
            Py_CLEAR(memory->shape[at].field[field].name);
        memory->shape[at].count = 0;
    }
}
