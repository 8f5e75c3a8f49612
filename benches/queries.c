/*
 * Bulk inserts, indexes, queries and writes through the C ABI, without and with indexes.
 *
 *     queries RECORDS READS [ONLY]
 *
 * Prints what queries.h says. READS point reads are one sample, a tenth of them of point writes. With ONLY it runs just the
 * queries whose names start so (a profiler's use). Its exit code is 1 if a plan does not use an index that it should,
 * or if an answer changes with the indexes. See run-queries.
 */
#define _GNU_SOURCE
#include "library.h"
#include "queries.h"

/* Titles of what is not in the list of queries. */
static const char *const titles[][2] = {
    {"w2j", "W2j insert in calls of 1,000"},
    {"w2i", "W2i the same with the 4 indexes"},
    {"w1i", "W1i insert one by one, 4 indexes"},
    {"m1", "M1 memory a record"},
    {"m1i", "M1i memory a record, 4 indexes"},
    {"ix", "IX 4 indexes on the loaded table"},
    {"ix_dept", "   dept (hash)"},
    {"ix_email", "   email (hash)"},
    {"ix_age", "   age (sorted)"},
    {"ix_salary", "   salary (sorted)"},
    {"r1", "R1 read by key"},
    {"r1_query", "R1 query id = ?1"},
    {"r2_email", "R2 email = ?1, row"},
};
static const char *const write_titles[][2] = {
    {"u1", "U1 change name by key"},
    {"u1i", "U1i change age by key"},
    {"u1_set", "SET name = name || '!' WHERE id = ?1"},
    {"u1i_set", "SET age = age + 1 WHERE id = ?1"},
    {"u2", "U2 SET active = ?1 WHERE dept = 'Sales'"},
    {"d1", "D1 delete by key"},
    {"d2", "D2 delete where age < 20"},
};

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
    const dictdb_update *update;
    const char *params, *changes;
    struct texts texts;
    uint64_t *keys;
    uint64_t records, count;
    dictdb_buffer rows;
};

/* ---- the operations */

static void run_count(void *context, uint64_t k) {
    struct bench *b = context;
    (void)k;
    check(dictdb_query_count(b->query, b->table, b->params, DICTDB_NTS, &b->count, NULL), "count");
}

static void run_rows(void *context, uint64_t k) {
    struct bench *b = context;
    (void)k;
    check(dictdb_query_run(b->query, b->table, b->params, DICTDB_NTS, &b->rows, &b->count, NULL), "query");
}

static void run_get(void *context, uint64_t k) {
    struct bench *b = context;
    check(dictdb_table_get_int(b->table, (int64_t)b->keys[k], &b->rows, NULL), "get");
}

static void run_with(void *context, uint64_t k) {
    struct bench *b = context;
    check(dictdb_query_run(b->query, b->table, b->texts.first[k], DICTDB_NTS, &b->rows, &b->count, NULL), "query");
    if (b->count != 1) {
        check(DICTDB_STATUS_RECORD_NOT_FOUND, b->texts.first[k]);
    }
}

static void run_change(void *context, uint64_t k) {
    struct bench *b = context;
    check(dictdb_table_update_by_key(b->table, b->texts.first[k], DICTDB_NTS, b->texts.second[k], DICTDB_NTS, NULL), "update");
}

static void run_update(void *context, uint64_t k) {
    struct bench *b = context;
    check(dictdb_update_run(b->update, b->table, b->texts.first[k], DICTDB_NTS, &b->count, NULL), "update");
}

static void run_delete(void *context, uint64_t k) {
    struct bench *b = context;
    check(dictdb_table_delete_by_key(b->table, b->texts.first[k], DICTDB_NTS, NULL), "delete");
}

/* ---- loading */

static void load(dictdb_table *table, uint64_t records, const char *name, const char *state, struct sums *sums) {
    double seconds = insert_records(table, records, sums);
    printf("ns %s/%s %.1f\n", name, state, seconds * 1e9 / (double)records);
}

/* `before`: what was resident before the table was filled. */
static void create_indexes(struct bench *b, double before) {
    double all = 0, grown = 0, records = (double)b->records;
    dictdb_buffer_free(&b->rows);
    for (int i = 0; i < INDEXES; i++) {
        double memory = resident(), own = statistic(b->table, "index_bytes"), start = now();
        create_index(b->table, i);
        double seconds = now() - start;
        memory = resident() - memory;
        all += seconds;
        grown += memory;
        printf("ns ix_%s/indexed %.1f\n", indexes[i][0], seconds * 1e9);
        printf("bytes ix_%s/indexed %.1f\n", indexes[i][0], memory / records);
        printf("own ix_%s/indexed %.1f\n", indexes[i][0], (statistic(b->table, "index_bytes") - own) / records);
    }
    printf("ns ix/indexed %.1f\nbytes ix/indexed %.1f\nown ix/indexed %.1f\n", all * 1e9, grown / records,
           statistic(b->table, "index_bytes") / records);
    printf("bytes m1i/indexed %.1f\nown m1i/indexed %.1f\n", (resident() - before) / records, statistic(b->table, "bytes") / records);
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

/* Answers the queries of the list; measures and explains them, too, if there is a state. */
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
        run_rows(b, 0);
        answers[q].hash = hash(&b->rows);
        answers[q].count = b->count;
        if (query->form == COUNT) {
            run_count(b, 0);
            expect(b->count == answers[q].count, query->name, "a count is not the number of rows");
        }
        if (state != NULL) {
            /* A count is explained as the aggregate: the plan of the query itself is that of its rows. */
            dictdb_query *explained = query->form == COUNT ? compile(query->where, "\"aggregates\":[\"count()\"]") : NULL;
            printf("rows %s/%s %llu\n", query->name, state, (unsigned long long)b->count);
            explain(b, query->form == COUNT ? explained : compiled, b->params, query->name, state, indexed && query->needs_index);
            repeat(query->name, state, query->form == COUNT ? run_count : run_rows, b);
            dictdb_query_free(explained);
        }
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

/* Random keys, as numbers and each in a text of the given form. */
static void keys(struct bench *b, uint64_t seed, uint64_t count, const char *first, const char *second) {
    uint64_t random = seed;
    for (uint64_t k = 0; k < count; k++) {
        b->keys[k] = 1 + next(&random) % b->records;
        /* The forms are literals of this file. */
        snprintf(b->texts.first[k], SHORT, first[0] == '@' ? "[\"user%llu@example.com\"]" : first[0] == '[' ? "[%llu]" : "%llu",
                 (unsigned long long)b->keys[k]);
        snprintf(b->texts.second[k], SHORT, second[0] == 'n' ? "{\"name\":\"Renamed %llu\"}" : "{\"age\":%llu}",
                 (unsigned long long)(second[0] == 'n' ? k : 18 + k % 60));
    }
}

static void point_reads(struct bench *b, const char *state, int indexed, uint64_t reads, const char *only) {
    dictdb_query *by_id = compile("id = ?1", ""), *by_email = compile("email = ?1", "");
    keys(b, 7, SAMPLES * reads, "[", "n");
    if (wanted("r1", only)) {
        series("r1", state, run_get, b, reads);
    }
    if (wanted("r1_query", only)) {
        b->query = by_id;
        explain(b, by_id, "[1]", "r1_query", state, 1);
        series("r1_query", state, run_with, b, reads);
    }
    if (wanted("r2_email", only)) {
        keys(b, 7, SAMPLES * reads, "@", "n");
        b->query = by_email;
        explain(b, by_email, "[\"user1@example.com\"]", "r2_email", state, indexed);
        series("r2_email", state, run_with, b, indexed ? reads : 2);
    }
    dictdb_query_free(by_id);
    dictdb_query_free(by_email);
}

/* ---- writes, to a table with the indexes */

static dictdb_update *update(const char *where, const char *set) {
    dictdb_update *update = NULL;
    check(dictdb_update_new(NULL, where, DICTDB_NTS, set, DICTDB_NTS, &update, NULL), set);
    return update;
}

static void writes(struct bench *b, uint64_t count, const char *only) {
    if (wanted("u1", only)) {
        keys(b, 11, SAMPLES * count, "key", "n");
        series("u1", "indexed", run_change, b, count);
    }
    if (wanted("u1i", only)) {
        keys(b, 11, SAMPLES * count, "key", "a");
        series("u1i", "indexed", run_change, b, count);
    }
    keys(b, 11, SAMPLES * count, "[", "n");
    dictdb_update *rename = update("id = ?1", "name = name || '!'"), *older = update("id = ?1", "age = age + 1"),
                  *sales = update("dept = 'Sales'", "active = ?1");
    if (wanted("u1_set", only)) {
        b->update = rename;
        series("u1_set", "indexed", run_update, b, count);
    }
    if (wanted("u1i_set", only)) {
        b->update = older;
        series("u1i_set", "indexed", run_update, b, count);
    }
    if (wanted("u2", only)) {
        b->update = sales;
        for (int k = 0; k <= SAMPLES; k++) {
            snprintf(b->texts.first[k], SHORT, "[%s]", k % 2 == 0 ? "true" : "false");
        }
        run_update(b, 0);
        for (uint64_t k = 1; k <= SAMPLES; k++) {
            sample("u2", "indexed", run_update, b, k, 1);
        }
        printf("rows u2/indexed %llu\n", (unsigned long long)b->count);
    }
    dictdb_update_free(rename);
    dictdb_update_free(older);
    dictdb_update_free(sales);
}

static void inserts(struct bench *b, uint64_t count) {
    char(*text)[LONGEST] = allocate(count, LONGEST);
    uint64_t random = 12;
    struct sums sums = {0, 0, 0};
    for (uint64_t turn = 0; turn < SAMPLES; turn++) {
        for (uint64_t k = 0; k < count; k++) {
            write_record(text[k], b->records + turn * count + k + 1, &random, &sums);
        }
        double start = now();
        for (uint64_t k = 0; k < count; k++) {
            check(dictdb_table_insert(b->table, text[k], DICTDB_NTS, NULL, NULL), "insert");
        }
        printf("ns w1i/indexed %.1f\n", (now() - start) * 1e9 / (double)count);
    }
    free(text);
}

static void deletes(struct bench *b, uint64_t count) {
    for (uint64_t k = 0; k < SAMPLES * count; k++) {
        snprintf(b->texts.first[k], SHORT, "%llu", (unsigned long long)(1 + k * 7919 % b->records));
    }
    series("d1", "indexed", run_delete, b, count);
    dictdb_query *young = compile("age < 20", "");
    double start = now();
    check(dictdb_query_delete(young, b->table, NULL, 0, &b->count, NULL), "delete");
    printf("ns d2/indexed %.1f\nrows d2/indexed %llu\n", (now() - start) * 1e9, (unsigned long long)b->count);
    dictdb_query_free(young);
}

int main(int argc, char **argv) {
    uint64_t records = argc > 2 ? strtoull(argv[1], NULL, 10) : 0, reads = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const char *only = argc > 3 ? argv[3] : NULL;
    if (records < 1000 || reads < 100) {
        fprintf(stderr, "usage: queries RECORDS READS [ONLY]   (at least 1000 and 100)\n");
        return 2;
    }
    static struct answer plain[QUERIES], indexed[QUERIES], changed[QUERIES], changed_plain[QUERIES];
    struct bench bench = {.records = records, .rows = DICTDB_BUFFER_INIT}, *b = &bench;
    struct sums sums = {0, 0, 0};
    uint64_t count = reads / 10 < records / 8 ? reads / 10 : records / 8;
    b->keys = allocate(SAMPLES * reads, sizeof *b->keys);
    b->texts.first = allocate(SAMPLES * reads, SHORT);
    b->texts.second = allocate(SAMPLES * reads, SHORT);
    memset(b->keys, 1, SAMPLES * reads * sizeof *b->keys);
    memset(b->texts.first, 1, SAMPLES * reads * SHORT);
    memset(b->texts.second, 1, SAMPLES * reads * SHORT);

    printf("version dictdb %s\n", dictdb_version());
    for (size_t k = 0; k < sizeof titles / sizeof *titles; k++) {
        printf("title %s %s\n", titles[k][0], titles[k][1]);
    }
    for (size_t k = 0; k < QUERIES; k++) {
        printf("title %s %s\n", queries[k].name, queries[k].title);
    }
    for (size_t k = 0; k < sizeof write_titles / sizeof *write_titles; k++) {
        printf("title %s %s\n", write_titles[k][0], write_titles[k][1]);
    }

    dictdb_db *db = NULL;
    check(dictdb_db_new(NULL, 0, &db, NULL), "new");
    check(dictdb_db_create_table(db, "users", DICTDB_NTS, NULL, 0, &b->table, NULL), "create_table");
    double before = resident();
    load(b->table, records, "w2j", "none", &sums);
    printf("bytes m1/none %.1f\nown m1/none %.1f\n", (resident() - before) / (double)records, statistic(b->table, "bytes") / (double)records);
    verify(records, &sums);
    struct sums found = table_sums(b->table);
    expect(memcmp(&found, &sums, sizeof found) == 0, "load", "the sums of the table are not those of the records");

    point_reads(b, "none", 0, reads, only);
    run_list(b, "none", 0, only, plain);
    create_indexes(b, before);
    point_reads(b, "indexed", 1, reads, only);
    run_list(b, "indexed", 1, only, indexed);
    compare(plain, indexed, "the answer changed when the indexes were made");

    writes(b, count, only);
    if (only == NULL) {
        inserts(b, count);
        deletes(b, count);
        /* After all that the indexes must still say what the records say. */
        run_list(b, NULL, 1, only, changed);
        for (int i = 0; i < INDEXES; i++) {
            drop_index(b->table, i);
        }
        run_list(b, NULL, 0, only, changed_plain);
        compare(changed, changed_plain, "after the writes the answer is another with the indexes");
        check(dictdb_db_drop_table(db, "users", DICTDB_NTS, NULL), "drop_table");
        dictdb_table_free(b->table);

        check(dictdb_db_create_table(db, "again", DICTDB_NTS, NULL, 0, &b->table, NULL), "create_table");
        for (int i = 0; i < INDEXES; i++) {
            create_index(b->table, i);
        }
        load(b->table, records, "w2i", "indexed", &sums);
    }

    dictdb_buffer_free(&b->rows);
    dictdb_table_free(b->table);
    dictdb_db_free(db);
    free(b->keys);
    free(b->texts.first);
    free(b->texts.second);
    return failures > 0;
}
