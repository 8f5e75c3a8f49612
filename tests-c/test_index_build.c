/*
 * Tests: indexes made of a large table while other threads read and write it: every answer is right meanwhile, writers go on, and afterwards
 * each index has exactly the entries that a scan finds.
 * Does not test: what indexes mean (test_index), how fast they are made.
 *
 * Every write keeps what readers rely on: two records trade their groups, or their serial numbers, in one call; so at each instant all groups
 * are of the same size, and each serial number is that of one record.
 */
#include "check.h"
#include <pthread.h>
#include <sched.h>

enum { WRITERS = 2, READERS = 2, GROUPS = 1000 };

/** Records of a group, before and after each write. */
static long per_group;
static long records;

/** What the records should be, by their ids. A writer reads and writes what belongs to its own ones. */
static long *group_of;
static long *serial_of;

typedef struct {
    world w;
    dictdb_update *trade_groups;
    dictdb_update *trade_serials;
    dictdb_query *of_group;
    dictdb_query *of_serial;
    dictdb_query *of_serials;
    atomic_int ended;
    atomic_long writes;
    atomic_long reads;
} scene;

typedef struct {
    scene *scene;
    int number;
} actor;

/** Numbers that look random, the same in each run. */
static long next(uint64_t *state, long below) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (long)(*state >> 33) % below;
}

/* ----------------------------------------------------------------------------------------------------------------- the actors */

static void trade(scene *s, const dictdb_update *update, long *of, long a, long b) {
    char params[100];
    uint64_t changed = 0;
    snprintf(params, sizeof params, "[%ld,%ld,%ld]", a, b, of[a] + of[b]);
    CHECK_INT(dictdb_update_run(update, s->w.table, NTS(params), &changed, NULL), DICTDB_STATUS_OK);
    CHECK_INT(changed, 2);
    long kept = of[a];
    of[a] = of[b];
    of[b] = kept;
}

/** A record that comes and goes, in none of the groups and without a serial number. */
static void come_and_go(scene *s, dictdb_buffer *key, long group) {
    char record[100];
    snprintf(record, sizeof record, "{\"group\":%ld,\"extra\":true}", GROUPS + group);
    CHECK_INT(dictdb_table_insert(s->w.table, NTS(record), key, NULL), DICTDB_STATUS_OK);
    CHECK_INT(dictdb_table_delete_by_key(s->w.table, key->data, key->len, NULL), DICTDB_STATUS_OK);
}

static void *write_until_ended(void *argument) {
    actor *self = argument;
    scene *s = self->scene;
    uint64_t random = (uint64_t)self->number + 1;
    dictdb_buffer key = DICTDB_BUFFER_INIT;
    while (atomic_load(&s->ended) == 0) {
        long a = 1 + next(&random, records / WRITERS) * WRITERS + self->number;
        long b = 1 + next(&random, records / WRITERS) * WRITERS + self->number;
        char change[100];
        switch (next(&random, 4)) {
        case 0:
            come_and_go(s, &key, next(&random, GROUPS));
            break;
        case 1:
            snprintf(change, sizeof change, "{\"id\":%ld,\"note\":\"%ld\"}", a, b);
            CHECK_INT(dictdb_table_upsert(s->w.table, NTS(change), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL), DICTDB_STATUS_OK);
            break;
        case 2:
            if (a != b) {
                trade(s, s->trade_serials, serial_of, a, b);
            }
            break;
        default:
            if (a != b) {
                trade(s, s->trade_groups, group_of, a, b);
            }
        }
        atomic_fetch_add(&s->writes, 1);
    }
    dictdb_buffer_free(&key);
    return NULL;
}

/** A group has its size, and each of its rows is really of it. */
static void read_group(scene *s, dictdb_buffer *rows, long group) {
    char params[40];
    char part[40];
    uint64_t count = 0;
    long seen = 0;
    snprintf(params, sizeof params, "[%ld]", group);
    snprintf(part, sizeof part, "\"twin\":%ld}", group);
    CHECK_INT(dictdb_query_run(s->of_group, s->w.table, NTS(params), rows, &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, per_group);
    for (const char *at = rows->data; (at = strstr(at, part)) != NULL; at++) {
        seen++;
    }
    CHECK_INT(seen, per_group);
}

/** A serial number is that of one record; so many of them are those of so many records. */
static void read_serials(scene *s, dictdb_buffer *rows, long serial) {
    char params[80];
    char expected[80];
    uint64_t count = 0;
    snprintf(params, sizeof params, "[%ld]", serial);
    snprintf(expected, sizeof expected, "[{\"serial\":%ld}]", serial);
    CHECK_INT(dictdb_query_run(s->of_serial, s->w.table, NTS(params), rows, NULL, NULL), DICTDB_STATUS_OK);
    CHECK_TEXT(*rows, expected);
    long last = serial + 99 < records ? serial + 99 : records;
    snprintf(params, sizeof params, "[%ld,%ld]", serial, last);
    CHECK_INT(dictdb_query_count(s->of_serials, s->w.table, NTS(params), &count, NULL), DICTDB_STATUS_OK);
    CHECK_INT(count, last - serial + 1);
}

static void *read_until_ended(void *argument) {
    actor *self = argument;
    scene *s = self->scene;
    uint64_t random = (uint64_t)self->number + 100;
    dictdb_buffer rows = DICTDB_BUFFER_INIT;
    while (atomic_load(&s->ended) == 0) {
        read_group(s, &rows, next(&random, GROUPS));
        read_serials(s, &rows, 1 + next(&random, records));
        atomic_fetch_add(&s->reads, 1);
    }
    dictdb_buffer_free(&rows);
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------ the scene */

static void fill(scene *s) {
    enum { AT_ONCE = 1000, ROOM = 100 };
    char *text = check_memory((size_t)AT_ONCE * ROOM);
    for (long id = 1; id <= records;) {
        size_t used = 0;
        for (int i = 0; i < AT_ONCE && id <= records; i++, id++) {
            group_of[id] = id % GROUPS;
            serial_of[id] = records + 1 - id;
            int written = snprintf(text + used, ROOM, "%c{\"id\":%ld,\"group\":%ld,\"twin\":%ld,\"serial\":%ld}", i == 0 ? '[' : ',', id,
                                   group_of[id], group_of[id], serial_of[id]);
            used += (size_t)written;
        }
        text[used++] = ']';
        CHECK_OK(dictdb_table_insert_many(s->w.table, text, used, NULL, &s->w.err), &s->w.err);
    }
    free(text);
}

static dictdb_query *compiled(scene *s, const char *spec) {
    dictdb_query *query = NULL;
    CHECK_OK(dictdb_query_new(NULL, NTS(spec), &query, &s->w.err), &s->w.err);
    return query;
}

static void open_scene(scene *s) {
    memset(s, 0, sizeof *s);
    s->w = world_open(NULL);
    per_group = check_rounds(200);
    records = per_group * GROUPS;
    group_of = check_memory((size_t)(records + 1) * sizeof *group_of);
    serial_of = check_memory((size_t)(records + 1) * sizeof *serial_of);
    fill(s);
    CHECK_OK(dictdb_update_new(NULL, NTS("id IN (?1, ?2)"), NTS("group = ?3 - group, twin = ?3 - twin"), &s->trade_groups, &s->w.err), &s->w.err);
    CHECK_OK(dictdb_update_new(NULL, NTS("id IN (?1, ?2)"), NTS("serial = ?3 - serial"), &s->trade_serials, &s->w.err), &s->w.err);
    s->of_group = compiled(s, "{\"where\":\"group = ?1\",\"columns\":[\"id\",\"twin\"]}");
    s->of_serial = compiled(s, "{\"where\":\"serial = ?1\",\"columns\":[\"serial\"]}");
    s->of_serials = compiled(s, "{\"where\":\"serial BETWEEN ?1 AND ?2\"}");
}

static void close_scene(scene *s) {
    dictdb_update_free(s->trade_groups);
    dictdb_update_free(s->trade_serials);
    dictdb_query_free(s->of_group);
    dictdb_query_free(s->of_serial);
    dictdb_query_free(s->of_serials);
    free(group_of);
    free(serial_of);
    world_close(&s->w);
}

/* ------------------------------------------------------------------------------------------------------------------ afterwards */

static void check_access(scene *s, const dictdb_query *query, const char *params, const char *access) {
    CHECK_OK(dictdb_query_explain(query, s->w.table, NTS(params), &s->w.out, &s->w.err), &s->w.err);
    CHECK_MEMBER(s->w.out.data, "access", access);
}

/** The records are what the writers left. */
static void check_records(scene *s) {
    CHECK_OK(dictdb_table_query(s->w.table, NTS("{\"columns\":[\"id\",\"group\",\"serial\"]}"), NULL, 0, &s->w.out, NULL, &s->w.err), &s->w.err);
    long wrong = 0;
    const char *at = s->w.out.data;
    for (long id = 1; id <= records; id++) {
        at = json_space(at + 1);
        wrong += json_integer(at, "id") != id || json_integer(at, "group") != group_of[id] || json_integer(at, "serial") != serial_of[id];
        at = json_end(at);
    }
    CHECK_STRING(at, "]");
    CHECK_INT(wrong, 0);
}

/** The answers of the indexes are those that the records give, for each group and each serial number. */
static void check_entries(scene *s) {
    long *sums = check_memory((size_t)GROUPS * sizeof *sums);
    long *id_of = check_memory((size_t)(records + 1) * sizeof *id_of);
    memset(sums, 0, (size_t)GROUPS * sizeof *sums);
    for (long id = 1; id <= records; id++) {
        sums[group_of[id]] += id;
        id_of[serial_of[id]] = id;
    }
    dictdb_query *sum = compiled(s, "{\"where\":\"group = ?1\",\"aggregates\":[\"count()\",\"sum(id)\"]}");
    check_access(s, sum, "[5]", "\"index\"");
    for (long group = 0; group < GROUPS; group++) {
        char params[40];
        char expected[100];
        snprintf(params, sizeof params, "[%ld]", group);
        snprintf(expected, sizeof expected, "[{\"count()\":%ld,\"sum(id)\":%ld}]", per_group, sums[group]);
        CHECK_OK(dictdb_query_run(sum, s->w.table, NTS(params), &s->w.out, NULL, &s->w.err), &s->w.err);
        CHECK_TEXT(s->w.out, expected);
    }
    dictdb_query *id = compiled(s, "{\"where\":\"serial = ?1\",\"columns\":[\"id\"]}");
    check_access(s, id, "[5]", "\"index\"");
    for (long serial = 1; serial <= records; serial += 3) {
        char params[40];
        char expected[60];
        snprintf(params, sizeof params, "[%ld]", serial);
        snprintf(expected, sizeof expected, "[{\"id\":%ld}]", id_of[serial]);
        CHECK_OK(dictdb_query_run(id, s->w.table, NTS(params), &s->w.out, NULL, &s->w.err), &s->w.err);
        CHECK_TEXT(s->w.out, expected);
    }
    dictdb_query_free(sum);
    dictdb_query_free(id);
    free(sums);
    free(id_of);
}

/** Queries that walk whole indexes answer as they do by scans, when the indexes are gone. */
static void check_against_scans(scene *s) {
    static const char *const SPECS[] = {
        "{\"where\":\"group >= 0\",\"aggregates\":[\"count()\",\"sum(id)\",\"sum(serial)\"]}",
        "{\"where\":\"serial > 0\",\"aggregates\":[\"count()\",\"sum(id)\",\"min(serial)\",\"max(serial)\"]}",
        "{\"where\":\"serial < 500\",\"columns\":[\"id\",\"serial\"],\"order_by\":\"serial\"}",
        "{\"where\":\"group IN (1, 2, 3)\",\"columns\":[\"id\",\"group\"]}",
        "{\"where\":\"group = 7\",\"columns\":[\"serial\"],\"order_by\":\"-serial\",\"limit\":50}",
    };
    enum { COUNT = sizeof SPECS / sizeof SPECS[0] };
    dictdb_buffer before[COUNT];
    for (int i = 0; i < COUNT; i++) {
        before[i] = (dictdb_buffer)DICTDB_BUFFER_INIT;
        CHECK_OK(dictdb_table_query(s->w.table, NTS(SPECS[i]), NULL, 0, &before[i], NULL, &s->w.err), &s->w.err);
    }
    CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("\"group\""), &s->w.err), &s->w.err);
    CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("\"serial\""), &s->w.err), &s->w.err);
    CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("[\"group\",\"serial\"]"), &s->w.err), &s->w.err);
    check_access(s, s->of_group, "[5]", "\"scan\"");
    check_access(s, s->of_serial, "[5]", "\"scan\"");
    for (int i = 0; i < COUNT; i++) {
        CHECK_OK(dictdb_table_query(s->w.table, NTS(SPECS[i]), NULL, 0, &s->w.out, NULL, &s->w.err), &s->w.err);
        CHECK_STRING(before[i].data, s->w.out.data);
        dictdb_buffer_free(&before[i]);
    }
}

/* -------------------------------------------------------------------------------------------------------------------- the test */

/** Makes an index; returns how many writes came meanwhile. */
static long build(scene *s, const char *options) {
    long before = atomic_load(&s->writes);
    CHECK_OK(dictdb_table_create_index(s->w.table, NTS(options), &s->w.err), &s->w.err);
    return atomic_load(&s->writes) - before;
}

/** Some more writes and reads. */
static void wait_for_others(scene *s) {
    long writes = atomic_load(&s->writes) + 20;
    long reads = atomic_load(&s->reads) + 1;
    while (atomic_load(&s->writes) < writes || atomic_load(&s->reads) < reads) {
        sched_yield();
    }
}

static void build_indexes(scene *s) {
    enum { ROUNDS = 2, PATIENCE = 100 };
    long meanwhile = 0;
    for (int round = 0; round < ROUNDS || (meanwhile == 0 && round < PATIENCE); round++) {
        if (round > 0) {
            CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("\"serial\""), &s->w.err), &s->w.err);
            CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("\"group\""), &s->w.err), &s->w.err);
            CHECK_OK(dictdb_table_drop_index(s->w.table, NTS("[\"group\",\"serial\"]"), &s->w.err), &s->w.err);
        }
        wait_for_others(s);
        meanwhile += build(s, "{\"fields\":\"serial\",\"kind\":\"sorted\",\"unique\":true}");
        meanwhile += build(s, "{\"fields\":\"group\",\"kind\":\"hash\"}");
        meanwhile += build(s, "{\"fields\":[\"group\",\"serial\"],\"kind\":\"sorted\"}");
        CHECK_STATUS(dictdb_table_create_index(s->w.table, NTS("{\"fields\":\"twin\",\"kind\":\"hash\",\"unique\":true}"), &s->w.err),
                     DICTDB_STATUS_DUPLICATE_KEY, &s->w.err);
        wait_for_others(s);
    }
    CHECK(meanwhile > 0);
}

static void indexes_made_beside_readers_and_writers_are_right(void) {
    scene s;
    pthread_t threads[WRITERS + READERS];
    actor actors[WRITERS + READERS];
    open_scene(&s);
    for (int i = 0; i < WRITERS + READERS; i++) {
        bool writes = i < WRITERS;
        actors[i] = (actor){&s, writes ? i : i - WRITERS};
        CHECK_INT(pthread_create(&threads[i], NULL, writes ? write_until_ended : read_until_ended, &actors[i]), 0);
    }
    build_indexes(&s);
    atomic_store(&s.ended, 1);
    for (int i = 0; i < WRITERS + READERS; i++) {
        pthread_join(threads[i], NULL);
    }
    check_records(&s);
    check_entries(&s);
    check_against_scans(&s);
    close_scene(&s);
}

int main(void) {
    RUN(indexes_made_beside_readers_and_writers_are_right);
    return check_finish();
}
