/* Backups beside threads that write, and those that a thread of the library makes: nothing is lost, and each is of one instant. */
#include "check.h"
#include "backup.h"
#include <pthread.h>
#include <time.h>

enum { WRITERS = 4, KEYS = 400, CHANGES = 6000, ACCOUNTS = 100, START = 1000 };

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

typedef struct {
    dictdb_db *db;
    dictdb_table *tables[2];
    uint64_t seed;
    atomic_int *at_work;
} writer;

static unsigned below(writer *w, unsigned limit) {
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (unsigned)(w->seed >> 33) % limit;
}

static void *write_changes(void *argument) {
    writer *w = argument;
    char text[200];
    char key[20];
    for (int i = 0; i < CHANGES; i++) {
        dictdb_table *table = w->tables[below(w, 2)];
        snprintf(key, sizeof key, "%u", 1 + below(w, KEYS));
        switch (below(w, 6)) {
        case 0:
            dictdb_table_insert(table, NTS("{\"n\":0}"), NULL, NULL);
            break;
        case 1:
            snprintf(text, sizeof text, "{\"id\":%s,\"n\":%u}", key, below(w, 1000));
            dictdb_table_upsert(table, NTS(text), DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL);
            break;
        case 2:
            snprintf(text, sizeof text, "{\"m\":\"%u\"}", below(w, 1000));
            dictdb_table_update_by_key(table, NTS(key), NTS(text), NULL);
            break;
        case 3:
            dictdb_table_delete_by_key(table, NTS(key), NULL);
            break;
        case 4:
            snprintf(text, sizeof text, "n < %u", below(w, 5));
            dictdb_table_update_where(table, NTS(text), NTS("n = n + 1"), NULL, 0, NULL, NULL);
            break;
        default:
            snprintf(text, sizeof text, "[{\"delete\":\"east\",\"key\":%s},{\"insert\":\"west\",\"record\":{\"n\":%u}}]", key, below(w, 9));
            dictdb_db_batch(w->db, NTS(text), NULL, NULL);
        }
    }
    atomic_fetch_sub(w->at_work, 1);
    return NULL;
}

static void no_change_is_lost_between_deltas(void) {
    vault v = vault_open("{\"incremental\":true,\"max_deltas\":1000000000}");
    writer writers[WRITERS];
    pthread_t threads[WRITERS];
    dictdb_table *tables[2];
    atomic_int at_work = WRITERS;
    int files = 0;
    for (int i = 0; i < 2; i++) {
        CHECK_OK(dictdb_db_create_table(v.db, NTS(i == 0 ? "east" : "west"), NULL, 0, &tables[i], &v.err), &v.err);
    }
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){v.db, {tables[0], tables[1]}, (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15), &at_work};
        CHECK_INT(pthread_create(&threads[i], NULL, write_changes, &writers[i]), 0);
    }
    while (atomic_load(&at_work) > 0) {
        CHECK_OK(dictdb_backup_delta(v.backup, NULL, NULL, &v.err), &v.err);
        files++;
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_OK(dictdb_backup_delta(v.backup, NULL, NULL, &v.err), &v.err);
    CHECK(files > 20);
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    dictdb_table_free(tables[0]);
    dictdb_table_free(tables[1]);
    vault_close(&v);
}

/* ---------------------------------------------------------------------------------------------------------------- one instant */

static void *transfer(void *argument) {
    writer *w = argument;
    while (atomic_load(w->at_work) > 0) {
        char text[200];
        snprintf(text, sizeof text, "[{\"update\":\"east\",\"key\":%u,\"set\":\"n = n - 7\"},{\"update\":\"west\",\"key\":%u,\"set\":\"n = n + 7\"}]",
                 1 + below(w, ACCOUNTS), 1 + below(w, ACCOUNTS));
        CHECK_INT(dictdb_db_batch(w->db, NTS(text), NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void every_backup_is_of_one_instant(void) {
    enum { FILES = 60 };
    vault v = vault_open("{\"incremental\":true,\"max_deltas\":20}");
    char *until[FILES];
    char text[8000] = "[";
    atomic_int at_work = 1;
    pthread_t thread;
    for (int i = 0; i < ACCOUNTS; i++) {
        snprintf(text + strlen(text), 40, "%s{\"n\":%d}", i == 0 ? "" : ",", START);
    }
    strcat(text, "]");
    for (int i = 0; i < 2; i++) {
        dictdb_table *table = NULL;
        CHECK_OK(dictdb_db_create_table(v.db, NTS(i == 0 ? "east" : "west"), NULL, 0, &table, &v.err), &v.err);
        CHECK_OK(dictdb_table_insert_many(table, NTS(text), NULL, &v.err), &v.err);
        dictdb_table_free(table);
    }
    writer w = {v.db, {NULL, NULL}, 42, &at_work};
    CHECK_INT(pthread_create(&thread, NULL, transfer, &w), 0);
    for (int i = 0; i < FILES; i++) {
        CHECK_OK(dictdb_backup_now(v.backup, NULL, NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
        const char *time = strstr(v.out.data, "\"last_time\":");
        CHECK(time != NULL);
        time = time == NULL ? "" : strchr(time, ':') + 1;
        until[i] = check_memory(64);
        snprintf(until[i], 64, "{\"until\":%.*s}", (int)strcspn(time, ",}"), time);
    }
    atomic_store(&at_work, 0);
    pthread_join(thread, NULL);
    for (int i = 0; i < FILES; i++) {
        dictdb_db *db = restored(&v, until[i]);
        CHECK_INT(sum_of_both(db, "n"), 2 * ACCOUNTS * START);
        dictdb_db_free(db);
        free(until[i]);
    }
    vault_close(&v);
}

/* --------------------------------------------------------------------------------------------------------- the own thread */

/** Waits until there are so many files, at most ten seconds. */
static void wait_for_files(const vault *v, int count) {
    for (int64_t until = now_ms() + 10000; folder_each(&v->f, NULL) < count && now_ms() < until;) {
        sleep_ms(1);
    }
    CHECK(folder_each(&v->f, NULL) >= count);
}

static void backups_are_made_when_time_is_over(void) {
    vault v = vault_open("{\"interval_ms\":20}");
    CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
    CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
    wait_for_files(&v, 3);
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "is_running", "true");
    CHECK_OK(dictdb_backup_stop(v.backup, &v.err), &v.err);
    CHECK_OK(dictdb_backup_statistics(v.backup, &v.out, &v.err), &v.err);
    CHECK_MEMBER(v.out.data, "is_running", "false");
    int count = folder_each(&v.f, NULL);
    sleep_ms(100);
    CHECK_INT(folder_each(&v.f, NULL), count);
    CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
    wait_for_files(&v, count + 1);
    CHECK_OK(dictdb_backup_stop(v.backup, &v.err), &v.err);
    CHECK_OK(dictdb_backup_stop(v.backup, &v.err), &v.err);
    vault_close(&v);
}

static atomic_int unfinished;

static void count_unfinished(const char *path) {
    if (strstr(path, ".tmp") != NULL) {
        atomic_fetch_add(&unfinished, 1);
    }
}

static void stopping_waits_for_the_backup_that_is_being_made(void) {
    vault v = vault_open("{\"interval_ms\":1,\"keep\":1}");
    for (int i = 0; i < 20000; i++) {
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"filler\":\"so that a backup takes some milliseconds\"}"), NULL, &v.err), &v.err);
    }
    for (int i = 0; i < 30; i++) {
        CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
        sleep_ms(3 + i % 7);
        CHECK_OK(dictdb_backup_stop(v.backup, &v.err), &v.err);
        folder_each(&v.f, count_unfinished);
        CHECK_INT(atomic_load(&unfinished), 0);
    }
    vault_close(&v);
}

static void a_change_that_is_told_is_backed_up_after_the_minimum_interval(void) {
    enum { MINIMUM = 400 };
    vault v = vault_open("{\"interval_ms\":0,\"min_interval_ms\":400,\"incremental\":true}");
    CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
    sleep_ms(30);
    CHECK_INT(folder_each(&v.f, NULL), 0);
    CHECK_OK(dictdb_backup_notify_change(v.backup, &v.err), &v.err);
    wait_for_files(&v, 1);
    int64_t first = now_ms();
    for (int i = 0; i < 50; i++) {
        CHECK_OK(dictdb_table_insert(v.table, NTS("{\"a\":1}"), NULL, &v.err), &v.err);
        CHECK_OK(dictdb_backup_notify_change(v.backup, &v.err), &v.err);
    }
    wait_for_files(&v, 2);
    /* The clock began when the first backup ended, which was seen up to some milliseconds later. */
    CHECK(now_ms() - first >= MINIMUM - 100);
    sleep_ms(50);
    CHECK_INT(folder_each(&v.f, NULL), 2);
    CHECK_OK(dictdb_backup_stop(v.backup, &v.err), &v.err);
    dictdb_db *db = restored(&v, NULL);
    check_same(db, v.db);
    dictdb_db_free(db);
    vault_close(&v);
}

/* ---------------------------------------------------------------------------------------------------------------- failures */

typedef struct {
    dictdb_backup *backup;
    atomic_int calls;
    atomic_int last;
    atomic_int destroyed;
    bool stops;
} listener;

static void failed(void *context, dictdb_status status, const char *message, const char *detail, uint64_t failures) {
    listener *l = context;
    CHECK_INT(status, DICTDB_STATUS_IO);
    CHECK_CONTAINS(message, "create a file in");
    CHECK_MEMBER(detail, "errno", "2");
    atomic_store(&l->last, (int)failures);
    /* It may call the library for this handle. */
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    CHECK_INT(dictdb_backup_statistics(l->backup, &out, NULL), DICTDB_STATUS_OK);
    CHECK_MEMBER(out.data, "consecutive_failures", failures == 1 ? "1" : "2");
    dictdb_buffer_free(&out);
    if (l->stops && failures == 2) {
        CHECK_INT(dictdb_backup_stop(l->backup, NULL), DICTDB_STATUS_OK);
    }
    atomic_fetch_add(&l->calls, 1);
}

static void destroyed(void *context) {
    atomic_fetch_add(&((listener *)context)->destroyed, 1);
}

static void failures_are_told_and_tried_again(void) {
    vault v = vault_open("{}");
    listener l;
    char directory[sizeof v.f.path];
    memset(&l, 0, sizeof l);
    l.stops = true;
    CHECK(snprintf(directory, sizeof directory, "%.100s/inside", v.f.path) < (int)sizeof directory);
    CHECK_OK(dictdb_backup_new(v.db, NTS(directory), NTS("{\"interval_ms\":0,\"min_interval_ms\":0}"), failed, &l, destroyed, &l.backup, &v.err), &v.err);
    CHECK_INT(rmdir(directory), 0);
    CHECK_OK(dictdb_backup_notify_change(l.backup, &v.err), &v.err);
    CHECK_OK(dictdb_backup_start(l.backup, &v.err), &v.err);
    for (int64_t until = now_ms() + 10000; atomic_load(&l.calls) < 2 && now_ms() < until;) {
        sleep_ms(1);
    }
    CHECK_INT(atomic_load(&l.calls), 2);
    CHECK_INT(atomic_load(&l.last), 2);
    CHECK_OK(dictdb_backup_stop(l.backup, &v.err), &v.err);
    CHECK_INT(mkdir(directory, 0700), 0);
    CHECK_OK(dictdb_backup_now(l.backup, NULL, NULL, &v.err), &v.err);
    CHECK_INT(atomic_load(&l.destroyed), 0);
    dictdb_backup_free(l.backup);
    CHECK_INT(atomic_load(&l.destroyed), 1);
    folder inside;
    memcpy(inside.path, directory, sizeof directory);
    folder_close(&inside);
    vault_close(&v);
}

static void a_handle_may_be_freed_while_its_thread_works(void) {
    for (int i = 0; i < 30; i++) {
        vault v = vault_open("{\"interval_ms\":1}");
        CHECK_OK(dictdb_backup_start(v.backup, &v.err), &v.err);
        sleep_ms(i % 7);
        dictdb_job *job = NULL;
        CHECK_OK(dictdb_backup_full(v.backup, NULL, &job, &v.err), &v.err);
        dictdb_backup_free(v.backup);
        CHECK_STATUS(dictdb_backup_now(v.backup, NULL, NULL, &v.err), DICTDB_STATUS_INVALID_HANDLE, &v.err);
        CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &v.err), &v.err);
        CHECK_OK(dictdb_job_result(job, &v.out, &v.err), &v.err);
        CHECK_MEMBER(v.out.data, "type", "\"full\"");
        dictdb_job_free(job);
        vault_close(&v);
    }
}

int main(void) {
    RUN(no_change_is_lost_between_deltas);
    RUN(every_backup_is_of_one_instant);
    RUN(backups_are_made_when_time_is_over);
    RUN(stopping_waits_for_the_backup_that_is_being_made);
    RUN(a_change_that_is_told_is_backed_up_after_the_minimum_interval);
    RUN(failures_are_told_and_tried_again);
    RUN(a_handle_may_be_freed_while_its_thread_works);
    return check_finish();
}
