/*
 * Tests: readers of one table beside batches: no read, of whatever kind, sees a batch in part, nor anything of one that fails; an index
 * made meanwhile is complete; cursors and snapshots keep what they saw.
 * Does not test: several tables at once (test_batch_threads, stress_transfers).
 */
#include "check.h"
#include <pthread.h>

enum { RECORDS = 200, VALUES = 20, WRITERS = 2, READERS = 2 };

/**
 * `RECORDS` records with keys from 0, of which each has an `n` below `VALUES`. The sum of all `n` never changes, nor does the number of
 * records.
 */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    pthread_barrier_t start;
    atomic_int writers;
    atomic_long committed;
    atomic_long refused;
    atomic_long reads;
    int64_t sum;
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

static void open_scene(scene *s, long rounds) {
    memset(s, 0, sizeof *s);
    s->rounds = check_rounds(rounds);
    CHECK_INT(dictdb_db_new(NULL, 0, &s->db, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_db_create_table(s->db, NTS("t"), NULL, 0, &s->table, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < RECORDS; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"id\":%d,\"n\":%d}", i, i % VALUES);
        s->sum += i % VALUES;
        CHECK_INT(dictdb_table_insert(s->table, NTS(record), NULL, NULL), DICTDB_STATUS_OK);
    }
    atomic_store(&s->writers, WRITERS);
}

static void close_scene(scene *s) {
    dictdb_table_free(s->table);
    dictdb_db_free(s->db);
}

/* ------------------------------------------------------------------------------------------------------------------ writers */

/**
 * One of several batches that leave the sum as it is: one unit moves, a record goes away and comes back, keys trade places; half of them fail
 * at the end.
 */
static void commit_one(actor *a) {
    char text[700];
    int from = random_below(a, RECORDS);
    int to = (from + 1 + random_below(a, RECORDS - 1)) % RECORDS;
    bool fails = random_below(a, 2) == 0;
    const char *end = fails ? ",{\"delete\":\"t\",\"key\":\"nobody\"}" : "";
    switch (random_below(a, 3)) {
    case 0:
        snprintf(text, sizeof text,
                 "[{\"update\":\"t\",\"where\":\"id = %d AND n > 0\",\"set\":\"n = n - 1\"},"
                 "{\"update\":\"t\",\"where\":\"id = %d AND n < %d\",\"set\":\"n = n + 1, f%d = 1\"}%s]",
                 from, to, VALUES - 1, from % 7, end);
        break;
    case 1:
        snprintf(text, sizeof text,
                 "[{\"insert\":\"t\",\"record\":{\"id\":\"copy %d\",\"n\":0}},{\"update\":\"t\",\"key\":%d,\"set\":\"id = 'away %d'\"},"
                 "{\"update\":\"t\",\"key\":\"away %d\",\"set\":\"id = %d\"},{\"delete\":\"t\",\"key\":\"copy %d\"}%s]",
                 a->number, from, a->number, a->number, from, a->number, end);
        break;
    default:
        snprintf(text, sizeof text,
                 "[{\"update\":\"t\",\"key\":%d,\"set\":\"id = -1\"},{\"update\":\"t\",\"key\":%d,\"set\":\"id = %d\"},"
                 "{\"update\":\"t\",\"key\":-1,\"set\":\"id = %d\"}%s]",
                 from, to, from, to, end);
    }
    dictdb_status status = dictdb_db_batch(a->s->db, NTS(text), NULL, NULL);
    CHECK(status == DICTDB_STATUS_RECORD_NOT_FOUND || (status == DICTDB_STATUS_OK && !fails));
    atomic_fetch_add(status == DICTDB_STATUS_OK ? &a->s->committed : &a->s->refused, 1);
}

/* ------------------------------------------------------------------------------------------------------------------ readers */

/** What one reading of the table says agrees with what never changes. */
static void check_whole(const scene *s, const dictdb_table *table, dictdb_buffer *out) {
    static const char *const SPEC =
        "{\"aggregates\":{\"records\":\"count()\",\"keys\":\"count_distinct(id)\",\"sum\":\"sum(n)\",\"min\":\"min(id)\",\"max\":\"max(id)\"}}";
    CHECK_INT(dictdb_table_query(table, NTS(SPEC), NULL, 0, out, NULL, NULL), DICTDB_STATUS_OK);
    const char *row = out->data == NULL ? "" : out->data + 1;
    CHECK_INT(json_integer(row, "records"), RECORDS);
    CHECK_INT(json_integer(row, "keys"), RECORDS);
    CHECK_INT(json_integer(row, "sum"), s->sum);
    CHECK_INT(json_integer(row, "min"), 0);
    CHECK_INT(json_integer(row, "max"), RECORDS - 1);
}

/** In a snapshot, the counts of all values together are all records: by an index, if there is one, or without. */
static void check_counts(const dictdb_table *snapshot) {
    uint64_t all = 0;
    for (int value = 0; value < VALUES; value++) {
        char params[16];
        uint64_t count = 0;
        snprintf(params, sizeof params, "[%d]", value);
        CHECK_INT(dictdb_table_count_where(snapshot, NTS("n = ?1"), NTS(params), &count, NULL), DICTDB_STATUS_OK);
        all += count;
    }
    CHECK_INT(all, RECORDS);
}

static void check_cursor(const scene *s, const dictdb_table *table) {
    dictdb_cursor *cursor = NULL;
    const char *row = NULL;
    size_t len = 0;
    int64_t sum = 0;
    int count = 0;
    CHECK_INT(dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
    while (dictdb_cursor_next(cursor, &row, &len, NULL) == DICTDB_STATUS_OK) {
        char record[200];
        CHECK(len < sizeof record);
        snprintf(record, sizeof record, "%.*s", (int)len, row);
        sum += json_integer(record, "n");
        count++;
    }
    CHECK_INT(sum, s->sum);
    CHECK_INT(count, RECORDS);
    dictdb_cursor_free(cursor);
}

static void read_once(actor *a, dictdb_buffer *out) {
    scene *s = a->s;
    uint64_t count = 0;
    dictdb_table *snapshot = NULL;
    /* A key that batches take away and put back is always there. */
    CHECK_INT(dictdb_table_get_int(s->table, random_below(a, RECORDS), out, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_get_many(s->table, NTS("[-1,\"nobody\",\"copy 0\",\"copy 1\",\"away 0\",\"away 1\"]"), out, NULL), DICTDB_STATUS_OK);
    CHECK_TEXT(*out, "[null,null,null,null,null,null]");
    CHECK_INT(dictdb_table_count(s->table, NULL, &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, RECORDS);
    CHECK_INT(dictdb_table_count_where(s->table, NTS("n >= 0"), NULL, 0, &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, RECORDS);
    CHECK_INT(dictdb_table_count_where(s->table, NTS("n < 0 OR n >= ?1"), NTS("[20]"), &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, 0);
    check_whole(s, s->table, out);
    check_cursor(s, s->table);
    CHECK_INT(dictdb_table_snapshot(s->table, &snapshot, NULL), DICTDB_STATUS_OK);
    check_counts(snapshot);
    check_whole(s, snapshot, out);
    dictdb_table_free(snapshot);
    atomic_fetch_add(&s->reads, 1);
}

/** Makes an index beside the batches and compares what it finds with the table; takes it away again. */
static void index_once(actor *a) {
    static const char *const OPTIONS[] = {"{\"fields\":\"n\",\"kind\":\"sorted\"}", "{\"fields\":\"n\",\"kind\":\"hash\"}",
                                          "{\"fields\":\"id\",\"kind\":\"sorted\",\"unique\":true}"};
    static const char *const FIELDS[] = {"\"n\"", "\"n\"", "\"id\""};
    int index = random_below(a, 3);
    dictdb_table *snapshot = NULL;
    uint64_t count = 0;
    CHECK_INT(dictdb_table_create_index(a->s->table, NTS(OPTIONS[index]), NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(dictdb_table_snapshot(a->s->table, &snapshot, NULL), DICTDB_STATUS_OK);
        check_counts(snapshot);
        CHECK_INT(dictdb_table_count_where(snapshot, NTS("id >= 0 AND id < 200"), NULL, 0, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, RECORDS);
        dictdb_table_free(snapshot);
    }
    CHECK_INT(dictdb_table_drop_index(a->s->table, NTS(FIELDS[index]), NULL), DICTDB_STATUS_OK);
}

static void *act(void *argument) {
    actor *a = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&a->s->start);
    if (a->number < WRITERS) {
        for (long i = 0; i < a->s->rounds; i++) {
            commit_one(a);
        }
        atomic_fetch_sub(&a->s->writers, 1);
    } else {
        do {
            if (a->number < WRITERS + READERS) {
                read_once(a, &out);
            } else {
                index_once(a);
            }
        } while (atomic_load(&a->s->writers) > 0 && atomic_load(&check_failures) == 0);
    }
    dictdb_buffer_free(&out);
    return NULL;
}

static void play(scene *s, int count) {
    enum { MOST = WRITERS + READERS + 1 };
    pthread_t threads[MOST];
    actor actors[MOST];
    CHECK_INT(pthread_barrier_init(&s->start, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        actors[i] = (actor){s, i, 0x9e3779b97f4a7c15 * (uint64_t)(i + 1)};
        CHECK_INT(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s->start);
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    check_whole(s, s->table, &out);
    check_counts(s->table);
    dictdb_buffer_free(&out);
    CHECK(atomic_load(&s->committed) > 0 && atomic_load(&s->refused) > 0 && atomic_load(&s->reads) > 0);
}

/* -------------------------------------------------------------------------------------------------------------------- tests */

static void no_read_sees_a_batch_in_part(void) {
    scene s;
    open_scene(&s, 4000);
    play(&s, WRITERS + READERS);
    close_scene(&s);
}

static void no_read_sees_a_batch_in_part_by_an_index(void) {
    scene s;
    open_scene(&s, 4000);
    CHECK_INT(dictdb_table_create_index(s.table, NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_create_index(s.table, NTS("{\"fields\":\"id\",\"kind\":\"sorted\",\"unique\":true}"), NULL), DICTDB_STATUS_OK);
    play(&s, WRITERS + READERS);
    close_scene(&s);
}

static void an_index_made_beside_batches_is_complete(void) {
    scene s;
    open_scene(&s, 4000);
    play(&s, WRITERS + READERS + 1);
    close_scene(&s);
}

int main(void) {
    RUN(no_read_sees_a_batch_in_part);
    RUN(no_read_sees_a_batch_in_part_by_an_index);
    RUN(an_index_made_beside_batches_is_complete);
    return check_finish();
}
