/*
 * A table that is made of a file is there as a whole or not at all: for those who look, for snapshots, watches, and when the work is stopped.
 * Files are pipes here, so that the test decides how far the work has come.
 */
#include "check.h"
#include "file.h"
#include "exchange.h"

#include <fcntl.h>
#include <sys/resource.h>

/** A job that makes a table of what is written to a pipe. */
typedef struct {
    desk d;
    dictdb_job *job;
    FILE *pipe;
} feed;

/** When this returns, the job has begun, and waits for lines. */
static feed feed_open(dictdb_db *limited) {
    feed f = {desk_open(NULL), NULL, NULL};
    CHECK_INT(mkfifo(f.d.f.file, 0600), 0);
    CHECK_OK(dictdb_db_import_jsonl(limited == NULL ? f.d.w.db : limited, NTS("new"), NTS(f.d.f.file), NULL, 0, NULL, &f.job, &f.d.w.err),
             &f.d.w.err);
    f.pipe = fopen(f.d.f.file, "w");
    CHECK(f.pipe != NULL);
    return f;
}

static void feed_close(feed *f) {
    dictdb_job_free(f->job);
    desk_close(&f->d);
}

static void give(feed *f, int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; i++) {
        fprintf(f->pipe, "{\"id\":%" PRId64 ",\"v\":\"%064d\"}\n", i, 0);
    }
    fflush(f->pipe);
}

/** Waits until the job has inserted so many records. */
static void until(feed *f, uint64_t count) {
    uint64_t done = 0;
    while (done < count) {
        CHECK_OK(dictdb_job_progress(f->job, &done, NULL, &f->d.w.err), &f->d.w.err);
        int32_t is_done = 0;
        dictdb_job_wait(f->job, 1, &is_done, NULL);
        CHECK(is_done == 0);
        if (is_done != 0) {
            return;
        }
    }
}

static void ends(feed *f, dictdb_status status) {
    fclose(f->pipe);
    CHECK_STATUS(dictdb_job_wait(f->job, DICTDB_NO_TIMEOUT, NULL, &f->d.w.err), status, &f->d.w.err);
}

enum { MANY = 50000, SOME = 20000 };

static void nobody_sees_a_table_before_it_is_complete(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    dictdb_table *table = NULL;
    dictdb_db *before = NULL;
    dictdb_db *after = NULL;
    uint64_t count = 77;
    give(&f, 1, MANY);
    until(&f, SOME);
    CHECK_STATUS(dictdb_db_get_table(w->db, NTS("new"), &table, &w->err), DICTDB_STATUS_TABLE_NOT_FOUND, &w->err);
    CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[\"t\"]");
    CHECK_OK(dictdb_db_snapshot(w->db, &before, &w->err), &w->err);
    give(&f, MANY + 1, SOME);
    ends(&f, DICTDB_STATUS_OK);
    CHECK_OK(dictdb_job_result(f.job, &w->out, &w->err), &w->err);
    CHECK_MEMBER(w->out.data, "records", "70000");
    CHECK_OK(dictdb_db_get_table(w->db, NTS("new"), &table, &w->err), &w->err);
    CHECK_OK(dictdb_table_count(table, NULL, &count, &w->err), &w->err);
    CHECK_INT(count, MANY + SOME);
    dictdb_table_free(table);
    CHECK_STATUS(dictdb_db_get_table(before, NTS("new"), &table, &w->err), DICTDB_STATUS_TABLE_NOT_FOUND, &w->err);
    CHECK_OK(dictdb_db_snapshot(w->db, &after, &w->err), &w->err);
    CHECK_OK(dictdb_db_get_table(after, NTS("new"), &table, &w->err), &w->err);
    CHECK_OK(dictdb_table_count(table, NULL, &count, &w->err), &w->err);
    CHECK_INT(count, MANY + SOME);
    dictdb_table_free(table);
    dictdb_db_free(before);
    dictdb_db_free(after);
    feed_close(&f);
}

static void a_table_goes_on_as_others_do(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    dictdb_table *table = NULL;
    dictdb_db *snapshot = NULL;
    uint64_t count = 0;
    give(&f, 1, MANY);
    until(&f, SOME);
    /* One that keeps nothing of a table that it does not have. */
    CHECK_OK(dictdb_db_snapshot(w->db, &snapshot, &w->err), &w->err);
    dictdb_db_free(snapshot);
    ends(&f, DICTDB_STATUS_OK);
    CHECK_OK(dictdb_db_get_table(w->db, NTS("new"), &table, &w->err), &w->err);
    CHECK_OK(dictdb_table_insert(table, NTS("{\"v\":1}"), &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "50001");
    CHECK_OK(dictdb_db_snapshot(w->db, &snapshot, &w->err), &w->err);
    CHECK_OK(dictdb_table_delete_where(table, NTS("id > 1"), NULL, 0, &count, &w->err), &w->err);
    CHECK_INT(count, MANY);
    dictdb_table_free(table);
    CHECK_OK(dictdb_db_get_table(snapshot, NTS("new"), &table, &w->err), &w->err);
    CHECK_OK(dictdb_table_count(table, NULL, &count, &w->err), &w->err);
    CHECK_INT(count, MANY + 1);
    dictdb_table_free(table);
    dictdb_db_free(snapshot);
    feed_close(&f);
}

static void who_watches_is_told_of_the_table_and_its_records(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    dictdb_watch *watch = NULL;
    dictdb_watch *short_watch = NULL;
    dictdb_table *table = NULL;
    uint64_t last = 77;
    CHECK_OK(dictdb_db_watch(w->db, NTS("{\"max_bytes\":1073741824}"), &watch, &w->err), &w->err);
    CHECK_OK(dictdb_db_watch(w->db, NTS("{\"max_changes\":2}"), &short_watch, &w->err), &w->err);
    give(&f, 1, SOME);
    until(&f, 1);
    CHECK_OK(dictdb_watch_last(watch, &last, &w->err), &w->err);
    CHECK_INT(last, 0);
    ends(&f, DICTDB_STATUS_OK);
    CHECK_OK(dictdb_watch_last(watch, &last, &w->err), &w->err);
    CHECK_INT(last, SOME + 1);
    CHECK_OK(dictdb_watch_poll(watch, 0, 2, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_CONTAINS(w->out.data, "{\"sequence\":1,\"commit\":1,\"table\":\"new\",\"operation\":\"create\"}");
    CHECK_CONTAINS(w->out.data, "{\"sequence\":2,\"commit\":1,\"table\":\"new\",\"operation\":\"insert\",\"key\":1,\"record\":{\"id\":1,");
    CHECK_OK(dictdb_watch_poll(watch, SOME, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_CONTAINS(w->out.data, "{\"sequence\":20001,\"commit\":1,\"table\":\"new\",\"operation\":\"insert\",\"key\":20000,");
    /* One that keeps less is told that it missed something, and has the last. */
    CHECK_STATUS(dictdb_watch_poll(short_watch, 0, 0, 0, &w->out, NULL, &w->err), DICTDB_STATUS_UNAVAILABLE, &w->err);
    CHECK_MEMBER(dictdb_error_detail(w->err), "oldest", "19999");
    CHECK_OK(dictdb_watch_poll(short_watch, SOME - 1, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_CONTAINS(w->out.data, "\"key\":20000,");
    dictdb_watch_free(watch);
    /* Of more than any watch keeps, the last ones. */
    CHECK_OK(dictdb_db_drop_table(w->db, NTS("new"), &w->err), &w->err);
    char text[] = "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n";
    CHECK_INT(remove(f.d.f.file), 0);
    write_file(f.d.f.file, text, strlen(text));
    CHECK_OK(dictdb_db_import_jsonl(w->db, NTS("new"), NTS(f.d.f.file), NULL, 0, &table, NULL, &w->err), &w->err);
    CHECK_OK(dictdb_watch_poll(short_watch, SOME + 4, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_CONTAINS(w->out.data, "{\"sequence\":20005,\"commit\":20003,\"table\":\"new\",\"operation\":\"insert\",\"key\":2,");
    CHECK_CONTAINS(w->out.data, "{\"sequence\":20006,\"commit\":20003,\"table\":\"new\",\"operation\":\"insert\",\"key\":3,");
    CHECK_STATUS(dictdb_watch_poll(short_watch, SOME + 3, 0, 0, &w->out, NULL, &w->err), DICTDB_STATUS_UNAVAILABLE, &w->err);
    /* What comes behind it comes behind it. */
    CHECK_OK(dictdb_table_insert(table, NTS("{}"), NULL, &w->err), &w->err);
    CHECK_OK(dictdb_watch_poll(short_watch, SOME + 6, 0, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_CONTAINS(w->out.data, "{\"sequence\":20007,\"commit\":20007,\"table\":\"new\",\"operation\":\"insert\",\"key\":4,");
    dictdb_table_free(table);
    dictdb_watch_free(short_watch);
    feed_close(&f);
}

static void a_name_that_is_taken_meanwhile_is_refused(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    dictdb_table *table = NULL;
    dictdb_watch *watch = NULL;
    uint64_t last = 77;
    give(&f, 1, SOME);
    until(&f, 1);
    CHECK_OK(dictdb_db_create_table(w->db, NTS("new"), NULL, 0, &table, &w->err), &w->err);
    CHECK_OK(dictdb_db_watch(w->db, NULL, 0, &watch, &w->err), &w->err);
    ends(&f, DICTDB_STATUS_DUPLICATE_TABLE);
    CHECK_OK(dictdb_table_select(table, NULL, NULL, 0, &w->out, NULL, &w->err), &w->err);
    CHECK_TEXT(w->out, "[]");
    CHECK_OK(dictdb_watch_last(watch, &last, &w->err), &w->err);
    CHECK_INT(last, 0);
    dictdb_watch_free(watch);
    dictdb_table_free(table);
    feed_close(&f);
}

static void an_import_that_is_cancelled_leaves_nothing(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    give(&f, 1, MANY);
    until(&f, SOME);
    CHECK_OK(dictdb_job_cancel(f.job, &w->err), &w->err);
    ends(&f, DICTDB_STATUS_CANCELLED);
    CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[\"t\"]");
    feed_close(&f);
}

static void a_line_that_is_wrong_at_the_end_leaves_nothing(void) {
    feed f = feed_open(NULL);
    world *w = &f.d.w;
    give(&f, 1, MANY);
    give(&f, 1, 1);
    ends(&f, DICTDB_STATUS_DUPLICATE_KEY);
    CHECK_MEMBER(dictdb_error_detail(w->err), "line", "50001");
    CHECK_MEMBER(dictdb_error_detail(w->err), "index", "50000");
    CHECK_OK(dictdb_db_list_tables(w->db, &w->out, &w->err), &w->err);
    CHECK_TEXT(w->out, "[\"t\"]");
    feed_close(&f);
}

static void write_rows(const char *path, int64_t rows, bool with_more) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    fprintf(file, "id,n,s\n");
    for (int64_t i = 1; i <= rows; i++) {
        fprintf(file, "%" PRId64 ",%" PRId64 ".5,x\"\"%" PRId64 "", i, i % 1000, i % 7);
        if (with_more) {
            fprintf(file, ",%0300d", 0);
        }
        fprintf(file, "\n");
    }
    CHECK_INT(fclose(file), 0);
}

static void limits_stop_imports_and_exports(void) {
    desk d = desk_open(NULL);
    dictdb_cancel *cancel = NULL;
    dictdb_db *stopped = NULL;
    dictdb_db *hasty = NULL;
    dictdb_table *table = NULL;
    dictdb_table *stopped_table = NULL;
    write_rows(d.f.file, 200000, false);
    CHECK_OK(dictdb_cancel_new(&cancel, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_cancel_set(cancel, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_db_limited(d.w.db, cancel, 0, &stopped, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_db_limited(d.w.db, NULL, 1, &hasty, &d.w.err), &d.w.err);
    CHECK_STATUS(dictdb_db_import_csv(stopped, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), DICTDB_STATUS_CANCELLED, &d.w.err);
    CHECK_STATUS(dictdb_db_import_csv(hasty, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), DICTDB_STATUS_TIMEOUT, &d.w.err);
    CHECK_STATUS(dictdb_db_import_csv(hasty, NTS("new"), NTS(d.f.file), NTS("{\"infer_types\":false}"), &table, NULL, &d.w.err),
                 DICTDB_STATUS_TIMEOUT, &d.w.err);
    CHECK(table == NULL);
    CHECK_OK(dictdb_db_list_tables(d.w.db, &d.w.out, &d.w.err), &d.w.err);
    CHECK_TEXT(d.w.out, "[\"t\"]");
    CHECK_OK(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_limited(table, NULL, 1, &stopped_table, &d.w.err), &d.w.err);
    write_file(d.f.file, "old", 3);
    CHECK_STATUS(dictdb_table_export_csv(stopped_table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, 0, NULL, &d.w.err), DICTDB_STATUS_TIMEOUT,
                 &d.w.err);
    CHECK_STATUS(dictdb_table_export_csv(stopped_table, NTS(d.f.file), NTS("{\"columns\":[\"id\",\"n\"]}"), NULL, 0, NULL, 0, NULL, &d.w.err),
                 DICTDB_STATUS_TIMEOUT, &d.w.err);
    CHECK_STATUS(dictdb_table_export_jsonl(stopped_table, NTS(d.f.file), NULL, 0, NULL, 0, NULL, &d.w.err), DICTDB_STATUS_TIMEOUT, &d.w.err);
    CHECK_FILE(d, "old");
    CHECK_INT(folder_each(&d.f, NULL), 1);
    dictdb_table_free(stopped_table);
    dictdb_table_free(table);
    dictdb_db_free(stopped);
    dictdb_db_free(hasty);
    dictdb_cancel_free(cancel);
    desk_close(&d);
}

static void a_job_tells_how_far_it_is(void) {
    desk d = desk_open(NULL);
    dictdb_job *job = NULL;
    dictdb_table *table = d.w.table;
    dictdb_db *none = NULL;
    uint64_t done = 0;
    uint64_t total = 0;
    write_rows(d.f.file, 20000, false);
    CHECK_OK(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NULL, 0, &table, &job, &d.w.err), &d.w.err);
    CHECK(table == NULL);
    CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_job_progress(job, &done, &total, &d.w.err), &d.w.err);
    CHECK_INT(done, 20000);
    CHECK_INT(total, 20000);
    CHECK_STATUS(dictdb_job_database(job, &none, &d.w.err), DICTDB_STATUS_UNSUPPORTED, &d.w.err);
    dictdb_job_free(job);
    CHECK_OK(dictdb_db_get_table(d.w.db, NTS("new"), &table, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_export_csv(table, NTS(d.f.file), NTS("{\"where\":\"id <= 500\"}"), NULL, 0, NULL, 0, &job, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_delete_where(table, NTS("TRUE"), NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_job_wait(job, DICTDB_NO_TIMEOUT, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_job_result(job, &d.w.out, &d.w.err), &d.w.err);
    CHECK_MEMBER(d.w.out.data, "records", "500");
    size_t len = 0;
    free(read_file(d.f.file, &len));
    CHECK_INT(json_integer(d.w.out.data, "bytes"), len);
    dictdb_job_free(job);
    dictdb_table_free(table);
    desk_close(&d);
}

/** The most memory that the process has had, in KiB. */
static int64_t peak(void) {
    struct rusage usage;
    CHECK_INT(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void files_are_never_in_memory_as_a_whole(void) {
    enum { ROWS = 200000, KIB = ROWS * 300 / 1024 };
    desk d = desk_open(NULL);
    dictdb_table *table = NULL;
    uint64_t count = 0;
    /* What is cut off is most of the file, so that the table is small. */
    write_rows(d.f.file, ROWS, true);
    int64_t before = peak();
    CHECK_OK(dictdb_db_import_csv(d.w.db, NTS("new"), NTS(d.f.file), NULL, 0, &table, NULL, &d.w.err), &d.w.err);
    CHECK(!check_can_measure_memory() || peak() - before < KIB / 2);
    CHECK_OK(dictdb_table_count(table, NULL, &count, &d.w.err), &d.w.err);
    CHECK_INT(count, ROWS);
    CHECK_OK(dictdb_table_get_int(table, ROWS, &d.w.out, &d.w.err), &d.w.err);
    CHECK_TEXT(d.w.out, "{\"id\":200000,\"n\":0.5,\"s\":\"x\\\"\\\"3\"}");
    /* Each record 32 times, in a file that is larger than the table. */
    char columns[2048] = "{\"columns\":{\"c\":\"id\"";
    for (int i = 0; i < 64; i++) {
        size_t used = strlen(columns);
        snprintf(columns + used, sizeof columns - used, ",\"c%d\":\"n\"", i);
    }
    strcat(columns, "}}");
    before = peak();
    CHECK_OK(dictdb_table_export_csv(table, NTS(d.f.file), NTS(columns), NULL, 0, NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK_OK(dictdb_table_export_jsonl(table, NTS(d.f.file), NTS(columns), NULL, 0, NULL, &d.w.err), &d.w.err);
    CHECK(!check_can_measure_memory() || peak() - before < KIB / 4);
    struct stat about;
    CHECK_INT(stat(d.f.file, &about), 0);
    CHECK(about.st_size / 1024 > KIB);
    dictdb_table_free(table);
    desk_close(&d);
}

int main(void) {
    RUN(files_are_never_in_memory_as_a_whole);
    RUN(nobody_sees_a_table_before_it_is_complete);
    RUN(a_table_goes_on_as_others_do);
    RUN(who_watches_is_told_of_the_table_and_its_records);
    RUN(a_name_that_is_taken_meanwhile_is_refused);
    RUN(an_import_that_is_cancelled_leaves_nothing);
    RUN(a_line_that_is_wrong_at_the_end_leaves_nothing);
    RUN(limits_stop_imports_and_exports);
    RUN(a_job_tells_how_far_it_is);
    return check_finish();
}
