/*
 * What plans.c and sqlite_plans.c have in common: the list of queries, and how they are timed.
 *
 * Both print lines of three parts: what it is (`ns`, `rows`, `path`, `title`, `version`), whose it is (a query's name, a slash,
 * and `none` or `indexed`), and the value. A `ns` line may come several times.
 */
#ifndef DICTDB_BENCHES_PLANS_H
#define DICTDB_BENCHES_PLANS_H

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

/* Calls `run(context)` so often; prints the time of one call. */
static inline void sample(const char *name, const char *state, void (*run)(void *), void *context, uint64_t count) {
    double start = now();
    for (uint64_t k = 0; k < count; k++) {
        run(context);
    }
    printf("ns %s/%s %.1f\n", name, state, (now() - start) * 1e9 / (double)count);
    fflush(stdout);
}

/* As often as 20 ms take, SAMPLES times, after two runs that warm up. */
static inline void repeat(const char *name, const char *state, void (*run)(void *), void *context) {
    run(context);
    double start = now();
    run(context);
    double fits = 0.02 / (now() - start);
    uint64_t count = fits < 1 ? 1 : fits > 20000 ? 20000 : (uint64_t)fits;
    for (int k = 0; k < SAMPLES; k++) {
        sample(name, state, run, context, count);
    }
}

#endif
