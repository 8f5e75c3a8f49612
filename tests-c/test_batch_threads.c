/*
 * Tests: batches over some of several tables, in any order, by threads at the same time: they never wait for each other in a circle, none
 * is lost or done twice, and a snapshot of the database never has half of one, whatever else is done to the tables meanwhile.
 * Does not test: one batch used by several threads (test_batch_shared), how fast anything is.
 */
#include "check.h"
#include <pthread.h>

enum { TABLES = 6, BATCHERS = 4, READERS = 2, THREADS = BATCHERS + READERS + 3 };

/**
 * Each table has a record `{"id":0,"count":n}`. A batch adds one to the count of each of its tables and puts one log record into one of
 * them: `{"kind":"log","k":2,"t0":1,...}`, which says how many and which tables they were.
 */
typedef struct {
    dictdb_db *db;
    dictdb_table *tables[TABLES];
    pthread_barrier_t start;
    /** Threads with batches that have not ended; the others go on while there are some. */
    atomic_int batchers;
    /** Batches that were committed, in all and by table. */
    atomic_long done;
    atomic_long counts[TABLES];
    atomic_long refused;
    atomic_long snapshots;
    long rounds;
} scene;

typedef struct {
    scene *s;
    int number;
    uint64_t random;
} actor;

static int random_below(actor *a, int bound) {
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (int)((a->random >> 11) % (uint64_t)bound);
}

/** Puts numbers 0 to 5 into a random order; gives how many of them to take. */
static int choose_tables(actor *a, int chosen[TABLES]) {
    for (int i = 0; i < TABLES; i++) {
        int at = random_below(a, i + 1);
        chosen[i] = chosen[at];
        chosen[at] = i;
    }
    return 2 + random_below(a, 4);
}

static void print_log(char *record, size_t size, const int chosen[TABLES], int k) {
    int used = snprintf(record, size, "{\"kind\":\"log\",\"k\":%d", k);
    for (int i = 0; i < k; i++) {
        used += snprintf(record + used, size - (size_t)used, ",\"t%d\":1", chosen[i]);
    }
    snprintf(record + used, size - (size_t)used, "}");
}

/* -------------------------------------------------------------------------------------------------------------------- actors */

enum { WITH_DOOMED = 1, TO_FAIL = 2 };

/** Commits a batch made by functions. */
static dictdb_status commit_by_functions(actor *a, dictdb_batch *batch, const int chosen[TABLES], int k, const char *record, int extras) {
    scene *s = a->s;
    int log_after = random_below(a, k);
    for (int i = 0; i < k; i++) {
        dictdb_table *table = s->tables[chosen[i]];
        CHECK_INT(dictdb_batch_update_where(batch, table, NTS("id = 0"), NTS("count = count + 1"), NULL, 0, NULL), DICTDB_STATUS_OK);
        if (i == log_after) {
            CHECK_INT(dictdb_batch_insert(batch, table, NTS(record), NULL), DICTDB_STATUS_OK);
        }
    }
    if ((extras & WITH_DOOMED) != 0) {
        dictdb_table *doomed = NULL;
        if (dictdb_db_get_table(s->db, NTS("doomed"), &doomed, NULL) == DICTDB_STATUS_OK) {
            dictdb_status added = dictdb_batch_insert(batch, doomed, NTS("{}"), NULL);
            CHECK(added == DICTDB_STATUS_OK || added == DICTDB_STATUS_TABLE_NOT_FOUND);
        }
        dictdb_table_free(doomed);
    }
    if ((extras & TO_FAIL) != 0) {
        CHECK_INT(dictdb_batch_delete_by_key(batch, s->tables[chosen[0]], NTS("\"nobody\""), NULL), DICTDB_STATUS_OK);
    }
    dictdb_status status = dictdb_batch_commit(batch, NULL, NULL);
    CHECK_INT(dictdb_batch_clear(batch, NULL), DICTDB_STATUS_OK);
    return status;
}

static dictdb_status commit_by_text(actor *a, const int chosen[TABLES], int k, const char *record, int extras) {
    char text[1200] = "[";
    size_t used = 1;
    int log_after = random_below(a, k);
    for (int i = 0; i < k; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s{\"update\":\"t%d\",\"key\":0,\"set\":\"count = count + 1\"}",
                                 i == 0 ? "" : ",", chosen[i]);
        if (i == log_after) {
            used += (size_t)snprintf(text + used, sizeof text - used, ",{\"insert\":\"t%d\",\"record\":%s}", chosen[i], record);
        }
    }
    if ((extras & WITH_DOOMED) != 0) {
        used += (size_t)snprintf(text + used, sizeof text - used, ",{\"insert\":\"doomed\",\"record\":{}}");
    }
    if ((extras & TO_FAIL) != 0) {
        used += (size_t)snprintf(text + used, sizeof text - used, ",{\"delete\":\"t%d\",\"key\":\"nobody\"}", chosen[0]);
    }
    snprintf(text + used, sizeof text - used, "]");
    return dictdb_db_batch(a->s->db, NTS(text), NULL, NULL);
}

static void commit_batches(actor *a) {
    dictdb_batch *batch = NULL;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    for (long i = 0; i < a->s->rounds; i++) {
        int chosen[TABLES] = {0};
        char record[200];
        int k = choose_tables(a, chosen);
        int extras = random_below(a, 6) == 0 ? WITH_DOOMED : random_below(a, 8) == 0 ? TO_FAIL : 0;
        print_log(record, sizeof record, chosen, k);
        dictdb_status status =
            a->number % 2 == 0 ? commit_by_functions(a, batch, chosen, k, record, extras) : commit_by_text(a, chosen, k, record, extras);
        if (status == DICTDB_STATUS_OK) {
            atomic_fetch_add(&a->s->done, 1);
            for (int j = 0; j < k; j++) {
                atomic_fetch_add(&a->s->counts[chosen[j]], 1);
            }
        } else {
            CHECK_INT(status, extras == WITH_DOOMED ? DICTDB_STATUS_TABLE_NOT_FOUND : DICTDB_STATUS_RECORD_NOT_FOUND);
            atomic_fetch_add(&a->s->refused, 1);
        }
        CHECK(status == DICTDB_STATUS_OK || extras != 0);
    }
    dictdb_batch_free(batch);
    atomic_fetch_sub(&a->s->batchers, 1);
}

/** Counts and logs of one snapshot agree; gives how many logs there are. */
static long check_instant(const dictdb_db *snapshot) {
    static const char *const SPEC =
        "{\"where\":\"kind = 'log'\",\"aggregates\":{\"n\":\"count()\",\"k\":\"sum(k)\",\"t0\":\"sum(t0)\",\"t1\":\"sum(t1)\",\"t2\":\"sum(t2)\","
        "\"t3\":\"sum(t3)\",\"t4\":\"sum(t4)\",\"t5\":\"sum(t5)\"}}";
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    int64_t counts[TABLES] = {0};
    int64_t logged[TABLES] = {0};
    int64_t in_all = 0;
    int64_t logs = 0;
    for (int i = 0; i < TABLES; i++) {
        char name[16];
        dictdb_table *table = NULL;
        snprintf(name, sizeof name, "t%d", i);
        CHECK_INT(dictdb_db_get_table(snapshot, NTS(name), &table, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_get_int(table, 0, &out, NULL), DICTDB_STATUS_OK);
        counts[i] = json_integer(out.data, "count");
        CHECK_INT(dictdb_table_query(table, NTS(SPEC), NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        const char *row = out.data == NULL ? "" : out.data + 1;
        logs += json_integer(row, "n");
        /* A sum of no values is null, which is not an integer. */
        in_all += json_integer(row, "n") == 0 ? 0 : json_integer(row, "k");
        for (int j = 0; j < TABLES; j++) {
            snprintf(name, sizeof name, "t%d", j);
            int64_t sum = json_integer(row, name);
            logged[j] += sum == INT64_MIN ? 0 : sum;
        }
        dictdb_table_free(table);
    }
    for (int i = 0; i < TABLES; i++) {
        CHECK_INT(counts[i], logged[i]);
        in_all -= counts[i];
    }
    CHECK_INT(in_all, 0);
    dictdb_buffer_free(&out);
    return (long)logs;
}

static void take_snapshots(actor *a) {
    long before = 0;
    do {
        dictdb_db *snapshot = NULL;
        CHECK_INT(dictdb_db_snapshot(a->s->db, &snapshot, NULL), DICTDB_STATUS_OK);
        long logs = check_instant(snapshot);
        CHECK(logs >= before);
        before = logs;
        dictdb_db_free(snapshot);
        atomic_fetch_add(&a->s->snapshots, 1);
    } while (atomic_load(&a->s->batchers) > 0 && atomic_load(&check_failures) == 0);
}

static void make_and_drop_indexes(actor *a) {
    static const char *const OPTIONS[] = {
        "{\"fields\":\"kind\",\"kind\":\"hash\"}",
        "{\"fields\":[\"kind\",\"k\"],\"kind\":\"sorted\"}",
        "{\"fields\":\"count\",\"kind\":\"sorted\"}",
        "{\"fields\":\"id\",\"kind\":\"sorted\",\"unique\":true}",
    };
    static const char *const FIELDS[] = {"\"kind\"", "[\"kind\",\"k\"]", "\"count\"", "\"id\""};
    do {
        dictdb_table *table = a->s->tables[random_below(a, TABLES)];
        int index = random_below(a, 4);
        CHECK_INT(dictdb_table_create_index(table, NTS(OPTIONS[index]), NULL), DICTDB_STATUS_OK);
        table = a->s->tables[random_below(a, TABLES)];
        dictdb_status status = dictdb_table_drop_index(table, NTS(FIELDS[index]), NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_INVALID_ARGUMENT);
    } while (atomic_load(&a->s->batchers) > 0);
}

static void write_alone(actor *a) {
    dictdb_buffer key = DICTDB_BUFFER_INIT;
    do {
        dictdb_table *table = a->s->tables[random_below(a, TABLES)];
        CHECK_INT(dictdb_table_insert(table, NTS("{\"kind\":\"alone\",\"n\":1}"), &key, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_update_by_key(table, key.data, key.len, NTS("{\"n\":2}"), NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_update_where(table, NTS("id = ?1"), NTS("n = n + 1"), "[0]", 3, NULL, NULL), DICTDB_STATUS_TYPE_MISMATCH);
        CHECK_INT(dictdb_table_delete_by_key(table, key.data, key.len, NULL), DICTDB_STATUS_OK);
    } while (atomic_load(&a->s->batchers) > 0);
    dictdb_buffer_free(&key);
}

static void drop_and_create(actor *a) {
    static const char *const OPERATIONS =
        "[{\"insert\":\"doomed\",\"record\":{}},{\"update\":\"doomed\",\"where\":\"TRUE\",\"set\":\"x = 1\"}]";
    do {
        CHECK_INT(dictdb_db_create_table(a->s->db, NTS("doomed"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
        int batches = random_below(a, 20);
        for (int i = 0; i < batches; i++) {
            CHECK_INT(dictdb_db_batch(a->s->db, NTS(OPERATIONS), NULL, NULL), DICTDB_STATUS_OK);
        }
        CHECK_INT(dictdb_db_drop_table(a->s->db, NTS("doomed"), NULL), DICTDB_STATUS_OK);
    } while (atomic_load(&a->s->batchers) > 0);
}

static void *act(void *argument) {
    actor *a = argument;
    pthread_barrier_wait(&a->s->start);
    if (a->number < BATCHERS) {
        commit_batches(a);
    } else if (a->number < BATCHERS + READERS) {
        take_snapshots(a);
    } else if (a->number == BATCHERS + READERS) {
        make_and_drop_indexes(a);
    } else if (a->number == BATCHERS + READERS + 1) {
        write_alone(a);
    } else {
        drop_and_create(a);
    }
    return NULL;
}

/* --------------------------------------------------------------------------------------------------------------------- tests */

static void open_scene(scene *s, long rounds) {
    memset(s, 0, sizeof *s);
    s->rounds = check_rounds(rounds);
    CHECK_INT(dictdb_db_new(NULL, 0, &s->db, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < TABLES; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        CHECK_INT(dictdb_db_create_table(s->db, NTS(name), NULL, 0, &s->tables[i], NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert(s->tables[i], NTS("{\"id\":0,\"count\":0}"), NULL, NULL), DICTDB_STATUS_OK);
    }
    atomic_store(&s->batchers, BATCHERS);
}

static void close_scene(scene *s) {
    for (int i = 0; i < TABLES; i++) {
        dictdb_table_free(s->tables[i]);
    }
    dictdb_db_free(s->db);
}

/** Runs the first `batchers` threads with batches, and all others or none. */
static void play(scene *s, bool others) {
    pthread_t threads[THREADS];
    actor actors[THREADS];
    int count = others ? THREADS : BATCHERS;
    CHECK_INT(pthread_barrier_init(&s->start, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        actors[i] = (actor){s, i, 0x9e3779b97f4a7c15 * (uint64_t)(i + 1)};
        CHECK_INT(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s->start);
}

static void check_end(scene *s) {
    CHECK_INT(check_instant(s->db), atomic_load(&s->done));
    for (int i = 0; i < TABLES; i++) {
        dictdb_buffer out = DICTDB_BUFFER_INIT;
        uint64_t count = 0;
        CHECK_INT(dictdb_table_get_int(s->tables[i], 0, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(json_integer(out.data, "count"), atomic_load(&s->counts[i]));
        CHECK_INT(dictdb_table_count_where(s->tables[i], NTS("kind = 'alone'"), NULL, 0, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 0);
        dictdb_buffer_free(&out);
    }
    CHECK_INT(atomic_load(&s->done) + atomic_load(&s->refused), BATCHERS * s->rounds);
    CHECK(atomic_load(&s->refused) > 0);
}

static void batches_over_any_tables_in_any_order_all_end_and_none_is_lost(void) {
    scene s;
    open_scene(&s, 2000);
    play(&s, false);
    check_end(&s);
    close_scene(&s);
}

static void a_snapshot_never_has_half_of_a_batch_whatever_else_is_done(void) {
    scene s;
    open_scene(&s, 1200);
    play(&s, true);
    check_end(&s);
    CHECK(atomic_load(&s.snapshots) >= READERS);
    close_scene(&s);
}

typedef struct {
    scene *databases;
    long rounds;
    int number;
} pair;

/** Half of the threads name the tables of one database first, half those of the other. */
static void *commit_across(void *argument) {
    pair *p = argument;
    dictdb_batch *batch = NULL;
    CHECK_INT(dictdb_batch_new(&batch, NULL), DICTDB_STATUS_OK);
    for (long i = 0; i < p->rounds; i++) {
        for (int j = 0; j < 4; j++) {
            dictdb_table *table = p->databases[(p->number + j) % 2].tables[p->number < 2 ? j / 2 : 1 - j / 2];
            CHECK_INT(dictdb_batch_update_where(batch, table, NTS("id = 0"), NTS("count = count + 1"), NULL, 0, NULL), DICTDB_STATUS_OK);
        }
        CHECK_INT(dictdb_batch_commit(batch, NULL, NULL), DICTDB_STATUS_OK);
        dictdb_db *snapshot = NULL;
        CHECK_INT(dictdb_db_snapshot(p->databases[i % 2].db, &snapshot, NULL), DICTDB_STATUS_OK);
        dictdb_db_free(snapshot);
    }
    dictdb_batch_free(batch);
    return NULL;
}

static void batches_over_two_databases_in_any_order_all_end(void) {
    scene databases[2];
    pthread_t threads[BATCHERS];
    pair pairs[BATCHERS];
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    open_scene(&databases[0], 2000);
    open_scene(&databases[1], 2000);
    for (int i = 0; i < BATCHERS; i++) {
        pairs[i] = (pair){databases, databases[0].rounds, i};
        CHECK_INT(pthread_create(&threads[i], NULL, commit_across, &pairs[i]), 0);
    }
    for (int i = 0; i < BATCHERS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < 4; i++) {
        CHECK_INT(dictdb_table_get_int(databases[i % 2].tables[i / 2], 0, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(json_integer(out.data, "count"), BATCHERS * databases[0].rounds);
    }
    dictdb_buffer_free(&out);
    close_scene(&databases[0]);
    close_scene(&databases[1]);
}

int main(void) {
    RUN(batches_over_any_tables_in_any_order_all_end_and_none_is_lost);
    RUN(batches_over_two_databases_in_any_order_all_end);
    RUN(a_snapshot_never_has_half_of_a_batch_whatever_else_is_done);
    return check_finish();
}
