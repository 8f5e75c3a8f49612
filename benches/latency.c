/*
 * How long an update takes beside scans and other work on the same table, through the C ABI.
 *
 *     latency RECORDS SECONDS
 *
 * Each measurement takes SECONDS. Prints what latency.h says. See run-latency.
 */
#define _GNU_SOURCE
#include "latency.h"
#include "library.h"

struct bench {
    dictdb_table *table;
    dictdb_query *scan, *order_all, *order_top, *groups;
    uint64_t records, matches;
    char key[SHORT], changes[SHORT];
};

/* ---- the writer */

static void set_update(void *context, uint64_t key, unsigned age) {
    struct bench *b = context;
    snprintf(b->key, sizeof b->key, "%llu", (unsigned long long)key);
    snprintf(b->changes, sizeof b->changes, "{\"age\":%u}", age);
}

static void run_update(void *context) {
    struct bench *b = context;
    check(dictdb_table_update_by_key(b->table, b->key, DICTDB_NTS, b->changes, DICTDB_NTS, NULL), "update");
}

static void create_indexes(void *context) {
    struct bench *b = context;
    for (int i = 0; i < INDEXES; i++) {
        create_index(b->table, i);
    }
}

static uint64_t sum_of_ages(void *context) {
    struct bench *b = context;
    return table_sums(b->table).age;
}

static uint64_t lock_waits(void *context) {
    struct bench *b = context;
    return (uint64_t)statistic(b->table, "lock_waits");
}

/* ---- beside the writer */

static void run_scan(void *beside) {
    struct bench *b = beside;
    uint64_t count = 0;
    check(dictdb_query_count(b->scan, b->table, NULL, 0, &count, NULL), "count");
    verify_answer("records that a scan counted", count, b->matches);
}

/* The buffer is a new one each time, so that its memory comes and goes, as it does in a program that has one large answer. */
static void run_query(const struct bench *b, const dictdb_query *query, uint64_t rows) {
    dictdb_buffer buffer = DICTDB_BUFFER_INIT;
    uint64_t count = 0;
    check(dictdb_query_run(query, b->table, NULL, 0, &buffer, &count, NULL), "query");
    verify_answer("rows of a query", count, rows);
    dictdb_buffer_free(&buffer);
}

static void run_order_all(void *beside) {
    struct bench *b = beside;
    run_query(b, b->order_all, b->records);
}

static void run_order_top(void *beside) {
    struct bench *b = beside;
    run_query(b, b->order_top, 10);
}

static void run_groups(void *beside) {
    struct bench *b = beside;
    run_query(b, b->groups, 8);
}

static void run_update_few(void *beside) {
    struct bench *b = beside;
    uint64_t count = 0;
    check(dictdb_table_update_where(b->table, "name = 'User 77'", DICTDB_NTS, "dept = 'Sales'", DICTDB_NTS, NULL, 0, &count, NULL),
          "update_where");
    verify_answer("records that an update changed", count, 1);
}

static void run_index(void *beside) {
    struct bench *b = beside;
    int salary = INDEXES - 1;
    create_index(b->table, salary);
    drop_index(b->table, salary);
}

static dictdb_query *compile(const char *spec) {
    dictdb_query *query = NULL;
    check(dictdb_query_new(NULL, spec, DICTDB_NTS, &query, NULL), spec);
    return query;
}

/* A count is explained as the aggregate: the plan of the query itself is that of its rows. */
static void verify_scan(const struct bench *b) {
    static const char *const spec = "{\"where\":\"" SCAN_DICTDB "\",\"aggregates\":[\"count()\"]}";
    dictdb_buffer plan = DICTDB_BUFFER_INIT;
    check(dictdb_table_explain(b->table, spec, DICTDB_NTS, NULL, 0, &plan, NULL), "explain");
    if (strstr(plan.data, "\"access\":\"scan\"") == NULL) {
        fprintf(stderr, "the scan is none: %s\n", plan.data);
        exit(1);
    }
    dictdb_buffer_free(&plan);
}

int main(int argc, char **argv) {
    uint64_t records = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 0;
    if (records < 1000 || seconds <= 0) {
        fprintf(stderr, "usage: latency RECORDS SECONDS   (at least 1000 records)\n");
        return 2;
    }
    struct expected expected = expect_records(records);
    struct bench bench = {.records = records, .matches = expected.matches}, *b = &bench;
    struct sums sums = {0, 0, 0};
    const struct engine engine = {
        .context = b,
        .beside = b,
        .prepare = set_update,
        .update = run_update,
        .run = {[SCAN] = run_scan,
                [ORDER_ALL] = run_order_all,
                [ORDER_TOP] = run_order_top,
                [GROUPS] = run_groups,
                [UPDATE_FEW] = run_update_few,
                [INDEX] = run_index},
        .lock_waits = lock_waits,
        .create_indexes = create_indexes,
        .sum_of_ages = sum_of_ages,
    };
    printf("version dictdb %s\n", dictdb_version());
    printf("title alone alone\n");
    for (size_t k = 0; k < OTHERS; k++) {
        printf("title %s %s\n", others[k][0], others[k][1]);
    }

    dictdb_db *db = NULL;
    check(dictdb_db_new(NULL, 0, &db, NULL), "new");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &b->table, NULL), "create_table");
    insert_records(b->table, records, &sums);
    verify(records, &sums);
    struct sums found = table_sums(b->table);
    verify_answer("the sum of the ages", found.age, sums.age);
    verify_answer("the sum of the salaries", found.cents, sums.cents);
    verify_answer("the active records", found.active, sums.active);
    b->scan = compile("{\"where\":\"" SCAN_DICTDB "\"}");
    b->order_all = compile("{\"order_by\":\"salary\"}");
    b->order_top = compile("{\"order_by\":\"salary\",\"limit\":10}");
    b->groups = compile("{\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"avg(salary)\",\"min(salary)\",\"max(salary)\"]}");

    measure_engine(&engine, &expected, seconds);
    verify_scan(b);

    dictdb_query_free(b->scan);
    dictdb_query_free(b->order_all);
    dictdb_query_free(b->order_top);
    dictdb_query_free(b->groups);
    dictdb_table_free(b->table);
    dictdb_db_free(db);
    free(expected.ages);
    return 0;
}
