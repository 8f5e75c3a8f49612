/*
 * Queries of other kinds than those of benches/run, through the C ABI, without and with indexes, and which way they are answered.
 *
 *     plans RECORDS [ONLY]
 *
 * Prints what plans.h says. With ONLY it runs just the queries whose names start so (a profiler's use). Its exit code is 1 if a
 * plan does not use an index that it should, or if an answer changes with the indexes. See run-plans.
 */
#define _GNU_SOURCE
#include "library.h"
#include "plans.h"

static int failures;

static void expect(int holds, const char *name, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s: %s\n", name, what);
        failures++;
    }
}

struct bench {
    dictdb_table *table;
    const dictdb_query *query;
    const char *params;
    uint64_t records, count;
    dictdb_buffer rows;
};

static void run_count(void *context) {
    struct bench *b = context;
    check(dictdb_query_count(b->query, b->table, b->params, DICTDB_NTS, &b->count, NULL), "count");
}

static void run_rows(void *context) {
    struct bench *b = context;
    check(dictdb_query_run(b->query, b->table, b->params, DICTDB_NTS, &b->rows, &b->count, NULL), "query");
}

/* ---- plans */

/* Copies the member of the outermost object of a plan: a string without quotes, anything else as it is. */
static void plan_member(const char *plan, const char *name, char *out, size_t size) {
    size_t depth = 0, length = strlen(name);
    out[0] = '\0';
    for (const char *at = plan; *at != '\0'; at++) {
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        if (*at != '"') {
            continue;
        }
        const char *string = at + 1;
        for (at = string; *at != '"'; at++) {
            at += *at == '\\';
        }
        if (depth == 1 && at[1] == ':' && (size_t)(at - string) == length && memcmp(string, name, length) == 0) {
            const char *value = at + 2;
            int quoted = *value == '"';
            value += quoted;
            size_t end = quoted ? strcspn(value, "\"") : *value == '[' ? strcspn(value, "]") + 1 : strcspn(value, ",}");
            snprintf(out, size, "%.*s", (int)end, value);
            return;
        }
    }
}

/* Prints the access path of a query in a few words, and checks it. */
static void explain(const struct bench *b, const dictdb_query *query, const char *params, const char *name, const char *state,
                    int needs_index) {
    char access[SHORT], index[SHORT], kind[SHORT], filter[1024], order[SHORT], reads[SHORT];
    dictdb_buffer plan = DICTDB_BUFFER_INIT;
    check(dictdb_query_explain(query, b->table, params, DICTDB_NTS, &plan, NULL), "explain");
    plan_member(plan.data, "access", access, sizeof access);
    plan_member(plan.data, "index", index, sizeof index);
    plan_member(plan.data, "kind", kind, sizeof kind);
    plan_member(plan.data, "filter", filter, sizeof filter);
    plan_member(plan.data, "order", order, sizeof order);
    plan_member(plan.data, "reads_records", reads, sizeof reads);
    int sorted = strcmp(order, "natural") != 0;
    printf("path %s/%s %s%s%s%s%s%s%s%s%s\n", name, state, access, index[0] == '\0' ? "" : " ", index, kind[0] == '\0' ? "" : " ", kind,
           strcmp(filter, "null") == 0 ? "" : " + filter", sorted ? ", order " : "", sorted ? order : "",
           strcmp(reads, "false") == 0 ? ", no records" : "");
    expect(!needs_index || strcmp(access, "scan") != 0, name, plan.data);
    dictdb_buffer_free(&plan);
}

/* ---- queries */

struct answer {
    uint64_t count, hash;
};

static uint64_t hash(const dictdb_buffer *text) {
    uint64_t hash = 14695981039346656037u;
    for (size_t k = 0; k < text->len; k++) {
        hash = (hash ^ (unsigned char)text->data[k]) * 1099511628211u;
    }
    return hash;
}

static dictdb_query *compile(const char *where, const char *rest) {
    char spec[1024];
    dictdb_query *query = NULL;
    snprintf(spec, sizeof spec, "{%s%s%s%s%s}", where == NULL ? "" : "\"where\":\"", where == NULL ? "" : where, where == NULL ? "" : "\"",
             where == NULL || rest[0] == '\0' ? "" : ",", rest);
    check(dictdb_query_new(NULL, spec, DICTDB_NTS, &query, NULL), spec);
    return query;
}

static int wanted(const char *name, const char *only) { return only == NULL || strncmp(name, only, strlen(only)) == 0; }

/* Answers, measures and explains the queries of the list. */
static void run_list(struct bench *b, const char *state, int indexed, const char *only, struct answer *answers) {
    char params[SHORT];
    snprintf(params, sizeof params, "[%.2f]", high(b->records));
    for (size_t q = 0; q < QUERIES; q++) {
        const struct query *query = &queries[q];
        if (!wanted(query->name, only)) {
            continue;
        }
        dictdb_query *compiled = compile(query->where, query->rest);
        b->query = compiled;
        b->params = query->high ? params : NULL;
        b->count = 0;
        run_rows(b);
        answers[q].hash = hash(&b->rows);
        answers[q].count = b->count;
        if (query->form == COUNT) {
            run_count(b);
            expect(b->count == answers[q].count, query->name, "a count is not the number of rows");
        }
        /* A count is explained as the aggregate: the plan of the query itself is that of its rows. */
        dictdb_query *explained = query->form == COUNT ? compile(query->where, "\"aggregates\":[\"count()\"]") : NULL;
        printf("rows %s/%s %llu\n", query->name, state, (unsigned long long)b->count);
        explain(b, query->form == COUNT ? explained : compiled, b->params, query->name, state, indexed && query->needs_index);
        repeat(query->name, state, query->form == COUNT ? run_count : run_rows, b);
        dictdb_query_free(explained);
        dictdb_query_free(compiled);
    }
    b->params = NULL;
}

static void compare(const struct answer *one, const struct answer *other, const char *what) {
    for (size_t q = 0; q < QUERIES; q++) {
        if (one[q].count != other[q].count || one[q].hash != other[q].hash) {
            fprintf(stderr, "%s: %s (%llu rows, %llu rows)\n", queries[q].name, what, (unsigned long long)one[q].count,
                    (unsigned long long)other[q].count);
            failures++;
        }
    }
}

int main(int argc, char **argv) {
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    const char *only = argc > 2 ? argv[2] : NULL;
    if (records < 1000) {
        fprintf(stderr, "usage: plans RECORDS [ONLY]   (at least 1000)\n");
        return 2;
    }
    static struct answer plain[QUERIES], indexed[QUERIES];
    struct bench bench = {.records = records, .rows = DICTDB_BUFFER_INIT}, *b = &bench;
    struct sums sums = {0, 0, 0};
    printf("version dictdb %s\n", dictdb_version());
    for (size_t k = 0; k < QUERIES; k++) {
        printf("title %s %s\n", queries[k].name, queries[k].title);
    }

    dictdb_db *db = NULL;
    check(dictdb_db_new(NULL, 0, &db, NULL), "new");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &b->table, NULL), "create_table");
    insert_records(b->table, records, &sums);
    verify(records, &sums);
    struct sums found = table_sums(b->table);
    expect(memcmp(&found, &sums, sizeof found) == 0, "load", "the sums of the table are not those of the records");

    run_list(b, "none", 0, only, plain);
    for (int i = 0; i < INDEXES; i++) {
        create_index(b->table, i);
    }
    run_list(b, "indexed", 1, only, indexed);
    compare(plain, indexed, "the answer changed when the indexes were made");

    dictdb_buffer_free(&b->rows);
    dictdb_table_free(b->table);
    dictdb_db_free(db);
    return failures > 0;
}
