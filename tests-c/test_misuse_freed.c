/*
 * Tests: handles that one thread frees while others are in calls with them: each call ends as usual or answers INVALID_HANDLE, nothing is
 * freed twice, and a handle that was freed stays wrong while its slot is used again.
 * Does not test: handles that are wrong from the start (test_misuse).
 */
#include "check.h"
#include <pthread.h>

enum { THREADS = 4, CALLS = 12 };

/** Each round a handle is made, all threads use it, and one or two of them free it meanwhile. */
typedef struct round {
    world w;
    dictdb_predicate *match;
    void *shared;
    void *(*make)(struct round *round);
    void (*use)(struct round *round, int thread, int call);
    void (*release)(void *handle);
    /** The status of a call with the shared handle after it was freed. */
    dictdb_status (*probe)(struct round *round, void *handle);
    long rounds;
    pthread_barrier_t barrier;
    atomic_llong inserted;
} round_state;

typedef struct {
    round_state *round;
    int number;
} worker;

static void check_allowed(dictdb_status status, dictdb_status also, const char *what) {
    if (status != DICTDB_STATUS_OK && status != DICTDB_STATUS_INVALID_HANDLE && status != also) {
        fprintf(stderr, "%s gives %s\n", what, dictdb_status_name(status));
        CHECK(false);
    }
}

static void *work(void *argument) {
    const worker *self = argument;
    round_state *round = self->round;
    for (long i = 0; i < round->rounds; i++) {
        if (self->number == 0) {
            round->shared = round->make(round);
            CHECK(round->shared != NULL);
        }
        pthread_barrier_wait(&round->barrier);
        /* The first thread frees at another point of each round, every third time together with the second. */
        long when = self->number == 0 ? i % CALLS : self->number == 1 && i % 3 == 0 ? i % CALLS : -1;
        for (int call = 0; call < CALLS; call++) {
            if (call == when) {
                round->release(round->shared);
            }
            round->use(round, self->number, call);
        }
        pthread_barrier_wait(&round->barrier);
        CHECK_INT(round->probe(round, round->shared), DICTDB_STATUS_INVALID_HANDLE);
        pthread_barrier_wait(&round->barrier);
    }
    return NULL;
}

static void run_rounds(round_state *round) {
    pthread_t threads[THREADS];
    worker workers[THREADS];
    CHECK_INT(pthread_barrier_init(&round->barrier, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){round, i};
        CHECK_INT(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&round->barrier);
}

static void open_round(round_state *round) {
    memset(round, 0, sizeof *round);
    round->w = world_open(NULL);
    round->match = where(dictdb_predicate_eq, "a", "1");
    round->rounds = check_rounds(4000);
    INSERT(round->w, "[{\"a\":1},{\"a\":2}]");
    atomic_store(&round->inserted, 2);
}

static void close_round(round_state *round) {
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count(round->w.table, NULL, &count, &round->w.err), &round->w.err);
    CHECK_INT(count, atomic_load(&round->inserted));
    dictdb_predicate_free(round->match);
    world_close(&round->w);
}

/* ------------------------------------------------------------------------------------------------------------------ tables */

static void *make_table(round_state *round) {
    dictdb_table *table = NULL;
    dictdb_db_get_table(round->w.db, NTS("t"), &table, NULL);
    return table;
}

static void use_table(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 6) {
    case 0:
        status = dictdb_table_get_int(round->shared, 1, &out, &error);
        check_allowed(status, DICTDB_STATUS_OK, "get_int");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "{\"a\":1,\"id\":1}");
        } else {
            CHECK_EMPTY(out);
        }
        break;
    case 1:
        check_allowed(dictdb_table_get(round->shared, NTS("\"nobody\""), &out, &error), DICTDB_STATUS_RECORD_NOT_FOUND, "get");
        break;
    case 2:
        status = dictdb_table_select(round->shared, round->match, NTS("{\"limit\":1}"), &out, &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "select");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 3:
        if (call == 3) {
            status = dictdb_table_insert(round->shared, NTS("{\"a\":3}"), &out, &error);
            check_allowed(status, DICTDB_STATUS_OK, "insert");
            atomic_fetch_add(&round->inserted, status == DICTDB_STATUS_OK ? 1 : 0);
        }
        break;
    case 4:
        check_allowed(dictdb_table_update_by_key(round->shared, NTS("2"), NTS("{\"b\":1}"), &error), DICTDB_STATUS_OK, "update");
        break;
    default:
        check_allowed(dictdb_table_delete_by_key(round->shared, NTS("\"nobody\""), &error), DICTDB_STATUS_RECORD_NOT_FOUND, "delete");
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_table(void *handle) {
    dictdb_table_free(handle);
}

static dictdb_status probe_table(round_state *round, void *handle) {
    uint64_t count = 0;
    (void)round;
    return dictdb_table_count(handle, NULL, &count, NULL);
}

static void a_table_handle_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_table;
    round.use = use_table;
    round.release = release_table;
    round.probe = probe_table;
    run_rounds(&round);
    close_round(&round);
}

/** As above, with a table that was dropped from its database: its last handle frees its memory. */
static void *make_orphan(round_state *round) {
    dictdb_table *table = NULL;
    dictdb_db *db = NULL;
    (void)round;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_create_table(db, NTS("orphan"), NULL, 0, &table, NULL);
    dictdb_table_insert_many(table, NTS("[{\"a\":1},{\"a\":2}]"), NULL, NULL);
    dictdb_db_free(db);
    return table;
}

static void use_orphan(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    if ((thread + call) % 2 == 0) {
        dictdb_status status = dictdb_table_select(round->shared, round->match, NULL, 0, &out, NULL, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "select");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "[{\"a\":1,\"id\":1}]");
        }
    } else {
        check_allowed(dictdb_table_insert(round->shared, NTS("{\"a\":3}"), &out, NULL), DICTDB_STATUS_OK, "insert");
    }
    dictdb_buffer_free(&out);
}

static void the_last_handle_to_a_table_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_orphan;
    round.use = use_orphan;
    round.release = release_table;
    round.probe = probe_table;
    run_rounds(&round);
    close_round(&round);
}

/* -------------------------------------------------------------------------------------------------------------- predicates */

static void *make_predicate(round_state *round) {
    (void)round;
    return where(dictdb_predicate_eq, "a", "1");
}

static void use_predicate(round_state *round, int thread, int call) {
    dictdb_predicate *made = NULL;
    dictdb_error *error = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        status = dictdb_predicate_not(round->shared, &made, &error);
        check_allowed(status, DICTDB_STATUS_OK, "not");
        CHECK((made != NULL) == (status == DICTDB_STATUS_OK));
        break;
    case 1:
        status = dictdb_predicate_and((const dictdb_predicate *const[]){round->match, round->shared}, 2, &made, &error);
        check_allowed(status, DICTDB_STATUS_OK, "and");
        CHECK((made != NULL) == (status == DICTDB_STATUS_OK));
        break;
    case 2:
        status = dictdb_table_update(round->w.table, round->shared, NTS("{\"b\":1}"), &count, &error);
        check_allowed(status, DICTDB_STATUS_OK, "update");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    default:
        status = dictdb_table_count(round->w.table, round->shared, &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "count");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
    }
    if (made != NULL) {
        CHECK_INT(dictdb_table_count(round->w.table, made, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 1);
    }
    dictdb_predicate_free(made);
    dictdb_error_free(error);
}

static void release_predicate(void *handle) {
    dictdb_predicate_free(handle);
}

static dictdb_status probe_predicate(round_state *round, void *handle) {
    uint64_t count = 0;
    return dictdb_table_count(round->w.table, handle, &count, NULL);
}

static void a_predicate_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_predicate;
    round.use = use_predicate;
    round.release = release_predicate;
    round.probe = probe_predicate;
    run_rounds(&round);
    close_round(&round);
}

/* ------------------------------------------------------------------------------------------------------- queries and updates */

static void *make_query(round_state *round) {
    dictdb_query *query = NULL;
    dictdb_query_new(round->match, NTS("{\"where\":\"id < ?1\",\"columns\":[\"a\"]}"), &query, NULL);
    return query;
}

static void use_query(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t count = 77;
    dictdb_status status;
    switch ((thread + call) % 4) {
    case 0:
        status = dictdb_query_run(round->shared, round->w.table, NTS("[100]"), &out, &count, &error);
        check_allowed(status, DICTDB_STATUS_OK, "run");
        if (status == DICTDB_STATUS_OK) {
            CHECK_TEXT(out, "[{\"a\":1}]");
        } else {
            CHECK_EMPTY(out);
        }
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 1:
        status = dictdb_query_count(round->shared, round->w.table, NTS("[100]"), &count, NULL);
        check_allowed(status, DICTDB_STATUS_OK, "count");
        CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
        break;
    case 2:
        check_allowed(dictdb_query_explain(round->shared, round->w.table, NTS("[100]"), &out, &error), DICTDB_STATUS_OK, "explain");
        break;
    default:
        check_allowed(dictdb_query_run(round->shared, round->w.table, NULL, 0, &out, &count, &error), DICTDB_STATUS_INVALID_ARGUMENT, "run");
        CHECK_EMPTY(out);
    }
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_query(void *handle) {
    dictdb_query_free(handle);
}

static dictdb_status probe_query(round_state *round, void *handle) {
    uint64_t count = 0;
    return dictdb_query_count(handle, round->w.table, NTS("[1]"), &count, NULL);
}

static void a_query_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_query;
    round.use = use_query;
    round.release = release_query;
    round.probe = probe_query;
    run_rounds(&round);
    close_round(&round);
}

static void *make_update(round_state *round) {
    dictdb_update *update = NULL;
    dictdb_update_new(round->match, NULL, 0, NTS("n = coalesce(n, 0) + ?1"), &update, NULL);
    return update;
}

static void use_update(round_state *round, int thread, int call) {
    dictdb_error *error = NULL;
    uint64_t count = 77;
    bool is_wrong = (thread + call) % 3 == 0;
    dictdb_status status = dictdb_update_run(round->shared, round->w.table, NTS(is_wrong ? "[\"x\"]" : "[1]"), &count, &error);
    check_allowed(status, is_wrong ? DICTDB_STATUS_TYPE_MISMATCH : DICTDB_STATUS_OK, "run");
    CHECK_INT(count, status == DICTDB_STATUS_OK ? 1 : 77);
    dictdb_error_free(error);
}

static void release_update(void *handle) {
    dictdb_update_free(handle);
}

static dictdb_status probe_update(round_state *round, void *handle) {
    return dictdb_update_run(handle, round->w.table, NTS("[1]"), NULL, NULL);
}

static void an_update_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_update;
    round.use = use_update;
    round.release = release_update;
    round.probe = probe_update;
    run_rounds(&round);
    close_round(&round);
}

/* --------------------------------------------------------------------------------------------------------------- databases */

static void *make_db(round_state *round) {
    dictdb_db *db = NULL;
    (void)round;
    dictdb_db_new(NULL, 0, &db, NULL);
    dictdb_db_create_table(db, NTS("t"), NULL, 0, NULL, NULL);
    return db;
}

static void use_db(round_state *round, int thread, int call) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    char name[32];
    snprintf(name, sizeof name, "table %d of %d", call, thread);
    switch ((thread + call) % 4) {
    case 0:
        check_allowed(dictdb_db_get_table(round->shared, NTS("t"), &table, &error), DICTDB_STATUS_OK, "get_table");
        break;
    case 1:
        check_allowed(dictdb_db_create_table(round->shared, NTS(name), NULL, 0, &table, &error), DICTDB_STATUS_OK, "create_table");
        break;
    case 2:
        check_allowed(dictdb_db_drop_table(round->shared, NTS("nothing"), &error), DICTDB_STATUS_TABLE_NOT_FOUND, "drop_table");
        break;
    default:
        check_allowed(dictdb_db_list_tables(round->shared, &out, &error), DICTDB_STATUS_OK, "list_tables");
    }
    if (table != NULL) {
        CHECK_INT(dictdb_table_insert(table, NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
    }
    dictdb_table_free(table);
    dictdb_buffer_free(&out);
    dictdb_error_free(error);
}

static void release_db(void *handle) {
    dictdb_db_free(handle);
}

static dictdb_status probe_db(round_state *round, void *handle) {
    dictdb_table *table = NULL;
    (void)round;
    return dictdb_db_get_table(handle, NTS("t"), &table, NULL);
}

static void a_database_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_db;
    round.use = use_db;
    round.release = release_db;
    round.probe = probe_db;
    run_rounds(&round);
    close_round(&round);
}

/* ------------------------------------------------------------------------------------------------------------------ errors */

static void *make_error(round_state *round) {
    dictdb_error *error = NULL;
    dictdb_table_insert(round->w.table, NTS("{"), NULL, &error);
    return error;
}

static void use_error(round_state *round, int thread, int call) {
    (void)thread;
    (void)call;
    dictdb_status status = dictdb_error_status(round->shared);
    CHECK(status == DICTDB_STATUS_INVALID_JSON || status == DICTDB_STATUS_INVALID_HANDLE);
    CHECK(dictdb_error_message(round->shared) != NULL);
    CHECK(dictdb_error_detail(round->shared) != NULL);
}

static void release_error(void *handle) {
    dictdb_error_free(handle);
}

static dictdb_status probe_error(round_state *round, void *handle) {
    (void)round;
    return dictdb_error_status(handle);
}

static void an_error_may_be_freed_in_mid_call(void) {
    round_state round;
    open_round(&round);
    round.make = make_error;
    round.use = use_error;
    round.release = release_error;
    round.probe = probe_error;
    run_rounds(&round);
    close_round(&round);
}

int main(void) {
    RUN(a_table_handle_may_be_freed_in_mid_call);
    RUN(the_last_handle_to_a_table_may_be_freed_in_mid_call);
    RUN(a_predicate_may_be_freed_in_mid_call);
    RUN(a_query_may_be_freed_in_mid_call);
    RUN(an_update_may_be_freed_in_mid_call);
    RUN(a_database_may_be_freed_in_mid_call);
    RUN(an_error_may_be_freed_in_mid_call);
    return check_finish();
}
