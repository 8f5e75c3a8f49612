/*
 * What queries.c and sqlite_queries.c have in common: the list of queries, and how they are timed.
 *
 * Both print lines of three parts: what it is (`ns`, `bytes`, `rows`, `path`, `title`, `version`), whose it is (a query's
 * name, a slash, and `none` or `indexed`), and the value. A `ns` or `bytes` line may come several times.
 */
#ifndef DICTDB_BENCHES_QUERIES_H
#define DICTDB_BENCHES_QUERIES_H

#include "workload.h"

#define SAMPLES 3

enum form { COUNT, ROWS };

struct query {
    const char *name, *title;
    enum form form;
    int high;          /* has the parameter ?1: the upper end of a range of about 1/8,300 of the salaries, from 90000 */
    int needs_index;   /* must not scan when there are indexes */
    const char *where; /* predicate of the library, or NULL */
    const char *rest;  /* other members of the query */
    const char *sql;   /* the same in SQLite */
};

static const struct query queries[] = {
    {"r2_dept_count", "R2 dept = 'Sales', count", COUNT, 0, 1, "dept = 'Sales'", "", "SELECT count(*) FROM users WHERE dept = 'Sales'"},
    {"r2_dept_rows", "R2 dept = 'Sales', rows", ROWS, 0, 1, "dept = 'Sales'", "", "SELECT " ROW "FROM users WHERE dept = 'Sales'"},
    {"r3_rows", "R3 salary BETWEEN, rows", ROWS, 1, 1, "salary BETWEEN 90000 AND ?1", "",
     "SELECT " ROW "FROM users WHERE salary BETWEEN 90000 AND ?1"},
    {"r4_count", "R4 salary > 140000 AND active, count", COUNT, 0, 1, "salary > 140000 AND active = true", "",
     "SELECT count(*) FROM users WHERE salary > 140000 AND active = true"},
    {"r4_rows", "R4 salary > 140000 AND active, rows", ROWS, 0, 1, "salary > 140000 AND active = true", "",
     "SELECT " ROW "FROM users WHERE salary > 140000 AND active = true"},
    {"r5_count", "R5 email LIKE '%99@example%', count", COUNT, 0, 0, "email LIKE '%99@example%'", "",
     "SELECT count(*) FROM users WHERE email LIKE '%99@example%'"},
    {"r6_rows", "R6 ORDER BY salary DESC LIMIT 10", ROWS, 0, 1, NULL, "\"order_by\":\"-salary\",\"limit\":10",
     "SELECT " ROW "FROM users ORDER BY salary DESC LIMIT 10"},
    {"r7_rows", "R7 count, avg, min, max BY dept", ROWS, 0, 0, NULL,
     "\"group_by\":\"dept\",\"aggregates\":[\"count()\",\"avg(salary)\",\"min(salary)\",\"max(salary)\"]",
     "SELECT json_object('dept', dept, 'count', count(*), 'avg', avg(salary), 'min', min(salary), 'max', max(salary)) "
     "FROM users GROUP BY dept"},
    {"in_count", "age IN (20, 40, 60) AND active, count", COUNT, 0, 1, "age IN (20, 40, 60) AND active = true", "",
     "SELECT count(*) FROM users WHERE age IN (20, 40, 60) AND active = true"},
    {"in_rows", "age IN (20, 40, 60) AND active, rows", ROWS, 0, 1, "age IN (20, 40, 60) AND active = true", "",
     "SELECT " ROW "FROM users WHERE age IN (20, 40, 60) AND active = true"},
    {"and_count", "dept = 'Sales' AND age = 30, count", COUNT, 0, 1, "dept = 'Sales' AND age = 30", "",
     "SELECT count(*) FROM users WHERE dept = 'Sales' AND age = 30"},
    {"and_range_rows", "dept = AND age < 40 AND salary <, rows", ROWS, 0, 1, "dept = 'Sales' AND age < 40 AND salary < 33000", "",
     "SELECT " ROW "FROM users WHERE dept = 'Sales' AND age < 40 AND salary < 33000"},
    {"or_count", "dept = 'Legal' OR age < 20, count", COUNT, 0, 1, "dept = 'Legal' OR age < 20", "",
     "SELECT count(*) FROM users WHERE dept = 'Legal' OR age < 20"},
    {"or_rows", "email = OR salary BETWEEN, rows", ROWS, 1, 1, "email = 'user77@example.com' OR salary BETWEEN 90000 AND ?1", "",
     "SELECT " ROW "FROM users WHERE email = 'user77@example.com' OR salary BETWEEN 90000 AND ?1"},
    {"order_where", "dept = ORDER BY salary DESC LIMIT 10", ROWS, 0, 1, "dept = 'Sales'", "\"order_by\":\"-salary\",\"limit\":10",
     "SELECT " ROW "FROM users WHERE dept = 'Sales' ORDER BY salary DESC LIMIT 10"},
    {"order_range", "salary >= ORDER BY salary LIMIT 100", ROWS, 0, 1, "salary >= 100000", "\"order_by\":\"salary\",\"limit\":100",
     "SELECT " ROW "FROM users WHERE salary >= 100000 ORDER BY salary LIMIT 100"},
    {"order_age", "salary < ORDER BY age LIMIT 10", ROWS, 0, 1, "salary < 31000", "\"order_by\":\"age\",\"limit\":10",
     "SELECT " ROW "FROM users WHERE salary < 31000 ORDER BY age LIMIT 10"},
    {"order_page", "ORDER BY salary LIMIT 10 OFFSET 10000", ROWS, 0, 1, NULL, "\"order_by\":\"salary\",\"limit\":10,\"offset\":10000",
     "SELECT " ROW "FROM users ORDER BY salary LIMIT 10 OFFSET 10000"},
    {"min_max", "min(salary), max(salary)", ROWS, 0, 1, NULL, "\"aggregates\":[\"min(salary)\",\"max(salary)\"]",
     "SELECT json_object('min', (SELECT min(salary) FROM users), 'max', (SELECT max(salary) FROM users))"},
    {"min_max_where", "min, max of salary where dept =", ROWS, 0, 1, "dept = 'Sales'", "\"aggregates\":[\"min(salary)\",\"max(salary)\"]",
     "SELECT json_object('min', min(salary), 'max', max(salary)) FROM users WHERE dept = 'Sales'"},
    {"range_count", "salary >= 100000, count", COUNT, 0, 1, "salary >= 100000", "", "SELECT count(*) FROM users WHERE salary >= 100000"},
    {"age_count", "age BETWEEN 30 AND 39, count", COUNT, 0, 1, "age BETWEEN 30 AND 39", "",
     "SELECT count(*) FROM users WHERE age BETWEEN 30 AND 39"},
};

#define QUERIES (sizeof queries / sizeof *queries)

static inline double high(uint64_t records) { return 90000 + 120e6 / (double)records; }

/* A text for each run of an operation, written before the clock starts. */
struct texts {
    char (*first)[SHORT];  /* the key, or the parameters */
    char (*second)[SHORT]; /* the changes */
};

/* Calls `run(context, k)` for the `count` values of `k` from `first` on; prints the time of one. */
static inline void sample(const char *name, const char *state, void (*run)(void *, uint64_t), void *context, uint64_t first,
                          uint64_t count) {
    double start = now();
    for (uint64_t k = first; k < first + count; k++) {
        run(context, k);
    }
    printf("ns %s/%s %.1f\n", name, state, (now() - start) * 1e9 / (double)count);
    fflush(stdout);
}

/* The same operation over and over: as often as 20 ms take, SAMPLES times, after two runs that warm up. */
static inline void repeat(const char *name, const char *state, void (*run)(void *, uint64_t), void *context) {
    run(context, 0);
    double start = now();
    run(context, 1);
    double fits = 0.02 / (now() - start);
    uint64_t count = fits < 1 ? 1 : fits > 20000 ? 20000 : (uint64_t)fits;
    for (int k = 0; k < SAMPLES; k++) {
        sample(name, state, run, context, 2 + (uint64_t)k * count, count);
    }
}

/* Different operations, SAMPLES times `count` of them. */
static inline void series(const char *name, const char *state, void (*run)(void *, uint64_t), void *context, uint64_t count) {
    for (uint64_t k = 0; k < SAMPLES; k++) {
        sample(name, state, run, context, k * count, count);
    }
}

#endif
