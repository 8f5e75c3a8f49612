/*
 * Tests: that memory stays flat over a million operations of all kinds: what a process holds after the first hundred thousand is what it holds
 * after each further hundred thousand.
 * Does not test: what a table counts as its own (test_memory, test_snapshot_memory), leaks of what is called once (the suite under
 * LeakSanitizer).
 */
#include "check.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

enum { RECORDS_KEPT = 10000, SPAN = 100000, SPANS = 10 };

/** A leak of five bytes an operation shows. Tables keep dead records of up to half of the live ones, and whole segments: that is not flat to the byte. */
static const int64_t BOUND = 4 * 1024 * 1024;

/** Bytes that the process has of the system, and that its allocator has given out; -1 where that cannot be told. */
typedef struct {
    int64_t resident;
    int64_t allocated;
} memory;

static memory measure(void) {
    memory m = {-1, -1};
    unsigned long size = 0;
    unsigned long resident = 0;
#ifdef __GLIBC__
    malloc_trim(0);
    const struct mallinfo2 info = mallinfo2();
    m.allocated = (int64_t)(info.uordblks + info.hblkhd);
#endif
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        m.resident = fscanf(file, "%lu %lu", &size, &resident) == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : -1;
        fclose(file);
    }
    return m;
}

typedef struct {
    world w;
    dictdb_table *other;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_batch *batch;
    dictdb_watch *watch;
    dictdb_table *snapshot;
    uint64_t watched;
    uint64_t random;
} scene;

static scene open_scene(void) {
    scene s;
    memset(&s, 0, sizeof s);
    s.w = world_open(NULL);
    s.random = 88172645463325252ull;
    for (int i = 0; i < RECORDS_KEPT; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"id\":%d,\"a\":%d,\"s\":\"%d\"}", i, i % 100, i);
        CHECK_OK(dictdb_table_insert(s.w.table, NTS(record), NULL, &s.w.err), &s.w.err);
    }
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("other"), NULL, 0, &s.other, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"s\",\"kind\":\"hash\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_query_new(NULL, NTS("{\"where\":\"a = ?1\",\"limit\":3}"), &s.query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_update_new(NULL, NTS("id = ?1"), NTS("a = a + 1, s = ?2"), &s.update, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_new(&s.batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_watch(s.w.db, NTS("{\"max_changes\":100}"), &s.watch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_snapshot(s.w.table, &s.snapshot, &s.w.err), &s.w.err);
    return s;
}

static void close_scene(scene *s) {
    dictdb_table_free(s->snapshot);
    dictdb_watch_free(s->watch);
    dictdb_batch_free(s->batch);
    dictdb_update_free(s->update);
    dictdb_query_free(s->query);
    dictdb_table_free(s->other);
    world_close(&s->w);
}

static unsigned draw(scene *s, unsigned bound) {
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (unsigned)(s->random >> 11) % bound;
}

/** One operation; all records that it takes away come back with another one of the same key. */
static void operate(scene *s, long i) {
    world *w = &s->w;
    char text[128];
    const unsigned id = draw(s, RECORDS_KEPT);
    switch (draw(s, 10)) {
    case 0:
        snprintf(text, sizeof text, "%u", id);
        CHECK_OK(dictdb_table_delete_by_key(w->table, NTS(text), &w->err), &w->err);
        snprintf(text, sizeof text, "{\"id\":%u,\"a\":%u,\"s\":\"%ld\"}", id, id % 100, i);
        CHECK_OK(dictdb_table_insert(w->table, NTS(text), &w->out, &w->err), &w->err);
        break;
    case 1:
        snprintf(text, sizeof text, "[%u,\"%ld\"]", id, i);
        CHECK_OK(dictdb_update_run(s->update, w->table, NTS(text), NULL, &w->err), &w->err);
        break;
    case 2:
        snprintf(text, sizeof text, "{\"id\":%u,\"a\":%u,\"s\":\"%ld\"}", id, id % 100, i);
        CHECK_OK(dictdb_table_upsert(w->table, NTS(text), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w->err), &w->err);
        break;
    case 3:
        snprintf(text, sizeof text, "[%u]", id % 100);
        CHECK_OK(dictdb_query_run(s->query, w->table, NTS(text), &w->out, NULL, &w->err), &w->err);
        break;
    case 4: {
        dictdb_table *snapshot = NULL;
        CHECK_OK(dictdb_table_snapshot(w->table, &snapshot, &w->err), &w->err);
        dictdb_table_free(s->snapshot);
        s->snapshot = snapshot;
        break;
    }
    case 5:
        snprintf(text, sizeof text, "{\"n\":%u}", id);
        CHECK_OK(dictdb_batch_insert(s->batch, s->other, NTS(text), &w->err), &w->err);
        CHECK_OK(dictdb_batch_delete_where(s->batch, s->other, NTS("n >= 0"), NULL, 0, &w->err), &w->err);
        CHECK_OK(dictdb_batch_commit(s->batch, &w->out, &w->err), &w->err);
        break;
    case 6: {
        dictdb_status status = dictdb_watch_poll(s->watch, s->watched, 0, 0, &w->out, &s->watched, NULL);
        if (status == DICTDB_STATUS_UNAVAILABLE) {
            status = dictdb_watch_last(s->watch, &s->watched, NULL);
        }
        CHECK_INT(status, DICTDB_STATUS_OK);
        break;
    }
    case 7: {
        dictdb_cursor *cursor = NULL;
        const char *row = NULL;
        size_t len = 0;
        snprintf(text, sizeof text, "{\"where\":\"a = %u\"}", id % 100);
        CHECK_OK(dictdb_table_cursor(w->table, NTS(text), NULL, 0, &cursor, &w->err), &w->err);
        const dictdb_status status = dictdb_cursor_next(cursor, &row, &len, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_RECORD_NOT_FOUND);
        dictdb_cursor_free(cursor);
        break;
    }
    case 8:
        CHECK_STATUS(dictdb_table_insert(w->table, NTS("{\"id\":0,"), NULL, &w->err), DICTDB_STATUS_INVALID_JSON, &w->err);
        snprintf(text, sizeof text, "{\"id\":%u}", id);
        CHECK_STATUS(dictdb_table_insert(w->table, NTS(text), NULL, &w->err), DICTDB_STATUS_DUPLICATE_KEY, &w->err);
        break;
    default: {
        dictdb_table *table = NULL;
        dictdb_predicate *predicate = parsed("a = 1 AND s = 'x'");
        dictdb_predicate_free(predicate);
        snprintf(text, sizeof text, "new%u", id % 4);
        CHECK_OK(dictdb_db_create_table(w->db, NTS(text), NULL, 0, &table, &w->err), &w->err);
        CHECK_OK(dictdb_table_insert(table, NTS("{\"a\":1}"), NULL, &w->err), &w->err);
        CHECK_OK(dictdb_db_drop_table(w->db, NTS(text), &w->err), &w->err);
        dictdb_table_free(table);
        break;
    }
    }
}

typedef void (*planted_leak)(scene *s);

/** The most by which memory grew, over spans of operations of which the first is left out. */
static memory growth(int spans, planted_leak leak) {
    scene s = open_scene();
    memory first = {0, 0};
    memory most = {0, 0};
    for (int span = 0; span < spans; span++) {
        const long operations = check_rounds(SPAN);
        for (long i = 0; i < operations; i++) {
            operate(&s, span * operations + i);
            if (leak != NULL) {
                leak(&s);
            }
        }
        const memory now = measure();
        if (span == 0) {
            first = now;
        } else {
            most.resident = now.resident - first.resident > most.resident ? now.resident - first.resident : most.resident;
            most.allocated = now.allocated - first.allocated > most.allocated ? now.allocated - first.allocated : most.allocated;
        }
    }
    CHECK_OK(dictdb_table_statistics(s.w.table, &s.w.out, &s.w.err), &s.w.err);
    CHECK_INT(json_integer(s.w.out.data, "records"), RECORDS_KEPT);
    close_scene(&s);
    return most;
}

static void a_million_operations_leave_nothing_behind(void) {
    const memory most = growth(SPANS, NULL);
    printf("      %ld operations; at most %" PRId64 " bytes more resident, %" PRId64 " more allocated than after the first %ld\n",
           SPANS * check_rounds(SPAN), most.resident, most.allocated, check_rounds(SPAN));
    check_figure("flat.operations", SPANS * check_rounds(SPAN));
    if (check_can_measure_memory()) {
        CHECK(most.resident < BOUND);
        CHECK(most.allocated < BOUND);
    }
}

static void leak_an_error(scene *s) {
    static int every;
    dictdb_error *error = NULL;
    if (every++ % 8 == 0) {
        CHECK_INT(dictdb_table_insert(s->w.table, NTS("["), NULL, &error), DICTDB_STATUS_INVALID_JSON);
    }
}

/** That of an error object in eight operations. */
static void a_leak_would_be_seen(void) {
    if (check_can_measure_memory()) {
        const memory most = growth(2, leak_an_error);
        printf("      with a leak: %" PRId64 " bytes more resident, %" PRId64 " more allocated\n", most.resident, most.allocated);
        CHECK(most.resident >= BOUND);
        CHECK(most.allocated == 0 || most.allocated >= BOUND);
    }
}

int main(void) {
    RUN(a_million_operations_leave_nothing_behind);
    RUN(a_leak_would_be_seen);
    return check_finish();
}
