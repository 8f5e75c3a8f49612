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
#include "paths.h"

#include <valgrind/callgrind.h>

#define TABLES 3
#define WARM 20

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
    {"batch_of_20_inserts", INDEXED, 50, batch_of_records, insert_batch},
    {"insert_typed", TYPED, 1000, new_records, insert},
    {"insert_by_email", BY_EMAIL, 1000, new_records, insert},
    {"insert_unique", PLAIN, 1000, unique_index, insert},
    {"update_typed", TYPED, 1000, update_typed, update_run},
    {"update_in_list", PLAIN, 1000, update_in_list, update_run},
    {"update_new_field", PLAIN, 1000, update_new_field, update_run},
    {"update_growing", PLAIN, 1000, growing_names, update_run},
    {"update_watched", PLAIN, 500, watched_keys, update_watched},
    {"get_of_old_snapshot", PLAIN, 1000, keys_of_old_snapshot, get_of_snapshot},
    {"query_by_two_fields", PLAIN, 100, query_two_fields, run},
    {"query_prefix", PLAIN, 50, query_prefix, run},
    {"query_in_index", INDEXED, 20, query_ages, run},
    {"query_in_lists", PLAIN, 3, query_tags, run},
    {"query_not", PLAIN, 5, query_not, run},
    {"query_many_groups", PLAIN, 2, query_many_groups, run},
    {"query_groups_of_range", INDEXED, 3, query_groups_of_range, run},
    {"query_least_by_index", INDEXED, 200, query_least, run},
    {"query_distinct_texts", PLAIN, 3, query_texts_distinct, run},
    {"explain", INDEXED, 200, query_ages, explain},
    {"delete_one_by_scan", PLAIN, 20, one_of_scan, delete_where},
    {"create_index", PLAIN, 8, NULL, make_index},
};

#define PATHS (sizeof paths / sizeof *paths)

static void fill(struct bench *b, enum kind kind) {
    struct sums sums = {0, 0, 0};
    const char *options = kind == BY_EMAIL ? "{\"primary_key\":\"email\"}" : kind == TYPED ? SCHEMA : NULL;
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
    dictdb_table_free(b->snapshot);
    dictdb_watch_free(b->watch);
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
