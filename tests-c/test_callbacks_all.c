/*
 * Tests: every function of the header called by every kind of callback of the header, with the very handles of the call that the callback comes
 * from: nothing hangs, and no answer is INTERNAL. The log callback is called by each function that logs.
 * Does not test: what the calls do (test_callbacks), functions called by a callback at random (test_misuse_random).
 */
#define MISUSE_NAME "callbacks"
#include "misuse.h"
#include "file.h"
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { SECONDS_MAX = 280, UNTIL_CALLED_MS = 20000 };

/** What is to be called by the next callback. */
typedef struct {
    scene s;
    const export_function *inner;
    pthread_t caller;
    atomic_int called;
    atomic_int done;
    /** The callback is called no more. */
    atomic_int ended;
} play;

static const char *volatile outer_name = "";
static const char *volatile inner_name = "";

static void tell_where(int signal) {
    (void)signal;
    const char *const parts[] = {"hangs: ", inner_name, " called by a callback of ", outer_name, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) {
            break;
        }
    }
    _exit(3);
}

static void check_no_defect(const export_function *f, dictdb_status status) {
    if (can_fail(f) && (status < DICTDB_STATUS_OK || status >= DICTDB_STATUS_FORKED)) {
        fprintf(stderr, "%s, called by a callback of %s, gives %s\n", f->name, outer_name, dictdb_status_name(status));
        CHECK(false);
    }
}

/** Calls a function with arguments of which none is wrong, in so far as the handles still live. */
static dictdb_status call_good(const export_function *f, const scene *s) {
    arguments in;
    good_arguments(&in, f, s, false);
    fill_outputs(f, &in);
    const result answer = f->call(in.a);
    const dictdb_status status = can_fail(f) ? answer.status : DICTDB_STATUS_OK;
    if (can_fail(f)) {
        if (status == DICTDB_STATUS_OK) {
            free_results(f, &in);
        } else {
            free_buffers(f, &in);
        }
        dictdb_error_free(in.error);
    }
    check_no_defect(f, status);
    return status;
}

/** Only the first callback calls back: what is called then may log, or take the place of the callback, itself. */
static void call_inner(play *p) {
    if (atomic_fetch_add(&p->called, 1) == 0) {
        call_good(p->inner, &p->s);
        atomic_store(&p->done, 1);
    }
}

/** Threads of the library may log at the same time; what is wanted is the callback of the call. */
static void receive_log(void *context, int32_t level, const char *message, const char *fields) {
    (void)level, (void)message, (void)fields;
    if (pthread_equal(pthread_self(), ((play *)context)->caller)) {
        call_inner(context);
    }
}

static void receive_failure(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures) {
    (void)status, (void)message, (void)detail, (void)failures;
    call_inner(context);
}

static void destroy(void *context) {
    call_inner(context);
}

static void log_to_nobody(void) {
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
}

static void await(atomic_int *flag) {
    for (int i = 0; i < UNTIL_CALLED_MS && atomic_load(flag) == 0; i++) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    CHECK_INT(atomic_load(flag), 1);
}

static void end(void *context) {
    atomic_store(&((play *)context)->ended, 1);
}

/** Makes a call that may log to `receive_log`. */
static void call_and_log(const export_function *f, play *p) {
    outer_name = f->name;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive_log, p, end, NULL), DICTDB_STATUS_OK);
    call_good(f, &p->s);
    log_to_nobody();
    await(&p->ended);
}

static play open_play(const export_function *inner) {
    play p;
    memset(&p, 0, sizeof p);
    p.s = open_scene();
    p.inner = inner;
    p.caller = pthread_self();
    inner_name = inner->name;
    return p;
}

/** Each function that logs, its callback calling the inner one. How many do. */
static int log_calls_back(const export_function *inner, const bool logs[EXPORT_COUNT]) {
    int calls = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        if (logs[at]) {
            play p = open_play(inner);
            call_and_log(&EXPORTS[at], &p);
            if (atomic_load(&p.done) == 0) {
                fprintf(stderr, "%s does not log\n", outer_name);
                CHECK(false);
            }
            calls++;
            close_scene(&p.s);
        }
    }
    return calls;
}

/** The destructors of the contexts of both kinds of callbacks. */
static int destructor_calls_back(const export_function *inner) {
    play p = open_play(inner);
    outer_name = "dictdb_log_set";
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, receive_log, &p, destroy, NULL), DICTDB_STATUS_OK);
    log_to_nobody();
    CHECK_INT(atomic_load(&p.done), 1);
    close_scene(&p.s);

    dictdb_backup *backup = NULL;
    play q = open_play(inner);
    outer_name = "dictdb_backup_free";
    CHECK_INT(dictdb_backup_new(q.s.w.db, NTS(MISUSE_DIRECTORY), NULL, 0, receive_failure, &q, destroy, &backup, NULL), DICTDB_STATUS_OK);
    free_handle(BACKUP, q.s.handle[BACKUP]);
    q.s.handle[BACKUP] = backup;
    dictdb_backup_free(backup);
    CHECK_INT(atomic_load(&q.done), 1);
    close_scene(&q.s);
    return 2;
}

/** A backup that fails because its directory is gone; the handle of the scene is its own. */
static int failure_calls_back(const export_function *inner) {
    static const char DIRECTORY[] = "callbacks-gone";
    dictdb_backup *backup = NULL;
    play p = open_play(inner);
    outer_name = "a backup that fails";
    CHECK_INT(dictdb_backup_new(p.s.w.db, NTS(DIRECTORY), NTS("{\"interval_ms\":0,\"min_interval_ms\":0}"), receive_failure, &p, NULL, &backup, NULL),
              DICTDB_STATUS_OK);
    CHECK_INT(rmdir(DIRECTORY), 0);
    free_handle(BACKUP, p.s.handle[BACKUP]);
    p.s.handle[BACKUP] = backup;
    CHECK_INT(dictdb_backup_notify_change(backup, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_backup_start(backup, NULL), DICTDB_STATUS_OK);
    await(&p.done);
    dictdb_backup_stop(backup, NULL);
    close_scene(&p.s);
    return 1;
}

/** Those whose call, with good arguments, has something for the log. */
static int find_logging(bool logs[EXPORT_COUNT]) {
    int count = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        play p = open_play(&EXPORTS[0]);
        call_and_log(&EXPORTS[at], &p);
        logs[at] = atomic_load(&p.called) > 0;
        count += logs[at] ? 1 : 0;
        close_scene(&p.s);
    }
    return count;
}

static bool logs_something[EXPORT_COUNT];

static void check_all(callback_kind kind) {
    long pairs = 0;
    for (int at = 0; at < EXPORT_COUNT; at++) {
        const export_function *inner = &EXPORTS[at];
        switch (kind) {
        case CALLS_LOG_CALLBACK: pairs += log_calls_back(inner, logs_something); break;
        case CALLS_BACKUP_FAILURE_CALLBACK: pairs += failure_calls_back(inner); break;
        case CALLS_DESTRUCTOR: pairs += destructor_calls_back(inner); break;
        case CALLBACK_KINDS: CHECK(false); break;
        }
    }
    printf("      %ld calls by callbacks\n", pairs);
    check_figure("callbacks.calls", pairs);
    CHECK(pairs >= EXPORT_COUNT);
}

static void every_function_that_changes_something_logs(void) {
    const int count = find_logging(logs_something);
    printf("      %d functions log\n", count);
    CHECK(count >= 20);
}

static void the_log_callback_may_call_every_function(void) {
    check_all(CALLS_LOG_CALLBACK);
}

static void a_failure_callback_may_call_every_function(void) {
    check_all(CALLS_BACKUP_FAILURE_CALLBACK);
}

static void a_destructor_may_call_every_function(void) {
    check_all(CALLS_DESTRUCTOR);
}

/** Where there is one more kind of callback than there are tests here. */
static void there_are_no_other_callbacks(void) {
    CHECK_INT(CALLBACK_KINDS, 3);
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
    alarm(SECONDS_MAX);
    RUN(there_are_no_other_callbacks);
    RUN(every_function_that_changes_something_logs);
    RUN(the_log_callback_may_call_every_function);
    RUN(a_failure_callback_may_call_every_function);
    RUN(a_destructor_may_call_every_function);
    remove_tree(f.path);
    return check_finish();
}
