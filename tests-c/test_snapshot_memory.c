/*
 * Tests: the memory of snapshots: what statistics tell of it; that a thousand of them, held beside a million updates, take no more of the process
 * than that, and give all back when they are freed; that a table does not grow because snapshots of it come and go, or one is held for ever.
 * Does not test: what snapshots give (test_snapshot), how long anything takes.
 *
 * Resident memory is compared after malloc_trim: glibc keeps pages that were freed, so as not to ask for them again, until it is told to give
 * them back. Where there is another C library, and under an instrumented build (DICTDB_TEST_DIVISOR is set), resident memory says nothing
 * about the library, and only the statistics are looked at.
 */
#include "check.h"
#include <pthread.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { KIBI = 1024, MEBI = 1024 * KIBI };

/** Bytes of the process that are in memory; negative where that says nothing. */
static int64_t resident(void) {
#ifdef __GLIBC__
    long pages = 0;
    long in_memory = 0;
    if (getenv("DICTDB_TEST_DIVISOR") != NULL) {
        return -1;
    }
    malloc_trim(0);
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) {
        return -1;
    }
    int found = fscanf(file, "%ld %ld", &pages, &in_memory);
    fclose(file);
    return found == 2 ? (int64_t)in_memory * sysconf(_SC_PAGESIZE) : -1;
#else
    return -1;
#endif
}

/** What was told to be used is what is used: beside the parts themselves an allocator needs some bytes for each, and has gaps. */
static void check_resident(int line, int64_t before, int64_t told) {
    int64_t now = resident();
    if (before >= 0 && now >= 0 && now - before > told + told / 8 + 16 * MEBI) {
        fprintf(stderr, "%s:%d: %" PRId64 " bytes more are resident, and %" PRId64 " are told of\n", __FILE__, line, now - before, told);
        check_true(__FILE__, line, false, "no more memory is used than is told of");
    }
}

#define CHECK_RESIDENT(before, told) check_resident(__LINE__, (before), (told))

typedef struct {
    uint64_t state;
} generator;

static uint64_t draw(generator *g) {
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return g->state >> 33;
}

typedef struct {
    int64_t bytes;
    int64_t live;
    int64_t dead;
    int64_t snapshots;
    int64_t snapshot_bytes;
} figures;

static figures figures_of(world *w) {
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    figures of = {
        json_integer(w->out.data, "bytes"),
        json_integer(w->out.data, "live_bytes"),
        json_integer(w->out.data, "dead_bytes"),
        json_integer(w->out.data, "snapshots"),
        json_integer(w->out.data, "snapshot_bytes"),
    };
    CHECK(of.bytes >= 0 && of.live >= 0 && of.snapshots >= 0 && of.snapshot_bytes >= 0);
    return of;
}

/** Records 1 to `count`, each with the number 0. */
static void fill(world *w, long count) {
    enum { AT_ONCE = 1000, RECORD = 200 };
    char *text = check_memory(AT_ONCE * RECORD);
    for (long first = 1; first <= count; first += AT_ONCE) {
        size_t used = (size_t)snprintf(text, RECORD, "[");
        for (long i = first; i < first + AT_ONCE && i <= count; i++) {
            used += (size_t)snprintf(text + used, RECORD, "%s{\"id\":%ld,\"n\":0,\"name\":\"record %ld\",\"text\":\"some text beside it\"}",
                                     i == first ? "" : ",", i, i);
        }
        snprintf(text + used, RECORD, "]");
        CHECK_OK(dictdb_table_insert_many(w->table, text, used + 1, NULL, &w->err), &w->err);
    }
    free(text);
}

/** Sets the number of one record. */
static void set_number(world *w, uint64_t key, long number) {
    char key_text[24];
    char changes[48];
    int key_len = snprintf(key_text, sizeof key_text, "%" PRIu64, key);
    int changes_len = snprintf(changes, sizeof changes, "{\"n\":%ld}", number);
    CHECK_INT(dictdb_table_update_by_key(w->table, key_text, (size_t)key_len, changes, (size_t)changes_len, NULL), DICTDB_STATUS_OK);
}

static int64_t sum_of(world *w, const dictdb_table *table) {
    CHECK_OK(dictdb_table_query(table, NTS("{\"aggregates\":{\"n\":\"sum(n)\",\"records\":\"count()\"}}"), NULL, 0, &w->out, NULL, &w->err), &w->err);
    return json_integer(w->out.data == NULL ? NULL : w->out.data + 1, "n");
}

static dictdb_table *snapshot_of(world *w) {
    dictdb_table *snapshot = NULL;
    CHECK_OK(dictdb_table_snapshot(w->table, &snapshot, &w->err), &w->err);
    return snapshot;
}

/* --------------------------------------------------------------------------------------------------------------- statistics */

static void statistics_count_snapshots_and_cursors(void) {
    world w = world_open(NULL);
    fill(&w, 10);
    CHECK_INT(figures_of(&w).snapshots, 0);
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    dictdb_table *first = snapshot_of(&w);
    CHECK_INT(figures_of(&w).snapshots, 1);
    dictdb_table *second = snapshot_of(&w);
    dictdb_db *db = NULL;
    CHECK_OK(dictdb_db_snapshot(w.db, &db, &w.err), &w.err);
    CHECK_INT(figures_of(&w).snapshots, 3);
    dictdb_cursor *cursor = NULL;
    /* A cursor on a snapshot keeps that one. */
    CHECK_OK(dictdb_table_cursor(first, NULL, 0, NULL, 0, &cursor, &w.err), &w.err);
    CHECK_INT(figures_of(&w).snapshots, 3);
    dictdb_cursor_free(cursor);
    CHECK_OK(dictdb_table_cursor(w.table, NULL, 0, NULL, 0, &cursor, &w.err), &w.err);
    CHECK_INT(figures_of(&w).snapshots, 4);
    /* Nothing was written since: they cost nothing. */
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    dictdb_table_free(first);
    CHECK_INT(figures_of(&w).snapshots, 3);
    dictdb_db_free(db);
    CHECK_INT(figures_of(&w).snapshots, 2);
    dictdb_cursor_free(cursor);
    CHECK_INT(figures_of(&w).snapshots, 1);
    dictdb_table_free(second);
    CHECK_INT(figures_of(&w).snapshots, 0);
    world_close(&w);
}

static void a_snapshots_own_statistics_do_not_tell_of_snapshots(void) {
    world w = world_open(NULL);
    dictdb_table *snapshot = snapshot_of(&w);
    CHECK_OK(dictdb_table_statistics(snapshot, &w.out, &w.err), &w.err);
    CHECK(json_member(w.out.data, "records") != NULL);
    CHECK(json_member(w.out.data, "lock_waits") == NULL);
    CHECK(json_member(w.out.data, "snapshots") == NULL);
    CHECK(json_member(w.out.data, "snapshot_bytes") == NULL);
    dictdb_table_free(snapshot);
    world_close(&w);
}

static void a_snapshot_costs_what_the_table_would_have_let_go(void) {
    world w = world_open(NULL);
    fill(&w, 20000);
    int64_t live = figures_of(&w).live;
    dictdb_table *first = snapshot_of(&w);
    dictdb_table *same = snapshot_of(&w);
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    CHECK_OK(dictdb_table_update_where(w.table, NTS("id = 5000"), NTS("n = 1"), NULL, 0, NULL, &w.err), &w.err);
    int64_t after_one = figures_of(&w).snapshot_bytes;
    CHECK(after_one > 0 && after_one < live / 10);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), &w.err);
    int64_t after_all = figures_of(&w).snapshot_bytes;
    /* The records are there only for the snapshots, or they are remains that the table has not let go yet. */
    CHECK(after_all > live / 4 && after_all + figures_of(&w).dead >= live && after_all < 4 * live);
    /* The two are of one instant and have everything in common. */
    dictdb_table_free(same);
    CHECK_INT(figures_of(&w).snapshot_bytes, after_all);
    dictdb_table *empty = snapshot_of(&w);
    fill(&w, 20000);
    dictdb_table *second = snapshot_of(&w);
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("TRUE"), NULL, 0, NULL, &w.err), &w.err);
    int64_t of_both = figures_of(&w).snapshot_bytes;
    CHECK(of_both > after_all && of_both + figures_of(&w).dead >= 2 * live);
    dictdb_table_free(first);
    int64_t of_second = figures_of(&w).snapshot_bytes;
    CHECK(of_second > 0 && of_second < of_both);
    dictdb_table_free(second);
    CHECK(figures_of(&w).snapshot_bytes < of_second);
    dictdb_table_free(empty);
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    CHECK_INT(figures_of(&w).snapshots, 0);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------ a thousand snapshots */

enum { RECORDS = 200000, SNAPSHOTS = 1000 };

static void a_thousand_snapshots_take_what_is_told_and_give_it_back(void) {
    long records = check_rounds(RECORDS);
    long updates_each = check_rounds(1000);
    int64_t before = resident();
    world w = world_open(NULL);
    generator g = {5};
    dictdb_table **snapshots = check_memory(SNAPSHOTS * sizeof *snapshots);
    int64_t *sums = check_memory(SNAPSHOTS * sizeof *sums);
    long *numbers = check_memory((size_t)(records + 1) * sizeof *numbers);
    memset(numbers, 0, (size_t)(records + 1) * sizeof *numbers);
    fill(&w, records);
    figures of = figures_of(&w);
    int64_t bytes_before = of.bytes;
    int64_t filled = resident();
    CHECK_INT(of.snapshot_bytes, 0);
    CHECK_RESIDENT(before, of.bytes);

    int64_t sum = 0;
    for (int i = 0; i < SNAPSHOTS; i++) {
        CHECK_OK(dictdb_table_snapshot(w.table, &snapshots[i], &w.err), &w.err);
        sums[i] = sum;
        for (long j = 0; j < updates_each; j++) {
            uint64_t key = 1 + draw(&g) % (uint64_t)records;
            long number = (long)(draw(&g) % 1000000);
            set_number(&w, key, number);
            sum += number - numbers[key];
            numbers[key] = number;
        }
    }
    of = figures_of(&w);
    CHECK_INT(of.snapshots, SNAPSHOTS);
    CHECK_RESIDENT(before, of.bytes + of.snapshot_bytes);
    /* A snapshot costs in proportion to what was changed since, not to the size of the table: a copy of all would cost the latter. */
    CHECK(of.snapshot_bytes > 0);
    CHECK(of.snapshot_bytes / SNAPSHOTS < updates_each * 4 * KIBI);
    CHECK(getenv("DICTDB_TEST_DIVISOR") != NULL || of.snapshot_bytes / SNAPSHOTS < bytes_before / 10);
    /* The table itself is not larger for having snapshots. */
    CHECK(of.bytes < 3 * bytes_before + MEBI);

    for (int i = 0; i < SNAPSHOTS; i += 67) {
        CHECK_INT(sum_of(&w, snapshots[i]), sums[i]);
    }
    CHECK_INT(sum_of(&w, w.table), sum);

    /* Neither the oldest first nor the newest first: what a snapshot has in common with those beside it stays with them. */
    int64_t last = of.snapshot_bytes;
    int freed = 0;
    for (int i = 0; freed < SNAPSHOTS; i = (i + 389) % SNAPSHOTS) {
        dictdb_table_free(snapshots[i]);
        if (++freed % 250 == 0) {
            figures now = figures_of(&w);
            CHECK_INT(now.snapshots, SNAPSHOTS - freed);
            CHECK(now.snapshot_bytes < last);
            last = now.snapshot_bytes;
        }
    }
    of = figures_of(&w);
    CHECK_INT(of.snapshots, 0);
    CHECK_INT(of.snapshot_bytes, 0);
    CHECK_RESIDENT(filled, of.bytes > bytes_before ? of.bytes - bytes_before : 0);
    CHECK_INT(sum_of(&w, w.table), sum);
    free(numbers);
    free(sums);
    free(snapshots);
    world_close(&w);
    CHECK_RESIDENT(before, 0);
}

/* ----------------------------------------------------------------------------------------------------------- held, and renewed */

static void a_snapshot_that_is_held_for_ever_costs_one_table_at_most(void) {
    enum { FEW = 2000 };
    world w = world_open(NULL);
    generator g = {6};
    long updates = check_rounds(200000);
    dictdb_table *snapshot = NULL;
    fill(&w, FEW);
    figures of = figures_of(&w);
    int64_t bytes = of.bytes;
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    for (long i = 1; i <= updates; i++) {
        set_number(&w, 1 + draw(&g) % FEW, i);
        if (i % 10000 == 0) {
            of = figures_of(&w);
            CHECK(of.snapshot_bytes <= bytes + 64 * KIBI);
            CHECK(of.bytes < 4 * of.live + 3 * MEBI);
        }
    }
    CHECK_INT(sum_of(&w, snapshot), 0);
    dictdb_table_free(snapshot);
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    world_close(&w);
}

static void snapshots_that_come_and_go_leave_nothing_behind(void) {
    enum { FEW = 2000, HELD = 8 };
    world w = world_open(NULL);
    generator g = {7};
    long rounds = check_rounds(100000);
    dictdb_table *held[HELD] = {NULL};
    fill(&w, FEW);
    int64_t before = resident();
    for (long i = 1; i <= rounds; i++) {
        dictdb_table_free(held[i % HELD]);
        CHECK_INT(dictdb_table_snapshot(w.table, &held[i % HELD], NULL), DICTDB_STATUS_OK);
        set_number(&w, 1 + draw(&g) % FEW, i);
    }
    figures of = figures_of(&w);
    CHECK_INT(of.snapshots, rounds < HELD ? rounds : HELD);
    /* Each has a segment's age of a few updates, and the pages that these have changed. */
    CHECK(of.snapshot_bytes < 4 * MEBI);
    CHECK(of.bytes < 4 * of.live + 3 * MEBI);
    CHECK_RESIDENT(before, of.bytes + of.snapshot_bytes);
    for (int i = 0; i < HELD; i++) {
        dictdb_table_free(held[i]);
    }
    CHECK_INT(figures_of(&w).snapshot_bytes, 0);
    world_close(&w);
}

static void cursors_that_are_not_read_to_their_end_leave_nothing_behind(void) {
    enum { FEW = 2000 };
    static const char *const SPECS[] = {
        NULL, "{\"where\":\"n >= 0\"}", "{\"order_by\":\"-n\"}", "{\"columns\":[\"n\"],\"distinct\":true}", "{\"group_by\":\"name\"}",
    };
    world w = world_open(NULL);
    generator g = {8};
    long rounds = check_rounds(2000);
    fill(&w, FEW);
    int64_t before = resident();
    for (long i = 1; i <= rounds; i++) {
        dictdb_cursor *cursor = NULL;
        const char *row = NULL;
        size_t len = 0;
        CHECK_INT(dictdb_table_cursor(w.table, NTS(SPECS[i % 5]), NULL, 0, &cursor, NULL), DICTDB_STATUS_OK);
        set_number(&w, 1 + draw(&g) % FEW, i);
        CHECK_INT(dictdb_cursor_next(cursor, &row, &len, NULL), DICTDB_STATUS_OK);
        dictdb_cursor_free(cursor);
    }
    figures of = figures_of(&w);
    CHECK_INT(of.snapshots, 0);
    CHECK_INT(of.snapshot_bytes, 0);
    CHECK_RESIDENT(before, of.bytes);
    world_close(&w);
}

static void the_last_snapshot_of_a_dropped_table_frees_it(void) {
    int64_t before = resident();
    world w = world_open(NULL);
    dictdb_table *snapshot = NULL;
    long records = check_rounds(RECORDS);
    fill(&w, records);
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_INT(sum_of(&w, snapshot), 0);
    dictdb_table_free(snapshot);
    CHECK_RESIDENT(before, 0);
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------- drops beside snapshots */

/** One thread writes a table, a second one drops it meanwhile, and a third one takes a snapshot of the database as soon as its name is gone. */
typedef struct {
    dictdb_db *db;
    dictdb_table *table;
    const char *more;
    pthread_barrier_t barrier;
    atomic_bool is_written;
} dropping;

static void *write_it(void *argument) {
    dropping *d = argument;
    pthread_barrier_wait(&d->barrier);
    dictdb_status status = dictdb_table_insert_many(d->table, NTS(d->more), NULL, NULL);
    CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_TABLE_NOT_FOUND);
    atomic_store(&d->is_written, true);
    return NULL;
}

/** A write that may take no time is refused when the table's lock is held: then the drop, too, waits for it. */
static void *drop_it(void *argument) {
    dropping *d = argument;
    dictdb_table *impatient = NULL;
    dictdb_status status = DICTDB_STATUS_OK;
    CHECK_INT(dictdb_table_limited(d->table, NULL, 0, &impatient, NULL), DICTDB_STATUS_OK);
    pthread_barrier_wait(&d->barrier);
    while (status == DICTDB_STATUS_OK && !atomic_load(&d->is_written)) {
        status = dictdb_table_insert(impatient, NTS("{}"), NULL, NULL);
    }
    CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_TIMEOUT);
    CHECK_INT(dictdb_db_drop_table(d->db, NTS("t"), NULL), DICTDB_STATUS_OK);
    dictdb_table_free(impatient);
    return NULL;
}

static void *snap_without_it(void *argument) {
    dropping *d = argument;
    dictdb_buffer names = DICTDB_BUFFER_INIT;
    dictdb_db *snapshot = NULL;
    pthread_barrier_wait(&d->barrier);
    do {
        CHECK_INT(dictdb_db_list_tables(d->db, &names, NULL), DICTDB_STATUS_OK);
    } while (strcmp(names.data, "[]") != 0);
    CHECK_INT(dictdb_db_snapshot(d->db, &snapshot, NULL), DICTDB_STATUS_OK);
    dictdb_db_free(snapshot);
    dictdb_buffer_free(&names);
    return NULL;
}

static void a_handle_to_a_table_that_was_dropped_beside_snapshots_does_not_keep_its_records(void) {
    enum { ATTEMPTS = 30, FEW = 20000 };
    void *(*const bodies[])(void *) = {write_it, drop_it, snap_without_it};
    dictdb_table *handles[ATTEMPTS];
    char *more = check_memory((size_t)FEW * 60 + 16);
    size_t used = (size_t)snprintf(more, 8, "[");
    for (int i = 0; i < FEW; i++) {
        used += (size_t)snprintf(more + used, 60, "%s{\"n\":1,\"text\":\"some more of it\"}", i == 0 ? "" : ",");
    }
    snprintf(more + used, 8, "]");
    int64_t before = resident();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        world w = world_open(NULL);
        pthread_t threads[3];
        fill(&w, FEW);
        dropping d = {.db = w.db, .table = w.table, .more = more};
        CHECK_INT(pthread_barrier_init(&d.barrier, NULL, 3), 0);
        for (int i = 0; i < 3; i++) {
            CHECK_INT(pthread_create(&threads[i], NULL, bodies[i], &d), 0);
        }
        for (int i = 0; i < 3; i++) {
            pthread_join(threads[i], NULL);
        }
        pthread_barrier_destroy(&d.barrier);
        handles[attempt] = w.table;
        w.table = NULL;
        world_close(&w);
    }
    CHECK_RESIDENT(before, 0);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        dictdb_table_free(handles[attempt]);
    }
    CHECK_RESIDENT(before, 0);
    free(more);
}

int main(void) {
    RUN(statistics_count_snapshots_and_cursors);
    RUN(a_snapshots_own_statistics_do_not_tell_of_snapshots);
    RUN(a_snapshot_costs_what_the_table_would_have_let_go);
    RUN(a_thousand_snapshots_take_what_is_told_and_give_it_back);
    RUN(a_snapshot_that_is_held_for_ever_costs_one_table_at_most);
    RUN(snapshots_that_come_and_go_leave_nothing_behind);
    RUN(cursors_that_are_not_read_to_their_end_leave_nothing_behind);
    RUN(the_last_snapshot_of_a_dropped_table_frees_it);
    RUN(a_handle_to_a_table_that_was_dropped_beside_snapshots_does_not_keep_its_records);
    return check_finish();
}
