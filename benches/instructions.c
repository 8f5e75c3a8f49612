/*
 * The hot paths of the library, one after the other, for a simulator that counts their instructions.
 *
 *     valgrind --tool=callgrind --instr-atstart=no instructions [PATH...]
 *
 * For each path, or those that are named, makes a table of its own, of RECORDS records, runs the path a few times to warm up,
 * and then as often as the list of paths says while the simulator counts; all that on TABLES tables, because hash seeds are
 * random. The count goes into a file that bears the path's name; here a line `PATH OPERATIONS` is printed. Texts are written,
 * and handles made, before counting begins. See scripts/instructions.
 */
#define _GNU_SOURCE
#include "library.h"

#include <valgrind/callgrind.h>

#define RECORDS 10000
#define TABLES 3
#define WARM 20
/* All operations that a path is run for, warm-up included, at most. */
#define MOST 2000

enum kind { PLAIN, INDEXED, BY_EMAIL };

struct bench {
    dictdb_db *db;
    dictdb_table *table;
    dictdb_query *query;
    dictdb_update *update;
    dictdb_cursor *cursor;
    dictdb_batch *batch;
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

/* ---- the paths */

static const struct path {
    const char *name;
    enum kind kind;
    uint64_t operations;
    void (*prepare)(struct bench *);
    void (*run)(struct bench *, uint64_t k);
} paths[] = {
    {"get_int", PLAIN, 1000, random_keys, get_int},
    {"get_number", PLAIN, 1000, random_keys, get},
    {"get_string", BY_EMAIL, 1000, emails, get},
    {"get_many_100", PLAIN, 20, key_lists, get_many},
    {"query_by_key", PLAIN, 500, query_key, run},
    {"query_by_index", INDEXED, 500, query_email, run},
    {"query_range_json", INDEXED, 5, query_range, run},
    {"query_top_10", PLAIN, 2, query_top, run},
    {"query_groups", PLAIN, 2, query_groups, run},
    {"query_top_10_by_text", PLAIN, 2, query_top_by_text, run},
    {"query_sorted", PLAIN, 2, query_sorted, run},
    {"query_sorted_by_two", PLAIN, 2, query_by_two, run},
    {"query_distinct", PLAIN, 2, query_distinct, run},
    {"query_text", PLAIN, 2, query_text, run},
    {"query_either_index", INDEXED, 20, query_either, run},
    {"query_range_of_few_left", INDEXED, 20, query_rest, run},
    {"query_scan_of_few_left", PLAIN, 20, query_rest_by_scan, run},
    {"count_by_index", INDEXED, 500, query_age, count},
    {"count_by_scan", PLAIN, 2, query_high, count},
    {"count_by_scan_equal", PLAIN, 5, query_equal, count},
    {"count_by_scan_and_update", PLAIN, 20, update_and_query, update_and_count},
    {"cursor_next", PLAIN, 1000, cursor_of_all, cursor_next},
    {"cursor_at_offset", INDEXED, 20, query_far, cursor_at_offset},
    {"cursor_of_range_with_columns", INDEXED, 3, query_with_columns, cursor_to_the_end},
    {"snapshot", INDEXED, 500, NULL, snapshot},
    {"parse", PLAIN, 500, predicates, parse},
    {"insert", PLAIN, 1000, new_records, insert},
    {"insert_without_key", PLAIN, 1000, keyless_records, insert},
    {"insert_4_indexes", INDEXED, 1000, new_records, insert},
    {"insert_lists", PLAIN, 1000, records_with_lists, insert},
    {"insert_many_1000", PLAIN, 5, new_thousands, insert_many},
    {"insert_many_1000_4_indexes", INDEXED, 3, new_thousands, insert_many},
    {"upsert", PLAIN, 1000, old_records, upsert},
    {"update", PLAIN, 1000, random_keys, update_name},
    {"update_after_snapshot", PLAIN, 1000, keys_after_snapshot, update_name},
    {"update_4_indexes", INDEXED, 1000, random_keys, update_name},
    {"update_indexed_field", INDEXED, 1000, random_keys, update_age},
    {"update_set", PLAIN, 1000, update_set, update_run},
    {"update_set_many", INDEXED, 10, update_many, update_run},
    {"delete", PLAIN, 1000, distinct_keys, delete},
    {"delete_4_indexes", INDEXED, 1000, distinct_keys, delete},
    {"delete_many", INDEXED, 40, ages, delete_age},
    {"batch_of_2_updates", PLAIN, 500, batch_of_updates, two_updates},
};

#define PATHS (sizeof paths / sizeof *paths)

static void fill(struct bench *b, enum kind kind) {
    struct sums sums = {0, 0, 0};
    const char *options = kind == BY_EMAIL ? "{\"primary_key\":\"email\"}" : NULL;
    check(dictdb_db_new(NULL, 0, &b->db, NULL), "new");
    check(dictdb_db_create_table(b->db, "users", DICTDB_NTS, options, options == NULL ? 0 : DICTDB_NTS, &b->table, NULL), "create_table");
    insert_records(b->table, RECORDS, &sums);
    verify(RECORDS, &sums);
    for (int i = 0; kind == INDEXED && i < INDEXES; i++) {
        create_index(b->table, i);
    }
}

static void clear(struct bench *b) {
    dictdb_query_free(b->query);
    dictdb_update_free(b->update);
    dictdb_cursor_free(b->cursor);
    dictdb_batch_free(b->batch);
    dictdb_table_free(b->table);
    dictdb_db_free(b->db);
    dictdb_buffer_free(&b->rows);
    for (int k = 0; k < MOST; k++) {
        free(b->texts[k]);
    }
}

static void run_on_table(const struct path *path) {
    static struct bench bench;
    uint64_t warm = path->operations < WARM ? path->operations : WARM;
    memset(&bench, 0, sizeof bench);
    fill(&bench, path->kind);
    if (path->prepare != NULL) {
        path->prepare(&bench);
    }
    for (uint64_t k = 0; k < warm; k++) {
        path->run(&bench, k);
    }
    CALLGRIND_START_INSTRUMENTATION;
    for (uint64_t k = warm; k < warm + path->operations; k++) {
        path->run(&bench, k);
    }
    CALLGRIND_STOP_INSTRUMENTATION;
    clear(&bench);
}

static void measure(const struct path *path) {
    for (int k = 0; k < TABLES; k++) {
        run_on_table(path);
    }
    CALLGRIND_DUMP_STATS_AT(path->name);
    printf("%s %llu\n", path->name, (unsigned long long)(TABLES * path->operations));
}

static const struct path *find(const char *name) {
    for (size_t k = 0; k < PATHS; k++) {
        if (strcmp(paths[k].name, name) == 0) {
            return &paths[k];
        }
    }
    fprintf(stderr, "no such path: %s\n", name);
    exit(2);
}

int main(int argc, char **argv) {
    for (int k = 1; k < argc; k++) {
        measure(find(argv[k]));
    }
    for (size_t k = 0; argc == 1 && k < PATHS; k++) {
        measure(&paths[k]);
    }
    return 0;
}
