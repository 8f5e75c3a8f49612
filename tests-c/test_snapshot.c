/*
 * Tests: snapshots of tables: that every function which reads gives what it gave at that instant, whatever happens afterwards; threads; handles
 * freed in any order.
 * Does not test: that nothing can be written through them (test_snapshot_writes), the one instant of several tables
 * (test_snapshot_db), their memory (test_snapshot_memory), cursors as such (test_cursor), how fast anything is.
 */
#include "check.h"
#include <pthread.h>

/** Pages and nodes of what a table is made of have a few hundred entries: several of them, and the last one not full. */
enum { RECORDS = 700 };

/** Records with integer keys from `first` on, some with fields that others do not have. */
static char *records_from(int first, int count) {
    size_t size = (size_t)count * 160 + 16;
    char *text = check_memory(size);
    size_t used = (size_t)snprintf(text, size, "[");
    for (int i = first; i < first + count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s{\"id\":%d,\"name\":\"name %d\",\"age\":%d,\"at\":{\"city\":\"city %d\"}",
                                 i == first ? "" : ",", i, i, i % 50, i % 5);
        if (i % 3 != 0) {
            used += (size_t)snprintf(text + used, size - used, ",\"dept\":\"dept %d\"", i % 7);
        }
        used += (size_t)snprintf(text + used, size - used, "}");
    }
    snprintf(text + used, size - used, "]");
    return text;
}

static void insert_records(world *w, int first, int count) {
    char *records = records_from(first, count);
    INSERT(*w, records);
    free(records);
}

static dictdb_table *snapshot_of(const dictdb_table *table) {
    dictdb_table *snapshot = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_table_snapshot(table, &snapshot, &error), &error);
    CHECK(snapshot != NULL);
    return snapshot;
}

static dictdb_db *snapshot_of_db(const dictdb_db *db) {
    dictdb_db *snapshot = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_snapshot(db, &snapshot, &error), &error);
    CHECK(snapshot != NULL);
    return snapshot;
}

static dictdb_table *table_of(const dictdb_db *db, const char *name) {
    dictdb_table *table = NULL;
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_db_get_table(db, NTS(name), &table, &error), &error);
    return table;
}

/* ---------------------------------------------------------------------------------------------- all that can be read of a table */

/** Compiled before any snapshot is taken. */
typedef struct {
    dictdb_predicate *young;
    dictdb_query *of_dept;
    dictdb_query *groups;
    dictdb_update *rename;
} tools;

static tools open_tools(void) {
    tools t = {where(dictdb_predicate_lt, "age", "10"), NULL, NULL, NULL};
    dictdb_error *error = NULL;
    CHECK_OK(dictdb_query_new(t.young, NTS("{\"where\":\"dept = ?1\",\"order_by\":[\"-age\",\"name\"]}"), &t.of_dept, &error), &error);
    CHECK_OK(dictdb_query_new(NULL,
                              NTS("{\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"sum(age)\",\"min(name)\",\"max(id)\"],"
                                  "\"order_by\":\"-dept\"}"),
                              &t.groups, &error),
             &error);
    CHECK_OK(dictdb_update_new(NULL, NTS("age BETWEEN ?1 AND 20"), NTS("name = 'x'"), &t.rename, &error), &error);
    dictdb_error_free(error);
    return t;
}

static void close_tools(tools *t) {
    dictdb_predicate_free(t->young);
    dictdb_query_free(t->of_dept);
    dictdb_query_free(t->groups);
    dictdb_update_free(t->rename);
}

typedef dictdb_status (*reader)(const tools *t, const dictdb_table *table, dictdb_buffer *out, uint64_t *count, dictdb_error **error);

#define READER(name) \
    static dictdb_status name(const tools *t, const dictdb_table *table, dictdb_buffer *out, uint64_t *count, dictdb_error **error)
#define UNUSED (void)t, (void)out, (void)count

READER(get_one) { UNUSED; return dictdb_table_get(table, NTS("17"), out, error); }
READER(get_string_key) { UNUSED; return dictdb_table_get(table, NTS("\"k\""), out, error); }
READER(get_missing) { UNUSED; return dictdb_table_get(table, NTS("100017"), out, error); }
READER(get_int) { UNUSED; return dictdb_table_get_int(table, 17, out, error); }
READER(get_int_missing) { UNUSED; return dictdb_table_get_int(table, 1001, out, error); }
READER(get_many) { UNUSED; return dictdb_table_get_many(table, NTS("[700,\"k\",1,1001,100017,128,1,\"new\"]"), out, error); }
READER(select_all) { UNUSED; return dictdb_table_select(table, NULL, NULL, 0, out, count, error); }
READER(select_young) {
    UNUSED;
    return dictdb_table_select(table, t->young, NTS("{\"columns\":[\"name\",\"at.city\"],\"order_by\":\"-at.city\",\"offset\":3}"), out, count,
                               error);
}
READER(count_all) { UNUSED; return dictdb_table_count(table, NULL, count, error); }
READER(count_young) { UNUSED; return dictdb_table_count(table, t->young, count, error); }
READER(count_where) { UNUSED; return dictdb_table_count_where(table, NTS("dept = ?1 AND age > 20"), NTS("[\"dept 3\"]"), count, error); }
READER(run_of_dept) { UNUSED; return dictdb_query_run(t->of_dept, table, NTS("[\"dept 2\"]"), out, count, error); }
READER(run_groups) { UNUSED; return dictdb_query_run(t->groups, table, NULL, 0, out, count, error); }
READER(count_of_dept) { UNUSED; return dictdb_query_count(t->of_dept, table, NTS("[\"dept 2\"]"), count, error); }
READER(count_groups) { UNUSED; return dictdb_query_count(t->groups, table, NULL, 0, count, error); }
READER(query_range) {
    UNUSED;
    return dictdb_table_query(table, NTS("{\"where\":\"age BETWEEN 11 AND ?1\",\"order_by\":\"age\",\"limit\":40}"), NTS("[13]"), out, count, error);
}
READER(query_distinct) {
    UNUSED;
    return dictdb_table_query(table, NTS("{\"columns\":[\"dept\",\"at.city\"],\"distinct\":true}"), NULL, 0, out, count, error);
}
READER(query_ends) {
    UNUSED;
    return dictdb_table_query(table, NTS("{\"aggregates\":[\"min(age)\",\"max(age)\",\"count()\",\"avg(id)\"],\"where\":\"id IN (1,2,700,1001)\"}"),
                              NULL, 0, out, count, error);
}
READER(query_wrong) { UNUSED; return dictdb_table_query(table, NTS("{\"aggregates\":[\"sum(name)\"]}"), NULL, 0, out, count, error); }
READER(explain_hash) { UNUSED; return dictdb_table_explain(table, NTS("{\"where\":\"dept = 'dept 1'\"}"), NULL, 0, out, error); }
READER(explain_order) { UNUSED; return dictdb_table_explain(table, NTS("{\"order_by\":\"age\",\"limit\":5}"), NULL, 0, out, error); }
READER(explain_scan) { UNUSED; return dictdb_table_explain(table, NTS("{\"where\":\"at.city = 'city 1'\"}"), NULL, 0, out, error); }
READER(explain_count) { UNUSED; return dictdb_table_explain(table, NTS("{\"aggregates\":[\"count()\"]}"), NULL, 0, out, error); }
READER(explain_query) { UNUSED; return dictdb_query_explain(t->of_dept, table, NTS("[\"dept 2\"]"), out, error); }
READER(explain_update) { UNUSED; return dictdb_update_explain(t->rename, table, NTS("[12]"), out, error); }
READER(describe) { UNUSED; return dictdb_table_describe(table, out, error); }
READER(copy) { UNUSED; return dictdb_table_copy(table, out, error); }

static dictdb_status take_all(dictdb_status opened, dictdb_cursor *cursor, dictdb_buffer *out, uint64_t *count, dictdb_error **error) {
    if (opened != DICTDB_STATUS_OK) {
        return opened;
    }
    dictdb_status status = dictdb_cursor_next_batch(cursor, 0, SIZE_MAX, DICTDB_ROWS_ARRAY, out, count, error);
    dictdb_cursor_free(cursor);
    return status;
}

READER(cursor_of_table) {
    (void)t;
    dictdb_cursor *cursor = NULL;
    dictdb_status opened = dictdb_table_cursor(table, NTS("{\"where\":\"age > ?1\",\"order_by\":\"dept\"}"), NTS("[5]"), &cursor, error);
    return take_all(opened, cursor, out, count, error);
}
READER(cursor_of_query) {
    dictdb_cursor *cursor = NULL;
    dictdb_status opened = dictdb_query_cursor(t->of_dept, table, NTS("[\"dept 4\"]"), &cursor, error);
    return take_all(opened, cursor, out, count, error);
}
READER(cursor_of_all) {
    (void)t;
    dictdb_cursor *cursor = NULL;
    dictdb_status opened = dictdb_table_cursor(table, NULL, 0, NULL, 0, &cursor, error);
    return take_all(opened, cursor, out, count, error);
}

static const struct {
    const char *name;
    reader read;
} READERS[] = {
    {"get", get_one},
    {"get of a string key", get_string_key},
    {"get of a key that is not there", get_missing},
    {"get_int", get_int},
    {"get_int of a key that is not there", get_int_missing},
    {"get_many", get_many},
    {"select", select_all},
    {"select with a predicate", select_young},
    {"count", count_all},
    {"count with a predicate", count_young},
    {"count_where", count_where},
    {"query_run", run_of_dept},
    {"query_run of groups", run_groups},
    {"query_count", count_of_dept},
    {"query_count of groups", count_groups},
    {"table_query of a range", query_range},
    {"table_query of distinct rows", query_distinct},
    {"table_query of aggregates", query_ends},
    {"table_query that fails", query_wrong},
    {"explain of a hash index", explain_hash},
    {"explain of an order", explain_order},
    {"explain of a scan", explain_scan},
    {"explain of a count", explain_count},
    {"query_explain", explain_query},
    {"update_explain", explain_update},
    {"describe", describe},
    {"copy", copy},
    {"table_cursor", cursor_of_table},
    {"query_cursor", cursor_of_query},
    {"cursor of all", cursor_of_all},
};

enum { READERS_COUNT = sizeof READERS / sizeof READERS[0] };

/** What a table gave to each reader, and its figures. */
typedef struct {
    char *answers[READERS_COUNT];
    dictdb_buffer statistics;
} portrait;

/** Status, text and number of one reader, as one text. */
static char *answer_of(reader read, const tools *t, const dictdb_table *table) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_error *error = NULL;
    uint64_t count = 77;
    dictdb_status status = read(t, table, &out, &count, &error);
    size_t size = out.len + 100;
    char *answer = check_memory(size);
    snprintf(answer, size, "%s %" PRIu64 " %s", dictdb_status_name(status), count, out.data == NULL ? "" : out.data);
    dictdb_error_free(error);
    dictdb_buffer_free(&out);
    return answer;
}

static portrait portrait_of(const tools *t, const dictdb_table *table) {
    portrait p = {{NULL}, DICTDB_BUFFER_INIT};
    dictdb_error *error = NULL;
    for (int i = 0; i < READERS_COUNT; i++) {
        p.answers[i] = answer_of(READERS[i].read, t, table);
    }
    CHECK_OK(dictdb_table_statistics(table, &p.statistics, &error), &error);
    return p;
}

static void free_portrait(portrait *p) {
    for (int i = 0; i < READERS_COUNT; i++) {
        free(p->answers[i]);
    }
    dictdb_buffer_free(&p->statistics);
}

/** Figures of a table that its snapshots have, too. */
static const char *const FIGURES[] = {
    "records",       "live_bytes",  "dead_bytes", "segments", "segment_bytes", "directory_bytes", "key_map_bytes", "indexes", "index_bytes",
    "shapes",        "bytes",       "inserted",   "updated",  "deleted",       "segments_reclaimed",
};

/** A snapshot gives to each reader what the table gave. */
static void check_portrait(int line, const char *what, const tools *t, const dictdb_table *snapshot, const portrait *expected) {
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    char label[200];
    for (int i = 0; i < READERS_COUNT; i++) {
        char *answer = answer_of(READERS[i].read, t, snapshot);
        snprintf(label, sizeof label, "%s of %s", READERS[i].name, what);
        check_string(__FILE__, line, label, answer, expected->answers[i]);
        free(answer);
    }
    CHECK_INT(dictdb_table_statistics(snapshot, &out, NULL), DICTDB_STATUS_OK);
    for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++) {
        snprintf(label, sizeof label, "%s of %s", FIGURES[i], what);
        check_integer(__FILE__, line, label, json_integer(out.data, FIGURES[i]), json_integer(expected->statistics.data, FIGURES[i]));
    }
    dictdb_buffer_free(&out);
}

#define CHECK_PORTRAIT(what, tools, snapshot, expected) check_portrait(__LINE__, what, tools, snapshot, expected)

/** A table with indexes, integer keys and a string one, in which some records were changed and deleted. */
static world example(void) {
    world w = world_open(NULL);
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"age\",\"kind\":\"sorted\"}"), &w.err), &w.err);
    CHECK_OK(dictdb_table_create_index(w.table, NTS("{\"fields\":\"dept\",\"kind\":\"hash\"}"), &w.err), &w.err);
    insert_records(&w, 1, RECORDS + 50);
    INSERT(w, "[{\"id\":\"k\",\"name\":\"kay\",\"age\":3,\"dept\":\"dept 2\",\"more\":[1,{\"a\":null}]}]");
    CHECK_OK(dictdb_table_delete_where(w.table, NTS("id > 700 OR id = 300"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_update_where(w.table, NTS("age = 7"), NTS("age = 8, name = name || '!'"), NULL, 0, NULL, &w.err), &w.err);
    return w;
}

/* ------------------------------------------------------------------------------------------------------ what happens afterwards */

static void more_is_inserted(world *w) {
    insert_records(w, 1001, 2000);
    INSERT(*w, "[{\"id\":\"new\",\"other\":1},{\"dept\":\"dept 2\",\"age\":1,\"name\":\"\"}]");
    CHECK_OK(dictdb_table_upsert(w->table, NTS("{\"id\":300,\"age\":12}"), DICTDB_CONFLICT_ERROR, NULL, NULL, &w->err), &w->err);
}

static void records_are_updated(world *w) {
    dictdb_predicate *all = everything();
    CHECK_OK(dictdb_table_update(w->table, all, NTS("{\"at\":{\"city\":\"nowhere\"}}"), NULL, &w->err), &w->err);
    CHECK_OK(dictdb_table_update_by_key(w->table, NTS("17"), NTS("{\"age\":77}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_upsert(w->table, NTS("{\"id\":128,\"name\":null}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w->err), &w->err);
    for (int i = 0; i < 10; i++) {
        CHECK_OK(dictdb_table_update_where(w->table, NTS("TRUE"), NTS("age = coalesce(age, 0) + 13, dept = 'dept ' || coalesce(dept, '9')"),
                                           NULL, 0, NULL, &w->err),
                 &w->err);
    }
    dictdb_predicate_free(all);
}

static void some_are_deleted(world *w) {
    CHECK_OK(dictdb_table_delete_by_key(w->table, NTS("\"k\""), &w->err), &w->err);
    CHECK_OK(dictdb_table_delete_where(w->table, NTS("id BETWEEN 100 AND 500"), NULL, 0, NULL, &w->err), &w->err);
}

static void all_are_deleted(world *w) {
    CHECK_OK(dictdb_table_delete_where(w->table, NTS("TRUE"), NULL, 0, NULL, &w->err), &w->err);
}

static void all_are_deleted_and_others_take_their_keys(world *w) {
    all_are_deleted(w);
    char *records = records_from(1, RECORDS);
    for (char *at = records; (at = strstr(at, "\"name ")) != NULL; at++) {
        memcpy(at, "\"NAME ", 6);
    }
    INSERT(*w, records);
    free(records);
}

static void keys_are_changed(world *w) {
    CHECK_OK(dictdb_table_update_where(w->table, NTS("id < 500"), NTS("id = id + 100000"), NULL, 0, NULL, &w->err), &w->err);
    CHECK_OK(dictdb_table_update_by_key(w->table, NTS("\"k\""), NTS("{\"id\":1001}"), &w->err), &w->err);
    insert_records(w, 1, 300);
}

static void indexes_are_created(world *w) {
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"at.city\",\"kind\":\"hash\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":[\"dept\",\"age\"],\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"name\",\"kind\":\"sorted\",\"unique\":true}"), &w->err), &w->err);
}

static void indexes_are_dropped(world *w) {
    CHECK_OK(dictdb_table_drop_index(w->table, NTS("\"age\""), &w->err), &w->err);
    CHECK_OK(dictdb_table_drop_index(w->table, NTS("\"dept\""), &w->err), &w->err);
}

static void the_table_is_dropped(world *w) {
    CHECK_OK(dictdb_db_drop_table(w->db, NTS("t"), &w->err), &w->err);
}

static void another_table_takes_the_name(world *w) {
    the_table_is_dropped(w);
    dictdb_table_free(w->table);
    CHECK_OK(dictdb_db_create_table(w->db, NTS("t"), NTS("{\"primary_key\":\"name\"}"), &w->table, &w->err), &w->err);
    insert_records(w, 1, 100);
}

static void the_table_is_freed(world *w) {
    dictdb_table_free(w->table);
    w->table = NULL;
}

static void the_database_is_freed(world *w) {
    dictdb_db_free(w->db);
    w->db = NULL;
}

static void table_and_database_are_freed(world *w) {
    the_table_is_freed(w);
    the_database_is_freed(w);
}

static void all_of_it_happens(world *w) {
    indexes_are_created(w);
    more_is_inserted(w);
    records_are_updated(w);
    indexes_are_dropped(w);
    some_are_deleted(w);
    all_are_deleted(w);
    the_table_is_dropped(w);
    table_and_database_are_freed(w);
}

/** Snapshots taken in every way give the same as the table gave, before and after something happened. */
static void check_after(const char *what, void (*happens)(world *)) {
    world w = example();
    tools t = open_tools();
    portrait expected = portrait_of(&t, w.table);
    dictdb_table *snapshot = snapshot_of(w.table);
    dictdb_table *again = snapshot_of(snapshot);
    dictdb_db *db = snapshot_of_db(w.db);
    dictdb_table *from_db = table_of(db, "t");
    dictdb_table *of_from_db = snapshot_of(from_db);
    CHECK_PORTRAIT("a snapshot at once", &t, snapshot, &expected);
    happens(&w);
    dictdb_table *late = table_of(db, "t");
    dictdb_table *late_again = snapshot_of(snapshot);
    dictdb_table *const all[] = {snapshot, again, from_db, of_from_db, late, late_again};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char label[100];
        snprintf(label, sizeof label, "snapshot %zu after %s", i, what);
        CHECK_PORTRAIT(label, &t, all[i], &expected);
    }
    dictdb_db_free(db);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        dictdb_table_free(all[i]);
    }
    free_portrait(&expected);
    close_tools(&t);
    world_close(&w);
}

static void a_snapshot_stays_when_records_are_inserted(void) { check_after("inserts", more_is_inserted); }
static void a_snapshot_stays_when_records_are_updated(void) { check_after("updates", records_are_updated); }
static void a_snapshot_stays_when_some_records_are_deleted(void) { check_after("some deletes", some_are_deleted); }
static void a_snapshot_stays_when_all_records_are_deleted(void) { check_after("deletes", all_are_deleted); }
static void a_snapshot_stays_when_keys_are_used_again(void) { check_after("keys used again", all_are_deleted_and_others_take_their_keys); }
static void a_snapshot_stays_when_keys_are_changed(void) { check_after("changed keys", keys_are_changed); }
static void a_snapshot_stays_when_indexes_are_created(void) { check_after("new indexes", indexes_are_created); }
static void a_snapshot_stays_when_indexes_are_dropped(void) { check_after("dropped indexes", indexes_are_dropped); }
static void a_snapshot_stays_when_the_table_is_dropped(void) { check_after("a drop", the_table_is_dropped); }
static void a_snapshot_stays_when_another_table_takes_the_name(void) { check_after("a namesake", another_table_takes_the_name); }
static void a_snapshot_stays_when_the_table_is_freed(void) { check_after("a free", the_table_is_freed); }
static void a_snapshot_stays_when_the_database_is_freed(void) { check_after("the db's free", the_database_is_freed); }
static void a_snapshot_stays_when_table_and_database_are_freed(void) { check_after("both frees", table_and_database_are_freed); }
static void a_snapshot_stays_when_everything_happens(void) { check_after("everything", all_of_it_happens); }

static void each_of_many_snapshots_keeps_its_own_instant(void) {
    enum { MANY = 40 };
    world w = world_open(NULL);
    dictdb_table *snapshots[MANY];
    dictdb_buffer expected[MANY];
    for (int i = 0; i < MANY; i++) {
        insert_records(&w, i * 20 + 1, 20);
        CHECK_OK(dictdb_table_update_where(w.table, NTS("id <= ?1"), NTS("version = ?1"), i % 2 == 0 ? "[2000]" : "[150]", DICTDB_NTS, NULL, &w.err),
                 &w.err);
        if (i % 3 == 2) {
            CHECK_OK(dictdb_table_delete_where(w.table, NTS("age = ?1"), NTS("[5]"), NULL, &w.err), &w.err);
            insert_records(&w, 5005, 1);
            CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("5005"), &w.err), &w.err);
        }
        memset(&expected[i], 0, sizeof expected[i]);
        CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &expected[i], NULL, &w.err), &w.err);
        snapshots[i] = snapshot_of(w.table);
    }
    all_are_deleted(&w);
    for (int i = MANY - 1; i >= 0; i--) {
        CHECK_OK(dictdb_table_select(snapshots[i], NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
        CHECK_TEXT(w.out, expected[i].data);
        dictdb_table_free(snapshots[i]);
        dictdb_buffer_free(&expected[i]);
    }
    world_close(&w);
}

static void a_snapshot_of_an_empty_table_stays_empty(void) {
    world w = world_open(NULL);
    tools t = open_tools();
    portrait expected = portrait_of(&t, w.table);
    dictdb_table *snapshot = snapshot_of(w.table);
    insert_records(&w, 1, 300);
    CHECK_PORTRAIT("an empty table's snapshot", &t, snapshot, &expected);
    CHECK_OK(dictdb_table_copy(snapshot, &w.out, &w.err), &w.err);
    CHECK_TEXT(w.out, "{}");
    CHECK_OK(dictdb_table_select(snapshot, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    dictdb_table_free(snapshot);
    free_portrait(&expected);
    close_tools(&t);
    world_close(&w);
}

static void a_snapshot_of_a_table_with_a_schema_keeps_it(void) {
    world w = world_open("{\"primary_key\":\"name\",\"schema\":{\"name\":\"str\",\"age\":\"int\",\"dept\":{\"type\":\"str\",\"default\":\"dept 2\"},"
                         "\"at\":{\"type\":\"dict\",\"nullable\":true}}}");
    tools t = open_tools();
    INSERT(w, "[{\"name\":\"k\",\"age\":3},{\"name\":\"b\",\"age\":70,\"dept\":\"dept 4\",\"at\":{\"city\":\"city 1\"}}]");
    portrait expected = portrait_of(&t, w.table);
    dictdb_table *snapshot = snapshot_of(w.table);
    INSERT(w, "[{\"name\":\"c\",\"age\":5}]");
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("age = age + 1"), NULL, 0, NULL, &w.err), &w.err);
    CHECK_PORTRAIT("a snapshot with a schema", &t, snapshot, &expected);
    CHECK_OK(dictdb_table_describe(snapshot, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "columns", "[\"name\",\"age\",\"dept\",\"at\"]");
    CHECK_MEMBER(json_member(w.out.data, "schema"), "age", "\"int\"");
    CHECK_MEMBER(w.out.data, "primary_key", "\"name\"");
    CHECK_MEMBER(w.out.data, "count", "2");
    dictdb_table_free(snapshot);
    free_portrait(&expected);
    close_tools(&t);
    world_close(&w);
}

static void predicates_and_queries_may_be_older_or_younger_than_the_snapshot(void) {
    world w = example();
    tools before = open_tools();
    portrait expected = portrait_of(&before, w.table);
    dictdb_table *snapshot = snapshot_of(w.table);
    records_are_updated(&w);
    tools after = open_tools();
    /* Used on the table first: what a compiled thing might keep of a table must not be mixed up with the snapshot. */
    portrait now = portrait_of(&before, w.table);
    CHECK_PORTRAIT("a snapshot to older tools", &before, snapshot, &expected);
    CHECK_PORTRAIT("a snapshot to younger tools", &after, snapshot, &expected);
    CHECK_PORTRAIT("the table itself", &after, w.table, &now);
    free_portrait(&now);
    free_portrait(&expected);
    dictdb_table_free(snapshot);
    close_tools(&before);
    close_tools(&after);
    world_close(&w);
}

static void a_snapshot_uses_the_indexes_of_its_instant_and_no_others(void) {
    world w = example();
    dictdb_table *snapshot = snapshot_of(w.table);
    indexes_are_dropped(&w);
    indexes_are_created(&w);
    CHECK_OK(dictdb_table_explain(snapshot, NTS("{\"where\":\"dept = 'dept 1'\"}"), NULL, 0, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"index\"");
    CHECK_MEMBER(w.out.data, "kind", "\"hash\"");
    CHECK_OK(dictdb_table_explain(snapshot, NTS("{\"where\":\"age < 3\"}"), NULL, 0, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"index\"");
    CHECK_MEMBER(w.out.data, "kind", "\"sorted\"");
    CHECK_OK(dictdb_table_explain(snapshot, NTS("{\"where\":\"at.city = 'city 1'\"}"), NULL, 0, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"scan\"");
    CHECK_OK(dictdb_table_explain(w.table, NTS("{\"where\":\"age < 3\"}"), NULL, 0, &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"scan\"");
    dictdb_table_free(snapshot);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- threads */

typedef struct {
    world w;
    tools t;
    dictdb_table *snapshot;
    portrait expected;
    atomic_int readers;
    long rounds;
    pthread_barrier_t start;
} sharing;

static void *read_the_snapshot(void *argument) {
    sharing *s = argument;
    pthread_barrier_wait(&s->start);
    for (long i = 0; i < s->rounds; i++) {
        CHECK_PORTRAIT("a shared snapshot", &s->t, s->snapshot, &s->expected);
    }
    atomic_fetch_sub(&s->readers, 1);
    return NULL;
}

static void *write_the_table(void *argument) {
    sharing *s = argument;
    pthread_barrier_wait(&s->start);
    while (atomic_load(&s->readers) > 0) {
        CHECK_INT(dictdb_table_update_where(s->w.table, NTS("id < 900"), NTS("age = 49 - age, name = 'x'"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_insert_many(s->w.table, NTS("[{\"id\":1000,\"age\":5},{\"id\":\"new\"}]"), NULL, NULL), DICTDB_STATUS_OK);
        CHECK_INT(dictdb_table_delete_where(s->w.table, NTS("id IN (1000, 'new')"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void threads_share_a_snapshot_beside_a_writer(void) {
    enum { READING = 4 };
    sharing s;
    pthread_t threads[READING + 1];
    memset(&s, 0, sizeof s);
    s.w = example();
    s.t = open_tools();
    s.rounds = check_rounds(100);
    s.expected = portrait_of(&s.t, s.w.table);
    s.snapshot = snapshot_of(s.w.table);
    atomic_store(&s.readers, READING);
    CHECK_INT(pthread_barrier_init(&s.start, NULL, READING + 1), 0);
    for (int i = 0; i < READING + 1; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, i == 0 ? write_the_table : read_the_snapshot, &s), 0);
    }
    for (int i = 0; i < READING + 1; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s.start);
    dictdb_table_free(s.snapshot);
    free_portrait(&s.expected);
    close_tools(&s.t);
    world_close(&s.w);
}

/** Two counters in one record each, of one table, are raised together: a snapshot never has one alone. */
static void *snap_a_busy_table(void *argument) {
    sharing *s = argument;
    dictdb_buffer out = DICTDB_BUFFER_INIT;
    dictdb_buffer again = DICTDB_BUFFER_INIT;
    pthread_barrier_wait(&s->start);
    for (long i = 0; i < s->rounds; i++) {
        dictdb_table *snapshot = snapshot_of(s->w.table);
        CHECK_INT(dictdb_table_query(snapshot, NTS("{\"columns\":[\"n\"],\"distinct\":true}"), NULL, 0, &out, NULL, NULL), DICTDB_STATUS_OK);
        CHECK(strchr(out.data, ',') == NULL);
        CHECK_INT(dictdb_table_query(snapshot, NTS("{\"columns\":[\"n\"],\"where\":\"id = 2000\"}"), NULL, 0, &again, NULL, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(again, out.data);
        dictdb_table_free(snapshot);
    }
    atomic_fetch_sub(&s->readers, 1);
    dictdb_buffer_free(&again);
    dictdb_buffer_free(&out);
    return NULL;
}

static void *raise_all(void *argument) {
    sharing *s = argument;
    pthread_barrier_wait(&s->start);
    while (atomic_load(&s->readers) > 0) {
        CHECK_INT(dictdb_table_update_where(s->w.table, NTS("TRUE"), NTS("n = coalesce(n, 0) + 1"), NULL, 0, NULL, NULL), DICTDB_STATUS_OK);
    }
    return NULL;
}

static void a_snapshot_never_has_half_of_a_write(void) {
    sharing s;
    pthread_t threads[3];
    memset(&s, 0, sizeof s);
    s.w = world_open(NULL);
    s.rounds = check_rounds(1000);
    insert_records(&s.w, 1, 300);
    insert_records(&s.w, 2000, 1);
    atomic_store(&s.readers, 2);
    CHECK_INT(pthread_barrier_init(&s.start, NULL, 3), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, i == 0 ? raise_all : snap_a_busy_table, &s), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&s.start);
    world_close(&s.w);
}

/* ------------------------------------------------------------------------------------------------------------------ handles */

/** Table, database, their snapshots and a cursor are freed in one of all orders; what is left can be read. */
static void free_in_order(const int *order, const portrait *expected, const tools *t) {
    world w = world_open(NULL);
    insert_records(&w, 1, 5);
    dictdb_table *snapshot = snapshot_of(w.table);
    dictdb_table *again = snapshot_of(snapshot);
    dictdb_db *db = snapshot_of_db(w.db);
    dictdb_table *from_db = table_of(db, "t");
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("age = 99"), NULL, 0, NULL, &w.err), &w.err);
    for (int i = 0; i < 6; i++) {
        switch (order[i]) {
        case 0: dictdb_table_free(w.table); w.table = NULL; break;
        case 1: dictdb_db_free(w.db); w.db = NULL; break;
        case 2: dictdb_table_free(snapshot); snapshot = NULL; break;
        case 3: dictdb_table_free(again); again = NULL; break;
        case 4: dictdb_db_free(db); db = NULL; break;
        default: dictdb_table_free(from_db); from_db = NULL;
        }
        const dictdb_table *const left[] = {snapshot, again, from_db};
        for (size_t j = 0; j < sizeof left / sizeof left[0]; j++) {
            char *answer = answer_of(select_all, t, left[j]);
            CHECK_STRING(answer, left[j] == NULL ? "INVALID_HANDLE 77 " : expected->answers[6]);
            free(answer);
        }
    }
    world_close(&w);
}

static void handles_may_be_freed_in_any_order(void) {
    world w = world_open(NULL);
    tools t = open_tools();
    insert_records(&w, 1, 5);
    portrait expected = portrait_of(&t, w.table);
    CHECK(READERS[6].read == select_all);
    int order[6];
    for (int code = 0; code < 720; code++) {
        /* The digits of `code` in the factorial number system choose among those that are left. */
        int left[6] = {0, 1, 2, 3, 4, 5};
        int rest = code;
        for (int i = 0; i < 6; i++) {
            int at = rest % (6 - i);
            rest /= 6 - i;
            order[i] = left[at];
            memmove(&left[at], &left[at + 1], (size_t)(5 - at) * sizeof left[0]);
        }
        free_in_order(order, &expected, &t);
    }
    free_portrait(&expected);
    close_tools(&t);
    world_close(&w);
}

static void wrong_arguments_are_refused(void) {
    world w = world_open(NULL);
    dictdb_table *snapshot = w.table;
    dictdb_db *db = w.db;
    CHECK_STATUS(dictdb_table_snapshot(w.table, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_db_snapshot(w.db, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_copy(w.table, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_db_copy(w.db, NULL, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_snapshot(NULL, &snapshot, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(snapshot == NULL);
    snapshot = w.table;
    CHECK_STATUS(dictdb_table_snapshot((dictdb_table *)w.db, &snapshot, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(snapshot == NULL);
    CHECK_STATUS(dictdb_db_snapshot(NULL, &db, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK(db == NULL);
    CHECK_STATUS(dictdb_db_snapshot((dictdb_db *)w.table, &db, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_STATUS(dictdb_table_copy(NULL, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_EMPTY(w.out);
    CHECK_STATUS(dictdb_db_copy(NULL, &w.out, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);

    snapshot = snapshot_of(w.table);
    dictdb_table *stale = snapshot;
    dictdb_table_free(snapshot);
    dictdb_table_free(snapshot);
    CHECK_STATUS(dictdb_table_snapshot(stale, &snapshot, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);
    CHECK_STATUS(dictdb_table_select(stale, NULL, NULL, 0, &w.out, NULL, &w.err), DICTDB_STATUS_INVALID_HANDLE, &w.err);

    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    snapshot = w.table;
    CHECK_STATUS(dictdb_table_snapshot(w.table, &snapshot, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK(snapshot == NULL);
    CHECK_STATUS(dictdb_table_copy(w.table, &w.out, &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_EMPTY(w.out);
    world_close(&w);
}

int main(void) {
    RUN(a_snapshot_stays_when_records_are_inserted);
    RUN(a_snapshot_stays_when_records_are_updated);
    RUN(a_snapshot_stays_when_some_records_are_deleted);
    RUN(a_snapshot_stays_when_all_records_are_deleted);
    RUN(a_snapshot_stays_when_keys_are_used_again);
    RUN(a_snapshot_stays_when_keys_are_changed);
    RUN(a_snapshot_stays_when_indexes_are_created);
    RUN(a_snapshot_stays_when_indexes_are_dropped);
    RUN(a_snapshot_stays_when_the_table_is_dropped);
    RUN(a_snapshot_stays_when_another_table_takes_the_name);
    RUN(a_snapshot_stays_when_the_table_is_freed);
    RUN(a_snapshot_stays_when_the_database_is_freed);
    RUN(a_snapshot_stays_when_table_and_database_are_freed);
    RUN(a_snapshot_stays_when_everything_happens);
    RUN(each_of_many_snapshots_keeps_its_own_instant);
    RUN(a_snapshot_of_an_empty_table_stays_empty);
    RUN(a_snapshot_of_a_table_with_a_schema_keeps_it);
    RUN(predicates_and_queries_may_be_older_or_younger_than_the_snapshot);
    RUN(a_snapshot_uses_the_indexes_of_its_instant_and_no_others);
    RUN(threads_share_a_snapshot_beside_a_writer);
    RUN(a_snapshot_never_has_half_of_a_write);
    RUN(handles_may_be_freed_in_any_order);
    RUN(wrong_arguments_are_refused);
    return check_finish();
}
