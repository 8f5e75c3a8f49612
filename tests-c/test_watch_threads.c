/*
 * Tests: watches and threads: waiting for changes, a watch that is freed meanwhile, tables rebuilt from the changes of several writers,
 * reading anew after changes were lost.
 * Does not test: what each write gives to the feed (test_watch), file descriptors (test_watch_fd), batches over tables (stress_transfers).
 */
#include "check.h"
#include <pthread.h>
#include <sched.h>

enum { WRITERS = 4, KEYS = 60, MAX_THREADS = 8 };

/** The state of a table, by key: integer keys below `KEYS`; "" where there is no record. */
typedef struct {
    char records[KEYS][120];
} picture;

typedef struct {
    dictdb_db *db;
    dictdb_table *tables[2];
    dictdb_watch *watches[2];
    pthread_barrier_t start;
    /** Writers that have not ended. */
    atomic_int writers;
    atomic_bool waiting;
    atomic_llong seen;
    long rounds;
} scene;

typedef struct {
    scene *s;
    int number;
    uint64_t random;
} actor;

static void open_scene(scene *s, const char *options, long rounds) {
    static const char *const NAMES[] = {"t", "u"};
    memset(s, 0, sizeof *s);
    s->rounds = check_rounds(rounds);
    CHECK_INT(dictdb_db_new(NULL, 0, &s->db, NULL), DICTDB_STATUS_OK);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(dictdb_db_create_table(s->db, NTS(NAMES[i]), NULL, 0, &s->tables[i], NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_watch(s->tables[i], NTS(options), &s->watches[i], NULL), DICTDB_STATUS_OK);
    }
}

static void close_scene(scene *s) {
    for (int i = 0; i < 2; i++) {
        dictdb_watch_free(s->watches[i]);
        dictdb_table_free(s->tables[i]);
    }
    dictdb_db_free(s->db);
}

static int random_below(actor *a, int bound) {
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (int)((a->random >> 11) % (uint64_t)bound);
}

/** Runs `count` threads of a body, all from the same instant. */
static void play(scene *s, int count, void *(*body)(void *)) {
    pthread_t threads[MAX_THREADS];
    actor actors[MAX_THREADS];
    CHECK_INT(pthread_barrier_init(&s->start, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        actors[i] = (actor){s, i, 0x9e3779b97f4a7c15 * (uint64_t)(i + 1)};
        CHECK_INT(pthread_create(&threads[i], NULL, body, &actors[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s->start);
}

/* ------------------------------------------------------------------------------------------------------------------ waiting */

/** Each of two threads waits for the other's insert, and then inserts: if a wake-up were lost, both would wait for ever. */
static void *play_ping_pong(void *argument) {
    actor *a = argument;
    scene *s = a->s;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    uint64_t since = 0;
    pthread_barrier_wait(&s->start);
    for (long i = 0; i < s->rounds; i++) {
        if (a->number == 0) {
            CHECK_INT(dictdb_table_insert(s->tables[0], NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
        }
        /* With and without a limit of time; this one is longer than the test may take. */
        int64_t timeout = i % 2 == 0 ? DICTDB_NO_TIMEOUT : 1000000;
        CHECK_INT(dictdb_watch_poll(s->watches[1 - a->number], since, 0, timeout, &changes, &since, NULL), DICTDB_STATUS_OK);
        CHECK_INT(json_integer(changes.data + 1, "key"), i + 1);
        CHECK_STRING(json_end(changes.data + 1), "]");
        if (a->number == 1) {
            CHECK_INT(dictdb_table_insert(s->tables[1], NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
        }
    }
    dictdb_buffer_free(&changes);
    return NULL;
}

static void a_waiting_poll_is_woken_by_a_write(void) {
    scene s;
    open_scene(&s, NULL, 2000);
    play(&s, 2, play_ping_pong);
    close_scene(&s);
}

static void *wait_for_batch_and_drop(void *argument) {
    actor *a = argument;
    scene *s = a->s;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    uint64_t since = 0;
    pthread_barrier_wait(&s->start);
    if (a->number == 0) {
        CHECK_INT(dictdb_db_batch(s->db, NTS("[{\"insert\":\"u\",\"record\":{}},{\"insert\":\"t\",\"record\":{}}]"), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_db_drop_table(s->db, NTS("t"), NULL), DICTDB_STATUS_OK);
    } else {
        CHECK_INT(dictdb_watch_poll(s->watches[0], 0, 1, DICTDB_NO_TIMEOUT, &changes, &since, NULL), DICTDB_STATUS_OK);
        CHECK_MEMBER(changes.data + 1, "operation", "\"insert\"");
        CHECK_INT(dictdb_watch_poll(s->watches[0], since, 0, DICTDB_NO_TIMEOUT, &changes, &since, NULL), DICTDB_STATUS_OK);
        CHECK_MEMBER(changes.data + 1, "operation", "\"drop\"");
    }
    dictdb_buffer_free(&changes);
    return NULL;
}

static void a_waiting_poll_is_woken_by_a_batch_and_by_the_drop_of_its_table(void) {
    for (long i = 0; i < check_rounds(200); i++) {
        scene s;
        open_scene(&s, NULL, 0);
        play(&s, 4, wait_for_batch_and_drop);
        close_scene(&s);
    }
}

static void *wait_for_the_end(void *argument) {
    scene *s = argument;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t last = 77;
    atomic_store(&s->waiting, true);
    dictdb_status status = dictdb_watch_poll(s->watches[0], 0, 0, DICTDB_NO_TIMEOUT, &changes, &last, &error);
    /* The watch may have been freed before the call got to it. */
    CHECK(status == DICTDB_STATUS_CANCELLED || status == DICTDB_STATUS_INVALID_HANDLE);
    CHECK(dictdb_error_status(error) == status);
    CHECK_INT(last, 77);
    CHECK_EMPTY(changes);
    atomic_fetch_add(&s->seen, status == DICTDB_STATUS_CANCELLED ? 1 : 0);
    dictdb_error_free(error);
    dictdb_buffer_free(&changes);
    return NULL;
}

static void freeing_a_watch_ends_a_poll_that_waits(void) {
    long long ended = 0;
    /* Goes on until the watch was freed during the wait at least once. */
    for (long i = 0; i < check_rounds(200) || ended == 0; i++) {
        scene s;
        pthread_t thread;
        open_scene(&s, NULL, 0);
        CHECK_INT(pthread_create(&thread, NULL, wait_for_the_end, &s), 0);
        while (!atomic_load(&s.waiting)) {
            sched_yield();
        }
        for (long j = 0; j < i % 50; j++) {
            sched_yield();
        }
        dictdb_watch_free(s.watches[0]);
        pthread_join(thread, NULL);
        ended += atomic_load(&s.seen);
        close_scene(&s);
    }
}

/* ---------------------------------------------------------------------------------------------------------------- replaying */

/** Writes to `t` whatever comes to mind: most of it succeeds, and what fails must leave no trace. */
static void write_something(actor *a) {
    dictdb_table *table = a->s->tables[0];
    int key = random_below(a, KEYS);
    int other = random_below(a, KEYS);
    int n = random_below(a, 1000);
    char first[200];
    char second[100];
    char key_text[16];
    snprintf(key_text, sizeof key_text, "%d", key);
    switch (random_below(a, 9)) {
    case 0:
        snprintf(first, sizeof first, "{\"id\":%d,\"n\":%d}", key, n);
        (void)dictdb_table_insert(table, NTS(first), NULL, NULL);
        break;
    case 1:
        snprintf(first, sizeof first, "[{\"id\":%d,\"n\":1},{\"id\":%d,\"n\":2,\"by\":%d}]", key, other, a->number);
        (void)dictdb_table_insert_many(table, NTS(first), NULL, NULL);
        break;
    case 2:
        snprintf(first, sizeof first, "{\"id\":%d,\"n\":%d,\"f%d\":%d}", key, n, n % 3, n);
        (void)dictdb_table_upsert(table, NTS(first), random_below(a, 3), NULL, NULL, NULL);
        break;
    case 3:
        snprintf(second, sizeof second, "{\"n\":%d}", n);
        (void)dictdb_table_update_by_key(table, NTS(key_text), NTS(second), NULL);
        break;
    case 4:
        snprintf(second, sizeof second, "{\"id\":%d}", other);
        (void)dictdb_table_update_by_key(table, NTS(key_text), NTS(second), NULL);
        break;
    case 5:
        snprintf(first, sizeof first, "n BETWEEN %d AND %d", n, n + 100);
        (void)dictdb_table_update_where(table, NTS(first), NTS("n = n + 1, remove(f1)"), NULL, 0, NULL, NULL);
        break;
    case 6:
        (void)dictdb_table_delete_by_key(table, NTS(key_text), NULL);
        break;
    case 7:
        snprintf(first, sizeof first, "n BETWEEN %d AND %d", n, n + 20);
        (void)dictdb_table_delete_where(table, NTS(first), NULL, 0, NULL, NULL);
        break;
    default:
        snprintf(first, sizeof first,
                 "[{\"upsert\":\"t\",\"record\":{\"id\":%d,\"n\":5}},{\"update\":\"t\",\"key\":%d,\"set\":\"n = n + 1\"},"
                 "{\"insert\":\"u\",\"record\":{}},{\"delete\":\"t\",\"key\":%d}]",
                 key, key, other);
        (void)dictdb_db_batch(a->s->db, NTS(first), NULL, NULL);
    }
}

static void put(picture *p, int64_t key, const char *record) {
    CHECK(key >= 0 && key < KEYS);
    if (key >= 0 && key < KEYS) {
        size_t len = record == NULL ? 0 : (size_t)(json_end(record) - record);
        CHECK(len < sizeof p->records[key]);
        snprintf(p->records[key], sizeof p->records[key], "%.*s", (int)len, record == NULL ? "" : record);
    }
}

static bool has(const picture *p, int64_t key) {
    return key >= 0 && key < KEYS && p->records[key][0] != '\0';
}

/** Applies a change. `exact`: the picture is the table before the change, so that it must be possible. */
static void apply_change(picture *p, const char *change, bool exact) {
    const char *operation = json_member(change, "operation");
    const char *record = json_member(change, "record");
    int64_t key = json_integer(change, "key");
    int64_t old_key = json_member(change, "old_key") == NULL ? key : json_integer(change, "old_key");
    if (operation == NULL) {
        CHECK(operation != NULL);
    } else if (strncmp(operation, "\"insert\"", 8) == 0) {
        CHECK(!exact || !has(p, key));
        put(p, key, record);
    } else if (strncmp(operation, "\"update\"", 8) == 0) {
        CHECK(!exact || has(p, old_key));
        CHECK(!exact || old_key == key || !has(p, key));
        put(p, old_key, NULL);
        put(p, key, record);
    } else {
        CHECK(strncmp(operation, "\"delete\"", 8) == 0);
        CHECK(!exact || has(p, key));
        put(p, key, NULL);
    }
}

static void read_table(const dictdb_table *table, picture *p) {
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    memset(p, 0, sizeof *p);
    CHECK_INT(dictdb_table_select(table, NULL, NULL, 0, &rows, NULL, NULL), DICTDB_STATUS_OK);
    for (const char *at = rows.data == NULL ? "" : rows.data + 1; *at == '{'; at += *at == ',' ? 1 : 0) {
        put(p, json_integer(at, "id"), at);
        at = json_end(at);
    }
    dictdb_buffer_free(&rows);
}

static void check_equal(const picture *rebuilt, const picture *table) {
    for (int i = 0; i < KEYS; i++) {
        CHECK_STRING(rebuilt->records[i], table->records[i]);
    }
}

/** Gets changes and applies them; gives how many. After lost changes it reads the table anew, as the documentation says. */
static int64_t follow(scene *s, picture *p, uint64_t *since, uint64_t max, bool *exact, dictdb_buffer *changes) {
    dictdb_error *error = NULL;
    int64_t count = 0;
    dictdb_status status = dictdb_watch_poll(s->watches[0], *since, max, 0, changes, since, &error);
    if (status == DICTDB_STATUS_UNAVAILABLE) {
        dictdb_table *snapshot = NULL;
        *since = (uint64_t)json_integer(dictdb_error_detail(error), "newest");
        CHECK_INT(dictdb_table_snapshot(s->tables[0], &snapshot, NULL), DICTDB_STATUS_OK);
        read_table(snapshot, p);
        dictdb_table_free(snapshot);
        *exact = false;
        atomic_fetch_add(&s->seen, 1);
        count = 1;
    } else {
        CHECK_INT(status, DICTDB_STATUS_OK);
        for (const char *at = changes->data == NULL ? "" : changes->data + 1; *at == '{'; at += *at == ',' ? 1 : 0) {
            apply_change(p, at, *exact);
            count++;
            at = json_end(at);
        }
    }
    dictdb_error_free(error);
    return count;
}

static void follow_writers(scene *s, uint64_t max) {
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    static picture rebuilt;
    static picture table;
    uint64_t since = 0;
    bool exact = true;
    bool writing = true;
    int64_t count = 1;
    memset(&rebuilt, 0, sizeof rebuilt);
    while (writing || count > 0) {
        /* Looked at before the poll: so the last poll comes after the last write. */
        writing = atomic_load(&s->writers) > 0;
        count = follow(s, &rebuilt, &since, max, &exact, &changes);
    }
    read_table(s->tables[0], &table);
    check_equal(&rebuilt, &table);
    dictdb_buffer_free(&changes);
}

static void *write_or_follow(void *argument) {
    actor *a = argument;
    pthread_barrier_wait(&a->s->start);
    if (a->number == WRITERS) {
        follow_writers(a->s, 100);
    } else {
        for (long i = 0; i < a->s->rounds; i++) {
            write_something(a);
        }
        atomic_fetch_sub(&a->s->writers, 1);
    }
    return NULL;
}

static void replaying_the_changes_of_four_writers_gives_the_table(void) {
    scene s;
    open_scene(&s, "{\"max_changes\":16777216,\"max_bytes\":1000000000}", 8000);
    atomic_store(&s.writers, WRITERS);
    play(&s, WRITERS + 1, write_or_follow);
    CHECK_INT(atomic_load(&s.seen), 0);
    close_scene(&s);
}

static void *write_all(void *argument) {
    actor *a = argument;
    pthread_barrier_wait(&a->s->start);
    for (long i = 0; i < a->s->rounds; i++) {
        write_something(a);
    }
    atomic_fetch_sub(&a->s->writers, 1);
    return NULL;
}

static void replaying_afterwards_gives_the_table_as_well(void) {
    scene s;
    open_scene(&s, "{\"max_changes\":1000000}", 4000);
    atomic_store(&s.writers, WRITERS);
    play(&s, WRITERS, write_all);
    follow_writers(&s, 0);
    CHECK_INT(atomic_load(&s.seen), 0);
    close_scene(&s);
}

static void a_reader_who_lost_changes_reads_anew_and_goes_on(void) {
    scene s;
    open_scene(&s, "{\"max_changes\":40}", 8000);
    atomic_store(&s.writers, WRITERS);
    play(&s, WRITERS + 1, write_or_follow);
    close_scene(&s);
    /* And if all writing was done before the first poll, that it lost something is certain, however few rounds there are. */
    open_scene(&s, "{\"max_changes\":4}", 1000);
    atomic_store(&s.writers, WRITERS);
    play(&s, WRITERS, write_all);
    follow_writers(&s, 7);
    CHECK(atomic_load(&s.seen) > 0);
    close_scene(&s);
}

/** Follows with a watch of its own, made while others write: notes where it is, takes a snapshot, and goes on from the note. */
static void *write_or_join_in(void *argument) {
    actor *a = argument;
    scene *s = a->s;
    pthread_barrier_wait(&s->start);
    if (a->number < WRITERS) {
        for (long i = 0; i < s->rounds; i++) {
            write_something(a);
            atomic_fetch_add(&s->seen, 1);
        }
        atomic_fetch_sub(&s->writers, 1);
        return NULL;
    }
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    dictdb_table *snapshot = NULL;
    static picture rebuilt;
    static picture table;
    uint64_t since = 0;
    bool exact = false;
    bool writing = true;
    int64_t count = 1;
    while (atomic_load(&s->seen) < s->rounds) {
        sched_yield();
    }
    dictdb_watch_free(s->watches[0]);
    CHECK_INT(dictdb_table_watch(s->tables[0], NTS("{\"max_changes\":16777216}"), &s->watches[0], NULL), DICTDB_STATUS_OK);
    /* A part of what came meanwhile is left out: the snapshot has it. */
    CHECK_INT(dictdb_watch_poll(s->watches[0], 0, 10, 0, &changes, &since, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_snapshot(s->tables[0], &snapshot, NULL), DICTDB_STATUS_OK);
    read_table(snapshot, &rebuilt);
    dictdb_table_free(snapshot);
    while (writing || count > 0) {
        writing = atomic_load(&s->writers) > 0;
        count = follow(s, &rebuilt, &since, 100, &exact, &changes);
    }
    read_table(s->tables[0], &table);
    check_equal(&rebuilt, &table);
    dictdb_buffer_free(&changes);
    return NULL;
}

static void a_reader_may_join_in_while_others_write(void) {
    scene s;
    open_scene(&s, NULL, 4000);
    atomic_store(&s.writers, WRITERS);
    play(&s, WRITERS + 1, write_or_join_in);
    close_scene(&s);
}

static void *poll_all(void *argument) {
    actor *a = argument;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    uint64_t since = 0;
    int64_t keys = 0;
    pthread_barrier_wait(&a->s->start);
    if (a->number == 0) {
        for (long i = 0; i < a->s->rounds; i++) {
            CHECK_INT(dictdb_table_insert(a->s->tables[0], NTS("{}"), NULL, NULL), DICTDB_STATUS_OK);
        }
        dictdb_buffer_free(&changes);
        return NULL;
    }
    while (keys < a->s->rounds && atomic_load(&check_failures) == 0) {
        CHECK_INT(dictdb_watch_poll(a->s->watches[0], since, (uint64_t)a->number * 3, DICTDB_NO_TIMEOUT, &changes, &since, NULL), DICTDB_STATUS_OK);
        for (const char *at = changes.data == NULL ? "" : changes.data + 1; *at == '{'; at += *at == ',' ? 1 : 0) {
            CHECK_INT(json_integer(at, "key"), ++keys);
            at = json_end(at);
        }
    }
    dictdb_buffer_free(&changes);
    return NULL;
}

static void several_threads_may_poll_one_watch_each_at_its_own_pace(void) {
    scene s;
    open_scene(&s, NULL, 5000);
    play(&s, 4, poll_all);
    close_scene(&s);
}

static void *watch_for_a_while(void *argument) {
    actor *a = argument;
    dictdb_buffer changes = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&a->s->start);
    if (a->number < 2) {
        for (long i = 0; i < a->s->rounds; i++) {
            write_something(a);
        }
        atomic_fetch_sub(&a->s->writers, 1);
        dictdb_buffer_free(&changes);
        return NULL;
    }
    do {
        dictdb_watch *watch = NULL;
        int32_t fd = -1;
        CHECK_INT(a->number == 2 ? dictdb_db_watch(a->s->db, NULL, 0, &watch, NULL) : dictdb_table_watch(a->s->tables[0], NULL, 0, &watch, NULL),
                  DICTDB_STATUS_OK);
        CHECK_INT(dictdb_watch_fd(watch, &fd, NULL), DICTDB_STATUS_OK);
        uint64_t since = 0;
        for (int i = 0; i < 20; i++) {
            uint64_t before = since;
            CHECK_INT(dictdb_watch_poll(watch, since, 0, 0, &changes, &since, NULL), DICTDB_STATUS_OK);
            int64_t number = json_integer(changes.data + 1, "sequence");
            CHECK(changes.len == 2 ? since == before : number > (int64_t)before && number <= (int64_t)since);
        }
        dictdb_watch_free(watch);
    } while (atomic_load(&a->s->writers) > 0);
    dictdb_buffer_free(&changes);
    return NULL;
}

static void watches_may_come_and_go_beside_writers(void) {
    scene s;
    open_scene(&s, NULL, 4000);
    atomic_store(&s.writers, 2);
    play(&s, 4, watch_for_a_while);
    close_scene(&s);
}

int main(void) {
    RUN(a_waiting_poll_is_woken_by_a_write);
    RUN(a_waiting_poll_is_woken_by_a_batch_and_by_the_drop_of_its_table);
    RUN(freeing_a_watch_ends_a_poll_that_waits);
    RUN(replaying_the_changes_of_four_writers_gives_the_table);
    RUN(replaying_afterwards_gives_the_table_as_well);
    RUN(a_reader_who_lost_changes_reads_anew_and_goes_on);
    RUN(a_reader_may_join_in_while_others_write);
    RUN(several_threads_may_poll_one_watch_each_at_its_own_pace);
    RUN(watches_may_come_and_go_beside_writers);
    return check_finish();
}
