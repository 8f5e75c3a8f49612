/*
 * Tests: a hundred thousand records come back as they went in; a table that is written for ever does not grow; large records.
 * Does not test: leaks (run the tests under a leak checker), nor how much memory a record takes.
 */
#include "check.h"

/* ------------------------------------------------------------------------------------------------------- a known set of records */

enum { RECORDS = 100000 };

typedef struct {
    uint64_t state;
} generator;

static uint64_t draw(generator *g) {
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return g->state >> 33;
}

/** Sums over all generated records, to know that the generator is the right one. */
typedef struct {
    uint64_t age;
    uint64_t cents;
    uint64_t active;
} checksums;

/** Writes record `i` (from 1, in order: the generator goes on) to `text`. */
static void generate(generator *g, int i, char *text, size_t size, checksums *sums) {
    static const char *const DEPTS[] = {"IT", "HR", "Sales", "Engineering", "Marketing", "Finance", "Legal", "Support"};
    static const char *const TAGS[] = {
        "alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa", "lam", "mu", "nu", "xi", "omi",
        "pi",
    };
    uint64_t age = 18 + draw(g) % 60;
    const char *dept = DEPTS[draw(g) % 8];
    uint64_t cents = 3000000 + draw(g) % 12000001;
    uint64_t active = draw(g) % 2;
    const char *first = TAGS[draw(g) % 16];
    const char *second = TAGS[draw(g) % 16];
    snprintf(text, size,
             "{\"id\":%d,\"name\":\"User %d\",\"age\":%" PRIu64 ",\"dept\":\"%s\",\"email\":\"user%d@example.com\",\"salary\":%" PRIu64
             ".%02" PRIu64 ",\"active\":%s,\"tags\":[\"%s\",\"%s\"]}",
             i, i, age, dept, i, cents / 100, cents % 100, active == 1 ? "true" : "false", first, second);
    sums->age += age;
    sums->cents += cents;
    sums->active += active;
}

static void a_hundred_thousand_records_come_back_as_they_went_in(void) {
    world w = world_open(NULL);
    generator records = {42};
    checksums sums = {0, 0, 0};
    char **texts = check_memory((RECORDS + 1) * sizeof *texts);
    for (int i = 1; i <= RECORDS; i++) {
        char text[400];
        char key[16];
        generate(&records, i, text, sizeof text, &sums);
        texts[i] = check_memory(strlen(text) + 1);
        memcpy(texts[i], text, strlen(text) + 1);
        snprintf(key, sizeof key, "%d", i);
        CHECK_INT(dictdb_table_insert(w.table, text, strlen(text), &w.out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(w.out, key);
    }
    CHECK_INT(sums.age, 4759145);
    CHECK_INT(sums.cents, 900018163367);
    CHECK_INT(sums.active, 49850);

    /* Each key once, in a mixed order; then as many random ones. */
    generator keys = {7};
    for (int i = 1; i <= RECORDS; i++) {
        int once = 1 + (int)((uint64_t)i * 7919 % RECORDS);
        CHECK_INT(dictdb_table_get_int(w.table, once, &w.out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(w.out, texts[once]);
        int random = 1 + (int)(draw(&keys) % RECORDS);
        CHECK_INT(dictdb_table_get_int(w.table, random, &w.out, NULL), DICTDB_STATUS_OK);
        CHECK_TEXT(w.out, texts[random]);
    }

    /* All in natural order. */
    CHECK_OK(dictdb_table_select(w.table, NULL, NULL, 0, &w.out, NULL, &w.err), &w.err);
    const char *at = w.out.data;
    for (int i = 1; i <= RECORDS && at != NULL; i++) {
        size_t len = strlen(texts[i]);
        CHECK(*at == (i == 1 ? '[' : ',') && strncmp(at + 1, texts[i], len) == 0);
        at += 1 + len;
    }
    CHECK(at != NULL && strcmp(at, "]") == 0);

    dictdb_predicate *active = where(dictdb_predicate_eq, "active", "true");
    uint64_t count = 0;
    CHECK_OK(dictdb_table_count(w.table, active, &count, &w.err), &w.err);
    CHECK_INT(count, 49850);
    dictdb_predicate_free(active);
    for (int i = 1; i <= RECORDS; i++) {
        free(texts[i]);
    }
    free(texts);
    world_close(&w);
}

/* ---------------------------------------------------------------------------------------------------- written for ever, not grown */

static void check_bounded(world *w, int64_t records, long step) {
    CHECK_OK(dictdb_table_statistics(w->table, &w->out, &w->err), &w->err);
    int64_t live = json_integer(w->out.data, "live_bytes");
    int64_t segments = json_integer(w->out.data, "segment_bytes");
    int64_t maps = json_integer(w->out.data, "directory_bytes") + json_integer(w->out.data, "key_map_bytes");
    CHECK_INT(json_integer(w->out.data, "records"), records);
    if (segments >= 4 * live + 2 * 1024 * 1024 || maps >= 64 * records + 1024 * 1024) {
        fprintf(stderr, "after %ld writes: %s\n", step, w->out.data);
    }
    CHECK(live >= 0 && segments >= live && segments < 4 * live + 2 * 1024 * 1024);
    CHECK(maps < 64 * records + 1024 * 1024);
}

enum { WRITES = 200000, INTERVAL = 5000 };

static void fill(world *w, int count) {
    generator g = {42};
    checksums sums = {0, 0, 0};
    for (int i = 1; i <= count; i++) {
        char text[400];
        generate(&g, i, text, sizeof text, &sums);
        CHECK_OK(dictdb_table_insert(w->table, NTS(text), NULL, &w->err), &w->err);
    }
}

static void updates_for_ever_do_not_grow_a_table(void) {
    world w = world_open(NULL);
    generator g = {11};
    long writes = check_rounds(WRITES);
    check_figure("memory.writes", writes);
    fill(&w, 1000);
    for (long i = 1; i <= writes; i++) {
        char key[16];
        char changes[64];
        snprintf(key, sizeof key, "%d", 1 + (int)(draw(&g) % 1000));
        snprintf(changes, sizeof changes, "{\"age\":%ld}", i);
        CHECK_INT(dictdb_table_update_by_key(w.table, NTS(key), NTS(changes), NULL), DICTDB_STATUS_OK);
        if (i % INTERVAL == 0 || i == writes) {
            check_bounded(&w, 1000, i);
        }
    }
    CHECK_INT(json_integer(w.out.data, "updated"), writes);
    for (int i = 1; i <= 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "\"User %d\"", i);
        CHECK_OK(dictdb_table_get_int(w.table, i, &w.out, &w.err), &w.err);
        CHECK_MEMBER(w.out.data, "name", name);
    }
    world_close(&w);
}

static void updates_of_one_record_do_not_grow_a_table(void) {
    world w = world_open(NULL);
    long writes = check_rounds(WRITES);
    check_figure("memory.writes", writes);
    fill(&w, 1000);
    for (long i = 1; i <= writes; i++) {
        char changes[64];
        snprintf(changes, sizeof changes, "{\"age\":%ld}", i);
        CHECK_INT(dictdb_table_update_by_key(w.table, NTS("500"), NTS(changes), NULL), DICTDB_STATUS_OK);
        if (i % INTERVAL == 0) {
            check_bounded(&w, 1000, i);
        }
    }
    world_close(&w);
}

static void updates_of_changing_size_do_not_grow_a_table(void) {
    world w = world_open(NULL);
    generator g = {11};
    long writes = check_rounds(WRITES / 4);
    check_figure("memory.writes", writes);
    char *changes = check_memory(5000);
    fill(&w, 1000);
    for (long i = 1; i <= writes; i++) {
        char key[16];
        size_t len = draw(&g) % 4000;
        snprintf(key, sizeof key, "%d", 1 + (int)(draw(&g) % 1000));
        size_t at = (size_t)snprintf(changes, 100, "{\"email\":\"");
        memset(changes + at, 'x', len);
        memcpy(changes + at + len, "\"}", 3);
        CHECK_INT(dictdb_table_update_by_key(w.table, NTS(key), NTS(changes), NULL), DICTDB_STATUS_OK);
        if (i % INTERVAL == 0) {
            check_bounded(&w, 1000, i);
        }
    }
    free(changes);
    world_close(&w);
}

static void updates_of_all_records_do_not_grow_a_table(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    long writes = check_rounds(WRITES / 1000);
    check_figure("memory.writes", writes);
    fill(&w, 1000);
    for (long i = 1; i <= writes; i++) {
        char changes[64];
        snprintf(changes, sizeof changes, "{\"age\":%ld}", i);
        CHECK_INT(dictdb_table_update(w.table, all, NTS(changes), NULL, NULL), DICTDB_STATUS_OK);
        check_bounded(&w, 1000, i);
    }
    dictdb_predicate_free(all);
    world_close(&w);
}

/** Inserts at one end and deletes at the other, `kept` records long. */
static void run_queue(int kept, bool string_keys) {
    world w = world_open(NULL);
    const char *quote = string_keys ? "\"" : "";
    long writes = check_rounds(WRITES);
    check_figure("memory.writes", writes);
    for (long i = 1; i <= writes; i++) {
        char record[200];
        char key[32];
        snprintf(record, sizeof record, "{\"id\":%s%ld%s,\"job\":\"a job of some length, number %ld\",\"state\":\"new\"}", quote, i, quote, i);
        CHECK_INT(dictdb_table_insert(w.table, NTS(record), NULL, NULL), DICTDB_STATUS_OK);
        if (i > kept) {
            snprintf(key, sizeof key, "%s%ld%s", quote, i - kept, quote);
            CHECK_INT(dictdb_table_delete_by_key(w.table, NTS(key), NULL), DICTDB_STATUS_OK);
        }
        if (i % INTERVAL == 0 || i == writes) {
            check_bounded(&w, i < kept ? i : kept, i);
        }
    }
    CHECK_INT(json_integer(w.out.data, "inserted"), writes);
    CHECK_INT(json_integer(w.out.data, "deleted"), writes - kept);
    world_close(&w);
}

static void a_queue_does_not_grow(void) {
    run_queue(0, false);
    run_queue(1, false);
    run_queue(100, false);
}

static void a_queue_of_string_keys_does_not_grow(void) {
    run_queue(1, true);
    run_queue(100, true);
}

static void one_record_that_stays_does_not_keep_a_queue_in_memory(void) {
    world w = world_open(NULL);
    long writes = check_rounds(WRITES);
    check_figure("memory.writes", writes);
    long kept = 0;
    for (long i = 1; i <= writes; i++) {
        char key[32];
        CHECK_INT(dictdb_table_insert(w.table, NTS("{\"job\":\"a job of some length, and then some more\"}"), &w.out, NULL), DICTDB_STATUS_OK);
        snprintf(key, sizeof key, "%ld", i);
        CHECK_TEXT(w.out, key);
        if (i % 20000 == 1) {
            kept++;
        } else {
            CHECK_INT(dictdb_table_delete_by_key(w.table, NTS(key), NULL), DICTDB_STATUS_OK);
        }
        if (i % INTERVAL == 0) {
            check_bounded(&w, kept, i);
        }
    }
    world_close(&w);
}

static void re_keying_for_ever_does_not_grow_a_table(void) {
    world w = world_open(NULL);
    long writes = check_rounds(WRITES);
    check_figure("memory.writes", writes);
    fill(&w, 100);
    for (long i = 1; i <= writes; i++) {
        char key[32];
        char changes[64];
        snprintf(key, sizeof key, "%ld", i);
        snprintf(changes, sizeof changes, "{\"id\":%ld}", i + 100);
        CHECK_INT(dictdb_table_update_by_key(w.table, NTS(key), NTS(changes), NULL), DICTDB_STATUS_OK);
        if (i % INTERVAL == 0) {
            check_bounded(&w, 100, i);
        }
    }
    world_close(&w);
}

static void an_emptied_table_gives_its_memory_back(void) {
    world w = world_open(NULL);
    dictdb_predicate *all = everything();
    for (int round = 0; round < 3; round++) {
        generator g = {42};
        checksums sums = {0, 0, 0};
        for (int i = 1; i <= 20000; i++) {
            char text[400];
            generate(&g, i, text, sizeof text, &sums);
            CHECK_INT(dictdb_table_insert(w.table, NTS(text), NULL, NULL), DICTDB_STATUS_OK);
        }
        check_bounded(&w, 20000, round);
        CHECK_OK(dictdb_table_delete(w.table, all, NULL, &w.err), &w.err);
        check_bounded(&w, 0, round);
    }
    dictdb_predicate_free(all);
    world_close(&w);
}

/* ----------------------------------------------------------------------------------------------------------- large records */

/** A record with key 1 whose text is `len` bytes long. */
static char *record_of(size_t len) {
    static const char START[] = "{\"id\":1,\"s\":\"";
    char *text = check_memory(len + 1);
    memcpy(text, START, sizeof START - 1);
    memset(text + sizeof START - 1, 'x', len - (sizeof START - 1) - 2);
    memcpy(text + len - 2, "\"}", 3);
    return text;
}

static void a_record_has_at_most_256_mib(void) {
    const size_t limit = (size_t)256 * 1024 * 1024;
    world w = world_open(NULL);
    char *text = record_of(limit + 1);
    CHECK_STATUS(dictdb_table_insert(w.table, text, limit + 1, NULL, &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_MEMBER(dictdb_error_detail(w.err), "limit", "268435456");
    CHECK_RECORDS(w, "[]");
    free(text);
    text = record_of(limit);
    CHECK_OK(dictdb_table_insert(w.table, text, limit, NULL, &w.err), &w.err);
    CHECK_OK(dictdb_table_get_int(w.table, 1, &w.out, &w.err), &w.err);
    CHECK_INT(w.out.len, limit);
    CHECK(w.out.data != NULL && memcmp(w.out.data, text, limit) == 0);
    CHECK_STATUS(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"one\":\"byte too many\"}"), &w.err), DICTDB_STATUS_LIMIT, &w.err);
    CHECK_OK(dictdb_table_update_by_key(w.table, NTS("1"), NTS("{\"s\":\"\"}"), &w.err), &w.err);
    CHECK_RECORDS(w, "[{\"id\":1,\"s\":\"\"}]");
    free(text);
    world_close(&w);
}

static void large_records_that_go_are_given_back(void) {
    world w = world_open(NULL);
    char *text = record_of(3000000);
    for (int i = 0; i < 50; i++) {
        CHECK_OK(dictdb_table_upsert(w.table, NTS(text), DICTDB_CONFLICT_UPDATE, NULL, NULL, &w.err), &w.err);
        check_bounded(&w, 1, i);
    }
    CHECK_OK(dictdb_table_delete_by_key(w.table, NTS("1"), &w.err), &w.err);
    check_bounded(&w, 0, 50);
    free(text);
    world_close(&w);
}

int main(void) {
    RUN(a_hundred_thousand_records_come_back_as_they_went_in);
    RUN(updates_for_ever_do_not_grow_a_table);
    RUN(updates_of_one_record_do_not_grow_a_table);
    RUN(updates_of_changing_size_do_not_grow_a_table);
    RUN(updates_of_all_records_do_not_grow_a_table);
    RUN(a_queue_does_not_grow);
    RUN(a_queue_of_string_keys_does_not_grow);
    RUN(one_record_that_stays_does_not_keep_a_queue_in_memory);
    RUN(re_keying_for_ever_does_not_grow_a_table);
    RUN(an_emptied_table_gives_its_memory_back);
    RUN(a_record_has_at_most_256_mib);
    RUN(large_records_that_go_are_given_back);
    return check_finish();
}
