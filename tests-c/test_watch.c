/*
 * Tests: watches: what each write gives to the feed, order and numbers of changes, paging, what is kept, options, several watches, tables
 * created and dropped.
 * Does not test: waiting, threads and replaying (test_watch_threads), file descriptors (test_watch_fd).
 */
#include "check.h"

/** A database with a table `t` of three records, and watches of both, made after them. */
typedef struct {
    world w;
    dictdb_watch *of_db;
    dictdb_watch *of_table;
    /** The last sequence number that was seen. */
    uint64_t since;
} scene;

/** What is expected of a change; members that it has not are NULL. */
typedef struct {
    /** Which of the expected changes is the first of the same call. */
    int first;
    const char *operation;
    const char *key;
    const char *old_key;
    const char *record;
    /** Of `t` if NULL. */
    const char *table;
} change;

static scene open_scene(void) {
    scene s = {world_open(NULL), NULL, NULL, 0};
    INSERT(s.w, "[{\"n\":10},{\"n\":20},{\"n\":30}]");
    CHECK_OK(dictdb_db_watch(s.w.db, NULL, 0, &s.of_db, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.of_table, &s.w.err), &s.w.err);
    /* So that the numbers are known. */
    INSERT(s.w, "[{\"n\":40}]");
    CHECK_OK(dictdb_watch_poll(s.of_db, 0, 0, 0, &s.w.out, &s.since, &s.w.err), &s.w.err);
    CHECK(s.since > 0);
    return s;
}

static void close_scene(scene *s) {
    dictdb_watch_free(s->of_table);
    dictdb_watch_free(s->of_db);
    world_close(&s->w);
}

static void check_optional_member(const char *file, int line, const char *at, const char *name, const char *expected) {
    if (expected != NULL) {
        check_member(file, line, at, name, expected);
    } else if (json_member(at, name) != NULL) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: there is a member \"%s\" in %.300s\n", file, line, name, at);
    }
}

/** A watch gives these changes after `since`, numbered from there on. */
static void check_changes(const char *file, int line, scene *s, const dictdb_watch *watch, const change *expected, int count) {
    uint64_t last = 77;
    check_expect(&s->w.err);
    check_status(file, line, "poll", dictdb_watch_poll(watch, s->since, 0, 0, &s->w.out, &last, &s->w.err), DICTDB_STATUS_OK, &s->w.err);
    check_integer(file, line, "last", (int64_t)last, (int64_t)s->since + count);
    const char *at = s->w.out.data == NULL ? "" : s->w.out.data + 1;
    for (int i = 0; i < count; i++) {
        char table[64];
        snprintf(table, sizeof table, "\"%s\"", expected[i].table == NULL ? "t" : expected[i].table);
        check_integer(file, line, "sequence", json_integer(at, "sequence"), (int64_t)s->since + 1 + i);
        check_integer(file, line, "commit", json_integer(at, "commit"), (int64_t)s->since + 1 + expected[i].first);
        check_member(file, line, at, "table", table);
        check_member(file, line, at, "operation", expected[i].operation);
        check_optional_member(file, line, at, "key", expected[i].key);
        check_optional_member(file, line, at, "old_key", expected[i].old_key);
        check_optional_member(file, line, at, "record", expected[i].record);
        at = json_end(at);
        at += *at == ',' ? 1 : 0;
    }
    check_string(file, line, "what is left of the changes", at, "]");
}

/** Both watches give these changes; goes on after them. */
#define CHECK_CHANGES(s, ...)                                                                                       \
    do {                                                                                                            \
        const change expected_changes[] = {__VA_ARGS__};                                                            \
        int number_of_changes = (int)(sizeof expected_changes / sizeof expected_changes[0]);                        \
        check_changes(__FILE__, __LINE__, &(s), (s).of_db, expected_changes, number_of_changes);                    \
        check_changes(__FILE__, __LINE__, &(s), (s).of_table, expected_changes, number_of_changes);                 \
        (s).since += (uint64_t)number_of_changes;                                                                   \
    } while (0)

/** Neither watch has anything new. */
#define CHECK_NO_CHANGES(s)                                                                                         \
    do {                                                                                                            \
        check_changes(__FILE__, __LINE__, &(s), (s).of_db, NULL, 0);                                                \
        check_changes(__FILE__, __LINE__, &(s), (s).of_table, NULL, 0);                                             \
    } while (0)

static void set_options(scene *s, const char *options) {
    dictdb_watch_free(s->of_table);
    dictdb_watch_free(s->of_db);
    CHECK_OK(dictdb_table_watch(s->w.table, NTS(options), &s->of_table, &s->w.err), &s->w.err);
    CHECK_OK(dictdb_db_watch(s->w.db, NTS(options), &s->of_db, &s->w.err), &s->w.err);
}

static void insert_times(scene *s, int times) {
    for (int i = 0; i < times; i++) {
        CHECK_OK(dictdb_table_insert(s->w.table, NTS("{}"), NULL, &s->w.err), &s->w.err);
    }
}

/* ------------------------------------------------------------------------------------------------------------------- writes */

static void an_insert_gives_the_whole_record(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_table_insert(s.w.table, NTS(" { \"a\" : 1.50, \"b\":[null] }"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"a\":1.50,\"b\":[null],\"id\":5}", NULL});
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"id\":\"k\\u00e9y \\\"\"}"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "\"k\xc3\xa9y \\\"\"", NULL, "{\"id\":\"k\xc3\xa9y \\\"\"}", NULL});
    CHECK_NO_CHANGES(s);
    close_scene(&s);
}

static void a_bulk_insert_is_one_commit(void) {
    scene s = open_scene();
    INSERT(s.w, "[{\"a\":1},{\"id\":\"x\"},{\"a\":3}]");
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"a\":1,\"id\":5}", NULL}, {0, "\"insert\"", "\"x\"", NULL, "{\"id\":\"x\"}", NULL},
                  {0, "\"insert\"", "6", NULL, "{\"a\":3,\"id\":6}", NULL});
    INSERT(s.w, "[]");
    CHECK_NO_CHANGES(s);
    INSERT(s.w, "[{}]");
    CHECK_CHANGES(s, {0, "\"insert\"", "7", NULL, "{\"id\":7}", NULL});
    close_scene(&s);
}

static void an_upsert_gives_what_it_did(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_table_upsert(s.w.table, NTS("{\"id\":9,\"a\":1}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "9", NULL, "{\"id\":9,\"a\":1}", NULL});
    CHECK_OK(dictdb_table_upsert(s.w.table, NTS("{\"id\":9,\"b\":2}"), DICTDB_CONFLICT_UPDATE, NULL, NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "9", NULL, "{\"id\":9,\"a\":1,\"b\":2}", NULL});
    CHECK_OK(dictdb_table_upsert(s.w.table, NTS("{\"id\":9,\"b\":3}"), DICTDB_CONFLICT_IGNORE, NULL, NULL, &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_table_upsert(s.w.table, NTS("{\"id\":9,\"b\":3}"), DICTDB_CONFLICT_ERROR, NULL, NULL, &s.w.err),
                 DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_NO_CHANGES(s);
    close_scene(&s);
}

static void updates_give_the_record_as_it_is_afterwards(void) {
    scene s = open_scene();
    dictdb_predicate *predicate = parsed("n >= 30");
    dictdb_update *update = NULL;
    CHECK_OK(dictdb_update_new(NULL, NTS("n < ?1"), NTS("n = n + 1"), &update, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("1"), NTS("{\"a\":1}"), &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "1", NULL, "{\"n\":10,\"id\":1,\"a\":1}", NULL});
    CHECK_OK(dictdb_table_update(s.w.table, predicate, NTS("{\"n\":0}"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "3", NULL, "{\"n\":0,\"id\":3}", NULL}, {0, "\"update\"", "4", NULL, "{\"n\":0,\"id\":4}", NULL});
    CHECK_OK(dictdb_update_run(update, s.w.table, NTS("[15]"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "1", NULL, "{\"n\":11,\"id\":1,\"a\":1}", NULL}, {0, "\"update\"", "3", NULL, "{\"n\":1,\"id\":3}", NULL},
                  {0, "\"update\"", "4", NULL, "{\"n\":1,\"id\":4}", NULL});
    CHECK_OK(dictdb_table_update_where(s.w.table, NTS("id = 1"), NTS("remove(a), b = n"), NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "1", NULL, "{\"n\":11,\"id\":1,\"b\":11}", NULL});
    dictdb_update_free(update);
    dictdb_predicate_free(predicate);
    close_scene(&s);
}

static void another_key_comes_with_the_old_one(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("1"), NTS("{\"id\":\"one\",\"n\":1}"), &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "\"one\"", "1", "{\"n\":1,\"id\":\"one\"}", NULL});
    CHECK_OK(dictdb_table_update_where(s.w.table, NTS("id >= 2"), NTS("id = id + 1"), NULL, 0, NULL, &s.w.err), &s.w.err);
    /* Keys that are passed on are told to be gone first, and their records to be new, so that each change can be applied by itself. */
    CHECK_CHANGES(s, {0, "\"delete\"", "3", NULL, NULL, NULL}, {0, "\"delete\"", "4", NULL, NULL, NULL},
                  {0, "\"update\"", "3", "2", "{\"n\":20,\"id\":3}", NULL}, {0, "\"insert\"", "4", NULL, "{\"n\":30,\"id\":4}", NULL},
                  {0, "\"insert\"", "5", NULL, "{\"n\":40,\"id\":5}", NULL});
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("3"), NTS("{\"id\":3,\"n\":21}"), &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"update\"", "3", NULL, "{\"n\":21,\"id\":3}", NULL});
    close_scene(&s);
}

static void deletes_give_the_key_alone(void) {
    scene s = open_scene();
    dictdb_predicate *predicate = parsed("n = 30");
    dictdb_query *query = NULL;
    INSERT(s.w, "[{\"id\":\"k\",\"n\":50},{\"id\":\"l\",\"n\":50}]");
    s.since += 2;
    CHECK_OK(dictdb_query_new(NULL, NTS("{\"where\":\"n = ?1\"}"), &query, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_delete_by_key(s.w.table, NTS("1"), &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"delete\"", "1", NULL, NULL, NULL});
    CHECK_OK(dictdb_query_delete(query, s.w.table, NTS("[20]"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"delete\"", "2", NULL, NULL, NULL});
    CHECK_OK(dictdb_table_delete(s.w.table, predicate, NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"delete\"", "3", NULL, NULL, NULL});
    CHECK_OK(dictdb_table_delete_where(s.w.table, NTS("TRUE"), NULL, 0, NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"delete\"", "4", NULL, NULL, NULL}, {0, "\"delete\"", "\"k\"", NULL, NULL, NULL},
                  {0, "\"delete\"", "\"l\"", NULL, NULL, NULL});
    dictdb_query_free(query);
    dictdb_predicate_free(predicate);
    close_scene(&s);
}

static void a_batch_is_one_commit_in_the_order_of_its_operations(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_db_batch(s.w.db,
                             NTS("[{\"insert\":\"t\",\"record\":{\"a\":1}},{\"update\":\"t\",\"where\":\"n <= 20\",\"set\":\"n = n + 1\"},"
                                 "{\"update\":\"t\",\"key\":5,\"set\":\"id = 'five'\"},{\"delete\":\"t\",\"key\":1},"
                                 "{\"upsert\":\"t\",\"record\":{\"id\":2},\"on_conflict\":\"ignore\"},{\"upsert\":\"t\",\"record\":{\"id\":1}},"
                                 "{\"delete\":\"t\",\"key\":\"five\"}]"),
                             NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"a\":1,\"id\":5}", NULL}, {0, "\"update\"", "1", NULL, "{\"n\":11,\"id\":1}", NULL},
                  {0, "\"update\"", "2", NULL, "{\"n\":21,\"id\":2}", NULL}, {0, "\"update\"", "\"five\"", "5", "{\"a\":1,\"id\":\"five\"}", NULL},
                  {0, "\"delete\"", "1", NULL, NULL, NULL}, {0, "\"insert\"", "1", NULL, "{\"id\":1}", NULL},
                  {0, "\"delete\"", "\"five\"", NULL, NULL, NULL});
    CHECK_OK(dictdb_db_batch(s.w.db, NTS("[]"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_batch(s.w.db, NTS("[{\"upsert\":\"t\",\"record\":{\"id\":1},\"on_conflict\":\"ignore\"}]"), NULL, &s.w.err), &s.w.err);
    CHECK_NO_CHANGES(s);
    close_scene(&s);
}

static void a_batch_over_two_tables_is_one_commit(void) {
    scene s = open_scene();
    uint64_t last = 0;
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("u"), NULL, 0, NULL, &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, s.of_db, (const change[]){{0, "\"create\"", NULL, NULL, NULL, "u"}}, 1);
    s.since++;
    CHECK_OK(dictdb_db_batch(s.w.db,
                             NTS("[{\"insert\":\"u\",\"record\":{}},{\"delete\":\"t\",\"key\":4},{\"insert\":\"u\",\"record\":{}},"
                                 "{\"insert\":\"t\",\"record\":{}}]"),
                             NULL, &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, s.of_db,
                  (const change[]){{0, "\"insert\"", "1", NULL, "{\"id\":1}", "u"},
                                   {0, "\"delete\"", "4", NULL, NULL, "t"},
                                   {0, "\"insert\"", "2", NULL, "{\"id\":2}", "u"},
                                   {0, "\"insert\"", "5", NULL, "{\"id\":5}", "t"}},
                  4);
    /* The watch of one table lacks the changes of the other; their numbers are the same. */
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_INT(last, s.since + 4);
    const char *at = s.w.out.data + 1;
    CHECK_INT(json_integer(at, "sequence"), s.since + 2);
    CHECK_INT(json_integer(at, "commit"), s.since + 1);
    CHECK_MEMBER(at, "operation", "\"delete\"");
    at = json_end(at) + 1;
    CHECK_INT(json_integer(at, "sequence"), s.since + 4);
    CHECK_INT(json_integer(at, "commit"), s.since + 1);
    CHECK_STRING(json_end(at), "]");
    close_scene(&s);
}

static void what_fails_gives_nothing(void) {
    scene s = open_scene();
    dictdb_batch *batch = NULL;
    dictdb_predicate *none = parsed("FALSE");
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"n\",\"kind\":\"hash\",\"unique\":true}"), &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_table_insert(s.w.table, NTS("{\"id\":1}"), NULL, &s.w.err), DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_STATUS(dictdb_table_insert(s.w.table, NTS("{\"n\":10}"), NULL, &s.w.err), DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_STATUS(dictdb_table_insert(s.w.table, NTS("[]"), NULL, &s.w.err), DICTDB_STATUS_INVALID_JSON, &s.w.err);
    CHECK_STATUS(dictdb_table_insert_many(s.w.table, NTS("[{},{},{\"id\":1}]"), NULL, &s.w.err), DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_STATUS(dictdb_table_update(s.w.table, none, NTS("{\"a\":1}"), NULL, &s.w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &s.w.err);
    CHECK_STATUS(dictdb_table_update_by_key(s.w.table, NTS("2"), NTS("{\"n\":10}"), &s.w.err), DICTDB_STATUS_DUPLICATE_KEY, &s.w.err);
    CHECK_STATUS(dictdb_table_update_where(s.w.table, NTS("TRUE"), NTS("n = 1 / (id - 3)"), NULL, 0, NULL, &s.w.err), DICTDB_STATUS_TYPE_MISMATCH,
                 &s.w.err);
    CHECK_STATUS(dictdb_table_delete_by_key(s.w.table, NTS("99"), &s.w.err), DICTDB_STATUS_RECORD_NOT_FOUND, &s.w.err);
    CHECK_STATUS(dictdb_db_create_table(s.w.db, NTS("t"), NULL, 0, NULL, &s.w.err), DICTDB_STATUS_DUPLICATE_TABLE, &s.w.err);
    CHECK_STATUS(dictdb_db_drop_table(s.w.db, NTS("u"), &s.w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &s.w.err);
    CHECK_OK(dictdb_batch_new(&batch, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_insert(batch, s.w.table, NTS("{}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_delete_where(batch, s.w.table, NTS("n > 0"), NULL, 0, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_batch_update_by_key(batch, s.w.table, NTS("99"), NTS("{}"), &s.w.err), &s.w.err);
    CHECK_INT(dictdb_batch_commit(batch, NULL, NULL), DICTDB_STATUS_RECORD_NOT_FOUND);
    CHECK_RECORDS(s.w, "[{\"n\":10,\"id\":1},{\"n\":20,\"id\":2},{\"n\":30,\"id\":3},{\"n\":40,\"id\":4}]");
    CHECK_NO_CHANGES(s);
    /* Nor did it use numbers up. */
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{}"), NULL, &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"id\":5}", NULL});
    dictdb_predicate_free(none);
    dictdb_batch_free(batch);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------------- tables */

static void creating_and_dropping_tables_is_in_the_feed_of_a_database(void) {
    scene s = open_scene();
    dictdb_table *table = NULL;
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("new \"x\""), NULL, 0, &table, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert(table, NTS("{}"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("new \"x\""), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("t"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("t"), NULL, 0, NULL, &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, s.of_db,
                  (const change[]){{0, "\"create\"", NULL, NULL, NULL, "new \\\"x\\\""},
                                   {1, "\"insert\"", "1", NULL, "{\"id\":1}", "new \\\"x\\\""},
                                   {2, "\"drop\"", NULL, NULL, NULL, "new \\\"x\\\""},
                                   {3, "\"drop\"", NULL, NULL, NULL, "t"},
                                   {4, "\"create\"", NULL, NULL, NULL, "t"}},
                  5);
    dictdb_table_free(table);
    close_scene(&s);
}

static void a_watch_of_a_table_ends_with_its_drop(void) {
    scene s = open_scene();
    dictdb_table *next = NULL;
    uint64_t last = 77;
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{}"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("t"), &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, s.of_table,
                  (const change[]){{0, "\"insert\"", "5", NULL, "{\"id\":5}", "t"}, {1, "\"drop\"", NULL, NULL, NULL, "t"}}, 2);
    /* Another table of that name is another table. */
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("t"), NULL, 0, &next, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert(next, NTS("{}"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since + 2, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[]");
    CHECK_INT(last, s.since + 2);
    dictdb_table_free(next);
    close_scene(&s);
}

static void a_watch_of_one_table_is_silent_about_another(void) {
    scene s = open_scene();
    dictdb_table *other = NULL;
    dictdb_watch *of_other = NULL;
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("u"), NULL, 0, &other, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_watch(other, NULL, 0, &of_other, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert(other, NTS("{}"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_delete_by_key(other, NTS("1"), &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, s.of_table, NULL, 0);
    s.since++;
    check_changes(__FILE__, __LINE__, &s, of_other,
                  (const change[]){{0, "\"insert\"", "1", NULL, "{\"id\":1}", "u"}, {1, "\"delete\"", "1", NULL, NULL, "u"}}, 2);
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("u"), &s.w.err), &s.w.err);
    s.since += 2;
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{}"), NULL, &s.w.err), &s.w.err);
    check_changes(__FILE__, __LINE__, &s, of_other, (const change[]){{0, "\"drop\"", NULL, NULL, NULL, "u"}}, 1);
    s.since++;
    check_changes(__FILE__, __LINE__, &s, s.of_table, (const change[]){{0, "\"insert\"", "5", NULL, "{\"id\":5}", "t"}}, 1);
    dictdb_watch_free(of_other);
    dictdb_table_free(other);
    close_scene(&s);
}

static void indexes_and_reads_are_no_changes(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_table_create_index(s.w.table, NTS("{\"fields\":\"n\",\"kind\":\"sorted\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_drop_index(s.w.table, NTS("\"n\""), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_query(s.w.table, NULL, 0, NULL, 0, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK_NO_CHANGES(s);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------------ polling */

static void a_watch_begins_when_it_is_made(void) {
    world w = world_open(NULL);
    dictdb_watch *watch = NULL;
    uint64_t last = 77;
    INSERT(w, "[{},{}]");
    CHECK_OK(dictdb_table_watch(w.table, NULL, 0, &watch, &w.err), &w.err);
    CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, &last, &w.err), &w.err);
    CHECK_TEXT(w.out, "[]");
    CHECK_INT(last, 0);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_watch_poll(watch, 0, 0, 0, &w.out, NULL, &w.err), &w.err);
    CHECK_MEMBER(w.out.data + 1, "key", "3");
    CHECK_STRING(json_end(w.out.data + 1), "]");
    dictdb_watch_free(watch);
    world_close(&w);
}

static void changes_come_in_pages(void) {
    scene s = open_scene();
    insert_times(&s, 5);
    uint64_t last = s.since;
    int sizes[] = {2, 2, 1, 0};
    for (int page = 0; page < 4; page++) {
        uint64_t since = last;
        CHECK_OK(dictdb_watch_poll(s.of_table, since, 2, 0, &s.w.out, &last, &s.w.err), &s.w.err);
        CHECK_INT(last, since + (uint64_t)sizes[page]);
        const char *at = s.w.out.data + 1;
        for (int i = 0; i < sizes[page]; i++) {
            CHECK_INT(json_integer(at, "sequence"), since + 1 + (uint64_t)i);
            at = json_end(at);
            at += *at == ',' ? 1 : 0;
        }
        CHECK_STRING(at, "]");
    }
    close_scene(&s);
}

static void a_page_may_end_within_a_commit(void) {
    scene s = open_scene();
    uint64_t last = 0;
    INSERT(s.w, "[{},{},{}]");
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since + 1, 1, 0, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_INT(last, s.since + 2);
    CHECK_INT(json_integer(s.w.out.data + 1, "commit"), s.since + 1);
    close_scene(&s);
}

static void changes_may_be_asked_for_again(void) {
    scene s = open_scene();
    insert_times(&s, 3);
    for (int again = 0; again < 3; again++) {
        const change expected[] = {{0, "\"insert\"", "5", NULL, "{\"id\":5}", NULL},
                                   {1, "\"insert\"", "6", NULL, "{\"id\":6}", NULL},
                                   {2, "\"insert\"", "7", NULL, "{\"id\":7}", NULL}};
        check_changes(__FILE__, __LINE__, &s, s.of_table, expected, 3);
    }
    uint64_t last = 0;
    CHECK_OK(dictdb_watch_poll(s.of_table, 0, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_INT(last, s.since + 3);
    CHECK_INT(json_integer(s.w.out.data + 1, "sequence"), s.since);
    close_scene(&s);
}

static void after_what_is_yet_to_come_there_is_nothing(void) {
    static const uint64_t LATER[] = {1, 1000, UINT64_MAX};
    scene s = open_scene();
    for (int i = 0; i < 3; i++) {
        uint64_t since = LATER[i] == UINT64_MAX ? UINT64_MAX : s.since + LATER[i];
        uint64_t last = 77;
        CHECK_OK(dictdb_watch_poll(s.of_table, since, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
        CHECK_TEXT(s.w.out, "[]");
        CHECK(last == since);
    }
    close_scene(&s);
}

static void a_poll_that_waits_in_vain_gives_nothing(void) {
    scene s = open_scene();
    uint64_t last = 77;
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since, 0, 1, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[]");
    CHECK_INT(last, s.since);
    close_scene(&s);
}

static void a_poll_does_not_wait_if_there_is_a_change(void) {
    scene s = open_scene();
    CHECK_OK(dictdb_watch_poll(s.of_table, 0, 0, DICTDB_NO_TIMEOUT, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since - 1, 1, INT64_MIN, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since - 1, 1, INT64_MAX, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK_INT(json_integer(s.w.out.data + 1, "sequence"), s.since);
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------- what is kept */

/** Too many changes came for a watch: it says so, tells how to go on, and has the last ones. At most `kept` of them. */
static void check_overflow(scene *s, const dictdb_watch *watch, uint64_t newest, uint64_t kept) {
    uint64_t last = 77;
    CHECK_STATUS(dictdb_watch_poll(watch, s->since, 0, 0, &s->w.out, &last, &s->w.err), DICTDB_STATUS_UNAVAILABLE, &s->w.err);
    CHECK_EMPTY(s->w.out);
    CHECK_INT(last, 77);
    CHECK_INT(json_integer(dictdb_error_detail(s->w.err), "since"), s->since);
    uint64_t oldest = (uint64_t)json_integer(dictdb_error_detail(s->w.err), "oldest");
    CHECK(oldest > s->since && oldest <= newest && newest - oldest <= kept);
    CHECK_INT(json_integer(dictdb_error_detail(s->w.err), "newest"), newest);
    for (uint64_t since = oldest; since <= newest; since++) {
        CHECK_OK(dictdb_watch_poll(watch, since, 0, 0, &s->w.out, &last, &s->w.err), &s->w.err);
        CHECK_INT(last, newest);
        if (since < newest) {
            CHECK_INT(json_integer(s->w.out.data + 1, "sequence"), since + 1);
        } else {
            CHECK_TEXT(s->w.out, "[]");
        }
    }
    CHECK_STATUS(dictdb_watch_poll(watch, oldest - 1, 0, 0, &s->w.out, &last, &s->w.err), DICTDB_STATUS_UNAVAILABLE, &s->w.err);
    CHECK_INT(json_integer(dictdb_error_detail(s->w.err), "since"), oldest - 1);
    CHECK_INT(json_integer(dictdb_error_detail(s->w.err), "oldest"), oldest);
}

static void so_many_changes_are_kept(void) {
    scene s = open_scene();
    set_options(&s, "{\"max_changes\":10}");
    insert_times(&s, 10);
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since, 0, 0, &s.w.out, NULL, &s.w.err), &s.w.err);
    insert_times(&s, 15);
    check_overflow(&s, s.of_table, s.since + 25, 10);
    check_overflow(&s, s.of_db, s.since + 25, 10);
    close_scene(&s);
}

static void zero_asks_for_all_since_the_watch_was_made(void) {
    scene s = open_scene();
    uint64_t last = 77;
    set_options(&s, "{\"max_changes\":10}");
    insert_times(&s, 10);
    CHECK_OK(dictdb_watch_poll(s.of_table, 0, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
    CHECK_INT(json_integer(s.w.out.data + 1, "sequence"), s.since + 1);
    CHECK_INT(last, s.since + 10);
    insert_times(&s, 1);
    CHECK_STATUS(dictdb_watch_poll(s.of_table, 0, 0, 0, &s.w.out, &last, &s.w.err), DICTDB_STATUS_UNAVAILABLE, &s.w.err);
    CHECK_MEMBER(dictdb_error_detail(s.w.err), "since", "0");
    close_scene(&s);
}

static void changes_that_nobody_watches_are_not_counted(void) {
    scene s = open_scene();
    dictdb_table *other = NULL;
    dictdb_watch_free(s.of_table);
    dictdb_watch_free(s.of_db);
    insert_times(&s, 3);
    CHECK_OK(dictdb_db_create_table(s.w.db, NTS("u"), NULL, 0, &other, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &s.of_table, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_insert(other, NTS("{}"), NULL, &s.w.err), &s.w.err);
    insert_times(&s, 1);
    check_changes(__FILE__, __LINE__, &s, s.of_table, (const change[]){{0, "\"insert\"", "8", NULL, "{\"id\":8}", NULL}}, 1);
    dictdb_table_free(other);
    close_scene(&s);
}

static void so_many_bytes_are_kept(void) {
    scene s = open_scene();
    char record[1200];
    snprintf(record, sizeof record, "{\"pad\":\"%01000d\"}", 0);
    set_options(&s, "{\"max_bytes\":20000}");
    for (int i = 0; i < 10; i++) {
        CHECK_OK(dictdb_table_insert(s.w.table, NTS(record), NULL, &s.w.err), &s.w.err);
    }
    CHECK_OK(dictdb_watch_poll(s.of_table, s.since, 0, 0, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK(s.w.out.len > 10000);
    for (int i = 0; i < 30; i++) {
        CHECK_OK(dictdb_table_insert(s.w.table, NTS(record), NULL, &s.w.err), &s.w.err);
    }
    check_overflow(&s, s.of_table, s.since + 40, 20);
    check_overflow(&s, s.of_db, s.since + 40, 20);
    close_scene(&s);
}

static void a_change_that_is_too_large_to_keep_is_gone(void) {
    scene s = open_scene();
    char record[3200];
    snprintf(record, sizeof record, "{\"pad\":\"%03000d\"}", 0);
    set_options(&s, "{\"max_bytes\":1000}");
    CHECK_OK(dictdb_table_insert(s.w.table, NTS(record), NULL, &s.w.err), &s.w.err);
    check_overflow(&s, s.of_table, s.since + 1, 0);
    insert_times(&s, 1);
    s.since++;
    CHECK_CHANGES(s, {0, "\"insert\"", "6", NULL, "{\"id\":6}", NULL});
    close_scene(&s);
}

static void a_batch_larger_than_what_is_kept_is_kept_in_part(void) {
    scene s = open_scene();
    set_options(&s, "{\"max_changes\":3}");
    INSERT(s.w, "[{},{},{},{},{},{},{}]");
    check_overflow(&s, s.of_table, s.since + 7, 3);
    close_scene(&s);
}

static void one_change_may_be_kept(void) {
    scene s = open_scene();
    set_options(&s, "{\"max_changes\":1}");
    insert_times(&s, 3);
    check_overflow(&s, s.of_table, s.since + 3, 1);
    close_scene(&s);
}

static void records_may_be_left_out(void) {
    scene s = open_scene();
    set_options(&s, "{\"records\":false}");
    CHECK_OK(dictdb_table_insert(s.w.table, NTS("{\"a\":1}"), NULL, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("5"), NTS("{\"a\":2}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_update_by_key(s.w.table, NTS("5"), NTS("{\"id\":\"five\"}"), &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_delete_by_key(s.w.table, NTS("\"five\""), &s.w.err), &s.w.err);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, NULL, NULL}, {1, "\"update\"", "5", NULL, NULL, NULL},
                  {2, "\"update\"", "\"five\"", "5", NULL, NULL}, {3, "\"delete\"", "\"five\"", NULL, NULL, NULL});
    close_scene(&s);
}

static void all_options_may_be_given(void) {
    scene s = open_scene();
    set_options(&s, "{\"max_changes\":16777216,\"max_bytes\":1000000,\"records\":true}");
    insert_times(&s, 1);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"id\":5}", NULL});
    set_options(&s, "{}");
    insert_times(&s, 1);
    CHECK_CHANGES(s, {0, "\"insert\"", "6", NULL, "{\"id\":6}", NULL});
    close_scene(&s);
}

static void wrong_options_are_refused(void) {
    static const struct {
        const char *options;
        dictdb_status status;
    } WRONG[] = {
        {"[]", DICTDB_STATUS_INVALID_JSON},
        {"7", DICTDB_STATUS_INVALID_JSON},
        {"{\"records\":true", DICTDB_STATUS_INVALID_JSON},
        {"{\"record\":true}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"records\":1}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"records\":\"false\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":\"10\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":1.5}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":-1}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":0}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":16777217}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_changes\":true}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_bytes\":[]}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_bytes\":-1}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_bytes\":0}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"max_bytes\":1e3}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"timeout\":1}", DICTDB_STATUS_INVALID_ARGUMENT},
    };
    scene s = open_scene();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        dictdb_watch *watch = (dictdb_watch *)(uintptr_t)0x7e57;
        CHECK_STATUS(dictdb_table_watch(s.w.table, NTS(WRONG[i].options), &watch, &s.w.err), WRONG[i].status, &s.w.err);
        CHECK(watch == NULL);
        watch = (dictdb_watch *)(uintptr_t)0x7e57;
        CHECK_STATUS(dictdb_db_watch(s.w.db, NTS(WRONG[i].options), &watch, &s.w.err), WRONG[i].status, &s.w.err);
        CHECK(watch == NULL);
    }
    close_scene(&s);
}

/* ------------------------------------------------------------------------------------------------------------------ handles */

static void watches_are_independent_of_each_other(void) {
    enum { MANY = 50 };
    scene s = open_scene();
    dictdb_watch *watches[MANY];
    char options[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(options, sizeof options, "{\"max_changes\":%d,\"records\":%s}", i + 1, i % 2 == 0 ? "true" : "false");
        CHECK_OK(dictdb_table_watch(s.w.table, NTS(options), &watches[i], &s.w.err), &s.w.err);
        insert_times(&s, 1);
    }
    for (int i = 0; i < MANY; i++) {
        uint64_t last = 77;
        uint64_t kept = (uint64_t)(i + 1 < MANY - i ? i + 1 : MANY - i);
        CHECK_OK(dictdb_watch_poll(watches[i], s.since + MANY - kept, 0, 0, &s.w.out, &last, &s.w.err), &s.w.err);
        CHECK_INT(last, s.since + MANY);
        CHECK_INT(json_integer(s.w.out.data + 1, "sequence"), s.since + MANY - kept + 1);
        CHECK((json_member(s.w.out.data + 1, "record") != NULL) == (i % 2 == 0));
        dictdb_watch_free(watches[i]);
    }
    insert_times(&s, 1);
    close_scene(&s);
}

static void any_handle_to_the_table_may_be_watched_and_written_to(void) {
    scene s = open_scene();
    dictdb_table *again = NULL;
    dictdb_watch *watch = NULL;
    CHECK_OK(dictdb_db_get_table(s.w.db, NTS("t"), &again, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_table_watch(again, NULL, 0, &watch, &s.w.err), &s.w.err);
    insert_times(&s, 1);
    CHECK_OK(dictdb_table_insert(again, NTS("{}"), NULL, &s.w.err), &s.w.err);
    dictdb_table_free(again);
    insert_times(&s, 1);
    const change expected[] = {{0, "\"insert\"", "5", NULL, "{\"id\":5}", NULL},
                               {1, "\"insert\"", "6", NULL, "{\"id\":6}", NULL},
                               {2, "\"insert\"", "7", NULL, "{\"id\":7}", NULL}};
    check_changes(__FILE__, __LINE__, &s, watch, expected, 3);
    check_changes(__FILE__, __LINE__, &s, s.of_table, expected, 3);
    check_changes(__FILE__, __LINE__, &s, s.of_db, expected, 3);
    dictdb_watch_free(watch);
    close_scene(&s);
}

static void a_watch_outlives_its_database(void) {
    scene s = open_scene();
    insert_times(&s, 1);
    dictdb_table_free(s.w.table);
    dictdb_db_free(s.w.db);
    CHECK_CHANGES(s, {0, "\"insert\"", "5", NULL, "{\"id\":5}", NULL});
    CHECK_OK(dictdb_watch_poll(s.of_db, s.since, 0, 1, &s.w.out, NULL, &s.w.err), &s.w.err);
    CHECK_TEXT(s.w.out, "[]");
    close_scene(&s);
}

static void wrong_handles_are_refused(void) {
    scene s = open_scene();
    uint64_t last = 77;
    int32_t fd = 77;
    dictdb_watch *freed = NULL;
    CHECK_OK(dictdb_table_watch(s.w.table, NULL, 0, &freed, &s.w.err), &s.w.err);
    dictdb_watch_free(freed);
    dictdb_watch_free(freed);
    dictdb_watch_free(NULL);
    const dictdb_watch *const wrong[] = {NULL, freed, (dictdb_watch *)(void *)s.w.db, (dictdb_watch *)(void *)s.w.table,
                                         (dictdb_watch *)(void *)&s, (dictdb_watch *)(uintptr_t)1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_STATUS(dictdb_watch_poll(wrong[i], 0, 0, DICTDB_NO_TIMEOUT, &s.w.out, &last, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
        CHECK_EMPTY(s.w.out);
        CHECK_STATUS(dictdb_watch_fd(wrong[i], &fd, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    }
    CHECK_INT(last, 77);
    CHECK_INT(fd, 77);
    dictdb_watch *watch = (dictdb_watch *)(uintptr_t)0x7e57;
    CHECK_STATUS(dictdb_table_watch(NULL, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK(watch == NULL);
    CHECK_STATUS(dictdb_table_watch((dictdb_table *)(void *)s.of_table, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK_STATUS(dictdb_db_watch(NULL, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK_STATUS(dictdb_db_watch((dictdb_db *)(void *)s.w.table, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_INVALID_HANDLE, &s.w.err);
    CHECK_STATUS(dictdb_table_watch(s.w.table, NULL, 0, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK_STATUS(dictdb_db_watch(s.w.db, NULL, 0, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK_STATUS(dictdb_watch_poll(s.of_table, 0, 0, 0, NULL, &last, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    CHECK_STATUS(dictdb_watch_fd(s.of_table, NULL, &s.w.err), DICTDB_STATUS_INVALID_ARGUMENT, &s.w.err);
    close_scene(&s);
}

static void snapshots_and_dropped_tables_are_not_watched(void) {
    scene s = open_scene();
    dictdb_table *snapshot = NULL;
    dictdb_db *of_db = NULL;
    dictdb_table *in_db = NULL;
    dictdb_watch *watch = NULL;
    CHECK_OK(dictdb_table_snapshot(s.w.table, &snapshot, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_snapshot(s.w.db, &of_db, &s.w.err), &s.w.err);
    CHECK_OK(dictdb_db_get_table(of_db, NTS("t"), &in_db, &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_table_watch(snapshot, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_UNSUPPORTED, &s.w.err);
    CHECK_STATUS(dictdb_table_watch(in_db, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_UNSUPPORTED, &s.w.err);
    CHECK_STATUS(dictdb_db_watch(of_db, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_UNSUPPORTED, &s.w.err);
    CHECK_OK(dictdb_db_drop_table(s.w.db, NTS("t"), &s.w.err), &s.w.err);
    CHECK_STATUS(dictdb_table_watch(s.w.table, NULL, 0, &watch, &s.w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &s.w.err);
    CHECK(watch == NULL);
    dictdb_table_free(in_db);
    dictdb_db_free(of_db);
    dictdb_table_free(snapshot);
    close_scene(&s);
}

int main(void) {
    RUN(an_insert_gives_the_whole_record);
    RUN(a_bulk_insert_is_one_commit);
    RUN(an_upsert_gives_what_it_did);
    RUN(updates_give_the_record_as_it_is_afterwards);
    RUN(another_key_comes_with_the_old_one);
    RUN(deletes_give_the_key_alone);
    RUN(a_batch_is_one_commit_in_the_order_of_its_operations);
    RUN(a_batch_over_two_tables_is_one_commit);
    RUN(what_fails_gives_nothing);
    RUN(creating_and_dropping_tables_is_in_the_feed_of_a_database);
    RUN(a_watch_of_a_table_ends_with_its_drop);
    RUN(a_watch_of_one_table_is_silent_about_another);
    RUN(indexes_and_reads_are_no_changes);
    RUN(a_watch_begins_when_it_is_made);
    RUN(changes_that_nobody_watches_are_not_counted);
    RUN(changes_come_in_pages);
    RUN(a_page_may_end_within_a_commit);
    RUN(changes_may_be_asked_for_again);
    RUN(after_what_is_yet_to_come_there_is_nothing);
    RUN(a_poll_that_waits_in_vain_gives_nothing);
    RUN(a_poll_does_not_wait_if_there_is_a_change);
    RUN(so_many_changes_are_kept);
    RUN(zero_asks_for_all_since_the_watch_was_made);
    RUN(so_many_bytes_are_kept);
    RUN(a_change_that_is_too_large_to_keep_is_gone);
    RUN(a_batch_larger_than_what_is_kept_is_kept_in_part);
    RUN(one_change_may_be_kept);
    RUN(records_may_be_left_out);
    RUN(all_options_may_be_given);
    RUN(wrong_options_are_refused);
    RUN(watches_are_independent_of_each_other);
    RUN(any_handle_to_the_table_may_be_watched_and_written_to);
    RUN(a_watch_outlives_its_database);
    RUN(wrong_handles_are_refused);
    RUN(snapshots_and_dropped_tables_are_not_watched);
    return check_finish();
}
