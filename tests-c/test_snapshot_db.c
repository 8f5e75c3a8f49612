/*
 * Tests: snapshots of databases: the tables of one instant, all of them as they were at it, beside writers, batches, and tables that are created
 * and dropped.
 * Does not test: what a snapshot of a table gives (test_snapshot).
 */
#include "check.h"
#include <pthread.h>

static dictdb_db *snapshot_of_db(const dictdb_db *db) {
    dictdb_db *snapshot = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_snapshot(db, &snapshot, &error), &error);
    CHECK(snapshot != NULL);
    return snapshot;
}

static dictdb_table *table_of(const dictdb_db *db, const char *name) {
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_get_table(db, NTS(name), &table, &error), &error);
    return table;
}

/* --------------------------------------------------------------------------------------------------------- the tables of the instant */

static void a_snapshot_of_a_database_has_the_tables_of_its_instant(void) {
    world w = world_open(NULL);
    dictdb_table *second = NULL;
    dictdb_table *got = NULL;
    INSERT(w, "[{\"a\":1}]");
    CHECK_OK(dictdb_db_create_table(w.db, NTS("b"), NULL, 0, &second, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("a"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(second, NTS("{\"b\":1}"), NULL, &w.err), &w.err);
    dictdb_db *db = snapshot_of_db(w.db);
    dictdb_db *again = snapshot_of_db(db);
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("b"), &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("c"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("b"), NULL, 0, NULL, &w.err), &w.err);
    INSERT(w, "[{\"a\":2}]");
    dictdb_db *late = snapshot_of_db(db);
    dictdb_db_free(w.db);
    dictdb_db *const all[] = {db, again, late};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        CHECK_OK(dictdb_db_list_tables(all[i], &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, "[\"t\",\"b\",\"a\"]");
        CHECK_OK(dictdb_db_copy(all[i], &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, "{\"t\":{\"1\":{\"a\":1,\"id\":1}},\"b\":{\"1\":{\"b\":1,\"id\":1}},\"a\":{}}");
        CHECK_STATUS(dictdb_db_get_table(all[i], NTS("c"), &got, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
        CHECK(got == NULL);
        dictdb_table *b = table_of(all[i], "b");
        dictdb_db_free(all[i]);
        CHECK_OK(dictdb_table_get_int(b, 1, &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, "{\"b\":1,\"id\":1}");
        dictdb_table_free(b);
    }
    dictdb_table_free(second);
    world_close(&w);
}

static void a_snapshot_of_an_empty_database_is_empty(void) {
    world w = {NULL, NULL, DICTDB_BUFFER_INIT, NULL};
    CHECK_OK(dictdb_db_new(NULL, 0, &w.db, &w.err), &w.err);
    dictdb_db *db = snapshot_of_db(w.db);
    CHECK_OK(dictdb_db_create_table(w.db, NTS("t"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_db_list_tables(db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    CHECK_OK(dictdb_db_copy(db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{}");
    dictdb_db_free(db);
    world_close(&w);
}

static void no_table_is_created_or_dropped_in_a_snapshot_of_a_database(void) {
    world w = world_open(NULL);
    dictdb_db *db = snapshot_of_db(w.db);
    dictdb_table *made = w.table;
    dictdb_watch *watching = (dictdb_watch *)(uintptr_t)77;
    CHECK_STATUS(dictdb_db_create_table(db, NTS("new"), NULL, 0, &made, &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK(made == NULL);
    CHECK_STATUS(dictdb_db_create_table(db, NTS("t"), NULL, 0, NULL, &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK_STATUS(dictdb_db_drop_table(db, NTS("t"), &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK_STATUS(dictdb_db_drop_table(db, NTS("nothing"), &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK_STATUS(dictdb_db_batch(db, NTS("[{\"insert\":\"t\",\"record\":{}}]"), &w.out, &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK_EMPTY(w.out);
    CHECK_STATUS(dictdb_db_watch(db, NULL, 0, &watching, &w.err), DICTDB_STATUS_UNSUPPORTED, &w.err);
    CHECK(watching == NULL);
    CHECK_OK(dictdb_db_list_tables(db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[\"t\"]");
    CHECK_OK(dictdb_db_list_tables(w.db, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "[\"t\"]");
    dictdb_db_free(db);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------- one instant of several tables */

enum { TABLES = 5, MAX_THREADS = 4 };

/** Each table has one record, whose `n` is a counter. */
typedef struct {
    dictdb_db *db;
    dictdb_table *tables[TABLES];
    atomic_int readers;
    /** Rounds in which the first table's counter was begun to be raised, and such in which all were. */
    atomic_llong begun;
    atomic_llong done;
    long rounds;
    bool is_batch;
    pthread_barrier_t start;
} counters;

static void open_counters(counters *c, long rounds) {
    memset(c, 0, sizeof *c);
    c->rounds = check_rounds(rounds);
    CHECK_INT(dictdb_db_new(NULL, 0, &c->db, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < TABLES; i++) {
        char name[16];
        /* Not in the order of their names: whoever comes to the tables by name is not in step with the writer. */
        snprintf(name, sizeof name, "%c", "cabed"[i]);
        CHECK_INT(dictdb_db_create_table(c->db, NTS(name), NULL, 0, &c->tables[i], NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert(c->tables[i], NTS("{\"id\":1,\"n\":0}"), NULL, NULL), DICTDB_STATUS_OK);
    }
}

static void close_counters(counters *c) {
    for (int i = 0; i < TABLES; i++) {
        dictdb_table_free(c->tables[i]);
    }
    dictdb_db_free(c->db);
}

static void raise_in_turn(counters *c) {
    char set[64];
    long long n = atomic_fetch_add(&c->begun, 1) + 1;
    snprintf(set, sizeof set, "{\"n\":%lld}", n);
    for (int i = 0; i < TABLES; i++) {
        CHECK_INT(dictdb_table_update_by_key(c->tables[i], NTS("1"), NTS(set), NULL), DICTDB_STATUS_OK);
    }
    atomic_store(&c->done, n);
}

static void raise_at_once(counters *c) {
    dictdb_batch *batch = NULL;
    dictdb_error *error = NULL;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < TABLES; i++) {
        CHECK_INT(dictdb_batch_update_where(batch, c->tables[i], NTS("id = 1"), NTS("n = n + 1"), NULL, 0, NULL), DICTDB_STATUS_OK);
    }
    atomic_fetch_add(&c->begun, 1);
    CHECK_OK(dictdb_batch_commit(batch, NULL, &error), &error);
    atomic_fetch_add(&c->done, 1);
    dictdb_error_free(error);
    dictdb_batch_free(batch);
}

static void *raise_counters(void *argument) {
    counters *c = argument;
    pthread_barrier_wait(&c->start);
    while (atomic_load(&c->readers) > 0) {
        if (c->is_batch) {
            raise_at_once(c);
        } else {
            raise_in_turn(c);
        }
    }
    return NULL;
}

/** The counters in a snapshot, or in a copy, of the database. */
static void look_at_once(const counters *c, bool is_copy, dictdb_buffer *out, long long *seen) {
    dictdb_db *db = NULL;
    if (is_copy) {
        CHECK_INT(dictdb_db_copy(c->db, out, NULL), DICTDB_STATUS_OK);
    } else {
        CHECK_INT(dictdb_db_snapshot(c->db, &db, NULL), DICTDB_STATUS_OK);
    }
    for (int i = 0; i < TABLES; i++) {
        char name[2] = {"cabed"[i], '\0'};
        if (is_copy) {
            seen[i] = json_integer(json_member(json_member(out->data, name), "1"), "n");
        } else {
            dictdb_table *table = table_of(db, name);
            CHECK_INT(dictdb_table_get_int(table, 1, out, NULL), DICTDB_STATUS_OK);
            seen[i] = json_integer(out->data, "n");
            dictdb_table_free(table);
        }
    }
    dictdb_db_free(db);
}

static void *look_at_counters(void *argument) {
    counters *c = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    long long before[TABLES] = {0};
    pthread_barrier_wait(&c->start);
    for (long round = 0; round < c->rounds; round++) {
        long long seen[TABLES] = {0};
        long long done = atomic_load(&c->done);
        look_at_once(c, round % 5 == 4, &out, seen);
        long long begun = atomic_load(&c->begun);
        /* What was over before is in it, what had not begun is not. */
        CHECK(seen[TABLES - 1] >= done && seen[0] <= begun);
        /* Tables come in the order in which they are written: an earlier one may be one ahead of later ones. */
        CHECK(seen[0] - seen[TABLES - 1] <= (c->is_batch ? 0 : 1));
        for (int i = 0; i < TABLES; i++) {
            CHECK(i == 0 || seen[i - 1] >= seen[i]);
            CHECK(seen[i] >= before[i]);
            before[i] = seen[i];
        }
    }
    atomic_fetch_sub(&c->readers, 1);
    dictdb_buffer_free(&out);
    return NULL;
}

static void run_counters(counters *c, int writers, int readers) {
    pthread_t threads[MAX_THREADS];
    atomic_store(&c->readers, readers);
    CHECK_INT(pthread_barrier_init(&c->start, NULL, (unsigned)(writers + readers)), 0);
    for (int i = 0; i < writers + readers; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, i < writers ? raise_counters : look_at_counters, c), 0);
    }
    for (int i = 0; i < writers + readers; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&c->start);
}

static void a_snapshot_of_a_database_is_of_one_instant(void) {
    counters c;
    open_counters(&c, 10000);
    run_counters(&c, 1, 1);
    close_counters(&c);
    open_counters(&c, 5000);
    run_counters(&c, 1, 3);
    close_counters(&c);
}

static void a_snapshot_of_a_database_has_batches_as_a_whole(void) {
    counters c;
    open_counters(&c, 4000);
    c.is_batch = true;
    run_counters(&c, 2, 2);
    CHECK_INT(atomic_load(&c.begun), atomic_load(&c.done));
    long long seen[TABLES] = {0};
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    look_at_once(&c, false, &out, seen);
    CHECK_INT(seen[0], atomic_load(&c.done));
    dictdb_buffer_free(&out);
    close_counters(&c);
}

/** Makes table after table and drops each one after the next was made, so that there are always one or two. */
static void *make_and_drop_tables(void *argument) {
    counters *c = argument;
    pthread_barrier_wait(&c->start);
    for (long long i = 1; atomic_load(&c->readers) > 0; i++) {
        char name[32];
        char record[64];
        dictdb_table *table = NULL;
        snprintf(name, sizeof name, "%lld", i);
        snprintf(record, sizeof record, "{\"id\":1,\"n\":%lld}", i);
        CHECK_INT(dictdb_db_create_table(c->db, NTS(name), NULL, 0, &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert(table, NTS(record), NULL, NULL), DICTDB_STATUS_OK);
        snprintf(name, sizeof name, "%lld", i - 1);
        CHECK_INT(dictdb_db_drop_table(c->db, NTS(name), NULL), DICTDB_STATUS_OK);
        dictdb_table_free(table);
    }
    return NULL;
}

static void *look_at_tables(void *argument) {
    counters *c = argument;
    dictdb_buffer names = DICTDB_BUFFER_INIT;
    dictdb_buffer record = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&c->start);
    for (long round = 0; round < c->rounds; round++) {
        dictdb_db *db = snapshot_of_db(c->db);
        CHECK_INT(dictdb_db_list_tables(db, &names, NULL), DICTDB_STATUS_OK);
        long long first = -1;
        long long second = -1;
        int found = sscanf(names.data, "[\"%lld\",\"%lld\"]", &first, &second);
        CHECK(found == 1 || (found == 2 && second == first + 1));
        for (long long i = first; i < first + found; i++) {
            char name[32];
            snprintf(name, sizeof name, "%lld", i);
            dictdb_table *table = table_of(db, name);
            dictdb_status status = dictdb_table_get_int(table, 1, &record, NULL);
            /* The second of two may still be without its record; a table that is dropped later has all. */
            CHECK(status == DICTDB_STATUS_OK || (status == DICTDB_STATUS_RECORD_NOT_FOUND && found == 2 && i == second));
            if (status == DICTDB_STATUS_OK) {
                CHECK_INT(json_integer(record.data, "n"), i);
            }
            dictdb_table_free(table);
        }
        dictdb_db_free(db);
    }
    atomic_fetch_sub(&c->readers, 1);
    dictdb_buffer_free(&names);
    dictdb_buffer_free(&record);
    return NULL;
}

static void a_snapshot_of_a_database_has_each_table_wholly_or_not_at_all(void) {
    counters c;
    pthread_t threads[3];
    memset(&c, 0, sizeof c);
    c.rounds = check_rounds(4000);
    atomic_store(&c.readers, 2);
    CHECK_INT(dictdb_db_new(NULL, 0, &c.db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(c.db, NTS("0"), NULL, 0, &c.tables[0], NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_insert(c.tables[0], NTS("{\"id\":1,\"n\":0}"), NULL, NULL), DICTDB_STATUS_OK);
    CHECK_INT(pthread_barrier_init(&c.start, NULL, 3), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, i == 0 ? make_and_drop_tables : look_at_tables, &c), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&c.start);
    close_counters(&c);
}

int main(void) {
    RUN(a_snapshot_of_a_database_has_the_tables_of_its_instant);
    RUN(a_snapshot_of_an_empty_database_is_empty);
    RUN(no_table_is_created_or_dropped_in_a_snapshot_of_a_database);
    RUN(a_snapshot_of_a_database_is_of_one_instant);
    RUN(a_snapshot_of_a_database_has_batches_as_a_whole);
    RUN(a_snapshot_of_a_database_has_each_table_wholly_or_not_at_all);
    return check_finish();
}
