/*
 * Tests: indexes: making, dropping and describing them, unique ones, plans, and that answers are the same with and without.
 * Does not test: indexes made beside readers and writers (test_index_build), what is faster.
 */
#include "check.h"

#define CREATE(w, options) CHECK_OK(dictdb_table_create_index((w).table, NTS(options), &(w).err), &(w).err)

/** Describe lists these indexes. */
#define CHECK_INDEXES(w, expected)                                                                                  \
    do {                                                                                                            \
        CHECK_OK(dictdb_table_describe((w).table, &(w).out, &(w).err), &(w).err);                                   \
        CHECK_MEMBER((w).out.data, "indexes", expected);                                                            \
        CHECK_OK(dictdb_table_statistics((w).table, &(w).out, &(w).err), &(w).err);                                 \
        CHECK((json_integer((w).out.data, "indexes") > 0) == (strcmp(expected, "[]") != 0));                        \
    } while (0)

/* ------------------------------------------------------------------------------------------------------ making and dropping */

static void indexes_are_made_described_and_dropped(void) {
    world w = world_open(NULL);
    INSERT(w, "[{\"a\":1,\"b\":{\"c\":2}}]");
    CHECK_INDEXES(w, "[]");
    CREATE(w, "{\"fields\":\"a\",\"kind\":\"hash\"}");
    CREATE(w, "{\"fields\":[\"b.c\",\"a\"],\"kind\":\"sorted\",\"unique\":true}");
    CREATE(w, "{\"fields\":[\"a\",\"b.c\"],\"kind\":\"sorted\",\"unique\":null}");
    CHECK_INDEXES(w, "[{\"fields\":[\"a\"],\"kind\":\"hash\",\"unique\":false},{\"fields\":[\"b.c\",\"a\"],\"kind\":\"sorted\",\"unique\":true},"
                     "{\"fields\":[\"a\",\"b.c\"],\"kind\":\"sorted\",\"unique\":false}]");
    CHECK_INT(json_integer(w.out.data, "indexes"), 3);
    CHECK(json_integer(w.out.data, "index_bytes") > 0);
    CHECK_INT(json_integer(w.out.data, "bytes"),
              json_integer(w.out.data, "segment_bytes") + json_integer(w.out.data, "directory_bytes") +
                  json_integer(w.out.data, "key_map_bytes") + json_integer(w.out.data, "index_bytes"));
    CHECK_OK(dictdb_table_drop_index(w.table, NTS("[\"a\"]"), &w.err), &w.err);
    CHECK_OK(dictdb_table_drop_index(w.table, NTS("[\"a\",\"b.c\"]"), &w.err), &w.err);
    CHECK_INDEXES(w, "[{\"fields\":[\"b.c\",\"a\"],\"kind\":\"sorted\",\"unique\":true}]");
    CHECK_OK(dictdb_table_drop_index(w.table, NTS(" [ \"b.c\" , \"a\" ]"), &w.err), &w.err);
    CHECK_INDEXES(w, "[]");
    world_close(&w);
}

static void the_same_index_again_does_nothing(void) {
    world w = world_open(NULL);
    CREATE(w, "{\"fields\":\"a\",\"kind\":\"sorted\"}");
    CREATE(w, "{\"fields\":[\"a\"],\"kind\":\"sorted\",\"unique\":false}");
    CHECK_INDEXES(w, "[{\"fields\":[\"a\"],\"kind\":\"sorted\",\"unique\":false}]");
    world_close(&w);
}

static void another_index_on_the_same_fields_is_refused(void) {
    world w = world_open(NULL);
    CREATE(w, "{\"fields\":[\"a\",\"b\"],\"kind\":\"sorted\",\"unique\":true}");
    CHECK_STATUS(dictdb_table_create_index(w.table, NTS("{\"fields\":[\"a\",\"b\"],\"kind\":\"hash\",\"unique\":true}"), &w.err),
                 DICTDB_STATUS_INDEX_EXISTS, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "fields", "[\"a\",\"b\"]");
    CHECK_MEMBER(dictdb_error_detail(w.err), "existing", "\"unique sorted\"");
    CHECK_STATUS(dictdb_table_create_index(w.table, NTS("{\"fields\":[\"a\",\"b\"],\"kind\":\"sorted\"}"), &w.err), DICTDB_STATUS_INDEX_EXISTS,
                 &w.err);
    CREATE(w, "{\"fields\":[\"b\",\"a\"],\"kind\":\"hash\"}");
    CHECK_INDEXES(w, "[{\"fields\":[\"a\",\"b\"],\"kind\":\"sorted\",\"unique\":true},{\"fields\":[\"b\",\"a\"],\"kind\":\"hash\",\"unique\":false}]");
    world_close(&w);
}

static void wrong_options_are_refused(void) {
    static const struct {
        const char *options;
        dictdb_status status;
    } WRONG[] = {
        {"[]", DICTDB_STATUS_INVALID_JSON},
        {"{\"fields\":\"a\"", DICTDB_STATUS_INVALID_JSON},
        {"{}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"kind\":\"hash\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":\"a\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":\"a\",\"kind\":\"tree\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":\"a\",\"kind\":\"hash\",\"unique\":1}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":\"a\",\"kind\":\"hash\",\"name\":\"x\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":[],\"kind\":\"hash\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":[\"a\",\"a\"],\"kind\":\"hash\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":[\"a\",1],\"kind\":\"hash\"}", DICTDB_STATUS_INVALID_ARGUMENT},
        {"{\"fields\":\"a..b\",\"kind\":\"hash\"}", DICTDB_STATUS_PARSE},
    };
    world w = world_open(NULL);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CHECK_STATUS(dictdb_table_create_index(w.table, NTS(WRONG[i].options), &w.err), WRONG[i].status, &w.err);
    }
    CHECK_STATUS(dictdb_table_drop_index(w.table, NTS("\"a\""), &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    CHECK_STATUS(dictdb_table_drop_index(w.table, NTS("a"), &w.err), DICTDB_STATUS_INVALID_JSON, &w.err);
    CHECK_STATUS(dictdb_table_drop_index(w.table, NTS("\"a..b\""), &w.err), DICTDB_STATUS_PARSE, &w.err);
    CHECK_INDEXES(w, "[]");
    CHECK_OK(dictdb_db_drop_table(w.db, NTS("t"), &w.err), &w.err);
    CHECK_STATUS(dictdb_table_create_index(w.table, NTS("{\"fields\":\"a\",\"kind\":\"hash\"}"), &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    CHECK_STATUS(dictdb_table_drop_index(w.table, NTS("\"a\""), &w.err), DICTDB_STATUS_TABLE_NOT_FOUND, &w.err);
    world_close(&w);
}

static void a_table_has_64_indexes_at_most(void) {
    world w = world_open(NULL);
    char options[100];
    for (int i = 0; i < 64; i++) {
        snprintf(options, sizeof options, "{\"fields\":\"f%d\",\"kind\":\"hash\"}", i);
        CREATE(w, options);
    }
    CHECK_STATUS(dictdb_table_create_index(w.table, NTS("{\"fields\":\"one more\",\"kind\":\"hash\"}"), &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "limit", "64");
    CREATE(w, options);
    CHECK_OK(dictdb_table_drop_index(w.table, NTS("\"f0\""), &w.err), &w.err);
    CREATE(w, "{\"fields\":\"one more\",\"kind\":\"hash\"}");
    world_close(&w);
}

static void an_emptied_table_keeps_its_indexes(void) {
    world w = world_open(NULL);
    CREATE(w, "{\"fields\":\"a\",\"kind\":\"sorted\",\"unique\":true}");
    CREATE(w, "{\"fields\":\"b\",\"kind\":\"hash\"}");
    for (int round = 0; round < 3; round++) {
        INSERT(w, "[{\"id\":1,\"a\":1,\"b\":5},{\"id\":2,\"a\":2,\"b\":5}]");
        CHECK_QUERY(w, "{\"where\":\"b = 5\",\"columns\":[\"a\"]}", NULL, "[{\"a\":1},{\"a\":2}]");
        CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
        CHECK_OK(dictdb_table_delete_where(w.table, NTS("a > 0"), NULL, 0, NULL, &w.err), &w.err);
        CHECK_QUERY(w, "{\"where\":\"b = 5\"}", NULL, "[]");
    }
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":1,\"a\":1}"), NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":1,\"a\":1}"), NULL, &w.err), &w.err);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------------------------------------- unique */

static const char *const KINDS[] = {"hash", "sorted"};

/** A table with a unique index on `mail` of a kind, and three records. */
static world unique_world(const char *kind, const char *const *before) {
    char options[100];
    world w = world_open(NULL);
    snprintf(options, sizeof options, "{\"fields\":\"mail\",\"kind\":\"%s\",\"unique\":true}", kind);
    CREATE(w, options);
    INSERT(w, *before);
    return w;
}

/** The call before was refused by the index on `mail`, for this value. */
#define CHECK_TAKEN(call, taken)                                                                                    \
    do {                                                                                                            \
        CHECK_STATUS(call, DICTDB_STATUS_DUPLICATE_KEY, &w.err);                                                    \
        CHECK_MEMBER(dictdb_error_detail(w.err), "fields", "[\"mail\"]");                                           \
        CHECK_MEMBER(dictdb_error_detail(w.err), "value", taken);                                                   \
        CHECK_CONTAINS(dictdb_error_message(w.err), "mail");                                                        \
        CHECK_CONTAINS(dictdb_error_message(w.err), taken);                                                         \
    } while (0)

static void a_unique_value_is_taken_for_every_write(void) {
    const char *before = "[{\"mail\":\"a@x\",\"id\":1},{\"mail\":2,\"id\":2},{\"mail\":\"c@x\",\"id\":3}]";
    for (int kind = 0; kind < 2; kind++) {
        world w = unique_world(KINDS[kind], &before);
        dictdb_predicate *first = where(dictdb_predicate_eq, "id", "1");
        dictdb_predicate *all = everything();
        uint64_t count = 77;
        int32_t outcome = 77;
        CHECK_TAKEN(dictdb_table_insert(w.table, NTS("{\"mail\":\"a@x\"}"), NULL, &w.err), "\"a@x\"");
        CHECK(json_member(dictdb_error_detail(w.err), "index") == NULL);
        CHECK_TAKEN(dictdb_table_insert(w.table, NTS("{\"mail\":2.0}"), NULL, &w.err), "2.0");
        CHECK_TAKEN(dictdb_table_insert_many(w.table, NTS("[{\"mail\":\"d\"},{\"mail\":\"c@x\"}]"), NULL, &w.err), "\"c@x\"");
        CHECK_MEMBER(dictdb_error_detail(w.err), "index", "1");
        CHECK_TAKEN(dictdb_table_insert_many(w.table, NTS("[{\"mail\":\"d\"},{\"mail\":null},{\"mail\":\"d\"}]"), NULL, &w.err), "\"d\"");
        CHECK_MEMBER(dictdb_error_detail(w.err), "index", "2");
        for (int32_t mode = DICTDB_CONFLICT_UPDATE; mode <= DICTDB_CONFLICT_ERROR; mode++) {
            CHECK_TAKEN(dictdb_table_upsert(w.table, NTS("{\"id\":9,\"mail\":\"a@x\"}"), mode, &outcome, NULL, &w.err), "\"a@x\"");
        }
        CHECK_TAKEN(dictdb_table_upsert(w.table, NTS("{\"id\":3,\"mail\":\"a@x\"}"), DICTDB_CONFLICT_UPDATE, &outcome, NULL, &w.err), "\"a@x\"");
        CHECK_TAKEN(dictdb_table_update(w.table, first, NTS("{\"mail\":\"c@x\"}"), &count, &w.err), "\"c@x\"");
        CHECK_TAKEN(dictdb_table_update(w.table, all, NTS("{\"mail\":\"new\"}"), &count, &w.err), "\"new\"");
        CHECK_TAKEN(dictdb_table_update_by_key(w.table, NTS("3"), NTS("{\"mail\":2}"), &w.err), "2");
        CHECK_TAKEN(dictdb_table_update_where(w.table, NTS("id = 1"), NTS("mail = ?1"), NTS("[\"c@x\"]"), &count, &w.err), "\"c@x\"");
        CHECK_TAKEN(dictdb_table_update_where(w.table, NTS("id != 2"), NTS("mail = 'b' || 'x'"), NULL, 0, &count, &w.err), "\"bx\"");
        CHECK_INT(count, 77);
        CHECK_INT(outcome, 77);
        CHECK_RECORDS(w, before);
        CHECK_OK(dictdb_table_statistics(w.table, &w.out, &w.err), &w.err);
        CHECK_INT(json_integer(w.out.data, "inserted"), 3);
        CHECK_INT(json_integer(w.out.data, "updated"), 0);
        dictdb_predicate_free(first);
        dictdb_predicate_free(all);
        world_close(&w);
    }
}

static void what_a_unique_index_lets_through(void) {
    const char *before = "[{\"mail\":\"a\",\"id\":1},{\"mail\":\"b\",\"id\":2},{\"mail\":null,\"id\":3},{\"id\":4}]";
    for (int kind = 0; kind < 2; kind++) {
        world w = unique_world(KINDS[kind], &before);
        uint64_t count = 0;
        /* Nulls, a record's own value, a value that was given up, values that trade places. */
        INSERT(w, "[{\"mail\":null},{}]");
        CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"mail\":\"a\",\"x\":1}"), &w.err), &w.err);
        CHECK_OK(dictdb_table_update_where(w.table, NTS("id IN (1, 2)"), NTS("mail = coalesce(?1, mail)"), NTS("[null]"), NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"mail\":\"c\"}"), &w.err), &w.err);
        CHECK_OK(dictdb_table_update_by_key(w.table, NTS("2"), NTS("{\"mail\":\"a\"}"), &w.err), &w.err);
        CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
        CHECK_OK(dictdb_table_insert(w.table, NTS("{\"id\":1,\"mail\":\"c\"}"), NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_delete_where(w.table, NTS("mail IS NULL"), NULL, 0, &count, &w.err), &w.err);
        CHECK_INT(count, 4);
        CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("mail = id"), NULL, 0, NULL, &w.err), &w.err);
        CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("mail = 3 - mail"), NULL, 0, NULL, &w.err), &w.err);
        CHECK_RECORDS(w, "[{\"mail\":1,\"id\":2},{\"id\":1,\"mail\":2}]");
        CHECK_QUERY(w, "{\"where\":\"mail = 2\",\"columns\":[\"id\"]}", NULL, "[{\"id\":1}]");
        world_close(&w);
    }
}

static void a_unique_index_of_several_fields_holds_lists_of_values(void) {
    for (int kind = 0; kind < 2; kind++) {
        world w = world_open(NULL);
        char options[100];
        snprintf(options, sizeof options, "{\"fields\":[\"a\",\"b.c\"],\"kind\":\"%s\",\"unique\":true}", KINDS[kind]);
        CREATE(w, options);
        INSERT(w, "[{\"a\":1,\"b\":{\"c\":\"x\"}},{\"a\":1,\"b\":{\"c\":\"y\"}},{\"a\":2,\"b\":{\"c\":\"x\"}},{\"a\":1},{\"a\":1}]");
        CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\":1,\"b\":{\"c\":\"y\",\"d\":0}}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "fields", "[\"a\",\"b.c\"]");
        CHECK_MEMBER(dictdb_error_detail(w.err), "value", "[1,\"y\"]");
        world_close(&w);
    }
}

static void a_unique_index_is_not_made_over_equal_values(void) {
    for (int kind = 0; kind < 2; kind++) {
        world w = world_open(NULL);
        char options[100];
        INSERT(w, "[{\"a\":1},{\"a\":null},{\"a\":2},{},{\"a\":1.0}]");
        snprintf(options, sizeof options, "{\"fields\":\"a\",\"kind\":\"%s\",\"unique\":true}", KINDS[kind]);
        CHECK_STATUS(dictdb_table_create_index(w.table, NTS(options), &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
        CHECK_MEMBER(dictdb_error_detail(w.err), "fields", "[\"a\"]");
        CHECK(json_member(dictdb_error_detail(w.err), "value") != NULL);
        CHECK_INDEXES(w, "[]");
        INSERT(w, "[{\"a\":1}]");
        CHECK_OK(dictdb_table_delete_where(w.table, NTS("a = 1 AND id > 1"), NULL, 0, NULL, &w.err), &w.err);
        CREATE(w, options);
        CHECK_STATUS(dictdb_table_insert(w.table, NTS("{\"a\":1}"), NULL, &w.err), DICTDB_STATUS_DUPLICATE_KEY, &w.err);
        CHECK_OK(dictdb_table_drop_index(w.table, NTS("\"a\""), &w.err), &w.err);
        INSERT(w, "[{\"a\":1}]");
        world_close(&w);
    }
}

/* -------------------------------------------------------------------------------------------------------------------- plans */

enum { MANY = 3000 };

/** Records of many values: some equal, some null, some missing, some of another kind. */
static void fill(world *w) {
    static const char *const DEPTS[] = {"\"IT\"", "\"HR\"", "null", "\"Ops\"", "7"};
    for (int i = 0; i < MANY; i++) {
        char record[200];
        if (i % 11 == 0) {
            snprintf(record, sizeof record, "{\"name\":\"n%d\",\"dept\":%s}", i * 7919 % 1000, DEPTS[i % 5]);
        } else {
            snprintf(record, sizeof record, "{\"name\":\"n%d\",\"dept\":%s,\"pay\":%d,\"at\":{\"zip\":%d%s}}", i * 7919 % 1000, DEPTS[i % 5],
                     i * 31 % 500, i % 97, i % 2 == 0 ? "" : ".0");
        }
        CHECK_OK(dictdb_table_insert(w->table, NTS(record), NULL, &w->err), &w->err);
    }
}

static void add_indexes(world *w) {
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"dept\",\"kind\":\"hash\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"pay\",\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"name\",\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":[\"dept\",\"pay\"],\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"at.zip\",\"kind\":\"sorted\"}"), &w->err), &w->err);
}

static const char *const QUERIES[] = {
    "{\"where\":\"dept = 'IT'\"}",
    "{\"where\":\"dept = 7\"}",
    "{\"where\":\"dept IS NULL\"}",
    "{\"where\":\"dept IS NOT NULL AND pay = 3\"}",
    "{\"where\":\"dept IN ('HR', 'Ops', 7, 'nobody')\"}",
    "{\"where\":\"dept != 'IT'\"}",
    "{\"where\":\"NOT dept IN ('IT', 'HR')\"}",
    "{\"where\":\"pay < 10\"}",
    "{\"where\":\"pay <= 10\"}",
    "{\"where\":\"pay > 490\"}",
    "{\"where\":\"pay >= 490\"}",
    "{\"where\":\"pay BETWEEN 100 AND 110\"}",
    "{\"where\":\"pay NOT BETWEEN 10 AND 490\"}",
    "{\"where\":\"pay IS NULL\"}",
    "{\"where\":\"pay = 100 OR pay = 200 OR dept = 7 AND pay > 495\"}",
    "{\"where\":\"pay > 100 AND pay < 90\"}",
    "{\"where\":\"pay > 100 AND pay < 120 AND dept = 'HR'\"}",
    "{\"where\":\"name STARTS WITH 'n99'\"}",
    "{\"where\":\"name LIKE 'n9_9'\"}",
    "{\"where\":\"name LIKE 'n1%' AND pay < 50\"}",
    "{\"where\":\"name ILIKE 'N1%' AND pay < 50\"}",
    "{\"where\":\"at.zip = 13\"}",
    "{\"where\":\"at.zip IN (1, 2.0, '3')\"}",
    "{\"where\":\"at.zip >= 95 AND dept = 'Ops'\"}",
    "{\"where\":\"id = 17\"}",
    "{\"where\":\"id IN (1, 500, 99999) AND dept = 'IT'\"}",
    "{\"order_by\":\"pay\",\"limit\":20}",
    "{\"order_by\":\"-pay\",\"limit\":20,\"offset\":5}",
    "{\"order_by\":[\"dept\",\"pay\"],\"limit\":700}",
    "{\"where\":\"dept = 'IT'\",\"order_by\":\"-pay\",\"limit\":10}",
    "{\"where\":\"dept = 'IT' AND pay > 40\",\"order_by\":\"pay\"}",
    "{\"where\":\"name >= 'n5'\",\"order_by\":[\"name\",\"-id\"],\"limit\":10}",
    "{\"columns\":[\"dept\"],\"distinct\":true}",
    "{\"where\":\"pay > 480\",\"columns\":[\"dept\",\"at.zip\"],\"distinct\":true,\"order_by\":\"at.zip\"}",
    "{\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"sum(pay)\",\"avg(at.zip)\",\"min(name)\"],\"where\":\"pay < 77\"}",
    "{\"aggregates\":[\"min(pay)\",\"max(pay)\",\"count()\",\"count(pay)\"]}",
    "{\"aggregates\":[\"min(pay)\",\"max(pay)\"],\"where\":\"dept = 'HR'\"}",
    "{\"aggregates\":[\"min(at.zip)\",\"max(at.zip)\"]}",
    "{\"aggregates\":[\"count()\"],\"where\":\"dept = 'IT'\"}",
};

/** Two tables give the same answers and counts to all queries. */
static void check_same(world *with, world *without, const char *when) {
    for (size_t i = 0; i < sizeof QUERIES / sizeof QUERIES[0]; i++) {
        dictdb_query *query = NULL;
        uint64_t counts[2] = {77, 78};
        int failures = atomic_load(&check_failures);
        CHECK_OK(dictdb_query_new(NULL, NTS(QUERIES[i]), &query, &with->err), &with->err);
        CHECK_OK(dictdb_query_run(query, with->table, NULL, 0, &with->out, &counts[0], &with->err), &with->err);
        CHECK_OK(dictdb_query_run(query, without->table, NULL, 0, &without->out, &counts[1], &without->err), &without->err);
        CHECK_INT(counts[0], counts[1]);
        CHECK(with->out.len == without->out.len && memcmp(with->out.data, without->out.data, with->out.len) == 0);
        CHECK_OK(dictdb_query_count(query, with->table, NULL, 0, &counts[1], &with->err), &with->err);
        CHECK_INT(counts[1], counts[0]);
        if (atomic_load(&check_failures) != failures) {
            fprintf(stderr, "    %s: %s\n    is  %.300s\n    not %.300s\n", when, QUERIES[i], with->out.data, without->out.data);
        }
        dictdb_query_free(query);
    }
}

/** The same write to both tables, with the same outcome. */
static void write_both(world *a, world *b, const char *where_text, const char *set) {
    world *both[] = {a, b};
    uint64_t counts[2] = {77, 78};
    for (int i = 0; i < 2; i++) {
        world *w = both[i];
        if (set != NULL) {
            CHECK_OK(dictdb_table_update_where(w->table, NTS(where_text), NTS(set), NULL, 0, &counts[i], &w->err), &w->err);
        } else {
            CHECK_OK(dictdb_table_delete_where(w->table, NTS(where_text), NULL, 0, &counts[i], &w->err), &w->err);
        }
    }
    CHECK_INT(counts[0], counts[1]);
}

static void answers_are_the_same_with_and_without_indexes(void) {
    world with = world_open(NULL);
    world without = world_open(NULL);
    fill(&with);
    fill(&without);
    check_same(&with, &without, "before there were indexes");
    add_indexes(&with);
    check_same(&with, &without, "indexes made of a filled table");
    write_both(&with, &without, "pay BETWEEN 100 AND 200", "pay = pay * 2, dept = 'IT'");
    write_both(&with, &without, "dept = 7", "dept = null, remove(pay)");
    write_both(&with, &without, "at.zip = 13", "at.zip = 13.0, name = 'n13'");
    check_same(&with, &without, "after updates");
    write_both(&with, &without, "pay > 300 OR dept IS NULL", NULL);
    check_same(&with, &without, "after deletes");
    fill(&with);
    fill(&without);
    check_same(&with, &without, "after more inserts");
    CHECK_OK(dictdb_table_drop_index(with.table, NTS("\"pay\""), &with.err), &with.err);
    check_same(&with, &without, "after one was dropped");
    world_close(&with);
    world_close(&without);
}

static void check_plan(world *w, const char *spec, const char *params, const char *access, const char *order) {
    int failures = atomic_load(&check_failures);
    CHECK_OK(dictdb_table_explain(w->table, NTS(spec), NTS(params), &w->out, &w->err), &w->err);
    CHECK_MEMBER(w->out.data, "access", access);
    CHECK_MEMBER(w->out.data, "order", order);
    CHECK(json_member(w->out.data, "filter") != NULL);
    CHECK(json_integer(w->out.data, "rows_estimated") >= 0);
    CHECK(json_member(w->out.data, "reads_records") != NULL);
    if (atomic_load(&check_failures) != failures) {
        fprintf(stderr, "    in %s\n", spec);
    }
}

static void explain_tells_how_records_are_found(void) {
    world w = world_open(NULL);
    fill(&w);
    const char *by_name = "{\"where\":\"name = ?1 AND at.zip > 1\"}";
    check_plan(&w, by_name, "[\"n5\"]", "\"scan\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "rows_estimated", "3000");
    CHECK_MEMBER(w.out.data, "filter", "\"name = \\\"n5\\\" AND at.zip > 1\"");
    add_indexes(&w);

    check_plan(&w, by_name, "[\"n5\"]", "\"index\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "index", "[\"name\"]");
    CHECK_MEMBER(w.out.data, "kind", "\"sorted\"");
    CHECK_MEMBER(w.out.data, "condition", "\"name = \\\"n5\\\"\"");
    CHECK_MEMBER(w.out.data, "filter", "\"at.zip > 1\"");
    CHECK_MEMBER(w.out.data, "rows_estimated", "3");
    CHECK_MEMBER(w.out.data, "reads_records", "true");

    check_plan(&w, "{\"where\":\"id = 5\"}", NULL, "\"primary_key\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "condition", "\"id = 5\"");
    CHECK_MEMBER(w.out.data, "filter", "null");
    check_plan(&w, "{\"where\":\"name ENDS WITH '5'\"}", NULL, "\"scan\"", "\"natural\"");
    check_plan(&w, "{\"where\":\"name = 'n5' OR pay = 5\"}", NULL, "\"union\"", "\"natural\"");
    CHECK(json_member(w.out.data, "parts") != NULL);
    check_plan(&w, "{\"where\":\"pay = 10 AND pay = 5\"}", NULL, "\"nothing\"", "\"natural\"");
    check_plan(&w, "{\"aggregates\":[\"count()\"]}", NULL, "\"all\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "reads_records", "false");
    /* The ends of an index tell the least and the greatest value, and where the records are, how many they are. */
    check_plan(&w, "{\"aggregates\":[\"max(pay)\",\"min(name)\"]}", NULL, "\"index\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "index", "[\"pay\"]");
    CHECK_MEMBER(w.out.data, "condition", "null");
    CHECK_MEMBER(w.out.data, "rows_estimated", "3000");
    CHECK_MEMBER(w.out.data, "reads_records", "false");
    check_plan(&w, "{\"aggregates\":[\"min(pay)\",\"count()\"],\"where\":\"pay > 3\"}", NULL, "\"index\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "condition", "\"pay > 3\"");
    CHECK_MEMBER(w.out.data, "reads_records", "false");
    check_plan(&w, "{\"aggregates\":[\"count()\"],\"where\":\"name = 'n5'\"}", NULL, "\"index\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "rows_estimated", "3");
    CHECK_MEMBER(w.out.data, "reads_records", "false");
    check_plan(&w, "{\"aggregates\":[\"max(pay)\"],\"where\":\"name = 'n5'\"}", NULL, "\"index\"", "\"natural\"");
    CHECK_MEMBER(w.out.data, "index", "[\"name\"]");
    CHECK_MEMBER(w.out.data, "reads_records", "true");
    check_plan(&w, "{\"order_by\":\"pay\",\"limit\":5}", NULL, "\"index\"", "\"index\"");
    check_plan(&w, "{\"order_by\":\"-pay\",\"limit\":\"?1\"}", "[5]", "\"index\"", "\"index\"");
    check_plan(&w, "{\"order_by\":\"at.city\",\"limit\":5}", NULL, "\"scan\"", "\"top\"");
    check_plan(&w, "{\"order_by\":\"at.city\"}", NULL, "\"scan\"", "\"sort\"");
    check_plan(&w, NULL, NULL, "\"scan\"", "\"natural\"");

    dictdb_query *query = NULL;
    CHECK_OK(dictdb_query_new(NULL, NTS(by_name), &query, &w.err), &w.err);
    CHECK_OK(dictdb_query_explain(query, w.table, NTS("[\"n5\"]"), &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"index\"");
    dictdb_query_free(query);

    dictdb_update *update = NULL;
    CHECK_OK(dictdb_update_new(NULL, NTS("name = ?1"), NTS("pay = pay + ?2"), &update, &w.err), &w.err);
    CHECK_OK(dictdb_update_explain(update, w.table, NTS("[\"n5\", 1]"), &w.out, &w.err), &w.err);
    CHECK_MEMBER(w.out.data, "access", "\"index\"");
    CHECK_MEMBER(w.out.data, "condition", "\"name = \\\"n5\\\"\"");
    CHECK_STATUS(dictdb_update_explain(update, w.table, NTS("[\"n5\"]"), &w.out, &w.err), DICTDB_STATUS_INVALID_ARGUMENT, &w.err);
    dictdb_update_free(update);
    world_close(&w);
}

int main(void) {
    RUN(indexes_are_made_described_and_dropped);
    RUN(the_same_index_again_does_nothing);
    RUN(another_index_on_the_same_fields_is_refused);
    RUN(wrong_options_are_refused);
    RUN(a_table_has_64_indexes_at_most);
    RUN(an_emptied_table_keeps_its_indexes);
    RUN(a_unique_value_is_taken_for_every_write);
    RUN(what_a_unique_index_lets_through);
    RUN(a_unique_index_of_several_fields_holds_lists_of_values);
    RUN(a_unique_index_is_not_made_over_equal_values);
    RUN(answers_are_the_same_with_and_without_indexes);
    RUN(explain_tells_how_records_are_found);
    return check_finish();
}
