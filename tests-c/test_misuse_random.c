/*
 * Tests: calls at random, by several threads that share all handles: any function with any mix of handles that live, were freed, are of
 * another kind or made up, and of arguments that are right, odd or wrong. Nothing crashes or hangs, no answer is INTERNAL, every function
 * succeeds and fails now and then; afterwards what was left alone is as it was, and all that is left is consistent and usable.
 * Does not test: which status each wrong argument gives (test_misuse, test_misuse_text).
 *
 * DICTDB_TEST_CALLS: how many calls, of all threads together. DICTDB_TEST_SEED: what they are drawn with; is printed, to do the same again
 * (each thread draws the same, whatever the others do meanwhile).
 */
#define MISUSE_NAME "random"
#include "good.h"
#include "file.h"
#include <pthread.h>
#include <signal.h>

enum { THREADS = 4, DATABASES = 3, FRESH = 50, SLOTS = 16, GRAVES = 64, BUFFERS = 3, SECONDS_MAX = 280, ALL_CALLS = 1000000, ENOUGH_CALLS = 100000 };

/** What lives, or was freed by its number; and what certainly was freed. All threads take from it and put into it. */
static _Atomic(void *) pool[HANDLE_KINDS][SLOTS];
static _Atomic(void *) graves[GRAVES];
static atomic_uint graves_dug;

/** Databases that live to the end: through handles that nobody else has. */
static dictdb_db *kept[DATABASES];

/** How often each function was called, and with which answers. */
static atomic_long calls[EXPORT_COUNT];
static atomic_long successes[EXPORT_COUNT];
static atomic_long refusals[EXPORT_COUNT];
static atomic_long callbacks[CALLBACK_KINDS];
/** Contexts that were handed over, to be given to a destructor. */
static atomic_long contexts;

typedef struct {
    int number;
    uint64_t random;
    /** Calls that it is yet to make. */
    long calls;
    dictdb_buffer buffers[BUFFERS];
} worker;

/** What each thread is in, to be told if it hangs or crashes. */
static const char *volatile current[THREADS];
static _Thread_local bool is_in_callback;
/** Nothing is to be called at random any more: what is left is looked at. */
static atomic_bool is_over;

static uint64_t draw(worker *w) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random * 0x2545f4914f6cdd1dull >> 16;
}

static int below(worker *w, int bound) {
    return (int)(draw(w) % (uint64_t)bound);
}

static bool chance(worker *w, int percent) {
    return below(w, 100) < percent;
}

/* ----------------------------------------------------------------------------------------------------------------- handles */

static void bury(void *handle) {
    atomic_store(&graves[atomic_fetch_add(&graves_dug, 1) % GRAVES], handle);
}

static void put(worker *w, int kind, void *handle) {
    void *old = atomic_exchange(&pool[kind][below(w, SLOTS)], handle);
    free_handle(kind, old);
    bury(old);
}

/** `is_freed`: whether it is certain that it was. */
static void *draw_handle(worker *w, int kind, bool *is_freed) {
    static char object[64];
    const int n = below(w, 100);
    if (n < 80) {
        return atomic_load(&pool[kind][below(w, SLOTS)]);
    }
    if (n < 86) {
        return atomic_load(&pool[below(w, HANDLE_KINDS)][below(w, SLOTS)]);
    }
    if (n < 92) {
        void *handle = atomic_load(&graves[below(w, GRAVES)]);
        *is_freed = *is_freed || handle != NULL;
        return handle;
    }
    if (n < 95) {
        return NULL;
    }
    if (n < 97) {
        return object + below(w, (int)sizeof object);
    }
    const uintptr_t live = (uintptr_t)atomic_load(&pool[kind][below(w, SLOTS)]);
    return (void *)(n < 99 ? live ^ (uintptr_t)1 << below(w, 64) : (uintptr_t)draw(w));
}

/* ------------------------------------------------------------------------------------------------------------------- texts */

/* None but in the folder of the test: a save replaces what is there, whatever it is. */
static const char *const FILES[] = {"a.json", "b.json", "c.dictdb", "d.csv", "e.jsonl", "f", ".", "", "no/such/file", "backups-1", NOTHING};
static const char *const DIRECTORIES[] = {"backups-1", "backups-2", "a.json", "", "no/such/directory"};
static const char *const NAMES[] = {"t", "t", "u", "v", "new", "with space", "", "\xff", "a.b", "`"};
static const char *const ODD[] = {
    "", " ", "{", "[", "\"", "`", "null", "true", "-1", "1e999", "18446744073709551616", "\"\\ud800\"", "[1,2", "{\"x\":1}", "[[]]", "[null]", "[1]", "[1,2]",
    "?1", "a = ?1", "a..b", "tags[0]", "\xff\xfe", "NOT", "((((", "{\"id\":9223372036854775807}", "\"%%_%\"", "remove(id)", "id = id + 1", "a / 0",
    "{\"id\":\"key\",\"a\":[1,{\"b\":null}]}", "{\"where\":\"a > 1\",\"order_by\":\"-a\",\"limit\":3}", "{\"aggregates\":[\"count()\",\"sum(a)\"],\"group_by\":\"a\"}",
    "{\"fields\":\"a\",\"kind\":\"sorted\"}", "{\"fields\":[\"a\",\"s\"],\"kind\":\"hash\"}", "{\"fields\":\"s\",\"kind\":\"sorted\",\"unique\":true}",
    "{\"primary_key\":\"a\"}", "{\"schema\":{\"a\":\"int\"}}", "{\"max_changes\":3}", "{\"format\":\"json\"}", "{\"format\":\"dictdb\"}", "{\"incremental\":true,\"keep\":2}",
    "[{\"insert\":\"t\",\"record\":{\"a\":1}},{\"delete\":\"u\",\"where\":\"a = 1\"}]", "[{\"insert\":\"t\",\"record\":{}},{\"insert\":\"u\",\"record\":{\"id\":1}}]",
    "{\"distinct\":true,\"columns\":[\"a\"]}", "{\"delimiter\":\";\"}", "{\"header\":false}",
};

#define ONE_OF(w, list) (list)[below((w), (int)(sizeof (list) / sizeof (list)[0]))]

static const char *draw_text(worker *w, const export_function *f, int i, char *made, size_t size) {
    const char *name = f->parameters[i].name;
    if (strcmp(name, "path") == 0) {
        return ONE_OF(w, FILES);
    }
    if (strcmp(name, "directory") == 0) {
        return ONE_OF(w, DIRECTORIES);
    }
    if (strcmp(name, "name") == 0) {
        return ONE_OF(w, NAMES);
    }
    const int n = below(w, 100);
    if (n < 25) {
        return good_text(f, i);
    }
    if (n < 40) {
        return ONE_OF(w, ODD);
    }
    if (n < 45) {
        return GOOD_TEXTS[below(w, (int)(sizeof GOOD_TEXTS / sizeof GOOD_TEXTS[0]))].text;
    }
    /* So that tables fill, with records that are found again. */
    const int id = below(w, 40);
    const int a = below(w, 10);
    if (strcmp(name, "record") == 0 && chance(w, 50)) {
        snprintf(made, size, "{\"a\":%d,\"s\":\"%d\"}", a, id * 7);
    } else if (strcmp(name, "record") == 0) {
        snprintf(made, size, "{\"id\":%d,\"a\":%d,\"s\":\"%d\"}", id, a, id * 7);
    } else if (strcmp(name, "records") == 0) {
        snprintf(made, size, "[{\"a\":%d},{\"a\":%d,\"id\":%d}]", a, a + 1, id);
    } else if (strcmp(name, "key") == 0) {
        snprintf(made, size, "%d", id);
    } else if (strcmp(name, "keys") == 0) {
        snprintf(made, size, "[%d,%d,\"x\"]", id, a);
    } else if ((strcmp(name, "where") == 0 || strcmp(name, "text") == 0) && chance(w, 50)) {
        snprintf(made, size, "a = %d OR id = %d", a, id);
    } else if (strcmp(name, "where") == 0 || strcmp(name, "text") == 0) {
        snprintf(made, size, "a < %d AND s LIKE '%%%d%%'", a, id);
    } else if (strcmp(name, "set") == 0) {
        snprintf(made, size, "a = coalesce(a, 0) + %d, s = '%d'", a, id);
    } else if (strcmp(name, "changes") == 0) {
        snprintf(made, size, "{\"a\":%d,\"s\":\"%d\"}", a, id);
    } else {
        return good_text(f, i);
    }
    return made;
}

/* --------------------------------------------------------------------------------------------------------------- callbacks */

static void call_at_random(worker *w, bool quick_only);

/** Calls the library back, but never from within such a call: of callbacks in callbacks there might be no end. */
static void call_back(callback_kind kind, void *context) {
    atomic_fetch_add(&callbacks[kind], 1);
    if (!is_in_callback && !atomic_load(&is_over)) {
        is_in_callback = true;
        worker w = {-1, (uint64_t)(uintptr_t)&w ^ (uint64_t)atomic_load(&callbacks[kind]) << 20 ^ 0x9e3779b97f4a7c15ull, 0, {DICTDB_BUFFER_INIT}};
        (void)context;
        call_at_random(&w, true);
        for (int i = 0; i < BUFFERS; i++) {
            dictdb_buffer_free(&w.buffers[i]);
        }
        is_in_callback = false;
    }
}

static void receive_log(void *context, int32_t level, const char *message, const char *fields) {
    CHECK(level >= DICTDB_LOG_ERROR && level <= DICTDB_LOG_DEBUG && message[0] != '\0' && fields[0] == '{');
    /* The guard says so if it caught a panic. */
    CHECK(level != DICTDB_LOG_ERROR || strstr(message, "panic") == NULL);
    call_back(CALLS_LOG_CALLBACK, context);
}

static void receive_failure(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures) {
    CHECK(status > DICTDB_STATUS_OK && status < DICTDB_STATUS_INTERNAL && message[0] != '\0' && detail[0] == '{' && failures > 0);
    call_back(CALLS_BACKUP_FAILURE_CALLBACK, context);
}

static void destroy(void *context) {
    CHECK(context == &contexts);
    atomic_fetch_sub(&contexts, 1);
    call_back(CALLS_DESTRUCTOR, context);
}

static void (*callback_of(callback_kind kind))(void) {
    switch (kind) {
    case CALLS_LOG_CALLBACK: return (void (*)(void))receive_log;
    case CALLS_BACKUP_FAILURE_CALLBACK: return (void (*)(void))receive_failure;
    case CALLS_DESTRUCTOR: return (void (*)(void))destroy;
    case CALLBACK_KINDS: break;
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------- calls */

/** Functions that go to the disk, start threads or make a line of the log of every call: called less often than others. */
static bool is_slow(const export_function *f) {
    for (int i = 0; i < f->count; i++) {
        const char *name = f->parameters[i].name;
        if (strcmp(name, "path") == 0 || strcmp(name, "directory") == 0 || strcmp(name, "backup") == 0 || strcmp(name, "callback") == 0) {
            return true;
        }
    }
    return false;
}

static bool is_free(const export_function *f) {
    return f->returns == RETURNS_NOTHING && f->parameters[0].kind == TAKES_HANDLE;
}

static uint64_t draw_number(worker *w, const export_function *f, int i) {
    static const uint64_t ANY[] = {0, 1, 2, 3, 100, INT32_MAX, UINT32_MAX, INT64_MAX, 1ull << 63, UINT64_MAX};
    const bool waits = strcmp(f->name, "dictdb_watch_poll") == 0 || strcmp(f->name, "dictdb_job_wait") == 0;
    if (waits && strcmp(f->parameters[i].name, "timeout_ms") == 0) {
        return chance(w, 95) ? 0 : 1;
    }
    if (strcmp(f->parameters[i].name, "level") == 0 && chance(w, 80)) {
        return (uint64_t)(DICTDB_LOG_ERROR + below(w, DICTDB_LOG_DEBUG));
    }
    if (strcmp(f->parameters[i].name, "key") == 0 && chance(w, 80)) {
        return (uint64_t)below(w, 40);
    }
    if (strcmp(f->name, "dictdb_memory_limit") == 0) {
        /* Now and then so low that nothing can be stored: for a while, or nothing would be. */
        return chance(w, 90) ? 0 : ONE_OF(w, ANY);
    }
    return chance(w, 60) ? GOOD_NUMBERS[number_facts(f, i)].good : ONE_OF(w, ANY);
}

static void call_at_random(worker *w, bool quick_only) {
    enum { TEXT_MAX = 256, OPERANDS = 4 };
    int at = below(w, EXPORT_COUNT);
    while (is_slow(&EXPORTS[at]) && (quick_only || !chance(w, 6))) {
        at = below(w, EXPORT_COUNT);
    }
    const export_function *f = &EXPORTS[at];
    argument a[PARAMETERS_MAX];
    place out[PARAMETERS_MAX];
    char made[PARAMETERS_MAX][TEXT_MAX];
    char *copies[PARAMETERS_MAX] = {NULL};
    const void *operands[OPERANDS];
    bool is_freed = false;
    memset(out, 0, sizeof out);
    /* What a call makes replaces something: it must not come to nothing because all is freed. */
    if (is_free(f) && chance(w, 70)) {
        return;
    }
    for (int i = 0; i < f->count; i++) {
        const bool given = chance(w, 95);
        switch (f->parameters[i].kind) {
        case TAKES_HANDLE: a[i].pointer = draw_handle(w, f->parameters[i].of, &is_freed); break;
        case TAKES_HANDLES:
            for (int operand = 0; operand < OPERANDS; operand++) {
                bool is_unused = false;
                operands[operand] = draw_handle(w, PREDICATE, &is_unused);
            }
            a[i].pointer = given ? operands : NULL;
            a[i + 1].number = (uint64_t)below(w, OPERANDS + 1);
            i++;
            break;
        case TAKES_TEXT: {
            const char *text = draw_text(w, f, i, made[i], TEXT_MAX);
            const size_t len = strlen(text);
            a[i].pointer = given ? (void *)(uintptr_t)text : NULL;
            a[i + 1].number = DICTDB_NTS;
            if (chance(w, 3)) {
                a[i + 1].number = SIZE_MAX - 1 - draw(w) % (SIZE_MAX / 2);
            } else if (given && chance(w, 50)) {
                /* Without a NUL, and maybe cut, where nothing lies behind. */
                const size_t used = chance(w, 90) ? len : draw(w) % (len + 1);
                copies[i] = check_memory(used + (used == 0 ? 1 : 0));
                memcpy(copies[i], text, used);
                a[i].pointer = copies[i];
                a[i + 1].number = used;
            }
            i++;
            break;
        }
        case TAKES_SIZE:
        case TAKES_I32:
        case TAKES_U32:
        case TAKES_I64:
        case TAKES_U64: a[i].number = draw_number(w, f, i); break;
        case TAKES_CALLBACK:
            a[i].callback = chance(w, 70) ? callback_of((callback_kind)f->parameters[i].of) : NULL;
            break;
        case TAKES_CONTEXT: a[i].pointer = &contexts; break;
        case TAKES_BUFFER:
        case GIVES_BUFFER: a[i].pointer = given ? &w->buffers[below(w, BUFFERS)] : NULL; break;
        case GIVES_ERROR: a[i].pointer = chance(w, 50) ? &out[i] : NULL; break;
        case GIVES_HANDLE:
            /* As jobs, too, but mostly not: a job comes with a thread. */
            a[i].pointer = given && (f->parameters[i].of != JOB || chance(w, 25)) ? &out[i] : NULL;
            break;
        case GIVES_TEXT:
        case GIVES_SIZE:
        case GIVES_I32:
        case GIVES_U64: a[i].pointer = given ? &out[i] : NULL; break;
        }
    }
    const int destructor = place_of(f, TAKES_CALLBACK, CALLS_DESTRUCTOR);
    if (destructor >= 0 && a[destructor].callback != NULL) {
        /* Some functions do not use a destructor without its callback. */
        a[destructor].callback = a[destructor - 2].callback == NULL ? NULL : a[destructor].callback;
        atomic_fetch_add(&contexts, a[destructor].callback == NULL ? 0 : 1);
    }
    if (w->number >= 0) {
        current[w->number] = f->name;
    }
    const result answer = f->call(a);
    if (w->number >= 0) {
        current[w->number] = "nothing";
    }
    atomic_fetch_add(&calls[at], 1);
    w->calls--;
    if (can_fail(f)) {
        const bool ok = answer.status == DICTDB_STATUS_OK;
        atomic_fetch_add(ok ? &successes[at] : &refusals[at], 1);
        if (ok && is_freed) {
            fprintf(stderr, "%s takes a handle that was freed\n", f->name);
            CHECK(false);
        }
        if (answer.status < DICTDB_STATUS_OK || answer.status >= DICTDB_STATUS_FORKED) {
            fprintf(stderr, "%s gives %s\n", f->name, dictdb_status_name(answer.status));
            CHECK(false);
        }
        if (!ok && destructor >= 0 && a[destructor].callback != NULL) {
            atomic_fetch_sub(&contexts, 1);
        }
        CHECK(out[f->count - 1].handle == NULL || !ok);
    }
    for (int i = 0; i < f->count; i++) {
        const parameter_kind kind = f->parameters[i].kind;
        if ((kind == GIVES_HANDLE || kind == GIVES_ERROR) && out[i].handle != NULL) {
            CHECK(kind == GIVES_ERROR || answer.status == DICTDB_STATUS_OK);
            put(w, kind == GIVES_ERROR ? ERROR : f->parameters[i].of, out[i].handle);
        }
        free(copies[i]);
    }
}

/** Handles of what can be written: or after a while there would be nothing but snapshots, and tables that were dropped. */
static void freshen(worker *w) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    /* It may come to nothing, if memory is limited just now. */
    if (dictdb_db_limited(kept[below(w, DATABASES)], NULL, DICTDB_NO_TIMEOUT, &db, NULL) != DICTDB_STATUS_OK) {
        return;
    }
    if (dictdb_db_get_table(db, NTS("t"), &table, NULL) != DICTDB_STATUS_OK) {
        dictdb_db_create_table(db, NTS("t"), NULL, 0, &table, NULL);
        dictdb_table_create_index(table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), NULL);
        dictdb_table_create_index(table, NTS("{\"fields\":\"s\",\"kind\":\"hash\"}"), NULL);
    }
    put(w, DB, db);
    if (table != NULL) {
        put(w, TABLE, table);
    }
}

static void *work(void *argument) {
    worker *w = argument;
    for (long i = 0; w->calls > 0; i++) {
        if (i % FRESH == 0) {
            freshen(w);
        }
        call_at_random(w, false);
    }
    for (int i = 0; i < BUFFERS; i++) {
        dictdb_buffer_free(&w->buffers[i]);
    }
    return NULL;
}

static void tell_where(int signal) {
    (void)signal;
    static const char HANGS[] = "hangs; the threads are in:";
    ssize_t written = write(STDERR_FILENO, HANGS, sizeof HANGS - 1);
    for (int i = 0; i < THREADS; i++) {
        written += write(STDERR_FILENO, " ", 1);
        written += write(STDERR_FILENO, current[i], strlen(current[i]));
    }
    written += write(STDERR_FILENO, "\n", 1);
    _exit(written > 0 ? 3 : 4);
}

/* -------------------------------------------------------------------------------------------------------------- afterwards */

static uint64_t elements(const char *array) {
    uint64_t count = 0;
    for (const char *at = array == NULL ? "]" : array + 1; *at != ']' && *at != '\0'; count++) {
        at = json_end(at);
        at += *at == ',' ? 1 : 0;
    }
    return count;
}

/** All ways to count a table's records come to the same, with its indexes and without. */
static void check_table(dictdb_table *table, bool is_writable) {
    enum { VALUES = 12 };
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    uint64_t count = 0;
    uint64_t selected = 0;
    uint64_t with_index[VALUES];
    char text[64];
    CHECK_INT(dictdb_table_count(table, NULL, &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_select(table, NULL, NULL, 0, &out, &selected, NULL), DICTDB_STATUS_OK);
    CHECK_INT(selected, count);
    CHECK_INT(elements(out.data), count);
    for (int i = 0; i < VALUES; i++) {
        snprintf(text, sizeof text, i % 2 == 0 ? "a = %d" : "a >= %d AND s > ''", i);
        CHECK_INT(dictdb_table_count_where(table, NTS(text), NULL, 0, &with_index[i], NULL), DICTDB_STATUS_OK);
    }
    if (is_writable) {
        CHECK_INT(dictdb_table_describe(table, &out, NULL), DICTDB_STATUS_OK);
        char *description = check_memory(out.len + 1);
        memcpy(description, out.data, out.len + 1);
        for (const char *at = description; (at = strstr(at, "{\"fields\":")) != NULL; at++) {
            const char *fields = at + strlen("{\"fields\":");
            CHECK_INT(dictdb_table_drop_index(table, fields, (size_t)(json_end(fields) - fields), NULL), DICTDB_STATUS_OK);
        }
        free(description);
        for (int i = 0; i < VALUES; i++) {
            uint64_t without = 0;
            snprintf(text, sizeof text, i % 2 == 0 ? "a = %d" : "a >= %d AND s > ''", i);
            CHECK_INT(dictdb_table_count_where(table, NTS(text), NULL, 0, &without, NULL), DICTDB_STATUS_OK);
            CHECK_INT(without, with_index[i]);
        }
        dictdb_table_delete_by_key(table, NTS("\"left\""), NULL);
        const dictdb_status status = dictdb_table_insert(table, NTS("{\"id\":\"left\"}"), &out, NULL);
        /* A table with another key field gives that itself; one with a schema wants other fields. */
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_SCHEMA || status == DICTDB_STATUS_NUMBER_RANGE);
        if (status == DICTDB_STATUS_OK) {
            CHECK_INT(dictdb_table_count(table, NULL, &selected, NULL), DICTDB_STATUS_OK);
            CHECK_INT(dictdb_table_delete_by_key(table, out.data, out.len, NULL), DICTDB_STATUS_OK);
            CHECK_INT(dictdb_table_count(table, NULL, &count, NULL), DICTDB_STATUS_OK);
            CHECK_INT(count + 1, selected);
        }
    }
    dictdb_buffer_free(&out);
}

static long check_db(dictdb_db *db) {
    dictdb_buffer names = DICTDB_BUFFER_INIT;
    dictdb_db *snapshot = NULL;
    long tables = 0;
    CHECK_INT(dictdb_db_list_tables(db, &names, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_snapshot(db, &snapshot, NULL), DICTDB_STATUS_OK);
    for (char *at = strchr(names.data, '"'); at != NULL; at = strchr(at, '"')) {
        char *end = strchr(at + 1, '"');
        dictdb_table *table = NULL;
        CHECK_INT(dictdb_db_get_table(snapshot, at + 1, (size_t)(end - at - 1), &table, NULL), DICTDB_STATUS_OK);
        check_table(table, false);
        dictdb_table_free(table);
        CHECK_INT(dictdb_db_get_table(db, at + 1, (size_t)(end - at - 1), &table, NULL), DICTDB_STATUS_OK);
        check_table(table, true);
        dictdb_table_free(table);
        tables++;
        at = end + 1;
    }
    dictdb_db_free(snapshot);
    dictdb_buffer_free(&names);
    return tables;
}

static uint64_t number_from(const char *variable, uint64_t otherwise) {
    const char *text = getenv(variable);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void whatever_is_called_with_whatever_nothing_breaks(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t seed = number_from("DICTDB_TEST_SEED", (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec);
    const long all = (long)number_from("DICTDB_TEST_CALLS", (uint64_t)check_rounds(ALL_CALLS));
    printf("      DICTDB_TEST_SEED=%" PRIu64 " DICTDB_TEST_CALLS=%ld\n", seed, all);
    fflush(stdout);

    scene untouched = open_scene();
    scene shared[DATABASES];
    for (int i = 0; i < DATABASES; i++) {
        shared[i] = open_scene();
        CHECK_INT(dictdb_db_limited(shared[i].w.db, NULL, DICTDB_NO_TIMEOUT, &kept[i], NULL), DICTDB_STATUS_OK);
        for (int kind = 0; kind < HANDLE_KINDS; kind++) {
            atomic_store(&pool[kind][i], shared[i].handle[kind]);
        }
    }
    pthread_t threads[THREADS];
    worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){i, (seed * THREADS + (uint64_t)i + 1) * 0x9e3779b97f4a7c15ull | 1, all / THREADS, {DICTDB_BUFFER_INIT}};
        current[i] = "nothing";
        CHECK_INT(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }

    long total = 0;
    long good = 0;
    for (int i = 0; i < EXPORT_COUNT; i++) {
        total += atomic_load(&calls[i]);
        good += atomic_load(&successes[i]);
        /* What is called a few times only may fail each time; of so many calls one in ten succeeds at least. */
        const bool is_enough = all >= ENOUGH_CALLS && atomic_load(&calls[i]) >= 200;
        if (is_enough && can_fail(&EXPORTS[i]) && (atomic_load(&successes[i]) == 0 || atomic_load(&refusals[i]) == 0)) {
            fprintf(stderr, "%s: of %ld calls %ld succeeded, %ld failed\n", EXPORTS[i].name, atomic_load(&calls[i]), atomic_load(&successes[i]),
                    atomic_load(&refusals[i]));
            CHECK(false);
        }
    }
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
    atomic_store(&is_over, true);
    dictdb_memory_limit(0);

    /* What others share may have been dropped, but not closed; of what they made, each is a database like any other. */
    long tables = 0;
    for (int i = 0; i < DATABASES; i++) {
        tables += check_db(kept[i]);
        dictdb_db_free(kept[i]);
    }
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        for (int i = 0; i < SLOTS; i++) {
            free_handle(kind, atomic_load(&pool[kind][i]));
        }
    }
    CHECK_RECORDS(untouched.w, RECORDS);
    CHECK_OK(dictdb_cursor_next_batch(untouched.handle[CURSOR], 0, 0, DICTDB_ROWS_ARRAY, &untouched.w.out, NULL, &untouched.w.err), &untouched.w.err);
    CHECK_TEXT(untouched.w.out, RECORDS);
    CHECK_OK(dictdb_table_insert(untouched.w.table, NTS("{}"), &untouched.w.out, &untouched.w.err), &untouched.w.err);
    CHECK_TEXT(untouched.w.out, "3");
    close_scene(&untouched);
    for (int i = 0; i < DATABASES; i++) {
        dictdb_error_free(shared[i].w.err);
        dictdb_buffer_free(&shared[i].w.out);
    }
    scene next = open_scene();
    close_scene(&next);
    /* A job or a backup may be in its last callback yet. */
    for (int i = 0; i < 1000 && atomic_load(&contexts) != 0; i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    CHECK_INT(atomic_load(&contexts), 0);
    printf("      %ld calls, %ld of them succeeded; callbacks: %ld log, %ld failure, %ld destructor; %ld tables left\n", total, good,
           atomic_load(&callbacks[CALLS_LOG_CALLBACK]), atomic_load(&callbacks[CALLS_BACKUP_FAILURE_CALLBACK]),
           atomic_load(&callbacks[CALLS_DESTRUCTOR]), tables);
    check_figure("misuse.random_calls", total);
}

static void remove_tree(const char *path) {
    folder inner;
    snprintf(inner.path, sizeof inner.path, "%s", path);
    if (remove(path) != 0) {
        folder_each(&inner, remove_tree);
        CHECK_INT(remove(path), 0);
    }
}

int main(void) {
    folder f = folder_open();
    CHECK_INT(chdir(f.path), 0);
    signal(SIGALRM, tell_where);
    /* Whoever asks for so many calls has the time for them. */
    alarm(getenv("DICTDB_TEST_CALLS") == NULL ? SECONDS_MAX : 6 * SECONDS_MAX);
    RUN(whatever_is_called_with_whatever_nothing_breaks);
    remove_tree(f.path);
    return check_finish();
}
