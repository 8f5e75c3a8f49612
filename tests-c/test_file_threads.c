/* Files and the other threads: a file is of one instant, nobody waits for it, and one that is not finished leaves nothing. */
#include "check.h"
#include "file.h"
#include <pthread.h>
#include <time.h>

enum { ACCOUNTS = 2000, START = 1000 };

typedef struct {
    dictdb_db *db;
    dictdb_table *tables[2];
    atomic_bool is_over;
    atomic_llong transfers;
    atomic_llong longest_ns;
} bank;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void bank_open(bank *b, dictdb_error **err) {
    memset(b, 0, sizeof *b);
    CHECK_OK(dictdb_db_new(NULL, 0, &b->db, err), err);
    char *text = check_memory((size_t)ACCOUNTS * 40);
    size_t used = 0;
    for (int i = 1; i <= ACCOUNTS; i++) {
        used += (size_t)sprintf(text + used, "%s{\"id\":%d,\"balance\":%d}", i == 1 ? "[" : ",", i, START);
    }
    strcpy(text + used, "]");
    for (int i = 0; i < 2; i++) {
        CHECK_OK(dictdb_db_create_table(b->db, NTS(i == 0 ? "east" : "west"), NULL, 0, &b->tables[i], err), err);
        CHECK_OK(dictdb_table_insert_many(b->tables[i], NTS(text), NULL, err), err);
    }
    free(text);
}

static void bank_close(bank *b) {
    dictdb_table_free(b->tables[0]);
    dictdb_table_free(b->tables[1]);
    dictdb_db_free(b->db);
}

/** Moves money between the tables, each time by one batch, until it is over. */
static void *move(void *argument) {
    bank *b = argument;
    for (long i = 0; !atomic_load(&b->is_over); i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "[{\"update\":\"%s\",\"key\":%ld,\"set\":\"balance = balance - 7\"},{\"update\":\"%s\",\"key\":%ld,\"set\":\"balance = balance + 7\"}]",
                 i % 2 == 0 ? "east" : "west", 1 + i * 31 % ACCOUNTS, i % 3 == 0 ? "east" : "west", 1 + i * 17 % ACCOUNTS);
        int64_t before = now_ns();
        CHECK_INT(dictdb_db_batch(b->db, NTS(text), NULL, NULL), DICTDB_STATUS_OK);
        int64_t took = now_ns() - before;
        if (took > atomic_load(&b->longest_ns)) {
            atomic_store(&b->longest_ns, took);
        }
        atomic_fetch_add(&b->transfers, 1);
    }
    return NULL;
}

static void a_file_that_is_saved_under_load_is_of_one_instant(void) {
    folder f = folder_open();
    bank b;
    pthread_t movers[2];
    dictdb_error *err = NULL;
    bank_open(&b, &err);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(pthread_create(&movers[i], NULL, move, &b), 0);
    }
    long rounds = check_rounds(100);
    for (long i = 0; i < rounds; i++) {
        dictdb_db *loaded = NULL;
        long long before = atomic_load(&b.transfers);
        CHECK_OK(dictdb_db_save(b.db, NTS(f.file), NTS(FORMATS[i % FORMAT_COUNT]), NULL, &err), &err);
        CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), &err);
        CHECK_INT(sum_of_both(loaded, "balance"), 2 * ACCOUNTS * START);
        dictdb_db_free(loaded);
        while (atomic_load(&b.transfers) == before) {
            nanosleep(&(struct timespec){0, 100000}, NULL);
        }
    }
    atomic_store(&b.is_over, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(movers[i], NULL);
    }
    CHECK_INT(folder_each(&f, NULL), 1);
    dictdb_error_free(err);
    bank_close(&b);
    folder_close(&f);
}

static void a_job_that_is_cancelled_leaves_the_old_file_and_no_other(void) {
    folder f = folder_open();
    bank b;
    dictdb_error *err = NULL;
    dictdb_job *job = NULL;
    bank_open(&b, &err);
    write_file(f.file, "old", 3);
    int cancelled = 0;
    for (int i = 0; i < 200; i++) {
        CHECK_OK(dictdb_db_save(b.db, NTS(f.file), NULL, 0, &job, &err), &err);
        nanosleep(&(struct timespec){0, i * 5000}, NULL);
        CHECK_OK(dictdb_job_cancel(job, &err), &err);
        dictdb_status status = dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, NULL);
        CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
        dictdb_job_free(job);
        size_t len = 0;
        char *text = read_file(f.file, &len);
        CHECK_INT(strcmp(text, "old") == 0, status == DICTDB_STATUS_CANCELLED);
        free(text);
        CHECK_INT(folder_each(&f, NULL), 1);
        write_file(f.file, "old", 3);
        cancelled += status == DICTDB_STATUS_CANCELLED;
    }
    CHECK(cancelled > 0);
    dictdb_error_free(err);
    bank_close(&b);
    folder_close(&f);
}

static void a_load_that_is_cancelled_gives_no_database(void) {
    folder f = folder_open();
    bank b;
    dictdb_error *err = NULL;
    dictdb_job *job = NULL;
    bank_open(&b, &err);
    for (int format = 0; format < FORMAT_COUNT; format++) {
        CHECK_OK(dictdb_db_save(b.db, NTS(f.file), NTS(FORMATS[format]), NULL, &err), &err);
        int cancelled = 0;
        for (int i = 0; i < 200; i++) {
            dictdb_db *loaded = NULL;
            CHECK_OK(dictdb_db_load(NTS(f.file), NULL, &job, &err), &err);
            nanosleep(&(struct timespec){0, i * 2000}, NULL);
            CHECK_OK(dictdb_job_cancel(job, &err), &err);
            dictdb_status status = dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, NULL);
            CHECK(status == DICTDB_STATUS_OK || status == DICTDB_STATUS_CANCELLED);
            CHECK_INT(dictdb_job_database(job, &loaded, NULL), status);
            if (loaded != NULL) {
                CHECK_INT(sum_of_both(loaded, "balance"), 2 * ACCOUNTS * START);
            }
            dictdb_db_free(loaded);
            dictdb_job_free(job);
            cancelled += status == DICTDB_STATUS_CANCELLED;
        }
        CHECK(cancelled > 0);
    }
    dictdb_error_free(err);
    bank_close(&b);
    folder_close(&f);
}

static void a_job_outlives_the_handles_that_it_was_made_with(void) {
    folder f = folder_open();
    bank b;
    dictdb_error *err = NULL;
    dictdb_job *job = NULL;
    bank_open(&b, &err);
    CHECK_OK(dictdb_db_save(b.db, NTS(f.file), NULL, 0, &job, &err), &err);
    bank_close(&b);
    CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &err), &err);
    dictdb_job_free(job);
    dictdb_db *loaded = NULL;
    CHECK_OK(dictdb_db_load(NTS(f.file), &loaded, NULL, &err), &err);
    CHECK_INT(sum_of_both(loaded, "balance"), 2 * ACCOUNTS * START);
    dictdb_db_free(loaded);
    dictdb_error_free(err);
    folder_close(&f);
}

int main(void) {
    RUN(a_file_that_is_saved_under_load_is_of_one_instant);
    RUN(a_job_that_is_cancelled_leaves_the_old_file_and_no_other);
    RUN(a_load_that_is_cancelled_gives_no_database);
    RUN(a_job_outlives_the_handles_that_it_was_made_with);
    return check_finish();
}
