/*
 * Tests: which way the planner takes, and where it changes from one to another: kinds of queries, each for a number of records that
 * grows until all are wanted, against what was kept in data/plans.txt.
 * Does not test: that answers do not depend on it (tests/suite/plans.rs), how good it is (benches/run-plans).
 *
 *     test_plans --print    what data/plans.txt is to have, if plans have to change: say why in the commit
 */
#include "check.h"

enum { RECORDS = 20000, LONGEST = 800, MOST = 64 * 1024 };

/* What `#` is in them goes from 1 to RECORDS. Of 20,000 records a and b have each number below that, in two orders; each of 100 values of h
 * is in 200, each of 50 values of k in 400; x, of 11 values, and t, a text of its own in each, are in no index. Indexes: hash of h, sorted of a, of b, of (k, a). */
static const char *const QUERIES[] = {
    "{\"where\":\"a < #\"}",
    "{\"where\":\"a < #\",\"columns\":[\"a\"]}",
    "{\"where\":\"a < #\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"a < # AND x = 5\"}",
    "{\"where\":\"a < # AND x = 5\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"NOT a >= #\"}",
    "{\"where\":\"a < # OR b < 100\"}",
    "{\"where\":\"a < # OR b < #\"}",
    "{\"where\":\"a < # OR b < #\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"(a < # AND x = 1) OR h = 7\"}",
    "{\"where\":\"(a < # AND x = 1) OR h = 7\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"(a < # AND b < #) OR h = 7\"}",
    "{\"where\":\"a < # OR x = 1\"}",
    "{\"where\":\"a < # AND NOT t = 'none'\"}",
    "{\"where\":\"a < # AND NOT t = 'none'\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"a < # OR FALSE\"}",
    /* So many tests that no scan asks columns. */
    "{\"where\":\"a < # AND NOT (x = 11 OR x = 12 OR x = 13 OR x = 14 OR x = 15 OR x = 16 OR x = 17 OR x = 18 OR x = 19 OR x = 20 OR x = 21 OR "
    "x = 22 OR x = 23 OR x = 24 OR x = 25 OR x = 26 OR x = 27 OR x = 28 OR x = 29 OR x = 30 OR x = 31 OR x = 32 OR x = 33 OR x = 34 OR "
    "x = 35 OR x = 36 OR x = 37 OR x = 38 OR x = 39 OR x = 40 OR x = 41 OR x = 42)\"}",
    "{\"where\":\"a < # AND b < #\"}",
    "{\"where\":\"a < # AND b < #\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"a < # AND b < 2000\"}",
    "{\"where\":\"a < # AND b < 2000\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"h = 7 AND a < #\"}",
    "{\"where\":\"k = 7 AND a < #\"}",
    "{\"where\":\"k = 7 AND a < # AND h = 7\"}",
    "{\"where\":\"k IN (1, 2, 3) AND a < #\"}",
    "{\"where\":\"h IN (1, 2, 3) AND b < #\"}",
    "{\"where\":\"id < # AND h = 7\"}",
    "{\"where\":\"id = 7 AND a < #\"}",
    "{\"where\":\"h = 7 OR h = 8 OR h = 9 OR a = #\"}",
    "{\"where\":\"a BETWEEN # AND 100\"}",
    "{\"order_by\":\"a\",\"limit\":#}",
    "{\"order_by\":\"-a\",\"limit\":#}",
    "{\"order_by\":\"x\",\"limit\":#}",
    "{\"order_by\":[\"k\",\"a\"],\"limit\":#}",
    "{\"order_by\":[\"a\",\"b\"],\"limit\":#}",
    "{\"order_by\":\"a\",\"offset\":#,\"limit\":10}",
    "{\"where\":\"a < #\",\"order_by\":\"a\"}",
    "{\"where\":\"a < #\",\"order_by\":\"b\"}",
    "{\"where\":\"a < #\",\"order_by\":\"b\",\"limit\":10}",
    "{\"where\":\"a < #\",\"order_by\":\"x\",\"limit\":10}",
    "{\"where\":\"x = 5\",\"order_by\":\"b\",\"limit\":#}",
    "{\"where\":\"h = 7\",\"order_by\":\"b\",\"limit\":#}",
    "{\"where\":\"k = 7\",\"order_by\":\"a\",\"limit\":#}",
    "{\"where\":\"a < #\",\"limit\":10}",
    "{\"where\":\"a < #\",\"group_by\":\"h\",\"aggregates\":[\"count()\"]}",
    "{\"where\":\"a < #\",\"aggregates\":[\"sum(a)\"]}",
    "{\"where\":\"a < #\",\"columns\":[\"h\"],\"distinct\":true}",
    "{\"limit\":#}",
};

static void fill(world *w) {
    for (int i = 0; i < RECORDS; i++) {
        char record[200];
        snprintf(record, sizeof record, "{\"a\":%d,\"b\":%d,\"h\":%d,\"k\":%d,\"x\":%d,\"t\":\"text %d\"}", i * 7919 % RECORDS,
                 i * 6151 % RECORDS, i % 100, i / 7 % 50, i % 11, i);
        CHECK_OK(dictdb_table_insert(w->table, NTS(record), NULL, &w->err), &w->err);
    }
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"h\",\"kind\":\"hash\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"a\",\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":\"b\",\"kind\":\"sorted\"}"), &w->err), &w->err);
    CHECK_OK(dictdb_table_create_index(w->table, NTS("{\"fields\":[\"k\",\"a\"],\"kind\":\"sorted\"}"), &w->err), &w->err);
}

/* The members of a plan that tell the way, in `way`. */
static void plan(world *w, const char *query, int number, char *way) {
    static const char *const MEMBERS[] = {"access", "index", "order", "reads_records"};
    char spec[LONGEST];
    char *end = spec;
    for (const char *at = query; *at != '\0'; at++) {
        end += *at == '#' ? sprintf(end, "%d", number) : sprintf(end, "%c", *at);
    }
    CHECK_OK(dictdb_table_explain(w->table, NTS(spec), NULL, 0, &w->out, &w->err), &w->err);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        const char *value = json_member(w->out.data, MEMBERS[i]);
        if (value != NULL) {
            way += sprintf(way, "%s%.*s", i == 0 ? "" : " ", (int)(json_end(value) - value), value);
        }
    }
}

/* Where the way changes between two numbers, for which it is another: the last number of the former way. */
static int last_of(world *w, const char *query, int low, int high, const char *former) {
    char way[LONGEST];
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        plan(w, query, middle, way);
        if (strcmp(way, former) == 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Appends to a text: the query, and the way up to each number at which it changes. */
static char *describe(world *w, const char *query, char *end) {
    char way[LONGEST], next[LONGEST];
    int number = 1;
    end += sprintf(end, "%s\n", query);
    plan(w, query, number, way);
    while (number < RECORDS) {
        int further = number + number / 4 + 1 < RECORDS ? number + number / 4 + 1 : RECORDS;
        plan(w, query, further, next);
        if (strcmp(way, next) != 0) {
            /* Other ways may lie between: what comes right behind the last of this one is seen next. */
            number = last_of(w, query, number, further, way) + 1;
            end += sprintf(end, "    to %d: %s\n", number - 1, way);
            plan(w, query, number, way);
        } else {
            number = further;
        }
    }
    return end + sprintf(end, "    to %d: %s\n", RECORDS, way);
}

/* First as long as no scan has made columns, then of those that are others when they are there, and when a quarter of them has gone. */
static char *all_plans(void) {
    static const char *const SCAN = "x >= 0 AND NOT a = -1 AND NOT b = -1 AND NOT h = -1 AND NOT k = -1 AND NOT t = 'none'";
    enum { COUNT = sizeof QUERIES / sizeof *QUERIES };
    char *text = check_memory(MOST), *end = text, *before[COUNT + 1];
    uint64_t count = 0;
    world w = world_open(NULL);
    fill(&w);
    end += sprintf(end, "without columns\n");
    for (size_t i = 0; i < COUNT; i++) {
        before[i] = end;
        end = describe(&w, QUERIES[i], end);
    }
    before[COUNT] = end;
    for (int round = 0; round < 2; round++) {
        if (round == 0) {
            CHECK_OK(dictdb_table_count_where(w.table, NTS(SCAN), NULL, 0, &count, &w.err), &w.err);
            CHECK_INT(count, RECORDS);
        } else {
            CHECK_OK(dictdb_table_update_where(w.table, NTS("id <= 5000"), NTS("y = 1"), NULL, 0, &count, &w.err), &w.err);
            CHECK_INT(count, 5000);
        }
        end += sprintf(end, round == 0 ? "with columns\n" : "with columns of the last three quarters\n");
        for (size_t i = 0; i < COUNT; i++) {
            char *next = describe(&w, QUERIES[i], end);
            size_t length = (size_t)(next - end);
            bool is_same = length == (size_t)(before[i + 1] - before[i]) && memcmp(end, before[i], length) == 0;
            end = is_same ? end : next;
        }
    }
    *end = '\0';
    world_close(&w);
    return text;
}

static void plans_are_those_that_were_kept(void) {
    char *now = all_plans(), *kept = check_memory(MOST);
    FILE *file = fopen(DICTDB_TEST_DATA "/plans.txt", "rb");
    CHECK(file != NULL);
    if (file != NULL) {
        kept[fread(kept, 1, MOST - 1, file)] = '\0';
        fclose(file);
        /* Line by line, so that it is seen which. */
        const char *query = "";
        bool is_same = true;
        for (char *a = now, *b = kept; is_same && (*a != '\0' || *b != '\0');) {
            size_t len_a = strcspn(a, "\n"), len_b = strcspn(b, "\n");
            query = *a == '{' ? a : query;
            is_same = len_a == len_b && memcmp(a, b, len_a) == 0;
            if (!is_same) {
                fprintf(stderr, "of %.*s\nnow  %.*s\nkept %.*s\ntest_plans --print shows all\n", (int)strcspn(query, "\n"), query,
                        (int)len_a, a, (int)len_b, b);
            }
            a += len_a + (a[len_a] != '\0');
            b += len_b + (b[len_b] != '\0');
        }
        CHECK(is_same);
    }
    check_figure("kept_plans.queries", sizeof QUERIES / sizeof *QUERIES);
    free(now);
    free(kept);
}

static bool is_scan(world *w, const char *query) {
    char way[LONGEST];
    plan(w, query, 6000, way);
    return strstr(way, "\"scan\"") != NULL;
}

/* An index does not keep a query slow that would be quick without it: when it has cost enough, columns are made. */
static void searches_that_cost_much_become_scans_of_columns(void) {
    static const char *const QUERY = "{\"where\":\"a < # AND x = 5\",\"aggregates\":[\"count()\"]}";
    static const char *const WHERE = "a < 6000 AND x = 5";
    world w = world_open(NULL);
    uint64_t count = 0, first = 0;
    fill(&w);
    for (int i = 0; i < 100; i++) {
        CHECK(!is_scan(&w, QUERY)); /* To explain it costs nothing. */
    }
    int runs = 0;
    while (runs < 100 && !is_scan(&w, QUERY)) {
        CHECK_OK(dictdb_table_count_where(w.table, NTS(WHERE), NULL, 0, &first, &w.err), &w.err);
        /* Scans of other columns make no difference. */
        CHECK_OK(dictdb_table_count_where(w.table, NTS("x = 5"), NULL, 0, &count, &w.err), &w.err);
        runs++;
    }
    /* As many as cost, by the constants of plan/cost.rs, as much more than scans of two columns as it takes to make these. */
    CHECK_INT(runs, 12);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(dictdb_table_count_where(w.table, NTS(WHERE), NULL, 0, &count, &w.err), &w.err);
        CHECK_INT(count, first);
        CHECK(is_scan(&w, QUERY)); /* Now the columns are there. */
    }
    /* They go when all records are written, and so does the reason. */
    CHECK_OK(dictdb_table_update_where(w.table, NTS("TRUE"), NTS("y = 1"), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, RECORDS);
    CHECK(!is_scan(&w, QUERY));
    CHECK_OK(dictdb_table_count_where(w.table, NTS(WHERE), NULL, 0, &count, &w.err), &w.err);
    CHECK_INT(count, first);
    world_close(&w);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--print") == 0) {
        char *text = all_plans();
        fputs(text, stdout);
        free(text);
        return 0;
    }
    RUN(plans_are_those_that_were_kept);
    RUN(searches_that_cost_much_become_scans_of_columns);
    return check_finish();
}
