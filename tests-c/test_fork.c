/*
 * Tests: forks: in a child every fallible function answers FORKED without an error object, freeing does nothing, nothing hangs, also when
 * other threads were writing at the instant of the fork; the parent goes on.
 * Does not test: exec.
 */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/** A child that hangs is killed by SIGALRM after so many seconds. */
enum { CHILD_SECONDS = 120 };

/* In a child of a process with threads only what is async-signal-safe may be used, beside the library: no checks, no stdio. */

static void child_fails(int line) {
    char text[] = "a child found something wrong in line 00000\n";
    for (size_t at = sizeof text - 3; line > 0; line /= 10, at--) {
        text[at] = (char)('0' + line % 10);
    }
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) {
        _exit(2);
    }
    _exit(1);
}

#define CHILD_CHECK(condition)         \
    do {                               \
        if (!(condition)) {            \
            child_fails(__LINE__);     \
        }                              \
    } while (0)

/** A call answers FORKED and sets its error to NULL. */
#define CHILD_FORKED(call)                                  \
    do {                                                    \
        error = CHECK_NEVER_SET;                            \
        CHILD_CHECK((call) == DICTDB_STATUS_FORKED);        \
        CHILD_CHECK(error == NULL);                         \
    } while (0)

typedef struct {
    world w;
    dictdb_predicate *predicate;
    dictdb_error *error;
    dictdb_query *query;
    dictdb_update *update;
} scene;

static scene open_scene(void) {
    scene s = {world_open(NULL), everything(), NULL, NULL, NULL};
    INSERT(s.w, "[{\"a\":1},{\"a\":2}]");
    dictdb_table_insert(s.w.table, NTS("{"), NULL, &s.error);
    CHECK_OK(dictdb_query_new(s.predicate, NULL, 0, &s.query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_update_new(s.predicate, NULL, 0, NTS("a = a"), &s.update, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_get_int(s.w.table, 1, &s.w.out, &s.w.err), &s.w.err);
    return s;
}

static void close_scene(scene *s) {
    dictdb_error_free(s->error);
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    world_close(&s->w);
}

static void log_nothing(void *context, int32_t level, const char *message, const char *fields) {
    (void)context;
    (void)level;
    (void)message;
    (void)fields;
}

static void every_predicate_maker_is_forked(void) {
    static const predicate_maker MAKERS[] = {
        dictdb_predicate_eq,        dictdb_predicate_ne,          dictdb_predicate_lt,         dictdb_predicate_le,       dictdb_predicate_gt,
        dictdb_predicate_ge,        dictdb_predicate_contains,    dictdb_predicate_startswith, dictdb_predicate_endswith, dictdb_predicate_iequals,
        dictdb_predicate_icontains, dictdb_predicate_istartswith, dictdb_predicate_iendswith,
    };
    dictdb_error *error = NULL;
    dictdb_predicate *made = NULL;
    for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++) {
        CHILD_FORKED(MAKERS[i](NTS("a"), NTS("\"x\""), &made, &error));
    }
    CHILD_FORKED(dictdb_predicate_all(&made, &error));
    CHILD_FORKED(dictdb_predicate_is_in(NTS("a"), NTS("[1]"), &made, &error));
    CHILD_FORKED(dictdb_predicate_between(NTS("a"), NTS("1"), NTS("2"), &made, &error));
    CHILD_FORKED(dictdb_predicate_like(NTS("a"), NTS("\"%\""), 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_ilike(NTS("a"), NTS("\"%\""), 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_is_null(NTS("a"), &made, &error));
    CHILD_FORKED(dictdb_predicate_is_not_null(NTS("a"), &made, &error));
    CHILD_FORKED(dictdb_predicate_and(NULL, 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_or(NULL, 0, &made, &error));
    CHILD_FORKED(dictdb_predicate_parse(NTS("a = 1"), &made, &error));
    CHILD_CHECK(made == NULL);
}

static void every_function_of_the_query_language_is_forked(scene *s) {
    dictdb_error *error = NULL;
    dictdb_table *table = s->w.table;
    dictdb_buffer *out = &s->w.out;
    dictdb_query *query = s->query;
    dictdb_update *update = s->update;
    dictdb_predicate *made = s->predicate;
    uint64_t count = 77;

    CHILD_FORKED(dictdb_predicate_print(s->predicate, out, &error));
    CHILD_FORKED(dictdb_predicate_bind(s->predicate, NULL, 0, &made, &error));
    CHILD_CHECK(made == NULL);
    CHILD_FORKED(dictdb_query_new(s->predicate, NULL, 0, &query, &error));
    CHILD_CHECK(query == NULL);
    CHILD_FORKED(dictdb_query_run(s->query, table, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_query_count(s->query, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_query_delete(s->query, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_query_explain(s->query, table, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_update_new(s->predicate, NULL, 0, NTS("a = 1"), &update, &error));
    CHILD_CHECK(update == NULL);
    CHILD_FORKED(dictdb_update_run(s->update, table, NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_update_explain(s->update, table, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_table_query(table, NULL, 0, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_explain(table, NULL, 0, NULL, 0, out, &error));
    CHILD_FORKED(dictdb_table_count_where(table, NTS("TRUE"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_update_where(table, NTS("TRUE"), NTS("a = 1"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_delete_where(table, NTS("TRUE"), NULL, 0, &count, &error));
    CHILD_FORKED(dictdb_table_create_index(table, NTS("{\"fields\":\"a\",\"kind\":\"hash\"}"), &error));
    CHILD_FORKED(dictdb_table_drop_index(table, NTS("\"a\""), &error));
    CHILD_CHECK(count == 77);
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));
}

static void every_function_is_forked(scene *s) {
    const dictdb_predicate *operands[] = {s->predicate};
    dictdb_error *error = NULL;
    dictdb_db *db = s->w.db;
    dictdb_table *table = s->w.table;
    dictdb_predicate *made = s->predicate;
    dictdb_buffer *out = &s->w.out;
    uint64_t count = 77;
    int32_t outcome = 77;

    CHILD_FORKED(dictdb_db_new(NULL, 0, &db, &error));
    CHILD_CHECK(db == NULL);
    CHILD_FORKED(dictdb_db_create_table(s->w.db, NTS("u"), NULL, 0, &table, &error));
    CHILD_CHECK(table == NULL);
    CHILD_FORKED(dictdb_db_get_table(s->w.db, NTS("t"), &table, &error));
    CHILD_FORKED(dictdb_db_drop_table(s->w.db, NTS("t"), &error));
    CHILD_FORKED(dictdb_db_list_tables(s->w.db, out, &error));
    CHILD_CHECK(out->len == 0 && (out->data == NULL || out->data[0] == '\0'));

    table = s->w.table;
    CHILD_FORKED(dictdb_table_insert(table, NTS("{}"), out, &error));
    CHILD_FORKED(dictdb_table_insert_many(table, NTS("[{}]"), out, &error));
    CHILD_FORKED(dictdb_table_upsert(table, NTS("{}"), DICTDB_CONFLICT_UPDATE, &outcome, out, &error));
    CHILD_FORKED(dictdb_table_get(table, NTS("1"), out, &error));
    CHILD_FORKED(dictdb_table_get_int(table, 1, out, &error));
    CHILD_FORKED(dictdb_table_get_many(table, NTS("[1]"), out, &error));
    CHILD_FORKED(dictdb_table_select(table, NULL, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_select(table, s->predicate, NULL, 0, out, &count, &error));
    CHILD_FORKED(dictdb_table_count(table, NULL, &count, &error));
    CHILD_FORKED(dictdb_table_update(table, s->predicate, NTS("{\"a\":1}"), &count, &error));
    CHILD_FORKED(dictdb_table_update_by_key(table, NTS("1"), NTS("{\"a\":1}"), &error));
    CHILD_FORKED(dictdb_table_delete(table, s->predicate, &count, &error));
    CHILD_FORKED(dictdb_table_delete_by_key(table, NTS("1"), &error));
    CHILD_FORKED(dictdb_table_describe(table, out, &error));
    CHILD_FORKED(dictdb_table_statistics(table, out, &error));
    CHILD_CHECK(count == 77 && outcome == 77);

    CHILD_FORKED(dictdb_predicate_not(s->predicate, &made, &error));
    CHILD_CHECK(made == NULL);
    CHILD_FORKED(dictdb_predicate_and(operands, 1, &made, &error));
    CHILD_FORKED(dictdb_predicate_or(operands, 1, &made, &error));
    every_predicate_maker_is_forked();
    every_function_of_the_query_language_is_forked(s);
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, &error));
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, NULL, NULL, NULL, &error));
    CHILD_CHECK(dictdb_table_count(s->w.table, NULL, &count, NULL) == DICTDB_STATUS_FORKED);
}

static void freeing_does_nothing(scene *s) {
    dictdb_error_free(s->error);
    dictdb_error_free(s->error);
    dictdb_predicate_free(s->predicate);
    dictdb_query_free(s->query);
    dictdb_query_free(s->query);
    dictdb_update_free(s->update);
    dictdb_update_free(s->update);
    dictdb_table_free(s->w.table);
    dictdb_table_free(s->w.table);
    dictdb_db_free(s->w.db);
    dictdb_db_free((dictdb_db *)(uintptr_t)0x1234);
    dictdb_buffer_free(&s->w.out);
    CHILD_CHECK(s->w.out.data == NULL);
}

static void what_cannot_fail_works(scene *s) {
    CHILD_CHECK(strcmp(dictdb_version(), DICTDB_VERSION) == 0);
    CHILD_CHECK(dictdb_abi_version() == DICTDB_ABI_VERSION);
    CHILD_CHECK(dictdb_has_feature(NTS("log")) == 1);
    CHILD_CHECK(strcmp(dictdb_status_name(DICTDB_STATUS_FORKED), "FORKED") == 0);
    CHILD_CHECK(dictdb_status_message(DICTDB_STATUS_FORKED)[0] != '\0');
    CHILD_CHECK(dictdb_error_message(s->error) != NULL);
    CHILD_CHECK(dictdb_error_detail(s->error) != NULL);
}

static void as_a_child(scene *s) {
    every_function_is_forked(s);
    what_cannot_fail_works(s);
    freeing_does_nothing(s);
    every_function_is_forked(s);
}

/** Forks; the child runs `body` and ends; returns whether it came to the end of it. */
static bool fork_child(void (*body)(scene *), scene *s) {
    /* By a pipe, not by the exit status: a leak checker counts against a child what it cannot free. */
    int ends[2] = {-1, -1};
    CHECK_INT(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(CHILD_SECONDS);
        body(s);
        CHILD_CHECK(write(ends[1], "y", 1) == 1);
        _exit(0);
    }
    char answer = 'n';
    int status = -1;
    close(ends[1]);
    CHECK(child > 0);
    bool ended_well = read(ends[0], &answer, 1) == 1 && answer == 'y';
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "a child was killed by signal %d\n", WTERMSIG(status));
    }
    return ended_well && WIFEXITED(status);
}

/* -------------------------------------------------------------------------------------- before this process used the library */

static void work_as_usual(scene *unused) {
    dictdb_db *db = NULL;
    dictdb_table *table = NULL;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    (void)unused;
    CHILD_CHECK(dictdb_db_new(NULL, 0, &db, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(dictdb_db_create_table(db, NTS("t"), NULL, 0, &table, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(dictdb_table_insert(table, NTS("{}"), &out, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(strcmp(out.data, "1") == 0);
    /* Of this process, which has used the library, a child is forked in the sense of the header. */
    scene s = {{db, table, out, NULL}, NULL, NULL, NULL, NULL};
    dictdb_predicate_all(&s.predicate, NULL);
    dictdb_query_new(NULL, NULL, 0, &s.query, NULL);
    dictdb_update_new(s.predicate, NULL, 0, NTS("a = a"), &s.update, NULL);
    CHILD_CHECK(fork_child(as_a_child, &s));
    CHILD_CHECK(dictdb_table_insert(table, NTS("{}"), &out, NULL) == DICTDB_STATUS_OK);
    dictdb_buffer_free(&out);
    dictdb_predicate_free(s.predicate);
    dictdb_query_free(s.query);
    dictdb_update_free(s.update);
    dictdb_table_free(table);
    dictdb_db_free(db);
}

static void a_child_of_a_process_that_did_not_use_the_library_works(void) {
    CHECK(fork_child(work_as_usual, NULL));
}

static void make_a_database(scene *unused) {
    dictdb_db *db = NULL;
    dictdb_error *error = NULL;
    (void)unused;
    CHILD_FORKED(dictdb_db_new(NULL, 0, &db, &error));
    CHILD_FORKED(dictdb_log_set(DICTDB_LOG_DEBUG, 1, NULL, NULL, NULL, &error));
}

static void set_the_log_and_fork(scene *unused) {
    (void)unused;
    CHILD_CHECK(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, NULL) == DICTDB_STATUS_OK);
    CHILD_CHECK(fork_child(make_a_database, NULL));
}

static void setting_the_log_is_using_the_library(void) {
    CHECK(fork_child(set_the_log_and_fork, NULL));
}

/* --------------------------------------------------------------------------------------------------------------- one thread */

static void in_a_child_every_function_answers_forked(void) {
    scene s = open_scene();
    CHECK(fork_child(as_a_child, &s));
    close_scene(&s);
}

static void fork_again(scene *s) {
    CHILD_CHECK(fork_child(as_a_child, s));
    as_a_child(s);
}

static void a_grandchild_is_forked_too(void) {
    scene s = open_scene();
    CHECK(fork_child(fork_again, &s));
    close_scene(&s);
}

static void the_parent_goes_on(void) {
    scene s = open_scene();
    uint64_t count = 0;
    CHECK(fork_child(as_a_child, &s));
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"a\":3}"), NULL, &s.w.err), &s.w.err);
    CHECK_RECORDS(s.w, "[{\"a\":1,\"id\":1},{\"a\":2,\"id\":2},{\"a\":3,\"id\":3}]");
    CHECK_OK(dictdb_table_count(s.w.table, s.predicate, &count, &s.w.err), &s.w.err);
    CHECK_INT(count, 3);
    CHECK_INT(dictdb_error_status(s.error), DICTDB_STATUS_INVALID_JSON);
    CHECK(dictdb_error_message(s.error)[0] != '\0');
    close_scene(&s);
}

static void call_with_wrong_arguments(scene *s) {
    dictdb_error *error = NULL;
    dictdb_predicate *made = s->predicate;
    CHILD_FORKED(dictdb_table_get_int(NULL, 1, &s->w.out, &error));
    CHILD_FORKED(dictdb_table_get_int(s->w.table, 1, NULL, &error));
    CHILD_FORKED(dictdb_table_insert(s->w.table, NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_table_insert(s->w.table, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_table_count((dictdb_table *)(uintptr_t)0x1234, NULL, NULL, &error));
    CHILD_FORKED(dictdb_db_new(NTS("{\"x\":1}"), &s->w.db, &error));
    CHILD_FORKED(dictdb_db_new(NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_predicate_eq(NTS("a..b"), NTS("1"), &made, &error));
    CHILD_FORKED(dictdb_predicate_eq(NTS("a"), NTS("["), &made, &error));
    CHILD_FORKED(dictdb_predicate_and(NULL, 5, &made, &error));
    CHILD_FORKED(dictdb_predicate_all(NULL, &error));
    CHILD_FORKED(dictdb_predicate_parse(NTS("a ="), &made, &error));
    CHILD_FORKED(dictdb_query_new(NULL, NTS("{"), NULL, &error));
    CHILD_FORKED(dictdb_query_run(NULL, NULL, NULL, 0, NULL, NULL, &error));
    CHILD_FORKED(dictdb_update_run((dictdb_update *)(uintptr_t)0x1234, NULL, NULL, 0, NULL, &error));
    CHILD_FORKED(dictdb_log_set(0, 0, NULL, NULL, NULL, &error));
}

static void wrong_arguments_are_forked_too(void) {
    scene s = open_scene();
    CHECK(fork_child(call_with_wrong_arguments, &s));
    close_scene(&s);
}

/* -------------------------------------------------------------------------------------------------------------- many threads */

enum { THREADS = 3 };

typedef struct {
    scene s;
    pthread_barrier_t start;
    atomic_int ended;
    atomic_llong inserted;
} crowd;

static void *write_until_ended(void *argument) {
    crowd *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    do {
        dictdb_table *table = NULL;
        dictdb_error *error = NULL;
        CHECK_INT(dictdb_table_insert(c->s.w.table, NTS("{\"a\":3}"), &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_delete_by_key(c->s.w.table, out.data, out.len, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_db_get_table(c->s.w.db, NTS("t"), &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_update(table, c->s.predicate, NTS("{\"b\":1}"), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_update_run(c->s.update, table, NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_query_run(c->s.query, table, NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert(table, NTS("["), NULL, &error), DICTDB_STATUS_INVALID_JSON);
        dictdb_error_free(error);
        dictdb_table_free(table);
        atomic_fetch_add(&c->inserted, 1);
    } while (atomic_load(&c->ended) == 0);
    dictdb_buffer_free(&out);
    return NULL;
}

static void nothing_hangs_when_others_write_at_the_fork(void) {
    crowd c;
    pthread_t threads[THREADS];
    memset(&c, 0, sizeof c);
    c.s = open_scene();
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, log_nothing, NULL, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(pthread_barrier_init(&c.start, NULL, THREADS + 1), 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_until_ended, &c), 0);
    }
    pthread_barrier_wait(&c.start);
    for (long i = 0; i < check_rounds(100); i++) {
        CHECK(fork_child(as_a_child, &c.s));
        /* Some work between the forks, so that they come at different points of the writers' calls. */
        uint64_t count = 0;
        CHECK_OK(dictdb_table_count(c.s.w.table, NULL, &count, &c.s.w.err), &c.s.w.err);
        CHECK(count >= 2 && count <= 2 + THREADS);
    }
    atomic_store(&c.ended, 1);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
    CHECK(atomic_load(&c.inserted) > 0);
    CHECK_RECORDS(c.s.w, "[{\"a\":1,\"id\":1,\"b\":1},{\"a\":2,\"id\":2,\"b\":1}]");
    pthread_barrier_destroy(&c.start);
    close_scene(&c.s);
}

int main(void) {
    RUN(a_child_of_a_process_that_did_not_use_the_library_works);
    RUN(setting_the_log_is_using_the_library);
    RUN(in_a_child_every_function_answers_forked);
    RUN(a_grandchild_is_forked_too);
    RUN(the_parent_goes_on);
    RUN(wrong_arguments_are_forked_too);
    RUN(nothing_hangs_when_others_write_at_the_fork);
    return check_finish();
}
