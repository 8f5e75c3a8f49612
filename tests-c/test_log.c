/*
 * Tests: the log: levels, sampling, the callback's arguments, replacing it, its destructor, callbacks that call the library.
 * Does not test: the wording of messages, which may change, nor what is logged beyond what the header names.
 */
#include "check.h"
#include <pthread.h>

/** What a callback is given as its context. */
typedef struct {
    atomic_int calls;
    atomic_int of_level[5];
    /** Calls of the callback that have not ended. */
    atomic_int inside;
    atomic_int destroyed;
    atomic_int wrong;
    /** What the callback is to do; may be NULL. */
    void (*action)(void *sink);
    world *w;
    char message[200];
    char fields[200];
} sink;

static void receive(void *context, int32_t level, const char *message, const char *fields) {
    sink *s = context;
    atomic_fetch_add(&s->inside, 1);
    atomic_fetch_add(&s->calls, 1);
    bool known = level >= DICTDB_LOG_ERROR && level <= DICTDB_LOG_DEBUG;
    if (!known || message == NULL || message[0] == '\0' || fields == NULL || fields[0] != '{' || *json_end(fields) != '\0' ||
        atomic_load(&s->destroyed) != 0) {
        atomic_fetch_add(&s->wrong, 1);
    } else {
        atomic_fetch_add(&s->of_level[level], 1);
    }
    if (s->action != NULL) {
        s->action(s);
    }
    atomic_fetch_sub(&s->inside, 1);
}

/** As `receive`, and keeps the texts; for one thread only. */
static void keep(void *context, int32_t level, const char *message, const char *fields) {
    sink *s = context;
    snprintf(s->message, sizeof s->message, "%s", message);
    snprintf(s->fields, sizeof s->fields, "%s", fields);
    receive(context, level, message, fields);
}

static void destroy(void *context) {
    sink *s = context;
    if (atomic_load(&s->inside) != 0) {
        atomic_fetch_add(&s->wrong, 1);
    }
    atomic_fetch_add(&s->destroyed, 1);
}

static void log_to(sink *s, int32_t level, uint32_t sample) {
    CHECK_INT(dictdb_log_set(level, sample, receive, s, destroy, NULL), DICTDB_STATUS_OK);
}

static void log_to_nobody(void) {
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
}

static void clear(sink *s) {
    memset(s, 0, sizeof *s);
}

static void write_times(world *w, int times) {
    for (int i = 0; i < times; i++) {
        CHECK_OK(dictdb_table_insert(w->table, NTS("{}"), NULL, &w->err), &w->err);
    }
}

/* ------------------------------------------------------------------------------------------------------- levels and sampling */

static void creating_and_dropping_tables_is_info(void) {
    sink s;
    clear(&s);
    log_to(&s, DICTDB_LOG_INFO, 1);
    world w = world_open(NULL);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_INFO]), 1);
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_INFO]), 2);
    CHECK_INT(atomic_load(&s.calls), 2);
    CHECK_INT(atomic_load(&s.wrong), 0);
    world_close(&w);
    log_to_nobody();
}

static void making_and_dropping_indexes_is_info(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_INFO, 1, keep, &s, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"zip code\",\"kind\":\"hash\"}"), &w.err), &w.err);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_INFO]), 1);
    CHECK_MEMBER(s.fields, "table", "\"t\"");
    CHECK_CONTAINS(s.fields, "zip code");
    CHECK_OK(dictdb_table_drop_index(w.table, NTS("\"zip code\""), &w.err), &w.err);
    CHECK_CONTAINS(s.fields, "zip code");
    CHECK_STATUS(dictdb_table_drop_index(w.table, NTS("\"zip code\""), &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_INFO]), 2);
    CHECK_INT(atomic_load(&s.wrong), 0);
    world_close(&w);
    log_to_nobody();
}

static void a_message_names_its_table(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_INFO, 1, keep, &s, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("birds \"x\""), NULL, 0, NULL, &w.err), &w.err);
    CHECK_CONTAINS(s.fields, "birds \\\"x\\\"");
    CHECK(s.message[0] != '\0');
    world_close(&w);
    log_to_nobody();
}

static void each_write_is_debug(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    write_times(&w, 3);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_DEBUG]), 3);
    INSERT(w, "[{},{}]");
    CHECK_OK(dictdb_table_upsert(w.table, NTS("{\"id\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_update(w.table, all, NTS("{\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"a\":2}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_delete(w.table, all, NULL, &w.err), &w.err);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_DEBUG]), 9);
    write_times(&w, 2);
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("a = 1"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_INT(atomic_load(&s.of_level[DICTDB_LOG_DEBUG]), 13);
    CHECK_INT(atomic_load(&s.wrong), 0);
    dictdb_predicate_free(all);
    world_close(&w);
    log_to_nobody();
}

static void reads_and_failed_writes_are_not_logged(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    write_times(&w, 1);
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    CHECK_RECORDS(w, "[{\"id\":1}]");
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"id\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(w.table, NTS("7"), &w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &w.err);
    CHECK_INT(atomic_load(&s.calls), 0);
    world_close(&w);
    log_to_nobody();
}

static void messages_above_the_level_are_not_sent(void) {
    sink s;
    clear(&s);
    log_to(&s, DICTDB_LOG_WARN, 1);
    world w = world_open(NULL);
    write_times(&w, 3);
    CHECK_INT(atomic_load(&s.calls), 0);
    log_to(&s, DICTDB_LOG_ERROR, 1);
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_INT(atomic_load(&s.calls), 0);
    world_close(&w);
    log_to_nobody();
}

static void of_debug_messages_one_in_so_many_is_sent(void) {
    static const uint32_t SAMPLES[] = {1, 2, 10, 60};
    world w = world_open(NULL);
    for (int i = 0; i < 4; i++) {
        sink s;
        clear(&s);
        log_to(&s, DICTDB_LOG_DEBUG, SAMPLES[i]);
        write_times(&w, 60);
        CHECK_INT(atomic_load(&s.calls), 60 / SAMPLES[i]);
        log_to_nobody();
    }
    world_close(&w);
}

static void other_messages_are_not_sampled(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    log_to(&s, DICTDB_LOG_INFO, 1000);
    for (int i = 0; i < 5; i++) {
        CHECK_OK(dictdb_db_create_table(w.db, NTS("u"), NULL, 0, NULL, &w.err), &w.err);
        CHECK_OK(dictdb_db_drop_table(w.db, NTS("u"), &w.err), &w.err);
    }
    CHECK_INT(atomic_load(&s.calls), 10);
    world_close(&w);
    log_to_nobody();
}

/* ------------------------------------------------------------------------------------------------- replacing and destroying */

static void a_new_callback_takes_the_place_of_the_old(void) {
    sink one;
    sink two;
    clear(&one);
    clear(&two);
    world w = world_open(NULL);
    log_to(&one, DICTDB_LOG_DEBUG, 1);
    write_times(&w, 2);
    log_to(&two, DICTDB_LOG_DEBUG, 1);
    CHECK_INT(atomic_load(&one.destroyed), 1);
    CHECK_INT(atomic_load(&two.destroyed), 0);
    write_times(&w, 3);
    CHECK_INT(atomic_load(&one.calls), 2);
    CHECK_INT(atomic_load(&two.calls), 3);
    log_to_nobody();
    CHECK_INT(atomic_load(&one.destroyed), 1);
    CHECK_INT(atomic_load(&two.destroyed), 1);
    write_times(&w, 1);
    CHECK_INT(atomic_load(&two.calls), 3);
    world_close(&w);
}

static void the_same_context_may_be_set_again(void) {
    sink s;
    clear(&s);
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_INFO, 1, receive, &s, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(atomic_load(&s.destroyed), 1);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 1);
}

static void without_a_callback_context_and_destructor_are_not_used(void) {
    sink s;
    clear(&s);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, NULL, &s, destroy, NULL), DICTDB_STATUS_OK);
    world w = world_open(NULL);
    write_times(&w, 1);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 0);
    CHECK_INT(atomic_load(&s.calls), 0);
    world_close(&w);
}

static void context_and_destructor_may_be_null(void) {
    sink s;
    clear(&s);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive, &s, NULL, NULL), DICTDB_STATUS_OK);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 0);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_ERROR, 1, receive, NULL, NULL, NULL), DICTDB_STATUS_OK);
    log_to_nobody();
}

static void a_failed_call_leaves_the_callback_and_the_context(void) {
    sink s;
    sink refused;
    dictdb_error *error = NULL;
    clear(&s);
    clear(&refused);
    world w = world_open(NULL);
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    CHECK_STATUS(dictdb_log_set(0, 1, receive, &refused, destroy, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "parameter", "\"level\"");
    CHECK_STATUS(dictdb_log_set(5, 1, receive, &refused, destroy, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK_STATUS(dictdb_log_set(INT32_MIN, 1, receive, &refused, destroy, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK_STATUS(dictdb_log_set(DICTDB_LOG_DEBUG, 0, receive, &refused, destroy, &error), DICTDB_STATUS_INVALID_ARGUMENT, &error);
    CHECK_MEMBER(dictdb_error_detail(error), "parameter", "\"debug_sample\"");
    CHECK_INT(atomic_load(&refused.destroyed), 0);
    CHECK_INT(atomic_load(&s.destroyed), 0);
    write_times(&w, 2);
    CHECK_INT(atomic_load(&s.calls), 2);
    CHECK_INT(atomic_load(&refused.calls), 0);
    dictdb_error_free(error);
    world_close(&w);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 1);
}

/* --------------------------------------------------------------------------------------------- callbacks that call the library */

static void insert_and_read(void *context) {
    sink *s = context;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_predicate *all = everything();
    uint64_t count = 0;
    CHECK_INT(dictdb_table_insert(s->w->table, NTS("{\"from\":\"the callback\"}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_update(s->w->table, all, NTS("{\"seen\":true}"), &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_select(s->w->table, all, NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_list_tables(s->w->db, &out, NULL), DICTDB_STATUS_OK);
    dictdb_predicate_free(all);
    dictdb_buffer_free(&out);
}

static void a_callback_may_call_the_library_without_being_called_again(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    s.w = &w;
    s.action = insert_and_read;
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    write_times(&w, 1);
    CHECK_INT(atomic_load(&s.calls), 1);
    CHECK_RECORDS(w, "[{\"id\":1,\"seen\":true},{\"from\":\"the callback\",\"id\":2,\"seen\":true}]");
    write_times(&w, 1);
    CHECK_INT(atomic_load(&s.calls), 2);
    log_to_nobody();
    world_close(&w);
}

static void drop_the_table(void *context) {
    sink *s = context;
    CHECK_INT(dictdb_db_drop_table(s->w->db, NTS("t"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s->w->db, NTS("t"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
}

static void a_callback_may_drop_the_table_in_use(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    s.w = &w;
    s.action = drop_the_table;
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "1");
    CHECK_INT(atomic_load(&s.calls), 1);
    log_to_nobody();
    CHECK_STATUS(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    world_close(&w);
}

static void free_the_handles(void *context) {
    sink *s = context;
    dictdb_table_free(s->w->table);
    dictdb_db_free(s->w->db);
    CHECK_INT(dictdb_table_insert(s->w->table, NTS("{}"), NULL, NULL), DICTDB_STATUS_INVALID_HANDLE);
}

static void a_callback_may_free_the_handles_in_use(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    s.w = &w;
    s.action = free_the_handles;
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    CHECK_OK(dictdb_table_insert_many(w.table, NTS("[{},{}]"), &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[1,2]");
    CHECK_INT(atomic_load(&s.calls), 1);
    log_to_nobody();
    CHECK_STATUS(dictdb_table_get_int(w.table, 1, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    world_close(&w);
}

static sink successor;

static void replace_itself(void *context) {
    sink *s = context;
    log_to(&successor, DICTDB_LOG_DEBUG, 1);
    /* This call of the old callback has not ended. */
    CHECK_INT(atomic_load(&s->destroyed), 0);
}

static void a_callback_may_replace_itself(void) {
    sink s;
    clear(&s);
    clear(&successor);
    world w = world_open(NULL);
    s.action = replace_itself;
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    write_times(&w, 3);
    CHECK_INT(atomic_load(&s.calls), 1);
    CHECK_INT(atomic_load(&s.destroyed), 1);
    CHECK_INT(atomic_load(&s.wrong), 0);
    CHECK_INT(atomic_load(&successor.calls), 2);
    log_to_nobody();
    CHECK_INT(atomic_load(&successor.destroyed), 1);
    world_close(&w);
}

static void log_no_more(void *context) {
    (void)context;
    log_to_nobody();
}

static void a_callback_may_end_the_log(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    s.action = log_no_more;
    log_to(&s, DICTDB_LOG_DEBUG, 1);
    write_times(&w, 3);
    CHECK_INT(atomic_load(&s.calls), 1);
    CHECK_INT(atomic_load(&s.destroyed), 1);
    CHECK_INT(atomic_load(&s.wrong), 0);
    world_close(&w);
}

static world *destructors_world;

static void destroy_and_write(void *context) {
    destroy(context);
    CHECK_INT(dictdb_table_insert(destructors_world->table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_log_set(DICTDB_LOG_INFO, 1, NULL, NULL, NULL, NULL), DICTDB_STATUS_OK);
}

static void a_destructor_may_call_the_library(void) {
    sink s;
    clear(&s);
    world w = world_open(NULL);
    destructors_world = &w;
    CHECK_INT(dictdb_log_set(DICTDB_LOG_DEBUG, 1, receive, &s, destroy_and_write, NULL), DICTDB_STATUS_OK);
    log_to_nobody();
    CHECK_INT(atomic_load(&s.destroyed), 1);
    CHECK_RECORDS(w, "[{\"id\":1}]");
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------------------- threads */

enum { SINKS = 2000, WRITERS = 3 };

typedef struct {
    world w;
    sink *sinks;
    int count;
    pthread_barrier_t start;
    atomic_int ended;
} crowd;

static void *write_until_ended(void *argument) {
    crowd *c = argument;
    pthread_barrier_wait(&c->start);
    while (atomic_load(&c->ended) == 0) {
        CHECK_INT(dictdb_table_upsert(c->w.table, NTS("{\"id\":1,\"a\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void each_context_is_destroyed_once_after_its_last_call(void) {
    crowd c;
    pthread_t threads[WRITERS];
    int calls = 0;
    memset(&c, 0, sizeof c);
    c.w = world_open(NULL);
    c.count = (int)check_rounds(SINKS);
    c.sinks = check_memory((size_t)c.count * sizeof *c.sinks);
    memset(c.sinks, 0, (size_t)c.count * sizeof *c.sinks);
    CHECK_INT(pthread_barrier_init(&c.start, NULL, WRITERS + 1), 0);
    for (int i = 0; i < WRITERS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_until_ended, &c), 0);
    }
    pthread_barrier_wait(&c.start);
    for (int i = 0; i < c.count; i++) {
        log_to(&c.sinks[i], DICTDB_LOG_DEBUG, 1);
        CHECK_INT(dictdb_table_upsert(c.w.table, NTS("{\"id\":2,\"a\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL), DICTDB_STATUS_OK);
    }
    log_to_nobody();
    atomic_store(&c.ended, 1);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < c.count; i++) {
        CHECK_INT(atomic_load(&c.sinks[i].destroyed), 1);
        CHECK_INT(atomic_load(&c.sinks[i].wrong), 0);
        CHECK_INT(atomic_load(&c.sinks[i].inside), 0);
        calls += atomic_load(&c.sinks[i].calls);
    }
    CHECK(calls >= c.count);
    pthread_barrier_destroy(&c.start);
    free(c.sinks);
    world_close(&c.w);
}

int main(void) {
    RUN(creating_and_dropping_tables_is_info);
    RUN(making_and_dropping_indexes_is_info);
    RUN(a_message_names_its_table);
    RUN(each_write_is_debug);
    RUN(reads_and_failed_writes_are_not_logged);
    RUN(messages_above_the_level_are_not_sent);
    RUN(of_debug_messages_one_in_so_many_is_sent);
    RUN(other_messages_are_not_sampled);
    RUN(a_new_callback_takes_the_place_of_the_old);
    RUN(the_same_context_may_be_set_again);
    RUN(without_a_callback_context_and_destructor_are_not_used);
    RUN(context_and_destructor_may_be_null);
    RUN(a_failed_call_leaves_the_callback_and_the_context);
    RUN(a_callback_may_call_the_library_without_being_called_again);
    RUN(a_callback_may_drop_the_table_in_use);
    RUN(a_callback_may_free_the_handles_in_use);
    RUN(a_callback_may_replace_itself);
    RUN(a_callback_may_end_the_log);
    RUN(a_destructor_may_call_the_library);
    RUN(each_context_is_destroyed_once_after_its_last_call);
    return check_finish();
}
