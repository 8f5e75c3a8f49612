/*
 * Tests: threads on the same tables: nothing is lost or repeated, nobody sees half of a change, tables do not mix, shared predicates,
 * tables dropped and databases changed while others use them.
 * Does not test: handles freed in mid-call (test_misuse_freed), forks (test_fork), how fast anything is.
 */
#include "check.h"
#include <pthread.h>

enum { MAX_THREADS = 16 };

/** What the threads of a test share. */
typedef struct {
    world w;
    dictdb_table *tables[MAX_THREADS];
    dictdb_predicate *predicate;
    pthread_barrier_t start;
    /** Writers that have not ended; readers go on while there are some. */
    atomic_int writers;
    atomic_llong done;
    long rounds;
} scene;

typedef struct {
    scene *scene;
    int number;
    void (*body)(scene *scene, int number);
} actor;

static void *act(void *argument) {
    actor *self = argument;
    pthread_barrier_wait(&self->scene->start);
    self->body(self->scene, self->number);
    return NULL;
}

/** Runs `writers` threads of one body and `readers` of another, all from the same instant. */
static void play(scene *s, int writers, void (*write)(scene *, int), int readers, void (*read)(scene *, int)) {
    pthread_t threads[MAX_THREADS];
    actor actors[MAX_THREADS];
    int count = writers + readers;
    atomic_store(&s->writers, writers);
    CHECK_INT(pthread_barrier_init(&s->start, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        actors[i] = (actor){s, i < writers ? i : i - writers, i < writers ? write : read};
        CHECK_INT(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s->start);
}

static void open_scene(scene *s, long rounds) {
    memset(s, 0, sizeof *s);
    s->w = world_open(NULL);
    s->rounds = check_rounds(rounds);
}

static void close_scene(scene *s) {
    for (int i = 0; i < MAX_THREADS; i++) {
        dictdb_table_free(s->tables[i]);
    }
    dictdb_predicate_free(s->predicate);
    world_close(&s->w);
}

static uint64_t count_of(scene *s, const dictdb_predicate *predicate) {
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count(s->w.table, predicate, &count, &s->w.err), &s->w.err);
    return count;
}

/* ---------------------------------------------------------------------------------------------------------- automatic keys */

/** Each insert's key is a bit in this map; a key that comes twice is seen at once. */
static atomic_uchar *seen;

static void insert_many_times(scene *s, int number) {
    dictdb_buffer key = DICTDB_BUFFER_INIT;
    for (long i = 0; i < s->rounds; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"thread\":%d,\"i\":%ld}", number, i);
        if (i % 10 == 9) {
            CHECK_INT(dictdb_table_insert_many(s->w.table, NTS("[{\"many\":1},{\"many\":2},{\"many\":3}]"), &key, NULL), DICTDB_STATUS_OK);
            long first = strtol(key.data + 1, NULL, 10);
            char expected[100];
            snprintf(expected, sizeof expected, "[%ld,%ld,%ld]", first, first + 1, first + 2);
            CHECK_TEXT(key, expected);
            for (long j = first; j < first + 3; j++) {
                CHECK_INT(atomic_fetch_add(&seen[j], 1), 0);
            }
        } else {
            CHECK_INT(dictdb_table_insert(s->w.table, NTS(record), &key, NULL), DICTDB_STATUS_OK);
            CHECK_INT(atomic_fetch_add(&seen[strtol(key.data, NULL, 10)], 1), 0);
        }
    }
    dictdb_buffer_free(&key);
}

static void concurrent_inserts_never_get_the_same_key_and_none_is_lost(void) {
    scene s;
    open_scene(&s, 5000);
    size_t keys = (size_t)(8 * s.rounds * 2);
    seen = check_memory(keys);
    memset(seen, 0, keys);
    play(&s, 8, insert_many_times, 0, NULL);
    uint64_t expected = (uint64_t)(8 * (s.rounds + 2 * (s.rounds / 10)));
    CHECK_INT(count_of(&s, NULL), expected);
    for (uint64_t key = 1; key <= expected; key++) {
        CHECK_INT(atomic_load(&seen[key]), 1);
    }
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{}"), &s.w.out, &s.w.err), &s.w.err);
    CHECK_INT(strtoll(s.w.out.data, NULL, 10), expected + 1);
    for (int number = 0; number < 8; number++) {
        char value[16];
        snprintf(value, sizeof value, "%d", number);
        dictdb_predicate *own = where(dictdb_predicate_eq, "thread", value);
        CHECK_INT(count_of(&s, own), s.rounds - s.rounds / 10);
        dictdb_predicate_free(own);
    }
    free(seen);
    close_scene(&s);
}

static void fight_for_a_key(scene *s, int number) {
    for (long i = 0; i < s->rounds; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"id\":%ld,\"thread\":%d}", i, number);
        dictdb_status status = dictdb_table_insert(s->w.table, NTS(record), NULL, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_DUPLICATE_KEY);
        atomic_fetch_add(&s->done, status == DICTDB_STATUS_OK ? 1 : 0);
    }
}

static void of_several_inserts_of_a_key_one_succeeds(void) {
    scene s;
    open_scene(&s, 5000);
    play(&s, 4, fight_for_a_key, 0, NULL);
    CHECK_INT(atomic_load(&s.done), s.rounds);
    CHECK_INT(count_of(&s, NULL), s.rounds);
    close_scene(&s);
}

static void take_from_the_queue(scene *s, int number) {
    (void)number;
    for (long i = 0; i < s->rounds; i++) {
        char key[32];
        snprintf(key, sizeof key, "%ld", i);
        dictdb_status status = dictdb_table_delete_by_key(s->w.table, NTS(key), NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND);
        atomic_fetch_add(&s->done, status == DICTDB_STATUS_OK ? 1 : 0);
    }
}

static void of_several_deletes_of_a_key_one_succeeds(void) {
    scene s;
    open_scene(&s, 5000);
    fight_for_a_key(&s, 0);
    atomic_store(&s.done, 0);
    play(&s, 4, take_from_the_queue, 0, NULL);
    CHECK_INT(atomic_load(&s.done), s.rounds);
    CHECK_INT(count_of(&s, NULL), 0);
    close_scene(&s);
}

/* -------------------------------------------------------------------------------------------------- half a change is not seen */

/** All `"version":V` of some rows are the same. */
static bool versions_are_equal(const dictdb_buffer *rows) {
    const char *first = rows->data == NULL ? NULL : strstr(rows->data, "\"version\":");
    if (first == NULL) {
        return true;
    }
    size_t len = (size_t)(json_end(first + strlen("\"version\":")) - first) + 1;
    for (const char *at = first; (at = strstr(at, "\"version\":")) != NULL; at += len) {
        if (strncmp(at, first, len) != 0) {
            return false;
        }
    }
    return true;
}

static void set_versions(scene *s, int number) {
    for (long i = 0; i < s->rounds; i++) {
        char changes[64];
        uint64_t count = 0;
        snprintf(changes, sizeof changes, "{\"version\":%ld}", 1000000L * (number + 1) + i * (i % 2 == 0 ? 1 : 100));
        CHECK_INT(dictdb_table_update(s->w.table, s->predicate, NTS(changes), &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 1000);
    }
    atomic_fetch_sub(&s->writers, 1);
}

static void compare_versions(scene *s, int number) {
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    uint64_t count = 0;
    do {
        switch (number % 3) {
        case 0:
            CHECK_INT(dictdb_table_select(s->w.table, NULL, NULL, 0, &rows, &count, NULL), DICTDB_STATUS_OK);
            CHECK_INT(count, 1000);
            break;
        case 1:
            CHECK_INT(dictdb_table_select(s->w.table, NULL, NTS("{\"columns\":[\"version\"],\"order_by\":\"-version\"}"), &rows, &count, NULL),
                      DICTDB_STATUS_OK);
            CHECK_INT(count, 1000);
            break;
        default:
            CHECK_INT(dictdb_table_get_many(s->w.table, NTS("[1,500,2,999,1000,3,750,250]"), &rows, NULL), DICTDB_STATUS_OK);
        }
        CHECK(versions_are_equal(&rows));
        CHECK_INT(dictdb_table_select(s->w.table, NULL, NTS("{\"columns\":[\"version\"],\"distinct\":true}"), &rows, &count, NULL),
                  DICTDB_STATUS_OK);
        CHECK_INT(count, 1);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&rows);
}

static void readers_never_see_half_of_an_update(void) {
    scene s;
    open_scene(&s, 300);
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"version\":0,\"text\":\"some text beside it\"}"), NULL, &s.w.err), &s.w.err);
    }
    s.predicate = everything();
    play(&s, 2, set_versions, 3, compare_versions);
    CHECK_OK(dictdb_table_select(s.w.table, NULL, NULL, 0, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK(versions_are_equal(&s.w.out));
    close_scene(&s);
}

/** Groups of 50 records come and go as a whole. */
static void put_and_take_groups(scene *s, int number) {
    char *records = check_memory(50 * 64);
    for (long i = 0; i < s->rounds; i++) {
        size_t used = 1;
        char value[32];
        snprintf(value, sizeof value, "\"%d of %ld\"", number, i);
        records[0] = '[';
        for (int j = 0; j < 50; j++) {
            used += (size_t)snprintf(records + used, 64, "%s{\"group\":%s}", j == 0 ? "" : ",", value);
        }
        snprintf(records + used, 8, "]");
        CHECK_INT(dictdb_table_insert_many(s->w.table, NTS(records), NULL, NULL), DICTDB_STATUS_OK);
        dictdb_predicate *group = where(dictdb_predicate_eq, "group", value);
        uint64_t count = 0;
        CHECK_INT(dictdb_table_delete(s->w.table, group, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 50);
        dictdb_predicate_free(group);
    }
    free(records);
    atomic_fetch_sub(&s->writers, 1);
}

static void count_whole_groups(scene *s, int number) {
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    do {
        uint64_t count = 77;
        uint64_t selected = 77;
        CHECK_INT(dictdb_table_count(s->w.table, number % 2 == 0 ? NULL : s->predicate, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count % 50, 0);
        CHECK_INT(dictdb_table_select(s->w.table, NULL, NTS("{\"columns\":[\"group\"],\"distinct\":true}"), &rows, &selected, NULL),
                  DICTDB_STATUS_OK);
        CHECK(selected <= 2);
        CHECK_INT(dictdb_table_select(s->w.table, s->predicate, NULL, 0, &rows, &selected, NULL), DICTDB_STATUS_OK);
        CHECK_INT(selected % 50, 0);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&rows);
}

static void readers_never_see_half_of_an_insert_or_a_delete(void) {
    scene s;
    open_scene(&s, 1500);
    s.predicate = where(dictdb_predicate_ne, "group", "null");
    play(&s, 2, put_and_take_groups, 2, count_whole_groups);
    CHECK_INT(count_of(&s, NULL), 0);
    close_scene(&s);
}

/** Updates that fail on the last record leave no trace. */
static void fail_to_update(scene *s, int number) {
    (void)number;
    for (long i = 0; i < s->rounds; i++) {
        CHECK_INT(dictdb_table_update(s->w.table, s->predicate, NTS("{\"id\":5000,\"version\":1}"), NULL, NULL), DICTDB_STATUS_DUPLICATE_KEY);
        CHECK_INT(dictdb_table_insert_many(s->w.table, NTS("[{\"version\":1},{\"version\":1},{\"id\":1}]"), NULL, NULL),
                  DICTDB_STATUS_DUPLICATE_KEY);
    }
    atomic_fetch_sub(&s->writers, 1);
}

static void see_nothing_change(scene *s, int number) {
    (void)number;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    do {
        CHECK_INT(dictdb_table_select(s->w.table, NULL, NTS("{\"columns\":[\"version\"],\"distinct\":true}"), &rows, NULL, NULL),
                  DICTDB_STATUS_OK);
        CHECK_TEXT(rows, "[{\"version\":0}]");
        CHECK_INT(dictdb_table_get_int(s->w.table, 5000, &rows, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&rows);
}

static void readers_never_see_a_failed_change(void) {
    scene s;
    open_scene(&s, 2000);
    INSERT(s.w, "[{\"version\":0},{\"version\":0},{\"version\":0},{\"version\":0}]");
    s.predicate = everything();
    play(&s, 2, fail_to_update, 2, see_nothing_change);
    CHECK_INT(count_of(&s, NULL), 4);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------- what was written */

static void write_own_records(scene *s, int number) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    for (long i = 0; i < s->rounds; i++) {
        char key[64];
        char text[160];
        snprintf(key, sizeof key, "\"%d:%ld\"", number, i % 100);
        snprintf(text, sizeof text, "{\"id\":%s,\"i\":%ld}", key, i);
        CHECK_INT(dictdb_table_upsert(s->w.table, NTS(text), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_get(s->w.table, NTS(key), &out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, text);
        if (i % 7 == 0) {
            CHECK_INT(dictdb_table_delete_by_key(s->w.table, NTS(key), NULL), DICTDB_STATUS_OK);
            CHECK_INT(dictdb_table_get(s->w.table, NTS(key), &out, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
        }
    }
    dictdb_buffer_free(&out);
    atomic_fetch_sub(&s->writers, 1);
}

static void read_whatever_is_there(scene *s, int number) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    do {
        uint64_t count = 0;
        CHECK_INT(dictdb_table_select(s->w.table, s->predicate, NTS("{\"order_by\":[\"-i\",\"id\"],\"limit\":50}"), &out, &count, NULL),
                  DICTDB_STATUS_OK);
        CHECK(count <= 50);
        CHECK(number >= 0 && out.data[0] == '[' && out.data[out.len - 1] == ']');
        CHECK_INT(dictdb_table_describe(s->w.table, &out, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_statistics(s->w.table, &out, NULL), DICTDB_STATUS_OK);
        CHECK(json_integer(out.data, "records") <= 400);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&out);
}

static void a_thread_reads_what_it_wrote(void) {
    scene s;
    open_scene(&s, 10000);
    s.predicate = where(dictdb_predicate_ge, "i", "0");
    play(&s, 4, write_own_records, 2, read_whatever_is_there);
    close_scene(&s);
}

static void hammer_one_table(scene *s, int number) {
    dictdb_table *own = s->tables[number % 4];
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    for (long i = 0; i < s->rounds; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"of\":%d,\"i\":%ld}", number % 4, i);
        CHECK_INT(dictdb_table_insert(own, NTS(record), &out, NULL), DICTDB_STATUS_OK);
        if (i % 3 == 0) {
            CHECK_INT(dictdb_table_delete_by_key(own, out.data, out.len, NULL), DICTDB_STATUS_OK);
        }
    }
    dictdb_buffer_free(&out);
    atomic_fetch_sub(&s->writers, 1);
}

static void read_a_quiet_table(scene *s, int number) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    (void)number;
    do {
        CHECK_INT(dictdb_table_select(s->w.table, NULL, NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(out, "[{\"quiet\":true,\"id\":1}]");
        uint64_t count = 0;
        CHECK_INT(dictdb_table_count(s->tables[0], s->predicate, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, 0);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&out);
}

static void tables_do_not_mix(void) {
    scene s;
    open_scene(&s, 6000);
    INSERT(s.w, "[{\"quiet\":true}]");
    for (int i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        CHECK_OK(dictdb_db_create_table(s.w.db, NTS(name), NULL, 0, &s.tables[i], &s.w.err), &s.w.err);
    }
    s.predicate = where(dictdb_predicate_is_in, "of", "[1,2,3]");
    play(&s, 8, hammer_one_table, 2, read_a_quiet_table);
    for (int i = 0; i < 4; i++) {
        char value[16];
        uint64_t all = 0;
        uint64_t own = 0;
        snprintf(value, sizeof value, "%d", i);
        dictdb_predicate *of = where(dictdb_predicate_eq, "of", value);
        CHECK_OK(dictdb_table_count(s.tables[i], NULL, &all, &s.w.err), &s.w.err);
        CHECK_OK(dictdb_table_count(s.tables[i], of, &own, &s.w.err), &s.w.err);
        CHECK_INT(all, 2 * (s.rounds - (s.rounds + 2) / 3));
        CHECK_INT(own, all);
        dictdb_predicate_free(of);
    }
    close_scene(&s);
}

/* -------------------------------------------------------------------------------------------------------- predicates, databases */

static void use_the_predicate(scene *s, int number) {
    for (long i = 0; i < s->rounds; i++) {
        uint64_t count = 0;
        dictdb_predicate *opposite = NULL;
        CHECK_INT(dictdb_table_count(number % 2 == 0 ? s->w.table : s->tables[0], s->predicate, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, number % 2 == 0 ? 2 : 1);
        CHECK_INT(dictdb_predicate_not(s->predicate, &opposite, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_count(number % 2 == 0 ? s->w.table : s->tables[0], opposite, &count, NULL), DICTDB_STATUS_OK);
        CHECK_INT(count, number % 2 == 0 ? 1 : 3);
        dictdb_predicate_free(opposite);
    }
}

static void threads_share_a_predicate_and_tables(void) {
    scene s;
    open_scene(&s, 3000);
    INSERT(s.w, "[{\"name\":\"Anna\"},{\"name\":\"BANANA\"},{\"name\":\"Otto\"}]");
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("u"), NULL, 0, &s.tables[0], &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert_many(s.tables[0], NTS("[{\"x\":1,\"name\":\"Hannah\"},{\"name\":5},{},{\"name\":\"nn\"}]"), NULL, &s.w.err),
             &s.w.err);
    s.predicate = where(dictdb_predicate_icontains, "name", "\"AN\"");
    play(&s, 6, use_the_predicate, 0, NULL);
    close_scene(&s);
}

static void create_and_drop(scene *s, int number) {
    (void)number;
    for (long i = 0; i < s->rounds; i++) {
        dictdb_table *table = NULL;
        dictdb_status created = dictdb_db_create_table(s->w.db, NTS("contested"), NULL, 0, &table, NULL);
        CHECK(created == DICTDB_STATUS_OK || created == DICTDB_STATUS_DUPLICATE_TABLE);
        CHECK((table != NULL) == (created == DICTDB_STATUS_OK));
        atomic_fetch_add(&s->done, created == DICTDB_STATUS_OK ? 1 : 0);
        if (table != NULL) {
            dictdb_status inserted = dictdb_table_insert(table, NTS("{\"a\":1}"), NULL, NULL);
            CHECK(inserted == DICTDB_STATUS_OK || inserted == DICTDB_STATUS_TABLE_NOT_FOUND);
        }
        dictdb_status dropped = dictdb_db_drop_table(s->w.db, NTS("contested"), NULL);
        CHECK(dropped == DICTDB_STATUS_OK || dropped == DICTDB_STATUS_TABLE_NOT_FOUND);
        atomic_fetch_sub(&s->done, dropped == DICTDB_STATUS_OK ? 1 : 0);
        if (table != NULL && dropped == DICTDB_STATUS_OK) {
            uint64_t count = 0;
            dictdb_status counted = dictdb_table_count(table, NULL, &count, NULL);
            CHECK(counted == DICTDB_STATUS_OK || counted == DICTDB_STATUS_TABLE_NOT_FOUND);
        }
        dictdb_table_free(table);
    }
    atomic_fetch_sub(&s->writers, 1);
}

static void use_while_it_is_dropped(scene *s, int number) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    do {
        dictdb_table *table = NULL;
        dictdb_status got = dictdb_db_get_table(s->w.db, NTS("contested"), &table, NULL);
        CHECK(got == DICTDB_STATUS_OK || got == DICTDB_STATUS_TABLE_NOT_FOUND);
        for (int i = 0; table != NULL && i < 5; i++) {
            dictdb_status statuses[] = {
                dictdb_table_insert(table, NTS("{\"a\":2}"), NULL, NULL),
                dictdb_table_get_int(table, 1, &out, NULL),
                dictdb_table_select(table, s->predicate, NULL, 0, &out, NULL, NULL),
                dictdb_table_update(table, s->predicate, NTS("{\"b\":1}"), NULL, NULL),
                dictdb_table_delete_by_key(table, NTS("1"), NULL),
                dictdb_table_describe(table, &out, NULL),
            };
            for (size_t j = 0; j < sizeof statuses / sizeof statuses[0]; j++) {
                CHECK(statuses[j] == DICTDB_STATUS_OK || statuses[j] == DICTDB_STATUS_TABLE_NOT_FOUND ||
                      statuses[j] == DICTDB_STATUS_RECORD_NOT_FOUND);
            }
        }
        CHECK(number >= 0);
        CHECK_INT(dictdb_db_list_tables(s->w.db, &out, NULL), DICTDB_STATUS_OK);
        CHECK(strcmp(out.data, "[\"t\"]") == 0 || strcmp(out.data, "[\"t\",\"contested\"]") == 0);
        dictdb_table_free(table);
    } while (atomic_load(&s->writers) > 0);
    dictdb_buffer_free(&out);
}

static void a_table_is_dropped_while_others_use_it(void) {
    scene s;
    open_scene(&s, 4000);
    s.predicate = everything();
    play(&s, 2, create_and_drop, 2, use_while_it_is_dropped);
    CHECK_INT(atomic_load(&s.done), 0);
    CHECK_OK(dictdb_db_list_tables(s.w.db, &s.w.out, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[\"t\"]");
    close_scene(&s);
}

static void insert_until_dropped(scene *s, int number) {
    (void)number;
    dictdb_status status;
    while ((status = dictdb_table_insert(s->tables[0], NTS("{}"), NULL, NULL)) == DICTDB_STATUS_OK) {
        atomic_fetch_add(&s->done, 1);
    }
    CHECK_INT(status, DICTDB_STATUS_TABLE_NOT_FOUND);
    CHECK_INT(dictdb_table_insert(s->tables[0], NTS("{}"), NULL, NULL), DICTDB_STATUS_TABLE_NOT_FOUND);
}

static void drop_after_some_inserts(scene *s, int number) {
    (void)number;
    while (atomic_load(&s->done) < 100) {
        CHECK_INT(dictdb_db_list_tables(s->w.db, &s->w.out, NULL), DICTDB_STATUS_OK);
    }
    CHECK_INT(dictdb_db_drop_table(s->w.db, NTS("doomed"), NULL), DICTDB_STATUS_OK);
    /* Nothing is accepted any more once the drop has returned. */
    CHECK_INT(dictdb_table_insert(s->tables[0], NTS("{}"), NULL, NULL), DICTDB_STATUS_TABLE_NOT_FOUND);
}

static void no_write_is_accepted_after_a_drop(void) {
    for (long i = 0; i < check_rounds(50); i++) {
        scene s;
        open_scene(&s, 0);
        CHECK_OK(dictdb_db_create_table(s.w.db, NTS("doomed"), NULL, 0, &s.tables[0], &s.w.err), &s.w.err);
        play(&s, 2, insert_until_dropped, 1, drop_after_some_inserts);
        close_scene(&s);
    }
}

int main(void) {
    RUN(concurrent_inserts_never_get_the_same_key_and_none_is_lost);
    RUN(of_several_inserts_of_a_key_one_succeeds);
    RUN(of_several_deletes_of_a_key_one_succeeds);
    RUN(readers_never_see_half_of_an_update);
    RUN(readers_never_see_half_of_an_insert_or_a_delete);
    RUN(readers_never_see_a_failed_change);
    RUN(a_thread_reads_what_it_wrote);
    RUN(tables_do_not_mix);
    RUN(threads_share_a_predicate_and_tables);
    RUN(a_table_is_dropped_while_others_use_it);
    RUN(no_write_is_accepted_after_a_drop);
    return check_finish();
}
