/*
 * What benches/instructions.c counts the instructions of: what each path needs, and one operation of it.
 */
#ifndef DICTDB_BENCHES_PATHS_H
#define DICTDB_BENCHES_PATHS_H

#include "library.h"

#define RECORDS 10000
/* All operations that a path is run for, warm-up included, at most. */
#define MOST 2000

enum kind { PLAIN, INDEXED, BY_EMAIL, TYPED };

struct bench {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
    dictdb_table *snapshot;
    dictdb_watch *watch;
    uint64_t keys[MOST];
    char *texts[MOST];
    dictdb_buffer rows;
    uint64_t count;
};

/* ---- texts, one for each operation */

/* What `%llu` is in the texts of a path: a random key, one that no other operation has, or an age. */
enum number { RANDOM, DISTINCT, AGE };

static void write_texts(struct bench *b, const char *form, enum number number) {
    uint64_t random = 7;
    for (uint64_t k = 0; k < MOST; k++) {
        b->keys[k] = number == RANDOM ? 1 + next(&random) % RECORDS : number == DISTINCT ? 1 + k * 7919 % RECORDS : 18 + k % 60;
        b->texts[k] = allocate(1, LONGEST);
        /* The forms are literals of this file. */
        snprintf(b->texts[k], LONGEST, form, (unsigned long long)b->keys[k]);
    }
}

static void random_keys(struct bench *b) { write_texts(b, "%llu", RANDOM); }
static void distinct_keys(struct bench *b) { write_texts(b, "%llu", DISTINCT); }
static void key_parameters(struct bench *b) { write_texts(b, "[%llu]", RANDOM); }
static void emails(struct bench *b) { write_texts(b, "\"user%llu@example.com\"", RANDOM); }
static void email_parameters(struct bench *b) { write_texts(b, "[\"user%llu@example.com\"]", RANDOM); }
static void ages(struct bench *b) { write_texts(b, "[%llu]", AGE); }
static void predicates(struct bench *b) { write_texts(b, "age >= %llu AND (dept IN ('IT', ?1) OR name LIKE 'A%%')", AGE); }

/* Lists of 100 keys. */
static void key_lists(struct bench *b) {
    uint64_t random = 7;
    for (uint64_t k = 0; k < MOST; k++) {
        b->texts[k] = allocate(100, 8);
        char *end = b->texts[k];
        for (int i = 0; i < 100; i++) {
            end += sprintf(end, "%c%llu", i == 0 ? '[' : ',', (unsigned long long)(1 + next(&random) % RECORDS));
        }
        *end++ = ']';
    }
}

/* Records that are not in the table yet, by `count` in an array if they are several. */
static void write_records(struct bench *b, uint64_t operations, uint64_t count) {
    uint64_t random = 12, key = RECORDS;
    struct sums sums = {0, 0, 0};
    for (uint64_t k = 0; k < operations; k++) {
        b->texts[k] = allocate(count, LONGEST);
        char *end = b->texts[k];
        for (uint64_t i = 0; i < count; i++) {
            if (count > 1) {
                *end++ = i == 0 ? '[' : ',';
            }
            end += write_record(end, ++key, &random, &sums);
        }
        if (count > 1) {
            *end = ']';
        }
    }
}

static void new_records(struct bench *b) { write_records(b, MOST, 1); }
static void new_thousands(struct bench *b) { write_records(b, 20, 1000); }

/* Of another shape than the others in the table, with lists, text that is escaped, and a list of objects. */
static void records_with_lists(struct bench *b) {
    write_texts(b,
                "{\"id\":9%05llu,\"description\":\"a \\\"quoted\\\" word\",\"labels\":[\"red\",\"green\",\"blue\"],"
                "\"measurements\":[1.5,-2,3e4],\"parts\":[{\"number\":1},{\"number\":2}],\"discontinued\":false}",
                DISTINCT);
}

/* As the records of the workload, but for the key, which the table gives. */
static void keyless_records(struct bench *b) {
    write_texts(b, "{\"name\":\"User %llu\",\"age\":33,\"dept\":\"IT\",\"active\":true}", DISTINCT);
}

static void old_records(struct bench *b) { write_texts(b, "{\"id\":%llu,\"name\":\"Renamed\",\"age\":33}", RANDOM); }

/* ---- compiled handles */

static void compile_query(struct bench *b, const char *spec) { check(dictdb_query_new(NULL, spec, DICTDB_NTS, &b->query, NULL), spec); }

static void compile_update(struct bench *b, const char *where, const char *set) {
    check(dictdb_update_new(NULL, where, DICTDB_NTS, set, DICTDB_NTS, &b->update, NULL), set);
}

static void query_key(struct bench *b) {
    key_parameters(b);
    compile_query(b, "{\"where\":\"id = ?1\"}");
}

static void query_email(struct bench *b) {
    email_parameters(b);
    compile_query(b, "{\"where\":\"email = ?1\"}");
}

static void query_age(struct bench *b) {
    ages(b);
    compile_query(b, "{\"where\":\"age = ?1\"}");
}

static void query_range(struct bench *b) { compile_query(b, "{\"where\":\"salary BETWEEN 90000 AND 102000\"}"); }
static void query_sorted(struct bench *b) { compile_query(b, "{\"columns\":[\"id\"],\"order_by\":\"salary\"}"); }
static void query_by_two(struct bench *b) { compile_query(b, "{\"columns\":[\"id\",\"name\"],\"order_by\":[\"dept\",\"-age\"],\"limit\":100}"); }
static void query_text(struct bench *b) { compile_query(b, "{\"where\":\"name LIKE '%r 1%' OR email IS NULL\"}"); }
static void query_top_by_text(struct bench *b) { compile_query(b, "{\"order_by\":\"-name\",\"limit\":10}"); }
static void query_equal(struct bench *b) { compile_query(b, "{\"where\":\"age = 33 AND salary <> 0\"}"); }
static void query_far(struct bench *b) { compile_query(b, "{\"where\":\"salary BETWEEN 60000 AND 80000\",\"offset\":1000}"); }
/* Scans have made the columns that it asks for; a cursor goes from record to record all the same. */
static void query_with_columns(struct bench *b) {
    for (int i = 0; i < 2; i++) {
        check(dictdb_table_count_where(b->table, "NOT age = -1", DICTDB_NTS, NULL, 0, &b->count, NULL), "count_where");
    }
    compile_query(b, "{\"where\":\"age < 30\"}");
}

static void query_distinct(struct bench *b) { compile_query(b, "{\"distinct\":true,\"columns\":[\"dept\",\"active\"]}"); }
static void query_either(struct bench *b) {
    ages(b);
    compile_query(b, "{\"where\":\"age = ?1 OR salary > 149000\"}");
}

/* One record in a hundred is left, here and there. */
static void thin_out(struct bench *b) {
    check(dictdb_table_delete_where(b->table, "NOT email LIKE '%77@%'", DICTDB_NTS, NULL, 0, &b->count, NULL), "delete_where");
}

static void query_rest(struct bench *b) {
    thin_out(b);
    compile_query(b, "{\"where\":\"salary > 0\"}");
}

static void query_rest_by_scan(struct bench *b) {
    thin_out(b);
    compile_query(b, "{\"where\":\"active = true\"}");
}

static void query_high(struct bench *b) { compile_query(b, "{\"where\":\"salary > 140000 AND active = true\"}"); }
static void update_and_query(struct bench *b) {
    random_keys(b);
    query_high(b);
}

static void query_top(struct bench *b) { compile_query(b, "{\"order_by\":\"-salary\",\"limit\":10}"); }

static void query_groups(struct bench *b) {
    compile_query(b, "{\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"avg(salary)\",\"max(salary)\"]}");
}

static void cursor_of_all(struct bench *b) {
    check(dictdb_table_cursor(b->table, NULL, 0, NULL, 0, &b->cursor, NULL), "cursor");
}

/* A snapshot of the database was taken, and is gone. */
static void keys_after_snapshot(struct bench *b) {
    dictdb_db *snapshot = NULL;
    random_keys(b);
    check(dictdb_db_snapshot(b->db, &snapshot, NULL), "snapshot");
    dictdb_db_free(snapshot);
}

static void update_set(struct bench *b) {
    key_parameters(b);
    compile_update(b, "id = ?1", "age = age + 1");
}

static void update_many(struct bench *b) {
    ages(b);
    compile_update(b, "age = ?1", "salary = salary * 1.5, name = name || '.'");
}

static void batch_of_updates(struct bench *b) {
    update_set(b);
    check(dictdb_batch_new(&b->batch, NULL), "batch");
}

/* ---- operations */

static void get_int(struct bench *b, uint64_t k) {
    check(dictdb_table_get_int(b->table, (int64_t)b->keys[k], &b->rows, NULL), "get_int");
}

static void get(struct bench *b, uint64_t k) {
    check(dictdb_table_get(b->table, b->texts[k], DICTDB_NTS, &b->rows, NULL), "get");
}

static void get_many(struct bench *b, uint64_t k) {
    check(dictdb_table_get_many(b->table, b->texts[k], DICTDB_NTS, &b->rows, NULL), "get_many");
}

static void insert(struct bench *b, uint64_t k) {
    check(dictdb_table_insert(b->table, b->texts[k], DICTDB_NTS, NULL, NULL), "insert");
}

static void insert_many(struct bench *b, uint64_t k) {
    check(dictdb_table_insert_many(b->table, b->texts[k], DICTDB_NTS, NULL, NULL), "insert_many");
}

static void upsert(struct bench *b, uint64_t k) {
    check(dictdb_table_upsert(b->table, b->texts[k], DICTDB_NTS, DICTDB_CONFLICT_UPDATE, NULL, NULL, NULL), "upsert");
}

static void update_name(struct bench *b, uint64_t k) {
    check(dictdb_table_update_by_key(b->table, b->texts[k], DICTDB_NTS, "{\"name\":\"Renamed\"}", DICTDB_NTS, NULL), "update");
}

static void update_age(struct bench *b, uint64_t k) {
    static const char *const changes[] = {"{\"age\":18}", "{\"age\":36}", "{\"age\":54}", "{\"age\":72}"};
    check(dictdb_table_update_by_key(b->table, b->texts[k], DICTDB_NTS, changes[k % 4], DICTDB_NTS, NULL), "update");
}

static void update_run(struct bench *b, uint64_t k) {
    check(dictdb_update_run(b->update, b->table, b->texts[k], DICTDB_NTS, &b->count, NULL), "update");
}

static void delete(struct bench *b, uint64_t k) {
    check(dictdb_table_delete_by_key(b->table, b->texts[k], DICTDB_NTS, NULL), "delete");
}

static void delete_age(struct bench *b, uint64_t k) {
    check(dictdb_table_delete_where(b->table, "age = ?1", DICTDB_NTS, b->texts[k], DICTDB_NTS, &b->count, NULL), "delete_where");
}

static void count(struct bench *b, uint64_t k) {
    check(dictdb_query_count(b->query, b->table, b->texts[k], DICTDB_NTS, &b->count, NULL), "count");
}

static void run(struct bench *b, uint64_t k) {
    check(dictdb_query_run(b->query, b->table, b->texts[k], DICTDB_NTS, &b->rows, &b->count, NULL), "query");
}

static void update_and_count(struct bench *b, uint64_t k) {
    update_name(b, k);
    check(dictdb_query_count(b->query, b->table, NULL, 0, &b->count, NULL), "count");
}

static void cursor_next(struct bench *b, uint64_t k) {
    const char *row = NULL;
    size_t length = 0;
    (void)k;
    check(dictdb_cursor_next(b->cursor, &row, &length, NULL), "cursor_next");
}

static void cursor_at_offset(struct bench *b, uint64_t k) {
    dictdb_cursor *cursor = NULL;
    const char *row = NULL;
    size_t length = 0;
    (void)k;
    check(dictdb_query_cursor(b->query, b->table, NULL, 0, &cursor, NULL), "cursor");
    check(dictdb_cursor_next(cursor, &row, &length, NULL), "cursor_next");
    dictdb_cursor_free(cursor);
}

static void cursor_to_the_end(struct bench *b, uint64_t k) {
    dictdb_cursor *cursor = NULL;
    const char *row = NULL;
    size_t length = 0;
    (void)k;
    check(dictdb_query_cursor(b->query, b->table, NULL, 0, &cursor, NULL), "cursor");
    while (dictdb_cursor_next(cursor, &row, &length, NULL) == DICTDB_STATUS_OK) {
    }
    dictdb_cursor_free(cursor);
}

static void snapshot(struct bench *b, uint64_t k) {
    dictdb_table *snapshot = NULL;
    (void)k;
    check(dictdb_table_snapshot(b->table, &snapshot, NULL), "snapshot");
    dictdb_table_free(snapshot);
}

static void parse(struct bench *b, uint64_t k) {
    dictdb_predicate *predicate = NULL;
    check(dictdb_predicate_parse(b->texts[k], DICTDB_NTS, &predicate, NULL), "parse");
    dictdb_predicate_free(predicate);
}

static void two_updates(struct bench *b, uint64_t k) {
    check(dictdb_batch_update(b->batch, b->table, b->update, b->texts[k], DICTDB_NTS, NULL), "add");
    check(dictdb_batch_update(b->batch, b->table, b->update, b->texts[k + 1], DICTDB_NTS, NULL), "add");
    check(dictdb_batch_commit(b->batch, NULL, NULL), "commit");
}

/* ---- paths beside the usual ones */

/* Records of the workload with types: what each field may be. */
#define SCHEMA                                                                                                             \
    "{\"schema\":{\"id\":\"int\",\"name\":\"str\",\"age\":\"int\",\"dept\":\"str\",\"email\":\"str\",\"salary\":\"float\","            \
    "\"active\":\"bool\",\"tags\":\"list\"}}"

static void update_typed(struct bench *b) {
    key_parameters(b);
    compile_update(b, "id = ?1", "age = age + 1, dept = 'HR'");
}

static void update_in_list(struct bench *b) {
    key_parameters(b);
    compile_update(b, "id = ?1", "tags[0] = name || '!', age = age + 1");
}

static void update_new_field(struct bench *b) {
    key_parameters(b);
    compile_update(b, "id = ?1", "visits = coalesce(visits, 0) + 1");
}

static void create_other_index(struct bench *b, const char *options) {
    check(dictdb_table_create_index(b->table, options, DICTDB_NTS, NULL), options);
}

static void unique_index(struct bench *b) {
    create_other_index(b, "{\"fields\":\"email\",\"kind\":\"sorted\",\"unique\":true}");
    new_records(b);
}

static void query_two_fields(struct bench *b) {
    create_other_index(b, "{\"fields\":[\"dept\",\"salary\"],\"kind\":\"sorted\"}");
    compile_query(b, "{\"where\":\"dept = 'Legal' AND salary > 90000\",\"order_by\":\"-salary\",\"limit\":20}");
}

static void query_prefix(struct bench *b) {
    create_other_index(b, "{\"fields\":\"name\",\"kind\":\"sorted\"}");
    compile_query(b, "{\"where\":\"name LIKE 'User 77%'\"}");
}

static void query_ages(struct bench *b) { compile_query(b, "{\"where\":\"age IN (18, 25, 31, 47, 52, 77) AND dept = 'IT'\"}"); }
static void query_tags(struct bench *b) { compile_query(b, "{\"where\":\"tags CONTAINS 'alpha' AND name ILIKE '%R 1%7'\"}"); }
static void query_not(struct bench *b) {
    compile_query(b, "{\"where\":\"NOT (dept IN ('IT', 'HR') OR age < 30) AND email ENDS WITH '7@example.com'\"}");
}
static void query_many_groups(struct bench *b) {
    compile_query(b, "{\"group_by\":[\"name\"],\"aggregates\":[\"count(*)\",\"max(salary)\"],\"order_by\":\"-max(salary)\",\"limit\":5}");
}
static void query_groups_of_range(struct bench *b) {
    compile_query(b, "{\"where\":\"salary BETWEEN 60000 AND 80000\",\"group_by\":[\"dept\",\"age\"],"
                     "\"aggregates\":[\"avg(salary)\",\"min(name)\"]}");
}
static void query_least(struct bench *b) { compile_query(b, "{\"aggregates\":[\"min(salary)\",\"max(age)\",\"count(*)\"]}"); }
static void query_texts_distinct(struct bench *b) { compile_query(b, "{\"distinct\":true,\"columns\":[\"name\"],\"limit\":3000}"); }

static void keys_of_old_snapshot(struct bench *b) {
    keys_after_snapshot(b);
    check(dictdb_table_snapshot(b->table, &b->snapshot, NULL), "snapshot");
    check(dictdb_table_update_where(b->table, "age < 50", DICTDB_NTS, "age = age + 1", DICTDB_NTS, NULL, 0, NULL, NULL), "update_where");
}

static void watched_keys(struct bench *b) {
    random_keys(b);
    check(dictdb_table_watch(b->table, NULL, 0, &b->watch, NULL), "watch");
}

/* Texts that become longer, so that records move and segments are emptied. */
static void growing_names(struct bench *b) {
    key_parameters(b);
    compile_update(b, "id = ?1", "name = name || ' and some more'");
}

static void batch_of_records(struct bench *b) {
    new_records(b);
    check(dictdb_batch_new(&b->batch, NULL), "batch_new");
}

static void insert_batch(struct bench *b, uint64_t k) {
    for (uint64_t i = 20 * k; i < 20 * k + 20; i++) {
        check(dictdb_batch_insert(b->batch, b->table, b->texts[i], DICTDB_NTS, NULL), "add");
    }
    check(dictdb_batch_commit(b->batch, NULL, NULL), "commit");
}

static void get_of_snapshot(struct bench *b, uint64_t k) {
    check(dictdb_table_get(b->snapshot, b->texts[k], DICTDB_NTS, &b->rows, NULL), "get");
}

static void update_watched(struct bench *b, uint64_t k) {
    update_name(b, k);
    check(dictdb_watch_poll(b->watch, b->count, 0, 0, &b->rows, &b->count, NULL), "poll");
}

static void make_index(struct bench *b, uint64_t k) {
    create_index(b->table, (int)(k % INDEXES));
    drop_index(b->table, (int)(k % INDEXES));
}

static void explain(struct bench *b, uint64_t k) {
    (void)k;
    check(dictdb_query_explain(b->query, b->table, NULL, 0, &b->rows, NULL), "explain");
}

static void delete_where(struct bench *b, uint64_t k) {
    check(dictdb_table_delete_where(b->table, b->texts[k], DICTDB_NTS, NULL, 0, NULL, NULL), "delete_where");
}

static void one_of_scan(struct bench *b) { write_texts(b, "email = 'user%llu@example.com'", DISTINCT); }

#endif
