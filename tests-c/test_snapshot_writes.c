/*
 * Tests: that every function which writes is refused on a snapshot of a table, and leaves snapshot and table as they were.
 * Does not test: snapshots of databases (test_snapshot_db).
 */
#include "check.h"

static world example(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), &w.err), &w.err);
    INSERT(w, "[{\"name\":\"a\",\"age\":1},{\"name\":\"b\",\"age\":20},{\"name\":\"c\",\"age\":5}]");
    return w;
}

typedef struct {
    dictdb_predicate *young;
    dictdb_query *matching;
    dictdb_update *rename;
    dictdb_predicate *none;
    dictdb_batch *batch;
    dictdb_buffer out;
    uint64_t count;
    int32_t outcome;
} writing;

typedef dictdb_status (*writer)(writing *w, dictdb_table *table, dictdb_error **error);

#define WRITER(name) static dictdb_status name(writing *w, dictdb_table *table, dictdb_error **error)

WRITER(insert) { return dictdb_table_insert(table, NTS("{\"age\":1}"), &w->out, error); }
WRITER(insert_many) { return dictdb_table_insert_many(table, NTS("[{\"age\":1},{}]"), &w->out, error); }
WRITER(insert_none) { return dictdb_table_insert_many(table, NTS("[]"), &w->out, error); }
WRITER(upsert) { return dictdb_table_upsert(table, NTS("{\"id\":1,\"age\":1}"), DICTDB_CONFLICT_UPDATE, &w->outcome, &w->out, error); }
WRITER(upsert_ignored) { return dictdb_table_upsert(table, NTS("{\"id\":1}"), DICTDB_CONFLICT_IGNORE, &w->outcome, &w->out, error); }
WRITER(update) { return dictdb_table_update(table, w->young, NTS("{\"age\":1}"), &w->count, error); }
WRITER(update_of_none) { return dictdb_table_update(table, w->none, NTS("{\"age\":1}"), &w->count, error); }
WRITER(update_by_key) { (void)w; return dictdb_table_update_by_key(table, NTS("1"), NTS("{\"age\":1}"), error); }
WRITER(update_by_missing_key) { (void)w; return dictdb_table_update_by_key(table, NTS("5000"), NTS("{\"age\":1}"), error); }
WRITER(update_run) { return dictdb_update_run(w->rename, table, NTS("[1]"), &w->count, error); }
WRITER(update_where) { return dictdb_table_update_where(table, NTS("id = 1"), NTS("age = 1"), NULL, 0, &w->count, error); }
WRITER(update_where_of_none) { return dictdb_table_update_where(table, NTS("FALSE"), NTS("age = 1"), NULL, 0, &w->count, error); }
WRITER(delete_matching) { return dictdb_table_delete(table, w->young, &w->count, error); }
WRITER(delete_of_none) { return dictdb_table_delete(table, w->none, &w->count, error); }
WRITER(delete_by_key) { (void)w; return dictdb_table_delete_by_key(table, NTS("1"), error); }
WRITER(delete_by_missing_key) { (void)w; return dictdb_table_delete_by_key(table, NTS("5000"), error); }
WRITER(delete_where) { return dictdb_table_delete_where(table, NTS("id = 1"), NULL, 0, &w->count, error); }
WRITER(query_delete) { return dictdb_query_delete(w->matching, table, NULL, 0, &w->count, error); }
WRITER(create_index) { (void)w; return dictdb_table_create_index(table, NTS("{\"fields\":\"name\",\"kind\":\"hash\"}"), error); }
WRITER(create_index_again) { (void)w; return dictdb_table_create_index(table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), error); }
WRITER(drop_index) { (void)w; return dictdb_table_drop_index(table, NTS("\"age\""), error); }
WRITER(batch_insert) { return dictdb_batch_insert(w->batch, table, NTS("{}"), error); }
WRITER(batch_insert_many) { return dictdb_batch_insert_many(w->batch, table, NTS("[{},{}]"), error); }
WRITER(batch_upsert) { return dictdb_batch_upsert(w->batch, table, NTS("{\"id\":1}"), DICTDB_CONFLICT_UPDATE, error); }
WRITER(batch_update_by_key) { return dictdb_batch_update_by_key(w->batch, table, NTS("1"), NTS("{\"age\":1}"), error); }
WRITER(batch_update) { return dictdb_batch_update(w->batch, table, w->rename, NTS("[1]"), error); }
WRITER(batch_update_where) { return dictdb_batch_update_where(w->batch, table, NTS("id = 1"), NTS("age = 1"), NULL, 0, error); }
WRITER(batch_delete_by_key) { return dictdb_batch_delete_by_key(w->batch, table, NTS("1"), error); }
WRITER(batch_delete_where) { return dictdb_batch_delete_where(w->batch, table, NTS("id = 1"), NULL, 0, error); }

static dictdb_watch *watch_made;

WRITER(watch) { (void)w; return dictdb_table_watch(table, NULL, 0, &watch_made, error); }

static const struct {
    const char *name;
    writer write;
} WRITERS[] = {
    {"insert", insert},
    {"insert_many", insert_many},
    {"insert_many of none", insert_none},
    {"upsert", upsert},
    {"upsert, ignored", upsert_ignored},
    {"update", update},
    {"update of none", update_of_none},
    {"update_by_key", update_by_key},
    {"update_by_key of a missing one", update_by_missing_key},
    {"update_run", update_run},
    {"update_where", update_where},
    {"update_where of none", update_where_of_none},
    {"delete", delete_matching},
    {"delete of none", delete_of_none},
    {"delete_by_key", delete_by_key},
    {"delete_by_key of a missing one", delete_by_missing_key},
    {"delete_where", delete_where},
    {"query_delete", query_delete},
    {"create_index", create_index},
    {"create_index, the same again", create_index_again},
    {"drop_index", drop_index},
    {"batch_insert", batch_insert},
    {"batch_insert_many", batch_insert_many},
    {"batch_upsert", batch_upsert},
    {"batch_update_by_key", batch_update_by_key},
    {"batch_update", batch_update},
    {"batch_update_where", batch_update_where},
    {"batch_delete_by_key", batch_delete_by_key},
    {"batch_delete_where", batch_delete_where},
    {"watch", watch},
};

static writing open_writing(world *w) {
    writing of = {where(dictdb_predicate_lt, "age", "10"), NULL, NULL, where(dictdb_predicate_eq, "age", "5000"), NULL, DICTDB_BUFFER_INIT, 77, 77};
    CHECK_OK(dictdb_query_new(NULL, NTS("{\"where\":\"id = 1\"}"), &of.matching, &w->err), &w->err);
    CHECK_OK(dictdb_update_new(NULL, NTS("age > ?1"), NTS("name = 'x'"), &of.rename, &w->err), &w->err);
    CHECK_OK(dictdb_batch_new(&of.batch, &w->err), &w->err);
    return of;
}

static void close_writing(writing *of) {
    dictdb_buffer_free(&of->out);
    dictdb_batch_free(of->batch);
    dictdb_predicate_free(of->none);
    dictdb_update_free(of->rename);
    dictdb_query_free(of->matching);
    dictdb_predicate_free(of->young);
}

static void check_refused(const char *what, world *w, dictdb_table *snapshot) {
    writing of = open_writing(w);
    for (size_t i = 0; i < sizeof WRITERS / sizeof WRITERS[0]; i++) {
        char label[100];
        snprintf(label, sizeof label, "%s on %s", WRITERS[i].name, what);
        /* Something is in the buffer, to see that the call empties it. */
        CHECK_OK(dictdb_table_get_int(snapshot, 1, &of.out, &w->err), &w->err);
        watch_made = (dictdb_watch *)(uintptr_t)77;
        check_expect(&w->err);
        dictdb_status status = WRITERS[i].write(&of, snapshot, &w->err);
        check_status(__FILE__, __LINE__, label, status, DICTDB_STATUS_UNSUPPORTED, &w->err);
        CHECK_INT(of.count, 77);
        CHECK_INT(of.outcome, 77);
        CHECK(watch_made == NULL || WRITERS[i].write != watch);
        if (WRITERS[i].write == insert || WRITERS[i].write == insert_many || WRITERS[i].write == upsert) {
            CHECK_EMPTY(of.out);
        }
    }
    /* Nothing was added to the batch. */
    CHECK_OK(dictdb_batch_commit(of.batch, &of.out, &w->err), &w->err);
    CHECK_TEXT(of.out, "[]");
    close_writing(&of);
}

static void nothing_can_be_written_through_a_snapshot(void) {
    world w = example();
    dictdb_buffer before = DICTDB_BUFFER_INIT;
    dictdb_table *snapshot = NULL;
    dictdb_table *again = NULL;
    dictdb_table *from_db = NULL;
    dictdb_db *db = NULL;
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    CHECK_OK(dictdb_table_snapshot(snapshot, &again, &w.err), &w.err);
    CHECK_OK(dictdb_db_snapshot(w.db, &db, &w.err), &w.err);
    CHECK_OK(dictdb_db_get_table(db, NTS("t"), &from_db, &w.err), &w.err);
    CHECK_OK(dictdb_table_copy(w.table, &before, &w.err), &w.err);
    check_refused("a snapshot", &w, snapshot);
    check_refused("a snapshot of a snapshot", &w, again);
    check_refused("a table of a database's snapshot", &w, from_db);
    const dictdb_table *const all[] = {snapshot, again, from_db, w.table};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        CHECK_OK(dictdb_table_copy(all[i], &w.out, &w.err), &w.err);
        CHECK_TEXT(w.out, before.data);
        CHECK_OK(dictdb_table_describe(all[i], &w.out, &w.err), &w.err);
        CHECK_MEMBER(w.out.data, "indexes", "[{\"fields\":[\"age\"],\"kind\":\"sorted\",\"unique\":false}]");
    }
    dictdb_buffer_free(&before);
    dictdb_table_free(from_db);
    dictdb_db_free(db);
    dictdb_table_free(again);
    dictdb_table_free(snapshot);
    world_close(&w);
}

static void nothing_can_be_written_through_a_snapshot_of_a_dropped_table(void) {
    world w = example();
    dictdb_table *snapshot = NULL;
    CHECK_OK(dictdb_table_snapshot(w.table, &snapshot, &w.err), &w.err);
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    dictdb_table_free(w.table);
    check_refused("a snapshot of a dropped table", &w, snapshot);
    dictdb_db_free(w.db);
    check_refused("a snapshot of a dropped table of a freed database", &w, snapshot);
    dictdb_table_free(snapshot);
    world_close(&w);
}

int main(void) {
    RUN(nothing_can_be_written_through_a_snapshot);
    RUN(nothing_can_be_written_through_a_snapshot_of_a_dropped_table);
    return check_finish();
}
